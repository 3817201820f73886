"""What people read is the same on every machine: no setting of it is asked."""

import pytest

from tests.kernel.test_same_answer import ELSEWHERE, told

SAMPLE = """
from datetime import date
from decimal import Decimal

import pendulum

from acctcore.accounts import holds
from acctcore.kernel.decision import Missing
from acctcore.kernel.money import Money, Price
from acctcore.text import Language, pot

at = pendulum.datetime(2024, 10, 27, 0, 30)
for locale in ("de_CH", "en_US", "ja", "sv"):
    language = Language(locale, "Europe/Zurich")
    print(ascii([
        language.money(Money("-1234567.895", "KWD")), language.money(Money(5, "JPY"), accounting=True),
        language.price(Price("0.0000000001", "USD")), language.percent(Decimal("7.125")),
        language.number(10**60 + 1), language.number(Decimal("1E-30")), language.instant(at, "full"),
        language.day(date(2024, 2, 29), "full"), language.fact(frozenset({"b", "a", "c"})),
        language.reason(holds.Blocked("refund", ("H1", "H2"), ("fraud",), at)),
        language.reason(Missing("the price")),
    ]))
print(ascii(pot()))
"""


@pytest.fixture(scope="module")
def usual() -> str:
    return told(sample=SAMPLE)


@ELSEWHERE
def test_the_same_facts_read_the_same(usual: str, before: str, environment: dict[str, str]) -> None:
    assert told(before, SAMPLE, **environment) == usual
    assert "-1\\u2019234\\u2019567.895" in usual
