"""Where cycles begin: on a day that was asked for, with others of the account, and what comes before them."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TypeVar, cast

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.billing.subscriptions import reasons
from acctcore.billing.subscriptions.timeline import cycles_from
from acctcore.kernel.calendar import (
    Cycles,
    Every,
    Grid,
    NthWeekday,
    Span,
    Unit,
    Weekday,
    ZonedCycles,
    anchored,
    local_date,
)
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.measures import Measure
from acctcore.kernel.terms import ZoneKey

P = TypeVar("P", bound=date)


class Stub(Enum):
    """How what comes before the first boundary is billed, where cycles do not begin at once."""

    PRORATED = "prorated"  # as the part of a cycle that it is
    FREE = "free"  # not at all
    SHORT = "short"  # as a cycle of its own, at the whole price
    LONG = "long"  # together with the first cycle, at the price of one


class Alignment(Enum):
    """With whom a subscription shares where its cycles begin."""

    OWN = "own"  # with none
    ACCOUNT = "account"  # with the first of the account's subscriptions that runs, if there is one


@frozen
class Anchor:
    """Where cycles are to begin: on a day of the month or a weekday, in a month; or at once."""

    day: int | None = None
    weekday: Weekday | None = None
    nth: int | None = None
    month: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.day is not None and self.weekday is not None:
            raise InvalidValue("a day of the month or a weekday", (self.day, self.weekday), "anchor_day")
        if self.nth is not None and self.weekday is None:
            raise InvalidValue("the weekday that is counted", self.nth, "anchor_nth")
        if self.month is not None and self.day is None and self.nth is None:
            raise InvalidValue("a day of that month", self.month, "anchor_month")

    @property
    def stated(self) -> bool:
        """Whether it is anything but at once."""
        return self.day is not None or self.weekday is not None

    def fits(self, every: Every) -> bool:
        """Return whether cycles of an interval can begin there."""
        if every.step[0]:
            return self.weekday is None or self.nth is not None
        return self.day is None and self.nth is None and (self.weekday is None or every.unit is Unit.WEEK)

    def cycles(self, on: date, every: Every) -> Cycles:
        """Return the cycles of an interval that are in force on a day."""
        weekday = self.weekday
        if weekday is not None and self.nth is not None:
            return anchored(on, every, weekday=NthWeekday(self.nth, weekday), month=self.month)
        return anchored(on, every, self.day, weekday=weekday, month=self.month)


def cycles_at(
    begin: P,
    zone: ZoneKey,
    every: Every,
    anchor: Anchor,
    shared: Grid[date] | None,
    clock: Grid[P] | P,
) -> tuple[Grid[P] | None, tuple[Reason, ...]]:
    """Return the cycles of an interval that are in force at a point, or every reason why there are none.

    `shared` are cycles to begin with, where there are any: of the same interval they are the very
    same; of another, they begin on the same day of the month or of the week. On an axis of instants
    cycles begin at the local time of day of `clock`: of other cycles, or of a point.
    """
    on = local_date(begin, zone) if isinstance(begin, DateTime) else begin
    if shared is not None:
        found = _aligned(cast(Grid[P], shared), on, every)
        return found, () if found is not None else (reasons.CannotAlign(every, shared.every),)
    if anchor.day is not None and not every.step[0]:
        return None, (reasons.NoAnchorDay(every),)
    if not anchor.fits(every):
        return None, (reasons.CannotAnchor(every),)
    return _at_clock(anchor.cycles(on, every), zone, clock), ()


def _at_clock(cycles: Cycles, zone: ZoneKey, clock: Grid[P] | P) -> Grid[P]:
    """Return cycles of dates as such, or at the local time of day of other cycles or of a point."""
    known: object = clock
    if isinstance(known, ZonedCycles):
        return cast(Grid[P], changed(known, cycles=cycles))
    return cast(Grid[P], cycles) if isinstance(known, Cycles) else cycles_from(cast(P, clock), zone, cycles)


def _aligned(shared: Grid[P], on: date, every: Every) -> Grid[P] | None:
    if shared.every == every:
        return shared
    grid: object = shared
    base = grid.cycles if isinstance(grid, ZonedCycles) else grid
    assert isinstance(base, Cycles)
    if bool(base.every.step[0]) is not bool(every.step[0]):
        return None
    if not every.step[0]:
        new = Cycles(base.containing(on).start, every)
    elif base.weekday is not None:
        new = anchored(on, every, weekday=base.weekday)
    else:
        new = anchored(on, every, base.anchor_day)
    return cast(Grid[P], changed(grid, cycles=new) if isinstance(grid, ZonedCycles) else new)


def alike(one: Grid[P], other: Grid[P], since: P) -> bool:
    """Return whether two grids of one interval have the same boundaries from the cycle of a point on.

    Where a year of them is the same, every year is.
    """
    first, second = one.number(since), other.number(since)
    return all(one.start(first + count) == other.start(second + count) for count in range(14))


def first_part(begin: P, cycles: Grid[P], stub: Stub, measure: Measure) -> tuple[Span[P] | None, P | None]:
    """Return the first cycle where it is one of another length, and until when nothing is billed.

    What counts no days, as from the 30th to the 31st where months have 30, is no cycle and costs nothing.
    """
    cycle = cycles.containing(begin)
    if cycle.start == begin or stub is Stub.PRORATED:
        return None, None
    if stub is Stub.FREE:
        return None, cycle.end
    if stub is Stub.LONG:
        return Span(begin, cycles.containing(cycle.end).end), None
    return (Span(begin, cycle.end) if measure.length(begin, cycle.end) > 0 else None), None


def terms_of_cycles(begin: P, cycles: Grid[P], first: Span[P] | None, count: int) -> Grid[P]:
    """Return the terms of so many cycles each, counted from the first whole one.

    A part before it belongs to the first term, unless it is a cycle of its own.
    """
    if first is not None:
        origin = cycles.number(first.end) - 1
    else:
        origin = cycles.number(begin)
        origin += cycles.start(origin) != begin
    grid: object = cycles
    base = grid.cycles if isinstance(grid, ZonedCycles) else grid
    assert isinstance(base, Cycles)
    every = Every(base.every.count * count, base.every.unit)
    slower = Cycles(base.start(origin), every, base.anchor_day, base.weekday)
    return cast(Grid[P], changed(grid, cycles=slower) if isinstance(grid, ZonedCycles) else slower)
