"""Sealing: what is settled and past leaves the file, so that an answer costs what is open.

Documents, payments and refunds that settle one another leave together, and only when nothing of them
is open, all of it lies before the seal, and no subscription counts on it any more. They net to zero,
so balances and later statements are unchanged. What a command would need of them is answered with
unknown, naming it; `unseal` brings everything back to its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.billing import invoices, subscriptions
from acctcore.flows.contents import Sealed, Subscription
from acctcore.flows.file import Answer, File
from acctcore.flows.money_events import fee_items, side_of
from acctcore.flows.own import OwnRecord, SealedWith, latest
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import instant, local_date, stamp
from acctcore.kernel.decision import Missing
from acctcore.kernel.errors import ImpossibleHistory
from acctcore.kernel.messages import Command
from acctcore.kernel.terms import AccountId, SubscriptionId
from acctcore.operations import approvals
from acctcore.receivables import authorisations as authorising
from acctcore.receivables import chargebacks as charging
from acctcore.receivables import payments as paying
from acctcore.receivables import refunds as refunding

T = TypeVar("T")

_REMEMBERED = approvals.LONGEST + 4
"""Days for which a file remembers before a seal what allowances add up: no window reaches further back."""


@frozen
class Places:
    """Where records stood in their list: the places of those that left, and the keys of the others."""

    gone: tuple[int, ...]
    stayed: tuple[str, ...]


@frozen
class SealedTimeline:
    """What was sealed of one subscription: the entries of its timeline that became one, and what ended.

    `places` are those of the changes, of the pauses, of the holds and of the coverage.
    """

    subscription_id: SubscriptionId
    changes: tuple[subscriptions.Change[date], ...]
    stops: tuple[subscriptions.Stop[date], ...]
    holdings: tuple[subscriptions.Holding, ...]
    covered: tuple[subscriptions.Covered[date], ...]
    places: tuple[Places, ...]


@frozen
class Archive:
    """Everything that one sealing took out of a file, with its places: the host keeps it elsewhere.

    `before` and `after` are the file's summaries before and after; archives go back in the reverse
    order.
    """

    account_id: AccountId
    before: Sealed | None
    after: Sealed | None
    documents: tuple[invoices.Filed, ...] = ()
    payments: tuple[paying.Payment, ...] = ()
    authorisations: tuple[authorising.Authorisation, ...] = ()
    refunds: tuple[refunding.Refund, ...] = ()
    chargebacks: tuple[charging.Chargeback, ...] = ()
    allocations: tuple[paying.Allocation, ...] = ()
    answers: tuple[Answer, ...] = ()
    timelines: tuple[SealedTimeline, ...] = ()
    places: tuple[Places, ...] = ()
    exercised: tuple[approvals.Exercise, ...] = ()
    own: tuple[OwnRecord, ...] = ()


def seal(file: File, before: DateTime) -> tuple[File, Archive]:
    """Return the file without what is settled and lies before an instant, and all that as an archive.

    Where a subscription is not billed so far, its next billing point takes the place of `before`;
    where the file is sealed as far already, nothing happens and the archive is empty.
    """
    through = min([instant(before), *_unbilled(file)])
    earlier = file.sealed
    if earlier is not None and through <= earlier.through:
        return file, Archive(file.account.id, earlier, earlier)
    parts = _parts(file, through)
    archived = {name: part[1] for name, part in parts.items()}
    left = frozenset(filed.document.id for filed in archived["documents"])
    shortened = [_shorten(each, each.point(through), left) for each in file.subscriptions]
    sealed = _summary(earlier, through, archived)
    timelines = tuple(timeline for _, timeline in shortened if timeline is not None)
    places = tuple(
        Places(numbers, _keys(stayed, _KEYS.get(name))) for name, (stayed, _, numbers) in parts.items()
    )
    archive = Archive(file.account.id, earlier, sealed, **archived, timelines=timelines, places=places)
    stayed: dict[str, Any] = {name: part[0] for name, part in parts.items()}  # type: ignore[explicit-any]
    subscriptions = tuple(subscription for subscription, _ in shortened)
    return changed(file, subscriptions=subscriptions, sealed=sealed, **stayed), archive


def _parts(file: File, through: DateTime) -> dict[str, tuple[Any, Any, tuple[int, ...]]]:  # type: ignore[explicit-any]
    """Return what stays of each list, what goes, and where that was."""
    gone = _settled(file, through)
    parts = {
        name: _part(getattr(file, name), partial(_goes, item=item, gone=gone))
        for name, item in _ITEMS.items()
    }
    parts["answers"] = _part(file.answers, partial(_past, through=through))
    forgotten = instant(through - timedelta(days=_REMEMBERED))
    parts["exercised"] = _part(file.exercised, lambda each: each.at < forgotten)
    left = {each: frozenset(id for _, id in map(_ITEMS[each.value], parts[each.value][1])) for each in _LISTS}
    parts["own"] = _part(file.own, partial(_goes_along, left=left))
    return parts


def _goes_along(record: OwnRecord, left: Mapping[SealedWith, frozenset[str]]) -> bool:
    """Return whether the subject of a host's own record leaves, and the record with it."""
    return record.subject in left.get(record.sealed_with, ())


