"""What a credit takes of an invoice in each of its forms, in any sequence, against exact fractions."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing import invoices
from acctcore.billing.invoices import (
    Destination,
    Document,
    Filed,
    Kind,
    Part,
    Phase,
    Portion,
    Share,
    Stated,
    check,
    left_of,
)
from acctcore.billing.invoices.compose import turned_round
from acctcore.billing.tax import RoundAt, TaxKey, TaxTotal
from acctcore.kernel.decision import Decision, Reason, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from acctcore.testing import laws
from acctcore.testing import strategies as ours
from tests.billing.invoices.stories import (
    DESK,
    NOON,
    REDUCED,
    STANDARD,
    STANDING,
    TAXES,
    documents,
    gross,
    invoice,
    line,
)

LATER = NOON.add(days=3)
REVERSE = TaxKey("AE", "0", "reverse charge")


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


def units(id: str, price: str, quantity: int, *keys: TaxKey, currency: str = "EUR") -> invoices.Line:
    """Return a line of so many units at a price."""
    basis = Stated(Price(price, currency), quantity)
    return invoices.Line(id, id, id, None, basis.price, quantity, basis.amount(), keys, basis)


def asked(document: Document, notes: list[Document], id: str = "c", **stated: Any) -> Decision[Event]:
    """Return what a credit comes to, with nothing paid."""
    at = max(LATER, document.at)
    command = invoices.Credit(id=id, at=at, by=DESK, document_id=document.id, **stated)
    return decided(document, notes, command)


def decided(document: Document, notes: list[Document], command: invoices.Credit) -> Decision[Event]:
    standing = changed(STANDING, notes=tuple(notes))
    phase = invoices.phase(document, tuple(notes), Phase.ISSUED)
    return invoices.decide(Filed(document, phase), command, TAXES, standing)


def credit(document: Document, notes: list[Document], **stated: Any) -> Document:
    """Return the credit note of an invoice, the next after `notes`."""
    (event,) = asked(document, notes, f"c{len(notes)}", **stated).events
    assert isinstance(event, invoices.Issued)
    note = event.document
    laws.credits_within(document, [*notes, note])
    return note


# Each form, worked by hand

PLAIN = invoice(
    units("desk", "33.335", 3, STANDARD),  # 100.01 (33.335 × 3 = 100.005)
    units("book", "10.00", 2, REDUCED),  # 20.00
    units("gift", "0.00", 1, STANDARD),
)  # tax 19.00 and 1.40, total 140.41


@pytest.mark.parametrize(
    ("stated", "lines", "tax", "total"),
    [
        pytest.param({}, {"desk": 10001, "book": 2000}, 2040, 14041, id="in full"),
        pytest.param({"amount": eur("140.41")}, {"desk": 10001, "book": 2000}, 2040, 14041, id="all of it"),
        pytest.param({"amount": eur("0.01")}, {"desk": 1}, 0, 1, id="a cent"),
        pytest.param({"percent": "10"}, {"desk": 1000, "book": 200, "gift": 0}, 190 + 14, 1404, id="a tenth"),
        pytest.param(
            {"lines": (Part(line="desk", quantity=1),)}, {"desk": 3334}, 633, 3967, id="one of three"
        ),
        pytest.param(
            {"lines": (Part(line="desk", quantity=2), Part(line="book", quantity=1))},
            {"desk": 6667, "book": 1000},
            1267 + 70,
            9004,
            id="two of three and one of two",
        ),
        pytest.param(
            {"lines": (Part(line="book", amount=eur("0.01")),)}, {"book": 1}, 0, 1, id="a net amount"
        ),
        pytest.param({"lines": (Part(line="book"),)}, {"book": 2000}, 140, 2140, id="a whole line"),
        pytest.param(
            {"lines": (Part(line="desk", percent="33.3"),)}, {"desk": 3330}, 633, 3963, id="33.3 % of a line"
        ),
    ],
)
def test_what_is_taken_back(stated: dict[str, Any], lines: dict[str, int], tax: int, total: int) -> None:
    note = credit(PLAIN, [], reason="returned", **stated)
    assert {each.corrects: each.amount for each in note.lines} == lines
    assert (note.kind, note.tax, note.total) == (Kind.CREDIT_NOTE, tax, total)
    assert (note.corrects, note.reason, note.due_on) == ("INV", "returned", None)
    assert check(note) == ()


def test_units_taken_back_stand_on_the_note() -> None:
    one = credit(PLAIN, [], lines=(Part(line="desk", quantity=1),))
    assert [(each.quantity, each.price) for each in one.lines] == [(1, Price("33.335", "EUR"))]
    rest = credit(PLAIN, [one], lines=(Part(line="desk", quantity=2),))
    assert (rest.lines[0].quantity, rest.lines[0].amount) == (2, 10001 - 3334)
    assert str(rest.lines[0].explain()).splitlines() == [
        "desk = 66.67 EUR",
        "  portion of the line, the difference of what is left = 66.67 EUR",
        "    left before: 100.01 EUR × 2/3, rounded once = 66.67 EUR",
        "    stays: 100.01 EUR × 0/3, rounded once = 0.00 EUR",
    ]


def test_returned_one_by_one_an_invoice_comes_to_nothing() -> None:
    # each unit alone is 0.01667 net: rounded alone, three of them would be 0.06 of 0.05
    document = invoice(units("a", "0.0166", 3, STANDARD))
    notes: list[Document] = []
    for _ in range(3):
        notes.append(credit(document, notes, lines=(Part(line="a", quantity=1),)))
    assert [note.net for note in notes] == [2, 1, 2]
    laws.credits_add_up(document, notes)
    assert invoices.phase(document, tuple(notes), Phase.ISSUED) is Phase.CREDITED


def test_after_a_price_reduction_a_unit_is_worth_what_it_then_costs() -> None:
    document = invoice(units("a", "10.00", 4, STANDARD))
    notes = [credit(document, [], lines=(Part(line="a", quantity=1),))]
    notes.append(credit(document, notes, lines=(Part(line="a", amount=eur("6.00")),)))
    notes.append(credit(document, notes, lines=(Part(line="a", quantity=1),)))
    assert [note.net for note in notes] == [1000, 600, 800]
    notes.append(credit(document, notes, lines=(Part(line="a", percent="50"),)))
    assert notes[-1].net == 1600, "half of the units that were billed, and they are all that is left"
    laws.credits_add_up(document, notes)


def test_a_percentage_of_the_invoice_leaves_out_what_is_gone() -> None:
    notes = [credit(PLAIN, [], lines=(Part(line="book", quantity=2),))]
    note = credit(PLAIN, notes, percent="50")
    assert {each.corrects: each.amount for each in note.lines} == {"desk": 5000, "gift": 0}


@pytest.mark.parametrize("key", [REVERSE, TaxKey("Z", "0"), TaxKey("E", "0", "education")], ids=str)
def test_an_invoice_without_tax_is_credited_under_the_key_that_says_why(key: TaxKey) -> None:
    document = invoice(line("a", 1000, key))
    note = credit(document, [], percent="25")
    assert note.taxes == (TaxTotal(key, 250, 0),)
    assert note.total == 250


def test_a_line_under_several_keys_loses_tax_of_each() -> None:
    document = invoice(line("a", 1001, STANDARD, REDUCED))  # 1.90 and 0.70
    notes = [credit(document, [], percent="50"), credit(document, [], percent="50")]
    assert notes[0].taxes == (TaxTotal(STANDARD, 500, 95), TaxTotal(REDUCED, 500, 35))
    notes[1] = credit(document, notes[:1])
    assert notes[1].taxes == (TaxTotal(STANDARD, 501, 95), TaxTotal(REDUCED, 501, 35))


# What cannot be taken back

MIXED = invoice(line("a", 1000, STANDARD), line("b", 500, REDUCED), line("off", -400, STANDARD))
BELOW = invoice(line("a", 100, STANDARD), line("off", -400, STANDARD))
EVEN = invoice(line("a", 400, STANDARD), line("off", -400, STANDARD))
HALF = credit(PLAIN, [], lines=(Part(line="desk", quantity=2),))


@pytest.mark.parametrize(
    ("document", "notes", "stated", "reasons"),
    [
        pytest.param(
            PLAIN, [], {"amount": eur("140.42")}, (invoices.ExceedsBilled("INV", eur("140.41")),), id="a cent"
        ),
        pytest.param(
            PLAIN,
            [],
            {"lines": (Part(line="x"), Part(line="book", amount=eur("20.01")))},
            (invoices.UnknownLine("INV", "x"), invoices.ExceedsLine("book", eur("20.00"))),
            id="every line that is wrong",
        ),
        pytest.param(
            PLAIN,
            [],
            {"lines": (Part(line="book", amount=eur("-0.01")),)},
            (invoices.ExceedsLine("book", eur("20.00")),),
            id="less than nothing",
        ),
        pytest.param(
            PLAIN,
            [],
            {"lines": (Part(line="book", amount=Money(1, "USD")),)},
            (invoices.OtherCurrency("book", "EUR"),),
            id="another currency",
        ),
        pytest.param(
            PLAIN,
            [HALF],
            {"lines": (Part(line="desk", quantity=2), Part(line="book", quantity=3))},
            (invoices.ExceedsShare("desk", "1", "3"), invoices.ExceedsShare("book", "2", "2")),
            id="more units than are left",
        ),
        pytest.param(
            PLAIN,
            [HALF],
            {"percent": "50"},
            (invoices.ExceedsShare("desk", "33 1/3 %", "100 %"),),
            id="a larger share than is left",
        ),
        pytest.param(
            PLAIN,
            [credit(PLAIN, [], lines=(Part(line="desk", percent="90"),))],
            {"lines": (Part(line="desk", quantity=1),)},
            (invoices.ExceedsShare("desk", "3/10", "3"),),
            id="a part of a unit is left",
        ),
        pytest.param(
            PLAIN,
            [],
            {"lines": (Part(line="gift"),)},
            (invoices.ComesToNothing("INV"),),
            id="what costs nothing",
        ),
        pytest.param(
            PLAIN, [], {"percent": "0.0001"}, (invoices.ComesToNothing("INV"),), id="what rounds to nothing"
        ),
        pytest.param(
            invoice(units("a", "1.00", 0, STANDARD)),
            [],
            {"lines": (Part(line="a", quantity=1),)},
            (invoices.ExceedsShare("a", "0", "0"),),
            id="of no units",
        ),
        pytest.param(
            MIXED,
            [],
            {"lines": (Part(line="a"),)},
            (invoices.ExceedsKey("INV", STANDARD),),
            id="a line without the discount on it",
        ),
        pytest.param(
            MIXED,
            [],
            {"lines": (Part(line="off"),)},
            (invoices.ExceedsBilled("INV", eur("12.49")),),
            id="only the discount",
        ),
        pytest.param(
            BELOW, [], {}, (invoices.ExceedsBilled("INV", eur("-3.57")),), id="an invoice below zero"
        ),
        pytest.param(
            EVEN,
            [],
            {"amount": eur("0.01")},
            (invoices.ExceedsBilled("INV", eur("0.00")),),
            id="an amount of an invoice that comes to nothing",
        ),
        pytest.param(
            PLAIN,
            [],
            {"amount": eur("1.00"), "shares": (Share(to=Destination.OFFSET, amount=eur("0.99")),)},
            (invoices.SharesDiffer(eur("0.99"), eur("1.00")),),
            id="shares that do not add up",
        ),
        pytest.param(
            PLAIN,
            [],
            {"amount": eur("1.00"), "shares": (Share(to=Destination.OFFSET, amount=Money(1, "JPY")),)},
            (invoices.OtherCurrency("INV/credit/c", "EUR"),),
            id="shares in another currency",
        ),
        pytest.param(
            PLAIN,
            [],
            {"amount": eur("1.00"), "to": Destination.REFUND},
            (invoices.ExceedsHeld("INV", eur("0.00")),),
            id="money back that never came",
        ),
    ],
)
def test_what_is_not_taken_back(
    document: Document, notes: list[Document], stated: dict[str, Any], reasons: tuple[Reason, ...]
) -> None:
    assert asked(document, notes, **stated) == refused(*reasons)
    assert all(reason.text for reason in reasons)


def test_with_its_discount_a_line_is_taken_back() -> None:
    note = credit(MIXED, [], lines=(Part(line="a"), Part(line="off")))
    assert [each.amount for each in note.lines] == [1000, -400]
    assert note.taxes == (TaxTotal(STANDARD, 600, 114),)
    rest = credit(MIXED, [note])
    laws.credits_add_up(MIXED, [note, rest])


def test_what_comes_to_nothing_is_taken_back_whole_and_once() -> None:
    note = credit(EVEN, [])
    assert (note.total, [each.amount for each in note.lines]) == (0, [400, -400])
    assert invoices.phase(EVEN, (note,), Phase.ISSUED) is Phase.CREDITED


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param({"amount": eur("1"), "percent": "1"}, id="an amount and a percentage"),
        pytest.param({"percent": "1", "lines": (Part(line="a"),)}, id="a percentage and lines"),
        pytest.param({"percent": "0"}, id="no percent"),
        pytest.param({"percent": "100.01"}, id="more than all"),
        pytest.param({"percent": 0.5}, id="a float"),
        pytest.param({"lines": (Part(line="a"), Part(line="a"))}, id="a line twice"),
        pytest.param(
            {"to": Destination.CREDIT, "shares": (Share(to=Destination.CREDIT, amount=eur("1")),)},
            id="a destination and shares",
        ),
        pytest.param({"shares": (Share(to=Destination.CREDIT, amount=eur("1")),) * 2}, id="a way twice"),
    ],
)
def test_what_is_no_credit(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        invoices.Credit(id="c", at=LATER, by=DESK, document_id="INV", **stated)


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": eur("1"), "quantity": 1},
        {"quantity": 1, "percent": "1"},
        {"quantity": 0},
        {"quantity": True},
        {"percent": "-1"},
    ],
)
def test_what_is_no_part(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Part(line="a", **facts)


# Where it goes

PAID, OPEN = changed(STANDING, paid=14041, applied=14041), STANDING
SOME = changed(STANDING, paid=1, applied=1)
CREDITED = changed(STANDING, applied=14041)
WAYS = invoices.DocumentPolicy(
    unpaid=Destination.OFFSET, partly_paid=Destination.CREDIT, paid=Destination.REFUND
)


@pytest.mark.parametrize(
    ("standing", "stated", "goes"),
    [
        pytest.param(OPEN, {}, {Destination.OFFSET: 1000}, id="unpaid"),
        pytest.param(SOME, {}, {Destination.CREDIT: 1000}, id="paid in part"),
        pytest.param(PAID, {}, {Destination.REFUND: 1000}, id="paid"),
        pytest.param(CREDITED, {}, {Destination.OFFSET: 1000}, id="settled, and not by money"),
        pytest.param(PAID, {"to": Destination.CREDIT}, {Destination.CREDIT: 1000}, id="as it says"),
        pytest.param(
            PAID,
            {
                "shares": (
                    Share(to=Destination.REFUND, amount=eur("9.99")),
                    Share(to=Destination.CREDIT, amount=eur("0.01")),
                )
            },
            {Destination.REFUND: 999, Destination.CREDIT: 1},
            id="several ways",
        ),
    ],
)
def test_where_a_credit_note_goes(
    standing: invoices.Standing, stated: dict[str, Any], goes: dict[Destination, int]
) -> None:
    command = invoices.Credit(id="c", at=LATER, by=DESK, document_id="INV", amount=eur("10.00"), **stated)
    (event,) = invoices.decide(Filed(PLAIN, Phase.ISSUED), command, TAXES, standing, WAYS).events
    assert isinstance(event, invoices.Issued)
    assert invoices.shares(event.document, command, standing, WAYS, PLAIN) == goes
    assert invoices.shares(event.document, command, standing, invoices.DocumentPolicy(), PLAIN) == (
        goes if stated else {Destination.OFFSET: 1000}
    )


# Any sequence


@given(ours.documents(), st.data())
def test_any_credits_stay_within_an_invoice_and_come_to_it(document: Document, data: st.DataObject) -> None:
    in_any_order(document, data)


@given(ours.documents(below_zero=True), st.data())
def test_so_they_do_where_lines_are_below_zero(document: Document, data: st.DataObject) -> None:
    in_any_order(document, data)


def in_any_order(document: Document, data: st.DataObject) -> None:
    laws.document_adds_up(document)
    notes: list[Document] = []
    for count in range(data.draw(st.integers(0, 5))):
        command = data.draw(ours.credits(document, notes, id=f"c{count}"))
        answer = decided(document, notes, changed(command, to=Destination.OFFSET))
        laws.reasons_are_told(answer)
        notes += laws.documents_of(answer.events)
        laws.credits_within(document, notes)
    if left_of(document, notes).nothing or document.total < 0:
        return
    last = asked(document, notes, "last")
    if last.allowed:
        laws.credits_add_up(document, [*notes, *laws.documents_of(last.events)])
        assert invoices.phase(document, (*notes, *laws.documents_of(last.events)), Phase.ISSUED) is (
            Phase.CREDITED
        )
    else:  # each line of nothing, and no tax
        assert {reason.code for reason in last.reasons} == {"invoices.exceeds_billed"}
        assert left_of(document, notes).total <= 0


def half_up(exact: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    whole = int(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_units_are_taken_back_by_the_exact_share_of_what_is_left(amount: int, batches: list[int]) -> None:
    whole = sum(batches)
    document = invoice(line("a", amount * whole + amount % 7, STANDARD), line("b", 1, REDUCED))
    billed = changed(document.lines[0], quantity=whole)
    document = changed(document, lines=(billed, document.lines[1]))
    notes: list[Document] = []
    gone = 0
    for size in batches:
        before = half_up(Fraction(billed.amount * (whole - gone), whole))
        gone += size
        expected = before - half_up(Fraction(billed.amount * (whole - gone), whole))
        answer = asked(document, notes, f"c{gone}", lines=(Part(line="a", quantity=size),))
        if not expected:
            assert answer == refused(invoices.ComesToNothing("INV")) or not billed.amount
            return
        notes += laws.documents_of(answer.events)
        assert notes[-1].net == expected
        base_left, tax = billed.amount - sum(note.net for note in notes), document.taxes[0].amount
        stays = half_up(Fraction(tax * base_left, billed.amount))
        assert sum(note.tax for note in notes) == tax - stays, "tax falls as its base does"
    assert left_of(document, notes).lines == (("a", 0), ("b", 1))


@given(st.integers(1, 10**9), st.lists(st.decimals(Decimal("0.1"), 30, places=1), min_size=1, max_size=3))
def test_percentages_add_up_to_the_percentage_of_the_whole(amount: int, percents: list[Decimal]) -> None:
    document = invoice(line("a", amount * 1000, STANDARD))
    notes = [credit(document, [], percent=percents[0])]
    for percent in percents[1:]:
        notes.append(credit(document, notes, percent=percent))
    stays = Fraction(amount * 1000) * (100 - sum(map(Fraction, percents))) / 100
    assert sum(note.net for note in notes) == amount * 1000 - half_up(stays)


@given(documents(), st.data())
def test_a_split_with_lines_below_zero_stays_within_each(document: Document, data: st.DataObject) -> None:
    signed = [data.draw(st.sampled_from([1, 1, -1])) * each.amount for each in document.lines]
    code = document.currency
    mixed = invoice(
        *[line(f"l{place}", amount, STANDARD, currency=code) for place, amount in enumerate(signed)]
    )
    if mixed.total <= 0:
        return
    amount = data.draw(st.integers(1, mixed.total))
    note = gross(mixed, [], amount)
    assert note.total == amount
    laws.document_adds_up(note)
    for each in note.lines:
        assert each.corrects is not None
        whole = mixed.line(each.corrects)
        assert whole is not None
        exact = Fraction(whole.amount * amount, mixed.total)
        assert abs(each.amount - exact) < 1
        assert 0 <= each.amount <= whole.amount or whole.amount <= each.amount <= 0


# What per-line rounding leaves: tax on a base of nothing


def test_tax_on_a_base_of_nothing_goes_with_the_last_of_it() -> None:
    policy = changed(TAXES, round_at=RoundAt.LINE)
    lines = [line("a", 100, STANDARD), line("b", -50, STANDARD), line("c", -50, STANDARD), line("d", 900)]
    document = invoice(*lines, taxes=policy)
    assert document.taxes == (TaxTotal(STANDARD, 0, -1),)  # 0.19 - 0.10 - 0.10
    alone = asked(document, [], lines=(Part(line="a"),))
    assert alone == refused(invoices.ExceedsKey("INV", STANDARD))
    note = credit(document, [], lines=tuple(Part(line=id) for id in "abcd"))
    assert (note.tax, note.total) == (-1, 899)
    laws.credits_add_up(document, [note])


def test_a_portion_computes_its_amount_again() -> None:
    portion = Portion(100, 3, 1, 1, "EUR")
    assert portion.amount() == 67 - 33
    assert Portion(-100, 3, 1, 1, "EUR").amount() == -34


@pytest.mark.parametrize(
    ("total", "weights"),
    [
        pytest.param(1, (), id="nothing to share it"),
        pytest.param(-1, (1,), id="below zero"),
        pytest.param(1, (3, -3), id="weights that come to nothing"),
    ],
)
def test_what_cannot_be_apportioned(total: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValue):
        invoices.SplitOf(total, weights, 0, "EUR").amount()


def test_nothing_is_apportioned_as_nothing() -> None:
    assert [invoices.SplitOf(0, (5, -5), index, "EUR").amount() for index in (0, 1)] == [0, 0]


def test_what_is_raised_is_a_line_of_the_invoice_by_more_than_nothing() -> None:
    for raised in (("x", 1), ("book", 0)):
        with pytest.raises(InvalidValue, match="raised by more than nothing"):
            invoices.debit_note("D", PLAIN, [raised], TAXES, LATER, LATER.date(), LATER.date(), "c")
    by_one = invoices.Raised(line="book", amount=eur("1"))
    with pytest.raises(InvalidValue, match="each line once"):
        invoices.Debit(id="c", at=LATER, by=DESK, document_id="INV", lines=(by_one, by_one))


def test_only_stated_amounts_are_turned_round() -> None:
    note = gross(PLAIN, [], 100)
    with pytest.raises(InvalidValue, match="lines of stated amounts"):
        turned_round(changed(PLAIN, lines=note.lines))


def test_a_note_that_takes_tax_beyond_its_key_is_told() -> None:
    note = gross(PLAIN, [], 14041)
    more = changed(note, taxes=(changed(note.taxes[0], amount=1901), *note.taxes[1:]))
    assert invoices.excesses(PLAIN, [more]) == (invoices.Excess(STANDARD, 1900, 1901),)
    assert "a credit note below zero: -1" in check(changed(note, total=-1))
