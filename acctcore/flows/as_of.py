"""The books as they stood at an instant: what was open then, what was owed, and what was still on its way.

Read off the records with their own instants: documents and when they were voided, what is reported of
payments and refunds, chargebacks and their reversals, and when each allocation was made and taken back.
A fact that is told late counts from its own instant, so what an item says of the time between can change.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.flows.file import File
from acctcore.flows.money_events import chargeback_item, fee_items, item_of, refund_item
from acctcore.kernel.calendar import instant, stamp
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.notices import by
from acctcore.kernel.terms import AuthorisationId, CurrencyCode, PaymentId, RefundId
from acctcore.receivables import authorisations, payments, refunds

_OWED, _GIVEN = payments.Side.OWED, payments.Side.GIVEN


def items_at(file: File, at: DateTime) -> tuple[payments.OpenItem, ...]:
    """Return what was open at an instant: everything that had happened by then, less what was allocated.

    Together they come to the movements up to that instant. What was sealed away was settled.

    Raises: InvalidValue for an instant before what was sealed away.
    """
    at = _known(file, at)
    settled: dict[tuple[payments.Side, str], int] = {}
    for each in file.allocations:
        if each.at <= at:
            for key in ((_GIVEN, each.source), (_OWED, each.target)):
                settled[key] = settled.get(key, 0) + each.amount
    found: list[payments.OpenItem] = []
    for item in _amounts(file, at):
        left = item.amount - settled.get((item.side, item.id), 0)
        if left:
            found.append(payments.less(item, item.amount - left))
    return tuple(found)


def _known(file: File, at: DateTime) -> DateTime:
    at = instant(at)
    if file.sealed is not None and at < file.sealed.through:
        wanted = f"an instant from {stamp(file.sealed.through)} on, or a file with what was sealed before"
        raise InvalidValue(wanted, stamp(at), "as_of")
    return at


def _amounts(file: File, at: DateTime) -> Iterator[payments.OpenItem]:
    """Return everything owed and given as it was at an instant, before anything settled it."""
    for filed in file.documents:
        document = filed.document
        voided = filed.voided_at is not None and filed.voided_at <= at
        if filed.phase is not invoices.Phase.DRAFT and document.at <= at and not voided:
            yield item_of(document)
    for payment in file.payments:
        came = sum(amount for notice, amount in payment.moves() if notice.at <= at)
        yield changed(payments.item_of(payment), amount=came, open=came)
    for refund in file.refunds:
        went = sum(amount for when, amount in refund.moves() if when <= at)
        yield changed(refund_item(refund), amount=went, open=went)
    for chargeback in file.chargebacks:
        went = sum(amount for when, amount in chargeback.moves() if when <= at)
        yield changed(chargeback_item(chargeback), amount=went, open=went)
        if chargeback.at <= at:
            yield from fee_items(chargeback)


def balances_at(file: File, at: DateTime) -> dict[CurrencyCode, Money]:
    """Return what the customer owed in each currency at an instant; below zero, they were owed.

    Raises: InvalidValue for an instant before what was sealed away.
    """
    owed = payments.balance(items_at(file, at))
    return {code: in_minor(minor, code) for code, minor in sorted(owed.items())}


@frozen
class InFlight:
    """What is not over at an instant: money set aside, payments and refunds that are awaited.

    A refund of which nobody ever reports anything counts as done when it is given.
    """

    authorisations: tuple[AuthorisationId, ...] = ()
    payments: tuple[PaymentId, ...] = ()
    refunds: tuple[RefundId, ...] = ()


def in_flight(file: File, at: DateTime) -> InFlight:
    """Return what is not over at an instant, by what had happened until then.

    Raises: InvalidValue for an instant before what was sealed away.
    """
    at = _known(file, at)
    awaited = {payments.Phase.PENDING, payments.Phase.UNKNOWN}
    return InFlight(
        tuple(each.id for each in file.authorisations if reserved_at(file, each, at)),
        tuple(
            each.id
            for each in file.payments
            if (until := by(each.notices, at)) and changed(each, notices=until).phase in awaited
        ),
        tuple(each.id for each in file.refunds if each.at <= at and _is_open(each, at)),
    )


def reserved_at(file: File, authorisation: authorisations.Authorisation, at: DateTime) -> Money:
    """Return what was set aside by an authorisation at an instant."""
    voided_at = authorisation.voided_at
    known = authorisation
    if voided_at is not None and at < voided_at:
        known = changed(authorisation, voided_at=None)
    return authorisations.reserved(known, file.taken(authorisation.id), at)


def _is_open(refund: refunds.Refund, at: DateTime) -> bool:
    phase = changed(refund, notices=by(refund.notices, at)).phase
    return bool(refund.notices) and phase not in (refunds.Phase.DONE, refunds.Phase.FAILED)
