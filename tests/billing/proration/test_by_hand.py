"""Single shares and credits, worked out by hand, where a general law could not tell one cent from another."""

from datetime import date

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.proration import (
    BY_DAY,
    Booked,
    FromLine,
    FromPrice,
    NoCap,
    NothingBack,
    Places,
    Proration,
    Rest,
    Settlement,
    Share,
    TargetMinusBooked,
    prorate,
    settle,
)
from acctcore.billing.proration.model import Capped, ratio_text
from acctcore.kernel.calendar import Every, Span, months
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, Measure
from acctcore.kernel.money import Price
from tests.billing.proration.examples import MEASURES, points, prices, running_totals, some_cycle

APRIL = Span(date(2024, 4, 1), date(2024, 5, 1))  # thirty days
TENTH = Span(APRIL.start, date(2024, 4, 2))
LAST_DAYS = Span(date(2024, 4, 21), APRIL.end)
PRICE = Price("9.99", "EUR")
APART = Proration("apart", "1", ActualDays(), rounding=Rounding.DOWN, telescopes=False)


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        ((0, 7), "0 (0/7)"),
        ((1, 3), "0.333333333333 (1/3)"),
        ((-1, 3), "-0.333333333333 (-1/3)"),
        ((20, 1), "20 (20/1)"),
        ((1, 10**12 - 1), "0.000000000001 (1/999999999999)"),
        ((1, 10**12), "0.000000000001"),
        ((10**12 + 1, 10**12 + 1), "1"),
    ],
)
def test_a_ratio_as_a_reader_sees_it(ratio: tuple[int, int], told: str) -> None:
    assert ratio_text(ratio) == told


@pytest.mark.parametrize(
    ("rounding", "written"), [(Rounding.DOWN, (66, 100)), (Rounding.HALF_UP, (67, 100))], ids=str
)
def test_decimals_are_rounded_as_they_say(rounding: Rounding, written: tuple[int, int]) -> None:
    assert Places(2, rounding).write(2, 3) == written


@pytest.mark.parametrize("measure", MEASURES, ids=repr)
@given(st.data())
def test_a_share_is_the_difference_of_what_it_tells_as_running_totals(
    measure: Measure, data: st.DataObject
) -> None:
    proration = data.draw(running_totals(measure))
    cycle, every = data.draw(some_cycle(proration))
    part = Span(*sorted(data.draw(st.lists(points(cycle), min_size=2, max_size=2))))
    basis = prorate(data.draw(prices), data.draw(st.integers(1, 9)), part, cycle, every, proration).basis
    assert isinstance(basis, Share)
    assert basis.running(basis.upto) - basis.running(basis.before) == basis.amount()


@pytest.mark.parametrize(
    ("booked", "amount"), [(1000, 1), (999, 0), (998, 0)], ids=["more", "as much", "less"]
)
def test_no_more_is_kept_back_than_was_booked(booked: int, amount: int) -> None:
    whole = prorate(PRICE, 1, APRIL, APRIL, months(1), BY_DAY).basis
    assert isinstance(whole, Share)
    assert Rest(booked, (whole,), "EUR", BY_DAY.ref).amount() == amount


@pytest.mark.parametrize(("rounding", "amount"), [(Rounding.DOWN, 33), (Rounding.UP, 34)], ids=str)
def test_a_share_of_the_stored_price_is_rounded_as_the_proration_says(
    rounding: Rounding, amount: int
) -> None:
    booked = Booked(PRICE, 1, APRIL, 999, 999)
    apart = evolve(APART, rounding=rounding)
    credit = settle(booked, TENTH, APRIL, months(1), apart, FromPrice(NoCap()))
    assert credit.amount == amount  # a thirtieth of 9.99 is 33.3 cents


def test_a_share_at_its_cap_is_the_cap() -> None:
    share = prorate(Price("9.00", "EUR"), 1, TENTH, APRIL, months(1), APART).basis
    assert isinstance(share, Share)
    assert [Capped(share, cap, APART.ref).amount() for cap in (29, 30, 31, None)] == [29, 30, 30, 30]