def _goes(record: T, item: Callable[[T], _Item], gone: frozenset[_Item]) -> bool:
    return item(record) in gone


def _summary(earlier: Sealed | None, through: DateTime, gone: Mapping[str, tuple[Any, ...]]) -> Sealed:  # type: ignore[explicit-any]
    before = earlier or Sealed(through, frozenset(), frozenset(), frozenset(), 0)
    return Sealed(
        through,
        before.documents | {filed.document.id for filed in gone["documents"]},
        before.payments | {each.id for each in gone["payments"]},
        before.refunds | {each.id for each in gone["refunds"]},
        before.answers + len(gone["answers"]),
        before.authorisations | {each.id for each in gone["authorisations"]},
        before.chargebacks | {each.id for each in gone["chargebacks"]},
        before.references | {each for each in _references(gone) if each},
    )


def _references(gone: Mapping[str, tuple[Any, ...]]) -> Iterator[str]:  # type: ignore[explicit-any]
    """Return the references of processors in what is sealed: each is used once, for ever."""
    for payment in gone["payments"]:
        yield from (notice.reference for notice in payment.notices)
    for authorisation in gone["authorisations"]:
        yield from (authorisation.reference, authorisation.void_reference)
    for refund in gone["refunds"]:
        yield from (notice.reference for notice in refund.notices)
    for chargeback in gone["chargebacks"]:
        told = (chargeback.reference, *(reversal.reference for reversal in chargeback.reversals))
        yield from told if chargeback.response is None else (*told, chargeback.response.reference)


def unseal(file: File, archive: Archive) -> File:
    """Return the file with everything of an archive back in its place, and what came since after it.

    Raises: ImpossibleHistory when the archive is not the latest of this file.
    """
    if archive.account_id != file.account.id or archive.after != file.sealed:
        raise ImpossibleHistory(
            "the archive is not the latest one of this file",
            (archive.account_id,),
            "bring the archives of this account back, the latest first",
        )
    if archive.after == archive.before:
        return file
    timelines = {each.subscription_id: each for each in archive.timelines}
    back: dict[str, Any] = {  # type: ignore[explicit-any]
        name: _back(getattr(file, name), getattr(archive, name), places, _KEYS.get(name))
        for name, places in zip(_ARCHIVED, archive.places, strict=True)
    }
    back["own"] = latest(back["own"])  # what was kept anew since counts
    subscriptions = tuple(
        _lengthen(each, timelines[each.id]) if each.id in timelines else each for each in file.subscriptions
    )
    return changed(file, subscriptions=subscriptions, sealed=archive.before, **back)


# What a command would need of what is sealed


def behind(
    file: File, sealed: Sealed, command: Command, policies: Policies, about: str | None = None
) -> Missing | None:
    """Return what a command needs of what was sealed away, or None where it needs nothing.

    `about` is what it is about, where the command names that in a word of its own.
    """
    if command.at < sealed.through:
        return Missing("what happened before", (f"sealed through {stamp(sealed.through)}",))
    named = [
        id
        for id in (*_named(command, about), subscriptions.invoice_id(command.id))
        if any(id in known for known in _ids(sealed))
    ]
    if named:
        return Missing("what was sealed away", tuple(dict.fromkeys(named)))
    if isinstance(command, subscriptions.Command) and _reaches_back(file, sealed, command, policies):
        return Missing(
            "what was sealed away", (command.subscription_id, f"sealed through {stamp(sealed.through)}")
        )
    return None


