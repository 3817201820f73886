"""What a scenario's TOML means, and that every mistake is told at once, where it stands."""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from pendulum import DateTime, parse

from acctcore import simulation
from acctcore.billing.catalog import Repricing
from acctcore.billing.invoices import Kind, Scheme
from acctcore.billing.proration import BY_SECOND, NothingBack
from acctcore.billing.subscriptions import Bill, ChangePlan, Start, Timing
from acctcore.billing.tax import RoundAt, TaxKey
from acctcore.kernel.calendar import Every, Unit, instant
from acctcore.kernel.decision import Outcome
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.operations.approvals import (
    PER_DAY,
    Absence,
    BreakGlass,
    Exercise,
    Need,
    Per,
    Quorum,
    Rolling,
)
from acctcore.presets.lago import LAGO
from acctcore.receivables.payments import Receive
from acctcore.simulation import BadScenario, Late, Mistake, Scenario, Step, Wanted, commands
from acctcore.simulation.shape import BAD, Shape
from tests.simulation.texts import HEAD, OPEN, PLAN, START, scenario, step


def only_step(*parts: str) -> Step:
    (found,) = simulation.read(scenario(*parts)).steps
    return found


def mistakes(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(BadScenario) as bad:
        simulation.read(text)
    return bad.value.mistakes


def wheres(text: str) -> list[str]:
    return [mistake.where for mistake in mistakes(text)]


def berlin(text: str) -> DateTime:
    return instant(parse(text, tz="Europe/Berlin"))


def utc(text: str) -> DateTime:
    return instant(DateTime.fromisoformat(f"{text}+00:00"))


# What is meant


def test_the_smallest_scenario() -> None:
    read = simulation.read(HEAD + OPEN)
    assert (read.account_id, read.zone, read.title, read.about) == ("A-1", "Europe/Berlin", "", "")
    assert read.numbering == Scheme(name="scenario")
    assert read.ends_at == utc("2024-01-01T23:00:00")
    assert [step.id for step in read.steps] == ["step-1"]


def test_a_command_without_an_actor_comes_from_the_first_one() -> None:
    assert only_step(OPEN).command.by == Actor("office")
    actors = '[[actor]]\nid = "ann"\nroles = ["officer"]\n[[actor]]\nid = "sam"\n'
    assert only_step(actors, OPEN).command.by == Actor("ann", {"officer"})
    assert only_step(actors, OPEN, 'by = "sam"').command.by == Actor("sam")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("2024-06-01T09:30:00", "2024-06-01T07:30:00", id="local: the account's zone"),
        pytest.param("2024-06-01T09:30:00-04:00", "2024-06-01T13:30:00", id="with an offset: that instant"),
        pytest.param("2024-06-01", "2024-05-31T22:00:00", id="a date: its first moment"),
        pytest.param("2024-03-31T02:30:00", "2024-03-31T01:30:00", id="inside a gap: as far after it"),
    ],
)
def test_instants(written: str, meant: str) -> None:
    assert only_step(step(written, "account.open")).command.at == utc(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"now"', Timing.NOW),
        ('"cycle_end"', Timing.CYCLE_END),
        ("2024-03-05", date(2024, 3, 5)),
        ("2024-03-05T10:00:00", utc("2024-03-05T09:00:00")),
    ],
)
def test_a_timing_is_a_word_a_date_or_a_local_time(written: str, meant: object) -> None:
    change = step(
        "2024-03-01", "subscriptions.change_plan", subscription_id='"s"', plan='"solo"', when=written
    )
    command = only_step(change).command
    assert isinstance(command, ChangePlan)
    assert command.when == meant


def test_what_the_account_tells_need_not_be_said_again() -> None:
    read = simulation.read(scenario(OPEN, START, "quantities = { seat = 5, box = 2 }"))
    start = read.steps[1].command
    assert isinstance(start, Start)
    assert start.currency == "EUR"
    assert start.quantities == (("box", 2), ("seat", 5))


