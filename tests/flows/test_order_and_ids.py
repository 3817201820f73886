"""Commands come after their subject and after what is due; an id names one thing; policies fit together."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from acctcore import Money, Price
from acctcore.accounts import account, holds
from acctcore.billing import catalog, invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import BY_SECOND, FixedMonth, Proration, Settlement
from acctcore.flows import Policies, due, duties, evolve, handle, may
from acctcore.kernel.calendar import days, instant
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.measures import ActualDays
from acctcore.receivables import payments, refunds
from tests.flows.stories import OFFICER, PLAIN, Story, at, codes, eur

LINES = (invoices.OneOff(key="work", title="Work", price=Price("5.00", "EUR")),)


def test_nothing_happens_before_the_account_was_opened() -> None:
    story = Story()
    opened = story.file.account.opened_at
    assert opened is not None
    before = opened.subtract(days=1)
    start = story.ask(subs.Start, before, subscription_id="S1", plan="small", currency="EUR")
    assert codes(start) == ["account.not_yet_open"]
    paid = story.ask(payments.Receive, before, payment_id="P1", amount=eur("1.00"))
    assert codes(paid) == ["account.not_yet_open"]


def test_nothing_happens_to_a_subscription_before_it_was_agreed() -> None:
    story = Story().start("2024-03-10 10:00")
    cancelled = story.ask(subs.Cancel, "2024-03-10 09:00", when=subs.Timing.NOW)
    assert codes(cancelled) == ["subscriptions.not_agreed_yet"]


def test_what_is_due_is_billed_first_and_in_order() -> None:
    story = Story().start("2024-03-01 10:00")
    assert codes(story.ask(subs.ChangePlan, "2024-05-10 10:00", plan="large")) == [
        "subscriptions.behind_schedule"
    ]
    skipping = story.ask(subs.Bill, "2024-05-10 10:00", on=date(2024, 5, 1))
    assert codes(skipping) == ["subscriptions.behind_schedule"]
    assert codes(story.ask(subs.Bill, "2024-05-10 10:00", on=date(2024, 4, 1))) == []


def test_a_backdated_refund_meets_the_hold_and_the_window_of_the_day_on_which_it_is_recorded() -> None:
    policies = Policies(
        catalog=PLAIN.catalog,
        taxes=PLAIN.taxes,
        holds=PLAIN.holds,
        refunds=refunds.RefundPolicy(window_days=10),
    )
    story = Story(policies).start("2024-03-01 10:00")
    story.pay("2024-03-02 10:00", eur("33.00"))
    asked = {"refund_id": "R1", "payment_id": "P1", "amount": eur("1.00")}
    late = story.ask(refunds.Give, "2024-03-05 10:00", recorded_at=at("2024-03-20 10:00"), **asked)
    assert codes(late) == ["refunds.window_closed"]
    early = story.ask(refunds.Give, "2024-03-02 09:00", **asked)
    assert codes(early) == ["refunds.before_payment"]
    story.do(holds.Place, "2024-03-06 10:00", hold_id="H1", reason="dispute", blocks={"refund"})
    held = story.ask(refunds.Give, "2024-03-05 10:00", recorded_at=at("2024-03-07 10:00"), **asked)
    assert codes(held) == ["holds.blocked"]


def test_nothing_happens_to_a_document_before_it_is_there() -> None:
    story = Story()
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="D1", currency="EUR", lines=LINES)
    assert codes(story.ask(invoices.Issue, "2024-03-04 09:00", document_id="D1")) == [
        "invoices.before_document"
    ]


def test_a_repeated_command_says_again_when_to_ask() -> None:
    story = Story()
    facts = {"subscription_id": "S1", "plan": "small", "currency": "EUR"}
    first = story.do(subs.Start, "2024-03-01 10:00", id="begin", **facts)
    again = story.ask(subs.Start, "2024-03-01 10:00", id="begin", **facts)
    assert again == first
    assert again.next_change_at is not None


@pytest.mark.parametrize(
    ("kind", "when", "facts"),
    [
        pytest.param(
            payments.Receive,
            "2024-03-01 10:00",
            {"payment_id": "P1", "amount": eur("1.00")},
            id="another kind",
        ),
        pytest.param(
            subs.Start,
            "2024-03-02 10:00",
            {"subscription_id": "S1", "plan": "small", "currency": "EUR"},
            id="another moment",
        ),
        pytest.param(
            subs.Start,
            "2024-03-01 10:00",
            {"subscription_id": "S2", "plan": "small", "currency": "EUR"},
            id="another subject",
        ),
    ],
)
def test_another_command_under_a_used_id_is_refused(kind: type, when: str, facts: dict[str, object]) -> None:
    story = Story()
    story.do(subs.Start, "2024-03-01 10:00", id="begin", subscription_id="S1", plan="small", currency="EUR")
    assert codes(story.ask(kind, when, id="begin", **facts)) == ["flows.id_reused"]


def test_an_id_names_one_thing_that_is_owed() -> None:
    story = Story()
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="1", currency="EUR", lines=LINES)
    assert codes(
        story.ask(invoices.Draft, "2024-03-04 10:00", document_id="1", currency="EUR", lines=LINES)
    ) == ["lifecycle.wrong_phase"]
    story.do(invoices.Issue, "2024-03-04 11:00", document_id="1")
    story.do(payments.Receive, "2024-03-05 10:00", payment_id="1", amount=eur("5.00"))
    given = {"refund_id": "1", "payment_id": "1", "amount": eur("1.00"), "kind": refunds.Kind.MONEY_BACK}
    assert codes(story.ask(refunds.Give, "2024-03-06 10:00", **given)) == ["flows.id_taken"]
    story.do(refunds.Give, "2024-03-06 10:00", **(given | {"refund_id": "2"}))
    assert codes(
        story.ask(invoices.Draft, "2024-03-07 10:00", document_id="2", currency="EUR", lines=LINES)
    ) == ["flows.id_taken"]


def test_a_draft_under_the_id_of_an_invoice_to_come_is_not_overwritten() -> None:
    story = Story()
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="begin/invoice", currency="EUR", lines=LINES)
    facts = {"subscription_id": "S1", "plan": "small", "currency": "EUR"}
    assert codes(story.ask(subs.Start, "2024-03-05 10:00", id="begin", **facts)) == ["flows.id_taken"]


def test_a_payment_does_not_take_the_id_of_a_credit_note() -> None:
    story = Story()
    story.do(invoices.Draft, "2024-03-04 10:00", document_id="1", currency="EUR", lines=LINES)
    story.do(invoices.Issue, "2024-03-04 11:00", document_id="1")
    story.do(invoices.Credit, "2024-03-05 10:00", id="c", document_id="1", amount=eur("1.00"))
    asked = {"payment_id": "1/credit/c", "amount": eur("1.00")}
    assert codes(story.ask(payments.Receive, "2024-03-06 10:00", **asked)) == ["flows.id_taken"]


def test_a_hold_on_billing_stops_what_would_be_billed_and_lets_credits_pass() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(holds.Place, "2024-03-05 10:00", hold_id="H1", reason="dispute", blocks={"bill"})
    change = story.ask(subs.ChangePlan, "2024-03-06 10:00", plan="large")
    assert codes(change) == ["holds.blocked"]
    cancelled = story.ask(subs.Cancel, "2024-03-06 10:00", when=subs.Timing.NOW)
    assert codes(cancelled) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"settlement": cast(Settlement, 5)}, id="a settlement"),
        pytest.param({"settlement": cast(Settlement, Settlement)}, id="a kind of settlement"),
        pytest.param({"holds": None}, id="holds"),
        pytest.param({"account": 5}, id="account"),
    ],
)
def test_policies_are_made_of_policies(facts: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        Policies(catalog=PLAIN.catalog, **facts)  # type: ignore[arg-type]


def test_an_interval_that_the_proration_cannot_value_is_told_as_policies_are_made() -> None:
    price = catalog.DatedPrice(date(2024, 1, 1), Price("1.00", "EUR"))
    charge = catalog.Charge(key="fee", title="Fee", prices=(price,))
    weekly = catalog.Plan(id="w", title="Weekly", every=days(7), charges=(charge,))
    thirty = Proration("thirty", "1", ActualDays(), divisor=FixedMonth(30), telescopes=False)
    with pytest.raises(InvalidValue, match=r"plan w, billed every 7 days"):
        Policies(catalog=catalog.Catalog(plans=(weekly,)), proration=thirty)
    assert Policies(catalog=catalog.Catalog(plans=(weekly,)), proration=BY_SECOND).proration is BY_SECOND


def test_a_naive_moment_is_no_moment() -> None:
    file = Story().file
    assert file is not None
    naive = instant(at("2024-03-01 10:00")).naive()
    for ask in (due, may):
        with pytest.raises(InvalidValue):
            ask(file, naive, PLAIN)
    with pytest.raises(InvalidValue):
        duties(file, naive, PLAIN)


def test_a_history_begins_where_it_begins() -> None:
    story = Story().start("2024-03-01 10:00")
    change = story.ask(subs.ChangePlan, "2024-03-02 10:00", plan="large")
    with pytest.raises(ImpossibleHistory):
        evolve(Story().file, change.events)
    with pytest.raises(InvalidValue):
        evolve(story.file, [1])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "quantities",
    [5, (5,), (("seat",),), {1: 2}, (("seat", 1), ("seat", 2)), (("seat", True),)],
    ids=["a number", "no pair", "half a pair", "no item", "an item twice", "no quantity"],
)
def test_quantities_are_items_with_a_whole_number(quantities: object) -> None:
    with pytest.raises(InvalidValue):
        Story().ask(
            subs.Start,
            "2024-03-01 10:00",
            subscription_id="S1",
            plan="small",
            currency="EUR",
            quantities=quantities,
        )


def test_a_command_before_the_account_is_there_says_what_to_do() -> None:
    command = payments.Receive(
        id="p", at=at("2024-03-01 10:00"), by=OFFICER, payment_id="P1", amount=Money("1.00", "EUR")
    )
    with pytest.raises(InvalidValue, match="open the account first"):
        handle(None, command, PLAIN)
    assert account.Phase.ACTIVE.value == "active"
