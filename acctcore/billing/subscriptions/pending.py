"""What is agreed for later: changes, pauses and ends that wait for their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from attrs import frozen

from acctcore.billing.subscriptions.model import Subscription
from acctcore.kernel.terms import CommandId

P = TypeVar("P", bound=date)


class Kind(Enum):
    """What will be different."""

    PLAN = "plan"
    ITEMS = "items"
    CYCLES = "cycles"
    PAUSE = "pause"
    RESUMPTION = "resumption"
    END = "end"


@frozen
class Pending(Generic[P]):
    """Something that waits for its day; `change` is the command by which it can be taken back.

    A resumption has none: another end of the pause takes its place. Neither has an end: a
    cancellation is withdrawn as such, and the end of a fixed term was agreed with the start.
    """

    since: P
    kind: Kind
    change: CommandId | None


def pending(subscription: Subscription[P], now: P) -> tuple[Pending[P], ...]:
    """Return everything that is agreed for after a point, in the order of its days.

    Several changes may wait at a time. A later change that counts at once takes nothing away from
    them: each comes when its day comes, unless it is withdrawn or replaced, or the subscription ends
    before.
    """
    ends = subscription.ends
    known = [each for each in waiting(subscription, now) if ends is None or each.since < ends]
    if ends is not None and now < ends:
        known.append(Pending(ends, Kind.END, None))
    return tuple(sorted(known, key=lambda each: each.since))


def waiting(subscription: Subscription[P], now: P) -> Iterator[Pending[P]]:
    """Return every change and pause for after a point, also for after an end that can be put off."""
    begun = subscription.changes[0].cause
    for change in subscription.changes:
        if now < change.since and not change.repriced and change.cause != begun:
            kind = Kind.PLAN if change.plan is not None else Kind.ITEMS
            yield Pending(
                change.since,
                Kind.CYCLES if change.plan is None and change.cycles is not None else kind,
                change.cause,
            )
    for stop in subscription.agreed.stops:
        if now < stop.since:
            yield Pending(stop.since, Kind.PAUSE, stop.cause)
        if stop.until is not None and now < stop.until:
            yield Pending(stop.until, Kind.RESUMPTION, None)
