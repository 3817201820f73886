"""Payments, refunds, chargebacks and authorisations in any order: every step adds up to a plain ledger.

The ledger beside the file knows nothing of allocations: it adds amounts by what has happened.
"""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from acctcore.accounts import account
from acctcore.billing import invoices
from acctcore.billing.catalog import Catalog
from acctcore.flows import File, Policies, balances, evolve, handle
from acctcore.kernel.calendar import instant
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Money, Price, in_minor
from acctcore.kernel.notices import AlreadyRecorded
from acctcore.kernel.terms import Actor
from acctcore.receivables import authorisations, chargebacks, payments, refunds
from acctcore.testing import laws

ANN = Actor("ann", ("officer",))
SINCE = instant(datetime(2024, 1, 1, tzinfo=UTC))
WAYS = (
    refunds.RefundPolicy(),
    refunds.RefundPolicy(first=refunds.From.OLDEST, credit_first=False),
    refunds.RefundPolicy(window_days=0, otherwise=refunds.CREDIT),
    refunds.RefundPolicy(window_days=0, otherwise="bank_transfer"),
)
minor = st.integers(1, 300)
back = st.integers(0, 4)  # hours by which a fact is dated before now
kinds = st.sampled_from(refunds.Kind)
Told = refunds.Send | refunds.Complete | refunds.Fail | refunds.LoseTrack


