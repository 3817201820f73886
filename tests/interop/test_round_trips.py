"""Every public value goes through every library and comes back; what records refuse, each of them refuses."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore import records
from acctcore.flows import File
from acctcore.kernel.decision import Decision
from acctcore.kernel.errors import AcctcoreError
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.testing import values
from acctcore.testing.values import AXES, TABLE
from tests.interop.libraries import LIBRARIES
from tests.records.test_hostile import change
from tests.records.typed import same

FEW = settings(max_examples=2, suppress_health_check=list(HealthCheck))
KINDS = [
    pytest.param(kind, axis, id=f"{tag} {axis.__name__}")
    for tag, kind in TABLE.tags.items()
    for axis in (AXES if getattr(kind, "__parameters__", ()) else AXES[:1])
]


@pytest.mark.parametrize(("kind", "axis"), KINDS)
@FEW
@given(data=st.data())
def test_every_value_comes_back_as_it_was(kind: type, axis: type, data: st.DataObject) -> None:
    value = data.draw(values.of(kind, axis))
    written = records.dump(value, table=TABLE)
    for name, library in LIBRARIES.items():
        text = library.write(value, kind)
        assert json.loads(text) == written, name
        assert same(library.read(text, kind), value), name


WIDER: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "money": (Money, values.monies),
    "any event": (Event, values.of(Event)),
    "any command": (Command, values.of(Command)),
    "events": (tuple[Event, ...], st.lists(values.of(Event), max_size=3).map(tuple)),
    "amounts": (tuple[Money, ...], st.lists(values.monies, max_size=3).map(tuple)),
    "a decision": (Decision[Event], values.of(Decision)),
    "a file": (File, values.of(File)),
}


@pytest.mark.parametrize(("hint", "drawn"), WIDER.values(), ids=WIDER.keys())
def test_what_is_asked_for_more_widely_comes_back_as_it_was(hint: Any, drawn: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=3 if hint is File else 20, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def check(value: Any) -> None:
        for name, library in LIBRARIES.items():
            text = library.write(value, hint)
            assert json.loads(text) == records.dump(value, hint, table=TABLE), name
            assert same(library.read(text, hint), value), name

    check()


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(value=values.anything(), data=st.data())
def test_each_library_takes_what_records_take_and_refuses_the_rest(
    value: object, data: st.DataObject
) -> None:
    hint = type(value)
    text = json.dumps(change(value, data))
    try:
        expected: object = records.load(json.loads(text), hint, table=TABLE)
    except AcctcoreError:
        expected = None
    for name, library in LIBRARIES.items():
        try:
            read = library.read(text, hint)
        except Exception as error:  # noqa: BLE001 (which one it may be, `told` says)
            assert library.told(error), name  # noqa: PT017
            assert expected is None, name
        else:
            assert same(read, expected), name
