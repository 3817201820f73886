"""What is recorded of a refund after it was given: the same facts come to the same refund in any order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve as changed

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Missing, allowed, refused, unknown
from acctcore.kernel.errors import Unhandled
from acctcore.kernel.notices import Notice, Says, against, noted
from acctcore.receivables.refunds.lifecycle import LIFECYCLE
from acctcore.receivables.refunds.messages import (
    Complete,
    Completed,
    Fail,
    Failed,
    LoseTrack,
    Lost,
    Noted,
    Report,
    Send,
    Sent,
)
from acctcore.receivables.refunds.model import Phase, Refund
from acctcore.receivables.refunds.reasons import BeforeRefund, OtherAmount


def record(refund: Refund | None, command: Report) -> Decision[messages.Event]:
    """Return what is recorded of a refund, or which two facts cannot both be."""
    if refund is None:
        return unknown(Missing("the refund", (command.refund_id,)))
    if (refusal := LIFECYCLE.refusal(refund.phase, command)) is not None:
        return refusal
    notice = _notice(command)
    reasons = list(against(refund.id, refund.notices, notice))
    if command.at < refund.at:
        reasons.append(BeforeRefund(refund.at))
    moved = notice.amount
    if moved is not None and moved.code == refund.currency and moved.minor != refund.amount:
        reasons.append(OtherAmount(refund.money))
    if reasons:
        return refused(*reasons)
    after = changed(refund, notices=noted(refund.notices, notice))
    kind = Noted if after.phase is refund.phase else _EVENTS[after.phase]
    return allowed(kind(command.at, command.id, after))


_EVENTS: Mapping[Phase, type[Sent | Completed | Failed | Lost]] = MappingProxyType(
    {Phase.SENT: Sent, Phase.DONE: Completed, Phase.FAILED: Failed, Phase.UNKNOWN: Lost}
)


def _notice(command: Report) -> Notice:
    at, reference = command.at, command.reference
    match command:
        case Send():
            return Notice(Says.SENT, at, reference)
        case Complete():
            return Notice(Says.DONE, at, reference, command.processed, command.fee)
        case Fail():
            return Notice(Says.FAILED, at, reference, failure=command.failure)
        case LoseTrack():
            return Notice(Says.UNKNOWN, at, reference)
    raise Unhandled(command)
