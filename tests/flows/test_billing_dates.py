"""Billing dates through the whole file: shared, moved, agreed for a term; what waits, and what is sealed."""

from datetime import date

import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import BY_SECOND
from acctcore.flows import due, may, seal, unseal
from acctcore.testing import laws
from tests.flows.stories import PLAIN, TAXED, Story, at, codes, issued

ACCOUNT = subs.Alignment.ACCOUNT
SHARING = changed(TAXED, alignment=ACCOUNT)


def starts(story: Story) -> dict[str, date | None]:
    return {each.id: each.next_point for each in story.file.subscriptions}


def test_a_second_subscription_shares_the_account_s_day_after_a_prorated_part() -> None:
    story = Story(SHARING).start("2024-01-31 10:00")
    second = {"subscription_id": "S2", "plan": "large", "currency": "EUR"}
    answer = story.do(subs.Start, "2024-02-10 10:00", **second)
    # 19 of 29 days of 90.00 and 6.00: 90.00 − 31.03 and 6.00 − 2.07
    assert issued(answer) == [("invoice", "c2/invoice", 5897 + 393)]
    assert starts(story) == {"S1": date(2024, 2, 29), "S2": date(2024, 2, 29)}


def test_the_account_s_day_is_that_of_the_first_that_runs() -> None:
    story = Story(SHARING).start("2024-01-31 10:00")
    story.do(subs.Cancel, "2024-02-05 10:00", when=subs.Timing.NOW)
    story.start("2024-02-10 10:00", subscription_id="S2")
    story.start("2024-02-12 10:00", subscription_id="S3")
    assert starts(story) == {"S1": None, "S2": date(2024, 3, 10), "S3": date(2024, 3, 10)}
    story.policies = changed(SHARING, proration=BY_SECOND)
    story.start("2024-02-15 10:00", subscription_id="S4")
    assert starts(story)["S4"] == at("2024-03-15 10:00"), "instants do not begin with dates"


def test_what_runs_is_aligned_and_its_own_day_is_not_the_account_s() -> None:
    story = Story().start("2024-01-31 10:00").start("2024-02-10 10:00", subscription_id="S2")
    story.do(subs.Reanchor, "2024-02-12 10:00", subscription_id="S2", align=ACCOUNT)
    assert starts(story) == {"S1": date(2024, 2, 29), "S2": date(2024, 2, 29)}
    same = story.ask(subs.Reanchor, "2024-02-12 10:00", align=ACCOUNT)
    assert codes(same) == ["subscriptions.cycles_unchanged"]


def test_what_waits_can_be_asked_to_be_taken_back() -> None:
    story = Story().start("2024-01-31 10:00")

    def asked(when: str) -> tuple[list[str], list[str | None], object]:
        found = may(story.file, at(when), PLAIN).items()
        ((asking, answer),) = [each for each in found if each[0].command is subs.Withdraw]
        return codes(answer), [each.change for each in asking.changes], answer.next_change_at

    assert asked("2024-02-05 10:00") == (["subscriptions.nothing_pending"], [], None)
    story.do(subs.ChangePlan, "2024-02-05 10:00", id="up", plan="large", when=subs.Timing.CYCLE_END)
    story.do(subs.Pause, "2024-02-05 10:00", id="rest", when=date(2024, 4, 1))
    assert asked("2024-02-06 10:00") == ([], ["up", "rest"], at("2024-04-01 00:00"))
    story.run("2024-03-01 10:00")
    assert asked("2024-03-01 10:00") == ([], ["rest"], at("2024-04-01 00:00"))
    story.do(subs.Cancel, "2024-03-02 10:00", when=date(2024, 3, 10))
    assert asked("2024-03-02 10:00")[1] == ["rest"], "the end may still be taken back"
    assert asked("2024-03-10 10:00")[0] == ["lifecycle.wrong_phase"]


def test_a_fixed_term_is_due_for_the_last_time_at_its_end() -> None:
    story = Story().start("2024-01-31 10:00", plan="metered", term_cycles=2, renews=False)
    story.run("2024-03-30 10:00")
    asked = due(story.file, at("2024-03-30 10:00"), PLAIN)
    assert (asked.commands, asked.next_at) == ((), at("2024-03-31 00:00"))
    story.run("2024-03-31 10:00")
    assert due(story.file, at("2030-01-01 00:00"), PLAIN).next_at is None
    last = story.file.documents[-1].document
    assert [(line.item, str(line.period)) for line in last.lines] == [("use", "2024-02-29 up to 2024-03-31")]


@pytest.mark.parametrize("stub", subs.Stub)
def test_a_first_part_stays_what_it_is_when_the_rest_is_sealed_away(stub: subs.Stub) -> None:
    story = Story().start("2024-01-10 10:00").run("2024-03-11 10:00")
    story.do(subs.Reanchor, "2024-03-20 10:00", anchor_day=1, stub=stub)
    story.do(subs.ChangeItems, "2024-03-22 10:00", quantities={"seat": 4})
    sealed, archive = seal(story.file, at("2024-03-25 10:00"))
    assert unseal(sealed, archive) == story.file
    whole, rest = (laws.run(file, at("2024-06-02 10:00"), PLAIN) for file in (story.file, sealed))
    assert rest.subscriptions[0].covered[-2:] == whole.subscriptions[0].covered[-2:]
    assert unseal(rest, archive) == whole


def test_the_schedule_of_moved_dates_comes_to_one_file_however_often_it_is_run() -> None:
    story = Story().start("2024-01-31 10:00", anchor_day=31)
    story.do(subs.Reanchor, "2024-02-01 10:00", anchor_day=15, when=date(2024, 4, 20), stub=subs.Stub.LONG)
    story.do(subs.Reanchor, "2024-02-01 10:01", anchor_day=29, when=date(2024, 6, 1), stub=subs.Stub.FREE)
    instants = [at(f"2024-{month:02}-{day:02} 09:00") for month in range(2, 9) for day in (1, 15, 20, 29)]
    laws.due_is_schedule_free(story.file, instants, at("2024-08-31 10:00"), PLAIN)
