"""The table of an authorisation; what time and captures bring about is read off the facts."""

from __future__ import annotations

from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle
from acctcore.receivables.authorisations.messages import Authorise, Authorised, Void, Voided
from acctcore.receivables.authorisations.model import Phase

LIFECYCLE = Lifecycle[Phase](
    #        command    asked in       may bring about
    Accepts(Authorise, NOTHING, (Authorised,)),
    Accepts(Authorise, tuple(Phase), ()),  # told twice: it says so
    Accepts(Void, (Phase.OPEN,), (Voided,)),
    Accepts(Void, (Phase.CAPTURED, Phase.VOIDED, Phase.EXPIRED), ()),  # it says how that went
    moves={Authorised: Phase.OPEN, Voided: Phase.VOIDED},
    by_time=(
        (Phase.OPEN, Phase.CAPTURED, "a capture took the rest, or released it"),
        (Phase.OPEN, Phase.EXPIRED, "its end has come"),
    ),
)
