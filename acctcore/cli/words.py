"""How commands, events, duties and reasons read in a timeline: numbers for ids, local times for instants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from attrs import fields, has
from pendulum import DateTime

from acctcore.billing.invoices import Terms
from acctcore.cli.sentences import sentence
from acctcore.kernel.calendar import Span, add_days, instant, local
from acctcore.kernel.decision import Reason
from acctcore.kernel.duties import Duty
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import SCHEDULE, Actor
from acctcore.kernel.wording import ENGLISH, tell
from acctcore.operations import approvals
from acctcore.simulation import Result, commands

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_NAMES: Mapping[type, str] = MappingProxyType({kind: name for name, kind in commands().items()})


class Words:
    """Tells the values of one run: documents by their numbers, instants on the account's clocks."""

    def __init__(self, result: Result) -> None:
        self.zone = result.scenario.zone
        self.several = len(result.scenario.actors) > 1
        numbers = {each.document.id: each.number for each in result.documents}
        self.numbers = dict(sorted(numbers.items(), key=lambda pair: -len(pair[0])))
        self.open = result.pending
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

    def period(self, span: Span[date] | Span[DateTime] | None) -> str:
        """Return a stretch of dates with its last day, or of instants with its end."""
        if span is None:
            return ""
        start, end = span.start, span.end
        if isinstance(start, datetime) and isinstance(end, datetime):
            return f"{self.time(start)} –\n{self.time(end)}"
        last = add_days(end, -1)
        return start.isoformat() if last <= start else f"{start} – {last}"

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
            case Terms() | Decimal():
                return str(value)
        kind = type(value)
        if has(kind):
            facts = [(each, getattr(value, each.name)) for each in fields(kind)]
            return " ".join(self._fact(each.name, fact) for each, fact in facts if fact != each.default)
        return self.text(str(value))

    def _fact(self, name: str, fact: object) -> str:
        """Return a fact of a part, with its name where that says what a number means."""
        told = self.value(fact)
        return f"{told} %" if name == "percent" else f"{told} ×" if name == "quantity" else told

    # messages

    def command(self, command: Command) -> tuple[str, str]:
        """Return the name of a command, and its fields in words; those left at their default are left out."""
        told = []
        for field in fields(type(command)):
            value = getattr(command, field.name)
            if field.name in _COMMON or value == field.default or value in (None, ()):
                continue
            if field.name == "quantities":
                value = tuple(f"{count} × {item}" for item, count in value)
            told.append(f"{field.name.removesuffix('_id').replace('_', ' ')} {self.value(value)}")
        if self.several and command.by is not SCHEDULE:
            told.append(f"by {command.by.id}")
        if command.recorded_at is not None:
            told.append(f"effective {self.time(command.at)}")
        return _NAMES[type(command)], ", ".join(told)

    def reason(self, reason: Reason) -> str:
        """Return a reason with its code."""
        return f"{reason.code}: {self.text(reason.render(ENGLISH, self.fact))}"

    def fact(self, value: object) -> str:
        """Return a fact of a reason: an instant on the account's clocks, all else as reasons tell it."""
        return self.time(value) if isinstance(value, datetime) else tell(value, self.fact)

    def task(self, duty: Duty) -> str:
        """Return what is to be done about what."""
        verb = _TASKS.get(duty.kind, duty.kind)
        return f"{verb} {self.text(duty.subject)}".rstrip()

    def duty(self, duty: Duty) -> str:
        """Return what is to be done, by when and by whom."""
        return f"{self.task(duty)} by {self.deadline(duty.by)} ({duty.owed_by})"

    def pending(self, subject: str) -> list[str]:
        """Return what waits for an approval about a document or a payment."""
        return [
            f"{self.act(each.request)} {_STANDS[each.phase]} ({each.request.id})"
            for each in self.open
            if each.request.subject == subject
        ]

    def act(self, request: approvals.Request) -> str:
        """Return what a request is for: the operation, and how much of it."""
        return request.operation + (f" of {request.amount}" if request.amount is not None else "")

    def waiting(self, waiting: approvals.Waiting) -> str:
        """Return an open request in a sentence: of what, by whom, who agreed, who is missing, until when."""
        request = waiting.request
        about = f" on {self.text(request.subject)}" if request.subject else ""
        told = [f"{request.id}: {self.act(request)}{about}, asked by {request.maker}"]
        told += [f"agreed: {', '.join(each.by for each in request.approvals)}"] if request.approvals else []
        told += [f"missing: {', '.join(map(str, waiting.missing))}"] if waiting.missing else []
        told += [f"could be: {', '.join(waiting.people)}"] if waiting.people else []
        if waiting.phase is approvals.Phase.APPROVED:
            told.append(f"approved, to be used by {request.maker}")
        told += [self.reason(reason) for reason in waiting.against]
        told += [f"until {self.time(request.expires_at)}"] if request.expires_at is not None else []
        return "; ".join(told)

    def event(self, event: Event) -> str:
        """Return an event in a sentence."""
        return self.text(" ".join(sentence(event, self).split()))


_COMMON = frozenset({"id", "at", "by", "recorded_at", "fingerprint"})
_STANDS: Mapping[approvals.Phase, str] = MappingProxyType(
    {
        approvals.Phase.PENDING: "waits for approval",
        approvals.Phase.APPROVED: "is approved and not done yet",
    }
)
_TASKS: Mapping[str, str] = MappingProxyType(
    {
        "invoices.pay": "pay",
        "holds.review": "review hold",
        "approvals.answer": "answer request",
        "chargebacks.answer": "answer chargeback",
        "approvals.review": "review emergency",
        "account.activate": "decide on account",
        "account.verify": "verify",
        "account.close": "close account",
        "closing.release_hold": "before closing, release hold",
        "closing.answer_request": "before closing, answer request",
        "closing.end_subscription": "before closing, end subscription",
        "closing.decide_draft": "before closing, issue or discard",
        "closing.resolve_authorisation": "before closing, capture or void",
        "closing.await_payment": "before closing, await payment",
        "closing.await_refund": "before closing, await refund",
        "closing.settle_balance": "before closing, settle the balance in",
        "closing.do_duty": "before closing, do",
    }
)


def clock(there: datetime) -> str:
    """Return a time of day, without seconds where there are none."""
    return f"{there:%H:%M:%S}" if there.second or there.microsecond else f"{there:%H:%M}"
