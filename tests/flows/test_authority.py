"""Authority through `handle`: sums in a window, several who have to agree, emergencies, and what waits."""

import pytest
from attrs import evolve as changed

from acctcore import records
from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import Asking, File, duties, evolve, handle, may, pending, seal, unseal
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.money import Price
from acctcore.kernel.terms import CHANGE_PLAN, CLOSE, CREDIT, REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    PER_DAY,
    Absence,
    Allowance,
    Authority,
    BreakGlass,
    Delegation,
    Exercise,
    Limit,
    Need,
    Office,
    Part,
    Per,
    Quorum,
    Rolling,
)
from acctcore.receivables import refunds
from tests.flows.stories import (
    OFFICER,
    OTHER_OFFICER,
    PLAIN,
    SUPERVISOR,
    Answer,
    Story,
    at,
    codes,
    eur,
)

FINA = Actor("fina", ("finance",))
STAFF = (OFFICER, OTHER_OFFICER, SUPERVISOR, FINA)
LIMITS = (
    Limit("officer", REFUND, "EUR", eur("50")),
    Limit("supervisor", REFUND, "EUR", eur("100")),
    Limit("finance", REFUND),
)
MIDNIGHT = "2024-03-04T23:00:00Z"  # in Berlin
DAILY = Allowance("daily", REFUND, eur("60"), PER_DAY, role="officer")


def story(*allowances: Allowance, **facts: object) -> Story:
    """Return a story with 900.00 of credit to give back, under limits and allowances."""
    authority = Authority("strict", "1", LIMITS, allowances=allowances, **facts)  # type: ignore[arg-type]
    told = Story(changed(PLAIN, authority=authority))
    return told.pay("2024-03-01 10:00", eur("900"))


def give(told: Story, when: str, amount: str, id: str = "R1", **facts: object) -> Answer:
    """Return what becomes of a refund of credit."""
    return told.ask(refunds.Give, when, **back(amount, id), **facts)


def back(amount: str, id: str = "R1") -> dict[str, object]:
    kind = refunds.Kind.BALANCE
    return {"refund_id": id, "payment_id": "P1", "amount": eur(amount), "kind": kind}


