"""A scenario as a value: an account, the policies it is served under, and what is asked when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from inspect import get_annotations
from types import MappingProxyType

from attrs import evolve, field, frozen
from pendulum import DateTime

from acctcore.billing.invoices import Scheme
from acctcore.flows import Policies
from acctcore.flows.handle import FLOWS
from acctcore.kernel.calendar import add_days, at_local, local_date, zone_key
from acctcore.kernel.decision import Outcome
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money
from acctcore.kernel.terms import AccountId, CurrencyCode, Role
from acctcore.kernel.validation import identifier
from acctcore.operations.approvals import UNTOLD, Office


@cache
def commands() -> Mapping[str, type[Command]]:
    """Return every command that `handle` answers, by the name that scenarios use: `room.command`."""
    return MappingProxyType({_name(kind): kind for kind in FLOWS})


def _name(kind: type) -> str:
    room = kind.__module__.split(".")[2]
    return f"{room}.{re.sub('(?<!^)(?=[A-Z])', '_', kind.__name__).lower()}"


def document_fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a command that name documents, told by their annotation."""
    return tuple(
        name
        for each in reversed(kind.__mro__)
        for name, annotation in get_annotations(each).items()
        if "DocumentId" in str(annotation)
    )


class Wanted(Enum):
    """An amount that is looked up when its step comes: what is owed then, or what is given in advance."""

    OWED = "owed"
    CREDIT = "credit"


@frozen
class Late:
    """A field of a command that is known only when its step comes. Without a currency, the only one."""

    field: str
    wanted: Wanted
    currency: CurrencyCode | None = None


@frozen(kw_only=True)
class Step:
    """A command of the scenario, and what is expected of the answer.

    `command` holds a stand-in in every field named in `late`; `asks_for` is the step whose act an
    approval is asked for, which brings fingerprint, operation and amount. Of the accounts of a parent,
    `one_in` so many takes the step.
    """

    id: str
    command: Command
    late: tuple[Late, ...] = ()
    asks_for: str | None = None
    outcome: Outcome | None = None
    reasons: tuple[str, ...] = ()
    one_in: int = 1

    @property
    def asked_at(self) -> DateTime:
        """The instant at which it is asked: when it is recorded, or else when it takes effect."""
        return self.command.recorded_at or self.command.at


@frozen
class Expectations:
    """What should have come out at the end: totals by number, balances by currency, the account's phase."""

    documents: tuple[tuple[str, Money], ...] = ()
    balances: tuple[Money, ...] = ()
    account: str | None = None


_NUMBERING, _NOTHING = Scheme(), Expectations()


@frozen(kw_only=True)
class Scenario:
    """Everything that a run needs; steps in the order in which they are asked.

    `ends_at` is the instant before which the run stops. `currency` is that of amounts which name none.
    With `children`, the account is the parent of so many, each of which takes the steps; what is
    expected is then said of all of them together.
    """

    account_id: AccountId = field(validator=identifier)
    zone: str = field(converter=zone_key)
    policies: Policies
    steps: tuple[Step, ...]
    ends_at: DateTime
    currency: CurrencyCode | None = None
    title: str = ""
    about: str = ""
    numbering: Scheme = _NUMBERING
    actors: tuple[tuple[str, frozenset[Role]], ...] = ()
    expect: Expectations = _NOTHING
    office: Office = UNTOLD
    children: int = 0


def in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return steps by the instant at which they are asked; of one instant, as they are given."""
    return tuple(sorted(steps, key=lambda step: step.asked_at))


def end_of_day(at: DateTime, zone: str) -> DateTime:
    """Return the instant at which the next local date begins."""
    return at_local(add_days(local_date(at, zone), 1), zone)


def merge(scenario: Scenario, further: tuple[Step, ...]) -> Scenario:
    """Return the scenario with further steps, after its own where they are asked at the same instant.

    What the scenario expects is left out: it was said of the story as it was.
    """
    own = tuple(evolve(step, outcome=None, reasons=()) for step in scenario.steps)
    asking = {step.command.by.id: step.command.by for step in further}
    office = scenario.office
    if office.staff is not None:
        office = evolve(office, staff=tuple((asking | {actor.id: actor for actor in office.staff}).values()))
    ends_at = max([scenario.ends_at, *(end_of_day(step.asked_at, scenario.zone) for step in further)])
    return evolve(
        scenario, steps=in_order((*own, *further)), expect=Expectations(), ends_at=ends_at, office=office
    )
