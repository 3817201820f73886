"""Flexprice: four coefficients, by local day or by second, and credits within what was paid.

The classic calculator is given the last day, or the last second, of a period; the newer one the
boundary itself. The coefficient is a decimal of 16 places. Source: docs/sources.md#preset-flexprice
"""

from __future__ import annotations

from acctcore.billing.proration import BilledLessCredited, FromPrice, NoCap, Places, Proration
from acctcore.kernel.measures import ActualDays, BothEnds, Measure, Seconds, UpToLast
from acctcore.presets.preset import Preset


def _preset(name: str, measure: Measure, *notes: str) -> Preset:
    return Preset(
        name=name,
        proration=Proration(name, "1", measure, ratio=Places(16), telescopes=False),
        settlement=FromPrice(BilledLessCredited(), name="flexprice-credit"),
        quantity=FromPrice(NoCap(), name="flexprice-quantity-credit"),
        notes=(
            *notes,
            "The day of a change is the new side's.",
            "Credit and charge are each rounded, so the net can differ by a cent from its own rounding.",
            "A credit is at most what was billed less what was credited.",
            "Of a line not billed yet, and for a change of quantity, the list price decides; nothing caps.",
        ),
    )


DAY_BOTH_ENDS = _preset(
    "flexprice-day-both-ends",
    UpToLast(BothEnds()),
    "The period ends on its last day, and both its first and its last day are counted.",
)
"""The classic calculator by day."""

DAY_HALF_OPEN = _preset(
    "flexprice-day-half-open",
    ActualDays(),
    "The period ends on the next one's first day, which is not counted.",
)
"""The newer calculator by day."""

SECOND = _preset(
    "flexprice-second",
    UpToLast(Seconds()),
    "The period ends on its last second, which is not counted: a change in it weighs nothing.",
)
"""The classic calculator by second."""

SECOND_HALF_OPEN = _preset(
    "flexprice-second-half-open",
    Seconds(),
    "The period ends on the next one's first second, which is not counted.",
)
"""The newer calculator by second."""