def _ids(sealed: Sealed) -> tuple[frozenset[str], ...]:
    owed = sealed.documents, sealed.refunds, sealed.chargebacks
    return *owed, sealed.payments, sealed.authorisations, sealed.references


def _named(command: Command, about: str | None) -> list[str]:
    """Return the ids that a command bears of what is on file, or is to be."""
    found: list[str] = [] if about is None else [about]
    for each in _NAMING:
        value: object = getattr(command, each, None)  # of a host's own command, anything
        found += [id for id in (value if isinstance(value, tuple) else (value,)) if isinstance(id, str)]
    return found


_NAMING = (
    "document_id",
    "replaces",
    "invoice_id",
    "documents",
    "payment_id",
    "authorisation_id",
    "refund_id",
    "chargeback_id",
    "source",
    "target",
    "reference",
)
"""The fields in which commands name what is on file."""


def _reaches_back(file: File, sealed: Sealed, command: subscriptions.Command, policies: Policies) -> bool:
    """Return whether a command counts from a point before the seal."""
    if isinstance(command, subscriptions.Start):
        starts = command.starts
        if starts is None:
            return False
        if isinstance(starts, datetime):
            return starts < sealed.through
        return starts < local_date(sealed.through, file.account.zone)
    subscription = file.subscription(command.subscription_id)
    if subscription is None:
        return False
    return subscriptions.effective(subscription, command, policies.selling) < subscription.point(
        sealed.through
    )


# What is settled

_OWED, _GIVEN = paying.Side.OWED, paying.Side.GIVEN

_RESERVED = "authorisation"  # what was set aside is on neither side of the books

_Item: TypeAlias = tuple[paying.Side | str, str]

_ITEMS: Mapping[str, Callable[[Any], _Item]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        "documents": lambda filed: (side_of(filed.document), filed.document.id),
        "payments": lambda payment: (_GIVEN, payment.id),
        "authorisations": lambda authorisation: (_RESERVED, authorisation.id),
        "refunds": lambda refund: (_OWED, refund.id),
        "chargebacks": lambda chargeback: (_OWED, chargeback.id),
        "allocations": lambda allocation: (_OWED, allocation.target),
    }
)
"""The item that each record belongs to: it leaves with that, and archives keep this order."""

_ARCHIVED = (*_ITEMS, "answers", "exercised", "own")
_LISTS: tuple[SealedWith, ...] = tuple(each for each in SealedWith if each is not SealedWith.NOTHING)


def _unbilled(file: File) -> Iterable[DateTime]:
    """Return the instants from which on something is not billed yet."""
    for subscription in file.subscriptions:
        point = subscriptions.next_point(subscription)
        if point is not None:
            yield subscription.instant(point)


