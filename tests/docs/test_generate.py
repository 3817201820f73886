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
