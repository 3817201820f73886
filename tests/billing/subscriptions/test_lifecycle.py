"""Every phase with every command, and what the table promises of each."""

from collections.abc import Callable
from typing import Any

import pytest

from acctcore.billing import subscriptions as subs
from acctcore.billing.subscriptions import LIFECYCLE, Phase
from acctcore.kernel.decision import Outcome
from acctcore.kernel.lifecycle import WrongPhase, name
from tests.billing.subscriptions.stories import DATED_PRICES, NOW, Desk, at, on, selling

MOMENT = "2024-02-15"


def dated() -> Desk:
    return Desk(selling(catalog=DATED_PRICES))


STORIES: dict[Phase | None, Callable[[], Desk]] = {
    None: dated,
    Phase.PENDING: lambda: dated().start("2024-01-10", starts=on("2024-03-01")),
    Phase.TRIALING: lambda: dated().start("2024-02-10", trial_days=30),
    Phase.ACTIVE: lambda: dated().start("2024-01-10"),
    Phase.PAUSED: lambda: dated().start("2024-01-10").do(subs.Pause, "2024-01-20"),
    Phase.ENDING: lambda: dated().start("2024-01-10").do(subs.Cancel, "2024-02-14", when=on("2024-02-28")),
    Phase.ENDED: lambda: dated().start("2024-01-10").do(subs.Cancel, "2024-01-20", when=NOW),
}
FACTS: dict[type, dict[str, Any]] = {
    subs.Start: {"plan": "small", "currency": "EUR"},
    subs.ChangePlan: {"plan": "large"},
    subs.ChangeQuantity: {"item": "seat", "quantity": 7},
    subs.ChangeItems: {"quantities": {"seat": 7}},
    subs.Reanchor: {"anchor_day": 5},
    subs.Withdraw: {"change": "W"},
    subs.Cancel: {"when": NOW},
    subs.Uncancel: {},
    subs.Pause: {"until": on("2024-05-20")},
    subs.Resume: {},
    subs.Bill: {"on": on("2024-02-10")},
}


def waiting(phase: Phase) -> Callable[[], Desk]:
    """Return a story in which a change waits for its day."""
    facts = FACTS[subs.ChangeQuantity] | {"id": "W", "when": on("2024-06-20")}
    return lambda: STORIES[phase]().do(subs.ChangeQuantity, "2024-02-14", **facts)


OTHER_STORIES: dict[tuple[Phase | None, type], Callable[[], Desk]] = {
    (Phase.ENDING, subs.Resume): lambda: (
        dated()
        .start("2024-01-10")
        .do(subs.Cancel, "2024-01-11", when=on("2024-02-28"))
        .do(subs.Pause, "2024-01-12")
    ),
    **{
        (phase, subs.Withdraw): waiting(phase)
        for phase in (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.PAUSED)
    },
    (Phase.ENDING, subs.Withdraw): lambda: waiting(Phase.ACTIVE)().do(
        subs.Cancel, "2024-02-14", when=on("2024-02-28")
    ),
}
"""Where a command asks for more than its phase."""

PAIRS = [
    pytest.param(phase, row.command, id=f"{row.command.__name__} in {name(phase)}")
    for row in LIFECYCLE.rows
    for phase in STORIES
]


def test_the_stories_cover_all_phases_and_the_facts_all_commands() -> None:
    assert set(STORIES) == {None, *Phase}
    assert set(FACTS) == {row.command for row in LIFECYCLE.rows}