def _settled(file: File, through: DateTime) -> frozenset[_Item]:
    """Return the documents, payments and refunds that can leave: whole clusters of what belongs together."""
    items: dict[_Item, bool] = {}
    together = _Clusters()
    running = {
        covered.document
        for subscription in file.subscriptions
        for covered in subscription.covered
        if subscription.point(through) < covered.span.end
    }
    for filed in file.documents:
        document = filed.document
        key = side_of(document), document.id
        items[key] = (
            document.at < through and filed.phase is not invoices.Phase.DRAFT and document.id not in running
        )
        if document.corrects is not None:
            corrected = file.document(document.corrects)
            together.join(key, (_OWED if corrected is None else side_of(corrected), document.corrects))
    for payment in file.payments:
        last = payment.notices[-1].at
        items[_GIVEN, payment.id] = last < through and payment.phase in _KNOWN
        if payment.authorisation is not None:
            together.join((_GIVEN, payment.id), (_RESERVED, payment.authorisation))
    for authorisation in file.authorisations:
        items[_RESERVED, authorisation.id] = _resolved(file, authorisation, through)
    for refund in file.refunds:
        last = max([refund.at, *(notice.at for notice in refund.notices)])
        awaited = bool(refund.notices) and refund.phase not in _OVER
        items[_OWED, refund.id] = last < through and not awaited
        together.join((_OWED, refund.id), (_GIVEN, refund.payment_id))
        if refund.invoice_id is not None:
            together.join((_OWED, refund.id), (_OWED, refund.invoice_id))
    for chargeback in file.chargebacks:
        response = () if chargeback.response is None else (chargeback.response.at,)
        last = max([*response, *(at for at, _ in chargeback.moves())])
        items[_OWED, chargeback.id] = last < through and not chargeback.duties()
        together.join((_OWED, chargeback.id), (_GIVEN, chargeback.payment_id))
        for fee in fee_items(chargeback):
            items[_OWED, fee.id] = fee.at < through
            together.join((_OWED, chargeback.id), (_OWED, fee.id))
    for each in file.allocations:
        together.join((_GIVEN, each.source), (_OWED, each.target))
        if each.at >= through:
            items[_GIVEN, each.source] = items[_OWED, each.target] = False
    for item in file.items:
        items[item.side, item.id] = False
    stays = {together.of(key) for key, settled in items.items() if not settled}
    return frozenset(key for key in items if together.of(key) not in stays)


def _resolved(file: File, authorisation: authorising.Authorisation, through: DateTime) -> bool:
    """Return whether an authorisation has ended before an instant."""
    taken = file.taken(authorisation.id)
    end = authorising.resolution(authorisation, taken, through)
    return end is not None and end.at < through


_OVER = frozenset({refunding.Phase.DONE, refunding.Phase.FAILED})
_KNOWN = frozenset({paying.Phase.RECEIVED, paying.Phase.FAILED})


class _Clusters:
    """Items that were joined, directly or through others, in one cluster."""

    def __init__(self) -> None:
        self._parent: dict[_Item, _Item] = {}

    def of(self, item: _Item) -> _Item:
        """Return the item that stands for the whole cluster."""
        root = item
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while item != root:
            self._parent[item], item = root, self._parent[item]
        return root

    def join(self, one: _Item, other: _Item) -> None:
        """Put two clusters together."""
        self._parent[self.of(one)] = self.of(other)


def _past(answer: Answer, through: DateTime) -> bool:
    return answer.recorded_at < through and all(event.at < through for event in answer.events)


# Subscriptions


def _shorten(
    subscription: Subscription, point: date, left: frozenset[str]
) -> tuple[Subscription, SealedTimeline | None]:
    """Return a subscription without the entries and the coverage that no later command asks about.

    The terms of what is still to be billed in arrears are kept, also where they lie before the seal.
    """
    agreed = subscription.agreed
    point = min(point, subscription.arrears_to)
    terms = subscription.terms(point)
    since = terms.since
    changes = _part(agreed.changes, lambda each: each.since <= since)
    stops = _part(agreed.stops, lambda each: each.until is not None and each.until <= since)
    over = _part(agreed.holdings, lambda each: _over(agreed, each, since))
    covered = _part(subscription.covered, lambda each: each.document in left)
    if point < since or (len(changes[1]) < 2 and not stops[1] and not over[1]):  # nothing becomes shorter
        changes, stops, over = (agreed.changes, (), ()), (agreed.stops, (), ()), (agreed.holdings, (), ())
    if not changes[1] and not covered[1]:
        return subscription, None
    timeline = SealedTimeline(
        subscription.id,
        changes[1],
        stops[1],
        over[1],
        covered[1],
        (
            Places(changes[2], tuple(map(_change_key, changes[0]))),
            Places(stops[2], tuple(map(_stop_key, stops[0]))),
            Places(over[2], tuple(map(_holding_key, over[0]))),
            Places(covered[2], tuple(map(_covered_key, covered[0]))),
        ),
    )
    first = (_together(changes[1], terms),) if changes[1] else ()
    return _with(subscription, (*first, *changes[0]), stops[0], over[0], covered[0]), timeline


