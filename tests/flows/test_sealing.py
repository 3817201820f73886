"""Sealing takes away what is settled, changes no answer about the rest, and can be undone."""

from datetime import date

import pytest
from attrs import evolve as changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.accounts import holds
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.flows import File, balances, check, due, evolve, handle, movements, seal, statement, unseal
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Missing, Outcome
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Price
from acctcore.receivables import payments, refunds
from acctcore.testing import histories, laws
from acctcore.testing import strategies as ours
from tests.flows.stories import PLAIN, Answer, Story, at, codes, eur

FIRST, SECOND, THIRD, FOURTH = "c1/invoice", *[f"bill/S1/2024-0{month}-01/invoice" for month in (4, 5, 6)]


def story() -> Story:
    """Return four months: the first two paid, the second with a refund, the last two open."""
    told = Story().start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("33.00"))
    told.do(subs.ChangeQuantity, "2024-03-11 10:00", item="seat", quantity=3)
    told.run("2024-04-01 10:00").pay("2024-04-02 10:00", eur("43.07"), id="P2")
    given = {"refund_id": "R1", "payment_id": "P2", "amount": eur("5.00"), "invoice_id": SECOND}
    told.do(refunds.Give, "2024-04-03 10:00", **given)
    return told.run("2024-06-02 10:00")


def left(file: File) -> dict[str, list[str]]:
    return {
        "documents": [each.document.id for each in file.documents],
        "payments": [each.id for each in file.payments],
        "refunds": [each.id for each in file.refunds],
    }


def test_what_is_settled_leaves_together_and_what_is_open_stays() -> None:
    told = story()
    sealed, archive = seal(told.file, at("2024-06-01 00:00"))
    assert left(sealed) == {"documents": [THIRD, FOURTH], "payments": [], "refunds": []}
    assert [each.document.id for each in archive.documents] == [
        FIRST,
        "c1/invoice/credit/c3",
        "c3/invoice",
        SECOND,
        f"{SECOND}/credit/c5",
    ]
    assert sealed.sealed is not None
    assert sealed.sealed.through == at("2024-06-01 00:00")
    assert sealed.sealed.payments == {"P1", "P2"}
    assert sealed.sealed.refunds == {"R1"}
    assert sealed.sealed.answers == len(archive.answers) == len(told.file.answers) - len(sealed.answers)
    assert balances(sealed) == balances(told.file) == {"EUR": eur("78.00")}
    assert check(sealed) == ()
    assert unseal(sealed, archive) == told.file


@pytest.mark.parametrize(
    ("before", "documents"),
    [
        pytest.param("2024-03-02 10:00", 7, id="the payment is not past yet"),
        pytest.param("2024-04-01 00:00", 7, id="a later payment settles the change"),
        pytest.param("2024-04-03 10:00", 7, id="the refund is not past yet"),
        pytest.param("2024-04-03 10:01", 7, id="the second month still runs"),
        pytest.param("2024-05-01 00:00", 2, id="the second month has ended"),
    ],
)
def test_a_cluster_leaves_when_all_of_it_is_past(before: str, documents: int) -> None:
    sealed, _ = seal(story().file, at(before))
    assert len(sealed.documents) == documents


def test_what_is_not_billed_yet_bounds_the_seal() -> None:
    told = story()
    sealed, _ = seal(told.file, at("2025-01-01 00:00"))
    assert sealed.sealed is not None
    assert sealed.sealed.through == at("2024-07-01 00:00")
    assert due(sealed, at("2024-07-01 00:00"), PLAIN) == due(told.file, at("2024-07-01 00:00"), PLAIN)


def test_the_timeline_before_the_seal_becomes_one_entry() -> None:
    told = story()
    told.do(subs.ChangePlan, "2024-05-11 10:00", plan="large")
    told.do(subs.ChangeQuantity, "2024-06-02 11:00", item="seat", quantity=9)
    told.pay("2024-06-02 12:00", eur("1000.00"), id="P3")
    told.run("2024-07-02 10:00")
    sealed, archive = seal(told.file, at("2024-06-15 00:00"))
    (before,), (after,) = told.file.subscriptions, sealed.subscriptions
    assert (len(before.changes), len(after.changes)) == (4, 1)
    assert after.terms(date(2024, 6, 20)) == before.terms(date(2024, 6, 20))
    assert len(after.covered) < len(before.covered)
    assert unseal(sealed, archive) == told.file


