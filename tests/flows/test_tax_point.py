"""Which day's tax rate a charge bears: the day it is billed, or the first or last day that it pays for.

The rate rises from 16 % to 19 % on 1 January 2021, as it did in Germany.
"""

from datetime import date

import pytest
from attrs import evolve as changed

from acctcore.billing import subscriptions as subs
from acctcore.billing.proration import BY_SECOND, Proration
from acctcore.billing.tax import DatedRate, Taxes, TaxKey, TaxPoint
from tests.flows.stories import PLAIN, Story, codes

RISING = Taxes(
    rates=(
        DatedRate("standard", date(2020, 7, 1), (TaxKey("S", "16"),)),
        DatedRate("standard", date(2021, 1, 1), (TaxKey("S", "19"),)),
    )
)
BILLED, FIRST, LAST = TaxPoint.BILLING_DATE, TaxPoint.PERIOD_START, TaxPoint.PERIOD_END


def story(point: TaxPoint, proration: Proration = PLAIN.proration) -> Story:
    policies = changed(PLAIN, taxes=RISING, tax_point=point, proration=proration)
    return Story(policies, "2020-11-01 00:00")


def rates(told: Story) -> list[tuple[str, str, int]]:
    return [
        (line.item, str(line.period).split("T")[0][:10], int(key.rate))
        for filed in told.file.documents
        for line in filed.document.lines
        for key in line.taxes
    ]


@pytest.mark.parametrize(
    ("point", "december", "january"),
    [
        pytest.param(BILLED, 16, 19, id="as it is billed"),
        pytest.param(FIRST, 16, 19, id="the first day"),
        pytest.param(LAST, 19, 19, id="the last day"),
    ],
)
def test_in_advance(point: TaxPoint, december: int, january: int) -> None:
    told = story(point).start("2020-12-15 10:00", "trial", trial_days=0).run("2021-01-15 10:00")
    assert rates(told) == [("base", "2020-12-15", december), ("base", "2021-01-15", january)]


@pytest.mark.parametrize(
    ("point", "used"),
    [
        pytest.param(BILLED, 19, id="as it is billed"),
        pytest.param(FIRST, 16, id="the first day"),
        pytest.param(LAST, 16, id="the last day: the 31st, and not the boundary"),
    ],
)
def test_in_arrears(point: TaxPoint, used: int) -> None:
    told = story(point).start("2020-12-01 10:00", "metered", quantities={"use": 3}).run("2021-01-01 10:00")
    assert ("use", "2020-12-01", used) in rates(told)


def test_one_invoice_may_bear_two_rates_and_adds_up() -> None:
    told = story(FIRST).start("2020-12-01 10:00", "metered", quantities={"use": 100}).run("2021-01-01 10:00")
    invoice = told.document("bill/S1/2021-01-01/invoice")
    assert [(str(each.key), each.base, each.amount) for each in invoice.taxes] == [
        ("S 19 %", 3000, 570),
        ("S 16 %", 10000, 1600),
    ]
    assert invoice.total == 13000 + 570 + 1600


def test_what_is_given_back_bears_the_rate_that_was_charged() -> None:
    told = story(LAST).start("2020-12-15 10:00", "trial", trial_days=0)
    told.do(subs.Cancel, "2020-12-31 10:00", when=subs.Timing.NOW)
    assert [rate for _, _, rate in rates(told)] == [19, 19]


def test_by_the_second_the_last_day_is_that_of_the_last_moment() -> None:
    told = story(LAST, BY_SECOND).start("2020-12-01 00:00", "trial", trial_days=0)
    assert rates(told) == [("base", "2020-11-30", 16)]  # midnight in Berlin, as told in UTC


def test_a_rate_that_nobody_knows_on_that_day_stops_the_invoice() -> None:
    policies = changed(
        PLAIN,
        tax_point=FIRST,
        taxes=Taxes(rates=(DatedRate("standard", date(2021, 1, 1), (TaxKey("S", "19"),)),)),
    )
    told = Story(policies, "2020-11-01 00:00")
    asked = told.ask(
        subs.Start, "2021-01-05 10:00", plan="trial", currency="EUR", starts=date(2020, 12, 20), trial_days=0
    )
    assert codes(asked) == ["tax.no_rate"]
