"""The three stories: each page says what the paper says, and the library does what the paper says."""

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from acctcore import flows
from acctcore.flows import File
from acctcore.simulation import read, simulate
from tests.scenarios import derive_a, derive_b, derive_c, stories
from tests.scenarios.drive import Book, Told, comparable
from tests.scenarios.paper import Ledger, Table

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs/scenarios"


class Derivation(Protocol):
    def story(self) -> Ledger: ...

    def tables(self) -> dict[str, list[Table]]: ...


STORIES = [
    pytest.param("a-per-seat-europe.md", derive_a, stories.per_seat_europe, id="a"),
    pytest.param("b-per-second-usd.md", derive_b, stories.per_second_usd, id="b"),
    pytest.param("c-holds-and-backdating.md", derive_c, stories.holds_and_backdating, id="c"),
]
FIGURE = re.compile(r"(?<![\d.,])\d[\d,]*\.\d\d(?!\d)")


@pytest.mark.parametrize(("page", "paper", "run"), STORIES)
def test_the_library_gives_the_figures_of_the_paper(
    page: str, paper: Derivation, run: Callable[[], Book]
) -> None:
    expected, book = paper.story(), run()
    for wanted, found in zip(comparable(expected.steps), comparable(book.steps), strict=True):
        assert found == wanted


@pytest.mark.parametrize(("page", "paper", "run"), STORIES)
def test_the_scenario_beside_the_page_tells_the_same_story(
    page: str, paper: Derivation, run: Callable[[], Book]
) -> None:
    scenario = read((PAGES / page).with_suffix(".toml").read_text(encoding="utf-8"))
    result = simulate(scenario)
    told = Told(scenario.zone)
    file: File | None = None
    for entry in result.entries:
        assert entry.decision is not None, entry.problem
        if entry.decision.allowed:
            file = flows.evolve(file, entry.decision.events)
        assert file is not None
        told.record(file, entry.command, entry.decision)
    expected = paper.story().steps
    for wanted, found in zip(
        comparable(expected, items=False), comparable(told.steps, items=False), strict=True
    ):
        assert found == wanted
    names = {document.name for step in expected for document in step.documents}
    assert {each.number for each in result.documents} == names
    assert result.problems == ()


@pytest.mark.parametrize(("page", "paper", "run"), STORIES)
def test_the_tables_of_the_page_are_those_of_the_paper(
    page: str, paper: Derivation, run: Callable[[], Book]
) -> None:
    assert tables_of((PAGES / page).read_text(encoding="utf-8")) == paper.tables()


@pytest.mark.parametrize(("page", "paper", "run"), STORIES)
def test_every_figure_in_the_text_of_the_page_stands_in_a_table(
    page: str, paper: Derivation, run: Callable[[], Book]
) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("|"))
    known = {
        figure
        for tables in paper.tables().values()
        for table in tables
        for row in table
        for cell in row
        for figure in FIGURE.findall(cell)
    }
    assert FIGURE.findall(prose)
    assert set(FIGURE.findall(prose)) <= known


@pytest.mark.parametrize("name", ["paper", "derive_a", "derive_b", "derive_c"])
def test_the_paper_knows_nothing_of_the_library(name: str) -> None:
    tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    own = {"tests.scenarios", "tests.scenarios.paper"}
    assert {each for each in imported - own if each.split(".")[0] not in sys.stdlib_module_names} == set()


def tables_of(text: str) -> dict[str, list[Table]]:
    """Every table of a page, by the heading that it stands under."""
    found: dict[str, list[Table]] = {}
    heading, open_ = "", False
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if not line.startswith("|"):
            open_ = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not open_:
            found.setdefault(heading, []).append([])
        open_ = True
        if set("".join(cells)) != {"-"}:
            found[heading][-1].append(cells)
    return found
