"""The databases that the CRM runs on: SQLite in a file, and a real PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import IO, NoReturn

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.embedding import postgres
from tests.embedding.stage import Stage


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this process's own, on the server that is named or on one that is started here."""
    with ExitStack() as stack:
        server = os.environ.get(postgres.URL) or stack.enter_context(own_server())
        name = f"crm_{os.getpid()}"
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def own_server() -> Iterator[str]:
    """A server that ends with these tests, also where they are killed."""
    command = [sys.executable, "-m", postgres.__name__]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process:
        url = line_of(process.stdout)
        if not url:
            without(line_of(process.stderr))
        yield url
        process.communicate()  # ends its input, and waits until it has stopped


def line_of(stream: IO[str] | None) -> str:
    return "" if stream is None else stream.readline().strip()


def without(reason: str) -> NoReturn:
    """Leave out what needs a PostgreSQL; where every check has to be made, fail instead."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_stage(postgres_url: str) -> Iterator[Stage]:
    with Stage(postgres_url) as stage:
        yield stage


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Stage]:
    with Stage(f"sqlite:///{tmp_path}/crm.db") as stage:
        yield stage


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """An empty CRM, on one database and on the other."""
    stage: Stage = request.getfixturevalue({"sqlite": "sqlite", "postgres": "postgres_stage"}[request.param])
    stage.clear()
    return stage
