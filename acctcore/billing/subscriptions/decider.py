"""Whether a command may change what is agreed, and how: the timeline's new entry, or every reason why not.

What the change then costs is computed in `billing`, from the subscription as it is afterwards.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar, cast

from attrs import evolve as changed
from pendulum import DateTime

from acctcore.billing.catalog import Item, Plan, offer
from acctcore.billing.subscriptions import messages as m
from acctcore.billing.subscriptions import reasons
from acctcore.billing.subscriptions.lifecycle import LIFECYCLE
from acctcore.billing.subscriptions.model import Subscription, phase
from acctcore.billing.subscriptions.policy import Selling
from acctcore.billing.subscriptions.stops import Holding, Stop
from acctcore.billing.subscriptions.timeline import (
    Agreed,
    Change,
    Terms,
    Unsettled,
    cycles_from,
    differs_from,
    quantities_at,
)
from acctcore.kernel.calendar import Grid, add_days, anchored, at_local, instant, local, local_date
from acctcore.kernel.decision import Decision, allowed, refused
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.messages import Event
from acctcore.kernel.terms import CommandId, ItemKey, ZoneKey

P = TypeVar("P", bound=date)


def decide(
    subscription: Subscription[P] | None, command: m.Command, policy: Selling, zone: ZoneKey
) -> Decision[Event]:
    """Return what `command` changes in what is agreed, or every reason why it may not.

    The phase is the one at the point from which the command counts: nothing changes after an end
    that is agreed, and a backdated command is judged by what held then. A cancellation or a
    resumption for later is judged as of now, so that an end can be put off; one that counts from the
    past, as of then.
    """
    if subscription is None:
        return _begin(command, policy, zone)
    since = effective(subscription, command, policy)
    judged = _judged(subscription, command, since)
    if (refusal := LIFECYCLE.refusal(phase(subscription, judged), command)) is not None:
        return refusal
    if policy.proration.measure.instants is not (type(subscription.start) is DateTime):
        by_instant = type(subscription.start) is DateTime
        return refused(reasons.OtherAxis(by_instant, str(policy.proration.ref)))
    match command:
        case m.Bill():
            return _bill(subscription, command, since)
        case m.ChangePlan():
            return _change_plan(subscription, command, since, policy)
        case m.ChangeQuantity():
            return _change_quantity(subscription, command, since)
        case m.Cancel():
            return _cancel(subscription, command, since)
        case m.Uncancel():
            return allowed(m.CancellationWithdrawn(command.at, command.id, subscription.id))
        case m.Pause():
            return _pause(subscription, command, since)
        case m.Resume():
            return _resume(subscription, command, since, judged)
    raise Unhandled(subscription, command)


def _judged(subscription: Subscription[P], command: m.Command, since: P) -> P:
    """Return the point at which the phase counts for a command."""
    if isinstance(command, m.Cancel) or (isinstance(command, m.Resume) and command.when is not m.Timing.NOW):
        return min(since, subscription.point(command.at))
    return since


def effective(subscription: Subscription[P], command: m.Command, policy: Selling) -> P:
    """Return the point of the subscription's axis from which a command counts.

    "Now" is the command's own day or instant, or the day after where a change day belongs to what was
    before; of what has not started yet, it is the start. "Cycle end" in a trial is its end. The day on
    which a pause begins, and the day on which it ends, belong to whom the day of an end belongs to: so
    a pause that ends on the day it began never was.
    """
    if type(command) is m.Bill:
        return _on_axis(subscription, command.on)
    now = subscription.point(command.at)
    match command:
        case m.ChangePlan() | m.ChangeQuantity() | m.Cancel() | m.Pause() | m.Resume():
            ending = not isinstance(command, m.ChangePlan | m.ChangeQuantity)
            match command.when:
                case m.Timing.NOW:
                    return max(policy.proration.switch(now, ending), subscription.start)
                case m.Timing.CYCLE_END:
                    return cycle_end(subscription, now)
                case _:
                    return _on_axis(subscription, command.when)
        case _:
            return now


def cycle_end(subscription: Subscription[P], now: P) -> P:
    """Return the first boundary after a point: the end of the cycle, or of the trial, that contains it."""
    if now < subscription.billing_from:
        return subscription.billing_from
    return subscription.terms(now).cycle(now).end


def _on_axis(subscription: Subscription[P], point: date) -> P:
    if type(point) is type(subscription.start):
        return point
    if isinstance(point, datetime):
        return cast(P, local_date(instant(point), subscription.zone))
    return cast(P, at_local(point, subscription.zone))


# Start


def _begin(command: m.Command, policy: Selling, zone: ZoneKey) -> Decision[Event]:
    if not isinstance(command, m.Start):
        return refused(reasons.UnknownSubscription(command.subscription_id))
    start = _start(command, policy, zone)
    plan = policy.catalog.plan(command.plan)
    trial = command.trial_days if command.trial_days is not None else plan.trial_days if plan else 0
    billing_from = _after_days(start, trial, zone)
    on = local_date(billing_from, zone) if isinstance(billing_from, DateTime) else billing_from
    quantities = dict(command.quantities)
    items, problems = offer(policy.catalog, command.plan, command.currency, on, quantities)
    if plan is not None and command.anchor_day is not None and plan.every.step[0] == 0:
        problems += (reasons.NoAnchorDay(plan.every),)
    if problems or plan is None:
        return refused(*problems)
    cycles = cycles_from(start, zone, anchored(on, plan.every, command.anchor_day))
    event = m.Started(
        command.at,
        command.id,
        command.subscription_id,
        plan.id,
        command.currency,
        zone,
        start,
        billing_from,
        cycles,
        items,
        tuple((item.key, item.quantity) for item in items if item.per_unit),
    )
    return allowed(event)


def _start(command: m.Start, policy: Selling, zone: ZoneKey) -> date:
    wanted: date = command.starts if command.starts is not None else command.at
    if policy.proration.measure.instants:
        return wanted if isinstance(wanted, datetime) else at_local(wanted, zone)
    return local_date(cast(DateTime, wanted), zone) if isinstance(wanted, datetime) else wanted


def _after_days(start: date, count: int, zone: ZoneKey) -> date:
    if not count:
        return start
    if isinstance(start, DateTime):
        there = local(start, zone)
        return at_local(add_days(there.date(), count), zone, there.time(), there.fold)
    return add_days(start, count)


# Changes


def _change_plan(
    subscription: Subscription[P], command: m.ChangePlan, since: P, policy: Selling
) -> Decision[Event]:
    if since < subscription.start:
        return refused(reasons.BeforeStart(subscription.start))
    terms = subscription.terms(since)
    held = quantities_at(subscription.changes, since)
    plan = policy.catalog.plan(command.plan)
    units = {charge.key for charge in plan.charges if charge.per_unit} if plan else set()
    carried = {key: count for key, count in held.items() if key in units}
    on = subscription.day(max(since, subscription.billing_from))
    items, problems = offer(
        policy.catalog, command.plan, subscription.currency, on, carried | dict(command.quantities)
    )
    if problems or plan is None:
        return refused(*problems)
    if command.plan == terms.plan and items == terms.items:
        return refused(reasons.PlanUnchanged(command.plan))
    cycles = None
    if plan.every != terms.cycles.every:
        earliest = _interval_free_from(subscription)
        if since < earliest:
            return refused(reasons.IntervalFixed(earliest))
        cycles = _new_cycles(subscription, since, plan)
    stated = dict(command.quantities) | {
        item.key: item.quantity for item in items if item.per_unit and item.key not in held
    }
    event = m.PlanChanged(
        command.at, command.id, subscription.id, since, plan.id, items, tuple(sorted(stated.items())), cycles
    )
    return allowed(event)


def _interval_free_from(subscription: Subscription[P]) -> P:
    """Return the first point from which a new interval disturbs nothing billed or agreed later."""
    latest = subscription.timeline[-1].since
    if subscription.billed_at is None:
        return latest
    terms = subscription.terms(subscription.billed_at)
    return max(latest, terms.cycle(subscription.billed_at).start)


def _new_cycles(subscription: Subscription[P], since: P, plan: Plan) -> Grid[P]:
    """Return cycles of another interval from a point on; at a boundary, the day of the month is kept."""
    begin = max(since, subscription.billing_from)
    old = subscription.terms(begin)
    day = old.cycles.anchor_day if plan.every.step[0] and old.cycle(begin).start == begin else None
    return cycles_from(begin, subscription.zone, anchored(subscription.day(begin), plan.every, day))


def _change_quantity(subscription: Subscription[P], command: m.ChangeQuantity, since: P) -> Decision[Event]:
    if since < subscription.start:
        return refused(reasons.BeforeStart(subscription.start))
    item = _item(subscription.terms(since), command.item)
    if item is None or not item.per_unit:
        return refused(reasons.NotPerUnit(command.item))
    if item.quantity == command.quantity:
        return refused(reasons.QuantityUnchanged(command.item, command.quantity))
    event = m.QuantityChanged(command.at, command.id, subscription.id, since, command.item, command.quantity)
    return allowed(event)


def _item(terms: Terms[P], key: ItemKey) -> Item | None:
    return next((item for item in terms.items if item.key == key), None)


# Ends


def _cancel(subscription: Subscription[P], command: m.Cancel, since: P) -> Decision[Event]:
    ends = max(since, subscription.start)
    if ends == subscription.ends and command.credit is subscription.gives_back:
        return refused(reasons.EndUnchanged(ends))
    if ends <= subscription.point(command.at):
        return allowed(m.Ended(command.at, command.id, subscription.id, ends, command.credit))
    return allowed(m.CancellationScheduled(command.at, command.id, subscription.id, ends, command.credit))


# Pauses and holds


def _pause(subscription: Subscription[P], command: m.Pause, since: P) -> Decision[Event]:
    if since < subscription.start:
        return refused(reasons.BeforeStart(subscription.start))
    until = None if command.until is None else _on_axis(subscription, command.until)
    if until is not None and until <= since:
        return refused(reasons.EmptyPause(since, until))
    stops = subscription.agreed.stops
    if (met := next((stop for stop in stops if stop.meets(since, until)), None)) is not None:
        return refused(reasons.AlreadyPaused(met.since))
    event = m.Paused(command.at, command.id, subscription.id, since, until, command.credit, command.resuming)
    return allowed(event)


def _resume(subscription: Subscription[P], command: m.Resume, until: P, judged: P) -> Decision[Event]:
    stops = subscription.agreed.stops
    stop = subscription.agreed.pause(judged)
    if stop is None:
        return refused(reasons.NotPaused(judged))
    resuming = command.resuming or stop.resuming
    if until == stop.until and resuming is stop.resuming:
        return refused(reasons.PauseUnchanged(until))
    if met := next((each for each in stops if each is not stop and each.meets(stop.since, until)), None):
        return refused(reasons.AlreadyPaused(met.since))
    return allowed(m.Resumed(command.at, command.id, subscription.id, stop.cause, until, resuming))


def hold(subscription: Subscription[P], holding: Holding, at: DateTime, cause: CommandId) -> m.Held[P] | None:
    """Return that a hold stops the billing, or does so for another stretch; None where that says nothing new.

    What is billed already may have to be settled anew: that is due as of the day or instant `at`.
    """
    before = subscription.agreed
    if holding in before.holdings:
        return None
    after = with_holding(before, holding)
    since = differs_from(before.terms, after.terms)
    now, old = subscription.point(at), before.unsettled
    if subscription.billed_at is None or since is None or since > max(now, subscription.billed_at):
        return m.Held(at, cause, subscription.id, holding, old)
    if old is None:
        new = Unsettled(since, now, at, cause)
    else:
        new = Unsettled(min(since, old.since), max(now, old.on), max(at, old.at), cause)
    return m.Held(at, cause, subscription.id, holding, new)


def with_holding(agreed: Agreed[P], holding: Holding) -> Agreed[P]:
    """Return what was agreed with a hold in it, in place of what was known of it before."""
    others = [each for each in agreed.holdings if each.hold != holding.hold]
    return changed(agreed, holdings=(*others, holding))


def _bill(subscription: Subscription[P], command: m.Bill, on: P) -> Decision[Event]:
    last = subscription.billed_at
    if last is not None and on <= last and not (on == last and subscription.next_point == last):
        return refused(reasons.AlreadyBilled(last))
    if subscription.instant(on) > command.at or on < subscription.billing_from:
        return refused(reasons.NotDue(on))
    return _NOTHING


_NOTHING: Decision[Event] = allowed()


def evolve(subscription: Subscription[P] | None, event: Event) -> Subscription[P]:
    """Return the subscription after an event."""
    if type(event) is m.Billed and subscription is not None:
        return _booked(subscription, event)
    match subscription, event:
        case None, m.Started():
            first = Change(
                event.start, event.quantities, event.plan, event.items, event.cycles, cause=event.cause
            )
            return Subscription(
                event.subscription_id,
                event.currency,
                event.start,
                Agreed((first,), event.at, event.zone, event.billing_from),
                None,
                True,
                None,
                event.billing_from,
                event.billing_from,
                (),
            )
        case Subscription(), m.PlanChanged():
            change = Change(
                event.since, event.quantities, event.plan, event.items, event.cycles, cause=event.cause
            )
            return _changed(subscription, change)
        case Subscription(), m.QuantityChanged():
            quantities = ((event.item, event.quantity),)
            return _changed(subscription, Change(event.since, quantities, cause=event.cause))
        case Subscription(), m.Repriced():
            change = Change(event.since, (), event.plan, event.items, repriced=True, cause=event.cause)
            return _changed(subscription, change)
        case Subscription(), m.Held():
            agreed = with_holding(subscription.agreed, event.holding)
            return _with(
                subscription,
                changed(agreed, unsettled=event.unsettled),
                subscription.ends,
                subscription.gives_back,
            )
        case Subscription(), m.Paused():
            stop = Stop(event.since, event.until, event.gives_back, event.resuming, event.cause)
            return _stopped(subscription, (*subscription.agreed.stops, stop))
        case Subscription(), m.Resumed():
            ended = [
                changed(stop, until=event.until, resuming=event.resuming)
                if stop.cause == event.pause
                else stop
                for stop in subscription.agreed.stops
            ]
            stops = tuple(stop for stop in ended if stop.until is None or stop.since < stop.until)
            return _stopped(subscription, stops)
        case Subscription(), (m.CancellationScheduled() | m.Ended()):
            return _with(subscription, subscription.agreed, event.ends, event.gives_back)
        case Subscription(), m.CancellationWithdrawn():
            return _with(subscription, subscription.agreed, None, True)
    raise Unhandled(subscription, event)


def _changed(subscription: Subscription[P], change: Change[P]) -> Subscription[P]:
    agreed = subscription.agreed.having(change)
    return _with(subscription, agreed, subscription.ends, subscription.gives_back)


def _stopped(subscription: Subscription[P], stops: tuple[Stop[P], ...]) -> Subscription[P]:
    agreed = changed(subscription.agreed, stops=stops)
    return _with(subscription, agreed, subscription.ends, subscription.gives_back)


def _with(
    subscription: Subscription[P], agreed: Agreed[P], ends: P | None, gives_back: bool
) -> Subscription[P]:
    old = subscription
    return Subscription(
        old.id,
        old.currency,
        old.start,
        agreed,
        ends,
        gives_back,
        old.billed_at,
        old.billed_to,
        old.arrears_to,
        old.covered,
    )


def _booked(subscription: Subscription[P], event: m.Billed[P]) -> Subscription[P]:
    old, agreed = subscription, subscription.agreed
    if agreed.unsettled is not None and agreed.unsettled.on <= event.on:
        agreed = changed(agreed, unsettled=None)
    kept = old.covered
    if event.released:
        kept = tuple([covered for covered in kept if covered not in event.released])
    return Subscription(
        old.id,
        old.currency,
        old.start,
        agreed,
        old.ends,
        old.gives_back,
        event.on,
        event.billed_to,
        event.arrears_to,
        kept + event.covered,
    )
