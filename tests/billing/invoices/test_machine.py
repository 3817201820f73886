"""Documents of one account under anything that is asked of them, in any order: each step adds up.

A ledger of our own goes along, by document, line and tax key, from nothing but what events say. What is
allowed is foretold where that takes none of the room's arithmetic; tax is computed again by `decimal`.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from attrs import evolve as changed
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pendulum import DateTime

from acctcore.billing import invoices
from acctcore.billing.invoices import (
    LIFECYCLE,
    BelowZero,
    Destination,
    Document,
    DocumentPolicy,
    Filed,
    Kind,
    Phase,
)
from acctcore.billing.tax import DatedRate, RoundAt, Taxes
from acctcore.kernel.calendar import instant, local_date
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.integers import Rounding
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money
from acctcore.testing import laws
from acctcore.testing import strategies as ours
from tests.billing.invoices.stories import CITY, DESK, NOON, REDUCED, STANDARD, STATE, ZERO, ZONE

CLASSES = {
    "standard": (STANDARD,),
    "reduced": (REDUCED,),
    "none": (ZERO,),
    "local": (STATE, CITY),
    "mixed": (STANDARD, STATE),
}
RATES = tuple(DatedRate(name, date(2007, 1, 1), keys) for name, keys in CLASSES.items())
IN_DECIMAL = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}
CODES = ("EUR", "JPY", "KWD")
_CREDIT_NOTE = Kind.CREDIT_NOTE
Ledger = Counter[tuple[str, object, str]]


def said(document: Document) -> Ledger:
    """Return what a document says of itself: net by line, base and tax by key, and the total."""
    found: Ledger = Counter({(document.id, None, "total"): document.total})
    for line in document.lines:
        found[document.id, line.id, "net"] = line.amount
    for entry in document.taxes:
        found[document.id, entry.key, "base"] = entry.base
        found[document.id, entry.key, "tax"] = entry.amount
    return found


def taken(credit: Document) -> Ledger:
    """Return what a credit note takes of the document that it corrects, in that one's words."""
    assert credit.corrects is not None
    found: Ledger = Counter({(credit.corrects, None, "total"): credit.total})
    for line in credit.lines:
        found[credit.corrects, line.corrects, "net"] += line.amount
    for entry in credit.taxes:
        found[credit.corrects, entry.key, "base"] += entry.base
        found[credit.corrects, entry.key, "tax"] += entry.amount
    return found


def corrects(document: Document) -> bool:
    return document.kind is _CREDIT_NOTE and document.corrects is not None


