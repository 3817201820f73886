"""Random lives add up and can be told as scenarios; a service that differs from acctcore is found."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import account
from acctcore.billing import subscriptions
from acctcore.flows import File, balances, due, evolve, handle
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments
from acctcore.simulation import read, simulate
from acctcore.simulation.scenario import Scenario
from acctcore.testing.beside import beside
from acctcore.testing.lives import Life, lived_well, lives
from acctcore.testing.worlds import WORLDS
from acctcore.testing.writing import steps_text

SERVED = """acctcore = "scenario/1"

[account]
id = "A"
zone = "Asia/Tokyo"
currency = "JPY"

[[actor]]
id = "officer"

[[plan]]
id = "plain"
every = "1 month"

[[plan.charge]]
key = "base"
prices.JPY = "1234"
"""


@given(lives())
def test_a_life_adds_up_and_its_scenario_is_lived_again(life: Life) -> None:
    lived_well(life)


@given(lives(most=3))
def test_a_life_and_its_scenario_end_at_the_same_instant(life: Life) -> None:
    assert simulate(read(life.text)).period.end - life.ends_at == timedelta(microseconds=1)


@pytest.mark.long
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(lives(least=5, most=25))
def test_a_long_life_adds_up(life: Life) -> None:
    lived_well(life)


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_every_world_has_lives(world: str) -> None:
    seen: set[type] = set()

    @settings(max_examples=120, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lives({world: WORLDS[world]}, least=4))
    def live(life: Life) -> None:
        assert life.world == world
        seen.update(type(step.command) for step in life.steps)

    live()
    assert {account.Open, subscriptions.Start, payments.Receive} <= seen


@given(lives())
def test_steps_are_read_as_they_were_written(life: Life) -> None:
    scenario: Scenario = read(life.text)
    assert [step.command for step in scenario.steps if step.asks_for is None] == [
        step.command for step in life.steps if step.asks_for is None
    ]
    assert steps_text(scenario.steps) == steps_text(life.steps)


# A service beside


class Ours:
    """A service that is acctcore itself: it cannot differ."""

    def __init__(self) -> None:
        opening = '\n[[step]]\ndo = "account.open"\nat = 2000-01-01\n'
        self.policies = read(SERVED + opening).policies
        self.file: File | None = None

    def go_to(self, now: DateTime) -> None:
        while self.file is not None and (todo := due(self.file, now, self.policies).commands):
            self.file = evolve(self.file, handle(self.file, todo[0], self.policies).events_or_raise())

    def ask(self, command: Command) -> bool:
        answer = handle(self.file, command, self.policies)
        if answer.allowed:
            self.file = evolve(self.file, answer.events)
        return answer.allowed

    def owed(self) -> Mapping[str, int]:
        return {} if self.file is None else {code: each.minor for code, each in balances(self.file).items()}


class Own:
    """Somebody's own billing of one plan at 1234 yen a month."""

    def __init__(self) -> None:
        self.anchors: dict[str, date] = {}
        self.due: dict[str, date] = {}
        self.paid: set[str] = set()
        self.balance = 0

    def today(self, now: DateTime) -> date:
        return now.astimezone(ZoneInfo("Asia/Tokyo")).date()

    def following(self, day: date, anchor: date) -> date:
        year, month = divmod(day.year * 12 + day.month, 12)
        return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))

    def go_to(self, now: DateTime) -> None:
        for id, day in self.due.items():
            while day <= self.today(now):
                self.balance += 1234
                day = self.following(day, self.anchors[id])  # noqa: PLW2901
            self.due[id] = day

    def ask(self, command: Command) -> bool:
        match command:
            case subscriptions.Start():
                if command.subscription_id in self.due:
                    return False
                self.anchors[command.subscription_id] = self.due[command.subscription_id] = self.today(
                    command.at
                )
                self.go_to(command.at)
            case payments.Receive():
                if command.payment_id in self.paid:
                    return False
                self.paid.add(command.payment_id)
                self.balance -= command.amount.minor
        return True

    def owed(self) -> Mapping[str, int]:
        return {"JPY": self.balance}


class Drifting(Own):
    """The same, but a renewal is counted from the one before."""

    def following(self, day: date, anchor: date) -> date:
        return super().following(day, day)


def asks(file: File, now: DateTime, id: str) -> st.SearchStrategy[Command]:
    """Return what the service was made for: a start now, or yen that came in; some ids are known."""
    facts = {"id": st.just(id), "at": st.just(now), "by": st.just(Actor("officer"))}
    started = [each.id for each in file.subscriptions]
    paid = [each.id for each in file.payments]
    starts = st.builds(
        subscriptions.Start,
        **facts,
        subscription_id=st.sampled_from([f"S-{id}", *started]),
        plan=st.just("plain"),
        currency=st.just("JPY"),
    )
    receipts = st.builds(
        payments.Receive,
        **facts,
        payment_id=st.sampled_from([f"P-{id}", *paid]),
        amount=st.builds(Money.of_minor, st.integers(1, 5_000), st.just("JPY")),
    )
    return starts | receipts


def test_acctcore_beside_itself_agrees() -> None:
    beside(Ours, SERVED, examples=50)


def test_a_service_that_does_the_same_agrees() -> None:
    beside(Own, SERVED, asks, examples=100)


def test_a_service_that_drifts_is_found() -> None:
    with pytest.raises(AssertionError, match="the service says"):
        beside(Drifting, SERVED, asks, examples=3_000, most=3)
