"""Rounding, allocation, tax, credit notes and refunds."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from acctcore.billing import invoices
from acctcore.billing.invoices import Stated, credit_gross
from acctcore.billing.tax import DatedRate, RoundAt, Taxes, TaxKey
from acctcore.kernel.calendar import at_local
from acctcore.kernel.integers import divide, split
from acctcore.kernel.money import Money, Price
from tests.museum.exhibit import Shown, exhibit

ROOM = "Rounding, tax, credit notes, refunds"
VAT = TaxKey("S", "19")
NOON = at_local(date(2024, 1, 31), "Europe/Berlin")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def invoice(*nets: int, round_at: RoundAt = RoundAt.DOCUMENT, rate: str = "19") -> invoices.Document:
    key = TaxKey("S", rate)
    taxes = Taxes(rates=(DatedRate("standard", date(2007, 1, 1), (key,)),), round_at=round_at)
    lines = tuple(
        invoices.Line(
            f"R-1/{number}", "x", "x", None, Price(Decimal(net) / 100, "EUR"), 1, net, (key,),
            Stated(Price(Decimal(net) / 100, "EUR"), 1),
        )
        for number, net in enumerate(nets, 1)
    )  # fmt: skip
    on = date(2024, 1, 31)
    return invoices.invoice("R-1", "A", None, "EUR", lines, taxes, NOON, on, on, "c")


def credited(document: invoices.Document, *amounts: int) -> list[invoices.Document]:
    notes: list[invoices.Document] = []
    for number, gross in enumerate(amounts, 1):
        on = date(2024, 2, number)
        notes.append(credit_gross(f"CN-{number}", document, notes, gross, NOON, on, f"c-{number}"))
    return notes


@exhibit(
    ROOM, "polar#13770",
    wrong="10.01 net and 1.90 tax given back in seven refunds, each split by the rate: net given back in all",
    rule="what is left is split, never the whole again",
    naive="10.02", ours="10.01",
)  # fmt: skip
def stacked_refunds() -> Shown:
    amounts = [*[170] * 6, 171]
    naive = sum(round(amount * 1001 / 1191) for amount in amounts)
    notes = credited(invoice(1001), *amounts)
    return Shown(f"{naive / 100:.2f}", f"{sum(note.net for note in notes) / 100:.2f}")


@exhibit(
    ROOM, "lago-api#2643", "lago-api#829", "lago-api#831", "lago-api#851", "lago-api#3956",
    wrong="an invoice of three lines of 0.33 at 19 %, credited line by line: tax given back, of 0.19",
    rule="credit notes of an invoice add up to it for each tax key, the last takes what is left",
    naive="0.18", ours="0.19",
)  # fmt: skip
def line_by_line() -> Shown:
    document = invoice(33, 33, 33)
    naive = 3 * cents(Decimal("0.33") * Decimal("0.19"))
    notes = credited(document, 39, 39, document.total - 78)
    return Shown(naive, f"{sum(note.tax for note in notes) / 100:.2f}")


@exhibit(
    ROOM, "lago-api#1178",
    wrong="a coupon of 10.00 on three equal fees: what the shares add up to",
    rule="the largest remainders take the cents that are left over",
    naive="9.99", ours="10.00",
)  # fmt: skip
def coupon() -> Shown:
    naive = 3 * cents(Decimal("10.00") / 3)
    return Shown(naive, f"{sum(split(1000, (1, 1, 1))) / 100:.2f}")


@exhibit(
    ROOM, "odoo#37896", "odoo#155833", "invoiceninja/invoiceninja#4370", "invoiceninja/invoiceninja#10856",
    "woocommerce/woocommerce#29657", "PrestaShop/PrestaShop#42541",
    wrong="tax of two lines of 10.12 at 20 %, on each line where the contract says on the document",
    rule="where tax is rounded is a policy that the document names",
    naive="4.04", ours="4.05",
)  # fmt: skip
def line_or_document() -> Shown:
    naive = 2 * cents(Decimal("10.12") * Decimal("0.20"))
    return Shown(naive, f"{invoice(1012, 1012, rate='20').tax / 100:.2f}")


@exhibit(
    ROOM, "wpovernight/woocommerce-pdf-invoices-packing-slips#1431",
    wrong="two lines of 4.2545, printed as 4.25 each: the total beneath them",
    rule="a line is rounded, and the total is the plain sum of what is printed",
    naive="8.51", ours="8.50",
)  # fmt: skip
def sum_of_lines() -> Shown:
    naive = cents(2 * Decimal("1.27") * Decimal("3.35"))
    line = Stated(Price("4.2545", "EUR"), 1).amount()
    return Shown(naive, f"{invoice(line, line).net / 100:.2f}")


@exhibit(
    ROOM, "PrestaShop/PrestaShop#23821", "PrestaShop/PrestaShop#18319",
    wrong="a line with 0.005 of tax, billed half up and reversed half even",
    rule="a reversal is taken from what the line bears, not computed again",
    naive="0.00", ours="0.01",
)  # fmt: skip
def reversed_alike() -> Shown:
    document = invoice(5, rate="10")
    (note,) = credited(document, document.total)
    return Shown(f"{round(Decimal('0.005'), 2):.2f}", f"{note.tax / 100:.2f}")


@exhibit(
    ROOM, "lago-api#2598", "spree/spree#14467", "shuup/shuup#596", "Dolibarr/dolibarr#19003",
    "bcgov/entity#29860",
    wrong="an invoice of 11.90, credited by 8.00 twice",
    rule="no more is credited than is left of the invoice",
    naive="16.00", ours="11.90",
)  # fmt: skip
def over_credited() -> Shown:
    document = invoice(1000)
    notes = credited(document, 800, document.total - 800)
    return Shown(f"{8.00 + 8.00:.2f}", f"{sum(note.total for note in notes) / 100:.2f}")


@exhibit(
    ROOM, "killbill#161", "killbill#1080", "larzsubscription 0.1.0", "dinerojs/dinero.js#435",
    wrong="950 yen a month, ten of thirty days",
    rule="amounts are whole minor units of their currency",
    naive="316.67", ours="317",
)  # fmt: skip
def yen() -> Shown:
    return Shown(round(950 * 10 / 30, 2), divide(950 * 10, 30))


@exhibit(
    ROOM, "Shopify/money#41", "Shopify/money#73",
    wrong="3.30 times a twelfth, the twelfth rounded before",
    rule="a ratio stays exact until the amount is rounded",
    naive="0.26", ours="0.28",
)  # fmt: skip
def a_twelfth() -> Shown:
    naive = cents(Decimal("3.30") * Decimal("0.08"))
    return Shown(naive, f"{divide(330, 12) / 100:.2f}")


@exhibit(
    ROOM, "moneyphp/money#791", "killbill#494",
    wrong="1.005 as a float, rounded to cents",
    rule="no float gets in",
    naive="1.00", ours="1.01",
)  # fmt: skip
def floats() -> Shown:
    return Shown(f"{round(1.005, 2):.2f}", f"{Stated(Price('1.005', 'EUR'), 1).amount() / 100:.2f}")


@exhibit(
    ROOM, "killbill#1124",
    wrong="what is left of 10.00 after three thirds of 3.333: a difference that is billed for ever",
    rule="differences are taken between booked amounts",
    naive="0.001", ours="0.00",
)  # fmt: skip
def endless_items() -> Shown:
    naive = Decimal("10.00") - 3 * Decimal("3.333")
    booked = split(1000, (1, 1, 1))
    return Shown(naive, f"{(1000 - sum(booked)) / 100:.2f}")


@exhibit(
    ROOM, "mozilla-ai/clawbolt#1292", "frappe/central#248", "openmeter#3273", "openmeter#4858",
    wrong="what is shown for 17 of 29 days of 99.00, by a rounded rate a day",
    rule="one value is shown and posted; its explanation is computed from it",
    naive="57.97", ours="58.03",
)  # fmt: skip
def shown_and_posted() -> Shown:
    naive = 17 * cents(Decimal("99.00") / 29)
    posted = 9900 - divide(9900 * 12, 29)
    return Shown(naive, Money.of_minor(posted, "EUR").amount)
