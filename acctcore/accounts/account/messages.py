"""What can be asked of an account, and what can happen to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.accounts.account.profile import marks
from acctcore.kernel import messages
from acctcore.kernel.calendar import instant, zone_key
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import AccountId, FieldKey, ZoneKey
from acctcore.kernel.validation import identifier, not_empty, one_of, optional, reference, where

if TYPE_CHECKING:
    from attrs import Attribute

Marks: TypeAlias = tuple[tuple[FieldKey, str], ...]
"""Fields of a profile: the key of each, and the mark of what the host keeps of it."""


def marked(instance: object, attribute: Attribute[Marks], value: Marks) -> None:
    """Accept fields that all have a mark."""
    if not all(mark for _, mark in value):
        raise InvalidValue("a mark for each field", value, where(instance, attribute))


@frozen(kw_only=True)
class Apply(messages.Command):
    """Somebody asks for an account; `fields` are the marks of what is known of them, by key."""

    account_id: AccountId = field(validator=identifier)
    zone: ZoneKey = field(converter=zone_key)
    party: str = field(default="", validator=one_of(str))
    fields: Marks = field(default=(), converter=marks, validator=marked)


@frozen(kw_only=True)
class Open(messages.Command):
    """Open an account at once, for hosts whose onboarding is elsewhere or none; `fields` as for `Apply`."""

    account_id: AccountId = field(validator=identifier)
    zone: ZoneKey = field(converter=zone_key)
    party: str = field(default="", validator=one_of(str))
    fields: Marks = field(default=(), converter=marks, validator=marked)


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
    """Change the zone, the party or fields of the profile; None leaves as it is.

    `fields` are the marks of what the host keeps from now on, by key; a field with the mark "" is
    taken off the profile.
    """

    zone: ZoneKey | None = field(default=None, converter=optionally(zone_key))
    party: str | None = field(default=None, validator=optional(one_of(str)))
    fields: Marks = field(default=(), converter=marks)

    def __attrs_post_init__(self) -> None:
        if self.zone is None and self.party is None and not self.fields:
            raise InvalidValue("a zone, a party or fields to amend", self, "Amend")


@frozen(kw_only=True)
class Verify(messages.Command):
    """Say that fields are right as they stand: by their keys and the marks that were looked at.

    `evidence` is the host's reference to what it was seen by, `valid_until` when that ends by itself.
    """

    fields: Marks = field(converter=marks, validator=(marked, not_empty))
    evidence: str = field(validator=reference)
    valid_until: DateTime | None = field(default=None, converter=optionally(instant))

    def __attrs_post_init__(self) -> None:
        if self.valid_until is not None and self.valid_until <= self.at:
            raise InvalidValue(f"an instant after {self.at}", self.valid_until, "Verify.valid_until")


@frozen(kw_only=True)
class RequestClosure(messages.Command):
    """The customer wants the account closed; from now on it only winds down."""


@frozen(kw_only=True)
class WithdrawClosure(messages.Command):
    """The customer stays."""


@frozen(kw_only=True)
class Close(messages.Command):
    """Close the account."""


@frozen(kw_only=True)
class Reopen(messages.Command):
    """Bring a closed account back: at once, or through onboarding where the policy wants it checked."""


@frozen
class Applied(messages.Event):
    """An application came in, to be decided by an instant under a policy where one is promised."""

    account_id: AccountId
    zone: ZoneKey
    party: str
    fields: Marks = ()
    activate_by: DateTime | None = None
    policy: PolicyRef | None = None


@frozen
class Opened(messages.Event):
    """An account was opened at once."""

    account_id: AccountId
    zone: ZoneKey
    party: str
    fields: Marks = ()


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
    """The zone, the party or fields changed; None says that it did not, the mark "" that it is gone."""

    zone: ZoneKey | None
    party: str | None
    fields: Marks = ()


@frozen
class Verified(messages.Event):
    """Fields were found right, by their marks: by whom, and by what evidence, which may end by itself."""

    by: str
    fields: Marks
    evidence: str
    valid_until: DateTime | None


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


@frozen
class Reopened(messages.Event):
    """A closed account is active again."""

    by: str
    policy: PolicyRef


@frozen
class ReopenedForChecks(messages.Event):
    """A closed account is back in onboarding, to be decided by an instant where one is promised."""

    by: str
    activate_by: DateTime | None
    policy: PolicyRef


@frozen
class StayedClosed(messages.Event):
    """The reopening came to nothing: the account is closed as it was."""

    reason: str


Command: TypeAlias = (
    Apply
    | Open
    | BeginOnboarding
    | Activate
    | Decline
    | Withdraw
    | Amend
    | Verify
    | RequestClosure
    | WithdrawClosure
    | Close
    | Reopen
)
Event: TypeAlias = (
    Applied
    | Opened
    | OnboardingBegan
    | Activated
    | Declined
    | Withdrawn
    | Amended
    | Verified
    | ClosureRequested
    | ClosureWithdrawn
    | Closed
    | Reopened
    | ReopenedForChecks
    | StayedClosed
)
