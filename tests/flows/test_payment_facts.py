"""What processors report, on a whole file: in any order, twice, late, and from authorisations."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from attrs import evolve as changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.flows import File, Policies, balances, evolve, handle, movements, seal, unseal
from acctcore.kernel.decision import Outcome, allowed
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money
from acctcore.receivables import authorisations, payments, refunds
from acctcore.testing import laws
from tests.flows.stories import PLAIN, Story, at, codes, eur

FIRST, SECOND = "c1/invoice", "bill/S1/2024-04-01/invoice"
SEVERAL = changed(
    PLAIN,
    authorisations=authorisations.AuthorisationPolicy(captures=authorisations.Captures.SEVERAL),
)


def owing(policies: Policies = PLAIN) -> Story:
    """Return two months of 33.00, none of them paid."""
    return Story(policies).start("2024-03-01 10:00").run("2024-04-02 10:00")


def fact(story: Story, kind: type[Command], when: str, **facts: object) -> Command:
    stated: dict[str, object] = {"payment_id": "P1"}
    if kind is not payments.LoseTrack:
        stated["amount"] = eur("33.00")
    if kind is payments.Fail:
        stated["failure"] = "declined"
    return story.command(kind, when, **{**stated, **facts})


# In any order

RECEIVE, FAIL, ATTEMPT, LOSE = payments.Receive, payments.Fail, payments.Attempt, payments.LoseTrack


@pytest.mark.parametrize(
    ("told", "open_now"),
    [
        pytest.param(
            [(ATTEMPT, "04-03"), (FAIL, "04-04"), (RECEIVE, "04-05")], {SECOND: 3300}, id="after all"
        ),
        pytest.param(
            [(ATTEMPT, "04-03"), (RECEIVE, "04-04"), (FAIL, "04-05")],
            {FIRST: 3300, SECOND: 3300},
            id="it came back",
        ),
        pytest.param(
            [(ATTEMPT, "04-03"), (LOSE, "04-03"), (RECEIVE, "04-09")], {SECOND: 3300}, id="known in the end"
        ),
        pytest.param(
            [(RECEIVE, "04-03"), (FAIL, "04-04"), (RECEIVE, "04-05")], {SECOND: 3300}, id="and came once more"
        ),
    ],
)
def test_the_same_facts_come_to_the_same_books(
    told: list[tuple[type[Command], str]], open_now: dict[str, int]
) -> None:
    story = owing()
    facts = [fact(story, kind, f"2024-{day} 10:00") for kind, day in told]
    outcomes = laws.facts_in_any_order(story.file, [*facts, facts[-1]], PLAIN)
    assert {item.id: item.open for item in outcomes.items} == open_now


def test_money_that_came_back_is_owed_again_and_both_moves_stand_in_the_statement() -> None:
    story = owing()
    story.do(payments.Receive, "2024-04-03 10:00", payment_id="P1", amount=eur("40.00"))
    assert story.open() == {SECOND: 2600}
    late = {"payment_id": "P1", "amount": eur("40.00"), "failure": "returned"}
    story.do(payments.Fail, "2024-04-10 10:00", **late)
    assert story.open() == {FIRST: 3300, SECOND: 3300}
    moves = [(each.kind, each.id, each.amount) for each in movements(story.file)]
    assert moves[-2:] == [("payment", "P1", -4000), ("returned", "P1", 4000)]
    assert [payment.failure for payment in story.file.payments] == ["returned"]
    assert codes(
        story.ask(refunds.Give, "2024-04-11 10:00", refund_id="R1", payment_id="P1", amount=eur("1"))
    ) == ["refunds.unknown_payment"]


def test_money_that_came_back_after_it_was_refunded_in_part_leaves_the_refund_owed() -> None:
    story = owing()
    story.do(payments.Receive, "2024-04-03 10:00", payment_id="P1", amount=eur("33.00"))
    given_back = {"refund_id": "R1", "payment_id": "P1", "amount": eur("10.00")}
    story.do(refunds.Give, "2024-04-04 10:00", **given_back)
    story.do(payments.Fail, "2024-04-10 10:00", payment_id="P1", amount=eur("33.00"), failure="returned")
    note = story.file.notes(FIRST)[0].id
    assert story.file.applied(note, FIRST) == 1000
    assert story.open() == {FIRST: 2300, SECOND: 3300, "R1": 1000}  # they have the ten, and did not pay them
    story.pay("2024-04-11 10:00", eur("66.00"), id="P2")
    assert story.open() == {}


def test_what_is_told_twice_is_recorded_once() -> None:
    story = owing()
    stated = {"payment_id": "P1", "amount": eur("33.00"), "reference": "ch_1"}
    story.do(payments.Receive, "2024-04-03 10:00", **stated)
    assert codes(story.ask(payments.Receive, "2024-04-03 10:00", **stated)) == ["notices.already_recorded"]
    assert codes(story.ask(payments.Receive, "2024-04-04 10:00", **stated)) == ["notices.conflict"]
    other = {**stated, "payment_id": "P2"}
    (reason,) = story.ask(payments.Receive, "2024-04-04 10:00", **other).reasons
    assert reason.text == "the reference ch_1 is that of P1"
    story.do(payments.Fail, "2024-04-05 10:00", failure="x", **stated)  # of another kind: it is another fact


def test_a_reference_stays_used_after_sealing() -> None:
    story = owing()
    story.do(payments.Receive, "2024-04-03 10:00", payment_id="P1", amount=eur("33.00"), reference="ch_1")
    sealed, archive = seal(story.file, at("2024-05-01 00:00"))
    assert sealed.sealed is not None
    assert sealed.sealed.references == frozenset({"ch_1"})
    again = story.command(
        payments.Receive, "2024-06-03 10:00", payment_id="P2", amount=eur("33.00"), reference="ch_1"
    )
    answer = handle(sealed, again, PLAIN)
    assert answer.outcome is Outcome.UNKNOWN
    assert unseal(sealed, archive) == story.file


def test_what_was_asked_for_and_what_came_are_both_kept() -> None:
    story = owing()
    stated = {"payment_id": "P1", "amount": eur("33.00")}
    story.do(payments.Attempt, "2024-04-03 10:00", **stated)
    fee, processed = Money("0.30", "USD"), eur("32.99")
    story.do(payments.Receive, "2024-04-03 11:00", processed=processed, fee=fee, **stated)
    assert story.open() == {FIRST: 1, SECOND: 3300}
    payment = story.file.payments[0]
    assert (payment.asked, payment.money, payment.decisive.fee) == (eur("33.00"), eur("32.99"), fee)
    assert payment.refundable == eur("32.99")


# In two steps


def held(policies: Policies = PLAIN, amount: str = "50.00") -> Story:
    story = owing(policies)
    story.do(
        authorisations.Authorise,
        "2024-04-03 10:00",
        authorisation_id="A1",
        amount=eur(amount),
        reference="au_1",
    )
    return story


def capture(story: Story, amount: str, when: str, id: str = "P1", **facts: object) -> Command:
    stated = {"payment_id": id, "amount": eur(amount), "authorisation_id": "A1", **facts}
    return story.command(payments.Capture, when, **stated)


def test_what_is_set_aside_is_no_money() -> None:
    story = held()
    assert balances(story.file) == {"EUR": eur("66.00")}
    assert [movement.kind for movement in movements(story.file)] == ["invoice", "invoice"]
    assert story.open() == {FIRST: 3300, SECOND: 3300}


def test_a_part_is_captured_and_the_rest_released() -> None:
    story = held()
    story.store(handle(story.file, capture(story, "40.00", "2024-04-04 10:00"), PLAIN))
    assert story.open() == {SECOND: 2600}
    again = handle(story.file, capture(story, "10.00", "2024-04-05 10:00", "P2"), PLAIN)
    assert [reason.text for reason in again.reasons] == ["A1 ended at 2024-04-04T08:00:00Z: captured"]
    void = story.ask(authorisations.Void, "2024-04-05 10:00", authorisation_id="A1")
    assert codes(void) == ["authorisations.resolved"]


def test_several_captures_up_to_the_last_cent() -> None:
    story = held(SEVERAL)
    story.store(handle(story.file, capture(story, "40.00", "2024-04-04 10:00"), SEVERAL))
    too_much = handle(story.file, capture(story, "10.01", "2024-04-05 10:00", "P2"), SEVERAL)
    assert codes(too_much) == ["authorisations.exceeds_authorised"]
    story.store(handle(story.file, capture(story, "10.00", "2024-04-05 10:00", "P2"), SEVERAL))
    more = handle(story.file, capture(story, "0.01", "2024-04-06 10:00", "P3"), SEVERAL)
    assert codes(more) == ["authorisations.resolved", "authorisations.exceeds_authorised"]
    assert story.open() == {SECOND: 1600}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param("2024-04-10 09:59:59", [], id="the last second"),
        pytest.param("2024-04-10 10:00:00", ["authorisations.resolved"], id="its end"),
    ],
)
def test_it_expires_by_time_without_a_job(when: str, expected: list[str]) -> None:
    story = held()
    assert codes(handle(story.file, capture(story, "1.00", when), PLAIN)) == expected
    assert codes(story.ask(authorisations.Void, when, authorisation_id="A1")) == expected


def test_a_capture_that_failed_can_be_made_again() -> None:
    story = held()
    story.store(handle(story.file, capture(story, "40.00", "2024-04-04 10:00"), PLAIN))
    story.do(payments.Fail, "2024-04-05 10:00", payment_id="P1", amount=eur("40.00"), failure="scheme")
    assert story.open() == {FIRST: 3300, SECOND: 3300}
    story.store(handle(story.file, capture(story, "50.00", "2024-04-06 10:00", "P2"), PLAIN))
    assert story.open() == {SECOND: 1600}


TWO_STEPS = ("authorise", "first", "second", "void")


def told(story: Story) -> dict[str, Command]:
    """Return two captures, and a void of the rest."""
    return {
        "authorise": story.command(
            authorisations.Authorise, "2024-04-03 10:00", authorisation_id="A1", amount=eur("50.00")
        ),
        "first": capture(story, "20.00", "2024-04-04 10:00", "P1", reference="cap_1"),
        "second": capture(story, "20.00", "2024-04-05 10:00", "P2", reference="cap_2"),
        "void": story.command(authorisations.Void, "2024-04-06 10:00", authorisation_id="A1"),
    }


def test_captures_known_before_their_authorisation_come_to_the_same() -> None:
    story = owing(SEVERAL)
    facts = told(story)
    after = laws.facts_in_any_order(story.file, list(facts.values()), SEVERAL)
    assert {item.id: item.open for item in after.items} == {SECOND: 2600}
    assert after.authorisations[0].voided_at == at("2024-04-06 10:00")


def test_what_came_in_once_is_no_capture_as_well_in_either_order() -> None:
    story = owing(SEVERAL)
    received = fact(story, RECEIVE, "2024-04-03 10:00", payment_id="P1")
    captured = capture(story, "33.00", "2024-04-03 10:00", "P1")
    laws.facts_in_any_order(story.file, [received, captured], SEVERAL)
    for first, second in ((received, captured), (captured, received)):
        told = evolve(story.file, handle(story.file, first, SEVERAL).events)
        assert codes(handle(told, second, SEVERAL)) == ["payments.other_authorisation"]


def test_a_capture_that_failed_takes_nothing_of_its_authorisation_in_any_order() -> None:
    story = owing(SEVERAL)
    stated = {"authorisation_id": "A1", "amount": eur("50.00")}
    facts = [
        capture(story, "33.00", "2024-04-03 10:00", "P1"),
        fact(story, FAIL, "2024-04-04 10:00", payment_id="P1"),
        story.command(authorisations.Authorise, "2024-04-04 10:00", **stated),
    ]
    after = laws.facts_in_any_order(story.file, facts, SEVERAL)
    assert (len(after.payments), len(after.authorisations)) == (1, 1)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_facts_come_to_the_same_books_or_to_a_conflict(data: st.DataObject) -> None:
    story = owing(SEVERAL)
    days = st.integers(3, 7)
    drawn: list[Command] = []
    for number in range(data.draw(st.integers(2, 4))):
        day = f"2024-04-0{data.draw(days)} 10:00"
        kind = data.draw(
            st.sampled_from(["receive", "fail", "attempt", "lose", "capture", "authorise", "void"])
        )
        reference = data.draw(st.sampled_from(["", f"ref-{number}", "same"]))
        match kind:
            case "capture":
                drawn.append(capture(story, "33.00", day, data.draw(st.sampled_from(["P1", "P2"]))))
            case "authorise":
                stated = {"authorisation_id": "A1", "amount": eur("50.00")}
                drawn.append(story.command(authorisations.Authorise, day, **stated, reference=reference))
            case "void":
                drawn.append(story.command(authorisations.Void, day, authorisation_id="A1"))
            case _:
                plain = {"receive": RECEIVE, "fail": FAIL, "attempt": ATTEMPT, "lose": LOSE}
                id = data.draw(st.sampled_from(["P1", "P1", "P2"]))
                drawn.append(fact(story, plain[kind], day, payment_id=id, reference=reference))
    laws.facts_in_any_order(story.file, drawn, SEVERAL)


def test_a_law_that_is_broken_is_told() -> None:
    story = owing()
    hold = [fact(story, RECEIVE, "2024-04-03 10:00"), fact(story, FAIL, "2024-04-03 10:00")]
    laws.facts_in_any_order(story.file, hold, PLAIN)  # a conflict, named in either order

    def forgetful(file: File, command: Command, policies: Policies) -> object:
        """Take no failure of what is known already."""
        late = isinstance(command, payments.Fail) and file.payments
        return allowed() if late else handle(file, command, policies)

    with pytest.raises(AssertionError, match="other books"):
        laws.facts_in_any_order(
            story.file,
            [fact(story, RECEIVE, "2024-04-03 10:00"), fact(story, FAIL, "2024-04-04 10:00")],
            PLAIN,
            ask=forgetful,  # type: ignore[arg-type]
        )


# Sealing


def test_what_is_set_aside_keeps_its_captures_with_it() -> None:
    story = held(SEVERAL)
    story.store(handle(story.file, capture(story, "33.00", "2024-04-04 10:00"), SEVERAL))
    waiting, _ = seal(story.file, at("2024-04-08 00:00"))
    assert [each.id for each in waiting.authorisations] == ["A1"]  # more can be captured
    assert [each.id for each in waiting.payments] == ["P1"]
    story.run("2024-05-02 10:00")
    sealed, archive = seal(story.file, at("2024-05-01 00:00"))
    assert (sealed.authorisations, sealed.payments) == ((), ())
    assert sealed.sealed is not None
    assert (sealed.sealed.authorisations, sealed.sealed.references) == (
        frozenset({"A1"}),
        frozenset({"au_1"}),
    )
    answer = handle(sealed, capture(story, "1.00", "2024-05-03 10:00", "P9"), PLAIN)
    assert answer.outcome is Outcome.UNKNOWN
    assert unseal(sealed, archive) == story.file


def test_the_orders_in_which_facts_come_are_all_tried() -> None:
    story = owing()
    facts = [fact(story, kind, "2024-04-03 10:00") for kind in (ATTEMPT, LOSE)]
    seen: list[Sequence[str]] = []

    def noting(file: File, command: Command, policies: Policies) -> object:
        answer = handle(file, command, policies)
        seen.append((command.id, answer.outcome.value))
        return answer

    laws.facts_in_any_order(story.file, facts, PLAIN, ask=noting)  # type: ignore[arg-type]
    assert {id for id, _ in seen} == {command.id for command in facts}
    assert len(list(permutations(facts))) == 2
    assert (facts[1].id, "unknown") in seen
    assert evolve(story.file, ()) is story.file
