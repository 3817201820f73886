"""Data from outside, in a host's model: what is wrong is refused in the library's own way, with its place."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Annotated, Any

import msgspec
import pendulum
import pytest
from attrs import frozen
from pydantic import BaseModel, ConfigDict

from acctcore import flows, records
from acctcore.accounts import account, holds
from acctcore.billing.catalog import Catalog
from acctcore.interop.msgspec import Record
from acctcore.interop.pydantic import AsRecord
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from tests.interop.libraries import (
    CONVERTER,
    HOOKS,
    told_by_cattrs,
    told_by_msgspec,
    told_by_pydantic,
)

NOON = pendulum.datetime(2024, 1, 31, 12, tz="Europe/Berlin")
ANN = Actor("ann", {"officer"})
OPEN = account.Open(id="c-1", at=NOON, by=ANN, account_id="A-1", zone="Europe/Berlin")
(OPENED,) = flows.handle(None, OPEN, flows.Policies(catalog=Catalog(plans=()))).events
RELEASE = holds.Release(id="c-2", at=NOON, by=ANN, hold_id="H-1")
REQUEST: dict[str, Any] = {
    "command": records.dump(RELEASE),
    "limit": {"amount": "19.99", "currency": "EUR"},
    "events": records.dump((OPENED, OPENED)),
}


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    command: Annotated[Command, AsRecord()]
    limit: Annotated[Money, AsRecord()]
    events: Annotated[tuple[Event, ...], AsRecord()]


class Struct(msgspec.Struct, forbid_unknown_fields=True):
    command: Record[Command]
    limit: Money
    events: Record[tuple[Event, ...]]


@frozen
class Attrs:
    command: Command
    limit: Money
    events: tuple[Event, ...]


def by_msgspec(error: BaseException) -> list[tuple[str, str]]:
    """What msgspec tells: the place of the field in the struct, and within it ours."""
    text, _, field = str(error).rpartition(" - at `$.")
    inner = told_by_msgspec(msgspec.ValidationError(text))
    return [(".".join(filter(None, (field.removesuffix("`"), where))), told) for where, told in inner]


Read = Callable[[str], Any]
READERS: dict[str, tuple[Read, Callable[[BaseException], list[tuple[str, str]]]]] = {
    "pydantic": (Model.model_validate_json, told_by_pydantic),
    "msgspec": (lambda text: msgspec.json.decode(text, type=Struct, dec_hook=HOOKS.dec_hook), by_msgspec),
    "cattrs": (lambda text: CONVERTER.structure(json.loads(text), Attrs), told_by_cattrs),
}

WRONG = [
    pytest.param("limit.amount", 19.99, "a decimal number in quotes", id="a float"),
    pytest.param("limit.amount", 19, "a decimal number in quotes", id="a number"),
    pytest.param("limit.amount", "19.999", "whole minor units of EUR", id="a fraction of a cent"),
    pytest.param("limit.amount", "NaN", "a decimal number in quotes", id="no number"),
    pytest.param("limit.currency", "XXX", "the ISO 4217 code", id="no currency"),
    pytest.param("limit.tip", "1.00", "money such as", id="more than money"),
    pytest.param("limit", None, "money such as", id="no money"),
    pytest.param("command.at", "2024-01-31T10:00:00", "an instant in UTC", id="a naive instant"),
    pytest.param("command.at", "2024-01-31", "an instant in UTC", id="a date"),
    pytest.param("command.at", "2024-01-31T10:00:00+01:00", "an instant in UTC", id="another offset"),
    pytest.param("command.by.roles", "officer", "a list of different texts", id="a text for a set"),
    pytest.param("command.by.name", "Ann", "no other keys than those of", id="an unknown field inside"),
    pytest.param("command.remark", "", "no other keys than those of", id="an unknown field"),
    pytest.param("command.hold_id", True, "a text, got True", id="a bool for a text"),
    pytest.param("command.type", "holds.release/9", "no record is known by the tag", id="an unknown version"),
    pytest.param("command.type", "account.opened/1", "a record of Command", id="an event for a command"),
    pytest.param("command.type", None, "a tag such as", id="no tag"),
    pytest.param("events.1.zone", "Mars/Base", "an IANA time zone", id="a zone in the second of several"),
    pytest.param("events.1", "opened", "an object", id="no record among several"),
]


@pytest.mark.parametrize("library", READERS)
@pytest.mark.parametrize(("where", "what", "told"), WRONG)
def test_a_mistake_is_told_in_the_librarys_own_way(library: str, where: str, what: object, told: str) -> None:
    data = deepcopy(REQUEST)
    *steps, last = [int(step) if step.isdigit() else step for step in where.split(".")]
    place: Any = data
    for step in steps:
        place = place[step]
    place[last] = what
    read, telling = READERS[library]
    with pytest.raises(Exception) as caught:  # noqa: PT011 (of which kind, `telling` checks)
        read(json.dumps(data))
    ((stands, words),) = telling(caught.value)
    assert told in words
    assert where.startswith(stands)
    assert len(where.split(".")) - len(stands.split(".")) <= 1  # the field itself, or the record that has it


@pytest.mark.parametrize("library", READERS)
def test_what_is_right_is_taken(library: str) -> None:
    read, _ = READERS[library]
    assert read(json.dumps(REQUEST)).limit == Money("19.99", "EUR")


@pytest.mark.parametrize("library", ["pydantic", "cattrs"])
def test_all_mistakes_are_told_at_once(library: str) -> None:
    data = deepcopy(REQUEST)
    data["limit"]["amount"] = 1.5
    data["events"][0]["at"] = "soon"
    data["events"][1] |= {"zone": "Mars", "party": 5}
    read, telling = READERS[library]
    with pytest.raises(Exception) as caught:  # noqa: PT011
        read(json.dumps(data))
    places = sorted(where for where, _ in telling(caught.value))
    assert places == ["events.0.at", "events.1.party", "events.1.zone", "limit.amount"]


def test_msgspec_tells_all_mistakes_of_one_field() -> None:
    """It stops at the first field by itself."""
    data = deepcopy(REQUEST)
    data["command"] |= {"at": "soon", "hold_id": 5}
    read, telling = READERS["msgspec"]
    with pytest.raises(msgspec.ValidationError) as caught:
        read(json.dumps(data))
    assert [where for where, _ in telling(caught.value)] == ["command.at", "command.hold_id"]
