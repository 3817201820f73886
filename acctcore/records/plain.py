"""Plain values: texts, numbers, dates, instants, money; how each is written and what is taken for it.

Each shape writes one kind of value in one way, and takes nothing else for it: no number for a
decimal, no bool for a whole number, no instant for a date.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol, TypeAlias

from pendulum import UTC, DateTime

from acctcore.kernel import currencies
from acctcore.kernel.calendar import civil_date, instant, stamp, zone
from acctcore.kernel.errors import InvalidValue, Unhandled
from acctcore.kernel.money import MAX_DIGITS, Money
from acctcore.records.problems import BAD, Found, Misplaced, Raw

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What a record is written as; a float is not among it."""

Schema: TypeAlias = "dict[str, Json]"

WHOLE_DIGITS = 400
"""A whole number of more digits is refused as a mistake."""

_MOST_WHOLE = 10**WHOLE_DIGITS


class Shape(Protocol):
    """How the values of one kind are written as JSON data, and read."""

    def dump(self, value: object) -> Json:
        """Return the value as plain data; raise `Misplaced` for what is no such value."""
        ...

    def load(self, data: object, found: Found) -> object:
        """Return the value that the data stands for, or BAD with the mistakes noted in `found`."""
        ...

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the JSON Schema of the data, naming records in `defs`."""
        ...


class Text:
    """Any text that can be written as UTF-8."""

    def dump(self, value: object) -> Json:
        """Return the text; a text of the host's own kind as a plain one."""
        if type(value) is str and value.isascii():
            return value
        if not isinstance(value, str):
            raise Misplaced("a text", value)
        if not _encodable(value):
            raise Misplaced("a text without lone surrogates", value)
        return str.__str__(value)

    def load(self, data: object, found: Found) -> object:
        """Return the text."""
        if type(data) is not str:
            return found.add("a text", data)
        if not data.isascii() and not _encodable(data):
            return found.add("a text without lone surrogates", data)
        return data

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return any string."""
        return {"type": "string"}


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Whole:
    """A whole number; a bool is none."""

    def dump(self, value: object) -> Json:
        """Return the number."""
        if type(value) is not int or not -_MOST_WHOLE < value < _MOST_WHOLE:
            raise Misplaced(f"a whole number of at most {WHOLE_DIGITS} digits", value)
        return value

    def load(self, data: object, found: Found) -> object:
        """Return the number."""
        if type(data) is not int:
            return found.add("a whole number", data)
        if not -_MOST_WHOLE < data < _MOST_WHOLE:
            return found.add(
                f"a whole number of at most {WHOLE_DIGITS} digits",
                Raw(f"a number of {data.bit_length()} bits"),
            )
        return data

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return any integer."""
        return {"type": "integer"}


