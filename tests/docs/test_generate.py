"""What is generated is fresh, and the generator would notice if it were not."""

from pathlib import Path

import pytest

from docs import generate


@pytest.fixture
def one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    monkeypatch.setattr(generate, "GENERATORS", (lambda: {"reference/made.md": "# Made\n"},))
    return tmp_path / "reference/made.md"


def test_generated_files_are_fresh() -> None:
    assert generate.main(["--check"]) == 0


def test_a_missing_page_is_noticed_and_then_written(one_page: Path) -> None:
    assert generate.main(["--check"]) == 1
    assert not one_page.exists()
    assert generate.main([]) == 0
    assert one_page.read_text().endswith("# Made\n")
    assert generate.main(["--check"]) == 0


def test_a_stale_page_is_noticed(one_page: Path) -> None:
    generate.main([])
    one_page.write_text(one_page.read_text() + "and something by hand\n")
    assert generate.main(["--check"]) == 1


def test_a_page_that_nobody_makes_any_more_is_removed(
    one_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate.main([])
    monkeypatch.setattr(generate, "GENERATORS", ())
    assert generate.main(["--check"]) == 1
    generate.main([])
    assert not one_page.exists()


# Code that a page shows


SOURCE = """\
# How many.
count = 3


class Desk:
    # Not this.

    @property
    def name(self) -> str:
        return "desk"

    def other(self) -> None: ...
"""
PAGE = """\
# A page

<!-- quoted: code.py count Desk.name -->

That was it.
"""
SHOWN = """\
<!-- quoted: code.py count Desk.name -->

```py
# How many.
count = 3


@property
def name(self) -> str:
    return "desk"
```

That was it.
"""


@pytest.fixture
def quoting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "code.py").write_text(SOURCE)
    (docs / "page.md").write_text(PAGE)
    monkeypatch.setattr(generate, "DOCS", docs)
    monkeypatch.setattr(generate, "GENERATORS", (generate.quoted,))
    return docs / "page.md"


def test_a_page_shows_the_code_as_it_is(quoting: Path) -> None:
    assert generate.main(["--check"]) == 1
    generate.main([])
    assert quoting.read_text().endswith(SHOWN)
    assert generate.main(["--check"]) == 0
    code = quoting.parents[1] / "code.py"
    code.write_text(SOURCE.replace("count = 3", "count = 4"))
    assert generate.main(["--check"]) == 1
    generate.main([])
    assert quoting.read_text().endswith(SHOWN.replace("count = 3", "count = 4"))


def test_code_that_is_not_there_is_noticed(quoting: Path) -> None:
    quoting.write_text(PAGE.replace("Desk.name", "Desk.title"))
    with pytest.raises(ValueError, match="not enough values"):
        generate.main(["--check"])
