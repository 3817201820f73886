"""What the holds of an account block together, until when, and which of them is due for review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acctcore.accounts.holds.reasons import Blocked
from acctcore.kernel.calendar import Span, stamp
from acctcore.kernel.duties import Duty
from acctcore.kernel.identity import derive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pendulum import DateTime

    from acctcore.accounts.holds.model import Hold
    from acctcore.kernel.terms import Operation


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
    )


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


def next_change(holds: tuple[Hold, ...], at: DateTime) -> DateTime | None:
    """Return the earliest later instant at which a hold begins or ends; None where none does."""
    later = [
        point
        for hold in holds
        if hold.ends_at is None or hold.placed_at < hold.ends_at
        for point in (hold.placed_at, hold.ends_at)
        if point is not None and point > at
    ]
    return min(later) if later else None


def duties(holds: tuple[Hold, ...], at: DateTime) -> tuple[Duty, ...]:
    """Return the reviews that the active holds are due for, those overdue too."""
    return tuple(duty for hold in holds if hold.active(at) for duty in review(hold))


def review(hold: Hold) -> tuple[Duty, ...]:
    """Return the duty to review a hold, nothing where no review is set."""
    if hold.review_at is None:
        return ()
    key = derive("holds.review", hold.id, stamp(hold.review_at))
    return (Duty(key, "holds.review", hold.review_at, owed_to="customer", subject=hold.id),)
