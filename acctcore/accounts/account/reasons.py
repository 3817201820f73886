"""Why an account says no."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import PhaseName


@frozen
class NotOpen(Reason):
    """Business asked of an account that is not, or no longer, open for it."""

    code: ClassVar[str] = "account.not_open"
    template: ClassVar[str] = "the account is {phase}, and not open for this"
    phase: PhaseName


@frozen
class NotYetOpen(Reason):
    """Business dated before the account was opened."""

    code: ClassVar[str] = "account.not_yet_open"
    template: ClassVar[str] = "the account opened at {opened_at}, and nothing can be dated before"
    opened_at: DateTime


@frozen
class OutOfOrder(Reason):
    """A command dated before the last change of the account; the account keeps no timeline."""

    code: ClassVar[str] = "account.out_of_order"
    template: ClassVar[str] = "the account changed last at {changed_at}, and nothing can be dated before"
    changed_at: DateTime


@frozen
class Unchanged(Reason):
    """An amendment to what is already so."""

    code: ClassVar[str] = "account.unchanged"
    template: ClassVar[str] = "the account already is as the amendment asks"


# What keeps an account from closing, one kind each


@frozen
class BalanceOpen(Reason):
    """Money is owed, by the customer or to them; currencies are never netted."""

    code: ClassVar[str] = "account.balance_open"
    template: ClassVar[str] = "balances are not settled: {balances}"
    balances: tuple[Money, ...]


@frozen
class SubscriptionRunning(Reason):
    """Subscriptions have not ended."""

    code: ClassVar[str] = "account.subscription_running"
    template: ClassVar[str] = "subscriptions have not ended: {subscriptions}"
    subscriptions: tuple[str, ...]


@frozen
class HoldActive(Reason):
    """Holds block the closure."""

    code: ClassVar[str] = "account.hold_active"
    template: ClassVar[str] = "holds block the closure: {holds}"
    holds: tuple[str, ...]


@frozen
class ApprovalPending(Reason):
    """Somebody has been asked to approve something and has not answered."""

    code: ClassVar[str] = "account.approval_pending"
    template: ClassVar[str] = "approvals are pending: {approvals}"
    approvals: tuple[str, ...]


@frozen
class DraftOpen(Reason):
    """Invoices were written and neither issued nor thrown away."""

    code: ClassVar[str] = "account.draft_open"
    template: ClassVar[str] = "drafts are neither issued nor discarded: {drafts}"
    drafts: tuple[str, ...]


@frozen
class PaymentPending(Reason):
    """Payments may still arrive or fail."""

    code: ClassVar[str] = "account.payment_pending"
    template: ClassVar[str] = "the outcome of payments is not known: {payments}"
    payments: tuple[str, ...]
