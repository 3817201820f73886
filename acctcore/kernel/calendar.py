"""Dates, instants and billing cycles: half-open spans, and cycles counted from their anchor.

The n-th cycle is found from the anchor in one step, never from its neighbour, so that a clamped
day comes back (31 January, 29 February, 31 March). Dates are the stdlib's; instants are pendulum's,
in UTC; the zone is an IANA key beside them.

A local time that a clock change leaves out is read with the offset before the change, which puts
it as far after the gap as it lay inside; a local time that comes twice means the first, unless the
second is asked for by `fold=1`, as in PEP 495. `reached` reads clocks as opening hours do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC as _UTC
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen
from pendulum import UTC, DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import one_of, optional, whole

P = TypeVar("P", bound=date)
P_co = TypeVar("P_co", bound=date, covariant=True)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_EPOCH = datetime(1970, 1, 1, tzinfo=_UTC)
_MIDNIGHT = time()
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


# Instants and zones


def instant(value: object) -> DateTime:
    """Return an aware datetime of any kind as the same instant in UTC.

    Raises: InvalidValue for a naive datetime or anything else.
    """
    if type(value) is DateTime and value.tzinfo is UTC:
        return value
    offset = value.utcoffset() if isinstance(value, datetime) else None
    if not isinstance(value, datetime) or offset is None:
        raise InvalidValue("an instant: a datetime with a time zone", value, "instant")
    try:
        return _pendulum(_clock(value) - offset)
    except OverflowError:
        raise InvalidValue("an instant between the years 1 and 9999", value, "instant") from None


def _clock(at: datetime) -> datetime:
    """Return what a datetime shows, as a plain one in UTC: pendulum's own arithmetic is slow."""
    return datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, _UTC)


def civil_date(value: object) -> date:
    """Return a calendar date of any kind as the stdlib's.

    Raises: InvalidValue for an instant or anything else.
    """
    if type(value) is date:
        return value
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValue("a date without a time", value, "date")
    return date(value.year, value.month, value.day)


def zone(key: str) -> ZoneInfo:
    """Return the rules of an IANA time zone.

    Raises: InvalidValue for a key that is not known on this machine, and for what lies beside the
    zones there: `localtime` is another zone on every machine, `right/…` counts leap seconds.
    """
    try:
        if key[:1] > "Z":  # IANA's names begin with a capital letter; what does not is a file beside them
            raise ValueError(key)
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, KeyError, OSError, TypeError, ValueError):
        raise _no_zone(key) from None


def zone_key(value: object) -> str:
    """Return a time zone key that is known to exist."""
    if not isinstance(value, str):
        raise _no_zone(value)
    zone(value)
    return value


def _no_zone(key: object) -> InvalidValue:
    return InvalidValue("an IANA time zone such as Europe/Berlin", key, "zone")


def local(at: DateTime, key: str) -> datetime:
    """Return what clocks in a zone show at an instant, as a plain stdlib datetime with that zone."""
    if type(at) is not DateTime or at.tzinfo is not UTC:
        at = instant(at)
    rules = zone(key)
    try:
        return rules.fromutc(
            datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, rules)
        )
    except OverflowError:
        raise InvalidValue("a local time between the years 1 and 9999", at, "local") from None


def local_date(at: DateTime, key: str) -> date:
    """Return the date that calendars in a zone show at an instant."""
    return local(at, key).date()


def at_local(on: date, key: str, clock: time = _MIDNIGHT, fold: int = 0) -> DateTime:
    """Return the instant at which clocks in a zone show this date and time; midnight by default.

    A time inside a gap lies as far after the gap. Of a time that comes twice, the first is meant, or
    with `fold=1` the second; the fold of `clock` itself says nothing, since times that differ only in
    it are equal to Python.

    Source: docs/sources.md#calendar
    """
    if type(on) is not date:
        on = civil_date(on)
    if clock is not _MIDNIGHT:
        clock = _naive(clock)
    if type(fold) is not int or not 0 <= fold <= 1:
        raise InvalidValue("0 for the first of two, 1 for the second", fold, "fold")
    try:
        return _at_local(on, key, clock, fold)
    except TypeError:  # what cannot be hashed is no key
        raise _no_zone(key) from None


