"""How much may be done alone in a window of time: what counts, what is left, and when it frees up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pendulum
import pytest
from attrs import evolve as changed
from hypothesis import assume, event, given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant, years
from acctcore.kernel.decision import Missing
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    PER_DAY,
    PER_MONTH,
    PER_WEEK,
    PER_YEAR,
    UNTOLD,
    Allowance,
    Alone,
    Authority,
    Exercise,
    Limit,
    Need,
    Office,
    Per,
    Quorum,
    Rolling,
    Window,
)

EUR = "EUR"
BERLIN = "Europe/Berlin"
OFFICER = frozenset({"officer"})
BOTH = OFFICER | {"boss"}
LIMITS = (Limit("officer", REFUND, EUR, Money(200, EUR)), Limit("boss", REFUND))


def at(text: str, zone: str = BERLIN) -> DateTime:
    return instant(pendulum.parse(text, tz=zone))


def done(text: str, amount: object = 60, **facts: object) -> Exercise:
    usual = {"operation": REFUND, "by": "ann", "account": "A", "request": None}
    money = amount if isinstance(amount, Money) else Money(amount, EUR)
    return Exercise(amount=money, at=at(text), **{**usual, **facts})  # type: ignore[arg-type]


def allowance(**facts: object) -> Allowance:
    usual = {"name": "daily", "operations": REFUND, "amount": Money(100, EUR), "window": PER_DAY}
    return Allowance(**{**usual, **facts})  # type: ignore[arg-type]


def asked(
    act: Exercise,
    *before: Exercise,
    rules: tuple[Allowance, ...],
    office: Office = UNTOLD,
    roles: frozenset[str] = OFFICER,
    limits: tuple[Limit, ...] = LIMITS,
) -> Alone:
    authority = Authority("allowances", "1", limits, allowances=rules)
    return approvals.alone(authority, act, roles, BERLIN, before, office)


@pytest.mark.parametrize(
    ("window", "before", "act", "fits"),
    [
        pytest.param(PER_DAY, "2024-03-01 00:00", "2024-03-01 23:59", False, id="the same day"),
        pytest.param(PER_DAY, "2024-03-01 23:59", "2024-03-02 00:00", True, id="the next day"),
        pytest.param(PER_WEEK, "2024-03-04 00:00", "2024-03-10 23:59", False, id="Monday to Sunday"),
        pytest.param(PER_WEEK, "2024-03-10 23:59", "2024-03-11 00:00", True, id="Sunday, then Monday"),
        pytest.param(PER_WEEK, "2024-12-30 09:00", "2025-01-05 09:00", False, id="a week over New Year"),
        pytest.param(PER_MONTH, "2024-02-01 00:00", "2024-02-29 23:59", False, id="a leap February"),
        pytest.param(PER_MONTH, "2024-02-29 23:59", "2024-03-01 00:00", True, id="the next month"),
        pytest.param(PER_YEAR, "2024-01-01 00:00", "2024-12-31 23:59", False, id="a year"),
        pytest.param(PER_YEAR, "2024-12-31 23:59", "2025-01-01 00:00", True, id="the next year"),
        pytest.param(Rolling(3), "2024-02-28 00:00", "2024-03-01 23:59", False, id="three dates"),
        pytest.param(Rolling(3), "2024-02-28 23:59", "2024-03-02 00:00", True, id="the fourth"),
        pytest.param(Rolling(1), "2024-03-31 00:30", "2024-03-31 23:30", False, id="a day of 23 hours"),
        pytest.param(Rolling(1), "2024-10-27 00:30", "2024-10-28 00:00", True, id="after a day of 25"),
    ],
)
def test_what_lies_in_a_window(window: Window, before: str, act: str, fits: bool) -> None:
    answer = asked(done(act), done(before), rules=(allowance(window=window),))
    assert answer.free is fits


def test_dates_are_those_of_the_account_or_of_the_office() -> None:
    late, early = "2024-03-01 23:30", "2024-03-02 00:30"  # in Berlin; both on the first in London
    assert asked(done(early), done(late), rules=(allowance(),)).free
    assert not asked(done(early), done(late), rules=(allowance(zone="Europe/London"),)).free


def test_a_date_begins_once_also_where_clocks_go_back_over_midnight() -> None:
    """In St. John's, 7 November 2010 had begun when clocks went back from 00:01 to 23:01 on the sixth."""
    rules = (allowance(zone="America/St_Johns"),)
    before = done("2010-11-07 03:00")  # in Berlin; 23:30 there, for the first time
    again = (done("2010-11-07 04:00"), done("2010-11-07 04:20"))  # 23:30 and 23:50, for the second time
    the_seventh = done("2010-11-07 05:00")  # half past midnight
    assert asked(again[0], before, rules=rules).free
    assert not asked(again[1], again[0], rules=rules).free
    assert not asked(the_seventh, again[0], rules=rules).free
    assert asked(again[0], done("2010-11-06 12:00"), rules=(allowance(zone="America/St_Johns"),)).free


