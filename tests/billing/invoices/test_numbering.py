"""Numbers follow one another without gaps, whoever is numbered when."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.invoices import Numbered, Series, gaps, number
from acctcore.kernel.errors import InvalidValue
from tests.billing.invoices.stories import STANDARD, invoice, line

TODAY = date(2024, 3, 1)
DOCUMENT = invoice(line("a", 1000, STANDARD))
SERIES = Series("2024-", 8, 4)


def test_documents_are_numbered_in_their_order() -> None:
    given, following = number(SERIES, [changed(DOCUMENT, id=id) for id in ("b", "a")], TODAY)
    assert given == (Numbered("b", "2024-0008", TODAY), Numbered("a", "2024-0009", TODAY))
    assert following == Series("2024-", 10, 4)
    assert number(following, [], TODAY) == ((), following)


def test_a_document_has_one_number() -> None:
    with pytest.raises(InvalidValue, match="each document once"):
        number(SERIES, [DOCUMENT, DOCUMENT], TODAY)


@given(st.lists(st.integers(0, 5), max_size=6), st.integers(0, 1200), st.integers(1, 5))
def test_any_batches_make_one_run_without_holes_or_repeats(
    batches: list[int], first: int, width: int
) -> None:
    series = start = Series("R", first, width)
    numbers: list[str] = []
    for round_, size in enumerate(batches):
        documents = [changed(DOCUMENT, id=f"{round_}-{index}") for index in range(size)]
        given, series = number(series, documents, TODAY)
        assert [each.document for each in given] == [each.id for each in documents]
        numbers += [each.number for each in given]
    assert numbers == [f"R{count:0{width}d}" for count in range(first, first + sum(batches))]
    assert series.following == first + len(numbers)
    assert gaps(series, numbers, start.following) == ()


@given(st.lists(st.integers(0, 12), max_size=20))
def test_every_hole_repeat_and_stranger_is_found(counts: list[int]) -> None:
    series, expected = Series("R", 10), range(1, 10)
    told = gaps(series, [series.text(count) for count in counts])
    missing = [f"R{count} is missing" for count in expected if count not in counts]
    beyond = [f"R{count} was never given" for count in sorted(set(counts) - set(expected))]
    twice = [
        f"R{count} was given {counts.count(count)} times"
        for count in sorted(set(counts))
        if counts.count(count) > 1
    ]
    assert list(told) == [*missing, *beyond, *twice]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2023-0008", id="another series"),
        pytest.param("2024-8", id="too short"),
        pytest.param("2024-00008", id="too long"),
        pytest.param("2024-", id="no count"),
        pytest.param("2024-+008", id="a sign"),
        pytest.param("2024-٠٠٠٨", id="digits that are not ours"),
        pytest.param("2024-" + "9" * 5000, id="a count beyond all bounds"),
    ],
)
def test_what_is_no_number_of_the_series(text: str) -> None:
    with pytest.raises(InvalidValue, match="a number of the series 2024-"):
        gaps(SERIES, [text])


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"prefix": ""}, id="no prefix"),
        pytest.param({"prefix": "R", "following": -1}, id="a number below zero"),
        pytest.param({"prefix": "R", "width": 0}, id="no width"),
        pytest.param({"prefix": "R", "width": 21}, id="too wide"),
    ],
)
def test_what_is_no_series(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Series(**facts)
