"""Dates, instants and cycles, held against dateutil, the stdlib's calendar and zoneinfo."""

import calendar as stdlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest
from dateutil import rrule
from dateutil.relativedelta import relativedelta
from hypothesis import assume, example, given
from hypothesis import strategies as st

from acctcore.kernel.calendar import (
    END_OF_MONTH,
    LAST,
    Cycles,
    Every,
    NthWeekday,
    Span,
    Unit,
    Weekday,
    ZonedCycles,
    add_days,
    add_months,
    anchored,
    at_local,
    at_microseconds,
    civil_date,
    day_of,
    days,
    epoch,
    instant,
    local,
    local_date,
    microseconds,
    month_length,
    months,
    months_between,
    reached,
    stamp,
    weekday_of,
    weeks,
    years,
    zone,
    zone_key,
)
from acctcore.kernel.errors import InvalidValue
from tests.kernel.strategies import dates, instants, intervals, modern, moments, wrong, zones

DAY = timedelta(days=1)
NOT_DATES = "a naive datetime", "a naive pendulum"
BERLIN = "Europe/Berlin"
ODD: Any = 30


def utc(*fields: int) -> pendulum.DateTime:
    return instant(datetime(*fields, tzinfo=UTC))  # type: ignore[misc,arg-type]


# Instants


@given(
    st.datetimes(timezones=st.sampled_from([ZoneInfo(BERLIN), UTC, timezone(timedelta(hours=-5, minutes=7))]))
)
@example(datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=ZoneInfo(BERLIN)))
@example(datetime(2024, 3, 31, 2, 30, tzinfo=ZoneInfo(BERLIN)))
def test_an_instant_is_the_same_moment_in_utc(at: datetime) -> None:
    assume(date(1, 1, 2) < at.date() < date(9999, 12, 30))
    ours = instant(at)
    assert type(ours) is pendulum.DateTime
    assert ours.tzinfo is pendulum.UTC
    assert ours.isoformat() == at.astimezone(UTC).isoformat()
    assert instant(ours) is ours
    assert instant(pendulum.instance(at.astimezone(UTC)).in_timezone(BERLIN)) == ours
    assert epoch(ours) == (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


@pytest.mark.parametrize("value", [pytest.param(date(2024, 1, 1), id="a date"), *wrong()])
def test_an_instant_wants_a_zone(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"instant: expected an instant: a datetime with a time zone"):
        instant(value)
    with pytest.raises(InvalidValue, match=r"epoch: expected an instant"):
        epoch(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1))),
    ],
    ids=["before the first", "after the last"],
)
def test_an_instant_outside_the_calendar_is_refused(at: datetime) -> None:
    with pytest.raises(InvalidValue, match=r"instant: expected an instant between the years 1 and 9999"):
        instant(at)


@given(dates)
def test_a_date_of_any_kind_becomes_the_stdlibs(on: date) -> None:
    assert civil_date(on) is on
    ours = civil_date(pendulum.date(on.year, on.month, on.day))
    assert type(ours) is date
    assert ours == on


@pytest.mark.parametrize("value", [pytest.param(datetime(2024, 1, 1, tzinfo=UTC), id="an instant"), *wrong()])
def test_what_is_no_date_is_refused(value: Any) -> None:
    for ask in (
        lambda: civil_date(value),
        lambda: add_days(value, 1),
        lambda: add_months(value, 1),
        lambda: months_between(value, date(2024, 1, 1)),
        lambda: months_between(date(2024, 1, 1), value),
        lambda: at_local(value, BERLIN),
        lambda: anchored(value, months(1)),
        lambda: Cycles(value, months(1)),
        lambda: Cycles(date(2024, 1, 1), months(1)).number(value),
        lambda: Cycles(date(2024, 1, 1), months(1)).containing(value),
        lambda: next(Cycles(date(2024, 1, 1), months(1)).spans(value, date(2024, 1, 1))),
        lambda: next(Cycles(date(2024, 1, 1), months(1)).spans(date(2024, 1, 1), value)),
    ):
        with pytest.raises(InvalidValue, match=r"date: expected a date without a time"):
            ask()


@given(instants)
def test_an_instant_is_a_whole_number_of_microseconds(at: pendulum.DateTime) -> None:
    count = microseconds(at)
    assert count == (datetime.fromisoformat(at.isoformat()) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )
    assert at_microseconds(count) == at
    assert type(at_microseconds(count)) is pendulum.DateTime


@pytest.mark.parametrize("count", [10**30, -(10**18), "x", None])
def test_a_count_that_is_no_instant_is_refused(count: Any) -> None:
    with pytest.raises(InvalidValue, match="an instant between the years 1 and 9999"):
        at_microseconds(count)
    with pytest.raises(InvalidValue, match="microseconds: expected an instant"):
        microseconds(count)


# Zones


def local_times(key: str, near: date) -> list[datetime]:
    """Return what clocks show in a zone, every five minutes over four days: the oracle."""
    start = datetime(near.year, near.month, near.day, tzinfo=UTC) - 2 * DAY
    rules = ZoneInfo(key)
    return [(start + timedelta(minutes=5 * step)).astimezone(rules) for step in range(4 * 288)]


