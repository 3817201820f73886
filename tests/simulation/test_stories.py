"""The stories under docs/scenarios: the run gives the figures that were worked out on paper."""

from collections.abc import Callable

import pytest

from acctcore import simulation
from tests.scenarios import derive_a, derive_b, derive_c
from tests.scenarios.paper import Ledger
from tests.simulation.texts import story

STORIES = [
    pytest.param("a-per-seat-europe", derive_a.story, id="a"),
    pytest.param("b-per-second-usd", derive_b.story, id="b"),
    pytest.param("c-holds-and-backdating", derive_c.story, id="c"),
]


@pytest.mark.parametrize(("name", "paper"), STORIES)
def test_documents_are_those_of_the_paper(name: str, paper: Callable[[], Ledger]) -> None:
    result = simulation.simulate(simulation.read(story(name)))
    expected = [document for step in paper().steps for document in step.documents]
    found = [
        (each.number, each.document.net, each.document.tax, each.document.total, each.document.due_on)
        for each in result.documents
    ]
    assert found == [(each.name, each.net, each.tax, each.total, each.due) for each in expected]
    assert result.problems == ()


@pytest.mark.parametrize(("name", "paper"), STORIES)
def test_answers_and_balances_are_those_of_the_paper(name: str, paper: Callable[[], Ledger]) -> None:
    result = simulation.simulate(simulation.read(story(name)))
    expected = [(step.at, step.outcome, step.codes) for step in paper().steps]
    found = [
        (entry.at, entry.decision.outcome.value, tuple(reason.code for reason in entry.decision.reasons))
        for entry in result.entries
        if entry.decision is not None
    ]
    assert found == expected
    (statement,) = result.statements
    assert statement.closing == paper().steps[-1].balance


@pytest.mark.parametrize("name", ["a-per-seat-europe", "b-per-second-usd", "c-holds-and-backdating"])
def test_a_story_states_what_it_expects(name: str) -> None:
    expect = simulation.read(story(name)).expect
    assert expect.documents
    assert expect.balances
    assert expect.account is not None
