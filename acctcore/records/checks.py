"""What a value read from outside must keep beyond the types of its fields.

Values that the library makes keep it by the way they are made, so their classes do not ask. The
checks of a basis come first to last: a number that would take all memory is found before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from acctcore.billing.invoices import Document, check
from acctcore.billing.proration import Capped
from acctcore.billing.proration.model import Basis
from acctcore.billing.subscriptions.timeline import Agreed, terms_of

MOST_PLACES = 100
"""As many decimals of a minor unit as a policy may ask for."""

MOST_COMPARISONS = 10_000_000
"""A document whose check takes longer, lines by tax keys, is refused: seconds of work."""


def computes(basis: Basis) -> Iterator[str]:
    """Compute a basis once: whatever it raises is wrong with it."""
    basis.amount()
    yield from ()


def capped(basis: Capped) -> Iterator[str]:
    """Tell where a cap keeps more decimals than anybody asks for."""
    if basis.places is not None and not 0 <= basis.places <= MOST_PLACES:
        yield f"it keeps {basis.places} decimals of a minor unit, of at most {MOST_PLACES}"
    else:
        basis.amount()


def timeline(agreed: Agreed[date]) -> Iterator[str]:
    """Tell where a subscription's timeline has no terms to begin with."""
    changes = [change for change in agreed.changes if not change.repriced]
    first = min(changes, key=lambda change: change.since, default=None)
    if first is None:
        yield "the timeline is empty"
    elif first.plan is None or first.cycles is None:
        yield "the timeline does not begin with a plan and its cycles"
    else:
        terms_of(agreed.changes)


def document(document: Document) -> Iterable[str]:
    """Tell every identity that a document breaks; of too many lines and taxes, only that they are."""
    comparisons = len(document.taxes) * sum(1 + len(line.taxes) for line in document.lines)
    if comparisons > MOST_COMPARISONS:
        return (f"lines and tax keys that take {comparisons} comparisons, of at most {MOST_COMPARISONS}",)
    return check(document)
