"""Where the amounts of a document come from: its lines by their basis, tax by key, totals, settlements."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from acctcore.billing.invoices import Document, Kind, SplitOf, left_of
from acctcore.billing.tax import RoundAt, TaxTotal
from acctcore.kernel.explain import Explanation
from acctcore.kernel.money import Money, in_minor
from acctcore.simulation import Printed, Result


def of_line(printed: Printed, number: int) -> Explanation:
    """Return the derivation of one line, counted from one."""
    line = printed.document.lines[number - 1]
    told = line.explain()
    return Explanation(f"{printed.number}:{number}  {told.text}", told.result, told.steps)


def of_document(printed: Printed, result: Result) -> Iterator[Explanation]:
    """Return the derivation of every amount of a document, line by line."""
    paper = printed.document
    yield from (of_line(printed, number) for number in range(1, len(paper.lines) + 1))
    yield from (_tax(printed, entry, result) for entry in paper.taxes)
    yield _total(printed)
    yield _open(printed, result)


def _tax(printed: Printed, entry: TaxTotal, result: Result) -> Explanation:
    paper = printed.document
    base = in_minor(entry.base, paper.currency)
    told = Explanation(f"tax {entry.key} on {base}", str(in_minor(entry.amount, paper.currency)))
    if paper.kind is not Kind.CREDIT_NOTE or paper.corrects is None:
        steps = tuple(_charged(paper, entry, result))
    elif any(isinstance(line.basis, SplitOf) for line in paper.lines):
        steps = (Explanation("share of the amount given back, from the same split as the lines"),)
    else:
        steps = tuple(_given_back(paper, entry, result))
    return Explanation(told.text, told.result, steps)


def _charged(paper: Document, entry: TaxTotal, result: Result) -> Iterator[Explanation]:
    """Return the tax of an invoice: rate × base, rounded on each line or once for the document."""
    policy = result.scenario.policies.taxes
    code = paper.currency
    if policy.round_at is RoundAt.DOCUMENT:
        yield Explanation(f"base: net of the lines under {entry.key}", str(in_minor(entry.base, code)))
        yield Explanation(f"{entry.key.rate} % of it", _exact(in_minor(entry.base, code), entry))
        yield Explanation(f"rounded once for the document, {policy.rounding.value}")
        return
    for number, line in enumerate(paper.lines, 1):
        if entry.key in line.taxes:
            yield Explanation(f"{entry.key.rate} % of line {number}, {line.money}", _exact(line.money, entry))
    yield Explanation(f"rounded on each line, {policy.rounding.value}, and added up")


def _exact(base: Money, entry: TaxTotal) -> str:
    with localcontext(prec=100):
        return f"{(base.amount * entry.key.rate / Decimal(100)).normalize():,f} {base.code}"


def _given_back(paper: Document, entry: TaxTotal, result: Result) -> Iterator[Explanation]:
    """Return the tax of a credit note: what its invoice's tax loses as the base falls."""
    invoice = next(each for each in result.documents if each.document.id == paper.corrects)
    earlier = _in_force(paper, result)
    base, tax = next(
        (base, tax) for key, base, tax in left_of(invoice.document, earlier).keys if key == entry.key
    )
    code = paper.currency
    left = f"left of it on {invoice.number} before, on {in_minor(base, code)}"
    yield Explanation(left, str(in_minor(tax, code)))
    if entry.base == base:
        yield Explanation("nothing is left of its base, so all of it goes")
        return
    whole = next(each for each in invoice.document.taxes if each.key == entry.key)
    stays, of = in_minor(base - entry.base, code), in_minor(whole.base, code)
    yield Explanation(
        f"stays: {in_minor(whole.amount, code)} × {stays.amount:,}/{of.amount:,}, rounded once",
        str(in_minor(tax - entry.amount, code)),
    )


def _in_force(paper: Document, result: Result) -> list[Document]:
    """Return the credit notes that were in force beside a later one as it was issued."""
    earlier: list[Document] = []
    for each in result.documents:
        note = each.document
        if note.id == paper.id:
            break
        filed = None if result.file is None else result.file.filed(note.id)
        gone = filed is not None and filed.voided_at is not None and filed.voided_at <= paper.at
        if note.kind is Kind.CREDIT_NOTE and note.corrects == paper.corrects and not gone:
            earlier.append(note)
    return earlier


def _total(printed: Printed) -> Explanation:
    paper = printed.document
    steps = (
        Explanation("net: the lines", _sum([line.money for line in paper.lines], paper.net_money)),
        Explanation(
            "tax: the keys",
            _sum([in_minor(entry.amount, paper.currency) for entry in paper.taxes], paper.tax_money),
        ),
    )
    return Explanation("total: net and tax", str(paper.total_money), steps)


def _sum(parts: list[Money], total: Money) -> str:
    if len(parts) < 2:
        return str(total)
    return f"{' + '.join(f'{part.amount:,}' for part in parts)} = {total}"


def _open(printed: Printed, result: Result) -> Explanation:
    """Return what settled a document, in its order, and what is open of it at the end."""
    paper = printed.document
    steps = []
    for allocation in () if result.file is None else result.file.allocations:
        if paper.id in (allocation.source, allocation.target):
            other = allocation.source if allocation.target == paper.id else allocation.target
            steps.append(
                Explanation(f"settled with {other}", str(in_minor(allocation.amount, paper.currency)))
            )
    owed = paper.kind is not Kind.CREDIT_NOTE and paper.total >= 0
    label = "amount due at the end" if owed else "not used at the end"
    return Explanation(label, str(printed.open_money), tuple(steps))
