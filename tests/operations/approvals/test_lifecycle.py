"""Every phase with every command, and any order of asking."""

import pytest
from attrs import evolve as changed
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acctcore.kernel import messages
from acctcore.kernel.decision import Outcome
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.lifecycle import WrongPhase, name
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND
from acctcore.operations import approvals
from acctcore.operations.approvals import LIFECYCLE, UNTOLD, Approval, Office, Phase, Request
from tests.operations.approvals.stories import (
    AMOUNT,
    AUTHORITY,
    DORA,
    GUEST,
    HOLIDAY,
    LATER,
    NOON,
    OLGA,
    SARA,
    SVEN,
    TWO_NEEDED,
    after,
    approve,
    ask,
    decide,
    lent,
    override,
    reject,
    review,
    use,
    withdraw,
)

TOLD = {
    (None, "Ask", "Asked"): "pending",
    ("pending", "Approve", "Endorsed"): "pending",
    ("pending", "Approve", "Approved"): "approved",
    ("pending", "Reject", "Rejected"): "rejected",
    ("pending", "Withdraw", "Withdrawn"): "withdrawn",
    ("approved", "Reject", "Rejected"): "rejected",
    ("approved", "Withdraw", "Withdrawn"): "withdrawn",
    ("pending", "Override", "Overridden"): "approved",
    ("approved", "Use", "Used"): "used",
    ("used", "Review", "Reviewed"): "used",
}
NO = approvals.Verdict("sven", NOON, False, "no ground")
IN_PHASE: dict[Phase | None, Request | None] = {
    None: None,
    Phase.PENDING: after(ask()),
    Phase.APPROVED: after(ask(), approve()),
    Phase.REJECTED: after(ask(), reject()),
    Phase.WITHDRAWN: after(ask(), withdraw()),
    Phase.USED: after(ask(), override(), use()),
    Phase.EXPIRED: changed(after(ask(), approve()), expires_at=LATER),
}
COMMANDS: dict[type, messages.Command] = {
    type(command): command
    for command in (ask(at=LATER), approve(), reject(), withdraw(), override(), review(), use())
}


def test_the_table_is_what_is_told() -> None:
    ways = {(way.phase, way.command, way.event): way.target for way in LIFECYCLE.transitions()}
    assert ways == TOLD
    assert {(start, end) for start, end, _ in LIFECYCLE.by_time} == {
        (Phase.PENDING, Phase.EXPIRED),
        (Phase.APPROVED, Phase.EXPIRED),
    }


def test_there_is_a_command_of_every_kind_and_a_request_in_every_phase() -> None:
    assert COMMANDS.keys() == {row.command for row in LIFECYCLE.rows}
    assert IN_PHASE.keys() == {None, *Phase}
    for phase, request in IN_PHASE.items():
        assert (None if request is None else request.phase(LATER)) is phase


@pytest.mark.parametrize("phase", IN_PHASE, ids=name)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_in_every_phase(kind: type, phase: Phase | None) -> None:
    request = IN_PHASE[phase]
    decision = decide(request, COMMANDS[kind])
    told = None if phase is None else phase.value
    if not any((told, kind.__name__) == row[:2] for row in TOLD):
        assert decision.outcome is Outcome.REFUSED
        (reason,) = decision.reasons
        assert isinstance(reason, WrongPhase)
        return
    (event,) = decision.events_or_raise()
    target = TOLD[told, kind.__name__, type(event).__name__]
    assert approvals.evolve(request, event).phase(LATER).value == target


@pytest.mark.parametrize(
    ("request_", "event"),
    [
        pytest.param(None, approvals.Withdrawn(NOON, "c-9", "R-1"), id="nothing was asked"),
        pytest.param(
            IN_PHASE[Phase.PENDING],
            approvals.Asked(NOON, "c-9", after(ask()), AUTHORITY.ref),
            id="a request is asked once",
        ),
        pytest.param(
            IN_PHASE[Phase.PENDING],
            approvals.Approved(NOON, "c-9", "R-2", Approval("sven", SVEN.roles, NOON), AUTHORITY.ref),
            id="an approval of another request",
        ),
        pytest.param(
            IN_PHASE[Phase.PENDING], approvals.Rejected(NOON, "c-9", "R-2", NO), id="another rejected"
        ),
        pytest.param(
            IN_PHASE[Phase.APPROVED], approvals.Used(NOON, "c-9", "R-2", "c-9"), id="another one used"
        ),
        pytest.param(IN_PHASE[Phase.PENDING], messages.Event(NOON, "c-9"), id="an event of no known kind"),
    ],
)
def test_a_history_that_cannot_be_names_its_rows(request_: Request | None, event: messages.Event) -> None:
    with pytest.raises(ImpossibleHistory) as error:
        approvals.evolve(request_, event)
    assert error.value.rows == ("c-9",)


def test_a_command_of_another_room_is_the_callers_mistake() -> None:
    for request in (None, after(ask())):
        with pytest.raises(InvalidValue, match="a command of this lifecycle"):
            decide(request, messages.Command(id="c", at=NOON, by=OLGA))


