"""What a hold does to billing, by policy: it waits, goes on, or stops with the term kept or begun anew.

The plan `trial` costs 31.00 a month and begins on 10 January 2024 at once: cycles of 31, 29 and 31 days.
"""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import account, holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Billing
from acctcore.billing.proration import BY_SECOND
from acctcore.billing.subscriptions import Effect, HeldDays, OnHold, Resuming
from acctcore.billing.tax import DatedRate, Taxes, TaxKey
from acctcore.flows import Policies, due, evolve, handle, may, seal, unseal
from acctcore.flows.asking import Asking
from acctcore.kernel.calendar import at_local, instant, local_date
from acctcore.kernel.terms import BILL, CHANGE_PLAN
from acctcore.testing import laws
from tests.billing.subscriptions.oracle import Oracle, Stop, Wanted, of_dates
from tests.flows.stories import PLAIN, TAXED, ZONE, Story, at, codes, issued

NOW = subs.Timing.NOW
STOP = OnHold(Effect.STOP)
KEPT = OnHold(Effect.STOP, credit=False)
AGAIN = OnHold(Effect.STOP, resuming=Resuming.RESTART)


def story(on_hold: OnHold = STOP, policies: Policies = PLAIN, **facts: Any) -> Story:
    told = Story(changed(policies, on_hold=on_hold))
    return told.start("2024-01-10 10:00", plan="trial", trial_days=0, **facts)


def place(told: Story, when: str, id: str = "H1", **facts: Any) -> None:
    told.do(holds.Place, when, **{"hold_id": id, "reason": "dispute", "blocks": {BILL}, **facts})


def release(told: Story, when: str, id: str = "H1") -> None:
    told.do(holds.Release, when, hold_id=id)


def cents(days: int, of: int) -> int:
    """Return so many days of 31.00, rounded once, half up; in whole numbers."""
    return (2 * 3100 * days + of) // (2 * of)


def lines(told: Story, since: int = 0) -> list[tuple[str, int]]:
    """Return the stretch and the amount of every line, credits below zero."""
    return [
        (str(line.period), line.amount if filed.document.kind is invoices.Kind.INVOICE else -line.amount)
        for filed in told.file.documents[since:]
        for line in filed.document.lines
    ]


# One hold from 20 January to 5 March, in the middle of cycles

HELD = "2024-01-20 15:00", "2024-03-05 11:00"
USED, REST = cents(10, 31), 3100 - cents(10, 31)  # of the first cycle
MARCH = 3100 - cents(24, 29)  # from 5 March up to 10 March, of the cycle of 29 days
FIRST = ("2024-01-10 up to 2024-02-10", 3100)


@pytest.mark.parametrize(
    ("on_hold", "expected"),
    [
        pytest.param(
            OnHold(Effect.WAIT),
            [FIRST, ("2024-02-10 up to 2024-03-10", 3100), ("2024-03-10 up to 2024-04-10", 3100)],
            id="wait: the held time is billed when the hold ends",
        ),
        pytest.param(
            OnHold(Effect.BILL_ON),
            [FIRST, ("2024-02-10 up to 2024-03-10", 3100), ("2024-03-10 up to 2024-04-10", 3100)],
            id="bill on: it is billed as it comes",
        ),
        pytest.param(
            STOP,
            [
                FIRST,
                ("2024-01-20 up to 2024-02-10", -REST),
                ("2024-03-05 up to 2024-03-10", MARCH),
                ("2024-03-10 up to 2024-04-10", 3100),
            ],
            id="stop, give back, keep the term",
        ),
        pytest.param(
            KEPT,
            [FIRST, ("2024-03-05 up to 2024-03-10", MARCH), ("2024-03-10 up to 2024-04-10", 3100)],
            id="stop, give nothing back, keep the term",
        ),
        pytest.param(
            AGAIN,
            [FIRST, ("2024-01-20 up to 2024-02-10", -REST), ("2024-03-05 up to 2024-04-05", 3100)],
            id="stop, give back, begin a new term",
        ),
        pytest.param(
            changed(AGAIN, credit=False),
            [FIRST, ("2024-03-05 up to 2024-04-05", 3100)],
            id="stop, give nothing back, begin a new term",
        ),
    ],
)
@pytest.mark.parametrize("late", [False, True], ids=["punctual", "late"])
def test_what_is_billed(on_hold: OnHold, expected: list[tuple[str, int]], late: bool) -> None:
    told = story(on_hold)
    for moment, act in zip(HELD, (place, release), strict=True):
        if not late:
            told.run(moment)
        act(told, moment)
    told.run("2024-03-20 10:00")
    assert lines(told) == expected


