"""A host that lends devices: three operations, a reason, a policy and two records of its own, and no fork.

Lending takes a deposit within a limit and ends with the device; a purchase order is a further field on
an invoice, and leaves the file with it.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from attrs import field, frozen
from pendulum import DateTime

from acctcore import records
from acctcore.accounts import account
from acctcore.flows import (
    Act,
    File,
    OwnEvent,
    OwnOperation,
    OwnPolicy,
    OwnRecord,
    Policies,
    SealedWith,
    operations,
)
from acctcore.kernel.calendar import add_days, at_local, local_date
from acctcore.kernel.decision import Decision, Reason, allowed, refused, unless
from acctcore.kernel.duties import Duty
from acctcore.kernel.identity import derive
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import Operation
from acctcore.kernel.validation import reference, whole

LEND: Operation = "lend"
TAKE_BACK: Operation = "take_back"
ORDER: Operation = "order"

# What is kept


@frozen
class Loan(OwnRecord):
    """A device that a customer has."""

    title: str
    deposit: Money
    back_by: date
    zone: str

    def owes(self) -> Iterable[Duty]:
        key = derive("loans.return", self.subject)
        yield Duty(key, "loans.return", at_local(self.back_by, self.zone), "customer", "office", self.subject)


@frozen
class PurchaseOrder(OwnRecord):
    """What the customer calls an invoice: a further field on it."""

    sealed_with: ClassVar[SealedWith] = SealedWith.DOCUMENTS
    number: str


# What is asked, and what happens


@frozen(kw_only=True)
class Lend(Command):
    device_id: str = field(validator=reference)
    title: str
    deposit: Money


@frozen(kw_only=True)
class TakeBack(Command):
    device_id: str = field(validator=reference)


@frozen(kw_only=True)
class NoteOrder(Command):
    invoice: str = field(validator=reference)
    number: str


@frozen
class Lent(OwnEvent):
    loan: Loan
    policy: PolicyRef

    def keeps(self) -> Iterable[OwnRecord]:
        return (self.loan,)


@frozen
class TakenBack(OwnEvent):
    device_id: str

    def drops(self) -> Iterable[tuple[type[OwnRecord], str]]:
        return ((Loan, self.device_id),)


@frozen
class OrderNoted(OwnEvent):
    order: PurchaseOrder

    def keeps(self) -> Iterable[OwnRecord]:
        return (self.order,)


# By which rules


@frozen
class LendingPolicy(OwnPolicy):
    """How many devices a customer may have, and for how long."""

    most: int = field(default=2, validator=whole(minimum=1))
    days: int = field(default=14, validator=whole(minimum=1, maximum=366))


@frozen
class TooManyDevices(Reason):
    """Somebody has as many devices as a customer may have."""

    code: ClassVar[str] = "loans.too_many"
    template: ClassVar[str] = "the customer has {devices}, and {most} may be lent"
    devices: tuple[str, ...]
    most: int


@frozen
class NotLent(Reason):
    """A device that the customer does not have."""

    code: ClassVar[str] = "loans.not_lent"
    template: ClassVar[str] = "{device} is not lent to the customer"
    device: str


@frozen
class LentAlready(Reason):
    """A device that the customer has already."""

    code: ClassVar[str] = "loans.lent_already"
    template: ClassVar[str] = "{device} is lent to the customer already"
    device: str


@frozen
class NoSuchInvoice(Reason):
    """An order for an invoice that is not on file."""

    code: ClassVar[str] = "loans.no_such_invoice"
    template: ClassVar[str] = "{invoice} is no invoice on file"
    invoice: str


def loans(file: File) -> tuple[Loan, ...]:
    return tuple(each for each in file.own if isinstance(each, Loan))


def no_more(file: File, subject: str | None, at: DateTime, policies: Policies) -> tuple[Reason, ...]:
    devices = tuple(each.subject for each in loans(file))
    most = policies.of(LendingPolicy).most
    return unless(len(devices) < most, TooManyDevices(devices, most))


def lend(file: File, command: Lend, policies: Policies) -> Decision[Event]:
    if file.kept(Loan, command.device_id) is not None:
        return refused(LentAlready(command.device_id))
    policy, zone = policies.of(LendingPolicy), file.account.zone
    back_by = add_days(local_date(command.at, zone), policy.days + 1)
    loan = Loan(command.device_id, command.title, command.deposit, back_by, zone)
    return allowed(Lent(command.at, command.id, loan, policy.ref), duties=tuple(loan.owes()))


def take_back(file: File, command: TakeBack, policies: Policies) -> Decision[Event]:
    if file.kept(Loan, command.device_id) is None:
        return refused(NotLent(command.device_id))
    return allowed(TakenBack(command.at, command.id, command.device_id))


def note_order(file: File, command: NoteOrder, policies: Policies) -> Decision[Event]:
    if file.document(command.invoice) is None:
        return refused(NoSuchInvoice(command.invoice))
    return allowed(OrderNoted(command.at, command.id, PurchaseOrder(command.invoice, command.number)))


def deposit(file: File, command: Lend, decision: Decision[Event]) -> Money:
    return command.deposit


def new(file: File) -> tuple[None]:
    return (None,)


def devices(file: File) -> tuple[str, ...]:
    return tuple(each.subject for each in loans(file))


def invoices(file: File) -> tuple[str, ...]:
    return tuple(filed.document.id for filed in file.documents)


OWN = operations(
    OwnOperation(
        command=Lend,
        act=Act(LEND, deposit, subject="device_id"),
        brings=(Lent,),
        flow=lend,
        stops=no_more,
        about=new,
    ),
    OwnOperation(
        command=TakeBack,
        act=Act(TAKE_BACK, subject="device_id"),
        brings=(TakenBack,),
        flow=take_back,
        about=devices,
        phases=account.Phase,
    ),
    OwnOperation(
        command=NoteOrder,
        act=Act(ORDER, subject="invoice"),
        brings=(OrderNoted,),
        flow=note_order,
        about=invoices,
    ),
)

TABLE = records.TABLE.extended(
    {
        "lending.loan/1": Loan,
        "lending.purchase_order/1": PurchaseOrder,
        "lending.lend/1": Lend,
        "lending.take_back/1": TakeBack,
        "lending.note_order/1": NoteOrder,
        "lending.lent/1": Lent,
        "lending.taken_back/1": TakenBack,
        "lending.order_noted/1": OrderNoted,
        "lending.policy/1": LendingPolicy,
        "lending.too_many/1": TooManyDevices,
        "lending.not_lent/1": NotLent,
        "lending.lent_already/1": LentAlready,
        "lending.no_such_invoice/1": NoSuchInvoice,
    }
)
