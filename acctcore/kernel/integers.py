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


_HALF_UP = Rounding.HALF_UP  # looking a member up costs more than the division


class Ties(Enum):
    """Which of two parts with the same remainder gets the unit that is left over."""

    FIRST = "first"  # the earlier one
    LAST = "last"  # the later one
    LARGEST = "largest"  # the one of the larger weight; of equal weights, the earlier


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return `numerator / denominator` as a whole number, rounded once.

    Raises: InvalidValue when the denominator is not positive, or one of them is not a whole number.
    """
    if type(numerator) is not int or type(denominator) is not int or denominator <= 0:
        raise InvalidValue("whole numbers, the denominator above zero", (numerator, denominator), "divide")
    if rounding is _HALF_UP:
        if numerator >= 0:
            return (2 * numerator + denominator) // (2 * denominator)
        return -((denominator - 2 * numerator) // (2 * denominator))
    if type(rounding) is not Rounding:
        raise InvalidValue("a Rounding", rounding, "divide")
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


def split(total: int, weights: Sequence[int], ties: Ties = Ties.FIRST) -> tuple[int, ...]:
    """Return `total` in whole parts proportional to `weights`, adding up to it exactly.

    Each part is its exact share rounded toward zero; the units left over go one each to the
    largest remainders, and between equal ones as `ties` says. A total below zero is split as its
    opposite is. Where all weights are zero, only a total of zero can be split.

    Raises: InvalidValue when there is no weight, one is negative, or all are zero and the total is not.
    """
    if type(total) is not int:
        raise InvalidValue("a whole number to split", total, "split")
    if not isinstance(weights, Sequence) or not weights:
        raise InvalidValue("at least one weight", weights, "split")
    for weight in weights:
        if type(weight) is not int or weight < 0:
            raise InvalidValue("weights that are whole numbers, none negative", weights, "split")
    if type(ties) is not Ties:
        raise InvalidValue("a choice of Ties", ties, "split")
    whole = sum(weights)
    if whole == 0:
        if total != 0:
            raise InvalidValue("a weight above zero to split an amount", weights, "split")
        return (0,) * len(weights)
    size, parts, short = abs(total), [], []
    for weight in weights:
        part, rest = divmod(size * weight, whole)
        parts.append(part)
        short.append(-rest)
    for index in _by_remainder(short, weights, ties)[: size - sum(parts)]:
        parts[index] += 1
    return tuple(parts) if total >= 0 else tuple(-part for part in parts)


def _by_remainder(short: Sequence[int], weights: Sequence[int], ties: Ties) -> list[int]:
    """Return the places of the parts, the largest remainder first; sorting keeps equals in their order."""
    places = range(len(short))
    if ties is _FIRST:
        return sorted(places, key=short.__getitem__)
    if ties is Ties.LAST:
        return sorted(places, key=lambda place: (short[place], -place))
    return sorted(places, key=lambda place: (short[place], -weights[place]))


_FIRST = Ties.FIRST
