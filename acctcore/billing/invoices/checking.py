"""Whether a document adds up: every identity of its lines, tax keys and totals."""

from __future__ import annotations

from acctcore.billing.invoices.model import Document, Kind
from acctcore.billing.tax import Taxes, breakdown


def check(document: Document, taxes: Taxes | None = None) -> tuple[str, ...]:
    """Return every identity that a document breaks, in words; () where everything adds up.

    A document names the policy of its taxes, and its keys bear their rates; where and how tax is
    rounded only the policy itself says. With `taxes`, the tax of what is owed is computed again.
    """
    problems: list[str] = []
    net = sum(line.amount for line in document.lines)
    if net != document.net:
        problems.append(f"the lines add up to {net}, the net total says {document.net}")
    tax = sum(entry.amount for entry in document.taxes)
    if tax != document.tax:
        problems.append(f"the tax keys add up to {tax}, the tax total says {document.tax}")
    if document.net + document.tax != document.total:
        problems.append(
            f"net and tax add up to {document.net + document.tax}, the total says {document.total}"
        )
    for entry in document.taxes:
        base = sum(line.amount for line in document.lines if entry.key in line.taxes)
        if base != entry.base:
            problems.append(f"the lines under {entry.key} add up to {base}, its base says {entry.base}")
    keys = {key for line in document.lines for key in line.taxes}
    if missing := keys - {entry.key for entry in document.taxes}:
        problems.append(f"no tax entry for {', '.join(sorted(map(str, missing)))}")
    for line in document.lines:
        if line.basis.amount() != line.amount:
            problems.append(f"line {line.id} says {line.amount}, its basis comes to {line.basis.amount()}")
        if line.price.currency != document.currency:
            problems.append(
                f"line {line.id} is in {line.price.currency}, the document in {document.currency}"
            )
    if document.kind is not Kind.INVOICE and document.total < 0:
        problems.append(f"a {document.kind.value.replace('_', ' ')} below zero: {document.total}")
    if taxes is not None and document.kind is not Kind.CREDIT_NOTE:
        problems += _tax_problems(document, taxes)
    return tuple(problems)


def _tax_problems(document: Document, taxes: Taxes) -> list[str]:
    if taxes.ref != document.policy:
        return [f"the tax was computed under {document.policy.exact}, not under {taxes.ref.exact}"]
    wanted = {
        entry.key: entry.amount
        for entry in breakdown([(line.amount, line.taxes) for line in document.lines], taxes)
    }
    return [
        f"the tax of {entry.key} comes to {wanted.get(entry.key, 0)}, its entry says {entry.amount}"
        for entry in document.taxes
        if entry.amount != wanted.get(entry.key, 0)
    ]
