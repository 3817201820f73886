"""Amounts with what they were computed from: each basis recomputes its amount and tells it."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Generic, Protocol, TypeAlias, TypeVar

from attrs import frozen

from acctcore.kernel.calendar import Span
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import Price, in_minor
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import CurrencyCode

P_co = TypeVar("P_co", bound=date, covariant=True)
Ratio: TypeAlias = tuple[int, int]
"""A ratio of whole numbers: numerator, denominator above zero."""


class Arithmetic(Enum):
    """In which numbers price and ratio are multiplied, before the amount is rounded."""

    EXACT = "exact"  # price × ratio, in whole numbers
    BINARY64 = "binary64"  # price × ratio, each a binary64 (IEEE 754), and so the product
    UNIT_BINARY64 = "unit_binary64"  # price ÷ whole as a binary64, times the length, and so the product


class Basis(Protocol):
    """What an amount was computed from."""

    @property
    def policy(self) -> PolicyRef:
        """The policy that computed it."""
        ...

    def amount(self) -> int:
        """Return the amount in minor units, computed again."""
        ...

    def explain(self) -> Explanation:
        """Return the derivation, down to price, length, ratio and rounding."""
        ...


@frozen
class Share:
    """A part of what a whole cycle costs.

    `before` and `upto` are where the part begins and ends inside the whole, in the measure's
    units. Without `ratio` the amount is the difference of two running totals, each rounded once,
    so parts that meet add up; with it, price × ratio is rounded by itself.
    """

    price: Price
    quantity: int
    before: int
    upto: int
    whole: int
    unit: str
    rounding: Rounding
    policy: PolicyRef
    ratio: Ratio | None = None
    arithmetic: Arithmetic = Arithmetic.EXACT

    def amount(self) -> int:
        """Return the amount in minor units."""
        if self.ratio is not None:
            return divide(*self.product(), self.rounding)
        numerator, denominator = self.price.minor
        numerator *= self.quantity
        denominator *= self.whole
        upto = divide(numerator * self.upto, denominator, self.rounding)
        return upto - divide(numerator * self.before, denominator, self.rounding) if self.before else upto

    def exact(self) -> Ratio:
        """Return the ratio before any rounding of it: units of the part to units of the whole."""
        return self.upto - self.before, self.whole

    def product(self) -> Ratio:
        """Return the amount in minor units before it is rounded; of running totals, as they are."""
        if self.ratio is None:
            return self.amount(), 1
        numerator, denominator = self.price.minor
        numerator *= self.quantity
        match self.arithmetic:
            case Arithmetic.BINARY64:
                return (numerator / denominator * (self.ratio[0] / self.ratio[1])).as_integer_ratio()
            case Arithmetic.UNIT_BINARY64 if self.upto != self.whole:  # the whole is not divided at all
                return (numerator / (denominator * self.whole) * self.upto).as_integer_ratio()
            case _:
                return numerator * self.ratio[0], denominator * self.ratio[1]

    def explain(self) -> Explanation:
        """Return price, length, ratio and rounding as steps."""
        code = self.price.currency
        steps = [Explanation(f"price per {self.whole:,} {self.unit}", f"{self.quantity:,} × {self.price}")]
        part, whole = self.exact()
        if part != whole or self.before:
            steps.append(Explanation(f"length of the part in {self.unit}", f"{part:,} of {whole:,}"))
        steps += self._multiplied(self.ratio) if self.ratio is not None else self._running_totals()
        return Explanation(f"share by {self.policy}", money(self.amount(), code), tuple(steps))

    def _multiplied(self, ratio: Ratio) -> list[Explanation]:
        steps = []
        if ratio != self.exact():
            steps.append(Explanation("ratio as the policy writes it", ratio_text(ratio)))
        if self.arithmetic is not Arithmetic.EXACT:
            how = f"multiplied in {self.arithmetic.value}, in minor units"
            steps.append(Explanation(how, ratio_text(self.product())))
        return [*steps, Explanation(f"rounded once, {self.rounding.value}")]

    def _running_totals(self) -> list[Explanation]:
        if not self.before:
            return [Explanation(f"rounded once, {self.rounding.value}")]
        code = self.price.currency
        upto = f"running total after {self.upto:,} of {self.whole:,} {self.unit}"
        before = f"less the total after {self.before:,} of {self.whole:,} {self.unit}"
        return [
            Explanation(upto, money(self.running(self.upto), code)),
            Explanation(before, money(self.running(self.before), code)),
            Explanation(f"each total rounded once, {self.rounding.value}: parts add up"),
        ]

    def running(self, upto: int) -> int:
        """Return what the whole costs up to a point inside it, rounded, in minor units."""
        numerator, denominator = self.price.minor
        return divide(numerator * self.quantity * upto, denominator * self.whole, self.rounding)


@frozen
class Rest:
    """What is given back: the booked amount less what the kept parts are worth."""

    booked: int
    kept: tuple[Share, ...]
    currency: CurrencyCode
    policy: PolicyRef

    def amount(self) -> int:
        """Return the amount in minor units, never below zero."""
        return max(0, self.booked - sum(share.amount() for share in self.kept))

    def explain(self) -> Explanation:
        """Return the booked amount and the kept parts as steps."""
        steps = (
            Explanation("booked", money(self.booked, self.currency)),
            *(share.explain() for share in self.kept),
        )
        return Explanation(
            f"booked less what is kept, by {self.policy}", money(self.amount(), self.currency), steps
        )


@frozen
class OfAmount:
    """A ratio of the booked amount itself, whatever price it once came from, and at most `cap`.

    Where only a piece of a line stands, `piece` tells how its amount follows from the line's.
    """

    booked: int
    ratio: Ratio
    exact: Ratio
    unit: str
    rounding: Rounding
    cap: int | None
    currency: CurrencyCode
    policy: PolicyRef
    piece: OfAmount | None = None

    def amount(self) -> int:
        """Return the amount in minor units."""
        share = divide(self.booked * self.ratio[0], self.ratio[1], self.rounding)
        return max(0, share if self.cap is None else min(share, self.cap))

    def explain(self) -> Explanation:
        """Return the booked amount, the ratio and the cap as steps."""
        code = self.currency
        origin = () if self.piece is None else (self.piece.explain(),)
        steps = [
            Explanation("booked amount", money(self.booked, code), origin),
            Explanation(f"length of the part in {self.unit}", f"{self.exact[0]:,} of {self.exact[1]:,}"),
        ]
        if self.ratio != self.exact:
            steps.append(Explanation("ratio as the policy writes it", ratio_text(self.ratio)))
        steps.append(Explanation(f"rounded once, {self.rounding.value}"))
        if self.cap is not None:
            steps.append(Explanation("at most", money(self.cap, code)))
        return Explanation(
            f"part of the booked amount, by {self.policy}", money(self.amount(), code), tuple(steps)
        )


@frozen
class Capped:
    """A share of the stored price: at most `cap`, then less `less`, then cut to so many decimals.

    The share meets the cap before it is rounded. `places` counts decimals of a minor unit.
    """

    share: Share
    cap: int | None
    policy: PolicyRef
    less: int = 0
    places: int | None = None

    def amount(self) -> int:
        """Return the amount in minor units, never below zero."""
        return divide(*self.precise(), self.share.rounding)

    def precise(self) -> Ratio:
        """Return the amount in minor units before it is rounded."""
        numerator, denominator = self.share.product()
        if self.cap is not None and numerator > self.cap * denominator:
            numerator, denominator = self.cap, 1
        numerator = max(0, numerator - self.less * denominator)
        if self.places is None:
            return numerator, denominator
        scale: int = 10**self.places
        return numerator * scale // denominator, scale

    def explain(self) -> Explanation:
        """Return the share, the cap and what is taken off as steps."""
        code = self.share.price.currency
        steps = [self.share.explain()]
        if self.cap is not None:
            steps.append(Explanation("at most", money(self.cap, code)))
        if self.less:
            steps.append(Explanation("less what was credited before", money(self.less, code)))
        if self.places is not None:
            steps.append(Explanation(f"cut to {self.places} decimals of a minor unit"))
        return Explanation(f"stored price, by {self.policy}", money(self.amount(), code), tuple(steps))


@frozen
class Prorated:
    """An amount in minor units beside what it was computed from."""

    amount: int
    basis: Basis


@frozen
class Booked(Generic[P_co]):
    """What stands booked for a stretch of time: the line's own price, span and amount left.

    `amount` is what is left of the line for `span`; `billed` and `credited` are of the whole line,
    and so is `line`, the stretch that it was billed for (without it, `span`). A line not billed yet
    has `billed` 0.
    """

    price: Price
    quantity: int
    span: Span[P_co]
    amount: int
    billed: int
    credited: int = 0
    line: Span[P_co] | None = None


@frozen
class Credit:
    """What is given back of a booked stretch, and what the stretches that stay are then worth.

    `amount`, `left` and `remainder` add up to what was booked. The remainder is what stays billed
    although no stretch of it is kept; below zero, what was given back beyond the booked amount.
    """

    amount: int
    basis: Basis
    left: tuple[int, ...]
    remainder: int = 0


def money(minor: int, code: str) -> str:
    """Return minor units as a reader sees them."""
    return str(in_minor(minor, code))


def ratio_text(ratio: Ratio) -> str:
    """Return a ratio with up to twelve decimals beside its whole numbers."""
    scaled = divide(ratio[0] * 10**12, ratio[1])
    digits = f"{abs(scaled):013d}"
    text = f"{'-' if scaled < 0 else ''}{digits[:-12]}.{digits[-12:]}".rstrip("0").rstrip(".")
    return f"{text} ({ratio[0]}/{ratio[1]})" if ratio[1] < 10**12 else text
