"""What the office owes about an account: to decide, to verify, and to close what was asked to be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acctcore.accounts.account.closing import NOTHING_OPEN, Standing
from acctcore.accounts.account.model import Account, Phase
from acctcore.accounts.account.verification import Verification, field_states
from acctcore.kernel.calendar import stamp
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.identity import derive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acctcore.accounts.account.policy import AccountPolicy

_ONCE = frozenset({Verification.VERIFIED, Verification.STALE})
_INSIDE = frozenset({"closing.release_hold", "closing.answer_request", "closing.do_duty"})
"""Steps of a closure that name what the customer may not hear of."""

_LIVING = frozenset({Phase.APPLIED, Phase.ONBOARDING, Phase.ACTIVE, Phase.CLOSING})


def duties(
    account: Account | None, policy: AccountPolicy, standing: Standing = NOTHING_OPEN
) -> tuple[Duty, ...]:
    """Return what is owed about an account as it stands.

    An application is to be decided, a field of the profile verified, again or at last, and a closure
    that was asked for completed, with everything that stands in its way. Nothing is owed about an
    account that is closed, declined or withdrawn.
    """
    if account is None or account.phase not in _LIVING:
        return ()
    return (*_deciding(account), *_verifying(account, policy), *_closing(account, standing))


def _deciding(account: Account) -> Iterator[Duty]:
    if account.applied_at is not None and account.activate_by is not None:
        key = derive("account.activate", account.id, stamp(account.applied_at))
        yield Duty(key, "account.activate", account.activate_by, subject=account.id)


def _verifying(account: Account, policy: AccountPolicy) -> Iterator[Duty]:
    for state in field_states(account, account.changed_at, policy) if policy.fields else ():
        if state.verify_by is not None and state.since is not None:
            again = "again" if state.verification in _ONCE else "first"
            key = derive("account.verify", account.id, state.key, again, stamp(state.since))
            yield Duty(key, "account.verify", state.verify_by, subject=state.key)


def _closing(account: Account, standing: Standing) -> Iterator[Duty]:
    """Return the duty to close, and one for each thing that has to end before; by the same instant."""
    if account.phase is not Phase.CLOSING:
        return
    if account.closing_since is None or account.close_by is None:
        raise Unhandled(account)  # closing bears both, or it is no account
    since, by = stamp(account.closing_since), account.close_by
    yield Duty(derive("account.close", account.id, since), "account.close", by, subject=account.id)
    for step in standing.plan():
        to = "office" if step.do in _INSIDE else "customer"
        for about in step.about:
            yield Duty(derive(step.do, account.id, since, about), step.do, by, owed_to=to, subject=about)
