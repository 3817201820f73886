"""The run: a punctual clock, amounts and approvals looked up in time, and a closing check that can fail."""

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore import flows, simulation
from acctcore.billing.invoices import Phase, Scheme
from acctcore.billing.subscriptions import Bill
from acctcore.flows import File, Policies
from acctcore.kernel.calendar import Span, instant
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.operations.approvals import Office
from acctcore.simulation import Check, Entry, Result, run
from acctcore.simulation.checks import checks
from tests.simulation.texts import OPEN, START, scenario, step, story


def simulated(*parts: str, until: date | None = None) -> Result:
    return simulation.simulate(simulation.read(scenario(*parts)), until)


def utc(text: str) -> DateTime:
    return instant(DateTime.fromisoformat(f"{text}+00:00"))


def outcomes(result: Result) -> list[tuple[str, str]]:
    """What became of each command: the step's id, or "due", and the outcome or the problem."""
    return [
        (entry.step or "due", entry.problem if entry.decision is None else entry.decision.outcome.value)
        for entry in result.entries
    ]


def last(result: Result) -> Entry:
    return result.entries[-1]


# The clock


def test_what_is_due_is_asked_for_at_its_own_moment() -> None:
    result = simulated(OPEN, START, until=date(2024, 3, 1))
    due = [(entry.at, entry.command.recorded_at) for entry in result.entries if entry.step is None]
    assert due == [(utc("2024-01-31T23:00:00"), None), (utc("2024-02-29T23:00:00"), None)]
    assert [each.number for each in result.documents] == ["INV-1", "INV-2", "INV-3"]


def test_what_is_due_at_the_moment_of_a_step_comes_before_it() -> None:
    result = simulated(OPEN, START, step("2024-02-01T00:00:00", "account.close"))
    assert [entry.step for entry in result.entries] == ["step-1", "step-2", None, "step-3"]


def test_a_day_ends_before_the_next_one_begins() -> None:
    assert len(simulated(OPEN, START, until=date(2024, 1, 31)).documents) == 1
    assert len(simulated(OPEN, START, until=date(2024, 2, 1)).documents) == 2


def test_steps_after_the_end_are_not_asked() -> None:
    result = simulated(OPEN, step("2024-01-05T09:00:00", "account.close"), until=date(2024, 1, 4))
    assert [entry.step for entry in result.entries] == ["step-1"]
    assert result.period == Span(utc("2023-12-31T23:00:00"), utc("2024-01-04T23:00:00"))


def test_an_end_is_a_date() -> None:
    with pytest.raises(InvalidValue, match="date"):
        simulation.simulate(simulation.read(story("a-per-seat-europe")), "2024-01-01")  # type: ignore[arg-type]


def test_a_scenario_without_steps_brings_about_nothing() -> None:
    empty = attrs.evolve(simulation.read(scenario(OPEN)), steps=())
    result = simulation.simulate(empty)
    assert (result.entries, result.documents, result.file, result.problems) == ((), (), None, ())


@settings(max_examples=30)
@given(st.integers(0, 106))
def test_stopping_earlier_shows_the_beginning_of_the_same_run(days: int) -> None:
    read = simulation.read(story("a-per-seat-europe"))
    whole, until = simulation.simulate(read), date(2024, 1, 17) + timedelta(days=days)
    part = simulation.simulate(read, until)
    assert part.entries == tuple(entry for entry in whole.entries if entry.at < part.period.end)
    numbers = [each.number for each in part.documents]
    assert numbers == [each.number for each in whole.documents][: len(numbers)]
    assert part.problems == ()


def test_the_same_scenario_gives_the_same_result() -> None:
    text = story("c-holds-and-backdating")
    assert simulation.simulate(simulation.read(text)) == simulation.simulate(simulation.read(text))


HOLD_KIND = """
[[policies.hold]]
reason = "fraud"
blocks = ["bill"]
may_place = ["officer"]
may_release = ["officer"]

[[actor]]
id = "ann"
roles = ["officer"]
"""


def place(**fields: str) -> str:
    return step("2024-01-20T09:00:00", "holds.place", hold_id='"H"', reason='"fraud"', **fields)


