"""The catalogue that comes as an example works: German sentences, with their facts in place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore.kernel.decision import Missing
from acctcore.kernel.wording import Counted
from acctcore.testing import values
from acctcore.text import Language, gaps, messages, translations
from tests.records.test_reasons import REASONS

PO = (Path(__file__).parents[2] / "docs/how-to/catalogues/de.po").read_text(encoding="utf-8")
GERMAN = Language("de", "Europe/Berlin", translations(PO))
ENGLISH = Language("de", "Europe/Berlin")
GAPS = gaps(PO, messages(values.TABLE))


def test_every_translation_fits_its_message_and_nearly_all_are_there() -> None:
    assert [gap for gap in GAPS if ", which it does not have: " in gap] == []
    assert len([gap for gap in GAPS if ": not translated: " in gap]) < len(messages()) / 20


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.code)
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_reason_reads_in_german(kind: Any, data: st.DataObject) -> None:
    reason = data.draw(values.of(kind))
    sentence = reason.sentence
    text = sentence.one if isinstance(sentence, Counted) else sentence
    told = GERMAN.reason(reason)
    assert f"{kind.code}: not translated: {text}" in GAPS or told != ENGLISH.reason(reason)


def test_words_and_facts_are_german_too() -> None:
    assert GERMAN.fact(frozenset()) == "niemand"
    assert GERMAN.fact(True) == "ja"
    assert GERMAN.reason(Missing("what happened before")) == "erst muss bekannt sein: was davor geschah"
