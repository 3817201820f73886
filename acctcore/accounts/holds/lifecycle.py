"""Which command a hold accepts at which point of its life, and where each event leads.

A hold stores no phase: it is read off its instants, since it expires without a command.
"""

from __future__ import annotations

from acctcore.accounts.holds.messages import (
    Extend,
    Extended,
    Place,
    Placed,
    Release,
    Released,
    Review,
    Reviewed,
)
from acctcore.accounts.holds.model import Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

LIFECYCLE = Lifecycle[Phase](
    Accepts(Place, NOTHING, (Placed,)),
    Accepts(Extend, (Phase.ACTIVE,), (Extended,)),
    Accepts(Review, (Phase.ACTIVE,), (Reviewed, Released)),
    Accepts(Release, (Phase.ACTIVE,), (Released,)),
    moves={Placed: Phase.ACTIVE, Released: Phase.RELEASED},
    by_time=((Phase.ACTIVE, Phase.EXPIRED, "its expiry comes"),),
)
"""The life of one hold; released and expired are final."""
