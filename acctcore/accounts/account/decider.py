"""What a command does to an account, and what an event makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from acctcore.accounts.account.closing import NOTHING_OPEN, Standing
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
    Marks,
    OnboardingBegan,
    Open,
    Opened,
    Reopen,
    Reopened,
    ReopenedForChecks,
    RequestClosure,
    StayedClosed,
    Verified,
    Verify,
    Withdraw,
    WithdrawClosure,
    Withdrawn,
)
from acctcore.accounts.account.model import Account
from acctcore.accounts.account.owing import duties
from acctcore.accounts.account.policy import AccountPolicy, FieldRule
from acctcore.accounts.account.profile import stated, verified
from acctcore.accounts.account.reasons import (
    ChangedMeanwhile,
    NoReopening,
    NotEntitled,
    OutOfOrder,
    ReopeningTooLate,
    Unchanged,
    UnknownFields,
)
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, allowed, refused, unless
from acctcore.kernel.errors import ImpossibleHistory, Unhandled

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.duties import Duty
    from acctcore.kernel.terms import Actor, Role

WITHDRAWN = "withdrawn"
"""Why a reopening came to nothing that its applicant took back."""


def decide(
    account: Account | None,
    command: messages.Command,
    policy: AccountPolicy,
    standing: Standing = NOTHING_OPEN,
) -> Decision[Event]:
    """Return what `command` does to `account`, or every reason why it may not.

    An account changes in order of time: a command dated before its latest change is refused, since
    the account keeps no timeline of itself. `standing` is asked about when a closure is requested,
    and as the account closes.
    """
    if (refusal := LIFECYCLE.refusal(None if account is None else account.phase, command)) is not None:
        return refusal
    if account is None:
        return begin(command, policy)
    at, cause = command.at, command.id
    if at < account.changed_at:
        return refused(OutOfOrder(account.changed_at))
    match command:
        case BeginOnboarding():
            return allowed(OnboardingBegan(at, cause))
        case Activate():
            return allowed(Activated(at, cause))
        case Decline():
            return allowed(
                _turned_down(account, command, command.reason, Declined(at, cause, command.reason))
            )
        case Withdraw():
            return allowed(_turned_down(account, command, WITHDRAWN, Withdrawn(at, cause)))
        case Amend():
            return amend(account, command, policy)
        case Verify():
            return verify(account, command, policy)
        case RequestClosure():
            return request_closure(account, command, policy, standing)
        case WithdrawClosure():
            return allowed(ClosureWithdrawn(at, cause))
        case Close():
            blockers = standing.blockers()
            return refused(*blockers) if blockers else allowed(Closed(at, cause))
        case Reopen():
            return reopen(account, command, policy)
    raise Unhandled(account, command)


def begin(command: messages.Command, policy: AccountPolicy) -> Decision[Event]:
    """Return a new account, with the duty to decide an application in time."""
    at, cause = command.at, command.id
    match command:
        case Apply():
            activate_by = policy.activate_by(at, command.zone)
            ref = None if activate_by is None else policy.ref
            event: Event = Applied(
                at, cause, command.account_id, command.zone, command.party, command.fields, activate_by, ref
            )
        case Open():
            event = Opened(at, cause, command.account_id, command.zone, command.party, command.fields)
        case _:
            raise Unhandled(command)
    reasons = may_change(command.by, command.fields, policy)
    if reasons:
        return refused(*reasons)
    return allowed(event, duties=duties(evolve(None, event), policy))


def _turned_down(account: Account, command: messages.Command, reason: str, otherwise: Event) -> Event:
    """Return how an application ends, or the reopening of an account that was closed."""
    return otherwise if account.closed_at is None else StayedClosed(command.at, command.id, reason)


# What is known of the customer


def amend(account: Account, command: Amend, policy: AccountPolicy) -> Decision[Event]:
    """Return the amendment with what has to be verified now, or that nothing would change."""
    reasons = may_change(command.by, command.fields, policy)
    if reasons:
        return refused(*reasons)
    zone = None if command.zone == account.zone else command.zone
    party = None if command.party == account.party else command.party
    before = {each.key: each.mark for each in account.profile}
    fields = tuple([(key, mark) for key, mark in command.fields if before.get(key, "") != mark])
    if zone is None and party is None and not fields:
        return refused(Unchanged())
    event = Amended(command.at, command.id, zone, party, fields)
    return allowed(event, duties=_new_duties(account, evolve(account, event), policy))


def may_change(by: Actor, fields: Marks, policy: AccountPolicy) -> tuple[Reason, ...]:
    """Return why somebody may not state fields of a profile; nothing where they may state them all."""
    return _ruled(by, fields, policy, lambda rule: rule.may_change)


def _ruled(
    by: Actor, fields: Marks, policy: AccountPolicy, roles: Callable[[FieldRule], frozenset[Role]]
) -> tuple[Reason, ...]:
    rules = [(key, policy.rule(key)) for key, _ in fields]
    strange = tuple([key for key, rule in rules if rule is None])
    known = tuple([rule.key for rule in policy.fields])
    return (
        *unless(not strange, UnknownFields(strange, known)),
        *[
            NotEntitled(by.id, key, roles(rule))
            for key, rule in rules
            if rule is not None and roles(rule).isdisjoint(by.roles)
        ],
    )


def verify(account: Account, command: Verify, policy: AccountPolicy) -> Decision[Event]:
    """Return that fields were found right as they stand, with when they have to be looked at again."""
    found = [(key, mark, account.known(key)) for key, mark in command.fields]
    missing = tuple([key for key, _, known in found if known is None and policy.rule(key) is not None])
    other = tuple(
        [f"{key} {known.mark}" for key, mark, known in found if known is not None and known.mark != mark]
    )
    reasons = (
        *_ruled(command.by, command.fields, policy, lambda rule: rule.verifiers),
        *unless(not missing, UnknownFields(missing, tuple([each.key for each in account.profile]))),
        *unless(not other, ChangedMeanwhile(other)),
    )
    if reasons:
        return refused(*reasons)
    by, evidence, until = command.by.id, command.evidence, command.valid_until
    event = Verified(command.at, command.id, by, command.fields, evidence, until)
    return allowed(event, duties=_new_duties(account, evolve(account, event), policy))


# Closing and coming back


def request_closure(
    account: Account, command: RequestClosure, policy: AccountPolicy, standing: Standing
) -> Decision[Event]:
    """Return the request with the duty to complete it in time, and a duty for each step before it."""
    close_by = policy.close_by(command.at, account.zone)
    event = ClosureRequested(command.at, command.id, close_by, policy.ref)
    after = evolve(account, event)
    return allowed(event, duties=_new_duties(account, after, policy, standing))


def reopen(account: Account, command: Reopen, policy: AccountPolicy) -> Decision[Event]:
    """Return the account's way back, or every reason why it stays closed."""
    at, cause, by, rules = command.at, command.id, command.by, policy.reopening
    reasons = too_late(account, at, policy)
    if rules is not None and rules.may_reopen.isdisjoint(by.roles):
        reasons = (NotEntitled(by.id, "closed accounts", rules.may_reopen), *reasons)
    if reasons or rules is None or account.closed_at is None:
        return refused(*reasons)
    unchecked_until = rules.unchecked_until(account.closed_at, account.zone)
    if unchecked_until is not None and unchecked_until <= at:
        activate_by = policy.activate_by(at, account.zone)
        event: Event = ReopenedForChecks(at, cause, by.id, activate_by, policy.ref)
    else:
        event = Reopened(at, cause, by.id, policy.ref)
    turns = (unchecked_until, rules.until(account.closed_at, account.zone))
    later = [turn for turn in turns if turn is not None and turn > at]
    owed = duties(evolve(account, event), policy)
    return allowed(event, duties=owed, next_change_at=min(later, default=None))


