"""What is recorded because it happened elsewhere: what may stand against that, and whose a reference is."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from acctcore.accounts import account as accounts
from acctcore.flows.file import File
from acctcore.flows.gate import gate, seen_at
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Reason
from acctcore.kernel.messages import Command
from acctcore.kernel.notices import Notice, ReferenceUsed, Says
from acctcore.kernel.terms import TAKE_PAYMENT
from acctcore.receivables import authorisations, chargebacks, payments, refunds

_SAYS = MappingProxyType(
    {
        payments.Attempt: Says.ASKED,
        payments.Receive: Says.DONE,
        payments.Capture: Says.DONE,
        payments.Fail: Says.FAILED,
        payments.LoseTrack: Says.UNKNOWN,
        refunds.Send: Says.SENT,
        refunds.Complete: Says.DONE,
        refunds.Fail: Says.FAILED,
        refunds.LoseTrack: Says.UNKNOWN,
    }
)


def against(file: File, command: Command, subject: str, policies: Policies) -> tuple[Reason, ...]:
    """Return what stands against recording a fact of a subject: whatever it is, it did happen.

    Only a date before the account was opened does, and a reference that is another fact's.
    """
    stops = gate(
        file,
        TAKE_PAYMENT,
        seen_at(command),
        subject,
        policies=policies,
        since=command.at,
        winding_down=True,
    )
    early = tuple(reason for reason in stops if isinstance(reason, accounts.NotYetOpen))
    return (*early, *reference_used(file, command, subject))


def reference_used(file: File, command: Command, subject: str) -> tuple[Reason, ...]:
    """Return that a reference is that of another subject's fact of the same kind, where it is."""
    reference: str = getattr(command, "reference", "")
    if reference:
        for other, known in _references(file, command):
            if known == reference and other != subject:
                return (ReferenceUsed(reference, other),)
    return ()


def _references(file: File, command: Command) -> Iterator[tuple[str, str]]:
    """Return whose references facts of a command's kind bear, and what they are."""
    match command:
        case payments.Command():
            for payment in file.payments:
                yield from _told(payment.id, payment.notices, command)
        case refunds.Report():
            for refund in file.refunds:
                yield from _told(refund.id, refund.notices, command)
        case authorisations.Authorise():
            yield from ((each.id, each.reference) for each in file.authorisations)
        case authorisations.Void():
            yield from ((each.id, each.void_reference) for each in file.authorisations)
        case chargebacks.ChargeBack():
            yield from ((each.id, each.reference) for each in file.chargebacks)
        case chargebacks.Answer():
            yield from ((each.id, each.response.reference) for each in file.chargebacks if each.response)
        case chargebacks.Reverse():
            for chargeback in file.chargebacks:
                yield from ((chargeback.id, each.reference) for each in chargeback.reversals)


def _told(id: str, notices: tuple[Notice, ...], command: Command) -> Iterator[tuple[str, str]]:
    says = _SAYS.get(type(command))
    return ((id, notice.reference) for notice in notices if notice.says is says)
