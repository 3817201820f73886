"""What a host adds without forking: answered, remembered, sealed, written and read like all the rest."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve as changed
from attrs import field, frozen
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, run_state_machine_as_test
from jsonschema import Draft202012Validator
from pendulum import DateTime

from acctcore import records
from acctcore.accounts import account, holds
from acctcore.cli.sentences import sentence
from acctcore.flows import (
    Act,
    Archive,
    Asking,
    File,
    OwnEvent,
    OwnOperation,
    OwnPolicy,
    OwnRecord,
    Policies,
    catch_up,
    check,
    closing_plan,
    duties,
    evolve,
    handle,
    may,
    operations,
    pending,
    seal,
    unseal,
)
from acctcore.flows.handle import FLOWS
from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, Outcome, allowed, combine
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue, UnknownRecord
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.policies import PolicyRef
from acctcore.operations import approvals
from acctcore.operations.approvals import PER_DAY, Allowance, Authority, Limit
from acctcore.receivables import payments
from acctcore.testing import laws, machines
from acctcore.testing import strategies as ours
from tests.accounts.account.stories import IN_PHASE
from tests.flows import host
from tests.flows.host import (
    LEND,
    OWN,
    TABLE,
    Lend,
    LendingPolicy,
    Lent,
    Loan,
    NoteOrder,
    OrderNoted,
    PurchaseOrder,
    TakeBack,
)
from tests.flows.stories import HOLDS, OFFICER, PLAIN, SUPERVISOR, Answer, Story, at, codes, eur

KINDS = (
    *HOLDS.kinds,
    holds.HoldKind("theft", {LEND, "take_back"}, "officer", "officer", public_reason="a report is open"),
)
POLICIES = changed(
    PLAIN,
    own=(LendingPolicy("lending", "1"),),
    holds=holds.HoldPolicy("office", "1", KINDS, holds.EVERYTHING | {LEND, "take_back", "order"}),
)
LIMITED = changed(
    POLICIES,
    authority=Authority(
        "office",
        "1",
        (Limit("officer", LEND, "EUR", eur("50.00")), Limit("supervisor", LEND)),
        allowances=(Allowance("daily", LEND, eur("80.00"), PER_DAY, role="officer"),),
    ),
)


class Shop(Story):
    """Tells a story of the host, its own operations among it."""

    def __init__(self, policies: Policies = POLICIES) -> None:
        super().__init__(policies)

    def ask(self, kind: type[Command], when: str | DateTime, /, **facts: object) -> Answer:
        return handle(self.file, self.command(kind, when, **facts), self.policies, own=OWN)

    def lend(self, when: str, device: str = "D1", deposit: str = "20.00", **facts: object) -> Answer:
        return self.ask(Lend, when, device_id=device, title="router", deposit=eur(deposit), **facts)


def shop() -> Shop:
    told = Shop()
    told.store(told.lend("2024-01-10 10:00"))
    return told


# An operation


def test_what_a_host_does_is_answered_stored_and_owed() -> None:
    told = Shop()
    answer = told.store(told.lend("2024-01-10 10:00"))
    loan = Loan("D1", "router", eur("20.00"), date(2024, 1, 25), "Europe/Berlin")
    assert answer.events == (Lent(at("2024-01-10 10:00"), "c1", loan, POLICIES.of(LendingPolicy).ref),)
    assert told.file.kept(Loan, "D1") == loan
    assert told.file.kept(Loan, "D2") is None
    assert told.file.kept(PurchaseOrder, "D1") is None
    assert duties(told.file, at("2024-01-11"), POLICIES) == answer.duties
    assert [(duty.kind, duty.by) for duty in answer.duties] == [("loans.return", at("2024-01-25 00:00"))]
    told.do(TakeBack, "2024-01-20 10:00", device_id="D1")
    assert told.file.own == ()
    assert duties(told.file, at("2024-01-21"), POLICIES) == ()
    laws.rebuilds(told.file)
    assert check(told.file) == ()


def test_what_is_still_lent_keeps_the_account_from_closing() -> None:
    told = shop()
    assert [step.blocker.text for step in closing_plan(told.file, at("2024-01-11"), POLICIES)] == [
        "duties are not discharged: loans.return/D1"
    ]
    told.do(account.RequestClosure, "2024-01-11 10:00")
    assert codes(told.lend("2024-01-12 10:00", "D2")) == ["account.not_open"]
    assert codes(told.ask(account.Close, "2024-01-12 10:00")) == ["account.duty_open"]
    told.do(TakeBack, "2024-01-12 11:00", device_id="D1")
    told.do(account.Close, "2024-01-12 12:00")


@pytest.mark.parametrize(
    ("device", "when", "expected"),
    [
        pytest.param("D2", "2024-01-11 10:00", [], id="another device"),
        pytest.param("D1", "2024-01-11 10:00", ["loans.lent_already"], id="the same device"),
        pytest.param("D2", "2023-12-31 10:00", ["account.not_yet_open"], id="before the opening"),
    ],
)
def test_a_rule_of_the_host_is_asked_with_all_the_rest(device: str, when: str, expected: list[str]) -> None:
    assert codes(shop().lend(when, device)) == expected


def test_every_reason_is_told_at_once() -> None:
    told = shop()
    told.store(told.lend("2024-01-11 10:00", "D2"))
    told.do(holds.Place, "2024-01-12 10:00", hold_id="H1", reason="theft", expires_at=at("2024-01-20"))
    answer = told.lend("2024-01-13 10:00", "D1")
    assert [reason.text for reason in answer.reasons] == [
        "lend is blocked by H1 (theft) until 2024-01-19T23:00:00Z",
        "the customer has D1, D2, and 2 may be lent",
        "D1 is lent to the customer already",
    ]
    assert answer.next_change_at == at("2024-01-20")
    assert answer.for_customer().reasons[0].text == "lend is not possible at present: a report is open"


def test_a_hold_stops_what_it_lies_on() -> None:
    told = shop()
    told.store(told.lend("2024-01-11 10:00", "D2"))
    told.do(holds.Place, "2024-01-12 10:00", hold_id="H1", reason="theft", scope={"D1"})
    assert codes(told.ask(TakeBack, "2024-01-13 10:00", device_id="D1")) == ["holds.blocked"]
    assert told.ask(TakeBack, "2024-01-13 10:00", device_id="D2").allowed
    late = told.ask(TakeBack, "2024-01-11 12:00", device_id="D1", recorded_at=at("2024-01-13 10:00"))
    assert codes(late) == ["holds.blocked"]


# Done once


def test_a_command_that_was_handled_gets_its_first_answer() -> None:
    told = Shop()
    first = told.store(told.lend("2024-01-10 10:00", id="L1"))
    again = told.lend("2024-01-10 10:00", id="L1")
    assert again == allowed(*first.events)
    assert evolve(told.file, again.events) == told.file
    assert codes(told.lend("2024-01-10 11:00", id="L1")) == ["flows.id_reused"]
    assert codes(told.lend("2024-01-10 10:00", "D2", id="L1")) == ["flows.id_reused"]
    assert codes(told.ask(TakeBack, "2024-01-10 10:00", device_id="D1", id="L1")) == ["flows.id_reused"]
    received = told.ask(payments.Receive, "2024-01-10 10:00", payment_id="P1", amount=eur("1.00"), id="L1")
    assert codes(received) == ["flows.id_reused"]


def test_a_late_command_is_known_by_when_it_was_recorded() -> None:
    told = Shop()
    lend = partial(told.lend, "2024-01-10 10:00", id="L1", recorded_at=at("2024-01-12 10:00"))
    first = told.store(lend())
    assert lend().events == first.events


def test_twice_is_once() -> None:
    told = shop()
    for command in (
        told.command(Lend, "2024-01-11 10:00", device_id="D2", title="phone", deposit=eur("1.00")),
        told.command(TakeBack, "2024-01-11 10:00", device_id="D1"),
        told.command(TakeBack, "2024-01-11 10:00", device_id="D9"),
    ):
        laws.twice_is_once(told.file, command, POLICIES, ask=partial(handle, own=OWN))


def test_without_its_operations_nobody_answers_a_host() -> None:
    told = shop()
    command = told.command(TakeBack, "2024-01-11 10:00", device_id="D1")
    with pytest.raises(InvalidValue, match="expected a command that a flow answers"):
        handle(told.file, command, POLICIES)
    with pytest.raises(InvalidValue, match="expected an account file; open the account first"):
        handle(None, command, POLICIES, own=OWN)


# Authority


def needed(answer: Answer) -> approvals.Needed:
    (found,) = (reason for reason in answer.reasons if isinstance(reason, approvals.Needed))
    return found


def test_beyond_a_limit_somebody_else_agrees_to_the_very_act() -> None:
    told = Shop(LIMITED)
    answer = told.lend("2024-01-10 10:00", deposit="60.00")
    assert answer.outcome is Outcome.NEEDS_APPROVAL
    assert needed(answer).text == "lend of 60.00 EUR needs 1 approval by: supervisor"
    asked = needed(answer).ask(id="ask", at=at("2024-01-10 10:01"), by=OFFICER, request_id="Q1")
    told.store(handle(told.file, asked, LIMITED))
    asking = Asking(Lend, None)
    assert [
        each.request.id for each in pending(told.file, at("2024-01-10 10:02"), LIMITED, subject="D1")
    ] == ["Q1"]
    assert asking in may(told.file, at("2024-01-10 10:02"), LIMITED, OWN)
    told.do(approvals.Approve, "2024-01-10 10:03", by=SUPERVISOR, request_id="Q1")
    dearer = told.lend("2024-01-10 10:04", deposit="60.01", approval="Q1")
    assert dearer.outcome is Outcome.NEEDS_APPROVAL
    other = changed(LIMITED, own=(LendingPolicy("lending", "2", days=30),))
    stale = handle(
        told.file,
        told.command(
            Lend, "2024-01-10 10:04", device_id="D1", title="router", deposit=eur("60.00"), approval="Q1"
        ),
        other,
        own=OWN,
    )
    assert "approvals.changed" in codes(stale)
    done = told.store(told.lend("2024-01-10 10:05", deposit="60.00", approval="Q1", id="L1"))
    assert [type(event) for event in done.events] == [approvals.Used, approvals.Exercised, Lent]
    assert told.lend("2024-01-10 10:05", deposit="60.00", approval="Q1", id="L1").events == done.events
    assert codes(told.lend("2024-01-10 10:06", "D2", "30.00"))[0] == "approvals.beyond_allowance"


def test_what_waits_for_approval_is_told_of_what_it_is_about() -> None:
    limits = (Limit("supervisor", "take_back"),)
    told = Shop(changed(POLICIES, authority=Authority("office", "1", limits)))
    told.store(told.lend("2024-01-10 10:00"))
    answer = told.ask(TakeBack, "2024-01-11 10:00", device_id="D1")
    asked = needed(answer).ask(id="ask", at=at("2024-01-11 10:01"), by=OFFICER, request_id="Q1")
    told.store(handle(told.file, asked, told.policies))
    found = {asking: asking for asking in may(told.file, at("2024-01-12"), told.policies, OWN)}
    asking = found[Asking(TakeBack, "D1")]
    assert asking.pending == ("Q1",)
    assert asking.stated(id="x", at=at("2024-01-12"), by=OFFICER) == TakeBack(
        id="x", at=at("2024-01-12"), by=OFFICER, device_id="D1"
    )


# What may be asked


def test_what_a_host_may_ask_is_told_with_the_rest() -> None:
    told = shop()
    told.start("2024-01-10 11:00")
    told.do(
        holds.Place,
        "2024-01-12 10:00",
        hold_id="H1",
        reason="theft",
        scope={"D1"},
        expires_at=at("2024-02-01"),
    )
    now = at("2024-01-13")
    rooms, asked = may(told.file, now, POLICIES), may(told.file, now, POLICIES, OWN)
    own = {asking: answer for asking, answer in asked.items() if asking.command in OWN}
    assert rooms == {asking: answer for asking, answer in asked.items() if asking not in own}
    assert {(asking.command, asking.subject): codes(answer) for asking, answer in own.items()} == {
        (Lend, None): [],
        (TakeBack, "D1"): ["holds.blocked"],
        (NoteOrder, "c2/invoice"): [],
    }
    assert {answer.next_change_at for answer in own.values()} == {at("2024-02-01")}
    lend, _, note = own
    assert (lend.needs, lend.takes) == (("device_id", "title", "deposit"), ())
    assert note.needs == ("number",)
    stated = note.stated(id="n", at=now, by=OFFICER, number="PO-7")
    assert handle(told.file, stated, POLICIES, own=OWN).allowed
    told.store(told.lend("2024-01-13 10:00", "D2"))
    full = may(told.file, at("2024-01-14"), POLICIES, OWN)[Asking(Lend)]
    assert codes(full) == ["loans.too_many"]


@pytest.mark.parametrize("phase", account.Phase)
def test_an_operation_is_asked_in_the_phases_that_it_names(phase: account.Phase) -> None:
    told = shop()
    of = IN_PHASE[phase]
    assert of is not None
    file = changed(told.file, account=of)
    now = instant(of.changed_at + timedelta(days=1))
    asked = may(file, now, POLICIES, OWN)
    closed = [] if phase is account.Phase.ACTIVE else ["account.not_open"]
    assert codes(asked[Asking(Lend)]) == closed
    assert codes(asked[Asking(TakeBack, "D1")]) == []
    command = told.command(Lend, now, device_id="D2", title="router", deposit=eur("1.00"))
    assert codes(handle(file, command, POLICIES, own=OWN)) == closed


def test_one_about_the_account_is_asked_of_it() -> None:
    @frozen(kw_only=True)
    class Greet(Command):
        pass

    @frozen
    class Greeted(OwnEvent):
        pass

    def greet(file: File, command: Greet, policies: Policies) -> Decision[Event]:
        return allowed(Greeted(command.at, command.id))

    own = operations(OwnOperation(command=Greet, act=Act("greet"), brings=(Greeted,), flow=greet))
    told = Shop()
    (asking,) = (each for each in may(told.file, at("2024-01-12"), POLICIES, own) if each.command is Greet)
    assert asking.subject == "A"
    command = asking.stated(id="g", at=at("2024-01-12"), by=OFFICER)
    answer = handle(told.file, command, POLICIES, own=own)
    file = evolve(told.file, answer.events)
    assert file.own == ()
    assert file.version == told.file.version + 1
    assert handle(file, command, POLICIES, own=own).events == answer.events


def test_an_operation_may_bring_about_what_another_one_does() -> None:
    """Lending for money at once: the payment and the loan are one answer, done once, and undone never."""

    def lend_paid(file: File, command: Lend, policies: Policies) -> Decision[Event]:
        paid = payments.Receive(
            id=command.id,
            at=command.at,
            by=command.by,
            payment_id=f"P {command.device_id}",
            amount=command.deposit,
        )
        answers = handle(file, paid, policies), host.lend(file, command, policies)
        return combine(answers)

    operation = OwnOperation(
        command=Lend,
        act=Act(LEND, host.deposit, "device_id"),
        brings=(payments.Received, payments.Allocated, Lent),
        flow=lend_paid,
    )
    own = operations(operation)
    told = Shop(LIMITED)
    command = told.command(Lend, "2024-01-10 10:00", device_id="D1", title="x", deposit=eur("20.00"))
    answer = handle(told.file, command, LIMITED, own=own)
    assert [type(event) for event in answer.events] == [approvals.Exercised, payments.Received, Lent]
    file = evolve(told.file, answer.events)
    laws.adds_up(file)
    assert file.payment("P D1") is not None
    assert handle(file, command, LIMITED, own=own).events == answer.events
    dear = told.command(Lend, "2024-01-10 10:00", device_id="D2", title="x", deposit=eur("60.00"))
    assert handle(file, dear, LIMITED, own=own).outcome is Outcome.NEEDS_APPROVAL
    taken = told.command(Lend, "2024-01-10 10:00", device_id="D1", title="x", deposit=eur("1.00"))
    assert "loans.lent_already" in codes(handle(file, taken, LIMITED, own=own))


# Mistakes of a host are told to it


def declared(**more: object) -> OwnOperation:
    facts: dict[str, Any] = {
        "command": Lend,
        "act": Act(LEND, subject="device_id"),
        "brings": (Lent,),
        "flow": host.lend,
    }
    return OwnOperation(**{**facts, **more})


@frozen
class Elsewhere(Event):
    """An event that no file knows."""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"command": Command}, "OwnOperation.command: expected a kind of command"),
        ({"command": Lent}, "OwnOperation.command: expected a kind of command"),
        ({"act": LEND}, "expected a"),
        ({"act": Act(LEND, subject="device")}, "OwnOperation.act: expected a field of Lend, got 'device'"),
        ({"brings": ()}, "expected at least one entry"),
        ({"brings": (Lent, Elsewhere)}, "OwnOperation.brings: expected kinds of OwnEvent, or of events"),
        ({"phases": ()}, "expected at least one entry"),
        ({"phases": ("active",)}, "OwnOperation.phases: expected phases of an account"),
    ],
)
def test_an_operation_that_cannot_be_is_refused(more: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        declared(**more)
    assert told in str(caught.value)


def test_a_command_is_answered_by_one() -> None:
    with pytest.raises(InvalidValue, match="commands of the host's own, each once"):
        operations(declared(), declared())
    with pytest.raises(InvalidValue, match=r"each once, got \['Open'\]"):
        operations(declared(command=account.Open, act=Act(LEND)))
    assert account.Open in FLOWS


def lent(**facts: Any) -> Lent:
    loan = Loan("D1", "router", eur("20.00"), date(2024, 1, 25), "Europe/Berlin")
    event = Lent(at("2024-01-10 10:00"), "c1", loan, POLICIES.of(LendingPolicy).ref)
    return changed(event, **facts)


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (None, "expected a decision about Lend, got None"),
        ((lent(),), "expected a decision about Lend"),
        (allowed(), "expected events of Lend: Lent, got []"),
        (allowed(Elsewhere(at("2024-01-10 10:00"), "c1")), "expected events of Lend: Lent"),
        (allowed(lent(cause="c2")), "expected events caused by c1"),
        (allowed(lent(at=at("2024-01-11"))), "expected a last event at the instant of c1"),
        (allowed(lent(loan=changed(lent().loan, subject="D9"))), "expected events that name D1"),
    ],
)
def test_a_flow_that_could_not_be_stored_or_known_again_is_told(decision: Any, told: str) -> None:
    def flow(file: File, command: Lend, policies: Policies) -> Any:
        return decision

    own = operations(declared(flow=flow))
    asked = Shop()
    command = asked.command(Lend, "2024-01-10 10:00", device_id="D1", title="x", deposit=eur("1.00"))
    with pytest.raises(InvalidValue) as caught:
        handle(asked.file, command, POLICIES, own=own)
    assert told in str(caught.value)


def test_an_event_that_no_file_knows_is_not_stored() -> None:
    with pytest.raises(ImpossibleHistory, match="a file has no use for Elsewhere"):
        evolve(Shop().file, (Elsewhere(at("2024-01-10"), "x"),))


@frozen
class Kept(OwnEvent):
    """Keeps whatever it is told to."""

    what: Any = ()

    def keeps(self) -> Any:
        return self.what


@frozen
class Mislaid(OwnRecord):
    """Is sealed with nobody knows what."""

    sealed_with = "documents"  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ((1,), "Kept.keeps: expected records of the host's own, got (1,)"),
        ("D1", "Kept.keeps: expected records of the host's own"),
        ((PurchaseOrder("x", "1"), PurchaseOrder("x", "2")), "one record of each kind about each subject"),
        ((Mislaid("x"),), "Mislaid.sealed_with: expected a member of SealedWith, got 'documents'"),
    ],
    ids=["a number", "a text", "two of one", "sealed with a text"],
)
def test_what_cannot_be_kept_is_told(what: object, told: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        evolve(Shop().file, (Kept(at("2024-01-10"), "x", what),))
    assert told in str(caught.value)


@frozen(kw_only=True)
class About(Command):
    """Names its subject without a rule of its own."""

    thing: Any


@pytest.mark.parametrize("thing", [None, 5, "", ["x"]])
def test_a_subject_is_an_id(thing: object) -> None:
    own = operations(declared(command=About, act=Act("about", subject="thing")))
    told = Shop()
    with pytest.raises(InvalidValue, match=r"About\.thing: expected the id of a subject"):
        handle(told.file, told.command(About, "2024-01-10 10:00", thing=thing), POLICIES, own=own)


# A policy


@frozen
class Vague(OwnPolicy):
    """Has no exact content."""

    rate: float = 0.5


@frozen
class OpeningHours(OwnPolicy):
    """Has the same name as another one, and is none of its kind."""


def test_a_policy_of_the_host_counts_like_ours() -> None:
    own = LendingPolicy("lending", "1")
    assert own.ref == PolicyRef("lending", "1", fingerprint(own))
    assert POLICIES.of(LendingPolicy) == own
    digests = {
        changed(POLICIES, own=each).digest
        for each in (
            (),
            (own,),
            (changed(own, days=15),),
            (changed(own, version="2"),),
            (OpeningHours("lending", "1"),),
            (own, OpeningHours("lending", "1")),
        )
    }
    assert len(digests) == 6
    assert changed(own, days=15).ref.digest != own.ref.digest


def test_policies_of_a_host_are_one_of_each_kind() -> None:
    with pytest.raises(InvalidValue, match=r"Policies\.own: expected one policy of each kind"):
        changed(POLICIES, own=(LendingPolicy("a", "1"), LendingPolicy("b", "1")))
    with pytest.raises(InvalidValue, match=r"Policies\.own"):
        changed(POLICIES, own=("lending",))  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"expected a plain or frozen value, got 0\.5"):
        changed(POLICIES, own=(Vague("a", "1"),))
    with pytest.raises(InvalidValue, match="expected a policy of the kind OpeningHours"):
        POLICIES.of(OpeningHours)


# Sealing


def billed() -> Shop:
    told = shop()
    told.start("2024-01-31 10:00")
    told.pay("2024-02-01 10:00", eur("33.00"))
    told.do(NoteOrder, "2024-02-02 10:00", invoice="c2/invoice", number="PO-7")
    told.run("2024-06-02 10:00")
    return told


def test_what_belongs_to_a_document_is_sealed_and_comes_back_with_it() -> None:
    told = billed()
    sealed, archive = seal(told.file, at("2024-05-01"))
    assert sealed.kept(PurchaseOrder, "c2/invoice") is None
    assert sealed.kept(Loan, "D1") is not None
    assert archive.own == (PurchaseOrder("c2/invoice", "PO-7"),)
    assert unseal(sealed, archive) == told.file
    assert [duty.subject for duty in duties(told.file, at("2024-06-03"), POLICIES)] == [
        duty.subject for duty in duties(sealed, at("2024-06-03"), POLICIES)
    ]
    written = records.dumps(archive, table=TABLE)
    assert records.loads(written, Archive, table=TABLE) == archive
    assert check(sealed) == ()


def test_what_was_sealed_has_to_be_loaded_before_it_is_changed() -> None:
    told = billed()
    sealed, _ = seal(told.file, at("2024-05-01"))
    command = told.command(NoteOrder, "2024-06-02 10:00", invoice="c2/invoice", number="PO-8")
    answer = handle(sealed, command, POLICIES, own=OWN)
    assert answer.outcome is Outcome.UNKNOWN
    assert [reason.text for reason in answer.reasons] == [
        "what was sealed away must be known first: c2/invoice"
    ]
    early = told.command(Lend, "2024-03-01", device_id="D2", title="x", deposit=eur("1.00"))
    assert handle(sealed, early, POLICIES, own=OWN).outcome is Outcome.UNKNOWN
    later = told.command(Lend, "2024-06-03", device_id="D2", title="x", deposit=eur("1.00"))
    assert handle(sealed, later, POLICIES, own=OWN).allowed
    assert {answer.outcome for answer in may(sealed, at("2024-03-01"), POLICIES, OWN).values()} == {
        Outcome.UNKNOWN
    }


def test_what_was_noted_since_counts_when_the_old_comes_back() -> None:
    told = billed()
    sealed, archive = seal(told.file, at("2024-05-01"))
    newer = PurchaseOrder("c2/invoice", "PO-8")
    later = evolve(sealed, (OrderNoted(at("2024-06-03"), "n", newer),))
    back = unseal(later, archive)
    assert [each for each in back.own if isinstance(each, PurchaseOrder)] == [newer]
    assert unseal(*seal(back, at("2024-05-01"))) == back


@frozen(kw_only=True)
class Misnamed(Command):
    """Bears words of ours for something else."""

    documents: int = 3
    source: Event | None = None
    payment_id: tuple[object, ...] = (1, None, "c2/invoice")
    subscription_id: tuple[str, ...] = ("S1",)
    reference: dict[str, str] = field(factory=dict)


def test_fields_of_a_host_may_mean_what_they_want() -> None:
    def noted(file: File, command: Misnamed, policies: Policies) -> Decision[Event]:
        return allowed(OrderNoted(command.at, command.id, PurchaseOrder("x", "y")))

    own = operations(OwnOperation(command=Misnamed, act=Act("noted"), brings=(OrderNoted,), flow=noted))
    told = billed()
    sealed, _ = seal(told.file, at("2024-05-01"))
    ask = partial(handle, policies=POLICIES, own=own)
    command = told.command(Misnamed, "2024-06-03", subscription_id=("S1",))
    assert ask(told.file, command).allowed
    assert ask(evolve(told.file, ask(told.file, command).events), command).allowed
    assert ask(sealed, command).outcome is Outcome.UNKNOWN  # a text among them is what it says
    plain = told.command(Misnamed, "2024-06-03", subscription_id=("S1",), payment_id=())
    assert ask(sealed, plain).allowed


# Records


def test_all_of_it_is_written_and_read() -> None:
    told = billed()
    told.policies = LIMITED
    told.store(told.lend("2024-06-03 10:00", "D2", "5.00"))
    refusal = told.lend("2024-06-03 11:00", "D3")
    schema = records.schema(table=TABLE)
    validator = Draft202012Validator(schema)
    Draft202012Validator.check_schema(schema)
    for value in (told.file, LIMITED, refusal, *told.file.answers):
        written = records.dump(value, table=TABLE)
        assert records.load(written, table=TABLE) == value
        assert list(validator.iter_errors(written)) == []
        assert records.canonical(value, table=TABLE) == records.canonical(
            records.load(written, table=TABLE), table=TABLE
        )
    assert refusal.reasons[0].text == "the customer has D1, D2, and 2 may be lent"


def test_who_does_not_know_the_host_is_told_so() -> None:
    told = shop()
    with pytest.raises(InvalidValue, match=r"^\$\.own\[0\]: expected a record of OwnRecord"):
        records.dump(told.file)
    with pytest.raises(records.RecordErrors) as caught:
        records.load(records.dump(told.file, table=TABLE), File)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{path}.type: no record is known by the tag '{tag}';"
        " to mend: extend the table with the class that it stands for"
        for path, tag in (("$.own[0]", "lending.loan/1"), ("$.answers[1].events[0]", "lending.lent/1"))
    ]
    assert all(isinstance(problem, UnknownRecord) for problem in caught.value.problems)


def test_a_file_without_anything_of_a_host_is_read_by_everybody() -> None:
    told = Shop()
    assert records.load(records.dump(told.file, table=TABLE), File) == told.file
    schema: Any = records.schema(File)
    own = schema["$defs"]["flows.file"]["properties"]["own"]
    assert Draft202012Validator(own).is_valid([])
    assert not Draft202012Validator(own).is_valid([{"type": "lending.loan/1"}])


# The rest of acctcore goes on


def test_the_schedule_runs_amid_what_a_host_keeps() -> None:
    told = shop()
    told.start("2024-01-31 10:00")
    caught = catch_up(told.file, at("2024-04-01"), POLICIES)
    assert caught.file.own == told.file.own
    assert len(caught.file.documents) == 3
    laws.rebuilds(caught.file)


class Words:
    """Tells every fact as Python does."""

    def point(self, at: object) -> str:
        return str(at)

    def deadline(self, at: DateTime) -> str:
        return str(at)

    def value(self, value: object) -> str:
        return str(value)


def test_an_event_of_a_host_is_told_by_its_name() -> None:
    event = OrderNoted(at("2024-06-03"), "n", PurchaseOrder("I", "PO-8"))
    assert sentence(event, Words()) == "order noted: order PurchaseOrder(subject='I', number='PO-8')"


def draw(file: File, policies: Policies, now: DateTime, id: str) -> st.SearchStrategy[Command]:
    """Return anything of the host's that somebody might ask; some of it is refused."""
    common = {
        "id": st.just(id),
        "at": st.sampled_from([0, 1, 40]).map(lambda days: instant(now - timedelta(days=days))),
        "by": st.sampled_from([ours.OFFICER, ours.SUPERVISOR]),
    }
    devices = st.sampled_from(["D1", "D2", "D3", "D4"])
    documents = st.sampled_from([*host.invoices(file), "none"])
    return st.one_of(
        st.builds(Lend, device_id=devices, title=st.just("x"), deposit=ours.moneys(), **common),
        st.builds(TakeBack, device_id=devices, **common),
        st.builds(NoteOrder, invoice=documents, number=st.text("12", min_size=1, max_size=2), **common),
    )


