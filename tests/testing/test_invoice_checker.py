"""Somebody else's invoice: every figure that is out is found, under its rule and nothing else."""

import copy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding
from acctcore.testing.invoice_checker import Binding, adds_up, as_plain, check_invoice
from tests.billing.invoices.test_documents import PLAIN

# 3 × 19.99 = 59.97; 59.97 − 5.00 = 54.97; 2 × 12.345 = 24.69; S base 54.97 − 10.00 + 4.00 = 48.97, tax 9.3043
GOOD: dict[str, Any] = {
    "number": "R-1",
    "currency": "EUR",
    "lines": [
        {
            "id": "1",
            "quantity": 3,
            "price": "19.99",
            "gross_price": "24.99",
            "price_discount": "5.00",
            "allowances": [{"amount": "5.00", "base": "50.00", "percent": "10"}],
            "net": "54.97",
            "category": "S",
            "rate": "19",
        },
        {"id": "2", "quantity": "2", "price": "12.345", "net": "24.69", "category": "E"},
    ],
    "allowances": [{"amount": "10.00", "category": "S", "rate": "19.0"}],
    "charges": [{"amount": "4.00", "category": "S", "rate": "19"}],
    "taxes": [
        {"category": "S", "rate": "19", "base": "48.97", "amount": "9.30"},
        {"category": "E", "rate": "0", "base": "24.69", "amount": "0", "reason": "training"},
    ],
    "totals": {
        "lines": "79.66",
        "allowances": "10.00",
        "charges": "4.00",
        "net": "73.66",
        "tax": "9.30",
        "gross": "82.96",
        "prepaid": "2.96",
        "payable": "80.00",
    },
}
GONE = object()


def but(*changes: tuple[str, object]) -> dict[str, Any]:
    """Return the good invoice with other values at some paths, such as `taxes.1.amount`."""
    invoice = copy.deepcopy(GOOD)
    for path, value in changes:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = invoice
        for step in way:
            place = place[step]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return invoice


def rules(invoice: dict[str, Any], **choices: Any) -> list[str]:
    return [each.rule + ("?" if each.passes else "") for each in check_invoice(invoice, **choices)]


