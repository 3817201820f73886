"""Somebody else's invoice as plain data, read into exact numbers, with every mistake collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from acctcore.kernel.currencies import places
from acctcore.kernel.errors import InvalidValue

Plain: TypeAlias = Mapping[str, object]

SHAPE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "invoice": ("number", "currency", "lines", "allowances", "charges", "taxes", "totals"),
        "line": (
            "id",
            "quantity",
            "price",
            "gross_price",
            "price_discount",
            "base_quantity",
            "allowances",
            "charges",
            "net",
            "category",
            "rate",
            "keys",
        ),
        "key": ("category", "rate"),
        "allowance": ("amount", "base", "percent", "category", "rate"),
        "charge": ("amount", "base", "percent", "category", "rate"),
        "tax": ("category", "rate", "base", "amount", "reason", "reason_code"),
        "totals": (
            "lines",
            "allowances",
            "charges",
            "net",
            "tax",
            "gross",
            "prepaid",
            "rounding",
            "payable",
        ),
    }
)
"""The keys of each table; a line may have several taxes, then as `keys`, each with category and rate.

`lines` to `payable` of the totals are BT-106 to 110 and 112 to 115 of EN 16931; of a line, `net` is
BT-131, `price` BT-146, `gross_price` BT-148, `price_discount` BT-147, `quantity` BT-129 and
`base_quantity` BT-149.
"""


# What is read

EXACT = Context(prec=60)
NO_RATE = frozenset({"O"})

Key: TypeAlias = tuple[str, Decimal | None]


@frozen
class Part:
    """An allowance or a charge."""

    where: str
    amount: Decimal
    base: Decimal | None
    percent: Decimal | None
    key: Key | None
    sign: int


@frozen
class Line:
    """A line, its allowances and charges, and the keys of the taxes that fall on it."""

    where: str
    net: Decimal
    quantity: Decimal | None
    price: Decimal | None
    gross_price: Decimal | None
    price_discount: Decimal | None
    base_quantity: Decimal
    parts: tuple[Part, ...]
    keys: tuple[Key, ...]


@frozen
class Tax:
    """The tax of one key, and whether a reason is stated."""

    where: str
    key: Key
    base: Decimal
    amount: Decimal
    reason: bool


@frozen
class Invoice:
    """An invoice in exact numbers; `digits` are the decimals of its currency."""

    digits: int
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    taxes: tuple[Tax, ...]
    totals: Mapping[str, Decimal]


class Reading:
    """Reads plain data and keeps every mistake in it."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def invoice(self, data: object) -> Invoice | None:
        table = self.table("invoice", data, "invoice")
        currency = table.get("currency")
        try:
            digits = places(currency)  # type: ignore[arg-type]  # it says what is none
        except InvalidValue as error:
            self.mistakes.append(f"currency: expected {error.expected}, got {currency!r}")
            digits = 0
        totals = self.table("totals", table.get("totals", {}), "totals")
        return Invoice(
            digits,
            tuple(self.line(each, where) for where, each in self.many(table, "lines", "")),
            tuple(self.parts(table, "")),
            tuple(self.tax(each, where) for where, each in self.many(table, "taxes", "")),
            {name: self.number(value, f"totals.{name}") for name, value in totals.items()},
        )

    def table(self, kind: str, data: object, where: str) -> Plain:
        if not isinstance(data, Mapping):
            self.mistakes.append(f"{where}: expected a table, got {data!r}")
            return {}
        for key in data:
            if key not in SHAPE[kind]:
                self.mistakes.append(f"{where}: expected a key among {', '.join(SHAPE[kind])}, got {key!r}")
        return {key: value for key, value in data.items() if value is not None}

    def many(self, table: Plain, name: str, where: str) -> Iterator[tuple[str, object]]:
        given = table.get(name, ())
        if not isinstance(given, Sequence) or isinstance(given, str):
            self.mistakes.append(f"{where}{name}: expected an array, got {given!r}")
            return
        for number, each in enumerate(given, 1):
            yield f"{where}{name}[{number}]", each

    def number(self, value: object, where: str) -> Decimal:
        text = repr(value) if isinstance(value, float) else value
        if isinstance(text, str | int | Decimal) and not isinstance(text, bool):
            try:
                number = Decimal(text, EXACT)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number.adjusted()) < 30:
                return number
        self.mistakes.append(f"{where}: expected a number, got {value!r}")
        return Decimal(0)

    def wanted(self, table: Plain, name: str, where: str) -> Decimal:
        if name not in table:
            self.mistakes.append(f"{where}.{name}: expected a number, got nothing")
            return Decimal(0)
        return self.number(table[name], f"{where}.{name}")

    def asked(self, table: Plain, name: str, where: str) -> Decimal | None:
        return self.number(table[name], f"{where}.{name}") if name in table else None

    def line(self, data: object, where: str) -> Line:
        table = self.table("line", data, where)
        base = self.asked(table, "base_quantity", where)
        keys = [
            self.key(self.table("key", each, place), place)
            for place, each in self.many(table, "keys", f"{where}.")
        ]
        if "category" in table:
            keys.append(self.key(table, where))
        return Line(
            where,
            self.wanted(table, "net", where),
            self.asked(table, "quantity", where),
            self.asked(table, "price", where),
            self.asked(table, "gross_price", where),
            self.asked(table, "price_discount", where),
            Decimal(1) if base is None else base,
            tuple(self.parts(table, f"{where}.")),
            tuple(keys),
        )

    def key(self, table: Plain, where: str) -> Key:
        category = table.get("category")
        if not isinstance(category, str) or not category:
            self.mistakes.append(f"{where}.category: expected a tax category, got {category!r}")
            category = "?"
        rate = self.asked(table, "rate", where)
        if rate is None and category not in NO_RATE:
            rate = Decimal(0)
        return category, None if rate is None else rate.normalize(EXACT)

    def parts(self, table: Plain, where: str) -> Iterator[Part]:
        for kind, name, sign in (("allowance", "allowances", -1), ("charge", "charges", 1)):
            for place, data in self.many(table, name, where):
                part = self.table(kind, data, place)
                yield Part(
                    place,
                    self.wanted(part, "amount", place),
                    self.asked(part, "base", place),
                    self.asked(part, "percent", place),
                    self.key(part, place) if "category" in part else None,
                    sign,
                )

    def tax(self, data: object, where: str) -> Tax:
        table = self.table("tax", data, where)
        reason = bool(table.get("reason") or table.get("reason_code"))
        return Tax(
            where,
            self.key(table, where),
            self.wanted(table, "base", where),
            self.wanted(table, "amount", where),
            reason,
        )
