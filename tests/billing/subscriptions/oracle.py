"""What a subscription is worth, counted day by day (or second by second) from what was agreed.

Knows nothing of settlements: after every billing it derives from scratch what is booked, and sums it
by exact running totals. Boundaries are dateutil's.
"""

from __future__ import annotations

from calendar import timegm
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pendulum
from dateutil.relativedelta import relativedelta

from acctcore.billing.catalog import Billing, Catalog, Plan
from acctcore.kernel.calendar import Every, Unit

STEPS = {
    Unit.MONTH: lambda count: relativedelta(months=count),
    Unit.WEEK: lambda count: relativedelta(weeks=count),
}
REACH = 70  # cycles on either side of an anchor: more than any story needs


class Grid(NamedTuple):
    """Cycles: their boundaries as positions, in order, and the local time that they are counted from."""

    every: Every
    boundaries: tuple[int, ...]
    anchor: date

    def containing(self, position: int) -> tuple[int, int]:
        start = max(each for each in self.boundaries if each <= position)
        return start, min(each for each in self.boundaries if each > position)


class Entry(NamedTuple):
    """A change of what was agreed: a plan or not, quantities, and a grid where the interval changed."""

    since: int
    recorded: int
    plan: Plan | None
    stated: dict[str, int]
    grid: Grid | None
    cause: str = ""
    free_until: int | None = None


class Wanted(NamedTuple):
    """A stretch of one item at one price and quantity, inside one cycle."""

    mode: Billing
    item: str
    start: int
    end: int
    price: Fraction
    quantity: int
    cycle: tuple[int, int]

    def amount(self) -> int:
        return self.running(self.end) - self.running(self.start)

    def running(self, position: int) -> int:
        begin, end = self.cycle
        exact = self.price * self.quantity * Fraction(position - begin, end - begin)
        return floor(exact + Fraction(1, 2))


class Axis(NamedTuple):
    """Positions of points on one axis of time, days or seconds, and their local dates or times."""

    position: Callable[[date], int]
    point: Callable[[int], date]
    local: Callable[[date], date]
    at: Callable[[date], int]


def of_dates() -> Axis:
    return Axis(lambda point: point.toordinal(), date.fromordinal, lambda on: on, lambda on: on.toordinal())


def of_instants(zone: str) -> Axis:
    def position(point: date) -> int:
        assert isinstance(point, datetime)
        return timegm(point.utctimetuple())

    def local(point: date) -> date:
        return datetime.fromtimestamp(position(point), ZoneInfo(zone)).replace(tzinfo=None)

    def at(there: date) -> int:
        assert isinstance(there, datetime)
        return position(there.replace(tzinfo=ZoneInfo(zone)))

    return Axis(position, pendulum.from_timestamp, local, at)


class Stop(NamedTuple):
    """A stretch in which nothing is wanted; `anew` where cycles begin again after it."""

    since: int
    until: int | None
    gives_back: bool
    anew: bool
    cause: str = ""

    def over(self, at: int, through: int | None) -> bool:
        """Return whether it lasts at a position, by what counts up to `through`."""
        if through is not None and through < self.since:
            return False
        until = None if self.until is None or (through is not None and through < self.until) else self.until
        return self.since <= at and (until is None or at < until)


