"""What a part of a cycle costs, and what is given back of a part that was booked.

Owns the two arithmetic choices of billing: proration (what a part is worth) and settlement (what
to bill given what is wanted and what is booked). Knows no plan, no customer and no document.
"""

from acctcore.billing.proration.model import Basis, Booked, Capped, Credit, OfAmount, Prorated, Rest, Share
from acctcore.billing.proration.policy import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    Binary64,
    CycleItself,
    Exact,
    FixedMonth,
    Law,
    Owner,
    Places,
    Proration,
    RatioStyle,
    Reference,
)
from acctcore.billing.proration.prorate import prorate, share
from acctcore.billing.proration.settlement import (
    FromBooked,
    NothingBack,
    Settlement,
    StoredPriceCapped,
    TargetMinusBooked,
    settle,
)

__all__ = [
    "BY_DAY",
    "BY_SECOND",
    "BY_THIRTIETHS",
    "Basis",
    "Binary64",
    "Booked",
    "Capped",
    "Credit",
    "CycleItself",
    "Exact",
    "FixedMonth",
    "FromBooked",
    "Law",
    "NothingBack",
    "OfAmount",
    "Owner",
    "Places",
    "Prorated",
    "Proration",
    "RatioStyle",
    "Reference",
    "Rest",
    "Settlement",
    "Share",
    "StoredPriceCapped",
    "TargetMinusBooked",
    "prorate",
    "settle",
    "share",
]