@pytest.mark.parametrize(
    ("key", "on", "first_instant", "hours"),
    [
        pytest.param(BERLIN, date(2024, 3, 31), utc(2024, 3, 30, 23), 23, id="a gap at night"),
        pytest.param(BERLIN, date(2024, 10, 27), utc(2024, 10, 26, 22), 25, id="an overlap at night"),
        pytest.param(
            "America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3), 23, id="Sao Paulo, no midnight"
        ),
        pytest.param(
            "America/Sao_Paulo", date(2018, 2, 17), utc(2018, 2, 17, 2), 25, id="Sao Paulo, 23h twice"
        ),
        pytest.param("Asia/Beirut", date(2022, 3, 27), utc(2022, 3, 26, 22), 23, id="Beirut, no midnight"),
        pytest.param("Africa/Cairo", date(2024, 4, 26), utc(2024, 4, 25, 22), 23, id="Cairo, no midnight"),
        pytest.param("America/Havana", date(2024, 3, 10), utc(2024, 3, 10, 5), 23, id="Havana, no midnight"),
        pytest.param(
            "America/Havana", date(2024, 11, 3), utc(2024, 11, 3, 4), 25, id="Havana, midnight twice"
        ),
        pytest.param(
            "Pacific/Apia", date(2011, 12, 29), utc(2011, 12, 29, 10), 24, id="Apia, before the lost day"
        ),
        pytest.param(
            "Pacific/Apia", date(2011, 12, 31), utc(2011, 12, 30, 10), 24, id="Apia, after the lost day"
        ),
        pytest.param(
            "Australia/Lord_Howe", date(2024, 10, 6), utc(2024, 10, 5, 13, 30), 23.5, id="half an hour"
        ),
        pytest.param(
            "America/St_Johns", date(2006, 10, 29), utc(2006, 10, 29, 2, 30), 25, id="back across midnight"
        ),
    ],
)
def test_local_days(key: str, on: date, first_instant: pendulum.DateTime, hours: float) -> None:
    assert at_local(on, key) == first_instant
    whole = day_of(first_instant, key)
    assert whole.start == first_instant
    assert epoch(whole.end) - epoch(whole.start) == hours * 3600


def test_a_day_that_a_zone_skipped_is_empty() -> None:
    assert at_local(date(2011, 12, 30), "Pacific/Apia") == at_local(date(2011, 12, 31), "Pacific/Apia")
    cycles = ZonedCycles(Cycles(date(2011, 12, 29), days(1)), "Pacific/Apia")
    assert [cycles.span(number).empty for number in range(4)] == [False, True, False, False]
    assert cycles.number(at_local(date(2011, 12, 31), "Pacific/Apia")) == 2


def test_the_old_date_that_shows_again_belongs_to_the_new_day() -> None:
    again = utc(2006, 10, 29, 3)  # clocks in St John's went from 00:01 back to 23:01
    assert local_date(again, "America/St_Johns") == date(2006, 10, 28)
    assert day_of(again, "America/St_Johns").start == at_local(date(2006, 10, 29), "America/St_Johns")


@given(zones, instants)
def test_a_local_time_is_what_zoneinfo_says(key: str, at: pendulum.DateTime) -> None:
    there = (
        datetime.fromtimestamp(at.int_timestamp, UTC)
        .replace(microsecond=at.microsecond)
        .astimezone(ZoneInfo(key))
    )
    assert local(at, key).isoformat() == there.isoformat()
    assert local_date(at, key) == there.date()
    assert type(local_date(at, key)) is date
    assert local(at.in_timezone("Asia/Tokyo"), key).isoformat() == there.isoformat()


@given(zones, modern, st.times())
def test_at_local_is_the_first_reading_of_pep_495(key: str, on: date, clock: time) -> None:
    expected = datetime.combine(on, clock, tzinfo=ZoneInfo(key)).replace(fold=0).astimezone(UTC)
    assert at_local(on, key, clock).isoformat() == expected.isoformat()
    assert at_local(on, key, clock.replace(fold=1)) == at_local(on, key, clock)


@given(zones, instants)
@example(BERLIN, utc(2024, 10, 27, 0, 30))
@example(BERLIN, utc(2024, 10, 27, 1, 30))
@example("Australia/Lord_Howe", utc(2024, 4, 6, 15, 15))
@example("America/St_Johns", utc(2006, 10, 29, 2, 45))
def test_every_instant_is_named_by_what_its_clocks_show_and_which_of_two(
    key: str, at: pendulum.DateTime
) -> None:
    there = local(at, key)
    assert at_local(there.date(), key, there.time(), there.fold) == at


@given(zones, modern, st.times())
@example(BERLIN, date(2024, 3, 31), time(2, 30))
@example(BERLIN, date(2024, 10, 27), time(2, 30))
def test_the_second_of_two_is_later_and_else_the_same(key: str, on: date, clock: time) -> None:
    first, second = at_local(on, key, clock), at_local(on, key, clock, fold=1)
    same = local(first, key).replace(tzinfo=None, fold=0) == local(second, key).replace(tzinfo=None, fold=0)
    assert same
    assert (second > first) is (local(second, key).fold == 1)


@pytest.mark.parametrize("fold", [2, -1, *wrong()])
def test_a_fold_is_the_first_or_the_second(fold: Any) -> None:
    with pytest.raises(InvalidValue, match=r"fold: expected 0 for the first of two, 1 for the second"):
        at_local(date(2024, 1, 1), BERLIN, time(), fold)
    with pytest.raises(InvalidValue, match=r"ZonedCycles.fold: expected a whole number of at least 0"):
        ZonedCycles(Cycles(date(2024, 1, 1), days(1)), BERLIN, time(), fold)


