"""Write the pages and schemas that are made from the code; with --check, tell which of them are stale.

A generator is a function without arguments that gives, for each file it owns, the path below docs/ and
the whole text. To add one, write the function and name it in GENERATORS.

    python docs/generate.py           write what is missing or stale, remove what is left over
    python docs/generate.py --check   write nothing; fail when there is something to write
"""

import argparse
import ast
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from importlib import import_module
from inspect import signature
from itertools import groupby
from pathlib import Path
from pkgutil import walk_packages
from typing import TypeVar

import attrs

import acctcore
from acctcore import records, text
from acctcore.billing.invoices import Document
from acctcore.flows.handle import LIFECYCLES
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import AcctcoreError
from acctcore.kernel.messages import Command, Event

DOCS = Path(__file__).parent
# Stands in every generated Markdown page, so that one which nobody makes any more is found.
MARK = "<!-- Made by docs/generate.py: change the code, not this page. -->"

Generator = Callable[[], Mapping[str, str]]
T = TypeVar("T")

ROOMS = {
    "account": "An account",
    "holds": "A hold",
    "subscriptions": "A subscription",
    "invoices": "A document",
    "payments": "A payment",
    "authorisations": "An authorisation",
    "refunds": "A refund",
    "chargebacks": "A chargeback",
    "approvals": "A request for approval",
}


def lifecycles() -> Mapping[str, str]:
    """Return a page with the diagram and the table of every room that has a lifecycle."""
    parts = [HEAD_OF_LIFECYCLES]
    for room, subject in ROOMS.items():
        lifecycle = LIFECYCLES[room]
        rows = [
            (
                f"`{row.command.__name__}`",
                ", ".join(named(phase) for phase in row.phases),
                ", ".join(f"`{event.__name__}`" for event in row.events),
            )
            for row in lifecycle.rows
        ]
        parts.append(f"\n## {subject} {{#{room}}}\n\n```mermaid\n{lifecycle.mermaid()}```\n\n")
        parts.append(table(("command", "asked in", "may bring about"), rows))
    return {"reference/lifecycles.md": "".join(parts)}


HEAD_OF_LIFECYCLES = """\
# Lifecycles

For whoever wants to know what may be asked when. Each diagram and table is the one that the code asks: a
command is accepted in a phase, or refused with `lifecycle.wrong_phase`.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def named(phase: Enum | None) -> str:
    return "nothing yet" if phase is None else str(phase.value)


def reasons() -> Mapping[str, str]:
    """Return a page with every reason that a decision can carry, and every exception."""
    for module in walk_packages(acctcore.__path__, "acctcore."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    said: list[tuple[str, type]] = sorted((kind.code, kind) for kind in every(Reason))
    parts = [REASONS]
    for room, kinds in groupby(said, key=lambda pair: pair[0].partition(".")[0]):
        rows = [(f"`{code}`", summary(kind), told(kind), facts(kind), clause(kind)) for code, kind in kinds]
        parts.append(f"\n### {room}\n\n")
        parts.append(table(("code", "what it says", "in English", "facts", "source"), rows))
    raised = [
        (f"`{kind.__name__}`", bases(kind), summary(kind), bears(kind)) for kind in every(AcctcoreError)
    ]
    parts += [ERRORS, table(("error", "is a", "when", "bears"), raised)]
    return {"reference/reasons.md": "".join(parts)}


def told(kind: type[Reason]) -> str:
    """Return the sentences of a reason, one a line; of counted ones, both forms."""
    forms = [
        form
        for sentence in kind.sentences()
        for form in ((sentence,) if isinstance(sentence, str) else (sentence.one, sentence.several))
    ]
    return "<br>".join(forms).replace("|", "\\|")


def facts(kind: type) -> str:
    return ", ".join(f"`{item.name}`" for item in attrs.fields(kind)) or "–"


def clause(kind: type[Reason]) -> str:
    source = kind.source
    return "–" if source is None else f"{source.instrument}, {source.clause}"


def bases(kind: type) -> str:
    return ", ".join(f"`{base.__name__}`" for base in kind.__bases__)


def bears(kind: type) -> str:
    """Return what an error keeps beside its text, by what it is made from."""
    names = [name for name in signature(kind).parameters if name not in {"args", "kwargs"}]
    return ", ".join(f"`{name}`" for name in names) or "–"


REASONS = """\
# Reasons and errors

For whoever handles a "no". A reason's code is stable and its facts are fields; its text is rendered from
them, in English or in the words of [another catalogue](../how-to/show-money-and-reasons.md).

