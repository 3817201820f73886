"""Whether a closed account comes back: until when, by whom, checked or not, and what it is then."""

import pendulum
import pytest
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.accounts import account
from acctcore.accounts.account import Account, Phase
from acctcore.kernel.decision import Decision, Reason, allowed, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.terms import Actor
from tests.accounts.account.stories import (
    CLERK,
    IN_PHASE,
    OFFICER,
    POLICY,
    T0,
    activate,
    after,
    amend,
    apply,
    ask,
    begin,
    close,
    decline,
    evolved,
    open_,
    reopen,
    request,
    withdraw,
)

CLOSED_AT = pendulum.datetime(2024, 3, 1, 12)
CLOSED = after(open_(), request(at=CLOSED_AT.subtract(days=3)), close(at=CLOSED_AT))
UNCHECKED_UNTIL = pendulum.datetime(2024, 3, 31, 22)  # midnight after 31 March in Berlin's summer time
UNTIL = pendulum.datetime(2024, 5, 30, 22)
BARE = changed(POLICY, reopening=None)


@pytest.mark.parametrize(
    ("at", "decision"),
    [
        pytest.param(
            CLOSED_AT,
            allowed(account.Reopened(CLOSED_AT, "c", "olga", POLICY.ref), next_change_at=UNCHECKED_UNTIL),
            id="closed by mistake, reopened at once",
        ),
        pytest.param(
            UNCHECKED_UNTIL.subtract(microseconds=1),
            allowed(
                account.Reopened(UNCHECKED_UNTIL.subtract(microseconds=1), "c", "olga", POLICY.ref),
                next_change_at=UNCHECKED_UNTIL,
            ),
            id="the whole of the last day without checks",
        ),
        pytest.param(
            UNCHECKED_UNTIL,
            allowed(
                account.ReopenedForChecks(
                    UNCHECKED_UNTIL,
                    "c",
                    "olga",
                    pendulum.datetime(2024, 4, 11, 22),
                    POLICY.ref,
                ),
                duties=(
                    Duty(
                        "account.activate/A-1/2024-03-31T22:00:00Z",
                        "account.activate",
                        pendulum.datetime(2024, 4, 11, 22),
                        subject="A-1",
                    ),
                ),
                next_change_at=UNTIL,
            ),
            id="after thirty days the customer is checked again, and promised an answer",
        ),
        pytest.param(
            UNTIL, refused(account.ReopeningTooLate(CLOSED_AT, UNTIL)), id="after ninety days no more"
        ),
        pytest.param(
            CLOSED_AT.subtract(seconds=1),
            refused(account.OutOfOrder(CLOSED_AT)),
            id="nothing is reopened before it was closed",
        ),
    ],
)
def test_a_closed_account_comes_back_for_a_while(at: DateTime, decision: Decision[account.Event]) -> None:
    assert ask(CLOSED, reopen(at=at)) == decision


@pytest.mark.parametrize(
    ("policy", "by", "at", "reasons"),
    [
        pytest.param(BARE, OFFICER, CLOSED_AT, [account.NoReopening("accounts/3")], id="no policy reopens"),
        pytest.param(
            POLICY,
            CLERK,
            UNTIL,
            [
                account.NotEntitled("carl", "closed accounts", frozenset({"officer"})),
                account.ReopeningTooLate(CLOSED_AT, UNTIL),
            ],
            id="not by a clerk, and too late for anybody",
        ),
    ],
)
def test_who_may_reopen_and_under_which_policy(
    policy: account.AccountPolicy, by: Actor, at: DateTime, reasons: list[Reason]
) -> None:
    assert account.decide(CLOSED, reopen(at=at, by=by), policy) == refused(*reasons)


def test_each_refusal_reads_as_a_sentence() -> None:
    told = [
        reason.text
        for decision in (
            account.decide(CLOSED, reopen(at=CLOSED_AT), BARE),
            ask(CLOSED, reopen(at=UNTIL, by=CLERK)),
        )
        for reason in decision.reasons
    ]
    assert told == [
        "the policy accounts/3 reopens no account",
        "carl may not do this to closed accounts; it takes: officer",
        "the account was closed at 2024-03-01T12:00:00Z, and could be reopened before 2024-05-30T22:00:00Z",
    ]


@pytest.mark.parametrize("phase", [Phase.DECLINED, Phase.WITHDRAWN])
def test_who_was_declined_or_withdrew_applies_anew(phase: Phase) -> None:
    wrong = WrongPhase("Reopen", phase.value, ("closed",))
    assert ask(IN_PHASE[phase], reopen()) == refused(wrong)


