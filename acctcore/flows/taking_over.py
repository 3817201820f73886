"""Opening a file for an account that was kept elsewhere: the events that bring everything along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.billing import invoices, subscriptions
from acctcore.billing.tax import TaxTotal
from acctcore.flows.file import BroughtIn, File, TakenOver
from acctcore.flows.gate import Ruling
from acctcore.flows.policies import Policies
from acctcore.flows.takeover import (
    AfterTakeover,
    NotBrought,
    NotRunning,
    OpenInvoice,
    OpenLine,
    OtherCurrency,
    SettlesTooMuch,
    TakeOver,
    forward_invoice,
    forward_payment,
)
from acctcore.kernel.calendar import local_date
from acctcore.kernel.decision import Decision, Outcome, Reason, refused
from acctcore.kernel.identity import extend
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price, in_minor
from acctcore.kernel.notices import Notice, Says
from acctcore.kernel.policies import built_in
from acctcore.kernel.terms import DocumentId, SubscriptionId
from acctcore.receivables import payments

BROUGHT_IN = built_in("brought-in", "1")
"""The policy of amounts that another system computed: they are taken as they are."""


def take_over(file: File | None, command: TakeOver, policies: Policies) -> Ruling:
    """Return the events that open a file for an account that was kept elsewhere, or every reason why not."""
    if file is not None:
        return refused(WrongPhase("TakeOver", file.account.phase.value, ("nothing",)))
    reasons = [*_dated_after(command), *_settlements(command), *_strangers(command)]
    events: list[Event] = []
    for one in command.subscriptions:
        lines = _billed(command, one)
        begun, problems = subscriptions.take_over(
            one, policies.selling, command.zone, command.at, command.id, lines
        )
        events += begun
        reasons += problems
    if reasons:
        return refused(*dict.fromkeys(reasons))
    opened = accounts.Opened(command.opened_at, command.id, command.account_id, command.zone, command.party)
    taken = TakenOver(command.at, command.id, command.source)
    return Decision(Outcome.ALLOWED, (opened, *events, *_brought(command), taken))


# What does not fit


def _dated_after(command: TakeOver) -> Iterator[Reason]:
    late = [one.document_id for one in command.invoices if one.issued_at > command.at]
    late += [one.payment_id for one in command.payments if one.received_at > command.at]
    if late:
        yield AfterTakeover(tuple(late))


def _settlements(command: TakeOver) -> Iterator[Reason]:
    """Return what settles more than there is, on either side, or what was not brought along."""
    totals = {one.document_id: one.total for one in command.invoices}
    settled: dict[DocumentId, int] = {}
    for payment in command.payments:
        code = payment.amount.code
        strangers = [
            one.document_id
            for one in payment.settles
            if one.document_id not in totals or {totals[one.document_id].code, one.amount.code} != {code}
        ]
        if strangers:
            yield NotBrought(payment.payment_id, tuple(strangers))
            continue
        used = sum(one.amount.minor for one in payment.settles)
        if used > payment.amount.minor:
            yield SettlesTooMuch(payment.payment_id, in_minor(used, code), payment.amount)
        for one in payment.settles:
            settled[one.document_id] = settled.get(one.document_id, 0) + one.amount.minor
    for id, minor in settled.items():
        if minor > totals[id].minor:
            yield SettlesTooMuch(id, in_minor(minor, totals[id].code), totals[id])


def _strangers(command: TakeOver) -> Iterator[Reason]:
    known = {one.subscription_id: one.currency for one in command.subscriptions}
    for one in command.invoices:
        for line in one.lines:
            if line.subscription_id is None:
                continue
            code = known.get(line.subscription_id)
            if code is None:
                yield NotRunning(one.document_id, line.subscription_id)
            elif code != line.amount.code:
                yield OtherCurrency(one.document_id, line.subscription_id, code)


# What is brought in


def _billed(command: TakeOver, subscription: subscriptions.Running) -> list[subscriptions.BilledLine]:
    """Return the lines of brought invoices that pay for the running cycle of a subscription."""
    return [
        subscriptions.BilledLine(
            extend(one.document_id, str(number)), one.document_id, line.item, line.amount.minor, line.since
        )
        for one in command.invoices
        for number, line in enumerate(one.lines, 1)
        if line.subscription_id == subscription.subscription_id
    ]


def _brought(command: TakeOver) -> Iterator[Event]:
    """Return the documents, payments and allocations that come along, in this order."""
    at, cause = command.at, command.id
    for one in command.invoices:
        yield BroughtIn(one.issued_at, cause, _document(command, one))
    for balance in command.balances:
        if balance.minor > 0:
            yield BroughtIn(at, cause, _forward(command, balance))
    given = [(one.payment_id, one.amount, one.received_at, one.method) for one in command.payments]
    given += [(forward_payment(one), -one, at, "") for one in command.balances if one.minor < 0]
    for id, amount, received_at, method in given:
        notice = Notice(Says.DONE, received_at, method=method)
        payment = payments.Payment(id, amount.code, amount.minor, (notice,))
        yield payments.Received(received_at, cause, payment)
    for paid in command.payments:
        for part in paid.settles:
            allocation = payments.Allocation(
                paid.payment_id, part.document_id, part.amount.code, part.amount.minor, at, cause
            )
            yield payments.Allocated(at, cause, allocation)


def _document(command: TakeOver, brought: OpenInvoice) -> invoices.Document:
    """Return an invoice of the former system as a document: its own amounts, its own taxes."""
    lines = tuple(
        _line(extend(brought.document_id, str(number)), line) for number, line in enumerate(brought.lines, 1)
    )
    taxes = tuple(
        TaxTotal(tax.key, sum(line.amount for line in lines if tax.key in line.taxes), tax.amount.minor)
        for tax in brought.taxes
    )
    named = {line.subscription_id for line in brought.lines if line.subscription_id is not None}
    paid_for = named.pop() if len(named) == 1 else None  # of several, no one is the invoice's
    return _put_together(
        command, brought.document_id, lines, taxes, brought.issued_at, brought.due_on, paid_for
    )


def _line(id: str, line: OpenLine) -> invoices.Line:
    price = Price(line.amount.amount, line.amount.code)
    basis = invoices.Stated(price, 1, BROUGHT_IN)
    return invoices.Line(id, line.item, line.title, None, price, 1, line.amount.minor, line.taxes, basis)


def _forward(command: TakeOver, balance: Money) -> invoices.Document:
    """Return what is owed beside the invoices, as an invoice without tax that is due at once."""
    id = forward_invoice(command, balance)
    line = _line(extend(id, "1"), OpenLine(item="brought-forward", title="Brought forward", amount=balance))
    return _put_together(command, id, (line,), (), command.at, local_date(command.at, command.zone), None)


def _put_together(
    command: TakeOver,
    id: DocumentId,
    lines: tuple[invoices.Line, ...],
    taxes: tuple[TaxTotal, ...],
    issued_at: DateTime,
    due_on: date | None,
    subscription: SubscriptionId | None,
) -> invoices.Document:
    net, tax = sum(line.amount for line in lines), sum(entry.amount for entry in taxes)
    return invoices.Document(
        id=id,
        kind=invoices.Kind.INVOICE,
        account_id=command.account_id,
        subscription_id=subscription,
        currency=lines[0].price.currency,
        lines=lines,
        taxes=taxes,
        net=net,
        tax=tax,
        total=net + tax,
        at=issued_at,
        tax_date=local_date(issued_at, command.zone),
        due_on=due_on,
        corrects=None,
        policy=BROUGHT_IN,
        cause=command.id,
    )
