"""What holds, the account's phase and its closing stop, and what they let pass."""

from collections.abc import Mapping

import pytest
from attrs import evolve as changed

from acctcore.accounts import account, holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.flows import evolve, handle
from acctcore.kernel.calendar import months
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Price
from acctcore.kernel.terms import (
    ACTIVATE,
    ALLOCATE,
    AMEND,
    BILL,
    CANCEL,
    CHANGE_PLAN,
    CLOSE,
    CREDIT,
    DEBIT,
    OPERATIONS,
    PAUSE,
    PLACE_HOLD,
    REFUND,
    RELEASE_HOLD,
    REOPEN,
    SUBSCRIBE,
    TAKE_PAYMENT,
    VOID,
)
from acctcore.operations import approvals
from acctcore.receivables import authorisations, chargebacks, payments, refunds
from tests.flows.stories import OFFICER, PLAIN, ZONE, Story, at, codes, eur

NOW = "2024-03-10 10:00"
WORK = (invoices.OneOff(key="work", title="Work", price=Price("5.00", "EUR")),)

RAISED = invoices.Raised(line="D2/1", amount=eur("1.00"))

# One command of every kind that passes on the file of `ready`, and the operation that a hold blocks it by.
# What has happened to a payment is recorded, whatever stands against it.
ASKED: tuple[tuple[str | None, type[Command], Mapping[str, object]], ...] = (
    (SUBSCRIBE, subs.Start, {"subscription_id": "S9", "plan": "small", "currency": "EUR"}),
    (CHANGE_PLAN, subs.ChangePlan, {"plan": "large"}),
    (CHANGE_PLAN, subs.ChangeQuantity, {"item": "seat", "quantity": 7}),
    (CHANGE_PLAN, subs.ChangeItems, {"quantities": {"seat": 7}}),
    (CHANGE_PLAN, subs.Reanchor, {"anchor_day": 28}),
    (CANCEL, subs.Cancel, {}),
    (CANCEL, subs.Uncancel, {"subscription_id": "S2"}),
    (BILL, subs.Bill, {"on": at("2024-03-10 00:00").date()}),
    (BILL, invoices.Draft, {"document_id": "D9", "currency": "EUR", "lines": WORK}),
    (BILL, invoices.Issue, {"document_id": "D1"}),
    (BILL, invoices.Discard, {"document_id": "D1"}),
    (CREDIT, invoices.Credit, {"document_id": "D2"}),
    (BILL, invoices.Revise, {"document_id": "D1", "lines": WORK}),
    (DEBIT, invoices.Debit, {"document_id": "D2", "lines": (RAISED,)}),
    (VOID, invoices.Void, {"document_id": "D2"}),
    (TAKE_PAYMENT, payments.Attempt, {"payment_id": "P9", "amount": eur("1.00")}),
    (None, payments.Receive, {"payment_id": "P9", "amount": eur("1.00")}),
    (None, payments.Fail, {"payment_id": "P9", "amount": eur("1.00"), "failure": "x"}),
    (None, payments.LoseTrack, {"payment_id": "P2"}),
    (PAUSE, subs.Pause, {}),
    (PAUSE, subs.Resume, {"subscription_id": "S3"}),
    (None, payments.Capture, {"payment_id": "P9", "amount": eur("1.00"), "authorisation_id": "A1"}),
    (TAKE_PAYMENT, authorisations.Authorise, {"authorisation_id": "A9", "amount": eur("1.00")}),
    (None, authorisations.Void, {"authorisation_id": "A1"}),
    (ALLOCATE, payments.Allocate, {"source": "P3", "target": "D3"}),
    (ALLOCATE, payments.Deallocate, {"source": "P1", "target": "c1/invoice"}),
    (ALLOCATE, payments.AllocateAll, {}),
    (REFUND, refunds.Give, {"refund_id": "R1", "payment_id": "P1", "amount": eur("1.00")}),
    (REFUND, refunds.GiveBack, {"refund_id": "R1", "amount": eur("1.00")}),
    (None, refunds.Send, {"refund_id": "R0"}),
    (None, refunds.Complete, {"refund_id": "R0"}),
    (None, refunds.Fail, {"refund_id": "R0", "failure": "x"}),
    (None, refunds.LoseTrack, {"refund_id": "R0"}),
    (None, chargebacks.ChargeBack, {"chargeback_id": "C1", "payment_id": "P1", "amount": eur("1.00")}),
    (None, chargebacks.Reverse, {"chargeback_id": "C0"}),
    (None, chargebacks.Answer, {"chargeback_id": "C0"}),
    (AMEND, account.Amend, {"party": "other"}),
    (None, account.Verify, {"fields": {"name": "n1"}, "evidence": "scan"}),
    (None, account.RequestClosure, {}),
    (None, holds.Place, {"hold_id": "H9", "reason": "dispute"}),
    (None, holds.Release, {"hold_id": "H0"}),
    (None, holds.Extend, {"hold_id": "H0"}),
    (None, holds.Review, {"hold_id": "H0", "finding": holds.Finding.KEEP}),
    (
        None,
        approvals.Ask,
        {"request_id": "Q9", "fingerprint": "f", "operation": REFUND, "amount": eur("1.00")},
    ),
)
OF_WHAT_IS_KNOWN = (
    payments.LoseTrack,
    authorisations.Void,
    chargebacks.ChargeBack,
    chargebacks.Reverse,
    chargebacks.Answer,
    refunds.Send,
    refunds.Complete,
    refunds.Fail,
    refunds.LoseTrack,
)
"""Facts that can only be recorded of something that was told before."""
NOT_HERE = frozenset({ACTIVATE, CLOSE, REOPEN, PLACE_HOLD, RELEASE_HOLD})
"""Operations in other phases of an account, and those of holds themselves: test_office has them."""

