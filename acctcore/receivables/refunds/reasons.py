"""Why money is not given back."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import DocumentId, PaymentId, RefundId


@frozen
class UnknownPayment(Reason):
    """A payment that the account does not have, or that never came in."""

    code: ClassVar[str] = "refunds.unknown_payment"
    template: ClassVar[str] = "no payment {payment} has come in"
    payment: PaymentId


@frozen
class RefundExists(Reason):
    """A refund id that is taken."""

    code: ClassVar[str] = "refunds.exists"
    template: ClassVar[str] = "there is a refund {refund} already"
    refund: RefundId


@frozen
class ExceedsPaid(Reason):
    """More than is left of the payment."""

    code: ClassVar[str] = "refunds.exceeds_paid"
    template: ClassVar[str] = "{refundable} of the payment can still be given back"
    refundable: Money


@frozen
class WindowClosed(Reason):
    """A payment too old to be refunded."""

    code: ClassVar[str] = "refunds.window_closed"
    template: ClassVar[str] = "the payment could be refunded until {ended}"
    ended: DateTime


@frozen
class BeforePayment(Reason):
    """A refund that would take effect before its payment came in."""

    code: ClassVar[str] = "refunds.before_payment"
    template: ClassVar[str] = "the payment came in at {received_at}"
    received_at: DateTime


@frozen
class WhichInvoice(Reason):
    """A payment that settled several invoices, or none: the command has to say which is meant."""

    code: ClassVar[str] = "refunds.which_invoice"
    template: ClassVar[str] = "say which invoice is meant; the payment settled: {invoices}"
    invoices: tuple[DocumentId, ...]


@frozen
class ExceedsBilled(Reason):
    """More than is left of the invoice after its credit notes."""

    code: ClassVar[str] = "refunds.exceeds_billed"
    template: ClassVar[str] = "{left} is left of the invoice"
    left: Money


@frozen
class ExceedsApplied(Reason):
    """More than the payment put into that invoice."""

    code: ClassVar[str] = "refunds.exceeds_applied"
    template: ClassVar[str] = "{applied} of the payment went into the invoice"
    applied: Money


@frozen
class ExceedsCredit(Reason):
    """More than the credit that the customer has."""

    code: ClassVar[str] = "refunds.exceeds_credit"
    template: ClassVar[str] = "the customer has a credit of {credit}"
    credit: Money


@frozen
class OriginalFirst(Reason):
    """Another way than the one that the money came by, while that one is open."""

    code: ClassVar[str] = "refunds.original_first"
    template: ClassVar[str] = "the payment was made by {method}, and can be given back that way"
    method: str


@frozen
class NotOffered(Reason):
    """Another way than the policy knows for payments that cannot go back the way they came."""

    code: ClassVar[str] = "refunds.not_offered"
    template: ClassVar[str] = "a refund by {method} is not offered here, only: {offered}"
    method: str
    offered: tuple[str, ...]


@frozen
class ExceedsSources(Reason):
    """More than all that it could come from gives together."""

    code: ClassVar[str] = "refunds.exceeds_sources"
    template: ClassVar[str] = "{most} can be given back in all"
    most: Money


@frozen
class NothingToGive(Reason):
    """An account from which nothing can be given back: no money came, and no credit was used."""

    code: ClassVar[str] = "refunds.nothing_to_give"
    template: ClassVar[str] = "no money came in and no credit was used, so nothing can be given back"


@frozen
class OfNoInvoice(Reason):
    """An invoice named where credit is paid out, which is of no invoice."""

    code: ClassVar[str] = "refunds.of_no_invoice"
    template: ClassVar[str] = "credit is paid out of the account as a whole, not of {invoice}"
    invoice: DocumentId


@frozen
class OtherAmount(Reason):
    """A refund that was done over another amount than was given."""

    code: ClassVar[str] = "refunds.other_amount"
    template: ClassVar[str] = "the refund is over {amount}"
    amount: Money


@frozen
class BeforeRefund(Reason):
    """Something reported of a refund before it was given."""

    code: ClassVar[str] = "refunds.before_refund"
    template: ClassVar[str] = "the refund was given at {given_at}"
    given_at: DateTime
