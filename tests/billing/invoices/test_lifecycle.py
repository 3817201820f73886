"""What is asked of a document and what becomes of it, in every phase: one row, one sentence."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed

from acctcore.billing import invoices
from acctcore.billing.invoices import LIFECYCLE, Document, Filed, OneOff, Phase
from acctcore.billing.tax import NoRate
from acctcore.kernel.decision import Decision, Reason, allowed, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase, name
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from tests.billing.invoices.stories import (
    DESK,
    NOON,
    REDUCED,
    STANDARD,
    STANDING,
    TAXES,
    gross,
    invoice,
    line,
)

LATER = NOON.add(days=3)
HAND = OneOff(key="setup", title="Set-up", price=Price("99.995", "EUR"), quantity=3)
DOCUMENT = invoice(line("a", 1000, STANDARD), line("b", 333, REDUCED))
NOTE = gross(DOCUMENT, [], 100)
FILED = {phase: Filed(DOCUMENT, phase, DOCUMENT.at if phase is Phase.VOIDED else None) for phase in Phase}


def ask(kind: type[invoices.Command], **facts: Any) -> invoices.Command:
    return kind(id="c", at=LATER, by=DESK, document_id="INV", **facts)


def decided(
    filed: Filed | None, command: invoices.Command, standing: invoices.Standing = STANDING
) -> Decision[Event]:
    return invoices.decide(filed, command, TAXES, standing)


def euros(amount: str) -> Money:
    return Money(amount, "EUR")


# Writing and issuing


def written(*lines: OneOff, currency: str = "EUR") -> Document:
    (event,) = decided(None, ask(invoices.Draft, currency=currency, lines=lines)).events
    assert isinstance(event, invoices.Drafted)
    return event.document


def test_a_draft_is_priced_and_taxed_on_its_day() -> None:
    draft = written(HAND, OneOff(key="book", title="Book", price=Price("10", "EUR"), tax_class="reduced"))
    assert [(each.id, each.amount, each.period) for each in draft.lines] == [
        ("INV/1", 29999, None),
        ("INV/2", 1000, None),
    ]
    assert [(entry.key, entry.base, entry.amount) for entry in draft.taxes] == [
        (STANDARD, 29999, 5700),
        (REDUCED, 1000, 70),
    ]
    assert (draft.tax_date, draft.due_on, draft.at) == (date(2024, 3, 4), date(2024, 3, 18), LATER)
    assert invoices.check(draft, TAXES) == ()


def test_a_draft_is_due_from_the_day_it_is_issued() -> None:
    draft = written(HAND)
    command = changed(ask(invoices.Issue), at=LATER.add(days=10))
    (event,) = decided(Filed(draft, Phase.DRAFT), command).events
    assert isinstance(event, invoices.Issued)
    issued = event.document
    assert (issued.at, issued.tax_date, issued.due_on) == (command.at, draft.tax_date, date(2024, 3, 28))
    assert (issued.lines, issued.taxes, issued.total) == (draft.lines, draft.taxes, draft.total)


def test_a_day_is_the_day_in_the_account_s_zone() -> None:
    command = changed(ask(invoices.Draft, currency="EUR", lines=(HAND,)), at=NOON.replace(hour=23, minute=30))
    (event,) = decided(None, command).events
    assert isinstance(event, invoices.Drafted)
    assert event.document.tax_date == date(2024, 3, 2)


@pytest.mark.parametrize(
    ("filed", "command", "standing", "reasons"),
    [
        pytest.param(
            None,
            ask(
                invoices.Draft,
                currency="USD",
                lines=(
                    HAND,
                    changed(HAND, tax_class="books"),
                    OneOff(key="x", title="X", price=Price(1, "USD"), tax_class="toys"),
                ),
            ),
            STANDING,
            (
                invoices.OtherCurrency("INV", "USD"),
                NoRate("books", date(2024, 3, 4)),
                NoRate("toys", date(2024, 3, 4)),
            ),
            id="every reason against a draft at once, each of them once",
        ),
        pytest.param(
            None,
            ask(invoices.Issue),
            STANDING,
            (invoices.UnknownDocument("INV"),),
            id="there is no such draft",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            changed(ask(invoices.Void), at=NOON.subtract(seconds=1)),
            STANDING,
            (invoices.BeforeDocument("INV", NOON),),
            id="nothing happens to a document before it is there",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            ask(invoices.Credit, amount=euros("15.47")),
            STANDING,
            (invoices.ExceedsBilled("INV", euros("15.46")),),
            id="a cent more than the invoice",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            ask(invoices.Credit, amount=euros("0.00")),
            STANDING,
            (invoices.ExceedsBilled("INV", euros("15.46")),),
            id="a credit of nothing",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            ask(invoices.Credit, amount=euros("14.47")),
            changed(STANDING, notes=(NOTE,)),
            (invoices.ExceedsBilled("INV", euros("14.46")),),
            id="a cent more than earlier credits left",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            ask(invoices.Credit, amount=Money("1", "USD")),
            STANDING,
            (invoices.OtherCurrency("INV", "EUR"),),
            id="another currency",
        ),
        pytest.param(
            Filed(NOTE, Phase.ISSUED),
            ask(invoices.Credit, amount=Money("1", "USD")),
            STANDING,
            (invoices.NotAnInvoice(NOTE.id, "credit note"), invoices.OtherCurrency(NOTE.id, "EUR")),
            id="a credit note of a credit note, in another currency",
        ),
        pytest.param(
            FILED[Phase.ISSUED],
            ask(invoices.Void),
            changed(STANDING, notes=(NOTE,), applied=500),
            (invoices.HasCredits("INV", (NOTE.id,)), invoices.HasPayments("INV", euros("5.00"))),
            id="what was paid and credited is not voided",
        ),
    ],
)
def test_a_no_carries_every_reason(
    filed: Filed | None, command: invoices.Command, standing: invoices.Standing, reasons: tuple[Reason, ...]
) -> None:
    assert decided(filed, command, standing) == refused(*reasons)


def test_a_credit_takes_an_amount_or_all_that_is_left() -> None:
    standing = changed(STANDING, notes=(NOTE,))
    for amount, total in ((euros("3.00"), 300), (None, 1446)):
        (event,) = decided(FILED[Phase.ISSUED], ask(invoices.Credit, amount=amount), standing).events
        assert isinstance(event, invoices.Issued)
        assert (event.document.id, event.document.corrects) == ("INV/credit/c", "INV")
        assert event.document.total == total


def test_what_is_written_by_hand_is_checked() -> None:
    with pytest.raises(InvalidValue):
        OneOff(key="x", title="X", price=Price(1, "EUR"), quantity=10**13)
    with pytest.raises(InvalidValue):
        ask(invoices.Draft, currency="EUR", lines=())
    with pytest.raises(InvalidValue):
        ask(invoices.Credit, amount="3.00")


def test_each_reason_reads_as_a_sentence() -> None:
    told = [
        invoices.UnknownDocument("INV"),
        invoices.NotAnInvoice("CN", "credit note"),
        invoices.HasPayments("INV", euros("5")),
        invoices.HasCredits("INV", ("CN-1", "CN-2")),
        invoices.ExceedsBilled("INV", euros("5")),
        invoices.OtherCurrency("INV", "EUR"),
        invoices.BeforeDocument("INV", NOON),
    ]
    assert {reason.code: reason.text for reason in told} == {
        "invoices.unknown": "there is no document INV",
        "invoices.not_an_invoice": "CN is a credit note",
        "invoices.has_payments": ("5.00 EUR is applied to INV; take that back first, or credit the invoice"),
        "invoices.has_credits": "INV has notes: CN-1, CN-2",
        "invoices.exceeds_billed": "5.00 EUR is left of INV",
        "invoices.other_currency": "INV is in EUR",
        "invoices.before_document": "INV is of 2024-03-01T12:00:00Z",
    }


# Every phase with every command

FACTS: dict[type, dict[str, Any]] = {
    invoices.Draft: {"currency": "EUR", "lines": (HAND,)},
    invoices.Revise: {"lines": (HAND,)},
    invoices.Debit: {"lines": (invoices.Raised(line="a", amount=euros("1")),)},
}


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        pytest.param(phase, row.command, id=f"{row.command.__name__} in {name(phase)}")
        for row in LIFECYCLE.rows
        for phase in (None, *Phase)
    ],
)
def test_a_command_is_accepted_where_the_table_says_so(
    phase: Phase | None, kind: type[invoices.Command]
) -> None:
    decision = decided(None if phase is None else FILED[phase], ask(kind, **FACTS.get(kind, {})))
    row = next(row for row in LIFECYCLE.rows if row.command is kind)
    if phase in row.phases:
        assert decision == allowed(*decision.events)
        assert [type(event) for event in decision.events] == list(row.events)
    elif phase is None:
        assert decision == refused(invoices.UnknownDocument("INV"))
    else:
        assert [type(reason) for reason in decision.reasons] == [WrongPhase]


def test_credited_is_read_off_the_notes() -> None:
    half = gross(DOCUMENT, [], 700, "c1")
    rest = gross(DOCUMENT, [half], 846, "c2")
    empty = invoice(line("a", 0, STANDARD))
    assert invoices.phase(DOCUMENT, (), Phase.ISSUED) is Phase.ISSUED
    assert invoices.phase(DOCUMENT, (half,), Phase.ISSUED) is Phase.ISSUED
    assert invoices.phase(DOCUMENT, (half, rest), Phase.ISSUED) is Phase.CREDITED
    assert invoices.phase(DOCUMENT, (), Phase.VOIDED) is Phase.VOIDED
    assert invoices.phase(empty, (), Phase.ISSUED) is Phase.ISSUED, "of nothing nothing was credited"
    assert invoices.phase(half, (), Phase.ISSUED) is Phase.ISSUED


@pytest.mark.parametrize("phase", Phase)
def test_a_void_document_says_when_it_was_voided_and_no_other_does(phase: Phase) -> None:
    with pytest.raises(InvalidValue, match="an instant of voiding"):
        Filed(DOCUMENT, phase, None if phase is Phase.VOIDED else DOCUMENT.at)
