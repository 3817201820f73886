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
from acctcore.kernel.measures import (
    ActualDays,
    BothEnds,
    Measure,
    Seconds,
    Thirty360,
    Thirty360US,
    UpToLast,
    length,
)
from tests.kernel.strategies import dates, instants, wrong

BOND, BOND_EOM, EURO, ISDA = Thirty360US(), Thirty360US(month_end=True), Thirty360(), Thirty360(True)
UNTIL_AUGUST = Thirty360(month_end=True, termination=date(2009, 8, 20))
ADDITIVE = [ActualDays(), EURO, ISDA, UNTIL_AUGUST]
COUNTS_DAYS = [*ADDITIVE, BOND, BOND_EOM, BothEnds(), UpToLast(ActualDays()), UpToLast(BothEnds())]
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


# As ISDA published them for 30/360 and 30E/360 (docs/sources.md, "Day counts"), its three examples in one.
# Columns with the end of February follow from their rules: 360 × years + 30 × months + days, by hand.
@pytest.mark.parametrize(
    ("start", "end", "bond", "bond_eom", "euro", "isda"),
    [
        ("2006-08-20", "2007-02-20", 180, 180, 180, 180),
        ("2007-02-20", "2007-08-20", 180, 180, 180, 180),
        ("2007-08-20", "2008-02-20", 180, 180, 180, 180),
        ("2006-08-31", "2007-02-28", 178, 178, 178, 180),
        ("2007-02-28", "2007-08-31", 183, 180, 182, 180),
        ("2007-08-31", "2008-02-29", 179, 179, 179, 180),
        ("2008-02-29", "2008-08-31", 182, 180, 181, 180),
        ("2008-08-31", "2009-02-28", 178, 178, 178, 180),
        ("2009-02-28", "2009-08-31", 183, 180, 182, 180),
        ("2006-01-31", "2006-02-28", 28, 28, 28, 30),
        ("2006-01-30", "2006-02-28", 28, 28, 28, 30),
        ("2006-02-28", "2006-03-03", 5, 3, 5, 3),
        ("2006-02-14", "2006-02-28", 14, 14, 14, 16),
        ("2006-09-30", "2006-10-31", 30, 30, 30, 30),
        ("2006-10-31", "2006-11-28", 28, 28, 28, 28),
        ("2007-08-31", "2008-02-28", 178, 178, 178, 178),
        ("2008-02-28", "2008-08-28", 180, 180, 180, 180),
        ("2008-02-28", "2008-08-30", 182, 182, 182, 182),
        ("2008-02-28", "2008-08-31", 183, 183, 182, 182),
        ("2007-02-26", "2008-02-28", 362, 362, 362, 362),
        ("2007-02-26", "2008-02-29", 363, 363, 363, 364),
        ("2008-02-29", "2009-02-28", 359, 360, 359, 360),
        ("2008-02-28", "2008-03-30", 32, 32, 32, 32),
        ("2008-02-28", "2008-03-31", 33, 33, 32, 32),
        ("2007-01-15", "2007-01-31", 16, 16, 15, 15),
    ],
)
def test_published_figures_of_30_360(
    start: str, end: str, bond: int, bond_eom: int, euro: int, isda: int
) -> None:
    ends = date.fromisoformat(start), date.fromisoformat(end)
    counted = [measure.length(*ends) for measure in (BOND, BOND_EOM, EURO, ISDA)]
    assert counted == [bond, bond_eom, euro, isda]


@pytest.mark.parametrize(
    ("start", "end", "termination", "count"),
    [
        pytest.param("2011-08-31", "2012-02-29", "2012-02-29", 179, id="the last day, in February"),
        pytest.param("2007-02-28", "2008-02-29", "2008-02-29", 359, id="a year up to it"),
        pytest.param("2011-02-28", "2011-08-31", "2012-02-29", 180, id="before it"),
        pytest.param("2008-02-29", "2009-02-28", "2008-02-29", 360, id="another end of February"),
        pytest.param("2008-02-29", "2008-02-29", "2008-02-29", 0, id="nothing"),
        pytest.param("2009-02-20", "2009-08-31", "2009-08-31", 190, id="the last day, elsewhere"),
    ],
)
def test_the_last_day_of_an_agreement_in_february_is_its_own(
    start: str, end: str, termination: str, count: int
) -> None:
    measure = Thirty360(month_end=True, termination=date.fromisoformat(termination))
    assert measure.length(date.fromisoformat(start), date.fromisoformat(end)) == count


