"""A writer that ends anywhere leaves everything or nothing, and whoever comes next makes it whole."""

import itertools
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tests.embedding.stage import PREPARED, STORY, Killed, Stage, Step, Stop, Writer


def kill_at(point: int) -> Stop:
    def stop(number: int, name: str, connection: Any) -> None:
        if number == point:
            raise Killed(name)

    return stop


def steps(stage: Stage) -> Iterator[tuple[Step, Any, Any]]:
    """Give each step of the story with what is stored before and after it, where nothing disturbs it."""
    before = stage.dump()
    for step in STORY:
        stage.restore(before)
        step.do(stage.office)
        after = stage.dump()
        yield step, before, after
        before = after


def test_killed_between_any_two_statements_it_recovers(stage: Stage) -> None:
    tried = 0
    with Writer(stage) as writer:
        for step, before, after in steps(stage):
            for point in itertools.count(1):
                stage.restore(before)
                try:
                    writer.do(step, kill_at(point))
                except Killed:
                    tried += 1
                else:
                    break
                step.do(stage.office)
                assert stage.dump() == after, f"{step} killed at {point}"
    stage.check()
    assert tried >= 160


# The whole process is killed

CHANGE, RENEWALS = 5, 6  # a change of plan, with numbers of two series; a worker with two accounts to renew


def kill_everywhere(url: str) -> None:
    """Do a step of the story in processes that are killed on the way, one at each point."""
    tried = 0
    with Stage(url) as stage:
        for index, (step, before, after) in enumerate(steps(stage)):
            for point in itertools.count(1) if index == CHANGE else ():
                stage.restore(before)
                if not dies(stage, step, point):
                    break
                stage.alone()
                step.do(stage.office)
                assert stage.dump() == after, f"{step} killed at {point}"
                tried += 1
        stage.check()
    assert tried >= 20


def dies(stage: Stage, step: Step, point: int) -> bool:
    """Do a step in a process of its own; return whether it came to the point and was killed there."""

    def stop(number: int, name: str, connection: Any) -> None:
        if number == point:
            os.kill(os.getpid(), signal.SIGKILL)

    stage.engine.dispose()  # a connection cannot be shared
    child = os.fork()
    if not child:
        try:
            Writer(stage).do(step, stop)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be split here")
def test_a_process_that_is_killed_leaves_everything_or_nothing(stage: Stage) -> None:
    stage.engine.dispose()
    child = PREPARED.Process(target=kill_everywhere, args=(stage.url,))
    child.start()
    child.join()
    assert child.exitcode == 0


# The server ends the connection


def test_a_lost_connection_leaves_everything_or_nothing(postgres_stage: Stage) -> None:
    stage = postgres_stage
    stage.clear()
    admin = create_engine(stage.url, isolation_level="AUTOCOMMIT")
    lost = 0

    def cut_at(point: int) -> Stop:
        def stop(number: int, name: str, connection: Any) -> None:
            if number == point:
                with admin.connect() as other:
                    session = {"pid": connection.info.backend_pid}
                    other.execute(text("SELECT pg_terminate_backend(:pid)"), session)
                    while other.execute(
                        text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid"), session
                    ).first():
                        pass

        return stop

    with Writer(stage) as writer:
        for index, (step, before, after) in enumerate(steps(stage)):
            for point in itertools.count(1) if index == RENEWALS else ():
                stage.restore(before)
                try:
                    writer.do(step, cut_at(point))
                except SQLAlchemyError:
                    lost += 1
                if point > len(writer.points.names):
                    break
                writer.do(step)
                assert stage.dump() == after, f"{step} cut at {point}"
    admin.dispose()
    stage.check()
    assert lost >= 30
