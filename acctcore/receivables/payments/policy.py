"""Which debts money settles, and in which order: frozen choices, each with the laws that it claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import ClassVar, Protocol

from attrs import Attribute, field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import split
from acctcore.kernel.terms import CommandId
from acctcore.kernel.validation import identifier, one_of, where
from acctcore.receivables.payments.items import Allocation, OpenItem, Side, age, allocated, less


class Claim(Enum):
    """A law that an order claims; each of them keeps within what is open, however the debts are listed."""

    EXHAUSTS = "exhausts"  # no money is left while something is owed
    IN_PARTS = "in_parts"  # two payments settle what one of both amounts would
    PROPORTIONAL = "proportional"  # each debt gets its share, to within one minor unit


class Order(Protocol):
    """How one amount is spread over debts of its currency."""

    @property
    def claims(self) -> frozenset[Claim]:
        """The laws that it claims."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def version(self) -> str:
        """Which of its versions it is."""
        ...

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return how much of an amount each debt gets, in the order in which it is allocated."""
        ...


def is_order(instance: object, attribute: Attribute[Order], value: Order) -> None:
    """Accept any value that spreads an amount and says which laws it claims."""
    claims = getattr(value, "claims", None)
    spreads = not isinstance(value, type) and callable(getattr(value, "spread", None))
    if not spreads or not isinstance(claims, frozenset):
        raise InvalidValue("an order of allocation, such as OldestDue()", value, where(instance, attribute))


@frozen
class OldestDue:
    """What fell due first is settled first."""

    name: str = field(default="oldest-due", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS, Claim.IN_PARTS})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return each debt in full, by due date, as far as the amount goes."""
        return _filled(amount, sorted(debts, key=age))


@frozen
class NewestDue:
    """What fell due last is settled first."""

    name: str = field(default="newest-due", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS, Claim.IN_PARTS})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return each debt in full, the latest due date first, as far as the amount goes."""
        return _filled(amount, sorted(debts, key=age, reverse=True))


@frozen
class LargestFirst:
    """The debt with the most open is settled first; of equal ones, the oldest."""

    name: str = field(default="largest-first", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return each debt in full, the largest first, as far as the amount goes."""
        return _filled(amount, sorted(debts, key=lambda debt: (-debt.open, age(debt))))


@frozen
class SmallestFirst:
    """The debt with the least open is settled first, so that as many as can be are closed."""

    name: str = field(default="smallest-first", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return each debt in full, the smallest first, as far as the amount goes."""
        return _filled(amount, sorted(debts, key=lambda debt: (debt.open, age(debt))))


@frozen
class ExactFirst:
    """A debt of just this amount is settled alone, the oldest of them; else as another order says."""

    otherwise: Order = field(factory=OldestDue, validator=is_order)
    name: str = field(default="exact-first", validator=identifier)
    version: str = field(default="1", validator=identifier)

    @property
    def claims(self) -> frozenset[Claim]:
        """Whether money may be left is up to the other order."""
        return self.otherwise.claims & {Claim.EXHAUSTS}

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return the debt of this amount, or what the other order says."""
        exact = [debt for debt in debts if debt.open == amount]
        if exact:
            return [(min(exact, key=age), amount)]
        return self.otherwise.spread(amount, debts)


@frozen
class ProRata:
    """Every debt gets its share of the amount; what is left over goes to the largest remainders."""

    name: str = field(default="pro-rata", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS, Claim.PROPORTIONAL})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return the share of each debt, by due date."""
        ordered = sorted(debts, key=age)
        if not ordered:
            return []
        weights = [debt.open for debt in ordered]
        shares = split(min(amount, sum(weights)), weights)
        return [pair for pair in zip(ordered, shares, strict=True) if pair[1]]


@frozen
class ByHand:
    """Nothing is settled but what is named with the payment, or allocated by somebody."""

    name: str = field(default="by-hand", validator=identifier)
    version: str = field(default="1", validator=identifier)
    claims: ClassVar[frozenset[Claim]] = frozenset()

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return nothing: all of it stays as credit."""
        return []


def _filled(amount: int, ordered: Iterable[OpenItem]) -> list[tuple[OpenItem, int]]:
    found: list[tuple[OpenItem, int]] = []
    for debt in ordered:
        if amount <= 0:
            break
        found.append((debt, min(amount, debt.open)))
        amount -= debt.open
    return found


OLDEST_DUE = OldestDue()


@frozen
class AllocationPolicy:
    """What money settles when nobody says: in which order, and whether credit is used without being asked.

    Without `use_credit`, what is left of payments and credit notes waits until somebody allocates it,
    or asks for all of it to be used. A credit note always settles its own invoice first.
    """

    name: str = field(default="allocation", validator=identifier)
    version: str = field(default="1", validator=identifier)
    order: Order = field(factory=OldestDue, validator=is_order)
    use_credit: bool = field(default=True, validator=one_of(bool))


def settle(
    given: Iterable[OpenItem],
    owed: Iterable[OpenItem],
    at: DateTime,
    cause: CommandId,
    order: Order = OLDEST_DUE,
    *,
    by_hand: bool = False,
) -> tuple[Allocation, ...]:
    """Return how what is given, each in its turn, settles what is owed.

    Never crosses currencies, and never allocates more than is open on either side.
    """
    found: list[Allocation] = []
    debts = {item.id: item for item in owed if item.side is Side.OWED and item.open > 0}
    for source in given:
        if source.side is not Side.GIVEN or source.open <= 0:
            continue
        mine = [debt for debt in debts.values() if debt.open and debt.currency == source.currency]
        for debt, amount in order.spread(source.open, mine):
            found.append(allocated(source, debt, amount, at, cause, by_hand))
            debts[debt.id] = less(debt, amount)
    return tuple(found)


@frozen
class _AsNamed:
    """Debts in the order in which they are handed over: those that a payment names."""

    name: str = "as-named"
    version: str = "1"
    claims: ClassVar[frozenset[Claim]] = frozenset({Claim.EXHAUSTS, Claim.IN_PARTS})

    def spread(self, amount: int, debts: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
        """Return each debt in full as far as the amount goes."""
        return _filled(amount, debts)


AS_NAMED: Order = _AsNamed()
"""For what is named with a payment: first named, first settled."""
