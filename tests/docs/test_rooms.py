"""The page about single rooms names every room, with a row of its table and an example each."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import acctcore
from acctcore.cli.main import ROOMS
from acctcore.flows.handle import LIFECYCLES
from docs import generate

PAGE = Path(__file__).parents[2] / "docs/how-to/use-one-room.md"
WINGS = ("accounts", "billing", "receivables", "operations")


def rooms() -> set[str]:
    (house,) = acctcore.__path__
    return {f"{wing}.{room.name}" for wing in WINGS for room in iter_modules([f"{house}/{wing}"])}


def test_every_room_has_its_row_and_its_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \[`(\w+\.\w+)`\]\(#\w+\) \|", text, re.MULTILINE)) == rooms()
    sections = re.split(r"^## (\w+\.\w+) \{ #(\w+) \}$", text, flags=re.MULTILINE)[1:]
    assert set(sections[::3]) == rooms()
    for room, anchor, body in zip(sections[::3], sections[1::3], sections[2::3], strict=True):
        assert room.endswith(f".{anchor}")
        assert f"(#{anchor})" in text
        assert ">>> " in body


def test_every_room_with_phases_has_its_table_and_its_diagram() -> None:
    with_phases = {
        name.rpartition(".")[2]: module.LIFECYCLE
        for name in rooms()
        if hasattr(module := import_module(f"acctcore.{name}"), "LIFECYCLE")
    }
    assert dict(LIFECYCLES) == with_phases
    assert sorted(with_phases) == list(ROOMS) == sorted(generate.ROOMS)
