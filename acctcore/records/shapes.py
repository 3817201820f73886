"""What is put together: optional values, lists, sets, and records with their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from acctcore.kernel.errors import AcctcoreError, InvalidValue, Unhandled
from acctcore.records.plain import Json, Schema, Shape
from acctcore.records.problems import BAD, NOTHING, Found, Misplaced

if TYPE_CHECKING:
    from acctcore.records.table import Table

HOSTILE = (AcctcoreError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What code that was written for valid values may raise for others."""


D = TypeVar("D")

_TYPE = frozenset({"type"})


class Optional:
    """A value or null."""

    def __init__(self, of: Shape) -> None:
        self.of = of

    def dump(self, value: object) -> Json:
        """Return null for None."""
        return None if value is None else self.of.dump(value)

    def load(self, data: object, found: Found) -> object:
        """Return None for null."""
        return None if data is None else self.of.load(data, found)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of either."""
        return {"anyOf": [self.of.schema(defs), {"type": "null"}]}


class Many:
    """A tuple of values of one kind, written as a list."""

    def __init__(self, of: Shape) -> None:
        self.of = of

    def dump(self, value: object) -> Json:
        """Return a list in the same order."""
        if type(value) is not tuple:
            raise Misplaced("a tuple", value)
        return _listed(self.of.dump, value)

    def load(self, data: object, found: Found) -> object:
        """Return a tuple in the same order."""
        if type(data) is not list:
            return found.add("a list", data)
        values = _entries(self.of.load, data, found)
        return BAD if values is None else tuple(values)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a list."""
        return {"type": "array", "items": self.of.schema(defs)}


def _listed(dump: Callable[[object], Json], values: Iterable[object]) -> list[Json]:
    written: list[Json] = []
    try:
        for entry in values:
            written.append(dump(entry))  # noqa: PERF401 - its length is the place of what cannot be written
    except Misplaced as problem:
        raise problem.inside(len(written)) from None
    return written


def _entries(
    load: Callable[[object, Found], object], data: list[object], found: Found
) -> list[object] | None:
    """Return the values of all entries, or None where one of them is wrong."""
    values: list[object] = []
    mark = len(found.problems)
    wrong = False
    for entry in data:
        value = load(entry, found)
        if value is BAD:
            found.inside(mark, len(values))
            mark = len(found.problems)
            wrong = True
        values.append(value)
    return None if wrong else values


class Fixed:
    """A tuple of a fixed length, each place with a shape of its own, written as a list."""

    def __init__(self, places: tuple[Shape, ...]) -> None:
        self.places = places
        self.expected = f"a list of {len(places)} values"

    def dump(self, value: object) -> Json:
        """Return a list in the same order."""
        if type(value) is not tuple or len(value) != len(self.places):
            raise Misplaced(f"a tuple of {len(self.places)} values", value)
        dumps = iter(self.places)
        return _listed(lambda entry: next(dumps).dump(entry), value)

    def load(self, data: object, found: Found) -> object:
        """Return a tuple in the same order."""
        if type(data) is not list or len(data) != len(self.places):
            return found.add(self.expected, data)
        loads = iter(self.places)
        values = _entries(lambda entry, found: next(loads).load(entry, found), data, found)
        return BAD if values is None else tuple(values)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a list of that length."""
        count = len(self.places)
        return {
            "type": "array",
            "prefixItems": [shape.schema(defs) for shape in self.places],
            "minItems": count,
            "maxItems": count,
        }


class Words:
    """A set of texts, or of members of an enumeration, written as a sorted list."""

    def __init__(self, of: Shape) -> None:
        self.of = of

    def dump(self, value: object) -> Json:
        """Return the texts in the order of their code points."""
        if type(value) is not frozenset:
            raise Misplaced("a frozenset", value)
        written: list[Json] = [*sorted(map(str, _listed(self.of.dump, value)))]
        return written

    def load(self, data: object, found: Found) -> object:
        """Return the set; the list may be in any order but names nothing twice."""
        if type(data) is not list:
            return found.add("a list of different texts", data)
        values = _entries(self.of.load, data, found)
        if values is None:
            return BAD
        words = frozenset(values)
        return words if len(words) == len(data) else found.add("a list of different texts", data)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form of a set."""
        return {"type": "array", "items": self.of.schema(defs), "uniqueItems": True}


