"""What can be asked of refunds and recorded of them, and what can happen."""

from __future__ import annotations

from attrs import field, frozen
from attrs.converters import optional as optionally

from acctcore.kernel import messages
from acctcore.kernel.money import Money, convert, positive
from acctcore.kernel.terms import CurrencyCode, DocumentId, PaymentId, RefundId
from acctcore.kernel.validation import identifier, one_of, optional, reference
from acctcore.receivables.refunds.model import Kind, Refund


@frozen(kw_only=True)
class Give(messages.Command):
    """Give back money from one payment.

    `invoice_id` says which invoice is reduced or owed again; it may be left out where the payment
    settled only one. `method` is another way than the one that the money came by.
    """

    refund_id: RefundId = field(validator=identifier)
    payment_id: PaymentId = field(validator=identifier)
    amount: Money = field(converter=convert, validator=positive)
    kind: Kind = field(default=Kind.PRICE_REDUCTION, validator=one_of(Kind))
    invoice_id: DocumentId | None = field(default=None, validator=optional(reference))
    method: str = field(default="", validator=one_of(str))
    reason: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class GiveBack(messages.Command):
    """Give back an amount from where it came: used credit first, then payments in the policy's order.

    With `invoice_id`, only from what paid that invoice. Each part goes its own way; one that is given
    through a payment is a refund under the id, or under the id and its number where there are several.
    """

    refund_id: RefundId = field(validator=identifier)
    amount: Money = field(converter=convert, validator=positive)
    kind: Kind = field(default=Kind.PRICE_REDUCTION, validator=one_of(Kind))
    invoice_id: DocumentId | None = field(default=None, validator=optional(reference))
    reason: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Report(messages.Command):
    """Something recorded of one refund; `reference` is the processor's own for this fact."""

    refund_id: RefundId = field(validator=reference)
    reference: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Send(Report):
    """Record that a refund was handed to a processor or a bank."""


@frozen(kw_only=True)
class Complete(Report):
    """Record that a refund arrived, and what was really moved where that is another amount."""

    processed: Money | None = field(default=None, converter=optionally(convert), validator=optional(positive))
    fee: Money | None = field(default=None, converter=optionally(convert))


@frozen(kw_only=True)
class Fail(Report):
    """Record that a refund did not arrive, or came back, with the code that was given."""

    failure: str = field(validator=identifier)


@frozen(kw_only=True)
class LoseTrack(Report):
    """Record that nobody knows what became of a refund; it is neither a failure nor to be retried."""


@frozen
class Part:
    """One part of an amount that is given back: where it comes from, which way it goes, and why.

    `way` is a method, or "credit" for what becomes credit again. `why` is "used_credit", "original"
    or "window_closed". Units: minor units.
    """

    source: str
    amount: int
    way: str
    why: str
    invoice_id: DocumentId | None = None
    refund_id: RefundId | None = None


@frozen
class GivenBack(messages.Event):
    """An amount is given back in parts."""

    refund_id: RefundId
    kind: Kind
    currency: CurrencyCode
    parts: tuple[Part, ...]


@frozen
class Given(messages.Event):
    """Money is to be paid back."""

    refund: Refund


@frozen
class Sent(messages.Event):
    """A refund is on its way."""

    refund: Refund


@frozen
class Completed(messages.Event):
    """A refund arrived."""

    refund: Refund


@frozen
class Failed(messages.Event):
    """A refund did not arrive, or came back: what it took is there again."""

    refund: Refund


@frozen
class Lost(messages.Event):
    """The outcome of a refund is not known."""

    refund: Refund


@frozen
class Noted(messages.Event):
    """A fact was recorded that leaves the refund where it stands."""

    refund: Refund
