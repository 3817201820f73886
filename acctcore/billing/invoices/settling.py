"""Whether a document is paid, as of an instant: a reading of what was applied to it.

This is one of three axes. Where a document stands (draft, issued, credited, voided) is its phase;
what tax it bears stands on it; credited and paid are told apart here, because a credit note is no
payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.invoices.model import Document, Filed, Phase
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import CurrencyCode


class PaymentState(Enum):
    """Whether what a document asks for has come."""

    NOT_OWED = "not_owed"  # a draft, a void document, one that gives, or one that is not there yet
    UNPAID = "unpaid"  # nothing has come, whatever was credited
    PARTLY_PAID = "partly_paid"
    PAID = "paid"  # nothing is open, and money has come, or none was ever asked for
    OVERPAID = "overpaid"  # more has come than was asked for
    CREDITED = "credited"  # nothing is open, and no money has come
    WRITTEN_OFF = "written_off"  # nothing is open, and some of it was given up


class Means(Enum):
    """What was applied to a document."""

    MONEY = "money"
    CREDIT = "credit"
    WRITE_OFF = "write_off"


@frozen
class Applied:
    """Something applied to a document at an instant; below zero, it was taken back. Units: minor units."""

    at: DateTime
    means: Means
    amount: int


@frozen
class Settled:
    """How much of a document was paid, credited and written off. Units: minor units."""

    currency: CurrencyCode
    owed: bool
    total: int
    paid: int
    credited: int
    written_off: int

    @property
    def open(self) -> int:
        """What is still to come; below zero, too much has."""
        return self.total - self.paid - self.credited - self.written_off if self.owed else 0

    @property
    def open_money(self) -> Money:
        """What is still to come."""
        return in_minor(self.open, self.currency)

    @property
    def state(self) -> PaymentState:
        """The one word for it."""
        if not self.owed:
            return PaymentState.NOT_OWED
        if self.open > 0:
            return PaymentState.PARTLY_PAID if self.paid > 0 else PaymentState.UNPAID
        if self.open < 0:
            return PaymentState.OVERPAID
        if self.written_off > 0:
            return PaymentState.WRITTEN_OFF
        return PaymentState.CREDITED if self.credited > 0 and self.paid <= 0 else PaymentState.PAID


def settled(filed: Filed, applied: Iterable[Applied], at: DateTime) -> Settled:
    """Return how far a document was settled at an instant, by what had been applied until then."""
    document = filed.document
    sums = dict.fromkeys(Means, 0)
    for each in applied:
        if each.at <= at:
            sums[each.means] += each.amount
    return Settled(
        document.currency,
        _owed(document, filed, at),
        document.total,
        sums[Means.MONEY],
        sums[Means.CREDIT],
        sums[Means.WRITE_OFF],
    )


def _owed(document: Document, filed: Filed, at: DateTime) -> bool:
    voided = filed.voided_at is not None and filed.voided_at <= at
    drafted = filed.phase is Phase.DRAFT
    return document.balance >= 0 and document.at <= at and not voided and not drafted
