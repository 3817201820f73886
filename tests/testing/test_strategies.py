"""What is drawn is valid, and wide enough to find what it is drawn for."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from pendulum import DateTime

from acctcore.accounts import account, holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog, Charge, DatedPrice, Plan
from acctcore.billing.proration import FixedMonth, Proration, Settlement
from acctcore.billing.tax import Taxes, TaxKey
from acctcore.flows import Policies
from acctcore.kernel.business import BusinessCalendar, Hours
from acctcore.kernel.calendar import Cycles, Every, NthWeekday, Span, ZonedCycles
from acctcore.kernel.deadlines import BusinessDays, Counting, Deadline
from acctcore.kernel.decision import Outcome
from acctcore.kernel.fiscal import FiscalCalendar
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.measures import Measure, Seconds, Thirty360
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import Authority
from acctcore.receivables import payments, refunds
from acctcore.testing import histories, registration, values
from acctcore.testing import strategies as ours

T = TypeVar("T")
TYPES = (
    Money,
    Price,
    Every,
    Cycles,
    ZonedCycles,
    NthWeekday,
    FiscalCalendar,
    BusinessCalendar,
    Hours,
    BusinessDays,
    Counting,
    Deadline,
    Proration,
    TaxKey,
    Taxes,
    DatedPrice,
    Charge,
    Plan,
    Catalog,
    Authority,
    Policies,
    Actor,
)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_type_is_enough_to_draw_by(kind: type[T], data: st.DataObject) -> None:
    registration.register()
    drawn = data.draw(st.from_type(kind))
    assert isinstance(drawn, kind)
    assert len(fingerprint(drawn)) == 32 or kind is ZonedCycles


@settings(max_examples=20)
@given(st.data())
def test_protocols_are_drawn_too(data: st.DataObject) -> None:
    registration.register()
    assert data.draw(st.from_type(Measure)).unit  # type: ignore[type-abstract]
    assert data.draw(st.from_type(Settlement)).ref.digest  # type: ignore[type-abstract]


def test_hypothesis_registers_by_itself_once_acctcore_is_installed() -> None:
    told = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.hypothesis]\nacctcore = "acctcore.testing.registration:register"' in told


def test_the_laws_do_not_load_before_they_are_asked_for() -> None:
    code = "import acctcore.testing, sys; sys.exit(bool({'hypothesis', 'acctcore.flows'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@given(st.data())
def test_cycles_have_a_length_and_spans_lie_inside(data: st.DataObject) -> None:
    proration = data.draw(ours.prorations())
    cycle, every = data.draw(ours.cycles(proration))
    assert proration.measure.length(cycle.start, cycle.end) > 0
    assert isinstance(every, Every)
    inside = data.draw(ours.spans(cycle))
    assert inside.within(cycle)


@pytest.mark.parametrize("measure", [Seconds(), Thirty360()], ids=["seconds", "30/360"])
@given(st.data())
def test_the_axis_is_the_measures_own(measure: Measure, data: st.DataObject) -> None:
    cycle, _ = data.draw(ours.cycles(Proration("x", "1", measure)))
    assert hasattr(cycle.start, "hour") is measure.instants


@given(ours.cycles(Proration("x", "1", ours.MEASURES[0], divisor=FixedMonth(30), telescopes=False)))
def test_a_fixed_month_is_drawn_with_months(drawn: tuple[Span[date], Every]) -> None:
    assert drawn[1].step[0] > 0


@given(ours.moneys(minimum=1, maximum=5), ours.prices("JPY", finer=False, maximum=9), ours.currencies())
def test_bounds_are_kept(money: Money, price: Price, code: str) -> None:
    assert 1 <= money.minor <= 5
    assert price.currency == "JPY"
    assert price.minor[0] <= 9 * price.minor[1]
    assert len(code) == 3


# Wide enough


def reached(strategy: st.SearchStrategy[T], wanted: Callable[[T], bool]) -> bool:
    """Return whether a strategy draws something of a kind within some thousand examples."""
    some = settings(max_examples=3_000, phases=[Phase.generate], derandomize=True, database=None)
    try:
        find(strategy, wanted, settings=some)
    except NoSuchExample:
        return False
    return True


def in_berlin(at: DateTime) -> datetime:
    return at.astimezone(ZoneInfo("Europe/Berlin"))


EDGES: tuple[tuple[str, st.SearchStrategy[Any], Callable[[Any], bool]], ...] = (
    ("a leap day", ours.dates(), lambda on: (on.month, on.day) == (2, 29)),
    ("the end of February", ours.dates(), lambda on: (on.month, on.day) == (2, 28)),
    ("a 31st", ours.dates(), lambda on: on.day == 31),
    ("the first date", ours.dates(), lambda on: on == date(2019, 1, 1)),
    ("the last date", ours.dates(), lambda on: on == date(2032, 12, 31)),
    (
        "midnight in Berlin",
        ours.instants(),
        lambda at: (in_berlin(at).hour, in_berlin(at).minute, in_berlin(at).second) == (0, 0, 0),
    ),
    ("the second of two equal hours", ours.instants(), lambda at: in_berlin(at).fold == 1),
    (
        "the second before clocks change",
        ours.instants(),
        lambda at: in_berlin(at).utcoffset() != in_berlin(at + timedelta(seconds=1)).utcoffset(),
    ),
    ("nothing", ours.moneys(), lambda money: money.minor == 0),
    ("the most", ours.moneys(), lambda money: money.minor == 10**12),
    ("the least", ours.moneys(), lambda money: money.minor == -(10**12)),
    ("a currency of three decimals", ours.moneys(), lambda money: money.code == "KWD"),
    ("a currency of none", ours.moneys(), lambda money: money.code == "JPY"),
    ("a price of nothing", ours.prices(), lambda price: not price.amount),
    ("a price below the smallest coin", ours.prices(), lambda price: 0 < price.minor[0] < price.minor[1]),
    ("a rate of nothing", ours.tax_keys(), lambda key: not key.rate),
    ("a rate of all", ours.tax_keys(), lambda key: key.rate == 100),
    ("cycles on a 31st", ours.grids(), lambda grid: grid.start(0).day == 31),
    ("a day that is skipped", ours.zoned_grids(), lambda grid: grid.zone == "Pacific/Apia"),
    ("a document of nothing", ours.documents(), lambda document: document.total == 0),
    (
        "one below zero",
        ours.documents(below_zero=True),
        lambda document: document.total < 0,
    ),
    (
        "no policy of a hold to place",
        ours.hold_policies(),
        lambda policy: policy.kinds[-1].four_eyes_to_place,
    ),
    (
        "a limit of nothing",
        ours.authorities(),
        lambda rule: any(each.amount is not None and not each.amount for each in rule.limits),
    ),
    ("a text of signs", values.of(holds.Placed), lambda event: not event.hold.id.isalnum()),
)


@pytest.mark.parametrize(
    ("strategy", "wanted"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES]
)
def test_what_is_drawn_reaches_the_edges(strategy: st.SearchStrategy[T], wanted: Callable[[T], bool]) -> None:
    assert reached(strategy, wanted)


def test_histories_reach_every_room_and_every_outcome() -> None:
    reached: dict[type, set[Outcome]] = {}

    @settings(max_examples=1_000, phases=[Phase.generate], derandomize=True, database=None, deadline=None)
    @given(histories.histories(least=4, most=10))
    def draw(history: histories.History) -> None:
        for step in history.steps:
            reached.setdefault(type(step.command), set()).add(step.answer.outcome)

    draw()
    common = (
        *(subs.Start, subs.Bill, subs.ChangePlan, subs.ChangeQuantity, subs.Cancel),
        *(subs.ChangeItems, subs.Reanchor, subs.Withdraw),
        *(payments.Attempt, payments.Receive, payments.Fail, refunds.Give),
        *(invoices.Draft, invoices.Issue, invoices.Void),
        *(account.Amend, account.RequestClosure, holds.Place),
    )
    assert [kind.__name__ for kind in common if Outcome.ALLOWED not in reached.get(kind, ())] == []
    asked = {outcome for outcomes in reached.values() for outcome in outcomes}
    assert {Outcome.REFUSED, Outcome.NEEDS_APPROVAL} <= asked
    assert approvals.Ask in reached


@settings(max_examples=5)
@given(histories.histories(least=1, most=2))
def test_a_history_tells_what_was_asked_and_answered(history: histories.History) -> None:
    told = repr(history)
    assert told.startswith("History under Policies(")
    assert all(f"# {step.answer.outcome.value}" in told for step in history.steps)


@given(st.data())
def test_offices_lend_what_their_staff_holds(data: st.DataObject) -> None:
    staff = (ours.OFFICER, ours.SUPERVISOR, Actor("guest"))
    now = data.draw(ours.instants())
    office = data.draw(ours.offices(staff, now))
    for each in office.delegations or ():
        assert each.roles <= each.from_actor.roles
        assert each.from_actor in staff
        assert set(office.lenders(each.to_actor, REFUND, now)) <= {actor.id for actor in staff}
    assert data.draw(ours.offices((), now)).delegations == ()


@given(ours.quorums(), ours.allowances())
def test_quorums_and_allowances_make_an_authority(
    quorum: approvals.Quorum, allowance: approvals.Allowance
) -> None:
    authority = Authority("drawn", "1", quorums=(quorum,), allowances=(allowance,))
    assert authority.governed == {REFUND}
    assert authority.needed(REFUND, Money(10**6, "EUR")) == quorum
