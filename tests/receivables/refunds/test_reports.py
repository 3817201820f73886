"""What is reported of a refund: by its table, and in any order."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.errors import InvalidValue, Unhandled
from acctcore.kernel.money import Money
from acctcore.kernel.notices import Notice, Says
from acctcore.kernel.terms import Actor
from acctcore.receivables import refunds
from acctcore.receivables.refunds import (
    LIFECYCLE,
    Complete,
    Fail,
    Kind,
    LoseTrack,
    Phase,
    Refund,
    Report,
    Send,
    reporting,
)
from acctcore.testing import machines

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
KINDS: tuple[type[Report], ...] = (Send, Complete, Fail, LoseTrack)
SAYS = dict(zip(Phase, Says, strict=True))


def at(hours: int) -> DateTime:
    return NOON.add(hours=hours)


def tell(kind: type[Report], hours: int = 1, **facts: object) -> Report:
    stated: dict[str, object] = {"id": "c", "at": at(hours), "by": Actor("ann"), "refund_id": "R1"}
    if kind is Fail:
        stated["failure"] = "closed"
    return kind(**{**stated, **facts})  # type: ignore[arg-type]


def refund(phase: Phase = Phase.ASKED) -> Refund:
    notices = () if phase is Phase.ASKED else (Notice(SAYS[phase], at(1)),)
    return Refund("R1", Kind.MONEY_BACK, "P1", "EUR", 1000, NOON, "I1", "card", notices)


def evolve(state: Refund | None, event: object) -> Refund:
    assert isinstance(event, refunds.Sent | refunds.Completed | refunds.Failed | refunds.Lost | refunds.Noted)
    return event.refund


@pytest.mark.parametrize("when", [0, 2], ids=["dated before", "dated after"])
@pytest.mark.parametrize("phase", Phase, ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_fact_in_every_phase(kind: type[Report], phase: Phase, when: int) -> None:
    before = refund(phase)
    decision = refunds.record(before, tell(kind, when))
    if (phase, kind) == (Phase.DONE, Complete):
        assert [reason.code for reason in decision.reasons] == ["notices.conflict"]
        return
    (event,) = decision.events
    assert type(event) in LIFECYCLE.brings(phase, kind)
    assert evolve(before, event).phase is LIFECYCLE.target(phase, event)
    assert evolve(before, event).counts is (evolve(before, event).phase is not Phase.FAILED)


TestAnyOrder = machines.lifecycle_machine(
    LIFECYCLE,
    lambda _: st.builds(
        tell, st.sampled_from(KINDS), st.integers(0, 6), reference=st.sampled_from(["", "", "a", "b"])
    ),
    lambda state, command: refunds.record(refund() if state is None else state, command),
    evolve,
    lambda state, _: Phase.ASKED if state is None else state.phase,
).TestCase


facts = st.builds(
    tell, st.sampled_from([*KINDS, Complete]), st.integers(0, 4), reference=st.sampled_from(["", "", "a"])
)


@given(st.lists(facts, max_size=4))
def test_any_facts_come_to_one_refund_in_any_order_or_to_a_conflict(drawn: list[Report]) -> None:
    outcomes = []
    for order in permutations(drawn):
        state, left = refund(), list(order)
        for _ in order:
            for command in tuple(left):
                decision = refunds.record(state, command)
                codes = {reason.code for reason in decision.reasons}
                if decision.allowed:
                    state = evolve(state, decision.events[0])
                if decision.allowed or codes == {"notices.already_recorded"}:
                    left.remove(command)
                else:
                    assert codes == {"notices.conflict"}
        outcomes.append((state, not left))
    complete = {state for state, whole in outcomes if whole}
    assert len(complete) <= 1
    assert len({whole for _, whole in outcomes}) == 1
    for state, _ in outcomes:  # money that went less money that came back is what counts
        assert sum(amount for _, amount in state.moves()) == (1000 if state.counts else 0)


def test_what_is_not_known_is_named() -> None:
    decision = refunds.record(None, tell(Complete))
    assert decision.outcome is Outcome.UNKNOWN
    assert decision.reasons == (Missing("the refund", ("R1",)),)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param(tell(Send, -1), [refunds.BeforeRefund(NOON)], id="before it was given"),
        pytest.param(
            tell(Complete, processed=Money("9.99", "EUR")),
            [refunds.OtherAmount(Money("10", "EUR"))],
            id="another amount",
        ),
        pytest.param(
            tell(Complete, processed=Money("11", "USD")), [], id="another currency is kept beside it"
        ),
        pytest.param(
            tell(Complete, processed=Money("10", "EUR"), fee=Money("1", "EUR")), [], id="with a fee"
        ),
    ],
)
def test_beside_the_refund(command: Report, expected: list[object]) -> None:
    assert list(refunds.record(refund(), command).reasons) == expected


def test_a_report_of_nothing_is_a_mistake() -> None:
    nothing = Report(id="c", at=at(1), by=Actor("ann"), refund_id="R1")
    with pytest.raises(InvalidValue):
        refunds.record(refund(), nothing)
    with pytest.raises(Unhandled) as caught:
        reporting._notice(nothing)
    assert caught.value.subjects == (nothing,)
    assert refund().money == Money("10", "EUR")
