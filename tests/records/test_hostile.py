"""Data from outside: every mistake is told with its path, and nothing wrong ever gets in."""

import json
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, time
from decimal import Decimal
from types import FrameType
from typing import Any

import attrs
import pendulum
import pytest
from attrs import frozen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from acctcore import flows, records
from acctcore.accounts import account, holds
from acctcore.billing import catalog, invoices, proration, subscriptions
from acctcore.flows import File
from acctcore.kernel.decision import Decision
from acctcore.kernel.errors import AcctcoreError, InvalidValue, UnknownRecord
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import Rounding
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import built_in
from acctcore.records import Limits, RecordErrors
from acctcore.testing import values
from acctcore.testing.values import TABLE
from tests.records.typed import wrong
from tests.scenarios import stories

OPENED = {
    "type": "account.opened/1",
    "at": "2024-01-31T10:00:00Z",
    "cause": "c-1",
    "account_id": "A-1",
    "zone": "Europe/Berlin",
    "party": "",
    "fields": [],
}
PLACING = {
    "step": "placed",
    "at": "2024-01-31T10:00:00Z",
    "recorded_at": "2024-01-31T10:00:00Z",
    "by": "ann",
    "expires_at": None,
    "review_at": None,
    "note": "",
}
HOLD = {
    "type": "holds.hold/1",
    "id": "H-1",
    "blocks": ["refund", "close"],
    "reason": "fraud",
    "public_reason": "",
    "secret": False,
    "scope": [],
    "case": None,
    "releasable_by": ["officer"],
    "four_eyes": False,
    "changes": [PLACING],
}
RECEIVED: dict[str, Any] = {
    "type": "payments.receive/1",
    "id": "c-1",
    "at": "2024-01-31T10:00:00Z",
    "by": {"id": "ann", "roles": []},
    "recorded_at": None,
    "approval": None,
    "payment_id": "P-1",
    "amount": {"amount": "19.99", "currency": "EUR"},
    "reference": "",
    "method": "",
    "documents": [],
    "processed": None,
    "fee": None,
}
ITEM = {
    "type": "subscriptions.quantity_changed/1",
    "at": "2024-01-31T10:00:00Z",
    "cause": "c-1",
    "subscription_id": "S-1",
    "since": "2024-01-31",
    "item": "seat",
    "quantity": 3,
}


def ref(name: str) -> dict[str, str]:
    return {"name": name, "version": "1", "digest": "0" * 32, "ruleset": "1"}


SHARE = {
    "type": "proration.share/1",
    "price": {"amount": "10.00", "currency": "EUR"},
    "quantity": 1,
    "before": 0,
    "upto": 10,
    "whole": 31,
    "unit": "days",
    "rounding": "half_up",
    "policy": ref("by-day"),
    "ratio": None,
    "arithmetic": "exact",
}
SPLIT = {
    "type": "invoices.split_of/1",
    "total": 10,
    "weights": [1, 2],
    "index": 0,
    "currency": "EUR",
    "policy": ref("largest-remainder"),
}
CAPPED = {
    "type": "proration.capped/1",
    "share": SHARE,
    "cap": None,
    "policy": ref("p"),
    "less": 0,
    "places": None,
}
ZONED = {
    "type": "calendar.zoned_cycles/1",
    "cycles": {"anchor": "2024-01-31", "every": {"count": 1, "unit": "month"}, "day": 31, "weekday": None},
    "zone": "Europe/Berlin",
    "clock": "09:30:00",
    "fold": 0,
}
DUE = {
    **{key: RECEIVED[key] for key in ("id", "at", "by", "recorded_at", "approval")},
    "type": "subscriptions.bill/1",
    "subscription_id": "S-1",
    "on": "2024-01-31",
}
CANCEL = {
    **{key: value for key, value in DUE.items() if key != "on"},
    "type": "subscriptions.cancel/1",
    "when": "cycle_end",
    "credit": True,
}
TOTAL = {"type": "tax.tax_key/1", "category": "S", "rate": "19", "reason": ""}
PAGE: dict[str, Any] = {
    "opened": OPENED,
    "hold": HOLD,
    "received": RECEIVED,
    "item": ITEM,
    "share": SHARE,
    "split": SPLIT,
    "capped": CAPPED,
    "zoned": ZONED,
    "rate": TOTAL,
    "due": DUE,
    "cancel": CANCEL,
}