@pytest.mark.parametrize(
    ("rule", "before", "fits"),
    [
        pytest.param({}, done("2024-03-01 09:00", 40), True, id="up to the amount"),
        pytest.param({}, done("2024-03-01 09:00", "40.01"), False, id="a cent more"),
        pytest.param({}, done("2024-03-01 09:00", -50), False, id="a sign does not help"),
        pytest.param({}, done("2024-03-01 09:00", by="bob"), True, id="somebody else's"),
        pytest.param({"per": Per.ACCOUNT}, done("2024-03-01 09:00", by="bob"), False, id="anybody's here"),
        pytest.param({}, done("2024-03-01 09:00", operation=CREDIT), True, id="another operation"),
        pytest.param(
            {"operations": {REFUND, CREDIT}},
            done("2024-03-01 09:00", operation=CREDIT),
            False,
            id="both",
        ),
        pytest.param({}, done("2024-03-01 09:00", Money(60, "USD")), True, id="another currency"),
        pytest.param({}, done("2024-03-01 09:00", request="R-1"), False, id="what was approved counts"),
        pytest.param({"counts_approved": False}, done("2024-03-01 09:00", request="R-1"), True, id="or not"),
        pytest.param({}, done("2024-03-01 12:00"), False, id="what is recorded later on the day counts, too"),
    ],
)
def test_what_counts(rule: dict[str, object], before: Exercise, fits: bool) -> None:
    assert asked(done("2024-03-01 10:00"), before, rules=(allowance(**rule),)).free is fits


@pytest.mark.parametrize(
    ("per", "elsewhere", "fits"),
    [
        pytest.param(Per.ACTOR, done("2024-03-01 09:00", account="B"), False, id="one's own, on any account"),
        pytest.param(Per.ACTOR, done("2024-03-01 09:00", account="B", by="bob"), True, id="not another's"),
        pytest.param(Per.OFFICE, done("2024-03-01 09:00", account="B", by="bob"), False, id="everybody's"),
        pytest.param(Per.ACCOUNT, done("2024-03-01 09:00", account="B"), True, id="not on another account"),
        pytest.param(Per.ACTOR_ON_ACCOUNT, done("2024-03-01 09:00", account="B"), True, id="nor one's own"),
        pytest.param(Per.OFFICE, done("2024-03-01 09:00"), True, id="the file knows what was done here"),
    ],
)
def test_what_counts_of_what_was_done_elsewhere(per: Per, elsewhere: Exercise, fits: bool) -> None:
    answer = asked(
        done("2024-03-01 10:00"), rules=(allowance(per=per),), office=Office(exercised=(elsewhere,))
    )
    assert answer.free is fits


