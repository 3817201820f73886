"""The run itself: a virtual clock that goes from step to step, and does what is due in between.

Every answer comes from the functions that a host calls: `handle`, `evolve`, `due`. The clock stops
at each instant that `due` names, as a punctual host's timer would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import attrs
from pendulum import DateTime

from acctcore import flows
from acctcore.accounts import account
from acctcore.billing import invoices
from acctcore.flows import File, takeover
from acctcore.flows.money_events import side_of
from acctcore.kernel.calendar import Span, add_days, at_local, civil_date, day_of, local_date
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import AcctcoreError, InvalidValue, Unhandled
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.wording import tell
from acctcore.operations import approvals
from acctcore.receivables import payments
from acctcore.simulation.checks import checks
from acctcore.simulation.scenario import Late, Scenario, Step, Wanted, document_fields, in_order
from acctcore.simulation.timeline import Entry, Printed, Result

ASKED = ("fingerprint", "operation", "amount", "total", "roles", "subject")
"""What a request for approval takes from the answer that it is needed."""

MOST_COMMANDS = 5_000
"""A run stops after so many commands: what is due for ever is no story."""


def simulate(scenario: Scenario, until: date | None = None) -> Result:
    """Return what a scenario brings about, up to the end of its last day or of `until`, in its zone.

    Raises: InvalidValue for an `until` that is no date.
    """
    end = scenario.ends_at
    if until is not None:
        end = at_local(add_days(civil_date(until), 1), scenario.zone)
    run = _Run(scenario)
    for step in in_order(scenario.steps):
        if step.asked_at >= end:
            break
        run.go_to(step.asked_at, inclusive=True)
        run.ask(step)
    run.go_to(end, inclusive=False)
    return run.result(end)


class _CannotAsk(Exception):
    """A step that leads to no command, for a reason in words."""


class _Run:
    """A run while it lasts."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.policies = scenario.policies
        self.file: File | None = None
        self.entries: list[Entry] = []
        self.answers: dict[str, tuple[Step, Entry]] = {}
        self.numbers: dict[str, invoices.Numbered] = {}
        self.by_number: dict[str, str] = {}
        self.series: tuple[invoices.Series, ...] = ()
        self.turned_down: set[str] = set()
        self.told: dict[str, tuple[object, ...]] = {}
        self.duties: tuple[Duty, ...] = ()
        self.stopped = False

    # the clock

    def go_to(self, target: DateTime, *, inclusive: bool) -> None:
        """Do everything that is due before an instant, and at it, each at its own."""
        clock: DateTime | None = None if self.file is None else min(self._clock(), target)
        while clock is not None and (clock < target or (inclusive and clock == target)):
            clock = self._work(clock)

    def _clock(self) -> DateTime:
        return self.entries[-1].at

    def _work(self, clock: DateTime) -> DateTime | None:
        """Do what is due at an instant; return the next at which there is something to do."""
        while self.file is not None and not self.stopped:
            due = flows.due(self.file, clock, self.policies)
            todo = [command for command in due.commands if command.id not in self.turned_down]
            if not todo:
                return due.next_at
            for command in todo:
                self._schedule(command, clock)
        return None

    def _schedule(self, command: Command, clock: DateTime) -> None:
        """Ask what the schedule wants; a no is told once, and again only where it reads otherwise."""
        if len(self.entries) >= MOST_COMMANDS:
            self.stopped = True
            return
        entry = self._asked(command, clock, None)
        decision = entry.decision
        if decision is None or not decision.allowed:
            told = (entry.problem, *(decision.reasons if decision is not None else ()))
            self.turned_down.add(command.id)
            if self.told.get(command.id) == told:
                return
            self.told[command.id] = told
        self.entries.append(entry)

    # steps

    def ask(self, step: Step) -> None:
        """Ask what a step asks, and take the answer."""
        at = step.asked_at
        try:
            self._opened(step)
            command = self._command(step)
        except (InvalidValue, _CannotAsk) as problem:
            entry = Entry(at=at, command=step.command, step=step.id, decision=None, problem=str(problem))
        else:
            entry = self._asked(command, at, step.id)
            self.turned_down.clear()  # something happened, so what is due may be answered differently
        self.entries.append(entry)
        self.answers[step.id] = (step, entry)

    def _opened(self, step: Step) -> None:
        """Stop a step for which there is no account yet."""
        if self.file is None and not isinstance(
            step.command, account.Open | account.Apply | takeover.TakeOver
        ):
            raise _CannotAsk(
                "there is no account yet: let a step with account.open or account.apply come first"
            )

    def _command(self, step: Step) -> Command:
        """Return the command of a step with everything in it that is only known now."""
        command = step.command
        found: dict[str, object] = {late.field: self._amount(late) for late in step.late}
        for name in document_fields(type(command)):
            found[name] = _each(getattr(command, name), self._document)
        if step.asks_for is not None:
            found |= self._act(step.asks_for)
        return attrs.evolve(command, **found) if found else command  # type: ignore[arg-type]

    def _document(self, name: str) -> str:
        return self.by_number.get(name, name)

    def _amount(self, late: Late) -> Money:
        """Return what is owed now, or what is given in advance, in a currency or in the only one."""
        items = () if self.file is None else self.file.items
        if late.wanted is Wanted.OWED:
            sums, what = payments.balance(items), "owed"
        else:
            given = payments.balance(item for item in items if item.side is payments.Side.GIVEN)
            sums, what = {code: -minor for code, minor in given.items()}, "left as credit"
        found = {code: minor for code, minor in sums.items() if minor > 0 and late.currency in (None, code)}
        if not found:
            raise _CannotAsk(f"{late.field}: nothing is {what}")
        if len(found) > 1:
            raise _CannotAsk(f"{late.field}: say of which currency, {what} are {tell(tuple(sorted(found)))}")
        ((code, minor),) = found.items()
        return in_minor(minor, code)

    def _act(self, id: str) -> dict[str, object]:
        """Return fingerprint, operation and amount of the act that a step lacked the approval for."""
        entry = self.answers[id][1] if id in self.answers else None
        if entry is None or entry.decision is None:
            raise _CannotAsk(f"for: {id} was not asked before")
        for reason in entry.decision.reasons:
            if isinstance(reason, approvals.Needed):
                return {name: getattr(reason, name) for name in ASKED}
        raise _CannotAsk(f"for: {id} needs no approval, it was {entry.decision.outcome.value}")

    # answers

    def _asked(self, command: Command, at: DateTime, step: str | None) -> Entry:
        known = self.file is not None and self.file.answer(command.id) is not None
        try:
            decision = flows.handle(self.file, command, self.policies, self.scenario.office)
            if not decision.allowed or known:
                return Entry(at=at, command=command, step=step, decision=decision, repeated=known)
            self.file = flows.evolve(self.file, decision.events, recorded_at=at)
        except AcctcoreError as problem:
            return Entry(at=at, command=command, step=step, decision=None, problem=str(problem))
        issued = [event.document for event in decision.events if isinstance(event, invoices.Issued)]
        duties = flows.duties(self.file, at, self.policies)
        old, new = {duty.key for duty in self.duties}, {duty.key for duty in duties}
        entry = Entry(
            at=at,
            command=command,
            step=step,
            decision=decision,
            numbers=self._numbered(issued, at),
            began=tuple(duty for duty in duties if duty.key not in old),
            discharged=tuple(duty for duty in self.duties if duty.key not in new),
        )
        self.duties = duties
        return entry

    def _numbered(self, issued: list[invoices.Document], at: DateTime) -> tuple[str, ...]:
        on = local_date(at, self.scenario.zone)
        given, self.series = invoices.assign(self.scenario.numbering, self.series, issued, on)
        for each in given:
            self.numbers[each.document] = each
            self.by_number[each.number] = each.document
        return tuple(each.number for each in given)

    # the end

    def result(self, end: DateTime) -> Result:
        """Return everything that came out, checked."""
        zone = self.scenario.zone
        start = min(
            [end, *(entry.at for entry in self.entries), *(entry.command.at for entry in self.entries)]
        )
        result = Result(
            scenario=self.scenario,
            period=Span(day_of(start, zone).start, end),
            entries=tuple(self.entries),
            documents=tuple(self._documents(end)),
            statements=(),
            duties=() if self.file is None else flows.duties(self.file, end, self.policies),
            pending=self._pending(end),
            file=self.file,
            checks=(),
        )
        if self.file is not None:
            moved = {movement.currency for movement in flows.movements(self.file)}
            codes = sorted({*moved, *flows.balances(self.file)})
            statements = tuple(flows.statement(self.file, code, result.period) for code in codes)
            result = attrs.evolve(result, statements=statements)
        stopped = (f"stopped after {MOST_COMMANDS} commands: ask for an earlier end",) if self.stopped else ()
        return attrs.evolve(result, checks=checks(result, stopped))

    def _pending(self, end: DateTime) -> tuple[approvals.Waiting, ...]:
        """Return what waits for an approval as the run ends: just before its last day is over."""
        if self.file is None:
            return ()
        return flows.pending(self.file, end, self.policies, self.scenario.office)

    def _documents(self, end: DateTime) -> Iterator[Printed]:
        if self.file is None:
            return
        left = {(item.side, item.id): item.open for item in self.file.items}
        for id, numbered in self.numbers.items():
            filed = self.file.filed(id)
            if filed is None:
                raise Unhandled(id)  # what was issued stays on file: nothing is sealed here
            phase = invoices.phase(filed.document, self.file.notes(id), filed.phase)
            still_open = left.get((side_of(filed.document), id), 0)
            settled = flows.settled(self.file, id, end)
            yield Printed(numbered.number, numbered.issued_on, filed.document, phase, still_open, settled)


def _each(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, tuple | frozenset):
        return type(value)(_each(entry, change) for entry in value)
    return change(value) if isinstance(value, str) else value
