"""The account itself and its holds, decided with all that the file knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows.authority import Act
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, with_gate
from acctcore.flows.policies import Policies
from acctcore.kernel.messages import Command
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import AMEND, CLOSE, PLACE_HOLD, RELEASE_HOLD
from acctcore.operations import approvals
from acctcore.receivables import payments


def keep_account(file: File | None, command: Command, policies: Policies) -> Ruling:
    """Return what a command does to the account; closing it meets every blocker in the file."""
    account = None if file is None else file.account
    if file is None:
        return accounts.decide(account, command, policies.account)
    standing = accounts.NOTHING_OPEN
    if isinstance(command, accounts.Close):
        standing = standing_of(file, command.at)
    decision: Ruling = accounts.decide(account, command, policies.account, standing)
    if isinstance(command, accounts.Amend):
        blocked = holds.refusal(file.holds, AMEND, command.at)
        return with_gate(file, decision, () if blocked is None else (blocked,), command.at)
    return decision


def standing_of(file: File, at: DateTime) -> accounts.Standing:
    """Return everything in the file that keeps the account from closing at an instant.

    A request for the approval of the closing itself does not stand in its way.
    """
    running = [
        each.id
        for each in file.subscriptions
        if subscriptions.phase_at(each, at) is not subscriptions.Phase.ENDED
        or (each.billed_at is not None and each.ends is not None and each.billed_at < each.ends)
    ]
    owed = payments.balance(file.items)
    waiting = {approvals.Phase.PENDING, approvals.Phase.APPROVED}
    unsettled = {payments.Phase.PENDING, payments.Phase.UNKNOWN}
    return accounts.Standing(
        tuple(in_minor(minor, code) for code, minor in sorted(owed.items()) if minor),
        tuple(running),
        tuple(hold.id for hold in holds.blocking(file.holds, CLOSE, at)),
        tuple(each.id for each in file.requests if each.phase(at) in waiting and each.operation != CLOSE),
        tuple(payment.id for payment in file.payments if payment.phase in unsettled),
        tuple(each.document.id for each in file.documents if each.phase is invoices.Phase.DRAFT),
    )


def hold(file: File | None, command: Command, policies: Policies) -> Ruling:
    """Return what a command does to the holds; whether it takes four eyes is asked afterwards."""
    decision: Ruling = holds.decide(file_of(file).holds, command, policies.holds, approved=True)
    return decision


def _four_eyes(file: File, command: holds.Command, policies: Policies) -> holds.FourEyes | None:
    return holds.four_eyes(file.holds, command, policies.holds)


def _releases(file: File, command: holds.Review) -> bool:
    return holds.takes_off(file.holds, command)


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        accounts.Amend: Act(AMEND),
        accounts.Close: Act(CLOSE),
        holds.Place: Act(PLACE_HOLD, subject="hold_id", demanded=_four_eyes),
        holds.Release: Act(RELEASE_HOLD, subject="hold_id", demanded=_four_eyes),
        holds.Review: Act(RELEASE_HOLD, subject="hold_id", demanded=_four_eyes, done_by=_releases),
    }
)
"""What is limited of an account and its holds; a review only where it ends a hold earlier."""
