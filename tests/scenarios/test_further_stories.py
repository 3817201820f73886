"""The short stories: their scenarios come out as expected, and as figures worked out without the library."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest

from acctcore.billing.subscriptions import HeldDays
from acctcore.flows import File, balances, evolve
from acctcore.simulation import Expectations, Scenario, child, read, simulate, simulate_children
from tests.scenarios import derive_g

PAGES = Path(__file__).parents[2] / "docs/scenarios"
HELD = ("waits", "bills-on", "gives-back", "keeps", "begins-anew")
SHORT = (
    "d-yen-and-dinar",
    "e-new-york",
    "e-apia",
    "e-dublin",
    *(f"f-hold-{name}" for name in HELD),
    "g-chargeback-after-refund",
    "h-taken-over",
    "j-invoice-corrected",
)


def story(name: str) -> Scenario:
    return read((PAGES / f"{name}.toml").read_text(encoding="utf-8"))


def totals(name: str) -> Mapping[str, int]:
    result = simulate(story(name))
    assert result.problems == ()
    return {each.number: each.document.total for each in result.documents}


@pytest.mark.parametrize("name", SHORT)
def test_a_story_comes_out_as_it_expects(name: str) -> None:
    scenario = story(name)
    assert scenario.expect.documents
    assert scenario.expect.balances
    assert simulate(scenario).problems == ()


# Worked out again, with fractions and the standard library


def half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def used(price: int, count: int, whole: int) -> int:
    return half_up(Fraction(price * count, whole))


def tax_back(tax: int, net: int, given_back: int) -> int:
    return tax - half_up(Fraction(tax * (net - given_back), net))


def test_yen_and_dinar_by_fractions() -> None:
    seats = 999 - used(999, 10, 28)
    more = 1665 - used(1665, 10, 28)
    assert totals("d-yen-and-dinar") == {
        "INV-1": 1979 + half_up(Fraction(1979, 10)),
        "INV-2": 10_005,
        "CN-1": seats + tax_back(198, 1979, seats),
        "INV-3": more + half_up(Fraction(more, 10)),
        "CN-2": 10_005 - used(10_005, 14, 28),
        "INV-4": 20_333 - used(20_333, 14, 28),
        "INV-5": 20_333,
        "INV-6": 2645 + half_up(Fraction(2645, 10)),
    }


def test_an_invoice_corrected_by_fractions() -> None:
    days = half_up(Fraction("333.335") * 3 * 100)
    net = days - 5000
    tax, books = half_up(Fraction(net * 19, 100)), half_up(Fraction(12500 * 7, 100))
    waived = days - half_up(Fraction(days * 9, 10))
    day = half_up(Fraction(days * 9, 10)) - half_up(Fraction(days * 17, 30))  # 9/10 less 1/3
    waived_tax = tax_back(tax, net, waived)
    day_tax = tax_back(tax, net, waived + day) - waived_tax
    review = 25_000 + half_up(Fraction(25_000 * 19, 100))
    found = totals("j-invoice-corrected")
    assert found == {
        "R2025-0001": net + 12_500 + tax + books,
        "G2025-0001": 2500 + tax_back(books, 12_500, 2500),
        "G2025-0002": waived + waived_tax,
        "B2025-0001": 800 + half_up(Fraction(800 * 7, 100)),
        "G2025-0003": day + day_tax,
        "R2025-0002": review,
        "R2025-0003": review,
        "G2025-0004": 10_000 + 1900 - 2500 - 175,
        "R2026-0001": review,
    }
    rest = found["R2025-0001"] - found["G2025-0001"] - found["G2025-0002"]
    assert rest + found["B2025-0001"] == 80_000 + 32_707


@pytest.mark.parametrize(
    ("name", "zone", "weeks", "rate"),
    [
        pytest.param("e-new-york", "America/New_York", ("2025-03-03", "2025-10-27"), 0, id="New York"),
        pytest.param("e-dublin", "Europe/Dublin", ("2025-03-24", "2025-10-20"), 23, id="Dublin"),
    ],
)
def test_weeks_with_a_change_of_clocks_by_the_seconds_of_the_zone(
    name: str, zone: str, weeks: tuple[str, str], rate: int
) -> None:
    def instant(day: str, later: int, hour: int) -> datetime:
        start = datetime.fromisoformat(day)
        return start.replace(day=1, hour=hour, tzinfo=ZoneInfo(zone)) + _days(start.day - 1 + later)

    wanted: dict[str, int] = {}
    for number, week in enumerate(weeks, 1):
        start, leaves, end = (
            instant(week, later, hour).timestamp() for later, hour in ((0, 0), (6, 12), (7, 0))
        )
        given_back = 16_800 - used(16_800, int(leaves - start), int(end - start))
        tax = half_up(Fraction(16_800 * rate, 100))
        wanted[f"INV-{number}"] = 16_800 + tax
        wanted[f"CN-{number}"] = given_back + tax_back(tax, 16_800, given_back)
    assert totals(name) == wanted


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def test_apia_renews_once_as_the_next_day_begins() -> None:
    result = simulate(story("e-apia"))
    renewal = next(each for each in result.documents if each.number == "INV-2")
    apia = ZoneInfo("Pacific/Apia")
    assert renewal.document.at == datetime(2011, 12, 31, tzinfo=apia)
    before = datetime(2011, 12, 29, 23, 59, 59, tzinfo=apia)
    assert renewal.document.at.timestamp() == before.timestamp() + 1
    assert totals("e-apia") == {"INV-1": 3100, "INV-2": 3100, "CN-1": 3100 - used(3100, 10, 31)}


def test_a_takeover_by_fractions() -> None:
    back = [price - used(price, 12, 29) for price in (3000, 1500)]
    new = [price - used(price, 12, 29) for price in (9000, 3000)]
    assert totals("h-taken-over") == {
        "CN-1": sum(back) + tax_back(855, 4500, sum(back)),
        "INV-1": sum(new) + half_up(Fraction(sum(new) * 19, 100)),
        "INV-2": 12_000 + 2_280,
    }


# A hold, under each policy

DESK, CARE = 8680, 1736
BEGINS, HELD_FROM, FREE_FROM, APRIL = date(2025, 2, 1), date(2025, 2, 20), date(2025, 3, 12), date(2025, 4, 1)


def taxed(*nets: int) -> int:
    return sum(nets) + half_up(Fraction(sum(nets) * 20, 100))


def of_month(price: int, first: date, end: date) -> int:
    """Return what the days from one up to another cost, each month by its own days."""
    days = [first + _days(count) for count in range((end - first).days)]
    parts = [Fraction(price, monthrange(day.year, day.month)[1]) for day in days]
    return half_up(sum(parts, Fraction(0)))


def held(first: date, free: date) -> dict[str, int]:
    """Return what is billed where the days from one up to another are held and given back."""
    return {
        "INV-1": taxed(DESK),
        "CN-1": taxed(of_month(DESK, first, date(2025, 3, 1))),
        "INV-2": taxed(of_month(CARE, BEGINS, first)),
        "INV-3": taxed(of_month(DESK, free, APRIL)),
        "INV-4": taxed(DESK, of_month(CARE, free, APRIL)),
    }


def test_a_hold_under_each_policy_by_days_counted_one_by_one() -> None:
    back, whole = held(HELD_FROM, FREE_FROM), taxed(DESK, CARE)
    in_full = {"INV-1": taxed(DESK), "INV-2": whole, "INV-3": whole}
    wanted = {
        "waits": in_full,
        "bills-on": in_full,
        "gives-back": back,
        "keeps": {number: total for number, total in back.items() if number != "CN-1"},
        "begins-anew": back | {"INV-3": taxed(DESK), "INV-4": whole},
    }
    assert {name: totals(f"f-hold-{name}") for name in HELD} == wanted


@pytest.mark.parametrize(
    ("name", "on"),
    [
        pytest.param("waits", "2025-03-12", id="as it ends"),
        pytest.param("bills-on", "2025-03-01", id="as it is due"),
    ],
)
def test_a_bill_that_is_due_in_a_hold_is_of(name: str, on: str) -> None:
    (march,) = [each for each in simulate(story(f"f-hold-{name}")).documents if each.number == "INV-2"]
    assert march.document.at.in_timezone("Europe/Vienna").date().isoformat() == on


@pytest.mark.parametrize(
    ("days", "first", "free"),
    [
        pytest.param(HeldDays.BY_DATE, HELD_FROM, FREE_FROM, id="by date"),
        pytest.param(HeldDays.TOUCHED, HELD_FROM, FREE_FROM + timedelta(days=1), id="touched"),
        pytest.param(HeldDays.WHOLE, HELD_FROM + timedelta(days=1), FREE_FROM, id="whole"),
    ],
)
def test_which_days_are_held(days: HeldDays, first: date, free: date) -> None:
    told = story("f-hold-gives-back")
    on_hold = attrs.evolve(told.policies.on_hold, days=days)
    changed = attrs.evolve(told, policies=attrs.evolve(told.policies, on_hold=on_hold), expect=Expectations())
    result = simulate(changed)
    assert {each.number: each.document.total for each in result.documents} == held(first, free)


# A parent


def open_at_the_end(number: int) -> int:
    """What one of the ten thousand owes, from the page's table."""
    upgraded, leaves = number % 3 == 0, number % 4 == 0
    month = 2975 if upgraded else 1190
    return (1488 - 595 if upgraded else 0) + month * (1 if leaves else 2)


