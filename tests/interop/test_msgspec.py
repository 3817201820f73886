"""msgspec's structs: a holder for records, hooks for it and for what msgspec does not know by itself."""

import copy
import json
import pickle
from typing import Any

import msgspec
import pendulum
import pytest
from jsonschema import Draft202012Validator
from pendulum import DateTime

from acctcore import records
from acctcore.accounts import account
from acctcore.interop.msgspec import HOOKS, Record
from acctcore.kernel.calendar import instant
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor

NOON = instant(pendulum.datetime(2024, 1, 31, 12, tz="Europe/Berlin"))
ANN = Actor("ann", {"officer"})
OPENED = account.Opened(NOON, "c-1", "A-1", "Europe/Berlin", "")


class Line(msgspec.Struct):
    title: str
    amount: Money
    at: DateTime | None = None


class Order(msgspec.Struct):
    lines: list[Line]
    by: Record[Actor]
    happened: Record[Event] | None = None
    history: Record[tuple[Event, ...]] = msgspec.field(default_factory=lambda: Record(()))
    amounts: dict[str, Money] = msgspec.field(default_factory=dict)


ORDER = Order(
    lines=[Line("Seat", Money("12.00", "EUR"), NOON), Line("Base", Money("1200", "JPY"))],
    by=Record(ANN),
    happened=Record(OPENED),
    history=Record((OPENED, OPENED)),
    amounts={"paid": Money("0.001", "KWD")},
)


@pytest.mark.parametrize("form", [msgspec.json, msgspec.msgpack], ids=["json", "msgpack"])
def test_a_struct_goes_out_and_comes_back(form: Any) -> None:
    written = form.encode(ORDER, enc_hook=HOOKS.enc_hook)
    assert form.decode(written, type=Order, dec_hook=HOOKS.dec_hook) == ORDER


def test_what_is_written_is_a_record() -> None:
    written = json.loads(msgspec.json.encode(ORDER, enc_hook=HOOKS.enc_hook))
    assert written["by"] == records.dump(ANN)
    assert written["history"] == records.dump((OPENED, OPENED))
    assert written["lines"][0] == {
        "title": "Seat",
        "amount": {"amount": "12.00", "currency": "EUR"},
        "at": "2024-01-31T11:00:00Z",
    }


def test_a_record_bare_in_a_struct_is_not_what_it_seems() -> None:
    """Why there is a holder: msgspec takes our classes for its own, and lets unknown fields pass."""
    naive = msgspec.json.encode(ANN)
    assert b"type" not in naive
    loose = msgspec.json.decode(b'{"id":"ann","roles":["officer"],"admin":true}', type=Actor)
    assert loose == ANN
    with pytest.raises(msgspec.ValidationError, match="no other keys"):
        msgspec.json.decode(
            b'{"id":"ann","roles":["officer"],"admin":true}', type=Record[Actor], dec_hook=HOOKS.dec_hook
        )


def test_a_holder_is_a_value() -> None:
    one, other = Record(ANN), Record(Actor("sam"))
    read = msgspec.json.decode(
        msgspec.json.encode(one, enc_hook=HOOKS.enc_hook), type=Record[Actor], dec_hook=HOOKS.dec_hook
    )
    assert one == read
    assert hash(one) == hash(read)
    assert one != other
    assert one != ANN
    assert repr(one) == f"Record({ANN!r})"
    for again in (copy.copy(read), copy.deepcopy(read), pickle.loads(pickle.dumps(read))):
        assert again == one
    with pytest.raises(AttributeError, match="immutable"):
        one.value = other.value
    with pytest.raises(AttributeError, match="immutable"):
        del one.value


def test_what_is_not_ours_is_left_to_others() -> None:
    with pytest.raises(NotImplementedError, match="set"):
        HOOKS.enc_hook({1})
    with pytest.raises(NotImplementedError, match="set"):
        HOOKS.dec_hook(set, [1])
    with pytest.raises(msgspec.ValidationError, match="expected an object: a record of Event, got 5"):
        msgspec.json.decode(b"5", type=Record[Event], dec_hook=HOOKS.dec_hook)


def test_a_holder_of_amounts() -> None:
    held: Record[tuple[Money, ...]] = Record((Money("1.00", "EUR"), Money("2.00", "USD")))
    written = msgspec.json.encode(held, enc_hook=HOOKS.enc_hook)
    assert msgspec.json.decode(written, type=Record[tuple[Money, ...]], dec_hook=HOOKS.dec_hook) == held


def test_the_schema_is_whole_and_tells_right_from_wrong() -> None:
    schema = HOOKS.schema(Order)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    data = json.loads(msgspec.json.encode(ORDER, enc_hook=HOOKS.enc_hook))
    assert [*validator.iter_errors(data)] == []
    data["lines"][0]["amount"]["amount"] = 12.0
    assert [*validator.iter_errors(data)] != []
    assert HOOKS.schema(int) == {"type": "integer", "$defs": {}}
