"""A subscription that ran elsewhere before: what it was agreed to, and what is billed of it already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from attrs import evolve as changed
from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.billing.catalog import Billing, Item, offer
from acctcore.billing.proration import share
from acctcore.billing.subscriptions.messages import (
    Billed,
    CancellationScheduled,
    Started,
    _point,
    _quantities,
)
from acctcore.billing.subscriptions.model import Covered
from acctcore.billing.subscriptions.policy import Selling
from acctcore.billing.subscriptions.timeline import cycles_from
from acctcore.kernel.calendar import Every, Grid, Span, anchored, local_date, stamp
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Price
from acctcore.kernel.terms import (
    CommandId,
    CurrencyCode,
    DocumentId,
    ItemKey,
    LineId,
    PlanId,
    SubscriptionId,
    ZoneKey,
)
from acctcore.kernel.validation import identifier, optional, whole


@frozen(kw_only=True)
class Running:
    """A subscription as the former system left it.

    `billed_from` is where the last billed cycle began and `billed_to` where it ends: the next
    billing. Both are None where nothing was billed yet, as in a trial that ends on `trial_to`.
    `anchor_day` is the day of the month on which cycles begin, where that is not the day of
    `billed_from`; `prices` are agreed prices that are not the list's.
    """

    subscription_id: SubscriptionId = field(validator=identifier)
    plan: PlanId = field(validator=identifier)
    currency: CurrencyCode = field(validator=identifier)
    start: date = field(converter=_point)
    quantities: tuple[tuple[ItemKey, int], ...] = field(default=(), converter=_quantities)
    prices: tuple[tuple[ItemKey, Price], ...] = ()
    billed_from: date | None = field(default=None, converter=optionally(_point))
    billed_to: date | None = field(default=None, converter=optionally(_point))
    trial_to: date | None = field(default=None, converter=optionally(_point))
    anchor_day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=31)))
    ends: date | None = field(default=None, converter=optionally(_point))

    def __attrs_post_init__(self) -> None:
        points = (self.start, self.billed_from, self.billed_to, self.trial_to, self.ends)
        if len({type(point) for point in points if point is not None}) > 1:
            raise InvalidValue("dates only, or instants only", points, "Running")
        if (self.billed_from is None) is not (self.billed_to is None):
            raise InvalidValue("both ends of what was billed, or none", points, "Running.billed_to")
        if self.billed_from is not None and self.billed_from < (self.trial_to or self.start):
            raise InvalidValue("a cycle that was billed after the start", points, "Running.billed_from")


@frozen
class BilledLine:
    """A line of an invoice on file that pays for the running cycle of one item.

    `since` is where in the cycle it begins, after a change there; None is the cycle's beginning.
    Units: minor units, net.
    """

    line: LineId
    document: DocumentId
    item: ItemKey
    amount: int
    since: date | None = None


@frozen
class NotACycle(Reason):
    """What was billed last is no cycle of the plan's interval and the stated anchor."""

    code: ClassVar[str] = "subscriptions.not_a_cycle"
    template: ClassVar[str] = (
        "{subscription}: the cycle that contains {billed_from} runs from {begins} to {ends},"
        " not to {billed_to}"
    )
    subscription: SubscriptionId
    billed_from: date | DateTime
    billed_to: date | DateTime
    begins: date | DateTime
    ends: date | DateTime


@frozen
class NotBilledYet(Reason):
    """Something that the former system has to bill before the takeover."""

    code: ClassVar[str] = "subscriptions.not_billed_yet"
    template: ClassVar[str] = "{subscription} was due for billing on {point}, before the takeover"
    subscription: SubscriptionId
    point: date | DateTime


@frozen
class AlreadyOver(Reason):
    """A subscription that ended before the takeover: there is nothing to take over of it."""

    code: ClassVar[str] = "subscriptions.already_over"
    template: ClassVar[str] = "{subscription} ended on {ends}, before the takeover"
    subscription: SubscriptionId
    ends: date | DateTime