@pytest.mark.parametrize(
    ("written", "late"),
    [
        ("owed", Late("amount", Wanted.OWED)),
        ("owed USD", Late("amount", Wanted.OWED, "USD")),
        ("credit", Late("amount", Wanted.CREDIT)),
    ],
)
def test_amounts_that_are_looked_up_when_the_step_comes(written: str, late: Late) -> None:
    pay = step("2024-03-01", "payments.receive", payment_id='"P"', amount=f'"{written}"')
    assert only_step(pay).late == (late,)


@pytest.mark.parametrize(("written", "amount"), [("20.00 USD", ("20.00", "USD")), ("20", ("20", "EUR"))])
def test_amounts(written: str, amount: tuple[str, str]) -> None:
    pay = step("2024-03-01", "payments.receive", payment_id='"P"', amount=f'"{written}"')
    found = only_step(pay)
    assert isinstance(found.command, Receive)
    assert found.command.amount == Money(*amount)
    assert found.late == ()


def test_plans() -> None:
    text = """
    [[plan]]
    id = "team"
    title = "Team"
    every = "3 months"
    trial_days = 7

    [[plan.charge]]
    key = "seat"
    title = "Seat"
    per_unit = true
    billing = "in_arrears"
    tax_class = "reduced"
    prices.EUR = { 2024-01-01 = "12.50", 2025-01-01 = 13 }
    prices.USD = "15.005"
    """
    (_, plan) = simulation.read(scenario(text, OPEN)).policies.catalog.plans
    (charge,) = plan.charges
    assert (plan.title, plan.every, plan.trial_days) == ("Team", Every(3, Unit.MONTH), 7)
    assert (charge.per_unit, charge.billing.value, charge.tax_class) == (True, "in_arrears", "reduced")
    assert [(each.since, each.price) for each in charge.prices] == [
        (date(2024, 1, 1), Price("12.50", "EUR")),
        (date(2025, 1, 1), Price("13", "EUR")),
        (date(1, 1, 1), Price("15.005", "USD")),
    ]


def test_an_interval_without_bounds_is_a_mistake() -> None:
    assert wheres(scenario(OPEN).replace("1 month", "99999 months")) == ["plan[1].every"]


def test_what_no_scenario_can_write_is_a_mistake() -> None:
    shape = Shape()
    assert shape.value(bytes, "x", "here") is BAD
    assert [mistake.where for mistake in shape.mistakes] == ["here"]


def test_a_title_need_not_be_given() -> None:
    (plan,) = simulation.read(scenario(OPEN)).policies.catalog.plans
    assert (plan.title, plan.charges[0].title) == ("solo", "fee")


@pytest.mark.parametrize(
    ("written", "every"),
    [
        ("month", Every(1, Unit.MONTH)),
        ("1 year", Every(1, Unit.YEAR)),
        ("2 weeks", Every(2, Unit.WEEK)),
        ("30 days", Every(30, Unit.DAY)),
    ],
)
def test_intervals(written: str, every: Every) -> None:
    (plan,) = simulation.read(scenario(OPEN).replace('"1 month"', f'"{written}"')).policies.catalog.plans
    assert plan.every == every


POLICIES = """
[policies]
proration = "by-second"
settlement = "nothing-back"
repricing = "keep"
net_days = 3

[policies.taxes]
round_at = "line"
rates = [
  { category = "S", rate = "19" },
  { category = "X", rate = 1 },
  { tax_class = "books", category = "S", rate = "7", since = 2024-01-01 },
]

[policies.refunds]
window_days = 60

[policies.account]
closing_days = 5

[policies.authority]
approvals_needed = 2
valid_days = 3

[[policies.limit]]
role = "officer"
operation = "refund"
amount = "50.00"

[[policies.limit]]
role = "boss"
operation = "refund"

[[policies.hold]]
reason = "fraud"
blocks = ["refund"]
may_place = ["officer"]
may_release = ["boss"]
four_eyes = true

[[policies.quorum]]
operation = "refund"
above = "500.00"
needs = [{ roles = ["officer"] }, { roles = ["boss"], count = 2 }]
in_order = true

[[policies.allowance]]
name = "daily"
operations = ["refund"]
amount = "100.00"
window = "day"
per = "account"

[[policies.allowance]]
name = "monthly"
operations = ["refund"]
amount = "900.00"
window = "30 days"
zone = "UTC"
hard = true

[[policies.break_glass]]
roles = ["boss"]
operations = ["refund"]
review_days = 2

[[absence]]
actor = "sam"
start = 2024-01-10
end = 2024-01-20

[[elsewhere]]
operation = "refund"
amount = "20.00"
by = "ann"
at = 2024-01-05T09:00:00
account = "other"

[[delegation]]
from_actor = "sam"
to_actor = "ann"
roles = ["boss"]
operations = ["refund"]
start = 2024-01-01
end = 2024-02-01

[[actor]]
id = "sam"
roles = ["boss"]
"""


