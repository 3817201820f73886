"""Documents written by hand, and what they take back of what subscriptions have billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from acctcore.billing import invoices, subscriptions
from acctcore.flows.authority import Act
from acctcore.flows.billing import allocations
from acctcore.flows.file import File, Subscription
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import local_date
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import BILL, CREDIT, VOID, Operation

OPERATION: Mapping[type, Operation] = MappingProxyType({invoices.Credit: CREDIT, invoices.Void: VOID})
"""What commands about documents do, in the words of holds; writing and issuing them is billing."""


def write(file: File | None, command: invoices.Command, policies: Policies) -> Ruling:
    """Return what a command does to a document, with the open items that it settles or makes."""
    file = file_of(file)
    filed = file.filed(command.document_id)
    standing = standing_of(file, command.document_id, policies)
    if filed is not None:
        phase = invoices.phase(filed.document, standing.notes, filed.phase)
        filed = invoices.Filed(filed.document, phase, filed.voided_at)
    decision: Ruling = invoices.decide(filed, command, policies.taxes, standing)
    operation = OPERATION.get(type(command), BILL)
    asked_at = seen_at(command)
    stops = gate(
        file,
        operation,
        asked_at,
        command.document_id,
        policies=policies,
        since=command.at,
        winding_down=not isinstance(command, invoices.Draft),
    )
    if stops or not decision.allowed:
        return with_gate(file, decision, stops, asked_at)
    events = decision.events
    issued = [event.document for event in events if isinstance(event, invoices.Issued)]
    void = [filed.document] if filed is not None and isinstance(command, invoices.Void) else []
    notes_now = [document for document in issued if document.kind is invoices.Kind.CREDIT_NOTE]
    uncovered = [
        event for document in (*void, *notes_now) for event in _uncovered(file, _taken(document), command)
    ]
    settled = allocations(file, issued, command.at, command.id)
    return Decision(Outcome.ALLOWED, (*events, *uncovered, *settled))


def standing_of(file: File, document: str, policies: Policies) -> invoices.Standing:
    """Return what a decision about a document has to know beside the document."""
    applied = sum(each.amount for each in file.allocations if each.target == document)
    notes = file.notes(document)
    return invoices.Standing(file.account.id, file.account.zone, policies.net_days, notes, applied)


def _total(file: File, command: invoices.Command, ruling: Ruling) -> Money:
    """Return the amount that a command about a document moves: of what it issues, or of what it voids."""
    for event in ruling.events:
        if isinstance(event, invoices.Issued):
            return event.document.total_money
    filed = file.filed(command.document_id)
    assert filed is not None  # what is voided is on file
    return filed.document.total_money


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        invoices.Credit: Act(CREDIT, _total, "document_id"),
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
