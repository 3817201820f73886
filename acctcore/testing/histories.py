"""Random histories of one account file: commands that fit it, or nearly, each drawn as the file stands.

`commands` draws the next thing that somebody might ask; `histories` asks one after another, runs the
schedule in between, and keeps what was answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from attrs import evolve as changed
from attrs import frozen
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.billing.catalog import Catalog
from acctcore.flows import File, Policies, due, evolve, handle
from acctcore.kernel.calendar import add_days, instant, local_date
from acctcore.kernel.decision import Decision
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import BILL, CANCEL, CHANGE_PLAN, CLOSE, REFUND, Actor
from acctcore.operations import approvals
from acctcore.receivables import authorisations, chargebacks, payments, refunds
from acctcore.testing import strategies as ours

Answer = Decision[Event]
Timing = subscriptions.Timing

CHECKER = Actor("supervisor-2", ("supervisor",))
CHECKERS = (CHECKER, Actor("supervisor-3", ("supervisor",)), Actor("finance-1", ("finance",)))


@frozen
class Step:
    """One command, the file that it met, and the answer."""

    before: File
    command: Command
    answer: Answer


@frozen(repr=False)
class History:
    """What was asked of one account, in order, and the file that it came to."""

    policies: Policies
    steps: tuple[Step, ...]
    file: File
    now: DateTime

    def __repr__(self) -> str:
        """Tell the policies and what was asked; files would fill pages."""
        asked = [f"{step.command!r}  # {step.answer.outcome.value}" for step in self.steps]
        return "\n".join([f"History under {self.policies!r}", *asked, f"now {self.now}"])


@frozen
class Scene:
    """What the next command is drawn for: the file as it stands, the policies, now, and an id to give."""

    file: File
    policies: Policies
    now: DateTime
    id: str


def opened(at: DateTime, zone: str) -> File:
    """Return a file with its account just opened, and nothing else."""
    command = account.Open(id="open", at=at, by=ours.OFFICER, account_id="A", zone=zone)
    return evolve(None, handle(None, command, Policies(catalog=Catalog(plans=()))).events)


# The next command


@st.composite
def commands(draw: st.DrawFn, file: File, policies: Policies, now: DateTime, id: str) -> Command:
    """Return something that somebody might ask of this file now, an approval too; some of it is refused."""
    return with_approval(draw, file, draw(asking(file, policies, now, id)), policies)


@st.composite
def asking(draw: st.DrawFn, file: File, policies: Policies, now: DateTime, id: str) -> Command:
    """Return something that somebody might ask of this file now, approvals apart.

    Everything is about what is on file, or about an id that is not; dated now, or up to three months
    back, or (changes of a subscription) ahead.
    """
    owing = any(item.side is payments.Side.OWED for item in file.items)
    paid = any(payment.refundable for payment in file.payments)
    kinds = [_pay] * (4 if owing else 1)
    kinds += [_start] * (3 - len(file.subscriptions))
    kinds += ([_change] * 5 + [_rearrange] * 3 + [_cancel] * 2 + [_pause] * 3) if file.subscriptions else []
    kinds += [_refund] * (5 if paid else 0) + [_give_back] * (2 if paid else 0)
    kinds += [_report_refund] * (2 if file.refunds else 0)
    kinds += [_charge_back] * (1 if paid or file.chargebacks else 0)
    kinds += [_reserve, _allocate] if file.payments or file.authorisations else [_reserve]
    kinds += [_document] * 2 + [_hold, _account]
    command: Command = draw(draw(st.sampled_from(kinds))(Scene(file, policies, now, id)))
    return command


def _at(draw: st.DrawFn, now: DateTime) -> DateTime:
    back = draw(st.sampled_from([0] * 12 + [60, 86_400, 86_400 * 10, 86_400 * 90]))
    return instant(now - timedelta(seconds=back))


def _one(draw: st.DrawFn, known: Sequence[str], stranger: str = "nobody") -> str:
    """Return one of the ids on file, a stranger's now and then or where there is none."""
    if not known or draw(st.integers(0, 19)) == 19:
        return stranger
    return draw(st.sampled_from([*known][-6:]))


def _new(draw: st.DrawFn, known: Sequence[str], id: str) -> str:
    """Return a new id, or one that is taken."""
    return known[0] if known and draw(st.integers(0, 9)) == 9 else id


