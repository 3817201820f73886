"""Random values of acctcore's own kinds, drawn by Hypothesis; every one of them is valid.

Each strategy shrinks toward what is plain: small amounts, whole prices, months, one plan.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TypeVar, cast

from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts.account import AccountPolicy, FieldRule, Reopening
from acctcore.accounts.holds import EVERYTHING, Change, Hold, HoldKind, HoldPolicy, Step
from acctcore.billing.catalog import Billing, Catalog, Charge, DatedPrice, Plan, Repricing
from acctcore.billing.invoices import (
    Credit,
    Destination,
    Document,
    DocumentPolicy,
    Line,
    OneOff,
    Part,
    Stated,
    Terms,
    day_of_month,
    invoice,
    left_of,
    month_end,
    net,
    next_day,
)
from acctcore.billing.invoices.policy import BelowZero
from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    FromBooked,
    FromLine,
    FromPrice,
    NothingBack,
    Owner,
    Places,
    Proration,
    Settlement,
    TargetMinusBooked,
)
from acctcore.billing.subscriptions import Effect, HeldDays, OnHold, Resuming
from acctcore.billing.tax import DatedRate, RoundAt, Taxes, TaxKey, TaxPoint
from acctcore.flows import Policies
from acctcore.kernel import currencies as iso4217
from acctcore.kernel.business import BusinessCalendar, DayHours, Holiday, Hours, StartOff
from acctcore.kernel.business import hours as office_hours
from acctcore.kernel.calendar import (
    Cycles,
    Every,
    Grid,
    NthWeekday,
    Span,
    Unit,
    Weekday,
    ZonedCycles,
    add_days,
    anchored,
    at_local,
    days,
    instant,
    local,
    months,
    weeks,
    years,
)
from acctcore.kernel.cash import CashRounding
from acctcore.kernel.deadlines import (
    BusinessDays,
    Counting,
    Deadline,
    FirstDay,
    MonthsEnd,
    Roll,
    Stops,
    deadline,
)
from acctcore.kernel.decision import Decision, Missing, Outcome, Reason, allowed
from acctcore.kernel.exchange import NoRate, Rate, Rates
from acctcore.kernel.fiscal import FiscalCalendar, Quarter, YearEnd, YearName
from acctcore.kernel.integers import Rounding
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.measures import (
    ActualDays,
    BothEnds,
    Measure,
    Seconds,
    Thirty360,
    Thirty360US,
    UpToLast,
)
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import (
    CREDIT,
    REFUND,
    TAKE_PAYMENT,
    VOID,
    Actor,
    CurrencyCode,
    Operation,
    Role,
    ZoneKey,
)
from acctcore.kernel.totals import Totals
from acctcore.operations.approvals import (
    PER_DAY,
    PER_MONTH,
    PER_WEEK,
    PER_YEAR,
    Absence,
    Allowance,
    Authority,
    Delegation,
    Limit,
    Need,
    Office,
    Per,
    Quorum,
    Rolling,
    Window,
)
from acctcore.receivables import payments
from acctcore.receivables.authorisations import AuthorisationPolicy, Captures
from acctcore.receivables.refunds import RefundPolicy

P = TypeVar("P", bound=date)
T = TypeVar("T")

CURRENCIES: tuple[CurrencyCode, ...] = ("EUR", "JPY", "KWD")
"""Currencies of two, no and three decimals: what most tests need of the whole list."""

ZONES: tuple[ZoneKey, ...] = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
"""Zones whose days differ in length: by an hour, by half of one, at midnight, and by a whole day."""

OFFICER = Actor("officer-1", ("officer",))
SUPERVISOR = Actor("supervisor-1", ("supervisor",))


# Money and time


def currencies(known: Sequence[CurrencyCode] = tuple(sorted(iso4217.PLACES))) -> st.SearchStrategy[str]:
    """Return currency codes; without a choice, all that are known."""
    return st.sampled_from(known)


def moneys(
    currency: CurrencyCode | None = None, *, minimum: int = -(10**12), maximum: int = 10**12
) -> st.SearchStrategy[Money]:
    """Return amounts of one currency or of any. Units: bounds in minor units."""
    codes = currencies() if currency is None else st.just(currency)
    return st.builds(Money.of_minor, st.integers(minimum, maximum), codes)


@st.composite
def prices(
    draw: st.DrawFn, currency: CurrencyCode | None = None, *, maximum: int = 10**9, finer: bool = True
) -> Price:
    """Return unit prices, zero among them; with `finer`, also some below the smallest coin.

    Units: `maximum` in minor units.
    """
    code = draw(currencies(CURRENCIES)) if currency is None else currency
    places = iso4217.PLACES[code] + (draw(st.integers(0, 4)) if finer else 0)
    return Price(Decimal(draw(st.integers(0, maximum))).scaleb(-places), code)


def roundings() -> st.SearchStrategy[Rounding]:
    """Return every rounding."""
    return st.sampled_from(Rounding)


def totals(known: Sequence[CurrencyCode] = CURRENCIES) -> st.SearchStrategy[Totals]:
    """Return sums by currency, empty ones and settled ones among them."""
    return st.builds(Totals, st.lists(currencies(known).flatmap(moneys), max_size=6))


def cash_roundings(currency: CurrencyCode | None = None) -> st.SearchStrategy[CashRounding]:
    """Return smallest coins, common and odd ones, with every rounding."""
    codes = currencies(CURRENCIES) if currency is None else st.just(currency)
    steps = st.sampled_from([1, 5, 10, 25, 50, 100, 500]) | st.integers(1, 1_000)
    return st.builds(CashRounding, codes, steps, roundings())


@st.composite
def rates(draw: st.DrawFn, base: CurrencyCode | None = None, quote: CurrencyCode | None = None) -> Rate:
    """Return exchange rates: decimal numbers, and ratios that are none."""
    one = draw(currencies(CURRENCIES)) if base is None else base
    other = quote
    if other is None:
        other = draw(currencies(CURRENCIES).filter(lambda code: code != one))
    places = draw(st.integers(0, 6))
    worth = draw(
        st.integers(1, 10**9).map(lambda count: (count, 10**places))
        | st.tuples(st.integers(1, 10**6), st.integers(1, 10**6))
    )
    return Rate(one, other, worth, draw(dates()), draw(st.sampled_from(["bank", "office"])))


@st.composite
def rate_tables(draw: st.DrawFn) -> Rates:
    """Return tables of rates among a few currencies, with gaps; some with a pivot, some with an age."""
    known = {(rate.base, rate.quote, rate.on): rate for rate in draw(st.lists(rates(), max_size=8))}
    pivot = draw(st.none() | currencies(CURRENCIES))
    return Rates(
        known=tuple(known.values()), pivot=pivot, max_age_days=draw(st.none() | st.integers(0, 2_000))
    )


def reasons() -> st.SearchStrategy[Reason]:
    """Return reasons of a few kinds, with facts of theirs."""
    facts = st.sampled_from(["the price", "the tax rate", "what happened before"])
    records = st.lists(st.sampled_from(["R-1", "R-2"]), max_size=2).map(tuple)
    phases = st.sampled_from(["draft", "active", "ended"])
    return (
        st.builds(Missing, facts, records)
        | st.builds(WrongPhase, st.sampled_from(["Bill", "Cancel"]), phases, st.just(("active",)))
        | st.builds(NoRate, st.just("EUR"), st.sampled_from(["JPY", "KWD"]), dates())
    )


def decisions(events: st.SearchStrategy[T]) -> st.SearchStrategy[Decision[T]]:
    """Return answers of every outcome: with events where they are allowed, with reasons elsewhere."""
    later = st.none() | instants()
    why = st.lists(reasons(), min_size=1, max_size=3).map(tuple)
    outcomes = st.sampled_from([each for each in Outcome if each is not Outcome.ALLOWED])
    yes = st.builds(lambda found, at: allowed(*found, next_change_at=at), st.lists(events, max_size=3), later)
    return yes | st.builds(
        lambda outcome, told, at: Decision(outcome, (), told, (), at), outcomes, why, later
    )


@cache
def dates(first: date = date(2019, 1, 1), last: date = date(2032, 12, 31)) -> st.SearchStrategy[date]:
    """Return local dates; the ends of months, leap days and the bounds themselves now and then."""
    anywhere = st.dates(first, last)
    ends = anywhere.map(lambda on: min(last, on.replace(day=monthrange(on.year, on.month)[1])))
    leaps = [date(year, 2, 29) for year in range(first.year, last.year + 1) if isleap(year)]
    bounds = [first, last, *[on for on in leaps if first <= on <= last]]
    return anywhere | ends | st.sampled_from(bounds)


@cache
def instants(first: date = date(2019, 1, 1), last: date = date(2032, 12, 31)) -> st.SearchStrategy[DateTime]:
    """Return instants in UTC, to the second; now and then one near a local midnight or a change of clocks."""
    start = instant(datetime(first.year, first.month, first.day, tzinfo=UTC))
    seconds = int((datetime(last.year, last.month, last.day, tzinfo=UTC) - start).total_seconds())
    anywhere = st.integers(0, seconds).map(lambda count: later(start, count))
    midnights = st.builds(at_local, dates(first, last), zones())
    known = [at for zone in ZONES for at in _clock_changes(zone, first.year, last.year)]
    apart = st.sampled_from([0, -1, 1, -1_800, 1_800, -3_600, 3_600])
    near = st.builds(later, st.sampled_from(known) | midnights if known else midnights, apart)
    end = later(start, seconds)
    return anywhere | near.map(lambda at: max(start, min(end, at)))


@cache
def _clock_changes(zone: ZoneKey, first: int, last: int) -> tuple[DateTime, ...]:
    """Return the instants in some years at which the clocks of a zone change, to the second."""
    starts = [
        datetime(year, month, 1, tzinfo=UTC) for year in range(first, last + 1) for month in range(1, 13)
    ]
    months = pairwise([instant(start) for start in starts])
    return tuple(
        _change(zone, *month) for month in months if _offset(month[0], zone) != _offset(month[1], zone)
    )


def _change(zone: ZoneKey, before: DateTime, after: DateTime) -> DateTime:
    """Return the change of clocks between two instants, by halves."""
    seconds = int(datetime.__sub__(after, before).total_seconds())
    if seconds == 1:
        return after
    middle = later(before, seconds // 2)
    changed = _offset(middle, zone) != _offset(before, zone)
    return _change(zone, before, middle) if changed else _change(zone, middle, after)


def _offset(at: DateTime, zone: ZoneKey) -> timedelta | None:
    return local(at, zone).utcoffset()


def later(at: datetime, seconds: int) -> DateTime:
    """Return the instant so many seconds after another."""
    return instant(datetime.__add__(at, timedelta(seconds=seconds)))


def zones(known: Sequence[ZoneKey] = ZONES) -> st.SearchStrategy[ZoneKey]:
    """Return keys of time zones."""
    return st.sampled_from(known)


def intervals() -> st.SearchStrategy[Every]:
    """Return billing intervals: what is common, and any other now and then."""
    common = st.sampled_from(
        [months(1), months(3), years(1), weeks(1), weeks(2), days(1), days(30), months(6)]
    )
    return common | st.builds(Every, st.integers(1, 36), st.sampled_from(Unit))


@st.composite
def grids(draw: st.DrawFn, every: st.SearchStrategy[Every] | None = None) -> Cycles:
    """Return billing cycles of dates: some anchor, with or without a day or weekday of its own."""
    start, chosen = draw(dates()), draw(intervals() if every is None else every)
    if chosen.unit is Unit.WEEK:
        return anchored(start, chosen, weekday=draw(st.none() | weekdays()))
    place = draw(st.sampled_from([None, 1, 15, 28, 29, 30, 31]) | nth_weekdays())
    if chosen.unit is Unit.DAY or place is None:
        return anchored(start, chosen)
    month = draw(st.none() | st.integers(1, 12))
    if isinstance(place, NthWeekday):
        return anchored(start, chosen, weekday=place, month=month)
    return anchored(start, chosen, place, month=month)


def weekdays() -> st.SearchStrategy[Weekday]:
    """Return days of the week."""
    return st.sampled_from(Weekday)


def nth_weekdays() -> st.SearchStrategy[NthWeekday]:
    """Return weekdays of the month: the second Tuesday, the last Friday."""
    return st.builds(NthWeekday, st.integers(1, 5), weekdays())


def zoned_grids(every: st.SearchStrategy[Every] | None = None) -> st.SearchStrategy[ZonedCycles]:
    """Return billing cycles of instants, at some local time of day."""
    clock = st.times().map(lambda time: time.replace(microsecond=0, fold=0))
    return st.builds(ZonedCycles, grids(every), zones(), clock, st.integers(0, 1))


def fiscal_calendars() -> st.SearchStrategy[FiscalCalendar]:
    """Return fiscal years of weeks, of every pattern and end."""
    return st.builds(
        FiscalCalendar,
        ends_in=st.integers(1, 12),
        ends_on=weekdays(),
        year_end=st.sampled_from(YearEnd),
        quarter_weeks=st.sampled_from(Quarter),
        named_by=st.sampled_from(YearName),
        extra_week_in=st.just(12) | st.integers(1, 12),
    )


@st.composite
def hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Return the opening hours of a day, to the quarter of an hour: none, one stretch or several."""
    usual = draw(st.sampled_from(["09:00-17:00", "", "09:00-12:30 13:30-17:00", "00:00-24:00", "?"]))
    if usual != "?":
        return office_hours(*usual.split())
    quarters = sorted(draw(st.sets(st.integers(0, 150), max_size=6)))
    pairs = zip(quarters[::2], quarters[1::2], strict=False)
    return tuple(Hours(15 * opens, 15 * closes) for opens, closes in pairs)


