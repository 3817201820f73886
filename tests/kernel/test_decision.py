"""Decisions: precedence, all reasons, and no way to mistake a refusal for a yes."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from enum import Enum
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import (
    Answer,
    Decision,
    Missing,
    Outcome,
    Reason,
    Unavailable,
    allowed,
    combine,
    needs_approval,
    refused,
    unknown,
    unless,
)
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue, Refused
from acctcore.kernel.money import Money
from acctcore.kernel.wording import ENGLISH, Counted, Sentence, tell
from tests.kernel.catalogue import Few
from tests.kernel.strategies import instants, wrong

ROOT = Path(__file__).parents[2]
NOON = instant(datetime(2024, 1, 1, 12, tzinfo=UTC))
PRICE, TAX = Missing("the price"), Missing("the tax")


class Colour(Enum):
    RED = "red"


@frozen
class TooMuch(Reason):
    code: ClassVar[str] = "test.too_much"
    template: ClassVar[str] = "{asked} is more than {limit}"
    asked: Money
    limit: Money


@frozen
class Late(Reason):
    code: ClassVar[str] = "test.late"
    variants: ClassVar[tuple[Sentence, ...]] = (Counted("{days} day late", "{days} days late", "days"),)
    days: int


@frozen
class Inside(Reason):
    code: ClassVar[str] = "test.inside"
    template: ClassVar[str] = "{who} is watched"
    who: str

    def for_customer(self) -> Reason:
        return Unavailable("bill")


def duty(key: str) -> Duty:
    return Duty(key, "test.do", NOON)


reasons = st.builds(Missing, st.sampled_from(["price", "tax", "seats", "date"]))
some = st.lists(reasons, min_size=1, max_size=3)
duties = st.lists(st.builds(duty, st.sampled_from("abc")), max_size=2).map(tuple)
decisions: st.SearchStrategy[Decision[int]] = st.one_of(
    st.builds(
        lambda events, duties, at: allowed(*events, duties=duties, next_change_at=at),
        st.lists(st.integers(), max_size=3),
        duties,
        st.none() | instants,
    ),
    st.builds(lambda reasons, at: refused(*reasons, next_change_at=at), some, st.none() | instants),
    some.map(lambda reasons: unknown(*reasons)),
    some.map(lambda reasons: needs_approval(*reasons)),
)


@given(st.lists(decisions, max_size=5))
def test_combined_decisions_stand_or_fall_together(asked: list[Decision[int]]) -> None:
    answer = combine(asked)
    outcomes = {decision.outcome for decision in asked}
    strongest = next((outcome for outcome in Outcome if outcome in outcomes), Outcome.ALLOWED)
    assert answer.outcome is strongest
    assert set(answer.reasons) == {reason for decision in asked for reason in decision.reasons}
    assert len(set(answer.reasons)) == len(answer.reasons)
    changes = [decision.next_change_at for decision in asked if decision.next_change_at]
    assert answer.next_change_at == min(changes, default=None)
    if answer.allowed:
        assert answer.events == tuple(event for decision in asked for event in decision.events)
        assert answer.duties == tuple(each for decision in asked for each in decision.duties)
    else:
        assert not answer.events
        assert not answer.duties


@given(decisions)
def test_a_decision_alone_is_its_own_combination(decision: Decision[int]) -> None:
    reasons = tuple(dict.fromkeys(decision.reasons))
    assert combine([decision]) == Decision(
        decision.outcome, decision.events, reasons, decision.duties, decision.next_change_at
    )


def without_order(decision: Decision[int]) -> tuple[object, ...]:
    """Return all that a combination says, but the order in which it says it."""
    assert len(set(decision.reasons)) == len(decision.reasons)
    return (
        decision.outcome,
        sorted(decision.events),
        frozenset(decision.reasons),
        sorted(each.key for each in decision.duties),
        decision.next_change_at,
    )


@given(st.lists(decisions, max_size=4), st.integers(0, 4), st.integers(0, 4))
def test_grouping_changes_nothing_but_the_order_of_reasons(
    asked: list[Decision[int]], first: int, last: int
) -> None:
    whole = combine(asked)
    grouped = combine([*asked[:first], combine(asked[first:last]), *asked[max(first, last) :]])
    assert without_order(grouped) == without_order(whole)
    assert (grouped.events, grouped.duties) == (whole.events, whole.duties)
    assert combine([combine(asked[:first]), *asked[first:]]).reasons[:1] == whole.reasons[:1]


@given(st.lists(decisions, max_size=4), st.integers(0, 4))
def test_a_yes_that_brings_nothing_about_changes_no_answer(asked: list[Decision[int]], place: int) -> None:
    assert combine([*asked[:place], allowed(), *asked[place:]]) == combine(asked)


@given(
    st.lists(decisions, max_size=5).flatmap(lambda asked: st.tuples(st.just(asked), st.permutations(asked)))
)
def test_the_order_of_asking_changes_only_the_order_of_telling(
    asked: tuple[list[Decision[int]], list[Decision[int]]],
) -> None:
    assert without_order(combine(asked[0])) == without_order(combine(asked[1]))


@given(st.lists(decisions, max_size=4), decisions)
def test_one_more_question_never_softens_the_answer(asked: list[Decision[int]], more: Decision[int]) -> None:
    order = list(Outcome)
    before, after = combine(asked), combine([*asked, more])
    assert order.index(after.outcome) <= order.index(before.outcome)
    assert set(before.reasons) <= set(after.reasons)
    if not more.allowed:
        assert combine([more, more]) == combine([more])


@given(st.permutations([allowed(1), needs_approval(TAX), unknown(PRICE), refused(Missing("the right"))]))
def test_the_strongest_outcome_wins_in_any_order(asked: list[Decision[int]]) -> None:
    answer = combine(asked)
    assert answer == refused(Missing("the right"), PRICE, TAX)


@pytest.mark.parametrize(
    ("outcomes", "strongest"),
    [
        ((Outcome.ALLOWED, Outcome.NEEDS_APPROVAL), Outcome.NEEDS_APPROVAL),
        ((Outcome.NEEDS_APPROVAL, Outcome.UNKNOWN), Outcome.UNKNOWN),
        ((Outcome.UNKNOWN, Outcome.REFUSED), Outcome.REFUSED),
        ((Outcome.ALLOWED, Outcome.REFUSED), Outcome.REFUSED),
    ],
    ids=["approval over yes", "unknown over approval", "no over unknown", "no over yes"],
)
def test_precedence(outcomes: tuple[Outcome, Outcome], strongest: Outcome) -> None:
    made = {
        outcome: Decision[int](outcome, reasons=() if outcome is Outcome.ALLOWED else (PRICE,))
        for outcome in outcomes
    }
    for order in permutations(outcomes):
        assert combine(made[outcome] for outcome in order).outcome is strongest


def test_nothing_asked_is_allowed() -> None:
    assert combine([]) == allowed()


@pytest.mark.parametrize("decision", [allowed(1), refused(PRICE), unknown(PRICE), needs_approval(PRICE)])
def test_no_decision_is_true_or_false(decision: Answer) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: bool(decision),
        lambda: not decision,
        lambda: 1 if decision else 2,
    )
    for ask in asked:
        with pytest.raises(
            TypeError, match=r"^a Decision is neither true nor false: ask for its outcome, or .allowed$"
        ):
            ask()


def test_events_or_raise() -> None:
    assert allowed(1, 2).events_or_raise() == (1, 2)
    for decision, text in [
        (
            refused(PRICE, TAX),
            "refused: the price must be known first; the tax must be known first",
        ),
        (unknown(TAX), "unknown: the tax must be known first"),
        (needs_approval(TAX), "needs_approval: the tax must be known first"),
    ]:
        with pytest.raises(Refused) as caught:
            decision.events_or_raise()
        assert str(caught.value) == text
        assert caught.value.reasons == decision.reasons
        assert caught.value.outcome == decision.outcome.value


def test_reasons_are_collected_where_conditions_do_not_hold() -> None:
    assert (*unless(True, PRICE), *unless(False, TAX)) == (TAX,)


# What a decision cannot be

ODD: Any = "a text"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(
            refused, "Decision.reasons: expected at least one reason", id="a refusal without reason"
        ),
        pytest.param(unknown, "Decision.reasons: expected at least one reason", id="an unknown without fact"),
        pytest.param(
            needs_approval, "Decision.reasons: expected at least one reason", id="an approval without one"
        ),
        pytest.param(lambda: refused(ODD), "Decision.reasons: expected reasons", id="a text for a reason"),
        pytest.param(
            lambda: Decision(Outcome.ALLOWED, reasons=(PRICE,)),
            "expected no reasons against",
            id="allowed, but",
        ),
        pytest.param(
            lambda: Decision(Outcome.REFUSED, events=(1,), reasons=(PRICE,)),
            "expected events and",
            id="refused, but",
        ),
        pytest.param(
            lambda: Decision(Outcome.UNKNOWN, reasons=(PRICE,), duties=(duty("a"),)),
            "expected events and",
            id="duties",
        ),
        pytest.param(
            lambda: Decision(ODD, reasons=(PRICE,)), "expected events and", id="a text for an outcome"
        ),
        pytest.param(
            lambda: Decision(Outcome.REFUSED, reasons=ODD), "expected at least one", id="a text for reasons"
        ),
        pytest.param(lambda: combine([ODD]), "combine: expected decisions", id="a text for a decision"),
    ],
)
def test_what_no_decision_can_be(make: Callable[[], object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        make()


@pytest.mark.parametrize("value", wrong())
def test_only_decisions_are_combined(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"combine: expected decisions"):
        combine([allowed(), value])


# Reasons in words


def test_a_reason_is_told_from_its_facts() -> None:
    reason = TooMuch(Money(1200, "EUR"), Money(1000, "EUR"))
    assert reason.text == "1,200.00 EUR is more than 1,000.00 EUR"
    german = Few({("test.too_much", TooMuch.template): "{asked} ist mehr als {limit}"})
    assert reason.render(german) == "1,200.00 EUR ist mehr als 1,000.00 EUR"
    assert PRICE.render(german) == PRICE.text


def test_a_reason_that_counts_is_told_in_the_form_for_so_many() -> None:
    assert Late(1).text == "1 day late"
    assert Late(3).text == "3 days late"
    german = Few({("test.late", "{days} day late"): ("{days} Tag zu spät", "{days} Tage zu spät")})
    assert [Late(days).render(german) for days in (1, 3)] == ["1 Tag zu spät", "3 Tage zu spät"]
    assert Late.sentences() == (Counted("{days} day late", "{days} days late", "days"),)
    assert Missing.sentences() == ("{fact} must be known first", "{fact} must be known first: {records}")
    assert TooMuch.sentences() == (TooMuch.template,)


def test_an_answer_holds_what_it_was_given() -> None:
    yes = allowed(1, 2, duties=(duty("a"),), next_change_at=NOON)
    assert yes == Decision(Outcome.ALLOWED, (1, 2), (), (duty("a"),), NOON)
    no = refused(PRICE, TAX, next_change_at=NOON)
    assert no == Decision(Outcome.REFUSED, (), (PRICE, TAX), (), NOON)


def test_a_refusal_with_events_is_shown_as_it_was_made() -> None:
    with pytest.raises(InvalidValue) as caught:
        Decision(Outcome.REFUSED, (1,), (PRICE,))
    assert (caught.value.where, caught.value.expected) == (
        "Decision",
        "events and duties only where the outcome is allowed",
    )
    assert "events=(1,)" in repr(caught.value.got)


def test_a_customer_hears_the_outcome_and_each_public_reason_once() -> None:
    assert allowed(1, duties=(duty("key"),), next_change_at=NOON).for_customer() == allowed()
    inside = refused(Inside("a"), PRICE, Inside("b"), next_change_at=NOON)
    assert inside.for_customer() == refused(Unavailable("bill"), PRICE)


@pytest.mark.parametrize("template", ["{nope}", "{0}", "{asked.nope}", "{asked:d}", "{", "{}"])
def test_a_catalogue_that_does_not_fit_is_named(template: str) -> None:
    with pytest.raises(
        InvalidValue, match=r"test.too_much: expected a template with the facts asked, limit, got"
    ):
        TooMuch(Money(2, "EUR"), Money(1, "EUR")).render(Few({("test.too_much", TooMuch.template): template}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Colour.RED, "red"),
        (frozenset({"b", "a", "c"}), "a, b, c"),
        (frozenset(), "nobody"),
        ((Colour.RED, 2), "red, 2"),
        ((), "nothing"),
        (date(2024, 2, 29), "2024-02-29"),
        (NOON, "2024-01-01T12:00:00Z"),
        (datetime(2024, 3, 31, 3, 30, tzinfo=ZoneInfo("Europe/Berlin")), "2024-03-31T01:30:00Z"),
        (datetime(2024, 3, 31, 3, 30), "2024-03-31 03:30:00"),  # noqa: DTZ001 - nobody knows where
        (Money("1.5", "EUR"), "1.50 EUR"),
        (Decimal("1E-10"), "0.0000000001"),
        (None, "None"),
        (10**5_000, "1" + "0" * 5_000),
    ],
    ids=[
        "an enum",
        "a set",
        "an empty set",
        "a tuple",
        "an empty tuple",
        "a date",
        "an instant",
        "an instant of another zone",
        "a time of no zone",
        "money",
        "a number",
        "none",
        "a huge number",
    ],
)
def test_facts_in_a_sentence(value: object, text: str) -> None:
    assert tell(value) == text
    with localcontext(Context(prec=1, capitals=0)):
        assert tell(value) == text


def test_a_teller_says_how_facts_read() -> None:
    def german(fact: object) -> str:
        return f"{fact:%d.%m.%Y %H:%M}" if isinstance(fact, datetime) else tell(fact, german)

    @frozen
    class Closed(Reason):
        code: ClassVar[str] = "test.closed"
        template: ClassVar[str] = "{what} at {times}; {others}; by {people}"
        what: Money
        times: tuple[datetime, ...]
        others: tuple[object, ...]
        people: frozenset[Colour]

    reason = Closed(Money(2, "EUR"), (NOON, NOON.add(days=1)), (), frozenset({Colour.RED}))
    assert reason.text == "2.00 EUR at 2024-01-01T12:00:00Z, 2024-01-02T12:00:00Z; nothing; by red"
    told = "2.00 EUR at 01.01.2024 12:00, 02.01.2024 12:00; nothing; by red"
    assert reason.render(ENGLISH, german) == told
    short = Few({(reason.code, reason.template): "{people}: {times}"})
    assert reason.render(short, german) == "red: 01.01.2024 12:00, 02.01.2024 12:00"


# Types


def test_a_decision_is_covariant_and_a_refusal_fits_everywhere(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(
        """
from typing import assert_type

from acctcore.kernel.decision import Answer, Decision, Missing, allowed, combine, refused


class Event: ...
class Started(Event): ...


def start(well: bool) -> Decision[Started]:
    return allowed(Started()) if well else refused(Missing("the price"))


general: Decision[Event] = start(True)
answer: Answer = general
events: tuple[Event, ...] = start(True).events_or_raise()
assert_type(combine([start(True), start(False)]), Decision[Started])
narrow: Decision[Started] = general  # E
if start(True): ...  # E
"""
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(tmp_path),
            "--enable-error-code=truthy-bool",
            snippet,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = [
        number for number, line in enumerate(snippet.read_text().splitlines(), 1) if line.endswith("# E")
    ]
    found = [int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line]
    assert found == wanted, done.stdout + done.stderr
