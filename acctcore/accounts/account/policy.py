"""The choices about an account: how soon what the customer asks for has to be done."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.calendar import add_days, at_local, local_date
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.terms import ZoneKey
from acctcore.kernel.validation import identifier, whole


@frozen
class AccountPolicy:
    """How soon the office does what is asked about an account.

    Units: days are local days in the account's zone; the day of the request is not counted, and
    the whole of the last day is still in time.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    closing_days: int = field(validator=whole(minimum=0, maximum=3_660))

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as events name it."""
        return ref_of(self)

    def close_by(self, asked_at: DateTime, zone: ZoneKey) -> DateTime:
        """Return the instant by which a closure asked for at an instant has to be completed."""
        last: date = add_days(local_date(asked_at, zone), self.closing_days)
        return at_local(add_days(last, 1), zone)
