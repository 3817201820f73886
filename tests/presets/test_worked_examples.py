"""The tables of the page on other systems: worked out on paper, by a second computation, and by acctcore.

Each row of a table there has to be what tests/presets/paper.py finds with the standard library alone,
and what the preset gives through `prorate` and `settle`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acctcore.billing.proration import (
    Arithmetic,
    Booked,
    Capped,
    Credit,
    OfAmount,
    Places,
    Proration,
    Share,
    prorate,
    settle,
)
from acctcore.kernel.calendar import Span, months
from acctcore.kernel.calendar import instant as utc
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Price
from acctcore.presets import Preset, flexprice, kill_bill, lago, meteroid, stripe
from tests.presets import paper
from tests.presets.paper import Row

PAGE = Path(__file__).parents[2] / "docs/explanation/proration-of-other-systems.md"
BERLIN = ZoneInfo("Europe/Berlin")
PLANS = {"A": 999, "B": 4900, "C": 9999}
HALF_PAST_TEN = time(10, 30)

# A cycle, and what begins on which day inside it; None is the end of everything.
Case = tuple[tuple[date, date], tuple[tuple[date, str | None], ...]]
CASES: dict[str, Case] = {
    "upgrade": ((date(2024, 2, 29), date(2024, 3, 31)), ((date(2024, 3, 12), "B"),)),
    "second upgrade": (
        (date(2024, 2, 29), date(2024, 3, 30)),
        ((date(2024, 3, 15), "B"), (date(2024, 3, 25), "C")),
    ),
    "cancellation": ((date(2023, 2, 28), date(2023, 3, 29)), ((date(2023, 3, 15), None),)),
}

# By a second computation


def on_paper(system: str, mode: str) -> Iterator[tuple[str, Row]]:
    walk = advance_on_paper if mode == "in advance" else arrears_on_paper
    for name, case in CASES.items():
        for row in walk(system, *(by_the_clock(*case) if system in SECONDS else case)):
            yield name, row


def by_the_clock(cycle: tuple[date, date], changes: tuple[tuple[date, str | None], ...]) -> Case:
    start, end = (clock(edge, time()) for edge in cycle)
    return (start, end), tuple((clock(on, HALF_PAST_TEN), plan) for on, plan in changes)


def advance_on_paper(
    system: str, cycle: tuple[date, date], changes: tuple[tuple[date, str | None], ...]
) -> Iterator[Row]:
    plan, fee, fee_span = "A", PLANS["A"], cycle
    for on, after in changes:
        first = on + paper.DAY if system == "Lago" and after is None else on
        yield named(f"credit {plan}", credit_on_paper(system, PLANS[plan], fee, fee_span, first, cycle))
        if after is not None:
            charge = share_on_paper(system, PLANS[after], on, cycle[1], cycle)
            yield named(f"charge {after}", charge)
            plan, fee, fee_span = after, charge.amount, (on, cycle[1])


def arrears_on_paper(
    system: str, cycle: tuple[date, date], changes: tuple[tuple[date, str | None], ...]
) -> Iterator[Row]:
    plan: str | None = "A"
    start = cycle[0]
    for on, after in (*changes, (cycle[1], None)):
        if plan is None:
            return
        last_day_used = system == "Lago" and after is None and on != cycle[1]
        end = on + paper.DAY if last_day_used else on
        yield named(f"charge {plan}", share_on_paper(system, PLANS[plan], start, end, cycle))
        start, plan = on, after


def named(line: str, row: Row) -> Row:
    return Row(line, row.start, row.end, row.counted, row.whole, row.base, row.written, row.amount)


def share_on_paper(system: str, price: int, start: date, end: date, cycle: tuple[date, date]) -> Row:
    match system.split(", ", 1):
        case ["Kill Bill"]:
            return paper.kill_bill_share(price, start, end, cycle, 1)
        case ["Lago"]:
            return paper.lago_share(price, start, end, cycle)
        case ["Stripe", _]:
            assert isinstance(start, datetime)
            return paper.stripe_share(price, start, end, cycle, "ROUND_HALF_UP")  # type: ignore[arg-type]
        case ["Flexprice", variant]:
            return paper.flexprice_share(VARIANTS[variant], price, start, end, cycle)
        case _:
            return paper.meteroid_share(price, start, end, cycle)


def credit_on_paper(
    system: str, price: int, fee: int, fee_span: tuple[date, date], start: date, cycle: tuple[date, date]
) -> Row:
    end = cycle[1]
    match system.split(", ", 1):
        case ["Kill Bill"]:
            return paper.kill_bill_repair(fee, fee_span, fee_span, start, end, 0)
        case ["Lago"]:
            return paper.lago_credit(price, start, end, cycle, fee, 0)
        case ["Stripe", "flexible"]:
            return paper.stripe_share(fee, start, end, fee_span, "ROUND_HALF_UP")  # type: ignore[arg-type]
        case ["Flexprice", variant]:
            return paper.flexprice_credit(VARIANTS[variant], price, start, end, cycle, fee, 0)
        case _:
            return share_on_paper(system, price, start, end, cycle)


def clock(on: date, at: time) -> datetime:
    return datetime.combine(on, at, tzinfo=BERLIN)


VARIANTS = {
    "by day, both ends": "day-both-ends",
    "by day, half-open": "day-half-open",
    "by second": "second",
    "by second, half-open": "second-half-open",
}

# By acctcore


def by_preset(system: str, mode: str) -> Iterator[tuple[str, Row]]:
    preset = PRESETS[system]
    for case, (cycle, changes) in CASES.items():
        for row in (advance if mode == "in advance" else arrears)(preset, cycle, changes):
            yield case, row


def point(preset: Preset, on: date, at: time) -> date:
    return utc(clock(on, at)) if preset.proration.measure.instants else on


def advance(
    preset: Preset, days: tuple[date, date], changes: tuple[tuple[date, str | None], ...]
) -> Iterator[Row]:
    cycle = Span(point(preset, days[0], time()), point(preset, days[1], time()))
    proration = preset.proration
    fee = prorate(price("A"), 1, cycle, cycle, months(1), proration).amount
    plan, booked = "A", Booked(price("A"), 1, cycle, fee, fee)
    for on, after in changes:
        at = proration.switch(point(preset, on, HALF_PAST_TEN), ending=after is None)
        gone = Span(at, cycle.end)
        credit = settle(booked, gone, cycle, months(1), proration, preset.settlement)
        yield row_of(f"credit {plan}", gone, credit, proration)
        if after is not None:
            charge = prorate(price(after), 1, gone, cycle, months(1), proration)
            assert isinstance(charge.basis, Share)
            yield row_of(f"charge {after}", gone, charge.basis, proration)
            plan, booked = after, Booked(price(after), 1, gone, charge.amount, charge.amount)


def arrears(
    preset: Preset, days: tuple[date, date], changes: tuple[tuple[date, str | None], ...]
) -> Iterator[Row]:
    cycle = Span(*days)
    plan: str | None = "A"
    start = cycle.start
    for on, after in (*changes, (cycle.end, None)):
        if plan is None:
            return
        end = preset.proration.switch(on, ending=after is None) if on != cycle.end else on
        part = Span(start, end)
        charge = prorate(price(plan), 1, part, cycle, months(1), preset.proration)
        assert isinstance(charge.basis, Share)
        yield row_of(f"charge {plan}", part, charge.basis, preset.proration)
        start, plan = end, after


def price(plan: str) -> Price:
    return Price(f"{PLANS[plan] // 100}.{PLANS[plan] % 100:02d}", "EUR")


def row_of(line: str, span: Span[date], of: Share | Credit, proration: Proration) -> Row:
    basis = of.basis if isinstance(of, Credit) else of
    assert not isinstance(of, Credit) or of.amount == of.basis.amount()
    if isinstance(basis, Capped):
        amount, basis = basis.amount(), basis.share
    else:
        amount = basis.amount()
    assert isinstance(basis, Share | OfAmount)
    counted, whole = basis.exact() if isinstance(basis, Share) else basis.exact
    base = int(Fraction(*basis.price.minor)) if isinstance(basis, Share) else basis.booked
    assert basis.ratio is not None
    ratio = Fraction(*basis.ratio)
    if proration.arithmetic is Arithmetic.UNIT_BINARY64:
        written = f"{base / whole!r} a day"
    elif proration.arithmetic is Arithmetic.BINARY64:
        written = repr(float(ratio))
    elif isinstance(proration.ratio, Places):
        written = f"{paper.places(*basis.ratio, proration.ratio.count):f}"
    else:
        written = "exact"
    start, end = (
        (edge.in_timezone("Europe/Berlin") if hasattr(edge, "in_timezone") else edge)
        for edge in (span.start, span.end)
    )
    return Row(line, start, end, counted, whole, base, written, amount)


PRESETS: dict[str, Preset] = {
    "Kill Bill": kill_bill.KILL_BILL,
    "Lago": lago.LAGO,
    "Stripe, classic": stripe.stripe(rounding=Rounding.HALF_UP, billing_mode=stripe.BillingMode.CLASSIC),
    "Stripe, flexible": stripe.stripe(rounding=Rounding.HALF_UP, billing_mode=stripe.BillingMode.FLEXIBLE),
    "Flexprice, by day, both ends": flexprice.DAY_BOTH_ENDS,
    "Flexprice, by day, half-open": flexprice.DAY_HALF_OPEN,
    "Flexprice, by second": flexprice.SECOND,
    "Flexprice, by second, half-open": flexprice.SECOND_HALF_OPEN,
    "Meteroid": meteroid.METEROID,
}
SECONDS = {system for system, preset in PRESETS.items() if preset.proration.measure.instants}
IN_ARREARS = ["Kill Bill", "Lago", "Flexprice, by day, half-open", "Meteroid"]

# On the page

HEAD = "| case | line | from | up to | counted | of | as written | amount |"


def text(rows: Iterator[tuple[str, Row]]) -> str:
    lines = [HEAD, "| --- | --- | --- | --- | --- | --- | --- | ---: |"]
    for case, row in rows:
        cells = (
            case,
            row.line,
            shown(row.start),
            shown(row.end),
            f"{row.counted:,} / {row.whole:,}",
            f"{row.base // 100}.{row.base % 100:02d}",
            row.written,
            f"{row.amount // 100}.{row.amount % 100:02d}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(point: date) -> str:
    return f"{point:%Y-%m-%d %H:%M}" if isinstance(point, datetime) else f"{point:%Y-%m-%d}"


def tables() -> dict[tuple[str, str], str]:
    found = {}
    page = PAGE.read_text(encoding="utf-8")
    for title, table in re.findall(r"^\*(.+)\*\n\n((?:\|.*\n)+)", page, re.MULTILINE):
        if table.startswith(HEAD):
            system, _, mode = title.rpartition(", ")
            found[system, mode.rstrip(".")] = table.strip()
    return found


TABLES = [(system, "in advance") for system in PRESETS] + [(system, "in arrears") for system in IN_ARREARS]


def test_every_preset_has_its_tables() -> None:
    assert sorted(tables()) == sorted(TABLES)


@pytest.mark.parametrize("compute", [on_paper, by_preset], ids=["a second computation", "the preset"])
@pytest.mark.parametrize(("system", "mode"), TABLES, ids=str)
def test_the_page_says_what_is_computed(
    system: str, mode: str, compute: Callable[[str, str], Iterator[tuple[str, Row]]]
) -> None:
    assert text(compute(system, mode)) == tables()[system, mode]


if __name__ == "__main__":  # print the second computation's tables, to hold the page against
    for system, mode in TABLES:
        print(f"*{system}, {mode}*\n\n{text(on_paper(system, mode))}\n")
