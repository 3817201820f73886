"""What in the file keeps an account from closing."""

from __future__ import annotations

from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows.file import File
from acctcore.flows.policies import Policies
from acctcore.kernel.duties import Duty
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import CLOSE
from acctcore.operations import approvals
from acctcore.receivables import authorisations, payments, refunds

_TOLD_OTHERWISE = frozenset({"invoices.pay", "holds.review", "approvals.answer"})
"""Duties that end with what is told beside them, and the review of a hold that may outlive the account."""

_WAITING = frozenset({approvals.Phase.PENDING, approvals.Phase.APPROVED})
_UNSETTLED = frozenset({payments.Phase.PENDING, payments.Phase.UNKNOWN})
_OVER = frozenset({refunds.Phase.DONE, refunds.Phase.FAILED})


def standing_of(file: File, at: DateTime, duties: tuple[Duty, ...], policies: Policies) -> accounts.Standing:
    """Return everything in the file that keeps the account from closing at an instant.

    `duties` is what the rooms beside the account owe. A request for the approval of the closing
    itself does not stand in its way.
    """
    running = [
        each.id
        for each in file.subscriptions
        if subscriptions.phase_at(each, at) is not subscriptions.Phase.ENDED
        or subscriptions.next_point(each) is not None
    ]
    owed = payments.balance(file.items)
    return accounts.Standing(
        balances=tuple([in_minor(minor, code) for code, minor in sorted(owed.items()) if minor]),
        subscriptions=tuple(running),
        holds=tuple([hold.id for hold in holds.blocking(file.holds, CLOSE, at)]),
        approvals=tuple(
            [each.id for each in file.requests if each.phase(at) in _WAITING and each.operation != CLOSE]
        ),
        payments=tuple([each.id for each in file.payments if each.phase in _UNSETTLED]),
        drafts=tuple([each.document.id for each in file.documents if each.phase is invoices.Phase.DRAFT]),
        authorisations=tuple([each.id for each in file.authorisations if _is_open(file, each, at)]),
        refunds=tuple([each.id for each in file.refunds if _is_awaited(each, policies.refunds)]),
        duties=tuple([duty.key for duty in duties if duty.kind not in _TOLD_OTHERWISE]),
    )


def _is_open(file: File, authorisation: authorisations.Authorisation, at: DateTime) -> bool:
    phase = authorisations.phase(authorisation, file.taken(authorisation.id), at)
    return phase is authorisations.Phase.OPEN


def _is_awaited(refund: refunds.Refund, policy: refunds.RefundPolicy) -> bool:
    return refund.phase not in _OVER and (bool(refund.notices) or policy.followed)
