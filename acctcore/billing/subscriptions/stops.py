"""What is not wanted for a while: pauses that were agreed, and what becomes of the cycles after them.

A stop takes nothing off the timeline: it lies over it. Where several overlap, nothing is wanted as
long as one of them lasts; what is booked for that time is given back where one of them says so; and
cycles begin anew where one that says so is the last to end.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from attrs import frozen

from acctcore.kernel.terms import CommandId

P = TypeVar("P", bound=date)


class Resuming(Enum):
    """What becomes of the cycles when what was stopped goes on."""

    KEEP = "keep"  # they stay where they were: the rest of the cycle is billed
    RESTART = "restart"  # a new cycle begins at that point, and the others are counted from there


@frozen
class Stop(Generic[P]):
    """A stretch in which nothing is wanted, until it ends or, without `until`, until it is ended.

    `gives_back` says whether what is booked for that time is given back. `cause` is the command that
    agreed it, by which it is named.
    """

    since: P
    until: P | None
    gives_back: bool
    resuming: Resuming
    cause: CommandId

    def contains(self, at: P) -> bool:
        """Return whether a point lies inside."""
        return self.since <= at and (self.until is None or at < self.until)

    def meets(self, since: P, until: P | None) -> bool:
        """Return whether any of `[since, until)` lies inside."""
        return (until is None or self.since < until) and (self.until is None or since < self.until)