def test_policies() -> None:
    read = simulation.read(scenario(POLICIES, OPEN))
    policies = read.policies
    assert (policies.proration, policies.settlement) == (BY_SECOND, NothingBack())
    assert (policies.catalog.repricing, policies.net_days) == (Repricing.KEEP, 3)
    assert policies.taxes.round_at is RoundAt.LINE
    keys = policies.taxes.keys("standard", date(2024, 1, 1))
    assert keys == (TaxKey("S", Decimal(19)), TaxKey("X", Decimal(1)))  # one class, one day: side by side
    assert policies.taxes.keys("books", date(2024, 1, 1)) == (TaxKey("S", Decimal(7)),)
    assert policies.taxes.keys("books", date(2023, 12, 31)) is None
    assert (policies.refunds.window_days, policies.account.closing_days) == (60, 5)
    authority = policies.authority
    assert (authority.approvals_needed, authority.valid_days) == (2, 3)
    limits = [(limit.role, limit.currency, limit.amount) for limit in authority.limits]
    assert limits == [("officer", "EUR", Money("50.00", "EUR")), ("boss", None, None)]
    assert [each.to_actor for each in read.office.delegations or ()] == ["ann"]
    assert [each.id for each in read.office.staff or ()] == ["sam"]
    assert authority.quorum("refund", Money("500.00", "EUR")) is None
    assert authority.quorum("refund", Money("500.01", "EUR")) == Quorum(
        "refund", (Need("officer"), Need("boss", 2)), Money(500, "EUR"), in_order=True
    )
    daily, rolling = authority.allowances
    assert (daily.window, daily.per, daily.role) == (PER_DAY, Per.ACCOUNT, None)
    assert (rolling.window, rolling.zone, rolling.hard) == (Rolling(30), "UTC", True)
    assert authority.break_glass == (BreakGlass("boss", "refund", 2),)
    assert read.office.absences == (Absence("sam", berlin("2024-01-10"), berlin("2024-01-20")),)
    assert read.office.exercised == (
        Exercise("refund", Money(20, "EUR"), "ann", berlin("2024-01-05 09:00"), "other"),
    )
    assert [kind.four_eyes for kind in policies.holds.kinds] == [True]


def test_without_taxes_every_class_of_the_plans_is_untaxed() -> None:
    charge = '[[plan.charge]]\nkey = "b"\ntax_class = "books"\nprices.EUR = "1"'
    taxes = simulation.read(scenario(charge, OPEN)).policies.taxes
    assert [taxes.keys(name, date(2024, 1, 1)) for name in ("standard", "books")] == [(), ()]


def test_a_preset_brings_its_settlement_unless_another_is_named() -> None:
    policies = simulation.read(scenario('[policies]\nproration = "lago"', OPEN)).policies
    assert (policies.proration, policies.settlement) == (LAGO.proration, LAGO.settlement)
    text = '[policies]\nproration = "lago"\nsettlement = "nothing-back"'
    assert simulation.read(scenario(text, OPEN)).policies.settlement == NothingBack()


