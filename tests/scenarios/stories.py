"""The three stories as commands, built with the library's own API."""

from datetime import date
from functools import partial

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import subscriptions
from acctcore.billing.proration import BY_SECOND
from acctcore.billing.subscriptions import Timing
from acctcore.billing.tax import RoundAt
from acctcore.flows import Policies
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CHANGE_PLAN, CLOSE, REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import payments, refunds
from tests.scenarios.drive import Book, catalog, charge, plan, seats, taxes

PER_SEAT = Policies(
    catalog=catalog(
        plan("team", charge("base", "49.00"), seats("12.00"), trial_days=14),
        plan("business", charge("base", "99.00"), seats("15.00")),
    ),
    taxes=taxes("S", "19"),
    net_days=14,
)
PER_SECOND = Policies(
    catalog=catalog(
        plan("pro", charge("pro", "99.00", "USD")), plan("scale", charge("scale", "249.00", "USD"))
    ),
    proration=BY_SECOND,
    taxes=taxes("S", "8.875"),
    net_days=0,
)
OFFICE = Policies(
    catalog=catalog(
        plan("basic", charge("fee", "29.90", "GBP")),
        plan("plus", charge("fee", "59.90", "GBP")),
        plan("max", charge("fee", "119.90", "GBP")),
    ),
    taxes=taxes("S", "20", RoundAt.LINE),
    net_days=30,
    authority=Authority(
        "office",
        "1",
        (
            Limit("officer", REFUND, "GBP", Money("25.00", "GBP")),
            Limit("supervisor", REFUND, "GBP", Money("1000.00", "GBP")),
        ),
    ),
    holds=holds.HoldPolicy(
        "office",
        "1",
        (
            holds.HoldKind(
                "fraud",
                {CHANGE_PLAN, REFUND, CLOSE},
                may_place={"officer"},
                may_release={"officer", "supervisor"},
                four_eyes=True,
            ),
        ),
    ),
)
eur, usd, gbp = (partial(Money, currency=code) for code in ("EUR", "USD", "GBP"))
ANN, SAM = Actor("ann", {"officer"}), Actor("sam", {"supervisor"})


def per_seat_europe() -> Book:
    book = Book(PER_SEAT, "Europe/Berlin", "2024-01-17 09:00")
    sub = {"subscription_id": "sub-1"}
    book.ask(
        subscriptions.Start,
        "2024-01-17 09:05",
        **sub,
        plan="team",
        currency="EUR",
        quantities={"seat": 5},
        anchor_day=31,
    )
    book.ask(
        payments.Fail,
        "2024-02-01 10:00",
        payment_id="P1",
        amount=eur("129.71"),
        failure="insufficient_funds",
    )
    book.ask(payments.Receive, "2024-02-03 10:00", payment_id="P2", amount=eur("129.71"))
    book.ask(subscriptions.ChangePlan, "2024-02-12 11:00", **sub, plan="business")
    book.ask(subscriptions.ChangeQuantity, "2024-02-20 15:00", **sub, item="seat", quantity=8)
    book.ask(payments.Receive, "2024-03-04 09:00", payment_id="P3", amount=eur("322.58"))
    book.ask(subscriptions.ChangeQuantity, "2024-03-08 12:00", **sub, item="seat", quantity=6)
    book.ask(refunds.Give, "2024-03-12 16:00", refund_id="R1", payment_id="P2", amount=eur("20.00"))
    book.ask(subscriptions.Cancel, "2024-04-10 10:00", **sub, when=Timing.CYCLE_END)
    book.ask(accounts.RequestClosure, "2024-04-15 09:00")
    book.ask(accounts.Close, "2024-04-15 09:05")
    book.ask(payments.Receive, "2024-05-01 09:00", payment_id="P4", amount=eur("198.42"))
    book.ask(accounts.Close, "2024-05-02 09:00")
    return book


