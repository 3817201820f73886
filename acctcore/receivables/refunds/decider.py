"""Whether money goes back from one payment, or from several: every limit, and all of them together.

Source: docs/sources.md#refunds
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve as changed
from attrs import frozen
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, allowed, refused, unless
from acctcore.kernel.identity import extend
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.terms import DocumentId, PaymentId
from acctcore.receivables.refunds.messages import Give, GiveBack, Given, GivenBack, Part
from acctcore.receivables.refunds.model import Kind, Refund
from acctcore.receivables.refunds.policy import CREDIT, From, RefundPolicy
from acctcore.receivables.refunds.reasons import (
    BeforePayment,
    ExceedsApplied,
    ExceedsBilled,
    ExceedsCredit,
    ExceedsPaid,
    ExceedsSources,
    NotOffered,
    OfNoInvoice,
    OriginalFirst,
    RefundExists,
    UnknownPayment,
    WhichInvoice,
    WindowClosed,
)


@frozen
class Facts:
    """What a refund is decided on: the payment, and how much each rule would let go.

    `refundable` is what is left of the payment; `reducible` what is left of the invoice, `applied`
    what of the payment the invoice holds, `credit` what credit the customer has; each None where
    there is no such thing. `method` is how the payment was made.
    """

    refundable: Money | None
    received_at: DateTime | None
    taken: bool = False
    invoices: tuple[DocumentId, ...] = ()
    reducible: Money | None = None
    applied: Money | None = None
    credit: Money | None = None
    method: str = ""


def decide(command: Give, policy: RefundPolicy, facts: Facts) -> Decision[messages.Event]:
    """Return the refund, or every reason why it may not be given."""
    if facts.refundable is None or facts.received_at is None:
        return refused(UnknownPayment(command.payment_id))
    amount = command.amount
    if amount.code != facts.refundable.code:
        return refused(ExceedsPaid(facts.refundable))
    reasons = (
        *unless(facts.received_at <= command.at, BeforePayment(facts.received_at)),
        *unless(not facts.taken, RefundExists(command.refund_id)),
        *unless(amount <= facts.refundable, ExceedsPaid(facts.refundable)),
        *_against_way(command, policy, facts.received_at, facts.method),
        *_by_kind(command, facts),
    )
    if reasons:
        return refused(*reasons)
    invoice = None if command.kind is Kind.BALANCE else (command.invoice_id or facts.invoices[0])
    refund = Refund(
        command.refund_id,
        command.kind,
        command.payment_id,
        amount.code,
        amount.minor,
        command.at,
        invoice,
        command.method or facts.method,
    )
    return allowed(Given(command.at, command.id, refund))


def _against_way(
    command: Give, policy: RefundPolicy, received_at: DateTime, method: str
) -> tuple[Reason, ...]:
    """Return why money may not go the way that is asked: the one it came by first, then the policy's."""
    ends = policy.window_ends(received_at, method)
    is_open = ends is None or (command.recorded_at or command.at) <= ends
    if command.method in ("", method):
        return () if ends is None else unless(is_open, WindowClosed(ends))
    if is_open:
        return (OriginalFirst(method or "another way"),)
    _, otherwise = policy.of(method)
    offered = () if otherwise in (None, CREDIT) else (str(otherwise),)
    return unless(command.method in offered, NotOffered(command.method, offered))


def _by_kind(command: Give, facts: Facts) -> tuple[Reason, ...]:
    if command.kind is Kind.BALANCE:
        return (*_of_no_invoice(command), *_at_most(command.amount, facts.credit, ExceedsCredit))
    if command.invoice_id is None and len(facts.invoices) != 1:
        return (WhichInvoice(facts.invoices),)
    if command.kind is Kind.MONEY_BACK:
        return _at_most(command.amount, facts.applied, ExceedsApplied)
    return _at_most(command.amount, facts.reducible, ExceedsBilled)


def _of_no_invoice(command: Give | GiveBack) -> tuple[Reason, ...]:
    if command.invoice_id is None or command.kind is not Kind.BALANCE:
        return ()
    return (OfNoInvoice(command.invoice_id),)


def _at_most(
    amount: Money, limit: Money | None, reason: type[ExceedsBilled | ExceedsApplied | ExceedsCredit]
) -> tuple[Reason, ...]:
    limit = limit if limit is not None else Money(0, amount.code)
    return unless(limit.code == amount.code and amount <= limit, reason(limit))


# From several sources


@frozen
class Held:
    """What one source has in one invoice, or could pay out of the customer's credit.

    `payment` says whether it is cash: money of a payment that settled the invoice as it came. What lay
    as credit before it settled anything is credit again. Units: minor units.
    """

    source: str
    amount: int
    at: DateTime
    invoice_id: DocumentId | None = None
    payment: bool = True
    method: str = ""
    received_at: DateTime | None = None