def test_a_preset_with_a_rule_for_quantities_is_refused_where_one_changes() -> None:
    change = step(
        "2024-02-01",
        "subscriptions.change_quantity",
        subscription_id='"s"',
        item='"fee"',
        quantity="2",
    )
    assert wheres(scenario('[policies]\nproration = "lago"', OPEN, change)) == ["policies.proration"]
    assert len(simulation.read(scenario('[policies]\nproration = "kill-bill"', OPEN, change)).steps) == 2


def test_numbering() -> None:
    text = '[numbering]\ninvoices = "R{year}-{count}"\ncredit_notes = "G"\nstart = 7\nwidth = 4'
    numbering = simulation.read(scenario(text, OPEN)).numbering
    begins = [numbering.series(kind, date(2024, 3, 1)) for kind in Kind]
    assert [each.text(each.following) for each in begins] == ["R2024-0007", "G0007", "DN-0007"]


def test_expectations() -> None:
    text = """
    [expect]
    account = "active"
    documents = { INV-1 = "12.00", CN-1 = "3.00 USD" }
    balances = { EUR = "-1.00" }
    """
    expect = simulation.read(scenario(OPEN, 'expect = "refused"\nreasons = ["a", "b"]', text)).expect
    assert expect.documents == (("INV-1", Money("12.00", "EUR")), ("CN-1", Money("3.00", "USD")))
    assert (expect.balances, expect.account) == ((Money("-1.00", "EUR"),), "active")
    found = only_step(OPEN, 'expect = "refused"\nreasons = ["a", "b"]')
    assert (found.outcome, found.reasons) == (Outcome.REFUSED, ("a", "b"))


def test_steps_are_put_in_the_order_in_which_they_are_asked() -> None:
    read = simulation.read(
        scenario(
            step("2024-01-03", "account.close", id='"late"', recorded_at="2024-01-09"),
            step("2024-01-05", "account.close", id='"middle"'),
            step("2024-01-05", "account.close", id='"after"'),
            step("2024-01-01", "account.open", id='"first"'),
        )
    )
    assert [step.id for step in read.steps] == ["first", "middle", "after", "late"]


def test_until_is_the_last_day() -> None:
    assert simulation.read("until = 2024-03-01" + scenario(OPEN)).ends_at == utc("2024-03-01T23:00:00")


def test_every_command_has_a_name_and_no_field_that_steps_use_otherwise() -> None:
    assert len(commands()) > 30
    assert commands()["subscriptions.bill"] is Bill
    reserved = {"do", "for", "expect", "reasons"}
    for name, kind in commands().items():
        assert name == name.lower()
        assert not reserved & {each.name for each in attrs.fields(kind)}, name


def test_a_whole_number_of_dates_in_quotes_is_no_date() -> None:
    (mistake,) = mistakes(scenario(step('"2024-01-01"', "account.open")))
    assert mistake.hint == "dates are written without quotes"


