"""Whether an act lies within the authority of whoever asks, or is approved by others.

Every flow is decided first; what it allows is then held against the limits. So each operation has
one place where it is approved, and a no of a room or a hold comes before the question of who may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias

from attrs import evolve as changed
from attrs import fields, frozen
from pendulum import DateTime

from acctcore.accounts import holds
from acctcore.billing import invoices
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, seen_at
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import instant, stamp
from acctcore.kernel.decision import Decision, Missing, Outcome, Reason, allowed, combine, refused
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Operation, Role
from acctcore.operations import approvals
from acctcore.operations.approvals import UNTOLD, Office

BEFORE = "what happened before"

Amount: TypeAlias = Callable[[File, Any, Ruling], Money | None]  # type: ignore[explicit-any]
Demand: TypeAlias = Callable[[File, Any, Policies], holds.FourEyes | None]  # type: ignore[explicit-any]
Doing: TypeAlias = Callable[[File, Any], bool]  # type: ignore[explicit-any]


def no_amount(file: File, command: Command, ruling: Ruling) -> None:
    """Return that an act has no amount, such as a release."""


class Stating(Protocol):
    """A command that states the amount it is about."""

    @property
    def amount(self) -> Money:
        """How much it is about."""


def stated_amount(_file: File, command: Stating, _ruling: Ruling) -> Money:
    """Return the amount that a command itself states."""
    return command.amount


@frozen
class Act:
    """What a kind of command does in the words of limits: the operation, how much of it, and of what.

    `subject` is the field that names what it is about; `demanded` says whether the act itself asks for
    a second person, whoever acts; `done_by` whether a command does it at all, where not all of its kind do.
    `also` is what it does beside, which has limits of its own.
    """

    operation: Operation
    amount: Amount = no_amount
    subject: str = ""
    demanded: Demand | None = None
    done_by: Doing | None = None
    also: Act | None = None


def authorised(
    file: File, command: Command, policies: Policies, ruling: Ruling, act: Act, office: Office = UNTOLD
) -> Ruling:
    """Return what was allowed, with the use of an approval where it took one; or that one is needed.

    A command that does several things is held against the limits of each, and told about all at once.
    Hosts ask it about operations of their own, too.
    """
    if not ruling.allowed:
        return ruling
    answers = [_authorised(file, command, policies, ruling, each, office) for each in _all(act)]
    asked = [answer for answer in answers if answer is not None]
    if not asked:
        return ruling  # what most acts come to
    answer = asked[0] if len(asked) == 1 else combine(asked)
    if not answer.allowed:
        return answer
    changes = [at for at in (ruling.next_change_at, answer.next_change_at) if at is not None]
    return changed(ruling, events=(*answer.events, *ruling.events), next_change_at=min(changes, default=None))


def _all(act: Act) -> tuple[Act, ...]:
    return (act,) if act.also is None else (*_all(act.also), act)


def _authorised(
    file: File, command: Command, policies: Policies, ruling: Ruling, act: Act, office: Office
) -> Ruling | None:
    """Return what comes of holding one act against the limits; None where it is free, or within them."""
    if act.done_by is not None and not act.done_by(file, command):
        return None
    authority, operation = policies.authority, act.operation
    demand = None if act.demanded is None else act.demanded(file, command, policies)
    if demand is None and operation not in authority.governed:
        return None
    amount = act.amount(file, command, ruling)
    counted = operation in authority.counted
    if demand is None and not counted and authority.within(command.by, operation, amount):
        return None
    return _Asked(file, command, policies, ruling, act, amount, demand, office).answer()


class _Asked:
    """One act that is held against the authority of whoever asks for it."""

    def __init__(
        self,
        file: File,
        command: Command,
        policies: Policies,
        ruling: Ruling,
        act: Act,
        amount: Money | None,
        demand: holds.FourEyes | None,
        office: Office,
    ) -> None:
        self.file, self.command, self.policies, self.ruling = file, command, policies, ruling
        self.operation, self.amount, self.demand, self.office = act.operation, amount, demand, office
        self.subject = getattr(command, act.subject) if act.subject else file.account.id
        self.at = seen_at(command)
        self.alone = self._alone()

    def answer(self) -> Ruling:
        """Return what is counted of the act and the approval that it took; or why it is not done."""
        alone, command = self.alone, self.command
        if alone.hard:
            return refused(*alone.hard, next_change_at=alone.frees_at)
        if alone.missing:
            return Decision(Outcome.UNKNOWN, (), alone.missing)
        if alone.free and self.demand is None:
            return allowed(*self.exercised(None))
        request = self.borne()
        missing = () if command.approval is None else self.shortfall(request)
        if request is None or missing:
            return self.needs(missing)
        used = approvals.Used(command.at, command.id, request.id, command.id)
        return allowed(used, *self.exercised(request.id), next_change_at=request.expires_at)

    def borne(self) -> approvals.Request | None:
        """Return the request that the command bears; of a command that does several things, the one for this.

        A command bears one id. What else was approved for the very same act is found by its fingerprint.
        """
        if self.command.approval is None:
            return None
        named = self.file.request(self.command.approval)
        if named is None or named.operation == self.operation:
            return named
        act = self.mark(), self.operation
        same = (each for each in self.file.requests if (each.fingerprint, each.operation) == act)
        return next((each for each in same if each.phase(self.at) is approvals.Phase.APPROVED), named)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the act itself demands of whoever approves."""
        return frozenset() if self.demand is None else self.demand.may_approve

    def _alone(self) -> approvals.Alone:
        authority, by = self.policies.authority, self.command.by
        if self.operation not in authority.counted or self.amount is None:
            return approvals.Alone(authority.within(by, self.operation, self.amount))
        sealed = self.file.sealed
        if sealed is not None and self.at < sealed.through:
            return approvals.Alone(True, (), (Missing(BEFORE, (f"sealed through {stamp(sealed.through)}",)),))
        act, zone = self._exercise(self.amount), self.file.account.zone
        return approvals.alone(authority, act, by.roles, zone, self.file.exercised, self.office)

    def _exercise(self, amount: Money, request: str | None = None) -> approvals.Exercise:
        by, account = self.command.by.id, self.file.account.id
        return approvals.Exercise(self.operation, abs(amount), by, self.at, account, request)

    def exercised(self, request: str | None) -> tuple[Event, ...]:
        """Return what is added up of the act, where some allowance counts it."""
        if not self.amount or self.operation not in self.policies.authority.counted:
            return ()
        exercise = self._exercise(self.amount, request)
        return (approvals.Exercised(self.command.at, self.command.id, exercise),)

    def mark(self) -> str:
        """Return the fingerprint of the act."""
        return act_of(self.command, self.policies, (self.amount, *_quoted(self.ruling)))

    def shortfall(self, request: approvals.Request | None) -> tuple[Reason, ...]:
        """Return why the request that the command bears does not cover it."""
        return approvals.shortfall(
            request,
            self.mark(),
            self.operation,
            self.amount,
            self.at,
            self.command.by.id,
            self.policies.authority,
            total=self.alone.total,
            may_approve=self.roles,
            office=self.office,
        )

    def needs(self, missing: tuple[Reason, ...]) -> Ruling:
        """Return that an approval is needed: by whom, and why that which the command bears does not serve."""
        needed = approvals.needed(
            self.operation,
            self.amount,
            self.mark(),
            self.command.by.id,
            self.at,
            self.policies.authority,
            total=self.alone.total,
            roles=self.roles,
            subject=self.subject,
            office=self.office,
        )
        demanded = () if self.demand is None else (self.demand,)
        reasons = (*demanded, *self.alone.exceeded, *missing, needed)
        frees = self.alone.frees_at if self.alone.within_limits and not demanded else None
        return Decision(Outcome.NEEDS_APPROVAL, (), reasons, (), frees)


