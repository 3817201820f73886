"""Why an approval is needed, is not given, or does not cover an act."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from attrs import frozen
from pendulum import DateTime

from acctcore.kernel.decision import Reason, Unavailable
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor, ApprovalId, CommandId, Operation, PhaseName, Role
from acctcore.kernel.wording import Counted, Sentence
from acctcore.operations.approvals.messages import Ask
from acctcore.operations.approvals.policy import Need

_ONE_NEED = Counted(
    "{operation} of {amount} needs {count} approval by: {may_approve}",
    "{operation} of {amount} needs {count} approvals by: {may_approve}",
    by="count",
)
_PLAIN = Counted(
    "{operation} needs {count} approval by: {may_approve}",
    "{operation} needs {count} approvals by: {may_approve}",
    by="count",
)
_SEVERAL_NEEDS = "{operation} of {amount} needs {count} approvals by: {needs}"
_SEVERAL_PLAIN = "{operation} needs {count} approvals by: {needs}"


@frozen
class ToBeApproved(Reason):
    """What the customer hears of limits and approvals: that somebody else decides, and not who or why."""

    code: ClassVar[str] = "approvals.to_be_approved"
    template: ClassVar[str] = "somebody else has to approve this first"


def _of_office(_: Reason) -> Reason:
    """Return that somebody else has to approve, and no more: the rest names people, roles and limits."""
    return ToBeApproved()


@frozen
class Needed(Reason):
    """An act beyond what its maker may do alone: who could approve it next, and who has to in all.

    `may_approve` are the roles that could be next, `people` those on the staff who could, where the
    host tells who works there. `total` is what authority is measured by, where a sum in a window
    counts; `roles` are those that the act itself demands, `subject` is what it is about.
    """

    code: ClassVar[str] = "approvals.needed"
    for_customer = _of_office
    variants: ClassVar[tuple[Sentence, ...]] = (_ONE_NEED, _PLAIN, _SEVERAL_NEEDS, _SEVERAL_PLAIN)
    operation: Operation
    amount: Money | None
    fingerprint: str
    may_approve: frozenset[Role]
    count: int = 1
    needs: tuple[Need, ...] = ()
    total: Money | None = None
    roles: frozenset[Role] = frozenset()
    subject: str = ""
    people: tuple[str, ...] = ()

    @property
    def sentence(self) -> Sentence:
        """With the amount, where there is one; with each need, where there are several."""
        if len(self.needs) > 1:
            return _SEVERAL_PLAIN if self.amount is None else _SEVERAL_NEEDS
        return _PLAIN if self.amount is None else _ONE_NEED

    def ask(self, *, id: CommandId, at: DateTime, by: Actor, request_id: ApprovalId, note: str = "") -> Ask:
        """Return the command that asks for these approvals."""
        return Ask(
            id=id,
            at=at,
            by=by,
            request_id=request_id,
            fingerprint=self.fingerprint,
            operation=self.operation,
            amount=self.amount,
            total=self.total,
            roles=self.roles,
            subject=self.subject,
            note=note,
        )


_USED_UP = "{operation} of {amount} exceeds {allowance}: {used} of {limit} used, {left} left until {frees_at}"
_FOR_EVER = "{operation} of {amount} exceeds {allowance}: {used} of {limit} used, {left} left"


@frozen
class BeyondAllowance(Reason):
    """More than may be done in a window of time: what it allows, what is used, what is left.

    `frees_at` is when the same act would fit, None where it never does by itself. A hard allowance
    is not exceeded with an approval either.
    """

    code: ClassVar[str] = "approvals.beyond_allowance"
    variants: ClassVar[tuple[Sentence, ...]] = (_USED_UP, _FOR_EVER)
    allowance: str
    operation: Operation
    amount: Money
    limit: Money
    used: Money
    left: Money
    frees_at: DateTime | None = None
    hard: bool = False

    @property
    def sentence(self) -> Sentence:
        """With the instant at which the window frees up, where it does."""
        return _FOR_EVER if self.frees_at is None else _USED_UP

    def for_customer(self) -> Reason:
        """Return that somebody else has to approve; of a hard one, that it is not possible at present."""
        return Unavailable(self.operation) if self.hard else ToBeApproved()


# Why somebody's yes or no is not taken


@frozen
class SamePerson(Reason):
    """A maker who would check their own act, by themselves or through a delegation."""

    code: ClassVar[str] = "approvals.same_person"
    for_customer = _of_office
    template: ClassVar[str] = "{maker} asked for this, and cannot also be behind its approval"
    maker: str


@frozen
class NotMaker(Reason):
    """Somebody takes back a request of somebody else's."""

    code: ClassVar[str] = "approvals.not_maker"
    for_customer = _of_office
    template: ClassVar[str] = "only {maker} can withdraw this request"
    maker: str