def test_an_invoice_that_adds_up_has_no_findings() -> None:
    assert check_invoice(GOOD) == ()
    adds_up(GOOD)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            [
                ("lines.0.net", "54.98"),
                ("totals.lines", "79.67"),
                ("totals.net", "73.67"),
                ("taxes.0.base", "48.98"),
                ("taxes.0.amount", "9.31"),
                ("totals.tax", "9.31"),
                ("totals.gross", "82.98"),
                ("totals.payable", "80.02"),
            ],
            ["R120?"],
            id="a line's product, in tolerance",
        ),
        pytest.param([("lines.1.price", "12.40")], ["R120"], id="a line's product, beyond it"),
        pytest.param(
            [("lines.0.price", "19.98"), ("lines.0.gross_price", "24.99")],
            ["R120", "R046"],
            id="the net price",
        ),
        pytest.param([("lines.1.base_quantity", 0)], ["R121"], id="a base quantity of nothing counts as one"),
        pytest.param([("lines.1.base_quantity", "2")], ["R120"], id="the price is of two"),
        pytest.param([("lines.0.allowances.0.percent", "11")], ["R040"], id="a percentage"),
        pytest.param([("lines.0.allowances.0.base", "50.04")], [], id="a percentage rounds to the amount"),
        pytest.param([("lines.0.allowances.0.base", "50.10")], ["R040?"], id="a percentage in tolerance"),
        pytest.param([("lines.0.allowances.0.base", GONE)], ["R041"], id="a percentage of what"),
        pytest.param([("lines.0.allowances.0.percent", GONE)], ["R042"], id="a base for what"),
        pytest.param([("totals.lines", "79.67")], ["BR-CO-10", "BR-CO-13"], id="the sum of the lines"),
        pytest.param([("totals.allowances", "10.01")], ["BR-CO-11", "BR-CO-13"], id="allowances"),
        pytest.param([("totals.charges", GONE)], ["BR-CO-12"], id="charges"),
        pytest.param([("totals.tax", GONE)], ["BR-CO-14"], id="no tax"),
        pytest.param([("totals.lines", GONE)], ["BR-12"], id="no sum of the lines"),
        pytest.param(
            [("totals.lines", GONE), ("totals.net", GONE), ("totals.payable", GONE)],
            ["BR-12", "BR-13", "BR-15"],
            id="nothing but tax and gross",
        ),
        pytest.param(
            [("totals.net", "73.65"), ("totals.gross", "82.95"), ("totals.payable", "79.99")],
            ["BR-CO-13"],
            id="net",
        ),
        pytest.param(
            [("totals.tax", "9.31"), ("totals.gross", "82.97"), ("totals.payable", "80.01")],
            ["BR-CO-14"],
            id="tax",
        ),
        pytest.param([("totals.gross", "82.97"), ("totals.payable", "80.01")], ["BR-CO-15"], id="gross"),
        pytest.param([("totals.payable", "80.01")], ["BR-CO-16"], id="payable"),
        pytest.param([("totals.payable", "80.05"), ("totals.rounding", "0.05")], [], id="rounded to coins"),
        pytest.param([("totals.gross", GONE)], ["BR-14"], id="no gross"),
        pytest.param(
            [
                ("taxes.0.base", "48.98"),
                ("taxes.0.amount", "9.31"),
                ("totals.tax", "9.31"),
                ("totals.gross", "82.97"),
                ("totals.payable", "80.01"),
            ],
            ["BR-S-08?"],
            id="a base",
        ),
        pytest.param(
            [
                ("taxes.0.amount", "9.31"),
                ("totals.tax", "9.31"),
                ("totals.gross", "82.97"),
                ("totals.payable", "80.01"),
            ],
            ["BR-CO-17?"],
            id="a cent of tax passes",
        ),
        pytest.param(
            [
                ("taxes.0.amount", "10.30"),
                ("totals.tax", "10.30"),
                ("totals.gross", "83.96"),
                ("totals.payable", "81.00"),
            ],
            ["BR-CO-17"],
            id="a unit of tax does not",
        ),
        pytest.param(
            [
                ("taxes.1.amount", "0.01"),
                ("totals.tax", "9.31"),
                ("totals.gross", "82.97"),
                ("totals.payable", "80.01"),
            ],
            ["BR-E-09"],
            id="tax where there is none",
        ),
        pytest.param([("taxes.1.base", "24.70")], ["BR-E-08"], id="an exempt base"),
        pytest.param([("taxes.1.reason", GONE)], ["BR-E-10"], id="exempt, and why"),
        pytest.param(
            [("taxes.1.reason", GONE), ("taxes.1.reason_code", "VATEX-EU-132")], [], id="exempt by code"
        ),
        pytest.param([("taxes.0.reason", "none")], ["BR-S-10"], id="a reason where none is"),
        pytest.param([("lines.1.rate", "19")], ["BR-E-05", "BR-E-01", "BR-E-08"], id="exempt at a rate"),
        pytest.param(
            [("lines.1.category", "O"), ("taxes.1.category", "O"), ("taxes.1.rate", GONE)],
            ["BR-O-11"],
            id="out of scope stands alone",
        ),
        pytest.param([("lines.1.category", "K"), ("taxes.1.category", "K")], [], id="within the Union"),
        pytest.param(
            [("lines.1.category", "X"), ("taxes.1.category", "X")], ["CATEGORY"], id="no such category"
        ),
        pytest.param([("lines.1.net", "24.690")], [], id="a zero behind"),
        pytest.param([("lines.1.net", "24.691")], ["BR-DEC", "R120?", "BR-E-08", "BR-CO-10"], id="a mill"),
    ],
)
def test_what_is_out_is_found_under_its_rule(changes: list[tuple[str, object]], found: list[str]) -> None:
    assert rules(but(*changes)) == found


