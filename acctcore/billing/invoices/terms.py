"""When an invoice is due: terms as people write them, as one value and one formula."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from acctcore.kernel.calendar import add_days, add_months
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import optional, whole

LAST = 31
"""The last day of a month, however long it is: a day that a month lacks is its last."""


@frozen
class Terms:
    """From the day of an invoice to the day on which it is due.

    First `days` later; then, where a `day` is named, to that day of the month `months` later, or
    without `months` to the first such day on or after it; then `plus` days more. `net`,
    `month_end`, `day_of_month` and `next_day` make the usual ones.

    Source: docs/sources.md#due-dates
    """

    days: int = field(default=0, validator=whole(minimum=0, maximum=3660))
    day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=LAST)))
    months: int | None = field(default=None, validator=optional(whole(minimum=0, maximum=120)))
    plus: int = field(default=0, validator=whole(minimum=0, maximum=3660))

    def __attrs_post_init__(self) -> None:
        if self.day is None and self.months is not None:
            raise InvalidValue("a day of the month, where months are counted", self.months, "Terms.day")
        if self.day is not None and self.day != LAST and self.months == 0:
            raise InvalidValue("a later month: the day may have passed in the first", 0, "Terms.months")

    def due_on(self, on: date) -> date:
        """Return the day on which an invoice of a day is due."""
        if self.day is None:
            return add_days(on, self.days + self.plus)
        reached = add_days(on, self.days)
        if self.months is not None:
            found = add_months(reached, self.months, self.day)
        else:
            found = add_months(reached, 0, self.day)
            found = found if reached <= found else add_months(reached, 1, self.day)
        return add_days(found, self.plus)

    def __str__(self) -> str:
        """The terms as they are printed on an invoice."""
        first = _days(self.days)
        if self.day is None:
            return f"{_days(self.days + self.plus)} net"
        day = "last day" if self.day == LAST else f"day {self.day}"
        if self.months is None:
            told = f"the first {day} of a month" + (f" after {first}" if self.days else "")
        else:
            of = {0: "of the month", 1: "of the next month"}.get(
                self.months, f"of month {self.months} from then"
            )
            told = f"the {day} {of}" + (f" reached after {first}" if self.days else "")
        return f"{told} plus {_days(self.plus)}" if self.plus else told


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def net(days: int) -> Terms:
    """Return: so many days after the invoice."""
    return Terms(days)


def month_end(*, months: int = 0, after: int = 0, plus: int = 0) -> Terms:
    """Return: the last day of this month or a later one, `after` so many days, `plus` so many days more."""
    return Terms(after, LAST, months, plus)


def day_of_month(day: int, *, months: int = 1, after: int = 0) -> Terms:
    """Return: a day of the month so many months later, counted from so many days `after` the invoice."""
    return Terms(after, day, months)


def next_day(day: int, *, after: int = 0) -> Terms:
    """Return: the first such day of a month on or after the invoice, or so many days `after` it."""
    return Terms(after, day)
