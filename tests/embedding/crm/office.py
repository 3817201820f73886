"""The CRM's service: ask, store, wake up. It holds no rule; every answer is acctcore's."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from attrs import frozen
from pendulum import DateTime
from sqlalchemy import Connection, Engine, Insert, Update, delete, insert, select, update

from acctcore import flows, records
from acctcore.billing import invoices
from acctcore.flows import File, Policies
from acctcore.flows.handle import IdReused
from acctcore.kernel.calendar import local_date
from acctcore.kernel.decision import Decision, refused
from acctcore.kernel.errors import AcctcoreError, InvalidValue, VersionConflict
from acctcore.kernel.messages import Command, Event
from acctcore.operations import audit
from tests.embedding.crm import tables
from tests.embedding.crm.numbering import number

LATER = timedelta(hours=1)  # when an account is tried again that could not be read
Answer = Decision[Event]
T = TypeVar("T")


@frozen
class Read:
    """An account file as it was read, and the revision that whoever stores it has to name."""

    file: File | None
    revision: int


@frozen
class Office:
    """A CRM on a database; `zone` says on which day a document is issued."""

    engine: Engine
    policies: Policies
    zone: str
    tries: int = 20

    def ask(self, account_id: str, command: Command, now: DateTime) -> Answer:
        """Return the answer to a command, stored; of one that was asked before, its first answer."""
        return self.retried(lambda: self.answer(account_id, command, now))

    def answer(self, account_id: str, command: Command, now: DateTime) -> Answer:
        """Read, decide, and only then lock what is written.

        Raises: VersionConflict where somebody else has stored something meanwhile.
        """
        with self.engine.begin() as connection:
            read = read_file(connection, account_id)
            before = first_answer(connection, account_id, command)  # looked up last: it may just have come
        if before is not None:
            return before
        decision = flows.handle(read.file, command, self.policies)
        if decision.events:
            with self.engine.begin() as connection:
                self.store(connection, account_id, read, [(command, decision)], now)
        return decision

    def retried(self, work: Callable[[], T]) -> T:
        """Return what comes of it, begun anew where somebody else was faster."""
        for _ in range(self.tries):
            try:
                return work()
            except VersionConflict:
                continue
        return work()

    def preview(self, account_id: str, command: Command) -> Answer:
        """Return what a command would bring about: nothing is stored, so nothing happens."""
        with self.engine.begin() as connection:
            read = read_file(connection, account_id)
        return flows.handle(read.file, command, self.policies)

    def store(
        self,
        connection: Connection,
        account_id: str,
        read: Read,
        answered: Iterable[tuple[Command, Answer]],
        now: DateTime,
    ) -> File:
        """Store what commands brought about, in one transaction: all of it, or nothing.

        Raises: VersionConflict where the file is not at the revision that was read.
        """
        allowed = [(command, decision) for command, decision in answered if decision.events]
        file = read.file
        for command, decision in allowed:
            file = flows.evolve(file, decision.events, recorded_at=command.recorded_at)
        if file is None or file.account.id != account_id:
            raise InvalidValue(f"what happens to the account {account_id}", file, "store")
        self.write_file(connection, read, file, now)
        append(connection, file, allowed)
        issued = [
            event.document
            for _, decision in allowed
            for event in decision.events
            if isinstance(event, invoices.Issued)
        ]
        number(connection, account_id, issued, local_date(now, self.zone))
        return file

    def write_file(self, connection: Connection, read: Read, file: File, now: DateTime) -> None:
        """Write the file with its one timer, and what is owed to somebody now; nobody else may have."""
        wanted = flows.due(file, now, self.policies)
        row = {
            "account_id": file.account.id,
            "revision": read.revision + 1,
            "record": records.dumps(file),
            "next_at": now if wanted.commands else wanted.next_at,
            "stuck": None,
        }
        write(connection, read, row)
        owed = [
            {"account_id": file.account.id, "key": duty.key, "kind": duty.kind, "by": duty.by}
            for duty in flows.duties(file, now, self.policies)
        ]
        connection.execute(delete(tables.duties).where(tables.duties.c.account_id == file.account.id))
        if owed:
            connection.execute(insert(tables.duties), owed)

    def run_due(self, now: DateTime) -> int:
        """Bring every account whose timer has come up to `now`; return how many there were.

        `now` is the database's clock, so that all workers share one.
        """
        count = 0
        while self.wake_next(now):
            count += 1
        return count

    def wake_next(self, now: DateTime) -> bool:
        """Do all that is due on one account, in one transaction; return whether there was one.

        The row stays locked meanwhile and other workers pass it by. Whoever dies lets go of it, with
        its timer as it was.
        """
        files = tables.files.c
        claim = (
            select(files.account_id)
            .where(files.next_at <= now)
            .order_by(files.next_at, files.account_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self.engine.begin() as connection:
            account_id = connection.execute(claim).scalar()
            if account_id is None:
                return False
            try:
                with connection.begin_nested():
                    self.catch_up(connection, account_id, now)
            except AcctcoreError as error:  # say, of a file that a later release wrote: the others go on
                park(connection, account_id, now + LATER, str(error))
        return True

    def catch_up(self, connection: Connection, account_id: str, now: DateTime) -> None:
        """Store everything that is due; what is refused waits until its answer changes, or a fact comes."""
        read = read_file(connection, account_id)
        if read.file is None:
            return
        caught = flows.catch_up(read.file, now, self.policies)
        if caught.file is not read.file:
            self.store(connection, account_id, read, caught.answers, now)
        waiting = [decision for _, decision in caught.answers if not decision.allowed]
        changes = [caught.next_at, *(decision.next_change_at for decision in waiting)]
        later = min((at for at in changes if at is not None and at > now), default=None)
        why = "; ".join(reason.text for decision in waiting for reason in decision.reasons)
        park(connection, account_id, later, why or None)

    def seal(self, account_id: str, before: DateTime, now: DateTime) -> None:
        """Put what is settled and lies before an instant into an archive beside the file."""
        self.retried(lambda: self.put_away(account_id, before, now))

    def put_away(self, account_id: str, before: DateTime, now: DateTime) -> None:
        """Seal the file as it is read.

        Raises: VersionConflict where somebody else has stored something meanwhile.
        """
        with self.engine.begin() as connection:
            read = read_file(connection, account_id)
            if read.file is None:
                return
            file, archive = flows.seal(read.file, before)
            if file is read.file:
                return
            self.write_file(connection, read, file, now)
            place = {"account_id": account_id, "revision": read.revision, "record": records.dumps(archive)}
            connection.execute(insert(tables.archives).values(place))


def read_file(connection: Connection, account_id: str) -> Read:
    """Return the file of an account; where there is none yet, None at revision 0."""
    row = connection.execute(
        select(tables.files.c.record, tables.files.c.revision).where(tables.files.c.account_id == account_id)
    ).one_or_none()
    return Read(None, 0) if row is None else Read(records.loads(row.record, File), row.revision)


def first_answer(connection: Connection, account_id: str, command: Command) -> Answer | None:
    """Return what a command brought about before; another one under its id is refused."""
    row = connection.execute(
        select(tables.answers.c.asked, tables.answers.c.decision).where(
            tables.answers.c.account_id == account_id, tables.answers.c.command_id == command.id
        )
    ).one_or_none()
    if row is None:
        return None
    if row.asked != asked(command):
        return refused(IdReused(command.id))
    return records.loads(row.decision, Decision)


def asked(command: Command) -> str:
    """Return what is asked, whenever it is: a retry may be stamped anew."""
    data = records.dump(command)
    return json.dumps(data | {"at": "", "recorded_at": ""}, sort_keys=True)  # type: ignore[operator]


def write(connection: Connection, read: Read, row: dict[str, object]) -> None:
    """Write the row of a file if it still is as it was read.

    Raises: VersionConflict where it is not.
    """
    files = tables.files.c
    unchanged = (files.account_id == row["account_id"]) & (files.revision == read.revision)
    statement: Insert | Update = update(tables.files).where(unchanged).values(row)
    if read.file is None:
        statement = tables.unless_there(connection.dialect, tables.files, row)
    written = connection.execute(statement, execution_options={"preserve_rowcount": True})
    if written.rowcount != 1:
        raise VersionConflict(read.revision, read.revision + 1)


def append(connection: Connection, file: File, allowed: list[tuple[Command, Answer]]) -> None:
    """Append the events with a link of the audit chain for each command, and its answer."""
    links, account_id = tables.links.c, file.account.id
    last = connection.execute(
        select(links.place, links.digest)
        .where(links.account_id == account_id)
        .order_by(links.place.desc())
        .limit(1)
    ).one_or_none()
    head = None if last is None else audit.Link(last.place, last.digest)
    position = file.version - sum(len(decision.events) for _, decision in allowed)
    happened, chained, told = [], [], []
    for command, decision in allowed:
        about = {"account_id": account_id, "command_id": command.id}
        for event in decision.events:
            position += 1
            happened.append({**about, "position": position, "record": records.canonical(event).decode()})
        head = audit.append(head, records.canonical(decision.events))
        chained.append({**about, "place": head.index, "digest": head.digest})
        told.append(
            {
                **about,
                "recorded_at": command.recorded_at,
                "asked": asked(command),
                "decision": records.dumps(decision),
            }
        )
    connection.execute(insert(tables.events), happened)
    connection.execute(insert(tables.links), chained)
    connection.execute(insert(tables.answers), told)


def park(connection: Connection, account_id: str, next_at: DateTime | None, why: str | None) -> None:
    """Set the timer of an account, and say what keeps it where something does."""
    row = update(tables.files).where(tables.files.c.account_id == account_id)
    connection.execute(row.values(next_at=next_at, stuck=why))


def verify(connection: Connection, account_id: str, expected: audit.Head | None = None) -> audit.Verdict:
    """Return whether the events of an account are still those that were chained."""
    links = tables.links.c
    chain = connection.execute(
        select(links.place, links.digest).where(links.account_id == account_id).order_by(links.place)
    )
    bodies = [f"[{','.join(texts)}]".encode() for texts in stored(connection, account_id).values()]
    return audit.verify([audit.Link(row.place, row.digest) for row in chain], bodies, expected=expected)


def replay(connection: Connection, account_id: str) -> File | None:
    """Return the file that the stored events make: a file that was lost, or one to compare with."""
    answers = tables.answers.c
    asked = select(answers.command_id, answers.recorded_at).where(answers.account_id == account_id)
    recorded = {row.command_id: row.recorded_at for row in connection.execute(asked)}
    file: File | None = None
    for command_id, texts in stored(connection, account_id).items():
        happened = tuple(records.loads(text, Event) for text in texts)
        file = flows.evolve(file, happened, recorded_at=recorded[command_id])
    return file


def stored(connection: Connection, account_id: str) -> dict[str, list[str]]:
    """Return the events of an account as they are stored, by the command that brought them about."""
    events = tables.events.c
    found: dict[str, list[str]] = {}
    for row in connection.execute(
        select(events.command_id, events.record)
        .where(events.account_id == account_id)
        .order_by(events.position)
    ):
        found.setdefault(row.command_id, []).append(row.record)
    return found
