"""Whole documents and events worked out by hand: every field, so that none can be left out or swapped."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.billing.invoices import (
    BelowZero,
    Destination,
    Document,
    DocumentPolicy,
    Filed,
    Kind,
    Line,
    OneOff,
    Phase,
    Stated,
    Terms,
    day_of_month,
    month_end,
    net,
    next_day,
)
from acctcore.billing.invoices.basis import SplitOf, apportioned
from acctcore.billing.invoices.compose import noted, turned_round
from acctcore.billing.invoices.left import Excess, between, excesses
from acctcore.billing.invoices.terms import LAST
from acctcore.billing.tax import NoRate, TaxTotal
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Decision, Missing, allowed, refused, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from tests.billing.invoices.stories import (
    CITY,
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

LATER, TODAY, IN_TWO_WEEKS = NOON.add(days=3), date(2024, 3, 4), date(2024, 3, 18)
INVOICE = invoice(line("a", 1000, STANDARD), line("b", 333, REDUCED))
NOTE = gross(INVOICE, [], 100)
SETUP = OneOff(key="setup", title="Set-up", price=Price("99.995", "EUR"), quantity=3)
BOOK = OneOff(key="book", title="Book", price=Price("10", "EUR"), tax_class="reduced")


def ask(kind: type[invoices.Command], at: DateTime = LATER, **facts: Any) -> invoices.Command:
    return kind(id="c", at=at, by=DESK, document_id="INV", **facts)


def decided(
    filed: Filed | None,
    command: invoices.Command,
    standing: invoices.Standing = STANDING,
    policy: DocumentPolicy | None = None,
) -> Decision[Event]:
    return invoices.decide(filed, command, TAXES, standing, policy or DocumentPolicy())


def euros(amount: str) -> Money:
    return Money(amount, "EUR")


def of_one_off(number: int, wanted: OneOff, amount: int, *keys: Any) -> Line:
    basis = Stated(wanted.price, wanted.quantity)
    id = f"INV/{number}"
    return Line(
        id, wanted.key, wanted.title, None, wanted.price, wanted.quantity, amount, keys, basis, corrects=None
    )


DRAFT = Document(
    id="INV",
    kind=Kind.INVOICE,
    account_id="A-1",
    subscription_id=None,
    currency="EUR",
    lines=(of_one_off(1, SETUP, 29999, STANDARD), of_one_off(2, BOOK, 1000, REDUCED)),
    taxes=(TaxTotal(STANDARD, 29999, 5700), TaxTotal(REDUCED, 1000, 70)),  # 19 % and 7 %
    net=30999,
    tax=5770,
    total=36769,
    at=LATER,
    tax_date=TODAY,
    due_on=IN_TWO_WEEKS,
    corrects=None,
    policy=TAXES.ref,
    cause="c",
    reason="",
)


# Writing and issuing


def test_a_draft() -> None:
    command = ask(invoices.Draft, currency="EUR", lines=(SETUP, BOOK))
    assert decided(None, command) == allowed(invoices.Drafted(LATER, "c", DRAFT))


def test_a_draft_with_a_tax_date_is_due_from_the_later_of_both() -> None:
    ahead, behind = date(2024, 3, 10), date(2024, 2, 1)
    for tax_date, due_on in ((ahead, date(2024, 3, 24)), (behind, IN_TWO_WEEKS)):
        command = ask(invoices.Draft, currency="EUR", lines=(SETUP, BOOK), tax_date=tax_date)
        draft = changed(DRAFT, tax_date=tax_date, due_on=due_on)
        assert decided(None, command) == allowed(invoices.Drafted(LATER, "c", draft))
        issued = decided(Filed(changed(draft, cause="d", at=NOON), Phase.DRAFT), ask(invoices.Issue))
        assert issued == allowed(invoices.Issued(LATER, "c", draft))


def test_a_draft_that_replaces_an_invoice_names_it() -> None:
    command = ask(invoices.Draft, currency="EUR", lines=(SETUP, BOOK), replaces="OLD")
    voided = Filed(changed(INVOICE, id="OLD"), Phase.VOIDED, NOON)
    draft = changed(DRAFT, corrects="OLD")
    for replaced in (voided, Filed(voided.document, Phase.CREDITED)):
        standing = changed(STANDING, replaced=replaced)
        assert decided(None, command, standing) == allowed(invoices.Drafted(LATER, "c", draft))
        assert decided(Filed(draft, Phase.DRAFT), ask(invoices.Issue), standing) == allowed(
            invoices.Issued(LATER, "c", draft)
        )


def test_what_stands_against_lines_and_replacement_is_told_together() -> None:
    toys = changed(BOOK, tax_class="toys")
    command = ask(invoices.Draft, currency="EUR", lines=(toys,), replaces="OLD")
    assert decided(None, command) == refused(NoRate("toys", TODAY), invoices.UnknownDocument("OLD"))


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        pytest.param({}, (invoices.UnknownDocument("OLD"),), id="nobody knows it"),
        pytest.param(
            {"replaced": Filed(changed(INVOICE, id="OLD"), Phase.ISSUED)},
            (invoices.NotTakenBack("OLD", "issued"),),
            id="it is in force",
        ),
        pytest.param(
            {"replaced": Filed(changed(NOTE, id="OLD"), Phase.ISSUED), "replaced_by": "NEW"},
            (
                invoices.NotAnInvoice("OLD", "credit note"),
                invoices.NotTakenBack("OLD", "issued"),
                invoices.AlreadyReplaced("OLD", "NEW"),
            ),
            id="a credit note in force that was replaced",
        ),
    ],
)
def test_what_cannot_be_replaced(standing: dict[str, Any], reasons: tuple[Any, ...]) -> None:
    known = changed(STANDING, **standing)
    command = ask(invoices.Draft, currency="EUR", lines=(SETUP,), replaces="OLD")
    assert decided(None, command, known) == refused(*reasons)
    draft = Filed(changed(DRAFT, corrects="OLD"), Phase.DRAFT)
    assert decided(draft, ask(invoices.Issue), known) == refused(*reasons)


def test_a_draft_written_anew() -> None:
    kept = changed(DRAFT, account_id="A-2", subscription_id="S", corrects="OLD", due_on=date(2024, 5, 1))
    command = ask(invoices.Revise, LATER.add(days=1), lines=(BOOK,), tax_date=date(2024, 3, 3))
    revised = changed(
        kept,
        lines=(of_one_off(1, BOOK, 1000, REDUCED),),
        taxes=(TaxTotal(REDUCED, 1000, 70),),
        net=1000,
        tax=70,
        total=1070,
        at=LATER.add(days=1),
        tax_date=date(2024, 3, 3),
    )
    assert decided(Filed(kept, Phase.DRAFT), command) == allowed(
        invoices.Revised(LATER.add(days=1), "c", revised)
    )


def test_a_draft_thrown_away() -> None:
    assert decided(Filed(DRAFT, Phase.DRAFT), ask(invoices.Discard)) == allowed(
        invoices.Discarded(LATER, "c", "INV")
    )


def below_zero() -> Document:
    """Three set-ups taken back: -299.99 and 19 % of it, -57.00."""
    back = changed(SETUP, quantity=-3)
    return changed(
        DRAFT,
        lines=(of_one_off(1, back, -29999, STANDARD),),
        taxes=(TaxTotal(STANDARD, -29999, -5700),),
        net=-29999,
        tax=-5700,
        total=-35699,
    )


def test_an_invoice_below_zero_is_issued_as_a_credit_note_or_carried() -> None:
    draft = below_zero()
    command = ask(invoices.Draft, currency="EUR", lines=(changed(SETUP, quantity=-3),))
    assert decided(None, command) == allowed(invoices.Drafted(LATER, "c", draft))
    turned = changed(
        draft,
        kind=Kind.CREDIT_NOTE,
        lines=(of_one_off(1, SETUP, 29999, STANDARD),),
        taxes=(TaxTotal(STANDARD, 29999, 5700),),
        net=29999,
        tax=5700,
        total=35699,
        due_on=None,
    )
    carried = changed(draft, due_on=None)
    for below, issued in ((BelowZero.CREDIT_NOTE, turned), (BelowZero.CARRIED, carried)):
        policy = DocumentPolicy(below_zero=below)
        found = decided(Filed(draft, Phase.DRAFT), ask(invoices.Issue), policy=policy)
        assert found == allowed(invoices.Issued(LATER, "c", issued))


@pytest.mark.parametrize("total", [0, 1])
def test_an_invoice_of_nothing_or_a_cent_stays_one(total: int) -> None:
    draft = changed(invoice(line("a", total)), due_on=IN_TWO_WEEKS, at=LATER, cause="c", corrects="OLD")
    standing = changed(STANDING, replaced=Filed(changed(INVOICE, id="OLD"), Phase.VOIDED, NOON))
    issued = changed(draft, due_on=date(2024, 3, 18))
    assert decided(Filed(draft, Phase.DRAFT), ask(invoices.Issue), standing) == allowed(
        invoices.Issued(LATER, "c", issued)
    )


def test_every_reason_against_issuing_is_told() -> None:
    draft = changed(below_zero(), corrects="OLD", tax_date=date(2024, 3, 10))
    command = changed(ask(invoices.Issue), recorded_at=NOON)
    assert decided(Filed(draft, Phase.DRAFT), command, policy=DocumentPolicy(tax_date_ahead=5)) == refused(
        invoices.DatedAhead("INV", LATER, NOON),
        invoices.TaxDateTooFar(date(2024, 3, 10), TODAY),
        invoices.UnknownDocument("OLD"),
        invoices.ReplacementBelowZero("INV", euros("-356.99")),
    )


# Crediting


def credit(document: Document, *notes: Document, **facts: Any) -> Decision[Event]:
    standing = changed(STANDING, notes=notes)
    return decided(Filed(document, Phase.ISSUED), ask(invoices.Credit, **facts), standing)


def credited(document: Document, *notes: Document, **facts: Any) -> Document:
    (event,) = credit(document, *notes, **facts).events
    assert isinstance(event, invoices.Issued)
    return event.document


THIRDS = Stated(Price("3.3333", "EUR"), 3)  # 10.00
PERIOD = Span(date(2024, 3, 1), date(2024, 4, 1))
UNITS = invoice(
    Line("u", "u", "Units", PERIOD, THIRDS.price, 3, 1000, (), THIRDS),
    Line("v", "v", "Back", None, THIRDS.price, -3, -1000, (), Stated(THIRDS.price, -3)),
    line("w", 2000),
)


def test_a_portion_after_a_portion_is_the_difference_of_what_is_left() -> None:
    half = credited(UNITS, percent=50)
    assert [(each.corrects, each.amount, each.quantity) for each in half.lines] == [
        ("u", 500, 3),
        ("v", -500, -3),
        ("w", 1000, 1),
    ]
    units = (invoices.Part(line="v", quantity=1), invoices.Part(line="u", quantity=1))
    unit = credited(UNITS, half, lines=units)  # of three, a sixth is left: 5.00 - 1.67
    assert [(each.corrects, each.amount, each.quantity, each.period, each.id) for each in unit.lines] == [
        ("v", -333, -1, None, "v/credit/c"),
        ("u", 333, 1, PERIOD, "u/credit/c"),
    ]
    assert {type(each.quantity) for each in unit.lines} == {int}
    wanted = tuple(invoices.Part(line=each, percent=20) for each in "uvw")
    assert credit(UNITS, half, unit, lines=wanted) == refused(
        invoices.ExceedsShare("u", "16 2/3 %", "100 %"), invoices.ExceedsShare("v", "16 2/3 %", "100 %")
    )


def test_more_than_the_total_is_not_taken_of_single_lines_either() -> None:
    most = invoices.Part(line="w", amount=euros("15.00"))
    assert credit(UNITS, lines=(invoices.Part(line="u"), most)) == refused(
        invoices.ExceedsBilled("INV", euros("20.00"))
    )


def test_one_unit_of_one_is_one_unit() -> None:
    (taken,) = credited(UNITS, lines=(invoices.Part(line="w", quantity=1),)).lines
    assert (taken.amount, taken.quantity, taken.title, taken.corrects) == (2000, 1, "W", "w")


def test_a_portion_after_an_amount_is_one_of_the_changed_price() -> None:
    half = credited(UNITS, percent=50)
    two_cents = credited(UNITS, half, lines=(invoices.Part(line="u", amount=euros("0.02")),))
    (taken,) = two_cents.lines
    basis = Stated(Price("0.02", "EUR"), 1)
    assert taken == Line("u/credit/c", "u", "Units", PERIOD, THIRDS.price, 3, 2, (), basis, "u")
    quarter = credited(UNITS, half, two_cents, lines=(invoices.Part(line="u", percent=25),))
    assert quarter.total == 249  # half of the 4.98 that is left


def test_all_that_is_left_of_a_line_may_be_nothing() -> None:
    whole = credited(UNITS, lines=(invoices.Part(line="u"),))
    some = invoices.Part(line="w", amount=euros("5.00"))
    again = credited(UNITS, whole, lines=(invoices.Part(line="u"), some))
    assert [(each.amount, each.basis) for each in again.lines] == [
        (0, Stated(Price("0", "EUR"), 1)),
        (500, Stated(Price("5.00", "EUR"), 1)),
    ]
    one = credited(UNITS, lines=(invoices.Part(line="u", amount=euros("0.01")),))
    assert one.lines[0].basis == Stated(Price("0.01", "EUR"), 1)


def test_a_credit_note_of_parts() -> None:
    parts = [
        invoices.CreditLine("p1", "a", 300, None, Stated(Price("3", "EUR"), 1)),
        invoices.CreditLine("p2", "a", 200, PERIOD, Stated(Price("2", "EUR"), 1), 7),
    ]
    made = invoices.credit_note("CN", INVOICE, [], parts, LATER, TODAY, "c")
    assert made == Document(
        id="CN",
        kind=Kind.CREDIT_NOTE,
        account_id="A-1",
        subscription_id="S",
        currency="EUR",
        lines=(
            Line("p1", "a", "A", None, Price("10", "EUR"), 1, 300, (STANDARD,), parts[0].basis, "a"),
            Line("p2", "a", "A", PERIOD, Price("10", "EUR"), 7, 200, (STANDARD,), parts[1].basis, "a"),
        ),
        taxes=(TaxTotal(STANDARD, 500, 95),),  # 19 % of 10.00, half of it
        net=500,
        tax=95,
        total=595,
        at=LATER,
        tax_date=TODAY,
        due_on=None,
        corrects="INV",
        policy=TAXES.ref,
        cause="c",
        reason="",
    )
    stated = invoices.credit_note("CN", INVOICE, [], parts, LATER, TODAY, "c", [90, 1], "other")
    assert stated == changed(
        made,
        taxes=(TaxTotal(STANDARD, 500, 90), TaxTotal(REDUCED, 0, 1)),
        tax=91,
        total=591,
        reason="other",
    )
    with pytest.raises(InvalidValue) as caught:
        invoices.credit_note("CN", INVOICE, [], [*parts, changed(parts[0], amount=501)], LATER, TODAY, "c")
    error = caught.value
    assert (error.where, error.expected, error.got) == ("credit_note", "at most 500 of line a", 501)
    all_of_it = [*parts, changed(parts[0], amount=500)]
    assert invoices.credit_note("CN", INVOICE, [], all_of_it, LATER, TODAY, "c").net == 1000


def test_a_credit_of_an_amount_with_tax() -> None:
    command = ask(invoices.Credit, amount=euros("7.73"), reason="goodwill")  # half of 15.46
    weights = (1000, 333, 190, 23)  # of which half are 500, 166.5, 95 and 11.5: the earlier rounds up
    basis = [SplitOf(773, weights, index, "EUR") for index in range(2)]
    note = Document(
        id="INV/credit/c",
        kind=Kind.CREDIT_NOTE,
        account_id="A-1",
        subscription_id="S",
        currency="EUR",
        lines=(
            Line("a/credit/c", "a", "A", None, Price("10", "EUR"), 1, 500, (STANDARD,), basis[0], "a"),
            Line("b/credit/c", "b", "B", None, Price("3.33", "EUR"), 1, 167, (REDUCED,), basis[1], "b"),
        ),
        taxes=(TaxTotal(STANDARD, 500, 95), TaxTotal(REDUCED, 167, 11)),
        net=667,
        tax=106,
        total=773,
        at=LATER,
        tax_date=TODAY,
        due_on=None,
        corrects="INV",
        policy=TAXES.ref,
        cause="c",
        reason="goodwill",
    )
    issued = Filed(INVOICE, Phase.ISSUED)
    assert decided(issued, command) == allowed(invoices.Issued(LATER, "c", note))
    assert invoices.credit_gross("INV/credit/c", INVOICE, [], 773, LATER, TODAY, "c") == changed(
        note, reason=""
    )
    by_half = decided(issued, ask(invoices.Credit, percent=50))
    (event,) = by_half.events
    assert isinstance(event, invoices.Issued)
    made = event.document
    assert (event.at, event.cause, made.id, made.tax_date, made.cause, made.reason) == (
        LATER,
        "c",
        "INV/credit/c",
        TODAY,
        "c",
        "",
    )
    ahead = changed(command, recorded_at=NOON)
    assert decided(issued, ahead) == refused(invoices.DatedAhead("INV", LATER, NOON))
    with_period = invoice(Line("u", "u", "Units", PERIOD, Price("10", "EUR"), 1, 1000, (), THIRDS))
    assert credited(with_period, amount=euros("1")).lines[0].period == PERIOD
    (cent,) = credited(invoice(line("a", 1))).lines
    assert (cent.amount, cent.basis) == (1, SplitOf(1, (1,), 0, "EUR"))
    made = invoices.debit_note("D", with_period, [("u", 1)], TAXES, LATER, TODAY, TODAY, "c")
    assert made.lines[0].period == PERIOD


def test_tax_below_zero_is_taken_back_within_its_bounds() -> None:
    below = invoice(line("a", -1000, STANDARD), line("b", 3000, REDUCED))
    assert below.taxes == (TaxTotal(STANDARD, -1000, -190), TaxTotal(REDUCED, 3000, 210))
    part = invoices.CreditLine("p", "a", -500, None, Stated(Price("5", "EUR"), -1))
    half = invoices.credit_note("CN", below, [], [part], LATER, TODAY, "c")
    assert (half.taxes, half.total) == ((TaxTotal(STANDARD, -500, -95),), -595)
    rest = changed(part, id="q", amount=-499)
    made = invoices.credit_note("CN-2", below, [half], [rest], LATER, TODAY, "c2")
    assert made.taxes == (TaxTotal(STANDARD, -499, -95),)  # of the last cent nothing is left to bear


def test_a_part_on_the_other_side_of_zero_bears_no_tax() -> None:
    below = invoice(line("a", -3000, STANDARD), line("b", 2000, STANDARD))
    assert below.taxes == (TaxTotal(STANDARD, -1000, -190),)
    part = invoices.CreditLine("p", "b", 2000, None, Stated(Price("20", "EUR"), 1))
    made = invoices.credit_note("CN", below, [], [part], LATER, TODAY, "c")
    assert made.taxes == (TaxTotal(STANDARD, 2000, 0),)


def test_a_credit_beyond_what_there_was_is_told_by_line_key_and_total() -> None:
    parts = [
        invoices.CreditLine(f"p{id}", id, amount, None, Stated(Price(f"{amount / 100:.2f}", "EUR"), 1))
        for id, amount in (("a", 1100), ("b", 300))
    ]
    left = invoices.left_of(INVOICE, [])
    note = noted("CN", INVOICE, left, parts, LATER, TODAY, "c", [200, 30])
    assert note.reason == ""
    assert excesses(INVOICE, [note]) == (
        Excess("a", 1000, 1100),
        Excess(STANDARD, 1000, 1100),
        Excess(REDUCED, 23, 30),
        Excess(None, 1546, 1630),
    )
    assert [between(part, whole) for part, whole in ((0, 5), (5, 5), (6, 5), (1, -5), (0, -5), (-6, -5))] == [
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_what_is_taken_of_a_base_of_nothing_bears_no_tax() -> None:
    level = invoice(line("a", 100, STANDARD), line("b", -100, STANDARD))
    assert level.taxes == (TaxTotal(STANDARD, 0, 0),)
    part = invoices.CreditLine("p", "a", 100, None, Stated(Price("1", "EUR"), 1))
    made = invoices.credit_note("CN", level, [], [part], LATER, TODAY, "c")
    assert (made.taxes, made.total) == ((TaxTotal(STANDARD, 100, 0),), 100)


# Checking and settling


def test_every_key_without_an_entry_is_told() -> None:
    bare = changed(INVOICE, taxes=(), tax=0, total=INVOICE.net)
    assert invoices.check(bare) == ("no tax entry for S 19 %, S 7 %",)
    with_nothing = changed(INVOICE, taxes=(*INVOICE.taxes, TaxTotal(CITY, 0, 0)))
    assert invoices.check(with_nothing, TAXES) == ()


def test_what_is_applied_at_an_instant_counts_from_it_on() -> None:
    applied = [invoices.Applied(LATER, invoices.Means.MONEY, 1546)]
    filed = Filed(INVOICE, Phase.ISSUED)
    assert invoices.settled(filed, applied, LATER).open == 0
    assert invoices.settled(filed, applied, LATER.subtract(microseconds=1)).open == 1546


def test_a_stated_amount_tells_its_price_and_quantity() -> None:
    told = Stated(Price("3.3333", "EUR"), 3000).explain()
    assert str(told) == "3,000 × 3.3333 EUR = 9,999.90 EUR"


# Debiting and voiding


def test_a_debit_note() -> None:
    raised = (
        invoices.Raised(line="a", amount=euros("1.00")),
        invoices.Raised(line="b", amount=euros("0.01")),
    )
    note = Document(
        id="INV/debit/c",
        kind=Kind.DEBIT_NOTE,
        account_id="A-1",
        subscription_id="S",
        currency="EUR",
        lines=(
            Line(
                "INV/debit/c/1", "a", "A", None, Price("1.00", "EUR"), 1, 100, (STANDARD,),
                Stated(Price("1.00", "EUR"), 1), "a",
            ),
            Line(
                "INV/debit/c/2", "b", "B", None, Price("0.01", "EUR"), 1, 1, (REDUCED,),
                Stated(Price("0.01", "EUR"), 1), "b",
            ),
        ),
        taxes=(TaxTotal(STANDARD, 100, 19), TaxTotal(REDUCED, 1, 0)),
        net=101,
        tax=19,
        total=120,
        at=LATER,
        tax_date=TODAY,
        due_on=IN_TWO_WEEKS,
        corrects="INV",
        policy=TAXES.ref,
        cause="c",
        reason="price_error",
    )  # fmt: skip
    command = ask(invoices.Debit, lines=raised, reason="price_error")
    issued = Filed(INVOICE, Phase.ISSUED)
    assert decided(issued, command) == allowed(invoices.Issued(LATER, "c", note))
    sooner = ask(invoices.Debit, lines=raised, reason="price_error", terms=net(7))
    assert decided(issued, sooner) == allowed(
        invoices.Issued(LATER, "c", changed(note, due_on=date(2024, 3, 11)))
    )
    assert invoices.debit_note("D", INVOICE, [("a", 100)], TAXES, LATER, TODAY, TODAY, "c").reason == ""


def test_every_reason_against_a_debit_is_told() -> None:
    raised = (
        invoices.Raised(line="a", amount=Money("1", "USD")),
        invoices.Raised(line="x", amount=euros("1")),
    )
    command = changed(ask(invoices.Debit, lines=raised, reason="whim"), recorded_at=NOON)
    policy = DocumentPolicy(reasons="price_error")
    assert decided(Filed(NOTE, Phase.ISSUED), command, policy=policy) == refused(
        invoices.DatedAhead(NOTE.id, LATER, NOON),
        invoices.NotAnInvoice(NOTE.id, "credit note"),
        invoices.UnknownReason("whim", frozenset({"price_error"})),
        invoices.OtherCurrency(NOTE.id, "EUR"),
        invoices.UnknownLine(NOTE.id, "a"),
        invoices.UnknownLine(NOTE.id, "x"),
    )


def test_a_document_is_void() -> None:
    voided = allowed(invoices.Voided(LATER, "c", "INV"))
    closing = DocumentPolicy(books_close=True)
    issued = Filed(INVOICE, Phase.ISSUED)
    assert decided(issued, ask(invoices.Void)) == voided
    assert decided(issued, ask(invoices.Void, reported=False), policy=closing) == voided
    assert decided(issued, ask(invoices.Void), policy=closing) == unknown(
        Missing("whether the document was reported", ("INV",))
    )
    for policy in (DocumentPolicy(), closing):
        assert decided(issued, ask(invoices.Void, reported=True), policy=policy) == refused(
            invoices.WasReported("INV")
        )


def test_every_reason_against_voiding_is_told() -> None:
    command = changed(ask(invoices.Void, reported=True), recorded_at=NOON)
    debit = changed(INVOICE, id="DN", kind=Kind.DEBIT_NOTE)
    billed = changed(STANDING, notes=(NOTE,), debits=(debit,), applied=500)
    assert decided(Filed(INVOICE, Phase.ISSUED), command, billed) == refused(
        invoices.DatedAhead("INV", LATER, NOON),
        invoices.WasReported("INV"),
        invoices.HasCredits("INV", (NOTE.id, "DN")),
        invoices.HasPayments("INV", euros("5.00")),
    )
    used = changed(STANDING, applied=500, elsewhere=300, replaced_by="NEW")
    assert decided(Filed(NOTE, Phase.ISSUED), command, used) == refused(
        invoices.DatedAhead(NOTE.id, LATER, NOON),
        invoices.WasReported(NOTE.id),
        invoices.OfSubscription(NOTE.id, "S"),
        invoices.AlreadyUsed(NOTE.id, euros("3.00")),
        invoices.AlreadyReplaced("INV", "NEW"),
    )
    own = changed(NOTE, corrects=None)  # a credit note that was written by itself
    assert decided(Filed(own, Phase.ISSUED), command, used) == refused(
        invoices.DatedAhead(NOTE.id, LATER, NOON),
        invoices.WasReported(NOTE.id),
        invoices.HasPayments(NOTE.id, euros("5.00")),
    )


# Terms and policies


def test_terms_by_their_usual_names() -> None:
    assert net(30) == Terms(30, None, None, 0)
    assert month_end() == Terms(0, LAST, 0, 0)
    assert month_end(months=1, after=2, plus=3) == Terms(2, LAST, 1, 3)
    assert day_of_month(15) == Terms(0, 15, 1, 0)
    assert day_of_month(15, months=2, after=3) == Terms(3, 15, 2, 0)
    assert next_day(10) == Terms(0, 10, None, 0)
    assert next_day(10, after=2) == Terms(2, 10, None, 0)
    assert str(Terms(30, plus=5)) == "35 days net"
    assert Terms(30, plus=5).due_on(date(2024, 3, 1)) == date(2024, 4, 5)


@pytest.mark.parametrize(
    ("ahead", "behind", "days"),
    [(None, None, range(-9, 10)), (2, None, range(-9, 3)), (None, 3, range(-3, 10)), (0, 0, (0,))],
)
def test_how_far_a_tax_date_may_lie(ahead: int | None, behind: int | None, days: Any) -> None:
    policy = DocumentPolicy(tax_date_ahead=ahead, tax_date_behind=behind)
    day = 86_400
    near = [
        apart for apart in range(-9, 10) if policy.accepts(NOON.add(seconds=apart * day).date(), NOON.date())
    ]
    assert near == list(days)


REFUSALS: list[tuple[Callable[[], object], str, object]] = [
    (lambda: Terms(months=1), "Terms.day: a day of the month, where months are counted", 1),
    (
        lambda: Terms(day=15, months=0),
        "Terms.months: a later month: the day may have passed in the first",
        0,
    ),
    (lambda: DocumentPolicy(reasons=5), "DocumentPolicy.reasons: codes of reasons", 5),  # type: ignore[arg-type]
    (lambda: DocumentPolicy(reasons=["a", ""]), "DocumentPolicy.reasons: codes of reasons", ["a", ""]),
    (
        lambda: ask(invoices.Debit, lines=(invoices.Raised(line="a", amount=euros("1")),) * 2),
        "Debit.lines: each line once",
        ["a", "a"],
    ),
    (
        lambda: ask(invoices.Credit, lines=(invoices.Part(line="a"),) * 2),
        "Credit.lines: each line once",
        ["a", "a"],
    ),
    (
        lambda: ask(invoices.Credit, amount=euros("1"), percent="5"),
        "Credit.lines: an amount, a percentage or lines",
        (),
    ),
    (
        lambda: ask(
            invoices.Credit,
            to=Destination.OFFSET,
            shares=(invoices.Share(to=Destination.REFUND, amount=euros("1")),),
        ),
        "Credit.shares: one destination, or shares",
        [Destination.REFUND],
    ),
    (
        lambda: ask(invoices.Credit, shares=(invoices.Share(to=Destination.REFUND, amount=euros("1")),) * 2),
        "Credit.shares: each destination once",
        ["refund", "refund"],
    ),
    (
        lambda: invoices.Part(line="a", amount=euros("1"), quantity=2),
        "Part: an amount, a quantity or a percentage",
        [euros("1"), 2, None],
    ),
    (
        lambda: invoices.debit_note("D", INVOICE, [("x", 1)], TAXES, NOON, TODAY, TODAY, "c"),
        "debit_note: lines of INV, each raised by more than nothing",
        "x",
    ),
    (
        lambda: invoices.debit_note("D", INVOICE, [("a", 0)], TAXES, NOON, TODAY, TODAY, "c"),
        "debit_note: lines of INV, each raised by more than nothing",
        "a",
    ),
    (lambda: ask(invoices.Credit, percent=0), "percent: a percentage above 0, at most 100", 0),
    (lambda: ask(invoices.Credit, percent="100.1"), "percent: a percentage above 0, at most 100", "100.1"),
    (
        lambda: ask(invoices.Credit, percent="x"),
        "percent: an exact decimal number (text, int or Decimal)",
        "x",
    ),
    (lambda: apportioned(1, ()), "apportioned: at least one weight", ()),
    (
        lambda: apportioned(-1, (1,)),
        "apportioned: a total above zero, and weights that come to more than nothing",
        -1,
    ),
    (
        lambda: apportioned(1, (0,)),
        "apportioned: a total above zero, and weights that come to more than nothing",
        1,
    ),
    (
        lambda: invoices.left_of(INVOICE, [changed(NOTE, corrects="OTHER")]),
        "left_of: a credit note of INV",
        NOTE.id,
    ),
    (
        lambda: invoices.left_of(INVOICE, [changed(NOTE, lines=(changed(NOTE.lines[0], corrects="x"),))]),
        "left_of: a line of INV",
        "x",
    ),
    (
        lambda: invoices.left_of(INVOICE, [changed(NOTE, taxes=(TaxTotal(CITY, 1, 1),))]),
        "left_of: a tax key of INV",
        str(CITY),
    ),
    (lambda: gross(INVOICE, [], 0), "credit_gross: an amount from 1 to 1546", 0),
    (lambda: gross(INVOICE, [NOTE], 1447), "credit_gross: an amount from 1 to 1446", 1447),
    (lambda: turned_round(NOTE), "turned_round: lines of stated amounts", NOTE.lines[0].id),
]


@pytest.mark.parametrize(
    ("asked", "wanted", "got"),
    REFUSALS,
    ids=[f"{number} {wanted}" for number, (_, wanted, _) in enumerate(REFUSALS)],
)
def test_a_refusal_says_what_was_wanted_what_came_and_where(
    asked: Callable[[], object], wanted: str, got: object
) -> None:
    with pytest.raises(InvalidValue) as caught:
        asked()
    assert f"{caught.value.where}: {caught.value.expected}" == wanted
    assert caught.value.got == got


def test_a_void_document_without_its_instant_is_shown_as_it_was_made() -> None:
    with pytest.raises(InvalidValue) as caught:
        Filed(INVOICE, Phase.VOIDED)
    assert (caught.value.where, caught.value.expected) == (
        "Filed",
        "an instant of voiding for a void document, and only there",
    )
    assert isinstance(caught.value.got, Filed)


def test_a_percentage_is_kept_exactly() -> None:
    for value in ("12.5", Decimal("12.5"), 100, "0.01"):
        command = ask(invoices.Credit, percent=value)
        assert isinstance(command, invoices.Credit)
        assert command.percent == Decimal(str(value))
        assert type(command.percent) is Decimal
