"""Who of those that have to agree has done so, who is missing, and who could be next.

A quorum is seats at a table: each need has as many as it wants people, and an approval takes one that
its roles fit. In any order, people are seated so that as many as possible have a seat, so it never
matters who came first: somebody who fits two seats makes room. In order, the first free seat is next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from attrs import frozen

from acctcore.kernel.terms import Role
from acctcore.operations.approvals.model import Approval, Request, within
from acctcore.operations.approvals.policy import ANYBODY, Authority, Need, Quorum


@frozen
class Table:
    """The seats of one request, under an authority: a question that is asked, and never stored."""

    request: Request
    authority: Authority

    @cached_property
    def quorum(self) -> Quorum:
        """Who has to agree."""
        return self.authority.needed(self.request.operation, self.request.measured)

    def fitting(self, approval: Approval) -> frozenset[int]:
        """Return the seats that an approval fits, by their number."""
        if not within(self.request.measured, approval.up_to) or not self._demanded(approval.roles):
            return frozenset()
        lent = approval.on_behalf_of is not None
        if lent and not approval.roles:
            return frozenset()
        return frozenset(
            number for number, need in enumerate(self.quorum.seats) if self._fits(need, approval.roles)
        )

    def _demanded(self, roles: frozenset[Role]) -> bool:
        return not self.request.roles or not roles.isdisjoint(self.request.roles)

    def _fits(self, need: Need, roles: frozenset[Role]) -> bool:
        if need.roles:
            return not roles.isdisjoint(need.roles)
        return self.authority.empowers(roles, self.request.operation, self.request.measured)

    # Who sits where

    def taken(self, approvals: Iterable[Approval]) -> frozenset[int]:
        """Return the seats that approvals take together."""
        return self._seated([self.fitting(approval) for approval in approvals])

    def wants(self, before: Iterable[Approval], fitting: frozenset[int]) -> bool:
        """Return whether one more approval, which fits some seats, brings the request any further."""
        seats = [self.fitting(approval) for approval in before]
        return len(self._seated([*seats, fitting])) > len(self._seated(seats))

    def _seated(self, fitting: Sequence[frozenset[int]]) -> frozenset[int]:
        if self.quorum.in_order:
            first = 0
            for seats in fitting:
                first += first in seats
            return frozenset(range(first))
        by_seat: dict[int, int] = {}
        for person in range(len(fitting)):
            _seat(person, fitting, by_seat, set())
        return frozenset(by_seat)

    def missing(self, approvals: Iterable[Approval]) -> tuple[Need, ...]:
        """Return who has to agree still: each need with the people that it lacks, told by their roles."""
        taken = self.taken(approvals)
        lacking: dict[Need, int] = {}
        for number, need in enumerate(self.quorum.seats):
            lacking[need] = lacking.get(need, 0) + (number not in taken)
        return tuple(Need(self._roles(need), count) for need, count in lacking.items() if count)

    def next_roles(self, approvals: Iterable[Approval]) -> frozenset[Role]:
        """Return the roles that could approve next; nobody's where enough have."""
        before = tuple(approvals)
        return frozenset(
            role
            for number, need in enumerate(self.quorum.seats)
            if self.wants(before, frozenset({number}))
            for role in self._roles(need)
        )

    def _roles(self, need: Need) -> frozenset[Role]:
        """Return the roles of a need in words: those with authority where it names none, and as demanded."""
        request = self.request
        roles = need.roles or self.authority.may_approve(request.operation, request.measured)
        if not request.roles:
            return roles
        return request.roles if roles == {ANYBODY} else (roles & request.roles) or request.roles


def _seat(person: int, fitting: Sequence[frozenset[int]], by_seat: dict[int, int], asked: set[int]) -> bool:
    """Give somebody a seat, where need be by moving others; return whether that worked."""
    for seat in sorted(fitting[person]):
        if seat not in asked:
            asked.add(seat)
            if seat not in by_seat or _seat(by_seat[seat], fitting, by_seat, asked):
                by_seat[seat] = person
                return True
    return False
