"""The long search: many more examples over the laws, and many random lives, in processes of their own.

    python -m tests.search                         a million examples, a hundred thousand lives
    python -m tests.search --part 0.01             a hundredth of both, as every run of .ci/run does

Each worker draws from a seed of its own, so that no two look at the same cases; `--seed` looks
elsewhere. A failure prints the smallest case and the seed, and a life as a scenario.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from acctcore.billing.proration import prorate
from acctcore.kernel import integers
from acctcore.kernel.calendar import Cycles, Span, months, months_between
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money
from acctcore.testing import strategies as ours
from acctcore.testing.lives import Life, lived_well, lives

EXAMPLES, LIVES = 1_000_000, 100_000
TASKS = 8
"""So many seeds for each law: the work is cut into as many pieces."""

# The laws, each over one drawn case


def rounding(numerator: int, denominator: int, mode: Rounding) -> None:
    """Rounded is within one of the exact ratio, and half-even is what decimal says."""
    found, exact = integers.divide(numerator, denominator, mode), Fraction(numerator, denominator)
    assert abs(found - exact) < 1
    if mode is Rounding.HALF_EVEN and denominator in (1, 2, 4, 5, 8, 10, 16, 20, 25, 32):
        with localcontext() as context:
            context.prec = 60
            assert found == int((Decimal(numerator) / denominator).to_integral_value(ROUND_HALF_EVEN))


def split(total: int, weights: list[int]) -> None:
    """Parts add up, and each is its exact share rounded up or down."""
    parts = integers.split(total, tuple(weights))
    assert sum(parts) == total
    assert all(
        abs(part - Fraction(total * weight, sum(weights))) < 1
        for part, weight in zip(parts, weights, strict=True)
    )


def money(minor: int, code: str) -> None:
    """Money is its minor units, whatever way it is written."""
    amount = Money.of_minor(minor, code)
    assert amount.minor == minor
    assert Money(str(amount.amount), code) == amount
    assert (amount + amount - amount, amount - (amount - amount)) == (amount, amount)


def cycles(anchor: Any, count: int) -> None:
    """The n-th monthly cycle begins where dateutil says, and months are counted back from there."""
    start = Cycles(anchor, months(1)).start(count)
    assert start == anchor + relativedelta(months=count)
    assert months_between(anchor, start) == count or start.day < anchor.day


def telescoping(data: st.DataObject) -> None:
    """Parts of a cycle that meet cost what the cycle costs, under every policy that claims it."""
    proration = data.draw(ours.telescoping_prorations())
    cycle, every = data.draw(ours.cycles(proration))
    price, quantity = data.draw(ours.prices()), data.draw(st.integers(1, 50))
    edges = [cycle.start, *sorted(data.draw(st.lists(ours.points(cycle), max_size=4))), cycle.end]
    parts = [
        prorate(price, quantity, Span(*edge), cycle, every, proration).amount for edge in pairwise(edges)
    ]
    assert sum(parts) == prorate(price, quantity, cycle, cycle, every, proration).amount


def life(drawn: Life) -> None:
    """A random life adds up, and its scenario is lived again."""
    lived_well(drawn)


WHOLES = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any)
LAWS: dict[Callable[..., None], dict[str, st.SearchStrategy[Any]]] = {
    rounding: {
        "numerator": WHOLES,
        "denominator": st.integers(1, 10**9),
        "mode": st.sampled_from(Rounding),
    },
    split: {"total": st.integers(0, 10**12), "weights": WEIGHTS},
    money: {"minor": WHOLES, "code": ours.currencies()},
    cycles: {"anchor": ours.dates(), "count": st.integers(0, 600)},
    telescoping: {"data": st.data()},
    life: {"drawn": lives(most=12)},
}


def search(law: Callable[..., None], examples: int, number: int) -> tuple[int, float]:
    """Run a law over so many examples from one seed; return how many were run, and how long it took."""
    count = 0

    def counted(**drawn: Any) -> None:
        nonlocal count
        count += 1
        law(**drawn)

    chosen = settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    began = time.perf_counter()
    seed(number)(chosen(given(**LAWS[law])(counted)))()
    return count, time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description="Search for a case that breaks a law.")
    parser.add_argument("--part", type=float, default=1.0, help="how much of it, 1 is a million examples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    each = {law: EXAMPLES / (len(LAWS) - 1) for law in LAWS} | {life: LIVES}
    tasks = [
        (law, max(1, int(examples * asked.part / TASKS)), asked.seed * TASKS + task)
        for task in range(TASKS)
        for law, examples in each.items()
    ]
    run: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    with ProcessPoolExecutor(asked.workers) as pool:
        done = pool.map(search, *zip(*tasks, strict=True))
        for (law, _, _), (count, seconds) in zip(tasks, done, strict=True):
            run[law.__name__] += count
            spent[law.__name__] += round(seconds)
    for name, count in run.items():
        print(f"{name:<12} {count:>9,} examples  {spent[name]:>6,} s of a core")
    laws = run.total() - run["life"]
    print(f"{laws:,} examples over {len(LAWS) - 1} laws and {run['life']:,} lives: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
