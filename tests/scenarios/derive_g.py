"""Story (g) on paper: two payments, a partial refund, chargebacks, one of them of money that was refunded.

`python -m tests.scenarios.derive_g` prints the tables of docs/scenarios/g-chargeback-after-refund.md. Amounts
are cents; money is coins that lie in places, so what is moved cannot be in two of them.
"""

from dataclasses import dataclass, field
from fractions import Fraction

CREDIT, BANK = "credit", "bank"
HEAD = ("Day", "What happened", "INV-1 open", "Fee open", "Refunds owed", "Credit", "Balance")


@dataclass
class Paper:
    """What is owed, where the coins of each payment lie, and a row for every day."""

    owed: dict[str, int] = field(default_factory=dict)
    coins: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: list[tuple[str, str, int, int, int, int, int]] = field(default_factory=list)

    def move(self, payment: str, origin: str, to: str, amount: int) -> None:
        """Move coins of a payment from one place to another."""
        lie = self.coins.get((payment, origin), 0)
        if origin != BANK:
            assert lie >= amount
            self.coins[payment, origin] = lie - amount
        if to != BANK:
            self.coins[payment, to] = self.coins.get((payment, to), 0) + amount

    def open(self, item: str) -> int:
        """Return what is open of an item: what it is over, less the coins and notes that lie on it."""
        return self.owed.get(item, 0) - sum(lie for (_, place), lie in self.coins.items() if place == item)

    def day(self, day: str, what: str) -> None:
        """Write the row of a day."""
        refunds = sum(self.open(item) for item in self.owed if item.startswith("R-"))
        credit = sum(lie for (_, place), lie in self.coins.items() if place == CREDIT)
        figures = self.open("INV-1"), self.open("fee"), refunds, credit
        self.rows.append((day, what, *figures, sum(figures[:3]) - credit))


def note(gross: int, before: int = 0) -> tuple[int, int]:
    """Return net and tax of a credit note over an amount with 19 % in it, after notes over others."""

    def tax(of: int) -> int:
        left = Fraction(of * 19, 119)
        return (2 * left.numerator + left.denominator) // (2 * left.denominator)

    whole = 119_000
    back = tax(whole - before) - tax(whole - before - gross)
    return gross - back, back


def story() -> Paper:
    """Return the story, step by step, by what each fact does to the coins."""
    it = Paper()
    it.owed["INV-1"] = 100_000 + 19_000
    it.day("03-03", "INV-1 is issued: 1,000.00 and 190.00 tax")
    it.move("P-1", BANK, "INV-1", 69_000)
    it.day("03-05", "P-1 pays 690.00 by card")
    it.move("P-2", BANK, "INV-1", 50_000)
    it.day("03-10", "P-2 pays 500.00 by bank transfer")

    it.owed["R-1"] = 11_900
    it.move("CN-1", BANK, "INV-1", sum(note(11_900)))
    it.move("P-2", "INV-1", "R-1", 11_900)
    it.day("03-20", "119.00 of the price goes back through P-2, CN-1")
    it.day("03-22", "R-1 arrived")

    it.owed["fee"] = 1500
    it.move("P-1", "INV-1", BANK, 69_000)
    it.day("04-02", "CB-1 takes P-1 back, with a fee of 15.00")
    it.day("04-10", "CB-1 is contested")
    it.move("P-1", BANK, "INV-1", 39_000)
    it.day("05-06", "390.00 of CB-1 are won")
    it.move("P-3", BANK, "INV-1", 30_000)
    it.move("P-3", BANK, "fee", 1500)
    it.day("05-08", "P-3 pays the 315.00 that are owed")

    it.move("P-2", "INV-1", BANK, 38_100)
    it.move("P-2", "R-1", BANK, 11_900)
    it.day("05-20", "CB-2 takes P-2 back, of which 119.00 were refunded")

    it.owed["R-3"] = 10_000
    it.move("CN-2", BANK, "INV-1", sum(note(10_000, 11_900)))
    it.move("P-3", "INV-1", "R-3", 10_000)
    it.day("06-02", "100.00 of the price go back through P-3, CN-2")
    it.day("06-03", "R-3 is sent")
    it.move("P-3", "R-3", CREDIT, 10_000)
    del it.owed["R-3"]
    it.day("06-09", "R-3 fails: its money is there again")
    it.move("P-3", CREDIT, "INV-1", 10_000)
    it.day("06-10", "the credit settles what is owed")

    it.move("P-2", BANK, "INV-1", 28_100)
    it.move("P-2", BANK, "R-1", 11_900)
    it.move("P-2", BANK, CREDIT, 10_000)
    it.day("06-20", "CB-2 is won: what it opened is closed, 100.00 are over")
    it.owed["R-4"] = 10_000
    it.move("P-2", CREDIT, "R-4", 10_000)
    it.day("06-21", "the credit is paid out, R-4")
    it.day("06-24", "R-4 arrived")
    return it


def money(cents: int) -> str:
    """Return an amount as the page shows it."""
    return f"{cents / 100:,.2f}".replace("-", "−")


def table() -> str:
    """Return the table of the page."""
    lines = ["| " + " | ".join(HEAD) + " |", "| " + " | ".join(["---"] * 2 + ["---:"] * 5) + " |"]
    lines += [
        "| " + " | ".join([day, what, *map(money, figures)]) + " |" for day, what, *figures in story().rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
