"""One rounding of a ratio, and splits that lose nothing, held against fractions and decimals."""

import decimal
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, trunc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, Ties, divide, split
from tests.kernel.strategies import huge, roundings, wrong

DECIMAL = {
    Rounding.HALF_UP: decimal.ROUND_HALF_UP,
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.HALF_DOWN: decimal.ROUND_HALF_DOWN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
    Rounding.CEILING: decimal.ROUND_CEILING,
    Rounding.FLOOR: decimal.ROUND_FLOOR,
}
HALF = Fraction(1, 2)


def nearest(exact: Fraction, at_half: int) -> int:
    """Return the nearest whole number, where a half goes to `at_half`."""
    return at_half if abs(exact - floor(exact)) == HALF else floor(exact + HALF)


def oracle(exact: Fraction, rounding: Rounding) -> int:
    """Return a fraction as a whole number by the definition of each rounding."""
    outward = floor(exact) if exact < 0 else ceil(exact)
    return {
        Rounding.FLOOR: floor(exact),
        Rounding.CEILING: ceil(exact),
        Rounding.DOWN: trunc(exact),
        Rounding.UP: outward,
        Rounding.HALF_EVEN: round(exact),
        Rounding.HALF_UP: nearest(exact, outward),
        Rounding.HALF_DOWN: nearest(exact, trunc(exact)),
        Rounding.HALF_CEILING: nearest(exact, ceil(exact)),
    }[rounding]


positive = st.integers(1, 10**6) | st.integers(1, 10**60)
halves = st.builds(lambda n, d: (n * d * 2 + d, d * 2), huge, positive)
ratios = st.tuples(huge, positive) | halves


@pytest.mark.parametrize(
    ("tenths", "expected"),
    [
        pytest.param(
            -25, "up -3, even -2, down -2, ceiling -2; away -3, zero -2, plus -2, minus -3", id="-2.5"
        ),
        pytest.param(
            -15, "up -2, even -2, down -1, ceiling -1; away -2, zero -1, plus -1, minus -2", id="-1.5"
        ),
        pytest.param(
            -14, "up -1, even -1, down -1, ceiling -1; away -2, zero -1, plus -1, minus -2", id="-1.4"
        ),
        pytest.param(-5, "up -1, even 0, down 0, ceiling 0; away -1, zero 0, plus 0, minus -1", id="-0.5"),
        pytest.param(0, "up 0, even 0, down 0, ceiling 0; away 0, zero 0, plus 0, minus 0", id="nothing"),
        pytest.param(5, "up 1, even 0, down 0, ceiling 1; away 1, zero 0, plus 1, minus 0", id="0.5"),
        pytest.param(15, "up 2, even 2, down 1, ceiling 2; away 2, zero 1, plus 2, minus 1", id="1.5"),
        pytest.param(16, "up 2, even 2, down 2, ceiling 2; away 2, zero 1, plus 2, minus 1", id="1.6"),
        pytest.param(25, "up 3, even 2, down 2, ceiling 3; away 3, zero 2, plus 3, minus 2", id="2.5"),
        pytest.param(30, "up 3, even 3, down 3, ceiling 3; away 3, zero 3, plus 3, minus 3", id="3"),
    ],
)
def test_every_rounding_of_a_number(tenths: int, expected: str) -> None:
    half = {
        name: divide(tenths, 10, Rounding[f"HALF_{name.upper()}"])
        for name in ("up", "even", "down", "ceiling")
    }
    rest = {
        "away": divide(tenths, 10, Rounding.UP),
        "zero": divide(tenths, 10, Rounding.DOWN),
        "plus": divide(tenths, 10, Rounding.CEILING),
        "minus": divide(tenths, 10, Rounding.FLOOR),
    }
    told = [", ".join(f"{name} {value}" for name, value in group.items()) for group in (half, rest)]
    assert "; ".join(told) == expected


@given(ratios, roundings)
def test_divide_is_the_fraction_rounded(ratio: tuple[int, int], rounding: Rounding) -> None:
    assert divide(*ratio, rounding) == oracle(Fraction(*ratio), rounding)


@given(huge, st.integers(0, 60), roundings.filter(DECIMAL.__contains__))
def test_divide_rounds_as_decimal_does(numerator: int, places: int, rounding: Rounding) -> None:
    with decimal.localcontext() as context:
        context.prec = 200
        exact = Decimal(numerator).scaleb(-places)
        expected = exact.quantize(Decimal(1), DECIMAL[rounding])
    assert divide(numerator, 10**places, rounding) == int(expected)


