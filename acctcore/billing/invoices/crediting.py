"""What a credit takes of an invoice, line by line, and where its amount goes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from attrs import frozen

from acctcore.billing.invoices.basis import Portion, Stated
from acctcore.billing.invoices.compose import CreditLine
from acctcore.billing.invoices.left import between
from acctcore.billing.invoices.messages import Credit, Part
from acctcore.billing.invoices.model import Document, Line
from acctcore.billing.invoices.reasons import ExceedsLine, ExceedsShare, OtherCurrency, UnknownLine
from acctcore.kernel.decision import Reason
from acctcore.kernel.identity import extend
from acctcore.kernel.money import Price, exact, in_minor
from acctcore.kernel.terms import CommandId

ALL = Fraction(1)


@frozen
class _Standing:
    """What is left of a line: minor units, its share, and both as they were when its price last changed."""

    left: int
    share: Fraction
    of: int
    base: Fraction


def parts(
    invoice: Document, notes: Sequence[Document], command: Credit
) -> tuple[tuple[CreditLine, ...], tuple[Reason, ...]]:
    """Return what a credit by lines or by percentage takes of each line, or every reason why it cannot."""
    found: list[CreditLine] = []
    problems: list[Reason] = []
    for part in _asked(invoice, notes, command):
        line = invoice.line(part.line)
        if line is None:
            problems.append(UnknownLine(invoice.id, part.line))
            continue
        taken = _taken(line, part, _standing(line, notes), command.id)
        if isinstance(taken, Reason):
            problems.append(taken)
        else:
            found.append(taken)
    return tuple(found), tuple(dict.fromkeys(problems))


def _asked(invoice: Document, notes: Sequence[Document], command: Credit) -> tuple[Part, ...]:
    """Return what is asked of each line; a percentage is one of every line of which a share is left."""
    if command.lines:
        return command.lines
    left = [line for line in invoice.lines if _standing(line, notes).share]
    return tuple(Part(line=line.id, percent=command.percent) for line in left)


def _standing(line: Line, notes: Sequence[Document]) -> _Standing:
    """Return what earlier notes left of a line: portions take a share of it, amounts change its price."""
    left = of = line.amount
    share = base = ALL
    for note in notes:
        for each in note.lines:
            if each.corrects != line.id:
                continue
            left -= each.amount
            if isinstance(each.basis, Portion):
                share -= base * Fraction(each.basis.part, each.basis.whole)
            else:
                of, base = left, share
    return _Standing(left, share, of, base)


def _taken(line: Line, part: Part, standing: _Standing, cause: CommandId) -> CreditLine | Reason:
    currency = line.price.currency
    id = extend(line.id, "credit", cause)
    if part.quantity is not None or part.percent is not None:
        return _portion(line, part, standing, id)
    wanted = standing.left
    if part.amount is not None:
        if part.amount.code != currency:
            return OtherCurrency(line.id, currency)
        wanted = part.amount.minor
        if not between(wanted, standing.left):
            return ExceedsLine(line.id, in_minor(standing.left, currency))
    price = Price(in_minor(abs(wanted), currency).amount, currency)
    basis = Stated(price, -1 if wanted < 0 else 1)
    return CreditLine(id, line.id, wanted, line.period, basis)


def _portion(line: Line, part: Part, standing: _Standing, id: str) -> CreditLine | Reason:
    """Return the portion of a line that a quantity or a percentage of it is."""
    units = abs(line.quantity)
    if part.quantity is None:
        assert part.percent is not None
        numerator, denominator = exact(part.percent, 1, "Part.percent")
        wanted = Fraction(numerator, 100 * denominator)
    else:
        wanted = Fraction(part.quantity, units) if units else 2 * ALL  # of no units nothing is left
    if wanted > standing.share:
        return _exceeds(line, part, standing)
    now, before = wanted / standing.base, 1 - standing.share / standing.base
    whole = lcm(now.denominator, before.denominator)
    basis = Portion(standing.of, whole, int(before * whole), int(now * whole), line.price.currency)
    quantity = None if part.quantity is None else part.quantity * (1 if line.quantity > 0 else -1)
    return CreditLine(id, line.id, basis.amount(), line.period, basis, quantity)


def _exceeds(line: Line, part: Part, standing: _Standing) -> ExceedsShare:
    if part.quantity is None:
        return ExceedsShare(line.id, f"{_decimal(100 * standing.share)} %", "100 %")
    units = abs(line.quantity)
    return ExceedsShare(line.id, _decimal(units * standing.share), str(units))


def _decimal(number: Fraction) -> str:
    """Return a number as people read it: whole where it is, else as a ratio."""
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    return f"{whole} {rest}/{number.denominator}" if whole else f"{rest}/{number.denominator}"
