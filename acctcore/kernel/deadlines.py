"""When a term of days, business days, weeks, months or years ends, and how that came about.

Laws and contracts count differently. What differs is a parameter (`Counting`), so that a rule of law
is a term and a counting with its source, and no code. All of it is on local dates; the instant by
which something must be done follows from the date that comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.business import MOST_DAYS, BusinessCalendar, StartOff
from acctcore.kernel.calendar import (
    Every,
    Span,
    add_days,
    add_months,
    at_local,
    at_microseconds,
    civil_date,
    instant,
    local,
    reached,
    stamp,
    weekday_of,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.stretches import Stretch, joined
from acctcore.kernel.terms import ZoneKey
from acctcore.kernel.validation import one_of, whole

# Conventions


class FirstDay(Enum):
    """Which day is the first of a term of days, business days or weeks."""

    AFTER = "after"  # the day after the event: a day's term ends the day after
    EVENT = "event"  # the day of the event: a day's term ends the same day


class MonthsEnd(Enum):
    """On which day a term of months or years ends; where the month lacks it, on the month's last day."""

    SAME_DAY = "same_day"  # the day with the same number as the day of the event
    DAY_BEFORE = "day_before"  # the day before it: the day of the event is counted


class Roll(Enum):
    """What becomes of an end on a day off."""

    NONE = "none"  # it stays
    FORWARD = "forward"  # to the next business day
    BACK = "back"  # to the business day before
    MODIFIED = "modified"  # to the next business day, unless that is in another month: then back


class Stops(Enum):
    """By which days a pause moves the end."""

    LIKE_TERM = "like_term"  # business days for a term of business days, else calendar days
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"


class DayEnds(Enum):
    """When on its last day a term is over."""

    MIDNIGHT = "midnight"  # with the local day
    CLOSING = "closing"  # when the office closes
    SAME_TIME = "same_time"  # at the local time of day of the event


@frozen(kw_only=True)
class Counting:
    """How a term is counted: the conventions in which laws and contracts differ.

    `start_off` says whether an event on a day off counts as one on the next business day.
    """

    first_day: FirstDay = field(validator=one_of(FirstDay))
    roll: Roll = field(validator=one_of(Roll))
    months_end: MonthsEnd = field(default=MonthsEnd.SAME_DAY, validator=one_of(MonthsEnd))
    start_off: StartOff = field(default=StartOff.STAYS, validator=one_of(StartOff))
    stops: Stops = field(default=Stops.LIKE_TERM, validator=one_of(Stops))
    day_ends: DayEnds = field(default=DayEnds.MIDNIGHT, validator=one_of(DayEnds))


@frozen
class BusinessDays:
    """A term of so many business days."""

    count: int = field(validator=whole(minimum=1, maximum=MOST_DAYS))


Term: TypeAlias = Every | BusinessDays
"""How long: `months(1)`, `days(30)`, `BusinessDays(10)`."""


# The answer


@frozen
class DayOff:
    """A date that was not counted or not kept as an end, and why: a holiday's name, or the weekday."""

    on: date
    why: str

    def __str__(self) -> str:
        return f"{self.on} ({self.why})"


@frozen(kw_only=True)
class Deadline:
    """The last day on which something is in time, the instant at which it is too late, and the way there.

    What is done before `at` is in time. `begins` is the day that is counted from: that of the event, or
    the business day that stands for it. `raw` is where the term itself ends; the clock then stood still
    for `stopped` days, and the end moved over the days off in `rolled_over`. `left_out` are the days of
    a term of business days that were holidays or otherwise closed: the usual days off are not listed.
    """

    event: date
    begins: date
    term: Term
    counting: Counting
    raw: date
    stopped: int
    left_out: tuple[DayOff, ...]
    rolled_over: tuple[DayOff, ...]
    on: date
    at: DateTime
    zone: ZoneKey
    backward: bool = False

    def explain(self) -> Explanation:
        """Return the steps from the event to the last day."""
        side = "before" if self.backward else "after"
        whole = f"{told(self.term)} {side} {self.event}"
        return Explanation(whole, str(self.on), tuple(self._steps()))

    def _steps(self) -> Iterator[Explanation]:
        if self.begins != self.event:
            moved = (
                f"the event, {self.event}, is on a day off ({weekday_of(self.event).value}) and counts as on"
            )
            yield Explanation(moved, str(self.begins))
        yield Explanation(self._counted())
        if self.left_out:
            yield Explanation(f"not counted: {', '.join(map(str, self.left_out))}")
        yield Explanation("the term ends on", str(self.raw))
        if self.stopped:
            stood = f"the clock stood still for {self.stopped} {self._stops()}: the end moves to"
            yield Explanation(stood, str(self.rolled_over[0].on if self.rolled_over else self.on))
        if self.rolled_over:
            yield Explanation(f"rolled over {', '.join(map(str, self.rolled_over))} to", str(self.on))
        yield Explanation(f"{_ENDS[self.counting.day_ends]} in {self.zone}", stamp(self.at))

    def _counted(self) -> str:
        if self.term_of_months:
            same = self.counting.months_end is MonthsEnd.SAME_DAY
            return "to the day with the same number" if same else "the day of the event is counted"
        after = self.counting.first_day is FirstDay.AFTER
        return "the day of the event is not counted" if after else "the day of the event is day one"

    def _stops(self) -> str:
        kind = "business day" if _stops_business(self.term, self.counting) else "calendar day"
        return kind if self.stopped == 1 else f"{kind}s"

    @property
    def term_of_months(self) -> bool:
        """Whether the term is one of months or years."""
        return isinstance(self.term, Every) and self.term.step[0] > 0


