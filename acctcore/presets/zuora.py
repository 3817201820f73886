"""Zuora: three ways to count a partial month; first and last day both count.

How it rounds and how it settles is not documented: the rounding is asked for, a settlement has to
be chosen beside it. Source: docs/sources.md#preset-zuora
"""

from __future__ import annotations

from acctcore.billing.proration import Divisor, FixedMonth, Proration
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, BothEnds, Measure, Thirty360, UpToLast


def actual_actual(*, rounding: Rounding) -> Proration:
    """Return calendar days over the days of the cycle."""
    return _proration("zuora-actual-actual", ActualDays(), None, rounding)


def actual_30(*, rounding: Rounding) -> Proration:
    """Return calendar days over 30 for each month, so that a long month comes to more than one."""
    return _proration("zuora-actual-30", ActualDays(), FixedMonth(30), rounding)


def strict_30_360(*, rounding: Rounding) -> Proration:
    """Return days of a 30-day month over 30 for each month; a month's last day counts as its 30th."""
    counted = UpToLast(BothEnds(Thirty360(month_end=True)))
    return _proration("zuora-30-360", counted, FixedMonth(30), rounding)


def _proration(name: str, measure: Measure, divisor: Divisor | None, rounding: Rounding) -> Proration:
    return Proration(name, "1", measure, divisor=divisor, rounding=rounding, telescopes=False)
