"""An account file to tell stories on: plain prices, plain policies, and a teller that checks each step."""

from datetime import date
from decimal import Decimal

import pendulum
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.accounts import account
from acctcore.accounts.holds import EVERYTHING, HoldKind, HoldPolicy
from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Billing, Catalog, Charge, DatedPrice, Plan, Repricing
from acctcore.billing.tax import DatedRate, Taxes, TaxKey
from acctcore.flows import File, Policies, evolve, handle
from acctcore.kernel.calendar import Every, instant, months, years
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import CREDIT, REFUND, VOID, Actor
from acctcore.operations.approvals import Authority, Limit
from acctcore.receivables import payments
from acctcore.testing import laws

OFFICER = Actor("ann", ("officer",))
OTHER_OFFICER = Actor("bob", ("officer",))
SUPERVISOR = Actor("sam", ("supervisor",))
Answer = Decision[Event]
ZONE = "Europe/Berlin"
MONTH = months(1)


def at(text: str) -> DateTime:
    """Return an instant by what clocks in Berlin show."""
    return instant(pendulum.parse(text, tz=ZONE))


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


def charge(
    key: str,
    *prices: str | tuple[date, str],
    unit: bool = False,
    arrears: bool = False,
    currency: str = "EUR",
) -> Charge:
    dated = [(date(2020, 1, 1), price) if isinstance(price, str) else price for price in prices]
    return Charge(
        key=key,
        title=key,
        prices=tuple(DatedPrice(since, Price(Decimal(amount), currency)) for since, amount in dated),
        per_unit=unit,
        billing=Billing.IN_ARREARS if arrears else Billing.IN_ADVANCE,
    )


def plan(id: str, *charges: Charge, every: Every = MONTH, trial: int = 0) -> Plan:
    return Plan(id=id, title=id, every=every, charges=charges, trial_days=trial)


CATALOG = Catalog(
    plans=(
        plan("small", charge("base", "30.00"), charge("seat", "3.00", unit=True)),
        plan("large", charge("base", "90.00"), charge("seat", "6.00", unit=True)),
        plan("trial", charge("base", "31.00"), trial=14),
        plan("yearly", charge("base", "365.00"), every=years(1)),
        plan("metered", charge("base", "30.00"), charge("use", "1.00", unit=True, arrears=True)),
        plan(
            "dear", charge("base", "30.00", (date(2024, 3, 10), "60.00")), charge("seat", "3.00", unit=True)
        ),
        plan("free", charge("base", "0.00")),
        plan("yen", charge("base", "1000", currency="JPY")),
        plan("dinar", charge("base", "10.005", currency="KWD")),
    ),
)
KEEPING = changed(CATALOG, repricing=Repricing.KEEP)
VAT = Taxes(rates=(DatedRate("standard", date(2007, 1, 1), (TaxKey("S", "19"),)),))
HOLDS = HoldPolicy(
    "office",
    "1",
    (
        HoldKind("fraud", EVERYTHING, "officer", "officer", four_eyes=True),
        HoldKind("dispute", EVERYTHING, "officer", "officer"),
    ),
)
LIMITED = Authority(
    "limited",
    "1",
    tuple(
        limit
        for act in (REFUND, CREDIT, VOID)
        for limit in (Limit("officer", act, "EUR", eur("10.00")), Limit("supervisor", act))
    ),
    valid_days=7,
)
ACCOUNTS = account.AccountPolicy("account", "1", 30, fields=(account.FieldRule("name", "officer"),))
PLAIN = Policies(catalog=CATALOG, holds=HOLDS, account=ACCOUNTS)
TAXED = changed(PLAIN, taxes=VAT)


class Story:
    """Asks and stores, checks that the file adds up after every step, and counts command ids."""

    def __init__(self, policies: Policies = PLAIN, since: str = "2024-01-01 00:00") -> None:
        self.policies = policies
        self.count = 0
        opened = handle(
            None, account.Open(id="open", at=at(since), by=OFFICER, account_id="A", zone=ZONE), policies
        )
        self.file: File = evolve(None, opened.events)

    def ask(self, kind: type[Command], when: str | DateTime, /, **facts: object) -> Answer:
        """Return the answer without storing it; the command gets an id and an officer unless told."""
        return handle(self.file, self.command(kind, when, **facts), self.policies)

    def command(self, kind: type[Command], when: str | DateTime, /, **facts: object) -> Command:
        self.count += 1
        stated = {"id": f"c{self.count}", "at": at(when) if isinstance(when, str) else when, "by": OFFICER}
        if issubclass(kind, subs.Command):
            stated["subscription_id"] = "S1"
        return kind(**{**stated, **facts})  # type: ignore[arg-type]

    def do(self, kind: type[Command], when: str | DateTime, /, **facts: object) -> Answer:
        """Ask and store; the answer has to be a yes."""
        return self.store(self.ask(kind, when, **facts))

    def store(self, answer: Answer) -> Answer:
        assert answer.outcome is Outcome.ALLOWED, [reason.text for reason in answer.reasons]
        self.file = evolve(self.file, answer.events)
        laws.adds_up(self.file)
        return answer

    def run(self, until: str) -> "Story":
        """Do what the schedule wants by then."""
        self.file = laws.run(self.file, at(until), self.policies)
        laws.adds_up(self.file)
        return self

    def start(self, when: str = "2024-01-31 10:00", plan: str = "small", **facts: object) -> "Story":
        self.do(subs.Start, when, **{"plan": plan, "currency": "EUR", **facts})
        return self

    def pay(self, when: str, amount: Money, id: str = "P1", **facts: object) -> "Story":
        self.do(payments.Receive, when, payment_id=id, amount=amount, **facts)
        return self

    # What can be read off the file

    def totals(self) -> dict[str, int]:
        """Return the total of each document, credit notes below zero, in minor units."""
        return {
            filed.document.id: sign(filed.document) * filed.document.total for filed in self.file.documents
        }

    def net(self) -> int:
        return sum(sign(filed.document) * filed.document.net for filed in self.file.documents)

    def open(self) -> dict[str, int]:
        return {item.id: item.open for item in self.file.items}

    def document(self, id: str) -> invoices.Document:
        found = self.file.document(id)
        assert found is not None
        return found


def sign(document: invoices.Document) -> int:
    return 1 if document.kind is invoices.Kind.INVOICE else -1


def issued(answer: Answer) -> list[tuple[str, str, int]]:
    """Return kind, id and net of the documents that an answer issues."""
    return [(each.kind.value, each.id, each.net) for each in laws.documents_of(answer.events)]


def codes(answer: Answer) -> list[str]:
    """Return the codes of an answer's reasons."""
    return [reason.code for reason in answer.reasons]
