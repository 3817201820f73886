"""A payment as a value: what was asked for, and everything that was reported of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from types import MappingProxyType

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, in_minor
from acctcore.kernel.notices import Notice, Says, decisive, standing, turns
from acctcore.kernel.terms import AuthorisationId, CurrencyCode, PaymentId
from acctcore.kernel.validation import not_empty


class Phase(Enum):
    """What is known of a payment; a failure and an unknown outcome are different things."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    RECEIVED = "received"
    FAILED = "failed"


_PHASES = MappingProxyType(
    {
        Says.ASKED: Phase.PENDING,
        Says.UNKNOWN: Phase.UNKNOWN,
        Says.DONE: Phase.RECEIVED,
        Says.FAILED: Phase.FAILED,
    }
)


@frozen
class Payment:
    """One payment: how much was asked for, and every notice of what became of it.

    Where it stands is read off the notices, so it does not depend on the order in which they came.
    `authorisation` is what it was captured from, and `final` says that this capture released the rest.
    `refunded` and `charged_back` are what went back of it and stays back. Units: minor units.
    """

    id: PaymentId
    currency: CurrencyCode
    requested: int
    notices: tuple[Notice, ...] = field(validator=not_empty)
    authorisation: AuthorisationId | None = None
    final: bool = False
    refunded: int = 0
    charged_back: int = 0

    def __attrs_post_init__(self) -> None:
        if any(notice.says is Says.SENT for notice in self.notices):
            raise InvalidValue("notices of a payment: asked, unknown, done, failed", self, "Payment.notices")

    @cached_property
    def decisive(self) -> Notice:
        """The notice that says where it stands: the latest definite one, else the first."""
        return decisive(self.notices) or self.notices[0]

    @cached_property
    def phase(self) -> Phase:
        """What is known of it."""
        return _PHASES[standing(self.notices)]

    @property
    def method(self) -> str:
        """How it was paid, as far as anybody said."""
        return next((notice.method for notice in self.notices if notice.method), "")

    @property
    def at(self) -> DateTime:
        """When it came in or failed; while neither is known, when it was asked for."""
        return self.decisive.at

    @property
    def failure(self) -> str:
        """The code it was declined with, while it stands failed."""
        return self.decisive.failure if self.phase is Phase.FAILED else ""

    @property
    def amount(self) -> int:
        """What counts: what was really moved in its currency, else what was asked for."""
        return self.counted(self.decisive)

    def counted(self, notice: Notice) -> int:
        """Return how much of its currency a notice is about."""
        moved = notice.amount
        return moved.minor if moved is not None and moved.code == self.currency else self.requested

    def moves(self) -> Iterator[tuple[Notice, int]]:
        """Return each notice that moved money, and how much came in; below zero, it went again."""
        came = 0
        for notice in turns(self.notices):
            if notice.says is Says.DONE:
                came = self.counted(notice)
                yield notice, came
            elif came:
                yield notice, -came
                came = 0

    @property
    def money(self) -> Money:
        """The amount that counts."""
        return in_minor(self.amount, self.currency)

    @property
    def asked(self) -> Money:
        """The amount that was asked for."""
        return in_minor(self.requested, self.currency)

    @property
    def refundable(self) -> Money:
        """What of it has come in, and was neither given back nor charged back."""
        kept = self.amount - self.refunded - self.charged_back if self.phase is Phase.RECEIVED else 0
        return in_minor(max(0, kept), self.currency)
