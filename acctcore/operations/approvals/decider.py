"""What a command does to a request for approval, and what an event makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve as changed

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, allowed, refused, unless
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue, Unhandled
from acctcore.operations.approvals.coverage import answer, shortfall
from acctcore.operations.approvals.lifecycle import LIFECYCLE
from acctcore.operations.approvals.messages import (
    Approve,
    Approved,
    Ask,
    Asked,
    Endorsed,
    Event,
    Reject,
    Rejected,
    Use,
    Used,
    Withdraw,
    Withdrawn,
)
from acctcore.operations.approvals.model import Approval, Request
from acctcore.operations.approvals.policy import Authority
from acctcore.operations.approvals.reasons import (
    AlreadyApproved,
    BeyondAuthority,
    NotDelegated,
    NotMaker,
    SamePerson,
)

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.terms import Role


def decide(request: Request | None, command: messages.Command, authority: Authority) -> Decision[Event]:
    """Return what `command` does to `request`, or every reason why it may not.

    Approving is an act of the office and is never backdated: expiries and delegations are looked at
    as they stand when the command is recorded.

    Raises: InvalidValue for a command that names another request.
    """
    at = recorded(command)
    if (refusal := LIFECYCLE.refusal(None if request is None else request.phase(at), command)) is not None:
        return refusal
    match request, command:
        case None, Ask():
            return ask(command, authority)
        case Request(), Approve() | Reject() | Withdraw() | Use() if command.request_id != request.id:
            raise InvalidValue(f"a command about {request.id}", command.request_id, "approvals.decide")
        case Request(), Approve():
            return approve(request, command, authority)
        case Request(), Reject():
            return reject(request, command, authority)
        case Request(), Withdraw():
            reasons = unless(command.by.id == request.maker, NotMaker(request.maker))
            return refused(*reasons) if reasons else allowed(Withdrawn(command.at, command.id, request.id))
        case Request(), Use():
            return use(request, command, authority)
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
    )
    return allowed(Asked(command.at, command.id, request, authority.ref), duties=answer(request))


def approve(request: Request, command: Approve, authority: Authority) -> Decision[Event]:
    """Return one more approval, the last one where it completes their number."""
    at, lender = recorded(command), command.on_behalf_of
    roles = command.by.roles
    if lender is not None:
        roles = authority.lent(lender, command.by.id, request.operation, at)
    approval = Approval(command.by.id, roles, at, lender)
    reasons = (
        *_other_than_maker(request, approval, authority),
        *_people_of_its_own(request, approval),
        *_empowered(request, approval, authority),
    )
    if reasons:
        return refused(*reasons)
    enough = len(request.approvals) + 1 >= authority.approvals_needed
    event = Approved if enough else Endorsed
    return allowed(event(command.at, command.id, request.id, approval, authority.ref))


def reject(request: Request, command: Reject, authority: Authority) -> Decision[Event]:
    """Return the rejection by somebody who could as well approve."""
    approval = Approval(command.by.id, command.by.roles, recorded(command))
    reasons = (
        *_other_than_maker(request, approval, authority),
        *_empowered(request, approval, authority),
    )
    if reasons:
        return refused(*reasons)
    return allowed(Rejected(command.at, command.id, request.id, command.by.id, command.note))


def use(request: Request, command: Use, authority: Authority) -> Decision[Event]:
    """Return that the act is done, where the request covers that very act."""
    reasons = shortfall(
        request,
        command.fingerprint,
        command.operation,
        command.amount,
        recorded(command),
        command.by.id,
        authority,
    )
    return refused(*reasons) if reasons else allowed(Used(command.at, command.id, request.id, command.id))


def _other_than_maker(request: Request, approval: Approval, authority: Authority) -> tuple[Reason, ...]:
    lender = approval.on_behalf_of
    behind = approval.by == request.maker or (
        lender is not None and authority.leads_back(lender, request.maker, request.operation, approval.at)
    )
    return unless(not behind, SamePerson(request.maker))


def _people_of_its_own(request: Request, approval: Approval) -> tuple[Reason, ...]:
    before = frozenset().union(*(earlier.people for earlier in request.approvals))
    return unless(before.isdisjoint(approval.people), AlreadyApproved(before & approval.people))


def _empowered(request: Request, approval: Approval, authority: Authority) -> tuple[Reason, ...]:
    operation, amount = request.operation, request.amount
    if approval.on_behalf_of is not None and not approval.roles:
        return (NotDelegated(approval.on_behalf_of, approval.by, operation),)
    enough = authority.empowers(approval.roles, operation, amount)
    may_approve: frozenset[Role] = authority.may_approve(operation, amount)
    return unless(enough, BeyondAuthority(operation, amount, approval.roles, may_approve))


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
        case Rejected() | Withdrawn() if event.request_id == request.id:
            return changed(request, state=state)
        case Used() if event.request_id == request.id:
            return changed(request, state=state, used_by=event.command)
    raise _out_of_place(event, f"leave it out: it is not about {request.id}, or asks for it again")


def _out_of_place(event: messages.Event, mend: str) -> ImpossibleHistory:
    problem = f"{type(event).__name__} cannot stand where it does in the history of a request"
    return ImpossibleHistory(problem, (event.cause,), mend)
