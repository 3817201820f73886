"""A subscription: what was agreed, as a timeline of changes, and what is booked of it.

The timeline holds what happened and from when it counts; terms and phase are read off it. What is
booked is the coverage: which stretch of time each line still pays for.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar, cast

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Item
from acctcore.kernel.calendar import Cycles, Every, Grid, Span, ZonedCycles, at_local, local, local_date
from acctcore.kernel.money import Price
from acctcore.kernel.terms import CurrencyCode, DocumentId, ItemKey, LineId, PlanId, SubscriptionId, ZoneKey

P = TypeVar("P", bound=date)


class Phase(Enum):
    """Where a subscription stands at a moment; read off its timeline."""

    PENDING = "pending"
    TRIALING = "trialing"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"


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


@frozen
class Agreed(Generic[P]):
    """The timeline of one subscription: every change, in the order in which they were recorded.

    `at` is the instant at which the subscription was agreed; a backdated one began before it, and
    nothing of it is billed earlier.
    """

    changes: tuple[Change[P], ...]
    at: DateTime

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
        return Agreed((*self.changes, change), self.at)


@frozen
class Covered(Generic[P]):
    """A stretch of time that a billed line pays for, and how much of the line is left for it.

    Units: minor units. `billed` is what the whole line came to and `whole` the stretch that it was
    billed for, `cycle` the reference that it was prorated in.
    """

    line: LineId
    document: DocumentId
    item: ItemKey
    price: Price
    quantity: int
    span: Span[P]
    cycle: Span[P]
    every: Every
    amount: int
    billed: int
    arrears: bool
    whole: Span[P]


@frozen
class Subscription(Generic[P]):
    """What one customer agreed to, in one currency, on one axis of time (local dates or instants).

    `billing_from` is where billing starts: the start, or the end of the trial. `ends` is the end
    that is agreed, and `gives_back` whether what is booked beyond it is given back once it comes.
    `billed_at` is the point of the last billing; `billed_to` and `arrears_to` are how far charges in
    advance and in arrears are booked.
    """

    id: SubscriptionId
    currency: CurrencyCode
    zone: ZoneKey
    start: P
    billing_from: P
    agreed: Agreed[P]
    ends: P | None
    gives_back: bool
    billed_at: P | None
    billed_to: P
    arrears_to: P
    covered: tuple[Covered[P], ...]

    @property
    def changes(self) -> tuple[Change[P], ...]:
        """Every change of the timeline, in the order in which they were recorded."""
        return self.agreed.changes

    @property
    def timeline(self) -> tuple[Terms[P], ...]:
        """The terms in force, from each point on."""
        return self.agreed.terms

    def terms(self, at: P) -> Terms[P]:
        """Return the terms in force at a point; before the start, the first ones."""
        timeline = self.agreed.terms
        found = timeline[0]
        for terms in timeline:
            if terms.since > at:
                break
            found = terms
        return found

    def point(self, at: DateTime) -> P:
        """Return an instant on this subscription's own axis of time."""
        if type(self.start) is DateTime:
            return cast(P, at)
        return cast(P, local_date(at, self.zone))

    def instant(self, point: P) -> DateTime:
        """Return a point of this subscription's axis as an instant: a date begins at local midnight."""
        return point if isinstance(point, DateTime) else at_local(point, self.zone)

    def day(self, point: P) -> date:
        """Return the local date of a point."""
        return local_date(point, self.zone) if isinstance(point, DateTime) else point

    @cached_property
    def next_point(self) -> P | None:
        """The next point at which something is to be billed, or None where nothing ever is again."""
        last, ends = self.billed_at, self.ends
        if last is None:
            return None if ends is not None and ends <= self.billing_from else self.billing_from
        if ends is not None and ends <= last:
            return None
        return self.following(last, self.terms(last).cycles.containing(last))

    def following(self, last: P, cycle: Span[P]) -> P | None:
        """Return the first billing point after another one, which lies in `cycle`."""
        ends = self.ends
        if ends is not None and ends <= last:
            return None
        point = cycle.end
        for change in self.changes if len(self.changes) > 1 else ():
            if last < change.since < point:
                point = change.since
        return ends if ends is not None and ends < point else point


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


def phase(subscription: Subscription[P] | None, at: P | None) -> Phase | None:
    """Return the phase at a point of the subscription's axis, or None where there is none.

    An end that is agreed comes before all else: what is cancelled before it starts, or in its trial,
    is ending and can be taken back.
    """
    if subscription is None or at is None:
        return None
    if subscription.ends is not None:
        return Phase.ENDED if subscription.ends <= at else Phase.ENDING
    if at < subscription.start:
        return Phase.PENDING
    return Phase.TRIALING if at < subscription.billing_from else _ACTIVE


_ACTIVE = Phase.ACTIVE  # looking a member up costs more than using it
