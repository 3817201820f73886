"""Story (b) on paper: a plan in US dollars, prorated by the second over a change of the clocks.

`python -m tests.scenarios.derive_b` prints every table of docs/scenarios/b-per-second-usd.md.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.scenarios import paper
from tests.scenarios.paper import Cycle, Ledger, Row, Table

NEW_YORK = ZoneInfo("America/New_York")
PRO, SCALE = "99.00", "249.00"


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


JANUARY, FEBRUARY, MARCH = (clock(f"2025-0{month}-15 10:30:00") for month in (1, 2, 3))
FIRST = Cycle(JANUARY, FEBRUARY, paper.seconds)
SECOND = Cycle(FEBRUARY, MARCH, paper.seconds)
UPGRADE, END = clock("2025-02-20 14:12:07"), clock("2025-02-27 08:00:00")


def story() -> Ledger:
    it = Ledger(NEW_YORK, "S 8.875 %", "8.875", net_days=0)
    it.step("2025-01-15 10:30", "account opened")
    first = it.invoice(JANUARY.date(), FIRST.part("pro", PRO, 1))
    it.step("2025-01-15 10:30", "pro, first cycle billed")
    it.pay("P1", first.total)
    it.settle("P1", "INV-1")
    it.step("2025-01-15 10:31", f"P1 pays {paper.money(first.total)}")

    second = it.invoice(FEBRUARY.date(), SECOND.part("pro", PRO, 1))
    it.step("2025-02-15 10:30", "second cycle billed")
    it.pay("P2", second.total)
    it.settle("P2", "INV-2")
    it.step("2025-02-15 11:00", f"P2 pays {paper.money(second.total)}")

    it.credit("INV-2", SECOND.part("pro", PRO, 1, start=UPGRADE))
    it.invoice(UPGRADE.date(), SECOND.part("scale", SCALE, 1, start=UPGRADE))
    it.settle("CN-1", "INV-3")
    it.step("2025-02-20 14:12:07", "scale from now on")
    owed = sum(it.owed.values())
    it.pay("P3", owed)
    it.settle("P3", "INV-3")
    it.step("2025-02-20 14:15", f"P3 pays {paper.money(owed)}")

    note = it.credit("INV-3", SECOND.part("scale", SCALE, 1, start=END))
    it.step("2025-02-27 08:00", "cancelled at once")

    through_p3 = min(owed, note.total)
    through_p2 = note.total - through_p3
    assert 0 < through_p2 <= second.total
    it.refund("R1", through_p3)
    it.settle("CN-2", "R1")
    it.step("2025-02-27 09:00", f"R1 pays out {paper.money(through_p3)} through P3")
    it.refund("R2", through_p2)
    it.settle("CN-2", "R2")
    it.step("2025-02-27 09:01", f"R2 pays out {paper.money(through_p2)} through P2")
    it.step("2025-02-27 09:05", "closed")
    return it


def tables() -> dict[str, list[Table]]:
    cycles = [["Cycle", "From", "Up to", "Days on the calendar", "Clocks", "Seconds"]]
    for number, cycle in enumerate((FIRST, SECOND), 1):
        wall = (cycle.end.replace(tzinfo=None) - cycle.start.replace(tzinfo=None)).days  # type: ignore[call-arg]
        lost = cycle.whole - wall * 86_400
        told = f"{wall} × 86,400" + (f" − {-lost:,}" if lost else "")
        row = [str(number), paper.moment(cycle.start), paper.moment(cycle.end), str(wall)]
        cycles.append([*row, "one hour forward" if lost else "unchanged", f"{told} = {cycle.whole:,}"])
    counted = [["From", "Up to", "Days", "Clock time beyond", "Seconds"]]
    for point in (UPGRADE, END):
        whole = point.replace(tzinfo=None) - FEBRUARY.replace(tzinfo=None)
        total = paper.seconds(FEBRUARY, point)
        told = f"{whole.days} × 86,400 + {whole.seconds:,} = {total:,}"
        beyond = f"{whole.seconds // 3600}:{whole.seconds // 60 % 60:02}:{whole.seconds % 60:02}"
        counted.append([paper.moment(FEBRUARY), paper.moment(point), str(whole.days), beyond, told])
    it = story()
    proof = it.proof(used(), ("INV-2", "INV-3"), ("CN-1", "CN-2"))
    facts = [["Plan", "A month"], ["pro", PRO], ["scale", SCALE]]
    return {"The facts": [facts], "Cycles": [cycles], "Seconds": [counted], **it.tables(), "Proof": proof}


def used() -> list[tuple[str, Row]]:
    """What the second month was used for."""
    return [
        ("pro", SECOND.part("pro", PRO, 1, end=UPGRADE)),
        ("scale", SECOND.part("scale", SCALE, 1, start=UPGRADE, end=END)),
    ]


if __name__ == "__main__":
    print(paper.shown(tables()))
