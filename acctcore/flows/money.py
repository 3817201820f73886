"""Payments and refunds, with what they do to open items."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from acctcore.accounts import account as accounts
from acctcore.billing import invoices
from acctcore.flows.authority import Act
from acctcore.flows.documents import reduce
from acctcore.flows.file import DEBTS, File
from acctcore.flows.gate import Ruling, file_of, gate, seen_at, with_gate
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import REFUND, TAKE_PAYMENT
from acctcore.receivables import payments, refunds


def pay(file: File | None, command: payments.Command, policies: Policies) -> Ruling:
    """Return what is recorded of a payment, and what the money settles: what was named, then the oldest."""
    file = file_of(file)
    owed = tuple(item for item in file.items if item.kind in DEBTS)
    decision = payments.decide(file.payment(command.payment_id), command, owed)
    asked_at = seen_at(command)
    stops = gate(
        file,
        TAKE_PAYMENT,
        asked_at,
        command.payment_id,
        policies=policies,
        since=command.at,
        winding_down=True,
    )
    if not isinstance(command, payments.Attempt):  # what has happened is recorded, whatever stands against it
        stops = tuple(reason for reason in stops if isinstance(reason, accounts.NotYetOpen))
    return with_gate(file, decision, stops, asked_at)


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
    given = decision.events[0]
    assert isinstance(given, refunds.Given)
    return Decision(Outcome.ALLOWED, _refunded(file, command, given))


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
    refund = given.refund
    at, cause = command.at, command.id

    def allocated(source: str, target: str, amount: int) -> Event:
        return payments.Allocated(at, cause, payments.Allocation(source, target, refund.currency, amount))

    match refund.kind:
        case refunds.Kind.MONEY_BACK:
            assert refund.invoice_id is not None
            taken = allocated(refund.payment_id, refund.invoice_id, -refund.amount)
            return (taken, given, allocated(refund.payment_id, refund.id, refund.amount))
        case refunds.Kind.PRICE_REDUCTION:
            assert refund.invoice_id is not None
            id = extend(refund.invoice_id, "credit", cause)
            events = reduce(file, refund.invoice_id, refund.amount, command, id)
            taken = allocated(refund.payment_id, refund.invoice_id, -refund.amount)
            note = allocated(id, refund.invoice_id, refund.amount)
            return (*events, taken, note, given, allocated(refund.payment_id, refund.id, refund.amount))
        case refunds.Kind.BALANCE:
            owed = payments.OpenItem(
                refund.id,
                "refund",
                payments.Side.OWED,
                refund.currency,
                refund.amount,
                refund.amount,
                at,
                None,
            )
            sources = [item for item in file.items if item.side is payments.Side.GIVEN]
            paid_out = payments.settle(payments.oldest_first(sources), [owed])
            return (given, *[payments.Allocated(at, cause, allocation) for allocation in paid_out])


# What is limited


def _amount(file: File, command: refunds.Give | payments.Attempt, ruling: Ruling) -> Money:  # noqa: ARG001
    return command.amount


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        refunds.Give: Act(REFUND, _amount, "payment_id"),
        payments.Attempt: Act(TAKE_PAYMENT, _amount, "payment_id"),
    }
)
"""What is limited among payments and refunds; money that came in is recorded, whoever says so."""
