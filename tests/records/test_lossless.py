"""Whatever a host stores comes back as it was: every class of the table, and whole accounts."""

import copy
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum, StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import attrs
import pendulum
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import acctcore
from acctcore import flows, records
from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.flows import File
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Decision
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor
from acctcore.operations import audit
from acctcore.testing import values
from acctcore.testing.values import AXES, TABLE
from tests.records.typed import plain, same, wrong
from tests.scenarios import stories
from tests.scenarios.drive import Book

FEW = settings(max_examples=5, suppress_health_check=list(HealthCheck))
CASES = [
    pytest.param(kind, axis, id=f"{tag} {axis.__name__}")
    for tag, kind in TABLE.tags.items()
    for axis in (AXES if getattr(kind, "__parameters__", ()) else AXES[:1])
]


@pytest.mark.parametrize(("kind", "axis"), CASES)
@FEW
@given(data=st.data())
def test_every_record_comes_back_as_it_was(kind: type, axis: type, data: st.DataObject) -> None:
    value = data.draw(values.of(kind, axis))
    assert type(value) is kind
    written = records.dump(value, table=TABLE)
    assert plain(written)
    for read in (
        records.load(written, table=TABLE),
        records.load(written, kind, table=TABLE),
        records.loads(records.dumps(value, table=TABLE), table=TABLE),
        records.loads(records.canonical(value, table=TABLE), table=TABLE),
    ):
        assert read == value
        assert same(read, value)
    assert not wrong(value)


@given(values.anything())
def test_reading_and_writing_again_gives_the_same_bytes(value: object) -> None:
    once = records.canonical(value, table=TABLE)
    assert records.canonical(records.loads(once, table=TABLE), table=TABLE) == once
    assert (
        json.dumps(json.loads(once), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        == once
    )


@given(values.anything())
def test_the_tag_comes_first_and_names_the_class(value: object) -> None:
    written = records.dump(value, table=TABLE)
    assert isinstance(written, dict)
    assert next(iter(written)) == "type"
    assert TABLE.tags[str(written["type"])] is type(value)


class Recorded(Book):
    """A story that keeps every command and every answer."""

    def __init__(self, *arguments: object, **more: object) -> None:
        self.asked: list[tuple[Command, Decision[Event]]] = []
        self.files: list[File] = []
        super().__init__(*arguments, **more)  # type: ignore[arg-type]

    def handle(self, command: Command) -> Decision[Event]:
        decision = super().handle(command)
        self.asked.append((command, decision))
        assert self.file is not None
        self.files.append(self.file)
        return decision


STORIES = [stories.per_seat_europe, stories.per_second_usd, stories.holds_and_backdating]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_whole_stories_come_back_as_they_were(
    story: Callable[[], Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "Book", Recorded)
    book = story()
    assert isinstance(book, Recorded)
    assert book.file is not None
    for command, decision in book.asked:
        assert same(records.load(records.dump(command)), command)
        assert same(records.load(records.dump(decision), Decision), decision)
        assert same(records.load(records.dump(decision.events), tuple[Event, ...]), decision.events)
    for file in book.files:
        assert same(records.loads(records.dumps(file), File), file)
    assert same(records.load(records.dump(book.policies)), book.policies)
    entire = Span(pendulum.datetime(2000, 1, 1), pendulum.datetime(2100, 1, 1))
    for code in flows.balances(book.file) or ["EUR"]:
        told = flows.statement(book.file, code, entire)
        assert same(records.load(records.dump(told)), told)
    for filed in book.file.documents:
        for line in filed.document.lines:
            assert same(records.load(records.dump(line.explain())), line.explain())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_loaded_file_goes_on_as_the_first_one_would(story: Callable[[], Book]) -> None:
    book = story()
    assert book.file is not None
    read = records.loads(records.dumps(book.file), File)
    policies = records.loads(records.dumps(book.policies), flows.Policies)
    assert policies.digest == book.policies.digest
    later = book.at("2026-01-01 00:00")
    assert flows.due(read, later, policies) == flows.due(book.file, later, book.policies)
    command = account.Close(id="again", at=later, by=Actor("ann"))
    assert flows.handle(read, command, policies) == flows.handle(book.file, command, book.policies)


def test_canonical_bytes_are_what_the_audit_chain_takes() -> None:
    placed = records.canonical(stories.ANN)
    assert placed == b'{"id":"ann","roles":["officer"],"type":"terms.actor/1"}'
    assert audit.append(None, placed).index == 0


def test_several_records_are_a_list() -> None:
    pair = (stories.ANN, stories.SAM)
    assert records.load(records.dump(pair)) == pair
    assert records.loads("[]") == ()
    with pytest.raises(InvalidValue, match=r"^\$\[1\]: expected a record, got 5$"):
        records.dump((stories.ANN, 5))


def test_what_is_no_record_is_written_where_its_type_is_said() -> None:
    amounts = (Money("1.00", "EUR"), Money("5", "JPY"))
    written = records.dump(amounts, tuple[Money, ...])
    assert written == [{"amount": "1.00", "currency": "EUR"}, {"amount": "5", "currency": "JPY"}]
    assert records.load(written, tuple[Money, ...]) == amounts
    assert records.dump(stories.ANN, Actor) == records.dump(stories.ANN)
    with pytest.raises(InvalidValue, match=r"^\$: expected a terms.actor, got"):
        records.dump(amounts[0], Actor)
    with pytest.raises(InvalidValue, match=r"^\$\[1\]: expected an amount of Money, got 5$"):
        records.dump((amounts[0], 5), tuple[Money, ...])


# How values are written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("19", "19"),
        ("19.00", "19.00"),
        ("1E+2", "1E+2"),
        ("10E+1", "10E+1"),
        ("0E+3", "0E+3"),
        ("0.0000001", "0.0000001"),
        ("0.00", "0.00"),
        ("123.456", "123.456"),
    ],
)
def test_a_decimal_keeps_its_places(number: str, written: str) -> None:
    @frozen
    class Weight:
        of: Decimal

    table = records.TABLE.extended({"test.weight/1": Weight})
    for sign in ("", "-"):
        data = {"type": "test.weight/1", "of": sign + written}
        assert records.dump(Weight(Decimal(sign + number)), table=table) == data
        assert same(records.load(data, Weight, table=table).of, Decimal(sign + number))


