"""The choices about authority: who may do how much alone, who has to agree to the rest, and how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel.calendar import (
    Cycles,
    Span,
    add_days,
    at_local,
    days,
    local,
    months,
    weeks,
    years,
    zone_key,
)
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, zero
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import Actor, CurrencyCode, Operation, Role, ZoneKey
from acctcore.kernel.validation import each, identifier, not_empty, one_of, where, whole
from acctcore.kernel.validation import optional as or_none
from acctcore.operations.approvals.model import as_amount, within, words

if TYPE_CHECKING:
    from attrs import Attribute

ANYBODY: Role = "anybody"
"""Stands where roles are told and an operation has no limits: whoever is there may approve."""


# What one may do alone


@frozen
class Limit:
    """How far a role's authority goes for one operation.

    With an `amount`, up to and with it; without, any amount of `currency`; without either, any
    amount of any currency and also what has no amount, such as a release.
    """

    role: Role = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    currency: CurrencyCode | None = None
    amount: Money | None = field(default=None, converter=optional(as_amount))

    def __attrs_post_init__(self) -> None:
        if self.currency is not None:
            zero(self.currency)
        if self.amount is not None and self.amount.code != self.currency:
            raise InvalidValue(f"an amount in {self.currency}", self.amount, "Limit.amount")
        if self.amount is not None and self.amount.minor < 0:
            raise InvalidValue("an amount of zero or more", self.amount, "Limit.amount")

    def allows(self, amount: Money | None) -> bool:
        """Return whether an act of this amount, or of none, lies within it."""
        if self.currency is None:
            return True
        if amount is None or amount.code != self.currency:
            return False
        return self.amount is None or abs(amount.minor) <= self.amount.minor


# What one may do alone in a stretch of time

LONGEST: Final = 731
"""Dates in the longest window: two years."""


@frozen
class Rolling:
    """The local date of an act and the days before it: so many dates together.

    Units: days; at most two years, which is how long a file keeps what was done.
    """

    days: int = field(validator=whole(minimum=1, maximum=LONGEST))

    def containing(self, on: date) -> Span[date]:
        """Return the dates that count for an act on a date."""
        return Span(add_days(on, 1 - self.days), add_days(on, 1))


_MONDAY = date(2001, 1, 1)

PER_DAY: Final = Cycles(_MONDAY, days(1))
"""Every local date by itself."""
PER_WEEK: Final = Cycles(_MONDAY, weeks(1))
"""Weeks from Monday; another first day is another anchor."""
PER_MONTH: Final = Cycles(_MONDAY, months(1))
"""Calendar months."""
PER_YEAR: Final = Cycles(_MONDAY, years(1))
"""Calendar years."""

Window: TypeAlias = Cycles | Rolling
"""The dates whose acts are added up: calendar periods, or so many days up to the act."""


def _is_window(instance: object, attribute: Attribute[Window], value: object) -> None:
    if not isinstance(value, Cycles | Rolling):
        raise InvalidValue("a window such as PER_MONTH or Rolling(30)", value, where(instance, attribute))


class Per(Enum):
    """Whose acts an allowance adds up."""

    ACTOR_ON_ACCOUNT = "actor_on_account"
    ACCOUNT = "account"
    ACTOR = "actor"
    OFFICE = "office"

    @property
    def everywhere(self) -> bool:
        """Whether acts on other accounts count, which the host has to bring."""
        return self is Per.ACTOR or self is Per.OFFICE


@frozen
class Allowance:
    """How much of some operations may be done in a window of time without anybody's approval.

    It narrows the limits: with a `role`, for whoever acts in that role; without, for everybody. What
    lies beyond it takes an approval, and who could give it is measured by the whole sum, so that
    nothing is gained by cutting an act into small ones. One that is `hard` cannot be exceeded with an
    approval either. Unless `counts_approved`, acts that were approved do not use it up.

    Units: dates are those of `zone`, or of the account's own where that is None.
    """

    name: str = field(validator=identifier)
    operations: frozenset[Operation] = field(converter=words, validator=not_empty)
    amount: Money = field(converter=as_amount)
    window: Window = field(validator=_is_window)
    per: Per = field(default=Per.ACTOR_ON_ACCOUNT, validator=one_of(Per))
    role: Role | None = field(default=None, validator=or_none(identifier))
    zone: ZoneKey | None = field(default=None, converter=optional(zone_key))
    hard: bool = field(default=False, validator=one_of(bool))
    counts_approved: bool = field(default=True, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        if self.amount.minor < 0:
            raise InvalidValue("an amount of zero or more", self.amount, "Allowance.amount")
        if isinstance(self.window, Cycles):
            months, days = self.window.every.step
            if months > 24 or days > LONGEST:
                raise InvalidValue("a window of at most two years", self.window.every, "Allowance.window")

    def covers(self, operation: Operation, amount: Money | None) -> bool:
        """Return whether acts of this operation and currency are added up here."""
        return amount is not None and operation in self.operations and amount.code == self.amount.code


# Who has to agree


@frozen
class Need:
    """So many people of one of some roles; without roles, whoever's own limit reaches as far as the act."""

    roles: frozenset[Role] = field(default=frozenset(), converter=words)
    count: int = field(default=1, validator=whole(minimum=1, maximum=100))

    def __str__(self) -> str:
        who = " or ".join(sorted(self.roles)) or "with authority"
        return f"{self.count} {who}"


