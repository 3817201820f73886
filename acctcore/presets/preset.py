"""What a preset is: the choices of proration and settlement that reproduce one system."""

from __future__ import annotations

from attrs import Factory, field, frozen

from acctcore.billing.proration import Proration, Reach, Settlement, ToTarget
from acctcore.kernel.validation import identifier, one_of


@frozen(kw_only=True)
class Preset:
    """The choices that reproduce one system, under its name.

    `settlement` is asked when a plan is changed or ends, `quantity` when the quantity changes;
    `first_period` values the first part of the terms, `proration` every other part. `notes` are the
    quirks kept, in a sentence each.
    """

    name: str = field(validator=identifier)
    proration: Proration = field(validator=one_of(Proration))
    settlement: Settlement
    quantity: Settlement = field(default=Factory(lambda self: self.settlement, takes_self=True))
    first_period: Proration = field(
        default=Factory(lambda self: self.proration, takes_self=True), validator=one_of(Proration)
    )
    reach: Reach = field(factory=ToTarget)
    notes: tuple[str, ...] = ()
