"""No fact of a command goes unchecked: what a file cannot store is told as the command is made."""

import pendulum
import pytest
from attrs import fields

from acctcore.flows.handle import FLOWS
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.terms import Actor


@pytest.mark.parametrize("command", FLOWS, ids=lambda command: f"{command.__module__}.{command.__name__}")
def test_every_fact_is_checked_or_converted(command: type[Command]) -> None:
    loose = [each.name for each in fields(command) if each.validator is None and each.converter is None]
    assert loose == []


def test_an_approval_is_named_by_its_id() -> None:
    with pytest.raises(InvalidValue, match=r"Command\.approval"):
        Command(id="c", at=pendulum.datetime(2024, 1, 1), by=Actor("ann"), approval=7)  # type: ignore[arg-type]
