"""What others report of something that happens with them: facts in any order, and what they come to.

A payment is asked for here and happens at a processor; so does a refund. Its notices come late, twice,
or in the wrong order. They are kept as a set, each with its own instant, and where the thing stands is
read off all of them: so it is the same in whatever order they came. Two notices that cannot both be are
told apart by name, and never settled by which of them was faster.

Source: docs/sources.md#notices
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from types import MappingProxyType
from typing import ClassVar

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel.calendar import stamp
from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money, convert


class Says(Enum):
    """What a notice says; only DONE and FAILED are definite."""

    ASKED = "asked"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"


_RANK = MappingProxyType({says: rank for rank, says in enumerate(Says)})
_DEFINITE = frozenset({Says.DONE, Says.FAILED})


@frozen
class Notice:
    """One fact about something that happens elsewhere: what, when by their own clock, under which reference.

    `amount` is what was really moved, where that is another amount than was asked for; `fee` is what
    the other side took for it; neither need be in the currency of the account. `method` is the way the
    money went.
    """

    says: Says
    at: DateTime
    reference: str = ""
    amount: Money | None = field(default=None, converter=optional(convert))
    fee: Money | None = field(default=None, converter=optional(convert))
    failure: str = ""
    method: str = ""

    def __str__(self) -> str:
        """What it says, when, and under which reference."""
        under = f" ({self.reference})" if self.reference else ""
        return f"{self.says.value} at {stamp(self.at)}{under}"


@frozen
class AlreadyRecorded(Reason):
    """A fact that is on file already: nothing is left to do."""

    code: ClassVar[str] = "notices.already_recorded"
    template: ClassVar[str] = "this is recorded already: {subject}, {known}"
    subject: str
    known: Notice


@frozen
class Conflict(Reason):
    """Two facts that cannot both be; somebody has to find out which is true."""

    code: ClassVar[str] = "notices.conflict"
    template: ClassVar[str] = "{subject} cannot be {told} and {known}"
    subject: str
    known: Notice
    told: Notice


@frozen
class ReferenceUsed(Reason):
    """A reference under which something else of the same kind is on file; a key is used once."""

    code: ClassVar[str] = "notices.reference_used"
    template: ClassVar[str] = "the reference {reference} is that of {subject}"
    reference: str
    subject: str


def noted(notices: tuple[Notice, ...], notice: Notice) -> tuple[Notice, ...]:
    """Return the notices with one more, in an order that does not tell which came first."""
    return tuple(sorted((*notices, notice), key=_place))


def _place(notice: Notice) -> tuple[DateTime, int, str]:
    content = (
        notice.reference,
        notice.failure,
        str(notice.amount),
        str(notice.fee),
        notice.method,
    )
    return (notice.at, _RANK[notice.says], repr(content))


def against(subject: str, notices: Iterable[Notice], notice: Notice) -> tuple[Reason, ...]:
    """Return why a notice cannot stand beside those on file: it is one of them, or contradicts one.

    It cannot be done and fail at one instant; it cannot be done twice without failing in between, for
    then two things happened; and one reference stands for one fact of a kind.
    """
    known = tuple(notices)
    if notice in known:
        return (AlreadyRecorded(subject, notice),)
    if notice.reference:
        same = [each for each in known if (each.says, each.reference) == (notice.says, notice.reference)]
        if same:
            return (Conflict(subject, same[0], notice),)
    other = None if notice.says not in _DEFINITE else _contradiction(known, notice)
    return () if other is None else (Conflict(subject, other, notice),)


def _contradiction(known: tuple[Notice, ...], notice: Notice) -> Notice | None:
    definite = sorted((each for each in known if each.says in _DEFINITE), key=_place)
    for each in definite:
        if each.at == notice.at and each.says is not notice.says:
            return each
    if notice.says is Says.FAILED:
        return None
    before = [each for each in definite if each.at <= notice.at]
    after = [each for each in definite if each.at > notice.at]
    neighbours = (*before[-1:], *after[:1])
    return next((each for each in neighbours if each.says is Says.DONE), None)


def decisive(notices: Iterable[Notice]) -> Notice | None:
    """Return the latest notice by its own instant that says it is done or failed; None where none does."""
    definite = [notice for notice in notices if notice.says in _DEFINITE]
    return max(definite, key=_place, default=None)


def standing(notices: Iterable[Notice]) -> Says:
    """Return where it stands: the latest definite notice says; else nobody knows, or the furthest it got.

    An ask or a doubt never outweighs what is definite, whichever is dated later: clocks differ.
    """
    known = tuple(notices)
    last = decisive(known)
    if last is not None:
        return last.says
    said = {notice.says for notice in known}
    for says in (Says.UNKNOWN, Says.SENT):
        if says in said:
            return says
    return Says.ASKED


def turns(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the definite notices that changed what the one before said, in their own order."""
    found: list[Notice] = []
    for notice in sorted((notice for notice in notices if notice.says in _DEFINITE), key=_place):
        if not found or found[-1].says is not notice.says:
            found.append(notice)
    return tuple(found)


def by(notices: Iterable[Notice], at: DateTime) -> tuple[Notice, ...]:
    """Return the notices that had happened by an instant."""
    return tuple(notice for notice in notices if notice.at <= at)