# What is approved is one very act

acts = st.builds(
    use,
    operation=st.sampled_from([REFUND, CREDIT]),
    amount=st.none() | st.integers(24_999, 25_001).map(lambda minor: Money.of_minor(minor, "EUR")),
    by=st.sampled_from([OLGA, SARA]),
    at=st.just(LATER),
)


def mark(act: approvals.Use) -> str:
    return fingerprint(act.operation, act.amount, act.by.id)


@given(acts, acts)
def test_an_approval_covers_the_act_that_was_asked_for_and_no_other(
    asked: approvals.Use, done: approvals.Use
) -> None:
    free = approvals.Authority("free", "1")
    request = after(
        ask(fingerprint=mark(asked), operation=asked.operation, amount=asked.amount, by=asked.by),
        approve(),
        authority=free,
    )
    answer = approvals.shortfall(request, mark(done), done.operation, done.amount, LATER, done.by.id, free)
    assert (answer == ()) is (asked == done)


@given(st.text(min_size=1, max_size=3).filter(lambda text: text != "f"))
def test_any_other_fingerprint_voids_the_approval(other: str) -> None:
    request = after(ask(), approve())
    answer = approvals.shortfall(request, other, REFUND, AMOUNT, LATER, "olga", AUTHORITY)
    assert answer == (approvals.Changed("R-1", frozenset({approvals.Part.COMMAND}), AMOUNT, AMOUNT),)


AUTHORITIES = (AUTHORITY, TWO_NEEDED)
OFFICES = (UNTOLD, lent(HOLIDAY, changed(HOLIDAY, from_actor=DORA, roles="director", to_actor="sara")))
actors = st.sampled_from([OLGA, SVEN, SARA, DORA, GUEST])
instants = st.integers(0, 80).map(lambda hour: NOON.add(hours=hour))
amounts = st.none() | st.sampled_from([Money(100, "EUR"), AMOUNT, Money(501, "EUR")])


@st.composite
def commands(draw: st.DrawFn) -> messages.Command:
    """Return any command about the one request; dates cross, and it may be recorded late."""
    at, by = draw(instants), draw(actors)
    recorded_at = draw(st.none() | st.integers(0, 5).map(lambda hour: at.add(hours=hour)))
    mark, amount = draw(st.sampled_from(["f", "f", "g"])), draw(amounts)
    match draw(st.sampled_from(sorted(kind.__name__ for kind in COMMANDS))):
        case "Ask":
            return ask(at=at, by=by, recorded_at=recorded_at, fingerprint=mark, amount=amount)
        case "Approve":
            lender = draw(st.none() | st.sampled_from(["sven", "dora", "olga"]))
            return approve(at=at, by=by, recorded_at=recorded_at, on_behalf_of=lender)
        case "Reject":
            return reject(at=at, by=by, recorded_at=recorded_at)
        case "Withdraw":
            return withdraw(at=at, by=by, recorded_at=recorded_at)
        case "Override":
            return override(at=at, by=by, recorded_at=recorded_at)
        case "Review":
            return review(at=at, by=by, recorded_at=recorded_at)
    return use(at=at, by=by, recorded_at=recorded_at, fingerprint=mark, amount=amount)


class AnyOrder(RuleBasedStateMachine):
    """A request is asked for, approved and used in any order, under authorities that change."""

    def __init__(self) -> None:
        super().__init__()
        self.request: Request | None = None
        self.history: list[approvals.Event] = []

    @rule(command=commands(), authority=st.sampled_from(AUTHORITIES), office=st.sampled_from(OFFICES))
    def ask(self, command: messages.Command, authority: approvals.Authority, office: Office) -> None:
        decision = decide(self.request, command, authority, office)
        assert decision == decide(self.request, command, authority, office)
        if not decision.allowed:
            assert decision.outcome in {Outcome.REFUSED, Outcome.UNKNOWN}
            assert all(reason.text for reason in decision.reasons)
            return
        (row,) = (row for row in LIFECYCLE.rows if row.command is type(command))
        before = None if self.request is None else self.request.state
        assert before in row.phases
        (event,) = decision.events
        assert type(event) in row.events
        self.request = approvals.evolve(self.request, event)
        self.history.append(event)
        assert self.request.state is LIFECYCLE.target(before, event)
        assert set(decision.duties) <= set(self.owed(authority))

    def owed(self, authority: approvals.Authority) -> tuple[Duty, ...]:
        assert self.request is not None
        return approvals.duties((self.request,), self.request.requested_at, authority)

    @invariant()
    def history_gives_the_same_request_again(self) -> None:
        again: Request | None = None
        for event in self.history:
            again = approvals.evolve(again, event)
        assert again == self.request

    @invariant()
    def nobody_is_behind_two_approvals_or_their_own(self) -> None:
        if self.request is None:
            return
        behind = [person for approval in self.request.approvals for person in approval.people]
        assert len(behind) == len(set(behind))
        assert self.request.maker not in behind
        if self.request.state in {Phase.APPROVED, Phase.USED}:
            assert self.request.approvals or self.request.emergency


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=20)
