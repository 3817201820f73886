"""The machines pass on acctcore itself, and notice a room that does not keep to its table."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from acctcore.testing import machines
from acctcore.testing import strategies as ours


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
