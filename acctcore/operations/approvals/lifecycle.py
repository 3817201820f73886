"""Which command a request accepts in which phase, and where each event leads."""

from __future__ import annotations

from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.operations.approvals.messages import (
    Approve,
    Approved,
    Ask,
    Asked,
    Endorsed,
    Overridden,
    Override,
    Reject,
    Rejected,
    Review,
    Reviewed,
    Use,
    Used,
    Withdraw,
    Withdrawn,
)
from acctcore.operations.approvals.model import Phase

_NOT_USED = (Phase.PENDING, Phase.APPROVED)

LIFECYCLE = Lifecycle[Phase](
    Accepts(Ask, NOTHING, (Asked,)),
    Accepts(Approve, (Phase.PENDING,), (Endorsed, Approved)),
    Accepts(Reject, _NOT_USED, (Rejected,)),
    Accepts(Withdraw, _NOT_USED, (Withdrawn,)),
    Accepts(Override, (Phase.PENDING,), (Overridden,)),
    Accepts(Use, (Phase.APPROVED,), (Used,)),
    Accepts(Review, (Phase.USED,), (Reviewed,)),
    moves={
        Asked: Phase.PENDING,
        Approved: Phase.APPROVED,
        Overridden: Phase.APPROVED,
        Rejected: Phase.REJECTED,
        Withdrawn: Phase.WITHDRAWN,
        Used: Phase.USED,
    },
    by_time=tuple((phase, Phase.EXPIRED, "nobody used it in time") for phase in _NOT_USED),
)
"""The life of a request; whatever is not used in time expires, without an event."""
