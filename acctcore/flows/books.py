"""What the file adds up to: balances, the statement, and a check that nothing was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve as changed
from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.flows.as_of import in_flight, reserved_at
from acctcore.flows.file import File
from acctcore.flows.gate import file_of
from acctcore.flows.money_events import fee_items
from acctcore.kernel.calendar import Span, instant, stamp
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import CurrencyCode, DocumentId
from acctcore.receivables import authorisations, payments, statements


def balances(file: File) -> dict[CurrencyCode, Money]:
    """Return what the customer owes in each currency; below zero, they are owed."""
    owed = payments.balance(file_of(file, "balances").items)
    return {code: in_minor(minor, code) for code, minor in sorted(owed.items())}


def movements(file: File) -> tuple[statements.Movement, ...]:
    """Return everything on file that moved a balance, in the order of its instants, the sealed apart."""
    return tuple(sorted(_movements(file), key=lambda each: each.at))


def _movements(file: File) -> Iterator[statements.Movement]:
    for filed in file.documents:
        document = filed.document
        if filed.phase is invoices.Phase.DRAFT:
            continue
        yield statements.Movement(
            document.at, document.kind.value, document.id, document.currency, document.balance
        )
        if filed.voided_at is not None:
            yield statements.Movement(
                filed.voided_at, "void", document.id, document.currency, -document.balance
            )
    for payment in file.payments:
        for notice, came in payment.moves():
            kind = "payment" if came > 0 else "returned"
            yield statements.Movement(notice.at, kind, payment.id, payment.currency, -came)
    for refund in file.refunds:
        for at, went in refund.moves():
            kind = "refund" if went > 0 else "refund_failed"
            yield statements.Movement(at, kind, refund.id, refund.currency, went)
    for chargeback in file.chargebacks:
        for at, went in chargeback.moves():
            kind = "chargeback" if went > 0 else "chargeback_reversed"
            yield statements.Movement(at, kind, chargeback.id, chargeback.currency, went)
        for fee in fee_items(chargeback):
            yield statements.Movement(fee.at, "chargeback_fee", fee.id, fee.currency, fee.amount)


def statement(file: File, currency: CurrencyCode, period: Span[DateTime]) -> statements.Statement:
    """Return the account statement of one currency over a period of instants.

    What was sealed away nets to zero, so later statements do not need it.

    Raises: InvalidValue for a period that begins before what was sealed away.
    """
    file = file_of(file, "statement")
    if file.sealed is not None and period.start < file.sealed.through:
        wanted = f"a period from {stamp(file.sealed.through)} on, or a file with what was sealed before"
        raise InvalidValue(wanted, str(period), "statement")
    told = statements.statement(movements(file), currency, period)
    end = period.end
    reserved = sum(
        reserved_at(file, each, end).minor for each in file.authorisations if each.currency == currency
    )
    open_refunds = in_flight(file, end).refunds
    sent = sum(each.amount for each in file.refunds if each.id in open_refunds and each.currency == currency)
    return changed(told, reserved=reserved, in_flight=sent)


def settled(file: File, document_id: DocumentId, at: DateTime) -> invoices.Settled:
    """Return how far a document was paid, credited or written off at an instant, by what counted then.

    Raises: InvalidValue for a document that is not on file.
    """
    filed = file_of(file, "settled").filed(document_id)
    if filed is None:
        raise InvalidValue("a document on file", document_id, "settled")
    applied = [
        invoices.Applied(each.at, _means(file, each.source), each.amount)
        for each in file.allocations
        if each.target == document_id
    ]
    return invoices.settled(filed, applied, instant(at))


def _means(file: File, source: str) -> invoices.Means:
    return invoices.Means.CREDIT if file.payment(source) is None else invoices.Means.MONEY


def check(file: File) -> tuple[str, ...]:
    """Return everything that does not add up, in words; () where all does.

    Checked: every document's own identities; that credit notes never take more of an invoice than
    there was; that movements, open items and allocations tell one balance in each currency; that no
    payment was refunded or charged back beyond its amount, nor an authorisation captured beyond its own.
    """
    file, problems = file_of(file, "check"), list[str]()
    for filed in file.documents:
        document = filed.document
        problems += [f"{document.id}: {problem}" for problem in invoices.check(document)]
        if document.kind is not invoices.Kind.CREDIT_NOTE:
            problems += _beyond(document, file)
    for payment in file.payments:
        problems += _given_back(payment, file)
    for authorisation in file.authorisations:
        left = authorisations.left(authorisation, file.taken(authorisation.id))
        if left.minor < 0:
            problems.append(f"{authorisation.id}: {-left} captured beyond {authorisation.money}")
    moved: dict[CurrencyCode, int] = {}
    for movement in _movements(file):
        moved[movement.currency] = moved.get(movement.currency, 0) + movement.amount
    owed = payments.balance(file.items)
    for code in sorted({*moved, *owed}):
        if moved.get(code, 0) != owed.get(code, 0):
            problems.append(
                f"{code}: movements add up to {moved.get(code, 0)}, open items to {owed.get(code, 0)}"
            )
    return tuple(problems)


def _given_back(payment: payments.Payment, file: File) -> Iterator[str]:
    """Return what of a payment went back beyond what came in, or otherwise than the payment says."""
    refunded = sum(each.amount for each in file.refunds if each.payment_id == payment.id and each.counts)
    late = sum(each.amount for each in file.refunds if each.payment_id == payment.id and each.came_late)
    charged = sum(each.standing for each in file.chargebacks if each.payment_id == payment.id)
    for what, known, noted in (
        ("refunded", refunded, payment.refunded),
        ("charged back", charged, payment.charged_back),
    ):
        if known != noted:
            yield f"{payment.id}: {known} {what}, the payment says {noted}"
        if known - (late if what == "refunded" else 0) > payment.amount:
            yield f"{payment.id}: {known} {what} of {payment.amount}"


def _beyond(document: invoices.Document, file: File) -> Iterator[str]:
    for each in invoices.excesses(document, file.notes(document.id)):
        of = "in all" if each.of is None else f"line {each.of}" if isinstance(each.of, str) else str(each.of)
        yield f"{document.id}: {of}, {each.taken} credited of {each.whole}"
