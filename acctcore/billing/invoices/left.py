"""What is left of an invoice after its credit notes, and what would go beyond it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from acctcore.billing.invoices.model import Document
from acctcore.billing.tax import TaxKey
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import LineId


@frozen
class Left:
    """What is left of an invoice: net by line, base and tax by key, and in total."""

    lines: tuple[tuple[LineId, int], ...]
    keys: tuple[tuple[TaxKey, int, int], ...]
    total: int

    @property
    def nothing(self) -> bool:
        """Whether all of it was taken back: no line, base or tax is left."""
        return not any(amount for _, amount in self.lines) and not any(
            base or tax for _, base, tax in self.keys
        )


def left_of(invoice: Document, notes: Iterable[Document]) -> Left:
    """Return what is left of an invoice after its credit notes, by line, by tax key and in total.

    Raises: InvalidValue for a document that is no credit note of this invoice, its lines and keys.
    """
    lines = {line.id: line.amount for line in invoice.lines}
    bases = {entry.key: entry.base for entry in invoice.taxes}
    taxes = {entry.key: entry.amount for entry in invoice.taxes}
    total = invoice.total
    for note in notes:
        if note.corrects != invoice.id:
            raise InvalidValue(f"a credit note of {invoice.id}", note.id, "left_of")
        total -= note.total
        for line in note.lines:
            if line.corrects is None or line.corrects not in lines:
                raise InvalidValue(f"a line of {invoice.id}", line.corrects, "left_of")
            lines[line.corrects] -= line.amount
        for entry in note.taxes:
            if entry.key not in bases:
                raise InvalidValue(f"a tax key of {invoice.id}", str(entry.key), "left_of")
            bases[entry.key] -= entry.base
            taxes[entry.key] -= entry.amount
    return Left(tuple(lines.items()), tuple((key, bases[key], taxes[key]) for key in taxes), total)


@frozen
class Excess:
    """What credit notes take beyond an invoice: of a line, of a key's base or tax, or in total.

    `whole` is what there was of it, `taken` what the notes take; minor units.
    """

    of: LineId | TaxKey | None
    whole: int
    taken: int


def excesses(invoice: Document, notes: Iterable[Document]) -> tuple[Excess, ...]:
    """Return everything of which credit notes take more than there was, or the other way round."""
    left = left_of(invoice, notes)
    billed = {line.id: line.amount for line in invoice.lines}
    found: list[Excess] = [
        Excess(id, billed[id], billed[id] - rest) for id, rest in left.lines if not between(rest, billed[id])
    ]
    for entry, (key, base, tax) in zip(invoice.taxes, left.keys, strict=True):
        if not between(base, entry.base):
            found.append(Excess(key, entry.base, entry.base - base))
        elif not between(tax, entry.amount):
            found.append(Excess(key, entry.amount, entry.amount - tax))
    if not between(left.total, invoice.total):
        found.append(Excess(None, invoice.total, invoice.total - left.total))
    return tuple(found)


def between(part: int, whole: int) -> bool:
    """Return whether a part lies between nothing and the whole, on whichever side of zero that is."""
    return 0 <= part <= whole or whole <= part <= 0
