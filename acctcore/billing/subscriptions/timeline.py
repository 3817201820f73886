"""What was agreed: entries in the order in which they were recorded, and the terms they come to.

Nothing is ever taken off in silence: what holds at a point is read off the entries, folded by their
points.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Generic, TypeVar, cast

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Item
from acctcore.kernel.calendar import Cycles, Grid, Span, ZonedCycles, local
from acctcore.kernel.terms import ItemKey, PlanId, ZoneKey

P = TypeVar("P", bound=date)


@frozen
class Change(Generic[P]):
    """One entry of the timeline: from a point on, another plan or another quantity.

    A plan entry has `plan` and `items` (and `cycles` of its own where the interval changed); a
    quantity entry has neither. `quantities` are those stated with the entry; others carry over.
    A `repriced` entry counts only while its plan is in force: it does not bring the plan back.
    """

    since: P
    quantities: tuple[tuple[ItemKey, int], ...]
    plan: PlanId | None = None
    items: tuple[Item, ...] = ()
    cycles: Grid[P] | None = None
    repriced: bool = False


@frozen
class Terms(Generic[P]):
    """What is agreed from one point up to the next."""

    since: P
    plan: PlanId
    items: tuple[Item, ...]
    cycles: Grid[P]

    def cycle(self, at: P) -> Span[P]:
        """Return the cycle that contains a point."""
        return self.cycles.containing(at)


@frozen
class Agreed(Generic[P]):
    """The timeline of one subscription: every change, in the order in which they were recorded.

    `at` is the instant at which the subscription was agreed; a backdated one began before it, and
    nothing of it is billed earlier. `billing_from` is where billing starts: the start, or the end of
    the trial. `zone` is the zone in which its days are counted.
    """

    changes: tuple[Change[P], ...]
    at: DateTime
    zone: ZoneKey
    billing_from: P

    @cached_property
    def terms(self) -> tuple[Terms[P], ...]:
        """The terms in force, from each point on."""
        return terms_of(self.changes)

    @cached_property
    def billings(self) -> tuple[Billing, ...]:
        """Whether anything was ever charged in advance, in arrears, or both."""
        return tuple({item.billing: None for change in self.changes for item in change.items})

    def having(self, change: Change[P]) -> Agreed[P]:
        """Return the timeline with one more change."""
        return Agreed((*self.changes, change), self.at, self.zone, self.billing_from)


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
    for change in changes if len(changes) == 1 else sorted(changes, key=_since):
        if change.repriced and change.plan != plan:
            continue
        quantities.update(change.quantities)
        if change.plan is not None:
            plan, items, cycles = change.plan, change.items, change.cycles or cycles
        items = tuple([with_quantity(item, quantities) for item in items])
        assert cycles is not None, "a timeline begins with a plan and its cycles"
        terms = Terms(change.since, plan, items, cycles)
        if folded and folded[-1].since == change.since:
            folded[-1] = terms
        else:
            folded.append(terms)
    return tuple(folded)


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
