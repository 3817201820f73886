"""What a subscription is billed at a point: wanted minus covered, stretch by stretch.

What is wanted is read off the timeline; what is covered is what earlier lines still pay for. A
stretch that is wanted and covered alike stays; one that is covered and no longer wanted is given
back; one that is wanted and not covered is charged. Renewal, plan change, backdating, cancellation
and its withdrawal are all this one rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Catalog, Item, Repricing
from acctcore.billing.proration import Basis, Booked, Credit, settle, share
from acctcore.billing.subscriptions import messages as m
from acctcore.billing.subscriptions.model import Covered, Phase, Subscription, phase
from acctcore.billing.subscriptions.policy import Selling
from acctcore.kernel.calendar import Every, Span, stamp
from acctcore.kernel.identity import extend
from acctcore.kernel.terms import CommandId, DocumentId, LineId

_IN_ADVANCE, _IN_ARREARS = Billing.IN_ADVANCE, Billing.IN_ARREARS

P = TypeVar("P", bound=date)


class ChargePart(NamedTuple, Generic[P]):
    """A stretch to be charged: its line's id, what is charged, how much and why."""

    line: LineId
    item: Item
    span: Span[P]
    amount: int
    basis: Basis


@frozen
class CreditPart(Generic[P]):
    """A stretch to be given back, of one covered line."""

    line: LineId
    covered: Covered[P]
    span: Span[P]
    credit: Credit


@frozen
class Bill(Generic[P]):
    """What one billing comes to: its invoice's id, the event that books it, what it charges and credits."""

    document: DocumentId
    event: m.Billed[P]
    charges: tuple[ChargePart[P], ...]
    credits: tuple[CreditPart[P], ...]
    following: P | None


class _Want(NamedTuple, Generic[P]):
    item: Item
    span: Span[P]
    cycle: Span[P]
    every: Every


def bill(
    subscription: Subscription[P],
    on: P,
    policy: Selling,
    at: DateTime,
    cause: CommandId,
    *,
    changed_from: P | None = None,
    through: P | None = None,
    credit: bool = True,
) -> Bill[P]:
    """Return what the subscription, as it is now agreed, is billed at the point `on`.

    `changed_from` is the earliest point at which the command changed the timeline; `through` the
    last point whose entries count already (they may lie a day after `on`). Entries that fell due
    since the last billing are found by themselves.
    """
    through = on if through is None or through < on else through
    cycle = subscription.terms(through).cycles.containing(on)
    billed_to, arrears_to = _horizons(subscription, on, through, cycle)
    changed_from = _changed_from(subscription, through, changed_from)
    document = invoice_id(cause)
    book: _Book[P] = _Book(policy, cause, document)
    for billing, horizon, end in (
        (_IN_ADVANCE, subscription.billed_to, billed_to),
        (_IN_ARREARS, subscription.arrears_to, arrears_to),
    ):
        if billing not in subscription.agreed.billings:
            continue
        start = horizon if changed_from is None else min(horizon, changed_from)
        if start < subscription.billing_from:
            start = subscription.billing_from
        wants = _wanted(subscription, start, end, through, billing, cycle) if start < end else []
        if changed_from is not None and start < horizon:
            wants = book.give_back(subscription, wants, start, billing, credit)
        for want in wants:
            book.charge(want, billing)
    event = m.Billed(
        at, cause, subscription.id, on, billed_to, arrears_to, tuple(book.released), tuple(book.booked)
    )
    following = _following(subscription, on, cycle)
    return Bill(document, event, tuple(book.charges), tuple(book.credits), following)


def invoice_id(cause: CommandId) -> DocumentId:
    """Return the id of the invoice that a command about a subscription brings about."""
    return extend(cause, "invoice")


def _horizons(subscription: Subscription[P], on: P, through: P, cycle: Span[P]) -> tuple[P, P]:
    """Return how far charges in advance and in arrears are booked once `on` is billed."""
    begin, ends = subscription.billing_from, subscription.ends
    if on < begin:
        return begin, begin
    billed_to = max(subscription.billed_to, cycle.end)
    arrears_to = max(subscription.arrears_to, cycle.start)
    if ends is None:
        return billed_to, arrears_to
    if ends <= through:
        return max(ends, begin), max(ends, begin)
    if ends >= subscription.billed_to:
        billed_to = min(billed_to, ends)
    return billed_to, arrears_to


