"""What is true of any holds: the block is their union, and each ends by itself alone."""

from itertools import pairwise

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.accounts.holds import Hold
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue
from tests.accounts.holds.stories import (
    DISPUTE,
    FRAUD,
    ITEMS,
    NOON,
    OPERATIONS,
    SUPERVISOR,
    ask,
    hours,
    place,
    release,
    several,
    single,
)

operations = st.sampled_from(OPERATIONS)
items = st.sampled_from(ITEMS)


def effective(known: tuple[Hold, ...], at: DateTime, item: str | None) -> frozenset[str]:
    """Return every operation that is blocked."""
    return frozenset(word for word in OPERATIONS if holds.refusal(known, word, at, item) is not None)


def with_another_order(known: tuple[Hold, ...]) -> st.SearchStrategy[tuple[tuple[Hold, ...], list[Hold]]]:
    return st.tuples(st.just(known), st.permutations(known))


@given(several().flatmap(with_another_order), operations, hours, items)
def test_the_order_of_placing_does_not_matter(
    orders: tuple[tuple[Hold, ...], list[Hold]], operation: str, at: DateTime, item: str | None
) -> None:
    known, other = orders[0], tuple(orders[1])
    assert set(holds.blocking(known, operation, at, item)) == set(holds.blocking(other, operation, at, item))
    assert holds.next_change(known, at) == holds.next_change(other, at)


@given(several(), several(), hours, items)
def test_the_effective_block_is_the_union(
    some: tuple[Hold, ...], others: tuple[Hold, ...], at: DateTime, item: str | None
) -> None:
    assert effective(some + others, at, item) == effective(some, at, item) | effective(others, at, item)


@given(several(), operations, hours, items)
def test_a_hold_blocks_what_it_names_of_the_item_it_names_while_it_is_active(
    known: tuple[Hold, ...], operation: str, at: DateTime, item: str | None
) -> None:
    stopping = holds.blocking(known, operation, at, item)
    for hold in known:
        over = [end for end in (hold.expires_at, hold.released_at) if end is not None and end <= at]
        touches = None in (item, hold.scope) or item == hold.scope
        assert (hold in stopping) is (
            hold.placed_at <= at and not over and operation in hold.blocks and touches
        )


@given(several(), operations, hours)
def test_what_stops_one_item_stops_the_whole_account(
    known: tuple[Hold, ...], operation: str, at: DateTime
) -> None:
    whole = set(holds.blocking(known, operation, at))
    for item in ITEMS:
        assert set(holds.blocking(known, operation, at, item)) <= whole


@given(several(), hours)
def test_releasing_one_hold_releases_no_other(known: tuple[Hold, ...], at: DateTime) -> None:
    for hold in known:
        command = release(hold_id=hold.id, at=at, by=changed(SUPERVISOR, roles={"officer"}))
        for event in ask(known, command).events:
            after = holds.evolve(known, event)
            others = tuple(other for other in known if other.id != hold.id)
            assert tuple(other for other in after if other.id != hold.id) == others
            assert hold.active(at)
            assert not any(other.active(at) for other in after if other.id == hold.id)
            for item in ITEMS:
                assert effective(after, at, item) == effective(others, at, item)


@given(several(), hours, st.integers(0, 60 * 13))
def test_nothing_changes_before_the_next_change_and_something_does_then(
    known: tuple[Hold, ...], at: DateTime, minutes: int
) -> None:
    def active(when: DateTime) -> list[str]:
        return [hold.id for hold in known if hold.active(when)]

    change, later = holds.next_change(known, at), at.add(minutes=minutes)
    if change is None or later < change:
        assert active(later) == active(at)
    if change is not None:
        assert change > at
        assert active(change) != active(at)


@given(several(), operations, hours, items)
def test_until_is_the_first_instant_without_any_of_the_holds(
    known: tuple[Hold, ...], operation: str, at: DateTime, item: str | None
) -> None:
    blocked = holds.refusal(known, operation, at, item)
    assert (blocked is None) is (holds.blocking(known, operation, at, item) == ())
    if blocked is None:
        return
    named = tuple(hold for hold in known if hold.id in blocked.holds)
    assert named == holds.blocking(known, operation, at, item)
    if blocked.until is None:
        assert any(hold.ends_at is None for hold in named)
    else:
        assert not any(hold.active(blocked.until) for hold in named)
        assert any(hold.active(blocked.until.subtract(microseconds=1)) for hold in named)