def test_what_was_done_elsewhere_has_to_be_told_where_it_counts() -> None:
    rules = (allowance(name="mine", per=Per.ACTOR, window=PER_MONTH), allowance(name="all", per=Per.OFFICE))
    answer = asked(done("2024-03-15 10:00"), rules=rules)
    assert answer.missing == (
        Missing("what was done on other accounts", ("mine", "ann", "from 2024-03-01")),
        Missing("what was done on other accounts", ("all", "from 2024-03-15")),
    )
    assert not answer.free
    assert asked(done("2024-03-15 10:00"), rules=rules, office=Office(exercised=())).free


def test_the_reason_names_limit_used_left_and_when_it_frees_up() -> None:
    answer = asked(
        done("2024-03-01 10:00"), done("2024-03-01 09:00", "70.50"), rules=(allowance(window=PER_MONTH),)
    )
    (reason,) = answer.exceeded
    assert reason.text == (
        "refund of 60.00 EUR exceeds daily: 70.50 EUR of 100.00 EUR used, 29.50 EUR left"
        " until 2024-03-31T22:00:00Z"  # the first of April in Berlin
    )
    assert (answer.total, answer.frees_at) == (Money("130.50", EUR), at("2024-04-01"))
    never = asked(done("2024-03-01 10:00", 101), rules=(allowance(),))
    assert [each.text for each in never.exceeded] == [
        "refund of 101.00 EUR exceeds daily: 0.00 EUR of 100.00 EUR used, 100.00 EUR left"
    ]
    assert never.frees_at is None


def test_what_rolls_frees_up_as_the_acts_drop_out() -> None:
    before = (done("2024-03-01 09:00", 50), done("2024-03-03 09:00", 40), done("2024-03-04 09:00", 5))
    rules = (allowance(window=Rolling(7)),)
    assert asked(done("2024-03-05 10:00", 6), *before, rules=rules).frees_at == at("2024-03-08")
    assert asked(done("2024-03-05 10:00", 60), *before, rules=rules).frees_at == at("2024-03-10")
    assert asked(done("2024-03-05 10:00", 96), *before, rules=rules).frees_at == at("2024-03-11")


def test_an_act_recorded_late_may_not_fill_a_window_that_is_full_by_now() -> None:
    """Three days, 100: 60 on the fourth; 60 dated to the second would make 120 on the second to fourth."""
    rules = (allowance(window=Rolling(3)),)
    assert not asked(done("2024-03-02 10:00"), done("2024-03-04 10:00"), rules=rules).free
    assert asked(done("2024-03-01 10:00"), done("2024-03-04 10:00"), rules=rules).free


def test_of_several_roles_the_best_counts_and_what_has_no_role_holds_for_all() -> None:
    ofc, boss = (
        allowance(name="ofc", role="officer"),
        allowance(name="boss", role="boss", amount=Money(500, EUR)),
    )
    act, before = done("2024-03-01 10:00"), done("2024-03-01 09:00")
    assert not asked(act, before, rules=(ofc, boss)).free
    assert asked(act, before, rules=(ofc, boss), roles=BOTH).free
    answer = asked(act, before, rules=(ofc, boss, allowance(name="all")), roles=BOTH)
    assert [each.allowance for each in answer.exceeded] == ["all"]
    beyond = asked(done("2024-03-01 10:00", 201), rules=(ofc,))
    assert (beyond.within_limits, beyond.exceeded) == (False, ())


def test_it_frees_up_as_soon_as_one_role_will_do() -> None:
    daily, weekly = (
        allowance(name="ofc", role="officer"),
        allowance(name="boss", role="boss", window=PER_WEEK),
    )
    answer = asked(done("2024-03-05 10:00"), done("2024-03-05 09:00"), rules=(weekly, daily), roles=BOTH)
    assert answer.frees_at == at("2024-03-06")
    for_all = (weekly, changed(daily, role=None))
    answer = asked(done("2024-03-05 10:00"), done("2024-03-05 09:00"), rules=for_all, roles=BOTH)
    assert answer.frees_at == at("2024-03-06")  # an officer has no allowance of the week
    answer = asked(
        done("2024-03-05 10:00"), done("2024-03-05 09:00"), rules=for_all, roles=frozenset({"boss"})
    )
    assert answer.frees_at == at("2024-03-11")


