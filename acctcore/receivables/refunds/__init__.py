"""Money that goes back: how much may be refunded, from where, by which way, and what became of it.

Owns the three kinds of refund: a reduction of the price (with a linked credit note), money back
(the invoice is owed again), and a pay-out of credit balance; from one payment or from several; and
everything that is reported of a refund in any order. Leaves the documents to invoices, the open items
to payments, and the limits to approvals: those arrive as facts.
"""

from acctcore.receivables.refunds.decider import Facts, Held, Sources, decide, spread
from acctcore.receivables.refunds.lifecycle import LIFECYCLE
from acctcore.receivables.refunds.messages import (
    Complete,
    Completed,
    Fail,
    Failed,
    Give,
    GiveBack,
    Given,
    GivenBack,
    LoseTrack,
    Lost,
    Noted,
    Part,
    Report,
    Send,
    Sent,
)
from acctcore.receivables.refunds.model import Kind, Phase, Refund
from acctcore.receivables.refunds.policy import CREDIT, From, RefundPolicy, Way
from acctcore.receivables.refunds.reasons import (
    BeforePayment,
    BeforeRefund,
    ExceedsApplied,
    ExceedsBilled,
    ExceedsCredit,
    ExceedsPaid,
    ExceedsSources,
    NothingToGive,
    NotOffered,
    OfNoInvoice,
    OriginalFirst,
    OtherAmount,
    RefundExists,
    UnknownPayment,
    WhichInvoice,
    WindowClosed,
)
from acctcore.receivables.refunds.reporting import record

__all__ = [
    "CREDIT",
    "LIFECYCLE",
    "BeforePayment",
    "BeforeRefund",
    "Complete",
    "Completed",
    "ExceedsApplied",
    "ExceedsBilled",
    "ExceedsCredit",
    "ExceedsPaid",
    "ExceedsSources",
    "Facts",
    "Fail",
    "Failed",
    "From",
    "Give",
    "GiveBack",
    "Given",
    "GivenBack",
    "Held",
    "Kind",
    "LoseTrack",
    "Lost",
    "NotOffered",
    "Noted",
    "NothingToGive",
    "OfNoInvoice",
    "OriginalFirst",
    "OtherAmount",
    "Part",
    "Phase",
    "Refund",
    "RefundExists",
    "RefundPolicy",
    "Report",
    "Send",
    "Sent",
    "Sources",
    "UnknownPayment",
    "Way",
    "WhichInvoice",
    "WindowClosed",
    "decide",
    "record",
    "spread",
]
