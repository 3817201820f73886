"""Approvals through `handle`: asked for, given by somebody else, bound to the very act, used once."""

import pytest
from attrs import evolve as changed

from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import Policies
from acctcore.kernel.decision import Outcome
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Price
from acctcore.kernel.terms import (
    AMEND,
    BILL,
    CANCEL,
    CHANGE_PLAN,
    CLOSE,
    REFUND,
    RELEASE_HOLD,
    SUBSCRIBE,
    TAKE_PAYMENT,
)
from acctcore.operations import approvals
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import payments, refunds
from tests.flows.stories import (
    LIMITED,
    OFFICER,
    OTHER_OFFICER,
    PLAIN,
    SUPERVISOR,
    Answer,
    Story,
    at,
    codes,
    eur,
)

STRICT = changed(PLAIN, authority=LIMITED)
REFUND_30 = {"refund_id": "R1", "payment_id": "P1", "amount": eur("30.00")}


def paid() -> Story:
    return Story(STRICT).start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("33.00"))


def needed(answer: Answer) -> approvals.Needed:
    """Return what an answer says is needed; it brings nothing about."""
    assert answer.outcome is Outcome.NEEDS_APPROVAL
    assert answer.events == ()
    return next(reason for reason in answer.reasons if isinstance(reason, approvals.Needed))


def ask_for(story: Story, answer: Answer, when: str = "2024-03-03 10:00", id: str = "Q1") -> None:
    wanted = needed(answer)
    story.do(
        approvals.Ask,
        when,
        request_id=id,
        fingerprint=wanted.fingerprint,
        operation=wanted.operation,
        amount=wanted.amount,
    )


def test_a_refund_above_the_limit_goes_through_once_it_is_approved() -> None:
    story = paid()
    wanted = needed(story.ask(refunds.Give, "2024-03-03 10:00", **REFUND_30))
    assert (wanted.operation, wanted.amount) == (REFUND, eur("30.00"))
    assert wanted.may_approve == {"supervisor"}
    ask_for(story, story.ask(refunds.Give, "2024-03-03 10:00", **REFUND_30))
    bearing = {**REFUND_30, "approval": "Q1"}
    assert codes(story.ask(refunds.Give, "2024-03-03 11:00", **bearing)) == [
        "approvals.pending",
        "approvals.needed",
    ]
    story.do(approvals.Approve, "2024-03-03 12:00", request_id="Q1", by=SUPERVISOR)
    given = story.do(refunds.Give, "2024-03-03 13:00", **bearing)
    assert isinstance(given.events[0], approvals.Used)
    assert story.net() == 3300 - 3000
    again = story.ask(refunds.Give, "2024-03-03 14:00", **{**bearing, "refund_id": "R2", "amount": eur("3")})
    assert again.outcome is Outcome.ALLOWED  # below the limit nobody is asked, and no approval is used
    assert not any(isinstance(event, approvals.Used) for event in again.events)


def approved() -> Story:
    story = paid()
    ask_for(story, story.ask(refunds.Give, "2024-03-03 10:00", **REFUND_30))
    story.do(approvals.Approve, "2024-03-03 12:00", request_id="Q1", by=SUPERVISOR)
    return story


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param({"amount": eur("30.01")}, "approvals.changed", id="a cent more"),
        pytest.param({"amount": eur("29.99")}, "approvals.changed", id="a cent less"),
        pytest.param({"refund_id": "R2"}, "approvals.changed", id="another refund"),
        pytest.param({"kind": refunds.Kind.MONEY_BACK}, "approvals.changed", id="another kind"),
        pytest.param({"by": OTHER_OFFICER}, "approvals.other_maker", id="somebody else"),
        pytest.param({"approval": "Q2"}, "approvals.not_asked", id="another request"),
    ],
)
def test_an_approval_is_for_the_very_act(facts: dict[str, object], code: str) -> None:
    story = approved()
    answer = story.ask(refunds.Give, "2024-03-03 13:00", **{**REFUND_30, "approval": "Q1", **facts})
    assert answer.outcome is Outcome.NEEDS_APPROVAL
    assert code in codes(answer)


