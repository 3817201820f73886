"""What can be asked of an account, and what can happen to it."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.calendar import zone_key
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import AccountId, ZoneKey
from acctcore.kernel.validation import identifier, one_of


@frozen(kw_only=True)
class Apply(messages.Command):
    """Somebody asks for an account."""

    account_id: AccountId = field(validator=identifier)
    zone: ZoneKey = field(converter=zone_key)
    party: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Open(messages.Command):
    """Open an account at once, for hosts whose onboarding is elsewhere or none."""

    account_id: AccountId = field(validator=identifier)
    zone: ZoneKey = field(converter=zone_key)
    party: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class BeginOnboarding(messages.Command):
    """Begin to check an application."""


@frozen(kw_only=True)
class Activate(messages.Command):
    """Open the account of an applicant who passed every check."""


@frozen(kw_only=True)
class Decline(messages.Command):
    """Turn an application down; `reason` is a code of the host's."""

    reason: str = field(validator=identifier)


@frozen(kw_only=True)
class Withdraw(messages.Command):
    """The applicant takes the application back."""


@frozen(kw_only=True)
class Amend(messages.Command):
    """Change the zone or the party; None leaves as it is."""

    zone: ZoneKey | None = field(default=None, converter=optional(zone_key))
    party: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.zone is None and self.party is None:
            raise InvalidValue("a zone or a party to amend", self, "Amend")


@frozen(kw_only=True)
class RequestClosure(messages.Command):
    """The customer wants the account closed; from now on it only winds down."""


@frozen(kw_only=True)
class WithdrawClosure(messages.Command):
    """The customer stays."""


@frozen(kw_only=True)
class Close(messages.Command):
    """Close the account for good."""


@frozen
class Applied(messages.Event):
    """An application came in."""

    account_id: AccountId
    zone: ZoneKey
    party: str


@frozen
class Opened(messages.Event):
    """An account was opened at once."""

    account_id: AccountId
    zone: ZoneKey
    party: str


@frozen
class OnboardingBegan(messages.Event):
    """The checks of an application began."""


@frozen
class Activated(messages.Event):
    """The applicant's account was opened."""


@frozen
class Declined(messages.Event):
    """The application was turned down."""

    reason: str


@frozen
class Withdrawn(messages.Event):
    """The application was taken back."""


@frozen
class Amended(messages.Event):
    """The zone or the party changed; None says that it did not."""

    zone: ZoneKey | None
    party: str | None


@frozen
class ClosureRequested(messages.Event):
    """The customer asked for the closure, to be done by an instant under a policy (name/version)."""

    close_by: DateTime
    policy: PolicyRef


@frozen
class ClosureWithdrawn(messages.Event):
    """The request to close was taken back."""


@frozen
class Closed(messages.Event):
    """The account was closed."""


Command: TypeAlias = (
    Apply
    | Open
    | BeginOnboarding
    | Activate
    | Decline
    | Withdraw
    | Amend
    | RequestClosure
    | WithdrawClosure
    | Close
)
Event: TypeAlias = (
    Applied
    | Opened
    | OnboardingBegan
    | Activated
    | Declined
    | Withdrawn
    | Amended
    | ClosureRequested
    | ClosureWithdrawn
    | Closed
)
