"""Random offices, authorities and requests over a small world, where most things meet."""

from datetime import timedelta

from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    UNTOLD,
    Absence,
    Authority,
    Delegation,
    Limit,
    Need,
    Office,
    Quorum,
    Request,
)
from tests.operations.approvals.stories import NOON

PEOPLE = ("ann", "ben", "cid", "dan", "eve")
ROLES = ("clerk", "officer", "finance")
OPERATIONS = (REFUND, CREDIT)

amounts = st.sampled_from([50, 100, 200, 500, 501]).map(lambda units: Money(units, "EUR")) | st.sampled_from(
    [Money(100, "USD"), None]
)
roles = st.frozensets(st.sampled_from(ROLES), max_size=2)
some_roles = st.frozensets(st.sampled_from(ROLES), min_size=1, max_size=2)
EUROS = (Money(100, "EUR"), Money(500, "EUR"))


def at(hour: int) -> DateTime:
    return instant(NOON + timedelta(hours=hour))


@st.composite
def staffs(draw: st.DrawFn) -> tuple[Actor, ...]:
    return tuple(Actor(person, draw(roles)) for person in PEOPLE[: draw(st.integers(2, 5))])


@st.composite
def delegations(draw: st.DrawFn, staff: tuple[Actor, ...]) -> Delegation:
    """Return a delegation of what somebody holds, or of what was lent to them."""
    lender, other = draw(st.permutations([*staff]))[:2]
    third = [actor for actor in staff if actor not in (lender, other)]
    onward = draw(st.sampled_from([None, None, *(actor.id for actor in third)]))
    held = lender.roles if onward is None else frozenset(ROLES)
    if not held:
        lender, held = Actor(lender.id, {"officer"}), frozenset({"officer"})  # since lost, perhaps
    return Delegation(
        lender,
        other.id,
        draw(st.frozensets(st.sampled_from(sorted(held)), min_size=1)),
        draw(st.sampled_from([{REFUND}, {REFUND, CREDIT}, {CREDIT}])),
        at(draw(st.integers(-48, 0))),
        at(draw(st.integers(1, 48))),
        draw(st.none() | st.sampled_from([Money(100, "EUR"), Money(500, "EUR"), Money(1000, "USD")])),
        draw(st.booleans()),
        draw(st.booleans()),
        onward,
    )


@st.composite
def offices(draw: st.DrawFn) -> Office:
    staff = draw(staffs())
    lent = draw(st.lists(delegations(staff), max_size=4))
    away = [
        Absence(draw(st.sampled_from(PEOPLE)), at(draw(st.integers(-48, -1))), at(draw(st.integers(0, 48))))
        for _ in range(draw(st.integers(0, 2)))
    ]
    return Office(staff=staff, delegations=tuple(lent), absences=tuple(away))


@st.composite
def quorums(draw: st.DrawFn, operation: str, above: Money | None) -> Quorum:
    needs = draw(
        st.lists(
            st.builds(Need, st.just(frozenset()) | some_roles, st.integers(1, 2)), min_size=1, max_size=2
        )
    )
    return Quorum(operation, tuple(needs), above, draw(st.booleans()))


@st.composite
def authorities(draw: st.DrawFn) -> Authority:
    limits = []
    for role in ROLES:
        for operation in OPERATIONS:
            reach = draw(st.sampled_from(["none", "some", "currency", "all"]))
            if reach == "all":
                limits.append(Limit(role, operation))
            elif reach == "currency":
                limits.append(Limit(role, operation, "EUR"))
            elif reach == "some":
                limits.append(Limit(role, operation, "EUR", draw(st.sampled_from(EUROS))))
    if draw(st.booleans()):
        limits = [limit for limit in limits if limit.operation != REFUND]
    bands = draw(
        st.lists(
            st.sampled_from([None, Money(0, "EUR"), *EUROS]),
            unique=True,
            max_size=2,
        )
    )
    return Authority(
        "drawn",
        "1",
        tuple(limits),
        draw(st.integers(1, 2)),
        quorums=tuple(draw(quorums(REFUND, above)) for above in bands),
    )


@st.composite
def requests(draw: st.DrawFn, authority: Authority, office: Office) -> Request:
    """Return a request that some of the staff were asked to approve, each as they were able to."""
    maker = draw(st.sampled_from(PEOPLE))
    asked = approvals.Ask(
        id="ask",
        at=at(-2),
        by=Actor(maker),
        request_id="R-1",
        fingerprint="f",
        operation=REFUND,
        amount=draw(amounts),
        total=draw(st.none() | st.sampled_from([Money(100, "EUR"), Money(501, "EUR")])),
        roles=draw(st.just(frozenset[str]()) | some_roles),
    )
    request = approvals.evolve(None, approvals.decide(None, asked, authority).events[0])
    for _ in range(draw(st.integers(0, 3))):
        told = approvals.candidates(request, authority, at(-1), office)
        could = [each for each in told if not each.reasons]
        chosen = draw(st.sampled_from(could or told))
        by = next(actor for actor in office.staff or () if actor.id == chosen.person)
        lender = chosen.on_behalf_of
        command = approvals.Approve(id="yes", at=at(-1), by=by, request_id="R-1", on_behalf_of=lender)
        if request.state is approvals.Phase.PENDING:
            for event in approvals.decide(request, command, authority, office).events:
                request = approvals.evolve(request, event)
    return request


__all__ = ["PEOPLE", "ROLES", "UNTOLD", "amounts", "at", "authorities", "offices", "requests", "staffs"]