INVOICED = (subs.Start, subs.ChangePlan, subs.ChangeQuantity, subs.ChangeItems, subs.Reanchor, subs.Resume)
"""Commands that bill at once what they begin."""
IDS = [f"{command.__module__.split('.')[2]}.{command.__name__}" for _, command, _ in ASKED]


def ready() -> Story:
    """Return a file on which every command of `ASKED` passes."""
    story = Story()
    story.do(account.Amend, "2024-01-01 00:00", id="named", fields={"name": "n1"})
    story.count = 0
    story.start("2024-03-01 10:00").start("2024-03-01 10:00", subscription_id="S2")
    story.start("2024-03-01 10:00", subscription_id="S3")
    story.do(subs.Cancel, "2024-03-02 10:00", subscription_id="S2")
    story.do(subs.Pause, "2024-03-02 10:00", subscription_id="S3")
    story.pay("2024-03-03 10:00", eur("33.00"))
    story.do(payments.Attempt, "2024-03-03 10:00", payment_id="P2", amount=eur("1.00"))
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="D1", currency="EUR", lines=WORK)
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="D2", currency="EUR", lines=WORK)
    story.do(invoices.Issue, "2024-03-04 11:00", document_id="D2")
    story.do(authorisations.Authorise, "2024-03-05 10:00", authorisation_id="A1", amount=eur("9.00"))
    story.policies = changed(PLAIN, allocation=payments.AllocationPolicy(order=payments.ByHand()))
    story.pay("2024-03-05 11:00", eur("3.00"), id="P3")
    story.pay("2024-03-05 11:00", eur("2.00"), id="P4")
    paid_out = {"amount": eur("1.00"), "payment_id": "P4"}
    story.do(refunds.Give, "2024-03-05 11:30", refund_id="R0", kind=refunds.Kind.BALANCE, **paid_out)
    story.do(chargebacks.ChargeBack, "2024-03-05 11:45", chargeback_id="C0", **paid_out)
    story.policies = PLAIN
    story.do(invoices.Draft, "2024-03-05 10:00", document_id="D3", currency="EUR", lines=WORK)
    story.policies = changed(PLAIN, allocation=payments.AllocationPolicy(use_credit=False))
    story.do(invoices.Issue, "2024-03-05 12:00", document_id="D3")
    story.policies = PLAIN
    story.do(
        holds.Place,
        "2024-03-04 10:00",
        hold_id="H0",
        reason="dispute",
        blocks={CLOSE},
        expires_at=at("2024-12-31 10:00"),
    )
    return story


def test_every_operation_has_a_command_here() -> None:
    assert {operation for operation, *_ in ASKED} == {*OPERATIONS, None} - NOT_HERE


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
@pytest.mark.parametrize("blocked", sorted(holds.EVERYTHING))
def test_a_hold_stops_its_operations_and_no_other(
    blocked: str, operation: str | None, command: type[Command], facts: Mapping[str, object]
) -> None:
    story = ready()
    story.do(holds.Place, "2024-03-09 10:00", hold_id="H1", reason="dispute", blocks={blocked})
    answer = story.ask(command, NOW, **facts)
    if blocked in (operation, BILL if command in INVOICED else operation):
        assert codes(answer) == ["holds.blocked"]
        (reason,) = answer.reasons
        assert isinstance(reason, holds.Blocked)
        assert (reason.operation, reason.holds, reason.until) == (blocked, ("H1",), None)
        story.do(holds.Release, NOW, hold_id="H1")
        answer = story.ask(command, NOW, **facts)
    assert answer.outcome is Outcome.ALLOWED, codes(answer)


