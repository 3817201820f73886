"""Pauses, worked out by hand: what is given back, what is billed when it goes on, and where cycles then lie.

Small costs 31.00 a month and begins on 10 January: cycles of 31, 29 and 31 days up to 10 April.
"""

from datetime import date
from typing import Any

import pytest

from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import BY_SECOND, Owner, Proration
from acctcore.kernel.decision import Reason
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.measures import ActualDays
from tests.billing.subscriptions.stories import CYCLE_END, DATED_PRICES, NOW, Desk, at, on, selling
from tests.billing.subscriptions.test_stories import NO_SEATS, cents, day

PAUSE, RESUME, PLAN, CANCEL = subs.Pause, subs.Resume, subs.ChangePlan, subs.Cancel
RESTART, KEEP = subs.Resuming.RESTART, subs.Resuming.KEEP


def begun(plan: str = "small", **facts: Any) -> Desk:
    return Desk().start("2024-01-10", plan, **({"quantities": NO_SEATS} if plan != "solo" else {}), **facts)


# What is given back, and what is billed again


def test_a_pause_gives_back_the_rest_of_the_cycle_and_the_rest_of_a_later_one_is_billed() -> None:
    desk = begun().do(PAUSE, "2024-01-20")
    assert desk.told() == [("base", "2024-01-20 up to 2024-02-10", -(3100 - cents("31.00", 10, 31)))]
    assert subs.next_point(desk.now) is None, "nobody knows when it goes on"
    assert desk.run("2024-03-15").net == cents("31.00", 10, 31)
    desk.do(RESUME, "2024-03-20")
    assert desk.told() == [("base", "2024-03-20 up to 2024-04-10", 3100 - cents("31.00", 10, 31))]
    assert subs.next_point(desk.now) == day("04-10")


def test_resumed_in_the_same_cycle_only_the_days_of_the_pause_are_free() -> None:
    desk = begun().do(PAUSE, "2024-01-20").do(RESUME, "2024-01-25")
    assert desk.net == 3100 - (cents("31.00", 15, 31) - cents("31.00", 10, 31))
    assert subs.next_point(desk.now) == day("02-10")


def test_where_nothing_is_given_back_nothing_is_charged_twice() -> None:
    desk = begun().do(PAUSE, "2024-01-20", credit=False)
    assert (desk.told(), desk.net) == ([], 3100)
    desk.do(RESUME, "2024-01-25")
    assert (desk.told(), desk.net) == ([], 3100), "up to 10 February it is paid"
    assert desk.run("2024-02-10").net == 6200


def test_without_credit_the_cycles_that_pass_are_not_billed() -> None:
    desk = begun().do(PAUSE, "2024-01-20", credit=False).run("2024-03-20").do(RESUME, "2024-03-20")
    assert desk.told() == [("base", "2024-03-20 up to 2024-04-10", 3100 - cents("31.00", 10, 31))]
    assert desk.net == 3100 + desk.told()[0][2]


def test_a_pause_without_credit_keeps_the_rest_for_an_end_with_credit() -> None:
    desk = begun().do(PAUSE, "2024-01-20", credit=False).do(CANCEL, "2024-01-25", when=NOW)
    assert desk.told() == [("base", "2024-01-25 up to 2024-02-10", -(3100 - cents("31.00", 15, 31)))]


def test_a_pause_that_is_over_the_day_it_begins_never_was() -> None:
    desk = begun().do(PAUSE, "2024-01-20").do(RESUME, "2024-01-20")
    assert (desk.net, desk.now.agreed.stops) == (3100, ())


def test_a_pause_up_to_a_date_ends_by_itself() -> None:
    desk = begun().do(PAUSE, "2024-01-20", until=day("02-20"))
    assert subs.next_point(desk.now) == day("02-20")
    assert desk.run("2024-02-20").told() == [
        ("base", "2024-02-20 up to 2024-03-10", 3100 - cents("31.00", 10, 29))
    ]


@pytest.mark.parametrize(
    ("moved", "net"),
    [
        pytest.param("02-01", cents("31.00", 10, 31) + 3100 - cents("31.00", 22, 31) + 3100, id="sooner"),
        pytest.param("03-01", cents("31.00", 10, 31) + 3100 - cents("31.00", 20, 29), id="later"),
    ],
)
def test_the_end_of_a_pause_can_be_moved(moved: str, net: int) -> None:
    desk = begun().do(PAUSE, "2024-01-20", until=day("02-20")).do(RESUME, "2024-01-25", when=day(moved))
    assert desk.run("2024-03-09").net == net


