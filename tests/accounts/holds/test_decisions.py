"""What is asked about holds and what becomes of it: one row, one sentence."""

import pytest
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.accounts.holds import Finding, Hold
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, Unavailable, allowed, needs_approval, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.terms import AMEND, BILL, CLOSE, REFUND, RELEASE_HOLD, Actor
from tests.accounts.holds.stories import (
    COMPLIANCE,
    DISPUTE,
    FRAUD,
    GUEST,
    NOON,
    OFFICER,
    POLICY,
    SANCTIONS,
    SUPERVISOR,
    ask,
    extend,
    place,
    placing,
    release,
    released,
    review,
)
from tests.kernel.catalogue import Few

DAY_1, DAY_7, DAY_8, DAY_10 = (NOON.add(days=days) for days in (1, 7, 8, 10))
REVIEW = Duty("holds.review/H-1/2024-03-08T12:00:00Z", "holds.review", DAY_7, subject="H-1")
NEXT_REVIEW = Duty("holds.review/H-1/2024-03-09T12:00:00Z", "holds.review", DAY_8, subject="H-1")
BOTH = Actor("both", {"officer", "supervisor"})
LAWSUIT = changed(FRAUD, reason="lawsuit")
KINDS = ("fraud", "dispute", "sanctions", "legal")


