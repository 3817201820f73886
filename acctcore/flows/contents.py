"""What events change in an account file: one field for each kind of record."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from attrs import define, frozen
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds as holding
from acctcore.billing import invoices, subscriptions
from acctcore.flows.own import OwnRecord
from acctcore.kernel.terms import AuthorisationId, ChargebackId, DocumentId, PaymentId, RefundId
from acctcore.operations import approvals
from acctcore.receivables import authorisations as authorising
from acctcore.receivables import chargebacks as charging
from acctcore.receivables import payments as paying
from acctcore.receivables import refunds as refunding

Subscription: TypeAlias = subscriptions.Subscription[date]


@frozen
class Sealed:
    """What was sealed away: everything settled before an instant, by the ids it is asked for.

    `references` are those of processors: a key stays used.
    """

    through: DateTime
    documents: frozenset[DocumentId]
    payments: frozenset[PaymentId]
    refunds: frozenset[RefundId]
    answers: int
    authorisations: frozenset[AuthorisationId] = frozenset()
    chargebacks: frozenset[ChargebackId] = frozenset()
    references: frozenset[str] = frozenset()


@define(eq=False)
class Contents:
    """What events change in a file; a new field here is all that `evolve` has to know of it.

    A file is frozen; while the events of one command are applied, their handlers write into a bare
    value of this kind.
    """

    account: accounts.Account
    holds: tuple[holding.Hold, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    documents: tuple[invoices.Filed, ...] = ()
    items: tuple[paying.OpenItem, ...] = ()
    payments: tuple[paying.Payment, ...] = ()
    authorisations: tuple[authorising.Authorisation, ...] = ()
    refunds: tuple[refunding.Refund, ...] = ()
    chargebacks: tuple[charging.Chargeback, ...] = ()
    allocations: tuple[paying.Allocation, ...] = ()
    requests: tuple[approvals.Request, ...] = ()
    sealed: Sealed | None = None
    exercised: tuple[approvals.Exercise, ...] = ()
    own: tuple[OwnRecord, ...] = ()
