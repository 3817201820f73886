"""Which days are business days and when an office is open: a calendar as a value, all of it data.

It holds a zone, weekly hours, holidays, days with other hours, and breaks. Here are its days;
`open_time` counts the time in which it is open, `deadlines` counts terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import field, frozen

from acctcore.kernel.calendar import (
    Span,
    Weekday,
    add_days,
    civil_date,
    microseconds,
    reached,
    weekday_of,
    zone,
    zone_key,
)
from acctcore.kernel.decision import Missing
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.stretches import Stretch, joined, without
from acctcore.kernel.terms import ZoneKey
from acctcore.kernel.validation import one_of, optional, whole

_EPOCH = date(1970, 1, 1).toordinal()

MIDNIGHT: Final = 24 * 60
"""The minute at which a day ends."""

MOST_DAYS: Final = 10_000
"""As many business days are counted at most: nobody means more."""

WORKDAYS: Final = tuple(Weekday)[:5]
"""Monday to Friday."""


# Hours


@frozen(order=True)
class Hours:
    """A stretch of a local day in which an office is open, `[opens, closes)`.

    It may go on after midnight, or begin then, and still belong to the day: a bar's Friday ends on
    Saturday morning.

    Units: minutes from the start of the day: 540 is 9:00, 1560 is 2:00 of the next day.
    """

    opens: int = field(validator=whole(minimum=0, maximum=2 * MIDNIGHT - 1))
    closes: int = field(validator=whole(minimum=1, maximum=2 * MIDNIGHT))

    def __attrs_post_init__(self) -> None:
        if self.closes <= self.opens:
            raise InvalidValue(f"a closing after {_clock(self.opens)}", _clock(self.closes), "Hours.closes")

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


_HOURS = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", re.ASCII).fullmatch


def hours(*stretches: str) -> tuple[Hours, ...]:
    """Return the hours of a day: `hours("09:00-12:30", "13:30-17:00")`; "22:00-26:00" ends at 2:00."""
    return tuple([_parsed(stretch) for stretch in stretches])


def _parsed(stretch: str) -> Hours:
    found = _HOURS(stretch) if isinstance(stretch, str) else None
    if found is None:
        raise InvalidValue("hours such as 09:00-17:30", stretch, "hours")
    hour, minute, until, until_minute = map(int, found.groups())
    return Hours(60 * hour + minute, 60 * until + until_minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


Week: TypeAlias = tuple[tuple[Hours, ...], ...]
"""The hours of Monday to Sunday."""

ALL_DAY: Final = (Hours(0, MIDNIGHT),)


@frozen(order=True)
class Holiday:
    """A day on which an office is closed, and what it is called."""

    on: date = field(converter=civil_date)
    name: str = field(default="", validator=one_of(str))


def _hours(stretches: Iterable[Hours]) -> tuple[Hours, ...]:
    """Return the hours of one day in order, those that meet as one."""
    try:
        listed = sorted(stretches)
    except TypeError:
        raise InvalidValue("the hours of a day", stretches, "hours") from None
    if not all(isinstance(stretch, Hours) for stretch in listed):
        raise InvalidValue("the hours of a day", stretches, "hours")
    for one, other in pairwise(listed):
        if other.opens < one.closes:
            raise InvalidValue(f"hours that begin after {one}", str(other), "hours")
    return tuple([Hours(*stretch) for stretch in joined((day.opens, day.closes) for day in listed)])


@frozen
class DayHours:
    """The hours of one date: those that replace the weekly ones, or those that are cut out of them."""

    on: date = field(converter=civil_date)
    hours: tuple[Hours, ...] = field(converter=_hours)


# The calendar


class StartOff(Enum):
    """How business days are counted from a day that is none."""

    MOVES = "moves"  # from the next business day, or the one before where counting goes back
    STAYS = "stays"  # from the day itself: the next business day is the first


def _week(
    hours: Mapping[Weekday, Iterable[Hours]] | Iterable[Iterable[Hours]],
) -> tuple[tuple[Hours, ...], ...]:
    """Return the hours of Monday to Sunday."""
    if isinstance(hours, Mapping):
        if not all(isinstance(day, Weekday) for day in hours):
            raise InvalidValue("hours by Weekday", hours, "BusinessCalendar.weekly")
        return tuple([_hours(hours.get(day, ())) for day in Weekday])
    try:
        week = tuple([_hours(day) for day in hours])
    except TypeError:
        week = ()
    if len(week) != 7:
        raise InvalidValue("the hours of seven days", hours, "BusinessCalendar.weekly")
    return week


def _holidays(days: Iterable[Holiday | date]) -> tuple[Holiday, ...]:
    try:
        found = {day if isinstance(day, Holiday) else Holiday(day) for day in days}
    except TypeError:
        raise InvalidValue("holidays or dates", days, "BusinessCalendar.holidays") from None
    return tuple(sorted(found))


def _by_date(days: Iterable[DayHours]) -> tuple[DayHours, ...]:
    try:
        listed = tuple(days)
    except TypeError:
        raise InvalidValue("hours by date", days, "BusinessCalendar") from None
    if not all(isinstance(day, DayHours) for day in listed):
        raise InvalidValue("hours by date", days, "BusinessCalendar")
    if len({day.on for day in listed}) != len(listed):
        raise InvalidValue("one entry for each date", [str(day.on) for day in listed], "BusinessCalendar")
    return tuple(sorted(listed, key=lambda day: day.on))


class HolidaysUnknown(InvalidValue):
    """A date beyond those whose holidays the calendar knows; `missing` names the fact for an `unknown`."""

    def __init__(self, on: date, known: Span[date]) -> None:
        self.on = on
        super().__init__(f"a date whose holidays are known, {known}", on, "BusinessCalendar.known")

    @property
    def missing(self) -> Missing:
        """The fact that a decision would have to wait for."""
        return Missing(f"whether {self.on} is a holiday")


@frozen(kw_only=True)
class BusinessCalendar:
    """When an office is open: weekly hours in a zone, holidays, dates with other hours, and breaks.

    A holiday beats an override, an override the weekly hours, and a break is cut out of what is left.
    A business day is a date with any opening. `known` is the stretch of dates whose holidays are all
    listed: a question about any other raises HolidaysUnknown; without it, the list is taken as complete.

    Source: docs/sources.md#business-time
    """

    zone: ZoneKey = field(converter=zone_key)
    weekly: Week = field(converter=_week)
    holidays: tuple[Holiday, ...] = field(default=(), converter=_holidays)
    overrides: tuple[DayHours, ...] = field(default=(), converter=_by_date)
    breaks: tuple[DayHours, ...] = field(default=(), converter=_by_date)
    known: Span[date] | None = field(default=None, validator=optional(one_of(Span)))

    def __attrs_post_init__(self) -> None:
        if self.known is not None and type(self.known.start) is not date:
            raise InvalidValue("a span of dates", self.known, "BusinessCalendar.known")

    def hours_on(self, on: date) -> tuple[Hours, ...]:
        """Return the opening hours that belong to a date, in order; none on a day off.

        Raises: HolidaysUnknown for a date outside of `known`.
        """
        if type(on) is not date:
            on = civil_date(on)
        if self.known is not None and not self.known.start <= on < self.known.end:
            raise HolidaysUnknown(on, self.known)
        if on in self._names:
            return ()
        day = self._overrides.get(on)
        if day is None:
            day = self.weekly[on.weekday()]
        cuts = self._breaks.get(on)
        if cuts is None:
            return day
        left = [without((one.opens, one.closes), cuts) for one in day]
        return tuple([Hours(*stretch) for pieces in left for stretch in pieces])

    @cached_property
    def _names(self) -> Mapping[date, tuple[str, ...]]:
        names: dict[date, tuple[str, ...]] = {}
        for day in self.holidays:
            names[day.on] = (*names.get(day.on, ()), day.name)
        return MappingProxyType(names)

    @cached_property
    def _overrides(self) -> Mapping[date, tuple[Hours, ...]]:
        return MappingProxyType({day.on: day.hours for day in self.overrides})

    @cached_property
    def _breaks(self) -> Mapping[date, list[Stretch]]:
        cuts = {day.on: [(cut.opens, cut.closes) for cut in day.hours] for day in self.breaks}
        return MappingProxyType(cuts)

    def why_closed(self, on: date) -> str:
        """Return why a date is a day off: the names of its holidays, or its weekday; "" on a business day."""
        on = civil_date(on)
        if self.is_business_day(on):
            return ""
        named = [name for name in self._names.get(on, ()) if name]
        if named:
            return "; ".join(named)
        if on in self._names:
            return "a holiday"
        return "closed on this date" if self.weekly[on.weekday()] else weekday_of(on).value.title()

    # As instants

    def opened_on(self, on: date) -> list[Stretch]:
        """Return when the office is open between two midnights, as microseconds since 1970, in order.

        Hours that go on after midnight are cut there. A clock change lengthens or shortens only hours
        that contain it.
        """
        if not self.runs_past_midnight:
            return self._opened(on)
        opened = (*self._opened(add_days(on, -1)), *self._opened(on))
        first, end = self.begins(on), self.begins(add_days(on, 1))
        return joined((max(opens, first), min(closes, end)) for opens, closes in opened)

    def _opened(self, on: date) -> list[Stretch]:
        """Return when the hours that belong to a date begin and end."""
        opened = []
        for stretch in self.hours_on(on):
            opens, closes = self._reached(on, stretch.opens), self._reached(on, stretch.closes)
            if opens < closes:  # not where a clock change leaves out all of it
                opened.append((opens, closes))
        return opened

    def closing(self, on: date) -> int | None:
        """Return when the hours of a date end, as microseconds since 1970; None on a day off."""
        opened = self._opened(on)
        return opened[-1][1] if opened else None

    def begins(self, on: date) -> int:
        """Return when clocks first show a date or a later one, as microseconds since 1970."""
        return self._reached(on, 0)

    def _reached(self, on: date, minute: int) -> int:
        if minute >= MIDNIGHT:
            on, minute = add_days(on, minute // MIDNIGHT), minute % MIDNIGHT
        return _reached(on, minute, self.zone)

    @cached_property
    def runs_past_midnight(self) -> bool:
        """Whether any hours end on the day after."""
        days = (*self.weekly, *[day.hours for day in self.overrides])
        return any(stretch.closes > MIDNIGHT for day in days for stretch in day)

    @cached_property
    def listed_until(self) -> date:
        """The last holiday, override or break: after it, one week is as the other."""
        days = (self.holidays, self.overrides, self.breaks)
        return max([listed[-1].on for listed in days if listed], default=date.min)

    @cached_property
    def _listed(self) -> tuple[date, ...]:
        """The dates with hours of their own, and those that such hours run into."""
        days = {day.on for day in self.overrides}
        if self.runs_past_midnight:
            days |= {add_days(day, 1) for day in days}
        return tuple(sorted(days))

    # Business days

    def is_business_day(self, on: date) -> bool:
        """Return whether an office opens on a date at all."""
        return bool(self._opened(civil_date(on)))

    def business_days(self, on: date, step: int = 1) -> Iterator[date]:
        """Return the business days from a date on, or with step -1 back from it; the date itself, too."""
        return (day for day in self.days(on, step) if self._opened(day))

    def days(self, on: date, step: int = 1) -> Iterator[date]:
        """Return the dates from one on, or back from it, on which an office could open: an end may come."""
        on = civil_date(on)
        if not any(self.weekly):
            yield from (day for day in self._listed[::step] if (day >= on if step > 0 else day <= on))
            return
        # The first and last days of the calendar have no whole neighbours in every zone.
        first, last = date.min.toordinal() + 3, date.max.toordinal() - 3
        for ordinal in range(on.toordinal(), last if step > 0 else first, step):
            yield date.fromordinal(ordinal)

    def next_business_day(self, on: date) -> date | None:
        """Return the first business day after a date; None where there is no other."""
        return next(self.business_days(add_days(on, 1)), None)

    def previous_business_day(self, on: date) -> date | None:
        """Return the last business day before a date; None where there is no other."""
        return next(self.business_days(add_days(on, -1), -1), None)

    def shift(self, on: date, count: int, start_off: StartOff = StartOff.MOVES) -> date:
        """Return the date so many business days after another, or before it; the start is not counted.

        Raises: InvalidValue when the calendar has no such day.
        """
        on = civil_date(on)
        if not isinstance(start_off, StartOff):
            raise InvalidValue("a value of StartOff", start_off, "BusinessCalendar.shift")
        if type(count) is not int or abs(count) > MOST_DAYS:
            raise InvalidValue(f"a whole number of at most {MOST_DAYS} days", count, "BusinessCalendar.shift")
        left = abs(count)
        if start_off is StartOff.STAYS and not self.is_business_day(on):
            if left == 0:
                return on
            left -= 1
        for day in self.business_days(on, -1 if count < 0 else 1):
            if left == 0:
                return day
            left -= 1
        raise InvalidValue(f"a calendar with {count} business days from {on}", self, "BusinessCalendar.shift")

    def count_business_days(self, span: Span[date]) -> int:
        """Return how many business days lie in a span of dates."""
        first, end = civil_date(span.start).toordinal(), civil_date(span.end).toordinal()
        return sum(1 for ordinal in range(first, end) if self._opened(date.fromordinal(ordinal)))


@lru_cache(maxsize=4096)
def _reached(on: date, minute: int, key: str) -> int:
    """Return when clocks first show a minute of a date or a later one; kept, as offices open every day."""
    there = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=zone(key))
    ahead, behind = there.utcoffset(), there.replace(fold=1).utcoffset()
    if ahead is None or behind is None or behind > ahead:  # inside a gap
        return microseconds(reached(on, key, there.time()))
    shown = (on.toordinal() - _EPOCH) * 86_400 + minute * 60
    return (shown - ahead.days * 86_400 - ahead.seconds) * 1_000_000 - ahead.microseconds


def always_open(zone: ZoneKey = "UTC") -> BusinessCalendar:
    """Return the calendar of an office that never closes: 24 hours, seven days."""
    return BusinessCalendar(zone=zone, weekly=(ALL_DAY,) * 7)


def working_days(
    zone: ZoneKey,
    *,
    holidays: Iterable[Holiday | date] = (),
    days: Iterable[Weekday] = WORKDAYS,
    known: Span[date] | None = None,
) -> BusinessCalendar:
    """Return a calendar that knows days and no hours: Monday to Friday, from midnight to midnight."""
    return BusinessCalendar(zone=zone, weekly=dict.fromkeys(days, ALL_DAY), holidays=holidays, known=known)
