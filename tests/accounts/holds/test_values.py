"""A hold, a command or a policy that exists is valid; the rest is refused as it is made."""

from collections.abc import Callable

import pytest
from attrs import evolve as changed

from acctcore.accounts import holds
from acctcore.accounts.holds import Finding, Hold, HoldKind, HoldPolicy
from acctcore.kernel import messages
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import OPERATIONS, PLACE_HOLD, REFUND, RELEASE_HOLD
from tests.accounts.holds.stories import (
    DISPUTE,
    FRAUD,
    NOON,
    OFFICER,
    POLICY,
    extend,
    place,
    placing,
    released,
    review,
)

FRAUD_KIND = POLICY.kinds[0]
DAY_2 = NOON.add(days=2)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: changed(FRAUD, id=" "), "Hold.id", id="a hold has an id"),
        pytest.param(lambda: changed(FRAUD, blocks=()), "Hold.blocks", id="a hold blocks something"),
        pytest.param(lambda: changed(FRAUD, blocks=("",)), "words", id="an operation has a name"),
        pytest.param(
            lambda: changed(FRAUD, blocks=7),  # type: ignore[arg-type]
            "words",
            id="a number is no operation",
        ),
        pytest.param(
            lambda: changed(FRAUD, releasable_by=()), "Hold.releasable_by", id="somebody may release it"
        ),
        pytest.param(
            lambda: changed(FRAUD, changes=(placing(expires_at=NOON),)),
            "Hold.changes",
            id="it expires after it is placed",
        ),
        pytest.param(
            lambda: released(FRAUD, NOON.subtract(seconds=1), NOON),
            "Hold.changes",
            id="it is not released before it is placed",
        ),
        pytest.param(
            lambda: released(DISPUTE, NOON.add(days=10)), "Hold.changes", id="what is over is not released"
        ),
        pytest.param(
            lambda: released(released(FRAUD, DAY_2), DAY_2), "Hold.changes", id="it is released once"
        ),
        pytest.param(
            lambda: changed(FRAUD, changes=(placing(), placing())), "Hold.changes", id="it is placed once"
        ),
        pytest.param(lambda: changed(FRAUD, changes=()), "Hold.changes", id="it is placed"),
        pytest.param(
            lambda: changed(FRAUD, changes=released(FRAUD, DAY_2).changes[1:]),
            "Hold.changes",
            id="it begins with its placing",
        ),
        pytest.param(
            lambda: released(changed(FRAUD, changes=(placing(recorded_at=DAY_2),)), NOON),
            "Hold.changes",
            id="nothing is recorded before what it changes",
        ),
        pytest.param(
            lambda: changed(FRAUD, secret=True, public_reason="maintenance"),
            "Hold.public_reason",
            id="a secret hold has nothing to tell",
        ),
        pytest.param(
            lambda: changed(FRAUD_KIND, secret=True, public_reason="maintenance"),
            "HoldKind.public_reason",
            id="nor has a secret kind",
        ),
        pytest.param(lambda: changed(FRAUD, scope=7), "scope", id="a number is no item"),  # type: ignore[arg-type]
        pytest.param(lambda: changed(FRAUD, scope=" "), "scope", id="nor is a blank"),
        pytest.param(
            lambda: review(finding=Finding.RELEASE, review_at=DAY_2),
            "Review",
            id="what is released is not reviewed again",
        ),
        pytest.param(
            lambda: review(finding=Finding.RELEASE, expires_at=DAY_2), "Review", id="and ends at once"
        ),
        pytest.param(lambda: review(review_at=NOON), "Review.review_at", id="the next review lies ahead"),
        pytest.param(lambda: review(expires_at=NOON), "Review.expires_at", id="and so does the end"),
        pytest.param(lambda: place(expires_at=NOON), "Place.expires_at", id="an expiry lies ahead"),
        pytest.param(
            lambda: place(review_at=NOON.subtract(seconds=1)), "Place.review_at", id="a review lies ahead"
        ),
        pytest.param(lambda: place(blocks=()), "Place.blocks", id="no operations are no hold"),
        pytest.param(lambda: place(scope=""), "scope", id="an item has an id"),
        pytest.param(
            lambda: extend(expires_at=NOON), "Extend.expires_at", id="an extension does not end at once"
        ),
        pytest.param(
            lambda: HoldPolicy("p", "1", (FRAUD_KIND, changed(FRAUD_KIND, blocks={REFUND}))),
            "HoldPolicy.kinds",
            id="a reason has one kind",
        ),
        pytest.param(
            lambda: HoldPolicy("p", "1", (), OPERATIONS),
            "HoldPolicy",
            id="the release of holds cannot be held",
        ),
        pytest.param(
            lambda: HoldPolicy("p", "1", (changed(FRAUD_KIND, blocks={"refnud"}),)),
            "HoldPolicy.kinds[fraud]",
            id="a misspelt operation would block nothing",
        ),
        pytest.param(
            lambda: changed(FRAUD_KIND, review_days=0), "HoldKind.review_days", id="a review takes a day"
        ),
        pytest.param(lambda: changed(FRAUD_KIND, may_place=()), "HoldKind.may_place", id="somebody places"),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where


