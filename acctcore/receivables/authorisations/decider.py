"""What is recorded of an authorisation, and what it says against a capture."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve as changed

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Missing, Reason, allowed, refused, unknown, unless
from acctcore.kernel.errors import ImpossibleHistory, Unhandled
from acctcore.kernel.money import Money, zero
from acctcore.kernel.notices import AlreadyRecorded, Notice, Says
from acctcore.receivables.authorisations.lifecycle import LIFECYCLE
from acctcore.receivables.authorisations.messages import Authorise, Authorised, Command, Void, Voided
from acctcore.receivables.authorisations.model import Authorisation, Captures, Phase, Resolution, Taken
from acctcore.receivables.authorisations.policy import DEFAULT, AuthorisationPolicy
from acctcore.receivables.authorisations.reasons import (
    BeforeAuthorisation,
    CapturedLater,
    ExceedsAuthorised,
    Exists,
    Resolved,
    SetsAsideTooMuch,
)
from acctcore.receivables.authorisations.standing import captured_at, left, phase, resolution


def decide(
    authorisation: Authorisation | None,
    command: Command,
    policy: AuthorisationPolicy = DEFAULT,
    taken: Sequence[Taken] = (),
    reserved_now: Money | None = None,
) -> Decision[messages.Event]:
    """Return what is recorded of an authorisation, or every reason why it is not.

    `taken` is what was captured of it, `reserved_now` what is set aside already in its currency.
    """
    if authorisation is None and isinstance(command, Void):
        return unknown(Missing("the authorisation", (command.authorisation_id,)))
    now = None if authorisation is None else phase(authorisation, taken, command.at)
    if (refusal := LIFECYCLE.refusal(now, command)) is not None:
        return refusal
    match authorisation, command:
        case None, Authorise():
            return _authorise(command, policy, taken, reserved_now or zero(command.amount.code))
        case Authorisation(), Authorise():
            return refused(_told_again(authorisation, command, policy))
        case Authorisation(), Void():
            return _void(authorisation, command, taken)
    raise Unhandled(authorisation, command)


def _authorise(
    command: Authorise, policy: AuthorisationPolicy, taken: Sequence[Taken], reserved_now: Money
) -> Decision[messages.Event]:
    authorisation = _authorised(command, policy)
    most = next((money for money in policy.most if money.code == command.amount.code), None)
    reasons: list[Reason] = []
    if most is not None and reserved_now + command.amount > most:
        reasons.append(SetsAsideTooMuch(most, reserved_now))
    for index, one in enumerate(taken):  # known before the authorisation was
        others = [*taken[:index], *taken[index + 1 :]]
        reasons += against_capture(authorisation, others, one)
    if reasons:
        return refused(*dict.fromkeys(reasons))
    return allowed(Authorised(command.at, command.id, authorisation), next_change_at=authorisation.expires_at)


def _authorised(command: Authorise, policy: AuthorisationPolicy) -> Authorisation:
    return Authorisation(
        command.authorisation_id,
        command.amount.code,
        command.amount.minor,
        command.at,
        policy.captures,
        command.expires_at or policy.expires_at(command.at),
        command.method,
        command.reference,
    )


def _told_again(known: Authorisation, command: Authorise, policy: AuthorisationPolicy) -> Reason:
    told = _authorised(command, policy)
    if changed(known, voided_at=None, void_reference="") == told:
        return AlreadyRecorded(known.id, Notice(Says.DONE, known.at, known.reference))
    return Exists(known.id, known.money, known.at)


def _void(authorisation: Authorisation, command: Void, taken: Sequence[Taken]) -> Decision[messages.Event]:
    id, at = authorisation.id, command.at
    if (authorisation.voided_at, authorisation.void_reference) == (at, command.reference):
        return refused(AlreadyRecorded(id, Notice(Says.DONE, at, command.reference)))
    end = resolution(authorisation, taken, at)
    late = [one for one in taken if one.at >= at]
    reasons = (
        *unless(authorisation.at <= at, BeforeAuthorisation(id, authorisation.at)),
        *(() if end is None else (Resolved(id, end.how.value, end.at),)),
        *[CapturedLater(id, one.payment_id, one.at) for one in late if end is None],
        *(_voided_later(authorisation) if end is None else ()),
    )
    return refused(*reasons) if reasons else allowed(Voided(at, command.id, id, command.reference))


def _voided_later(authorisation: Authorisation) -> tuple[Reason, ...]:
    """Return that it is voided already, by a void that is dated later."""
    if authorisation.voided_at is None:
        return ()
    return (Resolved(authorisation.id, Phase.VOIDED.value, authorisation.voided_at),)


def against_capture(
    authorisation: Authorisation, others: Sequence[Taken], capture: Taken
) -> tuple[Reason, ...]:
    """Return why money cannot have been captured from an authorisation, beside what else was.

    Judged at the capture's own instant, whichever of the facts is told first.
    """
    id = authorisation.id
    rest = left(authorisation, others)
    if capture.currency != authorisation.currency:
        return (ExceedsAuthorised(id, rest),)
    end = resolution(authorisation, others, capture.at)
    if end is None and others and authorisation.captures is Captures.ONCE:
        end = Resolution(Phase.CAPTURED, others[0].at)
    voided_at = authorisation.voided_at
    if end is None and voided_at is not None and captured_at(authorisation, [*others, capture]):
        end = Resolution(Phase.VOIDED, voided_at)  # there was something left to void, so this was not all
    later = [other for other in others if capture.final and capture.at <= other.at]
    return (
        *unless(authorisation.at <= capture.at, BeforeAuthorisation(id, authorisation.at)),
        *(() if end is None else (Resolved(id, end.how.value, end.at),)),
        *unless(capture.amount <= rest.minor, ExceedsAuthorised(id, rest)),
        *[CapturedLater(id, other.payment_id, other.at) for other in later],
    )


def evolve(authorisation: Authorisation | None, event: messages.Event) -> Authorisation:
    """Return the authorisation after an event.

    Raises: ImpossibleHistory for an event that cannot follow.
    """
    match authorisation, event:
        case None, Authorised():
            return event.authorisation
        case Authorisation(), Voided():
            return changed(authorisation, voided_at=event.at, void_reference=event.reference)
    raise ImpossibleHistory(
        f"{type(event).__name__} cannot stand where it does in the history of an authorisation",
        (event.cause,),
        "record the authorisation once, before it is voided",
    )
