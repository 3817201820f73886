"""The exceptions: what they say, and that they survive a process boundary."""

import copy
import pickle
from collections.abc import Callable
from inspect import signature

import pytest

from acctcore.kernel import errors
from acctcore.kernel.decision import Missing
from acctcore.kernel.errors import (
    AcctcoreError,
    ImpossibleHistory,
    InvalidValue,
    Refused,
    Unhandled,
    UnknownRecord,
    VersionConflict,
    shown,
)
from tests.kernel.strategies import WRONG

ERRORS = [  # each made inside of its test
    pytest.param(
        lambda: InvalidValue("a date", "soon", "Hold.placed_on"),
        "Hold.placed_on: expected a date, got 'soon'",
        id="invalid value",
    ),
    pytest.param(
        lambda: InvalidValue("a date", None), "expected a date, got None", id="invalid value, nowhere"
    ),
    pytest.param(
        lambda: ImpossibleHistory("paid twice", ("P-1", "P-2"), "void one"),
        "paid twice; rows: P-1, P-2; to mend: void one",
        id="impossible history",
    ),
    pytest.param(
        lambda: ImpossibleHistory("no opening", (), "add one"),
        "no opening; rows: none; to mend: add one",
        id="impossible history without rows",
    ),
    pytest.param(
        lambda: VersionConflict(3, 4),
        "expected version 3 of the file, found 4; read it again and retry",
        id="version conflict",
    ),
    pytest.param(
        lambda: UnknownRecord("holds.placed/9"), "no record is known by the tag 'holds.placed/9'", id="record"
    ),
    pytest.param(
        lambda: UnknownRecord("x", "events[2]"),
        "events[2]: no record is known by the tag 'x'",
        id="unknown record with its place",
    ),
    pytest.param(
        lambda: UnknownRecord("x/1", "", "load the host's own records"),
        "no record is known by the tag 'x/1'; to mend: load the host's own records",
        id="unknown record with what would mend it",
    ),
    pytest.param(
        lambda: Refused("unknown", (Missing("the price"), Missing("the tax", ("rates",)))),
        "unknown: the price must be known first; the tax must be known first: rates",
        id="refused",
    ),
    pytest.param(lambda: Unhandled("state", 5), "no rule decides 'state' with 5", id="unhandled"),
]


def test_each_error_keeps_what_it_is_made_from() -> None:
    made: list[AcctcoreError] = [case.values[0]() for case in ERRORS]  # type: ignore[operator]
    assert {type(error) for error in made} == set(AcctcoreError.__subclasses__()) - others()
    for error in made:
        given = [getattr(error, name) for name in signature(type(error)).parameters]
        again = type(error)(*(error.subjects if isinstance(error, Unhandled) else given))
        assert str(again) == str(error)


def others() -> set[type]:
    return {kind for kind in AcctcoreError.__subclasses__() if kind.__module__ != errors.__name__}


@pytest.mark.parametrize(("make", "text"), ERRORS)
def test_an_error_says_what_is_wrong(make: Callable[[], AcctcoreError], text: str) -> None:
    assert str(make()) == text


@pytest.mark.parametrize(("make", "text"), ERRORS)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_survives_pickling_and_copying(
    make: Callable[[], AcctcoreError], text: str, again: Callable[[AcctcoreError], AcctcoreError]
) -> None:
    error = make()
    twin = again(error)
    assert type(twin) is type(error)
    assert str(twin) == text
    assert vars(twin) == vars(error)


def test_an_invalid_value_is_a_value_error() -> None:
    assert issubclass(InvalidValue, ValueError)
    assert not issubclass(Refused, ValueError)


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("not today")


class Odd:
    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


@pytest.mark.parametrize("value", [*WRONG.values(), Hostile(), Odd()], ids=[*WRONG, "hostile", "odd"])
def test_any_value_can_be_shown_in_a_short_line(value: object) -> None:
    text = shown(value)
    assert 0 < len(text) <= 121
    assert "\n" not in text


def test_a_long_value_is_cut_and_says_so() -> None:
    assert shown("x" * 10**7) == "'" + "x" * 119 + "…"
    assert shown("x" * 118) == repr("x" * 118)
    assert shown(tuple(range(100))).endswith("…")
    assert shown(Hostile()) == "<Hostile>"