@st.composite
def _start(draw: st.DrawFn, scene: Scene) -> Command:
    file, policies, now, id = scene.file, scene.policies, scene.now, scene.id
    plan = draw(st.sampled_from([plan.id for plan in policies.catalog.plans] or ["none"]))
    at = _at(draw, now)
    today = local_date(now, file.account.zone)
    ahead = st.sampled_from([0, -1, -40, -100, 1, 20]).map(lambda count: add_days(today, count))
    return subscriptions.Start(
        id=id,
        at=at,
        by=ours.OFFICER,
        subscription_id=_new(draw, [each.id for each in file.subscriptions], f"S-{id}"),
        plan=plan,
        currency=draw(ours.currencies(ours.CURRENCIES)),
        quantities=_quantities(draw, policies, plan),
        starts=draw(st.none() | ahead),
        anchor_day=draw(st.sampled_from([None] * 8 + [1, 31])),
        trial_days=draw(st.sampled_from([None, 0, 7, 30])),
        stub=draw(_stubs),
        **_term(draw, today),  # type: ignore[arg-type]
    )


_stubs = st.sampled_from([*[subscriptions.Stub.PRORATED] * 5, *subscriptions.Stub])


def _term(draw: st.DrawFn, today: date) -> dict[str, object]:
    """Return no term, a number of cycles that ends or renews, or a date."""
    kind = draw(st.sampled_from(["none"] * 6 + ["cycles", "date"]))
    if kind == "cycles":
        return {"term_cycles": draw(st.integers(1, 3)), "renews": draw(st.booleans())}
    return {"until": add_days(today, draw(st.integers(1, 120)))} if kind == "date" else {}


def _quantities(draw: st.DrawFn, policies: Policies, plan: str) -> tuple[tuple[str, int], ...]:
    found = policies.catalog.plan(plan)
    units = [charge.key for charge in found.charges if charge.per_unit] if found else []
    stated = draw(st.lists(st.sampled_from(units), unique=True)) if units else []
    return tuple([(key, draw(st.integers(0, 12))) for key in sorted(stated)])


def _when(draw: st.DrawFn, file: File, subscription: str, now: DateTime) -> subscriptions.When:
    """Return now, the end of the cycle, or a date: on a boundary, before one, ahead or back."""
    known = file.subscription(subscription)
    today = local_date(now, file.account.zone)
    dated = [add_days(today, count) for count in (-70, -31, -10, -1, 0, 1, 10, 40)]
    if known is not None:
        cycles = known.terms(known.point(now)).cycles
        number = cycles.number(known.point(now))
        dated += [known.day(cycles.start(number + count)) for count in (-2, -1, 0, 1, 2)]
        dated += [known.day(change.since) for change in known.changes[-3:]]
        dated += [known.day(stop.since) for stop in known.agreed.stops[-2:]]
        dated = [on for on in dated if known.day(known.start) <= on]
    choices: list[subscriptions.When] = [Timing.NOW, Timing.NOW, Timing.CYCLE_END, *dated]
    return draw(st.sampled_from(choices))


@st.composite
def _change(draw: st.DrawFn, scene: Scene) -> Command:
    file, policies, now, id = scene.file, scene.policies, scene.now, scene.id
    subscription = _one(draw, [each.id for each in file.subscriptions])
    at, when = _at(draw, now), _when(draw, file, subscription, now)
    if draw(st.booleans()):
        return subscriptions.ChangeQuantity(
            id=id,
            at=at,
            by=ours.OFFICER,
            subscription_id=subscription,
            item=_item(draw, file, subscription, now),
            quantity=draw(st.integers(0, 12)),
            when=when,
            replaces=_replaced(draw, file, subscription, now),
        )
    plan = draw(st.sampled_from(_other_plans(file, policies, subscription, now)))
    return subscriptions.ChangePlan(
        id=id,
        at=at,
        by=ours.OFFICER,
        subscription_id=subscription,
        plan=plan,
        quantities=draw(st.just(()) | st.just(_quantities(draw, policies, plan))),
        when=when,
        replaces=_replaced(draw, file, subscription, now),
    )