# What is wrong


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("[policies]\nnet_days = 14.0", "policies.net_days", id="a float for a whole number"),
        pytest.param("[policies]\nnet_days = true", "policies.net_days", id="a bool for a whole number"),
        pytest.param("[policies]\nnet_days = -1", "policies.net_days", id="out of range"),
        pytest.param("[policies]\nnetdays = 1", "policies.netdays", id="an unknown key"),
        pytest.param('[policies]\nsettlement = "x"', "policies.settlement", id="an unknown settlement"),
        pytest.param("[policies]\nsettlement = 1", "policies.settlement", id="a settlement of no text"),
        pytest.param("[policies]\nproration = 1", "policies.proration", id="a proration of no text"),
        pytest.param('[policies]\nproration = "x"', "policies.proration", id="an unknown proration"),
        pytest.param('[policies]\nrepricing = "x"', "policies.repricing", id="an unknown choice"),
        pytest.param("[policies.refunds]\nwindow_days = -1", "policies.refunds.window_days", id="a part"),
        pytest.param("[policies.taxes]\n", "policies.taxes.rates", id="taxes without rates"),
        pytest.param("[policies]\ntaxes = 1", "policies.taxes", id="a number for a table"),
        pytest.param("[policies]\nlimit = 1", "policies.limit", id="a number for tables"),
        pytest.param("[policies]\nlimit = [1]", "policies.limit[1]", id="a number among tables"),
        pytest.param(
            '[policies.taxes]\nrates = [{ category = "S", rate = "x" }]',
            "policies.taxes.rates[1].rate",
            id="rate",
        ),
        pytest.param(
            '[policies.taxes]\nrates = [{ category = "S", rate = [] }]',
            "policies.taxes.rates[1].rate",
            id="no rate",
        ),
        pytest.param(
            '[policies.taxes]\nrates = [{ category = "S", rate = "1", since = "x" }]',
            "policies.taxes.rates[1].since",
            id="since",
        ),
        pytest.param(
            '[policies.taxes]\nrates = [{ category = "S", rate = "1", tax_class = "" }]',
            "policies.taxes.rates[1].tax_class",
            id="a class of no name",
        ),
        pytest.param(
            '[policies.taxes]\nrates = [{ category = "S", rate = "1001" }]',
            "policies.taxes.rates[1].rate",
            id="a rate too high",
        ),
        pytest.param('[[policies.limit]]\nrole = "r"', "policies.limit[1].operation", id="a missing field"),
        pytest.param(
            '[[policies.limit]]\nrole = "r"\noperation = "o"\namount = "-1.00"',
            "policies.limit[1].amount",
            id="what a value says of its parts together",
        ),
        pytest.param(
            '[[policies.hold]]\nreason = "r"\nblocks = []\nmay_place = ["a"]\nmay_release = ["b"]',
            "policies.hold[1].blocks",
            id="an empty array",
        ),
        pytest.param(
            '[[policies.hold]]\nreason = "r"\nblocks = [1]\nmay_place = ["a"]\nmay_release = ["b"]',
            "policies.hold[1].blocks[1]",
            id="a number in an array of texts",
        ),
        pytest.param(
            '[[policies.hold]]\nreason = "r"\nblocks = ["fly"]\nmay_place = ["a"]\nmay_release = ["b"]',
            "policies.hold",
            id="operations that no hold blocks",
        ),
        pytest.param("[expect]\nbalances = 1", "expect.balances", id="balances of no table"),
        pytest.param("[expect]\nbalances.EUR = 1", "expect.balances.EUR", id="a number for an amount"),
        pytest.param('[expect]\nbalances.EUX = "1"', "expect.balances.EUX", id="an unknown currency"),
        pytest.param('[expect]\ndocuments.A = "1 2 3"', "expect.documents.A", id="three words for an amount"),
        pytest.param('[expect]\nacount = "x"', "expect.acount", id="an unknown expectation"),
        pytest.param('[numbering]\ninvoices = "R{day}"', "numbering", id="a field that no number has"),
        pytest.param('[numbering]\nreset = "year"', "numbering", id="counting anew under the same name"),
        pytest.param('[[actor]]\nid = "a"\nroles = 7', "actor[1].roles", id="a number for an array"),
        pytest.param('[[actor]]\nid = "a"\n[[actor]]\nid = "a"', "actor[2].id", id="an actor twice"),
        pytest.param('[[plan]]\nid = "p"\nevery = "1 month"', "plan[2].charge", id="a plan without a charge"),
        pytest.param(
            '[[plan]]\nid = "solo"\nevery = "week"\n[[plan.charge]]\nkey = "k"\nprices.EUR = "1"',
            "plan[2].id",
            id="a plan twice",
        ),
        pytest.param(
            '[[plan.charge]]\nkey = "fee"\nprices.EUR = "1"', "plan[1].charges", id="a charge twice"
        ),
        pytest.param('[[plan.charge]]\nkey = "k"', "plan[1].charge[2].prices", id="a charge without a price"),
        pytest.param(
            '[[plan.charge]]\nkey = "k"\nprices = {}',
            "plan[1].charge[2].prices",
            id="an empty table of prices",
        ),
        pytest.param(
            '[[plan.charge]]\nkey = "k"\nprices.EUR = 49.00',
            "plan[1].charge[2].prices.EUR",
            id="a float price",
        ),
        pytest.param(
            '[[plan.charge]]\nkey = "k"\nprices.EUR = true', "plan[1].charge[2].prices.EUR", id="a bool price"
        ),
        pytest.param(
            '[[plan.charge]]\nkey = "k"\nprices.EUX = "1"',
            "plan[1].charge[2].prices.EUX",
            id="a price in no money",
        ),
        pytest.param(
            '[[plan.charge]]\nkey = "k"\nprices.EUR.tomorrow = "1"',
            "plan[1].charge[2].prices.EUR.tomorrow",
            id="a price from no date",
        ),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, where: str) -> None:
    assert wheres(scenario(text, OPEN)) == [where]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param(step("2024-01-01", "account.opn"), "do", id="an unknown command"),
        pytest.param(step("2024-01-01", "x"), "do", id="no command at all"),
        pytest.param("[[step]]\nat = 2024-01-01\ndo = 5", "do", id="a command of no text"),
        pytest.param("[[step]]\nat = 2024-01-01", "do", id="without a command"),
        pytest.param('[[step]]\ndo = "account.close"', "at", id="without an instant"),
        pytest.param(step("5", "account.close"), "at", id="an instant of no kind"),
        pytest.param(step("0001-01-01T00:00:00", "account.close"), "at", id="an instant before time"),
        pytest.param(step("0001-01-01T00:00:00+10:00", "account.close"), "at", id="an offset before time"),
        pytest.param(step("2024-01-01", "account.close", id="5"), "id", id="an id of no text"),
        pytest.param(step("2024-01-01", "account.close", id='"step-1"'), "id", id="an id twice"),
        pytest.param(step("2024-01-01", "account.close", by='"bob"'), "by", id="an unknown actor"),
        pytest.param(step("2024-01-01", "account.close", for_='"step-1"'), "for", id="for, but no request"),
        pytest.param(
            step("2024-01-01", "account.close", expect='"maybe"'), "expect", id="an unknown outcome"
        ),
        pytest.param(step("2024-01-01", "account.close", reasons='"x"'), "reasons", id="reasons of no array"),
        pytest.param(
            step("2024-01-01", "approvals.ask", request_id='"A"', for_='"later"'),
            "for",
            id="for an unknown step",
        ),
        pytest.param(
            step("2024-01-01", "approvals.ask", request_id='"A"', for_="5"), "for", id="for no text"
        ),
        pytest.param(
            step("2024-01-01", "subscriptions.start", subscription_id='"s"', plan='"slo"'),
            "plan",
            id="a plan",
        ),
        pytest.param(
            step("2024-01-01", "subscriptions.change_plan", subscription_id='"s"', plan='"solo"', when="5"),
            "when",
            id="a number for a timing",
        ),
        pytest.param(
            step(
                "2024-01-01", "subscriptions.change_plan", subscription_id='"s"', plan='"solo"', when='"nw"'
            ),
            "when",
            id="an unknown word for a timing",
        ),
        pytest.param(
            step("2024-01-01", "subscriptions.bill", subscription_id='"s"', on='"x"'),
            "on",
            id="a text for a date",
        ),
        pytest.param(
            step("2024-01-01", "payments.receive", payment_id='"P"', amount='"owed EUX"'),
            "amount",
            id="owed in no money",
        ),
        pytest.param(
            step("2024-01-01", "payments.receive", payment_id='"P"', amount='"0.00"'),
            "amount",
            id="nothing to pay",
        ),
        pytest.param(
            step("2024-01-01", "payments.receive", payment_id='"P"', amount="5"),
            "amount",
            id="an amount unquoted",
        ),
        pytest.param(
            step("2024-01-01", "invoices.draft", document_id='"D"', lines="[5]"),
            "lines[1]",
            id="no table for a line",
        ),
        pytest.param(
            step(
                "2024-01-01",
                "invoices.draft",
                document_id='"D"',
                lines='[{ key = "k", title = "t", price = "1 EUX" }]',
            ),
            "lines[1].price",
            id="deep inside",
        ),
        pytest.param(
            step("2024-01-01", "account.amend"), "", id="what a command says of its fields together"
        ),
        pytest.param(
            step("2024-01-01", "subscriptions.start", subscription_id='"s"', plan='"solo"', quantities="5"),
            "quantities",
            id="a number for quantities",
        ),
        pytest.param(
            step("2024-01-01", "invoices.draft", document_id='"D"'), "lines", id="an array that is missing"
        ),
    ],
)
def test_a_mistake_in_a_step_is_named_by_its_key(text: str, where: str) -> None:
    assert f"step[2].{where}".rstrip(".") in wheres(scenario(OPEN, text))


