"""The machines pass on acctcore itself, and notice a room that does not keep to its table."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from acctcore.billing.proration import BY_SECOND
from acctcore.kernel.decision import Decision, Missing, refused
from acctcore.kernel.lifecycle import Lifecycle, WrongPhase
from acctcore.receivables import payments
from acctcore.testing import machines
from acctcore.testing import strategies as ours
from tests.receivables.test_payments import COMMANDS, evolve


def test_an_account_file_adds_up_whatever_is_asked_of_it() -> None:
    run_state_machine_as_test(
        machines.FileMachine,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


# A room that does not keep to its table

QUICK = settings(
    max_examples=40,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
)


def payment_machine(
    table: Lifecycle[payments.Phase] = payments.LIFECYCLE,
    decide: Callable[..., Decision[object]] = payments.decide,
    check: Callable[[payments.Payment], None] | None = None,
) -> type[RuleBasedStateMachine]:
    return machines.lifecycle_machine(
        table,
        lambda _: st.sampled_from(list(COMMANDS.values())),
        decide,
        evolve,
        lambda state, _: None if state is None else state.phase,
        check,
    )


def test_a_room_that_keeps_to_its_table_passes() -> None:
    seen: list[payments.Phase] = []
    machine = payment_machine(check=lambda payment: seen.append(payment.phase))
    run_state_machine_as_test(machine, settings=QUICK)
    assert set(seen) == set(payments.Phase)


def always(state: payments.Payment | None, command: payments.Command) -> Decision[object]:
    """Decide as if nothing had happened before."""
    return payments.decide(None, command)


def never(state: payments.Payment | None, command: payments.Command) -> Decision[object]:
    return refused(WrongPhase("x", "y", ()))


def silently(state: payments.Payment | None, command: payments.Command) -> Decision[object]:
    decision = payments.decide(state, command)
    if any(isinstance(reason, WrongPhase) for reason in decision.reasons):
        return refused(*decision.reasons, Missing("more"))
    return decision


def otherwise(state: payments.Payment | None, command: payments.Command) -> Decision[object]:
    decision = payments.decide(state, command)
    if decision.allowed and isinstance(command, payments.Fail):
        return payments.decide(None, COMMANDS[payments.Attempt])
    return decision


ELSEWHERE = Lifecycle[payments.Phase](
    *payments.LIFECYCLE.rows, moves={**payments.LIFECYCLE.moves, payments.Failed: payments.Phase.UNKNOWN}
)


@pytest.mark.parametrize(
    ("table", "decide", "problem"),
    [
        pytest.param(payments.LIFECYCLE, always, "accepted in", id="accepts in any phase"),
        pytest.param(payments.LIFECYCLE, never, "is accepted in", id="refuses what the table accepts"),
        pytest.param(payments.LIFECYCLE, silently, "comes alone", id="a wrong phase in company"),
        pytest.param(payments.LIFECYCLE, otherwise, "brings about Attempted", id="an event of another row"),
        pytest.param(ELSEWHERE, payments.decide, "leads to", id="an event that leads elsewhere"),
    ],
)
def test_a_room_that_does_not_keep_to_its_table_is_noticed(
    table: Lifecycle[payments.Phase], decide: Callable[..., Decision[object]], problem: str
) -> None:
    with pytest.raises(AssertionError, match=problem):
        run_state_machine_as_test(payment_machine(table, decide), settings=QUICK)


def test_a_machine_takes_policies_of_your_own() -> None:
    machine = machines.file_machine(ours.policies(proration=st.just(BY_SECOND)))
    assert issubclass(machine, machines.FileMachine)
    run_state_machine_as_test(machine, settings=settings(QUICK, max_examples=10))


@pytest.mark.long
def test_an_account_file_adds_up_in_a_long_search() -> None:
    run_state_machine_as_test(
        machines.FileMachine,
        settings=settings(
            max_examples=2_000, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