@st.composite
def business_calendars(
    draw: st.DrawFn, near: date | None = None, zone: st.SearchStrategy[ZoneKey] | None = None
) -> BusinessCalendar:
    """Return business calendars with whatever differs near a date: holidays, other hours, breaks.

    The office is open on one day of the week at least, also where a holiday or a break follows another.
    """
    around = draw(dates()) if near is None else near
    listed = st.integers(-5, 5).map(lambda count: add_days(around, count))
    week = draw(st.lists(hours(), min_size=7, max_size=7))
    if not any(week):
        week[draw(st.integers(0, 6))] = office_hours("09:00-17:00")
    named = st.sampled_from(["", "Founders' Day"])
    several = st.dictionaries(listed, hours(), max_size=2)
    return BusinessCalendar(
        zone=draw(zones() if zone is None else zone),
        weekly=week,
        holidays=draw(st.lists(st.builds(Holiday, listed, named), max_size=2)),
        overrides=[DayHours(on, day) for on, day in draw(several).items()],
        breaks=[DayHours(on, day) for on, day in draw(several).items()],
    )


@st.composite
def pauses(draw: st.DrawFn, near: date, *, most: int = 3) -> tuple[Span[DateTime], ...]:
    """Return stretches, within days of a date, in which a clock stands still; some meet or share time."""
    start = at_local(add_days(near, -4), "UTC")
    ends = st.tuples(st.integers(0, 8 * 96), st.integers(0, 3 * 96))
    drawn = draw(st.lists(ends, max_size=most))
    return tuple(Span(later(start, 900 * at), later(start, 900 * (at + count))) for at, count in drawn)