@frozen
class Quorum:
    """Who has to agree to an operation, from an amount on: every one of the needs, by people of their own.

    `above` is the band: it holds for amounts above it, in its currency; without, for all that no band
    is for. In any order, or with `in_order` one need after the other. An operation with a quorum and
    no limits is one that nobody does alone.
    """

    operation: Operation = field(validator=identifier)
    needs: tuple[Need, ...] = field(validator=each(one_of(Need)))
    above: Money | None = field(default=None, converter=optional(as_amount))
    in_order: bool = field(default=False, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        if not self.needs:
            raise InvalidValue("at least one need", self.needs, "Quorum.needs")
        if self.above is not None and self.above.minor < 0:
            raise InvalidValue("an amount of zero or more", self.above, "Quorum.above")

    @cached_property
    def seats(self) -> tuple[Need, ...]:
        """The needs, each as often as it wants people."""
        return tuple(need for need in self.needs for _ in range(need.count))

    def concerns(self, amount: Money | None) -> bool:
        """Return whether an amount lies in this band or above it."""
        if self.above is None:
            return True
        return amount is not None and amount.code == self.above.code and abs(amount) > self.above


@frozen
class BreakGlass:
    """Who may act in an emergency without the approvals, and by when others have to look at it afterwards.

    Units: `review_days` of 24 hours from the emergency.
    """

    roles: frozenset[Role] = field(converter=words, validator=not_empty)
    operations: frozenset[Operation] = field(converter=words, validator=not_empty)
    review_days: int = field(validator=whole(minimum=1, maximum=366))
    up_to: Money | None = field(default=None, converter=optional(as_amount))

    def covers(self, roles: frozenset[Role], operation: Operation, amount: Money | None) -> bool:
        """Return whether somebody in these roles may break the glass for an act."""
        if operation not in self.operations or roles.isdisjoint(self.roles):
            return False
        return within(amount, self.up_to)


# All of it


@frozen
class Authority:
    """Who may do what alone, who may approve the rest, and how many have to.

    An operation without any limit or quorum is free for all. As soon as one role has a limit for it,
    every role without one has a limit of zero. Where no quorum is stated, it takes `approvals_needed`
    people whose own limits reach as far as the act. Nobody approves what they asked for.

    Units: `valid_days` of 24 hours from the request.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    limits: tuple[Limit, ...] = field(default=(), validator=each(one_of(Limit)))
    approvals_needed: int = field(default=1, validator=whole(minimum=1, maximum=100))
    valid_days: int | None = field(default=None, validator=or_none(whole(minimum=1, maximum=3_660)))
    quorums: tuple[Quorum, ...] = field(default=(), validator=each(one_of(Quorum)))
    allowances: tuple[Allowance, ...] = field(default=(), validator=each(one_of(Allowance)))
    break_glass: tuple[BreakGlass, ...] = field(default=(), validator=each(one_of(BreakGlass)))

    def __attrs_post_init__(self) -> None:
        keys = [(limit.role, limit.operation, limit.currency) for limit in self.limits]
        if len(set(keys)) != len(keys):
            raise InvalidValue("one limit for a role, operation and currency", keys, "Authority.limits")
        bands = [(quorum.operation, quorum.above) for quorum in self.quorums]
        if len(set(bands)) != len(bands):
            raise InvalidValue("one quorum for an operation and amount", bands, "Authority.quorums")
        names = [allowance.name for allowance in self.allowances]
        if len(set(names)) != len(names):
            raise InvalidValue("allowances by names of their own", names, "Authority.allowances")
        for allowance in self.allowances:
            self._narrows(allowance)

    def _narrows(self, allowance: Allowance) -> None:
        limited = {limit.operation for limit in self.limits if limit.role == allowance.role}
        for operation in allowance.operations if allowance.role is not None else ():
            if operation not in limited:
                raise InvalidValue(
                    f"a limit of {allowance.role} for {operation}, for the allowance to narrow",
                    allowance.name,
                    "Authority.allowances",
                )

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)

    @cached_property
    def limited(self) -> frozenset[Operation]:
        """The operations that have limits."""
        return frozenset(limit.operation for limit in self.limits)

    @cached_property
    def _limits(self) -> Mapping[Operation, tuple[Limit, ...]]:
        return {
            operation: tuple(limit for limit in self.limits if limit.operation == operation)
            for operation in self.limited
        }

    @cached_property
    def counted(self) -> frozenset[Operation]:
        """The operations of which what is done is added up."""
        return frozenset(operation for each in self.allowances for operation in each.operations)

    @cached_property
    def governed(self) -> frozenset[Operation]:
        """The operations that may need somebody's approval; all others are free."""
        return self.limited | self.counted | {quorum.operation for quorum in self.quorums}

    def limit(self, actor: Actor, operation: Operation, currency: CurrencyCode) -> Money | None:
        """Return up to which amount somebody may do an operation alone; None is without limit."""
        if operation not in self.limited:
            return None
        highest = zero(currency)
        for limit in self._of(actor.roles, operation):
            if limit.currency is None or (limit.currency == currency and limit.amount is None):
                return None
            if limit.amount is not None and limit.currency == currency:
                highest = max(highest, limit.amount)
        return highest

    def within(self, actor: Actor, operation: Operation, amount: Money | None) -> bool:
        """Return whether an act lies within the limits of somebody; an amount counts without its sign.

        Allowances are another question, which takes what was done before.
        """
        if operation in self.limited or (amount is not None and not amount):
            return self.empowers(actor.roles, operation, amount)
        return self.quorum(operation, amount) is None

    def empowers(self, roles: frozenset[Role], operation: Operation, amount: Money | None) -> bool:
        """Return whether the limit of one of some roles reaches as far as an act."""
        if operation not in self.limited or (amount is not None and not amount):
            return True
        return any(limit.allows(amount) for limit in self._of(roles, operation))

    def may_approve(self, operation: Operation, amount: Money | None) -> frozenset[Role]:
        """Return the roles whose limit reaches as far as an act; `ANYBODY` where it is free."""
        if operation not in self.limited:
            return frozenset({ANYBODY})
        return frozenset(
            limit.role for limit in self.limits if limit.operation == operation and limit.allows(amount)
        )

    def quorum(self, operation: Operation, amount: Money | None) -> Quorum | None:
        """Return the quorum that is stated for an act: that of the highest band; None where there is none."""
        stated = [each for each in self.quorums if each.operation == operation and each.concerns(amount)]
        return max(stated, key=_band, default=None)

    def needed(self, operation: Operation, amount: Money | None) -> Quorum:
        """Return who has to agree to an act, where it is not done alone."""
        stated = self.quorum(operation, amount)
        return stated or Quorum(operation, (Need(count=self.approvals_needed),))

    def glass(self, roles: frozenset[Role], operation: Operation, amount: Money | None) -> BreakGlass | None:
        """Return the rule under which somebody may act in an emergency, None where there is none."""
        return next((rule for rule in self.break_glass if rule.covers(roles, operation, amount)), None)

    def expires_at(self, asked_at: DateTime) -> DateTime | None:
        """Return the instant at which a request expires, None where it does not."""
        return None if self.valid_days is None else days_later(asked_at, self.valid_days)

    def _of(self, roles: frozenset[Role], operation: Operation) -> Iterable[Limit]:
        return [limit for limit in self._limits.get(operation, ()) if limit.role in roles]


def _band(quorum: Quorum) -> int:
    return -1 if quorum.above is None else quorum.above.minor


def days_later(at: DateTime, count: int) -> DateTime:
    """Return the instant so many days of 24 hours later."""
    there = local(at, "UTC")
    return at_local(add_days(there.date(), count), "UTC", there.time())