def test_a_stretch_that_is_worth_what_is_booked_tells_its_own_share() -> None:
    booked = Booked(PRICE, 1, APRIL, 999, 999)
    credit = settle(booked, LAST_DAYS, APRIL, months(1), BY_DAY, TargetMinusBooked())
    assert credit.basis == prorate(PRICE, 1, LAST_DAYS, APRIL, months(1), BY_DAY).basis
    assert (credit.amount, credit.left) == (333, (666,))


def test_a_piece_of_a_line_is_valued_by_the_same_settlement() -> None:
    booked = Booked(PRICE, 1, LAST_DAYS, 333, 999, 666, line=APRIL)
    gone = Span(date(2024, 4, 26), APRIL.end)
    basis = settle(booked, gone, APRIL, months(1), BY_DAY, FromLine(name="acme")).basis
    assert str(basis.explain()) == (
        "part of the booked amount, by acme/1 = 1.67 EUR\n"
        "  booked amount = 3.33 EUR\n"
        "    part of the booked amount, by acme/1 = 3.33 EUR\n"
        "      booked amount = 9.99 EUR\n"
        "      length of the part in days = 10 of 30\n"
        "      rounded once, half_up\n"
        "  length of the part in days = 5 of 10\n"
        "  rounded once, half_up\n"
        "  at most = 3.33 EUR"
    )


def test_what_is_left_is_shared_by_length_over_what_stays() -> None:
    booked = Booked(PRICE, 1, APRIL, 1000, 1000)
    gone = Span(date(2024, 4, 4), LAST_DAYS.start)  # three days stay before it, ten after it
    credit = settle(booked, gone, APRIL, months(1), BY_DAY, NothingBack())
    assert (credit.amount, credit.left, credit.remainder) == (0, (231, 769), 0)


@frozen
class Noting:
    """A divisor, a reference and a memory of what they were asked, so that nothing is left out."""

    asked: list[tuple[object, ...]] = field(factory=list, eq=False)

    def whole(self, part: Span[date], cycle: Span[date], every: Every) -> Span[date]:
        self.asked.append((cycle, every))
        return APRIL

    def lengths(
        self, part: Span[date], reference: Span[date], cycle: Span[date], every: Every, measure: Measure
    ) -> tuple[int, int]:
        self.asked.append((reference, cycle, every, measure))
        return measure.length(part.start, part.end), 30


@pytest.mark.parametrize(
    "settlement",
    [TargetMinusBooked(), FromPrice()],
    ids=lambda settlement: type(settlement).__name__,
)
def test_a_rule_of_ones_own_is_told_the_reference_the_cycle_and_the_interval(settlement: Settlement) -> None:
    ours = Noting()
    quarter, every = Span(date(2024, 4, 1), date(2024, 7, 1)), months(3)
    policy = Proration("ours", "1", ActualDays(), ours, ours, telescopes=False)
    prorate(PRICE, 1, LAST_DAYS, quarter, every, policy)
    settle(Booked(PRICE, 1, APRIL, 333, 333), LAST_DAYS, quarter, every, policy, settlement)
    assert set(ours.asked) == {(quarter, every), (APRIL, quarter, every, ActualDays())}


def test_a_line_with_a_divisor_of_ones_own_is_its_own_reference_and_cycle() -> None:
    ours = Noting()
    booked = Booked(PRICE, 1, LAST_DAYS, 333, 999, 666, line=APRIL)
    gone = Span(date(2024, 4, 26), APRIL.end)
    settle(booked, gone, APRIL, months(1), BY_DAY, FromLine(divisor=ours))
    assert ours.asked == [
        (APRIL, APRIL, months(1), ActualDays()),
        (LAST_DAYS, LAST_DAYS, months(1), ActualDays()),
    ]
