"""The mistakes in data, each with its place as steps: other libraries tell them in ways of their own."""

from __future__ import annotations

import re
from typing import TypeAlias

from acctcore.kernel.errors import InvalidValue, UnknownRecord, shown
from acctcore.records import RecordErrors

Path: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")


def problems(error: InvalidValue | UnknownRecord) -> tuple[InvalidValue | UnknownRecord, ...]:
    """Return every single mistake that an error of `records` tells."""
    if isinstance(error, RecordErrors):
        return tuple([each for each in error.problems if isinstance(each, InvalidValue | UnknownRecord)])
    return (error,)


def path(error: InvalidValue | UnknownRecord) -> Path:
    """Return the steps to where a mistake stands: `$.lines[3].amount` is ("lines", 3, "amount")."""
    rest = error.where.removeprefix("$")
    steps = _STEP.findall(rest)
    if "".join([f".{name}" if name else f"[{index}]" for name, index in steps]) != rest:
        return (error.where,)
    return tuple([name or int(index) for name, index in steps])


def told(error: InvalidValue | UnknownRecord) -> str:
    """Return what is wrong without where it is: the other library tells that."""
    if isinstance(error, UnknownRecord):
        return f"no record is known by the tag {shown(error.tag)}"
    return f"expected {error.expected}, got {shown(error.got)}"
