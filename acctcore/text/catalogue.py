"""What there is to translate, as a gettext template; and catalogues read and checked.

Every reason of a table of records is here, those of a host too: nothing is registered, the table that
the host writes its records by is handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from gettext import GNUTranslations
from importlib import import_module
from io import BytesIO, StringIO
from string import Formatter
from typing import Final

from attrs import frozen
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from acctcore.billing.invoices import Kind
from acctcore.flows.handle import FLOWS
from acctcore.kernel import terms
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import Lifecycle
from acctcore.kernel.wording import NOBODY, NOTHING, Sentence
from acctcore.records import TABLE, Table
from acctcore.text.language import INTERVAL, INTERVALS, NO, NONE, WORD, YES

OPEN: Final = frozenset({"fact", "role"})
"""Contexts of words that rooms and hosts choose freely: a catalogue may have any of them."""

_HEADER: Final = """\
msgid ""
msgstr ""
"Project-Id-Version: acctcore\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@frozen(order=True)
class Message:
    """One thing to translate: where it stands, the English, the form for several, and what it is about."""

    context: str
    text: str
    several: str = ""
    about: str = ""


def messages(table: Table = TABLE) -> tuple[Message, ...]:
    """Return everything to translate: the sentences of every reason of a table, and acctcore's own words."""
    kinds = [kind for kind in table.by_kind if issubclass(kind, Reason)]
    return tuple(sorted({*_words(), *(each for kind in kinds for each in _sentences(kind))}))


def _sentences(kind: type[Reason]) -> Iterator[Message]:
    about = (kind.__doc__ or "").strip().partition("\n")[0]
    for sentence in kind.sentences():
        yield _message(kind.code, sentence, about)


def _message(context: str, sentence: Sentence, about: str) -> Message:
    if isinstance(sentence, str):
        return Message(context, sentence, about=about)
    return Message(context, sentence.one, sentence.several, about)


def _words() -> Iterator[Message]:
    for text, about in (
        (YES, "a fact that holds"),
        (NO, "a fact that does not hold"),
        (NONE, "a fact that there is none of"),
        (NOBODY, "an empty list of people or roles"),
        (NOTHING, "an empty list of things"),
    ):
        yield Message(WORD, text, about=about)
    for sentence in INTERVALS.values():
        yield _message(INTERVAL, sentence, "how often something is billed")
    for operation in terms.OPERATIONS:
        yield Message("operation", operation, about="what can be done to an account")
    for kind in Kind:
        yield Message("kind", kind.value.replace("_", " "), about="what sort of document something is")
    for command in FLOWS:
        yield Message("command", command.__name__, about="what is asked")
    for phase in {phase for table in _lifecycles() for phase in table.phases}:
        yield Message("phase", phase, about="the phase that something is in")


def _lifecycles() -> Iterator[Lifecycle[Enum]]:
    """Return the table of every room whose commands the account file knows."""
    for place in {command.__module__ for command in FLOWS}:
        for module in (place, place.rpartition(".")[0]):
            table = getattr(import_module(module), "LIFECYCLE", None)
            if isinstance(table, Lifecycle):
                yield table


def pot(wanted: Iterable[Message] | None = None) -> str:
    """Return a gettext template (.pot) of messages; without any, of everything of acctcore's own.

    The same messages give the same text: it bears no date.
    """
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for each in messages() if wanted is None else wanted:
        id = (each.text, each.several) if each.several else each.text
        catalog.add(id, context=each.context, auto_comments=[each.about] if each.about else ())
    written = BytesIO()
    write_po(written, catalog, width=0, omit_header=True)
    return _HEADER + written.getvalue().decode()


def translations(po: str) -> GNUTranslations:
    """Return the catalogue that the text of a .po file is, ready for a `Language`.

    Raises: InvalidValue for what is no such text, or does not say its language.
    """
    catalog = _read(po)
    if catalog.locale is None:  # without it, Babel would forget the plural forms
        raise InvalidValue("a header that names the Language", po, "translations")
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gaps(po: str, wanted: Iterable[Message] | None = None) -> tuple[str, ...]:
    """Return what is wrong with the text of a .po file, a sentence each; () where nothing is.

    Told are messages without a translation, translations of what is no message any more, and those
    that ask for a fact which the message does not have.
    """
    known = {(each.context, each.text): each for each in (messages() if wanted is None else wanted)}
    found = _translated(_read(po))
    return (
        *(f"{context}: not translated: {text}" for context, text in known if not _done(found, context, text)),
        *(f"{key[0]}: no message any more: {key[1]}" for key in found if key not in known and _closed(key)),
        *(problem for key, message in known.items() for problem in _misfits(message, found.get(key, ()))),
    )


def _closed(key: tuple[str, str]) -> bool:
    return key[0] not in OPEN


def _done(found: Mapping[tuple[str, str], tuple[str, ...]], context: str, text: str) -> bool:
    return all(found.get((context, text), ("",)))


def _misfits(message: Message, translations: tuple[str, ...]) -> Iterator[str]:
    for translation in translations:
        for name in sorted(_facts(translation) - _facts(message.text) - _facts(message.several)):
            yield f"{message.context}: asks for {{{name}}}, which it does not have: {translation}"


def _translated(catalog: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return every translation by its context and English, the forms of a counted one in their order."""
    found = {}
    for entry in catalog:
        if entry.id:
            one = entry.id[0] if isinstance(entry.id, (tuple, list)) else entry.id
            forms = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string or "",)
            found[str(entry.context or ""), str(one)] = tuple(str(form) for form in forms)
    return found


def _facts(template: str) -> set[str]:
    """Return the facts that a template asks for; of one that cannot be read, itself."""
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return {template}


def _read(po: str) -> Catalog:
    if not isinstance(po, str):
        raise InvalidValue("the text of a .po file", po, "translations")
    try:
        return read_po(StringIO(po), abort_invalid=True)
    except (PoFileError, ValueError) as problem:
        raise InvalidValue(f"the text of a .po file ({problem})", po, "translations") from None
