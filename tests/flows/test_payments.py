"""Payments on a file: what they settle, what is left of them, and what is not known of them."""

import pytest

from acctcore.billing import invoices
from acctcore.flows import balances
from acctcore.kernel.money import Money, Price
from acctcore.receivables import payments
from acctcore.testing import laws
from tests.flows.stories import PLAIN, Story, codes, eur

FIRST, SECOND, THIRD = "c1/invoice", "bill/S1/2024-04-01/invoice", "bill/S1/2024-05-01/invoice"


def owing() -> Story:
    """Return three months of 33.00, none of them paid."""
    return Story().start("2024-03-01 10:00").run("2024-05-02 10:00")


@pytest.mark.parametrize(
    ("amount", "documents", "left"),
    [
        pytest.param("33.00", (), {SECOND: 3300, THIRD: 3300}, id="the oldest first"),
        pytest.param("33.01", (), {SECOND: 3299, THIRD: 3300}, id="a cent of the next"),
        pytest.param("33.00", (THIRD,), {FIRST: 3300, SECOND: 3300}, id="what is named"),
        pytest.param("50.00", (THIRD,), {FIRST: 1600, SECOND: 3300}, id="what is named, then the oldest"),
        pytest.param("50.00", (THIRD, SECOND), {FIRST: 3300, SECOND: 1600}, id="named in that order"),
        pytest.param("99.00", (), {}, id="everything"),
        pytest.param("100.00", (), {"P1": 100}, id="too much stays as credit"),
    ],
)
def test_what_a_payment_settles(amount: str, documents: tuple[str, ...], left: dict[str, int]) -> None:
    assert owing().pay("2024-05-03 10:00", eur(amount), documents=documents).open() == left


@pytest.mark.parametrize(
    "documents", [("nothing",), (FIRST, "nothing"), ("P0",)], ids=["unknown", "one of two", "a payment"]
)
def test_a_document_with_nothing_open_cannot_be_named(documents: tuple[str, ...]) -> None:
    story = owing()
    answer = story.ask(
        payments.Receive, "2024-05-03 10:00", payment_id="P1", amount=eur("1"), documents=documents
    )
    assert codes(answer) == ["payments.not_open"]
    assert answer.reasons == (payments.NotOpen("EUR", (documents[-1],)),)


def test_money_for_what_is_paid_already_came_in_all_the_same() -> None:
    story = owing().pay("2024-05-03 10:00", eur("33.00"), documents=(SECOND,))
    story.pay("2024-05-03 11:00", eur("40.00"), "P2", documents=(SECOND,))
    assert story.open() == {THIRD: 2600}
    story.pay("2024-05-03 12:00", eur("30.00"), "P3", documents=(SECOND, FIRST))
    assert story.open() == {"P3": 400}


def test_two_payments_of_one_document_come_to_the_same_in_either_order() -> None:
    story = owing()
    facts = [
        story.command(
            payments.Receive,
            f"2024-05-03 1{number}:00",
            payment_id=id,
            amount=eur("33.00"),
            documents=(FIRST,),
        )
        for number, id in enumerate(("P1", "P2"))
    ]
    after = laws.facts_in_any_order(story.file, facts, PLAIN)
    assert balances(after) == {"EUR": eur("33.00")}


def test_money_for_a_void_invoice_is_credit() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(invoices.Void, "2024-03-02 10:00", document_id=FIRST)
    story.pay("2024-03-03 10:00", eur("33.00"), documents=(FIRST,))
    assert story.open() == {"P1": 3300}


def test_a_payment_never_settles_another_currency() -> None:
    story = owing().pay("2024-05-03 10:00", Money("5000", "JPY"))
    assert story.open() == {FIRST: 3300, SECOND: 3300, THIRD: 3300, "P1": 5000}
    assert balances(story.file) == {"EUR": eur("99.00"), "JPY": Money("-5000", "JPY")}
    answer = story.ask(
        payments.Receive,
        "2024-05-03 10:00",
        payment_id="P2",
        amount=Money("1", "JPY"),
        documents=(FIRST,),
    )
    assert codes(answer) == ["payments.not_open"]


def test_credit_is_used_by_the_next_invoice() -> None:
    story = Story().start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("40.00"))
    assert story.open() == {"P1": 700}
    assert story.run("2024-04-01 10:00").open() == {SECOND: 2600}


def test_credit_in_another_currency_is_not_used() -> None:
    story = Story().start("2024-03-01 10:00").pay("2024-03-02 10:00", Money("7", "KWD"))
    assert story.run("2024-04-01 10:00").open() == {FIRST: 3300, SECOND: 3300, "P1": 7000}


def test_an_unknown_outcome_settles_nothing_until_it_is_known() -> None:
    story = Story().start("2024-03-01 10:00")
    stated = {"payment_id": "P1", "amount": eur("33.00")}
    story.do(payments.Attempt, "2024-03-02 10:00", **stated)
    assert story.open() == {FIRST: 3300}
    story.do(payments.LoseTrack, "2024-03-02 11:00", payment_id="P1")
    assert story.open() == {FIRST: 3300}
    story.do(payments.Receive, "2024-03-05 10:00", **stated)
    assert story.open() == {}
    assert [payment.phase for payment in story.file.payments] == [payments.Phase.RECEIVED]


@pytest.mark.parametrize("lost", [False, True], ids=["pending", "unknown"])
def test_a_payment_may_fail_after_all(lost: bool) -> None:
    story = Story().start("2024-03-01 10:00")
    stated = {"payment_id": "P1", "amount": eur("33.00")}
    story.do(payments.Attempt, "2024-03-02 10:00", **stated)
    if lost:
        story.do(payments.LoseTrack, "2024-03-02 11:00", payment_id="P1")
    story.do(payments.Fail, "2024-03-05 10:00", failure="insufficient_funds", **stated)
    assert story.open() == {FIRST: 3300}
    assert story.file.payments[0].failure == "insufficient_funds"
    story.pay("2024-03-06 10:00", eur("33.00"), id="P2")
    assert story.open() == {}
    story.do(payments.Receive, "2024-03-07 10:00", **stated)  # and then it came all the same
    assert story.open() == {"P1": 3300}


@pytest.mark.parametrize("kind", [payments.Receive, payments.Fail])
def test_another_amount_than_was_attempted_is_refused(kind: type[payments.Receive]) -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(payments.Attempt, "2024-03-02 10:00", payment_id="P1", amount=eur("33.00"))
    facts = {"failure": "x"} if issubclass(kind, payments.Fail) else {}
    answer = story.ask(kind, "2024-03-03 10:00", payment_id="P1", amount=eur("32.99"), **facts)
    assert answer.reasons == (payments.OtherAmount(eur("33.00")),)


def test_money_before_any_invoice_is_credit_for_the_first() -> None:
    story = Story().pay("2024-03-01 09:00", eur("10.00"))
    assert balances(story.file) == {"EUR": eur("-10.00")}
    assert story.start("2024-03-01 10:00").open() == {"c2/invoice": 2300}


def test_an_invoice_by_hand_is_paid_like_any_other() -> None:
    story = Story()
    line = invoices.OneOff(key="work", title="Work", price=Price("12.50", "EUR"), quantity=2)
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=(line,))
    named = {"payment_id": "P1", "amount": eur("25.00"), "documents": ("D1",)}
    assert codes(story.ask(payments.Receive, "2024-03-02 10:00", **named)) == ["payments.not_open"]
    story.do(invoices.Issue, "2024-03-02 10:00", document_id="D1")
    story.do(payments.Receive, "2024-03-03 10:00", **named)
    assert story.open() == {}
