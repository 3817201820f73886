"""The laws hold for every policy that claims them, and fail somewhere for every policy that does not."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    BilledLessCredited,
    BilledThenLessCredited,
    Booked,
    Credit,
    FromBooked,
    FromLine,
    FromPrice,
    Law,
    NoCap,
    NothingBack,
    Places,
    Proration,
    Settlement,
    prorate,
    settle,
)
from acctcore.kernel.calendar import Span, at_local, months
from acctcore.kernel.measures import Measure
from acctcore.kernel.money import Price
from tests.billing.proration import laws
from tests.billing.proration.examples import (
    APART,
    MEASURES,
    PRESETS,
    SETTLEMENTS,
    named,
    points,
    prices,
    running_totals,
    some_cycle,
)

SPLITTING = {preset.name: (preset.proration, preset.settlement) for preset in PRESETS}


# For those who claim them


@pytest.mark.parametrize("measure", MEASURES, ids=repr)
@given(st.data())
def test_a_cycle_cut_anywhere_adds_up(measure: Measure, data: st.DataObject) -> None:
    proration = data.draw(running_totals(measure))
    assert Law.TELESCOPING in proration.laws
    cycle, every = data.draw(some_cycle(proration))
    cuts = data.draw(st.lists(points(cycle), max_size=5))
    laws.parts_add_up(proration, data.draw(prices), data.draw(st.integers(1, 999)), cycle, every, cuts)


@pytest.mark.parametrize("proration", [BY_DAY, BY_SECOND, BY_THIRTIETHS], ids=lambda policy: policy.name)
@pytest.mark.parametrize(
    "settlement",
    [settlement for settlement in SETTLEMENTS if Law.ORDER_FREE in settlement.laws],
    ids=named,
)
@given(st.data())
def test_changes_come_to_one_total_in_any_order(
    settlement: Settlement, proration: Proration, data: st.DataObject
) -> None:
    assert laws.claims(Law.ORDER_FREE, proration, settlement)
    cycle, every = data.draw(some_cycle(proration))
    dates = data.draw(st.lists(points(cycle).filter(cycle.contains), max_size=4, unique=True))
    new = st.none() | prices.map(in_euro)
    changes = [(at, data.draw(new)) for at in dates]
    price = in_euro(data.draw(prices))
    laws.order_does_not_matter(proration, settlement, price, cycle, every, permutations(changes))


def in_euro(price: Price) -> Price:
    return Price(price.amount, "EUR")


@pytest.mark.parametrize("settlement", SETTLEMENTS, ids=named)
@given(st.data())
def test_a_credit_adds_up_and_tells_its_basis(settlement: Settlement, data: st.DataObject) -> None:
    proration = data.draw(st.one_of(*map(running_totals, MEASURES), st.sampled_from(APART)))
    cycle, every = data.draw(some_cycle(proration))
    first, start, end, last = sorted(data.draw(st.lists(points(cycle), min_size=4, max_size=4)))
    line, gone = Span(first, last), Span(start, end)
    assume(proration.measure.length(first, last) > 0)
    price, quantity = data.draw(prices), data.draw(st.integers(1, 20))
    worth = prorate(price, quantity, line, cycle, every, proration).amount
    billed = data.draw(st.just(worth) | st.integers(0, 10**6))
    credited = data.draw(st.just(0) | st.integers(0, billed))
    booked = Booked(price, quantity, line, billed - credited, billed, credited)
    while True:  # then give back the pieces as well, each whole
        credit = settle(booked, gone, cycle, every, proration, settlement)
        laws.nothing_is_lost(booked, gone, credit)
        laws.basis_recomputes(credit, price.currency)
        if Law.CAPPED in settlement.laws:
            laws.never_more_than_booked(booked, credit)
        pieces = laws.pieces(booked, gone, credit)
        if not pieces or proration.measure.length(pieces[0].span.start, pieces[0].span.end) == 0:
            break
        booked, gone = pieces[0], pieces[0].span


@pytest.mark.parametrize("proration", APART, ids=lambda policy: policy.name)
@given(st.data())
def test_a_share_recomputes_and_tells_its_amount(proration: Proration, data: st.DataObject) -> None:
    cycle, every = data.draw(some_cycle(proration))
    part = Span(*sorted(data.draw(st.lists(points(cycle), min_size=2, max_size=2))))
    price = data.draw(prices)
    answer = prorate(price, 3, part, cycle, every, proration)
    laws.basis_recomputes(Credit(answer.amount, answer.basis, ()), price.currency)


# For those who do not: one example each

MARCH = (date(2024, 2, 29), date(2024, 3, 30))


def march(proration: Proration) -> Span[date]:
    return Span(on(proration, MARCH[0]), on(proration, MARCH[1]))


def on(proration: Proration, day: date) -> date:
    return at_local(day, "UTC") if proration.measure.instants else day


def cents(amount: int) -> Price:
    return Price(f"{amount // 100}.{amount % 100:02d}", "EUR")


@pytest.mark.parametrize("proration", APART, ids=lambda policy: policy.name)
def test_whoever_does_not_telescope_loses_or_makes_a_cent(proration: Proration) -> None:
    assert Law.TELESCOPING not in proration.laws
    lost = 3 if proration.rounding.value == "half_even" else 1
    with pytest.raises(AssertionError, match="parts"):
        laws.parts_add_up(
            proration, cents(lost), 1, march(proration), months(1), [on(proration, date(2024, 3, 15))]
        )


@pytest.mark.parametrize(
    ("proration", "settlement", "prices", "days"),
    [
        pytest.param(*SPLITTING["kill-bill"], (5, 99, 1000), (15, 25), id="kill-bill"),
        pytest.param(*SPLITTING["lago"], (5, 99, 1000), (15, 25), id="lago"),
        pytest.param(*SPLITTING["stripe-classic"], (5, 99, 1000), (5, 15), id="stripe-classic"),
        pytest.param(*SPLITTING["stripe-flexible"], (5, 99, 1000), (15, 25), id="stripe-flexible"),
        pytest.param(*SPLITTING["flexprice-day-both-ends"], (5, 99, 1000), (6, 9), id="flexprice-both-ends"),
        pytest.param(*SPLITTING["flexprice-day-half-open"], (5, 99, 1000), (6, 9), id="flexprice-half-open"),
        pytest.param(*SPLITTING["flexprice-second"], (5, 99, 1000), (15, 25), id="flexprice-second"),
        pytest.param(
            *SPLITTING["flexprice-second-half-open"], (5, 99, 1000), (6, 9), id="flexprice-second-half-open"
        ),
        pytest.param(*SPLITTING["meteroid"], (5, 99, 1000), (5, 15), id="meteroid"),
        pytest.param(BY_DAY, FromBooked(), (5, 7, 1000), (5, 15), id="from-booked"),
        pytest.param(BY_DAY, FromBooked(Places(9)), (5, 7, 1000), (5, 15), id="from-booked-places"),
        pytest.param(BY_DAY, FromLine(Places(9)), (5, 99, 1000), (5, 15), id="from-line"),
        pytest.param(
            BY_DAY, FromPrice(BilledThenLessCredited()), (5, 99, 1000), (15, 25), id="billed-then-less"
        ),
        pytest.param(BY_DAY, NothingBack(), (5, 99, 1000), (15, 25), id="nothing-back"),
    ],
)
def test_whoever_is_not_order_free_has_two_totals(
    proration: Proration, settlement: Settlement, prices: tuple[int, int, int], days: tuple[int, int]
) -> None:
    assert not laws.claims(Law.ORDER_FREE, proration, settlement)
    before, *after = (cents(price) for price in prices)
    changes = [(on(proration, date(2024, 3, day)), price) for day, price in zip(days, after, strict=True)]
    with pytest.raises(AssertionError, match="totals"):
        laws.order_does_not_matter(
            proration, settlement, before, march(proration), months(1), permutations(changes)
        )


def unbilled(proration: Proration) -> Booked[date]:
    return Booked(cents(999), 1, march(proration), 0, 0)


def second_half(proration: Proration) -> Booked[date]:
    """Return what is left of a cent when the other half of its cycle was given back."""
    cycle = march(proration)
    middle = on(proration, date(2024, 3, 15))
    return Booked(cents(1), 1, Span(cycle.start, middle), 0, 1, 1, cycle)


@pytest.mark.parametrize(
    ("proration", "settlement", "booked"),
    [
        pytest.param(*SPLITTING["kill-bill"], second_half, id="kill-bill"),
        pytest.param(*SPLITTING["stripe-classic"], second_half, id="stripe-classic"),
        pytest.param(*SPLITTING["meteroid"], second_half, id="meteroid"),
        *(
            pytest.param(*SPLITTING[name], unbilled, id=name)
            for name in SPLITTING
            if name.startswith("flexprice")
        ),
        pytest.param(BY_DAY, FromLine(), second_half, id="from-line"),
        pytest.param(BY_DAY, FromPrice(BilledLessCredited()), unbilled, id="billed-less-credited"),
        pytest.param(BY_DAY, FromPrice(NoCap()), unbilled, id="no-cap"),
    ],
)
def test_whoever_is_not_capped_gives_back_too_much(
    proration: Proration, settlement: Settlement, booked: object
) -> None:
    assert not laws.claims(Law.CAPPED, proration, settlement)
    assert callable(booked)
    line = booked(proration)
    credit = settle(line, line.span, march(proration), months(1), proration, settlement)
    laws.nothing_is_lost(line, line.span, credit)
    with pytest.raises(AssertionError, match="credit"):
        laws.never_more_than_booked(line, credit)


def test_each_law_that_a_preset_does_not_claim_has_its_example_here() -> None:
    not_order_free = {name for name, pair in SPLITTING.items() if not laws.claims(Law.ORDER_FREE, *pair)}
    not_capped = {name for name, pair in SPLITTING.items() if not laws.claims(Law.CAPPED, *pair)}
    assert not_order_free == set(SPLITTING)
    assert set(SPLITTING) - not_capped == {"lago", "stripe-flexible"}
