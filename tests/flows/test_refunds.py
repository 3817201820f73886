"""Money given back: all three kinds, to the last cent, at the edges of every limit."""

from datetime import date

import pytest
from attrs import evolve as changed

from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.flows import Policies, balances, closing_plan, in_flight, seal
from acctcore.flows.as_of import InFlight
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, Price
from acctcore.receivables import authorisations, chargebacks, payments, refunds
from acctcore.testing import laws
from tests.flows.stories import PLAIN, TAXED, Answer, Story, at, codes, eur, issued

Kind = refunds.Kind
INVOICE = "c1/invoice"


def paid(policies: Policies = TAXED, amount: str = "39.27") -> Story:
    """Return a month at 33.00 and 6.27 tax, and a payment."""
    return Story(policies).start("2024-03-01 10:00").pay("2024-03-02 10:00", eur(amount))


def give(story: Story, amount: Money | str, when: str = "2024-03-03 10:00", **facts: object) -> Answer:
    money = eur(amount) if isinstance(amount, str) else amount
    return story.ask(
        refunds.Give, when, **{"refund_id": f"R{story.count}", "payment_id": "P1", "amount": money, **facts}
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"amount": "39.27"}, [], id="all of it"),
        pytest.param(
            {"amount": "39.28"}, ["refunds.exceeds_paid", "refunds.exceeds_billed"], id="a cent too much"
        ),
        pytest.param({"amount": "39.27", "kind": Kind.MONEY_BACK}, [], id="all of it, owed again"),
        pytest.param(
            {"amount": "39.28", "kind": Kind.MONEY_BACK},
            ["refunds.exceeds_paid", "refunds.exceeds_applied"],
            id="a cent too much, owed again",
        ),
        pytest.param(
            {"amount": "0.01", "kind": Kind.BALANCE}, ["refunds.exceeds_credit"], id="no credit to pay out"
        ),
        pytest.param({"amount": Money("1", "JPY")}, ["refunds.exceeds_paid"], id="another currency"),
        pytest.param(
            {"amount": "1", "payment_id": "P9"}, ["refunds.unknown_payment"], id="an unknown payment"
        ),
        pytest.param(
            {"amount": "1", "invoice_id": "other"}, ["refunds.exceeds_billed"], id="an unknown invoice"
        ),
        pytest.param(
            {"amount": "1", "invoice_id": "other", "kind": Kind.MONEY_BACK},
            ["refunds.exceeds_applied"],
            id="owed again on an unknown invoice",
        ),
    ],
)
def test_what_may_be_given_back(facts: dict[str, object], expected: list[str]) -> None:
    assert codes(give(paid(), **facts)) == expected  # type: ignore[arg-type]


def test_a_price_reduction_credits_the_invoice_with_its_tax() -> None:
    story = paid()
    answer = story.store(give(story, "10.00"))
    (note,) = laws.documents_of(answer.events)
    assert [line.amount for line in note.lines] == [764, 76]  # 10.00 split over 30.00, 3.00 and 6.27
    assert (note.net, note.tax, note.total, note.corrects) == (840, 160, 1000, INVOICE)
    assert story.open() == {}
    assert story.file.payments[0].refundable == eur("29.27")


def test_money_back_leaves_the_invoice_owed_again() -> None:
    story = paid()
    story.store(give(story, "10.00", kind=Kind.MONEY_BACK))
    assert story.open() == {INVOICE: 1000}
    assert balances(story.file) == {"EUR": eur("10.00")}
    story.pay("2024-03-05 10:00", eur("10.00"), id="P2")
    assert story.open() == {}


def test_credit_is_paid_out_through_a_payment() -> None:
    story = paid(amount="50.00")
    assert story.open() == {"P1": 1073}
    assert codes(give(story, "10.74", kind=Kind.BALANCE)) == ["refunds.exceeds_credit"]
    story.store(give(story, "10.73", kind=Kind.BALANCE))
    assert (story.open(), balances(story.file)) == ({}, {})


