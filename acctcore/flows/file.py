"""The account file: all that is known of one account, as one immutable value, and how events change it.

A file is the unit of work, of storage and of distribution. It holds what is open and what was
settled lately; older settled records can be sealed away (`seal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar, cast

from attrs import fields, frozen
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds as holding
from acctcore.billing import invoices, subscriptions
from acctcore.flows import money_events, own
from acctcore.flows.contents import Contents, Sealed, Subscription
from acctcore.flows.money_events import item_of, put, side_of
from acctcore.flows.own import OwnEvent, OwnRecord
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue, VersionConflict
from acctcore.kernel.messages import Event
from acctcore.kernel.terms import (
    ApprovalId,
    AuthorisationId,
    ChargebackId,
    CommandId,
    DocumentId,
    PaymentId,
    RefundId,
    SubscriptionId,
)
from acctcore.operations import approvals
from acctcore.receivables import authorisations as authorising
from acctcore.receivables import chargebacks as charging
from acctcore.receivables import payments as paying
from acctcore.receivables import refunds as refunding

R = TypeVar("R", bound=OwnRecord)

_DRAFT, _ISSUED = invoices.Phase.DRAFT, invoices.Phase.ISSUED  # looking a member up costs more than using it
_CREDIT_NOTE, _DEBIT_NOTE = invoices.Kind.CREDIT_NOTE, invoices.Kind.DEBIT_NOTE


@frozen
class Answer:
    """What a command brought about, so that asking it again gives the same answer."""

    command: CommandId
    recorded_at: DateTime
    events: tuple[Event, ...]


@frozen
class File(Contents):
    """One account with everything that is open on it.

    `items` are open items only, `documents` and `payments` those not sealed away. `version` counts
    the events that made the file. `exercised` is what allowances add up, `own` what the host keeps here.
    """

    version: int = 0
    answers: tuple[Answer, ...] = ()

    def subscription(self, id: SubscriptionId) -> Subscription | None:
        """Return a subscription by its id, or None."""
        for subscription in self.subscriptions:
            if subscription.id == id:
                return subscription
        return None

    def filed(self, id: DocumentId) -> invoices.Filed | None:
        """Return a document and where it stands, or None."""
        for filed in self.documents:
            if filed.document.id == id:
                return filed
        return None

    def document(self, id: DocumentId) -> invoices.Document | None:
        """Return a document by its id, or None."""
        filed = self.filed(id)
        return None if filed is None else filed.document

    def notes(self, id: DocumentId) -> tuple[invoices.Document, ...]:
        """Return the credit notes of an invoice that are in force, in their order."""
        return self._correcting(id, _CREDIT_NOTE)

    def debits(self, id: DocumentId) -> tuple[invoices.Document, ...]:
        """Return the debit notes of an invoice that are in force, in their order."""
        return self._correcting(id, _DEBIT_NOTE)

    def _correcting(self, id: DocumentId, kind: invoices.Kind) -> tuple[invoices.Document, ...]:
        return tuple(
            [
                filed.document
                for filed in self.documents
                if filed.document.corrects == id and filed.document.kind is kind and filed.phase is _ISSUED
            ]
        )

    def payment(self, id: PaymentId) -> paying.Payment | None:
        """Return a payment by its id, or None."""
        return next((payment for payment in self.payments if payment.id == id), None)

    def authorisation(self, id: AuthorisationId) -> authorising.Authorisation | None:
        """Return an authorisation by its id, or None."""
        return next((each for each in self.authorisations if each.id == id), None)

    def taken(self, id: AuthorisationId) -> tuple[authorising.Taken, ...]:
        """Return what was captured of an authorisation and stands received, known before it or after."""
        return tuple(
            authorising.Taken(each.id, each.at, each.currency, each.amount, each.final)
            for each in self.payments
            if each.authorisation == id and each.phase is paying.Phase.RECEIVED
        )

    def refund(self, id: RefundId) -> refunding.Refund | None:
        """Return a refund by its id, or None."""
        return next((refund for refund in self.refunds if refund.id == id), None)

    def chargeback(self, id: ChargebackId) -> charging.Chargeback | None:
        """Return a chargeback by its id, or None."""
        return next((chargeback for chargeback in self.chargebacks if chargeback.id == id), None)

    def request(self, id: ApprovalId) -> approvals.Request | None:
        """Return a request for approval by its id, or None."""
        return next((request for request in self.requests if request.id == id), None)

    def kept(self, kind: type[R], subject: str) -> R | None:
        """Return what the host keeps of its own about a subject, or None."""
        for each in self.own:
            if type(each) is kind and each.subject == subject:
                return each
        return None

    def answer(self, id: CommandId) -> Answer | None:
        """Return what a command brought about, or None where it was not handled yet."""
        for answer in reversed(self.answers):
            if answer.command == id:
                return answer
        return None

    def applied(self, source: str, target: str) -> int:
        """Return how much of something given is applied to something owed, in minor units."""
        return sum(
            [each.amount for each in self.allocations if each.source == source and each.target == target]
        )


@frozen
class BroughtIn(Event):
    """A document of a former system came along: it bears its number already."""

    document: invoices.Document


@frozen
class TakenOver(Event):
    """The account is kept here from now on; what came before is in the former system."""

    source: str


_contents = attrgetter(*[each.name for each in fields(Contents)])
_FILE: Callable[..., File] = File  # type: ignore[explicit-any]  # `_contents`, then its own two
_NOBODY = cast("accounts.Account", None)  # the account of a file that is not there yet


def evolve(
    file: File | None,
    events: Iterable[Event],
    *,
    recorded_at: DateTime | None = None,
    expected_version: int | None = None,
) -> File:
    """Return the file after the events of one command; `events` may be a decision's.

    `recorded_at` is when the host stored them, where that is not their own instant. An
    `expected_version` guards optimistic stores. What is stored already (the answer to a command that
    was asked again) leaves the file as it is.

    Raises: VersionConflict when the file has another version than expected; ImpossibleHistory
    when an event does not fit the file, or events of several commands come together.
    """
    version = 0 if file is None else file.version
    if expected_version is not None and expected_version != version:
        raise VersionConflict(expected_version, version)
    stored = tuple(events)
    for event in stored:
        if not isinstance(event, Event):
            raise InvalidValue("an event", event, "evolve")
    if not stored:
        if file is None:
            raise ImpossibleHistory("a file begins with an event", (), "open the account first")
        return file
    cause = stored[-1].cause
    if [event for event in stored if event.cause != cause]:
        raise ImpossibleHistory(
            "these events are not of one command",
            tuple(dict.fromkeys(event.cause for event in stored)),
            "store what each command brought about by itself",
        )
    before = None if file is None else file.answer(cause)
    if file is not None and before is not None:
        if before.events == stored:
            return file
        raise ImpossibleHistory(
            "the command brought about something else before", (cause,), "give every command an id of its own"
        )
    draft = Contents(_NOBODY) if file is None else Contents(*_contents(file))
    for event in stored:
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(draft, event)
        elif isinstance(event, OwnEvent):
            draft.own = own.after(draft.own, event)
        else:
            raise ImpossibleHistory(
                f"a file has no use for {type(event).__name__}", (event.cause,), "leave it out"
            )
    if draft.account is _NOBODY:
        raise ImpossibleHistory(
            "a file begins with its account", (stored[0].cause,), "put the opening of the account first"
        )
    answer = Answer(cause, recorded_at or stored[-1].at, stored)
    if file is None:
        return _FILE(*_contents(draft), len(stored), (answer,))
    return _FILE(*_contents(draft), version + len(stored), (*file.answers, answer))


def remembers(kind: type) -> bool:
    """Return whether events of a kind can be stored in a file."""
    return kind in _HANDLERS or issubclass(kind, OwnEvent)


# What each event does to a file


def _on_account(draft: Contents, event: Event) -> None:
    draft.account = accounts.evolve(draft.account, event)


def _on_hold(draft: Contents, event: Event) -> None:
    draft.holds = holding.evolve(draft.holds, event)


def _on_request(draft: Contents, event: Any) -> None:  # type: ignore[explicit-any]
    id = event.request.id if isinstance(event, approvals.Asked) else event.request_id
    before = next((request for request in draft.requests if request.id == id), None)
    draft.requests = put(draft.requests, before, approvals.evolve(before, event))


def _on_exercised(draft: Contents, event: approvals.Exercised) -> None:
    draft.exercised = (*draft.exercised, event.exercise)


def _on_subscription(draft: Contents, event: Any) -> None:  # type: ignore[explicit-any]
    many = draft.subscriptions
    if len(many) == 1 and many[0].id == event.subscription_id and type(event) is not subscriptions.Started:
        draft.subscriptions = (subscriptions.evolve(many[0], event),)
        return
    before = next((each for each in many if each.id == event.subscription_id), None)
    if (before is None) is not isinstance(event, subscriptions.Started):
        raise ImpossibleHistory(
            f"{type(event).__name__} cannot stand where it does in the history of {event.subscription_id}",
            (event.cause,),
            "begin every subscription once, before anything else happens to it",
        )
    draft.subscriptions = put(many, before, subscriptions.evolve(before, event))


def _on_drafted(draft: Contents, event: invoices.Drafted) -> None:
    draft.documents = (*draft.documents, invoices.Filed(event.document, invoices.Phase.DRAFT))


def _on_revised(draft: Contents, event: invoices.Revised) -> None:
    draft.documents = tuple(
        invoices.Filed(event.document, _DRAFT) if each.document.id == event.document.id else each
        for each in draft.documents
    )


def _on_discarded(draft: Contents, event: invoices.Discarded) -> None:
    draft.documents = tuple(each for each in draft.documents if each.document.id != event.document_id)


def _on_issued(draft: Contents, event: invoices.Issued | BroughtIn) -> None:
    document = event.document
    filed = invoices.Filed(document, _ISSUED)
    drafted = [each for each in draft.documents if each.phase is _DRAFT]
    if drafted and any(each.document.id == document.id for each in drafted):
        others = [each for each in draft.documents if each.document.id != document.id]
        draft.documents = (*others, filed)
    else:
        draft.documents = (*draft.documents, filed)
    if document.total:
        draft.items = (*draft.items, item_of(document))


def _on_taken_over(draft: Contents, event: TakenOver) -> None:
    draft.sealed = Sealed(event.at, frozenset(), frozenset(), frozenset(), 0)


def _on_voided(draft: Contents, event: invoices.Voided) -> None:
    draft.documents = tuple(
        invoices.Filed(each.document, invoices.Phase.VOIDED, event.at)
        if each.document.id == event.document_id
        else each
        for each in draft.documents
    )
    void = {side_of(each.document) for each in draft.documents if each.document.id == event.document_id}
    draft.items = tuple(item for item in draft.items if item.id != event.document_id or item.side not in void)


_HANDLERS: Mapping[type, Callable[[Contents, Any], None]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        **{event: _on_account for row in accounts.LIFECYCLE.rows for event in row.events},
        **{event: _on_hold for row in holding.LIFECYCLE.rows for event in row.events},
        **{event: _on_request for row in approvals.LIFECYCLE.rows for event in row.events},
        **{event: _on_subscription for row in subscriptions.LIFECYCLE.rows for event in row.events},
        subscriptions.Held: _on_subscription,
        approvals.Exercised: _on_exercised,
        invoices.Drafted: _on_drafted,
        invoices.Revised: _on_revised,
        invoices.Discarded: _on_discarded,
        invoices.Issued: _on_issued,
        BroughtIn: _on_issued,
        TakenOver: _on_taken_over,
        invoices.Voided: _on_voided,
        **money_events.HANDLERS,
    }
)
