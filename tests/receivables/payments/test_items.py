"""Open items: settled to the cent, in one currency, and taken back once."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.receivables import payments
from acctcore.receivables.payments import Allocation, OpenItem, Side

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))


def item(
    id: str, side: Side, left: int, currency: str = "EUR", due: date | None = None, amount: int = 0
) -> OpenItem:
    return OpenItem(id, "invoice", side, currency, amount or left, left, NOON, due)


def allocation(source: str, target: str, currency: str, amount: int, cause: str = "c") -> Allocation:
    undoes = "before" if amount < 0 else None
    return Allocation(source, target, currency, amount, NOON, cause, undoes=undoes)


# Open items


@pytest.mark.parametrize(
    ("given", "owed", "expected"),
    [
        pytest.param([5], [5], [("g0", "o0", 5)], id="one for one"),
        pytest.param([7], [5, 5], [("g0", "o0", 5), ("g0", "o1", 2)], id="one for two"),
        pytest.param([3, 4], [5], [("g0", "o0", 3), ("g1", "o0", 2)], id="two for one"),
        pytest.param([9], [5], [("g0", "o0", 5)], id="too much"),
        pytest.param([], [5], [], id="nothing given"),
        pytest.param([5], [], [], id="nothing owed"),
        pytest.param([0], [5], [], id="nothing left of it"),
    ],
)
def test_settling(given: list[int], owed: list[int], expected: list[tuple[str, str, int]]) -> None:
    sources = [item(f"g{index}", Side.GIVEN, left) for index, left in enumerate(given)]
    targets = [item(f"o{index}", Side.OWED, left) for index, left in enumerate(owed)]
    found = payments.settle(sources, targets, NOON, "c")
    assert [(each.source, each.target, each.amount) for each in found] == expected


def test_items_of_the_wrong_side_settle_nothing() -> None:
    owed, given = item("o", Side.OWED, 5), item("g", Side.GIVEN, 5)
    assert payments.settle([owed], [owed], NOON, "c") == ()
    assert payments.settle([given], [given], NOON, "c") == ()


def test_the_oldest_comes_first_by_due_date_then_instant_then_id() -> None:
    later = OpenItem("a", "payment", Side.GIVEN, "EUR", 1, 1, NOON.add(hours=1), None)
    items = [
        item("z", Side.OWED, 1, due=date(2024, 3, 2)),
        later,
        item("y", Side.OWED, 1, due=date(2024, 2, 29)),
        item("c", Side.OWED, 1, due=date(2024, 3, 1)),
        item("b", Side.OWED, 1, due=date(2024, 3, 1)),
    ]
    assert [each.id for each in payments.oldest_first(items)] == ["y", "b", "c", "a", "z"]


codes = st.sampled_from(["EUR", "JPY"])
amounts = st.integers(0, 10_000)


def items(side: Side) -> st.SearchStrategy[list[OpenItem]]:
    drawn = st.lists(st.tuples(amounts, codes), max_size=6)
    return drawn.map(
        lambda pairs: [
            item(f"{side.value}{index}", side, left, code) for index, (left, code) in enumerate(pairs)
        ]
    )


@given(items(Side.GIVEN), items(Side.OWED))
def test_settling_never_crosses_currencies_and_never_exceeds(
    given: list[OpenItem], owed: list[OpenItem]
) -> None:
    found = payments.settle(given, owed, NOON, "c")
    by_id = {each.id: each for each in (*given, *owed)}
    left = {id: each.open for id, each in by_id.items()}
    for each in found:
        assert each.amount > 0
        assert by_id[each.source].currency == by_id[each.target].currency == each.currency
        left[each.source] -= each.amount
        left[each.target] -= each.amount
    assert min(left.values(), default=0) >= 0
    for code in ("EUR", "JPY"):  # whatever is left of one side, nothing is left of the other
        rest = [sum(left[each.id] for each in side if each.currency == code) for side in (given, owed)]
        assert min(rest) == 0
    firsts = [each.target for each in found]
    in_currency = [
        [each.id for each in owed if each.currency == code and each.open] for code in ("EUR", "JPY")
    ]
    for ids in in_currency:
        settled = [id for id in dict.fromkeys(firsts) if id in ids]
        assert settled == ids[: len(settled)], "in the order in which they came"


@given(items(Side.GIVEN), items(Side.OWED))
def test_the_balance_stays_the_same_whatever_is_set_off(given: list[OpenItem], owed: list[OpenItem]) -> None:
    before = tuple(each for each in (*given, *owed) if each.open)
    after = before
    for made in payments.settle(given, owed, NOON, "c"):
        after = payments.allocate(after, made)
    for code in ("EUR", "JPY"):
        expected = sum(Fraction(each.open) for each in owed if each.currency == code) - sum(
            Fraction(each.open) for each in given if each.currency == code
        )
        assert payments.balance(after).get(code, 0) == payments.balance(before).get(code, 0) == expected
    assert all(each.open > 0 for each in after)


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_what_is_taken_back_is_open_again(amount: int, settled: int, back: int) -> None:
    settled = min(settled, amount)
    pair = (item("g", Side.GIVEN, amount), item("o", Side.OWED, amount))
    after = payments.allocate(pair, allocation("g", "o", "EUR", settled))
    if not after:
        return  # both are settled; the file brings them back
    if back <= settled:
        undone = payments.allocate(after, allocation("g", "o", "EUR", -back))
        assert [each.open for each in undone] == [amount - settled + back] * 2
    else:
        with pytest.raises(ImpossibleHistory):
            payments.allocate(after, allocation("g", "o", "EUR", -back))


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(allocation("g", "o", "EUR", 6), id="more than is open"),
        pytest.param(allocation("g", "o", "JPY", 1), id="another currency"),
        pytest.param(allocation("x", "o", "EUR", 1), id="an unknown source"),
        pytest.param(allocation("g", "x", "EUR", 1), id="an unknown target"),
        pytest.param(allocation("o", "g", "EUR", 1), id="the wrong way round"),
    ],
)
def test_an_allocation_that_cannot_be(made: Allocation) -> None:
    pair = (item("g", Side.GIVEN, 5), item("o", Side.OWED, 5))
    with pytest.raises(ImpossibleHistory):
        payments.allocate(pair, made)


def test_an_id_may_name_something_given_and_something_owed() -> None:
    pair = (item("1", Side.GIVEN, 5), item("1", Side.OWED, 5))
    assert payments.allocate(pair, allocation("1", "1", "EUR", 5)) == ()


# Taking back

days = st.integers(0, 20)


def later(count: int) -> DateTime:
    return NOON.add(days=count)


@given(st.lists(st.tuples(st.integers(1, 500), days), min_size=1, max_size=5), days, st.data())
def test_each_allocation_is_taken_back_once_and_whole(
    made: list[tuple[int, int]], when: int, data: st.DataObject
) -> None:
    records = [
        Allocation("g", "o", "EUR", amount, later(on), f"c{index}") for index, (amount, on) in enumerate(made)
    ]
    total = sum(amount for amount, _ in made)
    back = data.draw(st.integers(1, total))
    found = payments.taken_back(records, back, later(when), "back")
    books = [*records, *found]
    assert sum(each.amount for each in books) == total - back
    left = payments.standing(books)
    assert sum(each.amount for each in left) == total - back
    undone = [each.undoes for each in found if each.amount < 0]
    assert len(set(undone)) == len(undone)
    by_cause = {each.cause: each for each in records}
    for each in found:
        if each.undoes is not None:
            assert each.amount == -by_cause[each.undoes].amount
            assert each.at == max(later(when), by_cause[each.undoes].at)
    rest = payments.taken_back(left, total - back, later(when), "again") if total > back else []
    assert payments.standing([*books, *rest]) == ()
    with pytest.raises(InvalidValue, match="at most what is allocated"):
        payments.taken_back(records, total + 1, later(when), "back")


def test_the_latest_is_taken_back_first_and_by_hand_stays_by_hand() -> None:
    records = [
        Allocation("g", "o", "EUR", 100, later(1), "a", by_hand=True),
        Allocation("g", "o", "EUR", 100, later(2), "b"),
        Allocation("g", "o", "EUR", 100, later(2), "c"),
    ]
    found = payments.taken_back(records, 250, later(5), "back")
    assert [(each.amount, each.undoes, each.by_hand) for each in found] == [
        (-100, "c", False),
        (-100, "b", False),
        (-100, "a", True),
        (50, None, True),
    ]


@pytest.mark.parametrize(("amount", "undoes"), [(-1, None), (1, "c"), (0, "c")])
def test_a_record_below_zero_is_one_that_takes_back(amount: int, undoes: str | None) -> None:
    with pytest.raises(InvalidValue, match="an amount below zero"):
        Allocation("g", "o", "EUR", amount, NOON, "x", undoes=undoes)


def test_an_allocation_counts_when_both_are_there() -> None:
    one, other = (
        OpenItem("g", "payment", Side.GIVEN, "EUR", 5, 5, later(3), None),
        OpenItem("o", "invoice", Side.OWED, "EUR", 5, 5, later(7), None),
    )
    assert payments.allocated(one, other, 5, NOON, "c").at == later(7)
    assert payments.allocated(one, other, 5, later(9), "c").at == later(9)