@given(zones, modern, st.integers(0, 95))
@example("Pacific/Apia", date(2011, 12, 30), 36)
@example("Australia/Lord_Howe", date(2024, 10, 6), 9)
@example(BERLIN, date(2024, 3, 31), 10)
def test_a_time_is_reached_when_clocks_first_show_it_or_a_later_one(key: str, on: date, quarter: int) -> None:
    wanted = datetime.combine(on, time(quarter // 4, quarter % 4 * 15))
    shown = [there for there in local_times(key, on) if there.replace(tzinfo=None) >= wanted]
    expected = min(there.astimezone(UTC) for there in shown)
    assert reached(on, key, wanted.time()).isoformat() == expected.isoformat()


@pytest.mark.parametrize(
    ("key", "on", "clock", "expected"),
    [
        pytest.param(BERLIN, date(2024, 3, 31), time(2, 30), utc(2024, 3, 31, 1), id="inside a gap"),
        pytest.param(BERLIN, date(2024, 3, 31), time(3, 0, 0, 1), None, id="just after it"),
        pytest.param(BERLIN, date(2024, 3, 31), time(2, 59, 59), utc(2024, 3, 31, 1), id="its end"),
        pytest.param(
            BERLIN, date(2024, 10, 27), time(2, 30), utc(2024, 10, 27, 0, 30), id="the first of two"
        ),
        pytest.param("Pacific/Apia", date(2011, 12, 30), time(9), utc(2011, 12, 30, 10), id="a lost day"),
        pytest.param("America/Toronto", date(1919, 3, 31), time(), utc(1919, 3, 31, 4, 30), id="at 23:30"),
    ],
)
def test_what_a_clock_change_leaves_out_is_reached_by_it(
    key: str, on: date, clock: time, expected: pendulum.DateTime | None
) -> None:
    assert reached(on, key, clock) == (expected or at_local(on, key, clock))
    assert reached(pendulum.date(on.year, on.month, on.day), key, clock) == reached(on, key, clock)


@given(zones, modern, st.integers(0, 95))
def test_a_clock_that_shows_the_time_is_found_at_its_first_instant(key: str, on: date, quarter: int) -> None:
    wanted = datetime.combine(on, time(quarter // 4, quarter % 4 * 15))
    shown = [there for there in local_times(key, on) if there.replace(tzinfo=None) == wanted]
    at = at_local(on, key, wanted.time())
    if shown:
        assert at.isoformat() == min(there.astimezone(UTC) for there in shown).isoformat()
    else:  # in a gap: as far after the change as it would have been without one
        earlier = max(there for there in local_times(key, on) if there.replace(tzinfo=None) < wanted)
        assert at.timestamp() - earlier.timestamp() == (wanted - earlier.replace(tzinfo=None)).total_seconds()


@given(zones, instants)
@example("America/St_Johns", utc(2006, 10, 29, 2, 45))
@example("Pacific/Apia", utc(2011, 12, 30, 10))
@example("Pacific/Apia", utc(2011, 12, 30, 9, 59))
@example("America/Toronto", utc(1919, 3, 31, 4, 45))
def test_every_instant_lies_in_its_local_day(key: str, at: pendulum.DateTime) -> None:
    whole = day_of(at, key)
    assert whole.contains(at)
    assert day_of(whole.start, key) == whole
    assert day_of(instant(datetime.__sub__(whole.end, timedelta(microseconds=1))), key) == whole


@given(zones, modern)
def test_local_days_come_one_after_another(key: str, on: date) -> None:
    starts = [at_local(on + step * DAY, key) for step in range(4)]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "key",
    [
        *(
            "../../etc/passwd",
            "/etc/passwd",
            "Europe",
            "europe/berlin",
            "Europe/Berlin ",
            "a\0b",
            "x" * 5_000,
        ),
        *("localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin", "tzdata.zi", "+01:00"),
        "Mars/Base",
    ],
    ids=lambda key: repr(key)[:20],
)
def test_only_iana_zones_are_zones(key: str) -> None:
    for ask in (
        lambda: zone(key),
        lambda: zone_key(key),
        lambda: at_local(date(2024, 1, 1), key),
        lambda: reached(date(2024, 1, 1), key),
    ):
        with pytest.raises(InvalidValue, match=r"zone: expected an IANA time zone such as Europe/Berlin"):
            ask()


@pytest.mark.parametrize("key", wrong())
def test_a_zone_is_a_text(key: Any) -> None:
    for ask in (
        lambda: zone(key),
        lambda: zone_key(key),
        lambda: at_local(date(2024, 1, 1), key),
        lambda: reached(date(2024, 1, 1), key),
        lambda: local(utc(2024, 1, 1), key),
        lambda: local_date(utc(2024, 1, 1), key),
        lambda: day_of(utc(2024, 1, 1), key),
        lambda: ZonedCycles(Cycles(date(2024, 1, 1), days(1)), key),
    ):
        with pytest.raises(InvalidValue, match=r"zone: expected an IANA time zone such as Europe/Berlin"):
            ask()


@pytest.mark.parametrize("value", [pytest.param(date(2024, 1, 1), id="a date"), *wrong()])
def test_local_times_want_an_instant(value: Any) -> None:
    cycles = ZonedCycles(Cycles(date(2024, 1, 1), days(1)), BERLIN)
    for ask in (
        lambda: local(value, BERLIN),
        lambda: local_date(value, BERLIN),
        lambda: day_of(value, BERLIN),
        lambda: cycles.number(value),
    ):
        with pytest.raises(InvalidValue, match=r"instant: expected an instant"):
            ask()


@pytest.mark.parametrize("value", [pytest.param(time(tzinfo=UTC), id="a time with a zone"), *wrong()])
def test_a_clock_time_has_no_zone(value: Any) -> None:
    for ask in (
        lambda: at_local(date(2024, 1, 1), BERLIN, value),
        lambda: reached(date(2024, 1, 1), BERLIN, value),
        lambda: ZonedCycles(Cycles(date(2024, 1, 1), days(1)), BERLIN, value),
    ):
        with pytest.raises(InvalidValue, match=r"clock: expected a time of day without a zone"):
            ask()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(
            lambda: at_local(date.max, "America/New_York", time(23)), id="a late evening in the west"
        ),
        pytest.param(lambda: at_local(date.min, "Asia/Tokyo"), id="an early morning in the east"),
        pytest.param(lambda: local(utc(1, 1, 1), "America/New_York"), id="the first instant in the west"),
        pytest.param(
            lambda: local_date(utc(9999, 12, 31, 23), "Asia/Tokyo"), id="the last instant in the east"
        ),
        pytest.param(lambda: day_of(utc(9999, 12, 31, 12), "UTC"), id="the last day has no end"),
        pytest.param(lambda: Cycles(date(2024, 1, 1), months(1)).start(10**9), id="a cycle far ahead"),
        pytest.param(lambda: Cycles(date(2024, 1, 1), days(1)).start(10**30), id="a day beyond all"),
        pytest.param(lambda: Cycles(date(2024, 1, 1), weeks(1)).start(-(10**6)), id="a week before all"),
        pytest.param(lambda: Cycles(date(9999, 1, 31), years(1)).span(0), id="a year that does not end"),
        pytest.param(lambda: anchored(date(1, 1, 1), months(1), 31), id="an anchor before the first month"),
        pytest.param(lambda: add_months(date(1, 1, 1), -1), id="a month before the first"),
        pytest.param(lambda: add_months(date(9999, 12, 1), 1), id="a month after the last"),
        pytest.param(lambda: add_days(date.max, 1), id="a day after the last"),
        pytest.param(lambda: add_days(date.min, -(10**30)), id="many days before the first"),
    ],
)
def test_outside_of_the_calendar(ask: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue, match=r"between the years 1 and 9999"):
        ask()


# Spans


def test_a_span_is_of_one_kind() -> None:
    at = utc(2024, 1, 1)
    for start, end in [
        (date(2024, 1, 1), at),
        (at, date(2024, 1, 2)),
        (date(2024, 1, 1), datetime(2024, 1, 1)),  # noqa: DTZ001
    ]:
        with pytest.raises(InvalidValue, match=r"Span: expected two dates or two instants"):
            Span(start, end)
    with pytest.raises(
        InvalidValue, match=r"Span.end: expected an end on or after 2024-01-02, got datetime.date"
    ):
        Span(date(2024, 1, 2), date(2024, 1, 1))


@pytest.mark.parametrize("value", wrong())
def test_a_span_wants_dates_or_instants(value: Any) -> None:
    for known in (date(2024, 1, 1), utc(2024, 1, 1)):
        for ask in (
            lambda: Span(known, value),  # noqa: B023
            lambda: Span(value, known),  # noqa: B023
            lambda: Span(value, value),
            lambda: Span(known, known).contains(value),  # noqa: B023
            lambda: Span(known, known).within(value),  # noqa: B023
            lambda: Span(known, known).overlap(value),  # noqa: B023
            lambda: stamp(value),
        ):
            with pytest.raises(InvalidValue, match=r"expected (two dates|a date|an instant|a point|a span)"):
                ask()


def test_a_span_takes_any_kind_of_date_or_instant_and_keeps_ours() -> None:
    ours = Span(date(2024, 1, 1), date(2024, 2, 1))
    theirs = Span(pendulum.date(2024, 1, 1), date(2024, 2, 1))
    assert theirs == ours
    assert type(theirs.start) is date
    berlin = datetime(2024, 1, 1, tzinfo=ZoneInfo(BERLIN))
    span = Span(berlin, pendulum.datetime(2024, 2, 1, tz=BERLIN))
    assert span == Span(utc(2023, 12, 31, 23), utc(2024, 1, 31, 23))
    assert type(span.start) is type(span.end) is pendulum.DateTime
    assert str(span) == "2023-12-31T23:00:00Z up to 2024-01-31T23:00:00Z"
    assert str(ours) == "2024-01-01 up to 2024-02-01"


def test_a_span_says_nothing_of_points_and_spans_of_another_kind() -> None:
    days_, seconds = Span(date(2024, 1, 1), date(2024, 2, 1)), Span(utc(2024, 1, 1), utc(2024, 2, 1))
    with pytest.raises(InvalidValue, match=r"Span.contains: expected a point of the span's own kind"):
        days_.contains(utc(2024, 1, 1))
    with pytest.raises(InvalidValue, match=r"Span.contains: expected a point of the span's own kind"):
        seconds.contains(date(2024, 1, 1))
    with pytest.raises(InvalidValue, match=r"Span.within: expected a span of the same kind"):
        days_.within(seconds)
    with pytest.raises(InvalidValue, match=r"Span.overlap: expected a span of the same kind"):
        seconds.overlap(days_)  # type: ignore[arg-type]


@given(st.tuples(dates, dates).map(sorted), st.tuples(dates, dates).map(sorted), dates)
def test_spans_are_half_open(one: list[date], other: list[date], on: date) -> None:
    left, right = Span(*one), Span(*other)
    inside = set(range(one[0].toordinal(), one[1].toordinal()))
    there = set(range(other[0].toordinal(), other[1].toordinal()))
    common = left.overlap(right)
    assert left.empty is not bool(inside)
    assert left.contains(on) is (on.toordinal() in inside)
    assert (
        set(range(common.start.toordinal(), common.end.toordinal())) if common else set()
    ) == inside & there
    assert left.overlap(right) == right.overlap(left)
    assert left.within(right) is (other[0] <= one[0] and one[1] <= other[1])
    assert left.within(left)


@given(moments)
def test_a_stamp_is_iso_8601(at: datetime) -> None:
    assert datetime.fromisoformat(stamp(at)) == at
    assert stamp(at).endswith("Z")
    assert stamp(instant(at)) == stamp(at)
    assert stamp(at.date()) == at.date().isoformat()


# Months and days


@given(st.integers(1, 9999), st.integers(1, 12))
def test_the_length_of_a_month(year: int, month: int) -> None:
    assert month_length(year, month) == stdlib.monthrange(year, month)[1]


@pytest.mark.parametrize(
    ("year", "days"),
    [(4, 29), (1600, 29), (1700, 28), (1900, 28), (2000, 29), (2023, 28), (2024, 29), (2100, 28), (2400, 29)],
)
def test_leap_years_by_hand(year: int, days: int) -> None:
    assert month_length(year, 2) == days


def test_the_first_and_the_last_months_by_hand() -> None:
    assert add_months(date(1, 2, 1), -1) == date(1, 1, 1)
    assert add_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    assert NthWeekday(1, Weekday.MONDAY).day(9999, 1) == 4  # the first day of 9999 is a Friday


@pytest.mark.parametrize(
    ("year", "month"), [(2024, 0), (2024, 13), (2024, -1), (2024, 1.0), ("2024", 1), (2024, None)]
)
def test_there_is_no_such_month(year: Any, month: Any) -> None:
    with pytest.raises(InvalidValue, match=r"month_length: expected a year and a month from 1 to 12"):
        month_length(year, month)


@given(dates, st.integers(-3_000, 3_000))
@example(date(2024, 1, 31), 1)
@example(date(2023, 1, 2), 3)
def test_adding_months_is_relativedelta(on: date, count: int) -> None:
    assume(1 < on.year + count // 12 < 9998)
    assert add_months(on, count) == on + relativedelta(months=count)
    assert add_months(pendulum.date(on.year, on.month, on.day), count) == add_months(on, count)


@given(dates, st.integers(-1_000, 1_000), st.integers(1, 31))
def test_an_anchor_day_comes_back_where_the_month_has_it(on: date, count: int, day: int) -> None:
    there = add_months(on, count, day)
    assert there == on.replace(day=1) + relativedelta(months=count, day=day)
    assert there.day == day or there + DAY == there.replace(day=1) + relativedelta(months=1)


@given(dates, dates)
@example(date(2023, 1, 2), date(2023, 4, 1))
@example(date(2024, 1, 31), date(2024, 2, 29))
def test_months_between_is_relativedelta(start: date, end: date) -> None:
    start, end = sorted((start, end))
    apart = relativedelta(end, start)
    assert months_between(start, end) == apart.years * 12 + apart.months
    assert months_between(end, start) == -months_between(start, end)
    assert (
        add_months(start, months_between(start, end))
        <= end
        < add_months(start, months_between(start, end) + 1)
    )


@given(dates, st.integers(-100_000, 100_000))
def test_adding_days(on: date, count: int) -> None:
    assert add_days(on, count) == on + timedelta(days=count)
    assert type(add_days(pendulum.date(on.year, on.month, on.day), count)) is date


@pytest.mark.parametrize("count", wrong("a huge number"))
def test_only_whole_months_and_days_are_added(count: Any) -> None:
    for ask in (
        lambda: add_months(date(2024, 1, 1), count),
        lambda: add_days(date(2024, 1, 1), count),
        lambda: Cycles(date(2024, 1, 1), months(1)).start(count),
        lambda: Every(count, Unit.DAY),
    ):
        with pytest.raises(InvalidValue, match=r"expected (a|the) whole number"):
            ask()


@pytest.mark.parametrize("day", [0, -1, 32, *wrong("nothing")])
def test_an_anchor_day_is_a_day_of_a_month(day: Any) -> None:
    for ask in (
        lambda: add_months(date(2024, 1, 1), 1, day),
        lambda: anchored(date(2024, 1, 1), months(1), day),
        lambda: Cycles(date(2024, 1, 31), months(1), day),
    ):
        with pytest.raises(InvalidValue, match=r"(a day of the month from|a whole number of at least) 1"):
            ask()


# Cycles

nth_weekdays = st.builds(NthWeekday, st.integers(1, 5), st.sampled_from(Weekday))
of_months = intervals.filter(lambda every: every.step[0] > 0)
anchors = (
    st.builds(anchored, dates, intervals, st.none() | st.integers(1, 31))
    | st.builds(anchored, dates, of_months, st.integers(1, 31), month=st.integers(1, 12))
    | st.builds(anchored, dates, of_months, weekday=nth_weekdays, month=st.none() | st.integers(1, 12))
    | st.builds(anchored, dates, st.builds(weeks, st.integers(1, 9)), weekday=st.sampled_from(Weekday))
)


WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


def oracle(cycles: Cycles, number: int) -> date:
    """Return the start of a cycle by dateutil, from the anchor in one step."""
    count = cycles.every.count * number
    step = {
        Unit.DAY: relativedelta(days=count),
        Unit.WEEK: relativedelta(weeks=count),
        Unit.MONTH: relativedelta(months=count),
        Unit.YEAR: relativedelta(years=count),
    }[cycles.every.unit]
    if cycles.weekday is not None:
        nth = -1 if cycles.weekday.nth == LAST else cycles.weekday.nth
        named = WEEKDAYS[cycles.weekday.weekday.number](nth)
        return cycles.anchor.replace(day=1) + step + relativedelta(day=31 if nth < 0 else 1, weekday=named)
    if cycles.day is None:
        return cycles.anchor + step
    return cycles.anchor.replace(day=1) + step + relativedelta(day=cycles.day)


@given(anchors, st.integers(-30, 30))
def test_a_cycle_starts_where_dateutil_says(cycles: Cycles, number: int) -> None:
    assert cycles.start(number) == oracle(cycles, number)
    assert cycles.start(0) == cycles.anchor


@given(anchors, st.integers(-30, 30))
def test_cycles_meet_and_are_not_empty(cycles: Cycles, number: int) -> None:
    assert cycles.span(number).end == cycles.span(number + 1).start
    assert not cycles.span(number).empty


@given(anchors, dates)
def test_every_date_lies_in_the_cycle_of_its_number(cycles: Cycles, on: date) -> None:
    assert cycles.containing(on).contains(on)
    assert cycles.containing(on) == cycles.span(cycles.number(on))
    assert cycles.number(cycles.start(cycles.number(on))) == cycles.number(on)


@given(dates, intervals, st.none() | st.integers(1, 31))
def test_cycles_are_in_force_on_the_day_they_are_anchored_for(
    start: date, every: Every, day: int | None
) -> None:
    cycles = anchored(start, every, day)
    assert cycles.anchor <= start
    assert cycles.number(start) == 0
    assert every.unit in (Unit.DAY, Unit.WEEK) or start < add_months(cycles.anchor, 1, day)
    assert cycles.anchor == start or day is not None


@pytest.mark.parametrize(
    ("start", "day", "boundaries"),
    [
        pytest.param(
            date(2024, 1, 31), None, ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"), id="leap"
        ),
        pytest.param(
            date(2024, 2, 14), 31, ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"), id="mid-month"
        ),
        pytest.param(
            date(2023, 2, 28), 31, ("2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31"), id="clamped"
        ),
        pytest.param(
            date(2023, 2, 28), None, ("2023-02-28", "2023-03-28", "2023-04-28", "2023-05-28"), id="the 28th"
        ),
        pytest.param(
            date(2024, 3, 15), 1, ("2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01"), id="the first"
        ),
    ],
)
def test_an_anchor_on_a_late_day(start: date, day: int | None, boundaries: tuple[str, ...]) -> None:
    cycles = anchored(start, months(1), day)
    assert tuple(cycles.start(number).isoformat() for number in range(4)) == boundaries


def test_years_from_a_leap_day_come_back_to_it() -> None:
    cycles = Cycles(date(2024, 2, 29), years(1))
    assert [cycles.start(number).isoformat() for number in (-1, 0, 1, 4)] == [
        "2023-02-28",
        "2024-02-29",
        "2025-02-28",
        "2028-02-29",
    ]


FIRST, END = date(2000, 1, 1), date(2033, 1, 1)
FRIDAY, TUESDAY = Weekday.FRIDAY, Weekday.TUESDAY


def ruled(freq: Any, **more: Any) -> list[date]:
    """Return the dates from 1998 to 2035 by dateutil's reading of RFC 5545."""
    ends = datetime(1998, 1, 1), datetime(2035, 12, 31)  # noqa: DTZ001
    return [
        at.date() for at in rrule.rrule(freq, dtstart=more.pop("dtstart", ends[0]), until=ends[1], **more)
    ]


@pytest.mark.parametrize(
    ("make", "boundaries"),
    [
        pytest.param(
            lambda: anchored(date(2004, 4, 30), months(1), END_OF_MONTH),
            ruled(rrule.MONTHLY, bymonthday=-1),
            id="the end of the month, from 30 April",
        ),
        pytest.param(
            lambda: anchored(date(2004, 4, 30), months(1), 30),
            ruled(rrule.MONTHLY, bymonthday=(28, 29, 30), bysetpos=-1),
            id="the 30th",
        ),
        pytest.param(
            lambda: anchored(date(2004, 4, 30), months(3), END_OF_MONTH, month=2),
            ruled(rrule.MONTHLY, bymonth=(2, 5, 8, 11), bymonthday=-1),
            id="quarters that end with February",
        ),
        pytest.param(
            lambda: anchored(date(2005, 7, 1), years(1), 29, month=2),
            ruled(rrule.YEARLY, bymonth=2, bymonthday=-1),
            id="29 February, from another day",
        ),
        pytest.param(
            lambda: anchored(date(2004, 2, 29), years(1)),
            ruled(rrule.YEARLY, bymonth=2, bymonthday=-1),
            id="29 February, from the day itself",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 15), years(1), 5, month=4),
            ruled(rrule.YEARLY, bymonth=4, bymonthday=5),
            id="5 April",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 15), months(1), weekday=NthWeekday(2, TUESDAY)),
            ruled(rrule.MONTHLY, byweekday=rrule.TU(2)),
            id="the second Tuesday",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 30), months(1), weekday=NthWeekday(LAST, FRIDAY)),
            ruled(rrule.MONTHLY, byweekday=rrule.FR(-1)),
            id="the last Friday",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 15), years(1), weekday=NthWeekday(4, Weekday.THURSDAY), month=11),
            ruled(rrule.YEARLY, bymonth=11, byweekday=rrule.TH(4)),
            id="Thanksgiving",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 15), weeks(1), weekday=FRIDAY),
            ruled(rrule.WEEKLY, byweekday=rrule.FR),
            id="every Friday",
        ),
        pytest.param(
            lambda: anchored(date(2004, 7, 15), weeks(3), weekday=FRIDAY),
            ruled(rrule.WEEKLY, interval=3, dtstart=datetime(2004, 7, 9) - 104 * timedelta(21)),  # noqa: DTZ001
            id="every third Friday",
        ),
        pytest.param(
            lambda: Cycles(date(2004, 7, 15), days(10)),
            ruled(rrule.DAILY, interval=10, dtstart=datetime(2004, 7, 15) - 250 * timedelta(10)),  # noqa: DTZ001
            id="every ten days",
        ),
    ],
)
def test_every_day_of_33_years_lies_in_its_cycle(make: Callable[[], Cycles], boundaries: list[date]) -> None:
    cycles = make()
    following = iter(pairwise(boundaries))
    start, end = next(following)
    zoned = ZonedCycles(cycles, "America/Santiago")
    for ordinal in range(FIRST.toordinal(), END.toordinal()):
        on = date.fromordinal(ordinal)
        while end <= on:
            start, end = next(following)
        assert cycles.containing(on) == Span(start, end)
        assert cycles.start(cycles.number(on)) == start
        if on in (start, end - DAY):
            noon = at_local(on, "America/Santiago", time(12))
            assert zoned.containing(noon) == Span(
                at_local(start, "America/Santiago"), at_local(end, "America/Santiago")
            )