def test_a_changed_policy_voids_an_approval() -> None:
    story = approved()
    story.policies = changed(STRICT, net_days=13)
    answer = story.ask(refunds.Give, "2024-03-03 13:00", **REFUND_30, approval="Q1")
    assert codes(answer) == ["approvals.changed", "approvals.needed"]


def test_an_approval_serves_once() -> None:
    story = Story(STRICT).start("2024-03-01 10:00", quantities={"seat": 20})
    story.pay("2024-03-02 10:00", eur("90.00"))
    ask_for(story, story.ask(refunds.Give, "2024-03-03 10:00", **REFUND_30))
    story.do(approvals.Approve, "2024-03-03 12:00", request_id="Q1", by=SUPERVISOR)
    first = story.command(refunds.Give, "2024-03-03 13:00", **REFUND_30, approval="Q1")
    second = changed(first, id="other")
    story.do(refunds.Give, "2024-03-03 13:00", **REFUND_30, approval="Q1")
    answer = story.ask(refunds.Give, "2024-03-03 14:00", **REFUND_30, approval="Q1")
    assert codes(answer) == ["refunds.exists"]  # the room's own no comes first
    assert second.id != first.id
    request = story.file.request("Q1")
    assert request is not None
    assert request.used_by is not None


def test_a_second_release_cannot_use_the_first_ones_approval() -> None:
    story = Story()
    for id in ("H1", "H2"):
        story.do(holds.Place, "2024-03-01 10:00", hold_id=id, reason="fraud")
    ask_for(story, story.ask(holds.Release, "2024-03-03 10:00", hold_id="H1"))
    story.do(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=OTHER_OFFICER)
    story.do(holds.Release, "2024-03-03 12:00", hold_id="H1", approval="Q1")
    answer = story.ask(holds.Release, "2024-03-03 12:00", hold_id="H2", approval="Q1")
    assert answer.outcome is Outcome.NEEDS_APPROVAL
    assert {"holds.four_eyes", "approvals.changed", "approvals.used"} <= set(codes(answer))


def test_whoever_asks_cannot_approve() -> None:
    story = paid()
    ask_for(story, story.ask(refunds.Give, "2024-03-03 10:00", **REFUND_30))
    own = changed(OFFICER, roles=("officer", "supervisor"))
    answer = story.ask(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=own)
    assert codes(answer) == ["approvals.same_person"]
    weak = story.ask(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=OTHER_OFFICER)
    assert codes(weak) == ["approvals.beyond_authority"]


@pytest.mark.parametrize(
    ("command", "facts", "code"),
    [
        pytest.param(
            approvals.Reject, {"by": SUPERVISOR, "note": "no"}, "approvals.not_approved", id="turned down"
        ),
        pytest.param(approvals.Withdraw, {"by": OFFICER}, "approvals.not_approved", id="taken back"),
    ],
)
def test_what_was_not_approved_does_not_serve(
    command: type[approvals.Reject], facts: dict[str, object], code: str
) -> None:
    story = approved()
    story.do(command, "2024-03-03 12:30", request_id="Q1", **facts)
    answer = story.ask(refunds.Give, "2024-03-03 13:00", **REFUND_30, approval="Q1")
    assert codes(answer) == [code, "approvals.needed"]


def test_an_approval_expires_by_the_moment_at_which_the_act_is_recorded() -> None:
    story = approved()
    ends = story.file.requests[0].expires_at
    assert ends is not None
    late = {**REFUND_30, "approval": "Q1", "recorded_at": ends}
    assert codes(story.ask(refunds.Give, "2024-03-03 13:00", **late)) == [
        "approvals.expired",
        "approvals.needed",
    ]
    just = {**late, "recorded_at": ends.subtract(seconds=1)}
    assert story.ask(refunds.Give, "2024-03-03 13:00", **just).allowed


