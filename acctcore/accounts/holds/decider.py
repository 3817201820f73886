"""What a command does to the holds of an account, and what an event makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve as changed

from acctcore.accounts.holds.blocks import review
from acctcore.accounts.holds.lifecycle import LIFECYCLE
from acctcore.accounts.holds.messages import Event, Extend, Extended, Place, Placed, Release, Released
from acctcore.accounts.holds.model import Hold
from acctcore.accounts.holds.policy import HoldKind, HoldPolicy
from acctcore.accounts.holds.reasons import (
    AlreadyReleased,
    CannotBlock,
    FourEyes,
    IdTaken,
    NotEntitled,
    ReviewTooLate,
    Shortened,
    UnknownHold,
    UnknownKind,
)
from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, allowed, needs_approval, refused, unless
from acctcore.kernel.errors import ImpossibleHistory, Unhandled

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.terms import Actor, HoldId, Role


def decide(
    holds: tuple[Hold, ...], command: messages.Command, policy: HoldPolicy, approved: bool = False
) -> Decision[Event]:
    """Return what `command` does to one hold among `holds`, or every reason why it may not.

    A hold is judged at the command's own instant, so that what is recorded late is judged as it was.
    `approved` says that a second person's approval covers this very command.
    """
    hold = find(holds, command.hold_id) if isinstance(command, Place | Extend | Release) else None
    match command:
        case Place() if hold is not None:
            return refused(IdTaken(hold.id))
        case Extend() | Release() if hold is None:
            return refused(UnknownHold(command.hold_id, tuple(known.id for known in holds)))
    if (refusal := LIFECYCLE.refusal(None if hold is None else hold.phase(command.at), command)) is not None:
        return refusal
    if hold is not None and hold.released_at is not None:
        return refused(AlreadyReleased(hold.id, hold.released_at))
    match hold, command:
        case None, Place():
            return place(command, policy)
        case Hold(), Extend():
            return extend(hold, command, policy)
        case Hold(), Release():
            return release(hold, command, approved)
    raise Unhandled(hold, command)


def place(command: Place, policy: HoldPolicy) -> Decision[Event]:
    """Return a new hold of a kind that the policy knows, with the duty to review it."""
    kind = policy.kind(command.reason)
    if kind is None:
        return refused(unknown_kind(policy, command.reason))
    blocks = kind.blocks if command.blocks is None else command.blocks
    reasons = (
        *entitled(command.by, kind.may_place, kind.reason),
        *unless(blocks <= policy.operations, CannotBlock(blocks - policy.operations, policy.operations)),
        *reviewed_in_time(kind, command.at, command.review_at),
    )
    if reasons:
        return refused(*reasons)
    hold = Hold(
        id=command.hold_id,
        blocks=blocks,
        reason=kind.reason,
        public_reason=command.public_reason,
        placed_at=command.at,
        placed_by=command.by.id,
        expires_at=command.expires_at,
        review_at=command.review_at or kind.review_by(command.at),
        releasable_by=kind.may_release,
        four_eyes=kind.four_eyes,
        scope=command.scope,
    )
    return allowed(Placed(command.at, command.id, hold, policy.ref), duties=review(hold))


def extend(hold: Hold, command: Extend, policy: HoldPolicy) -> Decision[Event]:
    """Return a later end and the next review; it takes the authority to place such a hold."""
    kind = policy.kind(hold.reason)
    if kind is None:
        return refused(unknown_kind(policy, hold.reason))
    ends = command.expires_at
    longer = ends is None or (hold.expires_at is not None and hold.expires_at <= ends)
    reasons = (
        *entitled(command.by, kind.may_place, kind.reason),
        *unless(longer, Shortened(hold.id)),
        *reviewed_in_time(kind, command.at, command.review_at),
    )
    if reasons:
        return refused(*reasons)
    event = Extended(command.at, command.id, hold.id, ends, command.review_at or kind.review_by(command.at))
    return allowed(event, duties=review(extended(hold, event)))


def release(hold: Hold, command: Release, approved: bool) -> Decision[Event]:
    """Return the end of a hold; who may end it, and with how many eyes, was settled as it was placed."""
    reasons = entitled(command.by, hold.releasable_by, hold.reason)
    if reasons:
        return refused(*reasons)
    demand = None if approved else _four_eyes(hold)
    if demand is not None:
        return needs_approval(demand)
    return allowed(Released(command.at, command.id, hold.id, command.by.id, command.note))


def four_eyes(holds: tuple[Hold, ...], hold_id: HoldId) -> FourEyes | None:
    """Return that a release takes a second person, None where it does not or there is no such hold."""
    hold = find(holds, hold_id)
    return None if hold is None else _four_eyes(hold)


def _four_eyes(hold: Hold) -> FourEyes | None:
    return FourEyes(hold.id, hold.releasable_by) if hold.four_eyes else None


def entitled(by: Actor, roles: frozenset[Role], reason: str) -> tuple[Reason, ...]:
    """Return why somebody may not act on holds for a reason; nothing where they hold one of the roles."""
    return unless(not by.roles.isdisjoint(roles), NotEntitled(by.id, reason, roles))


def reviewed_in_time(kind: HoldKind, at: DateTime, review_at: DateTime | None) -> tuple[Reason, ...]:
    """Return why a review comes too late; nothing where the kind asks for none, or the default serves."""
    latest = kind.review_by(at)
    if latest is None or review_at is None or review_at <= latest:
        return ()
    return (ReviewTooLate(kind.reason, latest),)


def unknown_kind(policy: HoldPolicy, reason: str) -> UnknownKind:
    """Return the reason that names what the policy knows instead."""
    return UnknownKind(str(policy.ref), reason, tuple(kind.reason for kind in policy.kinds))


def find(holds: tuple[Hold, ...], hold_id: HoldId) -> Hold | None:
    """Return the hold by an id, None where nobody placed it."""
    return next((hold for hold in holds if hold.id == hold_id), None)


def evolve(holds: tuple[Hold, ...], event: messages.Event) -> tuple[Hold, ...]:
    """Return the holds after an event; the released and the expired stay, for what is asked about then.

    Raises: ImpossibleHistory for a hold that is placed twice, or changed before it is placed.
    """
    match event:
        case Placed() if find(holds, event.hold.id) is None:
            return (*holds, event.hold)
        case Extended() if find(holds, event.hold_id) is not None:
            return tuple(extended(hold, event) if hold.id == event.hold_id else hold for hold in holds)
        case Released() if find(holds, event.hold_id) is not None:
            return tuple(
                changed(hold, released_at=event.at) if hold.id == event.hold_id else hold for hold in holds
            )
    raise ImpossibleHistory(
        f"{type(event).__name__} cannot stand where it does in the history of the holds",
        (event.cause,),
        "place every hold once, before it is extended or released",
    )


def extended(hold: Hold, event: Extended) -> Hold:
    """Return a hold with its new expiry and review."""
    return changed(hold, expires_at=event.expires_at, review_at=event.review_at)