@given(dates, of_months, st.none() | st.integers(1, 31), nth_weekdays, st.none() | st.integers(1, 12))
def test_a_wanted_boundary_is_the_latest_on_or_before_the_start(
    start: date, every: Every, day: int | None, nth: NthWeekday, month: int | None
) -> None:
    place: dict[str, Any] = {"weekday": nth} if day is None else {"day": day}
    cycles = anchored(start, every, **place, month=month)
    assert cycles.number(start) == 0
    if month is not None:
        apart = [(cycles.start(number).month - month) % 12 for number in range(12)]
        assert 0 in apart or 12 % every.step[0]
    assert cycles.anchor_day == day


@given(
    dates,
    st.builds(months, st.sampled_from([1, 2, 3, 4, 6, 12, 24, 36])),
    st.none() | st.integers(1, 31),
    nth_weekdays,
    st.none() | st.integers(1, 12),
)
@example(date(2024, 10, 5), months(3), 15, NthWeekday(1, TUESDAY), 2)
@example(date(2024, 10, 5), months(3), None, NthWeekday(2, TUESDAY), 2)
def test_the_anchor_is_the_first_that_fits_going_back_month_by_month(
    start: date, every: Every, day: int | None, nth: NthWeekday, month: int | None
) -> None:
    def fits(year: int, number: int) -> date | None:
        if month is not None and (number - month) % gcd(every.count, 12):
            return None
        length = stdlib.monthrange(year, number)[1]
        if day is not None:
            return date(year, number, min(day, length))
        falls = [on for on in range(1, length + 1) if weekday_of(date(year, number, on)) is nth.weekday]
        return date(year, number, falls[min(nth.nth, len(falls)) - 1])

    back = (divmod(12 * start.year + start.month - 1 - count, 12) for count in range(14))
    found = (fits(year, number + 1) for year, number in back)
    place: dict[str, Any] = {"weekday": nth} if day is None else {"day": day}
    cycles = anchored(start, every, **place, month=month)
    assert cycles.anchor == next(on for on in found if on is not None and on <= start)
    assert (cycles.every, cycles.day, cycles.weekday) == (every, day, nth if day is None else None)


