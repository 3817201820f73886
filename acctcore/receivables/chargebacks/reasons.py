"""Why something is not recorded of a chargeback."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import ChargebackId, PaymentId, PhaseName


@frozen
class Exists(Reason):
    """A chargeback under an id that another one bears; a key is used once."""

    code: ClassVar[str] = "chargebacks.exists"
    template: ClassVar[str] = "there is a chargeback {chargeback} of {amount} already, of {at}"
    chargeback: ChargebackId
    amount: Money
    at: DateTime


@frozen
class NotReceived(Reason):
    """A chargeback of a payment that is not there to be taken: it never came in, or went again by itself."""

    code: ClassVar[str] = "chargebacks.not_received"
    template: ClassVar[str] = "{payment} is {phase} since {at}"
    payment: PaymentId
    phase: PhaseName
    at: DateTime


@frozen
class BeforePayment(Reason):
    """A chargeback dated before its payment came in."""

    code: ClassVar[str] = "chargebacks.before_payment"
    template: ClassVar[str] = "the payment came in at {received_at}"
    received_at: DateTime


@frozen
class ExceedsPayment(Reason):
    """More than is left of the payment after its other chargebacks."""

    code: ClassVar[str] = "chargebacks.exceeds_payment"
    template: ClassVar[str] = "{left} of the payment can be charged back"
    left: Money


@frozen
class BeforeChargeback(Reason):
    """A reversal or an answer dated before the chargeback."""

    code: ClassVar[str] = "chargebacks.before_chargeback"
    template: ClassVar[str] = "the chargeback is of {at}"
    at: DateTime


@frozen
class ExceedsChargeback(Reason):
    """More than is still charged back."""

    code: ClassVar[str] = "chargebacks.exceeds_chargeback"
    template: ClassVar[str] = "{left} is still charged back"
    left: Money


@frozen
class AnsweredOtherwise(Reason):
    """A second answer to one chargeback; the bank takes one."""

    code: ClassVar[str] = "chargebacks.answered_otherwise"
    template: ClassVar[str] = "{chargeback} was answered at {at} already"
    chargeback: ChargebackId
    at: DateTime
