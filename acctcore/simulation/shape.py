"""Plain TOML data into the library's own values, by their types, with every mistake collected.

The rooms' own converters and validators are asked field by field, so that nothing is checked twice
and a table with three mistakes gets three messages.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import Final, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from attrs import Attribute
from pendulum import DateTime

from acctcore.kernel.calendar import Every, Unit, at_local, instant
from acctcore.kernel.errors import InvalidValue, shown
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.simulation.mistakes import Mistake

T = TypeVar("T")


class _Bad(Enum):
    BAD = "bad"


BAD: Final = _Bad.BAD
"""Stands where a value could not be made; the mistake is recorded."""

Table = Mapping[str, object]


class Shape:
    """Makes values of plain data and keeps every mistake that it meets."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.zone = "UTC"
        self.currency: str | None = None
        self.actors: dict[str, Actor] = {}

    # mistakes

    def wrong(self, where: str, expected: str, found: object, hint: str = "") -> _Bad:
        """Record a mistake."""
        self.mistakes.append(Mistake(where, expected, written(found), hint))
        return BAD

    def unknown_keys(self, where: str, table: Table, known: Iterable[str]) -> None:
        """Record every key that means nothing here, with the one that was perhaps meant."""
        names = list(dict.fromkeys(known))
        for key in table:
            if key not in names:
                self.wrong(join(where, key), f"a key among {', '.join(names)}", key, meant(key, names))

    def missing(self, where: str, expected: str) -> _Bad:
        """Record a key that has to be there."""
        return self.wrong(where, expected, _Told("nothing"))

    def made(self, where: str, make: Callable[[], T]) -> T | _Bad:
        """Return a value that is made, or BAD, with what it says against itself recorded."""
        try:
            return make()
        except InvalidValue as error:
            return self.wrong(where, error.expected, error.got)

    # tables

    def table(self, where: str, value: object) -> Table:
        """Return a table; an empty one where it is none, with the mistake recorded."""
        if isinstance(value, dict):
            return value
        self.wrong(where, "a table", value)
        return {}

    def tables(self, where: str, value: object) -> list[tuple[str, Table]]:
        """Return the tables of an array, each with its key path; what is none is recorded and left out."""
        if not isinstance(value, list):
            header = re.sub(r"\[\d+\]", "", where)
            self.wrong(where, f"tables, each headed [[{header}]]", value)
            return []
        places = [(f"{where}[{number}]", entry) for number, entry in enumerate(value, 1)]
        return [(place, self.table(place, entry)) for place, entry in places if self._is_table(place, entry)]

    def _is_table(self, where: str, value: object) -> bool:
        return isinstance(value, dict) or self.wrong(where, "a table", value) is not BAD

    def build(
        self,
        kind: type,
        table: Table,
        where: str,
        fixed: Mapping[str, object] = types.MappingProxyType({}),
        also: Iterable[str] = (),
        left_out: Iterable[str] = (),
    ) -> object:
        """Return a value of an attrs class made from a table, or BAD.

        `fixed` are fields that are known already (or BAD), `also` keys that somebody else reads,
        `left_out` fields that no scenario writes.
        """
        hints = get_type_hints(kind)
        wanted = [each for each in attrs.fields(kind) if each.init and each.name not in left_out]
        self.unknown_keys(where, table, [*also, *(each.name for each in wanted if each.name not in fixed)])
        values: dict[str, object] = {}
        for each in wanted:
            name = each.name
            if name in fixed:
                values[name] = fixed[name]
            elif name in table:
                values[name] = self._field(kind, each, hints[name], table[name], join(where, name))
            elif each.default is attrs.NOTHING:
                values[name] = self.missing(join(where, name), describe(hints[name]))
        if any(value is BAD for value in values.values()):
            return BAD
        try:
            return cast(object, kind(**values))
        except InvalidValue as error:
            return self.wrong(_place(where, error.where, values), error.expected, error.got)

    def _field(self, kind: type, field: Attribute[object], hint: object, given: object, where: str) -> object:
        """Return the value of one field, checked by the class's own converter and validator."""
        value = self.value(hint, given, where)
        if value is BAD:
            return BAD
        try:
            convert = cast(Callable[[object], object] | None, field.converter)
            converted = value if convert is None else convert(value)
            if field.validator is not None:
                field.validator(object.__new__(kind), field, converted)
        except InvalidValue as error:
            return self.wrong(where, error.expected, given)
        return value

    # values

    def value(self, hint: object, given: object, where: str) -> object:
        """Return what plain data stands for where a value of this type is wanted, or BAD."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._one_of([each for each in arguments if each is not types.NoneType], given, where)
        if isinstance(given, float) and hint is not bool:
            return self.wrong(where, describe(hint), given, quoted(given, hint))
        if origin is tuple and get_origin(arguments[0]) is tuple:
            return self._pairs(get_args(arguments[0])[1], given, where)
        if origin in (tuple, frozenset):
            return self._many(origin, arguments[0], given, where)
        return self._single(hint, given, where)

    def _one_of(self, hints: list[object], given: object, where: str) -> object:
        """Return the value under the first type that takes such data: a text is no date."""
        fitting = [hint for hint in hints if isinstance(given, str) is not (hint in (date, DateTime))]
        if len(hints) == 1 or not fitting:
            fitting = hints
        if len(hints) > 1 and isinstance(given, str) and not any(given == each for each in _choices(fitting)):
            expected = " or ".join(describe(hint) for hint in hints)
            return self.wrong(where, expected, given, meant(given, _choices(fitting)) or _date_hint(given))
        return self.value(fitting[0], given, where)

    def _pairs(self, hint: object, given: object, where: str) -> object:
        if not isinstance(given, dict):
            return self.wrong(where, "a table such as { seat = 5 }", given)
        pairs = [(key, self.value(hint, entry, join(where, key))) for key, entry in given.items()]
        return (
            BAD if any(entry is BAD for _, entry in pairs) else tuple(sorted(pairs, key=lambda pair: pair[0]))
        )

    def _many(self, kind: type, hint: object, given: object, where: str) -> object:
        if kind is frozenset and hint is str and isinstance(given, str):
            given = [given]
        if not isinstance(given, list):
            return self.wrong(where, f"an array: [{describe(hint)}, …]", given)
        entries = [self.value(hint, entry, f"{where}[{number}]") for number, entry in enumerate(given, 1)]
        if any(entry is BAD for entry in entries):
            return BAD
        return tuple(entries) if kind is tuple else frozenset(entries)

    def _single(self, hint: object, given: object, where: str) -> object:
        if hint is str or hint is bool:
            return given if type(given) is hint else self.wrong(where, describe(hint), given)
        if hint is int:
            return given if type(given) is int else self.wrong(where, describe(hint), given)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self._choice(hint, given, where)
        if hint is DateTime:
            return self.moment(given, where)
        if hint is date:
            return self._date(given, where)
        if hint is Decimal:
            return self._decimal(given, where)
        if hint is Every:
            return self._every(given, where)
        if hint is Money:
            return self._amount(Money, given, where)
        if hint is Price:
            return self._amount(Price, given, where)
        if hint is Actor:
            return self._actor(given, where)
        if isinstance(hint, type) and attrs.has(hint):
            return (
                self.build(hint, self.table(where, given), where)
                if isinstance(given, dict)
                else self.wrong(where, "a table", given)
            )
        return self.wrong(where, describe(hint), given)

    def _choice(self, kind: type[Enum], given: object, where: str) -> object:
        for member in kind:
            if member.value == given:
                return member
        return self.wrong(where, describe(kind), given, meant(given, _choices([kind])))

    def moment(self, given: object, where: str) -> object:
        """Return the instant of a datetime or a date; without an offset, in the account's zone."""
        try:
            if isinstance(given, datetime):
                if given.tzinfo is not None:
                    return instant(given)
                return at_local(given.date(), self.zone, given.time())
            if isinstance(given, date):
                return at_local(given, self.zone)
        except InvalidValue as error:
            return self.wrong(where, error.expected, given)
        return self.wrong(where, describe(DateTime), given, _date_hint(given))

    def _date(self, given: object, where: str) -> object:
        if isinstance(given, datetime):
            return self.moment(given, where)
        return (
            given if isinstance(given, date) else self.wrong(where, describe(date), given, _date_hint(given))
        )

    def _decimal(self, given: object, where: str) -> object:
        if type(given) is int:
            return Decimal(given)
        try:
            return Decimal(given) if isinstance(given, str) else self.wrong(where, describe(Decimal), given)
        except ArithmeticError:
            return self.wrong(where, describe(Decimal), given)

    def _every(self, given: object, where: str) -> object:
        words = given.split() if isinstance(given, str) else []
        count, unit = words if len(words) == 2 else ["1", *words] if len(words) == 1 else ["", ""]
        known = {unit.value: unit for unit in Unit}
        singular = unit.removesuffix("s")
        if singular not in known or not count.isascii() or not count.isdigit():
            return self.wrong(where, describe(Every), given, meant(singular, known))
        try:
            return Every(int(count[:10]), known[singular])
        except InvalidValue as error:
            return self.wrong(where, error.expected, given)

    def _amount(self, kind: type, given: object, where: str) -> object:
        words = given.split() if isinstance(given, str) else []
        if len(words) == 1 and self.currency is not None:
            words.append(self.currency)
        if len(words) != 2:
            hint = "quote it, and name the currency" if type(given) is int else ""
            return self.wrong(where, describe(kind), given, hint)
        try:
            return cast(object, kind(*words))
        except InvalidValue as error:
            return self.wrong(where, f"{describe(kind)}: {error.expected}", given)

    def _actor(self, given: object, where: str) -> object:
        if isinstance(given, str) and given in self.actors:
            return self.actors[given]
        expected = (
            f"an actor among {', '.join(self.actors)}" if self.actors else "an actor; there is no [[actor]]"
        )
        return self.wrong(where, expected, given, meant(given, self.actors))