@frozen
class AlreadyApproved(Reason):
    """A second approval that rests on the same person as an earlier one."""

    code: ClassVar[str] = "approvals.already_approved"
    for_customer = _of_office
    template: ClassVar[str] = "an approval rests on {people} already; each needs people of its own"
    people: frozenset[str]


@frozen
class NotDelegated(Reason):
    """Somebody stands in without a delegation that covers this operation at this instant."""

    code: ClassVar[str] = "approvals.not_delegated"
    for_customer = _of_office
    template: ClassVar[str] = "{delegator} has not delegated {operation} to {actor} for this time"
    delegator: str
    actor: str
    operation: Operation


@frozen
class NotAway(Reason):
    """Somebody stands in who may do so only while the lender is away."""

    code: ClassVar[str] = "approvals.not_away"
    for_customer = _of_office
    template: ClassVar[str] = "{actor} stands in only while away: {delegators}"
    actor: str
    delegators: tuple[str, ...]


@frozen
class NotYourTurn(Reason):
    """Somebody who has to agree later: those before them have not."""

    code: ClassVar[str] = "approvals.not_your_turn"
    for_customer = _of_office
    template: ClassVar[str] = "{request} waits for others first: {may_approve}"
    request: ApprovalId
    may_approve: frozenset[Role]


@frozen
class NotWanted(Reason):
    """Somebody whose part in the quorum is taken: it takes others."""

    code: ClassVar[str] = "approvals.not_wanted"
    for_customer = _of_office
    template: ClassVar[str] = "{request} has the approvals that {by} could give; it takes: {may_approve}"
    request: ApprovalId
    by: str
    may_approve: frozenset[Role]


@frozen
class NoEmergency(Reason):
    """Somebody breaks the glass where no policy lets them."""

    code: ClassVar[str] = "approvals.no_emergency"
    for_customer = _of_office
    template: ClassVar[str] = "no policy lets {by} do {operation} in an emergency"
    by: str
    operation: Operation


@frozen
class AlreadyReviewed(Reason):
    """A second review of an emergency."""

    code: ClassVar[str] = "approvals.already_reviewed"
    for_customer = _of_office
    template: ClassVar[str] = "{by} has reviewed this emergency already"
    by: str


@frozen
class NothingToReview(Reason):
    """A review of what was approved in the ordinary way."""

    code: ClassVar[str] = "approvals.nothing_to_review"
    for_customer = _of_office
    template: ClassVar[str] = "{request} was no emergency"
    request: ApprovalId


@frozen
class AlreadyAsked(Reason):
    """A second request for an act that others are deciding on, or have agreed to."""

    code: ClassVar[str] = "approvals.already_asked"
    for_customer = _of_office
    template: ClassVar[str] = "{request} asks for the same, and is {phase}"
    request: ApprovalId
    phase: PhaseName


@frozen
class BeyondAuthority(Reason):
    """An act beyond the authority of everybody's roles that came with the command."""

    code: ClassVar[str] = "approvals.beyond_authority"
    for_customer = _of_office
    template: ClassVar[str] = "{operation} is beyond the authority of: {roles}; it takes: {may_approve}"
    variants: ClassVar[tuple[Sentence, ...]] = (
        "{operation} takes: {may_approve}; of whoever answers here, no role counts",
    )
    operation: Operation
    amount: Money | None
    roles: frozenset[Role]
    may_approve: frozenset[Role]

    @property
    def sentence(self) -> Sentence:
        """Without their roles, where they have none, or the staff is told and holds none of them."""
        return self.template if self.roles else self.variants[0]


