"""What a subscription is billed at a point: wanted minus covered, stretch by stretch.

What is wanted is read off the timeline; what is covered is what earlier lines still pay for. A
stretch that is wanted and covered alike stays; one that is covered and no longer wanted is given
back; one that is wanted and not covered is charged. Renewal, plan change, backdating, cancellation
and its withdrawal are all this one rule.

Wanted in advance is the cycle that contains the point, at most up to an end that is agreed; in
arrears, what lies before that cycle, and all of it at the end or as a pause begins. While a
subscription pauses, nothing is wanted. An entry that is agreed for a later point counts when that
point is billed, and not before. What is covered beyond an agreed end stays booked until the end has
come, and for good where nothing is given back; so does what is covered in a pause that gives nothing
back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Catalog, Item, Plan
from acctcore.billing.proration import Basis, Booked, Credit, Rest, settle, share
from acctcore.billing.subscriptions import messages as m
from acctcore.billing.subscriptions.decider import evolve
from acctcore.billing.subscriptions.model import Covered, Phase, Subscription, phase
from acctcore.billing.subscriptions.policy import Selling
from acctcore.billing.subscriptions.timeline import Idle, differs_from
from acctcore.kernel.calendar import Every, Span, stamp
from acctcore.kernel.identity import derive, extend
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import CommandId, CurrencyCode, DocumentId, LineId

_IN_ADVANCE, _IN_ARREARS = Billing.IN_ADVANCE, Billing.IN_ARREARS
_KEPT = Idle.KEPT

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
    """What one billing comes to: its invoice's id, the event that books it, what it charges and credits.

    `repriced` are the prices that came into force on the way; they happen before the event.
    """

    document: DocumentId
    repriced: tuple[m.Repriced[P], ...]
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
) -> Bill[P]:
    """Return what the subscription, as it is now agreed, is billed at the point `on`.

    `changed_from` is the earliest point at which the command changed the timeline; `through` the
    last point whose entries count already (they may lie a day after `on`). Entries that fell due
    since the last billing are found by themselves, and so are prices for the cycles that began.
    """
    through = on if through is None or through < on else through
    changed_from = _changed_from(subscription, through, changed_from)
    repriced: tuple[m.Repriced[P], ...] = ()
    if policy.catalog.reprices:
        subscription, repriced = _repriced(subscription, changed_from, on, policy.catalog, at, cause)
    cycle = subscription.terms(on).cycle(on)
    billed_to, arrears_to = _horizons(subscription, on, through, cycle)
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
        if changed_from is not None:
            kept = _kept_in_pauses(subscription, through)
            wants = book.give_back(
                subscription, wants, start, _frozen_from(subscription, through), kept, billing
            )
        for want in wants:
            book.charge(want, billing)
    event = m.Billed(
        at, cause, subscription.id, on, billed_to, arrears_to, tuple(book.released), tuple(book.booked)
    )
    following = subscription.following(on, cycle)
    return Bill(document, repriced, event, tuple(book.charges), tuple(book.credits), following)


def bill_change(
    before: Subscription[P] | None, after: Subscription[P], command: m.Command, policy: Selling
) -> Bill[P] | None:
    """Return what a change costs at once, or None where nothing of it counts yet.

    A start is billed at its first billing point, even where cycles have passed since: those are due
    one by one. A later change counts as of the last billing if it lies before that. Moving an end
    that was agreed counts at once: the last cycle may have been billed short.
    """
    at, cause = command.at, command.id
    now = after.point(at)
    if before is None:
        first = after.next_point
        return bill(after, first, policy, at, cause) if first is not None and first <= now else None
    since = _differs_from(before, after)
    if after.billed_at is None or since is None:
        return None
    point = max(now, after.billed_at)
    # where the day of a change is still the old terms', what was asked today counts from tomorrow
    today = policy.proration.switch(point)
    counts = since <= point or _at_once(command) or _undone(before, after, since, today)
    extended = before.ends is not None and (after.ends is None or before.ends < after.ends)
    if not counts and not extended:
        return None
    through = max(since, today) if counts else today
    return bill(after, point, policy, at, cause, changed_from=since, through=through)


def _differs_from(before: Subscription[P], after: Subscription[P]) -> P | None:
    """Return the first point at which something else is agreed than before, or None."""
    since = differs_from(before.timeline, after.timeline)
    points = [] if since is None else [since]
    if before.ends != after.ends or before.gives_back is not after.gives_back:
        points += [ends for ends in (before.ends, after.ends) if ends is not None]
    return min(points, default=None)


def _at_once(command: m.Command) -> bool:
    """Return whether a change counts from its own moment, also where that day is still the old terms'."""
    return getattr(command, "when", None) is m.Timing.NOW


