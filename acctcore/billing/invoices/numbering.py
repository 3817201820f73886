"""Numbers without gaps: a scheme says how numbers look, a series is a value, numbering returns the next one.

A series spans accounts, so the host numbers in the transaction that stores the documents. A number
once given is never given again; a void document keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from itertools import combinations
from types import MappingProxyType

from attrs import Attribute, field, frozen
from attrs import evolve as changed

from acctcore.billing.invoices.model import Document, Kind
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import AccountId, DocumentId
from acctcore.kernel.validation import identifier, one_of, where, whole


def _affix(instance: object, attribute: Attribute[str], value: str) -> None:
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise InvalidValue("at most 200 printable characters", value, where(instance, attribute))


@frozen
class Series:
    """One run of document numbers: what stands around the count, and the next count to be given."""

    prefix: str = field(default="", validator=_affix)
    following: int = field(default=1, validator=whole(minimum=0))
    width: int = field(default=1, validator=whole(minimum=1, maximum=20))
    suffix: str = field(default="", validator=_affix)

    def text(self, count: int) -> str:
        """Return the number as it is printed."""
        return f"{self.prefix}{count:0{self.width}d}{self.suffix}"

    @property
    def run(self) -> tuple[str, str]:
        """What tells this run from others: two series that share it would give the same numbers."""
        return self.prefix, self.suffix


@frozen
class Numbered:
    """The number that a document was given, with the day of issue, its kind, its seller and its account.

    A series spans accounts, and ids of documents are those of one account: both together name a row.
    """

    document: DocumentId
    number: str
    issued_on: date
    kind: Kind = Kind.INVOICE
    seller: str = ""
    account_id: AccountId = ""

    @property
    def row(self) -> tuple[AccountId, DocumentId]:
        """What tells this document from all others."""
        return self.account_id, self.document

    def __str__(self) -> str:
        """The number, and what it is on."""
        of = f"{self.account_id}, " if self.account_id else ""
        return f"{self.number} ({of}{self.document}, {self.issued_on})"


def number(
    series: Series, documents: Iterable[Document], issued_on: date, seller: str = ""
) -> tuple[tuple[Numbered, ...], Series]:
    """Return the numbers of these documents, in their order, and the series that comes next.

    Raises: InvalidValue where a document comes twice: it has one number.
    """
    count = series.following
    given: list[Numbered] = []
    for document in _each_once(documents):
        text = series.text(count)
        given.append(Numbered(document.id, text, issued_on, document.kind, seller, document.account_id))
        count += 1
    return tuple(given), changed(series, following=count)


def _each_once(documents: Iterable[Document]) -> Iterator[Document]:
    """Return documents, each of which has one number."""
    seen: set[tuple[AccountId, DocumentId]] = set()
    for document in documents:
        row = document.account_id, document.id
        if row in seen:
            raise InvalidValue("each document once", document.id, "number")
        seen.add(row)
        yield document


# Schemes


class Reset(Enum):
    """When counting begins anew."""

    NEVER = "never"
    YEAR = "year"
    MONTH = "month"


_DIGITS = "0123456789"
_FIELDS = ("seller", "year", "yy", "month", "count")
_PERIODS: Mapping[Reset, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {Reset.NEVER: (), Reset.YEAR: (("year", "yy"),), Reset.MONTH: (("year", "yy"), ("month",))}
)


@frozen(kw_only=True)
class Scheme:
    """How the documents of an office are numbered: a template for each kind, the first count, the reset.

    Templates may name {seller}, {year}, {yy}, {month} and, once, {count}. Kinds that share a template
    share a series. `year_begins` is the month in which the business year begins; {year} is the one
    it begins in. With `zero` set to False, a document that comes to nothing gets no number.

    Raises: InvalidValue for a template under which two series would give the same number.
    Source: docs/sources.md#document-numbers
    """

    name: str = field(default="numbering", validator=identifier)
    version: str = field(default="1", validator=identifier)
    invoices: str = field(default="INV-{count}", validator=identifier)
    credit_notes: str = field(default="CN-{count}", validator=identifier)
    debit_notes: str = field(default="DN-{count}", validator=identifier)
    start: int = field(default=1, validator=whole(minimum=0))
    width: int = field(default=1, validator=whole(minimum=1, maximum=20))
    reset: Reset = field(default=Reset.NEVER, validator=one_of(Reset))
    year_begins: int = field(default=1, validator=whole(minimum=1, maximum=12))
    zero: bool = field(default=True, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        for kind in Kind:
            template = self.template(kind)
            names = [name for _, name in pieces(template) if name is not None]
            if names.count("count") != 1:
                raise InvalidValue("a template that names {count} once", template, "Scheme")
            for choices in _PERIODS[self.reset]:
                if not set(choices) & set(names):
                    wanted = " or ".join(f"{{{each}}}" for each in choices)
                    raise InvalidValue(
                        f"a template that names {wanted}: counting begins anew", template, "Scheme"
                    )
        apart = {self.template(kind): self._series(kind, "s", 2000, 1).run for kind in Kind}
        if len(set(apart.values())) != len(apart):
            raise InvalidValue("templates that differ in more than braces", sorted(apart), "Scheme")
        if any(_meet(*pair) for pair in combinations(apart.values(), 2)):
            wanted = "templates that differ in more than digits beside the count"
            raise InvalidValue(wanted, sorted(apart), "Scheme")

    def template(self, kind: Kind) -> str:
        """Return the template of a kind of document."""
        return {
            Kind.INVOICE: self.invoices,
            Kind.CREDIT_NOTE: self.credit_notes,
            Kind.DEBIT_NOTE: self.debit_notes,
        }[kind]

    def series(self, kind: Kind, on: date, seller: str = "") -> Series:
        """Return the series of a kind, a day of issue and a seller, before its first number."""
        year = on.year - (on.month < self.year_begins)
        return self._series(kind, seller, year, on.month)

    def _series(self, kind: Kind, seller: str, year: int, month: int) -> Series:
        facts = {"seller": seller, "year": f"{year:04d}", "yy": f"{year % 100:02d}", "month": f"{month:02d}"}
        around = ["", ""]
        side = 0
        for text, name in pieces(self.template(kind)):
            around[side] += text
            if name == "count":
                side = 1
            elif name is not None:
                around[side] += facts[name]
        return Series(around[0], self.start, self.width, around[1])


def _meet(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Return whether counts of two runs can read alike: 11 after R is 1 after R1."""
    (before, after), (before_other, after_other) = one, other
    if before.rstrip(_DIGITS) != before_other.rstrip(_DIGITS):
        return False
    if after.lstrip(_DIGITS) != after_other.lstrip(_DIGITS):
        return False
    return not any(a != b and len(a) == len(b) for a, b in ((before, before_other), (after, after_other)))


