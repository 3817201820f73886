"""A host's records through three releases: what each wrote is frozen, and read by every later one.

`evolution/1.json` to `3.json` are never written again: the classes that wrote them are in `releases`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore import records
from acctcore.flows import File, evolve
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.money import in_minor
from acctcore.records import RecordErrors, Table
from tests.flows.stories import Story
from tests.records.releases import FROM_FIRST, FROM_SECOND, TABLES, WROTE, First, Second, Third

FROZEN = Path(__file__).parent / "evolution"
NEWEST = max(TABLES)


def frozen(release: int) -> list[Any]:
    """Return what a release wrote, as it stands in the files."""
    written: list[Any] = json.loads((FROZEN / f"{release}.json").read_text(encoding="utf-8"))
    return written


@pytest.mark.parametrize("release", TABLES)
def test_what_is_frozen_is_what_that_release_wrote(release: int) -> None:
    assert [records.dump(value, table=TABLES[release]) for value in WROTE[release]] == frozen(release)


@pytest.mark.parametrize("reader", TABLES)
@pytest.mark.parametrize("writer", TABLES)
def test_every_release_reads_itself_and_those_before(writer: int, reader: int) -> None:
    if writer <= reader:
        assert [records.load(each, table=TABLES[reader]) for each in frozen(writer)] == [*WROTE[reader]]
    else:
        refused = [each for each in frozen(writer) if unreadable(each, TABLES[reader])]
        assert refused == [each for each in frozen(writer) if changed_since(each, reader)]


def unreadable(written: Any, table: Table) -> bool:
    try:
        records.load(written, table=table)
    except (UnknownRecord, RecordErrors):
        return True
    return False


def changed_since(written: Any, release: int) -> bool:
    """Return whether something in a record bears a tag that a release does not know."""
    known = TABLES[release].tags
    return any(tag not in known for tag in tags_in(written))


def tags_in(written: Any) -> Iterator[str]:
    if isinstance(written, list):
        for each in written:
            yield from tags_in(each)
    if isinstance(written, dict):
        if "type" in written:
            yield written["type"]
        for each in written.values():
            yield from tags_in(each)


@pytest.mark.parametrize(
    ("reader", "writer", "told"),
    [
        pytest.param(
            1,
            2,
            "$.type: no record is known by the tag 'rental.contract/2'; to mend: read it with the release"
            " that wrote it, or a later one; rental.contract/1 is in use here",
            id="the first reads the second",
        ),
        pytest.param(
            2,
            3,
            "$.type: no record is known by the tag 'rental.contract/3'; to mend: read it with the release"
            " that wrote it, or a later one; rental.contract/2 is in use here",
            id="the second reads the third",
        ),
    ],
)
def test_what_a_later_release_wrote_is_refused_with_what_would_mend_it(
    reader: int, writer: int, told: str
) -> None:
    contract, signed, *_ = frozen(writer)
    with pytest.raises(UnknownRecord) as caught:
        records.load(contract, table=TABLES[reader])
    assert str(caught.value) == told
    with pytest.raises(UnknownRecord) as caught:
        records.load(signed, table=TABLES[reader])
    assert str(caught.value) == told.replace("$.type", "$.contract.type")


@pytest.mark.parametrize("step", sorted({**FROM_FIRST, **FROM_SECOND}))
def test_a_step_that_is_missing_is_told(step: str) -> None:
    steps = {tag: upcast for tag, upcast in {**FROM_FIRST, **FROM_SECOND}.items() if tag != step}
    newest = TABLES[NEWEST]
    own = {tag: kind for tag, kind in newest.tags.items() if tag.startswith("rental.")}
    table = records.TABLE.extended(own, upcasters=steps)
    told: list[Any] = []
    for each in frozen(1):
        try:
            records.load(each, table=table)
        except (UnknownRecord, RecordErrors) as error:
            told += getattr(error, "problems", (error,))
    name = step.partition("/")[0]
    in_use = next(tag for tag in own if tag.startswith(f"{name}/"))
    assert {problem.tag for problem in told} == {step}
    assert {problem.mend for problem in told} == {
        f"add an upcaster from {step} to the next version; {in_use} is in use"
    }


# What is lost, and what is not


def leaves(written: Any) -> Iterator[object]:
    """Return all that data says, tags apart."""
    for each in written.values() if isinstance(written, dict) else written:
        if isinstance(each, dict | list):
            yield from leaves(each)
        else:
            yield each


def test_only_what_an_upcaster_leaves_out_is_gone() -> None:
    before = frozen(1)[0]
    value = records.load(before, table=TABLES[NEWEST])
    after = {each for each in leaves(records.dump(value, table=TABLES[NEWEST])) if isinstance(each, str)}
    said = {each for each in leaves(before) if isinstance(each, str)} - {"rental.contract/1"}
    assert said - after == {"Nord GmbH, Kiel", "asked for a blue one"}  # split, and given up
    assert {"Nord GmbH", "Kiel"} <= after
    assert before == frozen(1)[0]  # reading changes nothing in what was stored


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
devices = st.builds(First.Device, texts, st.integers(0, 10**9), st.sampled_from(["EUR", "USD"]))
contracts = st.builds(
    First.Contract,
    texts,
    st.builds("{}, {}".format, texts, texts) | texts,
    devices,
    st.lists(st.builds(First.Option, texts), max_size=3).map(tuple),
    texts,
)


@given(contracts)
def test_a_contract_of_the_first_release_means_the_same_in_the_third(contract: First.Contract) -> None:
    """Straight or over the second release, stored on the way: the same."""
    written = records.dump(contract, table=TABLES[1])
    straight = records.load(written, Third.Contract, table=TABLES[3])
    over = records.load(written, Second.Contract, table=TABLES[2])
    assert records.load(records.dump(over, table=TABLES[2]), table=TABLES[3]) == straight
    assert straight.subject == contract.subject
    assert straight.device.serial_number == contract.device.serial
    assert straight.device.price == in_minor(contract.device.cents, contract.device.currency)
    assert [(each.name, each.quantity) for each in straight.options] == [
        (each.name, 1) for each in contract.extras
    ]
    parts = [part for part in (straight.name, straight.city) if part]
    assert ", ".join(parts) == contract.holder


def test_a_file_that_the_first_release_stored_is_read_by_the_third() -> None:
    signed: Any = WROTE[1][1]
    told = Story()
    file = evolve(told.file, (signed,))
    read = records.load(records.dump(file, table=TABLES[1]), File, table=TABLES[3])
    assert read.own == (WROTE[3][0],)
    assert read.answers[-1].events == (WROTE[3][1],)
    assert (read.account, read.version) == (file.account, file.version)
    again = records.dump(read, table=TABLES[3])
    assert records.load(again, File, table=TABLES[3]) == read
    with pytest.raises(RecordErrors) as caught:
        records.load(again, File, table=TABLES[1])
    assert [str(problem).partition(":")[0] for problem in caught.value.problems] == [
        "$.own[0].type",
        "$.answers[1].events[0].contract.type",
    ]


def test_old_data_that_was_never_right_is_told_by_its_path() -> None:
    contract = frozen(1)[0]
    for broken, told in (
        ({"holder": 5}, "$: expected a record that the upcaster of rental.contract/1 can read"),
        ({"device": {"serial": "x"}}, "$.device: expected a record that the upcaster of rental.device/1 can"),
        ({"subject": ""}, "$.subject: expected a non-empty text"),
        ({"colour": "blue"}, "$: expected no other keys than those of rental.contract/3, got 'colour'"),
    ):
        with pytest.raises(InvalidValue) as caught:
            records.load({**contract, **broken}, table=TABLES[3])
        assert str(caught.value).startswith(told)
