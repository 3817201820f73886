"""The table: which record is known by which tag, and what may stand where several kinds may.

A table is a value. `Table.extended` returns a larger one for a host that has operations, reasons or
policies of its own; nothing is registered by being imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from inspect import get_annotations
from types import MappingProxyType, SimpleNamespace, UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Source
from acctcore.records import plain
from acctcore.records.plain import Shape
from acctcore.records.problems import Found
from acctcore.records.shapes import HOSTILE, EitherAxis, Fixed, Many, OneOf, Optional, Record, Words

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]  # type: ignore[explicit-any]
"""Takes data of an old version with its tag, and returns that of the next; changes nothing in place."""

Check: TypeAlias = Callable[[Any], Iterable[str]]  # type: ignore[explicit-any]
"""Tells in words what is wrong with a value beyond its fields; nothing where it is right."""

_TAG = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+/[1-9][0-9]{0,8}").fullmatch
_STEPS = 100

_PLAIN: Mapping[object, Shape] = MappingProxyType(
    {
        str: plain.TEXT,
        int: plain.WHOLE,
        bool: plain.FLAG,
        Decimal: plain.NUMBER,
        date: plain.DAY,
        DateTime: plain.INSTANT,
        time: plain.CLOCK,
        Money: plain.AMOUNT,
    }
)
_AXES: Mapping[type, str] = MappingProxyType({date: "by_date", DateTime: "by_instant"})
# Words of kernel.terms that are plain texts to Python and more than that to a record.
_TERMS: Mapping[str, object] = MappingProxyType(
    {"CurrencyCode": Annotated[str, plain.CURRENCY], "ZoneKey": Annotated[str, plain.ZONE]}
)
# What the kernel imports for type checkers only.
_NAMES: Mapping[str, object] = MappingProxyType({"DateTime": DateTime, "Duty": Duty, "Source": Source})


@frozen(eq=False)
class Table:
    """Every record by its tag, and how old ones are read.

    `tags` names each class once, with its present version. `families` lists what may stand where a
    field asks for a protocol; where it asks for a class that has no tag, every tagged subclass may, and
    a family of nobody says that there may be none.
    `upcasters` lead from an old tag to the next. `checks` tell what a class itself does not refuse;
    `documents` does so unless the caller loads without. `points` are fields of type date that take an
    instant, too; `grids` the kind of point that a kind of grid lies on.
    """

    tags: Mapping[str, type]
    families: Mapping[type, tuple[type, ...]] = field(factory=dict)
    upcasters: Mapping[str, Upcaster] = field(factory=dict)
    checks: Mapping[type, Check] = field(factory=dict)
    documents: Mapping[type, Check] = field(factory=dict)
    points: frozenset[tuple[type, str]] = frozenset()
    grids: Mapping[type, type] = field(factory=dict)
    _shapes: dict[object, Shape] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for tag, kind in self.tags.items():
            if not isinstance(tag, str) or not _TAG(tag):
                raise InvalidValue("tags such as holds.placed/1", tag, "Table.tags")
            if not isinstance(kind, type) or not attrs.has(kind):
                raise InvalidValue("an attrs class for each tag", kind, "Table.tags")
            if "type" in {item.name for item in attrs.fields(kind)}:
                raise InvalidValue("no field named type: the tag stands there", kind, "Table.tags")
        if len(self.by_kind) != len(self.tags):
            raise InvalidValue("one tag for each class", self._twice(), "Table.tags")
        self._refuse_shared_codes()
        for tag in self.upcasters:
            if not isinstance(tag, str) or not _TAG(tag) or tag in self.tags:
                raise InvalidValue("upcasters of tags that are not in use any more", tag, "Table.upcasters")
        for kinds in self.families.values():
            for kind in kinds:
                if kind not in self.by_kind:
                    raise InvalidValue("families of classes that have tags", kind, "Table.families")

    def _refuse_shared_codes(self) -> None:
        """Refuse two kinds of reason under one code: nobody could tell or translate them apart."""
        known: dict[str, type] = {}
        for kind in self.by_kind:
            if issubclass(kind, Reason):
                other = known.setdefault(kind.code, kind)
                if other is not kind:
                    wanted = f"a code of its own for each reason: {kind.code} is that of {_path(other)}"
                    raise InvalidValue(wanted, kind, "Table.tags")

    def _twice(self) -> list[str]:
        return sorted(tag for tag, kind in self.tags.items() if self.by_kind[kind] != tag)

    @cached_property
    def by_kind(self) -> Mapping[type, str]:
        """The tag of each class."""
        return MappingProxyType({kind: tag for tag, kind in self.tags.items()})

    @property
    def axes(self) -> Mapping[type, str]:
        """The kinds of point that a record may lie on, with their names in a schema."""
        return _AXES

    def extended(
        self,
        tags: Mapping[str, type] = MappingProxyType({}),
        *,
        families: Mapping[type, tuple[type, ...]] = MappingProxyType({}),
        upcasters: Mapping[str, Upcaster] = MappingProxyType({}),
        checks: Mapping[type, Check] = MappingProxyType({}),
    ) -> Table:
        """Return a table with more in it: tags, members of families, upcasters and checks.

        Raises: InvalidValue for a tag that is in the table already.
        """
        for tag in tags:
            if tag in self.tags:
                raise InvalidValue("tags that are not in the table yet", tag, "Table.extended")
        joined = {
            family: (*self.families.get(family, ()), *families.get(family, ()))
            for family in {**self.families, **families}
        }
        return Table(
            {**self.tags, **tags},
            joined,
            {**self.upcasters, **upcasters},
            {**self.checks, **checks},
            self.documents,
            self.points,
            self.grids,
        )

    # Reading what is old, and checking what is new

    def current(self, data: dict[str, object], found: Found) -> tuple[type, dict[str, Any]] | None:  # type: ignore[explicit-any]
        """Return the class that data is of and the data in its present version, or None.

        Upcasters are applied one after the other until a tag in use comes out.
        """
        for _ in range(_STEPS):
            tag = data.get("type")
            if not isinstance(tag, str):
                mark = len(found.problems)
                found.add("a tag such as holds.placed/1", tag)
                found.inside(mark, "type")
                return None
            kind = self.tags.get(tag)
            if kind is not None:
                return kind, data
            upcast = self.upcasters.get(tag)
            if upcast is None:
                mark = len(found.problems)
                found.add(self._mend(tag), tag, unknown=True)
                found.inside(mark, "type")
                return None
            try:
                data = upcast(dict(data))
            except HOSTILE as error:
                found.add(f"a record that the upcaster of {tag} can read", str(error))
                return None
            if type(data) is not dict:
                found.add(f"an object from the upcaster of {tag}", data)
                return None
        found.add(f"at most {_STEPS} versions between a record and the present one", data.get("type"))
        return None

    def _mend(self, tag: str) -> str:
        """Return what would make a tag known: a missing step, a later release, or a class of the host's."""
        name, _, version = tag.partition("/")
        in_use = next((each for each in self.tags if each.partition("/")[0] == name), None)
        if in_use is None or not _TAG(tag):
            return "extend the table with the class that it stands for"
        if int(version) < int(in_use.partition("/")[2]):
            return f"add an upcaster from {tag} to the next version; {in_use} is in use"
        return f"read it with the release that wrote it, or a later one; {in_use} is in use here"

    def broken(self, value: object, documents: bool) -> list[str]:
        """Return what is wrong with a value beyond its fields."""
        kind = type(value)
        check = self.checks.get(kind)
        if check is not None and (problems := [*check(value)]):
            return problems
        check = self.documents.get(kind) if documents else None
        return [] if check is None else [*check(value)]

    # From types to shapes

    def shape(self, hint: object, axis: type | None = None) -> Shape:
        """Return how values of a type are written and read; `axis` is what its type variable stands for.

        Raises: InvalidValue for a type that records cannot hold.
        """
        key = (hint, axis)
        try:
            known = self._shapes.get(key)
        except TypeError:
            raise InvalidValue("a type that records can hold", hint, "Table.shape") from None
        if known is None:
            known = self._shapes[key] = self._shape(hint, axis)
        return known

    @cached_property
    def anything(self) -> Shape:
        """How a record of any kind is written and read."""
        return self._one_of("a record", tuple(self.by_kind), None)

    def _shape(self, hint: object, axis: type | None) -> Shape:
        if hint in _PLAIN:
            return _PLAIN[hint]
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return arguments[1]  # type: ignore[no-any-return]
        if isinstance(hint, TypeVar):
            return self._variable(hint, axis)
        if origin in (Union, UnionType):
            return self._union(arguments, axis)
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return Many(self.shape(arguments[0], axis))
            return Fixed(tuple(self.shape(argument, axis) for argument in arguments))
        if origin is frozenset and isinstance(self.shape(arguments[0], axis), plain.Text | plain.Choice):
            return Words(self.shape(arguments[0], axis))
        if isinstance(hint, type) and issubclass(hint, Enum):
            return plain.Choice(hint)
        kind = origin or hint
        if isinstance(kind, type):
            return self._records(kind, self._bound(arguments, axis))
        raise InvalidValue("a type that records can hold", hint, "Table.shape")

    def _variable(self, variable: TypeVar, axis: type | None) -> Shape:
        if variable.__bound__ is None:  # of a Decision: what happens is an event
            return self.shape(Event)
        return plain.POINT if axis is None else _PLAIN[axis]

    def _bound(self, arguments: tuple[object, ...], axis: type | None) -> type | None:
        """Return what a generic's type variable stands for: `Span[date]` may be of either kind."""
        for argument in arguments:
            if argument is DateTime:
                return DateTime
            if isinstance(argument, TypeVar):
                return axis
        return None

    def _union(self, arguments: tuple[object, ...], axis: type | None) -> Shape:
        kinds = tuple(argument for argument in arguments if argument is not type(None))
        if len(kinds) < len(arguments):
            return Optional(self.shape(kinds[0], axis) if len(kinds) == 1 else self._union(kinds, axis))
        if set(kinds) == {date, DateTime}:
            return plain.POINT
        enums = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]
        if len(kinds) == 2 and len(enums) == 1 and date in kinds:
            return plain.ChoiceOrPoint(plain.Choice(enums[0]))
        origins = tuple(dict.fromkeys(get_origin(kind) or kind for kind in kinds))
        if len(origins) == 1 and isinstance(origins[0], type):  # one generic, of dates or of instants
            return self._records(origins[0], None)
        if all(origin in self.by_kind for origin in origins):
            return self._one_of(" or ".join(self.by_kind[kind] for kind in origins), origins, None)  # type: ignore[index, arg-type]
        raise InvalidValue("a union of records, or of an enumeration and a date", kinds, "Table.shape")

    def _records(self, kind: type, axis: type | None) -> Shape:
        if kind in self.by_kind:
            return self._record(kind, axis)
        kinds = self.families.get(kind)
        if not kinds:
            kinds = (
                tuple(each for each in self.by_kind if issubclass(each, kind))
                if attrs.has(kind) or not _is_protocol(kind)
                else ()
            )
        if axis is not None:
            kinds = tuple(each for each in kinds if self.grids.get(each, axis) is axis)
        if not kinds and kind not in self.families:
            raise InvalidValue("a type that records can hold", kind, "Table.shape")
        return self._one_of(f"a record of {kind.__name__}", kinds, axis)

    def _one_of(self, expected: str, kinds: tuple[type, ...], axis: type | None) -> OneOf:
        return OneOf(expected, self, tuple(self._record(kind, axis) for kind in kinds))

    def _record(self, kind: type, axis: type | None) -> Record | EitherAxis:
        tag = self.by_kind[kind]
        if not getattr(kind, "__parameters__", ()) or not _on_an_axis(kind):
            axes: tuple[type | None, ...] = (None,)
        else:
            axes = tuple(_AXES) if axis is None else (axis,)
        records: list[Record] = []
        for each in axes:
            known = self._shapes.get((Record, kind, each))
            if not isinstance(known, Record):
                known = self._shapes[Record, kind, each] = Record(self, kind, tag, each)
            records.append(known)
        return records[0] if len(records) == 1 else EitherAxis(tuple(records))

    def fields(self, kind: type, axis: type | None) -> Mapping[str, Shape]:
        """Return the fields of a class that are given to it, in their order, each with its shape."""
        shapes: dict[str, Shape] = {}
        for item in attrs.fields(kind):
            if item.init:
                hint = _hint(kind, item.name, item.type)
                if (kind, item.name) in self.points:
                    shapes[item.name] = self._point(hint)
                else:
                    shapes[item.name] = self.shape(hint, axis)
        return shapes

    def _point(self, hint: object) -> Shape:
        return Optional(plain.POINT) if type(None) in get_args(hint) else plain.POINT


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _is_protocol(kind: type) -> bool:
    return bool(getattr(kind, "_is_protocol", False))


def _on_an_axis(kind: type) -> bool:
    """Return whether a generic class is so in its kind of point."""
    parameters: tuple[TypeVar, ...] = getattr(kind, "__parameters__", ())
    return any(parameter.__bound__ is not None for parameter in parameters)


def _hint(kind: type, name: str, written: object) -> object:
    """Return the type of a field, with the terms that mean more to a record than to Python."""
    owner = next(base for base in kind.__mro__ if name in get_annotations(base))
    module = sys.modules.get(owner.__module__)  # none for a class of a notebook, say
    known = {**_NAMES, **({} if module is None else vars(module))}
    terms = {term: shape for term, shape in _TERMS.items() if known.get(term) is str}
    annotated = SimpleNamespace(__annotations__={name: written})
    try:
        return get_type_hints(annotated, {**known, **terms}, include_extras=True)[name]
    except (NameError, TypeError) as error:
        raise InvalidValue(
            "a type that is known when the program runs", written, f"{kind.__name__}.{name}"
        ) from error
