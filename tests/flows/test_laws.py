"""What is true of every history: laws on random input, asked through `handle` and nothing else."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import Owner, Proration
from acctcore.flows import File, Policies, evolve, handle
from acctcore.kernel.calendar import Every, add_days, at_local, days, instant, months, weeks
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import ActualDays, Seconds
from acctcore.testing import histories, laws
from acctcore.testing import strategies as ours
from tests.flows.stories import OFFICER, ZONE, Story, charge, plan, sign

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
SLOW = settings(suppress_health_check=CHECKS)

# Fifteen cents, a hundred: prices that never divide evenly into the days of a month
PRICES = {"p0": ("1.00", "0.07"), "p1": ("99.99", "12.34"), "p2": ("0.01", "7.77"), "p3": ("250.03", "0.19")}
ROUNDED: dict[Rounding, Callable[[Fraction], int]] = {
    Rounding.HALF_UP: lambda exact: math.floor(exact + Fraction(1, 2)),
    Rounding.HALF_EVEN: round,
    Rounding.DOWN: math.floor,
    Rounding.UP: math.ceil,
}


MONTH = months(1)


def offered(every: Every = MONTH) -> Catalog:
    return Catalog(
        plans=tuple(
            plan(id, charge("base", base), charge("seat", seat, unit=True), every=every)
            for id, (base, seat) in PRICES.items()
        )
    )


def cents(price: str) -> Fraction:
    return Fraction(price) * 100


# No cent is lost at any cut


@given(
    st.data(),
    st.sampled_from(sorted(ROUNDED, key=lambda rounding: rounding.value)),
    st.sampled_from([months(1), weeks(2), days(17)]),
    st.sampled_from(Owner),
)
def test_the_documents_of_a_cycle_come_to_the_rounded_running_totals(
    data: st.DataObject, rounding: Rounding, every: Every, owner: Owner
) -> None:
    proration = Proration("law", "1", ActualDays(), rounding=rounding, change_day=owner, end_day=owner)
    story = Story(Policies(catalog=offered(every), proration=proration), "2023-01-01 00:00")
    start = data.draw(st.dates(date(2023, 2, 1), date(2024, 12, 31)))
    seats = data.draw(st.integers(0, 40))
    story.do(subs.Start, noon(start), plan="p0", currency="EUR", quantities={"seat": seats})
    subscription = story.file.subscription("S1")
    assert subscription is not None
    cycle = subscription.terms(start).cycles.span(0)
    length = (cycle.end - cycle.start).days
    moved = data.draw(st.lists(st.integers(0, length - 2), max_size=5).map(sorted))
    terms = [(0, "p0", seats)]
    for offset in moved:
        _, now, count = terms[-1]
        story.file = laws.run(story.file, noon(add_days(start, offset)), story.policies)
        if data.draw(st.booleans()):
            now = data.draw(st.sampled_from([id for id in PRICES if id != now]))
            story.do(subs.ChangePlan, noon(add_days(start, offset)), plan=now)
        else:
            count = data.draw(st.sampled_from([new for new in range(41) if new != count]))
            story.do(subs.ChangeQuantity, noon(add_days(start, offset)), item="seat", quantity=count)
        terms.append((offset + (owner is Owner.OLD), now, count))
    if data.draw(st.booleans()):
        offset = data.draw(st.integers(moved[-1] if moved else 0, length - 2))
        story.file = laws.run(story.file, noon(add_days(start, offset)), story.policies)
        story.do(subs.Cancel, noon(add_days(start, offset)), when=subs.Timing.NOW)
        length_used = offset + (owner is Owner.OLD)
    else:
        length_used = length
    rounded = ROUNDED[rounding]
    expected = 0
    for (first, id, count), last in zip(
        terms, [first for first, *_ in terms[1:]] + [length_used], strict=True
    ):
        for price, quantity in zip(PRICES[id], (1, count), strict=True):
            whole = cents(price) * quantity
            last_used, first_used = max(last, first), first
            expected += rounded(whole * last_used / length) - rounded(whole * first_used / length)
    assert story.net() == expected


def noon(on: date) -> DateTime:
    return instant(at_local(on, ZONE) + timedelta(hours=12))


@given(st.data())
def test_a_cycle_cut_by_the_second_loses_no_cent(data: st.DataObject) -> None:
    story = Story(Policies(catalog=offered(), proration=Proration("law", "1", Seconds())), "2023-01-01 00:00")
    begin = data.draw(ours.instants(date(2023, 2, 1), date(2024, 12, 31)))
    story.do(subs.Start, begin, plan="p0", currency="EUR")
    subscription = story.file.subscription("S1")
    assert subscription is not None
    cycle = subscription.terms(begin).cycles.span(0)
    whole = (cycle.end - cycle.start).total_seconds()
    cuts = sorted(data.draw(st.lists(st.integers(1, int(whole) - 1), min_size=1, max_size=5, unique=True)))
    ids = ["p0", *data.draw(st.permutations(["p1", "p2", "p3", "p1", "p2"]))]
    used = [(0, "p0")]
    for cut, id in zip(cuts, ids[1:], strict=False):
        if id != used[-1][1]:
            story.do(subs.ChangePlan, ours.later(begin, cut), plan=id)
            used.append((cut, id))
    rounded = ROUNDED[Rounding.HALF_UP]
    expected = sum(
        rounded(cents(price) * Fraction(last) / Fraction(whole))
        - rounded(cents(price) * first / Fraction(whole))
        for (first, id), (last, _) in pairwise([*used, (int(whole), "")])
        for price in PRICES[id]
    )
    assert story.net() == expected


# Any order


@st.composite
def orders(draw: st.DrawFn) -> tuple[Owner, int, list[tuple[date, str, object]]]:
    """Return changes of one cycle (1 to 30 March 2024, today is the 15th), each with a date of its own."""
    dates = draw(st.lists(st.integers(0, 29), min_size=2, max_size=4, unique=True))
    plans = draw(st.permutations(["p1", "p2", "p3"]))
    counts = draw(
        st.lists(st.integers(0, 9), min_size=4, max_size=4, unique=True).filter(lambda drawn: 4 not in drawn)
    )
    made: list[tuple[date, str, object]] = []
    for index, offset in enumerate(dates):
        kind = draw(st.sampled_from(["plan", "seat"]))
        value = plans[index % 3] if kind == "plan" else counts[index]
        made.append((add_days(date(2024, 3, 1), offset), kind, value))
    used = [value for _, kind, value in made if kind == "plan"]
    if len(set(used)) != len(used):
        made = made[:3]
    return draw(st.sampled_from(Owner)), draw(st.integers(0, 1)), made


@SLOW
@given(orders())
def test_changes_come_to_one_total_and_one_coverage_in_any_order(
    drawn: tuple[Owner, int, list[tuple[date, str, object]]],
) -> None:
    owner, renewals, changes = drawn
    policies = Policies(
        catalog=offered(), proration=Proration("law", "1", ActualDays(), change_day=owner, end_day=owner)
    )
    before = Story(policies, "2024-01-01 00:00").start("2024-03-01 10:00", "p0", quantities={"seat": 4})

    def outcome(order: Sequence[tuple[date, str, object]]) -> tuple[int, tuple[object, ...]]:
        file, now = before.file, ours.later(noon(date(2024, 3, 15)), 0)
        if renewals:  # asked after the next cycle was billed, too
            now = noon(date(2024, 4, 2))
            file = laws.run(file, now, policies)
        for index, (when, kind, value) in enumerate(order):
            stated = {"id": f"c-{kind}-{value}", "at": ours.later(now, index), "by": OFFICER, "when": when}
            command = (
                subs.ChangePlan(subscription_id="S1", plan=value, **stated)  # type: ignore[arg-type]
                if kind == "plan"
                else subs.ChangeQuantity(subscription_id="S1", item="seat", quantity=value, **stated)  # type: ignore[arg-type]
            )
            answer = handle(file, command, policies)
            assert answer.allowed, [reason.text for reason in answer.reasons]
            file = evolve(file, answer.events)
            laws.adds_up(file)
        file = laws.run(file, noon(date(2024, 4, 10)), policies)
        return sum(sign(filed.document) * filed.document.net for filed in file.documents), covered(file)

    laws.order_free(outcome, changes)


def covered(file: File) -> tuple[object, ...]:
    """Return what is covered: stretches that meet under the same terms are one."""
    (subscription,) = file.subscriptions
    merged: list[list[object]] = []
    for piece in sorted(subscription.covered, key=lambda piece: (piece.item, piece.span.start)):
        terms = (piece.item, piece.quantity, piece.price, piece.cycle)
        if merged and merged[-1][0] == terms and merged[-1][2] == piece.span.start:
            merged[-1][2] = piece.span.end
            merged[-1][3] += piece.amount  # type: ignore[operator]
        else:
            merged.append([terms, piece.span.start, piece.span.end, piece.amount])
    return tuple(map(tuple, merged))


# Whole histories


@settings(max_examples=120, suppress_health_check=CHECKS)
@given(histories.histories(least=3, most=12))
def test_every_history_adds_up_and_rebuilds(history: histories.History) -> None:
    for step in history.steps:
        laws.adds_up(step.before)
        laws.refusal_changes_nothing(step.before, step.answer)
    laws.adds_up(history.file)
    laws.rebuilds(history.file)


@settings(max_examples=60, suppress_health_check=CHECKS)
@given(histories.histories(least=3, most=10))
def test_a_preview_is_the_bill_and_twice_is_once(history: histories.History) -> None:
    for step in history.steps:
        laws.preview_is_the_bill(step.before, step.command, history.policies)
        laws.twice_is_once(step.before, step.command, history.policies)


@settings(max_examples=60, suppress_health_check=CHECKS)
@given(
    histories.histories(least=2, most=8),
    st.lists(st.integers(0, 86_400 * 200), max_size=6),
)
def test_the_schedule_comes_to_one_file_however_often_it_is_run(
    history: histories.History, seconds: list[int]
) -> None:
    instants = [ours.later(history.now, count) for count in seconds]
    laws.due_is_schedule_free(history.file, instants, ours.later(history.now, 86_400 * 200), history.policies)


@pytest.mark.long
@SLOW
@given(histories.histories(least=8, most=30), st.lists(st.integers(0, 86_400 * 400), max_size=8))
def test_long_histories_keep_every_law(history: histories.History, seconds: list[int]) -> None:
    for step in history.steps:
        laws.adds_up(step.before)
        laws.preview_is_the_bill(step.before, step.command, history.policies)
        laws.twice_is_once(step.before, step.command, history.policies)
    laws.rebuilds(history.file)
    instants = [ours.later(history.now, count) for count in seconds]
    laws.due_is_schedule_free(history.file, instants, ours.later(history.now, 86_400 * 400), history.policies)
