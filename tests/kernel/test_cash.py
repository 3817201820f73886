"""Amounts as coins can pay them: a rounded payable, a difference beside it, and nothing lost between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.cash import CashAmount, CashRounding
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import explain
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money
from acctcore.testing.strategies import cash_roundings, moneys
from tests.kernel.strategies import wrong

FRANC = CashRounding("CHF", 5, Rounding.HALF_UP)
KRONE = CashRounding("DKK", 50, Rounding.HALF_UP)
KRONA = CashRounding("SEK", 100, Rounding.HALF_UP)
amounts = cash_roundings().flatmap(lambda rule: st.builds(CashAmount, moneys(rule.currency), st.just(rule)))


@pytest.mark.parametrize(
    ("owed", "rule", "payable", "difference"),
    [
        ("19.92", FRANC, "19.90", "-0.02"),
        ("19.93", FRANC, "19.95", "0.02"),
        ("19.95", FRANC, "19.95", "0.00"),
        ("-19.93", FRANC, "-19.95", "-0.02"),
        ("405.24", KRONE, "405.00", "-0.24"),
        ("405.25", KRONE, "405.50", "0.25"),
        ("405.74", KRONE, "405.50", "-0.24"),
        ("405.75", KRONE, "406.00", "0.25"),
        ("0.49", KRONA, "0.00", "-0.49"),
        ("0.50", KRONA, "1.00", "0.50"),
        ("-0.50", KRONA, "-1.00", "-0.50"),
        ("0.50", CashRounding("SEK", 100, Rounding.HALF_EVEN), "0.00", "-0.50"),
        ("0.99", CashRounding("SEK", 100, Rounding.DOWN), "0.00", "-0.99"),
        ("0.01", CashRounding("SEK", 100, Rounding.UP), "1.00", "0.99"),
        ("1.01", CashRounding("SEK", 1, Rounding.UP), "1.01", "0.00"),
    ],
)
def test_an_amount_in_coins(owed: str, rule: CashRounding, payable: str, difference: str) -> None:
    paid = CashAmount(Money(owed, rule.currency), rule)
    assert paid.payable == Money(payable, rule.currency)
    assert paid.difference == Money(difference, rule.currency)


def test_yen_have_no_minor_unit_and_dinars_have_three_places() -> None:
    assert CashAmount(Money(1234, "JPY"), CashRounding("JPY", 10, Rounding.DOWN)).payable == Money(
        1230, "JPY"
    )
    dinar = CashAmount(Money("1.234", "KWD"), CashRounding("KWD", 5, Rounding.UP))
    assert (dinar.payable, dinar.difference) == (Money("1.235", "KWD"), Money("0.001", "KWD"))


@given(amounts)
def test_payable_is_the_amount_and_the_difference_and_coins_make_it(paid: CashAmount) -> None:
    assert paid.exact + paid.difference == paid.payable
    assert paid.payable.minor % paid.rule.increment == 0
    assert abs(paid.difference.minor) < paid.rule.increment
    if paid.rule.rounding.value.startswith("half"):
        assert 2 * abs(paid.difference.minor) <= paid.rule.increment
    assert CashAmount(paid.payable, paid.rule).difference.minor == 0


@given(amounts)
def test_a_refund_in_cash_mirrors_its_payment_where_the_rounding_does(paid: CashAmount) -> None:
    one_sided = {Rounding.FLOOR, Rounding.CEILING, Rounding.HALF_CEILING}
    if paid.rule.rounding not in one_sided:
        assert CashAmount(-paid.exact, paid.rule).payable == -paid.payable


def test_it_tells_how_it_was_rounded() -> None:
    assert (
        str(explain(CashAmount(Money("19.93", "CHF"), FRANC)))
        == """\
payable in cash = 19.95 CHF
  amount owed = 19.93 CHF
  rounded to steps of 0.05 CHF, half_up
  rounding difference = 0.02 CHF"""
    )


@pytest.mark.parametrize("increment", [0, -5, True, 1.5, None, "5", 10**12 + 1])
def test_a_step_is_a_whole_number_of_minor_units(increment: Any) -> None:
    with pytest.raises(InvalidValue, match=r"CashRounding.increment: expected a whole number"):
        CashRounding("CHF", increment, Rounding.UP)


@pytest.mark.parametrize("value", wrong())
def test_a_rule_wants_a_currency_and_a_rounding(value: Any) -> None:
    with pytest.raises(InvalidValue):
        CashRounding(value, 5, Rounding.UP)
    with pytest.raises(InvalidValue, match=r"CashRounding.rounding"):
        CashRounding("CHF", 5, value)
    with pytest.raises(InvalidValue):
        CashAmount(value, FRANC)
    with pytest.raises(InvalidValue, match=r"CashAmount.rule"):
        CashAmount(Money(1, "CHF"), value)


def test_coins_of_one_currency_do_not_pay_another() -> None:
    with pytest.raises(InvalidValue, match=r"CashAmount.exact: expected an amount in CHF"):
        CashAmount(Money(1, "EUR"), FRANC)