def _waiting(file: File, subscription: str, now: DateTime) -> list[str]:
    """Return the changes of a subscription that wait for their day."""
    known = file.subscription(subscription)
    found = () if known is None else subscriptions.waiting(known, known.point(now))
    return [each.change for each in found if each.change is not None]


def _replaced(draw: st.DrawFn, file: File, subscription: str, now: DateTime) -> str | None:
    """Return a change whose place another one takes, now and then where one waits."""
    known = _waiting(file, subscription, now)
    return draw(st.sampled_from([None, known[-1]])) if known else None


@st.composite
def _rearrange(draw: st.DrawFn, scene: Scene) -> Command:
    """Return another billing day, several quantities at once, or that what waits is taken back."""
    file, now = scene.file, scene.now
    subscription = _one(draw, [each.id for each in file.subscriptions])
    stated = {"id": scene.id, "at": _at(draw, now), "by": ours.OFFICER, "subscription_id": subscription}
    waiting = _waiting(file, subscription, now)
    kind = draw(st.sampled_from(["anchor", "anchor", "items", *["withdraw"] * (3 if waiting else 0)]))
    if kind == "withdraw":
        return subscriptions.Withdraw(change=_one(draw, waiting), **stated)  # type: ignore[arg-type]
    when = _when(draw, file, subscription, now)
    if kind == "items":
        known = file.subscription(subscription)
        items = () if known is None else known.terms(known.point(now)).items
        keys = [item.key for item in items if item.per_unit] or ["base"]
        quantities = {key: draw(st.integers(0, 12)) for key in keys}
        return subscriptions.ChangeItems(quantities=quantities, when=when, **stated)  # type: ignore[arg-type]
    day = draw(st.sampled_from([None, 1, 15, 28, 29, 30, 31]))
    align = subscriptions.Alignment.OWN if day else draw(st.sampled_from(subscriptions.Alignment))
    return subscriptions.Reanchor(
        anchor_day=day,
        align=align,
        stub=draw(_stubs),
        when=when,
        **stated,  # type: ignore[arg-type]
    )


def _other_plans(file: File, policies: Policies, subscription: str, now: DateTime) -> list[str]:
    """Return the plans on sale, the one in force only where there is no other."""
    known = file.subscription(subscription)
    plans = [plan.id for plan in policies.catalog.plans]
    agreed = None if known is None else known.terms(known.point(now)).plan
    return [plan for plan in plans if plan != agreed] or plans or ["none"]


def _item(draw: st.DrawFn, file: File, subscription: str, now: DateTime) -> str:
    """Return an item in force that counts by the unit, or one that does not."""
    known = file.subscription(subscription)
    items = () if known is None else known.terms(known.point(now)).items
    return _one(draw, [item.key for item in items if item.per_unit], "base")


@st.composite
def _pause(draw: st.DrawFn, scene: Scene) -> Command:
    file, now, id = scene.file, scene.now, scene.id
    pausing = [each.id for each in file.subscriptions if each.agreed.stops]
    ends = draw(st.booleans()) if pausing else False
    subscription = _one(draw, pausing if ends else [each.id for each in file.subscriptions])
    at, when = _at(draw, now), _when(draw, file, subscription, now)
    if ends:
        return subscriptions.Resume(
            id=id,
            at=at,
            by=ours.OFFICER,
            subscription_id=subscription,
            when=when,
            resuming=draw(st.sampled_from([None, *subscriptions.Resuming])),
        )
    today = local_date(now, file.account.zone)
    return subscriptions.Pause(
        id=id,
        at=at,
        by=ours.OFFICER,
        subscription_id=subscription,
        when=when,
        until=draw(st.none() | st.integers(1, 90).map(lambda days: add_days(today, days))),
        credit=draw(st.booleans()),
        resuming=draw(st.sampled_from(subscriptions.Resuming)),
    )


@st.composite
def _cancel(draw: st.DrawFn, scene: Scene) -> Command:
    file, now, id = scene.file, scene.now, scene.id
    ending = [each.id for each in file.subscriptions if each.ends is not None]
    back = draw(st.booleans()) if ending else False
    if back:
        subscription = _one(draw, ending)
        return subscriptions.Uncancel(id=id, at=_at(draw, now), by=ours.OFFICER, subscription_id=subscription)
    subscription = _one(draw, [each.id for each in file.subscriptions])
    return subscriptions.Cancel(
        id=id,
        at=_at(draw, now),
        by=ours.OFFICER,
        subscription_id=subscription,
        when=_when(draw, file, subscription, now),
        credit=draw(st.booleans()),
    )


