"""Why an approval is needed, is not given, or does not cover an act."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import ApprovalId, CommandId, Operation, PhaseName, Role
from acctcore.kernel.wording import Counted, Sentence

_OF_AMOUNT = Counted(
    "{operation} of {amount} needs {count} approval by: {may_approve}",
    "{operation} of {amount} needs {count} approvals by: {may_approve}",
    by="count",
)
_PLAIN = Counted(
    "{operation} needs {count} approval by: {may_approve}",
    "{operation} needs {count} approvals by: {may_approve}",
    by="count",
)


@frozen
class Needed(Reason):
    """An act beyond what its maker may do alone: who could approve it, how many of them, and of what."""

    code: ClassVar[str] = "approvals.needed"
    variants: ClassVar[tuple[Sentence, ...]] = (_OF_AMOUNT, _PLAIN)
    operation: Operation
    amount: Money | None
    fingerprint: str
    may_approve: frozenset[Role]
    count: int = 1

    @property
    def sentence(self) -> Sentence:
        """With the amount, where there is one."""
        return _PLAIN if self.amount is None else _OF_AMOUNT


# Why somebody's yes or no is not taken


@frozen
class SamePerson(Reason):
    """A maker who would check their own act, by themselves or through a delegation."""

    code: ClassVar[str] = "approvals.same_person"
    template: ClassVar[str] = "{maker} asked for this, and cannot also be behind its approval"
    maker: str


@frozen
class NotMaker(Reason):
    """Somebody takes back a request of somebody else's."""

    code: ClassVar[str] = "approvals.not_maker"
    template: ClassVar[str] = "only {maker} can withdraw this request"
    maker: str


@frozen
class AlreadyApproved(Reason):
    """A second approval that rests on the same person as an earlier one."""

    code: ClassVar[str] = "approvals.already_approved"
    template: ClassVar[str] = "an approval rests on {people} already; each needs people of its own"
    people: frozenset[str]


@frozen
class NotDelegated(Reason):
    """Somebody stands in without a delegation that covers this operation at this instant."""

    code: ClassVar[str] = "approvals.not_delegated"
    template: ClassVar[str] = "{delegator} has not delegated {operation} to {actor} for this time"
    delegator: str
    actor: str
    operation: Operation


@frozen
class BeyondAuthority(Reason):
    """An act beyond the limit of everybody's roles that came with the command."""

    code: ClassVar[str] = "approvals.beyond_authority"
    template: ClassVar[str] = "{operation} is beyond the authority of: {roles}; it takes: {may_approve}"
    operation: Operation
    amount: Money | None
    roles: frozenset[Role]
    may_approve: frozenset[Role]


# Why a request does not cover an act


@frozen
class NotAsked(Reason):
    """No approval was asked for."""

    code: ClassVar[str] = "approvals.not_asked"
    template: ClassVar[str] = "no approval was asked for"


@frozen
class Changed(Reason):
    """An act that is not the one that approval was asked for."""

    code: ClassVar[str] = "approvals.changed"
    template: ClassVar[str] = "{request} is for another act: since it was asked for, this one changed"
    request: ApprovalId
    fingerprint: str


@frozen
class OtherMaker(Reason):
    """An act by somebody other than who asked for its approval."""

    code: ClassVar[str] = "approvals.other_maker"
    template: ClassVar[str] = "{request} was asked for by {maker}, who has to be the one who acts"
    request: ApprovalId
    maker: str


@frozen
class Pending(Reason):
    """A request that waits for approvals."""

    code: ClassVar[str] = "approvals.pending"
    variants: ClassVar[tuple[Sentence, ...]] = (
        Counted(
            "{request} has {given} of {needed} approval",
            "{request} has {given} of {needed} approvals",
            by="needed",
        ),
    )
    request: ApprovalId
    given: int
    needed: int


@frozen
class NotApproved(Reason):
    """A request that was rejected or withdrawn."""

    code: ClassVar[str] = "approvals.not_approved"
    template: ClassVar[str] = "{request} is {phase}"
    request: ApprovalId
    phase: PhaseName


@frozen
class Expired(Reason):
    """A request that nobody used in time."""

    code: ClassVar[str] = "approvals.expired"
    template: ClassVar[str] = "{request} expired at {expired_at}"
    request: ApprovalId
    expired_at: DateTime


@frozen
class AlreadyUsed(Reason):
    """A request whose act was done: an approval serves once."""

    code: ClassVar[str] = "approvals.used"
    template: ClassVar[str] = "{request} was used by {command}"
    request: ApprovalId
    command: CommandId


@frozen
class LostAuthority(Reason):
    """An approval whose giver may not give it any more."""

    code: ClassVar[str] = "approvals.lost_authority"
    template: ClassVar[str] = "the approval of {request} by {by} no longer counts"
    request: ApprovalId
    by: str
