"""The account statement: opening balance, movements in their order, closing balance, per currency.

What raises what the customer owes is positive, what lowers it negative. Nothing is netted across
currencies, and layout is the host's.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.calendar import Span
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import CurrencyCode


@frozen
class Movement:
    """One thing that moved the balance: when, what, and by how much (minor units, signed)."""

    at: DateTime
    kind: str
    id: str
    currency: CurrencyCode
    amount: int

    @property
    def money(self) -> Money:
        """The signed amount."""
        return in_minor(self.amount, self.currency)


@frozen
class Entry:
    """A movement and the balance after it."""

    movement: Movement
    balance: int


@frozen
class Statement:
    """What was owed at the start of a period, what moved it, and what was owed at its end.

    `reserved` is money set aside at its end, which stands in no balance; `in_flight` is what of the
    closing balance are refunds on their way. Units: minor units of `currency`; below
    zero, the customer is owed.
    """

    currency: CurrencyCode
    period: Span[DateTime]
    opening: int
    entries: tuple[Entry, ...]
    closing: int
    reserved: int = 0
    in_flight: int = 0


def statement(movements: Iterable[Movement], currency: CurrencyCode, period: Span[DateTime]) -> Statement:
    """Return the statement of one currency over a half-open period.

    Movements before the period make the opening balance; later ones are left out. Those of one
    instant keep the order in which they are given.
    """
    ordered = sorted((each for each in movements if each.currency == currency), key=lambda each: each.at)
    opening = sum(each.amount for each in ordered if each.at < period.start)
    balance = opening
    entries: list[Entry] = []
    for each in ordered:
        if period.contains(each.at):
            balance += each.amount
            entries.append(Entry(each, balance))
    return Statement(currency, period, opening, tuple(entries), balance)
