"""Payments by their table, and by the facts that are told of them in any order."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.notices import AlreadyRecorded, Conflict, Notice, Says
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments
from acctcore.receivables.payments import (
    LIFECYCLE,
    Allocated,
    Allocation,
    Attempt,
    Capture,
    Command,
    Facts,
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


def at(hours: int) -> DateTime:
    return NOON.add(hours=hours)


def tell(kind: type[Command], hours: int = 0, **facts: object) -> Command:
    stated: dict[str, object] = {"id": "c", "at": at(hours), "by": ANN, "payment_id": "P1"}
    if kind is not LoseTrack:
        stated["amount"] = TEN
    if kind is Fail:
        stated["failure"] = "declined"
    if kind is Capture:
        stated["authorisation_id"] = "A1"
    return kind(**{**stated, **facts})  # type: ignore[arg-type]


KINDS: tuple[type[Command], ...] = (Attempt, Receive, Capture, Fail, LoseTrack)
SAYS = {
    Phase.PENDING: Says.ASKED,
    Phase.UNKNOWN: Says.UNKNOWN,
    Phase.RECEIVED: Says.DONE,
    Phase.FAILED: Says.FAILED,
}


def payment(phase: Phase | None, hours: int = 0, way: str = "", **facts: object) -> Payment | None:
    if phase is None:
        return None
    failure = "declined" if phase is Phase.FAILED else ""
    notice = Notice(SAYS[phase], at(hours), failure=failure, method=way)
    return Payment("P1", "EUR", 1000, (notice,), **facts)  # type: ignore[arg-type]


def item(id: str, left: int, currency: str = "EUR") -> OpenItem:
    return OpenItem(id, "invoice", Side.OWED, currency, left, left, NOON, None)


# The table


@pytest.mark.parametrize("when", [-1, 1], ids=["dated before", "dated after"])
@pytest.mark.parametrize("phase", [None, *Phase], ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_fact_in_every_phase(kind: type[Command], phase: Phase | None, when: int) -> None:
    before = payment(phase)
    decision = payments.decide(before, tell(kind, when))
    brings = LIFECYCLE.brings(phase, kind)
    if phase is None and kind is LoseTrack:
        assert decision.reasons == (Missing("the payment", ("P1",)),)
        assert decision.outcome is Outcome.UNKNOWN
    elif phase is Phase.RECEIVED and kind in (Receive, Capture):
        assert "notices.conflict" in [reason.code for reason in decision.reasons]
    else:
        assert decision.allowed
        assert {type(event) for event in decision.events} <= {*brings, Allocated}
        assert {type(event) for event in decision.events} & {*brings}


def evolve(state: Payment | None, event: object) -> Payment:
    assert isinstance(
        event,
        payments.Attempted | payments.Received | payments.Failed | payments.Lost | payments.Noted,
    )
    return event.payment


known = st.builds(
    tell,
    st.sampled_from([Attempt, Receive, Capture, Fail]),
    st.integers(0, 6),
    reference=st.sampled_from(["", "", "a", "b"]),
)
doubts = st.builds(tell, st.just(LoseTrack), st.integers(0, 6))


TestAnyOrder = machines.lifecycle_machine(
    LIFECYCLE,
    lambda state: known if state is None else known | doubts,
    payments.decide,
    evolve,
    lambda state, _: None if state is None else state.phase,
).TestCase


def test_a_command_of_another_room_is_a_mistake() -> None:
    with pytest.raises(InvalidValue):
        payments.decide(None, Command(id="c", at=NOON, by=ANN, payment_id="P1"))


@pytest.mark.parametrize("kind", [Attempt, Receive, Capture, Fail], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("amount", ["0.00", "-0.01"])
def test_a_payment_is_above_zero(kind: type[Command], amount: str) -> None:
    with pytest.raises(InvalidValue, match=f"{kind.__name__}.amount: expected an amount above zero"):
        tell(kind, amount=Money(amount, "EUR"))


@pytest.mark.parametrize(
    ("phase", "facts", "expected"),
    [
        pytest.param(Phase.RECEIVED, {}, "10.00", id="all of it"),
        pytest.param(Phase.RECEIVED, {"refunded": 999}, "0.01", id="the last cent"),
        pytest.param(Phase.RECEIVED, {"refunded": 1000}, "0.00", id="nothing left"),
        pytest.param(Phase.RECEIVED, {"refunded": 300, "charged_back": 300}, "4.00", id="both"),
        pytest.param(Phase.RECEIVED, {"refunded": 300, "charged_back": 1000}, "0.00", id="more than came"),
        pytest.param(Phase.PENDING, {}, "0.00", id="not come yet"),
        pytest.param(Phase.UNKNOWN, {}, "0.00", id="nobody knows"),
        pytest.param(Phase.FAILED, {}, "0.00", id="failed"),
    ],
)
def test_what_can_be_given_back(phase: Phase, facts: dict[str, object], expected: str) -> None:
    found = payment(phase, **facts)  # type: ignore[arg-type]
    assert found is not None
    assert found.refundable == Money(expected, "EUR")
    assert found.money == found.asked == TEN


# In any order


def told(facts: list[Command]) -> tuple[Payment | None, set[int]]:
    """Return the payment after everything was told, and what was left out, though told again and again."""
    state: Payment | None = None
    left = set(range(len(facts)))
    for _ in facts:
        for number in sorted(left):
            decision = payments.decide(state, facts[number])
            if decision.allowed:
                for event in decision.events:
                    if not isinstance(event, Allocated):
                        state = evolve(state, event)
                left.discard(number)
            elif [type(reason) for reason in decision.reasons] == [AlreadyRecorded]:
                left.discard(number)
    return state, left


@pytest.mark.parametrize(
    ("facts", "phase", "when"),
    [
        pytest.param([tell(Attempt, 0), tell(Receive, 1)], Phase.RECEIVED, 1, id="as it should be"),
        pytest.param([tell(Fail, 1), tell(Receive, 2)], Phase.RECEIVED, 2, id="failed, then it came"),
        pytest.param([tell(Receive, 1), tell(Fail, 2)], Phase.FAILED, 2, id="it came, and went again"),
        pytest.param(
            [tell(Receive, 1, reference="a"), tell(Fail, 2), tell(Receive, 3, reference="b")],
            Phase.RECEIVED,
            3,
            id="it came, went, and came again",
        ),
        pytest.param(
            [tell(Attempt, 0), tell(LoseTrack, 1), tell(Receive, 5)],
            Phase.RECEIVED,
            5,
            id="nobody knew, then it was there",
        ),
        pytest.param([tell(LoseTrack, 9), tell(Fail, 5)], Phase.FAILED, 5, id="a doubt dated later"),
        pytest.param([tell(LoseTrack, 1), tell(Attempt, 0)], Phase.UNKNOWN, 0, id="nobody knows"),
        pytest.param(
            [tell(Attempt, 9, method="card"), tell(Receive, 1, processed=Money("9", "EUR"))],
            Phase.RECEIVED,
            1,
            id="the ask dated after the money: clocks differ",
        ),
    ],
)
def test_the_same_facts_come_to_the_same_payment(facts: list[Command], phase: Phase, when: int) -> None:
    outcomes = []
    for order in permutations([*facts, facts[0], facts[-1]]):
        state, left = told(list(order))
        assert state is not None
        assert left == set()
        outcomes.append(state)
    assert len(set(outcomes)) == 1
    assert (outcomes[0].phase, outcomes[0].at) == (phase, at(when))


facts = st.one_of(
    st.builds(
        tell,
        st.sampled_from([Attempt, Receive, Fail, Fail]),
        st.integers(0, 4),
        reference=st.sampled_from(["", "", "a", "b"]),
        method=st.sampled_from(["", "", "card"]),
    ),
    st.builds(tell, st.just(Capture), st.integers(0, 4), final=st.booleans()),
    doubts,
)


@settings(max_examples=150)
@given(st.lists(facts, min_size=1, max_size=4))
def test_any_facts_come_to_one_payment_in_any_order_or_to_a_conflict(drawn: list[Command]) -> None:
    outcomes = [told(list(order)) for order in permutations(drawn)]
    complete = [state for state, left in outcomes if not left]
    assert len(set(complete)) <= 1
    assert len(complete) in (0, len(outcomes)), "all of it stands in one order, and not in another"
    for (state, left), order in zip(outcomes, permutations(drawn), strict=True):
        for number in left:
            decision = payments.decide(state, order[number])
            named = {
                Conflict.code,
                payments.OtherAuthorisation.code,
                payments.OtherMethod.code,
                Missing.code,  # a doubt about a payment of which nothing else is known
            }
            assert {reason.code for reason in decision.reasons} & named


# Amounts


@given(ours.moneys("EUR", minimum=1))
def test_only_the_amount_that_was_attempted_comes_in(amount: Money) -> None:
    decision = payments.decide(payment(Phase.PENDING), tell(Receive, amount=amount))
    assert decision.allowed is (amount == TEN)
    if not decision.allowed:
        assert decision.reasons == (payments.OtherAmount(TEN),)


@pytest.mark.parametrize(
    ("processed", "counted"),
    [
        pytest.param(None, "10.00", id="as asked"),
        pytest.param(Money("9.99", "EUR"), "9.99", id="the processor rounded"),
        pytest.param(Money("11", "USD"), "10.00", id="the processor's own currency"),
    ],
)
def test_what_was_asked_for_and_what_was_moved_are_both_kept(processed: Money | None, counted: str) -> None:
    decision = payments.decide(None, tell(Receive, processed=processed, fee=Money("0.35", "USD")))
    after = evolve(None, decision.events[0])
    assert (after.asked, after.money) == (TEN, Money(counted, "EUR"))
    assert after.decisive.amount == processed
    assert after.decisive.fee == Money("0.35", "USD")
    assert [came for _, came in after.moves()] == [Money(counted, "EUR").minor]


def test_what_moved_is_told_with_its_own_amount() -> None:
    state, left = told(
        [
            tell(Receive, 1, processed=Money("8", "EUR")),
            tell(Fail, 2),
            tell(Fail, 3),
            tell(Receive, 4, reference="again"),
        ]
    )
    assert state is not None
    assert not left
    assert [came for _, came in state.moves()] == [800, -800, 1000]


# What it settles


def test_names_and_designations() -> None:
    known = Facts((item("o1", 400), item("o2", 400)))
    decision = payments.decide(None, tell(Receive, documents=("o2", "o2")), known)
    made = [event.allocation for event in decision.events if isinstance(event, Allocated)]
    assert [(each.target, each.amount, each.by_hand) for each in made] == [
        ("o2", 400, True),
        ("o1", 400, False),
    ]
    wrong = tell(Receive, documents=("o2", "o9"))
    assert payments.decide(None, wrong, known).reasons == (payments.NotOpen("EUR", ("o9",)),)


def test_money_that_went_again_settles_nothing_any_more() -> None:
    stands = Allocation("P1", "o1", "EUR", 400, at(7), "before")
    decision = payments.decide(payment(Phase.RECEIVED), tell(Fail, 5), Facts((), (stands,)))
    back, failed = decision.events
    assert isinstance(back, Allocated)
    assert isinstance(failed, payments.Failed)
    assert back.allocation == Allocation("P1", "o1", "EUR", -400, at(7), "c", undoes="before")
    assert failed.payment.phase is Phase.FAILED


def test_a_failure_of_before_leaves_the_money_where_it_is() -> None:
    stands = Allocation("P1", "o1", "EUR", 400, at(7), "before")
    decision = payments.decide(payment(Phase.RECEIVED, 6), tell(Fail, 5), Facts((), (stands,)))
    assert [type(event) for event in decision.events] == [payments.Noted]


def test_what_was_charged_back_did_not_fail_as_well() -> None:
    known = Facts(chargebacks=("CB1",))
    decision = payments.decide(payment(Phase.RECEIVED), tell(Fail, 5), known)
    assert decision.reasons == (payments.ChargedBack("P1", ("CB1",)),)
    assert payments.decide(payment(Phase.RECEIVED, 6), tell(Fail, 5), known).allowed


@pytest.mark.parametrize(
    ("before", "command", "reason"),
    [
        pytest.param(
            payment(Phase.PENDING, way="card"),
            tell(Receive, method="cash"),
            payments.OtherMethod("card"),
            id="another method",
        ),
        pytest.param(
            payment(Phase.FAILED, authorisation=None), tell(Capture, 2), None, id="captured after it failed"
        ),
        pytest.param(
            payment(Phase.RECEIVED, authorisation="A1"),
            tell(Receive, 0),
            payments.OtherAuthorisation("P1", "A1"),
            id="captured, and then received without",
        ),
    ],
)
def test_other_facts_of_a_payment(before: Payment, command: Command, reason: object) -> None:
    decision = payments.decide(before, command)
    assert (reason in decision.reasons) if reason is not None else decision.allowed


def test_where_it_was_captured_from_is_told() -> None:
    assert payments.OtherAuthorisation("P1").text == "P1 came in otherwise: without an authorisation"
    assert payments.OtherAuthorisation("P1", "A1").text == "P1 came in otherwise: captured from A1"


def test_a_payment_is_not_sent() -> None:
    with pytest.raises(InvalidValue, match="asked, unknown, done, failed"):
        Payment("P1", "EUR", 1, (Notice(Says.SENT, NOON),))