def test_what_is_written_reads_well() -> None:
    hold = holds.Place(
        id="c-1",
        at=pendulum.datetime(2024, 1, 31, 11, tz="Europe/Berlin"),
        by=Actor("ann", {"supervisor", "officer"}),
        hold_id="H-1",
        reason="fraud",
        expires_at=pendulum.datetime(2024, 2, 1, 0, 0, 0, 500),
    )
    assert records.dump(hold) == {
        "type": "holds.place/1",
        "id": "c-1",
        "at": "2024-01-31T10:00:00Z",
        "by": {"id": "ann", "roles": ["officer", "supervisor"]},
        "recorded_at": None,
        "approval": None,
        "hold_id": "H-1",
        "reason": "fraud",
        "blocks": None,
        "public_reason": "",
        "expires_at": "2024-02-01T00:00:00.000500Z",
        "review_at": None,
        "scope": [],
        "case": None,
        "note": "",
    }


def test_what_equals_ours_is_written_as_ours() -> None:
    """A host's dates, zones and words are written as the plain ones they equal."""

    class Role(StrEnum):
        CLERK = "clerk"

    berlin = pendulum.datetime(2024, 1, 1, 1, tz="Europe/Berlin")
    opened = account.Opened(berlin, "c", "A", "Europe/Berlin", "")
    written = records.dump(opened)
    assert isinstance(written, dict)
    assert written["at"] == "2024-01-01T00:00:00Z"
    assert records.load(written) == opened
    numbered = invoices.Numbered("D", "1", pendulum.date(2024, 1, 31))
    assert records.dump(numbered) == records.dump(invoices.Numbered("D", "1", numbered.issued_on))
    assert records.load(records.dump(numbered)) == numbered
    actor = records.load(records.dump(Actor("ann", {Role.CLERK})), Actor)
    assert [type(role) for role in actor.roles] == [str]


def test_a_copy_of_an_instant_is_written_alike() -> None:
    opened = account.Opened(pendulum.datetime(2024, 1, 1), "c", "A", "Europe/Berlin", "")
    assert records.dump(copy.deepcopy(opened)) == records.dump(opened)


# Every class is in the table, or is left out for a reason