def countings() -> st.SearchStrategy[Counting]:
    """Return the conventions by which a term is counted to the end of a day."""
    return st.builds(
        Counting,
        first_day=st.sampled_from(FirstDay),
        roll=st.sampled_from(Roll),
        months_end=st.sampled_from(MonthsEnd),
        start_off=st.sampled_from(StartOff),
        stops=st.sampled_from(Stops),
    )


def terms() -> st.SearchStrategy[Every | BusinessDays]:
    """Return terms of every kind, up to some months."""
    usual: list[Every | BusinessDays] = [months(1), days(30), BusinessDays(10), weeks(8), years(1)]
    return (
        st.sampled_from(usual) | st.builds(Every, st.integers(1, 15), st.sampled_from(Unit)) | business_days()
    )


def business_days() -> st.SearchStrategy[BusinessDays]:
    """Return terms of business days."""
    return st.builds(BusinessDays, st.integers(1, 30))


@st.composite
def stops(draw: st.DrawFn, near: date, *, most: int = 3) -> tuple[Span[date], ...]:
    """Return spans of dates near another, before and after it; some meet or share days."""
    drawn = draw(st.lists(st.tuples(st.integers(-9, 60), st.integers(0, 12)), max_size=most))
    starts = [(add_days(near, since), count) for since, count in drawn]
    return tuple(Span(start, add_days(start, count)) for start, count in starts)


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    """Return deadlines as they are computed, with pauses and rolled over days off."""
    event = draw(dates())
    calendar = draw(business_calendars(event))
    return deadline(event, draw(terms()), draw(countings()), calendar, draw(stops(event)))


