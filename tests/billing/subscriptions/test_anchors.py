"""Cycles that begin elsewhere: re-anchored, shared with the account, and the part that comes before them."""

from datetime import date
from typing import Any

import pytest

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import BY_SECOND, BY_THIRTIETHS, Owner, Proration
from acctcore.kernel.calendar import Cycles, Every, Grid, NthWeekday, Weekday, days, months, weeks, years
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.measures import ActualDays
from tests.billing.subscriptions.stories import CYCLE_END, Desk, at, charge, on, plan, selling
from tests.billing.subscriptions.test_stories import NO_SEATS, cents, day

MOVE, PAUSE, PLAN, CANCEL = subs.Reanchor, subs.Pause, subs.ChangePlan, subs.Cancel
ACCOUNT, OWN = subs.Alignment.ACCOUNT, subs.Alignment.OWN
PRORATED, FREE, SHORT, LONG = subs.Stub
RESTART = subs.Resuming.RESTART
WHOLE = 3100


def begun(plan: str = "small", **facts: Any) -> Desk:
    return Desk().start("2024-01-10", plan, **({"quantities": NO_SEATS} if plan != "solo" else {}), **facts)


def starts(desk: Desk, count: int = 4) -> list[str]:
    """Return the next billing points."""
    points = list(subs.due_points(desk.now, date(2030, 1, 1)))
    return [point.isoformat() for point in points[:count]]


# Another billing day


def test_another_billing_day_gives_back_the_rest_and_bills_the_part_up_to_the_new_one() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1)
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-02-10", -(WHOLE - cents("31.00", 10, 31))),
        ("base", "2024-01-20 up to 2024-02-01", WHOLE - cents("31.00", 19, 31)),
    ]
    assert starts(desk) == ["2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]
    assert desk.run("2024-02-01").told() == [("base", "2024-02-01 up to 2024-03-01", WHOLE)]


def test_from_the_next_cycle_on_the_part_before_the_new_day_is_billed_as_it_begins() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1, when=CYCLE_END)
    assert len(desk.bills) == 1
    assert subs.next_point(desk.now) == day("02-10")
    assert desk.run("2024-02-10").told() == [
        ("base", "2024-02-10 up to 2024-03-01", 3100 - cents("31.00", 9, 29))
    ]
    assert desk.run("2024-03-01").told() == [("base", "2024-03-01 up to 2024-04-01", WHOLE)]


def test_without_an_anchor_a_whole_cycle_begins_where_it_is_asked() -> None:
    desk = begun().do(MOVE, "2024-01-20")
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-02-10", -(WHOLE - cents("31.00", 10, 31))),
        ("base", "2024-01-20 up to 2024-02-20", WHOLE),
    ]


def test_a_day_that_months_lack_comes_back() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=31)
    assert starts(desk) == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


def test_a_year_can_begin_on_a_leap_day_and_a_month_on_its_last_friday() -> None:
    yearly = begun("yearly").do(MOVE, "2024-01-20", anchor_day=29, anchor_month=2)
    assert starts(yearly) == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]
    friday = begun().do(MOVE, "2024-01-20", anchor_weekday=Weekday.FRIDAY, anchor_nth=5)
    assert starts(friday, 3) == ["2024-01-26", "2024-02-23", "2024-03-29"]


def test_weeks_move_to_another_weekday() -> None:
    desk = begun("weekly").do(MOVE, "2024-01-20", anchor_weekday=Weekday.MONDAY)
    assert starts(desk, 3) == ["2024-01-29", "2024-02-12", "2024-02-26"]


