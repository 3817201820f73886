"""Variations of the stories, with figures worked out by hand: edges of cycles, of money and of documents.

A document is told as "INV-2 39.31 + 7.47" (net and tax), a credit note as "CN-1 of INV-1 19.66 + 3.74".
Without another word, prices are in euros, VAT is 19 %, the account is in Berlin, and the subscription begins
on 31 January 2024: its cycles are 31 January, 29 February, 31 March (29 and 31 days).
"""

from datetime import date
from typing import Any

import pytest

from acctcore.accounts import account as accounts
from acctcore.billing import invoices, subscriptions
from acctcore.billing.proration import BY_SECOND
from acctcore.billing.subscriptions import Timing
from acctcore.flows import Policies
from acctcore.kernel.calendar import years
from acctcore.kernel.currencies import PLACES
from acctcore.kernel.money import Money
from acctcore.receivables import payments, refunds
from tests.scenarios.drive import Book, arrears, catalog, charge, plan, seats, taxes

EUROPE = Policies(
    catalog=catalog(
        plan("small", charge("fee", "30.00")),
        plan("large", charge("fee", "60.00")),
        plan("team", charge("base", "49.00"), seats("12.00")),
        plan("year", charge("fee", "600.00"), every=years(1)),
        plan("metered", charge("base", "10.00"), arrears("use", "31.00")),
        plan("trial", charge("fee", "30.00"), trial_days=14),
    ),
    taxes=taxes("S", "19"),
    net_days=14,
)
SUB = {"subscription_id": "sub-1"}


def begin(
    plan: str = "small",
    at: str = "2024-01-31 09:00",
    policies: Policies = EUROPE,
    zone: str = "Europe/Berlin",
    currency: str = "EUR",
    **facts: Any,
) -> Book:
    book = Book(policies, zone, at)
    book.ask(subscriptions.Start, at, **SUB, plan=plan, currency=currency, **facts)
    return book


def change(book: Book, at: str, plan: str, when: Timing | date = Timing.NOW) -> None:
    book.ask(subscriptions.ChangePlan, at, **SUB, plan=plan, when=when)


def cancel(book: Book, at: str, when: Timing | date = Timing.NOW) -> None:
    book.ask(subscriptions.Cancel, at, **SUB, when=when)


def pay(book: Book, at: str, id: str, amount: str) -> None:
    book.ask(payments.Receive, at, payment_id=id, amount=Money(amount, "EUR"))


def told(book: Book, currency: str = "EUR") -> list[str]:
    places = PLACES[currency]

    def written(amount: int) -> str:
        return f"{amount // 10**places}.{amount % 10**places:0{places}}" if places else str(amount)

    return [
        f"{each.name}{f' of {each.of}' if each.of else ''} {written(each.net)} + {written(each.tax)}"
        for each in book.documents()
    ]


# Edges of a cycle


def test_an_upgrade_on_the_first_day_gives_the_whole_cycle_back() -> None:
    book = begin()
    change(book, "2024-01-31 12:00", "large")
    assert told(book) == ["INV-1 30.00 + 5.70", "CN-1 of INV-1 30.00 + 5.70", "INV-2 60.00 + 11.40"]
    assert book.balance == 71_40


def test_an_upgrade_on_the_last_day_moves_one_day() -> None:
    # 30 × 28/29 = 28.966 → 28.97, so 1.03 goes; 5.70 × 28.97/30 = 5.504 → 5.50 stays, 0.20 goes.
    # 60 × 28/29 = 57.931 → 57.93, so 2.07 comes; 19 % = 0.393
    book = begin()
    change(book, "2024-02-28 23:59:59", "large")
    assert told(book) == ["INV-1 30.00 + 5.70", "CN-1 of INV-1 1.03 + 0.20", "INV-2 2.07 + 0.39"]


