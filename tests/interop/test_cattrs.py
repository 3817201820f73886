"""A cattrs converter that knows acctcore: classes of the host's own, and what the host taught it before."""

from collections.abc import Hashable
from datetime import date, datetime
from typing import Any

import cattrs
import pendulum
import pytest
from attrs import field, frozen
from cattrs.preconf.json import make_converter
from pendulum import DateTime

from acctcore import records
from acctcore.accounts import account
from acctcore.interop.cattrs import configure, format_exception
from acctcore.kernel.calendar import Span, instant
from acctcore.kernel.decision import Decision, Reason, refused
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.kernel.measures import ActualDays, Measure
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor

NOON = instant(pendulum.datetime(2024, 1, 31, 12, tz="Europe/Berlin"))
ANN = Actor("ann", {"officer"})
OPENED = account.Opened(NOON, "c-1", "A-1", "Europe/Berlin", "")


@frozen
class Line:
    title: str
    amount: Money
    period: Span[date] | None = None


@frozen
class Order:
    lines: list[Line]
    by: Actor
    at: DateTime
    happened: account.Opened | account.Closed | None = None
    history: tuple[Event, ...] = ()
    measure: Measure = field(factory=ActualDays)
    answer: Decision[Event] | None = None
    limits: dict[str, Money] = field(factory=dict)


ORDER = Order(
    lines=[Line("Seat", Money("12.00", "EUR"), Span(date(2024, 1, 1), date(2024, 2, 1)))],
    by=ANN,
    at=NOON,
    happened=OPENED,
    history=(OPENED, OPENED),
    answer=refused(account.NotYetOpen(NOON)),
    limits={"officer": Money("0.001", "KWD")},
)


def converter(**settings: Any) -> cattrs.Converter:
    made = make_converter(**settings)
    configure(made)
    return made


@pytest.mark.parametrize(
    "settings", [{}, {"forbid_extra_keys": True}, {"detailed_validation": False}], ids=str
)
def test_a_class_goes_out_and_comes_back(settings: dict[str, Any]) -> None:
    ours = converter(**settings)
    assert ours.loads(ours.dumps(ORDER), Order) == ORDER  # type: ignore[attr-defined]


def test_what_is_written_is_a_record() -> None:
    data = converter().unstructure(ORDER)
    assert data["by"] == records.dump(ANN)
    assert data["history"] == records.dump(ORDER.history)
    assert data["measure"] == records.dump(ActualDays())
    assert data["at"] == "2024-01-31T11:00:00Z"
    assert data["lines"][0]["amount"] == {"amount": "12.00", "currency": "EUR"}


def test_without_details_the_mistake_itself_is_raised() -> None:
    ours = converter(detailed_validation=False)
    with pytest.raises(InvalidValue, match=r"^\$\.roles: expected a value"):
        ours.structure({"id": "ann"}, Actor)
    with pytest.raises(UnknownRecord):
        ours.structure({"type": "x.y/1"}, Event)


def test_with_details_it_stands_in_a_group_with_its_place() -> None:
    ours = converter()
    with pytest.raises(cattrs.ClassValidationError) as caught:
        ours.structure({"id": 5, "roles": [1], "x": 2}, Actor)
    told = cattrs.transform_error(caught.value, format_exception=format_exception)
    assert sorted(told) == [
        "expected a text, got 1 @ $.roles[0]",
        "expected a text, got 5 @ $.id",
        "expected no other keys than those of terms.actor/1, got 'x' @ $",
    ]
    assert cattrs.transform_error(caught.value) != []  # cattrs's own words do, too
    with pytest.raises(InvalidValue, match="expected an object"):
        ours.structure(5, Actor)


def test_what_is_not_acctcores_is_told_as_cattrs_tells_it() -> None:
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure({"title": "Seat"}, Line)
    told = cattrs.transform_error(caught.value, format_exception=format_exception)
    assert told == ["required field missing @ $.amount"]


class Theirs(Reason):
    """A reason of the host's that no table knows."""


def test_what_the_host_has_taught_it_stays() -> None:
    ours = make_converter()
    ours.register_structure_hook(datetime, lambda data, _: datetime.fromisoformat(data))
    configure(ours)
    assert ours.structure("2024-01-31T12:00:00+01:00", datetime).hour == 12
    assert ours.structure("2024-01-31T11:00:00Z", DateTime) == NOON
    assert ours.structure("2024-01-31", date) == date(2024, 1, 31)
    assert str(ours.structure("x", Any)) == "x"
    unknown: Any = Hashable  # every record of ours is one, and none is meant
    with pytest.raises(cattrs.StructureHandlerNotFoundError):
        ours.structure("x", unknown)
    assert ours.structure(["a"], list[str]) == ["a"]
    assert ours.unstructure({"a": 1}) == {"a": 1}


def test_a_reason_that_no_table_knows_is_refused() -> None:
    with pytest.raises(InvalidValue, match="expected a record of Reason"):
        converter(detailed_validation=False).unstructure(Theirs(), Reason)


def test_a_table_of_the_hosts_own() -> None:
    @frozen
    class Asleep(Reason):
        code = "desk.asleep"
        template = "the desk opens at {opens}"
        opens: str

    ours = make_converter()
    configure(ours, records.TABLE.extended({"desk.asleep/1": Asleep}))
    answer = refused(Asleep("nine"))
    assert ours.loads(ours.dumps(answer), Decision[Event]) == answer
