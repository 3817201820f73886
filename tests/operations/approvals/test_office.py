"""Who stands in for whom: lines of lending, bounds, absences, and what the office has to tell."""

from collections.abc import Callable

import pytest
from attrs import evolve as changed

from acctcore.kernel.decision import Decision, Missing, Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import UNTOLD, Absence, Approval, Delegation, Office
from tests.operations.approvals.stories import (
    AMOUNT,
    DORA,
    GUEST,
    LATER,
    NOON,
    OLGA,
    PENDING,
    SARA,
    SVEN,
    after,
    approve,
    ask,
    decide,
    lent,
    override,
    reject,
    review,
    use,
)

EUR = "EUR"
DAY_3 = NOON.add(days=3)
TO_SARA = Delegation(DORA, "sara", "director", REFUND, NOON, DAY_3, onward=True)
SARA_ON = Delegation(SARA, "gast", "director", REFUND, NOON, DAY_3, lent_by="dora")


def stand_in(office: Office, by: Actor = SARA, lender: str = "dora") -> Decision[approvals.Event]:
    return decide(PENDING, approve(by=by, on_behalf_of=lender), office=office)


def codes(decision: Decision[approvals.Event]) -> list[str]:
    return [reason.code for reason in decision.reasons]


@pytest.mark.parametrize(
    ("up_to", "allowed"),
    [
        pytest.param(None, True, id="no bound"),
        pytest.param(AMOUNT, True, id="at the bound"),
        pytest.param(Money("249.99", EUR), False, id="a cent below"),
        pytest.param(Money(1000, "USD"), False, id="of another currency"),
    ],
)
def test_authority_may_be_lent_up_to_an_amount(up_to: Money | None, allowed: bool) -> None:
    decision = stand_in(lent(changed(TO_SARA, up_to=up_to)))
    assert decision.allowed is allowed
    assert codes(decision) == ([] if allowed else ["approvals.beyond_authority"])


def test_what_has_no_amount_is_not_within_a_bound() -> None:
    request = after(ask(amount=None))
    command = approve(by=SARA, on_behalf_of="dora")
    assert decide(request, command, office=lent(TO_SARA)).allowed
    bounded = lent(changed(TO_SARA, up_to=Money(10**6, EUR)))
    assert codes(decide(request, command, office=bounded)) == ["approvals.beyond_authority"]


def test_a_bound_is_kept_with_the_approval_and_measures_the_sum_of_the_day_it_is_used() -> None:
    office = lent(changed(TO_SARA, up_to=Money(300, EUR)))
    request = after(ask(), approve(by=SARA, on_behalf_of="dora"), office=office)
    assert request.approvals[0].up_to == Money(300, EUR)

    def missing(total: Money | None) -> list[str]:
        rules = approvals.Authority("a", "1")
        short = approvals.shortfall(request, "f", REFUND, AMOUNT, LATER, "olga", rules, total=total)
        return [reason.code for reason in short]

    assert missing(None) == missing(Money(300, EUR)) == []
    assert missing(Money("300.01", EUR)) == ["approvals.lost_authority"]


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        pytest.param((TO_SARA, SARA_ON), True, id="lent on, as was stated"),
        pytest.param((SARA_ON, TO_SARA), True, id="in whichever order it is told"),
        pytest.param((changed(TO_SARA, onward=False), SARA_ON), False, id="not stated"),
        pytest.param((SARA_ON,), False, id="nothing to lend on"),
        pytest.param((changed(TO_SARA, operations=CREDIT), SARA_ON), False, id="for something else"),
        pytest.param((changed(TO_SARA, end=LATER), SARA_ON), False, id="over at its first part"),
        pytest.param((changed(TO_SARA, to_actor="sven"), SARA_ON), False, id="lent to somebody else"),
        pytest.param((TO_SARA, changed(SARA_ON, roles={"supervisor", "judge"})), False, id="other roles"),
        pytest.param((TO_SARA, changed(SARA_ON, roles={"director", "judge"})), True, id="no more than lent"),
        pytest.param((changed(TO_SARA, up_to=Money(1, EUR)), SARA_ON), False, id="bounded at its first part"),
    ],
)
def test_what_was_lent_is_lent_on_where_that_was_stated(line: tuple[Delegation, ...], allowed: bool) -> None:
    decision = stand_in(lent(*line), GUEST)
    assert decision.allowed is allowed
    if allowed:
        (event,) = decision.events
        assert isinstance(event, approvals.Approved)
        assert event.approval == Approval("gast", DORA.roles, LATER, "dora", ("sara",))
        assert event.approval.people == {"gast", "sara", "dora"}


def test_lines_over_three_people_and_circles() -> None:
    ring = (
        TO_SARA,
        changed(SARA_ON, onward=True),
        Delegation(GUEST, "sven", "director", REFUND, NOON, DAY_3, lent_by="dora", onward=True),
        Delegation(SVEN, "sara", "director", REFUND, NOON, DAY_3, lent_by="dora", onward=True),
    )
    office = lent(*ring)
    assert [line.through for line in office.lines("dora", "sven", REFUND, LATER)] == [("sara", "gast")]
    assert [line.through for line in office.lines("dora", "sara", REFUND, LATER)] == [()]
    assert office.lenders("sven", REFUND, LATER) == ("dora",)
    assert office.lenders("sven", CREDIT, LATER) == ()
    assert office.lenders("dora", REFUND, LATER) == ()


