"""Where an authorisation stands at an instant: read off its facts, in whatever order they were told."""

from __future__ import annotations

from collections.abc import Sequence

from pendulum import DateTime

from acctcore.kernel.money import Money, in_minor, zero
from acctcore.receivables.authorisations.model import Authorisation, Captures, Phase, Resolution, Taken


def resolution(authorisation: Authorisation, taken: Sequence[Taken], at: DateTime) -> Resolution | None:
    """Return how an authorisation had ended by an instant, and when; None while it was open."""
    ends = [
        Resolution(how, when)
        for how, when in (
            (Phase.CAPTURED, captured_at(authorisation, taken)),
            (Phase.VOIDED, authorisation.voided_at),
            (Phase.EXPIRED, authorisation.expires_at),
        )
        if when is not None and when <= at
    ]
    return min(ends, key=lambda end: end.at, default=None)


def captured_at(authorisation: Authorisation, taken: Sequence[Taken]) -> DateTime | None:
    """Return when the last of it was captured, or a capture released the rest."""
    total = 0
    for one in sorted(taken, key=lambda one: one.at):
        total += one.amount
        if one.final or authorisation.captures is Captures.ONCE or total >= authorisation.amount:
            return one.at
    return None


def phase(
    authorisation: Authorisation,
    taken: Sequence[Taken],
    at: DateTime,
) -> Phase:
    """Return where an authorisation stands at an instant."""
    end = resolution(authorisation, taken, at)
    return Phase.OPEN if end is None else end.how


def left(authorisation: Authorisation, taken: Sequence[Taken]) -> Money:
    """Return what was set aside and not captured, whether or not it still is set aside."""
    captured = sum(one.amount for one in taken)
    return in_minor(authorisation.amount - captured, authorisation.currency)


def reserved(
    authorisation: Authorisation,
    taken: Sequence[Taken],
    at: DateTime,
) -> Money:
    """Return what is set aside at an instant: nothing once it is resolved."""
    known = [one for one in taken if one.at <= at]
    if at < authorisation.at or phase(authorisation, known, at) is not Phase.OPEN:
        return zero(authorisation.currency)
    return left(authorisation, known)
