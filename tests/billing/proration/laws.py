"""What prorations and settlements promise of their sums, as checks for any policy.

Each law is a function that fails with an AssertionError when one example breaks it, so that it serves
those who claim a law and those who look for a counterexample.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar

from attrs import evolve

from acctcore.billing.proration import Booked, Credit, Law, Proration, Settlement, prorate, settle
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.money import Money, Price

P = TypeVar("P", bound=date)
Change = tuple[P, Price | None]


def claims(law: Law, proration: Proration, settlement: Settlement) -> bool:
    """Return whether the two together claim a law."""
    claimed = {
        Law.TELESCOPING: proration.laws,
        Law.ORDER_FREE: proration.laws & settlement.laws,
        Law.CAPPED: settlement.laws,
    }
    return law in claimed[law]


def parts_add_up(
    proration: Proration, price: Price, quantity: int, cycle: Span[P], every: Every, cuts: Iterable[P]
) -> None:
    """Check that a cycle cut anywhere costs what the whole cycle costs."""
    edges = [cycle.start, *sorted(cuts), cycle.end]
    parts = [
        prorate(price, quantity, Span(*edge), cycle, every, proration).amount for edge in pairwise(edges)
    ]
    whole = prorate(price, quantity, cycle, cycle, every, proration).amount
    assert sum(parts) == whole, f"parts {parts} of {whole}"


def order_does_not_matter(
    proration: Proration,
    settlement: Settlement,
    price: Price,
    cycle: Span[P],
    every: Every,
    orders: Iterable[Sequence[Change[P]]],
) -> None:
    """Check that changes with the same effective dates come to one total in any order of entry."""
    totals = {entered(proration, settlement, price, cycle, every, order) for order in orders}
    assert len(totals) == 1, f"totals {sorted(totals)}"


def entered(
    proration: Proration,
    settlement: Settlement,
    price: Price,
    cycle: Span[P],
    every: Every,
    changes: Sequence[Change[P]],
) -> int:
    """Return what a cycle costs after changes, each entered in turn, whenever it is effective.

    A change takes the place of what is booked from its date to the next change already entered.
    """
    lines: list[Booked[P]] = []
    total = 0

    def book(terms: Price | None, span: Span[P]) -> None:
        nonlocal total
        if terms is not None:
            amount = prorate(terms, 1, span, cycle, every, proration).amount
            total += amount
            lines.append(Booked(terms, 1, span, amount, amount))

    book(price, cycle)
    for at, terms in changes:
        later = [point for point, _ in changes[: changes.index((at, terms))] if point > at]
        new = Span(at, min(later, default=cycle.end))
        for booked in tuple(lines):
            if (gone := booked.span.overlap(new)) is not None:
                credit = settle(booked, gone, cycle, every, proration, settlement)
                total -= credit.amount
                lines.remove(booked)
                lines.extend(pieces(booked, gone, credit))
        book(terms, new)
    return total


def pieces(booked: Booked[P], gone: Span[P], credit: Credit) -> list[Booked[P]]:
    """Return what is booked after a settlement: each kept stretch with what is left for it."""
    edges = ((booked.span.start, gone.start), (gone.end, booked.span.end))
    kept = [Span(start, end) for start, end in edges if start < end]
    assert len(kept) == len(credit.left)
    return [
        evolve(
            booked,
            span=span,
            amount=left,
            credited=booked.credited + credit.amount,
            line=booked.line or booked.span,
        )
        for span, left in zip(kept, credit.left, strict=True)
    ]


def never_more_than_booked(booked: Booked[P], credit: Credit) -> None:
    """Check that no more is given back than is left of the line."""
    left = booked.billed - booked.credited
    assert 0 <= credit.amount <= left, f"credit {credit.amount} of {left}"


def nothing_is_lost(booked: Booked[P], gone: Span[P], credit: Credit) -> None:
    """Check that credit, kept stretches and remainder add up to what was booked."""
    assert credit.amount + sum(credit.left) + credit.remainder == booked.amount
    assert len(credit.left) == (booked.span.start < gone.start) + (gone.end < booked.span.end)
    assert not (credit.left and credit.remainder)


def basis_recomputes(credit: Credit, currency: str) -> None:
    """Check that a basis comes to the amount again, and tells it."""
    assert credit.basis.amount() == credit.amount
    told = credit.basis.explain()
    assert told.result == str(Money.of_minor(credit.amount, currency))
    assert str(credit.basis.policy) in told.text
