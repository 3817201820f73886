"""Reasons in a reader's words: sentences by catalogue, facts by locale, words by their kind."""

from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

import pendulum
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore import flows
from acctcore.accounts import holds
from acctcore.billing import subscriptions
from acctcore.kernel.calendar import months, weeks
from acctcore.kernel.decision import Missing, Reason, combine, refused, unknown
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Operation, Role
from acctcore.kernel.wording import Counted
from acctcore.operations import approvals, audit
from acctcore.testing import values
from acctcore.text import Language
from tests.kernel.catalogue import Few
from tests.records.test_reasons import REASONS

AT = pendulum.datetime(2024, 3, 31, 1, 30)
PLAIN = Language("de", "Europe/Berlin")


class Colour(Enum):
    RED = "red"


@frozen
class Everything(Reason):
    """A reason with facts of every kind."""

    code: ClassVar[str] = "test.everything"
    template: ClassVar[str] = (
        "{amount} | {share} | {flag} | {nothing} | {colour} | {texts} | {operations} | {role} | {because}"
    )
    amount: Money
    share: Decimal
    flag: bool
    nothing: str | None
    colour: Colour
    texts: tuple[str, ...]
    operations: "frozenset[Operation]"
    role: "Role | None"
    because: Reason


def test_facts_are_told_by_locale_and_words_by_their_kind() -> None:
    reason = Everything(
        Money("1234.5", "EUR"), Decimal("0.5"), True, None, Colour.RED, ("refund", "b"),
        frozenset({"refund", "void"}), "officer", Missing("the price"),
    )  # fmt: skip
    german = Few(
        {
            ("operation", "refund"): "Erstattung",
            ("operation", "void"): "Storno",
            ("role", "officer"): "Sachbearbeitung",
            ("colour", "red"): "rot",
            ("word", "yes"): "ja",
            ("word", "none"): "nichts davon",
            ("fact", "the price"): "der Preis",
            ("fact.missing", Missing.template): "{fact} fehlt",
        }
    )
    language = Language("de", "UTC", german)
    assert language.reason(reason).replace("\N{NO-BREAK SPACE}", " ") == (
        "1.234,50 € | 0,5 | ja | nichts davon | rot | refund und b | Erstattung und Storno"
        " | Sachbearbeitung | der Preis fehlt"
    )
    assert PLAIN.reason(reason).replace("\N{NO-BREAK SPACE}", " ") == (
        "1.234,50 € | 0,5 | yes | none | red | refund und b | refund und void"
        " | officer | the price must be known first"
    )


WORDS: dict[tuple[str, str], str | tuple[str, str]] = {
    ("command", "Cancel"): "Kündigung",
    ("phase", "ended"): "beendet",
    ("phase", "active"): "aktiv",
    ("operation", "refund"): "Erstattung",
    ("word", "nobody"): "niemanden",
    ("interval", "{count} month"): ("{count} Monat", "{count} Monate"),
    ("interval", "{count} week"): ("{count} Woche", "{count} Wochen"),
}
FORMS = (
    "{operation}: eine Freigabe durch {may_approve}",
    "{operation}: {count} Freigaben durch {may_approve}",
)


@pytest.mark.parametrize(
    ("reason", "translation", "told"),
    [
        (
            WrongPhase("Cancel", "ended", ("active",)),
            "{command} geht nicht: {phase}, nur: {accepted_in}",
            "Kündigung geht nicht: beendet, nur: aktiv",
        ),
        (
            holds.Blocked("refund", ("H1",), ("fraud",), AT),
            "{operation}: gesperrt durch {holds} bis {until}",
            "Erstattung: gesperrt durch H1 bis 31.03.2024, 03:30",
        ),
        (
            holds.Blocked("refund", ("H1", "H2"), ("fraud",), None),
            "{operation}: gesperrt durch {holds}",
            "Erstattung: gesperrt durch H1 und H2",
        ),
        (
            approvals.Needed("refund", None, "f", frozenset({"boss", "chief"}), 2),
            FORMS,
            "Erstattung: 2 Freigaben durch boss und chief",
        ),
        (
            approvals.Needed("refund", None, "f", frozenset(), 1),
            FORMS,
            "Erstattung: eine Freigabe durch niemanden",
        ),
        (subscriptions.NoAnchorDay(months(3)), "alle {every}: nein", "alle 3 Monate: nein"),
        (subscriptions.NoAnchorDay(weeks(1)), "alle {every}: nein", "alle 1 Woche: nein"),
        (audit.Broken(1234, audit.Problem.CUT_OFF), "Bruch bei {index}", "Bruch bei 1.234"),
        (flows.IdTaken("refund"), "{id} gibt es schon", "refund gibt es schon"),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_reasons_of_the_rooms(reason: Reason, translation: str | tuple[str, str], told: str) -> None:
    sentence = reason.sentence
    english = sentence.one if isinstance(sentence, Counted) else sentence
    german = Few(WORDS | {(reason.code, english): translation})
    assert Language("de", "Europe/Berlin", german).reason(reason) == told


def test_a_decision_is_told_reason_by_reason() -> None:
    answer = combine([unknown(Missing("the price")), refused(Missing("the tax", ("r1", "r2")))])
    assert PLAIN.reasons(answer) == (
        "the tax must be known first: r1 und r2",
        "the price must be known first",
    )


def test_an_amount_inside_a_sentence_is_not_read_as_a_template() -> None:
    odd = Missing("{fact} {0} {{x}}", ("{records}",))
    assert PLAIN.reason(odd) == "{fact} {0} {{x}} must be known first: {records}"


def test_a_translation_that_does_not_fit_is_named() -> None:
    german = Few({("fact.missing", Missing.template): "{was} fehlt"})
    with pytest.raises(
        InvalidValue, match=r"fact\.missing: expected a template with the facts fact, records"
    ):
        Language("de", "UTC", german).reason(Missing("the price"))


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.code)
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_reason_is_told_in_every_language(kind: Any, data: st.DataObject) -> None:
    reason = data.draw(values.of(kind))
    for locale in ("de_CH", "en_US", "ja"):
        assert Language(locale, "Pacific/Apia").reason(reason)