@pytest.mark.parametrize(
    ("kind", "facts", "after"),
    [
        pytest.param(
            subscriptions.ChangePlan,
            {"plan": "large"},
            ["INV-2 30.00 + 5.70", "CN-1 of INV-2 30.00 + 5.70", "INV-3 60.00 + 11.40"],
            id="a change",
        ),
        pytest.param(
            subscriptions.Cancel,
            {"when": Timing.NOW},
            ["INV-2 30.00 + 5.70", "CN-1 of INV-2 30.00 + 5.70"],
            id="a cancellation",
        ),
    ],
)
def test_on_the_day_of_renewal_the_renewal_comes_first(
    kind: type[subscriptions.ChangePlan | subscriptions.Cancel], facts: Any, after: list[str]
) -> None:
    book = begin()
    at = book.at("2024-02-29 10:00")
    command = kind(id="x", at=at, by=book.by, subscription_id="sub-1", **facts)
    assert not book.handle(command).allowed
    assert book.codes == ("subscriptions.behind_schedule",)
    book.run("2024-02-29 10:00")
    assert book.handle(command).allowed
    assert told(book)[1:] == after


def test_a_change_on_the_day_of_renewal_after_it_ran_gives_the_renewal_back() -> None:
    book = begin()
    change(book, "2024-02-29 10:00", "large")
    assert told(book)[1:] == ["INV-2 30.00 + 5.70", "CN-1 of INV-2 30.00 + 5.70", "INV-3 60.00 + 11.40"]
    assert book.balance == 35_70 + 71_40


def test_a_cancellation_on_the_start_day_leaves_nothing() -> None:
    book = begin()
    cancel(book, "2024-01-31 10:00")
    assert told(book) == ["INV-1 30.00 + 5.70", "CN-1 of INV-1 30.00 + 5.70"]
    assert book.balance == 0
    book.run("2024-06-30 00:00")
    assert book.ask(accounts.Close, "2024-06-30 10:00").allowed
    assert len(book.documents()) == 2


@pytest.mark.parametrize(
    ("start", "anchor_day", "boundaries"),
    [
        pytest.param("2023-01-31", None, ["02-28", "03-31", "04-30", "05-31"], id="31st, common year"),
        pytest.param("2024-01-30", None, ["02-29", "03-30", "04-30", "05-30"], id="30th, leap year"),
        pytest.param("2023-01-29", None, ["02-28", "03-29", "04-29", "05-29"], id="29th, common year"),
        pytest.param(
            "2023-02-28", 31, ["03-31", "04-30", "05-31", "06-30"], id="the 31st from a short month"
        ),
        pytest.param("2024-02-28", 29, ["02-29", "03-29", "04-29", "05-29"], id="the day before the anchor"),
    ],
)
def test_billing_days_come_back_after_a_short_month(
    start: str, anchor_day: int | None, boundaries: list[str]
) -> None:
    book = begin(at=f"{start} 09:00", anchor_day=anchor_day)
    book.run(f"{start[:4]}-{boundaries[-1]} 00:00")
    renewals = [each.lines[0][1] for each in book.documents()[1:]]
    assert [f"{day:%m-%d}" for day in renewals] == boundaries
    assert {each.net for each in book.documents()[1:]} == {30_00}


def test_a_start_inside_a_cycle_costs_the_rest_of_it() -> None:
    # From 31 January 14 of 29 days are over: 30 × 14/29 = 14.483 → 14.48, so 15.52; 19 % = 2.949
    book = begin(at="2024-02-14 09:00", anchor_day=31)
    assert told(book) == ["INV-1 15.52 + 2.95"]


# Backdating


def test_a_change_backdated_into_an_earlier_cycle_corrects_both_invoices() -> None:
    # First cycle: 30 × 10/29 = 10.345 → 10.34 stays, 19.66 goes; tax 5.70 × 10.34/30 = 1.965 → 1.96 stays.
    # Anew: 60 − (60 × 10/29 = 20.690 → 20.69) = 39.31, and 60.00 for the second; 19 % of 99.31 = 18.869
    book = begin()
    change(book, "2024-03-10 10:00", "large", when=date(2024, 2, 10))
    assert told(book)[2:] == [
        "CN-1 of INV-1 19.66 + 3.74",
        "CN-2 of INV-2 30.00 + 5.70",
        "INV-3 99.31 + 18.87",
    ]
    assert [line[1:3] + line[5:] for line in book.documents()[-1].lines] == [
        (date(2024, 2, 10), date(2024, 2, 29), 39_31),
        (date(2024, 2, 29), date(2024, 3, 31), 60_00),
    ]