# What it is then


def test_a_reopened_account_is_open_from_then_on_and_knows_its_first_opening() -> None:
    at = CLOSED_AT.add(days=1)
    again = evolved(CLOSED, ask(CLOSED, reopen(at=at)))
    assert again == Account("A-1", "Europe/Berlin", Phase.ACTIVE, at, "customer-7", at, first_opened_at=T0)
    assert account.open_for_business(again, at=at) == ()
    gap = (account.NotReopened(at),)
    assert account.open_for_business(again, at=at.subtract(seconds=1)) == gap
    assert account.open_for_business(again, at=T0) == gap
    assert account.open_for_business(again, at=T0.subtract(seconds=1)) == (account.NotYetOpen(T0),)
    assert gap[0].text == "the account was reopened at 2024-03-02T12:00:00Z, and nothing can be dated before"


def test_an_account_is_closed_and_reopened_any_number_of_times() -> None:
    first, second = CLOSED_AT.add(days=1), CLOSED_AT.add(days=9)
    subject = CLOSED
    for reopened, closed in [(first, first.add(days=1)), (second, second.add(days=1))]:
        subject = evolved(subject, ask(subject, reopen(at=reopened)))
        subject = evolved(subject, ask(subject, close(at=closed)))
    assert (subject.first_opened_at, subject.opened_at, subject.closed_at) == (T0, second, second.add(days=1))


CHECKED_AT = UNCHECKED_UNTIL.add(days=1)
IN_CHECKS = evolved(CLOSED, ask(CLOSED, reopen(at=CHECKED_AT)))


def test_an_account_that_is_checked_again_is_not_open_and_still_bears_its_closing() -> None:
    assert (IN_CHECKS.phase, IN_CHECKS.closed_at, IN_CHECKS.applied_at) == (
        Phase.ONBOARDING,
        CLOSED_AT,
        CHECKED_AT,
    )
    assert account.open_for_business(IN_CHECKS, winding_down=True) == (account.NotOpen("onboarding"),)
    assert [duty.kind for duty in account.duties(IN_CHECKS, POLICY)] == ["account.activate"]


def test_checked_and_found_right_it_is_active_again() -> None:
    at = CHECKED_AT.add(days=2)
    again = evolved(IN_CHECKS, ask(IN_CHECKS, activate(at=at)))
    assert (again.phase, again.opened_at, again.first_opened_at, again.closed_at) == (
        Phase.ACTIVE,
        at,
        T0,
        None,
    )
    assert account.duties(again, POLICY) == ()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(decline(at=CHECKED_AT.add(days=2)), "no_address", id="the office says no"),
        pytest.param(withdraw(at=CHECKED_AT.add(days=2)), "withdrawn", id="the customer thinks again"),
    ],
)
def test_a_reopening_that_comes_to_nothing_leaves_the_account_closed_as_it_was(
    command: account.Command, reason: str
) -> None:
    decision = ask(IN_CHECKS, command)
    assert decision == allowed(account.StayedClosed(command.at, "c", reason))
    after_all = evolved(IN_CHECKS, decision)
    assert (after_all.phase, after_all.closed_at, after_all.opened_at) == (Phase.CLOSED, CLOSED_AT, T0)
    assert account.duties(after_all, POLICY) == ()
    late = ask(after_all, reopen(at=UNTIL))
    assert late == refused(account.ReopeningTooLate(CLOSED_AT, UNTIL))  # counted from the closing, as before


def test_an_applicant_is_declined_as_ever() -> None:
    assert ask(after(apply(), begin(at=T0)), decline(at=T0)).events == (
        account.Declined(T0, "c", "no_address"),
    )


def test_what_is_amended_during_the_checks_keeps_the_closing() -> None:
    at = CHECKED_AT.add(hours=1)
    moved = evolved(IN_CHECKS, ask(IN_CHECKS, amend(at=at)))
    assert moved == changed(IN_CHECKS, zone="Asia/Tokyo", changed_at=at)


def test_nothing_is_promised_without_a_policy_that_promises() -> None:
    silent = changed(POLICY, activation_days=None)
    (event,) = account.decide(None, apply(), silent).events
    assert isinstance(event, account.Applied)
    assert (event.activate_by, event.policy) == (None, None)
    assert account.duties(account.evolve(None, event), silent) == ()
    (reopened,) = account.decide(CLOSED, reopen(at=CHECKED_AT), silent).events
    assert reopened == account.ReopenedForChecks(CHECKED_AT, "c", "olga", None, silent.ref)
