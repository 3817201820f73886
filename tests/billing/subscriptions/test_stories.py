"""What is billed, worked out by hand: one story, one rule."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pendulum
import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog, Repricing
from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    BilledLessCredited,
    FromBooked,
    FromLine,
    FromPrice,
    NoCap,
    NothingBack,
    Owner,
    Proration,
    Settlement,
)
from acctcore.kernel.measures import ActualDays
from tests.billing.subscriptions.stories import (
    ARREARS,
    CYCLE_END,
    DATED_PRICES,
    NOW,
    Desk,
    charge,
    on,
    plan,
    selling,
)

CANCEL, PLAN, SEATS, UNCANCEL = subs.Cancel, subs.ChangePlan, subs.ChangeQuantity, subs.Uncancel
NO_SEATS = {"seat": 0}


def day(text: str) -> date:
    return on(f"2024-{text}")


def cents(price: str, days: int, of: int, quantity: int = 1) -> int:
    """Return a part of a price, rounded once, by the decimal module."""
    exact = Decimal(price) * 100 * quantity * days / of
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


# Starts


def test_a_start_that_was_cycles_ago_is_billed_cycle_by_cycle() -> None:
    desk = Desk().start("2024-04-20", starts=day("01-31"), quantities=NO_SEATS)
    assert desk.told() == [("base", "2024-01-31 up to 2024-02-29", 3100)]
    assert list(subs.due_points(desk.now, day("04-20"))) == [day("02-29"), day("03-31")]
    desk.run("2024-04-20")
    assert [bill.event.on for bill in desk.bills] == [day("01-31"), day("02-29"), day("03-31")]
    assert desk.net == 3 * 3100


def test_a_part_leads_up_to_the_anchor_day() -> None:
    desk = Desk().start("2024-03-10", anchor_day=31, quantities=NO_SEATS)
    assert desk.told() == [("base", "2024-03-10 up to 2024-03-31", cents("31.00", 21, 31))]
    assert subs.next_point(desk.now) == day("03-31")
    assert desk.run("2024-04-01").told() == [("base", "2024-03-31 up to 2024-04-30", 3100)]


def test_after_a_trial_nothing_is_lost_and_nothing_is_billed_before() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    assert desk.bills == []
    assert subs.next_point(desk.now) == day("01-24")
    assert desk.run("2024-01-24").told() == [("base", "2024-01-24 up to 2024-02-24", 3100)]


def test_what_starts_later_is_billed_as_it_starts() -> None:
    desk = Desk().start("2024-01-10", starts=day("03-01"), quantities=NO_SEATS)
    assert desk.run("2024-02-29").bills == []
    assert desk.run("2024-03-01").net == 3100


# Trials


def test_a_change_in_a_trial_costs_nothing_and_counts_when_billing_begins() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS).do(PLAN, "2024-01-15", plan="solo")
    assert desk.bills == []
    assert desk.now.terms(day("01-14")).plan == "trial"
    assert desk.run("2024-01-24").told() == [("base", "2024-01-24 up to 2024-02-24", 2000)]
    # care is billed in arrears
    assert ("care", "2024-01-24 up to 2024-02-24", 333) in desk.run("2024-02-24").told()


def test_another_interval_in_a_trial_begins_its_cycles_when_the_trial_ends() -> None:
    desk = Desk().start("2024-01-10", "trial", anchor_day=1, quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-15", plan="yearly", quantities=NO_SEATS)
    assert desk.run("2024-01-24").told() == [("base", "2024-01-24 up to 2025-01-24", 36500)]


@pytest.mark.parametrize("when", [CYCLE_END, NOW, day("01-20")])
def test_what_is_cancelled_in_its_trial_is_never_billed(when: subs.When) -> None:
    desk = Desk().start("2024-01-10", "trial").do(CANCEL, "2024-01-15", when=when)
    assert subs.next_point(desk.now) is None
    assert list(subs.due_points(desk.now, day("12-31"))) == []


def test_a_cancellation_taken_back_in_the_trial_leaves_no_trace_in_what_is_billed() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-01-15").do(UNCANCEL, "2024-01-23").run("2024-01-24")
    assert desk.net == 3100


# Changes


def test_a_change_at_cycle_end_is_billed_with_the_next_cycle_only() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-15", plan="solo", when=CYCLE_END)
    assert len(desk.bills) == 1
    assert desk.run("2024-02-10").told() == [("base", "2024-02-10 up to 2024-03-10", 2000)]


def test_a_change_at_a_date_inside_a_billed_cycle_is_settled_on_that_date() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-15", plan="solo", when=day("01-30"))
    assert subs.next_point(desk.now) == day("01-30")
    assert desk.run("2024-01-30").told() == [
        ("base", "2024-01-30 up to 2024-02-10", -(3100 - cents("31.00", 20, 31))),
        ("base", "2024-01-30 up to 2024-02-10", 2000 - cents("20.00", 20, 31)),
    ]


def test_of_changes_for_one_point_the_later_record_counts() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS)
    for name in ("solo", "large", "small"):
        desk.ask(PLAN, "2024-01-15", plan=name, when=CYCLE_END)
    assert desk.now.terms(day("02-10")).plan == "small", "back to what it was"
    assert desk.run("2024-02-10").told() == [("base", "2024-02-10 up to 2024-03-10", 3100)]


def test_a_change_back_on_the_same_day_gives_everything_back() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 3})
    before = desk.net
    desk.do(SEATS, "2024-01-20", item="seat", quantity=9).do(SEATS, "2024-01-20", item="seat", quantity=3)
    assert desk.net == before


def test_a_quantity_of_zero_is_not_charged_and_comes_back_prorated() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 2})
    desk.do(SEATS, "2024-01-20", item="seat", quantity=0)
    assert desk.told() == [("seat", "2024-01-20 up to 2024-02-10", -(1598 - cents("7.99", 10, 31, 2)))]
    desk.do(SEATS, "2024-01-30", item="seat", quantity=1)
    assert desk.told() == [("seat", "2024-01-30 up to 2024-02-10", 799 - cents("7.99", 20, 31))]


def test_a_change_backdated_over_a_renewal_is_settled_in_both_cycles() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 1}).run("2024-02-10")
    desk.do(SEATS, "2024-02-15", item="seat", quantity=2, when=day("01-20"))
    first, rest = cents("7.99", 10, 31), 2 * 799 - cents("7.99", 10, 31, 2)
    assert desk.told() == [
        ("seat", "2024-01-20 up to 2024-02-10", -(799 - first)),
        ("seat", "2024-02-10 up to 2024-03-10", -799),
        ("seat", "2024-01-20 up to 2024-02-10", rest),
        ("seat", "2024-02-10 up to 2024-03-10", 1598),
    ]


def test_a_backdated_command_for_a_date_that_is_billed_since_is_settled_at_once() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 1}).run("2024-03-10")
    desk.do(SEATS, "2024-02-15", item="seat", quantity=2, when=CYCLE_END)
    assert desk.told() == [
        ("seat", "2024-03-10 up to 2024-04-10", -799),
        ("seat", "2024-03-10 up to 2024-04-10", 1598),
    ]


def test_a_longer_interval_begins_anew_and_gives_back_the_rest_of_the_cycle() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS).do(PLAN, "2024-01-20", plan="yearly")
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-02-10", -(3100 - cents("31.00", 10, 31))),
        ("base", "2024-01-20 up to 2025-01-20", 36500),
    ]
    assert subs.next_point(desk.now) == on("2025-01-20")


def test_a_shorter_interval_is_billed_for_one_of_its_cycles() -> None:
    desk = Desk().start("2024-01-10", "yearly", quantities=NO_SEATS)
    desk.do(PLAN, "2024-03-10", plan="small", quantities=NO_SEATS)
    assert desk.told() == [
        ("base", "2024-03-10 up to 2025-01-10", -(36500 - cents("365.00", 60, 366))),
        ("base", "2024-03-10 up to 2024-04-10", 3100),
    ]
    assert subs.next_point(desk.now) == day("04-10")


# Arrears


def test_arrears_are_split_at_a_plan_change_and_billed_when_the_cycle_is_over() -> None:
    desk = Desk().start("2024-01-10", "solo", quantities={}).do(PLAN, "2024-01-20", plan="large")
    assert all(item != "care" for item, _, _ in desk.told())
    told = desk.run("2024-02-10").told()
    assert ("care", "2024-01-10 up to 2024-01-20", cents("3.33", 10, 31)) in told
    assert ("support", "2024-01-20 up to 2024-02-10", 1001 - cents("10.01", 10, 31)) in told


def test_arrears_are_billed_up_to_the_end_and_then_no_more() -> None:
    desk = Desk().start("2024-01-10", "solo").do(CANCEL, "2024-01-20", when=NOW)
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-02-10", -(2000 - cents("20.00", 10, 31))),
        ("care", "2024-01-10 up to 2024-01-20", cents("3.33", 10, 31)),
    ]
    assert subs.next_point(desk.now) is None


def test_an_item_that_goes_over_to_arrears_is_given_back_and_asked_for_later() -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 2}).do(PLAN, "2024-01-10", plan="yearly")
    assert ("seat", "2024-01-10 up to 2024-02-10", -1598) in desk.told()
    assert all(amount < 0 for item, _, amount in desk.told() if item == "seat")
    assert ("seat", "2024-01-10 up to 2025-01-10", 16000) in desk.run("2025-01-10").told()


# Ends


def test_a_last_cycle_is_billed_short_and_the_rest_when_the_end_is_taken_back() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS).do(CANCEL, "2024-01-15", when=day("03-01"))
    part = cents("31.00", 20, 29)
    assert desk.run("2024-02-10").told() == [("base", "2024-02-10 up to 2024-03-01", part)]
    desk.do(UNCANCEL, "2024-02-15")
    assert desk.told() == [("base", "2024-03-01 up to 2024-03-10", 3100 - part)]
    assert subs.next_point(desk.now) == day("03-10")


def test_an_end_that_is_put_off_is_billed_up_to_the_new_one_at_once() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS).do(CANCEL, "2024-01-15", when=day("03-01"))
    desk.run("2024-02-10").do(CANCEL, "2024-02-15", when=day("03-05"))
    part = cents("31.00", 24, 29) - cents("31.00", 20, 29)
    assert desk.told() == [("base", "2024-03-01 up to 2024-03-05", part)]


def test_what_is_booked_beyond_an_end_is_given_back_when_the_end_comes() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS).do(CANCEL, "2024-01-15", when=day("01-20"))
    assert len(desk.bills) == 1
    back = 3100 - cents("31.00", 10, 31)
    assert desk.run("2024-01-20").told() == [("base", "2024-01-20 up to 2024-02-10", -back)]
    assert desk.run("2025-01-01").net == 3100 - back


def test_a_change_before_an_agreed_end_is_billed_to_that_end_at_most() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS).do(CANCEL, "2024-01-12", when=day("01-30"))
    desk.do(PLAN, "2024-01-20", plan="solo")
    kept = cents("31.00", 10, 31)
    beyond = 3100 - cents("31.00", 20, 31)
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-01-30", -(3100 - beyond - kept)),
        ("base", "2024-01-20 up to 2024-01-30", cents("20.00", 20, 31) - cents("20.00", 10, 31)),
    ]
    assert desk.run("2024-01-30").told()[0] == ("base", "2024-01-30 up to 2024-02-10", -beyond)


@pytest.mark.parametrize("when", [NOW, day("01-20"), day("01-25")])
def test_without_credit_nothing_beyond_the_end_is_given_back_by_any_door(when: subs.When) -> None:
    desk = Desk().start("2024-01-10", quantities={"seat": 2})
    desk.do(CANCEL, "2024-01-20", when=when, credit=False).run("2024-02-20")
    assert desk.net == 3100 + 1598
    desk.do(SEATS, "2024-02-20", item="seat", quantity=0, when=day("01-19"))
    until = 25 if when == day("01-25") else 20
    assert desk.net == 3100 + 1598 - (cents("7.99", until - 10, 31, 2) - cents("7.99", 9, 31, 2))
    desk.do(CANCEL, "2024-01-18", when=NOW, credit=False)
    assert desk.net == 3100 + 1598 - (cents("7.99", until - 10, 31, 2) - cents("7.99", 9, 31, 2))


def test_without_credit_and_then_taken_back_nothing_is_charged_again() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-01-20", when=NOW, credit=False).do(UNCANCEL, "2024-01-19")
    assert desk.net == 3100
    desk.do(CANCEL, "2024-01-20", when=NOW)
    assert desk.net == cents("31.00", 10, 31), "an end with credit gives it back after all"


def test_what_ended_before_it_was_ever_billed_is_billed_for_the_time_it_ran() -> None:
    desk = Desk().start("2024-01-10", "trial", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-02-01", when=NOW)  # the trial is over; its end was not billed yet
    assert list(subs.due_points(desk.now, day("03-01"))) == [day("01-24"), day("02-01")]
    assert desk.run("2024-03-01").net == cents("31.00", 8, 31)


def test_what_never_began_is_given_back_in_full() -> None:
    desk = Desk().start("2024-01-10").do(CANCEL, "2024-01-10", when=NOW)
    assert desk.net == 0


# Whose the day is

OLD = Proration("old-days", "1", ActualDays(), change_day=Owner.OLD, end_day=Owner.OLD)


def test_where_days_stay_with_the_old_a_change_counts_from_tomorrow_and_is_billed_today() -> None:
    desk = Desk(selling(proration=OLD)).start("2024-01-10", quantities={"seat": 1})
    desk.do(SEATS, "2024-01-20", item="seat", quantity=2)
    kept = cents("7.99", 11, 31)
    assert desk.told() == [
        ("seat", "2024-01-21 up to 2024-02-10", -(799 - kept)),
        ("seat", "2024-01-21 up to 2024-02-10", 1598 - cents("7.99", 11, 31, 2)),
    ]
    assert desk.bills[-1].event.on == day("01-20")
    assert desk.run("2024-01-21").told() == []
    desk.do(CANCEL, "2024-01-22", when=NOW)
    assert desk.now.ends == day("01-23")
    assert subs.next_point(desk.now) == day("01-23")
    total = desk.net
    assert desk.run("2024-02-22").net == total


def test_where_days_stay_with_the_old_another_interval_begins_tomorrow() -> None:
    desk = Desk(selling(proration=OLD)).start("2024-01-10", "solo").do(PLAN, "2024-01-20", plan="weekly")
    assert desk.told() == [("base", "2024-01-21 up to 2024-02-10", -(2000 - cents("20.00", 11, 31)))]
    told = desk.run("2024-01-21").told()
    assert ("base", "2024-01-21 up to 2024-02-04", 3100) in told
    assert ("care", "2024-01-10 up to 2024-01-21", cents("3.33", 11, 31)) in told


def test_where_days_stay_with_the_old_arrears_are_not_billed_before_the_cycle_is_over() -> None:
    # the fortnight that ends tomorrow, counted back, would begin on the 7th: no reason to bill up to there
    desk = Desk(selling(proration=OLD)).start("2024-01-01", "solo").do(PLAN, "2024-01-20", plan="weekly")
    assert [item for item, _, _ in desk.told()] == ["base"]
    told = desk.run("2024-01-21").told()
    assert ("care", "2024-01-01 up to 2024-01-21", cents("3.33", 20, 31)) in told


# New prices


def test_a_new_price_holds_from_the_next_cycle_on_and_never_inside_one() -> None:
    desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities={"seat": 1})
    desk.do(SEATS, "2024-01-15", item="seat", quantity=2, when=day("02-07")).run("2024-02-07")
    assert all(item != "base" for item, _, _ in desk.told())
    assert desk.run("2024-02-10").told() == [
        ("base", "2024-02-10 up to 2024-03-10", 3300),
        ("seat", "2024-02-10 up to 2024-03-10", 1598),
    ]
    (repriced,) = desk.bills[-1].repriced
    assert (repriced.since, repriced.plan) == (day("02-10"), "small")
    assert desk.run("2024-03-10").bills[-1].repriced == ()


def test_who_may_keep_a_price_keeps_it() -> None:
    keep = changed(DATED_PRICES, repricing=Repricing.KEEP)
    desk = Desk(selling(catalog=keep)).start("2024-01-10", quantities=NO_SEATS).run("2024-04-10")
    assert desk.net == 4 * 3100


def test_a_late_billing_finds_every_price_on_the_way() -> None:
    late = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS)
    late.do(subs.Bill, "2024-04-11", on=day("04-10"))
    assert [each.since for each in late.bills[-1].repriced] == [day("02-10"), day("04-10")]
    assert late.net == 3100 + 2 * 3300 + 4000
    changed_late = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS)
    changed_late.do(SEATS, "2024-02-10", item="seat", quantity=1)
    assert ("base", "2024-02-10 up to 2024-03-10", 3300) in changed_late.told()


def test_a_price_that_is_new_at_the_end_of_a_trial_holds_from_there() -> None:
    before = Catalog(plans=(plan("small", charge("base", "31.00")),))
    desk = Desk(selling(catalog=before)).start("2024-01-10", trial_days=30)
    desk.policy = selling(catalog=DATED_PRICES)
    assert desk.run("2024-02-09").net == 3300


def test_a_scheduled_plan_is_agreed_at_the_price_of_its_own_day() -> None:
    desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", "large", quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-15", plan="small", when=CYCLE_END)
    assert desk.now.terms(day("02-10")).items[0].price.amount == 33
    assert desk.run("2024-02-10").bills[-1].repriced == ()


def test_a_change_backdated_before_a_new_price_is_not_undone_by_it() -> None:
    desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS).run("2024-02-11")
    desk.do(PLAN, "2024-02-11", plan="large", when=day("01-20"))
    assert [(terms.since, terms.plan) for terms in desk.now.timeline] == [
        (day("01-10"), "small"),
        (day("01-20"), "large"),
    ]


def test_a_plan_backdated_over_renewals_meets_the_prices_of_each_of_them() -> None:
    # large costs 49.99 until 1 April and 55.00 from then on; cycles begin on the 10th
    def told(late: bool) -> tuple[int, list[tuple[date, str]]]:
        desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", quantities=NO_SEATS)
        if late:
            desk.run("2024-05-11").do(PLAN, "2024-05-11", plan="large", when=day("01-20"))
        else:
            desk.do(PLAN, "2024-01-20", plan="large").run("2024-05-11")
        prices = [(terms.since, str(terms.items[0].price.amount)) for terms in desk.now.timeline]
        return desk.net, [each for each in prices if each[0] >= day("01-20")]

    first = cents("31.00", 10, 31) + 4999 - cents("49.99", 10, 31)
    net, prices = told(late=True)
    assert net == first + 2 * 4999 + 2 * 5500
    assert prices == [(day("01-20"), "49.99"), (day("04-10"), "55.00")]
    assert told(late=False) == (net, prices)


def test_a_plan_of_the_same_price_and_another_tax_class_is_billed_anew() -> None:
    sold = Catalog(
        plans=(
            plan("book", charge("base", "31.00", tax_class="reduced")),
            plan("film", charge("base", "31.00")),
        )
    )
    desk = Desk(selling(catalog=sold)).start("2024-01-10", "book").do(PLAN, "2024-01-20", plan="film")
    rest = 3100 - cents("31.00", 10, 31)
    assert desk.told() == [
        ("base", "2024-01-20 up to 2024-02-10", -rest),
        ("base", "2024-01-20 up to 2024-02-10", rest),
    ]
    assert [each.tax_class for each in desk.now.covered] == ["reduced", "standard"]


def test_what_is_no_longer_sold_stays_as_it_was_agreed() -> None:
    desk = Desk(selling(catalog=DATED_PRICES)).start("2024-01-10", "small", quantities=NO_SEATS)
    gone = Catalog(plans=DATED_PRICES.plans[1:])
    desk.policy = selling(catalog=gone)
    assert desk.run("2024-02-10").net == 6200
    dollars = plan("small", charge("base", {on("2024-01-01"): "9.00", on("2024-02-01"): "10.00"}, "USD"))
    desk.policy = selling(catalog=Catalog(plans=(dollars,)))
    assert desk.run("2024-03-10").net == 9300


# Other policies


def test_by_thirtieths_every_month_weighs_the_same() -> None:
    desk = Desk(selling(proration=BY_THIRTIETHS)).start("2024-02-01", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-02-11", when=NOW)
    assert desk.net == cents("31.00", 10, 30)


def test_by_the_second_an_hour_is_an_hour() -> None:
    desk = Desk(selling(proration=BY_SECOND)).start("2024-03-01 10:00", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-03-31 10:00", when=NOW)  # clocks went forward: an hour less has passed
    assert desk.net == cents("31.00", 30 * 24 - 1, 31 * 24 - 1)


@pytest.mark.parametrize(
    ("hour", "hours"),
    [pytest.param(0, 31 * 24 + 1, id="the first time"), pytest.param(1, 31 * 24, id="the second time")],
)
def test_by_the_second_what_begins_in_an_hour_that_comes_twice_begins_there(hour: int, hours: int) -> None:
    half_past_two = pendulum.datetime(2024, 10, 27, hour, 30)
    desk = Desk(selling(proration=BY_SECOND)).start(half_past_two, quantities=NO_SEATS)
    assert desk.now.terms(half_past_two).cycles.start(0) == desk.now.start == half_past_two
    desk.do(CANCEL, half_past_two.add(hours=1), when=NOW)
    assert desk.net == cents("31.00", 1, hours)


def test_by_the_second_a_trial_from_the_second_of_two_hours_ends_at_the_same_clock_time() -> None:
    desk = Desk(selling(proration=BY_SECOND)).start(pendulum.datetime(2024, 10, 27, 1, 30), plan="trial")
    assert desk.now.billing_from == pendulum.datetime(2024, 11, 10, 1, 30)


@pytest.mark.parametrize(
    ("settlement", "net"),
    [
        # small from the 10th at 31.00; two cuts: at the 30th (20 of 31 days) and then at the 20th (10 of 31)
        pytest.param(FromBooked(), 1000, id="a share of what is left"),
        pytest.param(FromLine(), 1000, id="a share of the line, piece by piece"),
        pytest.param(FromPrice(BilledLessCredited()), 1000, id="the price, at most what is left of the line"),
        pytest.param(FromPrice(NoCap()), 1000, id="the price"),
        pytest.param(NothingBack(), 3100, id="nothing"),
    ],
)
def test_every_settlement_knows_the_whole_line_at_a_second_cut(settlement: Settlement, net: int) -> None:
    desk = Desk(selling(settlement=settlement)).start("2024-01-10", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-01-30", when=NOW).do(CANCEL, "2024-01-20", when=NOW)
    assert desk.net == net


def test_two_cuts_of_two_pieces_know_what_was_credited_of_both() -> None:
    desk = Desk(selling(settlement=FromPrice(BilledLessCredited()))).start("2024-01-10", quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-15", plan="solo").do(PLAN, "2024-01-20", plan="small", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-01-21", when=day("01-10"))
    assert desk.net == 0


def test_a_line_in_two_pieces_is_given_back_whole() -> None:
    desk = Desk().start("2024-01-10", quantities=NO_SEATS)
    desk.do(CANCEL, "2024-01-25", when=NOW, credit=False).do(
        PLAN, "2024-01-25", plan="solo", when=day("01-15")
    )
    pieces = [str(each.span) for each in desk.now.covered if each.whole.start == day("01-10")]
    assert pieces == ["2024-01-10 up to 2024-01-15", "2024-01-25 up to 2024-02-10"]
    desk.do(CANCEL, "2024-01-25", when=day("01-10"))
    assert desk.net == 0


def test_no_settlement_takes_more_of_a_line_than_is_left() -> None:
    desk = Desk(selling(settlement=FromPrice(NoCap()))).start("2024-01-10", quantities=NO_SEATS)
    (covered,) = desk.now.covered
    less = subs.reduced(covered, 3000)
    assert (less.amount, less.billed) == (100, 3100)
    assert desk.now.billed_at is not None
    desk.subscription = subs.evolve(
        desk.now,
        subs.Billed(
            desk.bills[-1].event.at,
            "goodwill",
            "S",
            desk.now.billed_at,
            desk.now.billed_to,
            desk.now.arrears_to,
            (covered,),
            (less,),
        ),
    )
    desk.do(CANCEL, "2024-01-11", when=NOW)
    assert sum(map(sum, desk.given_back.values())) == 100


def test_a_price_of_nothing_is_a_line_of_nothing() -> None:
    free = Catalog(plans=(plan("free", charge("base", "0.00"), charge("late", "0.00", billing=ARREARS)),))
    desk = Desk(selling(catalog=free)).start("2024-01-10", "free").run("2024-02-10")
    assert {amount for _, _, amount in desk.told()} == {0}
    assert desk.do(CANCEL, "2024-02-15", when=NOW).net == 0


def test_billing_a_point_that_changes_nothing_books_nothing() -> None:
    desk = Desk(selling(proration=BY_DAY)).start("2024-01-10").do(subs.Bill, "2024-01-20", on=day("01-20"))
    assert desk.told() == []
    assert subs.next_point(desk.now) == day("02-10")
