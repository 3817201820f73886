"""Why an account says no."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason, Unavailable
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CLOSE, FieldKey, Operation, PhaseName, Role


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
class NotReopened(Reason):
    """Business dated before the account was reopened, when it was closed or before that."""

    code: ClassVar[str] = "account.not_reopened"
    template: ClassVar[str] = "the account was reopened at {reopened_at}, and nothing can be dated before"
    reopened_at: DateTime


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


# Who may do what, and until when


@frozen
class NotEntitled(Reason):
    """Somebody without a role that a field of the profile, or a reopening, needs."""

    code: ClassVar[str] = "account.not_entitled"
    template: ClassVar[str] = "{actor} may not do this to {what}; it takes: {roles}"
    actor: str
    what: str
    roles: frozenset[Role]


@frozen
class NoReopening(Reason):
    """A closed account under a policy that reopens none."""

    code: ClassVar[str] = "account.no_reopening"
    template: ClassVar[str] = "the policy {policy} reopens no account"
    policy: str


@frozen
class ReopeningTooLate(Reason):
    """An account that has been closed for too long to be reopened."""

    code: ClassVar[str] = "account.reopening_too_late"
    template: ClassVar[str] = "the account was closed at {closed_at}, and could be reopened before {until}"
    closed_at: DateTime
    until: DateTime


# What is known of the customer


@frozen
class UnknownFields(Reason):
    """Fields that the policy has no rule for, or that are not on the profile."""

    code: ClassVar[str] = "account.unknown_fields"
    template: ClassVar[str] = "the profile has no fields {fields}, only: {known}"
    fields: tuple[FieldKey, ...]
    known: tuple[FieldKey, ...]


@frozen
class ChangedMeanwhile(Reason):
    """A verification of what a field said before: it says something else by now."""

    code: ClassVar[str] = "account.changed_meanwhile"
    template: ClassVar[str] = "not what was verified, but {marks} stands on the profile by now"
    marks: tuple[str, ...]


@frozen
class Unverified(Reason):
    """An operation that waits until fields of the profile are verified: for the first time, or again."""

    code: ClassVar[str] = "account.unverified"
    template: ClassVar[str] = "{operation} has to wait until these are verified: {fields}"
    operation: Operation
    fields: tuple[FieldKey, ...]


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

    def for_customer(self) -> Reason:
        """Return the refusal as the customer may hear it: no hold is named."""
        return Unavailable(CLOSE)


@frozen
class ApprovalPending(Reason):
    """Somebody has been asked to approve something and has not answered."""

    code: ClassVar[str] = "account.approval_pending"
    template: ClassVar[str] = "approvals are pending: {approvals}"
    approvals: tuple[str, ...]

    def for_customer(self) -> Reason:
        """Return the refusal as the customer may hear it: no request of the office is named."""
        return Unavailable(CLOSE)


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


@frozen
class AuthorisationOpen(Reason):
    """Money is set aside that was neither captured nor voided."""

    code: ClassVar[str] = "account.authorisation_open"
    template: ClassVar[str] = "authorisations are neither captured nor voided: {authorisations}"
    authorisations: tuple[str, ...]


@frozen
class RefundPending(Reason):
    """Refunds are on their way, and may still fail."""

    code: ClassVar[str] = "account.refund_pending"
    template: ClassVar[str] = "the outcome of refunds is not known: {refunds}"
    refunds: tuple[str, ...]


@frozen
class DutyOpen(Reason):
    """Something is owed to somebody that the closing of the account would leave undone."""

    code: ClassVar[str] = "account.duty_open"
    template: ClassVar[str] = "duties are not discharged: {duties}"
    duties: tuple[str, ...]

    def for_customer(self) -> Reason:
        """Return the refusal as the customer may hear it: nothing of the office's is named."""
        return Unavailable(CLOSE)
