"""Who acts on holds, under which policy, and strategies for the tests of the room."""

from functools import partial
from typing import Final

import pendulum
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.accounts.holds import Hold
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision
from acctcore.kernel.terms import AMEND, BILL, CLOSE, REFUND, TAKE_PAYMENT, Actor

NOON: Final = pendulum.datetime(2024, 3, 1, 12)
OFFICER: Final = Actor("olga", {"officer"})
SUPERVISOR: Final = Actor("sven", {"supervisor"})
GUEST: Final = Actor("gast")

POLICY: Final = holds.HoldPolicy(
    "office-holds",
    "2",
    (
        holds.HoldKind("fraud", holds.EVERYTHING, {"officer"}, {"supervisor"}, four_eyes=True, review_days=7),
        holds.HoldKind("dispute", {REFUND, CLOSE}, {"officer", "supervisor"}, {"officer"}),
    ),
)

place = partial(holds.Place, id="c", at=NOON, by=OFFICER, hold_id="H-1", reason="fraud")
release = partial(holds.Release, id="c", at=NOON.add(days=1), by=SUPERVISOR, hold_id="H-1")
extend = partial(holds.Extend, id="c", at=NOON.add(days=1), by=OFFICER, hold_id="H-1")

FRAUD: Final = Hold(
    id="H-1",
    blocks=holds.EVERYTHING,
    reason="fraud",
    placed_at=NOON,
    placed_by="olga",
    review_at=NOON.add(days=7),
    releasable_by="supervisor",
    four_eyes=True,
)
DISPUTE: Final = Hold(
    id="H-2",
    blocks={REFUND, CLOSE},
    reason="dispute",
    public_reason="we are looking into your claim",
    placed_at=NOON,
    placed_by="olga",
    expires_at=NOON.add(days=10),
    releasable_by="officer",
    scope="INV-1",
)


def ask(known: tuple[Hold, ...], command: messages.Command, approved: bool = False) -> Decision[holds.Event]:
    """Return the decision under the usual policy."""
    return holds.decide(known, command, POLICY, approved)


# Few hours, few words and few items, so that what is drawn often meets.

OPERATIONS: Final = (REFUND, CLOSE, BILL, AMEND, TAKE_PAYMENT)
ITEMS: Final = (None, "INV-1", "SUB-1")
hours: st.SearchStrategy[DateTime] = st.integers(0, 12).map(lambda hour: NOON.add(hours=hour))


@st.composite
def single(draw: st.DrawFn, id: str) -> Hold:
    """Return a hold of any length and scope, released or not."""
    placed_at = draw(hours)
    ends = st.none() | st.integers(1, 12).map(lambda hour: placed_at.add(hours=hour))
    releases = st.none() | st.integers(0, 12).map(lambda hour: placed_at.add(hours=hour))
    return Hold(
        id=id,
        blocks=draw(st.frozensets(st.sampled_from(OPERATIONS), min_size=1)),
        reason=draw(st.sampled_from(["fraud", "dispute"])),
        public_reason=draw(st.sampled_from(["", "please call"])),
        placed_at=placed_at,
        placed_by="olga",
        expires_at=draw(ends),
        review_at=draw(st.none() | hours),
        releasable_by="officer",
        scope=draw(st.sampled_from(ITEMS)),
        released_at=draw(releases),
    )


@st.composite
def several(draw: st.DrawFn) -> tuple[Hold, ...]:
    """Return up to four holds."""
    return tuple(draw(single(f"H-{number}")) for number in range(draw(st.integers(0, 4))))
