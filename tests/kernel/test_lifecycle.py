"""A lifecycle as a table: what it accepts, where it leads, and what a table cannot say."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from attrs import frozen

from acctcore.kernel.decision import refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle, Transition, WrongPhase, name
from tests.kernel.strategies import wrong


class Door(Enum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class Window(Enum):
    OPEN = "open"


@frozen
class Build: ...


@frozen
class Shut: ...


@frozen
class Lock: ...


@frozen
class Paint: ...


@frozen
class Built: ...


@frozen
class WasShut: ...


@frozen
class WasLocked: ...


@frozen
class Painted: ...


LIFECYCLE = Lifecycle[Door](
    Accepts(Build, NOTHING, (Built,)),
    Accepts(Shut, (Door.OPEN,), (WasShut,)),
    Accepts(Lock, (Door.OPEN, Door.SHUT), (WasShut, WasLocked)),
    Accepts(Paint, (Door.OPEN, Door.SHUT, Door.LOCKED), (Painted,)),
    moves={Built: Door.OPEN, WasShut: Door.SHUT, WasLocked: Door.LOCKED},
    by_time=((Door.OPEN, Door.SHUT, "the wind"),),
)
ACCEPTED: dict[type, set[Door | None]] = {
    Build: {None},
    Shut: {Door.OPEN},
    Lock: {Door.OPEN, Door.SHUT},
    Paint: {Door.OPEN, Door.SHUT, Door.LOCKED},
}


@pytest.mark.parametrize("phase", [None, *Door], ids=name)
@pytest.mark.parametrize("command", ACCEPTED, ids=lambda kind: kind.__name__)
def test_every_command_in_every_phase(command: type, phase: Door | None) -> None:
    refusal = LIFECYCLE.refusal(phase, command())
    assert LIFECYCLE.accepts(phase, command) is (phase in ACCEPTED[command])
    if phase in ACCEPTED[command]:
        assert refusal is None
    else:
        where = tuple(sorted(name(each) for each in ACCEPTED[command]))
        assert refusal == refused(WrongPhase(command.__name__, name(phase), where))


def test_a_wrong_phase_is_told_alone() -> None:
    refusal = LIFECYCLE.refusal(Door.LOCKED, Lock())
    assert refusal is not None
    assert [reason.text for reason in refusal.reasons] == [
        "Lock is not accepted in the phase locked, only in: open, shut"
    ]
    nothing = LIFECYCLE.refusal(None, Shut())
    assert nothing is not None
    assert nothing.reasons[0].text == "Shut is not accepted in the phase nothing, only in: open"


@pytest.mark.parametrize("phase", [None, *Door], ids=name)
def test_an_event_leads_to_its_phase_and_another_nowhere(phase: Door | None) -> None:
    assert LIFECYCLE.target(phase, Built()) is Door.OPEN
    assert LIFECYCLE.target(phase, WasLocked()) is Door.LOCKED
    assert LIFECYCLE.target(phase, Painted()) is phase


def test_transitions_are_every_way_in_the_tables_order() -> None:
    assert list(LIFECYCLE.transitions()) == [
        Transition("Build", None, "Built", "open"),
        Transition("Shut", "open", "WasShut", "shut"),
        Transition("Lock", "open", "WasShut", "shut"),
        Transition("Lock", "open", "WasLocked", "locked"),
        Transition("Lock", "shut", "WasShut", "shut"),
        Transition("Lock", "shut", "WasLocked", "locked"),
        Transition("Paint", "open", "Painted", "open"),
        Transition("Paint", "shut", "Painted", "shut"),
        Transition("Paint", "locked", "Painted", "locked"),
    ]


def test_what_brings_about_nothing_that_lasts_leads_from_nothing_to_nothing() -> None:
    table = Lifecycle[Door](Accepts(Paint, NOTHING, (Painted,)), moves={})
    assert list(table.transitions()) == [Transition("Paint", None, "Painted", None)]
    assert table.mermaid() == "stateDiagram-v2\n    [*] --> [*]: Paint / Painted\n"


def test_the_diagram() -> None:
    assert (
        LIFECYCLE.mermaid()
        == """\
