"""The choices about holds: which reasons there are, what each blocks, and who may do what to them."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen
from attrs.converters import optional as converted
from pendulum import DateTime

from acctcore.kernel.calendar import add_days, at_local, local
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import OPERATIONS, PLACE_HOLD, RELEASE_HOLD, Operation, Role, words
from acctcore.kernel.validation import each, identifier, not_empty, one_of, optional, whole

_OF_HOLDS = frozenset({PLACE_HOLD, RELEASE_HOLD})

EVERYTHING: frozenset[Operation] = OPERATIONS - _OF_HOLDS
"""All that a hold can block. Placing and releasing holds are not among it: such a hold could never end."""


@frozen
class HoldKind:
    """What goes for every hold that is placed for one reason.

    Whoever may place one may extend and review it, unless other roles are named. A `secret` kind is
    one that customers must not learn of: they hear nothing of it, not even a public reason.

    Units: `review_days` of 24 hours, from when the placing or the latest review was recorded.
    """

    reason: str = field(validator=identifier)
    blocks: frozenset[Operation] = field(converter=words, validator=not_empty)
    may_place: frozenset[Role] = field(converter=words, validator=not_empty)
    may_release: frozenset[Role] = field(converter=words, validator=not_empty)
    four_eyes: bool = field(default=False, validator=one_of(bool))
    review_days: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=3_660)))
    four_eyes_to_place: bool = field(default=False, validator=one_of(bool))
    may_extend: frozenset[Role] | None = field(
        default=None, converter=converted(words), validator=optional(not_empty)
    )
    may_review: frozenset[Role] | None = field(
        default=None, converter=converted(words), validator=optional(not_empty)
    )
    public_reason: str = field(default="", validator=one_of(str))
    secret: bool = field(default=False, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        if self.secret and self.public_reason:
            raise InvalidValue(
                "nothing to tell of a secret kind", self.public_reason, "HoldKind.public_reason"
            )

    @property
    def extenders(self) -> frozenset[Role]:
        """The roles that may let such a hold last longer."""
        return self.may_place if self.may_extend is None else self.may_extend

    @property
    def reviewers(self) -> frozenset[Role]:
        """The roles that may look at such a hold again and keep it."""
        return self.may_place if self.may_review is None else self.may_review

    def review_by(self, at: DateTime) -> DateTime | None:
        """Return the latest instant of the next review, None where none is asked for."""
        if self.review_days is None:
            return None
        there = local(at, "UTC")
        return at_local(add_days(there.date(), self.review_days), "UTC", there.time())


@frozen
class HoldPolicy:
    """The kinds of hold that an office knows, and the operations that they may block."""

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    kinds: tuple[HoldKind, ...] = field(validator=each(one_of(HoldKind)))
    operations: frozenset[Operation] = field(default=EVERYTHING, converter=words)

    def __attrs_post_init__(self) -> None:
        reasons = [kind.reason for kind in self.kinds]
        if len(set(reasons)) != len(reasons):
            raise InvalidValue("one kind for each reason", reasons, "HoldPolicy.kinds")
        if held := self.operations & _OF_HOLDS:
            raise InvalidValue(
                "operations other than the placing and release of holds", sorted(held), "HoldPolicy"
            )
        for kind in self.kinds:
            if not kind.blocks <= self.operations:
                raise InvalidValue(
                    f"operations among {sorted(self.operations)}",
                    sorted(kind.blocks - self.operations),
                    f"HoldPolicy.kinds[{kind.reason}]",
                )

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)

    def kind(self, reason: str) -> HoldKind | None:
        """Return the kind of hold for a reason, None where there is none."""
        return next((kind for kind in self.kinds if kind.reason == reason), None)
