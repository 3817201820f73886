"""Operations of a host's own: what each is in the words of holds and limits, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from attrs import field, fields, frozen
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.flows.authority import Act
from acctcore.flows.file import File, remembers
from acctcore.flows.gate import Ruling, barred, file_of, seen_at, with_gate
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import texts
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.validation import not_empty, one_of

Flow: TypeAlias = Callable[[File, Any, Policies], Ruling]  # type: ignore[explicit-any]
"""What a command comes to, before anybody asks about holds and limits."""

Stops: TypeAlias = Callable[[File, str | None, DateTime, Policies], tuple[Reason, ...]]
"""What stands against asking it of a subject at an instant, whatever the command then states."""

About: TypeAlias = Callable[[File], Iterable[str | None]]
"""The ids of all that it could be asked of; None for what it would make."""

_IN_BUSINESS = frozenset({accounts.Phase.ACTIVE, accounts.Phase.CLOSING})


def the_account(file: File) -> tuple[str]:
    """Return that it is asked of the account itself."""
    return (file.account.id,)


def _kinds(value: Iterable[type[Event]]) -> tuple[type[Event], ...]:
    return tuple(value)


def _phases(value: Iterable[accounts.Phase]) -> frozenset[accounts.Phase]:
    return frozenset(value)


@frozen(kw_only=True)
class OwnOperation:
    """How a file answers one kind of command of a host's own.

    `act` says what it does in the words of holds and limits, and which field of the command names its
    subject; without one, it is about the account. The `flow` decides what it brings about: events of
    `brings`, or reasons. `handle` adds the rest: that the account is in one of the `phases`, that no
    hold lies over it, what `stops` it, and the authority of whoever asks. `may` tells the same of
    everything that it is `about`.
    """

    command: type[Command]
    act: Act = field(validator=one_of(Act))
    brings: tuple[type[Event], ...] = field(converter=_kinds, validator=not_empty)
    flow: Flow
    stops: Stops | None = None
    about: About = the_account
    phases: frozenset[accounts.Phase] = field(
        default=frozenset({accounts.Phase.ACTIVE}), converter=_phases, validator=not_empty
    )

    def __attrs_post_init__(self) -> None:
        if not issubclass(self.command, Command) or self.command is Command:
            raise InvalidValue("a kind of command", self.command, "OwnOperation.command")
        strangers = [kind for kind in self.brings if not remembers(kind)]
        if strangers:
            raise InvalidValue(
                "kinds of OwnEvent, or of events that a file knows", strangers, "OwnOperation.brings"
            )
        if not all(isinstance(phase, accounts.Phase) for phase in self.phases):
            raise InvalidValue("phases of an account", self.phases, "OwnOperation.phases")
        named = {item.name for item in fields(self.command)}
        if self.act.subject and self.act.subject not in named:
            raise InvalidValue(f"a field of {self.command.__name__}", self.act.subject, "OwnOperation.act")

    def subject(self, command: Command) -> str | None:
        """Return the id of what a command is about; None for the account itself.

        Raises: InvalidValue where the command has something else than an id there.
        """
        if not self.act.subject:
            return None
        subject = getattr(command, self.act.subject)
        if not isinstance(subject, str) or not subject:
            raise InvalidValue("the id of a subject", subject, f"{self.command.__name__}.{self.act.subject}")
        return subject

    def named(self, command: Command) -> set[str]:
        """Return the id by which a command is known again: that of its subject, where it names one."""
        subject = self.subject(command)
        return set() if subject is None else {subject}

    def answer(self, file: File | None, command: Command, policies: Policies) -> Ruling:
        """Return what a command comes to, with what stands against it on the account."""
        file = file_of(file)
        decision = self._sound(command, self.flow(file, command, policies))
        at = seen_at(command)
        against = self.against(file, self.subject(command), at, policies, since=command.at)
        return with_gate(file, decision, against, at)

    def against(
        self, file: File, subject: str | None, at: DateTime, policies: Policies, *, since: DateTime
    ) -> tuple[Reason, ...]:
        """Return what stands against asking it of a subject, whatever the command states."""
        phase = file.account.phase
        if phase not in self.phases:
            closed: tuple[Reason, ...] = (accounts.NotOpen(phase.value),)
        elif phase in _IN_BUSINESS:
            closed = accounts.open_for_business(file.account, winding_down=True, at=since)
        else:
            closed = ()
        lying = barred(file, self.act.operation, at, subject, policies=policies)
        stopped = () if self.stops is None else self.stops(file, subject, at, policies)
        return (*closed, *lying, *stopped)

    def _sound(self, command: Command, decision: Ruling) -> Ruling:
        """Return what the flow decided, if it can be stored and recognised when it is asked again."""
        where, name = "OwnOperation.flow", self.command.__name__
        if not isinstance(decision, Decision):
            raise InvalidValue(f"a decision about {name}", decision, where)
        if not decision.allowed:
            return decision
        strangers = [event for event in decision.events if type(event) not in self.brings]
        if strangers or not decision.events:
            kinds = " or ".join(kind.__name__ for kind in self.brings)
            raise InvalidValue(f"events of {name}: {kinds}", strangers, where)
        if any(event.cause != command.id for event in decision.events):
            raise InvalidValue(f"events caused by {command.id}", decision.events, where)
        if decision.events[-1].at not in (command.at, command.recorded_at):
            raise InvalidValue(f"a last event at the instant of {command.id}", decision.events[-1].at, where)
        if not self.named(command) <= set(texts(decision.events)):
            raise InvalidValue(f"events that name {self.subject(command)}", decision.events, where)
        return decision
