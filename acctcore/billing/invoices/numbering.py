"""Numbers without gaps: a series is a value, and numbering returns the next one.

A series spans accounts, so the host numbers in the transaction that stores the documents. A number
once given is never given again; a voided document keeps its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from attrs import field, frozen

from acctcore.billing.invoices.model import Document
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import DocumentId
from acctcore.kernel.validation import identifier, whole

MAX_DIGITS = 40
"""A count with more digits than this is refused as a mistake."""


@frozen
class Series:
    """One run of document numbers: what they begin with, and the next one to be given."""

    prefix: str = field(validator=identifier)
    following: int = field(default=1, validator=whole(minimum=0))
    width: int = field(default=1, validator=whole(minimum=1, maximum=20))

    def text(self, count: int) -> str:
        """Return the number as it is printed."""
        return f"{self.prefix}{count:0{self.width}d}"


@frozen
class Numbered:
    """The number and the day of issue that a document was given."""

    document: DocumentId
    number: str
    issued_on: date


def number(
    series: Series, documents: Iterable[Document], issued_on: date
) -> tuple[tuple[Numbered, ...], Series]:
    """Return the numbers of these documents, in their order, and the series that comes next.

    Raises: InvalidValue where a document comes twice: it has one number.
    """
    count = series.following
    given: list[Numbered] = []
    seen: set[DocumentId] = set()
    for document in documents:
        if document.id in seen:
            raise InvalidValue("each document once", document.id, "number")
        seen.add(document.id)
        given.append(Numbered(document.id, series.text(count), issued_on))
        count += 1
    return tuple(given), Series(series.prefix, count, series.width)


def gaps(series: Series, numbers: Sequence[str], first: int = 1) -> tuple[str, ...]:
    """Return every hole and repeat among the numbers given so far, in words; () where there is none.

    Raises: InvalidValue for a number that is not one of the series.
    """
    seen: dict[int, int] = {}
    for text in numbers:
        count = text.removeprefix(series.prefix)
        if (
            not text.startswith(series.prefix)
            or not count.isascii()
            or not count.isdigit()
            or len(count) > MAX_DIGITS
            or text != series.text(int(count))
        ):
            raise InvalidValue(f"a number of the series {series.prefix}", text, "gaps")
        seen[int(count)] = seen.get(int(count), 0) + 1
    holes = [
        f"{series.text(count)} is missing" for count in range(first, series.following) if count not in seen
    ]
    beyond = [
        f"{series.text(count)} was never given"
        for count in sorted(seen)
        if not first <= count < series.following
    ]
    twice = [
        f"{series.text(count)} was given {times} times" for count, times in sorted(seen.items()) if times > 1
    ]
    return (*holes, *beyond, *twice)