def _changed_from(subscription: Subscription[P], through: P, stated: P | None) -> P | None:
    """Return the earliest point at which what is wanted may differ from what is covered."""
    last, ends = subscription.billed_at, subscription.ends
    if stated is None and ends is None and len(subscription.changes) == 1:
        return None
    points = [] if stated is None else [stated]
    if last is not None and len(subscription.changes) > 1:
        points += [change.since for change in subscription.changes if last < change.since <= through]
    if ends is not None and ends <= through and ends < subscription.billed_to:
        points.append(ends)
    return min(points, default=None)


def _wanted(
    subscription: Subscription[P], start: P, end: P, through: P, billing: Billing, cycle: Span[P]
) -> list[_Want[P]]:
    """Return what is wanted in `[start, end)`, cut at the boundaries of cycles and terms.

    `cycle` is one that is known already: most often the only one that is needed.
    """
    wants: list[_Want[P]] = []
    timeline = [terms for terms in subscription.timeline if terms.since <= through]
    for index, terms in enumerate(timeline):
        first = max(start, terms.since) if index else start
        last = min(end, timeline[index + 1].since) if index + 1 < len(timeline) else end
        items = [item for item in terms.items if item.billing is billing and item.quantity]
        if first >= last or not items:
            continue
        cycles = terms.cycles
        while first < last:
            if first != cycle.start or index + 1 < len(timeline):
                cycle = cycles.containing(first)
            span = cycle if first == cycle.start and cycle.end <= last else Span(first, min(cycle.end, last))
            wants += [_Want(item, span, cycle, cycles.every) for item in items]
            first = span.end
    return wants


class _Book(Generic[P]):
    """What one billing gives back and charges, as it is put together."""

    __slots__ = ("booked", "cause", "charges", "credits", "document", "policy", "released")

    def __init__(self, policy: Selling, cause: CommandId, document: DocumentId) -> None:
        self.policy = policy
        self.cause = cause
        self.document = document
        self.released: list[Covered[P]] = []
        self.booked: list[Covered[P]] = []
        self.charges: list[ChargePart[P]] = []
        self.credits: list[CreditPart[P]] = []

    def charge(self, want: _Want[P], billing: Billing) -> None:
        """Charge a stretch that is wanted and not covered."""
        item, span, cycle, every = want
        basis = share(item.price, item.quantity, span, cycle, every, self.policy.proration)
        amount = basis.amount()
        line = extend(self.document, item.key, stamp(span.start))
        self.charges.append(ChargePart(line, item, span, amount, basis))
        self.booked.append(
            Covered(
                line,
                self.document,
                item.key,
                item.price,
                item.quantity,
                span,
                cycle,
                every,
                amount,
                amount,
                billing is _IN_ARREARS,
            )
        )

    def give_back(
        self,
        subscription: Subscription[P],
        wants: list[_Want[P]],
        start: P,
        billing: Billing,
        credit: bool,
    ) -> list[_Want[P]]:
        """Give back what is covered from `start` on and not wanted; return what is wanted and not covered."""
        arrears = billing is Billing.IN_ARREARS
        for covered in subscription.covered:
            if covered.arrears is not arrears or covered.span.end <= start:
                continue
            alike = [want for want in wants if _alike(want, covered)]
            inside = Span(max(covered.span.start, start), covered.span.end)
            gone = _without(inside, [want.span for want in alike])
            if gone and credit:
                self.released.append(covered)
                self.booked += self._kept(covered, gone)
            if alike:
                wants = [
                    _Want(want.item, rest, want.cycle, want.every)
                    for want in wants
                    for rest in (_without(want.span, [covered.span]) if want in alike else [want.span])
                ]
        return wants

    def _kept(self, covered: Covered[P], gone: list[Span[P]]) -> list[Covered[P]]:
        """Give back stretches of one covered line; return the coverage that stays."""
        pieces = [covered]
        for span in gone:
            piece = next(piece for piece in pieces if span.within(piece.span))
            pieces.remove(piece)
            credited = piece.billed - covered.amount
            booked = Booked(piece.price, piece.quantity, piece.span, piece.amount, piece.billed, credited)
            policy = self.policy
            given = settle(booked, span, piece.cycle, piece.every, policy.proration, policy.settlement)
            ends = ((piece.span.start, span.start), (span.end, piece.span.end))
            kept = [Span(start, end) for start, end in ends if start < end]
            pieces += [_cut(piece, left, amount) for left, amount in zip(kept, given.left, strict=True)]
            line = extend(covered.line, "credit", self.cause, stamp(span.start))
            self.credits.append(CreditPart(line, covered, span, given))
        return pieces


