"""Reads the command line and files, asks the library, prints, and answers with an exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import attrs

from acctcore.kernel.calendar import local_date

if TYPE_CHECKING:
    from rich.console import RenderableType

    from acctcore.simulation import BadScenario, Result, Scenario

T = TypeVar("T")
FINE, DOES_NOT_ADD_UP, BAD_INPUT, NOT_INSTALLED, NOT_WRITTEN, INTERRUPTED, CLOSED_PIPE = (
    0,
    1,
    2,
    3,
    4,
    130,
    141,
)
LARGEST = 1_000_000
"""A file of more bytes is no scenario."""
NARROWEST = 80
"""Tables are drawn for so many columns at least."""
MOST_YEARS = 30
"""A run goes on for so many years after its scenario at most."""

ROOMS = (
    "account",
    "approvals",
    "authorisations",
    "chargebacks",
    "holds",
    "invoices",
    "payments",
    "refunds",
    "subscriptions",
)
"""The rooms of `flows.handle.LIFECYCLES`, named here so that a mistake in the command line imports none."""
EXIT_CODES = """exit codes:
  0    fine
  1    something does not add up, or is not as the scenario expects
  2    a mistake in the command line or in a file
  3    a library that is needed is not installed
  4    the output cannot be written
  130  interrupted
  141  nobody read the output to its end
"""


class Stop(Exception):
    """An end before the end, with a message for the user and an exit code."""

    def __init__(self, message: str, code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `acctcore` command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows another one
    try:
        arguments = parser().parse_args(argv)
        if sys.stdout is None:
            raise Stop("acctcore: standard output is closed", NOT_WRITTEN)
        run: Callable[[argparse.Namespace], int] = arguments.run
        code = run(arguments)
        sys.stdout.flush()
        return code
    except Stop as stop:
        print(_printable(str(stop)), file=sys.stderr)
        return stop.code
    except BrokenPipeError:
        _no_more_output()  # nobody reads on: no word about it
        return CLOSED_PIPE
    except OSError as error:
        _no_more_output()  # what is left of it would fail once more at the end
        print(f"acctcore: the output cannot be written: {error.strerror}", file=sys.stderr)
        return NOT_WRITTEN
    except KeyboardInterrupt:
        return INTERRUPTED


def _no_more_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _printable(text: str) -> str:
    """Return a text whose odd characters cannot play tricks on a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else f"\\x{ord(each):02x}" for each in text)


