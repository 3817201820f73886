"""Lago, Stripe, Flexprice, Meteroid and Zuora at random against the second computation, and their edges."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.proration import (
    Arithmetic,
    Booked,
    Capped,
    Exact,
    Proration,
    Share,
    prorate,
    settle,
)
from acctcore.kernel.calendar import Every, Span, at_local, days, months, years
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Price
from acctcore.presets import Preset, flexprice, meteroid, zuora
from acctcore.presets.lago import LAGO
from acctcore.presets.stripe import BillingMode, stripe
from tests.billing.proration.examples import cycles, points
from tests.presets import paper

YEN = "JPY"  # prices in minor units
VARIANTS = {
    "day-both-ends": flexprice.DAY_BOTH_ENDS,
    "day-half-open": flexprice.DAY_HALF_OPEN,
    "second": flexprice.SECOND,
    "second-half-open": flexprice.SECOND_HALF_OPEN,
}
amounts = st.integers(0, 10**9)


def drawn(data: st.DataObject, instants: bool = False) -> tuple[Span[date], Every, Span[date]]:
    cycle, every = data.draw(cycles(instants))
    start, end = sorted(data.draw(st.lists(points(cycle), min_size=2, max_size=2)))
    return cycle, every, Span(start, end)


def plain(span: Span[date]) -> tuple[date, date]:
    """Return a span's edges as the standard library knows them."""
    if isinstance(span.start, datetime) and isinstance(span.end, datetime):
        utc = ZoneInfo("UTC")
        start, end = (datetime.fromtimestamp(edge.timestamp(), utc) for edge in (span.start, span.end))
        return start, end
    return span.start, span.end


def share_of(price: int, part: Span[date], cycle: Span[date], every: Every, policy: Proration) -> Share:
    basis = prorate(Price(price, YEN), 1, part, cycle, every, policy).basis
    assert isinstance(basis, Share)
    return basis


# Lago


@given(st.data(), amounts)
def test_lagos_shares_at_random(data: st.DataObject, price: int) -> None:
    cycle, every, part = drawn(data)
    row = paper.lago_share(price, *plain(part), plain(cycle))
    assert share_of(price, part, cycle, every, LAGO.proration).amount() == row.amount


@given(st.data(), amounts)
def test_lagos_credits_at_random(data: st.DataObject, price: int) -> None:
    cycle, every, part = drawn(data)
    fee = data.draw(st.integers(0, price))
    notes = data.draw(st.integers(0, fee))
    booked = Booked(Price(price, YEN), 1, cycle, fee - notes, fee, notes)
    credit = settle(booked, part, cycle, every, LAGO.proration, LAGO.settlement)
    row = paper.lago_credit(price, *plain(part), plain(cycle), fee, notes)
    assert credit.amount == row.amount
    assert isinstance(credit.basis, Capped)
    assert credit.basis.precise()[1] == 100_000


def test_a_whole_cycle_is_not_divided_at_lago() -> None:
    cycle = Span(date(2023, 2, 1), date(2023, 3, 1))
    half = Price("30.5", YEN)  # in doubles, 30.5 / 28 × 28 is a little less
    assert 30.5 / 28 * 28 < 30.5
    whole = prorate(half, 1, cycle, cycle, months(1), LAGO.proration)
    assert whole.amount == 31


def test_lagos_days_of_a_change_and_of_an_end() -> None:
    change = date(2024, 3, 12)
    assert LAGO.proration.switch(change) == change
    assert LAGO.proration.switch(change, ending=True) == date(2024, 3, 13)


def test_fewer_seats_give_nothing_back_at_lago() -> None:
    march = Span(date(2024, 3, 1), date(2024, 4, 1))
    seats = Booked(Price("10", "EUR"), 5, march, 5000, 5000)
    gone = Span(date(2024, 3, 11), march.end)
    credit = settle(seats, gone, march, months(1), LAGO.proration, LAGO.quantity)
    assert (credit.amount, credit.left, credit.remainder) == (0, (5000,), 0)
    assert settle(seats, march, march, months(1), LAGO.proration, LAGO.quantity).remainder == 5000


# Stripe


@pytest.mark.parametrize(
    ("rounding", "decimals"),
    [(Rounding.HALF_UP, ROUND_HALF_UP), (Rounding.HALF_EVEN, ROUND_HALF_EVEN)],
    ids=["half up", "half even"],
)
@given(st.data(), amounts)
def test_stripes_lines_at_random(rounding: Rounding, decimals: str, data: st.DataObject, price: int) -> None:
    cycle, every, part = drawn(data, instants=True)
    start, end = cast("tuple[datetime, datetime]", plain(part))
    whole = cast("tuple[datetime, datetime]", plain(cycle))
    classic = stripe(rounding=rounding, billing_mode=BillingMode.CLASSIC)
    flexible = stripe(rounding=rounding, billing_mode=BillingMode.FLEXIBLE)
    debited = price // 2
    booked = Booked(Price(price, YEN), 1, cycle, debited, debited)
    by_price = paper.stripe_share(price, start, end, whole, decimals).amount
    by_debit = paper.stripe_share(debited, start, end, whole, decimals).amount
    assert share_of(price, part, cycle, every, classic.proration).amount() == by_price
    assert settle(booked, part, cycle, every, classic.proration, classic.settlement).amount == by_price
    assert settle(booked, part, cycle, every, flexible.proration, flexible.settlement).amount == by_debit


