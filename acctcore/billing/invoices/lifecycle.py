"""What can be asked of a document, what can happen to it, and in which phase."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.billing.invoices.compose import credit_gross, invoice
from acctcore.billing.invoices.model import Document, Filed, Kind, Line, Phase, Stated, left_of
from acctcore.billing.tax import NoRate, Taxes
from acctcore.kernel import messages
from acctcore.kernel.calendar import add_days, local_date
from acctcore.kernel.decision import Decision, Reason, allowed, refused
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import extend
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.kernel.money import Money, Price, convert, in_minor
from acctcore.kernel.terms import AccountId, CurrencyCode, DocumentId, ZoneKey
from acctcore.kernel.validation import each, identifier, not_empty, one_of, reference, whole

# Commands


@frozen(kw_only=True)
class Command(messages.Command):
    """Something asked of one document."""

    document_id: DocumentId = field(validator=reference)


@frozen(kw_only=True)
class OneOff:
    """A line that somebody writes by hand: quantity × unit price, under a tax class."""

    key: str = field(validator=identifier)
    title: str = field(validator=identifier)
    price: Price = field(validator=one_of(Price))
    quantity: int = field(default=1, validator=whole(minimum=0, maximum=10**12))
    tax_class: str = field(default="standard", validator=identifier)


@frozen(kw_only=True)
class Draft(Command):
    """Write an invoice by hand; nothing is owed before it is issued."""

    currency: CurrencyCode = field(validator=identifier)
    lines: tuple[OneOff, ...] = field(validator=[not_empty, each(one_of(OneOff))])


@frozen(kw_only=True)
class Discard(Command):
    """Throw a draft away."""


@frozen(kw_only=True)
class Issue(Command):
    """Make a draft final: from here on it is owed and never edited."""


@frozen(kw_only=True)
class Void(Command):
    """Declare an issued invoice void: it keeps its number and nothing of it is owed."""


@frozen(kw_only=True)
class Credit(Command):
    """Take back some of an invoice: an amount with tax, or all that is left of it."""

    amount: Money | None = field(default=None, converter=optionally(convert))
    reason: str = field(default="", validator=one_of(str))


# Events


@frozen
class Drafted(messages.Event):
    """An invoice was written and is not owed yet."""

    document: Document


@frozen
class Discarded(messages.Event):
    """A draft was thrown away."""

    document_id: DocumentId


@frozen
class Issued(messages.Event):
    """A document is final: an invoice is owed, a credit note reduces what is owed."""

    document: Document


@frozen
class Voided(messages.Event):
    """An invoice is void."""

    document_id: DocumentId


# Reasons


@frozen
class UnknownDocument(Reason):
    """A document that the account does not have."""

    code: ClassVar[str] = "invoices.unknown"
    template: ClassVar[str] = "there is no document {document}"
    document: DocumentId


@frozen
class NotAnInvoice(Reason):
    """A credit note where only an invoice will do."""

    code: ClassVar[str] = "invoices.not_an_invoice"
    template: ClassVar[str] = "{document} is a credit note"
    document: DocumentId


@frozen
class HasPayments(Reason):
    """An invoice that money has been applied to cannot be voided, only credited."""

    code: ClassVar[str] = "invoices.has_payments"
    template: ClassVar[str] = (
        "{applied} is applied to {document}; take that back first, or credit the invoice"
    )
    document: DocumentId
    applied: Money


@frozen
class HasCredits(Reason):
    """An invoice with credit notes cannot be voided: the notes would refer to nothing."""

    code: ClassVar[str] = "invoices.has_credits"
    template: ClassVar[str] = "{document} has credit notes: {notes}"
    document: DocumentId
    notes: tuple[DocumentId, ...]


@frozen
class ExceedsBilled(Reason):
    """A credit of more than is left of the invoice."""

    code: ClassVar[str] = "invoices.exceeds_billed"
    template: ClassVar[str] = "{left} is left of {document}"
    document: DocumentId
    left: Money


@frozen
class OtherCurrency(Reason):
    """An amount in another currency than the document's."""

    code: ClassVar[str] = "invoices.other_currency"
    template: ClassVar[str] = "{document} is in {currency}"
    document: DocumentId
    currency: CurrencyCode


@frozen
class BeforeDocument(Reason):
    """Something that would happen to a document before it was there."""

    code: ClassVar[str] = "invoices.before_document"
    template: ClassVar[str] = "{document} is of {at}"
    document: DocumentId
    at: DateTime


LIFECYCLE = Lifecycle[Phase](
    #        command   asked in                          may bring about
    Accepts(Draft, NOTHING, (Drafted,)),
    Accepts(Discard, (Phase.DRAFT,), (Discarded,)),
    Accepts(Issue, (Phase.DRAFT,), (Issued,)),
    Accepts(Credit, (Phase.ISSUED,), (Issued,)),
    Accepts(Void, (Phase.ISSUED,), (Voided,)),
    moves={Drafted: Phase.DRAFT, Issued: Phase.ISSUED, Voided: Phase.VOIDED},
    by_time=((Phase.ISSUED, Phase.CREDITED, "nothing is left after its credit notes"),),
)


