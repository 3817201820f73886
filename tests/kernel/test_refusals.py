"""What is refused, and in which words: what was wanted, what came, and where."""

# Every call here is wrong on purpose.
# mypy: disable-error-code="arg-type, operator, dict-item, list-item, type-var, misc, call-overload"

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pendulum
import pytest
from attrs import evolve

from acctcore.kernel import open_time
from acctcore.kernel.business import ALL_DAY, WORKDAYS, BusinessCalendar, DayHours, Hours, hours
from acctcore.kernel.calendar import (
    Cycles,
    NthWeekday,
    Span,
    Weekday,
    add_days,
    add_months,
    anchored,
    at_local,
    at_microseconds,
    civil_date,
    day_of,
    days,
    epoch,
    instant,
    local,
    microseconds,
    month_length,
    months,
    weeks,
    years,
    zone,
    zone_key,
)
from acctcore.kernel.cash import CashAmount, CashRounding
from acctcore.kernel.currencies import currency, places, scale
from acctcore.kernel.deadlines import BusinessDays, Counting, DayEnds, FirstDay, Roll, deadline
from acctcore.kernel.decision import Decision, Missing, Outcome, combine
from acctcore.kernel.duties import open_duties
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.exchange import Conversion, Leg, Rate, Rates, exchange
from acctcore.kernel.explain import explain
from acctcore.kernel.fiscal import FiscalCalendar, Quarter, YearEnd
from acctcore.kernel.identity import derive, extend, fingerprint
from acctcore.kernel.integers import Rounding, divide, split
from acctcore.kernel.lifecycle import Accepts, Lifecycle, name
from acctcore.kernel.measures import ActualDays, BothEnds, Seconds, Thirty360, UpToLast, length
from acctcore.kernel.money import Money, Price, convert, share, times, total
from acctcore.kernel.terms import Actor, words
from acctcore.kernel.totals import Totals
from acctcore.kernel.validation import one_of
from acctcore.kernel.wording import Counted, filled

TEN, YEN = Money(10, "EUR"), Money(5, "JPY")
DAY, NOON, HOUR = date(2024, 3, 1), pendulum.datetime(2024, 3, 1, 12), timedelta(hours=1)
MARCH = Span(DAY, date(2024, 4, 1))
EARLIER = timezone(-HOUR)
FIRST_MONDAY = NthWeekday(1, Weekday.MONDAY)
DOLLAR = Rate("EUR", "USD", "1.1", DAY, "bank")
CUT = DayHours(DAY, ())
NEVER = BusinessCalendar(zone="UTC", weekly={})
ONCE = BusinessCalendar(zone="UTC", weekly={}, overrides=[DayHours(DAY, hours("09:00-11:00"))])
ALWAYS = BusinessCalendar(zone="UTC", weekly=[ALL_DAY] * 7)
OFFICE = BusinessCalendar(
    zone="UTC",
    weekly=dict.fromkeys(WORKDAYS, hours("09:00-17:00")),
    known=Span(date(2024, 1, 1), date(2025, 1, 1)),
)
PLAIN = Counting(first_day=FirstDay.AFTER, roll=Roll.NONE)
RETAIL = FiscalCalendar(
    ends_in=1, ends_on=Weekday.SATURDAY, year_end=YearEnd.NEAREST, quarter_weeks=Quarter.W454
)


class Light(Enum):
    RED = "red"


LIFE = Lifecycle(Accepts(int, (Light.RED,), (str,)), moves={str: Light.RED})
DEEP: object = ()
for _ in range(101):
    DEEP = (DEEP,)