class Record:
    """One class of the table with its fields; `axis` is the kind of point that a generic one holds.

    It bears its tag where several kinds may stand, and from version 2 on everywhere: without a tag,
    data is version 1 of the only kind that may stand in its place.
    """

    def __init__(self, table: Table, kind: type, tag: str, axis: type | None) -> None:
        self.table = table
        self.kind = kind
        self.tag = tag
        self.axis = axis
        self.name, _, version = tag.rpartition("/")
        self.first = f"{self.name}/1"
        self.bears_tag = version != "1"

    @cached_property
    def fields(self) -> Mapping[str, Shape]:
        """The fields in their order, each with its shape; resolved late, as records hold one another."""
        return self.table.fields(self.kind, self.axis)

    @cached_property
    def _dumpers(self) -> tuple[tuple[str, Callable[[object], object], Callable[[object], Json]], ...]:
        return tuple([(name, attrgetter(name), shape.dump) for name, shape in self.fields.items()])

    @cached_property
    def _loaders(self) -> tuple[tuple[str, Callable[[object, Found], object]], ...]:
        return tuple([(name, shape.load) for name, shape in self.fields.items()])

    def dump(self, value: object) -> Json:
        """Return the fields, and the tag where it is needed."""
        if type(value) is not self.kind:
            raise Misplaced(f"a {self.name}", value)
        return self._dumped({"type": self.tag} if self.bears_tag else {}, value)

    def dump_tagged(self, value: object) -> Json:
        """Return the tag and the fields."""
        return self._dumped({"type": self.tag}, value)

    def _dumped(self, written: dict[str, Json], value: object) -> Json:
        name = ""
        try:
            for name, get, dump in self._dumpers:
                written[name] = dump(get(value))
        except Misplaced as problem:
            raise problem.inside(name) from None
        return written

    def load(self, data: object, found: Found) -> object:
        """Return the record; without a tag, the data is version 1 of this very kind."""
        if type(data) is not dict:
            return found.add(f"an object: {self.name}", data)
        if "type" in data or self.bears_tag:
            tagged = data if "type" in data else {"type": self.first, **data}
            current = self.table.current(tagged, found)
            if current is None:
                return BAD
            kind, data = current
            if kind is not self.kind:
                return found.add(self.tag, data["type"])
        return self.load_fields(data, found)

    def load_fields(self, data: dict[str, object], found: Found) -> object:
        """Return the record of data that is known to be of this kind and version."""
        values: dict[str, object] = {}
        wrong = False
        mark = len(found.problems)
        for name, load in self._loaders:
            value = load(data[name], found) if name in data else found.add("a value", NOTHING)
            if value is BAD:
                found.inside(mark, name)
                mark = len(found.problems)
                wrong = True
            values[name] = value
        if not data.keys() <= values.keys() | _TYPE:
            wrong = True
            for key in data.keys() - values.keys() - _TYPE:
                found.add(f"no other keys than those of {self.tag}", key)
        return BAD if wrong else self._made(values, found)

    def _made(self, values: dict[str, object], found: Found) -> object:
        """Return the record that these values make, if its own rules accept them."""
        try:
            value: object = self.kind(**values)
            broken = self.table.broken(value, found.check)
        except InvalidValue as error:
            mark = len(found.problems)
            found.add(error.expected, error.got)
            name = error.where.rpartition(".")[2]
            if name in values:
                found.inside(mark, name)
            return BAD
        except HOSTILE as error:
            return found.add(f"a valid {self.name}", str(error))
        for problem in broken:
            found.add(f"a valid {self.name}", problem)
        return BAD if broken else value

    @property
    def def_name(self) -> str:
        """The name of its schema: its own, and the kind of its points."""
        if self.axis is None:
            return self.name
        return f"{self.name}.{self.table.axes[self.axis]}"

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return a reference to the record's schema; the tag may stand there where it is not needed."""
        name = self.def_name
        if name not in defs:
            properties: dict[str, Json] = {"type": {"const": self.tag}}
            required: list[Json] = ["type", *self.fields] if self.bears_tag else [*self.fields]
            defs[name] = {}  # records hold one another
            for field, shape in self.fields.items():
                properties[field] = shape.schema(defs)
            summary = (self.kind.__doc__ or self.name).partition("\n")[0]
            defs[name] = {
                "description": summary,
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}

    def schema_tagged(self, defs: dict[str, Schema]) -> Schema:
        """Return the same where the tag is needed."""
        return {**self.schema(defs), "required": ["type"]}


