"""Whether an act lies within the authority of whoever asks, or is approved by others.

Every flow is decided first; what it allows is then held against the limits. So each operation has
one place where it is approved, and a no of a room or a hold comes before the question of who may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from attrs import evolve as changed
from attrs import fields, frozen

from acctcore.accounts import holds
from acctcore.billing import invoices
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, seen_at
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import needs_approval
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Operation, Role
from acctcore.operations import approvals

Amount: TypeAlias = Callable[[File, Any, Ruling], Money | None]  # type: ignore[explicit-any]
Demand: TypeAlias = Callable[[File, Any], holds.FourEyes | None]  # type: ignore[explicit-any]


def no_amount(file: File, command: Command, ruling: Ruling) -> None:
    """Return that an act has no amount, such as a release."""


@frozen
class Act:
    """What a kind of command does in the words of limits: the operation, and how much of it.

    `demanded` says whether the act itself asks for a second person, whoever acts.
    """

    operation: Operation
    amount: Amount = no_amount
    demanded: Demand | None = None


def authorised(file: File, command: Command, policies: Policies, ruling: Ruling, act: Act) -> Ruling:
    """Return what was allowed, with the use of an approval where it took one, or that one is needed."""
    operation, authority = act.operation, policies.authority
    demand = None if act.demanded is None else act.demanded(file, command)
    if demand is None and operation not in authority.limited:
        return ruling
    amount = act.amount(file, command, ruling)
    if demand is None and authority.within(command.by, operation, amount):
        return ruling
    roles = None if demand is None else demand.may_approve
    used, missing = _approved(file, command, policies, operation, amount, _quoted(ruling), roles)
    if missing is None:
        return changed(ruling, events=(*used, *ruling.events))
    if demand is None:
        return missing
    return changed(missing, reasons=(demand, *missing.reasons))


def _quoted(ruling: Ruling) -> tuple[Money, ...]:
    """Return the totals of the documents that an act would issue."""
    return tuple(
        [event.document.total_money for event in ruling.events if isinstance(event, invoices.Issued)]
    )


def act_of(command: Command, policies: Policies, quoted: Iterable[object]) -> str:
    """Return the fingerprint of the very act: what is asked, by whom, under which policies, at which amounts.

    The command's own id, its approval and when it takes effect or is recorded do not change the act.
    """
    kind = type(command)
    content = tuple(
        (name, getattr(command, name))
        for name in sorted(item.name for item in fields(kind))
        if name not in {"id", "at", "recorded_at", "approval"}
    )
    return fingerprint(kind.__qualname__, kind.__module__, content, policies.digest, tuple(quoted))


def _approved(
    file: File,
    command: Command,
    policies: Policies,
    operation: Operation,
    amount: Money | None,
    quoted: tuple[object, ...],
    roles: frozenset[Role] | None,
) -> tuple[tuple[Event, ...], Ruling | None]:
    """Return the use of the approval that a command bears, or the answer that one is needed.

    `roles` are those that the act itself demands of whoever approves, beside the limits.
    """
    act = act_of(command, policies, (amount, *quoted))
    may_approve = policies.authority.may_approve(operation, amount) if roles is None else roles
    needed = approvals.Needed(operation, amount, act, may_approve, policies.authority.approvals_needed)
    if command.approval is None:
        return (), needs_approval(needed)
    request = file.request(command.approval)
    at = seen_at(command)
    missing = approvals.shortfall(
        request, act, operation, amount, at, command.by.id, policies.authority, may_approve=roles
    )
    if missing or request is None:
        return (), needs_approval(*missing, needed)
    use = approvals.Use(
        id=command.id,
        at=at,
        by=command.by,
        request_id=request.id,
        fingerprint=act,
        operation=operation,
        amount=amount,
    )
    decision = approvals.decide(request, use, policies.authority)
    return decision.events, None if decision.allowed else decision
