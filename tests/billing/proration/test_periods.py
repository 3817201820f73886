"""The periods of a run: tables made by hand, and a walk over the days that knows no calendar of ours."""

import calendar
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    FixedMonth,
    Mode,
    Period,
    Places,
    Proration,
    Reach,
    ToTarget,
    periods,
)
from acctcore.kernel.calendar import (
    Cycles,
    Every,
    ZonedCycles,
    anchored,
    at_local,
    days,
    months,
    weeks,
    years,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.measures import ActualDays
from acctcore.presets import kill_bill
from acctcore.presets.kill_bill import KILL_BILL, KILL_BILL_GREEDY

DAY = timedelta(days=1)
Told = list[tuple[str, str, int, int]]
NINE = Proration("nine", "1", ActualDays(), ratio=Places(9), telescopes=False)
ADVANCE, ARREARS = Mode.IN_ADVANCE, Mode.IN_ARREARS


def told(found: tuple[Period[date], ...]) -> Told:
    return [(f"{each.span.start:%m-%d}", f"{each.span.end:%m-%d}", *each.exact) for each in found]


# Our rule, by hand: terms from 14 February 2024 with the 31st as anchor

FIRST = ("02-14", "02-29", 15, 29)
MARCH = ("02-29", "03-31", 31, 31)
APRIL = ("03-31", "04-30", 30, 30)


@pytest.mark.parametrize(
    ("mode", "end", "target", "wanted"),
    [
        pytest.param(ADVANCE, None, "02-14", [FIRST], id="in advance, the leading part at the start"),
        pytest.param(ADVANCE, None, "02-28", [FIRST], id="in advance, the day before a boundary"),
        pytest.param(ADVANCE, None, "02-29", [FIRST, MARCH], id="in advance, on a boundary"),
        pytest.param(ADVANCE, None, "03-31", [FIRST, MARCH, APRIL], id="in advance, on the next boundary"),
        pytest.param(ADVANCE, "02-20", "02-14", [("02-14", "02-20", 6, 29)], id="in advance, a known end"),
        pytest.param(ADVANCE, "02-29", "03-31", [FIRST], id="in advance, an end on a boundary"),
        pytest.param(
            ADVANCE,
            "04-10",
            "05-31",
            [FIRST, MARCH, ("03-31", "04-10", 10, 30)],
            id="in advance, past E",
        ),
        pytest.param(ADVANCE, "02-14", "05-31", [], id="in advance, an end on the start"),
        pytest.param(ARREARS, None, "02-14", [], id="in arrears, nothing at the start"),
        pytest.param(ARREARS, None, "02-28", [], id="in arrears, the day before a boundary"),
        pytest.param(ARREARS, None, "02-29", [FIRST], id="in arrears, on a boundary"),
        pytest.param(ARREARS, "02-20", "02-19", [], id="in arrears, the day before the end"),
        pytest.param(ARREARS, "02-20", "02-20", [("02-14", "02-20", 6, 29)], id="in arrears, on the end"),
        pytest.param(ARREARS, "02-20", "02-25", [("02-14", "02-20", 6, 29)], id="in arrears, past the end"),
        pytest.param(ARREARS, "04-10", "04-09", [FIRST, MARCH], id="in arrears, what is whole before an end"),
        pytest.param(ARREARS, "02-14", "02-14", [], id="in arrears, an end on the start"),
    ],
)
def test_our_rule(mode: Mode, end: str | None, target: str, wanted: Told) -> None:
    cycles = anchored(date(2024, 2, 14), months(1), 31)
    found = periods(date(2024, 2, 14), on(end) if end else None, on(target), cycles, mode, BY_DAY)
    assert told(found) == wanted


def on(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def test_a_period_has_its_ratio_exact_and_as_written_and_its_reference() -> None:
    (found,) = periods(on("02-14"), None, on("02-14"), anchored(on("02-14"), months(1), 31), ADVANCE, NINE)
    assert found.exact == (15, 29)
    assert found.ratio == (517241379, 10**9)
    assert (found.reference.start, found.reference.end) == (on("01-31"), on("02-29"))
    assert found.cycle == found.reference


def test_a_divisor_gives_its_own_lengths() -> None:
    thirty = Proration("thirty", "1", ActualDays(), divisor=FixedMonth(30), telescopes=False)
    found = periods(on("02-14"), None, on("02-29"), anchored(on("02-14"), months(1), 31), ADVANCE, thirty)
    assert [each.exact for each in found] == [(15, 30), (31, 30)]


def test_periods_of_instants() -> None:
    grid = ZonedCycles(Cycles(on("03-31"), months(1), 31), "Europe/Berlin")
    noon = at_local(on("04-10"), "Europe/Berlin")
    found = periods(at_local(on("03-31"), "Europe/Berlin"), noon, noon, grid, ADVANCE, BY_SECOND)
    assert [each.exact for each in found] == [(10 * 86_400 - 3_600, 30 * 86_400 - 3_600)]


@pytest.mark.parametrize(
    ("end", "target", "message"),
    [
        pytest.param(on("02-13"), on("03-01"), "an end on or after the start", id="end before start"),
        pytest.param(None, on("02-13"), "a target on or after the start", id="target before start"),
    ],
)
def test_what_cannot_be_is_refused(end: date | None, target: date, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        periods(on("02-14"), end, target, anchored(on("02-14"), months(1)), ADVANCE, BY_DAY)


def test_dates_are_refused_where_seconds_are_counted() -> None:
    with pytest.raises(InvalidValue, match="spans of instants to count seconds"):
        periods(on("02-14"), None, on("03-14"), anchored(on("02-14"), months(1)), ADVANCE, BY_SECOND)


# Kill Bill's rule, by hand: terms from 14 February 2024 with the 15th as anchor, so that the first
# boundary is 15 February; a part before it is divided by the step back, 15 January or the end's own day

LEAD = ("02-14", "02-15", 1, 31)
WHOLE = ("02-15", "03-15", 29, 29)
NEXT = ("03-15", "04-15", 31, 31)


@pytest.mark.parametrize(
    ("start", "end", "target", "mode", "greedy", "wanted"),
    [
        pytest.param("02-14", None, "02-14", ADVANCE, False, [LEAD], id="in advance, before B0"),
        pytest.param("02-14", None, "02-15", ADVANCE, False, [LEAD, WHOLE], id="in advance, on it"),
        pytest.param("02-15", None, "02-15", ADVANCE, False, [WHOLE], id="in advance, a start on a boundary"),
        pytest.param(
            "02-16", "02-20", "02-16", ADVANCE, False, [("02-16", "02-20", 4, 31)], id="in advance, quirk 1"
        ),
        pytest.param(
            "02-16", "03-15", "02-16", ADVANCE, False, [("02-16", "03-15", 28, 29)], id="in advance, E on B0"
        ),
        pytest.param("02-16", "02-16", "02-16", ADVANCE, False, [], id="in advance, E on S"),
        pytest.param(
            "02-15",
            "03-20",
            "03-15",
            ADVANCE,
            False,
            [WHOLE, ("03-15", "03-20", 5, 31)],
            id="advance, E cuts",
        ),
        pytest.param("02-16", "02-20", "02-18", ARREARS, False, [], id="in arrears, T before E before B0"),
        pytest.param(
            "02-16", "02-20", "02-20", ARREARS, False, [("02-16", "02-20", 4, 31)], id="in arrears, T on E"
        ),
        pytest.param("02-16", "02-20", "03-01", ARREARS, False, [], id="in arrears, E before T before B0"),
        pytest.param(
            "02-16",
            "02-20",
            "03-15",
            ARREARS,
            False,
            [("02-16", "02-20", 4, 31)],
            id="arrears, E, B0, T",
        ),
        pytest.param("02-14", None, "02-14", ARREARS, False, [], id="in arrears, before the first boundary"),
        pytest.param("02-14", None, "03-20", ARREARS, False, [LEAD, WHOLE], id="in arrears, inside a cycle"),
        pytest.param(
            "02-14",
            "03-20",
            "03-25",
            ARREARS,
            False,
            [LEAD, WHOLE, ("03-15", "03-20", 5, 31)],
            id="in arrears, E in the trailing part",
        ),
        pytest.param("02-14", "03-20", "03-18", ARREARS, False, [LEAD, WHOLE], id="in arrears, E is later"),
        pytest.param("02-14", None, "02-14", ARREARS, True, [LEAD], id="greedy, the leading part at once"),
        pytest.param("02-14", None, "02-15", ARREARS, True, [LEAD], id="greedy, on a boundary"),
        pytest.param("02-14", None, "02-16", ARREARS, True, [LEAD, WHOLE], id="greedy, a cycle to its end"),
        pytest.param(
            "02-16", "02-20", "02-17", ARREARS, True, [("02-16", "02-20", 4, 31)], id="greedy, E before B0"
        ),
        pytest.param(
            "02-14",
            "03-20",
            "03-15",
            ARREARS,
            True,
            [LEAD, WHOLE, ("03-15", "03-20", 5, 31)],
            id="greedy, E known in the next cycle",
        ),
        pytest.param("02-14", "04-20", "03-15", ARREARS, True, [LEAD, WHOLE], id="greedy, E far beyond"),
        pytest.param("02-15", "02-15", "02-15", ARREARS, True, [], id="greedy, E on S"),
        pytest.param(
            "02-14",
            "03-20",
            "03-20",
            ARREARS,
            True,
            [LEAD, WHOLE, ("03-15", "03-20", 5, 31)],
            id="greedy, E",
        ),
    ],
)
def test_kill_bills_rule(
    start: str,
    end: str | None,
    target: str,
    mode: Mode,
    greedy: bool,
    wanted: list[tuple[str, str, int, int]],
) -> None:
    preset = KILL_BILL_GREEDY if greedy else KILL_BILL
    cycles = kill_bill.cycles(on(start), months(1), 15)
    ends = on(end) if end else None
    found = periods(on(start), ends, on(target), cycles, mode, preset.proration, preset.reach)
    assert told(found) == wanted


# A walk over the days


def walk_boundary(day: date, origin: date, every: Every, anchor: int | None) -> bool:
    """Return whether a day is a boundary of cycles that count from the month, or the day, of `origin`."""
    if every.step[0] == 0:
        return (day - origin).days % every.step[1] == 0
    apart = (day.year - origin.year) * 12 + day.month - origin.month
    last = calendar.monthrange(day.year, day.month)[1]
    return apart % every.step[0] == 0 and day.day == min(anchor or origin.day, last)


Walked = list[tuple[date, date, int, int]]


def walk(
    start: date, until: date | None, origin: date, every: Every, anchor: int | None, killbill: bool
) -> Walked:
    """Return spans with their days and the days of the whole, found day by day."""
    found: Walked = []
    begun = day = start
    while until is not None and day < until:
        day += DAY
        if day == until or walk_boundary(day, origin, every, anchor):
            found.append(
                (begun, day, (day - begun).days, divisor(begun, day, origin, every, anchor, killbill))
            )
            begun = day
    return found


def divisor(start: date, end: date, origin: date, every: Every, anchor: int | None, killbill: bool) -> int:
    first, last = start, end
    while not walk_boundary(first, origin, every, anchor):
        first -= DAY
    while not walk_boundary(last, origin, every, anchor):
        last += DAY
    if not killbill or (first, last) == (start, end):
        return (last - first).days
    step = relativedelta(months=every.step[0], days=every.step[1])
    return (start + step - start).days if first == start else (end - (end - step)).days


def until_by_walking(
    start: date,
    end: date | None,
    target: date,
    mode: Mode,
    origin: date,
    every: Every,
    anchor: int | None,
    rule: str,
) -> date | None:
    def boundary_from(day: date) -> date:
        while not walk_boundary(day, origin, every, anchor):
            day += DAY
        return day

    after = boundary_from(target + DAY)
    on_or_before = target
    while on_or_before >= start and not walk_boundary(on_or_before, origin, every, anchor):
        on_or_before -= DAY
    first = boundary_from(start)
    ends = end or date.max
    if mode is ADVANCE:
        return min(after, ends)
    if rule == "ours":
        return ends if ends <= target else max(on_or_before, start)
    if ends == target:
        return end
    if rule == "greedy":
        return end if ends < first or ends <= after else boundary_from(target)
    if target < first:
        return None
    return end if ends <= target else on_or_before


starts = st.dates(date(2019, 1, 1), date(2025, 1, 1))
steps = st.sampled_from([days(1), days(10), weeks(1), weeks(2), months(1), months(3), months(6), years(1)])


@pytest.mark.parametrize(
    ("rule", "policy", "reach"),
    [
        ("ours", BY_DAY, ToTarget()),
        ("kill bill", KILL_BILL.proration, KILL_BILL.reach),
        ("greedy", KILL_BILL_GREEDY.proration, KILL_BILL_GREEDY.reach),
    ],
    ids=["ours", "kill bill", "greedy"],
)
@given(
    starts,
    st.none() | st.integers(0, 500),
    st.integers(0, 500),
    steps,
    st.sampled_from([1, 15, 28, 29, 30, 31]),
    st.sampled_from(Mode),
)
def test_periods_are_those_of_a_walk_over_the_days(
    rule: str,
    policy: Proration,
    reach: Reach,
    start: date,
    ends_after: int | None,
    runs_after: int,
    every: Every,
    anchor: int,
    mode: Mode,
) -> None:
    end = None if ends_after is None else start + ends_after * DAY
    target = start + runs_after * DAY
    if rule == "ours":
        cycles, origin = anchored(start, every, anchor), start
        if every.step[0] and start.day < min(anchor, calendar.monthrange(start.year, start.month)[1]):
            origin = start.replace(day=1) - DAY  # the boundary before the start lies in the month before
    else:
        cycles, origin = kill_bill.cycles(start, every, anchor), start
    until = until_by_walking(start, end, target, mode, origin, every, anchor, rule)
    found = periods(start, end, target, cycles, mode, policy, reach)
    spans = [(each.span.start, each.span.end, *each.exact) for each in found]
    assert spans == walk(start, until, origin, every, anchor, rule != "ours")
    assert all(each.ratio == policy.ratio.write(*each.exact) for each in found)
