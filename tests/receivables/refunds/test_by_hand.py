"""Whole refunds and events worked out by hand: every field, and each limit at its edge."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve as changed

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import allowed, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.notices import AlreadyRecorded, Notice, Says
from acctcore.kernel.terms import Actor
from acctcore.receivables import refunds
from acctcore.receivables.refunds import (
    CREDIT,
    Facts,
    From,
    Give,
    GiveBack,
    Held,
    Kind,
    Part,
    Refund,
    RefundPolicy,
    Report,
    Sources,
    Way,
)

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
LATER = NOON.add(hours=1)
FOREVER = RefundPolicy()
FORTNIGHT = RefundPolicy(window_days=14, otherwise="transfer")


def eur(minor: int) -> Money:
    return Money.of_minor(minor, "EUR")


FACTS = Facts(
    refundable=eur(1000),
    received_at=NOON,
    invoices=("I1",),
    reducible=eur(800),
    applied=eur(900),
    credit=eur(700),
    method="card",
)


def give(amount: int, **facts: Any) -> Give:
    stated = {"id": "c", "at": LATER, "by": Actor("ann"), "refund_id": "R1", "payment_id": "P1"}
    return Give(**{**stated, "amount": eur(amount), **facts})


# From one payment


@pytest.mark.parametrize(
    ("kind", "invoice"), [(Kind.MONEY_BACK, "I1"), (Kind.PRICE_REDUCTION, "I1"), (Kind.BALANCE, None)]
)
def test_a_refund(kind: Kind, invoice: str | None) -> None:
    refund = Refund("R1", kind, "P1", "EUR", 700, LATER, invoice, "card")
    decision = refunds.decide(give(700, kind=kind), FOREVER, FACTS)
    assert decision == allowed(refunds.Given(LATER, "c", refund))


def test_a_refund_by_another_way_once_the_first_is_closed() -> None:
    late = give(700, at=NOON.add(days=15), method="transfer")
    refund = Refund("R1", Kind.PRICE_REDUCTION, "P1", "EUR", 700, late.at, "I1", "transfer")
    assert refunds.decide(late, FORTNIGHT, FACTS) == allowed(refunds.Given(late.at, "c", refund))
    assert refunds.decide(changed(late, method="cheque"), FORTNIGHT, FACTS) == refused(
        refunds.NotOffered("cheque", ("transfer",))
    )
    soon = give(700, method="transfer")
    for method, told in (("card", "card"), ("", "another way")):
        known = changed(FACTS, method=method)
        assert refunds.decide(soon, FORTNIGHT, known) == refused(refunds.OriginalFirst(told))
    assert refunds.decide(give(700, method="transfer"), FOREVER, FACTS) == refused(
        refunds.OriginalFirst("card")
    )


def test_every_reason_against_a_refund_is_told() -> None:
    early = give(1001, at=NOON.subtract(hours=1), method="cheque")
    assert refunds.decide(early, FOREVER, changed(FACTS, taken=True)) == refused(
        refunds.BeforePayment(NOON),
        refunds.RefundExists("R1"),
        refunds.ExceedsPaid(eur(1000)),
        refunds.OriginalFirst("card"),
        refunds.ExceedsBilled(eur(800)),
    )


@pytest.mark.parametrize("missing", [{"refundable": None}, {"received_at": None}])
def test_a_payment_that_has_not_come_in_is_unknown(missing: dict[str, Any]) -> None:
    decision = refunds.decide(give(1), FOREVER, changed(FACTS, **missing))
    assert decision == refused(refunds.UnknownPayment("P1"))


def test_a_way_of_ones_own_and_one_for_the_rest() -> None:
    policy = RefundPolicy(window_days=14, otherwise="transfer", ways=(Way("card", 30, "cheque"),))
    assert policy.of("card") == (30, "cheque")
    assert policy.of("cash") == policy.of("") == (14, "transfer")
    assert policy.of("transfer") == (14, None)
    assert policy.window_ends(NOON) == policy.window_ends(NOON, "") == NOON.add(days=14)
    assert policy.window_ends(NOON, "card") == NOON.add(days=30)


# From several sources


def give_back(amount: int, kind: Kind = Kind.PRICE_REDUCTION, days: int = 10, **facts: Any) -> GiveBack:
    stated = {"id": "c", "at": NOON.add(days=days), "by": Actor("ann"), "refund_id": "R", "kind": kind}
    return GiveBack(**{**stated, "amount": eur(amount), **facts})


def cash(source: str, amount: int, invoice: str | None, **facts: Any) -> Held:
    stated = {"payment": True, "method": "card", "received_at": NOON}
    return Held(source, amount, NOON, invoice, **{**stated, **facts})


def test_an_amount_from_two_payments() -> None:
    sources = Sources("EUR", (cash("P1", 300, "I"), cash("P2", 200, "J")), (("P1", 300), ("P2", 200)))
    command = give_back(450, Kind.MONEY_BACK)
    at = command.at
    assert refunds.spread(command, FOREVER, sources) == allowed(
        refunds.GivenBack(
            at,
            "c",
            "R",
            Kind.MONEY_BACK,
            "EUR",
            (
                Part("P2", 200, "card", "original", "J", "R/1"),
                Part("P1", 250, "card", "original", "I", "R/2"),
            ),
        ),
        refunds.Given(at, "c", Refund("R/1", Kind.MONEY_BACK, "P2", "EUR", 200, at, "J", "card")),
        refunds.Given(at, "c", Refund("R/2", Kind.MONEY_BACK, "P1", "EUR", 250, at, "I", "card")),
    )


def parts(decision: Any) -> list[tuple[str, int, str | None, str]]:
    told = decision.events[0]
    return [(each.source, each.amount, each.invoice_id, each.way) for each in told.parts]


def test_a_payment_of_two_invoices_gives_no_more_than_is_left_of_it() -> None:
    sources = Sources("EUR", (cash("P1", 300, "I"), cash("P1", 300, "J")), (("P1", 400),))
    assert parts(refunds.spread(give_back(400), FOREVER, sources)) == [
        ("P1", 300, "J", "card"),
        ("P1", 100, "I", "card"),
    ]
    assert refunds.spread(give_back(401), FOREVER, sources) == refused(refunds.ExceedsSources(eur(400)))


@pytest.mark.parametrize(
    ("first", "order"), [(From.OLDEST, [None, "I", "J"]), (From.NEWEST, ["J", "I", None])]
)
def test_sources_of_one_instant_come_by_their_invoice(first: From, order: list[str | None]) -> None:
    held = tuple(cash("P1", 1, invoice) for invoice in ("I", None, "J"))
    sources = Sources("EUR", held, (("P1", 3),))
    found = parts(refunds.spread(give_back(3), RefundPolicy(first=first), sources))
    assert [invoice for _, _, invoice, _ in found] == order
    assert [amount for _, amount, _, _ in found] == [1, 1, 1]


def test_a_payment_of_which_nobody_knows_what_is_left_gives_nothing() -> None:
    sources = Sources("EUR", (cash("P1", 300, "I"), cash("P2", 200, "I")), (("P1", 300),))
    assert refunds.spread(give_back(301), FOREVER, sources) == refused(refunds.ExceedsSources(eur(300)))


def test_money_that_has_not_come_in_can_only_be_credit() -> None:
    sources = Sources("EUR", (cash("P1", 300, "I", received_at=None),), (("P1", 300),))
    (told,) = refunds.spread(give_back(300), FOREVER, sources).events
    assert isinstance(told, refunds.GivenBack)
    assert told.parts == (Part("P1", 300, CREDIT, "used_credit", "I"),)


def test_the_last_instant_of_the_window_is_in_it() -> None:
    sources = Sources("EUR", (cash("P1", 300, "I"),), (("P1", 300),))
    for command, way in (
        (give_back(300, days=14), "card"),
        (changed(give_back(300, days=14), at=NOON.add(days=14, microseconds=1)), "transfer"),
        (changed(give_back(300), recorded_at=NOON.add(days=15)), "transfer"),
    ):
        assert parts(refunds.spread(command, FORTNIGHT, sources)) == [("P1", 300, "I", way)]


# What is reported


REFUND = Refund("R1", Kind.MONEY_BACK, "P1", "EUR", 1000, NOON, "I1", "card")


@pytest.mark.parametrize(
    ("kind", "facts", "event", "notice"),
    [
        (refunds.Send, {}, refunds.Sent, Notice(Says.SENT, LATER, "ref")),
        (
            refunds.Complete,
            {"processed": eur(1000), "fee": eur(25)},
            refunds.Completed,
            Notice(Says.DONE, LATER, "ref", eur(1000), eur(25)),
        ),
        (
            refunds.Fail,
            {"failure": "closed"},
            refunds.Failed,
            Notice(Says.FAILED, LATER, "ref", failure="closed"),
        ),
        (refunds.LoseTrack, {}, refunds.Lost, Notice(Says.UNKNOWN, LATER, "ref")),
    ],
    ids=["sent", "completed", "failed", "lost"],
)
def test_a_report(kind: type[Report], facts: dict[str, Any], event: type, notice: Notice) -> None:
    command = kind(id="c", at=LATER, by=Actor("ann"), refund_id="R1", reference="ref", **facts)
    after = changed(REFUND, notices=(notice,))
    assert refunds.record(REFUND, command) == allowed(event(LATER, "c", after))
    assert refunds.record(after, command).reasons[0] == AlreadyRecorded("R1", notice)


# What no policy can be

REFUSALS: list[tuple[Callable[[], object], str, object]] = [
    (lambda: Way("card", 14, "card"), "Way.otherwise: another way than card", "card"),
    (
        lambda: RefundPolicy(ways=(Way("card", 14), Way("card", 30))),
        "RefundPolicy.ways: one way a method",
        ["card", "card"],
    ),
]


@pytest.mark.parametrize(("asked", "wanted", "got"), REFUSALS, ids=["to itself", "twice"])
def test_a_refusal_says_what_was_wanted_what_came_and_where(
    asked: Callable[[], object], wanted: str, got: object
) -> None:
    with pytest.raises(InvalidValue) as caught:
        asked()
    assert f"{caught.value.where}: {caught.value.expected}" == wanted
    assert caught.value.got == got
