"""Money as an exact number of minor units, and unit prices that may be finer.

`Money` is py-moneyed's type for every host that knows it, but it is frozen, takes no float, NaN or
fraction of a minor unit, and its arithmetic obeys no decimal context. Multiplying by a ratio needs
a named rounding (`times`); dividing needs a split that adds up (`share`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, InvalidOperation
from functools import cached_property
from typing import NoReturn

import moneyed
from attrs import field, frozen
from moneyed import Currency

from acctcore.kernel import currencies
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, divide, split

MAX_DIGITS = 40
"""An amount with more digits than this, before or after the point, is refused as a mistake."""

_EXACT = Context(prec=4 * MAX_DIGITS)


class Money(moneyed.Money):
    """An exact amount of one currency, in whole minor units; immutable and hashable.

    Raises: InvalidValue for a float, a bool, NaN, infinity, a fraction of a minor unit or an unknown currency.
    """

    __slots__ = ("code", "minor")

    minor: int
    code: str

    def __init__(self, amount: object = 0, currency: str | Currency | None = None) -> None:
        code = currency.code if isinstance(currency, Currency) else currency
        if code is None:
            raise InvalidValue("a currency", None, "Money")
        numerator, denominator = exact(amount, currencies.scale(code), "Money")
        if numerator % denominator:
            raise InvalidValue(f"whole minor units of {code}", amount, "Money")
        _set_minor(self, numerator // denominator)
        _set_code(self, code)

    @classmethod
    def of_minor(cls, minor: int, code: str) -> Money:
        """Return the amount of so many minor units: `Money.of_minor(1999, "EUR")` is 19.99 EUR."""
        if type(minor) is not int:
            raise InvalidValue("a whole number of minor units", minor, "Money")
        currencies.scale(code)
        return in_minor(minor, code)

    @property  # type: ignore[misc]
    def amount(self) -> Decimal:
        """The amount in units of the currency, with its minor unit's places."""
        return decimal(self.minor, currencies.places(self.code))

    @property  # type: ignore[misc]
    def currency(self) -> Currency:
        """The currency as py-moneyed knows it."""
        return currencies.currency(self.code)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Money is immutable; {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"Money is immutable; {name} cannot be deleted")

    def __repr__(self) -> str:
        return f"Money('{self.amount}', '{self.code}')"

    def __str__(self) -> str:
        return f"{self.amount:,} {self.code}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> tuple[object, tuple[int, str]]:
        return (in_minor, (self.minor, self.code))

    def __copy__(self) -> Money:
        return self

    def __deepcopy__(self, memo: object) -> Money:
        return self

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))  # equal amounts of py-moneyed hash alike

    def __bool__(self) -> bool:
        return self.minor != 0

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Money):
            return self.minor == other.minor and self.code == other.code
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: object) -> bool:
        return self.minor < self._other(other, "<")

    def __le__(self, other: object) -> bool:
        return self.minor <= self._other(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self.minor > self._other(other, ">")

    def __ge__(self, other: object) -> bool:
        return self.minor >= self._other(other, ">=")

    def __pos__(self) -> Money:
        return self

    def __neg__(self) -> Money:
        return in_minor(-self.minor, self.code)

    def __abs__(self) -> Money:
        return in_minor(abs(self.minor), self.code)

    def __add__(self, other: object) -> Money:
        return in_minor(self.minor + self._other(other, "+"), self.code)

    def __sub__(self, other: object) -> Money:
        return in_minor(self.minor - self._other(other, "-"), self.code)

    def __radd__(self, other: object) -> Money:
        return in_minor(self._other(other, "+") + self.minor, self.code)

    def __rsub__(self, other: object) -> Money:
        return in_minor(self._other(other, "-") - self.minor, self.code)

    def __mul__(self, other: object) -> Money:
        if type(other) is not int:
            raise InvalidValue("a whole number; times() multiplies by a ratio and rounds", other, "Money *")
        return in_minor(self.minor * other, self.code)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> NoReturn:
        raise InvalidValue("share() to divide money, so that the parts add up", other, "Money /")

    def __rmod__(self, other: object) -> NoReturn:
        raise InvalidValue("times() to take a percentage, with a rounding", other, "Money %")

    def round(self, ndigits: int | None = None) -> Money:
        """Return itself: money here has no fraction of a minor unit.

        Raises: InvalidValue when other places than the currency's are asked for.
        """
        if ndigits is not None and ndigits != currencies.places(self.code):
            raise InvalidValue(
                f"the {currencies.places(self.code)} places of {self.code}", ndigits, "Money.round"
            )
        return self

    def get_amount_in_sub_unit(self) -> int:
        """Return the amount in minor units, exactly."""
        return self.minor

    def _other(self, other: object, operation: str) -> int:
        money = other if isinstance(other, Money) else convert(other, f"Money {operation}")
        if money.code != self.code:
            raise InvalidValue(f"an amount in {self.code}", other, f"Money {operation}")
        return money.minor


_set_minor = Money.__dict__["minor"].__set__
_set_code = Money.__dict__["code"].__set__
_blank = object.__new__


def in_minor(minor: int, code: str) -> Money:
    """Return money from a whole number and a code that were checked before."""
    money = _blank(Money)
    _set_minor(money, minor)
    _set_code(money, code)
    return money


def convert(value: object, where: str = "Money") -> Money:
    """Return any py-moneyed amount as our frozen, exact one.

    Raises: InvalidValue for anything else, or for an amount that is no whole number of minor units.
    """
    if isinstance(value, Money):
        return value
    if isinstance(value, moneyed.Money):
        return Money(value.amount, value.currency)
    raise InvalidValue("an amount of money", value, where)


def exact(value: object, factor: int, where: str) -> tuple[int, int]:
    """Return `value × factor` as an exact ratio of whole numbers.

    Raises: InvalidValue for what is no finite decimal number: floats and bools too.
    """
    if type(value) is int:
        if abs(value) >= 10**MAX_DIGITS:
            raise InvalidValue(f"at most {MAX_DIGITS} digits", value, where)
        return value * factor, 1
    if isinstance(value, str):
        try:
            value = _EXACT.create_decimal(value) if len(value) <= 4 * MAX_DIGITS and value.isascii() else None
        except InvalidOperation:
            value = None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise InvalidValue("an exact decimal number (text, int or Decimal)", value, where)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not exponent >= -MAX_DIGITS or value.adjusted() >= MAX_DIGITS:
        raise InvalidValue(f"at most {MAX_DIGITS} digits on either side of the point", value, where)
    numerator, denominator = value.as_integer_ratio()
    return numerator * factor, denominator


def decimal(minor: int, places: int) -> Decimal:
    """Return minor units as a decimal number with so many places, whatever the decimal context."""
    sign = 1 if minor < 0 else 0
    return Decimal((sign, tuple(map(int, str(abs(minor)))), -places))


def zero(code: str) -> Money:
    """Return nothing, in a currency."""
    return Money.of_minor(0, code)


def total(code: str, amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts in one currency; of none, zero.

    Raises: InvalidValue when an amount is in another currency.
    """
    answer = zero(code)
    for amount in amounts:
        answer = answer + amount
    return answer


def times(money: Money, numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """Return `money × numerator / denominator`, rounded once to whole minor units."""
    return in_minor(divide(money.minor * numerator, denominator, rounding), money.code)


def share(money: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Return the amount in parts proportional to whole weights that add up to it (largest remainder)."""
    return tuple(in_minor(part, money.code) for part in split(money.minor, weights))


def _decimal(value: object) -> Decimal:
    if isinstance(value, moneyed.Money):
        value = value.amount
    numerator, denominator = exact(value, 1, "Price.amount")
    if isinstance(value, Decimal):
        return value
    return _EXACT.divide(Decimal(numerator), Decimal(denominator))


@frozen
class Price:
    """What one unit costs for a full period; it may be finer than the currency's minor unit.

    Units: currency units per quantity of one. Raises: InvalidValue as Money does, and when below zero.
    """

    amount: Decimal = field(converter=_decimal)
    currency: str = field()

    def __attrs_post_init__(self) -> None:
        currencies.scale(self.currency)
        if self.amount < 0:
            raise InvalidValue("a price of zero or more", self.amount, "Price.amount")

    @cached_property
    def minor(self) -> tuple[int, int]:
        """The price in minor units, as an exact ratio of whole numbers."""
        return exact(self.amount, currencies.scale(self.currency), "Price.amount")

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
