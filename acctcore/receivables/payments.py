"""Money that comes in, and which open items it settles.

Owns payments (attempted, received, failed, outcome unknown), open items and their allocation, the
oldest first; what is left of a payment stays as credit. Leaves giving money back to refunds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import ClassVar

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, allowed, refused
from acctcore.kernel.errors import ImpossibleHistory, Unhandled
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.kernel.money import Money, convert, in_minor, positive
from acctcore.kernel.terms import CurrencyCode, DocumentId, PaymentId
from acctcore.kernel.validation import each, identifier, reference

# Payments


class Phase(Enum):
    """What is known of a payment; a failure and an unknown outcome are different things."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    RECEIVED = "received"
    FAILED = "failed"


@frozen
class Payment:
    """One payment: how much, how, and what became of it. Units: minor units."""

    id: PaymentId
    currency: CurrencyCode
    amount: int
    phase: Phase
    at: DateTime
    method: str = ""
    failure: str = ""
    refunded: int = 0

    @property
    def money(self) -> Money:
        """The amount."""
        return in_minor(self.amount, self.currency)

    @property
    def refundable(self) -> Money:
        """What of it has come in and was not given back."""
        kept = self.amount - self.refunded if self.phase is Phase.RECEIVED else 0
        return in_minor(kept, self.currency)


@frozen(kw_only=True)
class Command(messages.Command):
    """Something recorded of one payment."""

    payment_id: PaymentId = field(validator=identifier)


@frozen(kw_only=True)
class Attempt(Command):
    """Record that a payment was asked for and its outcome is awaited."""

    amount: Money = field(converter=convert, validator=positive)
    method: str = ""


@frozen(kw_only=True)
class Receive(Command):
    """Record that money came in; it settles `documents` first, then the oldest open items."""

    amount: Money = field(converter=convert, validator=positive)
    method: str = ""
    documents: tuple[DocumentId, ...] = field(default=(), validator=each(reference))


@frozen(kw_only=True)
class Fail(Command):
    """Record that a payment was declined, with the code that was given."""

    amount: Money = field(converter=convert, validator=positive)
    failure: str = field(validator=identifier)
    method: str = ""


@frozen(kw_only=True)
class LoseTrack(Command):
    """Record that nobody knows what became of a payment; it is neither a failure nor to be retried."""


@frozen
class Attempted(messages.Event):
    """A payment was asked for."""

    payment: Payment


@frozen
class Received(messages.Event):
    """Money came in."""

    payment: Payment


@frozen
class Failed(messages.Event):
    """A payment was declined."""

    payment: Payment


@frozen
class Lost(messages.Event):
    """The outcome of a payment is not known."""

    payment_id: PaymentId


@frozen
class OtherAmount(Reason):
    """A payment recorded with another amount than the one it was attempted with."""

    code: ClassVar[str] = "payments.other_amount"
    template: ClassVar[str] = "the payment was attempted over {attempted}"
    attempted: Money


@frozen
class NotOpen(Reason):
    """A document that a payment was to settle but that has nothing open in the payment's currency."""

    code: ClassVar[str] = "payments.not_open"
    template: ClassVar[str] = "nothing is open in {currency} on {documents}"
    currency: CurrencyCode
    documents: tuple[DocumentId, ...]


_OPEN = (None, Phase.PENDING, Phase.UNKNOWN)

LIFECYCLE = Lifecycle[Phase](
    #        command    asked in           may bring about
    Accepts(Attempt, NOTHING, (Attempted,)),
    Accepts(Receive, _OPEN, (Received,)),
    Accepts(Fail, _OPEN, (Failed,)),
    Accepts(LoseTrack, (Phase.PENDING,), (Lost,)),
    moves={
        Attempted: Phase.PENDING,
        Received: Phase.RECEIVED,
        Failed: Phase.FAILED,
        Lost: Phase.UNKNOWN,
    },
)


def decide(
    payment: Payment | None, command: Command, items: tuple[OpenItem, ...] = ()
) -> Decision[messages.Event]:
    """Return what is recorded of a payment, with the allocation of the money that came in."""
    if (refusal := LIFECYCLE.refusal(None if payment is None else payment.phase, command)) is not None:
        return refusal
    match command:
        case Attempt():
            return allowed(Attempted(command.at, command.id, _payment(command, Phase.PENDING)))
        case Receive():
            return _receive(payment, command, items)
        case Fail():
            problems = _other_amount(payment, command.amount)
            failed = _payment(command, Phase.FAILED, command.failure)
            return refused(*problems) if problems else allowed(Failed(command.at, command.id, failed))
        case LoseTrack():
            return allowed(Lost(command.at, command.id, command.payment_id))
    raise Unhandled(payment, command)


def _payment(command: Attempt | Receive | Fail, phase: Phase, failure: str = "") -> Payment:
    amount = command.amount
    return Payment(command.payment_id, amount.code, amount.minor, phase, command.at, command.method, failure)


def _other_amount(payment: Payment | None, amount: Money) -> tuple[Reason, ...]:
    return () if payment is None or payment.money == amount else (OtherAmount(payment.money),)


def _receive(
    payment: Payment | None, command: Receive, items: tuple[OpenItem, ...]
) -> Decision[messages.Event]:
    code = command.amount.code
    open_ids = {item.id for item in items if item.side is Side.OWED and item.open and item.currency == code}
    strangers = tuple(id for id in command.documents if id not in open_ids)
    reasons = _other_amount(payment, command.amount) + ((NotOpen(code, strangers),) if strangers else ())
    if reasons:
        return refused(*reasons)
    received = _payment(command, Phase.RECEIVED)
    credit = OpenItem(
        received.id, "payment", Side.GIVEN, code, received.amount, received.amount, command.at, None
    )
    named = [item for id in dict.fromkeys(command.documents) for item in items if item.id == id]
    rest = oldest_first(item for item in items if item.id not in command.documents)
    allocations = settle([credit], [*named, *rest])
    return allowed(
        Received(command.at, command.id, received),
        *[Allocated(command.at, command.id, allocation) for allocation in allocations],
    )


def changed(payment: Payment, phase: Phase, refunded: int = 0) -> Payment:
    """Return the payment in another phase, with so much more given back."""
    return Payment(
        payment.id,
        payment.currency,
        payment.amount,
        phase,
        payment.at,
        payment.method,
        payment.failure,
        payment.refunded + refunded,
    )


# Open items


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
    """So much of something given settles so much of something owed; below zero, it is taken back."""

    source: str
    target: str
    currency: CurrencyCode
    amount: int


@frozen
class Allocated(messages.Event):
    """Something given was set off against something owed."""

    allocation: Allocation


def oldest_first(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Return items by due date, then by instant and id; those without a due date by their instant's day."""
    return sorted(items, key=_age)


def _age(item: OpenItem) -> tuple[date, DateTime, str]:
    return (item.due_on or item.at.date(), item.at, item.id)


def settle(given: Iterable[OpenItem], owed: Iterable[OpenItem]) -> tuple[Allocation, ...]:
    """Return how what is given settles what is owed, in the order in which both come.

    Never crosses currencies, and never allocates more than is open on either side.
    """
    allocations: list[Allocation] = []
    debts = [item for item in owed if item.side is Side.OWED and item.open > 0]
    wanted = [item.open for item in debts]
    for source in given:
        left = source.open if source.side is Side.GIVEN else 0
        for index, target in enumerate(debts):
            if left and wanted[index] and target.currency == source.currency:
                amount = min(left, wanted[index])
                allocations.append(Allocation(source.id, target.id, source.currency, amount))
                left -= amount
                wanted[index] -= amount
    return tuple(allocations)


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