def test_a_step_that_expects_a_refusal_may_name_an_unknown_plan() -> None:
    start = step("2024-01-02", "subscriptions.start", subscription_id='"s"', plan='"slo"', expect='"refused"')
    assert simulation.read(scenario(OPEN, start)).steps[1].outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("", ["acctcore", "account", "step"], id="nothing at all"),
        pytest.param('acctcore = "scenario/2"', ["acctcore", "account", "step"], id="another version"),
        pytest.param(HEAD + "step = []", ["account.step", "step"], id="a key under the wrong table"),
        pytest.param(HEAD.replace('id = "A-1"', ""), ["account.id", "step"], id="an account without an id"),
        pytest.param(HEAD.replace("A-1", ""), ["step"], id="steps are missed first"),
        pytest.param(
            HEAD.replace("A-1", " ") + step("2024-01-01", "account.close"), ["account.id"], id="no id"
        ),
        pytest.param(
            HEAD + PLAN + 'tax_class = ""' + OPEN,
            ["plan", "plan[1].charge[1].tax_class"],
            id="a class of no name",
        ),
        pytest.param(HEAD.replace('"A-1"', "1") + OPEN, ["account.id"], id="an account id of no text"),
        pytest.param(HEAD.replace("Europe/Berlin", "Mars") + OPEN, ["account.zone"], id="an unknown zone"),
        pytest.param(HEAD.replace('"EUR"', "5") + OPEN, ["account.currency"], id="a currency of no text"),
        pytest.param(HEAD.replace('zone = "Europe/Berlin"', "") + OPEN, ["account.zone"], id="no zone"),
        pytest.param(HEAD.replace("[account]", "account = 5\n[x]") + OPEN, None, id="an account of no table"),
        pytest.param("actor = 5" + HEAD + OPEN, ["actor"], id="actors of no tables"),
        pytest.param("title = 5" + HEAD + OPEN, ["title"], id="a title of no text"),
        pytest.param("until = 5" + HEAD + OPEN, ["until"], id="an end of no date"),
        pytest.param("until = 2024-01-01T00:00:00" + HEAD + OPEN, ["until"], id="an end with a time"),
        pytest.param("until = 9999-12-31" + HEAD + OPEN, ["until"], id="an end after time"),
    ],
)
def test_what_is_wrong_with_the_whole(text: str, wanted: list[str] | None) -> None:
    found = wheres(text)
    assert sorted(found) == sorted(wanted) if wanted is not None else found


