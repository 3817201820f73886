"""Give us your function: we search for the cent that it loses.

Each hunt takes a plain function of yours, in whole minor units and standard dates, runs it on many
drawn cases, and raises an AssertionError with the smallest case that breaks a law, telling which.
Nothing of your code has to know acctcore. It returns nothing where no case was found.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias, TypeVar

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.testing.invoice_checker import check_invoice

C = TypeVar("C")

Prorate: TypeAlias = Callable[[int, date, date, date, date], int]
"""Price of the cycle, first day and end of the part, first day and end of the cycle; ends are not counted."""

Split: TypeAlias = Callable[[int, Sequence[int]], Sequence[int]]
"""A total, and weights; the parts, in the order of the weights."""

Refund: TypeAlias = Callable[[int, int, Sequence[tuple[int, int]], int], tuple[int, int]]
"""Net and tax of an invoice, what was refunded of both before, an amount; its net and its tax."""

Cycle: TypeAlias = Callable[[date, int], date]
"""The first day of the first monthly cycle, and a number from 0; the first day of that cycle."""

Bill: TypeAlias = Callable[[int, Sequence[tuple[date, int]], date, date], int]
"""A price, changes of it as (first day, new price), first day and end of the cycle; what it costs in all."""


@frozen
class Sold:
    """A line to bill: how many at which unit price, and the tax rate in percent."""

    quantity: int
    price: Decimal
    rate: Decimal


Invoice: TypeAlias = Callable[[Sequence[Sold]], Mapping[str, object]]
"""Lines; an invoice in the shape of `invoice_checker.SHAPE`."""


def in_proration(prorate: Prorate, *, examples: int = 500) -> None:
    """Hunt in a proration: parts of a cycle that meet cost what the cycle costs, and none is below zero."""

    def law(case: tuple[int, date, date, list[date]]) -> None:
        price, start, end, cuts = case
        edges = sorted({start, *cuts, end})
        parts = [prorate(price, *edge, start, end) for edge in pairwise(edges)]
        told = f"price {price}, cycle {start} up to {end}, cut at {', '.join(map(str, edges[1:-1]))}"
        assert sum(parts) == price, f"{told}: the parts {parts} add up to {sum(parts)}"
        assert min(parts) >= 0, f"{told}: a part below zero among {parts}"

    _hunt(law, _cut_cycles(), examples)


def in_split(split: Split, *, examples: int = 500) -> None:
    """Hunt in a split: parts add up to the total, and each is its exact share rounded up or down."""

    def law(case: tuple[int, list[int]]) -> None:
        total, weights = case
        parts = list(split(total, tuple(weights)))
        told = f"{total} by weights {weights} gives {parts}"
        assert len(parts) == len(weights), f"{told}: {len(parts)} parts for {len(weights)} weights"
        assert sum(parts) == total, f"{told}: the parts add up to {sum(parts)}"
        for part, weight in zip(parts, weights, strict=True):
            share = Fraction(total * weight, sum(weights))
            assert abs(part - share) < 1, f"{told}: {part} is a whole unit or more off its share"

    _hunt(
        law,
        st.tuples(_amounts, st.lists(st.integers(0, 10_000), min_size=1, max_size=8).filter(any)),
        examples,
    )


def in_refunds(refund: Refund, *, examples: int = 500) -> None:
    """Hunt in refunds of one invoice: every part adds up, none goes beyond, and all of them are all of it."""

    def law(case: tuple[int, int, list[int]]) -> None:
        net, tax, amounts = case
        before: list[tuple[int, int]] = []
        for amount in amounts:
            part = refund(net, tax, tuple(before), amount)
            before.append(part)
            told = f"net {net}, tax {tax}, refunds of {amounts[: len(before)]} give {before}"
            assert sum(part) == amount, f"{told}: the last one adds up to {sum(part)}"
            nets, taxes = sum(each[0] for each in before), sum(each[1] for each in before)
            assert nets <= net, f"{told}: net {nets} is more than {net}"
            assert taxes <= tax, f"{told}: tax {taxes} is more than {tax}"
            assert min(part) >= 0, f"{told}: a part below zero"

    _hunt(law, _refunded(), examples)


def in_cycles(cycle: Cycle, *, examples: int = 500) -> None:
    """Hunt in monthly cycles: each begins on the anchor's own day, or on the last day of a shorter month."""

    def law(case: tuple[date, int]) -> None:
        anchor, number = case
        year, month = divmod(anchor.year * 12 + anchor.month - 1 + number, 12)
        wanted = date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
        found = cycle(anchor, number)
        assert found == wanted, f"cycle {number} from {anchor} begins on {wanted}, not on {found}"

    _hunt(law, st.tuples(_anchors, _numbers), examples)


