"""Two writers at once: whenever one comes between the other's statements, it is as if they had come one after
the other. And many writers: no number is left out or given twice, and nothing is lost or done twice."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any, TypeAlias

import pytest
from attrs import frozen
from pendulum import DateTime
from sqlalchemy import text

from acctcore.flows import File, catch_up, evolve, handle
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Event
from tests.embedding.crm import tables
from tests.embedding.crm.office import Office
from tests.embedding.stage import (
    POLICIES,
    PREPARED,
    Ask,
    Seal,
    Stage,
    Step,
    Wake,
    Writer,
    at,
    changed,
    opened,
    paid,
    started,
)

Answer: TypeAlias = Decision[Event] | None
Outcome: TypeAlias = tuple[list[Answer], Any]
BEGIN = "BEGIN IMMEDIATE"
PATIENCE = 60  # seconds after which a writer that waits is held to wait for ever


@frozen
class Race:
    """What happened before, and what two writers then do at once."""

    before: Sequence[Step]
    first: Step
    second: Step

    @property
    def steps(self) -> tuple[Step, Step]:
        return self.first, self.second


NOON = at("2023-12-10 12:00")
OPENED = tuple(Ask(id, opened("c-1", "2023-11-30 09:00", id)) for id in "AB")
RUNNING = (*OPENED, *(Ask(id, started("c-2", "2023-11-30 09:05")) for id in "AB"))
UPGRADE = Ask("A", changed("c-3", "2023-12-10 11:00", "business"), NOON)
YEAR = Wake(at("2024-01-05 03:00"))

RACES = {
    "two accounts, two series": Race(
        (*RUNNING, Ask("A", changed("c-3", "2023-12-05 11:00", "business"))),
        Ask("A", changed("c-4", "2023-12-10 11:00", "team"), NOON),
        Ask("B", changed("c-3", "2023-12-10 11:00", "business"), at("2023-12-11 12:00")),
    ),
    "two accounts, two series of which one is not there yet": Race(
        RUNNING, UPGRADE, Ask("B", changed("c-3", "2023-12-10 11:30", "business"), NOON)
    ),
    "two accounts, a series that is not there yet": Race(
        OPENED, Ask("A", started("c-2", "2023-11-30 09:05")), Ask("B", started("c-2", "2023-11-30 09:06"))
    ),
    "two accounts, the turn of the year": Race(
        (*OPENED, Ask("A", started("c-2", "2023-12-31 23:58"))),
        Ask("A", started("c-3", "2023-12-31 23:59", subscription="T"), at("2024-01-01 00:00")),
        Ask("B", started("c-2", "2023-12-31 23:59"), at("2023-12-31 23:59")),
    ),
    "one account, two changes": Race(
        RUNNING, UPGRADE, Ask("A", paid("c-4", "2023-12-10 11:30", "58.31"), NOON)
    ),
    "one account, two changes that exclude each other": Race(
        RUNNING, UPGRADE, Ask("A", changed("c-4", "2023-12-10 11:00", "business"), NOON)
    ),
    "one command, twice": Race(RUNNING, UPGRADE, UPGRADE),
    "one id, two commands": Race(RUNNING, UPGRADE, Ask("A", paid("c-3", "2023-12-10 11:30", "58.31"), NOON)),
    "one account, opened twice": Race((), OPENED[0], Ask("A", opened("c-1b", "2023-11-30 09:00", "A"))),
    "a worker and an officer": Race(RUNNING, YEAR, UPGRADE),
    "an officer and a worker": Race(RUNNING, UPGRADE, YEAR),
    "two workers": Race(RUNNING, YEAR, YEAR),
    "a payment while the file is sealed": Race(
        (*RUNNING, Ask("A", paid("c-4", "2023-12-09 11:30", "58.31")), YEAR),
        Ask("A", paid("c-5", "2024-01-05 11:30", "58.31"), at("2024-01-06 12:00")),
        Seal("A", at("2023-12-31 00:00"), at("2024-01-06 12:00")),
    ),
}


@pytest.mark.parametrize("race", RACES.values(), ids=RACES.keys())
def test_two_writers_are_as_one_after_the_other(stage: Stage, race: Race) -> None:
    for step in race.before:
        step.do(stage.office)
    before = stage.dump()
    orders = [*one_after_the_other(stage, before, race)]
    with Writer(stage) as one, Writer(stage) as other:
        stage.restore(before)
        one.do(race.first)
        names = one.points.names
        if isinstance(race.first, Wake):  # the second account is as the first
            names = names[: names.index("after COMMIT") + 2]
        for point in meetings(names):
            stage.restore(before)
            outcome = run(stage, one, other, race, point), stage.dump()
            assert outcome in orders, f"at {one.points.names[point - 1]}"


def meetings(names: Sequence[str]) -> list[int]:
    """Return the points at which another writer is to come; SQLite lets none in during a transaction."""
    points = [*enumerate(names, start=1)]
    if BEGIN not in names:
        return [point for point, _ in points]
    inside = [point + 1 for point, name in points if name == BEGIN]
    return [point for point, name in points if name in (BEGIN, "after COMMIT") or point in inside]


def one_after_the_other(stage: Stage, before: Any, race: Race) -> Iterator[Outcome]:
    """Give what comes of every order in which the transactions can follow one another."""
    parts = [(place, part) for place, step in enumerate(race.steps) for part in atoms(step)]
    known = []
    for order in itertools.permutations(parts):
        if (what := [part for _, part in order]) in known:
            continue
        known.append(what)
        stage.restore(before)
        answers: list[Answer] = [None, None]
        for place, part in order:
            answers[place] = part.do(stage.office)
        YEAR.do(stage.office)
        stage.check()
        yield answers, stage.dump()


@frozen
class WakeOne:
    """What a worker does of one account: a transaction of its own."""

    account_id: str
    now: DateTime

    def do(self, office: Office) -> None:
        with office.engine.begin() as connection:
            office.catch_up(connection, self.account_id, self.now)


def atoms(step: Step) -> tuple[Step | WakeOne, ...]:
    return tuple(WakeOne(id, step.now) for id in "AB") if isinstance(step, Wake) else (step,)


def run(stage: Stage, one: Writer, other: Writer, race: Race, point: int) -> list[Answer]:
    """Stop the first writer at a point until the second is through, or waits for it.

    A worker passes by what is locked, so one looks again in the end.
    """
    first = Runner(one, race.first, stop_at=point)
    assert first.stopped.wait(PATIENCE)
    second = Runner(other, race.second)
    while not second.done.wait(0.001) and not waits(stage, first, second):
        pass
    first.go.set()
    answers = [first.answer(), second.answer()]
    YEAR.do(stage.office)
    return answers


class Runner:
    """A step that a writer does in a thread of its own, and that can be made to wait at a point."""

    def __init__(self, writer: Writer, step: Step, stop_at: int = 0) -> None:
        self.writer, self.step, self.stop_at = writer, step, stop_at
        self.stopped, self.go, self.done = threading.Event(), threading.Event(), threading.Event()
        self.session = 0
        self.told: Callable[[], Answer] = lambda: None
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self) -> None:
        try:
            answer = self.writer.do(self.step, self.stop)
            self.told = lambda: answer
        except BaseException as error:  # noqa: BLE001 (whatever it is, whoever asks for the answer gets it)
            problem = error

            def again() -> Answer:
                raise problem

            self.told = again
        finally:
            self.done.set()

    def stop(self, number: int, name: str, connection: Any) -> None:
        self.session = connection.info.backend_pid if hasattr(connection, "info") else 0
        if number == self.stop_at:
            self.stopped.set()
            assert self.go.wait(PATIENCE)

    def answer(self) -> Answer:
        assert self.done.wait(PATIENCE)
        return self.told()


def waits(stage: Stage, first: Runner, second: Runner) -> bool:
    """Return whether the second writer waits for a lock that the first one holds."""
    if stage.is_sqlite:
        begun = [name for name in first.writer.points.names[:-1] if name in (BEGIN, "after COMMIT")]
        inside = begun[-1:] == [BEGIN] and first.writer.points.names[-1] != "after COMMIT"
        return inside and second.writer.points.names[-1:] == [BEGIN]
    blocked = text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")
    with stage.engine.connect() as connection:
        return bool(connection.execute(blocked, {"pid": second.session}).scalar())


# Many writers, all of whom do everything

OFFICE = [f"account-{number}" for number in range(8)]
WRITERS = 3


def everything(account_id: str) -> list[Ask]:
    """What is asked of one account, in its order; invoices, a credit note and a payment come of it."""
    return [
        Ask(account_id, opened("c-1", "2023-11-30 09:00", account_id)),
        Ask(account_id, started("c-2", "2023-11-30 09:05")),
        Ask(account_id, paid("c-3", "2023-12-04 12:00", "58.31")),
        Ask(account_id, changed("c-4", "2023-12-10 11:00", "business")),
        Ask(account_id, started("c-5", "2023-12-12 11:00", subscription="T")),
    ]


def write_everything(url: str, number: int, begin: Barrier) -> None:
    """Do everything, beginning elsewhere than the others; half-way, do all of it again."""
    with Stage(url) as stage:
        stage.dump()  # connected
        begin.wait(PATIENCE)
        turned = OFFICE[number * 3 :] + OFFICE[: number * 3]
        for account_id in [*turned[:5], *turned]:
            for step in everything(account_id):
                step.do(stage.office)
        YEAR.do(stage.office)


def test_many_writers_who_all_do_everything_do_it_once(stage: Stage) -> None:
    by_hand: dict[str, File] = {}
    for account_id in OFFICE:
        file: File | None = None
        for step in everything(account_id):
            file = evolve(file, handle(file, step.command, POLICIES).events_or_raise())
        assert file is not None
        by_hand[account_id] = catch_up(file, YEAR.now, POLICIES).file
    stage.engine.dispose()
    begin = PREPARED.Barrier(WRITERS)
    writers = [
        PREPARED.Process(target=write_everything, args=(stage.url, number, begin))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    stage.check()
    assert {account_id: stage.file(account_id) for account_id in OFFICE} == by_hand
    issued = [
        (id, filed.document.id, filed.document.total)
        for id, file in by_hand.items()
        for filed in file.documents
    ]
    rows = stage.dump()["documents"]
    columns = [column.name for column in tables.documents.columns]
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    assert sorted((row["account_id"], row["document_id"], row["total_minor"]) for row in told) == sorted(
        issued
    )
