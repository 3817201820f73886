"""What stands open around an account that wants to close, and in which order it has to end."""

from __future__ import annotations

from attrs import field, frozen

from acctcore.accounts.account.reasons import (
    ApprovalPending,
    AuthorisationOpen,
    BalanceOpen,
    DraftOpen,
    DutyOpen,
    HoldActive,
    PaymentPending,
    RefundPending,
    SubscriptionRunning,
)
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.validation import each, identifier, reference


def _balances(_instance: object, _attribute: object, value: tuple[Money, ...]) -> None:
    if not all(value) or len({money.code for money in value}) != len(value):
        raise InvalidValue("balances that are not zero, one a currency", value, "Standing.balances")


@frozen
class Step:
    """One thing that has to end before an account can close: what to do, about what, and the blocker.

    Steps are done in their order: what a hold stops waits for the hold, and what is owed is known
    when nothing makes more of it.
    """

    do: str
    about: tuple[str, ...]
    blocker: Reason


@frozen
class Standing:
    """What stands open around an account that wants to close; other rooms know it, the host brings it.

    `duties` are the keys of what is owed to somebody and told by none of the others.
    """

    balances: tuple[Money, ...] = field(default=(), validator=_balances)
    subscriptions: tuple[str, ...] = field(default=(), validator=each(identifier))
    holds: tuple[str, ...] = field(default=(), validator=each(identifier))
    approvals: tuple[str, ...] = field(default=(), validator=each(identifier))
    payments: tuple[str, ...] = field(default=(), validator=each(identifier))
    drafts: tuple[str, ...] = field(default=(), validator=each(reference))
    authorisations: tuple[str, ...] = field(default=(), validator=each(identifier))
    refunds: tuple[str, ...] = field(default=(), validator=each(identifier))
    duties: tuple[str, ...] = field(default=(), validator=each(reference))

    def plan(self) -> tuple[Step, ...]:
        """Return what has to end before the account can close, in its order."""
        codes = tuple([money.code for money in self.balances])
        steps: tuple[tuple[str, tuple[str, ...], Reason], ...] = (
            ("closing.release_hold", self.holds, HoldActive(self.holds)),
            ("closing.answer_request", self.approvals, ApprovalPending(self.approvals)),
            ("closing.end_subscription", self.subscriptions, SubscriptionRunning(self.subscriptions)),
            ("closing.decide_draft", self.drafts, DraftOpen(self.drafts)),
            ("closing.resolve_authorisation", self.authorisations, AuthorisationOpen(self.authorisations)),
            ("closing.await_payment", self.payments, PaymentPending(self.payments)),
            ("closing.await_refund", self.refunds, RefundPending(self.refunds)),
            ("closing.settle_balance", codes, BalanceOpen(self.balances)),
            ("closing.do_duty", self.duties, DutyOpen(self.duties)),
        )
        return tuple([Step(do, about, blocker) for do, about, blocker in steps if about])

    def blockers(self) -> tuple[Reason, ...]:
        """Return everything that keeps the account from closing, one reason a kind, in the plan's order."""
        return tuple([step.blocker for step in self.plan()])


NOTHING_OPEN = Standing()
"""Nothing keeps the account from closing."""
