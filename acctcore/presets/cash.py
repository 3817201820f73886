"""The smallest coins of some currencies: since when, in what step, and who says so.

Only what a source was found for is here. Euro coins are one currency with a rule for each country, and
other countries leave it to their shops: for those, say what is right in a `CashRounding` of your own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from attrs import field, frozen

from acctcore.kernel.cash import CashRounding
from acctcore.kernel.integers import Rounding
from acctcore.kernel.terms import CurrencyCode, Source
from acctcore.kernel.validation import day, one_of

_READ: Final = date(2026, 11, 22)
_HALF_UP: Final = Rounding.HALF_UP


@frozen
class DatedCash:
    """How cash of a currency is rounded from a day on, and where that is said."""

    since: date = field(validator=day)
    rule: CashRounding = field(validator=one_of(CashRounding))
    source: Source = field(validator=one_of(Source))


KNOWN: Final[tuple[DatedCash, ...]] = (
    DatedCash(
        date(2013, 2, 4),
        CashRounding("CAD", 5, _HALF_UP),
        Source(
            "Office de la protection du consommateur, Québec", "Phasing out the penny", _READ, "secondary"
        ),
    ),
    DatedCash(
        date(2007, 1, 1),
        CashRounding("CHF", 5, _HALF_UP),
        Source("Swissmint", "notice of 19 December 2006 on the coin of one Rappen", _READ, "secondary"),
    ),
    DatedCash(
        date(2008, 10, 1),
        CashRounding("DKK", 50, _HALF_UP),
        Source("Danmarks Nationalbank", "Rounding rules as from 1 October 2008", _READ, "text"),
    ),
    DatedCash(
        date(2008, 3, 1),
        CashRounding("HUF", 500, _HALF_UP),
        Source("2008. évi III. törvény", "1-2. §", _READ, "text"),
    ),
    DatedCash(
        date(2012, 5, 1),
        CashRounding("NOK", 100, _HALF_UP),
        Source("FOR-2011-03-16-294", "§ 2", _READ, "text"),
    ),
    DatedCash(
        date(2010, 10, 1),
        CashRounding("SEK", 100, _HALF_UP),
        Source("SFS 1970:1029", "as amended in 2009, by the Riksbank's notice of it", _READ, "secondary"),
    ),
)
"""What is known, by currency.

Source: docs/sources.md#cash-rounding
"""


def rounding_of(currency: CurrencyCode, on: date, known: Iterable[DatedCash] = KNOWN) -> CashRounding | None:
    """Return how cash of a currency is rounded on a day, or None where that is not known."""
    found = [each for each in known if each.rule.currency == currency and each.since <= on]
    return max(found, key=lambda each: each.since).rule if found else None
