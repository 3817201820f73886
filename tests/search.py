"""The long search: many more examples over the laws, and many random lives, in processes of their own.

    python -m tests.search                         a million examples, a hundred thousand lives
    python -m tests.search --part 0.01             a hundredth of both

The laws are those below and every property of the suite that wants nothing but what is drawn. Each piece
of work draws from a seed of its own, so that no two look at the same cases; `--seed` looks elsewhere.
What breaks is told with the smallest case, a life as a scenario, and does not stop the rest.
"""

import argparse
import inspect
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, is_hypothesis_test, seed, settings
from hypothesis import strategies as st

from acctcore.billing.proration import prorate
from acctcore.kernel import integers
from acctcore.kernel.calendar import Cycles, Span, months, months_between
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money
from acctcore.testing import strategies as ours
from acctcore.testing.lives import Life, lived_well, lives

EXAMPLES, LIVES = 1_000_000, 100_000
EACH = 1_000
"""So many examples for each property of the suite; the laws below have the rest of the million."""

PIECES = 8
"""The work on each law below is cut into so many pieces."""

SUITE = ("kernel", "accounts", "billing", "receivables", "operations", "flows", "presets", "testing")
"""The parts of the suite whose properties are searched."""

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
DRAWN: dict[Callable[..., None], dict[str, st.SearchStrategy[Any]]] = {
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
LAWS = {law.__name__: law for law in DRAWN}


# The properties of the suite


def look(part: float) -> None:
    """Let the properties that are imported from here on look so far, and elsewhere than in the suite."""
    settings.register_profile(
        "search",
        max_examples=max(1, int(EACH * part)),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("search")


@cache
def properties() -> dict[str, Callable[[], None]]:
    """Return the tests of the suite that draw all they want; some say themselves how far they look."""
    here = Path(__file__).parent
    paths = [path for part in SUITE for path in sorted((here / part).rglob("test_*.py"))]
    modules = [".".join(path.relative_to(here.parent).with_suffix("").parts) for path in paths]
    return {
        f"{module}.{name}": test
        for module in modules
        for name, test in vars(import_module(module)).items()
        if name.startswith("test_") and is_hypothesis_test(test) and not inspect.signature(test).parameters
    }


def counting(check: Callable[..., None], ran: Counter[str]) -> Callable[..., None]:
    """Return the check, which counts how often it is asked."""

    def counted(*args: Any, **drawn: Any) -> None:
        ran["examples"] += 1
        check(*args, **drawn)

    return counted


def drawing(piece: "Piece", ran: Counter[str]) -> Callable[[], None]:
    """Return a law over so many drawn cases, or a property of the suite, which counts them."""
    law = LAWS.get(piece.name)
    if law is not None:
        return settings(max_examples=piece.examples)(given(**DRAWN[law])(counting(law, ran)))
    test: Any = properties()[piece.name]
    test.hypothesis.inner_test = counting(test.hypothesis.inner_test, ran)
    return cast(Callable[[], None], test)


# Searching


class Piece(NamedTuple):
    """A piece of the search: a law or a property by its name, how far to look, and where."""

    name: str
    examples: int
    seed: int


class Found(NamedTuple):
    """What a piece came to: how many examples were run, in how many seconds, and what broke."""

    examples: int
    seconds: float
    trouble: str


def search(piece: Piece) -> Found:
    """Look at so many cases of a law, or at as many of a property as `look` says."""
    ran: Counter[str] = Counter()
    began = time.perf_counter()
    trouble = ""
    try:
        seed(piece.seed)(drawing(piece, ran))()
    except Exception:  # noqa: BLE001 - whatever breaks is told, and the search goes on
        trouble = traceback.format_exc()
    return Found(ran["examples"], time.perf_counter() - began, trouble)


def pieces(part: float, first: int) -> Iterator[Piece]:
    """Return the work: first the long pieces, so that no worker is left with one at the end."""
    names = properties()
    each = (EXAMPLES - EACH * len(names)) / (len(LAWS) - 1)
    for name in sorted(LAWS, key=lambda name: name != "life"):
        examples = max(1, round((LIVES if name == "life" else each) * part / PIECES))
        for number in range(PIECES):
            yield Piece(name, examples, first * PIECES + number)
    for name in names:
        yield Piece(name, 0, first)


def told(found: dict[Piece, Found]) -> str:
    """Return what was looked at, a line for each law and one for the properties of the suite."""
    examples: Counter[str] = Counter()
    spent: dict[str, float] = defaultdict(float)
    for piece, (count, seconds, _) in found.items():
        name = piece.name if piece.name in LAWS else "the suite's"
        examples[name] += count
        spent[name] += seconds
    lines = [
        f"{name:<12} {count:>9,} examples  {spent[name]:>8,.0f} s of a core"
        for name, count in examples.items()
    ]
    laws = examples.total() - examples["life"]
    many = len({piece.name for piece in found} - {"life"})
    broken = sum(bool(each.trouble) for each in found.values())
    outcome = f"something found in {broken} of {len(found)} pieces of work" if broken else "nothing found"
    return "\n".join(
        [*lines, f"{laws:,} examples over {many} laws and {examples['life']:,} lives: {outcome}"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Search for a case that breaks a law.")
    parser.add_argument("--part", type=float, default=1.0, help="how much of it, 1 is a million examples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    look(asked.part)
    found: dict[Piece, Found] = {}
    with ProcessPoolExecutor(asked.workers, initializer=look, initargs=(asked.part,)) as pool:
        asked_of = {pool.submit(search, piece): piece for piece in pieces(asked.part, asked.seed)}
        for done in as_completed(asked_of):
            piece = asked_of[done]
            found[piece] = done.result()
            if found[piece].trouble:
                print(f"{piece}\n{found[piece].trouble}", flush=True)
    print(told(found))
    return int(any(each.trouble for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
