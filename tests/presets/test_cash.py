"""The smallest coins of some currencies, as the texts that set them say it in figures."""

from datetime import date, timedelta

import pytest
from babel.core import get_global

from acctcore.kernel import currencies
from acctcore.kernel.cash import CashAmount
from acctcore.kernel.money import Money
from acctcore.presets.cash import KNOWN, rounding_of

LATER = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("code", "owed", "payable"),
    [
        pytest.param("NOK", "15.49", "15.00", id="NOK: 1 to 49 øre go down"),
        pytest.param("NOK", "15.50", "16.00", id="NOK: 50 to 99 øre go up"),
        pytest.param("SEK", "99.49", "99.00", id="SEK: 1 to 49 öre go down"),
        pytest.param("SEK", "99.50", "100.00", id="SEK: 50 to 99 öre go up"),
        pytest.param("DKK", "7.24", "7.00", id="DKK: up to 24 øre go down"),
        pytest.param("DKK", "7.25", "7.50", id="DKK: 25 øre go to 50"),
        pytest.param("DKK", "7.74", "7.50", id="DKK: 74 øre go to 50"),
        pytest.param("DKK", "7.75", "8.00", id="DKK: 75 øre go up"),
        pytest.param("HUF", "2.49", "0.00", id="HUF: 2.49 goes down"),
        pytest.param("HUF", "2.50", "5.00", id="HUF: 2.50 goes up"),
        pytest.param("HUF", "7.49", "5.00", id="HUF: 7.49 goes down"),
        pytest.param("HUF", "7.50", "10.00", id="HUF: 7.50 goes up"),
        pytest.param("CAD", "5.98", "6.00", id="CAD: 5.98"),
        pytest.param("CAD", "5.97", "5.95", id="CAD: 5.97"),
        pytest.param("CHF", "0.92", "0.90", id="CHF: no coin of a Rappen"),
    ],
)
def test_figures_of_the_sources(code: str, owed: str, payable: str) -> None:
    rule = rounding_of(code, LATER)
    assert rule is not None
    assert CashAmount(Money(owed, code), rule).payable == Money(payable, code)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.rule.currency)
def test_a_rule_begins_on_its_day(known: object) -> None:
    (found,) = [each for each in KNOWN if each is known]
    code = found.rule.currency
    assert rounding_of(code, found.since) is found.rule
    assert rounding_of(code, found.since - timedelta(days=1)) is None
    assert rounding_of(code, LATER, ()) is None


def test_what_is_not_known_is_not_guessed() -> None:
    assert rounding_of("EUR", LATER) is None
    assert rounding_of("JPY", LATER) is None


def test_steps_agree_with_the_common_locale_data_but_for_one() -> None:
    told = {}
    for each in KNOWN:
        _, _, digits, step = get_global("currency_fractions")[each.rule.currency]
        told[each.rule.currency] = max(step, 1) * 10 ** (currencies.places(each.rule.currency) - digits)
    ours = {each.rule.currency: each.rule.increment for each in KNOWN}
    assert {code: step for code, step in told.items() if step != ours[code]} == {"HUF": 100}
