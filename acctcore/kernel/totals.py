"""Sums of money by currency: one total each, never netted against one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from acctcore.kernel import currencies
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, convert, in_minor
from acctcore.kernel.terms import CurrencyCode


def _by_currency(amounts: Iterable[Money]) -> tuple[Money, ...]:
    if not isinstance(amounts, Iterable):
        raise InvalidValue("amounts of money", amounts, "Totals")
    sums: dict[CurrencyCode, int] = {}
    for amount in amounts:
        money = convert(amount, "Totals")
        sums[money.code] = sums.get(money.code, 0) + money.minor
    return tuple(in_minor(minor, code) for code, minor in sorted(sums.items()))


@frozen
class Totals:
    """Amounts added up currency by currency, in the order of their codes.

    A currency that something was added of stays, even where it comes to zero: that all is settled is
    not the same as that there never was anything.

    Raises: InvalidValue for anything that is no amount of money.
    """

    amounts: tuple[Money, ...] = field(default=(), converter=_by_currency)

    def of(self, code: CurrencyCode) -> Money:
        """Return the total of one currency; zero where nothing of it was added."""
        currencies.scale(code)
        return next((money for money in self.amounts if money.code == code), in_minor(0, code))

    @property
    def settled(self) -> bool:
        """Whether every total is zero."""
        return not any(self.amounts)

    @property
    def open(self) -> tuple[Money, ...]:
        """The totals that are not zero."""
        return tuple(money for money in self.amounts if money)

    def __iter__(self) -> Iterator[Money]:
        return iter(self.amounts)

    def __len__(self) -> int:
        return len(self.amounts)

    def __add__(self, other: Totals) -> Totals:
        if not isinstance(other, Totals):
            raise InvalidValue("totals to add", other, "Totals +")
        return Totals((*self.amounts, *other.amounts))

    def __neg__(self) -> Totals:
        return Totals(tuple(-money for money in self.amounts))

    def __sub__(self, other: Totals) -> Totals:
        if not isinstance(other, Totals):
            raise InvalidValue("totals to take off", other, "Totals -")
        return self + -other
