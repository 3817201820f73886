"""Calendars, anchors and months."""

from datetime import date, timedelta

import pendulum
from dateutil.relativedelta import relativedelta

from acctcore.billing.proration import BY_DAY, prorate
from acctcore.kernel.calendar import Cycles, Span, add_months, anchored, months, months_between, years
from acctcore.kernel.money import Price
from tests.museum.exhibit import Shown, exhibit

ROOM = "Calendars, anchors, months"


def stepped(start: date, count: int) -> date:
    """The naive way: a month after the one before."""
    for _ in range(count):
        start += relativedelta(months=1)
    return start


@exhibit(
    ROOM, "polar#10664", "lago-api#1840", "latitude-dev/latitude-llm#2071", "killbill#127", "killbill#2133",
    wrong="the third renewal of a plan from 31 January, counted from the renewal before",
    rule="the n-th cycle is counted from the anchor, never from its neighbour",
    naive="2024-04-29", ours="2024-04-30",
)  # fmt: skip
def drift() -> Shown:
    return Shown(stepped(date(2024, 1, 31), 3), Cycles(date(2024, 1, 31), months(1)).start(3))


@exhibit(
    ROOM, "polar#10693", "polar#4932", "kobotoolbox/kpi#5524", "twentyhq/twenty#23973",
    wrong="a yearly plan from 29 February, in the next leap year",
    rule="a clamped day comes back where the month has it",
    naive="2028-02-28", ours="2028-02-29",
)  # fmt: skip
def leap_day() -> Shown:
    day = date(2024, 2, 29)
    for _ in range(4):
        day += relativedelta(years=1)
    return Shown(day, Cycles(date(2024, 2, 29), years(1)).start(4))


@exhibit(
    ROOM, "killbill#865", "openmeter#3018", "openmeter#3225", "openmeter#3229",
    wrong="a plan from 14 February with billing day 31, its anchor normalised to the first billed day",
    rule="the anchor is kept as given: day 31 stays day 31",
    naive="2024-03-14", ours="2024-02-29",
)  # fmt: skip
def anchor_kept() -> Shown:
    start = date(2024, 2, 14)
    return Shown(start + relativedelta(months=1), anchored(start, months(1), 31).containing(start).end)


@exhibit(
    ROOM, "pendulum#606", "pendulum#790",
    wrong="whole months from 2 January to 1 April 2023",
    rule="months are counted in whole numbers of our own, and checked against dateutil",
    naive="3", ours="2",
)  # fmt: skip
def whole_months() -> Shown:
    start, end = date(2023, 1, 2), date(2023, 4, 1)
    naive = pendulum.interval(pendulum.datetime(2023, 1, 2), pendulum.datetime(2023, 4, 1)).in_months()
    assert relativedelta(end, start).months == 2
    return Shown(naive, months_between(start, end))


@exhibit(
    ROOM, "erpnext#23681",
    wrong="one month of a plan of 300.00 for a quarter, by its 91 days and by 30 of a 92-day quarter",
    rule="the divisor is the cycle that contains the part, and is told on the line",
    naive="97.83", ours="98.90",
)  # fmt: skip
def quarter() -> Shown:
    cycle, june = Span(date(2024, 4, 1), date(2024, 7, 1)), Span(date(2024, 6, 1), date(2024, 7, 1))
    ours = prorate(Price("300.00", "EUR"), 1, june, cycle, months(3), BY_DAY)
    return Shown(f"{300 * 30 / 92:.2f}", f"{ours.amount / 100:.2f}")


@exhibit(
    ROOM, "erpnext#57768", "erpnext#36953", "erpnext#42779",
    wrong="how often a monthly plan from 1 September is billed in a year, by the months in between",
    rule="cycles are counted by their boundaries",
    naive="11", ours="12",
)  # fmt: skip
def twelve_months() -> Shown:
    start, last = date(2025, 9, 1), date(2026, 8, 31)
    naive = relativedelta(last, start).months + 12 * relativedelta(last, start).years
    return Shown(naive, Cycles(start, months(1)).number(last) + 1)


@exhibit(
    ROOM, "silverapp/silver#200",
    wrong="29.00 for a month from 15 February 2023, each part by the days of its calendar month",
    rule="the reference is the cycle itself: its parts add up to it",
    naive="27.60", ours="29.00",
)  # fmt: skip
def over_the_month() -> Shown:
    cycle, cut = Span(date(2023, 2, 15), date(2023, 3, 15)), date(2023, 3, 1)
    naive = round(29 * 14 / 28, 2) + round(29 * 14 / 31, 2)
    parts = (Span(cycle.start, cut), Span(cut, cycle.end))
    ours = [prorate(Price("29.00", "EUR"), 1, part, cycle, months(1), BY_DAY).amount for part in parts]
    return Shown(f"{naive:.2f}", f"{sum(ours) / 100:.2f}")


@exhibit(
    ROOM, "OCA/vertical-association#168",
    wrong="half a year of a membership of 100.00 as a quantity of two decimals",
    rule="the ratio stays exact until the money is rounded",
    naive="50.00", ours="49.73",
)  # fmt: skip
def two_decimals() -> Shown:
    cycle, part = Span(date(2024, 1, 1), date(2025, 1, 1)), Span(date(2024, 1, 1), date(2024, 7, 1))
    ours = prorate(Price("100.00", "EUR"), 1, part, cycle, years(1), BY_DAY)
    return Shown(f"{100 * round((part.end - part.start).days / 366, 2):.2f}", f"{ours.amount / 100:.2f}")


@exhibit(
    ROOM, "ex-money/money#58",
    wrong="a change on 12 February from 29.00 to 58.00 a month, the day charged to both plans",
    rule="the owner of the change day is a field of the policy: it is charged once",
    naive="47.00", ours="46.00",
)  # fmt: skip
def change_day() -> Shown:
    cycle, change = Span(date(2024, 1, 31), date(2024, 2, 29)), date(2024, 2, 12)
    naive = 29 * ((change - cycle.start).days + 1) / 29 + 58 * (cycle.end - change).days / 29
    parts = (
        (Price("29.00", "EUR"), Span(cycle.start, change)),
        (Price("58.00", "EUR"), Span(change, cycle.end)),
    )
    ours = [prorate(price, 1, part, cycle, months(1), BY_DAY).amount for price, part in parts]
    return Shown(f"{naive:.2f}", f"{sum(ours) / 100:.2f}")


@exhibit(
    ROOM, "larzsubscription 0.1.0",
    wrong="the renewal after 31 January, a month of thirty days later",
    rule="calendar months from the anchor",
    naive="2024-03-01", ours="2024-02-29",
)  # fmt: skip
def thirty_days() -> Shown:
    start = date(2024, 1, 31)
    return Shown(start + timedelta(days=30), add_months(start, 1))