@pytest.mark.parametrize(
    ("stub", "lines", "following"),
    [
        pytest.param(
            PRORATED,
            [("base", "2024-01-20 up to 2024-02-01", WHOLE - cents("31.00", 19, 31))],
            "2024-02-01",
            id="as the part that it is",
        ),
        pytest.param(FREE, [], "2024-02-01", id="not at all"),
        pytest.param(
            SHORT, [("base", "2024-01-20 up to 2024-02-01", WHOLE)], "2024-02-01", id="as a whole cycle"
        ),
        pytest.param(
            LONG,
            [("base", "2024-01-20 up to 2024-03-01", WHOLE)],
            "2024-03-01",
            id="together with the first cycle",
        ),
    ],
)
def test_the_part_before_the_first_boundary(
    stub: subs.Stub, lines: list[tuple[str, str, int]], following: str
) -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1, stub=stub)
    back = ("base", "2024-01-20 up to 2024-02-10", -(WHOLE - cents("31.00", 10, 31)))
    assert desk.told() == [back, *lines]
    assert starts(desk, 1) == [following]
    assert desk.run(following).told() == [("base", lines_of(following), WHOLE)]
    begin = Desk().start("2024-01-20", anchor_day=1, stub=stub, quantities=NO_SEATS)
    assert [line for bill in begin.bills for line in told(bill)] == lines
    assert starts(begin, 1) == [following]
    assert begin.run(following).told() == [("base", lines_of(following), WHOLE)]


def lines_of(following: str) -> str:
    start = on(following)
    return f"{start} up to {date(start.year, start.month + 1, 1)}"


def told(bill: subs.Billing[date]) -> list[tuple[str, str, int]]:
    return [(each.item.key, str(each.span), each.amount) for each in bill.charges]


def test_a_short_cycle_of_no_counted_day_costs_nothing() -> None:
    desk = Desk(selling(proration=BY_THIRTIETHS)).start("2024-01-30", anchor_day=31, stub=SHORT)
    assert desk.net == 0
    assert desk.run("2024-01-31").told()[0] == ("base", "2024-01-31 up to 2024-02-29", WHOLE)


def test_days_that_may_count_nothing_cannot_be_sold() -> None:
    daily = Catalog(plans=(plan("daily", charge("base", "1.00"), every=days(1)),))
    with pytest.raises(InvalidValue, match="a proration that can value plan daily"):
        selling(catalog=daily, proration=BY_THIRTIETHS)


def test_a_change_within_a_cycle_of_another_length_is_prorated_in_it() -> None:
    desk = Desk().start("2024-01-20", anchor_day=1, stub=LONG, quantities=NO_SEATS)
    desk.do(PLAN, "2024-02-10", plan="solo")  # 21 of 41 days are used
    assert desk.told() == [
        ("base", "2024-02-10 up to 2024-03-01", -(WHOLE - cents("31.00", 21, 41))),
        ("base", "2024-02-10 up to 2024-03-01", 2000 - cents("20.00", 21, 41)),
    ]


def test_a_free_part_ends_where_other_cycles_begin() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1, stub=FREE)
    desk.do(MOVE, "2024-01-25", anchor_day=15)
    assert desk.told() == [("base", "2024-01-25 up to 2024-02-15", 3100 - cents("31.00", 10, 31))]
    at_once = begun().do(MOVE, "2024-01-20", anchor_day=1, stub=FREE).do(MOVE, "2024-01-20", anchor_day=15)
    assert at_once.told() == [("base", "2024-01-20 up to 2024-02-15", 3100 - cents("31.00", 5, 31))]
    paused = begun().do(MOVE, "2024-01-20", anchor_day=1, stub=FREE)
    paused.do(PAUSE, "2024-01-22", until=day("01-25"), resuming=RESTART).run("2024-01-25")
    assert paused.told() == [("base", "2024-01-25 up to 2024-02-25", WHOLE)]


def test_a_quantity_in_a_free_part_is_billed_from_its_end_on() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1, stub=FREE)
    desk.do(subs.ChangeQuantity, "2024-01-25", item="seat", quantity=1)
    assert desk.told() == []
    assert desk.run("2024-02-01").told() == [
        ("base", "2024-02-01 up to 2024-03-01", WHOLE),
        ("seat", "2024-02-01 up to 2024-03-01", 799),
    ]


