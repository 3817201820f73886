"""What the customer may hear of the holds on their account: no id, no reason of the office's, no date.

A hold that is kept secret leaves no trace here: the notices are the same with it and without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from acctcore.kernel.terms import Operation

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.accounts.holds.model import Hold


@frozen
class Notice:
    """Operations that are not possible at present, on some items or with none on the whole account."""

    operations: frozenset[Operation]
    scope: frozenset[str]
    public_reason: str


def notices(holds: tuple[Hold, ...], at: DateTime) -> tuple[Notice, ...]:
    """Return what the customer may be told of at an instant: every active hold that is not secret."""
    told = {
        Notice(hold.blocks, hold.scope, hold.public_reason)
        for hold in holds
        if hold.active(at) and not hold.secret
    }
    return tuple(
        sorted(told, key=lambda each: (sorted(each.scope), each.public_reason, sorted(each.operations)))
    )
