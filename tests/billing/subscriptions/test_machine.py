"""Any order of asking, early or late, held to an oracle that counts day by day and second by second."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pendulum import DateTime

from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Billing
from acctcore.billing.proration import BY_SECOND, Owner, Proration
from acctcore.kernel.measures import ActualDays
from tests.billing.subscriptions.oracle import Oracle, Wanted, of_dates, of_instants
from tests.billing.subscriptions.stories import CATALOG, CYCLE_END, NOW, ZONE, Desk, at, selling

PLANS = ("small", "large", "solo", "yearly", "weekly")
UNITS = {plan.id: [charge.key for charge in plan.charges if charge.per_unit] for plan in CATALOG.plans}
OLD_DAYS = Proration("old-days", "1", ActualDays(), change_day=Owner.OLD, end_day=Owner.OLD)

plans = st.sampled_from(PLANS)
quantities = st.integers(0, 4)
gaps = st.integers(0, 9) | st.integers(20, 45)
resumings = st.sampled_from(subs.Resuming)
stubs = st.sampled_from(subs.Stub)
ANEW = subs.Resuming.RESTART
whens = st.sampled_from([NOW, CYCLE_END]) | st.integers(1, 12) | st.integers(-40, 60)
back = st.just(0) | st.integers(1, 9) | st.integers(10, 45)


class Machine(RuleBasedStateMachine):
    """One subscription billed by local dates, the change day belonging to what begins."""

    proration: Proration | None = None

    def __init__(self) -> None:
        super().__init__()
        policy = selling() if self.proration is None else selling(proration=self.proration)
        self.instants = policy.proration.measure.instants
        self.desk = Desk(policy)
        self.oracle = Oracle(CATALOG, of_instants(ZONE) if self.instants else of_dates())
        self.clock = at("2024-01-17 10:30")
        self.moved = 0  # from where on a resumption changes something

    # Commands

    @initialize(
        plan=st.sampled_from([*PLANS, "trial"]),
        later=st.just(0) | st.integers(-100, 40),
        anchor=st.none() | st.sampled_from([1, 15, 29, 30, 31]),
        trial=st.none() | st.integers(0, 40),
        quantity=quantities,
        credit=st.booleans(),
        resuming=resumings,
        stub=stubs,
        term=st.none() | st.none() | st.tuples(st.integers(1, 4), st.booleans()) | st.integers(1, 120),
    )
    def start(
        self,
        plan: str,
        later: int,
        anchor: int | None,
        trial: int | None,
        quantity: int,
        credit: bool,
        resuming: subs.Resuming,
        stub: subs.Stub,
        term: tuple[int, bool] | int | None,
    ) -> None:
        self.on_hold = subs.OnHold(subs.Effect.STOP, credit, resuming)
        stated = dict.fromkeys(UNITS[plan], quantity)
        starts = None if later == 0 else self._point(later)
        anchor = None if plan == "weekly" else anchor
        begin = self._axis(self.clock) if starts is None else starts
        until = begin + timedelta(days=term) if isinstance(term, int) else None
        count, renews = term if isinstance(term, tuple) else (None, None)
        agreed = {"until": until, "term_cycles": count, "renews": renews}
        self.desk.start(
            self.clock,
            plan,
            starts=starts,
            anchor_day=anchor,
            trial_days=trial,
            quantities=stated,
            stub=stub,
            **agreed,
        )
        now = self.desk.now
        assert now.start == begin
        days = (14 if plan == "trial" else 0) if trial is None else trial
        assert (now.day(now.billing_from) - now.day(begin)).days == days
        self.oracle.start(begin, now.billing_from, plan, stated, anchor, stub.value)
        self.oracle.expire(None if renews else count, until)
        assert (None if now.ends is None else self.oracle.axis.position(now.ends)) == self.oracle.ends
        if self.desk.bills:
            self._billed(self.desk.bills[0].event.on, self.desk.bills[0].event.on)

    @rule(plan=plans, quantity=st.none() | quantities, when=whens, back=back)
    def change_plan(self, plan: str, quantity: int | None, when: Any, back: int) -> None:
        stated = dict.fromkeys(UNITS[plan], quantity) if quantity is not None else {}

        def agree(since: date) -> None:
            self.oracle.change_plan(since, plan, stated, self.desk.now.billing_from, self._cause)

        self._change(subs.ChangePlan, when, back, agree, plan=plan, quantities=stated)

    @rule(quantity=quantities, when=whens, back=back, several=st.booleans())
    def change_quantity(self, quantity: int, when: Any, back: int, several: bool) -> None:
        def agree(since: date) -> None:
            self.oracle.change_quantity(since, "seat", quantity, self._cause)

        if several:
            self._change(subs.ChangeItems, when, back, agree, quantities={"seat": quantity})
        else:
            self._change(subs.ChangeQuantity, when, back, agree, item="seat", quantity=quantity)

    @rule(day=st.none() | st.sampled_from([1, 15, 29, 30, 31]), when=whens, back=back, stub=stubs)
    def reanchor(self, day: int | None, when: Any, back: int, stub: subs.Stub) -> None:
        def agree(since: date) -> None:
            self.oracle.reanchor(since, day, stub.value, self._cause)

        self._change(subs.Reanchor, when, back, agree, anchor_day=day, stub=stub)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data(), quantity=st.none() | quantities, ahead=st.integers(1, 60))
    def withdraw(self, data: st.DataObject, quantity: int | None, ahead: int) -> None:
        """Take back what waits, or have another quantity later in its place."""
        change = data.draw(st.sampled_from(self._waiting()))
        bills, since = len(self.desk.bills), self._point(ahead)
        if quantity is None:
            decision = self.desk.ask(subs.Withdraw, self.clock, change=change)
        else:
            stated: dict[str, Any] = {
                "item": "seat",
                "quantity": quantity,
                "when": since,
                "replaces": change,
            }
            decision = self.desk.ask(subs.ChangeQuantity, self.clock, **stated)
        if not decision.allowed:
            return
        self.oracle.withdraw(change)
        if quantity is not None:
            self.oracle.change_quantity(since, "seat", quantity, self._cause)
        if len(self.desk.bills) > bills:  # what counted already, from tomorrow
            assert self._old_days()
            point = self.desk.bills[-1].event.on
            self._billed(point, point + timedelta(days=1))

    @rule(when=whens, back=back, credit=st.booleans())
    def cancel(self, when: Any, back: int, credit: bool) -> None:
        def agree(since: date) -> None:
            self.oracle.ends = max(self.oracle.axis.position(since), self.oracle.begin)
            self.oracle.gives_back = credit
            if self.oracle.expires is not None and self.oracle.expires <= self.oracle.ends:
                self.oracle.ends, self.oracle.gives_back = self.oracle.expires, True

        self._change(subs.Cancel, when, back, agree, credit=credit)

    @precondition(lambda self: self.oracle.ends is not None)
    @rule(back=back)
    def uncancel(self, back: int) -> None:
        def agree(since: date) -> None:
            self.oracle.ends, self.oracle.gives_back = self.oracle.expires, True

        self._change(subs.Uncancel, NOW, back, agree)

    @rule(
        when=whens, lasts=st.none() | st.integers(1, 90), back=back, credit=st.booleans(), resuming=resumings
    )
    def pause(self, when: Any, lasts: int | None, back: int, credit: bool, resuming: subs.Resuming) -> None:
        until = None if lasts is None else self._point(lasts)

        def agree(since: date) -> None:
            self.oracle.pause(since, until, credit, resuming is ANEW, self._cause)

        self._change(subs.Pause, when, back, agree, until=until, credit=credit, resuming=resuming)

    @precondition(lambda self: self.oracle.stops)
    @rule(gap=st.integers(0, 40), when=whens, back=back, resuming=st.none() | resumings)
    def resume(self, gap: int, when: Any, back: int, resuming: subs.Resuming | None) -> None:
        pause = self.oracle.axis.point(self.oracle.stops[-1].since)
        self.clock = max(self.clock, self.desk.now.instant(pause).add(days=gap, hours=9))

        def agree(until: date) -> None:
            now = self._axis(self.clock.subtract(days=back))
            at = until if when is NOW else min(until, now)
            anew = None if resuming is None else resuming is ANEW
            old, new = self.oracle.resume(at, until, anew)
            self.moved = min(new, new if old is None else old)

        self._change(subs.Resume, when, back, agree, resuming=resuming)

    @rule(id=st.sampled_from(["H1", "H2", "H3"]), back=back, lasts=st.none() | st.integers(0, 60))
    def hold(self, id: str, back: int, lasts: int | None) -> None:
        since = self.clock.subtract(days=back)
        until = None if lasts is None else since.add(days=lasts)
        self.clock = self.clock.add(hours=1)
        if any(each.hold == id for each in self.desk.now.agreed.holdings):  # what was placed stays placed
            (known,) = [each for each in self.desk.now.agreed.holdings if each.hold == id]
            since = known.since
            until = None if until is None else max(until, since)
        event = subs.hold(
            self.desk.now, subs.Holding(id, since, until, self.on_hold), self.clock, f"{id}-{self.clock}"
        )
        if event is None:
            return
        self.desk.subscription = subs.evolve(self.desk.now, event)
        ends = None if until is None else self._axis(until)
        self.oracle.hold(id, self._axis(since), ends, self.on_hold.credit, self.on_hold.resuming is ANEW)
        while self.desk.now.agreed.unsettled is not None:
            point = self.desk.next_due(self.clock)
            assert point is not None
            self._bill(point, subs.due_at(self.desk.now, point))

    @rule(gap=gaps)
    def time_passes(self, gap: int) -> None:
        self.clock = self.clock.add(days=gap, hours=gap % 5)

    @rule(count=st.integers(1, 3))
    def bill_in_order(self, count: int) -> None:
        for _ in range(count):
            point = self.desk.next_due(self.clock)
            if point is not None:
                self._bill(point, self.desk.now.instant(point))

    @rule()
    def bill_late(self) -> None:
        while (point := self.desk.next_due(self.clock)) is not None:
            self._bill(point, self.clock)

    @rule(skipped=st.integers(0, 80))
    def bill_another_point(self, skipped: int) -> None:
        self._bill(self._point(-skipped), self.clock)

    # Together

    @property
    def _cause(self) -> str:
        """The command that was asked last."""
        return f"c{self.desk.count}"

    def _waiting(self) -> list[str]:
        if self.desk.subscription is None:
            return []
        found = subs.waiting(self.desk.now, self._axis(self.clock))
        return [each.change for each in found if each.change is not None]

    def _bill(self, point: date, moment: DateTime) -> None:
        if self.desk.ask(subs.Bill, moment, on=point).allowed:
            self._billed(point, point)

    def _change(
        self, kind: type[subs.Command], when: Any, back: int, agree: Callable[[date], None], **facts: Any
    ) -> None:
        moment = self.clock.subtract(days=back)
        now, before = self._axis(moment), self.desk.now
        match when:
            case int():
                since, facts["when"] = self._point(when), self._point(when)
            case _ if kind is subs.Uncancel:
                since = now
            case subs.Timing.CYCLE_END:
                since, facts["when"] = self._cycle_end(now), when
            case _:
                today = now + timedelta(days=1) if self._old_days() else now
                since, facts["when"] = max(today, before.start), when
        if kind is subs.Uncancel:
            since = now
            facts.pop("when", None)
        old, bills = self.oracle.ends, len(self.desk.bills)
        if not self.desk.ask(kind, moment, **facts).allowed:
            return
        agree(since)
        if before.billed_at is None:
            return
        new, point = self.oracle.ends, max(now, before.billed_at)
        put_off = old is not None and (new is None or old < new)
        if kind is subs.Resume:
            since = self.oracle.axis.point(self.moved)
        today = point + timedelta(days=1) if self._old_days() else point
        gone = {each.since for each in before.timeline} - {each.since for each in self.desk.now.timeline}
        undone = since <= today and since in gone  # it counted already, from tomorrow
        counts = since <= point or when is NOW or undone
        settled = len(self.desk.bills) > bills
        under_a_hold = kind in (subs.Pause, subs.Resume) and bool(self.oracle.held)
        if not settled and (under_a_hold or kind is subs.Resume):  # nothing is different either way
            return
        assert settled is (counts or put_off)
        if settled:
            self._billed(point, max(since, today) if counts else today)

    def _old_days(self) -> bool:
        return self.desk.policy.proration.change_day is Owner.OLD

    def _billed(self, on: date, through: date) -> None:
        position = self.oracle.axis.position
        self.oracle.bill(position(on), position(through))

    def _point(self, days: int) -> date:
        moment = self.clock.add(days=days)
        return (
            moment
            if self.instants
            else self.desk.now.day(moment)
            if self.desk.subscription
            else (self._day(moment))
        )

    def _axis(self, moment: DateTime) -> date:
        return moment if self.instants else self._day(moment)

    def _day(self, moment: DateTime) -> date:
        there = moment.in_timezone(ZONE)
        return date(there.year, there.month, there.day)

    def _cycle_end(self, now: date) -> date:
        subscription = self.desk.now
        if now < subscription.billing_from:
            return subscription.billing_from
        position = self.oracle.axis.position
        _, _, grid = self.oracle.terms(position(now))
        end = subs.cycle_end(subscription, now)
        assert position(end) == grid.containing(position(now))[1]
        return end

    # What must hold whatever happened

    @invariant()
    def what_is_booked_is_what_is_wanted(self) -> None:
        if self.desk.subscription is not None:
            assert self._covered() == self.oracle.map()

    @invariant()
    def charges_less_credits_come_to_what_is_wanted(self) -> None:
        assert self.desk.net == self.oracle.total()

    @invariant()
    def nothing_is_covered_twice(self) -> None:
        if self.desk.subscription is not None:
            pieces = sorted(
                ((each.item, each.arrears, each.span.start, each.span.end) for each in self.desk.now.covered),
            )
            for (item, arrears, _, end), (other, mode, start, _) in pairwise(pieces):
                assert (item, arrears) != (other, mode) or end <= start

    @invariant()
    def every_line_is_covered_or_given_back(self) -> None:
        if self.desk.subscription is None:
            return
        left = dict.fromkeys(self.desk.charged, 0)
        for each in self.desk.now.covered:
            assert each.span.within(each.whole)
            assert each.whole.within(each.cycle)
            assert each.billed == self.desk.charged[each.line]
            left[each.line] += each.amount
        for line, billed in self.desk.charged.items():
            credits = self.desk.given_back.get(line, [])
            assert all(amount >= 0 for amount in credits)
            assert left[line] + sum(credits) == billed

    @invariant()
    def what_is_due_comes_to_an_end_in_order(self) -> None:
        if self.desk.subscription is None:
            return
        subscription = self.desk.now
        points = list(subs.due_points(subscription, self._point(200)))
        assert points == sorted(set(points))
        assert all(subscription.billed_at is None or subscription.billed_at < each for each in points)
        assert len(points) <= 200
        if subscription.ends is not None:
            assert all(each <= subscription.ends for each in points)
        if points:
            assert subs.next_point(subscription) == points[0]

    def _covered(self) -> list[Wanted]:
        position = self.oracle.axis.position
        oracle = Oracle(CATALOG, self.oracle.axis)
        for each in self.desk.now.covered:
            numerator, denominator = each.price.minor
            oracle.booked.append(
                Wanted(
                    Billing.IN_ARREARS if each.arrears else Billing.IN_ADVANCE,
                    each.item,
                    position(each.span.start),
                    position(each.span.end),
                    Fraction(numerator, denominator),
                    each.quantity,
                    (position(each.cycle.start), position(each.cycle.end)),
                )
            )
        return oracle.map()


class OldDays(Machine):
    """The day of a change, and the day of an end, still belong to what was before."""

    proration: Proration | None = OLD_DAYS


class BySecond(Machine):
    """Billed by the second, on instants, through the changes of the clocks."""

    proration: Proration | None = BY_SECOND


SEARCH = settings(max_examples=100, stateful_step_count=20)
TestByDay, TestOldDays, TestBySecond = Machine.TestCase, OldDays.TestCase, BySecond.TestCase
TestByDay.settings = TestOldDays.settings = TestBySecond.settings = SEARCH
