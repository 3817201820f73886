"""Duties: each once, the earliest first, until somebody discharges them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.duties import Duty, open_duties, overdue
from acctcore.kernel.errors import InvalidValue
from tests.kernel.strategies import instants, wrong

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)

duties = st.builds(Duty, st.sampled_from("abcdef"), st.just("test.do"), instants)


@given(st.lists(duties), st.sets(st.sampled_from("abcdef")))
def test_what_nobody_discharged_is_open(known: list[Duty], discharged: set[str]) -> None:
    left = open_duties(known, discharged)
    assert {duty.key for duty in left} == {duty.key for duty in known} - discharged
    assert len({duty.key for duty in left}) == len(left)
    assert list(left) == sorted(left, key=lambda duty: (duty.by, duty.key))
    assert all(duty.by == min(other.by for other in known if other.key == duty.key) for duty in left)


@given(st.lists(duties), st.randoms(use_true_random=False))
def test_the_order_in_which_duties_come_does_not_matter(known: list[Duty], dice: Any) -> None:
    mixed = list(known)
    dice.shuffle(mixed)
    assert open_duties(mixed, ()) == open_duties(known, ())


@given(st.lists(duties), instants)
def test_what_lies_before_an_instant_is_overdue(known: list[Duty], at: pendulum.DateTime) -> None:
    late = overdue(known, at)
    assert sorted(map(str, late)) == sorted(str(duty) for duty in known if duty.by < at)
    assert list(late) == sorted(late, key=lambda duty: (duty.by, duty.key))


def test_a_duty_is_not_overdue_at_its_very_instant() -> None:
    duty = Duty("a", "test.do", instant(NOON))
    assert overdue([duty], instant(NOON)) == ()
    assert overdue([duty], NOON + timedelta(microseconds=1)) == (duty,)  # type: ignore[arg-type]


def test_a_duty_takes_any_kind_of_instant() -> None:
    duty = Duty("a", "test.do", NOON)
    assert duty == Duty("a", "test.do", instant(NOON))
    assert type(duty.by) is pendulum.DateTime


@pytest.mark.parametrize("value", wrong())
def test_a_duty_is_due_at_an_instant(value: Any) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: Duty("a", "test.do", value),
        lambda: overdue([], value),
    )
    for ask in asked:
        with pytest.raises(InvalidValue, match=r"instant: expected an instant"):
            ask()


@pytest.mark.parametrize("field", ["key", "kind", "owed_by", "owed_to"])
@pytest.mark.parametrize("value", wrong("a text"))
def test_a_duty_is_named(field: str, value: Any) -> None:
    make: Any = Duty
    with pytest.raises(InvalidValue, match=rf"Duty\.{field}: expected (a non-empty text|printable)"):
        make(**{"key": "a", "kind": "test.do", "by": NOON, field: value})


@pytest.mark.parametrize("value", wrong())
def test_only_duties_are_sorted(value: Any) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: open_duties([value], ()),
        lambda: overdue([value], instant(NOON)),
    )
    for ask in asked:
        with pytest.raises(InvalidValue, match=r"duties: expected duties"):
            ask()


def test_a_single_key_is_not_taken_for_its_letters() -> None:
    with pytest.raises(
        InvalidValue, match=r"open_duties: expected the keys that were discharged, not a single one"
    ):
        open_duties([Duty("a", "test.do", NOON)], "abc")
