"""The account itself and its holds, decided with all that the file knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve as changed
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.flows.authority import Act
from acctcore.flows.closing import standing_of
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, barred, file_of, with_gate
from acctcore.flows.holding import noted
from acctcore.flows.policies import Policies
from acctcore.flows.schedule import rooms_duties
from acctcore.kernel.calendar import instant
from acctcore.kernel.messages import Command
from acctcore.kernel.terms import ACTIVATE, AMEND, CLOSE, PLACE_HOLD, RELEASE_HOLD, REOPEN, Operation

GATED: Mapping[type, Operation] = MappingProxyType(
    {accounts.Activate: ACTIVATE, accounts.Amend: AMEND, accounts.Reopen: REOPEN}
)
"""What holds stop of an account itself; those that stop its closing are among what keeps it open."""

_MEETS_STANDING = (accounts.RequestClosure, accounts.Close)


def keep_account(file: File | None, command: Command, policies: Policies) -> Ruling:
    """Return what a command does to the account; closing it meets every blocker in the file."""
    if file is None:
        return accounts.decide(None, command, policies.account)
    standing = accounts.NOTHING_OPEN
    if isinstance(command, _MEETS_STANDING):
        standing = standing_of(file, command.at, rooms_duties(file, command.at, policies), policies)
    decision: Ruling = accounts.decide(file.account, command, policies.account, standing)
    operation = GATED.get(type(command))
    if operation is None:
        return decision
    return with_gate(file, decision, barred(file, operation, command.at, policies=policies), command.at)


def closing_plan(file: File, at: DateTime, policies: Policies) -> tuple[accounts.Step, ...]:
    """Return what has to end before the account can close, in the order in which it has to.

    Asked in any phase, before a closure is requested or after; () where the account could close.
    """
    at = instant(at)
    return standing_of(file, at, rooms_duties(file, at, policies), policies).plan()


def hold(file: File | None, command: Command, policies: Policies) -> Ruling:
    """Return what a command does to the holds, and what the subscriptions take note of.

    Whether it takes four eyes is asked afterwards.
    """
    file = file_of(file)
    decision: Ruling = holds.decide(file.holds, command, policies.holds, approved=True)
    notes = tuple(noted(file, decision.events, policies))
    return changed(decision, events=(*decision.events, *notes)) if notes else decision


def _four_eyes(file: File, command: holds.Command, policies: Policies) -> holds.FourEyes | None:
    return holds.four_eyes(file.holds, command, policies.holds)


def _releases(file: File, command: holds.Review) -> bool:
    return holds.takes_off(file.holds, command)


ACTS: Mapping[type, Act] = MappingProxyType(
    {
        accounts.Activate: Act(ACTIVATE),
        accounts.Amend: Act(AMEND),
        accounts.Close: Act(CLOSE),
        accounts.Reopen: Act(REOPEN),
        holds.Place: Act(PLACE_HOLD, subject="hold_id", demanded=_four_eyes),
        holds.Release: Act(RELEASE_HOLD, subject="hold_id", demanded=_four_eyes),
        holds.Review: Act(RELEASE_HOLD, subject="hold_id", demanded=_four_eyes, done_by=_releases),
    }
)
"""What is limited of an account and its holds; a review only where it ends a hold earlier."""
