"""Which debts money settles: each order by its table, and by the laws that it claims."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import ref_of
from acctcore.receivables import payments
from acctcore.receivables.payments import Claim, OpenItem, Side
from acctcore.testing import laws
from acctcore.testing import strategies as ours

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))


def debt(id: str, left: int, day: int) -> OpenItem:
    return OpenItem(id, "invoice", Side.OWED, "EUR", 10_000, left, NOON, date(2024, 3, day))


DEBTS = [debt("middle", 300, 2), debt("old", 100, 1), debt("new", 200, 3)]


@pytest.mark.parametrize(
    ("order", "amount", "expected"),
    [
        pytest.param(payments.OldestDue(), 150, [("old", 100), ("middle", 50)], id="oldest due"),
        pytest.param(payments.NewestDue(), 250, [("new", 200), ("middle", 50)], id="newest due"),
        pytest.param(payments.LargestFirst(), 350, [("middle", 300), ("new", 50)], id="largest first"),
        pytest.param(
            payments.SmallestFirst(), 350, [("old", 100), ("new", 200), ("middle", 50)], id="smallest"
        ),
        pytest.param(payments.ExactFirst(), 200, [("new", 200)], id="exact"),
        pytest.param(payments.ExactFirst(), 201, [("old", 100), ("middle", 101)], id="nothing exact"),
        pytest.param(
            payments.ExactFirst(payments.NewestDue()),
            201,
            [("new", 200), ("middle", 1)],
            id="otherwise newest",
        ),
        pytest.param(payments.ProRata(), 60, [("old", 10), ("middle", 30), ("new", 20)], id="pro rata"),
        pytest.param(
            payments.ProRata(), 100, [("old", 17), ("middle", 50), ("new", 33)], id="to the largest remainder"
        ),
        pytest.param(payments.ProRata(), 1, [("middle", 1)], id="a cent"),
        pytest.param(payments.ProRata(), 900, [("old", 100), ("middle", 300), ("new", 200)], id="too much"),
        pytest.param(payments.ByHand(), 900, [], id="by hand"),
    ],
)
def test_each_order(order: payments.Order, amount: int, expected: list[tuple[str, int]]) -> None:
    assert [(item.id, share) for item, share in order.spread(amount, DEBTS)] == expected


def test_of_equal_debts_the_oldest_comes_first() -> None:
    equal = [debt("b", 100, 2), debt("a", 100, 1), debt("c", 100, 3)]
    for order in (payments.LargestFirst(), payments.SmallestFirst(), payments.ExactFirst()):
        assert [item.id for item, _ in order.spread(100, equal)] == ["a"]


@given(ours.orders(), st.integers(1, 10**7), ours.debts())
def test_every_order_keeps_what_it_claims(order: payments.Order, amount: int, debts: list[OpenItem]) -> None:
    laws.spreads(order, amount, debts)


@given(st.integers(1, 10**6), ours.debts())
def test_pro_rata_against_exact_fractions(amount: int, debts: list[OpenItem]) -> None:
    shares = {item.id: share for item, share in payments.ProRata().spread(amount, debts)}
    owed = sum(item.open for item in debts)
    for item in debts:
        exact = Fraction(min(amount, owed) * item.open, owed)
        assert abs(Fraction(shares.get(item.id, 0)) - exact) < 1


@frozen
class Greedy:
    """Gives every debt the whole amount, in the order in which they are listed."""

    name: str = "greedy"
    version: str = "1"
    claims: frozenset[Claim] = frozenset(Claim)
    much: int = 1

    def spread(self, amount: int, debts: list[OpenItem]) -> list[tuple[OpenItem, int]]:
        return [(item, min(amount, item.open) * self.much) for item in debts[:1]]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        pytest.param(Greedy(much=2), "gets 200, with 100 open", id="more than is open"),
        pytest.param(Greedy(), "debts listed otherwise", id="by the order of the list"),
    ],
)
def test_an_order_that_breaks_the_law_is_told(order: payments.Order, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        laws.spreads(order, 600, [debt("a", 100, 1), debt("b", 100, 2)])


@frozen
class Claiming(payments.LargestFirst):
    """Claims what it does not keep."""

    claims = frozenset({Claim.IN_PARTS, Claim.PROPORTIONAL})


def test_a_claim_that_is_not_kept_is_told() -> None:
    with pytest.raises(AssertionError, match="middle gets 300 of 300"):
        laws.spreads(Claiming(), 300, DEBTS)
    with pytest.raises(AssertionError, match="is left, and"):
        laws.spreads(payments.ExactFirst(_Nothing()), 50, DEBTS)


@frozen
class _Nothing(payments.ByHand):
    claims = frozenset({Claim.EXHAUSTS})


# Policies


def test_policies_are_told_apart_by_their_content() -> None:
    known = [payments.AllocationPolicy(order=order) for order in ours.ORDERS]
    known.append(payments.AllocationPolicy(use_credit=False))
    assert len({ref_of(policy).digest for policy in known}) == len(known)


@pytest.mark.parametrize("order", [None, "oldest", payments.OldestDue], ids=["none", "a text", "a class"])
def test_an_order_is_an_order(order: object) -> None:
    with pytest.raises(InvalidValue, match=r"AllocationPolicy.order: expected an order of allocation"):
        payments.AllocationPolicy(order=order)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"ExactFirst.otherwise: expected an order of allocation"):
        payments.ExactFirst(order)  # type: ignore[arg-type]