@pytest.mark.parametrize("name", PAGE)
def test_what_the_mistakes_are_made_in_is_right(name: str) -> None:
    value = records.load(PAGE[name])
    assert records.load(records.dump(value)) == value


MISTAKES = [
    # name, key, what stands there, where the mistake is, what is told
    ("opened", "at", "2024-01-31", "$.at", "an instant in UTC such as 2024-01-31T10:00:00Z"),
    ("opened", "at", "2024-01-31T10:00:00", "$.at", "an instant in UTC"),
    ("opened", "at", "2024-01-31T10:00:00+01:00", "$.at", "an instant in UTC"),
    ("opened", "at", "2024-01-31T10:00:00Z\n", "$.at", "an instant in UTC"),
    ("opened", "at", "٢٠٢٤-01-31T10:00:00Z", "$.at", "an instant in UTC"),
    ("opened", "at", "2024-02-30T10:00:00Z", "$.at", "an instant that the calendar has"),
    ("opened", "at", "2024-01-31T24:00:00Z", "$.at", "an instant that the calendar has"),
    ("opened", "at", "0000-01-31T10:00:00Z", "$.at", "an instant that the calendar has"),
    ("opened", "at", 1706695200, "$.at", "an instant in UTC"),
    ("opened", "at", None, "$.at", "an instant in UTC"),
    ("opened", "cause", 5, "$.cause", "a text, got 5"),
    ("opened", "cause", "\ud800", "$.cause", "a text without lone surrogates"),
    ("opened", "zone", "Europe/Atlantis", "$.zone", "an IANA time zone"),
    ("opened", "zone", "../../etc/passwd", "$.zone", "an IANA time zone"),
    ("opened", "zone", "Europe/\x00", "$.zone", "an IANA time zone"),
    ("opened", "zone", "\ud800", "$.zone", "an IANA time zone"),
    ("opened", "zone", "E" * 10_000, "$.zone", "an IANA time zone"),
    ("opened", "zone", 1, "$.zone", "an IANA time zone"),
    ("opened", "type", "account.opened/2", "$.type", "no record is known by the tag 'account.opened/2'"),
    ("opened", "type", "account.opened", "$.type", "no record is known by the tag"),
    ("opened", "type", "", "$.type", "no record is known by the tag ''"),
    ("opened", "type", None, "$.type", "a tag such as holds.placed/1, got None"),
    ("opened", "type", ["account.opened/1"], "$.type", "a tag such as holds.placed/1"),
    ("hold", "four_eyes", 1, "$.four_eyes", "true or false, got 1"),
    ("hold", "four_eyes", "true", "$.four_eyes", "true or false, got 'true'"),
    ("hold", "blocks", "refund", "$.blocks", "a list of different texts"),
    ("hold", "blocks", ["refund", "refund"], "$.blocks", "a list of different texts"),
    ("hold", "blocks", ["refund", 5], "$.blocks[1]", "a text, got 5"),
    ("hold", "blocks", [], "$.blocks", "at least one entry"),
    ("hold", "blocks", [""], "$", "the names of operations or roles"),
    ("hold", "id", "", "$.id", "a non-empty text"),
    ("hold", "id", "a\nb", "$.id", "printable characters only"),
    ("hold", "changes", [PLACING, PLACING], "$.changes", "a placing, what follows, and a release at most"),
    ("hold", "changes", [], "$.changes", "at least one entry"),
    (
        "received",
        "amount",
        {"amount": 19.99, "currency": "EUR"},
        "$.amount.amount",
        "a decimal number in quotes",
    ),
    (
        "received",
        "amount",
        {"amount": 19, "currency": "EUR"},
        "$.amount.amount",
        "a decimal number in quotes",
    ),
    ("received", "amount", {"amount": "NaN", "currency": "EUR"}, "$.amount.amount", "a decimal number"),
    ("received", "amount", {"amount": "Infinity", "currency": "EUR"}, "$.amount.amount", "a decimal number"),
    (
        "received",
        "amount",
        {"amount": "1E+999999", "currency": "EUR"},
        "$.amount.amount",
        "at most 40 digits",
    ),
    ("received", "amount", {"amount": "9" * 41, "currency": "EUR"}, "$.amount.amount", "at most 40 digits"),
    ("received", "amount", {"amount": "8" * 9999, "currency": "EUR"}, "$.amount.amount", "a decimal number"),
    ("received", "amount", {"amount": "0." + "0" * 41, "currency": "EUR"}, "$.amount.amount", "at most 40"),
    ("received", "amount", {"amount": "1_000", "currency": "EUR"}, "$.amount.amount", "a decimal number"),
    ("received", "amount", {"amount": " 1", "currency": "EUR"}, "$.amount.amount", "a decimal number"),
    ("received", "amount", {"amount": "0.001", "currency": "EUR"}, "$.amount", "whole minor units of EUR"),
    ("received", "amount", {"amount": "-1.00", "currency": "EUR"}, "$.amount", "an amount above zero"),
    ("received", "amount", {"amount": "1.00", "currency": "XXX"}, "$.amount.currency", "the ISO 4217 code"),
    ("received", "amount", {"amount": "1.00", "currency": ["EUR"]}, "$.amount.currency", "the ISO 4217 code"),
    ("received", "amount", {"amount": "1.00"}, "$.amount", 'money such as {"amount": "19.99"'),
    ("received", "amount", {"amount": "1", "currency": "EUR", "x": 1}, "$.amount", "money such as"),
    ("received", "amount", "19.99 EUR", "$.amount", "money such as"),
    ("received", "by", {"id": "ann"}, "$.by.roles", "a value, got nothing"),
    (
        "received",
        "by",
        {"id": "ann", "roles": [], "x": 1},
        "$.by",
        "no other keys than those of terms.actor/1",
    ),
    ("received", "by", {"id": "ann", "roles": [], "type": "terms.source/1"}, "$.by", "terms.actor/1"),
    (
        "received",
        "by",
        {"id": "ann", "roles": [], "type": "terms.actor/9"},
        "$.by.type",
        "no record is known",
    ),
    ("received", "by", "ann", "$.by", "an object: terms.actor"),
    ("received", "documents", {}, "$.documents", "a list"),
    ("received", "documents", ["D", None], "$.documents[1]", "a text, got None"),
    ("item", "quantity", True, "$.quantity", "a whole number, got True"),
    ("item", "quantity", 3.0, "$.quantity", "a whole number, got 3.0"),
    ("item", "quantity", "3", "$.quantity", "a whole number, got '3'"),
    ("item", "quantity", 10**400, "$.quantity", "at most 400 digits, got a number of 1329 bits"),
    ("item", "since", "2024-02-30", "$.since", "a date that the calendar has"),
    ("item", "since", 20240131, "$.since", "a date such as 2024-01-31"),
    ("item", "since", "next month", "$.since", "a date such as 2024-01-31"),
    ("due", "on", 5, "$.on", "a date such as 2024-01-31, or an instant in UTC"),
    ("due", "on", "soon", "$.on", "a date such as 2024-01-31"),
    ("cancel", "when", "later", "$.when", "one of now, cycle_end, term_end, or a date such as 2024-01-31"),
    ("cancel", "when", None, "$.when", "one of now, cycle_end, term_end, or a date such as 2024-01-31"),
    ("cancel", "when", "2024-02-30", "$.when", "a date that the calendar has"),
    ("share", "whole", 0, "$", "the denominator above zero"),
    ("share", "ratio", [1, 0], "$", "the denominator above zero"),
    ("share", "ratio", [1], "$.ratio", "a list of 2 values"),
    ("share", "ratio", [1, "2"], "$.ratio[1]", "a whole number"),
    ("share", "rounding", "HALF_UP", "$.rounding", "one of half_up, half_even"),
    ("share", "rounding", ["half_up"], "$.rounding", "one of half_up, half_even"),
    ("share", "price", {"amount": "-1", "currency": "EUR"}, "$.price.amount", "a price of zero or more"),
    ("split", "index", 2, "$", "a valid invoices.split_of"),
    ("split", "weights", [], "$", "at least one weight"),
    ("capped", "places", 10**9, "$", "decimals of a minor unit, of at most 100"),
    ("capped", "places", -1, "$", "decimals of a minor unit, of at most 100"),
    ("zoned", "clock", "09:30", "$.clock", "a time of day such as 09:30:00"),
    ("zoned", "clock", "25:00:00", "$.clock", "a time of day that clocks show"),
    ("zoned", "clock", "09:30:00+01:00", "$.clock", "a time of day such as 09:30:00"),
    ("zoned", "fold", 2, "$.fold", "a whole number of at least 0 and at most 1"),
    ("rate", "rate", "1001", "$.rate", "a percentage from 0 to 1000"),
    ("rate", "rate", "19,0", "$.rate", "a decimal number in quotes"),
]