@lru_cache(maxsize=4096)
def _at_local(on: date, key: str, clock: time, fold: int) -> DateTime:
    """Return the instant; kept for a while, since a run over many accounts asks for the same days."""
    there = datetime.combine(on, clock, tzinfo=zone(key))
    if fold and _ahead(there) > _ahead(there.replace(fold=1)):
        there = there.replace(fold=1)
    try:
        return _pendulum(there.astimezone(_UTC))
    except OverflowError:
        raise InvalidValue("an instant between the years 1 and 9999", on, "at_local") from None


def _ahead(there: datetime) -> timedelta:
    """Return how far ahead of UTC clocks are at a local time."""
    return there.utcoffset() or timedelta()


def reached(on: date, key: str, clock: time = _MIDNIGHT) -> DateTime:
    """Return the first instant at which clocks in a zone show this date and time, or a later one.

    So a time inside a gap is reached by the clock change itself, and one that comes twice the first
    time. Days and opening hours begin and end so: what opens at 2:30 is open once clocks jump to 3:00.

    Source: docs/sources.md#calendar
    """
    if type(on) is not date:
        on = civil_date(on)
    if clock is not _MIDNIGHT:
        clock = _naive(clock)
    try:
        return _reached(on, key, clock)
    except TypeError:  # what cannot be hashed is no key
        raise _no_zone(key) from None


@lru_cache(maxsize=4096)
def _reached(on: date, key: str, clock: time) -> DateTime:
    first = _at_local(on, key, clock, 0)
    there = datetime.combine(on, clock, tzinfo=zone(key))
    gap = _ahead(there.replace(fold=1)) - _ahead(there)
    if gap <= timedelta():
        return first
    wanted, before, after = there.replace(tzinfo=None), epoch(first) - int(gap.total_seconds()), epoch(first)
    while after - before > 1:  # clocks change at whole seconds
        middle = (before + after) // 2
        shown = local(_pendulum(datetime.fromtimestamp(middle, _UTC)), key).replace(tzinfo=None)
        before, after = (before, middle) if shown >= wanted else (middle, after)
    return _pendulum(datetime.fromtimestamp(after, _UTC))


def _naive(clock: object) -> time:
    if not isinstance(clock, time) or clock.tzinfo is not None:
        raise InvalidValue("a time of day without a zone", clock, "clock")
    plain = time(clock.hour, clock.minute, clock.second, clock.microsecond)
    return _MIDNIGHT if plain == _MIDNIGHT else plain


def day_of(at: DateTime, key: str) -> Span[DateTime]:
    """Return the local day that contains an instant, as instants: mostly 23, 24 or 25 hours.

    Days begin when their date is first reached: where clocks go back across midnight, what then
    shows the old date once more belongs to the new one.
    """
    on = local_date(at, key)
    start, end = reached(on, key), reached(add_days(on, 1), key)
    if end <= at:
        start, end = end, reached(add_days(on, 2), key)
    return Span(start, end)


def _pendulum(at: datetime) -> DateTime:
    return DateTime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)


def epoch(at: DateTime) -> int:
    """Return an instant as whole seconds since 1970-01-01T00:00Z, fractions dropped downward."""
    try:
        gap = datetime.__sub__(at, _EPOCH)
    except TypeError:
        raise InvalidValue("an instant", at, "epoch") from None
    return gap.days * 86_400 + gap.seconds


def microseconds(at: DateTime) -> int:
    """Return an instant as whole microseconds since 1970-01-01T00:00Z: exact, and quick to count with."""
    try:
        gap = datetime.__sub__(at, _EPOCH)
    except TypeError:
        raise InvalidValue("an instant", at, "microseconds") from None
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def at_microseconds(count: int) -> DateTime:
    """Return the instant so many microseconds after 1970-01-01T00:00Z.

    Raises: InvalidValue when that lies outside the years 1 to 9999.
    """
    try:
        return _pendulum(_PLAIN_EPOCH + timedelta(microseconds=count))
    except (OverflowError, TypeError):
        raise InvalidValue("an instant between the years 1 and 9999", count, "at_microseconds") from None


