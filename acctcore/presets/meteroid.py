"""Meteroid: local days, a factor and a product in binary64, and every part rounded by itself.

Source: docs/sources.md#preset-meteroid
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from acctcore.billing.proration import (
    Arithmetic,
    Binary64,
    Divisor,
    FromPrice,
    NoCap,
    Proration,
    Ratio,
    RatioStyle,
)
from acctcore.kernel.calendar import Every, Span, month_length
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, Measure
from acctcore.presets.preset import Preset

_NOMINAL = ((1, 30), (3, 91), (6, 182), (12, 365))


@frozen
class OwnCadence:
    """The nominal length of the price's own interval, where the cycle it is billed in is another.

    A cycle within a quarter of the nominal length counts as the same cadence and divides as it is.
    Otherwise the days are divided by the nominal 30, 91, 182 or 365, and never come to more than one.

    Raises: InvalidValue for an interval that is no month, quarter, half-year or year.
    """

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> Ratio:
        """Return the days of the part, and of the cycle or the nominal interval."""
        days, whole = measure.length(part.start, part.end), measure.length(cycle.start, cycle.end)
        nominal = dict(_NOMINAL).get(every.step[0])
        if nominal is None:
            raise InvalidValue("a month, a quarter, half a year or a year", str(every), "OwnCadence")
        if 4 * abs(whole - nominal) <= nominal:
            return days, whole
        return min(days, nominal), nominal


@frozen
class MonthOfStart:
    """The days of the calendar month in which the first period starts.

    A first period as long as that month counts as a whole, and so does one that ends on the last
    day of a month too short for the day it started on.
    """

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> Ratio:
        """Return the days of the part, and of the month of its start; equal where it is not prorated."""
        days, end = measure.length(part.start, part.end), part.end
        month = month_length(part.start.year, part.start.month)
        clamped = end.day == month_length(end.year, end.month) and part.start.day > end.day
        return (month, month) if days >= month or clamped else (days, month)


def _proration(
    name: str,
    divisor: Divisor | None,
    ratio: RatioStyle,
    arithmetic: Arithmetic,
    rounding: Rounding,
) -> Proration:
    return Proration(
        name,
        "1",
        ActualDays(),
        divisor=divisor,
        ratio=ratio,
        rounding=rounding,
        telescopes=False,
        arithmetic=arithmetic,
    )


def _preset(name: str, divisor: Divisor | None, *notes: str) -> Preset:
    return Preset(
        name=name,
        proration=_proration(name, divisor, Binary64(), Arithmetic.BINARY64, Rounding.HALF_UP),
        settlement=FromPrice(NoCap(), name="meteroid-credit"),
        notes=(
            *notes,
            "The day of a change is the new side's.",
            "Factor and product are binary64; each part of a price is credited and charged by itself.",
            "Nothing caps a credit: the old price decides, whatever was billed.",
        ),
    )


METEROID = _preset("meteroid", None)
"""A change of plan; each part of the price has the subscription's own interval."""

OWN_CADENCE = _preset(
    "meteroid-own-cadence",
    OwnCadence(),
    "A part whose interval is not the subscription's is divided by its nominal length.",
)
"""A change of a part with an interval of its own: give that interval, and the subscription's cycle."""


def first_period(*, ratio: RatioStyle, arithmetic: Arithmetic, rounding: Rounding) -> Proration:
    """Return the proration of a first period; how its factor meets the price has to be said.

    Source: docs/sources.md#preset-meteroid
    """
    return _proration("meteroid-first-period", MonthOfStart(), ratio, arithmetic, rounding)