@given(dates, st.builds(weeks, st.integers(1, 9)), st.sampled_from(Weekday))
def test_weeks_on_a_weekday_are_anchored_on_the_latest_one(
    start: date, every: Every, wanted: Weekday
) -> None:
    cycles = anchored(start, every, weekday=wanted)
    assert weekday_of(cycles.anchor) is wanted
    assert timedelta() <= start - cycles.anchor < timedelta(7)
    assert cycles.every == every


@pytest.mark.parametrize(
    ("every", "boundaries"),
    [
        (months(1), ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]),
        (months(2), ["2024-01-31", "2024-03-31", "2024-05-31", "2024-07-31"]),
        (months(3), ["2023-10-31", "2024-01-31", "2024-04-30", "2024-07-31"]),
        (years(1), ["2023-01-31", "2024-01-31", "2025-01-31"]),
    ],
    ids=str,
)
def test_every_day_of_a_few_cycles_by_hand(every: Every, boundaries: list[str]) -> None:
    cycles = Cycles(date(2024, 1, 31), every)
    for first, second in pairwise(map(date.fromisoformat, boundaries)):
        for on in (first + timedelta(count) for count in range((second - first).days)):
            assert cycles.containing(on) == Span(first, second)
            assert cycles.start(cycles.number(pendulum.date(on.year, on.month, on.day))) == first