def test_the_accounts_of_a_parent_come_to_what_the_page_says() -> None:
    scenario = story("i-ten-thousand")
    assert scenario.children == 10_000
    assert scenario.expect.balances[0].minor == sum(map(open_at_the_end, range(1, 10_001)))
    some = attrs.evolve(scenario, children=24, expect=Expectations())
    done: list[int] = []
    family = simulate_children(some, tell=done.append)
    assert family.problems == ()
    assert family.owed[0].minor == sum(map(open_at_the_end, range(1, 25)))
    assert done == list(range(1, 25))
    counts = {each.kind: each.count for each in family.sums}
    assert family.numbers == (
        ("INV-1", f"INV-{counts['invoice']}"),
        ("CN-1", f"CN-{counts['credit_note']}"),
    )


def test_a_parent_adds_up_what_its_accounts_come_to_alone() -> None:
    some = attrs.evolve(story("i-ten-thousand"), children=6, expect=Expectations())
    alone = [simulate(child(some, number)) for number in range(1, 7)]
    found = simulate_children(some)
    assert sum(len(each.documents) for each in alone) == sum(
        each.count for each in found.sums if each.kind in ("invoice", "credit_note")
    )
    assert [each.scenario.account_id for each in alone] == [f"R-1-{number}" for number in range(1, 7)]