def pieces(template: str) -> list[tuple[str, str | None]]:
    """Return a template as texts, each with the name of the field that follows it.

    Raises: InvalidValue for anything but texts and plain fields that a number has, and for a seller
    that touches another field: nobody could tell where it ends.
    """
    found: list[tuple[str, str | None]] = []
    text = ""
    for token in re.findall(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]", template):
        name = token[1:-1]
        if token in ("{{", "}}") or token[0] not in "{}":
            text += token[0] if token[0] in "{}" else token
            continue
        if name not in _FIELDS:
            wanted = ", ".join(f"{{{each}}}" for each in _FIELDS)
            raise InvalidValue(f"a template with fields among {wanted}", template, "Scheme")
        if not text.strip(_DIGITS) and found and "seller" in (found[-1][1], name):
            raise InvalidValue("something between {seller} and the next field", template, "Scheme")
        found.append((text, name))
        text = ""
    return [*found, (text, None)]


def assign(
    scheme: Scheme,
    counters: tuple[Series, ...],
    documents: Iterable[Document],
    issued_on: date,
    seller: str = "",
) -> tuple[tuple[Numbered, ...], tuple[Series, ...]]:
    """Return the numbers of these documents, each in its series, and all the series as they come next.

    `counters` are the series so far, those of other sellers and periods too; a series that is not
    among them begins. The host keeps what comes back.

    Raises: InvalidValue where a document comes twice, or two counters are of one series.
    """
    series = {each.run: each for each in counters}
    if len(series) != len(counters):
        raise InvalidValue("each series once", [each.run for each in counters], "assign")
    given: list[Numbered] = []
    for document in _each_once(documents):
        if document.total == 0 and not scheme.zero:
            continue
        begins = scheme.series(document.kind, issued_on, seller)
        (one,), after = number(series.get(begins.run, begins), [document], issued_on, seller)
        series[after.run] = after
        given.append(one)
    return tuple(given), tuple(series.values())
