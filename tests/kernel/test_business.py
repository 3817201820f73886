"""Business calendars: their hours, their days, and what makes none."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pendulum
import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel import open_time
from acctcore.kernel.business import (
    ALL_DAY,
    WORKDAYS,
    BusinessCalendar,
    DayHours,
    Holiday,
    HolidaysUnknown,
    Hours,
    StartOff,
    always_open,
    hours,
    working_days,
)
from acctcore.kernel.calendar import Span, Weekday, at_local
from acctcore.kernel.errors import InvalidValue
from acctcore.testing import strategies as ours
from tests.kernel.strategies import dates, wrong

BERLIN = "Europe/Berlin"
DAY = timedelta(1)
MONDAY, CHRISTMAS = date(2024, 12, 23), date(2024, 12, 25)
ODD: Any = 30
OFFICE = BusinessCalendar(
    zone=BERLIN,
    weekly=dict.fromkeys(WORKDAYS, hours("09:00-17:00")),
    holidays=[Holiday(CHRISTMAS, "Christmas Day"), date(2024, 12, 26)],
    overrides=[
        DayHours(date(2024, 12, 24), hours("09:00-12:00")),
        DayHours(CHRISTMAS, hours("09:00-12:00")),
        DayHours(date(2024, 12, 27), ()),
        DayHours(date(2024, 12, 28), hours("10:00-14:00")),
    ],
    breaks=[
        DayHours(MONDAY, hours("08:00-09:30", "12:00-12:30", "16:00-18:00")),
        DayHours(date(2024, 12, 24), hours("00:00-24:00")),
    ],
)


def shown(day: tuple[Hours, ...]) -> str:
    return " ".join(map(str, day))


@pytest.mark.parametrize(
    ("on", "opened", "why"),
    [
        pytest.param("2024-12-20", "09:00-17:00", "", id="any Friday"),
        pytest.param("2024-12-21", "", "Saturday", id="any Saturday"),
        pytest.param("2024-12-23", "09:30-12:00 12:30-16:00", "", id="breaks"),
        pytest.param("2024-12-24", "", "closed on this date", id="a break of all there is"),
        pytest.param("2024-12-25", "", "Christmas Day", id="a holiday beats an override"),
        pytest.param("2024-12-26", "", "a holiday", id="a holiday without a name"),
        pytest.param("2024-12-27", "", "closed on this date", id="no hours at all"),
        pytest.param("2024-12-28", "10:00-14:00", "", id="a Saturday that is open"),
        pytest.param("2024-12-30", "09:00-17:00", "", id="as ever"),
    ],
)
def test_the_hours_of_a_date(on: str, opened: str, why: str) -> None:
    day = date.fromisoformat(on)
    assert shown(OFFICE.hours_on(day)) == opened
    assert OFFICE.is_business_day(day) is (opened != "")
    assert OFFICE.why_closed(day) == why
    assert OFFICE.hours_on(pendulum.date(day.year, day.month, day.day)) == OFFICE.hours_on(day)


def test_all_names_of_a_holiday_are_told() -> None:
    both = changed(OFFICE, holidays=[Holiday(CHRISTMAS, "Christmas"), Holiday(CHRISTMAS, "Bank closure")])
    assert both.why_closed(CHRISTMAS) == "Bank closure; Christmas"


@given(ours.hours(), ours.hours())
def test_a_break_leaves_what_it_does_not_cover(day: tuple[Hours, ...], cuts: tuple[Hours, ...]) -> None:
    calendar = BusinessCalendar(
        zone="UTC", weekly={}, overrides=[DayHours(MONDAY, day)], breaks=[DayHours(MONDAY, cuts)]
    )
    minutes = {minute for one in day for minute in range(one.opens, one.closes)}
    minutes -= {minute for cut in cuts for minute in range(cut.opens, cut.closes)}
    left = calendar.hours_on(MONDAY)
    assert {minute for one in left for minute in range(one.opens, one.closes)} == minutes
    assert all(one.opens < one.closes for one in left)


def test_a_break_after_midnight() -> None:
    night = hours("22:00-30:00")
    bar = BusinessCalendar(
        zone="UTC",
        weekly=[night] * 7,
        breaks=[DayHours(MONDAY, hours("23:00-25:00", "26:00-26:30"))],
    )
    assert shown(bar.hours_on(MONDAY)) == "22:00-23:00 25:00-26:00 26:30-30:00"
    opened = [(opens - bar.begins(MONDAY)) // 60_000_000 for opens, _ in bar.opened_on(MONDAY + DAY)]
    assert opened == [25 * 60, 26 * 60 + 30, 46 * 60]


def test_hours_that_meet_are_one() -> None:
    assert DayHours(MONDAY, hours("12:00-17:00", "09:00-12:00")).hours == hours("09:00-17:00")
    assert BusinessCalendar(zone="UTC", weekly=[hours("00:00-12:00", "12:00-24:00")] * 7) == always_open()
    assert str(hours("22:00-26:30")[0]) == "22:00-26:30"


def test_the_same_calendar_however_it_is_told() -> None:
    day = hours("09:00-17:00")
    week = (day, day, day, day, day, (), ())
    listed = (Holiday(CHRISTMAS, "Christmas Day"), Holiday(date(2024, 12, 26)))
    one = BusinessCalendar(zone=BERLIN, weekly=week, holidays=listed)
    assert one == BusinessCalendar(
        zone=BERLIN, weekly=dict.fromkeys(WORKDAYS, day), holidays=[*reversed(listed), listed[1].on]
    )
    assert hash(one) == hash(changed(one))
    assert working_days(BERLIN).weekly == (ALL_DAY,) * 5 + ((),) * 2
    assert working_days(BERLIN, holidays=[date(2024, 5, 1)]).hours_on(date(2024, 5, 1)) == ()
    assert working_days("Asia/Dubai", days=(Weekday.SUNDAY,)).hours_on(date(2024, 12, 22)) == ALL_DAY


# Days


@given(ours.business_calendars(MONDAY), dates | st.dates(date(2024, 12, 1), date(2025, 1, 10)))
def test_business_days_before_and_after(calendar: BusinessCalendar, on: date) -> None:
    following, before = calendar.next_business_day(on), calendar.previous_business_day(on)
    assert following is not None
    assert before is not None
    assert before < on < following
    between = {before + DAY * count for count in range(1, (following - before).days)}
    assert {day for day in between if calendar.is_business_day(day)} <= {on}
    assert calendar.is_business_day(following)
    assert calendar.is_business_day(before)
    assert calendar.count_business_days(Span(before, following)) == 1 + calendar.is_business_day(on)
    assert list(islice(calendar.business_days(before + DAY), 1)) == [
        on if calendar.is_business_day(on) else following
    ]


@given(
    ours.business_calendars(MONDAY),
    st.dates(date(2024, 12, 1), date(2025, 1, 10)),
    st.integers(0, 30),
    st.sampled_from(StartOff),
)
def test_shifting_by_business_days(
    calendar: BusinessCalendar, on: date, count: int, start_off: StartOff
) -> None:
    later, earlier = calendar.shift(on, count, start_off), calendar.shift(on, -count, start_off)
    open_there = calendar.is_business_day(on)
    if open_there or start_off is StartOff.STAYS:
        assert calendar.count_business_days(Span(on + DAY, later + DAY)) == count if later > on else not count
        if count:
            assert calendar.count_business_days(Span(earlier, on)) == count
        if open_there:
            assert calendar.shift(later, -count) == on
            assert calendar.shift(later, 3) == calendar.shift(on, count + 3)
    else:
        following = calendar.next_business_day(on)
        assert following is not None
        assert later == calendar.shift(following, count)
        before = calendar.previous_business_day(on)
        assert before is not None
        assert earlier == (calendar.shift(before, -count) if count else later)


@pytest.mark.parametrize(
    ("on", "count", "moves", "stays"),
    [
        pytest.param("2024-12-20", 1, "2024-12-23", "2024-12-23", id="from Friday"),
        pytest.param("2024-12-21", 0, "2024-12-23", "2024-12-21", id="nothing, from Saturday"),
        pytest.param("2024-12-21", 1, "2024-12-28", "2024-12-23", id="one, from Saturday"),
        pytest.param("2024-12-25", -1, "2024-12-20", "2024-12-23", id="back, from Christmas"),
        pytest.param("2024-12-23", 3, "2024-12-31", "2024-12-31", id="a Saturday among them"),
    ],
)
def test_counting_from_a_day_off(on: str, count: int, moves: str, stays: str) -> None:
    day = date.fromisoformat(on)
    assert OFFICE.shift(day, count) == date.fromisoformat(moves)
    assert OFFICE.shift(day, count, StartOff.STAYS) == date.fromisoformat(stays)


def test_the_first_day_that_is_known_and_the_most_days_that_are_counted() -> None:
    year = Span(date(2024, 1, 1), date(2025, 1, 1))
    calendar = working_days("UTC", days=tuple(Weekday), known=year)
    assert calendar.hours_on(year.start) == calendar.hours_on(date(2024, 12, 31)) == ALL_DAY
    every_day = working_days("UTC", days=tuple(Weekday))
    for count in (10_000, -10_000):
        assert every_day.shift(year.start, count) == year.start + timedelta(count)
    # The last three days at either end of the calendar are no business days anywhere.
    assert [*every_day.days(date(9999, 12, 26))] == [date(9999, 12, 26), date(9999, 12, 27)]
    assert [*every_day.days(date(1, 1, 6), -1)] == [date(1, 1, 6), date(1, 1, 5)]
    once = DayHours(date(2024, 5, 4), ALL_DAY)
    opens_once = BusinessCalendar(zone="UTC", weekly={}, overrides=[once])
    assert list(opens_once.days(once.on, -1)) == list(opens_once.days(once.on)) == [once.on]


def test_a_calendar_that_opens_on_listed_days_only() -> None:
    listed = BusinessCalendar(
        zone=BERLIN,
        weekly={},
        overrides=[DayHours(date(2024, 5, day), hours("10:00-12:00")) for day in (20, 4, 11)],
        holidays=[date(2024, 5, 11)],
    )
    assert listed.next_business_day(date(2024, 5, 4)) == date(2024, 5, 20)
    assert listed.previous_business_day(date(2024, 5, 20)) == date(2024, 5, 4)
    assert listed.next_business_day(date(2024, 5, 20)) is None
    assert listed.previous_business_day(date(2024, 5, 4)) is None
    assert listed.shift(date(2024, 5, 1), 1) == date(2024, 5, 20)
    assert listed.why_closed(date(2024, 5, 6)) == "Monday"


def test_days_come_to_an_end() -> None:
    assert OFFICE.next_business_day(date(9999, 12, 27)) is None
    assert OFFICE.previous_business_day(date(1, 1, 3)) is None
    for on, count in ((date(9999, 12, 20), 100), (date(1, 1, 10), -100)):
        with pytest.raises(InvalidValue, match=f"a calendar with {count} business days"):
            OFFICE.shift(on, count)


def test_a_day_that_a_zone_skipped_is_no_business_day() -> None:
    apia = BusinessCalendar(zone="Pacific/Apia", weekly=[hours("09:00-17:00")] * 7)
    assert not apia.is_business_day(date(2011, 12, 30))
    assert apia.next_business_day(date(2011, 12, 29)) == date(2011, 12, 31)
    assert apia.count_business_days(Span(date(2011, 12, 28), date(2012, 1, 1))) == 3


# What is known


def test_dates_beyond_what_is_known_are_asked_for() -> None:
    year = changed(OFFICE, known=Span(date(2024, 1, 1), date(2025, 1, 1)))
    assert year.is_business_day(date(2024, 12, 31))
    assert year.count_business_days(Span(date(2024, 12, 28), date(2025, 1, 1))) == 3
    with pytest.raises(HolidaysUnknown) as caught:
        year.shift(date(2024, 12, 31), 1)
    assert caught.value.on == date(2025, 1, 1)
    assert caught.value.missing.text == "whether 2025-01-01 is a holiday must be known first"
    assert str(caught.value) == (
        "BusinessCalendar.known: expected a date whose holidays are known, 2024-01-01 up to 2025-01-01, "
        "got datetime.date(2025, 1, 1)"
    )
    with pytest.raises(HolidaysUnknown):
        year.why_closed(date(2023, 12, 31))
    assert open_time.is_open(year, at_local(date(2024, 1, 2), BERLIN)) is False


# What is refused


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(lambda: Hours(540, 540), r"Hours.closes: expected a closing after 09:00", id="nothing"),
        pytest.param(lambda: Hours(2880, 2881), r"Hours.opens: expected .* at most 2879", id="the day after"),
        pytest.param(lambda: Hours(0, 2881), r"Hours.closes: expected .* at most 2880", id="two days"),
        pytest.param(lambda: Hours(True, 600), r"Hours.opens: expected a whole number", id="a yes"),
        pytest.param(lambda: hours("9-17"), r"hours such as 09:00-17:30, got '9-17'", id="short"),
        pytest.param(lambda: hours("09:00-17:60"), r"hours such as 09:00-17:30", id="minute 60"),
        pytest.param(lambda: hours("٠٩:00-17:00"), r"hours such as 09:00-17:30", id="other digits"),
        pytest.param(lambda: hours(ODD), r"hours such as 09:00-17:30", id="a number"),
        pytest.param(
            lambda: DayHours(MONDAY, hours("09:00-12:00", "11:00-13:00")),
            r"hours that begin after 09:00-12:00, got '11:00-13:00'",
            id="hours that share time",
        ),
        pytest.param(lambda: DayHours(MONDAY, ODD), "expected the hours of a day", id="a number of hours"),
        pytest.param(lambda: DayHours(MONDAY, (ODD,)), "expected the hours of a day", id="numbers for hours"),
        pytest.param(lambda: Holiday(MONDAY, ODD), "Holiday.name: expected a value of str", id="a nameless"),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly=[()] * 6), "the hours of seven days", id="six days"
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly=ODD), "the hours of seven days", id="odd week"
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={ODD: ()}),
            "hours by Weekday",
            id="a text",
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={}, holidays=ODD), "holidays or dates", id="holidays"
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={}, holidays=["2024"]),  # type: ignore[list-item]
            "a date without a time",
            id="a text for a holiday",
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={}, overrides=ODD), "hours by date", id="overrides"
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={}, breaks=[ODD]), "hours by date", id="breaks"
        ),
        pytest.param(
            lambda: BusinessCalendar(zone="UTC", weekly={}, breaks=[DayHours(MONDAY, ())] * 2),
            "one entry for each date",
            id="a date twice",
        ),
        pytest.param(
            lambda: working_days(
                "UTC", known=Span(pendulum.datetime(2024, 1, 1), pendulum.datetime(2025, 1, 1))
            ),
            "a span of dates",
            id="instants for dates",
        ),
        pytest.param(lambda: working_days("UTC", known=ODD), "BusinessCalendar.known", id="no span"),
        pytest.param(lambda: working_days("Mars"), "an IANA time zone", id="no zone"),
        pytest.param(lambda: OFFICE.shift(MONDAY, 10_001), "at most 10000 days", id="too many days"),
    ],
)
def test_what_makes_no_calendar(ask: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        ask()


@pytest.mark.parametrize("value", wrong())
def test_a_calendar_is_asked_about_dates(value: Any) -> None:
    for ask in (
        OFFICE.hours_on,
        OFFICE.is_business_day,
        OFFICE.why_closed,
        OFFICE.next_business_day,
        OFFICE.previous_business_day,
        lambda on: OFFICE.shift(on, 1),
        lambda on: next(OFFICE.business_days(on)),
        Holiday,
    ):
        with pytest.raises(InvalidValue, match="a date without a time"):
            ask(value)
