"""A chain over what was done: each link is a digest of a record, its place and the link before it.

Owns the chaining and its verification only. Records make the canonical bytes, the host stores
them; personal data stays out of the bytes, so that erasing it does not break the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from hashlib import sha256
from itertools import zip_longest
from types import MappingProxyType
from typing import ClassVar, Final, TypeAlias

from attrs import field, frozen

from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import whole
from acctcore.kernel.wording import Sentence

_DOMAIN: Final = b"acctcore.audit/1\0"
_BEGINNING: Final = bytes(32)
_HEXADECIMAL: Final = frozenset("0123456789abcdef")


def _hexadecimal(_instance: object, _attribute: object, value: str) -> None:
    if not isinstance(value, str) or len(value) != 64 or not _HEXADECIMAL.issuperset(value):
        raise InvalidValue("64 lower-case hexadecimal digits", value, "Link.digest")


@frozen
class Link:
    """One place in a chain: its number from zero, and the digest of everything up to it."""

    index: int = field(validator=whole(minimum=0, maximum=2**63 - 1))
    digest: str = field(validator=_hexadecimal)


Head: TypeAlias = Link
"""The latest link of a chain. Kept apart from the chain, it shows that nothing was cut off."""


def append(head: Head | None, body: bytes) -> Link:
    """Return the link of a record that follows `head`, or that begins a chain.

    The digest is SHA-256 over a fixed prefix, the index in eight bytes, the digest before it (zeros
    at the beginning) and the body: of fixed lengths but the last, so that no two inputs are one.
    """
    if not isinstance(body, bytes):
        raise InvalidValue("bytes", body, "append")
    index, before = (0, _BEGINNING) if head is None else (head.index + 1, bytes.fromhex(head.digest))
    return Link(index, sha256(_DOMAIN + index.to_bytes(8, "big") + before + body).hexdigest())


class Problem(Enum):
    """What is wrong at the first broken place of a chain; a short code each, told in words by `Broken`."""

    ALTERED = "altered"
    MISNUMBERED = "misnumbered"
    NO_RECORD = "no_record"
    NO_LINK = "no_link"
    CUT_OFF = "cut_off"
    OTHER_HEAD = "other_head"


_SENTENCES: Final[Mapping[Problem, str]] = MappingProxyType(
    {
        Problem.ALTERED: "broken at {index}: the record, or one before it, is not what was chained",
        Problem.MISNUMBERED: "broken at {index}: the number does not follow the one before",
        Problem.NO_RECORD: "broken at {index}: a link without its record",
        Problem.NO_LINK: "broken at {index}: a record without its link",
        Problem.CUT_OFF: "broken at {index}: the chain ends before the head that was kept",
        Problem.OTHER_HEAD: (
            "broken at {index}: the chain is not the one whose head was kept, or goes on past it"
        ),
    }
)


@frozen
class Broken(Reason):
    """The first place at which a chain does not hold, told by its problem."""

    code: ClassVar[str] = "audit.broken"
    variants: ClassVar[tuple[Sentence, ...]] = tuple(_SENTENCES.values())
    index: int
    problem: Problem

    @property
    def sentence(self) -> Sentence:
        """What is wrong there."""
        return _SENTENCES[self.problem]


@frozen
class Verdict:
    """Whether a chain holds: how many links follow one another, and where it is broken."""

    holding: int
    broken: Broken | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole chain holds."""
        return self.broken is None


def verify(
    links: Iterable[Link],
    bodies: Iterable[bytes],
    *,
    after: Head | None = None,
    expected: Head | None = None,
) -> Verdict:
    """Return whether links and records belong together in this order, or the first place where not.

    `after` is the trusted head before the first link, for the later part of a chain. Without
    `expected`, a head that was kept elsewhere, a chain that was cut off at its end, or written anew
    from a changed record on, looks whole: nothing inside it can tell.
    """
    head, holding = after, 0
    for link, body in zip_longest(links, bodies):
        index = 0 if head is None else head.index + 1
        problem = _problem(head, index, link, body)
        if problem is not None:
            return Verdict(holding, Broken(index, problem))
        head, holding = link, holding + 1
    if expected is None or head == expected:
        return Verdict(holding)
    reached = -1 if head is None else head.index
    if reached < expected.index:
        return Verdict(holding, Broken(reached + 1, Problem.CUT_OFF))
    return Verdict(holding, Broken(expected.index, Problem.OTHER_HEAD))


def _problem(head: Head | None, index: int, link: Link | None, body: bytes | None) -> Problem | None:
    if link is None:
        return Problem.NO_LINK
    if body is None:
        return Problem.NO_RECORD
    if link.index != index:
        return Problem.MISNUMBERED
    return None if append(head, body) == link else Problem.ALTERED