@st.composite
def cycles(draw: st.DrawFn, proration: Proration = BY_DAY) -> tuple[Span[date], Every]:
    """Return one cycle that a proration can value, on its own axis of time, and its interval."""
    of_months = intervals().filter(lambda every: every.step[0] > 0)
    every = of_months if proration.divisor is not None else None
    grid = cast("Grid[date]", draw(zoned_grids(every) if proration.measure.instants else grids(every)))
    cycle = grid.span(draw(st.integers(-3, 30)))
    if proration.measure.length(cycle.start, cycle.end) <= 0:  # a 31st alone has no length under 30/360
        cycle = Span(cycle.start, grid.span(grid.number(cycle.start) + 2).end)
    return cycle, grid.every


def points(span: Span[P]) -> st.SearchStrategy[P]:
    """Return points of a span, its first and its end among them."""
    start, end = span.start, span.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        seconds = int(datetime.__sub__(end, start).total_seconds())
        return cast("st.SearchStrategy[P]", st.integers(0, seconds).map(lambda count: later(start, count)))
    return cast("st.SearchStrategy[P]", st.dates(start, end))


@st.composite
def spans(draw: st.DrawFn, within: Span[P]) -> Span[P]:
    """Return spans inside of another, empty ones among them."""
    start, end = sorted((draw(points(within)), draw(points(within))))
    return Span(start, end)


# Proration and settlement

MEASURES: tuple[Measure, ...] = (ActualDays(), Seconds(), Thirty360(), Thirty360(month_end=True))
"""Measures whose parts add up."""

SETTLEMENTS: tuple[Settlement, ...] = (
    TargetMinusBooked(),
    FromBooked(),
    FromBooked(Places(9)),
    FromLine(Places(9)),
    FromPrice(),
    NothingBack(),
)


def measures() -> st.SearchStrategy[Measure]:
    """Return day counts and seconds, also some whose parts do not add up."""
    apart = [Thirty360US(), Thirty360US(month_end=True), BothEnds(), UpToLast(ActualDays())]
    return st.sampled_from([*MEASURES, *apart])


@st.composite
def telescoping_prorations(draw: st.DrawFn, measure: Measure | None = None) -> Proration:
    """Return prorations by running totals: any measure, rounding, and owner of the day of a change."""
    chosen = draw(st.sampled_from(MEASURES)) if measure is None else measure
    rounding = draw(st.sampled_from(Rounding))
    change_day, end_day = draw(st.sampled_from(Owner)), draw(st.sampled_from(Owner))
    name = f"{chosen.unit.replace(' ', '-')}-{rounding.value}-{change_day.value}-{end_day.value}"
    return Proration(name, "1", chosen, rounding=rounding, change_day=change_day, end_day=end_day)


