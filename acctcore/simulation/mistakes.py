"""What is wrong with a scenario: where, what was expected, what came, and perhaps what was meant."""

from __future__ import annotations

from attrs import frozen

from acctcore.kernel.errors import AcctcoreError


@frozen
class Mistake:
    """One mistake of whoever wrote the scenario.

    `where` is a key path such as `step[3].amount` (counted from one), `line` the line of the text
    that it was found on, where that is known.
    """

    where: str
    expected: str
    found: str
    hint: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}expected {self.expected}, found {self.found}{hint}"


class BadScenario(AcctcoreError, ValueError):
    """A text that is no scenario; bears every mistake in it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(str(mistake) for mistake in mistakes))