stateDiagram-v2
    [*] --> open: Build / Built
    open --> shut: Shut / WasShut
    open --> shut: Lock / WasShut
    open --> locked: Lock / WasLocked
    shut --> shut: Lock / WasShut
    shut --> shut: Paint / Painted
    shut --> locked: Lock / WasLocked
    open --> open: Paint / Painted
    locked --> locked: Paint / Painted
    open --> shut: by time, the wind
"""
    )


def test_a_command_may_bring_about_other_things_in_another_phase() -> None:
    table = Lifecycle[Door](
        Accepts(Paint, (Door.LOCKED,), (Painted,)),
        Accepts(Shut, (Door.OPEN,), (WasShut,)),
        Accepts(Shut, (Door.LOCKED,), (Painted,)),
        moves={WasShut: Door.SHUT},
    )
    assert dict(table.accepted) == {Paint: (Door.LOCKED,), Shut: (Door.OPEN, Door.LOCKED)}
    assert [table.brings(phase, Shut) for phase in Door] == [(WasShut,), (), (Painted,)]
    assert [table.accepts(phase, Shut) for phase in Door] == [True, False, True]
    refusal = table.refusal(Door.SHUT, Shut())
    assert refusal == refused(WrongPhase("Shut", "shut", ("locked", "open")))
    assert table.mermaid() == (
        "stateDiagram-v2\n    locked --> locked: Paint / Painted\n    locked --> locked: Shut / Painted\n"
        "    open --> shut: Shut / WasShut\n"
    )


def test_a_phase_with_a_value_that_counts_for_nothing_is_still_a_phase() -> None:
    class Level(Enum):
        GROUND = 0

    levels = Lifecycle[Level](Accepts(Paint, (Level.GROUND,), (Painted, Painted)), moves={})
    assert levels.mermaid() == "stateDiagram-v2\n    0 --> 0: Paint / Painted\n"
    assert levels.target(Level.GROUND, Painted()) is Level.GROUND


ODD: Any = "open"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(
            lambda: Lifecycle(
                Accepts(Shut, (Door.LOCKED, Door.OPEN), ()), Accepts(Shut, (Door.OPEN,), ()), moves={}
            ),
            r"Lifecycle: expected one row for each command and phase, got \['Shut', 'Shut'\]",
            id="two rows for a command in a phase",
        ),
        pytest.param(
            lambda: Lifecycle(Accepts(Shut, (Door.OPEN,), ()), moves={WasShut: Door.SHUT}),
            r"Lifecycle.moves: expected moves of events that some row brings about, got \['WasShut'\]",
            id="a move of an event that nothing brings about",
        ),
        pytest.param(
            lambda: Lifecycle[Any](Accepts(Shut, (Door.OPEN,), (WasShut,)), moves={WasShut: Window.OPEN}),
            r"Lifecycle: expected phases of one Enum, got \['Door', 'Window'\]",
            id="phases of two kinds",
        ),
        pytest.param(
            lambda: Lifecycle[Any](Accepts(Shut, ("open",), (WasShut,)), moves={}),
            r"Lifecycle: expected phases of one Enum, got \['str'\]",
            id="texts for phases",
        ),
    ],
)
def test_what_a_table_cannot_say(make: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        make()


def test_a_table_cannot_be_changed() -> None:
    assert not hasattr(LIFECYCLE.moves, "__setitem__")
    moves: dict[type, Door] = {WasShut: Door.SHUT}
    table = Lifecycle(Accepts(Shut, (Door.OPEN,), (WasShut,)), moves=moves)
    moves.clear()
    assert table.target(Door.OPEN, WasShut()) is Door.SHUT


@pytest.mark.parametrize("value", wrong())
def test_only_commands_of_the_table_are_judged(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"Lifecycle.refusal: expected a command of this lifecycle"):
        LIFECYCLE.refusal(Door.OPEN, value)


@pytest.mark.parametrize("value", wrong("nothing"))
def test_a_phase_is_a_phase(value: Any) -> None:
    for ask in (lambda: LIFECYCLE.refusal(value, Shut()), lambda: name(value)):
        with pytest.raises(InvalidValue, match=r"Lifecycle: expected a phase, or None"):
            ask()
    assert LIFECYCLE.accepts(Door.OPEN, Built) is False
