"""What the CRM is tried with: policies, a story, what must hold of its tables, and where to stop it."""

import multiprocessing
import os
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Self, TypeAlias

import pendulum
from attrs import frozen
from pendulum import DateTime
from sqlalchemy import Connection, Engine, delete, event, insert, select, text

from acctcore import flows
from acctcore.accounts import account, holds
from acctcore.billing import subscriptions
from acctcore.billing.catalog import Catalog, Charge, DatedPrice, Plan
from acctcore.billing.invoices import Kind, Numbered, Series, misnumbered
from acctcore.billing.tax import DatedRate, Taxes, TaxKey
from acctcore.flows import File, Policies
from acctcore.kernel.calendar import instant, months
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import BILL, Actor
from acctcore.receivables import payments, refunds
from tests.embedding.crm import tables
from tests.embedding.crm.numbering import SCHEME
from tests.embedding.crm.office import Office, read_file, replay, verify

# Processes come from one that is prepared, without the threads of the tests; where there are such.
PREPARED: Any = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
PREPARED.set_forkserver_preload([__name__])

ANN = Actor("ann", {"officer"})
ZONE = "Europe/Berlin"


def plan(id: str, amount: str) -> Plan:
    price = DatedPrice(date(2020, 1, 1), Price(amount, "EUR"))
    return Plan(id=id, title=id, every=months(1), charges=(Charge(key="base", title=id, prices=(price,)),))


POLICIES = Policies(
    catalog=Catalog(plans=(plan("team", "49.00"), plan("business", "99.00"))),
    taxes=Taxes(rates=(DatedRate("standard", date(2007, 1, 1), (TaxKey("S", "19"),)),)),
    holds=holds.HoldPolicy(
        "office",
        "1",
        (holds.HoldKind("dispute", frozenset({BILL}), frozenset({"officer"}), frozenset({"officer"})),),
    ),
)


def at(text: str) -> DateTime:
    """Return an instant by what clocks in Berlin show."""
    return instant(pendulum.parse(text, tz=ZONE))


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


# What somebody asks


def opened(id: str, on: str, account_id: str, by: Actor = ANN) -> Command:
    return account.Open(id=id, at=at(on), by=by, account_id=account_id, zone=ZONE)


def started(id: str, on: str, plan: str = "team", subscription: str = "S") -> Command:
    return subscriptions.Start(
        id=id, at=at(on), by=ANN, subscription_id=subscription, plan=plan, currency="EUR"
    )


def changed(id: str, on: str, plan: str, subscription: str = "S") -> Command:
    return subscriptions.ChangePlan(id=id, at=at(on), by=ANN, subscription_id=subscription, plan=plan)


def paid(id: str, on: str, amount: str) -> Command:
    return payments.Receive(id=id, at=at(on), by=ANN, payment_id=f"P-{id}", amount=eur(amount))


def refunded(id: str, on: str, payment: str, amount: str) -> Command:
    return refunds.Give(
        id=id,
        at=at(on),
        by=ANN,
        refund_id=f"R-{id}",
        payment_id=payment,
        amount=eur(amount),
        kind=refunds.Kind.BALANCE,
    )


# A story: what is asked, of which account, and on which clock; or that a worker looks what is due


@frozen
class Ask:
    account_id: str
    command: Command
    now: DateTime | None = None

    def do(self, office: Office) -> Decision[Event]:
        return office.ask(self.account_id, self.command, self.now or self.command.at)


@frozen
class Wake:
    now: DateTime

    def do(self, office: Office) -> None:
        office.run_due(self.now)


@frozen
class Seal:
    account_id: str
    before: DateTime
    now: DateTime

    def do(self, office: Office) -> None:
        office.seal(self.account_id, self.before, self.now)


Step: TypeAlias = Ask | Wake | Seal

# Two accounts that share their series: invoices, a credit note, payments, renewals over a new year, a refund.
STORY: tuple[Step, ...] = (
    Ask("A", opened("c-1", "2023-11-30 09:00", "A")),
    Ask("A", started("c-2", "2023-11-30 09:05")),
    Ask("B", opened("c-1", "2023-12-01 10:00", "B")),
    Ask("B", started("c-2", "2023-12-01 10:05")),
    Ask("A", paid("c-3", "2023-12-04 12:00", "58.31")),
    Ask("A", changed("c-4", "2023-12-10 11:00", "business")),
    Wake(at("2024-02-02 03:00")),
    Ask("B", paid("c-3", "2024-02-05 12:00", "200.00")),
    Ask("B", refunded("c-4", "2024-02-06 12:00", "P-c-3", "25.07")),
    Seal("A", at("2023-12-20 00:00"), at("2024-02-07 00:00")),
)