def test_arrears_are_billed_up_to_the_new_day_and_each_part_in_its_own_cycle() -> None:
    desk = begun("solo").do(MOVE, "2024-01-20", anchor_day=1).run("2024-02-01")
    care = [line for bill in desk.bills for line in told(bill) if line[0] == "care"]
    assert care == [
        ("care", "2024-01-10 up to 2024-01-20", cents("3.33", 10, 31)),
        ("care", "2024-01-20 up to 2024-02-01", 333 - cents("3.33", 19, 31)),
    ]


def test_there_and_back_on_one_day_comes_to_nothing() -> None:
    desk = begun()
    before = desk.net
    desk.do(MOVE, "2024-01-20", anchor_day=1).do(MOVE, "2024-01-20", anchor_day=10)
    assert (desk.net, starts(desk, 1)) == (before, ["2024-02-10"])


def test_backdated_it_comes_to_what_a_punctual_one_does() -> None:
    punctual = begun().do(MOVE, "2024-01-20", anchor_day=1).run("2024-02-05")
    late = begun().do(MOVE, "2024-02-05", when=day("01-20"), anchor_day=1).run("2024-02-05")
    assert late.net == punctual.net
    assert late.now.billed_to == punctual.now.billed_to == day("03-01")


def test_in_a_trial_the_first_cycles_begin_elsewhere() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS).do(MOVE, "2024-01-12", anchor_day=1)
    assert desk.run("2024-01-24").told() == [
        ("base", "2024-01-24 up to 2024-02-01", WHOLE - cents("31.00", 23, 31))
    ]


def test_while_it_pauses_it_goes_on_by_the_new_day_unless_cycles_begin_anew() -> None:
    desk = begun().do(PAUSE, "2024-01-20", until=day("02-15")).do(MOVE, "2024-01-22", anchor_day=1)
    assert desk.run("2024-02-15").told() == [
        ("base", "2024-02-15 up to 2024-03-01", 3100 - cents("31.00", 14, 29))
    ]
    anew = begun().do(PAUSE, "2024-01-20", until=day("02-15"), resuming=RESTART)
    anew.do(MOVE, "2024-01-22", anchor_day=1).run("2024-02-15")
    assert anew.told() == [("base", "2024-02-15 up to 2024-03-15", WHOLE)]


def test_after_cycles_that_began_anew_the_old_ones_can_be_asked_for() -> None:
    desk = Desk().start("2024-01-10", shared=Cycles(day("01-01"), months(1)), align=ACCOUNT)
    desk.do(PAUSE, "2024-01-20", until=day("02-15"), resuming=RESTART).run("2024-02-20")
    assert starts(desk, 1) == ["2024-03-15"]
    desk.do(MOVE, "2024-02-20", align=ACCOUNT, shared=desk.now.changes[0].cycles)
    assert starts(desk, 1) == ["2024-03-01"]


def test_where_days_stay_with_the_old_it_counts_from_tomorrow() -> None:
    old = Proration("old-days", "1", ActualDays(), change_day=Owner.OLD, end_day=Owner.OLD)
    desk = Desk(selling(proration=old)).start("2024-01-10", quantities=NO_SEATS)
    desk.do(MOVE, "2024-01-20")
    assert desk.told() == [("base", "2024-01-21 up to 2024-02-10", -(WHOLE - cents("31.00", 11, 31)))]
    assert desk.run("2024-01-21").told() == [("base", "2024-01-21 up to 2024-02-21", WHOLE)]


def test_by_the_second_the_hour_of_the_cycles_is_kept_where_a_day_is_stated() -> None:
    desk = Desk(selling(proration=BY_SECOND)).start("2024-03-10 10:30", quantities=NO_SEATS)
    desk.do(MOVE, "2024-03-20 16:00", anchor_day=31)  # clocks go forward on that day
    assert subs.next_point(desk.now) == at("2024-03-31 10:30")
    desk.do(MOVE, "2024-03-20 17:00")
    assert subs.next_point(desk.now) == at("2024-04-20 17:00")


