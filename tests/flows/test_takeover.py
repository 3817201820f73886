"""An account that is taken over from another system goes on as if it had always been here."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.accounts import account
from acctcore.billing import subscriptions as subs
from acctcore.billing.invoices import Document, Kind, Phase
from acctcore.billing.proration import BY_SECOND
from acctcore.billing.tax import TaxKey
from acctcore.flows import File, Policies, balances, check, due, evolve, handle, seal, statement
from acctcore.flows.file import BroughtIn
from acctcore.flows.takeover import OpenInvoice, OpenLine, OpenPayment, OpenTax, Settled, TakeOver
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, Price
from acctcore.receivables import payments, refunds
from acctcore.testing import laws
from tests.flows.stories import OFFICER, PLAIN, TAXED, Answer, Story, at, codes, eur, issued

VAT = TaxKey("S", "19")
CUT = "2024-02-10 00:00"


def running(**facts: Any) -> subs.Running:
    plain: dict[str, Any] = {
        "subscription_id": "S1",
        "plan": "small",
        "currency": "EUR",
        "start": date(2022, 1, 31),
        "quantities": {"seat": 5},
        "billed_from": date(2024, 1, 31),
        "billed_to": date(2024, 2, 29),
        "anchor_day": 31,
    }
    return subs.Running(**plain | facts)


def line(item: str = "base", **facts: Any) -> OpenLine:
    plain: dict[str, Any] = {
        "item": item,
        "title": item.title(),
        "amount": eur("45.00"),
        "taxes": (VAT,),
        "subscription_id": "S1",
    }
    return OpenLine(**plain | facts)


def open_invoice(**facts: Any) -> OpenInvoice:
    lines = (
        OpenLine(item="base", title="Base", amount=eur("30.00"), taxes=(VAT,), subscription_id="S1"),
        OpenLine(item="seat", title="Seats", amount=eur("15.00"), taxes=(VAT,), subscription_id="S1"),
    )
    plain: dict[str, Any] = {
        "document_id": "R-1",
        "issued_at": at("2024-01-31 00:00"),
        "due_on": date(2024, 2, 14),
        "lines": lines,
        "taxes": (OpenTax(key=VAT, amount=eur("8.55")),),
    }
    return OpenInvoice(**plain | facts)


def paid(amount: str = "20.00", **facts: Any) -> OpenPayment:
    plain: dict[str, Any] = {
        "payment_id": "P-1",
        "amount": eur(amount),
        "received_at": at("2024-02-02 09:00"),
        "settles": (Settled(document_id="R-1", amount=eur(amount)),),
    }
    return OpenPayment(**plain | facts)


def take_over(**facts: Any) -> TakeOver:
    plain: dict[str, Any] = {
        "id": "t-1",
        "by": OFFICER,
        "at": at(CUT),
        "account_id": "A",
        "zone": "Europe/Berlin",
        "opened_at": at("2020-05-01 00:00"),
        "source": "ledger 2",
        "subscriptions": (running(),),
        "invoices": (open_invoice(),),
        "payments": (paid(),),
    }
    return TakeOver(**plain | facts)


def asked(policies: Policies = TAXED, /, **facts: Any) -> Answer:
    return handle(None, take_over(**facts), policies)


def taken(**facts: Any) -> Story:
    """Return a story that goes on from a takeover."""
    story = Story(TAXED)
    answer = asked(**facts)
    assert answer.outcome is Outcome.ALLOWED, [reason.text for reason in answer.reasons]
    story.file = evolve(None, answer.events)
    assert check(story.file) == ()
    laws.adds_up(story.file)
    return story


def test_everything_that_is_open_comes_along() -> None:
    file = taken(balances=(eur("-5.00"), Money("3.00", "USD"))).file
    assert balances(file) == {"EUR": eur("28.55"), "USD": Money("3.00", "USD")}  # 53.55 − 20.00 − 5.00
    assert {item.id: item.open for item in file.items} == {
        "R-1": 3355,
        "A/brought-forward/USD": 300,
        "brought-forward/EUR": 500,
    }
    assert file.account.phase is account.Phase.ACTIVE
    assert file.account.opened_at == at("2020-05-01 00:00")


def test_an_invoice_that_was_brought_along_is_not_issued_again() -> None:
    events = asked().events
    assert [event.document.id for event in events if isinstance(event, BroughtIn)] == ["R-1"]
    assert laws.documents_of(events) == ()


@pytest.mark.parametrize(
    ("named", "paid_for"),
    [
        pytest.param(("S1", "S1"), "S1", id="one"),
        pytest.param((None, "S1"), "S1", id="one, and something else"),
        pytest.param(("S1", "S2"), None, id="two"),
        pytest.param((None, None), None, id="none"),
    ],
)
def test_an_invoice_belongs_to_the_one_subscription_that_it_pays_for(
    named: tuple[str | None, str | None], paid_for: str | None
) -> None:
    lines = tuple(line(amount=eur("22.50"), subscription_id=id) for id in named)
    if named[0] == named[1]:
        lines = (lines[0], changed(lines[1], item="seat"))
    story = taken(
        subscriptions=(running(), running(subscription_id="S2")), invoices=(open_invoice(lines=lines),)
    )
    (filed,) = story.file.documents
    assert filed.document.subscription_id == paid_for


def test_a_subscription_that_pauses_there_begins_again_here() -> None:
    paused = running(start=date(2024, 3, 15), billed_from=None, billed_to=None)
    story = taken(subscriptions=(paused,), invoices=(), payments=())
    story.run("2024-04-02 00:00")
    periods = [str(filed.document.lines[0].period) for filed in story.file.documents]
    assert periods == ["2024-03-15 up to 2024-03-31", "2024-03-31 up to 2024-04-30"]


def test_agreed_prices_may_come_as_a_mapping() -> None:
    price = Price("25.00", "EUR")
    assert running(prices={"base": price}) == running(prices=(("base", price),))


def test_the_next_billing_is_the_next_cycle_from_the_anchor() -> None:
    story = taken()
    assert due(story.file, at(CUT), TAXED).next_at == at("2024-02-29 00:00")
    story.run("2024-04-30 00:00")
    spans = {str(line.period) for filed in story.file.documents[1:] for line in filed.document.lines}
    assert spans == {
        "2024-02-29 up to 2024-03-31",
        "2024-03-31 up to 2024-04-30",
        "2024-04-30 up to 2024-05-31",
    }


def test_a_change_gives_back_what_the_former_invoice_billed() -> None:
    story = taken()
    story.do(subs.ChangePlan, "2024-02-12 00:00", plan="large")
    note = next(filed.document for filed in story.file.documents if filed.document.kind is Kind.CREDIT_NOTE)
    # 17 of 29 days of 30.00 and 15.00: 30.00 − 12.41 and 15.00 − 6.21; tax 8.55 × 26.38/45.00 = 5.01
    assert [line.amount for line in note.lines] == [1759, 879]
    assert (note.corrects, note.net, note.tax) == ("R-1", 2638, 501)


def test_without_its_invoice_a_change_asks_for_it() -> None:
    story = taken(invoices=(), payments=())
    answer = story.ask(subs.ChangePlan, "2024-02-12 00:00", plan="large")
    assert answer.outcome is Outcome.UNKNOWN
    assert [reason.text for reason in answer.reasons] == [
        "the invoices that are credited must be known first: S1/former/2024-01-31"
    ]
    story.run("2024-02-29 00:00")  # the next cycle is billed all the same
    story.do(subs.ChangePlan, "2024-03-01 00:00", plan="large")


def test_what_reaches_behind_the_takeover_is_unknown() -> None:
    story = taken()
    for command in (
        story.command(subs.ChangePlan, "2024-02-12 00:00", plan="large", when=date(2024, 2, 9)),
        story.command(payments.Receive, "2024-02-09 00:00", payment_id="P-2", amount=eur("1.00")),
    ):
        assert handle(story.file, command, TAXED).outcome is Outcome.UNKNOWN
    with pytest.raises(InvalidValue, match="a period from 2024-02-09T23:00:00Z on"):
        statement(story.file, "EUR", Span(at("2024-01-01 00:00"), at("2024-03-01 00:00")))
    told = statement(story.file, "EUR", Span(at(CUT), at("2024-03-01 00:00")))
    assert (told.opening, told.entries, told.closing) == (3355, (), 3355)


def test_asked_again_it_gives_its_first_answer_and_changes_nothing() -> None:
    story = taken()
    again = handle(story.file, take_over(), TAXED)
    assert again.events == story.file.answers[0].events
    assert evolve(story.file, again.events) == story.file


def test_a_payment_to_the_former_system_can_be_refunded() -> None:
    story = taken()
    story.do(
        refunds.Give,
        "2024-02-11 00:00",
        refund_id="X-1",
        payment_id="P-1",
        amount=eur("20.00"),
        kind=refunds.Kind.MONEY_BACK,
    )
    assert balances(story.file) == {"EUR": eur("53.55")}


def test_what_is_settled_can_be_sealed_later() -> None:
    story = taken(payments=(paid("53.55"),)).run("2024-04-01 00:00")
    file, archive = seal(story.file, at("2024-03-01 00:00"))
    assert [filed.document.id for filed in archive.documents] == ["R-1"]
    assert balances(file) == balances(story.file)


def test_an_end_that_was_agreed_comes() -> None:
    story = taken(subscriptions=(running(ends=date(2024, 3, 10)),)).run("2024-06-01 00:00")
    assert [filed.document.net for filed in story.file.documents[1:]] == [1452]  # 10 of 31 days of 45.00
    assert subs.phase_at(story.file.subscriptions[0], at("2024-03-10 00:00")) is subs.Phase.ENDED


def test_the_end_of_a_fixed_term_comes_and_is_no_cancellation() -> None:
    story = taken(subscriptions=(running(ends=date(2024, 3, 10), fixed=True),))
    assert codes(story.ask(subs.Uncancel, "2024-02-12 00:00")) == ["lifecycle.wrong_phase"]
    story.do(subs.Cancel, "2024-02-12 00:00", when=date(2024, 3, 5))
    story.do(subs.Uncancel, "2024-02-13 00:00")
    assert story.file.subscriptions[0].ends == date(2024, 3, 10)
    story.run("2024-06-01 00:00")
    assert [filed.document.net for filed in story.file.documents[1:]] == [1452]


def test_another_billing_day_gives_back_what_the_former_invoice_billed() -> None:
    story = taken()
    answer = story.do(subs.Reanchor, "2024-02-12 00:00", anchor_day=1)
    # 17 of 29 days of 30.00 and 15.00 go back; from 12 February up to 1 March are 18 of 29
    assert issued(answer) == [("credit_note", "R-1/credit/c1", 1759 + 879), ("invoice", "c1/invoice", 2793)]
    assert story.file.subscriptions[0].next_point == date(2024, 3, 1)


def test_a_trial_goes_on() -> None:
    trial = running(
        plan="trial", quantities=(), start=date(2024, 2, 1), billed_from=None, billed_to=None,
        trial_to=date(2024, 2, 15), anchor_day=None,
    )  # fmt: skip
    story = taken(subscriptions=(trial,), invoices=(), payments=())
    assert subs.phase_at(story.file.subscriptions[0], at(CUT)) is subs.Phase.TRIALING
    story.run("2024-02-15 00:00")
    assert [filed.document.net for filed in story.file.documents] == [3100]


def test_an_agreed_price_stays_where_new_prices_do_not_reach() -> None:
    agreed = running(prices=(("base", Price("20.00", "EUR")),))
    answer = asked(PLAIN, subscriptions=(agreed,))
    story = Story(PLAIN)
    story.file = evolve(None, answer.events)
    story.run("2024-02-29 00:00")
    assert story.file.documents[-1].document.net == 3500  # 20.00 agreed, and 5 × 3.00


def test_on_the_axis_of_instants() -> None:
    policies = changed(PLAIN, proration=BY_SECOND)
    moment = at("2024-01-31 10:30")
    second = running(
        start=moment, billed_from=moment, billed_to=at("2024-02-29 10:30"), quantities={"seat": 5}
    )
    answer = asked(policies, subscriptions=(second,), invoices=(), payments=())
    file = evolve(None, answer.events_or_raise())
    assert due(file, at(CUT), policies).next_at == at("2024-02-29 10:30")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param(
            {"subscriptions": (running(billed_to=date(2024, 2, 28)),)},
            ["subscriptions.not_a_cycle"],
            id="what was billed is no cycle",
        ),
        pytest.param(
            {"subscriptions": (running(anchor_day=30),), "at": at("2024-01-31 12:00"), "payments": ()},
            ["subscriptions.not_a_cycle"],
            id="another anchor",
        ),
        pytest.param(
            {"subscriptions": (running(billed_from=date(2023, 12, 31), billed_to=date(2024, 1, 31)),)},
            ["subscriptions.not_billed_yet"],
            id="the former system is behind",
        ),
        pytest.param(
            {"subscriptions": (running(plan="gone", quantities=()),)},
            ["catalog.unknown_plan"],
            id="a plan that nobody sells",
        ),
        pytest.param(
            {"subscriptions": (running(ends=date(2024, 2, 1)),)},
            ["subscriptions.already_over"],
            id="it ended before",
        ),
        pytest.param(
            {"invoices": (open_invoice(), open_invoice(document_id="R-2"))},
            ["subscriptions.several_lines"] * 2,
            id="two invoices pay for one cycle",
        ),
        pytest.param(
            {"invoices": (open_invoice(lines=(line("bsae"),)),)},
            ["subscriptions.not_charged"],
            id="a line for something that is not sold",
        ),
        pytest.param(
            {
                "invoices": (
                    open_invoice(
                        lines=(line(amount=Money("45.00", "USD")),),
                        taxes=(OpenTax(key=VAT, amount=Money("8.55", "USD")),),
                    ),
                ),
                "payments": (),
            },
            ["takeover.other_currency"],
            id="a line in another currency than its subscription",
        ),
        pytest.param({"subscriptions": ()}, ["takeover.not_running"], id="a line without its subscription"),
        pytest.param({"invoices": ()}, ["takeover.not_brought"], id="a payment without its invoice"),
        pytest.param(
            {"payments": (paid(settles=(Settled(document_id="R-1", amount=Money("20.00", "USD")),)),)},
            ["takeover.not_brought"],
            id="another currency",
        ),
        pytest.param(
            {"payments": (paid("60.00"),)}, ["takeover.settles_too_much"], id="more than the invoice"
        ),
        pytest.param(
            {"payments": (paid(settles=(Settled(document_id="R-1", amount=eur("20.01")),)),)},
            ["takeover.settles_too_much"],
            id="more than was paid",
        ),
        pytest.param(
            {"invoices": (open_invoice(issued_at=at("2024-02-11 00:00")),)},
            ["takeover.after_takeover"],
            id="an invoice of tomorrow",
        ),
        pytest.param(
            {"payments": (paid("60.00", received_at=at("2024-02-11 00:00")),), "subscriptions": ()},
            ["takeover.after_takeover", "takeover.settles_too_much", "takeover.not_running"],
            id="all reasons at once",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reasons(facts: dict[str, Any], found: list[str]) -> None:
    answer = asked(**facts)
    assert (answer.outcome, codes(answer)) == (Outcome.REFUSED, found)
    assert all(reason.text for reason in answer.reasons)


def test_an_account_is_taken_over_once() -> None:
    story = taken()
    answer = handle(story.file, changed(take_over(), id="t-2"), TAXED)
    assert codes(answer) == ["lifecycle.wrong_phase"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(
            lambda: take_over(opened_at=at("2024-03-01 00:00")), "TakeOver.opened_at", id="opened later"
        ),
        pytest.param(
            lambda: take_over(invoices=(open_invoice(),) * 2), "TakeOver.invoices", id="one id twice"
        ),
        pytest.param(lambda: take_over(balances=(eur("1"),) * 2), "TakeOver.balances", id="a currency twice"),
        pytest.param(lambda: open_invoice(taxes=()), "OpenInvoice.taxes", id="a key without its tax"),
        pytest.param(
            lambda: open_invoice(taxes=(OpenTax(key=VAT, amount=Money("8.55", "USD")),)),
            "OpenInvoice.lines",
            id="two currencies",
        ),
        pytest.param(
            lambda: open_invoice(taxes=(OpenTax(key=VAT, amount=eur("-8.55")),)),
            "OpenInvoice.lines",
            id="below zero",
        ),
        pytest.param(lambda: running(billed_to=None), "Running.billed_to", id="one end of what was billed"),
        pytest.param(
            lambda: running(start=date(2024, 2, 1)), "Running.billed_from", id="billed before it began"
        ),
        pytest.param(lambda: running(start=at("2022-01-31 00:00")), "Running", id="dates and instants"),
        pytest.param(
            lambda: handle(
                None, take_over(subscriptions=(running(prices=(("x", Price("1", "EUR")),)),)), TAXED
            ),
            "Running.prices",
            id="a price of nothing",
        ),
        pytest.param(
            lambda: handle(
                None, take_over(subscriptions=(running(prices=(("base", Price("1", "USD")),)),)), TAXED
            ),
            "Running.prices",
            id="a price in another currency",
        ),
        pytest.param(
            lambda: asked(changed(TAXED, proration=BY_SECOND)),
            "Running.start",
            id="another axis",
        ),
        pytest.param(lambda: running(prices=("base", Price("1", "EUR"))), "Running.prices", id="no pairs"),
        pytest.param(
            lambda: running(prices=(("base", Price("1", "EUR")),) * 2), "Running.prices", id="a price twice"
        ),
        pytest.param(lambda: running(ends=date(2024, 1, 31)), "Running.ends", id="billed after its end"),
        pytest.param(lambda: running(fixed=True), "Running.ends", id="a fixed term without its end"),
        pytest.param(lambda: line(since="2024-02-05"), "date", id="a text for a date"),
        pytest.param(
            lambda: asked(invoices=(open_invoice(lines=(line(since=date(2024, 2, 29)),)),), payments=()),
            "BilledLine.since",
            id="a line that begins after its cycle",
        ),
        pytest.param(
            lambda: asked(invoices=(open_invoice(lines=(line(since=at("2024-02-05 00:00")),)),), payments=()),
            "point",
            id="a line that begins on another axis",
        ),
        pytest.param(lambda: take_over(balances=[eur("1")]), "TakeOver.balances", id="a list"),
        pytest.param(lambda: take_over(balances=(5,)), "TakeOver.balances", id="no money"),
        pytest.param(
            lambda: take_over(balances=(eur("-1"),), payments=(paid(payment_id="brought-forward/EUR"),)),
            "TakeOver.payments",
            id="a payment under the id of a balance",
        ),
        pytest.param(
            lambda: take_over(
                balances=(eur("1"),), invoices=(open_invoice(document_id="A/brought-forward/EUR"),)
            ),
            "TakeOver.invoices",
            id="an invoice under the id of a balance",
        ),
    ],
)
def test_what_cannot_be_is_no_value(make: Any, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        make()


# As if it had always been here


def brought(file: File, when: str) -> TakeOver:
    """Return the takeover of an account as it stands on another file of ours."""
    (subscription,) = file.subscriptions
    now = subscription.point(at(when))
    return take_over(
        at=at(when),
        subscriptions=(_running(subscription, now),),
        invoices=tuple(_open(each.document, now) for each in file.documents if each.phase is Phase.ISSUED),
        payments=tuple(_paid(payment, file) for payment in file.payments),
    )


def _running(subscription: subs.Subscription[date], now: date) -> subs.Running:
    terms, billed_at = subscription.terms(now), subscription.billed_at
    cycle = None if billed_at is None else terms.cycles.containing(billed_at)
    return running(
        plan=terms.plan,
        quantities={item.key: item.quantity for item in terms.items if item.per_unit},
        start=subscription.start,
        trial_to=subscription.billing_from,
        billed_from=None if cycle is None else cycle.start,
        billed_to=None if cycle is None else cycle.end,
        anchor_day=terms.cycles.start(0).day,
    )


def _open(document: Document, now: date) -> OpenInvoice:
    lines = tuple(
        OpenLine(
            item=line.item,
            title=line.title,
            amount=line.money,
            taxes=line.taxes,
            subscription_id="S1" if line.period is not None and line.period.end > now else None,
        )
        for line in document.lines
    )
    taxes = tuple(
        OpenTax(key=tax.key, amount=Money.of_minor(tax.amount, document.currency)) for tax in document.taxes
    )
    return OpenInvoice(
        document_id=document.id, issued_at=document.at, due_on=document.due_on, lines=lines, taxes=taxes
    )


def _paid(payment: payments.Payment, file: File) -> OpenPayment:
    settles = tuple(
        Settled(document_id=each.target, amount=Money.of_minor(each.amount, each.currency))
        for each in file.allocations
        if each.source == payment.id
    )
    return OpenPayment(payment_id=payment.id, amount=payment.money, received_at=payment.at, settles=settles)


def _goes_on(story: Story, changes: str, to: str) -> list[tuple[str, int, int]]:
    """Return what is billed from a takeover on, with a change and an end on the way."""
    before = {filed.document.id for filed in story.file.documents}
    story.count = 100
    story.run(changes)
    answer = story.ask(subs.ChangePlan, changes, plan=to)
    if answer.outcome is Outcome.ALLOWED:
        story.store(answer)
    story.do(subs.Cancel, changes, when=date(2024, 7, 1))
    story.run("2024-08-01 00:00")
    documents = [filed.document for filed in story.file.documents]
    return [(each.id, each.net, each.tax) for each in documents if each.id not in before]


@given(
    plan=st.sampled_from(["small", "metered", "trial", "yearly"]),
    cut=st.integers(1, 60),
    paid_minor=st.integers(1, 9_000),
    change=st.integers(0, 40),
    to=st.sampled_from(["large", "small", "yearly"]),
)
def test_an_account_goes_on_as_if_it_had_always_been_here(
    plan: str, cut: int, paid_minor: int, change: int, to: str
) -> None:
    day = date.fromordinal(date(2024, 1, 31).toordinal() + cut)
    when = f"{day} 00:00"
    here = Story(TAXED).start("2024-01-31 00:00", plan).run(when)
    here.pay(when, Money.of_minor(paid_minor, "EUR"))
    there = Story(TAXED)
    there.file = evolve(None, handle(None, brought(here.file, when), TAXED).events_or_raise())
    assert balances(there.file) == balances(here.file)
    changes = f"{date.fromordinal(day.toordinal() + change)} 00:00"
    assert _goes_on(there, changes, to) == _goes_on(here, changes, to)
    assert balances(there.file) == balances(here.file)
