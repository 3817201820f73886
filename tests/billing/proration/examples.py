"""Random cycles, prices, cuts and policies, for the laws."""

from datetime import date, timedelta
from typing import cast

from hypothesis import strategies as st

from acctcore.billing.proration import (
    BilledLessCredited,
    BilledThenLessCredited,
    Binary64,
    FixedMonth,
    FromBooked,
    FromLine,
    FromPrice,
    NoCap,
    NothingBack,
    Places,
    Proration,
    Settlement,
    TargetMinusBooked,
)
from acctcore.kernel.calendar import (
    Every,
    Span,
    ZonedCycles,
    anchored,
    days,
    instant,
    months,
    weeks,
    years,
)
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, Measure, Seconds, Thirty360
from acctcore.kernel.money import Price
from acctcore.presets import flexprice, kill_bill, lago, meteroid, stripe

PRESETS = (
    kill_bill.KILL_BILL,
    lago.LAGO,
    stripe.stripe(rounding=Rounding.HALF_UP, billing_mode=stripe.BillingMode.CLASSIC),
    stripe.stripe(rounding=Rounding.HALF_EVEN, billing_mode=stripe.BillingMode.FLEXIBLE),
    flexprice.DAY_BOTH_ENDS,
    flexprice.DAY_HALF_OPEN,
    flexprice.SECOND,
    flexprice.SECOND_HALF_OPEN,
    meteroid.METEROID,
)
APART = (
    Proration("nine-places", "1", ActualDays(), ratio=Places(9), telescopes=False),
    Proration("doubles", "1", ActualDays(), ratio=Binary64(), telescopes=False),
    Proration("apart", "1", Seconds(), rounding=Rounding.HALF_EVEN, telescopes=False),
    Proration("thirty", "1", ActualDays(), divisor=FixedMonth(30), telescopes=False),
    *(preset.proration for preset in PRESETS),
)
MEASURES: tuple[Measure, ...] = (ActualDays(), Seconds(), Thirty360(), Thirty360(month_end=True))


def running_totals(measure: Measure) -> st.SearchStrategy[Proration]:
    """Return telescoping policies with a measure, of any rounding."""
    return st.sampled_from(Rounding).map(
        lambda rounding: Proration(f"running-{rounding.value}", "1", measure, rounding=rounding)
    )


SETTLEMENTS: tuple[Settlement, ...] = (
    TargetMinusBooked(),
    FromBooked(),
    FromBooked(Places(9)),
    FromLine(Places(9)),
    FromPrice(),
    FromPrice(BilledLessCredited()),
    FromPrice(BilledThenLessCredited(), places=5),
    FromPrice(NoCap()),
    NothingBack(),
)


def named(settlement: Settlement) -> str:
    """Return a settlement's name for a test: the choices in it that have a value of their own."""
    choices = (getattr(settlement, name, None) for name in ("ratio", "cap"))
    kinds = (type(choice).__name__ for choice in choices if choice is not None)
    return "-".join((type(settlement).__name__, *kinds))


intervals = st.sampled_from(
    [days(1), days(10), weeks(1), weeks(2), months(1), months(3), months(6), years(1), years(2)]
)
prices = st.builds(
    lambda amount, places, currency: Price(f"{amount}E-{places}", currency),
    st.integers(0, 10**9),
    st.integers(0, 8),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)


def some_cycle(proration: Proration) -> st.SearchStrategy[tuple[Span[date], Every]]:
    """Return cycles and intervals that the policy gives a length: a 31st alone has none under 30/360."""
    return cycles(proration.measure.instants, proration.divisor is not None).filter(
        lambda drawn: proration.measure.length(drawn[0].start, drawn[0].end) > 0
    )


@st.composite
def cycles(draw: st.DrawFn, instants: bool = False, of_months: bool = False) -> tuple[Span[date], Every]:
    """Return a cycle of some anchor, of dates or instants, and its interval."""
    every = draw(intervals.filter(lambda every: every.step[0] > 0 or not of_months))
    start = draw(st.dates(date(1999, 1, 1), date(2040, 1, 1)))
    grid = anchored(start, every, draw(st.sampled_from([None, 1, 15, 28, 29, 30, 31])))
    number = draw(st.integers(-3, 30))
    if not instants:
        return grid.span(number), every
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"]))
    return cast("Span[date]", ZonedCycles(grid, zone).span(number)), every


def points(cycle: Span[date]) -> st.SearchStrategy[date]:
    """Return points inside a cycle, its edges among them."""
    if hasattr(cycle.start, "hour"):
        whole = int((cycle.end - cycle.start).total_seconds())
        return st.integers(0, whole).map(lambda seconds: instant(cycle.start + timedelta(seconds=seconds)))
    return st.dates(cycle.start, cycle.end)
