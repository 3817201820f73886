"""Numbers by the patterns of a locale, with exactly the decimals that there are.

Babel rounds by the ambient decimal context, gives some currencies fewer decimals than ISO 4217 has and
sets letters of a currency right against the digits. Here the context is private, nothing is rounded,
and letters keep a space.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from copy import copy
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, localcontext
from unicodedata import category

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol

_SPACE = "\N{NO-BREAK SPACE}"


def plain(number: Decimal, locale: Locale) -> str:
    """Return a number with all its decimals, grouped."""
    return _written(locale.decimal_formats[None], number, decimals(number), 0, locale)


def percentage(number: Decimal, locale: Locale) -> str:
    """Return a percentage with all its decimals. Units: 19 is 19 %."""
    with _exactly(number):
        share = number.scaleb(-2)
    return _written(locale.percent_formats[None], share, decimals(number), 0, locale)


def amount(number: Decimal, code: str, least: int, locale: Locale, *, by_code: bool, accounting: bool) -> str:
    """Return an amount of a currency with all its decimals, and so many at least.

    `by_code` writes EUR where the locale has a sign for it; `accounting` sets amounts below zero in
    brackets where the locale does.
    """
    pattern = copy(locale.currency_formats["accounting" if accounting else "standard"])
    shown = code if by_code else get_currency_symbol(code, locale)
    pattern.prefix = _both(pattern.prefix, "¤", f"¤{_SPACE}" if _is_word(shown[-1]) else "¤", at_end=True)
    pattern.suffix = _both(pattern.suffix, "¤", f"{_SPACE}¤" if _is_word(shown[0]) else "¤", at_end=False)
    if by_code:
        pattern.prefix, pattern.suffix = _doubled(pattern.prefix), _doubled(pattern.suffix)
    return _written(pattern, number, max(least, decimals(number)), least, locale, code)


def decimals(number: Decimal) -> int:
    """Return how many decimals a number has, without zeros at its end."""
    with _exactly(number):
        exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written(
    pattern: NumberPattern, number: Decimal, most: int, least: int, locale: Locale, code: str | None = None
) -> str:
    ours = copy(pattern)
    ours.frac_prec = (least, most)
    with _exactly(number):
        return str(ours.apply(number, locale, currency=code, currency_digits=False))


def _exactly(number: Decimal) -> AbstractContextManager[Context]:
    """Return a decimal context in which nothing of a number is lost, whatever the ambient one is."""
    _, digits, exponent = number.as_tuple()
    room = len(digits) + (abs(exponent) if isinstance(exponent, int) else 0) + 50
    return localcontext(Context(room, ROUND_HALF_EVEN, -999_999, 999_999, 1, 0, [], [InvalidOperation]))


def _both(texts: tuple[str, str], sign: str, wanted: str, *, at_end: bool) -> tuple[str, str]:
    """Return both forms of an affix, above and below zero, with a sign beside the digits spaced."""
    return _one(texts[0], sign, wanted, at_end), _one(texts[1], sign, wanted, at_end)


def _one(text: str, sign: str, wanted: str, at_end: bool) -> str:
    if at_end:
        return f"{text.removesuffix(sign)}{wanted}" if text.endswith(sign) else text
    return f"{wanted}{text.removeprefix(sign)}" if text.startswith(sign) else text


def _doubled(texts: tuple[str, str]) -> tuple[str, str]:
    """Return both forms of an affix with the currency by its code."""
    return texts[0].replace("¤", "¤¤"), texts[1].replace("¤", "¤¤")


def _is_word(letter: str) -> bool:
    """Return whether a sign would run into the digits: CLDR sets a space unless it is a symbol or a space."""
    return category(letter)[0] not in "SZ"