def test_the_direct_line_is_taken_where_there_are_two() -> None:
    office = lent(TO_SARA, SARA_ON, changed(TO_SARA, to_actor="gast"))
    (event,) = stand_in(office, GUEST).events
    assert isinstance(event, approvals.Approved)
    assert event.approval.through == ()
    only_bounded = lent(TO_SARA, SARA_ON, changed(TO_SARA, to_actor="gast", up_to=Money(1, EUR)))
    (event,) = stand_in(only_bounded, GUEST).events
    assert isinstance(event, approvals.Approved)
    assert event.approval.through == ("sara",)  # the direct one does not reach so far


def test_nobody_over_whom_it_was_lent_is_the_maker_or_stands_in_for_them() -> None:
    over_olga = Delegation(OLGA, "gast", "director", REFUND, NOON, DAY_3, lent_by="dora")
    line = (changed(TO_SARA, to_actor="olga"), over_olga)
    assert codes(stand_in(lent(*line), GUEST)) == ["approvals.same_person"]
    stands_in = Delegation(OLGA, "sara", "officer", REFUND, NOON, DAY_3)
    assert codes(stand_in(lent(TO_SARA, SARA_ON, stands_in), GUEST)) == ["approvals.same_person"]


AWAY = Absence("dora", NOON, LATER.add(hours=1))
WHEN_AWAY = changed(TO_SARA, when_absent=True)


@pytest.mark.parametrize(
    ("absences", "outcome", "reasons"),
    [
        pytest.param(None, Outcome.UNKNOWN, ["fact.missing"], id="nobody tells who is away"),
        pytest.param((), Outcome.REFUSED, ["approvals.not_away"], id="the lender is there"),
        pytest.param((AWAY,), Outcome.ALLOWED, [], id="the lender is away"),
        pytest.param((changed(AWAY, end=LATER),), Outcome.REFUSED, ["approvals.not_away"], id="back by now"),
        pytest.param((changed(AWAY, actor="sara"),), Outcome.REFUSED, ["approvals.not_away"], id="another"),
    ],
)
def test_a_backup_for_absences_serves_while_the_lender_is_away(
    absences: tuple[Absence, ...] | None, outcome: Outcome, reasons: list[str]
) -> None:
    decision = stand_in(changed(lent(WHEN_AWAY), absences=absences))
    assert (decision.outcome, codes(decision)) == (outcome, reasons)


def test_every_lender_on_the_line_has_to_be_away_where_that_is_asked() -> None:
    office = lent(WHEN_AWAY, changed(SARA_ON, when_absent=True))
    here = stand_in(changed(office, absences=(AWAY,)), GUEST)
    assert [reason.text for reason in here.reasons] == ["gast stands in only while away: sara"]
    away = stand_in(changed(office, absences=(AWAY, changed(AWAY, actor="sara"))), GUEST)
    assert away.allowed


def test_what_is_not_told_is_asked_for_and_a_plain_no_comes_first() -> None:
    assert stand_in(UNTOLD).reasons == (Missing("who stands in for whom", ("dora",)),)
    own = decide(PENDING, approve(by=OLGA, on_behalf_of="dora"))
    assert own.outcome is Outcome.REFUSED
    assert codes(own) == ["approvals.same_person", "fact.missing"]


def test_whoever_is_not_on_the_staff_approves_nothing() -> None:
    assert codes(decide(PENDING, approve(), office=Office(staff=(OLGA,)))) == ["approvals.beyond_authority"]
    demoted = Office(staff=(changed(SVEN, roles={"officer"}),))
    assert codes(decide(PENDING, approve(), office=demoted)) == ["approvals.beyond_authority"]
    assert decide(PENDING, approve(), office=Office(staff=(SVEN,))).allowed


def test_a_backup_rejects_as_well() -> None:
    command = reject(by=SARA, on_behalf_of="dora")
    assert codes(decide(PENDING, command, office=UNTOLD)) == ["fact.missing"]
    (event,) = decide(PENDING, command, office=lent(TO_SARA)).events
    assert isinstance(event, approvals.Rejected)
    assert event.verdict.by == "sara"


def test_a_review_is_of_an_emergency_and_there_is_one() -> None:
    ordinary = after(ask(), approve(), use())
    assert codes(decide(ordinary, review())) == ["approvals.nothing_to_review"]
    assert approvals.open_to(ordinary, approvals.Review, approvals.Authority("a", "1")) == (
        approvals.NothingToReview("R-1"),
    )
    emergency = after(ask(), override(), use())
    assert [each.kind for each in approvals.duties((emergency,), LATER, approvals.Authority("a", "1"))] == [
        "approvals.review"
    ]
    seen = after(ask(), override(), use(), review(accepted=False))
    assert seen.review == approvals.Verdict("sven", LATER, False, "right")
    assert codes(decide(seen, review(by=DORA))) == ["approvals.already_reviewed"]
    assert approvals.duties((seen,), LATER, approvals.Authority("a", "1")) == ()


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: changed(TO_SARA, up_to=Money(-1, EUR)), "Delegation.up_to", id="below zero"),
        pytest.param(lambda: changed(SARA_ON, lent_by="sara"), "Delegation.lent_by", id="from oneself"),
        pytest.param(lambda: changed(SARA_ON, lent_by="gast"), "Delegation.lent_by", id="back to its lender"),
        pytest.param(lambda: changed(AWAY, end=NOON), "Absence.end", id="an absence lasts a while"),
        pytest.param(lambda: Office(staff=("ann",)), "Office.staff", id="staff are actors"),  # type: ignore[arg-type]
        pytest.param(
            lambda: changed(PENDING, rejection=approvals.Verdict("a", NOON, False, "no")),
            "Request.rejection",
            id="only what is rejected was",
        ),
        pytest.param(
            lambda: changed(PENDING, review=approvals.Verdict("a", NOON, True, "ok")),
            "Request.review",
            id="only an emergency is reviewed",
        ),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where