def test_credit_is_paid_out_from_several_sources_the_oldest_first() -> None:
    story = paid(amount="50.00").pay("2024-03-04 10:00", eur("60.00"), id="P2")
    story.store(give(story, "15.00", "2024-03-05 10:00", payment_id="P2", kind=Kind.BALANCE))
    assert story.open() == {"P2": 5573}
    second = story.file.payment("P2")
    assert second is not None
    assert second.refundable == eur("45.00")


def test_refunds_go_on_to_the_last_cent_and_not_beyond() -> None:
    story = paid()
    for amount in ("13.09", "13.09", "13.08", "0.01"):
        story.store(give(story, amount))
    assert story.totals()[INVOICE] == 3927
    left = invoices.left_of(story.document(INVOICE), story.file.notes(INVOICE))
    assert (left.total, {amount for _, amount in left.lines}, left.keys[0][1:]) == (0, {0}, (0, 0))
    answer = give(story, "0.01")
    assert codes(answer) == ["refunds.exceeds_paid", "refunds.which_invoice"]
    assert codes(give(story, "0.01", invoice_id=INVOICE)) == [
        "refunds.exceeds_paid",
        "refunds.exceeds_billed",
    ]


def test_what_was_refunded_of_a_price_is_not_credited_again_by_a_change() -> None:
    story = paid(PLAIN, "33.00")
    story.store(give(story, "30.00"))
    end = story.do(subs.Cancel, "2024-03-11 10:00", when=subs.Timing.NOW)
    assert sum(amount for *_, amount in issued(end)) <= 300
    assert story.net() >= 0


@pytest.mark.parametrize(
    ("plan", "currency", "price", "part"),
    [
        pytest.param("yen", "JPY", "1000", "333", id="no decimals"),
        pytest.param("dinar", "KWD", "10.005", "3.335", id="three decimals"),
    ],
)
def test_refunds_in_currencies_of_no_and_three_decimals(
    plan: str, currency: str, price: str, part: str
) -> None:
    story = Story(TAXED).start("2024-03-01 10:00", plan=plan, currency=currency)
    total = story.document(INVOICE).total_money
    assert total == Money(price, currency) + Money.of_minor(
        (Money(price, currency).minor * 19 + 50) // 100, currency
    )
    story.pay("2024-03-02 10:00", total)
    story.store(give(story, Money(part, currency)))
    story.store(give(story, total - Money(part, currency)))
    assert story.open() == {}
    assert codes(give(story, Money.of_minor(1, currency), invoice_id=INVOICE)) == [
        "refunds.exceeds_paid",
        "refunds.exceeds_billed",
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(
            "2024-04-01 11:00:00", [], id="the last instant"
        ),  # thirty times 24 hours, over the clock change
        pytest.param("2024-04-01 11:00:01", ["refunds.window_closed"], id="a second later"),
    ],
)
def test_a_payment_can_be_refunded_up_to_the_last_instant_of_its_window(
    when: str, expected: list[str]
) -> None:
    story = paid(changed(TAXED, refunds=refunds.RefundPolicy(window_days=30)))
    assert codes(give(story, "1.00", when)) == expected


def test_a_window_of_no_days_is_the_moment_of_the_payment() -> None:
    story = paid(changed(TAXED, refunds=refunds.RefundPolicy(window_days=0)))
    assert codes(give(story, "1.00", "2024-03-02 10:00")) == []
    (reason,) = give(story, "1.00", "2024-03-02 10:01").reasons
    assert reason == refunds.WindowClosed(at("2024-03-02 10:00"))


@pytest.mark.parametrize("phase", ["pending", "unknown", "failed"])
def test_only_money_that_came_in_is_given_back(phase: str) -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(payments.Attempt, "2024-03-02 10:00", payment_id="P1", amount=eur("33.00"))
    if phase == "unknown":
        story.do(payments.LoseTrack, "2024-03-02 11:00", payment_id="P1")
    if phase == "failed":
        story.do(payments.Fail, "2024-03-02 11:00", payment_id="P1", amount=eur("33.00"), failure="x")
    assert codes(give(story, "1.00")) == ["refunds.unknown_payment"]


def test_a_refund_is_not_refunded_and_not_given_twice() -> None:
    story = paid()
    story.store(give(story, "10.00", refund_id="R1"))
    assert codes(give(story, "5.00", payment_id="R1")) == ["refunds.unknown_payment"]
    assert codes(give(story, "5.00", refund_id="R1")) == ["refunds.exists"]


