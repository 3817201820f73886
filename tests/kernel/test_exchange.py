"""Exchange rates by day and conversions that round once, held against fractions and published figures."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from acctcore.kernel import currencies
from acctcore.kernel.decision import Outcome, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.exchange import MOST_STEPS, Conversion, Leg, NoRate, Rate, Rates, exchange, number
from acctcore.kernel.explain import explain
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money
from acctcore.testing import strategies
from tests.kernel.strategies import amounts, roundings, wrong
from tests.kernel.test_integers import oracle

UP = Rounding.HALF_UP
JAN_1, JAN_2, JAN_5, FEB_1 = date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 5), date(2024, 2, 1)
DOLLAR = Rate("EUR", "USD", "1.10", JAN_1, "bank")
YEN = Rate("EUR", "JPY", "160.5", JAN_2, "bank")


def converted(money: Money, into: str, on: date, rates: Rates, rounding: Rounding = UP) -> Conversion:
    answer = exchange(money, into, on, rates, rounding)
    assert isinstance(answer, Conversion)
    return answer


def missing(money: Money, into: str, on: date, rates: Rates) -> NoRate:
    answer = exchange(money, into, on, rates, UP)
    assert isinstance(answer, NoRate)
    return answer


# Published figures

KUNA = Rates(known=(Rate("EUR", "HRK", "7.53450", date(2023, 1, 1), "Council"),))
LEV = Rates(known=(Rate("EUR", "BGN", "1.95583", date(2026, 1, 1), "Council"),))


@pytest.mark.parametrize(
    ("given_amount", "into", "rates", "result"),
    [
        pytest.param(Money("100.00", "HRK"), "EUR", KUNA, "13.27", id="100 kuna: 13.2722…"),
        pytest.param(Money("7.53", "HRK"), "EUR", KUNA, "1.00", id="7.53 kuna: 0.9994…"),
        pytest.param(Money("1.00", "EUR"), "HRK", KUNA, "7.53", id="a euro: 7.5345"),
        pytest.param(Money("1000.00", "BGN"), "EUR", LEV, "511.29", id="1 000 leva: 511.2918…"),
        pytest.param(Money("0.01", "BGN"), "EUR", LEV, "0.01", id="a stotinka: 0.0051…"),
    ],
)
def test_fixed_rates_divide_and_are_not_rounded_when_turned_round(
    given_amount: Money, into: str, rates: Rates, result: str
) -> None:
    answer = converted(given_amount, into, date(2026, 3, 1), rates)
    assert answer.result == Money(result, into)


# Which rate applies

DATED = Rates(
    known=(
        Rate("EUR", "USD", "1.10", JAN_1, "bank"),
        Rate("EUR", "USD", "1.20", JAN_5, "bank"),
        Rate("USD", "EUR", "0.80", JAN_2, "bank"),
        Rate("USD", "EUR", "0.5", JAN_5, "bank"),
    )
)


@pytest.mark.parametrize(
    ("pair", "on", "ratio"),
    [
        pytest.param(("EUR", "USD"), JAN_1, "1.10", id="on its day"),
        pytest.param(("EUR", "USD"), JAN_2, "1.25", id="a later one, published the other way round"),
        pytest.param(("EUR", "USD"), date(2024, 1, 4), "1.25", id="until the next one"),
        pytest.param(("EUR", "USD"), JAN_5, "1.20", id="of two on a day, the one published as asked"),
        pytest.param(("USD", "EUR"), JAN_5, "0.5", id="as asked, the other way"),
        pytest.param(("USD", "EUR"), FEB_1, "0.5", id="for ever after"),
    ],
)
def test_the_latest_rate_on_or_before_the_day(pair: tuple[str, str], on: date, ratio: str) -> None:
    for rates in (DATED, Rates(known=DATED.known[::-1])):
        leg = rates.latest(*pair, on)
        assert leg is not None
        assert (leg.base, leg.quote) == pair
        assert Fraction(*leg.ratio) == Fraction(ratio)
        assert rates.path(*pair, on) == (leg,)


def test_before_the_first_rate_there_is_none() -> None:
    answer = missing(Money(1, "EUR"), "USD", date(2023, 12, 31), DATED)
    assert answer == NoRate("EUR", "USD", date(2023, 12, 31))
    assert answer.text == "the rate of EUR in USD on 2023-12-31 must be known first"
    assert unknown(answer).outcome is Outcome.UNKNOWN


def test_a_rate_that_is_too_old_is_not_used_and_named() -> None:
    rates = Rates(known=(DOLLAR,), max_age_days=31)
    assert converted(Money(1, "EUR"), "USD", FEB_1, rates).result == Money("1.10", "USD")
    answer = missing(Money(1, "EUR"), "USD", date(2024, 2, 2), rates)
    assert answer == NoRate("EUR", "USD", date(2024, 2, 2), JAN_1)
    told = "the rate of EUR in USD on 2024-02-02 must be known first: that of 2024-01-01 is too old"
    assert answer.text == told
    assert isinstance(
        exchange(Money(1, "EUR"), "USD", JAN_1, Rates(known=(DOLLAR,), max_age_days=0), UP), Conversion
    )


def test_a_pivot_joins_what_was_published_against_it_and_rounds_once() -> None:
    rates = Rates(known=(DOLLAR, YEN), pivot="EUR")
    answer = converted(Money("0.05", "USD"), "JPY", FEB_1, rates)
    assert Fraction(*answer.ratio) == Fraction("160.5") / Fraction("1.10")
    assert answer.result == Money(7, "JPY")  # 7.295…; by way of 0.05 EUR, rounded there, it would be 8.025
    assert (
        str(explain(answer))
        == """\
