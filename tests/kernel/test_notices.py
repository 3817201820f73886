"""What is reported in any order comes to one thing, or two notices are named that cannot both be."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.money import Money
from acctcore.kernel.notices import (
    AlreadyRecorded,
    Conflict,
    Notice,
    ReferenceUsed,
    Says,
    against,
    by,
    decisive,
    noted,
    standing,
    turns,
)

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))


def hour(count: int) -> DateTime:
    return instant(datetime.__add__(NOON, timedelta(hours=count)))


def told(says: Says, count: int, reference: str = "", **facts: object) -> Notice:
    return Notice(says, hour(count), reference, **facts)  # type: ignore[arg-type]


ASKED, SENT, UNKNOWN, DONE, FAILED = Says
notices = st.builds(told, st.sampled_from(Says), st.integers(0, 4), st.sampled_from(["", "", "a", "b"]))
EURO, TWO = Money("1", "EUR"), Money("2", "EUR")
many = st.lists(notices, max_size=6)


def kept(found: list[Notice]) -> tuple[Notice, ...]:
    """Return what is on file once all of it was told, again and again, as a processor would."""
    known: tuple[Notice, ...] = ()
    for _ in found:
        for notice in found:
            if not against("P", known, notice):
                known = noted(known, notice)
    return known


# Where it stands


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param([], ASKED, id="nothing but the ask"),
        pytest.param([told(ASKED, 0), told(SENT, 1)], SENT, id="sent"),
        pytest.param([told(SENT, 2), told(UNKNOWN, 1)], UNKNOWN, id="a doubt beside a sending"),
        pytest.param([told(UNKNOWN, 9), told(DONE, 1)], DONE, id="a doubt dated later than what is known"),
        pytest.param([told(ASKED, 9), told(FAILED, 1)], FAILED, id="clocks that differ"),
        pytest.param([told(FAILED, 1), told(DONE, 2)], DONE, id="it failed, and then it did not"),
        pytest.param([told(DONE, 1), told(FAILED, 2)], FAILED, id="it was done, and then undone"),
        pytest.param([told(DONE, 1), told(FAILED, 2), told(DONE, 3)], DONE, id="and done again"),
    ],
)
def test_where_it_stands(known: list[Notice], expected: Says) -> None:
    for order in permutations(known):
        assert standing(order) is expected


def test_what_is_decisive_and_what_turned() -> None:
    known = (told(FAILED, 0), told(FAILED, 1), told(DONE, 2), told(FAILED, 3), told(FAILED, 4))
    assert decisive(known) == told(FAILED, 4)
    assert turns(known) == (told(FAILED, 0), told(DONE, 2), told(FAILED, 3))
    assert decisive([told(ASKED, 1), told(UNKNOWN, 2)]) is None
    assert [standing(by(known, hour(count))) for count in range(-1, 5)] == [
        ASKED,
        FAILED,
        FAILED,
        DONE,
        FAILED,
        FAILED,
    ]


@given(many)
def test_the_set_counts_and_not_the_order(found: list[Notice]) -> None:
    one: tuple[Notice, ...] = ()
    other: tuple[Notice, ...] = ()
    for notice in found:
        one = noted(one, notice)
    for notice in reversed(found):
        other = noted(other, notice)
    assert one == other
    assert standing(one) is standing(other)
    assert turns(one) == turns(other)


def test_what_differs_in_one_fact_only_has_its_place_too() -> None:
    facts: list[dict[str, object]] = [
        {},
        {"amount": EURO},
        {"amount": TWO},
        {"fee": EURO},
        {"fee": TWO},
        {"failure": "x"},
        {"failure": "y"},
        {"method": "card"},
        {"method": "cash"},
    ]
    found = [told(FAILED, 1, **each) for each in facts]  # type: ignore[arg-type]
    for one, other in permutations(found, 2):
        assert noted((one,), other) == noted((other,), one)


# What cannot both be


@pytest.mark.parametrize(
    ("known", "new", "expected"),
    [
        pytest.param([told(DONE, 1, "r")], told(DONE, 1, "r"), AlreadyRecorded, id="the very same"),
        pytest.param(
            [told(DONE, 1)], told(DONE, 1), AlreadyRecorded, id="the very same, without a reference"
        ),
        pytest.param([told(DONE, 1, "r")], told(DONE, 2, "r"), Conflict, id="one reference, two instants"),
        pytest.param(
            [told(FAILED, 1, "r", failure="a")],
            told(FAILED, 1, "r", failure="b"),
            Conflict,
            id="one reference, two codes",
        ),
        pytest.param([told(DONE, 1)], told(FAILED, 1), Conflict, id="both at once"),
        pytest.param([told(FAILED, 1)], told(DONE, 1), Conflict, id="both at once, the other first"),
        pytest.param([told(DONE, 1)], told(DONE, 2), Conflict, id="done twice"),
        pytest.param([told(DONE, 2)], told(DONE, 1), Conflict, id="done twice, the later first"),
        pytest.param([told(DONE, 1, "a")], told(DONE, 1, "b"), Conflict, id="done twice at once"),
        pytest.param([told(DONE, 1), told(FAILED, 2)], told(DONE, 3), None, id="done again after it failed"),
        pytest.param([told(DONE, 1), told(DONE, 3)], told(FAILED, 2), None, id="a failure between"),
        pytest.param([told(FAILED, 2), told(DONE, 3)], told(DONE, 1), None, id="done before it failed"),
        pytest.param([told(FAILED, 1)], told(FAILED, 2), None, id="failed twice"),
        pytest.param([told(FAILED, 1)], told(FAILED, 1, failure="x"), None, id="failed for two reasons"),
        pytest.param([told(DONE, 1, "r")], told(FAILED, 2, "r"), None, id="a reference for each kind"),
        pytest.param([told(ASKED, 1)], told(ASKED, 2), None, id="asked twice"),
        pytest.param([told(UNKNOWN, 1)], told(DONE, 1), None, id="a doubt is no contradiction"),
    ],
)
def test_what_stands_against_a_notice(known: list[Notice], new: Notice, expected: type | None) -> None:
    found = against("P", known, new)
    assert [type(reason) for reason in found] == ([] if expected is None else [expected])
    if expected is AlreadyRecorded:
        assert found == (AlreadyRecorded("P", new),)
    if expected is Conflict:
        (reason,) = found
        assert reason == Conflict("P", known[0], new)
        assert reason.text == f"P cannot be {new} and {known[0]}"


@given(many)
def test_what_contradicts_one_way_contradicts_the_other(found: list[Notice]) -> None:
    """Two notices alone: whichever comes first, the other is refused, and names both."""
    for one in found:
        for other in found:
            there, back = against("P", [one], other), against("P", [other], one)
            assert [type(reason) for reason in there] == [type(reason) for reason in back]
            if there and isinstance(there[0], Conflict):
                assert {there[0].known, there[0].told} == {one, other}


@given(st.lists(notices, max_size=4), st.data())
def test_told_in_any_order_and_twice_it_comes_to_one_or_to_a_conflict(
    found: list[Notice], data: st.DataObject
) -> None:
    orders = [kept(list(order)) for order in permutations(found)]
    whole = tuple(sorted(set(found), key=repr))
    complete = [known for known in orders if tuple(sorted(known, key=repr)) == whole]
    assert len(set(complete)) <= 1
    if complete:
        assert len(complete) == len(orders), "told in one order, all of it stands; in another, not"
    for known in orders:
        left_out = [notice for notice in found if notice not in known]
        for notice in left_out:
            (reason,) = against("P", known, notice)
            assert isinstance(reason, Conflict)
            assert reason.known in known
            assert reason.told == notice


@given(st.lists(notices, max_size=8))
def test_what_is_on_file_alternates(found: list[Notice]) -> None:
    """A plain model: going through time, it is done only where it was not, and undone only then."""
    known = kept(found)
    done = False
    for notice in known:
        if notice.says is DONE:
            assert not done
            done = True
        elif notice.says is FAILED:
            done = False
    assert (standing(known) is DONE) is done
    says = [notice.says for notice in turns(known)]
    assert all(one is not other for one, other in pairwise(says))


# Values


def test_a_notice_tells_itself() -> None:
    assert str(told(DONE, 1, "ch_1")) == "done at 2024-03-01T13:00:00Z (ch_1)"
    assert str(told(FAILED, 0)) == "failed at 2024-03-01T12:00:00Z"
    assert ReferenceUsed("ch_1", "P1").text == "the reference ch_1 is that of P1"
    assert AlreadyRecorded("P1", told(DONE, 0)).text == (
        "this is recorded already: P1, done at 2024-03-01T12:00:00Z"
    )
    assert told(DONE, 1, amount=Money("3", "EUR")).amount == Money("3", "EUR")