def test_a_cycle_of_instants_begins_at_its_time_of_day() -> None:
    noons = ZonedCycles(Cycles(date(2024, 3, 1), months(1)), BERLIN, time(12))
    march, april = at_local(date(2024, 3, 1), BERLIN, time(12)), at_local(date(2024, 4, 1), BERLIN, time(12))
    tick = timedelta(microseconds=1)
    for on, number in ((march, 0), (instant(april - tick), 0), (april, 1), (instant(march - tick), -1)):
        assert noons.number(on) == number
    assert noons.span(0) == Span(march, april)


def test_cycles_that_only_touch_an_end_are_left_out() -> None:
    april, may = Span(date(2024, 4, 1), date(2024, 5, 1)), Span(date(2024, 5, 1), date(2024, 6, 1))
    cycles = Cycles(april.start, months(1))
    assert list(cycles.spans(april.start, may.end)) == [april, may]
    assert list(cycles.spans(date(2024, 4, 30), date(2024, 5, 2))) == [april, may]
    assert list(cycles.spans(may.start, may.start)) == []
    assert april.overlap(may) is None
    assert may.overlap(april) is None


@given(dates)
def test_a_weekday_is_the_stdlibs(on: date) -> None:
    assert weekday_of(on).number == on.weekday()
    assert weekday_of(on).value == on.strftime("%A").lower()


