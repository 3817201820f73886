"""Derived ids never collide, and a fingerprint is one to one with the whole content of a value."""

import decimal
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import moneyed
import pendulum
import pytest
from attrs import evolve, field, frozen
from hypothesis import example, given
from hypothesis import strategies as st

from acctcore.kernel import identity
from acctcore.kernel.calendar import Cycles, Span, ZonedCycles, instant, months
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import MAX_DEPTH, canonical, derive, extend, fingerprint
from acctcore.kernel.integers import Rounding
from acctcore.kernel.money import Money, Price
from tests.kernel.strategies import WRONG, amounts, dates, instants, wrong

parts = st.lists(st.text() | st.sampled_from(["", "/", "%", "%2F", "%25", "a/b"]), min_size=1, max_size=4)


# Derived ids


@given(parts, parts)
@example(["a/b"], ["a", "b"])
@example(["%2F"], ["/"])
@example([""], ["", ""])
def test_different_parts_never_give_the_same_id(one: list[str], other: list[str]) -> None:
    assert (derive(*one) == derive(*other)) is (one == other)


@given(parts)
def test_the_parts_can_be_read_back(known: list[str]) -> None:
    read = [part.replace("%2F", "/").replace("%25", "%") for part in derive(*known).split("/")]
    assert read == known


def test_a_derived_id_is_told_by_its_parts() -> None:
    assert derive("sub-1", "seats", "2024-01-31", "charge", "cmd-1") == "sub-1/seats/2024-01-31/charge/cmd-1"
    assert derive("50 % off", "a/b") == "50 %25 off/a%2Fb"


@pytest.mark.parametrize("value", wrong("a text", "an empty text", "a huge text", "a lone surrogate"))
def test_an_id_is_derived_from_texts(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"derive: expected parts that are texts"):
        derive("a", value)


@pytest.mark.parametrize("value", [["/"], ("%",), {"/": 1}, frozenset({"/"}), b"/"], ids=repr)
def test_what_only_looks_like_a_text_is_none(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"derive: expected parts that are texts"):
        derive(value)


def test_an_id_is_derived_from_something() -> None:
    with pytest.raises(InvalidValue, match=r"derive: expected at least one part"):
        derive()
    with pytest.raises(InvalidValue, match=r"derive: expected at least one part"):
        extend("INV-1")


@given(st.text(), st.text(), parts, parts)
@example("a/b", "a", ["c"], ["b/c"])
@example("", "/", ["/"], [""])
def test_what_belongs_to_different_wholes_never_shares_an_id(
    one: str, other: str, left: list[str], right: list[str]
) -> None:
    if len(left) == len(right):
        assert (extend(one, *left) == extend(other, *right)) is ((one, left) == (other, right))
    assert extend(one, *left).startswith(f"{one}/")


@pytest.mark.parametrize("value", wrong("a text", "an empty text", "a huge text", "a lone surrogate"))
def test_a_whole_is_named_by_a_text(value: Any) -> None:
    with pytest.raises(InvalidValue, match=r"extend: expected the id of the whole"):
        extend(value, "a")


# Fingerprints


class Colour(Enum):
    RED = 1
    GREEN = 2


class Level(IntEnum):
    ONE = 1


class Word(str, Enum):  # noqa: UP042 - both kinds at once
    RED = "RED"


class Rights(Flag):
    READ = 1
    WRITE = 2


@frozen
class Leaf:
    of: object


@frozen
class Pair:
    left: object
    right: object
    note: str = field(default="", eq=False)


@frozen
class Twin:
    left: object
    right: object


class Named(NamedTuple):
    left: object
    right: object


texts = st.text() | st.sampled_from(
    ["", ",", ")(", "s1:a", "None", "True", "1", "i1;", "Colour.RED", "RED", "1e0", "2024-01-01", "\ud800"]
)
plain: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    texts,
    st.decimals(allow_nan=False, allow_infinity=False),
    dates,
    instants,
    st.times(),
    amounts,
    st.sampled_from(
        [*Colour, *Level, *Word, *Rounding, Rights.READ, Rights.READ | Rights.WRITE, int, str, Leaf, Pair]
    ),
)
values: st.SearchStrategy[Any] = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.frozensets(inner, max_size=3),
        st.builds(Leaf, inner),
        st.builds(Pair, inner, inner),
        st.builds(Twin, inner, inner),
    ),
    max_leaves=6,
)