def prorations() -> st.SearchStrategy[Proration]:
    """Return prorations, also some whose parts do not add up."""
    apart = [
        Proration("nine-places", "1", ActualDays(), ratio=Places(9), telescopes=False),
        Proration("apart", "1", Seconds(), rounding=Rounding.HALF_EVEN, telescopes=False),
    ]
    plain = st.sampled_from([BY_DAY, BY_SECOND, BY_THIRTIETHS])
    return plain | telescoping_prorations() | st.sampled_from(apart)


def settlements() -> st.SearchStrategy[Settlement]:
    """Return settlements, also some that are not capped or depend on the order."""
    return st.sampled_from(SETTLEMENTS)


# What is sold, and how it is taxed


def tax_keys() -> st.SearchStrategy[TaxKey]:
    """Return tax keys, of no tax at all among them."""
    rates = st.sampled_from(["0", "5.5", "7", "8.875", "19", "20", "25.5", "100"])
    return st.builds(TaxKey, st.sampled_from(["S", "AA", "Z"]), rates)


@st.composite
def taxes(draw: st.DrawFn) -> Taxes:
    """Return the taxes of the class "standard", per line or per document, perhaps two side by side."""
    keys = st.lists(tax_keys(), max_size=2, unique_by=lambda key: key.category).map(tuple)
    rates = [DatedRate("standard", date.min, draw(keys))]
    if draw(st.booleans()):
        rates.append(DatedRate("standard", draw(dates()), draw(keys)))
    round_at, rounding = draw(st.sampled_from(RoundAt)), draw(st.sampled_from(Rounding))
    return Taxes(name="drawn", rates=tuple(rates), round_at=round_at, rounding=rounding)


@st.composite
def charges(
    draw: st.DrawFn,
    key: str = "base",
    *,
    per_unit: bool | None = None,
    billing: Billing | None = None,
    known: Sequence[CurrencyCode] = CURRENCIES,
    dated: bool = True,
) -> Charge:
    """Return one charge with a price in every currency; with `dated`, perhaps another from a later day."""
    listed: list[DatedPrice] = []
    for code in known:
        listed.append(DatedPrice(date.min, draw(prices(code, maximum=10**5))))
        if dated and draw(st.booleans()):
            listed.append(DatedPrice(draw(dates()), draw(prices(code, maximum=10**5))))
    return Charge(
        key=key,
        title=key,
        prices=tuple(listed),
        per_unit=draw(st.booleans()) if per_unit is None else per_unit,
        billing=draw(st.sampled_from(Billing)) if billing is None else billing,
    )


@st.composite
def plans(
    draw: st.DrawFn,
    id: str = "plan",
    *,
    every: st.SearchStrategy[Every] | None = None,
    known: Sequence[CurrencyCode] = CURRENCIES,
) -> Plan:
    """Return a plan of up to three charges: flat, by the unit, in advance and in arrears."""
    kinds = {
        "base": charges("base", per_unit=False, billing=Billing.IN_ADVANCE, known=known),
        "seat": charges("seat", per_unit=True, known=known),
        "usage": charges("usage", billing=Billing.IN_ARREARS, known=known),
    }
    keys = draw(st.lists(st.sampled_from(["seat", "base", "usage"]), min_size=1, unique=True))
    return Plan(
        id=id,
        title=id,
        every=draw(st.sampled_from([months(1), months(3), years(1), weeks(2)]) if every is None else every),
        charges=tuple([draw(kinds[key]) for key in keys]),
        trial_days=draw(st.sampled_from([0, 0, 14])),
    )


@st.composite
def catalogs(draw: st.DrawFn, *, size: int = 3, known: Sequence[CurrencyCode] = CURRENCIES) -> Catalog:
    """Return what is on sale: so many plans at most, `plan-1` and on."""
    count = draw(st.integers(1, size))
    offered = tuple([draw(plans(f"plan-{number}", known=known)) for number in range(1, count + 1)])
    return Catalog(plans=offered, repricing=draw(st.sampled_from(Repricing)))


# Documents


def payment_terms() -> st.SearchStrategy[Terms]:
    """Return when invoices are due: so many days net, and the other usual ways."""
    nets = st.sampled_from([14, 0, 30]).map(net)
    days_of_month = st.sampled_from([1, 15, 28, 30, 31])
    others = [
        st.builds(month_end, after=st.sampled_from([0, 30]), plus=st.sampled_from([0, 10])),
        st.builds(day_of_month, days_of_month, months=st.integers(1, 2)),
        st.builds(next_day, days_of_month, after=st.integers(0, 40)),
    ]
    return nets | st.one_of(others)


