"""What is not wanted for a while: pauses that were agreed, and holds that stop billing.

A stop takes nothing off the timeline: it lies over it. Where several overlap, nothing is wanted as
long as one of them lasts; what is booked for that time is given back where one of them says so; and
cycles begin anew where one that says so is the last to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.calendar import add_days, local_date, reached
from acctcore.kernel.terms import CommandId, HoldId, ZoneKey
from acctcore.kernel.validation import one_of

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


# Holds


class Effect(Enum):
    """What becomes of billing while a hold stops it."""

    WAIT = "wait"  # it waits for the end of the hold; then the held time is billed like any other
    BILL_ON = "bill_on"  # it goes on: the hold stops what people ask for, not what is due
    STOP = "stop"  # the held time is not billed at all


class HeldDays(Enum):
    """Which local days are held, where billing counts days and a hold begins or ends within one."""

    BY_DATE = "by_date"  # from the date on which it begins up to the one on which it ends
    TOUCHED = "touched"  # every day of which any moment is held
    WHOLE = "whole"  # only days that are held from their first moment to their last


@frozen
class OnHold:
    """What a hold on billing does to what is billed.

    The other choices are for a hold that stops it: with `credit`, what is booked for the held time is
    given back; `resuming` says what becomes of the cycles when the hold ends, `days` which days are held.
    """

    effect: Effect = field(default=Effect.WAIT, validator=one_of(Effect))
    credit: bool = field(default=True, validator=one_of(bool))
    resuming: Resuming = field(default=Resuming.KEEP, validator=one_of(Resuming))
    days: HeldDays = field(default=HeldDays.BY_DATE, validator=one_of(HeldDays))


@frozen
class Holding:
    """A hold that stops a subscription's billing: from when to when, and what that means."""

    hold: HoldId
    since: DateTime
    until: DateTime | None
    under: OnHold


def held(holdings: Iterable[Holding], zone: ZoneKey, by_instant: bool) -> tuple[Stop[date], ...]:
    """Return the stretches that holds stop, on an axis of instants or of local dates.

    Holds are put together first, so that two which meet at noon hold a whole day, and one that is
    placed as another ends leaves nothing between them.
    """
    found: list[Stop[date]] = []
    known = [each for each in holdings if each.until is None or each.since < each.until]
    for under in dict.fromkeys(holding.under for holding in known):
        for since, until in _together(holding for holding in known if holding.under == under):
            first = since if by_instant else _first_day(since, zone, under.days)
            end = until if by_instant or until is None else _end_day(until, zone, under.days)
            if end is None or first < end:
                found.append(Stop(first, end, under.credit, under.resuming, ""))
    return tuple(found)


def _together(holdings: Iterable[Holding]) -> Iterator[tuple[DateTime, DateTime | None]]:
    """Return the stretches of time in which any of the holds lasts, in order."""
    since: DateTime | None = None
    until: DateTime | None = None
    for holding in sorted(holdings, key=lambda holding: holding.since):
        if since is not None and (until is None or holding.since <= until):
            ends = holding.until
            until = None if until is None or ends is None else max(until, ends)
            continue
        if since is not None:
            yield since, until
        since, until = holding.since, holding.until
    if since is not None:
        yield since, until


def _first_day(at: DateTime, zone: ZoneKey, days: HeldDays) -> date:
    on = local_date(at, zone)
    return add_days(on, 1) if days is HeldDays.WHOLE and at != reached(on, zone) else on


def _end_day(at: DateTime, zone: ZoneKey, days: HeldDays) -> date:
    """Return the first day that is not held any more."""
    on = local_date(at, zone)
    return add_days(on, 1) if days is HeldDays.TOUCHED and at != reached(on, zone) else on
