"""Dates, instants, money and wrong values, as the kernel's tests draw them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pendulum
import pytest
from _pytest.mark import ParameterSet
from hypothesis import strategies as st

from acctcore.kernel import currencies
from acctcore.kernel.calendar import Every, Unit, instant
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money

CODES = sorted(currencies.PLACES)
ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
)

roundings = st.sampled_from(Rounding)
codes = st.sampled_from(CODES)
zones = st.sampled_from(ZONES)
huge = st.integers() | st.integers(-(10**60), 10**60)
dates = st.dates(date(1900, 1, 1), date(2199, 12, 31))
modern = st.dates(date(1975, 1, 1), date(2037, 12, 31))
moments = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
instants = moments.map(instant)
intervals = st.builds(Every, st.integers(1, 36), st.sampled_from(Unit))
minors = st.integers(-(10**15), 10**15)
amounts = st.builds(Money.of_minor, minors, codes)

WRONG: dict[str, object] = {
    "nothing": None,
    "a yes": True,
    "a float": 1.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a text": "x",
    "an empty text": "",
    "a huge text": "9" * 100_000,
    "a lone surrogate": "\ud800",
    "bytes": b"x",
    "a list": [1],
    "a mapping": {"a": 1},
    "a set": {1},
    "deep nesting": None,
    "a huge number": 10**5_000,
    "a decimal": Decimal("1.5"),
    "a decimal NaN": Decimal("NaN"),
    "a naive datetime": datetime(2024, 1, 1),  # noqa: DTZ001
    "a naive pendulum": pendulum.naive(2024, 1, 1),
    "a complex number": 1j,
    "a type": int,
    "an object": object(),
    "a function": len,
}
"""Values that no function of the kernel takes for what it wants, unless a test leaves them out."""

nested: object = ()
for _ in range(5_000):
    nested = (nested,)
WRONG["deep nesting"] = nested


def wrong(*fitting: str) -> list[ParameterSet]:
    """Return the wrong values by name, without those that fit after all."""
    return [pytest.param(value, id=name) for name, value in WRONG.items() if name not in fitting]
