"""Holds: what may not happen to an account, or to one item of it, for now, and why.

Owns placing, extending and releasing them, and the answer to "is this operation blocked?". A hold
lies over the account and is no phase of it. Money that is set aside lives with payments.
"""

from acctcore.accounts.holds.blocks import blocking, duties, next_change, refusal, spans
from acctcore.accounts.holds.decider import decide, evolve, four_eyes
from acctcore.accounts.holds.lifecycle import LIFECYCLE
from acctcore.accounts.holds.messages import (
    Command,
    Event,
    Extend,
    Extended,
    Place,
    Placed,
    Release,
    Released,
)
from acctcore.accounts.holds.model import Hold, Phase
from acctcore.accounts.holds.policy import EVERYTHING, HoldKind, HoldPolicy
from acctcore.accounts.holds.reasons import (
    AlreadyReleased,
    Blocked,
    BlockedForCustomer,
    CannotBlock,
    FourEyes,
    IdTaken,
    NotEntitled,
    ReviewTooLate,
    Shortened,
    UnknownHold,
    UnknownKind,
)

__all__ = [
    "EVERYTHING",
    "LIFECYCLE",
    "AlreadyReleased",
    "Blocked",
    "BlockedForCustomer",
    "CannotBlock",
    "Command",
    "Event",
    "Extend",
    "Extended",
    "FourEyes",
    "Hold",
    "HoldKind",
    "HoldPolicy",
    "IdTaken",
    "NotEntitled",
    "Phase",
    "Place",
    "Placed",
    "Release",
    "Released",
    "ReviewTooLate",
    "Shortened",
    "UnknownHold",
    "UnknownKind",
    "blocking",
    "decide",
    "duties",
    "evolve",
    "four_eyes",
    "next_change",
    "refusal",
    "spans",
]