@pytest.mark.parametrize(
    ("known", "command", "decision"),
    [
        pytest.param(
            (),
            place(),
            allowed(holds.Placed(NOON, "c", FRAUD, POLICY.ref), duties=(REVIEW,)),
            id="a fraud hold blocks everything and is reviewed within a week",
        ),
        pytest.param(
            (FRAUD,),
            place(
                hold_id="H-2",
                reason="dispute",
                public_reason="we are looking into your claim",
                expires_at=DAY_10,
                scope="INV-1",
            ),
            allowed(holds.Placed(NOON, "c", DISPUTE, POLICY.ref)),
            id="a hold on one item joins another and asks for no review",
        ),
        pytest.param(
            (),
            place(blocks={REFUND}, review_at=DAY_1),
            allowed(
                holds.Placed(
                    NOON,
                    "c",
                    changed(FRAUD, blocks={REFUND}, changes=(placing(review_at=DAY_1),)),
                    POLICY.ref,
                ),
                duties=(Duty("holds.review/H-1/2024-03-02T12:00:00Z", "holds.review", DAY_1, subject="H-1"),),
            ),
            id="whoever places it chooses the operations, and an earlier review",
        ),
        pytest.param(
            (),
            place(review_at=DAY_7),
            allowed(holds.Placed(NOON, "c", FRAUD, POLICY.ref), duties=(REVIEW,)),
            id="the latest review that is allowed",
        ),
        pytest.param((FRAUD,), place(), refused(holds.IdTaken("H-1")), id="an id is taken once"),
        pytest.param(
            (FRAUD,),
            place(at=NOON.subtract(days=1)),
            refused(holds.IdTaken("H-1")),
            id="an id is taken, also before its hold begins",
        ),
        pytest.param(
            (),
            place(reason="lawsuit"),
            refused(holds.UnknownKind("office-holds/2", "lawsuit", KINDS)),
            id="a reason that the policy does not know",
        ),
        pytest.param(
            (),
            place(by=SUPERVISOR),
            refused(holds.NotEntitled("sven", "fraud", frozenset({"officer"}))),
            id="who may release may not therefore place",
        ),
        pytest.param(
            (),
            place(by=GUEST, blocks={RELEASE_HOLD, "dun", REFUND}, review_at=DAY_8),
            refused(
                holds.NotEntitled("gast", "fraud", frozenset({"officer"})),
                holds.CannotBlock(frozenset({RELEASE_HOLD, "dun"}), holds.EVERYTHING),
                holds.ReviewTooLate("fraud", DAY_7),
            ),
            id="every reason at once: no role, what cannot be blocked, a late review",
        ),
        pytest.param(
            (FRAUD,),
            release(),
            needs_approval(holds.FourEyes("H-1", frozenset({"supervisor"}))),
            id="a fraud hold is released by four eyes",
        ),
        pytest.param(
            (FRAUD,),
            release(by=OFFICER),
            refused(holds.NotEntitled("olga", "fraud", frozenset({"supervisor"}))),
            id="who may not release is refused before anybody is asked to approve",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-2", by=OFFICER, note="settled"),
            allowed(holds.Released(DAY_1, "c", "H-2", "olga", DAY_1, "settled")),
            id="a dispute hold takes one officer",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-1"),
            refused(holds.UnknownHold("H-1", ("H-2",))),
            id="nobody placed that hold",
        ),
        pytest.param(
            (released(FRAUD, DAY_1),),
            release(at=DAY_1),
            refused(WrongPhase("Release", "released", ("active",))),
            id="what is released is released once",
        ),
        pytest.param(
            (released(FRAUD, DAY_7),),
            release(at=DAY_1),
            refused(holds.AlreadyReleased("H-1", DAY_7)),
            id="a release that was recorded is not brought forward by another",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-2", by=OFFICER, at=DAY_10),
            refused(WrongPhase("Release", "expired", ("active",))),
            id="at its expiry a hold is over",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-2", by=OFFICER, at=DAY_8, recorded_at=DAY_10.add(days=1)),
            allowed(holds.Released(DAY_8, "c", "H-2", "olga", DAY_10.add(days=1))),
            id="a release recorded late is judged at its own instant, when the hold was active",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-2", by=OFFICER, at=NOON.subtract(seconds=1)),
            refused(WrongPhase("Release", "nothing", ("active",))),
            id="nothing is released before it is placed",
        ),
        pytest.param(
            (LAWSUIT,),
            release(by=SUPERVISOR),
            needs_approval(holds.FourEyes("H-1", frozenset({"supervisor"}))),
            id="a kind that the policy dropped is still released, by what was settled as it was placed",
        ),
        pytest.param(
            (LAWSUIT,),
            extend(hold_id="H-1"),
            refused(holds.UnknownKind("office-holds/2", "lawsuit", KINDS)),
            id="a kind that the policy dropped is not extended",
        ),
        pytest.param(
            (DISPUTE,),
            extend(expires_at=DAY_10.add(days=1), note="the bank has not answered"),
            allowed(
                holds.Extended(
                    DAY_1, "c", "H-2", "olga", DAY_1, DAY_10.add(days=1), "the bank has not answered"
                )
            ),
            id="a day longer",
        ),
        pytest.param(
            (DISPUTE,),
            extend(),
            allowed(holds.Extended(DAY_1, "c", "H-2", "olga", DAY_1, None)),
            id="until it is released",
        ),
        pytest.param(
            (changed(FRAUD, changes=(placing(review_at=DAY_7, expires_at=DAY_8),)),),
            extend(hold_id="H-1", expires_at=DAY_10),
            allowed(holds.Extended(DAY_1, "c", "H-1", "olga", DAY_1, DAY_10), duties=(REVIEW,)),
            id="an extension is no review: that stays due as it was",
        ),
        pytest.param(
            (DISPUTE,),
            extend(expires_at=DAY_10),
            refused(holds.Unchanged("H-2")),
            id="as long as before is no extension",
        ),
        pytest.param(
            (FRAUD,),
            extend(hold_id="H-1"),
            refused(holds.Unchanged("H-1")),
            id="without end is as long as it gets",
        ),
        pytest.param(
            (DISPUTE,),
            extend(expires_at=DAY_10.subtract(seconds=1)),
            refused(holds.Shortened("H-2")),
            id="an extension does not shorten",
        ),
        pytest.param(
            (FRAUD,),
            extend(hold_id="H-1", by=GUEST, expires_at=DAY_10),
            refused(
                holds.NotEntitled("gast", "fraud", frozenset({"officer"})),
                holds.Shortened("H-1"),
            ),
            id="a hold without end gets none by an extension, and all reasons are told",
        ),
        pytest.param(
            (DISPUTE,),
            extend(at=DAY_10),
            refused(WrongPhase("Extend", "expired", ("active",))),
            id="what is over is placed anew, not extended",
        ),
        pytest.param(
            (SANCTIONS,),
            extend(hold_id="H-3", expires_at=None),
            refused(
                holds.NotEntitled("olga", "sanctions", frozenset({"compliance"})), holds.Unchanged("H-3")
            ),
            id="who may place one may not extend it where the kind names others",
        ),
        pytest.param(
            (), extend(hold_id="H-1"), refused(holds.UnknownHold("H-1", ())), id="there is nothing to extend"
        ),
    ],
)
def test_what_becomes_of_it(
    known: tuple[Hold, ...], command: messages.Command, decision: Decision[holds.Event]
) -> None:
    assert ask(known, command) == decision