def test_a_tie_is_rounded_as_was_said() -> None:
    april = Span[date](at_local(date(2024, 4, 1), "UTC"), at_local(date(2024, 5, 1), "UTC"))
    half = Span[date](at_local(date(2024, 4, 16), "UTC"), april.end)

    def amount(rounding: Rounding) -> int:
        preset = stripe(rounding=rounding, billing_mode=BillingMode.CLASSIC)
        return share_of(5, half, april, months(1), preset.proration).amount()

    kinds = (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN, Rounding.UP)
    assert [amount(kind) for kind in kinds] == [3, 2, 2, 3]


@pytest.mark.parametrize(
    ("start", "counted"),
    [(date(2023, 1, 15), (17, 31)), (date(2023, 2, 15), (14, 28))],
    ids=["January", "February"],
)
def test_a_backdated_start_lies_in_the_interval_that_ends_on_the_anchor(
    start: date, counted: tuple[int, int]
) -> None:
    first = start.replace(day=1)
    month = Span[date](at_local(first, "UTC"), at_local(paper.step(first, 1), "UTC"))
    part = Span[date](at_local(start, "UTC"), month.end)
    preset = stripe(rounding=Rounding.HALF_UP, billing_mode=BillingMode.CLASSIC)
    seconds, whole = share_of(100, part, month, months(1), preset.proration).exact()
    assert (seconds / 86_400, whole / 86_400) == counted


# Flexprice


@pytest.mark.parametrize("variant", VARIANTS)
@given(st.data(), amounts)
def test_flexprices_lines_at_random(variant: str, data: st.DataObject, price: int) -> None:
    preset = VARIANTS[variant]
    cycle, every, part = drawn(data, preset.proration.measure.instants)
    row = paper.flexprice_share(variant, price, *plain(part), plain(cycle))
    share = share_of(price, part, cycle, every, preset.proration)
    assert (share.amount(), *share.exact()) == (row.amount, row.counted, row.whole)
    billed = data.draw(st.integers(0, price))
    credited = data.draw(st.integers(0, billed))
    booked = Booked(Price(price, YEN), 1, cycle, billed - credited, billed, credited)
    credit = settle(booked, part, cycle, every, preset.proration, preset.settlement)
    wanted = paper.flexprice_credit(variant, price, *plain(part), plain(cycle), billed or None, credited)
    assert credit.amount == wanted.amount
    assert settle(booked, part, cycle, every, preset.proration, preset.quantity).amount == row.amount


def test_the_cap_is_of_the_line_and_not_of_a_piece_of_it() -> None:
    april = Span(date(2024, 4, 1), date(2024, 5, 1))
    piece = Span(date(2024, 4, 1), date(2024, 4, 16))
    booked = Booked(Price("1000", YEN), 1, piece, 100, 1000, 600, april)
    policies = flexprice.DAY_HALF_OPEN.proration, flexprice.DAY_HALF_OPEN.settlement
    credit = settle(booked, piece, april, months(1), *policies)
    assert (credit.amount, credit.remainder) == (400, -300)  # half of the price, but 600 were credited


def test_a_change_in_the_last_second_weighs_nothing() -> None:
    end = at_local(date(2024, 4, 2), "UTC")
    day = Span[date](at_local(date(2024, 4, 1), "UTC"), end)
    last = Span[date](end.subtract(seconds=1), end)
    assert share_of(99, last, day, days(1), flexprice.SECOND.proration).exact() == (0, 86_399)
    assert share_of(99, last, day, days(1), flexprice.SECOND_HALF_OPEN.proration).exact() == (1, 86_400)


# Meteroid


@given(st.data(), amounts)
def test_meteroids_lines_at_random(data: st.DataObject, price: int) -> None:
    cycle, every, part = drawn(data)
    row = paper.meteroid_share(price, *plain(part), plain(cycle))
    assert share_of(price, part, cycle, every, meteroid.METEROID.proration).amount() == row.amount
    booked = Booked(Price(price, YEN), 1, cycle, 0, 0)
    policies = meteroid.METEROID.proration, meteroid.METEROID.settlement
    assert settle(booked, part, cycle, every, *policies).amount == row.amount


