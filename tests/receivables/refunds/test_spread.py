"""An amount over several sources: used credit first, then payments in order, each its own way."""

from datetime import UTC, datetime

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import refunds
from acctcore.receivables.refunds import CREDIT, From, GiveBack, Held, Kind, RefundPolicy, Sources, Way

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
NEWEST = RefundPolicy()


def eur(minor: int) -> Money:
    return Money.of_minor(minor, "EUR")


def ask(amount: int, kind: Kind = Kind.PRICE_REDUCTION, days: int = 20, **facts: object) -> GiveBack:
    stated = {"id": "c", "at": NOON.add(days=days), "by": Actor("ann"), "refund_id": "R", "kind": kind}
    return GiveBack(**{**stated, "amount": eur(amount), **facts})  # type: ignore[arg-type]


def cash(source: str, amount: int, day: int, invoice: str | None = "I", method: str = "card") -> Held:
    return Held(source, amount, NOON.add(days=day), invoice, True, method, NOON.add(days=day))


def credit(source: str, amount: int, day: int, invoice: str = "I") -> Held:
    return Held(source, amount, NOON.add(days=day), invoice, payment=False)


SOURCES = Sources(
    "EUR",
    (cash("P1", 300, 1), cash("P2", 200, 3), credit("N", 100, 2)),
    (("P1", 300), ("P2", 150)),
    (("I", 550),),
)


def parts(decision: Decision[Event]) -> list[tuple[str, int, str, str | None]]:
    (told,) = [event for event in decision.events if isinstance(event, refunds.GivenBack)]
    given_ = [event.refund for event in decision.events if isinstance(event, refunds.Given)]
    assert [(each.id, each.payment_id, each.amount, each.method) for each in given_] == [
        (part.refund_id, part.source, part.amount, part.way) for part in told.parts if part.refund_id
    ]
    return [(part.source, part.amount, part.way, part.refund_id) for part in told.parts]


@pytest.mark.parametrize(
    ("policy", "amount", "expected"),
    [
        pytest.param(NEWEST, 50, [("N", 50, CREDIT, None)], id="used credit first"),
        pytest.param(NEWEST, 120, [("N", 100, CREDIT, None), ("P2", 20, "card", "R")], id="then the newest"),
        pytest.param(
            NEWEST,
            550,
            [("N", 100, CREDIT, None), ("P2", 150, "card", "R/1"), ("P1", 300, "card", "R/2")],
            id="all of it",
        ),
        pytest.param(
            RefundPolicy(first=From.OLDEST),
            420,
            [("N", 100, CREDIT, None), ("P1", 300, "card", "R/1"), ("P2", 20, "card", "R/2")],
            id="the oldest",
        ),
        pytest.param(
            RefundPolicy(credit_first=False),
            220,
            [("P2", 150, "card", "R"), ("N", 70, CREDIT, None)],
            id="in its turn",
        ),
    ],
)
def test_where_it_comes_from(
    policy: RefundPolicy, amount: int, expected: list[tuple[str, int, str, str | None]]
) -> None:
    assert parts(refunds.spread(ask(amount), policy, SOURCES)) == expected


def test_more_than_there_is_says_how_much_there_is() -> None:
    decision = refunds.spread(ask(551), NEWEST, SOURCES)
    assert decision.reasons == (refunds.ExceedsSources(eur(550)),)
    less = changed(SOURCES, reducible=(("I", 120),))
    assert refunds.spread(ask(121), NEWEST, less).reasons == (refunds.ExceedsSources(eur(120)),)
    again = refunds.spread(ask(1), NEWEST, changed(SOURCES, taken=True))
    assert again.reasons == (refunds.RefundExists("R"),)
    yen = changed(ask(1), amount=Money("1", "JPY"))
    assert refunds.spread(yen, NEWEST, SOURCES).reasons == (refunds.ExceedsSources(eur(0)),)


@pytest.mark.parametrize(
    ("way", "kind", "expected"),
    [
        pytest.param(Way("card", 18, "bank"), Kind.PRICE_REDUCTION, ("bank", "R/2"), id="another method"),
        pytest.param(Way("card", 18, CREDIT), Kind.PRICE_REDUCTION, (CREDIT, None), id="credit"),
        pytest.param(Way("card", 18, CREDIT), Kind.MONEY_BACK, (CREDIT, None), id="owed again, and credit"),
        pytest.param(Way("card", 18), Kind.PRICE_REDUCTION, None, id="not at all"),
    ],
)
def test_what_is_too_old_goes_another_way(
    way: Way, kind: Kind, expected: tuple[str, str | None] | None
) -> None:
    sources = changed(SOURCES, held=SOURCES.held[:2], reducible=())
    decision = refunds.spread(ask(350, kind), RefundPolicy(ways=(way,)), sources)
    if expected is None:
        closed = refunds.WindowClosed(NOON.add(days=19))
        assert decision.reasons == (refunds.ExceedsSources(eur(150)), closed)
        return
    first = "R" if expected[0] == CREDIT else "R/1"
    assert parts(decision) == [("P2", 150, "card", first), ("P1", 200, *expected)]
    (told, *_) = decision.events
    assert isinstance(told, refunds.GivenBack)
    assert [part.why for part in told.parts] == ["original", "window_closed"]


