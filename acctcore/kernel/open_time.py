"""The time in which an office is open, counted exactly: SLA targets, time used, the next opening.

Each function asks a business calendar; pauses are stretches of time in which a clock stands still,
and only what they share with opening hours counts. Inside, instants are whole microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum
from typing import Final, TypeAlias

from pendulum import DateTime, Duration

from acctcore.kernel.business import BusinessCalendar, StartOff
from acctcore.kernel.calendar import (
    Span,
    add_days,
    at_local,
    at_microseconds,
    instant,
    local,
    local_date,
    microseconds,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.stretches import Stretch, joined, without

MOST: Final = timedelta(days=36_525)
"""A century: nobody counts open time beyond it, and a mistake would take all day."""

_TICK = timedelta(microseconds=1)
_DAY = 86_400 * 1_000_000

Pauses: TypeAlias = Iterable[Span[DateTime]]
"""Stretches in which a clock stands still; one that has not ended yet ends at the instant asked about."""


class Reversed(Enum):
    """How long a stretch is whose end comes before its start."""

    ZERO = "zero"
    NEGATIVE = "negative"


# Open or not


def is_open(calendar: BusinessCalendar, at: DateTime) -> bool:
    """Return whether an office is open at an instant: from the opening on, no more at the closing."""
    at = _asked(calendar, at)
    now = microseconds(at)
    return any(
        opens <= now < closes for day in _around(calendar, at) for opens, closes in calendar.opened_on(day)
    )


def _around(calendar: BusinessCalendar, at: DateTime) -> Iterator[date]:
    """Return the dates whose open time may contain an instant, the latest first.

    The date after the one that clocks show is among them where they went back across midnight.
    """
    on = local_date(at, calendar.zone)
    if calendar.begins(add_days(on, 1)) <= microseconds(at):
        yield add_days(on, 1)
    yield on


def first_open(calendar: BusinessCalendar, at: DateTime, pauses: Pauses = ()) -> DateTime | None:
    """Return an instant itself where an office is open, else its next opening; None where it has none.

    With `pauses`, the first instant that is open and not paused.
    """
    at = _asked(calendar, at)
    now = microseconds(at)
    for opens, _ in _ahead(calendar, at, pauses):
        return at_microseconds(max(opens, now))
    return None


def last_open(calendar: BusinessCalendar, at: DateTime, pauses: Pauses = ()) -> DateTime | None:
    """Return an instant itself where an office was open up to it, else the last closing before it."""
    at = _asked(calendar, at)
    now = microseconds(at)
    for _, closes in _back(calendar, at, pauses):
        return at_microseconds(min(closes, now))
    return None


def next_change(calendar: BusinessCalendar, at: DateTime) -> DateTime | None:
    """Return the first instant after another at which an office opens or closes; None where it never does."""
    at = _asked(calendar, at)
    now = microseconds(at)
    closing: int | None = None
    for opens, closes in _ahead(calendar, at):
        if opens > (now if closing is None else closing):
            return at_microseconds(opens if closing is None else closing)
        closing = closes
        if closing > max(now, _settled(calendar)) + 8 * _DAY:  # open for a week, and no date differs
            return None
    return None if closing is None else at_microseconds(closing)


def _settled(calendar: BusinessCalendar) -> int:
    """Return an instant after which, in every zone, one week is as the other."""
    return (calendar.listed_until.toordinal() - date(1970, 1, 1).toordinal() + 3) * _DAY


def next_opening(calendar: BusinessCalendar, at: DateTime) -> DateTime | None:
    """Return the first instant after another at which an office opens; None where it does not any more."""
    change = next_change(calendar, at)
    return next_change(calendar, change) if change is not None and is_open(calendar, at) else change


def next_closing(calendar: BusinessCalendar, at: DateTime) -> DateTime | None:
    """Return the first instant after another at which an office closes; None where it does not any more."""
    change = next_change(calendar, at)
    return change if change is None or is_open(calendar, at) else next_change(calendar, change)


# Counting


def add(calendar: BusinessCalendar, at: DateTime, duration: timedelta, pauses: Pauses = ()) -> DateTime:
    """Return the instant at which so much open time has passed, pauses left out.

    A duration that exactly fills a stretch of hours ends at their closing; nothing at all, at the
    first open instant.

    Raises: InvalidValue when the duration is negative or longer than a century, or the calendar does
    not open that long; HolidaysUnknown beyond the dates that it knows.
    """
    at = _asked(calendar, at)
    now, left = microseconds(at), _counted(duration, "open_time.add")
    for opens, closes in _ahead(calendar, at, pauses):
        opens = max(opens, now)  # noqa: PLW2901
        if closes - opens >= left:
            return at_microseconds(opens + left)
        left -= closes - opens
    raise InvalidValue(f"a calendar that is open for {duration} after {at}", calendar, "open_time.add")


def subtract(calendar: BusinessCalendar, at: DateTime, duration: timedelta, pauses: Pauses = ()) -> DateTime:
    """Return the instant from which so much open time passes up to another, pauses left out.

    The mirror of `add`: a duration that exactly fills a stretch of hours begins at their opening.

    Raises: as `add`.
    """
    at = _asked(calendar, at)
    now, left = microseconds(at), _counted(duration, "open_time.subtract")
    for opens, closes in _back(calendar, at, pauses):
        closes = min(closes, now)  # noqa: PLW2901
        if closes - opens >= left:
            return at_microseconds(closes - left)
        left -= closes - opens
    raise InvalidValue(f"a calendar that is open for {duration} before {at}", calendar, "open_time.subtract")


def between(
    calendar: BusinessCalendar,
    start: DateTime,
    end: DateTime,
    pauses: Pauses = (),
    *,
    reversed_is: Reversed = Reversed.ZERO,
) -> timedelta:
    """Return how much open time lies in `[start, end)`, pauses left out; nothing elapsed is nothing.

    Raises: InvalidValue when the stretch is longer than a century.
    """
    if not isinstance(reversed_is, Reversed):
        raise InvalidValue("a value of Reversed", reversed_is, "open_time.between")
    start, end = _asked(calendar, start), _asked(calendar, end)
    if end < start:
        return -between(calendar, end, start, pauses) if reversed_is is Reversed.NEGATIVE else timedelta()
    since, until = microseconds(start), microseconds(end)
    if until - since > MOST // _TICK:
        raise InvalidValue("a stretch of at most a century", (start, end), "open_time.between")
    count = 0
    for opens, closes in _ahead(calendar, start, pauses, until):
        count += max(0, min(closes, until) - max(opens, since))
    return timedelta(microseconds=count)


def add_business_days(
    calendar: BusinessCalendar, at: DateTime, count: int, start_off: StartOff = StartOff.MOVES
) -> DateTime:
    """Return the instant so many business days later, or earlier, at the same local time of day.

    The start is not counted. Where the office is closed at that time, it is the next opening, or,
    counting back, the last closing.
    """
    at = _asked(calendar, at)
    there = local(at, calendar.zone)
    on = calendar.shift(there.date(), count, start_off)
    wanted = at if on == there.date() else at_local(on, calendar.zone, there.time(), there.fold)
    if is_open(calendar, wanted):
        return wanted
    found = first_open(calendar, wanted) if count >= 0 else last_open(calendar, wanted)
    if found is None:
        raise InvalidValue("a calendar with an opening there", wanted, "open_time.add_business_days")
    return found


# Stretches of open time, in microseconds


def _asked(calendar: BusinessCalendar, at: DateTime) -> DateTime:
    if not isinstance(calendar, BusinessCalendar):
        raise InvalidValue("a business calendar", calendar, "open_time")
    return instant(at)


def _ahead(
    calendar: BusinessCalendar, at: DateTime, pauses: Pauses = (), until: int | None = None
) -> Iterator[Stretch]:
    """Return the stretches of open time that end after an instant, and begin before another, in order."""
    now, stops = microseconds(at), _merged(pauses)
    for day in calendar.days(local_date(at, calendar.zone)):
        if until is not None and calendar.begins(day) >= until:
            return
        for stretch in calendar.opened_on(day):
            yield from [piece for piece in without(stretch, stops) if piece[1] > now]


def _back(calendar: BusinessCalendar, at: DateTime, pauses: Pauses) -> Iterator[Stretch]:
    """Return the stretches of open time that begin before an instant, the latest first."""
    now, stops = microseconds(at), _merged(pauses)
    for day in calendar.days(next(_around(calendar, at)), -1):
        for stretch in reversed(calendar.opened_on(day)):
            yield from [piece for piece in reversed(without(stretch, stops)) if piece[0] < now]


def _merged(pauses: Pauses) -> list[Stretch]:
    try:
        ends = [_ends(pause) for pause in pauses]
    except TypeError:
        raise InvalidValue("pauses that are spans of instants", pauses, "open_time") from None
    return joined(ends)


def _ends(pause: object) -> Stretch:
    if not isinstance(pause, Span) or not isinstance(pause.start, DateTime):
        raise InvalidValue("pauses that are spans of instants", pause, "open_time")
    return microseconds(pause.start), microseconds(pause.end)


def _counted(duration: timedelta, where: str) -> int:
    """Return a duration in microseconds; months and years have no length of their own."""
    if not isinstance(duration, timedelta) or (
        isinstance(duration, Duration) and (duration.years or duration.months)
    ):
        raise InvalidValue("a duration of days, hours, minutes and seconds", duration, where)
    count: int = timedelta.__floordiv__(duration, _TICK)
    if not 0 <= count <= MOST // _TICK:
        raise InvalidValue("a duration from nothing to a century", duration, where)
    return count