def kinds(value: Any) -> Any:
    """Return a value with its kinds beside it, so that equal means equal in content and kind: the oracle."""
    if isinstance(value, Enum | type):
        return ("word", type(value), value)
    if isinstance(value, tuple):
        return (tuple, tuple(kinds(entry) for entry in value))
    if isinstance(value, frozenset):
        return (frozenset, frozenset(kinds(entry) for entry in value))
    if isinstance(value, Leaf):
        return (Leaf, kinds(value.of))
    if isinstance(value, Pair | Twin):
        return (type(value), kinds(value.left), kinds(value.right))
    return (type(value), value)


@given(values, values)
@example("1", 1)
@example(True, 1)
@example(Level.ONE, 1)
@example(Word.RED, "RED")
@example(Colour.RED, "Colour.RED")
@example(Decimal("1.0"), Decimal(1))
@example(Decimal("-0"), Decimal("0E+7"))
@example(Decimal(100), Decimal("1E+2"))
@example(Decimal(10), Decimal(1))
@example(("a,b",), ("a", "b"))
@example((("a",), "b"), (("a", "b"),))
@example(("", ""), ("",))
@example((), frozenset())
@example(date(2024, 1, 1), instant(datetime(2024, 1, 1, tzinfo=UTC)))
@example(instant(datetime(9999, 1, 1, 0, 0, 0, 1, tzinfo=UTC)), instant(datetime(9999, 1, 1, tzinfo=UTC)))
@example(time(1), time(1, 0, 0, 1))
@example(Pair(1, 2), Twin(1, 2))
@example(Money("1", "EUR"), Money("1", "USD"))
@example(Pair("a", "right=b"), Pair("aright=", "b"))
def test_a_fingerprint_is_one_to_one_with_the_content(one: Any, other: Any) -> None:
    same = kinds(one) == kinds(other)
    assert (canonical(one) == canonical(other)) is same
    assert (fingerprint(one) == fingerprint(other)) is same


@given(st.lists(values, max_size=3), st.lists(values, max_size=3))
def test_a_sequence_of_values_is_read_in_one_way_only(one: list[Any], other: list[Any]) -> None:
    same = kinds(tuple(one)) == kinds(tuple(other))
    joined = "".join(map(canonical, one)) == "".join(map(canonical, other))
    assert joined is same
    assert (fingerprint(*one) == fingerprint(*other)) is same


@given(values, values)
def test_no_text_begins_another(one: Any, other: Any) -> None:
    if canonical(one) != canonical(other):
        assert not canonical(other).startswith(canonical(one))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # older Hypothesis tells large values
@given(values)
def test_a_change_anywhere_changes_the_fingerprint(value: Any) -> None:
    pair = Pair(value, Leaf(value))
    changed = evolve(pair, right=Leaf((value,)))
    assert fingerprint(pair) != fingerprint(changed)
    assert fingerprint(pair) == fingerprint(evolve(pair, note="not part of the content"))


def test_equal_moments_and_amounts_agree_however_they_are_written() -> None:
    berlin = datetime(2024, 7, 1, 14, tzinfo=ZoneInfo("Europe/Berlin"))
    for same in (
        [berlin, berlin.astimezone(UTC), pendulum.instance(berlin), instant(berlin)],
        [berlin.astimezone(timezone(timedelta(hours=-3))), berlin],
        [Decimal("1.50"), Decimal("1.5"), Decimal("15E-1")],
        [date(2024, 1, 1), pendulum.date(2024, 1, 1)],
        [time(12), pendulum.time(12), time(12, fold=1)],
        [("a", 1), Named("a", 1)],
        [Price("1.50", "EUR"), Price("1.5", "EUR")],
        [frozenset("abc"), frozenset("cba")],
    ):
        assert len({fingerprint(value) for value in same}) == 1, same


def test_values_of_the_kernel_have_a_fingerprint() -> None:
    cycles = Cycles(date(2024, 1, 31), months(1))
    told = {
        fingerprint(cycles),
        fingerprint(evolve(cycles, day=31)),
        fingerprint(ZonedCycles(cycles, "Europe/Berlin")),
        fingerprint(ZonedCycles(cycles, "Europe/Berlin", time(6))),
        fingerprint(cycles.span(0)),
        fingerprint(
            Span(instant(datetime(2024, 1, 1, tzinfo=UTC)), instant(datetime(2024, 1, 2, tzinfo=UTC)))
        ),
    }
    assert len(told) == 6
    assert all(len(text) == 32 and set(text) <= set("0123456789abcdef") for text in told)


