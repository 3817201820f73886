"""What a command costs on a file with a long history, beside one with a short one."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from acctcore.flows import due, evolve, handle
from benchmarks.worlds import POLICIES, settled

pytestmark = pytest.mark.benchmark(group="history: a renewal after so many settled invoices")


@pytest.mark.parametrize("count", [10, 10_000])
def test_renewal_after(benchmark: BenchmarkFixture, count: int) -> None:
    """A renewal on a file whose settled records were sealed away once a year."""
    file = settled(10)
    following = due(file, file.answers[-1].recorded_at.add(months=2), POLICIES).commands[0]
    benchmark(lambda: evolve(file, handle(file, following, POLICIES).events))