SHORT = changed(FRAUD, changes=(placing(review_at=DAY_7, expires_at=DAY_8),))
LEGAL = changed(DISPUTE, id="H-4", blocks={AMEND}, reason="legal", releasable_by="supervisor", scope=None)


def kept(hold_id: str, by: str, ends: DateTime | None, following: DateTime | None) -> holds.Reviewed:
    return holds.Reviewed(DAY_1, "c", hold_id, by, DAY_1, Finding.KEEP, ends, following)


@pytest.mark.parametrize(
    ("known", "command", "decision"),
    [
        pytest.param(
            FRAUD,
            review(),
            allowed(kept("H-1", "olga", None, DAY_8), duties=(NEXT_REVIEW,)),
            id="reviewed and kept: the next review follows",
        ),
        pytest.param(
            SHORT,
            review(review_at=DAY_7),
            allowed(kept("H-1", "olga", DAY_8, DAY_7), duties=(REVIEW,)),
            id="a hold that is kept ends as before, with a review that is earlier than it has to be",
        ),
        pytest.param(
            SHORT,
            review(expires_at=DAY_10),
            allowed(kept("H-1", "olga", DAY_10, DAY_8), duties=(NEXT_REVIEW,)),
            id="kept for longer",
        ),
        pytest.param(
            LEGAL,
            review(hold_id="H-4"),
            allowed(kept("H-4", "olga", DAY_10, None)),
            id="a kind without reviews is reviewed once and not again",
        ),
        pytest.param(
            LEGAL,
            review(hold_id="H-4", expires_at=DAY_10.add(days=1)),
            refused(holds.NotEntitled("olga", "legal", frozenset({"supervisor"}))),
            id="keeping it for longer takes the authority to extend",
        ),
        pytest.param(
            LEGAL,
            review(hold_id="H-4", expires_at=DAY_7),
            refused(holds.NotEntitled("olga", "legal", frozenset({"supervisor"}))),
            id="ending it earlier takes the authority to release",
        ),
        pytest.param(
            LEGAL,
            review(hold_id="H-4", expires_at=DAY_7, by=BOTH),
            allowed(kept("H-4", "both", DAY_7, None)),
            id="whoever may review and release bounds it",
        ),
        pytest.param(
            FRAUD,
            review(expires_at=DAY_7, by=BOTH),
            needs_approval(holds.FourEyes("H-1", frozenset({"supervisor"}))),
            id="bounding a hold under four eyes is releasing it on a day",
        ),
        pytest.param(
            FRAUD,
            review(by=SUPERVISOR, finding=Finding.RELEASE),
            needs_approval(holds.FourEyes("H-1", frozenset({"supervisor"}))),
            id="what is found to be over takes four eyes, too",
        ),
        pytest.param(
            FRAUD,
            review(finding=Finding.RELEASE),
            refused(holds.NotEntitled("olga", "fraud", frozenset({"supervisor"}))),
            id="a review does not release without the authority for it",
        ),
        pytest.param(
            DISPUTE,
            review(hold_id="H-2", finding=Finding.RELEASE, note="paid"),
            allowed(
                holds.Reviewed(DAY_1, "c", "H-2", "olga", DAY_1, Finding.RELEASE, DAY_10, None, "paid"),
                holds.Released(DAY_1, "c", "H-2", "olga", DAY_1, "paid"),
            ),
            id="found to be over: reviewed and released in one",
        ),
        pytest.param(
            changed(DISPUTE, reason="lawsuit"),
            review(hold_id="H-2", finding=Finding.RELEASE),
            allowed(
                holds.Reviewed(DAY_1, "c", "H-2", "olga", DAY_1, Finding.RELEASE, DAY_10, None),
                holds.Released(DAY_1, "c", "H-2", "olga", DAY_1),
            ),
            id="of a kind that the policy dropped, too",
        ),
        pytest.param(
            LAWSUIT,
            review(),
            refused(holds.UnknownKind("office-holds/2", "lawsuit", KINDS)),
            id="what the policy dropped is not kept",
        ),
        pytest.param(
            FRAUD,
            review(by=GUEST, review_at=DAY_8.add(seconds=1)),
            refused(
                holds.NotEntitled("gast", "fraud", frozenset({"officer"})),
                holds.ReviewTooLate("fraud", DAY_8),
            ),
            id="no role, and a next review that comes too late",
        ),
        pytest.param(
            DISPUTE,
            review(hold_id="H-2", by=GUEST, expires_at=DAY_7),
            refused(
                holds.NotEntitled("gast", "dispute", frozenset({"officer", "supervisor"})),
                holds.NotEntitled("gast", "dispute", frozenset({"officer"})),
            ),
            id="both authorities are missing",
        ),
        pytest.param(
            DISPUTE,
            review(hold_id="H-2", at=DAY_10),
            refused(WrongPhase("Review", "expired", ("active",))),
            id="what is over is not reviewed any more",
        ),
        pytest.param(
            FRAUD,
            review(hold_id="H-9"),
            refused(holds.UnknownHold("H-9", ("H-1",))),
            id="nobody placed that hold",
        ),
    ],
)
def test_what_comes_of_a_review(known: Hold, command: holds.Review, decision: Decision[holds.Event]) -> None:
    assert ask((known,), command) == decision


