"""The choices about an account: how soon things are done, who comes back, and what has to be verified."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from attrs import field, frozen
from attrs.converters import optional as converted
from pendulum import DateTime

from acctcore.kernel.calendar import add_days, at_local, local_date
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import Actor, Operation, Role, ZoneKey, words
from acctcore.kernel.validation import each, identifier, not_empty, one_of, optional, whole

_DAYS = whole(minimum=0, maximum=36_600)


def end_of_day(at: DateTime, days: int, zone: ZoneKey) -> DateTime:
    """Return the end of the local day so many days after that of an instant."""
    return at_local(add_days(local_date(at, zone), days + 1), zone)


@frozen
class FieldRule:
    """What goes for one field of the customer's profile, by the host's key for it.

    A change has to be verified within `verify_days`; without them, what was verified before still
    counts. A verification serves for `valid_days`; without them, until its evidence ends. As long as
    nothing verified stands, the field missing among it, the operations in `blocks` have to wait.
    Whoever may change a field may verify it, unless other roles are named.

    Units: local days in the account's zone; the day itself is not counted, and the whole of the last
    one is still in time.
    """

    key: str = field(validator=identifier)
    may_change: frozenset[Role] = field(converter=words, validator=not_empty)
    verify_days: int | None = field(default=None, validator=optional(_DAYS))
    valid_days: int | None = field(default=None, validator=optional(_DAYS))
    blocks: frozenset[Operation] = field(default=frozenset(), converter=words)
    may_verify: frozenset[Role] | None = field(
        default=None, converter=converted(words), validator=optional(not_empty)
    )

    @property
    def verifiers(self) -> frozenset[Role]:
        """The roles that may say that the field is right."""
        return self.may_change if self.may_verify is None else self.may_verify

    @property
    def verified(self) -> bool:
        """Whether the field has to be verified at all."""
        return bool(self.blocks) or (self.verify_days, self.valid_days) != (None, None)


@frozen
class Reopening:
    """Whether closed accounts come back: for how long after the closing, by whom, and checked or not.

    One that was closed for more than `unchecked_days` goes through onboarding again; without them,
    none does.

    Units: local days in the account's zone; the day of the closing is not counted, and the whole of
    the last one is still in time.
    """

    days: int = field(validator=_DAYS)
    may_reopen: frozenset[Role] = field(converter=words, validator=not_empty)
    unchecked_days: int | None = field(default=None, validator=optional(_DAYS))

    def until(self, closed_at: DateTime, zone: ZoneKey) -> DateTime:
        """Return the instant from which an account that was closed at another cannot be reopened."""
        return end_of_day(closed_at, self.days, zone)

    def unchecked_until(self, closed_at: DateTime, zone: ZoneKey) -> DateTime | None:
        """Return the instant from which it goes through onboarding first; None where it never does."""
        return None if self.unchecked_days is None else end_of_day(closed_at, self.unchecked_days, zone)


@frozen
class AccountPolicy:
    """How soon the office does what is asked about an account, who may reopen it, and what it verifies.

    Without `activation_days` nobody is promised when an application is decided; without `reopening`
    a closed account stays closed.

    Units: local days in the account's zone; the day of the request is not counted, and the whole of
    the last day is still in time.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    closing_days: int = field(validator=_DAYS)
    activation_days: int | None = field(default=None, validator=optional(_DAYS))
    reopening: Reopening | None = field(default=None, validator=optional(one_of(Reopening)))
    fields: tuple[FieldRule, ...] = field(default=(), validator=each(one_of(FieldRule)))

    def __attrs_post_init__(self) -> None:
        keys = [rule.key for rule in self.fields]
        if len(set(keys)) != len(keys):
            raise InvalidValue("one rule for each field", keys, "AccountPolicy.fields")

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)

    @cached_property
    def blocking(self) -> Mapping[Operation, tuple[FieldRule, ...]]:
        """The rules that an operation waits for, by operation."""
        operations = {operation for rule in self.fields for operation in rule.blocks}
        return MappingProxyType(
            {
                operation: tuple([rule for rule in self.fields if operation in rule.blocks])
                for operation in sorted(operations)
            }
        )

    def rule(self, key: str) -> FieldRule | None:
        """Return the rule of a field, None where the profile has no such field."""
        return next((rule for rule in self.fields if rule.key == key), None)

    def may_change(self, by: Actor) -> tuple[str, ...]:
        """Return the fields of the profile that somebody may change."""
        return tuple([rule.key for rule in self.fields if not rule.may_change.isdisjoint(by.roles)])

    def close_by(self, asked_at: DateTime, zone: ZoneKey) -> DateTime:
        """Return the instant by which a closure asked for at an instant has to be completed."""
        return end_of_day(asked_at, self.closing_days, zone)

    def activate_by(self, asked_at: DateTime, zone: ZoneKey) -> DateTime | None:
        """Return the instant by which an application has to be decided, None where nobody is promised one."""
        return None if self.activation_days is None else end_of_day(asked_at, self.activation_days, zone)