@pytest.mark.parametrize(
    ("name", "key", "found", "where", "told"),
    MISTAKES,
    ids=[f"{name}.{key}: {str(found)[-50:]!a}" for name, key, found, _, _ in MISTAKES],
)
def test_a_mistake_is_told_with_its_path(name: str, key: str, found: object, where: str, told: str) -> None:
    with pytest.raises((InvalidValue, UnknownRecord)) as caught:
        records.load(PAGE[name] | {key: found})
    assert type(caught.value) in (InvalidValue, UnknownRecord)
    assert str(caught.value).startswith(f"{where}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize("key", sorted(HOLD.keys() - {"type"}))
def test_every_key_has_to_be_there(key: str) -> None:
    with pytest.raises(InvalidValue, match=rf"^\$\.{key}: expected a value, got nothing$"):
        records.load({name: value for name, value in HOLD.items() if name != key})


def test_no_other_key_may_be_there() -> None:
    with pytest.raises(
        InvalidValue, match=r"^\$: expected no other keys than those of holds.hold/1, got 'x'$"
    ):
        records.load({**HOLD, "x": 1})


@pytest.mark.parametrize("data", [None, True, 5, 1.5, "holds.hold/1", float("nan"), b"", object(), (), {"a"}])
def test_what_is_no_object_is_no_record(data: object) -> None:
    with pytest.raises(InvalidValue, match=r"^\$: expected an object: a record, got "):
        records.load(data)


def test_an_object_without_a_tag_is_no_record() -> None:
    with pytest.raises(InvalidValue, match=r"^\$\.type: expected a tag such as holds.placed/1, got None$"):
        records.load({})


def test_keys_have_to_be_texts() -> None:
    with pytest.raises(InvalidValue, match=r"^\$\.by: expected keys that are texts, got 5$"):
        records.load(RECEIVED | {"by": {5: "ann"}})


def test_all_mistakes_are_told_together() -> None:
    data = {
        **HOLD,
        "id": "",
        "four_eyes": 1,
        "blocks": ["refund", 5, None],
        "changes": [PLACING | {"at": "soon"}],
        "more": 1,
    }
    del data["scope"]
    with pytest.raises(RecordErrors) as caught:
        records.load([HOLD, data])
    problems = [str(problem) for problem in caught.value.problems]
    assert [problem.partition(":")[0] for problem in problems] == [
        "$[1].blocks[1]",
        "$[1].blocks[2]",
        "$[1].scope",
        "$[1].four_eyes",
        "$[1].changes[0].at",
        "$[1]",
    ]
    assert str(caught.value) == "\n".join(["6 mistakes:", *problems])
    assert caught.value.where == "$"


def test_so_many_mistakes_are_told_and_no_more() -> None:
    data = RECEIVED | {"documents": [None] * 500}
    with pytest.raises(RecordErrors) as caught:
        records.load([data, data, ITEM | {"since": 5}])
    assert len(caught.value.problems) == 100


def test_a_mixture_of_mistakes_keeps_each_kind() -> None:
    with pytest.raises(RecordErrors) as caught:
        records.load([{"type": "teapots.brewed/1"}, {**OPENED, "cause": 5}])
    assert [type(problem) for problem in caught.value.problems] == [UnknownRecord, InvalidValue]
    first = caught.value.problems[0]
    assert isinstance(first, UnknownRecord)
    assert (first.tag, first.where) == ("teapots.brewed/1", "$[0].type")


# What is expected


def test_another_record_than_the_expected_one_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"^\$: expected holds.hold/1, got 'account.opened/1'$"):
        records.load(OPENED, holds.Hold)
    with pytest.raises(InvalidValue, match=r"^\$: expected a record of Command, got 'account.opened/1'$"):
        records.load(OPENED, Command)
    assert isinstance(records.load(OPENED, Event), account.Opened)
    assert records.load([HOLD], tuple[holds.Hold, ...]) == (records.load(HOLD),)
    assert records.load({"amount": "1", "currency": "EUR"}, Money) == Money("1.00", "EUR")


