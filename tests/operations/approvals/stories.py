"""Who asks and who approves, under which authority, for the tests of the room."""

from functools import partial
from typing import Final

import pendulum

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND, RELEASE_HOLD, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import UNTOLD, Authority, BreakGlass, Delegation, Limit, Office, Request

NOON: Final = pendulum.datetime(2024, 3, 1, 12)
LATER: Final = NOON.add(hours=1)
AMOUNT: Final = Money(250, "EUR")

OLGA: Final = Actor("olga", {"officer"})
SVEN: Final = Actor("sven", {"supervisor"})
SARA: Final = Actor("sara", {"supervisor", "officer"})
DORA: Final = Actor("dora", {"director"})
GUEST: Final = Actor("gast")

LIMITS: Final = (
    Limit("officer", REFUND, "EUR", Money(100, "EUR")),
    Limit("supervisor", REFUND, "EUR", Money(500, "EUR")),
    Limit("supervisor", REFUND, "USD"),
    Limit("director", REFUND),
    Limit("supervisor", RELEASE_HOLD),
    Limit("supervisor", CREDIT, "EUR", Money(50, "EUR")),
)
HOLIDAY: Final = Delegation(SVEN, "olga", "supervisor", REFUND, NOON, NOON.add(days=14))
GLASS: Final = BreakGlass("officer", REFUND, review_days=2, up_to=Money(1000, "EUR"))
AUTHORITY: Final = Authority("limits", "5", LIMITS, valid_days=3, break_glass=(GLASS,))
TWO_NEEDED: Final = Authority("limits", "6", LIMITS, approvals_needed=2, valid_days=3)

ask = partial(
    approvals.Ask,
    id="c",
    at=NOON,
    by=OLGA,
    request_id="R-1",
    fingerprint="f",
    operation=REFUND,
    amount=AMOUNT,
)
approve = partial(approvals.Approve, id="c", at=LATER, by=SVEN, request_id="R-1")
reject = partial(approvals.Reject, id="c", at=LATER, by=SVEN, request_id="R-1", note="no ground")
withdraw = partial(approvals.Withdraw, id="c", at=LATER, by=OLGA, request_id="R-1")
override = partial(approvals.Override, id="c", at=LATER, by=OLGA, request_id="R-1", note="flood")
review = partial(approvals.Review, id="c", at=LATER, by=SVEN, request_id="R-1", accepted=True, note="right")
use = partial(
    approvals.Use,
    id="c",
    at=LATER,
    by=OLGA,
    request_id="R-1",
    fingerprint="f",
    operation=REFUND,
    amount=AMOUNT,
)


def decide(
    request: Request | None,
    command: messages.Command,
    authority: Authority = AUTHORITY,
    office: Office = UNTOLD,
) -> Decision[approvals.Event]:
    """Return the decision, under the usual authority where no other is given."""
    return approvals.decide(request, command, authority, office)


def lent(*delegations: Delegation) -> Office:
    """Return an office of which only the delegations are told."""
    return Office(delegations=delegations)


def after(*commands: messages.Command, authority: Authority = AUTHORITY, office: Office = UNTOLD) -> Request:
    """Return the request after commands that were all allowed."""
    request: Request | None = None
    for command in commands:
        for event in decide(request, command, authority, office).events_or_raise():
            request = approvals.evolve(request, event)
    assert request is not None
    return request


PENDING: Final = after(ask())
APPROVED: Final = after(ask(), approve())
