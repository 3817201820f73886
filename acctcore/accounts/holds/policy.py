"""The choices about holds: which reasons there are, what each blocks, who places and who releases."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen
from pendulum import DateTime

from acctcore.accounts.holds.model import words
from acctcore.kernel.calendar import add_days, at_local, local
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import OPERATIONS, RELEASE_HOLD, Operation, Role
from acctcore.kernel.validation import each, identifier, not_empty, one_of, optional, whole

EVERYTHING: frozenset[Operation] = OPERATIONS - {RELEASE_HOLD}
"""All that a hold can block. The release of holds is not among it: such a hold could never end."""


@frozen
class HoldKind:
    """What goes for every hold that is placed for one reason.

    Units: `review_days` of 24 hours from the placing, or from the latest extension.
    """

    reason: str = field(validator=identifier)
    blocks: frozenset[Operation] = field(converter=words, validator=not_empty)
    may_place: frozenset[Role] = field(converter=words, validator=not_empty)
    may_release: frozenset[Role] = field(converter=words, validator=not_empty)
    four_eyes: bool = field(default=False, validator=one_of(bool))
    review_days: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=3_660)))

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
        if RELEASE_HOLD in self.operations:
            raise InvalidValue("operations other than the release of holds", RELEASE_HOLD, "HoldPolicy")
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
