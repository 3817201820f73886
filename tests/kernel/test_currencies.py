"""The currency table, held against py-moneyed's and Unicode's."""

from collections import Counter
from datetime import date

import moneyed
import pytest
from babel.core import get_global

from acctcore.kernel import currencies
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from tests.kernel.strategies import wrong

ALL = sorted({*currencies.PLACES, *currencies.WITHDRAWN})

# Unicode's digits say what is usual in shops there, ISO's what an account can hold: docs/sources.md#iso-4217.
SHOPS_USE_NONE = {
    *("AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER"),
}
NEWER_THAN_PY_MONEYED = {"XAD", "XCG", "ZWG"}


def test_the_table_has_as_many_codes_as_list_one_of_its_day() -> None:
    assert date(2026, 1, 1) == currencies.TABLE_DATE
    assert Counter(currencies.PLACES.values()) == {2: 139, 0: 17, 3: 7, 4: 2}
    assert not set(currencies.PLACES) & set(currencies.WITHDRAWN)
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in ALL)


@pytest.mark.parametrize("code", ALL)
def test_minor_units_agree_with_unicode_but_where_shops_use_none(code: str) -> None:
    digits = get_global("currency_fractions")
    usual = digits.get(code, digits["DEFAULT"])[0]
    assert currencies.places(code) == usual or (code in SHOPS_USE_NONE and usual == 0)


@pytest.mark.parametrize("code", ALL)
def test_minor_units_agree_with_py_moneyed(code: str) -> None:
    known = moneyed.CURRENCIES.get(code)
    assert known is not None or code in NEWER_THAN_PY_MONEYED
    assert (
        currencies.scale(code)
        == (known or currencies.currency(code)).sub_unit
        == 10 ** currencies.places(code)
    )


@pytest.mark.parametrize("code", ["XAU", "XAG", "XDR", "XSU", "XTS", "XUA", "XXX", "XBA"])
def test_what_has_no_minor_unit_is_no_currency_here(code: str) -> None:
    with pytest.raises(InvalidValue, match=r"currency: expected an ISO 4217 currency code with a minor unit"):
        currencies.places(code)


@pytest.mark.parametrize(
    ("code", "first_day_without"),
    [
        pytest.param("CUC", date(2021, 7, 1), id="amendment 178"),
        pytest.param("HRK", date(2023, 1, 1), id="amendment 174"),
        pytest.param("SLL", date(2024, 1, 1), id="amendment 175"),
        pytest.param("ZWL", date(2024, 9, 1), id="amendment 177"),
        pytest.param("ANG", date(2025, 3, 31), id="amendment 176"),
        pytest.param("BGN", date(2026, 1, 1), id="amendment 180"),
    ],
)
def test_withdrawn_codes_still_read_old_records(code: str, first_day_without: date) -> None:
    assert currencies.WITHDRAWN[code] == (2, first_day_without)
    assert first_day_without <= currencies.TABLE_DATE
    assert Money("1.5", code).minor == 150


@pytest.mark.parametrize("code", ALL)
def test_a_currency_is_always_the_same_object(code: str) -> None:
    assert currencies.currency(code) is currencies.currency(code)
    assert currencies.currency(code).code == code


@pytest.mark.parametrize("code", ALL)
def test_a_currency_that_py_moneyed_does_not_know_is_made_from_the_table(code: str) -> None:
    made = currencies._currency(code)
    assert (made.code, made.sub_unit) == (code, 10 ** currencies.places(code))
    assert (made is moneyed.CURRENCIES.get(code)) is (code not in NEWER_THAN_PY_MONEYED)
    if code in NEWER_THAN_PY_MONEYED:
        assert (made.name, made.countries) == (code, [])


@pytest.mark.parametrize("code", [pytest.param("eur", id="small letters"), *wrong()])
def test_an_unknown_code_is_refused(code: str) -> None:
    for ask in (currencies.places, currencies.scale, currencies.currency):
        with pytest.raises(InvalidValue, match=r"currency: expected an ISO 4217 currency code"):
            ask(code)


def test_the_table_cannot_be_changed() -> None:
    for table in (currencies.PLACES, currencies.WITHDRAWN):
        assert not hasattr(table, "__setitem__")
