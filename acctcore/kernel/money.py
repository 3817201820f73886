"""Money as an exact number of minor units, and unit prices that may be finer.

`Money` is py-moneyed's type for every host that knows it, but it is frozen, takes no float, NaN or
fraction of a minor unit, and its arithmetic obeys no decimal context. Multiplying by a ratio needs
a named rounding (`times`); dividing needs a split that adds up (`share`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NoReturn

import moneyed
from attrs import Attribute, field, frozen
from moneyed import Currency

from acctcore.kernel import currencies
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, Ties, divide, split
from acctcore.kernel.validation import where

MAX_DIGITS = 40
"""An amount with more digits than this, before or after the point, is refused as a mistake."""

_MOST = 10**MAX_DIGITS
_MOST_MINOR = _MOST * max(map(currencies.scale, currencies.PLACES))


class Money(moneyed.Money):
    """An exact amount of one currency, in whole minor units; immutable and hashable.

    Raises: InvalidValue for a float, a bool, NaN, infinity, a fraction of a minor unit, an unknown currency.
    """

    __slots__ = ("code", "minor")

    minor: int
    code: str

    def __init__(self, amount: object = 0, currency: str | Currency | None = None) -> None:
        code = currency if type(currency) is str else _code(currency)
        numerator, denominator = exact(amount, currencies.scale(code), "Money")
        if numerator % denominator:
            raise InvalidValue(f"whole minor units of {code}", amount, "Money")
        _set_minor(self, numerator // denominator)
        _set_code(self, code)

    @classmethod
    def of_minor(cls, minor: int, code: str) -> Money:
        """Return the amount of so many minor units: `Money.of_minor(1999, "EUR")` is 19.99 EUR."""
        code = code if type(code) is str else _code(code)
        currencies.scale(code)
        if type(minor) is not int or not -_MOST_MINOR < minor < _MOST_MINOR:
            raise InvalidValue("a whole number of minor units of bounded size", minor, "Money")
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
        if isinstance(other, moneyed.Money):
            try:
                return self == convert(other)
            except InvalidValue:  # finer than a minor unit, NaN, no currency: equal to nothing of ours
                return False
        return NotImplemented

    __ne__ = object.__ne__

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

    __rtruediv__ = __truediv__

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

    def __round__(self, ndigits: int | None = None) -> Money:
        return self.round(ndigits)

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


def positive(instance: object, attribute: Attribute[Money], value: Money) -> None:
    """Accept an amount above zero; a validator for fields."""
    if value.minor <= 0:
        raise InvalidValue("an amount above zero", value, where(instance, attribute))


def exact(value: object, factor: int, where: str) -> tuple[int, int]:
    """Return `value × factor` as an exact ratio of whole numbers.

    Raises: InvalidValue for what is no finite decimal number: floats and bools too.
    """
    if type(value) is int and -_MOST < value < _MOST:
        return value * factor, 1
    numerator, denominator = _number(value, where).as_integer_ratio()
    return numerator * factor, denominator


def _number(value: object, where: str) -> Decimal:
    """Return a finite number of bounded size; constructing a Decimal obeys no decimal context."""
    number: object = value
    if isinstance(value, str):
        number = _parsed(value)
    elif type(value) is int:
        number = Decimal(value)
    if not isinstance(number, Decimal) or not number.is_finite():
        raise InvalidValue("an exact decimal number (text, int or Decimal)", value, where)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MAX_DIGITS or number.adjusted() >= MAX_DIGITS:
        raise InvalidValue(f"at most {MAX_DIGITS} digits on either side of the point", value, where)
    return number


def _parsed(text: str) -> Decimal | None:
    """Return the number that a text is, without the spaces and underscores that Decimal lets pass."""
    if len(text) > 4 * MAX_DIGITS or not text.isascii() or "_" in text or text != text.strip():
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _code(currency: object) -> str:
    """Return the code of a currency of the table as a plain text, whatever kind of text it came as."""
    return currencies.currency(currency.code if isinstance(currency, Currency) else currency).code


def decimal(minor: int, places: int) -> Decimal:
    """Return minor units as a decimal number with so many places, whatever the decimal context."""
    if -_MOST < minor < _MOST:
        return Decimal(f"{minor}E-{places}")
    sign, digits, _ = Decimal(minor).as_tuple()  # Python limits the digits of an int that becomes a text
    return Decimal((sign, digits, -places))


def zero(code: str) -> Money:
    """Return nothing, in a currency."""
    return Money.of_minor(0, code)


def total(code: str, amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts in one currency; of none, zero.

    Raises: InvalidValue when an amount is in another currency.
    """
    answer = zero(code)
    if not isinstance(amounts, Iterable):
        raise InvalidValue("amounts of money", amounts, "total")
    for amount in amounts:
        answer = answer + amount
    return answer


def times(money: Money, numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """Return `money × numerator / denominator`, rounded once to whole minor units."""
    if type(numerator) is not int:
        raise InvalidValue("a whole number to multiply by", numerator, "times")
    ours = convert(money, "times")
    return in_minor(divide(ours.minor * numerator, denominator, rounding), ours.code)


def share(money: Money, weights: Sequence[int], ties: Ties = Ties.FIRST) -> tuple[Money, ...]:
    """Return the amount in parts proportional to whole weights that add up to it.

    No part is a whole minor unit away from its exact share: what rounding down leaves over goes, one
    unit each, to the largest remainders; `ties` says who is first among equals.

    Raises: InvalidValue as `split` does: a negative weight, or an amount with nobody to bear it.
    """
    ours = convert(money, "share")
    return tuple(in_minor(part, ours.code) for part in split(ours.minor, weights, ties))


def _amount(value: object) -> Decimal:
    number = Decimal(_number(value, "Price.amount"))
    return number or number.copy_abs()  # nothing has no sign


def _plain(number: Decimal) -> str:
    return f"{number:f}"


@frozen
class Price:
    """What one unit costs for a full period; it may be finer than the currency's minor unit.

    Units: currency units per quantity of one. Raises: InvalidValue as Money does, and when below zero.
    """

    amount: Decimal = field(converter=_amount, repr=_plain)
    currency: str = field(converter=_code)

    def __attrs_post_init__(self) -> None:
        if self.amount < 0:
            raise InvalidValue("a price of zero or more", self.amount, "Price.amount")

    @cached_property
    def minor(self) -> tuple[int, int]:
        """The price in minor units, as an exact ratio of whole numbers."""
        return exact(self.amount, currencies.scale(self.currency), "Price.amount")

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"