# With the account


SHARED = Cycles(day("01-15"), months(1))


def test_a_second_subscription_begins_with_the_first_one_after_a_prorated_part() -> None:
    desk = Desk().start("2024-02-01", shared=SHARED, align=ACCOUNT, quantities=NO_SEATS)
    assert desk.told() == [("base", "2024-02-01 up to 2024-02-15", WHOLE - cents("31.00", 17, 31))]
    assert starts(desk, 2) == ["2024-02-15", "2024-03-15"]


@pytest.mark.parametrize(
    ("policy", "facts", "following"),
    [
        pytest.param(ACCOUNT, {}, "2024-02-15", id="by the policy"),
        pytest.param(ACCOUNT, {"align": OWN}, "2024-03-01", id="its own against the policy"),
        pytest.param(ACCOUNT, {"anchor_day": 20}, "2024-02-20", id="a stated day against the policy"),
        pytest.param(OWN, {"align": ACCOUNT}, "2024-02-15", id="shared against the policy"),
        pytest.param(OWN, {}, "2024-03-01", id="its own by the policy"),
    ],
)
def test_who_decides(policy: subs.Alignment, facts: dict[str, Any], following: str) -> None:
    desk = Desk(selling(alignment=policy)).start("2024-02-01", shared=SHARED, **facts)
    assert starts(desk, 1) == [following]


@pytest.mark.parametrize(
    ("plan", "shared", "following"),
    [
        pytest.param("yearly", Cycles(day("01-15"), months(1)), "2025-01-15", id="years with months"),
        pytest.param("small", Cycles(day("01-31"), years(1)), "2024-02-29", id="months on the last day"),
        pytest.param("small", Cycles(day("01-01"), months(3)), "2024-03-01", id="months in a quarter"),
        pytest.param(
            "small",
            Cycles(day("01-12"), months(3), weekday=NthWeekday(2, Weekday.FRIDAY)),
            "2024-02-09",
            id="months on the weekday of quarters",
        ),
        pytest.param("weekly", Cycles(day("01-03"), weeks(1)), "2024-02-14", id="fortnights with weeks"),
        pytest.param("weekly", Cycles(day("01-03"), days(10)), "2024-02-16", id="fortnights with ten days"),
    ],
)
def test_other_intervals_share_the_day(plan: str, shared: Grid[date], following: str) -> None:
    desk = Desk().start("2024-02-05", plan, shared=shared, align=ACCOUNT)
    assert starts(desk, 1) == [following]


def test_by_the_second_the_hour_is_shared() -> None:
    first = Desk(selling(proration=BY_SECOND)).start("2024-01-15 08:15")
    desk = Desk(selling(proration=BY_SECOND))
    desk.start("2024-02-01 17:00", "yearly", shared=first.now.terms(first.now.start).cycles, align=ACCOUNT)
    assert subs.next_point(desk.now) == at("2025-01-15 08:15")


def test_what_runs_is_aligned_with_the_account() -> None:
    desk = begun().do(MOVE, "2024-01-20", align=ACCOUNT, shared=SHARED)
    assert starts(desk, 1) == ["2024-02-15"]
    assert begun().do(MOVE, "2024-01-20", align=ACCOUNT).now.next_point == day("02-20"), "there is no other"


# Refusals


