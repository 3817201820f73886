"""What is on sale, from which day and in which currency."""

from datetime import date
from typing import Any

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.catalog import (
    Billing,
    Catalog,
    Charge,
    DatedPrice,
    Item,
    NotSold,
    Plan,
    Repricing,
    UnknownCharge,
    UnknownPlan,
    offer,
)
from acctcore.kernel.calendar import months
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Price

NEW_YEAR, SPRING = date(2024, 1, 1), date(2024, 4, 1)
EUR_10, EUR_12, USD_11 = Price("10.00", "EUR"), Price("12.00", "EUR"), Price("11.00", "USD")
BASE = Charge(
    key="base",
    title="Base fee",
    prices=(DatedPrice(SPRING, EUR_12), DatedPrice(NEW_YEAR, EUR_10), DatedPrice(SPRING, USD_11)),
)
SEAT = Charge(
    key="seat",
    title="Seat",
    prices=(DatedPrice(NEW_YEAR, Price("0.125", "EUR")),),
    per_unit=True,
    billing=Billing.IN_ARREARS,
    tax_class="reduced",
)
TEAM = Plan(id="team", title="Team", every=months(1), charges=(BASE, SEAT))
CATALOG = Catalog(plans=(TEAM,))


@pytest.mark.parametrize(
    ("currency", "on", "price"),
    [
        pytest.param("EUR", date(2023, 12, 31), None, id="before the first price there is none"),
        pytest.param("EUR", NEW_YEAR, EUR_10, id="a price holds from its first day"),
        pytest.param("EUR", date(2024, 3, 31), EUR_10, id="up to the day before the next"),
        pytest.param("EUR", SPRING, EUR_12, id="the next one, though it is told first"),
        pytest.param("USD", date(2024, 3, 31), None, id="each currency has days of its own"),
        pytest.param("USD", SPRING, USD_11, id="and prices of its own"),
        pytest.param("CHF", SPRING, None, id="a currency without a price"),
    ],
)
def test_the_price_in_force(currency: str, on: date, price: Price | None) -> None:
    assert BASE.price(currency, on) == price


