"""What every flow asks beside its room: whether the account is open, and nothing lies over it."""

from __future__ import annotations

from typing import TypeAlias

from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.flows.file import File
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Outcome, Reason, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.terms import Operation

Ruling: TypeAlias = Decision[Event]
"""A decision of a flow: its events may be those of several rooms."""


_ACTIVE = accounts.Phase.ACTIVE  # looking a member up costs more than using it


def gate(
    file: File,
    operation: Operation,
    at: DateTime,
    scope: str | None = None,
    *,
    policies: Policies,
    since: DateTime | None = None,
    winding_down: bool = False,
    known: tuple[holds.Hold, ...] | None = None,
) -> tuple[Reason, ...]:
    """Return why an operation may not be done on an account at an instant; () where nothing stops it.

    `since` is when it takes effect, where that is not `at`: nothing does before the account was opened.
    `known` are the holds that count, where not all of them do.
    """
    account = file.account
    known = file.holds if known is None else known
    since = at if since is None else since
    opened = account.opened_at
    if (
        not known
        and account.phase is _ACTIVE
        and opened is not None
        and opened <= since
        and operation not in policies.verified_first
    ):
        return ()
    closed = accounts.open_for_business(account, winding_down=winding_down, at=since)
    return (*closed, *barred(file, operation, at, scope, policies=policies, known=known))


def barred(
    file: File,
    operation: Operation,
    at: DateTime,
    scope: str | None = None,
    *,
    policies: Policies,
    known: tuple[holds.Hold, ...] | None = None,
) -> tuple[Reason, ...]:
    """Return what lies over an account and stops an operation: holds, and what is not verified."""
    blocked = holds.refusal(file.holds if known is None else known, operation, at, scope)
    waiting = accounts.unverified(file.account, operation, at, policies.account)
    return tuple([reason for reason in (blocked, waiting) if reason is not None])


def with_gate(file: File, decision: Ruling, reasons: tuple[Reason, ...], at: DateTime) -> Ruling:
    """Return a room's decision together with what the gate says: all reasons, a wrong phase alone."""
    if not reasons:
        return decision
    if any(isinstance(reason, WrongPhase) for reason in decision.reasons):
        return decision
    found = decision.reasons if decision.outcome is Outcome.REFUSED else ()
    return refused(*dict.fromkeys((*reasons, *found)), next_change_at=changes_at(file, reasons, at))


def changes_at(file: File, reasons: tuple[Reason, ...], at: DateTime) -> DateTime | None:
    """Return when what the gate says changes next: where holds block, when these begin and end."""
    later = [
        holds.next_change(file.holds, at, reason.operation, reason.scope)
        for reason in reasons
        if isinstance(reason, holds.Blocked)
    ] or [holds.next_change(file.holds, at)]
    return min([point for point in later if point is not None], default=None)


def seen_at(command: Command) -> DateTime:
    """Return when a command is recorded: approvals, holds and windows are judged at that moment.

    A backdated command cannot slip in before a hold that is in force today.
    """
    return command.recorded_at or command.at


def file_of(file: File | None, where: str = "handle") -> File:
    """Return the file.

    Raises: InvalidValue where there is none yet and the command needs one.
    """
    if file is None:
        raise InvalidValue("an account file; open the account first", None, where)
    return file
