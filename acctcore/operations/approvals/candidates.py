"""Who could approve next, as whom, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from acctcore.kernel.decision import Missing, Reason, unless
from acctcore.kernel.terms import Role
from acctcore.operations.approvals.agreement import Table
from acctcore.operations.approvals.model import Approval, Phase, Request
from acctcore.operations.approvals.office import UNTOLD, Office
from acctcore.operations.approvals.policy import Need
from acctcore.operations.approvals.reasons import (
    AlreadyApproved,
    BeyondAuthority,
    Needed,
    NotAway,
    NotDelegated,
    NotWanted,
    NotYourTurn,
    SamePerson,
)

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.money import Money
    from acctcore.kernel.terms import Actor, Operation
    from acctcore.operations.approvals.office import Line
    from acctcore.operations.approvals.policy import Authority

WHO_STANDS_IN = "who stands in for whom"
WHO_IS_AWAY = "who is away"


@frozen
class Candidate:
    """Somebody on the staff: as whom they could approve next, or every reason why they cannot."""

    person: str
    on_behalf_of: str | None = None
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        return self.person if self.on_behalf_of is None else f"{self.person} for {self.on_behalf_of}"


@frozen
class Waiting:
    """A request that is open: who has to agree still, who could be next, and what stands against it.

    `missing` is empty once it is approved and waits for its maker. `candidates` are the whole staff,
    where the host tells who works there.
    """

    request: Request
    phase: Phase
    missing: tuple[Need, ...]
    may_approve: frozenset[Role]
    candidates: tuple[Candidate, ...] = ()
    against: tuple[Reason, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Those on the staff who could approve next, each told with whom they stand in for."""
        return could(self.candidates)


def could(candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Return those who have no reason against them."""
    return tuple(str(each) for each in candidates if not each.reasons)


def waiting(
    request: Request,
    authority: Authority,
    at: DateTime,
    office: Office,
    against: tuple[Reason, ...] = (),
) -> Waiting | None:
    """Return what an open request waits for; None for one that is over."""
    phase = request.phase(at)
    if phase not in (Phase.PENDING, Phase.APPROVED):
        return None
    if phase is Phase.APPROVED or against:
        return Waiting(request, phase, (), frozenset(), (), against)
    table = Table(request, authority)
    return Waiting(
        request,
        phase,
        table.missing(request.approvals),
        table.next_roles(request.approvals),
        candidates(request, authority, at, office),
    )


def needed(
    operation: Operation,
    amount: Money | None,
    fingerprint: str,
    maker: str,
    at: DateTime,
    authority: Authority,
    *,
    total: Money | None = None,
    roles: frozenset[Role] = frozenset(),
    subject: str = "",
    office: Office = UNTOLD,
) -> Needed:
    """Return that an act needs approvals: how many, of whom, and who on the staff could give the first."""
    request = Request(
        "new", fingerprint, operation, amount, maker, at, total=total, roles=roles, subject=subject
    )
    table = Table(request, authority)
    return Needed(
        operation,
        amount,
        fingerprint,
        table.next_roles(()),
        len(table.quorum.seats),
        table.missing(()),
        total,
        roles,
        subject,
        could(candidates(request, authority, at, office)),
    )


def candidates(request: Request, authority: Authority, at: DateTime, office: Office) -> tuple[Candidate, ...]:
    """Return for everybody on the staff whether they could approve next: by themselves, and for others."""
    found: list[Candidate] = []
    for actor in office.staff or ():
        for lender in (None, *office.lenders(actor.id, request.operation, at)):
            _, reasons = answered(request, actor, lender, authority, at, office)
            found.append(Candidate(actor.id, lender, reasons))
    return tuple(found)


def answered(
    request: Request,
    actor: Actor,
    lender: str | None,
    authority: Authority,
    at: DateTime,
    office: Office,
    *,
    next_one: bool = True,
) -> tuple[Approval, tuple[Reason, ...]]:
    """Return somebody's yes to a request, and all that stands against it.

    Of several lines on which authority was lent, the one with least against it. With `next_one`, the
    approval also has to bring the request further; whoever rejects or reviews need only be entitled.
    """
    table = Table(request, authority)
    found = [
        (
            approval,
            (
                *_other_than_maker(request, approval, office),
                *(_of_their_own(request, approval) if next_one else ()),
                *stops,
                *_entitled(table, approval, next_one=next_one),
            ),
        )
        for approval, stops in _ways(request, actor, lender, at, office)
    ]
    if found:
        return min(found, key=lambda way: len(way[1]))
    approval = Approval(actor.id, frozenset(), at, lender)
    return approval, (
        *_other_than_maker(request, approval, office),
        _nobody_lent(request, actor.id, str(lender), office),
    )


def _nobody_lent(request: Request, actor: str, lender: str, office: Office) -> Reason:
    if office.delegations is None:
        return Missing(WHO_STANDS_IN, (lender,))
    return NotDelegated(lender, actor, request.operation)


def _ways(
    request: Request, actor: Actor, lender: str | None, at: DateTime, office: Office
) -> Iterator[tuple[Approval, tuple[Reason, ...]]]:
    """Return on which authority somebody could answer, and what stands against using it now."""
    if lender is None:
        yield Approval(actor.id, office.held(actor.id, actor.roles), at), ()
        return
    for line in office.lines(lender, actor.id, request.operation, at):
        roles, bound = office.held(lender, line.roles), line.bound(request.measured)
        approval = Approval(actor.id, roles, at, lender, line.through, bound)
        yield approval, _not_away(actor, line, at, office)


def _not_away(actor: Actor, line: Line, at: DateTime, office: Office) -> tuple[Reason, ...]:
    if not line.waits_for:
        return ()
    if office.absences is None:
        return (Missing(WHO_IS_AWAY, line.waits_for),)
    here = tuple(each for each in line.waits_for if not office.away(each, at))
    return unless(not here, NotAway(actor.id, here))


def _other_than_maker(request: Request, approval: Approval, office: Office) -> tuple[Reason, ...]:
    behind = approval.by == request.maker or any(
        office.leads_back(lender, request.maker, request.operation, approval.at)
        for lender in approval.lenders
    )
    return unless(not behind, SamePerson(request.maker))


def _of_their_own(request: Request, approval: Approval) -> tuple[Reason, ...]:
    before = frozenset().union(*(earlier.people for earlier in request.approvals))
    return unless(before.isdisjoint(approval.people), AlreadyApproved(before & approval.people))


def _entitled(table: Table, approval: Approval, *, next_one: bool) -> tuple[Reason, ...]:
    request = table.request
    seats, before = table.fitting(approval), request.approvals
    if not seats:
        may = table.next_roles(before if next_one else ())
        return (BeyondAuthority(request.operation, request.measured, approval.roles, may),)
    if not next_one or table.wants(before, seats):
        return ()
    may = table.next_roles(before)
    if table.quorum.in_order and max(seats) >= len(table.taken(before)):
        return (NotYourTurn(request.id, may),)
    return (NotWanted(request.id, approval.by, may),)
