"""Refunds: through one payment or several, with the documents and allocations that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from acctcore.billing import invoices
from acctcore.flows import happened
from acctcore.flows.authority import Act, stated_amount
from acctcore.flows.documents import paid_out, reduce, taken_back
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.money_events import item_of, items_of, refund_item
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Outcome, Reason
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import REFUND
from acctcore.receivables import payments, refunds

_OWED, _GIVEN = payments.Side.OWED, payments.Side.GIVEN
_CREDIT_NOTE = invoices.Kind.CREDIT_NOTE
_RECEIVED = payments.Phase.RECEIVED
_MONEY_BACK, _BALANCE = refunds.Kind.MONEY_BACK, refunds.Kind.BALANCE


# From one payment


def refund(file: File | None, command: refunds.Give, policies: Policies) -> Ruling:
    """Return a refund with its credit note and allocations, or every reason why it may not be given."""
    file = file_of(file)
    decision = refunds.decide(command, policies.refunds, _facts(file, command))
    stops = _stops(file, command, command.payment_id, policies)
    if stops or not decision.allowed:
        return with_gate(file, decision, stops, seen_at(command))
    given = [event for event in decision.events if isinstance(event, refunds.Given)]
    return Decision(Outcome.ALLOWED, tuple(event for each in given for event in _given(file, command, each)))


def _stops(file: File, command: Command, payment: str | None, policies: Policies) -> tuple[Reason, ...]:
    asked_at = seen_at(command)
    return gate(file, REFUND, asked_at, payment, policies=policies, since=command.at, winding_down=True)


def _facts(file: File, command: refunds.Give) -> refunds.Facts:
    payment = file.payment(command.payment_id)
    if payment is None or payment.phase is not _RECEIVED:
        return refunds.Facts(None, None)
    code = payment.currency
    settled = _settled_by(file, payment.id)
    chosen = command.invoice_id or (settled[0] if len(settled) == 1 else None)
    invoice = None if chosen is None else file.document(chosen)
    reducible = applied = None
    if invoice is not None and invoice.kind is not _CREDIT_NOTE:
        left = invoices.left_of(invoice, file.notes(invoice.id)).total
        reducible = in_minor(left, invoice.currency)
        applied = in_minor(file.applied(payment.id, invoice.id), code)
    return refunds.Facts(
        payment.refundable,
        payment.at,
        _is_taken(file, command.refund_id),
        settled,
        None if reducible is None or applied is None or reducible.code != code else min(reducible, applied),
        applied,
        in_minor(_credit(file, code), code),
        payment.method,
    )


def _is_taken(file: File, id: str) -> bool:
    return any(each.id == id or each.id.startswith(f"{id}/") for each in file.refunds)


def _credit(file: File, code: str) -> int:
    return sum(item.open for item in file.items if item.side is _GIVEN and item.currency == code)


def _settled_by(file: File, payment: str) -> tuple[str, ...]:
    """Return the invoices that still hold money of a payment, in the order in which it went to them."""
    targets = dict.fromkeys(each.target for each in file.allocations if each.source == payment)
    return tuple(id for id in targets if file.document(id) is not None and file.applied(payment, id) > 0)


def _given(file: File, command: refunds.Give, given: refunds.Given) -> tuple[Event, ...]:
    """Return a refund with its credit note, and where the money comes from."""
    refund = given.refund
    if refund.invoice_id is None:
        return (given, *_allocated(_from_credit(file, [refund], command), command))
    taken = taken_back(file, refund.payment_id, refund.invoice_id, refund.amount, command)
    back = (given, *_allocated([paid_out(refund, command)], command))
    if refund.kind is _MONEY_BACK:
        credited = _settled_by_notes(file, refund.invoice_id, refund.amount, command)
        return (*_allocated(taken, command), *back, *_allocated(credited, command))
    note = extend(refund.invoice_id, "credit", command.id)
    reduced = reduce(file, refund.invoice_id, refund.amount, command, note)
    noted = _by_note(note, refund.invoice_id, refund.currency, refund.amount, command)
    return (*reduced, *_allocated([*taken, noted], command), *back)


def _allocated(found: Iterable[payments.Allocation], command: Command) -> list[Event]:
    return [payments.Allocated(command.at, command.id, each) for each in found]


def _from_credit(
    file: File, given: Iterable[refunds.Refund], command: Command
) -> tuple[payments.Allocation, ...]:
    """Return the credit that pays refunds, the oldest first."""
    sources = payments.oldest_first(item for item in file.items if item.side is _GIVEN)
    return payments.settle(sources, [refund_item(each) for each in given], command.at, command.id)


def _by_note(note: str, invoice: str, code: str, amount: int, command: Command) -> payments.Allocation:
    return payments.Allocation(note, invoice, code, amount, command.at, command.id)


def _settled_by_notes(file: File, id: str, amount: int, command: Command) -> Iterator[payments.Allocation]:
    """Return how the credit that notes of an invoice still have to give settles it, where it is owed again.

    So what was credited is not owed once more, and nothing is given twice.
    """
    invoice = file.document(id)
    notes = {note.id for note in file.notes(id)}
    for item in payments.oldest_first(each for each in file.items if each.side is _GIVEN):
        if item.id in notes and amount and invoice is not None:
            part = min(item.open, amount)
            yield payments.allocated(item, item_of(invoice), part, command.at, command.id)
            amount -= part


# From where it came


def give_back(file: File | None, command: refunds.GiveBack, policies: Policies) -> Ruling:
    """Return an amount given back in parts, each its own way, or every reason why it may not be given."""
    file = file_of(file)
    decision = refunds.spread(command, policies.refunds, sources(file, command))
    parts = [
        part for event in decision.events if isinstance(event, refunds.GivenBack) for part in event.parts
    ]
    scopes: list[str | None] = [part.source for part in parts if part.refund_id is not None]
    found = [reason for scope in (scopes or [None]) for reason in _stops(file, command, scope, policies)]
    if found or not decision.allowed:
        return with_gate(file, decision, tuple(dict.fromkeys(found)), seen_at(command))
    given = [event for event in decision.events if isinstance(event, refunds.Given)]
    if command.kind is _BALANCE:
        paid = _from_credit(file, [each.refund for each in given], command)
    else:
        paid = tuple(paid_out(each.refund, command) for each in given)
    moved = [event for invoice in _invoices(parts) for event in _moved(file, command, invoice, parts)]
    return Decision(Outcome.ALLOWED, (*moved, *decision.events, *_allocated(paid, command)))


def _invoices(parts: Iterable[refunds.Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.invoice_id for part in parts if part.invoice_id is not None))


def _moved(
    file: File, command: refunds.GiveBack, invoice: str, parts: Iterable[refunds.Part]
) -> Iterator[Event]:
    """Return what giving back does to one invoice: its credit note, and what it holds no longer."""
    mine = [part for part in parts if part.invoice_id == invoice]
    total = sum(part.amount for part in mine)
    taken = [each for part in mine for each in taken_back(file, part.source, invoice, part.amount, command)]
    if command.kind is _MONEY_BACK:
        yield from _allocated(taken, command)
        yield from _allocated(_settled_by_notes(file, invoice, total, command), command)
        return
    note = extend(invoice, "credit", command.id)
    yield from reduce(file, invoice, total, command, note)
    yield from _allocated([*taken, _by_note(note, invoice, command.amount.code, total, command)], command)


def sources(file: File, command: refunds.GiveBack) -> refunds.Sources:
    """Return what an amount can come from, and how much each limit leaves."""
    code = command.amount.code
    came = [each for each in file.payments if each.phase is _RECEIVED and each.currency == code]
    if command.kind is _BALANCE:
        held = [
            refunds.Held(each.id, each.refundable.minor, each.at, None, True, each.method, each.at)
            for each in came
        ]
    else:
        held = list(_held(file, code, command.invoice_id))
    known = {each.invoice_id for each in held if each.invoice_id is not None}
    reduces = command.kind is refunds.Kind.PRICE_REDUCTION
    reducible = tuple((id, _left(file, id)) for id in sorted(known)) if reduces else ()
    return refunds.Sources(
        code,
        tuple(held),
        tuple((each.id, each.refundable.minor) for each in came),
        reducible,
        _credit(file, code),
        _is_taken(file, command.refund_id),
    )


def _left(file: File, id: str) -> int:
    invoice = file.document(id)
    return 0 if invoice is None else invoices.left_of(invoice, file.notes(id)).total


def _held(file: File, code: str, invoice_id: str | None) -> Iterator[refunds.Held]:
    """Return what each source has in each invoice: cash of a payment, or credit that was there before it."""
    items = {(item.side, item.id): item for item in items_of(file)}
    totals: dict[tuple[str, str], int] = {}
    for each in payments.standing(file.allocations):
        target = items.get((_OWED, each.target))
        wanted = invoice_id in (None, each.target) and file.document(each.target) is not None
        if wanted and target is not None and each.currency == code:
            totals[each.source, each.target] = totals.get((each.source, each.target), 0) + each.amount
    for (source, target_id), amount in totals.items():
        given, owed = items[_GIVEN, source], items[_OWED, target_id]
        payment = file.payment(source)
        note = file.document(source)
        if note is not None and note.corrects == target_id and note.kind is _CREDIT_NOTE:
            continue  # what an invoice was reduced by is not given back of it
        if payment is None or payment.at < owed.at:
            yield refunds.Held(source, amount, given.at, target_id, payment=False)
        else:
            yield refunds.Held(source, amount, given.at, target_id, True, payment.method, payment.at)


# What is reported


def report(file: File | None, command: refunds.Report, policies: Policies) -> Ruling:
    """Return what is recorded of a refund: one that failed gives back what it took."""
    file = file_of(file)
    before = file.refund(command.refund_id)
    decision = refunds.record(before, command)
    stops = happened.against(file, command, command.refund_id, policies)
    if stops or not decision.allowed or before is None:
        return with_gate(file, decision, stops, seen_at(command))
    (event,) = decision.events
    if isinstance(event, refunds.Failed) and before.counts:
        return Decision(Outcome.ALLOWED, tuple(_restored(file, before, event, command)))
    if isinstance(event, refunds.Completed) and not before.counts:
        return Decision(Outcome.ALLOWED, tuple(_taken_again(file, before, event, command)))
    return decision


def _restored(file: File, refund: refunds.Refund, event: Event, command: Command) -> Iterator[Event]:
    """Return what a refund took, given back: to the invoice that was owed again, as far as it still is."""
    took = [each for each in payments.standing(file.allocations) if each.target == refund.id]
    yield from _allocated([payments.undone(each, command.at, command.id) for each in took], command)
    yield event
    if refund.kind is not _MONEY_BACK or refund.invoice_id is None:
        return
    items = {(item.side, item.id): item for item in items_of(file)}
    owed = [item for item in file.items if item.side is _OWED and item.id == refund.invoice_id]
    sources = [_with_open(items[_GIVEN, each.source], each.amount) for each in took]
    yield from _allocated(payments.settle(sources, owed, command.at, command.id), command)


def _with_open(item: payments.OpenItem, amount: int) -> payments.OpenItem:
    return payments.less(item, item.open - amount)


def _taken_again(file: File, refund: refunds.Refund, event: Event, command: Command) -> Iterator[Event]:
    """Return what a refund that arrived after all takes; what is not there any more, the customer owes."""
    payment = file.payment(refund.payment_id)
    given = [item for item in file.items if item.side is _GIVEN and item.id == refund.payment_id]
    if refund.kind is _BALANCE:
        given = payments.oldest_first(item for item in file.items if item.side is _GIVEN)
    elif payment is not None and payment.phase is _RECEIVED and refund.kind is _MONEY_BACK:
        invoice = refund.invoice_id or ""
        short = refund.amount - sum(item.open for item in given)
        most = min(max(0, short), file.applied(payment.id, invoice))
        yield from _allocated(taken_back(file, payment.id, invoice, most, command), command)
        left = sum(item.open for item in given) + most
        given = [_with_open(payments.item_of(payment), left)]
    yield event
    yield from _allocated(payments.settle(given, [refund_item(refund)], command.at, command.id), command)


# What is limited


ACTS: Mapping[type, Act] = MappingProxyType(
    {refunds.Give: Act(REFUND, stated_amount, "payment_id"), refunds.GiveBack: Act(REFUND, stated_amount)}
)
"""What is limited among refunds; what became of one is recorded, whoever says so."""
