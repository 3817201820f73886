"""One lifecycle command, decided and evolved: our table beside two state machine libraries.

The same closed life of an account in all three: active, closing, closed; a request to close and its
withdrawal go round for ever.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from statemachine import State, StateMachine
from transitions import Machine

from acctcore.accounts import account
from benchmarks.worlds import OFFICER, ZONE, midnight

pytestmark = pytest.mark.benchmark(group="lifecycle: one command there and one back")

POLICY = account.ClosurePolicy("closing", "1", 30)
OPENED = account.evolve(None, account.Opened(midnight(2024, 1, 1), "open", "A-1", ZONE, ""))
ASK = account.RequestClosure(id="ask", at=midnight(2024, 2, 1), by=OFFICER)
STAY = account.WithdrawClosure(id="stay", at=midnight(2024, 2, 2), by=OFFICER)


def test_acctcore(benchmark: BenchmarkFixture) -> None:
    """Two commands through decide and evolve, with events, policy and duty."""

    def there_and_back() -> account.Account:
        asked = account.decide(OPENED, ASK, POLICY)
        closing = account.evolve(OPENED, asked.events[0])
        stayed = account.decide(closing, STAY, POLICY)
        return account.evolve(closing, stayed.events[0])

    assert benchmark(there_and_back).phase is account.Phase.ACTIVE


def test_transitions(benchmark: BenchmarkFixture) -> None:
    """The same two moves by the library transitions: no events, no policy, mutable state."""

    class Model:
        state: str

    model = Model()
    Machine(
        model,
        states=["active", "closing", "closed"],
        initial="active",
        auto_transitions=False,
        transitions=[
            ["request_closure", "active", "closing"],
            ["withdraw_closure", "closing", "active"],
            ["close", ["active", "closing"], "closed"],
        ],
    )

    def there_and_back() -> str:
        model.request_closure()  # type: ignore[attr-defined]
        model.withdraw_closure()  # type: ignore[attr-defined]
        return model.state

    assert benchmark(there_and_back) == "active"


class Life(StateMachine):
    """The same life in python-statemachine."""

    active = State(initial=True)
    closing = State()
    closed = State(final=True)
    request_closure = active.to(closing)
    withdraw_closure = closing.to(active)
    close = active.to(closed) | closing.to(closed)


def test_python_statemachine(benchmark: BenchmarkFixture) -> None:
    """The same two moves by python-statemachine."""
    machine = Life()

    def there_and_back() -> None:
        machine.request_closure()
        machine.withdraw_closure()

    benchmark(there_and_back)
    assert machine.active.is_active