def test_a_payment_of_several_invoices_has_to_say_which_one_is_meant() -> None:
    story = Story().start("2024-03-01 10:00").run("2024-04-01 10:00").pay("2024-04-02 10:00", eur("66.00"))
    second = "bill/S1/2024-04-01/invoice"
    (reason,) = give(story, "5.00", "2024-04-03 10:00").reasons
    assert reason == refunds.WhichInvoice((INVOICE, second))
    story.store(give(story, "33.00", "2024-04-03 10:00", invoice_id=INVOICE))
    assert codes(give(story, "0.01", "2024-04-03 10:00", invoice_id=INVOICE)) == ["refunds.exceeds_billed"]
    story.store(give(story, "33.00", "2024-04-03 10:00"))  # only the second one holds money of it now
    assert (story.open(), story.net()) == ({}, 0)


def test_a_credit_note_cannot_be_named_as_the_invoice() -> None:
    story = paid()
    story.store(give(story, "10.00"))
    note = story.file.notes(INVOICE)[0].id
    assert codes(give(story, "1.00", invoice_id=note)) == ["refunds.exceeds_billed"]


def test_a_refund_of_a_partly_paid_invoice_takes_at_most_what_was_paid_into_it() -> None:
    story = paid(PLAIN, "20.00")
    assert codes(give(story, "20.01")) == ["refunds.exceeds_paid", "refunds.exceeds_billed"]
    story.store(give(story, "20.00"))
    assert story.open() == {INVOICE: 1300}


def test_an_invoice_credited_by_a_change_is_reduced_by_what_is_left_at_most() -> None:
    story = paid(PLAIN, "33.00")
    story.do(subs.Cancel, "2024-03-11 10:00", when=date(2024, 3, 2))
    assert story.open() == {"c1/invoice/credit/c3": 3193}  # 30.00 and 3.00 for thirty of 31 days
    assert codes(give(story, "1.08", "2024-03-12 10:00")) == ["refunds.exceeds_billed"]
    story.store(give(story, "1.07", "2024-03-12 10:00"))
    story.store(give(story, "31.93", "2024-03-12 10:00", kind=Kind.BALANCE))
    assert story.open() == {}


# Facts that come late


def billed(amount: str) -> Story:
    """Return a file with an invoice I over an amount, all of it owed."""
    story = Story()
    line = invoices.OneOff(key="work", title="Work", price=Price(amount, "EUR"))
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="I", currency="EUR", lines=(line,))
    story.do(invoices.Issue, "2024-03-01 10:00", document_id="I")
    return story


def test_a_reversal_gives_each_debt_back_what_the_chargeback_took_of_it() -> None:
    """What was owed before the chargeback is owed again after its reversal, and nothing else."""
    story = billed("10.00").pay("2024-03-02 10:00", eur("10.00"))
    money_back = {"payment_id": "P1", "amount": eur("3.00"), "kind": refunds.Kind.MONEY_BACK}
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", **money_back)
    before = story.open()
    assert before == {"I": 300}
    taken = {"chargeback_id": "C1", "payment_id": "P1", "amount": eur("10.00")}
    story.do(chargebacks.ChargeBack, "2024-03-04 10:00", **taken)
    assert story.open() == {"I": 1000, "R1": 300}
    story.do(chargebacks.Reverse, "2024-03-05 10:00", chargeback_id="C1")
    assert story.open() == before


def test_what_a_reversal_has_over_settles_what_is_left_of_the_same_debts() -> None:
    story = billed("10.00").pay("2024-03-02 10:00", eur("6.00"))
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", payment_id="P1", amount=eur("2.00"))
    taken = {"chargeback_id": "C1", "payment_id": "P1", "amount": eur("6.00")}
    story.do(chargebacks.ChargeBack, "2024-03-04 10:00", **taken)
    assert story.open() == {"I": 800, "R1": 200}
    story.do(payments.Receive, "2024-03-05 10:00", payment_id="P2", amount=eur("2.00"), documents=("R1",))
    story.do(chargebacks.Reverse, "2024-03-06 10:00", chargeback_id="C1")
    assert story.open() == {"I": 200}


