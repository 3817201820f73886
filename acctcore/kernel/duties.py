"""What must happen by an instant: derived from state, discharged by an event that bears its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import field, frozen

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import identifier, reference

if TYPE_CHECKING:
    from pendulum import DateTime


@frozen
class Duty:
    """Something owed to somebody: by key, kind and the instant by which it must be done.

    `key` is derived from what the duty is about, so that the same duty is the same value on every
    run; `kind` is a stable code such as `invoices.pay`; `owed_by` and `owed_to` are roles or ids.
    """

    key: str = field(validator=reference)
    kind: str = field(validator=identifier)
    by: DateTime = field(converter=instant)
    owed_by: str = field(default="office", validator=identifier)
    owed_to: str = field(default="customer", validator=identifier)
    subject: str = ""


def open_duties(duties: Iterable[Duty], discharged: Iterable[str]) -> tuple[Duty, ...]:
    """Return the duties whose key nobody has discharged, the earliest first, each key once."""
    if isinstance(discharged, str):
        raise InvalidValue("the keys that were discharged, not a single one", discharged, "open_duties")
    done = frozenset(discharged)
    left: dict[str, Duty] = {}
    for duty in _by_time(duties):
        if duty.key not in done:
            left.setdefault(duty.key, duty)
    return tuple(left.values())


def overdue(duties: Iterable[Duty], at: DateTime) -> tuple[Duty, ...]:
    """Return the duties whose instant lies before `at`, the longest overdue first."""
    now = instant(at)
    return tuple(duty for duty in _by_time(duties) if duty.by < now)


def _by_time(duties: Iterable[Duty]) -> list[Duty]:
    known = list(duties)
    for duty in known:
        if not isinstance(duty, Duty):
            raise InvalidValue("duties", duty, "duties")
    return sorted(known, key=lambda duty: (duty.by, duty.key))
