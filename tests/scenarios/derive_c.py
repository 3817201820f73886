"""Story (c) on paper: three changes in one cycle, the last of them backdated, and a hold for fraud.

`python -m tests.scenarios.derive_c` prints every table of docs/scenarios/c-holds-and-backdating.md.
"""

import calendar
from datetime import date
from zoneinfo import ZoneInfo

from tests.scenarios import paper
from tests.scenarios.paper import Cycle, Ledger, Row, Table

LONDON = ZoneInfo("Europe/London")
ANCHOR = 31
BASIC, PLUS, MAX = "29.90", "59.90", "119.90"


def boundary(year: int, month: int) -> date:
    return date(year, month, min(ANCHOR, calendar.monthrange(year, month)[1]))


JANUARY, FEBRUARY, MARCH, APRIL = (boundary(2025, month) for month in (1, 2, 3, 4))
FIRST, SECOND, THIRD = Cycle(JANUARY, FEBRUARY), Cycle(FEBRUARY, MARCH), Cycle(MARCH, APRIL)
TO_MAX_BACKDATED, TO_PLUS, TO_MAX = date(2025, 3, 5), date(2025, 3, 10), date(2025, 3, 20)


def story() -> Ledger:
    it = Ledger(LONDON, "S 20 %", "20", net_days=30)
    it.step("2025-01-31 09:00", "account opened")
    first = it.invoice(JANUARY, FIRST.part("fee", BASIC, 1))
    it.step("2025-01-31 09:05", "basic, first cycle billed")
    it.pay("P1", first.total)
    it.settle("P1", "INV-1")
    it.step("2025-02-01 10:00", f"P1 pays {paper.money(first.total)}")

    second = it.invoice(FEBRUARY, SECOND.part("fee", BASIC, 1))
    it.step("2025-02-28 00:00", "second cycle billed")
    it.pay("P2", second.total)
    it.settle("P2", "INV-2")
    it.step("2025-03-01 10:00", f"P2 pays {paper.money(second.total)}")

    it.credit("INV-2", SECOND.part("fee", BASIC, 1, start=TO_PLUS))
    it.invoice(TO_PLUS, SECOND.part("fee", PLUS, 1, start=TO_PLUS))
    it.settle("CN-1", "INV-3")
    it.step("2025-03-10 10:00", "plus from now on")

    it.credit("INV-3", SECOND.part("fee", PLUS, 1, start=TO_MAX))
    it.invoice(TO_MAX, SECOND.part("fee", MAX, 1, start=TO_MAX))
    it.settle("CN-2", "INV-3")  # its own invoice first, as far as that is open
    it.settle("CN-2", "INV-4")
    it.step("2025-03-20 10:00", "max from now on")

    # Recorded on 24 March: from 5 March on max instead of basic; from 10 March on plus stands as it is
    it.credit("INV-2", SECOND.part("fee", BASIC, 1, start=TO_MAX_BACKDATED, end=TO_PLUS))
    it.invoice(date(2025, 3, 24), SECOND.part("fee", MAX, 1, start=TO_MAX_BACKDATED, end=TO_PLUS))
    it.settle("CN-3", "INV-4")  # INV-2 is paid; INV-4 is the oldest that is open
    it.step("2025-03-24 10:00", "max backdated to 5 March")

    owed = sum(it.owed.values())
    it.pay("P3", owed)
    it.settle("P3", "INV-4")
    it.settle("P3", "INV-5")
    it.step("2025-03-25 10:00", f"P3 pays {paper.money(owed)}")

    blocked = ("holds.blocked",)
    it.step("2025-03-26 10:00", "H1 placed for fraud by ann")
    it.step("2025-03-26 10:05", "basic at the end of the cycle", "refused", blocked)
    it.step("2025-03-26 10:06", "refund of 40.00 of P3", "refused", blocked)
    it.step("2025-03-26 10:07", "close", "refused", ("account.hold_active", "account.subscription_running"))
    it.step(
        "2025-03-27 09:00", "release of H1 by ann", "needs_approval", ("holds.four_eyes", "approvals.needed")
    )
    it.step("2025-03-27 09:05", "ann asks for approval A1")
    it.step("2025-03-27 09:06", "ann approves A1", "refused", ("approvals.same_person",))
    it.step("2025-03-27 09:10", "sam approves A1")
    it.step("2025-03-27 09:15", "H1 released by ann under A1")
    it.step("2025-03-27 10:00", "basic at the end of the cycle")
    it.step("2025-03-27 10:05", "refund of 40.00 of P3 by ann", "needs_approval", ("approvals.needed",))
    it.step("2025-03-27 10:06", "ann asks for approval A2")
    it.step("2025-03-27 10:10", "sam approves A2")

    it.reduce("INV-4", 40_00)
    it.take_back("P3", "INV-4", 40_00)
    it.settle("CN-4", "INV-4")
    it.refund("R1", 40_00)
    it.settle("P3", "R1")
    it.step("2025-03-27 10:15", "R1 refunds 40.00 of P3 under A2, price reduction")

    third = it.invoice(MARCH, THIRD.part("fee", BASIC, 1))
    it.step("2025-03-31 00:00", "third cycle billed, on basic")
    it.pay("P4", third.total)
    it.settle("P4", "INV-6")
    it.step("2025-04-02 10:00", f"P4 pays {paper.money(third.total)}")
    return it


def tables() -> dict[str, list[Table]]:
    cycles = [["Cycle", "From", "Up to", "Days"]]
    for number, cycle in enumerate((FIRST, SECOND, THIRD), 1):
        cycles.append([str(number), paper.moment(cycle.start), paper.moment(cycle.end), str(cycle.whole)])
    counted = [["From", "Up to", "Days"]]
    counted += [
        [FEBRUARY.isoformat(), point.isoformat(), str(paper.days(FEBRUARY, point))]
        for point in (TO_MAX_BACKDATED, TO_PLUS, TO_MAX)
    ]
    it = story()
    proof = it.proof(used(), ("INV-2", "INV-3", "INV-4", "INV-5"), ("CN-1", "CN-2", "CN-3"))
    facts = [["Plan", "A month"], ["basic", BASIC], ["plus", PLUS], ["max", MAX]]
    limits = [
        ["Who", "Role", "Refunds up to"],
        ["Ann", "officer", "25.00"],
        ["Sam", "supervisor", "1,000.00"],
    ]
    return {
        "The facts": [facts, limits],
        "Cycles": [cycles],
        "Days": [counted],
        **it.tables(),
        "Proof": proof,
    }


def used() -> list[tuple[str, Row]]:
    """What the second cycle was used for."""
    return [
        ("basic", SECOND.part("fee", BASIC, 1, end=TO_MAX_BACKDATED)),
        ("max", SECOND.part("fee", MAX, 1, start=TO_MAX_BACKDATED, end=TO_PLUS)),
        ("plus", SECOND.part("fee", PLUS, 1, start=TO_PLUS, end=TO_MAX)),
        ("max", SECOND.part("fee", MAX, 1, start=TO_MAX)),
    ]


if __name__ == "__main__":
    print(paper.shown(tables()))
