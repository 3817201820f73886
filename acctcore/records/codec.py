"""What hosts ask: value to data and back, the same in text, and one text for a digest."""

from __future__ import annotations

import json
from typing import Final, TypeVar, overload

from acctcore.kernel.errors import InvalidValue
from acctcore.records.plain import Json, Shape
from acctcore.records.problems import BAD, Found, Misplaced
from acctcore.records.shapes import EitherAxis, Many, Record
from acctcore.records.table import Table
from acctcore.records.tags import TABLE
from acctcore.records.text import Limits, parse, survey

T = TypeVar("T")
LIMITS: Final = Limits()


def dump(value: object, expected: object = None, *, table: Table = TABLE) -> Json:
    """Return a record as plain data, with its tag; a tuple of records as a list.

    `expected` is a type as `load` takes it: then also what is no record by itself (money, a date, a
    tuple of those) is written, as it is in a field of that type.

    Raises: InvalidValue, with the path, for what is no record or holds a value that is not as its
    class says.
    """
    shape = _expected(type(value) is tuple, expected, table)
    try:
        return _tagged(shape, value) if isinstance(shape, Record | EitherAxis) else shape.dump(value)
    except Misplaced as problem:
        raise problem.error() from None
    except RecursionError:
        raise InvalidValue("a value that is not so deep", value, "$") from None


def _tagged(shape: Record | EitherAxis, value: object) -> Json:
    if type(value) is not shape.kind:
        raise Misplaced(f"a {shape.name}", value)
    return shape.dump_tagged(value)


@overload
def load(
    data: object,
    expected: type[T],
    *,
    table: Table = ...,
    limits: Limits = ...,
    check: bool = ...,
) -> T: ...


@overload
def load(
    data: object,
    expected: object = ...,
    *,
    table: Table = ...,
    limits: Limits = ...,
    check: bool = ...,
) -> object: ...


def load(
    data: object,
    expected: object = None,
    *,
    table: Table = TABLE,
    limits: Limits = LIMITS,
    check: bool = True,
) -> object:
    """Return the record that plain data stands for; of a list, a tuple of records.

    `expected` is a class of the table, a base of some, or a type such as `tuple[Event, ...]`; without
    it, any record will do. With `check`, documents must also add up.

    Raises: InvalidValue or UnknownRecord with the path of a mistake; RecordErrors with all of them.
    """
    shape = _expected(type(data) is list, expected, table)
    survey(data, limits)
    found = Found(check)
    try:
        value = shape.load(data, found)
    except RecursionError:
        raise InvalidValue("a value that is not so deep", data, "$") from None
    if value is BAD:
        raise found.error() from None
    return value


def _expected(several: bool, expected: object, table: Table) -> Shape:
    if expected is not None:
        return table.shape(expected)
    return Many(table.anything) if several else table.anything


def dumps(value: object, *, indent: int | None = None, table: Table = TABLE) -> str:
    """Return a record as JSON text; without `indent`, on one line."""
    return json.dumps(dump(value, table=table), ensure_ascii=False, indent=indent)


@overload
def loads(
    text: str | bytes,
    expected: type[T],
    *,
    table: Table = ...,
    limits: Limits = ...,
    check: bool = ...,
) -> T: ...


@overload
def loads(
    text: str | bytes,
    expected: object = ...,
    *,
    table: Table = ...,
    limits: Limits = ...,
    check: bool = ...,
) -> object: ...


def loads(
    text: str | bytes,
    expected: object = None,
    *,
    table: Table = TABLE,
    limits: Limits = LIMITS,
    check: bool = True,
) -> object:
    """Return the record that JSON text stands for, as `load` does of its data.

    Raises: as `load`, and InvalidValue for what is no JSON text, too large or names a key twice.
    """
    return load(parse(text, limits), expected, table=table, limits=limits, check=check)


def canonical(value: object, *, table: Table = TABLE) -> bytes:
    """Return the one UTF-8 text that stands for a record: keys sorted, no spaces; for digests and chains."""
    data = dump(value, table=table)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def schema(expected: object = None, *, title: str = "records", table: Table = TABLE) -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of a type, or of any record, complete in itself.

    It describes what this release writes. What no schema can say (that a document adds up, that a zone
    exists, that a hold ends after it begins) is checked by `load`.
    """
    shape = table.anything if expected is None else table.shape(expected)
    defs: dict[str, dict[str, Json]] = {}
    top = shape.schema(defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **top,
        "$defs": {name: defs[name] for name in sorted(defs)},
    }
