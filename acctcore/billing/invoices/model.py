"""Documents: invoices and credit notes with explained lines, tax by key and totals that add up.

Units: every amount is a whole number of minor units of the document's currency; amounts of a credit
note are positive and reduce what is owed. `*_money` gives them as `Money`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import TypeAlias

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.proration import Basis
from acctcore.billing.tax import Taxes, TaxKey, TaxTotal, breakdown
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import divide, split
from acctcore.kernel.money import Money, Price, in_minor
from acctcore.kernel.policies import PolicyRef, built_in
from acctcore.kernel.terms import AccountId, CommandId, CurrencyCode, DocumentId, LineId, SubscriptionId

Period: TypeAlias = Span[date] | Span[DateTime]


class Kind(Enum):
    """What a document does: ask for money, or take back what was asked."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Phase(Enum):
    """Where a document stands; whether it is paid is another question, answered by its open amount."""

    DRAFT = "draft"
    ISSUED = "issued"
    CREDITED = "credited"
    VOIDED = "voided"


_VOIDED = Phase.VOIDED  # looking a member up costs more than using it


@frozen
class Line:
    """One line: what, for which stretch of time, how many at which price, and what it comes to.

    `amount` is net, in minor units. `corrects` is the line that a credit note's line takes back.
    """

    id: LineId
    item: str
    title: str
    period: Period | None
    price: Price
    quantity: int
    amount: int
    taxes: tuple[TaxKey, ...]
    basis: Basis
    corrects: LineId | None = None

    @property
    def money(self) -> Money:
        """The net amount."""
        return in_minor(self.amount, self.price.currency)

    def explain(self) -> Explanation:
        """Return where the amount comes from, recomputed from its basis."""
        told = self.basis.explain()
        when = f", {self.period}" if self.period is not None else ""
        return Explanation(f"{self.title}{when}", str(self.money), (told,))


@frozen
class Document:
    """An invoice or a credit note, final but for its number and issue date."""

    id: DocumentId
    kind: Kind
    account_id: AccountId
    subscription_id: SubscriptionId | None
    currency: CurrencyCode
    lines: tuple[Line, ...]
    taxes: tuple[TaxTotal, ...]
    net: int
    tax: int
    total: int
    at: DateTime
    tax_date: date
    due_on: date | None
    corrects: DocumentId | None
    policy: PolicyRef
    cause: CommandId

    @property
    def net_money(self) -> Money:
        """The sum of the lines."""
        return in_minor(self.net, self.currency)

    @property
    def tax_money(self) -> Money:
        """The sum of the tax of all keys."""
        return in_minor(self.tax, self.currency)

    @property
    def total_money(self) -> Money:
        """Net and tax together."""
        return in_minor(self.total, self.currency)

    def line(self, id: LineId) -> Line | None:
        """Return a line by its id, or None."""
        return next((line for line in self.lines if line.id == id), None)


@frozen
class Filed:
    """A document, where it stands, and when it was voided, if it was."""

    document: Document
    phase: Phase
    voided_at: DateTime | None = None

    def __attrs_post_init__(self) -> None:
        if (self.voided_at is not None) is not (self.phase is _VOIDED):
            raise InvalidValue("an instant of voiding for a void document, and only there", self, "Filed")


_LARGEST_REMAINDER, _STATED = built_in("largest-remainder", "1"), built_in("stated", "1")


@frozen
class SplitOf:
    """One part of an amount that was split in proportion to what was left, adding up to it."""

    total: int
    weights: tuple[int, ...]
    index: int
    currency: CurrencyCode
    policy: PolicyRef = _LARGEST_REMAINDER

    def amount(self) -> int:
        """Return the part in minor units."""
        return split(self.total, self.weights)[self.index]

    def explain(self) -> Explanation:
        """Return the whole, the weight and the rule as steps."""
        whole = in_minor(self.total, self.currency)
        weight = in_minor(self.weights[self.index], self.currency)
        of = in_minor(sum(self.weights), self.currency)
        steps = (
            Explanation("to be split over what is left of lines and tax", str(whole)),
            Explanation(f"left of this line {weight}, of all {of}"),
            Explanation("rounded down, cents left over to the largest remainders"),
        )
        return Explanation(
            "share of the amount given back", str(in_minor(self.amount(), self.currency)), steps
        )