def test_a_refund_that_arrives_after_it_failed_and_was_given_again_is_owed() -> None:
    story = Story().pay("2024-03-02 10:00", eur("5.00"))
    paid_out = {"amount": eur("5.00"), "payment_id": "P1", "kind": refunds.Kind.BALANCE}
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", **paid_out)
    story.do(refunds.Fail, "2024-03-04 10:00", refund_id="R1", failure="closed")
    assert story.open() == {"P1": 500}
    story.do(refunds.Give, "2024-03-05 10:00", refund_id="R2", **paid_out)
    story.do(refunds.Complete, "2024-03-06 10:00", refund_id="R1")
    assert story.open() == {"R1": 500}
    taken = {"chargeback_id": "C1", "payment_id": "P1", "amount": eur("5.00")}
    story.do(chargebacks.ChargeBack, "2024-03-07 10:00", **taken)
    assert story.open() == {"R1": 500, "R2": 500}
    chargeback = story.file.chargeback("C1")
    assert chargeback is not None
    story.do(chargebacks.Answer, "2024-03-08 10:00", chargeback_id="C1", contest=False)
    assert story.open() == {"R1": 500, "R2": 500}


def test_a_refund_on_its_way_keeps_the_account_from_closing() -> None:
    story = Story().pay("2024-03-02 10:00", eur("5.00"))
    paid_out = {"amount": eur("5.00"), "payment_id": "P1", "kind": refunds.Kind.BALANCE}
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", **paid_out)
    plan = closing_plan(story.file, at("2024-03-04 10:00"), story.policies)
    assert [step.about for step in plan] == []
    followed = changed(story.policies, refunds=refunds.RefundPolicy(followed=True))
    assert [step.about for step in closing_plan(story.file, at("2024-03-04 10:00"), followed)] == [("R1",)]
    story.do(refunds.Send, "2024-03-04 10:00", refund_id="R1")
    assert in_flight(story.file, at("2024-03-05 10:00")).refunds == ("R1",)
    sent = closing_plan(story.file, at("2024-03-05 10:00"), story.policies)
    assert [step.about for step in sent] == [("R1",)]
    story.do(refunds.Complete, "2024-03-06 10:00", refund_id="R1")
    assert closing_plan(story.file, at("2024-03-07 10:00"), story.policies) == ()
    assert in_flight(story.file, at("2024-03-07 10:00")).refunds == ()


def owed_again(*, credited: str | None = None) -> Story:
    """Return an invoice over 10.00 that was paid, given back as money, and so is owed again."""
    story = billed("10.00").pay("2024-03-02 10:00", eur("10.00"))
    if credited is not None:
        note = {"document_id": "I", "amount": eur(credited), "to": invoices.Destination.CREDIT}
        story.do(invoices.Credit, "2024-03-03 09:00", **note)
    money_back = {"payment_id": "P1", "amount": eur("4.00"), "kind": Kind.MONEY_BACK}
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R1", **money_back)
    return story


def test_what_a_credit_note_has_left_settles_its_invoice_before_it_is_owed_again() -> None:
    story = owed_again(credited="3.00")
    assert story.open() == {"I": 100}
    assert balances(story.file) == {"EUR": eur("1.00")}


def test_money_back_that_failed_settles_the_invoice_again() -> None:
    story = owed_again()
    assert story.open() == {"I": 400}
    story.do(refunds.Fail, "2024-03-04 10:00", refund_id="R1", failure="account_closed")
    assert story.open() == {}


def test_money_back_that_failed_is_credit_where_the_invoice_was_paid_meanwhile() -> None:
    story = owed_again().pay("2024-03-04 09:00", eur("4.00"), "P2")
    story.do(refunds.Fail, "2024-03-04 10:00", refund_id="R1", failure="account_closed")
    assert story.open() == {"P1": 400}


