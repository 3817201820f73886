"""Why a subscription's command is answered with a no."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.calendar import Every
from acctcore.kernel.decision import Reason
from acctcore.kernel.terms import CommandId, ItemKey, PlanId, SubscriptionId
from acctcore.kernel.wording import Sentence


@frozen
class UnknownSubscription(Reason):
    """A subscription that the account does not have."""

    code: ClassVar[str] = "subscriptions.unknown"
    template: ClassVar[str] = "there is no subscription {subscription}"
    subscription: SubscriptionId


@frozen
class BeforeStart(Reason):
    """A change that would count before the subscription began."""

    code: ClassVar[str] = "subscriptions.before_start"
    template: ClassVar[str] = "the subscription began on {start}; nothing changes before that"
    start: date | DateTime


@frozen
class PlanUnchanged(Reason):
    """A change to the plan that is already agreed, at the prices that are."""

    code: ClassVar[str] = "subscriptions.plan_unchanged"
    template: ClassVar[str] = "the plan {plan} is already in force"
    plan: PlanId


@frozen
class QuantityUnchanged(Reason):
    """A change to the quantity that is already agreed."""

    code: ClassVar[str] = "subscriptions.quantity_unchanged"
    template: ClassVar[str] = "{quantity} × {item} is already in force"
    item: ItemKey
    quantity: int


@frozen
class EndUnchanged(Reason):
    """A cancellation for the end that is already agreed."""

    code: ClassVar[str] = "subscriptions.end_unchanged"
    template: ClassVar[str] = "the end on {ends} is already in force"
    ends: date | DateTime


@frozen
class NotPerUnit(Reason):
    """A quantity of something that is not agreed by the unit."""

    code: ClassVar[str] = "subscriptions.not_per_unit"
    template: ClassVar[str] = "the plan in force has no item {item} that counts by the unit"
    item: ItemKey


@frozen
class IntervalFixed(Reason):
    """A change of interval that would move cycles which are over and billed, or changes agreed after it."""

    code: ClassVar[str] = "subscriptions.interval_fixed"
    template: ClassVar[str] = "the billing interval can only change from {earliest} on"
    earliest: date | DateTime


@frozen
class AlreadyPaused(Reason):
    """A pause that would meet another one, which is in force or agreed for later."""

    code: ClassVar[str] = "subscriptions.already_paused"
    template: ClassVar[str] = "the subscription pauses from {since} on already"
    since: date | DateTime


@frozen
class NotPaused(Reason):
    """A resumption of what does not pause then."""

    code: ClassVar[str] = "subscriptions.not_paused"
    template: ClassVar[str] = "the subscription does not pause on {on}"
    on: date | DateTime


@frozen
class PauseUnchanged(Reason):
    """An end of a pause that is agreed already."""

    code: ClassVar[str] = "subscriptions.pause_unchanged"
    template: ClassVar[str] = "the pause ends on {until} already"
    until: date | DateTime


@frozen
class EmptyPause(Reason):
    """A pause that would end before it begins."""

    code: ClassVar[str] = "subscriptions.empty_pause"
    template: ClassVar[str] = "a pause from {since} on cannot end on {until}"
    since: date | DateTime
    until: date | DateTime


@frozen
class AlreadyBilled(Reason):
    """A point up to which the subscription is billed already."""

    code: ClassVar[str] = "subscriptions.already_billed"
    template: ClassVar[str] = "the subscription is billed as of {billed}"
    billed: date | DateTime


@frozen
class NotDue(Reason):
    """A billing point that has not come yet, or lies before billing begins."""

    code: ClassVar[str] = "subscriptions.not_due"
    template: ClassVar[str] = "nothing is due on {on} yet"
    on: date | DateTime


@frozen
class OtherAxis(Reason):
    """A policy that counts instants for a subscription that is billed by dates, or the reverse."""

    code: ClassVar[str] = "subscriptions.other_axis"
    template: ClassVar[str] = "the subscription is billed by local dates; the proration {policy} is not"
    variants: ClassVar[tuple[Sentence, ...]] = (
        "the subscription is billed by instants; the proration {policy} is not",
    )
    by_instant: bool
    policy: str

    @property
    def sentence(self) -> Sentence:
        """By the axis of time of the subscription."""
        return self.variants[0] if self.by_instant else self.template


@frozen
class NoAnchorDay(Reason):
    """A day of the month for an interval that is counted in days or weeks."""

    code: ClassVar[str] = "subscriptions.no_anchor_day"
    template: ClassVar[str] = "cycles of {every} have no day of the month"
    every: Every


@frozen
class CannotAnchor(Reason):
    """An anchor that cycles of the plan's interval cannot have: weeks of a month, weekdays of a day."""

    code: ClassVar[str] = "subscriptions.cannot_anchor"
    template: ClassVar[str] = "cycles of {every} cannot begin on such a day"
    every: Every


@frozen
class CannotAlign(Reason):
    """Cycles that cannot begin with those of the account, since one are months and the other days."""

    code: ClassVar[str] = "subscriptions.cannot_align"
    template: ClassVar[str] = "cycles of {every} cannot begin with cycles of {shared}"
    every: Every
    shared: Every


@frozen
class CyclesFixed(Reason):
    """Another beginning of cycles, which would move cycles that are over and billed."""

    code: ClassVar[str] = "subscriptions.cycles_fixed"
    template: ClassVar[str] = "cycles can only begin anew from {earliest} on"
    earliest: date | DateTime


@frozen
class CyclesUnchanged(Reason):
    """A beginning of cycles that is agreed already."""

    code: ClassVar[str] = "subscriptions.cycles_unchanged"
    template: ClassVar[str] = "cycles begin there already"


@frozen
class NotPending(Reason):
    """A change that is not waiting for its day: unknown, in force or withdrawn before."""

    code: ClassVar[str] = "subscriptions.not_pending"
    template: ClassVar[str] = "there is no change {change} that waits for its day"
    change: CommandId


@frozen
class NothingPending(Reason):
    """Nothing of a subscription waits for its day that could be taken back."""

    code: ClassVar[str] = "subscriptions.nothing_pending"
    template: ClassVar[str] = "no change of {subscription} waits for its day"
    subscription: SubscriptionId


@frozen
class EmptyTerm(Reason):
    """A term that would end before it begins."""

    code: ClassVar[str] = "subscriptions.empty_term"
    template: ClassVar[str] = "what starts on {start} cannot run until {until}"
    start: date | DateTime
    until: date | DateTime


@frozen
class NotAgreedYet(Reason):
    """A command that would take effect before the subscription was agreed."""

    code: ClassVar[str] = "subscriptions.not_agreed_yet"
    template: ClassVar[str] = "the subscription was agreed at {agreed}; nothing is done to it before that"
    agreed: DateTime


@frozen
class BehindSchedule(Reason):
    """A command that comes while earlier billing is due: that is billed first, at its own moment."""

    code: ClassVar[str] = "subscriptions.behind_schedule"
    template: ClassVar[str] = "what is due on {due} is to be billed first"
    due: date | DateTime
