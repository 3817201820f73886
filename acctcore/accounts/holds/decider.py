"""What a command does to the holds of an account, and what an event makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acctcore.accounts.holds.blocks import review as to_be_reviewed
from acctcore.accounts.holds.lifecycle import LIFECYCLE
from acctcore.accounts.holds.messages import (
    Event,
    Extend,
    Extended,
    Place,
    Placed,
    Release,
    Released,
    Review,
    Reviewed,
)
from acctcore.accounts.holds.model import Change, Finding, Hold, Step
from acctcore.accounts.holds.policy import HoldKind, HoldPolicy
from acctcore.accounts.holds.reasons import (
    AlreadyReleased,
    CannotBlock,
    FourEyes,
    FourEyesToPlace,
    IdTaken,
    NotEntitled,
    ReviewTooLate,
    Shortened,
    TellsCustomer,
    Unchanged,
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
    hold = find(holds, command.hold_id) if isinstance(command, Place | Extend | Review | Release) else None
    match command:
        case Place() if hold is not None:
            return refused(IdTaken(hold.id))
        case Extend() | Review() | Release() if hold is None:
            return refused(UnknownHold(command.hold_id, tuple(known.id for known in holds)))
    if (refusal := LIFECYCLE.refusal(None if hold is None else hold.phase(command.at), command)) is not None:
        return refusal
    if hold is not None and hold.released_at is not None:
        return refused(AlreadyReleased(hold.id, hold.released_at))
    ruling = _ruling(hold, command, policy)
    if ruling.allowed and not approved and (demand := four_eyes(holds, command, policy)) is not None:
        return needs_approval(demand)
    return ruling


def _ruling(hold: Hold | None, command: messages.Command, policy: HoldPolicy) -> Decision[Event]:
    match hold, command:
        case None, Place():
            return place(command, policy)
        case Hold(), Extend():
            return extend(hold, command, policy)
        case Hold(), Review():
            return review(hold, command, policy)
        case Hold(), Release():
            return release(hold, command)
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
        *unless(not (kind.secret and command.public_reason), TellsCustomer(kind.reason)),
        *reviewed_in_time(kind, command, command.review_at),
    )
    if reasons:
        return refused(*reasons)
    placing = Change(
        Step.PLACED,
        command.at,
        command.recorded_at or command.at,
        command.by.id,
        command.expires_at,
        command.review_at or kind.review_by(seen_at(command)),
        command.note,
    )
    hold = Hold(
        id=command.hold_id,
        blocks=blocks,
        reason=kind.reason,
        public_reason=command.public_reason or kind.public_reason,
        secret=kind.secret,
        scope=command.scope,
        case=command.case,
        releasable_by=kind.may_release,
        four_eyes=kind.four_eyes,
        changes=(placing,),
    )
    return allowed(Placed(command.at, command.id, hold, policy.ref), duties=to_be_reviewed(hold))


def extend(hold: Hold, command: Extend, policy: HoldPolicy) -> Decision[Event]:
    """Return a later end."""
    kind = policy.kind(hold.reason)
    if kind is None:
        return refused(unknown_kind(policy, hold.reason))
    ends = command.expires_at
    reasons = (
        *entitled(command.by, kind.extenders, kind.reason),
        *unless(not shortens(hold, ends), Shortened(hold.id)),
        *unless(ends != hold.expires_at, Unchanged(hold.id)),
    )
    if reasons:
        return refused(*reasons)
    recorded_at = _recorded(hold, command)
    event = Extended(command.at, command.id, hold.id, command.by.id, recorded_at, ends, command.note)
    return allowed(event, duties=to_be_reviewed(after(hold, event)))


def review(hold: Hold, command: Review, policy: HoldPolicy) -> Decision[Event]:
    """Return what was found, with the next review, or with the release of the hold.

    Keeping a hold takes the authority to review it, letting it last longer the one to extend it as
    well, and ending it now or earlier the one to release it.
    """
    if command.finding is Finding.RELEASE:
        return _found_over(hold, command)
    kind = policy.kind(hold.reason)
    if kind is None:
        return refused(unknown_kind(policy, hold.reason))
    ends = hold.expires_at if command.expires_at is None else command.expires_at
    longer = hold.expires_at is not None and ends is not None and hold.expires_at < ends
    reasons = (
        *entitled(command.by, kind.reviewers, kind.reason),
        *(entitled(command.by, kind.extenders, kind.reason) if longer else ()),
        *(entitled(command.by, hold.releasable_by, kind.reason) if shortens(hold, ends) else ()),
        *reviewed_in_time(kind, command, command.review_at),
    )
    if reasons:
        return refused(*dict.fromkeys(reasons))
    event = Reviewed(
        command.at,
        command.id,
        hold.id,
        command.by.id,
        _recorded(hold, command),
        Finding.KEEP,
        ends,
        command.review_at or kind.review_by(seen_at(command)),
        command.note,
    )
    return allowed(event, duties=to_be_reviewed(after(hold, event)))


def _found_over(hold: Hold, command: Review) -> Decision[Event]:
    reasons = entitled(command.by, hold.releasable_by, hold.reason)
    if reasons:
        return refused(*reasons)
    at, cause, by, recorded_at = command.at, command.id, command.by.id, _recorded(hold, command)
    return allowed(
        Reviewed(
            at,
            cause,
            hold.id,
            by,
            recorded_at,
            Finding.RELEASE,
            hold.expires_at,
            hold.review_at,
            command.note,
        ),
        Released(at, cause, hold.id, by, recorded_at, command.note),
    )


def release(hold: Hold, command: Release) -> Decision[Event]:
    """Return the end of a hold; who may end it was settled as it was placed."""
    reasons = entitled(command.by, hold.releasable_by, hold.reason)
    if reasons:
        return refused(*reasons)
    recorded_at = _recorded(hold, command)
    return allowed(Released(command.at, command.id, hold.id, command.by.id, recorded_at, command.note))


def four_eyes(holds: tuple[Hold, ...], command: messages.Command, policy: HoldPolicy) -> FourEyes | None:
    """Return that a command takes a second person, None where it does not or its hold is not known.

    A release does where the hold was placed so, and so does a review that ends a hold earlier; a
    placing does where the policy says so now.
    """
    match command:
        case Place():
            kind = policy.kind(command.reason)
            if kind is not None and kind.four_eyes_to_place:
                return FourEyesToPlace(command.hold_id, kind.may_place)
        case Review() | Release():
            hold = find(holds, command.hold_id)
            if hold is not None and hold.four_eyes and takes_off(holds, command):
                return FourEyes(hold.id, hold.releasable_by)
    return None


def takes_off(holds: tuple[Hold, ...], command: Review | Release) -> bool:
    """Return whether a command ends its hold earlier than it would have ended."""
    if isinstance(command, Release) or command.finding is Finding.RELEASE:
        return True
    hold = find(holds, command.hold_id)
    return hold is not None and shortens(hold, command.expires_at)


def shortens(hold: Hold, ends: DateTime | None) -> bool:
    """Return whether a hold would end earlier than it does now; None is no end at all."""
    return ends is not None and (hold.expires_at is None or ends < hold.expires_at)


def entitled(by: Actor, roles: frozenset[Role], reason: str) -> tuple[Reason, ...]:
    """Return why somebody may not act on holds for a reason; nothing where they hold one of the roles."""
    return unless(not by.roles.isdisjoint(roles), NotEntitled(by.id, reason, roles))


def reviewed_in_time(
    kind: HoldKind, command: messages.Command, review_at: DateTime | None
) -> tuple[Reason, ...]:
    """Return why a review comes too late; nothing where the kind asks for none, or the default serves."""
    latest = kind.review_by(seen_at(command))
    if latest is None or review_at is None or review_at <= latest:
        return ()
    return (ReviewTooLate(kind.reason, latest),)


def seen_at(command: messages.Command) -> DateTime:
    """Return from when a review can be asked for: nobody looks at what is not in force or not recorded."""
    return max(command.at, command.recorded_at or command.at)


def _recorded(hold: Hold, command: messages.Command) -> DateTime:
    """Return when a change is known: never before what it changes."""
    return max(command.recorded_at or command.at, hold.changes[-1].recorded_at)


def unknown_kind(policy: HoldPolicy, reason: str) -> UnknownKind:
    """Return the reason that names what the policy knows instead."""
    return UnknownKind(str(policy.ref), reason, tuple(kind.reason for kind in policy.kinds))


def find(holds: tuple[Hold, ...], hold_id: HoldId) -> Hold | None:
    """Return the hold by an id, None where nobody placed it."""
    return next((hold for hold in holds if hold.id == hold_id), None)


def evolve(holds: tuple[Hold, ...], event: messages.Event) -> tuple[Hold, ...]:
    """Return the holds after an event; the released and the expired stay, for what is asked about then.

    Raises: ImpossibleHistory for a hold that is placed twice, or changed before it is placed or
    after it was released.
    """
    match event:
        case Placed() if find(holds, event.hold.id) is None:
            return (*holds, event.hold)
        case Extended() | Reviewed() | Released():
            hold = find(holds, event.hold_id)
            if hold is not None and hold.released_at is None:
                return tuple(after(each, event) if each is hold else each for each in holds)
    raise ImpossibleHistory(
        f"{type(event).__name__} cannot stand where it does in the history of the holds",
        (event.cause,),
        "place every hold once, before it is extended, reviewed or released",
    )


def after(hold: Hold, event: Extended | Reviewed | Released) -> Hold:
    """Return a hold with what was settled about it."""
    at, recorded_at, by, note = event.at, event.recorded_at, event.by, event.note
    match event:
        case Extended():
            return hold.having(
                Change(Step.EXTENDED, at, recorded_at, by, event.expires_at, hold.review_at, note)
            )
        case Reviewed():
            return hold.having(
                Change(Step.REVIEWED, at, recorded_at, by, event.expires_at, event.review_at, note)
            )
        case Released():
            return hold.having(
                Change(Step.RELEASED, at, recorded_at, by, hold.expires_at, hold.review_at, note)
            )
