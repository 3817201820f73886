"""Who may do what within which limit, and the approvals that allow what lies beyond it.

Owns limits, delegations and requests for approval. A request is bound to the fingerprint of one
very act; what is done with an approval is decided where the act is.
"""

from acctcore.operations.approvals.coverage import duties, shortfall
from acctcore.operations.approvals.decider import decide, evolve
from acctcore.operations.approvals.lifecycle import LIFECYCLE
from acctcore.operations.approvals.messages import (
    Approve,
    Approved,
    Ask,
    Asked,
    Command,
    Endorsed,
    Event,
    Reject,
    Rejected,
    Use,
    Used,
    Withdraw,
    Withdrawn,
)
from acctcore.operations.approvals.model import Approval, Phase, Request
from acctcore.operations.approvals.policy import ANYBODY, Authority, Delegation, Limit
from acctcore.operations.approvals.reasons import (
    AlreadyApproved,
    AlreadyUsed,
    BeyondAuthority,
    Changed,
    Expired,
    LostAuthority,
    Needed,
    NotApproved,
    NotAsked,
    NotDelegated,
    NotMaker,
    OtherMaker,
    Pending,
    SamePerson,
)

__all__ = [
    "ANYBODY",
    "LIFECYCLE",
    "AlreadyApproved",
    "AlreadyUsed",
    "Approval",
    "Approve",
    "Approved",
    "Ask",
    "Asked",
    "Authority",
    "BeyondAuthority",
    "Changed",
    "Command",
    "Delegation",
    "Endorsed",
    "Event",
    "Expired",
    "Limit",
    "LostAuthority",
    "Needed",
    "NotApproved",
    "NotAsked",
    "NotDelegated",
    "NotMaker",
    "OtherMaker",
    "Pending",
    "Phase",
    "Reject",
    "Rejected",
    "Request",
    "SamePerson",
    "Use",
    "Used",
    "Withdraw",
    "Withdrawn",
    "decide",
    "duties",
    "evolve",
    "shortfall",
]
