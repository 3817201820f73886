"""The choices that a subscription is decided under: what is sold, and how parts are valued."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import BY_DAY, Proration, Settlement, TargetMinusBooked, is_settlement, share
from acctcore.billing.subscriptions.anchoring import Alignment
from acctcore.kernel.calendar import Cycles, ZonedCycles
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Price
from acctcore.kernel.validation import one_of

_ONE = Price("1", "EUR")


@frozen
class Selling:
    """What is on sale, how a part of a cycle is valued, and what is given back of what is booked.

    `alignment` says with whom a subscription shares where its cycles begin, unless its start does.
    """

    catalog: Catalog = field(validator=one_of(Catalog))
    proration: Proration = field(default=BY_DAY, validator=one_of(Proration))
    settlement: Settlement = field(factory=TargetMinusBooked, validator=is_settlement)
    alignment: Alignment = field(default=Alignment.OWN, validator=one_of(Alignment))

    def __attrs_post_init__(self) -> None:
        """Check that every interval on sale can be valued, before anybody subscribes to it."""
        for plan in self.catalog.plans:
            cycles = Cycles(date(2024, 1, 30), plan.every)  # from the 30th to the 31st may count no day
            try:
                if self.proration.measure.instants:
                    moments = ZonedCycles(cycles, "UTC").span(0)
                    share(_ONE, 1, moments, moments, plan.every, self.proration)
                else:
                    days = cycles.span(0)
                    share(_ONE, 1, days, days, plan.every, self.proration)
            except InvalidValue as error:
                wanted = f"a proration that can value plan {plan.id}, billed every {plan.every}"
                raise InvalidValue(
                    f"{wanted} ({error})", str(self.proration.ref), "Selling.proration"
                ) from None
