"""What holds do to the billing of subscriptions.

Where a hold stops billing, every subscription that it lies on takes note of it. What that changes in
what is billed is settled by the schedule: nothing about a price or a tax keeps a hold from being placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from acctcore.accounts import holds
from acctcore.billing import subscriptions
from acctcore.flows.contents import Subscription
from acctcore.flows.file import File
from acctcore.flows.policies import Policies
from acctcore.kernel.messages import Event
from acctcore.kernel.terms import BILL, SubscriptionId

_STOP, _BILL_ON = subscriptions.Effect.STOP, subscriptions.Effect.BILL_ON


def noted(file: File, events: Iterable[Event], policies: Policies) -> Iterator[Event]:
    """Return what the subscriptions take note of as holds are placed, extended or ended."""
    for event in events:
        yield from _noted(file, event, policies)


def _noted(file: File, event: Event, policies: Policies) -> Iterator[Event]:
    """Return what each subscription takes note of as one hold is placed, extended or ended."""
    changed = next((each for each in holds.evolve(file.holds, event) if each not in file.holds), None)
    if changed is None:
        return
    for subscription in file.subscriptions:
        under = _under(subscription, changed.id)
        if under is None and isinstance(event, holds.Placed):
            under = _counts(subscription, changed, policies)
        if under is not None:
            holding = subscriptions.Holding(changed.id, changed.placed_at, changed.ends_at, under)
            note = subscriptions.hold(subscription, holding, event.at, event.cause)
            if note is not None:
                yield note


def _under(subscription: Subscription, id: str) -> subscriptions.OnHold | None:
    """Return the policy under which a subscription knows a hold, or None where it does not."""
    return next((each.under for each in subscription.agreed.holdings if each.hold == id), None)


def _counts(subscription: Subscription, hold: holds.Hold, policies: Policies) -> subscriptions.OnHold | None:
    """Return the policy where a new hold stops the billing of a subscription that had not ended."""
    ended = subscription.ends is not None and subscription.ends <= subscription.point(hold.placed_at)
    stops = policies.on_hold.effect is _STOP and hold.stops(BILL, subscription.id) and not ended
    return policies.on_hold if stops else None


def at_start(file: File, subscription: Subscription, event: Event, policies: Policies) -> Iterable[Event]:
    """Return what a subscription takes note of as it begins: the holds that stop its billing."""
    if policies.on_hold.effect is not _STOP:
        return
    begins = subscription.instant(subscription.start)
    for hold in file.holds:
        if hold.stops(BILL, subscription.id) and (hold.ends_at is None or begins < hold.ends_at):
            holding = subscriptions.Holding(hold.id, hold.placed_at, hold.ends_at, policies.on_hold)
            note = subscriptions.hold(subscription, holding, event.at, event.cause)
            if note is not None:
                yield note


def waited_for(file: File, id: SubscriptionId, policies: Policies) -> tuple[holds.Hold, ...]:
    """Return the holds for whose end the billing of a subscription waits, where they stop it.

    A hold that the subscription took note of does not keep anything waiting: its time is not billed.
    """
    on_hold = policies.on_hold.effect
    if not file.holds or on_hold is _BILL_ON:
        return ()
    subscription = file.subscription(id)
    if subscription is None:
        return () if on_hold is _STOP else file.holds
    known = {each.hold for each in subscription.agreed.holdings}
    return tuple([each for each in file.holds if each.id not in known]) if known else file.holds
