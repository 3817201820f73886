"""What the office knows and no account's file does: who works there, who is away, who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen
from attrs.converters import optional
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor, Operation, Role
from acctcore.kernel.validation import each, identifier, not_empty, one_of
from acctcore.kernel.validation import optional as or_none
from acctcore.operations.approvals.model import Exercise, as_amount, within, words


@frozen
class Delegation:
    """Somebody lends roles to somebody else, for some operations, perhaps up to an amount, in `[start, end)`.

    The lender comes with the roles they hold, so that a delegation is never wider than its lender.
    Somebody may lend on what was lent to them (`lent_by` says by whom) where that was stated: `onward`.
    With `when_absent`, it serves only while the lender is away.
    """

    from_actor: Actor = field(validator=one_of(Actor))
    to_actor: str = field(validator=identifier)
    roles: frozenset[Role] = field(converter=words, validator=not_empty)
    operations: frozenset[Operation] = field(converter=words, validator=not_empty)
    start: DateTime = field(converter=instant)
    end: DateTime = field(converter=instant)
    up_to: Money | None = field(default=None, converter=optional(as_amount))
    when_absent: bool = field(default=False, validator=one_of(bool))
    onward: bool = field(default=False, validator=one_of(bool))
    lent_by: str | None = field(default=None, validator=or_none(identifier))

    def __attrs_post_init__(self) -> None:
        if self.lent_by is None and not self.roles <= self.from_actor.roles:
            raise InvalidValue(
                f"roles that {self.from_actor.id} holds", sorted(self.roles), "Delegation.roles"
            )
        if self.to_actor == self.from_actor.id:
            raise InvalidValue("somebody else to stand in", self.to_actor, "Delegation.to_actor")
        if self.lent_by in (self.from_actor.id, self.to_actor):
            raise InvalidValue("a third person who lent it first", self.lent_by, "Delegation.lent_by")
        if self.end <= self.start:
            raise InvalidValue(f"an end after {self.start}", self.end, "Delegation.end")
        if self.up_to is not None and self.up_to.minor < 0:
            raise InvalidValue("an amount of zero or more", self.up_to, "Delegation.up_to")

    @property
    def lender(self) -> str:
        """Whose authority it is in the end."""
        return self.from_actor.id if self.lent_by is None else self.lent_by

    def covers(self, operation: Operation, at: DateTime) -> bool:
        """Return whether it is in force for an operation at an instant."""
        return operation in self.operations and self.start <= at < self.end


@frozen
class Absence:
    """Somebody is away for `[start, end)`."""

    actor: str = field(validator=identifier)
    start: DateTime = field(converter=instant)
    end: DateTime = field(converter=instant)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidValue(f"an end after {self.start}", self.end, "Absence.end")


@frozen
class Line:
    """The way on which authority came from a lender to whoever uses it: one delegation or several."""

    delegations: tuple[Delegation, ...]

    @property
    def through(self) -> tuple[str, ...]:
        """The people over whom it was lent on."""
        return tuple(each.from_actor.id for each in self.delegations[1:])

    @property
    def roles(self) -> frozenset[Role]:
        """What is left of the roles at its end: never more than at any place before."""
        return frozenset.intersection(*(each.roles for each in self.delegations))

    def bound(self, amount: Money | None) -> Money | None:
        """Return the least that an amount is bounded by on the way: one that it exceeds, if any."""
        bounds = [each.up_to for each in self.delegations if each.up_to is not None]
        exceeded = next((each for each in bounds if not within(amount, each)), None)
        return exceeded or min(bounds, default=None)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Those who have to be away for it to serve."""
        return tuple(each.from_actor.id for each in self.delegations if each.when_absent)


@frozen(kw_only=True)
class Office:
    """What the host tells about the whole office; None is what it does not tell.

    `staff` is everybody who works there, with the roles they hold now; `exercised` what was done on
    other accounts, for the allowances that add that up. What is not told stands as it was recorded;
    where an answer depends on it, that is unknown.
    """

    staff: tuple[Actor, ...] | None = field(default=None, validator=or_none(each(one_of(Actor))))
    delegations: tuple[Delegation, ...] | None = field(
        default=None, validator=or_none(each(one_of(Delegation)))
    )
    absences: tuple[Absence, ...] | None = field(default=None, validator=or_none(each(one_of(Absence))))
    exercised: tuple[Exercise, ...] | None = field(default=None, validator=or_none(each(one_of(Exercise))))

    def held(self, actor: str, roles: frozenset[Role]) -> frozenset[Role]:
        """Return which of some roles somebody still holds; all of them where the staff is not told."""
        if self.staff is None:
            return roles
        return roles & frozenset(role for each in self.staff if each.id == actor for role in each.roles)

    def away(self, actor: str, at: DateTime) -> bool | None:
        """Return whether somebody is away at an instant; None where absences are not told."""
        if self.absences is None:
            return None
        return any(each.actor == actor and each.start <= at < each.end for each in self.absences)

    def lines(self, lender: str, to: str, operation: Operation, at: DateTime) -> Iterator[Line]:
        """Return every line on which a lender's authority comes to somebody, the direct ones first."""
        yield from sorted(
            (Line(way) for way in self._ways(lender, to, operation, at, frozenset({to}))),
            key=lambda line: len(line.delegations),
        )

    def _ways(
        self, lender: str, to: str, operation: Operation, at: DateTime, passed: frozenset[str]
    ) -> Iterator[tuple[Delegation, ...]]:
        for last in self._borrowed(to, operation, at):
            if last.lender != lender or last.from_actor.id in passed:
                continue
            if last.lent_by is None:
                yield (last,)
                continue
            over = last.from_actor.id
            for way in self._ways(lender, over, operation, at, passed | {over}):
                if way[-1].onward:
                    yield (*way, last)

    def lenders(self, to: str, operation: Operation, at: DateTime) -> tuple[str, ...]:
        """Return everybody whose authority somebody was lent for an operation at an instant."""
        found = dict.fromkeys(each.lender for each in self._borrowed(to, operation, at))
        return tuple(
            lender for lender in found if next(self.lines(lender, to, operation, at), None) is not None
        )

    def leads_back(self, actor: str, maker: str, operation: Operation, at: DateTime) -> bool:
        """Return whether somebody is the maker, or is lent anything by them, directly or through others."""
        reached, open_ends = {actor}, [actor]
        while open_ends:
            lenders = {each.from_actor.id for each in self._borrowed(open_ends.pop(), operation, at)}
            open_ends.extend(lenders - reached)
            reached |= lenders
        return maker in reached

    def _borrowed(self, to: str, operation: Operation, at: DateTime) -> Iterator[Delegation]:
        return (each for each in self.delegations or () if each.to_actor == to and each.covers(operation, at))


UNTOLD = Office()
"""An office of which the host tells nothing."""
