"""What can be asked about approvals, and what can happen to a request."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from acctcore.kernel import messages
from acctcore.kernel.money import Money
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import ApprovalId, CommandId, Operation, Role
from acctcore.kernel.validation import identifier, not_empty, one_of
from acctcore.kernel.validation import optional as or_none
from acctcore.operations.approvals.model import (
    Approval,
    Emergency,
    Exercise,
    Request,
    Verdict,
    as_amount,
    words,
)


@frozen(kw_only=True)
class Ask(messages.Command):
    """Ask that others agree to the act of this fingerprint; whoever asks is its maker.

    `Needed.ask` makes it of the answer that an approval is needed. `note` is for those who decide.
    """

    request_id: ApprovalId = field(validator=identifier)
    fingerprint: str = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    amount: Money | None = field(default=None, converter=optional(as_amount))
    total: Money | None = field(default=None, converter=optional(as_amount))
    roles: frozenset[Role] = field(default=frozenset(), converter=words)
    subject: str = field(default="", validator=one_of(str))
    note: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Approve(messages.Command):
    """Agree to a request, in one's own roles or, under a delegation, in somebody else's."""

    request_id: ApprovalId = field(validator=identifier)
    on_behalf_of: str | None = field(default=None, validator=or_none(identifier))


@frozen(kw_only=True)
class Reject(messages.Command):
    """Turn a request down and say why, also one that was approved and not used; whoever may approve may."""

    request_id: ApprovalId = field(validator=identifier)
    note: str = field(validator=(one_of(str), not_empty))
    on_behalf_of: str | None = field(default=None, validator=or_none(identifier))


@frozen(kw_only=True)
class Withdraw(messages.Command):
    """The maker takes the request back."""

    request_id: ApprovalId = field(validator=identifier)


@frozen(kw_only=True)
class Override(messages.Command):
    """Break the glass: the maker goes ahead in an emergency, without approvals, and says why."""

    request_id: ApprovalId = field(validator=identifier)
    note: str = field(validator=(one_of(str), not_empty))


@frozen(kw_only=True)
class Review(messages.Command):
    """Look at what was done in an emergency, and say whether it was right."""

    request_id: ApprovalId = field(validator=identifier)
    accepted: bool = field(validator=one_of(bool))
    note: str = field(validator=(one_of(str), not_empty))


@frozen(kw_only=True)
class Use(messages.Command):
    """The approved act is being done; a request serves once."""

    request_id: ApprovalId = field(validator=identifier)
    fingerprint: str = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    amount: Money | None = field(default=None, converter=optional(as_amount))
    total: Money | None = field(default=None, converter=optional(as_amount))
    roles: frozenset[Role] = field(default=frozenset(), converter=words)


@frozen
class Asked(messages.Event):
    """Somebody asked for an approval, under an authority (name/version)."""

    request: Request
    policy: PolicyRef


@frozen
class Endorsed(messages.Event):
    """One of several approvals that a request needs was given; more are needed."""

    request_id: ApprovalId
    approval: Approval
    policy: PolicyRef


@frozen
class Approved(messages.Event):
    """The last approval that a request needs was given."""

    request_id: ApprovalId
    approval: Approval
    policy: PolicyRef


@frozen
class Rejected(messages.Event):
    """A request was turned down, for a reason."""

    request_id: ApprovalId
    verdict: Verdict


@frozen
class Withdrawn(messages.Event):
    """A request was taken back."""

    request_id: ApprovalId


@frozen
class Overridden(messages.Event):
    """The glass was broken, under an authority (name/version) that says by whom and for what."""

    request_id: ApprovalId
    emergency: Emergency
    policy: PolicyRef


@frozen
class Reviewed(messages.Event):
    """Somebody looked at an emergency afterwards."""

    request_id: ApprovalId
    verdict: Verdict


@frozen
class Used(messages.Event):
    """The approved act was done, by a command."""

    request_id: ApprovalId
    command: CommandId


@frozen
class Exercised(messages.Event):
    """Authority was exercised: an act that allowances add up."""

    exercise: Exercise


Command: TypeAlias = Ask | Approve | Reject | Withdraw | Override | Review | Use
Event: TypeAlias = Asked | Endorsed | Approved | Rejected | Withdrawn | Overridden | Reviewed | Used
