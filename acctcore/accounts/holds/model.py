"""A hold as a value: what it blocks, when it is active, who may end it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import HoldId, Operation, Role
from acctcore.kernel.validation import identifier, not_empty


class Phase(Enum):
    """What a hold is at an instant; it expires without anybody saying so."""

    ACTIVE = "active"
    EXPIRED = "expired"
    RELEASED = "released"


def words(value: Iterable[str]) -> frozenset[str]:
    """Return operations or roles as a set; a single one need not be wrapped.

    Raises: InvalidValue for anything but texts with something in them.
    """
    try:
        known = frozenset((value,) if isinstance(value, str) else value)
    except TypeError:
        raise InvalidValue("the names of operations or roles", value, "words") from None
    if not all(isinstance(word, str) and word for word in known):
        raise InvalidValue("the names of operations or roles", value, "words")
    return known


@frozen(kw_only=True)
class Hold:
    """What may not happen to an account, or to one item of it, for now, and why.

    `reason` is what staff see, `public_reason` what the customer hears. `scope` is the id of one
    item, a subscription or a document; None is the whole account. Who may release it, and whether
    that takes four eyes, is settled as it is placed: a later policy does not loosen it.
    """

    id: HoldId = field(validator=identifier)
    blocks: frozenset[Operation] = field(converter=words, validator=not_empty)
    reason: str = field(validator=identifier)
    public_reason: str = ""
    placed_at: DateTime
    placed_by: str = field(validator=identifier)
    expires_at: DateTime | None = None
    review_at: DateTime | None = None
    releasable_by: frozenset[Role] = field(converter=words, validator=not_empty)
    four_eyes: bool = False
    scope: str | None = None
    released_at: DateTime | None = None

    def __attrs_post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at <= self.placed_at:
            raise InvalidValue("an expiry after the placing", self.expires_at, "Hold.expires_at")
        if self.released_at is not None and self.released_at < self.placed_at:
            raise InvalidValue("a release on or after the placing", self.released_at, "Hold.released_at")

    @property
    def ends_at(self) -> DateTime | None:
        """The instant from which nothing is blocked any more, as far as it is known."""
        if self.released_at is None:
            return self.expires_at
        if self.expires_at is None:
            return self.released_at
        return min(self.released_at, self.expires_at)

    def active(self, at: DateTime) -> bool:
        """Return whether it blocks anything at an instant."""
        if at < self.placed_at:
            return False
        ends_at = self.ends_at
        return ends_at is None or at < ends_at

    def phase(self, at: DateTime) -> Phase | None:
        """Return what it is at an instant; None before it is placed."""
        if at < self.placed_at:
            return None
        if self.active(at):
            return Phase.ACTIVE
        return Phase.RELEASED if self.released_at == self.ends_at else Phase.EXPIRED

    def stops(self, operation: Operation, scope: str | None = None) -> bool:
        """Return whether an operation on one item, or on the whole account, is among what it blocks.

        What is done to the whole account touches every item, so a hold on one item stops it, too.
        """
        return operation in self.blocks and (scope is None or self.scope is None or self.scope == scope)
