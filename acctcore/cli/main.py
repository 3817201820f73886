"""Reads the command line and files, asks the library, prints, and answers with an exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from acctcore.simulation import read, simulate

FINE, DOES_NOT_ADD_UP, BAD_INPUT, NOT_INSTALLED, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 3, 130, 141
LARGEST = 1_000_000
"""A scenario of more bytes is refused as a mistake."""


class _Stop(Exception):
    """An end with a message for the user and an exit code."""

    def __init__(self, message: str, code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `acctcore` command and return its exit code."""
    arguments = _parser().parse_args(argv)
    scenario = read(Path(arguments.scenario).read_text())
    result = simulate(scenario)
    from rich.console import Console

    from acctcore.cli import show

    sys.stdout.write(show.render(Console(highlight=False, markup=False, emoji=False), show.run(result)))
    return DOES_NOT_ADD_UP if result.problems else FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("acctcore")
    commands = parser.add_subparsers(required=True)
    simulation = commands.add_parser("simulate")
    simulation.add_argument("scenario")
    return parser
