"""A lifecycle as a table: which command is accepted in which phase, and where an event leads.

`decide` asks the table whether, `evolve` asks it where to; diagrams, reference pages and machine
tests are made from it, so none of them can fall behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import ClassVar, Final, Generic, NoReturn, TypeVar, overload

from attrs import frozen

from acctcore.kernel.decision import Decision, Reason, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import CommandName, PhaseName

P = TypeVar("P", bound=Enum)

NOTHING: Final = (None,)
"""The phases of a command that is asked where nothing exists yet."""


@frozen
class WrongPhase(Reason):
    """A command that its subject does not accept in the phase it is in; it comes alone."""

    code: ClassVar[str] = "lifecycle.wrong_phase"
    template: ClassVar[str] = "{command} is not accepted in the phase {phase}, only in: {accepted_in}"
    command: CommandName
    phase: PhaseName
    accepted_in: tuple[PhaseName, ...]


@frozen
class Accepts(Generic[P]):
    """One row: a command, the phases it is asked in, and the events it may bring about.

    A command that brings about other things in other phases has a row for each of them.
    """

    command: type
    phases: tuple[P | None, ...]
    events: tuple[type, ...]


@frozen
class Transition:
    """One way through the table, for diagrams and generated tests."""

    command: str
    phase: str | None
    event: str
    target: str | None


class Lifecycle(Generic[P]):
    """The whole table of one room, checked when it is made."""

    __slots__ = ("_accepted", "_moves", "accepted", "by_time", "moves", "rows")

    def __init__(
        self, *rows: Accepts[P], moves: Mapping[type, P], by_time: tuple[tuple[P, P, str], ...] = ()
    ) -> None:
        self.rows: Final = rows
        self.by_time: Final = by_time
        self._moves: Final = dict(moves)
        self.moves: Final = MappingProxyType(self._moves)
        self._accepted: Final[dict[type, tuple[P | None, ...]]] = {}
        for row in rows:
            self._accepted[row.command] = (*self._accepted.get(row.command, ()), *row.phases)
        self.accepted: Final = MappingProxyType(self._accepted)
        if any(len(set(each)) != len(each) for each in self._accepted.values()):
            raise InvalidValue(
                "one row for each command and phase", [row.command.__name__ for row in rows], "Lifecycle"
            )
        phases = [phase for row in rows for phase in row.phases if phase is not None]
        kinds = {type(phase) for phase in (*phases, *moves.values())}
        if len(kinds) > 1 or not all(issubclass(kind, Enum) for kind in kinds):
            raise InvalidValue("phases of one Enum", sorted(kind.__name__ for kind in kinds), "Lifecycle")
        told = {event for row in rows for event in row.events}
        if not told.issuperset(self.moves):
            lost = [event.__name__ for event in self.moves if event not in told]
            raise InvalidValue("moves of events that some row brings about", lost, "Lifecycle.moves")

    def refusal(self, phase: P | None, command: object) -> Decision[NoReturn] | None:
        """Return the refusal of a command in the wrong phase, or None where it is accepted."""
        accepted = self._accepted.get(type(command))
        if accepted is None:
            raise InvalidValue("a command of this lifecycle", command, "Lifecycle.refusal")
        if phase in accepted:
            return None
        return refused(
            WrongPhase(type(command).__name__, name(phase), tuple(sorted(name(each) for each in accepted)))
        )

    def accepts(self, phase: P | None, command: type) -> bool:
        """Return whether a command of this type is accepted in this phase."""
        return phase in self._accepted.get(command, ())

    def brings(self, phase: P | None, command: type) -> tuple[type, ...]:
        """Return the events that a command of this type may bring about in this phase."""
        return next((row.events for row in self.rows if row.command is command and phase in row.phases), ())

    @overload
    def target(self, phase: P, event: object) -> P: ...
    @overload
    def target(self, phase: P | None, event: object) -> P | None: ...
    def target(self, phase: P | None, event: object) -> P | None:
        """Return the phase that an event leads to; the same one where it moves nothing."""
        return self._moves.get(type(event), phase)

    @property
    def phases(self) -> frozenset[PhaseName]:
        """Every phase that the table knows, by its name; "nothing" where something is yet to be made."""
        asked = {name(phase) for row in self.rows for phase in row.phases}
        by_time = {name(phase) for start, end, _ in self.by_time for phase in (start, end)}
        return frozenset({*asked, *by_time, *(name(phase) for phase in self.moves.values())})

    def transitions(self) -> Iterator[Transition]:
        """Return every way through the table, in the table's order."""
        for row in self.rows:
            for phase in row.phases:
                for event in row.events:
                    target = self.moves.get(event, phase)
                    yield Transition(
                        row.command.__name__,
                        None if phase is None else name(phase),
                        event.__name__,
                        None if target is None else name(target),
                    )

    def mermaid(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        seen: dict[tuple[str, str], list[str]] = {}
        for way in self.transitions():
            ends = ("[*]" if way.phase is None else way.phase, "[*]" if way.target is None else way.target)
            seen.setdefault(ends, []).append(f"{way.command} / {way.event}")
        for (start, end), labels in seen.items():
            lines.extend(f"    {start} --> {end}: {label}" for label in dict.fromkeys(labels))
        lines.extend(
            f"    {name(start)} --> {name(end)}: by time, {label}" for start, end, label in self.by_time
        )
        return "\n".join(lines) + "\n"


def name(phase: Enum | None) -> str:
    """Return a phase as it is told: its value, or "nothing" where nothing exists yet."""
    if phase is None:
        return "nothing"
    if not isinstance(phase, Enum):
        raise InvalidValue("a phase, or None", phase, "Lifecycle")
    return str(phase.value)
