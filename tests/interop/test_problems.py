"""Where a mistake stands, as steps: every path that records tell, and what is none."""

import pytest

from acctcore import records
from acctcore.interop.problems import path, problems, told
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.messages import Event
from acctcore.records import RecordErrors


@pytest.mark.parametrize(
    ("where", "steps"),
    [
        ("$", ()),
        ("", ()),
        ("$.at", ("at",)),
        ("$.lines[3].amount", ("lines", 3, "amount")),
        ("$[0][12].a.b", (0, 12, "a", "b")),
        ("line 1, column 5", ("line 1, column 5",)),
        ("$.odd key.[x]", ("$.odd key.[x]",)),
    ],
)
def test_a_path_is_steps(where: str, steps: tuple[str | int, ...]) -> None:
    assert path(InvalidValue("x", "y", where)) == steps
    assert path(UnknownRecord("x", where)) == steps


def test_several_mistakes_are_told_one_by_one() -> None:
    with pytest.raises(RecordErrors) as caught:
        records.load([{"type": "x.y/1"}, 5], tuple[Event, ...])
    found = [(path(each), told(each)) for each in problems(caught.value)]
    assert found == [
        ((0, "type"), "no record is known by the tag 'x.y/1'"),
        ((1,), "expected an object: a record of Event, got 5"),
    ]
