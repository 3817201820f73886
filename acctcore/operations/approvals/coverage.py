"""Whether a request covers an act, and which requests wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from acctcore.kernel.decision import Reason, unless
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import derive
from acctcore.operations.approvals.model import Phase
from acctcore.operations.approvals.reasons import (
    AlreadyUsed,
    Changed,
    Expired,
    LostAuthority,
    NotApproved,
    NotAsked,
    OtherMaker,
    Pending,
)

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.money import Money
    from acctcore.kernel.terms import Actor, Operation, Role
    from acctcore.operations.approvals.model import Approval, Request
    from acctcore.operations.approvals.policy import Authority


def shortfall(
    request: Request | None,
    fingerprint: str,
    operation: Operation,
    amount: Money | None,
    at: DateTime,
    maker: str,
    authority: Authority,
    *,
    may_approve: frozenset[Role] | None = None,
    actors: tuple[Actor, ...] = (),
) -> tuple[Reason, ...]:
    """Return why a request does not cover an act; nothing where it covers that very one.

    `at` is when the act is recorded: a backdated act needs an approval that is still good today.
    `may_approve` are roles that the act itself demands of whoever approves, on top of the limits.
    Of `actors`, the roles that they hold now count, not those that they held as they approved.
    """
    if request is None:
        return (NotAsked(),)
    same = (request.fingerprint, request.operation, request.amount) == (fingerprint, operation, amount)
    return (
        *unless(same, Changed(request.id, fingerprint)),
        *unless(maker == request.maker, OtherMaker(request.id, request.maker)),
        *_unfinished(request, at, authority),
        *_lost(request, authority, may_approve, {actor.id: actor.roles for actor in actors}),
    )


def _unfinished(request: Request, at: DateTime, authority: Authority) -> tuple[Reason, ...]:
    given, needed = len(request.approvals), authority.approvals_needed
    match request.phase(at):
        case Phase.EXPIRED if request.expires_at is not None:
            return (Expired(request.id, request.expires_at),)
        case Phase.USED if request.used_by is not None:
            return (AlreadyUsed(request.id, request.used_by),)
        case Phase.REJECTED | Phase.WITHDRAWN as phase:
            return (NotApproved(request.id, phase.value),)
        case Phase.APPROVED if given >= needed:
            return ()
        case Phase.PENDING | Phase.APPROVED:
            return (Pending(request.id, given, needed),)
    raise Unhandled(request)  # it has no end, or was used by nobody


def _lost(
    request: Request,
    authority: Authority,
    may_approve: frozenset[Role] | None,
    held: dict[str, frozenset[Role]],
) -> tuple[Reason, ...]:
    return tuple(
        LostAuthority(request.id, approval.by)
        for approval in request.approvals
        if not _counts(request, approval, authority, may_approve, held)
    )


def _counts(
    request: Request,
    approval: Approval,
    authority: Authority,
    may_approve: frozenset[Role] | None,
    held: dict[str, frozenset[Role]],
) -> bool:
    if request.maker in approval.people:
        return False
    lender = approval.on_behalf_of
    if lender is None:
        roles = held.get(approval.by, approval.roles)
    else:
        lent = authority.lent(lender, approval.by, request.operation, approval.at)
        roles = approval.roles & lent & held.get(lender, lent)
    if may_approve is not None and roles.isdisjoint(may_approve):
        return False
    return bool(roles or lender is None) and authority.empowers(roles, request.operation, request.amount)


def duties(requests: Iterable[Request], at: DateTime) -> tuple[Duty, ...]:
    """Return the answers that makers wait for: requests that are pending and would expire."""
    return tuple(
        duty for request in requests if request.phase(at) is Phase.PENDING for duty in answer(request)
    )


def answer(request: Request) -> tuple[Duty, ...]:
    """Return the duty to answer a request before it expires, nothing where it does not."""
    if request.expires_at is None:
        return ()
    key = derive("approvals.answer", request.id)
    return (Duty(key, "approvals.answer", request.expires_at, "approver", request.maker, request.id),)
