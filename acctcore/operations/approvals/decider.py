"""What a command does to a request for approval, and what an event makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve as changed

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Missing, Reason, allowed, refused, unknown, unless
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue, Unhandled
from acctcore.operations.approvals.agreement import Table
from acctcore.operations.approvals.candidates import answered
from acctcore.operations.approvals.coverage import answer, review, shortfall
from acctcore.operations.approvals.lifecycle import LIFECYCLE
from acctcore.operations.approvals.messages import (
    Approve,
    Approved,
    Ask,
    Asked,
    Endorsed,
    Event,
    Overridden,
    Override,
    Reject,
    Rejected,
    Review,
    Reviewed,
    Use,
    Used,
    Withdraw,
    Withdrawn,
)
from acctcore.operations.approvals.model import Emergency, Request, Verdict
from acctcore.operations.approvals.office import UNTOLD, Office
from acctcore.operations.approvals.policy import Authority, days_later
from acctcore.operations.approvals.reasons import (
    AlreadyReviewed,
    NoEmergency,
    NothingToReview,
    NotMaker,
    TooEarly,
)

if TYPE_CHECKING:
    from pendulum import DateTime


def decide(
    request: Request | None, command: messages.Command, authority: Authority, office: Office = UNTOLD
) -> Decision[Event]:
    """Return what `command` does to `request`, or every reason why it may not.

    Approving is an act of the office and is never backdated: expiries and delegations are looked at
    as they stand when the command is recorded. `office` is who works there and who stands in for whom.

    Raises: InvalidValue for a command that names another request.
    """
    at = recorded(command)
    if (refusal := LIFECYCLE.refusal(None if request is None else request.phase(at), command)) is not None:
        return refusal
    match request, command:
        case None, Ask():
            return ask(command, authority)
        case Request(), Approve() | Reject() | Withdraw() | Override() | Review() | Use() if (
            command.request_id != request.id
        ):
            raise InvalidValue(f"a command about {request.id}", command.request_id, "approvals.decide")
        case Request(), _ if at < request.latest:
            return refused(TooEarly(request.id, request.latest))
        case Request(), Approve():
            return approve(request, command, authority, office)
        case Request(), Reject():
            return reject(request, command, authority, office)
        case Request(), Withdraw():
            reasons = unless(command.by.id == request.maker, NotMaker(request.maker))
            return refused(*reasons) if reasons else allowed(Withdrawn(command.at, command.id, request.id))
        case Request(), Override():
            return override(request, command, authority, office)
        case Request(), Review():
            return look_at(request, command, authority, office)
        case Request(), Use():
            return use(request, command, authority, office)
    raise Unhandled(request, command)


def recorded(command: messages.Command) -> DateTime:
    """Return when a command is recorded."""
    return command.at if command.recorded_at is None else command.recorded_at


def ask(command: Ask, authority: Authority) -> Decision[Event]:
    """Return a new request, with the duty to answer it before it expires."""
    at = recorded(command)
    request = Request(
        command.request_id,
        command.fingerprint,
        command.operation,
        command.amount,
        command.by.id,
        at,
        authority.expires_at(at),
        total=command.total,
        roles=command.roles,
        subject=command.subject,
        note=command.note,
    )
    duties = answer(request, authority)
    return allowed(Asked(command.at, command.id, request, authority.ref), duties=duties)


def approve(request: Request, command: Approve, authority: Authority, office: Office) -> Decision[Event]:
    """Return one more approval, the last one where it completes the quorum."""
    at = recorded(command)
    approval, reasons = answered(request, command.by, command.on_behalf_of, authority, at, office)
    if reasons:
        return _no(reasons)
    table = Table(request, authority)
    enough = len(table.taken((*request.approvals, approval))) == len(table.quorum.seats)
    event = Approved if enough else Endorsed
    return allowed(event(command.at, command.id, request.id, approval, authority.ref))


def reject(request: Request, command: Reject, authority: Authority, office: Office) -> Decision[Event]:
    """Return the rejection by somebody who could as well approve."""
    at = recorded(command)
    _, reasons = answered(request, command.by, command.on_behalf_of, authority, at, office, next_one=False)
    if reasons:
        return _no(reasons)
    verdict = Verdict(command.by.id, at, False, command.note)
    return allowed(Rejected(command.at, command.id, request.id, verdict))


def _no(reasons: tuple[Reason, ...]) -> Decision[Event]:
    """Return a no; where only facts are missing, that they are."""
    missing = [reason for reason in reasons if isinstance(reason, Missing)]
    return unknown(*missing) if len(missing) == len(reasons) else refused(*reasons)


def open_to(request: Request, command: type, authority: Authority) -> tuple[Reason, ...]:
    """Return what stands against asking a kind of command of a request, whoever asks it."""
    if command is Override and not any(
        request.operation in rule.operations for rule in authority.break_glass
    ):
        return (NoEmergency(request.maker, request.operation),)
    if command is Review and request.emergency is None:
        return (NothingToReview(request.id),)
    if command is Review and request.review is not None:
        return (AlreadyReviewed(request.review.by),)
    return ()


def override(request: Request, command: Override, authority: Authority, office: Office) -> Decision[Event]:
    """Return that the glass is broken, with the duty of others to look at it afterwards."""
    at, maker = recorded(command), command.by
    roles = office.held(maker.id, maker.roles)
    rule = authority.glass(roles, request.operation, request.measured)
    reasons = (
        *unless(maker.id == request.maker, NotMaker(request.maker)),
        *unless(rule is not None, NoEmergency(maker.id, request.operation)),
    )
    if reasons or rule is None:
        return refused(*reasons)
    emergency = Emergency(at, roles, command.note, days_later(at, rule.review_days))
    event = Overridden(command.at, command.id, request.id, emergency, authority.ref)
    return allowed(event, duties=review(changed(request, emergency=emergency)))


def look_at(request: Request, command: Review, authority: Authority, office: Office) -> Decision[Event]:
    """Return what somebody else, who could have approved it, found of an emergency."""
    if request.emergency is None:
        return refused(NothingToReview(request.id))
    at = recorded(command)
    _, reasons = answered(request, command.by, None, authority, at, office, next_one=False)
    if request.review is not None:
        reasons = (AlreadyReviewed(request.review.by), *reasons)
    if reasons:
        return refused(*reasons)
    verdict = Verdict(command.by.id, at, command.accepted, command.note)
    return allowed(Reviewed(command.at, command.id, request.id, verdict))


def use(request: Request, command: Use, authority: Authority, office: Office) -> Decision[Event]:
    """Return that the act is done, where the request covers that very act."""
    reasons = shortfall(
        request,
        command.fingerprint,
        command.operation,
        command.amount,
        recorded(command),
        command.by.id,
        authority,
        total=command.total,
        may_approve=command.roles,
        office=office,
    )
    return refused(*reasons) if reasons else allowed(Used(command.at, command.id, request.id, command.id))


def evolve(request: Request | None, event: messages.Event) -> Request:
    """Return the request after an event.

    Raises: ImpossibleHistory for an event that cannot follow: a second request, or one of another.
    """
    if request is None:
        if isinstance(event, Asked):
            return event.request
        raise _out_of_place(event, "put what was asked before it")
    state = LIFECYCLE.target(request.state, event)
    match event:
        case Endorsed() | Approved() if event.request_id == request.id:
            return changed(request, approvals=(*request.approvals, event.approval), state=state)
        case Rejected() if event.request_id == request.id:
            return changed(request, state=state, rejection=event.verdict)
        case Withdrawn() if event.request_id == request.id:
            return changed(request, state=state)
        case Overridden() if event.request_id == request.id:
            return changed(request, state=state, emergency=event.emergency)
        case Reviewed() if event.request_id == request.id:
            return changed(request, review=event.verdict)
        case Used() if event.request_id == request.id:
            return changed(request, state=state, used_by=event.command)
    raise _out_of_place(event, f"leave it out: it is not about {request.id}, or asks for it again")


def _out_of_place(event: messages.Event, mend: str) -> ImpossibleHistory:
    problem = f"{type(event).__name__} cannot stand where it does in the history of a request"
    return ImpossibleHistory(problem, (event.cause,), mend)
