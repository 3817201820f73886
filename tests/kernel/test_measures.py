"""Day counts, held against their published figures and against the calendar."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import Span, add_months, day_of, instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.measures import ActualDays, BothEnds, Measure, Seconds, Thirty360, UpToLast, length
from tests.kernel.strategies import dates, instants, wrong

ADDITIVE = [ActualDays(), Thirty360(), Thirty360(month_end=True)]
COUNTS_DAYS = [*ADDITIVE, BothEnds(), UpToLast(ActualDays()), UpToLast(BothEnds())]
DAY = timedelta(days=1)


# As Zuora publishes them: docs/sources.md names the page under "Day counts".
@pytest.mark.parametrize(
    ("first", "last", "actual", "strict"),
    [
        pytest.param(date(2021, 1, 27), date(2021, 1, 31), 5, 4, id="the end of a January"),
        pytest.param(date(2021, 2, 27), date(2021, 2, 28), 2, 4, id="the end of a February"),
        pytest.param(date(2020, 2, 1), date(2020, 2, 29), 29, 30, id="a leap February"),
        pytest.param(date(2021, 4, 21), date(2021, 4, 29), 9, 9, id="inside an April"),
    ],
)
def test_published_figures_of_zuora(first: date, last: date, actual: int, strict: int) -> None:
    part = Span(first, last + DAY)
    assert length(part, ActualDays()) == actual
    assert length(part, Thirty360()) == strict
    month = Span(first.replace(day=1), add_months(first.replace(day=1), 1))
    assert length(month, Thirty360()) == 30
    assert Fraction(length(part, Thirty360()), length(month, Thirty360())) == Fraction(strict, 30)


# By hand from the formula; with `month_end`, from its variant that takes the end of February for a 30th.
@pytest.mark.parametrize(
    ("start", "end", "european", "month_end"),
    [
        pytest.param(date(2007, 1, 15), date(2007, 1, 30), 15, 15, id="inside a month"),
        pytest.param(date(2007, 1, 15), date(2007, 2, 15), 30, 30, id="a month"),
        pytest.param(date(2007, 9, 30), date(2008, 3, 31), 180, 180, id="half a year, from the 30th"),
        pytest.param(date(2007, 9, 30), date(2007, 10, 31), 30, 30, id="a 31st is a 30th"),
        pytest.param(date(2007, 1, 31), date(2007, 2, 28), 28, 30, id="to the end of February"),
        pytest.param(date(2007, 2, 28), date(2007, 3, 31), 32, 30, id="from the end of February"),
        pytest.param(date(2008, 2, 29), date(2008, 3, 31), 31, 30, id="from the end of a leap February"),
        pytest.param(date(2008, 2, 28), date(2008, 3, 31), 32, 32, id="not the end of a leap February"),
    ],
)
def test_thirty_360(start: date, end: date, european: int, month_end: int) -> None:
    assert Thirty360().length(start, end) == european
    assert Thirty360(month_end=True).length(start, end) == month_end


@given(dates, dates)
def test_thirty_360_is_the_formula(start: date, end: date) -> None:
    start, end = sorted((start, end))
    formula = (
        360 * (end.year - start.year) + 30 * (end.month - start.month) + min(end.day, 30) - min(start.day, 30)
    )
    assert Thirty360().length(start, end) == formula


@given(dates, st.integers(1, 60))
def test_whole_months_have_thirty_days_each(start: date, count: int) -> None:
    first = start.replace(day=1)
    assert Thirty360().length(first, add_months(first, count)) == 30 * count
    last = first - DAY
    ends = add_months(last, count, 31)
    assert Thirty360(month_end=True).length(last, ends) == 30 * count


@pytest.mark.parametrize("measure", ADDITIVE, ids=repr)
@given(st.lists(dates, min_size=3, max_size=8))
def test_parts_that_meet_add_up(measure: Measure, cuts: list[date]) -> None:
    cuts = sorted(cuts)
    parts = [length(Span(start, end), measure) for start, end in pairwise(cuts)]
    assert measure.additive
    assert sum(parts) == length(Span(cuts[0], cuts[-1]), measure)
    assert min(parts) >= 0


@given(st.lists(instants, min_size=3, max_size=8))
def test_seconds_add_up(cuts: list[pendulum.DateTime]) -> None:
    cuts = sorted(cuts)
    parts = [length(Span(start, end), Seconds()) for start, end in pairwise(cuts)]
    assert sum(parts) == length(Span(cuts[0], cuts[-1]), Seconds())


@given(dates, dates)
def test_days_are_the_calendars(start: date, end: date) -> None:
    assert ActualDays().length(start, end) == (end - start).days
    assert BothEnds().length(start, end) == (end - start).days + 1
    assert BothEnds(Thirty360()).length(start, end) == Thirty360().length(start, end) + 1


@given(dates, st.integers(0, 1_000))
def test_up_to_the_last_day(start: date, count: int) -> None:
    end = start + timedelta(days=count)
    assert UpToLast(ActualDays()).length(start, end) == max(0, count - 1)
    assert UpToLast(BothEnds()).length(start, end) == count


def test_a_local_day_of_a_clock_change_has_another_number_of_seconds() -> None:
    for noon, hours in [
        (datetime(2024, 3, 31, 12, tzinfo=UTC), 23),
        (datetime(2024, 10, 27, 12, tzinfo=UTC), 25),
    ]:
        whole = day_of(instant(noon), "Europe/Berlin")
        assert length(whole, Seconds()) == hours * 3600
        assert length(whole, UpToLast(Seconds())) == hours * 3600 - 1


@given(instants, st.integers(0, 10**9))
def test_seconds_are_elapsed_ones(start: pendulum.DateTime, count: int) -> None:
    end = instant(datetime.fromtimestamp(start.timestamp() // 1 + count, UTC))
    start = instant(datetime.fromtimestamp(start.timestamp() // 1, UTC))
    assert Seconds().length(start, end) == count


@pytest.mark.parametrize(
    ("measure", "unit", "instants", "additive"),
    [
        (ActualDays(), "days", False, True),
        (BothEnds(), "days, both ends counted", False, False),
        (Seconds(), "seconds", True, True),
        (Thirty360(), "days of a 30-day month", False, True),
        (UpToLast(Seconds()), "seconds", True, False),
    ],
    ids=repr,
)
def test_a_measure_says_what_it_counts(measure: Measure, unit: str, instants: bool, additive: bool) -> None:
    assert (measure.unit, measure.instants, measure.additive) == (unit, instants, additive)


def test_spans_and_measures_of_different_kinds_are_refused() -> None:
    days = Span(date(2024, 1, 1), date(2024, 2, 1))
    seconds = Span(instant(datetime(2024, 1, 1, tzinfo=UTC)), instant(datetime(2024, 2, 1, tzinfo=UTC)))
    with pytest.raises(InvalidValue, match=r"measure: expected a span of instants to count seconds"):
        length(days, Seconds())
    with pytest.raises(InvalidValue, match=r"measure: expected a span of local dates to count days"):
        length(seconds, ActualDays())


@pytest.mark.parametrize("measure", [ActualDays(), Thirty360(), BothEnds(), Seconds()], ids=repr)
@pytest.mark.parametrize("value", wrong())
def test_a_measure_wants_points_of_its_kind(measure: Measure, value: date) -> None:
    known: date = instant(datetime(2024, 1, 1, tzinfo=UTC)) if measure.instants else date(2024, 1, 1)
    for start, end in [(known, value), (value, known), (value, value)]:
        with pytest.raises(
            InvalidValue, match=r"expected (a date without a time|instants to count seconds|an instant)"
        ):
            measure.length(start, end)


@pytest.mark.parametrize("value", wrong())
def test_up_to_last_wants_points_of_its_kind(value: date) -> None:
    with pytest.raises(InvalidValue, match=r"expected (an end with something|a date without|instants)"):
        UpToLast(ActualDays()).length(date(2024, 1, 1), value)


@pytest.mark.parametrize("value", wrong())
def test_length_wants_a_span_and_a_measure(value: Measure) -> None:
    days = Span(date(2024, 1, 1), date(2024, 2, 1))
    with pytest.raises(InvalidValue, match=r"measure: expected a span and a measure"):
        length(days, value)
    with pytest.raises(InvalidValue, match=r"measure: expected a span and a measure"):
        length(value, ActualDays())  # type: ignore[arg-type]


def test_there_is_no_day_before_the_first() -> None:
    with pytest.raises(InvalidValue, match=r"measure: expected an end with something before it"):
        UpToLast(ActualDays()).length(date(2024, 1, 1), date.min)


@pytest.mark.parametrize("measure", COUNTS_DAYS, ids=repr)
def test_pendulums_dates_count_as_dates(measure: Measure) -> None:
    ours = measure.length(date(2024, 1, 31), date(2024, 3, 1))
    assert measure.length(pendulum.date(2024, 1, 31), pendulum.date(2024, 3, 1)) == ours


def test_both_ends_are_counted_of_days_only() -> None:
    with pytest.raises(InvalidValue, match="a count of days"):
        BothEnds(Seconds())