# Spans


@frozen
class Span(Generic[P_co]):
    """A stretch of time `[start, end)`, of local dates or of instants, never mixed; it may be empty."""

    start: P_co
    end: P_co

    def __attrs_post_init__(self) -> None:
        start: date = self.start
        end: date = self.end
        if (type(start) is not date or type(end) is not date) and (
            type(start) is not DateTime
            or type(end) is not DateTime
            or start.tzinfo is not UTC
            or end.tzinfo is not UTC
        ):
            start, end = _points(start, end)
            object.__setattr__(self, "start", start)
            object.__setattr__(self, "end", end)
        if end < start:
            raise InvalidValue(f"an end on or after {start}", end, "Span.end")

    @property
    def empty(self) -> bool:
        """Whether nothing lies inside."""
        return self.start == self.end

    def contains(self, point: date) -> bool:
        """Return whether a date or instant of the same kind lies inside."""
        try:
            return self.start <= point < self.end
        except TypeError:
            raise InvalidValue("a point of the span's own kind", point, "Span.contains") from None

    def within(self, other: Span[P_co]) -> bool:
        """Return whether no part lies outside of another span."""
        try:
            return other.start <= self.start and self.end <= other.end
        except (AttributeError, TypeError):
            raise InvalidValue("a span of the same kind", other, "Span.within") from None

    def overlap(self, other: Span[P_co]) -> Span[P_co] | None:
        """Return the part that both have, or None where they have none."""
        try:
            start, end = max(self.start, other.start), min(self.end, other.end)
        except (AttributeError, TypeError):
            raise InvalidValue("a span of the same kind", other, "Span.overlap") from None
        return Span(start, end) if start < end else None

    def __str__(self) -> str:
        if isinstance(self.start, datetime):
            return f"{stamp(self.start)} up to {stamp(self.end)}"
        return f"{self.start} up to {self.end}"


def _points(start: object, end: object) -> tuple[date, date]:
    """Return two dates or two instants of any kind as our own."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return instant(start), instant(end)
    if isinstance(start, datetime) or isinstance(end, datetime):
        raise InvalidValue("two dates or two instants", (start, end), "Span")
    return civil_date(start), civil_date(end)


def stamp(point: date) -> str:
    """Return a date or an instant in ISO 8601, instants in UTC with a Z."""
    if isinstance(point, datetime):
        return f"{_clock(instant(point)).isoformat().removesuffix('+00:00')}Z"
    return civil_date(point).isoformat()


# Cycles


class Unit(Enum):
    """The step of a billing interval."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_DAY, _MONTH, _YEAR = Unit.DAY, Unit.MONTH, Unit.YEAR  # looking a member up costs more than using it


@frozen
class Every:
    """A billing interval: so many days, weeks, months or years."""

    count: int = field(validator=whole(minimum=1, maximum=10_000))
    unit: Unit = field(validator=one_of(Unit))

    @property
    def step(self) -> tuple[int, int]:
        """The interval as (months, days), one of them zero."""
        unit = self.unit
        if unit is _MONTH:
            return self.count, 0
        if unit is _YEAR:
            return 12 * self.count, 0
        return 0, self.count if unit is _DAY else 7 * self.count

    def __str__(self) -> str:
        return self.unit.value if self.count == 1 else f"{self.count} {self.unit.value}s"


def days(count: int) -> Every:
    """Return an interval of days."""
    return Every(count, Unit.DAY)


def weeks(count: int) -> Every:
    """Return an interval of weeks."""
    return Every(count, Unit.WEEK)


def months(count: int) -> Every:
    """Return an interval of calendar months; a quarter is `months(3)`."""
    return Every(count, Unit.MONTH)


def years(count: int) -> Every:
    """Return an interval of calendar years."""
    return Every(count, Unit.YEAR)


