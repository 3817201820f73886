"""Steps of a scenario back into TOML, so that a life that was drawn can be read and run again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

import attrs
import tomli_w

from acctcore.kernel.calendar import Every
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.simulation.run import ASKED
from acctcore.simulation.scenario import Step, commands


def steps_text(steps: Iterable[Step], leave_out: Iterable[str] = ()) -> str:
    """Return the `[[step]]` tables of a scenario; read after its head, they are these steps again.

    `leave_out` are fields that the head tells: the account's id, its zone.

    Raises: InvalidValue for a command that no scenario can ask.
    """
    out = frozenset(leave_out)
    return tomli_w.dumps({"step": [_step(step, out) for step in steps]})


def _step(step: Step, out: frozenset[str]) -> dict[str, object]:
    command = step.command
    names = {kind: name for name, kind in commands().items()}
    if type(command) not in names:
        raise InvalidValue("a command that scenarios have", command, "steps_text")
    table: dict[str, object] = {"do": names[type(command)], "id": step.id, "at": plain(command.at)}
    if step.asks_for is not None:
        table["for"] = step.asks_for
        out |= frozenset(ASKED)
    late = {each.field: " ".join(filter(None, (each.wanted.value, each.currency))) for each in step.late}
    for item in attrs.fields(type(command)):
        value = getattr(command, item.name)
        if item.name in late:
            table[item.name] = late[item.name]
        elif item.name not in out and item.name not in ("id", "at") and not _default(item, value, command):
            table[item.name] = plain(value)
    if step.outcome is not None:
        table["expect"] = step.outcome.value
    if step.reasons:
        table["reasons"] = list(step.reasons)
    return table


def _default(item: attrs.Attribute[object], value: object, command: Command) -> bool:
    """Return whether a field reads the same when it is left out."""
    default = item.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a function to mypy, a class to Python
        default = default.factory(command) if default.takes_self else default.factory()  # type: ignore[attr-defined]
    return value is None or value == default


def plain(value: object) -> object:
    """Return a fact as TOML has it; instants in UTC, with their offset."""
    match value:
        case Enum():
            return value.value
        case bool() | int() | str():
            return value
        case Money():
            return f"{value.amount:f} {value.code}"
        case Price():
            return f"{value.amount:f} {value.currency}"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return datetime.fromisoformat(value.isoformat())
        case date():
            return value
        case Actor():
            return value.id
        case Every():
            return f"{value.count} {value.unit.value}s"
        case frozenset():
            return sorted((plain(entry) for entry in value), key=str)
        case tuple() if value and all(_pair(entry) for entry in value):
            return {key: plain(entry) for key, entry in value}
        case tuple():
            return [plain(entry) for entry in value]
    kind: type = type(value)
    if attrs.has(kind):
        fields = {item.name: getattr(value, item.name) for item in attrs.fields(kind) if item.init}
        return {name: plain(entry) for name, entry in fields.items() if entry is not None and entry != ()}
    raise InvalidValue("a fact that TOML can hold", value, "plain")


def _pair(entry: object) -> bool:
    return isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str)
