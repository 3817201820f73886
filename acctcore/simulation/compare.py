"""What further steps change: documents that come, go or differ, and balances."""

from __future__ import annotations

from attrs import frozen
from pendulum import DateTime

from acctcore.flows import balances
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.money import Money, zero
from acctcore.kernel.terms import CurrencyCode, DocumentId
from acctcore.simulation.timeline import Printed, Result


@frozen
class DocumentChange:
    """A document that is there in one run only, or not the same in both."""

    document: DocumentId
    before: Printed | None
    after: Printed | None


@frozen
class BalanceChange:
    """What the customer owes at the end of either run, in one currency."""

    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """How much more is owed after the further steps."""
        return self.after - self.before


@frozen
class Difference:
    """What is different in the second run; documents by their ids, since numbers move up."""

    documents: tuple[DocumentChange, ...]
    balances: tuple[BalanceChange, ...]


def compare(before: Result, after: Result) -> Difference:
    """Return what differs between two runs. What is open of a document is told by the balance alone."""
    old = {each.document.id: each for each in before.documents}
    new = {each.document.id: each for each in after.documents}
    changes = [
        DocumentChange(id, old.get(id), new.get(id))
        for id in dict.fromkeys((*old, *new))
        if id not in old or id not in new or _content(old[id]) != _content(new[id])
    ]
    owed, owes = _balances(before), _balances(after)
    codes = sorted({*owed, *owes})
    return Difference(
        tuple(sorted(changes, key=_when)),
        tuple(BalanceChange(owed.get(code, zero(code)), owes.get(code, zero(code))) for code in codes),
    )


def _content(printed: Printed) -> object:
    return printed.document, printed.phase


def _when(change: DocumentChange) -> DateTime:
    some = change.before or change.after
    if some is None:
        raise Unhandled(change)
    return some.document.at


def _balances(result: Result) -> dict[CurrencyCode, Money]:
    found = {statement.currency: zero(statement.currency) for statement in result.statements}
    return found | ({} if result.file is None else balances(result.file))
