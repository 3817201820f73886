"""The systems' arithmetic a second time, as one would do it on paper: nothing of acctcore in here.

Amounts are whole cents. Days are stdlib dates, seconds are aware stdlib datetimes; ratios are
Fractions, Decimals where a system writes decimals, and floats where it counts in doubles.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

WIDE = Context(prec=200)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One line of the derivation: what is counted of what, of which amount, and what it comes to."""

    line: str
    start: date
    end: date
    counted: int
    whole: int
    base: int
    written: str
    amount: int


def step(on: date, months: int, day: int | None = None) -> date:
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day or on.day, calendar.monthrange(year, month)[1]))


def days(start: date, end: date) -> int:
    return (end - start).days


def seconds(start: date, end: date) -> int:
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return int(end.timestamp() - start.timestamp())


def cents(value: Decimal | Fraction | float, rounding: str = ROUND_HALF_UP) -> int:
    """Return the value in whole cents; only a tie depends on the rounding."""
    exact = Fraction(value)
    floor, rest = divmod(exact.numerator, exact.denominator)
    twice = 2 * rest - exact.denominator
    if twice != 0:
        return floor + (twice > 0)
    if rounding == ROUND_HALF_EVEN:
        return floor + floor % 2
    return floor + (exact > 0)


def places(numerator: int, denominator: int, count: int) -> Decimal:
    scaled = cents(Fraction(numerator * 10**count, denominator))
    return WIDE.scaleb(Decimal(scaled), -count)


# Kill Bill


def kill_bill_share(price: int, start: date, end: date, cycle: tuple[date, date], months: int) -> Row:
    if (start, end) == cycle:
        whole = days(*cycle)
    elif start == cycle[0]:
        whole = days(start, step(start, months))
    else:
        whole = days(step(end, -months), end)
    ratio = places(days(start, end), whole, 9)
    return Row("", start, end, days(start, end), whole, price, f"{ratio:f}", cents(Fraction(ratio) * price))


def kill_bill_repair(
    charge: int, charged: tuple[date, date], piece: tuple[date, date], start: date, end: date, adjusted: int
) -> Row:
    base, cap = charge, charge - adjusted
    if piece != charged:
        base = cap = cents(Fraction(places(days(*piece), days(*charged), 9)) * charge)
    ratio = places(days(start, end), days(*piece), 9)
    amount = max(0, min(cents(Fraction(ratio) * base), cap))
    return Row("", start, end, days(start, end), days(*piece), base, f"{ratio:f}", amount)


# Lago


def lago_share(price: int, start: date, end: date, cycle: tuple[date, date]) -> Row:
    day_price = price / days(*cycle)
    full = (start, end) == cycle
    amount = price if full else cents(day_price * days(start, end))
    return Row("", start, end, days(start, end), days(*cycle), price, f"{day_price!r} a day", amount)


def lago_credit(price: int, start: date, end: date, cycle: tuple[date, date], fee: int, notes: int) -> Row:
    day_price = price / days(*cycle)
    unused = Fraction(price) if (start, end) == cycle else Fraction(day_price * days(start, end))
    precise = max(Fraction(0), min(unused, Fraction(fee)) - notes)
    cut = Fraction(precise * 100_000 // 1, 100_000)
    return Row("", start, end, days(start, end), days(*cycle), price, f"{day_price!r} a day", cents(cut))


# Stripe


def stripe_share(
    price: int, start: datetime, end: datetime, cycle: tuple[datetime, datetime], rounding: str
) -> Row:
    ratio = Fraction(seconds(start, end), seconds(*cycle))
    amount = cents(price * ratio, rounding)
    return Row("", start, end, seconds(start, end), seconds(*cycle), price, "exact", amount)


# Flexprice


def flexprice_counts(variant: str, start: date, end: date) -> int:
    if variant == "day-both-ends":
        last = end - DAY
        return days(start, last) + 1
    if variant == "day-half-open":
        return days(start, end)
    if variant == "second":
        last_second = end - timedelta(seconds=1)
        return max(0, seconds(start, last_second)) if start != end else 0
    return seconds(start, end)


def flexprice_share(variant: str, price: int, start: date, end: date, cycle: tuple[date, date]) -> Row:
    part, whole = flexprice_counts(variant, start, end), flexprice_counts(variant, *cycle)
    ratio = places(part, whole, 16)
    return Row("", start, end, part, whole, price, f"{ratio:f}", cents(Fraction(ratio) * price))


def flexprice_credit(
    variant: str,
    price: int,
    start: date,
    end: date,
    cycle: tuple[date, date],
    paid: int | None,
    credited: int,
) -> Row:
    row = flexprice_share(variant, price, start, end, cycle)
    unrounded = Fraction(row.written) * price
    if paid is not None:
        unrounded = max(Fraction(0), min(unrounded, Fraction(paid), Fraction(paid - credited)))
    return Row("", start, end, row.counted, row.whole, price, row.written, cents(unrounded))


# Meteroid


def meteroid_share(price: int, start: date, end: date, cycle: tuple[date, date]) -> Row:
    factor = days(start, end) / days(*cycle)
    amount = cents(float(price) * factor)
    return Row("", start, end, days(start, end), days(*cycle), price, repr(factor), amount)


def meteroid_own_cadence(price: int, start: date, end: date, cycle: tuple[date, date], nominal: int) -> int:
    remaining, period = float(days(start, end)), float(days(*cycle))
    if abs(period - nominal) <= nominal * 0.25:
        factor = remaining / period
    else:
        factor = max(0.0, min(1.0, remaining / nominal))
    return cents(float(price) * factor)
