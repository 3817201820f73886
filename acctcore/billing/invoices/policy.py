"""The choices about documents: when they are due, what a credit becomes, what may be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Final

from attrs import field, frozen

from acctcore.billing.invoices.terms import Terms, net
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.validation import identifier, one_of, optional, whole


class Destination(Enum):
    """What becomes of the amount of a credit note."""

    OFFSET = "offset"  # its own invoice first, then the oldest debts; what is left stays as credit
    CREDIT = "credit"  # credit of the customer, for later documents
    REFUND = "refund"  # money that goes back through the payments that the invoice holds


class BelowZero(Enum):
    """What a document written by hand becomes as it is issued with a total below zero."""

    CREDIT_NOTE = "credit_note"  # a credit note with every line turned round
    CARRIED = "carried"  # an invoice that nobody pays: its amount settles what is owed, now or later


REASONS: Final = frozenset(
    {
        "cancellation",
        "duplicate",
        "fraud",
        "goodwill",
        "order_change",
        "other",
        "price_error",
        "returned",
        "unsatisfactory",
    }
)
"""Usual codes of why a document corrects another; a policy may take these, or words of its own."""


def _codes(value: Iterable[str]) -> frozenset[str]:
    try:
        codes = frozenset((value,) if isinstance(value, str) else value)
    except TypeError:
        raise InvalidValue("codes of reasons", value, "DocumentPolicy.reasons") from None
    if not all(isinstance(code, str) and code for code in codes):
        raise InvalidValue("codes of reasons", value, "DocumentPolicy.reasons")
    return codes


@frozen(kw_only=True)
class DocumentPolicy:
    """The rules of an office about its documents.

    `unpaid`, `partly_paid` and `paid` say what becomes of a credit note that does not say so itself,
    by the payment state of its invoice. `reasons` are the codes that a correction must give; without
    any, every text will do, also none. `books_close` says that periods are closed or reported: then
    nothing is voided before it is known whether it was. `tax_date_ahead` and `tax_date_behind` are
    how many days after and before the day of issue the tax date may lie; None is without limit.
    """

    name: str = field(default="documents", validator=identifier)
    version: str = field(default="1", validator=identifier)
    terms: Terms = field(factory=lambda: net(14), validator=one_of(Terms))
    below_zero: BelowZero = field(default=BelowZero.CREDIT_NOTE, validator=one_of(BelowZero))
    unpaid: Destination = field(default=Destination.OFFSET, validator=one_of(Destination))
    partly_paid: Destination = field(default=Destination.OFFSET, validator=one_of(Destination))
    paid: Destination = field(default=Destination.OFFSET, validator=one_of(Destination))
    reasons: frozenset[str] = field(default=frozenset(), converter=_codes)
    books_close: bool = field(default=False, validator=one_of(bool))
    tax_date_ahead: int | None = field(default=None, validator=optional(whole(minimum=0)))
    tax_date_behind: int | None = field(default=None, validator=optional(whole(minimum=0)))

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy by its name, version and content."""
        return ref_of(self)

    def accepts(self, tax_date: date, issued_on: date) -> bool:
        """Return whether a tax date is near enough to the day of issue."""
        ahead = (tax_date - issued_on).days
        most_ahead, most_behind = self.tax_date_ahead, self.tax_date_behind
        return (most_ahead is None or ahead <= most_ahead) and (most_behind is None or -ahead <= most_behind)