@frozen
class Standing:
    """What the decision must know beside the document: its account, credit notes and money applied."""

    account_id: AccountId
    zone: ZoneKey
    net_days: int = 14
    notes: tuple[Document, ...] = ()
    applied: int = 0


def decide(
    filed: Filed | None, command: Command, taxes: Taxes, standing: Standing
) -> Decision[messages.Event]:
    """Return what `command` does to a document, or every reason why it may not."""
    if filed is None and not isinstance(command, Draft):
        return refused(UnknownDocument(command.document_id))
    if (refusal := LIFECYCLE.refusal(None if filed is None else filed.phase, command)) is not None:
        return refusal
    if filed is not None and command.at < filed.document.at:
        return refused(BeforeDocument(filed.document.id, filed.document.at))
    on = local_date(command.at, standing.zone)
    match filed, command:
        case None, Draft():
            return _draft(command, taxes, standing, on)
        case Filed(), Discard():
            return allowed(Discarded(command.at, command.id, filed.document.id))
        case Filed(), Issue():
            return allowed(Issued(command.at, command.id, dated(filed.document, command, on, standing)))
        case Filed(), Credit():
            return _credit(filed.document, command, standing, on)
        case Filed(), Void():
            return _void(filed.document, command, standing)
    raise Unhandled(filed, command)


def _draft(command: Draft, taxes: Taxes, standing: Standing, on: date) -> Decision[messages.Event]:
    lines: list[Line] = []
    problems: list[Reason] = []
    for number, wanted in enumerate(command.lines, 1):
        keys = taxes.keys(wanted.tax_class, on)
        if wanted.price.currency != command.currency:
            problems.append(OtherCurrency(command.document_id, command.currency))
        if keys is None:
            problems.append(NoRate(wanted.tax_class, on))
            continue
        basis = Stated(wanted.price, wanted.quantity)
        id = extend(command.document_id, str(number))
        lines.append(
            Line(
                id, wanted.key, wanted.title, None, wanted.price, wanted.quantity, basis.amount(), keys, basis
            )
        )
    if problems:
        return refused(*dict.fromkeys(problems))
    due_on = add_days(on, standing.net_days)
    document = invoice(
        command.document_id,
        standing.account_id,
        None,
        command.currency,
        tuple(lines),
        taxes,
        command.at,
        on,
        due_on,
        command.id,
    )
    return allowed(Drafted(command.at, command.id, document))


def dated(draft: Document, command: messages.Command, on: date, standing: Standing) -> Document:
    """Return a draft as it is issued: effective now, due as many days later as agreed."""
    return Document(
        draft.id,
        draft.kind,
        draft.account_id,
        draft.subscription_id,
        draft.currency,
        draft.lines,
        draft.taxes,
        draft.net,
        draft.tax,
        draft.total,
        command.at,
        draft.tax_date,
        add_days(on, standing.net_days),
        draft.corrects,
        draft.policy,
        command.id,
    )


def _credit(document: Document, command: Credit, standing: Standing, on: date) -> Decision[messages.Event]:
    left = left_of(document, standing.notes)
    reasons: list[Reason] = []
    if document.kind is not Kind.INVOICE:
        reasons.append(NotAnInvoice(document.id))
    amount = in_minor(left.total, document.currency) if command.amount is None else command.amount
    if amount.code != document.currency:
        reasons.append(OtherCurrency(document.id, document.currency))
    elif not 0 < amount.minor <= left.total:
        reasons.append(ExceedsBilled(document.id, in_minor(left.total, document.currency)))
    if reasons:
        return refused(*reasons)
    id = extend(document.id, "credit", command.id)
    note = credit_gross(id, document, standing.notes, amount.minor, command.at, on, command.id)
    return allowed(Issued(command.at, command.id, note))


def _void(document: Document, command: Void, standing: Standing) -> Decision[messages.Event]:
    reasons: list[Reason] = []
    if document.kind is not Kind.INVOICE:
        reasons.append(NotAnInvoice(document.id))
    if standing.notes:
        reasons.append(HasCredits(document.id, tuple(note.id for note in standing.notes)))
    if standing.applied:
        reasons.append(HasPayments(document.id, in_minor(standing.applied, document.currency)))
    return refused(*reasons) if reasons else allowed(Voided(command.at, command.id, document.id))


def phase(document: Document, notes: tuple[Document, ...], filed: Phase) -> Phase:
    """Return the phase with "credited" read off the credit notes: nothing is left of the invoice."""
    if filed is Phase.ISSUED and document.kind is Kind.INVOICE and document.total > 0:
        return Phase.CREDITED if left_of(document, notes).total == 0 else filed
    return filed
