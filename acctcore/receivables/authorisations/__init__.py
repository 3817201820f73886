"""Money that a processor sets aside: reserved, captured in part or in full, released, or expired.

An authorisation is not money: it stands in no balance. What is captured of it comes in as a payment
of its own; the rest is released. It is resolved once: captured, voided, or expired by time, without a
job that says so. Facts are judged by their own instants, so a capture that is known before its
authorisation, or a void that comes late, ends where it would have ended in order.

Source: docs/sources.md#two-phase-payments
"""

from acctcore.receivables.authorisations.decider import against_capture, decide, evolve
from acctcore.receivables.authorisations.lifecycle import LIFECYCLE
from acctcore.receivables.authorisations.messages import Authorise, Authorised, Command, Void, Voided
from acctcore.receivables.authorisations.model import Authorisation, Captures, Phase, Resolution, Taken
from acctcore.receivables.authorisations.policy import AuthorisationPolicy
from acctcore.receivables.authorisations.reasons import (
    BeforeAuthorisation,
    CapturedLater,
    ExceedsAuthorised,
    Exists,
    Resolved,
    SetsAsideTooMuch,
)
from acctcore.receivables.authorisations.standing import left, phase, reserved, resolution

__all__ = [
    "LIFECYCLE",
    "Authorisation",
    "AuthorisationPolicy",
    "Authorise",
    "Authorised",
    "BeforeAuthorisation",
    "CapturedLater",
    "Captures",
    "Command",
    "ExceedsAuthorised",
    "Exists",
    "Phase",
    "Resolution",
    "Resolved",
    "SetsAsideTooMuch",
    "Taken",
    "Void",
    "Voided",
    "against_capture",
    "decide",
    "evolve",
    "left",
    "phase",
    "reserved",
    "resolution",
]
