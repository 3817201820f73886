"""Changes there and back, twice a day, backdated and repeated, under the arithmetic of every known system."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import floor

import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    Proration,
    Settlement,
    TargetMinusBooked,
)
from acctcore.flows import Policies, handle
from acctcore.kernel.integers import Rounding
from acctcore.presets import flexprice, kill_bill, meteroid, zuora
from acctcore.presets.lago import LAGO
from acctcore.presets.stripe import BillingMode, stripe
from acctcore.testing import laws
from tests.flows.stories import PLAIN, Story, at

UP = Rounding.HALF_UP
SYSTEMS = (
    *(kill_bill.KILL_BILL, kill_bill.KILL_BILL_GREEDY, kill_bill.fixed_month(30), LAGO),
    *(stripe(rounding=UP, billing_mode=mode) for mode in BillingMode),
    *(flexprice.DAY_BOTH_ENDS, flexprice.DAY_HALF_OPEN, flexprice.SECOND, flexprice.SECOND_HALF_OPEN),
    *(meteroid.METEROID, meteroid.OWN_CADENCE),
)
CHOSEN = (
    *(BY_DAY, BY_SECOND, BY_THIRTIETHS),
    *(counted(rounding=UP) for counted in (zuora.actual_actual, zuora.actual_30, zuora.strict_30_360)),
)
RULES: dict[str, tuple[Proration, Settlement]] = {
    **{each.name: (each.proration, each.settlement) for each in SYSTEMS},
    **{each.name: (each, TargetMinusBooked()) for each in CHOSEN},
}
DAY, LATER, NEXT = "2024-02-13 15:00", "2024-02-20 15:00", "2024-03-11 15:00"
Acts = Callable[[Story], object]


def policies(name: str) -> Policies:
    proration, settlement = RULES[name]
    return changed(PLAIN, proration=proration, settlement=settlement)


def begun(name: str, on: str = "2024-01-10") -> Story:
    """Return the story of seven seats, billed for the cycle that began in February."""
    return Story(policies(name)).start(f"{on} 10:00", quantities={"seat": 7}).run("2024-02-11 00:00")


def ask(story: Story, kind: type[subs.Command], moment: str, /, **facts: object) -> None:
    """Ask for something, after looking at what it will cost and what asking twice would do."""
    command = story.command(kind, moment, **facts)
    laws.preview_is_the_bill(story.file, command, story.policies)
    laws.twice_is_once(story.file, command, story.policies)
    story.store(handle(story.file, command, story.policies))


def point(story: Story) -> date:
    """Return the day as the subscription counts it."""
    return story.file.subscriptions[0].point(at(DAY))


# There and back at one instant


def other_plan(story: Story) -> None:
    ask(story, subs.ChangePlan, DAY, plan="large")
    ask(story, subs.ChangePlan, DAY, plan="small")


def fewer(story: Story) -> None:
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=3)
    ask(story, subs.ChangeItems, DAY, quantities={"seat": 7})


def more(story: Story) -> None:
    ask(story, subs.ChangeItems, DAY, quantities={"seat": 11})
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=7)


def other_day(story: Story) -> None:
    ask(story, subs.Reanchor, DAY, anchor_day=5)
    ask(story, subs.Reanchor, DAY, anchor_day=10)


def pause(story: Story) -> None:
    ask(story, subs.Pause, DAY)
    ask(story, subs.Resume, DAY)


def withdrawn(story: Story) -> None:
    ask(story, subs.ChangePlan, DAY, id="waits", plan="large", when=subs.Timing.CYCLE_END)
    ask(story, subs.Withdraw, DAY, change="waits")


def end(story: Story) -> None:
    ask(story, subs.Cancel, DAY, when=date(2024, 2, 20))
    ask(story, subs.Uncancel, DAY)


BACK = (other_plan, fewer, more, other_day, pause, withdrawn, end)


@pytest.mark.parametrize("acts", BACK)
@pytest.mark.parametrize("name", RULES)
def test_a_change_and_back_at_one_instant_comes_to_nothing(name: str, acts: Acts) -> None:
    story, plain = begun(name), begun(name)
    acts(story)
    assert story.net() == plain.net()
    assert story.run(NEXT).net() == plain.run(NEXT).net()
    laws.rebuilds(story.file)


def test_kill_bill_counts_a_part_before_a_short_month_s_end_over_another_month() -> None:
    """Its divisor is a plain step back from the boundary: 29 January to 29 February, not 31 January."""
    story = begun("kill-bill", "2024-01-31")
    before = story.net()
    story.do(subs.ChangePlan, DAY, plan="large")
    story.do(subs.ChangePlan, DAY, plan="small")

    def part(price: int, days: int) -> int:
        return floor(Fraction(price * 16, days) + Fraction(1, 2))

    assert before - story.net() == sum(part(price, 29) - part(price, 31) for price in (3000, 2100))


# By another way to the same


def late(story: Story) -> None:
    ask(story, subs.ChangePlan, LATER, plan="large", when=point(story))


def a_cycle_late(story: Story) -> None:
    story.run(NEXT)
    ask(story, subs.ChangePlan, NEXT, plan="large", when=point(story))


def punctual(story: Story) -> None:
    ask(story, subs.ChangePlan, DAY, plan="large")


def twice_a_day(story: Story) -> None:
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=3)
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=5)


def once_a_day(story: Story) -> None:
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=5)


def one_by_one(story: Story) -> None:
    ask(story, subs.ChangePlan, DAY, plan="large")
    ask(story, subs.ChangeQuantity, DAY, item="seat", quantity=5)


def together(story: Story) -> None:
    ask(story, subs.ChangePlan, DAY, plan="large", quantities={"seat": 5})


def moved_late(story: Story) -> None:
    ask(story, subs.Reanchor, LATER, anchor_day=5, when=point(story))


def moved(story: Story) -> None:
    ask(story, subs.Reanchor, DAY, anchor_day=5)


WAYS = [
    pytest.param(late, punctual, id="backdated within the cycle"),
    pytest.param(a_cycle_late, punctual, id="backdated over a renewal"),
    pytest.param(twice_a_day, once_a_day, id="two changes in one day"),
    pytest.param(one_by_one, together, id="plan and quantity in one day"),
    pytest.param(moved_late, moved, id="another billing day, backdated"),
]


@pytest.mark.parametrize(("one", "other"), WAYS)
@pytest.mark.parametrize("name", RULES)
def test_two_ways_to_the_same_terms_cost_the_same(name: str, one: Acts, other: Acts) -> None:
    story, same = begun(name), begun(name)
    one(story)
    other(same)
    assert story.run(NEXT).net() == same.run(NEXT).net()
    assert story.file.subscriptions[0].billed_to == same.file.subscriptions[0].billed_to
