"""The office's own stories: who is let in, what waits for a check, how an account ends, and comes back."""

import pytest
from attrs import evolve as changed

from acctcore.accounts import account, holds
from acctcore.accounts.account import AccountPolicy, FieldRule, Reopening
from acctcore.accounts.holds import EVERYTHING, Finding, HoldKind, HoldPolicy
from acctcore.billing import subscriptions as subs
from acctcore.flows import Asking, closing_plan, duties, evolve, handle, may
from acctcore.kernel.decision import Outcome
from acctcore.kernel.messages import Command
from acctcore.kernel.terms import ACTIVATE, PLACE_HOLD, REFUND, RELEASE_HOLD, REOPEN
from acctcore.operations import approvals
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import authorisations, payments, refunds
from tests.flows.stories import (
    OFFICER,
    OTHER_OFFICER,
    PLAIN,
    SUPERVISOR,
    ZONE,
    Answer,
    Story,
    at,
    codes,
    eur,
)

ACCOUNTS = AccountPolicy(
    "accounts",
    "1",
    closing_days=30,
    activation_days=10,
    reopening=Reopening(90, "officer", unchecked_days=30),
    fields=(
        FieldRule("bank_account", "officer", verify_days=7, valid_days=365, blocks={REFUND}),
        FieldRule("passport", "officer", valid_days=365, blocks={ACTIVATE}),
    ),
)
HOLDS = HoldPolicy(
    "office",
    "2",
    (
        HoldKind("fraud", EVERYTHING, "officer", "officer", four_eyes=True, review_days=7),
        HoldKind("dispute", {REFUND}, "officer", "officer"),
        HoldKind("sanctions", EVERYTHING, "officer", "officer", four_eyes_to_place=True, secret=True),
    ),
)
OFFICE = changed(PLAIN, account=ACCOUNTS, holds=HOLDS)
LIMITED = changed(
    OFFICE, authority=Authority("limits", "1", (Limit("supervisor", REOPEN), Limit("supervisor", ACTIVATE)))
)


def applicant(policies: object = OFFICE) -> Story:
    """Return the file of somebody who applied on 1 January, with a passport, in onboarding."""
    story = Story(policies)  # type: ignore[arg-type]
    applied = account.Apply(
        id="a",
        at=at("2024-01-01 10:00"),
        by=OFFICER,
        account_id="A",
        zone=ZONE,
        fields={"passport": "p1"},
    )
    story.file = evolve(None, handle(None, applied, story.policies).events_or_raise())
    story.do(account.BeginOnboarding, "2024-01-02 10:00")
    return story


def customer() -> Story:
    """Return the file of somebody who pays for a subscription, with a bank account that was verified."""
    story = Story(OFFICE)
    story.do(account.Amend, "2024-01-02 10:00", fields={"bank_account": "b1"})
    seen = {"fields": {"bank_account": "b1"}, "evidence": "cent-transfer-4"}
    story.do(account.Verify, "2024-01-02 11:00", **seen)
    return story.start("2024-01-31 10:00").pay("2024-02-01 10:00", eur("33.00"))


GIVE = {"refund_id": "R1", "payment_id": "P1", "amount": eur("10.00")}


# Who is let in


def test_nobody_is_let_in_before_the_passport_is_verified() -> None:
    story = applicant()
    answer = story.ask(account.Activate, "2024-01-03 10:00")
    assert codes(answer) == ["account.unverified"]
    story.do(account.Verify, "2024-01-03 10:00", fields={"passport": "p1"}, evidence="scan-1")
    story.do(account.Activate, "2024-01-03 11:00")
    assert story.file.account.opened_at == at("2024-01-03 11:00")


def test_a_hold_stops_an_activation_and_says_until_when() -> None:
    story = applicant()
    ends = at("2024-01-09 00:00")
    story.do(holds.Place, "2024-01-02 12:00", hold_id="H1", reason="fraud", expires_at=ends)
    answer = story.ask(account.Activate, "2024-01-03 10:00")
    assert (codes(answer), answer.next_change_at) == (["holds.blocked", "account.unverified"], ends)


def test_an_application_is_owed_a_decision_by_the_end_of_the_tenth_day() -> None:
    story = applicant()
    owed = {duty.kind: duty for duty in duties(story.file, at("2024-01-02 10:00"), OFFICE)}
    assert owed["account.activate"].by == at("2024-01-12 00:00")
    story.do(account.Decline, "2024-01-05 10:00", reason="sanctions")
    assert duties(story.file, at("2024-01-05 10:00"), OFFICE) == ()


