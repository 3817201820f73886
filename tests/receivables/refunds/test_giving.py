"""What a refund is decided on: every limit by itself, and all of them together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.receivables import refunds
from acctcore.receivables.refunds import Facts, Give, Kind, RefundPolicy

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
FOREVER = RefundPolicy()


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


FACTS = Facts(
    refundable=eur("10"),
    received_at=NOON,
    invoices=("I1",),
    reducible=eur("8"),
    applied=eur("9"),
    credit=eur("7"),
)


def give(amount: Money, **facts: object) -> Give:
    stated = {
        "id": "c",
        "at": NOON,
        "by": Actor("ann"),
        "refund_id": "R1",
        "payment_id": "P1",
        "amount": amount,
    }
    return Give(**{**stated, **facts})  # type: ignore[arg-type]


LIMITS = [
    pytest.param(Kind.PRICE_REDUCTION, "8", refunds.ExceedsBilled, id="price reduction"),
    pytest.param(Kind.MONEY_BACK, "9", refunds.ExceedsApplied, id="money back"),
    pytest.param(Kind.BALANCE, "7", refunds.ExceedsCredit, id="balance"),
]


@pytest.mark.parametrize(("kind", "limit", "reason"), LIMITS)
def test_each_kind_has_its_limit(kind: Kind, limit: str, reason: type) -> None:
    allowed = refunds.decide(give(eur(limit), kind=kind), FOREVER, FACTS)
    (event,) = allowed.events
    assert isinstance(event, refunds.Given)
    assert event.refund.amount == eur(limit).minor
    assert event.refund.invoice_id == (None if kind is Kind.BALANCE else "I1")
    too_much = refunds.decide(give(eur(limit) + eur("0.01"), kind=kind), FOREVER, FACTS)
    assert too_much.reasons == (reason(eur(limit)),)


@pytest.mark.parametrize(("kind", "limit", "reason"), LIMITS)
def test_where_there_is_no_such_thing_the_limit_is_zero(kind: Kind, limit: str, reason: type) -> None:
    nothing = changed(FACTS, reducible=None, applied=None, credit=None)
    assert refunds.decide(give(eur("0.01"), kind=kind), FOREVER, nothing).reasons == (reason(eur("0")),)


def test_all_reasons_come_at_once() -> None:
    facts = changed(FACTS, taken=True)
    command = give(eur("11"), at=NOON.add(days=2))
    decision = refunds.decide(command, RefundPolicy(window_days=1), facts)
    assert [reason.code for reason in decision.reasons] == [
        "refunds.exists",
        "refunds.exceeds_paid",
        "refunds.window_closed",
        "refunds.exceeds_billed",
    ]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param(Facts(None, None), "refunds.unknown_payment", id="no payment"),
        pytest.param(changed(FACTS, invoices=("I1", "I2")), "refunds.which_invoice", id="two invoices"),
        pytest.param(changed(FACTS, invoices=()), "refunds.which_invoice", id="no invoice"),
    ],
)
def test_what_has_to_be_known(facts: Facts, code: str) -> None:
    assert [reason.code for reason in refunds.decide(give(eur("1")), FOREVER, facts).reasons] == [code]


def test_an_invoice_may_be_named() -> None:
    decision = refunds.decide(give(eur("1"), invoice_id="I2"), FOREVER, changed(FACTS, invoices=("I1", "I2")))
    (event,) = decision.events
    assert isinstance(event, refunds.Given)
    assert event.refund.invoice_id == "I2"


def test_another_currency_is_never_given_back() -> None:
    decision = refunds.decide(give(Money("1", "JPY")), FOREVER, FACTS)
    assert decision.reasons == (refunds.ExceedsPaid(eur("10")),)
    other = changed(FACTS, reducible=Money("8", "JPY"))
    assert refunds.decide(give(eur("1")), FOREVER, other).reasons == (
        refunds.ExceedsBilled(Money("8", "JPY")),
    )


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_refund_is_above_zero(amount: str) -> None:
    with pytest.raises(InvalidValue, match=r"Give\.amount: expected an amount above zero"):
        give(eur(amount))


def test_nothing_is_given_back_before_it_came() -> None:
    early = refunds.decide(give(eur("1"), at=NOON.subtract(seconds=1)), FOREVER, FACTS)
    assert early.reasons == (refunds.BeforePayment(NOON),)
    assert refunds.decide(give(eur("1")), FOREVER, FACTS).allowed


@given(st.integers(1, 4000), st.integers(-10, 10))
def test_the_window_is_so_many_times_24_hours_and_its_last_instant_is_in_it(days: int, seconds: int) -> None:
    policy = RefundPolicy(window_days=days)
    ends = datetime(2024, 3, 1, 12, tzinfo=UTC) + timedelta(hours=24 * days)
    assert policy.window_ends(NOON) == ends
    asked = give(eur("1"), at=instant(ends + timedelta(seconds=seconds)))
    assert refunds.decide(asked, policy, FACTS).allowed is (seconds <= 0)
    assert refunds.decide(asked, FOREVER, FACTS).allowed


# The way it goes

BY_CARD = changed(FACTS, method="card")
WAYS = RefundPolicy(
    window_days=30,
    otherwise="bank_transfer",
    ways=(
        refunds.Way("card", 10, "bank_transfer"),
        refunds.Way("cash", 10),
        refunds.Way("voucher", None),
        refunds.Way("wallet", 10, refunds.CREDIT),
    ),
)


def later(days: int, **facts: object) -> Give:
    return give(eur("1"), at=NOON.add(days=days), **facts)


@pytest.mark.parametrize(
    ("method", "days", "asked", "expected"),
    [
        pytest.param("card", 10, "", None, id="the way it came"),
        pytest.param("card", 10, "card", None, id="the way it came, by name"),
        pytest.param("card", 11, "", "refunds.window_closed", id="too late for that"),
        pytest.param("card", 11, "bank_transfer", None, id="another way, then"),
        pytest.param("card", 10, "bank_transfer", "refunds.original_first", id="another way, too early"),
        pytest.param("card", 11, "cash", "refunds.not_offered", id="a way that is not offered"),
        pytest.param("cash", 11, "bank_transfer", "refunds.not_offered", id="no other way"),
        pytest.param("wallet", 11, "credit", "refunds.not_offered", id="credit is no way out"),
        pytest.param("voucher", 4_000, "", None, id="without an end"),
        pytest.param("cheque", 30, "", None, id="a method of which nothing is said"),
        pytest.param("cheque", 31, "bank_transfer", None, id="and its other way"),
        pytest.param("", 31, "bank_transfer", None, id="no method known"),
        pytest.param("bank_transfer", 31, "", "refunds.window_closed", id="the other way itself"),
    ],
)
def test_money_goes_back_the_way_it_came_and_otherwise_after_its_window(
    method: str, days: int, asked: str, expected: str | None
) -> None:
    decision = refunds.decide(later(days, method=asked), WAYS, changed(FACTS, method=method))
    if expected is None:
        (event,) = decision.events
        assert isinstance(event, refunds.Given)
        assert event.refund.method == (asked or method)
    else:
        assert [reason.code for reason in decision.reasons] == [expected]


def test_the_way_is_told() -> None:
    told = refunds.NotOffered("cash", ("bank_transfer",))
    assert told.text == "a refund by cash is not offered here, only: bank_transfer"
    (original,) = refunds.decide(later(1, method="bank_transfer"), WAYS, BY_CARD).reasons
    assert original.text == "the payment was made by card, and can be given back that way"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: refunds.Way("card", 1, "card"), r"Way.otherwise: expected another way than card"),
        (
            lambda: RefundPolicy(ways=(refunds.Way("card"), refunds.Way("card", 3))),
            r"RefundPolicy.ways: expected one way a method",
        ),
    ],
    ids=["the same way", "two for one"],
)
def test_what_a_policy_cannot_say(make: Callable[[], object], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        make()


@given(*[st.integers(0, 300)] * 4, st.integers(1, 300), st.sampled_from(Kind))
def test_a_refund_is_within_every_limit_or_refused(
    left: int, reducible: int, applied: int, credit: int, amount: int, kind: Kind
) -> None:
    def cents(minor: int) -> Money:
        return Money.of_minor(minor, "EUR")

    facts = Facts(cents(left), NOON, False, ("I1",), cents(reducible), cents(applied), cents(credit))
    limit = {Kind.PRICE_REDUCTION: reducible, Kind.MONEY_BACK: applied, Kind.BALANCE: credit}[kind]
    decision = refunds.decide(give(cents(amount), kind=kind), FOREVER, facts)
    assert decision.allowed is (amount <= min(left, limit))
