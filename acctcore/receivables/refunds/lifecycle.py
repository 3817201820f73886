"""The table of a refund: facts are accepted in every phase, for they come late and in any order."""

from __future__ import annotations

from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
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
    Send,
    Sent,
)
from acctcore.receivables.refunds.model import Phase

_AWAITED = (Phase.ASKED, Phase.SENT, Phase.UNKNOWN)

LIFECYCLE = Lifecycle[Phase](
    #        command    asked in                                        may bring about
    Accepts(Give, NOTHING, (Given,)),
    Accepts(GiveBack, NOTHING, (Given, GivenBack)),
    Accepts(Send, (Phase.ASKED,), (Sent,)),
    Accepts(Send, (Phase.SENT, Phase.UNKNOWN, Phase.DONE, Phase.FAILED), (Noted,)),
    Accepts(Complete, _AWAITED, (Completed,)),
    Accepts(Complete, (Phase.FAILED,), (Completed, Noted)),
    Accepts(Complete, (Phase.DONE,), (Noted,)),
    Accepts(Fail, _AWAITED, (Failed,)),
    Accepts(Fail, (Phase.DONE,), (Failed, Noted)),
    Accepts(Fail, (Phase.FAILED,), (Noted,)),
    Accepts(LoseTrack, (Phase.ASKED, Phase.SENT), (Lost,)),
    Accepts(LoseTrack, (Phase.UNKNOWN, Phase.DONE, Phase.FAILED), (Noted,)),
    moves={
        Given: Phase.ASKED,
        Sent: Phase.SENT,
        Completed: Phase.DONE,
        Failed: Phase.FAILED,
        Lost: Phase.UNKNOWN,
    },
)
