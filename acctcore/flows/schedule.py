"""What time brings about: the commands that are due, and what is owed to somebody."""

from __future__ import annotations

from attrs import frozen
from pendulum import DateTime

from acctcore.accounts import account as accounts
from acctcore.accounts import holds
from acctcore.billing import subscriptions
from acctcore.flows import own
from acctcore.flows.closing import standing_of
from acctcore.flows.file import File
from acctcore.flows.gate import file_of
from acctcore.flows.holding import waited_for
from acctcore.flows.money_events import DEBTS
from acctcore.flows.policies import Policies
from acctcore.kernel.calendar import add_days, at_local, instant
from acctcore.kernel.duties import Duty, open_duties
from acctcore.kernel.identity import derive
from acctcore.kernel.messages import Command
from acctcore.kernel.terms import BILL, SCHEDULE, SubscriptionId
from acctcore.operations import approvals


@frozen
class Due:
    """The commands that the schedule wants by now, in their order, and when to ask again."""

    commands: tuple[Command, ...]
    next_at: DateTime | None


def due(file: File, now: DateTime, policies: Policies) -> Due:
    """Return what the schedule wants by `now`, each command dated by its own moment.

    Ids are derived from what a command is about, so asking twice asks for the same. Handle them,
    evolve, and ask again until nothing is due; `next_at` is the first moment at which more will be.
    Where billing waits for a hold, it is due when the hold ends, and not before anybody knows when;
    where holds stop it, what is due as one begins and ends is among the rest. The past cycles of a
    backdated subscription are due as it was agreed. What is refused for another reason stays due:
    `catch_up` goes round it.
    """
    file, now = file_of(file, "due"), instant(now)
    if file.account.phase not in _BILLED:
        return Due((), None)
    commands: list[Command] = []
    coming: list[DateTime] = []
    for subscription in file.subscriptions:
        waits_for = waited_for(file, subscription.id, policies)
        point = subscriptions.next_point(subscription)
        while point is not None:
            at = _unheld(waits_for, subscriptions.due_at(subscription, point), subscription.id)
            if at is None:
                break
            if at > now:
                coming.append(at)
                break
            commands.append(
                subscriptions.Bill(
                    id=subscriptions.billing_id(subscription, point),
                    at=at,
                    by=SCHEDULE,
                    recorded_at=None if at == now else now,
                    subscription_id=subscription.id,
                    on=point,
                )
            )
            point = subscriptions.next_after(subscription, point)
    commands.sort(key=lambda command: (command.at, command.id))
    return Due(tuple(commands), min(coming, default=None))


def _unheld(waits_for: tuple[holds.Hold, ...], at: DateTime, subscription: SubscriptionId) -> DateTime | None:
    """Return the first moment from an instant on at which billing waits for no hold, if that is known."""
    free: DateTime | None = at
    while free is not None:
        blocked = holds.refusal(waits_for, BILL, free, subscription)
        if blocked is None:
            return free
        free = blocked.until
    return None


_BILLED = frozenset({accounts.Phase.ACTIVE, accounts.Phase.CLOSING})


def duties(file: File, at: DateTime, policies: Policies) -> tuple[Duty, ...]:
    """Return everything that is owed to somebody as the file stands: keys, kinds and instants.

    Of a closure that was asked for, also what has to end before it.
    """
    file, at = file_of(file, "duties"), instant(at)
    rooms, standing = rooms_duties(file, at, policies), accounts.NOTHING_OPEN
    if file.account.phase is _CLOSING:
        standing = standing_of(file, at, rooms, policies)
    return open_duties((*rooms, *accounts.duties(file.account, policies.account, standing)), ())


_CLOSING = accounts.Phase.CLOSING  # looking a member up costs more than using it


def rooms_duties(file: File, at: DateTime, policies: Policies) -> tuple[Duty, ...]:
    """Return what the rooms beside the account owe, and what a host keeps of its own.

    An invoice is to be paid by the end of its due date in the account's zone; a hold reviewed, a
    request or a chargeback answered by the instants that their rooms say.
    """
    owed = [
        Duty(
            derive("invoices.pay", item.id),
            "invoices.pay",
            at_local(add_days(item.due_on, 1), file.account.zone),
            "customer",
            "office",
            item.id,
        )
        for item in file.items
        if item.kind in DEBTS and item.due_on is not None
    ]
    answers = [duty for chargeback in file.chargebacks for duty in chargeback.duties()]
    requests = approvals.duties(file.requests, at, policies.authority)
    return (*owed, *answers, *holds.duties(file.holds, at), *requests, *own.duties(file.own))
