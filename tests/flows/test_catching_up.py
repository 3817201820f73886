"""Everything that is due, in order; what is refused waits and keeps nobody else from going on."""

from __future__ import annotations

from datetime import date

from acctcore import Actor, Price
from acctcore.accounts import account
from acctcore.billing import catalog, subscriptions, tax
from acctcore.flows import File, Policies, catch_up, due, evolve, handle
from acctcore.kernel.calendar import at_local, months

ZONE = "Europe/Berlin"
ANN = Actor("ann", {"officer"})


def plan(id: str, tax_class: str) -> catalog.Plan:
    prices = (catalog.DatedPrice(date(2020, 1, 1), Price("10.00", "EUR")),)
    charge = catalog.Charge(key="fee", title=id, prices=prices, tax_class=tax_class)
    return catalog.Plan(id=id, title=id, every=months(1), charges=(charge,))


def policies(*rates: tax.DatedRate) -> Policies:
    return Policies(
        catalog=catalog.Catalog(plans=(plan("plain", "standard"), plan("odd", "unheard-of"))),
        taxes=tax.Taxes(rates=(STANDARD, *rates)),
    )


STANDARD = tax.DatedRate("standard", date(2007, 1, 1), (tax.TaxKey("S", "19"),))
RATE = tax.DatedRate("unheard-of", date(2007, 1, 1), (tax.TaxKey("S", "7"),))


def two_subscriptions() -> File:
    at = at_local(date(2024, 1, 31), ZONE)
    opening = account.Open(id="open", at=at, by=ANN, account_id="A-1", zone=ZONE)
    file = evolve(None, handle(None, opening, policies()).events)
    for id, sold in (("S-1", "odd"), ("S-2", "plain")):
        start = subscriptions.Start(
            id=f"start-{id}",
            at=at,
            by=ANN,
            subscription_id=id,
            plan=sold,
            currency="EUR",
            starts=date(2024, 2, 15),
        )
        file = evolve(file, handle(file, start, policies()).events)
    return file


def test_what_is_refused_waits_and_the_rest_goes_on() -> None:
    now = at_local(date(2024, 4, 1), ZONE)
    done = catch_up(two_subscriptions(), now, policies())
    asked = [(command.id, decision.outcome.value) for command, decision in done.answers]
    assert asked == [
        ("bill/S-1/2024-02-15", "refused"),
        ("bill/S-2/2024-02-15", "allowed"),
        ("bill/S-2/2024-03-15", "allowed"),
    ]
    assert [reason.code for reason in done.answers[0][1].reasons] == ["tax.no_rate"]


def test_once_the_reason_is_gone_the_rest_is_done_in_order() -> None:
    now = at_local(date(2024, 4, 1), ZONE)
    stuck = catch_up(two_subscriptions(), now, policies())
    done = catch_up(stuck.file, now, policies(RATE))
    assert [command.id for command, _ in done.answers] == ["bill/S-1/2024-02-15", "bill/S-1/2024-03-15"]
    assert all(decision.allowed for _, decision in done.answers)
    assert done.next_at == at_local(date(2024, 4, 15), ZONE)


def test_a_second_run_changes_nothing() -> None:
    now = at_local(date(2024, 4, 1), ZONE)
    done = catch_up(two_subscriptions(), now, policies(RATE))
    again = catch_up(done.file, now, policies(RATE))
    assert (again.file, again.answers) == (done.file, ())
    assert due(done.file, now, policies(RATE)).commands == ()
