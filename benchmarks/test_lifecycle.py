"""One lifecycle command, decided and evolved: our table beside two state machine libraries.

The same life in all three: an application, its onboarding, the open account. Ours gives back an event,
a decision and a new immutable value; theirs change the state of an object in place.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from statemachine import State, StateMachine
from transitions import Machine

from acctcore.accounts import account
from benchmarks.worlds import OFFICER, ZONE, midnight

pytestmark = pytest.mark.benchmark(group="lifecycle: one command")

POLICY = account.AccountPolicy("closing", "1", 30)
APPLIED = account.evolve(None, account.Applied(midnight(2024, 1, 1), "apply", "A-1", ZONE, ""))
BEGIN = account.BeginOnboarding(id="begin", at=midnight(2024, 2, 1), by=OFFICER)


def test_acctcore(benchmark: BenchmarkFixture) -> None:
    """A command through decide and evolve."""

    def begin() -> account.Account:
        return account.evolve(APPLIED, account.decide(APPLIED, BEGIN, POLICY).events[0])

    assert benchmark(begin).phase is account.Phase.ONBOARDING


def test_transitions(benchmark: BenchmarkFixture) -> None:
    """The same move by the library transitions, put back before each round."""

    class Model:
        state: str

    model = Model()
    Machine(
        model,
        states=["applied", "onboarding", "active"],
        initial="applied",
        auto_transitions=False,
        transitions=[
            ["begin_onboarding", "applied", "onboarding"],
            ["activate", "onboarding", "active"],
        ],
    )

    def begin() -> str:
        model.state = "applied"
        model.begin_onboarding()  # type: ignore[attr-defined]
        return model.state

    assert benchmark(begin) == "onboarding"


class Life(StateMachine):
    """The same life in python-statemachine."""

    applied = State(initial=True)
    onboarding = State()
    active = State(final=True)
    begin_onboarding = applied.to(onboarding)
    send_back = onboarding.to(applied)
    activate = onboarding.to(active)


def test_python_statemachine(benchmark: BenchmarkFixture) -> None:
    """Two moves by python-statemachine, there and back: halve the time."""
    machine = Life()

    def there_and_back() -> None:
        machine.begin_onboarding()
        machine.send_back()

    benchmark(there_and_back)
    assert machine.applied.is_active
