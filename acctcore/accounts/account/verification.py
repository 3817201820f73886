"""How the profile of an account stands under a policy: what is verified, until when, what waits."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen
from pendulum import DateTime

from acctcore.accounts.account.policy import AccountPolicy, FieldRule, end_of_day
from acctcore.accounts.account.reasons import Unverified
from acctcore.kernel.terms import FieldKey, Operation, ZoneKey

if TYPE_CHECKING:
    from acctcore.accounts.account.model import Account
    from acctcore.accounts.account.profile import ProfileField


class Verification(Enum):
    """How a field of a profile stands."""

    NOT_ASKED = "not_asked"
    MISSING = "missing"
    UNVERIFIED = "unverified"
    CHANGED = "changed"
    STALE = "stale"
    VERIFIED = "verified"


_SETTLED = frozenset({Verification.NOT_ASKED, Verification.VERIFIED})


@frozen
class FieldState:
    """How one field stands at an instant, since when, and by when it has to be verified, again or at last.

    Without `verify_by`, nobody has to by any instant: it is not asked for, serves without end, or is
    not on the profile.
    """

    key: FieldKey
    verification: Verification
    since: DateTime | None = None
    verify_by: DateTime | None = None

    @property
    def settled(self) -> bool:
        """Whether nobody has to verify it as it stands."""
        return self.verification in _SETTLED


def field_states(account: Account, at: DateTime, policy: AccountPolicy) -> tuple[FieldState, ...]:
    """Return how every field that the policy knows stands at an instant, in the policy's order."""
    return tuple([_state(account.known(rule.key), rule, at, account.zone) for rule in policy.fields])


def stale_fields(account: Account, at: DateTime, policy: AccountPolicy) -> tuple[FieldState, ...]:
    """Return the fields that need to be verified at an instant: stale, changed, never verified, missing."""
    return tuple([state for state in field_states(account, at, policy) if not state.settled])


def next_stale(account: Account, at: DateTime, policy: AccountPolicy) -> DateTime | None:
    """Return the earliest later instant at which a verification stops serving; None where none does."""
    verified = [
        state.verify_by
        for state in field_states(account, at, policy)
        if state.verification is Verification.VERIFIED and state.verify_by is not None
    ]
    return min(verified, default=None)


def unverified(
    account: Account, operation: Operation, at: DateTime, policy: AccountPolicy
) -> Unverified | None:
    """Return which fields an operation has to wait for at an instant, None where it waits for none."""
    rules = policy.blocking.get(operation)
    if rules is None:
        return None
    states = [_state(account.known(rule.key), rule, at, account.zone) for rule in rules]
    keys = tuple([state.key for state in states if not state.settled])
    return Unverified(operation, keys) if keys else None


def _state(found: ProfileField | None, rule: FieldRule, at: DateTime, zone: ZoneKey) -> FieldState:
    """Return how a field, or the lack of it, stands at an instant under its rule."""
    if not rule.verified:
        return FieldState(rule.key, Verification.NOT_ASKED)
    if found is None:
        return FieldState(rule.key, Verification.MISSING)
    changed_at, verified_at = found.changed_at, found.verified_at
    by = end_of_day(changed_at, rule.verify_days or 0, zone)
    if verified_at is None:
        return FieldState(rule.key, Verification.UNVERIFIED, changed_at, by)
    if rule.verify_days is not None and found.mark != found.verified_mark:
        return FieldState(rule.key, Verification.CHANGED, changed_at, by)
    ends = _good_until(found, verified_at, rule, zone)
    stale = ends is not None and ends <= at
    return FieldState(rule.key, Verification.STALE if stale else Verification.VERIFIED, verified_at, ends)


def _good_until(
    found: ProfileField, verified_at: DateTime, rule: FieldRule, zone: ZoneKey
) -> DateTime | None:
    """Return the instant from which a verification serves no more, None where there is none."""
    ends = [] if found.valid_until is None else [found.valid_until]
    if rule.valid_days is not None:
        ends.append(end_of_day(verified_at, rule.valid_days, zone))
    return min(ends, default=None)