def test_a_review_that_is_recorded_late_counts_the_next_from_then() -> None:
    (event,) = ask((FRAUD,), review(recorded_at=DAY_7)).events
    assert isinstance(event, holds.Reviewed)
    assert (event.recorded_at, event.review_at) == (DAY_7, DAY_7.add(days=7))


def test_a_placing_that_is_recorded_late_is_reviewed_from_then() -> None:
    (event,) = ask((), place(recorded_at=DAY_10)).events
    assert isinstance(event, holds.Placed)
    assert event.hold.review_at == DAY_10.add(days=7)
    assert event.hold.changes[0].recorded_at == DAY_10


def test_nothing_is_recorded_before_what_it_changes() -> None:
    (event,) = ask((), place(recorded_at=DAY_10)).events
    known = holds.evolve((), event)
    (event,) = ask(known, release(), approved=True).events  # as if it had been recorded on the first day
    assert isinstance(event, holds.Released)
    assert (event.at, event.recorded_at) == (DAY_1, DAY_10)


# Secret holds


def test_a_secret_hold_is_placed_by_four_eyes_and_tells_the_customer_nothing() -> None:
    command = place(hold_id="H-3", reason="sanctions", case="CASE-9")
    demand = holds.FourEyesToPlace("H-3", frozenset({"officer", "compliance"}))
    assert ask((), command) == needs_approval(demand)
    owed = Duty(
        "holds.review/H-3/2024-03-02T12:00:00Z", "holds.review", DAY_1, owed_to="office", subject="H-3"
    )
    placed = allowed(holds.Placed(NOON, "c", SANCTIONS, POLICY.ref), duties=(owed,))
    assert ask((), command, approved=True) == placed
    told = place(hold_id="H-3", reason="sanctions", public_reason="maintenance", by=COMPLIANCE)
    assert ask((), told) == refused(holds.TellsCustomer("sanctions"))


