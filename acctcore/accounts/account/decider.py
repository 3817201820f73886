"""What a command does to an account, and what an event makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acctcore.accounts.account.lifecycle import LIFECYCLE
from acctcore.accounts.account.messages import (
    Activate,
    Activated,
    Amend,
    Amended,
    Applied,
    Apply,
    BeginOnboarding,
    Close,
    Closed,
    ClosureRequested,
    ClosureWithdrawn,
    Decline,
    Declined,
    Event,
    OnboardingBegan,
    Open,
    Opened,
    RequestClosure,
    Withdraw,
    WithdrawClosure,
    Withdrawn,
)
from acctcore.accounts.account.model import NOTHING_OPEN, Account, Phase, Standing
from acctcore.accounts.account.policy import AccountPolicy
from acctcore.accounts.account.reasons import OutOfOrder, Unchanged
from acctcore.kernel import messages
from acctcore.kernel.calendar import stamp
from acctcore.kernel.decision import Decision, allowed, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import ImpossibleHistory, Unhandled
from acctcore.kernel.identity import derive

if TYPE_CHECKING:
    from pendulum import DateTime


def decide(
    account: Account | None,
    command: messages.Command,
    policy: AccountPolicy,
    standing: Standing = NOTHING_OPEN,
) -> Decision[Event]:
    """Return what `command` does to `account`, or every reason why it may not.

    An account changes in order of time: a command dated before its latest change is refused, since
    the account keeps no timeline of itself. `standing` is asked about only when the account closes.
    """
    if (refusal := LIFECYCLE.refusal(None if account is None else account.phase, command)) is not None:
        return refusal
    at, cause = command.at, command.id
    if account is None:
        match command:
            case Apply():
                return allowed(Applied(at, cause, command.account_id, command.zone, command.party))
            case Open():
                return allowed(Opened(at, cause, command.account_id, command.zone, command.party))
        raise Unhandled(account, command)
    if at < account.changed_at:
        return refused(OutOfOrder(account.changed_at))
    match command:
        case BeginOnboarding():
            return allowed(OnboardingBegan(at, cause))
        case Activate():
            return allowed(Activated(at, cause))
        case Decline():
            return allowed(Declined(at, cause, command.reason))
        case Withdraw():
            return allowed(Withdrawn(at, cause))
        case Amend():
            return amend(account, command)
        case RequestClosure():
            return request_closure(account, command, policy)
        case WithdrawClosure():
            return allowed(ClosureWithdrawn(at, cause))
        case Close():
            blockers = standing.blockers()
            return refused(*blockers) if blockers else allowed(Closed(at, cause))
    raise Unhandled(account, command)


def amend(account: Account, command: Amend) -> Decision[Event]:
    """Return the amendment, or that nothing would change."""
    zone = None if command.zone == account.zone else command.zone
    party = None if command.party == account.party else command.party
    if zone is None and party is None:
        return refused(Unchanged())
    return allowed(Amended(command.at, command.id, zone, party))


def request_closure(account: Account, command: RequestClosure, policy: AccountPolicy) -> Decision[Event]:
    """Return the request with the duty to complete it in time."""
    close_by = policy.close_by(command.at, account.zone)
    return allowed(
        ClosureRequested(command.at, command.id, close_by, policy.ref),
        duties=(_closing(account.id, command.at, close_by),),
    )


def duties(account: Account | None) -> tuple[Duty, ...]:
    """Return what the office owes the customer: to complete a closure that was asked for."""
    if account is None or account.phase is not Phase.CLOSING:
        return ()
    if account.closing_since is None or account.close_by is None:
        raise Unhandled(account)  # closing bears both, or it is no account
    return (_closing(account.id, account.closing_since, account.close_by),)


def _closing(account_id: str, since: DateTime, close_by: DateTime) -> Duty:
    key = derive("account.close", account_id, stamp(since))
    return Duty(key, "account.close", close_by, subject=account_id)


def evolve(account: Account | None, event: messages.Event) -> Account:
    """Return the account after an event.

    Raises: ImpossibleHistory for an event that cannot follow: a second beginning, or none.
    """
    if account is None:
        return _begin(event)
    phase = LIFECYCLE.target(account.phase, event)
    zone, party, opened_at = account.zone, account.party, account.opened_at
    closing_since, close_by, closed_at = account.closing_since, account.close_by, None
    match event:
        case Activated():
            opened_at = event.at
        case Amended():
            zone = event.zone or zone
            party = party if event.party is None else event.party
        case ClosureRequested():
            closing_since, close_by = event.at, event.close_by
        case ClosureWithdrawn():
            closing_since = close_by = None
        case Closed():
            closed_at = event.at
        case OnboardingBegan() | Declined() | Withdrawn():
            pass
        case _:
            raise _out_of_place(event, "leave it out: the account has begun")
    return Account(account.id, zone, phase, event.at, party, opened_at, closing_since, close_by, closed_at)


def _begin(event: messages.Event) -> Account:
    phase = LIFECYCLE.target(None, event)
    if phase is None or not isinstance(event, Applied | Opened):
        raise _out_of_place(event, "put an application or an opening before it")
    opened_at = event.at if phase is Phase.ACTIVE else None
    return Account(event.account_id, event.zone, phase, event.at, event.party, opened_at)


def _out_of_place(event: messages.Event, mend: str) -> ImpossibleHistory:
    problem = f"{type(event).__name__} cannot stand where it does in the history of an account"
    return ImpossibleHistory(problem, (event.cause,), mend)
