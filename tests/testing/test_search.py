"""The long search counts what it looks at, and tells what breaks without stopping."""

import pytest
from hypothesis import strategies as st

from tests import search


def below_a_hundred(number: int) -> None:
    """A law that does not hold."""
    assert number < 100


def test_what_breaks_is_told_with_its_smallest_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(search.DRAWN, below_a_hundred, {"number": st.integers(0, 10**6)})
    monkeypatch.setitem(search.LAWS, "below_a_hundred", below_a_hundred)
    piece = search.Piece("below_a_hundred", 200, 1)
    found = search.search(piece)
    assert "number=100" in found.trouble
    assert search.told({piece: found}).endswith("something found in 1 of 1 pieces of work")


def test_a_law_that_holds_is_looked_at_as_often_as_was_asked() -> None:
    piece = search.Piece("split", 300, 1)
    found = search.search(piece)
    assert (found.examples >= 300, found.trouble) == (True, "")
    assert search.told({piece: found}).endswith("nothing found")


def test_the_whole_search_is_a_million_examples_and_a_hundred_thousand_lives() -> None:
    work = list(search.pieces(1.0, 1))
    properties = [piece for piece in work if piece.name not in search.LAWS]
    laws = sum(piece.examples for piece in work if piece.name != "life")
    assert len(properties) > 150
    assert laws + search.EACH * len(properties) == pytest.approx(search.EXAMPLES, abs=100)
    assert sum(piece.examples for piece in work if piece.name == "life") == search.LIVES
    assert len(set(work)) == len(work)
