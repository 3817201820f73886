"""What one needs to work a story out on paper: days, seconds, rounding, and a ledger of what is open.

Nothing of acctcore in here, and nothing beyond the standard library. Amounts are whole cents; what lies
between them is a Fraction until the one rounding that is named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import TypeVar

Point = date  # a local date, or an aware datetime
P = TypeVar("P", bound=date)
Table = list[list[str]]


def half_up(amount: Fraction) -> int:
    assert amount >= 0
    return floor(amount + Fraction(1, 2))


def cents(amount: str) -> int:
    exact = Fraction(amount) * 100
    assert exact.denominator == 1
    return exact.numerator


def days(start: Point, end: Point) -> int:
    return (end - start).days


def seconds(start: Point, end: Point) -> int:
    """Elapsed seconds: aware datetimes of one zone subtract by the clock on the wall, so go to UTC first."""
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    gap = end.astimezone(UTC) - start.astimezone(UTC)
    assert gap.microseconds == 0
    return gap // timedelta(seconds=1)


# Lines


@dataclass(frozen=True)
class Row:
    """One line: what stands between two running totals of the cycle."""

    item: str
    start: Point
    end: Point
    price: int
    quantity: int
    before: int
    upto: int
    whole: int
    net: int

    @property
    def cost(self) -> int:
        return self.price * self.quantity

    def told(self, count: int) -> str:
        if count in {0, self.whole}:
            return money(self.cost if count else 0)
        exact = Fraction(self.cost * count, self.whole)
        how = f"{count:,}/{self.whole:,}"
        return f"{money(self.cost)} × {how} = {rounded(exact)}"

    def cells(self) -> list[str]:
        unit = f"{self.quantity} × {money(self.price)}"
        ends = [moment(self.start), moment(self.end)]
        return [self.item, *ends, unit, self.told(self.upto), self.told(self.before), money(self.net)]


LINES = ["Item", "From", "Up to", "Price", "Running total at the end", "at the beginning", "Net"]


@dataclass(frozen=True)
class Cycle:
    """A whole cycle and the way its length is counted."""

    start: Point
    end: Point
    count: Callable[[Point, Point], int] = days

    @property
    def whole(self) -> int:
        return self.count(self.start, self.end)

    def part(
        self, item: str, price: str, quantity: int, start: Point | None = None, end: Point | None = None
    ) -> Row:
        """The running total at the part's end less the one at its beginning, each rounded once."""
        start, end = start or self.start, end or self.end
        assert self.start <= start < end <= self.end
        before, upto = self.count(self.start, start), self.count(self.start, end)
        cost = cents(price) * quantity
        net = half_up(Fraction(cost * upto, self.whole)) - half_up(Fraction(cost * before, self.whole))
        return Row(item, start, end, cents(price), quantity, before, upto, self.whole, net)


# Documents


@dataclass(frozen=True)
class Share:
    """One part of an amount that is split over what is left: lines first, then the tax."""

    name: str
    left: int
    exact: Fraction
    amount: int

    def cells(self) -> list[str]:
        down = floor(self.exact)
        return [
            self.name,
            money(self.left),
            decimals(self.exact / 100),
            money(down),
            money(self.amount - down),
            money(self.amount),
        ]


SHARES = ["Part", "Left of it", "Exact share", "Rounded down", "Cent left over", "Amount"]