def test_a_cancellation_backdated_into_an_earlier_cycle_gives_back_what_came_after() -> None:
    book = begin()
    cancel(book, "2024-03-10 10:00", when=date(2024, 2, 10))
    assert told(book)[2:] == ["CN-1 of INV-1 19.66 + 3.74", "CN-2 of INV-2 30.00 + 5.70"]
    assert book.balance == 12_30


def test_a_backdated_start_bills_every_cycle_since() -> None:
    book = begin(at="2024-03-10 09:00", starts=date(2024, 1, 15))
    book.run("2024-03-15 00:00")
    assert told(book) == ["INV-1 30.00 + 5.70", "INV-2 30.00 + 5.70", "INV-3 30.00 + 5.70"]
    assert [each.lines[0][1] for each in book.documents()] == [
        date(2024, 1, 15),
        date(2024, 2, 15),
        date(2024, 3, 15),
    ]


def test_no_invoice_of_a_backdated_start_is_overdue_before_it_exists() -> None:
    # Agreed on 10 March with 14 days to pay; the cycle of 15 March is billed as it begins.
    book = begin(at="2024-03-10 09:00", starts=date(2024, 1, 15))
    book.run("2024-03-15 00:00")
    assert book.file is not None
    documents = [filed.document for filed in book.file.documents]
    assert [each.due_on for each in documents] == [date(2024, 3, 24), date(2024, 3, 24), date(2024, 3, 29)]
    assert [each.tax_date for each in documents] == [date(2024, 1, 15), date(2024, 2, 15), date(2024, 3, 15)]
    assert documents[1].at == book.at("2024-03-10 09:00")


# Later


def test_a_start_in_the_future_is_billed_when_it_comes() -> None:
    book = begin(at="2024-03-10 09:00", starts=date(2024, 3, 31))
    book.run("2024-03-30 23:59:59")
    assert told(book) == []
    book.run("2024-04-30 00:00")
    assert told(book) == ["INV-1 30.00 + 5.70", "INV-2 30.00 + 5.70"]


def test_a_start_that_is_cancelled_before_it_comes_costs_nothing() -> None:
    book = begin(at="2024-03-10 09:00", starts=date(2024, 3, 31))
    cancel(book, "2024-03-15 09:00")
    book.run("2024-06-30 00:00")
    assert told(book) == []
    assert book.ask(accounts.Close, "2024-06-30 10:00").allowed


def test_a_cancellation_in_the_trial_costs_nothing() -> None:
    book = begin("trial")
    cancel(book, "2024-02-05 09:00", when=Timing.CYCLE_END)
    book.run("2024-06-30 00:00")
    assert told(book) == []


def test_a_change_in_the_trial_is_billed_from_its_end() -> None:
    book = begin("trial")
    change(book, "2024-02-05 09:00", "large")
    book.run("2024-02-14 00:00")
    assert told(book) == ["INV-1 60.00 + 11.40"]
    assert book.documents()[0].lines[0][1] == date(2024, 2, 14)


def test_a_cancellation_taken_back_in_a_short_last_cycle_bills_its_rest() -> None:
    # 30 × 10/31 = 9.677 → 9.68, the rest 20.32; 19 % = 1.839 and 3.861
    book = begin()
    cancel(book, "2024-02-01 10:00", when=date(2024, 3, 10))
    book.run("2024-02-29 00:00")
    book.ask(subscriptions.Uncancel, "2024-03-05 10:00", **SUB)
    book.run("2024-03-31 00:00")
    assert told(book)[1:] == ["INV-2 9.68 + 1.84", "INV-3 20.32 + 3.86", "INV-4 30.00 + 5.70"]


