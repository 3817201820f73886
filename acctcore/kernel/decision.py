"""The answer that every rule gives: an outcome with its events, reasons, duties and next change.

A "no" is a value that carries all its reasons; a missing fact is `unknown`, never a "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, TypeAlias, TypeVar

from attrs import fields, frozen

from acctcore.kernel.errors import InvalidValue, Refused
from acctcore.kernel.terms import FactName, Operation, Source
from acctcore.kernel.wording import ENGLISH, Catalogue, Sentence, Teller, filled, tell, translated

if TYPE_CHECKING:
    from pendulum import DateTime

    from acctcore.kernel.duties import Duty

E_co = TypeVar("E_co", covariant=True)
F = TypeVar("F")


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

    Subclasses are frozen attrs classes that set `code` and `template`. One that is told in several
    ways, by its facts, lists the further sentences as `variants` and chooses in `sentence`. Hosts add
    reasons by subclassing, under codes of their own: nothing has to be registered.
    """

    __slots__ = ()
    code: ClassVar[str] = "reason"
    template: ClassVar[str] = ""
    variants: ClassVar[tuple[Sentence, ...]] = ()
    source: ClassVar[Source | None] = None

    @classmethod
    def sentences(cls) -> tuple[Sentence, ...]:
        """Return every English sentence that this kind of reason may be told in."""
        return (*((cls.template,) if cls.template else ()), *cls.variants)

    @property
    def sentence(self) -> Sentence:
        """The one of `sentences` that suits these facts."""
        return self.template if self.template or not self.variants else self.variants[0]

    @property
    def facts(self) -> dict[str, object]:
        """The facts by their names."""
        kind: type = type(self)
        return {item.name: getattr(self, item.name) for item in fields(kind)}

    @property
    def text(self) -> str:
        """The reason in English words."""
        return self.render()

    def for_customer(self) -> Reason:
        """Return the reason as the customer may hear it: itself, where nothing in it is internal."""
        return self

    def render(self, catalogue: Catalogue = ENGLISH, teller: Teller = tell) -> str:
        """Return the reason in the words of a catalogue, such as a `gettext.GNUTranslations`.

        `teller` says how each fact reads: instants on local clocks, say.

        Raises: InvalidValue for a translation that asks for facts which the reason does not have.
        """
        facts = self.facts
        template = translated(self.sentence, self.code, facts, catalogue)
        return filled(template, {name: teller(value) for name, value in facts.items()}, self.code)


@frozen
class Missing(Reason):
    """A fact that the host has to bring before the question can be answered, and in which records it is."""

    code: ClassVar[str] = "fact.missing"
    template: ClassVar[str] = "{fact} must be known first"
    variants: ClassVar[tuple[Sentence, ...]] = ("{fact} must be known first: {records}",)
    fact: FactName
    records: tuple[str, ...] = ()

    @property
    def sentence(self) -> Sentence:
        """With the records, where they are named."""
        return self.variants[0] if self.records else self.template


@frozen
class Unavailable(Reason):
    """What cannot be done at present, and the customer is not told why."""

    code: ClassVar[str] = "request.unavailable"
    template: ClassVar[str] = "{operation} is not possible at present: please contact us"
    operation: Operation


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

    def for_customer(self) -> Decision[NoReturn]:
        """Return the answer as the customer may hear it: the outcome and the reasons in their public form.

        Events, duties and dates are the office's: when an answer changes tells of what stands behind it.
        """
        reasons = tuple(dict.fromkeys(reason.for_customer() for reason in self.reasons))
        return Decision(self.outcome, (), reasons)

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

    The strongest outcome wins (refused, unknown, needs approval, allowed), so what is missing cannot
    soften a no. Every reason is kept once, those of stronger outcomes first. Events and duties
    remain only where all were allowed, in the order asked; otherwise none does. The answer holds
    until the first of them changes.

    Of nothing, the answer is a yes that brings nothing about. Grouping changes nothing, but for the
    order in which reasons are told; nor does the order of asking, but for that of events, duties and
    reasons.
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
