"""Pauses through the whole file: documents, the schedule, sealing, and what a preview shows."""

from datetime import date

from acctcore.billing import subscriptions as subs
from acctcore.flows import due, evolve, handle, may, seal, unseal
from acctcore.testing import laws
from tests.flows.stories import OFFICER, PLAIN, TAXED, Story, at, issued


def test_a_pause_is_credited_at_once_and_what_comes_after_it_is_billed_by_the_schedule() -> None:
    story = Story(TAXED).start("2024-03-01 10:00")
    # 30.00 + 3.00 for 31 days: 10 days are used, 21 go back
    paused = story.do(subs.Pause, "2024-03-11 10:00", until=date(2024, 4, 16))
    assert issued(paused) == [("credit_note", "c1/invoice/credit/c2", 3300 - 968 - 97)]
    assert paused.next_change_at == at("2024-04-16 00:00")
    asked = due(story.file, at("2024-04-15 12:00"), TAXED)
    assert (asked.commands, asked.next_at) == ((), at("2024-04-16 00:00"))
    story.run("2024-04-16 10:00")
    invoice = story.document("bill/S1/2024-04-16/invoice")
    assert [(line.item, str(line.period), line.amount) for line in invoice.lines] == [
        ("base", "2024-04-16 up to 2024-05-01", 1500),
        ("seat", "2024-04-16 up to 2024-05-01", 150),
    ]


def test_a_preview_of_a_pause_and_of_its_end_is_what_is_billed() -> None:
    story = Story(TAXED).start("2024-03-01 10:00")
    for kind, when in ((subs.Pause, "2024-03-11 10:00"), (subs.Resume, "2024-03-20 10:00")):
        command = story.command(kind, when)
        laws.preview_is_the_bill(story.file, command, TAXED)
        laws.twice_is_once(story.file, command, TAXED)
        story.store(handle(story.file, command, TAXED))
    laws.rebuilds(story.file)


def test_the_schedule_comes_to_one_file_however_often_it_is_run() -> None:
    story = Story().start("2024-01-31 10:00", anchor_day=31)
    story.do(subs.Pause, "2024-02-01 10:00", when=date(2024, 2, 10), until=date(2024, 4, 10))
    story.do(subs.Pause, "2024-02-01 10:01", when=date(2024, 6, 10), until=date(2024, 6, 20))
    instants = [at(f"2024-{month:02}-{day:02} 09:00") for month in range(2, 8) for day in (1, 10, 15, 28)]
    laws.due_is_schedule_free(story.file, instants, at("2024-07-31 10:00"), PLAIN)


def test_what_is_over_is_sealed_away_and_comes_back() -> None:
    story = Story().start("2024-01-01 10:00", plan="trial", trial_days=0)
    story.do(subs.Pause, "2024-01-11 10:00", until=date(2024, 2, 11), resuming=subs.Resuming.RESTART)
    story.run("2024-03-12 10:00").do(subs.Pause, "2024-03-20 10:00", until=date(2024, 5, 1))
    file = story.file
    sealed, archive = seal(file, at("2024-03-15 00:00"))
    (kept,) = sealed.subscriptions
    assert [(stop.since, stop.until) for stop in kept.agreed.stops] == [(date(2024, 3, 20), date(2024, 5, 1))]
    assert unseal(sealed, archive) == file
    on, later = at("2024-05-01 10:00"), date(2024, 5, 20)
    assert kept.terms(later) == file.subscriptions[0].terms(later)
    moved = subs.Resume(
        id="c9", at=at("2024-03-21 10:00"), by=OFFICER, subscription_id="S1", when=date(2024, 4, 1)
    )
    after = evolve(sealed, handle(sealed, moved, PLAIN).events)
    assert unseal(after, archive) == evolve(file, handle(file, moved, PLAIN).events)
    assert (
        laws.run(after, on, PLAIN).subscriptions[0].covered
        == laws.run(evolve(file, handle(file, moved, PLAIN).events), on, PLAIN).subscriptions[0].covered
    )


def test_what_could_be_asked_of_what_pauses() -> None:
    story = Story().start("2024-03-01 10:00")
    story.do(subs.Pause, "2024-03-11 10:00")
    asked = may(story.file, at("2024-03-12 10:00"), PLAIN)
    allowed = {
        asking.command.__name__
        for asking, answer in asked.items()
        if asking.subject == "S1" and answer.allowed
    }
    assert allowed == {"ChangePlan", "ChangeQuantity", "ChangeItems", "Reanchor", "Cancel", "Resume", "Bill"}
