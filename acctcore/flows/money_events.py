"""What payments, authorisations, refunds and allocations do to a file, and to its open items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from attrs import evolve as changed

from acctcore.billing import invoices
from acctcore.flows.contents import Contents
from acctcore.kernel.errors import ImpossibleHistory
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Event
from acctcore.receivables import authorisations as authorising
from acctcore.receivables import chargebacks as charging
from acctcore.receivables import payments as paying
from acctcore.receivables import refunds as refunding

T = TypeVar("T")

_CREDIT_NOTE = invoices.Kind.CREDIT_NOTE  # looking a member up costs more than using it
_OWED, _GIVEN = paying.Side.OWED, paying.Side.GIVEN
_RECEIVED = paying.Phase.RECEIVED


DEBTS: frozenset[str] = frozenset({invoices.Kind.INVOICE.value, invoices.Kind.DEBIT_NOTE.value})
"""The kinds of open items that are owed for documents; what was paid out is owed until it is set off."""


# Items, as they are before anything settles them


def side_of(document: invoices.Document) -> paying.Side:
    """Return whether a document is owed, or given: credit notes are, and invoices below zero."""
    return _GIVEN if document.kind is _CREDIT_NOTE or document.total < 0 else _OWED


def item_of(document: invoices.Document) -> paying.OpenItem:
    """Return the open item that a document makes."""
    amount = abs(document.total)
    return paying.OpenItem(
        document.id,
        document.kind.value,
        side_of(document),
        document.currency,
        amount,
        amount,
        document.at,
        document.due_on,
    )


def refund_item(refund: refunding.Refund) -> paying.OpenItem:
    """Return what a refund makes owed: the money that went out, until it is set off."""
    return paying.OpenItem(
        refund.id, "refund", _OWED, refund.currency, refund.amount, refund.amount, refund.at, None
    )


def chargeback_item(chargeback: charging.Chargeback) -> paying.OpenItem:
    """Return what a chargeback makes owed: the money that went, less what came back."""
    amount = chargeback.standing
    return paying.OpenItem(
        chargeback.id, "chargeback", _OWED, chargeback.currency, amount, amount, chargeback.at, None
    )


def fee_items(chargeback: charging.Chargeback) -> tuple[paying.OpenItem, ...]:
    """Return what the customer owes for a chargeback, if anything."""
    fee = chargeback.fee
    if fee is None:
        return ()
    id = extend(chargeback.id, "fee")
    return (paying.OpenItem(id, "fee", _OWED, fee.code, fee.minor, fee.minor, chargeback.at, None),)


def items_of(contents: Contents) -> Iterator[paying.OpenItem]:
    """Return everything owed and given on file as the item that it makes, all of it open."""
    for filed in contents.documents:
        if filed.phase not in (invoices.Phase.DRAFT, invoices.Phase.VOIDED) and filed.document.total:
            yield item_of(filed.document)
    for payment in contents.payments:
        if payment.phase is _RECEIVED:
            yield paying.item_of(payment)
    for refund in contents.refunds:
        if refund.counts:
            yield refund_item(refund)
    for chargeback in contents.chargebacks:
        if chargeback.standing:
            yield chargeback_item(chargeback)
        yield from fee_items(chargeback)


# Events


def put(known: tuple[T, ...], before: T | None, after: T) -> tuple[T, ...]:
    """Return what is known with one more at its end, or with one in the place of what it was before."""
    if before is None:
        return (*known, after)
    return tuple([after if each is before else each for each in known])


_OfPayment: TypeAlias = paying.Attempted | paying.Received | paying.Failed | paying.Lost | paying.Noted
_OfRefund: TypeAlias = (
    refunding.Sent | refunding.Completed | refunding.Failed | refunding.Lost | refunding.Noted
)
_OfChargeback: TypeAlias = (
    charging.ChargedBack | charging.Reversed | charging.PartlyReversed | charging.Answered
)


def _on_payment(draft: Contents, event: _OfPayment) -> None:
    payment = event.payment
    before = next((each for each in draft.payments if each.id == payment.id), None)
    draft.payments = put(draft.payments, before, payment)
    comes = payment.phase is _RECEIVED
    if before is None or before.phase is not _RECEIVED:
        draft.items = (*draft.items, paying.item_of(payment)) if comes else draft.items
    elif not comes:
        _close(draft, payment.id, _GIVEN, before.amount, event)


def _close(draft: Contents, id: str, side: paying.Side, amount: int, event: Event) -> None:
    """Take away an item that is no more; all of it has to be open.

    Raises: ImpossibleHistory where some of it is allocated still.
    """
    kept = [item for item in draft.items if item.id != id or item.side is not side]
    gone = [item for item in draft.items if item.id == id and item.side is side]
    if [item.open for item in gone] != [amount]:
        raise ImpossibleHistory(
            f"{id} ended while some of it is allocated", (event.cause,), "take its allocations back first"
        )
    draft.items = tuple(kept)


def _on_authorisation(draft: Contents, event: authorising.Authorised | authorising.Voided) -> None:
    id = event.authorisation.id if isinstance(event, authorising.Authorised) else event.authorisation_id
    before = next((each for each in draft.authorisations if each.id == id), None)
    draft.authorisations = put(draft.authorisations, before, authorising.evolve(before, event))


def _on_allocated(draft: Contents, event: paying.Allocated) -> None:
    allocation = event.allocation
    if allocation.amount < 0:
        _reopen(draft, allocation.source, _GIVEN)
        _reopen(draft, allocation.target, _OWED)
    draft.items = paying.allocate(draft.items, allocation)
    draft.allocations = (*draft.allocations, allocation)


def _reopen(draft: Contents, id: str, side: paying.Side) -> None:
    """Bring what was settled on one side of the books back among the open items, with nothing open yet."""
    if not any(item.id == id and item.side is side for item in draft.items):
        settled = [item for item in items_of(draft) if item.id == id and item.side is side]
        draft.items += tuple(paying.less(item, item.amount) for item in settled)


def _on_refunded(draft: Contents, event: refunding.Given) -> None:
    refund = event.refund
    draft.refunds = (*draft.refunds, refund)
    _went_back(draft, refund.payment_id, refund.amount)
    draft.items = (*draft.items, refund_item(refund))


def _went_back(draft: Contents, id: str, refunded: int = 0, charged_back: int = 0) -> None:
    """Note on a payment how much more of it was refunded or charged back; below zero, how much less."""
    draft.payments = tuple(
        changed(each, refunded=each.refunded + refunded, charged_back=each.charged_back + charged_back)
        if each.id == id
        else each
        for each in draft.payments
    )


def _on_report(draft: Contents, event: _OfRefund) -> None:
    refund = event.refund
    before = next((each for each in draft.refunds if each.id == refund.id), None)
    if before is None:
        raise ImpossibleHistory(
            f"{refund.id} was never given", (event.cause,), "load the refund before what is reported of it"
        )
    draft.refunds = put(draft.refunds, before, refund)
    if before.counts and not refund.counts:
        _close(draft, refund.id, _OWED, refund.amount, event)
        _went_back(draft, refund.payment_id, -refund.amount)
    elif refund.counts and not before.counts:
        draft.items = (*draft.items, refund_item(refund))
        _went_back(draft, refund.payment_id, refund.amount)


def _on_given_back(draft: Contents, event: refunding.GivenBack) -> None:
    """Tell the parts; each of them is an event of its own, too."""


def _on_chargeback(draft: Contents, event: _OfChargeback) -> None:
    id = event.chargeback.id
    before = next((each for each in draft.chargebacks if each.id == id), None)
    after = charging.evolve(before, event)
    draft.chargebacks = put(draft.chargebacks, before, after)
    if before is None:
        draft.items = (*draft.items, chargeback_item(after), *fee_items(after))
        _went_back(draft, after.payment_id, charged_back=after.amount)
        return
    came_back = before.standing - after.standing
    if came_back:
        _went_back(draft, after.payment_id, charged_back=-came_back)
        _shrink(draft, id, came_back, event)


def _shrink(draft: Contents, id: str, amount: int, event: Event) -> None:
    """Make what is owed smaller by what is open of it; it goes where nothing is left open.

    Raises: ImpossibleHistory where so much of it is not open.
    """
    before = next((item for item in draft.items if item.id == id and item.side is _OWED), None)
    if before is None or before.open < amount:
        raise ImpossibleHistory(
            f"{id} came back while its money is allocated", (event.cause,), "take its allocation back first"
        )
    after = changed(before, amount=before.amount - amount, open=before.open - amount)
    kept = [after if item is before else item for item in draft.items]
    draft.items = tuple([item for item in kept if item.open])


HANDLERS: Mapping[type, Callable[[Contents, Any], None]] = MappingProxyType(  # type: ignore[explicit-any]
    {
        **{event: _on_payment for row in paying.LIFECYCLE.rows for event in row.events},
        **{event: _on_authorisation for row in authorising.LIFECYCLE.rows for event in row.events},
        paying.Allocated: _on_allocated,
        **{event: _on_report for row in refunding.LIFECYCLE.rows for event in row.events},
        refunding.Given: _on_refunded,
        refunding.GivenBack: _on_given_back,
        **{event: _on_chargeback for row in charging.LIFECYCLE.rows for event in row.events},
    }
)
"""The handler of each event that moves money, or says something of it."""
