"""Runs a story through the library, and tells what happened in the words of tests/scenarios/paper.py."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve as changed
from pendulum import DateTime

from acctcore import flows
from acctcore.accounts import account as accounts
from acctcore.billing import invoices
from acctcore.billing.catalog import Billing, Catalog, Charge, DatedPrice, Plan
from acctcore.billing.invoices import Kind
from acctcore.billing.tax import DatedRate, RoundAt, Taxes, TaxKey
from acctcore.flows import File, Policies
from acctcore.kernel.calendar import Every, at_local, instant, local, months
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Price
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments, refunds
from tests.scenarios.paper import Document, Point, Step

DESK = Actor("desk")
LONG_AGO = date(2000, 1, 1)
MONTHLY = months(1)


def charge(key: str, price: str, currency: str = "EUR", **more: Any) -> Charge:
    return Charge(key=key, title=key, prices=(DatedPrice(LONG_AGO, Price(price, currency)),), **more)


def seats(price: str, currency: str = "EUR", key: str = "seat", **more: Any) -> Charge:
    return charge(key, price, currency, per_unit=True, **more)


def arrears(key: str, price: str, currency: str = "EUR", **more: Any) -> Charge:
    return charge(key, price, currency, billing=Billing.IN_ARREARS, **more)


def plan(id: str, *charges: Charge, every: Every = MONTHLY, trial_days: int = 0) -> Plan:
    return Plan(id=id, title=id, every=every, charges=charges, trial_days=trial_days)


def catalog(*plans: Plan) -> Catalog:
    return Catalog(plans=plans)


def taxes(category: str, rate: str, round_at: RoundAt = RoundAt.DOCUMENT) -> Taxes:
    return Taxes(rates=(DatedRate("standard", LONG_AGO, (TaxKey(category, rate),)),), round_at=round_at)


class Book:
    """One account driven on the clock of its zone; every answer becomes a `paper.Step`."""

    def __init__(self, policies: Policies, zone: str, opened: str, by: Actor = DESK) -> None:
        self.policies = policies
        self.zone = zone
        self.by = by
        self.file: File | None = None
        self.told = Told(zone)
        self.decision: Decision[Event] | None = None
        self._count = 0
        self.ask(accounts.Open, opened, account_id="A-1", zone=zone)

    def ask(self, kind: Callable[..., Command], at: str, /, **facts: Any) -> Decision[Event]:
        """Run what is due up to a local time, then ask for something."""
        when = self.at(at)
        self.run(at)
        self._count += 1
        by = facts.pop("by", self.by)
        return self.handle(kind(id=f"c-{self._count}", at=when, by=by, **facts))

    def run(self, at: str) -> None:
        """Do everything that the schedule wants by a local time."""
        when = self.at(at)
        while self.file is not None and (commands := flows.due(self.file, when, self.policies).commands):
            # Recorded as it takes effect: what is due is asked for at every instant, so never late.
            decision = self.handle(changed(commands[0], recorded_at=None))
            assert decision.allowed, decision.reasons

    def handle(self, command: Command) -> Decision[Event]:
        decision = flows.handle(self.file, command, self.policies)
        if decision.allowed:
            self.file = flows.evolve(self.file, decision.events)
            assert flows.check(self.file) == ()
        self.decision = decision
        assert self.file is not None
        self.told.record(self.file, command, decision)
        return decision

    def at(self, text: str) -> DateTime:
        clock = datetime.fromisoformat(text)
        return at_local(clock.date(), self.zone, clock.time())

    # For the tests of single steps

    @property
    def steps(self) -> list[Step]:
        return self.told.steps

    def id(self, name: str) -> str:
        return next(id for id, known in self.told.names.items() if known == name)

    def documents(self) -> list[Document]:
        return [document for step in self.steps for document in step.documents]

    def totals(self) -> list[tuple[str, int, int, int]]:
        return [(each.name, each.net, each.tax, each.total) for each in self.documents()]

    @property
    def balance(self) -> int:
        return self.steps[-1].balance

    @property
    def codes(self) -> tuple[str, ...]:
        return self.steps[-1].codes


class Told:
    """What happened, in the words of the paper: INV-1, CN-1 and so on, in the order of their issue."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.steps: list[Step] = []
        self.names: dict[str, str] = {}

    def record(self, file: File, command: Command, decision: Decision[Event]) -> None:
        """Add what a command brought about, and how the file stands after it."""
        documents: list[Document] = []
        allocations: dict[tuple[str, str], int] = {}  # what each pair comes to
        for event in decision.events:
            match event:
                case invoices.Issued():
                    documents.append(self._document(event.document))
                case payments.Allocated():
                    move = event.allocation
                    pair = self.name(move.source), self.name(move.target)
                    allocations[pair] = allocations.get(pair, 0) + move.amount
                case payments.Received():
                    self.names[event.payment.id] = event.payment.id
                case refunds.Given():
                    self.names[event.refund.id] = event.refund.id
        items = [(self.name(item.id), item.open) for item in file.items]
        balances = flows.balances(file)
        assert len(balances) <= 1
        self.steps.append(
            Step(
                local(instant(command.at), self.zone).replace(tzinfo=ZoneInfo(self.zone)),
                type(command).__name__,
                tuple(documents),
                tuple((source, target, amount) for (source, target), amount in allocations.items()),
                next((balance.minor for balance in balances.values()), 0),
                tuple(sorted(items)),
                decision.outcome.value,
                tuple(reason.code for reason in decision.reasons),
            )
        )

    def name(self, id: str) -> str:
        return self.names.get(id, id)

    def _document(self, document: invoices.Document) -> Document:
        credit = document.kind is Kind.CREDIT_NOTE
        prefix = "CN" if credit else "INV"
        number = 1 + sum(1 for name in self.names.values() if name.startswith(prefix))
        self.names[document.id] = f"{prefix}-{number}"
        assert [line.basis.amount() for line in document.lines] == [line.amount for line in document.lines]
        return Document(
            self.names[document.id],
            None if document.corrects is None else self.name(document.corrects),
            document.due_on,
            tuple(
                (
                    line.item,
                    self.point(line.period.start) if line.period else LONG_AGO,
                    self.point(line.period.end) if line.period else LONG_AGO,
                    Fraction(*line.price.minor),
                    line.quantity,
                    line.amount,
                )
                for line in document.lines
            ),
            tuple((str(entry.key), entry.base, entry.amount) for entry in document.taxes),
            document.net,
            document.tax,
            document.total,
        )

    def point(self, point: date) -> Point:
        return local(instant(point), self.zone) if isinstance(point, datetime) else point


def comparable(steps: Iterable[Step], *, items: bool = True) -> list[tuple[Any, ...]]:
    """What has to be the same on paper and in the library: everything but the words and their order."""
    return [
        (
            step.at,
            step.documents if items else tuple(replace(each, lines=unnamed(each)) for each in step.documents),
            step.allocations,
            step.balance,
            tuple(sorted(step.open)),
            step.outcome,
            step.codes,
        )
        for step in steps
    ]


def unnamed(document: Document) -> tuple[tuple[str, Point, Point, Fraction | int, int, int], ...]:
    return tuple(("", *line[1:]) for line in document.lines)
