"""Taxes by percentage: which keys a charge falls under on a day, and how much they come to.

Owns the tax key (category, rate, reason) and the rounding of tax. Which treatment a customer
deserves (reverse charge, exemption) arrives as a policy; nothing is guessed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import ClassVar

from attrs import field, frozen

from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import exact
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.validation import day, each, identifier, one_of


def _percent(value: object) -> Decimal:
    numerator, denominator = exact(value, 1, "TaxKey.rate")
    if not 0 <= numerator <= 1000 * denominator:
        raise InvalidValue("a percentage from 0 to 1000", value, "TaxKey.rate")
    return value if isinstance(value, Decimal) else Decimal(str(value))


@frozen(cache_hash=True)
class TaxKey:
    """What a tax is grouped by: category, percentage and, where nothing is charged, the reason.

    Categories are those of EN 16931 (S standard, Z zero, E exempt, AE reverse charge, K, G, O …) or
    a word of the host's. Units: `rate` in percent. Source: docs/sources.md#tax-categories
    """

    category: str = field(validator=identifier)
    rate: Decimal = field(converter=_percent)
    reason: str = field(default="", validator=one_of(str))

    @cached_property
    def ratio(self) -> tuple[int, int]:
        """The rate as an exact ratio of the base."""
        numerator, denominator = exact(self.rate, 1, "TaxKey.rate")
        return numerator, 100 * denominator

    def __str__(self) -> str:
        return f"{self.category} {self.rate} %" + (f" ({self.reason})" if self.reason else "")


NO_TAX: tuple[TaxKey, ...] = ()


class RoundAt(Enum):
    """Where tax is rounded: on every line, or once for each key of the document."""

    LINE = "line"
    DOCUMENT = "document"


class TaxPoint(Enum):
    """Which day's rate a charge for a stretch of time bears."""

    BILLING_DATE = "billing_date"  # that of the day it is billed as of
    PERIOD_START = "period_start"  # that of the stretch's first day
    PERIOD_END = "period_end"  # that of the stretch's last day


@frozen
class DatedRate:
    """The keys of a tax class, and the first day on which they are in force."""

    tax_class: str = field(validator=identifier)
    since: date = field(validator=day)
    keys: tuple[TaxKey, ...] = field(validator=each(one_of(TaxKey)))

    def __attrs_post_init__(self) -> None:
        if len(set(self.keys)) != len(self.keys):
            raise InvalidValue("each tax key once", [str(key) for key in self.keys], "DatedRate.keys")


@frozen
class NoRate(Reason):
    """A tax class for which no rate is known on that day."""

    code: ClassVar[str] = "tax.no_rate"
    template: ClassVar[str] = "no tax rate is known for the class {tax_class} on {on}"
    tax_class: str
    on: date


@frozen(kw_only=True)
class Taxes:
    """The tax rates in force, and where and how tax is rounded."""

    name: str = field(default="taxes", validator=identifier)
    version: str = field(default="1", validator=identifier)
    rates: tuple[DatedRate, ...] = field(validator=each(one_of(DatedRate)))
    round_at: RoundAt = field(default=RoundAt.DOCUMENT, validator=one_of(RoundAt))
    rounding: Rounding = field(default=Rounding.HALF_UP, validator=one_of(Rounding))

    def __attrs_post_init__(self) -> None:
        starts = [(rate.tax_class, rate.since) for rate in self.rates]
        if len(set(starts)) != len(starts):
            raise InvalidValue("one entry for each tax class and day", starts, "Taxes.rates")

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as documents name it."""
        return ref_of(self)

    def keys(self, tax_class: str, on: date) -> tuple[TaxKey, ...] | None:
        """Return the keys of a class on a day, or None where no rate is known."""
        best: DatedRate | None = None
        for rate in self.rates:
            if rate.tax_class == tax_class and rate.since <= on and (best is None or rate.since > best.since):
                best = rate
        return None if best is None else best.keys


def untaxed(*tax_classes: str) -> Taxes:
    """Return a policy under which the named classes bear no tax at all."""
    rates = tuple(DatedRate(name, date.min, ()) for name in tax_classes or ("standard",))
    return Taxes(name="untaxed", rates=rates)


@frozen
class TaxTotal:
    """One key of a document: the base it falls on and the tax that it comes to, in minor units."""

    key: TaxKey
    base: int
    amount: int


def breakdown(lines: Sequence[tuple[int, tuple[TaxKey, ...]]], policy: Taxes) -> tuple[TaxTotal, ...]:
    """Return the tax of a document for each key, in the order in which the keys first appear.

    Per document, the tax of a key is its rate of the summed base, rounded once. Per line, every
    line's tax is rounded and the key's tax is their sum. Several keys of one line stand side by
    side on the same base; none compounds.

    Units: `lines` are (net amount in minor units, tax keys).
    Source: docs/sources.md#tax-rounding
    """
    per_line = policy.round_at is RoundAt.LINE
    bases: dict[TaxKey, int] = {}
    taxes: dict[TaxKey, int] = {}
    for net, keys in lines:
        for key in keys:
            bases[key] = bases.get(key, 0) + net
            if per_line:
                taxes[key] = taxes.get(key, 0) + tax_on(net, key, policy.rounding)
    return tuple(
        [
            TaxTotal(key, base, taxes[key] if key in taxes else tax_on(base, key, policy.rounding))
            for key, base in bases.items()
        ]
    )


def tax_on(base: int, key: TaxKey, rounding: Rounding) -> int:
    """Return the tax of one base, rounded once, in minor units."""
    numerator, denominator = key.ratio
    return divide(base * numerator, denominator, rounding)
