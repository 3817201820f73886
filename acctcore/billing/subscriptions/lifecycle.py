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
    Pause,
    Paused,
    PlanChanged,
    QuantityChanged,
    Repriced,
    Resume,
    Resumed,
    Start,
    Started,
    Uncancel,
)
from acctcore.billing.subscriptions.model import Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

_RUNNING = (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.PAUSED, Phase.ENDING)
_NOT_PAUSED = (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.ENDING)
_BILLED = (Phase.ACTIVE, Phase.PAUSED, Phase.ENDING, Phase.ENDED)

LIFECYCLE = Lifecycle[Phase](
    #        command         asked in                                  may bring about
    Accepts(Start, NOTHING, (Started, Billed)),
    Accepts(ChangePlan, _RUNNING, (PlanChanged, Repriced, Billed)),
    Accepts(ChangeQuantity, _RUNNING, (QuantityChanged, Repriced, Billed)),
    Accepts(Cancel, _RUNNING, (CancellationScheduled, Ended, Repriced, Billed)),
    Accepts(Uncancel, (Phase.ENDING,), (CancellationWithdrawn, Repriced, Billed)),
    Accepts(Pause, _NOT_PAUSED, (Paused, Repriced, Billed)),
    Accepts(Resume, (Phase.PAUSED, Phase.ENDING), (Resumed, Repriced, Billed)),
    Accepts(Bill, _BILLED, (Repriced, Billed)),
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
        (Phase.TRIALING, Phase.PAUSED, "start of a pause"),
        (Phase.ACTIVE, Phase.PAUSED, "start of a pause"),
        (Phase.PAUSED, Phase.TRIALING, "end of a pause in a trial"),
        (Phase.PAUSED, Phase.ACTIVE, "end of a pause"),
        (Phase.ENDING, Phase.ENDED, "end"),
    ),
)