class _Version(argparse.Action):
    """Says which release is installed, looked up only where somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"acctcore {version('acctcore')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        "acctcore",
        description="The rulebook of an account office, on a virtual clock.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="say which release this is and end")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    simulation = commands.add_parser(
        "simulate",
        help="run a scenario and print what comes out",
        description="Run a scenario on a virtual clock: timeline, documents, statements, closing check.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulation.add_argument("scenario", metavar="SCENARIO.toml", help="the scenario, or - for standard input")
    simulation.add_argument(
        "--explain", metavar="INV-2[:3]", help="where the amounts of a document come from"
    )
    simulation.add_argument("--json", action="store_true", help="the whole result as versioned records")
    simulation.add_argument("--until", metavar="DATE", type=_date, help="stop at the end of a date")
    simulation.add_argument("--what-if", metavar="FILE", help="further steps, and what they change")
    simulation.add_argument(
        "--children", metavar="COUNT", type=_count_of, help="of a parent's accounts, only so many"
    )
    simulation.set_defaults(run=_simulate)
    checking = commands.add_parser("check", help="tell every mistake in a scenario")
    checking.add_argument("file", metavar="FILE", help="the scenario, or - for standard input")
    checking.set_defaults(run=_check)
    diagram = commands.add_parser("diagram", help="print the states of a room as a Mermaid diagram")
    diagram.add_argument("room", metavar="ROOM", help=f"one of {', '.join(ROOMS)}")
    diagram.set_defaults(run=_diagram)
    return top


def _count_of(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 10**7:
        return int(text[:9])
    raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, found {text!r}")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a date such as 2024-12-31, found {text!r}") from None


# What is asked


def _simulate(arguments: argparse.Namespace) -> int:
    from acctcore.simulation import simulate

    scenario = _read(arguments.scenario)
    if scenario.children:
        return _simulate_children(arguments, scenario)
    if arguments.what_if is not None:
        return _what_if(arguments, scenario)
    result = simulate(scenario, _until(arguments, scenario))
    if arguments.explain is not None:
        _explain(arguments, result)
    elif arguments.json:
        _json(lambda plain: plain.result(result))
    else:
        _print(lambda show: show.run(result))
    return DOES_NOT_ADD_UP if result.problems else FINE


def _simulate_children(arguments: argparse.Namespace, scenario: Scenario) -> int:
    """Run all accounts of a parent, with a bar of progress on the terminal, and print what they come to."""
    from acctcore.simulation import Expectations, simulate_children

    if arguments.children is not None and arguments.children != scenario.children:
        scenario = attrs.evolve(scenario, children=arguments.children, expect=Expectations())
    if arguments.what_if is not None or arguments.explain is not None:
        raise Stop("acctcore: --what-if and --explain are for the story of one account")
    with _progress(scenario.children) as tell:
        family = simulate_children(scenario, _until(arguments, scenario), tell=tell)
    if arguments.json:
        _json(lambda plain: plain.family(family))
    else:
        _print(lambda show: show.family(family))
    return DOES_NOT_ADD_UP if family.problems else FINE


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on the terminal while accounts are done; nothing where the output goes to a file."""
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ModuleNotFoundError:
        yield lambda _: None
        return
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("accounts", total=total)
        yield lambda done: progress.update(task, completed=done)


def _what_if(arguments: argparse.Namespace, scenario: Scenario) -> int:
    """Run a scenario with and without further steps, and tell what differs."""
    from acctcore.simulation import Expectations, compare, merge, read_steps, simulate

    further = _told(arguments.what_if, lambda text: read_steps(text, scenario))
    merged = merge(scenario, further)
    until = _until(arguments, merged)
    if merged.ends_at != scenario.ends_at:
        scenario = attrs.evolve(scenario, ends_at=merged.ends_at, expect=Expectations())
    before, after = simulate(scenario, until), simulate(merged, until)
    found = compare(before, after)
    if arguments.explain is not None:
        _explain(arguments, after)
    elif arguments.json:
        _json(lambda plain: plain.what_if(before, after, found))
    else:
        steps = frozenset(step.id for step in further)
        _print(lambda show: show.what_if(before, after, found, steps))
    return DOES_NOT_ADD_UP if before.problems or after.problems else FINE


def _until(arguments: argparse.Namespace, scenario: Scenario) -> date | None:
    until: date | None = arguments.until
    first = min((step.asked_at for step in scenario.steps), default=None)
    if until is not None and first is not None and until < local_date(first, scenario.zone):
        raise Stop(f"acctcore: --until {until}: the scenario begins on {local_date(first, scenario.zone)}")
    if until is not None and until.year > scenario.ends_at.year + MOST_YEARS:
        raise Stop(f"acctcore: --until {until}: more than {MOST_YEARS} years after the scenario")
    return until


def _explain(arguments: argparse.Namespace, result: Result) -> None:
    """Print where the amounts of a document, or of one line of it, come from."""
    from acctcore.cli import derivation

    name: str = arguments.explain
    printed, line = result.printed(name), ""
    if printed is None:
        number, _, line = name.rpartition(":")
        printed = result.printed(number)
    if printed is None:
        known = ", ".join(each.number for each in result.documents) or "none"
        raise Stop(f"acctcore: --explain {name}: there is no such document; there are: {known}")
    count = len(printed.document.lines)
    if line and not (line.isascii() and line.isdigit() and 1 <= int(line[:9]) <= count):
        raise Stop(f"acctcore: --explain {name}: {printed.number} has {_count(count, 'line')}")
    told = [derivation.of_line(printed, int(line))] if line else [*derivation.of_document(printed, result)]
    if arguments.json:
        _json(lambda plain: plain.derivation(printed.number, told))
    else:
        _print(lambda show: show.derivation(printed, told, result))