# Words


class _Told(str):
    """What was found, in words of ours."""

    __slots__ = ()


def join(where: str, key: str) -> str:
    """Return the path of a key in a table."""
    return f"{where}.{key}" if where else key


def meant(given: object, known: Iterable[str]) -> str:
    """Return the question whether a near word was meant, or nothing."""
    near = get_close_matches(given, list(known), n=1) if isinstance(given, str) else []
    return f"did you mean {near[0]}?" if near else ""


def describe(hint: object) -> str:
    """Return what a scenario writes where a value of this type is wanted."""
    if get_origin(hint) in (tuple, frozenset):
        return "an array"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(f'"{choice}"' for choice in _choices([hint]))
    words: Mapping[object, str] = {
        str: "a text in quotes",
        bool: "true or false",
        int: "a whole number",
        date: "a date such as 2024-01-31",
        DateTime: "a date and time such as 2024-01-31T09:00:00",
        Decimal: 'a decimal number in quotes, such as "8.875"',
        Every: 'an interval such as "1 month", "2 weeks" or "1 year"',
        Money: 'an amount in quotes with its currency, such as "20.00 EUR"',
        Price: 'a price in quotes with its currency, such as "12.00 EUR"',
        Actor: "the id of an actor",
    }
    return words.get(hint, "a table")


