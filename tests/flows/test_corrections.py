"""Documents corrected on the account: where credit notes go, debit notes, voiding, replacing, below zero."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed

from acctcore.accounts import holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.invoices import BelowZero, Destination, DocumentPolicy, Part, Raised, Share
from acctcore.flows import Asking, Policies, balances, duties, may, seal, settled, statement, unseal
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import CREDIT, REFUND
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import payments, refunds
from acctcore.receivables.refunds import RefundPolicy
from acctcore.testing import laws
from tests.flows.stories import SUPERVISOR, TAXED, Story, at, codes, eur

OFFSET, KEPT, BACK = Destination.OFFSET, Destination.CREDIT, Destination.REFUND


def work(quantity: int = 1, price: str = "100.00") -> invoices.OneOff:
    return invoices.OneOff(key="work", title="Work", price=Price(price, "EUR"), quantity=quantity)


def issued(*lines: invoices.OneOff, id: str = "D1", policies: Policies = TAXED) -> Story:
    """Return an account with one invoice written by hand: 119.00, of 1 March."""
    return another(Story(policies), *lines, id=id)


def another(story: Story, *lines: invoices.OneOff, id: str, when: str = "2024-03-01 10:00") -> Story:
    story.do(invoices.Draft, when, document_id=id, currency="EUR", lines=lines or (work(),))
    story.do(invoices.Issue, when, document_id=id)
    return story


def credit(story: Story, when: str = "2024-03-10 10:00", **stated: Any) -> str:
    """Credit D1 and return the id of the note."""
    answer = story.do(invoices.Credit, when, **{"document_id": "D1", **stated})
    (note,) = [each for each in laws.documents_of(answer.events) if each.kind is not invoices.Kind.INVOICE]
    return note.id


# Where a credit note goes


def test_an_offset_settles_its_own_invoice_then_the_oldest_debts_and_the_rest_is_credit() -> None:
    story = issued()
    another(story, work(price="10.00"), id="D3", when="2024-03-03 10:00")
    another(story, work(price="10.00"), id="D2", when="2024-03-02 10:00")
    story.pay("2024-03-05 10:00", eur("100.00"), documents=("D1",))
    note = credit(story)
    assert story.open() == {note: 11900 - 1900 - 1190 - 1190}
    assert [each.target for each in story.file.allocations if each.source == note] == ["D1", "D2", "D3"]


def test_credit_that_is_kept_waits_for_the_next_document() -> None:
    story = issued()
    note = credit(story, amount=eur("20.00"), to=KEPT)
    assert story.open() == {"D1": 11900, note: 2000}
    assert balances(story.file) == {"EUR": eur("99.00")}
    another(story, work(price="10.00"), id="D2", when="2024-03-12 10:00")
    assert story.open() == {"D1": 9900, "D2": 1190}


def test_a_refund_goes_back_through_the_payments_that_the_invoice_holds_the_latest_first() -> None:
    story = issued().pay("2024-03-02 10:00", eur("100.00"), "P1").pay("2024-03-03 10:00", eur("19.00"), "P2")
    note = credit(story, amount=eur("30.00"), to=BACK, reason="returned")
    assert [(each.payment_id, each.amount, each.invoice_id) for each in story.file.refunds] == [
        ("P2", 1900, "D1"),
        ("P1", 1100, "D1"),
    ]
    assert story.open() == {}
    assert [story.file.applied(source, "D1") for source in ("P1", "P2", note)] == [8900, 0, 3000]
    assert balances(story.file).get("EUR", eur("0")) == eur("0")


def test_a_note_may_go_several_ways() -> None:
    story = issued().pay("2024-03-02 10:00", eur("60.00"))
    another(story, work(price="10.00"), id="D2", when="2024-03-02 12:00")
    note = credit(
        story,
        shares=(
            Share(to=BACK, amount=eur("40.00")),
            Share(to=OFFSET, amount=eur("65.00")),
            Share(to=KEPT, amount=eur("14.00")),
        ),
    )
    assert story.open() == {"D2": 1190 - (6500 - 5900), note: 1400}
    assert [(each.payment_id, each.amount) for each in story.file.refunds] == [("P1", 4000)]
    assert {each: story.file.applied(note, each) for each in ("D1", "D2")} == {"D1": 9900, "D2": 600}


@pytest.mark.parametrize(
    ("paid", "opens"),
    [
        pytest.param(None, {"D1": 10900}, id="unpaid: set off"),
        pytest.param("50.00", {"D1": 6900, "note": 1000}, id="paid in part: kept"),
        pytest.param("119.00", {}, id="paid: back to the customer"),
    ],
)
def test_a_policy_says_where_a_note_goes_by_what_is_paid(paid: str | None, opens: dict[str, int]) -> None:
    policy = DocumentPolicy(unpaid=OFFSET, partly_paid=KEPT, paid=BACK)
    story = issued(policies=changed(TAXED, documents=policy))
    if paid is not None:
        story.pay("2024-03-05 10:00", eur(paid))
    note = credit(story, amount=eur("10.00"))
    assert story.open() == {note if name == "note" else name: amount for name, amount in opens.items()}


def test_no_more_goes_back_than_the_invoice_holds_of_payments() -> None:
    story = issued().pay("2024-03-02 10:00", eur("10.00"))
    answer = story.ask(invoices.Credit, "2024-03-10 10:00", document_id="D1", to=BACK)
    assert codes(answer) == ["invoices.exceeds_held"]
    story.do(refunds.Give, "2024-03-03 10:00", refund_id="R", payment_id="P1", amount=eur("4.00"))
    share = (Share(to=BACK, amount=eur("6.01")), Share(to=OFFSET, amount=eur("3.99")))
    answer = story.ask(
        invoices.Credit, "2024-03-10 10:00", document_id="D1", amount=eur("10.00"), shares=share
    )
    assert codes(answer) == ["invoices.exceeds_held"]


def test_a_refund_by_credit_note_keeps_the_rules_of_refunds() -> None:
    window = changed(TAXED, refunds=RefundPolicy(window_days=5))
    story = issued(policies=window).pay("2024-03-02 10:00", eur("119.00"))
    late = {"document_id": "D1", "amount": eur("1.00"), "to": BACK}
    assert codes(story.ask(invoices.Credit, "2024-03-10 10:00", **late)) == ["refunds.window_closed"]
    story.do(holds.Place, "2024-03-03 10:00", hold_id="H", reason="dispute", blocks={REFUND})
    answer = story.ask(invoices.Credit, "2024-03-10 10:00", **late)
    assert codes(answer) == ["holds.blocked", "refunds.window_closed"]
    assert story.ask(invoices.Credit, "2024-03-10 10:00", **{**late, "to": OFFSET}).allowed


def test_money_that_goes_back_is_held_against_the_limits_of_refunds_too() -> None:
    limits = (
        Limit("officer", CREDIT),
        Limit("officer", REFUND, "EUR", eur("5.00")),
        Limit("supervisor", CREDIT),
        Limit("supervisor", REFUND),
    )
    authority = Authority("limited", "1", limits)
    story = issued(policies=changed(TAXED, authority=authority)).pay("2024-03-02 10:00", eur("119.00"))
    asked: dict[str, Any] = {"document_id": "D1", "amount": eur("10.00")}
    answer = story.ask(invoices.Credit, "2024-03-10 10:00", to=BACK, **asked)
    assert answer.outcome is Outcome.NEEDS_APPROVAL
    (needed,) = answer.reasons
    assert (getattr(needed, "operation", None), getattr(needed, "amount", None)) == (REFUND, eur("10.00"))
    assert story.ask(invoices.Credit, "2024-03-10 10:00", to=KEPT, **asked).allowed
    half = (Share(to=BACK, amount=eur("5.00")), Share(to=KEPT, amount=eur("5.00")))
    assert story.ask(invoices.Credit, "2024-03-10 10:00", shares=half, **asked).allowed
    assert story.ask(invoices.Credit, "2024-03-10 10:00", to=BACK, by=SUPERVISOR, **asked).allowed


def test_a_subscription_gives_back_once_what_was_credited_by_units() -> None:
    story = (
        Story(TAXED).start("2024-03-01 10:00", quantities={"seat": 2}).pay("2024-03-02 10:00", eur("42.84"))
    )
    seat = "c1/invoice/seat/2024-03-01"
    story.do(
        invoices.Credit, "2024-03-05 10:00", document_id="c1/invoice", lines=(Part(line=seat, quantity=1),)
    )
    story.do(subs.Cancel, "2024-03-11 10:00", when=subs.Timing.NOW)
    left = invoices.left_of(story.document("c1/invoice"), story.file.notes("c1/invoice"))
    assert dict(left.lines) == {
        "c1/invoice/base/2024-03-01": 968,  # ten of 31 days
        seat: 194,  # of 6.00; 3.00 went for the seat, 1.06 with the days
    }


# Whether it is paid


def test_paid_and_credited_are_told_apart_as_of_any_instant() -> None:
    story = issued().pay("2024-03-05 10:00", eur("100.00"))
    note = credit(story, "2024-03-10 10:00", amount=eur("40.00"), to=BACK)
    credit(story, "2024-03-12 10:00")
    story.do(invoices.Void, "2024-03-15 10:00", document_id=note)

    def told(when: str) -> tuple[str, int, int, int]:
        found = settled(story.file, "D1", at(when))
        return found.state.value, found.open, found.paid, found.credited

    assert told("2024-03-01 09:59") == ("not_owed", 0, 0, 0)
    assert told("2024-03-05 09:59") == ("unpaid", 11900, 0, 0)
    assert told("2024-03-05 10:00") == ("partly_paid", 1900, 10000, 0)
    assert told("2024-03-10 10:00") == ("partly_paid", 1900, 6000, 4000)
    assert told("2024-03-12 10:00") == ("paid", 0, 6000, 5900)
    assert told("2024-03-15 10:00") == ("partly_paid", 4000, 6000, 1900)
    with pytest.raises(InvalidValue, match="a document on file"):
        settled(story.file, "D9", at("2024-03-05 10:00"))


# Debit notes


def test_a_debit_note_is_owed_under_the_keys_of_the_lines_that_it_raises() -> None:
    story = issued(work(), work(2, "50.00"))
    answer = story.do(
        invoices.Debit,
        "2024-03-10 10:00",
        document_id="D1",
        lines=(Raised(line="D1/2", amount=eur("10.01")),),
        reason="price_error",
    )
    (note,) = laws.documents_of(answer.events)
    assert (note.id, note.kind, note.corrects) == ("D1/debit/c3", invoices.Kind.DEBIT_NOTE, "D1")
    assert (note.net, note.tax, note.total, note.due_on) == (1001, 190, 1191, date(2024, 3, 24))
    assert [(each.corrects, each.taxes) for each in note.lines] == [
        ("D1/2", story.document("D1").lines[1].taxes)
    ]
    assert story.open() == {"D1": 23800, note.id: 1191}
    told = [duty.subject for duty in duties(story.file, at("2024-03-10 11:00"), story.policies)]
    assert told == ["D1", note.id]
    story.pay("2024-03-11 10:00", eur("249.91"))
    assert story.open() == {}
    march = statement(story.file, "EUR", Span(at("2024-03-01 00:00"), at("2024-04-01 00:00")))
    assert [entry.movement.kind for entry in march.entries] == ["invoice", "debit_note", "payment"]


def test_a_debit_note_is_credited_and_voided_as_an_invoice_is() -> None:
    story = issued()
    raised = (Raised(line="D1/1", amount=eur("10.00")),)
    story.do(invoices.Debit, "2024-03-10 10:00", document_id="D1", lines=raised)
    debit = story.file.documents[-1].document.id
    assert codes(story.ask(invoices.Void, "2024-03-11 10:00", document_id="D1")) == ["invoices.has_credits"]
    note = credit(story, document_id=debit, amount=eur("11.90"))
    assert story.open() == {"D1": 11900}
    assert story.document(note).corrects == debit
    story = issued()
    story.do(invoices.Debit, "2024-03-10 10:00", document_id="D1", lines=raised)
    debit = story.file.documents[-1].document.id
    story.do(invoices.Void, "2024-03-11 10:00", document_id=debit)
    story.do(invoices.Void, "2024-03-11 10:00", document_id="D1")
    assert story.open() == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"document_id": "D9"}, ["invoices.unknown"], id="no such invoice"),
        pytest.param(
            {"document_id": "note"}, ["invoices.not_an_invoice", "invoices.unknown_line"], id="a note"
        ),
        pytest.param(
            {"lines": (Raised(line="x", amount=eur("1")), Raised(line="y", amount=Money(1, "JPY")))},
            ["invoices.other_currency", "invoices.unknown_line", "invoices.unknown_line"],
            id="lines that it does not have, in another currency",
        ),
        pytest.param({"reason": "because"}, ["invoices.unknown_reason"], id="a reason of one's own"),
        pytest.param({"at": "2024-02-01 10:00"}, ["invoices.before_document"], id="before it was there"),
    ],
)
def test_what_is_not_raised(facts: dict[str, Any], expected: list[str]) -> None:
    policy = DocumentPolicy(reasons=frozenset({"price_error"}))
    story = issued(policies=changed(TAXED, documents=policy))
    note = credit(story, "2024-03-02 10:00", amount=eur("1.00"), reason="price_error")
    stated = {
        "document_id": "D1",
        "lines": (Raised(line="D1/1", amount=eur("1")),),
        "reason": "price_error",
        **facts,
    }
    if stated["document_id"] == "note":
        stated["document_id"] = note
    when = stated.pop("at", "2024-03-10 10:00")
    assert codes(story.ask(invoices.Debit, when, **stated)) == expected


# Voiding notes


def test_a_void_credit_note_leaves_its_invoice_owed_again() -> None:
    story = issued()
    note = credit(story, amount=eur("19.00"))
    story.do(invoices.Void, "2024-03-11 10:00", document_id=note)
    assert story.open() == {"D1": 11900}
    assert story.file.notes("D1") == ()
    credit(story, "2024-03-12 10:00")  # all of it can be credited once more
    assert story.open() == {}
    story.do(invoices.Void, "2024-03-13 10:00", document_id="D1/credit/c5")
    story.do(invoices.Void, "2024-03-13 10:00", document_id="D1")
    assert story.open() == {}


def test_a_note_that_made_its_invoice_credited_is_voided_and_the_invoice_stands_again() -> None:
    story = issued()
    note = credit(story)
    credited = invoices.phase(story.document("D1"), story.file.notes("D1"), invoices.Phase.ISSUED)
    assert credited is invoices.Phase.CREDITED
    story.do(invoices.Void, "2024-03-11 10:00", document_id=note)
    assert story.ask(invoices.Credit, "2024-03-12 10:00", document_id="D1").allowed


def test_after_a_refund_a_void_note_leaves_as_much_owed_as_went_back() -> None:
    story = issued().pay("2024-03-02 10:00", eur("119.00"))
    note = credit(story, amount=eur("19.00"), to=BACK)
    story.do(invoices.Void, "2024-03-11 10:00", document_id=note)
    assert story.open() == {"D1": 1900}


def test_a_note_that_is_used_elsewhere_is_not_voided() -> None:
    story = issued().pay("2024-03-02 10:00", eur("119.00"))
    another(story, work(price="10.00"), id="D2", when="2024-03-02 12:00")
    note = credit(story, amount=eur("19.00"))
    answer = story.ask(invoices.Void, "2024-03-11 10:00", document_id=note)
    assert codes(answer) == ["invoices.already_used"]
    assert "11.90 EUR" in answer.reasons[0].text


def test_a_note_that_a_subscription_counts_on_is_not_voided() -> None:
    story = Story(TAXED).start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("39.27"))
    note = credit(story, document_id="c1/invoice", amount=eur("5.00"))
    assert codes(story.ask(invoices.Void, "2024-03-11 10:00", document_id=note)) == [
        "invoices.of_subscription"
    ]


def test_what_was_reported_is_corrected_and_not_voided() -> None:
    answer = issued().ask(invoices.Void, "2024-03-11 10:00", document_id="D1", reported=True)
    assert codes(answer) == ["invoices.was_reported"]


def test_where_books_close_it_must_be_known_whether_they_did() -> None:
    story = issued(policies=changed(TAXED, documents=DocumentPolicy(books_close=True)))
    answer = story.ask(invoices.Void, "2024-03-11 10:00", document_id="D1")
    assert (answer.outcome, codes(answer)) == (Outcome.UNKNOWN, ["fact.missing"])
    assert story.ask(invoices.Void, "2024-03-11 10:00", document_id="D1", reported=False).allowed
    could = may(story.file, at("2024-03-11 10:00"), story.policies)
    void = [answer for asked, answer in could.items() if asked == Asking(invoices.Void, "D1")]
    assert [answer.outcome for answer in void] == [Outcome.ALLOWED]


def test_voiding_one_of_two_that_share_an_id_leaves_the_other() -> None:
    story = issued()
    story.pay("2024-03-02 10:00", Money("5", "JPY"), "D1")
    story.do(invoices.Void, "2024-03-03 10:00", document_id="D1")
    assert [(item.id, item.kind, item.open) for item in story.file.items] == [("D1", "payment", 5)]


# Replacing


def test_an_invoice_is_replaced_once_it_is_void_or_credited() -> None:
    story = issued()
    draft: dict[str, Any] = {"currency": "EUR", "lines": (work(2),), "replaces": "D1"}
    answer = story.ask(invoices.Draft, "2024-03-02 10:00", document_id="D2", **draft)
    assert codes(answer) == ["invoices.not_taken_back"]
    story.do(invoices.Void, "2024-03-02 10:00", document_id="D1")
    story.do(invoices.Draft, "2024-03-02 11:00", document_id="D2", **draft)
    again = story.ask(invoices.Draft, "2024-03-02 12:00", document_id="D3", **draft)
    assert codes(again) == ["invoices.already_replaced"]
    story.do(invoices.Issue, "2024-03-02 12:00", document_id="D2")
    assert (story.document("D2").corrects, story.open()) == ("D1", {"D2": 23800})
    assert story.file.notes("D1") == story.file.debits("D1") == ()


def test_a_replacement_stands_in_the_way_of_voiding_the_note() -> None:
    story = issued()
    note = credit(story)
    story.do(
        invoices.Draft, "2024-03-11 10:00", document_id="D2", currency="EUR", lines=(work(),), replaces="D1"
    )
    assert codes(story.ask(invoices.Void, "2024-03-12 10:00", document_id=note)) == [
        "invoices.already_replaced"
    ]
    story.do(invoices.Discard, "2024-03-12 10:00", document_id="D2")
    story.do(invoices.Void, "2024-03-12 10:00", document_id=note)


@pytest.mark.parametrize(
    ("replaces", "expected"),
    [
        pytest.param("D9", ["invoices.unknown"], id="nobody knows it"),
        pytest.param("note", ["invoices.not_an_invoice", "invoices.not_taken_back"], id="a credit note"),
    ],
)
def test_what_is_not_replaced(replaces: str, expected: list[str]) -> None:
    story = issued()
    note = credit(story, amount=eur("1.00"))
    stated = {"replaces": note if replaces == "note" else replaces, "currency": "EUR", "lines": (work(),)}
    assert codes(story.ask(invoices.Draft, "2024-03-11 10:00", document_id="D2", **stated)) == expected


def test_a_replacement_asks_for_something() -> None:
    story = issued()
    story.do(invoices.Void, "2024-03-02 10:00", document_id="D1")
    story.do(
        invoices.Draft, "2024-03-02 11:00", document_id="D2", currency="EUR", lines=(work(-1),), replaces="D1"
    )
    assert codes(story.ask(invoices.Issue, "2024-03-02 12:00", document_id="D2")) == ["invoices.below_zero"]


# Drafts


def test_a_draft_is_written_anew_until_it_is_issued() -> None:
    story = Story(TAXED)
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=(work(),))
    story.do(invoices.Revise, "2024-03-02 10:00", document_id="D1", lines=(work(3), work(-1, "50.00")))
    assert [each.amount for each in story.document("D1").lines] == [30000, -5000]
    story.do(invoices.Issue, "2024-03-03 10:00", document_id="D1")
    assert story.document("D1").total == 29750
    assert codes(story.ask(invoices.Revise, "2024-03-04 10:00", document_id="D1", lines=(work(),))) == [
        "lifecycle.wrong_phase"
    ]


def test_a_draft_written_anew_meets_the_rates_of_its_tax_date() -> None:
    story = Story(TAXED)
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=(work(),))
    stated: dict[str, Any] = {"document_id": "D1", "lines": (work(),)}
    answer = story.ask(invoices.Revise, "2024-03-02 10:00", tax_date=date(2006, 12, 31), **stated)
    assert codes(answer) == ["tax.no_rate"]
    story.do(invoices.Revise, "2024-03-02 10:00", tax_date=date(2024, 2, 29), **stated)
    assert story.document("D1").tax_date == date(2024, 2, 29)


def test_the_tax_date_lies_near_the_day_of_issue_where_the_policy_says_so() -> None:
    policy = DocumentPolicy(tax_date_ahead=0, tax_date_behind=10)
    story = Story(changed(TAXED, documents=policy))
    for id, tax_date in (("early", date(2024, 3, 2)), ("late", date(2024, 2, 20))):
        story.do(
            invoices.Draft,
            "2024-03-01 10:00",
            document_id=id,
            currency="EUR",
            lines=(work(),),
            tax_date=tax_date,
        )
    assert codes(story.ask(invoices.Issue, "2024-03-01 10:00", document_id="early")) == [
        "invoices.tax_date_too_far"
    ]
    assert story.ask(invoices.Issue, "2024-03-02 10:00", document_id="early").allowed
    assert story.ask(invoices.Issue, "2024-03-01 10:00", document_id="late").allowed
    assert codes(story.ask(invoices.Issue, "2024-03-02 10:00", document_id="late")) == [
        "invoices.tax_date_too_far"
    ]


@pytest.mark.parametrize(
    ("command", "facts"),
    [
        (invoices.Issue, {"document_id": "draft"}),
        (invoices.Credit, {}),
        (invoices.Debit, {"lines": (Raised(line="D1/1", amount=eur("1")),)}),
        (invoices.Void, {}),
    ],
)
def test_no_document_is_dated_ahead(command: type[invoices.Command], facts: dict[str, Any]) -> None:
    story = issued()
    story.do(invoices.Draft, "2024-03-02 10:00", document_id="draft", currency="EUR", lines=(work(),))
    stated = {"document_id": "D1", **facts}
    answer = story.ask(command, "2024-03-10 10:00", recorded_at=at("2024-03-10 09:59"), **stated)
    assert codes(answer) == ["invoices.dated_ahead"]
    assert story.ask(command, "2024-03-10 10:00", recorded_at=at("2024-03-10 10:00"), **stated).allowed


def test_an_invoice_is_due_by_the_terms() -> None:
    policy = DocumentPolicy(terms=invoices.month_end(plus=10))
    story = Story(changed(TAXED, documents=policy)).start("2024-03-05 10:00")
    assert story.document("c1/invoice").due_on == date(2024, 4, 10)
    another(story, id="D1", when="2024-03-06 10:00")
    assert story.document("D1").due_on == date(2024, 4, 10)
    story.do(invoices.Draft, "2024-03-06 10:00", document_id="D2", currency="EUR", lines=(work(),))
    story.do(invoices.Issue, "2024-03-07 10:00", document_id="D2", terms=invoices.net(3))
    assert story.document("D2").due_on == date(2024, 3, 10)


def test_days_net_may_be_said_for_short() -> None:
    policies = changed(TAXED, net_days=3, documents=DocumentPolicy(terms=invoices.month_end()))
    assert policies.terms == invoices.net(3)
    assert changed(policies, net_days=None).terms == invoices.month_end()


# Below zero


def test_a_total_below_zero_becomes_a_credit_note_that_settles_what_is_owed() -> None:
    story = issued()
    another(story, work(1, "10.00"), work(-1, "60.00"), id="D2", when="2024-03-02 10:00")
    note = story.document("D2")
    assert (note.kind, note.corrects, note.total, note.due_on) == (
        invoices.Kind.CREDIT_NOTE,
        None,
        5950,
        None,
    )
    assert [(each.quantity, each.amount) for each in note.lines] == [(-1, -1000), (1, 6000)]
    assert story.open() == {"D1": 11900 - 5950}
    assert codes(story.ask(invoices.Void, "2024-03-03 10:00", document_id="D2")) == ["invoices.has_payments"]


def test_or_it_is_carried_to_what_is_owed_later() -> None:
    carried = changed(TAXED, documents=DocumentPolicy(below_zero=BelowZero.CARRIED))
    story = issued(work(-1, "60.00"), id="D0", policies=carried)
    invoice = story.document("D0")
    assert (invoice.kind, invoice.total, invoice.due_on) == (invoices.Kind.INVOICE, -7140, None)
    assert (story.open(), balances(story.file)) == ({"D0": 7140}, {"EUR": eur("-71.40")})
    assert codes(story.ask(invoices.Credit, "2024-03-02 10:00", document_id="D0")) == [
        "invoices.exceeds_billed"
    ]
    another(story, id="D1", when="2024-03-02 10:00")
    assert story.open() == {"D1": 11900 - 7140}
    assert codes(story.ask(invoices.Void, "2024-03-03 10:00", document_id="D0")) == ["invoices.has_payments"]
    march = statement(story.file, "EUR", Span(at("2024-03-01 00:00"), at("2024-04-01 00:00")))
    assert [entry.balance for entry in march.entries] == [-7140, 4760]


@pytest.mark.parametrize("below_zero", BelowZero)
def test_what_is_below_zero_and_not_used_is_voided(below_zero: BelowZero) -> None:
    policies = changed(TAXED, documents=DocumentPolicy(below_zero=below_zero))
    story = issued(work(-1), policies=policies)
    story.do(invoices.Void, "2024-03-02 10:00", document_id="D1")
    assert story.open() == {}


@pytest.mark.parametrize("below_zero", BelowZero)
def test_an_id_is_taken_on_the_side_on_which_a_document_comes_to_stand(below_zero: BelowZero) -> None:
    policies = changed(TAXED, documents=DocumentPolicy(below_zero=below_zero))
    story = Story(policies).pay("2024-03-01 09:00", eur("5.00"), "P1")
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="P2", currency="EUR", lines=(work(-1),))
    assert codes(
        story.ask(invoices.Draft, "2024-03-01 10:00", document_id="P1", currency="EUR", lines=(work(-1),))
    ) == ["flows.id_taken"]
    answer = story.ask(payments.Receive, "2024-03-01 11:00", payment_id="P2", amount=eur("1.00"))
    assert codes(answer) == ["flows.id_taken"]


# Sealed


@pytest.mark.parametrize("below_zero", BelowZero)
def test_corrected_documents_leave_the_file_together_and_come_back(below_zero: BelowZero) -> None:
    story = issued(policies=changed(TAXED, documents=DocumentPolicy(below_zero=below_zero)))
    raised = (Raised(line="D1/1", amount=eur("10.00")),)
    story.do(invoices.Debit, "2024-03-02 10:00", document_id="D1", lines=raised)
    another(story, work(-2), id="D2", when="2024-03-02 10:00")
    another(story, id="D3", when="2024-03-04 10:00")
    story.pay("2024-03-05 10:00", eur("11.90"))
    assert story.open() == {}
    sealed, archive = seal(story.file, at("2024-04-01 00:00"))
    assert sealed.documents == ()
    assert unseal(sealed, archive) == story.file
    story.file = sealed
    answer = story.ask(
        invoices.Draft, "2024-04-02 10:00", document_id="D9", currency="EUR", lines=(work(),), replaces="D1"
    )
    assert (answer.outcome, codes(answer)) == (Outcome.UNKNOWN, ["fact.missing"])