def test_what_is_still_to_be_billed_in_arrears_keeps_its_terms() -> None:
    told = Story().start("2024-03-01 10:00", plan="metered", quantities={"use": 62})
    told.do(subs.ChangeQuantity, "2024-03-11 10:00", item="use", quantity=31)
    told.pay("2024-03-12 10:00", eur("30.00"))
    sealed, archive = seal(told.file, at("2024-03-21 00:00"))
    later = laws.run(sealed, at("2024-04-01 00:00"), PLAIN)
    assert [line.amount for line in later.documents[-1].document.lines] == [3000, 2000, 2100]
    assert unseal(later, archive) == told.run("2024-04-01 00:00").file


BACK = {"at": at("2024-05-31 10:00")}
REACHING: list[tuple[type[Command], dict[str, object], tuple[str, ...]]] = [
    (payments.Receive, {"payment_id": "P9", "amount": eur("1"), **BACK}, ()),
    (refunds.Give, {"refund_id": "R9", "payment_id": "P1", "amount": eur("1")}, ("P1",)),
    (
        refunds.Give,
        {"refund_id": "R1", "payment_id": "P2", "amount": eur("1"), "invoice_id": SECOND},
        (SECOND, "P2", "R1"),
    ),
    (invoices.Credit, {"document_id": FIRST}, (FIRST,)),
    (invoices.Void, {"document_id": FIRST}, (FIRST,)),
    (payments.Receive, {"payment_id": "P2", "amount": eur("1")}, ("P2",)),
    (payments.Receive, {"payment_id": "P9", "amount": eur("1"), "documents": (FIRST, THIRD)}, (FIRST,)),
    (subs.ChangePlan, {"plan": "large", "when": date(2024, 5, 31)}, ("S1",)),
    (subs.Cancel, {"when": date(2024, 5, 31)}, ("S1",)),
    (
        subs.Start,
        {"subscription_id": "S9", "plan": "small", "currency": "EUR", "starts": date(2024, 5, 31)},
        ("S9",),
    ),
    (
        subs.Start,
        {"subscription_id": "S9", "plan": "small", "currency": "EUR", "starts": at("2024-05-31 10:00")},
        ("S9",),
    ),
]


@pytest.mark.parametrize(
    ("command", "facts", "named"),
    REACHING,
    ids=[f"{number} {kind.__name__}" for number, (kind, *_) in enumerate(REACHING)],
)
def test_what_reaches_behind_the_seal_is_unknown_and_names_what_to_load(
    command: type[Command], facts: dict[str, object], named: tuple[str, ...]
) -> None:
    told = story()
    complete = told.file
    told.file, archive = seal(told.file, at("2024-06-01 00:00"))
    answer = told.ask(command, "2024-06-03 10:00", **facts)
    assert answer.outcome is Outcome.UNKNOWN
    (missing,) = answer.reasons
    assert isinstance(missing, Missing)
    assert missing.records[: len(named)] == named if named else "sealed through" in missing.records[0]
    assert "sealed through 2024-05-31T22:00:00Z" in missing.text or set(named) == set(missing.records)
    told.file = unseal(told.file, archive)
    assert told.file == complete
    assert told.ask(command, "2024-06-03 10:00", **facts).outcome is not Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("command", "facts", "named"),
    [
        pytest.param(
            payments.Receive, {"payment_id": "R1", "amount": eur("1")}, "R1", id="a refund's id for a payment"
        ),
        pytest.param(
            subs.Start, {"id": "c1", "plan": "small", "currency": "EUR"}, FIRST, id="a sealed command's id"
        ),
    ],
)
def test_an_id_that_was_sealed_is_not_given_again(
    command: type[Command], facts: dict[str, object], named: str
) -> None:
    told = story()
    told.file, _ = seal(told.file, at("2024-06-01 00:00"))
    answer = told.ask(command, "2024-06-03 10:00", **facts)
    assert answer.reasons == (Missing("what was sealed away", (named,)),)