def _choices(hints: Iterable[object]) -> list[str]:
    kinds = [hint for hint in hints if isinstance(hint, type) and issubclass(hint, Enum)]
    return [str(member.value) for kind in kinds for member in kind]


class Inexact(float):
    """A number with a point, as it was written: TOML would read it as a binary fraction."""

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __repr__(self) -> str:
        return self.text


def quoted(given: object, hint: object) -> str:
    """Return the advice to write a number with a point in quotes, where an exact one is wanted."""
    if not isinstance(given, float) or hint not in (str, Decimal, Money, Price):
        return ""
    return f'a number with a point is not exact; write it in quotes: "{given!r}"'


def _date_hint(given: object) -> str:
    return "dates are written without quotes" if isinstance(given, str) and given[:4].isdigit() else ""


def written(found: object) -> str:
    """Return what came as it is written in TOML, cut where it is long."""
    if isinstance(found, _Told):
        return found
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, str):
        return json.dumps(found[:60] + ("…" if len(found) > 60 else ""), ensure_ascii=False)
    if isinstance(found, date | time):
        return found.isoformat()
    return shown(found, 60)


def _place(where: str, told: str, names: Iterable[str]) -> str:
    """Return the key that a value's own complaint is about, as far as it tells."""
    name = told.rpartition(".")[2]
    return join(where, name) if name in names else where
