"""The minor units of ISO 4217 currencies, from our own dated table.

Source: ISO 4217 list one (active codes) and list three (of it, the codes withdrawn since 2021), state of
2026-01-01, with amendments 174 to 180 for the days. See docs/sources.md#iso-4217.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from moneyed import Currency, CurrencyDoesNotExist, get_currency

from acctcore.kernel.errors import InvalidValue

TABLE_DATE: Final = date(2026, 1, 1)
"""The day whose state of ISO 4217 the table shows."""

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

PLACES: Final = MappingProxyType(
    {
        code: places
        for places, codes in ((2, _TWO), (0, _NONE), (3, _THREE), (4, _FOUR))
        for code in codes.split()
    }
)
"""Decimal places of the minor unit, by active currency code."""

WITHDRAWN: Final = MappingProxyType(
    {
        "CUC": (2, date(2021, 7, 1)),
        "HRK": (2, date(2023, 1, 1)),
        "SLL": (2, date(2024, 1, 1)),
        "ZWL": (2, date(2024, 9, 1)),
        "ANG": (2, date(2025, 3, 31)),
        "BGN": (2, date(2026, 1, 1)),
    }
)
"""Codes that old records still bear: places, and the first day on which the code was historic."""

_ALL: Final[Mapping[str, int]] = MappingProxyType(
    dict(PLACES) | {code: places for code, (places, _) in WITHDRAWN.items()}
)
_SCALE: Final[Mapping[str, int]] = MappingProxyType({code: 10**places for code, places in _ALL.items()})


def _currency(code: str) -> Currency:
    try:
        return get_currency(code)
    except CurrencyDoesNotExist:
        return Currency(code=code, sub_unit=_SCALE[code], name=code, countries=[])


_CURRENCIES: Final[Mapping[object, Currency]] = MappingProxyType({code: _currency(code) for code in _ALL})


def places(code: str) -> int:
    """Return the decimal places of a currency's minor unit.

    Raises: InvalidValue for a code that is not in the table.
    """
    try:
        return _ALL[code]
    except (KeyError, TypeError):
        raise _no_such(code) from None


def scale(code: str) -> int:
    """Return how many minor units make one unit of the currency.

    Raises: InvalidValue for a code that is not in the table.
    """
    try:
        return _SCALE[code]
    except (KeyError, TypeError):
        raise _no_such(code) from None


def currency(code: object) -> Currency:
    """Return the py-moneyed currency of a code, always the same object.

    Raises: InvalidValue for a code that is not in the table.
    """
    try:
        return _CURRENCIES[code]
    except (KeyError, TypeError):
        raise _no_such(code) from None


def _no_such(code: object) -> InvalidValue:
    return InvalidValue("an ISO 4217 currency code with a minor unit", code, "currency")
