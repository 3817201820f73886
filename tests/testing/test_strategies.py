"""What is drawn is valid, and wide enough to find what it is drawn for."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

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
from acctcore.testing import histories, registration
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