def split(total: int, left: Sequence[tuple[str, int]]) -> list[Share]:
    """Whole cents in proportion; the cents left over go to the largest remainders."""
    whole = sum(amount for _, amount in left)
    exact = [Fraction(total * amount, whole) for _, amount in left]
    amounts = [floor(share) for share in exact]
    order = sorted(range(len(left)), key=lambda index: (amounts[index] - exact[index], index))
    for index in order[: total - sum(amounts)]:
        amounts[index] += 1
    return [Share(name, have, exact[i], amounts[i]) for i, (name, have) in enumerate(left)]


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note.

    `lines` are (item, start, end, price, quantity, net), `taxes` are (key, base, tax).
    """

    name: str
    of: str | None
    due: date | None
    lines: tuple[tuple[str, Point, Point, Fraction | int, int, int], ...]
    taxes: tuple[tuple[str, int, int], ...]
    net: int
    tax: int
    total: int
    tables: tuple[tuple[str, ...], ...] = field(compare=False, default=())
    sums: tuple[str, ...] = field(compare=False, default=())


SUMS = ["Net", "Tax", "Total", "Due"]


@dataclass(frozen=True)
class Step:
    """What one event brought about, and how things stand after it."""

    at: datetime
    what: str
    documents: tuple[Document, ...]
    allocations: tuple[tuple[str, str, int], ...]
    balance: int
    open: tuple[tuple[str, int], ...]
    outcome: str = "allowed"
    codes: tuple[str, ...] = ()


class Ledger:
    """The account on paper: documents, what is open of each, and a row for every event."""

    def __init__(self, zone: object, key: str, rate: str, net_days: int) -> None:
        self.zone = zone
        self.key = key
        self.rate = Fraction(rate)
        self.net_days = net_days
        self.documents: dict[str, Document] = {}
        self.owed: dict[str, int] = {}  # invoices, what is open of them
        self.given: dict[str, int] = {}  # credit notes and payments, what is open of them; oldest first
        self.payments: dict[str, int] = {}
        self.refunds: dict[str, int] = {}
        self.steps: list[Step] = []
        self._new: list[Document] = []
        self._allocations: list[tuple[str, str, int]] = []

    # What happens

    def invoice(self, on: date, *rows: Row) -> Document:
        net = sum(row.net for row in rows)
        exact = Fraction(net) * self.rate / 100
        due = on + timedelta(days=self.net_days)
        name = f"INV-{1 + sum(1 for each in self.documents if each.startswith('INV'))}"
        told = f"{self.percent} of {money(net)} = {rounded(exact)}"
        document = self._issue(name, None, due, rows, net, half_up(exact), told, due.isoformat())
        self.owed[name] = document.total
        return document

    def credit(self, of: str, *rows: Row) -> Document:
        """The tax is what the invoice's own tax loses as its base falls."""
        invoice, notes = self.documents[of], self.notes(of)
        base_left = invoice.net - sum(note.net for note in notes)
        tax_left = invoice.tax - sum(note.tax for note in notes)
        net = sum(row.net for row in rows)
        exact = Fraction(invoice.tax * (base_left - net), invoice.net)
        tax = tax_left - half_up(exact)
        told = (
            f"{money(tax_left)} so far; {money(invoice.tax)} × {money(base_left - net)}/{money(invoice.net)}"
            f" = {rounded(exact)} stays; {money(tax)} goes"
        )
        return self._note(of, rows, net, tax, told)

    def reduce(self, of: str, total: int) -> Document:
        """A credit note over an amount with tax, split over what is left of lines and tax."""
        invoice, notes = self.documents[of], self.notes(of)
        tax_left = invoice.tax - sum(note.tax for note in notes)
        left = [
            line[5] - sum(other[5] for note in notes for other in note.lines if other[0] == line[0])
            for line in invoice.lines
        ]
        parts = [
            *[(line[0], have) for line, have in zip(invoice.lines, left, strict=True)],
            ("tax", tax_left),
        ]
        shares = split(total, parts)
        lines = tuple(
            (*line[:5], share.amount)
            for line, share in zip(invoice.lines, shares, strict=False)
            if share.amount
        )
        tax = shares[-1].amount
        name = self._note_name()
        tables = (tuple(SHARES), *(tuple(share.cells()) for share in shares))
        sums = (money(total - tax), money(tax), money(total), "–")
        document = Document(
            name, of, None, lines, ((self.key, total - tax, tax),), total - tax, tax, total, tables, sums
        )
        self._file(document)
        self.given[name] = total
        return document

    def pay(self, name: str, amount: int) -> None:
        self.payments[name] = self.given[name] = amount

    def refund(self, name: str, amount: int) -> None:
        self.refunds[name] = self.owed[name] = amount

    def settle(self, source: str, target: str, amount: int | None = None) -> None:
        """So much of something given settles something owed; all that both sides have, unless stated."""
        have = self.given.get(source, 0)
        amount = min(have, self.owed[target]) if amount is None else amount
        assert 0 < amount <= min(have, self.owed[target]), (source, target, amount)
        self._move(source, target, amount)

    def take_back(self, source: str, target: str, amount: int) -> None:
        assert amount > 0
        self._move(source, target, -amount)

    def _move(self, source: str, target: str, amount: int) -> None:
        self.given[source] = self.given.get(source, 0) - amount
        self.owed[target] = self.owed.get(target, 0) - amount
        self._allocations.append((source, target, amount))

    def step(self, at: str, what: str, outcome: str = "allowed", codes: Sequence[str] = ()) -> None:
        """Close the row of an event."""
        when = datetime.fromisoformat(at).replace(tzinfo=self.zone)  # type: ignore[arg-type]
        open_ = {name: amount for name, amount in {**self.owed, **self.given}.items() if amount}
        balance = sum(self.owed.values()) - sum(self.given.values())
        self.steps.append(
            Step(
                when,
                what,
                tuple(self._new),
                tuple(self._allocations),
                balance,
                tuple(open_.items()),
                outcome,
                tuple(codes),
            )
        )
        self._new, self._allocations = [], []

    # Helpers

    @property
    def percent(self) -> str:
        return f"{decimals(self.rate)} %"

    def notes(self, of: str) -> list[Document]:
        return [each for each in self.documents.values() if each.of == of]

    def _note_name(self) -> str:
        return f"CN-{1 + sum(1 for each in self.documents if each.startswith('CN'))}"

    def _note(self, of: str, rows: Sequence[Row], net: int, tax: int, told: str) -> Document:
        document = self._issue(self._note_name(), of, None, rows, net, tax, told, "–")
        self.given[document.name] = document.total
        return document

    def _issue(
        self,
        name: str,
        of: str | None,
        due: date | None,
        rows: Sequence[Row],
        net: int,
        tax: int,
        told: str,
        due_told: str,
    ) -> Document:
        lines = tuple((row.item, row.start, row.end, row.price, row.quantity, row.net) for row in rows)
        tables = (tuple(LINES), *(tuple(row.cells()) for row in rows))
        sums = (money(net), told, money(net + tax), due_told)
        document = Document(name, of, due, lines, ((self.key, net, tax),), net, tax, net + tax, tables, sums)
        self._file(document)
        return document

    def _file(self, document: Document) -> None:
        self.documents[document.name] = document
        self._new.append(document)

    # Proof

    def proof(
        self, used: Sequence[tuple[str, Row]], billed: Sequence[str], credited: Sequence[str]
    ) -> list[Table]:
        """What was used of a cycle is what its documents come to; and what moved adds up to what is open."""
        net = sum(row.net for _, row in used)
        assert net == sum(self.documents[name].net for name in billed) - sum(
            self.documents[name].net for name in credited
        )
        parts = [["Used", "From", "Up to", "Net"]]
        parts += [[name, moment(row.start), moment(row.end), money(row.net)] for name, row in used]
        parts.append([f"{' + '.join(billed)} − {' − '.join(credited)}", "", "", money(net)])
        invoices = sum(each.total for each in self.documents.values() if each.of is None)
        notes = sum(each.total for each in self.documents.values() if each.of is not None)
        paid, back = sum(self.payments.values()), sum(self.refunds.values())
        balance = invoices - notes - paid + back
        assert balance == self.steps[-1].balance
        moved = [["Invoices", "− credit notes", "− payments", "+ refunds", "= owed"]]
        moved.append([money(amount) for amount in (invoices, notes, paid, back, balance)])
        return [parts, moved]

    # Tables

    def tables(self) -> dict[str, list[Table]]:
        """Every table of the page, by the heading that it stands under."""
        found: dict[str, list[Table]] = {}
        for document in self.documents.values():
            lines = [list(cells) for cells in document.tables]
            found[document.name] = [lines, [SUMS, list(document.sums)]]
        found["After each event"] = [self._events()]
        return found

    def _events(self) -> Table:
        rows = [["When", "What", "Documents", "What settles what", "Open afterwards", "Balance"]]
        for step in self.steps:
            answer = step.what if step.outcome == "allowed" else f"{step.what}: {refusal(step)}"
            issued = ", ".join(f"{each.name} {money(each.total)}" for each in step.documents)
            settled = ", ".join(f"{a} → {b} {money(amount)}" for a, b, amount in step.allocations)
            left = ", ".join(f"{name} {money(amount)}" for name, amount in step.open)
            rows.append(
                [moment(step.at), answer, issued or "–", settled or "–", left or "–", money(step.balance)]
            )
        return rows


