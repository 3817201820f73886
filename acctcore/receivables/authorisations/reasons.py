"""Why an authorisation, or a capture of it, is refused."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.kernel.terms import AuthorisationId, PaymentId, PhaseName


@frozen
class Exists(Reason):
    """An authorisation under an id that another one bears."""

    code: ClassVar[str] = "authorisations.exists"
    template: ClassVar[str] = "there is an authorisation {authorisation} of {amount} already, of {at}"
    authorisation: AuthorisationId
    amount: Money
    at: DateTime


@frozen
class Resolved(Reason):
    """An authorisation that ended before: it is resolved once."""

    code: ClassVar[str] = "authorisations.resolved"
    template: ClassVar[str] = "{authorisation} ended at {at}: {how}"
    authorisation: AuthorisationId
    how: PhaseName
    at: DateTime


@frozen
class BeforeAuthorisation(Reason):
    """Something dated before the money was set aside."""

    code: ClassVar[str] = "authorisations.before_authorisation"
    template: ClassVar[str] = "{authorisation} is of {at}"
    authorisation: AuthorisationId
    at: DateTime


@frozen
class ExceedsAuthorised(Reason):
    """More than is left of what was set aside."""

    code: ClassVar[str] = "authorisations.exceeds_authorised"
    template: ClassVar[str] = "{left} is left of {authorisation}"
    authorisation: AuthorisationId
    left: Money


@frozen
class CapturedLater(Reason):
    """An end dated before money that was captured after it."""

    code: ClassVar[str] = "authorisations.captured_later"
    template: ClassVar[str] = "{payment} was captured from {authorisation} at {at}"
    authorisation: AuthorisationId
    payment: PaymentId
    at: DateTime


@frozen
class SetsAsideTooMuch(Reason):
    """More than the policy lets be set aside at once."""

    code: ClassVar[str] = "authorisations.sets_aside_too_much"
    template: ClassVar[str] = "at most {most} may be set aside at once, {reserved} is already"
    most: Money
    reserved: Money