## Reasons
"""
ERRORS = """
## Errors

A business "no" is a decision. These are raised for a caller's mistake, a history that cannot be, or a
defect. Each keeps what it is made from under the same name.

"""


def every(kind: type[T]) -> list[type[T]]:
    found = {below for child in kind.__subclasses__() for below in (child, *every(child))}
    # attrs makes a class anew for its slots; the one before it may still be in memory
    ours = [each for each in found if each.__module__.startswith("acctcore.") and in_its_module(each)]
    return sorted(ours, key=lambda each: each.__name__)


def in_its_module(kind: type) -> bool:
    return vars(import_module(kind.__module__)).get(kind.__name__) is kind


def summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def schemas() -> Mapping[str, str]:
    """Return the JSON Schemas of records, and a page with the tag of each."""
    kinds = {"records": None, "commands": Command, "events": Event, "document": Document}
    made = {
        f"reference/schema/{name}.json": json.dumps(records.schema(kind, title=name), indent=1) + "\n"
        for name, kind in kinds.items()
    }
    rows = [(f"`{tag}`", summary(kind)) for tag, kind in records.TABLE.tags.items()]
    return {**made, "reference/record-tags.md": RECORD_TAGS + table(("tag", "what it is"), rows)}


RECORD_TAGS = """# Record tags

Every [record](records.md) of acctcore by its tag. Presets have tags of their own, in `acctcore.presets.tags`.

"""


def catalogue() -> Mapping[str, str]:
    """Return the gettext template of everything that can be translated."""
    return {"reference/acctcore.pot": text.pot(sorted({*text.messages(), *missing_facts()}))}


def missing_facts() -> Iterator[text.Message]:
    """Return what hosts are asked to bring, where the code names it in so many words."""
    for path in sorted(Path(acctcore.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Missing") | ast.Attribute(attr="Missing"),
                    args=[ast.Constant(value=str(fact)), *_],
                ):
                    yield text.Message("fact", fact, about="what must be known first")


def quoted() -> Mapping[str, str]:
    """Return every page that shows code of the tests, with the code as it is.

    A comment `<!-- quoted: PATH NAME NAME.method -->` stands before each block; what it names is what the
    block shows.
    """
    texts = {page: page.read_text("utf-8") for page in sorted(DOCS.rglob("*.md"))}
    return {
        page.relative_to(DOCS).as_posix(): QUOTED.sub(quote, text)
        for page, text in texts.items()
        if QUOTED.search(text)
    }


QUOTED = re.compile(r"^<!-- quoted: (\S+) (.+) -->\n(?:\n```py\n(?:.*\n)*?```\n)?", re.MULTILINE)


def quote(found: re.Match[str]) -> str:
    path, names = found[1], found[2]
    shown = "\n\n\n".join([source(path, name) for name in names.split()])
    return f"<!-- quoted: {path} {names} -->\n\n```py\n{shown}\n```\n"


def source(path: str, name: str) -> str:
    """Return the source of a function, class, method or variable, with the comment above it."""
    lines = (DOCS.parent / path).read_text("utf-8").splitlines()
    inside: list[ast.stmt] = ast.parse("\n".join(lines)).body
    *classes, last = name.split(".")
    for part in classes:
        (inside,) = [each.body for each in inside if isinstance(each, ast.ClassDef) and each.name == part]
    (node,) = [each for each in inside if named_by(each) == last]
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]) - 1
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return textwrap.dedent("\n".join(lines[first : node.end_lineno]))


def named_by(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


GENERATORS: tuple[Generator, ...] = (lifecycles, reasons, schemas, catalogue, quoted)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the parts of docs/ that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    only_check = parser.parse_args(arguments).check

    wanted = {
        DOCS / path: text if make is quoted else marked(path, text)
        for make in GENERATORS
        for path, text in make().items()
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    left_over = [path for path in generated_pages() if path not in wanted]
    for path in stale + left_over:
        print(f"{'left over' if path in left_over else 'stale'}: docs/{path.relative_to(DOCS).as_posix()}")
    if only_check:
        return 1 if stale or left_over else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in left_over:
        path.unlink()
    return 0


def marked(path: str, text: str) -> str:
    return f"{MARK}\n\n{text}" if path.endswith(".md") else text


def generated_pages() -> list[Path]:
    return [page for page in sorted(DOCS.rglob("*.md")) if page.read_text("utf-8").startswith(MARK)]


if __name__ == "__main__":
    sys.exit(main())