def in_changes(bill: Bill, *, examples: int = 500) -> None:
    """Hunt in changes of price inside a cycle: going there and back costs nothing, however often.

    A price that changes several times, and at last from the cycle's first day on to what it was,
    comes to the price of the cycle; changes on one day come to what the last of them says.
    """

    def law(case: tuple[int, date, date, list[tuple[date, int]]]) -> None:
        price, start, end, changes = case
        back = [*changes, (start, price)]
        told = f"price {price}, cycle {start} up to {end}, changes {_told(back)}"
        total = bill(price, tuple(back), start, end)
        assert total == price, f"{told} and so back to {price}: comes to {total}"
        again = [*changes, *changes]
        once, twice = (bill(price, tuple(each), start, end) for each in (changes, again))
        assert once == twice, f"price {price}, changes {_told(changes)}: {once}, and asked twice {twice}"

    _hunt(law, _changes(), examples)


def in_invoice(invoice: Invoice, *, examples: int = 500) -> None:
    """Hunt in invoices: products, taxes and totals that do not add up (`invoice_checker`)."""

    def law(lines: list[Sold]) -> None:
        findings = check_invoice(invoice(tuple(lines)))
        told = "; ".join(f"{line.quantity} × {line.price} at {line.rate} %" for line in lines)
        assert not findings, f"{told}: {'; '.join(map(str, findings))}"

    _hunt(law, st.lists(_sold, min_size=1, max_size=6), examples)


# What is drawn

_MOST = 10**10  # more than fits into 32 bits
_LEAP_DAYS = tuple(date(year, 2, 29) for year in (2020, 2024, 2028))
_MONTH_ENDS = tuple(
    date(year, month, monthrange(year, month)[1]) for year in range(2020, 2031) for month in range(1, 13)
)
_BEFORE_2100 = (date(2099, 10, 31), date(2099, 12, 30), date(2100, 1, 31))  # a year that does not leap

_amounts = st.integers(0, 100_000) | st.integers(0, _MOST)
_days = st.dates(date(2020, 1, 1), date(2030, 12, 31)) | st.sampled_from(_MONTH_ENDS + 20 * _LEAP_DAYS)
_anchors = st.dates(date(2000, 1, 1), date(2040, 12, 31)) | st.sampled_from(_MONTH_ENDS + 20 * _BEFORE_2100)
_numbers = st.integers(0, 240) | st.integers(0, 14)
_sold = st.builds(
    Sold,
    st.integers(0, 1_000),
    st.decimals(0, 1_000, places=2) | st.decimals(0, 10, places=4),
    st.sampled_from([Decimal(7), Decimal(19), Decimal("5.5"), Decimal("8.875"), Decimal(0)]),
)


@st.composite
def _spans(draw: st.DrawFn) -> tuple[date, date]:
    start = draw(_days)
    return start, start + timedelta(days=draw(st.sampled_from([28, 29, 30, 31, 90, 365, 366])))


@st.composite
def _cut_cycles(draw: st.DrawFn) -> tuple[int, date, date, list[date]]:
    start, end = draw(_spans())
    return draw(_amounts), start, end, draw(st.lists(st.dates(start, end), max_size=4))


@st.composite
def _refunded(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    net = draw(st.integers(1, 100_000))
    tax = draw(st.integers(0, net // 4 + 1))
    cuts = draw(st.lists(st.integers(1, net + tax), max_size=5))
    edges = sorted({0, *cuts, net + tax})
    return net, tax, [upto - before for before, upto in pairwise(edges)]


@st.composite
def _changes(draw: st.DrawFn) -> tuple[int, date, date, list[tuple[date, int]]]:
    start, end = draw(_spans())
    last = end - timedelta(days=1)
    return draw(_amounts), start, end, draw(st.lists(st.tuples(st.dates(start, last), _amounts), max_size=4))


def _told(changes: Sequence[tuple[date, int]]) -> str:
    return ", ".join(f"to {price} on {day}" for day, price in changes)


def _hunt(law: Callable[[C], None], cases: st.SearchStrategy[C], examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def search(case: C) -> None:
        law(case)

    search()