class Weekday(Enum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Its place in the week: 0 for Monday, as `date.weekday()` counts."""
        return _WEEK.index(self)


_WEEK = tuple(Weekday)


def weekday_of(on: date) -> Weekday:
    """Return the day of the week of a date."""
    return _WEEK[civil_date(on).weekday()]


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    if type(year) is not int or type(month) is not int or not 1 <= month <= 12:
        raise InvalidValue("a year and a month from 1 to 12", (year, month), "month_length")
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _DAYS[month]


def add_months(on: date, count: int, anchor_day: int | None = None) -> date:
    """Return the date so many months later or earlier, on `anchor_day` or the same day, clamped.

    Raises: InvalidValue when that date lies outside the years 1 to 9999.
    """
    if type(on) is not date:
        on = civil_date(on)
    if type(count) is not int:
        raise InvalidValue("a whole number of months", count, "add_months")
    if anchor_day is None:
        wanted = on.day
    elif type(anchor_day) is int and 1 <= anchor_day <= 31:
        wanted = anchor_day
    else:
        raise InvalidValue("a day of the month from 1 to 31", anchor_day, "add_months")
    return _in_month(on.year * 12 + on.month - 1 + count, wanted)


def _in_month(position: int, wanted: int) -> date:
    """Return a day, clamped, of the month so many months after January of the year 0."""
    year, month = divmod(position, 12)
    if not 1 <= year <= 9999:
        raise InvalidValue("a date between the years 1 and 9999", f"month {month + 1} of {year}", "months")
    month += 1
    return date(year, month, wanted if wanted <= 28 else min(wanted, month_length(year, month)))


def _placed(position: int, day: int, weekday: NthWeekday | None) -> date:
    """Return a day, clamped, or a weekday of the month so many months after January of the year 0."""
    if weekday is None:
        return _in_month(position, day)
    first = _in_month(position, 1)
    return first.replace(day=weekday.day(first.year, first.month))


@frozen
class NthWeekday:
    """A weekday of every month by its number: the second Tuesday, the last Friday.

    The fifth is the last one, as day 31 is a month's last day: where a month has four, it is the fourth.
    """

    nth: int = field(validator=whole(minimum=1, maximum=5))
    weekday: Weekday = field(validator=one_of(Weekday))

    def day(self, year: int, month: int) -> int:
        """Return the day of the month that it falls on."""
        length = month_length(year, month)
        if not 1 <= year <= 9999:
            raise InvalidValue("a year from 1 to 9999", year, "NthWeekday.day")
        first = 1 + (self.weekday.number - date(year, month, 1).weekday()) % 7
        return min(first + 7 * (self.nth - 1), first + (length - first) // 7 * 7)

    def __str__(self) -> str:
        return f"{('first', 'second', 'third', 'fourth', 'last')[self.nth - 1]} {self.weekday.value}"


LAST = 5
"""The number of a month's last Friday, say: `NthWeekday(LAST, Weekday.FRIDAY)`."""

END_OF_MONTH = 31
"""The anchor day of cycles that begin on the last day of every month, whichever day it is."""


def add_days(on: date, count: int) -> date:
    """Return the date so many days later or earlier.

    Raises: InvalidValue when that date lies outside the years 1 to 9999.
    """
    if type(on) is not date:
        on = civil_date(on)
    if type(count) is not int:
        raise InvalidValue("a whole number of days", count, "add_days")
    try:
        return on + timedelta(days=count)
    except OverflowError:
        raise InvalidValue("a date between the years 1 and 9999", (on, count), "add_days") from None


def months_between(start: date, end: date) -> int:
    """Return how many whole calendar months lie between two dates; negative where end is earlier.

    The n-th monthly anniversary of a day that the month lacks is the month's last day.
    """
    start, end = civil_date(start), civil_date(end)
    if end < start:
        return -months_between(end, start)
    count = (end.year - start.year) * 12 + end.month - start.month
    return count if add_months(start, count) <= end else count - 1


@frozen
class Cycles:
    """Billing cycles counted from an anchor: cycle 0 starts on it, others lie before and after.

    `day` is the day of the month that boundaries keep where the anchor's own month is too short
    (an anchor of 29 February with day 31 goes on to 31 March); `weekday` puts them on a weekday of the
    month instead. Cycles of weeks keep the anchor's weekday by themselves. Boundaries are local dates.
    """

    anchor: date = field(converter=civil_date)
    every: Every = field(validator=one_of(Every))
    day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=31)))
    weekday: NthWeekday | None = field(default=None, validator=optional(one_of(NthWeekday)))

    def __attrs_post_init__(self) -> None:
        if self.day is None and self.weekday is None:
            return
        if self.every.step[0] == 0:
            kept = self.weekday or self.day
            raise InvalidValue("no anchor day for an interval of days or weeks", kept, "Cycles.day")
        if self.day is not None and self.weekday is not None:
            raise InvalidValue("a day of the month or a weekday", (self.day, self.weekday), "Cycles.day")
        if self.start(0) != self.anchor:
            place = f"day {self.day}" if self.weekday is None else f"the {self.weekday}"
            raise InvalidValue(f"an anchor on {place} of its month", self.anchor, "Cycles.anchor")

    @property
    def anchor_day(self) -> int | None:
        """The day of the month that boundaries keep; None for cycles of weekdays, days or weeks."""
        return (self.day or self.anchor.day) if self._step[0] and self.weekday is None else None

    def start(self, number: int) -> date:
        """Return the first date of a cycle; cycle numbers may be negative."""
        if type(number) is not int:
            raise InvalidValue("the whole number of a cycle", number, "Cycles.start")
        months, days = self._step
        if months:
            return self._boundary(self._origin + number * months)
        return add_days(self.anchor, number * days)

    def _boundary(self, position: int) -> date:
        """Return the boundary in the month so many months after January of the year 0."""
        return _placed(position, self.day or self.anchor.day, self.weekday)

    @cached_property
    def _step(self) -> tuple[int, int]:
        return self.every.step

    @cached_property
    def _origin(self) -> int:
        return self.anchor.year * 12 + self.anchor.month - 1

    def span(self, number: int) -> Span[date]:
        """Return a cycle from its first date up to the first date of the next."""
        return Span(self.start(number), self.start(number + 1))

    def number(self, on: date) -> int:
        """Return the number of the cycle that contains a date."""
        if type(on) is not date:
            on = civil_date(on)
        months, days = self._step
        if not months:
            return (on.toordinal() - self.anchor.toordinal()) // days
        number = (on.year * 12 + on.month - 1 - self._origin) // months
        return number if self.start(number) <= on else number - 1

    def containing(self, on: date) -> Span[date]:
        """Return the cycle that contains a date."""
        months, _ = self._step
        if not months or self.weekday is not None or type(on) is not date:
            return self.span(self.number(on))
        origin, day = self._origin, self.day or self.anchor.day
        position = origin + (on.year * 12 + on.month - 1 - origin) // months * months
        start = _in_month(position, day)
        if start <= on:
            return Span(start, _in_month(position + months, day))
        return Span(_in_month(position - months, day), start)

    def spans(self, first: date, end: date) -> Iterator[Span[date]]:
        """Return the cycles that `[first, end)` touches, each whole, in order; none where it is empty."""
        number, end = self.number(first), civil_date(end)
        while first < end and self.start(number) < end:
            yield self.span(number)
            number += 1


