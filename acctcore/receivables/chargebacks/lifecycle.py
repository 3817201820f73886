"""The table of a chargeback: facts of it are accepted in every phase, for they come late."""

from __future__ import annotations

from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.receivables.chargebacks.messages import (
    Answer,
    Answered,
    ChargeBack,
    ChargedBack,
    PartlyReversed,
    Reverse,
    Reversed,
)
from acctcore.receivables.chargebacks.model import Phase

LIFECYCLE = Lifecycle[Phase](
    #        command     asked in           may bring about
    Accepts(ChargeBack, NOTHING, (ChargedBack,)),
    Accepts(ChargeBack, tuple(Phase), ()),  # told twice: it says so
    Accepts(Reverse, (Phase.STANDING,), (Reversed, PartlyReversed)),
    Accepts(Reverse, (Phase.REVERSED,), ()),
    Accepts(Answer, tuple(Phase), (Answered,)),
    moves={ChargedBack: Phase.STANDING, Reversed: Phase.REVERSED},
)
