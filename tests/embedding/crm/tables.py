"""What a small CRM stores of its accounts, on SQLite or PostgreSQL, by SQLAlchemy."""

from datetime import UTC, datetime
from typing import Any

from pendulum import DateTime
from sqlalchemy import (
    CHAR,
    BigInteger,
    Column,
    Date,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql, sqlite

from acctcore.kernel.calendar import instant


class Instant(sql.TypeDecorator[DateTime]):
    """An instant in UTC; SQLite keeps no zone, so it is put back."""

    impl: sql.TypeEngine[Any] | type[sql.TypeEngine[Any]] = sql.DateTime(timezone=True)
    cache_ok: bool | None = True

    def process_bind_param(self, value: DateTime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(instant(value).isoformat())

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> DateTime | None:
        if value is None:
            return None
        return instant(value if value.tzinfo else value.replace(tzinfo=UTC))


metadata = MetaData()

# The account file: one row, one record. `revision` guards it: whoever stores it names the one that was read.
files = Table(
    "account_files",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Column("next_at", Instant),  # the one timer: when the schedule is to be asked again
    Column("stuck", Text),  # why it is not asked again, for somebody to look at
    Index("account_files_next_at", "next_at"),
)

# Everything that happened, in its order, in the very text that the audit chain took. Nothing here is ever
# changed, and it is text and no JSONB: what is read again by a later release would give other bytes.
events = Table(
    "events",
    metadata,
    Column("account_id", ForeignKey(files.c.account_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("command_id", Text, nullable=False),
    Column("record", Text, nullable=False),
)

# The first answer to every command that brought something about.
answers = Table(
    "answers",
    metadata,
    Column("account_id", ForeignKey(files.c.account_id), primary_key=True),
    Column("command_id", Text, primary_key=True),
    Column("recorded_at", Instant),  # where that is not the moment of the command itself
    Column("asked", Text, nullable=False),
    Column("decision", Text, nullable=False),
)

# One chain an account, one link a command. Heads that somebody else keeps show that nothing was cut off.
links = Table(
    "links",
    metadata,
    Column("account_id", ForeignKey(files.c.account_id), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("command_id", Text, nullable=False),
    Column("digest", CHAR(64), nullable=False),
)

# A series of numbers spans accounts: one row each, locked by whoever takes a number from it.
series = Table(
    "series",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("following", Integer, nullable=False),
    Column("issued_on", Date, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("number", Text, primary_key=True),
    Column("account_id", ForeignKey(files.c.account_id), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    UniqueConstraint("account_id", "document_id"),
)

# What is owed to somebody, as the file last stood: the office's list of things to do.
duties = Table(
    "duties",
    metadata,
    Column("account_id", ForeignKey(files.c.account_id), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("by", Instant, nullable=False),
    Index("duties_by", "by"),
)

# What was sealed away. Archives go back in the reverse order.
archives = Table(
    "archives",
    metadata,
    Column("account_id", ForeignKey(files.c.account_id), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("record", Text, nullable=False),
)


def connect(url: str) -> Engine:
    """Return an engine whose transactions lock as this CRM expects: SQLite's from their beginning."""
    engine = create_engine(url, pool_pre_ping=True)  # a connection that was lost is not used again
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def no_begin_of_its_own(connection: object, _record: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]

        @event.listens_for(engine, "begin")
        def begin_as_writer(connection: object) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine


def unless_there(dialect: Dialect, table: Table, row: dict[str, object]) -> Insert:
    """Return a statement that inserts a row, or nothing where somebody has inserted it already."""
    if dialect.name == "postgresql":
        return postgresql.insert(table).values(row).on_conflict_do_nothing()
    return sqlite.insert(table).values(row).on_conflict_do_nothing()
