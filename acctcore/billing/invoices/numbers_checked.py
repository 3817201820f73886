"""Whether numbers were given as a scheme has it: no holes, no repeats, in order, in their own series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import ClassVar, TypeAlias

from attrs import frozen

from acctcore.billing.invoices.model import Filed, Phase
from acctcore.billing.invoices.numbering import Numbered, Scheme, Series, pieces
from acctcore.kernel.decision import Reason
from acctcore.kernel.terms import DocumentId
from acctcore.kernel.wording import Counted, Sentence

MAX_DIGITS = 40
"""A count with more digits than this is no number of ours."""


@frozen
class Hole(Reason):
    """Numbers that nothing bears, though later ones were given."""

    code: ClassVar[str] = "numbers.hole"
    variants: ClassVar[tuple[Sentence, ...]] = (
        Counted(
            "{first} is missing, after {before}", "{first} to {last} are missing, after {before}", "count"
        ),
    )
    mend: ClassVar[str] = (
        "find the documents that bear them, void ones too; if there never were any, record why, and give "
        "the numbers to nothing else"
    )
    first: str
    last: str
    count: int
    before: DocumentId


@frozen
class Repeat(Reason):
    """One number on several documents."""

    code: ClassVar[str] = "numbers.repeat"
    template: ClassVar[str] = "{number} is on several documents: {documents}"
    mend: ClassVar[str] = "void all of them but one, and issue them anew under numbers of their own"
    number: str
    documents: tuple[DocumentId, ...]


@frozen
class NumberedTwice(Reason):
    """Several numbers on one document."""

    code: ClassVar[str] = "numbers.numbered_twice"
    template: ClassVar[str] = "{document} has several numbers: {numbers}"
    mend: ClassVar[str] = "keep the number that was sent out; record why the others stand for nothing"
    document: DocumentId
    numbers: tuple[str, ...]


@frozen
class OutOfOrder(Reason):
    """A later number with an earlier day of issue."""

    code: ClassVar[str] = "numbers.out_of_order"
    template: ClassVar[str] = (
        "{number} on {document} is of {issued_on}, after {earlier_number} on {earlier} of {earlier_on}"
    )
    mend: ClassVar[str] = "correct the day of issue, or void the document and issue it anew"
    number: str
    document: DocumentId
    issued_on: date
    earlier_number: str
    earlier: DocumentId
    earlier_on: date


@frozen
class OtherSeries(Reason):
    """A number of another series than that of the document's kind, seller and day of issue."""

    code: ClassVar[str] = "numbers.other_series"
    template: ClassVar[str] = "{number} on {document} is of another series; one of its own reads {example}"
    mend: ClassVar[str] = "correct kind, seller or day of issue, or void the document and issue it anew"
    number: str
    document: DocumentId
    example: str


@frozen
class BadFormat(Reason):
    """A number that reads like none of the scheme's."""

    code: ClassVar[str] = "numbers.bad_format"
    template: ClassVar[str] = (
        "{number} on {document} is no number of the scheme; one of its own reads {example}"
    )
    mend: ClassVar[str] = "void the document and issue it anew, or check it against the scheme of its time"
    number: str
    document: DocumentId
    example: str


@frozen
class NeverGiven(Reason):
    """A number outside of what its series has given so far."""

    code: ClassVar[str] = "numbers.never_given"
    template: ClassVar[str] = "{number} on {document} was never given; the next is {following}"
    mend: ClassVar[str] = "set the series to go on after the highest number that was given"
    number: str
    document: DocumentId
    following: str


@frozen
class Unnumbered(Reason):
    """A document that was issued, perhaps voided since, and bears no number."""

    code: ClassVar[str] = "numbers.unnumbered"
    template: ClassVar[str] = "{document} is {phase} and bears no number"
    mend: ClassVar[str] = "number it; one that is void keeps the number that it had"
    document: DocumentId
    phase: str


@frozen
class DraftNumbered(Reason):
    """A draft with a number."""

    code: ClassVar[str] = "numbers.draft_numbered"
    template: ClassVar[str] = "{number} is on {document}, which is a draft"
    mend: ClassVar[str] = "issue the document: the number is given, and a draft may be thrown away"
    number: str
    document: DocumentId


Misnumbered: TypeAlias = (
    Hole
    | Repeat
    | NumberedTwice
    | OutOfOrder
    | OtherSeries
    | BadFormat
    | NeverGiven
    | Unnumbered
    | DraftNumbered
)
"""Something wrong with the numbers of documents; `mend` says what would put it right."""