def test_a_pause_at_cycle_end_gives_nothing_back() -> None:
    desk = begun().do(PAUSE, "2024-01-20", when=CYCLE_END, until=day("03-10")).run("2024-03-09")
    assert desk.net == 3100
    assert desk.run("2024-03-10").told() == [("base", "2024-03-10 up to 2024-04-10", 3100)]


def test_a_scheduled_pause_is_settled_when_it_begins() -> None:
    desk = begun().do(PAUSE, "2024-01-12", when=day("01-20"), until=day("01-25"))
    assert len(desk.bills) == 1
    assert desk.run("2024-01-20").told() == [
        ("base", "2024-01-20 up to 2024-02-10", -(3100 - cents("31.00", 10, 31)))
    ]
    assert desk.run("2024-01-25").told() == [
        ("base", "2024-01-25 up to 2024-02-10", 3100 - cents("31.00", 15, 31))
    ]


def test_a_backdated_pause_comes_to_what_a_punctual_one_does() -> None:
    punctual = begun().do(PAUSE, "2024-01-20", until=day("02-20")).run("2024-03-15")
    late = begun().run("2024-03-15").do(PAUSE, "2024-03-15", when=day("01-20"), until=day("02-20"))
    assert late.net == punctual.net == cents("31.00", 10, 31) + 3100 - cents("31.00", 10, 29) + 3100
    dated = begun().do(PAUSE, "2024-01-20").run("2024-03-15").do(RESUME, "2024-03-15", when=day("02-20"))
    assert dated.net == late.net


def test_a_pause_over_the_end_of_a_trial_bills_from_its_own_end() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    desk.do(PAUSE, "2024-01-15", until=day("02-01")).run("2024-02-01")
    assert desk.told() == [("base", "2024-02-01 up to 2024-02-24", 3100 - cents("31.00", 8, 31))]
    again = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    again.do(PAUSE, "2024-01-15", until=day("02-01"), resuming=RESTART).run("2024-02-01")
    assert again.told() == [("base", "2024-02-01 up to 2024-03-01", 3100)]


def test_a_pause_within_a_trial_moves_nothing() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    desk.do(PAUSE, "2024-01-12", until=day("01-20"), resuming=RESTART).run("2024-01-24")
    assert desk.told() == [("base", "2024-01-24 up to 2024-02-24", 3100)]


def test_what_starts_paused_is_billed_when_it_goes_on() -> None:
    desk = Desk().start("2024-01-10", starts=day("02-01"), quantities=NO_SEATS)
    desk.do(PAUSE, "2024-01-12", until=day("02-10")).run("2024-02-10")
    assert desk.told() == [("base", "2024-02-10 up to 2024-03-01", 3100 - cents("31.00", 9, 29))]


# Arrears


def test_arrears_are_billed_up_to_the_pause_as_it_begins_and_from_its_end_on_later() -> None:
    desk = begun("solo").do(PAUSE, "2024-01-20")
    assert ("care", "2024-01-10 up to 2024-01-20", cents("3.33", 10, 31)) in desk.told()
    desk.do(RESUME, "2024-03-20").run("2024-04-10")
    assert ("care", "2024-03-20 up to 2024-04-10", 333 - cents("3.33", 10, 31)) in desk.told()


# A new term


def test_a_restart_begins_a_whole_cycle_where_it_goes_on() -> None:
    desk = begun().do(PAUSE, "2024-01-20", resuming=RESTART).do(RESUME, "2024-03-20")
    assert desk.told() == [("base", "2024-03-20 up to 2024-04-20", 3100)]
    assert subs.next_point(desk.now) == day("04-20")
    assert desk.run("2024-05-20").told() == [("base", "2024-05-20 up to 2024-06-20", 3100)]


def test_the_command_that_ends_a_pause_may_say_otherwise() -> None:
    desk = begun().do(PAUSE, "2024-01-20", resuming=RESTART).do(RESUME, "2024-03-20", resuming=KEEP)
    assert subs.next_point(desk.now) == day("04-10")
    assert begun().do(PAUSE, "2024-01-20").do(RESUME, "2024-03-20", resuming=RESTART).now.next_point == day(
        "04-20"
    )