def _amount(draw: st.DrawFn, file: File, currency: str) -> Money:
    """Return an amount above zero: what is open of something, all of it together, or anything."""
    open_now = [item.open for item in file.items if item.currency == currency]
    known = [sum(open_now), *open_now] if open_now else [1]
    near = st.sampled_from([max(1, amount) for amount in known])
    return Money.of_minor(draw(near | st.integers(1, 10**5)), currency)


_AWAITED = frozenset({payments.Phase.PENDING, payments.Phase.UNKNOWN})


@st.composite
def _pay(draw: st.DrawFn, scene: Scene) -> Command:
    """Return a fact of a payment: a new one, one that is awaited, or one of which all seemed known."""
    file, now, id = scene.file, scene.now, scene.id
    waiting = [each.id for each in file.payments if each.phase in _AWAITED]
    others = [each.id for each in file.payments]
    payment = draw(st.sampled_from([f"P-{id}", f"P-{id}", *waiting[-2:], *others[-1:]]))
    known = file.payment(payment)
    codes = sorted({item.currency for item in file.items}) or list(ours.CURRENCIES)
    amount = known.asked if known is not None else _amount(draw, file, draw(st.sampled_from(codes)))
    at = _at(draw, now)
    kinds = (
        ["receive", "receive", "fail", "lose", "attempt"]
        if known is not None
        else ["receive"] * 4 + ["attempt", "fail"]
    )
    kind = draw(st.sampled_from(kinds))
    stated = {
        "id": id,
        "at": at,
        "by": ours.OFFICER,
        "payment_id": payment,
        "reference": draw(st.sampled_from(["", "", f"ref-{id}", "ref-1"])),
    }
    if kind == "lose":
        return payments.LoseTrack(**stated)  # type: ignore[arg-type]
    if kind == "attempt":
        return payments.Attempt(amount=amount, **stated)  # type: ignore[arg-type]
    if kind == "fail":
        return payments.Fail(amount=amount, failure="declined", **stated)  # type: ignore[arg-type]
    return _receipt(draw, file, amount, stated)


def _receipt(draw: st.DrawFn, file: File, amount: Money, stated: dict[str, object]) -> Command:
    """Return money that came in, from an authorisation now and then."""
    owed = [
        item.id for item in file.items if item.side is payments.Side.OWED and item.currency == amount.code
    ]
    named = draw(st.lists(st.sampled_from(owed), max_size=2)) if owed else []
    processed = draw(
        st.sampled_from([None] * 4 + [amount, Money.of_minor(1, amount.code), Money("3", "USD")])
    )
    facts = {"amount": amount, "documents": tuple(named), "processed": processed, **stated}
    if draw(st.integers(0, 3)):
        return payments.Receive(**facts)  # type: ignore[arg-type]
    from_ = _one(draw, [each.id for each in file.authorisations], "A-unknown")
    final = draw(st.sampled_from([True, False]))
    return payments.Capture(authorisation_id=from_, final=final, **facts)  # type: ignore[arg-type]


@st.composite
def _reserve(draw: st.DrawFn, scene: Scene) -> Command:
    """Return a fact of an authorisation: money set aside, captured before that was known, or released."""
    file, now, id = scene.file, scene.now, scene.id
    known = [each.id for each in file.authorisations]
    stated = {"id": id, "at": _at(draw, now), "by": ours.OFFICER}
    back = draw(st.booleans())
    if back and known:
        return authorisations.Void(authorisation_id=_one(draw, known), **stated)  # type: ignore[arg-type]
    fresh = draw(st.sampled_from([f"A-{id}", f"A-{id}", "A-unknown"]))
    codes = sorted({item.currency for item in file.items}) or list(ours.CURRENCIES)
    amount = _amount(draw, file, draw(st.sampled_from(codes)))
    return authorisations.Authorise(authorisation_id=fresh, amount=amount, **stated)  # type: ignore[arg-type]


