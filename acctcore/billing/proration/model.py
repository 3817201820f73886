"""Amounts with what they were computed from: each basis recomputes its amount and tells it."""

from __future__ import annotations

from datetime import date
from typing import Generic, Protocol, TypeAlias, TypeVar

from attrs import frozen

from acctcore.kernel.calendar import Span
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import Price, in_minor

P_co = TypeVar("P_co", bound=date, covariant=True)
Ratio: TypeAlias = tuple[int, int]
"""A ratio of whole numbers: numerator, denominator above zero."""


class Basis(Protocol):
    """What an amount was computed from."""

    @property
    def policy(self) -> str:
        """The policy that computed it: name/version."""
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
    policy: str
    ratio: Ratio | None = None

    def amount(self) -> int:
        """Return the amount in minor units."""
        numerator, denominator = self.price.minor
        numerator *= self.quantity
        if self.ratio is not None:
            return divide(numerator * self.ratio[0], denominator * self.ratio[1], self.rounding)
        denominator *= self.whole
        upto = divide(numerator * self.upto, denominator, self.rounding)
        return upto - divide(numerator * self.before, denominator, self.rounding) if self.before else upto

    def exact(self) -> Ratio:
        """Return the ratio before any rounding of it: units of the part to units of the whole."""
        return self.upto - self.before, self.whole

    def explain(self) -> Explanation:
        """Return price, length, ratio and rounding as steps."""
        code = self.price.currency
        steps = [Explanation(f"price per {_period(self)}", f"{self.quantity} × {self.price}")]
        part, whole = self.exact()
        if part != whole or self.before:
            steps.append(Explanation(f"length of the part in {self.unit}", f"{part} of {whole}"))
        if self.ratio is not None:
            if self.ratio != (part, whole):
                steps.append(Explanation("ratio as the policy writes it", ratio_text(self.ratio)))
            steps.append(Explanation(f"rounded once, {self.rounding.value}"))
        elif self.before:
            total = self.running(self.upto)
            earlier = self.running(self.before)
            steps.append(
                Explanation(f"running total after {self.upto} of {whole} {self.unit}", money(total, code))
            )
            steps.append(
                Explanation(
                    f"less the total after {self.before} of {whole} {self.unit}", money(earlier, code)
                )
            )
            steps.append(Explanation(f"each total rounded once, {self.rounding.value}: parts add up"))
        else:
            steps.append(Explanation(f"rounded once, {self.rounding.value}"))
        return Explanation(f"share by {self.policy}", money(self.amount(), code), tuple(steps))

    def running(self, upto: int) -> int:
        """Return what the whole costs up to a point inside it, rounded, in minor units."""
        numerator, denominator = self.price.minor
        return divide(numerator * self.quantity * upto, denominator * self.whole, self.rounding)


def _period(share: Share) -> str:
    return f"{share.whole} {share.unit}"


@frozen
class Rest:
    """What is given back: the booked amount less what the kept parts are worth."""

    booked: int
    kept: tuple[Share, ...]
    currency: str
    policy: str

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
    """A ratio of the booked amount itself, whatever price it once came from, and at most `cap`."""

    booked: int
    ratio: Ratio
    exact: Ratio
    unit: str
    rounding: Rounding
    cap: int
    currency: str
    policy: str

    def amount(self) -> int:
        """Return the amount in minor units."""
        return max(0, min(divide(self.booked * self.ratio[0], self.ratio[1], self.rounding), self.cap))

    def explain(self) -> Explanation:
        """Return the booked amount, the ratio and the cap as steps."""
        steps = (
            Explanation("booked amount", money(self.booked, self.currency)),
            Explanation(f"length given back in {self.unit}", f"{self.exact[0]} of {self.exact[1]}"),
            Explanation("ratio as the policy writes it", ratio_text(self.ratio)),
            Explanation(f"rounded once, {self.rounding.value}; at most", money(self.cap, self.currency)),
        )
        return Explanation(
            f"part of the booked amount, by {self.policy}", money(self.amount(), self.currency), steps
        )


@frozen
class Capped:
    """A share of the stored price, but never more than what is left of the booked amount."""

    share: Share
    cap: int
    policy: str

    def amount(self) -> int:
        """Return the amount in minor units."""
        return max(0, min(self.share.amount(), self.cap))

    def explain(self) -> Explanation:
        """Return the share and the cap as steps."""
        code = self.share.price.currency
        steps = (self.share.explain(), Explanation("at most what is left of the line", money(self.cap, code)))
        return Explanation(f"capped share by {self.policy}", money(self.amount(), code), steps)


@frozen
class Prorated:
    """An amount in minor units beside what it was computed from."""

    amount: int
    basis: Basis


@frozen
class Booked(Generic[P_co]):
    """What stands booked for a stretch of time: the line's own price, span and amount left.

    `amount` is what is left of the line for `span`; `billed` and `credited` are of the whole line.
    """

    price: Price
    quantity: int
    span: Span[P_co]
    amount: int
    billed: int
    credited: int = 0


@frozen
class Credit:
    """What is given back of a booked stretch, and what the stretches that stay are then worth."""

    amount: int
    basis: Basis
    left: tuple[int, ...]


def money(minor: int, code: str) -> str:
    """Return minor units as a reader sees them."""
    return str(in_minor(minor, code))


def ratio_text(ratio: Ratio) -> str:
    """Return a ratio with up to twelve decimals beside its whole numbers."""
    scaled = divide(ratio[0] * 10**12, ratio[1])
    digits = f"{abs(scaled):013d}"
    text = f"{'-' if scaled < 0 else ''}{digits[:-12]}.{digits[-12:]}".rstrip("0").rstrip(".")
    return f"{text} ({ratio[0]}/{ratio[1]})" if ratio[1] < 10**12 else text
