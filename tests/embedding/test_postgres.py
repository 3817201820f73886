"""Where there is no PostgreSQL, its tests are left out and say why; where every check counts, they fail."""

from pathlib import Path

import pytest

from tests.embedding import postgres
from tests.embedding.conftest import without


def test_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path)
    with pytest.raises(
        postgres.Unavailable, match="no PostgreSQL is installed, and ACCTCORE_POSTGRES names none"
    ):
        postgres.start()


@pytest.mark.parametrize("said", ["", "false", "0"])
def test_without_it_the_tests_are_left_out(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CI", said)
    with pytest.raises(pytest.skip.Exception, match="none here"):
        without("none here")


@pytest.mark.parametrize("said", ["true", "True", "1"])
def test_in_ci_they_fail(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CI", said)
    with pytest.raises(pytest.fail.Exception, match="none here"):
        without("none here")
