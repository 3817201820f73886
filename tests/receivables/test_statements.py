"""Opening, movements and closing of a statement, however a time is cut into periods."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import Span, instant
from acctcore.kernel.money import Money
from acctcore.receivables.statements import Movement, statement


def at(day: int, hour: int = 0) -> DateTime:
    return instant(datetime(2024, 3, day, hour, tzinfo=UTC))


MOVEMENTS = (
    Movement(at(1), "invoice", "I1", "EUR", 1000),
    Movement(at(5), "payment", "P1", "EUR", -600),
    Movement(at(5), "invoice", "I2", "JPY", 700),
    Movement(at(9), "credit_note", "N1", "EUR", -500),
)


@pytest.mark.parametrize(
    ("start", "end", "opening", "entries", "closing"),
    [
        pytest.param(1, 10, 0, [("I1", 1000), ("P1", 400), ("N1", -100)], -100, id="everything"),
        pytest.param(5, 9, 1000, [("P1", 400)], 400, id="half-open"),
        pytest.param(9, 9, 400, [], 400, id="an empty period"),
        pytest.param(20, 25, -100, [], -100, id="after everything"),
    ],
)
def test_a_statement(
    start: int, end: int, opening: int, entries: list[tuple[str, int]], closing: int
) -> None:
    told = statement(MOVEMENTS, "EUR", Span(at(start), at(end)))
    assert (told.opening, told.closing) == (opening, closing)
    assert [(entry.movement.id, entry.balance) for entry in told.entries] == entries


def test_a_currency_without_movements_has_an_empty_statement() -> None:
    told = statement(MOVEMENTS, "USD", Span(at(1), at(10)))
    assert (told.opening, told.entries, told.closing) == (0, (), 0)


def test_movements_of_one_instant_keep_their_order() -> None:
    same = [Movement(at(5), "invoice", id, "EUR", 1) for id in ("b", "a", "c")]
    told = statement(same, "EUR", Span(at(1), at(10)))
    assert [entry.movement.id for entry in told.entries] == ["b", "a", "c"]
    assert same[0].money == Money("0.01", "EUR")


hours = st.integers(0, 30 * 24 - 1)
drawn = st.lists(
    st.builds(
        lambda hour, amount, code: Movement(
            at(1 + hour // 24, hour % 24), "invoice", str(hour), code, amount
        ),
        hours,
        st.integers(-(10**6), 10**6),
        st.sampled_from(["EUR", "JPY"]),
    ),
    max_size=12,
)


@given(drawn, st.lists(hours, max_size=6), st.sampled_from(["EUR", "JPY"]))
def test_periods_that_meet_tell_one_story(movements: list[Movement], cuts: list[int], code: str) -> None:
    edges = [at(1), *(at(1 + hour // 24, hour % 24) for hour in sorted(cuts)), at(31)]
    whole = statement(movements, code, Span(edges[0], edges[-1]))
    parts = [statement(movements, code, Span(*edge)) for edge in pairwise(edges)]
    for part in (whole, *parts):
        assert part.opening + sum(entry.movement.amount for entry in part.entries) == part.closing
        balances = [part.opening, *(entry.balance for entry in part.entries)]
        assert [after - before for before, after in pairwise(balances)] == [
            entry.movement.amount for entry in part.entries
        ]
        assert balances[-1] == part.closing
    assert (parts[0].opening, parts[-1].closing) == (whole.opening, whole.closing)
    assert all(one.closing == two.opening for one, two in pairwise(parts))
    assert [entry for part in parts for entry in part.entries] == list(whole.entries)
    assert whole.closing == sum(each.amount for each in movements if each.currency == code)
