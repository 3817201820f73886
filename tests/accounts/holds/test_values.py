"""A hold, a command or a policy that exists is valid; the rest is refused as it is made."""

from collections.abc import Callable

import pytest
from attrs import evolve as changed

from acctcore.accounts import holds
from acctcore.accounts.holds import Hold, HoldKind, HoldPolicy
from acctcore.kernel import messages
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import OPERATIONS, REFUND, RELEASE_HOLD
from tests.accounts.holds.stories import DISPUTE, FRAUD, NOON, OFFICER, POLICY, extend, place

FRAUD_KIND = POLICY.kinds[0]


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
            lambda: changed(FRAUD, expires_at=NOON), "Hold.expires_at", id="it expires after it is placed"
        ),
        pytest.param(
            lambda: changed(FRAUD, released_at=NOON.subtract(seconds=1)),
            "Hold.released_at",
            id="it is not released before it is placed",
        ),
        pytest.param(lambda: place(expires_at=NOON), "Place.expires_at", id="an expiry lies ahead"),
        pytest.param(
            lambda: place(review_at=NOON.subtract(seconds=1)), "Place.review_at", id="a review lies ahead"
        ),
        pytest.param(lambda: place(blocks=()), "Place.blocks", id="no operations are no hold"),
        pytest.param(lambda: place(scope=""), "Place.scope", id="an item has an id"),
        pytest.param(
            lambda: extend(expires_at=NOON), "Extend.expires_at", id="an extension does not end at once"
        ),
        pytest.param(lambda: extend(review_at=NOON), "Extend.review_at", id="the next review lies ahead"),
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
    hold = changed(FRAUD, released_at=NOON)
    assert not hold.active(NOON)
    assert hold.phase(NOON) is holds.Phase.RELEASED
    assert holds.next_change((hold,), NOON.subtract(days=1)) is None


def test_what_ends_first_says_how_a_hold_ended() -> None:
    day_1, day_2 = NOON.add(days=1), NOON.add(days=2)
    for expires_at, released_at, phase in [
        (day_1, None, holds.Phase.EXPIRED),
        (None, day_1, holds.Phase.RELEASED),
        (day_1, day_2, holds.Phase.EXPIRED),
        (day_2, day_1, holds.Phase.RELEASED),
    ]:
        hold = changed(FRAUD, expires_at=expires_at, released_at=released_at)
        assert hold.ends_at == day_1
        assert hold.phase(day_2) is phase


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


def test_everything_is_all_but_the_release_of_holds() -> None:
    assert holds.EVERYTHING | {RELEASE_HOLD} == OPERATIONS
    assert RELEASE_HOLD not in holds.EVERYTHING


@pytest.mark.parametrize(
    ("known", "event"),
    [
        pytest.param(
            (FRAUD,), holds.Placed(NOON, "c-9", FRAUD, built_in("p", "1")), id="a hold is placed once"
        ),
        pytest.param((FRAUD,), holds.Released(NOON, "c-9", "H-2", "olga", ""), id="nothing is released"),
        pytest.param((DISPUTE,), holds.Extended(NOON, "c-9", "H-1", None, None), id="nothing is extended"),
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