def test_two_classes_of_one_name_in_different_places_differ() -> None:
    def here() -> type[Enum]:
        class Colour(Enum):
            RED = 1

        return Colour

    assert fingerprint(here()["RED"]) != fingerprint(Colour.RED)


def test_a_name_that_looks_like_a_separator_does_no_harm() -> None:
    odd = Enum("odd", {"a": 1, "a)s1:b": 2})
    assert canonical((odd(1), "b")) != canonical((odd(2),))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.5, id="a float"),
        pytest.param(Leaf((1, frozenset({0.5}))), id="a float deep inside"),
        pytest.param(Decimal("NaN"), id="not a number"),
        pytest.param(Decimal("sNaN"), id="signalling not a number"),
        pytest.param(Decimal("-Infinity"), id="infinity"),
        pytest.param({}, id="a mapping"),
        pytest.param([], id="a list"),
        pytest.param(set(), id="a set"),
        pytest.param(b"", id="bytes"),
        pytest.param(1j, id="a complex number"),
        pytest.param(object(), id="an object"),
        pytest.param(moneyed.Money(1, "EUR"), id="a plain amount"),
        pytest.param(datetime(2024, 1, 1), id="a naive datetime"),  # noqa: DTZ001
        pytest.param(pendulum.naive(2024, 1, 1), id="a naive pendulum"),
        pytest.param(time(1, tzinfo=UTC), id="a time with a zone"),
        pytest.param(timedelta(1), id="a stretch of time"),
        pytest.param(Rights(0), id="a flag without a name"),
        pytest.param(len, id="a function"),
    ],
)
def test_what_has_no_exact_content_is_refused(value: object) -> None:
    for ask in (canonical, fingerprint):
        with pytest.raises(InvalidValue, match=r"expected (a plain or frozen value|an instant)"):
            ask(value)


EXACT = "nothing", "a yes", "a text", "an empty text", "a huge text", "a lone surrogate", "a huge number"


@pytest.mark.parametrize("value", wrong(*EXACT, "a decimal", "a type"))
def test_odd_values_are_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"(fingerprint|instant): expected"):
        fingerprint(value)


def test_odd_values_with_an_exact_content_differ() -> None:
    assert len({fingerprint(WRONG[name]) for name in EXACT}) == len(EXACT)


def test_nesting_has_a_depth() -> None:
    def nest(depth: int, around: Callable[[object], object]) -> object:
        value: object = 1
        for _ in range(depth):
            value = around(value)
        return value

    for around in (lambda value: (value,), Leaf, lambda value: frozenset((value,))):
        assert fingerprint(nest(MAX_DEPTH, around))
        with pytest.raises(InvalidValue, match=r"fingerprint: expected a value nested at most 100 deep"):
            fingerprint(nest(MAX_DEPTH + 1, around))


def test_long_numbers_and_texts_are_told_in_full() -> None:
    assert fingerprint(10**5_000) != fingerprint(10**5_000 + 1)
    assert fingerprint("x" * 10**6) != fingerprint("x" * (10**6 - 1) + "y")
    long = Decimal("1." + "0" * 1_000 + "1")
    with decimal.localcontext(decimal.Context(prec=1)):
        assert fingerprint(long) != fingerprint(Decimal(1))
        assert fingerprint(Decimal("1E+9999999")) != fingerprint(Decimal("1E+9999998"))


def test_every_text_within_a_value_is_found() -> None:
    value = Pair(("a", Leaf("b")), frozenset({"c"}), note="d")
    assert sorted(identity.texts((value, 5, "e"))) == ["a", "b", "c", "d", "e"]
    assert list(identity.texts(None)) == list(identity.texts(5)) == []


def test_a_fingerprint_that_was_stored_is_still_the_same() -> None:
    assert fingerprint() == "e3b0c44298fc1c149afbf4c8996fb924"  # the digest of nothing
    assert canonical((None, True, -5, "a", Money("1.99", "EUR"), Decimal("1.50"), date(2024, 2, 29))) == (
        "(NoneTruei-5;s1:amc7EURd15e-1;y2024-2-29;)"
    )
    assert canonical(Pair(instant(datetime(2024, 1, 1, 12, tzinfo=UTC)), Rounding.UP)) == (
        "a31:tests.kernel.test_identity.Pair(left=t2024-1-1T12:0:0.0;"
        "right=e33:acctcore.kernel.integers.Rounding2:UP)"
    )
    assert canonical((frozenset({"b", "a"}), Decimal("-0.50"), Decimal("0.00"), time(9, 30, 1, 5))) == (
        "({s1:as1:b}d-5e-1;d0;h9:30:1.5;)"
    )
