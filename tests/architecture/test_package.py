"""The package says what it is: typed, documented, and dependent on three libraries."""

import ast
import itertools
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLIC = sorted(
    path
    for path in (ROOT / "acctcore").rglob("*.py")
    if not any(part.startswith("_") and part != "__init__.py" for part in path.relative_to(ROOT).parts)
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_public_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert resources.files("acctcore").joinpath("py.typed").is_file()


def test_the_core_depends_on_three_value_libraries() -> None:
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in PROJECT["dependencies"]}  # type: ignore[index]
    assert names == {"attrs", "pendulum", "py-moneyed"}


def test_dependencies_have_lower_bounds_only() -> None:
    extras = PROJECT["optional-dependencies"].values()
    requirements = [*PROJECT["dependencies"], *itertools.chain(*extras)]
    assert [requirement for requirement in requirements if re.search("[<~]|==", requirement)] == []
