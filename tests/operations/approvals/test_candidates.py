"""Who could approve next, held against brute force; and that asking them gives the same answer."""

from hypothesis import event, given
from hypothesis import strategies as st

from acctcore.kernel.terms import Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import Authority, Office, Phase, Request, Table
from tests.operations.approvals import oracle
from tests.operations.approvals.drawn import ROLES, at, authorities, offices, requests


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Request, Authority, Office]:
    office, authority = draw(offices()), draw(authorities())
    return draw(requests(authority, office)), authority, office


@given(scenes())
def test_who_could_approve_next_is_who_brute_force_finds(scene: tuple[Request, Authority, Office]) -> None:
    request, authority, office = scene
    told = approvals.candidates(request, authority, at(0), office)
    could = {(each.person, each.on_behalf_of or "") for each in told if not each.reasons}
    assert could == oracle.could_approve(request, authority, at(0), office)
    event(f"{len(request.approvals)} approvals, {min(len(could), 2)} could be next")
    assert {each.person for each in told if each.on_behalf_of is None} == {a.id for a in office.staff or ()}
    assert all(reason.text for each in told for reason in each.reasons)


@given(scenes(), st.data())
def test_whoever_could_approve_may_and_nobody_else(
    scene: tuple[Request, Authority, Office], data: st.DataObject
) -> None:
    request, authority, office = scene
    told = approvals.candidates(request, authority, at(0), office)
    each = data.draw(st.sampled_from(told))
    by = next(actor for actor in office.staff or () if actor.id == each.person)
    command = approvals.Approve(
        id="yes", at=at(0), by=by, request_id=request.id, on_behalf_of=each.on_behalf_of
    )
    decision = approvals.decide(request, command, authority, office)
    if request.state is Phase.PENDING:
        assert decision.allowed is (not each.reasons)
        assert decision.allowed or decision.reasons == each.reasons
    else:
        assert not decision.allowed


@given(scenes(), st.sampled_from(ROLES))
def test_a_role_could_be_next_where_a_stranger_who_holds_it_could(
    scene: tuple[Request, Authority, Office], role: str
) -> None:
    request, authority, _ = scene
    stranger = Office(staff=(Actor("zoe", {role}),))
    (told,) = approvals.candidates(request, authority, at(0), stranger)
    named = Table(request, authority).next_roles(request.approvals)
    if not told.reasons:
        assert named & {role, approvals.ANYBODY}
    if not request.roles and role in named:
        assert not told.reasons
    assert bool(Table(request, authority).missing(request.approvals)) or not named


@given(scenes())
def test_what_is_waited_for_is_what_is_missing(scene: tuple[Request, Authority, Office]) -> None:
    request, authority, office = scene
    waiting = approvals.waiting(request, authority, at(0), office)
    assert waiting is not None
    if request.state is Phase.APPROVED:
        assert (waiting.missing, waiting.may_approve, waiting.people) == ((), frozenset(), ())
        return
    table = Table(request, authority)
    lacking = sum(need.count for need in waiting.missing)
    assert lacking == len(table.quorum.seats) - len(request.approvals) > 0
    assert set(waiting.people) == {
        person if not lender else f"{person} for {lender}"
        for person, lender in oracle.could_approve(request, authority, at(0), office)
    }