def test_a_kind_tells_the_customer_what_whoever_places_it_does_not() -> None:
    def public(**facts: str) -> str:
        (event,) = ask((), place(reason="legal", by=SUPERVISOR, **facts)).events
        assert isinstance(event, holds.Placed)
        return event.hold.public_reason

    assert public() == "a court asks us to keep this as it is"
    assert public(public_reason="ask your lawyer") == "ask your lawyer"


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param((SANCTIONS,), Unavailable(REFUND), id="a secret hold"),
        pytest.param((FRAUD,), Unavailable(REFUND), id="a hold without public reason looks the same"),
        pytest.param((FRAUD, SANCTIONS), Unavailable(REFUND), id="and so do both"),
        pytest.param(
            (SANCTIONS, DISPUTE),
            holds.BlockedForCustomer(REFUND, ("we are looking into your claim",)),
            id="a secret hold beside another leaves no trace",
        ),
    ],
)
def test_what_the_customer_hears_of_a_refusal(known: tuple[Hold, ...], told: Reason) -> None:
    blocked = holds.refusal(known, REFUND, NOON, "INV-1")
    assert blocked is not None
    assert blocked.for_customer() == told
    answer = refused(blocked, next_change_at=holds.next_change(known, NOON))
    assert answer.for_customer() == refused(told)


def test_an_approval_serves_for_the_second_pair_of_eyes_and_for_nothing_else() -> None:
    released = allowed(holds.Released(DAY_1, "c", "H-1", "sven", DAY_1))
    assert ask((FRAUD,), release(), approved=True) == released
    for command in (release(by=OFFICER), release(hold_id="H-9"), place(), extend(hold_id="H-1", by=GUEST)):
        assert ask((FRAUD,), command, approved=True) == ask((FRAUD,), command)


def test_a_lax_new_policy_does_not_loosen_a_hold_that_stands() -> None:
    lax = holds.HoldPolicy("lax", "1", (holds.HoldKind("fraud", {BILL}, "officer", "officer"),))
    assert holds.decide((FRAUD,), release(), lax) == ask((FRAUD,), release())
    assert holds.decide((FRAUD,), release(by=OFFICER), lax) == ask((FRAUD,), release(by=OFFICER))


@pytest.mark.parametrize(
    ("known", "operation", "scope", "told", "public"),
    [
        pytest.param(
            (FRAUD,),
            REFUND,
            None,
            "refund is blocked by H-1 (fraud) until released",
            "refund is not possible at present: please contact us",
            id="a hold without end or public reason",
        ),
        pytest.param(
            (DISPUTE,),
            REFUND,
            "INV-1",
            "refund is blocked by H-2 (dispute) until 2024-03-11T12:00:00Z",
            "refund is not possible at present: we are looking into your claim",
            id="a hold with both",
        ),
        pytest.param(
            (FRAUD, DISPUTE),
            CLOSE,
            None,
            "close is blocked by H-1, H-2 (fraud, dispute) until released",
            "close is not possible at present: we are looking into your claim",
            id="two holds, of which one has no end",
        ),
        pytest.param(
            (DISPUTE, changed(DISPUTE, id="H-3", changes=(placing(expires_at=DAY_7),))),
            CLOSE,
            None,
            "close is blocked by H-2, H-3 (dispute) until 2024-03-11T12:00:00Z",
            "close is not possible at present: we are looking into your claim",
            id="of two ends the later one counts, and a reason is told once",
        ),
    ],
)
def test_staff_hear_which_holds_block_and_the_customer_hears_no_more_than_may_be_told(
    known: tuple[Hold, ...], operation: str, scope: str | None, told: str, public: str
) -> None:
    blocked = holds.refusal(known, operation, NOON, scope)
    assert blocked is not None
    assert blocked.code == "holds.blocked"
    assert (blocked.text, blocked.public) == (told, public)