@st.composite
def _allocate(draw: st.DrawFn, scene: Scene) -> Command:
    """Return an allocation by hand, its undoing, or a run over all credit."""
    file, id = scene.file, scene.id
    stated = {"id": id, "at": _at(draw, scene.now), "by": ours.OFFICER}
    kind = draw(st.sampled_from(["all", "one", "back"]))
    if kind == "all":
        return payments.AllocateAll(afresh=draw(st.booleans()), **stated)  # type: ignore[arg-type]
    if kind == "back":
        standing = payments.standing(file.allocations)
        pair = draw(st.sampled_from(standing)) if standing else None
        source, target = (pair.source, pair.target) if pair is not None else ("nobody", "nothing")
        return payments.Deallocate(source=source, target=target, **stated)  # type: ignore[arg-type]
    given = [item.id for item in file.items if item.side is payments.Side.GIVEN]
    owed = [item.id for item in file.items if item.side is payments.Side.OWED]
    some = st.integers(1, 1000).map(lambda minor: Money.of_minor(minor, "EUR"))
    ends = {"source": _one(draw, given), "target": _one(draw, owed)}
    return payments.Allocate(amount=draw(st.none() | some), **ends, **stated)  # type: ignore[arg-type]


@st.composite
def _refund(draw: st.DrawFn, scene: Scene) -> Command:
    file, now, id = scene.file, scene.now, scene.id
    payment = _one(draw, [each.id for each in file.payments if each.refundable])
    known = file.payment(payment)
    left = known.refundable if known is not None else Money.of_minor(1, "EUR")
    some = Money.of_minor(draw(st.integers(1, max(1, left.minor))), left.code)
    small = Money.of_minor(min(max(1, left.minor), draw(st.integers(1, 500))), left.code)
    amount = draw(st.sampled_from([some, small, left])) if left.minor > 0 else some
    applied = [each.target for each in file.allocations if each.source == payment]
    targets = [
        target
        for target in dict.fromkeys(applied)
        if file.applied(payment, target) > 0 and file.document(target) is not None
    ]
    kind = draw(st.sampled_from([*refunds.Kind] if targets else [refunds.Kind.BALANCE]))
    named = [*targets[-3:] * 3, None] if kind is not refunds.Kind.BALANCE else [None] * 6 + targets[-1:]
    return refunds.Give(
        id=id,
        at=_at(draw, now),
        by=draw(st.sampled_from([ours.OFFICER, ours.SUPERVISOR])),
        refund_id=_new(draw, [each.id for each in file.refunds], f"R-{id}"),
        payment_id=payment,
        amount=amount,
        kind=kind,
        invoice_id=draw(st.sampled_from(named)),
    )