def document_policies() -> st.SearchStrategy[DocumentPolicy]:
    """Return the rules of offices about their documents."""
    return st.builds(
        DocumentPolicy,
        terms=payment_terms(),
        below_zero=st.sampled_from(BelowZero),
        paid=st.sampled_from(Destination),
        books_close=st.sampled_from([False, False, True]),
    )


@st.composite
def one_offs(draw: st.DrawFn, currency: CurrencyCode, *, most: int = 3) -> tuple[OneOff, ...]:
    """Return lines written by hand, of nothing and below zero among them."""
    quantities = st.sampled_from([1, 1, 2, 3, 7, 0, -1, -2])
    return tuple(
        OneOff(
            key="work",
            title="Work",
            price=draw(prices(currency, maximum=10**4)),
            quantity=draw(quantities),
        )
        for _ in range(draw(st.integers(1, most)))
    )


@st.composite
def documents(
    draw: st.DrawFn,
    id: str = "INV",
    *,
    known: Sequence[CurrencyCode] = CURRENCIES,
    below_zero: bool = False,
    rates: st.SearchStrategy[Taxes] | None = None,
) -> Document:
    """Return invoices that add up: up to five lines, each under up to three tax keys.

    With `below_zero`, some lines take something off, and the total may be below zero as well.
    """
    currency = draw(currencies(known))
    keys = st.lists(tax_keys() | st.just(REVERSE_CHARGE), max_size=3, unique=True)
    amounts = st.integers(0, 30) | st.integers(0, 10**7)
    lines: list[Line] = []
    for number in range(draw(st.integers(1, 5))):
        quantity = draw(st.sampled_from([1, 2, 3, 7, 12, *([-1, -3] if below_zero else [])]))
        price = Price(Money.of_minor(draw(amounts), currency).amount, currency)
        basis = Stated(price, quantity)
        line_id = f"{id}/{number}"
        found = tuple(draw(keys))
        lines.append(Line(line_id, "work", "Work", None, price, quantity, basis.amount(), found, basis))
    chosen = draw(taxes() if rates is None else rates)
    on = draw(dates())
    at = at_local(on, "UTC")
    return invoice(id, "A", None, currency, tuple(lines), chosen, at, on, add_days(on, 14), "c")


REVERSE_CHARGE = TaxKey("AE", "0", "reverse charge")


@st.composite
def credits(
    draw: st.DrawFn,
    invoice: Document,
    notes: Sequence[Document] = (),
    *,
    id: str = "credit",
    at: DateTime | None = None,
    by: Actor = OFFICER,
) -> Credit:
    """Return commands that take something back of an invoice; most of them fit.

    By amount with tax, by percentage, by lines (net amounts, quantities, percentages, all that is
    left), or in full; with or without saying where the amount goes.
    """
    left = left_of(invoice, notes)
    code = invoice.currency
    form = draw(st.sampled_from(["full", "amount", "percent", "lines", "lines"]))
    amount = Money.of_minor(draw(st.integers(1, max(1, left.total))), code) if form == "amount" else None
    named = st.lists(st.sampled_from(left.lines), min_size=1, max_size=3, unique=True)
    parts = [draw(_parts(invoice, line, rest)) for line, rest in draw(named)] if form == "lines" else []
    return Credit(
        id=id,
        at=invoice.at if at is None else at,
        by=by,
        document_id=invoice.id,
        amount=amount,
        percent=draw(_PERCENTAGES) if form == "percent" else None,
        lines=tuple(parts),
        to=draw(st.none() | st.sampled_from(Destination)),
    )


_PERCENTAGES = st.sampled_from([Decimal(text) for text in ("10", "50", "100", "33.3", "12.5", "0.01")])


@st.composite
def _parts(draw: st.DrawFn, invoice: Document, line: str, rest: int) -> Part:
    """Return a part of a line."""
    form = draw(st.sampled_from(["all", "amount", "quantity", "quantity", "percent"]))
    billed = invoice.line(line)
    assert billed is not None
    if form == "amount":
        low, high = sorted((0, rest))
        return Part(line=line, amount=Money.of_minor(draw(st.integers(low, high)), invoice.currency))
    if form == "quantity":
        return Part(line=line, quantity=draw(st.integers(1, max(1, abs(billed.quantity)))))
    return Part(line=line, percent=draw(_PERCENTAGES)) if form == "percent" else Part(line=line)


# How money is allocated

ORDERS: tuple[payments.Order, ...] = (
    payments.OldestDue(),
    payments.NewestDue(),
    payments.LargestFirst(),
    payments.SmallestFirst(),
    payments.ExactFirst(),
    payments.ExactFirst(payments.SmallestFirst()),
    payments.ProRata(),
    payments.ByHand(),
)


def orders() -> st.SearchStrategy[payments.Order]:
    """Return orders in which money settles debts."""
    return st.sampled_from(ORDERS)


def allocation_policies() -> st.SearchStrategy[payments.AllocationPolicy]:
    """Return orders of allocation, with credit that is used by itself and credit that is kept."""
    return st.builds(
        payments.AllocationPolicy,
        st.just("drawn"),
        st.just("1"),
        orders(),
        st.sampled_from([True, True, False]),
    )