NOT_REACHING: list[tuple[type[Command], dict[str, object]]] = [
    (payments.Receive, {"payment_id": "P9", "amount": eur("33")}),
    (invoices.Credit, {"document_id": THIRD, "amount": eur("1")}),
    (subs.ChangePlan, {"plan": "large"}),
    (subs.ChangePlan, {"plan": "large", "when": date(2024, 6, 1)}),
    (subs.Cancel, {"when": date(2024, 6, 1)}),
    (subs.Start, {"subscription_id": "S9", "plan": "small", "currency": "EUR"}),
    (subs.Start, {"subscription_id": "S9", "plan": "small", "currency": "EUR", "starts": date(2024, 6, 1)}),
    (
        subs.Start,
        {"subscription_id": "S9", "plan": "small", "currency": "EUR", "starts": at("2024-06-01 00:00")},
    ),
    (subs.Cancel, {"subscription_id": "S9"}),
    (holds.Place, {"hold_id": "H1", "reason": "dispute"}),
]


@pytest.mark.parametrize(
    ("command", "facts"),
    NOT_REACHING,
    ids=[f"{number} {kind.__name__}" for number, (kind, _) in enumerate(NOT_REACHING)],
)
def test_what_does_not_reach_behind_is_answered_as_before(
    command: type[Command], facts: dict[str, object]
) -> None:
    told = story()
    sealed, archive = seal(told.file, at("2024-06-01 00:00"))
    asked = told.command(command, "2024-06-03 10:00", **facts)
    first, second = handle(told.file, asked, PLAIN), handle(sealed, asked, PLAIN)
    assert second == first
    assert unseal(evolve(sealed, second.events), archive) == evolve(told.file, first.events)


def test_a_command_that_was_sealed_is_not_done_again() -> None:
    told = Story()
    start = told.command(subs.Start, "2024-03-01 10:00", plan="small", currency="EUR")
    told.store(handle(told.file, start, PLAIN))
    told.pay("2024-03-02 10:00", eur("33.00")).run("2024-04-02 10:00")
    sealed, _ = seal(told.file, at("2024-04-01 12:00"))
    assert handle(sealed, start, PLAIN).outcome is Outcome.UNKNOWN


def test_a_statement_before_the_seal_cannot_be_told_and_later_ones_can() -> None:
    told = story()
    sealed, _ = seal(told.file, at("2024-06-01 00:00"))
    later = Span(at("2024-06-01 00:00"), at("2024-07-01 00:00"))
    assert statement(sealed, "EUR", later) == statement(told.file, "EUR", later)
    assert statement(sealed, "EUR", later).opening == 3900
    with pytest.raises(InvalidValue, match="a period from 2024-05-31T22:00:00Z on"):
        statement(sealed, "EUR", Span(at("2024-05-31 23:59:59"), at("2024-07-01 00:00")))
    assert {each.id for each in movements(sealed)} == {THIRD, FOURTH}


def test_archives_go_back_the_latest_first() -> None:
    told = story()
    once, first = seal(told.file, at("2024-05-02 00:00"))
    nothing, empty = seal(once, at("2024-05-01 00:00"))
    assert (nothing, unseal(nothing, empty)) == (once, once)
    paid = evolve(
        once,
        handle(
            once, told.command(payments.Receive, "2024-06-03 10:00", payment_id="P3", amount=eur("78")), PLAIN
        ).events,
    )
    twice, second = seal(laws.run(paid, at("2024-07-02 10:00"), PLAIN), at("2024-07-01 00:00"))
    assert twice.sealed is not None
    assert twice.sealed.payments == {"P1", "P2", "P3"}
    with pytest.raises(ImpossibleHistory, match="the latest first"):
        unseal(twice, first)
    assert unseal(unseal(twice, second), first) == laws.run(
        evolve(told.file, paid.answers[-1].events), at("2024-07-02 10:00"), PLAIN
    )
    with pytest.raises(ImpossibleHistory, match="not the latest one of this file"):
        unseal(told.file, second)
    with pytest.raises(ImpossibleHistory):
        unseal(changed(once, account=changed(once.account, id="B")), first)


