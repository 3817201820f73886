"""A request for approval, the approvals that it was given, and authority that was exercised, as values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, convert
from acctcore.kernel.terms import AccountId, ApprovalId, CommandId, Operation, Role
from acctcore.kernel.validation import identifier, one_of, reference
from acctcore.kernel.validation import optional as or_none


def words(value: Iterable[str]) -> frozenset[str]:
    """Return names of operations or roles: one, or any collection of them."""
    try:
        known = frozenset((value,) if isinstance(value, str) else value)
    except TypeError:
        raise InvalidValue("the names of operations or roles", value, "words") from None
    if not all(isinstance(word, str) and word for word in known):
        raise InvalidValue("the names of operations or roles", value, "words")
    return known


def as_amount(value: object) -> Money:
    """Return an amount of any kind as ours."""
    return convert(value, "amount")


def within(amount: Money | None, up_to: Money | None) -> bool:
    """Return whether an amount reaches at most so far; without a bound, whatever it is."""
    if up_to is None:
        return True
    return amount is not None and amount.code == up_to.code and abs(amount) <= up_to


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
    """One person's yes: the roles it was given in, and for whom, where the person stood in.

    `through` are the people over whom the authority was lent on, `up_to` the amount that it was lent for.
    """

    by: str
    roles: frozenset[Role]
    at: DateTime
    on_behalf_of: str | None = None
    through: tuple[str, ...] = ()
    up_to: Money | None = None

    @property
    def lenders(self) -> tuple[str, ...]:
        """Everybody who lent the authority, the one whose it is first."""
        return () if self.on_behalf_of is None else (self.on_behalf_of, *self.through)

    @property
    def people(self) -> frozenset[str]:
        """Whose yes it is: the person's, and that of everybody who lent the authority."""
        return frozenset({self.by, *self.lenders})


@frozen
class Verdict:
    """What somebody found in the end, and why: of a request that was turned down, or of an emergency."""

    by: str
    at: DateTime
    accepted: bool
    note: str


@frozen
class Emergency:
    """The glass was broken: its maker went ahead without approvals, and others look at it afterwards."""

    at: DateTime
    roles: frozenset[Role]
    note: str
    review_by: DateTime


@frozen
class Request:
    """Somebody asks that others agree to one very act, named by its fingerprint.

    The act itself is not kept, so that no secret is; whoever does it later must come with an act of
    the same fingerprint. `total` is what authority is measured by where that is more than the amount:
    the sum in a window. `roles` are those that the act itself demands of whoever approves, `subject`
    is what it is about, `note` why it is asked.
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
    total: Money | None = None
    roles: frozenset[Role] = frozenset()
    subject: str = ""
    note: str = ""
    rejection: Verdict | None = None
    emergency: Emergency | None = None
    review: Verdict | None = None

    def __attrs_post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at <= self.requested_at:
            raise InvalidValue("an expiry after the request", self.expires_at, "Request.expires_at")
        if self.state is Phase.EXPIRED:
            raise InvalidValue("a phase that somebody brought about", self.state, "Request.state")
        if (self.used_by is not None) is not (self.state is Phase.USED):
            raise InvalidValue("a use in the phase used, and only there", self.used_by, "Request.used_by")
        if (self.rejection is not None) is not (self.state is Phase.REJECTED):
            raise InvalidValue("a rejection in that phase only", self.rejection, "Request.rejection")
        if self.review is not None and self.emergency is None:
            raise InvalidValue("a review of an emergency", self.review, "Request.review")

    @property
    def measured(self) -> Money | None:
        """What authority is measured by: the sum that counts, or else the amount."""
        return self.amount if self.total is None else self.total

    @property
    def latest(self) -> DateTime:
        """When the last was said that brought it this far: its act, and what is said next, come later."""
        given = [approval.at for approval in self.approvals]
        if self.emergency is not None:
            given.append(self.emergency.at)
        return max((self.requested_at, *given))

    def phase(self, at: DateTime) -> Phase:
        """Return how far it has come, as it stands at an instant: a request not used in time expires."""
        if self.expires_at is not None and at >= self.expires_at and self.state in _CAN_EXPIRE:
            return Phase.EXPIRED
        return self.state


@frozen
class Exercise:
    """Authority that somebody exercised: an act of theirs, as allowances add it up.

    `at` is when it was recorded; `request` the approval that it bore, where it took one.
    """

    operation: Operation = field(validator=identifier)
    amount: Money = field(converter=as_amount)
    by: str = field(validator=identifier)
    at: DateTime = field(converter=instant)
    account: AccountId = field(validator=reference)
    request: ApprovalId | None = field(default=None, validator=or_none(identifier))
