"""Why an operation is blocked, and why a hold is not placed, extended or released."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason, Unavailable
from acctcore.kernel.terms import HoldId, Operation, Role
from acctcore.kernel.wording import Sentence


@frozen
class BlockedForCustomer(Reason):
    """The same refusal in what the customer may hear: the public reasons; no hold, no date."""

    code: ClassVar[str] = "holds.blocked_for_customer"
    template: ClassVar[str] = "{operation} is not possible at present: {public_reasons}"
    operation: Operation
    public_reasons: tuple[str, ...]


@frozen
class Blocked(Reason):
    """Holds that stop an operation; staff see it, `public` is for the customer.

    `until` is when the last of them expires, None where one of them ends only by being released.
    `scope` is the item that was asked about, None the whole account.
    """

    code: ClassVar[str] = "holds.blocked"
    template: ClassVar[str] = "{operation} is blocked by {holds} ({reasons}) until {until}"
    variants: ClassVar[tuple[Sentence, ...]] = (
        "{operation} is blocked by {holds} ({reasons}) until released",
    )
    operation: Operation
    holds: tuple[HoldId, ...]
    reasons: tuple[str, ...]
    until: DateTime | None
    public_reasons: tuple[str, ...] = ()
    scope: str | None = None

    @property
    def sentence(self) -> Sentence:
        """Until an expiry, where there is one."""
        return self.variants[0] if self.until is None else self.template

    def for_customer(self) -> Reason:
        """Return the refusal as the customer may hear it; without a public reason, no word of a hold."""
        if not self.public_reasons:
            return Unavailable(self.operation)
        return BlockedForCustomer(self.operation, self.public_reasons)

    @property
    def public(self) -> str:
        """The refusal in words for the customer."""
        return self.for_customer().text


@frozen
class IdTaken(Reason):
    """A second hold by the same id."""

    code: ClassVar[str] = "holds.id_taken"
    template: ClassVar[str] = "a hold {hold} was placed before"
    hold: HoldId


@frozen
class UnknownHold(Reason):
    """A hold that nobody placed."""

    code: ClassVar[str] = "holds.unknown"
    template: ClassVar[str] = "no hold {hold} was placed; known are: {known}"
    hold: HoldId
    known: tuple[HoldId, ...]


@frozen
class UnknownKind(Reason):
    """A reason for which the policy has no kind of hold."""

    code: ClassVar[str] = "holds.unknown_kind"
    template: ClassVar[str] = "the policy {policy} knows no hold for {reason}, only for: {known}"
    policy: str
    reason: str
    known: tuple[str, ...]


@frozen
class CannotBlock(Reason):
    """Operations that no hold may block: unknown words, or the release of holds itself."""

    code: ClassVar[str] = "holds.cannot_block"
    template: ClassVar[str] = "a hold cannot block {operations}, only: {known}"
    operations: frozenset[Operation]
    known: frozenset[Operation]


@frozen
class NotEntitled(Reason):
    """Somebody without a role that this needs."""

    code: ClassVar[str] = "holds.not_entitled"
    template: ClassVar[str] = "{actor} may not do this to a hold for {reason}; it takes: {roles}"
    actor: str
    reason: str
    roles: frozenset[Role]


@frozen
class FourEyes(Reason):
    """A release that a second person has to approve."""

    code: ClassVar[str] = "holds.four_eyes"
    template: ClassVar[str] = "releasing {hold} takes a second person's approval, by: {may_approve}"
    hold: HoldId
    may_approve: frozenset[Role]


@frozen
class FourEyesToPlace(FourEyes):
    """A placing that a second person has to approve."""

    code: ClassVar[str] = "holds.four_eyes_to_place"
    template: ClassVar[str] = "placing {hold} takes a second person's approval, by: {may_approve}"


@frozen
class AlreadyReleased(Reason):
    """A hold whose end is settled: it is released once."""

    code: ClassVar[str] = "holds.already_released"
    template: ClassVar[str] = "{hold} is released as of {released_at}"
    hold: HoldId
    released_at: DateTime


@frozen
class Shortened(Reason):
    """An extension to an earlier end, which would be a release without its authority."""

    code: ClassVar[str] = "holds.shortened"
    template: ClassVar[str] = "an extension may not end {hold} earlier: release it, or review it"
    hold: HoldId


@frozen
class Unchanged(Reason):
    """An extension to the end that a hold has already."""

    code: ClassVar[str] = "holds.unchanged"
    template: ClassVar[str] = "{hold} already lasts as long as that"
    hold: HoldId


@frozen
class TellsCustomer(Reason):
    """A public reason for a hold that the customer must not learn of."""

    code: ClassVar[str] = "holds.tells_customer"
    template: ClassVar[str] = "customers hear nothing of a hold for {reason}: leave the public reason out"
    reason: str


@frozen
class ReviewTooLate(Reason):
    """A review later than the kind of hold allows."""

    code: ClassVar[str] = "holds.review_too_late"
    template: ClassVar[str] = "a hold for {reason} has to be reviewed by {latest}"
    reason: str
    latest: DateTime