def test_a_change_in_a_short_last_cycle_reaches_to_the_end_only() -> None:
    # 29 February to 5 March are 5 of 31 days, to 10 March 10: 30 × 5/31 = 4.839 → 4.84, so 9.68 − 4.84 = 4.84
    # goes; of 60: 19.35 − 9.68 = 9.67 comes (19.355, 9.677); tax 1.84 × 4.84/9.68 = 0.92 stays; 19 % = 1.837
    book = begin()
    cancel(book, "2024-02-01 10:00", when=date(2024, 3, 10))
    change(book, "2024-03-05 10:00", "large")
    book.run("2024-06-30 00:00")
    assert told(book)[1:] == ["INV-2 9.68 + 1.84", "CN-1 of INV-2 4.84 + 0.92", "INV-3 9.67 + 1.84"]


# Quantities and intervals


def test_seats_go_to_nothing_and_back() -> None:
    # 36 × 10/29 = 12.414 → 12.41, so 23.59 goes; tax 16.15 × 61.41/85 = 11.668 → 11.67 stays, 4.48 goes.
    # 36 × 20/29 = 24.828 → 24.83, so 11.17 comes; 19 % = 2.122
    book = begin("team", quantities={"seat": 3})
    book.ask(subscriptions.ChangeQuantity, "2024-02-10 10:00", **SUB, item="seat", quantity=0)
    book.ask(subscriptions.ChangeQuantity, "2024-02-20 10:00", **SUB, item="seat", quantity=3)
    book.run("2024-02-29 00:00")
    assert told(book) == [
        "INV-1 85.00 + 16.15",
        "CN-1 of INV-1 23.59 + 4.48",
        "INV-2 11.17 + 2.12",
        "INV-3 85.00 + 16.15",
    ]


def test_a_month_becomes_a_year_that_begins_with_the_change() -> None:
    book = begin()
    change(book, "2024-02-10 10:00", "year")
    book.run("2025-02-10 00:00")
    assert told(book)[1:] == [
        "CN-1 of INV-1 19.66 + 3.74",
        "INV-2 600.00 + 114.00",
        "INV-3 600.00 + 114.00",
    ]
    assert book.documents()[-1].lines[0][1:3] == (date(2025, 2, 10), date(2026, 2, 10))


def test_an_interval_that_changes_at_a_boundary_keeps_the_day_of_the_month() -> None:
    book = begin()
    change(book, "2024-02-10 10:00", "year", when=Timing.CYCLE_END)
    book.run("2025-02-28 00:00")
    assert [each.lines[0][1:3] for each in book.documents()][1:] == [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 2, 28), date(2026, 2, 28)),
    ]
    change(book, "2025-03-01 10:00", "small", when=Timing.CYCLE_END)
    book.run("2026-03-31 00:00")
    assert [each.lines[0][1:3] for each in book.documents()][3:] == [
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ]


def test_a_year_that_becomes_months_bills_one_month() -> None:
    # 10 February to 10 March are 29 of 366 days: 600 × 29/366 = 47.541 → 47.54 stays, 552.46 goes;
    # tax 114 × 47.54/600 = 9.033 → 9.03 stays, 104.97 goes
    book = begin("year", at="2024-02-10 09:00")
    change(book, "2024-03-10 10:00", "small")
    book.run("2024-04-10 00:00")
    assert told(book) == [
        "INV-1 600.00 + 114.00",
        "CN-1 of INV-1 552.46 + 104.97",
        "INV-2 30.00 + 5.70",
        "INV-3 30.00 + 5.70",
    ]


# Arrears


