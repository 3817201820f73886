"""The same facts give the same bytes, whatever the zone, locale, hash seed, decimal context or clock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SAMPLE = """
import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import moneyed

from acctcore.kernel import open_time
from acctcore.kernel.business import *
from acctcore.kernel.calendar import *
from acctcore.kernel.deadlines import *
from acctcore.kernel.cash import *
from acctcore.kernel.decision import *
from acctcore.kernel.exchange import *
from acctcore.kernel.explain import explain
from acctcore.kernel.duties import Duty, open_duties
from acctcore.kernel.fiscal import *
from acctcore.kernel.identity import *
from acctcore.kernel.integers import *
from acctcore.kernel.lifecycle import *
from acctcore.kernel.measures import *
from acctcore.kernel.money import *
from acctcore.kernel.terms import Actor
from acctcore.kernel.totals import Totals
from acctcore.kernel.wording import tell

on = date(2024, 3, 1)
rates = Rates(
    known=(
        Rate("JPY", "EUR", (61, 10000), date(2024, 2, 29), "bank"),
        Rate("JPY", "KWD", "0.0021", date(2024, 2, 1), "bank"),
    ),
    pivot="JPY",
)
money = Money("123456.78", "EUR")
price = Price("0.0000000001", "USD")
cycles = anchored(date(2024, 2, 14), months(1), 31)
zoned = ZonedCycles(cycles, "America/Havana", time(0, 30))
at = instant(datetime(2024, 3, 10, 4, 59, 59, 123456, tzinfo=UTC))
office = BusinessCalendar(
    zone="America/Havana", weekly=dict.fromkeys(WORKDAYS, hours("09:00-12:00", "22:00-26:00")),
    holidays=[Holiday(date(2024, 3, 29), "Good Friday")], known=Span(date(2024, 1, 1), date(2025, 1, 1)),
)
rolling = Counting(first_day=FirstDay.AFTER, roll=Roll.MODIFIED)
retail = FiscalCalendar(
    ends_in=1, ends_on=Weekday.SATURDAY, year_end=YearEnd.NEAREST, quarter_weeks=Quarter.W454,
)
ending = deadline(at, months(1), rolling, office, [Span(date(2024, 4, 1), date(2024, 4, 3))])
told = [
    open_time.add(office, at, timedelta(hours=30)), open_time.next_change(office, at),
    office.shift(date(2024, 3, 1), 9), str(ending.explain()), ending, fingerprint(office, ending),
    retail.of(date(2024, 2, 3)), str(retail.quarter(2024, 4)), at_local(at.date(), "Asia/Tehran", fold=1),
    Thirty360US(month_end=True).length(date(2024, 2, 29), date(2024, 8, 31)),
    money, str(money), f"{money:>20}", money + Money("0.01", "EUR"), money * 3, -money, times(money, 1, 3),
    times(money, 1, 3, Rounding.HALF_EVEN), share(money, (1, 2, 3)), total("EUR", [money, money]),
    moneyed.Money("0.01", "EUR") + money, money == moneyed.Money("123456.78", "EUR"), Money("1234567", "JPY"),
    price, str(price), price.minor, Price("1234.5678", "EUR"), [divide(25, 10, how) for how in Rounding],
    split(-100, (1, 1, 1)), [str(span) for span in cycles.spans(date(2024, 1, 1), date(2024, 6, 1))],
    [str(zoned.span(number)) for number in range(3)], zoned.number(at), local(at, "Asia/Tehran").isoformat(),
    str(day_of(at, "America/Havana")), stamp(at), epoch(at), at_local(date(2011, 12, 30), "Pacific/Apia"),
    Thirty360().length(date(2024, 1, 31), date(2024, 3, 1)),
    months_between(date(2024, 1, 31), date(2024, 2, 29)),
    Missing("the rate", ("a", "b")).text, tell(frozenset({"b", "a", "c"})), tell(Decimal("1E-9")),
    derive("a/b", "%", "c"),
    fingerprint(money, price, zoned, at, frozenset({"x", "y", 1, None}), Rounding.UP),
    canonical(Actor("anna", {"officer", "clerk", "auditor"})), canonical(Decimal("1E+20")),
    [duty.key for duty in open_duties([Duty("b", "k", at), Duty("a", "k", at)], ())],
    split(100, (1, 1, 1), Ties.LAST), CashAmount(money, CashRounding("EUR", 5, Rounding.HALF_UP)).payable,
    Totals([money, -money, Money("1", "JPY")]), exchange(money, "JPY", on, rates, Rounding.HALF_EVEN),
    str(explain(exchange(money, "KWD", on, rates, Rounding.HALF_EVEN))), Missing("the rate").render(),
    exchange(money, "USD", on, rates, Rounding.UP).text,
    str(Rate("USD", "EUR", Decimal("0.1234567890123456789"), on, "x")),
    pickle.loads(pickle.dumps(money)), sorted([money, Money("1", "EUR")]),
]
print("\\n".join(map(repr, told)))
"""

HOSTILE_CONTEXT = """
import decimal
for context in (decimal.DefaultContext, decimal.getcontext()):
    context.prec, context.rounding, context.capitals, context.clamp = 1, decimal.ROUND_UP, 0, 1
    context.Emin, context.Emax = -1, 1
    for signal in context.traps:
        context.traps[signal] = True
"""
CALM_CONTEXT = """
import decimal
for context in (decimal.DefaultContext, decimal.getcontext()):
    for signal in context.traps:
        context.traps[signal] = False
"""
TRAVELLED = """
import pendulum
pendulum.travel_to(pendulum.datetime(1999, 12, 31, 23, 59), freeze=True)
pendulum.set_locale("de")
pendulum.week_starts_at(pendulum.SUNDAY)
import locale
for name in ("de_DE.UTF-8", "C.UTF-8", "C"):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        continue
    break
"""
SMALL_NUMBERS = """
import sys
sys.set_int_max_str_digits(640)
sys.setrecursionlimit(5_000)
"""


def told(before: str = "", sample: str = SAMPLE, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", before + sample],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "TZ": "UTC"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


ELSEWHERE = pytest.mark.parametrize(
    ("before", "environment"),
    [
        pytest.param(HOSTILE_CONTEXT, {"PYTHONHASHSEED": "1"}, id="one digit, every signal an error"),
        pytest.param(CALM_CONTEXT, {"TZ": "Pacific/Apia"}, id="no signal an error, another zone"),
        pytest.param(
            TRAVELLED, {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE"}, id="another day, another language"
        ),
        pytest.param(
            SMALL_NUMBERS,
            {"PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns", "PYTHONUTF8": "0", "LC_ALL": "C"},
            id="short numbers, an old machine",
        ),
    ],
)


@pytest.fixture(scope="module")
def usual() -> str:
    return told()


@ELSEWHERE
def test_the_same_facts_give_the_same_bytes(usual: str, before: str, environment: dict[str, str]) -> None:
    assert told(before, **environment) == usual
    assert "Money('123456.78', 'EUR')\n'123,456.78 EUR'\n" in usual
