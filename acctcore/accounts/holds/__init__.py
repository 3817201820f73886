"""Holds: what may not happen to an account, or to one item of it, for now, and why.

Owns placing, extending, reviewing and releasing them, and the answer to "is this operation
blocked?", at any instant and as far as was known at any other. A hold lies over the account and is no
phase of it. Money that is set aside lives with payments.
"""

from acctcore.accounts.holds.blocks import (
    Block,
    Effective,
    as_known,
    blocking,
    duties,
    effective,
    next_change,
    refusal,
    spans,
)
from acctcore.accounts.holds.decider import decide, evolve, four_eyes, takes_off
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
    Review,
    Reviewed,
)
from acctcore.accounts.holds.model import Change, Finding, Hold, Phase, Step
from acctcore.accounts.holds.policy import EVERYTHING, HoldKind, HoldPolicy
from acctcore.accounts.holds.reasons import (
    AlreadyReleased,
    Blocked,
    BlockedForCustomer,
    CannotBlock,
    FourEyes,
    FourEyesToPlace,
    IdTaken,
    NotEntitled,
    ReviewTooLate,
    Shortened,
    TellsCustomer,
    Unchanged,
    UnknownHold,
    UnknownKind,
)
from acctcore.accounts.holds.telling import Notice, notices

__all__ = [
    "EVERYTHING",
    "LIFECYCLE",
    "AlreadyReleased",
    "Block",
    "Blocked",
    "BlockedForCustomer",
    "CannotBlock",
    "Change",
    "Command",
    "Effective",
    "Event",
    "Extend",
    "Extended",
    "Finding",
    "FourEyes",
    "FourEyesToPlace",
    "Hold",
    "HoldKind",
    "HoldPolicy",
    "IdTaken",
    "NotEntitled",
    "Notice",
    "Phase",
    "Place",
    "Placed",
    "Release",
    "Released",
    "Review",
    "ReviewTooLate",
    "Reviewed",
    "Shortened",
    "Step",
    "TellsCustomer",
    "Unchanged",
    "UnknownHold",
    "UnknownKind",
    "as_known",
    "blocking",
    "decide",
    "duties",
    "effective",
    "evolve",
    "four_eyes",
    "next_change",
    "notices",
    "refusal",
    "spans",
    "takes_off",
]