def test_a_hold_under_four_eyes_is_released_by_two() -> None:
    story = Story()
    story.do(holds.Place, "2024-03-01 10:00", hold_id="H1", reason="fraud")
    answer = story.ask(holds.Release, "2024-03-03 10:00", hold_id="H1")
    assert codes(answer) == ["holds.four_eyes", "approvals.needed"]
    assert needed(answer).operation == RELEASE_HOLD
    ask_for(story, answer)
    assert codes(story.ask(approvals.Approve, "2024-03-03 11:00", request_id="Q1")) == [
        "approvals.same_person"
    ]
    story.do(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=OTHER_OFFICER)
    story.do(holds.Release, "2024-03-03 12:00", hold_id="H1", approval="Q1")
    assert story.file.holds[0].released_at is not None


@pytest.mark.parametrize("kind", [invoices.Credit, invoices.Void])
def test_credits_and_voids_have_limits_too(kind: type[invoices.Credit]) -> None:
    story = Story(STRICT).start("2024-03-01 10:00")
    answer = story.ask(kind, "2024-03-03 10:00", document_id="c1/invoice")
    assert needed(answer).amount == eur("33.00")
    ask_for(story, answer)
    story.do(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=SUPERVISOR)
    done = story.do(kind, "2024-03-03 12:00", document_id="c1/invoice", approval="Q1")
    assert isinstance(done.events[0], approvals.Used)
    assert story.open() == {}


def test_a_small_credit_needs_nobody() -> None:
    story = Story(STRICT).start("2024-03-01 10:00")
    assert story.ask(invoices.Credit, "2024-03-03 10:00", document_id="c1/invoice", amount=eur("10")).allowed


ANY_ACT = (
    pytest.param(SUBSCRIBE, subscriptions.Start, {"plan": "small", "currency": "EUR"}, id="a subscription"),
    pytest.param(CHANGE_PLAN, subscriptions.ChangePlan, {"plan": "large"}, id="a change of plan"),
    pytest.param(CHANGE_PLAN, subscriptions.ChangeQuantity, {"item": "seat", "quantity": 2}, id="quantity"),
    pytest.param(CANCEL, subscriptions.Cancel, {}, id="a cancellation"),
    pytest.param(AMEND, account.Amend, {"zone": "Asia/Tokyo"}, id="an amendment"),
    pytest.param(BILL, invoices.Issue, {"document_id": "D1"}, id="an invoice by hand"),
    pytest.param(TAKE_PAYMENT, payments.Attempt, {"payment_id": "P9", "amount": eur("3")}, id="a payment"),
    pytest.param(CLOSE, account.Close, {}, id="the closing"),
)


def ready(kind: type, policies: Policies) -> Story:
    """Return a story in which a command of a kind is possible."""
    story = Story(policies)
    if kind in {subscriptions.ChangePlan, subscriptions.ChangeQuantity, subscriptions.Cancel}:
        story.start("2024-03-01 10:00")
    if kind is invoices.Issue:
        line = invoices.OneOff(key="work", title="Work", price=Price("10", "EUR"), quantity=1)
        story.do(
            invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=(line,), by=SUPERVISOR
        )
    return story


@pytest.mark.parametrize(("operation", "kind", "facts"), ANY_ACT)
def test_whatever_is_limited_goes_through_once_it_is_approved(
    operation: str, kind: type[Command], facts: dict[str, object]
) -> None:
    story = ready(kind, PLAIN)
    without = story.ask(kind, "2024-03-02 10:00", **facts)
    assert without.allowed
    story.policies = changed(PLAIN, authority=Authority("strict", "1", (Limit("supervisor", operation),)))
    answer = story.ask(kind, "2024-03-02 10:00", **facts)
    assert needed(answer).operation == operation
    ask_for(story, answer, "2024-03-02 10:00")
    story.do(approvals.Approve, "2024-03-02 11:00", request_id="Q1", by=SUPERVISOR)
    bearing = {**facts, "approval": "Q1", "recorded_at": at("2024-03-02 12:00")}
    done = story.do(kind, "2024-03-02 10:00", **bearing)
    assert isinstance(done.events[0], approvals.Used)
    assert [type(event) for event in done.events[1:]] == [type(event) for event in without.events]


def test_billing_by_the_schedule_takes_no_approval() -> None:
    story = Story(changed(PLAIN, authority=Authority("strict", "1", (Limit("supervisor", BILL),))))
    story.start("2024-03-01 10:00").run("2024-04-02 10:00")
    assert len(story.totals()) == 2
