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
from tests.accounts.account.stories import COMMANDS, IN_PHASE, T0, ask

# The table once more, by hand: what is asked in which phase, and where that leads.
TOLD = {
    (None, "Apply"): "applied",
    (None, "Open"): "active",
    ("applied", "BeginOnboarding"): "onboarding",
    ("applied", "Decline"): "declined",
    ("applied", "Withdraw"): "withdrawn",
    ("applied", "Amend"): "applied",
    ("onboarding", "Activate"): "active",
    ("onboarding", "Decline"): "declined",
    ("onboarding", "Withdraw"): "withdrawn",
    ("onboarding", "Amend"): "onboarding",
    ("active", "Amend"): "active",
    ("active", "RequestClosure"): "closing",
    ("active", "Close"): "closed",
    ("closing", "Amend"): "closing",
    ("closing", "WithdrawClosure"): "active",
    ("closing", "Close"): "closed",
}


def test_the_table_is_what_is_told() -> None:
    ways = list(LIFECYCLE.transitions())
    assert {(way.phase, way.command): way.target for way in ways} == TOLD
    assert len(ways) == len(TOLD)  # one event a command


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
    assert account.evolve(subject, event).phase.value == target


STANDINGS = (
    account.NOTHING_OPEN,
    Standing(balances=(Money(1, "EUR"),), holds=("H-1",)),
    Standing(subscriptions=("S-1",), approvals=("R-1",), payments=("P-1",)),
)


def commands() -> st.SearchStrategy[messages.Command]:
    """Return any command, dated within a few hours so that dates often meet and often cross."""
    hours = st.integers(0, 5).map(lambda hour: T0.add(hours=hour))
    actor = next(iter(COMMANDS.values())).by
    extra: dict[type, dict[str, st.SearchStrategy[Any]]] = {
        account.Apply: {"account_id": st.just("A"), "zone": st.sampled_from(["Europe/Berlin", "Asia/Tokyo"])},
        account.Open: {"account_id": st.just("A"), "zone": st.just("Europe/Berlin")},
        account.Decline: {"reason": st.just("no_address")},
        account.Amend: {
            "zone": st.sampled_from(["Europe/Berlin", "America/Lima"]),
            "party": st.sampled_from([None, "", "customer-2"]),
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
        assert account.duties(self.subject) == decision.duties or not decision.duties

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
        assert bool(account.duties(self.subject)) is closing
        assert bool(account.open_for_business(self.subject, winding_down=True)) is not (
            closing or self.subject.phase is Phase.ACTIVE
        )


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=20)
