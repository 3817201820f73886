"""Why a payment, or an allocation, is refused."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CurrencyCode, DocumentId, PaymentId
from acctcore.kernel.wording import Sentence


@frozen
class OtherAmount(Reason):
    """A payment recorded with another amount than the one it was attempted with."""

    code: ClassVar[str] = "payments.other_amount"
    template: ClassVar[str] = "the payment was attempted over {attempted}"
    attempted: Money


@frozen
class OtherMethod(Reason):
    """A payment recorded with another method than before."""

    code: ClassVar[str] = "payments.other_method"
    template: ClassVar[str] = "the payment was made by {method}"
    method: str


@frozen
class OtherAuthorisation(Reason):
    """Money that came in already, from another authorisation or from none."""

    code: ClassVar[str] = "payments.other_authorisation"
    template: ClassVar[str] = "{payment} came in otherwise: captured from {authorisation}"
    variants: ClassVar[tuple[Sentence, ...]] = ("{payment} came in otherwise: without an authorisation",)
    payment: PaymentId
    authorisation: str = ""

    @property
    def sentence(self) -> Sentence:
        """With the authorisation, where there is one."""
        return self.template if self.authorisation else self.variants[0]


@frozen
class NotOpen(Reason):
    """A document that a payment was to settle but that was never owed in the payment's currency."""

    code: ClassVar[str] = "payments.not_open"
    template: ClassVar[str] = "nothing is open in {currency} on {documents}"
    currency: CurrencyCode
    documents: tuple[DocumentId, ...]


@frozen
class ChargedBack(Reason):
    """A payment that was charged back cannot fail as well: that is the same money twice."""

    code: ClassVar[str] = "payments.charged_back"
    template: ClassVar[str] = "{payment} was charged back by {chargebacks}; it did not fail as well"
    payment: PaymentId
    chargebacks: tuple[str, ...]


# Allocation


@frozen
class NothingGiven(Reason):
    """Something that has nothing left to give."""

    code: ClassVar[str] = "payments.nothing_given"
    template: ClassVar[str] = "{given} has nothing left to give"
    given: str


@frozen
class NothingOwed(Reason):
    """Something of which nothing is owed."""

    code: ClassVar[str] = "payments.nothing_owed"
    template: ClassVar[str] = "nothing is owed on {owed}"
    owed: str


@frozen
class OtherCurrency(Reason):
    """An allocation across currencies, which are never netted."""

    code: ClassVar[str] = "payments.other_currency"
    template: ClassVar[str] = "only {currency} can be allocated here"
    currency: CurrencyCode


@frozen
class ExceedsOpen(Reason):
    """More than is open on one of the two sides."""

    code: ClassVar[str] = "payments.exceeds_open"
    template: ClassVar[str] = "at most {most} can be allocated"
    most: Money


@frozen
class NotAllocated(Reason):
    """Nothing to take back: none of it was allocated there, or it was taken back before."""

    code: ClassVar[str] = "payments.not_allocated"
    template: ClassVar[str] = "nothing of {given} is allocated to {owed}"
    given: str
    owed: str


@frozen
class NothingToAllocate(Reason):
    """No credit that could settle anything."""

    code: ClassVar[str] = "payments.nothing_to_allocate"
    template: ClassVar[str] = "there is no credit that could settle anything"
