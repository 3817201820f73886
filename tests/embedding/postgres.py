"""A PostgreSQL of the tests' own, in a directory of its own; it listens on a socket there and on no port.

python -m tests.embedding.postgres start     start one, print its directory and its URL
python -m tests.embedding.postgres stop DIR  stop it and remove the directory
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

URL = "ACCTCORE_POSTGRES"
"""The environment variable that names a PostgreSQL to use instead, with a user who may make databases."""

DEBIAN = Path("/usr/lib/postgresql")

# A database that is thrown away need not survive the machine's power.
SETTINGS = ("listen_addresses=''", "fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Unavailable(Exception):
    """There is no PostgreSQL to start here."""


def programs() -> Path:
    """Return where PostgreSQL's programs are: on the path, or where Debian puts them."""
    found = shutil.which("pg_ctl")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(DEBIAN.glob("*/bin"), reverse=True)
    for place in places:
        if all((place / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return place
    raise Unavailable(f"no PostgreSQL is installed, and {URL} names none")


def start() -> tuple[Path, str]:
    """Start a server; return its directory and its URL."""
    place = programs()
    directory = Path(tempfile.mkdtemp(prefix="acctcore-postgres-", dir="/tmp"))
    try:
        if os.geteuid() == 0:  # PostgreSQL does not run as root; Debian's package makes a user for it
            shutil.chown(directory, "postgres", "postgres")
        data, log = directory / "data", directory / "log"
        run(
            place / "initdb",
            "--pgdata",
            data,
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        )
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={directory}"))
        run(place / "pg_ctl", "start", "--wait", "--pgdata", data, "--log", log, "--options", options)
    except (LookupError, subprocess.CalledProcessError) as error:
        shutil.rmtree(directory)
        told = error.stdout if isinstance(error, subprocess.CalledProcessError) else error
        raise Unavailable(f"PostgreSQL does not start: {told}") from error
    return directory, f"postgresql+psycopg://postgres@/postgres?host={directory}"


def serve() -> None:
    """Keep a server for as long as whoever asked for it lives, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key that ends the tests ends their end of the pipe
    try:
        directory, url = start()
    except Unavailable as missing:
        sys.exit(str(missing))
    try:
        print(url, flush=True)
        sys.stdin.read()
    finally:
        stop(directory)


def stop(directory: Path) -> None:
    """Stop a server and remove its directory."""
    run(programs() / "pg_ctl", "stop", "--mode=immediate", "--pgdata", directory / "data")
    shutil.rmtree(directory)


def run(*command: str | Path) -> None:
    owner = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if command[1] != "start" else subprocess.DEVNULL,  # a server keeps it open
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=True,
    )


if __name__ == "__main__":
    serve()
