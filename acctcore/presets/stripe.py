"""Stripe Billing: seconds, and a negative and a positive line, each rounded by itself.

Source: docs/sources.md#preset-stripe
"""

from __future__ import annotations

from enum import Enum

from acctcore.billing.proration import FromBooked, FromPrice, NoCap, Proration
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import Seconds
from acctcore.presets.preset import Preset


class BillingMode(Enum):
    """What a credit is computed from: a setting of each subscription."""

    CLASSIC = "classic"  # the current price and quantity, whatever was billed
    FLEXIBLE = "flexible"  # the amount that was debited, each debit by itself


def stripe(*, rounding: Rounding, billing_mode: BillingMode) -> Preset:
    """Return Stripe's proration; how it rounds is not documented and has to be said.

    In classic mode the price booked must be the current one; in flexible mode each debit is settled
    by itself. A backdated start needs no rule of its own: the part before the anchor lies in the
    cycle that ends on it.

    Raises: InvalidValue for a rounding that is none.
    """
    name = f"stripe-{billing_mode.value}"
    credit = f"{name}-credit"
    classic = billing_mode is BillingMode.CLASSIC
    return Preset(
        name=name,
        proration=Proration(name, "1", Seconds(), rounding=rounding, telescopes=False),
        settlement=FromPrice(NoCap(), name=credit) if classic else FromBooked(name=credit),
        notes=(
            "Credit and charge are two lines, each rounded by itself.",
            "No cap on a credit is documented; in flexible mode none is needed.",
        ),
    )
