"""Which tax falls on what and when, and how much it comes to; the decimal module computes it again."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.tax import (
    NO_TAX,
    DatedRate,
    NoRate,
    RoundAt,
    Taxes,
    TaxKey,
    TaxTotal,
    breakdown,
    tax_on,
    untaxed,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding

LONG_AGO = date(2007, 1, 1)
STANDARD, REDUCED, ZERO = TaxKey("S", "19"), TaxKey("S", "7"), TaxKey("Z", "0")
REVERSE = TaxKey("AE", "0", "reverse charge")

# the cut of 2020, as docs/sources.md has it (vat-germany-2020)
GERMANY = Taxes(
    name="de",
    version="2021",
    rates=(
        DatedRate("standard", date(2007, 1, 1), (TaxKey("S", "19"),)),
        DatedRate("standard", date(2020, 7, 1), (TaxKey("S", "16"),)),
        DatedRate("standard", date(2021, 1, 1), (TaxKey("S", "19"),)),
        DatedRate("reduced", date(2007, 1, 1), (TaxKey("S", "7"),)),
        DatedRate("reduced", date(2020, 7, 1), (TaxKey("S", "5"),)),
        DatedRate("reduced", date(2021, 1, 1), (TaxKey("S", "7"),)),
    ),
)


@pytest.mark.parametrize(
    ("tax_class", "on", "rate"),
    [
        pytest.param("standard", "2006-12-31", None, id="before the first rate nothing is known"),
        pytest.param("standard", "2007-01-01", "19", id="a rate holds from its first day"),
        pytest.param("standard", "2020-06-30", "19", id="the last day before the cut"),
        pytest.param("standard", "2020-07-01", "16", id="the first day of the cut"),
        pytest.param("standard", "2020-12-31", "16", id="its last day"),
        pytest.param("standard", "2021-01-01", "19", id="and back"),
        pytest.param("reduced", "2020-08-15", "5", id="the reduced rate was cut, too"),
        pytest.param("reduced", "2021-08-15", "7", id="for half a year"),
        pytest.param("books", "2021-08-15", None, id="a class that nobody named"),
    ],
)
def test_the_date_decides_the_rate(tax_class: str, on: str, rate: str | None) -> None:
    keys = GERMANY.keys(tax_class, date.fromisoformat(on))
    assert keys == (None if rate is None else (TaxKey("S", rate),))


def test_the_order_in_which_rates_are_told_does_not_matter() -> None:
    turned = Taxes(rates=GERMANY.rates[::-1])
    for on in (date(2007, 1, 1), date(2020, 7, 1), date(2030, 1, 1)):
        assert turned.keys("standard", on) == GERMANY.keys("standard", on)


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        pytest.param(TaxKey, ("S", "-0.01"), id="a rate below zero"),
        pytest.param(TaxKey, ("S", "1000.01"), id="a rate beyond all bounds"),
        pytest.param(TaxKey, ("S", 0.19), id="a float"),
        pytest.param(TaxKey, ("S", True), id="a bool"),
        pytest.param(TaxKey, ("S", Decimal("NaN")), id="no number"),
        pytest.param(TaxKey, ("S", "1E+99"), id="a number of absurd size"),
        pytest.param(TaxKey, ("", "19"), id="no category"),
        pytest.param(TaxKey, ("S", "19", None), id="a reason that is no text"),
        pytest.param(DatedRate, ("", LONG_AGO, ()), id="no class"),
        pytest.param(DatedRate, ("standard", "2007-01-01", ()), id="a text for a date"),
        pytest.param(DatedRate, ("standard", LONG_AGO, ("19",)), id="a text for a key"),
        pytest.param(DatedRate, ("standard", LONG_AGO, [STANDARD]), id="a list of keys"),
        pytest.param(DatedRate, ("standard", LONG_AGO, (STANDARD, TaxKey("S", "19.0"))), id="a key twice"),
    ],
)
def test_what_is_no_rate(make: Any, facts: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        make(*facts)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"rates": GERMANY.rates + GERMANY.rates[:1]}, id="a class and day twice"),
        pytest.param({"rates": ("19",)}, id="a text for a rate"),
        pytest.param({"rates": (), "round_at": "line"}, id="a text for a place"),
        pytest.param({"rates": (), "rounding": "up"}, id="a text for a rounding"),
        pytest.param({"rates": (), "name": ""}, id="no name"),
    ],
)
def test_what_is_no_policy(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Taxes(**facts)


def test_keys_that_are_worth_the_same_are_the_same() -> None:
    assert TaxKey("S", 19) == TaxKey("S", "19.00") == TaxKey("S", Decimal(19))
    assert len({TaxKey("S", 19), TaxKey("S", "19.0")}) == 1
    assert TaxKey("Z", 0) != TaxKey("E", 0) != TaxKey("E", 0, "medical")


def test_a_key_and_a_missing_rate_read_as_they_should() -> None:
    assert (str(STANDARD), str(REVERSE)) == ("S 19 %", "AE 0 % (reverse charge)")
    assert NoRate("books", date(2021, 1, 1)).text == (
        "no tax rate is known for the class books on 2021-01-01"
    )


def test_a_policy_is_known_by_name_and_version_and_by_every_choice() -> None:
    per_line = Taxes(name="de", version="2021", rates=GERMANY.rates, round_at=RoundAt.LINE)
    assert str(GERMANY.ref) == str(per_line.ref) == "de/2021"
    assert GERMANY.ref != per_line.ref


def test_where_no_tax_is_due_that_is_said() -> None:
    assert untaxed().keys("standard", date.min) == NO_TAX
    policy = untaxed("a", "b")
    assert (policy.keys("b", LONG_AGO), policy.keys("standard", LONG_AGO)) == (NO_TAX, None)
    assert breakdown([(100, NO_TAX)], policy) == ()


def test_two_lines_make_a_cent_of_difference_between_line_and_document() -> None:
    # 10.12 twice at 20 %: 2.024 each; 2 × 2.02 by line, 4.05 of the sum 20.24
    key = TaxKey("S", "20")
    lines = [(1012, (key,)), (1012, (key,))]
    for round_at, tax in ((RoundAt.LINE, 404), (RoundAt.DOCUMENT, 405)):
        assert breakdown(lines, Taxes(rates=(), round_at=round_at)) == (TaxTotal(key, 2024, tax),)


def test_several_keys_of_a_line_stand_side_by_side_in_the_order_they_appear() -> None:
    state, city = TaxKey("state", "6"), TaxKey("city", "1.375")
    found = breakdown([(1000, (state, city)), (500, (city,)), (70, (ZERO,))], Taxes(rates=()))
    assert found == (TaxTotal(state, 1000, 60), TaxTotal(city, 1500, 21), TaxTotal(ZERO, 70, 0))


# Against the decimal module

MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}
rates = st.decimals(0, 1000, places=3) | st.sampled_from(["0", "7", "19", "8.1", "0.001"])
keys = st.builds(TaxKey, st.sampled_from("SZEK"), rates)
amounts = st.integers(0, 10**15) | st.integers(0, 100)
lines_of_tax = st.lists(st.tuples(amounts, st.lists(keys, max_size=3, unique=True).map(tuple)), max_size=6)


def by_decimal(base: int, key: TaxKey, rounding: Rounding) -> int:
    with localcontext(prec=60):
        return int((Decimal(base) * key.rate / 100).quantize(Decimal(1), MODES[rounding]))


@given(amounts, keys, st.sampled_from(list(MODES)))
def test_tax_is_the_rate_of_the_base_rounded_once(base: int, key: TaxKey, rounding: Rounding) -> None:
    assert tax_on(base, key, rounding) == by_decimal(base, key, rounding)


@given(lines_of_tax, st.sampled_from(RoundAt), st.sampled_from(list(MODES)))
def test_a_breakdown_has_every_key_once_with_all_that_falls_under_it(
    lines: Sequence[tuple[int, tuple[TaxKey, ...]]], round_at: RoundAt, rounding: Rounding
) -> None:
    found = breakdown(lines, Taxes(rates=(), round_at=round_at, rounding=rounding))
    assert [entry.key for entry in found] == list(dict.fromkeys(key for _, keys in lines for key in keys))
    for entry in found:
        nets = [net for net, keys in lines if entry.key in keys]
        assert entry.base == sum(nets)
        taxed = nets if round_at is RoundAt.LINE else [sum(nets)]
        assert entry.amount == sum(by_decimal(net, entry.key, rounding) for net in taxed)
        assert entry.amount >= 0
