"""What is sold, who asks, and a desk that stores what becomes of it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import pendulum
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Billing, Catalog, Charge, DatedPrice, Plan
from acctcore.kernel.calendar import Every, Grid, at_local, months, weeks
from acctcore.kernel.decision import Decision
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Price
from acctcore.kernel.terms import Actor

DESK: Final = Actor("desk")
ZONE: Final = "Europe/Berlin"
LONG_AGO: Final = date(2000, 1, 1)
NOW, CYCLE_END = subs.Timing.NOW, subs.Timing.CYCLE_END

Subscription = subs.Subscription[date]


def charge(key: str, price: str | dict[date, str], currency: str = "EUR", **more: Any) -> Charge:
    prices = price if isinstance(price, dict) else {LONG_AGO: price}
    dated = tuple(DatedPrice(since, Price(amount, currency)) for since, amount in prices.items())
    return Charge(key=key, title=key.title(), prices=dated, **more)


def seats(price: str, **more: Any) -> Charge:
    return charge("seat", price, per_unit=True, **more)


MONTHLY: Final = months(1)


def plan(id: str, *charges: Charge, every: Every = MONTHLY, trial_days: int = 0) -> Plan:
    return Plan(id=id, title=id.title(), every=every, charges=charges, trial_days=trial_days)


ARREARS: Final = Billing.IN_ARREARS

CATALOG: Final = Catalog(
    plans=(
        plan("small", charge("base", "31.00"), seats("7.99")),
        plan("large", charge("base", "49.99"), seats("12.35"), charge("support", "10.01", billing=ARREARS)),
        plan("solo", charge("base", "20.00"), charge("care", "3.33", billing=ARREARS)),
        plan("yearly", charge("base", "365.00"), seats("80.00", billing=ARREARS), every=months(12)),
        plan("weekly", charge("base", "31.00"), seats("7.99"), every=weeks(2)),
        plan("trial", charge("base", "31.00"), seats("7.99"), trial_days=14),
    )
)
DATED_PRICES: Final = Catalog(
    plans=(
        plan(
            "small",
            charge("base", {LONG_AGO: "31.00", date(2024, 2, 5): "33.00", date(2024, 3, 20): "40.00"}),
            seats("7.99"),
        ),
        plan("large", charge("base", {LONG_AGO: "49.99", date(2024, 4, 1): "55.00"}), seats("12.35")),
    )
)
"""Prices of small rise inside the cycles that begin on the 10th; seats stay as they are."""

SELLING: Final = subs.Selling(CATALOG)


def at(text: str) -> DateTime:
    """Return a local time in Berlin, noon where only a date is told."""
    when = datetime.fromisoformat(text)
    clock = when.time() if len(text) > 10 else time(12)
    return at_local(when.date(), ZONE, clock)


def on(text: str) -> date:
    return date.fromisoformat(text)


def local_midnight(day: date) -> DateTime:
    return pendulum.instance(datetime.combine(day, time(), ZoneInfo(ZONE))).in_timezone("UTC")


class Desk:
    """One subscription, the answers so far, and every line that was charged or given back."""

    def __init__(self, policy: subs.Selling = SELLING, zone: str = ZONE) -> None:
        self.policy = policy
        self.zone = zone
        self.subscription: Subscription | None = None
        self.charged: dict[str, int] = {}
        self.given_back: dict[str, list[int]] = {}
        self.bills: list[subs.Billing[date]] = []
        self.count = 0

    def command(self, kind: type[subs.Command], moment: str | DateTime, /, **facts: Any) -> subs.Command:
        self.count += 1
        instant = at(moment) if isinstance(moment, str) else moment
        id = facts.pop("id", f"c{self.count}")
        return kind(id=id, at=instant, by=DESK, subscription_id="S", **facts)

    def ask(
        self,
        kind: type[subs.Command],
        moment: str | DateTime,
        /,
        shared: Grid[date] | None = None,
        **facts: Any,
    ) -> Decision[Event]:
        """Decide and, where it is allowed, store what happens and what it costs."""
        command = self.command(kind, moment, **facts)
        decision = subs.decide(self.subscription, command, self.policy, self.zone, shared)
        if decision.allowed:
            self.store(command, decision.events)
        return decision

    def start(self, when: str | DateTime, plan: str = "small", **facts: Any) -> "Desk":
        assert self.ask(subs.Start, when, plan=plan, currency="EUR", **facts).allowed
        return self

    def do(self, kind: type[subs.Command], moment: str | DateTime, /, **facts: Any) -> "Desk":
        """Ask for something that must be allowed."""
        decision = self.ask(kind, moment, **facts)
        assert decision.allowed, decision
        return self

    def run(self, until: str | DateTime) -> "Desk":
        """Bill everything that is due by a moment, point by point, each at its own instant."""
        moment = at(until) if isinstance(until, str) else until
        while (point := self.next_due(moment)) is not None:
            self.do(subs.Bill, self.now.instant(point), on=point)
        return self

    def next_due(self, moment: DateTime) -> date | None:
        if self.subscription is None:
            return None
        return next(subs.due_points(self.subscription, self.subscription.point(moment)), None)

    @property
    def now(self) -> Subscription:
        assert self.subscription is not None
        return self.subscription

    def store(self, command: subs.Command, events: Sequence[Event]) -> None:
        before = self.subscription
        for event in events:
            self.subscription = subs.evolve(self.subscription, event)
        if isinstance(command, subs.Bill):
            point = subs.effective(self.now, command, self.policy)
            bill: subs.Billing[date] | None = subs.bill(self.now, point, self.policy, command.at, command.id)
        else:
            bill = subs.bill_change(before, self.now, command, self.policy)
        if bill is not None:
            self.book(bill)

    def book(self, bill: subs.Billing[date]) -> None:
        self.bills.append(bill)
        for event in (*bill.repriced, bill.event):
            self.subscription = subs.evolve(self.subscription, event)
        for part in bill.charges:
            assert part.line not in self.charged, "no line is charged twice"
            assert part.basis.amount() == part.amount
            self.charged[part.line] = part.amount
        for given in bill.credits:
            assert given.credit.basis.amount() == given.credit.amount
            self.given_back.setdefault(given.covered.line, []).append(given.credit.amount)

    @property
    def net(self) -> int:
        return sum(self.charged.values()) - sum(map(sum, self.given_back.values()))

    def told(self) -> list[tuple[str, str, int]]:
        """Return the lines of the last bill: item, stretch and amount, credits below zero."""
        bill = self.bills[-1]
        credits = [(each.covered.item, str(each.span), -each.credit.amount) for each in bill.credits]
        return [*credits, *((each.item.key, str(each.span), each.amount) for each in bill.charges)]


def wrong_phase(decision: Decision[Event]) -> bool:
    return [type(reason) for reason in decision.reasons] == [WrongPhase]


def selling(**facts: Any) -> subs.Selling:
    return changed(SELLING, **facts)