@given(st.integers(1, 9999), st.integers(1, 12), nth_weekdays)
def test_a_weekday_of_a_month_is_the_stdlibs(year: int, month: int, nth: NthWeekday) -> None:
    falls = [week[nth.weekday.number] for week in stdlib.monthcalendar(year, month)]
    falls = [day for day in falls if day]
    assert nth.day(year, month) == falls[min(nth.nth, len(falls)) - 1]


def test_a_weekday_of_a_month_reads_well() -> None:
    told = [str(NthWeekday(nth, TUESDAY)) for nth in range(1, 6)]
    assert told == ["first tuesday", "second tuesday", "third tuesday", "fourth tuesday", "last tuesday"]
    assert LAST == 5


@given(anchors, dates, st.integers(0, 400))
def test_the_cycles_of_a_stretch_cover_it_and_no_more(cycles: Cycles, first: date, count: int) -> None:
    end = first + timedelta(days=count)
    found = list(cycles.spans(first, end))
    if not count:
        assert found == []
        return
    assert found[0].contains(first)
    assert found[-1].contains(end - DAY)
    assert all(one.end == next_.start for one, next_ in pairwise(found))


def test_an_empty_or_backward_stretch_touches_no_cycle() -> None:
    cycles = Cycles(date(2024, 1, 1), months(1))
    assert not list(cycles.spans(date(2024, 1, 15), date(2024, 1, 15)))
    assert not list(cycles.spans(date(2024, 1, 15), date(2024, 1, 2)))


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(lambda: Every(True, Unit.DAY), "Every.count: expected a whole number", id="a yes"),
        pytest.param(
            lambda: Every(0, Unit.DAY), "Every.count: expected a whole number of at least 1", id="none"
        ),
        pytest.param(
            lambda: Every(10_001, Unit.DAY), "Every.count: expected .* at most 10000", id="too many"
        ),
        pytest.param(lambda: Every(1, ODD), "Every.unit: expected a value of Unit", id="a word"),
        pytest.param(
            lambda: Cycles(date(2024, 1, 1), ODD), "Cycles.every: expected a value of Every", id="a number"
        ),
        pytest.param(
            lambda: Cycles(date(2024, 1, 1), weeks(1), 1), "Cycles.day: expected no anchor day", id="weeks"
        ),
        pytest.param(
            lambda: Cycles(date(2024, 1, 1), months(1), 2),
            "Cycles.anchor: expected an anchor on day 2",
            id="off",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), ODD), "anchored: expected an interval such as", id="days"
        ),
        pytest.param(lambda: ZonedCycles(ODD, "UTC"), "ZonedCycles.cycles: expected a value of", id="every"),
        pytest.param(
            lambda: Cycles(date(2024, 1, 9), months(1), None, NthWeekday(1, TUESDAY)),
            "Cycles.anchor: expected an anchor on the first tuesday of its month",
            id="another Tuesday",
        ),
        pytest.param(
            lambda: Cycles(date(2024, 1, 2), months(1), 2, NthWeekday(1, TUESDAY)),
            "Cycles.day: expected a day of the month or a weekday",
            id="a day and a weekday",
        ),
        pytest.param(
            lambda: Cycles(date(2024, 1, 2), weeks(1), None, NthWeekday(1, TUESDAY)),
            "Cycles.day: expected no anchor day for an interval of days or weeks",
            id="a weekday of the month for weeks",
        ),
        pytest.param(
            lambda: Cycles(date(2024, 1, 2), months(1), None, ODD),
            "Cycles.weekday: expected a value of NthWeekday",
            id="a number for a weekday",
        ),
        pytest.param(lambda: NthWeekday(6, TUESDAY), "NthWeekday.nth: expected .* at most 5", id="the sixth"),
        pytest.param(lambda: NthWeekday(0, TUESDAY), "NthWeekday.nth: expected .* at least 1", id="no one"),
        pytest.param(
            lambda: NthWeekday(1, ODD), "NthWeekday.weekday: expected a value of Weekday", id="day 30"
        ),
        pytest.param(lambda: NthWeekday(1, TUESDAY).day(0, 1), "a year from 1 to 9999", id="the year 0"),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), months(1), 3, weekday=NthWeekday(1, TUESDAY)),
            "anchored: expected a day of the month, or a weekday of it",
            id="both for months",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), months(1), weekday=TUESDAY),
            "anchored: expected a day of the month, or a weekday of it",
            id="any Tuesday for months",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), weeks(1), weekday=NthWeekday(1, TUESDAY)),
            "anchored: expected a plain weekday for weeks",
            id="the first Tuesday for weeks",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), days(7), weekday=TUESDAY),
            "anchored: expected an interval of months or years",
            id="Tuesdays for days",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), weeks(7), month=2),
            "anchored: expected an interval of months or years",
            id="February for weeks",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), years(1), month=2),
            "anchored: expected a day of that month",
            id="February without a day",
        ),
        pytest.param(
            lambda: anchored(date(2024, 1, 1), years(1), 1, month=13),
            "anchored: expected a month from 1 to 12",
            id="the 13th month",
        ),
    ],
)
def test_what_makes_no_cycles(ask: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        ask()


@pytest.mark.parametrize(
    ("every", "text", "step"),
    [
        (days(1), "day", (0, 1)),
        (weeks(2), "2 weeks", (0, 14)),
        (months(3), "3 months", (3, 0)),
        (years(1), "year", (12, 0)),
    ],
)
def test_an_interval_is_told_in_words(every: Every, text: str, step: tuple[int, int]) -> None:
    assert str(every) == text
    assert every.step == step


zoned = st.builds(
    ZonedCycles,
    st.builds(anchored, modern, st.builds(Every, st.integers(1, 3), st.sampled_from(Unit)), st.none()),
    zones,
    st.sampled_from([time(), time(2, 30), time(12), time(23, 45)]),
    st.integers(0, 1),
)


@given(zoned, instants)
@example(ZonedCycles(Cycles(date(2011, 12, 1), days(1)), "Pacific/Apia"), utc(2011, 12, 30, 10))
@example(ZonedCycles(Cycles(date(2006, 10, 1), days(1)), "America/St_Johns"), utc(2006, 10, 29, 3))
def test_every_instant_lies_in_the_zoned_cycle_of_its_number(
    cycles: ZonedCycles, at: pendulum.DateTime
) -> None:
    number = cycles.number(at)
    assert cycles.span(number).contains(at)
    assert cycles.span(number).end == cycles.start(number + 1)
    assert cycles.containing(at) == cycles.span(number)
    assert cycles.every is cycles.cycles.every
    assert local_date(cycles.start(number), cycles.zone) >= cycles.cycles.start(number)


def test_zoned_cycles_start_at_their_own_time_of_day() -> None:
    cycles = ZonedCycles(Cycles(date(2024, 3, 30), days(1)), BERLIN, time(2, 30))
    assert [stamp(cycles.start(number)) for number in range(3)] == [
        "2024-03-30T01:30:00Z",
        "2024-03-31T01:30:00Z",  # 2:30 is left out: 3:30
        "2024-04-01T00:30:00Z",
    ]
    assert ZonedCycles(cycles.cycles, BERLIN).clock is ZonedCycles(cycles.cycles, BERLIN, time()).clock


def test_zoned_cycles_that_begin_in_the_second_hour_of_two_stay_there() -> None:
    first, second = utc(2024, 10, 27, 0, 30), utc(2024, 10, 27, 1, 30)
    for at, fold in ((first, 0), (second, 1)):
        there = local(at, BERLIN)
        assert there.fold == fold
        cycles = ZonedCycles(Cycles(there.date(), days(1)), BERLIN, there.time(), there.fold)
        assert cycles.start(0) == at
        assert cycles.number(at) == 0
        assert cycles.start(1) == utc(2024, 10, 28, 1, 30)
