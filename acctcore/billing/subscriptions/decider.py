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
from acctcore.billing.subscriptions.anchoring import Alignment, alike, cycles_at, first_part, terms_of_cycles
from acctcore.billing.subscriptions.lifecycle import LIFECYCLE
from acctcore.billing.subscriptions.model import Subscription, phase
from acctcore.billing.subscriptions.pending import waiting
from acctcore.billing.subscriptions.policy import Selling
from acctcore.billing.subscriptions.stops import Holding, Stop
from acctcore.billing.subscriptions.timeline import (
    Agreed,
    Change,
    Terms,
    Unsettled,
    after,
    cycles_from,
    differs_from,
    quantities_at,
)
from acctcore.kernel.calendar import (
    Grid,
    Span,
    add_days,
    anchored,
    at_local,
    instant,
    local,
    local_date,
)
from acctcore.kernel.decision import Decision, allowed, refused
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.messages import Event
from acctcore.kernel.terms import CommandId, ItemKey, ZoneKey

P = TypeVar("P", bound=date)


def decide(
    subscription: Subscription[P] | None,
    command: m.Command,
    policy: Selling,
    zone: ZoneKey,
    shared: Grid[date] | None = None,
) -> Decision[Event]:
    """Return what `command` changes in what is agreed, or every reason why it may not.

    `shared` are the cycles of the account, for a command that aligns a subscription with them.

    The phase is the one at the point from which the command counts: nothing changes after an end
    that is agreed, and a backdated command is judged by what held then. A cancellation or a
    resumption for later is judged as of now, so that an end can be put off; one that counts from the
    past, as of then.
    """
    if subscription is None:
        return _begin(command, policy, zone, shared)
    replaced = getattr(command, "replaces", None)
    if replaced is not None:
        return _replacing(subscription, replaced, command, policy, shared)
    return _decided(subscription, command, policy, shared)


def _decided(
    subscription: Subscription[P], command: m.Command, policy: Selling, shared: Grid[date] | None
) -> Decision[Event]:
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
        case m.ChangeItems():
            return _change_items(subscription, command, since)
        case m.Reanchor():
            return _reanchor(subscription, command, since, policy, shared)
        case m.Withdraw():
            return _withdraw(subscription, command.change, command)
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


def aligns(command: m.Command, policy: Selling) -> bool:
    """Return whether a command lets cycles begin with those of the account."""
    match command:
        case m.Start() if command.align is None:
            return policy.alignment is Alignment.ACCOUNT and not command.anchor.stated
        case m.Start() | m.Reanchor():
            return command.align is Alignment.ACCOUNT
        case _:
            return False


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
        case (
            m.ChangePlan()
            | m.ChangeQuantity()
            | m.ChangeItems()
            | m.Reanchor()
            | m.Cancel()
            | m.Pause()
            | m.Resume()
        ):
            ending = isinstance(command, m.Cancel | m.Pause | m.Resume)
            match command.when:
                case m.Timing.NOW:
                    return max(policy.proration.switch(now, ending), subscription.start)
                case m.Timing.CYCLE_END:
                    return cycle_end(subscription, now)
                case m.Timing.TERM_END:
                    return term_end(subscription, now)
                case _:
                    return _on_axis(subscription, command.when)
        case _:
            return now


def cycle_end(subscription: Subscription[P], now: P) -> P:
    """Return the first boundary after a point: the end of the cycle, or of the trial, that contains it."""
    if now < subscription.billing_from:
        return subscription.billing_from
    return subscription.terms(now).cycle(now).end


def term_end(subscription: Subscription[P], now: P) -> P:
    """Return where the term that contains a point ends; of what has no term, the cycle."""
    agreed = subscription.agreed
    if agreed.term is None:
        return cycle_end(subscription, now) if agreed.expires is None else agreed.expires
    return agreed.term.containing(max(now, agreed.term.start(0))).end


