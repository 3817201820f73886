"""Every reason can be told and translated; those of a host stand beside ours without a registry."""

import re
from string import Formatter
from typing import Any, ClassVar

import attrs
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acctcore import records
from acctcore.kernel.decision import Missing, Outcome, Reason, combine, needs_approval, refused
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.wording import Counted
from acctcore.testing import laws, values
from tests.kernel.catalogue import Few

REASONS: list[Any] = [kind for kind in values.TABLE.by_kind if issubclass(kind, Reason)]
FEW = settings(max_examples=5, suppress_health_check=list(HealthCheck))


def asked_for(template: str) -> set[str]:
    """Return the facts that a template names, each plainly."""
    found = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    assert all(spec == "" and conversion is None for _, spec, conversion in found)
    return {str(name) for name, _, _ in found}


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.code)
def test_every_sentence_of_a_reason_asks_for_its_facts_only(kind: Any) -> None:
    facts = {item.name for item in attrs.fields(kind)}
    assert not facts & vars(Reason).keys(), "a fact that hides what every reason has"
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", kind.code)
    assert kind.sentences()
    assert len(set(kind.sentences())) == len(kind.sentences())
    for sentence in kind.sentences():
        if isinstance(sentence, Counted):
            assert sentence.by in asked_for(sentence.several) <= facts
            assert asked_for(sentence.one) == asked_for(sentence.several)
        else:
            assert asked_for(sentence) <= facts


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.code)
@FEW
@given(data=st.data())
def test_every_reason_is_told_in_one_of_its_sentences(kind: Any, data: st.DataObject) -> None:
    reason = data.draw(values.of(kind))
    if reason.text:  # a host's missing fact may be an empty text
        laws.reason_is_well_made(reason)
    assert reason.sentence in kind.sentences()
    assert reason.text == reason.render()
    assert reason.facts == {item.name: getattr(reason, item.name) for item in attrs.fields(kind)}


# A host's own


@frozen
class Asleep(Reason):
    """Nobody is at the desk at night."""

    code: ClassVar[str] = "desk.asleep"
    variants: ClassVar[tuple[str | Counted, ...]] = (
        Counted("{people} person sleeps", "{people} persons sleep", by="people"),
    )
    people: int
    fee: Money


@frozen
class Impostor(Reason):
    """A host's reason under a code of ours."""

    code: ClassVar[str] = "holds.blocked"
    template: ClassVar[str] = "blocked"


@frozen
class Twin(Reason):
    """A host's reason under the code of another of its own."""

    code: ClassVar[str] = "desk.asleep"
    template: ClassVar[str] = "asleep"


def test_a_hosts_reason_is_told_translated_combined_and_stored() -> None:
    table = records.TABLE.extended({"desk.asleep/1": Asleep})
    one, two = Asleep(1, Money(3, "EUR")), Asleep(2, Money(3, "EUR"))
    assert (one.text, two.text) == ("1 person sleeps", "2 persons sleep")
    sentence = Asleep.variants[0]
    assert isinstance(sentence, Counted)
    german = Few({("desk.asleep", sentence.one): ("{people} schläft", "{people} schlafen")})
    assert (one.render(german), two.render(german)) == ("1 schläft", "2 schlafen")
    answer = combine([needs_approval(one), refused(Missing("the price"), two)])
    assert answer.outcome is Outcome.REFUSED
    assert answer.reasons == (Missing("the price"), two, one)
    assert records.loads(records.dumps(answer, table=table), table=table) == answer
    with pytest.raises(InvalidValue):
        records.dump(answer)  # our own table does not know it, and nothing was registered by importing it


@pytest.mark.parametrize(
    ("tags", "where"),
    [
        pytest.param({"desk.blocked/1": Impostor}, "acctcore.accounts.holds.reasons.Blocked", id="ours"),
        pytest.param({"desk.asleep/1": Asleep, "desk.twin/1": Twin}, f"{__name__}.Asleep", id="its own"),
    ],
)
def test_a_code_that_is_taken_is_refused_by_name(tags: dict[str, type], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        records.TABLE.extended(tags)
    kind = tuple(tags.values())[-1]
    assert isinstance(kind, type)
    assert issubclass(kind, Reason)
    assert f"a code of its own for each reason: {kind.code} is that of {where}" in str(error.value)
