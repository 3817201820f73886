"""What the museum is made of: public defects, the naive figure, ours, and the rule that prevents each."""

from collections.abc import Callable
from typing import NamedTuple


class Shown(NamedTuple):
    """What naive code says, and what acctcore says, as texts."""

    naive: object
    ours: object


class Exhibit(NamedTuple):
    """One kind of defect that was reported in public, wherever it was met."""

    name: str
    issues: tuple[str, ...]
    wrong: str
    rule: str
    naive: str
    ours: str
    show: Callable[[], Shown]


EXHIBITS: dict[str, list[Exhibit]] = {}


def exhibit(
    room: str, *issues: str, wrong: str, rule: str, naive: str, ours: str
) -> Callable[[Callable[[], Shown]], Callable[[], Shown]]:
    """Hang a defect in a room of the museum; the function works both figures out."""

    def hang(show: Callable[[], Shown]) -> Callable[[], Shown]:
        EXHIBITS.setdefault(room, []).append(Exhibit(show.__name__, issues, wrong, rule, naive, ours, show))
        return show

    return hang