def ask_for(told: Story, answer: Answer, when: str, id: str = "Q1") -> None:
    (needed,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    command = needed.ask(id=f"ask {id}", at=at(when), by=OFFICER, request_id=id)
    told.store(handle(told.file, command, told.policies))


def yes(told: Story, when: str, by: Actor, id: str = "Q1", office: Office = approvals.UNTOLD) -> Answer:
    command = approvals.Approve(id=f"{by.id} on {id} at {when}", at=at(when), by=by, request_id=id)
    return told.store(handle(told.file, command, told.policies, office))


# Sums in a window


def test_refunds_of_a_day_add_up() -> None:
    told = story(DAILY)
    first = told.store(give(told, "2024-03-04 10:00", "40"))
    (exercised,) = (event for event in first.events if isinstance(event, approvals.Exercised))
    assert exercised.exercise == Exercise(REFUND, eur("40"), "ann", at("2024-03-04 10:00"), "A")
    assert told.file.exercised == (exercised.exercise,)
    second = give(told, "2024-03-04 11:00", "30", "R2")
    assert second.outcome is Outcome.NEEDS_APPROVAL
    assert [reason.text for reason in second.reasons] == [
        "refund of 30.00 EUR exceeds daily: 40.00 EUR of 60.00 EUR used, 20.00 EUR left until " + MIDNIGHT,
        "refund of 30.00 EUR needs 1 approval by: finance, supervisor",
    ]
    assert second.next_change_at == at("2024-03-05")
    assert give(told, "2024-03-04 11:00", "20", "R2").allowed
    assert give(told, "2024-03-05 00:00", "30", "R2").allowed


def test_a_backdated_act_counts_on_the_day_on_which_it_is_recorded() -> None:
    told = story(DAILY)
    told.store(give(told, "2024-03-04 10:00", "40"))
    late = give(told, "2024-03-02 10:00", "30", "R2", recorded_at=at("2024-03-04 12:00"))
    assert late.outcome is Outcome.NEEDS_APPROVAL
    noted = told.store(give(told, "2024-03-02 10:00", "30", "R2", recorded_at=at("2024-03-05 12:00")))
    assert isinstance(noted.events[0], approvals.Exercised)
    assert noted.events[0].at == at("2024-03-02 10:00")
    assert told.file.exercised[-1].at == at("2024-03-05 12:00")


def test_who_may_approve_is_measured_by_the_whole_sum() -> None:
    told = story(Allowance("weekly", REFUND, eur("90"), Rolling(7), role="officer"))
    told.store(give(told, "2024-03-04 10:00", "45", "R1"))
    told.store(give(told, "2024-03-05 10:00", "45", "R2"))
    answer = give(told, "2024-03-06 10:00", "20", "R3")
    (needed,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    assert (needed.amount, needed.total) == (eur("20"), eur("110"))
    assert needed.may_approve == {"finance"}  # a supervisor reaches 100.00 only: small acts gain nothing
    ask_for(told, answer, "2024-03-06 10:00")
    with pytest.raises(AssertionError, match="beyond the authority"):
        yes(told, "2024-03-06 11:00", SUPERVISOR)
    yes(told, "2024-03-06 11:00", FINA)
    done = told.store(give(told, "2024-03-06 12:00", "20", "R3", approval="Q1"))
    used, exercised, *_ = done.events
    assert isinstance(used, approvals.Used)
    assert isinstance(exercised, approvals.Exercised)
    assert exercised.exercise.request == "Q1"
    assert done.next_change_at is None


def test_an_approval_reaches_no_further_than_the_sum_it_was_given_for() -> None:
    told = story(DAILY)
    told.store(give(told, "2024-03-04 10:00", "50"))
    answer = give(told, "2024-03-04 11:00", "30", "R2")
    ask_for(told, answer, "2024-03-04 11:00")
    yes(told, "2024-03-04 12:00", SUPERVISOR)
    other = give(told, "2024-03-04 12:30", "45", "R3")
    ask_for(told, other, "2024-03-04 12:30", "Q2")
    yes(told, "2024-03-04 12:40", SUPERVISOR, "Q2")
    told.store(give(told, "2024-03-04 13:00", "45", "R3", approval="Q2"))
    grown = give(told, "2024-03-04 14:00", "30", "R2", approval="Q1")  # 125.00 on the day by now
    assert codes(grown) == ["approvals.beyond_allowance", "approvals.lost_authority", "approvals.needed"]
    assert give(told, "2024-03-05 09:00", "30", "R2", approval="Q1").allowed  # and on the next, alone


def test_a_hard_allowance_is_not_exceeded_with_an_approval() -> None:
    told = story(changed(DAILY, hard=True))
    told.store(give(told, "2024-03-04 10:00", "40"))
    answer = give(told, "2024-03-04 11:00", "30", "R2", approval="Q1")
    assert answer.outcome is Outcome.REFUSED
    assert (codes(answer), answer.next_change_at) == (["approvals.beyond_allowance"], at("2024-03-05"))


def test_sums_over_the_whole_office_are_asked_for() -> None:
    told = story(changed(DAILY, per=Per.ACTOR))
    answer = give(told, "2024-03-04 10:00", "40")
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.reasons == (
        Missing("what was done on other accounts", ("daily", "ann", "from 2024-03-04")),
    )
    elsewhere = Exercise(REFUND, eur("30"), "ann", at("2024-03-04 08:00"), "B")
    command = told.command(refunds.Give, "2024-03-04 10:00", **back("40"))
    assert handle(told.file, command, told.policies, Office(exercised=())).allowed
    beyond = handle(told.file, command, told.policies, Office(exercised=(elsewhere,)))
    assert beyond.outcome is Outcome.NEEDS_APPROVAL


def test_a_file_keeps_what_a_window_may_ask_for_and_seals_the_rest() -> None:
    told = story(Allowance("long", REFUND, eur("60"), Rolling(731)))
    told.store(give(told, "2024-03-04 10:00", "1", "R0"))
    told.store(give(told, "2026-02-01 10:00", "50"))
    sealed, archive = seal(told.file, at("2026-03-15"))
    assert [each.at for each in archive.exercised] == [at("2024-03-04 10:00")]
    assert [each.amount for each in sealed.exercised] == [eur("50")]
    assert unseal(sealed, archive) == told.file
    assert records.loads(records.dumps(sealed), File) == sealed
    assert records.loads(records.dumps(archive)) == archive
    command = told.command(refunds.Give, "2026-03-16 10:00", **back("20", "R2"))
    assert codes(handle(sealed, command, told.policies)) == ["approvals.beyond_allowance", "approvals.needed"]
    early = handle(sealed, changed(command, recorded_at=at("2026-03-01")), told.policies)
    assert early.reasons == (Missing("what happened before", ("sealed through 2026-03-14T23:00:00Z",)),)


def test_what_is_not_counted_leaves_no_trace() -> None:
    answer = give(story(), "2024-03-04 10:00", "40")
    assert not any(isinstance(event, approvals.Exercised) for event in answer.events)


# What an approval is bound to


def approved(told: Story, amount: str = "80") -> Story:
    ask_for(told, give(told, "2024-03-04 10:00", amount), "2024-03-04 10:00")
    yes(told, "2024-03-04 11:00", SUPERVISOR)
    return told


@pytest.mark.parametrize(
    ("amount", "id", "parts"),
    [
        pytest.param("81", "R1", {Part.COMMAND, Part.AMOUNTS}, id="another amount"),
        pytest.param("80", "R2", {Part.COMMAND}, id="another refund"),
    ],
)
def test_it_is_told_what_changed(amount: str, id: str, parts: set[Part]) -> None:
    told = approved(story())
    answer = give(told, "2024-03-04 12:00", amount, id, approval="Q1")
    (reason,) = (each for each in answer.reasons if isinstance(each, approvals.Changed))
    assert reason.parts == parts
    assert ("80.00 EUR, now 81.00 EUR" in reason.text) is (amount == "81")


def test_a_quote_that_changed_voids_the_approval() -> None:
    """The rest of an invoice is approved to be credited, and then a part of it is credited."""
    limits = (Limit("supervisor", CREDIT), Limit("officer", CREDIT, "EUR", eur("5")))
    told = Story(changed(PLAIN, authority=Authority("strict", "1", limits))).start("2024-03-01 10:00")
    rest = {"document_id": "c1/invoice"}
    ask_for(told, told.ask(invoices.Credit, "2024-03-04 10:00", **rest), "2024-03-04 10:00")
    yes(told, "2024-03-04 11:00", SUPERVISOR)
    told.do(invoices.Credit, "2024-03-04 12:00", **rest, amount=eur("3"))
    answer = told.ask(invoices.Credit, "2024-03-04 13:00", **rest, approval="Q1")
    (reason,) = (each for each in answer.reasons if isinstance(each, approvals.Changed))
    assert reason.text == (
        "Q1 is for another act: since it was asked for, this changed: amounts (33.00 EUR, now 30.00 EUR)"
    )


def test_a_change_of_plan_is_approved_at_the_price_that_was_quoted() -> None:
    rules = Authority("strict", "1", quorums=(Quorum(CHANGE_PLAN, (Need("supervisor"),)),))
    told = Story(changed(PLAIN, authority=rules)).start("2024-03-01 10:00")
    to_large = {"plan": "large"}
    ask_for(told, told.ask(subscriptions.ChangePlan, "2024-03-10 10:00", **to_large), "2024-03-10 10:00")
    yes(told, "2024-03-12 10:00", SUPERVISOR)
    later = told.ask(subscriptions.ChangePlan, "2024-03-12 11:00", **to_large, approval="Q1")
    (reason,) = (each for each in later.reasons if isinstance(each, approvals.Changed))
    assert reason.parts == {Part.AMOUNTS}  # two days fewer cost less
    as_asked = {**to_large, "approval": "Q1", "recorded_at": at("2024-03-12 11:00")}
    assert told.ask(subscriptions.ChangePlan, "2024-03-10 10:00", **as_asked).allowed


def test_policies_that_changed_void_a_request_also_for_those_who_would_approve() -> None:
    told = story()
    ask_for(told, give(told, "2024-03-04 10:00", "80"), "2024-03-04 10:00")
    told.policies = changed(told.policies, net_days=3)
    void = approvals.Changed("Q1", frozenset({Part.POLICIES}))
    answer = told.ask(approvals.Approve, "2024-03-04 11:00", request_id="Q1", by=SUPERVISOR)
    assert (answer.outcome, answer.reasons) == (Outcome.REFUSED, (void,))
    (waiting,) = pending(told.file, at("2024-03-04 11:00"), told.policies)
    assert waiting.against == (void,)
    asked = may(told.file, at("2024-03-04 11:00"), told.policies)
    assert asked[Asking(approvals.Approve, "Q1")].reasons == (void,)
    assert asked[Asking(approvals.Withdraw, "Q1")].allowed
    told.do(approvals.Withdraw, "2024-03-04 12:00", request_id="Q1")
    ask_for(told, give(told, "2024-03-04 13:00", "80"), "2024-03-04 13:00", "Q2")


def test_the_same_is_not_asked_twice_but_may_be_asked_again() -> None:
    told = story()
    answer = give(told, "2024-03-04 10:00", "80")
    ask_for(told, answer, "2024-03-04 10:00")
    (needed,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    again = needed.ask(id="again", at=at("2024-03-04 11:00"), by=OFFICER, request_id="Q2")
    refused = handle(told.file, again, told.policies)
    assert refused.reasons == (approvals.AlreadyAsked("Q1", "pending"),)
    others = changed(again, by=OTHER_OFFICER)
    assert handle(told.file, others, told.policies).allowed
    told.do(approvals.Reject, "2024-03-04 12:00", request_id="Q1", by=SUPERVISOR, note="ask on Monday")
    turned_down = give(told, "2024-03-04 12:30", "80", approval="Q1")
    assert turned_down.reasons[0].text == "Q1 is rejected by sam: ask on Monday"
    told.store(handle(told.file, again, told.policies))


def test_a_credit_that_is_paid_back_is_approved_as_both() -> None:
    """A credit note of 10.00 whose money goes back takes one approval as a credit, and one as a refund."""
    limits = (Limit("supervisor", CREDIT), Limit("finance", REFUND))
    told = Story(changed(PLAIN, authority=Authority("strict", "1", limits)))
    line = invoices.OneOff(key="work", title="Work", price=Price("30", "EUR"), quantity=1)
    told.do(invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=(line,))
    told.do(invoices.Issue, "2024-03-01 10:01", document_id="D1")
    told.pay("2024-03-02 10:00", eur("30"))
    back = {"document_id": "D1", "amount": eur("10.00"), "to": invoices.Destination.REFUND}
    answer = told.ask(invoices.Credit, "2024-03-04 10:00", **back)
    wanted = [reason for reason in answer.reasons if isinstance(reason, approvals.Needed)]
    assert [(each.operation, set(each.may_approve)) for each in wanted] == [
        (REFUND, {"finance"}),
        (CREDIT, {"supervisor"}),
    ]
    for needed, by in zip(wanted, (FINA, SUPERVISOR), strict=True):
        id = f"Q-{needed.operation}"
        command = needed.ask(id=f"ask {id}", at=at("2024-03-04 10:00"), by=OFFICER, request_id=id)
        told.store(handle(told.file, command, told.policies))
        half = told.ask(invoices.Credit, "2024-03-04 10:30", **back, approval="Q-refund")
        assert half.outcome is Outcome.NEEDS_APPROVAL
        yes(told, "2024-03-04 11:00", by, id)
    bearing = [
        told.ask(invoices.Credit, "2024-03-04 12:00", **back, approval=id) for id in ("Q-refund", "Q-credit")
    ]
    for done in bearing:
        used = [event.request_id for event in done.events if isinstance(event, approvals.Used)]
        assert used == ["Q-refund", "Q-credit"]
    told.store(bearing[0])
    assert {request.state for request in told.file.requests} == {approvals.Phase.USED}


# Who could approve, and what waits


def test_the_answer_names_those_on_the_staff_who_could_approve() -> None:
    told = story()
    away = Absence("fina", at("2024-03-01"), at("2024-03-20"))
    stands_in = Delegation(
        FINA, "bob", "finance", REFUND, at("2024-03-01"), at("2024-03-20"), when_absent=True
    )
    command = told.command(refunds.Give, "2024-03-04 10:00", **back("120"))
    office = Office(staff=STAFF, delegations=(stands_in,), absences=(away,))
    answer = handle(told.file, command, told.policies, office)
    (needed,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    assert needed.people == ("bob for fina", "fina")
    back_again = changed(office, absences=())
    answer = handle(told.file, command, told.policies, back_again)
    (needed,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    assert needed.people == ("fina",)


def test_what_waits_is_seen_on_its_subject_in_what_may_be_asked_and_in_the_duties() -> None:
    told = story(valid_days=2, quorums=(Quorum(REFUND, (Need("supervisor"), Need("finance"))),))
    ask_for(told, give(told, "2024-03-04 10:00", "80"), "2024-03-04 10:00")
    yes(told, "2024-03-04 11:00", FINA)
    now = at("2024-03-04 12:00")
    office = Office(staff=STAFF)
    (waiting,) = pending(told.file, now, told.policies, office, subject="P1")
    assert (waiting.request.operation, waiting.request.amount) == (REFUND, eur("80"))
    assert (waiting.request.maker, waiting.request.subject) == ("ann", "P1")
    assert [each.by for each in waiting.request.approvals] == ["fina"]
    assert [str(need) for need in waiting.missing] == ["1 supervisor"]
    assert waiting.people == ("sam",)
    assert {each.person: [reason.code for reason in each.reasons] for each in waiting.candidates} == {
        "ann": ["approvals.same_person", "approvals.beyond_authority"],
        "bob": ["approvals.beyond_authority"],
        "sam": [],
        "fina": ["approvals.already_approved", "approvals.not_wanted"],
    }
    assert pending(told.file, now, told.policies, office, subject="P2") == ()
    (asking,) = (each for each in may(told.file, now, told.policies) if each == Asking(refunds.Give, "P1"))
    assert asking.pending == ("Q1",)
    (duty,) = (each for each in duties(told.file, now, told.policies) if each.kind == "approvals.answer")
    assert (duty.owed_by, duty.by) == ("supervisor", at("2024-03-06 10:00"))
    answers = may(told.file, now, told.policies)
    assert answers[Asking(approvals.Approve, "Q1")].next_change_at == at("2024-03-06 10:00")
    yes(told, "2024-03-04 13:00", SUPERVISOR)
    (ready,) = pending(told.file, at("2024-03-04 14:00"), told.policies, office)
    assert (ready.phase, ready.missing, ready.people) == (approvals.Phase.APPROVED, (), ())
    done = give(told, "2024-03-04 15:00", "80", approval="Q1")
    assert done.next_change_at == at("2024-03-06 10:00")  # after that the approval is no good
    told.store(done)
    assert pending(told.file, at("2024-03-04 16:00"), told.policies, office) == ()


def test_a_request_that_expired_waits_for_nobody() -> None:
    told = story(valid_days=1)
    ask_for(told, give(told, "2024-03-04 10:00", "80"), "2024-03-04 10:00")
    assert pending(told.file, at("2024-03-05 10:00"), told.policies) == ()
    ask_for(told, give(told, "2024-03-05 10:00", "80"), "2024-03-05 10:00", "Q2")


# Standing in, and emergencies


def test_a_stand_in_approves_as_the_office_tells() -> None:
    told = story()
    ask_for(told, give(told, "2024-03-04 10:00", "120"), "2024-03-04 10:00")
    command = told.command(
        approvals.Approve, "2024-03-04 11:00", request_id="Q1", by=OTHER_OFFICER, on_behalf_of="fina"
    )
    untold = Missing("who stands in for whom", ("fina",))
    assert handle(told.file, command, told.policies).reasons == (untold,)
    line = Delegation(FINA, "bob", "finance", REFUND, at("2024-03-01"), at("2024-03-20"), eur("120"))
    office = Office(delegations=(line,))
    narrow = Office(delegations=(changed(line, up_to=eur("119.99")),))
    assert codes(handle(told.file, command, told.policies, narrow)) == ["approvals.beyond_authority"]
    told.store(handle(told.file, command, told.policies, office))
    assert told.file.requests[0].approvals[0].people == {"bob", "fina"}
    done = told.command(refunds.Give, "2024-03-04 12:00", **back("120"), approval="Q1")
    assert handle(told.file, done, told.policies).allowed  # what is not told stands as it was recorded
    revoked = handle(told.file, done, told.policies, Office(delegations=()))
    assert codes(revoked) == ["approvals.lost_authority", "approvals.needed"]
    gone = handle(told.file, done, told.policies, Office(staff=(OFFICER, OTHER_OFFICER)))
    assert codes(gone) == ["approvals.lost_authority", "approvals.needed"]


GLASS = BreakGlass("officer", REFUND, review_days=3, up_to=eur("100"))


def test_the_glass_is_broken_where_a_policy_says_so_and_others_look_at_it_afterwards() -> None:
    told = story(break_glass=(GLASS,))
    ask_for(told, give(told, "2024-03-04 10:00", "80"), "2024-03-04 10:00")
    told.do(approvals.Override, "2024-03-04 10:01", request_id="Q1", note="customer stranded")
    told.store(give(told, "2024-03-04 10:02", "80", approval="Q1"))
    now = at("2024-03-05 10:00")
    (duty,) = (each for each in duties(told.file, now, told.policies) if each.kind == "approvals.review")
    assert (duty.by, duty.subject) == (at("2024-03-07 10:01"), "Q1")
    asked = may(told.file, now, told.policies)
    assert asked[Asking(approvals.Review, "Q1")].allowed
    facts = {"request_id": "Q1", "accepted": False, "note": "could have waited"}
    assert codes(told.ask(approvals.Review, "2024-03-05 10:00", **facts)) == [
        "approvals.same_person",
        "approvals.beyond_authority",
    ]
    told.do(approvals.Review, "2024-03-05 10:00", by=SUPERVISOR, **facts)
    assert not [each for each in duties(told.file, now, told.policies) if each.kind == "approvals.review"]
    assert codes(told.ask(approvals.Review, "2024-03-06 10:00", by=FINA, **facts)) == [
        "approvals.already_reviewed"
    ]
    again = may(told.file, now, told.policies)[Asking(approvals.Review, "Q1")]
    assert codes(again) == ["approvals.already_reviewed"]


@pytest.mark.parametrize(
    ("glass", "amount"),
    [
        pytest.param((), "80", id="no policy"),
        pytest.param((GLASS,), "101", id="too much"),
        pytest.param((changed(GLASS, operations={"void"}),), "80", id="another act"),
        pytest.param((changed(GLASS, roles={"boss"}),), "80", id="another role"),
    ],
)
def test_without_a_policy_no_glass_is_broken(glass: tuple[BreakGlass, ...], amount: str) -> None:
    told = story(break_glass=glass)
    ask_for(told, give(told, "2024-03-04 10:00", amount), "2024-03-04 10:00")
    answer = told.ask(approvals.Override, "2024-03-04 10:01", request_id="Q1", note="now!")
    assert codes(answer) == ["approvals.no_emergency"]
    by_another = told.ask(
        approvals.Override, "2024-03-04 10:01", request_id="Q1", note="now!", by=OTHER_OFFICER
    )
    assert codes(by_another) == ["approvals.not_maker", "approvals.no_emergency"]


def test_an_emergency_is_no_longer_one_where_the_role_is_lost() -> None:
    told = story(break_glass=(GLASS,))
    ask_for(told, give(told, "2024-03-04 10:00", "80"), "2024-03-04 10:00")
    told.do(approvals.Override, "2024-03-04 10:01", request_id="Q1", note="customer stranded")
    command = told.command(refunds.Give, "2024-03-04 10:02", **back("80"), approval="Q1")
    demoted = Office(staff=(changed(OFFICER, roles=()),))
    assert codes(handle(told.file, command, told.policies, demoted)) == [
        "approvals.lost_authority",
        "approvals.needed",
    ]


# Any operation


def test_the_closing_itself_may_take_four_eyes() -> None:
    rules = Authority("strict", "1", quorums=(Quorum(CLOSE, (Need("supervisor"),)),))
    told = Story(changed(PLAIN, authority=rules))
    answer = told.ask(account.Close, "2024-03-04 10:00")
    assert codes(answer) == ["approvals.needed"]
    ask_for(told, answer, "2024-03-04 10:00")
    assert may(told.file, at("2024-03-04 10:30"), told.policies)[Asking(account.Close, "A")].allowed
    yes(told, "2024-03-04 11:00", SUPERVISOR)
    told.do(account.Close, "2024-03-04 12:00", approval="Q1")
    assert told.file.account.phase is account.Phase.CLOSED


def test_who_releases_a_hold_under_four_eyes_needs_somebody_entitled_to_release_it() -> None:
    told = Story()
    told.do(holds.Place, "2024-03-01 10:00", hold_id="H1", reason="fraud")
    answer = told.ask(holds.Release, "2024-03-03 10:00", hold_id="H1")
    ask_for(told, answer, "2024-03-03 10:00")
    stranger = told.ask(approvals.Approve, "2024-03-03 11:00", request_id="Q1", by=SUPERVISOR)
    assert codes(stranger) == ["approvals.beyond_authority"]
    (waiting,) = pending(told.file, at("2024-03-03 11:00"), told.policies, Office(staff=STAFF), subject="H1")
    assert waiting.may_approve == {"officer"}
    assert waiting.people == ("bob",)


def test_what_a_command_brought_about_is_the_same_when_it_is_stored_again() -> None:
    told = story(DAILY)
    command = told.command(refunds.Give, "2024-03-04 10:00", **back("40"))
    first = handle(told.file, command, told.policies)
    after = evolve(told.file, first.events)
    again = handle(after, command, told.policies)
    assert again.events == first.events
    assert evolve(after, again.events) == after
