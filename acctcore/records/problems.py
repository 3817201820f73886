"""What is wrong with data, all of it at once, each with the path to where it stands."""

from __future__ import annotations

from enum import Enum
from typing import Final

from acctcore.kernel.errors import AcctcoreError, InvalidValue, UnknownRecord

MOST = 100
"""So many mistakes of one document are told; more would not be read."""


class Bad(Enum):
    """Stands where a value would be, had the data been right."""

    BAD = "bad"


BAD: Final = Bad.BAD


class RecordErrors(InvalidValue):
    """Several mistakes in one document: `problems` has each as InvalidValue or UnknownRecord."""

    def __init__(self, problems: tuple[AcctcoreError, ...]) -> None:
        self.problems = problems
        AcctcoreError.__init__(self, "\n".join([f"{len(problems)} mistakes:", *map(str, problems)]))
        self.expected = "a record without mistakes"
        self.got: object = len(problems)
        self.where = "$"


class Raw:
    """A piece of JSON text that no plain value stands for: a number with a fraction, NaN, nothing."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


NOTHING: Final = Raw("nothing")


class _Problem:
    __slots__ = ("expected", "got", "path", "unknown")

    def __init__(self, expected: str, got: object, unknown: bool) -> None:
        self.expected = expected
        self.got = got
        self.unknown = unknown
        self.path: list[str | int] = []  # from the inside out: paths are built only where something is wrong

    def error(self) -> AcctcoreError:
        where = path_text(tuple(reversed(self.path)))
        if self.unknown:
            return UnknownRecord(str(self.got), where, self.expected)
        return InvalidValue(self.expected, self.got, where)


class Found:
    """The mistakes found so far in one document, and whether documents are checked to add up."""

    __slots__ = ("check", "problems")

    def __init__(self, check: bool) -> None:
        self.check = check
        self.problems: list[_Problem] = []

    def add(self, expected: str, got: object, *, unknown: bool = False) -> Bad:
        """Note a mistake at the present place."""
        if len(self.problems) < MOST:
            self.problems.append(_Problem(expected, got, unknown))
        return BAD

    def take(self, others: Found) -> None:
        """Note the mistakes that were found in another reading of the same place."""
        self.problems.extend(others.problems[: MOST - len(self.problems)])

    def inside(self, mark: int, key: str | int) -> None:
        """Say that all mistakes noted since `mark` stand inside this key."""
        for problem in self.problems[mark:]:
            problem.path.append(key)

    def error(self) -> AcctcoreError:
        """Return the one mistake, or all of them."""
        errors = tuple(problem.error() for problem in self.problems)
        return errors[0] if len(errors) == 1 else RecordErrors(errors)


class Misplaced(Exception):
    """A value that cannot be written, on its way out to where its path is known."""

    def __init__(self, expected: str, got: object) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got
        self.path: list[str | int] = []

    def inside(self, key: str | int) -> Misplaced:
        """Return it with one more step to its path."""
        self.path.append(key)
        return self

    def error(self) -> InvalidValue:
        """Return it with its whole path."""
        return InvalidValue(self.expected, self.got, path_text(tuple(reversed(self.path))))


def path_text(path: tuple[str | int, ...]) -> str:
    """Return a path as it is read: `$.lines[3].amount`."""
    return "$" + "".join([f"[{key}]" if isinstance(key, int) else f".{key}" for key in path])
