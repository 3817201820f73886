"""Every phase with every command, and any order of asking."""

import pytest
from attrs import evolve as changed
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.accounts.holds import LIFECYCLE, Finding, Hold, Phase
from acctcore.kernel import messages
from acctcore.kernel.decision import Outcome
from acctcore.kernel.lifecycle import WrongPhase, name
from tests.accounts.holds.stories import (
    DISPUTE,
    GUEST,
    NOON,
    OFFICER,
    SUPERVISOR,
    ask,
    extend,
    hours,
    place,
    placing,
    release,
    released,
    review,
)

TOLD = {
    (None, "Place"): {"active"},
    ("active", "Extend"): {"active"},
    ("active", "Review"): {"active", "released"},
    ("active", "Release"): {"released"},
}
NOW = NOON.add(days=1)
IN_PHASE: dict[Phase | None, tuple[Hold, ...]] = {
    None: (),
    Phase.ACTIVE: (DISPUTE,),
    Phase.EXPIRED: (changed(DISPUTE, changes=(placing(expires_at=NOW),)),),
    Phase.RELEASED: (released(DISPUTE, NOW),),
}
COMMANDS: dict[type, messages.Command] = {
    holds.Place: place(hold_id="H-2", at=NOW),
    holds.Extend: extend(hold_id="H-2", at=NOW),
    holds.Review: review(hold_id="H-2", at=NOW, finding=Finding.RELEASE),
    holds.Release: release(hold_id="H-2", at=NOW, by=OFFICER),
}


def test_the_table_is_what_is_told() -> None:
    ways: dict[tuple[str | None, str], set[str | None]] = {}
    for way in LIFECYCLE.transitions():
        ways.setdefault((way.phase, way.command), set()).add(way.target)
    assert ways == TOLD
    assert COMMANDS.keys() == {row.command for row in LIFECYCLE.rows}
    assert [(start, end) for start, end, _ in LIFECYCLE.by_time] == [(Phase.ACTIVE, Phase.EXPIRED)]


def test_there_is_a_hold_in_every_phase() -> None:
    assert IN_PHASE.keys() == {None, *Phase}
    for phase, known in IN_PHASE.items():
        assert [hold.phase(NOW) for hold in known] == ([] if phase is None else [phase])


@pytest.mark.parametrize("phase", IN_PHASE, ids=name)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_in_every_phase(kind: type, phase: Phase | None) -> None:
    known = IN_PHASE[phase]
    decision = ask(known, COMMANDS[kind])
    target = TOLD.get((None if phase is None else phase.value, kind.__name__))
    if target is None:
        assert decision.outcome is Outcome.REFUSED
        (reason,) = decision.reasons
        assert isinstance(reason, WrongPhase | holds.IdTaken | holds.UnknownHold)
        return
    (row,) = (row for row in LIFECYCLE.rows if row.command is kind)
    for event in decision.events_or_raise():
        assert type(event) in row.events
        known = holds.evolve(known, event)
        assert {name(hold.phase(NOW)) for hold in known} <= target


ids = st.sampled_from(["H-1", "H-2", "H-3"])
actors = st.sampled_from([OFFICER, SUPERVISOR, GUEST])


@st.composite
def commands(draw: st.DrawFn) -> messages.Command:
    """Return any command; dates cross, ids repeat, reasons may be unknown."""
    at, by, hold_id = draw(hours), draw(actors), draw(ids)
    later = st.none() | st.integers(1, 300).map(lambda hour: at.add(hours=hour))
    expires_at, review_at = draw(later), draw(later)
    recorded_at = draw(st.none() | st.integers(0, 9).map(lambda hour: at.add(hours=hour)))
    kind = draw(st.sampled_from(sorted(COMMANDS, key=lambda kind: kind.__name__)))
    if kind is holds.Release:
        return holds.Release(id="c", at=at, by=by, hold_id=hold_id, recorded_at=recorded_at)
    if kind is holds.Extend:
        return holds.Extend(
            id="c", at=at, by=by, hold_id=hold_id, expires_at=expires_at, recorded_at=recorded_at
        )
    if kind is holds.Review:
        keep = draw(st.booleans())
        return holds.Review(
            id="c",
            at=at,
            by=by,
            hold_id=hold_id,
            recorded_at=recorded_at,
            finding=Finding.KEEP if keep else Finding.RELEASE,
            expires_at=expires_at if keep else None,
            review_at=review_at if keep else None,
        )
    return holds.Place(
        id="c",
        at=at,
        by=by,
        hold_id=hold_id,
        reason=draw(st.sampled_from(["fraud", "dispute", "sanctions", "lawsuit"])),
        blocks=draw(st.none() | st.frozensets(st.sampled_from(["refund", "dun", "close"]), min_size=1)),
        expires_at=expires_at,
        review_at=review_at,
        scope=draw(st.sampled_from([None, "INV-1"])),
        recorded_at=recorded_at,
    )


def recorded(event: holds.Event) -> DateTime:
    return event.hold.changes[0].recorded_at if isinstance(event, holds.Placed) else event.recorded_at


class AnyOrder(RuleBasedStateMachine):
    """Holds are placed, extended, reviewed and released in any order and with any dates."""

    def __init__(self) -> None:
        super().__init__()
        self.known: tuple[Hold, ...] = ()
        self.history: list[holds.Event] = []

    def phase(self, hold_id: str, at: DateTime) -> Phase | None:
        return next((hold.phase(at) for hold in self.known if hold.id == hold_id), None)

    @rule(command=commands(), approved=st.booleans())
    def ask(self, command: holds.Command, approved: bool) -> None:
        decision = ask(self.known, command, approved)
        assert decision == ask(self.known, command, approved)
        if not decision.allowed:
            assert all(reason.text for reason in decision.reasons)
            assert decision.outcome is Outcome.REFUSED or not approved
            return
        (row,) = (row for row in LIFECYCLE.rows if row.command is type(command))
        before = self.phase(command.hold_id, command.at)
        assert before in row.phases
        others = {hold for hold in self.known if hold.id != command.hold_id}
        for event in decision.events:
            assert type(event) in row.events
            self.known = holds.evolve(self.known, event)
            self.history.append(event)
            before = LIFECYCLE.target(before, event)
        assert self.phase(command.hold_id, command.at) is before
        assert {hold for hold in self.known if hold.id != command.hold_id} == others
        assert set(decision.duties) <= set(holds.duties(self.known, command.at))

    @invariant()
    def history_gives_the_same_holds_again(self) -> None:
        again: tuple[Hold, ...] = ()
        for event in self.history:
            again = holds.evolve(again, event)
        assert again == self.known

    @invariant()
    def what_was_known_is_what_the_events_recorded_by_then_make(self) -> None:
        for hour in range(0, 24, 3):
            then = NOON.add(hours=hour)
            again: tuple[Hold, ...] = ()
            for event in self.history:
                if recorded(event) <= then:
                    again = holds.evolve(again, event)
            assert holds.as_known(self.known, then) == again

    @invariant()
    def four_eyes_and_roles_stay_with_the_hold(self) -> None:
        for hold in self.known:
            assert hold.four_eyes is (hold.reason == "fraud")
            assert hold.placed_by in {"olga", "sven"}
            assert "dun" not in hold.blocks


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=20)
