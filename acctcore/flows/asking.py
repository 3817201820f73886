"""What could be asked of everything on file at an instant, and why not the rest.

The answers come from the rooms' tables, from what every flow asks first (the account's phase, the
holds) and from what stands on file. What a command states beyond its subject, and who asks it, is not
looked at: `handle` decides that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import TypeAlias, TypeVar

from attrs import NOTHING, Attribute, field, fields, frozen
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import billing, charging_back, documents, giving_back, money, office
from acctcore.flows.authority import Act, voided
from acctcore.flows.contents import Subscription
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, barred, changes_at, file_of, gate
from acctcore.flows.handle import ACTS, FLOWS, NO_OPERATIONS
from acctcore.flows.holding import waited_for
from acctcore.flows.own_operations import OwnOperation
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import instant, stamp
from acctcore.kernel.decision import Missing, Outcome, Reason, allowed, refused, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import Lifecycle, WrongPhase, name
from acctcore.kernel.messages import Command
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import (
    ALLOCATE,
    BILL,
    REFUND,
    SCHEDULE,
    SUBSCRIBE,
    TAKE_PAYMENT,
    ApprovalId,
    Operation,
)
from acctcore.operations import approvals
from acctcore.receivables import authorisations, chargebacks, payments, refunds

P = TypeVar("P", bound=Enum)
Stops: TypeAlias = tuple[Reason, ...] | Callable[[type], tuple[Reason, ...]]
"""What stands against asking something of one subject: always the same, or by the kind of command."""

_NEW = ""
"""The item that a command would make: no hold on another item touches it."""


@frozen
class Asking:
    """A kind of command, and the id of what it would be asked of; None where that is yet to be made.

    `pending` are the requests that are open for its approval: others are deciding on it, or have agreed.
    `about` is the field of a host's own command that names the subject; `changes` are those that wait for
    their day, where the command takes one of them back. These three are told along, and do not tell one
    question from another.
    """

    command: type
    subject: str | None = None
    pending: tuple[ApprovalId, ...] = field(default=(), eq=False)
    about: str = field(default="", eq=False)
    changes: tuple[subscriptions.Pending[date], ...] = field(default=(), eq=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """The facts that the command has to state, beside its subject and what every command bears.

        Their types are in the JSON Schema of the command, by `records.schema`.
        """
        return tuple(each.name for each in self._stated() if each.default is NOTHING)

    @property
    def takes(self) -> tuple[str, ...]:
        """The facts that it may state, and otherwise leaves at what its class says."""
        return tuple(each.name for each in self._stated() if each.default is not NOTHING)

    def stated(self, **facts: object) -> Command:
        """Return the command with its facts stated: `id`, `at` and `by`, what it needs, what it takes.

        Raises: InvalidValue where a fact is missing, is none of the command's, or is not as it should be.
        """
        wanted = {*_COMMON, *self.needs, *self.takes}
        missing = sorted({"id", "at", "by", *self.needs} - facts.keys())
        if missing or facts.keys() - wanted:
            problem = f"the facts {', '.join(missing)}" if missing else f"only {', '.join(sorted(wanted))}"
            raise InvalidValue(problem, sorted(facts), self.command.__name__)
        about = self._about()
        subject = {} if about is None else {about: self.subject}
        command: Command = self.command(**subject, **facts)
        return command

    def _stated(self) -> list[Attribute[object]]:
        left_out = {*_COMMON, self._about()}
        return [each for each in fields(self.command) if each.name not in left_out]

    def _about(self) -> str | None:
        """Return the field that bears the id of the subject; None for the account itself, and what is new."""
        if self.subject is None:
            return None
        names = {each.name for each in fields(self.command)}
        return self.about or next((name for name in _ABOUT if name in names), None)


_COMMON = frozenset(each.name for each in fields(Command))
_ABOUT = (
    "subscription_id",
    "document_id",
    "payment_id",
    "authorisation_id",
    "chargeback_id",
    "refund_id",
    "hold_id",
    "request_id",
    "source",
)


def may(
    file: File, at: DateTime, policies: Policies, own: Mapping[type, OwnOperation] = NO_OPERATIONS
) -> dict[Asking, Ruling]:
    """Return what could be asked now of everything on file, and every reason why not the rest.

    Of a host's own `operations`, too, where they are given.

    A yes means that no table and no gate stands against it; it brings nothing about, and what the
    command then states, or who asks it, may still be refused or need an approval. Changes of a
    subscription are judged as counting from now.
    """
    file, at = file_of(file, "may"), instant(at)
    asked = {**dict(_everything(file, at, policies)), **dict(_own(file, at, policies, own))}
    stale = accounts.next_stale(file.account, at, policies.account)
    if stale is not None:
        asked = {asking: _by(stale, answer) for asking, answer in asked.items()}
    if waiting := _waiting(file, at):
        acts = {**ACTS, **{command: operation.act for command, operation in own.items()}}
        asked = {_with_pending(asking, acts, waiting): answer for asking, answer in asked.items()}
    sealed = file.sealed
    if sealed is None or sealed.through <= at:
        return asked
    missing = unknown(Missing("what happened before", (f"sealed through {stamp(sealed.through)}",)))
    return dict.fromkeys(asked, missing)


def _by(at: DateTime, answer: Ruling) -> Ruling:
    """Return an answer that also changes at an instant; a wrong phase does not."""
    if any(isinstance(reason, WrongPhase) for reason in answer.reasons):
        return answer
    known = answer.next_change_at
    return changed(answer, next_change_at=at if known is None else min(known, at))


def _everything(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    yield from _account(file, at, policies)
    yield from _subscriptions(file, at, policies)
    yield from _documents(file, at, policies)
    yield from _payments(file, at, policies)
    yield from _authorisations(file, at, policies)
    yield from _allocations(file, at, policies)
    yield from _rows(file, at, holds.LIFECYCLE, None, None)
    for hold in file.holds:
        yield from _rows(file, at, holds.LIFECYCLE, hold.phase(at), hold.id)
    yield from _requests(file, at, policies)


def _waiting(file: File, at: DateTime) -> dict[tuple[Operation, str], tuple[ApprovalId, ...]]:
    """Return the open requests by what they are about."""
    found: dict[tuple[Operation, str], tuple[ApprovalId, ...]] = {}
    for request in file.requests:
        if request.phase(at) in _OPEN:
            key = request.operation, request.subject
            found[key] = (*found.get(key, ()), request.id)
    return found


_OPEN = frozenset({approvals.Phase.PENDING, approvals.Phase.APPROVED})


def _with_pending(
    asking: Asking, acts: Mapping[type, Act], waiting: dict[tuple[Operation, str], tuple[ApprovalId, ...]]
) -> Asking:
    act = acts.get(asking.command)
    pending = () if act is None else waiting.get((act.operation, asking.subject or ""), ())
    return changed(asking, pending=pending) if pending else asking


def _own(
    file: File, at: DateTime, policies: Policies, own: Mapping[type, OwnOperation]
) -> Iterator[tuple[Asking, Ruling]]:
    """Return what a host could ask of its own operations."""
    for operation in own.values():
        named = operation.act.subject
        for subject in operation.about(file):
            scope = (subject or _NEW) if named else None
            reasons = operation.against(file, scope, at, policies, since=at)
            if reasons:
                answer: Ruling = refused(*reasons, next_change_at=changes_at(file, reasons, at))
            else:
                answer = allowed(next_change_at=holds.next_change(file.holds, at))
            yield Asking(operation.command, subject, about=named), answer


def _requests(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    yield from _rows(file, at, approvals.LIFECYCLE, None, None)
    for request in file.requests:

        def stops(command: type, request: approvals.Request = request) -> tuple[Reason, ...]:
            if command is approvals.Approve:
                return voided(request, policies)
            return approvals.open_to(request, command, policies.authority)

        ends = request.expires_at
        for asking, answer in _rows(file, at, approvals.LIFECYCLE, request.phase(at), request.id, stops):
            later = [each for each in (answer.next_change_at, ends) if each is not None and each > at]
            yield asking, changed(answer, next_change_at=min(later, default=None))


def _rows(
    file: File,
    at: DateTime,
    table: Lifecycle[P],
    phase: P | None,
    subject: str | None,
    stops: Stops = (),
) -> Iterator[tuple[Asking, Ruling]]:
    """Return the answers about one subject: of what exists, what is asked of what exists."""
    for command, phases in table.accepted.items():
        if command not in FLOWS or (None not in phases if subject is None else phases == (None,)):
            continue
        if phase not in phases:
            accepted = tuple(sorted(name(each) for each in phases))
            answer: Ruling = refused(WrongPhase(command.__name__, name(phase), accepted))
        elif reasons := stops if isinstance(stops, tuple) else stops(command):
            answer = refused(*reasons, next_change_at=changes_at(file, reasons, at))
        else:
            answer = allowed(next_change_at=holds.next_change(file.holds, at))
        yield Asking(command, subject), answer


def _account(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    account = file.account

    def stops(command: type) -> tuple[Reason, ...]:
        late = (accounts.OutOfOrder(account.changed_at),) if at < account.changed_at else ()
        if command is accounts.Close:
            return (*late, *[step.blocker for step in office.closing_plan(file, at, policies)])
        if command is accounts.Reopen:
            late = (*late, *accounts.too_late(account, at, policies.account))
        operation = office.GATED.get(command)
        return late if operation is None else (*late, *barred(file, operation, at, policies=policies))

    return _rows(file, at, accounts.LIFECYCLE, account.phase, account.id, stops)


def _subscriptions(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    new = gate(file, SUBSCRIBE, at, _NEW, policies=policies)
    yield from _rows(file, at, subscriptions.LIFECYCLE, None, None, new)
    for subscription in file.subscriptions:
        waiting = _changes(subscription, at)
        nothing = () if waiting else (subscriptions.NothingPending(subscription.id),)

        def stops(
            command: type, id: str = subscription.id, nothing: tuple[Reason, ...] = nothing
        ) -> tuple[Reason, ...]:
            operation = billing.OPERATION[command]
            winding_down = command in billing.WINDING_DOWN
            known = waited_for(file, id, policies) if operation == BILL else None
            stopped = gate(file, operation, at, id, policies=policies, winding_down=winding_down, known=known)
            return (*stopped, *nothing) if command is subscriptions.Withdraw else stopped

        phase = subscriptions.phase_at(subscription, at)
        for asking, answer in _rows(file, at, subscriptions.LIFECYCLE, phase, subscription.id, stops):
            if asking.command is subscriptions.Withdraw and answer.outcome is Outcome.ALLOWED:
                last = subscription.instant(max(each.since for each in waiting))
                yield changed(asking, changes=waiting), _until(answer, last, at)
            else:
                yield asking, answer


def _changes(subscription: Subscription, at: DateTime) -> tuple[subscriptions.Pending[date], ...]:
    """Return the changes of a subscription that wait for their day, and can be taken back."""
    waiting = subscriptions.waiting(subscription, subscription.point(at))
    return tuple([each for each in waiting if each.change is not None])


def _documents(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    new = gate(file, BILL, at, _NEW, policies=policies, winding_down=True)
    yield from _rows(file, at, invoices.LIFECYCLE, None, None, new)
    for filed in file.documents:
        id = filed.document.id
        standing = documents.standing_of(file, id)
        phase = invoices.phase(filed.document, standing.notes, filed.phase)

        def stops(
            kind: type, filed: invoices.Filed = filed, standing: invoices.Standing = standing
        ) -> tuple[Reason, ...]:
            id = filed.document.id
            operation = documents.OPERATION.get(kind, BILL)
            stopped = gate(file, operation, at, id, policies=policies, winding_down=True)
            if kind is invoices.Revise:
                return stopped  # what stands against it is in what it states
            command = kind(**_stated(kind, filed.document, policies), id="may", at=at, by=SCHEDULE)
            decision = invoices.decide(filed, command, policies.taxes, standing, policies.writing)
            return (*stopped, *decision.reasons)

        yield from _rows(file, at, invoices.LIFECYCLE, phase, id, stops)


def _stated(kind: type, document: invoices.Document, policies: Policies) -> dict[str, object]:
    """Return what a command about a document states, so that nothing stands against that."""
    stated: dict[str, object] = {"document_id": document.id}
    if kind is invoices.Credit or kind is invoices.Debit:
        stated["reason"] = min(policies.writing.reasons, default="")
    if kind is invoices.Debit:
        a_unit = in_minor(1, document.currency)
        stated["lines"] = (invoices.Raised(line=document.lines[0].id, amount=a_unit),)
    if kind is invoices.Void:
        stated["reported"] = False
    return stated


def _payments(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    new = gate(file, TAKE_PAYMENT, at, _NEW, policies=policies, winding_down=True)
    yield from _rows(
        file, at, payments.LIFECYCLE, None, None, lambda kind: new if kind is payments.Attempt else ()
    )
    for payment in file.payments:
        yield from _rows(file, at, payments.LIFECYCLE, payment.phase, payment.id)
        yield Asking(refunds.Give, payment.id), _refund(file, at, payment, policies)
        yield Asking(chargebacks.ChargeBack, payment.id), _charge_back(file, at, payment)
    yield from _refunds(file, at, policies)
    for chargeback in file.chargebacks:
        for asking, answer in _rows(file, at, chargebacks.LIFECYCLE, chargeback.phase, chargeback.id):
            if asking.command is not chargebacks.ChargeBack:
                yield asking, answer


def _refunds(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    """Return what can be given back of all that came, and reported of every refund."""
    for refund in file.refunds:
        for asking, answer in _rows(file, at, refunds.LIFECYCLE, refund.phase, refund.id):
            if asking.command is not refunds.GiveBack:
                yield asking, answer
    reasons = gate(file, REFUND, at, policies=policies, winding_down=True)
    reasons = (*reasons, *_nothing_to_give(file, at, policies))
    later = holds.next_change(file.holds, at)
    yield (
        Asking(refunds.GiveBack),
        refused(*reasons, next_change_at=changes_at(file, reasons, at))
        if reasons
        else allowed(next_change_at=later),
    )


def _nothing_to_give(file: File, at: DateTime, policies: Policies) -> tuple[Reason, ...]:
    """Return why not the least amount can be given back in any currency, in any kind."""
    codes = {each.currency for each in file.payments} | {each.currency for each in file.allocations}
    found: dict[Reason, None] = {}
    for code in sorted(codes):
        for kind in refunds.Kind:
            least = in_minor(1, code)
            asked = refunds.GiveBack(id="may", at=at, by=SCHEDULE, refund_id="may", amount=least, kind=kind)
            decision = refunds.spread(asked, policies.refunds, giving_back.sources(file, asked))
            if decision.allowed:
                return ()
            found |= dict.fromkeys(decision.reasons)
    return tuple(found) or (refunds.NothingToGive(),)


def _authorisations(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    new = gate(file, TAKE_PAYMENT, at, _NEW, policies=policies, winding_down=True)
    yield from _rows(file, at, authorisations.LIFECYCLE, None, None, new)
    for authorisation in file.authorisations:
        id, taken = authorisation.id, file.taken(authorisation.id)
        phase = authorisations.phase(authorisation, taken, at)
        void = authorisations.Void(id="may", at=at, by=SCHEDULE, authorisation_id=id)
        decision = authorisations.decide(authorisation, void, policies.authorisations, taken)
        known = authorisations.Exists(id, authorisation.money, authorisation.at)
        reasons = {authorisations.Authorise: (known,), authorisations.Void: decision.reasons}
        ends = authorisations.resolution(authorisation, taken, _FOR_EVER)
        for asking, answer in _rows(file, at, authorisations.LIFECYCLE, phase, id, reasons.__getitem__):
            yield asking, _until(answer, None if ends is None else ends.at, at)


_FOR_EVER = instant(datetime.max.replace(tzinfo=UTC))


def _until(answer: Ruling, ends: DateTime | None, at: DateTime) -> Ruling:
    """Return an answer that is another one from an instant on."""
    if ends is None or ends <= at:
        return answer
    known = answer.next_change_at
    return changed(answer, next_change_at=ends if known is None else min(ends, known))


def _allocations(file: File, at: DateTime, policies: Policies) -> Iterator[tuple[Asking, Ruling]]:
    """Return what can be allocated of everything given, taken back of it, and by a run over all of it."""
    stops = gate(file, ALLOCATE, at, policies=policies, winding_down=True)
    later = holds.next_change(file.holds, at)
    books = money.books_of(file)

    def answered(*reasons: Reason) -> Ruling:
        against = (*stops, *reasons)
        return refused(*against, next_change_at=later) if against else allowed(next_change_at=later)

    owed = {item.currency for item in books.items if item.side is payments.Side.OWED and item.open}
    useful = [
        item
        for item in books.items
        if item.side is payments.Side.GIVEN and item.open and item.currency in owed
    ]
    for item in books.items:
        if item.side is payments.Side.GIVEN:
            taken = any(each.source == item.id for each in books.standing)
            left = () if item in useful else (payments.NothingGiven(item.id),)
            back = () if taken else (payments.NotAllocated(item.id, "anything"),)
            yield Asking(payments.Allocate, item.id), answered(*left)
            yield Asking(payments.Deallocate, item.id), answered(*back)
    useless = not useful and not any(not each.by_hand for each in books.standing)
    yield Asking(payments.AllocateAll), answered(*((payments.NothingToAllocate(),) if useless else ()))


def _refund(file: File, at: DateTime, payment: payments.Payment, policies: Policies) -> Ruling:
    """Return whether anything of a payment can be given back."""
    later = holds.next_change(file.holds, at)
    if payment.phase is not payments.Phase.RECEIVED:
        return refused(refunds.UnknownPayment(payment.id))
    reasons = gate(file, REFUND, at, payment.id, policies=policies, winding_down=True)
    if not payment.refundable:
        reasons = (*reasons, refunds.ExceedsPaid(payment.refundable))
    return refused(*reasons, next_change_at=later) if reasons else allowed(next_change_at=later)


def _charge_back(file: File, at: DateTime, payment: payments.Payment) -> Ruling:
    """Return whether a chargeback of a payment can be recorded; no hold stands against what happened."""
    asked = chargebacks.ChargeBack(
        id="may",
        at=at,
        by=SCHEDULE,
        chargeback_id="may",
        payment_id=payment.id,
        amount=in_minor(1, payment.currency),
    )
    decision = chargebacks.decide(None, asked, charging_back.facts(payment))
    later = holds.next_change(file.holds, at)
    return refused(*decision.reasons) if decision.reasons else allowed(next_change_at=later)