def test_a_hard_allowance_is_told_from_one_that_can_be_approved() -> None:
    hard, soft = allowance(name="hard", hard=True), allowance(name="soft")
    answer = asked(done("2024-03-01 10:00"), done("2024-03-01 09:00"), rules=(soft, hard))
    assert [each.allowance for each in answer.hard] == ["hard"]
    by_role = (allowance(name="ofc", role="officer", hard=True), allowance(name="boss", role="boss"))
    both = asked(
        done("2024-03-01 10:00"),
        done("2024-03-01 09:00"),
        rules=by_role,
        roles=BOTH,
    )
    assert [each.allowance for each in both.exceeded] == ["boss"]  # as a boss, it can still be approved


def test_where_one_role_is_unknown_another_may_do() -> None:
    office_wide = allowance(name="ofc", role="officer", per=Per.ACTOR)
    act = done("2024-03-01 10:00")
    assert asked(act, rules=(office_wide,)).missing
    assert asked(act, rules=(office_wide,), roles=BOTH).free


def test_a_free_operation_can_be_allowed_so_much_of() -> None:
    act, before = done("2024-03-01 10:00"), done("2024-03-01 09:00")
    assert asked(act, rules=(allowance(),), limits=(), roles=frozenset()).free
    assert not asked(act, before, rules=(allowance(),), limits=(), roles=frozenset()).free
    authority = Authority("a", "1", quorums=(Quorum(REFUND, (Need(),)),), allowances=(allowance(),))
    assert not approvals.alone(authority, act, OFFICER, BERLIN, (), UNTOLD).within_limits


def test_nothing_uses_nothing_up() -> None:
    full = (done("2024-03-01 09:00", 100), done("2024-03-01 09:30", 100))
    assert asked(done("2024-03-01 10:00", 0), *full, rules=(allowance(),)).free


# The same by brute force


def brute_force(rule: Allowance, act: Exercise, before: list[Exercise]) -> bool:
    """Return whether no window that holds the act would hold more than is allowed, one by one."""
    zone = ZoneInfo(rule.zone or BERLIN)

    def day(each: Exercise) -> date:
        return datetime.fromtimestamp(each.at.timestamp(), zone).date()

    counted = [
        (day(each), abs(each.amount.minor))
        for each in before
        if each.operation in rule.operations
        and each.amount.code == rule.amount.code
        and (rule.counts_approved or each.request is None)
        and {
            Per.ACTOR_ON_ACCOUNT: (each.by, each.account) == (act.by, act.account),
            Per.ACCOUNT: each.account == act.account,
            Per.ACTOR: each.by == act.by,
            Per.OFFICE: True,
        }[rule.per]
    ]
    on, mine = day(act), abs(act.amount.minor)
    if isinstance(rule.window, Rolling):
        starts = [on - timedelta(days=back) for back in range(rule.window.days)]
        windows = [{start + timedelta(days=n) for n in range(rule.window.days)} for start in starts]
        return all(
            sum(amount for when, amount in counted if when in window) + mine <= rule.amount.minor
            for window in windows
        )
    same: dict[object, Callable[[date], object]] = {
        PER_DAY: lambda when: when,
        PER_WEEK: lambda when: when.isocalendar()[:2],
        PER_MONTH: lambda when: (when.year, when.month),
        PER_YEAR: lambda when: when.year,
    }
    key = same[rule.window]
    return sum(amount for when, amount in counted if key(when) == key(on)) + mine <= rule.amount.minor


