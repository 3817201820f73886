"""Kill Bill's own rules, one by one, and at random against the second computation."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from acctcore.billing.proration import Booked, OfAmount, Proration, Share, prorate, settle
from acctcore.kernel.calendar import Cycles, Every, Span, days, months, weeks, years
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Price
from acctcore.presets import kill_bill
from acctcore.presets.kill_bill import KILL_BILL, FixedDays
from tests.billing.proration.examples import cycles, points
from tests.presets import paper

YEN = "JPY"  # prices in minor units
POLICIES = KILL_BILL.proration, KILL_BILL.settlement


def share_of(price: int, part: Span[date], cycle: Span[date], every: Every, policy: Proration) -> Share:
    basis = prorate(Price(price, YEN), 1, part, cycle, every, policy).basis
    assert isinstance(basis, Share)
    return basis


@pytest.mark.parametrize(
    ("start", "every", "day", "wanted"),
    [
        pytest.param("2024-02-14", months(1), 31, ["2024-02-29", "2024-03-31"], id="clamped, then restored"),
        pytest.param("2024-02-15", months(1), 14, ["2024-03-14", "2024-04-14"], id="passed, a month later"),
        pytest.param("2024-02-15", months(3), 14, ["2024-05-14", "2024-08-14"], id="passed, a quarter later"),
        pytest.param("2024-02-13", months(3), 14, ["2024-02-14", "2024-05-14"], id="a quarter, still ahead"),
        pytest.param("2024-03-02", years(1), 1, ["2025-03-01", "2026-03-01"], id="a year knows no month"),
        pytest.param("2024-02-29", years(1), 29, ["2024-02-29", "2025-02-28"], id="a leap day, clamped"),
        pytest.param(
            "2024-02-29", months(1), 31, ["2024-02-29", "2024-03-31"], id="a start on a clamped day"
        ),
        pytest.param("2024-02-14", weeks(2), 31, ["2024-02-14", "2024-02-28"], id="weeks know no anchor"),
    ],
)
def test_boundaries(start: str, every: Every, day: int, wanted: list[str]) -> None:
    grid = kill_bill.cycles(date.fromisoformat(start), every, day)
    assert [grid.start(number).isoformat() for number in range(2)] == wanted


def test_the_anchors_day_is_kept() -> None:
    assert kill_bill.cycles(date(2024, 2, 14), months(1), 31) == Cycles(date(2024, 2, 29), months(1), 31)


@pytest.mark.parametrize(
    ("start", "end", "lengths"),
    [
        pytest.param("2024-01-05", "2024-01-25", (20, 30), id="in one month of 31 days"),
        pytest.param("2024-01-15", "2024-02-01", (16, 30), id="to the first of the next month"),
        pytest.param("2024-01-31", "2024-02-01", (0, 30), id="one day weighs nothing"),
        pytest.param("2024-02-10", "2024-03-10", (30, 30), id="over the end of February"),
        pytest.param("2024-04-10", "2024-05-05", (25, 30), id="over the end of a month of 30 days"),
        pytest.param("2024-01-05", "2025-01-05", (366, 30), id="the same month of another year"),
        pytest.param("2024-01-01", "2025-02-01", (30, 30), id="a whole cycle counts one"),
    ],
)
def test_months_of_a_fixed_length(start: str, end: str, lengths: tuple[int, int]) -> None:
    part = Span(date.fromisoformat(start), date.fromisoformat(end))
    cycle = Span(date(2024, 1, 1), date(2025, 2, 1))
    assert share_of(9, part, cycle, months(13), kill_bill.fixed_month(30).proration).exact() == lengths


def test_a_fixed_month_repairs_by_the_fixed_days_too() -> None:
    preset = kill_bill.fixed_month(30)
    line = Span(date(2024, 1, 11), date(2024, 1, 31))
    booked = Booked(Price("100", YEN), 1, line, 60, 60)
    gone = Span(date(2024, 1, 16), date(2024, 1, 31))
    cycle = Span(date(2023, 12, 31), date(2024, 1, 31))
    credit = settle(booked, gone, cycle, months(1), preset.proration, preset.settlement)
    assert (credit.amount, credit.left) == (30, (30,))  # 15/30 of 60, though the item has 20 days
    assert settle(booked, line, cycle, months(1), preset.proration, preset.settlement).amount == 60


@pytest.mark.parametrize("wrong", [0, 401, True])
def test_a_fixed_month_has_days(wrong: int) -> None:
    with pytest.raises(InvalidValue, match=r"FixedDays\.days"):
        FixedDays(wrong)


def test_an_adjusted_item_gives_back_what_was_not_adjusted() -> None:
    line = Span(date(2024, 4, 1), date(2024, 5, 1))
    booked = Booked(Price("100", YEN), 1, line, 40, 100, 60)
    credit = settle(booked, Span(date(2024, 4, 11), line.end), line, months(1), *POLICIES)
    assert (credit.amount, credit.left) == (40, (0,))  # 67 without the adjustment


def test_an_item_adjusted_beyond_its_amount_gives_nothing_back() -> None:
    line = Span(date(2024, 4, 1), date(2024, 5, 1))
    booked = Booked(Price("100", YEN), 1, line, -20, 100, 120)
    credit = settle(booked, Span(date(2024, 4, 11), line.end), line, months(1), *POLICIES)
    assert (credit.amount, credit.left) == (0, (-20,))


def test_a_piece_is_valued_by_its_days_whatever_the_repair_left() -> None:
    line = Span(date(2024, 4, 1), date(2024, 5, 1))
    booked = Booked(Price("5", YEN), 1, Span(line.start, date(2024, 4, 16)), 2, 5, 3, line)
    gone = Span(date(2024, 4, 6), date(2024, 4, 16))
    credit = settle(booked, gone, line, months(1), *POLICIES)
    assert credit.amount == 2  # 0.666666667 of 3, and 3 is half of 5
    assert isinstance(credit.basis, OfAmount)
    told = str(credit.basis.explain())
    assert "booked amount = 3 JPY" in told
    assert "booked amount = 5 JPY" in told


@given(st.data(), st.integers(0, 10**7))
def test_shares_at_random(data: st.DataObject, price: int) -> None:
    cycle, every = data.draw(cycles(of_months=True))
    start, end = sorted(data.draw(st.lists(points(cycle), min_size=2, max_size=2)))
    row = paper.kill_bill_share(price, start, end, (cycle.start, cycle.end), every.step[0])
    share = share_of(price, Span(start, end), cycle, every, KILL_BILL.proration)
    assert (share.amount(), *share.exact()) == (row.amount, row.counted, row.whole)
    assert share.ratio is not None
    assert Fraction(*share.ratio) == Fraction(row.written)


@given(st.data(), st.integers(0, 10**7))
def test_repairs_at_random(data: st.DataObject, charge: int) -> None:
    line, every = data.draw(cycles())
    first, start, end, last = sorted(data.draw(st.lists(points(line), min_size=4, max_size=4)))
    assume(first < last)
    piece = data.draw(st.sampled_from([line, Span(first, last)]))
    adjusted = data.draw(st.just(0) | st.integers(0, charge))
    booked = Booked(Price(charge, YEN), 1, piece, charge - adjusted, charge, adjusted, line)
    credit = settle(booked, Span(start, end), line, every, *POLICIES)
    charged, stands = (line.start, line.end), (piece.start, piece.end)
    row = paper.kill_bill_repair(charge, charged, stands, start, end, adjusted if piece == line else 0)
    assert credit.amount == row.amount


def test_days_are_stepped_in_days() -> None:
    part = Span(date(2024, 3, 1), date(2024, 3, 4))
    cycle = Span(date(2024, 2, 26), date(2024, 3, 7))
    assert share_of(10, part, cycle, days(10), KILL_BILL.proration).exact() == (3, 10)