def test_an_activation_may_take_somebodys_approval() -> None:
    story = applicant(LIMITED)
    story.do(account.Verify, "2024-01-03 10:00", fields={"passport": "p1"}, evidence="scan-1")
    answer = story.ask(account.Activate, "2024-01-03 10:00")
    assert (answer.outcome, codes(answer)) == (Outcome.NEEDS_APPROVAL, ["approvals.needed"])
    story.do(account.Activate, "2024-01-03 10:00", by=SUPERVISOR)


# What waits for a check


def test_a_refund_waits_until_a_new_bank_account_is_verified() -> None:
    story = customer()
    assert story.ask(refunds.Give, "2024-02-02 10:00", **GIVE).allowed
    changed_at = "2024-02-02 11:00"
    story.do(account.Amend, changed_at, fields={"bank_account": "b2"})
    answer = story.ask(refunds.Give, "2024-02-02 12:00", **GIVE)
    assert codes(answer) == ["account.unverified"]
    assert answer.reasons[0].for_customer().text == (
        "refund has to wait until these are verified: bank_account"
    )
    owed = [
        duty for duty in duties(story.file, at("2024-02-02 12:00"), OFFICE) if duty.kind == "account.verify"
    ]
    assert [(duty.subject, duty.by) for duty in owed] == [("bank_account", at("2024-02-10 00:00"))]
    seen = {"fields": {"bank_account": "b2"}, "evidence": "cent-transfer-5"}
    story.do(account.Verify, "2024-02-03 10:00", **seen)
    story.do(refunds.Give, "2024-02-03 11:00", **GIVE)


def test_nothing_else_waits() -> None:
    story = customer()
    story.do(account.Amend, "2024-02-02 11:00", fields={"bank_account": "b2"})
    story.do(subs.ChangePlan, "2024-02-02 12:00", plan="large")
    story.do(payments.Receive, "2024-02-02 13:00", payment_id="P2", amount=eur("1.00"))


def test_a_verification_that_grows_stale_stops_the_refund_at_its_instant() -> None:
    story = customer()
    stale = at("2025-01-02 00:00")
    story.run("2025-01-01 10:00")
    asking = Asking(refunds.Give, "P1")
    before = may(story.file, at("2025-01-01 10:00"), OFFICE)[asking]
    assert (before.outcome, before.next_change_at) == (Outcome.ALLOWED, stale)
    assert codes(may(story.file, stale, OFFICE)[asking]) == ["account.unverified"]


def test_a_hold_and_a_check_are_told_together() -> None:
    story = customer()
    story.do(account.Amend, "2024-02-02 11:00", fields={"bank_account": "b2"})
    story.do(holds.Place, "2024-02-02 11:00", hold_id="H1", reason="dispute")
    answer = story.ask(refunds.Give, "2024-02-02 12:00", **GIVE)
    assert codes(answer) == ["holds.blocked", "account.unverified"]


# Holds by two, and in secret


def approved(story: Story, answer: Answer, when: str, id: str) -> None:
    (needed,) = [reason for reason in answer.reasons if isinstance(reason, approvals.Needed)]
    asked = {"fingerprint": needed.fingerprint, "operation": needed.operation, "amount": needed.amount}
    story.do(approvals.Ask, when, request_id=id, subject=needed.subject, **asked)
    story.do(approvals.Approve, when, request_id=id, by=OTHER_OFFICER)


def test_a_hold_of_a_kind_that_takes_two_is_placed_by_two() -> None:
    story = customer()
    place = {"hold_id": "H1", "reason": "sanctions"}
    answer = story.ask(holds.Place, "2024-02-02 10:00", **place)
    assert codes(answer) == ["holds.four_eyes_to_place", "approvals.needed"]
    assert PLACE_HOLD in {
        reason.operation for reason in answer.reasons if isinstance(reason, approvals.Needed)
    }
    approved(story, answer, "2024-02-02 11:00", "Q1")
    story.do(holds.Place, "2024-02-02 12:00", **place, approval="Q1")
    refused = story.ask(refunds.Give, "2024-02-02 13:00", **GIVE)
    told = refused.for_customer()
    assert (codes(told), told.next_change_at, told.events) == (["request.unavailable"], None, ())
    assert holds.notices(story.file.holds, at("2024-02-02 13:00")) == ()


