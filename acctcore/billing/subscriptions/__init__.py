"""What a customer agreed to, from when to when, and what of it is billed.

Owns the timeline of plans and quantities, trials, renewals, cancellations, and the rule that bills
the difference between what is wanted and what is covered. Leaves documents and tax to invoices and
tax, and money to receivables.
"""

from acctcore.billing.subscriptions.billing import Bill as Billing
from acctcore.billing.subscriptions.billing import (
    ChargePart,
    CreditPart,
    bill_change,
    due_points,
    invoice_id,
    next_after,
    next_point,
    phase_at,
    reduced,
)
from acctcore.billing.subscriptions.billing import bill as bill
from acctcore.billing.subscriptions.decider import cycle_end, decide, effective, evolve
from acctcore.billing.subscriptions.lifecycle import LIFECYCLE
from acctcore.billing.subscriptions.messages import (
    Bill,
    Billed,
    Cancel,
    CancellationScheduled,
    CancellationWithdrawn,
    ChangePlan,
    ChangeQuantity,
    Command,
    Ended,
    PlanChanged,
    QuantityChanged,
    Repriced,
    Start,
    Started,
    Timing,
    Uncancel,
    When,
)
from acctcore.billing.subscriptions.model import Covered, Phase, Subscription, phase
from acctcore.billing.subscriptions.policy import Selling
from acctcore.billing.subscriptions.reasons import (
    AlreadyBilled,
    BeforeStart,
    BehindSchedule,
    EndUnchanged,
    IntervalFixed,
    NoAnchorDay,
    NotAgreedYet,
    NotDue,
    NotPerUnit,
    OtherAxis,
    PlanUnchanged,
    QuantityUnchanged,
    UnknownSubscription,
)
from acctcore.billing.subscriptions.timeline import Agreed, Change, Terms

__all__ = [
    "LIFECYCLE",
    "Agreed",
    "AlreadyBilled",
    "BeforeStart",
    "BehindSchedule",
    "Bill",
    "Billed",
    "Billing",
    "Cancel",
    "CancellationScheduled",
    "CancellationWithdrawn",
    "Change",
    "ChangePlan",
    "ChangeQuantity",
    "ChargePart",
    "Command",
    "Covered",
    "CreditPart",
    "EndUnchanged",
    "Ended",
    "IntervalFixed",
    "NoAnchorDay",
    "NotAgreedYet",
    "NotDue",
    "NotPerUnit",
    "OtherAxis",
    "Phase",
    "PlanChanged",
    "PlanUnchanged",
    "QuantityChanged",
    "QuantityUnchanged",
    "Repriced",
    "Selling",
    "Start",
    "Started",
    "Subscription",
    "Terms",
    "Timing",
    "Uncancel",
    "UnknownSubscription",
    "When",
    "bill",
    "bill_change",
    "cycle_end",
    "decide",
    "due_points",
    "effective",
    "evolve",
    "invoice_id",
    "next_after",
    "next_point",
    "phase",
    "phase_at",
    "reduced",
]