_ENDS: Final = MappingProxyType(
    {
        DayEnds.MIDNIGHT: "until the day ends",
        DayEnds.CLOSING: "until the office closes",
        DayEnds.SAME_TIME: "until the time of day of the event",
    }
)


def told(term: Term) -> str:
    """Return a term in words: 1 month, 10 business days."""
    unit = "business day" if isinstance(term, BusinessDays) else term.unit.value
    return f"{term.count} {unit}{'' if term.count == 1 else 's'}"


# Counting


def deadline(
    event: date,
    term: Term,
    counting: Counting,
    calendar: BusinessCalendar,
    pauses: Iterable[Span[date]] = (),
) -> Deadline:
    """Return when a term that an event sets off ends.

    `event` is a local date, or an instant that is read in the calendar's zone. `pauses` are spans of
    dates on which the clock stands still; each moves the end by those of its days that would have been
    counted. Then an end on a day off is rolled.

    Raises: InvalidValue when the term is to end at the event's time of day and that is not known, or at
    a closing on a day off; HolidaysUnknown beyond the dates that the calendar knows.
    Source: docs/sources.md#deadlines
    """
    try:
        stops = tuple(pauses)
    except TypeError:
        raise InvalidValue("pauses that are spans of dates", pauses, "deadline") from None
    return _counted(event, term, counting, calendar, stops, 1)


def notice_by(event: date, term: Term, counting: Counting, calendar: BusinessCalendar) -> Deadline:
    """Return the last day on which something is at least a term before an event: a notice, say.

    The mirror of `deadline`, day for day: ten days before an event that is not counted.

    Raises: as `deadline`.
    Source: docs/sources.md#deadlines
    """
    return _counted(event, term, counting, calendar, (), -1)


def _counted(
    event: date,
    term: Term,
    counting: Counting,
    calendar: BusinessCalendar,
    pauses: tuple[Span[date], ...],
    step: int,
) -> Deadline:
    if not isinstance(term, Every | BusinessDays):
        raise InvalidValue("a term such as months(1) or BusinessDays(10)", term, "deadline")
    if not isinstance(counting, Counting) or not isinstance(calendar, BusinessCalendar):
        raise InvalidValue("a counting and a business calendar", (counting, calendar), "deadline")
    on = local(instant(event), calendar.zone).date() if isinstance(event, datetime) else civil_date(event)
    begins = _business_day(calendar, on, step, 1) if counting.start_off is StartOff.MOVES else on
    raw = _end(begins, term, counting, calendar, step)
    stopped, end = _stopped(begins, raw, term, counting, calendar, pauses)
    last, rolled_over = _rolled(end, counting.roll, calendar)
    return Deadline(
        event=on,
        begins=begins,
        term=term,
        counting=counting,
        raw=raw,
        stopped=stopped,
        left_out=_left_out(begins, end, term, calendar),
        rolled_over=rolled_over,
        on=last,
        at=_over(last, event, counting.day_ends, calendar),
        zone=calendar.zone,
        backward=step < 0,
    )


def _end(begins: date, term: Term, counting: Counting, calendar: BusinessCalendar, step: int) -> date:
    """Return the day on which the term itself ends, without pauses and rolling."""
    first = begins if counting.first_day is FirstDay.EVENT else add_days(begins, step)
    if isinstance(term, BusinessDays):
        return _business_day(calendar, first, step, term.count)
    months, days = term.step
    if not months:
        return add_days(first, step * (days - 1))
    same_day = add_months(begins, step * months)
    if counting.months_end is MonthsEnd.SAME_DAY:
        return same_day
    if step < 0 or begins.day == 1:
        return add_days(same_day, -step)
    return add_months(begins, months, begins.day - 1)


def _business_day(calendar: BusinessCalendar, on: date, step: int, number: int) -> date:
    """Return the business day of a number from a date on, or back from it; the date may be the first."""
    found = next(islice(calendar.business_days(on, step), number - 1, None), None)
    if found is None:
        raise InvalidValue(f"a calendar with {number} business days from {on}", calendar, "deadline")
    return found


