"""A request for approval and the approvals that it was given, as values."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import ApprovalId, CommandId, Operation, Role
from acctcore.kernel.validation import identifier, one_of


class Phase(Enum):
    """How far a request has come; it expires without anybody saying so, and that is never stored."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    USED = "used"
    EXPIRED = "expired"


_CAN_EXPIRE = frozenset({Phase.PENDING, Phase.APPROVED})


@frozen
class Approval:
    """One person's yes: the roles it was given in, and for whom, where the person stood in."""

    by: str
    roles: frozenset[Role]
    at: DateTime
    on_behalf_of: str | None = None

    @property
    def people(self) -> frozenset[str]:
        """Whose yes it is: the person's, and that of whoever lent the authority."""
        return frozenset({self.by} if self.on_behalf_of is None else {self.by, self.on_behalf_of})


@frozen
class Request:
    """Somebody asks that others agree to one very act, named by its fingerprint.

    The act itself is not kept, so that no secret is; whoever does it later must come with an act of
    the same fingerprint.
    """

    id: ApprovalId = field(validator=identifier)
    fingerprint: str = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    amount: Money | None
    maker: str = field(validator=identifier)
    requested_at: DateTime
    expires_at: DateTime | None = None
    approvals: tuple[Approval, ...] = ()
    state: Phase = field(default=Phase.PENDING, validator=one_of(Phase))
    used_by: CommandId | None = None

    def __attrs_post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at <= self.requested_at:
            raise InvalidValue("an expiry after the request", self.expires_at, "Request.expires_at")
        if self.state is Phase.EXPIRED:
            raise InvalidValue("a phase that somebody brought about", self.state, "Request.state")
        if (self.used_by is not None) is not (self.state is Phase.USED):
            raise InvalidValue("a use in the phase used, and only there", self.used_by, "Request.used_by")

    def phase(self, at: DateTime) -> Phase:
        """Return how far it has come, as it stands at an instant: a request not used in time expires."""
        if self.expires_at is not None and at >= self.expires_at and self.state in _CAN_EXPIRE:
            return Phase.EXPIRED
        return self.state