def test_drafts_that_come_and_go_do_not_disturb_the_order() -> None:
    told = story()
    work = (invoices.OneOff(key="work", title="Work", price=Price("5.00", "EUR")),)
    complete = Story()
    complete.count = 0
    files: dict[bool, File] = {}
    for sealing in (False, True):
        told = story()
        file, archives = told.file, []
        commands: list[Command] = [
            told.command(invoices.Draft, "2024-06-03 10:00", document_id=id, currency="EUR", lines=work)
            for id in ("D1", "D2", "D3")
        ]
        pay = told.command(payments.Receive, "2024-06-03 11:00", payment_id="P3", amount=eur("78"))
        for command in (*commands, pay):
            file = evolve(file, handle(file, command, PLAIN).events)
        file = laws.run(file, at("2024-08-02 00:00"), PLAIN)
        if sealing:
            file, archive = seal(file, at("2024-07-02 00:00"))
            archives.append(archive)
        for kind, id in ((invoices.Issue, "D1"), (invoices.Discard, "D2")):
            file = evolve(
                file, handle(file, told.command(kind, "2024-08-03 10:00", document_id=id), PLAIN).events
            )
        for archive in archives:
            assert len(archive.documents) > 5
            file = unseal(file, archive)
        files[sealing] = file
    assert files[True] == files[False]


def test_a_sealed_subscription_that_is_paused_waits_as_it_did() -> None:
    told = Story().start("2024-03-01 00:00", "free")
    told.do(subs.ChangePlan, "2024-03-01 00:00", plan="small")
    told.do(subs.Pause, "2024-03-02 00:00", credit=False)
    told.pay("2024-03-02 00:00", eur("33.00"))
    sealed, _ = seal(told.file, at("2024-03-03 00:00"))
    assert [each.since for each in sealed.subscriptions[0].agreed.changes] == [date(2024, 3, 2)]
    assert due(sealed, at("2024-05-01 00:00"), PLAIN) == due(told.file, at("2024-05-01 00:00"), PLAIN)


# On random input


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories.histories(least=4, most=12), st.integers(-100, 30), st.data())
def test_a_seal_changes_no_balance_and_no_answer_and_can_be_undone(
    history: histories.History, offset: int, data: st.DataObject
) -> None:
    file, policies = history.file, history.policies
    before = ours.later(history.now, offset * 86_400)
    sealed, archive = seal(file, before)
    laws.adds_up(sealed)
    assert positive(sealed) == positive(file)
    assert sealed.items == file.items
    assert unseal(sealed, archive) == file
    assert seal(sealed, before)[0] == sealed
    now = ours.later(history.now, 86_400 * 31)
    file, sealed = laws.run(file, now, policies), laws.run(sealed, now, policies)
    assert unseal(sealed, archive) == file
    command = data.draw(histories.commands(file, policies, now, "next"))
    first, second = handle(file, command, policies), handle(sealed, command, policies)
    if second.outcome is not Outcome.UNKNOWN:
        assert told_of(second) == told_of(first)
        assert unseal(evolve(sealed, second.events), archive) == evolve(file, first.events)


def positive(file: File) -> dict[str, object]:
    return {code: money for code, money in balances(file).items() if money}


def told_of(answer: Answer) -> tuple[object, ...]:
    return answer.outcome, answer.events, codes(answer)


@pytest.mark.long
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories.histories(least=6, most=24), st.integers(-200, 30))
def test_long_histories_can_be_sealed_and_go_on(history: histories.History, offset: int) -> None:
    sealed, archive = seal(history.file, ours.later(history.now, offset * 86_400))
    laws.adds_up(sealed)
    later = ours.later(history.now, 86_400 * 200)
    file, sealed = (laws.run(each, later, history.policies) for each in (history.file, sealed))
    assert unseal(sealed, archive) == file
