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

P = TypeVar("P", bound=date)


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
        raise _wrong_kind(part, policy)
    before, ratio = 0, None
    if policy.telescopes:
        start = cycle.start
        if part.start != start:
            before = measure.length(start, part.start)
        upto = measure.length(start, part.end)
        whole = measure.length(start, cycle.end)
    else:
        _, upto, whole = fraction(part, cycle, every, policy)
    if whole <= 0:
        raise InvalidValue("a whole longer than nothing", str(cycle), policy.name)
    if not policy.telescopes:
        ratio = policy.ratio.write(upto, whole)
    return Share(
        price,
        quantity,
        before,
        upto,
        whole,
        measure.unit,
        policy.rounding,
        policy.ref,
        ratio,
        policy.arithmetic,
    )


def fraction(part: Span[P], cycle: Span[P], every: Every, policy: Proration) -> tuple[Span[date], int, int]:
    """Return the reference span of a part, and the two lengths of its ratio before it is written.

    Raises: InvalidValue when spans and measure are of different kinds.
    """
    measure = policy.measure
    if (type(part.start) is DateTime) is not measure.instants:
        raise _wrong_kind(part, policy)
    reference = policy.reference.whole(part, cycle, every)
    if policy.divisor is not None:
        numerator, denominator = policy.divisor.lengths(part, reference, cycle, every, measure)
    else:
        numerator = measure.length(part.start, part.end)
        denominator = measure.length(reference.start, reference.end)
    return reference, numerator, denominator


def _wrong_kind(part: Span[P], policy: Proration) -> InvalidValue:
    kind = "instants" if policy.measure.instants else "local dates"
    return InvalidValue(f"spans of {kind} to count {policy.measure.unit}", str(part), policy.name)
