"""Every public value can be drawn by its type alone; a new class without a strategy fails here."""

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pendulum import DateTime

import acctcore
from acctcore.billing import subscriptions
from acctcore.kernel.calendar import Span
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.receivables import payments
from acctcore.testing import registration

PARTS = ("kernel", "accounts", "billing", "receivables", "operations", "flows", "presets", "records")
NOT_DRAWN = {
    "acctcore.kernel.wording.Counted": "a sentence of the code",
    "acctcore.kernel.wording.English": "how sentences are told; it holds nothing",
    "acctcore.kernel.lifecycle.Accepts": "a row of a table of the code",
    "acctcore.kernel.lifecycle.Transition": "a row of a table of the code",
    "acctcore.billing.subscriptions.billing.Bill": "on the way to an event; nobody is handed one",
    "acctcore.billing.subscriptions.billing.CreditPart": "on the way to a line; nobody is handed one",
    "acctcore.flows.authority.Act": "a row of a table of the code",
    "acctcore.flows.own.OwnRecord": "what every record of a host's own has; there is none that is only this",
    "acctcore.flows.own.OwnEvent": "what every event of a host's own has",
    "acctcore.flows.own.OwnPolicy": "what every policy of a host's own has",
    "acctcore.flows.own_operations.OwnOperation": "a row of a table of the host's code",
    "acctcore.records.table.Table": "the table of records itself",
}
"""What no test is handed; simulations, their texts and command line tell what a run came to."""


def modules() -> Iterator[ModuleType]:
    package = Path(next(iter(acctcore.__path__)))
    for part in PARTS:
        for path in sorted((package / part).rglob("*.py")):
            names = path.relative_to(package).with_suffix("").parts
            yield import_module(".".join(("acctcore", *names)).removesuffix(".__init__"))


@pytest.fixture(autouse=True, scope="module")
def by_entry_point() -> None:
    registration.register()


def named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


PUBLIC = {
    named(kind): kind
    for module in modules()
    for name, kind in vars(module).items()
    if isinstance(kind, type) and kind.__module__ == module.__name__ and not name.startswith("_")
    if attrs.has(kind) or kind is Money
}


def registered(monkeypatch: pytest.MonkeyPatch) -> set[type]:
    """Return what is registered when Hypothesis loads the entry point."""
    found: set[type] = set()
    with monkeypatch.context() as patch:
        patch.setattr(st, "register_type_strategy", lambda kind, _: found.add(kind))
        registration.register()
    return found


def test_every_public_value_has_a_strategy_or_a_reason_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {named(kind) for kind in registered(monkeypatch)}
    assert PUBLIC.keys() - known == NOT_DRAWN.keys()


@pytest.mark.parametrize("kind", [PUBLIC[name] for name in sorted(PUBLIC.keys() - NOT_DRAWN)], ids=named)
@settings(
    max_examples=2,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_public_value_is_drawn_by_its_type(kind: type, data: st.DataObject) -> None:
    assert isinstance(data.draw(st.from_type(kind)), kind)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_generic_value_lies_on_the_axis_that_is_named(data: st.DataObject) -> None:
    dated = data.draw(st.from_type(Span[date]))
    timed = data.draw(st.from_type(Span[DateTime]))
    assert not isinstance(dated.start, DateTime)
    assert isinstance(timed.start, DateTime)
    found: Any = data.draw(st.from_type(subscriptions.Subscription[DateTime]))
    assert isinstance(found.agreed.changes[0].since, DateTime)
    answer = data.draw(st.from_type(Decision[payments.Received]))
    assert all(isinstance(event, payments.Received) for event in answer.events)
    assert all(isinstance(event, Event) for event in data.draw(st.from_type(Decision)).events)
