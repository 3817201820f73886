"""Which command an account accepts in which phase, and where each event leads."""

from __future__ import annotations

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
from acctcore.accounts.account.model import Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

_ASKED_FOR = (Phase.APPLIED, Phase.ONBOARDING)
_BEGUN = (Phase.ACTIVE, Phase.CLOSING)

LIFECYCLE = Lifecycle[Phase](
    Accepts(Apply, NOTHING, (Applied,)),
    Accepts(Open, NOTHING, (Opened,)),
    Accepts(BeginOnboarding, (Phase.APPLIED,), (OnboardingBegan,)),
    Accepts(Activate, (Phase.ONBOARDING,), (Activated,)),
    Accepts(Decline, _ASKED_FOR, (Declined, StayedClosed)),
    Accepts(Withdraw, _ASKED_FOR, (Withdrawn, StayedClosed)),
    Accepts(Amend, _ASKED_FOR + _BEGUN, (Amended,)),
    Accepts(Verify, _ASKED_FOR + _BEGUN, (Verified,)),
    Accepts(RequestClosure, (Phase.ACTIVE,), (ClosureRequested,)),
    Accepts(WithdrawClosure, (Phase.CLOSING,), (ClosureWithdrawn,)),
    Accepts(Close, _BEGUN, (Closed,)),
    Accepts(Reopen, (Phase.CLOSED,), (Reopened, ReopenedForChecks)),
    moves={
        Applied: Phase.APPLIED,
        Opened: Phase.ACTIVE,
        OnboardingBegan: Phase.ONBOARDING,
        Activated: Phase.ACTIVE,
        Declined: Phase.DECLINED,
        Withdrawn: Phase.WITHDRAWN,
        ClosureRequested: Phase.CLOSING,
        ClosureWithdrawn: Phase.ACTIVE,
        Closed: Phase.CLOSED,
        Reopened: Phase.ACTIVE,
        ReopenedForChecks: Phase.ONBOARDING,
        StayedClosed: Phase.CLOSED,
    },
)
"""The life of an account; declined and withdrawn are final: who asks again, applies anew."""
