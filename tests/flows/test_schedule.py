"""What time brings about: every point once, dated by schedule, and when to ask again."""

from datetime import date

import pytest

from acctcore.accounts import account
from acctcore.billing import subscriptions as subs
from acctcore.flows import due, evolve, handle
from acctcore.kernel.terms import SCHEDULE
from tests.flows.stories import OFFICER, PLAIN, TAXED, ZONE, Story, at


def test_every_cycle_that_began_is_due_once_and_dated_by_its_own_moment() -> None:
    story = Story().start("2024-01-31 10:00", anchor_day=31)
    asked = due(story.file, at("2024-04-02 10:00"), PLAIN)
    assert [(each.id, each.at) for each in asked.commands] == [
        ("bill/S1/2024-02-29", at("2024-02-29 00:00")),
        ("bill/S1/2024-03-31", at("2024-03-31 00:00")),
    ]
    assert {each.by for each in asked.commands} == {SCHEDULE}
    assert {each.recorded_at for each in asked.commands} == {at("2024-04-02 10:00")}
    assert asked.next_at == at("2024-04-30 00:00")


@pytest.mark.parametrize(
    ("now", "count", "recorded"),
    [
        pytest.param("2024-02-28 23:59:59", 0, None, id="a second before"),
        pytest.param("2024-02-29 00:00:00", 1, None, id="the very moment"),
        pytest.param("2024-02-29 00:00:01", 1, "2024-02-29 00:00:01", id="a second late"),
    ],
)
def test_a_cycle_is_due_from_its_first_moment(now: str, count: int, recorded: str | None) -> None:
    story = Story().start("2024-01-31 10:00", anchor_day=31)
    asked = due(story.file, at(now), PLAIN)
    assert [each.recorded_at for each in asked.commands] == [
        None if recorded is None else at(recorded)
    ] * count
    assert asked.next_at == at("2024-03-31 00:00" if count else "2024-02-29 00:00")


def test_points_of_several_subscriptions_come_in_order_of_time() -> None:
    story = Story().start("2024-01-31 10:00").start("2024-02-10 10:00", subscription_id="S2", plan="large")
    asked = due(story.file, at("2024-03-31 12:00"), PLAIN)
    assert [each.id for each in asked.commands] == [
        "bill/S1/2024-02-29",
        "bill/S2/2024-03-10",
        "bill/S1/2024-03-31",
    ]


def test_the_end_of_a_trial_is_the_first_billing() -> None:
    story = Story().start("2024-01-17 09:05", plan="trial")
    assert story.file.documents == ()
    assert due(story.file, at("2024-01-17 09:05"), PLAIN).next_at == at("2024-01-31 00:00")
    assert story.run("2024-01-31 00:00").totals() == {"bill/S1/2024-01-31/invoice": 3100}


def test_a_change_agreed_for_later_is_due_on_its_day() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(subs.ChangePlan, "2024-03-02 10:00", plan="large", when=date(2024, 3, 11))
    asked = due(story.file, at("2024-03-02 10:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), at("2024-03-11 00:00"))
    story.run("2024-03-11 00:00")
    assert story.net() == 3300 - 2032 - 203 + 6097 + 406


def test_what_has_ended_is_due_to_its_end_and_never_again() -> None:
    story = Story().start("2024-03-01 10:00", plan="metered")
    story.do(subs.Cancel, "2024-03-02 10:00")
    story.run("2024-04-01 00:00")
    asked = due(story.file, at("2026-01-01 00:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), None)


@pytest.mark.parametrize("phase", ["applied", "closed"])
def test_nothing_is_due_on_an_account_that_is_not_open(phase: str) -> None:
    story = Story()
    if phase == "closed":
        story.do(account.Close, "2024-02-01 10:00")
    else:
        applied = account.Apply(id="a", at=at("2024-01-01 00:00"), by=OFFICER, account_id="A", zone=ZONE)
        story.file = evolve(None, handle(None, applied, PLAIN).events)
    asked = due(story.file, at("2024-03-01 10:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), None)


def test_a_closing_account_is_billed_to_the_end() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(account.RequestClosure, "2024-03-02 10:00")
    assert len(story.run("2024-04-01 10:00").file.documents) == 2


def test_a_billing_that_is_refused_stays_due() -> None:
    story = Story(TAXED).start("2024-03-01 10:00")
    story.policies = PLAIN.__class__(
        catalog=PLAIN.catalog, taxes=TAXED.taxes.__class__(name="none", rates=())
    )
    (bill,) = due(story.file, at("2024-04-01 10:00"), story.policies).commands
    assert [reason.code for reason in handle(story.file, bill, story.policies).reasons] == ["tax.no_rate"] * 2
    before = story.file
    assert story.run("2024-04-01 10:00").file == before


@pytest.mark.parametrize(
    ("on", "code"),
    [
        pytest.param(date(2024, 3, 1), "subscriptions.already_billed", id="billed already"),
        pytest.param(date(2024, 4, 1), "subscriptions.not_due", id="not yet"),
    ],
)
def test_a_point_that_is_billed_or_has_not_come_is_refused(on: date, code: str) -> None:
    answer = Story().start("2024-03-01 10:00").ask(subs.Bill, "2024-03-20 10:00", on=on)
    assert [reason.code for reason in answer.reasons] == [code]


def test_the_answer_says_when_the_next_billing_is() -> None:
    story = Story()
    answer = story.ask(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    assert answer.next_change_at == at("2024-04-01 00:00")
    trial = story.ask(subs.Start, "2024-03-01 10:00", plan="trial", currency="EUR")
    assert trial.next_change_at == at("2024-03-15 00:00")