class Grid(Protocol[P]):
    """Numbered cycles on one axis of time: local dates, or instants."""

    @property
    def every(self) -> Every:
        """The interval between boundaries."""
        ...

    @property
    def anchor_day(self) -> int | None:
        """The day of the month that boundaries keep, where there is one."""
        ...

    def start(self, number: int) -> P:
        """Return the first point of a cycle."""
        ...

    def span(self, number: int) -> Span[P]:
        """Return a cycle."""
        ...

    def number(self, on: P) -> int:
        """Return the number of the cycle that contains a point."""
        ...

    def containing(self, on: P) -> Span[P]:
        """Return the cycle that contains a point."""
        ...


@frozen
class ZonedCycles:
    """Cycles whose boundaries are instants: the cycles' dates at one local time of day in a zone.

    `fold` says which is meant where that time comes twice: 0 the first, 1 the second, which keeps
    cycles that began in the second hour of a clock change where they began.
    """

    cycles: Cycles = field(validator=one_of(Cycles))
    zone: str = field(converter=zone_key)
    clock: time = field(default=_MIDNIGHT, converter=_naive)
    fold: int = field(default=0, validator=whole(minimum=0, maximum=1))

    @property
    def every(self) -> Every:
        """The interval between boundaries."""
        return self.cycles.every

    @property
    def anchor_day(self) -> int | None:
        """The day of the month that boundaries keep; None for cycles of days or weeks."""
        return self.cycles.anchor_day

    def start(self, number: int) -> DateTime:
        """Return the first instant of a cycle."""
        return at_local(self.cycles.start(number), self.zone, self.clock, self.fold)

    def span(self, number: int) -> Span[DateTime]:
        """Return a cycle from its first instant up to the first of the next."""
        return Span(self.start(number), self.start(number + 1))

    def number(self, on: DateTime) -> int:
        """Return the number of the cycle that contains an instant."""
        number = self.cycles.number(local_date(on, self.zone))
        while on < self.start(number):
            number -= 1
        while self.start(number + 1) <= on:
            number += 1
        return number

    def containing(self, on: DateTime) -> Span[DateTime]:
        """Return the cycle that contains an instant."""
        return self.span(self.number(on))


