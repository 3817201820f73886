"""The account as a value: who it is for, its phase, its instants and its profile."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen
from pendulum import DateTime

from acctcore.accounts.account.profile import ProfileField
from acctcore.accounts.account.reasons import NotOpen, NotReopened, NotYetOpen
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import AccountId, FieldKey, ZoneKey
from acctcore.kernel.validation import each, identifier, one_of


class Phase(Enum):
    """Where an account is in its life."""

    APPLIED = "applied"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_ASKED_FOR = (Phase.APPLIED, Phase.ONBOARDING)
_BEGUN = (Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED)
_ACTIVE, _CLOSING, _CLOSED = Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED  # a member costs more than its use
_ONBOARDING = Phase.ONBOARDING


@frozen
class Account:
    """One customer's account: who it is for, where its days begin, and its phase.

    `zone` is an IANA key; civil dates of the account are read in it. `party` is the host's reference
    to a person or a company, `profile` its references to what is known of them; personal data stays
    with the host. `changed_at` is the instant of the latest change. `opened_at` is the latest opening,
    `first_opened_at` the first one of an account that was closed in between. The application and
    closure dates are those of the request that stands, or that led to the end; an account that is
    checked again before it is reopened still bears the date of its closing.
    """

    id: AccountId = field(validator=identifier)
    zone: ZoneKey
    phase: Phase = field(validator=one_of(Phase))
    changed_at: DateTime
    party: str = ""
    opened_at: DateTime | None = None
    closing_since: DateTime | None = None
    close_by: DateTime | None = None
    closed_at: DateTime | None = None
    applied_at: DateTime | None = None
    activate_by: DateTime | None = None
    first_opened_at: DateTime | None = None
    profile: tuple[ProfileField, ...] = field(default=(), validator=each(one_of(ProfileField)))

    def __attrs_post_init__(self) -> None:
        phase, closed = self.phase, self.closed_at is not None
        if closed is not (phase is _CLOSED) and not (closed and phase is _ONBOARDING):
            raise InvalidValue(f"a closing that fits the phase {phase.value}", self, "Account.closed_at")
        if (self.opened_at is not None) is not (phase in _BEGUN or closed):
            raise InvalidValue(f"an opening that fits the phase {phase.value}", self, "Account.opened_at")
        if self.first_opened_at is not None and self.opened_at is None:
            raise InvalidValue("an opening that came again", self, "Account.first_opened_at")
        asked = self.closing_since is not None
        if (self.close_by is not None) is not asked or (
            phase is not _CLOSED and asked is not (phase is _CLOSING)
        ):
            raise InvalidValue(f"a request that fits the phase {phase.value}", self, "Account.closing_since")
        if (self.applied_at is not None) is not (phase in _ASKED_FOR) or (
            self.activate_by is not None and self.applied_at is None
        ):
            raise InvalidValue(
                f"an application that fits the phase {phase.value}", self, "Account.applied_at"
            )
        keys = [each.key for each in self.profile]
        if keys != sorted(set(keys)):
            raise InvalidValue("one field for each key, in their order", keys, "Account.profile")

    def known(self, key: FieldKey) -> ProfileField | None:
        """Return a field of the profile by its key, None where it is not on it."""
        return next((each for each in self.profile if each.key == key), None)


def open_for_business(
    account: Account, *, winding_down: bool = False, at: DateTime | None = None
) -> tuple[Reason, ...]:
    """Return why nothing new can be done on an account; nothing where it is active.

    A closing account takes only what winds it down: billing, payments, refunds, cancellations. With
    `at`, business dated before the opening or the latest reopening is turned away, too.
    """
    phase = account.phase
    if phase is not _ACTIVE and not (winding_down and phase is _CLOSING):
        return (NotOpen(phase.value),)
    first, latest = account.first_opened_at, account.opened_at
    if at is None or latest is None or latest <= at:
        return ()
    if first is not None and first <= at:
        return (NotReopened(latest),)
    return (NotYetOpen(first or latest),)