def _undone(before: Subscription[P], after: Subscription[P], since: P, today: P) -> bool:
    """Return whether what counted already, from tomorrow, is withdrawn: it has no billing point any more."""
    points = [{terms.since for terms in each.timeline} for each in (before, after)]
    return since <= today and since in points[0] - points[1]


def invoice_id(cause: CommandId) -> DocumentId:
    """Return the id of the invoice that a command about a subscription brings about."""
    return extend(cause, "invoice")


def _horizons(subscription: Subscription[P], on: P, through: P, cycle: Span[P]) -> tuple[P, P]:
    """Return how far charges in advance and in arrears are booked once a point of this cycle is billed."""
    ends = subscription.ends
    if ends is not None and ends <= through:
        end = max(ends, subscription.billing_from)
        return end, end
    billed_to = cycle.end if through == on else _new_cycles_from(subscription, on, through, cycle)
    if ends is not None and ends < billed_to:
        billed_to = ends
    stopped = subscription.agreed.lying_over and subscription.terms(through).idle is not None
    return billed_to, max(subscription.arrears_to, through if stopped else cycle.start)


def _new_cycles_from(subscription: Subscription[P], on: P, through: P, cycle: Span[P]) -> P:
    """Return the end of a cycle, or the point up to `through` at which others take its place.

    They are billed when they begin, also where what was asked today counts from tomorrow.
    """
    now = subscription.terms(on)
    others = [
        terms.since
        for terms in subscription.timeline
        if on < terms.since <= through and (terms.cycles, terms.first) != (now.cycles, now.first)
    ]
    return min([cycle.end, *others])


def _frozen_from(subscription: Subscription[P], through: P) -> P | None:
    """Return the point from which on nothing is given back: an end that is to come, or that gives nothing."""
    ends = subscription.ends
    return ends if ends is not None and (through < ends or not subscription.gives_back) else None


def _kept_in_pauses(subscription: Subscription[P], through: P) -> list[tuple[P, P | None]]:
    """Return the stretches in which nothing is wanted and what is booked stays; not beyond an end."""
    if not subscription.agreed.lying_over:
        return []
    known = [terms for terms in subscription.timeline if terms.since <= through]
    last = subscription.ends
    if last is not None and last <= through:
        known = [terms for terms in known if terms.since < last]
    else:
        last = None
    ends = [*[terms.since for terms in known][1:], last]
    return [(terms.since, end) for terms, end in zip(known, ends, strict=False) if terms.idle is _KEPT]


def _changed_from(subscription: Subscription[P], through: P, stated: P | None) -> P | None:
    """Return the earliest point at which what is wanted may differ from what is covered."""
    last, ends = subscription.billed_at, subscription.ends
    timeline = subscription.timeline
    unsettled = subscription.agreed.unsettled
    if last is None or (stated is None and ends is None and unsettled is None and len(timeline) == 1):
        return None
    points = [] if stated is None else [stated]
    if unsettled is not None:
        points.append(unsettled.since)
    points += [terms.since for terms in timeline if last < terms.since <= through]
    if ends is not None and last < ends <= through:
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
        if first >= last or not items or terms.idle is not None:
            continue
        every = terms.cycles.every
        while first < last:
            if first != cycle.start or len(timeline) > 1:
                cycle = terms.cycle(first)
            span = cycle if first == cycle.start and cycle.end <= last else Span(first, min(cycle.end, last))
            wants += [_Want(item, span, cycle, every) for item in items]
            first = span.end
    return wants


