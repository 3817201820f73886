"""Which periods a billing run asks for, and what part of a cycle each of them is."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Generic, Protocol, TypeVar

from attrs import frozen

from acctcore.billing.proration.model import Ratio
from acctcore.billing.proration.policy import Proration
from acctcore.billing.proration.prorate import fraction
from acctcore.kernel.calendar import Grid, Span
from acctcore.kernel.errors import InvalidValue

P = TypeVar("P", bound=date)
P_co = TypeVar("P_co", bound=date, covariant=True)


class Mode(Enum):
    """Whether a cycle is billed as it begins or after it has ended."""

    IN_ADVANCE = "in_advance"
    IN_ARREARS = "in_arrears"


@frozen
class Period(Generic[P_co]):
    """A stretch to bill: a whole cycle or a part of one, and the ratio it is billed at.

    `exact` is length to length as the policy counts them; `ratio` is the same as the policy writes it.
    """

    span: Span[P_co]
    cycle: Span[P_co]
    reference: Span[date]
    exact: Ratio
    ratio: Ratio


class Reach(Protocol):
    """How far a run with a target bills."""

    def until(self, start: P, end: P | None, target: P, cycles: Grid[P], mode: Mode) -> P | None:
        """Return where the billed stretch ends, or None for nothing to bill."""
        ...


@frozen
class ToTarget:
    """In advance, all cycles begun by the target; in arrears, all that have ended by it.

    An end cuts the last one short; in arrears the part up to an end is billed once the end is there.
    """

    def until(self, start: P, end: P | None, target: P, cycles: Grid[P], mode: Mode) -> P | None:
        """Return the boundary after the target, or the one on or before it; at most the end."""
        number = cycles.number(target)
        until = cycles.start(number + 1 if mode is Mode.IN_ADVANCE else number)
        if end is None:
            return until
        return end if mode is Mode.IN_ARREARS and end <= target else min(until, end)


def periods(
    start: P,
    end: P | None,
    target: P,
    cycles: Grid[P],
    mode: Mode,
    policy: Proration,
    reach: Reach = ToTarget(),
) -> tuple[Period[P], ...]:
    """Return the periods that a run up to `target` bills for terms that run from `start` to `end`.

    Each lies inside one cycle and is as long as terms and cycle allow: a part first, where the terms
    start inside a cycle, whole cycles, a part last. An end on the start bills nothing. Running again
    with a later target returns the same periods and more, except the last where `reach` says so.

    Raises: InvalidValue when end or target lies before the start, or the kinds do not fit the policy.
    Source: docs/sources.md#proration
    """
    if end is not None and end < start:
        raise InvalidValue(f"an end on or after the start {start}", end, "periods")
    if target < start:
        raise InvalidValue(f"a target on or after the start {start}", target, "periods")
    until = reach.until(start, end, target, cycles, mode)
    found = []
    while until is not None and start < until:
        cycle = cycles.span(cycles.number(start))
        span = Span(start, min(cycle.end, until))
        reference, part, whole = fraction(span, cycle, cycles.every, policy)
        found.append(Period(span, cycle, reference, (part, whole), policy.ratio.write(part, whole)))
        start = span.end
    return tuple(found)