def _on_axis(subscription: Subscription[P], point: date) -> P:
    if type(point) is type(subscription.start):
        return point
    if isinstance(point, datetime):
        return cast(P, local_date(instant(point), subscription.zone))
    return cast(P, at_local(point, subscription.zone))


# Start


def _begin(command: m.Command, policy: Selling, zone: ZoneKey, shared: Grid[date] | None) -> Decision[Event]:
    if not isinstance(command, m.Start):
        return refused(reasons.UnknownSubscription(command.subscription_id))
    start = _start(command, policy, zone)
    plan = policy.catalog.plan(command.plan)
    trial = command.trial_days if command.trial_days is not None else plan.trial_days if plan else 0
    billing_from = _after_days(start, trial, zone)
    on = local_date(billing_from, zone) if isinstance(billing_from, DateTime) else billing_from
    quantities = dict(command.quantities)
    items, problems = offer(policy.catalog, command.plan, command.currency, on, quantities)
    cycles = None
    if plan is not None:
        grid = shared if aligns(command, policy) else None
        cycles, wrong = cycles_at(billing_from, zone, plan.every, command.anchor, grid, start)
        problems += wrong
    if command.until is not None and _at(command.until, start, zone) <= start:
        problems += (reasons.EmptyTerm(start, _at(command.until, start, zone)),)
    if problems or plan is None or cycles is None:
        return refused(*problems)
    first, free_until = first_part(billing_from, cycles, command.stub, policy.proration.measure)
    term, expires = _term(command, plan, start, billing_from, cycles, first, zone)
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
        first,
        free_until,
        term,
        expires,
    )
    return allowed(event)


def _term(
    command: m.Start,
    plan: Plan,
    start: date,
    billing_from: date,
    cycles: Grid[date],
    first: Span[date] | None,
    zone: ZoneKey,
) -> tuple[Grid[date] | None, date | None]:
    """Return the terms that are agreed, and where the term ends that does not renew."""
    if command.until is not None:
        return None, _at(command.until, start, zone)
    count = command.term_cycles or plan.term_cycles
    if count is None:
        return None, None
    term = terms_of_cycles(billing_from, cycles, first, count)
    renews = plan.renews if command.renews is None else command.renews
    return term, None if renews else term.start(1)


def _at(point: date, start: date, zone: ZoneKey) -> date:
    """Return a point on the axis of a start."""
    if isinstance(start, DateTime):
        return instant(point) if isinstance(point, datetime) else at_local(point, zone)
    return local_date(instant(point), zone) if isinstance(point, datetime) else point


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
    latest = max(each.since for each in subscription.changes if _keeps_the_interval(each))
    billed = _cycles_free_from(subscription)
    return latest if billed is None else max(latest, billed)


def _keeps_the_interval(change: Change[P]) -> bool:
    """Return whether a change was agreed for the interval that is in force there."""
    return (change.plan is not None or change.cycles is not None) and not change.repriced


def _cycles_free_from(subscription: Subscription[P]) -> P | None:
    """Return the beginning of the last cycle that is billed: what is over is not moved."""
    last = subscription.billed_at
    return None if last is None else subscription.terms(last).cycle(last).start


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


def _change_items(subscription: Subscription[P], command: m.ChangeItems, since: P) -> Decision[Event]:
    if since < subscription.start:
        return refused(reasons.BeforeStart(subscription.start))
    items = {item.key: item for item in subscription.terms(since).items if item.per_unit}
    wrong = tuple(reasons.NotPerUnit(key) for key, _ in command.quantities if key not in items)
    if wrong:
        return refused(*wrong)
    same = [(key, count) for key, count in command.quantities if items[key].quantity == count]
    if len(same) == len(command.quantities):
        return refused(*(reasons.QuantityUnchanged(key, count) for key, count in same))
    return allowed(m.ItemsChanged(command.at, command.id, subscription.id, since, command.quantities))


