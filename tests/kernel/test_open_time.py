"""Open time, held against a walk over every quarter of an hour near clock changes and holidays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel import open_time
from acctcore.kernel.business import (
    ALL_DAY,
    WORKDAYS,
    BusinessCalendar,
    DayHours,
    Holiday,
    HolidaysUnknown,
    StartOff,
    always_open,
    hours,
    working_days,
)
from acctcore.kernel.calendar import Span, Weekday, at_local, instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.open_time import Reversed
from acctcore.testing import strategies as ours
from tests.kernel.quarters import CHANGES, QUARTER, Quarters
from tests.kernel.strategies import wrong

BERLIN = "Europe/Berlin"
HOUR, NOTHING, TICK = timedelta(hours=1), timedelta(), timedelta(microseconds=1)
OFFICE = BusinessCalendar(
    zone=BERLIN,
    weekly=dict.fromkeys(WORKDAYS, hours("09:00-12:30", "13:30-17:00")),
    holidays=[Holiday(date(2024, 12, 25), "Christmas Day"), Holiday(date(2024, 12, 26), "Boxing Day")],
    overrides=[DayHours(date(2024, 12, 24), hours("09:00-12:00"))],
    breaks=[DayHours(date(2024, 12, 23), hours("10:00-11:00"))],
)
NEVER = BusinessCalendar(zone=BERLIN, weekly={})
ONCE = BusinessCalendar(
    zone=BERLIN, weekly={}, overrides=[DayHours(date(2024, 5, 4), hours("10:00-14:00", "15:00-16:00"))]
)
ODD: Any = "noon"


def at(text: str, zone: str = BERLIN) -> DateTime:
    when = datetime.fromisoformat(text)
    return at_local(when.date(), zone, when.time())


def after(start: datetime, gone: timedelta) -> DateTime:
    return instant(datetime.__add__(start, gone))


@st.composite
def situations(draw: st.DrawFn) -> tuple[BusinessCalendar, date, int]:
    """A calendar near a change, and a quarter of an hour within five days of it."""
    zone, near = draw(st.sampled_from(CHANGES))
    calendar = draw(ours.business_calendars(near, st.just(zone)))
    return calendar, near, draw(st.integers(5 * 96, 15 * 96))


# Against the walk


@given(situations(), st.integers(0, 899_999_999))
def test_whether_it_is_open(situation: tuple[BusinessCalendar, date, int], ticks: int) -> None:
    calendar, near, index = situation
    walk = Quarters(calendar, near)
    now = after(walk.at[index], timedelta(microseconds=ticks))
    assert open_time.is_open(calendar, now) is walk.open[index]
    following = walk.first(index + 1, not walk.open[index])
    if following is not None:
        assert open_time.next_change(calendar, now) == following
    opening = now if walk.open[index] else following
    if opening is not None:
        assert open_time.first_open(calendar, now) == opening


@given(situations(), st.data())
def test_what_is_open_between(situation: tuple[BusinessCalendar, date, int], data: st.DataObject) -> None:
    calendar, near, index = situation
    pauses = data.draw(ours.pauses(near))
    walk = Quarters(calendar, near, pauses)
    until = data.draw(st.integers(index, 15 * 96))
    start, end = instant(walk.at[index]), instant(walk.at[until])
    used = open_time.between(calendar, start, end, pauses)
    assert used == walk.count(index, until)
    assert open_time.between(calendar, end, start, pauses) == NOTHING
    assert open_time.between(calendar, end, start, pauses, reversed_is=Reversed.NEGATIVE) == -used
    middle = data.draw(st.integers(index, until))
    cut = instant(walk.at[middle])
    parts = [open_time.between(calendar, *ends, pauses) for ends in ((start, cut), (cut, end))]
    assert sum(parts, NOTHING) == used


@given(situations(), st.integers(0, 200), st.data())
def test_adding_and_subtracting(
    situation: tuple[BusinessCalendar, date, int], count: int, data: st.DataObject
) -> None:
    calendar, near, index = situation
    pauses = data.draw(ours.pauses(near))
    walk = Quarters(calendar, near, pauses)
    start, duration = instant(walk.at[index]), count * QUARTER
    ahead = [step for step, opened in enumerate(walk.unpaused) if opened and step >= index]
    back = [step for step, opened in enumerate(walk.unpaused) if opened and step < index]
    if count < len(ahead):
        quarter = ahead[count] if count == 0 else ahead[count - 1]
        expected = after(walk.at[quarter], NOTHING if count == 0 else QUARTER)
        target = open_time.add(calendar, start, duration, pauses)
        assert target == expected
        assert open_time.between(calendar, start, target, pauses) == duration
    if count < len(back):
        quarter = back[-1] if count == 0 else back[-count]
        expected = after(walk.at[quarter], QUARTER if count == 0 else NOTHING)
        since = open_time.subtract(calendar, start, duration, pauses)
        assert since == expected
        assert open_time.between(calendar, since, start, pauses) == duration
        if count > 0:
            last = open_time.last_open(calendar, start, pauses)
            assert open_time.add(calendar, since, duration, pauses) == last


@given(situations(), st.integers(0, 20 * 3_600), st.integers(0, 20 * 3_600))
def test_durations_add_up(situation: tuple[BusinessCalendar, date, int], one: int, other: int) -> None:
    calendar, near, index = situation
    start = instant(Quarters(calendar, near).at[index])
    first, second = timedelta(seconds=one), timedelta(seconds=other)
    whole = open_time.add(calendar, start, first + second)
    assert open_time.between(calendar, start, whole) == first + second
    if second > NOTHING:
        assert open_time.add(calendar, open_time.add(calendar, start, first), second) == whole


@given(situations(), st.integers(1, 80), st.data())
def test_a_pause_that_has_ended_only_adds_what_it_stopped(
    situation: tuple[BusinessCalendar, date, int], count: int, data: st.DataObject
) -> None:
    calendar, near, index = situation
    start = instant(Quarters(calendar, near).at[index])
    pauses = data.draw(ours.pauses(near))
    target = open_time.add(calendar, start, count * QUARTER, pauses)
    held = open_time.between(calendar, start, target) - open_time.between(calendar, start, target, pauses)
    assert open_time.add(calendar, start, count * QUARTER + held) == target


@given(situations(), st.sampled_from(StartOff), st.integers(-9, 9))
def test_adding_business_days(
    situation: tuple[BusinessCalendar, date, int], start_off: StartOff, count: int
) -> None:
    calendar, near, index = situation
    start = instant(Quarters(calendar, near).at[index])
    there = start.in_timezone(calendar.zone)
    step = -1 if count < 0 else 1
    on: date = there.date()
    left = abs(count)
    if not calendar.is_business_day(on) and start_off is StartOff.MOVES:
        while not calendar.is_business_day(on):
            on = date.fromordinal(on.toordinal() + step)
    while left:
        on = date.fromordinal(on.toordinal() + step)
        left -= calendar.is_business_day(on)
    found = open_time.add_business_days(calendar, start, count, start_off)
    wanted = start if on == there.date() else at_local(on, calendar.zone, there.time(), there.fold)
    if open_time.is_open(calendar, wanted):
        assert found == wanted
    elif count >= 0:
        assert found == open_time.first_open(calendar, wanted)
    else:
        assert found == open_time.last_open(calendar, wanted)


@pytest.mark.parametrize(("zone", "near"), CHANGES, ids=str)
def test_every_quarter_of_an_hour_near_a_change(zone: str, near: date) -> None:
    weekly = dict.fromkeys(WORKDAYS, hours("08:00-12:00", "13:00-18:00", "22:00-27:00"))
    calendar = BusinessCalendar(
        zone=zone,
        weekly={**weekly, Weekday.SUNDAY: hours("00:00-24:00")},
        breaks=[DayHours(near, hours("02:00-02:30", "09:15-09:30"))],
    )
    walk = Quarters(calendar, near)
    first, last = 3 * 96, 21 * 96
    start = instant(walk.at[first])
    for index in range(first, last):
        now = instant(walk.at[index])
        assert open_time.is_open(calendar, now) is walk.open[index]
        if index % 12 == 0:
            used = open_time.between(calendar, start, now)
            assert used == walk.count(first, index)
            if walk.open[index]:
                assert open_time.add(calendar, start, used) in (now, open_time.last_open(calendar, now))


# By hand


@pytest.mark.parametrize(
    ("start", "passed", "expected"),
    [
        pytest.param("2024-12-19 16:00", HOUR, "2024-12-19 17:00", id="up to the closing"),
        pytest.param("2024-12-19 16:00", HOUR + TICK, "2024-12-20 09:00:00.000001", id="and a tick more"),
        pytest.param("2024-12-19 12:00", HOUR, "2024-12-19 14:00", id="over lunch"),
        pytest.param("2024-12-19 17:00", NOTHING, "2024-12-20 09:00", id="nothing, from the closing"),
        pytest.param("2024-12-19 09:00", NOTHING, "2024-12-19 09:00", id="nothing, from the opening"),
        pytest.param("2024-12-20 16:30", HOUR, "2024-12-23 09:30", id="over a weekend"),
        pytest.param("2024-12-23 09:30", HOUR, "2024-12-23 11:30", id="over a break"),
        pytest.param("2024-12-24 11:30", HOUR, "2024-12-27 09:30", id="an early closing and two holidays"),
        pytest.param("2024-12-24 11:30", 40 * HOUR, "2025-01-03 14:30", id="a week of 35 hours and more"),
    ],
)
def test_open_time_by_hand(start: str, passed: timedelta, expected: str) -> None:
    assert open_time.add(OFFICE, at(start), passed) == at(expected)
    assert open_time.between(OFFICE, at(start), at(expected)) == passed


def test_an_office_with_hours_after_midnight_is_open_on_the_morning_of_a_holiday() -> None:
    bar = BusinessCalendar(
        zone=BERLIN,
        weekly={Weekday.FRIDAY: hours("22:00-26:00"), Weekday.SATURDAY: hours("00:00-03:00", "20:00-24:00")},
        holidays=[date(2024, 12, 27)],
    )
    assert open_time.is_open(bar, at("2024-12-21 01:59"))
    # Friday's two hours after midnight are Saturday's, too, and count once
    assert open_time.between(bar, at("2024-12-20 12:00"), at("2024-12-21 12:00")) == 5 * HOUR
    assert open_time.between(bar, at("2024-12-27 12:00"), at("2024-12-28 12:00")) == 3 * HOUR
    assert open_time.next_change(bar, at("2024-12-20 23:00")) == at("2024-12-21 03:00")
    assert open_time.subtract(bar, at("2024-12-21 12:00"), 4 * HOUR) == at("2024-12-20 23:00")


@pytest.mark.parametrize(
    ("zone", "on", "opened", "count"),
    [
        pytest.param(BERLIN, date(2024, 3, 31), "00:00-24:00", 23, id="a day of 23 hours"),
        pytest.param(BERLIN, date(2024, 10, 27), "00:00-24:00", 25, id="a day of 25 hours"),
        pytest.param(BERLIN, date(2024, 10, 27), "09:00-17:00", 8, id="hours apart from the change"),
        pytest.param(BERLIN, date(2024, 3, 31), "01:00-05:00", 3, id="a night shift, one hour less"),
        pytest.param(BERLIN, date(2024, 10, 27), "01:00-05:00", 5, id="a night shift, one hour more"),
        pytest.param(BERLIN, date(2024, 3, 31), "02:15-02:45", 0, id="hours that are left out"),
        pytest.param(BERLIN, date(2024, 3, 31), "02:30-04:00", 1, id="hours that begin in the gap"),
        pytest.param("Australia/Lord_Howe", date(2024, 10, 6), "00:00-24:00", 23.5, id="half an hour less"),
        pytest.param("Pacific/Apia", date(2011, 12, 30), "09:00-17:00", 0, id="a day that never was"),
        pytest.param("Asia/Kathmandu", date(1986, 1, 1), "00:00-24:00", 23.75, id="a quarter less"),
    ],
)
def test_a_clock_change_matters_to_hours_that_contain_it(
    zone: str, on: date, opened: str, count: float
) -> None:
    calendar = BusinessCalendar(zone=zone, weekly={}, overrides=[DayHours(on, hours(opened))])
    span = (
        pendulum.datetime(on.year, on.month, on.day).subtract(days=3),
        pendulum.datetime(on.year, on.month, on.day).add(days=3),
    )
    assert open_time.between(calendar, instant(span[0]), instant(span[1])) == count * HOUR
    assert calendar.is_business_day(on) is (count > 0)


def test_what_shows_the_old_date_once_more_is_in_the_hours_of_the_new_one() -> None:
    again = instant(
        datetime(2006, 10, 29, 3, tzinfo=UTC)
    )  # clocks in St John's went from 00:01 back to 23:01
    calendar = BusinessCalendar(zone="America/St_Johns", weekly={Weekday.SUNDAY: hours("00:00-02:00")})
    assert open_time.is_open(calendar, again)
    assert open_time.last_open(calendar, again) == again
    assert open_time.subtract(calendar, again, HOUR / 2) == at("2006-10-29 00:00", "America/St_Johns")


def test_an_office_that_never_closes() -> None:
    whole = always_open(BERLIN)
    assert open_time.is_open(whole, at("2024-10-27 02:30"))
    assert open_time.next_change(whole, at("2024-10-27 02:30")) is None
    assert open_time.next_opening(whole, at("2024-10-27 02:30")) is None
    assert open_time.next_closing(whole, at("2024-10-27 02:30")) is None
    assert open_time.add(whole, at("2024-10-26 12:00"), 24 * HOUR) == at("2024-10-27 11:00")
    assert open_time.between(whole, at("2024-10-26 12:00"), at("2024-10-27 12:00")) == 25 * HOUR
    closed = BusinessCalendar(zone=BERLIN, weekly=whole.weekly, holidays=[date(2025, 1, 1)])
    assert open_time.next_change(closed, at("2024-10-27 02:30")) == at("2025-01-01 00:00")
    assert open_time.next_closing(closed, at("2024-10-27 02:30")) == at("2025-01-01 00:00")
    assert open_time.next_opening(closed, at("2024-10-27 02:30")) == at("2025-01-02 00:00")
    assert open_time.next_change(closed, at("2025-01-02 00:00")) is None


def test_an_office_that_never_opens() -> None:
    noon = at("2024-05-03 12:00")
    for ask in (
        open_time.first_open,
        open_time.last_open,
        open_time.next_change,
        open_time.next_opening,
        open_time.next_closing,
    ):
        assert ask(NEVER, noon) is None
    assert not open_time.is_open(NEVER, noon)
    assert open_time.between(NEVER, noon, at("2025-05-03 12:00")) == NOTHING
    for add in (open_time.add, open_time.subtract):
        with pytest.raises(InvalidValue, match="a calendar that is open for 1:00:00"):
            add(NEVER, noon, HOUR)
    with pytest.raises(InvalidValue, match="a calendar with 1 business days from 2024-05-03"):
        open_time.add_business_days(NEVER, noon, 1)
    with pytest.raises(InvalidValue, match="a calendar with an opening there"):
        open_time.add_business_days(NEVER, noon, 0, StartOff.STAYS)


def test_an_office_that_opens_once() -> None:
    noon = at("2024-05-03 12:00")
    assert open_time.first_open(ONCE, noon) == at("2024-05-04 10:00")
    assert open_time.next_change(ONCE, at("2024-05-04 15:30")) == at("2024-05-04 16:00")
    assert open_time.next_change(ONCE, at("2024-05-04 16:00")) is None
    assert open_time.next_closing(ONCE, noon) == at("2024-05-04 14:00")
    assert open_time.next_opening(ONCE, at("2024-05-04 11:00")) == at("2024-05-04 15:00")
    assert open_time.last_open(ONCE, at("2024-06-01 00:00")) == at("2024-05-04 16:00")
    assert open_time.add(ONCE, noon, 5 * HOUR) == at("2024-05-04 16:00")
    with pytest.raises(InvalidValue, match=r"a calendar that is open for 5:00:00\.000001"):
        open_time.add(ONCE, noon, 5 * HOUR + TICK)


def test_an_office_that_opens_for_one_night() -> None:
    night = BusinessCalendar(
        zone=BERLIN, weekly={}, overrides=[DayHours(date(2024, 5, 4), hours("22:00-23:00", "23:30-27:00"))]
    )
    saturday, monday = at("2024-05-04 12:00"), at("2024-05-06 12:00")
    assert open_time.between(night, saturday, monday) == 4.5 * HOUR
    assert open_time.add(night, saturday, 3 * HOUR) == at("2024-05-05 01:30")
    assert open_time.subtract(night, monday, 3 * HOUR) == at("2024-05-05 00:00")
    assert open_time.next_change(night, at("2024-05-04 23:45")) == at("2024-05-05 03:00")
    assert open_time.next_change(night, at("2024-05-05 03:00")) is None
    assert open_time.last_open(night, monday) == at("2024-05-05 03:00")
    assert not night.is_business_day(date(2024, 5, 5))
    assert night.next_business_day(date(2024, 5, 4)) is None


def test_an_office_is_open_from_its_opening_until_its_closing() -> None:
    opens, closes = at("2024-12-24T09:00"), at("2024-12-24T12:00")
    told = [open_time.is_open(OFFICE, instant(when)) for when in (opens - TICK, opens, closes - TICK, closes)]
    assert told == [False, True, True, False]
    paused = [Span(opens, at("2024-12-24T10:00"))]
    assert open_time.first_open(OFFICE, opens) == opens
    assert open_time.first_open(OFFICE, opens, paused) == at("2024-12-24T10:00")
    assert open_time.last_open(OFFICE, opens) == at("2024-12-23T17:00")
    assert open_time.last_open(OFFICE, instant(opens + TICK)) == opens + TICK


def test_a_century_is_counted_and_no_more() -> None:
    always = always_open("UTC")
    start = at("2000-01-01", "UTC")
    century = instant(start + open_time.MOST)
    assert open_time.between(always, start, century) == open_time.MOST
    assert open_time.add(always, start, open_time.MOST) == century
    with pytest.raises(InvalidValue, match="a stretch of at most a century"):
        open_time.between(always, start, instant(century + TICK))
    with pytest.raises(InvalidValue, match="a duration from nothing to a century"):
        open_time.add(always, start, open_time.MOST + TICK)


def test_the_second_of_two_hours_stays_the_second_on_another_day_of_a_clock_change() -> None:
    always = BusinessCalendar(zone=BERLIN, weekly=[ALL_DAY] * 7)
    second = instant(datetime(2024, 10, 27, 1, 30, tzinfo=UTC))  # 2:30 in Berlin, for the second time
    assert open_time.add_business_days(always, second, 364) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert open_time.add_business_days(always, second, 0) == second


def test_a_question_beyond_the_holidays_that_are_known_names_the_fact() -> None:
    calendar = working_days(BERLIN, known=Span(date(2024, 1, 1), date(2025, 1, 1)))
    friday = at("2024-12-27 12:00")
    assert open_time.is_open(calendar, at("2024-12-31 23:59"))
    assert open_time.between(calendar, friday, at("2025-01-01 00:00")) == 60 * HOUR
    assert open_time.add(calendar, friday, 60 * HOUR) == at("2025-01-01 00:00")
    for ask in (
        lambda: open_time.add(calendar, friday, 61 * HOUR),
        lambda: open_time.is_open(calendar, at("2025-01-01 00:00")),
        lambda: open_time.subtract(calendar, at("2024-01-02 00:00"), 25 * HOUR),
        lambda: open_time.add_business_days(calendar, friday, 3),
    ):
        with pytest.raises(HolidaysUnknown, match="a date whose holidays are known") as caught:
            ask()
        assert caught.value.missing.text.startswith(f"whether {caught.value.on} is a holiday must be known")


# What is refused


@pytest.mark.parametrize(
    "ask",
    [
        lambda value: open_time.is_open(OFFICE, value),
        lambda value: open_time.first_open(OFFICE, value),
        lambda value: open_time.last_open(OFFICE, value),
        lambda value: open_time.next_change(OFFICE, value),
        lambda value: open_time.next_opening(OFFICE, value),
        lambda value: open_time.add(OFFICE, value, HOUR),
        lambda value: open_time.subtract(OFFICE, value, HOUR),
        lambda value: open_time.between(OFFICE, value, value),
        lambda value: open_time.add_business_days(OFFICE, value, 1),
    ],
    ids=["is_open", "first_open", "last_open", "change", "opening", "add", "subtract", "between", "days"],
)
@pytest.mark.parametrize("value", wrong())
def test_open_time_wants_an_instant(ask: Callable[[Any], object], value: object) -> None:
    with pytest.raises(InvalidValue, match="an instant: a datetime with a time zone"):
        ask(value)


@pytest.mark.parametrize("value", [timedelta(-1), timedelta.max, pendulum.duration(months=1), *wrong()])
def test_a_duration_is_a_stretch_of_time(value: Any) -> None:
    for ask in (open_time.add, open_time.subtract):
        with pytest.raises(InvalidValue, match=r"expected a duration (of|from)"):
            ask(OFFICE, at("2024-05-03 12:00"), value)


def test_any_kind_of_duration_and_instant_will_do() -> None:
    noon = at("2024-05-03 12:00")
    for start in (noon, noon.in_timezone("Asia/Tokyo"), datetime(2024, 5, 3, 10, tzinfo=UTC)):
        assert open_time.add(OFFICE, start, pendulum.duration(hours=1)) == at("2024-05-03 14:00")  # type: ignore[arg-type]


@pytest.mark.parametrize("pause", [Span(date(2024, 5, 3), date(2024, 5, 4)), *wrong()])
def test_pauses_are_spans_of_instants(pause: Any) -> None:
    with pytest.raises(InvalidValue, match="pauses that are spans of instants"):
        open_time.add(OFFICE, at("2024-05-03 12:00"), HOUR, [pause])


def test_pauses_are_listed() -> None:
    for pauses in (None, 5, Span(at("2024-05-03 12:00"), at("2024-05-03 13:00"))):
        with pytest.raises(InvalidValue, match="pauses that are spans of instants"):
            open_time.add(OFFICE, at("2024-05-03 12:00"), HOUR, pauses)  # type: ignore[arg-type]


def test_only_calendars_and_conventions_are_asked() -> None:
    noon = at("2024-05-03 12:00")
    with pytest.raises(InvalidValue, match="open_time: expected a business calendar"):
        open_time.is_open(ODD, noon)
    with pytest.raises(InvalidValue, match="a value of Reversed"):
        open_time.between(OFFICE, noon, noon, reversed_is=ODD)
    with pytest.raises(InvalidValue, match="a value of StartOff"):
        open_time.add_business_days(OFFICE, noon, 1, ODD)


def test_nobody_counts_beyond_a_century() -> None:
    with pytest.raises(InvalidValue, match="a stretch of at most a century"):
        open_time.between(OFFICE, at("1900-01-01 00:00"), at("2024-01-01 00:00"))


@pytest.mark.parametrize("count", [10_001, -10_001, *wrong("a huge number")])
def test_business_days_are_a_whole_number(count: Any) -> None:
    with pytest.raises(InvalidValue, match="a whole number of at most 10000 days"):
        open_time.add_business_days(OFFICE, at("2024-05-03 12:00"), count)
