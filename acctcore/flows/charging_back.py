"""Chargebacks: what a payment had paid is owed again, and closed again where the bank gives it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve as changed

from acctcore.flows import happened
from acctcore.flows.documents import taken_back
from acctcore.flows.file import File
from acctcore.flows.gate import Ruling, file_of, seen_at, with_gate
from acctcore.flows.money_events import chargeback_item, items_of
from acctcore.flows.policies import Policies
from acctcore.kernel.decision import Decision, Outcome
from acctcore.kernel.messages import Command, Event
from acctcore.receivables import chargebacks, payments

_OWED, _GIVEN = payments.Side.OWED, payments.Side.GIVEN


def charge_back(file: File | None, command: chargebacks.Command, policies: Policies) -> Ruling:
    """Return what is recorded of a chargeback, and where its money comes from or goes."""
    file = file_of(file)
    before = file.chargeback(command.chargeback_id)
    payment = file.payment(command.payment_id) if isinstance(command, chargebacks.ChargeBack) else None
    decision = chargebacks.decide(before, command, None if payment is None else facts(payment))
    stops = happened.against(file, command, command.chargeback_id, policies)
    if stops or not decision.allowed:
        return with_gate(file, decision, stops, seen_at(command))
    (event,) = decision.events
    if isinstance(event, chargebacks.ChargedBack) and isinstance(command, chargebacks.ChargeBack):
        return Decision(Outcome.ALLOWED, tuple(_taken(file, event, command)))
    if isinstance(event, chargebacks.Reversed | chargebacks.PartlyReversed) and before is not None:
        amount = before.standing - event.chargeback.standing
        return Decision(Outcome.ALLOWED, tuple(_given_back(file, before, amount, event, command, policies)))
    return decision


def facts(payment: payments.Payment) -> chargebacks.Facts:
    """Return what a chargeback of a payment is decided on."""
    came = payment.phase is payments.Phase.RECEIVED
    return chargebacks.Facts(
        payment.money, payment.at, payment.phase.value, payment.charged_back, came_in=came
    )


def _allocated(found: Iterable[payments.Allocation], command: Command) -> list[Event]:
    return [payments.Allocated(command.at, command.id, each) for each in found]


def _taken(file: File, event: chargebacks.ChargedBack, command: chargebacks.ChargeBack) -> Iterator[Event]:
    """Return the chargeback with what it takes of its payment.

    Credit goes first, then what was paid; last what had been refunded already: that was returned
    twice then, and the customer owes it.
    """
    chargeback = event.chargeback
    left = sum(item.open for item in file.items if item.side is _GIVEN and item.id == chargeback.payment_id)
    short = chargeback.amount - left
    for target in _paid(file, command):
        part = min(short, file.applied(chargeback.payment_id, target))
        if part > 0:
            yield from _allocated(taken_back(file, chargeback.payment_id, target, part, command), command)
            short -= part
    yield event
    source = next(item for item in items_of(file) if item.side is _GIVEN and item.id == chargeback.payment_id)
    taken = payments.allocated(source, chargeback_item(chargeback), chargeback.amount, command.at, command.id)
    yield from _allocated([taken], command)


def _paid(file: File, command: chargebacks.ChargeBack) -> list[str]:
    """Return what a payment settles, in the order in which it is taken: named, latest, then refunds."""
    kinds = {item.id: item.kind for item in items_of(file) if item.side is _OWED}
    mine = [each for each in payments.standing(file.allocations) if each.source == command.payment_id]
    known = dict.fromkeys(each.target for each in sorted(mine, key=lambda each: each.at)[::-1])
    targets = [target for target in known if kinds[target] != "chargeback"]
    named = [id for id in dict.fromkeys(command.documents) if id in targets]
    rest = sorted((id for id in targets if id not in named), key=lambda id: kinds[id] == "refund")
    return [*named, *rest]


def _given_back(
    file: File,
    before: chargebacks.Chargeback,
    amount: int,
    event: Event,
    command: Command,
    policies: Policies,
) -> Iterator[Event]:
    """Return the reversal with what its money settles: what the chargeback had opened, then by policy."""
    payment = file.payment(before.payment_id)
    yield from _allocated(taken_back(file, before.payment_id, before.id, amount, command), command)
    yield event
    if payment is None:
        return
    owed = {item.id: item for item in file.items if item.side is _OWED}
    opened = _opened(file, before)
    item = payments.item_of(payment)
    source = payments.less(item, item.open - amount)
    first = [
        payments.less(owed[id], owed[id].open - min(owed[id].open, most))
        for id, most in opened.items()
        if id in owed
    ]
    found = payments.settle([source], first, command.at, command.id, payments.AS_NAMED)
    rest = payments.less(source, sum(each.amount for each in found))
    if policies.allocation.use_credit:
        settled = {each.target: each.amount for each in found}
        left = [payments.less(item, settled.get(item.id, 0)) for item in owed.values()]
        found += payments.settle([rest], left, command.at, command.id, policies.allocation.order)
    yield from _allocated(_once(found), command)


def _once(found: Iterable[payments.Allocation]) -> list[payments.Allocation]:
    """Return allocations with those to one target put together: a command makes one between two items."""
    by_target: dict[str, payments.Allocation] = {}
    for each in found:
        known = by_target.get(each.target)
        by_target[each.target] = each if known is None else changed(each, amount=known.amount + each.amount)
    return list(by_target.values())


def _opened(file: File, chargeback: chargebacks.Chargeback) -> dict[str, int]:
    """Return what a chargeback had opened, in its order, and how much of each."""
    opened: dict[str, int] = {}
    for each in file.allocations:
        if each.cause == chargeback.cause and each.source == chargeback.payment_id:
            opened[each.target] = opened.get(each.target, 0) - each.amount
    return {id: amount for id, amount in opened.items() if amount > 0}
