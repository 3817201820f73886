"""Somebody else's invoice as plain data: what in it does not add up, by the rules of EN 16931.

`check_invoice` takes a dict (the shape is `SHAPE`) and returns a finding for every formula that does
not hold. Each is judged from the stated figures one step below, so that one wrong sum is one finding,
and each says whether the validators in use would let it pass: their tolerances are wide, and a "valid"
label proves little. Source: docs/sources.md#en-16931
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from attrs import frozen

from acctcore.billing.invoices import Document
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import in_minor
from acctcore.testing.invoice_reading import (
    EXACT,
    NO_RATE,
    SHAPE,
    Invoice,
    Key,
    Line,
    Part,
    Plain,
    Reading,
    Tax,
)


class Binding(Enum):
    """Whose tolerances the lenient verdict has: the two syntaxes of EN 16931 differ in them."""

    UBL = "ubl"
    CII = "cii"


@frozen
class Finding:
    """One formula that does not hold: its rule, where, what it comes to and what is stated.

    `passes` says that the validators of the binding let it pass all the same.
    """

    rule: str
    where: str
    wanted: str
    stated: str
    passes: bool = False

    def __str__(self) -> str:
        lenient = " (validators let it pass)" if self.passes else ""
        return f"{self.rule}: {self.where} is {self.stated}, expected {self.wanted}{lenient}"


def check_invoice(
    invoice: Plain | Document, *, rounding: Rounding = Rounding.HALF_UP, binding: Binding = Binding.UBL
) -> tuple[Finding, ...]:
    """Return every formula that an invoice breaks, in the order of lines, taxes and totals.

    Numbers are texts, whole numbers or Decimals, or floats, which are read as the shortest decimal
    that they print as. Amounts are rounded to the currency's own decimals. A document of ours is
    taken as it is.

    Raises: InvalidValue naming every key that means nothing and every number that is none.
    """
    if not isinstance(binding, Binding):
        raise InvalidValue("a Binding", binding, "check_invoice")
    plain = as_plain(invoice) if isinstance(invoice, Document) else invoice
    reading = Reading()
    found = reading.invoice(plain)
    if found is None or reading.mistakes:
        wanted = f"an invoice as plain data, without these mistakes: {'; '.join(reading.mistakes)}"
        raise InvalidValue(wanted, plain, "check_invoice")
    ours = isinstance(invoice, Document)
    return tuple(_Checker(found, rounding, binding, ours).findings())


def adds_up(invoice: Plain | Document, *, rounding: Rounding = Rounding.HALF_UP) -> None:
    """Check that nothing in an invoice is out by a cent: a law for anybody's own invoices."""
    findings = check_invoice(invoice, rounding=rounding)
    assert not findings, "; ".join(map(str, findings))


def as_plain(document: Document) -> Plain:
    """Return one of our documents in the shape that is checked."""

    def amount(minor: int) -> Decimal:
        return in_minor(minor, document.currency).amount

    return {
        "number": document.id,
        "currency": document.currency,
        "lines": [
            {
                "id": line.id,
                "net": amount(line.amount),
                "keys": [{"category": key.category, "rate": key.rate} for key in line.taxes],
            }
            for line in document.lines
        ],
        "taxes": [
            {
                "category": entry.key.category,
                "rate": entry.key.rate,
                "base": amount(entry.base),
                "amount": amount(entry.amount),
                **({"reason": entry.key.reason} if entry.key.reason else {}),
            }
            for entry in document.taxes
        ],
        "totals": {
            "lines": amount(document.net),
            "net": amount(document.net),
            "tax": amount(document.tax),
            "gross": amount(document.total),
            "payable": amount(document.total),
        },
    }


# What is checked

_ZERO_RATE = frozenset({"Z", "E", "AE", "IC", "K", "G"})
_RATED = frozenset({"S", "L", "M"})
_REASONED = frozenset({"E", "AE", "IC", "K", "G", "O"})
_OPTIONAL = frozenset({"allowances", "charges", "tax"})  # totals that may be left out where they are zero
_NAMES = {"K": "IC", "L": "AF", "M": "AG"}  # how the rules of a category are called
_KNOWN = NO_RATE | _ZERO_RATE | _RATED | {"B"}


