"""What a part of a cycle costs under a proration."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pendulum import DateTime

from acctcore.billing.proration.model import Prorated, Share
from acctcore.billing.proration.policy import Proration
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Price

P = TypeVar("P", date, DateTime)


def prorate(
    price: Price, quantity: int, part: Span[P], cycle: Span[P], every: Every, policy: Proration
) -> Prorated:
    """Return what `part` costs when `quantity` units cost `price` each for the whole cycle.

    Under a telescoping policy the answer is the difference of two running totals, each rounded
    once, so parts that meet always add up to the whole: no cent is lost at a cut.

    Units: the amount in whole minor units; spans half-open, of dates or of instants as the
    policy's measure wants them; `every` is the interval that the cycle is one of.
    Raises: InvalidValue when the part does not lie inside the cycle, or the kinds do not fit.
    Source: docs/sources.md#proration
    """
    if not part.within(cycle):
        raise InvalidValue(f"a part inside {cycle}", str(part), "prorate")
    basis = share(price, quantity, part, cycle, every, policy)
    return Prorated(basis.amount(), basis)


def share(
    price: Price, quantity: int, part: Span[P], cycle: Span[P], every: Every, policy: Proration
) -> Share:
    """Return the basis of a part of a cycle; its amount is not computed yet.

    Raises: InvalidValue when spans and measure are of different kinds, or the whole is empty.
    """
    measure = policy.measure
    if (type(part.start) is DateTime) is not measure.instants:
        kind = "instants" if measure.instants else "local dates"
        raise InvalidValue(f"spans of {kind} to count {measure.unit}", str(part), policy.name)
    before, ratio = 0, None
    if policy.telescopes:
        start = cycle.start
        if part.start != start:
            before = measure.length(start, part.start)
        upto = measure.length(start, part.end)
        whole = measure.length(start, cycle.end)
    else:
        reference = policy.reference.whole(part, cycle, every)
        upto = measure.length(part.start, part.end)
        whole = (
            policy.divisor.length(every) if policy.divisor else measure.length(reference.start, reference.end)
        )
    if whole <= 0:
        raise InvalidValue("a whole longer than nothing", str(cycle), policy.name)
    if not policy.telescopes:
        ratio = policy.ratio.write(upto, whole)
    return Share(price, quantity, before, upto, whole, measure.unit, policy.rounding, policy.ref, ratio)
