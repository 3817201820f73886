"""A plan change in mid-cycle as two explained lines, beside the two bare amounts in Decimal."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from acctcore.billing.proration import BY_DAY, Booked, Credit, Prorated, TargetMinusBooked, prorate, settle
from acctcore.kernel.calendar import Span, months
from acctcore.kernel.money import Price

pytestmark = pytest.mark.benchmark(group="proration: one change, credit and charge")

OLD, NEW = Price("49.00", "EUR"), Price("99.00", "EUR")
CYCLE = Span(date(2024, 1, 31), date(2024, 2, 29))
CHANGE = date(2024, 2, 12)
EVERY = months(1)
CENT = Decimal("0.01")


def test_by_hand(benchmark: BenchmarkFixture) -> None:
    """Two amounts in Decimal: price × days left / days, rounded half up; nothing is explained."""

    def change() -> tuple[Decimal, Decimal]:
        days = (CYCLE.end - CYCLE.start).days
        left = (CYCLE.end - CHANGE).days
        credit = (Decimal("49.00") * left / days).quantize(CENT, ROUND_HALF_UP)
        charge = (Decimal("99.00") * left / days).quantize(CENT, ROUND_HALF_UP)
        return credit, charge

    assert benchmark(change) == (Decimal("28.72"), Decimal("58.03"))


def test_acctcore(benchmark: BenchmarkFixture) -> None:
    """The same as credit of the booked line and charge of the new one, each with its basis."""
    booked = Booked(OLD, 1, CYCLE, 4900, 4900)
    settlement = TargetMinusBooked()

    def change() -> tuple[Credit, Prorated]:
        rest = Span(CHANGE, CYCLE.end)
        credit = settle(booked, rest, CYCLE, EVERY, BY_DAY, settlement)
        return credit, prorate(NEW, 1, rest, CYCLE, EVERY, BY_DAY)

    credit, charge = benchmark(change)
    assert (credit.amount, charge.amount) == (2872, 5803)
