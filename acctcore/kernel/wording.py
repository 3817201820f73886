"""Sentences with facts in them: English here, any other language by a catalogue that the host hands over.

A sentence is a template with named facts in braces. Its translation is looked up by the code of what
says it and by the English template, as the standard library's gettext does; nothing here reads a file,
knows a locale or remembers a language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol, TypeAlias

from attrs import frozen

from acctcore.kernel.calendar import stamp
from acctcore.kernel.errors import InvalidValue

Teller: TypeAlias = Callable[[object], str]
"""How a fact reads inside a sentence."""


@frozen
class Counted:
    """A sentence in two forms, for one of something and for several; other languages may have more.

    `by` is the fact that is counted: a whole number, or a collection by its size.
    """

    one: str
    several: str
    by: str

    def number(self, facts: Mapping[str, object]) -> int:
        """Return how many there are.

        Raises: InvalidValue for a fact that cannot be counted.
        """
        value = facts.get(self.by)
        if type(value) is int:
            return value
        if isinstance(value, Collection) and not isinstance(value, str | bytes):
            return len(value)
        raise InvalidValue("a whole number or a collection to count", value, self.by)


Sentence: TypeAlias = str | Counted
"""An English template, with the facts by their names in braces."""


class Catalogue(Protocol):
    """Sentences in another language: a `gettext.GNUTranslations`, or anything that answers like one.

    The context is the code of a reason, or the kind of a word.
    """

    def pgettext(self, context: str, message: str, /) -> str:
        """Return the translation of a message; the message itself where there is none."""
        ...

    def npgettext(self, context: str, one: str, several: str, number: int, /) -> str:
        """Return the translation in the form for so many."""
        ...


@frozen
class English:
    """The catalogue that translates nothing."""

    def pgettext(self, context: str, message: str, /) -> str:
        """Return the message as it is."""
        return message

    def npgettext(self, context: str, one: str, several: str, number: int, /) -> str:
        """Return the form for one, or that for several."""
        return one if number == 1 else several


ENGLISH: Final = English()


def translated(sentence: Sentence, code: str, facts: Mapping[str, object], catalogue: Catalogue) -> str:
    """Return the template of a sentence in the catalogue's language, in the form that the facts ask for."""
    if isinstance(sentence, Counted):
        return catalogue.npgettext(code, sentence.one, sentence.several, sentence.number(facts))
    return catalogue.pgettext(code, sentence)


def filled(template: str, facts: Mapping[str, str], where: str) -> str:
    """Return a template with facts, already in words, in their places.

    Raises: InvalidValue for a template that asks for anything but these facts by their names.
    """
    try:
        return template.format_map(facts)
    except (AttributeError, LookupError, TypeError, ValueError):
        wanted = f"a template with the facts {', '.join(facts) or '(none)'}"
        raise InvalidValue(wanted, template, where) from None


def tell(value: object, teller: Teller | None = None) -> str:
    """Return a fact as it reads inside an English sentence; an instant in UTC, as 2024-03-31T01:30:00Z.

    `teller` says how the entries of a collection read, for tellers that leave the rest to this one.
    """
    say = tell if teller is None else teller
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return stamp(value)
    if isinstance(value, Decimal):
        return f"{value:f}"  # as text it would obey the decimal context
    if type(value) is int:
        return str(Decimal(value))  # Python limits the digits of an int that becomes a text
    if isinstance(value, frozenset):
        return ", ".join(sorted(say(entry) for entry in value)) or NOBODY
    if isinstance(value, tuple):
        return ", ".join(say(entry) for entry in value) or NOTHING
    return str(value)


NOBODY: Final = "nobody"
NOTHING: Final = "nothing"
