"""Each library that reads and writes acctcore's values, asked in one way: text to value and back."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import cattrs
import msgspec
from attrs import frozen
from cattrs.preconf.json import make_converter
from pydantic import TypeAdapter, ValidationError

from acctcore.interop.cattrs import configure, format_exception
from acctcore.interop.msgspec import Hooks, Record
from acctcore.interop.pydantic import AsRecord
from acctcore.testing.values import TABLE


@frozen
class Library:
    """What a host does with one library; `told` gives the places and words of what it raised."""

    write: Callable[[Any, Any], str]
    read: Callable[[str, Any], Any]
    told: Callable[[BaseException], list[tuple[str, str]]]


# pydantic

AS_RECORD = AsRecord(TABLE)


def adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[hint, AS_RECORD])


def told_by_pydantic(error: BaseException) -> list[tuple[str, str]]:
    assert isinstance(error, ValidationError)
    return [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]


# msgspec

HOOKS = Hooks(TABLE)


def told_by_msgspec(error: BaseException) -> list[tuple[str, str]]:
    assert isinstance(error, msgspec.DecodeError)  # a ValidationError, or no JSON that it takes
    lines = str(error).removesuffix(" - at `$`").split("; ")
    found = [re.fullmatch(r"(?:([\w.]+): )?(.*)", line, re.DOTALL) for line in lines]
    return [(each[1] or "", each[2]) for each in found if each]


def read_by_msgspec(text: str, hint: Any) -> Any:
    return msgspec.json.decode(text, type=Record[hint], dec_hook=HOOKS.dec_hook).value


# cattrs

CONVERTER = make_converter()
configure(CONVERTER, TABLE)


def told_by_cattrs(error: BaseException) -> list[tuple[str, str]]:
    told = []
    for line in cattrs.transform_error(error, format_exception=format_exception):
        words, _, where = line.rpartition(" @ $")
        told.append((where.replace("[", ".").replace("]", "").lstrip("."), words))
    return told


LIBRARIES: Mapping[str, Library] = {
    "pydantic": Library(
        lambda value, hint: adapter(hint).dump_json(value).decode(),
        lambda text, hint: adapter(hint).validate_json(text),
        told_by_pydantic,
    ),
    "msgspec": Library(
        lambda value, _: msgspec.json.encode(Record(value), enc_hook=HOOKS.enc_hook).decode(),
        read_by_msgspec,
        told_by_msgspec,
    ),
    "cattrs": Library(
        lambda value, hint: json.dumps(CONVERTER.unstructure(value, hint)),
        lambda text, hint: CONVERTER.structure(json.loads(text), hint),
        told_by_cattrs,
    ),
}
