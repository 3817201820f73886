"""What every command and event has in common."""

from datetime import UTC, datetime
from typing import Any

import pendulum
import pytest

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.terms import SCHEDULE
from tests.kernel.strategies import wrong

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def test_a_command_takes_any_kind_of_instant() -> None:
    command = Command(
        id="c-1", at=NOON, by=SCHEDULE, recorded_at=pendulum.datetime(2024, 1, 2, tz="Asia/Tokyo")
    )
    assert type(command.at) is pendulum.DateTime
    assert command.recorded_at is not None
    assert command.recorded_at.isoformat() == "2024-01-01T15:00:00+00:00"
    assert Command(id="c-1", at=NOON, by=SCHEDULE).recorded_at is None


@pytest.mark.parametrize("field", ["at", "recorded_at"])
@pytest.mark.parametrize("value", wrong("nothing"))
def test_a_command_is_effective_and_recorded_at_instants(field: str, value: Any) -> None:
    make: Any = Command
    with pytest.raises(InvalidValue, match=r"instant: expected an instant"):
        make(**{"id": "c-1", "at": NOON, "by": SCHEDULE, field: value})


@pytest.mark.parametrize("value", wrong())
def test_a_command_is_asked_by_an_actor(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Command.by: expected a value of Actor"):
        Command(id="c-1", at=NOON, by=value)


def test_an_event_names_its_cause() -> None:
    at = pendulum.datetime(2024, 1, 1)
    assert (Event(at, "c-1").at, Event(at, "c-1").cause) == (at, "c-1")
