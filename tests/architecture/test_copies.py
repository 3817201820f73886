"""Values that are copied by hand, field by field: what a copy does not mean to change stays as it was.

Every field holds something of its own, so that a field which is forgotten, swapped or put back to its
default shows. A new field of a class is filled here by itself.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import attrs
import pendulum
import pytest
from attrs import frozen

from acctcore import flows
from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.billing.invoices import Filed
from acctcore.billing.subscriptions.timeline import Agreed
from acctcore.billing.tax import untaxed
from acctcore.kernel.messages import Event
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments

T = TypeVar("T")

DAYS = [pendulum.datetime(2024, 3, day, 12) for day in range(1, 20)]
NOW, LATER = DAYS[17], DAYS[18]
MARCH = [date(2024, 3, day) for day in range(1, 20)]


def filled(kind: type[T], /, **given: object) -> T:
    """Return a value whose every field holds something that no other field holds."""
    names = [each.name for each in attrs.fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: given.get(name, f"{kind.__name__}.{name}") for name in names})


def telling(value: Any) -> None:
    """Check that no two fields hold the same, and none its default: otherwise a copy proves nothing."""
    held = [(each, getattr(value, each.name)) for each in attrs.fields(type(value))]
    for index, (one, found) in enumerate(held):
        assert found != one.default, f"{one.name} holds its default"
        for other, beside in held[:index]:
            assert found != beside, f"{one.name} and {other.name} hold the same"


def check_copy(before: Any, after: Any, changes: dict[str, object]) -> None:
    """Check that the copy holds the changes, and in every other field what was there before."""
    assert type(after) is type(before)
    names = [each.name for each in attrs.fields(type(before))]
    assert changes.keys() <= set(names)
    expected = {name: changes.get(name, getattr(before, name)) for name in names}
    assert {name: getattr(after, name) for name in names} == expected


# One account, one hold, one file, …


CLOSING = account.Account(
    id="A-1",
    zone="Europe/Berlin",
    phase=account.Phase.CLOSING,
    changed_at=DAYS[3],
    party="party-7",
    opened_at=DAYS[0],
    closing_since=DAYS[2],
    close_by=DAYS[10],
    first_opened_at=DAYS[4],
    profile=(account.ProfileField("address", "a1", DAYS[6]),),
)
REVIEWED = attrs.evolve(
    CLOSING,
    phase=account.Phase.ONBOARDING,
    closing_since=None,
    close_by=None,
    closed_at=DAYS[12],
    applied_at=DAYS[13],
    activate_by=DAYS[14],
)
HOLD = holds.Hold(
    id="H-1",
    blocks=frozenset({"refund"}),
    reason="fraud",
    public_reason="we are checking",
    scope="S-1",
    case="CASE-9",
    releasable_by=frozenset({"boss"}),
    four_eyes=True,
    changes=(holds.Change(holds.Step.PLACED, DAYS[0], DAYS[1], "ann", LATER, DAYS[5], "look"),),
)
ITEM = filled(payments.OpenItem, amount=700, open=500)
DRAFT = filled(invoices.Document, kind=invoices.Kind.INVOICE, at=DAYS[0], tax_date=MARCH[1], total=700)
COVERED = filled(subscriptions.Covered, amount=700)
OTHER = filled(subscriptions.Covered, line="another")
AGREED = Agreed((filled(subscriptions.Change),), DAYS[0], "Asia/Tokyo", MARCH[2])
PAUSE = subscriptions.Stop(MARCH[7], MARCH[9], True, subscriptions.Resuming.KEEP, "p-1")
AGREED = attrs.evolve(AGREED, stops=(PAUSE,))
SUBSCRIPTION: subscriptions.Subscription[date] = filled(
    subscriptions.Subscription, agreed=AGREED, gives_back=False, covered=(COVERED, OTHER)
)
FILE = filled(
    flows.File, account=CLOSING, version=7, answers=(flows.Answer("before", DAYS[0], ()),), holds=(HOLD,)
)


def test_an_account_says_something_in_every_field() -> None:
    closed = attrs.evolve(CLOSING, phase=account.Phase.CLOSED, closed_at=DAYS[12])
    apart = {"closing_since", "close_by"}, {"applied_at", "activate_by"}  # no account has both
    for value, missing in zip((closed, REVIEWED), reversed(apart), strict=True):
        names = {each.name for each in attrs.fields(account.Account)} - missing
        held = [getattr(value, name) for name in names]
        assert None not in held
        assert len(set(held)) == len(held)


@pytest.mark.parametrize(
    "value",
    [HOLD.changes[0], ITEM, DRAFT, COVERED, SUBSCRIPTION, FILE],
    ids=lambda value: type(value).__name__,
)
def test_a_value_says_something_in_every_field(value: object) -> None:
    telling(value)


@pytest.mark.parametrize("missing", ["forgotten", "swapped"])
def test_a_copy_that_loses_something_is_found(missing: str) -> None:
    @frozen
    class Pair:
        one: str
        two: str = ""
        three: str = ""

    before = Pair("a", "b", "c")
    check_copy(before, Pair("z", "b", "c"), {"one": "z"})
    with pytest.raises(AssertionError):
        check_copy(before, Pair("z", "b") if missing == "forgotten" else Pair("z", "c", "b"), {"one": "z"})
    with pytest.raises(AssertionError, match="two holds its default"):
        telling(Pair("a"))
    with pytest.raises(AssertionError, match="two and one hold the same"):
        telling(Pair("a", "a", "c"))


# Every copy


def issued() -> object:
    command = invoices.Issue(id="c", at=NOW, by=Actor("ann"), document_id=DRAFT.id)
    gone = Filed(attrs.evolve(DRAFT, id="before"), invoices.Phase.VOIDED, DAYS[0])
    standing = invoices.Standing(account_id="A-1", zone="Europe/Berlin", replaced=gone)
    decision = invoices.decide(Filed(DRAFT, invoices.Phase.DRAFT), command, untaxed(), standing)
    (event,) = decision.events
    assert isinstance(event, invoices.Issued)
    return event.document


@pytest.mark.parametrize(
    ("before", "copy", "changes"),
    [
        pytest.param(ITEM, lambda: payments.less(ITEM, 120), {"open": 380}, id="an item with less open"),
        pytest.param(
            DRAFT,
            issued,
            {"at": NOW, "due_on": date(2024, 4, 1), "cause": "c"},
            id="a draft as it is issued",
        ),
        pytest.param(
            COVERED,
            lambda: subscriptions.reduced(COVERED, 120),
            {"amount": 580},
            id="coverage with less left",
        ),
    ],
)
def test_a_copy_keeps_the_rest(
    before: object, copy: Callable[[], object], changes: dict[str, object]
) -> None:
    check_copy(before, copy(), changes)


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        pytest.param(account.Amended(NOW, "c", "Asia/Tokyo", None), {"zone": "Asia/Tokyo"}, id="a zone"),
        pytest.param(account.Amended(NOW, "c", None, "party-8"), {"party": "party-8"}, id="a party"),
        pytest.param(
            account.Amended(NOW, "c", None, None, (("address", ""),)), {"profile": ()}, id="a field taken off"
        ),
        pytest.param(
            account.ClosureWithdrawn(NOW, "c"),
            {"phase": account.Phase.ACTIVE, "closing_since": None, "close_by": None},
            id="no closure",
        ),
        pytest.param(
            account.Closed(NOW, "c"), {"phase": account.Phase.CLOSED, "closed_at": NOW}, id="the closure"
        ),
    ],
)
def test_an_account_keeps_the_rest(event: Event, changes: dict[str, object]) -> None:
    check_copy(CLOSING, account.evolve(CLOSING, event), {"changed_at": NOW, **changes})


OFFICE = built_in("account", "1")
DECIDED = {"applied_at": None, "activate_by": None}


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        pytest.param(account.Amended(NOW, "c", "Asia/Tokyo", None), {"zone": "Asia/Tokyo"}, id="a zone"),
        pytest.param(
            account.Activated(NOW, "c"),
            {"phase": account.Phase.ACTIVE, "opened_at": NOW, "closed_at": None, **DECIDED},
            id="found right",
        ),
        pytest.param(
            account.StayedClosed(NOW, "c", "no"), {"phase": account.Phase.CLOSED, **DECIDED}, id="turned down"
        ),
    ],
)
def test_an_account_that_is_checked_again_keeps_the_rest(event: Event, changes: dict[str, object]) -> None:
    check_copy(REVIEWED, account.evolve(REVIEWED, event), {"changed_at": NOW, **changes})


def test_an_account_that_is_reopened_keeps_the_rest() -> None:
    closed = attrs.evolve(CLOSING, phase=account.Phase.CLOSED, closed_at=DAYS[12])
    asked = {"closing_since": None, "close_by": None, "changed_at": NOW}
    check_copy(
        closed,
        account.evolve(closed, account.Reopened(NOW, "c", "ann", OFFICE)),
        {"phase": account.Phase.ACTIVE, "opened_at": NOW, "closed_at": None, **asked},
    )
    check_copy(
        closed,
        account.evolve(closed, account.ReopenedForChecks(NOW, "c", "ann", LATER, OFFICE)),
        {"phase": account.Phase.ONBOARDING, "applied_at": NOW, "activate_by": LATER, **asked},
    )


def test_a_field_of_a_profile_keeps_the_rest() -> None:
    (known,) = CLOSING.profile
    seen = account.Verified(NOW, "c", "ann", (("address", "a1"),), "scan", LATER)
    (verified,) = account.evolve(CLOSING, seen).profile
    changes = {"verified_mark": "a1", "verified_at": NOW, "evidence": "scan", "valid_until": LATER}
    check_copy(known, verified, changes)
    assert account.evolve(CLOSING, seen) == attrs.evolve(CLOSING, changed_at=NOW, profile=(verified,))
    moved = account.evolve(
        attrs.evolve(CLOSING, profile=(verified,)),
        account.Amended(LATER, "c", None, None, (("address", "a2"),)),
    )
    check_copy(verified, moved.profile[0], {"mark": "a2", "changed_at": LATER})


def test_an_account_that_is_to_be_closed_keeps_the_rest() -> None:
    active = attrs.evolve(CLOSING, phase=account.Phase.ACTIVE, closing_since=None, close_by=None)
    after = account.evolve(active, account.ClosureRequested(NOW, "c", LATER, built_in("closing", "1")))
    changes = {
        "phase": account.Phase.CLOSING,
        "changed_at": NOW,
        "closing_since": NOW,
        "close_by": LATER,
    }
    check_copy(active, after, changes)


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (holds.Extended(NOW, "c", "H-1", "sam", LATER, None, "more"), {"expires_at": None}),
        (
            holds.Reviewed(NOW, "c", "H-1", "sam", LATER, holds.Finding.KEEP, None, NOW, "more"),
            {"expires_at": None, "review_at": NOW},
        ),
        (holds.Released(NOW, "c", "H-1", "sam", LATER, "more"), {}),
    ],
    ids=["extended", "reviewed", "released"],
)
def test_a_hold_keeps_the_rest(event: Event, changes: dict[str, object]) -> None:
    other = attrs.evolve(HOLD, id="H-2")
    after, beside = holds.evolve((HOLD, other), event)
    (placed,) = HOLD.changes
    settled = {
        "step": after.changes[-1].step,
        "at": NOW,
        "recorded_at": LATER,
        "by": "sam",
        "note": "more",
        **changes,
    }
    check_copy(HOLD, after, {"changes": (placed, after.changes[-1])})
    check_copy(placed, after.changes[-1], settled)
    assert beside is other


CHANGED = subscriptions.PlanChanged(NOW, "c", "S", MARCH[5], "large", (), (("seat", 3),), None)
PIECE = filled(subscriptions.Covered, line="new")


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        pytest.param(
            CHANGED,
            {
                "agreed": AGREED.having(
                    subscriptions.Change(MARCH[5], (("seat", 3),), "large", (), None, cause="c")
                )
            },
            id="a plan",
        ),
        pytest.param(
            subscriptions.QuantityChanged(NOW, "c", "S", MARCH[5], "seat", 4),
            {"agreed": AGREED.having(subscriptions.Change(MARCH[5], (("seat", 4),), cause="c"))},
            id="a quantity",
        ),
        pytest.param(
            subscriptions.Repriced(NOW, "c", "S", MARCH[5], "large", ()),
            {
                "agreed": AGREED.having(
                    subscriptions.Change(MARCH[5], (), "large", (), repriced=True, cause="c")
                )
            },
            id="prices",
        ),
        pytest.param(
            subscriptions.CancellationScheduled(NOW, "c", "S", MARCH[9], True),
            {"ends": MARCH[9], "gives_back": True},
            id="an end to come",
        ),
        pytest.param(
            subscriptions.Ended(NOW, "c", "S", MARCH[9], True),
            {"ends": MARCH[9], "gives_back": True},
            id="an end",
        ),
        pytest.param(
            subscriptions.CancellationWithdrawn(NOW, "c", "S"),
            {"ends": None, "gives_back": True},
            id="no end",
        ),
        pytest.param(
            subscriptions.Paused(NOW, "c", "S", MARCH[11], None, False, subscriptions.Resuming.RESTART),
            {
                "agreed": attrs.evolve(
                    AGREED,
                    stops=(
                        PAUSE,
                        subscriptions.Stop(MARCH[11], None, False, subscriptions.Resuming.RESTART, "c"),
                    ),
                )
            },
            id="a pause",
        ),
        pytest.param(
            subscriptions.Resumed(NOW, "c", "S", "p-1", MARCH[8], subscriptions.Resuming.RESTART),
            {
                "agreed": attrs.evolve(
                    AGREED,
                    stops=(attrs.evolve(PAUSE, until=MARCH[8], resuming=subscriptions.Resuming.RESTART),),
                )
            },
            id="the end of a pause",
        ),
        pytest.param(
            subscriptions.Billed(NOW, "c", "S", MARCH[7], MARCH[8], MARCH[9], (COVERED,), (PIECE,)),
            {
                "billed_at": MARCH[7],
                "billed_to": MARCH[8],
                "arrears_to": MARCH[9],
                "covered": (OTHER, PIECE),
            },
            id="billed",
        ),
    ],
)
def test_a_subscription_keeps_the_rest(event: Any, changes: dict[str, object]) -> None:
    check_copy(SUBSCRIPTION, subscriptions.evolve(SUBSCRIPTION, event), changes)


def test_a_file_keeps_the_rest() -> None:
    event = account.Closed(NOW, "c")
    changes = {
        "account": account.evolve(CLOSING, event),
        "version": 8,
        "answers": (*FILE.answers, flows.Answer("c", LATER, (event,))),
    }
    check_copy(FILE, flows.evolve(FILE, (event,), recorded_at=LATER), changes)
