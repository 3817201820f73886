"""Money that goes back: how much may be refunded, for what, and with whose approval.

Owns the three kinds of refund: a reduction of the price (with a linked credit note), money back
(the invoice is owed again), and a pay-out of credit balance. Leaves the documents to invoices, the
open items to payments, and the limits to approvals: those arrive as facts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, Reason, allowed, refused, unless
from acctcore.kernel.money import Money, convert, positive
from acctcore.kernel.terms import CurrencyCode, DocumentId, PaymentId, RefundId
from acctcore.kernel.validation import identifier, one_of, optional, reference, whole


class Kind(Enum):
    """What a refund does beside paying money out."""

    PRICE_REDUCTION = "price_reduction"  # the invoice is credited by as much; nothing is owed again
    MONEY_BACK = "money_back"  # the invoice stays as it is and is owed again
    BALANCE = "balance"  # credit that the customer has is paid out


@frozen
class Refund:
    """Money given back from one payment. Units: minor units."""

    id: RefundId
    kind: Kind
    payment_id: PaymentId
    currency: CurrencyCode
    amount: int
    at: DateTime
    invoice_id: DocumentId | None = None


@frozen(kw_only=True)
class Give(messages.Command):
    """Give back money from one payment.

    `invoice_id` says which invoice is reduced or owed again; it may be left out where the payment
    settled only one.
    """

    refund_id: RefundId = field(validator=identifier)
    payment_id: PaymentId = field(validator=identifier)
    amount: Money = field(converter=convert, validator=positive)
    kind: Kind = field(default=Kind.PRICE_REDUCTION, validator=one_of(Kind))
    invoice_id: DocumentId | None = field(default=None, validator=optional(reference))
    reason: str = ""


@frozen
class Given(messages.Event):
    """Money is to be paid back."""

    refund: Refund


@frozen
class RefundPolicy:
    """How long after a payment it may be refunded, as the refund is recorded; None is without limit."""

    name: str = field(default="refunds", validator=identifier)
    version: str = field(default="1", validator=identifier)
    window_days: int | None = field(default=None, validator=optional(whole(minimum=0)))

    def window_ends(self, received_at: DateTime) -> DateTime | None:
        """Return the last instant at which a payment may be refunded: so many times 24 hours later."""
        if self.window_days is None:
            return None
        return instant(datetime.__add__(received_at, timedelta(days=self.window_days)))


@frozen
class Facts:
    """What a refund is decided on: the payment, and how much each rule would let go.

    `refundable` is what is left of the payment; `reducible` what is left of the invoice, `applied`
    what of the payment the invoice holds, `credit` what credit the customer has; each None where
    there is no such thing.
    """

    refundable: Money | None
    received_at: DateTime | None
    taken: bool = False
    invoices: tuple[DocumentId, ...] = ()
    reducible: Money | None = None
    applied: Money | None = None
    credit: Money | None = None


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


def decide(command: Give, policy: RefundPolicy, facts: Facts) -> Decision[messages.Event]:
    """Return the refund, or every reason why it may not be given."""
    if facts.refundable is None or facts.received_at is None:
        return refused(UnknownPayment(command.payment_id))
    amount = command.amount
    if amount.code != facts.refundable.code:
        return refused(ExceedsPaid(facts.refundable))
    ends = policy.window_ends(facts.received_at)
    asked_at = command.recorded_at or command.at
    reasons = (
        *unless(facts.received_at <= command.at, BeforePayment(facts.received_at)),
        *unless(not facts.taken, RefundExists(command.refund_id)),
        *unless(amount <= facts.refundable, ExceedsPaid(facts.refundable)),
        *(unless(asked_at <= ends, WindowClosed(ends)) if ends is not None else ()),
        *_by_kind(command, facts),
    )
    if reasons:
        return refused(*reasons)
    invoice = None if command.kind is Kind.BALANCE else (command.invoice_id or facts.invoices[0])
    refund = Refund(
        command.refund_id, command.kind, command.payment_id, amount.code, amount.minor, command.at, invoice
    )
    return allowed(Given(command.at, command.id, refund))


def _by_kind(command: Give, facts: Facts) -> tuple[Reason, ...]:
    if command.kind is Kind.BALANCE:
        return _at_most(command.amount, facts.credit, ExceedsCredit)
    if command.invoice_id is None and len(facts.invoices) != 1:
        return (WhichInvoice(facts.invoices),)
    if command.kind is Kind.MONEY_BACK:
        return _at_most(command.amount, facts.applied, ExceedsApplied)
    return _at_most(command.amount, facts.reducible, ExceedsBilled)


def _at_most(
    amount: Money, limit: Money | None, reason: type[ExceedsBilled | ExceedsApplied | ExceedsCredit]
) -> tuple[Reason, ...]:
    limit = limit if limit is not None else Money(0, amount.code)
    return unless(limit.code == amount.code and amount <= limit, reason(limit))
