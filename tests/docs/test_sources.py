"""A rule that names its source names an entry of docs/sources.md that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "acctcore").rglob("*.py")))
NAMED = set(re.findall(r"docs/sources\.md#([\w-]+)", CODE))
ENTRIES = re.findall(
    r"^## .* \{#([\w-]+)\}$", (ROOT / "docs/sources.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_every_source_that_the_code_names_has_its_entry() -> None:
    assert NAMED - set(ENTRIES) == set()


def test_entries_are_in_order_and_named_once() -> None:
    assert sorted(set(ENTRIES)) == ENTRIES
