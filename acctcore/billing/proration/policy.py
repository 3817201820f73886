"""The choices of proration, each a frozen value; anyone may write another.

A `Proration` is put together from a measure, a reference span, a divisor, a style of ratio, the
numbers it is multiplied in and a rounding. It names the laws it claims, and the laws are tested for
those that claim them.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from typing import Protocol, TypeVar

from attrs import field, frozen

from acctcore.billing.proration.model import Arithmetic, Ratio
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.measures import ActualDays, Measure, Seconds, Thirty360
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.validation import identifier, one_of, whole

P = TypeVar("P", bound=date)


class Law(Enum):
    """What a policy promises of its sums; `acctcore.testing` checks it for those that claim it."""

    TELESCOPING = "telescoping"  # the parts of a cycle, cut anywhere, add up to the cycle
    ORDER_FREE = "order_free"  # changes with the same effective dates give one total in any order
    CAPPED = "capped"  # never gives back more than what is left of the line


class Owner(Enum):
    """Whose the day of a change is: the terms that end on it, or those that begin."""

    NEW = "new"
    OLD = "old"


# Which whole a part is a part of


class Reference(Protocol):
    """The span whose length is the divisor."""

    def whole(self, part: Span[date], cycle: Span[date], every: Every) -> Span[date]:
        """Return the reference span of a part inside its cycle."""
        ...


@frozen
class CycleItself:
    """The whole cycle that contains the part, also where the part is a first or a last one."""

    def whole(self, part: Span[date], cycle: Span[date], every: Every) -> Span[date]:
        """Return the cycle."""
        return cycle


# How the ratio is written before it meets the price


class RatioStyle(Protocol):
    """What becomes of an exact ratio before it is multiplied."""

    def write(self, numerator: int, denominator: int) -> Ratio:
        """Return the ratio that is used, as whole numbers."""
        ...


@frozen
class Exact:
    """The ratio stays a ratio of whole numbers."""

    def write(self, numerator: int, denominator: int) -> Ratio:
        """Return it unchanged."""
        return numerator, denominator


@frozen
class Places:
    """The ratio is rounded to so many decimals first; the price is multiplied by that."""

    count: int = field(validator=whole(minimum=0, maximum=100))
    rounding: Rounding = field(default=Rounding.HALF_UP, validator=one_of(Rounding))

    def write(self, numerator: int, denominator: int) -> Ratio:
        """Return the rounded ratio over a power of ten."""
        scale: int = 10**self.count
        return divide(numerator * scale, denominator, self.rounding), scale


@frozen
class Binary64:
    """The ratio is the nearest binary64 (IEEE 754), held as the exact ratio that it denotes."""

    def write(self, numerator: int, denominator: int) -> Ratio:
        """Return the exact value of the double nearest to the ratio."""
        return (numerator / denominator).as_integer_ratio()


# What is divided by what, where that is not simply the two lengths


class Divisor(Protocol):
    """A rule of its own for the two numbers of the ratio."""

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> Ratio:
        """Return the length of the part and the length that it is divided by."""
        ...


@frozen
class FixedMonth:
    """The whole is a fixed number of days for each month of the interval, whatever the calendar says.

    Units: `days` per month. Raises: InvalidValue for an interval of days or weeks.
    """

    days: int = field(default=30, validator=whole(minimum=1, maximum=100))

    def length(self, every: Every) -> int:
        """Return the fixed length of an interval."""
        months, _ = every.step
        if not months:
            raise InvalidValue("an interval of months or years for a fixed month", str(every), "FixedMonth")
        return months * self.days

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> Ratio:
        """Return the part as measured, and the fixed length."""
        return measure.length(part.start, part.end), self.length(every)


@frozen
class Proration:
    """How a part of a cycle is valued.

    `divisor` None divides the measure of the part by the measure of the reference span; a
    `FixedMonth` or another rule takes its place. `arithmetic` is what price and ratio are multiplied in.
    `change_day` says who owns the day of a change, `end_day` whether the day of an end is still
    used (OLD) or given back (NEW); both matter to policies that count days.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    measure: Measure
    reference: Reference = field(factory=CycleItself)
    divisor: Divisor | None = None
    ratio: RatioStyle = field(factory=Exact)
    rounding: Rounding = field(default=Rounding.HALF_UP, validator=one_of(Rounding))
    telescopes: bool = True
    change_day: Owner = field(default=Owner.NEW, validator=one_of(Owner))
    end_day: Owner = field(default=Owner.NEW, validator=one_of(Owner))
    arithmetic: Arithmetic = field(default=Arithmetic.EXACT, validator=one_of(Arithmetic))

    def __attrs_post_init__(self) -> None:
        plain = (
            isinstance(self.ratio, Exact)
            and isinstance(self.reference, CycleItself)
            and self.divisor is None
            and self.arithmetic is Arithmetic.EXACT
        )
        if self.telescopes and not (self.measure.additive and plain):
            raise InvalidValue(
                "an additive measure, the cycle itself and exact arithmetic for running totals",
                self.name,
                "Proration.telescopes",
            )

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases and events name it."""
        return ref_of(self)

    @property
    def laws(self) -> frozenset[Law]:
        """The laws that this choice keeps whatever the prices."""
        return frozenset({Law.TELESCOPING, Law.ORDER_FREE}) if self.telescopes else frozenset()

    def switch(self, point: P, ending: bool = False) -> P:
        """Return where the old terms stop when something changes or ends at a point."""
        owner = self.end_day if ending else self.change_day
        if owner is Owner.NEW or self.measure.instants:
            return point
        return point + timedelta(days=1)


BY_DAY = Proration("by-day", "1", ActualDays())
"""Every local day of the cycle weighs the same; the change day belongs to what begins on it."""

BY_SECOND = Proration("by-second", "1", Seconds())
"""Every elapsed second of the cycle weighs the same."""

BY_THIRTIETHS = Proration("by-thirtieths", "1", Thirty360())
"""Every month has thirty days of equal weight."""
