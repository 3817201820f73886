"""Old versions of records, wherever they stand: fields that were renamed, split and added since.

The corpus is written again as releases before it might have, with other shapes of three records that
stand inside of nearly everything; what is read then is what was meant.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from acctcore import records
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.terms import Actor
from acctcore.operations.approvals import Approval, Exercise
from acctcore.records import Table
from acctcore.testing.values import TABLE
from tests.records import freeze
from tests.records.test_corpus import RELEASES

Data = dict[str, Any]

# How three records came to be what they are: as the releases before would have told it


def actor_named(data: Data) -> Data:
    """Version 1 to 2: what was called a name is an id."""
    rest = {key: value for key, value in data.items() if key != "name"}
    return {**rest, "type": "terms.actor/2", "id": data["name"]}


def actor_in_roles(data: Data) -> Data:
    """Version 2 to 3: one text of roles, parted by a plus, is a list of them."""
    rest = {key: value for key, value in data.items() if key != "role"}
    return {**rest, "type": "terms.actor/3", "roles": [role for role in data["role"].split("+") if role]}


def approval_through_others(data: Data) -> Data:
    """Version 1 to 2: nobody lent on what was lent."""
    return {**data, "type": "approvals.approval/2", "through": []}


def approval_up_to_an_amount(data: Data) -> Data:
    """Version 2 to 3: what was lent had no bound."""
    return {**data, "type": "approvals.approval/3", "up_to": None}


def exercise_of_money(data: Data) -> Data:
    """Version 1 to 2: amount and currency, side by side, are money."""
    money = {"amount": data["amount"], "currency": data["currency"]}
    rest = {key: value for key, value in data.items() if key != "currency"}
    return {**rest, "type": "approvals.exercise/2", "amount": money}


NOW: Mapping[str, type] = MappingProxyType(
    {"terms.actor/3": Actor, "approvals.approval/3": Approval, "approvals.exercise/2": Exercise}
)
STEPS: Mapping[str, records.Upcaster] = MappingProxyType(
    {
        "terms.actor/1": actor_named,
        "terms.actor/2": actor_in_roles,
        "approvals.approval/1": approval_through_others,
        "approvals.approval/2": approval_up_to_an_amount,
        "approvals.exercise/1": exercise_of_money,
    }
)


def table(steps: Mapping[str, records.Upcaster] = STEPS) -> Table:
    """Return the table of a release in which these records have come so far."""
    kept = {tag: kind for tag, kind in TABLE.tags.items() if kind not in NOW.values()}
    return attrs.evolve(TABLE, tags={**kept, **NOW}, upcasters=steps)


LATER = table()


def as_before(data: Any, top: bool = True) -> Any:
    """Return data as the first release would have written it: without a tag where none was needed."""
    if isinstance(data, list):
        return [as_before(entry, top) for entry in data]
    if not isinstance(data, dict):
        return data
    old = {key: as_before(value, False) for key, value in data.items()}
    first = {} if not top else {"type": f"{str(data.get('type')).partition('/')[0]}/1"}
    match data.get("type"):
        case "terms.actor/3":
            return {**first, "name": old["id"], "role": "+".join(old["roles"])}
        case "approvals.approval/3" if not old["through"] and old["up_to"] is None:
            rest = {key: value for key, value in old.items() if key not in ("type", "through", "up_to")}
            return {**first, **rest}
        case "approvals.exercise/2":
            return {**old, **old["amount"], "type": "approvals.exercise/1"}
    return old


@pytest.mark.parametrize("release", [path.name for path in RELEASES])
def test_what_was_written_before_three_records_changed_means_the_same(release: str) -> None:
    changed = 0
    for path in sorted((freeze.CORPUS / release).glob("*.json")):
        for written in json.loads(path.read_text(encoding="utf-8")):
            value = records.load(written, table=TABLE)
            now = records.dump(value, table=LATER)
            assert records.load(now, table=LATER) == value
            before = as_before(now)
            assert records.load(before, table=LATER) == value, path.name
            changed += before != now
    assert changed > 150  # commands bear an actor, files and requests all of them


def test_what_is_new_bears_its_version_everywhere() -> None:
    actor = records.load({"type": "terms.actor/1", "name": "ann", "role": "b+a"}, table=LATER)
    assert records.dump(actor, table=LATER) == {"type": "terms.actor/3", "id": "ann", "roles": ["a", "b"]}


PLACED = {
    "type": "account.close/1",
    "id": "c",
    "at": "2024-01-31T10:00:00Z",
    "by": {"name": "ann", "role": "officer"},
    "recorded_at": None,
    "approval": None,
}


@pytest.mark.parametrize(
    ("without", "told"),
    [
        pytest.param(
            "terms.actor/1",
            "$.by.type: no record is known by the tag 'terms.actor/1'; to mend: add an upcaster from"
            " terms.actor/1 to the next version; terms.actor/3 is in use",
            id="the first step",
        ),
        pytest.param(
            "terms.actor/2",
            "$.by.type: no record is known by the tag 'terms.actor/2'; to mend: add an upcaster from"
            " terms.actor/2 to the next version; terms.actor/3 is in use",
            id="a step between",
        ),
    ],
)
def test_a_step_that_is_missing_is_told_with_what_would_mend_it(without: str, told: str) -> None:
    assert records.load(PLACED, table=LATER)
    fewer = table({tag: step for tag, step in STEPS.items() if tag != without})
    with pytest.raises(UnknownRecord) as caught:
        records.load(PLACED, table=fewer)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("tag", "mend"),
    [
        pytest.param(
            "account.close/2",
            "read it with the release that wrote it, or a later one; account.close/1 is in use here",
            id="of a later release",
        ),
        pytest.param("crm.vouchers/1", "extend the table with the class that it stands for", id="of a host"),
        pytest.param("account.close/x", "extend the table with the class that it stands for", id="of nobody"),
    ],
)
def test_a_tag_that_is_not_known_here_says_where_it_may_be(tag: str, mend: str) -> None:
    with pytest.raises(UnknownRecord) as caught:
        records.load({**PLACED, "type": tag}, table=LATER)
    assert caught.value.mend == mend


def test_old_data_is_checked_like_new() -> None:
    with pytest.raises(InvalidValue, match=r"^\$\.by: expected a record that the upcaster of terms.actor/1"):
        records.load({**PLACED, "by": {"role": "officer"}}, table=LATER)
    with pytest.raises(InvalidValue, match=r"^\$\.by\.id: expected a non-empty text"):
        records.load({**PLACED, "by": {"name": "", "role": "officer"}}, table=LATER)
