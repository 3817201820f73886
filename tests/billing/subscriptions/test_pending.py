"""Changes that wait for their day: listed, taken back, replaced, and what else happens meanwhile."""

from typing import Any

import pytest

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import Owner, Proration
from acctcore.kernel.decision import Reason
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.measures import ActualDays
from tests.billing.subscriptions.stories import CYCLE_END, NOW, Desk, charge, plan, seats, selling
from tests.billing.subscriptions.test_stories import NO_SEATS, cents, day

MOVE, PAUSE, PLAN, CANCEL, SEATS = (
    subs.Reanchor,
    subs.Pause,
    subs.ChangePlan,
    subs.Cancel,
    subs.ChangeQuantity,
)
WITHDRAW, ITEMS = subs.Withdraw, subs.ChangeItems
WHOLE = 3100
TWO = Catalog(plans=(plan("pair", seats("7.99"), charge("room", "10.00", per_unit=True)),))


def begun(plan: str = "small", **facts: Any) -> Desk:
    return Desk().start("2024-01-10", plan, **({"quantities": NO_SEATS} if plan != "solo" else {}), **facts)


def waits(desk: Desk, on: str = "01-21") -> list[tuple[str, str, str | None]]:
    """Return what waits after a day: its own day, its kind, and the change."""
    return [
        (each.since.isoformat(), each.kind.value, each.change) for each in subs.pending(desk.now, day(on))
    ]


def test_everything_that_is_agreed_for_later_is_listed_in_the_order_of_its_days() -> None:
    desk = begun()
    desk.do(PAUSE, "2024-01-20", id="pause", when=day("05-01"), until=day("05-20"))
    desk.do(PLAN, "2024-01-20", id="plan", plan="large", when=CYCLE_END)
    desk.do(SEATS, "2024-01-20", id="seats", item="seat", quantity=3, when=day("03-01"))
    desk.do(MOVE, "2024-01-20", id="move", anchor_day=1, when=day("04-10"))
    desk.do(CANCEL, "2024-01-20", id="end", when=day("07-01"))
    assert waits(desk) == [
        ("2024-02-10", "plan", "plan"),
        ("2024-03-01", "items", "seats"),
        ("2024-04-10", "cycles", "move"),
        ("2024-05-01", "pause", "pause"),
        ("2024-05-20", "resumption", None),
        ("2024-07-01", "end", None),
    ]
    assert waits(desk, "05-01") == [("2024-05-20", "resumption", None), ("2024-07-01", "end", None)]
    assert waits(desk, "07-01") == []


def test_what_waits_for_a_day_after_the_end_does_not_come_unless_that_is_put_off() -> None:
    desk = begun().do(PLAN, "2024-01-20", id="plan", plan="solo", when=day("03-10"))
    desk.do(CANCEL, "2024-01-20", when=day("03-01"))
    assert waits(desk) == [("2024-03-01", "end", None)]
    desk.do(subs.Uncancel, "2024-01-21")
    assert waits(desk) == [("2024-03-10", "plan", "plan")]
    desk.do(CANCEL, "2024-01-22", when=day("03-01")).do(WITHDRAW, "2024-01-23", change="plan")
    desk.do(subs.Uncancel, "2024-01-24")
    assert waits(desk) == []


def test_what_is_taken_back_never_comes() -> None:
    desk = begun().do(PLAN, "2024-01-20", id="plan", plan="solo", when=CYCLE_END)
    desk.do(WITHDRAW, "2024-01-25", change="plan")
    assert len(desk.bills) == 1
    assert desk.run("2024-02-10").told() == [("base", "2024-02-10 up to 2024-03-10", WHOLE)]
    assert [change.cause for change in desk.now.changes] == ["c1"]


def test_a_pause_that_waits_is_taken_back() -> None:
    desk = begun().do(PAUSE, "2024-01-20", id="pause", when=day("02-20"), until=day("03-05"))
    desk.do(WITHDRAW, "2024-01-25", change="pause")
    assert desk.now.agreed.stops == ()


