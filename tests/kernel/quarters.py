"""The oracle for open time: it walks clocks by the quarter of an hour and counts, nothing else."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from pendulum import DateTime

from acctcore.kernel.business import BusinessCalendar
from acctcore.kernel.calendar import Span, instant

QUARTER = timedelta(minutes=15)
BEFORE, AFTER = 10, 14  # days that are walked

# Dates near which clocks or calendars jump, by zone.
CHANGES = (
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2024, 11, 3)),
    ("Europe/Dublin", date(2024, 3, 31)),
    ("Europe/Dublin", date(2024, 10, 27)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Australia/Lord_Howe", date(2024, 4, 7)),
    ("Australia/Lord_Howe", date(2024, 10, 6)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Asia/Kathmandu", date(2024, 6, 5)),
    ("America/Santiago", date(2024, 9, 8)),
    ("America/Santiago", date(2024, 4, 7)),
    ("America/Noronha", date(2000, 10, 15)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("UTC", date(2024, 12, 25)),
)


@cache
def walked(zone: str, near: date) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    """Return every quarter of an hour near a date, and the latest that clocks have shown by then."""
    start = datetime.combine(near, time(), tzinfo=UTC) - timedelta(days=BEFORE)
    quarters = tuple(start + step * QUARTER for step in range(96 * (BEFORE + AFTER)))
    rules = ZoneInfo(zone)
    shown = [at.astimezone(rules).replace(tzinfo=None, fold=0) for at in quarters]
    return quarters, tuple(accumulate(shown, max))


class Quarters:
    """What an office does in every quarter of an hour near a date."""

    def __init__(self, calendar: BusinessCalendar, near: date, pauses: Iterable[Span[DateTime]] = ()) -> None:
        self.at, shown = walked(calendar.zone, near)
        self.open = [False] * len(self.at)
        first, last = shown[0].date(), shown[-1].date()
        for ordinal in range(first.toordinal() - 2, last.toordinal() + 1):
            on = date.fromordinal(ordinal)
            midnight = datetime.combine(on, time())
            for opens, closes in by_rule(calendar, on):
                since = bisect_left(shown, midnight + timedelta(minutes=opens))
                until = bisect_left(shown, midnight + timedelta(minutes=closes))
                for index in range(since, until):
                    self.open[index] = True
        self.unpaused = [
            opened and not any(pause.start <= at < pause.end for pause in pauses)
            for at, opened in zip(self.at, self.open, strict=True)
        ]

    def index(self, at: datetime) -> int:
        return (at - self.at[0]) // QUARTER

    def first(self, since: int, wanted: bool = True) -> DateTime | None:
        """Return the first quarter from one on in which the office is open, or closed."""
        found = (
            at for at, opened in zip(self.at[since:], self.open[since:], strict=True) if opened is wanted
        )
        return next(map(instant, found), None)

    def count(self, since: int, until: int) -> timedelta:
        return sum(self.unpaused[since:until]) * QUARTER


def by_rule(calendar: BusinessCalendar, on: date) -> list[tuple[int, int]]:
    """Return the hours of a date, minute by minute: a holiday beats an override, breaks are cut out."""
    if any(holiday.on == on for holiday in calendar.holidays):
        return []
    day = next((day.hours for day in calendar.overrides if day.on == on), calendar.weekly[on.weekday()])
    cuts = next((day.hours for day in calendar.breaks if day.on == on), ())
    left = [
        minute
        for minute in range(0, 48 * 60, 15)
        if any(one.opens <= minute < one.closes for one in day)
        and not any(cut.opens <= minute < cut.closes for cut in cuts)
    ]
    return [(minute, minute + 15) for minute in left]
