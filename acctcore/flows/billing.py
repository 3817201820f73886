"""Subscriptions and their documents: one answer across agreement, tax, invoices and open items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.billing.tax import NoRate, TaxPoint
from acctcore.flows.authority import Act
from acctcore.flows.contents import Subscription
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.holding import at_start, waited_for
from acctcore.flows.money_events import item_of
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import Grid, Span, add_days, instant, local_date
from acctcore.kernel.decision import Decision, Missing, Outcome, Reason, refused, unknown
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Event
from acctcore.kernel.terms import BILL, CANCEL, CHANGE_PLAN, PAUSE, SUBSCRIBE, CommandId, Operation
from acctcore.receivables import payments

OPERATION: Mapping[type, Operation] = MappingProxyType(
    {
        subscriptions.Start: SUBSCRIBE,
        subscriptions.ChangePlan: CHANGE_PLAN,
        subscriptions.ChangeQuantity: CHANGE_PLAN,
        subscriptions.ChangeItems: CHANGE_PLAN,
        subscriptions.Reanchor: CHANGE_PLAN,
        subscriptions.Withdraw: CHANGE_PLAN,
        subscriptions.Cancel: CANCEL,
        subscriptions.Uncancel: CANCEL,
        subscriptions.Pause: PAUSE,
        subscriptions.Resume: PAUSE,
        subscriptions.Bill: BILL,
    }
)
"""What each command about a subscription does, in the words of holds and limits."""

_ALLOWED = Outcome.ALLOWED
_GIVEN, _OWED = payments.Side.GIVEN, payments.Side.OWED
_INVOICE, _CREDIT_NOTE = invoices.Kind.INVOICE, invoices.Kind.CREDIT_NOTE
_BILLING_DATE = TaxPoint.BILLING_DATE

ACTS: Mapping[type, Act] = MappingProxyType(
    {
        kind: Act(operation, subject="subscription_id")
        for kind, operation in OPERATION.items()
        if kind is not subscriptions.Bill
    }
)
"""What is limited among commands about subscriptions; what time itself brings about is not."""

WINDING_DOWN: frozenset[type] = frozenset({subscriptions.Cancel, subscriptions.Pause, subscriptions.Bill})
"""The commands that are still accepted on an account that is being closed."""


def subscribe(file: File | None, command: subscriptions.Command, policies: Policies) -> Ruling:
    """Return what a command does to a subscription, with the documents that it brings about."""
    file = file_of(file)
    operation = OPERATION[type(command)]
    subscription = file.subscription(command.subscription_id)
    shared = _shared(file, command, policies)
    decision = subscriptions.decide(subscription, command, policies.selling, file.account.zone, shared)
    billing = type(command) is subscriptions.Bill
    # Time itself brings billing about, at its own moment; people act at the moment they are recorded.
    asked_at = command.at if billing else seen_at(command)
    waits_for = waited_for(file, command.subscription_id, policies)
    stops = gate(
        file,
        operation,
        asked_at,
        command.subscription_id,
        policies=policies,
        since=command.at,
        winding_down=type(command) in WINDING_DOWN,
        known=waits_for if billing else None,
    )
    if stops or decision.outcome is not _ALLOWED:
        return with_gate(file, decision, stops, asked_at)
    if subscription is not None and (early := _out_of_order(subscription, command)):
        return refused(*early)
    if isinstance(command, subscriptions.Bill) and subscription is not None:
        return _renew(file, subscription, command, policies)
    after, events = subscription, decision.events
    for event in events:
        after = subscriptions.evolve(after, event)
    if after is None:
        raise Unhandled(command, decision)
    if subscription is None and file.holds:
        for event in at_start(file, after, events[0], policies):
            after, events = subscriptions.evolve(after, event), (*events, event)
    ruling = _settle(file, subscription, after, command, events, policies)
    return _unless_billing_waits(file, waits_for, ruling, asked_at, command.subscription_id)


def _shared(file: File, command: subscriptions.Command, policies: Policies) -> Grid[date] | None:
    """Return the cycles that a command aligns a subscription with: those of the first that runs."""
    if not subscriptions.aligns(command, policies.selling):
        return None
    for each in file.subscriptions:
        running = subscriptions.phase_at(each, command.at) is not subscriptions.Phase.ENDED
        same_axis = isinstance(each.start, DateTime) is policies.proration.measure.instants
        if each.id != command.subscription_id and running and same_axis:
            return each.terms(each.point(command.at)).cycles
    return None


def _out_of_order(subscription: Subscription, command: subscriptions.Command) -> tuple[Reason, ...]:
    """Return why a command comes before its time: its subject, or billing that is due before it.

    What is due is billed first, at its own prices, taxes and dates: so a late run answers as a
    punctual one.
    """
    if command.at < subscription.agreed.at:
        return (subscriptions.NotAgreedYet(subscription.agreed.at),)
    point = subscriptions.next_point(subscription)
    if point is None:
        return ()
    if isinstance(command, subscriptions.Bill):
        late = subscription.instant(point) < subscription.instant(command.on)
    else:
        late = subscription.instant(point) < command.at
    return (subscriptions.BehindSchedule(point),) if late else ()


def _unless_billing_waits(
    file: File, waits_for: tuple[holds.Hold, ...], ruling: Ruling, at: DateTime, scope: str
) -> Ruling:
    """Return the ruling, or its refusal where it would issue an invoice and billing waits for a hold."""
    if waits_for and any(_is_invoice(event) for event in ruling.events):
        blocked = holds.refusal(waits_for, BILL, at, scope)
        if blocked is not None:
            return refused(blocked, next_change_at=holds.next_change(file.holds, at))
    return ruling


def _is_invoice(event: Event) -> bool:
    return isinstance(event, invoices.Issued) and event.document.kind is _INVOICE


def _renew(file: File, subscription: Subscription, command: subscriptions.Bill, policies: Policies) -> Ruling:
    """Return the billing of a point."""
    on = subscriptions.effective(subscription, command, policies.selling)
    bill = subscriptions.bill(subscription, on, policies.selling, command.at, command.id)
    return document(file, subscription, bill, policies, (), on)


def _settle(
    file: File,
    before: Subscription | None,
    after: Subscription,
    command: subscriptions.Command,
    events: tuple[Event, ...],
    policies: Policies,
) -> Ruling:
    """Return a change with what it costs now: nothing where it only counts later."""
    bill = subscriptions.bill_change(before, after, command, policies.selling)
    if bill is None:
        return _answer(events, after)
    on = after.billing_from if before is None else after.point(command.at)
    return document(file, after, bill, policies, events, on)


def _answer(events: tuple[Event, ...], after: Subscription) -> Ruling:
    point = subscriptions.next_point(after)
    return Decision(Outcome.ALLOWED, events, (), (), None if point is None else after.instant(point))


def document(
    file: File,
    subscription: Subscription,
    bill: subscriptions.Billing[date],
    policies: Policies,
    events: tuple[Event, ...],
    on: date,
) -> Ruling:
    """Return a billing with its documents: a credit note for each invoice that loses, then the invoice."""
    at, cause = bill.event.at, bill.event.cause
    tax_date = subscription.day(on)
    documents: list[invoices.Document] = []
    if bill.credits:
        lost = [
            part.covered.document for part in bill.credits if file.document(part.covered.document) is None
        ]
        if lost:
            return unknown(Missing("the invoices that are credited", tuple(dict.fromkeys(lost))))
        documents += _credit_notes(file, bill.credits, at, tax_date, cause)
    if bill.charges:
        lines, problems = _lines(subscription, bill.charges, policies, tax_date)
        if problems:
            return refused(*problems)
        documents.append(
            invoices.invoice(
                bill.document,
                file.account.id,
                subscription.id,
                subscription.currency,
                lines,
                policies.taxes,
                at,
                tax_date,
                policies.terms.due_on(max(tax_date, local_date(at, subscription.zone))),
                cause,
            )
        )
    issued = [invoices.Issued(at, cause, each) for each in documents]
    settled = allocations(file, documents, at, cause, policies.allocation)
    following = bill.following
    return Decision(
        _ALLOWED,
        (
            *events,
            *bill.repriced,
            bill.event,
            *issued,
            *settled,
        ),
        (),
        (),
        None if following is None else subscription.instant(following),
    )


def _lines(
    subscription: Subscription,
    charges: Sequence[subscriptions.ChargePart[date]],
    policies: Policies,
    billed_on: date,
) -> tuple[tuple[invoices.Line, ...], list[Reason]]:
    lines: list[invoices.Line] = []
    problems: list[Reason] = []
    for part in charges:
        item = part.item
        on = billed_on
        if policies.tax_point is not _BILLING_DATE:
            on = _supplied_on(subscription, part.span, policies.tax_point)
        keys = policies.taxes.keys(item.tax_class, on)
        if keys is None:
            problems.append(NoRate(item.tax_class, on))
            continue
        lines.append(
            invoices.Line(
                part.line,
                item.key,
                item.title,
                part.span,
                item.price,
                item.quantity,
                part.amount,
                keys,
                part.basis,
            )
        )
    return tuple(lines), problems


def _supplied_on(subscription: Subscription, span: Span[date], point: TaxPoint) -> date:
    """Return the first or the last local day of a stretch."""
    if point is TaxPoint.PERIOD_START:
        return subscription.day(span.start)
    if isinstance(span.end, DateTime):
        return subscription.day(instant(span.end - timedelta(microseconds=1)))
    return add_days(span.end, -1)


def _credit_notes(
    file: File,
    credits: Sequence[subscriptions.CreditPart[date]],
    at: DateTime,
    tax_date: date,
    cause: CommandId,
) -> list[invoices.Document]:
    """Return one credit note for each invoice that gives something back."""
    by_invoice: dict[str, list[invoices.CreditLine]] = {}
    for part in credits:
        given = part.credit
        if given.amount:
            line = invoices.CreditLine(part.line, part.covered.line, given.amount, part.span, given.basis)
            by_invoice.setdefault(part.covered.document, []).append(line)
    notes: list[invoices.Document] = []
    for id, lines in by_invoice.items():
        invoice = file.document(id)
        assert invoice is not None  # asked for before
        notes.append(
            invoices.credit_note(
                extend(id, "credit", cause), invoice, file.notes(id), lines, at, tax_date, cause
            )
        )
    return notes


def allocations(
    file: File,
    documents: Sequence[invoices.Document],
    at: DateTime,
    cause: CommandId,
    policy: payments.AllocationPolicy,
) -> list[payments.Allocated]:
    """Return how new documents settle one another and what is open: a credit note its own invoice first.

    What is left of credit settles what is owed in the policy's order, unless the policy keeps it.
    """
    given = [item for item in file.items if item.side is _GIVEN]
    if not documents or not (any(each.balance < 0 for each in documents) or (given and policy.use_credit)):
        return []
    new = [item_of(each) for each in documents]
    items = {(item.side, item.id): item for item in (*file.items, *new)}
    found: list[payments.Allocation] = []

    def settle(sources: list[payments.OpenItem], targets: list[payments.OpenItem]) -> None:
        for allocation in payments.settle(sources, targets, at, cause, policy.order):
            found.append(allocation)
            for key in ((_GIVEN, allocation.source), (_OWED, allocation.target)):
                items[key] = payments.less(items[key], allocation.amount)

    for document in documents:
        own = items.get((_OWED, document.corrects or ""))
        if document.kind is _CREDIT_NOTE and own is not None:
            settle([items[_GIVEN, document.id]], [own])
    if policy.use_credit:
        left = [item for item in items.values() if item.side is _GIVEN]
        settle(payments.oldest_first(left), [item for item in items.values() if item.side is _OWED])
    return [payments.Allocated(at, cause, allocation) for allocation in found]
