"""What the command prints, kept in golden files: read them as an accountant would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from acctcore.cli import main
from tests.conftest import Golden

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
STORIES = ("a-per-seat-europe", "b-per-second-usd", "c-holds-and-backdating")
WHAT_IF = "docs/scenarios/a-what-if-twelve-seats.toml"

PRINTED = {
    **{
        f"{name}.{width}": (width, f"simulate docs/scenarios/{name}.toml")
        for name in STORIES
        for width in (80, 120)
    },
    "a-explain-invoice.80": (80, "simulate docs/scenarios/a-per-seat-europe.toml --explain INV-2"),
    "a-explain-credit-note.80": (80, "simulate docs/scenarios/a-per-seat-europe.toml --explain CN-2"),
    "a-explain-refund.80": (80, "simulate docs/scenarios/a-per-seat-europe.toml --explain CN-4"),
    "b-explain-line.80": (80, "simulate docs/scenarios/b-per-second-usd.toml --explain INV-3:1"),
    "c-explain-by-line.80": (80, "simulate docs/scenarios/c-holds-and-backdating.toml --explain INV-4"),
    "f-hold-gives-back.100": (100, "simulate docs/scenarios/f-hold-gives-back.toml"),
    "g-chargeback-after-refund.100": (100, "simulate docs/scenarios/g-chargeback-after-refund.toml"),
    "j-invoice-corrected.100": (100, "simulate docs/scenarios/j-invoice-corrected.toml"),
    "j-explain-returned.80": (80, "simulate docs/scenarios/j-invoice-corrected.toml --explain G2025-0003"),
    "j-explain-below-zero.80": (80, "simulate docs/scenarios/j-invoice-corrected.toml --explain G2025-0004"),
    "many-kinds.80": (80, "simulate tests/cli/golden/many-kinds.toml"),
    "approvals.100": (100, "simulate tests/cli/golden/approvals.toml"),
    "c-explain-second-credit.80": (
        80,
        "simulate docs/scenarios/c-holds-and-backdating.toml --explain CN-3",
    ),
    "a-until.80": (80, "simulate docs/scenarios/a-per-seat-europe.toml --until 2024-04-20"),
    "a-what-if.80": (80, f"simulate docs/scenarios/a-per-seat-europe.toml --what-if {WHAT_IF}"),
    "a-what-if.120": (120, f"simulate docs/scenarios/a-per-seat-europe.toml --what-if {WHAT_IF}"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed(
    name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    width, command = PRINTED[name]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(width))
    code = main(command.split())
    printed = capsys.readouterr()
    golden(GOLDEN / f"{name}.txt", printed.out)
    assert (code, printed.err) == (0, "")
    assert max(map(len, printed.out.splitlines())) <= width
    assert not [line for line in printed.out.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("name", ["a-per-seat-europe", "c-holds-and-backdating"])
def test_records_of_a_story(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["simulate", f"docs/scenarios/{name}.toml", "--json"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('{\n  "type": "simulation.result/1"')


def test_piped_output_is_what_a_console_of_80_columns_gets_without_colours() -> None:
    done = piped("simulate docs/scenarios/a-per-seat-europe.toml")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (GOLDEN / "a-per-seat-europe.80.txt").read_text(encoding="utf-8")


def test_colours_are_for_terminals_that_want_them() -> None:
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    coloured = piped("simulate docs/scenarios/a-per-seat-europe.toml", **terminal).stdout.decode()
    plain = piped("simulate docs/scenarios/a-per-seat-europe.toml", **terminal, NO_COLOR="1").stdout.decode()
    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    told = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines())
    assert told == plain.rstrip("\n")


def piped(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {
        key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
    }
    return subprocess.run(
        [sys.executable, "-m", "acctcore.cli", *command.split()],
        cwd=ROOT,
        env=kept | {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=False,
    )
