"""Refunds under random authority: staff, delegations, policies and the clock move, and nothing slips through.

Every yes is checked by brute force, with the office and the policies as they stood when it was given.
"""

from collections.abc import Callable
from datetime import timedelta

import pendulum
from attrs import evolve as changed
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from acctcore.flows import Policies, check, evolve, handle
from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    PER_DAY,
    PER_WEEK,
    Allowance,
    Authority,
    BreakGlass,
    Exercise,
    Office,
    Per,
    Request,
    Rolling,
    Window,
)
from acctcore.receivables import payments, refunds
from acctcore.testing import histories
from tests.flows.stories import PLAIN
from tests.operations.approvals import drawn, oracle
from tests.operations.approvals.test_allowances import brute_force

START = pendulum.datetime(2024, 3, 1, 12)
EUROS = st.sampled_from([40, 60, 100, 101, 300, 501]).map(lambda units: Money(units, "EUR"))
WINDOWS: st.SearchStrategy[Window] = st.sampled_from([PER_DAY, PER_WEEK, Rolling(3)])


@st.composite
def authorities(draw: st.DrawFn) -> Authority:
    """Return limits, quorums and allowances over refunds; some of them by role."""
    plain = draw(drawn.authorities())
    limited = sorted({limit.role for limit in plain.limits if limit.operation == REFUND})
    allowances = [
        Allowance(
            f"allowance-{number}",
            REFUND,
            draw(st.sampled_from([Money(100, "EUR"), Money(350, "EUR")])),
            draw(WINDOWS),
            draw(st.sampled_from(Per)),
            draw(st.sampled_from([None, *limited])),
            draw(st.sampled_from([None, "UTC"])),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    glass = BreakGlass("officer", REFUND, 1, Money(300, "EUR")) if draw(st.booleans()) else None
    return changed(
        plain,
        version=str(draw(st.integers(1, 3))),
        valid_days=draw(st.sampled_from([None, 2, 5])),
        allowances=tuple(allowances),
        break_glass=() if glass is None else (glass,),
    )


class Authorised(RuleBasedStateMachine):
    """One account with a large payment, and everybody on the staff who would like to give some of it back."""

    def __init__(self) -> None:
        super().__init__()
        self.policies: Policies
        self.office: Office
        self.now = START
        self.count = 0
        self.wanted: dict[str, Command] = {}
        self.done = 0

    @initialize(authority=authorities(), office=drawn.offices())
    def begin(self, authority: Authority, office: Office) -> None:
        self.policies = changed(PLAIN, authority=authority)
        self.office = changed(office, exercised=())
        self.file = histories.opened(instant(START - timedelta(days=30)), "Europe/Berlin")
        received = payments.Receive(
            id="paid",
            at=instant(START - timedelta(days=20)),
            by=Actor("ann"),
            payment_id="P",
            amount=Money(10**6, "EUR"),
        )
        self.store(received)

    # The world moves

    @rule(data=st.data(), what=st.sampled_from(["time", "time", "office", "policy", "elsewhere"]))
    def the_world_moves(self, data: st.DataObject, what: str) -> None:
        match what:
            case "time":  # or a late entry is made
                hours = data.draw(st.integers(-30, 60))
                self.now = max(START, instant(self.now + timedelta(hours=hours)))
            case "office":
                self.office_changes(data.draw(drawn.offices()))
            case "policy":
                self.policies = changed(self.policies, authority=data.draw(authorities()))
            case "elsewhere":
                by = data.draw(st.sampled_from(drawn.PEOPLE))
                elsewhere = Exercise(REFUND, data.draw(EUROS), by, self.now, "elsewhere")
                self.office = changed(self.office, exercised=(*(self.office.exercised or ()), elsewhere))

    def office_changes(self, office: Office) -> None:
        """Let others work there and stand in for others; what was done elsewhere stays done."""
        hours = int((self.now - START).total_seconds() // 3600)
        moved = [
            changed(each, start=each.start.add(hours=hours), end=each.end.add(hours=hours))
            for each in office.delegations or ()
        ]
        self.office = changed(office, delegations=tuple(moved), exercised=self.office.exercised)

    # What is asked

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        """Give, ask, answer or use what was approved, whatever there is to do."""
        self.count += 1
        known = [self.request(id) for id in sorted(self.wanted)]
        open_now = [request.id for request in known if request.phase(self.now) is approvals.Phase.PENDING]
        ready = [request.id for request in known if request.phase(self.now) is approvals.Phase.APPROVED]
        kinds: list[Callable[[st.DataObject, str], None]] = [self.give, self.give]
        kinds += ([self.answer_yes] * 6 + [self.answer_otherwise]) if open_now else []
        kinds += [self.use] * 6 if ready else []
        chosen = data.draw(st.sampled_from(kinds))
        ids = ready if chosen == self.use else open_now
        id = data.draw(st.sampled_from(ids * 9 + sorted(self.wanted))) if self.wanted else ""
        chosen(data, id)

    @rule(data=st.data())
    def work_on(self, data: st.DataObject) -> None:
        self.work(data)

    def somebody(self, data: st.DataObject) -> Actor:
        return data.draw(st.sampled_from(self.office.staff or (Actor("ann"),)))

    def give(self, data: st.DataObject, _: str) -> None:
        by = self.somebody(data)
        command = refunds.Give(
            id=f"give-{self.count}",
            at=self.now,
            by=by,
            refund_id=f"R-{self.count}",
            payment_id="P",
            amount=data.draw(EUROS),
            kind=refunds.Kind.BALANCE,
        )
        decision = self.store(command)
        needed = [each for each in decision.reasons if isinstance(each, approvals.Needed)]
        if needed:
            id = f"Q-{self.count}"
            self.wanted[id] = command
            self.store(needed[0].ask(id=f"ask-{self.count}", at=self.now, by=by, request_id=id))

    def answer_yes(self, data: st.DataObject, id: str) -> None:
        request = self.request(id)
        told = [*approvals.candidates(request, self.policies.authority, self.now, self.office)]
        could = [each for each in told if not each.reasons] or told
        chosen = data.draw(st.sampled_from(could * 9 + told))
        by = next(actor for actor in self.office.staff or () if actor.id == chosen.person)
        command = approvals.Approve(
            id=f"answer-{self.count}", at=self.now, by=by, request_id=id, on_behalf_of=chosen.on_behalf_of
        )
        if self.store(command).allowed:
            self.was_able_to(command, request)

    def answer_otherwise(self, data: st.DataObject, id: str) -> None:
        request = self.request(id)
        maker = next((each for each in self.office.staff or () if each.id == request.maker), None)
        by, cause, at = maker or Actor(request.maker), f"answer-{self.count}", self.now
        match data.draw(st.sampled_from(["reject", "withdraw", "override"])):
            case "reject":
                other = self.somebody(data)
                self.store(approvals.Reject(id=cause, at=at, by=other, request_id=id, note="no"))
            case "withdraw":
                self.store(approvals.Withdraw(id=cause, at=at, by=by, request_id=id))
            case "override":
                self.store(approvals.Override(id=cause, at=at, by=by, request_id=id, note="now"))

    def use(self, data: st.DataObject, id: str) -> None:
        act = self.wanted[data.draw(st.sampled_from([id] * 9 + sorted(self.wanted)))]
        at = instant(self.now + timedelta(hours=data.draw(st.sampled_from([0, 0, 20]))))
        self.now = at
        self.store(changed(act, id=f"use-{self.count}", at=at, approval=id))

    # What must be true of every yes

    def request(self, id: str) -> Request:
        found = self.file.request(id)
        assert found is not None
        return found

    def was_able_to(self, command: approvals.Approve, request: Request) -> None:
        """Check an approval by brute force, and that it was the last one where no seat is left."""
        could = oracle.could_approve(request, self.policies.authority, self.now, self.office)
        assert (command.by.id, command.on_behalf_of or "") in could
        after = self.request(request.id)
        quorum = oracle.quorum_of(self.policies.authority, after)
        seats = len(oracle.wanted(self.policies.authority, quorum))
        assert (after.state is approvals.Phase.APPROVED) is (len(after.approvals) == seats)

    def store(self, command: Command) -> Decision[Event]:
        decision = handle(self.file, command, self.policies, self.office)
        note(f"{command} -> {decision.outcome.value} {[reason.code for reason in decision.reasons]}")
        assert handle(self.file, command, self.policies, self.office) == decision
        if decision.allowed and isinstance(command, refunds.Give):
            self.entitled(command, decision)
        if decision.outcome is Outcome.NEEDS_APPROVAL and decision.next_change_at is not None:
            later = changed(command, at=decision.next_change_at)
            assert handle(self.file, later, self.policies, self.office).allowed, "it does not free up"
        self.file = evolve(self.file, decision.events)
        return decision

    def entitled(self, command: refunds.Give, decision: Decision[Event]) -> None:
        """Check that whoever gave money back was entitled to, alone or with enough others."""
        used = [event for event in decision.events if isinstance(event, approvals.Used)]
        act = Exercise(REFUND, command.amount, command.by.id, self.now, "A")
        if used:
            self.enough_agreed(command, self.request(used[0].request_id))
            assert self.exceeded(act, hard_only=True) is None
        else:
            assert self.alone(command, act)
        counted = [event for event in decision.events if isinstance(event, approvals.Exercised)]
        assert len(counted) == bool(self.policies.authority.allowances)
        self.done += 1

    def alone(self, command: refunds.Give, act: Exercise) -> bool:
        """Return whether one of somebody's roles reaches so far, and none of its allowances is exceeded."""
        authority = self.policies.authority
        if not any(limit.operation == REFUND for limit in authority.limits):
            free = (
                oracle.quorum_of(authority, Request("x", "f", REFUND, command.amount, "x", self.now)) is None
            )
            return free and self.exceeded(act, None) is None
        return any(
            oracle.reaches(frozenset({role}), REFUND, command.amount, authority)
            and self.exceeded(act, role) is None
            for role in command.by.roles
        )

    def exceeded(self, act: Exercise, role: str | None = None, *, hard_only: bool = False) -> str | None:
        """Return an allowance that an act would exceed, by brute force."""
        before = [*self.file.exercised, *(self.office.exercised or ())]
        for each in self.policies.authority.allowances:
            binding = each.role in (None, role) and (each.hard or not hard_only)
            if binding and not brute_force(each, act, before):
                return each.name
        return None

    def enough_agreed(self, command: refunds.Give, request: Request) -> None:
        """Check that people of their own, none of them the maker, fill every seat as they stand today."""
        assert request.maker == command.by.id
        assert (request.operation, request.amount) == (REFUND, command.amount)
        assert request.state is approvals.Phase.APPROVED
        assert request.expires_at is None or self.now < request.expires_at
        people = [person for approval in request.approvals for person in approval.people]
        assert len(people) == len(set(people))
        assert request.maker not in people
        authority = self.policies.authority
        if request.emergency is not None:
            assert authority.break_glass
            return
        total = self.total(command)
        now = changed(request, total=total)
        quorum = oracle.quorum_of(authority, now)
        staff = {actor.id: actor.roles for actor in self.office.staff or ()}
        seats = []
        for approval in request.approvals:
            way = oracle.way_of(approval)
            held = staff.get(approval.on_behalf_of or approval.by, frozenset())
            seats.append(oracle.seats(changed(way, roles=way.roles & held), now, authority, quorum))
        assert oracle.most_seated(seats, quorum) == len(oracle.wanted(authority, quorum))

    def total(self, command: refunds.Give) -> Money | None:
        """Return what the needed answer measures authority by."""
        bare = handle(self.file, changed(command, id="bare", approval=None), self.policies, self.office)
        return next(each.total for each in bare.reasons if isinstance(each, approvals.Needed))

    @invariant()
    def the_file_adds_up(self) -> None:
        if hasattr(self, "file"):
            assert check(self.file) == ()
            assert len(self.file.refunds) == self.done


TestAuthorised = Authorised.TestCase
TestAuthorised.settings = settings(stateful_step_count=20, max_examples=80)
