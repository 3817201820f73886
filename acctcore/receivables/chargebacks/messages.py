"""What can be recorded of chargebacks, and what can happen."""

from __future__ import annotations

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, convert, positive
from acctcore.kernel.terms import ChargebackId, DocumentId, PaymentId
from acctcore.kernel.validation import each, identifier, one_of, optional, reference
from acctcore.receivables.chargebacks.model import Chargeback


@frozen(kw_only=True)
class Command(messages.Command):
    """Something recorded of one chargeback; `reference` is the processor's own for this fact."""

    chargeback_id: ChargebackId = field(validator=identifier)
    reference: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class ChargeBack(Command):
    """Record that money of a payment was charged back.

    What lay as credit is taken first, then what the payment had paid: the `documents` named, then the
    latest. `fee` is owed by the customer. `respond_by` is the last instant for an answer, as the bank
    or the processor told it; it differs by scheme, reason and region.
    """

    payment_id: PaymentId = field(validator=identifier)
    amount: Money = field(converter=convert, validator=positive)
    reason: str = field(default="", validator=one_of(str))
    documents: tuple[DocumentId, ...] = field(default=(), validator=each(reference))
    fee: Money | None = field(default=None, converter=optionally(convert), validator=optional(positive))
    respond_by: DateTime | None = field(default=None, converter=optionally(instant))

    def __attrs_post_init__(self) -> None:
        if self.respond_by is not None and self.respond_by < self.at:
            raise InvalidValue("an instant after the chargeback", self.respond_by, "ChargeBack.respond_by")


@frozen(kw_only=True)
class Reverse(Command):
    """Record that a chargeback was reversed: so much of it, or all that is left."""

    amount: Money | None = field(default=None, converter=optionally(convert), validator=optional(positive))


@frozen(kw_only=True)
class Answer(Command):
    """Record what we answered the bank: that we contest a chargeback, or, without `contest`, accept it."""

    contest: bool = field(default=True, validator=one_of(bool))


@frozen
class ChargedBack(messages.Event):
    """Money was charged back."""

    chargeback: Chargeback


@frozen
class Reversed(messages.Event):
    """All that was left of a chargeback came back."""

    chargeback: Chargeback


@frozen
class PartlyReversed(messages.Event):
    """Some of a chargeback came back."""

    chargeback: Chargeback


@frozen
class Answered(messages.Event):
    """The bank was answered."""

    chargeback: Chargeback