moments = st.integers(0, 24 * 40).map(lambda hours: instant(at("2024-12-15 00:30") + timedelta(hours=hours)))
exercises = st.builds(
    Exercise,
    operation=st.sampled_from([REFUND, CREDIT]),
    amount=st.integers(1, 60).map(lambda units: Money(units, EUR)),
    by=st.sampled_from(["ann", "bob"]),
    at=moments,
    account=st.sampled_from(["A", "B"]),
    request=st.sampled_from([None, None, "R"]),
)
rules = st.builds(
    Allowance,
    name=st.just("drawn"),
    operations=st.sampled_from([{REFUND}, {REFUND, CREDIT}]),
    amount=st.integers(20, 150).map(lambda units: Money(units, EUR)),
    window=st.sampled_from([PER_DAY, PER_WEEK, PER_MONTH, PER_YEAR, Rolling(1), Rolling(3), Rolling(10)]),
    per=st.sampled_from(Per),
    zone=st.sampled_from([None, "UTC", "Pacific/Apia", "America/New_York"]),
    counts_approved=st.booleans(),
)


def answer_of(rule: Allowance, act: Exercise, before: list[Exercise]) -> Alone:
    here = tuple(each for each in before if each.account == act.account)
    office = Office(exercised=tuple(before))  # what was done here is told twice, and counts once
    return asked(act, *here, rules=(rule,), office=office, limits=())


@given(rules, exercises, st.lists(exercises, max_size=12))
def test_what_fits_is_what_brute_force_says(rule: Allowance, act: Exercise, before: list[Exercise]) -> None:
    act = changed(act, operation=REFUND)
    fits = brute_force(rule, act, before)
    assert answer_of(rule, act, before).free is fits
    event("fits" if fits else "does not")


@given(rules, exercises, st.lists(exercises, max_size=12))
def test_it_frees_up_at_the_first_instant_at_which_it_fits(
    rule: Allowance, act: Exercise, before: list[Exercise]
) -> None:
    act = changed(act, operation=REFUND)
    answer = answer_of(rule, act, before)
    assume(not answer.free)
    frees = answer.frees_at
    if frees is None:
        assert act.amount > rule.amount
        return
    assert [each.frees_at for each in answer.exceeded] == [frees]
    assert brute_force(rule, changed(act, at=frees), before)
    steps = [instant(act.at + timedelta(hours=7 * n)) for n in range(150)]
    for when in (*(step for step in steps if step < frees), instant(frees - timedelta(minutes=1))):
        assert not brute_force(rule, changed(act, at=when), before)


@given(rules, st.lists(exercises, max_size=15))
def test_what_was_done_alone_never_exceeds_an_allowance(rule: Allowance, wanted: list[Exercise]) -> None:
    """Ask in any order, dated anyhow: the sum of what needed nobody's approval fits every window."""
    taken: list[Exercise] = []
    for act in wanted:
        if answer_of(rule, act, taken).free or act.request is not None:
            taken.append(act)
    alone = [each for each in taken if each.request is None]
    for act in alone:
        others = [each for each in alone if each is not act]
        if act.operation in rule.operations:
            assert brute_force(rule, act, others)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: allowance(amount=Money(-1, EUR)), "Allowance.amount", id="not negative"),
        pytest.param(lambda: allowance(operations=()), "Allowance.operations", id="of something"),
        pytest.param(lambda: allowance(window="day"), "Allowance.window", id="in a window"),
        pytest.param(
            lambda: allowance(window=changed(PER_YEAR, every=years(3))), "Allowance.window", id="not too long"
        ),
        pytest.param(lambda: allowance(zone="Mars/Olympus"), "zone", id="in a zone"),
        pytest.param(lambda: Rolling(0), "Rolling.days", id="a day at least"),
        pytest.param(lambda: Rolling(732), "Rolling.days", id="two years at most"),
        pytest.param(
            lambda: Authority("a", "1", LIMITS, allowances=(allowance(role="clerk"),)),
            "Authority.allowances",
            id="a role's allowance narrows its limit",
        ),
        pytest.param(
            lambda: Authority("a", "1", LIMITS, allowances=(allowance(), allowance())),
            "Authority.allowances",
            id="by names of their own",
        ),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where