@pytest.mark.parametrize("hint", [float, 5, dict[str, int], list[int], int | str, [], frozenset[int], bytes])
def test_a_type_that_no_record_holds_is_refused(hint: object) -> None:
    with pytest.raises(InvalidValue, match=r"expected a (type that records can hold|union of)"):
        records.load({}, hint)


# One axis of time


def subscription() -> dict[str, Any]:
    file = stories.per_seat_europe().file
    assert file is not None
    data = records.dump(file.subscriptions[0])
    assert isinstance(data, dict)
    return data


def test_a_subscription_lies_on_one_axis_of_time() -> None:
    data = subscription()
    data["ends"] = "2024-05-31T00:00:00Z"
    with pytest.raises(InvalidValue, match=r"^\$\.ends: expected a date such as 2024-01-31, got "):
        records.load(data)


def test_cycles_lie_on_the_axis_of_their_subscription() -> None:
    data = subscription()
    data["agreed"]["changes"][0]["cycles"] = ZONED
    with pytest.raises(InvalidValue, match=r"^\$\.agreed\.changes\[0\]\.cycles: expected a record of Grid"):
        records.load(data)


def test_a_value_on_two_axes_is_not_written() -> None:
    file = stories.per_seat_europe().file
    assert file is not None
    at = file.account.changed_at
    agreed = file.subscriptions[0]
    with pytest.raises(InvalidValue, match=r"^\$\.ends: expected a date without a time, got DateTime"):
        records.dump(attrs.evolve(agreed, ends=at))
    event = subscriptions.QuantityChanged(at, "c", "S", at.date(), "seat", 3)
    with pytest.raises(InvalidValue, match=r"^\$\.since: expected a date without a time, got 5$"):
        records.dump(changed(event, since=5))
    with pytest.raises(InvalidValue, match=r"^\$: expected a record, got 5$"):
        records.dump(5)
    with pytest.raises(InvalidValue, match=r"^\$\.subscriptions\[1\]: expected a subscriptions.subscription"):
        records.dump(changed(file, subscriptions=(agreed, 5)))


