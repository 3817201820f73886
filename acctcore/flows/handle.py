"""One question, one atomic answer: what a command does to the whole file, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import billing, money, office
from acctcore.flows.file import File
from acctcore.flows.gate import Answer
from acctcore.flows.policies import Policies
from acctcore.flows.seal import behind
from acctcore.kernel.decision import Decision, Outcome, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.operations import approvals
from acctcore.receivables import payments, refunds

FLOWS: Mapping[type, Callable[[File | None, Any, Policies], Answer]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        **dict.fromkeys(
            (
                accounts.Apply,
                accounts.Open,
                accounts.BeginOnboarding,
                accounts.Activate,
                accounts.Decline,
                accounts.Withdraw,
                accounts.Amend,
                accounts.RequestClosure,
                accounts.WithdrawClosure,
                accounts.Close,
            ),
            office.keep_account,
        ),
        **dict.fromkeys((holds.Place, holds.Release, holds.Extend), office.hold),
        **dict.fromkeys(
            (approvals.Ask, approvals.Approve, approvals.Reject, approvals.Withdraw), office.approve
        ),
        **dict.fromkeys(
            (
                subscriptions.Start,
                subscriptions.ChangePlan,
                subscriptions.ChangeQuantity,
                subscriptions.Cancel,
                subscriptions.Uncancel,
                subscriptions.Bill,
            ),
            billing.subscribe,
        ),
        **dict.fromkeys(
            (invoices.Draft, invoices.Discard, invoices.Issue, invoices.Void, invoices.Credit), money.write
        ),
        **dict.fromkeys((payments.Attempt, payments.Receive, payments.Fail, payments.LoseTrack), money.pay),
        refunds.Give: money.refund,
    }
)
"""The flow that answers each command."""


def handle(file: File | None, command: Command, policies: Policies) -> Answer:
    """Return what a command does to the file: all its events or none, or every reason why not.

    A command whose id was handled before gets its first answer. Nothing is stored: asking without
    storing is the preview, and it is what will then be billed. One that reaches behind what was
    sealed away is answered with unknown, naming the records to load.

    Raises: InvalidValue for something that is no command, or where there is no file yet.
    """
    flow = FLOWS.get(type(command))
    if flow is None:
        raise InvalidValue("a command that a flow answers", command, "handle")
    if file is not None:
        for answer in reversed(file.answers):
            if answer.command == command.id:
                return Decision(Outcome.ALLOWED, answer.events)
        if file.sealed is not None:
            missing = behind(file, file.sealed, command, policies)
            if missing is not None:
                return unknown(missing)
    return flow(file, command, policies)
