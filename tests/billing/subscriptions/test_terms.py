"""Fixed terms: ends that are agreed with the start, terms that renew, and what comes before their ends."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import BY_SECOND, NothingBack
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from tests.billing.subscriptions.stories import CATALOG, CYCLE_END, NOW, Desk, at, selling
from tests.billing.subscriptions.test_stories import NO_SEATS, cents, day

CANCEL, TERM_END = subs.Cancel, subs.Timing.TERM_END
WHOLE = 3100


def begun(plan: str = "small", **facts: Any) -> Desk:
    return Desk().start("2024-01-31", plan, **({"quantities": NO_SEATS} if plan != "solo" else {}), **facts)


def test_a_term_ends_by_itself_after_its_cycles_and_nothing_is_billed_then() -> None:
    desk = begun(term_cycles=3, renews=False)
    assert (desk.now.ends, desk.now.agreed.expires) == (day("04-30"), day("04-30"))
    assert desk.run("2025-01-01").net == 3 * WHOLE
    assert subs.next_point(desk.now) is None
    told = [subs.phase_at(desk.now, at(moment)) for moment in ("2024-04-29", "2024-04-30")]
    assert told == [subs.Phase.ACTIVE, subs.Phase.ENDED]
    assert isinstance(desk.ask(CANCEL, "2024-05-01").reasons[0], WrongPhase)


def test_it_ends_on_a_date_and_the_last_part_is_prorated() -> None:
    desk = begun(until=day("03-15"))
    assert desk.run("2025-01-01").told() == []
    assert desk.net == WHOLE + cents("31.00", 15, 31)
    arrears = begun("solo", until=day("03-15")).run("2025-01-01")
    assert arrears.told() == [("care", "2024-02-29 up to 2024-03-15", cents("3.33", 15, 31))]


def test_a_term_that_renews_goes_on_and_can_be_ended_as_of_its_end() -> None:
    desk = begun(term_cycles=3).run("2024-06-10")
    assert (desk.now.ends, desk.net) == (None, 5 * WHOLE)
    desk.do(CANCEL, "2024-06-10", when=TERM_END)
    assert desk.now.ends == day("07-31")
    assert desk.run("2025-01-01").net == 6 * WHOLE


def test_terms_of_the_plan_hold_unless_the_start_says_otherwise() -> None:
    half = changed(CATALOG.plans[0], term_cycles=6, renews=False)
    policy = selling(catalog=Catalog(plans=(half,)))
    assert Desk(policy).start("2024-01-31").now.ends == day("07-31")
    assert Desk(policy).start("2024-01-31", term_cycles=1).now.ends == day("02-29")
    assert Desk(policy).start("2024-01-31", renews=True).now.ends is None
    assert Desk(policy).start("2024-01-31", until=day("02-10")).now.ends == day("02-10")


@pytest.mark.parametrize(
    ("stub", "ends"),
    [
        pytest.param(subs.Stub.PRORATED, "04-01", id="a part belongs to the first term"),
        pytest.param(subs.Stub.FREE, "04-01", id="so does what is free"),
        pytest.param(subs.Stub.SHORT, "03-01", id="a short cycle is one of the term"),
        pytest.param(subs.Stub.LONG, "04-01", id="a long cycle is one of the term"),
    ],
)
def test_cycles_of_a_term_are_counted_from_the_first_whole_one(stub: subs.Stub, ends: str) -> None:
    assert begun(anchor_day=1, stub=stub, term_cycles=2, renews=False).now.ends == day(ends)


def test_a_term_begins_after_the_trial_and_in_weeks_too() -> None:
    assert begun("trial", term_cycles=1, renews=False).now.ends == day("03-14")
    assert begun("weekly", term_cycles=2, renews=False).now.ends == day("02-28")


def test_the_end_of_what_has_no_term_is_that_of_the_cycle_and_of_a_dated_one_its_date() -> None:
    assert begun().do(CANCEL, "2024-02-10", when=TERM_END).now.ends == day("02-29")
    dated = begun(until=day("05-15")).ask(CANCEL, "2024-02-10", when=TERM_END)
    assert dated.reasons == (subs.EndUnchanged(day("05-15")),)
    assert begun(term_cycles=3).do(CANCEL, "2024-02-10", when=TERM_END).now.ends == day("04-30")
    trial = begun("trial", term_cycles=2).do(CANCEL, "2024-02-01", when=TERM_END)
    assert trial.now.ends == day("04-14")


def test_ended_early_the_rest_is_given_back_or_not() -> None:
    back = begun(term_cycles=3, renews=False).do(CANCEL, "2024-02-10", when=NOW)
    assert back.told() == [("base", "2024-02-10 up to 2024-02-29", -(WHOLE - cents("31.00", 10, 29)))]
    kept = begun(term_cycles=3, renews=False).do(CANCEL, "2024-02-10", when=NOW, credit=False)
    assert (kept.told(), kept.net) == ([], WHOLE)
    policy = Desk(selling(settlement=NothingBack())).start("2024-01-31", quantities=NO_SEATS, term_cycles=3)
    assert policy.do(CANCEL, "2024-02-10", when=NOW).net == WHOLE


def test_an_early_end_is_taken_back_to_the_end_of_the_term() -> None:
    desk = begun(term_cycles=3, renews=False).do(CANCEL, "2024-02-10", when=day("03-20"))
    assert subs.phase_at(desk.now, at("2024-02-11")) is subs.Phase.ENDING
    desk.do(subs.Uncancel, "2024-02-12")
    assert desk.now.ends == day("04-30")
    assert desk.run("2025-01-01").net == 3 * WHOLE


@pytest.mark.parametrize("when", [day("04-30"), day("06-01"), TERM_END])
def test_a_cancellation_does_not_put_the_end_of_a_term_off(when: subs.When) -> None:
    desk = begun(term_cycles=3, renews=False)
    assert desk.ask(CANCEL, "2024-02-10", when=when).reasons == (subs.EndUnchanged(day("04-30")),)
    desk.do(CANCEL, "2024-02-10", when=CYCLE_END).do(CANCEL, "2024-02-11", when=when)
    assert (desk.now.ends, subs.phase_at(desk.now, at("2024-02-12"))) == (day("04-30"), subs.Phase.ACTIVE)


def test_pauses_and_other_billing_days_leave_the_end_of_a_term() -> None:
    desk = begun(term_cycles=3, renews=False)
    desk.do(subs.Pause, "2024-02-10", until=day("03-10"), resuming=subs.Resuming.RESTART).run("2024-03-10")
    desk.do(subs.Reanchor, "2024-03-20", anchor_day=15).run("2025-01-01")
    assert desk.now.ends == day("04-30")
    parts = [bill.charges[-1].span.end for bill in desk.bills if bill.charges]
    assert max(parts) == day("04-30")


def test_a_term_that_ends_within_the_trial_is_never_billed() -> None:
    desk = begun("trial", until=day("02-05"))
    assert subs.next_point(desk.now) is None
    told = [subs.phase_at(desk.now, at(moment)) for moment in ("2024-02-04", "2024-02-05")]
    assert told == [subs.Phase.TRIALING, subs.Phase.ENDED]


def test_by_the_second_a_term_ends_at_its_hour() -> None:
    desk = Desk(selling(proration=BY_SECOND)).start(
        "2024-02-29 10:30", quantities=NO_SEATS, term_cycles=1, renews=False
    )
    assert desk.now.ends == at("2024-03-29 10:30")
    dated = Desk(selling(proration=BY_SECOND)).start("2024-02-29 10:30", until=date(2024, 3, 31))
    assert dated.now.ends == at("2024-03-31 00:00")


@pytest.mark.parametrize(
    "until",
    [pytest.param(day("01-31"), id="no time at all"), pytest.param(at("2024-01-31 11:00"), id="hours")],
)
def test_a_term_without_a_day_is_refused(until: date) -> None:
    answer = Desk().ask(subs.Start, "2024-01-31", plan="small", currency="EUR", until=until)
    assert answer.reasons == (subs.EmptyTerm(day("01-31"), day("01-31")),)
    assert answer.reasons[0].text == "what starts on 2024-01-31 cannot run until 2024-01-31"


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"until": day("03-01"), "term_cycles": 3}, id="a date and a count"),
        pytest.param({"until": day("03-01"), "renews": True}, id="a date that renews"),
        pytest.param({"term_cycles": 0}, id="no cycle"),
    ],
)
def test_no_term(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Desk().command(subs.Start, "2024-01-31", plan="small", currency="EUR", **facts)
