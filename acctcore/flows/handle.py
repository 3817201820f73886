"""One question, one atomic answer: what a command does to the whole file, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from attrs import fields, frozen

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import (
    billing,
    charging_back,
    documents,
    giving_back,
    money,
    office,
    takeover,
    taking_over,
)
from acctcore.flows.authority import Act, answer_request, authorised
from acctcore.flows.file import Answer, File, TakenOver
from acctcore.flows.gate import Ruling
from acctcore.flows.money_events import side_of
from acctcore.flows.own_operations import OwnOperation
from acctcore.flows.policies import Policies
from acctcore.flows.seal import behind
from acctcore.kernel.decision import Decision, Outcome, Reason, allowed, refused, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import extend, texts
from acctcore.kernel.lifecycle import Lifecycle
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.terms import CommandId
from acctcore.operations import approvals
from acctcore.receivables import authorisations, chargebacks, payments, refunds

_REPORTING = (refunds.Send, refunds.Complete, refunds.Fail, refunds.LoseTrack)
_ALLOCATING = (payments.Allocate, payments.Deallocate, payments.AllocateAll)

FLOWS: Mapping[type, Callable[..., Ruling]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        **{row.command: office.keep_account for row in accounts.LIFECYCLE.rows},
        **{row.command: office.hold for row in holds.LIFECYCLE.rows},
        **{
            row.command: answer_request
            for row in approvals.LIFECYCLE.rows
            if row.command is not approvals.Use  # an approval is used by the act that it allows
        },
        **{row.command: billing.subscribe for row in subscriptions.LIFECYCLE.rows},
        **{row.command: documents.write for row in invoices.LIFECYCLE.rows},
        **{row.command: money.pay for row in payments.LIFECYCLE.rows},
        **{row.command: money.authorise for row in authorisations.LIFECYCLE.rows},
        **dict.fromkeys(_ALLOCATING, money.allocate),
        refunds.Give: giving_back.refund,
        refunds.GiveBack: giving_back.give_back,
        **dict.fromkeys(_REPORTING, giving_back.report),
        **{row.command: charging_back.charge_back for row in chargebacks.LIFECYCLE.rows},
        takeover.TakeOver: taking_over.take_over,
    }
)
"""The flow that answers each command of the rooms' tables."""

ACTS: Mapping[type, Act] = MappingProxyType(
    {**office.ACTS, **billing.ACTS, **documents.ACTS, **money.ACTS, **giving_back.ACTS}
)
"""What can be limited, and approved by others."""

LIFECYCLES: Mapping[str, Lifecycle[Any]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        "account": accounts.LIFECYCLE,
        "approvals": approvals.LIFECYCLE,
        "authorisations": authorisations.LIFECYCLE,
        "chargebacks": chargebacks.LIFECYCLE,
        "holds": holds.LIFECYCLE,
        "invoices": invoices.LIFECYCLE,
        "payments": payments.LIFECYCLE,
        "refunds": refunds.LIFECYCLE,
        "subscriptions": subscriptions.LIFECYCLE,
    }
)
"""The table of every room that has phases: what may be asked when, and what it may bring about."""

_BRINGS: Mapping[type, frozenset[type]] = MappingProxyType(
    {
        takeover.TakeOver: frozenset({TakenOver}),
        **dict.fromkeys(_ALLOCATING, frozenset({payments.Allocated})),
        **{
            command: frozenset(event for row in table.rows if row.command is command for event in row.events)
            for table in LIFECYCLES.values()
            for command in table.accepted
        },
    }
)


def operations(*own: OwnOperation) -> Mapping[type, OwnOperation]:
    """Return the operations of a host by their commands, for `handle`.

    Raises: InvalidValue for a command that acctcore or another of them answers.
    """
    found = {each.command: each for each in own}
    taken = [each.command.__name__ for each in own if each.command in FLOWS]
    if taken or len(found) != len(own):
        raise InvalidValue("commands of the host's own, each once", taken or list(found), "operations")
    return MappingProxyType(found)


NO_OPERATIONS: Mapping[type, OwnOperation] = MappingProxyType({})
"""Those of a host that has none of its own."""


@frozen
class IdReused(Reason):
    """A command under the id of another one, which was handled before."""

    code: ClassVar[str] = "flows.id_reused"
    template: ClassVar[str] = "the id {command} is that of another command, handled before"
    command: CommandId


@frozen
class IdTaken(Reason):
    """An id that already names something else that is owed, or something else that is given."""

    code: ClassVar[str] = "flows.id_taken"
    template: ClassVar[str] = "the id {id} names something on the account already"
    id: str


