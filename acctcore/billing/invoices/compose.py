"""How documents are put together, so that lines, tax and totals always add up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.billing.invoices.basis import SplitOf, Stated, apportioned
from acctcore.billing.invoices.left import Left, between, left_of
from acctcore.billing.invoices.model import Document, Kind, Line, Period
from acctcore.billing.proration import Basis
from acctcore.billing.tax import Taxes, TaxKey, TaxTotal, breakdown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import extend
from acctcore.kernel.integers import divide
from acctcore.kernel.money import Price, in_minor
from acctcore.kernel.terms import AccountId, CommandId, CurrencyCode, DocumentId, LineId, SubscriptionId


def invoice(
    id: DocumentId,
    account_id: AccountId,
    subscription_id: SubscriptionId | None,
    currency: CurrencyCode,
    lines: tuple[Line, ...],
    taxes: Taxes,
    at: DateTime,
    tax_date: date,
    due_on: date | None,
    cause: CommandId,
    replaces: DocumentId | None = None,
) -> Document:
    """Return the invoice of these lines: tax for each key, and totals that are their plain sums."""
    entries = breakdown([(line.amount, line.taxes) for line in lines], taxes)
    net = sum([line.amount for line in lines])
    tax = sum([entry.amount for entry in entries])
    return Document(
        id,
        Kind.INVOICE,
        account_id,
        subscription_id,
        currency,
        lines,
        entries,
        net,
        tax,
        net + tax,
        at,
        tax_date,
        due_on,
        replaces,
        taxes.ref,
        cause,
    )


# Credit notes


@frozen
class CreditLine:
    """What a credit note takes back of one line, net, and how that amount came about.

    `quantity` is how many of the line's units it stands for, where they are counted.
    """

    id: LineId
    credits: LineId
    amount: int
    period: Period | None
    basis: Basis
    quantity: int | None = None


def credit_note(
    id: DocumentId,
    invoice: Document,
    earlier: Sequence[Document],
    parts: Sequence[CreditLine],
    at: DateTime,
    tax_date: date,
    cause: CommandId,
    taxes: Sequence[int] | None = None,
    reason: str = "",
) -> Document:
    """Return the credit note that takes back parts of an invoice's lines.

    The tax of a key is what the invoice's own tax loses when its base falls so far: the credit
    notes of an invoice add up to it for each key, and the last one takes exactly what is left.
    `taxes`, where given, states the tax of each key instead (in the invoice's order of keys).

    Raises: InvalidValue when a part is more than what is left of its line, or names no line.
    """
    left = left_of(invoice, earlier)
    remaining = dict(left.lines)
    for part in parts:
        rest = remaining.get(part.credits, 0)
        if part.credits not in remaining or not between(part.amount, rest):
            raise InvalidValue(f"at most {rest} of line {part.credits}", part.amount, "credit_note")
        remaining[part.credits] -= part.amount
    return noted(id, invoice, left, parts, at, tax_date, cause, taxes, reason)


def noted(
    id: DocumentId,
    invoice: Document,
    left: Left,
    parts: Sequence[CreditLine],
    at: DateTime,
    tax_date: date,
    cause: CommandId,
    taxes: Sequence[int] | None = None,
    reason: str = "",
) -> Document:
    """Return the credit note of parts of what is left, whether or not they are within it."""
    credited = {line.id: line for line in invoice.lines}
    lines = tuple(_credit_line(credited[part.credits], part) for part in parts)
    bases: dict[TaxKey, int] = {}
    for line in lines:
        for key in line.taxes:
            bases[key] = bases.get(key, 0) + line.amount
    entries: list[TaxTotal] = []
    for index, (whole, (key, base_left, tax_left)) in enumerate(zip(invoice.taxes, left.keys, strict=True)):
        base = bases.get(key, 0)
        tax = taxes[index] if taxes is not None else _tax_share(whole, base, base_left, tax_left)
        if tax or key in bases:
            entries.append(TaxTotal(key, base, tax))
    net = sum(line.amount for line in lines)
    tax = sum(entry.amount for entry in entries)
    return Document(
        id,
        Kind.CREDIT_NOTE,
        invoice.account_id,
        invoice.subscription_id,
        invoice.currency,
        lines,
        tuple(entries),
        net,
        tax,
        net + tax,
        at,
        tax_date,
        None,
        invoice.id,
        invoice.policy,
        cause,
        reason,
    )


def _credit_line(line: Line, part: CreditLine) -> Line:
    return Line(
        part.id,
        line.item,
        line.title,
        part.period,
        line.price,
        line.quantity if part.quantity is None else part.quantity,
        part.amount,
        line.taxes,
        part.basis,
        line.id,
    )


def _tax_share(whole: TaxTotal, base: int, base_left: int, tax_left: int) -> int:
    """Return the tax that goes with a base: cumulative, so that all of them add up to the whole."""
    if base == base_left:
        return tax_left
    if whole.base == 0:
        return 0  # what is taken of a base of nothing goes beyond it
    sign = 1 if whole.base > 0 else -1
    stays = divide(sign * whole.amount * (base_left - base), sign * whole.base)
    share = tax_left - stays
    return max(0, min(share, tax_left)) if tax_left >= 0 else min(0, max(share, tax_left))


def credit_gross(
    id: DocumentId,
    invoice: Document,
    earlier: Sequence[Document],
    gross: int,
    at: DateTime,
    tax_date: date,
    cause: CommandId,
    reason: str = "",
) -> Document:
    """Return the credit note over an amount with tax, split over what is left of lines and tax keys.

    One largest-remainder split over every line's net and every key's tax: to the last cent the
    parts add up to the amount, and none exceeds what is left of it.

    Units: `gross` in minor units. Raises: InvalidValue when it is below one or above what is left.
    """
    left = left_of(invoice, earlier)
    if not 0 < gross <= left.total:
        raise InvalidValue(f"an amount from 1 to {left.total}", gross, "credit_gross")
    weights = tuple([amount for _, amount in left.lines] + [tax for _, _, tax in left.keys])
    shares = apportioned(gross, weights)
    parts = [
        CreditLine(
            extend(line, "credit", cause),
            line,
            shares[index],
            _period(invoice, line),
            SplitOf(gross, weights, index, invoice.currency),
        )
        for index, (line, _) in enumerate(left.lines)
        if shares[index]
    ]
    taxes = shares[len(left.lines) :]
    return noted(id, invoice, left, parts, at, tax_date, cause, taxes, reason)


def _period(invoice: Document, line: LineId) -> Period | None:
    found = invoice.line(line)
    return None if found is None else found.period


# Debit notes, and documents below zero


def debit_note(
    id: DocumentId,
    invoice: Document,
    raised: Sequence[tuple[LineId, int]],
    taxes: Taxes,
    at: DateTime,
    tax_date: date,
    due_on: date,
    cause: CommandId,
    reason: str = "",
) -> Document:
    """Return the debit note that raises lines of an invoice by net amounts.

    A line bears the tax keys, and so the rates, of the line that it raises; the tax of a key is
    computed and rounded as on an invoice of its own.

    Units: minor units. Raises: InvalidValue where it names no line, or an amount is not above zero.
    """
    billed = {line.id: line for line in invoice.lines}
    lines: list[Line] = []
    for number, (line_id, amount) in enumerate(raised, 1):
        line = billed.get(line_id)
        if line is None or amount <= 0:
            raise InvalidValue(
                f"lines of {invoice.id}, each raised by more than nothing", line_id, "debit_note"
            )
        price = Price(in_minor(amount, invoice.currency).amount, invoice.currency)
        lines.append(
            Line(
                extend(id, str(number)),
                line.item,
                line.title,
                line.period,
                price,
                1,
                amount,
                line.taxes,
                Stated(price, 1),
                line.id,
            )
        )
    entries = breakdown([(line.amount, line.taxes) for line in lines], taxes)
    net = sum(line.amount for line in lines)
    tax = sum(entry.amount for entry in entries)
    return Document(
        id,
        Kind.DEBIT_NOTE,
        invoice.account_id,
        invoice.subscription_id,
        invoice.currency,
        tuple(lines),
        entries,
        net,
        tax,
        net + tax,
        at,
        tax_date,
        due_on,
        invoice.id,
        taxes.ref,
        cause,
        reason,
    )


def turned_round(document: Document) -> Document:
    """Return the credit note that says what an invoice below zero says: every figure with its sign changed.

    For invoices whose lines are stated amounts, such as those written by hand.

    Raises: InvalidValue for a line of another kind.
    """
    lines: list[Line] = []
    for line in document.lines:
        if not isinstance(line.basis, Stated):
            raise InvalidValue("lines of stated amounts", line.id, "turned_round")
        basis = Stated(line.basis.price, -line.basis.quantity)
        lines.append(changed(line, quantity=-line.quantity, amount=-line.amount, basis=basis))
    return changed(
        document,
        kind=Kind.CREDIT_NOTE,
        lines=tuple(lines),
        taxes=tuple(TaxTotal(entry.key, -entry.base, -entry.amount) for entry in document.taxes),
        net=-document.net,
        tax=-document.tax,
        total=-document.total,
        due_on=None,
    )
