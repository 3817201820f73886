"""Sums by currency: never netted, in one order, and a currency that came to zero stays."""

from itertools import permutations
from typing import Any

import moneyed
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, total
from acctcore.kernel.totals import Totals
from acctcore.testing.strategies import CURRENCIES, currencies, moneys, totals
from tests.kernel.strategies import wrong

EURO, YEN, DINAR = Money("1.50", "EUR"), Money(7, "JPY"), Money("0.001", "KWD")
amounts = st.lists(currencies(CURRENCIES).flatmap(moneys), max_size=8)


def test_amounts_add_up_by_currency_whatever_their_order() -> None:
    for order in permutations([YEN, EURO, DINAR, EURO]):
        assert Totals(order).amounts == (Money(3, "EUR"), YEN, DINAR)
    assert list(Totals([YEN, EURO])) == [EURO, YEN]
    assert len(Totals()) == 0


def test_a_currency_that_came_to_zero_stays_and_is_not_open() -> None:
    both = Totals([EURO, -EURO, YEN])
    assert both.amounts == (Money(0, "EUR"), YEN)
    assert both.open == (YEN,)
    assert not both.settled
    assert Totals([EURO, -EURO]).settled
    assert Totals().settled
    assert Totals([EURO, -EURO]) != Totals()


def test_a_debt_in_one_currency_is_not_a_credit_in_another() -> None:
    assert not Totals([Money(100, "EUR"), Money(-100, "USD")]).settled


@given(amounts)
def test_each_total_is_the_sum_of_its_currency(given_amounts: list[Money]) -> None:
    found = Totals(given_amounts)
    for code in CURRENCIES:
        assert found.of(code) == total(code, [money for money in given_amounts if money.code == code])
    assert [money.code for money in found] == sorted({money.code for money in given_amounts})
    assert Totals(found.amounts) == found
    assert Totals(reversed(given_amounts)) == found


@given(totals(), totals(), totals())
def test_totals_add_like_numbers(one: Totals, two: Totals, three: Totals) -> None:
    nothing = Totals()
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + nothing == one
    assert (one - one).settled
    negated = -one
    assert -negated == one
    assert (one + two - two).open == one.open


def test_amounts_of_py_moneyed_are_taken_too() -> None:
    theirs: Any = moneyed.Money("1.5", "EUR")
    assert Totals([theirs]) == Totals([EURO])


@pytest.mark.parametrize("value", wrong())
def test_only_money_is_added(value: Any) -> None:
    with pytest.raises(InvalidValue):
        Totals([value])
    with pytest.raises(InvalidValue, match=r"Totals \+: expected totals to add"):
        Totals() + value
    with pytest.raises(InvalidValue, match=r"Totals -: expected totals to take off"):
        Totals() - value


@pytest.mark.parametrize("value", [None, 5, EURO, object()])
def test_totals_are_of_several_amounts(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Totals: expected amounts of money"):
        Totals(value)


def test_a_currency_has_to_be_one() -> None:
    with pytest.raises(InvalidValue, match="currency"):
        Totals().of("EURO")
