"""Documents add up: their own totals, and all the credit notes of an invoice together."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import assume, given
from hypothesis import strategies as st

from acctcore.billing import invoices
from acctcore.billing.invoices import Document, Kind, SplitOf, Stated, check, left_of
from acctcore.billing.tax import RoundAt, Taxes, TaxKey, TaxTotal
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import explain
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import built_in
from tests.billing.invoices.stories import (
    CITY,
    KEYS,
    REDUCED,
    STANDARD,
    STATE,
    TAXES,
    documents,
    gross,
    invoice,
    line,
    note,
)

PLAIN = invoice(line("a", 1000, STANDARD), line("b", 333, REDUCED), line("c", 5, STANDARD, REDUCED))


# An invoice


def test_an_invoice_has_its_totals_as_plain_sums() -> None:
    assert PLAIN.taxes == (TaxTotal(STANDARD, 1005, 191), TaxTotal(REDUCED, 338, 24))
    assert (PLAIN.net, PLAIN.tax, PLAIN.total) == (1338, 215, 1553)
    assert (PLAIN.net_money, PLAIN.tax_money, PLAIN.total_money) == tuple(
        Money(amount, "EUR") for amount in ("13.38", "2.15", "15.53")
    )
    assert str(PLAIN.policy) == "de/1"
    assert check(PLAIN, TAXES) == ()


@given(documents())
def test_every_invoice_adds_up(document: Document) -> None:
    assert check(document) == ()
    assert document.total == document.net + document.tax
    assert document.tax == sum(entry.amount for entry in document.taxes)
    assert all(entry.amount >= 0 for entry in document.taxes)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(KEYS)), min_size=1, max_size=6))
def test_tax_of_an_issued_invoice_is_its_rate_of_the_summed_base(lines: list[tuple[int, TaxKey]]) -> None:
    # EN 16931, BR-CO-17: docs/sources.md has it under tax-rounding
    document = invoice(*[line(f"l{number}", amount, key) for number, (amount, key) in enumerate(lines)])
    for entry in document.taxes:
        with localcontext(prec=60):
            exact = Decimal(entry.base) / 100 * entry.key.rate / 100
            assert Decimal(entry.amount) / 100 == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_line_is_found_by_its_id_and_tells_its_amount() -> None:
    found = PLAIN.line("b")
    assert found is not None
    assert (found.money, PLAIN.line("x")) == (Money("3.33", "EUR"), None)
    assert str(found.explain()).splitlines()[0] == "B = 3.33 EUR"
    dated = changed(found, period=Span(date(2024, 3, 1), date(2024, 4, 1)))
    assert str(dated.explain()).splitlines()[0] == "B, 2024-03-01 up to 2024-04-01 = 3.33 EUR"


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        pytest.param({"net": 1337}, "the lines add up to 1338, the net total says 1337", id="the net"),
        pytest.param({"tax": 214}, "the tax keys add up to 215, the tax total says 214", id="the tax"),
        pytest.param({"total": 1}, "net and tax add up to 1553, the total says 1", id="the total"),
        pytest.param(
            {"taxes": (TaxTotal(STANDARD, 1004, 191), PLAIN.taxes[1])},
            "the lines under S 19 % add up to 1005, its base says 1004",
            id="a base",
        ),
        pytest.param({"taxes": PLAIN.taxes[:1], "tax": 191}, "no tax entry for S 7 %", id="a key left out"),
        pytest.param(
            {"lines": (changed(PLAIN.lines[0], amount=999), *PLAIN.lines[1:])},
            "line a says 999, its basis comes to 1000",
            id="an amount that does not follow from its basis",
        ),
        pytest.param(
            {"lines": (changed(PLAIN.lines[0], price=Price(1, "USD")), *PLAIN.lines[1:])},
            "line a is in USD, the document in EUR",
            id="another currency",
        ),
        pytest.param(
            {"taxes": (TaxTotal(STANDARD, 1005, 190), TaxTotal(REDUCED, 338, 25))},
            "the tax of S 19 % comes to 191, its entry says 190",
            id="tax that does not follow from the policy",
        ),
        pytest.param(
            {"taxes": (*PLAIN.taxes, TaxTotal(CITY, 0, 3)), "tax": 218, "total": 1556},
            "the tax of city 1.375 % comes to 0, its entry says 3",
            id="tax of a key that no line has",
        ),
        pytest.param(
            {"policy": built_in("de", "2")},
            f"the tax was computed under {built_in('de', '2').exact}, not under {TAXES.ref.exact}",
            id="another policy",
        ),
    ],
)
def test_what_does_not_add_up_is_told(facts: dict[str, Any], problem: str) -> None:
    assert problem in check(changed(PLAIN, **facts), TAXES)


def test_a_document_and_its_policy_are_enough_to_compute_its_tax_again() -> None:
    lines = [line("a", 1012, STANDARD), line("b", 1012, STANDARD)]
    per_line = changed(TAXES, version="per-line", round_at=RoundAt.LINE)
    for policy, tax in ((TAXES, 385), (per_line, 384)):
        document = invoice(*lines, taxes=policy)
        assert (document.tax, check(document, policy)) == (tax, ())
    edited = changed(TAXES, version="per-line")  # another content under the same name and version
    told = check(invoice(*lines, taxes=per_line), edited)
    assert told == (f"the tax was computed under {per_line.ref.exact}, not under {edited.ref.exact}",)


# Credit notes


def test_a_credit_note_takes_back_a_line_with_its_tax() -> None:
    credit = note(PLAIN, [], {"a": 500})
    assert (credit.kind, credit.corrects, credit.due_on) == (Kind.CREDIT_NOTE, "INV", None)
    assert credit.taxes == (TaxTotal(STANDARD, 500, 95),)
    assert (credit.net, credit.tax, credit.total) == (500, 95, 595)
    assert check(credit) == ()
    left = left_of(PLAIN, [credit])
    assert left.lines == (("a", 500), ("b", 333), ("c", 5))
    assert left.keys == ((STANDARD, 505, 96), (REDUCED, 338, 24))
    assert left.total == 1553 - 595


def test_the_last_credit_takes_what_rounding_left() -> None:
    # 19 % of 10.05 is 1.91, of three parts of it 0.64 + 0.63 + 0.64: never 1.92
    document = invoice(line("a", 1005, STANDARD))
    notes: list[Document] = []
    for number in range(3):
        notes.append(note(document, notes, {"a": 335}, f"c{number}"))
    assert [each.tax for each in notes] == [64, 63, 64]
    assert left_of(document, notes).total == 0


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        pytest.param({"a": 1001}, "at most 1000 of line a", id="more than the line"),
        pytest.param({"a": -1}, "at most 1000 of line a", id="less than nothing"),
        pytest.param({"x": 1}, "at most 0 of line x", id="no line of the invoice"),
    ],
)
def test_no_credit_note_takes_more_than_is_left(taken: dict[str, int], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        note(PLAIN, [], taken)
    with pytest.raises(InvalidValue, match="at most 400 of line a"):
        note(PLAIN, [note(PLAIN, [], {"a": 600})], {"a": 401})


def test_a_note_of_another_invoice_takes_nothing_of_this_one() -> None:
    other = invoice(line("a", 1000, STANDARD), id="INV-2")
    with pytest.raises(InvalidValue, match="a credit note of INV"):
        left_of(PLAIN, [note(other, [], {"a": 1})])
    with pytest.raises(InvalidValue, match="a credit note of INV"):
        left_of(PLAIN, [other])
    credit = note(PLAIN, [], {"a": 1})
    for lines in ((changed(credit.lines[0], corrects="x"),), (changed(credit.lines[0], corrects=None),)):
        with pytest.raises(InvalidValue, match="a line of INV"):
            left_of(PLAIN, [changed(credit, lines=lines)])
    with pytest.raises(InvalidValue, match="a tax key of INV"):
        left_of(PLAIN, [changed(credit, taxes=(TaxTotal(CITY, 1, 0),))])


def test_a_line_of_nothing_is_credited_with_its_key() -> None:
    document = invoice(line("a", 0, STANDARD), line("b", 100, REDUCED))
    credit = note(document, [], {"a": 0, "b": 100})
    assert credit.taxes == (TaxTotal(STANDARD, 0, 0), TaxTotal(REDUCED, 100, 7))
    assert check(credit) == ()


@given(documents(), st.data())
def test_credit_notes_by_line_add_up_to_the_invoice_and_never_beyond(
    document: Document, data: st.DataObject
) -> None:
    notes: list[Document] = []
    for number in range(data.draw(st.integers(0, 4))):
        left = left_of(document, notes)
        taken = {id: data.draw(st.integers(0, most)) for id, most in left.lines if data.draw(st.booleans())}
        notes.append(note(document, notes, taken, f"c{number}"))
        _nothing_beyond(document, notes)
    rest = dict(left_of(document, notes).lines)
    notes.append(note(document, notes, rest, "last"))
    _nothing_left(document, notes)


@given(documents(), st.data())
def test_credits_with_tax_end_at_exactly_nothing(document: Document, data: st.DataObject) -> None:
    assume(document.total > 0)
    notes: list[Document] = []
    for number in range(data.draw(st.integers(0, 5))):
        left = left_of(document, notes).total
        if left == 0:
            break
        amount = data.draw(st.integers(1, left))
        notes.append(gross(document, notes, amount, f"c{number}"))
        assert notes[-1].total == amount
        _nothing_beyond(document, notes)
    if left := left_of(document, notes).total:
        notes.append(gross(document, notes, left, "last"))
    _nothing_left(document, notes)


@given(documents(), st.data())
def test_credits_of_both_kinds_end_at_exactly_nothing(document: Document, data: st.DataObject) -> None:
    notes: list[Document] = []
    for number in range(data.draw(st.integers(1, 5))):
        left = left_of(document, notes)
        if left.total and data.draw(st.booleans()):
            notes.append(gross(document, notes, data.draw(st.integers(1, left.total)), f"c{number}"))
        else:
            taken = {id: data.draw(st.integers(0, most)) for id, most in left.lines}
            notes.append(note(document, notes, taken, f"c{number}"))
        _nothing_beyond(document, notes)
    if total := left_of(document, notes).total:
        notes.append(gross(document, notes, total, "last"))
    _nothing_left(document, notes)


def _nothing_beyond(document: Document, notes: list[Document]) -> None:
    assert check(notes[-1]) == ()
    assert all(entry.amount >= 0 and entry.base >= 0 for entry in notes[-1].taxes)
    left = left_of(document, notes)
    assert left.total >= 0
    assert all(amount >= 0 for _, amount in left.lines)
    assert all(base >= 0 and tax >= 0 for _, base, tax in left.keys)
    for entry, (key, base, tax) in zip(document.taxes, left.keys, strict=True):
        given = [each for credit in notes for each in credit.taxes if each.key == key]
        assert (base, tax) == (
            entry.base - sum(each.base for each in given),
            entry.amount - sum(each.amount for each in given),
        )
    assert left.total == sum(amount for _, amount in left.lines) + sum(tax for _, _, tax in left.keys)


def _nothing_left(document: Document, notes: list[Document]) -> None:
    left = left_of(document, notes)
    assert left.total == 0
    assert {amount for _, amount in left.lines} <= {0}
    assert {(base, tax) for _, base, tax in left.keys} <= {(0, 0)}
    assert sum(credit.total for credit in notes) == document.total
    assert sum(credit.tax for credit in notes) == document.tax


@pytest.mark.parametrize("amount", [0, -1, 1554])
def test_a_credit_with_tax_is_more_than_nothing_and_at_most_what_is_left(amount: int) -> None:
    with pytest.raises(InvalidValue, match="an amount from 1 to 1553"):
        gross(PLAIN, [], amount)


def test_one_cent_goes_to_the_largest_part() -> None:
    credit = gross(PLAIN, [], 1)
    assert [(each.corrects, each.amount) for each in credit.lines] == [("a", 1)]
    assert credit.taxes == (TaxTotal(STANDARD, 1, 0),)


def test_credits_keep_the_period_and_the_keys_of_their_line() -> None:
    march = Span(date(2024, 3, 1), date(2024, 4, 1))
    document = invoice(changed(line("a", 700, STATE, CITY), period=march))
    credit = gross(document, [], 100)
    assert [(each.period, each.taxes) for each in credit.lines] == [(march, (STATE, CITY))]


# How amounts come about


@given(documents(), st.data())
def test_every_amount_that_was_split_is_told_and_computed_again(
    document: Document, data: st.DataObject
) -> None:
    assume(document.total > 0)
    credit = gross(document, [], data.draw(st.integers(1, document.total)))
    for each in credit.lines:
        assert each.basis.amount() == each.amount
        assert explain(each).result == str(each.money)
        assert explain(each).steps[0].result == str(each.money)


def test_a_split_tells_what_was_split_over_what() -> None:
    assert str(SplitOf(100, (1000, 190), 1, "EUR").explain()).splitlines() == [
        "share of the amount given back = 0.16 EUR",
        "  to be split over what is left of lines and tax = 1.00 EUR",
        "  left of this line 1.90 EUR, of all 11.90 EUR",
        "  rounded down, cents left over to the largest remainders",
    ]


@given(
    st.decimals(0, 10**6, places=5),
    st.integers(0, 10**6),
    st.sampled_from([("EUR", 2), ("JPY", 0), ("KWD", 3)]),
)
def test_a_stated_amount_is_price_times_quantity_rounded_once(
    price: Decimal, quantity: int, currency: tuple[str, int]
) -> None:
    code, places = currency
    stated = Stated(Price(price, code), quantity)
    with localcontext(prec=60):
        exact = price * quantity * 10**places
        assert stated.amount() == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert stated.explain().result == str(Money.of_minor(stated.amount(), code))


def test_an_invoice_of_nothing_is_one() -> None:
    empty = invoice()
    assert (empty.total, empty.taxes, check(empty)) == (0, (), ())
    assert invoices.left_of(empty, []).total == 0
    assert check(invoice(line("a", 0, STANDARD), taxes=Taxes(rates=()))) == ()
