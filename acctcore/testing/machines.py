"""Stateful tests: a whole account file under any commands in any order, and one room from its table.

Each function makes a Hypothesis state machine; `.TestCase` of it is what a test runner collects:

    TestFile = file_machine(policies).TestCase
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pendulum import DateTime

from acctcore.flows import File, OwnOperation, Policies, balances, due, evolve, handle, seal, unseal
from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.lifecycle import Lifecycle, WrongPhase
from acctcore.kernel.messages import Command, Event
from acctcore.testing import histories, laws
from acctcore.testing import strategies as ours

S = TypeVar("S")
P = TypeVar("P", bound=Enum)
C = TypeVar("C")
E = TypeVar("E")

Draw: TypeAlias = Callable[[File, Policies, DateTime, str], st.SearchStrategy[Command]]
"""What could be asked of a file under policies at an instant, by the id that it is to bear."""


class FileMachine(RuleBasedStateMachine):
    """One account file: anything is asked of it in any order, time goes on, and everything adds up.

    Commands are dated now, back or ahead, on several subscriptions and in several currencies, with
    holds, approvals, refunds and documents by hand. After every step the file adds up; a refusal
    changes nothing; a command asked again is not done again; sealing takes nothing away for good.
    """

    policies_drawn: st.SearchStrategy[Policies] = ours.policies()
    own: Mapping[type, OwnOperation] = MappingProxyType({})
    own_drawn: Draw | None = None

    def __init__(self) -> None:
        super().__init__()
        self.policies: Policies
        self.file: File
        self.now: DateTime
        self.count = 0
        self.last: tuple[Command, Decision[Event]] | None = None

    @initialize(data=st.data(), now=ours.instants(), zone=ours.zones())
    def begin(self, data: st.DataObject, now: DateTime, zone: str) -> None:
        """Open the account."""
        self.policies = data.draw(self.policies_drawn)
        self.now = now
        self.file = histories.opened(instant(now - timedelta(days=100)), zone)

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        """Ask something, and store the answer if it is a yes."""
        self.count += 1
        asked = self.file, self.policies, self.now, f"c{self.count}"
        drawn = histories.commands(*asked)
        draw_own = type(self).own_drawn
        self.store(data.draw(drawn if draw_own is None else draw_own(*asked) | drawn))
        if data.draw(st.integers(0, 9)) < 9:
            self.catch_up()

    @rule(seconds=st.integers(0, 86_400 * 40))
    def wait(self, seconds: int) -> None:
        """Let time pass, and do what the schedule wants by then."""
        self.now = instant(self.now + timedelta(seconds=seconds))
        self.catch_up()

    def catch_up(self) -> None:
        """Do what the schedule wants by now, as far as it is allowed."""
        version = -1
        while version != self.file.version:
            version = self.file.version
            for command in due(self.file, self.now, self.policies).commands:
                self.store(command)

    @precondition(lambda self: self.last is not None)
    @rule()
    def ask_again(self) -> None:
        """Ask the last thing once more: it is not done twice."""
        assert self.last is not None
        command, first = self.last
        again = handle(self.file, command, self.policies, own=self.own)
        if first.allowed and first.events:
            assert again.events == first.events
            assert evolve(self.file, again.events) == self.file

    @rule(days=st.integers(0, 400))
    def seal_and_unseal(self, days: int) -> None:
        """Seal what is settled, and bring it back."""
        sealed, archive = seal(self.file, instant(self.now - timedelta(days=days)))
        laws.adds_up(sealed)
        assert {code: money for code, money in balances(self.file).items() if money} == {
            code: money for code, money in balances(sealed).items() if money
        }
        assert unseal(sealed, archive) == self.file

    def store(self, command: Command) -> Decision[Event]:
        """Ask, check what any answer must be, and store it."""
        decision = handle(self.file, command, self.policies, own=self.own)
        note(f"{command} -> {decision.outcome.value} {[reason.code for reason in decision.reasons]}")
        assert handle(self.file, command, self.policies, own=self.own) == decision, (
            "the same question, another answer"
        )
        laws.refusal_changes_nothing(self.file, decision)
        self.file = evolve(self.file, decision.events, expected_version=self.file.version)
        self.last = command, decision
        return decision

    @invariant()
    def adds_up(self) -> None:
        """Check the whole file."""
        if hasattr(self, "file"):
            laws.adds_up(self.file)
            laws.allowances_hold(self.file, self.policies.authority)


def file_machine(
    policies: st.SearchStrategy[Policies],
    own: Mapping[type, OwnOperation] = MappingProxyType({}),
    commands: Draw | None = None,
) -> type[FileMachine]:
    """Return the machine of an account file under policies of your own.

    With operations of your own, `commands` draws what they are asked, amid everything else.
    """
    drawn = None if commands is None else staticmethod(commands)
    return type("FileMachine", (FileMachine,), {"policies_drawn": policies, "own": own, "own_drawn": drawn})


def lifecycle_machine(
    table: Lifecycle[P],
    commands: Callable[[S | None], st.SearchStrategy[C]],
    decide: Callable[[S | None, C], Decision[E]],
    evolve: Callable[[S | None, E], S],
    phase: Callable[[S | None, C], P | None],
    check: Callable[[S], None] | None = None,
) -> type[RuleBasedStateMachine]:
    """Return a machine that asks one room anything in any order and holds the answers against its table.

    `commands` draws what is asked of a state; `phase` is the phase that counts for a command. In a
    phase that does not accept it, the answer is a refusal for that reason alone. A yes brings about
    only what its row says, and each event leads where the table says. `check` is asked after each step.
    """

    class LifecycleMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.state: S | None = None

        @rule(data=st.data())
        def ask(self, data: st.DataObject) -> None:
            command = data.draw(commands(self.state))
            kind, before = type(command), phase(self.state, command)
            decision = decide(self.state, command)
            note(f"{command} in {before} -> {decision.outcome.value}")
            wrong = [reason for reason in decision.reasons if isinstance(reason, WrongPhase)]
            if not table.accepts(before, kind):
                assert decision.outcome is Outcome.REFUSED, f"{kind.__name__} accepted in {before}"
                assert len(wrong) == len(decision.reasons) == 1, (
                    f"a wrong phase comes alone: {decision.reasons}"
                )
                return
            assert not wrong, f"{kind.__name__} is accepted in {before}"
            brings = table.brings(before, kind)
            laws.reasons_are_told(decision)
            for event in decision.events:
                assert type(event) in brings, f"{kind.__name__} brings about {type(event).__name__}"
                target = table.target(before, event)
                self.state = evolve(self.state, event)
                after = phase(self.state, command)
                assert after == target, f"{type(event).__name__} leads to {after}, not to {target}"
                before = after
            if check is not None and self.state is not None:
                check(self.state)

    return LifecycleMachine