@pytest.mark.parametrize(
    ("category", "rate", "found"),
    [
        pytest.param("S", "0", ["BR-S-05"], id="standard above nothing"),
        pytest.param("S", None, ["BR-S-05"], id="standard has a rate"),
        pytest.param("L", "0", [], id="Canary Islands, from nothing up"),
        pytest.param("M", "-1", ["BR-AG-05"], id="Ceuta, not below"),
        pytest.param("AE", "19", ["BR-AE-05"], id="reverse charge at a rate"),
        pytest.param("O", "0", ["BR-O-05"], id="out of scope has no rate"),
        pytest.param("O", None, [], id="out of scope"),
        pytest.param("B", "22", [], id="split payment"),
    ],
)
def test_rates_go_with_their_category(category: str, rate: str | None, found: list[str]) -> None:
    key = {"category": category} | ({} if rate is None else {"rate": rate})
    amount = "22.00" if category == "B" else "-1.00" if rate == "-1" else "19.00" if rate == "19" else "0"
    reason = {} if category in "SLMB" else {"reason": "why"}
    total = str(100 + Decimal(amount))
    invoice = {
        "currency": "EUR",
        "lines": [{"net": "100.00", **key}],
        "taxes": [{"base": "100.00", "amount": amount, **key, **reason}],
        "totals": {"lines": "100.00", "net": "100.00", "tax": amount, "gross": total, "payable": total},
    }
    assert [rule for rule in rules(invoice) if rule[-3:-1] == "-0" and rule[-1] in "567"] == found


def test_a_key_without_its_entry_and_an_entry_twice() -> None:
    alone = but(("taxes", GOOD["taxes"][:1]), ("totals.tax", "9.30"))
    assert rules(alone) == ["BR-E-01"]
    twice = but(("taxes", [*GOOD["taxes"], GOOD["taxes"][1]]))
    assert rules(twice) == ["BG-23"]


def test_the_bindings_differ_in_what_they_let_pass() -> None:
    off = but(("taxes.0.base", "48.98"), ("taxes.0.amount", "9.31"), ("totals.tax", "9.31"),
              ("totals.gross", "82.97"), ("totals.payable", "80.01"))  # fmt: skip
    assert rules(off, binding=Binding.UBL) == ["BR-S-08?"]
    assert rules(off, binding=Binding.CII) == ["BR-S-08"]
    exempt = but(("taxes.1.base", "24.70"))
    assert rules(exempt, binding=Binding.UBL) == ["BR-E-08"]
    assert rules(exempt, binding=Binding.CII) == ["BR-E-08?"]


def test_half_a_cent_goes_as_the_rounding_says() -> None:
    half = {
        "currency": "EUR",
        "lines": [{"net": "0.50", "category": "S", "rate": "5"}],
        "taxes": [{"category": "S", "rate": "5", "base": "0.50", "amount": "0.02"}],
        "totals": {"lines": "0.50", "net": "0.50", "tax": "0.02", "gross": "0.52", "payable": "0.52"},
    }
    assert rules(half, rounding=Rounding.HALF_EVEN) == []
    assert rules(half) == ["BR-CO-17?"]


def test_amounts_round_to_the_currency_s_own_decimals() -> None:
    yen: dict[str, Any] = {
        "currency": "JPY",
        "lines": [{"quantity": 3, "price": "333.5", "net": 1001, "category": "S", "rate": 10}],
        "taxes": [{"category": "S", "rate": 10, "base": 1001, "amount": 100}],
        "totals": {"lines": 1001, "net": 1001, "tax": 100, "gross": 1101, "payable": 1101},
    }
    assert rules(yen) == []
    yen["lines"][0]["net"] = "1000.5"
    assert "BR-DEC" in rules(yen)


