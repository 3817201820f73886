"""The choices about money that is set aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, positive
from acctcore.kernel.validation import each, identifier, one_of, optional, whole
from acctcore.receivables.authorisations.model import Captures

_WEEK: int | None = 7


@frozen
class AuthorisationPolicy:
    """How long money stays set aside where nobody says, how often it is captured, and how much at once.

    Units: `valid_days` of 24 hours. `most` is one amount a currency; a currency without one is free.
    """

    name: str = field(default="authorisations", validator=identifier)
    version: str = field(default="1", validator=identifier)
    valid_days: int | None = field(default=_WEEK, validator=optional(whole(minimum=1, maximum=3_660)))
    captures: Captures = field(default=Captures.ONCE, validator=one_of(Captures))
    most: tuple[Money, ...] = field(default=(), validator=each(positive))

    def __attrs_post_init__(self) -> None:
        if len({money.code for money in self.most}) != len(self.most):
            raise InvalidValue("one amount a currency", self.most, "AuthorisationPolicy.most")

    def expires_at(self, authorised_at: DateTime) -> DateTime | None:
        """Return when what is set aside is released by itself; None for never."""
        if self.valid_days is None:
            return None
        return instant(datetime.__add__(authorised_at, timedelta(days=self.valid_days)))


DEFAULT = AuthorisationPolicy()
"""Captured once, and set aside for a week."""
