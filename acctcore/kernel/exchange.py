"""Exchange rates as dated facts, and amounts converted by them: exact ratios, rounded once, with their basis.

A rate is what a source published for a day. Which rate applies is looked up in a table by a stated
rule; what the table does not have is said, never guessed. Gains and losses from exchange are the
books' business, not this module's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from math import gcd, prod
from types import MappingProxyType
from typing import ClassVar, TypeAlias

from attrs import field, frozen

from acctcore.kernel import currencies
from acctcore.kernel.calendar import civil_date
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import MAX_DIGITS, Money, convert, exact, in_minor
from acctcore.kernel.terms import CurrencyCode
from acctcore.kernel.validation import day, each, identifier, one_of, optional, whole
from acctcore.kernel.wording import Sentence

Ratio: TypeAlias = tuple[int, int]
"""A ratio of whole numbers in lowest terms, both above zero."""

MOST_STEPS = 4
"""A conversion through more currencies than this is refused as a mistake."""

_MOST = 10 ** (2 * MAX_DIGITS)


def _known(_instance: object, _attribute: object, value: str) -> None:
    currencies.scale(value)


def _ratio(value: object) -> Ratio:
    """Return a rate above zero in lowest terms: of a decimal number, or of two whole numbers."""
    if isinstance(value, tuple):
        if len(value) != 2 or any(type(part) is not int or not 0 < part < _MOST for part in value):
            raise InvalidValue("two whole numbers above zero, of bounded size", value, "Rate.ratio")
        numerator, denominator = value
    else:
        numerator, denominator = exact(value, 1, "Rate.ratio")
        if numerator <= 0:
            raise InvalidValue("a rate above zero", value, "Rate.ratio")
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


@frozen
class Rate:
    """What one unit of `base` is worth in `quote`, as a source published it for a day.

    `ratio` is exact: a decimal number such as "1.0843", or (numerator, denominator) in whole numbers,
    so that 100 yen for 0.61 euros is ("JPY", "EUR", (61, 10_000)).

    Raises: InvalidValue for a rate of zero or below, a float, one currency in two places.
    """

    base: CurrencyCode = field(validator=_known)
    quote: CurrencyCode = field(validator=_known)
    ratio: Ratio = field(converter=_ratio)
    on: date = field(validator=day)
    source: str = field(validator=identifier)

    def __attrs_post_init__(self) -> None:
        if self.base == self.quote:
            raise InvalidValue("two different currencies", self.quote, "Rate.quote")

    def __str__(self) -> str:
        return f"1 {self.base} = {number(self.ratio)} {self.quote} ({self.source}, {self.on.isoformat()})"


@frozen
class Leg:
    """One step of a conversion: a published rate, taken as it is or the other way round."""

    rate: Rate = field(validator=one_of(Rate))
    inverse: bool = False

    @property
    def base(self) -> CurrencyCode:
        """The currency that the step begins with."""
        return self.rate.quote if self.inverse else self.rate.base

    @property
    def quote(self) -> CurrencyCode:
        """The currency that it arrives at."""
        return self.rate.base if self.inverse else self.rate.quote

    @property
    def ratio(self) -> Ratio:
        """What one unit of the one is worth in the other, exactly."""
        numerator, denominator = self.rate.ratio
        return (denominator, numerator) if self.inverse else (numerator, denominator)

    def __str__(self) -> str:
        return f"{self.rate}, the other way round" if self.inverse else str(self.rate)


@frozen
class NoRate(Reason):
    """A pair of currencies for which no rate is known that may be used on that day."""

    code: ClassVar[str] = "exchange.no_rate"
    template: ClassVar[str] = "the rate of {base} in {quote} on {on} must be known first"
    variants: ClassVar[tuple[Sentence, ...]] = (
        "the rate of {base} in {quote} on {on} must be known first: that of {latest} is too old",
    )
    base: CurrencyCode
    quote: CurrencyCode
    on: date
    latest: date | None = None

    @property
    def sentence(self) -> Sentence:
        """With the day of the latest rate, where there is one that is too old."""
        return self.template if self.latest is None else self.variants[0]


@frozen
class Conversion:
    """An amount in another currency, with all that it was computed from.

    `path` leads from the currency given to the one wanted, step by step; it is empty where they are
    the same. The ratios are multiplied exactly, and the product is rounded once, at the end.

    Raises: InvalidValue for steps that do not meet.
    """

    given: Money = field(converter=convert)
    path: tuple[Leg, ...] = field(validator=each(one_of(Leg)))
    rounding: Rounding = field(validator=one_of(Rounding))

    def __attrs_post_init__(self) -> None:
        if len(self.path) > MOST_STEPS:
            raise InvalidValue(f"at most {MOST_STEPS} steps", len(self.path), "Conversion.path")
        code = self.given.code
        for leg in self.path:
            if leg.base != code:
                raise InvalidValue(f"a rate of {code}", str(leg), "Conversion.path")
            code = leg.quote

    @cached_property
    def result(self) -> Money:
        """The amount in the other currency, rounded once to whole minor units."""
        code = self.path[-1].quote if self.path else self.given.code
        numerator, denominator = self.ratio
        minor = self.given.minor * currencies.scale(code) * numerator
        scaled = currencies.scale(self.given.code) * denominator
        return in_minor(divide(minor, scaled, self.rounding), code)

    @property
    def ratio(self) -> Ratio:
        """What one unit given is worth in the end: the product of all steps, in lowest terms."""
        numerator = prod(leg.ratio[0] for leg in self.path)
        denominator = prod(leg.ratio[1] for leg in self.path)
        common = gcd(numerator, denominator)
        return numerator // common, denominator // common

    def explain(self) -> Explanation:
        """Return the amount given, each rate with its source and day, and the rounding as steps."""
        steps = [Explanation("amount given", str(self.given)), *(Explanation(str(leg)) for leg in self.path)]
        if len(self.path) > 1:
            steps.append(Explanation("rates multiplied", number(self.ratio)))
        if self.path:
            steps.append(Explanation(f"rounded once, {self.rounding.value}"))
        return Explanation("converted", str(self.result), tuple(steps))


@frozen(kw_only=True)
class Rates:
    """The rates that are known, and which of them applies on a day.

    Asked for a pair, the table takes the latest rate dated on or before the day, published either way
    round; of one day, the one published as asked. Only where the pair was never published that early
    does it go through `pivot`, by the latest rate of each step. A rate more than `max_age_days` old
    is not used; None uses any.

    Raises: InvalidValue for two rates of one pair and day.
    """

    known: tuple[Rate, ...] = field(validator=each(one_of(Rate)))
    pivot: CurrencyCode | None = field(default=None, validator=optional(_known))
    max_age_days: int | None = field(default=None, validator=optional(whole(minimum=0)))

    def __attrs_post_init__(self) -> None:
        days = [(rate.base, rate.quote, rate.on) for rate in self.known]
        if len(set(days)) != len(days):
            twice = next(str(rate) for rate, key in zip(self.known, days, strict=True) if days.count(key) > 1)
            raise InvalidValue("one rate for each pair and day", twice, "Rates.known")

    @cached_property
    def _by_pair(self) -> Mapping[tuple[str, str], tuple[tuple[date, ...], tuple[Leg, ...]]]:
        """The days of each pair in order, and the rate of each; as published goes before turned round."""
        found: dict[tuple[str, str], dict[date, Leg]] = {}
        for rate in self.known:
            found.setdefault((rate.quote, rate.base), {}).setdefault(rate.on, Leg(rate, inverse=True))
            found.setdefault((rate.base, rate.quote), {})[rate.on] = Leg(rate)
        return MappingProxyType(
            {
                pair: (tuple(sorted(legs)), tuple(legs[on] for on in sorted(legs)))
                for pair, legs in found.items()
            }
        )

    def latest(self, base: CurrencyCode, quote: CurrencyCode, on: date) -> Leg | None:
        """Return the latest rate of a pair dated on or before a day, however old, or None."""
        days, legs = self._by_pair.get((base, quote), ((), ()))
        place = bisect_right(days, civil_date(on))
        return legs[place - 1] if place else None

    def path(self, base: CurrencyCode, quote: CurrencyCode, on: date) -> tuple[Leg, ...] | NoRate:
        """Return the steps from one currency to another on a day, or which rate is missing."""
        currencies.scale(base)
        currencies.scale(quote)
        on = civil_date(on)
        if base == quote:
            return ()
        pairs = [(base, quote)]
        if self.latest(base, quote, on) is None and self.pivot not in (None, base, quote):
            pairs = [(base, self.pivot), (self.pivot, quote)]
        legs = []
        for start, end in pairs:
            leg = self.latest(start, end, on)
            if leg is None or self._too_old(leg, on):
                return NoRate(start, end, on, None if leg is None else leg.rate.on)
            legs.append(leg)
        return tuple(legs)

    def _too_old(self, leg: Leg, on: date) -> bool:
        return self.max_age_days is not None and (on - leg.rate.on).days > self.max_age_days


def exchange(
    money: Money, into: CurrencyCode, on: date, rates: Rates, rounding: Rounding
) -> Conversion | NoRate:
    """Return an amount in another currency by the rates of a day, or which rate is missing.

    A missing rate is a reason for `unknown`, never a rate of one: `unknown(reason)` says so.

    Raises: InvalidValue for what is no amount, no day or no currency.
    """
    given = convert(money, "exchange")
    if not isinstance(rates, Rates):
        raise InvalidValue("rates", rates, "exchange")
    path = rates.path(given.code, into, on)
    return path if isinstance(path, NoRate) else Conversion(given, path, rounding)


def number(ratio: Ratio) -> str:
    """Return a ratio as a decimal number where it is one, and as a fraction where it is not."""
    numerator, denominator = ratio
    places = 0
    rest = denominator
    for factor in (10, 5, 2):
        while rest % factor == 0:
            rest //= factor
            places += 1
    if rest > 1 or places > MAX_DIGITS:
        return f"{numerator}/{denominator}"
    digits = str(numerator * 10**places // denominator).rjust(places + 1, "0")
    if not places:
        return digits
    return f"{digits[:-places]}.{digits[-places:]}"
