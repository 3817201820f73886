"""An explanation is a tree of sentences, told line by line."""

from typing import Any

import pytest
from attrs import frozen

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation, explain
from tests.kernel.strategies import wrong

TREE = Explanation(
    "the line",
    "10.00 EUR",
    (
        Explanation("the ratio", "15/31", (Explanation("from 17 to 31 March"),)),
        Explanation("rounded half up"),
    ),
)


@frozen
class Line:
    def explain(self) -> Explanation:
        return TREE


def test_a_tree_is_told_from_the_top_down() -> None:
    assert (
        str(explain(Line()))
        == """\
the line = 10.00 EUR
  the ratio = 15/31
    from 17 to 31 March
  rounded half up"""
    )
    assert list(TREE.steps[0].lines(depth=2)) == ["    the ratio = 15/31", "      from 17 to 31 March"]


def test_a_deep_tree_is_told_as_well() -> None:
    deep = Explanation("the root of it")
    for _ in range(5_000):
        deep = Explanation("because of", steps=(deep,))
    assert list(deep.lines())[-1] == "  " * 5_000 + "the root of it"


@pytest.mark.parametrize("value", wrong())
def test_what_cannot_tell_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"explain: expected something that can tell how it came about"):
        explain(value)