def per_second_usd() -> Book:
    book = Book(PER_SECOND, "America/New_York", "2025-01-15 10:30:00")
    sub = {"subscription_id": "sub-1"}
    book.ask(subscriptions.Start, "2025-01-15 10:30:00", **sub, plan="pro", currency="USD")
    book.ask(payments.Receive, "2025-01-15 10:31", payment_id="P1", amount=usd("107.79"))
    book.ask(payments.Receive, "2025-02-15 11:00", payment_id="P2", amount=usd("107.79"))
    book.ask(subscriptions.ChangePlan, "2025-02-20 14:12:07", **sub, plan="scale")
    book.ask(payments.Receive, "2025-02-20 14:15", payment_id="P3", amount=usd("133.21"))
    book.ask(subscriptions.Cancel, "2025-02-27 08:00:00", **sub, when=Timing.NOW)
    balance = {"kind": refunds.Kind.BALANCE}
    book.ask(
        refunds.Give, "2025-02-27 09:00", refund_id="R1", payment_id="P3", amount=usd("133.21"), **balance
    )
    book.ask(
        refunds.Give, "2025-02-27 09:01", refund_id="R2", payment_id="P2", amount=usd("22.54"), **balance
    )
    book.ask(accounts.Close, "2025-02-27 09:05")
    return book


def holds_and_backdating() -> Book:
    book = Book(OFFICE, "Europe/London", "2025-01-31 09:00", by=ANN)
    sub = {"subscription_id": "sub-1"}
    book.ask(subscriptions.Start, "2025-01-31 09:05", **sub, plan="basic", currency="GBP", anchor_day=31)
    book.ask(payments.Receive, "2025-02-01 10:00", payment_id="P1", amount=gbp("35.88"))
    book.ask(payments.Receive, "2025-03-01 10:00", payment_id="P2", amount=gbp("35.88"))
    book.ask(subscriptions.ChangePlan, "2025-03-10 10:00", **sub, plan="plus")
    book.ask(subscriptions.ChangePlan, "2025-03-20 10:00", **sub, plan="max")
    book.ask(subscriptions.ChangePlan, "2025-03-24 10:00", **sub, plan="max", when=date(2025, 3, 5))
    book.ask(payments.Receive, "2025-03-25 10:00", payment_id="P3", amount=gbp("67.37"))

    refund = {
        "refund_id": "R1",
        "payment_id": "P3",
        "amount": gbp("40.00"),
        "invoice_id": book.id("INV-4"),
    }
    to_basic = {**sub, "plan": "basic", "when": Timing.CYCLE_END}
    book.ask(holds.Place, "2025-03-26 10:00", hold_id="H1", reason="fraud")
    book.ask(subscriptions.ChangePlan, "2025-03-26 10:05", **to_basic)
    book.ask(refunds.Give, "2025-03-26 10:06", **refund)
    book.ask(accounts.Close, "2025-03-26 10:07")

    book.ask(holds.Release, "2025-03-27 09:00", hold_id="H1")
    _ask_for_approval(book, "2025-03-27 09:05", "A1")
    book.ask(approvals.Approve, "2025-03-27 09:06", request_id="A1", by=ANN)
    book.ask(approvals.Approve, "2025-03-27 09:10", request_id="A1", by=SAM)
    book.ask(holds.Release, "2025-03-27 09:15", hold_id="H1", approval="A1")

    book.ask(subscriptions.ChangePlan, "2025-03-27 10:00", **to_basic)
    book.ask(refunds.Give, "2025-03-27 10:05", **refund)
    _ask_for_approval(book, "2025-03-27 10:06", "A2")
    book.ask(approvals.Approve, "2025-03-27 10:10", request_id="A2", by=SAM)
    book.ask(refunds.Give, "2025-03-27 10:15", **refund, approval="A2")
    book.ask(payments.Receive, "2025-04-02 10:00", payment_id="P4", amount=gbp("35.88"))
    return book


def _ask_for_approval(book: Book, at: str, request: str) -> None:
    """Ask for the very act that the answer before named."""
    assert book.decision is not None
    needed = next(each for each in book.decision.reasons if isinstance(each, approvals.Needed))
    book.ask(
        approvals.Ask,
        at,
        request_id=request,
        fingerprint=needed.fingerprint,
        operation=needed.operation,
        amount=needed.amount,
    )
