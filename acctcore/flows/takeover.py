"""Taking an existing account over from another system: what is open there opens the file here.

One command brings the account, its running subscriptions, the invoices and payments that still
matter, and what is owed or given beside them. What came before stays where it was: the file is
sealed through the moment of the takeover, so that whatever reaches behind it is answered with
unknown. The rooms' own events carry everything, and everything adds up from the first day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.billing import subscriptions
from acctcore.billing.tax import TaxKey
from acctcore.kernel.calendar import civil_date, instant, zone_key
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import extend
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, convert, in_minor, positive
from acctcore.kernel.terms import (
    AccountId,
    CurrencyCode,
    DocumentId,
    ItemKey,
    PaymentId,
    SubscriptionId,
    ZoneKey,
)
from acctcore.kernel.validation import each, identifier, not_empty, one_of, optional, reference


def _point(value: object) -> date:
    return instant(value) if isinstance(value, datetime) else civil_date(value)


# What the former system knows


@frozen(kw_only=True)
class OpenTax:
    """The tax of one key on an invoice of the former system, as it was billed."""

    key: TaxKey = field(validator=one_of(TaxKey))
    amount: Money = field(converter=convert)


@frozen(kw_only=True)
class OpenLine:
    """A line of an invoice of the former system, net, with what its later credits left of it.

    Where it pays for a subscription's running cycle, it names the subscription, and `since` where it
    begins inside the cycle: only then can a change give some of it back.
    """

    item: ItemKey = field(validator=identifier)
    title: str = field(validator=identifier)
    amount: Money = field(converter=convert)
    taxes: tuple[TaxKey, ...] = field(default=(), validator=each(one_of(TaxKey)))
    subscription_id: SubscriptionId | None = field(default=None, validator=optional(identifier))
    since: date | None = field(default=None, converter=optionally(_point))


@frozen(kw_only=True)
class OpenInvoice:
    """An invoice of the former system that is unpaid, or that may still be credited."""

    document_id: DocumentId = field(validator=reference)
    issued_at: DateTime = field(converter=instant)
    due_on: date | None = field(default=None, converter=optionally(civil_date))
    lines: tuple[OpenLine, ...] = field(validator=[not_empty, each(one_of(OpenLine))])
    taxes: tuple[OpenTax, ...] = field(default=(), validator=each(one_of(OpenTax)))

    def __attrs_post_init__(self) -> None:
        amounts = [*(line.amount for line in self.lines), *(tax.amount for tax in self.taxes)]
        if len({amount.code for amount in amounts}) != 1:
            raise InvalidValue("amounts in one currency", self.document_id, "OpenInvoice.lines")
        if any(amount.minor < 0 for amount in amounts):
            raise InvalidValue("amounts that are not below zero", self.document_id, "OpenInvoice.lines")
        stated = [tax.key for tax in self.taxes]
        borne = {key for line in self.lines for key in line.taxes}
        if len(set(stated)) != len(stated) or set(stated) != borne:
            wanted = f"one tax for each key of the lines: {', '.join(sorted(map(str, borne))) or 'none'}"
            raise InvalidValue(wanted, [str(key) for key in stated], "OpenInvoice.taxes")

    @property
    def total(self) -> Money:
        """Lines and taxes together."""
        amounts = [*(line.amount for line in self.lines), *(tax.amount for tax in self.taxes)]
        return in_minor(sum(amount.minor for amount in amounts), amounts[0].code)


@frozen(kw_only=True)
class Settled:
    """How much of a payment went to one invoice."""

    document_id: DocumentId = field(validator=reference)
    amount: Money = field(converter=convert, validator=positive)


@frozen(kw_only=True)
class OpenPayment:
    """A payment to the former system that settles something brought along, or is not used up."""

    payment_id: PaymentId = field(validator=identifier)
    amount: Money = field(converter=convert, validator=positive)
    received_at: DateTime = field(converter=instant)
    method: str = field(default="", validator=one_of(str))
    settles: tuple[Settled, ...] = field(default=(), validator=each(one_of(Settled)))


@frozen(kw_only=True)
class TakeOver(Command):
    """Take an account over as it stands at `at`: from here on it is kept here.

    `opened_at` is when the former system opened it. `balances` are what is owed (or, below zero,
    given) beside the invoices and payments, one for each currency.
    """

    account_id: AccountId = field(validator=identifier)
    zone: ZoneKey = field(converter=zone_key)
    opened_at: DateTime = field(converter=instant)
    source: str = field(validator=identifier)
    party: str = field(default="", validator=one_of(str))
    subscriptions: tuple[subscriptions.Running, ...] = field(
        default=(), validator=each(one_of(subscriptions.Running))
    )
    invoices: tuple[OpenInvoice, ...] = field(default=(), validator=each(one_of(OpenInvoice)))
    payments: tuple[OpenPayment, ...] = field(default=(), validator=each(one_of(OpenPayment)))
    balances: tuple[Money, ...] = field(default=(), validator=each(one_of(Money)))

    def __attrs_post_init__(self) -> None:
        if self.opened_at > self.at:
            raise InvalidValue(
                f"an opening before the takeover at {self.at}", self.opened_at, "TakeOver.opened_at"
            )
        for name, ids in _ids(self).items():
            if len(set(ids)) != len(ids):
                raise InvalidValue("every id once", ids, f"TakeOver.{name}")


def _ids(command: TakeOver) -> dict[str, list[str]]:
    return {
        "balances": [balance.code for balance in command.balances],
        "subscriptions": [each.subscription_id for each in command.subscriptions],
        "invoices": [
            *(each.document_id for each in command.invoices),
            *(forward_invoice(command, each) for each in command.balances if each.minor > 0),
        ],
        "payments": [
            *(each.payment_id for each in command.payments),
            *(forward_payment(each) for each in command.balances if each.minor < 0),
        ],
    }


def forward_invoice(command: TakeOver, balance: Money) -> DocumentId:
    """Return the id of the invoice that brings forward what is owed in a currency."""
    return extend(command.account_id, _FORWARD, balance.code)


def forward_payment(balance: Money) -> PaymentId:
    """Return the id of the payment that brings forward what is given in a currency."""
    return f"{_FORWARD}/{balance.code}"


_FORWARD = "brought-forward"


# Why not


@frozen
class AfterTakeover(Reason):
    """A fact of the former system that is dated after the takeover."""

    code: ClassVar[str] = "takeover.after_takeover"
    template: ClassVar[str] = "these are dated after the takeover: {ids}"
    ids: tuple[str, ...]


@frozen
class NotBrought(Reason):
    """A payment that settles an invoice in its currency that was not brought along."""

    code: ClassVar[str] = "takeover.not_brought"
    template: ClassVar[str] = "{payment} settles invoices that were not brought along: {documents}"
    payment: PaymentId
    documents: tuple[DocumentId, ...]


@frozen
class SettlesTooMuch(Reason):
    """More settled than was paid, or than an invoice comes to."""

    code: ClassVar[str] = "takeover.settles_too_much"
    template: ClassVar[str] = "{settled} is settled of {id}, which comes to {amount}"
    id: str
    settled: Money
    amount: Money


@frozen
class NotRunning(Reason):
    """A line that pays for a subscription which was not brought along."""

    code: ClassVar[str] = "takeover.not_running"
    template: ClassVar[str] = "{document} pays for {subscription}, which was not brought along"
    document: DocumentId
    subscription: SubscriptionId


@frozen
class OtherCurrency(Reason):
    """An invoice that pays for a subscription which is billed in another currency."""

    code: ClassVar[str] = "takeover.other_currency"
    template: ClassVar[str] = "{document} pays for {subscription}, which is billed in {currency}"
    document: DocumentId
    subscription: SubscriptionId
    currency: CurrencyCode
