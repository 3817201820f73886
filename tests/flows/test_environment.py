"""Nothing on a machine changes a byte of an answer."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        pytest.param(
            ("decimal",), {"PYTHONHASHSEED": "0", "TZ": "Pacific/Apia"}, id="decimals, seed 0, Apia"
        ),
        pytest.param(
            ("clock", "locale"),
            {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"},
            id="another clock, seed and locale",
        ),
    ],
)
def test_a_machine_set_up_in_another_way_gives_the_same_bytes(
    changes: tuple[str, ...], settings: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.environment", *changes],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == hashlib.sha256(environment.main().encode()).hexdigest()
