"""How far authority reaches: limits by role, operation and currency, and what is lent."""

from collections.abc import Callable

import pytest
from attrs import evolve as changed
from hypothesis import assume, given
from hypothesis import strategies as st

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND, RELEASE_HOLD, VOID, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import ANYBODY, Approval, Authority, Delegation, Limit, Phase
from tests.operations.approvals.stories import (
    APPROVED,
    AUTHORITY,
    DORA,
    GUEST,
    HOLIDAY,
    LIMITS,
    NOON,
    OLGA,
    PENDING,
    SARA,
    SVEN,
    after,
    ask,
    lent,
)

EUR_100, EUR_500 = Money(100, "EUR"), Money(500, "EUR")


@pytest.mark.parametrize(
    ("actor", "operation", "currency", "limit"),
    [
        pytest.param(OLGA, REFUND, "EUR", EUR_100, id="an officer's limit"),
        pytest.param(SARA, REFUND, "EUR", EUR_500, id="of several roles the highest counts"),
        pytest.param(SVEN, REFUND, "USD", None, id="without limit in one currency"),
        pytest.param(OLGA, REFUND, "USD", Money(0, "USD"), id="no limit in a currency is zero"),
        pytest.param(DORA, REFUND, "JPY", None, id="without limit in any currency"),
        pytest.param(OLGA, CREDIT, "EUR", Money(0, "EUR"), id="a role without entry has zero"),
        pytest.param(GUEST, REFUND, "EUR", Money(0, "EUR"), id="nobody in particular has zero"),
        pytest.param(GUEST, VOID, "EUR", None, id="an operation without any limit is free for all"),
    ],
)
def test_up_to_which_amount_somebody_acts_alone(
    actor: Actor, operation: str, currency: str, limit: Money | None
) -> None:
    assert AUTHORITY.limit(actor, operation, currency) == limit


@pytest.mark.parametrize(
    ("actor", "operation", "amount", "within"),
    [
        pytest.param(OLGA, REFUND, EUR_100, True, id="at the limit"),
        pytest.param(OLGA, REFUND, Money("100.01", "EUR"), False, id="a cent above it"),
        pytest.param(OLGA, REFUND, Money("-100.01", "EUR"), False, id="a sign does not help"),
        pytest.param(OLGA, REFUND, Money(0, "GBP"), True, id="nothing is within any limit"),
        pytest.param(SVEN, RELEASE_HOLD, None, True, id="a release has no amount"),
        pytest.param(OLGA, RELEASE_HOLD, None, False, id="and is not for everybody"),
        pytest.param(SVEN, REFUND, None, False, id="a limit in a currency does not reach what has no amount"),
        pytest.param(DORA, REFUND, None, True, id="authority without limit does"),
        pytest.param(GUEST, VOID, None, True, id="a free operation"),
    ],
)
def test_what_somebody_does_alone(actor: Actor, operation: str, amount: Money | None, within: bool) -> None:
    assert AUTHORITY.within(actor, operation, amount) is within


@pytest.mark.parametrize(
    ("operation", "amount", "roles"),
    [
        pytest.param(REFUND, EUR_100, {"officer", "supervisor", "director"}, id="all three"),
        pytest.param(REFUND, EUR_500, {"supervisor", "director"}, id="two of them"),
        pytest.param(REFUND, Money("500.01", "EUR"), {"director"}, id="only one"),
        pytest.param(CREDIT, EUR_100, set(), id="nobody"),
        pytest.param(VOID, None, {ANYBODY}, id="anybody"),
    ],
)
def test_who_could_approve(operation: str, amount: Money | None, roles: set[str]) -> None:
    assert AUTHORITY.may_approve(operation, amount) == roles


ROLES, CURRENCIES = ["officer", "supervisor", "director"], ["EUR", "USD"]
euros_and_dollars = st.builds(Money.of_minor, st.integers(-100_000, 100_000), st.sampled_from(CURRENCIES))


@st.composite
def authorities(draw: st.DrawFn) -> Authority:
    """Return limits over three roles, two operations and two currencies."""
    keys = st.tuples(
        st.sampled_from(ROLES), st.sampled_from([REFUND, CREDIT]), st.sampled_from([None, *CURRENCIES])
    )
    limits = []
    for role, operation, currency in draw(st.lists(keys, unique=True, max_size=6)):
        amount = None
        if currency is not None and draw(st.booleans()):
            amount = Money.of_minor(draw(st.integers(0, 100_000)), currency)
        limits.append(Limit(role, operation, currency, amount))
    return Authority("drawn", "1", tuple(limits))


roles = st.frozensets(st.sampled_from(ROLES))


@given(authorities(), roles, euros_and_dollars)
def test_within_is_at_most_the_limit(authority: Authority, held: frozenset[str], amount: Money) -> None:
    actor = Actor("drawn", held)
    limit = authority.limit(actor, REFUND, amount.code)
    assert authority.within(actor, REFUND, amount) is (limit is None or abs(amount) <= limit)


@given(authorities(), roles, euros_and_dollars)
def test_who_could_approve_is_who_reaches_so_far(
    authority: Authority, held: frozenset[str], amount: Money
) -> None:
    assume(amount and REFUND in authority.limited)
    could = authority.may_approve(REFUND, amount)
    assert authority.empowers(held, REFUND, amount) is not could.isdisjoint(held)