@pytest.mark.parametrize("rounding", DECIMAL, ids=lambda rounding: rounding.value)
def test_every_small_ratio_is_rounded_as_decimal_does(rounding: Rounding) -> None:
    for denominator in (1, 2, 4, 5, 8, 10, 16, 20, 25, 40, 100):
        for numerator in range(-6 * denominator, 6 * denominator + 1):
            exact = Decimal(numerator) / denominator
            assert exact * denominator == numerator
            expected = int(exact.to_integral_value(DECIMAL[rounding]))
            assert divide(numerator, denominator, rounding) == expected, (numerator, denominator)


@pytest.mark.parametrize("rounding", Rounding, ids=lambda rounding: rounding.value)
def test_every_small_ratio_is_rounded_as_its_definition_says(rounding: Rounding) -> None:
    for denominator in range(1, 24):
        for numerator in range(-5 * denominator, 5 * denominator + 1):
            assert divide(numerator, denominator, rounding) == oracle(
                Fraction(numerator, denominator), rounding
            )


@given(ratios)
def test_halves_go_up_unless_said_otherwise_so_a_reversal_mirrors_its_original(
    ratio: tuple[int, int],
) -> None:
    numerator, denominator = ratio
    assert divide(numerator, denominator) == divide(numerator, denominator, Rounding.HALF_UP)
    assert divide(-numerator, denominator) == -divide(numerator, denominator)


@given(ratios, roundings, st.integers(1, 1_000))
def test_a_ratio_means_the_same_however_it_is_written(
    ratio: tuple[int, int], rounding: Rounding, factor: int
) -> None:
    numerator, denominator = ratio
    assert divide(numerator * factor, denominator * factor, rounding) == divide(
        numerator, denominator, rounding
    )


@pytest.mark.parametrize("denominator", [0, -1, *wrong("a huge number")])
def test_divide_wants_a_denominator_above_zero(denominator: int) -> None:
    with pytest.raises(InvalidValue, match=r"divide: expected whole numbers, the denominator above zero"):
        divide(1, denominator)


@pytest.mark.parametrize("numerator", wrong("a huge number"))
def test_divide_wants_a_whole_numerator(numerator: int) -> None:
    with pytest.raises(InvalidValue, match=r"divide: expected whole numbers"):
        divide(numerator, 2)


@pytest.mark.parametrize("numerator", [1, 2], ids=["inexact", "exact"])
@pytest.mark.parametrize("rounding", wrong())
def test_divide_wants_a_rounding(numerator: int, rounding: Rounding) -> None:
    with pytest.raises(InvalidValue, match=r"divide: expected a Rounding"):
        divide(numerator, 2, rounding)


# Splits

weights = st.lists(
    st.integers(0, 10**6) | st.integers(0, 3) | st.integers(0, 10**40), min_size=1, max_size=12
)
some_weight = weights.filter(any)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Return the split by the method's own words, in fractions."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [trunc(part) for part in exact]
    short = total - sum(parts)
    order = sorted(range(len(parts)), key=lambda index: (-abs(exact[index] - parts[index]), index))
    for index in order[: abs(short)]:
        parts[index] += 1 if short > 0 else -1
    return parts


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(100, (1, 1, 1), (34, 33, 33), id="the odd cent goes to the earlier part"),
        pytest.param(-100, (1, 1, 1), (-34, -33, -33), id="a reversal mirrors its original"),
        pytest.param(101, (1, 1, 1), (34, 34, 33), id="two odd cents"),
        pytest.param(5, (3, 7), (2, 3), id="a tie of halves goes to the earlier part"),
        pytest.param(5, (7, 3), (4, 1), id="a tie of halves, turned around"),
        pytest.param(10, (0, 1, 0), (0, 10, 0), id="no weight, no part"),
        pytest.param(1, (1, 2), (0, 1), id="the larger remainder wins over the earlier part"),
        pytest.param(0, (0, 0), (0, 0), id="nothing over nothing"),
        pytest.param(0, (2, 5), (0, 0), id="nothing"),
        pytest.param(7, (9,), (7,), id="one part is all"),
    ],
)
def test_split(total: int, weights: tuple[int, ...], parts: tuple[int, ...]) -> None:
    assert split(total, weights) == parts


@given(huge, some_weight)
@example(-1, [1, 1])
def test_split_is_largest_remainder(total: int, weights: list[int]) -> None:
    assert list(split(total, weights)) == largest_remainder(total, weights)