def _reanchor(
    subscription: Subscription[P],
    command: m.Reanchor,
    since: P,
    policy: Selling,
    shared: Grid[date] | None,
) -> Decision[Event]:
    if since < subscription.start:
        return refused(reasons.BeforeStart(subscription.start))
    earliest = _cycles_free_from(subscription)
    if earliest is not None and since < earliest:
        return refused(reasons.CyclesFixed(earliest))
    begin = max(since, subscription.billing_from)
    old = subscription.terms(begin)
    grid = shared if aligns(command, policy) else None
    clock = old.cycles if command.anchor.stated else begin
    cycles, problems = cycles_at(begin, subscription.zone, old.cycles.every, command.anchor, grid, clock)
    if cycles is None:
        return refused(*problems)
    first, free_until = first_part(begin, cycles, command.stub, policy.proration.measure)
    if old.cycle(begin) == old.cycles.containing(begin) and alike(cycles, old.cycles, begin):
        return refused(reasons.CyclesUnchanged())
    event = m.Reanchored(command.at, command.id, subscription.id, since, cycles, first, free_until)
    return allowed(event)


def _item(terms: Terms[P], key: ItemKey) -> Item | None:
    return next((item for item in terms.items if item.key == key), None)


# Changes that wait for their day


def _replacing(
    subscription: Subscription[P],
    replaced: CommandId,
    command: m.Command,
    policy: Selling,
    shared: Grid[date] | None,
) -> Decision[Event]:
    """Return the change that a command asks for, in the place of one that waits for its day."""
    withdrawn = _withdraw(subscription, replaced, command)
    if not withdrawn.allowed:
        over = LIFECYCLE.refusal(phase(subscription, subscription.point(command.at)), command)
        return withdrawn if over is None else over
    for event in withdrawn.events:
        subscription = evolve(subscription, event)
    decision = _decided(subscription, command, policy, shared)
    return allowed(*withdrawn.events, *decision.events) if decision.allowed else decision


def _withdraw(subscription: Subscription[P], change: CommandId, command: m.Command) -> Decision[Event]:
    now = subscription.point(command.at)
    if change not in {each.change for each in waiting(subscription, now)}:
        return refused(reasons.NotPending(change))
    for each in subscription.changes:
        if each.cause == change and each.plan is not None and each.cycles is not None:
            kept = [later.since for later in after(each, subscription.changes) if _keeps_the_interval(later)]
            if kept:
                return refused(reasons.IntervalFixed(max(kept)))
    return allowed(m.ChangeWithdrawn(command.at, command.id, subscription.id, change))


# Ends


def _cancel(subscription: Subscription[P], command: m.Cancel, since: P) -> Decision[Event]:
    ends, expires = max(since, subscription.start), subscription.agreed.expires
    if expires is not None and expires <= ends:
        if subscription.ends == expires:
            return refused(reasons.EndUnchanged(expires))
        return allowed(m.CancellationWithdrawn(command.at, command.id, subscription.id))
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
            change = Change(
                event.start,
                event.quantities,
                event.plan,
                event.items,
                event.cycles,
                cause=event.cause,
                first=event.first,
                free_until=event.free_until,
            )
            return Subscription(
                event.subscription_id,
                event.currency,
                event.start,
                Agreed(
                    (change,),
                    event.at,
                    event.zone,
                    event.billing_from,
                    term=event.term,
                    expires=event.expires,
                ),
                event.expires,
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
        case Subscription(), m.ItemsChanged():
            return _changed(subscription, Change(event.since, event.quantities, cause=event.cause))
        case Subscription(), m.Reanchored():
            change = Change(
                event.since,
                (),
                cycles=event.cycles,
                cause=event.cause,
                first=event.first,
                free_until=event.free_until,
            )
            return _changed(subscription, change)
        case Subscription(), m.ChangeWithdrawn():
            changes = tuple(each for each in subscription.changes if each.cause != event.change)
            stops = tuple(each for each in subscription.agreed.stops if each.cause != event.change)
            agreed = changed(subscription.agreed, changes=changes, stops=stops)
            return _with(subscription, agreed, subscription.ends, subscription.gives_back)
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
            return _with(subscription, subscription.agreed, subscription.agreed.expires, True)
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
