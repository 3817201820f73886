"""What was done in a window of time, whether one more act fits, and when it would.

What counts is read from acts that were recorded, each by the local date on which it was: no counter
can drift, and an act that is recorded late or out of order is counted where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from acctcore.kernel.calendar import Cycles, Span, add_days, at_local, local_date
from acctcore.kernel.decision import Missing
from acctcore.kernel.money import Money, in_minor
from acctcore.operations.approvals.model import Exercise
from acctcore.operations.approvals.policy import Allowance, Per, Rolling
from acctcore.operations.approvals.reasons import BeyondAllowance

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.terms import Role, ZoneKey
    from acctcore.operations.approvals.office import Office
    from acctcore.operations.approvals.policy import Authority

DONE_ELSEWHERE = "what was done on other accounts"


@frozen
class Alone:
    """Whether somebody may do an act without anybody's approval, and if not, why.

    `total` is the largest sum that the act would bring a window to, where that exceeds an allowance;
    `frees_at` when the act would fit, None where it never does by itself.
    """

    within_limits: bool
    exceeded: tuple[BeyondAllowance, ...] = ()
    missing: tuple[Missing, ...] = ()
    total: Money | None = None
    frees_at: DateTime | None = None

    @property
    def free(self) -> bool:
        """Whether nobody has to be asked."""
        return self.within_limits and not self.exceeded and not self.missing

    @property
    def hard(self) -> tuple[BeyondAllowance, ...]:
        """What cannot be exceeded with an approval either."""
        return tuple(each for each in self.exceeded if each.hard)


def alone(
    authority: Authority,
    act: Exercise,
    roles: frozenset[Role],
    zone: ZoneKey,
    known: Iterable[Exercise],
    office: Office,
) -> Alone:
    """Return whether an act may be done alone by somebody in some roles, given what was done before.

    `act` is what would be recorded of it; `known` is what the account's file holds, `zone` the account's.
    Acting in one role, one has that role's limit and its allowances; the best role counts. Allowances
    without a role hold for everybody.
    """
    if not act.amount:
        return Alone(True)
    reaching = _reaching(authority, act, roles)
    limits = bool(reaching) or _unlimited(authority, act)
    windows = [
        _Window(allowance, act, zone, known, office)
        for allowance in authority.allowances
        if allowance.covers(act.operation, act.amount) and allowance.role in (None, *reaching)
    ]
    if not windows:
        return Alone(limits)
    ways = [
        [window for window in windows if window.allowance.role in (None, role)]
        for role in sorted(reaching) or [""]
    ]
    best = min(ways, key=_against)
    missing = tuple(dict.fromkeys(window.missing for window in best if window.missing is not None))
    exceeded = tuple(window.exceeded() for window in best if not window.open)
    if not exceeded:
        return Alone(limits, (), missing)
    total = max(each.used + each.amount for each in exceeded)
    return Alone(limits, exceeded, missing, total, _frees(ways))


def _unlimited(authority: Authority, act: Exercise) -> bool:
    return act.operation not in authority.limited and authority.quorum(act.operation, act.amount) is None


def _reaching(authority: Authority, act: Exercise, roles: frozenset[Role]) -> frozenset[Role]:
    """Return the roles whose own limit reaches as far as the act."""
    if act.operation not in authority.limited:
        return frozenset()
    return frozenset(
        role for role in roles if authority.empowers(frozenset({role}), act.operation, act.amount)
    )


def _against(way: Sequence[_Window]) -> tuple[bool, int, int]:
    """Return how much stands against acting in a role: what is hard, what is exceeded, what is not known."""
    exceeded = [window.allowance for window in way if not window.open]
    unknown = [window for window in way if window.missing is not None]
    return any(allowance.hard for allowance in exceeded), len(exceeded), len(unknown)


def _frees(ways: Sequence[Sequence[_Window]]) -> DateTime | None:
    """Return the first instant at which the act would fit every window of one role."""
    changes = sorted({at for way in ways for window in way for at in window.changes()})
    return next(
        (at for at in changes if any(all(window.fits_at(at) for window in way) for way in ways)), None
    )


_ANYBODY = frozenset({Per.ACCOUNT, Per.OFFICE})


class _Window:
    """An allowance with what was done in its windows, for one act."""

    def __init__(
        self, allowance: Allowance, act: Exercise, zone: ZoneKey, known: Iterable[Exercise], office: Office
    ) -> None:
        self.allowance = allowance
        self.act = act
        self.zone = allowance.zone or zone
        self.today = local_day(act.at, self.zone)
        self.missing = self._missing() if allowance.per.everywhere and office.exercised is None else None
        elsewhere = [each for each in office.exercised or () if each.account != act.account]
        self.done = [(each.at, abs(each.amount.minor)) for each in (*known, *elsewhere) if self._counts(each)]

    def _counts(self, other: Exercise) -> bool:
        allowance, act = self.allowance, self.act
        per = allowance.per
        return (
            allowance.covers(other.operation, other.amount)
            and (allowance.counts_approved or other.request is None)
            and (per.everywhere or other.account == act.account)
            and (per in _ANYBODY or other.by == act.by)
        )

    def _missing(self) -> Missing:
        """Return what the host has to bring: acts from a date on, of somebody or of everybody."""
        first = self.allowance.window.containing(self.today).start
        who = (self.act.by,) if self.allowance.per is Per.ACTOR else ()
        return Missing(DONE_ELSEWHERE, (self.allowance.name, *who, f"from {first}"))

    def used(self, on: date) -> int:
        """Return how much was done in the window of a date; of several that hold it, in the fullest."""
        window = self.allowance.window
        if isinstance(window, Cycles):
            return self._sum(window.containing(on))
        tomorrow = at_local(add_days(on, 1), self.zone)
        later = {local_day(at, self.zone) for at, _ in self.done if at >= tomorrow}
        ends = [on, *(end for end in later if end < add_days(on, window.days))]
        return max([self._sum(window.containing(end)) for end in ends])

    def _sum(self, dates: Span[date]) -> int:
        start, end = at_local(dates.start, self.zone), at_local(dates.end, self.zone)
        return sum([amount for at, amount in self.done if start <= at < end])

    def fits(self, on: date) -> bool:
        """Return whether the act would fit on a date."""
        return self.used(on) + abs(self.act.amount.minor) <= self.allowance.amount.minor

    @cached_property
    def open(self) -> bool:
        """Whether the act fits now."""
        return self.fits(self.today)

    def fits_at(self, at: DateTime) -> bool:
        """Return whether the act would fit at an instant."""
        return self.fits(local_day(at, self.zone))

    def changes(self) -> list[DateTime]:
        """Return the later instants at which less may be used up than before."""
        window, done = self.allowance.window, [local_day(at, self.zone) for at, _ in self.done]
        if isinstance(window, Rolling):
            days = {add_days(on, window.days) for on in done}
        else:
            days = {window.containing(on).end for on in (*done, self.today)}
        return [at_local(on, self.zone) for on in days if on > self.today]

    def exceeded(self) -> BeyondAllowance:
        """Return that the act does not fit, with what is used and left, and when it would fit."""
        allowance, code = self.allowance, self.allowance.amount.code
        used = self.used(self.today)
        frees = [at for at in sorted(self.changes()) if self.fits_at(at)]
        return BeyondAllowance(
            allowance.name,
            self.act.operation,
            abs(self.act.amount),
            allowance.amount,
            in_minor(used, code),
            in_minor(max(0, allowance.amount.minor - used), code),
            frees[0] if frees else None,
            allowance.hard,
        )


def local_day(at: DateTime, zone: ZoneKey) -> date:
    """Return the date to which an instant belongs: a date begins once, also where clocks go back over it."""
    on = local_date(at, zone)
    following = add_days(on, 1)
    return following if at_local(following, zone) <= at else on
