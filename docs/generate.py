"""Write the pages and schemas that are made from the code; with --check, tell which of them are stale.

A generator is a function without arguments that gives, for each file it owns, the path below docs/ and
the whole text. To add one, write the function and name it in GENERATORS.

    python docs/generate.py           write what is missing or stale, remove what is left over
    python docs/generate.py --check   write nothing; fail when there is something to write
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).parent
# Stands in every generated Markdown page, so that one which nobody makes any more is found.
MARK = "<!-- Made by docs/generate.py: change the code, not this page. -->"

Generator = Callable[[], Mapping[str, str]]

GENERATORS: tuple[Generator, ...] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the parts of docs/ that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    only_check = parser.parse_args(arguments).check

    wanted = {DOCS / path: marked(path, text) for make in GENERATORS for path, text in make().items()}
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
