"""What came out of a run: entries, documents as they are printed, statements and a closing check."""

from __future__ import annotations

from datetime import date

from attrs import frozen
from pendulum import DateTime

from acctcore.billing.invoices import Document, Phase, Settled
from acctcore.flows import File
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Decision
from acctcore.kernel.duties import Duty
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, in_minor
from acctcore.operations.approvals import Waiting
from acctcore.receivables.statements import Statement
from acctcore.simulation.scenario import Scenario


@frozen(kw_only=True)
class Entry:
    """One command and its answer.

    `step` is the scenario's step, None where the schedule asked. `decision` is None where the
    command could not be asked at all, for the `problem`. `began` are the duties that came to be,
    `discharged` the keys of those that ended. `repeated` says that the command had been handled
    before, so that nothing was stored again.
    """

    at: DateTime
    command: Command
    step: str | None
    decision: Decision[Event] | None
    problem: str = ""
    numbers: tuple[str, ...] = ()
    began: tuple[Duty, ...] = ()
    discharged: tuple[Duty, ...] = ()
    repeated: bool = False


@frozen
class Printed:
    """A document with its number and the day on which it was issued, and how far it is settled at the end.

    `open` is what is owed of it, or not used of it yet; `settled` tells payments and credit apart.
    """

    number: str
    issued_on: date
    document: Document
    phase: Phase
    open: int
    settled: Settled

    @property
    def open_money(self) -> Money:
        """What is open of it."""
        return in_minor(self.open, self.document.currency)


@frozen
class Check:
    """One thing that was checked at the end, and every problem that was found."""

    text: str
    problems: tuple[str, ...] = ()


@frozen(kw_only=True)
class Result:
    """Everything that a scenario brought about, up to the end of `period`, and what is still open then."""

    scenario: Scenario
    period: Span[DateTime]
    entries: tuple[Entry, ...]
    documents: tuple[Printed, ...]
    statements: tuple[Statement, ...]
    duties: tuple[Duty, ...]
    pending: tuple[Waiting, ...]
    file: File | None
    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that does not add up or was not as expected; () where all is well."""
        return tuple(problem for check in self.checks for problem in check.problems)

    def printed(self, name: str) -> Printed | None:
        """Return a document by its number or its id, or None."""
        return next((each for each in self.documents if name in (each.number, each.document.id)), None)