@pytest.mark.parametrize(("phase", "kind"), PAIRS)
def test_a_command_is_accepted_where_the_table_says_so(phase: Phase | None, kind: type[subs.Command]) -> None:
    desk = OTHER_STORIES.get((phase, kind), STORIES[phase])()
    assert subs.phase(desk.subscription, on(MOMENT)) is phase
    before, bills = desk.subscription, len(desk.bills)
    decision = desk.ask(kind, MOMENT, **FACTS[kind])
    if not LIFECYCLE.accepts(phase, kind):
        alone = subs.UnknownSubscription if phase is None else WrongPhase
        assert decision.outcome is Outcome.REFUSED
        assert [type(reason) for reason in decision.reasons] == [alone]
        assert desk.subscription is before
        return
    assert decision.allowed
    row = next(row for row in LIFECYCLE.rows if row.command is kind)
    billed = [event for bill in desk.bills[bills:] for event in (*bill.repriced, bill.event)]
    told = [*decision.events, *billed]
    assert told
    assert {type(event) for event in told} <= set(row.events)
    for event in decision.events:
        _moves_as_the_table_says(phase, event, subs.phase(desk.now, on(MOMENT)))


def _moves_as_the_table_says(phase: Phase | None, event: object, after: Phase | None) -> None:
    """Check that the phase is the target, or one that time leads to from there.

    What is withdrawn leaves the subscription where it would have been: before its start, in trial or active.
    """
    reached = {LIFECYCLE.target(phase, event)}
    if isinstance(event, subs.CancellationWithdrawn):
        reached |= {Phase.PENDING, Phase.TRIALING}
    ways = [(start, end) for start, end, _ in LIFECYCLE.by_time]
    while more := {end for start, end in ways if start in reached} - reached:
        reached |= more
    assert after in reached


def test_every_event_of_the_table_comes_about() -> None:
    told: set[type] = set()
    for phase, plain in STORIES.items():
        for kind, facts in FACTS.items():
            story = OTHER_STORIES.get((phase, kind), plain)
            for when in ({}, {"when": subs.Timing.CYCLE_END}):
                if when and kind is not subs.Cancel:
                    continue
                desk = story()
                told |= {type(event) for event in desk.ask(kind, MOMENT, **(facts | when)).events}
                told |= {type(event) for bill in desk.bills for event in (*bill.repriced, bill.event)}
    assert told == {event for row in LIFECYCLE.rows for event in row.events}


def test_time_alone_leads_through_the_phases() -> None:
    desk = Desk().start("2024-01-10", starts=on("2024-02-01"), trial_days=14)
    desk.do(subs.Cancel, "2024-01-10", when=on("2024-03-01"))
    days = ("2024-01-31", "2024-02-01", "2024-02-14", "2024-02-15", "2024-02-29", "2024-03-01")
    ending, ended = Phase.ENDING, Phase.ENDED
    assert [subs.phase_at(desk.now, at(day)) for day in days] == [ending] * 5 + [ended]
    desk.do(subs.Uncancel, "2024-01-11")
    phases = [Phase.PENDING, Phase.TRIALING, Phase.TRIALING, Phase.ACTIVE, Phase.ACTIVE, Phase.ACTIVE]
    assert [subs.phase_at(desk.now, at(day)) for day in days] == phases


def test_a_pause_comes_and_goes_by_time_and_an_end_comes_before_it() -> None:
    desk = Desk().start("2024-01-10", "trial")
    desk.do(subs.Pause, "2024-01-10", when=on("2024-01-20"), until=on("2024-02-01"))
    days = ("2024-01-19", "2024-01-20", "2024-01-31", "2024-02-01")
    phases = [Phase.TRIALING, Phase.PAUSED, Phase.PAUSED, Phase.ACTIVE]
    assert [subs.phase_at(desk.now, at(day)) for day in days] == phases
    desk.do(subs.Resume, "2024-01-21", when=on("2024-01-22"))
    assert subs.phase_at(desk.now, at("2024-01-22")) is Phase.TRIALING
    desk.do(subs.Cancel, "2024-01-21", when=on("2024-03-01"))
    assert subs.phase_at(desk.now, at("2024-01-21")) is Phase.ENDING


def test_nothing_has_no_phase() -> None:
    assert subs.phase(None, on(MOMENT)) is None
    assert subs.phase(Desk().start("2024-01-10").now, None) is None
