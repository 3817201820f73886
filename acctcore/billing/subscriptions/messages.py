"""What can be asked of a subscription, and what can happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from attrs import field, frozen
from attrs.converters import optional as optionally

from acctcore.billing.catalog import Item
from acctcore.billing.subscriptions.anchoring import Alignment, Anchor, Stub
from acctcore.billing.subscriptions.model import Covered
from acctcore.billing.subscriptions.stops import Holding, Resuming
from acctcore.billing.subscriptions.timeline import Unsettled
from acctcore.kernel import messages
from acctcore.kernel.calendar import Grid, Span, Weekday, instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import CommandId, CurrencyCode, ItemKey, PlanId, SubscriptionId, ZoneKey
from acctcore.kernel.validation import identifier, not_empty, one_of, optional, reference, whole

P = TypeVar("P", bound=date)


class Timing(Enum):
    """When a change is to count: from the command's own moment, or from the next cycle or term on."""

    NOW = "now"
    CYCLE_END = "cycle_end"
    TERM_END = "term_end"  # where there is no term, the end of the cycle


When: TypeAlias = Timing | date
"""A timing, or the local date (or instant) from which the change counts."""


def _when(value: When) -> When:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Timing) or type(value) is date:
        return value
    if isinstance(value, date):  # pendulum's date becomes the stdlib's
        return date(value.year, value.month, value.day)
    raise InvalidValue("a Timing, a date or an instant", value, "when")


def _point(value: date) -> date:
    answer = _when(value)
    if isinstance(answer, Timing):
        raise InvalidValue("a date or an instant", value, "point")
    return answer


def _quantities(
    value: Mapping[ItemKey, int] | tuple[tuple[ItemKey, int], ...],
) -> tuple[tuple[ItemKey, int], ...]:
    given: object = tuple(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(given, tuple | list):
        raise InvalidValue("quantities by item", value, "quantities")
    for pair in given:
        if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[0], str):
            raise InvalidValue("an item and its quantity", pair, "quantities")
        if type(pair[1]) is not int or not 0 <= pair[1] <= 10**12:
            raise InvalidValue("a whole quantity from 0 to 10^12", pair, "quantities")
    pairs = tuple(sorted(given))
    if len({item for item, _ in pairs}) != len(pairs):
        raise InvalidValue("one quantity for each item", value, "quantities")
    return pairs


# Commands


@frozen(kw_only=True)
class Command(messages.Command):
    """Something asked of one subscription."""

    subscription_id: SubscriptionId = field(validator=identifier)


@frozen(kw_only=True)
class Start(Command):
    """Begin a subscription: now, later or backdated (`starts`), with a trial or without.

    `anchor_day` is the day of the month on which cycles begin, `anchor_weekday` a weekday, which
    `anchor_nth` counts in the month, `anchor_month` a month of the year; without them they begin on
    the first billed day. `align` says whether they begin with those of the account; unless it is
    stated, the policy does. `stub` says how the part before the first of them is billed. `trial_days`
    and the term (`term_cycles`, or `until` a point where it ends) are the plan's unless they are
    stated; so is whether it `renews`.
    """

    plan: PlanId = field(validator=identifier)
    currency: CurrencyCode = field(validator=identifier)
    quantities: tuple[tuple[ItemKey, int], ...] = field(default=(), converter=_quantities)
    starts: date | None = field(default=None, converter=optionally(_point))
    anchor_day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=31)))
    trial_days: int | None = field(default=None, validator=optional(whole(minimum=0, maximum=3660)))
    anchor_weekday: Weekday | None = field(default=None, validator=optional(one_of(Weekday)))
    anchor_nth: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=5)))
    anchor_month: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=12)))
    align: Alignment | None = field(default=None, validator=optional(one_of(Alignment)))
    stub: Stub = field(default=Stub.PRORATED, validator=one_of(Stub))
    term_cycles: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=1000)))
    until: date | None = field(default=None, converter=optionally(_point))
    renews: bool | None = field(default=None, validator=optional(one_of(bool)))

    def __attrs_post_init__(self) -> None:
        _aligned_or_anchored(self)
        if self.until is not None and (self.term_cycles is not None or self.renews):
            raise InvalidValue("an end, or a number of cycles that may renew", self.until, "Start.until")

    @property
    def anchor(self) -> Anchor:
        """Where cycles are to begin."""
        return Anchor(self.anchor_day, self.anchor_weekday, self.anchor_nth, self.anchor_month)