def take_over(
    running: Running,
    policy: Selling,
    zone: ZoneKey,
    at: DateTime,
    cause: CommandId,
    billed: Sequence[BilledLine] = (),
) -> tuple[tuple[Event, ...], tuple[Reason, ...]]:
    """Return the events that begin a subscription as it stands at `at`, or every reason why not.

    What is billed in advance of the running cycle is covered by the lines in `billed`, where there
    are any of the item; otherwise by an invoice of the former system that is not on file, so that
    giving some of it back has to ask for that invoice.
    """
    start = running.start
    now: date = at if isinstance(start, DateTime) else local_date(at, zone)
    begins = running.billed_from or running.trial_to or start
    items, problems = _items(
        running, policy, local_date(begins, zone) if isinstance(begins, DateTime) else begins
    )
    plan = policy.catalog.plan(running.plan)
    if isinstance(start, DateTime) is not policy.proration.measure.instants:
        raise InvalidValue("points on the axis of the proration", str(start), "Running.start")
    if running.ends is not None and running.ends <= now:
        problems += (AlreadyOver(running.subscription_id, running.ends),)
    due = running.billed_to if running.billed_to is not None else begins
    if due < now and (running.ends is None or due < running.ends):
        problems += (NotBilledYet(running.subscription_id, due),)
    if plan is None or problems:
        return (), problems
    day = local_date(begins, zone) if isinstance(begins, DateTime) else begins
    cycles = cycles_from(begins, zone, anchored(day, plan.every, running.anchor_day))
    cycle = cycles.containing(begins)
    if running.billed_to is not None and (cycle.start, cycle.end) != (running.billed_from, running.billed_to):
        found = NotACycle(running.subscription_id, begins, running.billed_to, cycle.start, cycle.end)
        return (), (found,)
    covered = _covered(running, items, cycle, plan.every, policy, billed)
    return _events(running, items, cycles, zone, at, cause, covered), ()


def _items(running: Running, policy: Selling, on: date) -> tuple[tuple[Item, ...], tuple[Reason, ...]]:
    """Return the plan's items at the agreed prices, where there are such, or at the list's."""
    items, problems = offer(policy.catalog, running.plan, running.currency, on, dict(running.quantities))
    agreed = dict(running.prices)
    known = {item.key for item in items}
    if not problems and (strangers := [key for key in agreed if key not in known]):
        raise InvalidValue(
            f"prices of the plan's items: {', '.join(sorted(known))}", strangers, "Running.prices"
        )
    if [price for price in agreed.values() if price.currency != running.currency]:
        raise InvalidValue(f"prices in {running.currency}", running.prices, "Running.prices")
    return tuple(changed(item, price=agreed.get(item.key, item.price)) for item in items), problems


def _covered(
    running: Running,
    items: tuple[Item, ...],
    cycle: Span[date],
    every: Every,
    policy: Selling,
    billed: Sequence[BilledLine],
) -> tuple[Covered[date], ...]:
    """Return what the running cycle is paid for by, one piece an item that is charged in advance."""
    if running.billed_from is None:
        return ()
    until = cycle.end if running.ends is None else min(running.ends, cycle.end)
    lines = {line.item: line for line in billed}
    if len(lines) != len(billed):
        wanted = "one line for each item: the one that pays for the time from the takeover on"
        raise InvalidValue(wanted, [line.line for line in billed], "take_over")
    pieces: list[Covered[date]] = []
    for item in items:
        if item.billing is not Billing.IN_ADVANCE or not item.quantity:
            continue
        line = lines.get(item.key) or _former(running, item, cycle, every, policy)
        span = Span(line.since or cycle.start, until)
        if not span.within(cycle):
            raise InvalidValue(f"a point inside {cycle}", line.since, "BilledLine.since")
        pieces.append(
            Covered(
                line.line,
                line.document,
                item.key,
                item.price,
                item.quantity,
                span,
                cycle,
                every,
                line.amount,
                line.amount,
                False,
                span,
                item.tax_class,
            )
        )
    return tuple(pieces)


def _former(running: Running, item: Item, cycle: Span[date], every: Every, policy: Selling) -> BilledLine:
    """Return the line of an invoice that stayed in the former system: as far as is known, the price."""
    document = extend(running.subscription_id, "former", stamp(cycle.start))
    worth = share(item.price, item.quantity, cycle, cycle, every, policy.proration).amount()
    return BilledLine(extend(document, item.key), document, item.key, worth)


def _events(
    running: Running,
    items: tuple[Item, ...],
    cycles: Grid[date],
    zone: ZoneKey,
    at: DateTime,
    cause: CommandId,
    covered: tuple[Covered[date], ...],
) -> tuple[Event, ...]:
    id = running.subscription_id
    begun = Started(
        at,
        cause,
        id,
        running.plan,
        running.currency,
        zone,
        running.start,
        running.trial_to or running.start,
        cycles,
        items,
        tuple((item.key, item.quantity) for item in items if item.per_unit),
    )
    events: list[Event] = [begun]
    if running.ends is not None:
        events.append(CancellationScheduled(at, cause, id, running.ends, True))
    if running.billed_from is not None and running.billed_to is not None:
        to = running.billed_to if running.ends is None else min(running.ends, running.billed_to)
        events.append(Billed(at, cause, id, running.billed_from, to, running.billed_from, (), covered))
    return tuple(events)