def test_a_charge_in_arrears_is_billed_up_to_the_end() -> None:
    # On 10 March 10 of 31 days are used. In advance: 10 × 10/31 = 3.226 → 3.23 stays, 6.77 goes; tax
    # 7.79 × 34.23/41 = 6.504 → 6.50 stays, 1.29 goes. In arrears: 31 × 10/31 = 10.00
    book = begin("metered")
    cancel(book, "2024-03-10 10:00")
    book.run("2024-06-30 00:00")
    assert told(book) == [
        "INV-1 10.00 + 1.90",
        "INV-2 41.00 + 7.79",
        "CN-1 of INV-2 6.77 + 1.29",
        "INV-3 10.00 + 1.90",
    ]


def test_a_charge_in_arrears_that_ends_with_its_plan_is_billed_at_the_boundary() -> None:
    # In advance: 10 × 10/29 = 3.448 → 3.45 stays, 6.55 goes; tax 1.90 × 3.45/10 = 0.656 → 0.66 stays.
    # 30 − 10.34 = 19.66; 19 % = 3.735. In arrears: 31 × 10/29 = 10.690 → 10.69; 19 % of 40.69 = 7.731
    book = begin("metered")
    change(book, "2024-02-10 10:00", "small")
    book.run("2024-02-29 00:00")
    assert told(book)[1:] == ["CN-1 of INV-1 6.55 + 1.24", "INV-2 19.66 + 3.74", "INV-3 40.69 + 7.73"]


# Other currencies and clocks


def test_yen_have_no_smaller_unit() -> None:
    # 3000 × 10/29 = 1034.5 → 1034 stays, 1966 goes; tax 300 × 1034/3000 = 103.4 → 103 stays.
    # 5001 × 10/29 = 1724.5 → 1724, so 3277 comes; 10 % = 327.7
    policies = Policies(
        catalog=catalog(
            plan("small", charge("fee", "3000", "JPY")), plan("large", charge("fee", "5001", "JPY"))
        ),
        taxes=taxes("S", "10"),
    )
    book = begin(policies=policies, zone="Asia/Tokyo", currency="JPY")
    change(book, "2024-02-10 10:00", "large")
    assert told(book, "JPY") == ["INV-1 3000 + 300", "CN-1 of INV-1 1966 + 197", "INV-2 3277 + 328"]


def test_dinars_have_a_thousand_fils() -> None:
    # 10.005 × 10/29 = 3.450 stays, 6.555 goes; tax 0.500 × 3.450/10.005 = 0.1724 → 0.172 stays.
    # 20.007 × 10/29 = 6.8990 → 6.899, so 13.108 comes; 5 % = 0.6554
    policies = Policies(
        catalog=catalog(
            plan("small", charge("fee", "10.005", "KWD")), plan("large", charge("fee", "20.007", "KWD"))
        ),
        taxes=taxes("S", "5"),
    )
    book = begin(policies=policies, zone="Asia/Kuwait", currency="KWD")
    change(book, "2024-02-10 10:00", "large")
    assert told(book, "KWD") == [
        "INV-1 10.005 + 0.500",
        "CN-1 of INV-1 6.555 + 0.328",
        "INV-2 13.108 + 0.655",
    ]


NEW_YORK = Policies(
    catalog=catalog(
        plan("small", charge("fee", "99.00", "USD")), plan("large", charge("fee", "249.00", "USD"))
    ),
    proration=BY_SECOND,
    taxes=taxes("S", "0"),
)