def test_a_restart_without_credit_gives_back_what_the_new_term_replaces_and_nothing_else() -> None:
    desk = begun().do(PAUSE, "2024-01-20", credit=False, resuming=RESTART).do(RESUME, "2024-01-25")
    assert desk.told() == [
        ("base", "2024-01-25 up to 2024-02-10", -(3100 - cents("31.00", 15, 31))),
        ("base", "2024-01-25 up to 2024-02-25", 3100),
    ]


def test_a_yearly_term_that_restarts_is_a_year() -> None:
    desk = Desk().start("2024-01-10", "yearly", quantities=NO_SEATS)
    desk.do(PAUSE, "2024-03-10", until=day("05-01"), resuming=RESTART).run("2024-05-01")
    assert ("base", "2024-05-01 up to 2025-05-01", 36500) in desk.told()


# Changes while it pauses


def test_a_change_while_it_pauses_is_billed_when_it_goes_on() -> None:
    desk = begun().do(PAUSE, "2024-01-20", until=day("02-10")).do(PLAN, "2024-01-25", plan="solo")
    assert desk.told() == []
    assert desk.run("2024-02-10").told() == [("base", "2024-02-10 up to 2024-03-10", 2000)]


def test_a_change_while_it_pauses_without_credit_replaces_what_is_paid_from_its_end_on() -> None:
    desk = begun().do(PAUSE, "2024-01-20", credit=False).do(PLAN, "2024-01-22", plan="solo")
    assert desk.told() == []
    desk.do(RESUME, "2024-01-25")
    assert desk.told() == [
        ("base", "2024-01-25 up to 2024-02-10", -(3100 - cents("31.00", 15, 31))),
        ("base", "2024-01-25 up to 2024-02-10", 2000 - cents("20.00", 15, 31)),
    ]


def test_another_interval_while_it_pauses_begins_its_cycles_there() -> None:
    desk = begun().do(PAUSE, "2024-01-20").do(PLAN, "2024-01-25", plan="yearly", quantities=NO_SEATS)
    desk.do(RESUME, "2024-02-10")
    assert desk.told() == [
        ("base", "2024-02-10 up to 2025-01-25", 36500 - cents("365.00", 16, 366)),
    ]


def test_a_new_price_that_came_in_while_it_paused_holds_from_the_cycle_it_belongs_to() -> None:
    # small is 31.00, 33.00 from 5 February on and 40.00 from 20 March on: cycles of 10 February and 10 March
    desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS)
    desk.do(PAUSE, "2024-01-20").do(RESUME, "2024-03-25")
    assert desk.told() == [("base", "2024-03-25 up to 2024-04-10", 3300 - cents("33.00", 15, 31))]
    assert [(each.since, str(each.items[0].price.amount)) for each in desk.bills[-1].repriced] == [
        (day("02-10"), "33.00")
    ]
    again = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS)
    again.do(PAUSE, "2024-01-20", resuming=RESTART).do(RESUME, "2024-03-25")
    assert again.told() == [("base", "2024-03-25 up to 2024-04-25", 4000)]


# Whose the day is


def test_where_days_stay_with_the_old_both_ends_of_a_pause_count_from_tomorrow() -> None:
    old = Proration("old-days", "1", ActualDays(), change_day=Owner.OLD, end_day=Owner.OLD)
    desk = Desk(selling(proration=old)).start("2024-01-10", quantities=NO_SEATS).do(PAUSE, "2024-01-20")
    assert desk.told() == [("base", "2024-01-21 up to 2024-02-10", -(3100 - cents("31.00", 11, 31)))]
    desk.run("2024-01-25").do(RESUME, "2024-01-25")
    assert desk.told() == [("base", "2024-01-26 up to 2024-02-10", 3100 - cents("31.00", 16, 31))]


def test_by_the_second_a_pause_counts_from_its_moment() -> None:
    desk = Desk(selling(proration=BY_SECOND)).start("2024-03-01 10:00", quantities=NO_SEATS)
    desk.do(PAUSE, "2024-03-30 10:00").do(RESUME, "2024-03-31 10:00")  # clocks went forward: 23 hours
    assert desk.net == 3100 - (cents("31.00", 30 * 24 - 1, 743) - cents("31.00", 29 * 24, 743))
    desk.do(PAUSE, "2024-03-31 11:00", until=at("2024-04-02 00:00"), resuming=RESTART)
    assert desk.run("2024-04-02").now.next_point == at("2024-05-02 00:00")


