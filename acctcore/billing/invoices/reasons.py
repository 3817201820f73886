"""Why something may not be done with a document."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.tax import TaxKey
from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CurrencyCode, DocumentId, KindName, LineId, PhaseName


@frozen
class UnknownDocument(Reason):
    """A document that the account does not have."""

    code: ClassVar[str] = "invoices.unknown"
    template: ClassVar[str] = "there is no document {document}"
    document: DocumentId


@frozen
class NotAnInvoice(Reason):
    """A credit note, or a debit note, where it will not do."""

    code: ClassVar[str] = "invoices.not_an_invoice"
    template: ClassVar[str] = "{document} is a {kind}"
    document: DocumentId
    kind: KindName


@frozen
class BeforeDocument(Reason):
    """Something that would happen to a document before it was there."""

    code: ClassVar[str] = "invoices.before_document"
    template: ClassVar[str] = "{document} is of {at}"
    document: DocumentId
    at: DateTime


@frozen
class DatedAhead(Reason):
    """A document dated later than it is recorded."""

    code: ClassVar[str] = "invoices.dated_ahead"
    template: ClassVar[str] = "{document} would be of {at}, and it is {now}"
    document: DocumentId
    at: DateTime
    now: DateTime


@frozen
class TaxDateTooFar(Reason):
    """A tax date further from the day of issue than the policy lets it be."""

    code: ClassVar[str] = "invoices.tax_date_too_far"
    template: ClassVar[str] = "the tax date {tax_date} is too far from the day of issue, {issued_on}"
    tax_date: date
    issued_on: date


@frozen
class OtherCurrency(Reason):
    """An amount in another currency than the document's."""

    code: ClassVar[str] = "invoices.other_currency"
    template: ClassVar[str] = "{document} is in {currency}"
    document: DocumentId
    currency: CurrencyCode


@frozen
class UnknownReason(Reason):
    """A correction for a reason that the policy does not know, or for none where it asks for one."""

    code: ClassVar[str] = "invoices.unknown_reason"
    template: ClassVar[str] = "the reason must be one of: {known}"
    given: str
    known: frozenset[str]


# Credit


@frozen
class UnknownLine(Reason):
    """A line that the document does not have."""

    code: ClassVar[str] = "invoices.unknown_line"
    template: ClassVar[str] = "{document} has no line {line}"
    document: DocumentId
    line: LineId


@frozen
class ExceedsBilled(Reason):
    """A credit of more than is left of the invoice."""

    code: ClassVar[str] = "invoices.exceeds_billed"
    template: ClassVar[str] = "{left} is left of {document}"
    document: DocumentId
    left: Money


@frozen
class ExceedsLine(Reason):
    """A credit of more than is left of a line."""

    code: ClassVar[str] = "invoices.exceeds_line"
    template: ClassVar[str] = "{left} net is left of line {line}"
    line: LineId
    left: Money


@frozen
class ExceedsShare(Reason):
    """A credit of more units, or of more percent, than are left of a line."""

    code: ClassVar[str] = "invoices.exceeds_share"
    template: ClassVar[str] = "{left} of {whole} are left of line {line}"
    line: LineId
    left: str
    whole: str


@frozen
class ExceedsKey(Reason):
    """A credit that takes more of a tax key than is left of it, as lines below zero can bring about."""

    code: ClassVar[str] = "invoices.exceeds_key"
    template: ClassVar[str] = "it would take more of {key} than is left of {document}"
    document: DocumentId
    key: TaxKey


@frozen
class ComesToNothing(Reason):
    """A credit in which every line rounds to nothing."""

    code: ClassVar[str] = "invoices.comes_to_nothing"
    template: ClassVar[str] = "what would be taken back of {document} comes to nothing"
    document: DocumentId


@frozen
class SharesDiffer(Reason):
    """Shares of a credit note that do not add up to it."""

    code: ClassVar[str] = "invoices.shares_differ"
    template: ClassVar[str] = "the shares come to {shares}, the credit note to {total}"
    shares: Money
    total: Money


@frozen
class ExceedsHeld(Reason):
    """More to be refunded than the invoice holds of payments."""

    code: ClassVar[str] = "invoices.exceeds_held"
    template: ClassVar[str] = "{document} holds {held} of payments, which can go back"
    document: DocumentId
    held: Money


# Void and replacement


@frozen
class HasPayments(Reason):
    """A document with something applied to it, or used of it, cannot be voided."""

    code: ClassVar[str] = "invoices.has_payments"
    template: ClassVar[str] = (
        "{applied} is applied to {document}; take that back first, or credit the invoice"
    )
    document: DocumentId
    applied: Money


@frozen
class HasCredits(Reason):
    """An invoice with notes cannot be voided: they would refer to nothing."""

    code: ClassVar[str] = "invoices.has_credits"
    template: ClassVar[str] = "{document} has notes: {notes}"
    document: DocumentId
    notes: tuple[DocumentId, ...]


@frozen
class WasReported(Reason):
    """A document that was reported, or whose period is closed, is corrected and no longer voided."""

    code: ClassVar[str] = "invoices.was_reported"
    template: ClassVar[str] = "{document} was reported; correct it by a credit note or a debit note"
    document: DocumentId


@frozen
class AlreadyUsed(Reason):
    """A credit note of which something settles other documents than its own invoice."""

    code: ClassVar[str] = "invoices.already_used"
    template: ClassVar[str] = "{used} of {document} is used elsewhere; raise the invoice by a debit note"
    document: DocumentId
    used: Money


@frozen
class OfSubscription(Reason):
    """A credit note of what a subscription was billed: the subscription counts on it."""

    code: ClassVar[str] = "invoices.of_subscription"
    template: ClassVar[str] = "{subscription} counts on {document}; raise the invoice by a debit note"
    document: DocumentId
    subscription: str


@frozen
class NotTakenBack(Reason):
    """An invoice that is to be replaced, and is neither void nor wholly credited."""

    code: ClassVar[str] = "invoices.not_taken_back"
    template: ClassVar[str] = "{document} is {phase}; void it, or credit all of it, before it is replaced"
    document: DocumentId
    phase: PhaseName


@frozen
class AlreadyReplaced(Reason):
    """An invoice in whose place another one has come."""

    code: ClassVar[str] = "invoices.already_replaced"
    template: ClassVar[str] = "{document} was replaced by {by}"
    document: DocumentId
    by: DocumentId


@frozen
class ReplacementBelowZero(Reason):
    """A replacement that would come to less than nothing: the credit of the first says that already."""

    code: ClassVar[str] = "invoices.below_zero"
    template: ClassVar[str] = "{document} comes to {total}; what replaces an invoice asks for something"
    document: DocumentId
    total: Money
