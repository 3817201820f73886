"""Random lives of random customers: a scenario is drawn step by step, and told as one when it fails.

A life is a whole account under the rules of a world: commands, refusals, approvals and the passing of
time. What Hypothesis shrinks is the life; what it prints is a scenario that `acctcore simulate` runs.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import TypeAlias

from attrs import evolve as changed
from attrs import frozen
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter
from pendulum import DateTime

from acctcore.accounts import account
from acctcore.flows import File, balances, due, evolve, handle
from acctcore.kernel.calendar import add_days, at_local, instant, local_date
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.terms import Actor, ZoneKey
from acctcore.operations import approvals
from acctcore.simulation import Scenario, read, simulate
from acctcore.simulation.scenario import Step
from acctcore.testing import histories, laws
from acctcore.testing.worlds import WORLDS
from acctcore.testing.writing import steps_text

OFFICER, SUPERVISOR = Actor("officer", {"officer"}), Actor("supervisor", {"supervisor"})
_OPENING = """
[[step]]
do = "account.open"
at = 2000-01-01
"""


@frozen
class Moment:
    """An instant of a life: what was asked then, if anything, whether accepted, and the file after it."""

    at: DateTime
    command: Command | None
    accepted: bool
    file: File


@frozen(repr=False)
class Life:
    """What one customer's account went through, moment by moment, with the schedule kept in between."""

    world: str
    head: str
    steps: tuple[Step, ...]
    moments: tuple[Moment, ...]

    def __repr__(self) -> str:
        return f"<a life of {len(self.steps)} steps>"

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        """Tell Hypothesis as little: the scenario says it all."""
        printer.text(repr(self))

    @property
    def file(self) -> File:
        """The file that the life came to."""
        return self.moments[-1].file

    @property
    def ends_at(self) -> DateTime:
        """The instant of the last moment."""
        return self.moments[-1].at

    @property
    def refused(self) -> int:
        """How many of its steps got a no."""
        return sum(not moment.accepted for moment in self.moments)

    @property
    def text(self) -> str:
        """The life as a scenario in TOML, for `acctcore simulate`."""
        until = f"\nuntil = {local_date(self.ends_at, _scene(self.head).zone)}\n"
        head, rest = self.head.split("\n[account]", 1)
        return f"{head}{until}\n[account]{rest}\n{steps_text(self.steps)}"


_STEPS = (0, 60, 86_400, 86_400 * 7, 86_400 * 31)
"""Seconds that pass at a time, so many times."""


def _beginnings(first: date) -> st.SearchStrategy[date]:
    """Return days on which a life begins: any, and often one that many months do not have."""
    ends = [date(first.year + 1, 1, 31), date(first.year + 1, 2, 29 if isleap(first.year + 1) else 28)]
    return st.dates(first, add_days(first, 730)) | st.sampled_from([*ends, date(first.year + 1, 10, 30)])


@cache
def _scene(head: str) -> Scenario:
    """Return the head of a world as a scenario, for its policies and its zone."""
    return read(head + _OPENING)


Asks: TypeAlias = Callable[[File, DateTime, str], st.SearchStrategy[Command]]
"""The commands that may be asked of a file now, under an id."""


@st.composite
def lives(
    draw: st.DrawFn,
    worlds: Mapping[str, str] = WORLDS,
    *,
    least: int = 1,
    most: int = 10,
    first: date = date(2023, 1, 1),
    asks: Asks | None = None,
) -> Life:
    """Return the life of a customer: opened in one of the worlds, asked for anything, the schedule kept.

    `asks` draws the next command instead of ours.
    """
    world = draw(st.sampled_from(sorted(worlds)))
    scene = _scene(worlds[world])
    now = at_local(draw(_beginnings(first)), scene.zone)
    living = _Living(scene, now)
    living.ask(account.Open(id="open", at=now, by=OFFICER, account_id="A", zone=scene.zone))
    for count in range(draw(st.integers(least, most))):
        now = instant(now + timedelta(seconds=draw(st.sampled_from(_STEPS)) * draw(st.integers(0, 12))))
        living.go_to(now)
        id = f"c{count}"
        ours = histories.asking(living.opened, scene.policies, now, id)
        command = living.recorded(draw(ours if asks is None else asks(living.opened, now, id)))
        answer = living.ask(command)
        for needed in [each for each in answer.reasons if isinstance(each, approvals.Needed)][:1]:
            if draw(st.integers(0, 3)):
                living.approve(command, needed, now)
    living.go_to(_last_of(local_date(now, scene.zone), scene.zone))
    return Life(world, worlds[world], tuple(living.steps), tuple(living.moments))