def test_many_mistakes_are_told_at_once_each_on_its_line() -> None:
    text = scenario(
        "[policies]\nnet_days = 1.5\nproration = 'by-dya'",
        OPEN,
        step("2024-01-02", "payments.recieve", amount="5"),
        step("2024-01-02", "payments.receive", amount="20.50"),
    )
    found = mistakes(text)
    lines = text.split("\n")
    assert [(lines[(mistake.line or 0) - 1].split(" ")[0], mistake.where) for mistake in found] == [
        ("net_days", "policies.net_days"),
        ("proration", "policies.proration"),
        ("do", "step[2].do"),
        ("[[step]]", "step[3].payment_id"),
        ("amount", "step[3].amount"),
    ]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        pytest.param('do = "account.opn"', "did you mean account.open?", id="a near command"),
        pytest.param('do = "x"', "the rooms are account, approvals,", id="a far one"),
        pytest.param(
            'do = "account.open"\nrecorded_att = 2024-01-01', "did you mean recorded_at?", id="a key"
        ),
        pytest.param(
            'do = "payments.receive"\npayment_id = "P"\namount = 49.00',
            'write it in quotes: "49.00"',
            id="a number as it was written",
        ),
    ],
)
def test_hints(given: str, hint: str) -> None:
    (mistake,) = mistakes(scenario(f"[[step]]\nat = 2024-01-01\n{given}"))
    assert hint in str(mistake)


