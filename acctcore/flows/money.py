"""Payments and refunds, with what they do to open items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from acctcore.accounts import account as accounts
from acctcore.billing import invoices
from acctcore.flows.authority import Act
from acctcore.flows.documents import paid_out, reduce, taken_back
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.money_events import items_of, refund_item
from acctcore.flows.policies import Policies
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Outcome, Reason
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, in_minor, total
from acctcore.kernel.notices import ReferenceUsed, Says
from acctcore.kernel.terms import ALLOCATE, REFUND, TAKE_PAYMENT
from acctcore.receivables import authorisations, payments, refunds

_OWED, _GIVEN = payments.Side.OWED, payments.Side.GIVEN


def pay(file: File | None, command: payments.Command, policies: Policies) -> Ruling:
    """Return what is recorded of a payment, and what the money settles: what was named, then by policy.

    What has happened is recorded, whatever stands against it; only asking for money can be blocked.
    """
    file = file_of(file)
    payment = file.payment(command.payment_id)
    decision = payments.decide(payment, command, _payment_facts(file, command), policies.allocation)
    stops = _recorded(
        file, command, command.payment_id, policies, blockable=isinstance(command, payments.Attempt)
    )
    if isinstance(command, payments.Capture):
        stops += _against_capture(file, command, policies)
    if (used := _reference_used(file, command, command.payment_id)) is not None:
        stops += (used,)
    return with_gate(file, decision, stops, seen_at(command))


def _recorded(
    file: File, command: messages.Command, scope: str, policies: Policies, *, blockable: bool
) -> tuple[Reason, ...]:
    """Return what stands against recording a fact: nothing but a date before the account was opened."""
    stops = gate(
        file,
        TAKE_PAYMENT,
        seen_at(command),
        scope,
        policies=policies,
        since=command.at,
        winding_down=True,
    )
    if blockable:
        return stops
    return tuple(reason for reason in stops if isinstance(reason, accounts.NotYetOpen))


def _payment_facts(file: File, command: payments.Command) -> payments.Facts:
    owed = tuple(item for item in file.items if item.side is _OWED)
    own = tuple(each for each in file.allocations if each.source == command.payment_id)
    return payments.Facts(owed, payments.standing(own))


def _reference_used(file: File, command: messages.Command, subject: str) -> Reason | None:
    """Return that a reference is that of something else of the same kind, or None."""
    reference: str = getattr(command, "reference", "")
    kind = _KINDS.get(type(command))
    if not reference or kind is None:
        return None
    for other, known in kind(file):
        if known == reference and other != subject:
            return ReferenceUsed(reference, other)
    return None


def _said(says: Says) -> Callable[[File], Iterator[tuple[str, str]]]:
    def references(file: File) -> Iterator[tuple[str, str]]:
        for payment in file.payments:
            for notice in payment.notices:
                if notice.says is says:
                    yield payment.id, notice.reference

    return references


def _of_authorisations(file: File) -> Iterator[tuple[str, str]]:
    return ((each.id, each.reference) for each in file.authorisations)


def _of_voids(file: File) -> Iterator[tuple[str, str]]:
    return ((each.id, each.void_reference) for each in file.authorisations)


_KINDS: Mapping[type, Callable[[File], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        payments.Attempt: _said(Says.ASKED),
        payments.Receive: _said(Says.DONE),
        payments.Capture: _said(Says.DONE),
        payments.Fail: _said(Says.FAILED),
        payments.LoseTrack: _said(Says.UNKNOWN),
        authorisations.Authorise: _of_authorisations,
        authorisations.Void: _of_voids,
    }
)
"""Where references of one kind of fact are found: whose they are, and what they say."""


# Authorisations


def authorise(file: File | None, command: authorisations.Command, policies: Policies) -> Ruling:
    """Return what is recorded of an authorisation; no balance moves."""
    file = file_of(file)
    id = command.authorisation_id
    code = command.amount.code if isinstance(command, authorisations.Authorise) else None
    decision = authorisations.decide(
        file.authorisation(id),
        command,
        policies.authorisations,
        file.taken(id),
        None if code is None else reserved(file, code, command, policies),
    )
    blockable = isinstance(command, authorisations.Authorise)
    stops = _recorded(file, command, id, policies, blockable=blockable)
    if (used := _reference_used(file, command, id)) is not None:
        stops += (used,)
    return with_gate(file, decision, stops, seen_at(command))


def reserved(file: File, code: str, command: messages.Command, policies: Policies) -> Money:
    """Return what is set aside in a currency when a command takes effect."""
    now = (
        authorisations.reserved(each, file.taken(each.id), command.at, policies.authorisations)
        for each in file.authorisations
        if each.currency == code
    )
    return total(code, now)


def _against_capture(file: File, command: payments.Capture, policies: Policies) -> tuple[Reason, ...]:
    """Return what the authorisation says against a capture; nothing while it is not known."""
    known = file.authorisation(command.authorisation_id)
    payment = file.payment(command.payment_id)
    if known is None or (payment is not None and _settles_nothing_more(payment, command)):
        return ()
    counted = command.processed if command.processed is not None else command.amount
    amount = counted if counted.code == command.amount.code else command.amount
    capture = authorisations.Taken(command.payment_id, command.at, amount.code, amount.minor, command.final)
    others = [each for each in file.taken(known.id) if each.payment_id != command.payment_id]
    return authorisations.against_capture(known, others, capture, policies.authorisations)


def _settles_nothing_more(payment: payments.Payment, command: payments.Capture) -> bool:
    """Return whether a capture takes nothing: its money is here already, or was known to fail afterwards."""
    if payment.phase is payments.Phase.RECEIVED:
        return True
    return payment.phase is payments.Phase.FAILED and command.at < payment.at


# Allocations


def allocate(
    file: File | None,
    command: payments.Allocate | payments.Deallocate | payments.AllocateAll,
    policies: Policies,
) -> Ruling:
    """Return what is allocated or taken back by hand, or by a run over all credit."""
    file = file_of(file)
    decision = payments.decide_allocation(command, books_of(file), policies.allocation)
    asked_at = seen_at(command)
    stops = gate(file, ALLOCATE, asked_at, policies=policies, since=command.at, winding_down=True)
    return with_gate(file, decision, stops, asked_at)


def books_of(file: File) -> payments.Books:
    """Return what an allocation is decided on; money that went out by a refund is not allocated anew."""
    debts = {item.id for item in items_of(file) if item.side is _OWED and item.kind not in _PAID_OUT}
    standing = tuple(each for each in payments.standing(file.allocations) if each.target in debts)
    left = {(item.side, item.id): item for item in file.items}
    touched = {(_GIVEN, each.source) for each in standing} | {(_OWED, each.target) for each in standing}
    closed = [
        payments.less(item, item.amount)
        for item in items_of(file)
        if (item.side, item.id) in touched and (item.side, item.id) not in left
    ]
    own = frozenset(
        (filed.document.id, filed.document.corrects)
        for filed in file.documents
        if filed.document.corrects is not None and filed.document.kind is invoices.Kind.CREDIT_NOTE
    )
    return payments.Books((*file.items, *closed), standing, own)


_PAID_OUT = frozenset({"refund", "chargeback"})


# Refunds


def refund(file: File | None, command: refunds.Give, policies: Policies) -> Ruling:
    """Return a refund with its credit note and allocations, or every reason why it may not be given."""
    file = file_of(file)
    facts = _facts(file, command)
    decision = refunds.decide(command, policies.refunds, facts)
    asked_at = seen_at(command)
    stops = gate(
        file,
        REFUND,
        asked_at,
        command.payment_id,
        policies=policies,
        since=command.at,
        winding_down=True,
    )
    if stops or not decision.allowed:
        return with_gate(file, decision, stops, asked_at)
    found = [
        event
        for given in decision.events
        if isinstance(given, refunds.Given)
        for event in _refunded(file, command, given)
    ]
    return Decision(Outcome.ALLOWED, tuple(found))


def _facts(file: File, command: refunds.Give) -> refunds.Facts:
    payment = file.payment(command.payment_id)
    if payment is None or payment.phase is not payments.Phase.RECEIVED:
        return refunds.Facts(None, None)
    code = payment.currency
    settled = _settled_by(file, payment.id)
    chosen = command.invoice_id or (settled[0] if len(settled) == 1 else None)
    invoice = None if chosen is None else file.document(chosen)
    reducible = applied = None
    if invoice is not None and invoice.kind is not invoices.Kind.CREDIT_NOTE:
        left = invoices.left_of(invoice, file.notes(invoice.id)).total
        reducible = in_minor(left, invoice.currency)
        applied = in_minor(file.applied(payment.id, invoice.id), code)
    credit = sum(
        item.open for item in file.items if item.side is payments.Side.GIVEN and item.currency == code
    )
    return refunds.Facts(
        payment.refundable,
        payment.at,
        any(each.id == command.refund_id for each in file.refunds),
        settled,
        None if reducible is None or applied is None or reducible.code != code else min(reducible, applied),
        applied,
        in_minor(credit, code),
    )


def _settled_by(file: File, payment: str) -> tuple[str, ...]:
    """Return the invoices that still hold money of a payment, in the order in which it went to them."""
    targets = dict.fromkeys(each.target for each in file.allocations if each.source == payment)
    return tuple(id for id in targets if file.document(id) is not None and file.applied(payment, id) > 0)


def _refunded(file: File, command: refunds.Give, given: refunds.Given) -> tuple[Event, ...]:
    """Return a refund with its credit note, and where the money comes from."""
    refund, at, cause = given.refund, command.at, command.id

    def allocated(*found: payments.Allocation) -> list[Event]:
        return [payments.Allocated(at, cause, each) for each in found]

    if refund.invoice_id is None:
        given_now = [item for item in file.items if item.side is _GIVEN]
        sources = payments.oldest_first(given_now)
        return (given, *allocated(*payments.settle(sources, [refund_item(refund)], at, cause)))
    taken = taken_back(file, refund.payment_id, refund.invoice_id, refund.amount, command)
    back = (given, *allocated(paid_out(refund, command)))
    if refund.kind is refunds.Kind.MONEY_BACK:
        return (*allocated(*taken), *back)
    id = extend(refund.invoice_id, "credit", cause)
    events = reduce(file, refund.invoice_id, refund.amount, command, id)
    note = payments.Allocation(id, refund.invoice_id, refund.currency, refund.amount, at, cause)
    return (*events, *allocated(*taken, note), *back)


# What is limited


def _amount(
    file: File,  # noqa: ARG001
    command: refunds.Give | payments.Attempt | authorisations.Authorise,
    ruling: Ruling,  # noqa: ARG001
) -> Money:
    return command.amount


def _moved(file: File, command: messages.Command, ruling: Ruling) -> Money | None:  # noqa: ARG001
    """Return how much changes hands between what is given and what is owed, of one currency."""
    found = [event.allocation for event in ruling.events if isinstance(event, payments.Allocated)]
    codes = {each.currency for each in found}
    if len(codes) != 1:
        return None
    return in_minor(sum(abs(each.amount) for each in found), codes.pop())


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        refunds.Give: Act(REFUND, _amount, "payment_id"),
        payments.Attempt: Act(TAKE_PAYMENT, _amount, "payment_id"),
        authorisations.Authorise: Act(TAKE_PAYMENT, _amount, "authorisation_id"),
        **dict.fromkeys(
            (payments.Allocate, payments.Deallocate, payments.AllocateAll), Act(ALLOCATE, _moved)
        ),
    }
)
"""What is limited among payments and refunds; money that came in is recorded, whoever says so."""
