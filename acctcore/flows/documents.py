"""Documents written by hand and their corrections, with what they settle, take back and pay back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from acctcore.billing import invoices, subscriptions
from acctcore.flows.authority import Act
from acctcore.flows.billing import allocations
from acctcore.flows.contents import Subscription
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.money_events import item_of, side_of
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import local_date
from acctcore.kernel.decision import Decision, Outcome, Reason
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import BILL, CREDIT, DEBIT, REFUND, VOID, Operation
from acctcore.receivables import payments, refunds

OPERATION: Mapping[type, Operation] = MappingProxyType(
    {invoices.Credit: CREDIT, invoices.Debit: DEBIT, invoices.Void: VOID}
)
"""What commands about documents do, in the words of holds; writing and issuing them is billing."""

_REFUND, _OFFSET = invoices.Destination.REFUND, invoices.Destination.OFFSET


def write(file: File | None, command: invoices.Command, policies: Policies) -> Ruling:
    """Return what a command does to a document, with the open items that it settles or makes."""
    file = file_of(file)
    standing = standing_of(file, command.document_id, replaced_by_command(command))
    filed = in_phase(file, command.document_id)
    decision: Ruling = invoices.decide(filed, command, policies.taxes, standing, policies.writing)
    asked_at = seen_at(command)
    stops = _stops(file, OPERATION.get(type(command), BILL), command.document_id, command, policies)
    if stops or not decision.allowed:
        return with_gate(file, decision, stops, asked_at)
    match command:
        case invoices.Credit():
            assert filed is not None
            return _credited(file, filed.document, command, decision.events, standing, policies)
        case invoices.Void():
            assert filed is not None
            return _voided(file, filed.document, command, decision)
        case _:
            issued = [event.document for event in decision.events if isinstance(event, invoices.Issued)]
            settled = allocations(file, issued, command.at, command.id, policies.allocation)
            return Decision(Outcome.ALLOWED, (*decision.events, *settled))


def _stops(
    file: File, operation: Operation, scope: str, command: invoices.Command, policies: Policies
) -> tuple[Reason, ...]:
    return gate(
        file,
        operation,
        seen_at(command),
        scope,
        policies=policies,
        since=command.at,
        winding_down=not isinstance(command, invoices.Draft),
    )


# What a decision about a document has to know


def in_phase(file: File, id: str) -> invoices.Filed | None:
    """Return a document with its phase as its credit notes have it, or None."""
    filed = file.filed(id)
    if filed is None:
        return None
    phase = invoices.phase(filed.document, file.notes(id), filed.phase)
    return invoices.Filed(filed.document, phase, filed.voided_at)


def replaced_by_command(command: invoices.Command) -> str | None:
    """Return the invoice that a command asks to replace, or None."""
    return command.replaces if isinstance(command, invoices.Draft) else None


def standing_of(file: File, id: str, replaces: str | None = None) -> invoices.Standing:
    """Return what a decision about a document has to know beside the document."""
    document = file.document(id)
    corrects = None if document is None else document.corrects
    asked_of = (replaces or corrects) if document is None or document.kind is _INVOICE else corrects
    gives = document is not None and side_of(document) is payments.Side.GIVEN
    mine = [each for each in file.allocations if (each.source if gives else each.target) == id]
    applied = sum(each.amount for each in mine)
    return invoices.Standing(
        account_id=file.account.id,
        zone=file.account.zone,
        notes=file.notes(id),
        debits=file.debits(id),
        applied=applied,
        paid=0 if gives else sum(part for _, part in _sources(file, id, applied)),
        elsewhere=sum(each.amount for each in mine if each.target != corrects) if gives else 0,
        replaced=None if asked_of is None else in_phase(file, asked_of),
        replaced_by=None if asked_of is None else _replacement(file, asked_of, id),
    )


_INVOICE = invoices.Kind.INVOICE
_VOIDED = invoices.Phase.VOIDED


def _replacement(file: File, id: str, other_than: str) -> str | None:
    """Return the invoice, or the draft of one, that came in the place of another and is not void."""
    for filed in file.documents:
        document = filed.document
        replaces = document.kind is _INVOICE and document.corrects == id
        if replaces and document.id != other_than and filed.phase is not _VOIDED:
            return document.id
    return None


# Crediting: the note, and where its amount goes


def _credited(
    file: File,
    invoice: invoices.Document,
    command: invoices.Credit,
    events: tuple[Event, ...],
    standing: invoices.Standing,
    policies: Policies,
) -> Ruling:
    """Return a credit note with what it settles, and with the money that goes back for it."""
    (note,) = [event.document for event in events if isinstance(event, invoices.Issued)]
    goes = invoices.shares(note, command, standing, policies.writing, invoice)
    refund, offset = goes.get(_REFUND, 0), goes.get(_OFFSET, 0)
    sources = _sources(file, invoice.id, refund)
    given = [
        refunds.decide(each, policies.refunds, _facts(file, invoice, each))
        for each in _gives(note, command, sources)
    ]
    stops = [
        reason for payment, _ in sources for reason in _stops(file, REFUND, payment.id, command, policies)
    ]
    against = [reason for each in given for reason in each.reasons]
    if stops or against:
        answer = given[0] if not against else Decision(Outcome.REFUSED, (), tuple(dict.fromkeys(against)))
        return with_gate(file, answer, tuple(dict.fromkeys(stops)), seen_at(command))
    taken = [
        back for each, amount in sources for back in taken_back(file, each.id, invoice.id, amount, command)
    ]
    settled = _offset(file, note, refund, offset, command, policies.allocation.order)
    paid_back = [
        (event, paid_out(event.refund, command))
        for each in given
        for event in each.events
        if isinstance(event, refunds.Given)
    ]
    return Decision(
        Outcome.ALLOWED,
        (
            *events,
            *_uncovered(file, _taken(note), command),
            *_allocated(taken, command),
            *_allocated(settled, command),
            *[each for event, paid in paid_back for each in (event, *_allocated([paid], command))],
        ),
    )


def _allocated(found: Iterable[payments.Allocation], command: Command) -> list[Event]:
    return [payments.Allocated(command.at, command.id, each) for each in found]


def taken_back(
    file: File, source: str, target: str, amount: int, command: Command
) -> list[payments.Allocation]:
    """Return what takes so much back of what something given settled of something owed."""
    standing = payments.standing(file.allocations)
    mine = [each for each in standing if (each.source, each.target) == (source, target)]
    return payments.taken_back(mine, amount, command.at, command.id)


def paid_out(refund: refunds.Refund, command: Command) -> payments.Allocation:
    """Return the allocation by which the money of a payment goes into its refund."""
    return payments.Allocation(
        refund.payment_id, refund.id, refund.currency, refund.amount, command.at, command.id
    )


def _sources(file: File, invoice: str, amount: int) -> list[tuple[payments.Payment, int]]:
    """Return the payments that an invoice holds, the latest first, and how much goes back through each."""
    held: dict[str, int] = {}
    for each in file.allocations:
        if each.target == invoice:
            held[each.source] = held.get(each.source, 0) + each.amount
    found: list[tuple[payments.Payment, int]] = []
    for payment in reversed(file.payments):
        part = min(amount, held.get(payment.id, 0), payment.refundable.minor)
        if part > 0:
            found.append((payment, part))
            amount -= part
    return found


def _gives(
    note: invoices.Document, command: invoices.Credit, sources: Sequence[tuple[payments.Payment, int]]
) -> list[refunds.Give]:
    """Return the refunds that a credit note asks for, one through each payment."""
    return [
        refunds.Give(
            id=command.id,
            at=command.at,
            by=command.by,
            recorded_at=command.recorded_at,
            refund_id=extend(note.id, "refund", payment.id),
            payment_id=payment.id,
            amount=in_minor(amount, note.currency),
            invoice_id=note.corrects,
            reason=command.reason,
        )
        for payment, amount in sources
    ]


def _facts(file: File, invoice: invoices.Document, give: refunds.Give) -> refunds.Facts:
    payment = file.payment(give.payment_id)
    assert payment is not None
    return refunds.Facts(
        payment.refundable,
        payment.at,
        any(each.id == give.refund_id for each in file.refunds),
        (invoice.id,),
        give.amount,
        give.amount,
    )


def _offset(
    file: File, note: invoices.Document, refund: int, offset: int, command: Command, order: payments.Order
) -> list[payments.Allocation]:
    """Return what a note settles: what was paid back of its invoice, what is open of it, then other debts."""
    item = item_of(note)
    own = [each for each in file.items if each.id == note.corrects and each.side is payments.Side.OWED]
    mine = payments.settle([payments.less(item, item.open - offset)], own, command.at, command.id)
    left = offset - sum(each.amount for each in mine)
    others = [each for each in file.items if each.side is payments.Side.OWED and each not in own]
    rest = payments.settle([payments.less(item, item.open - left)], others, command.at, command.id, order)
    amount = refund + sum(each.amount for each in mine)
    if not amount or note.corrects is None:
        return list(rest)
    first = payments.Allocation(note.id, note.corrects, note.currency, amount, command.at, command.id)
    return [first, *rest]


# Voiding


def _voided(file: File, document: invoices.Document, command: invoices.Void, decision: Ruling) -> Ruling:
    """Return a voiding: what a credit note had settled is owed again, what an invoice billed is not."""
    note = document.kind is invoices.Kind.CREDIT_NOTE
    standing = payments.standing(file.allocations) if note else ()
    back = [payments.undone(each, command.at, command.id) for each in standing if each.source == document.id]
    uncovered = _uncovered(file, _taken(document), command) if document.kind is _INVOICE else ()
    return Decision(Outcome.ALLOWED, (*_allocated(back, command), *decision.events, *uncovered))


# Limits


def _total(file: File, command: invoices.Command, ruling: Ruling) -> Money:
    """Return the amount that a command about a document moves: of what it issues, or of what it voids."""
    for event in ruling.events:
        if isinstance(event, invoices.Issued):
            return event.document.total_money
    filed = file.filed(command.document_id)
    assert filed is not None  # what is voided is on file
    return filed.document.total_money


def _paid_back(_file: File, _command: invoices.Credit, ruling: Ruling) -> Money:
    """Return the money that goes back for a credit note: nothing, for most."""
    given = [event.refund for event in ruling.events if isinstance(event, refunds.Given)]
    (note,) = [event.document for event in ruling.events if isinstance(event, invoices.Issued)]
    return in_minor(sum(refund.amount for refund in given), note.currency)


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        invoices.Credit: Act(CREDIT, _total, "document_id", also=Act(REFUND, _paid_back, "document_id")),
        invoices.Debit: Act(DEBIT, _total, "document_id"),
        invoices.Void: Act(VOID, _total, "document_id"),
        invoices.Issue: Act(BILL, _total, "document_id"),
    }
)
"""What is limited among commands about documents; a draft binds nobody."""


# What is taken back of invoices


def reduce(file: File, invoice_id: str, amount: int, command: Command, id: str) -> tuple[Event, ...]:
    """Return the credit note over an amount with tax, and the coverage that it takes from subscriptions."""
    invoice = file.document(invoice_id)
    assert invoice is not None
    on = local_date(command.at, file.account.zone)
    note = invoices.credit_gross(id, invoice, file.notes(invoice_id), amount, command.at, on, command.id)
    return (invoices.Issued(command.at, command.id, note), *_uncovered(file, _taken(note), command))


def _taken(document: invoices.Document) -> dict[str, int]:
    """Return how much a credit note, or the voiding of an invoice, takes of each line of the invoice."""
    return {line.corrects or line.id: line.amount for line in document.lines}


def _uncovered(file: File, taken: dict[str, int], command: Command) -> tuple[Event, ...]:
    """Return what is taken from what is booked of each line, so that it is never given back twice."""
    events: list[Event] = []
    for subscription in file.subscriptions:
        released: list[subscriptions.Covered[date]] = []
        covered: list[subscriptions.Covered[date]] = []
        for piece in subscription.covered:
            amount = min(taken.get(piece.line, 0), piece.amount)
            if amount:
                taken[piece.line] -= amount
                released.append(piece)
                covered.append(subscriptions.reduced(piece, amount))
        if released and subscription.billed_at is not None:
            events.append(_rebooked(subscription, command, released, covered))
    return tuple(events)


def _rebooked(
    subscription: Subscription,
    command: Command,
    released: Sequence[subscriptions.Covered[date]],
    covered: Sequence[subscriptions.Covered[date]],
) -> Event:
    assert subscription.billed_at is not None
    return subscriptions.Billed(
        command.at,
        command.id,
        subscription.id,
        subscription.billed_at,
        subscription.billed_to,
        subscription.arrears_to,
        tuple(released),
        tuple(covered),
    )
