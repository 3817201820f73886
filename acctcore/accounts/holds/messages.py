"""What can be asked about holds, and what can happen to one."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.accounts.holds.model import Hold, words
from acctcore.kernel import messages
from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import HoldId, Operation
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

    Without `blocks`, what the policy blocks for that reason; without `scope`, on the whole account.
    """

    hold_id: HoldId = field(validator=identifier)
    reason: str = field(validator=identifier)
    blocks: frozenset[Operation] | None = field(
        default=None, converter=optional(words), validator=or_none(not_empty)
    )
    public_reason: str = field(default="", validator=one_of(str))
    expires_at: DateTime | None = field(default=None, converter=optional(instant))
    review_at: DateTime | None = field(default=None, converter=optional(instant))
    scope: str | None = field(default=None, validator=or_none(reference))

    def __attrs_post_init__(self) -> None:
        _later(self, self.expires_at, self.review_at)


@frozen(kw_only=True)
class Release(messages.Command):
    """End one hold."""

    hold_id: HoldId = field(validator=identifier)
    note: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Extend(messages.Command):
    """Let a hold last longer, or set its next review; without `expires_at`, until it is released."""

    hold_id: HoldId = field(validator=identifier)
    expires_at: DateTime | None = field(default=None, converter=optional(instant))
    review_at: DateTime | None = field(default=None, converter=optional(instant))

    def __attrs_post_init__(self) -> None:
        _later(self, self.expires_at, self.review_at)


@frozen
class Placed(messages.Event):
    """A hold was placed, under a policy (name/version)."""

    hold: Hold
    policy: PolicyRef


@frozen
class Released(messages.Event):
    """A hold was released by somebody."""

    hold_id: HoldId
    by: str
    note: str = ""


@frozen
class Extended(messages.Event):
    """A hold has a new expiry and a new review."""

    hold_id: HoldId
    expires_at: DateTime | None
    review_at: DateTime | None


Command: TypeAlias = Place | Release | Extend
Event: TypeAlias = Placed | Released | Extended