def anchored(
    start: date,
    every: Every,
    day: int | None = None,
    *,
    weekday: Weekday | NthWeekday | None = None,
    month: int | None = None,
) -> Cycles:
    """Return the cycles that are in force on `start` with boundaries where they are wanted.

    Without more, `start` itself is the anchor. Otherwise it is the latest boundary on or before
    `start`: on a `day` of the month (day 31 for a start on 14 February anchors on 31 January), on a
    `weekday` of the month, in weeks on a plain Weekday, and with `month` in that month of the year, so
    that years begin on 29 February and quarters in February. Days and weeks have no use for `day`.
    """
    start = civil_date(start)
    if not isinstance(every, Every):
        raise InvalidValue("an interval such as months(1)", every, "anchored")
    if every.step[0] == 0:
        return _anchored_week(start, every, weekday, month)
    if day is None and weekday is None and month is None:
        return Cycles(start, every)
    if weekday is not None and (day is not None or not isinstance(weekday, NthWeekday)):
        raise InvalidValue("a day of the month, or a weekday of it", (day, weekday), "anchored")
    if day is not None and (type(day) is not int or not 1 <= day <= 31):
        raise InvalidValue("a day of the month from 1 to 31", day, "anchored")
    if month is not None and (type(month) is not int or not 1 <= month <= 12):
        raise InvalidValue("a month from 1 to 12", month, "anchored")
    if day is None and weekday is None:
        raise InvalidValue("a day of that month", (day, weekday), "anchored")
    position = start.year * 12 + start.month - 1
    if _placed(position, day or 1, weekday) > start:
        position -= 1
    if month is not None:
        position -= (position - month + 1) % 12
    cycles = Cycles(_placed(position, day or 1, weekday), every, day, weekday)
    number = cycles.number(start)
    return cycles if number == 0 else Cycles(cycles.start(number), every, day, weekday)


def _anchored_week(start: date, every: Every, weekday: object, month: int | None) -> Cycles:
    if month is not None or (weekday is not None and every.unit is not Unit.WEEK):
        raise InvalidValue("an interval of months or years", every, "anchored")
    if weekday is None:
        return Cycles(start, every)
    if not isinstance(weekday, Weekday):
        raise InvalidValue("a plain weekday for weeks", weekday, "anchored")
    return Cycles(add_days(start, -((start.weekday() - weekday.number) % 7)), every)
