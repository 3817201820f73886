"""Line numbers of keys, as far as they can be told."""

import pytest

from acctcore.simulation.lines import line_numbers, line_of

TEXT = '''top = 1
[account]
id = "A"
[[plan]]
id = "a"
[[plan.charge]]
key = "x"
prices.EUR = "1"
[[plan.charge]]
[[plan]]
about = """
key = 5
[account]
"""
"quoted key" = 1
[[plan.charge]]
key = "y"
[policies.taxes]
rates = [
  { rate = "x" },
]
'''


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("top", 1),
        ("account.id", 3),
        ("account.zone", 2),
        ("plan[1].id", 5),
        ("plan[1].charge[1].prices", 8),
        ("plan[1].charge[1].prices.EUR", 8),
        ("plan[1].charge[1].prices.EUR.2024-01-01", 8),
        ("plan[1].charge[2].key", 9),
        ("plan[2].charge[1].key", 17),
        ("plan[2].key", 10),
        ("plan[2].quoted key", 15),
        ("policies.taxes.rates[1].rate", 19),
        ("step", None),
        ("", None),
    ],
)
def test_lines(where: str, line: int | None) -> None:
    assert line_of(where, line_numbers(TEXT)) == line
