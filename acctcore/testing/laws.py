"""What must be true of prices, documents and files, as checks that anybody can run on their own code.

Each law is a function that raises an AssertionError saying what broke, and returns nothing. Those
about amounts take functions, so that any billing code can be put in; those about files take a file,
a command and the policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from itertools import islice, pairwise, permutations
from string import Formatter
from typing import TypeAlias, TypeVar

from attrs import evolve as changed
from attrs import fields
from pendulum import DateTime

from acctcore.billing import invoices, subscriptions
from acctcore.billing.proration import Booked, Credit, Proration, Settlement, prorate, settle
from acctcore.flows import (
    File,
    Policies,
    balances,
    balances_at,
    check,
    due,
    evolve,
    handle,
    items_at,
    movements,
)
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.decision import Decision, Outcome, Reason, allowed, combine
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Price
from acctcore.kernel.notices import AlreadyRecorded
from acctcore.operations.approvals import Authority, Per, local_day
from acctcore.receivables import payments

P = TypeVar("P", bound=date)
T = TypeVar("T")
H = TypeVar("H", bound=Hashable)

# Of amounts


def telescoping(amount: Callable[[Span[P]], int], cycle: Span[P], cuts: Iterable[P]) -> None:
    """Check that the parts of a cycle, cut anywhere, cost what the whole cycle costs.

    `amount` says what a part costs: `priced(…)` for one of our policies, or any function of yours.
    """
    edges = [cycle.start, *sorted(cuts), cycle.end]
    parts = [amount(Span(*edge)) for edge in pairwise(edges)]
    whole = amount(cycle)
    assert sum(parts) == whole, f"parts {parts} add up to {sum(parts)}, the whole cycle costs {whole}"


def priced(
    price: Price, quantity: int, cycle: Span[P], every: Every, proration: Proration
) -> Callable[[Span[P]], int]:
    """Return what a part of a cycle costs under a proration, as a function of the part."""

    def amount(part: Span[P]) -> int:
        return prorate(price, quantity, part, cycle, every, proration).amount

    return amount


def order_free(outcome: Callable[[Sequence[T]], H], changes: Sequence[T], *, at_most: int = 24) -> None:
    """Check that the same changes, entered in any order, come to one outcome.

    `outcome` enters them one after another and says what they come to: a total, say, or what is
    covered afterwards. It is asked for at most so many orders.
    """
    first = outcome(changes)
    for order in islice(permutations(changes), 1, at_most):
        other = outcome(order)
        assert other == first, f"entered as {list(changes)}: {first}; as {list(order)}: {other}"


def capped(booked: Booked[P], credit: Credit) -> None:
    """Check that no more is given back of a line than is left of it, and nothing below zero."""
    left = booked.billed - booked.credited
    assert 0 <= credit.amount <= left, f"a credit of {credit.amount}, with {left} left of the line"


def nothing_is_lost(booked: Booked[P], gone: Span[P], credit: Credit) -> None:
    """Check that what is given back and what stays booked add up to what was booked."""
    stays = sum(credit.left) + credit.remainder
    assert credit.amount + stays == booked.amount, f"{credit.amount} back and {stays} left of {booked.amount}"
    kept = (booked.span.start < gone.start) + (gone.end < booked.span.end)
    assert len(credit.left) == kept, f"{len(credit.left)} amounts for {kept} stretches that stay"


def total_after(
    changes: Sequence[tuple[P, Price | None]],
    price: Price,
    cycle: Span[P],
    every: Every,
    proration: Proration,
    settlement: Settlement,
) -> int:
    """Return what a cycle costs after changes of the price, each entered in turn and settled at once.

    A change takes effect from its point up to the next one that was entered before it; None ends
    what is wanted. This is the plainest model of what a subscription does, for `order_free`.
    """
    whole = prorate(price, 1, cycle, cycle, every, proration).amount
    booked = [Booked(price, 1, cycle, whole, whole, 0, cycle)]
    total = whole
    for index, (at, wanted) in enumerate(changes):
        later = [point for point, _ in changes[:index] if point > at]
        stretch = Span(at, min(later, default=cycle.end))
        for line in tuple(booked):
            gone = line.span.overlap(stretch)
            if gone is not None:
                credit = settle(line, gone, cycle, every, proration, settlement)
                total -= credit.amount
                booked.remove(line)
                booked.extend(_kept(line, gone, credit))
        if wanted is not None:
            amount = prorate(wanted, 1, stretch, cycle, every, proration).amount
            total += amount
            booked.append(Booked(wanted, 1, stretch, amount, amount, 0, stretch))
    return total


def _kept(line: Booked[P], gone: Span[P], credit: Credit) -> list[Booked[P]]:
    edges = ((line.span.start, gone.start), (gone.end, line.span.end))
    kept = [Span(start, end) for start, end in edges if start < end]
    credited = line.credited + credit.amount
    return [
        changed(line, span=span, amount=left, credited=credited)
        for span, left in zip(kept, credit.left, strict=True)
    ]


# Of documents


def document_adds_up(document: invoices.Document) -> None:
    """Check that lines, tax keys and totals of a document come to one another, each line to its basis."""
    net = sum(line.amount for line in document.lines)
    tax = sum(entry.amount for entry in document.taxes)
    assert (net, tax, net + tax) == (document.net, document.tax, document.total), f"{document.id}: totals"
    keys = [entry.key for entry in document.taxes]
    assert len(set(keys)) == len(keys), f"{document.id}: a tax key twice"
    for entry in document.taxes:
        base = sum(line.amount for line in document.lines if entry.key in line.taxes)
        assert base == entry.base, f"{document.id}, {entry.key}: {base} in lines, {entry.base} as base"
    for line in document.lines:
        assert set(line.taxes) <= set(keys), f"{line.id}: a tax key that the document does not have"
        assert line.basis.amount() == line.amount, f"{line.id}: {line.amount}, from {line.basis.amount()}"
    if document.kind is not invoices.Kind.INVOICE:
        assert document.total >= 0, f"{document.id} gives or asks for {document.total}"


def credits_within(invoice: invoices.Document, notes: Iterable[invoices.Document]) -> None:
    """Check that credit notes take of an invoice at most what there was: of lines, tax keys and total.

    What was below zero on the invoice is given back up to nothing, and no further.
    """
    notes = tuple(notes)
    for what, (billed, taken) in _taken_of(invoice, notes).items():
        within = 0 <= taken <= billed or billed <= taken <= 0
        assert within, f"{invoice.id}, {what}: {taken} credited of {billed}"
    for note in notes:
        document_adds_up(note)


def credits_add_up(invoice: invoices.Document, notes: Iterable[invoices.Document]) -> None:
    """Check that credit notes which took back all of an invoice come to exactly it, on every line and key."""
    for what, (billed, taken) in _taken_of(invoice, tuple(notes)).items():
        assert taken == billed, f"{invoice.id}, {what}: {taken} credited of {billed}"


def _taken_of(invoice: invoices.Document, notes: tuple[invoices.Document, ...]) -> dict[str, tuple[int, int]]:
    """Return what was billed and what was taken back, of everything that an invoice says."""
    for note in notes:
        assert note.corrects == invoice.id, f"{note.id} is no note of {invoice.id}"
        assert note.currency == invoice.currency, f"{note.id} is in {note.currency}"
    entries = [entry for note in notes for entry in note.taxes]
    told = {"total": (invoice.total, sum(note.total for note in notes))}
    for line in invoice.lines:
        back = sum(each.amount for note in notes for each in note.lines if each.corrects == line.id)
        told[f"line {line.id}"] = line.amount, back
    for whole in invoice.taxes:
        same = [entry for entry in entries if entry.key == whole.key]
        told[f"base of {whole.key}"] = whole.base, sum(entry.base for entry in same)
        told[f"tax of {whole.key}"] = whole.amount, sum(entry.amount for entry in same)
    strange = {entry.key for entry in entries} - {whole.key for whole in invoice.taxes}
    assert not strange, f"{invoice.id} does not bear {sorted(map(str, strange))}"
    return told


# Of allocations


def spreads(order: payments.Order, amount: int, debts: Sequence[payments.OpenItem]) -> dict[str, int]:
    """Check what every order of allocation keeps, and what this one claims; return what each debt gets.

    No debt gets more than is open of it, nor all of them more than the amount; how they are listed
    does not matter. One that claims to exhaust leaves nothing while something is owed; one that claims
    to work in parts settles with two payments what it settles with one; a proportional one gives each
    debt its share, to within one minor unit.
    """
    shares = _shares(order, amount, debts)
    open_now = {debt.id: debt.open for debt in debts}
    for id, share in shares.items():
        assert 0 < share <= open_now[id], f"{id} gets {share}, with {open_now[id]} open"
    total, owed = sum(shares.values()), sum(open_now.values())
    assert total <= amount, f"{total} is spread of {amount}"
    assert _shares(order, amount, debts[::-1]) == shares, "debts listed otherwise get other shares"
    if payments.Claim.EXHAUSTS in order.claims:
        assert total == min(amount, owed), f"{amount - total} is left, and {owed - total} is owed"
    if payments.Claim.PROPORTIONAL in order.claims and amount < owed:
        for id, left in open_now.items():
            exact = amount * left
            assert abs(shares.get(id, 0) * owed - exact) < owed, f"{id} gets {shares.get(id, 0)} of {amount}"
    if payments.Claim.IN_PARTS in order.claims:
        for first in {1, amount // 3, amount - 1} - {0, amount}:
            assert _in_parts(order, first, amount - first, debts) == shares, f"{first} first, then the rest"
    return shares


def _shares(order: payments.Order, amount: int, debts: Sequence[payments.OpenItem]) -> dict[str, int]:
    shares: dict[str, int] = {}
    for debt, share in order.spread(amount, debts):
        assert debt.id not in shares, f"{debt.id} gets its share twice"
        shares[debt.id] = share
    return shares


def _in_parts(
    order: payments.Order, first: int, second: int, debts: Sequence[payments.OpenItem]
) -> dict[str, int]:
    shares = _shares(order, first, debts) if first > 0 else {}
    rest = [payments.less(debt, shares.get(debt.id, 0)) for debt in debts]
    again = _shares(order, second, [debt for debt in rest if debt.open])
    return {
        debt.id: shares.get(debt.id, 0) + again.get(debt.id, 0)
        for debt in debts
        if debt.id in shares or debt.id in again
    }


# Of files


def adds_up(file: File) -> None:
    """Check that documents, payments, refunds, allocations, open items and balances tell one story.

    Every document adds up; what is open of an item is its amount less what was allocated, never
    below zero; movements and open items come to one balance in each currency; no id is used twice.
    """
    assert not (problems := check(file)), "; ".join(problems)
    amounts = _amounts(file)
    open_now = {(item.side, item.id): item.open for item in file.items}
    assert len(open_now) == len(file.items), "an item is open twice"
    settled: dict[tuple[payments.Side, str], int] = {}
    for each in file.allocations:
        for item in ((payments.Side.GIVEN, each.source), (payments.Side.OWED, each.target)):
            assert amounts[item][0] == each.currency, f"{each.currency} allocated to {item[1]}"
            settled[item] = settled.get(item, 0) + each.amount
    for (side, id), (_, amount) in amounts.items():
        rest = amount - settled.get((side, id), 0)
        assert 0 <= rest <= amount, f"{id}: {amount - rest} allocated of {amount}"
        left = open_now.pop((side, id), 0)
        assert left == rest, f"{id}: {rest} is not settled, {left} is open"
    assert not open_now, f"open, but of nothing on file: {sorted(id for _, id in open_now)}"
    owed: dict[str, int] = {}
    for open_item in file.items:
        sign = 1 if open_item.side is payments.Side.OWED else -1
        owed[open_item.currency] = owed.get(open_item.currency, 0) + sign * open_item.open
    assert {code: money.minor for code, money in balances(file).items()} == owed
    credits_never_exceed(file)
    refunds_never_exceed(file)
    taken_back_once(file)
    approvals_are_of_others(file)
    coverage_is_billed(file)


def _amounts(file: File) -> dict[tuple[payments.Side, str], tuple[str, int]]:
    """Return currency and amount of everything owed and given, settled or not."""
    amounts: dict[tuple[payments.Side, str], tuple[str, int]] = {}

    def note(side: payments.Side, id: str, currency: str, amount: int) -> None:
        assert (side, id) not in amounts, f"the id {id} is used twice"
        amounts[side, id] = currency, amount

    for filed in file.documents:
        document = filed.document
        gives = document.kind is invoices.Kind.CREDIT_NOTE or document.total < 0
        side = payments.Side.GIVEN if gives else payments.Side.OWED
        owed = 0 if filed.phase in (invoices.Phase.DRAFT, invoices.Phase.VOIDED) else abs(document.balance)
        note(side, document.id, document.currency, owed)
    for payment in file.payments:
        received = payment.phase is payments.Phase.RECEIVED
        note(payments.Side.GIVEN, payment.id, payment.currency, payment.amount if received else 0)
    for refund in file.refunds:
        note(payments.Side.OWED, refund.id, refund.currency, refund.amount if refund.counts else 0)
    for chargeback in file.chargebacks:
        note(payments.Side.OWED, chargeback.id, chargeback.currency, chargeback.standing)
        if chargeback.fee is not None:
            note(payments.Side.OWED, extend(chargeback.id, "fee"), chargeback.fee.code, chargeback.fee.minor)
    return amounts


def credits_never_exceed(file: File) -> None:
    """Check that the credit notes of a document take at most its total, each line and each tax key."""
    for filed in file.documents:
        notes = file.notes(filed.document.id)
        if notes:
            assert filed.phase is invoices.Phase.ISSUED, (
                f"{filed.document.id} is {filed.phase.value} and credited"
            )
            credits_within(filed.document, notes)


def refunds_never_exceed(file: File) -> None:
    """Check that no payment gives back more than came in, and that refunds and payments agree on it.

    Only a refund that arrived after it had failed may go beyond: by then its money was free.
    """
    back: dict[str, int] = {}
    late: dict[str, int] = {}
    for refund in file.refunds:
        back[refund.payment_id] = back.get(refund.payment_id, 0) + (refund.amount if refund.counts else 0)
        late[refund.payment_id] = late.get(refund.payment_id, 0) + refund.amount * refund.came_late
    for payment in file.payments:
        given = back.pop(payment.id, 0)
        assert given == payment.refunded, f"{payment.id}: {given} given back, {payment.refunded} noted"
        came = max([amount for _, amount in payment.moves()], default=0)
        assert given - late.get(payment.id, 0) <= came, f"{payment.id}: {given} given back of {came}"
    assert not back, f"given back of payments that are not on file: {sorted(back)}"


def as_of_adds_up(file: File, instants: Iterable[DateTime] = ()) -> None:
    """Check that what was open at an instant comes to the movements up to it; by the end, to what is open.

    Without instants of yours, it is asked at each at which anything moved.
    """
    moved = movements(file)
    for at in sorted({*instants, *(each.at for each in moved)}):
        if file.sealed is not None and at < file.sealed.through:
            continue
        expected: dict[str, int] = {}
        for each in moved:
            if each.at <= at:
                expected[each.currency] = expected.get(each.currency, 0) + each.amount
        found = {code: money.minor for code, money in balances_at(file, at).items()}
        for code in {*expected, *found}:
            told = expected.get(code, 0)
            assert found.get(code, 0) == told, f"{code} at {at}: {found.get(code, 0)} open, {told} moved"
    if moved or file.allocations:
        last = max([each.at for each in moved] + [each.at for each in file.allocations])
        ended = {(item.side, item.id): item.open for item in items_at(file, last)}
        assert ended == {(item.side, item.id): item.open for item in file.items}, (
            "the end is not what is open"
        )


def taken_back_once(file: File) -> None:
    """Check that every allocation is one of its own, and taken back whole and once, or not at all."""
    made: dict[tuple[str, str, str], int] = {}
    for each in file.allocations:
        if each.undoes is None:
            key = each.source, each.target, each.cause
            assert key not in made, f"{each.cause} allocates {each.source} to {each.target} twice"
            made[key] = each.amount
        else:
            amount = made.pop((each.source, each.target, each.undoes), 0)
            assert amount == -each.amount, f"{-each.amount} taken back of {amount} by {each.cause}"


def coverage_is_billed(file: File) -> None:
    """Check that what a subscription counts as paid for is at most what is left of the lines billed.

    Whatever a change could give back later is bounded by that; and no item is covered twice for one
    moment.
    """
    for subscription in file.subscriptions:
        worth: dict[tuple[str, str], int] = {}
        for piece in subscription.covered:
            key = piece.document, piece.line
            worth[key] = worth.get(key, 0) + piece.amount
            assert piece.amount >= 0, f"{piece.line} is worth {piece.amount}"
        for (id, line), amount in worth.items():
            invoice = file.document(id)
            if invoice is None and file.sealed is not None:
                continue  # it stayed in the system that the account was taken over from
            assert invoice is not None, f"{id} is covered, and not on file"
            left = dict(invoices.left_of(invoice, file.notes(id)).lines)[line]
            assert amount <= left, f"{line}: {amount} to be given back, {left} left"
        pieces = sorted(subscription.covered, key=lambda piece: (piece.item, piece.span.start))
        for one, next_one in pairwise(pieces):
            twice = one.item == next_one.item and one.span.overlap(next_one.span) is not None
            assert not twice, f"{one.item} is covered twice: {one.span}, {next_one.span}"


def approvals_are_of_others(file: File) -> None:
    """Check that nobody is behind two approvals of a request, or behind one of what they asked for.

    What was used was approved by somebody, or was an emergency that others are to look at.
    """
    for request in file.requests:
        people = [person for approval in request.approvals for person in approval.people]
        assert len(people) == len(set(people)), f"{request.id}: {people} are behind its approvals"
        assert request.maker not in people, f"{request.id}: {request.maker} approved what they asked for"
        if request.used_by is not None:
            assert people or request.emergency is not None, f"{request.id} was used, and nobody approved it"


def allowances_hold(file: File, authority: Authority) -> None:
    """Check that what was done without anybody's approval fits every window of every allowance.

    For files that had this authority from their first act on. Allowances of one role are left out, since
    somebody may have acted in another; so are those that add up what other files hold.
    """
    alone = [each for each in file.exercised if each.request is None]
    for allowance in authority.allowances:
        if allowance.role is not None or allowance.per.everywhere:
            continue
        zone = allowance.zone or file.account.zone
        counted = [each for each in alone if allowance.covers(each.operation, each.amount)]
        for act in counted:
            dates = allowance.window.containing(local_day(act.at, zone))
            same = [each for each in counted if allowance.per is Per.ACCOUNT or each.by == act.by]
            done = [each.amount.minor for each in same if dates.contains(local_day(each.at, zone))]
            assert sum(done) <= allowance.amount.minor, (
                f"{allowance.name}: {sum(done)} done in {dates}, with {allowance.amount} allowed"
            )


def documents_of(events: Iterable[object]) -> tuple[invoices.Document, ...]:
    """Return the documents that events issue."""
    return tuple(event.document for event in events if isinstance(event, invoices.Issued))


def preview_is_the_bill(file: File, command: Command, policies: Policies) -> None:
    """Check that asking without storing gives the very documents that storing then files.

    Asked beforehand under another id, the same command comes to the same lines, taxes and totals.
    """
    preview = handle(file, command, policies)
    other = handle(file, changed(command, id=f"preview of {command.id}"), policies)
    billed = handle(file, command, policies)
    assert billed == preview, f"{command} is answered differently the second time"
    assert other.outcome is preview.outcome, f"{command.id}: {preview.outcome}; as preview: {other.outcome}"
    if not preview.allowed:
        return
    after = evolve(file, billed.events)
    shown, previewed = documents_of(preview.events), documents_of(other.events)
    for document in shown:
        filed = after.document(document.id)
        assert filed is not None, f"{document.id} was previewed and not billed"
        for each in fields(invoices.Document):
            one, two = getattr(document, each.name), getattr(filed, each.name)
            assert one == two, f"{document.id}.{each.name}: previewed {one}, billed {two}"
    told = [_shape(document) for document in shown]
    assert told == [_shape(document) for document in previewed], "another id gives other documents"
    new = {filed.document.id for filed in after.documents} - {filed.document.id for filed in file.documents}
    drafted = {event.document.id for event in billed.events if isinstance(event, invoices.Drafted)}
    assert new <= {document.id for document in shown} | drafted, "billed, but not previewed"


def _shape(document: invoices.Document) -> tuple[object, ...]:
    """Return everything in a document that does not bear an id derived from the command."""
    lines = [
        (line.item, line.title, line.period, line.price, line.quantity, line.amount, line.taxes, line.basis)
        for line in document.lines
    ]
    totals = (document.taxes, document.net, document.tax, document.total)
    dated = (document.at, document.tax_date, document.due_on, document.policy)
    return (document.kind, document.currency, document.subscription_id, lines, totals, dated)


Ask: TypeAlias = Callable[[File, Command, Policies], Decision[Event]]


def twice_is_once(file: File, command: Command, policies: Policies, *, ask: Ask = handle) -> None:
    """Check that a command that was handled and stored is not done again.

    Asked again, it gets its first answer; storing that again changes nothing; and the same billing
    point under another id is refused. `ask` is `handle` with what you give it beside: operations of your
    own, say.
    """
    first = ask(file, command, policies)
    if not first.allowed:
        again = ask(file, command, policies)
        assert again == first, f"{command.id} is answered differently the second time"
        return
    after = evolve(file, first.events)
    again = ask(after, command, policies)
    if not first.events:
        return
    assert again.allowed, f"{command.id} was allowed, and then {again.outcome.value}"
    assert again.events == first.events, f"{command.id} brings about something else the second time"
    assert evolve(after, again.events) == after, f"{command.id} changes the file when stored twice"
    if isinstance(command, subscriptions.Bill):
        other = ask(after, changed(command, id=f"again {command.id}"), policies)
        codes = [reason.code for reason in other.reasons]
        assert subscriptions.AlreadyBilled.code in codes or "lifecycle.wrong_phase" in codes, (
            f"{command.on} is billed twice: {other}"
        )


def facts_in_any_order(
    file: File, facts: Sequence[Command], policies: Policies, *, ask: Ask = handle, at_most: int = 24
) -> File:
    """Check that facts from elsewhere come to the same books in whatever order, and told twice.

    They are told in at most so many orders; what is answered with unknown, or refused, is told again
    once more is known, as a processor would. Where every fact is taken in one order, it is in all, and
    balances, payments and authorisations are the same. A fact that is left out is refused, and the
    answer names what is on file against it. Returns the file after the order in which they are listed.
    """
    outcomes = [_told(file, order, policies, ask) for order in islice(permutations(facts), at_most)]
    first, _ = outcomes[0]
    complete = [after for after, left in outcomes if not left]
    assert len(complete) in (0, len(outcomes)), "taken in one order, and left out in another"
    for after in complete:
        assert _books(after) == _books(first), f"other books: {_books(after)}, not {_books(first)}"
    for after, left in outcomes:
        adds_up(after)
        for command in left:
            answer = ask(after, command, policies)
            reasons_are_told(answer)
            assert answer.outcome is not Outcome.NEEDS_APPROVAL, f"{command.id} is no fact, it needs approval"
    return first


def _told(file: File, facts: Sequence[Command], policies: Policies, ask: Ask) -> tuple[File, list[Command]]:
    """Return the file after facts, each told until it is taken or nothing moves, and what is left."""
    left = list(facts)
    for _ in facts:
        for command in tuple(left):
            answer = ask(file, command, policies)
            if answer.allowed:
                file = evolve(file, answer.events)
            elif AlreadyRecorded.code not in {reason.code for reason in answer.reasons}:
                continue
            left.remove(command)
    return file, left


def _books(file: File) -> tuple[object, ...]:
    """Return what must not depend on the order in which facts came: who owes what, and where all stands."""
    return (
        balances(file),
        sorted(file.payments, key=lambda payment: payment.id),
        sorted(file.authorisations, key=lambda authorisation: authorisation.id),
        sorted(file.refunds, key=lambda refund: refund.id),
        sorted((changed(each, cause="") for each in file.chargebacks), key=lambda chargeback: chargeback.id),
        sorted((each.at, each.kind, each.id, each.amount) for each in movements(file)),
    )


def due_is_schedule_free(
    file: File, instants: Iterable[DateTime], until: DateTime, policies: Policies
) -> None:
    """Check that the schedule comes to one file, whether it is run once or at every instant before."""
    at_once = run(file, until, policies)
    often = file
    for at in sorted(instants):
        if at <= until:
            often = run(often, at, policies)
    often = run(often, until, policies)
    assert often == at_once, "running the schedule more often gives another file"


def run(file: File, now: DateTime, policies: Policies) -> File:
    """Return the file with everything done that the schedule wants by now.

    What is refused (a tax rate that nobody knows, say) is left undone, as are the points after it.
    """
    while True:
        moved = False
        for command in due(file, now, policies).commands:
            decision = handle(file, command, policies)
            if decision.allowed and decision.events:
                file, moved = evolve(file, decision.events), True
        if not moved:
            return file


def reasons_are_told(decision: Decision[T]) -> None:
    """Check that an answer that is not a plain yes brings nothing about and says in words why."""
    if decision.allowed:
        return
    assert decision.events == (), f"{decision.outcome.value}, with events"
    assert decision.duties == (), f"{decision.outcome.value}, with duties"
    assert decision.reasons, f"{decision.outcome.value} without a reason"
    assert all(reason.text for reason in decision.reasons), "a reason that says nothing"


def reason_is_well_made(reason: Reason) -> None:
    """Check that a reason, one of yours say, can be told, translated, combined and stored as it is.

    Its code is words with dots between them; it is told in one of the sentences that it lists, each of
    which asks for its facts and no others; and it equals, and hashes as, another with the same facts.
    """
    kind, facts = type(reason), reason.facts
    assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", kind.code), f"{kind.code!r} is no code"
    assert reason.sentence in kind.sentences(), f"{kind.code}: told in a sentence that it does not list"
    for sentence in kind.sentences():
        forms = (sentence,) if isinstance(sentence, str) else (sentence.one, sentence.several)
        asked = {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}
        assert asked <= facts.keys(), f"{kind.code}: asks for {', '.join(sorted(asked - facts.keys()))}"
        if not isinstance(sentence, str):
            assert sentence.by in facts, f"{kind.code}: counts {sentence.by}, which is no fact of it"
    twin = changed(reason)  # type: ignore[misc]  # every kind of reason is an attrs class
    assert twin == reason, f"{kind.code}: not equal to another with the same facts"
    assert hash(twin) == hash(reason), f"{kind.code}: hashes by something else than its facts"
    assert reason.text, f"{kind.code}: says nothing"


def stand_or_fall_together(decisions: Sequence[Decision[T]]) -> None:
    """Check that answers combine as documented: in any grouping, in any order, with nothing lost.

    For your own decisions and reasons; a reason that cannot be hashed cannot be combined.
    """
    whole = combine(decisions)
    told = {reason for decision in decisions for reason in decision.reasons}
    assert set(whole.reasons) == told, "a reason was lost, or made up"
    assert len(whole.reasons) == len(told), "a reason is told twice"
    assert whole.allowed == all(decision.allowed for decision in decisions), "allowed against an answer"
    changes = [each.next_change_at for each in decisions if each.next_change_at is not None]
    assert whole.next_change_at == min(changes, default=None), "not asked again at the earliest change"
    for cut in range(len(decisions) + 1):
        parts = [combine(decisions[:cut]), combine(decisions[cut:])]
        for grouped in (combine(parts), combine(reversed(parts)), combine([allowed(), *parts])):
            assert grouped.outcome is whole.outcome, f"another outcome when cut at {cut}"
            assert set(grouped.reasons) == told, f"other reasons when cut at {cut}"
            assert len(grouped.events) == len(whole.events), f"other events when cut at {cut}"


def refusal_changes_nothing(file: File, decision: Decision[Event]) -> None:
    """Check that an answer that is not a plain yes says why, and leaves the file as it is when stored."""
    reasons_are_told(decision)
    if not decision.allowed:
        assert evolve(file, decision.events) == file, "a refusal that changes the file"


def rebuilds(file: File) -> None:
    """Check that a file is what its own events make of it, command by command.

    For files of which nothing is sealed away.
    """
    again: File | None = None
    for answer in file.answers:
        again = evolve(again, answer.events, recorded_at=answer.recorded_at)
    assert again == file, "its events make another file"
