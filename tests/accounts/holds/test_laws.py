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
from acctcore.kernel.decision import Unavailable
from acctcore.kernel.errors import InvalidValue
from tests.accounts.holds.stories import (
    DISPUTE,
    FRAUD,
    HALVES,
    ITEMS,
    NOON,
    OPERATIONS,
    SUPERVISOR,
    ask,
    extend,
    hours,
    place,
    placing,
    release,
    released,
    review,
    several,
    single,
)

operations = st.sampled_from(OPERATIONS)
items = st.sampled_from(ITEMS)


def blocked(known: tuple[Hold, ...], at: DateTime, item: str | None) -> frozenset[str]:
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
    assert blocked(some + others, at, item) == blocked(some, at, item) | blocked(others, at, item)


@given(several(), operations, hours, items)
def test_a_hold_blocks_what_it_names_of_the_item_it_names_while_it_is_active(
    known: tuple[Hold, ...], operation: str, at: DateTime, item: str | None
) -> None:
    stopping = holds.blocking(known, operation, at, item)
    for hold in known:
        over = [end for end in (hold.expires_at, hold.released_at) if end is not None and end <= at]
        touches = item is None or not hold.scope or item in hold.scope
        assert (hold in stopping) is (
            hold.placed_at <= at and not over and operation in hold.blocks and touches
        )


def tried(known: tuple[Hold, ...], at: DateTime) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """Return which holds block what, found by trying every operation on every item."""
    return {
        (word, item): tuple(sorted(hold.id for hold in holds.blocking(known, word, at, item)))
        for word in OPERATIONS
        for item in (*ITEMS, "INV-9")
    }


@given(several().flatmap(with_another_order), hours)
def test_the_whole_block_is_what_trying_everything_finds(
    orders: tuple[tuple[Hold, ...], list[Hold]], at: DateTime
) -> None:
    known, other = orders[0], tuple(orders[1])
    whole = holds.effective(known, at)
    assert {asked: whole.stopping(*asked) for asked in tried(known, at)} == tried(known, at)
    assert whole == holds.effective(other, at)
    for block in whole.blocks:
        ids = {hold.id for hold in known if hold.active(at) and block.operation in hold.blocks}
        assert block.holds
        assert set(block.holds) <= ids
        assert block.scope is None or any(block.scope in hold.scope for hold in known if hold.id in ids)


@given(several(), hours)
def test_the_whole_block_stays_until_its_next_change_and_is_another_then(
    known: tuple[Hold, ...], at: DateTime
) -> None:
    whole = holds.effective(known, at)
    change = whole.next_change_at
    for later in HALVES:
        if at < later and (change is None or later < change):
            assert holds.effective(known, later).blocks == whole.blocks
    assert change is None or holds.effective(known, change).blocks != whole.blocks


@given(several(), operations, items, hours)
def test_one_operation_changes_at_its_own_next_change_and_not_before(
    known: tuple[Hold, ...], operation: str, item: str | None, at: DateTime
) -> None:
    def stopping(when: DateTime) -> set[Hold]:
        return set(holds.blocking(known, operation, when, item))

    change = holds.next_change(known, at, operation, item)
    for later in HALVES:
        if at < later and (change is None or later < change):
            assert stopping(later) == stopping(at)
    assert change is None or stopping(change) != stopping(at)


@given(several(), hours, hours)
def test_what_was_known_leaves_out_what_was_recorded_later(
    known: tuple[Hold, ...], at: DateTime, then: DateTime
) -> None:
    for hold in known:
        entries = [change for change in hold.changes if change.recorded_at <= then]
        was = next((each for each in holds.as_known(known, then) if each.id == hold.id), None)
        assert (was is None) is (entries == [])
        if was is not None:
            ends = entries[-1].at if entries[-1].step is holds.Step.RELEASED else entries[-1].expires_at
            assert was.active(at) is (entries[0].at <= at and (ends is None or at < ends))
    latest = max([change.recorded_at for hold in known for change in hold.changes], default=then)
    assert holds.as_known(known, latest) == known


