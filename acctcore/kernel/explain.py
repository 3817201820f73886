"""How an amount tells where it comes from: a small tree of sentences, made from what it was computed from.

Nothing is logged on the way. A basis is kept beside the amount; explaining recomputes from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attrs import frozen

from acctcore.kernel.errors import InvalidValue


@frozen
class Explanation:
    """One sentence, the figure it arrives at, and the steps beneath it."""

    text: str
    result: str = ""
    steps: tuple[Explanation, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Return the tree as indented lines."""
        left = [(self, depth)]
        while left:
            told, level = left.pop()
            yield "  " * level + (f"{told.text} = {told.result}" if told.result else told.text)
            left.extend((step, level + 1) for step in reversed(told.steps))

    def __str__(self) -> str:
        return "\n".join(self.lines())


class Explains(Protocol):
    """Anything that can tell how it came about."""

    def explain(self) -> Explanation:
        """Return the derivation, recomputed."""
        ...


def explain(subject: Explains) -> Explanation:
    """Return how the subject came about, recomputed from what it keeps."""
    if not callable(getattr(subject, "explain", None)):
        raise InvalidValue("something that can tell how it came about", subject, "explain")
    return subject.explain()