def test_floats_are_read_as_they_print() -> None:
    assert check_invoice(but(("lines.0.net", 54.97), ("taxes.0.amount", 9.3))) == ()


def test_a_figure_that_is_missing_is_told_so() -> None:
    (finding,) = check_invoice(but(("totals.tax", GONE)))
    assert str(finding) == "BR-CO-14: totals.tax is missing, expected 9.30"


def test_a_binding_is_no_text() -> None:
    with pytest.raises(InvalidValue, match="a Binding"):
        check_invoice(GOOD, binding="cii")  # type: ignore[arg-type]


def test_a_finding_reads_as_a_sentence() -> None:
    (finding,) = check_invoice(but(("totals.payable", "80.01")))
    assert str(finding) == "BR-CO-16: totals.payable is 80.01, expected 80.00"
    with pytest.raises(AssertionError, match=r"totals\.payable is 80\.01"):
        adds_up(but(("totals.payable", "80.01")))


def test_what_is_no_invoice_is_told_with_every_mistake() -> None:
    wrong = {
        "currency": "EURO",
        "lines": [{"nett": "1", "category": "S", "rate": True}],
        "totals": {"net": "NaN"},
        "taxes": "none",
        "charges": [5],
        "allowances": [{"category": ""}],
    }
    with pytest.raises(InvalidValue) as told:
        check_invoice(wrong)
    for part in (
        "currency",
        "lines[1]: expected a key",
        "lines[1].net",
        "lines[1].rate",
        "taxes",
        "charges[1]",
        "totals.net",
    ):
        assert part in str(told.value), part


def test_a_document_of_ours_is_taken_as_it_is() -> None:
    adds_up(PLAIN)
    plain = as_plain(PLAIN)
    assert plain["totals"] == {
        "lines": Decimal("13.38"),
        "net": Decimal("13.38"),
        "tax": Decimal("2.15"),
        "gross": Decimal("15.53"),
        "payable": Decimal("15.53"),
    }


# Any invoice that is computed in decimals adds up, and any one figure that is changed is found

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Any]:
    """An invoice put together with the standard library's decimals."""
    lines: list[dict[str, Any]] = []
    bases: dict[Decimal, Decimal] = {}
    for _ in range(draw(st.integers(1, 5))):
        quantity = draw(st.decimals(0, 100, places=3))
        price = draw(st.decimals(0, 1000, places=4))
        rate = draw(st.sampled_from([Decimal(7), Decimal(19), Decimal("5.5")]))
        net = cents(quantity * price)
        bases[rate] = bases.get(rate, Decimal(0)) + net
        lines.append({"quantity": quantity, "price": price, "net": net, "category": "S", "rate": rate})
    taxes: list[dict[str, Any]] = [
        {"category": "S", "rate": rate, "base": base, "amount": cents(base * rate / 100)}
        for rate, base in bases.items()
    ]
    net = sum((line["net"] for line in lines), Decimal(0))
    tax = sum((entry["amount"] for entry in taxes), Decimal(0))
    totals = {"lines": net, "net": net, "tax": tax, "gross": net + tax, "payable": net + tax}
    return {"currency": "EUR", "lines": lines, "taxes": taxes, "totals": totals}


@given(invoices())
def test_what_decimals_add_up_to_adds_up(invoice: dict[str, Any]) -> None:
    assert check_invoice(invoice) == ()


@given(invoices(), st.data())
def test_one_figure_that_is_changed_is_found(invoice: dict[str, Any], data: st.DataObject) -> None:
    figures = [(invoice["totals"], name) for name in invoice["totals"]]
    figures += [(entry, name) for entry in invoice["taxes"] for name in ("base", "amount")]
    figures += [(line, "net") for line in invoice["lines"]]
    place, name = data.draw(st.sampled_from(figures))
    place[name] += data.draw(st.sampled_from([-CENT, CENT, Decimal(-7), Decimal(100)]))
    assert check_invoice(invoice) != ()
