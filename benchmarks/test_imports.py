"""What importing the library costs, beside importing the three libraries it stands on."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = pytest.mark.benchmark(group="import: a fresh interpreter")

MODULES = {
    "nothing": "pass",
    "the three dependencies": "import attrs, pendulum, moneyed",
    "acctcore": "import acctcore",
    "acctcore.flows": "import acctcore.flows",
}


@pytest.mark.parametrize("what", MODULES)
def test_import(benchmark: BenchmarkFixture, what: str) -> None:
    """The whole time of a process that imports and ends; subtract the bare interpreter."""
    command = [sys.executable, "-c", MODULES[what]]
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        subprocess.run, (command,), {"check": True}, rounds=15, warmup_rounds=2
    )
