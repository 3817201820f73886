"""When invoices are due, against dateutil's rules and a calendar that is read day by day."""

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.invoices import DocumentPolicy, Terms, day_of_month, month_end, net, next_day
from acctcore.kernel.errors import InvalidValue

DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))
SOME = st.integers(0, 400)


@pytest.mark.parametrize(
    ("terms", "on", "due", "told"),
    [
        pytest.param(net(0), "2024-02-29", "2024-02-29", "0 days net", id="at once"),
        pytest.param(net(30), "2024-01-31", "2024-03-01", "30 days net", id="days net"),
        pytest.param(
            month_end(plus=30),
            "2024-01-15",
            "2024-03-01",
            "the last day of the month plus 30 days",
            id="end of the month, then days",
        ),
        pytest.param(
            month_end(), "2024-02-29", "2024-02-29", "the last day of the month", id="the last day itself"
        ),
        pytest.param(
            month_end(after=30),
            "2024-01-31",
            "2024-03-31",
            "the last day of the month reached after 30 days",
            id="end of the month that days reach",
        ),
        pytest.param(
            month_end(months=1, plus=10),
            "2024-01-31",
            "2024-03-10",
            "the last day of the next month plus 10 days",
            id="days after the end of the next month",
        ),
        pytest.param(
            day_of_month(15), "2024-12-20", "2025-01-15", "the day 15 of the next month", id="next month"
        ),
        pytest.param(
            day_of_month(31, months=2),
            "2024-12-20",
            "2025-02-28",
            "the last day of month 2 from then",
            id="a day that the month lacks",
        ),
        pytest.param(
            day_of_month(10, after=20),
            "2024-01-15",
            "2024-03-10",
            "the day 10 of the next month reached after 20 days",
            id="a day of the month after days",
        ),
        pytest.param(
            next_day(10), "2024-01-10", "2024-01-10", "the first day 10 of a month", id="that very day"
        ),
        pytest.param(
            next_day(10, after=1),
            "2024-01-10",
            "2024-02-10",
            "the first day 10 of a month after 1 day",
            id="the next such day",
        ),
        pytest.param(
            next_day(30), "2024-02-10", "2024-02-29", "the first day 30 of a month", id="a short month"
        ),
    ],
)
def test_terms(terms: Terms, on: str, due: str, told: str) -> None:
    assert (terms.due_on(date.fromisoformat(on)), str(terms)) == (date.fromisoformat(due), told)


@given(DAYS, SOME, SOME)
def test_days_net_and_after_the_end_of_the_month(on: date, after: int, plus: int) -> None:
    assert net(after).due_on(on) == on + timedelta(days=after)
    reached = on + timedelta(days=after)
    last = date(reached.year, reached.month, calendar.monthrange(reached.year, reached.month)[1])
    assert month_end(after=after, plus=plus).due_on(on) == last + timedelta(days=plus)


@given(DAYS, SOME, st.integers(1, 31), st.integers(1, 24))
def test_a_day_of_a_later_month(on: date, after: int, day: int, months: int) -> None:
    due = day_of_month(day, months=months, after=after).due_on(on)
    assert due == on + timedelta(days=after) + relativedelta(months=months, day=day)
    assert due > on


@given(DAYS, st.integers(0, 40), st.integers(1, 31))
def test_the_first_such_day(on: date, after: int, day: int) -> None:
    walked = on + timedelta(days=after)
    while walked.day != min(day, calendar.monthrange(walked.year, walked.month)[1]):
        walked += timedelta(days=1)
    assert next_day(day, after=after).due_on(on) == walked


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"days": -1}, id="days back"),
        pytest.param({"days": 4000}, id="ten years and more"),
        pytest.param({"day": 32}, id="no day of a month"),
        pytest.param({"day": 15, "months": 0}, id="a day of the same month may have passed"),
        pytest.param({"months": 1}, id="months without a day"),
        pytest.param({"plus": 1.5}, id="half a day"),
    ],
)
def test_what_are_no_terms(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Terms(**facts)


# The other choices about documents


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"terms": 14}, id="a number for terms"),
        pytest.param({"reasons": [""]}, id="a code that is nothing"),
        pytest.param({"reasons": 7}, id="no codes"),
        pytest.param({"paid": "refund"}, id="a text for a destination"),
        pytest.param({"tax_date_ahead": -1}, id="days below zero"),
    ],
)
def test_what_is_no_policy(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        DocumentPolicy(**facts)


def test_a_policy_is_named_with_its_content() -> None:
    one, other = DocumentPolicy(), DocumentPolicy(reasons="returned")
    assert other.reasons == {"returned"}
    assert (str(one.ref), one.ref == DocumentPolicy().ref, one.ref == other.ref) == (
        "documents/1",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("ahead", "behind", "days", "accepted"),
    [
        (None, None, 4000, True),
        (None, None, -4000, True),
        (0, None, 0, True),
        (0, None, 1, False),
        (0, 5, -5, True),
        (0, 5, -6, False),
    ],
)
def test_how_far_a_tax_date_may_lie(ahead: int | None, behind: int | None, days: int, accepted: bool) -> None:
    policy = DocumentPolicy(tax_date_ahead=ahead, tax_date_behind=behind)
    on = date(2024, 3, 1)
    assert policy.accepts(on + timedelta(days=days), on) is accepted
