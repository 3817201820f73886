"""What the holds of an account block together, until when, and which of them is due for review.

Every question is asked of holds as they are known: `as_known` gives those that were, at any instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from pendulum import DateTime

from acctcore.accounts.holds.reasons import Blocked
from acctcore.kernel.calendar import Span, instant, stamp
from acctcore.kernel.duties import Duty
from acctcore.kernel.identity import derive
from acctcore.kernel.terms import HoldId, Operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acctcore.accounts.holds.model import Hold


def blocking(
    holds: tuple[Hold, ...], operation: Operation, at: DateTime, scope: str | None = None
) -> tuple[Hold, ...]:
    """Return the holds that stop an operation at an instant; the effective block is their union.

    `scope` is the item that the operation is about; without it, it is about the whole account.
    """
    if not holds:
        return ()
    return tuple([hold for hold in holds if hold.stops(operation, scope) and hold.active(at)])


def refusal(
    holds: tuple[Hold, ...], operation: Operation, at: DateTime, scope: str | None = None
) -> Blocked | None:
    """Return why an operation is blocked at an instant, or None where it is not."""
    if not holds:
        return None
    stopping = blocking(holds, operation, at, scope)
    if not stopping:
        return None
    ends = [hold.ends_at for hold in stopping if hold.ends_at is not None]
    return Blocked(
        operation,
        tuple(hold.id for hold in stopping),
        tuple(dict.fromkeys(hold.reason for hold in stopping)),
        max(ends) if len(ends) == len(stopping) else None,
        tuple(dict.fromkeys(hold.public_reason for hold in stopping if hold.public_reason)),
        scope,
    )


# The whole of it


@frozen
class Block:
    """An operation that is blocked for one item, or with None for the whole account, and by which holds."""

    operation: Operation
    scope: str | None
    holds: tuple[HoldId, ...]


@frozen
class Effective:
    """Everything that is blocked at an instant, and the first later one at which that is different.

    A block of the whole account names the holds that lie on all of it. Items have blocks of their
    own where a hold lies on them; these name every hold that stops the operation there.
    """

    at: DateTime
    blocks: tuple[Block, ...]
    next_change_at: DateTime | None

    def stopping(self, operation: Operation, scope: str | None = None) -> tuple[HoldId, ...]:
        """Return the holds that stop an operation on one item, or on the whole account, in order of id."""
        found = {block.scope: block.holds for block in self.blocks if block.operation == operation}
        if scope is None:
            return tuple(sorted({id for ids in found.values() for id in ids}))
        return found.get(scope, found.get(None, ()))


def effective(holds: tuple[Hold, ...], at: DateTime) -> Effective:
    """Return everything that the holds block at an instant, in whatever order they were placed."""
    at = instant(at)
    active = sorted([hold for hold in holds if hold.active(at)], key=lambda hold: hold.id)
    blocks = []
    for operation in sorted({operation for hold in active for operation in hold.blocks}):
        stopping = [hold for hold in active if operation in hold.blocks]
        everywhere = tuple([hold.id for hold in stopping if not hold.scope])
        if everywhere:
            blocks.append(Block(operation, None, everywhere))
        for item in sorted({item for hold in stopping for item in hold.scope}):
            ids = tuple([hold.id for hold in stopping if hold.stops(operation, item)])
            blocks.append(Block(operation, item, ids))
    return Effective(at, tuple(blocks), next_change(holds, at))


def as_known(holds: tuple[Hold, ...], at: DateTime) -> tuple[Hold, ...]:
    """Return the holds as they were known at an instant: without what was recorded later.

    What was effective at one instant as far as was known at another is
    `effective(as_known(holds, other), one)`; a backdated placing or release counts only from when it
    was recorded.
    """
    known = [hold.as_known(at) for hold in holds]
    return tuple([hold for hold in known if hold is not None])


def spans(
    holds: tuple[Hold, ...], operation: Operation, scope: str | None, start: DateTime, end: DateTime
) -> tuple[Span[DateTime], ...]:
    """Return the stretches of `[start, end)` in which an operation is blocked for an item.

    The union of the holds: in order of time, apart from one another, none of them empty; stretches
    that meet are one. `scope` is the item that the operation is about, as for `blocking`; None is
    the whole account.

    Shape: half-open, `[placed, ended)`, cut to the window asked about.
    Raises: InvalidValue for a window that ends before it starts.
    """
    window = Span(start, end)
    merged: list[tuple[DateTime, DateTime]] = []
    for begins, ends in sorted(_stretches(holds, operation, scope, window)):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return tuple([Span(begins, ends) for begins, ends in merged])


def _stretches(
    holds: tuple[Hold, ...], operation: Operation, scope: str | None, window: Span[DateTime]
) -> Iterator[tuple[DateTime, DateTime]]:
    """Return when each hold by itself stops the operation inside a window."""
    for hold in holds:
        if hold.stops(operation, scope):
            begins = max(hold.placed_at, window.start)
            ends = window.end if hold.ends_at is None else min(hold.ends_at, window.end)
            if begins < ends:
                yield begins, ends


def next_change(
    holds: tuple[Hold, ...], at: DateTime, operation: Operation | None = None, scope: str | None = None
) -> DateTime | None:
    """Return the earliest later instant at which a hold begins or ends; None where none does.

    With an operation, of the holds that stop it, for the item or the whole account.
    """
    later = [
        point
        for hold in holds
        if operation is None or hold.stops(operation, scope)
        if hold.ends_at is None or hold.placed_at < hold.ends_at
        for point in (hold.placed_at, hold.ends_at)
        if point is not None and point > at
    ]
    return min(later) if later else None


# Reviews


def duties(holds: tuple[Hold, ...], at: DateTime) -> tuple[Duty, ...]:
    """Return the reviews that the active holds are due for, those overdue too."""
    return tuple(duty for hold in holds if hold.active(at) for duty in review(hold))


def review(hold: Hold) -> tuple[Duty, ...]:
    """Return the duty to review a hold, nothing where no review is set.

    It is owed to the customer, who waits for an end of it; one that is kept from them, to the office.
    """
    if hold.review_at is None:
        return ()
    key = derive("holds.review", hold.id, stamp(hold.review_at))
    owed_to = "office" if hold.secret else "customer"
    return (Duty(key, "holds.review", hold.review_at, owed_to=owed_to, subject=hold.id),)
