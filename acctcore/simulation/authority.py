"""Who may do how much, who has to agree, and what the office knows, out of the tables of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from acctcore.kernel.terms import Actor
from acctcore.operations.approvals import (
    PER_DAY,
    PER_MONTH,
    PER_WEEK,
    PER_YEAR,
    Absence,
    Allowance,
    Authority,
    BreakGlass,
    Delegation,
    Exercise,
    Limit,
    Office,
    Quorum,
    Rolling,
    Window,
)
from acctcore.simulation.shape import BAD, Shape, Table, join, meant

POLICIES: Final = ("authority", "limit", "quorum", "allowance", "break_glass")
"""The keys under `policies` that are about authority."""

OFFICE: Final = ("delegation", "absence", "elsewhere")
"""The tables that tell what the whole office knows."""

WINDOWS: Final[Mapping[str, Window]] = MappingProxyType(
    {"day": PER_DAY, "week": PER_WEEK, "month": PER_MONTH, "year": PER_YEAR}
)


def authority(shape: Shape, policies: Table, named: Mapping[str, object]) -> object:
    """Return the authority of a scenario's policies, or BAD."""
    parts = {
        "limits": [_limit(shape, *each) for each in _tables(shape, "limit", policies, "policies")],
        "quorums": [
            shape.build(Quorum, table, where)
            for where, table in _tables(shape, "quorum", policies, "policies")
        ],
        "allowances": [
            _allowance(shape, *each) for each in _tables(shape, "allowance", policies, "policies")
        ],
        "break_glass": [
            shape.build(BreakGlass, table, where)
            for where, table in _tables(shape, "break_glass", policies, "policies")
        ],
    }
    fixed = {**named, **{name: _all(found) for name, found in parts.items()}}
    where = "policies.authority"
    return shape.build(Authority, shape.table(where, policies.get("authority", {})), where, fixed)


def _limit(shape: Shape, where: str, table: Table) -> object:
    """Return a limit; the currency of its amount need not be said again."""
    amount = table.get("amount")
    fixed: dict[str, object] = {}
    if "currency" not in table and isinstance(amount, str):
        fixed["currency"] = (*amount.split(), shape.currency)[1]
    return shape.build(Limit, table, where, fixed, also=("currency",))


def _allowance(shape: Shape, where: str, table: Table) -> object:
    """Return an allowance, its window by the word for a calendar period or as so many days."""
    fixed: dict[str, object] = {}
    if "window" in table:
        fixed["window"] = _window(shape, join(where, "window"), table["window"])
    return shape.build(Allowance, table, where, fixed, also=("window",))


def _window(shape: Shape, where: str, given: object) -> object:
    if isinstance(given, str) and given in WINDOWS:
        return WINDOWS[given]
    count, _, unit = given.partition(" ") if isinstance(given, str) else ("", "", "")
    if unit in ("day", "days") and count.isascii() and count.isdigit():
        return shape.made(where, lambda: Rolling(int(count[:10])))
    expected = f'one of {", ".join(WINDOWS)}, or days such as "30 days"'
    return shape.wrong(where, expected, given, meant(given, WINDOWS))


def office(shape: Shape, data: Table) -> object:
    """Return what the office of a scenario knows: its actors are the staff; BAD where there is a mistake."""
    parts = {
        "delegations": [
            shape.build(Delegation, table, where) for where, table in _tables(shape, "delegation", data)
        ],
        "absences": [shape.build(Absence, table, where) for where, table in _tables(shape, "absence", data)],
        "exercised": [
            shape.build(Exercise, table, where) for where, table in _tables(shape, "elsewhere", data)
        ],
    }
    found = {name: _all(entries) for name, entries in parts.items()}
    if BAD in found.values():
        return BAD
    return shape.made("actor", lambda: Office(staff=staff(shape), **found))  # type: ignore[arg-type]


def staff(shape: Shape) -> tuple[Actor, ...] | None:
    """Return everybody that a scenario names; None where it names nobody."""
    return tuple(shape.actors.values()) or None


def _tables(shape: Shape, key: str, data: Table, where: str = "") -> list[tuple[str, Table]]:
    return shape.tables(join(where, key), data[key]) if key in data else []


def _all(entries: list[object]) -> object:
    return BAD if BAD in entries else tuple(entries)
