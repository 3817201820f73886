"""The choices about refunds: how long, by which way, and from which payments first."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import each, identifier, one_of, optional, whole

CREDIT = "credit"
"""The way of money that stays with us: it becomes credit of the customer."""


class From(Enum):
    """Which payments an amount comes from first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@frozen
class Way:
    """What holds for payments by one method: how long they can go back by it, and how they go then.

    Units: `window_days` of 24 hours; None is without limit. `otherwise` is another method, or CREDIT;
    None is not at all.
    """

    method: str = field(validator=identifier)
    window_days: int | None = field(default=None, validator=optional(whole(minimum=0)))
    otherwise: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if self.otherwise == self.method:
            raise InvalidValue(f"another way than {self.method}", self.otherwise, "Way.otherwise")


@frozen
class RefundPolicy:
    """How long a payment may be refunded, as the refund is recorded, and the way that it goes.

    Money goes back the way it came while its window is open. After that it goes `otherwise`: by another
    method, as CREDIT, or not at all. `ways` say it for single methods. An amount over several payments
    comes from the newest or the oldest `first`; credit that was used before is given back before cash,
    unless `credit_first` is off. A refund that was sent keeps the account from closing until its
    outcome is known; where refunds are `followed`, so does one of which nothing was reported yet.

    Units: `window_days` of 24 hours; None is without limit.
    """

    name: str = field(default="refunds", validator=identifier)
    version: str = field(default="1", validator=identifier)
    window_days: int | None = field(default=None, validator=optional(whole(minimum=0)))
    otherwise: str | None = field(default=None, validator=optional(identifier))
    ways: tuple[Way, ...] = field(default=(), validator=each(one_of(Way)))
    first: From = field(default=From.NEWEST, validator=one_of(From))
    credit_first: bool = field(default=True, validator=one_of(bool))
    followed: bool = field(default=False, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        methods = [way.method for way in self.ways]
        if len(set(methods)) != len(methods):
            raise InvalidValue("one way a method", methods, "RefundPolicy.ways")

    def of(self, method: str) -> tuple[int | None, str | None]:
        """Return the window of payments by a method, in days, and how they go when it is closed."""
        for way in self.ways:
            if way.method == method:
                return way.window_days, way.otherwise
        return self.window_days, None if self.otherwise == method else self.otherwise

    def window_ends(self, received_at: DateTime, method: str = "") -> DateTime | None:
        """Return the last instant at which a payment may go back the way it came; None for ever."""
        days, _ = self.of(method)
        if days is None:
            return None
        return instant(datetime.__add__(received_at, timedelta(days=days)))
