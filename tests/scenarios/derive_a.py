"""Story (a) on paper: a customer per seat in Europe, prorated by the day.

`python -m tests.scenarios.derive_a` prints every table of docs/scenarios/a-per-seat-europe.md.
"""

import calendar
from datetime import date
from zoneinfo import ZoneInfo

from tests.scenarios import paper
from tests.scenarios.paper import Cycle, Ledger, Row, Table

BERLIN = ZoneInfo("Europe/Berlin")
ANCHOR = 31
TEAM, TEAM_SEAT, BUSINESS, BUSINESS_SEAT = "49.00", "12.00", "99.00", "15.00"


def boundary(year: int, month: int) -> date:
    """The last day of the month, or the 31st: each counted from the anchor, never from the month before."""
    return date(year, month, min(ANCHOR, calendar.monthrange(year, month)[1]))


JANUARY, FEBRUARY, MARCH, APRIL = (boundary(2024, month) for month in (1, 2, 3, 4))
FIRST, SECOND, THIRD = Cycle(JANUARY, FEBRUARY), Cycle(FEBRUARY, MARCH), Cycle(MARCH, APRIL)


def story() -> Ledger:
    it = Ledger(BERLIN, "S 19 %", "19", net_days=14)

    # 17 January: 14 days of trial, the 17th being the first of them; nothing is billed
    assert paper.days(date(2024, 1, 17), JANUARY) == 14
    it.step("2024-01-17 09:00", "account opened")
    it.step("2024-01-17 09:05", "team with 5 seats, trial of 14 days")

    first = it.invoice(JANUARY, FIRST.part("base", TEAM, 1), FIRST.part("seat", TEAM_SEAT, 5))
    it.step("2024-01-31 00:00", "trial ends, first cycle billed")

    it.step("2024-02-01 10:00", "P1 fails")
    it.pay("P2", first.total)
    it.settle("P2", "INV-1")
    it.step("2024-02-03 10:00", f"P2 pays {paper.money(first.total)}")

    day = date(2024, 2, 12)  # belongs to the new plan
    it.credit("INV-1", FIRST.part("base", TEAM, 1, start=day), FIRST.part("seat", TEAM_SEAT, 5, start=day))
    it.invoice(
        day, FIRST.part("base", BUSINESS, 1, start=day), FIRST.part("seat", BUSINESS_SEAT, 5, start=day)
    )
    it.settle("CN-1", "INV-2")  # INV-1 is paid, so the credit goes to what is open
    it.step("2024-02-12 11:00", "business from now on")

    day = date(2024, 2, 20)
    it.credit("INV-2", FIRST.part("seat", BUSINESS_SEAT, 5, start=day))
    it.invoice(day, FIRST.part("seat", BUSINESS_SEAT, 8, start=day))
    it.settle("CN-2", "INV-2")
    it.step("2024-02-20 15:00", "8 seats from now on")

    it.invoice(FEBRUARY, SECOND.part("base", BUSINESS, 1), SECOND.part("seat", BUSINESS_SEAT, 8))
    it.step("2024-02-29 00:00", "second cycle billed")

    owed = sum(it.owed.values())
    it.pay("P3", owed)
    for invoice in ("INV-2", "INV-3", "INV-4"):  # due 26 February, 5 March, 14 March
        it.settle("P3", invoice)
    it.step("2024-03-04 09:00", f"P3 pays {paper.money(owed)}")

    day = date(2024, 3, 8)
    it.credit("INV-4", SECOND.part("seat", BUSINESS_SEAT, 8, start=day))
    it.invoice(day, SECOND.part("seat", BUSINESS_SEAT, 6, start=day))
    it.settle("CN-3", "INV-5")
    it.step("2024-03-08 12:00", "6 seats from now on")

    it.reduce("INV-1", 20_00)
    it.take_back("P2", "INV-1", 20_00)
    it.settle("CN-4", "INV-1")
    it.refund("R1", 20_00)
    it.settle("P2", "R1")
    it.step("2024-03-12 16:00", "R1 refunds 20.00 of P2, price reduction")

    it.invoice(MARCH, THIRD.part("base", BUSINESS, 1), THIRD.part("seat", BUSINESS_SEAT, 6))
    it.settle("CN-3", "INV-6")
    it.step("2024-03-31 00:00", "third cycle billed")

    it.step("2024-04-10 10:00", "cancelled at the end of the cycle")
    it.step("2024-04-15 09:00", "closure requested")
    it.step(
        "2024-04-15 09:05",
        "close",
        "refused",
        ("account.subscription_running", "account.balance_open"),
    )
    it.step("2024-04-30 00:00", "subscription ends, nothing billed")
    owed = sum(it.owed.values())
    it.pay("P4", owed)
    it.settle("P4", "INV-6")
    it.step("2024-05-01 09:00", f"P4 pays {paper.money(owed)}")
    it.step("2024-05-02 09:00", "closed")
    return it


def tables() -> dict[str, list[Table]]:
    cycles = [["Cycle", "From", "Up to", "Days"]]
    for number, cycle in enumerate((FIRST, SECOND, THIRD), 1):
        cycles.append([str(number), paper.moment(cycle.start), paper.moment(cycle.end), str(cycle.whole)])
    facts = [
        ["Plan", "Base", "Each seat", "Trial"],
        ["team", TEAM, TEAM_SEAT, "14 days"],
        ["business", BUSINESS, BUSINESS_SEAT, "none"],
    ]
    it = story()
    proof = it.proof(used(), ("INV-1", "INV-2", "INV-3"), ("CN-1", "CN-2"))
    return {"The facts": [facts], "Cycles": [cycles], **it.tables(), "Proof": proof}


def used() -> list[tuple[str, Row]]:
    """What the first cycle was used for."""
    plan, more = date(2024, 2, 12), date(2024, 2, 20)
    return [
        ("team", FIRST.part("base", TEAM, 1, end=plan)),
        ("5 seats of team", FIRST.part("seat", TEAM_SEAT, 5, end=plan)),
        ("business", FIRST.part("base", BUSINESS, 1, start=plan)),
        ("5 seats of business", FIRST.part("seat", BUSINESS_SEAT, 5, start=plan, end=more)),
        ("8 seats of business", FIRST.part("seat", BUSINESS_SEAT, 8, start=more)),
    ]


if __name__ == "__main__":
    print(paper.shown(tables()))