def _over(agreed: subscriptions.Agreed[date], holding: subscriptions.Holding, since: date) -> bool:
    """Return whether a hold stops nothing from a point on."""
    alone = changed(agreed, changes=(), stops=(), holdings=(holding,))
    return all(stop.until is not None and stop.until <= since for stop in alone.lying_over)


def _together(
    old: Sequence[subscriptions.Change[date]], terms: subscriptions.Terms[date]
) -> subscriptions.Change[date]:
    """Return everything up to the terms in force at a point as one entry."""
    quantities: dict[str, int] = {}
    for change in sorted(old, key=lambda change: change.since):
        quantities.update(change.quantities)
    begun = [change for change in sorted(old, key=lambda change: change.since) if change.cycles is not None]
    return subscriptions.Change(
        terms.since,
        tuple(quantities.items()),
        terms.plan,
        terms.items,
        terms.cycles,
        first=terms.first,
        free_until=begun[-1].free_until,
    )


def _lengthen(subscription: Subscription, timeline: SealedTimeline) -> Subscription:
    changes, stops, over, covered = timeline.places
    agreed = subscription.agreed
    now = subscription.changes[1:] if timeline.changes else subscription.changes
    return _with(
        subscription,
        _back(now, timeline.changes, changes, _change_key),
        _back(agreed.stops, timeline.stops, stops, _stop_key),
        _back(agreed.holdings, timeline.holdings, over, _holding_key),
        _back(subscription.covered, timeline.covered, covered, _covered_key),
    )


def _with(
    subscription: Subscription,
    changes: tuple[subscriptions.Change[date], ...],
    stops: tuple[subscriptions.Stop[date], ...],
    holdings: tuple[subscriptions.Holding, ...],
    covered: tuple[subscriptions.Covered[date], ...],
) -> Subscription:
    agreed = changed(subscription.agreed, changes=changes, stops=stops, holdings=holdings)
    return changed(subscription, agreed=agreed, covered=covered)


# Lists and places


def _part(
    records: Sequence[T], goes: Callable[[T], bool]
) -> tuple[tuple[T, ...], tuple[T, ...], tuple[int, ...]]:
    """Return what stays, what goes, and where in the list it was."""
    places = tuple(index for index, record in enumerate(records) if goes(record))
    leaving = frozenset(places)
    stays = tuple(record for index, record in enumerate(records) if index not in leaving)
    return stays, tuple(records[index] for index in places), places


def _keys(records: Sequence[T], key: Callable[[T], str] | None) -> tuple[str, ...]:
    """Return what tells the records of a list apart; of one that only grows at its end, their number."""
    return tuple(map(str, range(len(records)))) if key is None else tuple(map(key, records))


def _back(
    now: Sequence[T], gone: Sequence[T], places: Places, key: Callable[[T], str] | None = None
) -> tuple[T, ...]:
    """Return a list with what left it back in its places, and what came since at its end."""
    here = dict(zip(_keys(now, key), now, strict=True))
    old = dict(zip(places.gone, gone, strict=True))
    stayed = iter(places.stayed)
    merged: list[T] = []
    for index in range(len(places.gone) + len(places.stayed)):
        if index in old:
            merged.append(old[index])
        elif (name := next(stayed)) in here:
            merged.append(here.pop(name))
    return (*merged, *here.values())


def _document_key(filed: invoices.Filed) -> str:
    """Return what tells a document apart; a draft that is issued becomes another one at the list's end."""
    return f"{filed.document.id} {filed.document.cause}"


def _change_key(change: subscriptions.Change[date]) -> str:
    return f"{change.cause} {stamp(change.since)} {change.repriced}"


def _stop_key(stop: subscriptions.Stop[date]) -> str:
    return stop.cause


def _holding_key(holding: subscriptions.Holding) -> str:
    return holding.hold


def _covered_key(covered: subscriptions.Covered[date]) -> str:
    return f"{covered.line} {covered.span} {covered.amount}"


def _own_key(record: OwnRecord) -> str:
    return f"{type(record).__module__}.{type(record).__qualname__} {record.subject}"


_KEYS: Mapping[str, Callable[[Any], str]] = MappingProxyType(  # type: ignore[explicit-any]
    {"documents": _document_key, "own": _own_key}
)
"""The lists in which records change places."""