class _Checker:
    """The formulas, from the stated figures one step below each."""

    def __init__(self, invoice: Invoice, rounding: Rounding, binding: Binding, ours: bool) -> None:
        self.invoice = invoice
        self.rounding = rounding
        self.ubl = binding is Binding.UBL
        self.ours = ours
        self.digits = invoice.digits

    def findings(self) -> Iterator[Finding]:
        yield from self.decimals()
        for line in self.invoice.lines:
            yield from self.line(line)
            for part in line.parts:
                yield from self.percentage(part)
        for part in self.invoice.parts:
            yield from self.percentage(part)
        yield from self.rates()
        yield from self.breakdown()
        yield from self.totals()

    # lines

    def line(self, line: Line) -> Iterator[Finding]:
        if line.base_quantity <= 0:
            yield Finding("R121", f"{line.where}.base_quantity", "above 0", str(line.base_quantity))
        if line.price is not None and line.quantity is not None:
            per = Fraction(line.base_quantity or 1)
            product = Fraction(line.quantity) * Fraction(line.price) / per
            rest = sum((part.sign * Fraction(part.amount) for part in line.parts), Fraction())
            yield from self.equal(
                "R120",
                f"{line.where}.net",
                self.rounded(product) + rest,
                line.net,
                abs(product + rest - Fraction(line.net)) <= Fraction(2, 100),
            )
        if line.gross_price is not None and line.price_discount is not None and line.price is not None:
            net = Fraction(line.gross_price) - Fraction(line.price_discount)
            yield from self.equal("R046", f"{line.where}.price", net, line.price)

    def percentage(self, part: Part) -> Iterator[Finding]:
        if part.percent is not None and part.base is None:
            yield Finding("R041", f"{part.where}.base", "stated beside the percentage", "missing")
        elif part.base is not None and part.percent is None:
            yield Finding("R042", f"{part.where}.percent", "stated beside the base", "missing")
        elif part.base is not None and part.percent is not None:
            exact = Fraction(part.base) * Fraction(part.percent) / 100
            passes = abs(exact - Fraction(part.amount)) <= Fraction(2, 100)
            yield from self.equal("R040", f"{part.where}.amount", self.rounded(exact), part.amount, passes)

    def keyed(self) -> Iterator[tuple[str, Key, Fraction, str]]:
        """Return everything that a tax falls on: where, its key, its amount, and its rule's number."""
        for line in self.invoice.lines:
            for key in line.keys:
                yield line.where, key, Fraction(line.net), "05"
        for part in self.invoice.parts:
            if part.key is not None:
                yield part.where, part.key, part.sign * Fraction(part.amount), "06" if part.sign < 0 else "07"

    def rates(self) -> Iterator[Finding]:
        """Return rates that do not go with their category."""
        for where, (category, rate), _, number in self.keyed():
            rule = f"BR-{_NAMES.get(category, category)}-{number}"
            if category not in _KNOWN:
                if self.ours:  # a word of the host's
                    continue
                yield Finding("CATEGORY", f"{where}.category", "a category of EN 16931", category)
            elif category == "S" and not (rate and rate > 0):
                yield Finding(rule, f"{where}.rate", "above 0", str(rate))
            elif category in ("L", "M") and not (rate is not None and rate >= 0):
                yield Finding(rule, f"{where}.rate", "0 or above", str(rate))
            elif category in _ZERO_RATE and rate:
                yield Finding(rule, f"{where}.rate", "0", str(rate))
            elif category in NO_RATE and rate is not None:
                yield Finding(rule, f"{where}.rate", "none", str(rate))

    # taxes

    def breakdown(self) -> Iterator[Finding]:
        bases: dict[Key, Fraction] = {}
        for _, key, amount, _ in self.keyed():
            bases[key] = bases.get(key, Fraction()) + amount
        stated = Counter(entry.key for entry in self.invoice.taxes)
        for key in bases:
            if key not in stated:
                rule = f"BR-{_NAMES.get(key[0], key[0])}-01"
                yield Finding(rule, "taxes", f"an entry for {_told(key)}", "missing")
        for key, count in stated.items():
            if count > 1:
                yield Finding("BG-23", "taxes", f"one entry for {_told(key)}", f"{count} entries")
        categories = {key[0] for key in (*bases, *stated)}
        if categories & NO_RATE and len(categories) > 1:
            others = ", ".join(sorted(categories - NO_RATE))
            yield Finding("BR-O-11", "taxes", "no other category beside O", others)
        for entry in self.invoice.taxes:
            yield from self.entry(entry, bases.get(entry.key, Fraction()))

    def entry(self, entry: Tax, base: Fraction) -> Iterator[Finding]:
        category, rate = entry.key
        name = _NAMES.get(category, category)
        off = abs(base - Fraction(entry.base))
        rated = category in _RATED or category not in _KNOWN
        passes = off < 1 and (self.ubl if rated else not self.ubl and category != "O")
        yield from self.equal(f"BR-{name}-08", f"{entry.where}.base", base, entry.base, passes)
        tax = self.rounded(Fraction(entry.base) * Fraction(rate or 0) / 100)
        off = abs(abs(tax) - abs(Fraction(entry.amount)))
        if rated:
            yield from self.equal(
                "BR-CO-17", f"{entry.where}.amount", tax, entry.amount, off < 1 if self.ubl else off <= 1
            )
        elif category != "B":
            yield from self.equal(f"BR-{name}-09", f"{entry.where}.amount", Fraction(), entry.amount)
        if category in _REASONED and not entry.reason:
            yield Finding(f"BR-{name}-10", f"{entry.where}.reason", f"why {category} applies", "missing")
        if category in ("S", "Z") and entry.reason:
            yield Finding(f"BR-{name}-10", f"{entry.where}.reason", "no reason for an exemption", "stated")

    # totals

    def totals(self) -> Iterator[Finding]:
        invoice, totals, of = self.invoice, self.invoice.totals, self.stated
        for name, rule in (("lines", "BR-12"), ("net", "BR-13"), ("gross", "BR-14"), ("payable", "BR-15")):
            if name not in totals:
                yield Finding(rule, f"totals.{name}", "stated", "missing")
        down = [part for part in invoice.parts if part.sign < 0]
        up = [part for part in invoice.parts if part.sign > 0]
        sums: tuple[tuple[str, str, Fraction, tuple[str, ...]], ...] = (
            ("BR-CO-10", "lines", _sum(line.net for line in invoice.lines), ()),
            ("BR-CO-11", "allowances", _sum(part.amount for part in down), ()),
            ("BR-CO-12", "charges", _sum(part.amount for part in up), ()),
            (
                "BR-CO-13",
                "net",
                of("lines") - of("allowances") + of("charges"),
                ("lines", "allowances", "charges"),
            ),
            ("BR-CO-14", "tax", _sum(entry.amount for entry in invoice.taxes), ()),
            ("BR-CO-15", "gross", of("net") + of("tax"), ("net", "tax")),
            ("BR-CO-16", "payable", of("gross") - of("prepaid") + of("rounding"), ("gross",)),
        )
        missing: set[str] = set()
        for rule, name, total, made_of in sums:
            if name in totals:
                if missing.isdisjoint(made_of):  # of what is missing, nothing can be said
                    yield from self.equal(rule, f"totals.{name}", total, totals[name])
            elif name not in _OPTIONAL:
                missing.add(name)
            elif total:
                missing.add(name)
                yield Finding(rule, f"totals.{name}", self.shown(total), "missing")

    def stated(self, name: str) -> Fraction:
        return Fraction(self.invoice.totals.get(name, 0))

    def decimals(self) -> Iterator[Finding]:
        """Return amounts with more decimals than the currency has."""
        amounts: list[tuple[str, Decimal]] = [
            (f"totals.{name}", each) for name, each in self.invoice.totals.items()
        ]
        amounts += [(f"{line.where}.net", line.net) for line in self.invoice.lines]
        inside = [part for line in self.invoice.lines for part in line.parts]
        amounts += [(f"{part.where}.amount", part.amount) for part in (*inside, *self.invoice.parts)]
        for entry in self.invoice.taxes:
            amounts += [(f"{entry.where}.base", entry.base), (f"{entry.where}.amount", entry.amount)]
        for where, amount in amounts:
            if Fraction(amount) * 10**self.digits % 1:
                yield Finding("BR-DEC", where, f"at most {self.digits} decimals", str(amount))

    # comparing

    def rounded(self, amount: Fraction) -> Fraction:
        scale = 10**self.digits
        return Fraction(divide(amount.numerator * scale, amount.denominator, self.rounding), scale)

    def equal(
        self, rule: str, where: str, wanted: Fraction, stated: Decimal, passes: bool = False
    ) -> Iterator[Finding]:
        if wanted != Fraction(stated):
            yield Finding(rule, where, self.shown(wanted), str(stated), passes)

    def shown(self, amount: Fraction) -> str:
        """Return an amount in decimals: as many as the currency has, or as many as it takes."""
        digits = self.digits
        while amount * 10**digits % 1 and digits < 30:
            digits += 1
        return str(Decimal(int(amount * 10**digits)).scaleb(-digits, EXACT))


def _sum(amounts: Iterable[Decimal]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts), Fraction())


def _told(key: Key) -> str:
    category, rate = key
    return category if rate is None else f"{category} {rate:f} %"


__all__ = ["SHAPE", "Binding", "Finding", "adds_up", "as_plain", "check_invoice"]
