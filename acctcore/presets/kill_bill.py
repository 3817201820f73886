"""Kill Bill: local days, ratios of nine decimals, and repairs made from the billed item itself.

Source: docs/sources.md#preset-kill-bill
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from attrs import field, frozen

from acctcore.billing.proration import Divisor, FromLine, Mode, Places, Proration, Ratio
from acctcore.kernel.calendar import Cycles, Every, Grid, Span, add_days, add_months, month_length
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, Measure
from acctcore.kernel.validation import one_of, whole
from acctcore.presets.preset import Preset

P = TypeVar("P", bound=date)

NINE = Places(9, Rounding.HALF_UP)


@frozen
class CalendarStep:
    """One plain calendar step from the boundary that the part touches.

    A leading part is divided by the step back from the cycle's end, a trailing one by the step
    forward from its start. A part that touches neither is divided by the step back from its own
    end, since Kill Bill tests the end of the terms and not the boundary. Steps keep the day they
    start from, clamped, and are not aligned to the anchor again: above day 28 they can be shorter
    than the cycle, so a ratio above one is possible.
    """

    def whole(self, part: Span[date], cycle: Span[date], every: Every) -> Span[date]:
        """Return the cycle for a whole one, else one step from a boundary or from the part's end."""
        if part == cycle:
            return cycle
        if part.start == cycle.start:
            return Span(part.start, _step(part.start, every, 1))
        return Span(_step(part.end, every, -1), part.end)


def _step(on: date, every: Every, times: int) -> date:
    months, days = every.step
    return add_months(on, times * months) if months else add_days(on, times * days)


@frozen
class FixedDays:
    """A fixed number of days for every month, quarter or year, and a numerator corrected for it.

    The part keeps its calendar days while both ends lie in one month; else the days that the
    month of its start has above the fixed number are taken off, or those it lacks are added. Months
    are compared by number alone, so January and the January after are one.
    """

    days: int = field(validator=whole(minimum=1, maximum=400))

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> Ratio:
        """Return the corrected days of the part, and the fixed number; one for a whole cycle."""
        if part == cycle:
            return self.days, self.days
        days = measure.length(part.start, part.end)
        if part.start.month != part.end.month:
            days -= month_length(part.start.year, part.start.month) - self.days
        return days, self.days


@frozen
class KillBillReach:
    """How far a run bills: as usual in advance; in arrears not before the first boundary.

    In arrears an end before the first boundary waits for that boundary, unless the run's target is
    the end itself. `greedy` bills the period that a target lies in to its end, and an end in the
    period after a target on a boundary at once.
    """

    greedy: bool = field(default=False, validator=one_of(bool))

    def until(self, start: P, end: P | None, target: P, cycles: Grid[P], mode: Mode) -> P | None:
        """Return where the billed stretch ends, or None for nothing to bill."""
        number = cycles.number(target)
        after = cycles.start(number + 1)
        if mode is Mode.IN_ADVANCE:
            return after if end is None else min(after, end)
        first = cycles.number(start)
        first += start != cycles.start(first)
        if end is not None and (end == target or self._ends_now(end, target, after, cycles.start(first))):
            return end
        if self.greedy:
            return target if target == cycles.start(number) else after
        return cycles.start(number) if number >= first else None

    def _ends_now(self, end: P, target: P, after: P, first: P) -> bool:
        return end <= after if self.greedy else first <= target and end <= target


def cycles(start: date, every: Every, day: int) -> Cycles:
    """Return the cycles of terms that start on a date, with boundaries on a day of the month.

    The first boundary is that day in the month of the start, clamped, or one interval later where
    it has passed. An annual plan knows no month of its own. Days and weeks count from the start.
    """
    months, _ = every.step
    if not months:
        return Cycles(start, every)
    first = add_months(start, 0, day)
    return Cycles(first if start <= first else add_months(first, months, day), every, day)


def _preset(name: str, divisor: Divisor | None, greedy: bool = False) -> Preset:
    return Preset(
        name=name,
        proration=Proration(
            name,
            "1",
            ActualDays(),
            reference=CalendarStep(),
            divisor=divisor,
            ratio=NINE,
            telescopes=False,
        ),
        settlement=FromLine(NINE, divisor, f"{name}-repair"),
        reach=KillBillReach(greedy),
        notes=(
            "A span that ends on or before the first boundary is divided by the step back from its end.",
            "Above anchor day 28 a trailing ratio may exceed one.",
            "The ratio is rounded to nine decimals before it meets the price, which can cost a cent.",
            "A repair is a ratio of the billed item's own amount; what stays is valued again by its length.",
        ),
    )


KILL_BILL = _preset("kill-bill", None)
"""Kill Bill as it comes: every month has its own length."""

KILL_BILL_GREEDY = _preset("kill-bill-greedy", None, greedy=True)
"""Kill Bill with greedy arrears."""


def fixed_month(days: int) -> Preset:
    """Return Kill Bill with months of a fixed length; a setting of the system, written for monthly plans."""
    return _preset(f"kill-bill-fixed-{days}", FixedDays(days))