ROWS: list[tuple[Callable[[], object], str, object]] = [  # what is asked, where: what was wanted, what came
    # money
    (lambda: Money("1.005", "EUR"), "Money: whole minor units of EUR", "1.005"),
    (lambda: Money(1.5, "EUR"), "Money: an exact decimal number (text, int or Decimal)", 1.5),
    (lambda: Money("1e41", "EUR"), "Money: at most 40 digits on either side of the point", "1e41"),
    (lambda: Money("1", "XXX"), "currency: an ISO 4217 currency code with a minor unit", "XXX"),
    (lambda: Money.of_minor(True, "EUR"), "Money: a whole number of minor units of bounded size", True),
    (lambda: TEN * 1.5, "Money *: a whole number; times() multiplies by a ratio and rounds", 1.5),
    (lambda: TEN / 3, "Money /: share() to divide money, so that the parts add up", 3),
    (lambda: 5 % TEN, "Money %: times() to take a percentage, with a rounding", 5),
    (lambda: TEN.round(3), "Money.round: the 2 places of EUR", 3),
    (lambda: round(TEN, 0), "Money.round: the 2 places of EUR", 0),
    (lambda: TEN + YEN, "Money +: an amount in EUR", YEN),
    (lambda: TEN - 1, "Money -: an amount of money", 1),
    (lambda: TEN < YEN, "Money <: an amount in EUR", YEN),
    (lambda: TEN <= YEN, "Money <=: an amount in EUR", YEN),
    (lambda: TEN > YEN, "Money >: an amount in EUR", YEN),
    (lambda: TEN >= YEN, "Money >=: an amount in EUR", YEN),
    (lambda: 1 + TEN, "Money +: an amount of money", 1),
    (lambda: 1 - TEN, "Money -: an amount of money", 1),
    (lambda: convert(5), "Money: an amount of money", 5),
    (lambda: total("EUR", 5), "total: amounts of money", 5),
    (lambda: times(TEN, 1.5, 2), "times: a whole number to multiply by", 1.5),
    (lambda: times(5, 1, 2), "times: an amount of money", 5),
    (lambda: share(5, (1, 2)), "share: an amount of money", 5),
    (lambda: Price("-0.01", "EUR"), "Price.amount: a price of zero or more", Decimal("-0.01")),
    (lambda: Price(0.5, "EUR"), "Price.amount: an exact decimal number (text, int or Decimal)", 0.5),
    # integers
    (lambda: divide(1, 0), "divide: whole numbers, the denominator above zero", (1, 0)),
    (lambda: divide(1.5, 2), "divide: whole numbers, the denominator above zero", (1.5, 2)),
    (lambda: divide(1, 2, "half_up"), "divide: a Rounding", "half_up"),
    (lambda: split(1.5, (1,)), "split: a whole number to split", 1.5),
    (lambda: split(5, ()), "split: at least one weight", ()),
    (lambda: split(5, 3), "split: at least one weight", 3),
    (lambda: split(5, (1, -1)), "split: weights that are whole numbers, none negative", (1, -1)),
    (lambda: split(5, (1,), "first"), "split: a choice of Ties", "first"),
    (lambda: split(5, (0, 0)), "split: a weight above zero to split an amount", (0, 0)),
    # cash
    (
        lambda: CashAmount(YEN, CashRounding("CHF", 5, Rounding.HALF_UP)),
        "CashAmount.exact: an amount in CHF",
        YEN,
    ),
    (lambda: Totals(5), "Totals: amounts of money", 5),
    (lambda: Totals([5]), "Totals: an amount of money", 5),
    (lambda: Rates(known=()).latest("EUR", "USD", "2024"), "date: a date without a time", "2024"),
    (lambda: Totals([TEN]) + 5, "Totals +: totals to add", 5),
    (lambda: Totals([TEN]) - 5, "Totals -: totals to take off", 5),
    # exchange
    (lambda: Rate("EUR", "EUR", 1, DAY, "bank"), "Rate.quote: two different currencies", "EUR"),
    (
        lambda: Rate("EUR", "USD", (1, 0), DAY, "bank"),
        "Rate.ratio: two whole numbers above zero, of bounded size",
        (1, 0),
    ),
    (lambda: Rate("EUR", "USD", "0", DAY, "bank"), "Rate.ratio: a rate above zero", "0"),
    (
        lambda: Rate("EUR", "USD", "x", DAY, "bank"),
        "Rate.ratio: an exact decimal number (text, int or Decimal)",
        "x",
    ),
    (
        lambda: Conversion(YEN, (Leg(DOLLAR),), Rounding.HALF_UP),
        "Conversion.path: a rate of JPY",
        "1 EUR = 1.1 USD (bank, 2024-03-01)",
    ),
    (
        lambda: Conversion(TEN, (Leg(DOLLAR), Leg(DOLLAR, inverse=True)) * 3, Rounding.HALF_UP),
        "Conversion.path: at most 4 steps",
        6,
    ),
    (
        lambda: Rates(known=(DOLLAR, DOLLAR)),
        "Rates.known: one rate for each pair and day",
        "1 EUR = 1.1 USD (bank, 2024-03-01)",
    ),
    (lambda: exchange(TEN, "USD", DAY, (), Rounding.HALF_UP), "exchange: rates", ()),
    (lambda: exchange(5, "USD", DAY, Rates(known=()), Rounding.HALF_UP), "exchange: an amount of money", 5),
    # calendar
    (lambda: instant(DAY), "instant: an instant: a datetime with a time zone", DAY),
    (
        lambda: instant(datetime.max.replace(tzinfo=EARLIER)),
        "instant: an instant between the years 1 and 9999",
        datetime.max.replace(tzinfo=EARLIER),
    ),
    (lambda: civil_date(NOON), "date: a date without a time", NOON),
    (lambda: zone("Mars/Base"), "zone: an IANA time zone such as Europe/Berlin", "Mars/Base"),
    (lambda: zone_key(5), "zone: an IANA time zone such as Europe/Berlin", 5),
    (
        lambda: local(instant(datetime.max.replace(tzinfo=UTC)), "Asia/Tokyo"),
        "local: a local time between the years 1 and 9999",
        instant(datetime.max.replace(tzinfo=UTC)),
    ),
    (lambda: at_local(DAY, "UTC", time(), 2), "fold: 0 for the first of two, 1 for the second", 2),
    (lambda: at_local(DAY, []), "zone: an IANA time zone such as Europe/Berlin", []),
    (lambda: at_local(date.min, "Asia/Tokyo"), "at_local: an instant between the years 1 and 9999", date.min),
    (lambda: at_local(DAY, "UTC", 5), "clock: a time of day without a zone", 5),
    (lambda: epoch(5), "epoch: an instant", 5),
    (lambda: microseconds(5), "microseconds: an instant", 5),
    (lambda: at_microseconds(10**18), "at_microseconds: an instant between the years 1 and 9999", 10**18),
    (lambda: Span(date(2024, 3, 2), DAY), "Span.end: an end on or after 2024-03-02", DAY),
    (lambda: Span(DAY, NOON), "Span: two dates or two instants", (DAY, NOON)),
    (lambda: MARCH.contains(NOON), "Span.contains: a point of the span's own kind", NOON),
    (lambda: MARCH.within(5), "Span.within: a span of the same kind", 5),
    (lambda: MARCH.overlap(5), "Span.overlap: a span of the same kind", 5),
    (lambda: month_length(2024, 13), "month_length: a year and a month from 1 to 12", (2024, 13)),
    (lambda: add_months(DAY, 1.5), "add_months: a whole number of months", 1.5),
    (lambda: add_months(DAY, 1, 32), "add_months: a day of the month from 1 to 31", 32),
    (
        lambda: add_months(date(9999, 12, 1), 1),
        "months: a date between the years 1 and 9999",
        "month 1 of 10000",
    ),
    (lambda: add_days(DAY, 1.5), "add_days: a whole number of days", 1.5),
    (lambda: add_days(date.max, 1), "add_days: a date between the years 1 and 9999", (date.max, 1)),
    (lambda: NthWeekday(1, Weekday.MONDAY).day(0, 1), "NthWeekday.day: a year from 1 to 9999", 0),
    (lambda: NthWeekday(1, Weekday.MONDAY).day(10_000, 1), "NthWeekday.day: a year from 1 to 9999", 10_000),
    (lambda: anchored(DAY, weeks(1), month=2), "anchored: an interval of months or years", weeks(1)),
    (lambda: day_of(DAY, "UTC"), "instant: an instant: a datetime with a time zone", DAY),
    (lambda: Cycles(DAY, weeks(1), 1), "Cycles.day: no anchor day for an interval of days or weeks", 1),
    (
        lambda: Cycles(DAY, weeks(1), weekday=FIRST_MONDAY),
        "Cycles.day: no anchor day for an interval of days or weeks",
        FIRST_MONDAY,
    ),
    (
        lambda: Cycles(DAY, months(1), 1, FIRST_MONDAY),
        "Cycles.day: a day of the month or a weekday",
        (1, FIRST_MONDAY),
    ),
    (lambda: Cycles(DAY, months(1), 2), "Cycles.anchor: an anchor on day 2 of its month", DAY),
    (
        lambda: Cycles(DAY, months(1), weekday=FIRST_MONDAY),
        "Cycles.anchor: an anchor on the first monday of its month",
        DAY,
    ),
    (lambda: Cycles(DAY, months(1)).start(1.5), "Cycles.start: the whole number of a cycle", 1.5),
    (lambda: anchored(DAY, 30), "anchored: an interval such as months(1)", 30),
    (
        lambda: anchored(DAY, months(1), 1, weekday=FIRST_MONDAY),
        "anchored: a day of the month, or a weekday of it",
        (1, FIRST_MONDAY),
    ),
    (lambda: anchored(DAY, months(1), 32), "anchored: a day of the month from 1 to 31", 32),
    (lambda: anchored(DAY, years(1), 1, month=13), "anchored: a month from 1 to 12", 13),
    (lambda: anchored(DAY, years(1), month=2), "anchored: a day of that month", (None, None)),
    (
        lambda: anchored(DAY, weeks(1), weekday=FIRST_MONDAY),
        "anchored: a plain weekday for weeks",
        FIRST_MONDAY,
    ),
    (
        lambda: anchored(DAY, months(1), weekday=Weekday.MONDAY),
        "anchored: a day of the month, or a weekday of it",
        (None, Weekday.MONDAY),
    ),
    # measures
    (lambda: BothEnds(Seconds()), "BothEnds.of: a count of days", "seconds"),
    (lambda: Seconds().length(NOON, DAY), "measure: instants to count seconds", (NOON, DAY)),
    (lambda: Seconds().length(DAY, DAY), "measure: instants to count seconds", (DAY, DAY)),
    (
        lambda: UpToLast(ActualDays()).length(DAY, date.min),
        "measure: an end with something before it",
        date.min,
    ),
    (lambda: length(5, ActualDays()), "measure: a span and a measure", (5, ActualDays())),
    (
        lambda: length(MARCH, Seconds()),
        "measure: a span of instants to count seconds",
        "2024-03-01 up to 2024-04-01",
    ),
    (
        lambda: length(Span(NOON, NOON), ActualDays()),
        "measure: a span of local dates to count days",
        "2024-03-01T12:00:00Z up to 2024-03-01T12:00:00Z",
    ),
    (lambda: ActualDays().length(DAY, NOON), "date: a date without a time", NOON),
    (lambda: Thirty360().length(DAY, NOON), "date: a date without a time", NOON),
    # business
    (lambda: Hours(600, 540), "Hours.closes: a closing after 10:00", "09:00"),
    (lambda: hours("9-17"), "hours: hours such as 09:00-17:30", "9-17"),
    (lambda: hours(9), "hours: hours such as 09:00-17:30", 9),
    (lambda: DayHours(DAY, 5), "hours: the hours of a day", 5),
    (lambda: DayHours(DAY, [5]), "hours: the hours of a day", [5]),
    (
        lambda: DayHours(DAY, hours("09:00-12:00", "11:00-13:00")),
        "hours: hours that begin after 09:00-12:00",
        "11:00-13:00",
    ),
    (
        lambda: BusinessCalendar(zone="UTC", weekly={0: ()}),
        "BusinessCalendar.weekly: hours by Weekday",
        {0: ()},
    ),
    (
        lambda: BusinessCalendar(zone="UTC", weekly=[()]),
        "BusinessCalendar.weekly: the hours of seven days",
        [()],
    ),
    (lambda: BusinessCalendar(zone="UTC", weekly=5), "BusinessCalendar.weekly: the hours of seven days", 5),
    (
        lambda: BusinessCalendar(zone="UTC", weekly={}, holidays=5),
        "BusinessCalendar.holidays: holidays or dates",
        5,
    ),
    (lambda: BusinessCalendar(zone="UTC", weekly={}, overrides=5), "BusinessCalendar: hours by date", 5),
    (lambda: BusinessCalendar(zone="UTC", weekly={}, breaks=[5]), "BusinessCalendar: hours by date", [5]),
    (
        lambda: BusinessCalendar(zone="UTC", weekly={}, breaks=[CUT, CUT]),
        "BusinessCalendar: one entry for each date",
        ["2024-03-01", "2024-03-01"],
    ),
    (
        lambda: BusinessCalendar(zone="UTC", weekly={}, known=Span(NOON, NOON)),
        "BusinessCalendar.known: a span of dates",
        Span(NOON, NOON),
    ),
    (lambda: OFFICE.shift(DAY, 1, "moves"), "BusinessCalendar.shift: a value of StartOff", "moves"),
    (lambda: OFFICE.shift(DAY, 10**6), "BusinessCalendar.shift: a whole number of at most 10000 days", 10**6),
    (
        lambda: NEVER.shift(DAY, 1),
        "BusinessCalendar.shift: a calendar with 1 business days from 2024-03-01",
        NEVER,
    ),
    (
        lambda: OFFICE.hours_on(date(2025, 1, 1)),
        "BusinessCalendar.known: a date whose holidays are known, 2024-01-01 up to 2025-01-01",
        date(2025, 1, 1),
    ),
    (lambda: OFFICE.hours_on(NOON), "date: a date without a time", NOON),
    # open_time
    (lambda: open_time.is_open(5, NOON), "open_time: a business calendar", 5),
    (
        lambda: open_time.add(NEVER, NOON, HOUR),
        "open_time.add: a calendar that is open for 1:00:00 after 2024-03-01 12:00:00+00:00",
        NEVER,
    ),
    (
        lambda: open_time.subtract(NEVER, NOON, HOUR),
        "open_time.subtract: a calendar that is open for 1:00:00 before 2024-03-01 12:00:00+00:00",
        NEVER,
    ),
    (
        lambda: open_time.add(NEVER, NOON, 5),
        "open_time.add: a duration of days, hours, minutes and seconds",
        5,
    ),
    (lambda: open_time.add(NEVER, NOON, -HOUR), "open_time.add: a duration from nothing to a century", -HOUR),
    (
        lambda: open_time.subtract(NEVER, NOON, 5),
        "open_time.subtract: a duration of days, hours, minutes and seconds",
        5,
    ),
    (
        lambda: open_time.between(NEVER, NOON, NOON, reversed_is="zero"),
        "open_time.between: a value of Reversed",
        "zero",
    ),
    (
        lambda: open_time.between(NEVER, NOON, NOON.add(years=101)),
        "open_time.between: a stretch of at most a century",
        (NOON, NOON.add(years=101)),
    ),
    (lambda: open_time.add(NEVER, NOON, HOUR, 5), "open_time: pauses that are spans of instants", 5),
    (lambda: open_time.add(NEVER, NOON, HOUR, [5]), "open_time: pauses that are spans of instants", 5),
    (
        lambda: open_time.add_business_days(NEVER, NOON, 0),
        "BusinessCalendar.shift: a calendar with 0 business days from 2024-03-01",
        NEVER,
    ),
    (lambda: open_time.add(NEVER, DAY, HOUR), "instant: an instant: a datetime with a time zone", DAY),
    (
        lambda: open_time.add_business_days(ONCE, NOON, 0),
        "open_time.add_business_days: a calendar with an opening there",
        NOON,
    ),
    # deadlines
    (
        lambda: deadline(date(2024, 2, 29), BusinessDays(1), PLAIN, ONCE, [MARCH]),
        "deadline: a calendar with 1 business days after 2024-03-01",
        ONCE,
    ),
    (lambda: deadline(DAY, days(1), PLAIN, OFFICE, 5), "deadline: pauses that are spans of dates", 5),
    (lambda: deadline(DAY, days(1), PLAIN, OFFICE, [5]), "deadline: pauses that are spans of dates", 5),
    (lambda: deadline(DAY, 5, PLAIN, OFFICE), "deadline: a term such as months(1) or BusinessDays(10)", 5),
    (
        lambda: deadline(DAY, days(1), None, OFFICE),
        "deadline: a counting and a business calendar",
        (None, OFFICE),
    ),
    (
        lambda: deadline(DAY, BusinessDays(3), PLAIN, NEVER),
        "deadline: a calendar with 3 business days from 2024-03-02",
        NEVER,
    ),
    (
        lambda: deadline(DAY, days(1), PLAIN, ALWAYS, [Span(DAY, date(2924, 1, 1))]),
        "deadline: pauses of at most 10000 days",
        10001,
    ),
    (
        lambda: deadline(DAY, days(1), evolve(PLAIN, day_ends=DayEnds.CLOSING), NEVER),
        "Counting.day_ends: an end on a day with a closing",
        date(2024, 3, 2),
    ),
    (
        lambda: deadline(DAY, days(1), evolve(PLAIN, day_ends=DayEnds.SAME_TIME), ALWAYS),
        "Counting.day_ends: an event with a time of day",
        DAY,
    ),
    # fiscal
    (lambda: RETAIL.year("2024"), "FiscalCalendar.year: the number of a year", "2024"),
    (lambda: RETAIL.year(10**4), "FiscalCalendar.year: fiscal years between the years 1 and 9999", 10**4),
    (lambda: RETAIL.period(2024, 13), "FiscalCalendar.period: a period from 1 to 12", 13),
    (lambda: RETAIL.quarter(2024, 0), "FiscalCalendar.quarter: a quarter from 1 to 4", 0),
    (lambda: RETAIL.week(2024, 53.0), "FiscalCalendar.week: a week from 1 to 53", 53.0),
    # the rest
    (lambda: one_of(int), "one_of: whole() for numbers, day() for dates", int),
    (lambda: explain(5), "explain: something that can tell how it came about", 5),
    (derive, "derive: at least one part", ()),
    (lambda: derive(5), "derive: parts that are texts", (5,)),
    (lambda: extend(5, "a"), "extend: the id of the whole", 5),
    (lambda: fingerprint([1]), "fingerprint: a plain or frozen value", [1]),
    (lambda: fingerprint(DEEP), "fingerprint: a value nested at most 100 deep", ()),
    (lambda: LIFE.refusal(Light.RED, "x"), "Lifecycle.refusal: a command of this lifecycle", "x"),
    (lambda: name(5), "Lifecycle: a phase, or None", 5),
    (
        lambda: Lifecycle(Accepts(int, (Light.RED,), ()), Accepts(int, (Light.RED,), ()), moves={}),
        "Lifecycle: one row for each command and phase",
        ["int", "int"],
    ),
    (
        lambda: Lifecycle(Accepts(int, (Light.RED,), (str,)), moves={str: Outcome.ALLOWED}),
        "Lifecycle: phases of one Enum",
        ["Light", "Outcome"],
    ),
    (
        lambda: Lifecycle(Accepts(int, (Light.RED,), ()), moves={str: Light.RED}),
        "Lifecycle.moves: moves of events that some row brings about",
        ["str"],
    ),
    (
        lambda: Counted("{n} day", "{n} days", "n").number({"n": "x"}),
        "n: a whole number or a collection to count",
        "x",
    ),
    (lambda: filled("{a} {b}", {"a": "x"}, "here"), "here: a template with the facts a", "{a} {b}"),
    (lambda: filled("{a}", {}, "here"), "here: a template with the facts (none)", "{a}"),
    (lambda: open_duties([], "key"), "open_duties: the keys that were discharged, not a single one", "key"),
    (lambda: open_duties([5], []), "duties: duties", 5),
    (lambda: combine([5]), "combine: decisions", 5),
    (
        lambda: Decision(Outcome.ALLOWED, reasons=(Missing("x"),)),
        "Decision.reasons: no reasons against what is allowed",
        (Missing("x"),),
    ),
    (lambda: Decision(Outcome.REFUSED), "Decision.reasons: at least one reason", ()),
    (lambda: Decision(Outcome.REFUSED, reasons=(5,)), "Decision.reasons: reasons", 5),
    (lambda: words(5), "words: the names of operations or roles", 5),
    (lambda: words(["a", " "]), "words: the names of operations or roles", ["a", " "]),
    (lambda: Actor("a", 5), "Actor.roles: the names of roles", 5),
    (lambda: Actor(" a"), "Actor.id: a non-empty text of at most 200 characters", " a"),
    (lambda: currency("eur"), "currency: an ISO 4217 currency code with a minor unit", "eur"),
    (lambda: places(5), "currency: an ISO 4217 currency code with a minor unit", 5),
    (lambda: scale("XXX"), "currency: an ISO 4217 currency code with a minor unit", "XXX"),
]


@pytest.mark.parametrize(
    ("asked", "wanted", "got"), ROWS, ids=[f"{number} {wanted}" for number, (_, wanted, _) in enumerate(ROWS)]
)
def test_a_refusal_says_what_was_wanted_what_came_and_where(
    asked: Callable[[], object], wanted: str, got: object
) -> None:
    with pytest.raises(InvalidValue) as caught:
        asked()
    assert f"{caught.value.where}: {caught.value.expected}" == wanted
    assert caught.value.got == got
    assert type(caught.value.got) is type(got)