class Flag:
    """True or false, and no number for either."""

    def dump(self, value: object) -> Json:
        """Return it."""
        if type(value) is not bool:
            raise Misplaced("true or false", value)
        return value

    def load(self, data: object, found: Found) -> object:
        """Return it."""
        return data if type(data) is bool else found.add("true or false", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return a boolean."""
        return {"type": "boolean"}


_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?"
_is_day = re.compile(_DAY).fullmatch
_is_instant = re.compile(f"{_DAY}T{_CLOCK}Z").fullmatch
_is_clock = re.compile(_CLOCK).fullmatch


class Day:
    """A date without a time: 2024-01-31."""

    expected = "a date such as 2024-01-31"

    def dump(self, value: object) -> Json:
        """Return the date in ISO 8601."""
        if type(value) is date:
            return value.isoformat()
        try:
            return civil_date(value).isoformat()
        except InvalidValue:
            raise Misplaced("a date without a time", value) from None

    def load(self, data: object, found: Found) -> object:
        """Return the stdlib's date."""
        if type(data) is str and _is_day(data):
            try:
                return date.fromisoformat(data)
            except ValueError:
                return found.add("a date that the calendar has", data)
        return found.add(self.expected, data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a date."""
        return {"type": "string", "format": "date", "pattern": f"^{_DAY}$"}


class Instant:
    """An instant in UTC: 2024-01-31T10:00:00Z, with six digits of a second where it has any."""

    expected = "an instant in UTC such as 2024-01-31T10:00:00Z"

    def dump(self, value: object) -> Json:
        """Return the instant in ISO 8601, in UTC with a Z."""
        if not isinstance(value, DateTime):
            raise Misplaced("an instant: a pendulum DateTime", value)
        if value.tzinfo is UTC:
            return _stamped(value)
        try:
            return stamp(value)
        except InvalidValue as error:
            raise Misplaced(error.expected, value) from None

    def load(self, data: object, found: Found) -> object:
        """Return pendulum's DateTime in UTC."""
        if type(data) is str and _is_instant(data):
            try:
                return instant(datetime.fromisoformat(data))
            except ValueError:
                return found.add("an instant that the calendar has", data)
        return found.add(self.expected, data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of an instant."""
        return {"type": "string", "format": "date-time", "pattern": f"^{_DAY}T{_CLOCK}Z$"}


def _stamped(at: DateTime) -> str:
    """Return what `stamp` does; pendulum's own texts are slow."""
    second = f"{at.second:02d}.{at.microsecond:06d}" if at.microsecond else f"{at.second:02d}"
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}T{at.hour:02d}:{at.minute:02d}:{second}Z"


class Point:
    """A date or an instant; the text says which."""

    def dump(self, value: object) -> Json:
        """Return the one or the other in ISO 8601."""
        return (INSTANT if isinstance(value, datetime) else DAY).dump(value)

    def load(self, data: object, found: Found) -> object:
        """Return the one or the other."""
        if type(data) is not str:
            return found.add(f"{DAY.expected}, or {INSTANT.expected}", data)
        return (INSTANT if "T" in data else DAY).load(data, found)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of either."""
        return {"anyOf": [DAY.schema(defs), INSTANT.schema(defs)]}


class Clock:
    """A time of day without a zone: 09:30:00."""

    def dump(self, value: object) -> Json:
        """Return the time of day in ISO 8601."""
        if type(value) is not time or value.tzinfo is not None:
            raise Misplaced("a time of day without a zone", value)
        return value.isoformat()

    def load(self, data: object, found: Found) -> object:
        """Return the time of day."""
        if type(data) is str and _is_clock(data):
            try:
                return time.fromisoformat(data)
            except ValueError:
                return found.add("a time of day that clocks show", data)
        return found.add("a time of day such as 09:30:00", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a time of day."""
        return {"type": "string", "pattern": f"^{_CLOCK}$"}


_NUMBER: Final = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(E\+[1-9][0-9]*)?"
_is_number = re.compile(_NUMBER).fullmatch


class Number:
    """A decimal number as text, with the places that it was given: "19.00" is not "19"."""

    expected = 'a decimal number in quotes such as "19.90"'

    def dump(self, value: object) -> Json:
        """Return all digits, and the exponent only where it is above zero."""
        if type(value) is not Decimal or not value.is_finite():
            raise Misplaced("a finite Decimal", value)
        if not _bounded(value):
            raise Misplaced(_BOUNDS, value)
        sign, digits, _ = value.as_tuple()
        exponent = _exponent(value)
        text = "".join(map(str, digits))
        if exponent < 0:
            text = text.rjust(1 - exponent, "0")
            text = f"{text[:exponent]}.{text[exponent:]}"
        elif exponent > 0:
            text = f"{text}E+{exponent}"
        return f"-{text}" if sign else text

    def load(self, data: object, found: Found) -> object:
        """Return the Decimal."""
        if type(data) is not str or len(data) > 4 * MAX_DIGITS or not _is_number(data):
            return found.add(self.expected, data)
        number = Decimal(data)
        return number if _bounded(number) else found.add(_BOUNDS, data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a decimal number."""
        return {"type": "string", "pattern": f"^{_NUMBER}$", "maxLength": 4 * MAX_DIGITS}


_BOUNDS: Final = f"at most {MAX_DIGITS} digits on either side of the point"


def _bounded(number: Decimal) -> bool:
    return number.adjusted() < MAX_DIGITS and -MAX_DIGITS <= _exponent(number) < MAX_DIGITS


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise Unhandled(number)  # only finite numbers come here
    return exponent


class Choice:
    """One of the members of an enumeration, written by its value."""

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind
        self.by_value = {member.value: member for member in kind}
        self.expected = f"one of {', '.join(map(str, self.by_value))}"

    def dump(self, value: object) -> Json:
        """Return the member's value."""
        if type(value) is not self.kind:
            raise Misplaced(f"a {self.kind.__name__}", value)
        written: str = value.value
        return written

    def load(self, data: object, found: Found) -> object:
        """Return the member."""
        if type(data) is str and data in self.by_value:
            return self.by_value[data]
        return found.add(self.expected, data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the values."""
        return {"enum": list(self.by_value)}


class ChoiceOrPoint:
    """A member of an enumeration, or the date or instant that stands in its place."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice

    def dump(self, value: object) -> Json:
        """Return the member's value, or the point in ISO 8601."""
        return (POINT if isinstance(value, date) else self.choice).dump(value)

    def load(self, data: object, found: Found) -> object:
        """Return the member or the point."""
        if type(data) is str and data[:1].isdigit():
            return POINT.load(data, found)
        if type(data) is str and data in self.choice.by_value:
            return self.choice.by_value[data]
        return found.add(f"{self.choice.expected}, or {DAY.expected}, or {INSTANT.expected}", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the values, and the form of a point."""
        return {"anyOf": [self.choice.schema(defs), DAY.schema(defs), INSTANT.schema(defs)]}


class CurrencyCode:
    """The code of a currency that acctcore knows."""

    def dump(self, value: object) -> Json:
        """Return the code."""
        if type(value) is not str or value not in CODES:
            raise Misplaced("the ISO 4217 code of a currency with a minor unit", value)
        return value

    def load(self, data: object, found: Found) -> object:
        """Return the code."""
        if type(data) is str and data in CODES:
            return data
        return found.add("the ISO 4217 code of a currency with a minor unit", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a code."""
        defs.setdefault("currency", {"enum": [*sorted(CODES)]})
        return {"$ref": "#/$defs/currency"}


CODES: Final = frozenset(currencies.PLACES) | frozenset(currencies.WITHDRAWN)


class ZoneKey:
    """The IANA key of a time zone that this machine knows."""

    def dump(self, value: object) -> Json:
        """Return the key."""
        if type(value) is str and _known_zone(value):
            return value
        raise Misplaced("an IANA time zone such as Europe/Berlin", value)

    def load(self, data: object, found: Found) -> object:
        """Return the key."""
        if type(data) is str and _known_zone(data):
            return data
        return found.add("an IANA time zone such as Europe/Berlin", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a key."""
        return {"type": "string", "pattern": "^[A-Z][A-Za-z0-9_+/-]*$"}


def _known_zone(key: str) -> bool:
    try:
        zone(key)
    except InvalidValue:
        return False
    return True


class Amount:
    """Money: {"amount": "19.99", "currency": "EUR"}."""

    def dump(self, value: object) -> Json:
        """Return the amount in units of its currency, with the minor unit's places."""
        if type(value) is not Money:
            raise Misplaced("an amount of Money", value)
        return {"amount": NUMBER.dump(value.amount), "currency": value.code}

    def load(self, data: object, found: Found) -> object:
        """Return the money."""
        if type(data) is not dict or data.keys() != {"amount", "currency"}:
            return found.add('money such as {"amount": "19.99", "currency": "EUR"}', data)
        mark = len(found.problems)
        number = NUMBER.load(data["amount"], found)
        found.inside(mark, "amount")
        mark = len(found.problems)
        code = CURRENCY.load(data["currency"], found)
        found.inside(mark, "currency")
        if not isinstance(number, Decimal) or not isinstance(code, str):
            return BAD
        try:
            return Money(number, code)
        except InvalidValue as error:
            return found.add(error.expected, data["amount"])

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of money."""
        shape: Schema = {
            "type": "object",
            "properties": {"amount": NUMBER.schema(defs), "currency": CURRENCY.schema(defs)},
            "required": ["amount", "currency"],
            "additionalProperties": False,
        }
        defs.setdefault("money", shape)
        return {"$ref": "#/$defs/money"}


TEXT: Final = Text()
WHOLE: Final = Whole()
FLAG: Final = Flag()
DAY: Final = Day()
INSTANT: Final = Instant()
POINT: Final = Point()
CLOCK: Final = Clock()
NUMBER: Final = Number()
CURRENCY: Final = CurrencyCode()
ZONE: Final = ZoneKey()
AMOUNT: Final = Amount()