@st.composite
def debts(draw: st.DrawFn, *, size: int = 6, maximum: int = 10**6) -> list[payments.OpenItem]:
    """Return open invoices of one currency, some of them alike in amount or due date."""
    known: list[payments.OpenItem] = []
    for number in range(draw(st.integers(0, size))):
        amount = draw(st.integers(1, maximum) | st.sampled_from([1, 100]))
        at = later(_FIRST, 86_400 * draw(st.integers(0, 3)))
        due_on = draw(st.none() | st.dates(date(2024, 3, 1), date(2024, 3, 4)))
        side = payments.Side.OWED
        left = draw(st.integers(1, amount))
        known.append(payments.OpenItem(f"D{number}", "invoice", side, "EUR", amount, left, at, due_on))
    return known


_FIRST = instant(datetime(2024, 3, 1, tzinfo=UTC))


def authorisation_policies() -> st.SearchStrategy[AuthorisationPolicy]:
    """Return policies of authorisations: captured once or several times, for some days or without an end."""
    days = st.sampled_from([None, 1, 7, 30])
    most = st.sampled_from([(), (), (Money("500.00", "EUR"),)])
    return st.builds(AuthorisationPolicy, valid_days=days, captures=st.sampled_from(Captures), most=most)


# Who may do what


@st.composite
def authorities(draw: st.DrawFn) -> Authority:
    """Return authorities: nobody is limited; or officers are, perhaps to nothing, and supervisors are not.

    Where officers are limited, what they do may be added up, and several may have to agree to the rest.
    """
    if draw(st.booleans()):
        return Authority("unlimited", "1")
    most = draw(st.sampled_from([0, 0, 500]))
    acts = (REFUND, CREDIT, VOID)
    officers = [
        Limit("officer", act, code, Money.of_minor(most, code)) for act in acts for code in CURRENCIES
    ]
    supervisors = [Limit("supervisor", act) for act in acts]
    return Authority(
        "limited",
        "1",
        (*officers, *supervisors),
        draw(st.sampled_from([1, 1, 2])),
        draw(st.none() | st.integers(1, 60)),
        draw(st.just(()) | st.tuples(quorums())),
        draw(st.just(()) | st.tuples(allowances())),
    )


def quorums(
    operation: Operation = REFUND, roles: Sequence[Role] = ("supervisor", "finance")
) -> st.SearchStrategy[Quorum]:
    """Return quorums of up to two needs, whoever their roles name, in any order or one after another."""
    needs = st.builds(Need, st.sampled_from([(), *roles]), st.integers(1, 2))
    above = st.none() | moneys("EUR", minimum=0, maximum=10**4)
    listed = st.lists(needs, min_size=1, max_size=2).map(tuple)
    return st.builds(Quorum, st.just(operation), listed, above, st.booleans())


def windows() -> st.SearchStrategy[Window]:
    """Return calendar periods, and stretches of so many days."""
    return st.sampled_from([PER_DAY, PER_WEEK, PER_MONTH, PER_YEAR]) | st.builds(Rolling, st.integers(1, 60))


def allowances(operation: Operation = REFUND) -> st.SearchStrategy[Allowance]:
    """Return allowances that are read off one file: of a person on the account, or of anybody on it."""
    return st.builds(
        Allowance,
        name=st.just("drawn"),
        operations=st.just({operation}),
        amount=moneys("EUR", minimum=0, maximum=10**5),
        window=windows(),
        per=st.sampled_from([Per.ACTOR_ON_ACCOUNT, Per.ACCOUNT]),
        zone=st.none() | zones(),
        hard=st.booleans(),
        counts_approved=st.booleans(),
    )


@st.composite
def offices(draw: st.DrawFn, staff: Sequence[Actor], at: DateTime) -> Office:
    """Return offices of a staff around an instant: who stands in for whom, and who is away."""
    lending = [actor for actor in staff if actor.roles]
    delegations = []
    for _ in range(draw(st.integers(0, 3)) if lending and len(staff) > 1 else 0):
        lender = draw(st.sampled_from(lending))
        other = draw(st.sampled_from([actor.id for actor in staff if actor != lender]))
        roles = draw(st.frozensets(st.sampled_from(sorted(lender.roles)), min_size=1))
        operations = draw(st.sampled_from([{REFUND}, {REFUND, CREDIT, VOID}]))
        start, end = later(at, -draw(st.integers(0, 10**6))), later(at, draw(st.integers(1, 10**6)))
        away, onward = draw(st.booleans()), draw(st.booleans())
        delegations.append(
            Delegation(lender, other, roles, operations, start, end, when_absent=away, onward=onward)
        )
    absent = draw(st.lists(st.sampled_from([actor.id for actor in staff]), max_size=2)) if staff else []
    absences = [Absence(actor, later(at, -(10**5)), later(at, 10**5)) for actor in absent]
    return Office(staff=tuple(staff), delegations=tuple(delegations), absences=tuple(absences))


