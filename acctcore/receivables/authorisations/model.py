"""What is set aside as a value, what was captured of it, and how it ended."""

from __future__ import annotations

from enum import Enum

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import AuthorisationId, CurrencyCode, PaymentId


class Phase(Enum):
    """Whether money is still set aside, and if not, how that ended."""

    OPEN = "open"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"


class Captures(Enum):
    """How often an authorisation may be captured."""

    ONCE = "once"  # the first capture releases the rest
    SEVERAL = "several"  # until nothing is left, or one says that it is the last


@frozen
class Authorisation:
    """So much set aside with a processor, from an instant on and until another, to be captured once or more.

    Units: minor units.
    """

    id: AuthorisationId
    currency: CurrencyCode
    amount: int
    at: DateTime
    captures: Captures = Captures.ONCE
    expires_at: DateTime | None = None
    method: str = ""
    reference: str = ""
    voided_at: DateTime | None = None
    void_reference: str = ""

    @property
    def money(self) -> Money:
        """What was set aside at first."""
        return in_minor(self.amount, self.currency)


@frozen
class Taken:
    """What was captured of an authorisation: a payment that stands received. Units: minor units."""

    payment_id: PaymentId
    at: DateTime
    currency: CurrencyCode
    amount: int
    final: bool = False


@frozen
class Resolution:
    """How an authorisation ended, and when."""

    how: Phase
    at: DateTime
