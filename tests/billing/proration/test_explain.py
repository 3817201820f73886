"""Amounts tell how they came about: one whole text for each kind of basis."""

from datetime import date

import pytest

from acctcore.billing.proration import (
    BY_DAY,
    Booked,
    FromBooked,
    FromPrice,
    NothingBack,
    Settlement,
    TargetMinusBooked,
    prorate,
    settle,
)
from acctcore.kernel.calendar import Span, months
from acctcore.kernel.money import Price
from acctcore.presets import Preset
from acctcore.presets.kill_bill import KILL_BILL
from acctcore.presets.lago import LAGO
from acctcore.presets.meteroid import METEROID

CYCLE = Span(date(2024, 2, 29), date(2024, 3, 30))
HALF = Span(date(2024, 3, 15), date(2024, 3, 30))
PRICE = Price("9.99", "EUR")


def lines(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.strip("\n").splitlines()).rstrip()


@pytest.mark.parametrize(
    ("part", "told"),
    [
        pytest.param(
            HALF,
            """
    share by by-day/1 = 4.99 EUR
      price per 30 days = 1 × 9.99 EUR
      length of the part in days = 15 of 30
      running total after 30 of 30 days = 9.99 EUR
      less the total after 15 of 30 days = 5.00 EUR
      each total rounded once, half_up: parts add up
    """,
            id="a later part",
        ),
        pytest.param(
            Span(CYCLE.start, HALF.start),
            """
    share by by-day/1 = 5.00 EUR
      price per 30 days = 1 × 9.99 EUR
      length of the part in days = 15 of 30
      rounded once, half_up
    """,
            id="the first part",
        ),
        pytest.param(
            CYCLE,
            """
    share by by-day/1 = 9.99 EUR
      price per 30 days = 1 × 9.99 EUR
      rounded once, half_up
    """,
            id="the whole",
        ),
    ],
)
def test_a_share_of_running_totals(part: Span[date], told: str) -> None:
    assert str(prorate(PRICE, 1, part, CYCLE, months(1), BY_DAY).basis.explain()) == lines(told)


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        pytest.param(
            KILL_BILL,
            """
    share by kill-bill/1 = 1.67 EUR
      price per 30 days = 1 × 9.99 EUR
      length of the part in days = 5 of 30
      ratio as the policy writes it = 0.166666667 (166666667/1000000000)
      rounded once, half_up
    """,
            id="decimals",
        ),
        pytest.param(
            LAGO,
            """
    share by lago/1 = 1.67 EUR
      price per 30 days = 1 × 9.99 EUR
      length of the part in days = 5 of 30
      multiplied in unit_binary64, in minor units = 166.5 (333/2)
      rounded once, half_up
    """,
            id="a price of the day in double",
        ),
        pytest.param(
            METEROID,
            """
    share by meteroid/1 = 1.67 EUR
      price per 30 days = 1 × 9.99 EUR
      length of the part in days = 5 of 30
      ratio as the policy writes it = 0.166666666667
      multiplied in binary64, in minor units = 166.5 (333/2)
      rounded once, half_up
    """,
            id="a double",
        ),
    ],
)
def test_a_share_that_is_rounded_by_itself(preset: Preset, told: str) -> None:
    part = Span(date(2024, 3, 25), CYCLE.end)
    assert str(prorate(PRICE, 1, part, CYCLE, months(1), preset.proration).basis.explain()) == lines(told)


@pytest.mark.parametrize(
    ("settlement", "told"),
    [
        pytest.param(
            FromBooked(),
            """
    part of the booked amount, by from-booked/1 = 3.00 EUR
      booked amount = 6.00 EUR
      length of the part in days = 15 of 30
      rounded once, half_up
      at most = 6.00 EUR
    """,
            id="from the booked amount",
        ),
        pytest.param(
            KILL_BILL.settlement,
            """
    part of the booked amount, by kill-bill-repair/1 = 5.00 EUR
      booked amount = 9.99 EUR
      length of the part in days = 15 of 30
      ratio as the policy writes it = 0.5 (500000000/1000000000)
      rounded once, half_up
      at most = 6.00 EUR
    """,
            id="from the line",
        ),
        pytest.param(
            FromPrice(),
            """
    stored price, by from-price/1 = 4.99 EUR
      share by by-day/1 = 4.99 EUR
        price per 30 days = 1 × 9.99 EUR
        length of the part in days = 15 of 30
        running total after 30 of 30 days = 9.99 EUR
        less the total after 15 of 30 days = 5.00 EUR
        each total rounded once, half_up: parts add up
      at most = 6.00 EUR
    """,
            id="from the price",
        ),
        pytest.param(
            LAGO.settlement,
            """
    stored price, by lago-credit-note/1 = 1.00 EUR
      share by by-day/1 = 4.99 EUR
        price per 30 days = 1 × 9.99 EUR
        length of the part in days = 15 of 30
        running total after 30 of 30 days = 9.99 EUR
        less the total after 15 of 30 days = 5.00 EUR
        each total rounded once, half_up: parts add up
      at most = 9.99 EUR
      less what was credited before = 3.99 EUR
      cut to 5 decimals of a minor unit
    """,
            id="from the price, less what was credited",
        ),
        pytest.param(
            TargetMinusBooked(),
            """
    booked less what is kept, by target-minus-booked/1 = 1.00 EUR
      booked = 6.00 EUR
      share by by-day/1 = 5.00 EUR
        price per 30 days = 1 × 9.99 EUR
        length of the part in days = 15 of 30
        rounded once, half_up
    """,
            id="target minus booked",
        ),
        pytest.param(
            NothingBack(),
            """
    part of the booked amount, by nothing-back/1 = 0.00 EUR
      booked amount = 6.00 EUR
      length of the part in days = 15 of 30
      ratio as the policy writes it = 0 (0/1)
      rounded once, half_up
    """,
            id="nothing",
        ),
    ],
)
def test_a_credit(settlement: Settlement, told: str) -> None:
    booked = Booked(PRICE, 1, CYCLE, 600, 999, 399)
    credit = settle(booked, HALF, CYCLE, months(1), BY_DAY, settlement)
    assert str(credit.basis.explain()) == lines(told)
