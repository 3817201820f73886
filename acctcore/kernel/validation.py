"""Checks that the values of every room share: strict about kinds, plain about what was wrong.

Python lets a bool pass for an int and a datetime for a date; these do not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from acctcore.kernel.errors import InvalidValue

if TYPE_CHECKING:
    from attrs import Attribute

T = TypeVar("T")


def where(instance: object, attribute: Attribute[T]) -> str:
    """Return the place of a field in words: `Hold.placed_at`."""
    return f"{type(instance).__name__}.{attribute.name}"


def identifier(instance: object, attribute: Attribute[str], value: str) -> None:
    """Accept a non-empty text of at most 200 printable characters without spaces at its ends."""
    _text(instance, attribute, value, 200)


def reference(instance: object, attribute: Attribute[str], value: str) -> None:
    """Accept an id that may be derived from several others: at most 10 000 printable characters."""
    _text(instance, attribute, value, 10_000)


def _text(instance: object, attribute: Attribute[str], value: object, most: int) -> None:
    if not isinstance(value, str) or not value or value != value.strip() or len(value) > most:
        wanted = f"a non-empty text of at most {most} characters"
        raise InvalidValue(wanted, value, where(instance, attribute))
    if not value.isprintable():
        raise InvalidValue("printable characters only", value, where(instance, attribute))


def whole(
    minimum: int | None = None, maximum: int | None = None
) -> Callable[[object, Attribute[int], int], None]:
    """Return a validator for whole numbers within bounds; a bool is not one."""
    wanted = "a whole number"
    if minimum is not None:
        wanted += f" of at least {minimum}"
    if maximum is not None:
        wanted += f"{' and' if minimum is not None else ' of'} at most {maximum}"

    def check(instance: object, attribute: Attribute[int], value: int) -> None:
        if (
            type(value) is not int
            or (minimum is not None and value < minimum)
            or (maximum is not None and value > maximum)
        ):
            raise InvalidValue(wanted, value, where(instance, attribute))

    return check


def day(instance: object, attribute: Attribute[date], value: date) -> None:
    """Accept a calendar date that is not an instant."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValue("a date without a time", value, where(instance, attribute))


def not_empty(instance: object, attribute: Attribute[T], value: T) -> None:
    """Accept a collection or a text with something in it."""
    if not value:
        raise InvalidValue("at least one entry", value, where(instance, attribute))


def one_of(kind: type[T]) -> Callable[[object, Attribute[T], T], None]:
    """Return a validator for instances of a kind; whole() and day() know what passes for an int or a date."""
    if kind is int or kind is date:
        raise InvalidValue("whole() for numbers, day() for dates", kind, "one_of")

    def check(instance: object, attribute: Attribute[T], value: T) -> None:
        if not isinstance(value, kind):
            raise InvalidValue(f"a value of {kind.__name__}", value, where(instance, attribute))

    return check


def optional(
    validator: Callable[[object, Attribute[T], T], None],
) -> Callable[[object, Attribute[T | None], T | None], None]:
    """Return a validator that lets None pass and asks `validator` about the rest."""

    def check(instance: object, attribute: Attribute[T | None], value: T | None) -> None:
        if value is not None:
            validator(instance, attribute, value)  # type: ignore[arg-type]

    return check


def each(
    validator: Callable[[object, Attribute[T], T], None],
) -> Callable[[object, Attribute[tuple[T, ...]], tuple[T, ...]], None]:
    """Return a validator for a tuple whose every entry passes `validator`."""

    def check(instance: object, attribute: Attribute[tuple[T, ...]], value: tuple[T, ...]) -> None:
        if not isinstance(value, tuple):
            raise InvalidValue("a tuple", value, where(instance, attribute))
        for entry in value:
            validator(instance, attribute, entry)  # type: ignore[arg-type]

    return check