@given(several(), operations, items, hours, hours)
def test_the_spans_cover_the_blocked_instants_of_a_window_and_no_others(
    known: tuple[Hold, ...], operation: str, item: str | None, start: DateTime, end: DateTime
) -> None:
    start, end = sorted((start, end))
    found = holds.spans(known, operation, item, start, end)
    at = start.subtract(minutes=30)
    while at < end.add(hours=1):  # every hour of the calendar of these tests, and half past each
        inside = start <= at < end and holds.refusal(known, operation, at, item) is not None
        assert any(span.contains(at) for span in found) is inside
        at = at.add(minutes=30)
    assert not any(span.empty for span in found)
    assert all(earlier.end < later.start for earlier, later in pairwise(found))


@given(several().flatmap(with_another_order), operations, items, hours, hours)
def test_the_spans_do_not_depend_on_the_order_and_fit_together_where_a_window_is_cut(
    orders: tuple[tuple[Hold, ...], list[Hold]],
    operation: str,
    item: str | None,
    cut: DateTime,
    end: DateTime,
) -> None:
    known, other = orders[0], tuple(orders[1])
    cut, end = sorted((cut, end))
    whole = holds.spans(known, operation, item, NOON, end)
    assert holds.spans(other, operation, item, NOON, end) == whole
    parts = (*holds.spans(known, operation, item, NOON, cut), *holds.spans(known, operation, item, cut, end))
    assert sum(span.end.diff(span.start).in_seconds() for span in parts) == sum(
        span.end.diff(span.start).in_seconds() for span in whole
    )


@given(several(), hours)
def test_a_review_is_due_for_each_active_hold_that_has_one(known: tuple[Hold, ...], at: DateTime) -> None:
    due = holds.duties(known, at)
    assert [(duty.subject, duty.by) for duty in due] == [
        (hold.id, hold.review_at) for hold in known if hold.active(at) and hold.review_at is not None
    ]
    assert len({duty.key for duty in due}) == len(due)


@given(single("fraud-case-7"), st.sampled_from(["secret-suspicion", "sanctions"]))
def test_the_customer_hears_neither_the_internal_reason_nor_the_hold(hold: Hold, reason: str) -> None:
    secret = changed(hold, reason=reason, released_at=None, expires_at=None, scope=None)
    blocked = holds.refusal((secret,), next(iter(secret.blocks)), secret.placed_at)
    assert blocked is not None
    assert reason in blocked.text
    told = f"{blocked.public} {blocked.for_customer()!r}"
    assert reason not in told
    assert secret.id not in told


# Suspended is no state


def test_suspended_is_an_active_account_with_a_hold_that_blocks_everything() -> None:
    (placed,) = ask((), place()).events_or_raise()
    known = holds.evolve((), placed)
    for operation in holds.EVERYTHING:
        assert holds.refusal(known, operation, NOON) is not None
        assert holds.refusal(known, operation, NOON.subtract(seconds=1)) is None
    (released,) = ask(known, release(), approved=True).events_or_raise()
    known = holds.evolve(known, released)
    assert not any(holds.refusal(known, operation, released.at) for operation in holds.EVERYTHING)
    assert holds.refusal(known, "refund", NOON) is not None  # as it was


@pytest.mark.parametrize("days", [6, 7, 8, 100])
def test_an_overdue_review_stays_due_until_somebody_reviews(days: int) -> None:
    at = NOON.add(days=days)
    (duty,) = holds.duties((FRAUD, DISPUTE), at)
    assert duty.subject == "H-1"
    (event,) = ask((FRAUD, DISPUTE), holds.Extend(id="c", at=at, by=place().by, hold_id="H-1")).events
    (after,) = holds.duties(holds.evolve((FRAUD, DISPUTE), event), at)
    assert (after.by, after.key != duty.key) == (at.add(days=7), True)


def test_spans_that_meet_are_one_and_what_never_blocked_is_none() -> None:
    first = changed(DISPUTE, id="H-1", expires_at=NOON.add(hours=2))
    second = changed(DISPUTE, id="H-2", placed_at=NOON.add(hours=2), expires_at=NOON.add(hours=3))
    third = changed(DISPUTE, id="H-3", placed_at=NOON.add(hours=5), expires_at=None)
    void = changed(DISPUTE, id="H-4", placed_at=NOON.add(hours=4), released_at=NOON.add(hours=4))
    known = (third, void, second, first)
    until = NOON.add(hours=9)
    assert holds.spans(known, "refund", "INV-1", NOON.subtract(hours=1), until) == (
        Span(NOON, NOON.add(hours=3)),
        Span(NOON.add(hours=5), until),
    )
    assert holds.spans(known, "refund", "INV-2", NOON, until) == ()
    assert holds.spans(known, "bill", "INV-1", NOON, until) == ()
    assert holds.spans(known, "refund", None, NOON, NOON) == ()
    with pytest.raises(InvalidValue, match=r"Span\.end"):
        holds.spans(known, "refund", None, until, NOON)