@frozen
class Sources:
    """What an amount can come from: what each source holds, and what is left of payments and invoices.

    `refundable` is by payment, `reducible` by invoice; an invoice that is not in it is not limited.
    `credit` is all credit that the customer has. Units: minor units of `currency`.
    """

    currency: str
    held: tuple[Held, ...]
    refundable: tuple[tuple[PaymentId, int], ...]
    reducible: tuple[tuple[DocumentId, int], ...] = ()
    credit: int = 0
    taken: bool = False


def spread(command: GiveBack, policy: RefundPolicy, sources: Sources) -> Decision[messages.Event]:
    """Return the parts of an amount that is given back, with a refund for each payment's, or why not."""
    if command.amount.code != sources.currency:
        return refused(ExceedsSources(in_minor(0, sources.currency)))
    if sources.taken:
        return refused(RefundExists(command.refund_id))
    if strange := _of_no_invoice(command):
        return refused(*strange)
    plan = _Plan(command, policy, sources)
    parts, left = plan.parts(command.amount.minor)
    if left:
        most = in_minor(command.amount.minor - left, sources.currency)
        return refused(ExceedsSources(most), *dict.fromkeys(plan.closed))
    parts = _numbered(command.refund_id, parts)
    held = {(each.source, each.invoice_id): each for each in sources.held}
    refunds = [
        Given(command.at, command.id, _refund(command, part, held[part.source, part.invoice_id]))
        for part in parts
        if part.refund_id is not None
    ]
    told = GivenBack(command.at, command.id, command.refund_id, command.kind, sources.currency, tuple(parts))
    return allowed(told, *refunds)


_USED_CREDIT, _ORIGINAL, _WINDOW_CLOSED = "used_credit", "original", "window_closed"


class _Plan:
    """Where an amount comes from, source by source, with what is left of each limit on the way."""

    def __init__(self, command: GiveBack, policy: RefundPolicy, sources: Sources) -> None:
        self.command, self.policy = command, policy
        self.refundable, self.reducible = dict(sources.refundable), dict(sources.reducible)
        self.credit = sources.credit
        self.held = self._ordered(sources.held)
        self.closed: list[Reason] = []

    def _ordered(self, held: Sequence[Held]) -> list[Held]:
        newest = self.policy.first is From.NEWEST
        ordered = sorted(held, key=lambda each: (each.at, each.source, each.invoice_id or ""), reverse=newest)
        if self.policy.credit_first:
            ordered.sort(key=lambda each: each.payment)
        return ordered

    def parts(self, amount: int) -> tuple[list[Part], int]:
        """Return the parts of an amount, and what of it nothing gives."""
        found: list[Part] = []
        for each in self.held:
            limit = min(amount, each.amount, *self._limits(each))
            way = self._way(each) if limit > 0 else None
            if way is not None:
                found.append(Part(each.source, limit, way[0], way[1], each.invoice_id))
                self._use(each, limit)
                amount -= limit
        return found, amount

    def _limits(self, each: Held) -> Iterator[int]:
        if each.payment:
            yield self.refundable.get(each.source, 0)
        if each.invoice_id is not None and each.invoice_id in self.reducible:
            yield self.reducible[each.invoice_id]
        if self.command.kind is Kind.BALANCE:
            yield self.credit

    def _use(self, each: Held, amount: int) -> None:
        if each.payment:
            self.refundable[each.source] -= amount
        if each.invoice_id in self.reducible:
            self.reducible[each.invoice_id] -= amount
        self.credit -= amount

    def _way(self, each: Held) -> tuple[str, str] | None:
        """Return which way a source's money goes, and why; None where it cannot go at all."""
        if not each.payment or each.received_at is None:
            return CREDIT, _USED_CREDIT
        ends = self.policy.window_ends(each.received_at, each.method)
        if ends is None or (self.command.recorded_at or self.command.at) <= ends:
            return each.method, _ORIGINAL
        _, otherwise = self.policy.of(each.method)
        if otherwise is None or (otherwise == CREDIT and self.command.kind is Kind.BALANCE):
            self.closed.append(WindowClosed(ends))
            return None
        return otherwise, _WINDOW_CLOSED


def _numbered(refund_id: str, parts: list[Part]) -> list[Part]:
    """Return the parts with the ids of their refunds: the id itself where only one is paid out."""
    out = [_is_paid_out(part) for part in parts]
    found: list[Part] = []
    for part, is_paid_out in zip(parts, out, strict=True):
        number = sum(each.refund_id is not None for each in found) + 1
        id = refund_id if sum(out) == 1 else extend(refund_id, str(number))
        found.append(changed(part, refund_id=id) if is_paid_out else part)
    return found


def _is_paid_out(part: Part) -> bool:
    return part.why == _ORIGINAL or part.way != CREDIT


def _refund(command: GiveBack, part: Part, held: Held) -> Refund:
    return Refund(
        part.refund_id or command.refund_id,
        command.kind,
        part.source,
        command.amount.code,
        part.amount,
        command.at,
        held.invoice_id,
        part.way,
    )