def test_what_a_hold_keeps_from_being_billed_is_billed_when_it_ends() -> None:
    released = step("2024-02-10T09:00:00", "holds.release", hold_id='"H"')
    result = simulated(HOLD_KIND, OPEN, START, place(), released, until=date(2024, 2, 20))
    assert outcomes(result)[3:] == [("step-4", "allowed"), ("due", "allowed")]
    assert last(result).at == utc("2024-02-10T08:00:00")
    expiring = place(expires_at="2024-02-15T12:00:00")
    assert last(simulated(HOLD_KIND, OPEN, START, expiring, until=date(2024, 2, 20))).at == utc(
        "2024-02-15T11:00:00"
    )


def test_what_is_due_and_refused_is_told_once() -> None:
    taxes = '[policies.taxes]\nrates = [{ category = "S", rate = "19" }]'
    books = '[[plan.charge]]\nkey = "b"\ntax_class = "books"\nbilling = "in_arrears"\nprices.EUR = "1"'
    pay = step("2024-02-05", "payments.receive", payment_id='"P"', amount='"owed"')
    result = simulated(books, taxes, OPEN, START, pay, until=date(2024, 2, 20))
    assert outcomes(result)[2:] == [("due", "refused"), ("step-3", "allowed")]


def test_a_run_that_would_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MOST_COMMANDS", 5)
    result = simulated(OPEN, START, until=date(2026, 1, 1))
    assert len(result.entries) == 5
    assert result.problems == ("stopped after 5 commands: ask for an earlier end",)


def test_an_error_in_what_is_due_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = flows.handle

    def failing(file: File | None, command: Command, policies: Policies, office: Office) -> Decision[Event]:
        if isinstance(command, Bill):
            raise InvalidValue("another bill", command.id)
        return handle(file, command, policies, office)

    monkeypatch.setattr(flows, "handle", failing)
    result = simulated(OPEN, START, until=date(2024, 2, 20))
    assert result.problems == ("bill/s/2024-02-01: expected another bill, got 'bill/s/2024-02-01'",)


# What is looked up


def test_a_command_that_was_handled_before_changes_nothing() -> None:
    read = simulation.read(
        scenario(OPEN, START, step("2024-01-02", "payments.receive", payment_id='"P"', amount='"1.00"'))
    )
    twice = attrs.evolve(read, steps=(*read.steps, read.steps[-1]))
    result = simulation.simulate(twice)
    assert [entry.repeated for entry in result.entries] == [False, False, False, True]
    assert result.file == simulation.simulate(read).file


def test_what_is_owed_and_what_is_left_as_credit() -> None:
    result = simulated(
        OPEN,
        START,
        step("2024-01-02", "payments.receive", payment_id='"P1"', amount='"owed"'),
        step("2024-01-03", "payments.receive", payment_id='"P2"', amount='"5.00"'),
        step(
            "2024-01-04",
            "refunds.give",
            refund_id='"R"',
            payment_id='"P2"',
            kind='"balance"',
            amount='"credit EUR"',
        ),
    )
    assert result.file is not None
    assert [payment.money for payment in result.file.payments] == [
        Money("31.00", "EUR"),
        Money("5.00", "EUR"),
    ]
    assert flows.balances(result.file) == {}


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        pytest.param("owed", "amount: say of which currency, owed are EUR, USD", id="two currencies"),
        pytest.param("owed GBP", "amount: nothing is owed", id="none of this currency"),
        pytest.param("credit", "amount: nothing is left as credit", id="no credit"),
    ],
)
def test_an_amount_that_cannot_be_looked_up_is_a_problem(amount: str, problem: str) -> None:
    dollars = '[[plan.charge]]\nkey = "usd"\nprices.USD = "1.00"'
    second = START.replace('"s"', '"t"').replace('"solo"', '"duo"') + 'currency = "USD"'
    duo = '[[plan]]\nid = "duo"\nevery = "month"\n' + dollars
    pay = step("2024-01-02", "payments.receive", payment_id='"P"', amount=f'"{amount}"')
    result = simulated(duo, OPEN, START, second, pay)
    assert outcomes(result)[-1] == ("step-4", problem)
    assert result.problems == (f"step-4: {problem}",)


def test_nothing_is_owed_before_the_account_is_open() -> None:
    pay = step("2023-12-31", "payments.receive", payment_id='"P"', amount='"owed"')
    result = simulated(pay, OPEN)
    assert [entry.problem[:27] for entry in result.entries] == ["there is no account yet: le", ""]
    assert outcomes(result)[1] == ("step-2", "allowed")


