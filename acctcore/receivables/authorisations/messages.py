"""What can be recorded of an authorisation, and what can happen to it."""

from __future__ import annotations

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, convert, positive
from acctcore.kernel.terms import AuthorisationId
from acctcore.kernel.validation import identifier, one_of
from acctcore.receivables.authorisations.model import Authorisation


@frozen(kw_only=True)
class Command(messages.Command):
    """Something recorded of one authorisation; `reference` is the processor's own for this fact."""

    authorisation_id: AuthorisationId = field(validator=identifier)
    reference: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Authorise(Command):
    """Record that so much was set aside; without `expires_at`, for as long as the policy says."""

    amount: Money = field(converter=convert, validator=positive)
    method: str = field(default="", validator=one_of(str))
    expires_at: DateTime | None = field(default=None, converter=optionally(instant))

    def __attrs_post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at <= self.at:
            raise InvalidValue(f"an end after {self.at}", self.expires_at, "Authorise.expires_at")


@frozen(kw_only=True)
class Void(Command):
    """Record that what is left was released."""


@frozen
class Authorised(messages.Event):
    """Money was set aside."""

    authorisation: Authorisation


@frozen
class Voided(messages.Event):
    """What was left was released."""

    authorisation_id: AuthorisationId
    reference: str