def _aligned_or_anchored(command: Start | Reanchor) -> None:
    if command.anchor.stated and command.align is Alignment.ACCOUNT:
        raise InvalidValue("an anchor of its own, or the account's", command.align, "align")


@frozen(kw_only=True)
class ChangePlan(Command):
    """Go over to another plan; quantities stated now or earlier hold, of other units there is one."""

    plan: PlanId = field(validator=identifier)
    quantities: tuple[tuple[ItemKey, int], ...] = field(default=(), converter=_quantities)
    when: When = field(default=Timing.NOW, converter=_when)
    replaces: CommandId | None = field(default=None, validator=optional(reference))


@frozen(kw_only=True)
class ChangeQuantity(Command):
    """Have more or fewer units of one item."""

    item: ItemKey = field(validator=identifier)
    quantity: int = field(validator=whole(minimum=0, maximum=10**12))
    when: When = field(default=Timing.NOW, converter=_when)
    replaces: CommandId | None = field(default=None, validator=optional(reference))


@frozen(kw_only=True)
class ChangeItems(Command):
    """Have more or fewer units of several items at once; of none, it is left out."""

    quantities: tuple[tuple[ItemKey, int], ...] = field(converter=_quantities, validator=not_empty)
    when: When = field(default=Timing.NOW, converter=_when)
    replaces: CommandId | None = field(default=None, validator=optional(reference))


@frozen(kw_only=True)
class Reanchor(Command):
    """Let cycles begin elsewhere: where the anchor says, with those of the account, or at the point itself.

    The anchor and `stub` are those of a start.
    """

    when: When = field(default=Timing.NOW, converter=_when)
    anchor_day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=31)))
    anchor_weekday: Weekday | None = field(default=None, validator=optional(one_of(Weekday)))
    anchor_nth: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=5)))
    anchor_month: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=12)))
    align: Alignment = field(default=Alignment.OWN, validator=one_of(Alignment))
    stub: Stub = field(default=Stub.PRORATED, validator=one_of(Stub))
    replaces: CommandId | None = field(default=None, validator=optional(reference))

    def __attrs_post_init__(self) -> None:
        _aligned_or_anchored(self)

    @property
    def anchor(self) -> Anchor:
        """Where cycles are to begin."""
        return Anchor(self.anchor_day, self.anchor_weekday, self.anchor_nth, self.anchor_month)


@frozen(kw_only=True)
class Withdraw(Command):
    """Take back a change or a pause that waits for its day, by the command that asked for it."""

    change: CommandId = field(validator=reference)


@frozen(kw_only=True)
class Cancel(Command):
    """End the subscription; with `credit`, what is booked beyond the end is given back."""

    when: When = field(default=Timing.CYCLE_END, converter=_when)
    credit: bool = field(default=True, validator=one_of(bool))


@frozen(kw_only=True)
class Uncancel(Command):
    """Take back a cancellation that has not taken effect."""


@frozen(kw_only=True)
class Pause(Command):
    """Want nothing for a while: from a point on, up to `until` or until it is resumed.

    With `credit`, what is booked for that time is given back. `resuming` says what becomes of the
    cycles when the pause ends; the command that ends it may say otherwise.
    """

    when: When = field(default=Timing.NOW, converter=_when)
    until: date | None = field(default=None, converter=optionally(_point))
    credit: bool = field(default=True, validator=one_of(bool))
    resuming: Resuming = field(default=Resuming.KEEP, validator=one_of(Resuming))
    replaces: CommandId | None = field(default=None, validator=optional(reference))


