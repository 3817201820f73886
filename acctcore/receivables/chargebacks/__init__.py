"""Money that a customer's bank took back: the fact, its reversal, and what it does to the payment.

A chargeback takes money of a payment that came in; what that had paid is owed again. It is reversed,
in part or in full, when the bank gives the money back. When an answer is due, and with which evidence,
is told by the bank: this room keeps the instant, and what was answered.

Source: docs/sources.md#chargebacks
"""

from acctcore.receivables.chargebacks.decider import Facts, decide, evolve
from acctcore.receivables.chargebacks.lifecycle import LIFECYCLE
from acctcore.receivables.chargebacks.messages import (
    Answer,
    Answered,
    ChargeBack,
    ChargedBack,
    Command,
    PartlyReversed,
    Reverse,
    Reversed,
)
from acctcore.receivables.chargebacks.model import Chargeback, Phase, Response, Reversal
from acctcore.receivables.chargebacks.reasons import (
    AnsweredOtherwise,
    BeforeChargeback,
    BeforePayment,
    ExceedsChargeback,
    ExceedsPayment,
    Exists,
    NotReceived,
)

__all__ = [
    "LIFECYCLE",
    "Answer",
    "Answered",
    "AnsweredOtherwise",
    "BeforeChargeback",
    "BeforePayment",
    "ChargeBack",
    "Chargeback",
    "ChargedBack",
    "Command",
    "ExceedsChargeback",
    "ExceedsPayment",
    "Exists",
    "Facts",
    "NotReceived",
    "PartlyReversed",
    "Phase",
    "Response",
    "Reversal",
    "Reverse",
    "Reversed",
    "decide",
    "evolve",
]