@frozen
class Stated:
    """An amount that somebody stated: quantity × unit price, in whole minor units."""

    price: Price
    quantity: int
    policy: PolicyRef = _STATED

    def amount(self) -> int:
        """Return price × quantity in minor units, rounded half away from zero."""
        numerator, denominator = self.price.minor
        return divide(numerator * self.quantity, denominator)

    def explain(self) -> Explanation:
        """Return price and quantity."""
        code = self.price.currency
        return Explanation(f"{self.quantity:,} × {self.price}", str(in_minor(self.amount(), code)))


def check(document: Document, taxes: Taxes | None = None) -> tuple[str, ...]:
    """Return every identity that a document breaks, in words; () where everything adds up.

    A document names the policy of its taxes, and its keys bear their rates; where and how tax is
    rounded only the policy itself says. With `taxes`, an invoice's tax is computed again.
    """
    problems: list[str] = []
    net = sum(line.amount for line in document.lines)
    if net != document.net:
        problems.append(f"the lines add up to {net}, the net total says {document.net}")
    tax = sum(entry.amount for entry in document.taxes)
    if tax != document.tax:
        problems.append(f"the tax keys add up to {tax}, the tax total says {document.tax}")
    if document.net + document.tax != document.total:
        problems.append(
            f"net and tax add up to {document.net + document.tax}, the total says {document.total}"
        )
    for entry in document.taxes:
        base = sum(line.amount for line in document.lines if entry.key in line.taxes)
        if base != entry.base:
            problems.append(f"the lines under {entry.key} add up to {base}, its base says {entry.base}")
    keys = {key for line in document.lines for key in line.taxes}
    if missing := keys - {entry.key for entry in document.taxes}:
        problems.append(f"no tax entry for {', '.join(sorted(map(str, missing)))}")
    for line in document.lines:
        if line.basis.amount() != line.amount:
            problems.append(f"line {line.id} says {line.amount}, its basis comes to {line.basis.amount()}")
        if line.price.currency != document.currency:
            problems.append(
                f"line {line.id} is in {line.price.currency}, the document in {document.currency}"
            )
        if line.amount < 0:
            problems.append(f"line {line.id} is below zero")
    if taxes is not None and document.kind is Kind.INVOICE:
        problems += _tax_problems(document, taxes)
    return tuple(problems)


def _tax_problems(document: Document, taxes: Taxes) -> list[str]:
    if taxes.ref != document.policy:
        return [f"the tax was computed under {document.policy.exact}, not under {taxes.ref.exact}"]
    wanted = {
        entry.key: entry.amount
        for entry in breakdown([(line.amount, line.taxes) for line in document.lines], taxes)
    }
    return [
        f"the tax of {entry.key} comes to {wanted.get(entry.key, 0)}, its entry says {entry.amount}"
        for entry in document.taxes
        if entry.amount != wanted.get(entry.key, 0)
    ]


def left_of(invoice: Document, notes: Iterable[Document]) -> Left:
    """Return what is left of an invoice after its credit notes, by line, by tax key and in total.

    Raises: InvalidValue for a document that is no credit note of this invoice, its lines and keys.
    """
    lines = {line.id: line.amount for line in invoice.lines}
    bases = {entry.key: entry.base for entry in invoice.taxes}
    taxes = {entry.key: entry.amount for entry in invoice.taxes}
    total = invoice.total
    for note in notes:
        if note.corrects != invoice.id:
            raise InvalidValue(f"a credit note of {invoice.id}", note.id, "left_of")
        total -= note.total
        for line in note.lines:
            if line.corrects is None or line.corrects not in lines:
                raise InvalidValue(f"a line of {invoice.id}", line.corrects, "left_of")
            lines[line.corrects] -= line.amount
        for entry in note.taxes:
            if entry.key not in bases:
                raise InvalidValue(f"a tax key of {invoice.id}", str(entry.key), "left_of")
            bases[entry.key] -= entry.base
            taxes[entry.key] -= entry.amount
    return Left(tuple(lines.items()), tuple((key, bases[key], taxes[key]) for key in taxes), total)


@frozen
class Left:
    """What is left of an invoice: net by line, base and tax by key, and in total."""

    lines: tuple[tuple[LineId, int], ...]
    keys: tuple[tuple[TaxKey, int, int], ...]
    total: int
