"""`may` tells what could be asked now, and agrees with `handle` about all that it refuses."""

from datetime import date

import pytest
from attrs import fields
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.accounts import account, holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import Owner
from acctcore.flows import Asking, handle, may, seal
from acctcore.flows.handle import FLOWS
from acctcore.flows.takeover import TakeOver
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.operations import approvals
from acctcore.receivables import payments, refunds
from acctcore.testing import histories
from tests.flows.stories import OFFICER, PLAIN, Story, at, codes, eur
from tests.flows.test_gates import ASKED, IDS, NOW, ready

SUBJECTS = (
    "subscription_id",
    "document_id",
    "payment_id",
    "authorisation_id",
    "refund_id",
    "chargeback_id",
    "hold_id",
    "request_id",
    "source",
)


def subject(command: Command) -> str | None:
    return next((getattr(command, name) for name in SUBJECTS if hasattr(command, name)), None)


def test_everything_that_handle_answers_can_be_asked() -> None:
    story = ready()
    story.do(
        approvals.Ask,
        "2024-03-05 10:00",
        request_id="Q1",
        fingerprint="f",
        operation="refund",
        amount=eur("1"),
    )
    asked = may(story.file, at(NOW), PLAIN)
    assert {asking.command for asking in asked} == set(FLOWS) - {account.Apply, account.Open, TakeOver}
    assert all(answer.events == () for answer in asked.values())


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
def test_what_handle_allows_may_be_asked(
    operation: str | None, command: type[Command], facts: dict[str, object]
) -> None:
    story = ready()
    asked = story.command(command, NOW, **facts)
    answers = may(story.file, at(NOW), PLAIN)
    own = [Asking(command, subject(asked)), Asking(command, "A"), Asking(command)]
    found = next(answers[each] for each in own if each in answers)
    assert found.outcome is Outcome.ALLOWED


# What a command has to state


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
def test_what_may_be_asked_says_which_facts_it_needs(
    operation: str | None, command: type[Command], facts: dict[str, object]
) -> None:
    """Stated with what it needs and takes, each command is the one that `handle` allows."""
    story = ready()
    asked = story.command(command, NOW, **facts)
    answers = may(story.file, at(NOW), PLAIN)
    own = [Asking(command, subject(asked)), Asking(command, "A"), Asking(command)]
    asking = next(each for each in own if each in answers)
    common = {"id": asked.id, "at": asked.at, "by": asked.by}
    stated = asking.stated(
        **common, **{name: getattr(asked, name) for name in (*asking.needs, *asking.takes)}
    )
    assert stated == asked
    assert subject(stated) == subject(asked)
    assert handle(story.file, stated, PLAIN).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("command", FLOWS, ids=lambda command: f"{command.__module__}.{command.__name__}")
@pytest.mark.parametrize("about", [None, "X"], ids=["new", "of something"])
def test_every_fact_of_a_command_is_told_once(command: type[Command], about: str | None) -> None:
    asking = Asking(command, about)
    told = [*asking.needs, *asking.takes, *(each.name for each in fields(Command))]
    every = {each.name for each in fields(command)}
    assert len(set(told)) == len(told)
    assert len(every - set(told)) <= (about is not None)
    assert set(told) <= every
    for name in asking.needs:
        with pytest.raises(InvalidValue, match=rf"{command.__name__}: expected the facts .*{name}"):
            asking.stated(id="c", at=at(NOW), by=OFFICER)
    facts = dict.fromkeys((*asking.needs, "nothing_such"))
    with pytest.raises(InvalidValue, match=rf"{command.__name__}: expected only .*, got .*'nothing_such'"):
        asking.stated(id="c", at=at(NOW), by=OFFICER, **facts)


def story() -> Story:
    told = Story().start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("33.00"))
    told.do(
        holds.Place,
        "2024-03-09 10:00",
        hold_id="H1",
        reason="dispute",
        blocks={"cancel"},
        expires_at=at("2024-03-20 10:00"),
    )
    return told


