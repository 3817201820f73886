"""Documents by hand: drafted, issued, discarded, voided, credited to the last cent."""

from datetime import date

import pytest

from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.flows import balances
from acctcore.kernel.money import Money, Price
from acctcore.testing import laws
from tests.flows.stories import TAXED, Story, codes, eur

WORK = invoices.OneOff(key="work", title="Work", price=Price("33.333", "EUR"), quantity=3)
FREE = invoices.OneOff(key="gift", title="Gift", price=Price("5.00", "EUR"), quantity=0)
YEN = invoices.OneOff(key="work", title="Work", price=Price("5", "JPY"))
DRAFT = {"document_id": "D1", "currency": "EUR", "lines": (WORK,)}


def drafted(*lines: invoices.OneOff) -> Story:
    story = Story(TAXED)
    story.do(invoices.Draft, "2024-03-01 10:00", **{**DRAFT, "lines": lines or (WORK,)})
    return story


def issued(*lines: invoices.OneOff) -> Story:
    story = drafted(*lines)
    story.do(invoices.Issue, "2024-03-05 10:00", document_id="D1")
    return story


def test_a_draft_is_not_owed_and_leaves_no_trace_when_it_is_discarded() -> None:
    story = drafted()
    assert (story.open(), balances(story.file)) == ({}, {})
    story.do(invoices.Discard, "2024-03-02 10:00", document_id="D1")
    assert story.file.documents == ()
    story.do(invoices.Draft, "2024-03-03 10:00", **DRAFT)  # its id is free again


def test_an_issued_invoice_is_owed_as_many_days_as_agreed_from_its_issue() -> None:
    story = issued()
    document = story.document("D1")
    assert (document.net, document.tax, document.total) == (10000, 1900, 11900)
    assert document.due_on == date(2024, 3, 19)
    assert balances(story.file) == {"EUR": eur("119.00")}


@pytest.mark.parametrize(
    ("command", "phase", "expected"),
    [
        pytest.param(invoices.Draft, "draft", "lifecycle.wrong_phase", id="drafted twice"),
        pytest.param(invoices.Draft, "issued", "lifecycle.wrong_phase", id="drafted over an invoice"),
        pytest.param(invoices.Issue, "issued", "lifecycle.wrong_phase", id="issued twice"),
        pytest.param(invoices.Discard, "issued", "lifecycle.wrong_phase", id="an invoice discarded"),
        pytest.param(invoices.Credit, "draft", "lifecycle.wrong_phase", id="a draft credited"),
        pytest.param(invoices.Void, "draft", "lifecycle.wrong_phase", id="a draft voided"),
        pytest.param(invoices.Credit, "voided", "lifecycle.wrong_phase", id="a void invoice credited"),
        pytest.param(invoices.Void, "voided", "lifecycle.wrong_phase", id="voided twice"),
        pytest.param(
            invoices.Credit, "credited", "lifecycle.wrong_phase", id="credited beyond the last cent"
        ),
        pytest.param(invoices.Void, "credited", "lifecycle.wrong_phase", id="a credited invoice voided"),
        pytest.param(invoices.Issue, "none", "invoices.unknown", id="an unknown draft issued"),
        pytest.param(invoices.Credit, "none", "invoices.unknown", id="an unknown invoice credited"),
    ],
)
def test_what_a_document_does_not_accept(command: type[invoices.Command], phase: str, expected: str) -> None:
    story = Story(TAXED) if phase == "none" else drafted() if phase == "draft" else issued()
    if phase == "voided":
        story.do(invoices.Void, "2024-03-06 10:00", document_id="D1")
    if phase == "credited":
        story.do(invoices.Credit, "2024-03-06 10:00", document_id="D1")
    facts = DRAFT if command is invoices.Draft else {"document_id": "D1"}
    assert codes(story.ask(command, "2024-03-07 10:00", **facts)) == [expected]


def test_lines_in_another_currency_or_without_a_tax_rate_are_refused_together() -> None:
    other = invoices.OneOff(key="x", title="X", price=Price("1", "EUR"), tax_class="reduced")
    answer = Story(TAXED).ask(invoices.Draft, "2024-03-01 10:00", **{**DRAFT, "lines": (YEN, other, WORK)})
    assert codes(answer) == ["invoices.other_currency", "tax.no_rate"]


def test_a_void_invoice_is_owed_no_more() -> None:
    story = issued()
    story.do(invoices.Void, "2024-03-06 10:00", document_id="D1")
    assert (story.open(), balances(story.file)) == ({}, {})
    assert story.file.documents[0].phase is invoices.Phase.VOIDED


