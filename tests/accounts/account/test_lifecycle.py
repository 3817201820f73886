"""Every phase with every command, and any order of asking."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acctcore.accounts import account
from acctcore.accounts.account import LIFECYCLE, Account, Phase, Standing
from acctcore.kernel import messages
from acctcore.kernel.decision import Outcome
from acctcore.kernel.lifecycle import WrongPhase, name
from acctcore.kernel.money import Money
from tests.accounts.account.stories import COMMANDS, IN_PHASE, POLICY, T0, ask

# The table once more, by hand: what is asked in which phase, and where that leads.
TOLD = {
    (None, "Apply"): ["applied"],
    (None, "Open"): ["active"],
    ("applied", "BeginOnboarding"): ["onboarding"],
    ("applied", "Decline"): ["declined", "closed"],
    ("applied", "Withdraw"): ["withdrawn", "closed"],
    ("applied", "Amend"): ["applied"],
    ("applied", "Verify"): ["applied"],
    ("onboarding", "Activate"): ["active"],
    ("onboarding", "Decline"): ["declined", "closed"],
    ("onboarding", "Withdraw"): ["withdrawn", "closed"],
    ("onboarding", "Amend"): ["onboarding"],
    ("onboarding", "Verify"): ["onboarding"],
    ("active", "Amend"): ["active"],
    ("active", "Verify"): ["active"],
    ("active", "RequestClosure"): ["closing"],
    ("active", "Close"): ["closed"],
    ("closing", "Amend"): ["closing"],
    ("closing", "Verify"): ["closing"],
    ("closing", "WithdrawClosure"): ["active"],
    ("closing", "Close"): ["closed"],
    ("closed", "Reopen"): ["active", "onboarding"],
}


def test_the_table_is_what_is_told() -> None:
    ways: dict[tuple[str | None, str], list[str | None]] = {}
    for way in LIFECYCLE.transitions():
        ways.setdefault((way.phase, way.command), []).append(way.target)
    assert ways == TOLD


def test_there_is_a_command_of_every_kind_and_an_account_in_every_phase() -> None:
    assert COMMANDS.keys() == {row.command for row in LIFECYCLE.rows}
    assert IN_PHASE.keys() == {None, *Phase}
    assert all((None if subject is None else subject.phase) is phase for phase, subject in IN_PHASE.items())


@pytest.mark.parametrize("phase", IN_PHASE, ids=name)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_in_every_phase(kind: type, phase: Phase | None) -> None:
    subject = IN_PHASE[phase]
    decision = ask(subject, COMMANDS[kind])
    target = TOLD.get((None if phase is None else phase.value, kind.__name__))
    if target is None:
        assert decision.outcome is Outcome.REFUSED
        (reason,) = decision.reasons
        assert isinstance(reason, WrongPhase)
        return
    (event,) = decision.events_or_raise()
    (row,) = (row for row in LIFECYCLE.rows if row.command is kind)
    assert type(event) in row.events
    assert account.evolve(subject, event).phase.value in target


STANDINGS = (
    account.NOTHING_OPEN,
    Standing(balances=(Money(1, "EUR"),), holds=("H-1",)),
    Standing(subscriptions=("S-1",), approvals=("R-1",), payments=("P-1",)),
)


def commands() -> st.SearchStrategy[messages.Command]:
    """Return any command, dated within a few hours so that dates often meet and often cross."""
    hours = st.integers(0, 5).map(lambda hour: T0.add(hours=hour)) | st.just(T0.add(days=60))
    actor = next(iter(COMMANDS.values())).by
    keys = st.sampled_from(["address", "name", "passport", "phone"])
    fields = st.dictionaries(keys, st.sampled_from(["1", "2"]), max_size=2).map(lambda told: (*told.items(),))
    extra: dict[type, dict[str, st.SearchStrategy[Any]]] = {
        account.Apply: {"account_id": st.just("A"), "zone": st.sampled_from(["Europe/Berlin", "Asia/Tokyo"])},
        account.Open: {"account_id": st.just("A"), "zone": st.just("Europe/Berlin")},
        account.Verify: {"fields": fields.filter(bool), "evidence": st.just("scan")},
        account.Decline: {"reason": st.just("no_address")},
        account.Amend: {
            "zone": st.sampled_from(["Europe/Berlin", "America/Lima"]),
            "party": st.sampled_from([None, "", "customer-2"]),
            "fields": fields | st.just((("address", ""),)),
        },
    }
    ids = st.sampled_from(["a", "b"])
    return st.one_of(
        [st.builds(kind, id=ids, at=hours, by=st.just(actor), **extra.get(kind, {})) for kind in COMMANDS]
    )


class AnyOrder(RuleBasedStateMachine):
    """An account is asked for anything, in any order and with any dates."""

    def __init__(self) -> None:
        super().__init__()
        self.subject: Account | None = None
        self.history: list[account.Event] = []

    @rule(command=commands(), standing=st.sampled_from(STANDINGS))
    def ask(self, command: messages.Command, standing: Standing) -> None:
        decision = ask(self.subject, command, standing)
        assert decision == ask(self.subject, command, standing)
        before = None if self.subject is None else self.subject.phase
        if not decision.allowed:
            assert decision.outcome is Outcome.REFUSED
            assert all(reason.text for reason in decision.reasons)
            return
        (row,) = (row for row in LIFECYCLE.rows if row.command is type(command))
        assert before in row.phases
        for event in decision.events:
            assert type(event) in row.events
            phase = None if self.subject is None else self.subject.phase
            self.subject = account.evolve(self.subject, event)
            assert self.subject.phase is LIFECYCLE.target(phase, event)
        self.history.extend(decision.events)
        assert set(decision.duties) <= set(account.duties(self.subject, POLICY, standing))

    @invariant()
    def history_is_in_order_and_gives_the_same_account_again(self) -> None:
        again: Account | None = None
        for event in self.history:
            again = account.evolve(again, event)
        assert again == self.subject
        dates = [event.at for event in self.history]
        assert dates == sorted(dates)

    @invariant()
    def duty_and_business_follow_the_phase(self) -> None:
        if self.subject is None:
            return
        closing = self.subject.phase is Phase.CLOSING
        kinds = {duty.kind for duty in account.duties(self.subject, POLICY)}
        assert ("account.close" in kinds) is closing
        assert ("account.activate" in kinds) is (self.subject.phase in (Phase.APPLIED, Phase.ONBOARDING))
        assert bool(account.open_for_business(self.subject, winding_down=True)) is not (
            closing or self.subject.phase is Phase.ACTIVE
        )


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=20)
