"""Imports point down: the contracts of pyproject.toml hold, and they bind where they should."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache", "--no-logo"],
        cwd=directory,
        env={"PYTHONPATH": str(directory), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_point_down() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_each_contract_notices_what_it_forbids(tmp_path: Path) -> None:
    house = {
        "__init__": "",
        "kernel/__init__": "",
        "kernel/integers": "import moneyed",
        "accounts/__init__": "import os",
        "accounts/account": "import acctcore.accounts.holds",
        "accounts/holds": "import acctcore.presets",
        "billing/__init__": "",
        "billing/tax": "import acctcore.billing.subscriptions",
        "billing/subscriptions": "",
        "presets/__init__": "",
    }
    for module, source in house.items():
        path = tmp_path / "acctcore" / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    assert "0 kept, 5 broken" in lint(tmp_path).stdout