# Pauses


def _stopped(
    begins: date,
    raw: date,
    term: Term,
    counting: Counting,
    calendar: BusinessCalendar,
    pauses: tuple[Span[date], ...],
) -> tuple[int, date]:
    """Return for how many days the clock stands still, and the end after that.

    An end that moves may run into the next pause, or further into the same one, and then moves on.
    """
    stops = joined(_ends(pause) for pause in pauses)
    business = calendar if _stops_business(term, counting) else None
    first = begins if _counts_event(term, counting) else add_days(begins, 1)
    stopped = left = _days_in(stops, first, raw, business)
    if not stopped:
        return 0, raw
    for end in _dates_after(raw) if business is None else business.business_days(add_days(raw, 1)):
        if any(start <= end.toordinal() < until for start, until in stops):
            stopped += 1
            _check_stopped(stopped)
        else:
            left -= 1
        if not left:
            return stopped, end
    raise InvalidValue(f"a calendar with {stopped} business days after {raw}", calendar, "deadline")


def _dates_after(on: date) -> Iterator[date]:
    return (date.fromordinal(ordinal) for ordinal in range(on.toordinal() + 1, date.max.toordinal()))


def _check_stopped(count: int) -> None:
    if count > MOST_DAYS:
        raise InvalidValue(f"pauses of at most {MOST_DAYS} days", count, "deadline")


def _stops_business(term: Term, counting: Counting) -> bool:
    if counting.stops is Stops.LIKE_TERM:
        return isinstance(term, BusinessDays)
    return counting.stops is Stops.BUSINESS_DAYS


def _counts_event(term: Term, counting: Counting) -> bool:
    if isinstance(term, Every) and term.step[0]:
        return counting.months_end is MonthsEnd.DAY_BEFORE
    return counting.first_day is FirstDay.EVENT


def _ends(pause: object) -> Stretch:
    if not isinstance(pause, Span) or type(pause.start) is not date:
        raise InvalidValue("pauses that are spans of dates", pause, "deadline")
    return pause.start.toordinal(), pause.end.toordinal()


def _days_in(stops: list[Stretch], first: date, last: date, calendar: BusinessCalendar | None) -> int:
    """Return how many days of the pauses lie from a first to a last day; with a calendar, business days."""
    cut = [(max(start, first.toordinal()), min(end, last.toordinal() + 1)) for start, end in stops]
    inside = joined(cut)
    count = sum(end - start for start, end in inside)
    _check_stopped(count)
    if calendar is None:
        return count
    spans = [Span(date.fromordinal(start), date.fromordinal(end)) for start, end in inside]
    return sum(calendar.count_business_days(span) for span in spans)


# Days off


def _left_out(begins: date, end: date, term: Term, calendar: BusinessCalendar) -> tuple[DayOff, ...]:
    """Return the days between that would have been business days, had nothing been listed."""
    if not isinstance(term, BusinessDays):
        return ()
    first, last = sorted((begins.toordinal(), end.toordinal()))
    days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
    return tuple(
        [
            DayOff(day, calendar.why_closed(day))
            for day in days
            if calendar.weekly[day.weekday()] and not calendar.is_business_day(day)
        ]
    )


def _rolled(end: date, roll: Roll, calendar: BusinessCalendar) -> tuple[date, tuple[DayOff, ...]]:
    """Return where an end comes to lie, and the days off that it moved over."""
    if roll is Roll.NONE or calendar.is_business_day(end):
        return end, ()
    step = -1 if roll is Roll.BACK else 1
    last = _business_day(calendar, end, step, 1)
    if roll is Roll.MODIFIED and (last.year, last.month) != (end.year, end.month):
        step = -1
        last = _business_day(calendar, end, step, 1)
    over = [date.fromordinal(ordinal) for ordinal in range(end.toordinal(), last.toordinal(), step)]
    return last, tuple([DayOff(day, calendar.why_closed(day)) for day in over])


# The instant


def _over(last: date, event: date, day_ends: DayEnds, calendar: BusinessCalendar) -> DateTime:
    """Return the instant at which the last day is over."""
    if day_ends is DayEnds.MIDNIGHT:
        return reached(add_days(last, 1), calendar.zone)
    if day_ends is DayEnds.CLOSING:
        closing = calendar.closing(last)
        if closing is None:
            raise InvalidValue("an end on a day with a closing", last, "Counting.day_ends")
        return at_microseconds(closing)
    if not isinstance(event, datetime):
        raise InvalidValue("an event with a time of day", event, "Counting.day_ends")
    there = local(instant(event), calendar.zone)
    return at_local(last, calendar.zone, there.time(), there.fold)
