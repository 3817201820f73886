"""What each command does to a document, or every reason why it does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve as changed
from attrs import frozen

from acctcore.billing.invoices import messages as m
from acctcore.billing.invoices import reasons as r
from acctcore.billing.invoices.basis import Stated
from acctcore.billing.invoices.compose import credit_gross, debit_note, invoice, noted, turned_round
from acctcore.billing.invoices.crediting import parts
from acctcore.billing.invoices.left import Left, excesses, left_of
from acctcore.billing.invoices.lifecycle import LIFECYCLE
from acctcore.billing.invoices.model import Document, Filed, Kind, Line, Phase
from acctcore.billing.invoices.policy import BelowZero, Destination, DocumentPolicy
from acctcore.billing.invoices.terms import Terms
from acctcore.billing.tax import NoRate, Taxes, TaxKey
from acctcore.kernel import messages
from acctcore.kernel.calendar import local_date
from acctcore.kernel.decision import Decision, Missing, Reason, allowed, refused, unknown, unless
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import extend
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import AccountId, DocumentId, ZoneKey

_CREDIT_NOTE = Kind.CREDIT_NOTE


@frozen(kw_only=True)
class Standing:
    """What the decision must know beside the document.

    Its account; the credit notes and debit notes of it that are in force, in their order; what is
    applied to it, or of it, and of that the money of payments, and what a note gives elsewhere than
    to its own invoice; the invoice that a draft replaces, and the one by which it was replaced.

    Units: minor units.
    """

    account_id: AccountId
    zone: ZoneKey
    notes: tuple[Document, ...] = ()
    debits: tuple[Document, ...] = ()
    applied: int = 0
    paid: int = 0
    elsewhere: int = 0
    replaced: Filed | None = None
    replaced_by: DocumentId | None = None


_PLAIN = DocumentPolicy()


def decide(
    filed: Filed | None,
    command: m.Command,
    taxes: Taxes,
    standing: Standing,
    policy: DocumentPolicy = _PLAIN,
) -> Decision[messages.Event]:
    """Return what `command` does to a document, or every reason why it may not."""
    if filed is None and not isinstance(command, m.Draft):
        return refused(r.UnknownDocument(command.document_id))
    if (refusal := LIFECYCLE.refusal(None if filed is None else filed.phase, command)) is not None:
        return refusal
    if filed is not None and command.at < filed.document.at:
        return refused(r.BeforeDocument(filed.document.id, filed.document.at))
    on = local_date(command.at, standing.zone)
    match filed, command:
        case None, m.Draft():
            return _draft(command, taxes, standing, policy, on)
        case Filed(), m.Revise():
            return _revise(filed.document, command, taxes, on)
        case Filed(), m.Discard():
            return allowed(m.Discarded(command.at, command.id, filed.document.id))
        case Filed(), m.Issue():
            return _issue(filed.document, command, standing, policy, on)
        case Filed(), m.Credit():
            return _credit(filed.document, command, standing, policy, on)
        case Filed(), m.Debit():
            return _debit(filed.document, command, taxes, policy, on)
        case Filed(), m.Void():
            return _void(filed.document, command, standing, policy)
    raise Unhandled(filed, command)


# Writing and issuing


def _draft(
    command: m.Draft, taxes: Taxes, standing: Standing, policy: DocumentPolicy, on: date
) -> Decision[messages.Event]:
    tax_date = command.tax_date or on
    lines, problems = _written(command.document_id, command.lines, command.currency, taxes, tax_date)
    if command.replaces is not None:
        problems += _replacing(command.replaces, standing)
    if problems:
        return refused(*dict.fromkeys(problems))
    document = invoice(
        command.document_id,
        standing.account_id,
        None,
        command.currency,
        lines,
        taxes,
        command.at,
        tax_date,
        policy.terms.due_on(max(on, tax_date)),
        command.id,
        command.replaces,
    )
    return allowed(m.Drafted(command.at, command.id, document))


def _written(
    id: DocumentId, wanted: Sequence[m.OneOff], currency: str, taxes: Taxes, on: date
) -> tuple[tuple[Line, ...], list[Reason]]:
    """Return the lines that somebody writes, priced and with their tax keys, or what stands against them."""
    lines: list[Line] = []
    problems: list[Reason] = []
    for number, each in enumerate(wanted, 1):
        keys = taxes.keys(each.tax_class, on)
        if each.price.currency != currency:
            problems.append(r.OtherCurrency(id, currency))
        if keys is None:
            problems.append(NoRate(each.tax_class, on))
            continue
        basis = Stated(each.price, each.quantity)
        lines.append(
            Line(
                extend(id, str(number)),
                each.key,
                each.title,
                None,
                each.price,
                each.quantity,
                basis.amount(),
                keys,
                basis,
            )
        )
    return tuple(lines), problems


def _revise(document: Document, command: m.Revise, taxes: Taxes, on: date) -> Decision[messages.Event]:
    tax_date = command.tax_date or on
    lines, problems = _written(document.id, command.lines, document.currency, taxes, tax_date)
    if problems:
        return refused(*dict.fromkeys(problems))
    revised = invoice(
        document.id,
        document.account_id,
        document.subscription_id,
        document.currency,
        lines,
        taxes,
        command.at,
        tax_date,
        document.due_on,
        command.id,
        document.corrects,
    )
    return allowed(m.Revised(command.at, command.id, revised))


def _issue(
    draft: Document, command: m.Issue, standing: Standing, policy: DocumentPolicy, on: date
) -> Decision[messages.Event]:
    replaces = draft.corrects
    below_zero = in_minor(draft.total, draft.currency)
    reasons = (
        *_ahead(draft.id, command),
        *unless(policy.accepts(draft.tax_date, on), r.TaxDateTooFar(draft.tax_date, on)),
        *(_replacing(replaces, standing) if replaces is not None else ()),
        *unless(replaces is None or draft.total >= 0, r.ReplacementBelowZero(draft.id, below_zero)),
    )
    if reasons:
        return refused(*reasons)
    issued = dated(draft, command, on, command.terms or policy.terms)
    if issued.total < 0:
        turns = policy.below_zero is BelowZero.CREDIT_NOTE
        issued = turned_round(issued) if turns else changed(issued, due_on=None)
    return allowed(m.Issued(command.at, command.id, issued))


def dated(draft: Document, command: messages.Command, on: date, terms: Terms) -> Document:
    """Return a draft as it is issued: effective now, due by the terms from the later of its dates."""
    due_on = terms.due_on(max(on, draft.tax_date))
    return changed(draft, at=command.at, due_on=due_on, cause=command.id)


def _replacing(id: DocumentId, standing: Standing) -> tuple[Reason, ...]:
    """Return why an invoice may not be replaced."""
    replaced, by = standing.replaced, standing.replaced_by
    if replaced is None:
        return (r.UnknownDocument(id),)
    document, phase = replaced.document, replaced.phase
    taken_back = phase in (Phase.VOIDED, Phase.CREDITED)
    return (
        *unless(document.kind is Kind.INVOICE, _not_an_invoice(document)),
        *unless(taken_back, r.NotTakenBack(id, phase.value)),
        *(() if by is None else (r.AlreadyReplaced(id, by),)),
    )


def _not_an_invoice(document: Document) -> r.NotAnInvoice:
    return r.NotAnInvoice(document.id, document.kind.value.replace("_", " "))


def _ahead(id: DocumentId, command: m.Command) -> tuple[Reason, ...]:
    now = command.recorded_at
    return (r.DatedAhead(id, command.at, now),) if now is not None and now < command.at else ()


def _why(reason: str, policy: DocumentPolicy) -> tuple[Reason, ...]:
    known = not policy.reasons or reason in policy.reasons
    return unless(known, r.UnknownReason(reason, policy.reasons))


# Crediting


def _credit(
    document: Document, command: m.Credit, standing: Standing, policy: DocumentPolicy, on: date
) -> Decision[messages.Event]:
    reasons = (
        *_ahead(document.id, command),
        *unless(document.kind is not _CREDIT_NOTE, _not_an_invoice(document)),
        *_why(command.reason, policy),
    )
    left = left_of(document, standing.notes)
    note, problems = _note(document, command, left, standing, on)
    if note is None or reasons or problems:
        return refused(*dict.fromkeys((*reasons, *problems)))
    goes = shares(note, command, standing, policy, document)
    refund = goes.get(Destination.REFUND, 0)
    reasons = (
        *_adding_up(note, command),
        *unless(refund <= standing.paid, r.ExceedsHeld(document.id, in_minor(standing.paid, note.currency))),
    )
    return refused(*reasons) if reasons else allowed(m.Issued(command.at, command.id, note))


def _note(
    document: Document, command: m.Credit, left: Left, standing: Standing, on: date
) -> tuple[Document | None, tuple[Reason, ...]]:
    """Return the credit note that a command asks for, or what stands against it."""
    id, at, cause = extend(document.id, "credit", command.id), command.at, command.id
    amount = command.amount
    if amount is not None and amount.code != document.currency:
        return None, (r.OtherCurrency(document.id, document.currency),)
    exceeds = r.ExceedsBilled(document.id, in_minor(left.total, document.currency))
    if command.percent is None and not command.lines and (amount is not None or left.total > 0):
        minor = left.total if amount is None else amount.minor
        if not 0 < minor <= left.total:
            return None, (exceeds,)
        note = credit_gross(id, document, standing.notes, minor, at, on, cause, command.reason)
    else:
        taken, problems = parts(document, standing.notes, command)
        if problems:
            return None, problems
        note = noted(id, document, left, taken, at, on, cause, reason=command.reason)
        if left.nothing:
            return None, (exceeds,)
    if not any(line.amount for line in note.lines) and not note.tax:
        return None, (r.ComesToNothing(document.id),)
    if note.total < 0:
        return None, (exceeds,)
    return note, _beyond(document, (*standing.notes, note), exceeds)


def _beyond(document: Document, notes: tuple[Document, ...], exceeds: Reason) -> tuple[Reason, ...]:
    """Return why the last of these notes goes beyond what there was, as lines below zero can bring about."""
    return tuple(
        r.ExceedsKey(document.id, each.of) if isinstance(each.of, TaxKey) else exceeds
        for each in excesses(document, notes)
    )


def shares(
    note: Document, command: m.Credit, standing: Standing, policy: DocumentPolicy, document: Document
) -> dict[Destination, int]:
    """Return how much of a credit note goes where: as it was asked, or as the policy has it."""
    if command.shares:
        return {share.to: share.amount.minor for share in command.shares}
    to = command.to
    if to is None:
        settled = standing.applied >= document.total
        to = policy.unpaid if not standing.paid else policy.paid if settled else policy.partly_paid
    return {to: note.total}


def _adding_up(note: Document, command: m.Credit) -> tuple[Reason, ...]:
    """Return why stated shares do not fit the credit note."""
    amounts = [share.amount for share in command.shares]
    if any(amount.code != note.currency for amount in amounts):
        return (r.OtherCurrency(note.id, note.currency),)
    stated = in_minor(sum(amount.minor for amount in amounts), note.currency)
    return unless(not amounts or stated.minor == note.total, r.SharesDiffer(stated, note.total_money))


# Debiting and voiding


def _debit(
    document: Document, command: m.Debit, taxes: Taxes, policy: DocumentPolicy, on: date
) -> Decision[messages.Event]:
    known = {line.id for line in document.lines}
    currency = document.currency
    same = all(raised.amount.code == currency for raised in command.lines)
    strange = [raised.line for raised in command.lines if raised.line not in known]
    reasons = (
        *_ahead(document.id, command),
        *unless(document.kind is Kind.INVOICE, _not_an_invoice(document)),
        *_why(command.reason, policy),
        *unless(same, r.OtherCurrency(document.id, currency)),
        *[r.UnknownLine(document.id, line) for line in strange],
    )
    if reasons:
        return refused(*reasons)
    note = debit_note(
        extend(document.id, "debit", command.id),
        document,
        [(raised.line, raised.amount.minor) for raised in command.lines],
        taxes,
        command.at,
        on,
        (command.terms or policy.terms).due_on(on),
        command.id,
        command.reason,
    )
    return allowed(m.Issued(command.at, command.id, note))


def _void(
    document: Document, command: m.Void, standing: Standing, policy: DocumentPolicy
) -> Decision[messages.Event]:
    reasons = (
        *_ahead(document.id, command),
        *unless(command.reported is not True, r.WasReported(document.id)),
        *(_note_stands(document, standing) if _corrects(document) else _stands(document, standing)),
    )
    if reasons:
        return refused(*reasons)
    if policy.books_close and command.reported is None:
        return unknown(Missing("whether the document was reported", (document.id,)))
    return allowed(m.Voided(command.at, command.id, document.id))


def _corrects(document: Document) -> bool:
    return document.kind is _CREDIT_NOTE and document.corrects is not None


def _stands(document: Document, standing: Standing) -> tuple[Reason, ...]:
    """Return why an invoice, a debit note or a credit note of its own stays in force."""
    notes = tuple(note.id for note in (*standing.notes, *standing.debits))
    applied = in_minor(standing.applied, document.currency)
    return (
        *unless(not notes, r.HasCredits(document.id, notes)),
        *unless(not standing.applied, r.HasPayments(document.id, applied)),
    )


def _note_stands(note: Document, standing: Standing) -> tuple[Reason, ...]:
    """Return why a credit note stays in force: its amount is used elsewhere, or something counts on it."""
    corrected, by, of = note.corrects, standing.replaced_by, note.subscription_id
    used = in_minor(standing.elsewhere, note.currency)
    return (
        *(() if of is None else (r.OfSubscription(note.id, of),)),
        *unless(not standing.elsewhere, r.AlreadyUsed(note.id, used)),
        *(() if by is None or corrected is None else (r.AlreadyReplaced(corrected, by),)),
    )
