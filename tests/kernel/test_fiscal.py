"""Fiscal years of weeks, held against ISO 8601's years, a walk over every day, and published years."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import Span, Weekday
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.fiscal import FiscalCalendar, FiscalDate, Quarter, YearEnd, YearName
from acctcore.testing import strategies as ours
from tests.kernel.strategies import dates, wrong

DAY, WEEK = timedelta(1), timedelta(7)
ISO = FiscalCalendar(ends_in=12, ends_on=Weekday.SUNDAY, year_end=YearEnd.NEAREST, quarter_weeks=Quarter.W445)
RETAIL = FiscalCalendar(
    ends_in=1,
    ends_on=Weekday.SATURDAY,
    year_end=YearEnd.NEAREST,
    quarter_weeks=Quarter.W454,
    named_by=YearName.START,
)


def saturdays(ends_in: int, year_end: YearEnd) -> FiscalCalendar:
    return FiscalCalendar(
        ends_in=ends_in, ends_on=Weekday.SATURDAY, year_end=year_end, quarter_weeks=Quarter.W445
    )


@given(dates)
def test_years_that_end_on_the_sunday_nearest_to_december_are_those_of_iso_8601(on: date) -> None:
    year, week, _ = on.isocalendar()
    found = ISO.of(on)
    assert (found.year, found.week) == (year, week)
    assert ISO.week(year, week) == Span(
        date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7) + DAY
    )
    assert ISO.weeks(year) == date(year, 12, 28).isocalendar().week


# The regulation's own example, the retailers' calendar, and years that were published: docs/sources.md.
@pytest.mark.parametrize(
    ("calendar", "year", "last_day", "weeks"),
    [
        pytest.param(saturdays(11, YearEnd.LAST), 2001, "2001-11-24", 52, id="26 CFR 1.441-2(a)(4), last"),
        pytest.param(saturdays(11, YearEnd.NEAREST), 2001, "2001-12-01", 52, id="and nearest"),
        pytest.param(saturdays(8, YearEnd.LAST), 2006, "2006-08-26", 52, id="the last Saturday of August"),
        pytest.param(saturdays(8, YearEnd.LAST), 2007, "2007-08-25", 52, id="and of the next"),
        pytest.param(RETAIL, 2011, "2012-01-28", 52, id="retail 2011"),
        pytest.param(RETAIL, 2012, "2013-02-02", 53, id="retail 2012"),
        pytest.param(RETAIL, 2016, "2017-01-28", 52, id="retail 2016"),
        pytest.param(RETAIL, 2017, "2018-02-03", 53, id="retail 2017"),
        pytest.param(RETAIL, 2022, "2023-01-28", 52, id="retail 2022"),
        pytest.param(RETAIL, 2023, "2024-02-03", 53, id="retail 2023"),
    ],
)
def test_published_years(calendar: FiscalCalendar, year: int, last_day: str, weeks: int) -> None:
    span = calendar.year(year)
    assert span.end - DAY == date.fromisoformat(last_day)
    assert calendar.weeks(year) == weeks
    assert calendar.year_of(span.start) == calendar.year_of(span.end - DAY) == year


@pytest.mark.parametrize(
    ("pattern", "extra", "weeks"),
    [
        (Quarter.W445, 12, [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]),
        (Quarter.W454, 12, [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]),
        (Quarter.W544, 1, [6, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4]),
        (Quarter.W454, 7, [4, 5, 4, 4, 5, 4, 5, 5, 4, 4, 5, 4]),
    ],
)
def test_the_53rd_week_is_in_its_period(pattern: Quarter, extra: int, weeks: list[int]) -> None:
    calendar = FiscalCalendar(
        ends_in=12,
        ends_on=Weekday.SUNDAY,
        year_end=YearEnd.NEAREST,
        quarter_weeks=pattern,
        extra_week_in=extra,
    )
    for year, wanted in ((2020, weeks), (2021, [*pattern.weeks] * 4)):  # 2020 has 53 weeks
        spans = [calendar.period(year, number) for number in range(1, 13)]
        assert [(span.end - span.start) // WEEK for span in spans] == wanted
        quarters = [calendar.quarter(year, number) for number in range(1, 5)]
        assert quarters == [Span(spans[at].start, spans[at + 2].end) for at in (0, 3, 6, 9)]
        assert all(one.end == other.start for one, other in pairwise(spans))
        assert Span(spans[0].start, spans[-1].end) == calendar.year(year)


@given(ours.fiscal_calendars(), st.integers(1990, 2060))
def test_every_day_of_a_year_lies_in_its_week_period_and_quarter(calendar: FiscalCalendar, year: int) -> None:
    span = calendar.year(year)
    assert calendar.weeks(year) in (52, 53)
    assert span.end == calendar.year(year + 1).start
    assert (span.end - DAY).weekday() == calendar.ends_on.number
    month_end = (
        date(
            year + (calendar.named_by is YearName.START) + calendar.ends_in // 12,
            calendar.ends_in % 12 + 1,
            1,
        )
        - DAY
    )
    apart = (span.end - DAY - month_end).days
    assert -6 <= apart <= 0 if calendar.year_end is YearEnd.LAST else -3 <= apart <= 3
    days = [span.start + timedelta(count) for count in range((span.end - span.start).days)]
    assert {calendar.year_of(day) for day in days} == {year}
    for day in [*days[::5], days[-1]]:
        found = calendar.of(day)
        assert found.year == year
        assert calendar.week(year, found.week).contains(day)
        assert calendar.period(year, found.period).contains(day)
        assert calendar.quarter(year, found.quarter).contains(day)
    assert calendar.of(days[0]) == FiscalDate(year, 1, 1, 1)
    assert calendar.of(days[-1]) == FiscalDate(year, 4, 12, calendar.weeks(year))


def test_any_kind_of_date_has_its_place() -> None:
    assert RETAIL.of(pendulum.date(2024, 2, 3)) == FiscalDate(2023, 4, 12, 53)
    assert RETAIL.year_of(pendulum.date(2024, 2, 4)) == 2024
    assert ISO.year_of(date.min) == 1


def test_the_first_and_the_last_years_of_the_calendar() -> None:
    to_thursday = FiscalCalendar(
        ends_in=12, ends_on=Weekday.THURSDAY, year_end=YearEnd.NEAREST, quarter_weeks=Quarter.W445
    )
    assert date(1, 12, 31).weekday() == Weekday.MONDAY.number  # so the nearest Thursday is the 3rd of January
    assert [to_thursday.year_of(date(2, 1, day)) for day in (1, 2, 3, 4)] == [1, 1, 1, 2]
    assert date(9999, 1, 31).weekday() == Weekday.SUNDAY.number  # so the nearest Saturday is the day before
    assert RETAIL.year(9998).end == date(9999, 1, 31)
    assert type(RETAIL.weeks(9997)) is int


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(lambda: ISO.period(2024, 0), "a period from 1 to 12", id="period 0"),
        pytest.param(lambda: ISO.period(2024, 13), "a period from 1 to 12", id="period 13"),
        pytest.param(lambda: ISO.quarter(2024, 5), "a quarter from 1 to 4", id="quarter 5"),
        pytest.param(lambda: ISO.week(2024, 53), "a week from 1 to 52", id="week 53 of 52"),
        pytest.param(lambda: ISO.week(2024, True), "a week from 1 to 52", id="a yes"),
        pytest.param(lambda: ISO.year(10_000), "between the years 1 and 9999", id="too late"),
        pytest.param(lambda: ISO.year(1), "between the years 1 and 9999", id="no year before it"),
        pytest.param(lambda: RETAIL.of(date.max), "between the years 1 and 9999", id="ends too late"),
        pytest.param(lambda: saturdays(13, YearEnd.LAST), "FiscalCalendar.ends_in", id="month 13"),
    ],
)
def test_what_no_fiscal_calendar_has(ask: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        ask()


@pytest.mark.parametrize("value", wrong("a huge number"))
def test_a_fiscal_year_is_a_number_and_a_date_a_date(value: Any) -> None:
    with pytest.raises(InvalidValue, match="the number of a year"):
        ISO.year(value)
    with pytest.raises(InvalidValue, match="a date without a time"):
        ISO.of(value)
