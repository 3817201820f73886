"""How commands, events, duties and reasons read in a timeline: numbers for ids, local times for instants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs

from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.kernel.calendar import Span, add_days, instant, local
from acctcore.kernel.decision import Reason
from acctcore.kernel.duties import Duty
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price, in_minor
from acctcore.kernel.terms import Actor
from acctcore.operations import approvals
from acctcore.receivables import payments, refunds
from acctcore.simulation import Result, commands

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_NAMES: Mapping[type, str] = MappingProxyType({kind: name for name, kind in commands().items()})


class Words:
    """Tells the values of one run: documents by their numbers, instants on the account's clocks."""

    def __init__(self, result: Result) -> None:
        self.zone = result.scenario.zone
        numbers = {each.document.id: each.number for each in result.documents}
        self.numbers = dict(sorted(numbers.items(), key=lambda pair: -len(pair[0])))
        self.ids = re.compile("|".join(map(re.escape, self.numbers)) or "(?!)")

    # plain things

    def text(self, told: str) -> str:
        """Return a text of the library's with numbers for ids and local times for instants."""
        told = self.ids.sub(lambda found: self.numbers[found[0]], told)
        return _INSTANT.sub(lambda found: self.time(datetime.fromisoformat(found[0])), told)

    def time(self, at: datetime) -> str:
        """Return an instant on the account's clocks, without seconds where there are none."""
        there = local(instant(at), self.zone)
        return f"{there:%Y-%m-%d} {clock(there)}"

    def day(self, at: datetime) -> date:
        """Return the account's date of an instant."""
        return local(instant(at), self.zone).date()

    def point(self, at: date) -> str:
        """Return a date, or an instant in local time."""
        return self.time(at) if isinstance(at, datetime) else at.isoformat()

    def period(self, span: Span[Any] | None) -> str:  # type: ignore[explicit-any]
        """Return a stretch of dates with its last day, or of instants with its end."""
        if span is None:
            return ""
        if isinstance(span.start, datetime):
            return f"{self.time(span.start)} –\n{self.time(span.end)}"
        last = add_days(span.end, -1)
        return span.start.isoformat() if last <= span.start else f"{span.start} – {last}"

    def deadline(self, at: datetime) -> str:
        """Return an instant by which something must be done: midnight is the end of the day before."""
        there = local(instant(at), self.zone)
        if there.time() == datetime.min.time():
            return f"the end of {add_days(there.date(), -1)}"
        return self.time(at)

    def value(self, value: object) -> str:
        """Return the value of a command's field in words."""
        match value:
            case Enum():
                return str(value.value)
            case bool():
                return "yes" if value else "no"
            case datetime() | date():
                return self.point(value)
            case Money() | Price():
                return str(value)
            case tuple() | frozenset():
                parts = sorted(value) if isinstance(value, frozenset) else value
                return ", ".join(self.value(part) for part in parts)
            case Actor():
                return value.id
        if attrs.has(type(value)):
            told = (self.value(getattr(value, each.name)) for each in attrs.fields(type(value)))
            return " ".join(told)
        return self.text(str(value))

    # messages

    def command(self, command: Command) -> tuple[str, str]:
        """Return the name of a command, and its fields in words; those left at their default are left out."""
        told = []
        for field in attrs.fields(type(command)):
            value = getattr(command, field.name)
            if field.name in _COMMON or value == field.default or value in (None, ()):
                continue
            if field.name == "fingerprint":
                value = f"{value[:8]}…"
            if field.name == "quantities":
                value = tuple(f"{count} × {item}" for item, count in value)
            told.append(f"{field.name.removesuffix('_id').replace('_', ' ')} {self.value(value)}")
        return _NAMES[type(command)], ", ".join(told)

    def reason(self, reason: Reason) -> str:
        """Return a reason with its code."""
        return f"{reason.code}: {self.text(reason.text)}"

    def duty(self, duty: Duty) -> str:
        """Return what is to be done about what, by whom."""
        subject = self.text(duty.subject)
        what = {
            "invoices.pay": f"pay {subject}",
            "holds.review": f"review hold {subject}",
            "approvals.answer": f"answer request {subject}",
            "account.close": f"close account {subject}",
        }.get(duty.kind, f"{duty.kind} {subject}")
        return f"{what} by {self.deadline(duty.by)} ({duty.owed_by})"

    def event(self, event: Event) -> str:
        """Return an event in a sentence."""
        tell = _EVENTS.get(type(event))
        if tell is None:
            names = [each.name for each in attrs.fields(type(event)) if each.name not in ("at", "cause")]
            facts = ", ".join(f"{name} {self.value(getattr(event, name))}" for name in names)
            return f"{type(event).__name__}: {facts}"
        return self.text(tell(event, self))


_COMMON = frozenset({"id", "at", "by", "recorded_at"})


def clock(there: datetime) -> str:
    """Return a time of day, without seconds where there are none."""
    return f"{there:%H:%M:%S}" if there.second or there.microsecond else f"{there:%H:%M}"


