"""Documents: invoices, credit notes and debit notes with explained lines, tax by key and totals that add up.

Units: every amount is a whole number of minor units of the document's currency; amounts of a credit
note are positive and reduce what is owed. `*_money` gives them as `Money`.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TypeAlias

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.proration import Basis
from acctcore.billing.tax import TaxKey, TaxTotal
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.money import Money, Price, in_minor
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import AccountId, CommandId, CurrencyCode, DocumentId, LineId, SubscriptionId

Period: TypeAlias = Span[date] | Span[DateTime]


class Kind(Enum):
    """What a document does: ask for money, take back what was asked, or ask for more of it.

    Source: docs/sources.md#corrections
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"


class Phase(Enum):
    """Where a document stands; whether it is paid is another question, answered by its open amount."""

    DRAFT = "draft"
    ISSUED = "issued"
    CREDITED = "credited"
    VOIDED = "voided"


_VOIDED, _CREDIT_NOTE = Phase.VOIDED, Kind.CREDIT_NOTE  # looking a member up costs more than using it


@frozen
class Line:
    """One line: what, for which stretch of time, how many at which price, and what it comes to.

    `amount` is net, in minor units; below zero where the quantity is. `corrects` is the line of the
    invoice that a note's line takes back or raises.
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
    """An invoice, a credit note or a debit note, final but for its number and issue date.

    `corrects` is the invoice that a note takes back or raises, or the one that an invoice replaces;
    `reason` says why.
    """

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
    reason: str = ""

    @property
    def balance(self) -> int:
        """What it adds to what the customer owes; below zero, it takes from that."""
        return -self.total if self.kind is _CREDIT_NOTE else self.total

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
