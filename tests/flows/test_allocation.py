"""Allocation on a file: by policy, by hand, undone once, and credit that is used or kept."""

import pytest
from attrs import evolve as changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.billing import invoices
from acctcore.flows import Policies, balances
from acctcore.kernel.money import Money
from acctcore.kernel.terms import ALLOCATE
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import payments
from acctcore.testing import histories, laws
from tests.flows.stories import PLAIN, Story, codes, eur

FIRST, SECOND, THIRD = "c1/invoice", "bill/S1/2024-04-01/invoice", "bill/S1/2024-05-01/invoice"


def by(order: payments.Order = payments.OLDEST_DUE, *, use_credit: bool = True) -> Policies:
    return changed(PLAIN, allocation=payments.AllocationPolicy(order=order, use_credit=use_credit))


def owing(policies: Policies = PLAIN) -> Story:
    """Return three months of 33.00, none of them paid."""
    return Story(policies).start("2024-03-01 10:00").run("2024-05-02 10:00")


@pytest.mark.parametrize(
    ("order", "left"),
    [
        pytest.param(payments.OldestDue(), {SECOND: 1600, THIRD: 3300}, id="oldest"),
        pytest.param(payments.NewestDue(), {FIRST: 3300, SECOND: 1600}, id="newest"),
        pytest.param(payments.ProRata(), {FIRST: 1633, SECOND: 1633, THIRD: 1634}, id="pro rata"),
        pytest.param(payments.ByHand(), {FIRST: 3300, SECOND: 3300, THIRD: 3300, "P1": 5000}, id="by hand"),
    ],
)
def test_what_a_payment_settles(order: payments.Order, left: dict[str, int]) -> None:
    assert owing(by(order)).pay("2024-05-03 10:00", eur("50.00")).open() == left


def test_credit_that_is_kept_waits_until_it_is_asked_for() -> None:
    story = Story(by(use_credit=False)).start("2024-03-01 10:00").pay("2024-03-02 10:00", eur("50.00"))
    story.run("2024-04-02 10:00")
    assert story.open() == {SECOND: 3300, "P1": 1700}
    assert balances(story.file) == {"EUR": eur("16.00")}
    story.do(payments.AllocateAll, "2024-04-03 10:00")
    assert story.open() == {SECOND: 1600}
    assert codes(story.ask(payments.AllocateAll, "2024-04-04 10:00")) == ["payments.nothing_to_allocate"]


def test_a_payment_is_moved_by_hand_and_stays_there() -> None:
    story = owing().pay("2024-05-03 10:00", eur("33.00"))
    story.do(payments.Deallocate, "2024-05-04 10:00", source="P1", target=FIRST)
    assert codes(story.ask(payments.Deallocate, "2024-05-04 11:00", source="P1", target=FIRST)) == [
        "payments.not_allocated"
    ]
    story.do(payments.Allocate, "2024-05-04 12:00", source="P1", target=THIRD, amount=eur("30.00"))
    assert story.open() == {FIRST: 3300, SECOND: 3300, THIRD: 300, "P1": 300}
    story.do(payments.AllocateAll, "2024-05-05 10:00", afresh=True)
    assert story.open() == {FIRST: 3000, SECOND: 3300, THIRD: 300}
    story.policies = by(payments.NewestDue())
    story.do(payments.AllocateAll, "2024-05-06 10:00", afresh=True)
    assert story.open() == {FIRST: 3300, SECOND: 3300}
    by_hand = [each for each in payments.standing(story.file.allocations) if each.by_hand]
    assert [(each.source, each.target, each.amount) for each in by_hand] == [("P1", THIRD, 3000)]


def test_a_credit_note_stays_with_its_invoice() -> None:
    story = Story().start("2024-03-01 10:00").run("2024-04-02 10:00")
    story.do(invoices.Credit, "2024-04-03 10:00", document_id=SECOND, amount=eur("5.00"))
    assert story.open() == {FIRST: 3300, SECOND: 2800}
    assert codes(story.ask(payments.AllocateAll, "2024-04-04 10:00", afresh=True)) == [
        "payments.nothing_to_allocate"
    ]


def test_currencies_are_never_netted() -> None:
    story = owing().pay("2024-05-03 10:00", Money("5000", "JPY"))
    asked = {"source": "P1", "target": FIRST}
    assert codes(story.ask(payments.Allocate, "2024-05-04 10:00", **asked)) == ["payments.other_currency"]
    assert codes(story.ask(payments.AllocateAll, "2024-05-04 10:00")) == ["payments.nothing_to_allocate"]


def test_how_much_may_be_moved_alone() -> None:
    limited = Authority("limited", "1", (Limit("officer", ALLOCATE, "EUR", eur("10.00")),))
    story = owing(changed(by(payments.ByHand()), authority=limited)).pay("2024-05-03 10:00", eur("50.00"))
    asked = {"source": "P1", "target": FIRST}
    story.do(payments.Allocate, "2024-05-04 10:00", amount=eur("10.00"), **asked)
    more = story.ask(payments.Allocate, "2024-05-04 10:00", amount=eur("10.01"), **asked)
    assert codes(more) == ["approvals.needed"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories.histories(least=3, most=10), st.data())
def test_whatever_was_allocated_can_be_taken_back_once_and_put_back(
    history: histories.History, data: st.DataObject
) -> None:
    story = Story(changed(history.policies, authority=PLAIN.authority))
    story.file, story.count = changed(history.file, holds=(), requests=()), 10_000
    debts = {item.id for item in story.file.items} | {filed.document.id for filed in story.file.documents}
    standing = [each for each in payments.standing(story.file.allocations) if each.target in debts]
    if not standing or story.file.account.phase.value not in ("active", "closing"):
        return
    each = data.draw(st.sampled_from(standing))
    pair = {"source": each.source, "target": each.target}
    before = story.open()
    total = Money.of_minor(story.file.applied(each.source, each.target), each.currency)
    back = story.ask(payments.Deallocate, history.now, **pair)
    if not back.allowed:  # dated before the account opened, say
        assert "payments.not_allocated" not in codes(back)
        return
    story.store(back)
    assert codes(story.ask(payments.Deallocate, history.now, **pair)) == ["payments.not_allocated"]
    for id in pair.values():
        assert story.open()[id] == before.get(id, 0) + total.minor
    story.do(payments.Allocate, history.now, amount=total, **pair)
    assert story.open() == before
    laws.adds_up(story.file)
