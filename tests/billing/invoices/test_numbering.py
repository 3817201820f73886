"""Numbers follow one another without gaps, whoever is numbered when, and what is wrong with them is found."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing import invoices
from acctcore.billing.invoices import (
    Document,
    Filed,
    Kind,
    Misnumbered,
    Numbered,
    Phase,
    Reset,
    Scheme,
    Series,
    assign,
    misnumbered,
    number,
)
from acctcore.billing.invoices.numbering import _meet, pieces
from acctcore.billing.invoices.numbers_checked import count_in
from acctcore.kernel.errors import InvalidValue
from tests.billing.invoices.stories import STANDARD, gross, invoice, line

TODAY = date(2024, 3, 1)
DOCUMENT = invoice(line("a", 1000, STANDARD))
NOTE = gross(DOCUMENT, [], 100)
NOTHING = invoice(line("a", 0, STANDARD), id="ZERO")
SERIES = Series("2024-", 8, 4)


# One series


def test_documents_are_numbered_in_their_order() -> None:
    given, following = number(SERIES, [changed(DOCUMENT, id="b"), changed(NOTE, id="a")], TODAY, "north")
    assert given == (
        Numbered("b", "2024-0008", TODAY, Kind.INVOICE, "north", "A-1"),
        Numbered("a", "2024-0009", TODAY, Kind.CREDIT_NOTE, "north", "A-1"),
    )
    assert following == Series("2024-", 10, 4)
    assert number(following, [], TODAY) == ((), following)


@pytest.mark.parametrize("suffix", ["", "/24"])
def test_a_document_has_one_number(suffix: str) -> None:
    with pytest.raises(InvalidValue, match="each document once"):
        number(changed(SERIES, suffix=suffix), [DOCUMENT, DOCUMENT], TODAY)
    with pytest.raises(InvalidValue, match="each document once"):
        assign(Scheme(), (), [DOCUMENT, DOCUMENT], TODAY)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"prefix": "R" * 201}, id="a prefix without an end"),
        pytest.param({"suffix": "\n"}, id="a suffix that cannot be printed"),
        pytest.param({"prefix": None}, id="no text"),
        pytest.param({"prefix": "R", "following": -1}, id="a number below zero"),
        pytest.param({"prefix": "R", "width": 0}, id="no width"),
        pytest.param({"prefix": "R", "width": 21}, id="too wide"),
    ],
)
def test_what_is_no_series(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Series(**facts)


# Schemes

YEARLY = Scheme(
    invoices="R{year}-{count}",
    credit_notes="G{yy}/{count}",
    debit_notes="{seller}.{month}.{year}.{count}!",
    reset=Reset.YEAR,
    width=3,
)


@pytest.mark.parametrize(
    ("scheme", "kind", "on", "seller", "first"),
    [
        pytest.param(Scheme(), Kind.INVOICE, TODAY, "", "INV-1", id="nothing chosen"),
        pytest.param(YEARLY, Kind.INVOICE, TODAY, "", "R2024-001", id="a year"),
        pytest.param(YEARLY, Kind.CREDIT_NOTE, date(2005, 1, 1), "", "G05/001", id="two digits of it"),
        pytest.param(YEARLY, Kind.DEBIT_NOTE, TODAY, "s", "s.03.2024.001!", id="all there is"),
        pytest.param(
            changed(YEARLY, year_begins=4), Kind.INVOICE, date(2024, 3, 31), "", "R2023-001", id="last day"
        ),
        pytest.param(
            changed(YEARLY, year_begins=4), Kind.INVOICE, date(2024, 4, 1), "", "R2024-001", id="new year"
        ),
        pytest.param(Scheme(start=0, invoices="{count}"), Kind.INVOICE, TODAY, "", "0", id="from nothing"),
        pytest.param(Scheme(invoices="{{{count}}}"), Kind.INVOICE, TODAY, "", "{1}", id="braces themselves"),
    ],
)
def test_a_series_begins_as_its_scheme_says(
    scheme: Scheme, kind: Kind, on: date, seller: str, first: str
) -> None:
    series = scheme.series(kind, on, seller)
    assert series.text(series.following) == first


def test_each_kind_year_and_seller_has_a_series_of_its_own() -> None:
    counters: tuple[Series, ...] = ()
    numbers: list[str] = []
    days = [date(2024, 12, 30), date(2024, 12, 31), date(2025, 1, 1), date(2024, 12, 31)]
    for index, on in enumerate(days):
        both = [changed(DOCUMENT, id=f"i{index}"), changed(NOTE, id=f"n{index}")]
        given, counters = assign(YEARLY, counters, both, on)
        numbers += [each.number for each in given]
    assert numbers[::2] == ["R2024-001", "R2024-002", "R2025-001", "R2024-003"]
    assert numbers[1::2] == ["G24/001", "G24/002", "G25/001", "G24/003"]
    assert {each.text(each.following) for each in counters} == {
        "R2024-004",
        "R2025-002",
        "G24/004",
        "G25/002",
    }


def test_kinds_that_share_a_template_share_a_series() -> None:
    scheme = Scheme(invoices="D{count}", credit_notes="D{count}")
    given, counters = assign(scheme, (), [DOCUMENT, NOTE], TODAY)
    assert [each.number for each in given] == ["D1", "D2"]
    assert counters == (Series("D", 3),)


def test_what_comes_to_nothing_is_numbered_or_not() -> None:
    documents = [changed(DOCUMENT, id="a"), NOTHING, changed(DOCUMENT, id="b")]
    for zero, numbers in ((True, ["INV-1", "INV-2", "INV-3"]), (False, ["INV-1", "INV-2"])):
        scheme = Scheme(zero=zero)
        given, _ = assign(scheme, (), documents, TODAY)
        assert [each.number for each in given] == numbers
        filed = [Filed(each, Phase.ISSUED) for each in documents]
        assert misnumbered(scheme, given, filed) == ()


def test_counters_of_one_series_cannot_stand_side_by_side() -> None:
    with pytest.raises(InvalidValue, match="each series once"):
        assign(Scheme(), (Series("INV-", 2), Series("INV-", 7)), [DOCUMENT], TODAY)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        pytest.param({"invoices": "INV"}, "names {count} once", id="no count"),
        pytest.param({"invoices": "{count}{count}"}, "names {count} once", id="two counts"),
        pytest.param({"invoices": "{day}-{count}"}, "fields among", id="an unknown field"),
        pytest.param({"invoices": "{count:04d}"}, "fields among", id="a format of its own"),
        pytest.param({"invoices": "{count!r}"}, "fields among", id="a conversion"),
        pytest.param({"invoices": "{0}{count}"}, "fields among", id="a position"),
        pytest.param({"invoices": "{count"}, "fields among", id="an open brace"),
        pytest.param({"invoices": "}{count}"}, "fields among", id="a brace too much"),
        pytest.param({"invoices": ""}, "non-empty", id="nothing"),
        pytest.param({"reset": Reset.YEAR}, "{year} or {yy}", id="the same numbers every year"),
        pytest.param(
            {"reset": Reset.MONTH, "invoices": "{year}-{count}"}, "{month}", id="the same every month"
        ),
        pytest.param(
            {"invoices": "2000{count}", "credit_notes": "{year}{count}"},
            "differ in more",
            id="two templates that read alike",
        ),
        pytest.param(
            {"invoices": "R{count}", "credit_notes": "R1{count}"}, "more than digits", id="R11 is 11 and 1"
        ),
        pytest.param(
            {"invoices": "{year}{count}", "credit_notes": "{yy}{count}"}, "more than digits", id="20241"
        ),
        pytest.param(
            {"invoices": "{count}/A", "credit_notes": "{count}0/A"}, "more than digits", id="digits behind"
        ),
        pytest.param({"invoices": "{seller}{count}"}, "between {seller}", id="where does the seller end"),
        pytest.param({"invoices": "{seller}1{count}"}, "between {seller}", id="in digits, nobody can tell"),
        pytest.param({"invoices": "{count}{seller}"}, "between {seller}", id="where does it begin"),
        pytest.param({"reset": "year"}, "Reset", id="a text for a choice"),
        pytest.param({"year_begins": 13}, "at most 12", id="a thirteenth month"),
    ],
)
def test_what_is_no_scheme(facts: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(told)):
        Scheme(**facts)


@given(st.lists(st.text("R1", max_size=3), min_size=4, max_size=4), st.integers(1, 2))
def test_two_series_of_a_scheme_give_no_number_twice(around: list[str], width: int) -> None:
    one, other = (f"{before}{{count}}{after}" for before, after in (around[:2], around[2:]))
    try:
        scheme = Scheme(invoices=one, credit_notes=other, debit_notes="D-{count}", width=width)
    except InvalidValue:
        return
    if one != other:
        given = [
            {scheme.series(kind, TODAY).text(count) for count in range(1, 250)}
            for kind in (Kind.INVOICE, Kind.CREDIT_NOTE)
        ]
        assert given[0].isdisjoint(given[1])


DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
SCHEMES = st.sampled_from(
    [
        Scheme(),
        Scheme(invoices="{count}", width=6, start=100),
        YEARLY,
        changed(YEARLY, year_begins=7),
        Scheme(
            invoices="{seller}-{yy}{month}-{count}",
            credit_notes="{seller}-{yy}{month}-{count}",
            debit_notes="D{yy}{month}{count}",
            reset=Reset.MONTH,
            width=4,
        ),
    ]
)


@given(
    SCHEMES,
    st.lists(st.tuples(DAYS, st.lists(st.sampled_from(Kind), max_size=4), st.sampled_from(["A", "B"]))),
)
def test_any_batches_are_numbered_without_holes_or_repeats(
    scheme: Scheme, batches: list[tuple[date, list[Kind], str]]
) -> None:
    counters: tuple[Series, ...] = ()
    given: list[Numbered] = []
    for round_, (on, kinds, seller) in enumerate(sorted(batches, key=lambda batch: batch[0])):
        documents = [changed(DOCUMENT, id=f"{round_}-{index}", kind=kind) for index, kind in enumerate(kinds)]
        numbered, counters = assign(scheme, counters, documents, on, seller)
        assert [each.document for each in numbered] == [each.id for each in documents]
        given += numbered
    assert len({each.number for each in given}) == len(given)
    assert sum(each.following - scheme.start for each in counters) == len(given)
    assert misnumbered(scheme, given, after=counters) == ()
    assert misnumbered(scheme, reversed(given)) == ()


# What is wrong with numbers


def row(count: int, day: int = 1, id: str = "") -> Numbered:
    return Numbered(id or f"d{count}", f"INV-{count}", date(2024, 3, day), Kind.INVOICE, "", "A-1")


@given(st.lists(st.integers(0, 12), max_size=20))
def test_every_hole_and_stranger_is_found(counts: list[int]) -> None:
    rows = [row(count, id=f"d{place}") for place, count in enumerate(counts)]
    found = misnumbered(Scheme(), rows, after=(Series("INV-", 10),))
    holes = [each for each in found if isinstance(each, invoices.Hole)]
    missing = [f"INV-{count}" for count in range(1, 10) if count not in counts]
    told = [f"INV-{count}" for hole in holes for count in range(int(hole.first[4:]), int(hole.last[4:]) + 1)]
    assert told == missing
    assert sum(hole.count for hole in holes) == len(missing)
    beyond = sorted(each.row.number for each in found if isinstance(each, invoices.NeverGiven))
    assert beyond == sorted(f"INV-{count}" for count in counts if not 1 <= count < 10)
    twice = {each.number for each in found if isinstance(each, invoices.Repeat)}
    assert twice == {f"INV-{count}" for count in counts if counts.count(count) > 1}
    assert len(found) == len(holes) + len(beyond) + len(twice)


@given(st.lists(st.integers(1, 28), min_size=2, max_size=12))
def test_days_that_run_backwards_are_found(days: list[int]) -> None:
    rows = [row(count, day) for count, day in enumerate(days, 1)]
    found = misnumbered(Scheme(), rows)
    back = [f"INV-{count + 1}" for count in range(1, len(days)) if days[count] < max(days[:count])]
    assert [each.row.number for each in found if isinstance(each, invoices.OutOfOrder)] == back
    assert len(found) == len(back)


def other(number: str) -> Numbered:
    return Numbered("x", number, TODAY)


OTHER = other("CN-1")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([row(1), row(2)], (), id="all is right"),
        pytest.param(
            [row(1), row(2, id="d1")],
            (invoices.NumberedTwice("d1", (row(1), row(2, id="d1"))),),
            id="one document, two numbers",
        ),
        pytest.param([row(1), row(1)], (invoices.NumberedTwice("d1", (row(1), row(1))),), id="one row twice"),
        pytest.param(
            [row(1), row(1, id="x")],
            (invoices.Repeat("INV-1", (row(1), row(1, id="x"))),),
            id="one number, two documents",
        ),
        pytest.param(
            [row(1), row(5)], (invoices.Hole("INV-2", "INV-4", 3),), id="a hole of several, told once"
        ),
        pytest.param([row(3)], (invoices.Hole("INV-1", "INV-2", 2),), id="a hole at the beginning"),
        pytest.param([row(0), row(1)], (invoices.NeverGiven(row(0), "INV-2"),), id="too low"),
        pytest.param(
            [row(1, 5), row(2, 4), row(3, 5)],
            (invoices.OutOfOrder(row(2, 4), row(1, 5)),),
            id="a day too early",
        ),
        pytest.param([OTHER], (invoices.OtherSeries(OTHER, "INV-1"),), id="a number of credit notes"),
        *[
            pytest.param([other(text)], (invoices.OtherSeries(other(text), "INV-1"),), id=why)
            for text, why in (("INV-01", "another width"), ("INV-" + "9" * 5000, "beyond all bounds"))
        ],
        *[
            pytest.param([other(text)], (invoices.BadFormat(other(text), "INV-1"),), id=f"no number: {why}")
            for text, why in (
                ("R-1", "another prefix"),
                ("INV-", "no count"),
                ("INV-+1", "a sign"),
                ("INV-٠٠٠٨", "digits that are not ours"),
                ("INV-1 ", "a space"),
            )
        ],
    ],
)
def test_what_is_wrong_with_numbers(rows: list[Numbered], found: tuple[Misnumbered, ...]) -> None:
    assert misnumbered(Scheme(), rows) == found
    assert all(each.text and each.mend for each in found)


def test_rows_are_named_by_account_and_document() -> None:
    both = [changed(DOCUMENT, account_id="A"), changed(DOCUMENT, account_id="B")]
    given, _ = number(Series("INV-"), both, TODAY)
    assert misnumbered(Scheme(), given) == ()
    assert [str(each) for each in given] == ["INV-1 (A, INV, 2024-03-01)", "INV-2 (B, INV, 2024-03-01)"]
    assert str(other("1")) == "1 (x, 2024-03-01)"


def test_findings_are_told() -> None:
    found = misnumbered(Scheme(), [row(2), row(2, id="x"), row(5)])
    assert [each.text for each in found] == [
        "INV-2 is on several documents: INV-2 (A-1, d2, 2024-03-01), INV-2 (A-1, x, 2024-03-01)",
        "INV-1 is missing",
        "INV-3 to INV-4 are missing: 2 numbers",
    ]


def test_a_number_of_another_year_is_told_as_one() -> None:
    last_year = Numbered("x", "R2023-001", TODAY)
    assert misnumbered(YEARLY, [last_year]) == (invoices.OtherSeries(last_year, "R2024-001"),)


def test_a_part_of_the_numbers_is_checked_between_two_states_of_the_series() -> None:
    rows = [row(7), row(8)]
    before, after = (Series("INV-", 7),), (Series("INV-", 9),)
    assert misnumbered(Scheme(), rows, before=before, after=after) == ()
    lost = misnumbered(Scheme(), rows[:1], before=before, after=after)
    assert lost == (invoices.Hole("INV-8", "INV-8", 1),)
    all_lost = misnumbered(Scheme(), [], before=before, after=after)
    assert all_lost == (invoices.Hole("INV-7", "INV-8", 2),)
    assert misnumbered(Scheme(), [], before=before, after=before) == ()


def test_a_void_document_keeps_its_number_and_a_draft_has_none() -> None:
    void = Filed(changed(DOCUMENT, id="d2"), Phase.VOIDED, DOCUMENT.at)
    filed = [
        Filed(changed(DOCUMENT, id="d1"), Phase.ISSUED),
        void,
        Filed(changed(DOCUMENT, id="d3"), Phase.DRAFT),
    ]
    assert misnumbered(Scheme(), [row(1), row(2)], filed) == ()
    assert misnumbered(Scheme(), [row(1)], filed) == (invoices.Unnumbered("A-1", "d2", "voided"),)
    assert misnumbered(Scheme(), [row(1), row(2), row(3)], filed) == (invoices.DraftNumbered(row(3)),)


# What is told


@pytest.mark.parametrize(
    ("facts", "wanted", "got"),
    [
        ({"invoices": "INV"}, "a template that names {count} once", "INV"),
        (
            {"invoices": "{day}-{count}"},
            "a template with fields among {seller}, {year}, {yy}, {month}, {count}",
            "{day}-{count}",
        ),
        (
            {"reset": Reset.YEAR},
            "a template that names {year} or {yy}: counting begins anew",
            "INV-{count}",
        ),
        (
            {"invoices": "{seller}{count}"},
            "something between {seller} and the next field",
            "{seller}{count}",
        ),
        (
            {"invoices": "{{{count}", "credit_notes": "{{{count}", "debit_notes": "{{{{{count}"},
            None,
            None,
        ),
        (
            {"invoices": "R{count}", "credit_notes": "R1{count}"},
            "templates that differ in more than digits beside the count",
            ["DN-{count}", "R1{count}", "R{count}"],
        ),
        (
            {"invoices": "2000{count}", "credit_notes": "{year}{count}"},
            "templates that differ in more than braces",
            ["2000{count}", "DN-{count}", "{year}{count}"],
        ),
    ],
    ids=["no count", "no such field", "no year", "no end", "fitting", "a digit", "alike"],
)
def test_what_is_wrong_with_a_scheme_is_told(facts: dict[str, Any], wanted: str | None, got: object) -> None:
    if wanted is None:
        assert Scheme(**facts).series(Kind.INVOICE, TODAY).prefix == "{"
        return
    with pytest.raises(InvalidValue) as caught:
        Scheme(**facts)
    assert (caught.value.where, caught.value.expected, caught.value.got) == ("Scheme", wanted, got)


def test_what_is_wrong_with_a_series_is_told() -> None:
    assert Series("a" * 200).text(1) == "a" * 200 + "1"
    series = Series("INV-", 2)
    asked: list[tuple[Callable[[], object], tuple[str, str, object]]] = [
        (
            lambda: Series("a" * 201),
            ("Series.prefix", "at most 200 printable characters", "a" * 201),
        ),
        (lambda: number(SERIES, [DOCUMENT] * 2, TODAY), ("number", "each document once", "INV")),
        (
            lambda: assign(Scheme(), (series, series), [], TODAY),
            ("assign", "each series once", [("INV-", "")] * 2),
        ),
    ]
    for ask, told in asked:
        with pytest.raises(InvalidValue) as caught:
            ask()
        assert (caught.value.where, caught.value.expected, caught.value.got) == told


def test_nobody_is_the_seller_unless_one_is_named() -> None:
    scheme = Scheme(invoices="{seller}-{count}", credit_notes="C{seller}-{count}")
    assert scheme.series(Kind.INVOICE, TODAY) == Series("-")
    assert scheme.series(Kind.INVOICE, TODAY, "north") == Series("north-")
    ((one,), _), ((two,), _) = number(SERIES, [DOCUMENT], TODAY), assign(scheme, (), [DOCUMENT], TODAY)
    assert (one.seller, two.seller, two.number) == ("", "", "-1")


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("a{{b{count}", [("a{b", "count"), ("", None)]),
        ("Xab{count}}}", [("Xab", "count"), ("}", None)]),
        ("X{year}-{count}/X", [("X", "year"), ("-", "count"), ("/X", None)]),
    ],
)
def test_a_template_in_pieces(template: str, found: list[tuple[str, str | None]]) -> None:
    assert pieces(template) == found


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (("R", ""), ("R1", ""), True),
        (("R2", ""), ("R1", ""), False),
        (("1R", ""), ("R", ""), False),
        (("", "/A"), ("", "1/A"), True),
        (("", " a"), ("", "a"), False),
        (("", "a1"), ("", "a"), False),
    ],
)
def test_counts_that_can_read_alike(one: tuple[str, str], other: tuple[str, str], meet: bool) -> None:
    assert _meet(one, other) is _meet(other, one) is meet


def test_numbers_with_an_end_are_missed_with_it() -> None:
    scheme = Scheme(invoices="{count}/A", credit_notes="{count}/C", debit_notes="{count}/D")
    rows = [Numbered(f"d{count}", f"{count}/A", TODAY, account_id="A-1") for count in (1, 3)]
    assert misnumbered(scheme, rows) == (invoices.Hole("2/A", "2/A", 1),)
    assert misnumbered(scheme, [], after=[Series("", 3, 1, "/A")]) == (invoices.Hole("1/A", "2/A", 2),)


def test_a_number_has_at_most_forty_digits() -> None:
    assert count_in(Series(), "1" * 40) == int("1" * 40)
    assert count_in(Series(), "1" * 41) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("north-2402-1", invoices.OtherSeries),
        ("south-2403-1", invoices.OtherSeries),
        ("north-24-1", invoices.BadFormat),
        ("north-2403-x", invoices.BadFormat),
    ],
)
def test_what_could_be_a_number_of_another_seller_or_month(text: str, kind: type) -> None:
    template = "{seller}-{yy}{month}-{count}"
    scheme = Scheme(
        invoices=template, credit_notes=f"C{template}", debit_notes=f"D{template}", reset=Reset.MONTH
    )
    stray = Numbered("d", text, TODAY, seller="north", account_id="A-1")
    assert misnumbered(scheme, [stray]) == (kind(stray, "north-2403-1"),)


@pytest.mark.parametrize(
    ("zero", "document", "misses"),
    [(True, NOTHING, True), (False, NOTHING, False), (False, DOCUMENT, True), (True, DOCUMENT, True)],
    ids=["nothing", "nothing, not numbered", "something", "anything"],
)
def test_whether_nothing_misses_a_number(zero: bool, document: Document, misses: bool) -> None:
    found = misnumbered(Scheme(zero=zero), [], [Filed(document, Phase.ISSUED)])
    assert found == ((invoices.Unnumbered("A-1", document.id, "issued"),) if misses else ())
