"""What is asked about holds and what becomes of it: one row, one sentence."""

import pytest
from attrs import evolve as changed

from acctcore.accounts import holds
from acctcore.accounts.holds import Hold
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, allowed, needs_approval, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.terms import BILL, CLOSE, REFUND, RELEASE_HOLD
from tests.accounts.holds.stories import (
    DISPUTE,
    FRAUD,
    GUEST,
    NOON,
    OFFICER,
    POLICY,
    SUPERVISOR,
    ask,
    extend,
    place,
    release,
)
from tests.kernel.catalogue import Few

DAY_1, DAY_7, DAY_8, DAY_10 = (NOON.add(days=days) for days in (1, 7, 8, 10))
REVIEW = Duty("holds.review/H-1/2024-03-08T12:00:00Z", "holds.review", DAY_7, subject="H-1")
NEXT_REVIEW = Duty("holds.review/H-1/2024-03-09T12:00:00Z", "holds.review", DAY_8, subject="H-1")
LAWSUIT = changed(FRAUD, reason="lawsuit")


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
                holds.Placed(NOON, "c", changed(FRAUD, blocks={REFUND}, review_at=DAY_1), POLICY.ref),
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
            refused(holds.UnknownKind("office-holds/2", "lawsuit", ("fraud", "dispute"))),
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
            allowed(holds.Released(DAY_1, "c", "H-2", "olga", "settled")),
            id="a dispute hold takes one officer",
        ),
        pytest.param(
            (DISPUTE,),
            release(hold_id="H-1"),
            refused(holds.UnknownHold("H-1", ("H-2",))),
            id="nobody placed that hold",
        ),
        pytest.param(
            (changed(FRAUD, released_at=DAY_1),),
            release(at=DAY_1),
            refused(WrongPhase("Release", "released", ("active",))),
            id="what is released is released once",
        ),
        pytest.param(
            (changed(FRAUD, released_at=DAY_7),),
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
            allowed(holds.Released(DAY_8, "c", "H-2", "olga", "")),
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
            extend(),
            refused(holds.UnknownKind("office-holds/2", "lawsuit", ("fraud", "dispute"))),
            id="a kind that the policy dropped is not extended",
        ),
        pytest.param(
            (FRAUD,),
            extend(),
            allowed(holds.Extended(DAY_1, "c", "H-1", None, DAY_8), duties=(NEXT_REVIEW,)),
            id="reviewed and kept: the next review follows",
        ),
        pytest.param(
            (DISPUTE,),
            extend(hold_id="H-2", expires_at=DAY_10.add(days=1)),
            allowed(holds.Extended(DAY_1, "c", "H-2", DAY_10.add(days=1), None)),
            id="a day longer",
        ),
        pytest.param(
            (DISPUTE,),
            extend(hold_id="H-2", expires_at=DAY_10, review_at=DAY_7),
            allowed(
                holds.Extended(DAY_1, "c", "H-2", DAY_10, DAY_7),
                duties=(Duty("holds.review/H-2/2024-03-08T12:00:00Z", "holds.review", DAY_7, subject="H-2"),),
            ),
            id="as long as before, with a review that nobody asked for",
        ),
        pytest.param(
            (DISPUTE,),
            extend(hold_id="H-2", expires_at=DAY_10.subtract(seconds=1)),
            refused(holds.Shortened("H-2")),
            id="an extension does not shorten",
        ),
        pytest.param(
            (FRAUD,),
            extend(by=GUEST, expires_at=DAY_10, review_at=DAY_10),
            refused(
                holds.NotEntitled("gast", "fraud", frozenset({"officer"})),
                holds.Shortened("H-1"),
                holds.ReviewTooLate("fraud", DAY_8),
            ),
            id="a hold without end gets none by an extension, and all reasons are told",
        ),
        pytest.param(
            (DISPUTE,),
            extend(hold_id="H-2", at=DAY_10),
            refused(WrongPhase("Extend", "expired", ("active",))),
            id="what is over is placed anew, not extended",
        ),
        pytest.param((), extend(), refused(holds.UnknownHold("H-1", ())), id="there is nothing to extend"),
    ],
)
def test_what_becomes_of_it(
    known: tuple[Hold, ...], command: messages.Command, decision: Decision[holds.Event]
) -> None:
    assert ask(known, command) == decision


def test_an_approval_serves_for_the_second_pair_of_eyes_and_for_nothing_else() -> None:
    released = allowed(holds.Released(DAY_1, "c", "H-1", "sven", ""))
    assert ask((FRAUD,), release(), approved=True) == released
    for command in (release(by=OFFICER), release(hold_id="H-9"), place(), extend(by=GUEST)):
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
            (DISPUTE, changed(DISPUTE, id="H-3", expires_at=DAY_7)),
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
    assert open_end.for_customer().render(german) == "zurzeit nicht möglich"


def test_each_refusal_reads_as_a_sentence() -> None:
    everything = ", ".join(sorted(holds.EVERYTHING))
    reasons = [
        *ask((FRAUD,), place()).reasons,
        *ask((), release()).reasons,
        *ask((), place(reason="lawsuit")).reasons,
        *ask((), place(by=GUEST, blocks={"dun"}, review_at=DAY_8)).reasons,
        *ask((FRAUD,), release()).reasons,
        *ask((changed(FRAUD, released_at=DAY_7),), release()).reasons,
        *ask((DISPUTE,), extend(hold_id="H-2", expires_at=DAY_7)).reasons,
    ]
    assert {reason.code: reason.text for reason in reasons} == {
        "holds.id_taken": "a hold H-1 was placed before",
        "holds.unknown": "no hold H-1 was placed; known are: nothing",
        "holds.unknown_kind": "the policy office-holds/2 knows no hold for lawsuit, only for: fraud, dispute",
        "holds.not_entitled": "gast may not do this to a hold for fraud; it takes: officer",
        "holds.cannot_block": f"a hold cannot block dun, only: {everything}",
        "holds.review_too_late": "a hold for fraud has to be reviewed by 2024-03-08T12:00:00Z",
        "holds.four_eyes": "releasing H-1 takes a second person's approval, by: supervisor",
        "holds.already_released": "H-1 is released as of 2024-03-08T12:00:00Z",
        "holds.shortened": "an extension may not end H-2 earlier than now: release it instead",
    }


def test_a_policy_is_known_by_name_and_version_and_by_every_choice() -> None:
    other = changed(POLICY, kinds=POLICY.kinds[:1])
    assert (str(POLICY.ref), str(other.ref)) == ("office-holds/2", "office-holds/2")
    assert POLICY.ref == changed(POLICY).ref
    assert POLICY.ref != other.ref
