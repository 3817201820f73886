"""The core takes facts and gives answers: it asks no clock, no machine, no file and no die.

Which modules may be imported at all is import-linter's to keep; here is what an import cannot show.
"""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "acctcore"
RING = {"records", "interop", "simulation", "text", "testing", "cli"}
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE = [path for path in MODULES if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in RING]

ASKS_THE_CLOCK = {"now", "today", "utcnow", "tomorrow", "yesterday", "local_timezone"}
ASKS_THE_MACHINE = {"open", "input", "print", "breakpoint", "exec", "eval", "__import__"}


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", CORE, ids=dotted)
def test_no_module_asks_the_clock_or_the_machine(path: Path) -> None:
    asked = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in ASKS_THE_CLOCK | ASKS_THE_MACHINE:
                asked.append(f"{node.lineno}: {called}()")
            case ast.Call(func=ast.Attribute(attr=called)) if called in ASKS_THE_CLOCK:
                asked.append(f"{node.lineno}: .{called}()")
    assert not asked


@pytest.mark.parametrize("module", [dotted(path) for path in CORE])
def test_no_module_holds_state_that_can_change(module: str) -> None:
    contents = vars(importlib.import_module(module))
    mutable = {
        name: type(value).__name__
        for name, value in contents.items()
        if isinstance(value, list | dict | set | bytearray) and not name.startswith("__")
    }
    assert not mutable, "use a tuple, a frozenset or a MappingProxyType"


# Every open for writing, connection and process that an import would cause, told by the interpreter itself.
WATCHED_IMPORTS = """
import sys, attrs, moneyed, pendulum

def watch(event, args):
    if event.startswith(("socket.", "subprocess.", "os.putenv", "os.system", "urllib.")):
        sys.exit(f"{event} {args}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        sys.exit(f"{event} {args}")

sys.addaudithook(watch)
sys.dont_write_bytecode = True
import logging, random, importlib
handlers, dice = list(logging.root.handlers), random.getstate()
for name in sys.argv[1:]:
    importlib.import_module(name)
assert logging.root.handlers == handlers, "a log handler was added"
assert random.getstate() == dice, "the dice were rolled"
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
    )


def test_importing_the_core_touches_nothing() -> None:
    done = python(WATCHED_IMPORTS, *map(dotted, CORE))
    assert done.returncode == 0, done.stderr


def test_importing_acctcore_loads_the_kernel_and_no_room() -> None:
    done = python(
        "import acctcore, sys; print(*sorted({'.'.join(name.split('.')[:2]) for name in sys.modules "
        "if name.startswith('acctcore.')} | "
        "{'cattrs', 'hypothesis', 'msgspec', 'pydantic', 'rich'} & sys.modules.keys()))"
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"acctcore.kernel"}