def test_documents_are_named_by_number() -> None:
    pay = step("2024-02-02", "payments.receive", payment_id='"P"', amount='"31.00"', documents='["INV-2"]')
    credit = step("2024-02-03", "invoices.credit", document_id='"INV-1"', amount='"1.00"')
    result = simulated(OPEN, START, pay, credit)
    assert [each.open_money for each in result.documents] == [
        Money("30.00", "EUR"),
        Money(0, "EUR"),
        Money(0, "EUR"),
    ]
    assert [each.number for each in result.documents] == ["INV-1", "INV-2", "CN-1"]
    assert last(result).numbers == ("CN-1",)


def test_a_document_without_that_number_is_asked_for_by_its_id() -> None:
    result = simulated(OPEN, step("2024-01-02", "invoices.credit", document_id='"INV-1"'))
    assert outcomes(result)[-1] == ("step-2", "refused")


def test_documents_by_hand() -> None:
    lines = '[{ key = "k", title = "Work", price = "10.00 EUR", quantity = 3 }]'
    result = simulated(
        OPEN,
        step("2024-01-02", "invoices.draft", document_id='"D"', currency='"EUR"', lines=lines),
        step("2024-01-03", "invoices.issue", document_id='"D"'),
        step("2024-01-04", "invoices.void", document_id='"INV-1"'),
    )
    ((number, phase, open_),) = [(each.number, each.phase, each.open) for each in result.documents]
    assert (number, phase, open_) == ("INV-1", Phase.VOIDED, 0)
    assert result.printed("D") == result.printed("INV-1") == result.documents[0]
    assert result.problems == ()


LIMIT = """
[[policies.limit]]
role = "boss"
operation = "refund"

[[actor]]
id = "ann"

[[actor]]
id = "sam"
roles = ["boss"]
"""
PAID = step("2024-01-02", "payments.receive", payment_id='"P"', amount='"owed"')


def refund(at: str, **fields: str) -> str:
    return step(at, "refunds.give", refund_id='"R"', payment_id='"P"', amount='"10.00"', **fields)


def test_an_approval_is_asked_for_by_the_step_that_lacked_it() -> None:
    result = simulated(
        LIMIT,
        OPEN,
        START,
        PAID,
        refund("2024-01-03", id='"give"'),
        step("2024-01-04", "approvals.ask", request_id='"A"', for_='"give"'),
        step("2024-01-05", "approvals.approve", request_id='"A"', by='"sam"'),
        refund("2024-01-06", approval='"A"'),
    )
    assert [outcome for _, outcome in outcomes(result)][3:] == [
        "needs_approval",
        "allowed",
        "allowed",
        "allowed",
    ]


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        pytest.param(
            (step("2024-01-04", "approvals.ask", request_id='"A"', for_='"step-1"'),),
            "for: step-1 needs no approval, it was allowed",
            id="an act that needs none",
        ),
        pytest.param(
            (
                refund("2024-01-05", id='"give"'),
                step("2024-01-04", "approvals.ask", request_id='"A"', for_='"give"'),
            ),
            "for: give was not asked before",
            id="an act that comes later",
        ),
        pytest.param(
            (
                step("2024-01-03", "payments.receive", payment_id='"Q"', amount='"owed"', id='"q"'),
                step("2024-01-04", "approvals.ask", request_id='"A"', for_='"q"'),
            ),
            "for: q was not asked before",
            id="an act that could not be asked",
        ),
    ],
)
def test_an_approval_cannot_be_asked_for(steps: tuple[str, ...], problem: str) -> None:
    result = simulated(LIMIT, OPEN, START, PAID, *steps)
    assert problem in [entry.problem for entry in result.entries]


def test_a_host_that_forgets_to_open_the_account_is_told() -> None:
    result = simulated(START)
    assert result.file is None
    told = "there is no account yet: let a step with account.open or account.apply come first"
    assert last(result).problem == told
    assert result.problems == (f"step-1: {told}",)


# Duties


def test_duties_begin_and_end_with_what_they_are_about() -> None:
    result = simulated(OPEN, START, PAID)
    began = [[duty.kind for duty in entry.began] for entry in result.entries]
    ended = [[duty.kind for duty in entry.discharged] for entry in result.entries]
    assert (began, ended) == ([[], ["invoices.pay"], []], [[], [], ["invoices.pay"]])
    assert result.duties == ()
    assert [duty.kind for duty in simulated(OPEN, START).duties] == ["invoices.pay"]


# The closing check