@st.composite
def _give_back(draw: st.DrawFn, scene: Scene) -> Command:
    """Return an amount to be given back from where it came, of one invoice or of all."""
    file, id = scene.file, scene.id
    codes = sorted({each.currency for each in file.payments if each.refundable})
    code = draw(st.sampled_from(codes))
    left = sum(each.refundable.minor for each in file.payments if each.currency == code)
    amount = draw(st.sampled_from([left, max(1, left // 2)]) | st.integers(1, left + 1))
    settled = [each.target for each in payments.standing(file.allocations) if file.document(each.target)]
    return refunds.GiveBack(
        id=id,
        at=_at(draw, scene.now),
        by=draw(st.sampled_from([ours.OFFICER, ours.SUPERVISOR])),
        refund_id=_new(draw, [each.id for each in file.refunds], f"R-{id}"),
        amount=Money.of_minor(amount, code),
        kind=draw(st.sampled_from(refunds.Kind)),
        invoice_id=draw(st.sampled_from([None, None, *dict.fromkeys(settled[-3:])])),
    )


@st.composite
def _report_refund(draw: st.DrawFn, scene: Scene) -> Command:
    """Return what is told of a refund: on its way, there, failed, or that nobody knows."""
    file, id = scene.file, scene.id
    stated = {
        "id": id,
        "at": _at(draw, scene.now),
        "by": ours.OFFICER,
        "refund_id": _one(draw, [each.id for each in file.refunds]),
        "reference": draw(st.sampled_from(["", "", f"ref-{id}", "ref-1"])),
    }
    kind = draw(st.sampled_from(["send", "done", "failed", "failed", "lost"]))
    if kind == "send":
        return refunds.Send(**stated)  # type: ignore[arg-type]
    if kind == "done":
        return refunds.Complete(**stated)  # type: ignore[arg-type]
    if kind == "lost":
        return refunds.LoseTrack(**stated)  # type: ignore[arg-type]
    return refunds.Fail(failure="returned", **stated)  # type: ignore[arg-type]


@st.composite
def _charge_back(draw: st.DrawFn, scene: Scene) -> Command:
    """Return a chargeback of a payment, or what became of one."""
    file, now, id = scene.file, scene.now, scene.id
    stated = {"id": id, "at": _at(draw, now), "by": ours.OFFICER}
    known = [each.id for each in file.chargebacks]
    kind = draw(st.sampled_from(["new", "new", *(["won", "part", "answer"] if known else [])]))
    chargeback = f"CB-{id}" if kind == "new" else _one(draw, known)
    stated |= {"chargeback_id": chargeback}
    if kind == "answer":
        return chargebacks.Answer(contest=draw(st.booleans()), **stated)  # type: ignore[arg-type]
    if kind == "won":
        return chargebacks.Reverse(**stated)  # type: ignore[arg-type]
    if kind == "part":
        known_one = file.chargeback(chargeback)
        code = "EUR" if known_one is None else known_one.currency
        most = 1 if known_one is None else max(1, known_one.standing)
        return chargebacks.Reverse(amount=Money.of_minor(draw(st.integers(1, most)), code), **stated)  # type: ignore[arg-type]
    received = [each for each in file.payments if each.phase is payments.Phase.RECEIVED]
    payment = draw(st.sampled_from(received)) if received else None
    code = "EUR" if payment is None else payment.currency
    most = 1 if payment is None else payment.amount
    return chargebacks.ChargeBack(
        payment_id="nobody" if payment is None else payment.id,
        amount=Money.of_minor(draw(st.sampled_from([most]) | st.integers(1, most)), code),
        fee=draw(st.sampled_from([None, None, Money.of_minor(1500, code)])),
        respond_by=draw(st.sampled_from([None, instant(now + timedelta(days=20))])),
        **stated,  # type: ignore[arg-type]
    )


@st.composite
def _document(draw: st.DrawFn, scene: Scene) -> Command:
    file, now, id = scene.file, scene.now, scene.id
    at, by = _at(draw, now), draw(st.sampled_from([ours.OFFICER, ours.SUPERVISOR]))
    drafts = [each.document.id for each in file.documents if each.phase is invoices.Phase.DRAFT]
    issued = [each.document.id for each in file.documents if each.phase is invoices.Phase.ISSUED]
    kinds = [
        "draft",
        *(["issue", "issue", "issue", "revise", "discard"] if drafts else []),
        *(["void", "void", "void", "credit", "credit", "debit"] if issued else []),
    ]
    kind = draw(st.sampled_from(kinds))
    if kind in ("draft", "revise"):
        return _written(draw, scene, at, by, drafts if kind == "revise" else [])
    if kind == "issue":
        return invoices.Issue(id=id, at=at, by=by, document_id=_one(draw, drafts))
    if kind == "discard":
        return invoices.Discard(id=id, at=at, by=by, document_id=_one(draw, drafts))
    document = _one(draw, issued)
    if kind == "void":
        reported = draw(st.sampled_from([False, False, None, True]))
        return invoices.Void(id=id, at=at, by=by, document_id=document, reported=reported)
    known = file.document(document)
    if known is None:
        return invoices.Credit(id=id, at=at, by=by, document_id=document)
    if kind == "debit":
        line = draw(st.sampled_from(known.lines))
        amount = Money.of_minor(draw(st.integers(1, 10**4)), known.currency)
        raised = (invoices.Raised(line=line.id, amount=amount),)
        return invoices.Debit(id=id, at=at, by=by, document_id=document, lines=raised)
    return draw(ours.credits(known, file.notes(document), id=id, at=at, by=by))


def _written(draw: st.DrawFn, scene: Scene, at: DateTime, by: Actor, drafts: Sequence[str]) -> Command:
    """Return the writing of an invoice, or the writing anew of one of these drafts."""
    file, id = scene.file, scene.id
    if drafts:
        document = _one(draw, drafts)
        known = file.document(document)
        code = "EUR" if known is None else known.currency
        return invoices.Revise(id=id, at=at, by=by, document_id=document, lines=draw(ours.one_offs(code)))
    code = draw(ours.currencies(ours.CURRENCIES))
    ids = [each.document.id for each in file.documents]
    gone = [each.document.id for each in file.documents if each.phase is invoices.Phase.VOIDED]
    return invoices.Draft(
        id=id,
        at=at,
        by=by,
        document_id=_new(draw, ids, f"D-{id}"),
        currency=code,
        lines=draw(ours.one_offs(code)),
        replaces=draw(st.sampled_from([None, None, None, *gone[-1:], *ids[-1:]])),
    )


@st.composite
def _hold(draw: st.DrawFn, scene: Scene) -> Command:
    file, now, id = scene.file, scene.now, scene.id
    known = [each.id for each in file.holds]
    at, by = _at(draw, now), draw(st.sampled_from([ours.OFFICER] * 3 + [ours.SUPERVISOR]))
    settled = ["release", "release", "extend", "review", "review"] if known else []
    kind = draw(st.sampled_from(["place", *settled]))
    ends = draw(st.none() | st.integers(1, 40).map(lambda count: instant(now + timedelta(days=count))))
    if kind == "place":
        blocks = draw(st.none() | st.sampled_from([{REFUND}, {BILL}, {CHANGE_PLAN, CANCEL}, {CLOSE}]))
        items = [each.id for each in file.subscriptions]
        scopes = [None, None, *items, items[:2] or None]
        return holds.Place(
            id=id,
            at=at,
            by=by,
            hold_id=_new(draw, known, f"H-{id}"),
            reason=draw(st.sampled_from(["fraud", "dispute", "sanctions"])),
            blocks=None if blocks is None else frozenset(blocks),
            expires_at=ends,
            scope=draw(st.sampled_from(scopes)),
        )
    if kind == "release":
        return holds.Release(id=id, at=at, by=by, hold_id=_one(draw, known))
    if kind == "review":
        finding = draw(st.sampled_from(holds.Finding))
        until = ends if finding is holds.Finding.KEEP else None
        return holds.Review(id=id, at=at, by=by, hold_id=_one(draw, known), finding=finding, expires_at=until)
    return holds.Extend(id=id, at=at, by=by, hold_id=_one(draw, known), expires_at=ends)


@st.composite
def _account(draw: st.DrawFn, scene: Scene) -> Command:
    now, id = scene.now, scene.id
    at, by = _at(draw, now), ours.OFFICER
    kinds = ["close", "open", *_ASKED[scene.file.account.phase]]
    kind = draw(st.sampled_from(kinds))
    if kind == "zone":
        return account.Amend(id=id, at=at, by=by, zone=draw(ours.zones()))
    if kind == "amend":
        return account.Amend(id=id, at=at, by=by, fields=_fields(draw, scene))
    if kind == "verify":
        seen = {each.key: each.mark for each in scene.file.account.profile} or _fields(draw, scene)
        keys = draw(st.sets(st.sampled_from(sorted(seen)), min_size=1))
        ends = draw(st.none() | st.integers(1, 90).map(lambda days: instant(now + timedelta(days=days))))
        fields = {key: seen[key] for key in keys}
        return account.Verify(id=id, at=at, by=by, fields=fields, evidence=f"scan-{id}", valid_until=ends)
    if kind == "reopen":
        return account.Reopen(id=id, at=at, by=by)
    if kind == "activate":
        return account.Activate(id=id, at=at, by=by)
    if kind == "decline":
        return account.Decline(id=id, at=at, by=by, reason="not_found")
    if kind == "request":
        return account.RequestClosure(id=id, at=at, by=by)
    if kind == "withdraw":
        return account.WithdrawClosure(id=id, at=at, by=by)
    if kind == "close":
        return account.Close(id=id, at=at, by=by)
    return account.Open(id=id, at=at, by=by, account_id="A", zone="UTC")


_KEPT = ("zone", "amend", "amend", "verify", "verify")
_ASKED: Mapping[account.Phase, tuple[str, ...]] = MappingProxyType(
    {
        account.Phase.APPLIED: _KEPT,
        account.Phase.ONBOARDING: (*_KEPT, *["activate"] * 4, "decline"),
        account.Phase.ACTIVE: (*_KEPT, "request"),
        account.Phase.CLOSING: (*_KEPT, *["withdraw"] * 8),
        account.Phase.CLOSED: ("reopen",) * 8,
        account.Phase.DECLINED: (),
        account.Phase.WITHDRAWN: (),
    }
)
"""What is asked of an account in each phase, beside what is asked in all."""


def _fields(draw: st.DrawFn, scene: Scene) -> dict[str, str]:
    """Return fields of a profile with new marks: of the policy's, or one that it does not know."""
    keys = [rule.key for rule in scene.policies.account.fields] or ["fax"]
    chosen = draw(st.sets(st.sampled_from(keys), min_size=1))
    return {key: draw(st.sampled_from(["1", "2", "3"])) for key in sorted(chosen)}


def with_approval(draw: st.DrawFn, file: File, command: Command, policies: Policies) -> Command:
    """Return the command, the request for its approval, or the answer to one that waits."""
    waiting = [each.id for each in file.requests if each.state is approvals.Phase.PENDING]
    other = draw(st.booleans()) if waiting else False
    if other:
        return draw(_answer(command, waiting[-1]))
    answer = handle(file, command, policies)
    needed = [reason for reason in answer.reasons if isinstance(reason, approvals.Needed)]
    known = [request.id for request in file.requests if request.fingerprint in _marks(needed)]
    if known or (file.requests and draw(st.integers(0, 9)) == 9):
        return changed(command, approval=(known or [file.requests[-1].id])[-1])
    ask = draw(st.integers(0, 3)) > 0 if needed else False
    if not ask:
        return command
    return needed[0].ask(id=command.id, at=command.at, by=command.by, request_id=f"Q-{command.id}")


def _marks(needed: Sequence[approvals.Needed]) -> set[str]:
    return {reason.fingerprint for reason in needed}


@st.composite
def _answer(draw: st.DrawFn, command: Command, request: str) -> Command:
    id, at = command.id, command.at
    by = draw(st.sampled_from([*CHECKERS, *CHECKERS, ours.OFFICER]))
    kind = draw(st.sampled_from(["approve", "approve", "reject", "withdraw"]))
    if kind == "approve":
        return approvals.Approve(id=id, at=at, by=by, request_id=request)
    if kind == "reject":
        return approvals.Reject(id=id, at=at, by=by, request_id=request, note="not like this")
    return approvals.Withdraw(id=id, at=at, by=by, request_id=request)


# Whole histories


@st.composite
def histories(
    draw: st.DrawFn,
    policies: st.SearchStrategy[Policies] | None = None,
    *,
    least: int = 1,
    most: int = 12,
    first: date = date(2023, 1, 1),
) -> History:
    """Return the history of an account: commands and stretches of time, the schedule run in between.

    Every command meets the file as it then stands; now and then the schedule is behind.
    """
    chosen = draw(ours.policies() if policies is None else policies)
    now = draw(ours.instants(first, add_days(first, 730)))
    file = opened(instant(now - timedelta(days=100)), draw(ours.zones()))
    steps: list[Step] = []
    for count in range(draw(st.integers(least, most))):
        if draw(st.booleans()):
            now = instant(now + timedelta(seconds=draw(st.integers(0, 86_400 * 45))))
        if draw(st.integers(0, 9)) < 9:
            file = scheduled(file, now, chosen, steps)
        scene = Scene(file, chosen, now, f"c{count}")
        begin = not file.subscriptions and draw(st.integers(0, 3)) > 0
        command = draw(_start(scene) if begin else commands(file, chosen, now, scene.id))
        file = asked(file, command, chosen, steps)
    return History(chosen, tuple(steps), file, now)


def asked(file: File, command: Command, policies: Policies, steps: list[Step]) -> File:
    """Return the file after a command, whatever the answer, and note the step."""
    answer = handle(file, command, policies)
    steps.append(Step(file, command, answer))
    return evolve(file, answer.events)


def scheduled(file: File, now: DateTime, policies: Policies, steps: list[Step]) -> File:
    """Return the file with everything done that the schedule wants by now, noting each step."""
    while True:
        before = file.version
        for command in due(file, now, policies).commands:
            file = asked(file, command, policies, steps)
        if file.version == before:
            return file
