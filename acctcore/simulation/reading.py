"""A scenario out of TOML: what each table means, with every mistake told at once.

docs/reference/scenario-format.md describes the format. Fields of commands and policies are those of
the rooms; only what a scenario writes in its own way is named here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Final, TypeVar, cast, get_type_hints

import attrs
from pendulum import DateTime

from acctcore.accounts.account import AccountPolicy
from acctcore.accounts.account import Phase as AccountPhase
from acctcore.accounts.holds import HoldKind, HoldPolicy
from acctcore.billing.catalog import Catalog, Charge, DatedPrice, Plan, Repricing
from acctcore.billing.invoices import DocumentPolicy, Scheme
from acctcore.billing.proration import (
    BY_DAY,
    BY_SECOND,
    BY_THIRTIETHS,
    FromBooked,
    FromLine,
    FromPrice,
    NothingBack,
    Proration,
    Settlement,
    TargetMinusBooked,
)
from acctcore.billing.subscriptions import ChangeItems, ChangeQuantity
from acctcore.billing.tax import DatedRate, Taxes, TaxKey, untaxed
from acctcore.flows import Policies
from acctcore.kernel.calendar import add_days, at_local, zone_key
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.operations.approvals import Ask, Office
from acctcore.presets import Preset, flexprice, kill_bill, lago, meteroid
from acctcore.receivables.authorisations import AuthorisationPolicy
from acctcore.receivables.payments import (
    AllocationPolicy,
    ByHand,
    ExactFirst,
    LargestFirst,
    NewestDue,
    OldestDue,
    Order,
    ProRata,
    SmallestFirst,
)
from acctcore.receivables.refunds import RefundPolicy
from acctcore.simulation import authority
from acctcore.simulation.lines import line_numbers, line_of
from acctcore.simulation.mistakes import BadScenario, Mistake
from acctcore.simulation.scenario import (
    Expectations,
    Late,
    Scenario,
    Step,
    Wanted,
    commands,
    end_of_day,
    in_order,
)
from acctcore.simulation.shape import BAD, Inexact, Shape, Table, join, meant, quoted

T = TypeVar("T")

FORMAT: Final = "scenario/1"
"""The version of the format that this release reads."""

ALWAYS: Final = date(1, 1, 1)
"""The first day of a price or a rate without a date."""

PRORATIONS: Final[Mapping[str, Proration]] = MappingProxyType(
    {each.name: each for each in (BY_DAY, BY_SECOND, BY_THIRTIETHS)}
)
SETTLEMENTS: Final[Mapping[str, Settlement]] = MappingProxyType(
    {
        "target-minus-booked": TargetMinusBooked(),
        "from-booked": FromBooked(),
        "from-line": FromLine(),
        "from-price": FromPrice(),
        "nothing-back": NothingBack(),
    }
)
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        value.name: value
        for module in (flexprice, kill_bill, lago, meteroid)
        for value in vars(module).values()
        if isinstance(value, Preset)
    }
)

ORDERS: Final[Mapping[str, Order]] = MappingProxyType(
    {
        order.name: order
        for order in (
            OldestDue(),
            NewestDue(),
            LargestFirst(),
            SmallestFirst(),
            ExactFirst(),
            ProRata(),
            ByHand(),
        )
    }
)

_TOP = (
    "acctcore",
    "title",
    "about",
    "until",
    "account",
    "numbering",
    "actor",
    "policies",
    "plan",
    "step",
    "expect",
    *authority.OFFICE,
)
_POLICIES = (
    "proration",
    "settlement",
    "repricing",
    "net_days",
    "documents",
    "taxes",
    "allocation",
    "authorisations",
    "refunds",
    "account",
    "hold",
    *authority.POLICIES,
)
_NAMED: Final[Mapping[str, object]] = MappingProxyType({"name": "scenario", "version": "1"})
_STEP = ("do", "at", "by", "id", "for", "expect", "reasons", "one_in")
_AMOUNT = re.compile(r"(owed|credit)(?: ([A-Z]{3}))?")
_STAND_IN = "?"  # for what is only known when the step comes


def read(text: str) -> Scenario:
    """Return the scenario that a TOML text tells.

    Raises: BadScenario, with every mistake.
    """
    reading = _Reading(text)
    scenario = None if reading.shape.mistakes else reading.scenario()
    return reading.answer(scenario)


def read_steps(text: str, scenario: Scenario) -> tuple[Step, ...]:
    """Return the further steps of a TOML text, for an account and under the policies of a scenario.

    Raises: BadScenario, with every mistake.
    """
    reading = _Reading(text)
    steps = None if reading.shape.mistakes else reading.further(scenario)
    return reading.answer(steps)


class _Reading:
    """One text while it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shape = Shape()
        self.data: Table = self._parsed()

    def _parsed(self) -> Table:
        try:
            return tomllib.loads(self.text, parse_float=Inexact)
        except tomllib.TOMLDecodeError as error:
            told = str(error)
            at = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", told)
            line = int(at[1]) if at and at[1] else len(self.text.splitlines()) or 1
            column = f" in column {at[2]}" if at and at[2] else ""
            mistake = Mistake(
                "", "a TOML document", f"{told[: at.start()] if at else told}{column}", "", line
            )
        except RecursionError:
            mistake = Mistake("", "a TOML document", "tables or arrays nested too deep")
        except ValueError:  # what is left of the parser's errors
            mistake = Mistake("", "a TOML document", "a number with too many digits")
        self.shape.mistakes.append(mistake)
        return {}

    def answer(self, value: T | None) -> T:
        """Return what was read.

        Raises: BadScenario where there were mistakes, each with its line.
        """
        if self.shape.mistakes or value is None:
            lines = line_numbers(self.text)
            found = [
                attrs.evolve(each, line=each.line or line_of(each.where, lines))
                for each in self.shape.mistakes
            ]
            raise BadScenario(tuple(sorted(found, key=lambda each: each.line or 0)))
        return value

    # the whole

    def scenario(self) -> Scenario | None:
        """Return the scenario, or None where there are mistakes."""
        shape, data = self.shape, self.data
        shape.unknown_keys("", data, _TOP)
        self._format(required=True)
        account_id = self._account()
        self._actors(())
        plans = self._plans()
        policies = self._policies(plans)
        steps = self._steps(account_id, "step", plans)
        if not steps and "step" not in data:
            shape.missing("step", "at least one [[step]]")
        self._one_settlement(steps)
        ends_at = self._ends_at(steps)
        numbering = self._numbering()
        expect = self._expect()
        office = authority.office(shape, data)
        if (
            shape.mistakes
            or policies is None
            or ends_at is None
            or numbering is None
            or not isinstance(office, Office)
        ):
            return None
        scenario = shape.made(
            "account.id",
            lambda: Scenario(
                account_id=account_id,
                zone=shape.zone,
                policies=policies,
                steps=in_order(tuple(steps)),
                ends_at=ends_at,
                currency=shape.currency,
                title=self._text("title"),
                about=self._text("about"),
                numbering=numbering,
                actors=tuple((actor.id, actor.roles) for actor in shape.actors.values()),
                expect=expect,
                children=self._children(),
                office=office,
            ),
        )
        return None if scenario is BAD else scenario

    def further(self, scenario: Scenario) -> tuple[Step, ...] | None:
        """Return further steps, or None where there are mistakes."""
        shape = self.shape
        shape.zone, shape.currency = scenario.zone, scenario.currency
        shape.unknown_keys("", self.data, ("acctcore", "title", "about", "actor", "step"))
        self._format(required=False)
        self._actors(scenario.actors)
        taken = {step.id for step in scenario.steps}
        steps = self._steps(scenario.account_id, "what-if", scenario.policies.catalog.by_id, taken)
        if not steps and "step" not in self.data:
            shape.missing("step", "at least one [[step]]")
        return None if shape.mistakes else tuple(steps)

    def _format(self, *, required: bool) -> None:
        given = self.data.get("acctcore", None if required else FORMAT)
        if given is None:
            self.shape.missing("acctcore", f'the version of the format: acctcore = "{FORMAT}"')
        elif given != FORMAT:
            self.shape.wrong("acctcore", f'"{FORMAT}"', given)

    def _text(self, key: str) -> str:
        value = self.data.get(key, "")
        return value if isinstance(value, str) else str(self.shape.wrong(key, "a text in quotes", value))

    # who

    def _account(self) -> str:
        shape = self.shape
        if "account" not in self.data:
            shape.missing("account", "a table [account] with id and zone")
            return ""
        table = shape.table("account", self.data["account"])
        shape.unknown_keys("account", table, ("id", "zone", "currency", "children"))
        for key in ("id", "zone"):
            if key not in table:
                shape.missing(f"account.{key}", "a text in quotes")
        if "zone" in table:
            try:
                shape.zone = zone_key(table["zone"])
            except InvalidValue as error:
                shape.wrong("account.zone", error.expected, table["zone"])
        if "currency" in table:
            try:
                shape.currency = Money(0, cast(str, table["currency"])).code
            except InvalidValue as error:
                shape.wrong("account.currency", error.expected, table["currency"])
        account_id = table.get("id", "")
        return (
            account_id
            if isinstance(account_id, str)
            else str(shape.wrong("account.id", "a text in quotes", account_id))
        )

    def _number(self, table: Table, key: str, where: str, default: int) -> int:
        """Return a whole number from one up, or what it is where it is not said."""
        given = table.get(key, default)
        if type(given) is int and given >= default:
            return given
        self.shape.wrong(join(where, key), f"a whole number from {max(default, 1)} up", given)
        return default

    def _children(self) -> int:
        account = self.data.get("account")
        return self._number(account, "children", "account", 0) if isinstance(account, dict) else 0

    def _actors(self, known: Iterable[tuple[str, frozenset[str]]]) -> None:
        shape = self.shape
        shape.actors = {id: Actor(id, roles) for id, roles in known}
        for where, table in self._tables("actor"):
            actor = shape.build(Actor, table, where)
            if isinstance(actor, Actor):
                self._once(join(where, "id"), actor.id, shape.actors)
                shape.actors[actor.id] = actor

    def _tables(self, key: str, inside: Table | None = None, where: str = "") -> list[tuple[str, Table]]:
        table = self.data if inside is None else inside
        return self.shape.tables(join(where, key), table[key]) if key in table else []

    def _once(self, where: str, id: str, taken: Iterable[str]) -> None:
        if id in taken:
            self.shape.wrong(where, "an id that was not used before", id)

    # what is sold

    def _plans(self) -> dict[str, object]:
        """Return the plans by id; BAD for one with mistakes, so that it is known by name."""
        plans: dict[str, object] = {}
        for where, table in self._tables("plan"):
            charges = [self._charge(*each) for each in self._tables("charge", table, where)]
            if "charge" not in table:
                charges.append(self.shape.missing(join(where, "charge"), "at least one [[plan.charge]]"))
            fixed: dict[str, object] = {"charges": BAD if BAD in charges else tuple(charges)}
            if "title" not in table:
                fixed["title"] = table.get("id", "")
            plan = self.shape.build(Plan, table, where, fixed, also=("charge", "title"))
            id = table.get("id")
            if isinstance(id, str):
                self._once(join(where, "id"), id, plans)
                plans[id] = plan
        return plans

    def _charge(self, where: str, table: Table) -> object:
        fixed: dict[str, object] = {"prices": self._prices(join(where, "prices"), table)}
        if "title" not in table:
            fixed["title"] = table.get("key", "")
        return self.shape.build(Charge, table, where, fixed, also=("prices", "title"))

    def _prices(self, where: str, table: Table) -> object:
        """Return prices by currency: one for ever, or a table of the dates from which each holds."""
        shape = self.shape
        if "prices" not in table:
            return shape.missing(where, 'prices by currency, such as prices.EUR = "49.00"')
        prices: list[object] = []
        for code, given in shape.table(where, table["prices"]).items():
            path = join(where, code)
            if isinstance(given, dict):
                prices += [self._dated(since, each, code, join(path, since)) for since, each in given.items()]
            else:
                prices.append(self._dated(ALWAYS.isoformat(), given, code, path))
        return BAD if BAD in prices else tuple(prices)

    def _dated(self, since: str, amount: object, code: str, where: str) -> object:
        try:
            day = date.fromisoformat(since)
        except ValueError:
            return self.shape.wrong(where, "the date from which a price holds, such as 2024-01-31", since)
        if not isinstance(amount, int | str) or isinstance(amount, bool):
            return self.shape.wrong(
                where, 'a price in quotes, such as "49.00"', amount, quoted(amount, Price)
            )
        try:
            return DatedPrice(day, Price(Decimal(amount) if isinstance(amount, int) else amount, code))
        except InvalidValue as error:
            found = code if error.where == "currency" else amount
            return self.shape.wrong(where, error.expected, found)

    # under which rules

    def _policies(self, plans: Mapping[str, object]) -> Policies | None:
        shape = self.shape
        table = shape.table("policies", self.data.get("policies", {}))
        sold = tuple(plan for plan in plans.values() if isinstance(plan, Plan))
        fixed: dict[str, object] = {
            "catalog": Catalog(plans=tuple({plan.id: plan for plan in sold}.values())),
            **self._arithmetic(table),
            "taxes": self._taxes(table),
            "documents": self._part(DocumentPolicy, table, "documents"),
            "allocation": self._allocation(table),
            "authorisations": self._part(AuthorisationPolicy, table, "authorisations"),
            "refunds": self._part(RefundPolicy, table, "refunds"),
            "account": self._part(AccountPolicy, table, "account", closing_days=30),
            "authority": authority.authority(shape, table, _NAMED),
            "holds": self._holds(table),
        }
        if "repricing" in table:
            repricing = shape.value(Repricing, table["repricing"], "policies.repricing")
            if isinstance(repricing, Repricing):
                fixed["catalog"] = attrs.evolve(cast(Catalog, fixed["catalog"]), repricing=repricing)
        policies = shape.build(Policies, table, "policies", fixed, also=_POLICIES)
        return policies if isinstance(policies, Policies) else None

    def _part(self, kind: type, table: Table, key: str, **defaults: object) -> object:
        """Return a policy that is a table of its own, named after the scenario."""
        where = f"policies.{key}"
        given = defaults | dict(self.shape.table(where, table.get(key, {})))
        return self.shape.build(kind, given, where, _NAMED)

    def _allocation(self, policies: Table) -> object:
        """Return in which order money settles what is owed, and whether credit is used by itself."""
        where = "policies.allocation"
        table = self.shape.table(where, policies.get("allocation", {}))
        name = table.get("order", OldestDue().name)
        order: object = ORDERS.get(name) if isinstance(name, str) else None
        if order is None:
            expected = f"one of {', '.join(ORDERS)}"
            order = self.shape.wrong(join(where, "order"), expected, name, meant(name, ORDERS))
        return self.shape.build(AllocationPolicy, table, where, {**_NAMED, "order": order}, also=("order",))

    def _arithmetic(self, table: Table) -> dict[str, object]:
        """Return proration and settlement: each by its name, or both by the name of a preset."""
        shape, found = self.shape, dict[str, object]()
        given = table.get("proration", BY_DAY.name)
        known = {**PRORATIONS, **PRESETS}
        choice = known.get(given) if isinstance(given, str) else None
        if isinstance(choice, Preset):
            found = {"proration": choice.proration, "settlement": choice.settlement}
        elif choice is not None:
            found["proration"] = choice
        else:
            expected = f"one of {', '.join(known)}"
            found["proration"] = shape.wrong("policies.proration", expected, given, meant(given, known))
        if "settlement" in table:
            name = table["settlement"]
            expected = f"one of {', '.join(SETTLEMENTS)}"
            found["settlement"] = (
                SETTLEMENTS[name]
                if isinstance(name, str) and name in SETTLEMENTS
                else shape.wrong("policies.settlement", expected, name, meant(name, SETTLEMENTS))
            )
        return found

    def _taxes(self, policies: Table) -> object:
        """Return the taxes; without any, nothing is taxed. Entries of one class and day stand together."""
        if "taxes" not in policies:
            stated = {charge.get("tax_class", "standard") for charge in self._charges()}
            classes = sorted(each for each in stated if isinstance(each, str))
            return self.shape.made("plan", lambda: untaxed(*classes))
        where, before = "policies.taxes", len(self.shape.mistakes)
        table = policies["taxes"]
        if not isinstance(table, dict):
            return self.shape.wrong(where, "a table", table)
        keys: dict[tuple[str, date], list[TaxKey]] = {}
        rates: dict[tuple[str, date], object] = {}
        for place, rate in self._tables("rates", table, where):
            rest = {key: value for key, value in rate.items() if key not in ("tax_class", "since")}
            key = self.shape.build(TaxKey, rest, place)
            tax_class = self.shape.value(str, rate.get("tax_class", "standard"), join(place, "tax_class"))
            since = self.shape.value(date, rate.get("since", ALWAYS), join(place, "since"))
            if isinstance(key, TaxKey) and isinstance(tax_class, str) and type(since) is date:
                beside = keys.setdefault((tax_class, since), [])
                beside.append(key)
                rates[tax_class, since] = self.shape.made(
                    join(place, "tax_class"), partial(DatedRate, tax_class, since, tuple(beside))
                )
        bad = len(self.shape.mistakes) > before
        fixed = {**_NAMED, "rates": BAD if bad else tuple(rates.values())}
        if "rates" not in table:
            fixed["rates"] = self.shape.missing(
                join(where, "rates"), 'rates, such as [{ category = "S", rate = "19" }]'
            )
        return self.shape.build(Taxes, table, where, fixed, also=("rates",))

    def _charges(self) -> list[Table]:
        plans = self.data.get("plan", [])
        return [
            charge
            for plan in (plans if isinstance(plans, list) else [])
            if isinstance(plan, dict) and isinstance(plan.get("charge"), list)
            for charge in plan["charge"]
            if isinstance(charge, dict)
        ]

    def _holds(self, policies: Table) -> object:
        kinds = [
            self.shape.build(HoldKind, table, where)
            for where, table in self._tables("hold", policies, "policies")
        ]
        fixed = {**_NAMED, "kinds": BAD if BAD in kinds else tuple(kinds)}
        return self.shape.build(HoldPolicy, {}, "policies.hold", fixed)

    # what is asked, and what should come of it

    def _steps(
        self, account_id: str, prefix: str, plans: Collection[str], taken: Iterable[str] = ()
    ) -> list[Step]:
        shape = self.shape
        steps: list[Step] = []
        ids = set(taken)
        for number, (where, table) in enumerate(self._tables("step"), 1):
            before = len(shape.mistakes)
            id = table.get("id", f"{prefix}-{number}")
            if isinstance(id, str):
                self._once(join(where, "id"), id, ids)
            step = self._step(where, table, id, account_id, plans, ids)
            if isinstance(id, str):
                ids.add(id)
            if step is not None and len(shape.mistakes) == before:
                steps.append(step)
        return steps

    def _step(
        self,
        where: str,
        table: Table,
        id: object,
        account_id: str,
        plans: Collection[str],
        earlier: Iterable[str],
    ) -> Step | None:
        shape = self.shape
        outcome, reasons = self._expected(where, table)
        kind = self._kind(where, table)
        if kind is None:
            return None
        fixed: dict[str, object] = {"id": self.shape.value(str, id, join(where, "id"))}
        if "by" not in table:
            fixed["by"] = next(iter(shape.actors.values()), Actor("office"))
        fixed |= self._from_account(kind, table, account_id)
        late = self._late(where, kind, table)
        fixed |= {each.field: Money(1, each.currency or "EUR") for each in late}
        asks_for = None
        if kind is Ask and "for" in table:
            asks_for = self._asks_for(where, table["for"], earlier)
            fixed |= {"fingerprint": _STAND_IN, "operation": _STAND_IN, "amount": None}
            fixed |= {"total": None, "roles": frozenset(), "subject": ""}
        also = [*_STEP, *(name for name in fixed if name in ("account_id", "zone", "currency", "approval"))]
        also += [each.field for each in late]
        if kind is not Ask:
            also.remove("for")
        command = shape.build(kind, table, where, fixed, also)
        if outcome is not Outcome.REFUSED:
            self._refers(where, kind, table, plans)
        if not isinstance(command, Command):
            return None
        return Step(
            id=command.id,
            command=command,
            late=late,
            asks_for=asks_for,
            outcome=outcome,
            reasons=reasons,
            one_in=self._number(table, "one_in", where, 1),
        )

    def _kind(self, where: str, table: Table) -> type[Command] | None:
        known = commands()
        given = table.get("do")
        if given is None:
            self.shape.missing(join(where, "do"), 'a command, such as do = "account.open"')
        elif not isinstance(given, str) or given not in known:
            rooms = sorted({name.partition(".")[0] for name in known})
            near = meant(given, known) or f"the rooms are {', '.join(rooms)}"
            self.shape.wrong(join(where, "do"), "a command such as account.open", given, near)
        else:
            return known[given]
        return None

    def _from_account(self, kind: type[Command], table: Table, account_id: str) -> dict[str, object]:
        """Return the fields that a command has to have and that the account tells."""
        told = {"account_id": account_id, "zone": self.shape.zone, "currency": self.shape.currency}
        return {
            each.name: told[each.name]
            for each in attrs.fields(kind)
            if each.default is attrs.NOTHING and told.get(each.name) and each.name not in table
        }

    def _late(self, where: str, kind: type[Command], table: Table) -> tuple[Late, ...]:
        """Return the amounts that are looked up when the step comes: "owed" or "credit"."""
        found: list[Late] = []
        for name, hint in get_type_hints(kind).items():
            given = table.get(name)
            asked = (
                _AMOUNT.fullmatch(given) if hint in (Money, Money | None) and isinstance(given, str) else None
            )
            if asked is not None:
                code = asked[2]
                if code is None or isinstance(self.shape.value(Money, f"0 {code}", join(where, name)), Money):
                    found.append(Late(name, Wanted(asked[1]), code))
        return tuple(found)

    def _asks_for(self, where: str, given: object, earlier: Iterable[str]) -> str | None:
        if isinstance(given, str) and given in earlier:
            return given
        self.shape.wrong(join(where, "for"), "the id of an earlier step", given, meant(given, earlier))
        return None

    def _refers(self, where: str, kind: type[Command], table: Table, plans: Collection[str]) -> None:
        """Record a plan that nobody sells; a step that expects a refusal may name one."""
        given = table.get("plan")
        if isinstance(given, str) and given not in plans:
            known = f"a plan among {', '.join(plans)}" if plans else "a plan; there is no [[plan]]"
            self.shape.wrong(join(where, "plan"), known, given, meant(given, plans))

    def _expected(self, where: str, table: Table) -> tuple[Outcome | None, tuple[str, ...]]:
        outcome: object = None
        reasons: object = ()
        if "expect" in table:
            outcome = self.shape.value(Outcome, table["expect"], join(where, "expect"))
        if "reasons" in table:
            reasons = self.shape.value(tuple[str, ...], table["reasons"], join(where, "reasons"))
        return (
            outcome if isinstance(outcome, Outcome) else None,
            cast(tuple[str, ...], reasons) if isinstance(reasons, tuple) else (),
        )

    def _one_settlement(self, steps: list[Step]) -> None:
        """Record a preset with a settlement of its own for quantities, where one is changed."""
        policies = self.data.get("policies")
        name = policies.get("proration") if isinstance(policies, dict) else None
        preset = PRESETS.get(name) if isinstance(name, str) else None
        if preset is None or preset.quantity == preset.settlement:
            return
        if any(isinstance(step.command, ChangeQuantity | ChangeItems) for step in steps):
            expected = "a preset that settles quantities as it settles plans, since a step changes a quantity"
            self.shape.wrong("policies.proration", expected, name)

    def _ends_at(self, steps: list[Step]) -> DateTime | None:
        """Return the end of the stated last day, or of the day of the last step."""
        shape = self.shape
        try:
            if "until" in self.data:
                until = self.data["until"]
                if isinstance(until, datetime) or not isinstance(until, date):
                    shape.wrong("until", "a date such as 2024-12-31", until)
                    return None
                return at_local(add_days(until, 1), shape.zone)
            last = max((step.asked_at for step in steps), default=None)
            return None if last is None else end_of_day(last, shape.zone)
        except InvalidValue as error:
            shape.wrong("until", error.expected, error.got)
            return None

    def _numbering(self) -> Scheme | None:
        """Return how documents are numbered; a text without braces is what stands before the count."""
        table = dict(self.shape.table("numbering", self.data.get("numbering", {})))
        for key in ("invoices", "credit_notes", "debit_notes"):
            text = table.get(key)
            if isinstance(text, str) and "{" not in text:
                table[key] = text + "{count}"
        scheme = self.shape.build(Scheme, table, "numbering", _NAMED)
        return scheme if isinstance(scheme, Scheme) else None

    def _expect(self) -> Expectations:
        shape = self.shape
        table = shape.table("expect", self.data.get("expect", {}))
        shape.unknown_keys("expect", table, ("documents", "balances", "account"))
        documents = [
            (number, shape.value(Money, given, f"expect.documents.{number}"))
            for number, given in shape.table("expect.documents", table.get("documents", {})).items()
        ]
        balances = []
        for code, given in shape.table("expect.balances", table.get("balances", {})).items():
            amount = f"{given} {code}" if isinstance(given, str) else given
            balances.append(shape.value(Money, amount, f"expect.balances.{code}"))
        phase = None
        if "account" in table:
            phase = shape.value(AccountPhase, table["account"], "expect.account")
        return Expectations(
            tuple((number, money) for number, money in documents if isinstance(money, Money)),
            tuple(money for money in balances if isinstance(money, Money)),
            phase.value if isinstance(phase, AccountPhase) else None,
        )
