"""A chargeback as a value: how much was taken back, what came back of it, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.duties import Duty
from acctcore.kernel.identity import derive
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import ChargebackId, CommandId, CurrencyCode, PaymentId


class Phase(Enum):
    """Whether money is still charged back."""

    STANDING = "standing"
    REVERSED = "reversed"


@frozen
class Reversal:
    """So much of a chargeback was given back to us. Units: minor units."""

    at: DateTime
    amount: int
    reference: str = ""


@frozen
class Response:
    """What we answered the bank: that we contest a chargeback, or that we accept it."""

    at: DateTime
    contested: bool
    reference: str = ""


@frozen
class Chargeback:
    """So much of a payment that was taken back, why, and what of it came back to us. Units: minor units.

    `reason` is the code that the bank or the card scheme gave. `fee` is what the customer owes for it.
    `respond_by` is the instant by which an answer has to be with the bank, where one can be given.
    """

    id: ChargebackId
    payment_id: PaymentId
    currency: CurrencyCode
    amount: int
    at: DateTime
    cause: CommandId
    reason: str = ""
    reference: str = ""
    fee: Money | None = None
    respond_by: DateTime | None = None
    response: Response | None = None
    reversals: tuple[Reversal, ...] = ()

    @property
    def standing(self) -> int:
        """What is still charged back, in minor units."""
        return self.amount - sum(reversal.amount for reversal in self.reversals)

    @property
    def money(self) -> Money:
        """What was charged back at first."""
        return in_minor(self.amount, self.currency)

    @property
    def phase(self) -> Phase:
        """Whether anything is still charged back."""
        return Phase.STANDING if self.standing else Phase.REVERSED

    def duties(self) -> tuple[Duty, ...]:
        """Return what is owed to the bank: an answer, while money is charged back and none was given."""
        if self.respond_by is None or self.response is not None or not self.standing:
            return ()
        key = derive("chargebacks.answer", self.id)
        return (Duty(key, "chargebacks.answer", self.respond_by, "office", "bank", self.id),)

    def moves(self) -> Iterator[tuple[DateTime, int]]:
        """Return when money went, and, below zero, when it came back."""
        yield self.at, self.amount
        for reversal in self.reversals:
            yield reversal.at, -reversal.amount