Tell = Callable[[Any, Words], str]  # type: ignore[explicit-any]


def _document(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    document: invoices.Document = event.document
    kind = document.kind.value.replace("_", " ")
    due = f", due {document.due_on}" if document.due_on is not None else ""
    against = f" against {document.credits}" if document.credits is not None else ""
    state = "drafted" if isinstance(event, invoices.Drafted) else "issued"
    return f"{kind} {document.id} {state}{against}: {document.total_money}{due}"


def _payment(state: str) -> Tell:
    def tell(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
        payment: payments.Payment = event.payment
        why = f": {payment.failure}" if payment.failure else ""
        return f"payment {payment.id} of {payment.money} {state}{why}"

    return tell


def _allocated(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    allocation: payments.Allocation = event.allocation
    amount = in_minor(abs(allocation.amount), allocation.currency)
    verb = "is set off against" if allocation.amount > 0 else "is taken back from"
    return f"{amount} of {allocation.source} {verb} {allocation.target}"


def _plan(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    items = ", ".join(f"{item.quantity} × {item.title}" for item in event.items)
    return f"{event.plan} from {words.point(event.since)}: {items}"


def _started(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    items = ", ".join(f"{item.quantity} × {item.title}" for item in event.items)
    trial = f", billed from {words.point(event.billing_from)}" if event.billing_from != event.start else ""
    return f"subscription {event.subscription_id} started on {words.point(event.start)}{trial}: {items}"


def _billed(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    return f"{event.subscription_id} is billed up to {words.point(event.billed_to)}"


def _approved(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    lender = event.approval.on_behalf_of
    stead = f" in place of {lender}" if lender is not None else ""
    state = "approved" if isinstance(event, approvals.Approved) else "endorsed"
    return f"request {event.request_id} {state} by {event.approval.by}{stead}"


def _asked(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    request: approvals.Request = event.request
    amount = f" of {request.amount}" if request.amount is not None else ""
    return f"request {request.id}: may {request.maker} do this {request.operation}{amount}?"


def _placed(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    hold: holds.Hold = event.hold
    ends = f" until {words.time(hold.expires_at)}" if hold.expires_at is not None else ""
    return f"hold {hold.id} ({hold.reason}) blocks {', '.join(sorted(hold.blocks))}{ends}"


def _refund(event: Any, words: Words) -> str:  # type: ignore[explicit-any]
    refund: refunds.Refund = event.refund
    amount = in_minor(refund.amount, refund.currency)
    return f"refund {refund.id} of {amount} goes back through {refund.payment_id}"


_EVENTS: Mapping[type, Tell] = MappingProxyType(  # type: ignore[explicit-any]
    {
        account.Applied: lambda event, words: f"application for account {event.account_id}",
        account.Opened: lambda event, words: f"account {event.account_id} opened",
        account.OnboardingBegan: lambda event, words: "onboarding began",
        account.Activated: lambda event, words: "account opened",
        account.Declined: lambda event, words: f"application declined: {event.reason}",
        account.Withdrawn: lambda event, words: "application withdrawn",
        account.ClosureRequested: lambda event, words: (
            f"closure requested, by {words.deadline(event.close_by)}"
        ),
        account.ClosureWithdrawn: lambda event, words: "closure withdrawn",
        account.Closed: lambda event, words: "account closed",
        holds.Placed: _placed,
        holds.Released: lambda event, words: f"hold {event.hold_id} released by {event.by}",
        subscriptions.Started: _started,
        subscriptions.PlanChanged: lambda event, words: (
            f"{event.subscription_id} is on {_plan(event, words)}"
        ),
        subscriptions.QuantityChanged: lambda event, words: (
            f"{event.subscription_id} has {event.quantity} × {event.item} from {words.point(event.since)}"
        ),
        subscriptions.CancellationScheduled: lambda event, words: (
            f"{event.subscription_id} will end: {words.point(event.ends)}"
        ),
        subscriptions.CancellationWithdrawn: lambda event, words: f"{event.subscription_id} goes on",
        subscriptions.Ended: lambda event, words: f"{event.subscription_id} ended: {words.point(event.ends)}",
        subscriptions.Billed: _billed,
        invoices.Drafted: _document,
        invoices.Discarded: lambda event, words: f"draft {event.document_id} thrown away",
        invoices.Issued: _document,
        invoices.Voided: lambda event, words: f"{event.document_id} is void",
        payments.Attempted: _payment("asked for"),
        payments.Received: _payment("received"),
        payments.Failed: _payment("failed"),
        payments.Lost: lambda event, words: f"nobody knows what became of payment {event.payment_id}",
        payments.Allocated: _allocated,
        refunds.Given: _refund,
        approvals.Asked: _asked,
        approvals.Endorsed: _approved,
        approvals.Approved: _approved,
        approvals.Rejected: lambda event, words: f"request {event.request_id} rejected by {event.by}",
        approvals.Withdrawn: lambda event, words: f"request {event.request_id} withdrawn",
        approvals.Used: lambda event, words: f"request {event.request_id} used",
    }
)
