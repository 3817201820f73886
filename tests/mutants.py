"""Mutation testing: plants one small defect after another, and tells which ones no test noticed.

    python -m tests.mutants proration              a part: what mutmut made of it, and what survived
    python -m tests.mutants kernel money cash      some modules of a part
    python -m tests.mutants proration --again      only what survived, after the tests became better

mutmut does the work, with `tool.mutmut` of pyproject.toml, in a directory of its own for each part.
"""

import argparse
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import tomli_w

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".cache" / "mutants"
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
FEW_EXAMPLES = {**os.environ, "ACCTCORE_HYPOTHESIS": "mutants"}

FLOWS = [f"tests/flows/test_{story}.py" for story in ("corrections", "documents", "tax_point")]
PARTS = {  # what is changed, and the tests that shall notice
    "kernel": ("acctcore/kernel", ["tests/kernel"]),
    "proration": ("acctcore/billing/proration", ["tests/billing/proration", "tests/presets"]),
    "invoices": (
        "acctcore/billing/invoices",
        ["tests/billing/invoices", *FLOWS, "tests/testing/test_invoice_checker.py"],
    ),
    "refunds": ("acctcore/receivables/refunds", ["tests/receivables/refunds", "tests/flows/test_refunds.py"]),
}


def prepared(part: str) -> Path:
    """Return the directory of a part: the code by links, and the settings with what is chosen here."""
    place, (code, tests) = PLACE / part, PARTS[part]
    place.mkdir(parents=True, exist_ok=True)
    for name in ("acctcore", "docs", "tests"):
        if not (place / name).exists():
            (place / name).symlink_to(ROOT / name)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    chosen = project["tool"]["mutmut"]
    chosen["only_mutate"] = [f"{code}.py", f"{code}/*"]
    chosen["pytest_add_cli_args_test_selection"] = [*tests, *chosen["pytest_add_cli_args_test_selection"]]
    (place / "pyproject.toml").write_text(tomli_w.dumps(project), encoding="utf-8")
    return place


def results(place: Path) -> dict[str, str]:
    """Return what became of each mutant, by its name."""
    command = [MUTMUT, "results", "--all", "true"]
    told = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^ *(\S+__mutmut_\d+): (.+)$", told, re.MULTILINE))


def report(found: dict[str, str]) -> None:
    """Print the counts of each module, and the mutants that no test noticed."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome in found.items():
        for module in (name.rpartition(".")[0], "together"):
            counts[module][outcome] += 1
    for module, count in counts.items():
        checked = count.total() - count["not checked"]
        noticed = count["killed"] + count["timeout"]
        print(f"{module}: {noticed} of {checked} noticed;", dict(count))
    print(*(f"{name}: {outcome}" for name, outcome in found.items() if outcome not in NOTICED), sep="\n")


NOTICED = ("killed", "timeout", "not checked")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--again", action="store_true", help="try again what survived")
    asked = parser.parse_args()
    place = prepared(asked.part)
    package = PARTS[asked.part][0].replace("/", ".")
    names = [f"{package}.{module}.*" for module in asked.modules]
    if asked.again:
        names = [name for name, outcome in results(place).items() if outcome not in NOTICED]
        (place / "mutants" / "mutmut-stats.json").unlink()  # which test runs what, as it was
    subprocess.run([MUTMUT, "run", "--max-children", "1", *names], cwd=place, env=FEW_EXAMPLES, check=True)
    report(results(place))


if __name__ == "__main__":
    main()
