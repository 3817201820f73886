"""What the amount of a line was computed from, where neither time nor a catalogue says it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import divide
from acctcore.kernel.money import Price, in_minor
from acctcore.kernel.policies import PolicyRef, built_in
from acctcore.kernel.terms import CurrencyCode

_LARGEST_REMAINDER = built_in("largest-remainder", "1")
_STATED = built_in("stated", "1")
_RUNNING_TOTAL = built_in("running-total", "1")


@frozen
class Stated:
    """An amount that somebody stated: quantity × unit price, in whole minor units."""

    price: Price
    quantity: int
    policy: PolicyRef = _STATED

    def amount(self) -> int:
        """Return price × quantity in minor units, rounded half away from zero."""
        numerator, denominator = self.price.minor
        return divide(numerator * self.quantity, denominator)

    def explain(self) -> Explanation:
        """Return price and quantity."""
        code = self.price.currency
        return Explanation(f"{self.quantity:,} × {self.price}", str(in_minor(self.amount(), code)))


@frozen
class SplitOf:
    """One part of an amount that was split in proportion to what was left, adding up to it."""

    total: int
    weights: tuple[int, ...]
    index: int
    currency: CurrencyCode
    policy: PolicyRef = _LARGEST_REMAINDER

    def amount(self) -> int:
        """Return the part in minor units."""
        return apportioned(self.total, self.weights)[self.index]

    def explain(self) -> Explanation:
        """Return the whole, the weight and the rule as steps."""
        whole = in_minor(self.total, self.currency)
        weight = in_minor(self.weights[self.index], self.currency)
        of = in_minor(sum(self.weights), self.currency)
        steps = (
            Explanation("to be split over what is left of lines and tax", str(whole)),
            Explanation(f"left of this line {weight}, of all {of}"),
            Explanation("rounded down, cents left over to the largest remainders"),
        )
        return Explanation(
            "share of the amount given back", str(in_minor(self.amount(), self.currency)), steps
        )


def apportioned(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return a total in whole parts proportional to weights, some of which may be below zero.

    Each part is its exact share rounded down; the units left over go one each to the largest
    remainders, ties to the earlier part. So up to the sum of the weights no part lies beyond its
    weight, on either side of zero.

    Raises: InvalidValue without weights, for a total below zero, or one that nothing is left to share.
    """
    if not weights:
        raise InvalidValue("at least one weight", weights, "apportioned")
    if total == 0:
        return (0,) * len(weights)
    whole = sum(weights)
    if total < 0 or whole <= 0:
        raise InvalidValue(
            "a total above zero, and weights that come to more than nothing", total, "apportioned"
        )
    parts = [divmod(total * weight, whole) for weight in weights]
    left = total - sum(part for part, _ in parts)
    first = frozenset(sorted(range(len(parts)), key=lambda index: -parts[index][1])[:left])
    return tuple(part + (index in first) for index, (part, _) in enumerate(parts))


@frozen
class Portion:
    """A portion of a line, by quantity or by percentage: the difference of two running totals.

    The line was worth `of` minor units as its price last changed, for `whole` shares; `before` of
    these were taken earlier, `part` are taken now. So portions, taken one by one, add up to the line.
    """

    of: int
    whole: int
    before: int
    part: int
    currency: CurrencyCode
    policy: PolicyRef = _RUNNING_TOTAL

    def amount(self) -> int:
        """Return the portion in minor units."""
        left = self.whole - self.before
        return divide(self.of * left, self.whole) - divide(self.of * (left - self.part), self.whole)

    def explain(self) -> Explanation:
        """Return what was left of the line before, and what stays of it."""
        left = self.whole - self.before
        stays = left - self.part
        was, is_now = divide(self.of * left, self.whole), divide(self.of * stays, self.whole)
        steps = (
            Explanation(f"left before: {self._told(left)}", str(in_minor(was, self.currency))),
            Explanation(f"stays: {self._told(stays)}", str(in_minor(is_now, self.currency))),
        )
        result = str(in_minor(self.amount(), self.currency))
        return Explanation("portion of the line, the difference of what is left", result, steps)

    def _told(self, shares: int) -> str:
        return f"{in_minor(self.of, self.currency)} × {shares:,}/{self.whole:,}, rounded once"
