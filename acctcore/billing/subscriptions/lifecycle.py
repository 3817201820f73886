"""Which command a subscription accepts in which phase; the phase is the one at the command's own point."""

from __future__ import annotations

from acctcore.billing.subscriptions.messages import (
    Bill,
    Billed,
    Cancel,
    CancellationScheduled,
    CancellationWithdrawn,
    ChangeItems,
    ChangePlan,
    ChangeQuantity,
    ChangeWithdrawn,
    Ended,
    ItemsChanged,
    Pause,
    Paused,
    PlanChanged,
    QuantityChanged,
    Reanchor,
    Reanchored,
    Repriced,
    Resume,
    Resumed,
    Start,
    Started,
    Uncancel,
    Withdraw,
)
from acctcore.billing.subscriptions.model import Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

_RUNNING = (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.PAUSED, Phase.ENDING)
_NOT_PAUSED = (Phase.PENDING, Phase.TRIALING, Phase.ACTIVE, Phase.ENDING)
_BILLED = (Phase.ACTIVE, Phase.PAUSED, Phase.ENDING, Phase.ENDED)

LIFECYCLE = Lifecycle[Phase](
    #        command         asked in                                  may bring about
    Accepts(Start, NOTHING, (Started, Billed)),
    Accepts(ChangePlan, _RUNNING, (ChangeWithdrawn, PlanChanged, Repriced, Billed)),
    Accepts(ChangeQuantity, _RUNNING, (ChangeWithdrawn, QuantityChanged, Repriced, Billed)),
    Accepts(ChangeItems, _RUNNING, (ChangeWithdrawn, ItemsChanged, Repriced, Billed)),
    Accepts(Reanchor, _RUNNING, (ChangeWithdrawn, Reanchored, Repriced, Billed)),
    Accepts(Withdraw, _RUNNING, (ChangeWithdrawn, Repriced, Billed)),
    Accepts(Cancel, _RUNNING, (CancellationScheduled, CancellationWithdrawn, Ended, Repriced, Billed)),
    Accepts(Uncancel, (Phase.ENDING,), (CancellationWithdrawn, Repriced, Billed)),
    Accepts(Pause, _NOT_PAUSED, (ChangeWithdrawn, Paused, Repriced, Billed)),
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
        (Phase.TRIALING, Phase.ENDED, "end of a fixed term"),
        (Phase.ACTIVE, Phase.ENDED, "end of a fixed term"),
        (Phase.PAUSED, Phase.ENDED, "end of a fixed term"),
    ),
)
