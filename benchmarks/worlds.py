"""What the benchmarks run on: a flat monthly plan with 19 % tax, and an account that lives on it."""

from __future__ import annotations

from datetime import date, timedelta

from pendulum import DateTime

from acctcore.accounts import account
from acctcore.billing import catalog, subscriptions, tax
from acctcore.flows import File, Policies, due, evolve, handle, seal
from acctcore.kernel.calendar import Every, at_local, days, months
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.receivables import payments

ZONE = "Europe/Berlin"
OFFICER = Actor("officer", {"officer"})


def plan(id: str, amount: str, every: Every) -> catalog.Plan:
    """Return a plan with one flat charge a cycle, in advance."""
    price = catalog.DatedPrice(date(1990, 1, 1), Price(amount, "EUR"))
    charge = catalog.Charge(key="base", title=id, prices=(price,))
    return catalog.Plan(id=id, title=id, every=every, charges=(charge,))


POLICIES = Policies(
    catalog=catalog.Catalog(
        plans=(
            plan("team", "49.00", months(1)),
            plan("business", "99.00", months(1)),
            plan("daily", "2.00", days(1)),
        )
    ),
    taxes=tax.Taxes(rates=(tax.DatedRate("standard", date(1990, 1, 1), (tax.TaxKey("S", "19"),)),)),
)


def midnight(year: int, month: int, day: int) -> DateTime:
    """Return the start of a local day."""
    return at_local(date(year, month, day), ZONE)


def opened(start: date = date(2024, 1, 31), plan: str = "team") -> File:
    """Return an account whose first cycle is billed."""
    at = at_local(start, ZONE)
    opening = account.Open(id="open", at=at, by=OFFICER, account_id="A-1", zone=ZONE)
    file = evolve(None, handle(None, opening, POLICIES).events_or_raise())
    begin = subscriptions.Start(
        id="start", at=at, by=OFFICER, subscription_id="S-1", plan=plan, currency="EUR"
    )
    return evolve(file, handle(file, begin, POLICIES).events_or_raise())


def change(id: str, at: DateTime, to: str) -> subscriptions.ChangePlan:
    """Return a plan change that counts at once."""
    return subscriptions.ChangePlan(id=id, at=at, by=OFFICER, subscription_id="S-1", plan=to)


def live_a_year(file: File, year: int = 2024) -> File:
    """Return the file after twelve renewals and two plan changes."""
    for month in range(2, 14):
        first = date(year + (month > 12), (month - 1) % 12 + 1, 1)
        now = at_local(first + timedelta(days=31) if month != 2 else date(year, 3, 1), ZONE)
        for command in due(file, now, POLICIES).commands:
            file = evolve(file, handle(file, command, POLICIES).events_or_raise())
        if month in {5, 9}:
            switch = change(f"change-{year}-{month}", now.add(days=9), "business" if month == 5 else "team")
            file = evolve(file, handle(file, switch, POLICIES).events_or_raise())
    return file


def settled(count: int) -> File:
    """Return a file whose owner renewed and paid so many days, sealed whenever a hundred were settled."""
    file = opened(date(1990, 1, 1), "daily")
    for paid in range(1, count + 1):
        file = paid_up(file, paid)
        [following] = due(file, file.answers[-1].recorded_at.add(hours=30), POLICIES).commands
        file = evolve(file, handle(file, following, POLICIES).events_or_raise())
        if paid % 100 == 0:
            file, _ = seal(file, following.at)
    return file


def paid_up(file: File, number: int) -> File:
    """Return the file after a payment of everything that is owed."""
    receipt = payments.Receive(
        id=f"pay-{number}",
        at=file.answers[-1].recorded_at,
        by=OFFICER,
        payment_id=f"P-{number}",
        amount=Money.of_minor(sum(item.open for item in file.items), "EUR"),
    )
    return evolve(file, handle(file, receipt, POLICIES).events_or_raise())