# Refusals


PAUSED = {"until": day("02-20")}


@pytest.mark.parametrize(
    ("first", "kind", "moment", "facts", "reasons"),
    [
        pytest.param(
            None, PAUSE, "2024-01-20", {"when": day("01-09")}, (subs.BeforeStart(day("01-10")),), id="early"
        ),
        pytest.param(
            None,
            PAUSE,
            "2024-01-20",
            {"when": day("02-20"), "until": day("02-20")},
            (subs.EmptyPause(day("02-20"), day("02-20")),),
            id="a pause of no length",
        ),
        pytest.param(
            PAUSED,
            PAUSE,
            "2024-01-19",
            {"until": day("01-21")},
            (subs.AlreadyPaused(day("01-20")),),
            id="a pause into another one",
        ),
        pytest.param(
            PAUSED,
            PAUSE,
            "2024-01-12",
            {},
            (subs.AlreadyPaused(day("01-20")),),
            id="a pause without an end before another one",
        ),
        pytest.param(
            PAUSED,
            PAUSE,
            "2024-01-25",
            {},
            (WrongPhase("Pause", "paused", ("active", "ending", "pending", "trialing")),),
            id="a pause in another one",
        ),
        pytest.param(
            None,
            RESUME,
            "2024-01-25",
            {},
            (WrongPhase("Resume", "active", ("ending", "paused")),),
            id="nothing to resume",
        ),
        pytest.param(
            PAUSED,
            RESUME,
            "2024-01-25",
            {"when": day("02-20")},
            (subs.PauseUnchanged(day("02-20")),),
            id="resumed when it was to be",
        ),
    ],
)
def test_a_no(
    first: dict[str, Any] | None,
    kind: type[subs.Command],
    moment: str,
    facts: dict[str, Any],
    reasons: tuple[Reason, ...],
) -> None:
    desk = begun()
    if first is not None:
        desk.do(PAUSE, "2024-01-11", when=day("01-20"), **first)
    assert desk.ask(kind, moment, **facts).reasons == reasons


def test_what_ends_and_does_not_pause_is_not_resumed() -> None:
    desk = begun().do(CANCEL, "2024-01-20", when=day("03-01"))
    assert desk.ask(RESUME, "2024-01-21").reasons == (subs.NotPaused(day("01-21")),)


def test_a_resumption_does_not_run_into_the_next_pause() -> None:
    desk = begun().do(PAUSE, "2024-01-11", when=day("03-01"), until=day("03-05"))
    desk.do(PAUSE, "2024-01-20", until=day("02-01"))
    assert desk.ask(RESUME, "2024-01-21", when=day("03-02")).reasons == (subs.AlreadyPaused(day("03-01")),)
    desk.do(RESUME, "2024-01-21", when=day("03-01"))
    assert desk.run("2024-03-05").told() == [
        ("base", "2024-03-05 up to 2024-03-10", 3100 - cents("31.00", 24, 29))
    ]


def test_every_reason_reads_as_a_sentence() -> None:
    told = {
        subs.AlreadyPaused(day("01-20")).text,
        subs.NotPaused(day("01-21")).text,
        subs.PauseUnchanged(day("02-20")).text,
        subs.EmptyPause(day("02-20"), day("02-19")).text,
    }
    assert told == {
        "the subscription pauses from 2024-01-20 on already",
        "the subscription does not pause on 2024-01-21",
        "the pause ends on 2024-02-20 already",
        "a pause from 2024-02-20 on cannot end on 2024-02-19",
    }


def test_an_instant_for_the_end_of_a_pause_is_its_local_date() -> None:
    desk = begun().do(PAUSE, "2024-01-20", until=at("2024-01-24 23:30"))
    assert [(stop.since, stop.until) for stop in desk.now.agreed.stops] == [(day("01-20"), day("01-24"))]
    assert isinstance(desk.now.agreed.stops[0].until, date)


def test_an_end_in_a_pause_that_has_not_come_is_still_a_billing_point() -> None:
    desk = begun().do(CANCEL, "2024-01-11", when=day("02-01")).do(PAUSE, "2024-01-20", credit=False)
    assert subs.next_point(desk.now) == day("02-01")
    assert desk.run("2024-03-01").net == cents("31.00", 22, 31)
    assert on("2024-02-01") == desk.now.billed_at