@pytest.mark.parametrize(
    ("plan", "facts", "reason"),
    [
        pytest.param("small", {"anchor_day": 10}, subs.CyclesUnchanged(), id="the same day"),
        pytest.param(
            "small",
            {"when": day("01-05"), "anchor_day": 1},
            subs.BeforeStart(day("01-10")),
            id="before the start",
        ),
        pytest.param("weekly", {"anchor_day": 1}, subs.NoAnchorDay(weeks(2)), id="a day for weeks"),
        pytest.param(
            "weekly",
            {"anchor_weekday": Weekday.FRIDAY, "anchor_nth": 2},
            subs.CannotAnchor(weeks(2)),
            id="the second Friday for weeks",
        ),
        pytest.param(
            "small",
            {"anchor_weekday": Weekday.FRIDAY},
            subs.CannotAnchor(months(1)),
            id="any Friday",
        ),
        pytest.param(
            "small",
            {"align": ACCOUNT, "shared": Cycles(day("01-01"), weeks(1))},
            subs.CannotAlign(months(1), weeks(1)),
            id="months with weeks",
        ),
    ],
)
def test_a_no(plan: str, facts: dict[str, Any], reason: Reason) -> None:
    assert begun(plan).ask(MOVE, "2024-01-20", **facts).reasons == (reason,)
    if "when" not in facts and not isinstance(reason, subs.CyclesUnchanged):
        start = Desk().ask(subs.Start, "2024-01-20", plan=plan, currency="EUR", **facts)
        assert start.reasons == (reason,)


def test_cycles_that_are_over_and_billed_stay() -> None:
    desk = begun().run("2024-02-12")
    assert desk.ask(MOVE, "2024-02-12", when=day("01-20"), anchor_day=1).reasons == (
        subs.CyclesFixed(day("02-10")),
    )
    desk.do(MOVE, "2024-02-12", when=day("02-10"), anchor_day=1)
    assert starts(desk, 1) == ["2024-03-01"]


def test_a_long_first_cycle_can_be_given_up_for_the_same_boundaries() -> None:
    desk = Desk().start("2024-01-20", anchor_day=1, stub=LONG, quantities=NO_SEATS)
    desk.do(MOVE, "2024-01-20", anchor_day=1)
    assert starts(desk, 1) == ["2024-02-01"]
    again = desk.ask(MOVE, "2024-01-20", anchor_day=1)
    assert again.reasons == (subs.CyclesUnchanged(),)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"anchor_day": 1, "anchor_weekday": Weekday.FRIDAY}, id="a day and a weekday"),
        pytest.param({"anchor_nth": 2}, id="the second of nothing"),
        pytest.param({"anchor_month": 2}, id="a month without a day"),
        pytest.param({"anchor_day": 32}, id="no day of a month"),
    ],
)
def test_no_anchor(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Desk().command(MOVE, "2024-01-20", **facts)


def test_an_anchor_of_its_own_and_the_account_s_cannot_both_be_asked_for() -> None:
    for kind, facts in ((MOVE, {}), (subs.Start, {"plan": "small", "currency": "EUR"})):
        with pytest.raises(InvalidValue, match="an anchor of its own, or the account's"):
            Desk().command(kind, "2024-01-20", anchor_day=1, align=ACCOUNT, **facts)


def test_every_reason_reads_as_a_sentence() -> None:
    every: Every = months(1)
    told = [
        subs.CannotAnchor(every).text,
        subs.CannotAlign(every, weeks(1)).text,
        subs.CyclesFixed(day("02-10")).text,
        subs.CyclesUnchanged().text,
    ]
    assert told == [
        "cycles of month cannot begin on such a day",
        "cycles of month cannot begin with cycles of week",
        "cycles can only begin anew from 2024-02-10 on",
        "cycles begin there already",
    ]


def test_a_bill_of_what_is_anchored_for_later_is_what_was_shown() -> None:
    desk = begun()
    command = desk.command(MOVE, "2024-01-20", anchor_day=1)
    decision = subs.decide(desk.now, command, desk.policy, desk.zone)
    after = desk.now
    for event in decision.events:
        after = subs.evolve(after, event)
    shown = subs.bill_change(desk.now, after, command, desk.policy)
    desk.store(command, decision.events)
    assert desk.bills[-1] == shown
