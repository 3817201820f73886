"""Your own service beside acctcore: the same life is lived in both, and they must agree at every step.

You put a thin adapter in front of the service. Random lives are drawn; each command goes to acctcore
and to the service; after each, both are asked what the customer owes. The smallest life in which they
differ is told as a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from hypothesis import HealthCheck, given, note, settings
from pendulum import DateTime

from acctcore.flows import balances
from acctcore.kernel.messages import Command
from acctcore.testing.lives import Asks, Life, lives
from acctcore.testing.worlds import WORLDS


class Service(Protocol):
    """What a service has to answer to be compared."""

    def go_to(self, now: DateTime) -> None:
        """Do what is due by an instant: renewals, ends."""
        ...

    def ask(self, command: Command) -> bool:
        """Do what a command asks, and return whether it was accepted."""
        ...

    def owed(self) -> Mapping[str, int]:
        """Return what the customer owes in each currency, in minor units; below zero, they are owed."""
        ...


def beside(
    make: Callable[[], Service],
    world: str,
    asks: Asks | None = None,
    *,
    examples: int = 200,
    most: int = 6,
) -> None:
    """Search for a life in which a service and acctcore differ; raises where there is one.

    `make` makes the service anew for every life. `world` is the head of a scenario that says what the
    service sells under which rules, or the name of one in `WORLDS`; it names an actor `officer`.
    `asks` draws what the service was made for: the next command, for a file, an instant and an id.
    Without it, anything is asked.
    """

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(lives({world: WORLDS.get(world, world)}, most=most, asks=asks))
    def search(life: Life) -> None:
        note(f"# the life in which they differ\n{life.text}")
        agrees(make(), life)

    search()


def agrees(service: Service, life: Life) -> None:
    """Check that a service comes to the same answers and the same balances as acctcore in a life."""
    for moment in life.moments:
        service.go_to(moment.at)
        if moment.command is not None:
            accepted = service.ask(moment.command)
            told = f"{type(moment.command).__name__} at {moment.at}"
            assert accepted is moment.accepted, (
                f"{told}: {_word(accepted)} by the service, {_word(moment.accepted)} by acctcore"
            )
        ours = {code: money.minor for code, money in balances(moment.file).items() if money.minor}
        theirs = {code: minor for code, minor in service.owed().items() if minor}
        assert theirs == ours, f"at {moment.at}: the service says {theirs} is owed, acctcore {ours}"


def _word(accepted: bool) -> str:
    return "accepted" if accepted else "refused"
