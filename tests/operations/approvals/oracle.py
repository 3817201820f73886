"""Who could approve next, by brute force: an oracle that shares no code with the room.

Every order of every selection of delegations is tried as a line of lending, every way of seating people
is tried for a quorum, and standing behind somebody is the closure of a relation.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.money import Money
from acctcore.operations.approvals import Approval, Authority, Delegation, Office, Quorum, Request


@frozen
class Way:
    """As whom somebody could act: the roles that count, over whom they came, and how far they reach."""

    person: str
    roles: frozenset[str]
    lender: str | None = None
    over: tuple[str, ...] = ()
    caps: tuple[Money, ...] = ()
    away: tuple[str, ...] = ()

    @property
    def people(self) -> set[str]:
        return {self.person, *self.over} | ({self.lender} if self.lender else set())


def way_of(approval: Approval) -> Way:
    caps = () if approval.up_to is None else (approval.up_to,)
    return Way(approval.by, approval.roles, approval.on_behalf_of, approval.through, caps)


def could_approve(
    request: Request, authority: Authority, at: DateTime, office: Office
) -> set[tuple[str, str]]:
    """Return everybody who could approve next: the person, and on whose behalf ("" for themselves)."""
    return {
        (way.person, way.lender or "")
        for way in ways(request, at, office)
        if serves(way, request, authority, at, office)
    }


def ways(request: Request, at: DateTime, office: Office) -> Iterator[Way]:
    staff = {actor.id: actor.roles for actor in office.staff or ()}
    valid = [
        each
        for each in office.delegations or ()
        if request.operation in each.operations and each.start <= at < each.end
    ]
    for person, roles in staff.items():
        yield Way(person, roles)
        for length in range(1, len(valid) + 1):
            for chosen in permutations(valid, length):
                if is_line(chosen, person):
                    lender = chosen[0].from_actor.id
                    common = set(staff.get(lender, ()))
                    for each in chosen:
                        common &= each.roles
                    yield Way(
                        person,
                        frozenset(common),
                        lender,
                        tuple(each.from_actor.id for each in chosen[1:]),
                        tuple(each.up_to for each in chosen if each.up_to is not None),
                        tuple(each.from_actor.id for each in chosen if each.when_absent),
                    )


def is_line(chosen: Sequence[Delegation], person: str) -> bool:
    """Return whether delegations, one after another, hand somebody's authority to a person."""
    lender = chosen[0].from_actor.id
    met = [lender, *(each.to_actor for each in chosen)]
    return (
        chosen[0].lent_by is None
        and chosen[-1].to_actor == person
        and len(set(met)) == len(met)
        and all(each.lent_by == lender for each in chosen[1:])
        and all(one.to_actor == two.from_actor.id for one, two in pairwise(chosen))
        and all(each.onward for each in chosen[:-1])
    )


def serves(way: Way, request: Request, authority: Authority, at: DateTime, office: Office) -> bool:
    if way.person == request.maker or way.lender == way.person:
        return False
    lenders = ({way.lender} if way.lender else set()) | set(way.over)
    if any(request.maker in behind(lender, request, at, office) for lender in lenders):
        return False
    if any(way.people & way_of(approval).people for approval in request.approvals):
        return False
    if any(not is_away(person, at, office) for person in way.away):
        return False
    quorum = quorum_of(authority, request)
    before = [seats(way_of(approval), request, authority, quorum) for approval in request.approvals]
    mine = seats(way, request, authority, quorum)
    return most_seated([*before, mine], quorum) > most_seated(before, quorum)


def is_away(person: str, at: DateTime, office: Office) -> bool:
    return any(each.actor == person and each.start <= at < each.end for each in office.absences or ())


def behind(person: str, request: Request, at: DateTime, office: Office) -> set[str]:
    """Return everybody whose authority may reach somebody, over any number of delegations."""
    pairs = {
        (each.from_actor.id, each.to_actor)
        for each in office.delegations or ()
        if request.operation in each.operations and each.start <= at < each.end
    }
    people = {end for pair in pairs for end in pair} | {person}
    reach = {(a, b) for a in people for b in people if a == b or (a, b) in pairs}
    for via in people:
        reach |= {(a, b) for a in people for b in people if (a, via) in reach and (via, b) in reach}
    return {a for a, b in reach if b == person}


def measured(request: Request) -> Money | None:
    return request.total if request.total is not None else request.amount


def quorum_of(authority: Authority, request: Request) -> Quorum | None:
    amount = measured(request)
    best: Quorum | None = None
    for each in authority.quorums:
        if each.operation != request.operation:
            continue
        if each.above is not None and (
            amount is None or amount.code != each.above.code or abs(amount.minor) <= each.above.minor
        ):
            continue
        if best is None or (-1 if best.above is None else best.above.minor) < (
            -1 if each.above is None else each.above.minor
        ):
            best = each
    return best


def wanted(authority: Authority, quorum: Quorum | None) -> list[frozenset[str]]:
    """Return what each seat asks for: roles, or none where own limits count."""
    if quorum is None:
        return [frozenset()] * authority.approvals_needed
    return [need.roles for need in quorum.needs for _ in range(need.count)]


def seats(way: Way, request: Request, authority: Authority, quorum: Quorum | None) -> set[int]:
    amount = measured(request)
    for cap in way.caps:
        if amount is None or amount.code != cap.code or abs(amount.minor) > cap.minor:
            return set()
    if request.roles and not request.roles & way.roles:
        return set()
    if way.lender is not None and not way.roles:
        return set()
    found = set()
    for number, roles in enumerate(wanted(authority, quorum)):
        if (roles & way.roles) if roles else reaches(way.roles, request.operation, amount, authority):
            found.add(number)
    return found


def reaches(roles: frozenset[str], operation: str, amount: Money | None, authority: Authority) -> bool:
    limits = [each for each in authority.limits if each.operation == operation]
    if not limits or (amount is not None and amount.minor == 0):
        return True
    for each in limits:
        if each.role not in roles:
            continue
        same = amount is not None and amount.code == each.currency
        below = each.amount is None or (amount is not None and abs(amount.minor) <= each.amount.minor)
        if each.currency is None or (same and below):
            return True
    return False


def most_seated(people: Sequence[set[int]], quorum: Quorum | None) -> int:
    """Return how many find a seat, in the best of all ways of seating them; in order, one by one."""
    if quorum is not None and quorum.in_order:
        free = 0
        for fitting in people:
            if free in fitting:
                free += 1
        return free
    most = 0
    for choice in product(*[[None, *sorted(fitting)] for fitting in people]):
        taken = [seat for seat in choice if seat is not None]
        if len(set(taken)) == len(taken):
            most = max(most, len(taken))
    return most
