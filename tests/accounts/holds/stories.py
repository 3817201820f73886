"""Who acts on holds, under which policy, and strategies for the tests of the room."""

from functools import partial
from typing import Final

import pendulum
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.accounts.holds import Change, Finding, Hold, Step
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision
from acctcore.kernel.terms import AMEND, BILL, CLOSE, REFUND, TAKE_PAYMENT, Actor

NOON: Final = pendulum.datetime(2024, 3, 1, 12)
OFFICER: Final = Actor("olga", {"officer"})
SUPERVISOR: Final = Actor("sven", {"supervisor"})
COMPLIANCE: Final = Actor("cora", {"compliance"})
GUEST: Final = Actor("gast")

POLICY: Final = holds.HoldPolicy(
    "office-holds",
    "2",
    (
        holds.HoldKind("fraud", holds.EVERYTHING, {"officer"}, {"supervisor"}, four_eyes=True, review_days=7),
        holds.HoldKind("dispute", {REFUND, CLOSE}, {"officer", "supervisor"}, {"officer"}),
        holds.HoldKind(
            "sanctions",
            {REFUND, TAKE_PAYMENT},
            {"officer", "compliance"},
            {"compliance"},
            review_days=1,
            four_eyes_to_place=True,
            may_extend={"compliance"},
            may_review={"compliance", "supervisor"},
            secret=True,
        ),
        holds.HoldKind(
            "legal",
            {AMEND},
            {"supervisor"},
            {"supervisor"},
            may_review={"officer"},
            may_extend={"supervisor"},
            public_reason="a court asks us to keep this as it is",
        ),
    ),
)

place = partial(holds.Place, id="c", at=NOON, by=OFFICER, hold_id="H-1", reason="fraud")
release = partial(holds.Release, id="c", at=NOON.add(days=1), by=SUPERVISOR, hold_id="H-1")
extend = partial(holds.Extend, id="c", at=NOON.add(days=1), by=OFFICER, hold_id="H-2")
review = partial(holds.Review, id="c", at=NOON.add(days=1), by=OFFICER, hold_id="H-1", finding=Finding.KEEP)


def placing(
    at: DateTime = NOON,
    *,
    expires_at: DateTime | None = None,
    review_at: DateTime | None = None,
    recorded_at: DateTime | None = None,
    by: str = "olga",
) -> Change:
    """Return the first entry of a timeline."""
    return Change(Step.PLACED, at, recorded_at or at, by, expires_at, review_at)


def released(hold: Hold, at: DateTime, recorded_at: DateTime | None = None, by: str = "sven") -> Hold:
    """Return a hold after its release."""
    last = hold.changes[-1]
    return hold.having(Change(Step.RELEASED, at, recorded_at or at, by, last.expires_at, last.review_at))


FRAUD: Final = Hold(
    id="H-1",
    blocks=holds.EVERYTHING,
    reason="fraud",
    releasable_by="supervisor",
    four_eyes=True,
    changes=(placing(review_at=NOON.add(days=7)),),
)
DISPUTE: Final = Hold(
    id="H-2",
    blocks={REFUND, CLOSE},
    reason="dispute",
    public_reason="we are looking into your claim",
    releasable_by="officer",
    scope="INV-1",
    changes=(placing(expires_at=NOON.add(days=10)),),
)
SANCTIONS: Final = Hold(
    id="H-3",
    blocks={REFUND, TAKE_PAYMENT},
    reason="sanctions",
    secret=True,
    case="CASE-9",
    releasable_by="compliance",
    changes=(placing(review_at=NOON.add(days=1)),),
)


def ask(known: tuple[Hold, ...], command: messages.Command, approved: bool = False) -> Decision[holds.Event]:
    """Return the decision under the usual policy."""
    return holds.decide(known, command, POLICY, approved)


# Few hours, few words and few items, so that what is drawn often meets.

OPERATIONS: Final = (REFUND, CLOSE, BILL, AMEND, TAKE_PAYMENT)
ITEMS: Final = (None, "INV-1", "SUB-1")
HALVES: Final = tuple(NOON.add(minutes=30 * count) for count in range(-2, 60))
"""Every hour of the calendar of these tests, and half past each."""

hours: st.SearchStrategy[DateTime] = st.sampled_from(HALVES[2:28:2])


@st.composite
def single(draw: st.DrawFn, id: str) -> Hold:
    """Return a hold of any length and scope; what was settled about it may be recorded late."""
    placed_at = draw(hours)
    ends = st.none() | st.integers(1, 12).map(lambda hour: placed_at.add(hours=hour))
    recorded_at = placed_at.add(hours=draw(st.sampled_from([0, 0, 1, 5])))
    expires_at, review_at = draw(ends), draw(st.none() | hours)
    changes = [Change(Step.PLACED, placed_at, recorded_at, "olga", expires_at, review_at)]
    for step in draw(st.lists(st.sampled_from([Step.EXTENDED, Step.REVIEWED]), max_size=2)):
        recorded_at = recorded_at.add(hours=draw(st.integers(0, 4)))
        expires_at = draw(ends)
        changes.append(Change(step, placed_at, recorded_at, "olga", expires_at, review_at))
    lasts = 12 if expires_at is None else int((expires_at - placed_at).total_seconds()) // 3600 - 1
    if draw(st.booleans()):
        at = placed_at.add(hours=draw(st.integers(0, lasts)))
        recorded_at = max(recorded_at, at.add(hours=draw(st.sampled_from([0, 0, 3]))))
        changes.append(Change(Step.RELEASED, at, recorded_at, "sven", expires_at, review_at))
    secret = draw(st.booleans())
    return Hold(
        id=id,
        blocks=draw(st.frozensets(st.sampled_from(OPERATIONS), min_size=1)),
        reason=draw(st.sampled_from(["fraud", "dispute"])),
        public_reason="" if secret else draw(st.sampled_from(["", "please call"])),
        secret=secret,
        releasable_by="officer",
        scope=draw(st.frozensets(st.sampled_from(["INV-1", "SUB-1"]))),
        changes=tuple(changes),
    )


@st.composite
def several(draw: st.DrawFn) -> tuple[Hold, ...]:
    """Return up to four holds."""
    return tuple(draw(single(f"H-{number}")) for number in range(draw(st.integers(0, 4))))