def handle(
    file: File | None,
    command: Command,
    policies: Policies,
    office: approvals.Office = approvals.UNTOLD,
    own: Mapping[type, OwnOperation] = NO_OPERATIONS,
) -> Ruling:
    """Return what a command does to the file: all its events or none, or every reason why not.

    A command whose id was handled before gets its first answer; one of another kind, moment or subject
    under that id is refused. `office` is what only the whole office knows, for what takes an approval:
    who works there, who stands in for whom, and what was done elsewhere; `own` are the `operations` of
    the host itself. Nothing is stored: asking without storing is the preview, and it is what will then
    be billed. One that reaches behind what was sealed away is answered with unknown, naming the records
    to load.

    Raises: InvalidValue for something that is no command, or where there is no file yet.
    """
    flow, act, about = _way(command, own)
    if file is None:
        return flow(file, command, policies)
    before = file.answer(command.id)
    if before is not None:
        return _again(file, command, before, own)
    if file.sealed is not None:
        missing = behind(file, file.sealed, command, policies, about)
        if missing is not None:
            return unknown(missing)
    if flow is answer_request:
        return flow(file, command, policies, office)
    ruling = flow(file, command, policies)
    taken = _taken(file, ruling.events)
    if taken is not None:
        return refused(IdTaken(taken))
    return ruling if act is None else authorised(file, command, policies, ruling, act, office)


def _way(  # type: ignore[explicit-any]
    command: Command, own: Mapping[type, OwnOperation]
) -> tuple[Callable[..., Ruling], Act | None, str | None]:
    """Return the flow that answers a command, what it is to limits, and of the host's own, its subject."""
    flow = FLOWS.get(type(command))
    if flow is not None:
        return flow, ACTS.get(type(command)), None
    operation = own.get(type(command))
    if operation is None:
        raise InvalidValue("a command that a flow answers", command, "handle")
    return operation.answer, operation.act, operation.subject(command)


def _again(file: File, command: Command, before: Answer, own: Mapping[type, OwnOperation]) -> Ruling:
    """Return the first answer to a command, with its next point as it stands, or that its id is another's."""
    mine = None if type(command) in FLOWS else own[type(command)]
    kinds = _BRINGS[type(command)] if mine is None else mine.brings
    moments = (command.at, command.recorded_at)
    if before.events[-1].at not in moments or not any(type(event) in kinds for event in before.events):
        return refused(IdReused(command.id))
    named = _named(command) if mine is None else mine.named(command)
    if not named <= set(texts(before.events)):
        return refused(IdReused(command.id))
    if mine is not None:
        return allowed(*before.events)
    subscription = file.subscription(getattr(command, "subscription_id", ""))
    point = None if subscription is None else subscriptions.next_point(subscription)
    following = None if subscription is None or point is None else subscription.instant(point)
    return Decision(Outcome.ALLOWED, before.events, (), (), following)


def _named(command: Command) -> set[str]:
    """Return the ids of what a command is about; what it brings about tells of the same."""
    names = [each.name for each in fields(type(command)) if each.name.endswith("_id")]
    return {getattr(command, name) for name in names} - {None}


def _taken(file: File, events: tuple[Event, ...]) -> str | None:
    """Return the id of something new that is taken on its side of the books, or None.

    What is owed (invoices, refunds, chargebacks, fees) and what is given (credit notes, payments) each
    have ids of their own, by which allocations name them; a refund may bear the id of its payment.
    """
    for event in events:
        match event:
            case invoices.Issued() | invoices.Drafted():
                document = event.document
                id, known = document.id, file.filed(document.id)
                drafted = known is not None and known.phase is _DRAFT and _lines(known) == _lines(event)
                other = _is_paid_out(file, id) if side_of(document) is _OWED else _is_payment(file, id)
                taken = other or (known is not None and not drafted)
            case payments.Attempted() | payments.Received() | payments.Failed():
                id = event.payment.id
                taken = _is_document(file, id, payments.Side.GIVEN)
            case refunds.Given():
                id = event.refund.id
                taken = _is_document(file, id, _OWED) or _is_charged_back(file, id)
            case chargebacks.ChargedBack():
                id = event.chargeback.id
                fee = extend(id, "fee")
                taken = any(_is_document(file, each, _OWED) or _is_refund(file, each) for each in (id, fee))
            case _:
                continue
        if taken:
            return id
    return None


_DRAFT = invoices.Phase.DRAFT
_OWED = payments.Side.OWED


def _lines(known: invoices.Filed | invoices.Issued | invoices.Drafted) -> list[str]:
    return [line.id for line in known.document.lines]


def _is_document(file: File, id: str, side: payments.Side) -> bool:
    known = file.document(id)
    if known is not None:
        return side_of(known) is side
    return file.sealed is not None and id in file.sealed.documents


def _is_payment(file: File, id: str) -> bool:
    return file.payment(id) is not None or (file.sealed is not None and id in file.sealed.payments)


def _is_refund(file: File, id: str) -> bool:
    given = any(each.id == id for each in file.refunds)
    return given or (file.sealed is not None and id in file.sealed.refunds)


def _is_charged_back(file: File, id: str) -> bool:
    """Return whether an id names a chargeback, or the fee of one."""
    known = {each.id for each in file.chargebacks}
    sealed = frozenset() if file.sealed is None else file.sealed.chargebacks
    return any(each in known or each in sealed for each in (id, id.removesuffix(extend("", "fee"))))


def _is_paid_out(file: File, id: str) -> bool:
    return _is_refund(file, id) or _is_charged_back(file, id)