def _check(arguments: argparse.Namespace) -> int:
    from acctcore.simulation import BadScenario, read

    text = _text(arguments.file)
    try:
        scenario = read(text)
    except BadScenario as bad:
        print(_printable("\n".join(_mistakes(arguments.file, bad))))
        return BAD_INPUT
    plans = len(scenario.policies.catalog.plans)
    print(f"{_name(arguments.file)}: fine; {_count(plans, 'plan')}, {_count(len(scenario.steps), 'step')}")
    return FINE


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _diagram(arguments: argparse.Namespace) -> int:
    from acctcore.flows.handle import LIFECYCLES

    if arguments.room not in LIFECYCLES:
        raise Stop(f"acctcore: there is no diagram of {arguments.room!r}; the rooms are: {', '.join(ROOMS)}")
    sys.stdout.write(LIFECYCLES[arguments.room].mermaid())
    return FINE


# Files


def _read(path: str) -> Scenario:
    from acctcore.simulation import read

    return _told(path, read)


def _told(path: str, read: Callable[[str], T]) -> T:
    """Return what is read of a file's text, or stop with every mistake in it."""
    from acctcore.simulation import BadScenario

    text = _text(path)
    try:
        return read(text)
    except BadScenario as bad:
        raise Stop("\n".join(_mistakes(path, bad))) from None


def _mistakes(path: str, bad: BadScenario) -> Iterator[str]:
    """Return each mistake in a line of its own, as compilers write them: file, line, key."""
    name = _name(path)
    for mistake in bad.mistakes:
        line = f":{mistake.line}" if mistake.line is not None else ""
        yield f"{name}{line}: {mistake}"
    yield f"{name}: {_count(len(bad.mistakes), 'mistake')}"


def _name(path: str) -> str:
    return "standard input" if path == "-" else path


def _text(path: str) -> str:
    """Return the text of a file; of standard input for "-"."""
    name = _name(path)
    try:
        if path == "-" and sys.stdin is None:
            raise Stop(f"acctcore: {name}: is closed")
        if path == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Stop(f"acctcore: {name}: there is no such file") from None
    except IsADirectoryError:
        raise Stop(f"acctcore: {name}: is a directory; expected a file") from None
    except PermissionError:
        raise Stop(f"acctcore: {name}: may not be read (permission denied)") from None
    except (OSError, ValueError) as error:
        raise Stop(f"acctcore: {name}: cannot be read: {error}") from None
    if len(content) > LARGEST:
        raise Stop(f"acctcore: {name}: is larger than {LARGEST:,} bytes, too large for a scenario")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Stop(f"acctcore: {name}:{line}: is no UTF-8 text") from None


# Output


def _print(draw: Callable[[ModuleType], Iterable[RenderableType]]) -> None:
    """Print for people; rich draws."""
    try:
        from rich.console import Console
    except ModuleNotFoundError:
        raise Stop(_install("rich"), NOT_INSTALLED) from None
    from acctcore.cli import show

    console = Console(highlight=False, markup=False, emoji=False)
    if os.environ.get("NO_COLOR"):
        console = Console(highlight=False, markup=False, emoji=False, color_system=None)
    console.width = max(console.width, NARROWEST)
    sys.stdout.write(show.render(console, draw(show)))


def _json(make: Callable[[ModuleType], object]) -> None:
    """Print for machines: the records."""
    try:
        from acctcore.cli import plain
    except ModuleNotFoundError as missing:
        raise Stop(_install(str(missing.name)), NOT_INSTALLED) from None
    print(json.dumps(make(plain), indent=2, ensure_ascii=False))


def _install(library: str) -> str:
    return f"acctcore: this needs {library}; install it with: pip install 'acctcore[cli]'"
