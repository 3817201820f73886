"""A hold as a value: what it blocks, when it is active, who may end it, and what was settled about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from itertools import pairwise

from attrs import evolve as changed
from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import HoldId, Operation, Role, names, words
from acctcore.kernel.validation import each, identifier, not_empty, one_of, optional, reference


class Phase(Enum):
    """What a hold is at an instant; it expires without anybody saying so."""

    ACTIVE = "active"
    EXPIRED = "expired"
    RELEASED = "released"


class Step(Enum):
    """What was settled about a hold."""

    PLACED = "placed"
    EXTENDED = "extended"
    REVIEWED = "reviewed"
    RELEASED = "released"


_PLACED, _RELEASED = Step.PLACED, Step.RELEASED  # looking a member up costs more than using it


class Finding(Enum):
    """What a review comes to."""

    KEEP = "keep"
    RELEASE = "release"


def items(value: Iterable[str] | None) -> frozenset[str]:
    """Return the ids of items as a set; a single one need not be wrapped, and None is the whole account.

    Raises: InvalidValue for anything but ids.
    """
    return frozenset() if value is None else names(value, "the ids of items, or None", "scope")


@frozen
class Change:
    """One entry of a hold's timeline: what was settled as of an instant, and when that was recorded.

    `expires_at` and `review_at` are what holds from then on; a release leaves both as they were.
    """

    step: Step = field(validator=one_of(Step))
    at: DateTime
    recorded_at: DateTime
    by: str = field(validator=identifier)
    expires_at: DateTime | None = None
    review_at: DateTime | None = None
    note: str = ""


@frozen(kw_only=True)
class Hold:
    """What may not happen to an account, or to some items of it, for now, and why.

    `reason` is what staff see, `public_reason` what the customer hears; of a `secret` hold the
    customer hears nothing at all. `scope` are the ids of the items that it lies on, subscriptions,
    documents or payments; without any, it lies on the whole account. `case` is the host's reference
    to what it belongs to. Who may release it, and whether that takes four eyes, is settled as it is
    placed: a later policy does not loosen it.
    """

    id: HoldId = field(validator=identifier)
    blocks: frozenset[Operation] = field(converter=words, validator=not_empty)
    reason: str = field(validator=identifier)
    public_reason: str = field(default="", validator=one_of(str))
    secret: bool = field(default=False, validator=one_of(bool))
    scope: frozenset[str] = field(default=frozenset(), converter=items)
    case: str | None = field(default=None, validator=optional(reference))
    releasable_by: frozenset[Role] = field(converter=words, validator=not_empty)
    four_eyes: bool = field(default=False, validator=one_of(bool))
    changes: tuple[Change, ...] = field(validator=(each(one_of(Change)), not_empty))

    def __attrs_post_init__(self) -> None:
        if self.secret and self.public_reason:
            raise InvalidValue("nothing to tell of a secret hold", self.public_reason, "Hold.public_reason")
        steps = [change.step for change in self.changes]
        once = _RELEASED not in steps[:-1] and _PLACED not in steps[1:]
        if steps[0] is not _PLACED or not once:
            raise InvalidValue("a placing, what follows, and a release at most", steps, "Hold.changes")
        if any(later.recorded_at < earlier.recorded_at for earlier, later in pairwise(self.changes)):
            raise InvalidValue("changes in the order of their recording", self.changes, "Hold.changes")
        for change in self.changes:
            expires_at = change.expires_at
            if change.at < self.placed_at or (expires_at is not None and expires_at <= self.placed_at):
                raise InvalidValue("changes and expiries after the placing", change, "Hold.changes")
            if change.step is _RELEASED and expires_at is not None and expires_at <= change.at:
                raise InvalidValue("a release while the hold lasts", change, "Hold.changes")

    @cached_property
    def placed_at(self) -> DateTime:
        """The instant from which it blocks."""
        return self.changes[0].at

    @cached_property
    def ends_at(self) -> DateTime | None:
        """The instant from which nothing is blocked any more, as far as it is known."""
        last = self.changes[-1]
        return last.at if last.step is _RELEASED else last.expires_at

    @property
    def placed_by(self) -> str:
        """Who placed it."""
        return self.changes[0].by

    @property
    def expires_at(self) -> DateTime | None:
        """The instant at which it ends by itself; None where it only ends by being released."""
        return self.changes[-1].expires_at

    @property
    def review_at(self) -> DateTime | None:
        """The instant by which it has to be looked at again; None where nobody has to."""
        return self.changes[-1].review_at

    @property
    def released_at(self) -> DateTime | None:
        """The instant as of which it was released; None where nobody has."""
        last = self.changes[-1]
        return last.at if last.step is _RELEASED else None

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
        return Phase.EXPIRED if self.released_at is None else Phase.RELEASED

    def stops(self, operation: Operation, scope: str | None = None) -> bool:
        """Return whether an operation on one item, or on the whole account, is among what it blocks.

        What is done to the whole account touches every item, so a hold on one item stops it, too.
        """
        return operation in self.blocks and (scope is None or not self.scope or scope in self.scope)

    def as_known(self, at: DateTime) -> Hold | None:
        """Return the hold as it was known at an instant; None before its placing was recorded."""
        if self.changes[-1].recorded_at <= at:
            return self
        known = tuple(change for change in self.changes if change.recorded_at <= at)
        return changed(self, changes=known) if known else None

    def having(self, change: Change) -> Hold:
        """Return the hold with one more entry."""
        return changed(self, changes=(*self.changes, change))