def test_both_sentences_can_be_translated() -> None:
    blocked, freed = holds.Blocked.sentences()
    (public,) = holds.BlockedForCustomer.sentences()
    assert isinstance(blocked, str)
    assert isinstance(freed, str)
    assert isinstance(public, str)
    german = Few(
        {
            ("holds.blocked", blocked): "{operation}: gesperrt bis {until}",
            ("holds.blocked", freed): "{operation}: gesperrt bis zur Freigabe",
            ("holds.blocked_for_customer", public): "zurzeit nicht möglich",
        }
    )
    ending, open_end = holds.refusal((DISPUTE,), REFUND, NOON), holds.refusal((FRAUD,), REFUND, NOON)
    assert ending is not None
    assert open_end is not None
    assert ending.render(german) == "refund: gesperrt bis 2024-03-11T12:00:00Z"
    assert open_end.render(german) == "refund: gesperrt bis zur Freigabe"
    assert ending.render(german, lambda fact: f"<{fact}>") == f"<refund>: gesperrt bis <{DAY_10}>"
    assert ending.for_customer().render(german) == "zurzeit nicht möglich"


def test_each_refusal_reads_as_a_sentence() -> None:
    everything = ", ".join(sorted(holds.EVERYTHING))
    reasons = [
        *ask((FRAUD,), place()).reasons,
        *ask((), release()).reasons,
        *ask((), place(reason="lawsuit")).reasons,
        *ask((), place(by=GUEST, blocks={"dun"}, review_at=DAY_8)).reasons,
        *ask((FRAUD,), release()).reasons,
        *ask((released(FRAUD, DAY_7),), release()).reasons,
        *ask((), place(reason="sanctions")).reasons,
        *ask((), place(reason="sanctions", public_reason="maintenance")).reasons,
        *ask((DISPUTE,), extend(expires_at=DAY_7)).reasons,
        *ask((DISPUTE,), extend(expires_at=DAY_10)).reasons,
    ]
    assert {reason.code: reason.text for reason in reasons} == {
        "holds.id_taken": "a hold H-1 was placed before",
        "holds.unknown": "no hold H-1 was placed; known are: nothing",
        "holds.unknown_kind": "the policy office-holds/2 knows no hold for lawsuit, only for: "
        "fraud, dispute, sanctions, legal",
        "holds.not_entitled": "gast may not do this to a hold for fraud; it takes: officer",
        "holds.cannot_block": f"a hold cannot block dun, only: {everything}",
        "holds.review_too_late": "a hold for fraud has to be reviewed by 2024-03-08T12:00:00Z",
        "holds.four_eyes": "releasing H-1 takes a second person's approval, by: supervisor",
        "holds.already_released": "H-1 is released as of 2024-03-08T12:00:00Z",
        "holds.four_eyes_to_place": "placing H-1 takes a second person's approval, by: compliance, officer",
        "holds.tells_customer": "customers hear nothing of a hold for sanctions: leave the public reason out",
        "holds.shortened": "an extension may not end H-2 earlier: release it, or review it",
        "holds.unchanged": "H-2 already lasts as long as that",
    }


def test_a_policy_is_known_by_name_and_version_and_by_every_choice() -> None:
    other = changed(POLICY, kinds=POLICY.kinds[:1])
    assert (str(POLICY.ref), str(other.ref)) == ("office-holds/2", "office-holds/2")
    assert POLICY.ref == changed(POLICY).ref
    assert POLICY.ref != other.ref