def test_a_hold_on_one_item_leaves_the_others_alone() -> None:
    story = ready()
    story.do(holds.Place, "2024-03-09 10:00", hold_id="H1", reason="dispute", scope="S1")
    assert codes(story.ask(subs.Cancel, NOW)) == ["holds.blocked"]
    assert codes(story.ask(subs.Uncancel, NOW, subscription_id="S2")) == []
    assert codes(story.ask(subs.Start, NOW, subscription_id="S9", plan="small", currency="EUR")) == []
    assert codes(story.ask(account.Amend, NOW, party="other")) == ["holds.blocked"]


def test_a_hold_is_judged_at_the_moment_of_the_command_and_says_when_it_ends() -> None:
    story = ready()
    ends = at("2024-03-20 10:00")
    story.do(holds.Place, "2024-03-09 10:00", hold_id="H1", reason="dispute", expires_at=ends)
    assert codes(story.ask(subs.Cancel, "2024-03-09 09:59")) == []
    blocked = story.ask(subs.Cancel, NOW)
    assert (codes(blocked), blocked.next_change_at) == (["holds.blocked"], ends)
    assert codes(story.ask(subs.Cancel, ends)) == []


def test_a_hold_and_the_rooms_own_reasons_come_together_but_a_wrong_phase_alone() -> None:
    story = ready()
    story.do(holds.Place, "2024-03-09 10:00", hold_id="H1", reason="dispute")
    assert codes(story.ask(subs.ChangePlan, NOW, plan="none")) == ["holds.blocked", "catalog.unknown_plan"]
    assert codes(story.ask(subs.Uncancel, NOW)) == ["lifecycle.wrong_phase"]


# Phases of the account


def in_phase(phase: account.Phase) -> Story:
    """Return a ready file whose account went on to a phase."""
    story = ready()
    if phase is account.Phase.CLOSING:
        story.do(account.RequestClosure, "2024-03-09 10:00")
    return story


GROWS = (
    *(subs.Start, subs.ChangePlan, subs.ChangeQuantity, subs.ChangeItems, subs.Reanchor),
    *(subs.Uncancel, subs.Resume, invoices.Draft),
)
"""What makes more of an account, and is over once it is being closed."""


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
def test_a_closing_account_only_winds_down(
    operation: str | None, command: type[Command], facts: Mapping[str, object]
) -> None:
    answer = in_phase(account.Phase.CLOSING).ask(command, NOW, **facts)
    if command is account.RequestClosure:
        assert codes(answer) == ["lifecycle.wrong_phase"]
    elif command in GROWS:
        assert codes(answer) == ["account.not_open"]
    else:
        assert answer.outcome is Outcome.ALLOWED, codes(answer)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((), id="applied"),
        pytest.param((account.BeginOnboarding,), id="onboarding"),
        pytest.param((account.Withdraw,), id="withdrawn"),
    ],
)
def test_nothing_is_done_on_an_account_that_is_not_open(steps: tuple[type[Command], ...]) -> None:
    applied = account.Apply(id="a", at=at("2024-01-01 00:00"), by=OFFICER, account_id="A", zone=ZONE)
    story = Story()
    story.file = evolve(None, handle(None, applied, PLAIN).events)
    for step in steps:
        story.do(step, "2024-01-02 00:00")
    for operation, command, facts in ASKED:
        answer = story.ask(command, NOW, **facts)
        if operation in (SUBSCRIBE, TAKE_PAYMENT) or command is invoices.Draft:
            assert "account.not_open" in codes(answer) or codes(answer) == ["lifecycle.wrong_phase"], command
        elif operation not in (None, AMEND):
            assert answer.outcome is Outcome.REFUSED, command


def test_an_applicant_becomes_a_customer() -> None:
    story = Story()
    applied = account.Apply(id="a", at=at("2024-01-01 00:00"), by=OFFICER, account_id="A", zone=ZONE)
    story.file = evolve(None, handle(None, applied, PLAIN).events)
    story.do(account.BeginOnboarding, "2024-01-02 00:00")
    story.do(account.Activate, "2024-01-03 00:00")
    assert story.start("2024-01-04 10:00").net() == 3300


# Where there is nothing


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
def test_a_command_needs_a_file(
    operation: str | None, command: type[Command], facts: Mapping[str, object]
) -> None:
    asked = Story().command(command, NOW, **facts)
    if issubclass(command, account.Amend | account.RequestClosure | account.Verify):
        assert codes(handle(None, asked, PLAIN)) == ["lifecycle.wrong_phase"]
    else:
        with pytest.raises(InvalidValue, match="open the account first"):
            handle(None, asked, PLAIN)


