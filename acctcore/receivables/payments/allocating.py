"""What is allocated and taken back by hand, and a run that lets all credit settle what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, allowed, refused, unless
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.money import in_minor
from acctcore.receivables.payments.items import (
    Allocated,
    Allocation,
    OpenItem,
    Side,
    allocated,
    less,
    oldest_first,
    undone,
)
from acctcore.receivables.payments.messages import Allocate, AllocateAll, Deallocate
from acctcore.receivables.payments.policy import AllocationPolicy, settle
from acctcore.receivables.payments.reasons import (
    ExceedsOpen,
    NotAllocated,
    NothingGiven,
    NothingOwed,
    NothingToAllocate,
    OtherCurrency,
)


@frozen
class Books:
    """What an allocation is decided on: everything that can take part in one, and what stands.

    `items` are open, or closed by an allocation among `standing`; `standing` are the allocations that
    may be taken back: those to invoices and fees, not those to refunds and chargebacks. `own` pairs
    credit notes with the invoices that they are of: those stay together.
    """

    items: tuple[OpenItem, ...]
    standing: tuple[Allocation, ...]
    own: frozenset[tuple[str, str]] = frozenset()


def decide_allocation(
    command: Allocate | Deallocate | AllocateAll, books: Books, policy: AllocationPolicy
) -> Decision[messages.Event]:
    """Return what is allocated or taken back, or every reason why nothing is."""
    match command:
        case Allocate():
            return _allocate(command, books.items)
        case Deallocate():
            return _deallocate(command, books.standing)
        case AllocateAll():
            return _allocate_all(command, books, policy)
    raise Unhandled(command)


def _allocate(command: Allocate, items: Sequence[OpenItem]) -> Decision[messages.Event]:
    source, target = _find(items, command.source, Side.GIVEN), _find(items, command.target, Side.OWED)
    if source is None or target is None:
        reasons = (
            *unless(source is not None, NothingGiven(command.source)),
            *unless(target is not None, NothingOwed(command.target)),
        )
        return refused(*reasons)
    most = in_minor(min(source.open, target.open), source.currency)
    amount = most if command.amount is None else command.amount
    if target.currency != source.currency or amount.code != source.currency:
        return refused(OtherCurrency(source.currency))
    if amount > most:
        return refused(ExceedsOpen(most))
    found = allocated(source, target, amount.minor, command.at, command.id, by_hand=True)
    return allowed(Allocated(command.at, command.id, found))


def _find(items: Sequence[OpenItem], id: str, side: Side) -> OpenItem | None:
    return next((item for item in items if item.id == id and item.side is side and item.open), None)


def _deallocate(command: Deallocate, standing: Sequence[Allocation]) -> Decision[messages.Event]:
    found = [each for each in standing if (each.source, each.target) == (command.source, command.target)]
    if not found:
        return refused(NotAllocated(command.source, command.target))
    return allowed(
        *[Allocated(command.at, command.id, undone(each, command.at, command.id)) for each in found]
    )


def _allocate_all(command: AllocateAll, books: Books, policy: AllocationPolicy) -> Decision[messages.Event]:
    """Return what settles what; nothing is taken back only to be put where it was."""
    back = [each for each in books.standing if _automatic(each, books)] if command.afresh else []
    items = _reopened(books.items, back)
    given = oldest_first(item for item in items if item.side is Side.GIVEN)
    found = settle(given, items, command.at, command.id, policy.order)
    before, after = _by_pair(back), _by_pair(found)
    changes = [
        undone(each, command.at, command.id) for each in back if before[_pair(each)] != after.get(_pair(each))
    ]
    changes += [each for each in found if before.get(_pair(each)) != each.amount]
    if not changes:
        return refused(NothingToAllocate())
    return allowed(*[Allocated(command.at, command.id, each) for each in changes])


def _automatic(allocation: Allocation, books: Books) -> bool:
    return not allocation.by_hand and _pair(allocation) not in books.own


def _pair(allocation: Allocation) -> tuple[str, str]:
    return allocation.source, allocation.target


def _by_pair(allocations: Iterable[Allocation]) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for each in allocations:
        totals[_pair(each)] = totals.get(_pair(each), 0) + each.amount
    return totals


def _reopened(items: Sequence[OpenItem], back: Sequence[Allocation]) -> list[OpenItem]:
    """Return the items with as much more open as is taken back of them."""
    more: dict[tuple[Side, str], int] = {}
    for each in back:
        for key in ((Side.GIVEN, each.source), (Side.OWED, each.target)):
            more[key] = more.get(key, 0) + each.amount
    return [less(item, -more.get((item.side, item.id), 0)) for item in items]
