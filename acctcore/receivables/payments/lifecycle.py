"""The table of a payment: facts are accepted in every phase, for they come late and in any order."""

from __future__ import annotations

from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.receivables.payments.messages import (
    Attempt,
    Attempted,
    Capture,
    Fail,
    Failed,
    LoseTrack,
    Lost,
    Noted,
    Receive,
    Received,
)
from acctcore.receivables.payments.model import Phase

_KNOWN = tuple(Phase)
_AWAITED = (None, Phase.PENDING, Phase.UNKNOWN)

LIFECYCLE = Lifecycle[Phase](
    #        command    asked in                                       may bring about
    Accepts(Attempt, NOTHING, (Attempted,)),
    Accepts(Attempt, _KNOWN, (Noted,)),
    Accepts(Receive, _AWAITED, (Received,)),
    Accepts(Receive, (Phase.FAILED,), (Received, Noted)),
    Accepts(Receive, (Phase.RECEIVED,), (Noted,)),
    Accepts(Capture, _AWAITED, (Received,)),
    Accepts(Capture, (Phase.FAILED,), (Received, Noted)),
    Accepts(Capture, (Phase.RECEIVED,), (Noted,)),
    Accepts(Fail, _AWAITED, (Failed,)),
    Accepts(Fail, (Phase.RECEIVED,), (Failed, Noted)),
    Accepts(Fail, (Phase.FAILED,), (Noted,)),
    Accepts(LoseTrack, (Phase.PENDING,), (Lost,)),
    Accepts(LoseTrack, (Phase.UNKNOWN, Phase.RECEIVED, Phase.FAILED), (Noted,)),
    moves={
        Attempted: Phase.PENDING,
        Received: Phase.RECEIVED,
        Failed: Phase.FAILED,
        Lost: Phase.UNKNOWN,
    },
)