def test_another_change_takes_the_place_of_one_that_waits() -> None:
    desk = begun().do(PLAN, "2024-01-20", id="plan", plan="solo", when=CYCLE_END)
    decision = desk.ask(
        PLAN, "2024-01-25", plan="large", when=CYCLE_END, replaces="plan", quantities=NO_SEATS
    )
    assert [type(event) for event in decision.events] == [subs.ChangeWithdrawn, subs.PlanChanged]
    assert desk.run("2024-02-10").told()[0] == ("base", "2024-02-10 up to 2024-03-10", 4999)


def test_a_pause_is_replaced_by_one_that_would_meet_it() -> None:
    desk = begun().do(PAUSE, "2024-01-20", id="pause", when=day("02-20"), until=day("03-05"))
    desk.do(PAUSE, "2024-01-25", when=day("02-25"), until=day("03-20"), replaces="pause")
    assert [(stop.since, stop.until) for stop in desk.now.agreed.stops] == [(day("02-25"), day("03-20"))]


def test_a_change_that_counts_at_once_leaves_what_waits() -> None:
    desk = begun().do(PLAN, "2024-01-20", id="plan", plan="solo", when=CYCLE_END)
    desk.do(PLAN, "2024-01-25", plan="large", quantities=NO_SEATS)
    assert waits(desk, "01-25") == [("2024-02-10", "plan", "plan")]
    assert ("base", "2024-02-10 up to 2024-03-10", 2000) in desk.run("2024-02-10").told()


def test_what_falls_due_in_a_pause_counts_when_it_goes_on() -> None:
    desk = begun().do(PLAN, "2024-01-20", plan="solo", when=CYCLE_END)
    desk.do(PAUSE, "2024-01-25", until=day("02-20"))
    assert desk.run("2024-02-20").told() == [
        ("base", "2024-02-20 up to 2024-03-10", 2000 - cents("20.00", 10, 29))
    ]


def test_a_change_for_the_end_of_a_cycle_keeps_its_day_when_cycles_move() -> None:
    desk = begun().do(PLAN, "2024-01-20", plan="solo", when=CYCLE_END).do(MOVE, "2024-01-22", anchor_day=1)
    assert waits(desk, "01-22") == [("2024-02-10", "plan", "c2")]
    desk.run("2024-02-10")
    assert desk.told() == [
        ("base", "2024-02-10 up to 2024-03-01", -(WHOLE - cents("31.00", 9, 29))),
        ("base", "2024-02-10 up to 2024-03-01", 2000 - cents("20.00", 9, 29)),
    ]


def test_where_days_stay_with_the_old_what_was_asked_today_waits_for_tomorrow_and_is_given_back() -> None:
    old = Proration("old-days", "1", ActualDays(), change_day=Owner.OLD, end_day=Owner.OLD)
    desk = Desk(selling(proration=old)).start("2024-01-10", quantities=NO_SEATS)
    desk.do(PLAN, "2024-01-20", id="plan", plan="solo")
    assert desk.net != WHOLE
    desk.do(WITHDRAW, "2024-01-20", change="plan")
    assert desk.net == WHOLE
    assert desk.run("2024-02-10").net == 2 * WHOLE


# Refusals


@pytest.mark.parametrize(
    ("kind", "moment", "facts", "reasons"),
    [
        pytest.param(WITHDRAW, "2024-01-25", {"change": "c9"}, (subs.NotPending("c9"),), id="unknown"),
        pytest.param(WITHDRAW, "2024-02-10", {"change": "plan"}, (subs.NotPending("plan"),), id="in force"),
        pytest.param(WITHDRAW, "2024-01-25", {"change": "c1"}, (subs.NotPending("c1"),), id="the start"),
        pytest.param(
            SEATS,
            "2024-01-25",
            {"item": "seat", "quantity": 3, "replaces": "stranger"},
            (subs.NotPending("stranger"),),
            id="in the place of nothing",
        ),
        pytest.param(
            PLAN,
            "2024-01-25",
            {"plan": "small", "when": CYCLE_END, "replaces": "plan"},
            (subs.PlanUnchanged("small"),),
            id="what was agreed before",
        ),
    ],
)
def test_a_no(
    kind: type[subs.Command], moment: str, facts: dict[str, Any], reasons: tuple[Reason, ...]
) -> None:
    desk = begun().do(PLAN, "2024-01-20", id="plan", plan="solo", when=CYCLE_END)
    before = desk.now
    assert desk.ask(kind, moment, **facts).reasons == reasons
    assert desk.now is before


