"""Everything that is due, asked and stored in order: the loop that every host would write."""

from __future__ import annotations

from attrs import frozen
from pendulum import DateTime

from acctcore.flows.file import File, evolve
from acctcore.flows.gate import Ruling
from acctcore.flows.handle import handle
from acctcore.flows.policies import Policies
from acctcore.flows.schedule import due
from acctcore.kernel.messages import Command


@frozen
class CaughtUp:
    """A file after all that was due, what was asked and answered on the way, and when to ask again.

    `answers` holds every command in its order with its decision, for the host to store. The refused
    ones stay due: their reasons say what would have to change first.
    """

    file: File
    answers: tuple[tuple[Command, Ruling], ...]
    next_at: DateTime | None


def catch_up(file: File, now: DateTime, policies: Policies) -> CaughtUp:
    """Return the file after everything that is due by `now`, each command at its own moment.

    A subject whose command is not allowed waits, so that nothing later of it is done out of order;
    the others go on. Asking again at the same instant does nothing more.
    """
    answers: list[tuple[Command, Ruling]] = []
    waiting: set[str] = set()
    while True:
        wanted = due(file, now, policies)
        command = next((each for each in wanted.commands if subject(each) not in waiting), None)
        if command is None:
            return CaughtUp(file, tuple(answers), wanted.next_at)
        decision = handle(file, command, policies)
        answers.append((command, decision))
        if decision.allowed:
            file = evolve(file, decision.events, recorded_at=command.recorded_at)
        else:
            waiting.add(subject(command))


def subject(command: Command) -> str:
    """Return what a command is about: its subscription, where it has one."""
    return getattr(command, "subscription_id", command.id)
