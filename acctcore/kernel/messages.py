"""What every command and event has in common: an id or a cause, and when it is effective.

A command may also say when it was recorded, where that is later (a backdated change, a late run),
and bear the id of an approval that it was given.
"""

from __future__ import annotations

from attrs import field, frozen
from attrs.converters import optional as optionally
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.terms import Actor, ApprovalId, CommandId
from acctcore.kernel.validation import identifier, one_of, optional, reference


@frozen(kw_only=True)
class Command:
    """Something asked of an account, effective at an instant, by somebody.

    `id` is the host's: the same command asked again bears the same id. `recorded_at` is None where
    the command is recorded as it takes effect.
    """

    id: CommandId = field(validator=reference)
    at: DateTime = field(converter=instant)
    by: Actor = field(validator=one_of(Actor))
    recorded_at: DateTime | None = field(default=None, converter=optionally(instant))
    approval: ApprovalId | None = field(default=None, validator=optional(identifier))


@frozen
class Event:
    """Something that happened to an account: when it took effect, and the command that caused it."""

    at: DateTime
    cause: CommandId
