"""The heads of scenarios that random lives are lived in: what is sold, under which rules, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_OFFICE = """
[[actor]]
id = "officer"
roles = ["officer"]

[[actor]]
id = "supervisor"
roles = ["supervisor"]
"""

_LIMITS = """
[[policies.limit]]
role = "officer"
operation = "refund"
amount = "25.00 {currency}"

[[policies.limit]]
role = "supervisor"
operation = "refund"

[[policies.limit]]
role = "officer"
operation = "credit"
amount = "25.00 {currency}"

[[policies.limit]]
role = "supervisor"
operation = "credit"
"""

_HOLDS = """
[[policies.hold]]
reason = "fraud"
blocks = ["change_plan", "refund", "close", "subscribe"]
may_place = ["officer"]
may_release = ["officer", "supervisor"]
four_eyes = true

[[policies.hold]]
reason = "dispute"
blocks = ["bill"]
may_place = ["officer"]
may_release = ["officer", "supervisor"]
"""


def _plan(id: str, every: str, *charges: str, trial_days: int = 0) -> str:
    trial = f"trial_days = {trial_days}\n" if trial_days else ""
    return f'\n[[plan]]\nid = "{id}"\nevery = "{every}"\n{trial}' + "".join(charges)


def _charge(key: str, amount: str, currency: str, more: str = "") -> str:
    return f'\n[[plan.charge]]\nkey = "{key}"\nprices.{currency} = "{amount}"\n{more}'


def _head(zone: str, currency: str, policies: str, *plans: str, limits: bool = True) -> str:
    named = _LIMITS.format(currency=currency) if limits else ""
    return (
        f'acctcore = "scenario/1"\n\n[account]\nid = "A"\nzone = "{zone}"\ncurrency = "{currency}"\n{_OFFICE}'
        f"\n[policies]\n{policies}{named}{_HOLDS}{''.join(plans)}"
    )


_SEATS = "per_unit = true\n"
_ARREARS = 'billing = "in_arrears"\n'
_VAT = 'taxes.rates = [{ category = "S", rate = "19" }]\n'

WORLDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "seats in Europe": _head(
            "Europe/Berlin",
            "EUR",
            f'proration = "by-day"\n{_VAT}',
            _plan(
                "small", "1 month", _charge("base", "49.00", "EUR"), _charge("seat", "12.00", "EUR", _SEATS)
            ),
            _plan(
                "large", "1 month", _charge("base", "99.00", "EUR"), _charge("seat", "15.00", "EUR", _SEATS)
            ),
            _plan("trial", "1 month", _charge("base", "19.99", "EUR"), trial_days=14),
            _plan("year", "1 year", _charge("base", "490.00", "EUR")),
        ),
        "seconds in America": _head(
            "America/New_York",
            "USD",
            'proration = "by-second"\nnet_days = 0\ntaxes.rates = [{ category = "S", rate = "8.875" }]\n',
            _plan("pro", "1 month", _charge("base", "99.00", "USD")),
            _plan(
                "scale", "1 month", _charge("base", "249.00", "USD"), _charge("seat", "0.333", "USD", _SEATS)
            ),
            _plan("week", "1 week", _charge("base", "7.77", "USD")),
        ),
        "arrears in Japan": _head(
            "Asia/Tokyo",
            "JPY",
            'proration = "by-day"\ntaxes.rates = [{ category = "S", rate = "10" }]\n',
            _plan(
                "metered",
                "1 month",
                _charge("base", "980", "JPY"),
                _charge("use", "3.5", "JPY", _SEATS + _ARREARS),
            ),
            _plan("plain", "1 month", _charge("base", "1234", "JPY")),
            _plan("quarter", "3 months", _charge("base", "3000", "JPY", _ARREARS)),
            limits=False,
        ),
        "thirtieths in Kuwait": _head(
            "Asia/Kuwait",
            "KWD",
            'proration = "by-thirtieths"\nsettlement = "from-booked"\n',
            _plan(
                "fils", "1 month", _charge("base", "10.005", "KWD"), _charge("seat", "1.001", "KWD", _SEATS)
            ),
            _plan("other", "1 month", _charge("base", "20.333", "KWD")),
            limits=False,
        ),
        "two taxes on each line": _head(
            "America/Toronto",
            "CAD",
            'proration = "by-day"\n[policies.taxes]\nround_at = "line"\n'
            'rates = [{ category = "GST", rate = "5" }, { category = "QST", rate = "9.975" }]\n',
            _plan("basic", "1 month", _charge("base", "29.90", "CAD")),
            _plan("plus", "1 month", _charge("base", "59.90", "CAD"), _charge("seat", "4.99", "CAD", _SEATS)),
            limits=False,
        ),
        "by the rules of Kill Bill": _head(
            "UTC",
            "USD",
            'proration = "kill-bill"\n',
            _plan("standard", "1 month", _charge("base", "24.95", "USD")),
            _plan("sports", "1 month", _charge("base", "500.00", "USD")),
            _plan("annual", "1 year", _charge("base", "199.95", "USD")),
            limits=False,
        ),
    }
)
"""The heads by name; steps follow each."""
