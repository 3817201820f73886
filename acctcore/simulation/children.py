"""A parent with many accounts: each takes the scenario's steps, and what comes out is added up.

The accounts are independent, so they run one by one, and only sums are kept. Documents get their
numbers at the end, since one series spans all accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby

from attrs import evolve as changed
from attrs import fields, frozen

from acctcore import flows
from acctcore.billing import invoices
from acctcore.flows.taking_over import BROUGHT_IN
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import CurrencyCode
from acctcore.simulation.run import simulate
from acctcore.simulation.scenario import Expectations, Scenario
from acctcore.simulation.timeline import Check, Result


@frozen
class Sum:
    """What all accounts come to in one currency and kind of movement. Units: minor units, signed."""

    currency: CurrencyCode
    kind: str
    count: int
    amount: int

    @property
    def money(self) -> Money:
        """The signed amount."""
        return in_minor(self.amount, self.currency)


@frozen(kw_only=True)
class Family:
    """What became of a parent's accounts: sums, what is owed, first and last numbers, a closing check."""

    scenario: Scenario
    accounts: int
    sums: tuple[Sum, ...]
    owed: tuple[Money, ...]
    numbers: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that does not add up or was not as expected; () where all is well."""
        return tuple(problem for check in self.checks for problem in check.problems)


def child(scenario: Scenario, number: int) -> Scenario:
    """Return the story of one account of a parent: its own id, and the steps that it takes."""
    id = f"{scenario.account_id}-{number}"
    steps = tuple(
        changed(step, command=changed(step.command, account_id=id))  # type: ignore[call-arg]
        if "account_id" in [item.name for item in fields(type(step.command))]
        else step
        for step in scenario.steps
        if number % step.one_in == 0
    )
    return changed(scenario, account_id=id, steps=steps, children=0, expect=Expectations())


def simulate_children(
    scenario: Scenario, until: date | None = None, *, tell: Callable[[int], None] | None = None
) -> Family:
    """Return what becomes of all accounts of a parent; `tell` hears of each that is done.

    Raises: InvalidValue for a scenario without children.
    """
    if not scenario.children:
        raise InvalidValue("a parent with children", scenario.children, "simulate_children")
    adding = _Adding(scenario)
    for number in range(1, scenario.children + 1):
        adding.add(simulate(child(scenario, number), until))
        if tell is not None:
            tell(number)
    return adding.family()


class _Adding:
    """The accounts of a parent while they are added up."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.sums: dict[tuple[CurrencyCode, str], tuple[int, int]] = {}
        self.owed: dict[CurrencyCode, int] = {}
        self.documents: list[tuple[date, invoices.Document]] = []
        self.problems: list[str] = []

    def add(self, result: Result) -> None:
        """Add one account."""
        account = result.scenario.account_id
        self.problems += [f"{account}: {problem}" for problem in result.problems]
        file = result.file
        if file is None:
            self.problems.append(f"{account}: the account was never opened")
            return
        for movement in flows.movements(file):
            key = movement.currency, movement.kind
            count, amount = self.sums.get(key, (0, 0))
            self.sums[key] = count + 1, amount + movement.amount
        for code, money in flows.balances(file).items():
            self.owed[code] = self.owed.get(code, 0) + money.minor
        self.documents += [
            (each.issued_on, each.document) for each in result.documents if each.document.policy != BROUGHT_IN
        ]

    def family(self) -> Family:
        """Return everything added up."""
        sums = tuple(Sum(code, kind, *self.sums[code, kind]) for code, kind in sorted(self.sums))
        owed = tuple(in_minor(minor, code) for code, minor in sorted(self.owed.items()))
        numbers, misnumbered = self._numbers()
        checks = [
            Check("every account adds up", tuple(self.problems)),
            Check("what moved adds up to what is owed", tuple(self._unbalanced(sums))),
            Check("document numbers have no gaps", misnumbered),
        ]
        if self.scenario.expect.balances:
            checks.append(Check("the end is as the scenario expects", tuple(self._unexpected())))
        return Family(
            scenario=self.scenario,
            accounts=self.scenario.children,
            sums=sums,
            owed=owed,
            numbers=numbers,
            checks=tuple(checks),
        )

    def _numbers(self) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        """Return the first and last number of each series, and everything that is wrong with the numbers."""
        given: list[invoices.Numbered] = []
        series: tuple[invoices.Series, ...] = ()
        for on, documents in groupby(sorted(self.documents, key=_issued_on), key=_issued_on):
            numbered, series = invoices.assign(
                self.scenario.numbering, series, [document for _, document in documents], on
            )
            given += numbered
        kinds = dict.fromkeys(each.kind for each in given)
        own = [[each.number for each in given if each.kind is kind] for kind in kinds]
        found = invoices.misnumbered(self.scenario.numbering, given)
        return tuple((each[0], each[-1]) for each in own), tuple(each.text for each in found)

    def _unbalanced(self, sums: tuple[Sum, ...]) -> Iterator[str]:
        for code in sorted({*self.owed, *(each.currency for each in sums)}):
            moved = sum(each.amount for each in sums if each.currency == code)
            if moved != self.owed.get(code, 0):
                yield f"{in_minor(moved, code)} moved, {in_minor(self.owed.get(code, 0), code)} is owed"

    def _unexpected(self) -> Iterator[str]:
        for wanted in self.scenario.expect.balances:
            found = in_minor(self.owed.get(wanted.code, 0), wanted.code)
            if found != wanted:
                yield f"the balance of all accounts is {found}, expected {wanted}"


def _issued_on(issued: tuple[date, invoices.Document]) -> date:
    return issued[0]