def _quoted(ruling: Ruling) -> tuple[Money, ...]:
    """Return the totals of the documents that an act would issue."""
    return tuple(
        [event.document.total_money for event in ruling.events if isinstance(event, invoices.Issued)]
    )


def act_of(command: Command, policies: Policies, quoted: Iterable[object]) -> str:
    """Return the fingerprint of the very act: what is asked, by whom, under which policies, at which amounts.

    The command's own id, its approval and when it takes effect or is recorded do not change the act.
    """
    kind = type(command)
    content = tuple(
        (name, getattr(command, name))
        for name in sorted(item.name for item in fields(kind))
        if name not in {"id", "at", "recorded_at", "approval"}
    )
    asked = fingerprint(kind.__qualname__, kind.__module__, content)
    return approvals.mark(asked, policies.digest, fingerprint(*quoted))


# Requests on file


def answer_request(
    file: File | None, command: approvals.Command, policies: Policies, office: Office = UNTOLD
) -> Ruling:
    """Return what a command does to a request; one whose act can no longer be done is not approved."""
    file = file_of(file)
    request = file.request(command.request_id)
    if isinstance(command, approvals.Ask):
        again = _asked_already(file, command)
        if request is None and again is not None:
            return refused(again)
    decision: Ruling = approvals.decide(request, command, policies.authority, office)
    if request is None or not decision.allowed or not isinstance(command, approvals.Approve):
        return decision
    void = voided(request, policies)
    return refused(*void) if void else decision


def _asked_already(file: File, command: approvals.Ask) -> approvals.AlreadyAsked | None:
    """Return that the same is being decided; who was told no, or took it back, may ask again."""
    at = seen_at(command)
    for request in file.requests:
        phase = request.phase(at)
        asked = request.fingerprint, request.operation, request.maker
        same = asked == (command.fingerprint, command.operation, command.by.id)
        if same and phase in _OPEN:
            return approvals.AlreadyAsked(request.id, phase.value)
    return None


_OPEN = frozenset({approvals.Phase.PENDING, approvals.Phase.APPROVED})


def voided(request: approvals.Request, policies: Policies) -> tuple[Reason, ...]:
    """Return why a request can serve no more, whoever agrees to it: the policies are others by now."""
    own = request.fingerprint.split(".")
    if len(own) != len(approvals.Part) or own[1] == policies.digest:
        return ()
    return (approvals.Changed(request.id, frozenset({approvals.Part.POLICIES})),)


def pending(
    file: File, at: DateTime, policies: Policies, office: Office = UNTOLD, *, subject: str | None = None
) -> tuple[approvals.Waiting, ...]:
    """Return the requests that are open at an instant: who asked for what, who agreed, who could be next.

    With `subject`, those about one payment, document, subscription or hold. Approved ones are among
    them until they are used; one that the policies have passed by says so.
    """
    file, at = file_of(file, "pending"), instant(at)
    found = (
        approvals.waiting(request, policies.authority, at, office, voided(request, policies))
        for request in file.requests
        if subject in (None, request.subject)
    )
    return tuple(each for each in found if each is not None)