def formula(start: date, end: date, first: int, last: int) -> int:
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


@given(dates, dates)
def test_american_and_european_counts_differ_by_their_rules_alone(start: date, end: date) -> None:
    start, end = sorted((start, end))
    longer = end.day == 31 and start.day < 30
    assert BOND.length(start, end) == EURO.length(start, end) + longer
    ends_start, ends_end = (on.month == 2 and (on + DAY).month == 3 for on in (start, end))
    if not ends_start:
        assert BOND_EOM.length(start, end) == BOND.length(start, end)
    else:
        last = 30 if ends_end or end.day == 31 else end.day
        assert BOND_EOM.length(start, end) == formula(start, end, 30, last)
    assert ISDA.length(start, end) == formula(
        start, end, 30 if ends_start else min(start.day, 30), 30 if ends_end else min(end.day, 30)
    )
    assert min(measure.length(start, end) for measure in (BOND, BOND_EOM, EURO, ISDA)) >= 0


@given(dates, st.integers(1, 600))
def test_every_30_360_has_thirty_days_from_a_day_to_the_same_of_another_month(on: date, count: int) -> None:
    on = on.replace(day=min(on.day, 28))
    if not (on.month == 2 and on.day == 28) and not (add_months(on, count).month == 2 and on.day == 28):
        for measure in (BOND, BOND_EOM, EURO, ISDA):
            assert measure.length(on, add_months(on, count)) == 30 * count


@pytest.mark.parametrize(
    ("measure", "cuts", "parts", "whole"),
    [
        pytest.param(BOND, ("2007-01-15", "2007-01-31", "2007-02-28"), [16, 28], 43, id="bond basis"),
        pytest.param(BOND_EOM, ("2007-02-14", "2007-02-28", "2007-03-31"), [14, 30], 47, id="with February"),
        pytest.param(
            Thirty360(month_end=True, termination=date(2008, 2, 29)),
            ("2008-02-01", "2008-02-29", "2008-03-01"),
            [28, 1],
            30,
            id="beyond the last day",
        ),
        pytest.param(BothEnds(), ("2007-01-15", "2007-01-31", "2007-02-28"), [17, 29], 45, id="both ends"),
    ],
)
def test_where_parts_do_not_add_up_it_is_said(
    measure: Measure, cuts: tuple[str, ...], parts: list[int], whole: int
) -> None:
    points = [date.fromisoformat(cut) for cut in cuts]
    assert not measure.additive
    assert [measure.length(start, end) for start, end in pairwise(points)] == parts
    assert measure.length(points[0], points[-1]) == whole != sum(parts)


def test_a_last_day_is_told_only_where_it_counts() -> None:
    with pytest.raises(InvalidValue, match="a termination date only where the month's end counts"):
        Thirty360(termination=date(2009, 2, 28))
    with pytest.raises(InvalidValue, match="a date without a time"):
        Thirty360(month_end=True, termination=instant(datetime(2024, 1, 1, tzinfo=UTC)))


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
    assert UpToLast(ActualDays()).length(end, start) == 0


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
        (Thirty360US(), "days of a 30-day month, as in the US", False, False),
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


@pytest.mark.parametrize(
    "measure", [ActualDays(), Thirty360(), Thirty360US(), BothEnds(), Seconds()], ids=repr
)
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


def test_a_termination_without_month_ends_is_shown_as_it_was_made() -> None:
    with pytest.raises(InvalidValue) as caught:
        Thirty360(termination=date(2024, 2, 29))
    assert (caught.value.where, caught.value.expected) == (
        "Thirty360",
        "a termination date only where the month's end counts",
    )
    assert "termination=datetime.date(2024, 2, 29)" in repr(caught.value.got)


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
