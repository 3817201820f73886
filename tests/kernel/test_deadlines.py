"""Deadlines, held against a walk over the days, against dateutil, and against rules of law by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pendulum
import pytest
from attrs import evolve as changed
from dateutil.relativedelta import relativedelta
from hypothesis import assume, example, given
from hypothesis import strategies as st

from acctcore.kernel.business import (
    ALL_DAY,
    WORKDAYS,
    BusinessCalendar,
    DayHours,
    Holiday,
    HolidaysUnknown,
    StartOff,
    hours,
    working_days,
)
from acctcore.kernel.calendar import Every, Span, Unit, at_local, days, months, stamp, weeks, years
from acctcore.kernel.deadlines import (
    BusinessDays,
    Counting,
    DayEnds,
    DayOff,
    Deadline,
    FirstDay,
    MonthsEnd,
    Roll,
    Stops,
    deadline,
    notice_by,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import explain
from acctcore.testing import strategies as ours
from tests.kernel.strategies import wrong

DAY = timedelta(1)
EU = Counting(first_day=FirstDay.AFTER, roll=Roll.FORWARD)
PLAIN = Counting(first_day=FirstDay.AFTER, roll=Roll.NONE)
BERLIN, NEW_YORK, LONDON = "Europe/Berlin", "America/New_York", "Europe/London"


def on(text: str) -> date:
    return date.fromisoformat(text)


def listed(zone: str, **named: str) -> BusinessCalendar:
    """Return a calendar of working days with holidays by name, each a date in ISO 8601."""
    found = [Holiday(on(day), name.replace("_", " ")) for name, day in named.items()]
    return working_days(zone, holidays=found)


GERMANY = listed(
    BERLIN,
    Unity="2024-10-03",
    Reformation="2024-10-31",
    Christmas="2024-12-25",
    Second_Christmas_Day="2024-12-26",
    New_Year="2025-01-01",
)
US = listed(
    NEW_YORK,
    Memorial_Day="2024-05-27",
    Juneteenth="2024-06-19",
    Independence_Day="2024-07-04",
    Christmas="2024-12-25",
    New_Year="2025-01-01",
)
ENGLAND = changed(
    listed(LONDON, Good_Friday="2024-03-29", Easter_Monday="2024-04-01", Christmas="2024-12-25"),
    weekly=dict.fromkeys(WORKDAYS, hours("09:00-17:00")),
)


# Rules of law, each a term and a counting: docs/sources.md has the clauses, and how sure they are.
@pytest.mark.parametrize(
    ("event", "term", "counting", "calendar", "ends"),
    [
        pytest.param("2024-05-24", BusinessDays(5), PLAIN, US, "2024-06-03", id="F11: receipt is assumed"),
        pytest.param("2024-06-03", days(30), PLAIN, US, "2024-07-03", id="F11: validation period"),
        pytest.param("2024-02-10", days(30), PLAIN, US, "2024-03-11", id="F21: FCRA, in a leap year"),
        pytest.param("2024-01-10", days(45), PLAIN, US, "2024-02-24", id="F21: extended, to a Saturday"),
        pytest.param("2024-05-23", BusinessDays(5), PLAIN, US, "2024-05-31", id="F22: over Memorial Day"),
        pytest.param("2024-01-15", days(90), PLAIN, US, "2024-04-14", id="F26: at most 90 days"),
        pytest.param("2024-12-18", BusinessDays(10), PLAIN, US, "2025-01-03", id="F29: Reg E"),
        pytest.param("2024-12-18", BusinessDays(20), PLAIN, US, "2025-01-17", id="F29: a new account"),
        pytest.param("2024-12-18", days(45), PLAIN, US, "2025-02-01", id="F29: with provisional credit"),
        pytest.param(
            "2024-05-24", BusinessDays(2), PLAIN, US, "2024-05-29", id="F33: the learning day is not"
        ),
        pytest.param("2024-01-03", weeks(8), PLAIN, ENGLAND, "2024-02-28", id="F36: eight weeks"),
        pytest.param("2024-03-28", BusinessDays(3), PLAIN, ENGLAND, "2024-04-04", id="F36: over Easter"),
        pytest.param("2024-06-17", BusinessDays(10), PLAIN, US, "2024-07-02", id="F49: over Juneteenth"),
        pytest.param("2024-01-31", months(1), EU, GERMANY, "2024-02-29", id="F52, F53: no 31st"),
        pytest.param("2023-01-31", months(1), EU, GERMANY, "2023-02-28", id="F53: nor a 29th"),
        pytest.param("2024-09-03", months(1), EU, GERMANY, "2024-10-04", id="F53: to a holiday"),
        pytest.param("2024-11-25", months(1), EU, GERMANY, "2024-12-27", id="F53: to two of them"),
        pytest.param("2024-11-25", months(3), EU, GERMANY, "2025-02-25", id="F52: two months more"),
        pytest.param("2024-08-31", months(1), EU, GERMANY, "2024-09-30", id="F53: received on a day off"),
        pytest.param("2024-11-22", days(45), PLAIN, US, "2025-01-06", id="F55: 45 days"),
        pytest.param("2024-11-22", days(90), PLAIN, US, "2025-02-20", id="F55: with notice"),
        pytest.param("2024-05-17", BusinessDays(15), PLAIN, US, "2024-06-10", id="F56: an opt-out"),
        pytest.param("2024-05-17", months(12), PLAIN, US, "2025-05-17", id="F56: ask again"),
    ],
)
def test_rules_of_law(
    event: str, term: Every | BusinessDays, counting: Counting, calendar: BusinessCalendar, ends: str
) -> None:
    found = deadline(on(event), term, counting, calendar)
    assert found.on == on(ends)
    assert found.at == at_local(on(ends) + DAY, calendar.zone)


# §§ 187, 188 BGB: from an event that is not counted, or from a day that is.
@pytest.mark.parametrize(
    ("event", "term", "after", "counted"),
    [
        pytest.param("2024-03-01", days(1), "2024-03-02", "2024-03-01", id="a day"),
        pytest.param("2024-03-01", days(30), "2024-03-31", "2024-03-30", id="days"),
        pytest.param("2024-03-06", weeks(1), "2024-03-13", "2024-03-12", id="a week"),
        pytest.param("2024-03-15", months(1), "2024-04-15", "2024-04-14", id="a month"),
        pytest.param("2024-03-01", months(1), "2024-04-01", "2024-03-31", id="a month from the first"),
        pytest.param("2024-02-01", months(1), "2024-03-01", "2024-02-29", id="of February"),
        pytest.param("2024-01-31", months(1), "2024-02-29", "2024-02-29", id="to a month without that day"),
        pytest.param("2023-01-30", months(1), "2023-02-28", "2023-02-28", id="nor the day before"),
        pytest.param("2023-01-29", months(1), "2023-02-28", "2023-02-28", id="but the day before"),
        pytest.param("2023-02-28", months(1), "2023-03-28", "2023-03-27", id="out of February"),
        pytest.param("2024-02-29", years(1), "2025-02-28", "2025-02-28", id="a year from a leap day"),
        pytest.param("2024-01-01", years(1), "2025-01-01", "2024-12-31", id="a calendar year"),
    ],
)
def test_whether_the_event_is_counted(event: str, term: Every, after: str, counted: str) -> None:
    assert deadline(on(event), term, PLAIN, GERMANY).on == on(after)
    event_too = changed(PLAIN, first_day=FirstDay.EVENT, months_end=MonthsEnd.DAY_BEFORE)
    assert deadline(on(event), term, event_too, GERMANY).on == on(counted)


@pytest.mark.parametrize(
    ("roll", "ends", "over"),
    [
        pytest.param(Roll.NONE, "2024-08-31", [], id="none"),
        pytest.param(
            Roll.FORWARD, "2024-09-02", ["2024-08-31 (Saturday)", "2024-09-01 (Sunday)"], id="forward"
        ),
        pytest.param(Roll.BACK, "2024-08-30", ["2024-08-31 (Saturday)"], id="back"),
        pytest.param(
            Roll.MODIFIED, "2024-08-30", ["2024-08-31 (Saturday)"], id="modified: not into September"
        ),
    ],
)
def test_an_end_on_a_day_off(roll: Roll, ends: str, over: list[str]) -> None:
    found = deadline(on("2024-07-31"), months(1), changed(EU, roll=roll), GERMANY)
    assert (found.raw, found.on) == (on("2024-08-31"), on(ends))
    assert list(map(str, found.rolled_over)) == over
    inside = deadline(on("2024-05-15"), months(1), changed(EU, roll=Roll.MODIFIED), GERMANY)
    assert inside.on == on("2024-06-17")


@pytest.mark.parametrize(
    ("event", "term", "counting", "ends", "begins"),
    [
        pytest.param("2024-08-31", days(1), EU, "2024-09-02", "2024-08-31", id="a day, as it is"),
        pytest.param("2024-08-31", BusinessDays(1), PLAIN, "2024-09-02", "2024-08-31", id="as it is"),
        pytest.param(
            "2024-08-31",
            BusinessDays(1),
            changed(PLAIN, start_off=StartOff.MOVES),
            "2024-09-03",
            "2024-09-02",
            id="as if on Monday",
        ),
        pytest.param(
            "2024-08-31",
            months(1),
            changed(EU, start_off=StartOff.MOVES),
            "2024-10-02",
            "2024-09-02",
            id="a month from Monday",
        ),
        pytest.param(
            "2024-08-31",
            BusinessDays(1),
            changed(PLAIN, first_day=FirstDay.EVENT),
            "2024-09-02",
            "2024-08-31",
            id="the first business day is day one",
        ),
        pytest.param(
            "2024-08-30",
            BusinessDays(2),
            changed(PLAIN, first_day=FirstDay.EVENT),
            "2024-09-02",
            "2024-08-30",
            id="the event itself is day one",
        ),
    ],
)
def test_an_event_on_a_day_off(
    event: str, term: Every | BusinessDays, counting: Counting, ends: str, begins: str
) -> None:
    found = deadline(on(event), term, counting, GERMANY)
    assert (found.on, found.begins, found.event) == (on(ends), on(begins), on(event))


def span(start: str, end: str) -> Span[date]:
    return Span(on(start), on(end))


@pytest.mark.parametrize(
    ("event", "term", "stops", "pauses", "ends", "stopped"),
    [
        # F54: a question about identity stops the month
        pytest.param(
            "2024-09-02",
            months(1),
            Stops.LIKE_TERM,
            [("2024-09-10", "2024-09-17")],
            "2024-10-09",
            7,
            id="F54: a week of calendar days",
        ),
        pytest.param(
            "2024-09-02",
            months(1),
            Stops.BUSINESS_DAYS,
            [("2024-09-10", "2024-09-17")],
            "2024-10-10",  # 3, 4, 7, 8, 9, 10 October less the holiday on the 3rd
            5,
            id="the same in business days",
        ),
        pytest.param(
            "2024-12-02",
            BusinessDays(5),
            Stops.LIKE_TERM,
            [("2024-12-04", "2024-12-09")],
            "2024-12-12",
            3,
            id="business days of which two are none",
        ),
        pytest.param(
            "2024-12-02",
            BusinessDays(5),
            Stops.CALENDAR_DAYS,
            [("2024-12-04", "2024-12-09")],
            "2024-12-16",  # 9 + 5 days is a Saturday
            5,
            id="the same in calendar days",
        ),
        pytest.param(
            "2024-03-01",
            days(10),
            Stops.LIKE_TERM,
            [("2024-03-11", "2024-03-14"), ("2024-03-14", "2024-03-15"), ("2024-03-10", "2024-03-12")],
            "2024-03-18",  # 16 March is a Saturday
            5,
            id="pauses that meet and share days, into which the end moves",
        ),
        pytest.param(
            "2024-03-01",
            days(10),
            Stops.LIKE_TERM,
            [("2024-02-20", "2024-03-03"), ("2024-03-13", "2024-03-30"), ("2024-03-05", "2024-03-05")],
            "2024-03-12",
            1,
            id="before, after, and nothing",
        ),
    ],
)
def test_the_clock_stands_still(
    event: str,
    term: Every | BusinessDays,
    stops: Stops,
    pauses: list[tuple[str, str]],
    ends: str,
    stopped: int,
) -> None:
    found = deadline(on(event), term, changed(EU, stops=stops), GERMANY, [span(*pause) for pause in pauses])
    assert (found.on, found.stopped) == (on(ends), stopped)


@pytest.mark.parametrize(
    ("event", "term", "day_ends", "at"),
    [
        pytest.param(
            "2024-03-28 16:45", BusinessDays(3), DayEnds.MIDNIGHT, "2024-04-04T23:00:00Z", id="the day"
        ),
        pytest.param(
            "2024-03-28 16:45", BusinessDays(3), DayEnds.CLOSING, "2024-04-04T16:00:00Z", id="closing"
        ),
        pytest.param(
            "2024-03-28 16:45", BusinessDays(3), DayEnds.SAME_TIME, "2024-04-04T15:45:00Z", id="time"
        ),
        pytest.param(
            "2024-10-25 01:30", days(2), DayEnds.SAME_TIME, "2024-10-27T00:30:00Z", id="the first of two"
        ),
    ],
)
def test_when_the_last_day_is_over(
    event: str, term: Every | BusinessDays, day_ends: DayEnds, at: str
) -> None:
    there = datetime.fromisoformat(event)
    instant = at_local(there.date(), LONDON, there.time())
    assert stamp(deadline(instant, term, changed(PLAIN, day_ends=day_ends), ENGLAND).at) == at


def test_an_instant_is_read_where_the_calendar_is() -> None:
    late = pendulum.datetime(2024, 5, 24, 3, 30)  # the evening of the 23rd in New York
    assert deadline(late, days(30), PLAIN, US).event == on("2024-05-23")
    assert deadline(late.in_timezone("Asia/Tokyo"), days(30), PLAIN, US).on == on("2024-06-22")
    assert deadline(pendulum.date(2024, 5, 23), days(30), PLAIN, US).on == on("2024-06-22")


# F16: from three to ten business days before a cheque is deposited
@pytest.mark.parametrize(
    ("term", "counting", "ends"),
    [
        pytest.param(BusinessDays(3), PLAIN, "2024-05-28", id="F16: at least three business days"),
        pytest.param(BusinessDays(10), PLAIN, "2024-05-16", id="F16: at most ten"),
        pytest.param(
            BusinessDays(1), changed(PLAIN, first_day=FirstDay.EVENT), "2024-05-31", id="the day itself"
        ),
        pytest.param(days(30), PLAIN, "2024-05-01", id="thirty days"),
        pytest.param(days(30), changed(PLAIN, first_day=FirstDay.EVENT), "2024-05-02", id="the event is one"),
        pytest.param(months(1), PLAIN, "2024-04-30", id="a month"),
        pytest.param(
            months(3), changed(PLAIN, months_end=MonthsEnd.DAY_BEFORE), "2024-03-01", id="three, counted"
        ),
        pytest.param(days(6), changed(PLAIN, roll=Roll.BACK), "2024-05-24", id="back to a business day"),
    ],
)
def test_a_notice_before_an_event(term: Every | BusinessDays, counting: Counting, ends: str) -> None:
    found = notice_by(on("2024-05-31"), term, counting, US)
    assert found.on == on(ends)
    assert found.at == at_local(on(ends) + DAY, NEW_YORK)


def test_a_notice_before_an_event_on_a_day_off() -> None:
    moves = changed(PLAIN, start_off=StartOff.MOVES)
    found = notice_by(on("2024-05-27"), BusinessDays(1), moves, US)
    assert (found.begins, found.on) == (on("2024-05-24"), on("2024-05-23"))
    assert notice_by(on("2024-05-27"), BusinessDays(1), PLAIN, US).on == on("2024-05-24")


# Laws

calendars = st.dates(date(2019, 1, 1), date(2032, 12, 31)).flatmap(
    lambda near: st.tuples(st.just(near), ours.business_calendars(near), ours.stops(near))
)


@given(calendars, ours.terms(), ours.countings())
def test_the_last_day_is_the_one_that_a_walk_finds(
    situation: tuple[date, BusinessCalendar, tuple[Span[date], ...]],
    term: Every | BusinessDays,
    counting: Counting,
) -> None:
    event, calendar, pauses = situation
    found = deadline(event, term, counting, calendar, pauses)
    assert found.begins == (forward(calendar, event) if counting.start_off is StartOff.MOVES else event)
    assert found.raw == raw_end(found.begins, term, counting, calendar)
    business = isinstance(term, BusinessDays)
    kept = counting.months_end is MonthsEnd.DAY_BEFORE
    if not isinstance(term, Every) or not term.step[0]:
        kept = counting.first_day is FirstDay.EVENT
    in_business = business if counting.stops is Stops.LIKE_TERM else counting.stops is Stops.BUSINESS_DAYS
    first = found.begins if kept else found.begins + DAY
    # the first end by which as many days were added as the clock stood still
    end, moved = found.raw, 0
    while moved != stood(first, end, pauses, calendar if in_business else None):
        end += DAY
        while in_business and not calendar.is_business_day(end):
            end += DAY
        moved += 1
    assert found.stopped == moved
    assert found.on == rolled(end, counting.roll, calendar)
    assert all(not calendar.is_business_day(off.on) for off in (*found.rolled_over, *found.left_out))
    assert all(off.why == calendar.why_closed(off.on) for off in (*found.rolled_over, *found.left_out))
    assert str(explain(found)).count("\n") >= 3


def forward(calendar: BusinessCalendar, day: date, step: int = 1) -> date:
    while not calendar.is_business_day(day):
        day += step * DAY
    return day


def raw_end(begins: date, term: Every | BusinessDays, counting: Counting, calendar: BusinessCalendar) -> date:
    event_counts = counting.first_day is FirstDay.EVENT
    if isinstance(term, BusinessDays):
        day, left = begins - DAY if event_counts else begins, term.count
        while left:
            day += DAY
            left -= calendar.is_business_day(day)
        return day
    if term.unit in (Unit.DAY, Unit.WEEK):
        return begins + relativedelta(**{f"{term.unit.value}s": term.count}) - event_counts * DAY  # type: ignore[arg-type]
    same = begins + relativedelta(**{f"{term.unit.value}s": term.count})  # type: ignore[arg-type]
    if counting.months_end is MonthsEnd.SAME_DAY or same.day < begins.day:
        return same
    return same - DAY


def stood(first: date, last: date, pauses: tuple[Span[date], ...], calendar: BusinessCalendar | None) -> int:
    stretch = [first + DAY * count for count in range((last - first).days + 1)]
    return sum(
        any(pause.contains(day) for pause in pauses) and (calendar is None or calendar.is_business_day(day))
        for day in stretch
    )


def rolled(day: date, roll: Roll, calendar: BusinessCalendar) -> date:
    if roll is Roll.NONE:
        return day
    later, earlier = forward(calendar, day), forward(calendar, day, -1)
    if roll is Roll.BACK or (roll is Roll.MODIFIED and later.month != day.month):
        return earlier
    return later


@given(calendars, ours.terms(), ours.countings())
def test_a_later_event_never_has_an_earlier_deadline(
    situation: tuple[date, BusinessCalendar, tuple[Span[date], ...]],
    term: Every | BusinessDays,
    counting: Counting,
) -> None:
    event, calendar, _ = situation
    ends = [deadline(event + DAY * count, term, counting, calendar).on for count in range(12)]
    assert all(one <= other for one, other in pairwise(ends))


@given(calendars, ours.terms(), ours.countings())
def test_pauses_never_shorten_a_term(
    situation: tuple[date, BusinessCalendar, tuple[Span[date], ...]],
    term: Every | BusinessDays,
    counting: Counting,
) -> None:
    event, calendar, pauses = situation
    plain = deadline(event, term, counting, calendar)
    held = deadline(event, term, counting, calendar, pauses)
    assert plain.on <= held.on
    assert (plain.stopped, plain.raw) == (0, held.raw)
    assert held == deadline(event, term, counting, calendar, (*pauses[::-1], *pauses))


@given(calendars, st.integers(1, 40), st.sampled_from(FirstDay))
def test_a_notice_is_the_mirror_of_a_deadline(
    situation: tuple[date, BusinessCalendar, tuple[Span[date], ...]], count: int, first_day: FirstDay
) -> None:
    event, calendar, _ = situation
    counting = changed(PLAIN, first_day=first_day)
    for term in (days(count), weeks(count)):
        assert deadline(notice_by(event, term, counting, calendar).on, term, counting, calendar).on == event
    if calendar.is_business_day(event):
        back = notice_by(event, BusinessDays(count), counting, calendar)
        assert deadline(back.on, BusinessDays(count), counting, calendar).on == event


@given(st.dates(date(2000, 1, 1), date(2032, 12, 31)), st.integers(1, 30))
@example(date(2023, 1, 31), 1)
def test_counted_months_meet(start: date, count: int) -> None:
    assume(start.day <= 28)
    counting = changed(PLAIN, months_end=MonthsEnd.DAY_BEFORE)
    last = deadline(start, months(count), counting, GERMANY).on
    assert last + DAY == start + relativedelta(months=count)
    assert notice_by(last, months(count), counting, GERMANY).on == start or last.day >= 28


# How it is told


def test_a_deadline_tells_its_way() -> None:
    counting = changed(EU, start_off=StartOff.MOVES)
    found = deadline(on("2024-11-24"), months(1), counting, GERMANY, [span("2024-12-02", "2024-12-03")])
    assert str(found.explain()) == (
        "1 month after 2024-11-24 = 2024-12-27\n"
        "  the event, 2024-11-24, is on a day off (sunday) and counts as on = 2024-11-25\n"
        "  to the day with the same number\n"
        "  the term ends on = 2024-12-25\n"
        "  the clock stood still for 1 calendar day: the end moves to = 2024-12-26\n"
        "  rolled over 2024-12-26 (Second Christmas Day) to = 2024-12-27\n"
        "  until the day ends in Europe/Berlin = 2024-12-27T23:00:00Z"
    )


def test_a_deadline_in_business_days_tells_which_were_left_out() -> None:
    counting = Counting(first_day=FirstDay.EVENT, roll=Roll.NONE, day_ends=DayEnds.CLOSING)
    calendar = changed(ENGLAND, overrides=[DayHours(on("2024-03-27"), ())])
    found = deadline(
        on("2024-03-26"), BusinessDays(3), counting, calendar, [span("2024-04-02", "2024-04-04")]
    )
    assert found.left_out == (
        DayOff(on("2024-03-27"), "closed on this date"),
        DayOff(on("2024-03-29"), "Good Friday"),
        DayOff(on("2024-04-01"), "Easter Monday"),
    )
    assert str(found.explain()) == (
        "3 business days after 2024-03-26 = 2024-04-04\n"
        "  the day of the event is day one\n"
        "  not counted: 2024-03-27 (closed on this date), 2024-03-29 (Good Friday), "
        "2024-04-01 (Easter Monday)\n"
        "  the term ends on = 2024-04-02\n"
        "  the clock stood still for 2 business days: the end moves to = 2024-04-04\n"
        "  until the office closes in Europe/London = 2024-04-04T16:00:00Z"
    )


def test_a_notice_tells_its_way() -> None:
    counting = changed(PLAIN, months_end=MonthsEnd.DAY_BEFORE, day_ends=DayEnds.SAME_TIME)
    found = notice_by(at_local(on("2024-05-31"), BERLIN), years(2), counting, GERMANY)
    assert str(found.explain()) == (
        "2 years before 2024-05-31 = 2022-06-01\n"
        "  the day of the event is counted\n"
        "  the term ends on = 2022-06-01\n"
        "  until the time of day of the event in Europe/Berlin = 2022-05-31T22:00:00Z"
    )


def test_days_off_within_a_term_are_left_out_and_the_one_after_it_is_none_of_them() -> None:
    tuesday, friday = (
        deadline(on("2024-12-23"), BusinessDays(1), PLAIN, GERMANY),
        deadline(on("2024-12-23"), BusinessDays(2), PLAIN, GERMANY),
    )
    assert (tuesday.on, tuesday.left_out) == (on("2024-12-24"), ())
    assert (friday.on, [str(off.on) for off in friday.left_out]) == (
        on("2024-12-27"),
        ["2024-12-25", "2024-12-26"],
    )


def test_a_pause_that_begins_on_the_end_that_moved_moves_it_again() -> None:
    pauses = [span("2024-05-07", "2024-05-08"), span("2024-05-10", "2024-05-12")]
    found = deadline(on("2024-05-06"), days(3), PLAIN, GERMANY, pauses)
    assert (found.raw, found.stopped, found.on) == (on("2024-05-09"), 3, on("2024-05-12"))


def test_a_pause_on_the_day_of_the_event_stops_a_term_that_counts_it() -> None:
    pauses = [span("2024-05-06", "2024-05-07")]
    for first_day, ends in ((FirstDay.EVENT, "2024-05-09"), (FirstDay.AFTER, "2024-05-09")):
        found = deadline(on("2024-05-06"), days(3), changed(PLAIN, first_day=first_day), GERMANY, pauses)
        assert (found.stopped, found.on) == (int(first_day is FirstDay.EVENT), on(ends))


def test_the_second_of_two_hours_ends_a_term_in_the_second() -> None:
    second = pendulum.datetime(2024, 10, 27, 1, 30)  # 2:30 in Berlin, for the second time
    found = deadline(second, days(364), changed(PLAIN, day_ends=DayEnds.SAME_TIME), GERMANY)
    assert (found.on, found.at) == (on("2025-10-26"), pendulum.datetime(2025, 10, 26, 1, 30))


def test_a_deadline_in_days_tells_every_day_that_it_rolled_over() -> None:
    found = deadline(on("2024-12-23"), days(2), EU, GERMANY)
    assert str(found.explain()) == (
        "2 days after 2024-12-23 = 2024-12-27\n"
        "  the day of the event is not counted\n"
        "  the term ends on = 2024-12-25\n"
        "  rolled over 2024-12-25 (Christmas), 2024-12-26 (Second Christmas Day) to = 2024-12-27\n"
        "  until the day ends in Europe/Berlin = 2024-12-27T23:00:00Z"
    )


# What is refused


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(
            lambda: deadline(on("2024-05-31"), days(1), changed(PLAIN, day_ends=DayEnds.SAME_TIME), US),
            r"Counting.day_ends: expected an event with a time of day",
            id="no time of day",
        ),
        pytest.param(
            lambda: deadline(on("2024-05-31"), days(1), changed(PLAIN, day_ends=DayEnds.CLOSING), ENGLAND),
            r"Counting.day_ends: expected an end on a day with a closing",
            id="no closing on a Saturday",
        ),
        pytest.param(
            lambda: deadline(on("2024-05-31"), timedelta(1), PLAIN, US),  # type: ignore[arg-type]
            r"deadline: expected a term such as months\(1\)",
            id="no term",
        ),
        pytest.param(
            lambda: deadline(
                on("2024-05-31"), BusinessDays(1), PLAIN, BusinessCalendar(zone="UTC", weekly={})
            ),
            "expected a calendar with 1 business days from 2024-06-01",
            id="no business day",
        ),
        pytest.param(
            lambda: deadline(on("2024-05-31"), days(1), "after", US),  # type: ignore[arg-type]
            "expected a counting and a business calendar",
            id="a text for a counting",
        ),
        pytest.param(
            lambda: deadline(on("2024-05-31"), days(1), PLAIN, None),  # type: ignore[arg-type]
            "expected a counting and a business calendar",
            id="no calendar",
        ),
        pytest.param(
            lambda: deadline(on("2024-05-31"), days(1), PLAIN, US, 5),  # type: ignore[arg-type]
            "pauses that are spans of dates",
            id="a number of pauses",
        ),
        pytest.param(
            lambda: deadline(
                on("2024-05-30"),
                days(1),
                changed(PLAIN, stops=Stops.BUSINESS_DAYS),
                BusinessCalendar(zone="UTC", weekly={}, overrides=[DayHours(on("2024-05-31"), ALL_DAY)]),
                [span("2024-05-31", "2024-06-01")],
            ),
            "a calendar with 1 business days after 2024-05-31",
            id="no business day after a pause",
        ),
        pytest.param(lambda: BusinessDays(0), "BusinessDays.count: expected .* at least 1", id="no days"),
        pytest.param(
            lambda: Counting(first_day="after", roll=Roll.NONE),  # type: ignore[arg-type]
            "Counting.first_day: expected a value of FirstDay",
            id="a text",
        ),
    ],
)
def test_what_makes_no_deadline(ask: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        ask()


@pytest.mark.parametrize("value", wrong())
def test_a_deadline_wants_an_event_and_pauses(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"expected (a date without a time|an instant)"):
        deadline(value, days(1), PLAIN, US)
    with pytest.raises(InvalidValue, match="pauses that are spans of dates"):
        deadline(on("2024-05-31"), days(1), PLAIN, US, [value])


def test_pauses_of_instants_are_refused() -> None:
    pause: Any = Span(pendulum.datetime(2024, 5, 31), pendulum.datetime(2024, 6, 1))
    with pytest.raises(InvalidValue, match="pauses that are spans of dates"):
        deadline(on("2024-05-31"), days(1), PLAIN, US, [pause])


@pytest.mark.parametrize("term", [days(3), BusinessDays(3), years(100)], ids=str)
def test_pauses_of_a_lifetime_are_refused(term: Every | BusinessDays) -> None:
    with pytest.raises(InvalidValue, match="pauses of at most 10000 days"):
        deadline(on("2024-01-01"), term, PLAIN, US, [span("2024-01-02", "3999-01-01")])


def test_holidays_that_are_not_known_are_asked_for() -> None:
    year = changed(GERMANY, known=Span(on("2024-01-01"), on("2025-01-01")))
    assert deadline(on("2024-11-25"), months(1), EU, year).on == on("2024-12-27")
    assert deadline(on("2024-12-15"), months(1), PLAIN, year).on == on("2025-01-15")  # nothing is rolled
    with pytest.raises(HolidaysUnknown) as caught:
        deadline(on("2024-12-01"), months(1), EU, year)
    assert caught.value.missing.fact == "whether 2025-01-01 is a holiday"


def test_a_deadline_is_a_value() -> None:
    one = deadline(on("2024-11-25"), months(1), EU, GERMANY)
    assert isinstance(one, Deadline)
    assert one == deadline(on("2024-11-25"), months(1), EU, GERMANY)
    assert hash(one) == hash(deadline(on("2024-11-25"), months(1), EU, GERMANY))