class MoneyMachine(RuleBasedStateMachine):
    """One account in one currency without tax, and what its owner would note on paper."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.came: Counter[str] = Counter()
        self.billed = self.credited = self.fees = 0

    @initialize(
        code=st.sampled_from(["EUR", "JPY", "KWD"]),
        way=st.sampled_from(WAYS),
        order=st.sampled_from([payments.OldestDue(), payments.ProRata(), payments.ByHand()]),
        use_credit=st.booleans(),
    )
    def open(self, code: str, way: refunds.RefundPolicy, order: payments.Order, use_credit: bool) -> None:
        self.code = code
        self.policies = Policies(
            catalog=Catalog(plans=()),
            refunds=way,
            allocation=payments.AllocationPolicy(order=order, use_credit=use_credit),
            authorisations=authorisations.AuthorisationPolicy(captures=authorisations.Captures.SEVERAL),
        )
        opened = account.Open(id="open", at=SINCE, by=ANN, account_id="A", zone="UTC")
        self.file: File = evolve(None, handle(None, opened, self.policies).events)

    def money(self, amount: int) -> Money:
        return in_minor(amount, self.code)

    def ask(self, kind: type[Command], hours: int = 0, /, **facts: object) -> bool:
        """Ask, as a preview first; store it where it is allowed, and say whether it was."""
        self.count += 1
        at = SINCE.add(days=1, hours=self.count - hours)
        command = kind(**{"id": f"c{self.count}", "at": at, "by": ANN, **facts})  # type: ignore[arg-type]
        laws.preview_is_the_bill(self.file, command, self.policies)
        laws.twice_is_once(self.file, command, self.policies)
        answer = handle(self.file, command, self.policies)
        if answer.allowed:
            self.file = evolve(self.file, answer.events)
            notes = laws.documents_of(answer.events)
            self.credited += sum(each.total for each in notes if each.kind is invoices.Kind.CREDIT_NOTE)
        assert answer.allowed or answer.reasons
        return answer.allowed

    @rule(amount=minor)
    def bill(self, amount: int) -> None:
        price = Price(self.money(amount).amount, self.code)
        line = invoices.OneOff(key="work", title="Work", price=price)
        id = f"I{self.count}"
        assert self.ask(invoices.Draft, document_id=id, currency=self.code, lines=(line,))
        assert self.ask(invoices.Issue, document_id=id)
        self.billed += amount

    @rule(amount=minor, hours=back, method=st.sampled_from(["", "card"]))
    def pay(self, amount: int, hours: int, method: str) -> None:
        id = f"P{self.count}"
        paid = {"payment_id": id, "amount": self.money(amount), "method": method}
        if self.ask(payments.Receive, hours, **paid):
            self.came[id] = amount

    @rule(amount=minor)
    def authorise(self, amount: int) -> None:
        assert self.ask(
            authorisations.Authorise, authorisation_id=f"A{self.count}", amount=self.money(amount)
        )

    @precondition(lambda self: self.file.authorisations)
    @rule(data=st.data(), amount=minor, final=st.booleans())
    def capture(self, data: st.DataObject, amount: int, final: bool) -> None:
        held = data.draw(st.sampled_from(self.file.authorisations))
        left = authorisations.reserved(held, self.file.taken(held.id), SINCE.add(days=2, hours=self.count))
        id = f"P{self.count}"
        facts = {"payment_id": id, "amount": self.money(amount), "authorisation_id": held.id, "final": final}
        if self.ask(payments.Capture, **facts):
            self.came[id] = amount
        elif amount <= left.minor:
            assert held.at > SINCE

    @precondition(lambda self: self.file.payments)
    @rule(data=st.data(), hours=back)
    def bounce(self, data: st.DataObject, hours: int) -> None:
        payment = data.draw(st.sampled_from(self.file.payments))
        facts = {"payment_id": payment.id, "amount": payment.asked, "failure": "returned"}
        if self.ask(payments.Fail, hours, **facts):
            known = self.file.payment(payment.id)
            assert known is not None
            self.came[payment.id] = known.amount if known.phase is payments.Phase.RECEIVED else 0

    @precondition(lambda self: self.file.payments)
    @rule(data=st.data(), amount=minor, kind=kinds)
    def refund(self, data: st.DataObject, amount: int, kind: refunds.Kind) -> None:
        payment = data.draw(st.sampled_from(self.file.payments))
        targets = [each.target for each in self.file.allocations if each.source == payment.id]
        facts = {"refund_id": f"R{self.count}", "payment_id": payment.id, "amount": self.money(amount)}
        invoice = data.draw(st.sampled_from([None, *targets]))
        if self.ask(refunds.Give, kind=kind, invoice_id=invoice, **facts):
            assert amount <= payment.refundable.minor

    @precondition(lambda self: self.file.payments)
    @rule(data=st.data(), amount=st.integers(1, 900), kind=kinds)
    def give_back(self, data: st.DataObject, amount: int, kind: refunds.Kind) -> None:
        invoice = data.draw(st.sampled_from([None, *[each.document.id for each in self.file.documents]]))
        facts = {"refund_id": f"R{self.count}", "amount": self.money(amount), "kind": kind}
        before = self.file
        if self.ask(refunds.GiveBack, invoice_id=invoice, **facts):
            for payment in before.payments:
                after = self.file.payment(payment.id)
                assert after is not None
                assert after.refunded - payment.refunded <= payment.refundable.minor

    @precondition(lambda self: self.file.refunds)
    @rule(
        data=st.data(),
        hours=back,
        kind=st.sampled_from([refunds.Send, refunds.Complete, refunds.Fail, refunds.LoseTrack]),
    )
    def report(self, data: st.DataObject, hours: int, kind: type[Told]) -> None:
        refund = data.draw(st.sampled_from(self.file.refunds))
        failure = {"failure": "closed"} if kind is refunds.Fail else {}
        self.ask(kind, hours, refund_id=refund.id, **failure)

    @precondition(lambda self: self.file.payments)
    @rule(data=st.data(), hours=back, amount=minor, fee=st.sampled_from([0, 0, 15]))
    def charge_back(self, data: st.DataObject, hours: int, amount: int, fee: int) -> None:
        payment = data.draw(st.sampled_from(self.file.payments))
        amount = data.draw(st.sampled_from([amount, max(1, payment.amount)]))
        facts = {"chargeback_id": f"B{self.count}", "payment_id": payment.id, "amount": self.money(amount)}
        if self.ask(chargebacks.ChargeBack, hours, fee=self.money(fee) if fee else None, **facts):
            assert amount <= payment.amount - payment.charged_back
            self.fees += fee

    @precondition(lambda self: self.file.chargebacks)
    @rule(data=st.data(), hours=back, amount=st.none() | minor)
    def reverse(self, data: st.DataObject, hours: int, amount: int | None) -> None:
        known = data.draw(st.sampled_from(self.file.chargebacks))
        money = None if amount is None else self.money(amount)
        if self.ask(chargebacks.Reverse, hours, chargeback_id=known.id, amount=money):
            assert amount is None or amount <= known.standing

    @precondition(lambda self: self.file.chargebacks)
    @rule(data=st.data(), contest=st.booleans())
    def answer(self, data: st.DataObject, contest: bool) -> None:
        known = data.draw(st.sampled_from(self.file.chargebacks))
        first = known.response is None
        assert self.ask(chargebacks.Answer, chargeback_id=known.id, contest=contest) is first

    @precondition(lambda self: self.file.chargebacks)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(self.file.chargebacks))
        again = chargebacks.ChargeBack(
            id=f"again {self.count}",
            at=known.at,
            by=ANN,
            chargeback_id=known.id,
            payment_id=known.payment_id,
            amount=known.money,
            fee=known.fee,
        )
        (reason,) = handle(self.file, again, self.policies).reasons
        assert isinstance(reason, AlreadyRecorded)

    @rule(afresh=st.booleans())
    def allocate(self, afresh: bool) -> None:
        self.ask(payments.AllocateAll, afresh=afresh)

    @invariant()
    def it_adds_up(self) -> None:
        if not hasattr(self, "file"):
            return
        laws.adds_up(self.file)
        laws.as_of_adds_up(self.file)
        out = sum(each.amount for each in self.file.refunds if each.phase is not refunds.Phase.FAILED)
        taken = sum(each.amount - sum(one.amount for one in each.reversals) for each in self.file.chargebacks)
        on_paper = self.billed - self.credited - self.came.total() + out + taken + self.fees
        found = balances(self.file).get(self.code)
        assert (0 if found is None else found.minor) == on_paper

    @invariant()
    def what_came_in_went_somewhere(self) -> None:
        """Each payment: allocated, still credit, in refunds, in chargebacks; nothing twice, nothing lost."""
        if not hasattr(self, "file"):
            return
        left = {item.id: item.open for item in self.file.items if item.side is payments.Side.GIVEN}
        for payment in self.file.payments:
            went = sum(each.amount for each in self.file.allocations if each.source == payment.id)
            assert went + left.get(payment.id, 0) == self.came[payment.id]


TestMoney = MoneyMachine.TestCase
TestMoney.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
