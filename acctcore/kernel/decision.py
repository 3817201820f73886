"""The answer that every rule gives: an outcome with its events, reasons, duties and next change.

A "no" is a value that carries all its reasons; a missing fact is `unknown`, never a "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, TypeAlias, TypeVar

from attrs import fields, frozen

from acctcore.kernel.calendar import stamp
from acctcore.kernel.errors import InvalidValue, Refused

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.duties import Duty
    from acctcore.kernel.terms import Source

E_co = TypeVar("E_co", covariant=True)
F = TypeVar("F")
Teller: TypeAlias = Callable[[object], str]
"""How a fact reads inside a sentence."""


class Outcome(Enum):
    """What became of a question, the strongest first where several are combined."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    NEEDS_APPROVAL = "needs_approval"
    ALLOWED = "allowed"


_ALLOWED = Outcome.ALLOWED  # looking a member up costs more than using it
_PRECEDENCE = tuple(Outcome)


class Reason:
    """Why an answer is not a plain yes: a stable code, facts as fields, a source where law speaks.

    Subclasses are frozen attrs classes that set `code` and `template`; the text is rendered from
    the facts, so that another catalogue of templates translates it.
    """

    __slots__ = ()
    code: ClassVar[str] = "reason"
    template: ClassVar[str] = ""
    source: ClassVar[Source | None] = None

    @property
    def text(self) -> str:
        """Return the reason in words."""
        return self.render({})

    def render(self, templates: Mapping[str, str], teller: Teller | None = None) -> str:
        """Return the reason in the words of another catalogue, by code; ours where it has none.

        `teller` says how each fact reads: instants on local clocks, say. Without one, as `tell` does.
        """
        kind: type = type(self)
        say = tell if teller is None else teller
        facts = {item.name: say(getattr(self, item.name)) for item in fields(kind)}
        template = templates.get(self.code, self.template)
        try:
            return template.format_map(facts)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise InvalidValue(f"a template with the facts {', '.join(facts)}", template, self.code) from None


def tell(value: object, teller: Teller | None = None) -> str:
    """Return a fact as it reads inside a sentence; an instant in UTC, as 2024-03-31T01:30:00Z.

    `teller` says how the entries of a collection read, for tellers that leave the rest to this one.
    """
    say = tell if teller is None else teller
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return stamp(value)
    if isinstance(value, Decimal):
        return f"{value:f}"  # as text it would obey the decimal context
    if isinstance(value, frozenset):
        return ", ".join(sorted(say(entry) for entry in value)) or "nobody"
    if isinstance(value, tuple):
        return ", ".join(say(entry) for entry in value) or "nothing"
    return str(value)


@frozen
class Missing(Reason):
    """A fact that the host has to bring before the question can be answered."""

    code: ClassVar[str] = "fact.missing"
    template: ClassVar[str] = "{fact} must be known first: {records}"
    fact: str
    records: tuple[str, ...] = ()


@frozen
class Decision(Generic[E_co]):
    """One answer: what happens if it is stored, or every reason why nothing does.

    `events` are there only when the outcome is allowed. `next_change_at` is the earliest later
    instant at which the same question, with no new facts, would be answered differently.
    """

    outcome: Outcome
    events: tuple[E_co, ...] = ()
    reasons: tuple[Reason, ...] = ()
    duties: tuple[Duty, ...] = ()
    next_change_at: DateTime | None = None

    def __attrs_post_init__(self) -> None:
        if self.outcome is _ALLOWED:
            if self.reasons:
                raise InvalidValue("no reasons against what is allowed", self.reasons, "Decision.reasons")
        elif self.events or self.duties or not isinstance(self.outcome, Outcome):
            raise InvalidValue("events and duties only where the outcome is allowed", self, "Decision")
        else:
            _reasons(self.reasons)

    def __bool__(self) -> NoReturn:
        raise TypeError("a Decision is neither true nor false: ask for its outcome, or .allowed")

    @property
    def allowed(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.outcome is _ALLOWED

    def events_or_raise(self) -> tuple[E_co, ...]:
        """Return the events of a yes.

        Raises: Refused, with every reason, for any other outcome.
        """
        if self.outcome is not _ALLOWED:
            raise Refused(self.outcome.value, self.reasons)
        return self.events


Answer: TypeAlias = Decision[object]


def allowed(*events: F, duties: tuple[Duty, ...] = (), next_change_at: DateTime | None = None) -> Decision[F]:
    """Return a yes with what it brings about."""
    return Decision(_ALLOWED, events, (), duties, next_change_at)


def refused(*reasons: Reason, next_change_at: DateTime | None = None) -> Decision[NoReturn]:
    """Return a no with all its reasons."""
    return Decision(Outcome.REFUSED, (), reasons, (), next_change_at)


def unknown(*missing: Reason) -> Decision[NoReturn]:
    """Return "cannot be answered yet", naming the facts that are missing."""
    return Decision(Outcome.UNKNOWN, (), missing)


def needs_approval(*reasons: Reason) -> Decision[NoReturn]:
    """Return "only with somebody's approval", naming who could give it."""
    return Decision(Outcome.NEEDS_APPROVAL, (), reasons)


def _reasons(reasons: object) -> None:
    if not isinstance(reasons, tuple) or not reasons:
        raise InvalidValue("at least one reason", reasons, "Decision.reasons")
    for reason in reasons:
        if not isinstance(reason, Reason):
            raise InvalidValue("reasons", reason, "Decision.reasons")


def unless(holds: bool, reason: Reason) -> tuple[Reason, ...]:
    """Return the reason where the condition does not hold, for rules that collect them all."""
    return () if holds else (reason,)


def combine(decisions: Iterable[Decision[F]]) -> Decision[F]:
    """Return the one answer to several questions that stand or fall together.

    The strongest outcome wins (refused, unknown, needs approval, allowed); every reason is kept,
    those of the strongest outcome first; events and duties remain only if all were allowed.
    """
    asked = tuple(decisions)
    for decision in asked:
        if not isinstance(decision, Decision):
            raise InvalidValue("decisions", decision, "combine")
    ordered = sorted(asked, key=lambda decision: _PRECEDENCE.index(decision.outcome))
    outcome = ordered[0].outcome if ordered else _ALLOWED
    changes = [decision.next_change_at for decision in asked if decision.next_change_at is not None]
    soonest = min(changes) if changes else None
    if outcome is _ALLOWED:
        return Decision(
            outcome,
            tuple(event for decision in asked for event in decision.events),
            (),
            tuple(duty for decision in asked for duty in decision.duties),
            soonest,
        )
    reasons = tuple(dict.fromkeys(reason for decision in ordered for reason in decision.reasons))
    return Decision(outcome, (), reasons, (), soonest)