@st.composite
def account_policies(draw: st.DrawFn) -> AccountPolicy:
    """Return policies of accounts: perhaps with reopening, and with a profile that is verified.

    The fields are address, name and phone; a refund may have to wait for the address.
    """
    days = st.integers(0, 60)
    reopening = st.builds(Reopening, days, st.just("officer"), st.none() | st.integers(0, 10))
    rules = st.builds(
        FieldRule,
        st.sampled_from(["address", "name", "phone"]),
        st.just("officer"),
        verify_days=st.none() | st.integers(0, 14),
        valid_days=st.none() | st.integers(0, 400),
        blocks=st.sampled_from([(), (), {REFUND}]),
    )
    return AccountPolicy(
        "account",
        "1",
        draw(days),
        draw(st.none() | days),
        draw(st.none() | reopening),
        draw(st.lists(rules, max_size=3, unique_by=lambda rule: rule.key).map(tuple)),
    )


def hold_policies() -> st.SearchStrategy[HoldPolicy]:
    """Return policies of holds.

    For fraud (all operations, four eyes to release), for a dispute (some), and for sanctions: kept
    from the customer, perhaps placed under four eyes.
    """
    fraud = HoldKind("fraud", EVERYTHING, "officer", "supervisor", four_eyes=True, review_days=30)
    dispute = HoldKind("dispute", {REFUND, CREDIT}, "officer", {"officer", "supervisor"})
    sanctions = st.builds(
        HoldKind,
        st.just("sanctions"),
        st.just({REFUND, TAKE_PAYMENT}),
        st.just("officer"),
        st.just("supervisor"),
        review_days=st.sampled_from([1, 90]),
        four_eyes_to_place=st.booleans(),
        may_review=st.sampled_from([None, {"officer", "supervisor"}]),
        secret=st.just(True),
    )
    return sanctions.map(lambda kind: HoldPolicy("drawn", "1", (fraud, dispute, kind)))


@st.composite
def holds(
    draw: st.DrawFn, id: str = "H", *, first: date = date(2024, 1, 1), until: date = date(2024, 3, 31)
) -> Hold:
    """Return one hold: of any operations and items, perhaps expiring, extended, reviewed or released.

    What is settled about it may be recorded later than it counts.
    """
    moments = sorted(draw(st.lists(instants(first, until), min_size=2, max_size=5, unique=True)))
    late = st.sampled_from([0, 0, 3_600, 86_400 * 3])
    expires_at = draw(st.sampled_from([None, later(moments[-1], 86_400)]))
    review_at = draw(st.sampled_from([None, moments[-1]]))
    last = draw(st.sampled_from([Step.EXTENDED, Step.RELEASED]))
    steps = [Step.PLACED, *[Step.REVIEWED] * (len(moments) - 2), last]
    recorded = moments[0]
    changes = []
    for step, at in zip(steps, moments, strict=True):
        recorded = max(recorded, later(at, draw(late)))
        changes.append(Change(step, at, recorded, "officer-1", expires_at, review_at))
    secret = draw(st.booleans())
    return Hold(
        id=id,
        blocks=draw(st.frozensets(st.sampled_from(sorted(EVERYTHING)), min_size=1, max_size=3)),
        reason=draw(st.sampled_from(["fraud", "dispute"])),
        public_reason="" if secret else draw(st.sampled_from(["", "please call us"])),
        secret=secret,
        scope=draw(st.frozensets(st.sampled_from(["S-1", "INV-1"]))),
        releasable_by="supervisor",
        four_eyes=draw(st.booleans()),
        changes=tuple(changes),
    )


def on_holds() -> st.SearchStrategy[OnHold]:
    """Return what a hold does to billing: it waits, goes on, or stops in each of the ways it can."""
    ways = (Effect, (True, False), Resuming, HeldDays)
    return st.builds(OnHold, *(st.sampled_from(tuple(each)) for each in ways))


@st.composite
def policies(
    draw: st.DrawFn,
    *,
    catalog: st.SearchStrategy[Catalog] | None = None,
    proration: st.SearchStrategy[Proration] | None = None,
    settlement: st.SearchStrategy[Settlement] | None = None,
) -> Policies:
    """Return every choice that an account file is decided under."""
    return Policies(
        catalog=draw(catalogs() if catalog is None else catalog),
        proration=draw(prorations() if proration is None else proration),
        settlement=draw(settlements() if settlement is None else settlement),
        taxes=draw(taxes()),
        documents=draw(document_policies()),
        allocation=draw(allocation_policies()),
        authorisations=draw(authorisation_policies()),
        tax_point=draw(st.sampled_from(TaxPoint)),
        refunds=draw(st.builds(RefundPolicy, window_days=st.none() | st.integers(0, 400))),
        authority=draw(authorities()),
        holds=draw(hold_policies()),
        on_hold=draw(on_holds()),
        account=draw(account_policies()),
    )