def test_what_was_paid_or_credited_cannot_be_voided() -> None:
    story = issued().pay("2024-03-06 10:00", eur("19.00"))
    assert codes(story.ask(invoices.Void, "2024-03-07 10:00", document_id="D1")) == ["invoices.has_payments"]
    story = issued()
    story.do(invoices.Credit, "2024-03-06 10:00", document_id="D1", amount=eur("19.00"))
    answer = story.ask(invoices.Void, "2024-03-07 10:00", document_id="D1")
    assert codes(answer) == ["invoices.has_credits", "invoices.has_payments"]


def test_an_invoice_is_credited_to_the_last_cent() -> None:
    story = issued()
    for amount in ("0.01", "39.66", "39.67", None):
        money = None if amount is None else eur(amount)
        story.do(invoices.Credit, "2024-03-06 10:00", document_id="D1", amount=money)
    notes = story.file.notes("D1")
    assert [note.total for note in notes] == [1, 3966, 3967, 3966]
    assert (sum(note.net for note in notes), sum(note.tax for note in notes)) == (10000, 1900)
    assert story.open() == {}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        pytest.param(eur("119.00"), [], id="all"),
        pytest.param(eur("119.01"), ["invoices.exceeds_billed"], id="a cent too much"),
        pytest.param(eur("0"), ["invoices.exceeds_billed"], id="nothing"),
        pytest.param(eur("-1"), ["invoices.exceeds_billed"], id="below zero"),
        pytest.param(Money("1", "JPY"), ["invoices.other_currency"], id="another currency"),
    ],
)
def test_how_much_may_be_credited(amount: Money, expected: list[str]) -> None:
    answer = issued().ask(invoices.Credit, "2024-03-06 10:00", document_id="D1", amount=amount)
    assert codes(answer) == expected


def test_a_credit_note_cannot_be_credited() -> None:
    story = issued()
    story.do(invoices.Credit, "2024-03-06 10:00", document_id="D1", amount=eur("19.00"))
    note = story.file.documents[-1].document.id
    answer = story.ask(invoices.Credit, "2024-03-07 10:00", document_id=note)
    assert codes(answer) == ["invoices.not_an_invoice"]


def test_a_credit_of_a_paid_invoice_is_credit_for_the_customer() -> None:
    story = issued().pay("2024-03-06 10:00", eur("119.00"))
    note = story.do(invoices.Credit, "2024-03-07 10:00", document_id="D1", amount=eur("20.00"))
    (document,) = laws.documents_of(note.events)
    assert story.open() == {document.id: 2000}
    assert story.start("2024-03-08 10:00").open() == {"c5/invoice": 3927 - 2000}


def test_a_credit_by_hand_is_not_given_back_again_by_a_change() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(invoices.Credit, "2024-03-02 10:00", document_id="c1/invoice")
    story.do(subs.Cancel, "2024-03-11 10:00", when=subs.Timing.NOW)
    assert (story.net(), story.open()) == (0, {})


def test_an_invoice_of_nothing_is_a_document_and_not_a_debt() -> None:
    story = issued(FREE)
    assert story.document("D1").total == 0
    assert (story.open(), balances(story.file)) == ({}, {})
    assert codes(story.ask(invoices.Credit, "2024-03-06 10:00", document_id="D1")) == [
        "invoices.exceeds_billed"
    ]
    story.do(invoices.Void, "2024-03-06 10:00", document_id="D1")


def test_a_plan_that_costs_nothing_makes_invoices_of_nothing() -> None:
    story = Story().start("2024-03-01 10:00", plan="free").run("2024-05-02 10:00")
    assert (list(story.totals().values()), story.open()) == ([0, 0, 0], {})
    story.do(subs.ChangePlan, "2024-05-11 10:00", plan="small")
    assert story.net() == 2032 + 203  # 21 of 31 days


def test_no_units_are_no_line() -> None:
    story = Story().start("2024-03-01 10:00", quantities={"seat": 0})
    assert [line.item for line in story.document("c1/invoice").lines] == ["base"]
    story.do(subs.ChangeQuantity, "2024-03-11 10:00", item="seat", quantity=1)
    assert story.net() == 3000 + 203
    story.do(subs.ChangeQuantity, "2024-03-21 10:00", item="seat", quantity=0)
    assert story.net() == 3000 + 97
