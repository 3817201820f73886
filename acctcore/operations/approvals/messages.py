"""What can be asked about approvals, and what can happen to a request."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from acctcore.kernel import messages
from acctcore.kernel.money import Money, convert
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import ApprovalId, CommandId, Operation
from acctcore.kernel.validation import identifier, one_of
from acctcore.kernel.validation import optional as or_none
from acctcore.operations.approvals.model import Approval, Request


def _amount(value: object) -> Money:
    return convert(value, "amount")


@frozen(kw_only=True)
class Ask(messages.Command):
    """Ask that others agree to the act of this fingerprint; whoever asks is its maker."""

    request_id: ApprovalId = field(validator=identifier)
    fingerprint: str = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    amount: Money | None = field(default=None, converter=optional(_amount))


@frozen(kw_only=True)
class Approve(messages.Command):
    """Agree to a request, in one's own roles or, under a delegation, in somebody else's."""

    request_id: ApprovalId = field(validator=identifier)
    on_behalf_of: str | None = field(default=None, validator=or_none(identifier))


@frozen(kw_only=True)
class Reject(messages.Command):
    """Turn a request down, also one that was approved and not used; whoever may approve may do so."""

    request_id: ApprovalId = field(validator=identifier)
    note: str = field(default="", validator=one_of(str))


@frozen(kw_only=True)
class Withdraw(messages.Command):
    """The maker takes the request back."""

    request_id: ApprovalId = field(validator=identifier)


@frozen(kw_only=True)
class Use(messages.Command):
    """The approved act is being done; a request serves once."""

    request_id: ApprovalId = field(validator=identifier)
    fingerprint: str = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    amount: Money | None = field(default=None, converter=optional(_amount))


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
    """A request was turned down."""

    request_id: ApprovalId
    by: str
    note: str


@frozen
class Withdrawn(messages.Event):
    """A request was taken back."""

    request_id: ApprovalId


@frozen
class Used(messages.Event):
    """The approved act was done, by a command."""

    request_id: ApprovalId
    command: CommandId


Command: TypeAlias = Ask | Approve | Reject | Withdraw | Use
Event: TypeAlias = Asked | Endorsed | Approved | Rejected | Withdrawn | Used