def misnumbered(
    scheme: Scheme,
    given: Iterable[Numbered],
    documents: Iterable[Filed] = (),
    *,
    before: Sequence[Series] = (),
    after: Sequence[Series] = (),
) -> tuple[Misnumbered, ...]:
    """Return everything that is wrong with given numbers, each with its rows; () where all is right.

    `documents`, where brought, are those that should be numbered, the void ones among them. `before`
    and `after` are the series as they stood before the first of these numbers and after the last;
    without them a series begins with the scheme's first count and ends with the highest given.
    """
    rows = tuple(given)
    runs: dict[tuple[str, str], list[tuple[int, Numbered]]] = {}
    found: list[Misnumbered] = [*_twice(rows)]
    for row in rows:
        series = scheme.series(row.kind, row.issued_on, row.seller)
        count = count_in(series, row.number)
        if count is not None:
            runs.setdefault(series.run, []).append((count, row))
            continue
        kind = OtherSeries if _reads(scheme, row.number) else BadFormat
        found.append(kind(row.number, row.document, series.text(series.following)))
    first = {each.run: each for each in before}
    last = {each.run: each for each in after}
    for run, entries in runs.items():
        series = Series(run[0], scheme.start, scheme.width, run[1])
        found += _in_run(first.pop(run, series), last.pop(run, None), entries)
    for run, series in last.items():
        begins = first.get(run, Series(run[0], scheme.start, scheme.width, run[1]))
        found += _lost(begins, series)
    found += _unnumbered(scheme, rows, documents)
    return tuple(found)


def count_in(series: Series, text: str) -> int | None:
    """Return the count of a number of a series, None where it is no number of it."""
    middle = text.removeprefix(series.prefix).removesuffix(series.suffix)
    if not (middle.isascii() and middle.isdigit() and len(middle) <= MAX_DIGITS):
        return None
    count = int(middle)
    return count if text == series.text(count) else None


def _reads(scheme: Scheme, text: str) -> bool:
    """Return whether a number could be one of the scheme's, of whatever kind, period and seller."""
    shapes = {
        "seller": ".*",
        "year": r"\d{4}",
        "yy": r"\d\d",
        "month": r"\d\d",
        "count": rf"\d{{{scheme.width},}}",
    }
    templates = {scheme.invoices, scheme.credit_notes, scheme.debit_notes}
    patterns = [
        "".join(re.escape(before) + (shapes[name] if name else "") for before, name in pieces(template))
        for template in templates
    ]
    return any(re.fullmatch(pattern, text, re.ASCII) for pattern in patterns)


def _twice(rows: Sequence[Numbered]) -> Iterator[Misnumbered]:
    by_number: dict[str, list[DocumentId]] = {}
    by_document: dict[DocumentId, list[str]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row.document)
        by_document.setdefault(row.document, []).append(row.number)
    for number, documents in by_number.items():
        if len(set(documents)) > 1:
            yield Repeat(number, tuple(dict.fromkeys(documents)))
    for document, numbers in by_document.items():
        if len(numbers) > 1:
            yield NumberedTwice(document, tuple(numbers))


def _in_run(first: Series, last: Series | None, entries: list[tuple[int, Numbered]]) -> Iterator[Misnumbered]:
    """Return what is wrong within one series: strangers, holes, and days that run backwards."""
    ordered = sorted(entries, key=lambda entry: entry[0])
    ends = ordered[-1][0] + 1 if last is None else last.following
    expected, previous = first.following, "the beginning"
    latest: Numbered | None = None
    for count, row in ordered:
        if not first.following <= count < ends:
            yield NeverGiven(row.number, row.document, first.text(max(ends, first.following)))
            continue
        if count > expected:
            yield Hole(first.text(expected), first.text(count - 1), count - expected, previous)
        expected, previous = count + 1, row.document
        if latest is not None and row.issued_on < latest.issued_on:
            yield OutOfOrder(
                row.number, row.document, row.issued_on, latest.number, latest.document, latest.issued_on
            )
        else:
            latest = row
    if expected < ends:
        yield Hole(first.text(expected), first.text(ends - 1), ends - expected, previous)


def _lost(first: Series, last: Series) -> Iterator[Misnumbered]:
    """Return the hole of a series of which no number was brought, though some were given."""
    count = last.following - first.following
    if count > 0:
        yield Hole(first.text(first.following), first.text(last.following - 1), count, "the beginning")


def _unnumbered(
    scheme: Scheme, rows: Sequence[Numbered], documents: Iterable[Filed]
) -> Iterator[Misnumbered]:
    numbers = {row.document: row.number for row in rows}
    for filed in documents:
        document, given = filed.document, numbers.get(filed.document.id)
        if filed.phase is Phase.DRAFT:
            if given is not None:
                yield DraftNumbered(given, document.id)
        elif given is None and (scheme.zero or document.total):
            yield Unnumbered(document.id, filed.phase.value)
