"""Lago: local days at a day price that is a binary64, and credit notes from the stored price.

Source: docs/sources.md#preset-lago
"""

from __future__ import annotations

from acctcore.billing.proration import (
    Arithmetic,
    BilledThenLessCredited,
    FromPrice,
    NothingBack,
    Owner,
    Proration,
)
from acctcore.kernel.measures import ActualDays
from acctcore.presets.preset import Preset

LAGO = Preset(
    name="lago",
    proration=Proration(
        "lago",
        "1",
        ActualDays(),
        telescopes=False,
        change_day=Owner.NEW,
        end_day=Owner.OLD,
        arithmetic=Arithmetic.UNIT_BINARY64,
    ),
    settlement=FromPrice(BilledThenLessCredited(), places=5, name="lago-credit-note"),
    quantity=NothingBack(),
    notes=(
        "The day of an upgrade is the new plan's; the day of a termination is used.",
        "The day price is a binary64, so half a cent may fall just below and round down.",
        "The credit is at most the last fee, and what was credited before is taken off after that.",
        "Fewer seats give nothing back within the period.",
    ),
)
"""Lago. The price booked is the plan amount that was stored on the last fee."""