def test_a_timeline_begins_with_a_plan() -> None:
    data = subscription()
    data["agreed"]["changes"] = []
    with pytest.raises(InvalidValue, match=r"^\$\.agreed: .*'the timeline is empty'"):
        records.load(data)
    data = subscription()
    del data["agreed"]["changes"][0]
    data["agreed"]["changes"][0] |= {"plan": None, "items": [], "cycles": None}
    with pytest.raises(InvalidValue, match="does not begin with a plan and its cycles"):
        records.load(data)
    begins = subscription()["agreed"]["changes"][0]
    data["agreed"]["changes"] = [
        {**data["agreed"]["changes"][0], "since": begins["since"], "plan": "", "repriced": True},
        begins,
    ]
    with pytest.raises(InvalidValue, match=r"^\$\.agreed: expected a valid subscriptions.agreed"):
        records.load(data)


# Documents add up


def test_a_document_that_does_not_add_up_is_refused_unless_asked_for() -> None:
    file = stories.per_seat_europe().file
    assert file is not None
    data = records.dump(file)
    assert isinstance(data, dict)
    bad: dict[str, Any] = deepcopy(data)
    bad["documents"][0]["document"]["total"] += 1
    where = r"^\$\.documents\[0\]\.document: expected a valid invoices.document, got 'net and tax add up to "
    with pytest.raises(InvalidValue, match=where):
        records.load(bad, File)
    loose = records.load(bad, File, check=False)
    assert invoices.check(loose.documents[0].document)
    bad = deepcopy(data)
    bad["documents"][0]["document"]["lines"][0]["amount"] = 10**12
    with pytest.raises(RecordErrors):
        records.load(bad, File)


def test_a_document_that_takes_too_long_to_check_is_refused() -> None:
    file = stories.per_seat_europe().file
    assert file is not None
    data: Any = records.dump(file.documents[0].document)
    line, entry = data["lines"][0], data["taxes"][0]
    many = {**data, "lines": [line] * 2300, "taxes": [entry] * 2300}
    with pytest.raises(InvalidValue, match="lines and tax keys that take 10580000 comparisons"):
        records.load(many)
    assert records.load(many, check=False)