@given(several(), hours)
def test_a_secret_hold_leaves_no_trace_in_what_the_customer_is_told(
    known: tuple[Hold, ...], at: DateTime
) -> None:
    told = tuple(hold for hold in known if not hold.secret)
    assert holds.notices(known, at) == holds.notices(told, at)
    assert {(note.operations, note.scope, note.public_reason) for note in holds.notices(known, at)} == {
        (hold.blocks, hold.scope, hold.public_reason) for hold in told if hold.active(at)
    }
    for word in OPERATIONS:
        everything, without = holds.refusal(known, word, at), holds.refusal(told, word, at)
        if everything is not None and without is not None:
            assert everything.for_customer() == without.for_customer()
        elif everything is not None:
            assert everything.for_customer() == Unavailable(word)


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
                assert blocked(after, at, item) == blocked(others, at, item)


@given(several(), operations, hours, items)
def test_until_is_the_first_instant_without_any_of_the_holds(
    known: tuple[Hold, ...], operation: str, at: DateTime, item: str | None
) -> None:
    stopped = holds.refusal(known, operation, at, item)
    assert (stopped is None) is (holds.blocking(known, operation, at, item) == ())
    if stopped is None:
        return
    named = tuple(hold for hold in known if hold.id in stopped.holds)
    assert named == holds.blocking(known, operation, at, item)
    assert (stopped.operation, stopped.scope) == (operation, item)
    if stopped.until is None:
        assert any(hold.ends_at is None for hold in named)
    else:
        assert not any(hold.active(stopped.until) for hold in named)
        assert any(hold.active(stopped.until.subtract(microseconds=1)) for hold in named)


@given(several(), operations, items, hours, hours)
def test_the_spans_cover_the_blocked_instants_of_a_window_and_no_others(
    known: tuple[Hold, ...], operation: str, item: str | None, start: DateTime, end: DateTime
) -> None:
    start, end = sorted((start, end))
    found = holds.spans(known, operation, item, start, end)
    for at in HALVES:
        inside = start <= at < end and holds.refusal(known, operation, at, item) is not None
        assert any(span.contains(at) for span in found) is inside
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
    secret = changed(hold, reason=reason, changes=(placing(hold.placed_at),), scope=None)
    stopped = holds.refusal((secret,), next(iter(secret.blocks)), secret.placed_at)
    assert stopped is not None
    assert reason in stopped.text
    told = f"{stopped.public} {stopped.for_customer()!r} {holds.notices((secret,), secret.placed_at)!r}"
    assert reason not in told
    assert secret.id not in told


# Suspended is no state


def test_suspended_is_an_active_account_with_a_hold_that_blocks_everything() -> None:
    (placed,) = ask((), place()).events_or_raise()
    known = holds.evolve((), placed)
    for operation in holds.EVERYTHING:
        assert holds.refusal(known, operation, NOON) is not None
        assert holds.refusal(known, operation, NOON.subtract(seconds=1)) is None
    (over,) = ask(known, release(), approved=True).events_or_raise()
    known = holds.evolve(known, over)
    assert not any(holds.refusal(known, operation, over.at) for operation in holds.EVERYTHING)
    assert holds.refusal(known, "refund", NOON) is not None  # as it was


@pytest.mark.parametrize("days", [6, 7, 8, 100])
def test_an_overdue_review_stays_due_until_somebody_reviews(days: int) -> None:
    at = NOON.add(days=days)
    (duty,) = holds.duties((FRAUD, DISPUTE), at)
    assert duty.subject == "H-1"
    (extended,) = ask((FRAUD, DISPUTE), extend(at=min(at, NOON.add(days=9)))).events
    assert holds.duties(holds.evolve((FRAUD, DISPUTE), extended), at) == (duty,)
    (event,) = ask((FRAUD, DISPUTE), review(at=at)).events
    (after,) = holds.duties(holds.evolve((FRAUD, DISPUTE), event), at)
    assert (after.by, after.key != duty.key) == (at.add(days=7), True)


def test_spans_that_meet_are_one_and_what_never_blocked_is_none() -> None:
    def held(id: str, start: int, end: int | None) -> Hold:
        ends = None if end is None else NOON.add(hours=end)
        return changed(DISPUTE, id=id, changes=(placing(NOON.add(hours=start), expires_at=ends),))

    first, second, third = held("H-1", 0, 2), held("H-2", 2, 3), held("H-3", 5, None)
    void = released(held("H-4", 4, None), NOON.add(hours=4))
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
