"""Day counts: how long a stretch of time is, under the convention that a policy names.

A measure that is additive gives every point a position and takes differences, so that parts which
meet add up to the whole. One that is not (both ends counted) says so, and no law is claimed of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel.calendar import Span, civil_date, epoch, month_length
from acctcore.kernel.errors import InvalidValue

P_contra = TypeVar("P_contra", bound=date, contravariant=True)


class Measure(Protocol):
    """How long a span is, in whole units of its own."""

    @property
    def unit(self) -> str:
        """What is counted, in words: "days", "seconds"."""
        ...

    @property
    def instants(self) -> bool:
        """Whether spans of instants are measured; otherwise spans of local dates."""
        ...

    @property
    def additive(self) -> bool:
        """Whether the lengths of parts that meet add up to the length of the whole."""
        ...

    def length(self, start: date, end: date) -> int:
        """Return the length of `[start, end)`."""
        ...


def _dates(start: object, end: object) -> tuple[date, date]:
    return civil_date(start), civil_date(end)


@frozen
class ActualDays:
    """Calendar days from the start up to the end, the end itself not counted."""

    unit = "days"
    instants = False
    additive = True

    def length(self, start: date, end: date) -> int:
        """Return the number of days."""
        if type(start) is not date or type(end) is not date:
            start, end = _dates(start, end)
        return end.toordinal() - start.toordinal()


@frozen
class BothEnds:
    """Days with the start and the end both counted: one more than their difference.

    Not additive: two parts that meet count the day between them twice. The end given is the last
    day itself, so a caller with half-open spans has to say which day that is (`UpToLast`). `of` is
    the count of days that it adds the one to.
    """

    of: Measure = field(factory=ActualDays)
    instants = False
    additive = False

    def __attrs_post_init__(self) -> None:
        if self.of.instants:
            raise InvalidValue("a count of days", self.of.unit, "BothEnds.of")

    @property
    def unit(self) -> str:
        """What is counted, in words."""
        return f"{self.of.unit}, both ends counted"

    def length(self, start: date, end: date) -> int:
        """Return the number of days, at least one."""
        return self.of.length(start, end) + 1


@frozen
class Seconds:
    """Elapsed seconds between two instants: a local day of a clock change has 23 or 25 hours of them."""

    unit = "seconds"
    instants = True
    additive = True

    def length(self, start: date, end: date) -> int:
        """Return the number of elapsed seconds."""
        if not isinstance(start, DateTime) or not isinstance(end, DateTime):
            raise InvalidValue("instants to count seconds", (start, end), "measure")
        return epoch(end) - epoch(start)


@frozen
class Thirty360:
    """Every month has 30 days and every year 360: 30E/360, the Eurobond basis.

    Each date has the position 360 × year + 30 × month + day, a 31st counting as a 30th, so lengths are
    additive. With `month_end`, the last day of any month counts as its 30th: 30E/360 (ISDA), which
    leaves the end alone where it is both `termination`, the agreement's last day, and in February.
    With such a last day, lengths add up only where nothing is cut on it.

    Source: docs/sources.md#day-counts
    """

    month_end: bool = False
    termination: date | None = field(default=None, converter=optional(civil_date))
    unit = "days of a 30-day month"
    instants = False

    def __attrs_post_init__(self) -> None:
        if self.termination is not None and not self.month_end:
            raise InvalidValue("a termination date only where the month's end counts", self, "Thirty360")

    @property
    def additive(self) -> bool:
        """Whether the lengths of parts that meet add up to the length of the whole."""
        return self.termination is None or not _ends_february(self.termination)

    def length(self, start: date, end: date) -> int:
        """Return the number of days under the convention."""
        if type(start) is not date or type(end) is not date:
            start, end = _dates(start, end)
        if end == self.termination and start != end and _ends_february(end):
            return _position(end, end.day) - self._position(start)
        return self._position(end) - self._position(start)

    def _position(self, on: date) -> int:
        last = self.month_end and on.day == month_length(on.year, on.month)
        return _position(on, 30 if last else min(on.day, 30))


def _position(on: date, day: int) -> int:
    return 360 * on.year + 30 * on.month + day


def _ends_february(on: date) -> bool:
    return on.month == 2 and on.day == month_length(on.year, 2)


@frozen
class Thirty360US:
    """30/360 as American bonds count it: an end on a 31st depends on where the stretch started.

    A start on a 31st counts as a 30th, and then, or from a 30th, so does an end on a 31st: 30/360, the
    bond basis. With `month_end`, the last day of February counts as a 30th at the start, and then at
    the end, too. From another day, an end on a 31st is a day longer than one on the 30th, so that the
    days of parts do not add up: 15 to 31 January has 16 of them, 31 January to 28 February 28, and 15
    January to 28 February 43.

    Source: docs/sources.md#day-counts
    """

    month_end: bool = False
    unit = "days of a 30-day month, as in the US"
    instants = False
    additive = False

    def length(self, start: date, end: date) -> int:
        """Return the number of days under the convention."""
        if type(start) is not date or type(end) is not date:
            start, end = _dates(start, end)
        first, last = start.day, end.day
        if self.month_end and _ends_february(start):
            last = 30 if _ends_february(end) else last
            first = 30
        if last == 31 and first >= 30:
            last = 30
        return _position(end, last) - _position(start, min(first, 30))


@frozen
class UpToLast:
    """Hands a half-open span on by its first and last day, or its first and last second.

    For systems that are given the last day or second of a period instead of the next period's
    first. Nothing is as long as nothing, and no length is below zero.
    """

    of: Measure
    additive = False

    @property
    def unit(self) -> str:
        """What is counted, in words."""
        return self.of.unit

    @property
    def instants(self) -> bool:
        """Whether spans of instants are measured."""
        return self.of.instants

    def length(self, start: date, end: date) -> int:
        """Return the length from the start to the last unit before the end."""
        if start == end:
            return 0
        try:
            last = end - (timedelta(seconds=1) if self.instants else timedelta(days=1))
        except (OverflowError, TypeError):
            raise InvalidValue("an end with something before it", end, "measure") from None
        return max(0, self.of.length(start, last))


def length(span: Span[date], measure: Measure) -> int:
    """Return how long a span is under a measure.

    Raises: InvalidValue when the span is of dates and the measure of instants, or the reverse.
    """
    if not isinstance(span, Span) or not isinstance(getattr(measure, "instants", None), bool):
        raise InvalidValue("a span and a measure", (span, measure), "measure")
    if isinstance(span.start, datetime) is not measure.instants:
        kind = "instants" if measure.instants else "local dates"
        raise InvalidValue(f"a span of {kind} to count {measure.unit}", str(span), "measure")
    return measure.length(span.start, span.end)
