"""Whether a value is exactly what its class says, asked of the type hints alone; and whether two are one."""

import types
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
from pendulum import UTC, DateTime

from acctcore.billing.proration.model import Basis
from acctcore.billing.proration.periods import Reach
from acctcore.billing.proration.policy import Divisor, RatioStyle, Reference
from acctcore.billing.proration.settlement import Cap, Settlement
from acctcore.kernel.calendar import Grid
from acctcore.kernel.measures import Measure
from acctcore.kernel.money import Money
from acctcore.receivables import payments
from acctcore.testing.values import KINDS, hints

# What a class must have to stand where a protocol is asked for.
PROTOCOLS: Mapping[Any, frozenset[str]] = {
    Basis: frozenset({"policy", "amount", "explain"}),
    Measure: frozenset({"unit", "instants", "additive", "length"}),
    Reference: frozenset({"whole"}),
    RatioStyle: frozenset({"write"}),
    Divisor: frozenset({"lengths"}),
    Reach: frozenset({"until"}),
    payments.Order: frozenset({"name", "version", "claims", "spread"}),
    Settlement: frozenset({"ref", "laws", "credit"}),
    Cap: frozenset({"limit"}),
    Grid: frozenset({"every", "start", "span", "number"}),
}
EXACT = (str, int, bool, Decimal, time, Money)


def wrong(value: object, hint: Any = None, path: str = "$") -> list[str]:
    """Every place where a value is not of the type that is written there."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        found = [wrong(value, argument, path) for argument in arguments]
        return min(found, key=len)
    if origin is tuple or origin is frozenset:
        if type(value) is not origin:
            return [f"{path}: {value!r} is no {origin.__name__}"]
        repeated = origin is frozenset or arguments[-1] is Ellipsis
        each = [arguments[0]] * len(value) if repeated else list(arguments)
        if len(each) != len(value):
            return [f"{path}: {value!r} has another length"]
        pairs = zip(value, each, strict=True)
        return [
            problem
            for index, (entry, kind) in enumerate(pairs)
            for problem in wrong(entry, kind, f"{path}[{index}]")
        ]
    if hint is type(None) or hint is None:
        right = value is None if hint is not None else type(value) in KINDS
    elif hint is date or isinstance(hint, TypeVar):
        right = type(value) is date or instant(value) or (isinstance(hint, TypeVar) and type(value) in KINDS)
    elif hint is DateTime:
        right = instant(value)
    elif hint in EXACT or (isinstance(hint, type) and issubclass(hint, Enum)):
        right = type(value) is hint
    else:
        kind = origin or hint
        needed = PROTOCOLS.get(kind)
        right = needed <= set(dir(value)) if needed is not None else isinstance(value, kind)
        right = right and type(value) in KINDS
    if not right:
        return [f"{path}: {value!r} is no {hint}"]
    if type(value) not in KINDS:
        return []
    return [
        problem
        for name, kind in hints(type(value)).items()
        for problem in wrong(getattr(value, name), kind, f"{path}.{name}")
    ]


def instant(value: object) -> bool:
    return type(value) is DateTime and value.tzinfo is UTC


def same(one: object, other: object) -> bool:
    """Whether two values are one: kind for kind, digit for digit, down to their last field."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one.as_tuple() == other.as_tuple()
    if isinstance(one, DateTime) and isinstance(other, DateTime):
        return one == other and one.tzinfo is other.tzinfo
    if type(one) in KINDS:
        kind: Any = type(one)
        fields = attrs.fields(kind)
        return all(same(getattr(one, item.name), getattr(other, item.name)) for item in fields)
    return one == other


def plain(data: object) -> bool:
    """Whether data is dict, list, str, int, bool and None, and nothing that only looks like them."""
    if type(data) is dict:
        return all(type(key) is str and plain(entry) for key, entry in data.items())
    if type(data) is list:
        return all(map(plain, data))
    return type(data) in (str, int, bool, type(None))
