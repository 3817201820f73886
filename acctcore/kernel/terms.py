"""Words that several wings share: who acts, in which role, on what, by which authority in law."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from attrs import field, frozen

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import day, identifier

AccountId: TypeAlias = str
CommandId: TypeAlias = str
SubscriptionId: TypeAlias = str
PlanId: TypeAlias = str
ItemKey: TypeAlias = str
LineId: TypeAlias = str
DocumentId: TypeAlias = str
PaymentId: TypeAlias = str
RefundId: TypeAlias = str
AuthorisationId: TypeAlias = str
ChargebackId: TypeAlias = str
HoldId: TypeAlias = str
ApprovalId: TypeAlias = str
CurrencyCode: TypeAlias = str
ZoneKey: TypeAlias = str

Role: TypeAlias = str
"""What somebody is trusted with: `"officer"`, `"supervisor"`. Hosts choose the words."""

FactName: TypeAlias = str
"""What a host is asked to bring, in words: `"what happened before"`."""

CommandName: TypeAlias = str
"""What is asked, by the name of its class: `"ChangePlan"`."""

KindName: TypeAlias = str
"""What sort of document something is, in words: `"credit note"`."""

PhaseName: TypeAlias = str
"""The phase that something is in: `"active"`, or `"nothing"` where there is none yet."""

Operation: TypeAlias = str
"""What can be done to an account; holds block operations, limits and approvals name them."""

SUBSCRIBE: Operation = "subscribe"
CHANGE_PLAN: Operation = "change_plan"
CANCEL: Operation = "cancel"
PAUSE: Operation = "pause"
BILL: Operation = "bill"
TAKE_PAYMENT: Operation = "take_payment"
REFUND: Operation = "refund"
CREDIT: Operation = "credit"
DEBIT: Operation = "debit"
VOID: Operation = "void"
AMEND: Operation = "amend"
CLOSE: Operation = "close"
PLACE_HOLD: Operation = "place_hold"
RELEASE_HOLD: Operation = "release_hold"
ALLOCATE: Operation = "allocate"

OPERATIONS: frozenset[Operation] = frozenset(
    {
        SUBSCRIBE,
        CHANGE_PLAN,
        CANCEL,
        PAUSE,
        BILL,
        TAKE_PAYMENT,
        REFUND,
        CREDIT,
        DEBIT,
        VOID,
        AMEND,
        CLOSE,
        PLACE_HOLD,
        RELEASE_HOLD,
        ALLOCATE,
    }
)
"""The operations that acctcore itself asks about; a host may add its own words."""


def _roles(roles: Iterable[Role]) -> frozenset[Role]:
    try:
        known = frozenset((roles,) if isinstance(roles, str) else roles)
    except TypeError:
        raise InvalidValue("the names of roles", roles, "Actor.roles") from None
    if not all(isinstance(role, str) and role for role in known):
        raise InvalidValue("the names of roles", roles, "Actor.roles")
    return known


@frozen
class Actor:
    """Who asks: a person or a system, and the roles that they hold at this moment."""

    id: str = field(validator=identifier)
    roles: frozenset[Role] = field(default=frozenset(), converter=_roles)


SCHEDULE = Actor("schedule")
"""The actor of commands that time itself brings about: renewals, scheduled ends."""


@frozen
class Source:
    """Where a rule comes from: instrument, clause, the date it was read, and how sure that is."""

    instrument: str
    clause: str
    read_on: date = field(validator=day)
    status: str
