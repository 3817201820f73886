"""The table is a value: what it refuses, how a host extends it, and how old records are read."""

from collections.abc import Iterator
from typing import Annotated, Any, Generic, Protocol, TypeVar

import pytest
from attrs import field, frozen

from acctcore import presets, records
from acctcore.accounts import holds
from acctcore.billing.proration import BY_DAY, Proration
from acctcore.kernel.decision import Decision, Outcome, Reason, refused
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.measures import Measure
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.terms import Actor
from acctcore.presets import kill_bill, tags
from acctcore.presets.preset import Preset
from acctcore.records import TABLE, RecordErrors, Table
from acctcore.records.plain import TEXT
from tests.records.test_hostile import BEGUN, HOLD, NOW


@frozen
class Weighed(Event):
    """Something that a host's own room tells."""

    grams: int


@frozen
class TooHeavy(Reason):
    """A host's own reason."""

    code = "weights.too_heavy"
    template = "{grams} g is too heavy"
    grams: int


@frozen
class Fortnights:
    """A host's own day count."""

    unit = "fortnights"
    instants = False
    additive = False

    def length(self, start: Any, end: Any) -> int:
        return int((end - start).days // 14)


OWN = TABLE.extended(
    {"weights.weighed/1": Weighed, "weights.too_heavy/1": TooHeavy, "weights.fortnights/1": Fortnights},
    families={Measure: (Fortnights,)},
)


@pytest.mark.parametrize(
    "value",
    [
        Weighed(NOW, "c", 5),
        refused(TooHeavy(5)),
        Decision(Outcome.UNKNOWN, (), (TooHeavy(1),)),
        Proration("own", "1", Fortnights(), telescopes=False),
    ],
    ids=["an event", "a reason", "a decision", "a measure"],
)
def test_a_host_adds_what_is_its_own(value: object) -> None:
    written = records.dump(value, table=OWN)
    assert records.load(written, table=OWN) == value
    with pytest.raises(InvalidValue, match="expected a record"):
        records.dump(value)
    with pytest.raises(UnknownRecord):
        records.load(written)


def test_extending_leaves_the_table_as_it_was() -> None:
    before = dict(TABLE.tags)
    TABLE.extended({"weights.weighed/1": Weighed})
    assert TABLE.tags == before
    assert OWN.families[Measure][-1] is Fortnights
    assert Fortnights not in TABLE.families[Measure]


@pytest.mark.parametrize(
    "preset", [kill_bill.KILL_BILL, kill_bill.fixed_month(30)], ids=lambda each: each.name
)
def test_presets_come_with_tags_of_their_own(preset: Preset) -> None:
    table = TABLE.extended(tags.TAGS, families=tags.FAMILIES)
    assert records.load(records.dump(preset, table=table), Preset, table=table) == preset
    assert presets.Preset is Preset
    with pytest.raises(InvalidValue, match=r"^\$\.reference: expected a record of Reference"):
        records.dump(preset.proration)


# What a table refuses


@frozen
class Typed:
    type: str


class Bare:
    """No attrs class."""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"tags": {"weighed/1": Weighed}}, "tags such as holds.placed/1, got 'weighed/1'"),
        ({"tags": {"weights.weighed": Weighed}}, "tags such as holds.placed/1"),
        ({"tags": {"weights.Weighed/1": Weighed}}, "tags such as holds.placed/1"),
        ({"tags": {"weights.weighed/0": Weighed}}, "tags such as holds.placed/1"),
        ({"tags": {"weights.weighed/1\n": Weighed}}, "tags such as holds.placed/1"),
        ({"tags": {5: Weighed}}, "tags such as holds.placed/1, got 5"),
        ({"tags": {"weights.weighed/1": Bare}}, "an attrs class for each tag"),
        ({"tags": {"weights.weighed/1": "Weighed"}}, "an attrs class for each tag"),
        ({"tags": {"weights.typed/1": Typed}}, "no field named type"),
        ({"tags": {"w.a/1": Weighed, "w.b/1": Weighed}}, "one tag for each class, got ['w.a/1']"),
        ({"tags": {}, "upcasters": {"weighed": dict}}, "upcasters of tags that are not in use"),
        ({"tags": {"w.a/1": Weighed}, "upcasters": {"w.a/1": dict}}, "upcasters of tags that are not in use"),
        ({"tags": {}, "families": {Measure: (Fortnights,)}}, "families of classes that have tags"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_table_that_cannot_be_is_refused(more: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Table(**more)
    assert told in str(caught.value)


def test_a_tag_is_given_once() -> None:
    with pytest.raises(InvalidValue, match="tags that are not in the table yet, got"):
        TABLE.extended({"holds.hold/1": Weighed})


P = TypeVar("P")


class Colour(Protocol):
    """A protocol that no family is named for."""


@frozen
class Box(Generic[P]):
    of: "Nowhere"  # type: ignore[name-defined] # noqa: F821


@pytest.mark.parametrize("hint", [Colour, Bare, holds.Hold | Bare, Annotated])
def test_a_type_that_nobody_has_a_tag_for_is_refused(hint: object) -> None:
    with pytest.raises(InvalidValue, match=r"expected a (type|union)"):
        records.load({}, hint)


def test_a_field_whose_type_is_not_there_is_told() -> None:
    table = TABLE.extended({"weights.box/1": Box})
    with pytest.raises(InvalidValue, match=r"^Box\.of: expected a type that is known when the program runs"):
        records.load({"type": "weights.box/1", "of": 1}, table=table)


def test_a_class_may_be_of_no_module() -> None:
    @frozen
    class Note:
        text: "str"

    Note.__module__ = "a notebook"
    table = TABLE.extended({"notes.note/1": Note})
    assert records.load(records.dump(Note("x"), table=table), table=table) == Note("x")


def test_an_alternative_of_records_is_told_by_its_tag() -> None:
    either = holds.Place | holds.Release
    command = holds.Release(id="c", at=NOW, by=Actor("ann"), hold_id="H")
    assert records.load(records.dump(command), either) == command
    assert records.load(records.dump(command), either | None) == command
    assert records.load(None, either | None) is None
    with pytest.raises(InvalidValue, match=r"^\$: expected holds.place/1 or holds.release/1, got"):
        records.load(HOLD, either)


# Old versions


@frozen
class Weight:
    grams: int
    of: str


@frozen
class Parcel(Event):
    """Holds one weight in a place of its own, and any number of them in a list."""

    weight: Weight
    others: tuple[Weight, ...]
    sender: str


def grams(data: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in data.items() if key != "kilos"}
    return {**rest, "type": "parcels.weight/2", "grams": data["kilos"] * 1000}


def of(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "type": "parcels.weight/3", "of": "parcel"}


def sender(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "type": "parcels.parcel/2", "sender": "nobody"}


NEW = TABLE.extended(
    {"parcels.weight/3": Weight, "parcels.parcel/2": Parcel},
    upcasters={
        "parcels.weight/1": grams,
        "parcels.weight/2": of,
        "parcels.parcel/1": sender,
        "parcels.packet/1": lambda data: {**data, "type": "parcels.parcel/1"},
        "parcels.list/1": lambda data: [data],  # type: ignore[dict-item, return-value]
        "parcels.untagged/1": lambda data: {"grams": len(data)},
        "parcels.circle/1": lambda data: data,
    },
)
OLD: dict[str, Any] = {
    "type": "parcels.parcel/1",
    "at": "2024-01-31T10:00:00Z",
    "cause": "c",
    "weight": {"kilos": 2},
    "others": [{"kilos": 3}, {"type": "parcels.weight/2", "grams": 5}],
}
PARCEL = Parcel(NOW, "c", Weight(2000, "parcel"), (Weight(3000, "parcel"), Weight(5, "parcel")), "nobody")


@pytest.mark.parametrize("tag", ["parcels.parcel/1", "parcels.packet/1"])
@pytest.mark.parametrize("expected", [None, Event, Parcel])
def test_old_records_are_read_step_by_step(tag: str, expected: Any) -> None:
    before = str(OLD)
    assert records.load({**OLD, "type": tag}, expected, table=NEW) == PARCEL
    assert str(OLD) == before


def test_a_record_bears_its_tag_from_version_two_on() -> None:
    written: Any = records.dump(PARCEL, table=NEW)
    assert written["weight"] == {"type": "parcels.weight/3", "grams": 2000, "of": "parcel"}
    assert records.load(written, table=NEW) == PARCEL


def test_an_old_record_is_no_other_kind() -> None:
    with pytest.raises(InvalidValue, match=r"^\$: expected a record of Command, got 'parcels.parcel/2'"):
        records.load(OLD, Command, table=NEW)
    with pytest.raises(InvalidValue, match=r"^\$: expected parcels.weight/3, got 'parcels.parcel/2'"):
        records.load(OLD, Weight, table=NEW)


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        ({}, "$.weight: expected a record that the upcaster of parcels.weight/1 can read"),
        ({"kilos": None}, "$.weight: expected a record that the upcaster of parcels.weight/1 can read"),
        ({"kilos": "2"}, "$.weight.grams: expected a whole number"),
        ({"kilos": 2, "x": 1}, "$.weight: expected no other keys than those of parcels.weight/3, got 'x'"),
        ({"type": "parcels.weight/4"}, "$.weight.type: no record is known by the tag 'parcels.weight/4'"),
        ({"type": "parcels.list/1"}, "$.weight: expected an object from the upcaster of parcels.list/1"),
        ({"type": "parcels.untagged/1"}, "$.weight.type: expected a tag such as holds.placed/1, got None"),
        ({"type": "parcels.circle/1"}, "$.weight: expected at most 100 versions"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_an_old_record_that_cannot_be_read_is_told_by_its_path(weight: dict[str, Any], told: str) -> None:
    with pytest.raises((InvalidValue, UnknownRecord)) as caught:
        records.load({**OLD, "weight": weight}, table=NEW)
    assert str(caught.value).startswith(told)


# Checks of a host


def test_a_host_checks_more() -> None:
    def heavy(weight: Weight) -> Iterator[str]:
        if weight.grams > 1000:
            yield "too heavy"
            yield "much too heavy"

    table = Table({"parcels.weight/3": Weight}, checks={Weight: heavy})
    fine = {"type": "parcels.weight/3", "grams": 5, "of": "x"}
    assert records.load(fine, table=table) == Weight(5, "x")
    with pytest.raises(RecordErrors, match=r"\$: expected a valid parcels.weight, got 'much too heavy'"):
        records.load({**fine, "grams": 5000}, table=table)


@frozen
class Picky:
    """A class of a host that raises what it likes."""

    word: str = field()

    @word.validator
    def _known(self, _attribute: object, value: str) -> None:
        raise {"key": KeyError, "zero": ZeroDivisionError, "type": TypeError, "no": InvalidValue}[value](
            *(("another word", value, "elsewhere") if value == "no" else ("x",))
        )


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("key", "$: expected a valid picky.picky"),
        ("zero", "$: expected a valid picky.picky"),
        ("type", "$: expected a valid picky.picky"),
        ("no", "$: expected another word, got 'no'"),
    ],
)
def test_what_a_class_raises_is_told_with_the_path(word: str, told: str) -> None:
    table = Table({"picky.picky/1": Picky})
    with pytest.raises(InvalidValue) as caught:
        records.load({"type": "picky.picky/1", "word": word}, table=table)
    assert str(caught.value).startswith(told)


def test_texts_are_the_same_shape_everywhere() -> None:
    assert TABLE.shape(str) is TEXT
    assert TABLE.shape(tuple[str, ...]) is TABLE.shape(tuple[str, ...])
    assert records.load(records.dump(BEGUN)) == BEGUN
    assert records.load(records.dump(BY_DAY)) == BY_DAY
