"""Storing: versions, order, histories that cannot be; and what the file adds up to."""

import pytest
from attrs import evolve as changed

from acctcore.accounts import account
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.flows import File, balances, check, duties, evolve, handle, movements, statement
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.errors import ImpossibleHistory, VersionConflict
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.notices import Notice, Says
from acctcore.receivables import payments, refunds
from acctcore.receivables.payments import Allocation
from acctcore.testing import laws
from tests.flows.stories import OFFICER, PLAIN, TAXED, ZONE, Story, at, eur

INVOICE = "c1/invoice"


def rich() -> Story:
    """Return a file with something of everything."""
    story = Story(TAXED).start("2024-01-31 10:00", anchor_day=31).run("2024-02-29 12:00")
    story.pay("2024-03-01 10:00", eur("60.00"))
    story.do(subs.ChangePlan, "2024-03-05 10:00", plan="large")
    story.do(
        refunds.Give,
        "2024-03-06 10:00",
        refund_id="R1",
        payment_id="P1",
        amount=eur("9.99"),
        invoice_id=INVOICE,
    )
    given = {"refund_id": "R2", "payment_id": "P1", "amount": eur("5.00"), "kind": refunds.Kind.MONEY_BACK}
    story.do(refunds.Give, "2024-03-07 10:00", **given, invoice_id=INVOICE)
    story.do(payments.Attempt, "2024-03-08 10:00", payment_id="P2", amount=eur("20.00"))
    story.do(payments.LoseTrack, "2024-03-08 11:00", payment_id="P2")
    story.start("2024-03-08 12:00", subscription_id="S2", plan="yen", currency="JPY")
    story.do(subs.Cancel, "2024-03-09 10:00", when=subs.Timing.NOW)
    return story


def test_a_file_is_what_its_events_make_of_it() -> None:
    laws.rebuilds(rich().file)


