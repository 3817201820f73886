"""Every example in the documentation runs, and every page of it can be found.

A page's ```python blocks share one namespace of their own and run from top to bottom; a `>>>` prompt in
one shows what comes out. A ```console block gives `$ acctcore …` and what the command prints: it is run
at the root of the project, `...` stands for lines left out, and --update-golden rewrites the rest.
"""

import difflib
import doctest
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = "import sys; sys.argv[0] = 'acctcore'; from acctcore.cli import main; sys.exit(main())"


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


class ConsoleParser(CodeBlockParser):
    """Runs the `acctcore` commands of a console block and compares what they print."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        shown = str(example.parsed)
        printed = "".join(
            f"$ {command}\n{run(command)}" for command in re.findall(r"^\$ (.+)", shown, re.MULTILINE)
        )
        if doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS):
            return None
        example.document.namespace.setdefault("rewritten", []).append((shown, printed))
        return "".join(
            difflib.unified_diff(shown.splitlines(True), printed.splitlines(True), "shown", "printed")
        )


def run(command: str) -> str:
    program, *arguments = shlex.split(command, comments=True)
    assert program == "acctcore", f"a console example runs acctcore, not {program}"
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


READER = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS), ConsoleParser()],
    encoding="utf-8",
)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_example_on_the_page_runs(page: Path, pytestconfig: pytest.Config) -> None:
    document = READER.parse(page)
    failures = []
    for example in document.examples():
        try:
            example.evaluate()
        except Exception as failure:  # noqa: BLE001 (whatever it is, the page and line go with it)
            failures.append(f"{name(page)}:{example.line}: {type(failure).__name__}: {failure}")
    if pytestconfig.getoption("--update-golden"):
        text = page.read_text(encoding="utf-8")
        for shown, printed in document.namespace.get("rewritten", ()):
            text = text.replace(shown, printed, 1)
        page.write_text(text, encoding="utf-8")
    assert not failures, "\n".join(failures)


def test_every_page_has_its_place_in_the_navigation() -> None:
    site = tomllib.loads((ROOT / ".zensical.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(leaves(site["nav"])) == [page.relative_to(ROOT / "docs").as_posix() for page in PAGES[1:]]


def leaves(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case list():
            for entry in nav:
                yield from leaves(entry)
        case dict():
            yield from leaves(list(nav.values()))
