"""The account as a value, and what stands open around it."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.accounts.account.reasons import (
    ApprovalPending,
    BalanceOpen,
    DraftOpen,
    HoldActive,
    NotOpen,
    NotYetOpen,
    PaymentPending,
    SubscriptionRunning,
)
from acctcore.kernel.decision import Reason, unless
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import AccountId, ZoneKey
from acctcore.kernel.validation import each, identifier, one_of, reference


class Phase(Enum):
    """Where an account is in its life."""

    APPLIED = "applied"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_BEGUN = (Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED)
_CLOSING, _CLOSED = Phase.CLOSING, Phase.CLOSED  # looking a member up costs more than using it


@frozen
class Account:
    """One customer's account: who it is for, where its days begin, and its phase.

    `zone` is an IANA key; civil dates of the account are read in it. `party` is the host's reference
    to a person or a company; personal data stays with the host. `changed_at` is the instant of the
    latest change. The closure dates are those of the request that stands, or that led to the end.
    """

    id: AccountId = field(validator=identifier)
    zone: ZoneKey
    phase: Phase = field(validator=one_of(Phase))
    changed_at: DateTime
    party: str = ""
    opened_at: DateTime | None = None
    closing_since: DateTime | None = None
    close_by: DateTime | None = None
    closed_at: DateTime | None = None

    def __attrs_post_init__(self) -> None:
        phase = self.phase
        if (self.opened_at is not None) is not (phase in _BEGUN):
            raise InvalidValue(f"an opening that fits the phase {phase.value}", self, "Account.opened_at")
        if (self.closed_at is not None) is not (phase is _CLOSED):
            raise InvalidValue(f"a closing that fits the phase {phase.value}", self, "Account.closed_at")
        asked = self.closing_since is not None
        if (self.close_by is not None) is not asked or (
            phase is not _CLOSED and asked is not (phase is _CLOSING)
        ):
            raise InvalidValue(f"a request that fits the phase {phase.value}", self, "Account.closing_since")


def open_for_business(
    account: Account, *, winding_down: bool = False, at: DateTime | None = None
) -> tuple[Reason, ...]:
    """Return why nothing new can be done on an account; nothing where it is active.

    A closing account takes only what winds it down: billing, payments, refunds, cancellations. With
    `at`, business dated before the opening is turned away, too.
    """
    phase = account.phase
    if phase is not Phase.ACTIVE and not (winding_down and phase is Phase.CLOSING):
        return (NotOpen(phase.value),)
    if at is not None and account.opened_at is not None and at < account.opened_at:
        return (NotYetOpen(account.opened_at),)
    return ()


def _balances(_instance: object, _attribute: object, value: tuple[Money, ...]) -> None:
    if not all(value) or len({money.code for money in value}) != len(value):
        raise InvalidValue("balances that are not zero, one a currency", value, "Standing.balances")


@frozen
class Standing:
    """What stands open around an account that wants to close; other rooms know it, the host brings it."""

    balances: tuple[Money, ...] = field(default=(), validator=_balances)
    subscriptions: tuple[str, ...] = field(default=(), validator=each(identifier))
    holds: tuple[str, ...] = field(default=(), validator=each(identifier))
    approvals: tuple[str, ...] = field(default=(), validator=each(identifier))
    payments: tuple[str, ...] = field(default=(), validator=each(identifier))
    drafts: tuple[str, ...] = field(default=(), validator=each(reference))

    def blockers(self) -> tuple[Reason, ...]:
        """Return everything that keeps the account from closing, one reason a kind."""
        return (
            *unless(not self.balances, BalanceOpen(self.balances)),
            *unless(not self.subscriptions, SubscriptionRunning(self.subscriptions)),
            *unless(not self.holds, HoldActive(self.holds)),
            *unless(not self.approvals, ApprovalPending(self.approvals)),
            *unless(not self.payments, PaymentPending(self.payments)),
            *unless(not self.drafts, DraftOpen(self.drafts)),
        )


NOTHING_OPEN = Standing()
"""Nothing keeps the account from closing."""
