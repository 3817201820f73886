"""A refund as a value: how much goes back, through which payment, and everything that was reported of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from types import MappingProxyType

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.notices import Notice, Says, standing, turns
from acctcore.kernel.terms import CurrencyCode, DocumentId, PaymentId, RefundId


class Kind(Enum):
    """What a refund does beside paying money out."""

    PRICE_REDUCTION = "price_reduction"  # the invoice is credited by as much; nothing is owed again
    MONEY_BACK = "money_back"  # the invoice stays as it is and is owed again
    BALANCE = "balance"  # credit that the customer has is paid out


class Phase(Enum):
    """Where a refund is on its way; a failure and an unknown outcome are different things."""

    ASKED = "asked"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"


_PHASES = MappingProxyType(
    {
        Says.ASKED: Phase.ASKED,
        Says.SENT: Phase.SENT,
        Says.UNKNOWN: Phase.UNKNOWN,
        Says.DONE: Phase.DONE,
        Says.FAILED: Phase.FAILED,
    }
)


@frozen
class Refund:
    """Money given back from one payment. Units: minor units.

    `method` is the way it goes, which is the payment's own unless something stood against that.
    """

    id: RefundId
    kind: Kind
    payment_id: PaymentId
    currency: CurrencyCode
    amount: int
    at: DateTime
    invoice_id: DocumentId | None = None
    method: str = ""
    notices: tuple[Notice, ...] = ()

    @cached_property
    def phase(self) -> Phase:
        """Where it is on its way."""
        return _PHASES[standing(self.notices)]

    @property
    def counts(self) -> bool:
        """Whether it is taken from the payment: from the moment it is given, unless it failed."""
        return self.phase is not Phase.FAILED

    @property
    def came_late(self) -> bool:
        """Whether it arrived after it had failed, when its money may have gone back another way."""
        return self.counts and any(notice.says is Says.FAILED for notice in self.notices)

    @property
    def money(self) -> Money:
        """The amount."""
        return in_minor(self.amount, self.currency)

    def moves(self) -> Iterator[tuple[DateTime, int]]:
        """Return when money went out, and, below zero, when it came back because that failed."""
        yield self.at, self.amount
        out = True
        for notice in turns(self.notices):
            if out is not (notice.says is Says.DONE):
                out = not out
                yield notice.at, self.amount if out else -self.amount