def too_late(account: Account, at: DateTime, policy: AccountPolicy) -> tuple[Reason, ...]:
    """Return why a closed account cannot be reopened at an instant, whoever asks; () where it can."""
    if policy.reopening is None or account.closed_at is None:
        return (NoReopening(str(policy.ref)),)
    until = policy.reopening.until(account.closed_at, account.zone)
    return unless(at < until, ReopeningTooLate(account.closed_at, until))


def _new_duties(
    before: Account, after: Account, policy: AccountPolicy, standing: Standing = NOTHING_OPEN
) -> tuple[Duty, ...]:
    """Return what is owed after a change, and was not before."""
    known = {duty.key for duty in duties(before, policy, standing)}
    return tuple([duty for duty in duties(after, policy, standing) if duty.key not in known])


def evolve(account: Account | None, event: messages.Event) -> Account:
    """Return the account after an event.

    Raises: ImpossibleHistory for an event that cannot follow: a second beginning, or none.
    """
    if account is None:
        return _begun(event)
    at, phase = event.at, LIFECYCLE.target(account.phase, event)
    zone, party, profile = account.zone, account.party, account.profile
    opened_at, first_opened_at, closed_at = account.opened_at, account.first_opened_at, account.closed_at
    applied_at, activate_by = account.applied_at, account.activate_by
    closing_since, close_by = account.closing_since, account.close_by
    match event:
        case OnboardingBegan():
            pass
        case Amended():
            zone = event.zone or zone
            party = party if event.party is None else event.party
            profile = stated(profile, event.fields, at)
        case Verified():
            profile = verified(profile, event.fields, at, event.evidence, event.valid_until)
        case Activated() | Reopened():
            first_opened_at = first_opened_at or opened_at
            opened_at, closed_at, applied_at, activate_by = at, None, None, None
            closing_since = close_by = None
        case ReopenedForChecks():
            applied_at, activate_by = at, event.activate_by
            closing_since = close_by = None
        case Declined() | Withdrawn() | StayedClosed():
            applied_at = activate_by = None
        case ClosureRequested():
            closing_since, close_by = at, event.close_by
        case ClosureWithdrawn():
            closing_since = close_by = None
        case Closed():
            closed_at = at
        case _:
            raise _out_of_place(event, "leave it out: the account has begun")
    return Account(
        account.id,
        zone,
        phase,
        at,
        party,
        opened_at,
        closing_since,
        close_by,
        closed_at,
        applied_at,
        activate_by,
        first_opened_at,
        profile,
    )


def _begun(event: messages.Event) -> Account:
    phase = LIFECYCLE.target(None, event)
    if phase is None or not isinstance(event, Applied | Opened):
        raise _out_of_place(event, "put an application or an opening before it")
    at, profile = event.at, stated((), event.fields, event.at)
    if isinstance(event, Opened):
        return Account(event.account_id, event.zone, phase, at, event.party, at, profile=profile)
    return Account(
        event.account_id,
        event.zone,
        phase,
        at,
        event.party,
        applied_at=at,
        activate_by=event.activate_by,
        profile=profile,
    )


def _out_of_place(event: messages.Event, mend: str) -> ImpossibleHistory:
    problem = f"{type(event).__name__} cannot stand where it does in the history of an account"
    return ImpossibleHistory(problem, (event.cause,), mend)
