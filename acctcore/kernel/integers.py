"""Exact arithmetic on integers: one rounding of a ratio, and splits that lose nothing.

Everything that ends in money passes through `divide`: numerators and denominators stay whole
until this one named place. Nothing here knows a currency, a date or an object.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from acctcore.kernel.errors import InvalidValue


class Rounding(Enum):
    """What becomes of the part of a minor unit that cannot be paid."""

    HALF_UP = "half_up"  # to nearest, halves away from zero: a reversal mirrors its original
    HALF_EVEN = "half_even"  # to nearest, halves to the even neighbour
    HALF_DOWN = "half_down"  # to nearest, halves toward zero
    HALF_CEILING = "half_ceiling"  # to nearest, halves toward plus infinity
    UP = "up"  # away from zero
    DOWN = "down"  # toward zero
    CEILING = "ceiling"  # toward plus infinity
    FLOOR = "floor"  # toward minus infinity


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return `numerator / denominator` as a whole number, rounded once.

    Raises: InvalidValue when the denominator is not positive.
    """
    if denominator <= 0:
        raise InvalidValue("a denominator above zero", denominator, "divide")
    if rounding is Rounding.HALF_UP:
        if numerator >= 0:
            return (2 * numerator + denominator) // (2 * denominator)
        return -((denominator - 2 * numerator) // (2 * denominator))
    whole, rest = divmod(numerator, denominator)
    if rest == 0:
        return whole
    return whole + _carry(whole, 2 * rest - denominator, rounding)


def _carry(floor: int, beyond_half: int, rounding: Rounding) -> int:
    """Return 1 where the value just above `floor` goes to its upper neighbour, else 0."""
    negative = floor < 0
    match rounding:
        case Rounding.FLOOR:
            return 0
        case Rounding.CEILING:
            return 1
        case Rounding.UP:
            return 0 if negative else 1
        case Rounding.DOWN:
            return 1 if negative else 0
        case _ if beyond_half:
            return 1 if beyond_half > 0 else 0
        case Rounding.HALF_EVEN:
            return floor % 2
        case Rounding.HALF_DOWN:
            return 1 if negative else 0
        case _:  # HALF_CEILING; HALF_UP never arrives here
            return 1


def split(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return `total` in whole parts proportional to `weights`, adding up to it exactly.

    Each part is its exact share rounded toward zero; the units left over go one each to the
    largest remainders, ties to the earlier part. Where all weights are zero, only a total of
    zero can be split.

    Raises: InvalidValue when there is no weight, one is negative, or all are zero and the total is not.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise InvalidValue("at least one weight, none negative", tuple(weights), "split")
    whole = sum(weights)
    if whole == 0:
        if total != 0:
            raise InvalidValue("a weight above zero to split an amount", tuple(weights), "split")
        return (0,) * len(weights)
    sign, size = (-1, -total) if total < 0 else (1, total)
    shares = [divmod(size * weight, whole) for weight in weights]
    left = size - sum(share for share, _ in shares)
    first = sorted(range(len(shares)), key=lambda index: -shares[index][1])[:left]
    lucky = frozenset(first)
    return tuple(sign * (share + (index in lucky)) for index, (share, _) in enumerate(shares))
