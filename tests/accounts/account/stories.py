"""An account in every phase, and one command of every kind, for the tests of the room."""

from functools import partial
from typing import Final

import pendulum

from acctcore.accounts import account
from acctcore.accounts.account import Account, Phase
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision
from acctcore.kernel.terms import ACTIVATE, REFUND, Actor

OFFICER: Final = Actor("olga", {"officer"})
CLERK: Final = Actor("carl", {"clerk"})
POLICY: Final = account.AccountPolicy(
    "accounts",
    "3",
    closing_days=30,
    activation_days=10,
    reopening=account.Reopening(90, {"officer"}, unchecked_days=30),
    fields=(
        account.FieldRule("address", {"clerk", "officer"}, verify_days=14, blocks={REFUND}),
        account.FieldRule("name", "officer", verify_days=0, valid_days=730, may_verify="clerk"),
        account.FieldRule("passport", "officer", valid_days=365, blocks={REFUND, ACTIVATE}),
        account.FieldRule("phone", {"clerk", "officer"}),
    ),
)
T0: Final = pendulum.datetime(2024, 1, 10, 9)
NOON: Final = pendulum.datetime(2024, 3, 1, 12)

apply = partial(
    account.Apply, id="c", at=T0, by=OFFICER, account_id="A-1", zone="Europe/Berlin", party="customer-7"
)
open_ = partial(
    account.Open, id="c", at=T0, by=OFFICER, account_id="A-1", zone="Europe/Berlin", party="customer-7"
)
begin = partial(account.BeginOnboarding, id="c", at=NOON, by=OFFICER)
activate = partial(account.Activate, id="c", at=NOON, by=OFFICER)
decline = partial(account.Decline, id="c", at=NOON, by=OFFICER, reason="no_address")
withdraw = partial(account.Withdraw, id="c", at=NOON, by=OFFICER)
amend = partial(account.Amend, id="c", at=NOON, by=OFFICER, zone="Asia/Tokyo")
request = partial(account.RequestClosure, id="c", at=NOON, by=OFFICER)
stay = partial(account.WithdrawClosure, id="c", at=NOON, by=OFFICER)
close = partial(account.Close, id="c", at=NOON, by=OFFICER)
verify = partial(account.Verify, id="c", at=NOON, by=OFFICER, fields={"phone": "f1"}, evidence="scan-7")
reopen = partial(account.Reopen, id="c", at=NOON, by=OFFICER)

COMMANDS: Final[dict[type, messages.Command]] = {
    type(command): command
    for command in (
        apply(at=NOON),
        open_(at=NOON),
        begin(),
        activate(),
        decline(),
        withdraw(),
        amend(),
        request(),
        stay(),
        close(),
        verify(),
        reopen(),
    )
}


def ask(
    subject: Account | None, command: messages.Command, standing: account.Standing = account.NOTHING_OPEN
) -> Decision[account.Event]:
    """Return the decision under the usual policy."""
    return account.decide(subject, command, POLICY, standing)


def evolved(subject: Account | None, decision: Decision[account.Event]) -> Account:
    """Return the account after what was decided, which has to be a yes."""
    for event in decision.events_or_raise():
        subject = account.evolve(subject, event)
    assert subject is not None
    return subject


def after(*commands: messages.Command) -> Account:
    """Return the account after commands that were all allowed."""
    subject: Account | None = None
    for command in commands:
        subject = evolved(subject, ask(subject, command))
    assert subject is not None
    return subject


FIELDS: Final = {"phone": "f1"}

IN_PHASE: Final[dict[Phase | None, Account | None]] = {
    None: None,
    Phase.APPLIED: after(apply(fields=FIELDS)),
    Phase.ONBOARDING: after(apply(fields=FIELDS), begin(at=T0)),
    Phase.ACTIVE: after(apply(fields=FIELDS), begin(at=T0), activate(at=T0)),
    Phase.CLOSING: after(open_(fields=FIELDS), request(at=T0)),
    Phase.CLOSED: after(open_(), request(at=T0), close(at=T0)),
    Phase.DECLINED: after(apply(), decline(at=T0)),
    Phase.WITHDRAWN: after(apply(), withdraw(at=T0)),
}
