"""What a policy may be put together from, and what it refuses."""

from datetime import date

import pytest
from attrs import evolve

from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    Arithmetic,
    Binary64,
    Booked,
    CycleItself,
    Exact,
    FixedMonth,
    FromBooked,
    FromPrice,
    Law,
    NothingBack,
    Owner,
    Places,
    Proration,
    TargetMinusBooked,
    prorate,
    settle,
)
from acctcore.kernel.calendar import Every, Span, at_local, days, months, weeks, years
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, BothEnds
from acctcore.kernel.money import Price
from acctcore.presets.kill_bill import CalendarStep

MARCH = Span(date(2024, 3, 1), date(2024, 4, 1))
TEN = Price("10", "EUR")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"measure": BothEnds()}, id="a measure that does not add up"),
        pytest.param({"reference": CalendarStep()}, id="another reference"),
        pytest.param({"divisor": FixedMonth()}, id="a divisor"),
        pytest.param({"ratio": Places(9)}, id="decimals"),
        pytest.param({"ratio": Binary64()}, id="a double"),
        pytest.param({"arithmetic": Arithmetic.BINARY64}, id="double arithmetic"),
        pytest.param({"arithmetic": Arithmetic.UNIT_BINARY64}, id="a price of the day in double"),
    ],
)
def test_running_totals_need_exact_parts_of_one_cycle(wrong: dict[str, object]) -> None:
    choices: dict[str, object] = {"measure": ActualDays(), "reference": CycleItself(), "ratio": Exact()}
    with pytest.raises(InvalidValue, match=r"Proration\.telescopes"):
        Proration("ours", "1", **(choices | wrong))  # type: ignore[arg-type]
    apart = Proration("ours", "1", telescopes=False, **(choices | wrong))  # type: ignore[arg-type]
    assert apart.laws == frozenset()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", ""),
        ("version", " 1"),
        ("rounding", "half_up"),
        ("change_day", "new"),
        ("end_day", None),
        ("arithmetic", "exact"),
    ],
)
def test_a_choice_that_is_none_is_refused(field: str, wrong: object) -> None:
    with pytest.raises(InvalidValue, match=rf"Proration\.{field}"):
        evolve(BY_DAY, **{field: wrong})  # type: ignore[arg-type]


def test_a_policy_is_named_with_its_version_and_told_apart_by_its_digest() -> None:
    assert str(BY_DAY.ref) == "by-day/1"
    assert BY_DAY.laws == {Law.TELESCOPING, Law.ORDER_FREE}
    policies = (BY_DAY, BY_SECOND, BY_THIRTIETHS, evolve(BY_DAY, rounding=Rounding.UP))
    assert len({policy.ref.digest for policy in policies}) == 4
    assert evolve(BY_DAY).ref == BY_DAY.ref


@pytest.mark.parametrize(
    ("change_day", "end_day", "on_change", "on_end"),
    [
        (Owner.NEW, Owner.NEW, 12, 12),
        (Owner.NEW, Owner.OLD, 12, 13),
        (Owner.OLD, Owner.NEW, 13, 12),
        (Owner.OLD, Owner.OLD, 13, 13),
    ],
)
def test_whose_the_day_is(change_day: Owner, end_day: Owner, on_change: int, on_end: int) -> None:
    policy = evolve(BY_DAY, change_day=change_day, end_day=end_day)
    assert policy.switch(date(2024, 3, 12)) == date(2024, 3, on_change)
    assert policy.switch(date(2024, 3, 12), ending=True) == date(2024, 3, on_end)


def test_an_instant_is_nobodys_day() -> None:
    noon = at_local(date(2024, 3, 12), "UTC")
    assert evolve(BY_SECOND, change_day=Owner.OLD).switch(noon) is noon


@pytest.mark.parametrize(
    ("every", "length"), [(months(1), 30), (months(3), 90), (years(1), 360)], ids=["month", "quarter", "year"]
)
def test_a_fixed_month_is_as_long_for_every_month(every: Every, length: int) -> None:
    assert FixedMonth().length(every) == length


@pytest.mark.parametrize("every", [days(30), weeks(4)], ids=str)
def test_days_and_weeks_have_no_fixed_month(every: Every) -> None:
    with pytest.raises(InvalidValue, match="an interval of months or years"):
        FixedMonth(30).length(every)


@pytest.mark.parametrize("wrong", [-1, 101, True])
def test_places_are_a_whole_number(wrong: int) -> None:
    with pytest.raises(InvalidValue, match=r"Places\.count"):
        Places(wrong)
    with pytest.raises(InvalidValue, match=r"FromPrice\.places"):
        FromPrice(places=wrong)


@pytest.mark.parametrize("start", [date(2024, 2, 29), date(2024, 3, 12)], ids=["before", "after"])
def test_a_part_lies_inside_its_cycle(start: date) -> None:
    part = Span(start, date(2024, 4, 2))
    with pytest.raises(InvalidValue, match="a part inside 2024-03-01 up to 2024-04-01"):
        prorate(TEN, 1, part, MARCH, months(1), BY_DAY)


def test_days_are_counted_in_dates_and_seconds_in_instants() -> None:
    with pytest.raises(InvalidValue, match="spans of instants to count seconds"):
        prorate(TEN, 1, MARCH, MARCH, months(1), BY_SECOND)
    midnight = at_local(date(2024, 3, 1), "UTC")
    seconds = Span(midnight, midnight.add(hours=1))
    with pytest.raises(InvalidValue, match="spans of local dates to count days"):
        prorate(TEN, 1, seconds, seconds, months(1), BY_DAY)


@pytest.mark.parametrize("policy", [BY_DAY, evolve(BY_DAY, telescopes=False)], ids=["running", "apart"])
def test_a_whole_is_longer_than_nothing(policy: Proration) -> None:
    nothing = Span(MARCH.start, MARCH.start)
    with pytest.raises(InvalidValue, match="a whole longer than nothing"):
        prorate(TEN, 1, nothing, nothing, months(1), policy)


def test_what_is_given_back_lies_inside_what_is_booked() -> None:
    booked = Booked(TEN, 1, Span(date(2024, 3, 10), date(2024, 3, 20)), 323, 323)
    for gone in (Span(date(2024, 3, 9), date(2024, 3, 20)), Span(date(2024, 3, 10), date(2024, 3, 21))):
        with pytest.raises(InvalidValue, match="a stretch inside 2024-03-10 up to 2024-03-20"):
            settle(booked, gone, MARCH, months(1), BY_DAY, TargetMinusBooked())


def test_what_is_left_stays_with_a_stretch_that_weighs_nothing() -> None:
    booked = Booked(TEN, 1, Span(date(2024, 1, 30), date(2024, 2, 1)), 100, 100)
    gone = Span(date(2024, 1, 31), date(2024, 2, 1))
    january = Span(date(2024, 1, 1), date(2024, 2, 1))
    assert BY_THIRTIETHS.measure.length(booked.span.start, gone.start) == 0
    credit = settle(booked, gone, january, months(1), BY_THIRTIETHS, NothingBack())
    assert (credit.amount, credit.left, credit.remainder) == (0, (100,), 0)


def test_a_settlement_names_itself_as_its_host_calls_it() -> None:
    gone = Span(date(2024, 3, 12), MARCH.end)
    booked = Booked(TEN, 1, MARCH, 1000, 1000)
    credit = settle(booked, gone, MARCH, months(1), BY_DAY, FromBooked(name="acme", version="3"))
    assert str(credit.basis.policy) == "acme/3"
    with pytest.raises(InvalidValue, match=r"FromPrice\.name"):
        FromPrice(name="")
