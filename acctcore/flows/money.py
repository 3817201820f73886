"""Payments, authorisations and allocations, with what they do to open items."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.flows import happened
from acctcore.flows.authority import Act, stated_amount
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.money_events import items_of
from acctcore.flows.policies import Policies
from acctcore.kernel import messages
from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money, in_minor, total
from acctcore.kernel.terms import ALLOCATE, TAKE_PAYMENT
from acctcore.receivables import authorisations, payments, refunds

_OWED, _GIVEN = payments.Side.OWED, payments.Side.GIVEN


def pay(file: File | None, command: payments.Command, policies: Policies) -> Ruling:
    """Return what is recorded of a payment, and what the money settles: what was named, then by policy.

    What has happened is recorded, whatever stands against it; only asking for money can be blocked.
    """
    file = file_of(file)
    payment = file.payment(command.payment_id)
    decision = payments.decide(payment, command, _payment_facts(file, command), policies.allocation)
    stops = (
        _blocked(file, command, command.payment_id, policies)
        if isinstance(command, payments.Attempt)
        else happened.against(file, command, command.payment_id, policies)
    )
    if isinstance(command, payments.Capture):
        stops += _against_capture(file, command)
    return with_gate(file, decision, stops, seen_at(command))


def _blocked(file: File, command: messages.Command, scope: str, policies: Policies) -> tuple[Reason, ...]:
    """Return what stands against asking for money, or for its being set aside."""
    asked_at = seen_at(command)
    stops = gate(file, TAKE_PAYMENT, asked_at, scope, policies=policies, since=command.at, winding_down=True)
    return (*stops, *happened.reference_used(file, command, scope))


def _payment_facts(file: File, command: payments.Command) -> payments.Facts:
    id = command.payment_id
    owed = tuple(item for item in file.items if item.side is _OWED)
    own = tuple(each for each in file.allocations if each.source == id)
    against = tuple(each.id for each in file.chargebacks if each.payment_id == id and each.standing)
    return payments.Facts(owed, payments.standing(own), against, _settled(file, command))


def _settled(file: File, command: payments.Command) -> frozenset[str]:
    """Return which of the documents that a payment names were owed in its currency and are not any more."""
    if not isinstance(command, payments.Receive) or not command.documents:
        return frozenset()
    once = {item.id for item in items_of(file) if item.side is _OWED and item.currency == command.amount.code}
    void = {
        each.document.id
        for each in file.documents
        if each.voided_at is not None and each.document.currency == command.amount.code
    }
    return frozenset(once | void)


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
        None if code is None else reserved(file, code, command.at),
    )
    stops = (
        _blocked(file, command, id, policies)
        if isinstance(command, authorisations.Authorise)
        else happened.against(file, command, id, policies)
    )
    return with_gate(file, decision, stops, seen_at(command))


def reserved(file: File, code: str, at: DateTime) -> Money:
    """Return what is set aside in a currency at an instant."""
    now = (
        authorisations.reserved(each, file.taken(each.id), at)
        for each in file.authorisations
        if each.currency == code
    )
    return total(code, now)


def _against_capture(file: File, command: payments.Capture) -> tuple[Reason, ...]:
    """Return what the authorisation says against a capture; nothing while it is not known."""
    known = file.authorisation(command.authorisation_id)
    payment = file.payment(command.payment_id)
    if known is None or (payment is not None and _settles_nothing_more(payment, command)):
        return ()
    counted = command.processed if command.processed is not None else command.amount
    amount = counted if counted.code == command.amount.code else command.amount
    capture = authorisations.Taken(command.payment_id, command.at, amount.code, amount.minor, command.final)
    others = [each for each in file.taken(known.id) if each.payment_id != command.payment_id]
    return authorisations.against_capture(known, others, capture)


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
    standing = tuple(each for each in payments.standing(file.allocations) if not _funds(file, each))
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


def _funds(file: File, allocation: payments.Allocation) -> bool:
    """Return whether an allocation is what a refund or a chargeback took, and no choice of anybody."""
    refund = file.refund(allocation.target)
    if refund is not None:
        return refund.kind is refunds.Kind.BALANCE or refund.payment_id == allocation.source
    return file.chargeback(allocation.target) is not None


# What is limited


def _moved(_file: File, _command: messages.Command, ruling: Ruling) -> Money | None:
    """Return how much changes hands between what is given and what is owed, of one currency."""
    found = [event.allocation for event in ruling.events if isinstance(event, payments.Allocated)]
    codes = {each.currency for each in found}
    if len(codes) != 1:
        return None
    return in_minor(sum(abs(each.amount) for each in found), codes.pop())


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        payments.Attempt: Act(TAKE_PAYMENT, stated_amount, "payment_id"),
        authorisations.Authorise: Act(TAKE_PAYMENT, stated_amount, "authorisation_id"),
        **dict.fromkeys(
            (payments.Allocate, payments.Deallocate, payments.AllocateAll), Act(ALLOCATE, _moved)
        ),
    }
)
"""What is limited among payments; money that came in is recorded, whoever says so."""
