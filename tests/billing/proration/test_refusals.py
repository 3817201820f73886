"""What is no part, no period and no settlement is refused: what was wanted, what came, and where."""

from collections.abc import Callable
from datetime import date

import pytest
from attrs import evolve, field, frozen

from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    Booked,
    FixedMonth,
    FromBooked,
    Mode,
    NothingBack,
    Settlement,
    TargetMinusBooked,
    is_settlement,
    periods,
    prorate,
    settle,
    share,
)
from acctcore.billing.proration.prorate import fraction
from acctcore.kernel.calendar import Span, anchored, at_local, months, weeks
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.measures import BothEnds
from acctcore.kernel.money import Price

MARCH = Span(date(2024, 3, 1), date(2024, 4, 1))
NOTHING = Span(MARCH.start, MARCH.start)
LATE = Span(date(2024, 3, 12), date(2024, 4, 2))
TEN = Price("10", "EUR")
BOOKED = Booked(TEN, 1, Span(date(2024, 3, 10), date(2024, 3, 20)), 323, 323)
MIDNIGHT = at_local(date(2024, 3, 1), "UTC")
HOUR = Span(MIDNIGHT, MIDNIGHT.add(hours=1))
GRID = anchored(MARCH.start, months(1))


@frozen
class Terms:
    settlement: Settlement = field(validator=is_settlement)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param(
            lambda: prorate(TEN, 1, LATE, MARCH, months(1), BY_DAY),
            "prorate: expected a part inside 2024-03-01 up to 2024-04-01, got '2024-03-12 up to 2024-04-02'",
            id="a part beyond its cycle",
        ),
        pytest.param(
            lambda: share(TEN, 1, NOTHING, NOTHING, months(1), BY_DAY),
            "by-day: expected a whole longer than nothing, got '2024-03-01 up to 2024-03-01'",
            id="a whole that is nothing",
        ),
        pytest.param(
            lambda: share(TEN, 1, MARCH, MARCH, months(1), BY_SECOND),
            "by-second: expected spans of instants to count seconds, got '2024-03-01 up to 2024-04-01'",
            id="a share by second of dates",
        ),
        pytest.param(
            lambda: fraction(HOUR, HOUR, months(1), BY_DAY),
            "by-day: expected spans of local dates to count days, "
            "got '2024-03-01T00:00:00Z up to 2024-03-01T01:00:00Z'",
            id="a fraction by day of instants",
        ),
        pytest.param(
            lambda: FixedMonth().length(weeks(2)),
            "FixedMonth: expected an interval of months or years for a fixed month, got '2 weeks'",
            id="a fixed month of weeks",
        ),
        pytest.param(
            lambda: evolve(BY_DAY, name="both", measure=BothEnds()),
            "Proration.telescopes: expected an additive measure, the cycle itself and exact arithmetic for "
            "running totals, got 'both'",
            id="running totals that count a day twice",
        ),
        pytest.param(
            lambda: periods(MARCH.start, date(2024, 2, 29), MARCH.end, GRID, Mode.IN_ADVANCE, BY_DAY),
            "periods: expected an end on or after the start 2024-03-01, got datetime.date(2024, 2, 29)",
            id="terms that end before they start",
        ),
        pytest.param(
            lambda: periods(MARCH.start, None, date(2024, 2, 29), GRID, Mode.IN_ADVANCE, BY_DAY),
            "periods: expected a target on or after the start 2024-03-01, got datetime.date(2024, 2, 29)",
            id="a run before the terms start",
        ),
        pytest.param(
            lambda: settle(BOOKED, LATE, MARCH, months(1), BY_DAY, NothingBack()),
            "settle: expected a stretch inside 2024-03-10 up to 2024-03-20, "
            "got '2024-03-12 up to 2024-04-02'",
            id="more given back than is booked",
        ),
        pytest.param(
            lambda: Terms("nothing-back"),  # type: ignore[arg-type]
            "Terms.settlement: expected a settlement, got 'nothing-back'",
            id="the name of a settlement",
        ),
    ],
)
def test_a_refusal_says_what_was_wanted_what_came_and_where(
    asked: Callable[[], object], message: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        asked()
    assert str(caught.value) == message


def test_whatever_can_say_what_is_given_back_is_a_settlement() -> None:
    class Ours:
        ref, laws, credit = "ours", (), len

    assert Terms(TargetMinusBooked()).settlement == TargetMinusBooked()
    ours: Settlement = Ours()  # type: ignore[assignment]
    assert Terms(ours).settlement is ours
    for missing in ("ref", "laws", "credit"):
        less = type("Less", (), {name: None for name in ("ref", "laws", "credit") if name != missing})
        with pytest.raises(InvalidValue, match="a settlement"):
            Terms(less())
    with pytest.raises(InvalidValue, match="a settlement"):
        Terms(FromBooked)  # type: ignore[arg-type]
