"""acctcore's values in msgspec's structs: a holder for records, and the hooks that read and write it.

    class Request(msgspec.Struct):
        command: Record[Command]
        limit: Money

    decoder = msgspec.json.Decoder(Request, dec_hook=HOOKS.dec_hook)
    encoder = msgspec.json.Encoder(enc_hook=HOOKS.enc_hook)

The holder is needed because msgspec knows attrs classes by itself: it would write a record without its
tag, read what may be any of several records as none of them, and let unknown fields pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final, Generic, NoReturn, TypeVar, cast

import msgspec
from attrs import field, frozen
from pendulum import DateTime

from acctcore import records
from acctcore.interop.problems import path, problems, told
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.money import Money
from acctcore.records import Json, Table

T_co = TypeVar("T_co", covariant=True)

_PLAIN: Final = (Money, DateTime)
_set_value = object.__setattr__


class Record(Generic[T_co]):
    """Holds one value that is read and written as a record: `Record[Command]`, `Record[tuple[Event, ...]]`.

    Any type will do that a record's field may have. `Record(value)` makes one.
    """

    __slots__ = ("value",)

    value: T_co
    holds: ClassVar[object] = None  # the type in the brackets; msgspec tells its hooks a class and no more

    if not TYPE_CHECKING:

        def __class_getitem__(cls, hint: object) -> type:
            return _holder(hint)

    def __init__(self, value: T_co) -> None:
        _set_value(self, "value", value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Record is immutable; {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Record is immutable; {name} cannot be deleted")

    def __reduce__(self) -> tuple[object, ...]:
        return (Record, (self.value,))

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, Record) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Record({self.value!r})"


@cache
def _holder(hint: object) -> type:
    return type("Record", (Record,), {"__slots__": (), "holds": hint})


@frozen
class Hooks:
    """What msgspec asks for values that it does not know: `Record` of anything, Money, and instants.

    They raise NotImplementedError for what is none of these, as msgspec's hooks do.
    """

    table: Table = field(default=records.TABLE, repr=False)

    def enc_hook(self, value: object) -> object:
        """Return plain data for a value, as `enc_hook` of an encoder."""
        if isinstance(value, Record):
            return self._written(value.value)
        if isinstance(value, _PLAIN):
            return records.dump(value, type(value), table=self.table)
        raise NotImplementedError(f"no record, and no {_names()}: {type(value).__name__}")

    def _written(self, value: object) -> Json:
        if isinstance(value, tuple):
            return [self._written(entry) for entry in value]
        return records.dump(value, type(value) if isinstance(value, _PLAIN) else None, table=self.table)

    def dec_hook(self, expected: type, data: object) -> object:
        """Return the value that data stands for, as `dec_hook` of a decoder.

        Raises: ValueError, which msgspec makes its own ValidationError of, with the path to the field.
        """
        if isinstance(expected, type) and issubclass(expected, Record):
            return expected(self._read(data, expected.holds))
        if expected in _PLAIN:
            return self._read(data, expected)
        raise NotImplementedError(f"no Record, and no {_names()}: {expected}")

    def _read(self, data: object, expected: object) -> object:
        try:
            return records.load(data, expected, table=self.table)
        except (InvalidValue, UnknownRecord) as error:
            message = "; ".join([_line(problem) for problem in problems(error)])
        raise ValueError(message)

    def schema(self, expected: object) -> dict[str, Json]:
        """Return the JSON Schema of a type that msgspec knows with these hooks, complete in itself."""
        definitions: dict[str, Json] = {}

        def hook(kind: type) -> dict[str, Json]:
            asked = kind.holds if issubclass(kind, Record) else kind
            whole = records.schema(asked, table=self.table)
            definitions.update(cast("Mapping[str, Json]", whole["$defs"]))
            return {key: value for key, value in whole.items() if key not in ("$schema", "title", "$defs")}

        whole = cast("dict[str, Json]", msgspec.json.schema(expected, schema_hook=hook))
        named = cast("Mapping[str, Json]", whole.get("$defs", {}))
        return {**whole, "$defs": {**definitions, **named}}


HOOKS: Final = Hooks()
"""The hooks for the records of acctcore itself."""


def _line(problem: InvalidValue | UnknownRecord) -> str:
    where = ".".join(map(str, path(problem)))
    return f"{where}: {told(problem)}" if where else told(problem)


def _names() -> str:
    return " or ".join([kind.__name__ for kind in _PLAIN])
