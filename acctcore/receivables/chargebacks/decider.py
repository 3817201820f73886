"""What is recorded of a chargeback, and every reason why it is not."""

from __future__ import annotations

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Missing, Reason, allowed, refused, unknown, unless
from acctcore.kernel.errors import ImpossibleHistory, Unhandled
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.notices import AlreadyRecorded, Notice, Says
from acctcore.kernel.terms import PhaseName
from acctcore.receivables.chargebacks.lifecycle import LIFECYCLE
from acctcore.receivables.chargebacks.messages import (
    Answer,
    Answered,
    ChargeBack,
    ChargedBack,
    Command,
    PartlyReversed,
    Reverse,
    Reversed,
)
from acctcore.receivables.chargebacks.model import Chargeback, Response, Reversal
from acctcore.receivables.chargebacks.reasons import (
    AnsweredOtherwise,
    BeforeChargeback,
    BeforePayment,
    ExceedsChargeback,
    ExceedsPayment,
    Exists,
    NotReceived,
)


@frozen
class Facts:
    """What a chargeback is decided on: the payment, and what of it is charged back already."""

    received: Money
    received_at: DateTime
    phase: PhaseName
    charged_back: int = 0
    came_in: bool = True


def decide(
    chargeback: Chargeback | None, command: Command, facts: Facts | None = None
) -> Decision[messages.Event]:
    """Return what is recorded of a chargeback, or every reason why it is not.

    `facts` are those of the payment that is charged back; None where it is not known.
    """
    if chargeback is None and not isinstance(command, ChargeBack):
        return unknown(Missing("the chargeback", (command.chargeback_id,)))
    if (refusal := LIFECYCLE.refusal(None if chargeback is None else chargeback.phase, command)) is not None:
        return refusal
    match chargeback, command:
        case None, ChargeBack():
            return _charge_back(command, facts)
        case Chargeback(), ChargeBack():
            return refused(_told_again(chargeback, command))
        case Chargeback(), Reverse():
            return _reverse(chargeback, command)
        case Chargeback(), Answer():
            return _answer(chargeback, command)
    raise Unhandled(chargeback, command)


def _charge_back(command: ChargeBack, facts: Facts | None) -> Decision[messages.Event]:
    if facts is None:
        return unknown(Missing("the payment", (command.payment_id,)))
    left = in_minor(facts.received.minor - facts.charged_back, facts.received.code)
    amount = command.amount
    reasons = (
        *unless(facts.came_in, NotReceived(command.payment_id, facts.phase, facts.received_at)),
        *unless(facts.received_at <= command.at, BeforePayment(facts.received_at)),
        *unless(amount.code == left.code and amount.minor <= left.minor, ExceedsPayment(left)),
    )
    if reasons:
        return refused(*reasons)
    return allowed(ChargedBack(command.at, command.id, _made(command)))


def _made(command: ChargeBack) -> Chargeback:
    return Chargeback(
        command.chargeback_id,
        command.payment_id,
        command.amount.code,
        command.amount.minor,
        command.at,
        command.id,
        command.reason,
        command.reference,
        command.fee,
        command.respond_by,
    )


def _told_again(known: Chargeback, command: ChargeBack) -> Reason:
    if changed(known, reversals=(), response=None) == changed(_made(command), cause=known.cause):
        return AlreadyRecorded(known.id, Notice(Says.DONE, known.at, known.reference))
    return Exists(known.id, known.money, known.at)


def _reverse(chargeback: Chargeback, command: Reverse) -> Decision[messages.Event]:
    left = in_minor(chargeback.standing, chargeback.currency)
    amount = command.amount or left
    for reversal in chargeback.reversals:
        same = reversal.at == command.at and command.amount in (None, in_minor(reversal.amount, left.code))
        if same and reversal.reference == command.reference:
            known = Notice(Says.DONE, reversal.at, reversal.reference)
            return refused(AlreadyRecorded(chargeback.id, known))
    reasons = (
        *unless(chargeback.at <= command.at, BeforeChargeback(chargeback.at)),
        *unless(amount.code == left.code and 0 < amount.minor <= left.minor, ExceedsChargeback(left)),
    )
    if reasons:
        return refused(*reasons)
    reversal = Reversal(command.at, amount.minor, command.reference)
    reversals = sorted(
        (*chargeback.reversals, reversal), key=lambda each: (each.at, each.reference, each.amount)
    )
    after = changed(chargeback, reversals=tuple(reversals))
    kind = PartlyReversed if after.standing else Reversed
    return allowed(kind(command.at, command.id, after))


def _answer(chargeback: Chargeback, command: Answer) -> Decision[messages.Event]:
    response, known = Response(command.at, command.contest, command.reference), chargeback.response
    if known == response:
        return refused(AlreadyRecorded(chargeback.id, Notice(Says.DONE, known.at, known.reference)))
    if known is not None:
        return refused(AnsweredOtherwise(chargeback.id, known.at))
    if command.at < chargeback.at:
        return refused(BeforeChargeback(chargeback.at))
    return allowed(Answered(command.at, command.id, changed(chargeback, response=response)))


def evolve(chargeback: Chargeback | None, event: messages.Event) -> Chargeback:
    """Return the chargeback after an event.

    Raises: ImpossibleHistory for an event that cannot follow.
    """
    match chargeback, event:
        case None, ChargedBack():
            return event.chargeback
        case Chargeback(), Reversed() | PartlyReversed() | Answered():
            return event.chargeback
    raise ImpossibleHistory(
        f"{type(event).__name__} cannot stand where it does in the history of a chargeback",
        (event.cause,),
        "record the chargeback once, before it is reversed",
    )
