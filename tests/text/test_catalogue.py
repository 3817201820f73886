"""What there is to translate, and catalogues that are read and checked."""

import gettext
from typing import ClassVar

import pytest
from attrs import frozen

from acctcore import records
from acctcore.kernel.decision import Missing, Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import OPERATIONS
from acctcore.kernel.wording import Counted
from acctcore.text import Language, Message, gaps, messages, pot, translations
from tests.records.test_reasons import Asleep

HEAD = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: pl\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

"""
POLISH = f"""{HEAD}
msgctxt "fact.missing"
msgid "{Missing.template}"
msgstr "najpierw trzeba znać: {{fact}}"

msgctxt "desk.asleep"
msgid "{{people}} person sleeps"
msgid_plural "{{people}} persons sleep"
msgstr[0] "{{people}} osoba śpi za {{fee}}"
msgstr[1] "{{people}} osoby śpią"
msgstr[2] "{{people}} osób śpi"

msgctxt "fact"
msgid "the price"
msgstr "cena"
"""


def test_everything_that_is_told_is_a_message() -> None:
    found = {(each.context, each.text, each.several) for each in messages()}
    for kind in records.TABLE.by_kind:
        if issubclass(kind, Reason):
            for sentence in kind.sentences():
                one, several = (
                    (sentence.one, sentence.several) if isinstance(sentence, Counted) else (sentence, "")
                )
                assert (kind.code, one, several) in found
    for operation in OPERATIONS:
        assert ("operation", operation, "") in found
    for context, word in [
        ("command", "ChangePlan"),
        ("command", "Give"),
        ("phase", "nothing"),
        ("phase", "trialing"),
        ("phase", "withdrawn"),
        ("word", "nobody"),
        ("interval", "{count} month"),
    ]:
        assert any(each[:2] == (context, word) for each in found)
    assert list(messages()) == sorted(messages())
    assert len({(each.context, each.text) for each in messages()}) == len(messages())


def test_a_hosts_reasons_are_messages_by_its_table() -> None:
    table = records.TABLE.extended({"desk.asleep/1": Asleep})
    (added,) = set(messages(table)) - set(messages())
    assert added == Message(
        "desk.asleep", "{people} person sleeps", "{people} persons sleep", "Nobody is at the desk at night."
    )
    assert gaps(pot([added]), [added]) == ("desk.asleep: not translated: {people} person sleeps",)


def test_a_template_is_read_by_the_tools_of_gettext_and_is_always_the_same() -> None:
    odd = Message("test.odd", 'a "quoted" text\nof two\tlines \\ and {x}', "", "odd")
    text = pot([odd, Message("test.two", "one {x}", "many {x}")])
    assert text == pot([odd, Message("test.two", "one {x}", "many {x}")])
    assert '"Content-Type: text/plain; charset=utf-8\\n"' in text
    assert "#. odd" in text
    assert len(gaps(text, [odd, Message("test.two", "one {x}", "many {x}")])) == 2
    assert gaps(text, []) == (
        f"test.odd: no message any more: {odd.text}",
        "test.two: no message any more: one {x}",
    )
    assert pot().count("msgctxt") == len(messages())


def test_a_catalogue_with_three_forms_is_read_and_used() -> None:
    polish = Language("pl", "Europe/Warsaw", translations(POLISH))
    assert isinstance(polish.catalogue, gettext.GNUTranslations)
    assert polish.reason(Missing("the price")) == "najpierw trzeba znać: cena"
    told = [polish.reason(Asleep(people, Money(3, "PLN"))) for people in (1, 3, 5, 22)]
    assert [each.replace("\N{NO-BREAK SPACE}", " ") for each in told] == [
        "1 osoba śpi za 3,00 zł",
        "3 osoby śpią",
        "5 osób śpi",
        "22 osoby śpią",
    ]
    assert polish.reason(Missing("the tax", ("r1",))) == "the tax must be known first: r1"


SEATS = Message("desk.asleep", "{people} person sleeps", "{people} persons sleep {fee}")
FACT = Message("fact.missing", Missing.template)
RECORDS = Message("fact.missing", "{fact} must be known first: {records}")


def test_gaps_are_told() -> None:
    assert gaps(POLISH, [SEATS, FACT]) == ()
    assert gaps(POLISH, [SEATS, FACT, RECORDS]) == (f"fact.missing: not translated: {RECORDS.text}",)
    assert gaps(POLISH, [FACT]) == (f"desk.asleep: no message any more: {SEATS.text}",)
    two = POLISH.replace('msgstr[2] "{people} osób śpi"', 'msgstr[2] ""')
    assert gaps(two, [SEATS, FACT]) == (f"desk.asleep: not translated: {SEATS.text}",)
    misfit = POLISH.replace("znać: {fact}", "znać: {fakt} {0}").replace("osoby śpią", "osoby {")
    assert gaps(misfit, [SEATS, FACT]) == (
        "desk.asleep: asks for {{people} osoby {}, which it does not have: {people} osoby {",
        "fact.missing: asks for {0}, which it does not have: najpierw trzeba znać: {fakt} {0}",
        "fact.missing: asks for {fakt}, which it does not have: najpierw trzeba znać: {fakt} {0}",
    )


@pytest.mark.parametrize("po", [None, 5, b"msgid", "msgid", 'msgid "a', "nonsense"], ids=repr)
def test_what_is_no_catalogue_is_refused(po: str) -> None:
    with pytest.raises(InvalidValue, match=r"translations: expected the text of a \.po file"):
        translations(po)


def test_a_catalogue_names_its_language() -> None:
    with pytest.raises(InvalidValue, match=r"translations: expected a header that names the Language"):
        translations(POLISH.replace('"Language: pl\\n"\n', ""))


def test_without_a_catalogue_nothing_is_translated() -> None:
    assert Language("pl", "Europe/Warsaw").reason(Missing("the price")) == "the price must be known first"


@frozen
class Silent(Reason):
    code: ClassVar[str] = "test.silent"


def test_a_reason_without_a_sentence_says_nothing() -> None:
    assert Silent().text == ""
    assert Silent.sentences() == ()
    assert Language("de", "UTC").reason(Silent()) == ""
