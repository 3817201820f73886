"""Further steps: where they come in, and what they change."""

import attrs
import pytest

from acctcore import simulation
from acctcore.kernel.money import Money
from acctcore.simulation import Difference, Expectations, Scenario, compare, merge
from tests.simulation.texts import OPEN, START, scenario, step, story


def base() -> Scenario:
    return simulation.read(scenario(OPEN, START, step("2024-01-10T09:00:00", "account.amend", party='"x"')))


def merged(text: str) -> Scenario:
    return merge(base(), simulation.read_steps(text, base()))


def difference(text: str) -> Difference:
    after = merged(text)
    before = attrs.evolve(base(), ends_at=after.ends_at)
    return compare(simulation.simulate(before), simulation.simulate(after))


@pytest.mark.parametrize(
    ("at", "ids"),
    [
        ("2024-01-05T00:00:00", ["step-1", "step-2", "what-if-1", "step-3"]),
        ("2024-01-10T09:00:00", ["step-1", "step-2", "step-3", "what-if-1"]),
        ("2023-12-31T09:00:00", ["what-if-1", "step-1", "step-2", "step-3"]),
    ],
)
def test_further_steps_come_in_by_their_instant_after_the_others(at: str, ids: list[str]) -> None:
    assert [each.id for each in merged(step(at, "account.close")).steps] == ids


def test_a_further_step_after_the_end_moves_the_end() -> None:
    later = merged(step("2024-03-01T09:00:00", "account.close"))
    assert later.ends_at.isoformat() == "2024-03-01T23:00:00+00:00"
    assert merged(step("2024-01-02T09:00:00", "account.close")).ends_at == base().ends_at


def test_what_was_expected_of_the_story_is_not_expected_of_another() -> None:
    read = simulation.read(story("a-per-seat-europe"))
    text = (story("a-what-if-twelve-seats")) + 'expect = "allowed"'
    after = merge(read, simulation.read_steps(text, read))
    assert after.expect == Expectations()
    stated = [each.id for each in after.steps if each.outcome is not None or each.reasons]
    assert stated == ["what-if-1"]


def test_nothing_differs_between_a_run_and_itself() -> None:
    result = simulation.simulate(simulation.read(story("c-holds-and-backdating")))
    found = compare(result, result)
    assert found.documents == ()
    assert [(each.before, each.difference) for each in found.balances] == [(Money(0, "GBP"), Money(0, "GBP"))]


def test_documents_come_and_go_and_balances_move() -> None:
    found = difference(
        step("2024-01-05T00:00:00", "subscriptions.cancel", subscription_id='"s"', when='"now"')
    )
    told = [
        (each.before and each.before.number, each.after and each.after.number) for each in found.documents
    ]
    assert told == [(None, "CN-1")]
    ((before, after, moved),) = [(each.before, each.after, each.difference) for each in found.balances]
    assert (before, after, moved) == (Money("31.00", "EUR"), Money("4.00", "EUR"), Money("-27.00", "EUR"))


def test_a_document_that_is_gone_and_one_that_changed() -> None:
    text = step("2024-01-01T09:00:00", "subscriptions.change_plan", subscription_id='"s"', plan='"solo"')
    assert difference(text).documents == ()  # refused: nothing changes
    void = step("2024-01-02", "invoices.void", document_id='"INV-1"')
    (changed,) = difference(void).documents
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before.phase.value, changed.after.phase.value) == ("issued", "voided")
    read = simulation.read(scenario(OPEN, START))
    stopped = merge(read, simulation.read_steps(step("2023-12-01", "account.open"), read))
    gone = compare(
        simulation.simulate(read), simulation.simulate(attrs.evolve(stopped, steps=stopped.steps[:1]))
    )
    assert [each.after for each in gone.documents] == [None]


def test_a_currency_that_only_one_run_has() -> None:
    lines = '[{ key = "k", title = "t", price = "2.00 USD" }]'
    text = step("2024-01-02", "invoices.draft", document_id='"D"', currency='"USD"', lines=lines) + step(
        "2024-01-03", "invoices.issue", document_id='"D"'
    )
    found = difference(text)
    assert [each.difference for each in found.balances] == [Money(0, "EUR"), Money("2.00", "USD")]


def test_runs_without_an_account_compare() -> None:
    read = simulation.read(scenario(START))
    assert compare(simulation.simulate(read), simulation.simulate(read)) == Difference((), ())
