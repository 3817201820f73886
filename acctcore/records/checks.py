"""What a value read from outside must keep beyond the types of its fields.

Values that the library makes keep it by the way they are made, so their classes do not ask. The
checks of a basis come first to last: a number that would take all memory is found before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from acctcore.billing.proration import Capped
from acctcore.billing.proration.model import Basis
from acctcore.billing.subscriptions.model import Agreed, terms_of

MOST_PLACES = 100
"""As many decimals of a minor unit as a policy may ask for."""


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
