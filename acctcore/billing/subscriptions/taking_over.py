"""A subscription that ran elsewhere before: what it was agreed to, and what is billed of it already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from acctcore.kernel.validation import identifier, one_of, optional, whole


def _prices(
    value: Mapping[ItemKey, Price] | tuple[tuple[ItemKey, Price], ...],
) -> tuple[tuple[ItemKey, Price], ...]:
    given: object = tuple(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(given, tuple) or not all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], Price)
        for pair in given
    ):
        raise InvalidValue("prices by item", value, "Running.prices")
    if len({item for item, _ in given}) != len(given):
        raise InvalidValue("one price for each item", value, "Running.prices")
    return given


@frozen(kw_only=True)
class Running:
    """A subscription as the former system left it.

    `billed_from` is where the last billed cycle began and `billed_to` where it ends: the next
    billing. Both are None where nothing was billed yet, as in a trial that ends on `trial_to`.
    `anchor_day` is the day of the month on which cycles begin, where that is not the day of
    `billed_from`; `prices` are agreed prices that are not the list's. `ends` is an end that is agreed:
    by a cancellation, or, where it is `fixed`, with the start, as that of a term.
    """

    subscription_id: SubscriptionId = field(validator=identifier)
    plan: PlanId = field(validator=identifier)
    currency: CurrencyCode = field(validator=identifier)
    start: date = field(converter=_point)
    quantities: tuple[tuple[ItemKey, int], ...] = field(default=(), converter=_quantities)
    prices: tuple[tuple[ItemKey, Price], ...] = field(default=(), converter=_prices)
    billed_from: date | None = field(default=None, converter=optionally(_point))
    billed_to: date | None = field(default=None, converter=optionally(_point))
    trial_to: date | None = field(default=None, converter=optionally(_point))
    anchor_day: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=31)))
    ends: date | None = field(default=None, converter=optionally(_point))
    fixed: bool = field(default=False, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        if self.fixed and self.ends is None:
            raise InvalidValue("the end of the fixed term", self.ends, "Running.ends")
        points = (self.start, self.billed_from, self.billed_to, self.trial_to, self.ends)
        if len({type(point) for point in points if point is not None}) > 1:
            raise InvalidValue("dates only, or instants only", points, "Running")
        if (self.billed_from is None) is not (self.billed_to is None):
            raise InvalidValue("both ends of what was billed, or none", points, "Running.billed_to")
        if self.billed_from is not None and self.billed_from < (self.trial_to or self.start):
            raise InvalidValue("a cycle that was billed after the start", points, "Running.billed_from")
        if self.ends is not None and self.billed_from is not None and self.ends <= self.billed_from:
            raise InvalidValue("an end after the beginning of what was billed", points, "Running.ends")


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


@frozen
class SeveralLines(Reason):
    """Lines that all claim to pay for one item's running cycle; the others are debts, and no more."""

    code: ClassVar[str] = "subscriptions.several_lines"
    template: ClassVar[str] = (
        "{subscription}: only one line pays for {item} from the takeover on, not each of these: {lines}"
    )
    subscription: SubscriptionId
    item: ItemKey
    lines: tuple[LineId, ...]


@frozen
class NotCharged(Reason):
    """A line that claims to pay for the running cycle of something that the plan does not charge."""

    code: ClassVar[str] = "subscriptions.not_charged"
    template: ClassVar[str] = "{line} pays for {item}, which the plan of {subscription} does not charge"
    subscription: SubscriptionId
    item: ItemKey
    line: LineId


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
    if not problems:
        problems = _misplaced(running, items, billed)
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


def _misplaced(running: Running, items: tuple[Item, ...], billed: Sequence[BilledLine]) -> tuple[Reason, ...]:
    """Return why lines cannot pay for the running cycle: not two for one item, none for what is not there."""
    by_item: dict[ItemKey, list[LineId]] = {}
    for line in billed:
        by_item.setdefault(line.item, []).append(line.line)
    id, known = running.subscription_id, {item.key for item in items}
    strange = [NotCharged(id, line.item, line.line) for line in billed if line.item not in known]
    several = [SeveralLines(id, item, tuple(lines)) for item, lines in by_item.items() if len(lines) > 1]
    return (*strange, *several)


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
    pieces: list[Covered[date]] = []
    for item in items:
        if item.billing is not Billing.IN_ADVANCE or not item.quantity:
            continue
        line = lines.get(item.key) or _former(running, item, cycle, every, policy)
        if line.since is not None and not Span(cycle.start, until).contains(line.since):
            inside = Span(cycle.start, until)
            raise InvalidValue(f"a point inside {inside}", line.since, "BilledLine.since")
        span = Span(line.since or cycle.start, until)
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
        expires=running.ends if running.fixed else None,
    )
    events: list[Event] = [begun]
    if running.ends is not None and not running.fixed:
        events.append(CancellationScheduled(at, cause, id, running.ends, True))
    if running.billed_from is not None and running.billed_to is not None:
        to = running.billed_to if running.ends is None else min(running.ends, running.billed_to)
        events.append(Billed(at, cause, id, running.billed_from, to, running.billed_from, (), covered))
    return tuple(events)