def test_a_review_that_ends_a_hold_takes_two_and_one_that_keeps_it_does_not() -> None:
    story = customer()
    story.do(holds.Place, "2024-02-02 10:00", hold_id="H1", reason="fraud")
    keep = story.do(holds.Review, "2024-02-05 10:00", hold_id="H1", finding=Finding.KEEP)
    assert [duty.by for duty in keep.duties] == [at("2024-02-12 10:00")]
    review = {"hold_id": "H1", "finding": Finding.RELEASE}
    answer = story.ask(holds.Review, "2024-02-06 10:00", **review)
    assert codes(answer) == ["holds.four_eyes", "approvals.needed"]
    assert RELEASE_HOLD in {
        reason.operation for reason in answer.reasons if isinstance(reason, approvals.Needed)
    }
    approved(story, answer, "2024-02-06 11:00", "Q1")
    story.do(holds.Review, "2024-02-06 12:00", **review, approval="Q1")
    assert story.ask(refunds.Give, "2024-02-06 13:00", **GIVE).allowed
    bounded = {"hold_id": "H2", "finding": Finding.KEEP, "expires_at": at("2024-02-20 10:00")}
    story.do(holds.Place, "2024-02-07 10:00", hold_id="H2", reason="fraud")
    assert codes(story.ask(holds.Review, "2024-02-08 10:00", **bounded))[0] == "holds.four_eyes"


def test_an_overdue_review_is_a_duty_until_somebody_looks() -> None:
    story = customer()
    story.do(holds.Place, "2024-02-02 10:00", hold_id="H1", reason="fraud")

    def reviews(when: str) -> list[object]:
        owed = duties(story.file, at(when), OFFICE)
        return [duty.by for duty in owed if duty.kind == "holds.review"]

    assert reviews("2024-03-01 10:00") == [at("2024-02-09 10:00")]
    story.do(holds.Review, "2024-03-01 10:00", hold_id="H1", finding=Finding.KEEP)
    assert reviews("2024-03-01 10:00") == [at("2024-03-08 10:00")]


def test_what_was_blocked_as_far_as_was_known() -> None:
    story = customer()
    late = {"hold_id": "H1", "reason": "dispute", "recorded_at": at("2024-02-10 10:00")}
    story.do(holds.Place, "2024-02-02 10:00", **late)
    story.do(holds.Release, "2024-02-05 10:00", hold_id="H1", recorded_at=at("2024-02-12 10:00"))

    def blocked(when: str, known: str) -> bool:
        as_known = holds.as_known(story.file.holds, at(known))
        return bool(holds.effective(as_known, at(when)).stopping(REFUND))

    day_3, day_6 = "2024-02-03 10:00", "2024-02-06 10:00"
    told = [
        (blocked(day_3, known), blocked(day_6, known))
        for known in ("2024-02-09 10:00", "2024-02-11 10:00", "2024-02-12 10:00")
    ]
    assert told == [(False, False), (True, True), (True, False)]


# How an account ends


def test_a_request_to_close_shows_the_way_to_the_end() -> None:
    story = customer()
    story.do(holds.Place, "2024-02-02 10:00", hold_id="H1", reason="dispute", blocks={"close"})
    story.do(payments.Attempt, "2024-02-02 10:00", payment_id="P2", amount=eur("5.00"))
    story.do(authorisations.Authorise, "2024-02-02 10:00", authorisation_id="AU1", amount=eur("9.00"))
    before = closing_plan(story.file, at("2024-02-03 10:00"), OFFICE)
    answer = story.do(account.RequestClosure, "2024-02-03 10:00")
    plan = closing_plan(story.file, at("2024-02-03 10:00"), OFFICE)
    assert plan == before
    assert [(step.do, step.about) for step in plan] == [
        ("closing.release_hold", ("H1",)),
        ("closing.end_subscription", ("S1",)),
        ("closing.resolve_authorisation", ("AU1",)),
        ("closing.await_payment", ("P2",)),
    ]
    assert [duty.kind for duty in answer.duties] == ["account.close", *[step.do for step in plan]]
    assert set(answer.duties) <= set(duties(story.file, at("2024-02-03 10:00"), OFFICE))
    refused = story.ask(account.Close, "2024-02-03 11:00")
    assert list(refused.reasons) == [step.blocker for step in plan]