@pytest.mark.parametrize(
    ("command", "about", "expected"),
    [
        pytest.param(subs.ChangePlan, "S1", [], id="a running subscription changes"),
        pytest.param(subs.Cancel, "S1", ["holds.blocked"], id="a hold stops the cancellation"),
        pytest.param(subs.Uncancel, "S1", ["lifecycle.wrong_phase"], id="nothing to take back"),
        pytest.param(subs.Start, None, [], id="another subscription"),
        pytest.param(account.Close, "A", ["account.subscription_running"], id="a subscription runs"),
        pytest.param(account.WithdrawClosure, "A", ["lifecycle.wrong_phase"], id="no closure asked for"),
        pytest.param(account.Amend, "A", [], id="the account is amended"),
        pytest.param(invoices.Credit, "c1/invoice", [], id="the invoice is credited"),
        pytest.param(invoices.Void, "c1/invoice", ["invoices.has_payments"], id="paid, and not voided"),
        pytest.param(invoices.Issue, "c1/invoice", ["lifecycle.wrong_phase"], id="issued already"),
        pytest.param(refunds.Give, "P1", [], id="the payment is refunded"),
        pytest.param(payments.Receive, "P1", [], id="another fact of what was received"),
        pytest.param(payments.Deallocate, "P1", [], id="what it settles is taken back"),
        pytest.param(payments.Allocate, "P1", ["payments.nothing_given"], id="all of it is used"),
        pytest.param(payments.AllocateAll, None, [], id="a run afresh"),
        pytest.param(payments.Receive, None, [], id="another payment"),
        pytest.param(holds.Release, "H1", [], id="the hold is released"),
        pytest.param(holds.Place, None, [], id="another hold"),
    ],
)
def test_why_not(command: type[Command], about: str | None, expected: list[str]) -> None:
    answer = may(story().file, at(NOW), PLAIN)[Asking(command, about)]
    assert codes(answer) == expected
    assert answer.next_change_at == (
        None if expected == ["lifecycle.wrong_phase"] else at("2024-03-20 10:00")
    )


def test_a_payment_with_nothing_left_or_nothing_come_cannot_be_refunded() -> None:
    told = story()
    told.do(payments.Attempt, "2024-03-05 10:00", payment_id="P2", amount=eur("1"))
    told.do(refunds.Give, "2024-03-05 10:00", refund_id="R1", payment_id="P1", amount=eur("33.00"))
    answers = may(told.file, at(NOW), PLAIN)
    assert codes(answers[Asking(refunds.Give, "P1")]) == ["refunds.exceeds_paid"]
    assert codes(answers[Asking(refunds.Give, "P2")]) == ["refunds.unknown_payment"]


def test_a_hold_on_amendments_and_the_order_of_time_stand_against_an_amendment() -> None:
    told = story()
    told.do(account.Amend, "2024-03-08 10:00", party="x")
    told.do(holds.Place, "2024-03-09 10:00", hold_id="H2", reason="dispute", blocks={"amend"})
    asking = Asking(account.Amend, "A")
    assert codes(may(told.file, at(NOW), PLAIN)[asking]) == ["holds.blocked"]
    assert codes(may(told.file, at("2024-03-08 09:00"), PLAIN)[asking]) == ["account.out_of_order"]


def test_before_a_seal_everything_is_unknown() -> None:
    told = story()
    sealed, _ = seal(told.file, at("2024-03-20 00:00"))
    answers = may(sealed, at(NOW), PLAIN)
    assert {answer.outcome for answer in answers.values()} == {Outcome.UNKNOWN}
    later = may(sealed, at("2024-03-20 00:00"), PLAIN)
    assert Outcome.UNKNOWN not in {answer.outcome for answer in later.values()}


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories.histories(least=2, most=8), st.data())
def test_what_may_not_be_asked_is_never_allowed(history: histories.History, data: st.DataObject) -> None:
    file, policies = history.file, history.policies
    command = data.draw(histories.commands(file, policies, history.now, "next"))
    answers = may(file, command.at, policies)
    about = subject(command)
    own = [Asking(type(command), about), Asking(type(command), file.account.id), Asking(type(command))]
    asking = next((each for each in own if each in answers), None)
    if asking is None or isinstance(getattr(command, "when", subs.Timing.NOW), date):
        return  # about what is not on file, or counting from another day than today
    answer, given = answers[asking], handle(file, command, policies)
    if getattr(command, "when", None) is subs.Timing.CYCLE_END or isinstance(command, subs.Bill):
        return  # judged in the phase at another moment
    if not answer.allowed:
        assert not given.allowed, f"{command} is allowed, and may not be asked: {codes(answer)}"
    if (
        asking.subject is not None
        and policies.proration.change_day is policies.proration.end_day is Owner.NEW
    ):
        wrong = ["lifecycle.wrong_phase"]
        assert (codes(answer) == wrong) == (codes(given) == wrong)
