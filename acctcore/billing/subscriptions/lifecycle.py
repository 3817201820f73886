"""Which command a subscription accepts in which phase; the phase is the one at the command's own point."""

from __future__ import annotations

from acctcore.billing.subscriptions.messages import (
    Bill,
    Billed,
    Cancel,
    CancellationScheduled,
    CancellationWithdrawn,
    ChangePlan,
    ChangeQuantity,
    Ended,
    PlanChanged,
    QuantityChanged,
    Repriced,
    Start,
    Started,
    Uncancel,
)
from acctcore.billing.subscriptions.model import Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

_RUNNING = (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.ENDING)

LIFECYCLE = Lifecycle[Phase](
    #        command         asked in                                  may bring about
    Accepts(Start, NOTHING, (Started, Billed)),
    Accepts(ChangePlan, _RUNNING, (PlanChanged, Repriced, Billed)),
    Accepts(ChangeQuantity, _RUNNING, (QuantityChanged, Repriced, Billed)),
    Accepts(Cancel, _RUNNING, (CancellationScheduled, Ended, Repriced, Billed)),
    Accepts(Uncancel, (Phase.ENDING,), (CancellationWithdrawn, Repriced, Billed)),
    Accepts(Bill, (Phase.ACTIVE, Phase.ENDING, Phase.ENDED), (Repriced, Billed)),
    moves={
        Started: Phase.PENDING,
        CancellationScheduled: Phase.ENDING,
        CancellationWithdrawn: Phase.ACTIVE,
        Ended: Phase.ENDED,
    },
    by_time=(
        (Phase.PENDING, Phase.TRIALING, "start of a trial"),
        (Phase.PENDING, Phase.ACTIVE, "start without a trial"),
        (Phase.TRIALING, Phase.ACTIVE, "end of trial"),
        (Phase.ENDING, Phase.ENDED, "end"),
    ),
)