class Documents(RuleBasedStateMachine):
    """Any number of documents, what was paid of them, and a ledger of what they ask and take back."""

    def __init__(self) -> None:
        super().__init__()
        self.filed: dict[str, Filed] = {}
        self.ledger: Ledger = Counter()
        self.applied: Counter[str] = Counter()  # paid of an invoice, or used of a credit note elsewhere
        self.at: DateTime = NOON
        self.count = 0
        self.before: Phase | None = None

    @initialize(
        data=st.data(),
        round_at=st.sampled_from(RoundAt),
        rounding=st.sampled_from([*IN_DECIMAL]),
        below_zero=st.sampled_from(BelowZero),
        books_close=st.booleans(),
        reasons=st.sampled_from([(), ("other",)]),
        ahead=st.sampled_from([None, 3]),
    )
    def begin(
        self,
        data: st.DataObject,
        round_at: RoundAt,
        rounding: Rounding,
        below_zero: BelowZero,
        books_close: bool,
        reasons: tuple[str, ...],
        ahead: int | None,
    ) -> None:
        self.taxes = Taxes(rates=RATES, round_at=round_at, rounding=rounding)
        self.policy = DocumentPolicy(
            below_zero=below_zero, books_close=books_close, reasons=reasons, tax_date_ahead=ahead
        )
        for code in data.draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3)):
            lines = data.draw(written(code))
            self.ask(invoices.Draft, id := f"I{self.count}", currency=code, lines=lines)
            self.issue_one(id, self.filed[id].document)

    # What is asked, and what it comes to

    @rule(data=st.data(), code=st.sampled_from(CODES), days=st.sampled_from([0, 0, 0, -20, 2, 9]))
    def draft(self, data: st.DataObject, code: str, days: int) -> None:
        gone = [id for id in self.filed if self.phase(id) in (Phase.VOIDED, Phase.CREDITED)]
        names = st.sampled_from([*gone[-3:] * 3, *list(self.filed)[-2:], "nobody"])
        replaces = data.draw(names if data.draw(st.integers(0, 3)) == 3 else st.none())
        answer = self.ask(
            invoices.Draft,
            id := f"I{self.count}",
            currency=code,
            lines=data.draw(written(code)),
            tax_date=self.today + timedelta(days=days),
            replaces=replaces,
        )
        allowed = replaces is None or self.replaceable(replaces, id)
        assert answer.allowed is allowed
        if allowed and data.draw(st.integers(0, 3)):
            self.issue_one(id, self.filed[id].document)

    @precondition(lambda self: self.filed)
    @rule(data=st.data())
    def revise(self, data: st.DataObject) -> None:
        id, known = self.one(data, Phase.DRAFT)
        lines = data.draw(written(known.currency if known else "EUR"))
        answer = self.ask(invoices.Revise, id, lines=lines)
        assert answer.allowed is (self.before is Phase.DRAFT)

    @precondition(lambda self: self.filed)
    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        id, _ = self.one(data, Phase.DRAFT)
        answer = self.ask(invoices.Discard, id)
        assert answer.allowed is (self.before is Phase.DRAFT)

    @precondition(lambda self: self.filed)
    @rule(data=st.data(), terms=st.none() | ours.payment_terms())
    def issue(self, data: st.DataObject, terms: invoices.Terms | None) -> None:
        id, known = self.one(data, Phase.DRAFT)
        self.issue_one(id, known, terms)

    def issue_one(self, id: str, known: Document | None, terms: invoices.Terms | None = None) -> None:
        fits = known is not None and self.phase(id) is Phase.DRAFT
        if fits and known is not None:
            ahead, replaces = (known.tax_date - self.today).days, known.corrects
            fits = self.policy.tax_date_ahead is None or ahead <= self.policy.tax_date_ahead
            fits &= replaces is None or (self.replaceable(replaces, id) and known.total >= 0)
        answer = self.ask(invoices.Issue, id, terms=terms)
        assert answer.allowed is fits
        if fits:
            issued = self.filed[id].document
            turned = known is not None and known.total < 0 and self.policy.below_zero is BelowZero.CREDIT_NOTE
            assert (issued.kind is _CREDIT_NOTE) is turned
            assert (issued.due_on is None) is (known is not None and known.total < 0)

    @precondition(lambda self: self.issued())
    @rule(data=st.data(), why=st.sampled_from(["other", "other", "other", "whim"]))
    def credit(self, data: st.DataObject, why: str) -> None:
        id, known = self.one(data, Phase.ISSUED, (Kind.INVOICE, Kind.DEBIT_NOTE))
        for _ in range(data.draw(st.integers(1, 4))):
            self.credit_one(data, id, known, why)

    def credit_one(self, data: st.DataObject, id: str, known: Document | None, why: str) -> None:
        facts: dict[str, Any] = {"reason": why}
        if known is not None and known.kind is not _CREDIT_NOTE and known.total > 0:
            drawn = data.draw(ours.credits(known, self.notes(id)))
            facts |= {name: getattr(drawn, name) for name in ("amount", "percent", "lines", "to")}
        left = Counter(self.ledger)  # as it stands; what is below zero counts, too
        answer = self.ask(invoices.Credit, id, **facts)
        known_reason = not self.policy.reasons or why in self.policy.reasons
        possible = self.before is Phase.ISSUED and known is not None and known.kind is not _CREDIT_NOTE
        assert not answer.allowed or (possible and known_reason)
        if not possible or known is None:
            return
        if answer.allowed:
            (event,) = answer.events
            assert isinstance(event, invoices.Issued)
            self.check_credit(event.document, known, left, facts)
        amount = facts.get("amount")
        if amount is not None and all(line.amount >= 0 for line in known.lines):
            held = facts["to"] is not Destination.REFUND or amount.minor <= self.applied[id]
            fits = 0 < amount.minor <= left[id, None, "total"]
            assert answer.allowed is (known_reason and held and fits)

    def check_credit(self, credit: Document, of: Document, left: Ledger, facts: dict[str, Any]) -> None:
        """Check what a credit note takes by what was asked, with nothing of the room's."""
        if facts.get("amount") is not None:
            assert credit.total == facts["amount"].minor
            return  # split over lines and keys by their weight, so tax is no share of its base
        parts = {part.line: part for part in facts.get("lines", ())}
        for line in credit.lines:
            part = parts.get(str(line.corrects))
            if part is not None and part.amount is not None:
                assert line.amount == part.amount.minor
            if part is not None and part.amount is part.quantity is part.percent is None:
                assert line.amount == left[of.id, line.corrects, "net"]
        if not parts and facts.get("percent") is None:
            assert all(not self.ledger[key] for key in said(of)), "all that was left"
            return
        for entry in credit.taxes:
            whole = said(of)[of.id, entry.key, "base"], said(of)[of.id, entry.key, "tax"]
            base_left, tax_left = left[of.id, entry.key, "base"], left[of.id, entry.key, "tax"]
            if entry.base != base_left and whole[0] > 0 and tax_left >= 0:
                stays = floor(Fraction(whole[1] * (base_left - entry.base), whole[0]) + Fraction(1, 2))
                assert entry.amount == max(0, min(tax_left - stays, tax_left))

    @precondition(lambda self: self.issued())
    @rule(data=st.data(), cents=st.integers(1, 10**6))
    def debit(self, data: st.DataObject, cents: int) -> None:
        id, known = self.one(data, Phase.ISSUED)
        lines = [] if known is None else [line.id for line in known.lines]
        line = data.draw(st.sampled_from([*lines, *lines, "none"]))
        raised = invoices.Raised(line=line, amount=Money.of_minor(cents, known.currency if known else "EUR"))
        answer = self.ask(invoices.Debit, id, lines=(raised,), reason="other")
        fits = known is not None and known.kind is Kind.INVOICE and line in lines
        assert answer.allowed is (fits and self.before is Phase.ISSUED)
        if answer.allowed:
            (event,) = answer.events
            assert isinstance(event, invoices.Issued)
            assert (event.document.net, event.document.corrects) == (cents, id)

    @precondition(lambda self: self.issued())
    @rule(data=st.data(), reported=st.sampled_from([None, False, False, True]))
    def void(self, data: st.DataObject, reported: bool | None) -> None:
        id, known = self.one(data, Phase.ISSUED)
        answer = self.ask(invoices.Void, id, reported=reported)
        if known is None or self.before is not Phase.ISSUED:
            assert answer.outcome is Outcome.REFUSED
            return
        stands = bool(self.applied[id])
        if corrects(known) and known.corrects is not None:
            stands |= self.replaced_by(known.corrects, id) is not None
        else:
            stands |= bool(self.notes(id) or self.debits(id))
        unsaid = self.policy.books_close and reported is None
        if stands or reported is True:
            assert answer.outcome is Outcome.REFUSED
        else:
            assert answer.outcome is (Outcome.UNKNOWN if unsaid else Outcome.ALLOWED)

    @precondition(lambda self: self.issued())
    @rule(data=st.data())
    def apply(self, data: st.DataObject) -> None:
        """Somebody pays some of an invoice, or what a credit note gives is used for something else."""
        rest = {
            id: (each.document.total if corrects(each.document) else self.ledger[id, None, "total"])
            - self.applied[id]
            for id, each in self.filed.items()
            if each.phase is Phase.ISSUED
        }
        if open_now := sorted(id for id, left in rest.items() if left > 0):
            id = data.draw(st.sampled_from(open_now))
            self.applied[id] += data.draw(st.just(rest[id]) | st.integers(1, rest[id]))

    @rule(hours=st.integers(1, 24 * 40))
    def wait(self, hours: int) -> None:
        self.at = instant(self.at + timedelta(hours=hours))

    def ask(self, kind: type[invoices.Command], id: str, **facts: Any) -> Decision[Event]:
        """Ask, hold the answer against the table, and file what came of it."""
        self.count += 1
        command = kind(id=f"c{self.count}", at=self.at, by=DESK, document_id=id, **facts)
        self.before = self.phase(id) if id in self.filed else None
        known = None if id not in self.filed else self.seen(id)
        standing = self.standing(id, facts.get("replaces"))
        answer = invoices.decide(known, command, self.taxes, standing, self.policy)
        note(f"{command} -> {answer.outcome.value} {[reason.code for reason in answer.reasons]}")
        laws.reasons_are_told(answer)
        codes = [reason.code for reason in answer.reasons]
        if known is not None:
            accepted = LIFECYCLE.accepts(self.before, kind)
            assert codes == ["lifecycle.wrong_phase"] or accepted
            assert "lifecycle.wrong_phase" not in codes or not accepted
        for event in answer.events:
            assert type(event) in LIFECYCLE.brings(self.before, kind)
            self.file(event)
        return answer

    def file(self, event: Event) -> None:
        match event:
            case invoices.Drafted() | invoices.Revised():
                self.filed[event.document.id] = Filed(event.document, Phase.DRAFT)
            case invoices.Discarded():
                del self.filed[event.document_id]
            case invoices.Issued():
                assert event.document.id not in self.filed or self.before is Phase.DRAFT
                self.filed[event.document.id] = Filed(event.document, Phase.ISSUED)
                self.book(event.document, 1)
            case invoices.Voided():
                document = self.filed[event.document_id].document
                self.filed[event.document_id] = Filed(document, Phase.VOIDED, event.at)
                self.book(document, -1)

    def book(self, document: Document, sign: int) -> None:
        side = -sign if corrects(document) else sign
        for key, amount in (taken(document) if corrects(document) else said(document)).items():
            self.ledger[key] += side * amount

    # What is known

    def issued(self) -> bool:
        return any(each.phase is Phase.ISSUED for each in self.filed.values())

    @property
    def today(self) -> date:
        return local_date(self.at, ZONE)

    def one(
        self, data: st.DataObject, phase: Phase, kinds: tuple[Kind, ...] = tuple(Kind)
    ) -> tuple[str, Document | None]:
        """Return one of the latest documents, mostly in this phase and of these kinds, or nobody's."""
        fitting = [
            id for id, each in self.filed.items() if each.document.kind in kinds and self.phase(id) is phase
        ][-6:]
        stranger = not fitting or data.draw(st.integers(0, 9)) == 9
        id = data.draw(st.sampled_from([*list(self.filed)[-8:], "nobody"] if stranger else fitting))
        return id, self.filed[id].document if id in self.filed else None

    def in_force(self, id: str, kind: Kind) -> tuple[Document, ...]:
        return tuple(
            each.document
            for each in self.filed.values()
            if each.phase is Phase.ISSUED and each.document.kind is kind and each.document.corrects == id
        )

    def notes(self, id: str) -> tuple[Document, ...]:
        return self.in_force(id, _CREDIT_NOTE)

    def debits(self, id: str) -> tuple[Document, ...]:
        return self.in_force(id, Kind.DEBIT_NOTE)

    def phase(self, id: str) -> Phase:
        """Return where a document stands: credited where the ledger has nothing left of it."""
        filed = self.filed[id]
        if filed.phase is not Phase.ISSUED or not self.notes(id):
            return filed.phase
        left = any(self.ledger[key] for key in said(filed.document) if key[1] is not None)
        return Phase.ISSUED if left else Phase.CREDITED

    def seen(self, id: str) -> Filed:
        return changed(self.filed[id], phase=self.phase(id))

    def replaced_by(self, id: str, other_than: str) -> str | None:
        replacing = (
            each.document.id
            for each in self.filed.values()
            if each.document.kind is Kind.INVOICE
            and each.document.corrects == id
            and each.phase is not Phase.VOIDED
        )
        return next((each for each in replacing if each != other_than), None)

    def replaceable(self, id: str, by: str) -> bool:
        if id not in self.filed or self.replaced_by(id, by) is not None:
            return False
        gone = self.phase(id) in (Phase.VOIDED, Phase.CREDITED)
        return gone and self.filed[id].document.kind is Kind.INVOICE

    def standing(self, id: str, replaces: str | None) -> invoices.Standing:
        known = self.filed.get(id)
        of = replaces if known is None else known.document.corrects
        applied = self.applied[id]
        gives = known is not None and corrects(known.document)
        return invoices.Standing(
            account_id="A-1",
            zone=ZONE,
            notes=self.notes(id),
            debits=self.debits(id),
            applied=applied,
            paid=0 if gives else applied,
            elsewhere=applied if gives else 0,
            replaced=self.seen(of) if of in self.filed and of is not None else None,
            replaced_by=None if of is None else self.replaced_by(of, id),
        )

    # What holds at every step

    @invariant()
    def every_document_adds_up(self) -> None:
        for each in list(self.filed.values())[-3:]:
            assert invoices.check(each.document) == ()
            if each.document.kind is not _CREDIT_NOTE or each.phase is not Phase.ISSUED:
                self.check_tax(each.document)
            if each.document.total >= 0:
                laws.document_adds_up(each.document)

    def check_tax(self, document: Document) -> None:
        """Compute the tax of an invoice or a debit note again."""
        if document.kind is _CREDIT_NOTE:
            return
        rounding = IN_DECIMAL[self.taxes.rounding]
        exact = Context(prec=60)
        for entry in document.taxes:
            amounts = [line.amount for line in document.lines if entry.key in line.taxes]
            bases = amounts if self.taxes.round_at is RoundAt.LINE else [sum(amounts)]
            taxes = [exact.multiply(Decimal(base), entry.key.rate).scaleb(-2) for base in bases]
            assert entry.amount == sum(int(tax.quantize(Decimal(1), rounding)) for tax in taxes)

    @invariant()
    def what_is_left_is_what_the_ledger_says(self) -> None:
        for id, filed in self.filed.items():
            document = filed.document
            if filed.phase is not Phase.ISSUED or corrects(document):
                continue
            notes = self.notes(id)
            if document.kind is _CREDIT_NOTE:
                assert not notes
                continue
            left = invoices.left_of(document, notes)
            told: Ledger = Counter({(id, None, "total"): left.total})
            for line, net in left.lines:
                told[id, line, "net"] = net
            for key, base, tax in left.keys:
                told[id, key, "base"], told[id, key, "tax"] = base, tax
            assert all(told[key] == self.ledger[key] for key in {*told, *said(document)})
            laws.credits_within(document, notes)
            assert invoices.phase(document, notes, filed.phase) is self.phase(id)

    @invariant()
    def each_tax_key_adds_up_over_all_documents(self) -> None:
        """What the ledger holds by currency and key is what the documents in force say."""
        held: Counter[tuple[object, ...]] = Counter()
        for (id, key, what), amount in self.ledger.items():
            held[self.filed[id].document.currency, key if what != "net" else "lines", what] += amount
        stated: Counter[tuple[object, ...]] = Counter()
        for filed in self.filed.values():
            document = filed.document
            if filed.phase is not Phase.ISSUED:
                continue
            sign = -1 if corrects(document) else 1
            stated[document.currency, None, "total"] += sign * document.total
            stated[document.currency, "lines", "net"] += sign * document.net
            for entry in document.taxes:
                stated[document.currency, entry.key, "base"] += sign * entry.base
                stated[document.currency, entry.key, "tax"] += sign * entry.amount
        assert {key: amount for key, amount in held.items() if amount} == {
            key: amount for key, amount in stated.items() if amount
        }


@st.composite
def written(draw: st.DrawFn, code: str) -> tuple[invoices.OneOff, ...]:
    """Return lines under any taxes, of nothing and below zero among them."""
    lines = draw(ours.one_offs(code, most=4))
    return tuple(changed(line, tax_class=draw(st.sampled_from([*CLASSES]))) for line in lines)


def test_documents_add_up_by_tax_key_at_every_step() -> None:
    run_state_machine_as_test(
        Documents,
        settings=settings(
            max_examples=120,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