def test_a_key_that_means_nothing_is_told() -> None:
    (mistake,) = mistakes(scenario(OPEN, '[numbering]\ninvoice = "R-"'))
    assert (mistake.where, mistake.found) == ("numbering.invoice", '"invoice"')
    assert str(mistake) == (
        "numbering.invoice: expected a key among invoices, credit_notes, debit_notes, start, width, reset, "
        'year_begins, zero, found "invoice" (did you mean invoices?)'
    )


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        pytest.param('a = 1\nb = "x\n', 2, "Illegal character", id="an open string"),
        pytest.param("a = 1\nb = [1,", 2, "Invalid value", id="the end too early"),
        pytest.param("a = 1\na = 2", 2, "Cannot overwrite a value", id="a key twice"),
        pytest.param("", None, "nothing", id="an empty text is missing everything"),
        pytest.param("a = " + "[" * 3000, None, "nested too deep", id="nested too deep"),
        pytest.param("a = " + "9" * 5000, None, "too many digits", id="a number too long"),
    ],
)
def test_what_is_no_toml(text: str, line: int | None, found: str) -> None:
    first = mistakes(text)[0]
    assert first.line == line
    assert found in first.found


def test_a_long_value_is_cut() -> None:
    (mistake,) = mistakes(scenario(step("2024-01-01", "account.opn", id='"x"').replace("opn", "o" * 300)))
    assert len(str(mistake)) < 250


# Further steps


def base() -> Scenario:
    return simulation.read(scenario('[[actor]]\nid = "ann"', OPEN))


def test_further_steps_are_read_for_the_same_account() -> None:
    (further,) = simulation.read_steps('[[actor]]\nid = "sam"\n' + START + 'by = "sam"', base())
    assert (further.id, further.command.by, further.asked_at) == (
        "what-if-1",
        Actor("sam"),
        utc("2024-01-01T08:00:00"),
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("", "step", id="no steps"),
        pytest.param(PLAN + OPEN, "plan", id="only steps and actors"),
        pytest.param('acctcore = "x"\n' + OPEN, "acctcore", id="another version"),
        pytest.param(OPEN + 'id = "step-1"', "step[1].id", id="an id of the scenario's"),
        pytest.param("x", "", id="no TOML"),
    ],
)
def test_what_is_wrong_with_further_steps(text: str, where: str) -> None:
    with pytest.raises(BadScenario) as bad:
        simulation.read_steps(text, base())
    assert [mistake.where for mistake in bad.value.mistakes] == [where]


@pytest.mark.parametrize(
    ("table", "where", "hint"),
    [
        pytest.param('[[policies.allowance]]\nwindow = "weak"', "window", "did you mean week?", id="near"),
        pytest.param('[[policies.allowance]]\nwindow = "0 days"', "window", "", id="no days at all"),
        pytest.param("[[policies.allowance]]\nwindow = 5", "window", "", id="no text"),
    ],
)
def test_a_window_that_is_none(table: str, where: str, hint: str) -> None:
    rest = '\nname = "a"\noperations = ["refund"]\namount = "1 EUR"'
    (mistake,) = mistakes(scenario(f"{table}{rest}", OPEN))
    assert mistake.where == f"policies.allowance[1].{where}"
    assert mistake.hint == hint


def test_an_office_with_a_mistake_is_told_with_the_rest() -> None:
    text = '[[absence]]\nactor = "ann"\nstart = 2024-01-02\nend = 2024-01-01\n[[elsewhere]]\nby = 5\n'
    found = wheres(scenario(text, OPEN))
    assert "absence[1].end" in found
    assert "elsewhere[1].by" in found