@frozen(kw_only=True)
class Resume(Command):
    """Say when the pause that is in force ends: now, earlier or later than was agreed.

    Without `resuming`, the cycles go on as was agreed with the pause.
    """

    when: When = field(default=Timing.NOW, converter=_when)
    resuming: Resuming | None = field(default=None, validator=optional(one_of(Resuming)))


@frozen(kw_only=True)
class Bill(Command):
    """Bill what is due at a point: cycles that begin, arrears that end, changes that fall due."""

    on: date = field(converter=_point)


# Events


@frozen
class Started(messages.Event, Generic[P]):
    """A subscription was agreed."""

    subscription_id: SubscriptionId
    plan: PlanId
    currency: CurrencyCode
    zone: ZoneKey
    start: P
    billing_from: P
    cycles: Grid[P]
    items: tuple[Item, ...]
    quantities: tuple[tuple[ItemKey, int], ...]
    first: Span[P] | None = None
    free_until: P | None = None
    term: Grid[P] | None = None
    expires: P | None = None


@frozen
class PlanChanged(messages.Event, Generic[P]):
    """From a point on, another plan, other prices or other cycles."""

    subscription_id: SubscriptionId
    since: P
    plan: PlanId
    items: tuple[Item, ...]
    quantities: tuple[tuple[ItemKey, int], ...]
    cycles: Grid[P] | None


@frozen
class QuantityChanged(messages.Event, Generic[P]):
    """From a point on, another quantity of one item."""

    subscription_id: SubscriptionId
    since: P
    item: ItemKey
    quantity: int


@frozen
class ItemsChanged(messages.Event, Generic[P]):
    """From a point on, other quantities of several items."""

    subscription_id: SubscriptionId
    since: P
    quantities: tuple[tuple[ItemKey, int], ...]


@frozen
class Reanchored(messages.Event, Generic[P]):
    """From a point on, cycles that begin elsewhere; nothing is billed up to `free_until`."""

    subscription_id: SubscriptionId
    since: P
    cycles: Grid[P]
    first: Span[P] | None
    free_until: P | None


@frozen
class ChangeWithdrawn(messages.Event):
    """What the command `change` agreed for later will not be."""

    subscription_id: SubscriptionId
    change: CommandId


@frozen
class Repriced(messages.Event, Generic[P]):
    """From the beginning of a cycle on, the plan in force at the prices then in the list."""

    subscription_id: SubscriptionId
    since: P
    plan: PlanId
    items: tuple[Item, ...]


@frozen
class CancellationScheduled(messages.Event, Generic[P]):
    """The subscription will end at a later point; `gives_back` says what becomes of what is booked beyond."""

    subscription_id: SubscriptionId
    ends: P
    gives_back: bool


@frozen
class CancellationWithdrawn(messages.Event, Generic[P]):
    """The subscription goes on after all."""

    subscription_id: SubscriptionId


@frozen
class Ended(messages.Event, Generic[P]):
    """The subscription ended at a point that has come."""

    subscription_id: SubscriptionId
    ends: P
    gives_back: bool


@frozen
class Paused(messages.Event, Generic[P]):
    """From a point on the subscription pauses, up to another or until it is resumed."""

    subscription_id: SubscriptionId
    since: P
    until: P | None
    gives_back: bool
    resuming: Resuming


@frozen
class Resumed(messages.Event, Generic[P]):
    """The pause that the command `pause` agreed ends at a point, which may be its very beginning."""

    subscription_id: SubscriptionId
    pause: CommandId
    until: P
    resuming: Resuming


@frozen
class Held(messages.Event, Generic[P]):
    """A hold stops the billing from an instant on, or lasts to another instant than before.

    `unsettled` is what has to be settled since: of what the hold changed, and of what was open before.
    """

    subscription_id: SubscriptionId
    holding: Holding
    unsettled: Unsettled[P] | None


@frozen
class Billed(messages.Event, Generic[P]):
    """The subscription was billed at a point: how far, which coverage went and which came."""

    subscription_id: SubscriptionId
    on: P
    billed_to: P
    arrears_to: P
    released: tuple[Covered[P], ...]
    covered: tuple[Covered[P], ...]
