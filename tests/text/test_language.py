"""Values as one reader's language writes them: explicit locale and zone, all decimals, nothing lost."""

import decimal
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest
from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, format_decimal, parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from acctcore.billing.tax import TaxKey
from acctcore.kernel import currencies
from acctcore.kernel.calendar import days, instant, months
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, Price
from acctcore.testing import strategies
from acctcore.text import Language
from tests.kernel.strategies import wrong

LOCALES = ("de", "de_AT", "de_CH", "en_US", "en_CA", "fr", "hi_IN", "ja", "pl", "sv", "ar")
GERMAN = Language("de", "Europe/Berlin")
AMERICAN = Language("en_US", "America/New_York")
SWISS = Language("de-CH", "Europe/Zurich")
EVERY_LOCALE = sorted(locale_identifiers())
locales = st.sampled_from(LOCALES)


def plain(text: str) -> str:
    """Return a text with the spaces that do not break as plain ones."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


# Amounts


@pytest.mark.parametrize(
    ("language", "money", "told"),
    [
        (GERMAN, Money("1234.5", "EUR"), "1.234,50 €"),
        (GERMAN, Money("-1234567.89", "EUR"), "-1.234.567,89 €"),
        (GERMAN, Money(1234567, "JPY"), "1.234.567 ¥"),
        (GERMAN, Money("1.234", "KWD"), "1,234 KWD"),
        (AMERICAN, Money("1234.5", "USD"), "$1,234.50"),
        (AMERICAN, Money("-0.05", "USD"), "-$0.05"),
        (AMERICAN, Money("1234.5", "CHF"), "CHF 1,234.50"),
        (AMERICAN, Money(5000, "JPY"), "¥5,000"),
        (AMERICAN, Money(0, "KWD"), "KWD 0.000"),
        (AMERICAN, Money(5, "AFN"), "AFN 5.00"),
        (AMERICAN, Money("0.0001", "CLF"), "CLF 0.0001"),
        (SWISS, Money("1234.5", "CHF"), "CHF 1’234.50"),
        (Language("en_US", "UTC", codes=True), Money("1234.5", "USD"), "USD 1,234.50"),
        (Language("de", "UTC", codes=True), Money("1234.5", "EUR"), "1.234,50 EUR"),
        (Language("hi_IN", "UTC"), Money("1234567.5", "INR"), "₹12,34,567.50"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(language: Language, money: Money, told: str) -> None:
    assert plain(language.money(money)) == told
    assert plain(language.fact(money)) == told


def test_accounting_sets_amounts_below_zero_in_brackets_where_the_locale_does() -> None:
    assert AMERICAN.money(Money(-3, "USD"), accounting=True) == "($3.00)"
    assert plain(GERMAN.money(Money(-3, "EUR"), accounting=True)) == "-3,00 €"
    assert AMERICAN.money(Money(3, "USD"), accounting=True) == "$3.00"


@pytest.mark.parametrize("code", sorted(currencies.PLACES))
def test_decimals_follow_iso_4217_and_all_else_the_locale(code: str) -> None:
    """Babel itself is the oracle wherever its decimals are those of the standard."""
    digits, *_ = get_global("currency_fractions").get(code, get_global("currency_fractions")["DEFAULT"])
    money = Money.of_minor(-123456789, code)
    for locale in LOCALES:
        told = Language(locale, "UTC").money(money)
        places = currencies.places(code)
        if digits == places:
            with decimal.localcontext(prec=60):
                assert spaceless(told) == spaceless(format_currency(money.amount, code, locale=locale))
        digits_told = "".join(letter for letter in told if letter.isdigit())
        assert digits_told == "123456789"


def spaceless(text: str) -> str:
    return "".join(text.split())


@given(strategies.moneys(), locales)
def test_an_amount_can_be_read_back(money: Money, locale: str) -> None:
    told = Language(locale, "UTC", codes=True).money(money)
    number = "".join(letter for letter in told.replace(money.code, "") if letter in "0123456789,.’-")
    assert parse_decimal(number, locale=locale) == money.amount


@pytest.mark.parametrize(
    ("price", "told"),
    [
        (Price("0.00012", "EUR"), "0,00012 €"),
        (Price("3", "EUR"), "3,00 €"),
        (Price("3.100", "EUR"), "3,10 €"),
        (Price("1E+3", "EUR"), "1.000,00 €"),
        (Price("0.5", "JPY"), "0,5 ¥"),
        (Price("12", "JPY"), "12 ¥"),
        (Price("0", "KWD"), "0,000 KWD"),
    ],
)
def test_a_unit_price_is_told_to_its_last_decimal(price: Price, told: str) -> None:
    assert plain(GERMAN.price(price)) == told
    assert plain(GERMAN.fact(price)) == told


@given(strategies.prices())
def test_no_decimal_of_a_price_is_lost(price: Price) -> None:
    told = Language("en_US", "UTC", codes=True).price(price)
    number = told.removeprefix(price.currency).replace(",", "").strip()
    assert Decimal(number) == price.amount
    assert len(number.partition(".")[2]) >= currencies.places(price.currency)


@pytest.mark.parametrize(
    ("value", "german", "american"),
    [
        (Decimal("19.00"), "19 %", "19%"),
        (Decimal("7.125"), "7,125 %", "7.125%"),
        (0, "0 %", "0%"),
        (1000, "1.000 %", "1,000%"),
        (Decimal("-5.5"), "-5,5 %", "-5.5%"),
        (Decimal("0.0001"), "0,0001 %", "0.0001%"),
        (Decimal("1E+2"), "100 %", "100%"),
    ],
)
def test_a_percentage_is_in_percent(value: Decimal | int, german: str, american: str) -> None:
    assert plain(GERMAN.percent(value)) == german
    assert AMERICAN.percent(value) == american


@given(st.integers(-(10**40), 10**40), st.integers(0, 30), locales)
def test_a_number_keeps_every_digit(count: int, places: int, locale: str) -> None:
    with decimal.localcontext(prec=100):
        value = Decimal(count).scaleb(-places).normalize()
        expected = format_decimal(value, locale=locale, decimal_quantization=False)
    assert Language(locale, "UTC").number(value) == expected
    if not places:
        assert Language(locale, "UTC").number(count) == expected


# Dates and instants


def test_dates() -> None:
    leap = date(2024, 2, 29)
    assert GERMAN.day(leap) == GERMAN.day(pendulum.date(2024, 2, 29)) == "29.02.2024"
    assert GERMAN.day(leap, "long") == "29. Februar 2024"
    assert AMERICAN.day(leap) == AMERICAN.fact(leap) == "Feb 29, 2024"
    assert AMERICAN.day(leap, "full") == "Thursday, February 29, 2024"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        pytest.param("2024-03-31T00:30:00", "31.03.2024, 01:30", id="before clocks go forward"),
        pytest.param("2024-03-31T01:30:00", "31.03.2024, 03:30", id="after"),
        pytest.param("2024-10-27T00:30:00", "27.10.2024, 02:30 (+0200)", id="the first of two hours"),
        pytest.param("2024-10-27T01:30:00", "27.10.2024, 02:30 (+0100)", id="the second"),
        pytest.param("2024-10-27T02:30:00", "27.10.2024, 03:30", id="once only"),
        pytest.param("2024-12-31T23:00:00", "01.01.2025, 00:00", id="another year there"),
        pytest.param("2024-06-01T10:00:37", "01.06.2024, 12:00:37", id="seconds where there are some"),
    ],
)
def test_an_instant_is_told_on_the_readers_clocks(at: str, told: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert GERMAN.instant(moment) == told
    assert GERMAN.fact(instant(moment)) == told
    assert GERMAN.instant(moment.astimezone(ZoneInfo("Asia/Tokyo"))) == told


def test_an_instant_can_be_told_at_length() -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert plain(AMERICAN.instant(noon)) == "May 1, 2024, 8:00 AM"
    assert AMERICAN.instant(noon, "long").startswith("May 1, 2024")
    assert GERMAN.instant(noon, "short") == "01.05.24, 14:00"


def test_every_locale_tells_everything() -> None:
    noon = instant(datetime(2024, 5, 1, 12, tzinfo=UTC))
    facts = (
        Money("-1234.5", "EUR"), Price("0.00012", "EUR"), date(2024, 5, 1), noon, 5, Decimal("1.5"), True,
        None, months(3), (1, 2, 3), frozenset({"a", "b"}), frozenset({"a"}), (),
    )  # fmt: skip
    for locale in EVERY_LOCALE:
        language = Language(Locale.parse(locale), "Europe/Berlin")
        assert all(language.fact(fact) for fact in facts), locale
        assert "19" in language.percent(19), locale


def test_intervals_are_told_in_words() -> None:
    assert [GERMAN.interval(every) for every in (months(1), months(3), days(1_000))] == [
        "1 month",
        "3 months",
        "1.000 days",
    ]


def test_other_values_are_told_as_they_tell_themselves() -> None:
    assert GERMAN.fact(TaxKey("S", Decimal("19.0"))) == "S 19.0 %"


# What cannot be


@pytest.mark.parametrize("locale", ["", "xx", "german", "C", None, 5, "de/../../etc"])
def test_a_locale_has_to_be_one(locale: Any) -> None:
    with pytest.raises(InvalidValue, match=r"Language\.locale: expected a locale such as de_CH"):
        Language(locale, "UTC")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", None, 5])
def test_a_zone_has_to_be_one(zone: Any) -> None:
    with pytest.raises(InvalidValue):
        Language("de", zone)


@pytest.mark.parametrize("value", wrong())
def test_wrong_values_are_refused(value: Any) -> None:
    for tell in (GERMAN.money, GERMAN.price, GERMAN.day, GERMAN.instant, GERMAN.interval, GERMAN.reason):
        with pytest.raises(InvalidValue):
            tell(value)


@pytest.mark.parametrize("value", wrong("a decimal", "a huge number"))
def test_a_number_is_whole_or_a_decimal(value: Any) -> None:
    for tell in (GERMAN.number, GERMAN.percent):
        with pytest.raises(InvalidValue):
            tell(value)
    with pytest.raises(InvalidValue):
        GERMAN.number(Decimal("1E+10001"))
    assert GERMAN.number(10**5_000) == "100." + ".".join(["000"] * 1_666)
