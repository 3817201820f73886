"""What a command costs on a file with a long history, beside one with a short one."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from acctcore.flows import File, due, evolve, handle
from benchmarks.worlds import POLICIES, settled

pytestmark = pytest.mark.benchmark(group="history: a renewal after so many settled invoices")


@pytest.mark.parametrize("count", [10, 10_010])
def test_renewal_after(benchmark: BenchmarkFixture, count: int) -> None:
    """A renewal on a file of which all but the last ten settled invoices were sealed away."""
    file = settled(count)
    [following] = due(file, file.answers[-1].recorded_at.add(hours=30), POLICIES).commands

    def renew() -> File:
        return evolve(file, handle(file, following, POLICIES).events)

    assert benchmark(renew).version > file.version
