"""The machines pass on acctcore itself, and notice a room that does not keep to its table."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from acctcore.accounts import account
from acctcore.billing.proration import BY_SECOND
from acctcore.kernel.decision import Decision, Missing, refused
from acctcore.kernel.lifecycle import Lifecycle, WrongPhase
from acctcore.kernel.messages import Command
from acctcore.testing import machines
from acctcore.testing import strategies as ours
from tests.accounts.account.stories import COMMANDS, IN_PHASE, ask


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


def account_machine(
    table: Lifecycle[account.Phase] = account.LIFECYCLE,
    decide: Callable[..., Decision[Any]] = ask,
    check: Callable[[account.Account], None] | None = None,
) -> type[RuleBasedStateMachine]:
    return machines.lifecycle_machine(
        table,
        lambda _: st.sampled_from(list(COMMANDS.values())),
        decide,
        account.evolve,
        lambda state, _: None if state is None else state.phase,
        check,
    )


def test_a_room_that_keeps_to_its_table_passes() -> None:
    seen: list[account.Phase] = []
    machine = account_machine(check=lambda state: seen.append(state.phase))
    run_state_machine_as_test(machine, settings=QUICK)
    assert set(seen) == set(account.Phase)


def always(state: account.Account | None, command: Command) -> Decision[object]:
    """Decide as if the account were where the command is accepted."""
    (phase, *_) = account.LIFECYCLE.accepted[type(command)]
    return ask(IN_PHASE[phase], command)


def never(state: account.Account | None, command: Command) -> Decision[object]:
    return refused(WrongPhase("x", "y", ()))


def silently(state: account.Account | None, command: Command) -> Decision[object]:
    decision = ask(state, command)
    if any(isinstance(reason, WrongPhase) for reason in decision.reasons):
        return refused(*decision.reasons, Missing("more"))
    return decision


def otherwise(state: account.Account | None, command: Command) -> Decision[object]:
    decision = ask(state, command)
    if decision.allowed and isinstance(command, account.RequestClosure):
        return ask(state, COMMANDS[account.Amend])
    return decision


ELSEWHERE = Lifecycle[account.Phase](
    *account.LIFECYCLE.rows, moves={**account.LIFECYCLE.moves, account.Declined: account.Phase.WITHDRAWN}
)


@pytest.mark.parametrize(
    ("table", "decide", "problem"),
    [
        pytest.param(account.LIFECYCLE, always, "accepted in", id="accepts in any phase"),
        pytest.param(account.LIFECYCLE, never, "is accepted in", id="refuses what the table accepts"),
        pytest.param(account.LIFECYCLE, silently, "comes alone", id="a wrong phase in company"),
        pytest.param(account.LIFECYCLE, otherwise, "brings about Amended", id="an event of another row"),
        pytest.param(ELSEWHERE, ask, "leads to", id="an event that leads elsewhere"),
    ],
)
def test_a_room_that_does_not_keep_to_its_table_is_noticed(
    table: Lifecycle[account.Phase], decide: Callable[..., Decision[object]], problem: str
) -> None:
    with pytest.raises(AssertionError, match=problem):
        run_state_machine_as_test(account_machine(table, decide), settings=QUICK)


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
