"""Whether a request covers an act, and which requests wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import evolve as changed

from acctcore.kernel.decision import Reason, unless
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import derive
from acctcore.operations.approvals.agreement import Table
from acctcore.operations.approvals.model import Phase
from acctcore.operations.approvals.office import UNTOLD
from acctcore.operations.approvals.reasons import (
    AlreadyUsed,
    Changed,
    Expired,
    LostAuthority,
    NotApproved,
    NotAsked,
    OtherMaker,
    Part,
    Pending,
    TooEarly,
)

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.money import Money
    from acctcore.kernel.terms import Operation, Role
    from acctcore.operations.approvals.model import Approval, Request
    from acctcore.operations.approvals.office import Office
    from acctcore.operations.approvals.policy import Authority


def mark(command: str, policies: str, amounts: str) -> str:
    """Return the fingerprint of an act by the digests of its parts, so that what changed can be told."""
    return f"{command}.{policies}.{amounts}"


def parts(one: str, other: str) -> frozenset[Part]:
    """Return in which parts two fingerprints differ; of those that have no parts, as commands."""
    pairs = list(zip(one.split("."), other.split("."), strict=False))
    if len(pairs) != len(Part) or one.count(".") != other.count("."):
        return frozenset() if one == other else frozenset({Part.COMMAND})
    return frozenset(part for part, (was, now) in zip(Part, pairs, strict=True) if was != now)


def shortfall(
    request: Request | None,
    fingerprint: str,
    operation: Operation,
    amount: Money | None,
    at: DateTime,
    maker: str,
    authority: Authority,
    *,
    total: Money | None = None,
    may_approve: frozenset[Role] | None = None,
    office: Office = UNTOLD,
) -> tuple[Reason, ...]:
    """Return why a request does not cover an act; nothing where it covers that very one.

    `at` is when the act is recorded: a backdated act needs an approval that is still good today.
    `total` is what authority is measured by now, `may_approve` are roles that the act itself demands
    of whoever approves. Where the office is told, roles and delegations count as they stand there.
    """
    if request is None:
        return (NotAsked(),)
    now = changed(request, total=total, roles=may_approve or frozenset())
    return (
        *_other_act(request, fingerprint, operation, amount),
        *unless(maker == request.maker, OtherMaker(request.id, request.maker)),
        *unless(at >= request.latest, TooEarly(request.id, request.latest)),
        *_unfinished(request, now, at, authority, office),
    )


def _other_act(
    request: Request, fingerprint: str, operation: Operation, amount: Money | None
) -> tuple[Reason, ...]:
    differ = parts(request.fingerprint, fingerprint)
    if request.operation != operation:
        differ |= {Part.COMMAND}
    if request.amount != amount:
        differ |= {Part.AMOUNTS}
    return unless(not differ, Changed(request.id, differ, request.amount, amount))


def _unfinished(
    request: Request, now: Request, at: DateTime, authority: Authority, office: Office
) -> tuple[Reason, ...]:
    lost = _lost(now, authority, office)
    match request.phase(at):
        case Phase.EXPIRED if request.expires_at is not None:
            return (Expired(request.id, request.expires_at), *lost)
        case Phase.USED if request.used_by is not None:
            return (AlreadyUsed(request.id, request.used_by), *lost)
        case Phase.REJECTED | Phase.WITHDRAWN as phase:
            verdict = request.rejection
            by, note = (None, "") if verdict is None else (verdict.by, verdict.note)
            return (NotApproved(request.id, phase.value, by, note), *lost)
        case Phase.PENDING:
            return (*_pending(request, authority, 0), *lost)
        case Phase.APPROVED:
            return (*_pending(now, authority, len(lost)), *lost)
    raise Unhandled(request)  # it has no end, or was used by nobody


def _pending(request: Request, authority: Authority, lost: int) -> tuple[Reason, ...]:
    """Return that approvals are missing; those that no longer count are told by themselves."""
    if request.emergency is not None:
        return ()
    table = Table(request, authority)
    needed = len(table.quorum.seats)
    given = len(table.taken(request.approvals))
    enough = request.state is Phase.APPROVED and given + lost >= needed
    return unless(enough, Pending(request.id, given, needed, table.next_roles(request.approvals)))


def _lost(request: Request, authority: Authority, office: Office) -> tuple[Reason, ...]:
    emergency = request.emergency
    if emergency is not None:
        roles = office.held(request.maker, emergency.roles)
        rule = authority.glass(roles, request.operation, request.measured)
        return unless(rule is not None, LostAuthority(request.id, request.maker))
    table = Table(request, authority)
    return tuple(
        LostAuthority(request.id, approval.by)
        for approval in request.approvals
        if request.maker in approval.people
        or not table.fitting(standing(approval, request.operation, office))
    )


def standing(approval: Approval, operation: Operation, office: Office) -> Approval:
    """Return an approval with the roles that still stand behind it, as far as the office is told."""
    lender = approval.on_behalf_of
    roles = office.held(approval.by if lender is None else lender, approval.roles)
    if lender is not None and office.delegations is not None:
        lent = (
            line.roles
            for line in office.lines(lender, approval.by, operation, approval.at)
            if line.through == approval.through
        )
        roles &= frozenset().union(*lent)
    return changed(approval, roles=roles)


# Who waits for whom


def duties(requests: Iterable[Request], at: DateTime, authority: Authority) -> tuple[Duty, ...]:
    """Return what is owed about requests: answers before they expire, and reviews of emergencies."""
    found: list[Duty] = []
    for request in requests:
        phase = request.phase(at)
        if phase is Phase.PENDING:
            found += answer(request, authority)
        elif phase in (Phase.APPROVED, Phase.USED):
            found += review(request)
    return tuple(found)


def answer(request: Request, authority: Authority) -> tuple[Duty, ...]:
    """Return the duty of those who could be next to answer before it expires; nothing where it does not."""
    if request.expires_at is None:
        return ()
    key = derive("approvals.answer", request.id)
    roles = ", ".join(sorted(Table(request, authority).next_roles(request.approvals)))
    who = roles if 0 < len(roles) <= _LONGEST else "approver"
    return (Duty(key, "approvals.answer", request.expires_at, who, request.maker, request.id),)


_LONGEST = 200  # characters of a name


def review(request: Request) -> tuple[Duty, ...]:
    """Return the duty to look at an emergency afterwards, nothing where there was none or it is done."""
    emergency = request.emergency
    if emergency is None or request.review is not None:
        return ()
    key = derive("approvals.review", request.id)
    return (Duty(key, "approvals.review", emergency.review_by, "reviewer", "office", request.id),)
