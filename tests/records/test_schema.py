"""The JSON Schema says what `dump` writes, and refuses what a schema can tell."""

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from acctcore import records
from acctcore.flows import File
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.testing import values
from acctcore.testing.values import AXES, TABLE
from tests.records.test_hostile import PAGE
from tests.records.test_lossless import STORIES
from tests.records.test_table import NEW, PARCEL

FEW = settings(max_examples=2, suppress_health_check=list(HealthCheck))
WHOLE: Any = records.schema(table=TABLE)


def test_the_whole_schema_is_one() -> None:
    Draft202012Validator.check_schema(WHOLE)


@cache
def validator(expected: Any = None) -> Draft202012Validator:
    """Validates against the whole schema's own definitions, so that they are made once."""
    definitions = dict(WHOLE["$defs"])
    top = WHOLE if expected is None else TABLE.shape(expected).schema(definitions)
    assert definitions.keys() == WHOLE["$defs"].keys()
    return Draft202012Validator({**top, "$defs": definitions})


def errors(data: object, expected: Any = None) -> list[str]:
    return [error.message for error in validator(expected).iter_errors(data)]


@pytest.mark.parametrize("kind", TABLE.tags.values(), ids=list(TABLE.tags))
@FEW
@given(data=st.data())
def test_whatever_is_written_is_as_the_schema_says(kind: type, data: st.DataObject) -> None:
    for axis in AXES if getattr(kind, "__parameters__", ()) else AXES[:1]:
        value = data.draw(values.of(kind, axis))
        assert errors(records.dump(value, table=TABLE), kind) == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_whole_accounts_are_as_the_schema_says(story: Any) -> None:
    book = story()
    assert errors(records.dump(book.file), File) == []
    for answer in book.file.answers:
        for event in answer.events:
            assert errors(records.dump(event), Event) == []


def test_any_record_is_as_the_whole_schema_says() -> None:
    for name in ("opened", "received", "item", "zoned"):
        assert errors(records.dump(records.load(PAGE[name]))) == []


HOSTILE = [
    ("opened", "at", "2024-01-31"),
    ("opened", "at", "2024-01-31T10:00:00+01:00"),
    ("opened", "at", 1706695200),
    ("opened", "cause", None),
    ("opened", "zone", "../../etc/passwd"),
    ("opened", "type", "account.opened/2"),
    ("opened", "type", None),
    ("hold", "four_eyes", 1),
    ("hold", "blocks", ["refund", "refund"]),
    ("hold", "blocks", ["refund", 5]),
    ("hold", "blocks", "refund"),
    ("received", "amount", {"amount": 19.99, "currency": "EUR"}),
    ("received", "amount", {"amount": "NaN", "currency": "EUR"}),
    ("received", "amount", {"amount": "1_000", "currency": "EUR"}),
    ("received", "amount", {"amount": "9" * 9999, "currency": "EUR"}),
    ("received", "amount", {"amount": "1.00", "currency": "XXX"}),
    ("received", "amount", {"amount": "1.00"}),
    ("received", "amount", {"amount": "1", "currency": "EUR", "x": 1}),
    ("received", "by", {"id": "ann"}),
    ("received", "by", {"id": "ann", "roles": [], "type": "terms.source/1"}),
    ("received", "documents", {}),
    ("item", "quantity", True),
    ("item", "quantity", 3.5),
    ("item", "quantity", "3"),
    ("item", "since", "next month"),
    ("share", "ratio", [1]),
    ("share", "ratio", [1, 2, 3]),
    ("share", "rounding", "HALF_UP"),
    ("zoned", "clock", "09:30"),
    ("rate", "rate", "19,0"),
    ("due", "on", 5),
    ("cancel", "when", "later"),
]


@pytest.mark.parametrize(
    ("name", "key", "found"), HOSTILE, ids=[f"{n}.{k}: {str(f)[:60]}" for n, k, f in HOSTILE]
)
def test_the_schema_refuses_what_a_schema_can_tell(name: str, key: str, found: object) -> None:
    kind = TABLE.tags[PAGE[name]["type"]]
    assert errors(PAGE[name], kind) == []
    assert errors(PAGE[name] | {key: found}, kind) != []
    with pytest.raises((InvalidValue, UnknownRecord)):
        records.load(PAGE[name] | {key: found})


@pytest.mark.parametrize("key", sorted(PAGE["hold"].keys() - {"type"}))
def test_the_schema_asks_for_every_key(key: str) -> None:
    kind = TABLE.tags["holds.hold/1"]
    assert errors({name: value for name, value in PAGE["hold"].items() if name != key}, kind) != []
    assert errors({**PAGE["hold"], "x": 1}, kind) != []


def test_the_schema_asks_for_the_tag_where_several_kinds_may_stand() -> None:
    untagged = {key: value for key, value in PAGE["received"].items() if key != "type"}
    assert errors(PAGE["received"], Command) == []
    assert errors(untagged, Command) != []
    assert errors({**untagged, "type": "payments.fail/1"}, Command) != []
    assert errors({"amount": "1.00", "currency": "EUR"}, Money) == []


def test_the_schema_asks_for_the_tag_from_version_two_on() -> None:
    schema = Draft202012Validator(records.schema(type(PARCEL), table=NEW))
    written: Any = records.dump(PARCEL, table=NEW)
    assert schema.is_valid(written)
    del written["weight"]["type"]
    assert not schema.is_valid(written)


def test_the_schema_knows_one_axis_of_time() -> None:
    book = STORIES[0]()
    assert book.file is not None
    kind = type(book.file.subscriptions[0])
    written: Any = records.dump(book.file.subscriptions[0])
    assert errors(written, kind) == []
    assert errors({**written, "ends": "2024-05-31T00:00:00Z"}, kind) != []


def test_every_record_has_a_definition_with_a_description() -> None:
    definitions = WHOLE["$defs"]
    for tag in TABLE.tags:
        name = tag.partition("/")[0]
        names = {name, f"{name}.by_date", f"{name}.by_instant"} & definitions.keys()
        assert names
        assert all(definitions[each]["description"] for each in names)
