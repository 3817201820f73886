"""What must happen by an instant: derived from state, discharged by an event that bears its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import field, frozen

from acctcore.kernel.validation import identifier

if TYPE_CHECKING:
    from pendulum import DateTime


@frozen
class Duty:
    """Something owed to somebody: by key, kind and the instant by which it must be done.

    `key` is derived from what the duty is about, so that the same duty is the same value on every
    run; `kind` is a stable code such as `invoices.pay`; `owed_by` and `owed_to` are roles or ids.
    """

    key: str = field(validator=identifier)
    kind: str = field(validator=identifier)
    by: DateTime
    owed_by: str = "office"
    owed_to: str = "customer"
    subject: str = ""


def open_duties(duties: Iterable[Duty], discharged: Iterable[str]) -> tuple[Duty, ...]:
    """Return the duties whose key nobody has discharged, the earliest first, each once."""
    done = frozenset(discharged)
    left = {duty.key: duty for duty in duties if duty.key not in done}
    return tuple(sorted(left.values(), key=lambda duty: (duty.by, duty.key)))


def overdue(duties: Iterable[Duty], at: DateTime) -> tuple[Duty, ...]:
    """Return the duties whose instant lies before `at`, the longest overdue first."""
    return tuple(sorted((duty for duty in duties if duty.by < at), key=lambda duty: (duty.by, duty.key)))
