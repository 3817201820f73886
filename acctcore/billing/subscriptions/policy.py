"""The choices that a subscription is decided under: what is sold, and how parts are valued."""

from __future__ import annotations

from attrs import field, frozen

from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import BY_DAY, Proration, Settlement, TargetMinusBooked
from acctcore.kernel.validation import one_of


@frozen
class Selling:
    """What is on sale, how a part of a cycle is valued, and what is given back of what is booked."""

    catalog: Catalog = field(validator=one_of(Catalog))
    proration: Proration = field(default=BY_DAY, validator=one_of(Proration))
    settlement: Settlement = field(factory=TargetMinusBooked)
