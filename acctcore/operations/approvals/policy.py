"""The choices about authority: limits by role, operation and currency, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel.calendar import add_days, at_local, instant, local
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, convert, zero
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import Actor, CurrencyCode, Operation, Role
from acctcore.kernel.validation import each, identifier, not_empty, one_of, whole
from acctcore.kernel.validation import optional as or_none

ANYBODY: Role = "anybody"
"""Stands where roles are told and an operation has no limits: whoever is there may approve."""


def _words(value: Iterable[str]) -> frozenset[str]:
    try:
        known = frozenset((value,) if isinstance(value, str) else value)
    except TypeError:
        raise InvalidValue("the names of operations or roles", value, "Delegation") from None
    if not all(isinstance(word, str) and word for word in known):
        raise InvalidValue("the names of operations or roles", value, "Delegation")
    return known


def _amount(value: object) -> Money:
    return convert(value, "Limit.amount")


@frozen
class Limit:
    """How far a role's authority goes for one operation.

    With an `amount`, up to and with it; without, any amount of `currency`; without either, any
    amount of any currency and also what has no amount, such as a release.
    """

    role: Role = field(validator=identifier)
    operation: Operation = field(validator=identifier)
    currency: CurrencyCode | None = None
    amount: Money | None = field(default=None, converter=optional(_amount))

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
        return self.amount is None or abs(amount) <= self.amount


@frozen
class Delegation:
    """Somebody lends roles that they hold to somebody else, for some operations and `[start, end)`.

    The lender comes with the roles they hold, so that a delegation is never wider than its lender;
    what was borrowed cannot be lent on.
    """

    from_actor: Actor = field(validator=one_of(Actor))
    to_actor: str = field(validator=identifier)
    roles: frozenset[Role] = field(converter=_words, validator=not_empty)
    operations: frozenset[Operation] = field(converter=_words, validator=not_empty)
    start: DateTime = field(converter=instant)
    end: DateTime = field(converter=instant)

    def __attrs_post_init__(self) -> None:
        if not self.roles <= self.from_actor.roles:
            raise InvalidValue(
                f"roles that {self.from_actor.id} holds", sorted(self.roles), "Delegation.roles"
            )
        if self.to_actor == self.from_actor.id:
            raise InvalidValue("somebody else to stand in", self.to_actor, "Delegation.to_actor")
        if self.end <= self.start:
            raise InvalidValue(f"an end after {self.start}", self.end, "Delegation.end")

    def covers(self, operation: Operation, at: DateTime) -> bool:
        """Return whether it is in force for an operation at an instant."""
        return operation in self.operations and self.start <= at < self.end


@frozen
class Authority:
    """Who may do what alone, who may approve the rest, and how many have to.

    An operation without any limit is free for all. As soon as one role has a limit for it, every
    role without one has a limit of zero.

    Units: `valid_days` of 24 hours from the request. `approvals_needed` is a number of distinct
    people, none of them the maker.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    limits: tuple[Limit, ...] = field(default=(), validator=each(one_of(Limit)))
    approvals_needed: int = field(default=1, validator=whole(minimum=1, maximum=100))
    valid_days: int | None = field(default=None, validator=or_none(whole(minimum=1, maximum=3_660)))
    delegations: tuple[Delegation, ...] = field(default=(), validator=each(one_of(Delegation)))

    def __attrs_post_init__(self) -> None:
        keys = [(limit.role, limit.operation, limit.currency) for limit in self.limits]
        if len(set(keys)) != len(keys):
            raise InvalidValue("one limit for a role, operation and currency", keys, "Authority.limits")

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)

    @cached_property
    def limited(self) -> frozenset[Operation]:
        """The operations that have limits; all others are free."""
        return frozenset(limit.operation for limit in self.limits)

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
        """Return whether somebody may do an act alone; an amount counts without its sign."""
        return self.empowers(actor.roles, operation, amount)

    def empowers(self, roles: frozenset[Role], operation: Operation, amount: Money | None) -> bool:
        """Return whether one of some roles reaches as far as an act."""
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

    def lent(self, by: str, to: str, operation: Operation, at: DateTime) -> frozenset[Role]:
        """Return the roles that somebody has lent to somebody for an operation at an instant."""
        return frozenset(
            role
            for delegation in self._borrowed(to, operation, at)
            if delegation.from_actor.id == by
            for role in delegation.roles
        )

    def leads_back(self, actor: str, maker: str, operation: Operation, at: DateTime) -> bool:
        """Return whether somebody is the maker, or is lent anything by them, directly or through others."""
        reached, open_ends = {actor}, [actor]
        while open_ends:
            lenders = {
                delegation.from_actor.id for delegation in self._borrowed(open_ends.pop(), operation, at)
            }
            open_ends.extend(lenders - reached)
            reached |= lenders
        return maker in reached

    def expires_at(self, asked_at: DateTime) -> DateTime | None:
        """Return the instant at which a request expires, None where it does not."""
        if self.valid_days is None:
            return None
        there = local(asked_at, "UTC")
        return at_local(add_days(there.date(), self.valid_days), "UTC", there.time())

    def _of(self, roles: frozenset[Role], operation: Operation) -> Iterable[Limit]:
        return (limit for limit in self.limits if limit.operation == operation and limit.role in roles)

    def _borrowed(self, to: str, operation: Operation, at: DateTime) -> Iterable[Delegation]:
        return (
            delegation
            for delegation in self.delegations
            if delegation.to_actor == to and delegation.covers(operation, at)
        )
