"""The tags of what presets are made of, for hosts that store policies beside their events.

They extend the table of records: `records.TABLE.extended(tags.TAGS, families=tags.FAMILIES)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from acctcore.billing.proration import Divisor, Reach, Reference
from acctcore.presets.cash import DatedCash
from acctcore.presets.kill_bill import CalendarStep, FixedDays, KillBillReach
from acctcore.presets.meteroid import MonthOfStart, OwnCadence
from acctcore.presets.preset import Preset

TAGS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "presets.preset/1": Preset,
        "presets.dated_cash/1": DatedCash,
        "presets.calendar_step/1": CalendarStep,
        "presets.fixed_days/1": FixedDays,
        "presets.kill_bill_reach/1": KillBillReach,
        "presets.own_cadence/1": OwnCadence,
        "presets.month_of_start/1": MonthOfStart,
    }
)
"""Every class that is a part of a preset, and its tag."""

FAMILIES: Final[Mapping[type, tuple[type, ...]]] = MappingProxyType(
    {
        Reference: (CalendarStep,),
        Divisor: (FixedDays, OwnCadence, MonthOfStart),
        Reach: (KillBillReach,),
    }
)
"""What each of them may stand for in a proration, a settlement or a preset."""
