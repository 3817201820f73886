"""Each event in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Protocol

from attrs import AttrsInstance, fields
from pendulum import DateTime

from acctcore.accounts import account, holds
from acctcore.billing import invoices, subscriptions
from acctcore.billing.catalog import Item
from acctcore.flows.file import BroughtIn, TakenOver
from acctcore.kernel.messages import Event
from acctcore.kernel.money import in_minor
from acctcore.operations import approvals
from acctcore.receivables import authorisations, chargebacks, payments, refunds


class Times(Protocol):
    """How a run tells dates and instants, and other facts."""

    def point(self, at: date) -> str:
        """Return a date, or an instant in local time."""
        ...

    def deadline(self, at: DateTime) -> str:
        """Return an instant by which something must be done."""
        ...

    def value(self, value: object) -> str:
        """Return any fact in words."""
        ...


def sentence(event: Event, times: Times) -> str:
    """Return an event in a sentence, with ids and instants as the library has them."""
    match event:
        case _ if type(event) in _OF_ACCOUNT:
            return _of_account(event, times)
        case holds.Placed() | holds.Extended() | holds.Reviewed() | holds.Released():
            return _of_hold(event, times)
        case invoices.Drafted() | invoices.Revised() | invoices.Issued():
            return _document(event)
        case BroughtIn():
            return f"invoice {event.document.id} brought along: {event.document.total_money}"
        case TakenOver():
            return f"taken over from {event.source}"
        case invoices.Voided():
            return f"{event.document_id} voided"
        case payments.Attempted():
            return _payment(event.payment, "asked for")
        case payments.Received():
            return _payment(event.payment, "received")
        case payments.Failed():
            return _payment(event.payment, "failed")
        case payments.Noted():
            return f"payment {event.payment.id}: noted, it stands {event.payment.phase.value}"
        case authorisations.Authorised():
            return _authorised(event.authorisation, times)
        case authorisations.Voided():
            return f"authorisation {event.authorisation_id} voided: what is left is released"
        case payments.Lost():
            return f"payment {event.payment.id}: nobody knows what became of it"
        case payments.Allocated():
            return _allocated(event.allocation)
        case refunds.Given():
            return _refund(event.refund)
        case refunds.GivenBack():
            return "; ".join(_part(part, event) for part in event.parts)
        case refunds.Sent() | refunds.Completed() | refunds.Failed() | refunds.Lost() | refunds.Noted():
            return _reported(event)
        case chargebacks.ChargedBack():
            return _charged_back(event.chargeback)
        case chargebacks.Reversed():
            return f"chargeback {event.chargeback.id} reversed"
        case chargebacks.Answered():
            return _answered(event.chargeback)
        case chargebacks.PartlyReversed():
            left = in_minor(event.chargeback.standing, event.chargeback.currency)
            return f"chargeback {event.chargeback.id} reversed in part: {left} is still charged back"
        case approvals.Asked():
            return _asked(event.request)
        case approvals.Endorsed() | approvals.Approved():
            return _approved(event)
        case approvals.Rejected():
            return f"request {event.request_id} rejected by {event.verdict.by}: {event.verdict.note}"
        case approvals.Overridden():
            return f"request {event.request_id} overridden in an emergency: {event.emergency.note}"
        case approvals.Reviewed():
            return _reviewed(event)
        case approvals.Exercised():
            return _exercised(event.exercise)
        case approvals.Used():
            return f"request {event.request_id} used"
        case _:
            return _of_subscription(event, times)


_OF_ACCOUNT = frozenset(event for row in account.LIFECYCLE.rows for event in row.events)


def _of_account(event: Event, times: Times) -> str:
    match event:
        case account.Applied():
            promised = _decided_by(event.activate_by, times)
            return f"account {event.account_id} applied for{promised}{_stating(event.fields)}"
        case account.Opened():
            return f"account {event.account_id} opened{_stating(event.fields)}"
        case account.OnboardingBegan():
            return "onboarding began"
        case account.Activated():
            return "account active"
        case account.Declined():
            return f"application declined: {event.reason}"
        case account.Withdrawn():
            return "application withdrawn"
        case account.Amended():
            return _amended(event)
        case account.Verified():
            until = f", until {times.point(event.valid_until)}" if event.valid_until is not None else ""
            keys = ", ".join(key for key, _ in event.fields)
            return f"{keys} verified by {event.by} ({event.evidence}{until})"
        case account.ClosureRequested():
            return f"closure requested, to be completed by {times.deadline(event.close_by)}"
        case account.ClosureWithdrawn():
            return "closure withdrawn: the account goes on"
        case account.Closed():
            return "account closed"
        case account.Reopened():
            return f"account reopened by {event.by}"
        case account.ReopenedForChecks():
            return (
                f"account reopened by {event.by}, to be checked first{_decided_by(event.activate_by, times)}"
            )
        case account.StayedClosed():
            return f"not reopened: {event.reason}"
        case _:
            return _other(event, times)


def _decided_by(activate_by: DateTime | None, times: Times) -> str:
    return "" if activate_by is None else f", to be decided by {times.deadline(activate_by)}"


def _stating(fields: account.Marks) -> str:
    return f", with {_told(fields)}" if fields else ""


def _told(fields: account.Marks) -> str:
    return ", ".join(f"{key} {mark}" if mark else f"no {key}" for key, mark in fields)


def _amended(event: account.Amended) -> str:
    told = [f"zone {event.zone}"] if event.zone is not None else []
    told += [f"party {event.party}" if event.party else "no party"] if event.party is not None else []
    told += [_told(event.fields)] if event.fields else []
    return f"account amended: {', '.join(told)}"


def _of_subscription(event: Event, times: Times) -> str:
    match event:
        case subscriptions.Started():
            return _started(event, times)
        case subscriptions.PlanChanged():
            since = times.point(event.since)
            return f"{event.subscription_id} on {event.plan} from {since}: {_items(event.items)}"
        case subscriptions.QuantityChanged():
            what = f"{event.quantity:,} × {event.item}"
            return f"{event.subscription_id} with {what} from {times.point(event.since)}"
        case subscriptions.ItemsChanged():
            what = ", ".join(f"{quantity:,} × {item}" for item, quantity in event.quantities)
            return f"{event.subscription_id} with {what} from {times.point(event.since)}"
        case subscriptions.Reanchored():
            return _reanchored(event, times)
        case subscriptions.ChangeWithdrawn():
            return f"{event.subscription_id}: the change {event.change} does not come"
        case subscriptions.CancellationScheduled():
            return f"{event.subscription_id} to end {times.point(event.ends)}"
        case subscriptions.CancellationWithdrawn():
            return f"{event.subscription_id} goes on"
        case subscriptions.Ended():
            return f"{event.subscription_id} ended {times.point(event.ends)}"
        case subscriptions.Paused():
            return _paused(event, times)
        case subscriptions.Resumed():
            return f"{event.subscription_id} resumes {times.point(event.until)}{_anew(event.resuming)}"
        case subscriptions.Held():
            holding = event.holding
            until = f" up to {times.point(holding.until)}" if holding.until is not None else ""
            since = times.point(holding.since)
            return f"{event.subscription_id} not billed from {since}{until}: hold {holding.hold}"
        case subscriptions.Billed():
            return f"{event.subscription_id} billed up to {times.point(event.billed_to)}"
        case _:
            return _other(event, times)


def _started(event: subscriptions.Started[date], times: Times) -> str:
    later = event.billing_from != event.start
    billed = f", billed from {times.point(event.billing_from)}" if later else ""
    term = f", up to {times.point(event.expires)}" if event.expires is not None else ""
    return f"{event.subscription_id} started {times.point(event.start)}{term}{billed}: {_items(event.items)}"


def _reanchored(event: subscriptions.Reanchored[date], times: Times) -> str:
    cycle = event.first or event.cycles.containing(event.since)
    begins = event.since if cycle.start == event.since else cycle.end
    told = f"{event.subscription_id} with cycles that begin {times.point(begins)}"
    return told if begins == event.since else f"{told}, from {times.point(event.since)} on"


def _paused(event: subscriptions.Paused[date], times: Times) -> str:
    until = f" until {times.point(event.until)}" if event.until is not None else ""
    kept = "" if event.gives_back else ", nothing given back"
    since = times.point(event.since)
    return f"{event.subscription_id} pauses from {since}{until}{_anew(event.resuming)}{kept}"


def _anew(resuming: subscriptions.Resuming) -> str:
    return ", with new cycles" if resuming is subscriptions.Resuming.RESTART else ""


def _other(event: Event, times: Times) -> str:
    """Return an event that has no words of its own: its name and its facts."""
    kind: type[AttrsInstance] = type(event)
    told = [each.name for each in fields(kind) if each.name not in ("at", "cause")]
    facts = ", ".join(f"{name.replace('_', ' ')} {times.value(getattr(event, name))}" for name in told)
    name = re.sub("(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
    return f"{name}: {facts}" if facts else name


def _items(items: Iterable[Item]) -> str:
    return ", ".join(f"{item.quantity:,} × {item.title}" for item in items)


def _of_hold(event: holds.Event, times: Times) -> str:
    match event:
        case holds.Placed():
            return _placed(event.hold, times)
        case holds.Extended():
            return f"hold {event.hold_id} extended by {event.by} {_until(event.expires_at, times)}"
        case holds.Reviewed():
            return _looked_at(event, times)
        case holds.Released():
            return f"hold {event.hold_id} released by {event.by}"


def _placed(hold: holds.Hold, times: Times) -> str:
    ends = f" {_until(hold.expires_at, times)}" if hold.expires_at is not None else ""
    on = f" on {', '.join(sorted(hold.scope))}" if hold.scope else ""
    secret = ", secret" if hold.secret else ""
    case = f" for case {hold.case}" if hold.case is not None else ""
    what = ", ".join(sorted(hold.blocks))
    return f"hold {hold.id} ({hold.reason}{secret}){on}{case} blocks {what}{ends}"


def _looked_at(event: holds.Reviewed, times: Times) -> str:
    if event.finding is holds.Finding.RELEASE:
        return f"hold {event.hold_id} reviewed by {event.by}, and not kept"
    following = f", next review by {times.deadline(event.review_at)}" if event.review_at is not None else ""
    kept = _until(event.expires_at, times)
    return f"hold {event.hold_id} reviewed by {event.by}, and kept {kept}{following}"


def _until(ends: DateTime | None, times: Times) -> str:
    return "until released" if ends is None else f"until {times.point(ends)}"


def _document(event: invoices.Drafted | invoices.Revised | invoices.Issued) -> str:
    document = event.document
    kind = document.kind.value.replace("_", " ")
    states = {invoices.Issued: "issued", invoices.Revised: "written anew", invoices.Drafted: "drafted"}
    joined = "in place of" if document.kind is invoices.Kind.INVOICE else "against"
    against = f" {joined} {document.corrects}" if document.corrects is not None else ""
    due = f", due {document.due_on}" if document.due_on is not None else ""
    why = f" ({document.reason.replace('_', ' ')})" if document.reason else ""
    return f"{kind} {document.id} {states[type(event)]}{against}{why}: {document.total_money}{due}"


def _payment(payment: payments.Payment, state: str) -> str:
    why = f": {payment.failure}" if payment.failure else ""
    source = f" from {payment.authorisation}" if payment.authorisation is not None else ""
    return f"payment {payment.id} of {payment.money} {state}{source}{why}"


def _authorised(authorisation: authorisations.Authorisation, times: Times) -> str:
    ends = authorisation.expires_at
    until = f" until {times.point(ends)}" if ends is not None else ""
    return f"authorisation {authorisation.id}: {authorisation.money} set aside{until}"


def _allocated(allocation: payments.Allocation) -> str:
    amount = in_minor(abs(allocation.amount), allocation.currency)
    verb = "settles" if allocation.amount > 0 else "taken back from"
    return f"{amount} of {allocation.source} {verb} {allocation.target}"


def _refund(refund: refunds.Refund) -> str:
    amount = in_minor(refund.amount, refund.currency)
    by = f" by {refund.method}" if refund.method else ""
    return f"refund {refund.id} of {amount} goes back through {refund.payment_id}{by}"


def _part(part: refunds.Part, event: refunds.GivenBack) -> str:
    of = f" of {part.invoice_id}" if part.invoice_id is not None else ""
    goes = "is credit again" if part.refund_id is None else f"goes back as {part.refund_id}"
    amount = in_minor(part.amount, event.currency)
    return f"{event.refund_id}: {amount} that {part.source} paid{of} {goes} ({part.why.replace('_', ' ')})"


_REPORTED = MappingProxyType(
    {
        refunds.Sent: "sent",
        refunds.Completed: "arrived",
        refunds.Failed: "failed: what it took is there again",
        refunds.Lost: "nobody knows what became of it",
    }
)


def _reported(event: refunds.Sent | refunds.Completed | refunds.Failed | refunds.Lost | refunds.Noted) -> str:
    refund = event.refund
    told = _REPORTED.get(type(event), f"noted, it stands {refund.phase.value}")
    return f"refund {refund.id} of {refund.money}: {told}"


def _charged_back(chargeback: chargebacks.Chargeback) -> str:
    why = f" ({chargeback.reason})" if chargeback.reason else ""
    fee = f", with a fee of {chargeback.fee}" if chargeback.fee is not None else ""
    return f"{chargeback.money} of {chargeback.payment_id} charged back by {chargeback.id}{why}{fee}"


def _answered(chargeback: chargebacks.Chargeback) -> str:
    contested = chargeback.response is not None and chargeback.response.contested
    return f"chargeback {chargeback.id} {'contested' if contested else 'accepted'}"


def _asked(request: approvals.Request) -> str:
    amount = f" of {request.amount}" if request.amount is not None else ""
    return f"request {request.id} by {request.maker} for {request.operation}{amount}"


def _reviewed(event: approvals.Reviewed) -> str:
    verdict = event.verdict
    found = "accepted" if verdict.accepted else "not accepted"
    return f"emergency of request {event.request_id} {found} by {verdict.by}: {verdict.note}"


def _exercised(act: approvals.Exercise) -> str:
    under = f", under request {act.request}" if act.request is not None else ""
    return f"{act.operation} of {act.amount} by {act.by} counts against allowances{under}"


def _approved(event: approvals.Endorsed | approvals.Approved) -> str:
    lender = event.approval.on_behalf_of
    over = "".join(f" through {each}" for each in event.approval.through)
    stead = f" on behalf of {lender}{over}" if lender is not None else ""
    state = "approved" if isinstance(event, approvals.Approved) else "endorsed"
    return f"request {event.request_id} {state} by {event.approval.by}{stead}"