@pytest.mark.parametrize(
    ("at", "change_at", "expected"),
    [
        # March 2025: 31 × 86,400 − 3,600 = 2,674,800 s. Up to 9 March 03:30, 8 days 3:30 on the wall,
        # less the hour: 8 × 86,400 + 9,000 = 700,200 s. 99 × that = 25.916 → 25.92; 249 × = 65.183 → 65.18
        pytest.param(
            "2025-03-01 00:00", "2025-03-09 03:30", ["73.08", "183.82"], id="after clocks go forward"
        ),
        # The same cycle up to 01:30, before the gap: 8 × 86,400 + 5,400 = 696,600 s:
        # 25.783 → 25.78, 64.848 → 64.85
        pytest.param(
            "2025-03-01 00:00", "2025-03-09 01:30", ["73.22", "184.15"], id="before clocks go forward"
        ),
        # November 2025: 30 × 86,400 + 3,600 = 2,595,600 s. Up to 2 November 12:00, 36 hours on the wall
        # and one more: 133,200 s: 99 × that = 5.0804 → 5.08; 249 × that = 12.778 → 12.78
        pytest.param("2025-11-01 00:00", "2025-11-02 12:00", ["93.92", "236.22"], id="after clocks go back"),
    ],
)
def test_seconds_are_those_that_pass(at: str, change_at: str, expected: list[str]) -> None:
    book = begin(at=at, policies=NEW_YORK, zone="America/New_York", currency="USD")
    change(book, change_at, "large")
    assert told(book, "USD") == [
        "INV-1 99.00 + 0.00",
        f"CN-1 of INV-1 {expected[0]} + 0.00",
        f"INV-2 {expected[1]} + 0.00",
    ]


# Money and documents


def test_a_credit_larger_than_the_next_invoice_serves_for_several() -> None:
    # 1 of 29 days: base 49/29 = 1.690 → 1.69, seats 600/29 = 20.690 → 20.69 stay, 47.31 + 579.31 go;
    # tax 123.31 × 22.38/649 = 4.252 → 4.25 stays, 119.06 goes.
    # 30/29 = 1.034 → 1.03, so 28.97 comes; 19 % = 5.504
    book = begin("team", quantities={"seat": 50})
    pay(book, "2024-01-31 10:00", "P1", "772.31")
    change(book, "2024-02-01 10:00", "small")
    assert told(book)[1:] == ["CN-1 of INV-1 626.62 + 119.06", "INV-2 28.97 + 5.50"]
    assert book.balance == -(745_68 - 34_47)
    book.run("2024-03-31 00:00")
    assert book.steps[-1].allocations == (("CN-1", "INV-4", 35_70),)
    assert book.balance == -(745_68 - 34_47 - 2 * 35_70)


def test_an_overpayment_serves_for_the_next_invoice() -> None:
    book = begin()
    pay(book, "2024-02-01 10:00", "P1", "100.00")
    assert book.balance == -64_30
    book.run("2024-02-29 00:00")
    assert book.steps[-1].allocations == (("P1", "INV-2", 35_70),)
    assert book.balance == -28_60


def test_money_back_is_owed_again() -> None:
    book = begin()
    pay(book, "2024-01-31 10:00", "P1", "35.70")
    give(book, "2024-02-05 10:00", "R1", "10.00", refunds.Kind.MONEY_BACK)
    assert book.steps[-1].allocations == (("P1", "INV-1", -10_00), ("P1", "R1", 10_00))
    assert book.steps[-1].open == (("INV-1", 10_00),)
    pay(book, "2024-02-06 10:00", "P2", "10.00")
    assert book.balance == 0
    assert told(book) == ["INV-1 30.00 + 5.70"]


def test_what_was_refunded_is_not_given_back_a_second_time() -> None:
    # 10.00 over 30.00 and 5.70: 8.403 and 1.597 → 8.40 and 1.60. Then, on 10 February, 21.60 is left of
    # the line and 10.34 of it used: 11.26 goes; tax 5.70 × 10.34/30 = 1.965 → 1.96 stays of the 4.10 that
    # are left, 2.14 goes
    book = begin()
    pay(book, "2024-01-31 10:00", "P1", "35.70")
    give(book, "2024-02-05 10:00", "R1", "10.00", refunds.Kind.PRICE_REDUCTION)
    change(book, "2024-02-10 10:00", "large")
    assert told(book)[1:] == [
        "CN-1 of INV-1 8.40 + 1.60",
        "CN-2 of INV-1 11.26 + 2.14",
        "INV-2 39.31 + 7.47",
    ]