def test_the_version_counts_events_and_guards_the_store() -> None:
    story = Story()
    answer = story.ask(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    assert evolve(story.file, answer.events, expected_version=1).version == 1 + len(answer.events)
    for wrong in (0, 2):
        with pytest.raises(VersionConflict) as caught:
            evolve(story.file, answer.events, expected_version=wrong)
        assert (caught.value.expected, caught.value.found) == (wrong, 1)
    with pytest.raises(VersionConflict):
        evolve(None, answer.events, expected_version=1)


def test_an_answer_keeps_when_it_was_recorded() -> None:
    story = Story()
    answer = story.ask(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    later = at("2024-03-02 10:00")
    (_, kept) = evolve(story.file, answer.events, recorded_at=later).answers
    assert (kept.command, kept.recorded_at, kept.events) == ("c1", later, answer.events)
    assert evolve(story.file, answer.events).answers[-1].recorded_at == at("2024-03-01 10:00")


def test_a_command_gets_its_first_answer_whatever_has_changed_since() -> None:
    story = Story()
    start = story.command(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    first = story.store(handle(story.file, start, PLAIN))
    story.do(account.RequestClosure, "2024-03-02 10:00")
    assert handle(story.file, start, TAXED).events == first.events
    bill = story.command(subs.Bill, "2024-04-01 10:00", on=at("2024-04-01 10:00").date())
    story.store(handle(story.file, bill, PLAIN))
    other = handle(story.file, changed(bill, id="other"), PLAIN)
    assert (other.outcome, [reason.code for reason in other.reasons]) == (
        Outcome.REFUSED,
        ["subscriptions.already_billed"],
    )


def opening() -> tuple[Event, ...]:
    command = account.Open(id="o", at=at("2024-01-01 00:00"), by=OFFICER, account_id="A", zone=ZONE)
    return handle(None, command, PLAIN).events


WHEN = at("2024-03-01 10:00")
PAYMENT = payments.Payment("P1", "EUR", 100, (Notice(Says.UNKNOWN, WHEN),))


def allocation(source: str, target: str, currency: str, amount: int, undoes: str | None = None) -> Allocation:
    return Allocation(source, target, currency, amount, WHEN, "x", undoes=undoes)


@pytest.mark.parametrize(
    ("file", "events", "problem"),
    [
        pytest.param(False, (), "a file begins with an event", id="nothing at all"),
        pytest.param(
            False, (account.ClosureWithdrawn(WHEN, "x"),), "cannot stand where it does", id="no beginning"
        ),
        pytest.param(
            False, (payments.Lost(WHEN, "x", PAYMENT),), "a file begins with its account", id="no account"
        ),
        pytest.param(True, (Event(WHEN, "x"),), "a file has no use for Event", id="something unknown"),
        pytest.param(
            True,
            (payments.Lost(WHEN, "x", PAYMENT), payments.Lost(WHEN, "y", PAYMENT)),
            "not of one command",
            id="two commands",
        ),
        pytest.param(
            True,
            (payments.Lost(WHEN, "open", PAYMENT),),
            "brought about something else before",
            id="an id used again",
        ),
        pytest.param(
            True,
            (payments.Allocated(WHEN, "x", allocation("P1", "D1", "EUR", 1)),),
            "names items that are not on file",
            id="an unknown item",
        ),
    ],
)
def test_what_cannot_have_happened(file: bool, events: tuple[Event, ...], problem: str) -> None:
    with pytest.raises(ImpossibleHistory, match=problem):
        evolve(Story().file if file else None, events)


def test_nothing_stored_changes_nothing() -> None:
    file = Story().file
    assert evolve(file, ()) is file


@pytest.mark.parametrize(
    ("amount", "undoes"),
    [(3301, None), (-1, "c9")],
    ids=["more than is open", "more taken back than was given"],
)
def test_an_allocation_never_goes_beyond_its_items(amount: int, undoes: str | None) -> None:
    story = Story().start("2024-03-01 10:00")
    received = story.ask(payments.Receive, "2024-03-02 10:00", payment_id="P1", amount=eur("99.00")).events[0]
    wrong = payments.Allocated(received.at, received.cause, allocation("P1", INVOICE, "EUR", amount, undoes))
    with pytest.raises(ImpossibleHistory, match="cannot be allocated"):
        evolve(story.file, (received, wrong))


def test_an_allocation_never_crosses_currencies() -> None:
    story = Story().start("2024-03-01 10:00")
    received = story.ask(
        payments.Receive, "2024-03-02 10:00", payment_id="P1", amount=Money("9", "JPY")
    ).events[0]
    wrong = payments.Allocated(received.at, received.cause, allocation("P1", INVOICE, "JPY", 1))
    with pytest.raises(ImpossibleHistory, match="cannot be allocated"):
        evolve(story.file, (received, wrong))


def test_what_is_taken_back_of_settled_items_is_open_again() -> None:
    story = Story().start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("33.00"))
    back = payments.Allocated(WHEN, "x", allocation("P1", INVOICE, "EUR", -1000, "c2"))
    file = evolve(story.file, (back,))
    assert {item.id: (item.amount, item.open) for item in file.items} == {
        "P1": (3300, 1000),
        INVOICE: (3300, 1000),
    }
    gone = payments.Allocated(WHEN, "x", allocation("P9", "D9", "EUR", -1, "c2"))
    with pytest.raises(ImpossibleHistory, match="not on file"):
        evolve(story.file, (gone,))


def test_a_credit_needs_the_invoice_that_it_credits() -> None:
    story = Story().start("2024-03-01 10:00")
    story.file = changed(story.file, documents=(), items=())
    answer = story.ask(subs.Cancel, "2024-03-11 10:00", when=subs.Timing.NOW)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.reasons == (Missing("the invoices that are credited", (INVOICE,)),)


# What it adds up to


def test_movements_and_statement_tell_the_balance() -> None:
    file = rich().file
    everything = Span(at("2024-01-01 00:00"), at("2025-01-01 00:00"))
    for code, money in balances(file).items():
        told = statement(file, code, everything)
        assert (told.opening, told.closing) == (0, money.minor)
    assert [each.kind for each in movements(file)][:4] == ["invoice", "invoice", "payment", "credit_note"]
    assert [each.at for each in movements(file)] == sorted(each.at for each in movements(file))
    kinds = {each.kind: each.money for each in movements(file) if each.id in ("P1", "R1")}
    assert kinds == {"payment": eur("-60.00"), "refund": eur("9.99")}


def test_a_draft_and_a_payment_under_way_move_nothing_and_a_void_invoice_moves_back_when_voided() -> None:
    story = Story()
    line = (invoices.OneOff(key="work", title="Work", price=Price("5.00", "EUR")),)
    story.do(invoices.Draft, "2024-03-01 10:00", document_id="D1", currency="EUR", lines=line)
    story.do(payments.Attempt, "2024-03-01 10:00", payment_id="P1", amount=eur("5.00"))
    assert movements(story.file) == ()
    story.do(invoices.Issue, "2024-03-01 10:00", document_id="D1")
    story.do(invoices.Void, "2024-03-02 10:00", document_id="D1")
    told = [(each.kind, each.at, each.amount) for each in movements(story.file)]
    assert told == [("invoice", at("2024-03-01 10:00"), 500), ("void", at("2024-03-02 10:00"), -500)]
    before = Span(at("2024-03-01 00:00"), at("2024-03-02 00:00"))
    assert statement(story.file, "EUR", before).closing == 500  # a statement once given stays as it was


def tampered(file: File, what: str) -> File:
    """Return a file in which something does not add up."""
    first, *others = file.documents
    document = first.document
    line = document.lines[0]
    match what:
        case "total":
            wrong = changed(document, total=document.total + 1)
        case "line":
            wrong = changed(
                document, lines=(changed(line, amount=0), *document.lines[1:]), net=document.net - line.amount
            )
        case "tax":
            wrong = changed(document, taxes=(changed(document.taxes[0], amount=0, base=0),), tax=0)
        case "item":
            return changed(file, items=file.items[1:])
        case "refund":
            return changed(
                file, payments=tuple(changed(each, refunded=each.amount + 1) for each in file.payments)
            )
        case _:
            raise AssertionError(what)
    return changed(file, documents=(changed(first, document=wrong), *others))


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("total", "c1/invoice: net and tax add up to 3927, the total says 3928"),
        ("line", "c1/invoice: line c1/invoice/base/2024-01-31, 763 credited of 0"),
        ("tax", "c1/invoice: S 19 %, 839 credited of 0"),
        ("item", "EUR: movements add up to"),
        ("refund", "P1: 1499 refunded, the payment says 6001"),
    ],
)
def test_a_check_tells_everything_that_does_not_add_up(what: str, told: str) -> None:
    file = rich().file
    assert check(file) == ()
    assert any(problem.startswith(told) for problem in check(tampered(file, what))), check(
        tampered(file, what)
    )
    with pytest.raises(AssertionError):
        laws.adds_up(tampered(file, what))