def _alike(want: _Want[P], covered: Covered[P]) -> bool:
    item = want.item
    return (
        item.key == covered.item
        and item.quantity == covered.quantity
        and item.price == covered.price
        and want.cycle == covered.cycle
    )


def _without(span: Span[P], others: list[Span[P]]) -> list[Span[P]]:
    """Return what is left of a span outside of others, in order."""
    left = [span]
    for other in others:
        left = [
            Span(start, end)
            for part in left
            for start, end in (
                (part.start, min(part.end, max(part.start, other.start))),
                (max(part.start, min(part.end, other.end)), part.end),
            )
            if start < end
        ]
    return left


def _cut(covered: Covered[P], span: Span[P], amount: int) -> Covered[P]:
    old = covered
    return Covered(
        old.line,
        old.document,
        old.item,
        old.price,
        old.quantity,
        span,
        old.cycle,
        old.every,
        amount,
        old.billed,
        old.arrears,
    )


def reduced(covered: Covered[P], by: int) -> Covered[P]:
    """Return the coverage with so many minor units less left, for credits given for other reasons."""
    return _cut(covered, covered.span, covered.amount - by)


def repriced(subscription: Subscription[P], on: P, catalog: Catalog) -> tuple[Item, ...] | None:
    """Return the items at the prices in force on a point, or None where none differs.

    A price that is no longer in the list stays as it was agreed.
    """
    terms = subscription.terms(on)
    plan = catalog.plan(terms.plan)
    if plan is None or not plan.dated or catalog.repricing is Repricing.KEEP:
        return None
    day = subscription.day(on)
    prices = {charge.key: charge.price(subscription.currency, day) for charge in plan.charges}
    items = tuple(
        Item(item.key, item.title, price, item.quantity, item.billing, item.tax_class, item.per_unit)
        if (price := prices.get(item.key)) is not None
        else item
        for item in terms.items
    )
    return None if items == terms.items else items


def next_point(subscription: Subscription[P]) -> P | None:
    """Return the next point at which something is to be billed, or None where nothing ever is again."""
    last, ends = subscription.billed_at, subscription.ends
    if last is None:
        first = subscription.billing_from
        return None if ends is not None and ends <= first else first
    if ends is not None and ends <= last:
        return None
    return next_after(subscription, last)


def next_after(subscription: Subscription[P], last: P) -> P | None:
    """Return the first billing point after another: a boundary, a change that falls due, or the end."""
    return _following(subscription, last, subscription.terms(last).cycles.containing(last))


def _following(subscription: Subscription[P], last: P, cycle: Span[P]) -> P | None:
    ends = subscription.ends
    if ends is not None and ends <= last:
        return None
    point = cycle.end
    changes = subscription.changes
    if len(changes) > 1:
        for change in changes:
            if last < change.since < point:
                point = change.since
    return ends if ends is not None and ends < point else point


def due_points(subscription: Subscription[P], now: P) -> Iterator[P]:
    """Return every billing point up to and with `now` that has not been billed, in order."""
    point = next_point(subscription)
    while point is not None and point <= now:
        yield point
        point = next_after(subscription, point)


def phase_at(subscription: Subscription[P], at: DateTime) -> Phase | None:
    """Return the phase at an instant."""
    return phase(subscription, subscription.point(at))