@frozen
class TooEarly(Reason):
    """Something that is dated before what it rests on: the request itself, or the last approval of it."""

    code: ClassVar[str] = "approvals.too_early"
    for_customer = _of_office
    template: ClassVar[str] = "{request} is as it is since {since}, and nothing about it is dated before"
    request: ApprovalId
    since: DateTime


# Why a request does not cover an act


@frozen
class NotAsked(Reason):
    """No approval was asked for."""

    code: ClassVar[str] = "approvals.not_asked"
    for_customer = _of_office
    template: ClassVar[str] = "no approval was asked for"


class Part(Enum):
    """What an approval is bound to: the command itself, the policies, and the amounts that were quoted."""

    COMMAND = "command"
    POLICIES = "policies"
    AMOUNTS = "amounts"


@frozen
class Changed(Reason):
    """An act that is not the one that approval was asked for."""

    code: ClassVar[str] = "approvals.changed"
    for_customer = _of_office
    template: ClassVar[str] = "{request} is for another act: since it was asked for, this changed: {parts}"
    variants: ClassVar[tuple[Sentence, ...]] = (
        "{request} is for another act: since it was asked for, this changed: {parts} ({asked}, now {now})",
    )
    request: ApprovalId
    parts: frozenset[Part]
    asked: Money | None = None
    now: Money | None = None

    @property
    def sentence(self) -> Sentence:
        """With both amounts, where they differ."""
        told = self.asked is not None and self.now is not None and self.asked != self.now
        return self.variants[0] if told else self.template


@frozen
class OtherMaker(Reason):
    """An act by somebody other than who asked for its approval."""

    code: ClassVar[str] = "approvals.other_maker"
    for_customer = _of_office
    template: ClassVar[str] = "{request} was asked for by {maker}, who has to be the one who acts"
    request: ApprovalId
    maker: str


@frozen
class Pending(Reason):
    """A request that waits for approvals, and the roles that could give the next."""

    code: ClassVar[str] = "approvals.pending"
    for_customer = _of_office
    variants: ClassVar[tuple[Sentence, ...]] = (
        Counted(
            "{request} has {given} of {needed} approval",
            "{request} has {given} of {needed} approvals",
            by="needed",
        ),
    )
    request: ApprovalId
    given: int
    needed: int
    may_approve: frozenset[Role] = frozenset()


@frozen
class NotApproved(Reason):
    """A request that was rejected or withdrawn."""

    code: ClassVar[str] = "approvals.not_approved"
    for_customer = _of_office
    template: ClassVar[str] = "{request} is {phase}"
    variants: ClassVar[tuple[Sentence, ...]] = ("{request} is {phase} by {by}: {note}",)
    request: ApprovalId
    phase: PhaseName
    by: str | None = None
    note: str = ""

    @property
    def sentence(self) -> Sentence:
        """With who rejected it and why, where somebody did."""
        return self.template if self.by is None else self.variants[0]


@frozen
class Expired(Reason):
    """A request that nobody used in time."""

    code: ClassVar[str] = "approvals.expired"
    for_customer = _of_office
    template: ClassVar[str] = "{request} expired at {expired_at}"
    request: ApprovalId
    expired_at: DateTime


@frozen
class AlreadyUsed(Reason):
    """A request whose act was done: an approval serves once."""

    code: ClassVar[str] = "approvals.used"
    for_customer = _of_office
    template: ClassVar[str] = "{request} was used by {command}"
    request: ApprovalId
    command: CommandId


@frozen
class LostAuthority(Reason):
    """An approval whose giver may not give it any more."""

    code: ClassVar[str] = "approvals.lost_authority"
    for_customer = _of_office
    template: ClassVar[str] = "the approval of {request} by {by} no longer counts"
    request: ApprovalId
    by: str