def refusal(step: Step) -> str:
    return f"{step.outcome.replace('_', ' ')} ({', '.join(step.codes)})"


# As a reader sees it


def money(amount: int) -> str:
    sign = "−" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


def decimals(exact: Fraction, places: int = 4) -> str:
    """The decimals, cut; with an ellipsis where more would follow."""
    scaled = exact * 10**places
    cut = floor(scaled)
    digits = f"{cut:0{places + 1}}"
    text = f"{digits[:-places]}.{digits[-places:]}"
    return f"{text}…" if cut != scaled else text.rstrip("0").rstrip(".") or "0"


def rounded(exact: Fraction) -> str:
    """An amount with the decimals beyond the cent, and what it is rounded to."""
    if exact.denominator == 1:
        return money(exact.numerator)
    return f"{decimals(exact / 100)} → {money(half_up(exact))}"


def moment(point: Point) -> str:
    if not isinstance(point, datetime):
        return point.isoformat()
    return f"{point:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def shown(tables: dict[str, list[Table]]) -> str:
    """The tables in Markdown, as the page has them."""
    parts = []
    for heading, found in tables.items():
        parts.append(f"### {heading}\n")
        parts += [markdown(table) for table in found]
    return "\n".join(parts)


def markdown(table: Table) -> str:
    head, *rows = table
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