def test_after_the_whole_price_was_refunded_a_change_gives_nothing_back() -> None:
    book = begin()
    pay(book, "2024-01-31 10:00", "P1", "35.70")
    give(book, "2024-02-05 10:00", "R1", "35.70", refunds.Kind.PRICE_REDUCTION)
    change(book, "2024-02-10 10:00", "large")
    assert told(book)[1:] == ["CN-1 of INV-1 30.00 + 5.70", "INV-2 39.31 + 7.47"]


def test_a_balance_is_paid_out_once() -> None:
    book = begin()
    pay(book, "2024-01-31 10:00", "P1", "35.70")
    cancel(book, "2024-02-10 10:00")
    assert book.balance == -23_40
    balance = refunds.Kind.BALANCE
    assert give(book, "2024-02-11 10:00", "R1", "23.41", balance) == ("refunds.exceeds_credit",)
    assert give(book, "2024-02-11 10:01", "R1", "23.40", balance) == ()
    assert give(book, "2024-02-11 10:02", "R2", "12.31", balance) == (
        "refunds.exceeds_paid",
        "refunds.exceeds_credit",
    )
    assert book.balance == 0


def give(book: Book, at: str, id: str, amount: str, kind: refunds.Kind) -> tuple[str, ...]:
    book.ask(refunds.Give, at, refund_id=id, payment_id="P1", amount=Money(amount, "EUR"), kind=kind)
    return book.codes


def test_nothing_of_a_void_invoice_is_given_back() -> None:
    book = begin()
    book.ask(invoices.Void, "2024-02-01 10:00", document_id=book.id("INV-1"))
    assert book.balance == 0
    change(book, "2024-02-10 10:00", "large")
    assert told(book)[1:] == ["INV-2 39.31 + 7.47"]
    cancel(book, "2024-02-20 10:00")
    # 60 × 20/29 = 41.379 → 41.38, so 18.62 goes; tax 7.47 × 20.69/39.31 = 3.932 → 3.93 stays, 3.54 goes
    assert told(book)[2:] == ["CN-1 of INV-2 18.62 + 3.54"]


def test_an_invoice_with_money_on_it_is_not_voided() -> None:
    book = begin()
    pay(book, "2024-02-01 10:00", "P1", "5.00")
    book.ask(invoices.Void, "2024-02-01 10:01", document_id=book.id("INV-1"))
    assert book.codes == ("invoices.has_payments",)


def test_what_was_credited_by_hand_is_not_given_back_a_second_time() -> None:
    # 11.90 are 10.00 and 1.90. Of the 20.00 that are left, 10.34 is used: 9.66 goes; tax 1.96 stays of
    # 3.80, 1.84 goes
    book = begin()
    book.ask(invoices.Credit, "2024-02-01 10:00", document_id=book.id("INV-1"), amount=Money("11.90", "EUR"))
    change(book, "2024-02-10 10:00", "large")
    assert told(book)[1:] == [
        "CN-1 of INV-1 10.00 + 1.90",
        "CN-2 of INV-1 9.66 + 1.84",
        "INV-2 39.31 + 7.47",
    ]
    assert dict(book.steps[-1].open) == {"INV-1": 12_30, "INV-2": 46_78}


def test_two_subscriptions_share_an_account_and_nothing_else() -> None:
    book = begin()
    book.ask(
        subscriptions.Start,
        "2024-02-10 09:00",
        subscription_id="sub-2",
        plan="large",
        currency="EUR",
    )
    pay(book, "2024-02-10 10:00", "P1", "107.10")
    assert book.balance == 0
    cancel(book, "2024-02-10 11:00")  # sub-1: 19.66 + 3.74 = 23.40 stays as credit
    book.run("2024-03-10 00:00")
    assert told(book) == [
        "INV-1 30.00 + 5.70",
        "INV-2 60.00 + 11.40",
        "CN-1 of INV-1 19.66 + 3.74",
        "INV-3 60.00 + 11.40",
    ]
    assert book.steps[-1].allocations == (("CN-1", "INV-3", 23_40),)
    assert book.balance == 48_00
