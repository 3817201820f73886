"""Each law holds of what keeps it, and notices what does not."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import ClassVar

import pytest
from attrs import evolve as changed
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import (
    BY_DAY,
    Booked,
    Credit,
    FromBooked,
    FromLine,
    Law,
    Places,
    Proration,
    Rest,
    Settlement,
    TargetMinusBooked,
    settle,
)
from acctcore.billing.tax import TaxKey
from acctcore.flows import File, Policies, due, handle
from acctcore.kernel.calendar import Every, Span, months
from acctcore.kernel.decision import Decision, Missing, Outcome, Reason, refused
from acctcore.kernel.measures import ActualDays
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import built_in
from acctcore.kernel.wording import Counted, Sentence
from acctcore.operations import approvals
from acctcore.receivables import payments
from acctcore.testing import histories, laws
from acctcore.testing import strategies as ours
from tests.flows.stories import PLAIN, Story, at, eur
from tests.flows.test_file import rich

MARCH = Span(date(2024, 3, 1), date(2024, 4, 1))
APART = Proration("apart", "1", ActualDays(), ratio=Places(9), telescopes=False)


def cents(minor: int) -> Price:
    return Price(f"{minor // 100}.{minor % 100:02d}", "EUR")


# Amounts


@given(st.data())
def test_running_totals_telescope(data: st.DataObject) -> None:
    proration = data.draw(ours.telescoping_prorations())
    assert Law.TELESCOPING in proration.laws
    cycle, every = data.draw(ours.cycles(proration))
    price, quantity = data.draw(ours.prices()), data.draw(st.integers(0, 50))
    cuts = data.draw(st.lists(ours.points(cycle), max_size=5))
    laws.telescoping(laws.priced(price, quantity, cycle, every, proration), cycle, cuts)


def test_parts_that_are_rounded_alone_do_not() -> None:
    amount = laws.priced(cents(1), 1, MARCH, months(1), APART)
    thirds = [date(2024, 3, 11), date(2024, 3, 21)]
    with pytest.raises(AssertionError, match=r"parts \[0, 0, 0\] add up to 0, the whole cycle costs 1"):
        laws.telescoping(amount, MARCH, thirds)


def test_billing_of_your_own_can_be_put_in() -> None:
    def by_days(part: Span[date]) -> int:
        return round(Fraction(1000 * (part.end - part.start).days, 31))

    with pytest.raises(AssertionError, match="the whole cycle costs 1000"):
        laws.telescoping(by_days, MARCH, [date(2024, 3, day) for day in range(2, 32)])

    def running(part: Span[date]) -> int:
        done = [round(Fraction(1000 * (on - MARCH.start).days, 31)) for on in (part.start, part.end)]
        return done[1] - done[0]

    laws.telescoping(running, MARCH, [date(2024, 3, day) for day in range(2, 32)])


@given(st.data())
def test_target_minus_booked_is_free_of_order(data: st.DataObject) -> None:
    proration = data.draw(ours.telescoping_prorations(ActualDays()))
    cycle, every = data.draw(ours.cycles(proration))
    inside = ours.points(cycle).filter(cycle.contains)
    dates = data.draw(st.lists(inside, max_size=4, unique=True))
    prices = ours.prices("EUR", maximum=10**5)
    changes = [(on, data.draw(st.none() | prices)) for on in dates]
    price = data.draw(prices)
    laws.order_free(total(price, cycle, every, proration, TargetMinusBooked()), changes)


def total(
    price: Price, cycle: Span[date], every: Every, proration: Proration, settlement: Settlement
) -> Callable[[Sequence[tuple[date, Price | None]]], int]:
    def outcome(changes: Sequence[tuple[date, Price | None]]) -> int:
        return laws.total_after(changes, price, cycle, every, proration, settlement)

    return outcome


def test_a_settlement_that_depends_on_the_order_is_noticed() -> None:
    changes = [(date(2024, 3, 6), cents(7)), (date(2024, 3, 21), cents(1000))]
    with pytest.raises(AssertionError, match="entered as"):
        laws.order_free(total(cents(5), MARCH, months(1), BY_DAY, FromBooked()), changes)
    laws.order_free(total(cents(5), MARCH, months(1), BY_DAY, FromBooked()), changes, at_most=1)


@given(st.data())
def test_credits_that_are_capped_and_lose_nothing(data: st.DataObject) -> None:
    settlement = data.draw(ours.settlements())
    cycle, every = data.draw(ours.cycles(BY_DAY))
    price = data.draw(ours.prices("EUR"))
    worth = laws.priced(price, 1, cycle, every, BY_DAY)(cycle)
    booked = Booked(price, 1, cycle, worth, worth)
    gone = data.draw(ours.spans(cycle))
    credit = settle(booked, gone, cycle, every, BY_DAY, settlement)
    laws.nothing_is_lost(booked, gone, credit)
    if Law.CAPPED in settlement.laws:
        laws.capped(booked, credit)


BOOKED = Booked(cents(100), 1, MARCH, 60, 100, 40)
GONE = Span(date(2024, 3, 10), date(2024, 4, 1))
CREDIT_LAWS: dict[str, Callable[[Credit], None]] = {
    "capped": lambda credit: laws.capped(BOOKED, credit),
    "adds up": lambda credit: laws.nothing_is_lost(BOOKED, GONE, credit),
}


@pytest.mark.parametrize(
    ("credit", "law"),
    [
        pytest.param(
            Credit(61, Rest(61, (), "EUR", built_in("x", "1")), (-1,)), "capped", id="a cent too much"
        ),
        pytest.param(Credit(-1, Rest(0, (), "EUR", built_in("x", "1")), (61,)), "capped", id="below zero"),
        pytest.param(Credit(10, Rest(10, (), "EUR", built_in("x", "1")), (49,)), "adds up", id="a cent lost"),
        pytest.param(
            Credit(10, Rest(10, (), "EUR", built_in("x", "1")), (), 50), "adds up", id="a piece is missing"
        ),
    ],
)
def test_a_credit_that_is_wrong_is_noticed(credit: Credit, law: str) -> None:
    with pytest.raises(AssertionError):
        CREDIT_LAWS[law](credit)


def test_a_policy_may_keep_a_law_by_chance_that_it_does_not_claim() -> None:
    half = Booked(cents(1), 1, Span(MARCH.start, date(2024, 3, 16)), 0, 1, 1, MARCH)
    credit = settle(half, half.span, MARCH, months(1), BY_DAY, FromLine())
    assert (Law.CAPPED in FromLine().laws, credit.amount) == (False, 0)
    laws.capped(half, credit)


# Files


def broken(what: str) -> File:
    """Return a rich file in which one thing is wrong that `check` alone may not see."""
    file = rich().file
    (payment, *other), (allocation, *rest) = file.payments, file.allocations
    first = file.subscriptions[0]
    piece = first.covered[0]

    def covering(covered: tuple[subs.Covered[date], ...]) -> File:
        return changed(file, subscriptions=(changed(first, covered=covered), *file.subscriptions[1:]))

    match what:
        case "allocated twice":
            return changed(file, allocations=(allocation, *file.allocations))
        case "other currency":
            return changed(file, allocations=(changed(allocation, currency="JPY"), *rest))
        case "forgotten item":
            ghost = payments.OpenItem("X", "invoice", payments.Side.OWED, "EUR", 1, 1, at("2024-03-01"), None)
            credit = changed(ghost, id="Y", kind="payment", side=payments.Side.GIVEN)
            return changed(file, items=(*file.items, ghost, credit))
        case "open twice":
            return changed(file, items=(*file.items, file.items[0]))
        case "refund not noted":
            return changed(file, payments=(changed(payment, refunded=payment.refunded - 1), *other))
        case "refund of nothing":
            return changed(file, refunds=(*file.refunds, changed(file.refunds[0], id="R9", payment_id="P9")))
        case "one id twice":
            return changed(file, documents=(*file.documents, file.documents[0]))
        case "covered twice":
            return changed(
                file, subscriptions=(changed(first, covered=(*first.covered, piece)), *file.subscriptions[1:])
            )
        case "covered beyond":
            more = changed(piece, amount=piece.billed + 1)
            return changed(
                file,
                subscriptions=(changed(first, covered=(more, *first.covered[1:])), *file.subscriptions[1:]),
            )
        case "covered below zero":
            less = changed(piece, amount=-1)
            return changed(
                file,
                subscriptions=(changed(first, covered=(less, *first.covered[1:])), *file.subscriptions[1:]),
            )
        case "covered by nothing":
            lost = changed(piece, document="X")
            return changed(
                file,
                subscriptions=(changed(first, covered=(lost, *first.covered[1:])), *file.subscriptions[1:]),
            )
    raise AssertionError(what)


BROKEN = (
    "allocated twice",
    "other currency",
    "forgotten item",
    "open twice",
    "refund not noted",
    "refund of nothing",
    "one id twice",
    "covered twice",
    "covered beyond",
    "covered below zero",
    "covered by nothing",
)


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_does_not_add_up_is_noticed(what: str) -> None:
    laws.adds_up(rich().file)
    with pytest.raises(AssertionError):
        laws.adds_up(broken(what))


def test_credit_notes_beyond_their_invoice_are_noticed() -> None:
    file = rich().file
    note = next(filed for filed in file.documents if filed.document.corrects == "c1/invoice")
    for facts in (
        {"total": 4000},
        {"lines": tuple(changed(line, amount=line.amount + 2500) for line in note.document.lines)},
        {"taxes": tuple(changed(entry, amount=entry.amount + 600) for entry in note.document.taxes)},
        {"taxes": tuple(changed(entry, base=entry.base + 3000) for entry in note.document.taxes)},
    ):
        more = changed(note, document=changed(note.document, **facts))
        wrong = changed(file, documents=tuple(more if each is note else each for each in file.documents))
        with pytest.raises(AssertionError, match="credited of"):
            laws.credits_never_exceed(wrong)


def test_documents_that_do_not_add_up_are_noticed() -> None:
    document = rich().document("c1/invoice")
    laws.document_adds_up(document)
    line, entry = document.lines[0], document.taxes[0]
    for facts, told in (
        ({"net": document.net + 1}, "totals"),
        ({"total": document.total + 1}, "totals"),
        (
            {"taxes": (entry, entry), "tax": 2 * document.tax, "total": document.net + 2 * document.tax},
            "twice",
        ),
        ({"taxes": (changed(entry, base=1),)}, "as base"),
        ({"taxes": (), "tax": 0, "total": document.net}, "does not have"),
        (
            {
                "lines": (changed(line, amount=line.amount + 5), *document.lines[1:]),
                "net": document.net + 5,
                "total": document.total + 5,
                "taxes": (changed(entry, base=entry.base + 5),),
            },
            "from",
        ),
        (
            {"kind": invoices.Kind.CREDIT_NOTE, "lines": (), "taxes": (), "net": 0, "tax": -5, "total": -5},
            "totals",
        ),
    ):
        with pytest.raises(AssertionError, match=told):
            laws.document_adds_up(changed(document, **facts))


def test_credits_rounded_one_by_one_are_noticed() -> None:
    key = TaxKey("S", "19")
    basis = invoices.Stated(Price("0.0250", "EUR"), 2)
    line = invoices.Line("a", "a", "a", None, basis.price, 2, basis.amount(), (key,), basis)
    noon = at("2024-03-01 12:00")
    # two units of 0.025: each rounded by itself gives back 0.06 of 0.05
    invoice = invoices.invoice("I", "A", None, "EUR", (line,), PLAIN.taxes, noon, noon.date(), None, "c")

    def alone(cause: str) -> invoices.Document:
        one = invoices.Stated(Price("0.03", "EUR"), 1)
        part = invoices.CreditLine(f"{cause}/a", "a", 3, None, one, 1)
        return invoices.credit_note(f"N/{cause}", invoice, [], [part], noon, noon.date(), cause)

    laws.credits_within(invoice, [alone("1")])
    with pytest.raises(AssertionError, match="credited of"):
        laws.credits_within(invoice, [alone("1"), alone("2")])
    with pytest.raises(AssertionError, match="credited of"):
        laws.credits_add_up(invoice, [alone("1")])
    with pytest.raises(AssertionError, match="no note of"):
        laws.credits_within(invoice, [changed(alone("1"), corrects="other")])
    with pytest.raises(AssertionError, match="is in JPY"):
        laws.credits_within(invoice, [changed(alone("1"), currency="JPY")])
    other = changed(alone("1").taxes[0], key=TaxKey("S", "7"))
    with pytest.raises(AssertionError, match="does not bear"):
        laws.credits_within(invoice, [changed(alone("1"), taxes=(other,))])


def test_a_history_that_is_not_the_files_own_is_noticed() -> None:
    file = rich().file
    laws.rebuilds(file)
    with pytest.raises(AssertionError, match="another file"):
        laws.rebuilds(changed(file, items=()))


SILENT = type("Silent", (Missing,), {"template": ""})


@pytest.mark.parametrize(
    ("decision", "problem"),
    [
        pytest.param(refused(Missing("")), None, id="a reason that is told"),
        pytest.param(
            refused(type("Silent", (Missing,), {"template": ""})("")), "says nothing", id="a silent one"
        ),
    ],
)
def test_a_reason_has_to_say_something(decision: Decision[object], problem: str | None) -> None:
    if problem is None:
        laws.reasons_are_told(decision)
    else:
        with pytest.raises(AssertionError, match=problem):
            laws.reasons_are_told(decision)


def test_a_refusal_that_changes_something_is_noticed() -> None:
    forged = refused(Missing("x"))
    object.__setattr__(forged, "events", ("something",))
    with pytest.raises(AssertionError, match="refused, with events"):
        laws.reasons_are_told(forged)
    empty = refused(Missing("x"))
    object.__setattr__(empty, "reasons", ())
    with pytest.raises(AssertionError, match="without a reason"):
        laws.reasons_are_told(empty)


# Decisions that are not kept


def test_a_preview_that_differs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story().start("2024-03-01 10:00")
    command = story.command(payments.Receive, "2024-03-02 10:00", payment_id="P1", amount=eur("1"))
    laws.preview_is_the_bill(story.file, command, PLAIN)
    asked: list[object] = []
    true = handle

    def forgetful(file: File, command: payments.Command, policies: Policies) -> Decision[object]:
        asked.append(command)
        return true(file, command, policies) if len(asked) != 3 else refused(Missing("x"))

    monkeypatch.setattr(laws, "handle", forgetful)
    with pytest.raises(AssertionError, match="differently the second time"):
        laws.preview_is_the_bill(story.file, command, PLAIN)


def test_a_command_that_is_done_twice_is_noticed() -> None:
    story = Story().start("2024-03-01 10:00")
    command = story.command(payments.Receive, "2024-03-02 10:00", payment_id="P1", amount=eur("1"))
    laws.twice_is_once(story.file, command, PLAIN)

    def without_memory(file: File, command: Command, policies: Policies) -> Decision[Event]:
        return handle(changed(file, answers=()), command, policies)

    with pytest.raises(AssertionError, match="was allowed, and then refused"):
        laws.twice_is_once(story.file, command, PLAIN, ask=without_memory)


def test_a_schedule_that_depends_on_when_it_is_asked_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story().start("2024-03-01 10:00")
    instants = [at("2024-04-01 00:00"), at("2024-06-01 00:00")]
    laws.due_is_schedule_free(story.file, instants, at("2024-05-02 10:00"), PLAIN)
    true = due

    def dated_now(file: File, now: object, policies: Policies):  # type: ignore[no-untyped-def]
        found = true(file, now, policies)  # type: ignore[arg-type]
        return changed(found, commands=tuple(changed(each, at=now) for each in found.commands))

    monkeypatch.setattr(laws, "due", dated_now)
    with pytest.raises(AssertionError, match="gives another file"):
        laws.due_is_schedule_free(story.file, instants, at("2024-05-02 10:00"), PLAIN)


def test_unknown_outcomes_are_told_too() -> None:
    laws.reasons_are_told(Decision(Outcome.UNKNOWN, (), (Missing("x"),)))
    laws.refusal_changes_nothing(Story().file, Decision(Outcome.ALLOWED))


# Answers and reasons


@given(st.lists(ours.decisions(st.integers()), max_size=4))
def test_answers_stand_or_fall_together(decisions: list[Decision[int]]) -> None:
    laws.stand_or_fall_together(decisions)


@frozen
class Listed(Reason):
    code: ClassVar[str] = "test.listed"
    template: ClassVar[str] = "these: {things}"
    things: list[str]


@frozen
class Wrong(Reason):
    code: ClassVar[str] = "wrong"
    template: ClassVar[str] = "wrong"


@frozen
class Strange(Reason):
    code: ClassVar[str] = "test.strange"
    template: ClassVar[str] = "{nothing_such}"


@frozen
class Uncounted(Reason):
    code: ClassVar[str] = "test.uncounted"
    variants: ClassVar[tuple[Sentence, ...]] = (Counted("one", "several", by="nobody_counts"),)


@frozen
class Elsewhere(Reason):
    code: ClassVar[str] = "test.elsewhere"
    template: ClassVar[str] = "said"

    @property
    def sentence(self) -> Sentence:
        return "something else"


@frozen(eq=False)
class Unequal(Reason):
    code: ClassVar[str] = "test.unequal"
    template: ClassVar[str] = "said"


@frozen
class Mute(Reason):
    code: ClassVar[str] = "test.mute"
    template: ClassVar[str] = "{word}"
    word: str


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Wrong(), "'wrong' is no code"),
        (Strange(), "asks for nothing_such"),
        (Uncounted(), "counts nobody_counts, which is no fact of it"),
        (Elsewhere(), "told in a sentence that it does not list"),
        (Unequal(), "not equal to another with the same facts"),
        (Mute(""), "says nothing"),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_a_reason_that_is_not_well_made_is_noticed(reason: Reason, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        laws.reason_is_well_made(reason)


def test_a_reason_that_cannot_be_hashed_is_noticed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        laws.reason_is_well_made(Listed(["a"]))
    with pytest.raises(TypeError, match="unhashable"):
        laws.stand_or_fall_together([refused(Listed(["a"]))])


@given(ours.reasons())
def test_our_reasons_are_well_made(reason: Reason) -> None:
    laws.reason_is_well_made(reason)


# Authority

NOON = at("2024-03-01 12:00")


def approved_by(*people: str, maker: str = "ann", state: approvals.Phase = approvals.Phase.PENDING) -> File:
    given = tuple(approvals.Approval(person, frozenset({"boss"}), NOON) for person in people)
    used = "c" if state is approvals.Phase.USED else None
    request = approvals.Request(
        "Q", "f", "refund", None, maker, NOON, approvals=given, state=state, used_by=used
    )
    return changed(histories.opened(NOON, "UTC"), requests=(request,))


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        pytest.param(approved_by("sam", "sara"), None, id="two people"),
        pytest.param(approved_by("sam", state=approvals.Phase.USED), None, id="one is enough"),
        pytest.param(approved_by("sam", "sam"), "are behind its approvals", id="one person twice"),
        pytest.param(approved_by("ann"), "approved what they asked for", id="the maker"),
        pytest.param(approved_by(state=approvals.Phase.USED), "nobody approved it", id="nobody"),
    ],
)
def test_approvals_of_ones_own_are_noticed(file: File, problem: str | None) -> None:
    if problem is None:
        laws.approvals_are_of_others(file)
    else:
        with pytest.raises(AssertionError, match=problem):
            laws.approvals_are_of_others(file)


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        pytest.param({}, False, id="too much on one day"),
        pytest.param({"amount": Money(100, "EUR")}, True, id="just as much as is allowed"),
        pytest.param({"window": approvals.Rolling(2)}, False, id="in two days"),
        pytest.param({"per": approvals.Per.ACTOR}, True, id="what other files hold is not asked"),
        pytest.param({"operations": {"credit"}}, True, id="another operation"),
    ],
)
def test_an_allowance_that_was_exceeded_is_noticed(facts: dict[str, object], holds: bool) -> None:
    acts = tuple(approvals.Exercise("refund", Money(50, "EUR"), "ann", NOON, "A") for _ in range(2))
    approved = approvals.Exercise("refund", Money(900, "EUR"), "ann", NOON, "A", "Q")
    file = changed(histories.opened(NOON, "UTC"), exercised=(*acts, approved))
    usual = {"name": "a", "operations": "refund", "amount": Money(99, "EUR"), "window": approvals.PER_DAY}
    rule = approvals.Allowance(**(usual | facts))  # type: ignore[arg-type]
    authority = approvals.Authority("a", "1", allowances=(rule,))
    if holds:
        laws.allowances_hold(file, authority)
    else:
        with pytest.raises(AssertionError, match="100"):
            laws.allowances_hold(file, authority)
