"""The hunts find what naive code loses, and find nothing in ours."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from acctcore.billing.proration import BY_DAY, prorate
from acctcore.kernel import integers
from acctcore.kernel.calendar import Cycles, Span, months
from acctcore.kernel.money import Price
from acctcore.testing import lost_cents
from acctcore.testing.lost_cents import Sold

# Ours


def our_proration(price: int, first: date, end: date, start: date, until: date) -> int:
    amount = Price(Decimal(price).scaleb(-2), "EUR")
    return prorate(amount, 1, Span(first, end), Span(start, until), months(1), BY_DAY).amount


def our_cycle(anchor: date, number: int) -> date:
    return Cycles(anchor, months(1)).start(number)


def our_refund(net: int, tax: int, before: Sequence[tuple[int, int]], amount: int) -> tuple[int, int]:
    left = [net - sum(each[0] for each in before), tax - sum(each[1] for each in before)]
    first, second = integers.split(amount, left)
    return first, second


def target_minus_booked(price: int, changes: Sequence[tuple[date, int]], start: date, until: date) -> int:
    """What every day costs at the price last said of it, by differences of running totals."""
    by_day = {start + timedelta(days=day): price for day in range((until - start).days)}
    for since, new in changes:
        by_day |= {day: new for day in by_day if day >= since}
    total, day = 0, start
    while day < until:
        end = day
        while end < until and by_day[end] == by_day[day]:
            end += timedelta(days=1)
        total += our_proration(by_day[day], day, end, start, until)
        day = end
    return total


def in_decimals(lines: Sequence[Sold]) -> dict[str, Any]:
    def cents(amount: Decimal) -> Decimal:
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)

    bases: dict[Decimal, Decimal] = {}
    billed = []
    for line in lines:
        net = cents(line.quantity * line.price)
        bases[line.rate] = bases.get(line.rate, Decimal(0)) + net
        category = "S" if line.rate else "Z"
        billed.append(
            {
                "quantity": line.quantity,
                "price": line.price,
                "net": net,
                "category": category,
                "rate": line.rate,
            }
        )
    taxes: list[dict[str, Any]] = [
        {"category": "S" if rate else "Z", "rate": rate, "base": base, "amount": cents(base * rate / 100)}
        for rate, base in bases.items()
    ]
    net, tax = sum(bases.values(), Decimal(0)), sum((each["amount"] for each in taxes), Decimal(0))
    totals = {"lines": net, "net": net, "tax": tax, "gross": net + tax, "payable": net + tax}
    return {"currency": "EUR", "lines": billed, "taxes": taxes, "totals": totals}


@pytest.mark.parametrize(
    ("hunt", "function"),
    [
        pytest.param(lost_cents.in_proration, our_proration, id="proration"),
        pytest.param(lost_cents.in_split, integers.split, id="split"),
        pytest.param(lost_cents.in_refunds, our_refund, id="refunds"),
        pytest.param(lost_cents.in_cycles, our_cycle, id="cycles"),
        pytest.param(lost_cents.in_changes, target_minus_booked, id="changes"),
        pytest.param(lost_cents.in_invoice, in_decimals, id="invoices"),
    ],
)
def test_nothing_is_found_in_what_is_right(hunt: Callable[..., None], function: Any) -> None:
    hunt(function, examples=200)


# Naive code


def each_rounded(price: int, first: date, end: date, start: date, until: date) -> int:
    return round(price * (end - first).days / (until - start).days)


def daily_rate(price: int, first: date, end: date, start: date, until: date) -> int:
    return round(price / (until - start).days) * (end - first).days


def last_day_counted(price: int, first: date, end: date, start: date, until: date) -> int:
    return price * ((end - first).days + 1) // ((until - start).days + 1)


def thirty_days(price: int, first: date, end: date, start: date, until: date) -> int:
    return price * (end - first).days // 30


def rounded_shares(total: int, weights: Sequence[int]) -> list[int]:
    return [round(total * weight / sum(weights)) for weight in weights]


def rest_to_the_first(total: int, weights: Sequence[int]) -> list[int]:
    parts = [total * weight // sum(weights) for weight in weights]
    return [parts[0] + total - sum(parts), *parts[1:]]


def by_rate(net: int, tax: int, before: Sequence[tuple[int, int]], amount: int) -> tuple[int, int]:
    part = round(amount * net / (net + tax))
    return part, amount - part


def apart(net: int, tax: int, before: Sequence[tuple[int, int]], amount: int) -> tuple[int, int]:
    return round(amount * net / (net + tax)), round(amount * tax / (net + tax))


def stepped(anchor: date, number: int) -> date:
    day = anchor
    for _ in range(number):
        year, month = divmod(day.year * 12 + day.month, 12)
        day = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day


def thirty_day_months(anchor: date, number: int) -> date:
    return anchor + timedelta(days=30 * number)


def credited_at_list(price: int, changes: Sequence[tuple[date, int]], start: date, until: date) -> int:
    """Each change credits the rest of the cycle at the price before, and charges it at the new one."""
    total, now = price, price
    for since, new in changes:
        total += each_rounded(new, since, until, start, until) - each_rounded(now, since, until, start, until)
        now = new
    return total


def tax_by_line(lines: Sequence[Sold]) -> dict[str, Any]:
    invoice = in_decimals(lines)
    for entry in invoice["taxes"]:
        own = [line["net"] * line["rate"] / 100 for line in invoice["lines"] if line["rate"] == entry["rate"]]
        entry["amount"] = sum((each.quantize(Decimal("0.01"), ROUND_HALF_UP) for each in own), Decimal(0))
    tax = sum((each["amount"] for each in invoice["taxes"]), Decimal(0))
    totals = invoice["totals"]
    totals |= {"tax": tax, "gross": totals["net"] + tax, "payable": totals["net"] + tax}
    return invoice


def in_floats(lines: Sequence[Sold]) -> dict[str, Any]:
    invoice = in_decimals(lines)
    for line in invoice["lines"]:
        line["net"] = round(float(line["price"]) * line["quantity"], 2)
    return invoice


def wrong_from_leap_days(price: int, first: date, end: date, start: date, until: date) -> int:
    """Running totals, but of a cycle that begins on a leap day the days are counted as of the day before."""
    whole = (until - start).days - (start.month == 2 and start.day == 29)
    return price * (end - start).days // whole - price * (first - start).days // whole


def every_fourth_year_leaps(anchor: date, number: int) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + number, 12)
    if month == 1 and year % 4 == 0:
        return date(year, 2, 1) + timedelta(days=min(anchor.day, 29) - 1)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def in_32_bits(price: int, first: date, end: date, start: date, until: date) -> int:
    """Running totals, whose products overflow."""
    whole = (until - start).days
    upto, before = ((price * (day - start).days + 2**31) % 2**32 - 2**31 for day in (end, first))
    return upto // whole - before // whole


@pytest.mark.parametrize(
    ("hunt", "function", "told"),
    [
        pytest.param(lost_cents.in_proration, each_rounded, "add up to", id="each part rounded"),
        pytest.param(lost_cents.in_proration, daily_rate, "add up to", id="a rounded daily rate"),
        pytest.param(lost_cents.in_proration, last_day_counted, "add up to", id="both ends counted"),
        pytest.param(lost_cents.in_proration, thirty_days, "add up to", id="thirty days a month"),
        pytest.param(lost_cents.in_proration, lambda *_: -1, "add up to|below zero", id="a part below zero"),
        pytest.param(lost_cents.in_proration, wrong_from_leap_days, "add up to", id="a leap day"),
        pytest.param(lost_cents.in_proration, in_32_bits, "add up to", id="an overflow"),
        pytest.param(lost_cents.in_split, rounded_shares, "add up to", id="each share rounded"),
        pytest.param(lost_cents.in_split, rest_to_the_first, "off its share", id="all the rest to the first"),
        pytest.param(lost_cents.in_split, lambda total, _: [total], "parts for", id="a part is missing"),
        pytest.param(lost_cents.in_refunds, by_rate, "is more than", id="each refund by the rate"),
        pytest.param(lost_cents.in_refunds, apart, "adds up to|is more than", id="net and tax apart"),
        pytest.param(lost_cents.in_cycles, stepped, "begins on", id="stepped from the month before"),
        pytest.param(lost_cents.in_cycles, every_fourth_year_leaps, "2100", id="2100 does not leap"),
        pytest.param(lost_cents.in_cycles, thirty_day_months, "begins on", id="months of thirty days"),
        pytest.param(
            lost_cents.in_changes, credited_at_list, "comes to|asked twice", id="credit at list price"
        ),
        pytest.param(lost_cents.in_invoice, tax_by_line, "BR-CO-17", id="tax by line"),
        pytest.param(lost_cents.in_invoice, in_floats, "R120", id="floats"),
    ],
)
def test_what_naive_code_loses_is_found(hunt: Callable[..., None], function: Any, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        hunt(function, examples=1_000)
