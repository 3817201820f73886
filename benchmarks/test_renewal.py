"""An explained renewal with its invoice, and whole account-years through the file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from acctcore.flows import File, due, evolve, handle
from benchmarks.worlds import POLICIES, live_a_year, midnight, opened

CENT = Decimal("0.01")


@pytest.mark.benchmark(group="renewal: invoice with line, tax and total")
def test_by_hand(benchmark: BenchmarkFixture) -> None:
    """The same figures by hand: Decimal, dicts, no file, no basis, no checks."""

    def renew() -> dict[str, object]:
        start = date(2024, 2, 29)
        net = Decimal("49.00")
        tax = (net * 19 / 100).quantize(CENT, ROUND_HALF_UP)
        line = {"title": "team", "from": start, "to": date(2024, 3, 31), "quantity": 1, "net": net}
        return {
            "lines": [line],
            "net": net,
            "tax": tax,
            "total": net + tax,
            "due": start + timedelta(days=14),
        }

    assert benchmark(renew)["total"] == Decimal("58.31")


@pytest.mark.benchmark(group="renewal: invoice with line, tax and total")
def test_acctcore(benchmark: BenchmarkFixture) -> None:
    """One renewal through handle and evolve."""
    file = opened()
    [command] = due(file, midnight(2024, 2, 29), POLICIES).commands

    def renew() -> File:
        return evolve(file, handle(file, command, POLICIES).events)

    assert benchmark(renew).documents[-1].document.total == 5831


@pytest.mark.benchmark(group="account-year: 12 renewals, 2 plan changes")
def test_account_year(benchmark: BenchmarkFixture) -> None:
    """Every command asked of `due`, handled and evolved; a second holds 1 / time account-years."""
    file = opened()
    assert len(benchmark(live_a_year, file).documents) == 1 + 12 + 2 * 2