@given(huge, some_weight)
def test_a_split_adds_up_and_each_part_is_within_one_of_its_exact_share(
    total: int, weights: list[int]
) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert part * total >= 0
        assert weight or not part


@given(huge, some_weight, st.integers(1, 1_000))
def test_a_split_obeys_proportions_only(total: int, weights: list[int], factor: int) -> None:
    assert split(total, weights) == split(total, [weight * factor for weight in weights])
    assert split(total, weights) == split(total, tuple(weights))
    assert split(-total, weights) == tuple(-part for part in split(total, weights))


@given(huge, some_weight, st.randoms(use_true_random=False))
def test_the_order_of_weights_matters_only_between_equal_remainders(
    total: int, weights: list[int], dice: object
) -> None:
    order = list(range(len(weights)))
    assert hasattr(dice, "shuffle")
    dice.shuffle(order)
    there = split(total, [weights[index] for index in order])
    remainders = [total * weight % sum(weights) for weight in weights]
    if len(set(remainders)) == len(remainders):
        assert there == tuple(split(total, weights)[index] for index in order)
    assert sum(there) == total


def by_remainder_and(total: int, weights: Sequence[int], ties: Ties) -> list[int]:
    """Return the places in the order in which units that are left over go to them."""
    remainders = [abs(total) * weight % sum(weights) for weight in weights]

    def order(place: int) -> tuple[int, int, int]:
        weight = -weights[place] if ties is Ties.LARGEST else 0
        return -remainders[place], weight, -place if ties is Ties.LAST else place

    return sorted(range(len(weights)), key=order)


@pytest.mark.parametrize(
    ("total", "weights", "ties", "parts"),
    [
        pytest.param(100, (1, 1, 1), Ties.LAST, (33, 33, 34), id="the odd cent goes to the last"),
        pytest.param(101, (1, 1, 1), Ties.LAST, (33, 34, 34), id="two odd cents go to the last two"),
        pytest.param(5, (3, 7), Ties.LARGEST, (1, 4), id="a tie of halves goes to the heavier"),
        pytest.param(
            5, (7, 3), Ties.LARGEST, (4, 1), id="a tie of halves goes to the heavier, turned around"
        ),
        pytest.param(-5, (3, 7), Ties.LARGEST, (-1, -4), id="a reversal mirrors its original"),
        pytest.param(100, (1, 1, 1), Ties.LARGEST, (34, 33, 33), id="equal weights: the earlier"),
        pytest.param(1, (1, 2), Ties.LAST, (0, 1), id="a larger remainder needs no choice"),
        pytest.param(1, (2, 1), Ties.LAST, (1, 0), id="a larger remainder wins over the later part"),
        pytest.param(0, (0, 0), Ties.LAST, (0, 0), id="nothing over nothing"),
    ],
)
def test_who_gets_the_odd_cent(
    total: int, weights: tuple[int, ...], ties: Ties, parts: tuple[int, ...]
) -> None:
    assert split(total, weights, ties) == parts


@given(huge, some_weight, st.sampled_from(Ties))
@example(-1, [1, 1], Ties.LAST)
def test_ties_decide_only_between_equal_remainders(total: int, weights: list[int], ties: Ties) -> None:
    whole = sum(weights)
    parts = [abs(total) * weight // whole for weight in weights]
    for place in by_remainder_and(total, weights, ties)[: abs(total) - sum(parts)]:
        parts[place] += 1
    assert list(split(total, weights, ties)) == [part if total > 0 else -part for part in parts]
    assert sum(split(total, weights, ties)) == total
    assert split(total, weights, Ties.LAST)[::-1] == split(total, weights[::-1], Ties.FIRST)


@pytest.mark.parametrize("ties", wrong())
def test_split_wants_a_choice_of_ties(ties: Ties) -> None:
    with pytest.raises(InvalidValue, match=r"split: expected a choice of Ties"):
        split(1, (1, 1), ties)


@pytest.mark.parametrize(
    "weights",
    [(), (1, -1), (0, 0), (0.5, 0.5), (True,), (None,), ("1",), ([],), "ab", {1: 2}, {1}, 5, None],
    ids=repr,
)
def test_split_wants_whole_weights_of_zero_or_more_and_one_above(weights: Sequence[int]) -> None:
    with pytest.raises(InvalidValue, match=r"split: expected .*weight"):
        split(1, weights)


@pytest.mark.parametrize("total", wrong("a huge number"))
def test_split_wants_a_whole_total(total: int) -> None:
    with pytest.raises(InvalidValue, match=r"split: expected a whole number to split"):
        split(total, (1, 1))