# Size and shape of text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column 1: expected JSON"),
        ("{", "line 1, column 2: expected JSON"),
        ('{"a": 1,\n nope}', "line 2, column 2: expected JSON"),
        ("[] []", "line 1, column 4: expected JSON: Extra data"),
        ("\ufeff[]", "expected JSON"),
        (b"\xff\xfe", "byte 0: expected text in UTF-8"),
        (b"\xef\xbb\xbf[]", "expected JSON"),
        ('{"type": "a", "type": "b"}', "$: expected each key once, got 'type'"),
        ('[{"a": [{"x": 1, "y": 2, "y": 3}]}]', "$[0].a[0]: expected each key once, got 'y'"),
        ("[NaN]", "$[0]: expected an object: a record, got NaN"),
        ("[-Infinity]", "$[0]: expected an object: a record, got -Infinity"),
        ("[1E+999999]", "$[0]: expected an object: a record, got 1E+999999"),
        ("[0.1]", "$[0]: expected an object: a record, got 0.1"),
        (f"[{'9' * 5000}]", "$[0]: expected an object: a record, got a number of 5000 digits"),
        ("[" * 100_000, "$: expected at most 100 lists and objects inside one another"),
        ("[" * 101 + "]" * 101, "expected at most 100 lists and objects inside one another"),
        ('{"a":' * 200 + "1" + "}" * 200, "expected at most 100 lists and objects inside one another"),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_text_that_is_no_record_is_told_by_its_place(text: str | bytes, told: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        records.loads(text)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", [None, 5, ["[]"], bytearray(b"[]")])
def test_what_is_no_text_is_refused(text: Any) -> None:
    with pytest.raises(InvalidValue, match=r"^\$: expected JSON text"):
        records.loads(text)


def test_documents_have_a_largest_size() -> None:
    text = json.dumps(OPENED | {"party": "ö"}, ensure_ascii=False)
    size = len(text.encode())
    assert isinstance(records.loads(text, limits=Limits(size=size)), account.Opened)
    assert isinstance(records.loads(text.encode(), limits=Limits(size=size)), account.Opened)
    for given_as in (text, text.encode()):
        with pytest.raises(InvalidValue, match=rf"^\$: expected at most {size - 1} bytes, got {size}$"):
            records.loads(given_as, limits=Limits(size=size - 1))


def test_documents_have_a_largest_number_of_values() -> None:
    data = RECEIVED | {"documents": ["D"] * 10}
    assert records.load(data, limits=Limits(entries=27))
    with pytest.raises(InvalidValue, match=r"^\$\.documents: expected at most 26 values, got more$"):
        records.load(data, limits=Limits(entries=26))


def test_lists_that_hold_themselves_are_too_deep() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(InvalidValue, match="at most 100 lists and objects inside one another"):
        records.load(circle)


def test_lists_that_share_everything_are_too_many() -> None:
    bomb: object = "x"
    for _ in range(30):
        bomb = [bomb, bomb]
    with pytest.raises(InvalidValue, match="expected at most 1000 values"):
        records.load(bomb, limits=Limits(entries=1000))


def test_whatever_stack_is_left_is_enough_or_told() -> None:
    told = Explanation("end")
    for _ in range(40):
        told = Explanation("step", "", (told,))
    data = records.dump(told)
    assert records.load(data) == told
    assert records.loads(records.dumps(told)) == told

    def at_depth(depth: int, ask: Callable[[], object]) -> object:
        return at_depth(depth - 1, ask) if depth else ask()

    here = len(_frames())
    for left in range(20, 90, 10):
        for ask in (lambda: records.load(data), lambda: records.dump(told)):
            try:
                at_depth(sys.getrecursionlimit() - here - left, ask)
            except InvalidValue as error:
                assert "a value that is not so deep" in str(error)  # noqa: PT017
            except RecursionError:  # before or after it was our turn
                assert left < 60


def _frames() -> list[object]:
    found: list[object] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        found.append(frame)
        frame = frame.f_back
    return found


def test_a_value_too_deep_is_not_written() -> None:
    told = Explanation("end")
    for _ in range(100_000):
        told = Explanation("step", "", (told,))
    with pytest.raises(InvalidValue, match=r"^\$: expected a value that is not so deep"):
        records.dump(told)


# Nothing that is not what it says is written


NOW = pendulum.datetime(2024, 1, 31, 10)
changed: Any = attrs.evolve  # to wrong kinds, too
THING = catalog.Item("seat", "Seat", Price("1", "EUR"), 1, catalog.Billing.IN_ADVANCE, "standard", True)
BEGUN = account.Opened(NOW, "c", "A", "UTC", "")
PARTS = invoices.SplitOf(1, (1, 2), 0, "EUR")
PART = proration.OfAmount(1, (1, 2), (1, 2), "days", Rounding.HALF_UP, None, "EUR", built_in("p", "1"))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, "$: expected a record, got 5"),
        (None, "$: expected a record, got None"),
        ("EUR", "$: expected a record, got 'EUR'"),
        (changed(THING, title=5), "$.title: expected a text, got 5"),
        (changed(THING, quantity=True), "$.quantity: expected a whole number"),
        (changed(THING, quantity=10**400), "$.quantity: expected a whole number of at most 400 digits"),
        (changed(THING, billing="in_advance"), "$.billing: expected a Billing, got 'in_advance'"),
        (changed(THING, per_unit=1), "$.per_unit: expected true or false, got 1"),
        (changed(THING, key="\ud800"), "$.key: expected a text without lone surrogates"),
        (changed(THING, price=Money("1", "EUR")), "$.price: expected a money.price"),
        (invoices.Numbered("D", "1", NOW), "$.issued_on: expected a date without a time"),
        (changed(PARTS, weights=[1, 2]), "$.weights: expected a tuple, got [1, 2]"),
        (changed(PARTS, weights=(1, 2.0)), "$.weights[1]: expected a whole number"),
        (changed(PARTS, currency="XXX"), "$.currency: expected the ISO 4217 code"),
        (changed(PART, ratio=(1, 2, 3)), "$.ratio: expected a tuple of 2 values"),
        (changed(PART, ratio=(1, None)), "$.ratio[1]: expected a whole number"),
        (changed(PART, rounding="up"), "$.rounding: expected a Rounding, got 'up'"),
        (changed(BEGUN, at="now"), "$.at: expected an instant: a pendulum DateTime, got 'now'"),
        (changed(BEGUN, at=NOW.naive()), "$.at: expected an instant: a datetime with a time zone"),
        (changed(BEGUN, zone="Moon/Base"), "$.zone: expected an IANA time zone"),
        (changed(BEGUN, zone=5), "$.zone: expected an IANA time zone such as Europe/Berlin, got 5"),
        (flows.Due((BEGUN,), None), "$.commands[0]: expected a record of Command"),  # type: ignore[arg-type]
        (changed(holds.CannotBlock(frozenset(), frozenset()), known={"a"}), "$.known: expected a frozenset"),
        (changed(invoices.HasPayments("D", Money("1", "EUR")), applied=5), "$.applied: expected an amount"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_that_is_not_as_its_class_says_is_not_written(value: object, told: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        records.dump(value)
    assert str(caught.value).startswith(told)


# Whatever comes

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**500), 2**53 + 1])
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(
        ["\ud800", "2024-01-31", "2024-01-31T10:00:00Z", "EUR", "19.99", "UTC", "active", "now"]
    )
    | st.sampled_from(sorted(TABLE.tags))
)
names = st.sampled_from(
    sorted({"type", *(name for kind in values.KINDS for name in values.hints(kind))})
) | st.text(max_size=5)
anything = st.recursive(
    scalars, lambda of: st.lists(of, max_size=4) | st.dictionaries(names, of, max_size=5), max_leaves=12
)
expectations = st.sampled_from(
    [None, File, Event, Command, Decision, Money, tuple[Event, ...], flows.Policies]
)
MANY = settings(max_examples=200, suppress_health_check=list(HealthCheck))