class Oracle:
    """One subscription as it was agreed, and what of it is booked."""

    def __init__(self, catalog: Catalog, axis: Axis) -> None:
        self.catalog = catalog
        self.axis = axis
        self.entries: list[Entry] = []
        self.stops: list[Stop] = []
        self.held: dict[str, Stop] = {}
        self.begin = self.first = 0
        self.ends: int | None = None
        self.expires: int | None = None
        self.gives_back = True
        self.billed_at: int | None = None
        self.arrears_to = 0
        self.booked: list[Wanted] = []

    # What was agreed

    def start(
        self,
        start: date,
        billing_from: date,
        plan: str,
        quantities: dict[str, int],
        day: int | None,
        stub: str = "prorated",
    ) -> None:
        found = self._plan(plan)
        stated = {charge.key: quantities.get(charge.key, 1) for charge in found.charges if charge.per_unit}
        self.begin, self.first = self.axis.position(start), self.axis.position(billing_from)
        self.arrears_to = self.first
        whole = self._grid(self._clock(billing_from, self.axis.local(start)), found.every, day)
        grid, free_until = self._led_up_to(whole, self.first, stub)
        self.entries.append(Entry(self.begin, 0, found, stated, grid, "", free_until))

    def expire(self, cycles: int | None, until: date | None) -> None:
        """Agree where the term ends: so many boundaries after the first one, or at a point."""
        if until is not None:
            self.expires = self.axis.position(until)
        if cycles is not None:
            grid = self.entries[0].grid
            assert grid is not None
            begun = [each for each in grid.boundaries if self.first <= each]
            self.expires = begun[cycles]
        self.ends = self.expires

    def reanchor(self, since: date, day: int | None, stub: str, cause: str) -> None:
        begin = max(self.axis.position(since), self.first)
        point = self.axis.point(begin)
        _, _, old = self.terms(begin)
        anchor = self.axis.local(point) if day is None else self._clock(point, old.anchor)
        grid, free_until = self._led_up_to(self._grid(anchor, old.every, day), begin, stub)
        at = self.axis.position(since)
        self.entries.append(Entry(at, self._number(), None, {}, grid, cause, free_until))

    def withdraw(self, cause: str) -> None:
        self.entries = [each for each in self.entries if each.cause != cause]
        self.stops = [each for each in self.stops if each.cause != cause]

    def _number(self) -> int:
        return max(each.recorded for each in self.entries) + 1

    def _clock(self, point: date, like: date) -> date:
        """Return the local date of a point, at the time of day of another local time."""
        there = self.axis.local(point)
        return like.replace(there.year, there.month, there.day)

    def _led_up_to(self, grid: Grid, begin: int, stub: str) -> tuple[Grid, int | None]:
        """Return cycles with the first one as long as it is billed, and until when nothing is."""
        if begin in grid.boundaries or stub == "prorated":
            return grid, None
        later = [each for each in grid.boundaries if begin < each]
        if stub == "free":
            return grid, later[0]
        return grid._replace(boundaries=(begin, *later[stub == "long" :])), None

    def change_plan(
        self, since: date, plan: str, quantities: dict[str, int], first_billed: date, cause: str
    ) -> None:
        at, found = self.axis.position(since), self._plan(plan)
        _, held, grid = self.terms(at)
        fresh = {charge.key: 1 for charge in found.charges if charge.per_unit and charge.key not in held}
        moved = grid.every != found.every
        begin = self.axis.local(max(since, first_billed))
        new = self._grid(begin, found.every, None) if moved else None
        self.entries.append(Entry(at, self._number(), found, fresh | quantities, new, cause))

    def change_quantity(self, since: date, item: str, quantity: int, cause: str) -> None:
        at = self.axis.position(since)
        self.entries.append(Entry(at, self._number(), None, {item: quantity}, None, cause))

    def pause(self, since: date, until: date | None, credit: bool, anew: bool, cause: str) -> None:
        position = self.axis.position
        ends = None if until is None else position(until)
        self.stops.append(Stop(position(since), ends, credit, anew, cause))

    def resume(self, at: date, until: date, anew: bool | None) -> tuple[int | None, int]:
        """End the pause that lasts at a point; return its old end and its new one."""
        (stop,) = [each for each in self.stops if each.over(self.axis.position(at), None)]
        new = stop._replace(until=self.axis.position(until), anew=stop.anew if anew is None else anew)
        self.stops.remove(stop)
        if new.until is None or new.since < new.until:
            self.stops.append(new)
        return stop.until, self.axis.position(until)

    def hold(self, id: str, since: date, until: date | None, credit: bool, anew: bool) -> None:
        position = self.axis.position
        ends = None if until is None else position(until)
        self.held.pop(id, None)
        if ends is None or position(since) < ends:
            self.held[id] = Stop(position(since), ends, credit, anew)

    def lying_over(self) -> list[Stop]:
        return [*self.agreed_stops(), *self._free()]

    def agreed_stops(self) -> list[Stop]:
        return [*self.stops, *self.held.values()]

    def _free(self) -> list[Stop]:
        """Return what is free before a first cycle, up to where any other cycles begin."""
        found: list[Stop] = []
        for each in self.entries:
            if each.free_until is None:
                continue
            since = max(each.since, self.first)
            order = (each.since, each.recorded)
            others = [
                other.since
                for other in self.entries
                if other.grid is not None and order < (other.since, other.recorded)
            ]
            stops = self.agreed_stops()
            others += [
                stop.until
                for stop in stops
                if stop.anew
                and stop.until is not None
                and since < stop.until
                and not any(over.over(stop.until, None) for over in stops)
            ]
            until = min([each.free_until, *others])
            if since < until:
                found.append(Stop(since, until, True, False))
        return found

    def idle(self, at: int, through: int | None = None) -> list[Stop]:
        return [stop for stop in self.lying_over() if stop.over(at, through)]

    def _plan(self, id: str) -> Plan:
        return next(plan for plan in self.catalog.plans if plan.id == id)

    def _grid(self, anchor: date, every: Every, day: int | None) -> Grid:
        """Return cycles counted from a local date or time, on a day of the month where one is stated."""
        shift = relativedelta(months=-1) if day is not None and day > anchor.day else relativedelta()
        if day is not None and (anchor + relativedelta(day=day)).day == anchor.day:  # clamped to it
            shift = relativedelta()

        def boundary(number: int) -> int:
            by = STEPS[every.unit](number * every.count) + shift
            return self.axis.at(anchor + (by if day is None else by + relativedelta(day=day)))

        return Grid(every, tuple(boundary(number) for number in range(-REACH, REACH + 1)), anchor)

    def terms(self, at: int, through: int | None = None) -> tuple[Plan, dict[str, int], Grid]:
        """Return plan, quantities and grid at a position, by the entries up to `through`."""
        known = [
            each for each in self.entries if each.since <= at and (through is None or each.since <= through)
        ]
        known = sorted(known, key=lambda each: (each.since, each.recorded)) or self.entries[:1]
        plan = [each.plan for each in known if each.plan is not None][-1]
        quantities: dict[str, int] = {}
        for each in known:
            quantities |= each.stated
        begun, grid = [(each.since, each.grid) for each in known if each.grid is not None][-1]
        again = [each for each in self._begun_anew(through) if begun < each <= at]
        return plan, quantities, self._again(grid.every, max(again)) if again else grid

    def _begun_anew(self, through: int | None) -> list[int]:
        """Return the positions at which cycles begin anew after a stop."""
        known = [
            stop.until
            for stop in self.lying_over()
            if stop.anew and stop.until is not None and (through is None or stop.until <= through)
        ]
        return [each for each in known if self.first < each and not self.idle(each, through)]

    def _again(self, every: Every, position: int) -> Grid:
        """Return cycles that begin at a position and go on from there."""
        anchor = self.axis.local(self.axis.point(position))
        steps = [STEPS[every.unit](number * every.count) for number in range(REACH)]
        return Grid(every, tuple(self.axis.at(anchor + step) for step in steps), anchor)

    # What is booked

    def bill(self, on: int, through: int) -> None:
        """Book what is wanted once a point is billed, with every entry up to `through`."""
        self.billed_at = on
        _, _, grid = self.terms(on)
        cycle = grid.containing(on)
        begun = [each.since for each in self.entries if each.grid is not None] + self._begun_anew(through)
        advance = min([cycle[1], *(each for each in begun if on < each <= through)])
        self.arrears_to = max(self.arrears_to, through if self.idle(through, through) else cycle[0])
        if self.ends is not None:
            advance = min(advance, self.ends)
            if self.ends <= through:
                advance = self.arrears_to = max(self.ends, self.first)
        frozen = self.ends is not None and (through < self.ends or not self.gives_back)
        kept = [part for each in self.booked for part in self._beyond(each)] if frozen else []
        kept += [part for each in self.booked for part in self._paused(each, through)]
        wanted = [
            *self._wanted(Billing.IN_ADVANCE, advance, through),
            *self._wanted(Billing.IN_ARREARS, self.arrears_to, through),
        ]
        self.booked = [*wanted, *kept]

    def _beyond(self, booked: Wanted) -> list[Wanted]:
        assert self.ends is not None
        part = booked._replace(start=max(booked.start, self.ends))
        return [part] if part.start < part.end else []

    def _paused(self, booked: Wanted, through: int) -> list[Wanted]:
        """Return what of a booked stretch lies in pauses that give nothing back, before the end."""
        end = booked.end if self.ends is None else min(booked.end, self.ends)
        cuts = sorted({booked.start, end, *(cut for cut in self._stops() if booked.start < cut < end)})
        parts = [booked._replace(start=start, end=stop) for start, stop in pairwise(cuts)]
        over = [(part, self.idle(part.start, through)) for part in parts if part.start < part.end <= end]
        return [part for part, stops in over if stops and not any(stop.gives_back for stop in stops)]

    def _stops(self) -> set[int]:
        return {each for stop in self.lying_over() for each in (stop.since, stop.until) if each is not None}

    def _wanted(self, mode: Billing, end: int, through: int) -> list[Wanted]:
        cuts = {self.first, end, *(each.since for each in self.entries), *self._stops()}
        for each in self.entries:
            cuts |= set(each.grid.boundaries if each.grid is not None else ())
        for cut in self._stops():
            cuts |= set(self.terms(cut, through)[2].boundaries) if self.first <= cut <= end else set()
        inside = sorted(cut for cut in cuts if self.first <= cut <= end)
        found: list[Wanted] = []
        for start, stop in pairwise(inside):
            plan, quantities, grid = self.terms(start, through)
            if self.idle(start, through):
                continue
            for charge in plan.charges:
                quantity = quantities.get(charge.key, 1) if charge.per_unit else 1
                if charge.billing is mode and quantity:
                    price = Fraction(*charge.prices[0].price.amount.as_integer_ratio()) * 100
                    found.append(
                        Wanted(mode, charge.key, start, stop, price, quantity, grid.containing(start))
                    )
        return found

    def total(self) -> int:
        return sum(each.amount() for each in self.booked)

    def map(self) -> list[Wanted]:
        """Return what is booked with stretches that meet put together, in order."""
        merged: list[Wanted] = []
        for each in sorted(self.booked, key=lambda each: (each.mode.value, each.item, each.start)):
            last = merged[-1] if merged else None
            if (
                last is not None
                and last._replace(start=0, end=0) == each._replace(start=0, end=0)
                and (last.end == each.start)
            ):
                merged[-1] = last._replace(end=each.end)
            else:
                merged.append(each)
        return merged
