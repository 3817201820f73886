"""Histories that once went wrong, each found by a law on random input or by reading the code."""

from datetime import date

import pytest
from attrs import evolve as changed

from acctcore.accounts import account, holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import FromPrice, NoCap
from acctcore.flows import balances, due, evolve, handle
from acctcore.kernel.errors import ImpossibleHistory
from acctcore.kernel.terms import BILL
from acctcore.receivables import refunds
from tests.flows.stories import PLAIN, Story, at, eur, issued

NOW, CYCLE_END = subs.Timing.NOW, subs.Timing.CYCLE_END


def test_a_document_named_twice_by_a_payment_is_settled_once() -> None:
    story = Story().start()
    story.pay("2024-02-01 10:00", eur("50.00"), documents=("c1/invoice", "c1/invoice"))
    assert story.open() == {"P1": 1700}


def test_what_is_cancelled_without_credit_is_not_given_back_by_a_later_change() -> None:
    story = Story().start("2024-03-01 10:00", quantities={"seat": 5})
    story.do(subs.Cancel, "2024-03-11 10:00", when=NOW, credit=False)
    late = story.do(subs.ChangeQuantity, "2024-03-12 10:00", item="seat", quantity=4, when=date(2024, 3, 6))
    # 5 of 31 days: 5 × 3.00 back (2.42), 4 × 3.00 charged (1.93); from 11 March on, nothing
    assert issued(late) == [
        ("credit_note", "c1/invoice/credit/c3", 242),
        ("invoice", "c3/invoice", 193),
    ]


def test_a_later_end_without_credit_gives_nothing_back_when_it_comes() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(subs.Cancel, "2024-03-05 10:00", when=date(2024, 3, 11), credit=False)
    story.run("2024-04-10 10:00")
    assert story.totals() == {"c1/invoice": 3300}


def test_prices_change_at_a_renewal_and_not_at_any_billing_point() -> None:
    story = Story().start("2024-03-01 10:00", plan="dear")
    story.do(subs.ChangeQuantity, "2024-03-02 10:00", item="seat", quantity=2, when=date(2024, 3, 20))
    story.run("2024-03-31 10:00")
    # the new price of 10 March waits for April; from 20 March on there is one seat more, for 12 of 31 days
    assert story.net() == 3000 + 300 - 116 + 232
    assert story.run("2024-04-01 10:00").net() == 3416 + 6000 + 600


def test_a_new_price_does_not_undo_a_plan_change_backdated_before_it() -> None:
    story = Story().start("2024-03-01 10:00", plan="dear").run("2024-04-02 10:00")
    assert story.totals() == {"c1/invoice": 3300, "bill/S1/2024-04-01/invoice": 6300}
    story.do(subs.ChangePlan, "2024-04-02 11:00", plan="large", when=date(2024, 3, 20))
    subscription = story.file.subscription("S1")
    assert subscription is not None
    assert subscription.terms(date(2024, 4, 2)).plan == "large"
    assert story.net() == 3300 - 1161 - 116 + 3484 + 232 + 9600


def test_a_shorter_interval_is_billed_one_cycle_at_a_time() -> None:
    story = Story().start("2024-01-31 10:00", plan="yearly")
    change = story.do(subs.ChangePlan, "2024-02-01 10:00", plan="small")
    assert [each[2] for each in issued(change)] == [36500 - 100, 3300]
    assert issued(story.do(subs.Bill, "2024-03-01 10:00", on=date(2024, 3, 1))) == [
        ("invoice", "c3/invoice", 3300)
    ]


def test_an_interval_changed_before_an_end_is_billed_to_that_end_at_most() -> None:
    story = Story().start("2024-03-31 10:00", anchor_day=31)
    story.do(subs.Cancel, "2024-04-01 10:00", when=date(2024, 4, 20))
    change = story.do(subs.ChangePlan, "2024-04-10 10:00", plan="yearly")
    invoice = story.document(issued(change)[-1][1])
    assert [str(line.period) for line in invoice.lines] == ["2024-04-10 up to 2024-04-20"]


def test_nothing_of_a_void_invoice_is_ever_given_back() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(invoices.Void, "2024-03-02 10:00", document_id="c1/invoice")
    end = story.do(subs.Cancel, "2024-03-11 10:00", when=NOW)
    assert issued(end) == []
    assert balances(story.file) == {}


def test_a_settlement_without_a_cap_never_credits_more_than_is_left_of_the_line() -> None:
    story = Story(changed(PLAIN, settlement=FromPrice(NoCap()))).start(
        "2024-03-01 10:00", plan="trial", trial_days=0
    )
    story.pay("2024-03-02 10:00", eur("31.00"))
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", payment_id="P1", amount=eur("30.00"))
    end = story.do(subs.Cancel, "2024-03-11 10:00", when=NOW)
    assert issued(end) == [("credit_note", "c1/invoice/credit/c4", 100)]


def test_a_refund_may_bear_the_id_of_its_payment() -> None:
    story = Story().start().pay("2024-02-01 10:00", eur("50.00"), id="1")
    story.do(
        refunds.Give,
        "2024-02-02 10:00",
        refund_id="1",
        payment_id="1",
        amount=eur("17.00"),
        kind=refunds.Kind.BALANCE,
    )
    assert story.open() == {}


def test_the_answer_to_a_repeated_command_changes_nothing_when_it_is_stored_again() -> None:
    story = Story()
    start = story.command(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    first = story.store(handle(story.file, start, PLAIN))
    again = handle(story.file, start, PLAIN)
    assert again.events == first.events
    assert evolve(story.file, again.events) == story.file


def test_events_of_two_commands_are_not_stored_as_one() -> None:
    story = Story()
    one = story.ask(account.Amend, "2024-02-01 10:00", party="x").events
    two = story.ask(account.RequestClosure, "2024-02-01 10:00").events
    with pytest.raises(ImpossibleHistory, match="one command"):
        evolve(story.file, (*one, *two))


def test_what_a_hold_kept_from_being_billed_is_billed_when_the_hold_ends() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(
        holds.Place,
        "2024-03-25 10:00",
        hold_id="H1",
        reason="dispute",
        blocks={BILL},
        expires_at=at("2024-04-05 12:00"),
    )
    asked = due(story.file, at("2024-04-03 10:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), at("2024-04-05 12:00"))
    (bill,) = due(story.file, at("2024-04-06 10:00"), PLAIN).commands
    assert (bill.id, bill.at) == ("bill/S1/2024-04-01", at("2024-04-05 12:00"))
    story.store(handle(story.file, bill, PLAIN))
    assert story.totals() == {"c1/invoice": 3300, "bill/S1/2024-04-01/invoice": 3300}


def test_what_is_held_without_an_end_is_not_due() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(holds.Place, "2024-03-25 10:00", hold_id="H1", reason="dispute")
    asked = due(story.file, at("2024-06-01 10:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), None)
    story.do(holds.Release, "2024-06-02 10:00", hold_id="H1")
    assert [each.at for each in due(story.file, at("2024-06-02 10:00"), PLAIN).commands] == [
        at("2024-06-02 10:00")
    ] * 3
