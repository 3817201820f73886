"""What is recorded of a payment, and what its money then settles or no longer does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve as changed
from attrs import frozen

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Missing, Reason, allowed, refused, unknown
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.notices import AlreadyRecorded, Notice, Says, against, noted
from acctcore.receivables.payments.items import Allocated, Allocation, OpenItem, Side, less, undone
from acctcore.receivables.payments.lifecycle import LIFECYCLE
from acctcore.receivables.payments.messages import (
    Attempt,
    Attempted,
    Capture,
    Command,
    Fail,
    Failed,
    LoseTrack,
    Lost,
    Noted,
    Receive,
    Received,
)
from acctcore.receivables.payments.model import Payment, Phase
from acctcore.receivables.payments.policy import AS_NAMED, AllocationPolicy, settle
from acctcore.receivables.payments.reasons import (
    ChargedBack,
    NotOpen,
    OtherAmount,
    OtherAuthorisation,
    OtherMethod,
)


@frozen
class Facts:
    """What a payment is decided on beside itself: what is owed, and where its money stands.

    `allocations` are those of its own money that stand, `chargebacks` the ids of those that stand;
    `settled` the ids of what was owed in its currency and is not any more.
    """

    items: tuple[OpenItem, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    chargebacks: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()


NOTHING_KNOWN = Facts()
_Stated = Attempt | Receive | Fail  # what states an amount
_DEFAULT = AllocationPolicy()


def decide(
    payment: Payment | None,
    command: Command,
    facts: Facts = NOTHING_KNOWN,
    policy: AllocationPolicy = _DEFAULT,
) -> Decision[messages.Event]:
    """Return what is recorded of a payment, with the allocation of money that came in, or went again.

    The same facts come to the same payment in whatever order they are told; of two that cannot both
    be, the one told second is refused, naming both.
    """
    if payment is None and isinstance(command, LoseTrack):
        return unknown(Missing("the payment", (command.payment_id,)))
    if (refusal := LIFECYCLE.refusal(None if payment is None else payment.phase, command)) is not None:
        return refusal
    notice = _notice(command)
    reasons = _contradictions(payment, command, notice, facts)
    if reasons:
        return refused(*reasons)
    after = _told(payment, command, notice)
    if payment is not None and after.phase is payment.phase:
        return allowed(Noted(command.at, command.id, after))
    event = _EVENTS[after.phase](command.at, command.id, after)
    if after.phase is Phase.RECEIVED and isinstance(command, Receive):
        return allowed(event, *_settled(after, command, facts, policy))
    gone = [undone(each, command.at, command.id) for each in facts.allocations]
    return allowed(*[Allocated(command.at, command.id, each) for each in gone], event)


_EVENTS: Mapping[Phase, type[Attempted | Received | Failed | Lost]] = MappingProxyType(
    {
        Phase.PENDING: Attempted,
        Phase.RECEIVED: Received,
        Phase.FAILED: Failed,
        Phase.UNKNOWN: Lost,
    }
)


def _notice(command: Command) -> Notice:
    match command:
        case Attempt():
            return Notice(Says.ASKED, command.at, command.reference, method=command.method)
        case Receive():
            return Notice(
                Says.DONE,
                command.at,
                command.reference,
                command.processed,
                command.fee,
                method=command.method,
            )
        case Fail():
            return Notice(
                Says.FAILED,
                command.at,
                command.reference,
                failure=command.failure,
                method=command.method,
            )
        case LoseTrack():
            return Notice(Says.UNKNOWN, command.at, command.reference)
    raise Unhandled(command)


def _contradictions(
    payment: Payment | None, command: Command, notice: Notice, facts: Facts
) -> tuple[Reason, ...]:
    """Return why a fact cannot stand beside what is known of the payment, and of what it names."""
    reasons: list[Reason] = []
    if payment is not None:
        reasons += _other_facts(payment, command)
        beside = against(payment.id, payment.notices, notice)
        if any(isinstance(reason, AlreadyRecorded) for reason in beside):
            return tuple(reasons) or beside  # what is done already comes alone, and only where it is the same
        reasons += beside
        after = changed(payment, notices=noted(payment.notices, notice))
        if facts.chargebacks and after.phase is not Phase.RECEIVED:
            reasons.append(ChargedBack(payment.id, facts.chargebacks))
    if isinstance(command, Receive) and command.documents:
        code = command.amount.code
        open_ids = {item.id for item in facts.items if item.side is Side.OWED and item.currency == code}
        strangers = tuple(id for id in command.documents if id not in open_ids | facts.settled)
        if strangers:
            reasons.append(NotOpen(code, strangers))
    return tuple(reasons)


def _other_facts(payment: Payment, command: Command) -> list[Reason]:
    reasons: list[Reason] = []
    if not isinstance(command, _Stated):
        return reasons
    if command.amount.code != payment.currency or command.amount.minor != payment.requested:
        reasons.append(OtherAmount(payment.asked))
    if command.method and payment.method and command.method != payment.method:
        reasons.append(OtherMethod(payment.method))
    came = any(notice.says is Says.DONE for notice in payment.notices)
    if came and isinstance(command, Receive):
        from_ = (command.authorisation_id, command.final) if isinstance(command, Capture) else (None, False)
        if from_ != (payment.authorisation, payment.final):
            reasons.append(OtherAuthorisation(payment.id, payment.authorisation or ""))
    return reasons


def _told(payment: Payment | None, command: Command, notice: Notice) -> Payment:
    """Return the payment with one more notice, and with what else the command tells of it."""
    if payment is not None:
        payment = changed(payment, notices=noted(payment.notices, notice))
    elif isinstance(command, _Stated):
        amount = command.amount
        payment = Payment(command.payment_id, amount.code, amount.minor, (notice,))
    else:
        raise Unhandled(payment, command)
    if isinstance(command, Capture):
        payment = changed(payment, authorisation=command.authorisation_id, final=command.final)
    return payment


def _settled(
    payment: Payment, command: Receive, facts: Facts, policy: AllocationPolicy
) -> list[messages.Event]:
    """Return what the money settles: what was named and is open, by hand; then what the policy says."""
    credit = item_of(payment)
    named = [item for id in dict.fromkeys(command.documents) for item in facts.items if item.id == id]
    found = settle([credit], named, command.at, command.id, AS_NAMED, by_hand=True)
    left = less(credit, sum(each.amount for each in found))
    rest = [item for item in facts.items if item.id not in command.documents]
    found += settle([left], rest, command.at, command.id, policy.order)
    return [Allocated(command.at, command.id, each) for each in found]


def item_of(payment: Payment, settled: int = 0) -> OpenItem:
    """Return the open item that a payment makes, less what is settled of it already."""
    return OpenItem(
        payment.id,
        "payment",
        Side.GIVEN,
        payment.currency,
        payment.amount,
        payment.amount - settled,
        payment.at,
        None,
    )