@pytest.mark.parametrize(("operation", "command", "facts"), ASKED, ids=IDS)
def test_a_file_with_nothing_on_it_answers_everything(
    operation: str | None, command: type[Command], facts: Mapping[str, object]
) -> None:
    answer = Story().ask(command, NOW, **facts)
    assert answer.outcome in (
        (Outcome.UNKNOWN,) if command in OF_WHAT_IS_KNOWN else (Outcome.ALLOWED, Outcome.REFUSED)
    )
    assert all(reason.text for reason in answer.reasons)


def test_something_that_is_no_command_is_a_mistake() -> None:
    with pytest.raises(InvalidValue, match="a command that a flow answers"):
        handle(None, "open", PLAIN)  # type: ignore[arg-type]
    use = approvals.Use(
        id="u", at=at(NOW), by=OFFICER, request_id="Q1", fingerprint="f", operation=REFUND
    )  # only a flow uses an approval
    with pytest.raises(InvalidValue, match="a command that a flow answers"):
        handle(Story().file, use, PLAIN)


# Closing


def test_everything_that_keeps_an_account_from_closing_is_told_at_once() -> None:
    story = ready()
    story.do(holds.Place, "2024-03-09 10:00", hold_id="H1", reason="dispute", blocks={CLOSE, REFUND})
    story.do(
        approvals.Ask,
        "2024-03-09 10:00",
        request_id="Q1",
        fingerprint="f",
        operation=REFUND,
        amount=eur("1.00"),
    )
    answer = story.ask(account.Close, NOW)
    assert set(codes(answer)) == {
        "account.balance_open",
        "account.subscription_running",
        "account.hold_active",
        "account.approval_pending",
        "account.payment_pending",
        "account.draft_open",
        "account.authorisation_open",
    }
    facts = {reason.code: reason for reason in answer.reasons}
    assert facts["account.balance_open"] == account.BalanceOpen((eur("41.07"),))
    assert facts["account.subscription_running"] == account.SubscriptionRunning(("S1", "S2", "S3"))
    assert facts["account.hold_active"] == account.HoldActive(("H0", "H1"))
    assert facts["account.approval_pending"] == account.ApprovalPending(("Q1",))
    assert facts["account.authorisation_open"] == account.AuthorisationOpen(("A1",))
    assert facts["account.payment_pending"] == account.PaymentPending(("P2",))
    assert facts["account.draft_open"] == account.DraftOpen(("D1",))


def test_an_account_closes_once_nothing_is_open() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(account.RequestClosure, "2024-03-02 10:00")
    story.do(subs.Cancel, "2024-03-02 10:00", when=subs.Timing.NOW)
    assert codes(story.ask(account.Close, "2024-03-02 11:00")) == ["account.balance_open"]
    story.pay("2024-03-03 10:00", eur("1.07"))
    story.do(account.Close, "2024-03-03 11:00")
    assert codes(story.ask(account.Close, "2024-03-04 11:00")) == ["lifecycle.wrong_phase"]
    asked = {"payment_id": "P9", "amount": eur("1")}
    assert codes(story.ask(payments.Attempt, "2024-03-04 11:00", **asked)) == ["account.not_open"]
    story.do(payments.Receive, "2024-03-04 11:00", **asked)  # what came in is recorded all the same


def test_a_balance_in_another_currency_is_not_netted() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(subs.Cancel, "2024-03-01 10:00", when=subs.Timing.NOW)
    story.start("2024-03-01 11:00", subscription_id="S2", plan="yen", currency="JPY")
    story.do(subs.Cancel, "2024-03-11 10:00", subscription_id="S2", when=subs.Timing.NOW)
    story.pay("2024-03-12 10:00", eur("3.23"))
    answer = story.ask(account.Close, "2024-03-13 10:00")
    assert [str(reason.text) for reason in answer.reasons] == ["balances are not settled: -3.23 EUR, 323 JPY"]


def test_what_is_cancelled_runs_until_its_last_charge_is_billed() -> None:
    story = Story().start("2024-03-01 10:00", plan="metered")
    story.pay("2024-03-01 11:00", eur("30.00"))
    story.do(subs.Cancel, "2024-03-02 10:00")
    before = story.ask(account.Close, "2024-04-01 00:00")
    assert codes(before) == ["account.subscription_running"]
    story.run("2024-04-01 00:00")
    assert codes(story.ask(account.Close, "2024-04-01 00:00")) == ["account.balance_open"]
    assert story.net() == 3000 + 100
    assert months(1) == story.policies.catalog.plans[0].every
