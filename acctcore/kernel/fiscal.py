"""Fiscal years of whole weeks: 52 or 53 of them, in quarters of 4-4-5, 4-5-4 or 5-4-4 weeks.

Every year ends on the same weekday, in or near the same month. Spans are local dates; each is found
from the year's own end in one step, without walking over other years.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import cached_property
from itertools import accumulate

from attrs import field, frozen

from acctcore.kernel.calendar import Span, Weekday, add_days, civil_date, month_length
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import one_of, whole


class YearEnd(Enum):
    """Which of a month's weekdays a fiscal year ends on."""

    LAST = "last"  # the last one in the month: up to six days before the month's end
    NEAREST = "nearest"  # the one nearest to the month's end: up to three days before or after it


class Quarter(Enum):
    """How the thirteen weeks of a quarter make three periods."""

    W445 = "4-4-5"
    W454 = "4-5-4"
    W544 = "5-4-4"

    @property
    def weeks(self) -> tuple[int, ...]:
        """The weeks of each period of a quarter."""
        return tuple(map(int, self.value.split("-")))


class YearName(Enum):
    """After which calendar year a fiscal year is named."""

    END = "end"  # the one in which its last month ends
    START = "start"  # the one before


@frozen
class FiscalDate:
    """Where a date lies in its fiscal year; all but the year are counted from 1."""

    year: int
    quarter: int
    period: int
    week: int


@frozen(kw_only=True)
class FiscalCalendar:
    """Fiscal years that end on one weekday in or near one month, and how their weeks make periods.

    A year has twelve periods. The 53rd week, where there is one, is the last of period `extra_week_in`.

    Source: docs/sources.md#fiscal-weeks
    """

    ends_in: int = field(validator=whole(minimum=1, maximum=12))
    ends_on: Weekday = field(validator=one_of(Weekday))
    year_end: YearEnd = field(validator=one_of(YearEnd))
    quarter_weeks: Quarter = field(validator=one_of(Quarter))
    named_by: YearName = field(default=YearName.END, validator=one_of(YearName))
    extra_week_in: int = field(default=12, validator=whole(minimum=1, maximum=12))

    def year(self, year: int) -> Span[date]:
        """Return the days of a fiscal year.

        Raises: InvalidValue when it does not lie between the years 1 and 9999.
        """
        if type(year) is not int:
            raise InvalidValue("the number of a year", year, "FiscalCalendar.year")
        last = year + (self.named_by is YearName.START)
        return Span(add_days(self._last_day(last - 1), 1), add_days(self._last_day(last), 1))

    def _last_day(self, year: int) -> date:
        if not 1 <= year <= 9999:
            raise InvalidValue("fiscal years between the years 1 and 9999", year, "FiscalCalendar.year")
        month_end = date(year, self.ends_in, month_length(year, self.ends_in))
        back = (month_end.weekday() - self.ends_on.number) % 7
        return add_days(month_end, 7 - back if self.year_end is YearEnd.NEAREST and back > 3 else -back)

    def weeks(self, year: int) -> int:
        """Return how many weeks a fiscal year has: 52 or 53."""
        span = self.year(year)
        return (span.end.toordinal() - span.start.toordinal()) // 7

    def period(self, year: int, period: int) -> Span[date]:
        """Return the days of one of the twelve periods of a fiscal year."""
        return self._between(year, _counted(period, 12, "period") - 1, period)

    def quarter(self, year: int, quarter: int) -> Span[date]:
        """Return the days of a quarter of a fiscal year."""
        last = 3 * _counted(quarter, 4, "quarter")
        return self._between(year, last - 3, last)

    def week(self, year: int, week: int) -> Span[date]:
        """Return the days of a week of a fiscal year."""
        start = self.year(year).start
        first = add_days(start, 7 * _counted(week, self.weeks(year), "week") - 7)
        return Span(first, add_days(first, 7))

    def _between(self, year: int, since: int, until: int) -> Span[date]:
        """Return the days from the end of one period up to the end of another."""
        start, ends = self.year(year).start, self._week_ends(self.weeks(year))
        return Span(add_days(start, 7 * ends[since]), add_days(start, 7 * ends[until]))

    def _week_ends(self, weeks: int) -> tuple[int, ...]:
        return self._week_ends_of_53 if weeks == 53 else self._week_ends_of_52

    @cached_property
    def _week_ends_of_52(self) -> tuple[int, ...]:
        return (0, *accumulate(self.quarter_weeks.weeks * 4))

    @cached_property
    def _week_ends_of_53(self) -> tuple[int, ...]:
        ends = self._week_ends_of_52
        return (*ends[: self.extra_week_in], *[end + 1 for end in ends[self.extra_week_in :]])

    def of(self, on: date) -> FiscalDate:
        """Return the fiscal year, quarter, period and week that a date lies in."""
        on = civil_date(on)
        year = self.year_of(on)
        start = self.year(year).start
        week = (on.toordinal() - start.toordinal()) // 7 + 1
        period = sum(end < week for end in self._week_ends(self.weeks(year)))
        return FiscalDate(year, (period + 2) // 3, period, week)

    def year_of(self, on: date) -> int:
        """Return the fiscal year that a date lies in."""
        on = civil_date(on)
        last = on.year
        if on > self._last_day(last):
            last += 1
        elif on.year > 1 and on <= self._last_day(last - 1):
            last -= 1
        return last - (self.named_by is YearName.START)


def _counted(number: int, most: int, what: str) -> int:
    if type(number) is not int or not 1 <= number <= most:
        raise InvalidValue(f"a {what} from 1 to {most}", number, f"FiscalCalendar.{what}")
    return number
