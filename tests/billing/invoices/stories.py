"""Documents to ask about, and strategies for any of them."""

from datetime import date
from typing import Final

import pendulum
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.billing.invoices import CreditLine, Document, Line, Stated
from acctcore.billing.proration import Rest
from acctcore.billing.tax import DatedRate, RoundAt, Taxes, TaxKey
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import Actor

NOON: Final = pendulum.datetime(2024, 3, 1, 12)
DAY: Final = date(2024, 3, 1)
DESK: Final = Actor("desk")
ZONE: Final = "Europe/Berlin"

STANDARD, REDUCED, ZERO = TaxKey("S", "19"), TaxKey("S", "7"), TaxKey("Z", "0")
STATE, CITY = TaxKey("state", "6"), TaxKey("city", "1.375")
KEYS: Final = (STANDARD, REDUCED, ZERO, STATE, CITY, TaxKey("AE", "0", "reverse charge"))

TAXES: Final = Taxes(
    name="de",
    rates=(
        DatedRate("standard", date(2007, 1, 1), (STANDARD,)),
        DatedRate("reduced", date(2007, 1, 1), (REDUCED,)),
        DatedRate("local", date(2007, 1, 1), (STATE, CITY)),
    ),
)
STANDING: Final = invoices.Standing(account_id="A-1", zone=ZONE)


def stated(amount: int, currency: str = "EUR") -> Stated:
    """Return an amount of minor units as one piece at that price."""
    return Stated(Price(Money.of_minor(abs(amount), currency).amount, currency), -1 if amount < 0 else 1)


def line(id: str, amount: int, *keys: TaxKey, currency: str = "EUR") -> Line:
    """Return a line over an amount of minor units."""
    basis = stated(amount, currency)
    return Line(id, id, id.title(), None, basis.price, basis.quantity, amount, keys, basis)


def invoice(*lines: Line, taxes: Taxes = TAXES, id: str = "INV", at: DateTime = NOON) -> Document:
    currency = lines[0].price.currency if lines else "EUR"
    return invoices.invoice(id, "A-1", "S", currency, lines, taxes, at, DAY, DAY, "c1")


def note(of: Document, earlier: list[Document], taken: dict[str, int], cause: str = "credit") -> Document:
    """Return a credit note that takes amounts back of lines."""
    parts = [
        CreditLine(f"{cause}/{id}", id, amount, None, Rest(amount, (), of.currency, built_in("test", "1")))
        for id, amount in taken.items()
    ]
    return invoices.credit_note(f"CN/{cause}", of, earlier, parts, NOON, DAY, cause)


def gross(of: Document, earlier: list[Document], amount: int, cause: str = "credit") -> Document:
    """Return a credit note over an amount with tax."""
    return invoices.credit_gross(f"CN/{cause}", of, earlier, amount, NOON, DAY, cause)


# Any document

amounts = st.integers(0, 30) | st.integers(0, 10**7) | st.integers(0, 10**14)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
policies = st.builds(
    Taxes,
    rates=st.just(()),
    round_at=st.sampled_from(RoundAt),
    rounding=st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN, Rounding.UP]),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Return an invoice of up to six lines, each under up to three keys, in any of three currencies."""
    currency = draw(currencies)
    keys = st.lists(st.sampled_from(KEYS), max_size=3, unique=True)
    facts = draw(st.lists(st.tuples(amounts, keys), min_size=1, max_size=6))
    lines = [line(f"l{n}", amount, *found, currency=currency) for n, (amount, found) in enumerate(facts)]
    return invoice(*lines, taxes=draw(policies))