def test_money_back_that_arrives_after_it_failed_is_owed_of_the_invoice_again() -> None:
    story = owed_again()
    story.do(refunds.Fail, "2024-03-04 10:00", refund_id="R1", failure="account_closed")
    story.do(refunds.Complete, "2024-03-06 10:00", refund_id="R1")
    assert story.open() == {"I": 400}
    assert balances(story.file) == {"EUR": eur("4.00")}


def test_a_report_of_a_refund_that_is_not_known_is_answered_by_name() -> None:
    answer = billed("10.00").ask(refunds.Complete, "2024-03-04 10:00", refund_id="R9")
    assert (answer.outcome, answer.events) == (Outcome.UNKNOWN, ())
    assert "R9" in str(answer.reasons)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        pytest.param(
            (payments.Receive, {"payment_id": "P2", "amount": eur("1.00")}),
            (payments.Receive, {"payment_id": "P3", "amount": eur("1.00")}),
            id="payments",
        ),
        pytest.param((refunds.Send, {"refund_id": "R1"}), (refunds.Send, {"refund_id": "R2"}), id="refunds"),
        pytest.param(
            (authorisations.Authorise, {"authorisation_id": "A1", "amount": eur("1.00")}),
            (authorisations.Authorise, {"authorisation_id": "A2", "amount": eur("1.00")}),
            id="authorisations",
        ),
        pytest.param(
            (authorisations.Void, {"authorisation_id": "V1"}),
            (authorisations.Void, {"authorisation_id": "V2"}),
            id="voids",
        ),
        pytest.param(
            (chargebacks.ChargeBack, {"chargeback_id": "C3", "payment_id": "P1", "amount": eur("1.00")}),
            (chargebacks.ChargeBack, {"chargeback_id": "C4", "payment_id": "P1", "amount": eur("1.00")}),
            id="chargebacks",
        ),
        pytest.param(
            (chargebacks.Answer, {"chargeback_id": "C1", "contest": True}),
            (chargebacks.Answer, {"chargeback_id": "C2", "contest": True}),
            id="answers",
        ),
        pytest.param(
            (chargebacks.Reverse, {"chargeback_id": "C1"}),
            (chargebacks.Reverse, {"chargeback_id": "C2"}),
            id="reversals",
        ),
    ],
)
def test_a_reference_stands_for_one_fact_of_a_kind(
    known: tuple[type[Command], dict[str, object]], asked: tuple[type[Command], dict[str, object]]
) -> None:
    story = billed("10.00").pay("2024-03-02 10:00", eur("10.00"))
    for number in ("1", "2"):
        back = {"payment_id": "P1", "amount": eur("1.00")}
        story.do(refunds.Give, "2024-03-03 10:00", refund_id=f"R{number}", **back)
        story.do(chargebacks.ChargeBack, "2024-03-03 11:00", chargeback_id=f"C{number}", **back)
        held = {"authorisation_id": f"V{number}", "amount": eur("1.00")}
        story.do(authorisations.Authorise, "2024-03-03 12:00", **held)
    (first, facts), (second, others) = known, asked
    story.do(first, "2024-03-05 10:00", reference="pi_1", **facts)
    assert codes(story.ask(second, "2024-03-05 11:00", reference="pi_1", **others)) == [
        "notices.reference_used"
    ]
    assert story.ask(second, "2024-03-05 11:00", reference="pi_2", **others).allowed


def test_what_was_set_aside_before_a_void_was_set_aside_then() -> None:
    story = billed("10.00")
    held = {"authorisation_id": "A1", "amount": eur("5.00")}
    story.do(authorisations.Authorise, "2024-03-03 10:00", **held)
    story.do(authorisations.Void, "2024-03-05 10:00", authorisation_id="A1")
    assert in_flight(story.file, at("2024-03-04 10:00")).authorisations == ("A1",)
    assert in_flight(story.file, at("2024-03-05 10:00")).authorisations == ()


def test_what_was_before_the_seal_is_asked_of_the_archive() -> None:
    sealed, _ = seal(billed("10.00").pay("2024-03-02 10:00", eur("10.00")).file, at("2024-04-01 00:00"))
    with pytest.raises(InvalidValue, match="with what was sealed before"):
        in_flight(sealed, at("2024-03-31 00:00"))
    assert in_flight(sealed, at("2024-04-01 00:00")) == InFlight()
