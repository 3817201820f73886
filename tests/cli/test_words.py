"""How rare events and facts read."""

from datetime import date, time
from enum import Enum

import attrs
import pytest
from attrs import frozen
from rich.console import Console

from acctcore import simulation
from acctcore.accounts import account, holds
from acctcore.cli import show
from acctcore.cli.words import Words
from acctcore.kernel import messages
from acctcore.kernel.calendar import Span, at_local
from acctcore.kernel.duties import Duty
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import Actor
from tests.simulation.texts import OPEN, scenario

NOON = at_local(date(2024, 6, 1), "Europe/Berlin")


LATER = NOON.add(hours=36)
OFFICE = built_in("office", "1")
HOLD = holds.Hold(
    id="H-1",
    blocks={"refund"},
    reason="sanctions",
    secret=True,
    scope={"S-2", "S-1"},
    case="CASE-9",
    releasable_by="officer",
    changes=(holds.Change(holds.Step.PLACED, NOON, NOON, "ann", LATER),),
)


@pytest.fixture
def words() -> Words:
    return Words(simulation.simulate(simulation.read(scenario(OPEN))))


@frozen
class Waved(messages.Event):
    """An event of a host's own."""

    to_whom: str
    how: tuple[str, ...]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (account.Declined(NOON, "c", "no reply"), "application declined: no reply"),
        (account.Withdrawn(NOON, "c"), "application withdrawn"),
        (
            account.Applied(NOON, "c", "A-1", "UTC", "", (("address", "a1"),), LATER, OFFICE),
            "account A-1 applied for, to be decided by 2024-06-02 12:00, with address a1",
        ),
        (account.Opened(NOON, "c", "A-1", "UTC", ""), "account A-1 opened"),
        (account.OnboardingBegan(NOON, "c"), "onboarding began"),
        (account.Activated(NOON, "c"), "account active"),
        (account.Amended(NOON, "c", "Asia/Tokyo", ""), "account amended: zone Asia/Tokyo, no party"),
        (
            account.Amended(NOON, "c", None, "customer-8", (("address", "a2"), ("fax", ""))),
            "account amended: party customer-8, address a2, no fax",
        ),
        (
            account.Verified(NOON, "c", "ann", (("address", "a2"), ("name", "n1")), "scan-7", LATER),
            "address, name verified by ann (scan-7, until 2024-06-02 12:00)",
        ),
        (account.Verified(NOON, "c", "ann", (("name", "n1"),), "x", None), "name verified by ann (x)"),
        (account.ClosureWithdrawn(NOON, "c"), "closure withdrawn: the account goes on"),
        (account.Closed(NOON, "c"), "account closed"),
        (account.Reopened(NOON, "c", "ann", OFFICE), "account reopened by ann"),
        (
            account.ReopenedForChecks(NOON, "c", "ann", None, OFFICE),
            "account reopened by ann, to be checked first",
        ),
        (account.StayedClosed(NOON, "c", "no_address"), "not reopened: no_address"),
        (
            holds.Placed(NOON, "c", HOLD, OFFICE),
            "hold H-1 (sanctions, secret) on S-1, S-2 for case CASE-9 blocks refund until 2024-06-02 12:00",
        ),
        (holds.Extended(NOON, "c", "H-1", "ann", NOON, None), "hold H-1 extended by ann until released"),
        (
            holds.Reviewed(NOON, "c", "H-1", "ann", NOON, holds.Finding.KEEP, LATER, LATER),
            "hold H-1 reviewed by ann, and kept until 2024-06-02 12:00, next review by 2024-06-02 12:00",
        ),
        (
            holds.Reviewed(NOON, "c", "H-1", "ann", NOON, holds.Finding.KEEP, None, None),
            "hold H-1 reviewed by ann, and kept until released",
        ),
        (
            holds.Reviewed(NOON, "c", "H-1", "ann", NOON, holds.Finding.RELEASE, None, None),
            "hold H-1 reviewed by ann, and not kept",
        ),
        (holds.Released(NOON, "c", "H-1", "ann", NOON), "hold H-1 released by ann"),
        (Waved(NOON, "c", "ann", ("twice", "gladly")), "waved: to whom ann, how twice, gladly"),
    ],
)
def test_events(event: Event, told: str, words: Words) -> None:
    assert words.event(event) == told


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (True, "yes"),
        (False, "no"),
        (Colour.RED, "red"),
        (Price("1.005", "EUR"), "1.005 EUR"),
        (Actor("ann"), "ann"),
        (frozenset({"b", "a"}), "a, b"),
        (date(2024, 6, 1), "2024-06-01"),
        (NOON, "2024-06-01 00:00"),
        (7, "7"),
    ],
)
def test_values(value: object, told: str, words: Words) -> None:
    assert words.value(value) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("account.activate", "decide on account it by 2024-06-02 12:00 (office)"),
        ("account.verify", "verify it by 2024-06-02 12:00 (office)"),
        *[
            (step.do, f"before closing, {verb} it by 2024-06-02 12:00 (office)")
            for step, verb in zip(
                account.Standing((Money("1", "EUR"),), *[("it",) for _ in range(8)]).plan(),
                (
                    "release hold",
                    "answer request",
                    "end subscription",
                    "issue or discard",
                    "capture or void",
                    "await payment",
                    "await refund",
                    "settle the balance in",
                    "do",
                ),
                strict=True,
            )
        ],
    ],
)
def test_every_duty_about_an_account_has_words(kind: str, told: str, words: Words) -> None:
    assert words.duty(Duty("k", kind, LATER, subject="it")) == told


def test_a_duty_of_a_hosts_own(words: Words) -> None:
    duty = Duty("k", "host.wave", NOON.add(hours=12), subject="ann")
    assert words.duty(duty) == "host.wave ann by 2024-06-01 12:00 (office)"


def test_instants_inside_a_text_are_local(words: Words) -> None:
    assert words.text("since 2024-06-01T10:00:00Z, 2024-06-01T10:00:01+00:00") == (
        "since 2024-06-01 12:00, 2024-06-01 12:00:01"
    )


def test_instants_of_reasons_are_local(words: Words) -> None:
    until = at_local(date(2024, 3, 31), "Europe/Berlin", time(2, 30))  # left out by the clocks: 3:30
    blocked = holds.Blocked("refund", ("H1", "H2"), ("fraud",), until)
    assert blocked.text == "refund is blocked by H1, H2 (fraud) until 2024-03-31T01:30:00Z"
    assert words.reason(blocked) == (
        "holds.blocked: refund is blocked by H1, H2 (fraud) until 2024-03-31 03:30"
    )


def test_instants_of_problems_are_local(words: Words) -> None:
    checks = [simulation.Check("every step", ("s: expected allowed, until 2024-03-31T01:30:00Z",))]
    told = show.render(Console(width=80), show.checked(checks, words))
    assert told == "✗ every step\n  · s: expected allowed, until 2024-03-31 03:30\n"


def test_a_period_of_one_day_is_that_day(words: Words) -> None:
    assert words.period(Span(date(2024, 6, 1), date(2024, 6, 2))) == "2024-06-01"
    assert words.period(None) == ""


def test_a_command_that_was_handled_before(words: Words) -> None:
    scenario_read = simulation.read(scenario(OPEN))
    twice = attrs.evolve(scenario_read, steps=scenario_read.steps * 2)
    told = show.render(Console(width=80), show.timeline(simulation.simulate(twice).entries, words))
    assert told.count("account A-1 opened") == 1
    assert "= handled before: the first answer again, nothing new" in told
