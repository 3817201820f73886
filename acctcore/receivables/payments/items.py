"""Open items, and allocations between what is given and what is owed.

An allocation is a record of its own, with an instant. Taking it back is another record, which names
it: so every one is taken back once or not at all, and what was open at any instant can be read off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.money import in_minor
from acctcore.kernel.terms import CommandId, CurrencyCode


class Side(Enum):
    """Whether an item is owed by the customer, or given to set off against what is owed."""

    OWED = "owed"  # invoices, and refunds paid out
    GIVEN = "given"  # payments and credit notes


@frozen
class OpenItem:
    """Something owed or given, and how much of it is not settled yet. Units: minor units."""

    id: str
    kind: str
    side: Side
    currency: CurrencyCode
    amount: int
    open: int
    at: DateTime
    due_on: date | None


@frozen
class Allocation:
    """So much of something given settles so much of something owed, from an instant on.

    `by_hand` is one that somebody asked for by name; no later run takes it back. Below zero it takes
    back, whole, the one that the command `undoes` made between the same two. Units: minor units.
    """

    source: str
    target: str
    currency: CurrencyCode
    amount: int
    at: DateTime
    cause: CommandId
    by_hand: bool = False
    undoes: CommandId | None = field(default=None)

    def __attrs_post_init__(self) -> None:
        if (self.amount < 0) is not (self.undoes is not None):
            raise InvalidValue("an amount below zero just where it takes one back", self, "Allocation")


@frozen
class Allocated(messages.Event):
    """Something given was set off against something owed, or no longer is."""

    allocation: Allocation


def oldest_first(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Return items by due date, then by instant and id; those without a due date by their instant's day."""
    return sorted(items, key=age)


def age(item: OpenItem) -> tuple[date, DateTime, str]:
    """Return what items are ordered by, the oldest first."""
    return (item.due_on or item.at.date(), item.at, item.id)


def allocated(
    source: OpenItem, target: OpenItem, amount: int, at: DateTime, cause: CommandId, by_hand: bool = False
) -> Allocation:
    """Return the allocation between two items: it counts as soon as both are there."""
    since = max(at, source.at, target.at)
    return Allocation(source.id, target.id, source.currency, amount, since, cause, by_hand)


def allocate(items: tuple[OpenItem, ...], allocation: Allocation) -> tuple[OpenItem, ...]:
    """Return what is still open after an allocation; below zero, it takes an earlier one back.

    Raises: ImpossibleHistory when it names an unknown item, or more than is open of one.
    """
    wanted = {Side.GIVEN: allocation.source, Side.OWED: allocation.target}
    after = list(items)
    for index, item in enumerate(items):
        if wanted.get(item.side) != item.id:
            continue
        del wanted[item.side]
        left = item.open - allocation.amount
        if not 0 <= left <= item.amount or item.currency != allocation.currency:
            raise ImpossibleHistory(
                f"{in_minor(allocation.amount, allocation.currency)} cannot be allocated to {item.id}, "
                f"which has {in_minor(item.open, item.currency)} open",
                (allocation.source, allocation.target),
                "load the events of both items in their order",
            )
        after[index] = less(item, allocation.amount)
    if wanted:
        raise ImpossibleHistory(
            "an allocation names items that are not on file",
            tuple(wanted.values()),
            "load the documents and payments that it names",
        )
    return tuple([item for item in after if item.open])


def less(item: OpenItem, amount: int) -> OpenItem:
    """Return the item with so much less open."""
    return OpenItem(
        item.id, item.kind, item.side, item.currency, item.amount, item.open - amount, item.at, item.due_on
    )


def balance(items: Iterable[OpenItem]) -> dict[CurrencyCode, int]:
    """Return what the customer owes in each currency, in minor units; below zero, they are owed."""
    totals: dict[CurrencyCode, int] = {}
    for item in items:
        signed = item.open if item.side is Side.OWED else -item.open
        totals[item.currency] = totals.get(item.currency, 0) + signed
    return totals


# Taking back


def standing(allocations: Iterable[Allocation]) -> tuple[Allocation, ...]:
    """Return the allocations that were not taken back, in their order."""
    known = tuple(allocations)
    undone = {(each.source, each.target, each.undoes) for each in known if each.undoes is not None}
    return tuple(
        each for each in known if each.undoes is None and (each.source, each.target, each.cause) not in undone
    )


def undone(allocation: Allocation, at: DateTime, cause: CommandId) -> Allocation:
    """Return the record that takes an allocation back, from an instant on but not before it was made."""
    return Allocation(
        allocation.source,
        allocation.target,
        allocation.currency,
        -allocation.amount,
        max(at, allocation.at),
        cause,
        allocation.by_hand,
        allocation.cause,
    )


def taken_back(
    allocations: Sequence[Allocation], amount: int, at: DateTime, cause: CommandId
) -> list[Allocation]:
    """Return what takes so much back of allocations that stand, the latest of them first.

    Each is taken back whole; where that is too much, the rest is allocated anew.

    Raises: InvalidValue for more than they come to.
    """
    found: list[Allocation] = []
    for each in sorted(allocations, key=lambda each: each.at)[::-1]:
        if amount <= 0:
            break
        found.append(undone(each, at, cause))
        if each.amount > amount:
            rest = each.amount - amount
            since = max(at, each.at)
            found.append(
                Allocation(each.source, each.target, each.currency, rest, since, cause, each.by_hand)
            )
        amount -= each.amount
    if amount > 0:
        raise InvalidValue("at most what is allocated", amount, "taken_back")
    return found