def read_or_told(read: Callable[[], object]) -> None:
    """Either the data is refused in one of three ways, or every field of the value is as its class says."""
    try:
        value = read()
    except RecordErrors as several:
        told: tuple[AcctcoreError, ...] = several.problems
    except (InvalidValue, UnknownRecord) as one:
        told = (one,)
    else:
        for each in value if isinstance(value, tuple) else (value,):
            if not isinstance(each, Money):
                assert wrong(each) == []
                assert records.load(records.dump(each, table=TABLE), table=TABLE) == each
        return
    for problem in told:
        assert type(problem) in (InvalidValue, UnknownRecord)
        assert ": " in str(problem)


@MANY
@given(data=anything, expected=expectations)
@example(data=[], expected=Event)
def test_no_data_gets_in_or_out_by_another_way(data: object, expected: object) -> None:
    read_or_told(lambda: records.load(data, expected, table=TABLE))


@MANY
@given(text=st.text(max_size=50) | st.binary(max_size=50) | anything.map(json.dumps))
def test_no_text_gets_in_or_out_by_another_way(text: str | bytes) -> None:
    read_or_told(lambda: records.loads(text, table=TABLE))


def places(data: object) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    found: list[tuple[Any, Any]] = []
    left = [data]
    while left:
        here = left.pop()
        if isinstance(here, dict | list):
            keys = list(here) if isinstance(here, dict) else range(len(here))
            found += [(here, key) for key in keys]
            left += [here[key] for key in keys]
    return found


