"""How answers read for one reader: amounts, dates and facts by locale and zone, sentences by catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Final, Literal, TypeAlias

from attrs import field, fields, frozen
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_gmt
from babel.lists import format_list

from acctcore.kernel import calendar, currencies
from acctcore.kernel.decision import Decision, Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, Price, convert
from acctcore.kernel.terms import ZoneKey
from acctcore.kernel.validation import one_of
from acctcore.kernel.wording import (
    ENGLISH,
    NOBODY,
    NOTHING,
    Catalogue,
    Counted,
    filled,
    tell,
    translated,
)
from acctcore.text import numbers

Length: TypeAlias = Literal["short", "medium", "long", "full"]
"""How much of a date is written out."""

WORD: Final = "word"
INTERVAL: Final = "interval"
"""Contexts of words in a catalogue, beside the codes of reasons."""

CONTEXTS: Final[Mapping[str, str]] = {
    "CommandName": "command",
    "FactName": "fact",
    "KindName": "kind",
    "Operation": "operation",
    "PhaseName": "phase",
    "Role": "role",
}
"""What a text of a reason is by the name of its type, and the context of its translation."""

INTERVALS: Final[Mapping[calendar.Unit, Counted]] = {
    unit: Counted(f"{{count}} {unit.value}", f"{{count}} {unit.value}s", by="count") for unit in calendar.Unit
}
_MOST_PLACES: Final = 10_000
YES, NO, NONE = "yes", "no", "none"
_TYPE: Final = re.compile(rf"\b({'|'.join(CONTEXTS)})\b")


def _locale(value: object) -> Locale:
    if isinstance(value, Locale):
        return value
    if isinstance(value, str):
        try:
            return Locale.parse(value.replace("-", "_"))
        except (UnknownLocaleError, ValueError, TypeError):
            pass
    raise InvalidValue("a locale such as de_CH", value, "Language.locale")


def _zone(_instance: object, _attribute: object, value: str) -> None:
    calendar.zone(value)


@frozen
class Language:
    """How answers read for one reader.

    `locale` and `zone` are always given: nothing is taken from the machine. `catalogue` translates
    sentences and words, a `gettext.GNUTranslations` say; without one they stay English. With
    `codes`, currencies are written EUR rather than €.

    Raises: InvalidValue for a locale that Babel does not have, or a zone that nobody has.
    """

    locale: Locale = field(converter=_locale)
    zone: ZoneKey = field(validator=_zone)
    catalogue: Catalogue = ENGLISH
    codes: bool = field(default=False, validator=one_of(bool))

    # Values

    def money(self, money: Money, *, accounting: bool = False) -> str:
        """Return an amount with the decimals of its currency; `accounting` may use brackets below zero."""
        ours = convert(money, "Language.money")
        least = currencies.places(ours.code)
        return numbers.amount(
            ours.amount, ours.code, least, self.locale, by_code=self.codes, accounting=accounting
        )

    def price(self, price: Price) -> str:
        """Return a unit price with all its decimals, which may be more than the currency has."""
        if not isinstance(price, Price):
            raise InvalidValue("a price", price, "Language.price")
        least = currencies.places(price.currency)
        return numbers.amount(
            price.amount, price.currency, least, self.locale, by_code=self.codes, accounting=False
        )

    def number(self, value: int | Decimal) -> str:
        """Return a number with all its decimals, grouped."""
        return numbers.plain(_decimal(value, "Language.number"), self.locale)

    def percent(self, value: int | Decimal) -> str:
        """Return a percentage with all its decimals. Units: 19 is 19 %."""
        return numbers.percentage(_decimal(value, "Language.percent"), self.locale)

    def day(self, on: date, length: Length = "medium") -> str:
        """Return a date."""
        return str(format_date(calendar.civil_date(on), length, self.locale))

    def instant(self, at: datetime, length: Length = "medium") -> str:
        """Return an instant on the reader's clocks; with its offset in the hour that comes twice.

        Seconds are told where there are some.
        """
        there = calendar.instant(at).astimezone(calendar.zone(self.zone))
        clock = "medium" if there.second or there.microsecond else "short"
        time = format_time(there, clock, there.tzinfo, self.locale)
        if there.replace(fold=1 - there.fold).utcoffset() != there.utcoffset():
            time = f"{time} ({get_timezone_gmt(there, 'short', self.locale)})"
        joined = get_datetime_format(length, self.locale)
        return str(joined).replace("{0}", time).replace("{1}", self.day(there.date(), length))

    def interval(self, every: calendar.Every) -> str:
        """Return a billing interval: "3 months"."""
        if not isinstance(every, calendar.Every):
            raise InvalidValue("an interval", every, "Language.interval")
        template = translated(INTERVALS[every.unit], INTERVAL, {"count": every.count}, self.catalogue)
        return filled(template, {"count": self.number(every.count)}, INTERVAL)

    # Sentences

    def reason(self, reason: Reason) -> str:
        """Return a reason in the words of the catalogue, its facts as this reader reads them.

        Raises: InvalidValue for a translation that asks for facts which the reason does not have.
        """
        if not isinstance(reason, Reason):
            raise InvalidValue("a reason", reason, "Language.reason")
        kind: type = type(reason)
        kinds = contexts(kind)
        template = translated(reason.sentence, reason.code, reason.facts, self.catalogue)
        told = {name: self.fact(value, kinds.get(name)) for name, value in reason.facts.items()}
        return filled(template, told, reason.code)

    def reasons(self, decision: Decision[object]) -> tuple[str, ...]:
        """Return every reason of a decision, in its order."""
        return tuple(self.reason(reason) for reason in decision.reasons)

    def fact(self, value: object, context: str | None = None) -> str:
        """Return a fact inside a sentence; `context` is the kind of word, where texts are translated."""
        match value:
            case None:
                return self.word(WORD, NONE)
            case bool():
                return self.word(WORD, YES if value else NO)
            case Enum():
                return self.word(type(value).__name__.lower(), str(value.value))
            case Money():
                return self.money(value)
            case Price():
                return self.price(value)
            case datetime():
                return self.instant(value)
            case date():
                return self.day(value)
            case int() | Decimal():
                return self.number(value)
            case calendar.Every():
                return self.interval(value)
            case str():
                return value if context is None else self.word(context, value)
            case frozenset():
                told = sorted(self.fact(entry, context) for entry in value)
                return self._several(told, NOBODY)
            case tuple():
                return self._several([self.fact(entry, context) for entry in value], NOTHING)
            case Reason():
                return self.reason(value)
        return tell(value)

    def word(self, context: str, word: str) -> str:
        """Return a word of acctcore's own, such as a phase or an operation, where the catalogue has it."""
        return self.catalogue.pgettext(context, word)

    def _several(self, told: list[str], none: str) -> str:
        return str(format_list(told, locale=self.locale)) if told else self.word(WORD, none)


def _decimal(value: object, where: str) -> Decimal:
    """Return a finite number as a Decimal; a bool, a float or a text is none."""
    number = Decimal(value) if type(value) is int else value
    if isinstance(number, Decimal) and number.is_finite():
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and abs(exponent) <= _MOST_PLACES:
            return number
    raise InvalidValue("a whole number, or a Decimal of bounded size", value, where)


@cache
def contexts(kind: type) -> Mapping[str, str]:
    """Return which facts of a reason are words, by the names of their types, and of which kind."""
    found = {item.name: _TYPE.search(item.type) for item in fields(kind) if isinstance(item.type, str)}
    return {name: CONTEXTS[match[0]] for name, match in found.items() if match is not None}