def problems_of(*parts: str, until: date | None = None) -> tuple[str, ...]:
    return simulated(*parts, until=until).problems


@pytest.mark.parametrize(
    ("expected", "problem"),
    [
        pytest.param(
            'documents.INV-1 = "31.01"', "INV-1: expected a total of 31.01 EUR, found 31.00 EUR", id="total"
        ),
        pytest.param(
            'documents = { INV-1 = "31.00", INV-2 = "1.00" }',
            "INV-2: expected a total of 1.00 EUR, there is no such document",
            id="a document too few",
        ),
        pytest.param('balances.EUR = "0.00"', "balance: expected 0.00 EUR, found 31.00 EUR", id="balance"),
        pytest.param('account = "closed"', "account: expected closed, is active", id="account"),
    ],
)
def test_the_end_is_not_as_expected(expected: str, problem: str) -> None:
    assert problems_of(OPEN, START, f"[expect]\n{expected}") == (problem,)


def test_documents_that_nobody_expected() -> None:
    late = step("2024-02-02", "account.amend", party='"x"')
    found = problems_of(OPEN, START, late, '[expect]\ndocuments.INV-1 = "31.00"')
    assert found == ("INV-2: not expected, found 31.00 EUR",)


def test_at_another_end_nothing_is_expected() -> None:
    parts = (OPEN, START, '[expect]\nbalances.EUR = "0.00"')
    assert problems_of(*parts, until=date(2024, 1, 2)) == ()
    assert problems_of(*parts, until=date(2024, 1, 1)) != ()


def test_nothing_came_of_it() -> None:
    found = problems_of(START, '[expect]\naccount = "active"\nbalances.EUR = "1.00"')
    assert found[1:] == ("balance: expected 1.00 EUR, found 0.00 EUR", "account: expected active, is nothing")


@pytest.mark.parametrize(
    ("expected", "problems"),
    [
        pytest.param('expect = "refused"', (), id="as expected"),
        pytest.param('reasons = ["lifecycle.wrong_phase"]', (), id="for the reasons expected"),
        pytest.param(
            'expect = "allowed"',
            (
                (
                    "step-2: expected allowed, was refused "
                    "(Open is not accepted in the phase active, only in: nothing)"
                ),
            ),
            id="another outcome",
        ),
        pytest.param(
            'reasons = ["b", "a"]',
            ("step-2: expected the reasons a, b, found lifecycle.wrong_phase",),
            id="other reasons",
        ),
    ],
)
def test_a_step_is_answered(expected: str, problems: tuple[str, ...]) -> None:
    assert problems_of(OPEN, step("2024-01-02", "account.open") + expected) == problems


def test_a_step_that_was_allowed_and_should_not_be() -> None:
    found = problems_of(OPEN.rstrip() + '\nexpect = "refused"\nreasons = ["x"]')
    assert found == ("step-1: expected refused, was allowed", "step-1: expected the reasons x, found none")


def test_a_step_that_could_not_be_asked_is_told_once() -> None:
    assert len(problems_of(START + 'expect = "refused"')) == 1


def doctored(change: str) -> tuple[Check, ...]:
    result = simulation.simulate(simulation.read(story("a-per-seat-europe")))
    (statement,) = result.statements
    match change:
        case "statement":
            result = attrs.evolve(result, statements=(attrs.evolve(statement, closing=5),))
        case "documents":
            result = attrs.evolve(result, documents=result.documents[1:])
        case "file":
            assert result.file is not None
            result = attrs.evolve(result, file=attrs.evolve(result.file, payments=()))
        case "series":
            result = attrs.evolve(result, scenario=attrs.evolve(result.scenario, numbering=Scheme(start=2)))
    return checks(result)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("statement", "the statement closes on 0.05 EUR, the balance is 0.00 EUR"),
        ("documents", "INV-1 is missing"),
        ("file", "EUR: movements add up to"),
        ("series", "was never given; the series goes on with INV-"),
    ],
)
def test_the_closing_check_notices(change: str, problem: str) -> None:
    assert any(problem in found for check in doctored(change) for found in check.problems)


def test_outcomes_are_the_librarys() -> None:
    result = simulation.simulate(simulation.read(story("c-holds-and-backdating")))
    found = {entry.decision.outcome for entry in result.entries if entry.decision is not None}
    assert found == {Outcome.ALLOWED, Outcome.REFUSED, Outcome.NEEDS_APPROVAL}
