"""Whatever a scenario says: it is read or its mistakes are told; it runs; nothing else is raised."""

import contextlib
import datetime
import tomllib

from hypothesis import example, given
from hypothesis import strategies as st

from acctcore import simulation
from acctcore.simulation import BadScenario, Result
from tests.simulation.texts import story

NAMES = ("a-per-seat-europe", "b-per-second-usd", "c-holds-and-backdating")
LINES = {name: story(name).splitlines() for name in NAMES}
ODD = st.sampled_from(
    [
        "",
        "[[step]]",
        "[account]",
        "[[plan.charge]]",
        'do = "account.close"',
        'do = "invoices.void"',
        'do = "subscriptions.uncancel"',
        "at = 2024-02-30",
        "at = 9999-12-31T23:59:59",
        "at = 0001-01-01",
        'amount = "1E+999999"',
        "amount = nan",
        'amount = "NaN EUR"',
        "quantity = 99999999999999999999",
        "x = { y = { z = [1, [2, {}]] } }",
        'when = "cycle_end"',
        "until = 2024-02-01",
        '"" = 1',
        "title = '\\u0000'",
        'id = "\\u202e"',
    ]
)


def run(text: str) -> Result | None:
    with contextlib.suppress(BadScenario):
        return simulation.simulate(simulation.read(text), datetime.date(2026, 1, 1))
    return None


@given(st.sampled_from(NAMES), st.data())
def test_lines_that_are_lost_doubled_or_odd(name: str, data: st.DataObject) -> None:
    lines = list(LINES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "odd", "swap"])):
            case "drop":
                del lines[position]
            case "double":
                lines.insert(position, lines[position])
            case "odd":
                lines.insert(position, data.draw(ODD))
            case _:
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[position], lines[other] = lines[other], lines[position]
    run("\n".join(lines))


@given(st.sampled_from(NAMES), st.data())
def test_values_that_are_exchanged(name: str, data: st.DataObject) -> None:
    lines = list(LINES[name])
    keys = [number for number, line in enumerate(lines) if " = " in line]
    for _ in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(keys))
        lines[one] = f"{lines[one].partition(' = ')[0]} = {lines[other].partition(' = ')[2]}"
    run("\n".join(lines))


@given(st.text(max_size=60))
@example("﻿")
@example("a = 1979-05-27T07:32:00.999999999999")
def test_any_text_at_all(text: str) -> None:
    assert run(text) is None


@given(st.sampled_from(NAMES), st.integers(0, 5000), st.characters())
def test_one_character_more(name: str, position: int, character: str) -> None:
    text = story(name)
    position %= len(text)
    run(text[:position] + character + text[position:])


def test_the_stories_themselves_are_read() -> None:
    for name in NAMES:
        tomllib.loads(story(name))
        assert run(story(name)) is not None
