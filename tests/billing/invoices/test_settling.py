"""Whether a document is paid, credited, written off or none of it, as of any instant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.invoices import Applied, Filed, Means, PaymentState, Phase, settled
from acctcore.kernel.money import Money
from tests.billing.invoices.stories import NOON, STANDARD, gross, invoice, line

INVOICE = invoice(line("a", 1000, STANDARD))  # 11.90
NOTE = gross(INVOICE, [], 100)
NOTHING = invoice(line("a", 0, STANDARD))
BELOW = invoice(line("a", -1000, STANDARD))
LATER = NOON.add(days=3)


def paid(amount: int, days: int = 1) -> Applied:
    return Applied(NOON.add(days=days), Means.MONEY, amount)


def credited(amount: int) -> Applied:
    return Applied(NOON.add(days=1), Means.CREDIT, amount)


def written_off(amount: int) -> Applied:
    return Applied(NOON.add(days=1), Means.WRITE_OFF, amount)


@pytest.mark.parametrize(
    ("applied", "state", "still_open"),
    [
        pytest.param([], PaymentState.UNPAID, 1190, id="nothing"),
        pytest.param([paid(1)], PaymentState.PARTLY_PAID, 1189, id="a cent"),
        pytest.param([paid(1190)], PaymentState.PAID, 0, id="all"),
        pytest.param([paid(1200)], PaymentState.OVERPAID, -10, id="more than all"),
        pytest.param([paid(1190, days=4)], PaymentState.UNPAID, 1190, id="all, but later"),
        pytest.param([paid(1190), paid(-1190, days=2)], PaymentState.UNPAID, 1190, id="paid and returned"),
        pytest.param([credited(190)], PaymentState.UNPAID, 1000, id="credited in part is not paid in part"),
        pytest.param([credited(190), paid(1000)], PaymentState.PAID, 0, id="the rest is paid"),
        pytest.param([credited(1190)], PaymentState.CREDITED, 0, id="credited, and no payment"),
        pytest.param([paid(100), written_off(1090)], PaymentState.WRITTEN_OFF, 0, id="the rest given up"),
        pytest.param([written_off(90)], PaymentState.UNPAID, 1100, id="a part given up"),
        pytest.param([paid(1190), credited(90)], PaymentState.OVERPAID, -90, id="credited after it was paid"),
    ],
)
def test_what_an_invoice_is(applied: list[Applied], state: PaymentState, still_open: int) -> None:
    found = settled(Filed(INVOICE, Phase.ISSUED), applied, LATER)
    assert (found.state, found.open) == (state, still_open)
    assert found.open_money == Money.of_minor(still_open, "EUR")


@pytest.mark.parametrize(
    ("filed", "state"),
    [
        pytest.param(Filed(INVOICE, Phase.DRAFT), PaymentState.NOT_OWED, id="a draft"),
        pytest.param(Filed(INVOICE, Phase.VOIDED, LATER), PaymentState.NOT_OWED, id="voided"),
        pytest.param(
            Filed(INVOICE, Phase.VOIDED, LATER.add(seconds=1)), PaymentState.UNPAID, id="not voided yet"
        ),
        pytest.param(Filed(NOTE, Phase.ISSUED), PaymentState.NOT_OWED, id="a credit note"),
        pytest.param(Filed(BELOW, Phase.ISSUED), PaymentState.NOT_OWED, id="an invoice below zero"),
        pytest.param(Filed(NOTHING, Phase.ISSUED), PaymentState.PAID, id="an invoice of nothing"),
    ],
)
def test_what_is_owed_at_all(filed: Filed, state: PaymentState) -> None:
    found = settled(filed, [], LATER)
    assert found.state is state
    assert found.open == (1190 if state is PaymentState.UNPAID else 0)


def test_nothing_is_owed_before_it_is_there() -> None:
    before = settled(Filed(INVOICE, Phase.ISSUED), [paid(5, days=-2)], NOON.subtract(seconds=1))
    assert (before.state, before.open) == (PaymentState.NOT_OWED, 0)


moves = st.builds(
    Applied,
    st.integers(0, 100).map(lambda hours: NOON.add(hours=hours)),
    st.sampled_from(Means),
    st.integers(-500, 1500),
)


@given(st.lists(moves, max_size=8), st.integers(0, 100))
def test_what_is_open_is_the_total_less_what_came_by_then(applied: list[Applied], hours: int) -> None:
    at = NOON.add(hours=hours)
    found = settled(Filed(INVOICE, Phase.ISSUED), applied, at)
    assert found.open == 1190 - sum(each.amount for each in applied if each.at <= at)
    assert (found.open > 0) is (found.state in (PaymentState.UNPAID, PaymentState.PARTLY_PAID))
    assert (found.open < 0) is (found.state is PaymentState.OVERPAID)
    later = [each for each in applied if each.at > at]
    assert found == settled(Filed(INVOICE, Phase.ISSUED), [*reversed(applied), *later], at)
