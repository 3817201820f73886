"""What can be asked about payments and their allocation, and what can happen."""

from __future__ import annotations

from attrs import field, frozen
from attrs.converters import optional as optionally

from acctcore.kernel import messages
from acctcore.kernel.money import Money, convert, positive
from acctcore.kernel.terms import AuthorisationId, DocumentId, PaymentId
from acctcore.kernel.validation import each, identifier, one_of, optional, reference
from acctcore.receivables.payments.model import Payment


@frozen(kw_only=True)
class Command(messages.Command):
    """Something recorded of one payment.

    `reference` is the processor's own for this fact; a fact of one kind is recorded once under it.
    """

    payment_id: PaymentId = field(validator=identifier)
    reference: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Attempt(Command):
    """Record that a payment was asked for and its outcome is awaited."""

    amount: Money = field(converter=convert, validator=positive)
    method: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Receive(Command):
    """Record that money came in; it settles `documents` first, then what the policy says.

    Money for what was settled or voided meanwhile, a second payment say, came in all the same.

    `processed` is what the processor really moved, where that is another amount. In the payment's own
    currency it is what counts; in another one it is kept beside the amount. `fee` is what the
    processor took of it, and moves no balance.
    """

    amount: Money = field(converter=convert, validator=positive)
    method: str = field(default="", validator=one_of(str))
    documents: tuple[DocumentId, ...] = field(default=(), validator=each(reference))
    processed: Money | None = field(default=None, converter=optionally(convert), validator=optional(positive))
    fee: Money | None = field(default=None, converter=optionally(convert))


@frozen(kw_only=True)
class Capture(Receive):
    """Record that money was captured from an authorisation, in part or in full; it is received by that.

    `final` releases what is left of the authorisation.
    """

    authorisation_id: AuthorisationId = field(validator=identifier)
    final: bool = field(default=False, validator=one_of(bool))


@frozen(kw_only=True)
class Fail(Command):
    """Record that a payment was declined, or came back, with the code that was given."""

    amount: Money = field(converter=convert, validator=positive)
    failure: str = field(validator=identifier)
    method: str = field(default="", validator=one_of(str))


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
    """A payment was declined, or money that had come in went back."""

    payment: Payment


@frozen
class Lost(messages.Event):
    """The outcome of a payment is not known."""

    payment: Payment


@frozen
class Noted(messages.Event):
    """A fact was recorded that leaves the payment where it stands."""

    payment: Payment


# Allocation


@frozen(kw_only=True)
class Allocate(messages.Command):
    """Let something given settle something owed: so much, or as much as is open on both."""

    source: str = field(validator=reference)
    target: str = field(validator=reference)
    amount: Money | None = field(default=None, converter=optionally(convert), validator=optional(positive))


@frozen(kw_only=True)
class Deallocate(messages.Command):
    """Take back what something given settled of something owed: all of it, whoever allocated it."""

    source: str = field(validator=reference)
    target: str = field(validator=reference)


@frozen(kw_only=True)
class AllocateAll(messages.Command):
    """Let all credit settle what is owed, in the policy's order.

    With `afresh`, what was allocated automatically is first taken back, so that today's policy decides
    on it anew; what was allocated by hand stays.
    """

    afresh: bool = field(default=False, validator=one_of(bool))
