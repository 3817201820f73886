"""Whether numbers were given as a scheme has it: no holes, no repeats, in order, in their own series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, TypeAlias

from attrs import frozen

from acctcore.billing.invoices.model import Filed, Phase
from acctcore.billing.invoices.numbering import Numbered, Scheme, Series, pieces
from acctcore.kernel.decision import Reason
from acctcore.kernel.terms import AccountId, DocumentId, PhaseName
from acctcore.kernel.wording import Sentence

MAX_DIGITS = 40
"""A count with more digits than this is no number of ours."""


@frozen
class Hole(Reason):
    """Numbers that nothing bears, though later ones were given."""

    code: ClassVar[str] = "numbers.hole"
    template: ClassVar[str] = "{first} is missing"
    variants: ClassVar[tuple[Sentence, ...]] = ("{first} to {last} are missing: {count} numbers",)
    mend: ClassVar[str] = (
        "find the documents that bear them, void ones too; if there never were any, record why, and give "
        "the numbers to nothing else"
    )
    first: str
    last: str
    count: int

    @property
    def sentence(self) -> Sentence:
        """Of one number, or of several in a row."""
        return self.template if self.count == 1 else self.variants[0]


@frozen
class Repeat(Reason):
    """One number on several documents."""

    code: ClassVar[str] = "numbers.repeat"
    template: ClassVar[str] = "{number} is on several documents: {rows}"
    mend: ClassVar[str] = "void all of them but one, and issue them anew under numbers of their own"
    number: str
    rows: tuple[Numbered, ...]


@frozen
class NumberedTwice(Reason):
    """Several numbers on one document, or one of them told twice."""

    code: ClassVar[str] = "numbers.numbered_twice"
    template: ClassVar[str] = "{document} has several numbers: {rows}"
    mend: ClassVar[str] = "keep the number that was sent out; record why the others stand for nothing"
    document: DocumentId
    rows: tuple[Numbered, ...]


@frozen
class OutOfOrder(Reason):
    """A later number with an earlier day of issue."""

    code: ClassVar[str] = "numbers.out_of_order"
    template: ClassVar[str] = "{row} has an earlier day of issue than {before}"
    mend: ClassVar[str] = "correct the day of issue, or void the document and issue it anew"
    row: Numbered
    before: Numbered


@frozen
class OtherSeries(Reason):
    """A number of another series than that of the document's kind, seller and day of issue."""

    code: ClassVar[str] = "numbers.other_series"
    template: ClassVar[str] = "{row} is of another series; one of its own reads {example}"
    mend: ClassVar[str] = "correct kind, seller or day of issue, or void the document and issue it anew"
    row: Numbered
    example: str


@frozen
class BadFormat(Reason):
    """A number that reads like none of the scheme's."""

    code: ClassVar[str] = "numbers.bad_format"
    template: ClassVar[str] = "{row} is no number of the scheme; one of its own reads {example}"
    mend: ClassVar[str] = "void the document and issue it anew, or check it against the scheme of its time"
    row: Numbered
    example: str


@frozen
class NeverGiven(Reason):
    """A number outside of what its series has given so far."""

    code: ClassVar[str] = "numbers.never_given"
    template: ClassVar[str] = "{row} was never given; the series goes on with {following}"
    mend: ClassVar[str] = "set the series to go on after the highest number that was given"
    row: Numbered
    following: str


@frozen
class Unnumbered(Reason):
    """A document that was issued, perhaps voided since, and bears no number."""

    code: ClassVar[str] = "numbers.unnumbered"
    template: ClassVar[str] = "{document} of {account} is {phase} and bears no number"
    mend: ClassVar[str] = "number it; one that is void keeps the number that it had"
    account: AccountId
    document: DocumentId
    phase: PhaseName


@frozen
class DraftNumbered(Reason):
    """A draft with a number."""

    code: ClassVar[str] = "numbers.draft_numbered"
    template: ClassVar[str] = "{row} is a draft"
    mend: ClassVar[str] = "issue the document: the number is given, and a draft may be thrown away"
    row: Numbered


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
        found.append(kind(row, series.text(series.following)))
    first = {each.run: each for each in before}
    last = {each.run: each for each in after}
    for run, entries in runs.items():
        series = Series(run[0], scheme.start, scheme.width, run[1])
        found += _in_run(first.pop(run, series), last.pop(run, None), entries)
    for run, series in last.items():
        begins = first.get(run, Series(run[0], scheme.start, scheme.width, run[1]))
        found += _hole(begins, begins.following, series.following)
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
    by_number: dict[str, list[Numbered]] = {}
    by_row: dict[tuple[AccountId, DocumentId], list[Numbered]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
        by_row.setdefault(row.row, []).append(row)
    for number, same in by_number.items():
        if len({row.row for row in same}) > 1:
            yield Repeat(number, tuple(same))
    for (_, document), same in by_row.items():
        if len(same) > 1:
            yield NumberedTwice(document, tuple(same))


def _in_run(first: Series, last: Series | None, entries: list[tuple[int, Numbered]]) -> Iterator[Misnumbered]:
    """Return what is wrong within one series: strangers, holes, and days that run backwards."""
    ordered = sorted(entries, key=lambda entry: entry[0])
    ends = ordered[-1][0] + 1 if last is None else last.following
    expected = first.following
    latest: Numbered | None = None
    for count, row in ordered:
        if not first.following <= count < ends:
            yield NeverGiven(row, first.text(max(ends, first.following)))
            continue
        yield from _hole(first, expected, count)
        expected = count + 1
        if latest is not None and row.issued_on < latest.issued_on:
            yield OutOfOrder(row, latest)
        else:
            latest = row
    yield from _hole(first, expected, ends)


def _hole(series: Series, start: int, end: int) -> Iterator[Misnumbered]:
    """Return the hole from one count up to another, where there is one."""
    if start < end:
        yield Hole(series.text(start), series.text(end - 1), end - start)


def _unnumbered(
    scheme: Scheme, rows: Sequence[Numbered], documents: Iterable[Filed]
) -> Iterator[Misnumbered]:
    given = {row.row: row for row in rows}
    for filed in documents:
        document = filed.document
        row = given.get((document.account_id, document.id))
        if filed.phase is Phase.DRAFT:
            if row is not None:
                yield DraftNumbered(row)
        elif row is None and (scheme.zero or document.total):
            yield Unnumbered(document.account_id, document.id, filed.phase.value)
