"""What every test shares: how hard Hypothesis searches, and golden files."""

import os
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, Phase, settings

from acctcore.kernel import business, calendar

# The suite gives the same answer each time; a long search looks further, and elsewhere on every run.
settings.register_profile("suite", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=1_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# A mutant is looked at by few examples, and only whether it falls matters: python -m tests.mutants.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite golden files, and the output shown in console examples, with what comes out now",
    )


def pytest_configure(config: pytest.Config) -> None:
    asked = os.environ.get("ACCTCORE_HYPOTHESIS", "suite")
    settings.load_profile("long" if config.option.markexpr == "long" else asked)
    if asked == "mutants":  # what was remembered before a mutant was there would hide it
        for cached in (business._reached, calendar._at_local, calendar._reached):
            cached.cache_clear()


class Golden(Protocol):
    """Holds `text` against the golden file at `path`, or rewrites the file under --update-golden."""

    def __call__(self, path: Path, text: str) -> None: ...


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    def hold(path: Path, text: str) -> None:
        if pytestconfig.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text == kept, f"{path.name} has changed; if rightly so, run pytest --update-golden and review"

    return hold
