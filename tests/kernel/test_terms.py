"""The words of several wings: who acts, on what, and by which source."""

from datetime import date
from typing import Any

import pytest

from acctcore.kernel import terms
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import OPERATIONS, SCHEDULE, Actor, Source
from tests.kernel.strategies import wrong


@pytest.mark.parametrize(
    "roles", ["officer", ("officer",), ["officer"], {"officer"}, frozenset({"officer"})], ids=repr
)
def test_roles_come_in_any_collection(roles: Any) -> None:
    assert Actor("anna", roles) == Actor("anna", frozenset({"officer"}))
    assert hash(Actor("anna", roles)) == hash(Actor("anna", frozenset({"officer"})))


@pytest.mark.parametrize(
    "roles", [None, True, 1, [1], [None], [""], "", [["officer"]], [b"officer"]], ids=repr
)
def test_roles_are_words(roles: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Actor.roles: expected the names of roles"):
        Actor("anna", roles)


@pytest.mark.parametrize("name", wrong("a text"))
def test_an_actor_has_a_name(name: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Actor.id: expected (a non-empty text|printable)"):
        Actor(name)


def test_time_acts_without_a_role() -> None:
    assert (SCHEDULE.id, SCHEDULE.roles) == ("schedule", frozenset())


def test_every_operation_is_listed() -> None:
    words = {value for name, value in vars(terms).items() if name.isupper() and isinstance(value, str)}
    assert words == OPERATIONS


@pytest.mark.parametrize("value", wrong())
def test_a_source_was_read_on_a_day(value: Any) -> None:
    assert Source("EN 16931-1", "BT-118", date(2026, 11, 21), "secondary").clause == "BT-118"
    with pytest.raises(InvalidValue, match=r"Source.read_on: expected a date without a time"):
        Source("EN 16931-1", "BT-118", value, "secondary")
