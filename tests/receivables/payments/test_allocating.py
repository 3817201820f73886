"""Allocations by hand and by a run: every reason, undone once, and back where it was."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision
from acctcore.kernel.errors import InvalidValue, Unhandled
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments
from acctcore.receivables.payments import (
    Allocate,
    AllocateAll,
    Allocated,
    Allocation,
    AllocationPolicy,
    Books,
    Deallocate,
    OpenItem,
    Side,
)
from acctcore.testing import strategies as ours

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
OLDEST = AllocationPolicy()


def ask(kind: type[Command], id: str | None = None, **facts: object) -> Command:
    return kind(**{"id": id or "c", "at": NOON, "by": Actor("ann"), **facts})  # type: ignore[arg-type]


def given_(id: str, left: int, currency: str = "EUR") -> OpenItem:
    return OpenItem(id, "payment", Side.GIVEN, currency, 1000, left, NOON, None)


def owed(id: str, left: int, currency: str = "EUR") -> OpenItem:
    return OpenItem(id, "invoice", Side.OWED, currency, 1000, left, NOON, None)


def record(source: str, target: str, amount: int, cause: str = "before", **facts: object) -> Allocation:
    return Allocation(source, target, "EUR", amount, NOON, cause, **facts)  # type: ignore[arg-type]


def decide(command: object, books: Books, policy: AllocationPolicy = OLDEST) -> Decision[Event]:
    return payments.decide_allocation(command, books, policy)  # type: ignore[arg-type]


def made(decision: Decision[Event]) -> list[tuple[str, str, int]]:
    events = [event for event in decision.events if isinstance(event, Allocated)]
    assert len(events) == len(decision.events)
    return [(each.allocation.source, each.allocation.target, each.allocation.amount) for each in events]


OPEN = Books((given_("P", 700), given_("Y", 500, "JPY"), owed("I", 400), owed("J", 900)), ())


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({}, [("P", "I", 400)], id="as much as is open on both"),
        pytest.param({"target": "J"}, [("P", "J", 700)], id="as much as is given"),
        pytest.param({"amount": Money("0.01", "EUR")}, [("P", "I", 1)], id="a cent"),
    ],
)
def test_by_hand(facts: dict[str, object], expected: list[tuple[str, str, int]]) -> None:
    decision = decide(ask(Allocate, None, **{"source": "P", "target": "I", **facts}), OPEN)
    assert made(decision) == expected
    (event,) = decision.events
    assert isinstance(event, Allocated)
    assert event.allocation.by_hand


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        pytest.param(
            {"amount": Money("4.01", "EUR")}, [payments.ExceedsOpen(Money("4", "EUR"))], id="a cent more"
        ),
        pytest.param({"amount": Money("1", "JPY")}, [payments.OtherCurrency("EUR")], id="another currency"),
        pytest.param({"source": "Y"}, [payments.OtherCurrency("JPY")], id="yen for euros"),
        pytest.param({"source": "I"}, [payments.NothingGiven("I")], id="an invoice gives nothing"),
        pytest.param({"target": "P"}, [payments.NothingOwed("P")], id="a payment owes nothing"),
        pytest.param(
            {"source": "x", "target": "y"},
            [payments.NothingGiven("x"), payments.NothingOwed("y")],
            id="nothing there",
        ),
    ],
)
def test_by_hand_and_why_not(facts: dict[str, object], reasons: list[object]) -> None:
    decision = decide(ask(Allocate, None, **{"source": "P", "target": "I", **facts}), OPEN)
    assert list(decision.reasons) == reasons


def test_what_is_taken_back_is_taken_back_once() -> None:
    books = Books((), (record("P", "I", 300), record("P", "I", 50, "more"), record("P", "J", 9)))
    back = ask(Deallocate, source="P", target="I")
    decision = decide(back, books)
    assert made(decision) == [("P", "I", -300), ("P", "I", -50)]
    everything = [*books.standing, *[event.allocation for event in decision.events]]  # type: ignore[attr-defined]
    after = Books((), payments.standing(everything))
    assert decide(back, after).reasons == (payments.NotAllocated("P", "I"),)
    assert made(decide(ask(Deallocate, source="P", target="J"), after)) == [("P", "J", -9)]


def test_a_run_uses_all_credit_in_the_policys_order() -> None:
    books = Books((given_("P", 700), given_("Q", 700), owed("I", 400), owed("J", 900)), ())
    assert made(decide(ask(AllocateAll), books)) == [("P", "I", 400), ("P", "J", 300), ("Q", "J", 600)]
    by_hand = AllocationPolicy(order=payments.ByHand())
    assert decide(ask(AllocateAll), books, by_hand).reasons == (payments.NothingToAllocate(),)
    assert decide(ask(AllocateAll), Books((), ())).reasons == (payments.NothingToAllocate(),)


def test_afresh_puts_everything_where_the_policy_wants_it_but_what_was_put_by_hand() -> None:
    standing = (
        record("P", "I", 400),
        record("P", "J", 300, "hand", by_hand=True),
        record("N", "J", 100, "own"),
    )
    items = (owed("J", 500), given_("P", 0), owed("I", 0), given_("N", 0))
    books = Books(items, standing, frozenset({("N", "J")}))
    newest = AllocationPolicy(order=payments.LargestFirst())
    assert made(decide(ask(AllocateAll, afresh=True), books, newest)) == [("P", "I", -400), ("P", "J", 400)]
    assert decide(ask(AllocateAll, afresh=True), books).reasons == (payments.NothingToAllocate(),)


amounts = st.integers(1, 300)


@st.composite
def worlds(draw: st.DrawFn) -> Books:
    sources = {f"P{number}": draw(amounts) for number in range(draw(st.integers(0, 3)))}
    targets = {f"I{number}": draw(amounts) for number in range(draw(st.integers(0, 3)))}
    left = {**sources, **targets}
    standing = []
    for source in sources:
        for target in targets:
            most = min(left[source], left[target])
            amount = draw(st.integers(0, most))
            if amount:
                standing.append(record(source, target, amount, by_hand=draw(st.booleans())))
                left[source] -= amount
                left[target] -= amount
    items = [given_(id, left[id]) for id in sources] + [owed(id, left[id]) for id in targets]
    return Books(tuple(items), tuple(standing))


def applied(books: Books, decision: Decision[Event]) -> Books:
    """Apply events the plainest way: amounts are added to what is open, records are kept."""
    left = {(item.side, item.id): item.open for item in books.items}
    records = list(books.standing)
    for source, target, amount in made(decision):
        left[Side.GIVEN, source] -= amount
        left[Side.OWED, target] -= amount
    records += [event.allocation for event in decision.events]  # type: ignore[attr-defined]
    assert all(0 <= rest <= 1000 for rest in left.values())
    items = tuple(payments.less(item, item.open - left[item.side, item.id]) for item in books.items)
    return Books(items, payments.standing(records), books.own)


@given(worlds(), ours.allocation_policies(), st.booleans())
def test_a_run_leaves_what_was_put_by_hand_and_is_done_once(
    books: Books, policy: AllocationPolicy, afresh: bool
) -> None:
    decision = decide(ask(AllocateAll, afresh=afresh), books, policy)
    if not decision.allowed:
        assert decision.reasons == (payments.NothingToAllocate(),)
        return
    after = applied(books, decision)
    by_hand = [each for each in books.standing if each.by_hand]
    assert [each for each in after.standing if each in by_hand] == by_hand
    if not afresh:
        assert set(books.standing) <= set(after.standing)
    again = decide(ask(AllocateAll, "again", afresh=afresh), after, policy)
    if payments.Claim.EXHAUSTS in policy.order.claims or afresh:
        assert again.reasons == (payments.NothingToAllocate(),)
    if payments.Claim.EXHAUSTS in policy.order.claims:
        rest = [sum(item.open for item in after.items if item.side is side) for side in Side]
        assert min(rest) == 0


@given(worlds())
def test_everything_can_be_taken_back_once_and_is_as_it_was(books: Books) -> None:
    whole = {item.id: item.open for item in books.items}
    for each in books.standing:
        whole[each.source] += each.amount
        whole[each.target] += each.amount
    for number, (source, target) in enumerate(
        dict.fromkeys((each.source, each.target) for each in books.standing)
    ):
        command = ask(Deallocate, f"d{number}", source=source, target=target)
        books = applied(books, decide(command, books))
        assert decide(command, books).reasons == (payments.NotAllocated(source, target),)
    assert {item.id: item.open for item in books.items} == whole
    assert books.standing == ()


def test_a_command_of_another_room_is_a_mistake() -> None:
    with pytest.raises(Unhandled):
        decide(ask(payments.LoseTrack, payment_id="P"), OPEN)
    with pytest.raises(InvalidValue, match=r"Allocate.amount: expected an amount above zero"):
        ask(Allocate, source="P", target="I", amount=Money("0", "EUR"))