@given(authorities(), roles, roles, euros_and_dollars)
def test_more_roles_never_mean_less(
    authority: Authority, held: frozenset[str], more: frozenset[str], amount: Money
) -> None:
    if authority.empowers(held, REFUND, amount):
        assert authority.empowers(held | more, REFUND, amount)


PEOPLE = ["ann", "ben", "cid", "dan", "eve"]


@st.composite
def borrowings(draw: st.DrawFn) -> tuple[Delegation, ...]:
    """Return any delegations between five people who all are supervisors, circles included."""
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(
        lambda ends: ends[0] != ends[1]
    )
    return tuple(
        Delegation(
            Actor(lender, "supervisor"),
            borrower,
            "supervisor",
            {draw(st.sampled_from([REFUND, CREDIT]))},
            NOON.add(days=draw(st.integers(-1, 1))),
            NOON.add(days=2),
        )
        for lender, borrower in draw(st.lists(pairs, max_size=10))
    )


@given(borrowings(), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from([None, *PEOPLE]))
def test_the_maker_is_behind_no_approval_through_any_chain_of_delegations(
    delegations: tuple[Delegation, ...], maker: str, by: str, on_behalf_of: str | None
) -> None:
    request = after(ask(by=Actor(maker)))
    command = approvals.Approve(
        id="c", at=NOON, by=Actor(by, "supervisor"), request_id="R-1", on_behalf_of=on_behalf_of
    )
    decision = approvals.decide(request, command, AUTHORITY, lent(*delegations))
    in_force = {
        (each.from_actor.id, each.to_actor)
        for each in delegations
        if REFUND in each.operations and each.start <= NOON
    }
    # Who the maker's word reaches, by the transitive closure: an oracle of another shape.
    reach = set(in_force)
    for via in PEOPLE:
        reach |= {(a, b) for a in PEOPLE for b in PEOPLE if (a, via) in reach and (via, b) in reach}
    behind = by == maker or (
        on_behalf_of is not None and (on_behalf_of == maker or (maker, on_behalf_of) in reach)
    )
    was_lent = on_behalf_of is None or (on_behalf_of, by) in in_force
    assert decision.allowed is (was_lent and not behind)
    assert (approvals.SamePerson(maker) in decision.reasons) is behind


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: Limit("", REFUND), "Limit.role", id="a role has a name"),
        pytest.param(lambda: Limit("officer", REFUND, "XXQ"), "currency", id="a currency exists"),
        pytest.param(
            lambda: Limit("officer", REFUND, "USD", EUR_100), "Limit.amount", id="the amount's currency"
        ),
        pytest.param(
            lambda: Limit("officer", REFUND, None, EUR_100), "Limit.amount", id="a currency for the amount"
        ),
        pytest.param(
            lambda: Limit("officer", REFUND, "EUR", -EUR_100), "Limit.amount", id="a limit is not negative"
        ),
        pytest.param(
            lambda: Authority("a", "1", (*LIMITS, Limit("officer", REFUND, "EUR", EUR_500))),
            "Authority.limits",
            id="a role has one limit for an operation and currency",
        ),
        pytest.param(
            lambda: Authority("a", "1", approvals_needed=0), "Authority.approvals_needed", id="at least one"
        ),
        pytest.param(
            lambda: changed(HOLIDAY, roles={"supervisor", "director"}),
            "Delegation.roles",
            id="a delegation is never wider than its lender",
        ),
        pytest.param(
            lambda: changed(HOLIDAY, to_actor="sven"),
            "Delegation.to_actor",
            id="nobody stands in for oneself",
        ),
        pytest.param(lambda: changed(HOLIDAY, end=NOON), "Delegation.end", id="a delegation lasts a while"),
        pytest.param(lambda: changed(HOLIDAY, roles=()), "Delegation.roles", id="something is lent"),
        pytest.param(lambda: changed(HOLIDAY, operations=[""]), "words", id="an operation has a name"),
        pytest.param(
            lambda: changed(HOLIDAY, operations=None),  # type: ignore[arg-type]
            "words",
            id="nothing is no operation",
        ),
        pytest.param(lambda: ask(fingerprint=""), "Ask.fingerprint", id="a request is for one very act"),
        pytest.param(lambda: ask(amount=1), "amount", id="an amount is money"),
        pytest.param(
            lambda: changed(PENDING, expires_at=NOON), "Request.expires_at", id="it expires after it is asked"
        ),
        pytest.param(
            lambda: changed(PENDING, state=Phase.EXPIRED), "Request.state", id="expiring is never stored"
        ),
        pytest.param(
            lambda: changed(APPROVED, used_by="c"), "Request.used_by", id="only what is used was used"
        ),
        pytest.param(
            lambda: changed(APPROVED, state=Phase.USED), "Request.used_by", id="what is used was used by one"
        ),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where


def test_a_limit_may_be_zero() -> None:
    limit = Limit("officer", REFUND, "EUR", Money(0, "EUR"))
    assert limit.allows(Money(0, "EUR"))
    assert not limit.allows(Money("0.01", "EUR"))


def test_whose_yes_an_approval_is() -> None:
    assert Approval("sven", SVEN.roles, NOON).people == {"sven"}
    assert Approval("sara", DORA.roles, NOON, "dora").people == {"sara", "dora"}


def test_an_authority_is_known_by_name_and_version_and_by_every_choice() -> None:
    assert str(AUTHORITY.ref) == "limits/5"
    assert AUTHORITY.ref == changed(AUTHORITY).ref
    assert AUTHORITY.ref != changed(AUTHORITY, limits=LIMITS[1:]).ref
