"""What was agreed: entries in the order in which they were recorded, and the terms they come to.

Nothing is ever taken off in silence: what holds at a point is read off the entries, folded by their
points.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar, cast

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Item
from acctcore.billing.subscriptions.stops import Holding, Resuming, Stop, held
from acctcore.kernel.calendar import Cycles, Every, Grid, Span, ZonedCycles, local, local_date
from acctcore.kernel.terms import CommandId, ItemKey, PlanId, ZoneKey

P = TypeVar("P", bound=date)


@frozen
class Change(Generic[P]):
    """One entry of the timeline: from a point on, another plan, other quantities or other cycles.

    A plan entry has `plan` and `items` (and `cycles` of its own where the interval changed); others
    have neither. `quantities` are those stated with the entry; others carry over. Cycles may begin
    with a `first` one of another length, or be free up to a point. A `repriced` entry counts only while
    its plan is in force: it does not bring the plan back. `cause` is the command that agreed it, by
    which it is named.
    """

    since: P
    quantities: tuple[tuple[ItemKey, int], ...]
    plan: PlanId | None = None
    items: tuple[Item, ...] = ()
    cycles: Grid[P] | None = None
    repriced: bool = False
    cause: CommandId = ""
    first: Span[P] | None = None
    free_until: P | None = None


class Idle(Enum):
    """Why nothing is wanted at a point, by what becomes of what is booked for it."""

    GIVEN_BACK = "given_back"
    KEPT = "kept"


@frozen
class Terms(Generic[P]):
    """What is agreed from one point up to the next; while `idle`, nothing of it is wanted."""

    since: P
    plan: PlanId
    items: tuple[Item, ...]
    cycles: Grid[P]
    idle: Idle | None = None
    first: Span[P] | None = None

    def cycle(self, at: P) -> Span[P]:
        """Return the cycle that contains a point."""
        first = self.first
        if first is not None and first.start <= at < first.end:
            return first
        return self.cycles.containing(at)


@frozen
class Unsettled(Generic[P]):
    """What a hold changed in what is billed already, and that is not settled yet.

    From `since` on something else may be wanted than is covered; it is due as of the point `on`, not
    before the instant `at`. `cause` is the command that brought it about.
    """

    since: P
    on: P
    at: DateTime
    cause: CommandId


@frozen
class Agreed(Generic[P]):
    """What was agreed of one subscription: its changes, in the order of their records, and its stops.

    `at` is the instant at which the subscription was agreed; a backdated one began before it, and
    nothing of it is billed earlier. `billing_from` is where billing starts: the start, or the end of
    the trial. `zone` is the zone in which its days are counted. `stops` are the pauses, `holdings` the
    holds that stop its billing. `expires` is where its term ends, unless it renews; `term` are the
    terms that it was agreed for.
    """

    changes: tuple[Change[P], ...]
    at: DateTime
    zone: ZoneKey
    billing_from: P
    stops: tuple[Stop[P], ...] = ()
    holdings: tuple[Holding, ...] = ()
    unsettled: Unsettled[P] | None = None
    term: Grid[P] | None = None
    expires: P | None = None

    @cached_property
    def terms(self) -> tuple[Terms[P], ...]:
        """The terms in force, from each point on."""
        terms = terms_of(self.changes)
        if not self.lying_over:
            return terms
        begun = {change.since for change in self.changes if change.cycles is not None}
        return stopped(terms, begun, self.lying_over, self.zone, self.billing_from)

    @cached_property
    def lying_over(self) -> tuple[Stop[P], ...]:
        """Every stretch in which nothing is wanted: pauses, what holds stop, and what is free."""
        stops = self.stops
        if self.holdings:
            by_instant = isinstance(self.billing_from, DateTime)
            stops = (*stops, *cast(tuple[Stop[P], ...], held(self.holdings, self.zone, by_instant)))
        return (*stops, *free(self.changes, stops, self.billing_from))

    @cached_property
    def billings(self) -> tuple[Billing, ...]:
        """Whether anything was ever charged in advance, in arrears, or both."""
        return tuple({item.billing: None for change in self.changes for item in change.items})

    def having(self, change: Change[P]) -> Agreed[P]:
        """Return the timeline with one more change."""
        return changed(self, changes=(*self.changes, change))

    def pause(self, at: P) -> Stop[P] | None:
        """Return the pause that is in force at a point, or None."""
        return next((stop for stop in self.stops if stop.contains(at)), None)


def terms_of(changes: tuple[Change[P], ...]) -> tuple[Terms[P], ...]:
    """Return the terms that a timeline of changes amounts to.

    Changes are folded in the order of their points; at the same point the later record wins. A
    quantity holds until the next entry about the same item, whichever plan comes between; a plan
    until the next entry with a plan, also where it was recorded afterwards.
    """
    quantities: dict[ItemKey, int] = {}
    folded: list[Terms[P]] = []
    plan: PlanId = ""
    items: tuple[Item, ...] = ()
    cycles: Grid[P] | None = None
    first: Span[P] | None = None
    for change in changes if len(changes) == 1 else sorted(changes, key=_since):
        if change.repriced and change.plan != plan:
            continue
        quantities.update(change.quantities)
        if change.plan is not None:
            plan, items = change.plan, change.items
        if change.cycles is not None:
            cycles, first = change.cycles, change.first
        items = tuple([with_quantity(item, quantities) for item in items])
        assert cycles is not None, "a timeline begins with a plan and its cycles"
        terms = Terms(change.since, plan, items, cycles, None, first)
        if folded and folded[-1].since == change.since:
            folded[-1] = terms
        else:
            folded.append(terms)
    return tuple(folded)


def free(changes: tuple[Change[P], ...], stops: tuple[Stop[P], ...], billing_from: P) -> Iterator[Stop[P]]:
    """Return the stretches that are free before a first cycle, up to where other cycles begin."""
    for change in changes:
        if change.free_until is None:
            continue
        since = max(change.since, billing_from)
        later = [each.since for each in after(change, changes) if each.cycles is not None]
        again = [stop.until for stop in stops if stop.resuming is Resuming.RESTART and stop.until is not None]
        later += [until for until in again if since < until and idle_at(stops, until) is None]
        until = min([change.free_until, *later])
        if since < until:
            yield Stop(since, until, True, Resuming.KEEP, change.cause)


def after(change: Change[P], changes: tuple[Change[P], ...]) -> Iterator[Change[P]]:
    """Return the changes that come after another one: later ones, and later records at its point."""
    recorded = changes.index(change)
    for index, each in enumerate(changes):
        if change.since < each.since or (change.since == each.since and recorded < index):
            yield each


def stopped(
    terms: tuple[Terms[P], ...],
    others: AbstractSet[P],
    stops: tuple[Stop[P], ...],
    zone: ZoneKey,
    billing_from: P,
) -> tuple[Terms[P], ...]:
    """Return the terms with stops laid over them: idle while one lasts, with new cycles where one says so.

    `others` are the points at which a change brings other cycles; those that were begun anew hold
    until then. Before billing starts there are none to begin anew.
    """
    first = terms[0].since
    ends = [stop.until for stop in stops if stop.until is not None]
    points = sorted({point for point in (*(stop.since for stop in stops), *ends) if point > first})
    again = {stop.until for stop in stops if stop.resuming is Resuming.RESTART}
    found: list[Terms[P]] = []
    under, cycles, begun = terms[0], terms[0].cycles, terms[0].first
    for point in sorted({*points, *(each.since for each in terms)}):
        for each in terms:
            if each.since <= point:
                under = each
        idle = idle_at(stops, point)
        if point in others:
            cycles, begun = under.cycles, under.first
        elif idle is None and point in again and point > billing_from:
            cycles, begun = restarted(cycles.every, point, zone), None
        now = Terms(point, under.plan, under.items, cycles, idle, begun)
        if under.since == point or now != changed(found[-1], since=point):
            found.append(now)
    return tuple(found)


def differs_from(before: tuple[Terms[P], ...], after: tuple[Terms[P], ...]) -> P | None:
    """Return the first point from which two timelines say something else, or None where they do not."""
    for one, other in zip(before, after, strict=False):
        if one != other:
            return min(one.since, other.since)
    longer = before if len(after) < len(before) else after
    rest = longer[min(len(before), len(after)) :]
    return rest[0].since if rest else None


def idle_at(stops: tuple[Stop[P], ...], at: P) -> Idle | None:
    """Return what becomes of what is booked for a point at which nothing is wanted; else None."""
    over = [stop for stop in stops if stop.contains(at)]
    if not over:
        return None
    return Idle.GIVEN_BACK if any(stop.gives_back for stop in over) else Idle.KEPT


def restarted(every: Every, at: P, zone: ZoneKey) -> Grid[P]:
    """Return cycles of an interval that are counted from a point."""
    return cycles_from(at, zone, Cycles(local_date(at, zone) if isinstance(at, DateTime) else at, every))


def quantities_at(changes: tuple[Change[P], ...], at: P) -> dict[ItemKey, int]:
    """Return every quantity stated up to a point, also of items that the plan in force does not have."""
    quantities: dict[ItemKey, int] = {}
    for change in sorted(changes, key=_since):
        if change.since <= at:
            quantities.update(change.quantities)
    return quantities


def _since(change: Change[P]) -> date:
    return change.since


def with_quantity(item: Item, quantities: dict[ItemKey, int]) -> Item:
    """Return the item with the quantity in force for it."""
    quantity = quantities.get(item.key, 1) if item.per_unit else item.quantity
    if quantity == item.quantity:
        return item
    return Item(item.key, item.title, item.price, quantity, item.billing, item.tax_class, item.per_unit)


def cycles_from(start: P, zone: ZoneKey, every_cycles: Cycles) -> Grid[P]:
    """Return cycles on the axis of `start`: of dates, or of instants at its own local time of day."""
    if isinstance(start, DateTime):
        there = local(start, zone)
        return cast(Grid[P], ZonedCycles(every_cycles, zone, there.time(), there.fold))
    return cast(Grid[P], every_cycles)