def with_own(policies: Policies) -> Policies:
    return changed(policies, own=(LendingPolicy("lending", "1", most=3),))


class HostMachine(machines.file_machine(ours.policies().map(with_own), OWN, draw)):  # type: ignore[misc]
    """Everything that acctcore's own machine checks, with a host's operations amid; and its records."""

    @invariant()
    def keeps_one_of_each(self) -> None:
        if hasattr(self, "file"):
            keys = [(type(each), each.subject) for each in self.file.own]
            assert len(set(keys)) == len(keys)
            assert len(host.loans(self.file)) <= 3

    @invariant()
    def is_made_of_its_events(self) -> None:
        if hasattr(self, "file"):
            laws.rebuilds(self.file)

    def store(self, command: Command) -> Decision[Event]:
        before = self.file
        answer: Decision[Event] = super().store(command)
        written = records.dump(answer, table=TABLE)
        assert records.load(written, table=TABLE) == answer
        if type(command) in OWN and command.recorded_at is None and answer.allowed:
            asked = may(before, command.at, self.policies, OWN)
            subject = OWN[type(command)].subject(command)
            own = [asked[each] for each in (Asking(type(command), subject), Asking(Lend)) if each in asked]
            assert own[0].allowed
        return answer

    def teardown(self) -> None:
        if hasattr(self, "file"):
            written = records.dumps(self.file, table=TABLE)
            assert records.loads(written, File, table=TABLE) == self.file


def test_a_hosts_operations_keep_every_law_amid_all_others() -> None:
    run_state_machine_as_test(
        HostMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nothing_is_known_of_a_host_that_is_not_asked() -> None:
    """Importing a host's classes changes nothing: there is no registry."""
    assert not any(kind in FLOWS for kind in OWN)
    assert not any(issubclass(kind, OwnRecord | OwnEvent | OwnPolicy) for kind in records.TABLE.by_kind)