@pytest.mark.parametrize(
    ("every", "nominal"),
    [(months(1), 30), (months(3), 91), (months(6), 182), (years(1), 365)],
    ids=["month", "quarter", "half-year", "year"],
)
@given(st.data(), amounts)
def test_a_part_with_a_cadence_of_its_own_at_random(
    every: Every, nominal: int, data: st.DataObject, price: int
) -> None:
    cycle, _, part = drawn(data)
    share = share_of(price, part, cycle, every, meteroid.OWN_CADENCE.proration)
    assert share.amount() == paper.meteroid_own_cadence(price, *plain(part), plain(cycle), nominal)


@pytest.mark.parametrize(
    ("length", "lengths"),
    [
        pytest.param(22, (10, 30), id="more than a quarter shorter"),
        pytest.param(23, (10, 23), id="a quarter shorter, in whole days"),
        pytest.param(37, (10, 37), id="a quarter longer, in whole days"),
        pytest.param(38, (10, 30), id="more than a quarter longer"),
    ],
)
def test_the_same_cadence_is_within_a_quarter(length: int, lengths: tuple[int, int]) -> None:
    start = date(2024, 1, 1)
    cycle = Span(start, date.fromordinal(start.toordinal() + length))
    part = Span(start, date(2024, 1, 11))
    assert share_of(100, part, cycle, months(1), meteroid.OWN_CADENCE.proration).exact() == lengths


def test_a_part_longer_than_its_cadence_counts_one() -> None:
    year = Span(date(2024, 1, 1), date(2025, 1, 1))
    part = Span(year.start, date(2024, 3, 1))
    assert share_of(100, part, year, months(1), meteroid.OWN_CADENCE.proration).exact() == (30, 30)


@pytest.mark.parametrize("every", [days(30), months(2), years(2)], ids=str)
def test_other_cadences_are_refused(every: Every) -> None:
    year = Span(date(2024, 1, 1), date(2025, 1, 1))
    with pytest.raises(InvalidValue, match="a month, a quarter, half a year or a year"):
        share_of(100, year, year, every, meteroid.OWN_CADENCE.proration)


@pytest.mark.parametrize(
    ("start", "end", "lengths"),
    [
        pytest.param("2024-01-10", "2024-02-01", (22, 31), id="to the anchor"),
        pytest.param("2024-01-10", "2024-02-10", (31, 31), id="a month"),
        pytest.param("2024-01-10", "2024-03-01", (31, 31), id="more than a month"),
        pytest.param("2024-01-31", "2024-02-29", (31, 31), id="month end to month end"),
        pytest.param("2024-01-30", "2024-02-29", (31, 31), id="clamped"),
        pytest.param("2024-03-20", "2024-03-31", (11, 31), id="to a month end, from an earlier day"),
    ],
)
def test_meteroids_first_period(start: str, end: str, lengths: tuple[int, int]) -> None:
    span = Span(date.fromisoformat(start), date.fromisoformat(end))
    policy = meteroid.first_period(ratio=Exact(), arithmetic=Arithmetic.EXACT, rounding=Rounding.DOWN)
    share = share_of(100, span, span, months(1), policy)
    assert share.exact() == lengths
    assert share.amount() == 100 * lengths[0] // lengths[1]


# Zuora


@pytest.mark.parametrize(
    ("first", "last", "lengths"),
    [
        pytest.param("2021-01-27", "2021-01-31", [(5, 31), (5, 30), (4, 30)], id="published, January"),
        pytest.param("2021-02-27", "2021-02-28", [(2, 28), (2, 30), (4, 30)], id="published, February"),
        pytest.param("2020-02-01", "2020-02-29", [(29, 29), (29, 30), (30, 30)], id="published, leap year"),
        pytest.param("2021-01-27", "2021-01-30", [(4, 31), (4, 30), (4, 30)], id="the 30th and 31st are one"),
    ],
)
def test_zuoras_counts(first: str, last: str, lengths: list[tuple[int, int]]) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last) + paper.DAY
    month = Span(start.replace(day=1), paper.step(start.replace(day=1), 1))
    kinds = (zuora.actual_actual, zuora.actual_30, zuora.strict_30_360)
    policies = [kind(rounding=Rounding.UP) for kind in kinds]
    shares = [share_of(100, Span(start, end), month, months(1), policy) for policy in policies]
    assert [share.exact() for share in shares] == lengths
    assert [share.rounding for share in shares] == [Rounding.UP] * 3


# Presets


def test_a_preset_fills_in_what_is_not_said() -> None:
    preset = Preset(name="ours", proration=LAGO.proration, settlement=LAGO.settlement)
    assert preset.quantity is preset.settlement
    assert preset.first_period is preset.proration


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"proration": None}, {"first_period": "by-day"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_preset_is_made_of_policies(wrong: dict[str, object]) -> None:
    fields = {"name": "ours", "proration": LAGO.proration, "settlement": LAGO.settlement} | wrong
    with pytest.raises(InvalidValue, match=rf"Preset\.{next(iter(wrong))}"):
        Preset(**fields)  # type: ignore[arg-type]