@pytest.mark.parametrize(
    ("on_hold", "moments"),
    [
        (OnHold(Effect.WAIT), ["2024-03-05 11:00", "2024-03-10 00:00"]),
        (OnHold(Effect.BILL_ON), ["2024-02-10 00:00", "2024-03-10 00:00"]),
        (STOP, ["2024-01-20 15:00", "2024-03-05 11:00", "2024-03-10 00:00"]),
    ],
    ids=["wait", "bill on", "stop"],
)
def test_when_it_is_billed(on_hold: OnHold, moments: list[str]) -> None:
    told = story(on_hold)
    place(told, HELD[0])
    told.run(HELD[1])
    release(told, HELD[1])
    told.run("2024-03-20 10:00")
    billed = [answer for answer in told.file.answers if answer.command.startswith("bill")]
    assert [each.recorded_at for each in billed] == [at(moment) for moment in moments]


def test_the_schedule_knows_when_a_hold_is_to_end_and_what_is_to_be_settled() -> None:
    told = story()
    place(told, "2024-01-20 15:00", expires_at=at("2024-02-20 12:00"))
    now = due(told.file, at("2024-01-20 15:00"), told.policies)
    assert [(bill.id, bill.at) for bill in now.commands] == [("bill/S1/2024-01-20", at("2024-01-20 15:00"))]
    told.run("2024-01-20 15:00")
    asked = due(told.file, at("2024-02-19 12:00"), told.policies)
    assert (asked.commands, asked.next_at) == ((), at("2024-02-20 00:00"))
    told.run("2024-02-20 00:00")
    assert lines(told)[-1] == ("2024-02-20 up to 2024-03-10", 3100 - cents(10, 29))


def test_a_preview_of_what_a_hold_settles_is_what_is_billed() -> None:
    told = story(policies=TAXED)
    place(told, "2024-01-20 15:00")
    (bill,) = due(told.file, at("2024-01-20 15:00"), told.policies).commands
    laws.preview_is_the_bill(told.file, bill, told.policies)
    laws.twice_is_once(told.file, bill, told.policies)
    assert issued(told.store(handle(told.file, bill, told.policies))) == [
        ("credit_note", "c1/invoice/credit/bill%2FS1%2F2024-01-20", REST)
    ]
    laws.rebuilds(told.file)


# Holds that are recorded late, prolonged, ended early or placed again


def test_a_backdated_hold_gives_back_what_was_billed_since() -> None:
    told = story().run("2024-03-12 10:00")
    told.do(
        holds.Place,
        "2024-02-20 09:00",
        recorded_at=at("2024-03-12 10:00"),
        hold_id="H1",
        reason="dispute",
        blocks={BILL},
    )
    told.run("2024-03-12 11:00")
    assert told.net() == 3100 + cents(10, 29)
    assert told.run("2024-06-01 10:00").net() == 3100 + cents(10, 29)


def test_a_backdated_release_bills_the_days_that_were_not_held_after_all() -> None:
    told = story()
    place(told, "2024-01-20 15:00")
    told.run("2024-03-12 10:00")
    told.do(holds.Release, "2024-02-01 09:00", recorded_at=at("2024-03-12 10:00"), hold_id="H1")
    told.run("2024-03-12 11:00")
    assert told.net() == 3 * 3100 - (cents(22, 31) - cents(10, 31))


def test_an_extended_and_a_shortened_hold_are_settled_to_their_last_end() -> None:
    told = story()
    place(told, "2024-01-20 15:00", expires_at=at("2024-01-25 12:00"))
    told.run("2024-01-24 10:00")
    told.do(holds.Extend, "2024-01-24 10:00", hold_id="H1", expires_at=at("2024-02-05 12:00"))
    told.run("2024-01-30 10:00")
    release(told, "2024-01-30 10:00")
    assert told.run("2024-02-09 10:00").net() == 3100 - (cents(20, 31) - cents(10, 31))


