"""Holidays of countries, from the real library, and what becomes of them in a calendar."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from acctcore import records
from acctcore.interop.holidays import holidays_of, observing
from acctcore.kernel.business import BusinessCalendar, Holiday, HolidaysUnknown, always_open, working_days
from acctcore.kernel.calendar import Span, months
from acctcore.kernel.deadlines import Counting, FirstDay, Roll, deadline
from acctcore.kernel.errors import InvalidValue

ROOT = Path(__file__).parents[2]


def days(found: tuple[Holiday, ...]) -> dict[str, str]:
    return {str(holiday.on): holiday.name for holiday in found}


def test_holidays_of_a_part_of_a_country() -> None:
    berlin = days(holidays_of("DE", [2024], subdivision="BE", language="en_US"))
    assert berlin["2024-03-08"].endswith("Women's Day")
    assert berlin["2024-10-03"] == "German Unity Day"
    assert "2024-10-31" not in berlin  # Reformation Day is one in Brandenburg, around it
    assert "2024-10-31" in days(holidays_of("DE", [2024], subdivision="BB"))
    assert days(holidays_of("DE", [2024]))["2024-12-25"] == "Erster Weihnachtstag"


def test_days_in_lieu_of_the_next_year_fall_into_this_one() -> None:
    found = days(holidays_of("US", [2021]))
    assert found["2021-12-31"] == "New Year's Day (observed)"  # 1 January 2022 is a Saturday
    assert found["2021-07-05"] == "Independence Day (observed)"
    assert {day[:4] for day in found} == {"2021"}
    plain = days(holidays_of("US", [2021], observed=False))
    assert "2021-12-31" not in plain
    assert plain["2021-07-04"] == "Independence Day"


def test_years_come_in_any_order_and_once() -> None:
    found = holidays_of("GB", [2023, 2022, 2023], subdivision="ENG")
    assert found == holidays_of("GB", range(2022, 2024), subdivision="ENG")
    assert [holiday.on for holiday in found] == sorted(holiday.on for holiday in found)
    assert days(found)["2022-09-19"] == "State Funeral of Queen Elizabeth II"


def test_a_calendar_that_observes_them_knows_those_years() -> None:
    office = working_days("Europe/Berlin", holidays=[Holiday(date(2024, 12, 24), "closed")])
    calendar = observing(office, "DE", range(2024, 2026), subdivision="BE", language="en_US")
    assert calendar.known == Span(date(2024, 1, 1), date(2026, 1, 1))
    assert calendar.why_closed(date(2024, 12, 24)) == "closed"
    assert calendar.why_closed(date(2025, 12, 26)) == "Second Day of Christmas"
    counting = Counting(first_day=FirstDay.AFTER, roll=Roll.FORWARD)
    found = deadline(date(2024, 11, 25), months(1), counting, calendar)
    assert (found.on, found.rolled_over[0].why) == (date(2024, 12, 27), "Christmas Day")
    with pytest.raises(HolidaysUnknown):
        deadline(date(2025, 12, 1), months(1), counting, calendar)
    assert records.load(records.dump(calendar), BusinessCalendar) == calendar


def test_two_countries_know_what_both_know() -> None:
    both = observing(observing(working_days("UTC"), "DE", range(2023, 2026)), "US", range(2024, 2028))
    assert both.known == Span(date(2024, 1, 1), date(2026, 1, 1))
    assert not both.is_business_day(date(2024, 7, 4))
    assert not both.is_business_day(date(2024, 10, 3))
    with pytest.raises(InvalidValue, match="observing: expected years within 2024-01-01 up to 2026-01-01"):
        observing(both, "GB", [2030])


@pytest.mark.parametrize(
    ("country", "years", "more", "expected"),
    [
        pytest.param("XX", [2024], {}, "Country XX not available", id="no country"),
        pytest.param("DE", [2024], {"subdivision": "XX"}, "does not have subdivision XX", id="no part"),
        pytest.param("DE", [2024], {"categories": ["bank"]}, "Category is not supported", id="no category"),
        pytest.param("DE", [2024], {"language": "xx"}, "languages are de, en_US", id="no language"),
        pytest.param(
            "DE", [1900], {}, r"years from 199. to 2100, which the library knows for DE", id="too early"
        ),
        pytest.param("DE", [2024, 2150], {}, r"years from 199. to 2100", id="too late"),
        pytest.param("DE", [], {}, "whole numbers of from one to 200 years", id="no year"),
        pytest.param("DE", range(1, 10_000), {}, "whole numbers of from one to 200 years", id="all years"),
        pytest.param("DE", [0], {}, "years between 1 and 9999", id="the year 0"),
        pytest.param("DE", [True], {}, "whole numbers of from one", id="a yes"),
        pytest.param("DE", ["2024"], {}, "whole numbers of from one", id="a text"),
        pytest.param("DE", 2024, {}, "expected years", id="a number"),
        pytest.param(5, [2024], {}, "what the library knows", id="a number for a country"),
        pytest.param("DE", [2024], {"categories": 5}, "what the library knows", id="a number for categories"),
    ],
)
def test_what_the_library_does_not_know(
    country: Any, years: Any, more: dict[str, Any], expected: str
) -> None:
    with pytest.raises(InvalidValue, match=expected):
        holidays_of(country, years, **more)


def test_years_with_a_gap_are_known_by_no_span() -> None:
    assert holidays_of("DE", [2022, 2024])
    with pytest.raises(InvalidValue, match="observing: expected years that follow one another"):
        observing(always_open(), "DE", [2022, 2024])


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'acctcore\[holidays\]'"):
        holidays_of("DE", [2024])


@pytest.mark.parametrize("language", ["C", "en_US", "uk"])
def test_names_do_not_depend_on_the_machine(language: str) -> None:
    code = (
        "from acctcore.interop.holidays import holidays_of as of; "
        "print(*[day.name for day in of('DE', [2024]) + of('AT', [2024], language='en_US')])"
    )
    environment = os.environ | {"LANGUAGE": language, "LANG": language, "PYTHONUTF8": "1"}
    told = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment, encoding="utf-8")
    assert told.startswith("Neujahr Karfreitag Ostermontag")
    assert told.rstrip().endswith("Christmas Day Saint Stephen's Day")


def test_the_library_loads_when_it_is_asked_for() -> None:
    code = "import acctcore.interop.holidays, sys; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