converted = 7 JPY
  amount given = 0.05 USD
  1 EUR = 1.1 USD (bank, 2024-01-01), the other way round
  1 EUR = 160.5 JPY (bank, 2024-01-02)
  rates multiplied = 1605/11
  rounded once, half_up"""
    )


def test_a_conversion_of_one_step_or_none_tells_what_there_is() -> None:
    rates = Rates(known=(DOLLAR,))
    assert (
        str(explain(converted(Money("0.05", "EUR"), "USD", FEB_1, rates)))
        == """\
converted = 0.06 USD
  amount given = 0.05 EUR
  1 EUR = 1.1 USD (bank, 2024-01-01)
  rounded once, half_up"""
    )
    assert (
        str(explain(converted(Money("0.05", "EUR"), "EUR", FEB_1, rates)))
        == """\
converted = 0.05 EUR
  amount given = 0.05 EUR"""
    )


@pytest.mark.parametrize(
    ("rates", "pair", "reason"),
    [
        pytest.param(Rates(known=(DOLLAR, YEN)), ("USD", "JPY"), ("USD", "JPY"), id="no pivot, no way"),
        pytest.param(
            Rates(known=(DOLLAR,), pivot="EUR"),
            ("USD", "JPY"),
            ("EUR", "JPY"),
            id="no second step",
        ),
        pytest.param(Rates(known=(YEN,), pivot="EUR"), ("USD", "JPY"), ("USD", "EUR"), id="no first step"),
        pytest.param(
            Rates(known=(YEN,), pivot="EUR"), ("EUR", "USD"), ("EUR", "USD"), id="a pivot to itself"
        ),
    ],
)
def test_what_is_missing_is_named(rates: Rates, pair: tuple[str, str], reason: tuple[str, str]) -> None:
    answer = missing(Money(1, pair[0]), pair[1], FEB_1, rates)
    assert (answer.base, answer.quote) == reason


def test_a_pair_that_was_published_does_not_go_through_the_pivot() -> None:
    direct = Rate("USD", "JPY", 150, JAN_1, "bank")
    rates = Rates(known=(DOLLAR, YEN, direct), pivot="EUR", max_age_days=100)
    assert converted(Money(1, "USD"), "JPY", FEB_1, rates).path == (Leg(direct),)
    assert missing(Money(1, "USD"), "JPY", date(2024, 6, 1), rates).latest == JAN_1  # and not when it is old


# Laws


@given(strategies.rates(), amounts, roundings, st.booleans())
def test_a_conversion_is_the_fraction_rounded_once(
    rate: Rate, money: Money, rounding: Rounding, turned: bool
) -> None:
    leg = Leg(rate, turned)
    given_amount = Money.of_minor(money.minor, leg.base)
    answer = Conversion(given_amount, (leg,), rounding)
    exact = Fraction(given_amount.minor, currencies.scale(leg.base)) * Fraction(*leg.ratio)
    assert answer.result.code == leg.quote
    assert answer.result.minor == oracle(exact * currencies.scale(leg.quote), rounding)
    assert Fraction(*Leg(rate, not turned).ratio) * Fraction(*leg.ratio) == 1


@given(strategies.rates("EUR", "JPY"), strategies.rates("EUR", "KWD"), amounts, roundings)
def test_going_through_a_pivot_rounds_no_more_than_once(
    first: Rate, second: Rate, money: Money, rounding: Rounding
) -> None:
    yen = Money.of_minor(money.minor, "JPY")
    on = max(first.on, second.on)
    answer = converted(yen, "KWD", on, Rates(known=(first, second), pivot="EUR"), rounding)
    exact = Fraction(yen.minor) / Fraction(*first.ratio) * Fraction(*second.ratio) * 1000
    assert answer.result.minor == oracle(exact, rounding)
    assert Fraction(*answer.ratio) == prod(Fraction(*leg.ratio) for leg in answer.path)


@given(amounts, st.dates(), roundings, strategies.rate_tables())
def test_an_amount_in_its_own_currency_stays_and_needs_no_rate(
    money: Money, on: date, rounding: Rounding, rates: Rates
) -> None:
    answer = converted(money, money.code, on, rates, rounding)
    assert (answer.result, answer.path, answer.ratio) == (money, (), (1, 1))


@given(strategies.rate_tables(), st.data())
def test_a_path_meets_its_ends_and_uses_no_rate_of_a_later_day(rates: Rates, data: st.DataObject) -> None:
    code = strategies.currencies(strategies.CURRENCIES)
    base, quote, on = data.draw(code), data.draw(code), data.draw(strategies.dates())
    path = rates.path(base, quote, on)
    if isinstance(path, NoRate):
        assert path.base != path.quote
        assert path.on == on
        return
    ends = [base, *(leg.quote for leg in path)]
    assert [leg.base for leg in path] == ends[:-1]
    assert ends[-1] == quote
    assert len(path) <= 2
    for leg in path:
        assert leg.rate in rates.known
        assert leg.rate.on <= on
        assert rates.max_age_days is None or (on - leg.rate.on).days <= rates.max_age_days
        later = [
            rate
            for rate in rates.known
            if {rate.base, rate.quote} == {leg.base, leg.quote} and leg.rate.on < rate.on <= on
        ]
        assert later == []


@given(strategies.rates(), amounts)
def test_there_and_back_is_off_by_no_more_than_rounding_explains(rate: Rate, money: Money) -> None:
    there = Conversion(Money.of_minor(money.minor, rate.base), (Leg(rate),), UP)
    back = Conversion(there.result, (Leg(rate, inverse=True),), UP)
    step = Fraction(currencies.scale(rate.base), currencies.scale(rate.quote)) / Fraction(*rate.ratio)
    assert abs(back.result.minor - money.minor) <= step / 2 + Fraction(1, 2)


@given(strategies.rates(), amounts, amounts, roundings)
def test_more_converts_to_no_less(rate: Rate, one: Money, two: Money, rounding: Rounding) -> None:
    lesser, greater = sorted((one.minor, two.minor))
    results = [
        Conversion(Money.of_minor(minor, rate.base), (Leg(rate),), rounding).result
        for minor in (lesser, greater)
    ]
    assert results[0] <= results[1]


@given(strategies.rates(), st.integers(1, 10**9))
def test_a_rate_means_the_same_however_it_is_written(rate: Rate, factor: int) -> None:
    numerator, denominator = rate.ratio
    assume(numerator * factor < 10**40)
    again = Rate(rate.base, rate.quote, (numerator * factor, denominator * factor), rate.on, rate.source)
    assert again == rate
    assert hash(again) == hash(rate)


# Numbers


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        ((1, 1), "1"),
        ((160, 1), "160"),
        ((11, 10), "1.1"),
        ((1, 8), "0.125"),
        ((3, 400), "0.0075"),
        ((1, 3), "1/3"),
        ((1, 5), "0.2"),
        ((1, 6), "1/6"),
        ((2, 25), "0.08"),
        ((1605, 11), "1605/11"),
        ((1, 10**40), "0." + "0" * 39 + "1"),
        ((1, 10**41), f"1/{10**41}"),
        ((1, 2**41), f"1/{2**41}"),
    ],
)
def test_a_ratio_is_told_as_a_decimal_where_it_is_one(ratio: tuple[int, int], text: str) -> None:
    assert number(ratio) == text
    if "/" not in text:
        assert Fraction(text) == Fraction(*ratio)


@pytest.mark.parametrize("written", ["1.0843", Decimal("1.08430"), (10843, 10000), (21686, 20000)])
def test_a_rate_is_written_as_a_number_or_as_two(written: object) -> None:
    assert Rate("EUR", "USD", written, JAN_1, "bank").ratio == (10843, 10000)


# What cannot be


@pytest.mark.parametrize(
    "ratio",
    [
        0, "0", "-1", (0, 1), (1, 0), (-1, 1), (1, -1), (1, 2, 3), (1,), (), (1.0, 2), (True, 1), (10**80, 1),
        1.5, True, None, "NaN", "Infinity", "x", [1, 2], "1e50", "1e-50",
    ],
    ids=repr,
)  # fmt: skip
def test_a_rate_is_exact_and_above_zero(ratio: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Rate\.ratio"):
        Rate("EUR", "USD", ratio, JAN_1, "bank")


@pytest.mark.parametrize("value", wrong())
def test_wrong_values_are_refused_where_they_are_given(value: Any) -> None:
    with pytest.raises(InvalidValue):
        Rate(value, "USD", 1, JAN_1, "bank")
    with pytest.raises(InvalidValue):
        Rate("EUR", value, 1, JAN_1, "bank")
    with pytest.raises(InvalidValue, match=r"Rate\.on"):
        Rate("EUR", "USD", 1, value, "bank")
    with pytest.raises(InvalidValue, match=r"Leg\.rate"):
        Leg(value)
    with pytest.raises(InvalidValue, match=r"Rates\.known"):
        Rates(known=value)
    with pytest.raises(InvalidValue):
        exchange(value, "EUR", JAN_1, DATED, UP)
    with pytest.raises(InvalidValue):
        exchange(Money(1, "EUR"), value, JAN_1, DATED, UP)
    with pytest.raises(InvalidValue):
        exchange(Money(1, "EUR"), "USD", value, DATED, UP)
    with pytest.raises(InvalidValue, match=r"exchange: expected rates"):
        exchange(Money(1, "EUR"), "USD", JAN_1, value, UP)
    with pytest.raises(InvalidValue, match=r"Conversion\.rounding"):
        exchange(Money(1, "EUR"), "USD", JAN_1, DATED, value)


def test_an_instant_is_no_day() -> None:
    noon: Any = datetime(2024, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(InvalidValue):
        Rate("EUR", "USD", 1, noon, "bank")
    with pytest.raises(InvalidValue):
        exchange(Money(1, "EUR"), "USD", noon, DATED, UP)


def test_a_rate_is_between_two_currencies_and_once_a_day() -> None:
    with pytest.raises(InvalidValue, match=r"Rate\.quote: expected two different currencies"):
        Rate("EUR", "EUR", 1, JAN_1, "bank")
    with pytest.raises(InvalidValue, match=r"one rate for each pair and day, got '1 EUR = 1\.1 USD \(bank, "):
        Rates(known=(DOLLAR, Rate("EUR", "USD", "1.2", JAN_1, "market")))


def test_the_rate_that_is_there_twice_is_named() -> None:
    euro = Rate("USD", "EUR", "0.9", JAN_1, "bank")
    with pytest.raises(InvalidValue) as caught:
        Rates(known=(euro, DOLLAR, DOLLAR))
    assert caught.value.got == str(DOLLAR)


def test_the_steps_of_a_conversion_meet() -> None:
    with pytest.raises(InvalidValue, match=r"Conversion\.path: expected a rate of USD"):
        Conversion(Money(1, "USD"), (Leg(DOLLAR),), UP)
    with pytest.raises(InvalidValue, match=r"Conversion\.path: expected a rate of USD"):
        Conversion(Money(1, "EUR"), (Leg(DOLLAR), Leg(YEN)), UP)
    around = (Leg(DOLLAR), Leg(DOLLAR, inverse=True))
    assert Conversion(Money(1, "EUR"), around * 2, UP).result == Money(1, "EUR")
    with pytest.raises(InvalidValue, match=rf"Conversion\.path: expected at most {MOST_STEPS} steps"):
        Conversion(Money(1, "EUR"), around * 3, UP)
