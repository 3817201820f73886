"""What is asked of a subscription and what is agreed then: one row, one sentence."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pendulum
import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import NotSold, UnknownCharge, UnknownPlan
from acctcore.billing.proration import BY_DAY, BY_SECOND, FixedMonth
from acctcore.kernel.calendar import weeks
from acctcore.kernel.decision import Decision, Reason
from acctcore.kernel.errors import InvalidValue, Unhandled
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.messages import Event
from tests.billing.subscriptions.stories import (
    CATALOG,
    CYCLE_END,
    DESK,
    NOW,
    ZONE,
    Desk,
    at,
    charge,
    on,
    plan,
    selling,
)

DATED = plan("dated", charge("base", {on("2024-01-01"): "10.00", on("2024-04-01"): "12.00"}))
OTHERS = changed(CATALOG, plans=(*CATALOG.plans, DATED, plan("dollars", charge("base", "9.00", "USD"))))


@pytest.mark.parametrize(
    ("facts", "start", "billing_from", "cycle"),
    [
        pytest.param({}, "2024-03-10", "2024-03-10", "2024-03-10", id="now, and cycles begin today"),
        pytest.param(
            {"starts": on("2024-05-31")}, "2024-05-31", "2024-05-31", "2024-05-31", id="later, on a 31st"
        ),
        pytest.param({"starts": on("2023-12-05")}, "2023-12-05", "2023-12-05", "2023-12-05", id="backdated"),
        pytest.param(
            {"starts": at("2024-03-09 23:30")}, "2024-03-09", "2024-03-09", "2024-03-09", id="by an instant"
        ),
        pytest.param(
            {"starts": pendulum.date(2024, 3, 9)}, "2024-03-09", "2024-03-09", "2024-03-09", id="by pendulum"
        ),
        pytest.param(
            {"anchor_day": 31}, "2024-03-10", "2024-03-10", "2024-02-29", id="a part first, up to the 31st"
        ),
        pytest.param(
            {"anchor_day": 10}, "2024-03-10", "2024-03-10", "2024-03-10", id="the anchor day is today"
        ),
        pytest.param(
            {"trial_days": 30}, "2024-03-10", "2024-04-09", "2024-04-09", id="cycles begin after the trial"
        ),
        pytest.param(
            {"plan": "trial"}, "2024-03-10", "2024-03-24", "2024-03-24", id="the trial is the plan's"
        ),
        pytest.param(
            {"plan": "trial", "trial_days": 0}, "2024-03-10", "2024-03-10", "2024-03-10", id="or none"
        ),
        pytest.param(
            {"trial_days": 3, "anchor_day": 1},
            "2024-03-10",
            "2024-03-13",
            "2024-03-01",
            id="then a part",
        ),
    ],
)
def test_a_start(facts: dict[str, Any], start: str, billing_from: str, cycle: str) -> None:
    desk = Desk().start("2024-03-10 23:30", **({"plan": "small"} | facts))
    subscription = desk.now
    assert (subscription.start, subscription.billing_from) == (on(start), on(billing_from))
    assert subscription.timeline[0].cycles.containing(on(billing_from)).start == on(cycle)
    assert subscription.zone == ZONE


def test_a_start_by_the_second_keeps_the_time_of_day_and_a_date_begins_at_midnight() -> None:
    policy = selling(proration=BY_SECOND)
    desk = Desk(policy).start("2024-03-10 10:00", trial_days=30)
    assert (desk.now.start, desk.now.billing_from) == (at("2024-03-10 10:00"), at("2024-04-09 10:00"))
    assert Desk(policy).start("2024-03-10 10:00", starts=on("2024-03-31")).now.start == at("2024-03-31 00:00")


# Refusals

START: dict[str, Any] = {"plan": "small", "currency": "EUR"}
CHANGE, SEATS, CANCEL = subs.ChangePlan, subs.ChangeQuantity, subs.Cancel
LATER = subs.CancellationScheduled


def since_january(policy: subs.Selling) -> Desk:
    """Small since 10 January, billed up to 10 May, large from 10 July on."""
    desk = Desk(policy).start("2024-01-10", quantities={"seat": 2}).run("2024-04-20")
    return desk.do(CHANGE, "2024-04-20", plan="large", when=on("2024-07-10"))


@pytest.mark.parametrize(
    ("story", "kind", "moment", "facts", "reasons"),
    [
        pytest.param(
            None,
            subs.Start,
            "2024-03-10",
            START | {"plan": "big"},
            (UnknownPlan("big"),),
            id="a plan that is not sold",
        ),
        pytest.param(
            None,
            subs.Start,
            "2024-03-10",
            {"plan": "weekly", "currency": "USD", "quantities": {"base": 2, "x": 1}, "anchor_day": 3},
            (
                UnknownCharge("weekly", "base"),
                UnknownCharge("weekly", "x"),
                NotSold("weekly", "base", "USD", on("2024-03-10")),
                NotSold("weekly", "seat", "USD", on("2024-03-10")),
                subs.NoAnchorDay(weeks(2)),
            ),
            id="every reason at once: units of a flat charge, no such charge, no price, no day of the month",
        ),
        pytest.param(
            None,
            subs.Start,
            "2023-12-20",
            START | {"plan": "dated", "trial_days": 11},
            (NotSold("dated", "base", "EUR", on("2023-12-31")),),
            id="a price is looked up for the first billed day, and there is none yet",
        ),
        pytest.param(
            None,
            CANCEL,
            "2024-03-10",
            {},
            (subs.UnknownSubscription("S"),),
            id="nothing is cancelled that was not started",
        ),
        pytest.param(
            since_january,
            subs.Start,
            "2024-03-10",
            START,
            (WrongPhase("Start", "active", ("nothing",)),),
            id="what runs is not started",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "big"},
            (UnknownPlan("big"),),
            id="a change to a plan that is not sold",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "dollars", "quantities": {"seat": 1}},
            (UnknownCharge("dollars", "seat"), NotSold("dollars", "base", "EUR", on("2024-05-01"))),
            id="a plan without a price in the currency of the subscription",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "small", "quantities": {"seat": 2}},
            (subs.PlanUnchanged("small"),),
            id="the plan that is in force",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "large", "when": on("2024-07-11")},
            (subs.PlanUnchanged("large"),),
            id="the plan that will be in force then",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "large", "when": on("2024-01-09")},
            (subs.BeforeStart(date(2024, 1, 10)),),
            id="a change before the start",
        ),
        pytest.param(
            since_january,
            CHANGE,
            "2024-05-01",
            {"plan": "yearly"},
            (subs.IntervalFixed(date(2024, 7, 10)),),
            id="another interval before a change that is agreed",
        ),
        pytest.param(
            lambda policy: Desk(policy).start("2024-01-10").run("2024-04-20"),
            CHANGE,
            "2024-04-20",
            {"plan": "yearly", "when": on("2024-04-09")},
            (subs.IntervalFixed(date(2024, 4, 10)),),
            id="another interval from within a cycle that is over and billed",
        ),
        pytest.param(
            since_january,
            SEATS,
            "2024-05-01",
            {"item": "base", "quantity": 2},
            (subs.NotPerUnit("base"),),
            id="two of what is flat",
        ),
        pytest.param(
            since_january,
            SEATS,
            "2024-05-01",
            {"item": "support", "quantity": 2},
            (subs.NotPerUnit("support"),),
            id="units of what the plan has not",
        ),
        pytest.param(
            since_january,
            SEATS,
            "2024-05-01",
            {"item": "seat", "quantity": 2},
            (subs.QuantityUnchanged("seat", 2),),
            id="as many as now",
        ),
        pytest.param(
            since_january,
            SEATS,
            "2024-05-01",
            {"item": "seat", "quantity": 3, "when": on("2024-01-09")},
            (subs.BeforeStart(date(2024, 1, 10)),),
            id="seats before the start",
        ),
        pytest.param(
            lambda policy: since_january(policy).do(CANCEL, "2024-05-01", when=on("2024-06-03")),
            CANCEL,
            "2024-05-02",
            {"when": on("2024-06-03")},
            (subs.EndUnchanged(date(2024, 6, 3)),),
            id="the end that is agreed",
        ),
        pytest.param(
            lambda policy: since_january(policy).do(CANCEL, "2024-05-01", when=on("2024-06-03")),
            SEATS,
            "2024-05-02",
            {"item": "seat", "quantity": 3, "when": on("2024-06-03")},
            (WrongPhase("ChangeQuantity", "ended", ("active", "ending", "paused", "pending", "trialing")),),
            id="nothing changes from the end on",
        ),
        pytest.param(
            lambda policy: since_january(policy).do(CANCEL, "2024-05-01", when=NOW),
            subs.Uncancel,
            "2024-05-01",
            {},
            (WrongPhase("Uncancel", "ended", ("ending",)),),
            id="what ended is not taken back",
        ),
        pytest.param(
            since_january,
            subs.Uncancel,
            "2024-05-01",
            {},
            (WrongPhase("Uncancel", "active", ("ending",)),),
            id="nothing is taken back that was not cancelled",
        ),
        pytest.param(
            since_january,
            subs.Bill,
            "2024-05-10",
            {"on": on("2024-04-10")},
            (subs.AlreadyBilled(date(2024, 4, 10)),),
            id="a point is billed once",
        ),
        pytest.param(
            since_january,
            subs.Bill,
            "2024-05-09",
            {"on": on("2024-05-10")},
            (subs.NotDue(date(2024, 5, 10)),),
            id="nothing is billed before its day",
        ),
        pytest.param(
            lambda policy: Desk(policy).start("2024-01-10", "trial"),
            subs.Bill,
            "2024-01-20",
            {"on": on("2024-01-20")},
            (WrongPhase("Bill", "trialing", ("active", "ended", "ending", "paused")),),
            id="nothing is billed in a trial",
        ),
        pytest.param(
            lambda policy: Desk(policy).start("2024-01-10", "trial").do(CANCEL, "2024-01-11"),
            subs.Bill,
            "2024-01-20",
            {"on": on("2024-01-20")},
            (subs.NotDue(date(2024, 1, 20)),),
            id="nor in a trial that is ending",
        ),
    ],
)
def test_a_no_carries_every_reason(
    story: Callable[[subs.Selling], Desk] | None,
    kind: type[subs.Command],
    moment: str,
    facts: dict[str, Any],
    reasons: tuple[Reason, ...],
) -> None:
    policy = selling(catalog=OTHERS)
    desk = Desk(policy) if story is None else story(policy)
    decision = desk.ask(kind, moment, **facts)
    assert not decision.allowed
    assert decision.reasons == reasons


def test_every_reason_of_the_room_reads_as_a_sentence() -> None:
    told = [
        subs.UnknownSubscription("S"),
        subs.BeforeStart(date(2024, 1, 10)),
        subs.PlanUnchanged("small"),
        subs.QuantityUnchanged("seat", 3),
        subs.EndUnchanged(date(2024, 5, 1)),
        subs.NotPerUnit("base"),
        subs.IntervalFixed(date(2024, 7, 10)),
        subs.AlreadyBilled(date(2024, 4, 10)),
        subs.NotDue(date(2024, 5, 10)),
        subs.OtherAxis(False, "by-second/1"),
        subs.NoAnchorDay(weeks(2)),
    ]
    assert {reason.code: reason.text for reason in told} == {
        "subscriptions.unknown": "there is no subscription S",
        "subscriptions.before_start": "the subscription began on 2024-01-10; nothing changes before that",
        "subscriptions.plan_unchanged": "the plan small is already in force",
        "subscriptions.quantity_unchanged": "3 × seat is already in force",
        "subscriptions.end_unchanged": "the end on 2024-05-01 is already in force",
        "subscriptions.not_per_unit": "the plan in force has no item base that counts by the unit",
        "subscriptions.interval_fixed": "the billing interval can only change from 2024-07-10 on",
        "subscriptions.already_billed": "the subscription is billed as of 2024-04-10",
        "subscriptions.not_due": "nothing is due on 2024-05-10 yet",
        "subscriptions.other_axis": (
            "the subscription is billed by local dates; the proration by-second/1 is not"
        ),
        "subscriptions.no_anchor_day": "cycles of 2 weeks have no day of the month",
    }


@pytest.mark.parametrize(
    "kind", [subs.ChangePlan, subs.ChangeQuantity, subs.Cancel, subs.Uncancel, subs.Bill]
)
def test_a_subscription_stays_on_its_axis_of_time(kind: type[subs.Command]) -> None:
    facts: dict[type, dict[str, Any]] = {
        subs.ChangePlan: {"plan": "large"},
        subs.ChangeQuantity: {"item": "seat", "quantity": 3},
        subs.Bill: {"on": on("2024-02-10")},
    }
    by_day, by_second = Desk().start("2024-01-10"), Desk(selling(proration=BY_SECOND)).start("2024-01-10")
    if kind is subs.Uncancel:
        by_day.do(subs.Cancel, "2024-01-11")
        by_second.do(subs.Cancel, "2024-01-11")
    by_day.policy, by_second.policy = by_second.policy, by_day.policy
    told = by_day.ask(kind, "2024-02-11" if kind is subs.Bill else "2024-01-12", **facts.get(kind, {}))
    assert told.reasons == (subs.OtherAxis(False, "by-second/1"),)
    told = by_second.ask(kind, "2024-02-11" if kind is subs.Bill else "2024-01-12", **facts.get(kind, {}))
    (reason,) = told.reasons
    assert reason == subs.OtherAxis(True, "by-day/1")
    assert reason.text == "the subscription is billed by instants; the proration by-day/1 is not"


# What is agreed


def test_units_that_were_never_told_begin_at_one() -> None:
    desk = Desk().start("2024-01-10", "solo")
    (change,) = events(desk.ask(CHANGE, "2024-01-20", plan="small"))
    assert isinstance(change, subs.PlanChanged)
    assert change.quantities == (("seat", 1),)


def events(decision: Decision[Event]) -> tuple[Event, ...]:
    assert decision.allowed, decision
    return decision.events


def test_a_plan_change_takes_units_along_and_states_new_ones() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 5})
    (to_large,) = events(desk.ask(CHANGE, "2024-01-20", plan="large"))
    assert isinstance(to_large, subs.PlanChanged)
    assert (to_large.since, to_large.cycles, to_large.quantities) == (on("2024-01-20"), None, ())
    assert {item.key: item.quantity for item in to_large.items} == {"base": 1, "seat": 5, "support": 1}
    (to_solo,) = events(desk.ask(CHANGE, "2024-01-21", plan="solo"))
    assert isinstance(to_solo, subs.PlanChanged)
    (back,) = events(desk.ask(CHANGE, "2024-01-22", plan="small"))
    assert isinstance(back, subs.PlanChanged)
    assert back.quantities == (), "a quantity holds, whichever plan comes between"
    assert {item.key: item.quantity for item in back.items} == {"base": 1, "seat": 5}
    (stated,) = events(desk.ask(CHANGE, "2024-01-23", plan="large", quantities={"seat": 9}))
    assert isinstance(stated, subs.PlanChanged)
    assert stated.quantities == (("seat", 9),)


@pytest.mark.parametrize(
    ("moment", "facts", "event", "ends", "phase"),
    [
        pytest.param("2024-02-01", {}, subs.CancellationScheduled, "2024-02-10", "ending", id="at cycle end"),
        pytest.param(
            "2024-02-10", {}, subs.CancellationScheduled, "2024-03-10", "ending", id="on a boundary"
        ),
        pytest.param("2024-02-01", {"when": NOW}, subs.Ended, "2024-02-01", "ended", id="now"),
        pytest.param(
            "2024-02-01",
            {"when": on("2024-03-05")},
            subs.CancellationScheduled,
            "2024-03-05",
            "ending",
            id="later",
        ),
        pytest.param(
            "2024-02-01",
            {"when": on("2024-01-15")},
            subs.Ended,
            "2024-01-15",
            "ended",
            id="backdated",
        ),
        pytest.param(
            "2024-01-10", {"when": NOW}, subs.Ended, "2024-01-10", "ended", id="on the very day of the start"
        ),
        pytest.param(
            "2024-02-01",
            {"when": on("2024-01-01")},
            subs.Ended,
            "2024-01-10",
            "ended",
            id="before the start is on the start: it never began",
        ),
        pytest.param(
            "2024-01-05",
            {"when": NOW},
            subs.CancellationScheduled,
            "2024-01-10",
            "ending",
            id="cancelled before it began, it ends as it begins",
        ),
        pytest.param(
            "2024-02-01",
            {"when": at("2024-02-05 23:59")},
            subs.CancellationScheduled,
            "2024-02-05",
            "ending",
            id="an instant is its local date",
        ),
    ],
)
def test_a_cancellation(moment: str, facts: dict[str, Any], event: type, ends: str, phase: str) -> None:
    desk = Desk().start("2024-01-02", starts=on("2024-01-10"))
    (told,) = events(desk.ask(CANCEL, moment, **facts))
    assert type(told) is event
    assert desk.now.ends == on(ends)
    assert subs.phase_at(desk.now, at(moment)) is subs.Phase(phase)


@pytest.mark.parametrize(
    ("moment", "when", "ends"),
    [
        pytest.param("2024-01-15", CYCLE_END, "2024-01-24", id="at cycle end: as the trial ends"),
        pytest.param("2024-01-15", NOW, "2024-01-15", id="now"),
        pytest.param("2024-01-15", on("2024-03-01"), "2024-03-01", id="later than the trial"),
        pytest.param("2024-01-24", CYCLE_END, "2024-02-24", id="the day after the trial is a cycle's first"),
    ],
)
def test_a_cancellation_in_a_trial(moment: str, when: subs.When, ends: str) -> None:
    desk = Desk().start("2024-01-10", "trial").do(CANCEL, moment, when=when)
    assert desk.now.ends == on(ends)


def test_an_end_is_brought_forward_put_off_and_taken_back() -> None:
    desk = Desk().start("2024-01-10").do(CANCEL, "2024-01-20")
    for day in ("2024-02-01", "2024-05-01", "2024-01-20"):
        desk.do(CANCEL, "2024-01-20", when=on(day))
    assert desk.now.ends == on("2024-01-20")
    desk.do(subs.Uncancel, "2024-01-19")
    assert desk.now.ends is None


def test_a_cancellation_that_gives_back_can_be_made_one_that_does_not() -> None:
    desk = Desk().start("2024-01-10").do(CANCEL, "2024-01-20", when=on("2024-01-30"))
    desk.do(CANCEL, "2024-01-21", when=on("2024-01-30"), credit=False)
    assert not desk.now.gives_back
    desk.do(subs.Uncancel, "2024-01-22")
    assert desk.now.gives_back


def test_a_backdated_command_is_judged_by_what_held_then() -> None:
    desk = Desk().start("2024-01-10").run("2024-03-01").do(CANCEL, "2024-03-01", when=NOW)
    assert desk.ask(subs.Uncancel, "2024-03-02").reasons == (WrongPhase("Uncancel", "ended", ("ending",)),)
    assert desk.ask(SEATS, "2024-03-02", item="seat", quantity=4, when=on("2024-02-20")).allowed
    assert desk.ask(subs.Uncancel, "2024-02-29").allowed


def test_a_start_before_anything_else_and_events_only_where_they_fit() -> None:
    desk = Desk().start("2024-01-10")
    (withdrawn,) = desk.do(CANCEL, "2024-01-11").ask(subs.Uncancel, "2024-01-12").events
    with pytest.raises(Unhandled):
        subs.evolve(None, withdrawn)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"starts": "2024-01-10"}, id="a text for a date"),
        pytest.param({"starts": NOW}, id="a timing for a point"),
        pytest.param({"quantities": {"seat": -1}}, id="a quantity below zero"),
        pytest.param({"quantities": {"seat": True}}, id="a bool for a quantity"),
        pytest.param({"quantities": {"seat": 10**12 + 1}}, id="a quantity beyond all bounds"),
        pytest.param({"quantities": "seat"}, id="a text for quantities"),
        pytest.param({"quantities": ("seat", 1)}, id="a pair that is none"),
        pytest.param({"quantities": ((1, 1),)}, id="a number for an item"),
        pytest.param({"quantities": (("seat", 1), ("seat", 2))}, id="two quantities of one item"),
        pytest.param({"anchor_day": 32}, id="a 32nd"),
        pytest.param({"trial_days": -1}, id="a trial of less than no day"),
        pytest.param({"plan": " "}, id="a plan without a name"),
    ],
)
def test_what_is_no_command(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        subs.Start(id="c", at=at("2024-01-10"), by=DESK, subscription_id="S", **(START | facts))


def test_a_when_is_a_timing_a_date_or_an_instant() -> None:
    def cancel(when: Any) -> subs.When:
        return subs.Cancel(id="c", at=at("2024-01-10"), by=DESK, subscription_id="S", when=when).when

    assert cancel(pendulum.date(2024, 1, 11)) == on("2024-01-11")
    assert type(cancel(pendulum.date(2024, 1, 11))) is date
    assert cancel(at("2024-01-11").in_timezone("Asia/Tokyo")) == at("2024-01-11")
    assert cancel(NOW) is NOW
    with pytest.raises(InvalidValue, match="a Timing, a date or an instant"):
        cancel("now")


def test_quantities_are_told_in_one_order() -> None:
    start = subs.Start(
        id="c", at=at("2024-01-10"), by=DESK, subscription_id="S", quantities={"b": 1, "a": 2}, **START
    )
    assert start.quantities == (("a", 2), ("b", 1))


def test_what_is_sold_has_to_be_something_that_the_proration_can_value() -> None:
    with pytest.raises(InvalidValue, match="can value plan weekly, billed every 2 weeks"):
        selling(proration=changed(BY_DAY, divisor=FixedMonth(), telescopes=False))
    with pytest.raises(InvalidValue):
        selling(settlement="full")


def test_the_pairs_of_quantities_may_be_given_as_pairs() -> None:
    change = subs.ChangePlan(
        id="c", at=at("2024-01-10"), by=DESK, subscription_id="S", plan="x", quantities=(("a", 2),)
    )
    assert change.quantities == (("a", 2),)