def change(value: object, data: st.DataObject) -> records.Json:
    """A record with up to three changes: something else, nothing, more, or what stands elsewhere."""
    written = records.dump(value, table=TABLE)
    for _ in range(data.draw(st.integers(1, 3))):
        where, key = data.draw(st.sampled_from(places(written) or [([written], 0)]))
        match data.draw(st.sampled_from(["replace", "remove", "add", "move"])):
            case "replace":
                where[key] = data.draw(anything)
            case "remove":
                del where[key]
            case "add" if isinstance(where, dict):
                where[data.draw(names)] = data.draw(anything)
            case "add":
                where.append(deepcopy(where[key]))
            case "move":
                other, at = data.draw(st.sampled_from(places(written) or [([written], 0)]))
                where[key] = deepcopy(other[at])
    return written


def change_text(value: object, data: st.DataObject) -> str:
    text = records.dumps(value, table=TABLE)
    at = data.draw(st.integers(0, len(text) - 1))
    end = at + data.draw(st.integers(0, 5))
    pieces = ["", "0", "-", '"', "{", "}", "[", "]", ",", "1e5", "null", "\\ud800", "E+99"]
    return text[:at] + data.draw(st.sampled_from(pieces)) + text[end:]


@MANY
@given(value=values.anything(), data=st.data())
def test_no_changed_record_gets_in_or_out_by_another_way(value: object, data: st.DataObject) -> None:
    written = change(value, data)
    read_or_told(lambda: records.load(written, table=TABLE))


@MANY
@given(value=values.anything(), data=st.data())
def test_no_changed_text_gets_in_or_out_by_another_way(value: object, data: st.DataObject) -> None:
    text = change_text(value, data)
    read_or_told(lambda: records.loads(text, table=TABLE))


@pytest.mark.long
@given(value=values.anything(), data=st.data())
def test_nothing_changed_gets_in_or_out_by_another_way(value: object, data: st.DataObject) -> None:
    written, text = change(value, data), change_text(value, data)
    read_or_told(lambda: records.load(written, table=TABLE))
    read_or_told(lambda: records.loads(text, table=TABLE))


@MANY
@given(value=values.of(proration.model.Basis), numbers=st.lists(st.integers(-(10**390), 10**390), min_size=1))
def test_no_number_of_a_basis_is_too_large_to_be_judged(value: object, numbers: list[int]) -> None:
    written = records.dump(value)
    whole = [(where, key) for where, key in places(written) if type(where[key]) is int]
    for (where, key), number in zip(whole, numbers, strict=False):
        where[key] = number
    read_or_told(lambda: records.load(written))


def test_a_decimal_beyond_all_bounds_is_not_written() -> None:
    @frozen
    class Weight:
        of: Decimal

    table = records.TABLE.extended({"test.weight/1": Weight})
    for number in ("NaN", "Infinity", "1E+40", "1E-41", "1E+999999"):
        with pytest.raises(InvalidValue, match=r"^\$\.of: expected (a finite|at most 40)"):
            records.dump(Weight(Decimal(number)), table=table)
    with pytest.raises(InvalidValue, match=r"^\$\.of: expected at most 40 digits"):
        records.load({"type": "test.weight/1", "of": "0E+999"}, table=table)


def test_a_time_of_day_with_a_zone_is_not_written() -> None:
    @frozen
    class Alarm:
        at: time

    table = records.TABLE.extended({"test.alarm/1": Alarm})
    morning = Alarm(time(9, 30))
    assert records.dump(morning, table=table) == {"type": "test.alarm/1", "at": "09:30:00"}
    for wrong_time in (time(9, 30, tzinfo=UTC), "09:30:00"):
        with pytest.raises(InvalidValue, match=r"^\$\.at: expected a time of day without a zone"):
            records.dump(changed(morning, at=wrong_time), table=table)