class _Book(Generic[P]):
    """What one billing gives back and charges, as it is put together."""

    __slots__ = ("booked", "cause", "charges", "credited", "credits", "document", "policy", "released")

    def __init__(self, policy: Selling, cause: CommandId, document: DocumentId) -> None:
        self.policy = policy
        self.cause = cause
        self.document = document
        self.released: list[Covered[P]] = []
        self.booked: list[Covered[P]] = []
        self.charges: list[ChargePart[P]] = []
        self.credits: list[CreditPart[P]] = []
        self.credited: dict[LineId, int] = {}  # of lines that lose something here, what they lost so far

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
                span,
                item.tax_class,
            )
        )

    def give_back(
        self,
        subscription: Subscription[P],
        wants: list[_Want[P]],
        start: P,
        frozen_from: P | None,
        kept: list[tuple[P, P | None]],
        billing: Billing,
    ) -> list[_Want[P]]:
        """Give back what is covered from `start` on and not wanted; return what is wanted and not covered."""
        arrears = billing is _IN_ARREARS
        for covered in subscription.covered:
            if covered.arrears is not arrears or covered.span.end <= start:
                continue
            alike = [want for want in wants if _alike(want, covered)]
            first, last = max(covered.span.start, start), covered.span.end
            if frozen_from is not None and frozen_from < last:
                last = frozen_from
            stays = [want.span for want in alike]
            stays += [Span(since, last if until is None else until) for since, until in kept if since < last]
            gone = _without(Span(first, last), stays) if first < last else []
            if gone:
                self.released.append(covered)
                self.booked += self._kept(subscription, covered, gone)
            if alike:
                wants = [
                    _Want(want.item, rest, want.cycle, want.every)
                    for want in wants
                    for rest in (_without(want.span, [covered.span]) if want in alike else [want.span])
                ]
        return wants

    def _kept(
        self, subscription: Subscription[P], covered: Covered[P], gone: list[Span[P]]
    ) -> list[Covered[P]]:
        """Give back stretches of one covered line; return the coverage that stays."""
        policy, pieces = self.policy, [covered]
        credited = self.credited.get(covered.line)
        if credited is None:
            left = [piece.amount for piece in subscription.covered if piece.line == covered.line]
            credited = covered.billed - sum(left)
        for span in gone:
            piece = next(piece for piece in pieces if span.within(piece.span))
            pieces.remove(piece)
            booked = Booked(
                piece.price, piece.quantity, piece.span, piece.amount, piece.billed, credited, piece.whole
            )
            given = settle(booked, span, piece.cycle, piece.every, policy.proration, policy.settlement)
            given = _at_most(given, piece.billed - credited, booked, policy.settlement.ref)
            credited += given.amount
            ends = ((piece.span.start, span.start), (span.end, piece.span.end))
            kept = [Span(start, end) for start, end in ends if start < end]
            pieces += [_cut(piece, left, amount) for left, amount in zip(kept, given.left, strict=True)]
            line = extend(covered.line, "credit", self.cause, stamp(span.start))
            self.credits.append(CreditPart(line, covered, span, given))
        self.credited[covered.line] = credited
        return pieces


def _at_most(given: Credit, left: int, booked: Booked[P], ref: PolicyRef) -> Credit:
    """Return a credit that a document can bear: no settlement takes more of a line than is left of it."""
    if given.amount <= left:
        return given
    rest = Rest(left, (), booked.price.currency, ref)
    return Credit(left, rest, (0,) * len(given.left), booked.amount - left)