def test_a_hold_may_be_released_as_it_begins_and_then_never_blocks() -> None:
    hold = released(FRAUD, NOON)
    assert not hold.active(NOON)
    assert hold.phase(NOON) is holds.Phase.RELEASED
    assert holds.next_change((hold,), NOON.subtract(days=1)) is None


def test_its_last_entry_says_how_and_when_a_hold_ends() -> None:
    expiring = changed(FRAUD, changes=(placing(expires_at=DAY_2, by="ann"),))
    over = released(expiring, NOON.add(days=1))
    assert [
        (each.ends_at, each.expires_at, each.released_at, each.phase(DAY_2), each.placed_by)
        for each in (FRAUD, expiring, over)
    ] == [
        (None, None, None, holds.Phase.ACTIVE, "olga"),
        (DAY_2, DAY_2, None, holds.Phase.EXPIRED, "ann"),
        (NOON.add(days=1), DAY_2, NOON.add(days=1), holds.Phase.RELEASED, "ann"),
    ]


def test_a_scope_is_one_item_or_several_or_the_whole_account() -> None:
    one, several, whole = (place(scope=scope).scope for scope in ("INV-1", ["INV-1", "SUB-1"], None))
    assert [sorted(each) for each in (one, several, whole)] == [["INV-1"], ["INV-1", "SUB-1"], []]


def test_whoever_places_a_kind_extends_and_reviews_it_unless_others_are_named() -> None:
    assert FRAUD_KIND.extenders == FRAUD_KIND.reviewers == frozenset({"officer"})
    other = changed(FRAUD_KIND, may_extend="boss", may_review={"auditor", "boss"})
    assert other.extenders == frozenset({"boss"})
    assert other.reviewers == frozenset({"auditor", "boss"})


def test_a_review_is_every_day_or_every_ten_years() -> None:
    for days in (1, 3_660):
        assert changed(FRAUD_KIND, review_days=days).review_by(NOON) == NOON.add(days=days)
    with pytest.raises(InvalidValue):
        changed(FRAUD_KIND, review_days=3_661)


def test_a_review_may_be_due_at_once() -> None:
    assert place(review_at=NOON).review_at == NOON


def test_a_host_adds_operations_of_its_own() -> None:
    kind = HoldKind("dispute", {"dun"}, "officer", "officer")
    policy = HoldPolicy("p", "1", (kind,), holds.EVERYTHING | {"dun"})
    (event,) = holds.decide((), place(reason="dispute"), policy).events_or_raise()
    known = holds.evolve((), event)
    assert holds.refusal(known, "dun", NOON) is not None
    assert holds.refusal(known, REFUND, NOON) is None


def test_everything_is_all_but_the_placing_and_release_of_holds() -> None:
    assert holds.EVERYTHING | {PLACE_HOLD, RELEASE_HOLD} == OPERATIONS
    assert holds.EVERYTHING.isdisjoint({PLACE_HOLD, RELEASE_HOLD})


@pytest.mark.parametrize(
    ("known", "event"),
    [
        pytest.param(
            (FRAUD,), holds.Placed(NOON, "c-9", FRAUD, built_in("p", "1")), id="a hold is placed once"
        ),
        pytest.param((FRAUD,), holds.Released(NOON, "c-9", "H-2", "olga", NOON), id="nothing is released"),
        pytest.param(
            (DISPUTE,), holds.Extended(NOON, "c-9", "H-1", "olga", NOON, None), id="nothing is extended"
        ),
        pytest.param(
            (released(FRAUD, DAY_2),),
            holds.Reviewed(DAY_2, "c-9", "H-1", "olga", DAY_2, Finding.KEEP, None, None),
            id="what is released is not reviewed",
        ),
        pytest.param((DISPUTE,), messages.Event(NOON, "c-9"), id="an event of no known kind"),
    ],
)
def test_a_history_that_cannot_be_names_its_rows(known: tuple[Hold, ...], event: messages.Event) -> None:
    with pytest.raises(ImpossibleHistory) as error:
        holds.evolve(known, event)
    assert error.value.rows == ("c-9",)


def test_a_command_of_another_room_is_the_callers_mistake() -> None:
    with pytest.raises(InvalidValue, match="a command of this lifecycle"):
        holds.decide((FRAUD,), messages.Command(id="c", at=NOON, by=OFFICER), POLICY)