def test_what_is_over_is_told_before_what_does_not_wait() -> None:
    desk = begun().do(CANCEL, "2024-01-20", when=NOW)
    answer = desk.ask(PLAN, "2024-01-25", plan="solo", replaces="stranger")
    assert [type(reason) for reason in answer.reasons] == [WrongPhase]


def test_an_interval_that_something_later_was_agreed_for_cannot_be_taken_back() -> None:
    desk = begun().do(PLAN, "2024-01-20", id="year", plan="yearly", when=CYCLE_END)
    desk.do(MOVE, "2024-01-21", id="move", anchor_day=1, when=day("03-01"))
    assert desk.ask(WITHDRAW, "2024-01-22", change="year").reasons == (subs.IntervalFixed(day("03-01")),)
    assert desk.ask(PLAN, "2024-01-22", plan="solo", when=CYCLE_END, replaces="year").reasons == (
        subs.IntervalFixed(day("03-01")),
    )
    desk.do(WITHDRAW, "2024-01-22", change="move").do(WITHDRAW, "2024-01-22", change="year")
    assert waits(desk, "01-22") == []


def test_an_interval_does_not_change_under_cycles_that_are_agreed_for_later() -> None:
    desk = begun().do(MOVE, "2024-01-20", anchor_day=1, when=day("03-01"))
    answer = desk.ask(PLAN, "2024-01-21", plan="yearly", when=CYCLE_END)
    assert answer.reasons == (subs.IntervalFixed(day("03-01")),)


# Several items at once


def test_several_items_change_in_one_command_and_are_billed_together() -> None:
    desk = Desk(selling(catalog=TWO)).start("2024-01-10", "pair", quantities={"seat": 2, "room": 1})
    desk.do(ITEMS, "2024-01-20", quantities={"seat": 5, "room": 0})
    assert desk.told() == [
        ("seat", "2024-01-20 up to 2024-02-10", -(1598 - cents("7.99", 10, 31, 2))),
        ("room", "2024-01-20 up to 2024-02-10", -(1000 - cents("10.00", 10, 31))),
        ("seat", "2024-01-20 up to 2024-02-10", 3995 - cents("7.99", 10, 31, 5)),
    ]
    one_by_one = Desk(selling(catalog=TWO)).start("2024-01-10", "pair", quantities={"seat": 2, "room": 1})
    one_by_one.do(SEATS, "2024-01-20", item="seat", quantity=5)
    one_by_one.do(SEATS, "2024-01-20", item="room", quantity=0)
    assert one_by_one.net == desk.net


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        pytest.param(
            {"quantities": {"seat": 2, "room": 1}},
            (subs.QuantityUnchanged("room", 1), subs.QuantityUnchanged("seat", 2)),
            id="all as it is",
        ),
        pytest.param(
            {"quantities": {"base": 2, "care": 1, "seat": 3}},
            (subs.NotPerUnit("base"), subs.NotPerUnit("care")),
            id="not by the unit",
        ),
        pytest.param(
            {"quantities": {"seat": 3}, "when": day("01-05")},
            (subs.BeforeStart(day("01-10")),),
            id="before the start",
        ),
    ],
)
def test_items_that_cannot_change(facts: dict[str, Any], reasons: tuple[Reason, ...]) -> None:
    desk = Desk(selling(catalog=TWO)).start("2024-01-10", "pair", quantities={"seat": 2, "room": 1})
    assert desk.ask(ITEMS, "2024-01-20", **facts).reasons == reasons


def test_one_of_several_may_stay_as_it_is() -> None:
    desk = Desk(selling(catalog=TWO)).start("2024-01-10", "pair", quantities={"seat": 2, "room": 1})
    desk.do(ITEMS, "2024-01-20", quantities={"seat": 2, "room": 3})
    assert {line[0] for line in desk.told()} == {"room"}


def test_every_reason_reads_as_a_sentence() -> None:
    told = {subs.NotPending("c9").text, subs.NothingPending("S").text}
    assert told == {"there is no change c9 that waits for its day", "no change of S waits for its day"}
