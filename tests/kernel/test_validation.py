"""Checks of fields: strict about kinds, plain about what was wrong and where."""

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pendulum
import pytest
from attrs import field, frozen

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.validation import day, each, identifier, not_empty, one_of, optional, reference, whole


@frozen
class Thing:
    id: str = field(default="a", validator=identifier)
    count: int = field(default=1, validator=whole())
    seats: int = field(default=1, validator=whole(minimum=1))
    depth: int = field(default=1, validator=whole(maximum=9))
    month: int = field(default=1, validator=whole(1, 12))
    on: date = field(default=date(2024, 1, 1), validator=day)
    tags: tuple[str, ...] = field(default=("a",), validator=not_empty)
    fee: Money = field(default=Money(1, "EUR"), validator=one_of(Money))
    until: date | None = field(default=None, validator=optional(day))
    parts: tuple[int, ...] = field(default=(), validator=each(whole(0)))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(
            pytest.param("id", value, "a non-empty text of at most 200 characters", id=f"id {value!r:.20}")
            for value in ("", " a", "a ", "a" * 201, None, 5, True, b"a", ("a",), "\n")
        ),
        *(
            pytest.param("id", value, "printable characters only", id=f"id {value!r}")
            for value in ("a\nb", "a\0b", "a\u200bb", "a\x1b[31mb", "a\ud800b", "a\xa0b")
        ),
        *(
            pytest.param("count", value, "a whole number", id=f"count {value!r}")
            for value in (True, False, 1.0, "1", None, float("nan"), 1j)
        ),
        pytest.param("seats", 0, "a whole number of at least 1", id="too few"),
        pytest.param("depth", 10, "a whole number of at most 9", id="too deep"),
        pytest.param("month", 0, "a whole number of at least 1 and at most 12", id="month 0"),
        pytest.param("month", 13, "a whole number of at least 1 and at most 12", id="month 13"),
        *(
            pytest.param("on", value, "a date without a time", id=f"on {value!r}")
            for value in (datetime(2024, 1, 1, tzinfo=UTC), pendulum.naive(2024, 1, 1), "2024-01-01", None, 5)
        ),
        *(
            pytest.param("tags", value, "at least one entry", id=f"tags {value!r}")
            for value in ((), "", None)
        ),
        *(
            pytest.param("fee", value, "a value of Money", id=f"fee {value!r}")
            for value in (1, "1 EUR", None, Money)
        ),
        pytest.param(
            "until", datetime(2024, 1, 1, tzinfo=UTC), "a date without a time", id="until an instant"
        ),
        pytest.param("parts", [1], "a tuple", id="parts in a list"),
        pytest.param("parts", (1, True), "a whole number of at least 0", id="a yes among the parts"),
        pytest.param("parts", (1, -1), "a whole number of at least 0", id="a debt among the parts"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(name: str, value: Any, expected: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Thing(**{name: value})
    error = caught.value
    assert error.expected == expected
    assert error.got is value or (isinstance(value, tuple) and error.got in (value, *value))
    assert error.where == f"Thing.{name}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "a" * 200),
        ("id", "Zoë Ångström-Ñuñez / 東京"),
        ("count", -(10**50)),
        ("seats", 1),
        ("depth", -5),
        ("month", 12),
        ("on", pendulum.date(2024, 1, 1)),
        ("until", date(2024, 1, 1)),
        ("until", None),
        ("parts", (0, 1)),
        ("tags", ("",)),
    ],
    ids=repr,
)
def test_a_right_value_passes(name: str, value: Any) -> None:
    assert getattr(Thing(**{name: value}), name) == value


def test_checks_that_are_put_together_check_what_they_are_made_of() -> None:
    """Made inside of the test, unlike those of a class, which are made as it is read."""

    @frozen
    class Made:
        month: int = field(default=1, validator=whole(1, 12))
        seats: int = field(default=1, validator=whole(minimum=1))
        depth: int = field(default=1, validator=whole(maximum=9))
        count: int = field(default=1, validator=whole())
        fee: Money = field(default=Money(1, "EUR"), validator=one_of(Money))
        until: date | None = field(default=None, validator=optional(day))
        parts: tuple[int, ...] = field(default=(), validator=each(whole(0)))

    for right in (
        {},
        {"month": 1},
        {"month": 12},
        {"seats": 9},
        {"depth": -1},
        {"until": None},
        {"parts": (0,)},
    ):
        assert attrs.asdict(Made(**right)) == attrs.asdict(Made()) | right
    refused: tuple[tuple[str, Any, Any, str], ...] = (
        ("month", 0, 0, "a whole number of at least 1 and at most 12"),
        ("month", 13, 13, "a whole number of at least 1 and at most 12"),
        ("seats", 0, 0, "a whole number of at least 1"),
        ("depth", 10, 10, "a whole number of at most 9"),
        ("count", True, True, "a whole number"),
        ("fee", "1 EUR", "1 EUR", "a value of Money"),
        ("until", 5, 5, "a date without a time"),
        ("parts", [1], [1], "a tuple"),
        ("parts", (1, -1), -1, "a whole number of at least 0"),
    )
    for name, value, got, expected in refused:
        with pytest.raises(InvalidValue) as caught:
            Made(**{name: value})
        error = caught.value
        assert (error.where, error.expected, error.got) == (f"Made.{name}", expected, got)


def test_an_id_made_of_others_has_at_most_ten_thousand_characters() -> None:
    @frozen
    class Line:
        id: str = field(validator=reference)

    assert Line("a" * 10_000).id == "a" * 10_000
    with pytest.raises(InvalidValue, match=r"Line\.id: expected .* at most 10000 characters"):
        Line("a" * 10_001)


@pytest.mark.parametrize("kind", [int, date])
def test_kinds_that_let_others_pass_have_their_own_check(kind: type) -> None:
    with pytest.raises(InvalidValue, match=r"one_of: expected whole\(\) for numbers, day\(\) for dates"):
        one_of(kind)
