"""What can be asked about holds, and what can happen to one."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.accounts.holds.model import Finding, Hold, items
from acctcore.kernel import messages
from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import DocumentId, HoldId, Operation, PaymentId, SubscriptionId, words
from acctcore.kernel.validation import identifier, not_empty, one_of, reference
from acctcore.kernel.validation import optional as or_none


def _later(command: messages.Command, expires_at: DateTime | None, review_at: DateTime | None) -> None:
    name = type(command).__name__
    if expires_at is not None and expires_at <= command.at:
        raise InvalidValue(f"an instant after {command.at}", expires_at, f"{name}.expires_at")
    if review_at is not None and review_at < command.at:
        raise InvalidValue(f"an instant not before {command.at}", review_at, f"{name}.review_at")


@frozen(kw_only=True)
class Place(messages.Command):
    """Stop operations from now on, for a reason that the policy knows.

    Without `blocks`, what the policy blocks for that reason; without `scope`, on the whole account,
    else on the items by those ids; without `public_reason`, what the policy tells.
    """

    hold_id: HoldId = field(validator=identifier)
    reason: str = field(validator=identifier)
    blocks: frozenset[Operation] | None = field(
        default=None, converter=optional(words), validator=or_none(not_empty)
    )
    public_reason: str = field(default="", validator=one_of(str))
    expires_at: DateTime | None = field(default=None, converter=optional(instant))
    review_at: DateTime | None = field(default=None, converter=optional(instant))
    scope: frozenset[SubscriptionId | DocumentId | PaymentId] = field(default=frozenset(), converter=items)
    case: str | None = field(default=None, validator=or_none(reference))
    note: str = field(default="", validator=one_of(str))

    def __attrs_post_init__(self) -> None:
        _later(self, self.expires_at, self.review_at)


@frozen(kw_only=True)
class Extend(messages.Command):
    """Let a hold last longer; without `expires_at`, until it is released. Its next review stays."""

    hold_id: HoldId = field(validator=identifier)
    expires_at: DateTime | None = field(default=None, converter=optional(instant))
    note: str = field(default="", validator=one_of(str))

    def __attrs_post_init__(self) -> None:
        _later(self, self.expires_at, None)


@frozen(kw_only=True)
class Review(messages.Command):
    """Look at a hold again, and keep it or release it.

    A hold that is kept ends at `expires_at`, or as it would have without one, and is reviewed next
    by `review_at`, or as the policy says without one.
    """

    hold_id: HoldId = field(validator=identifier)
    finding: Finding = field(validator=one_of(Finding))
    expires_at: DateTime | None = field(default=None, converter=optional(instant))
    review_at: DateTime | None = field(default=None, converter=optional(instant))
    note: str = field(default="", validator=one_of(str))

    def __attrs_post_init__(self) -> None:
        _later(self, self.expires_at, self.review_at)
        if self.finding is Finding.RELEASE and (self.expires_at or self.review_at) is not None:
            raise InvalidValue("no later end or review of what is released", self, "Review")


@frozen(kw_only=True)
class Release(messages.Command):
    """End one hold."""

    hold_id: HoldId = field(validator=identifier)
    note: str = field(default="", validator=one_of(str))


@frozen
class Placed(messages.Event):
    """A hold was placed, under a policy."""

    hold: Hold
    policy: PolicyRef


@frozen
class Extended(messages.Event):
    """A hold lasts longer: until an instant, or until it is released."""

    hold_id: HoldId
    by: str
    recorded_at: DateTime
    expires_at: DateTime | None
    note: str = ""


@frozen
class Reviewed(messages.Event):
    """Somebody looked at a hold again; the dates are those of its end and its next review from now on."""

    hold_id: HoldId
    by: str
    recorded_at: DateTime
    finding: Finding
    expires_at: DateTime | None
    review_at: DateTime | None
    note: str = ""


@frozen
class Released(messages.Event):
    """A hold was released by somebody."""

    hold_id: HoldId
    by: str
    recorded_at: DateTime
    note: str = ""


Command: TypeAlias = Place | Extend | Review | Release
Event: TypeAlias = Placed | Extended | Reviewed | Released
