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

FieldKey: TypeAlias = str
"""What a host calls one field of a customer's profile: `"address"`."""

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
ACTIVATE: Operation = "activate"
AMEND: Operation = "amend"
CLOSE: Operation = "close"
REOPEN: Operation = "reopen"
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
        ACTIVATE,
        AMEND,
        CLOSE,
        REOPEN,
        PLACE_HOLD,
        RELEASE_HOLD,
        ALLOCATE,
    }
)
"""The operations that acctcore itself asks about; a host may add its own words."""


def words(value: Iterable[str]) -> frozenset[str]:
    """Return the names of operations or roles as a set; a single one need not be wrapped.

    Raises: InvalidValue for anything but texts with something in them.
    """
    return names(value, "the names of operations or roles", "words")


def names(value: Iterable[str], expected: str, where: str) -> frozenset[str]:
    """Return one text or any collection of them as a set.

    Raises: InvalidValue, with what was expected and where, for anything but texts with something in them.
    """
    try:
        known = frozenset((value,) if isinstance(value, str) else value)
    except TypeError:
        raise InvalidValue(expected, value, where) from None
    if not all(isinstance(word, str) and word.strip() for word in known):
        raise InvalidValue(expected, value, where)
    return known


def _roles(roles: Iterable[Role]) -> frozenset[Role]:
    return names(roles, "the names of roles", "Actor.roles")


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