class EitherAxis:
    """A record that holds points of either kind, and of one kind only."""

    def __init__(self, axes: tuple[Record, ...]) -> None:
        self.axes = axes
        self.kind = axes[0].kind
        self.tag = axes[0].tag
        self.name = axes[0].name

    def dump(self, value: object) -> Json:
        """Return the record on the axis that all its points lie on."""
        return self._dumped([axis.dump for axis in self.axes], value)

    def dump_tagged(self, value: object) -> Json:
        """Return the same with its tag."""
        return self._dumped([axis.dump_tagged for axis in self.axes], value)

    def _dumped(self, dumps: list[Callable[[object], Json]], value: object) -> Json:
        first: Misplaced | None = None
        for dump in dumps:
            try:
                return dump(value)
            except Misplaced as problem:
                first = first or problem
        raise first or Unhandled(value)  # there is an axis, and it raised

    def load(self, data: object, found: Found) -> object:
        """Return the record on the axis that the data lies on, or the mistakes of the nearest."""
        return self._loaded([axis.load for axis in self.axes], data, found)

    def load_fields(self, data: dict[str, object], found: Found) -> object:
        """Return the same of data that is known to be of this kind and version."""
        return self._loaded([axis.load_fields for axis in self.axes], data, found)

    def _loaded(self, loads: list[Callable[[D, Found], object]], data: D, found: Found) -> object:
        fewest: Found | None = None
        for load in loads:
            tried = Found(found.check)
            value = load(data, tried)
            if not tried.problems:
                return value
            if fewest is None or len(tried.problems) < len(fewest.problems):
                fewest = tried
        if fewest is None:
            raise Unhandled(data)  # there is an axis, and it found something
        found.take(fewest)
        return BAD

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the form on either axis."""
        return {"anyOf": [axis.schema(defs) for axis in self.axes]}

    def schema_tagged(self, defs: dict[str, Schema]) -> Schema:
        """Return the same where the tag is needed."""
        return {**self.schema(defs), "required": ["type"]}


class OneOf:
    """Any of several kinds of record; the tag says which."""

    def __init__(self, expected: str, table: Table, kinds: tuple[Record | EitherAxis, ...]) -> None:
        self.expected = expected
        self.table = table
        self.kinds = {record.kind: record for record in kinds}

    def dump(self, value: object) -> Json:
        """Return the record with its tag."""
        record = self.kinds.get(type(value))
        if record is None:
            raise Misplaced(self.expected, value)
        return record.dump_tagged(value)

    def load(self, data: object, found: Found) -> object:
        """Return the record that the tag names."""
        if type(data) is not dict:
            return found.add(f"an object: {self.expected}", data)
        current = self.table.current(data, found)
        if current is None:
            return BAD
        kind, fields = current
        record = self.kinds.get(kind)
        if record is None:
            return found.add(self.expected, fields["type"])
        return record.load_fields(fields, found)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        """Return the forms of all of them; what nothing is, where there is none."""
        if not self.kinds:
            return {"not": {}}
        return {"anyOf": [record.schema_tagged(defs) for record in self.kinds.values()]}
