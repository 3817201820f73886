"""A subscription: what was agreed, and what is booked of it.

Terms and phase are read off the timeline of what was agreed. What is booked is the coverage: which
stretch of time each line still pays for.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar, cast

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.subscriptions.timeline import Agreed, Change, Terms
from acctcore.kernel.calendar import Every, Span, at_local, local_date
from acctcore.kernel.money import Price
from acctcore.kernel.terms import CurrencyCode, DocumentId, ItemKey, LineId, SubscriptionId, ZoneKey

P = TypeVar("P", bound=date)


class Phase(Enum):
    """Where a subscription stands at a moment; read off its timeline."""

    PENDING = "pending"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


@frozen
class Covered(Generic[P]):
    """A stretch of time that a billed line pays for, and how much of the line is left for it.

    Units: minor units. `billed` is what the whole line came to and `whole` the stretch that it was
    billed for, `cycle` the reference that it was prorated in. `tax_class` is what it was taxed as.
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
    tax_class: str


@frozen
class Subscription(Generic[P]):
    """What one customer agreed to, in one currency, on one axis of time (local dates or instants).

    `ends` is the end that is agreed, and `gives_back` whether what is booked beyond it is given back
    once it comes. `billed_at` is the point of the last billing; `billed_to` and `arrears_to` are how
    far charges in advance and in arrears are booked.
    """

    id: SubscriptionId
    currency: CurrencyCode
    start: P
    agreed: Agreed[P]
    ends: P | None
    gives_back: bool
    billed_at: P | None
    billed_to: P
    arrears_to: P
    covered: tuple[Covered[P], ...]

    @property
    def zone(self) -> ZoneKey:
        """The zone in which its days are counted."""
        return self.agreed.zone

    @property
    def billing_from(self) -> P:
        """Where billing starts: the start, or the end of the trial."""
        return self.agreed.billing_from

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
            first = self.billing_from
            if ends is not None and ends <= first:
                return None
            return first if self.terms(first).idle is None else self.going_on(first)
        unsettled = self.agreed.unsettled
        if unsettled is not None:
            if unsettled.on <= last:
                return last
        elif ends is not None and ends <= last:
            return None
        return self.following(last, self.terms(last).cycle(last))

    def following(self, last: P, cycle: Span[P]) -> P | None:
        """Return the first billing point after another one, which lies in `cycle`."""
        point = self._following(last, cycle)
        unsettled = self.agreed.unsettled
        if unsettled is not None and last < unsettled.on and (point is None or unsettled.on < point):
            return unsettled.on
        return point

    def _following(self, last: P, cycle: Span[P]) -> P | None:
        ends = self.ends
        if ends is not None and ends <= last:
            return None
        point = cycle.end
        timeline = self.agreed.terms
        if len(timeline) > 1 or timeline[0].idle is not None:
            if self.terms(last).idle is not None:
                return self.going_on(last)
            for terms in timeline:
                if last < terms.since < point:
                    point = terms.since
        return ends if ends is not None and ends < point else point

    def going_on(self, last: P) -> P | None:
        """Return the point at which something is wanted again, or the end; None where neither is known.

        While nothing is wanted, nothing is billed: no boundary and no change is a billing point.
        """
        points = [terms.since for terms in self.timeline if last < terms.since and terms.idle is None]
        return min(points if self.ends is None else [*points, self.ends], default=None)


def phase(subscription: Subscription[P] | None, at: P | None) -> Phase | None:
    """Return the phase at a point of the subscription's axis, or None where there is none.

    An end that is agreed comes before all else: what is cancelled before it starts, in its trial or
    in a pause, is ending and can be taken back. The end of a fixed term is none of these until it comes.
    """
    if subscription is None or at is None:
        return None
    if subscription.ends is not None:
        if subscription.ends <= at:
            return Phase.ENDED
        if subscription.ends != subscription.agreed.expires:
            return Phase.ENDING
    if at < subscription.start:
        return Phase.PENDING
    if subscription.agreed.stops and subscription.agreed.pause(at) is not None:
        return Phase.PAUSED
    return Phase.TRIALING if at < subscription.billing_from else _ACTIVE


_ACTIVE = Phase.ACTIVE  # looking a member up costs more than using it