def test_the_way_is_walked_step_by_step() -> None:
    story = customer()
    story.do(holds.Place, "2024-02-02 10:00", hold_id="H1", reason="dispute", blocks={"close"})
    story.do(account.RequestClosure, "2024-02-03 10:00")
    walked = [[step.do for step in closing_plan(story.file, at("2024-02-03 10:00"), OFFICE)]]
    steps: tuple[tuple[type[Command], dict[str, object]], ...] = (
        (holds.Release, {"hold_id": "H1"}),
        (subs.Cancel, {"when": subs.Timing.NOW, "credit": True}),
        (refunds.Give, {**GIVE, "kind": refunds.Kind.BALANCE, "amount": eur("29.59")}),
    )
    for kind, facts in steps:
        story.do(kind, "2024-02-03 12:00", **facts)
        walked.append([step.do for step in closing_plan(story.file, at("2024-02-03 12:00"), OFFICE)])
    assert walked == [
        ["closing.release_hold", "closing.end_subscription"],
        ["closing.end_subscription"],
        ["closing.settle_balance"],
        [],
    ]
    story.do(account.Close, "2024-02-03 13:00")
    assert duties(story.file, at("2024-02-03 13:00"), OFFICE) == ()


# And comes back


def closed() -> Story:
    story = Story(OFFICE)
    story.do(account.Close, "2024-02-01 10:00")
    return story


def test_a_reopened_account_does_business_again() -> None:
    story = closed()
    assert codes(story.ask(subs.Start, "2024-02-02 10:00", plan="small", currency="EUR")) == [
        "account.not_open"
    ]
    story.do(account.Reopen, "2024-02-02 10:00")
    dated = {"plan": "small", "currency": "EUR", "recorded_at": at("2024-02-03 10:00")}
    assert codes(story.ask(subs.Start, "2024-02-01 12:00", **dated)) == ["account.not_reopened"]
    story.start("2024-02-03 10:00")
    story.do(payments.Receive, "2024-02-03 11:00", payment_id="P1", amount=eur("33.00"))


def test_money_that_came_while_the_account_was_closed_is_recorded_all_the_same() -> None:
    story = closed()
    story.do(account.Reopen, "2024-02-03 10:00")
    late = {"payment_id": "P1", "amount": eur("1.00"), "recorded_at": at("2024-02-03 11:00")}
    story.do(payments.Receive, "2024-02-02 10:00", **late)


def test_a_hold_keeps_a_closed_account_closed() -> None:
    story = closed()
    story.do(holds.Place, "2024-02-01 11:00", hold_id="H1", reason="fraud")
    assert codes(story.ask(account.Reopen, "2024-02-02 10:00")) == ["holds.blocked"]
    asked = may(story.file, at("2024-02-02 10:00"), OFFICE)[Asking(account.Reopen, "A")]
    assert codes(asked) == ["holds.blocked"]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        pytest.param("2024-02-02 10:00", [], id="the day after"),
        pytest.param("2024-04-30 23:59", [], id="on the ninetieth day, through checks"),
        pytest.param("2024-05-02 00:00", ["account.reopening_too_late"], id="too late"),
        pytest.param("2024-01-01 10:00", ["account.out_of_order"], id="before the closing"),
    ],
)
def test_may_says_whether_an_account_can_be_reopened(when: str, told: list[str]) -> None:
    story = closed()
    assert codes(may(story.file, at(when), OFFICE)[Asking(account.Reopen, "A")]) == told
    assert codes(story.ask(account.Reopen, when)) == told


def test_a_reopening_may_take_somebodys_approval() -> None:
    story = closed()
    story.policies = LIMITED
    answer = story.ask(account.Reopen, "2024-02-02 10:00")
    assert (answer.outcome, codes(answer)) == (Outcome.NEEDS_APPROVAL, ["approvals.needed"])


def test_after_a_month_the_passport_is_looked_at_again() -> None:
    story = closed()
    story.do(account.Reopen, "2024-04-01 10:00")
    assert story.file.account.phase is account.Phase.ONBOARDING
    assert codes(story.ask(account.Activate, "2024-04-02 10:00")) == ["account.unverified"]
    story.do(account.Amend, "2024-04-02 10:00", fields={"passport": "p2"})
    story.do(account.Verify, "2024-04-02 10:00", fields={"passport": "p2"}, evidence="scan-9")
    story.do(account.Activate, "2024-04-02 10:00")
    story.start("2024-04-03 10:00")
