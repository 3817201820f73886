"""The exceptions of the library: a caller's mistake, a history that cannot be, a defect of ours.

A business "no" is never one of these; it is a `Decision`. Only `Refused` carries one, for hosts
that ask for it with `Decision.events_or_raise()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acctcore.kernel.decision import Reason


class AcctcoreError(Exception):
    """The parent of every exception that acctcore raises on purpose; it can be pickled and copied."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_again, (type(self), self.args, vars(self)))


class InvalidValue(AcctcoreError, ValueError):
    """A value that cannot be: says what was expected, what came and where."""

    def __init__(self, expected: str, got: object, where: str = "") -> None:
        self.expected = expected
        self.got = got
        self.where = where
        place = f"{where}: " if where else ""
        super().__init__(f"{place}expected {expected}, got {shown(got)}")


class ImpossibleHistory(AcctcoreError):
    """Records that contradict one another; names the rows and what would mend them."""

    def __init__(self, problem: str, rows: tuple[str, ...], mend: str) -> None:
        self.problem = problem
        self.rows = rows
        self.mend = mend
        super().__init__(f"{problem}; rows: {', '.join(rows) or 'none'}; to mend: {mend}")


class VersionConflict(AcctcoreError):
    """The file was changed by someone else since it was read."""

    def __init__(self, expected: int, found: int) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"expected version {expected} of the file, found {found}; read it again and retry")


class UnknownRecord(AcctcoreError):
    """A record whose tag or version is not known here; says what would make it so."""

    def __init__(self, tag: str, where: str = "", mend: str = "") -> None:
        self.tag = tag
        self.where = where
        self.mend = mend
        place, cure = f"{where}: " if where else "", f"; to mend: {mend}" if mend else ""
        super().__init__(f"{place}no record is known by the tag {shown(tag)}{cure}")


class Refused(AcctcoreError):
    """Raised only by `Decision.events_or_raise()`: the decision was not "allowed"."""

    def __init__(self, outcome: str, reasons: tuple[Reason, ...]) -> None:
        self.outcome = outcome
        self.reasons = reasons
        super().__init__(f"{outcome}: " + "; ".join(reason.text for reason in reasons))


class Unhandled(AcctcoreError):
    """A defect of acctcore: a table accepts what no code decides. Please report it."""

    def __init__(self, *subjects: object) -> None:
        self.subjects = subjects
        super().__init__("no rule decides " + " with ".join(shown(subject) for subject in subjects))


def _again(kind: type[AcctcoreError], args: tuple[object, ...], facts: Mapping[str, object]) -> AcctcoreError:
    error = kind.__new__(kind, *args)
    vars(error).update(facts)
    return error


def shown(value: object, limit: int = 120) -> str:
    """Return a short, safe picture of any value for an error message."""
    cut = value[:limit] if isinstance(value, str | bytes) else value
    try:
        text = repr(cut)
    except Exception:  # noqa: BLE001 - a hostile __repr__ must not hide the real error
        text = f"<{type(value).__name__}>"
    return f"{text[:limit]}…" if len(text) > limit else text