LEFT_OUT = {
    "acctcore.kernel.messages.Command": "what every command has; there is none that is only this",
    "acctcore.kernel.messages.Event": "what every event has",
    "acctcore.kernel.wording.Counted": "a sentence of the code",
    "acctcore.kernel.wording.English": "how sentences are told; it holds nothing",
    "acctcore.kernel.lifecycle.Accepts": "a row of a table of the code",
    "acctcore.kernel.lifecycle.Transition": "a row of a table of the code",
    "acctcore.accounts.account.closing.Standing": "facts that are gathered from the file for one question",
    "acctcore.billing.invoices.messages.Command": "what every command of the room has",
    "acctcore.billing.invoices.decider.Standing": "facts that are gathered from the file for one question",
    "acctcore.billing.invoices.left.Excess": "computed from documents that are records",
    "acctcore.billing.invoices.compose.CreditLine": "an argument of the composing",
    "acctcore.billing.invoices.left.Left": "computed from documents that are records",
    "acctcore.billing.proration.model.Booked": "an argument of the settlement, from what is covered",
    "acctcore.billing.proration.model.Credit": "an answer of the settlement; documents keep its basis",
    "acctcore.billing.proration.model.Prorated": "an answer of the proration; lines keep its basis",
    "acctcore.billing.proration.periods.Period": "an answer of the periods, asked again at any time",
    "acctcore.billing.subscriptions.anchoring.Anchor": "put together from what a command states",
    "acctcore.billing.subscriptions.pending.Pending": "read off changes and stops, which are records",
    "acctcore.billing.subscriptions.billing.Bill": "computed on the way to an event and a document",
    "acctcore.billing.subscriptions.billing.CreditPart": "computed on the way to a line",
    "acctcore.billing.subscriptions.messages.Command": "what every command of the room has",
    "acctcore.billing.subscriptions.timeline.Terms": "read off the changes, which are records",
    "acctcore.billing.subscriptions.policy.Selling": "put together from policies that are records",
    "acctcore.flows.catching_up.CaughtUp": "put together from a file, commands and decisions",
    "acctcore.operations.approvals.agreement.Table": "a question about a request, asked and not kept",
    "acctcore.operations.approvals.allowances.Alone": "an answer on the way to a decision",
    "acctcore.operations.approvals.office.Line": "read off delegations, which are records",
    "acctcore.flows.own.OwnRecord": "what every record of a host's own has; the host's table has theirs",
    "acctcore.flows.own.OwnEvent": "what every event of a host's own has",
    "acctcore.flows.own.OwnPolicy": "what every policy of a host's own has",
    "acctcore.flows.own_operations.OwnOperation": "a row of a table of the host's code",
    "acctcore.flows.authority.Act": "a row of a table of the code",
    "acctcore.flows.contents.Contents": "a file while events are applied to it",
    "acctcore.billing.subscriptions.taking_over.BilledLine": "an argument, from an invoice that is a record",
    "acctcore.flows.asking.Asking": "a question; what is answered is a record",
    "acctcore.receivables.payments.messages.Command": "what every command of the room has",
    "acctcore.receivables.payments.decider.Facts": "facts that are gathered from the file for one question",
    "acctcore.receivables.payments.allocating.Books": "facts that are gathered from the file",
    "acctcore.receivables.authorisations.messages.Command": "what every command of the room has",
    "acctcore.receivables.authorisations.model.Taken": "read off the payments that were captured",
    "acctcore.receivables.authorisations.model.Resolution": "read off an authorisation and its captures",
    "acctcore.flows.as_of.InFlight": "an answer about a file, read off it again at any time",
    "acctcore.receivables.refunds.messages.Report": "what every report has",
    "acctcore.receivables.refunds.decider.Facts": "facts that are gathered from the file for one question",
    "acctcore.receivables.refunds.decider.Held": "facts that are gathered from the file for one question",
    "acctcore.receivables.refunds.decider.Sources": "facts that are gathered from the file for one question",
    "acctcore.receivables.chargebacks.messages.Command": "what every command of the room has",
    "acctcore.receivables.chargebacks.decider.Facts": "facts that are gathered from the file",
}
T = TypeVar("T")
RING = {"records", "interop", "simulation", "text", "testing", "cli"}


def modules() -> Iterator[ModuleType]:
    package = Path(next(iter(acctcore.__path__)))
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[0] not in RING:
            yield import_module(".".join(("acctcore", *parts)).removesuffix(".__init__"))


def defined(base: type[T]) -> Iterator[type[T]]:
    """Every class that is defined in the core; one with an underscore is nobody's but its module's."""
    for module in modules():
        for name, kind in vars(module).items():
            if isinstance(kind, type) and kind.__module__ == module.__name__ and name == kind.__name__:
                yield from [kind] if issubclass(kind, base) and not name.startswith("_") else []


def test_every_class_of_the_core_is_a_record_or_left_out_for_a_reason() -> None:
    left = {kind for kind in defined(object) if attrs.has(kind)} - TABLE.by_kind.keys()
    assert {f"{kind.__module__}.{kind.__qualname__}" for kind in left} == set(LEFT_OUT)


def test_tags_are_named_for_room_and_class() -> None:
    for tag, kind in TABLE.tags.items():
        room, _, rest = tag.partition(".")
        assert room in kind.__module__.split(".")
        assert rest.partition("/")[0].replace("_", "") == kind.__name__.lower()


def test_every_text_that_is_a_currency_or_a_zone_is_known_as_one() -> None:
    terms = {"currency": "CurrencyCode", "zone": "ZoneKey"}
    loose = [
        f"{kind.__name__}.{item.name}: {item.type}"
        for kind in TABLE.by_kind
        for item in attrs.fields(kind)
        if item.name in terms and item.type in ("str", "str | None") and item.converter is None
    ]
    assert loose == []


def test_every_enumeration_is_written_by_texts() -> None:
    kinds = list(defined(Enum))
    assert kinds
    assert all(isinstance(member.value, str) for kind in kinds for member in kind)


def test_a_change_is_dated_by_a_word_a_date_or_an_instant() -> None:
    for when in (subscriptions.Timing.NOW, pendulum.date(2024, 1, 31), pendulum.datetime(2024, 1, 31)):
        cancel = subscriptions.Cancel(
            id="c", at=pendulum.datetime(2024, 1, 1), by=stories.ANN, subscription_id="S", when=when
        )
        assert same(records.load(records.dump(cancel)), cancel)