def test_what_a_parent_expects_is_checked() -> None:
    some = attrs.evolve(story("i-ten-thousand"), children=2)
    assert simulate_children(some).problems == (
        "the balance of all accounts is 47.60 EUR, expected 342,132.74 EUR",
    )


def test_a_chargeback_after_a_refund_by_coins_that_lie_in_one_place() -> None:
    """Every day's figures of the file are those of the paper, and the page shows them."""
    scenario = story("g-chargeback-after-refund")
    told = [each for each in simulate(scenario).entries if each.decision is not None]
    file: File | None = None
    found: dict[str, tuple[int, ...]] = {}
    for entry in told:
        assert entry.decision is not None
        if entry.decision.allowed:
            file = evolve(file, entry.decision.events)
            found[f"{entry.at:%m-%d}"] = figures(file)
    del found["03-01"]
    rows = derive_g.story().rows
    assert found == {day: tuple(row) for day, _, *row in rows}
    page = (PAGES / "g-chargeback-after-refund.md").read_text(encoding="utf-8")
    assert derive_g.table() in page
    notes = {each.number: (each.document.net, each.document.tax) for each in simulate(scenario).documents}
    assert notes["CN-1"] == derive_g.note(11_900)
    assert notes["CN-2"] == derive_g.note(10_000, 11_900)


def figures(file: File) -> tuple[int, ...]:
    """Return what is open of the invoice, the fee and refunds, the credit, and the balance."""
    items = [(item.kind, item.open) for item in file.items]
    given = sum(left for kind, left in items if kind in ("payment", "credit_note"))
    owed = [sum(left for kind, left in items if kind == wanted) for wanted in ("invoice", "fee", "refund")]
    money = balances(file).get("EUR")
    return (*owed, given, 0 if money is None else money.minor)
