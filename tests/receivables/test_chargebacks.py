"""Chargebacks: by their table, by their facts in any order, and reversed in part or in full."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import chargebacks
from acctcore.receivables.chargebacks import (
    LIFECYCLE,
    ChargeBack,
    Chargeback,
    Command,
    Facts,
    Phase,
    Reversal,
    Reverse,
)
from acctcore.testing import machines

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
TEN = Money("10.00", "EUR")
FACTS = Facts(Money("12.00", "EUR"), NOON, "received")


def at(hours: int) -> DateTime:
    return NOON.add(hours=hours)


def charge(hours: int = 1, **facts: object) -> ChargeBack:
    stated = {"id": "c", "at": at(hours), "by": Actor("ann"), "chargeback_id": "CB1", "payment_id": "P1"}
    return ChargeBack(**{**stated, "amount": TEN, **facts})  # type: ignore[arg-type]


def back(hours: int = 2, amount: str | None = None, **facts: object) -> Reverse:
    money = None if amount is None else Money(amount, "EUR")
    stated = {"id": "r", "at": at(hours), "by": Actor("ann"), "chargeback_id": "CB1", "amount": money}
    return Reverse(**{**stated, **facts})  # type: ignore[arg-type]


STANDING = Chargeback("CB1", "P1", "EUR", 1000, at(1), "c")
IN_PHASE = {
    None: None,
    Phase.STANDING: STANDING,
    Phase.REVERSED: changed(STANDING, reversals=(Reversal(at(2), 1000),)),
}


@pytest.mark.parametrize("phase", [None, *Phase], ids=str)
@pytest.mark.parametrize("command", [charge(), back(3), back(3, "4.00")], ids=["charge", "all", "part"])
def test_every_command_in_every_phase(command: Command, phase: Phase | None) -> None:
    before = IN_PHASE[phase]
    decision = chargebacks.decide(before, command, FACTS)
    if phase is None and isinstance(command, Reverse):
        assert decision.reasons == (Missing("the chargeback", ("CB1",)),)
        return
    brings = LIFECYCLE.brings(phase, type(command))
    assert decision.allowed is bool(brings)
    for event in decision.events:
        assert type(event) in brings
        assert chargebacks.evolve(before, event).phase is LIFECYCLE.target(phase, event)


def laws_of(chargeback: Chargeback) -> None:
    """Check that what is charged back is what went, less what came back, and never below zero."""
    moved = sum(amount for _, amount in chargeback.moves())
    assert moved == chargeback.standing >= 0


TestAnyOrder = machines.lifecycle_machine(
    LIFECYCLE,
    lambda state: (
        st.builds(charge, st.integers(0, 3))
        if state is None
        else st.builds(charge, st.integers(0, 3))
        | st.builds(back, st.integers(0, 9), st.sampled_from([None, "4.00", "6.00"]))
    ),
    lambda state, command: chargebacks.decide(state, command, FACTS),
    chargebacks.evolve,
    lambda state, _: None if state is None else state.phase,
    laws_of,
).TestCase


@pytest.mark.parametrize(
    ("command", "facts", "codes"),
    [
        pytest.param(charge(), FACTS, [], id="in part"),
        pytest.param(charge(amount=Money("12", "EUR")), FACTS, [], id="all of it"),
        pytest.param(charge(amount=Money("12.01", "EUR")), FACTS, ["exceeds_payment"], id="a cent more"),
        pytest.param(charge(amount=Money("1", "JPY")), FACTS, ["exceeds_payment"], id="another currency"),
        pytest.param(
            charge(), changed(FACTS, charged_back=201), ["exceeds_payment"], id="with an earlier one"
        ),
        pytest.param(charge(-1), FACTS, ["before_payment"], id="before it came"),
        pytest.param(
            charge(), changed(FACTS, phase="failed", came_in=False), ["not_received"], id="it never came"
        ),
    ],
)
def test_what_can_be_charged_back(command: ChargeBack, facts: Facts, codes: list[str]) -> None:
    decision = chargebacks.decide(None, command, facts)
    assert [reason.code for reason in decision.reasons] == [f"chargebacks.{code}" for code in codes]


def test_a_payment_that_is_not_known_is_named() -> None:
    decision = chargebacks.decide(None, charge())
    assert decision.outcome is Outcome.UNKNOWN
    assert decision.reasons == (Missing("the payment", ("P1",)),)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param(charge(), "notices.already_recorded", id="the same"),
        pytest.param(charge(id="other"), "notices.already_recorded", id="by another command"),
        pytest.param(charge(2), "chargebacks.exists", id="at another instant"),
        pytest.param(charge(amount=Money("9", "EUR")), "chargebacks.exists", id="another amount"),
        pytest.param(charge(reason="fraud"), "chargebacks.exists", id="another reason"),
    ],
)
def test_a_duplicate_is_refused_by_its_key(command: ChargeBack, code: str) -> None:
    for known in (STANDING, IN_PHASE[Phase.REVERSED]):
        assert [reason.code for reason in chargebacks.decide(known, command, FACTS).reasons] == [code]


@pytest.mark.parametrize(
    ("known", "command", "code"),
    [
        pytest.param((), back(2, "10.01"), "chargebacks.exceeds_chargeback", id="a cent more"),
        pytest.param((), back(0), "chargebacks.before_chargeback", id="before it"),
        pytest.param((), back(2, amount="1", chargeback_id="CB1"), None, id="in part"),
        pytest.param((Reversal(at(2), 400),), back(2, "4.00"), "notices.already_recorded", id="the same"),
        pytest.param((Reversal(at(2), 400),), back(3, "6.01"), "chargebacks.exceeds_chargeback", id="beyond"),
        pytest.param((Reversal(at(2), 400),), back(3), None, id="the rest"),
        pytest.param(
            (Reversal(at(2), 1000),), back(3), "chargebacks.exceeds_chargeback", id="reversed in full"
        ),
    ],
)
def test_what_can_be_reversed(known: tuple[Reversal, ...], command: Reverse, code: str | None) -> None:
    decision = chargebacks.decide(changed(STANDING, reversals=known), command)
    assert [reason.code for reason in decision.reasons] == ([] if code is None else [code])


facts = st.builds(back, st.integers(1, 4), st.sampled_from(["3.00", "4.00", "6.00", "10.00"])) | st.builds(
    charge, st.integers(0, 2)
)


@given(st.lists(facts, max_size=4))
def test_any_facts_come_to_one_chargeback_in_any_order_or_to_a_conflict(drawn: list[Command]) -> None:
    outcomes = []
    for order in permutations(drawn):
        state: Chargeback | None = None
        left = list(order)
        for _ in order:
            for command in tuple(left):
                decision = chargebacks.decide(state, command, FACTS)
                if decision.allowed:
                    state = chargebacks.evolve(state, decision.events[0])
                told = {reason.code for reason in decision.reasons}
                if decision.allowed or told == {"notices.already_recorded"}:
                    left.remove(command)
        if state is not None:
            laws_of(state)
        outcomes.append((state, not left))
    assert len({state for state, whole in outcomes if whole}) <= 1
    assert len({whole for _, whole in outcomes}) == 1


def test_values_and_histories_that_cannot_be() -> None:
    with pytest.raises(InvalidValue, match=r"ChargeBack.amount: expected an amount above zero"):
        charge(amount=Money("0", "EUR"))
    with pytest.raises(InvalidValue, match=r"ChargeBack.fee: expected an amount above zero"):
        charge(fee=Money("0", "EUR"))
    with pytest.raises(ImpossibleHistory, match="Reversed cannot stand where it does"):
        chargebacks.evolve(None, chargebacks.Reversed(NOON, "c", STANDING))
    assert STANDING.money == TEN


def test_the_bank_is_answered_once_and_then_nothing_is_owed_to_it() -> None:
    one = changed(STANDING, respond_by=at(20))
    assert [(duty.kind, duty.by, duty.owed_to) for duty in one.duties()] == [
        ("chargebacks.answer", at(20), "bank")
    ]
    assert changed(one, reversals=(Reversal(at(2), 1000),)).duties() == ()
    assert STANDING.duties() == ()
    asked = {"id": "a", "by": Actor("ann"), "chargeback_id": "CB1"}
    early = chargebacks.decide(one, chargebacks.Answer(at=at(0), **asked))  # type: ignore[arg-type]
    assert early.reasons == (chargebacks.BeforeChargeback(at(1)),)
    command = chargebacks.Answer(at=at(5), **asked)  # type: ignore[arg-type]
    (event,) = chargebacks.decide(one, command).events
    answered = chargebacks.evolve(one, event)
    assert (answered.duties(), answered.response) == ((), chargebacks.Response(at(5), contested=True))
    again = chargebacks.decide(answered, command).reasons
    assert [reason.code for reason in again] == ["notices.already_recorded"]
    other = chargebacks.decide(answered, changed(command, contest=False)).reasons
    assert other == (chargebacks.AnsweredOtherwise("CB1", at(5)),)
    assert chargebacks.decide(None, command).reasons == (Missing("the chargeback", ("CB1",)),)


def test_an_answer_cannot_be_due_before_the_chargeback() -> None:
    with pytest.raises(InvalidValue, match=r"respond_by: expected an instant after the chargeback"):
        charge(respond_by=at(-5))
