"""Sentences with facts: English as it is, any catalogue of gettext's kind, and clear words about misfits."""

import gettext
from collections.abc import Mapping
from typing import Any

import pytest

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.wording import ENGLISH, Catalogue, Counted, filled, translated
from tests.kernel.catalogue import Few

SEATS = Counted("{seats} seat is left", "{seats} seats are left", by="seats")


@pytest.mark.parametrize("catalogue", [ENGLISH, gettext.NullTranslations()], ids=["ours", "gettext's"])
@pytest.mark.parametrize(
    ("seats", "form"),
    [(0, SEATS.several), (1, SEATS.one), (2, SEATS.several), ((), SEATS.several), (("a",), SEATS.one)],
    ids=["none", "one", "two", "an empty collection", "a collection of one"],
)
def test_english_has_a_form_for_one_and_one_for_all_else(
    catalogue: Catalogue, seats: object, form: str
) -> None:
    assert translated(SEATS, "room.seats", {"seats": seats}, catalogue) == form
    assert translated("plain", "room.plain", {}, catalogue) == "plain"


def test_a_translation_is_found_by_code_and_english_sentence() -> None:
    german = Few(
        {("room.seats", SEATS.one): ("ein Platz", "{seats} Plätze"), ("room.plain", "left"): "übrig"}
    )
    assert translated(SEATS, "room.seats", {"seats": 1}, german) == "ein Platz"
    assert translated(SEATS, "room.seats", {"seats": 5}, german) == "{seats} Plätze"
    assert translated(SEATS, "other.seats", {"seats": 5}, german) == SEATS.several
    assert translated("left", "room.plain", {}, german) == "übrig"
    assert translated("left", "other.plain", {}, german) == "left"


@pytest.mark.parametrize("facts", [{}, {"seats": None}, {"seats": True}, {"seats": "ab"}, {"seats": 1.0}])
def test_only_numbers_and_collections_are_counted(facts: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=r"seats: expected a whole number or a collection to count"):
        translated(SEATS, "room.seats", facts, ENGLISH)


def test_facts_are_put_in_as_they_are() -> None:
    assert filled("{a} and {b}, {{so}}", {"a": "{b}", "b": "%s", "c": "unused"}, "room") == "{b} and %s, {so}"


def test_a_template_without_facts_may_ask_for_none() -> None:
    assert filled("nothing to add", {}, "room.plain") == "nothing to add"
    with pytest.raises(InvalidValue, match=r"room.plain: expected a template with the facts \(none\), got"):
        filled("{more}", {}, "room.plain")