def _last_of(day: date, zone: ZoneKey) -> DateTime:
    """Return the last instant of a day: a scenario goes on up to the end of its last one."""
    return instant(at_local(add_days(day, 1), zone) - timedelta(microseconds=1))


class _Living:
    """A life while it goes on."""

    def __init__(self, scene: Scenario, now: DateTime) -> None:
        self.scene = scene
        self.file: File | None = None
        self.steps: list[Step] = []
        self.moments: list[Moment] = []
        self.now = now

    @property
    def opened(self) -> File:
        """The file, which every life begins with."""
        assert self.file is not None
        return self.file

    def recorded(self, command: Command) -> Command:
        """Return a command by an actor whom the world knows, and as it is recorded now."""
        by = SUPERVISOR if "supervisor" in command.by.roles else OFFICER
        return changed(command, by=by, recorded_at=self.now if command.at < self.now else command.recorded_at)

    def ask(self, command: Command, asks_for: str | None = None) -> Decision[Event]:
        """Ask, note the step, and store what comes of it."""
        answer = handle(self.file, command, self.scene.policies, self.scene.office)
        self.steps.append(Step(id=command.id, command=command, asks_for=asks_for, outcome=answer.outcome))
        if answer.allowed:
            self.file = evolve(self.file, answer.events)
        self.moments.append(Moment(self.now, command, answer.allowed, self.opened))
        return answer

    def approve(self, command: Command, needed: approvals.Needed, now: DateTime) -> None:
        """Ask for the approval of what needed one, have it given, and ask again with it."""
        id = command.id
        self.ask(needed.ask(id=f"{id}-ask", at=now, by=OFFICER, request_id=f"Q-{id}"), asks_for=id)
        self.ask(approvals.Approve(id=f"{id}-yes", at=now, by=SUPERVISOR, request_id=f"Q-{id}"))
        self.ask(changed(command, id=f"{id}-again", approval=f"Q-{id}"))

    def go_to(self, now: DateTime) -> None:
        """Do everything that is due by now, each at its own moment; stop a second before each, too."""
        turned_down: set[str] = set()
        while (following := self._do(turned_down)) is not None and following <= now:
            before = instant(following - timedelta(seconds=1))
            if before > self.now:
                self.moments.append(Moment(before, None, True, self.opened))
            self.now = following
        self.now = now
        self._do(turned_down)

    def _do(self, turned_down: set[str]) -> DateTime | None:
        """Do what is due at this moment; return when there is more to do."""
        while True:
            wanted = due(self.opened, self.now, self.scene.policies)
            todo = [each for each in wanted.commands if each.id not in turned_down]
            if not todo:
                self.moments.append(Moment(self.now, None, True, self.opened))
                return wanted.next_at
            for each in todo:
                punctual = changed(each, recorded_at=None)
                answer = handle(self.opened, punctual, self.scene.policies, self.scene.office)
                if answer.allowed:
                    self.file = evolve(self.opened, answer.events)
                else:
                    turned_down.add(each.id)


def lived_well(life: Life) -> None:
    """Check a life: everything adds up, its events make the same file again, and so does its scenario.

    Prints the scenario where it does not.
    """
    note(f"# acctcore simulate this:\n{life.text}")
    laws.adds_up(life.file)
    laws.rebuilds(life.file)
    result = simulate(read(life.text))
    assert result.problems == (), result.problems
    assert result.file is not None
    ours, again = (
        ({each.document.id: (each.document.total, each.phase) for each in file.documents}, balances(file))
        for file in (life.file, result.file)
    )
    assert ours == again, f"the scenario came to {again}, the life to {ours}"
