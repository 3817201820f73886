"""Public holidays of countries and their parts, as a business calendar's data, from the library `holidays`.

The kernel knows no holidays: laws that name them change, and a host may have its own list. What comes
from here is data like any other, so that a stored calendar answers the same whatever the library says
later. Dates that follow the moon are estimates, and their names say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

import attrs

from acctcore.kernel.business import BusinessCalendar, Holiday
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue

if TYPE_CHECKING:
    from holidays import HolidayBase

MOST_YEARS: Final = 200


def observing(
    calendar: BusinessCalendar,
    country: str,
    years: Iterable[int],
    *,
    subdivision: str | None = None,
    categories: Iterable[str] | None = None,
    observed: bool = True,
    language: str | None = None,
) -> BusinessCalendar:
    """Return a calendar that observes the holidays of a country too, and knows those years and no others.

    A question about a later date then raises HolidaysUnknown instead of taking it for a business day.
    A calendar that knew a stretch of dates before knows what both have.

    Raises: as `holidays_of`; InvalidValue when the years do not follow one another.
    """
    wanted = _years(years)
    found = holidays_of(
        country,
        wanted,
        subdivision=subdivision,
        categories=categories,
        observed=observed,
        language=language,
    )
    if wanted != [*range(wanted[0], wanted[-1] + 1)]:
        raise InvalidValue("years that follow one another", wanted, "observing")
    known: Span[date] | None = Span(date(wanted[0], 1, 1), date(wanted[-1] + 1, 1, 1))
    if calendar.known is not None and known is not None:
        known = known.overlap(calendar.known)
        if known is None:
            raise InvalidValue(f"years within {calendar.known}", wanted, "observing")
    return attrs.evolve(calendar, holidays=(*calendar.holidays, *found), known=known)


def holidays_of(
    country: str,
    years: Iterable[int],
    *,
    subdivision: str | None = None,
    categories: Iterable[str] | None = None,
    observed: bool = True,
    language: str | None = None,
) -> tuple[Holiday, ...]:
    """Return the holidays of a country, or of a part of it, in some years, by their dates.

    `country` is the ISO 3166-1 code and `subdivision` the part's code in the library; `categories` are
    the library's ("public" by default), `observed` asks for the days in lieu, too, `language` for names;
    without it, they are in the country's own.

    Raises: InvalidValue for a country, a part, a category, a language or a year that it does not know;
    ModuleNotFoundError where the extra `holidays` is not installed.
    """
    wanted = _years(years)
    listed = _listed(country, wanted, subdivision, categories, observed, language)
    for year in (wanted[0], wanted[-1]):
        if not listed.start_year <= year <= listed.end_year:
            span = f"years from {listed.start_year} to {listed.end_year}"
            raise InvalidValue(f"{span}, which the library knows for {country}", year, "holidays_of")
    kept = set(wanted)
    return tuple([Holiday(on, name) for on, name in sorted(listed.items()) if on.year in kept])


def _years(years: Iterable[int]) -> list[int]:
    try:
        wanted = sorted(set(years))
    except TypeError:
        raise InvalidValue("years", years, "holidays_of") from None
    if not wanted or len(wanted) > MOST_YEARS or not all(type(year) is int for year in wanted):
        raise InvalidValue(f"whole numbers of from one to {MOST_YEARS} years", years, "holidays_of")
    if not 1 < wanted[0] <= wanted[-1] < 9999:
        raise InvalidValue("years between 1 and 9999", years, "holidays_of")
    return wanted


def _listed(
    country: str,
    years: list[int],
    subdivision: str | None,
    categories: Iterable[str] | None,
    observed: bool,
    language: str | None,
) -> HolidayBase:
    """Return the library's holidays of those years and the ones around, whose days in lieu fall into them."""
    try:
        from holidays import country_holidays
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "holidays of countries come from the library holidays: pip install 'acctcore[holidays]'",
            name=error.name,
        ) from None
    around = {year + step for year in years for step in (-1, 0, 1)}
    try:
        of_country = country_holidays(country, subdiv=subdivision)
        return country_holidays(
            country,
            subdiv=subdivision,
            years=around,
            expand=False,
            observed=observed,
            language=_spoken(language, of_country),
            categories=None if categories is None else tuple(categories),
        )
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        asked = (country, subdivision, categories, language)
        raise InvalidValue(f"what the library knows ({error})", asked, "holidays_of") from None


def _spoken(language: str | None, of_country: HolidayBase) -> str | None:
    """Return the language of the names: without one, or with one it lacks, the library asks the machine."""
    if language is None:
        return of_country.default_language
    if language not in of_country.supported_languages:
        raise ValueError(f"languages are {', '.join(of_country.supported_languages)}")
    return language