def test_an_invoice_credited_beyond_its_total_is_told() -> None:
    file = rich().file
    notes = [filed for filed in file.documents if filed.document.corrects == INVOICE]
    twice = changed(notes[0], document=changed(notes[0].document, id="again", total=4000))
    problems = check(changed(file, documents=(*file.documents, twice)))
    assert "c1/invoice: in all, 4999 credited of 3927" in problems


# What is owed to somebody


def test_duties_name_what_is_to_be_paid_and_by_when() -> None:
    story = Story(TAXED).start("2024-03-01 10:00").run("2024-04-01 10:00")
    story.do(account.RequestClosure, "2024-04-02 10:00")
    owed = duties(story.file, at("2024-04-02 11:00"), PLAIN)
    assert [(duty.kind, duty.subject, duty.by) for duty in owed] == [
        ("invoices.pay", INVOICE, at("2024-03-16 00:00")),
        ("invoices.pay", "bill/S1/2024-04-01/invoice", at("2024-04-16 00:00")),
        ("account.close", "A", at("2024-05-03 00:00")),
        ("closing.end_subscription", "S1", at("2024-05-03 00:00")),
        ("closing.settle_balance", "EUR", at("2024-05-03 00:00")),
    ]
    story.pay("2024-04-03 10:00", eur("39.27"))
    assert [duty.subject for duty in duties(story.file, at("2024-04-03 11:00"), PLAIN)] == [
        "bill/S1/2024-04-01/invoice",
        "A",
        "S1",
        "EUR",
    ]