def test_placed_and_released_on_one_day_it_never_was() -> None:
    told = story()
    place(told, "2024-01-20 10:00")
    told.run("2024-01-20 10:01")
    assert told.net() == USED
    release(told, "2024-01-20 18:00")
    assert told.run("2024-01-20 18:00").net() == 3100
    assert lines(told)[1:] == [
        ("2024-01-20 up to 2024-02-10", -REST),
        ("2024-01-20 up to 2024-02-10", REST),
    ]


def test_two_holds_that_overlap_are_one_and_each_ends_by_itself() -> None:
    told = story()
    place(told, "2024-01-15 10:00", "H1")
    place(told, "2024-01-20 10:00", "H2")
    release(told, "2024-01-22 10:00", "H1")
    told.run("2024-01-25 10:00")
    release(told, "2024-01-25 10:00", "H2")
    assert told.run("2024-02-09 10:00").net() == 3100 - (cents(15, 31) - cents(5, 31))


def test_held_and_released_again_and_again_leaves_no_overlap() -> None:
    told = Story(changed(PLAIN, on_hold=STOP)).start("2024-01-10 10:00", plan="yearly")
    for month in range(2, 12):
        place(told, f"2024-{month:02}-05 10:00", f"H{month}")
        told.run(f"2024-{month:02}-20 10:00")
        release(told, f"2024-{month:02}-20 10:00", f"H{month}")
    told.run("2024-12-31 10:00")
    (subscription,) = told.file.subscriptions
    pieces = sorted(subscription.covered, key=lambda piece: piece.span.start)
    assert all(one.span.end <= other.span.start for one, other in pairwise(pieces))
    held = sum((36500 * upto + 183) // 366 - (36500 * before + 183) // 366 for before, upto in held_days())
    assert told.net() == 36500 - held


def held_days() -> list[tuple[int, int]]:
    start = date(2024, 1, 10)
    return [
        ((date(2024, month, 5) - start).days, (date(2024, month, 20) - start).days) for month in range(2, 12)
    ]


# Which days are held


@pytest.mark.parametrize(
    ("days", "free"),
    [
        pytest.param(HeldDays.BY_DATE, 1, id="by date: the day on which it begins"),
        pytest.param(HeldDays.TOUCHED, 2, id="touched: both days"),
        pytest.param(HeldDays.WHOLE, 0, id="whole: neither"),
    ],
)
def test_five_minutes_over_midnight(days: HeldDays, free: int) -> None:
    told = story(OnHold(Effect.STOP, days=days))
    place(told, "2024-01-19 23:58", expires_at=at("2024-01-20 00:03"))
    assert told.run("2024-02-01 10:00").net() == 3100 - (cents(9 + free, 31) - cents(9, 31))


@pytest.mark.parametrize(
    ("days", "billed"),
    [
        pytest.param(HeldDays.BY_DATE, 1, id="by date: the day on which it was released"),
        pytest.param(HeldDays.TOUCHED, 0, id="touched: none"),
        pytest.param(HeldDays.WHOLE, 2, id="whole: both days"),
    ],
)
def test_five_minutes_of_release_over_midnight(days: HeldDays, billed: int) -> None:
    told = story(OnHold(Effect.STOP, days=days))
    place(told, "2024-01-15 00:00")
    release(told, "2024-01-19 23:58")
    place(told, "2024-01-20 00:03", "H2", expires_at=at("2024-01-25 00:00"))
    assert told.run("2024-02-01 10:00").net() == 3100 - (cents(15, 31) - cents(5, 31)) + between(9, billed)


def between(first: int, days: int) -> int:
    return cents(first + days, 31) - cents(first, 31)


def test_two_holds_that_meet_at_noon_hold_a_whole_day() -> None:
    told = story(OnHold(Effect.STOP, days=HeldDays.WHOLE))
    place(told, "2024-01-15 00:00", "H1", expires_at=at("2024-01-15 12:00"))
    place(told, "2024-01-15 12:00", "H2", expires_at=at("2024-01-16 00:00"))
    assert told.run("2024-02-01 10:00").net() == 3100 - between(5, 1)


def test_by_the_second_a_hold_counts_from_its_moment_to_its_moment() -> None:
    told = Story(changed(PLAIN, on_hold=STOP, proration=BY_SECOND))
    told.start("2024-01-10 10:00", plan="trial", trial_days=0)
    place(told, "2024-01-20 10:00", expires_at=at("2024-01-20 22:00"))
    assert told.run("2024-02-01 10:00").net() == 3100 - (cents(21, 62) - cents(20, 62))


# What lies on what


def test_a_hold_on_one_subscription_leaves_the_others_alone() -> None:
    told = story()
    told.do(subs.Start, "2024-01-10 10:00", subscription_id="S2", plan="trial", trial_days=0, currency="EUR")
    place(told, "2024-01-20 15:00", scope="S2")
    told.run("2024-02-01 10:00")
    assert told.net() == 3100 + USED


def test_a_hold_on_something_else_stops_no_billing() -> None:
    told = story()
    place(told, "2024-01-20 15:00", blocks={CHANGE_PLAN})
    assert told.run("2024-02-01 10:00").net() == 3100


def test_what_begins_while_a_hold_lasts_is_billed_from_its_end_on() -> None:
    told = Story(changed(PLAIN, on_hold=STOP))
    place(told, "2024-01-05 10:00", expires_at=at("2024-01-20 10:00"))
    begun = told.do(subs.Start, "2024-01-10 10:00", plan="trial", trial_days=0, currency="EUR")
    assert issued(begun) == []
    assert begun.next_change_at == at("2024-01-20 00:00")
    told.run("2024-01-20 10:00")
    assert lines(told) == [("2024-01-20 up to 2024-02-10", REST)]


def test_a_pause_under_a_hold_lasts_as_long_as_both() -> None:
    told = story()
    told.do(subs.Pause, "2024-01-15 10:00", until=date(2024, 1, 25))
    place(told, "2024-01-20 15:00", expires_at=at("2024-01-30 15:00"))
    assert told.run("2024-02-09 10:00").net() == 3100 - between(5, 15)


def test_of_a_pause_and_a_hold_the_one_that_gives_back_decides() -> None:
    told = story()
    told.do(subs.Pause, "2024-01-15 10:00", until=date(2024, 1, 25), credit=False)
    place(told, "2024-01-20 15:00", expires_at=at("2024-01-30 15:00"))
    assert told.run("2024-02-09 10:00").net() == 3100 - between(10, 10)


def test_what_ends_while_a_hold_lasts_is_billed_no_more() -> None:
    told = story()
    place(told, "2024-01-20 15:00")
    told.run("2024-01-25 10:00").do(subs.Cancel, "2024-01-25 10:00", when=NOW)
    release(told, "2024-02-20 10:00")
    assert told.run("2024-03-01 10:00").net() == USED


def test_what_changed_after_an_end_is_settled_before_the_account_can_close() -> None:
    told = story()
    told.do(subs.Cancel, "2024-01-25 10:00", when=NOW)
    told.do(
        holds.Place,
        "2024-01-20 10:00",
        recorded_at=at("2024-01-26 10:00"),
        hold_id="H1",
        reason="dispute",
        blocks={BILL},
    )
    assert "account.subscription_running" in codes(told.ask(account.Close, "2024-01-27 10:00"))
    assert told.run("2024-01-27 10:00").net() == USED
    assert "account.subscription_running" not in codes(told.ask(account.Close, "2024-01-27 10:00"))


def test_a_hold_is_placed_although_what_it_changes_cannot_be_billed_yet() -> None:
    nobody_knows = Taxes(rates=(DatedRate("standard", date(2020, 1, 1), (TaxKey("S", "19"),)),))
    policies = changed(PLAIN, on_hold=STOP, taxes=nobody_knows)
    told = Story(policies).start("2024-01-10 10:00", plan="metered")
    told.policies = changed(
        policies, taxes=changed(nobody_knows, rates=(changed(nobody_knows.rates[0], tax_class="x"),))
    )
    place(told, "2024-01-20 15:00")
    (bill,) = due(told.file, at("2024-01-21 10:00"), told.policies).commands
    assert codes(handle(told.file, bill, told.policies)) == ["tax.no_rate"]
    told.policies = policies
    told.run("2024-01-22 10:00")
    assert [line for line in lines(told) if line[1] < 0]


def test_the_policy_counts_from_the_next_hold_on() -> None:
    told = story(OnHold(Effect.WAIT))
    place(told, "2024-01-20 15:00", "H1")
    told.policies = changed(told.policies, on_hold=STOP)
    told.run("2024-02-20 10:00")
    assert told.net() == 3100, "what waits goes on waiting"
    release(told, "2024-02-20 10:00", "H1")
    told.run("2024-02-20 10:00")
    assert told.net() == 6200
    place(told, "2024-02-25 10:00", "H2")
    told.policies = changed(told.policies, on_hold=OnHold(Effect.WAIT))
    told.run("2024-03-01 10:00")
    release(told, "2024-03-01 10:00", "H2")
    assert told.run("2024-03-09 10:00").net() == 6200 - (cents(20, 29) - cents(15, 29))


def test_what_may_be_billed_while_a_hold_lasts() -> None:
    for on_hold, allowed in ((OnHold(), False), (OnHold(Effect.BILL_ON), True), (STOP, True)):
        told = story(on_hold)
        place(told, "2024-01-20 15:00")
        answers = may(told.file, at("2024-01-21 10:00"), told.policies)
        assert answers[Asking(subs.Bill, "S1")].allowed is allowed
        assert not answers[Asking(invoices.Draft)].allowed, "by hand nothing is billed"


def test_what_is_over_is_sealed_away_and_comes_back() -> None:
    told = Story(changed(PLAIN, on_hold=STOP)).start("2024-01-01 10:00", plan="trial", trial_days=0)
    place(told, "2024-01-11 10:00", expires_at=at("2024-02-11 10:00"))
    told.run("2024-03-12 10:00")
    place(told, "2024-03-20 10:00", "H2")
    told.run("2024-03-21 10:00")
    sealed, archive = seal(told.file, at("2024-03-15 00:00"))
    (kept,) = sealed.subscriptions
    assert [holding.hold for holding in kept.agreed.holdings] == ["H2"]
    assert unseal(sealed, archive) == told.file


# Laws

START = date(2024, 1, 10)
END = date(2024, 6, 1)
hours = st.integers(0, 24 * 90)


def after(count: int) -> DateTime:
    return instant(at_local(START, ZONE) + timedelta(hours=count))


@st.composite
def drawn_holds(draw: st.DrawFn) -> list[tuple[DateTime, DateTime | None, DateTime | None]]:
    """Return when holds are placed, until when at first, and when each of them ends in the end."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        since = draw(hours)
        first = draw(st.none() | st.integers(since + 1, since + 24 * 60))
        last = draw(st.none() | st.integers(since, since + 24 * 60))
        if first is not None and last is None:
            last = first
        found.append((after(since), opt(first), opt(last)))
    return found


def opt(count: int | None) -> DateTime | None:
    return None if count is None else after(count)


def acts(drawn: list[tuple[DateTime, DateTime | None, DateTime | None]]) -> list[list[tuple[Any, ...]]]:
    """Return the commands about each hold, in the order in which they have to come."""
    found: list[list[tuple[Any, ...]]] = []
    for index, (since, first, last) in enumerate(drawn):
        facts = {"hold_id": f"H{index}"}
        told: list[tuple[Any, ...]] = [
            (holds.Place, since, {**facts, "reason": "dispute", "blocks": {BILL}, "expires_at": first})
        ]
        if last is not None and last != first:
            if first is not None and first < last:
                told.append((holds.Extend, since, {**facts, "expires_at": last}))
            else:
                told.append((holds.Release, last, facts))
        found.append(told)
    return found


def expected(drawn: list[tuple[DateTime, DateTime | None, DateTime | None]], on_hold: OnHold) -> Oracle:
    """Return what is wanted on the last day, from the days that are held: counted one by one."""
    oracle = Oracle(PLAIN.catalog, of_dates())
    oracle.start(START, START, "trial", {}, None)
    days = [START + timedelta(days=count) for count in range(420)]
    held = [day for day in days if is_held(day, drawn, on_hold.days)]
    runs = [day for day in held if day - timedelta(days=1) not in held]
    for since in runs:
        until = next((day for day in days if since < day and day not in held), None)
        ends = None if until is None else until.toordinal()
        oracle.stops.append(Stop(since.toordinal(), ends, True, on_hold.resuming is Resuming.RESTART))
    oracle.bill(END.toordinal(), END.toordinal())
    return oracle


def is_held(
    day: date, drawn: list[tuple[DateTime, DateTime | None, DateTime | None]], days: HeldDays
) -> bool:
    """Return whether a day is held, by looking at its every hour: holds begin and end on the hour."""
    first, stop = at_local(day, ZONE), at_local(day + timedelta(days=1), ZONE)
    lasting = [(since, last) for since, _, last in drawn if last is None or since < last]
    if days is HeldDays.BY_DATE:
        return any(
            local_date(since, ZONE) <= day and (last is None or day < local_date(last, ZONE))
            for since, last in lasting
        )
    moments = []
    while first < stop:
        moments.append(any(since <= first and (last is None or first < last) for since, last in lasting))
        first = instant(first + timedelta(hours=1))
    return any(moments) if days is HeldDays.TOUCHED else all(moments)


def covered(told: Story) -> list[Wanted]:
    oracle = Oracle(PLAIN.catalog, of_dates())
    for subscription in told.file.subscriptions:
        for each in subscription.covered:
            span, cycle = each.span, each.cycle
            assert isinstance(span.start, date)
            oracle.booked.append(
                Wanted(
                    Billing.IN_ADVANCE,
                    each.item,
                    span.start.toordinal(),
                    span.end.toordinal(),
                    Fraction(*each.price.minor),
                    each.quantity,
                    (cycle.start.toordinal(), cycle.end.toordinal()),
                )
            )
    return oracle.map()


@given(
    drawn_holds(),
    st.sampled_from(HeldDays),
    st.sampled_from(Resuming),
    st.data(),
)
def test_holds_in_any_order_come_to_what_is_wanted_and_nothing_is_covered_twice(
    drawn: list[tuple[DateTime, DateTime | None, DateTime | None]],
    days: HeldDays,
    resuming: Resuming,
    data: st.DataObject,
) -> None:
    on_hold = OnHold(Effect.STOP, True, resuming, days)
    told = story(on_hold)
    waiting = acts(drawn)
    clock = at("2024-01-10 10:00")
    while any(waiting):
        which = data.draw(st.sampled_from([index for index, each in enumerate(waiting) if each]))
        kind, moment, facts = waiting[which].pop(0)
        clock = max(clock, moment)
        told.do(kind, moment, recorded_at=clock, **facts)
        if data.draw(st.booleans()):
            told.file = laws.run(told.file, clock, told.policies)
            laws.adds_up(told.file)
    told.file = laws.run(told.file, at_local(END, ZONE), told.policies)
    laws.adds_up(told.file)
    oracle = expected(drawn, on_hold)
    assert told.net() == oracle.total()
    assert covered(told) == oracle.map()


@given(drawn_holds(), st.sampled_from(HeldDays), st.sampled_from(Resuming), st.booleans(), st.data())
def test_the_schedule_comes_to_one_file_however_often_it_is_run(
    drawn: list[tuple[DateTime, DateTime | None, DateTime | None]],
    days: HeldDays,
    resuming: Resuming,
    credit: bool,
    data: st.DataObject,
) -> None:
    told = story(OnHold(Effect.STOP, credit, resuming, days))
    clock = at("2024-01-10 10:00")
    for each in acts(drawn):
        for kind, moment, facts in each:
            clock = max(clock, moment)
            told.do(kind, moment, recorded_at=clock, **facts)
    ends = at_local(END, ZONE)
    moments = data.draw(st.lists(hours.map(after).filter(lambda moment: clock <= moment), max_size=6))
    laws.due_is_schedule_free(told.file, moments, ends, told.policies)
    file = laws.run(told.file, ends, told.policies)
    assert evolve(file, ()) == file