@given(st.dictionaries(st.dates(), st.integers(0, 99), min_size=1), st.dates())
def test_the_price_in_force_is_the_latest_that_has_begun(prices: dict[date, int], on: date) -> None:
    charge = Charge(
        key="x",
        title="X",
        prices=tuple(DatedPrice(since, Price(amount, "EUR")) for since, amount in prices.items()),
    )
    begun = [since for since in prices if since <= on]
    assert charge.price("EUR", on) == (Price(prices[max(begun)], "EUR") if begun else None)


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        pytest.param(Price, {"amount": "-0.01", "currency": "EUR"}, id="a price below zero"),
        pytest.param(Price, {"amount": 0.1, "currency": "EUR"}, id="a float for a price"),
        pytest.param(Price, {"amount": "1", "currency": "ZZZ"}, id="no currency"),
        pytest.param(DatedPrice, {"since": pendulum.datetime(2024, 1, 1), "price": EUR_10}, id="an instant"),
        pytest.param(DatedPrice, {"since": NEW_YEAR, "price": "10.00"}, id="a text for a price"),
        pytest.param(Charge, {"key": "x", "title": "X", "prices": ()}, id="a charge without a price"),
        pytest.param(Charge, {"key": "", "title": "X", "prices": BASE.prices}, id="a charge without a key"),
        pytest.param(
            Charge,
            {
                "key": "x",
                "title": "X",
                "prices": (DatedPrice(NEW_YEAR, EUR_10), DatedPrice(NEW_YEAR, EUR_12)),
            },
            id="two prices for one day",
        ),
        pytest.param(
            Charge, {"key": "x", "title": "X", "prices": BASE.prices, "per_unit": 1}, id="a number for a yes"
        ),
        pytest.param(
            Charge,
            {"key": "x", "title": "X", "prices": BASE.prices, "billing": "later"},
            id="a text for a mode",
        ),
        pytest.param(Plan, {"id": "x", "title": "X", "every": months(1), "charges": ()}, id="an empty plan"),
        pytest.param(
            Plan, {"id": "x", "title": "X", "every": "month", "charges": (BASE,)}, id="a text for an interval"
        ),
        pytest.param(
            Plan, {"id": "x", "title": "X", "every": months(1), "charges": (BASE, BASE)}, id="a charge twice"
        ),
        pytest.param(
            Plan,
            {"id": "x", "title": "X", "every": months(1), "charges": (BASE,), "trial_days": 3661},
            id="a trial of more than ten years",
        ),
        pytest.param(Catalog, {"plans": (TEAM, TEAM)}, id="a plan twice"),
        pytest.param(Catalog, {"plans": [TEAM]}, id="a list of plans"),
        pytest.param(Catalog, {"plans": (), "repricing": "never"}, id="a text for a repricing"),
    ],
)
def test_what_cannot_be_sold(make: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        make(**facts)


def test_an_offer_copies_what_is_agreed() -> None:
    items, problems = offer(CATALOG, "team", "EUR", SPRING, {"seat": 3})
    assert problems == ()
    assert items == (
        Item("base", "Base fee", EUR_12, 1, Billing.IN_ADVANCE, "standard", False),
        Item("seat", "Seat", Price("0.125", "EUR"), 3, Billing.IN_ARREARS, "reduced", True),
    )


def test_of_units_that_nobody_counted_there_is_one_and_none_is_a_number() -> None:
    assert [item.quantity for item in offer(CATALOG, "team", "EUR", SPRING, {})[0]] == [1, 1]
    assert [item.quantity for item in offer(CATALOG, "team", "EUR", SPRING, {"seat": 0})[0]] == [1, 0]


@pytest.mark.parametrize(
    ("plan", "currency", "on", "quantities", "reasons"),
    [
        pytest.param("solo", "EUR", SPRING, {"x": 1}, (UnknownPlan("solo"),), id="no such plan"),
        pytest.param(
            "team",
            "EUR",
            date(2023, 12, 31),
            {},
            (
                NotSold("team", "base", "EUR", date(2023, 12, 31)),
                NotSold("team", "seat", "EUR", date(2023, 12, 31)),
            ),
            id="before the first price",
        ),
        pytest.param(
            "team",
            "USD",
            SPRING,
            {},
            (NotSold("team", "seat", "USD", SPRING),),
            id="one charge lacks the currency",
        ),
        pytest.param(
            "team",
            "USD",
            SPRING,
            {"seat": 1, "base": 2, "x": 1},
            (
                UnknownCharge("team", "base"),
                UnknownCharge("team", "x"),
                NotSold("team", "seat", "USD", SPRING),
            ),
            id="every reason at once",
        ),
    ],
)
def test_why_something_is_not_sold(
    plan: str, currency: str, on: date, quantities: dict[str, int], reasons: tuple[Reason, ...]
) -> None:
    assert offer(CATALOG, plan, currency, on, quantities) == ((), reasons)


def test_each_reason_reads_as_a_sentence() -> None:
    told = [UnknownPlan("solo"), NotSold("team", "seat", "USD", SPRING), UnknownCharge("team", "base")]
    assert [reason.text for reason in told] == [
        "there is no plan solo",
        "team: seat has no price in USD on 2024-04-01",
        "team has no charge base that is sold by the unit",
    ]


def test_a_plan_is_found_by_its_id_or_not() -> None:
    assert CATALOG.plan("team") is TEAM
    assert CATALOG.plan("solo") is None
    with pytest.raises(TypeError):
        CATALOG.by_id["team"] = TEAM  # type: ignore[index]


def test_who_may_get_a_new_price_is_known_beforehand() -> None:
    plain = Plan(id="plain", title="Plain", every=months(1), charges=(SEAT,))
    assert (TEAM.dated, plain.dated) == (True, False)
    assert CATALOG.reprices
    assert not Catalog(plans=(plain,)).reprices
    assert not Catalog(plans=(TEAM,), repricing=Repricing.KEEP).reprices


def test_a_catalog_is_known_by_every_price_in_it() -> None:
    assert CATALOG.digest == Catalog(plans=(TEAM,)).digest
    assert CATALOG.digest != Catalog(plans=(TEAM,), repricing=Repricing.KEEP).digest
