"""What a host adds of its own: records on the file, events and policies; importing them registers nothing.

Each is a frozen attrs class of the host's that is derived from one of these. That it exists is told
where it is used: to `handle` which operations there are, to `records` which tags.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from typing import ClassVar

from attrs import field, frozen

from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.messages import Event
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.validation import identifier, reference


class SealedWith(Enum):
    """The list of the file that the subject of a host's own record is in, and with which it is sealed."""

    NOTHING = ""
    DOCUMENTS = "documents"
    PAYMENTS = "payments"
    AUTHORISATIONS = "authorisations"
    REFUNDS = "refunds"
    CHARGEBACKS = "chargebacks"


@frozen
class OwnRecord:
    """Something of the host's own that is kept on the file: one of each kind about each subject.

    `subject` is the id of what it is about: a subscription's, a payment's, the account's. So a host
    has further fields on what is stored, by the id under which it is stored. What is `sealed_with` its
    subject leaves the file as that does; else it stays until an event drops it.
    """

    sealed_with: ClassVar[SealedWith] = SealedWith.NOTHING
    subject: str = field(validator=reference)

    def owes(self) -> Iterable[Duty]:
        """Return what is owed to somebody as long as this is kept."""
        return ()


@frozen
class OwnEvent(Event):
    """Something that happened by an operation of the host's own; the file remembers it like any other."""

    def keeps(self) -> Iterable[OwnRecord]:
        """Return what is kept on the file from now on, in place of what was kept of its kind and subject."""
        return ()

    def drops(self) -> Iterable[tuple[type[OwnRecord], str]]:
        """Return the kinds and subjects of which nothing is kept any more."""
        return ()


@frozen
class OwnPolicy:
    """A choice that an operation of the host's own is decided under; approvals are bound to it, too."""

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)


def after(before: tuple[OwnRecord, ...], event: OwnEvent) -> tuple[OwnRecord, ...]:
    """Return what is kept after an event.

    Raises: InvalidValue for an event that keeps what is no record, or two of one kind about one subject.
    """
    now = tuple(event.keeps())
    _check(now, f"{type(event).__name__}.keeps")
    gone = {*event.drops(), *map(key, now)}
    return (*(each for each in before if key(each) not in gone), *now)


def _check(records: tuple[OwnRecord, ...], where: str) -> None:
    if not all(isinstance(each, OwnRecord) for each in records):
        raise InvalidValue("records of the host's own", records, where)
    if len(set(map(key, records))) != len(records):
        raise InvalidValue("one record of each kind about each subject", records, where)
    for each in records:
        if not isinstance(each.sealed_with, SealedWith):
            raise InvalidValue(
                "a member of SealedWith", each.sealed_with, f"{type(each).__name__}.sealed_with"
            )


def latest(records: Iterable[OwnRecord]) -> tuple[OwnRecord, ...]:
    """Return the last of each kind about each subject, where the first of them stood."""
    return tuple({key(each): each for each in records}.values())


def key(record: OwnRecord) -> tuple[type[OwnRecord], str]:
    """Return what tells a record from all others on a file."""
    return type(record), record.subject


def duties(records: Iterable[OwnRecord]) -> Iterable[Duty]:
    """Return what is owed by all that is kept."""
    return [duty for each in records for duty in each.owes()]