# What can stop a writer: every statement that it comes to, and its commits


class Killed(Exception):
    """Stands for the end of a writer."""


Stop: TypeAlias = Callable[[int, str, Any], None]
"""Is given the number and the name of a point, and the driver's connection."""


class Points:
    """Every point that an engine comes to, and what is done there: each statement, and around each commit."""

    def __init__(self, engine: Engine) -> None:
        self.names: list[str] = []
        self.stop: Stop = go_on
        event.listen(engine, "before_cursor_execute", self.statement)
        commit = engine.dialect.do_commit

        def around_commit(connection: Any) -> None:
            self.reach("before COMMIT", connection.dbapi_connection)
            commit(connection)
            self.reach("after COMMIT", connection.dbapi_connection)

        engine.dialect.do_commit = around_commit  # type: ignore[assignment, method-assign]

    def statement(self, connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        self.reach(" ".join(statement.split()[:3]), connection.connection.dbapi_connection)

    def reach(self, name: str, connection: Any) -> None:
        self.names.append(name)
        self.stop(len(self.names), name, connection)


def go_on(number: int, name: str, connection: Any) -> None:
    """Stop nowhere."""


class Writer:
    """The CRM as another process has it, with connections of its own; it can be stopped anywhere."""

    def __init__(self, stage: "Stage") -> None:
        self.engine = stage.connect()
        self.points = Points(self.engine)
        self.office = stage.office_on(self.engine)

    def do(self, step: Step, stop: Stop = go_on) -> Decision[Event] | None:
        """Do a step; points are counted from its beginning."""
        self.points.names.clear()
        self.points.stop = stop
        return step.do(self.office)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()


# The stage


class Stage:
    """A CRM on one database, empty at first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = self.connect()
        self.office = self.office_on(self.engine)

    def connect(self) -> Engine:
        engine = tables.connect(self.url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", carefree)
        return engine

    def office_on(self, engine: Engine, policies: Policies = POLICIES) -> Office:
        return Office(engine, policies, ZONE)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def __enter__(self) -> Self:
        tables.metadata.create_all(self.engine)
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    def clear(self) -> None:
        self.restore({})

    def tell(self, story: Iterable[Step] = STORY) -> None:
        for step in story:
            step.do(self.office)

    def alone(self) -> None:
        """Come back when nobody else is connected: PostgreSQL takes a moment to see that a process died."""
        asked = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for _ in range(0 if self.is_sqlite else 10_000):
            with self.engine.begin() as connection:
                if not connection.execute(asked).scalar():
                    return
        assert self.is_sqlite, "somebody else is still connected"

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, in the order of their keys."""
        with self.engine.begin() as connection:
            return {
                table.name: [
                    tuple(row)
                    for row in connection.execute(select(table).order_by(*table.primary_key.columns))
                ]
                for table in tables.metadata.sorted_tables
            }

    def restore(self, dumped: dict[str, list[tuple[Any, ...]]]) -> None:
        """Put the rows of an earlier dump in the place of what is there."""
        with self.engine.begin() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))
            for table in tables.metadata.sorted_tables:
                names = table.columns.keys()
                rows = [dict(zip(names, row, strict=True)) for row in dumped.get(table.name, ())]
                if rows:
                    connection.execute(insert(table), rows)

    def file(self, account_id: str) -> File:
        with self.engine.begin() as connection:
            file = read_file(connection, account_id).file
        assert file is not None
        return file

    def check(self) -> None:
        """Check what must hold of the tables, whoever wrote them in whatever order."""
        with self.engine.begin() as connection:
            for account_id in connection.execute(select(tables.files.c.account_id)).scalars().all():
                verdict = verify(connection, account_id)
                assert verdict.ok, verdict.broken
                file = read_file(connection, account_id).file
                assert file is not None
                assert flows.check(file) == ()
                if file.sealed is None:
                    assert replay(connection, account_id) == file
            series = [
                Series(row.prefix, row.following, SCHEME.width)
                for row in connection.execute(select(tables.series)).all()
            ]
            papers = connection.execute(select(tables.documents)).all()
            numbers = [
                Numbered(row.document_id, row.number, row.issued_on, _kind(row.number), "", row.account_id)
                for row in papers
            ]
            assert misnumbered(SCHEME, numbers, after=series) == ()


def _kind(number: str) -> Kind:
    return {"INV": Kind.INVOICE, "CN": Kind.CREDIT_NOTE, "DN": Kind.DEBIT_NOTE}[number.partition("-")[0]]


def carefree(connection: Any, _record: object) -> None:
    """Let SQLite forget a power cut, which no test brings about, and wait long for a lock."""
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA busy_timeout = 60000")