def test_a_pay_out_of_credit_is_bounded_by_the_credit_and_never_becomes_credit() -> None:
    held = (cash("P1", 300, 1, None), cash("P2", 200, 3, None))
    sources = Sources("EUR", held, (("P1", 300), ("P2", 200)), (), credit=250)
    assert parts(refunds.spread(ask(250, Kind.BALANCE), NEWEST, sources)) == [
        ("P2", 200, "card", "R/1"),
        ("P1", 50, "card", "R/2"),
    ]
    assert refunds.spread(ask(251, Kind.BALANCE), NEWEST, sources).reasons == (
        refunds.ExceedsSources(eur(250)),
    )
    kept = RefundPolicy(window_days=18, otherwise=CREDIT)
    reasons = refunds.spread(ask(250, Kind.BALANCE), kept, sources).reasons
    assert [reason.code for reason in reasons] == ["refunds.exceeds_sources", "refunds.window_closed"]


def test_a_payment_whose_method_is_called_credit_is_paid_out() -> None:
    sources = changed(SOURCES, held=(cash("P1", 300, 1, method=CREDIT),))
    assert parts(refunds.spread(ask(10), NEWEST, sources)) == [("P1", 10, CREDIT, "R")]


amounts = st.integers(1, 300)


@st.composite
def worlds(draw: st.DrawFn) -> Sources:
    held: list[Held] = []
    refundable: list[tuple[str, int]] = []
    for number in range(draw(st.integers(0, 3))):
        id = f"P{number}"
        refundable.append((id, draw(st.integers(0, 400))))
        for invoice in draw(st.lists(st.sampled_from(["I", "J"]), unique=True)):
            way = draw(st.sampled_from(["card", "cash"]))
            held.append(cash(id, draw(amounts), draw(st.integers(0, 9)), invoice, way))
    notes = range(draw(st.integers(0, 2)))
    held += [credit(f"N{number}", draw(amounts), draw(st.integers(0, 9))) for number in notes]
    reducible = tuple((id, draw(st.integers(0, 500))) for id in ("I", "J"))
    return Sources("EUR", tuple(held), tuple(refundable), reducible)


policies = st.builds(
    RefundPolicy,
    window_days=st.sampled_from([None, 15]),
    otherwise=st.sampled_from([None, CREDIT, "bank"]),
    ways=st.sampled_from([(), (Way("cash", 12, "bank"),)]),
    first=st.sampled_from(From),
    credit_first=st.booleans(),
)


@given(worlds(), policies, st.integers(1, 900), st.sampled_from([Kind.PRICE_REDUCTION, Kind.MONEY_BACK]))
def test_the_parts_add_up_and_keep_every_limit(
    sources: Sources, policy: RefundPolicy, amount: int, kind: Kind
) -> None:
    limited = sources if kind is Kind.PRICE_REDUCTION else changed(sources, reducible=())
    decision = refunds.spread(ask(amount, kind), policy, limited)
    if not decision.allowed:
        most = next(reason for reason in decision.reasons if isinstance(reason, refunds.ExceedsSources))
        assert most.most.minor < amount
        if most.most.minor:
            assert refunds.spread(ask(most.most.minor, kind), policy, limited).allowed
        return
    told = parts(decision)
    assert sum(part for _, part, *_ in told) == amount
    held = {(each.source, each.invoice_id): each for each in sources.held}
    (given_back, *_) = decision.events
    assert isinstance(given_back, refunds.GivenBack)
    for part in given_back.parts:
        assert 0 < part.amount <= held[part.source, part.invoice_id].amount
    for id, left in sources.refundable:
        assert sum(part for source, part, *_ in told if source == id) <= left
    for invoice, left in limited.reducible:
        assert sum(part.amount for part in given_back.parts if part.invoice_id == invoice) <= left
    ids = [part.refund_id for part in given_back.parts if part.refund_id]
    assert len(set(ids)) == len(ids)