def _alike(want: _Want[P], covered: Covered[P]) -> bool:
    item = want.item
    return (
        item.key == covered.item
        and item.quantity == covered.quantity
        and item.price == covered.price
        and item.tax_class == covered.tax_class
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
        old.whole,
        old.tax_class,
    )


def reduced(covered: Covered[P], by: int) -> Covered[P]:
    """Return the coverage with so many minor units less left, for credits given for other reasons."""
    return _cut(covered, covered.span, covered.amount - by)


def _repriced(
    subscription: Subscription[P],
    changed_from: P | None,
    on: P,
    catalog: Catalog,
    at: DateTime,
    cause: CommandId,
) -> tuple[Subscription[P], tuple[m.Repriced[P], ...]]:
    """Return the subscription at the prices in force as its cycles began, up to `on`.

    A new price holds from the first cycle that begins on or after its date, never inside one; a
    change that is backdated over renewals meets the prices of each of them. A price that is no longer
    in the list stays as it was agreed.
    """
    found: list[m.Repriced[P]] = []
    last, point = subscription.billed_at, subscription.billing_from
    if last is not None:
        point = _next_cycle(subscription, last if changed_from is None else min(last, changed_from))
    while point <= on:
        terms = subscription.terms(point)
        plan = catalog.plan(terms.plan)
        if plan is not None and plan.dated:
            items = _at_prices(terms.items, plan, subscription.currency, subscription.day(point))
            if items != terms.items:
                event = m.Repriced(at, cause, subscription.id, point, plan.id, items)
                subscription = evolve(subscription, event)
                found.append(event)
        point = _next_cycle(subscription, point)
    return subscription, tuple(found)


def _next_cycle(subscription: Subscription[P], after: P) -> P:
    """Return the first point after another one at which a cycle begins."""
    point = after
    while True:
        end = subscription.terms(point).cycle(point).end
        point = min(
            [terms.since for terms in subscription.timeline if point < terms.since < end], default=end
        )
        if subscription.terms(point).cycle(point).start == point:
            return point


def _at_prices(items: tuple[Item, ...], plan: Plan, currency: CurrencyCode, on: date) -> tuple[Item, ...]:
    prices = {charge.key: charge.price(currency, on) for charge in plan.charges}
    return tuple(
        Item(item.key, item.title, price, item.quantity, item.billing, item.tax_class, item.per_unit)
        if (price := prices.get(item.key)) is not None
        else item
        for item in items
    )


def next_point(subscription: Subscription[P]) -> P | None:
    """Return the next point at which something is to be billed, or None where nothing ever is again."""
    return subscription.next_point


def next_after(subscription: Subscription[P], last: P) -> P | None:
    """Return the first billing point after another: a boundary, a change that falls due, or the end."""
    return subscription.following(last, subscription.terms(last).cycle(last))


def due_points(subscription: Subscription[P], now: P) -> Iterator[P]:
    """Return every billing point up to and with `now` that has not been billed, in order."""
    point = next_point(subscription)
    while point is not None and point <= now:
        yield point
        point = next_after(subscription, point)


def due_at(subscription: Subscription[P], point: P) -> DateTime:
    """Return the instant at which a billing point is due: its own, or that of what is settled there."""
    at = max(subscription.instant(point), subscription.agreed.at)
    unsettled = subscription.agreed.unsettled
    return at if unsettled is None or point < unsettled.on else max(at, unsettled.at)


def billing_id(subscription: Subscription[P], point: P) -> CommandId:
    """Return the id of the command that bills a point; of one that is billed once more, another id."""
    unsettled = subscription.agreed.unsettled
    if unsettled is not None and subscription.billed_at == point:
        return derive("bill", subscription.id, stamp(point), unsettled.cause)
    return derive("bill", subscription.id, stamp(point))


def phase_at(subscription: Subscription[P], at: DateTime) -> Phase | None:
    """Return the phase at an instant."""
    return phase(subscription, subscription.point(at))
