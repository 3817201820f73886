"""Payments by their table, and open items: settled oldest first, to the cent, in one currency."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue, Unhandled
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments
from acctcore.receivables.payments import (
    LIFECYCLE,
    Allocated,
    Allocation,
    Attempt,
    Command,
    Fail,
    LoseTrack,
    OpenItem,
    Payment,
    Phase,
    Receive,
    Side,
)
from acctcore.testing import machines
from acctcore.testing import strategies as ours

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
ANN = Actor("ann")
TEN = Money("10.00", "EUR")
BASE = {"id": "c", "at": NOON, "by": ANN, "payment_id": "P1"}
COMMANDS: dict[type[Command], Command] = {
    Attempt: Attempt(**BASE, amount=TEN),  # type: ignore[arg-type]
    Receive: Receive(**BASE, amount=TEN),  # type: ignore[arg-type]
    Fail: Fail(**BASE, amount=TEN, failure="declined"),  # type: ignore[arg-type]
    LoseTrack: LoseTrack(**BASE),  # type: ignore[arg-type]
}


def payment(phase: Phase | None, refunded: int = 0) -> Payment | None:
    return None if phase is None else Payment("P1", "EUR", 1000, phase, NOON, refunded=refunded)


def item(
    id: str, side: Side, left: int, currency: str = "EUR", due: date | None = None, amount: int = 0
) -> OpenItem:
    return OpenItem(id, "invoice", side, currency, amount or left, left, NOON, due)


# The table


@pytest.mark.parametrize("phase", [None, *Phase], ids=str)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_in_every_phase(kind: type[Command], phase: Phase | None) -> None:
    decision = payments.decide(payment(phase), COMMANDS[kind])
    (row,) = [row for row in LIFECYCLE.rows if row.command is kind]
    if phase not in row.phases:
        assert [type(reason) for reason in decision.reasons] == [WrongPhase]
    else:
        assert decision.allowed
        assert {type(event) for event in decision.events} <= {*row.events, Allocated}


def evolve(state: Payment | None, event: object) -> Payment:
    if isinstance(event, payments.Lost):
        assert state is not None
        return payments.changed(state, Phase.UNKNOWN)
    assert isinstance(event, payments.Attempted | payments.Received | payments.Failed)
    return event.payment


TestAnyOrder = machines.lifecycle_machine(
    LIFECYCLE,
    lambda _: st.sampled_from(list(COMMANDS.values())),
    payments.decide,
    evolve,
    lambda state, _: None if state is None else state.phase,
).TestCase


def test_a_command_of_another_room_is_a_mistake() -> None:
    with pytest.raises(InvalidValue):
        payments.decide(None, Command(**BASE))  # type: ignore[arg-type]
    assert issubclass(Unhandled, Exception)


@pytest.mark.parametrize("kind", [Attempt, Receive, Fail], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("amount", ["0.00", "-0.01"])
def test_a_payment_is_above_zero(kind: type[Attempt], amount: str) -> None:
    facts = {"failure": "x"} if issubclass(kind, Fail) else {}
    with pytest.raises(InvalidValue, match=f"{kind.__name__}.amount: expected an amount above zero"):
        kind(**BASE, amount=Money(amount, "EUR"), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "refunded", "expected"),
    [
        pytest.param(Phase.RECEIVED, 0, "10.00", id="all of it"),
        pytest.param(Phase.RECEIVED, 999, "0.01", id="the last cent"),
        pytest.param(Phase.RECEIVED, 1000, "0.00", id="nothing left"),
        pytest.param(Phase.PENDING, 0, "0.00", id="not come yet"),
        pytest.param(Phase.UNKNOWN, 0, "0.00", id="nobody knows"),
        pytest.param(Phase.FAILED, 0, "0.00", id="failed"),
    ],
)
def test_what_can_be_given_back(phase: Phase, refunded: int, expected: str) -> None:
    found = payment(phase, refunded)
    assert found is not None
    assert found.refundable == Money(expected, "EUR")
    assert found.money == TEN


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
    found = payments.settle(sources, targets)
    assert [(each.source, each.target, each.amount) for each in found] == expected


def test_items_of_the_wrong_side_settle_nothing() -> None:
    owed, given = item("o", Side.OWED, 5), item("g", Side.GIVEN, 5)
    assert payments.settle([owed], [owed]) == ()
    assert payments.settle([given], [given]) == ()


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
    found = payments.settle(given, owed)
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
    for allocation in payments.settle(given, owed):
        after = payments.allocate(after, allocation)
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
    after = payments.allocate(pair, Allocation("g", "o", "EUR", settled))
    if not after:
        return  # both are settled; the file brings them back
    if back <= settled:
        undone = payments.allocate(after, Allocation("g", "o", "EUR", -back))
        assert [each.open for each in undone] == [amount - settled + back] * 2
    else:
        with pytest.raises(ImpossibleHistory):
            payments.allocate(after, Allocation("g", "o", "EUR", -back))


@pytest.mark.parametrize(
    "allocation",
    [
        pytest.param(Allocation("g", "o", "EUR", 6), id="more than is open"),
        pytest.param(Allocation("g", "o", "JPY", 1), id="another currency"),
        pytest.param(Allocation("x", "o", "EUR", 1), id="an unknown source"),
        pytest.param(Allocation("g", "x", "EUR", 1), id="an unknown target"),
        pytest.param(Allocation("o", "g", "EUR", 1), id="the wrong way round"),
    ],
)
def test_an_allocation_that_cannot_be(allocation: Allocation) -> None:
    pair = (item("g", Side.GIVEN, 5), item("o", Side.OWED, 5))
    with pytest.raises(ImpossibleHistory):
        payments.allocate(pair, allocation)


def test_an_id_may_name_something_given_and_something_owed() -> None:
    pair = (item("1", Side.GIVEN, 5), item("1", Side.OWED, 5))
    assert payments.allocate(pair, Allocation("1", "1", "EUR", 5)) == ()


def test_names_and_designations() -> None:
    owed = (item("o1", Side.OWED, 400), item("o2", Side.OWED, 400))
    command = Receive(**BASE, amount=TEN, documents=("o2", "o2"))  # type: ignore[arg-type]
    decision = payments.decide(None, command, owed)
    told = [event.allocation for event in decision.events if isinstance(event, Allocated)]
    assert [(each.target, each.amount) for each in told] == [("o2", 400), ("o1", 400)]
    wrong = Receive(**BASE, amount=TEN, documents=("o2", "o9"))  # type: ignore[arg-type]
    assert payments.decide(None, wrong, owed).reasons == (payments.NotOpen("EUR", ("o9",)),)


@given(ours.moneys("EUR", minimum=1))
def test_only_the_amount_that_was_attempted_comes_in(amount: Money) -> None:
    decision = payments.decide(payment(Phase.PENDING), Receive(**BASE, amount=amount))  # type: ignore[arg-type]
    assert decision.allowed is (amount == TEN)
