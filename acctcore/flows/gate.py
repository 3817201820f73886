"""What every flow asks before its room: whether the account is open, the operation free, the act approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from attrs import fields
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.flows.file import File
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Outcome, Reason, needs_approval, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Operation, Role
from acctcore.operations import approvals

Ruling: TypeAlias = Decision[Event]
"""A decision of a flow: its events may be those of several rooms."""


_ACTIVE = accounts.Phase.ACTIVE  # looking a member up costs more than using it


def gate(
    file: File,
    operation: Operation,
    at: DateTime,
    scope: str | None = None,
    *,
    since: DateTime | None = None,
    winding_down: bool = False,
) -> tuple[Reason, ...]:
    """Return why an operation may not be done on an account at an instant; () where nothing stops it.

    `since` is when it takes effect, where that is not `at`: nothing does before the account was opened.
    """
    account = file.account
    since = at if since is None else since
    opened = account.opened_at
    if not file.holds and account.phase is _ACTIVE and opened is not None and opened <= since:
        return ()
    closed = accounts.open_for_business(account, winding_down=winding_down, at=since)
    blocked = holds.refusal(file.holds, operation, at, scope)
    return closed if blocked is None else (*closed, blocked)


def with_gate(file: File, decision: Ruling, reasons: tuple[Reason, ...], at: DateTime) -> Ruling:
    """Return a room's decision together with what the gate says: all reasons, a wrong phase alone."""
    if not reasons:
        return decision
    if any(isinstance(reason, WrongPhase) for reason in decision.reasons):
        return decision
    found = decision.reasons if decision.outcome is Outcome.REFUSED else ()
    later = holds.next_change(file.holds, at)
    return refused(*dict.fromkeys((*reasons, *found)), next_change_at=later)


def seen_at(command: Command) -> DateTime:
    """Return when a command is recorded: approvals, holds and windows are judged at that moment.

    A backdated command cannot slip in before a hold that is in force today.
    """
    return command.recorded_at or command.at


def act_of(command: Command, policies: Policies, quoted: Iterable[object]) -> str:
    """Return the fingerprint of the very act: what is asked, by whom, under which policies, at which amounts.

    The command's own id, its approval and when it takes effect or is recorded do not change the act.
    """
    content = tuple(
        (name, getattr(command, name))
        for name in sorted(_fields(type(command)))
        if name not in {"id", "at", "recorded_at", "approval"}
    )
    return fingerprint(
        type(command).__qualname__, type(command).__module__, content, policies.digest, tuple(quoted)
    )


def _fields(kind: type) -> list[str]:
    return [item.name for item in fields(kind)]


def approved(
    file: File,
    command: Command,
    policies: Policies,
    operation: Operation,
    amount: Money | None,
    quoted: tuple[object, ...] = (),
    roles: frozenset[Role] | None = None,
) -> tuple[tuple[Event, ...], Ruling | None]:
    """Return the use of the approval that a command bears, or the answer that one is needed.

    `roles` are those that the act itself demands of whoever approves, beside the limits.
    """
    act = act_of(command, policies, quoted)
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


def file_of(file: File | None) -> File:
    """Return the file.

    Raises: InvalidValue where there is none yet and the command needs one.
    """
    if file is None:
        raise InvalidValue("an account file; open the account first", None, "handle")
    return file
