"""Scenario texts that the tests put together."""

from pathlib import Path
from textwrap import dedent

STORIES = Path(__file__).parents[2] / "docs/scenarios"

HEAD = """
acctcore = "scenario/1"

[account]
id = "A-1"
zone = "Europe/Berlin"
currency = "EUR"
"""

PLAN = """
[[plan]]
id = "solo"
every = "1 month"

[[plan.charge]]
key = "fee"
prices.EUR = "31.00"
"""

OPEN = """
[[step]]
at = 2024-01-01T09:00:00
do = "account.open"
"""

START = """
[[step]]
at = 2024-01-01T09:00:00
do = "subscriptions.start"
subscription_id = "s"
plan = "solo"
"""


def story(name: str) -> str:
    return (STORIES / f"{name}.toml").read_text(encoding="utf-8")


def scenario(*parts: str) -> str:
    """A scenario with an account and a plan, and whatever comes after."""
    return "\n".join(dedent(part) for part in (HEAD, PLAN, *parts))


def step(at: str, do: str, **fields: str) -> str:
    """One step; fields are TOML source."""
    lines = [f"{key.rstrip('_')} = {value}" for key, value in fields.items()]
    return "\n".join(["", "[[step]]", f"at = {at}", f'do = "{do}"', *lines, ""])
