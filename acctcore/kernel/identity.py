"""Ids that repeat, and fingerprints that change with what they stand for.

Ids come from the host or are derived from what they name, so that a repeated run produces the same
ids. A fingerprint is a digest of a value's whole content, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from hashlib import sha256

import attrs

from acctcore.kernel.calendar import instant
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money

MAX_DEPTH = 100
"""A value nested deeper than this is refused as a mistake."""


def derive(*parts: str) -> str:
    """Return the id of what is named by `parts`; different parts never give the same id.

    Parts are joined by "/"; a "/" or "%" inside a part is written as %2F or %25.

    Raises: InvalidValue when there is no part, or one is not a text.
    """
    if not parts:
        raise InvalidValue("at least one part", parts, "derive")
    try:
        plain = "/".join(parts)
        if plain.count("/") == len(parts) - 1 and "%" not in plain:
            return plain
        return "/".join(
            [
                part if "/" not in part and "%" not in part else part.replace("%", "%25").replace("/", "%2F")
                for part in parts
            ]
        )
    except (AttributeError, TypeError):
        raise InvalidValue("parts that are texts", parts, "derive") from None


def extend(whole: str, *parts: str) -> str:
    """Return the id of something that belongs to what `whole` names: a line of a document, say.

    The whole stays readable in front; the parts are escaped as in `derive`. Different wholes or
    parts never give the same id, as long as their number is the same.
    """
    if not isinstance(whole, str):
        raise InvalidValue("the id of the whole", whole, "extend")
    return f"{whole}/{derive(*parts)}"


def fingerprint(*values: object) -> str:
    """Return a digest of 32 hexadecimal digits over the whole content of plain and frozen values.

    Raises: InvalidValue for a float, a mapping or any other value without one exact content.
    """
    digest = sha256()
    for value in values:
        digest.update(canonical(value).encode(errors="surrogatepass"))
        digest.update(b"\n")
    return digest.hexdigest()[:32]


def canonical(value: object) -> str:
    """Return the one text that stands for a value: its kind and its whole content.

    Values of one kind that are equal give the same text, whatever zone or exponent they are
    written with; others never do, and no text is the beginning of another, so that a sequence of
    them can be read in one way only.

    Raises: InvalidValue for a float, a mapping or any other value without one exact content.
    """
    return _canonical(value, 0)


def _canonical(value: object, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise InvalidValue(f"a value nested at most {MAX_DEPTH} deep", value, "fingerprint")
    match value:
        case None | bool():
            return str(value)
        case Enum() if value.name is not None:
            return f"e{_name(type(value))}{_text(value.name)}"
        case int():
            return f"i{value:x};"  # Python limits the digits of an int that becomes a decimal text
        case str():
            return f"s{_text(value)}"
        case Money():
            return f"m{value.minor:x}{value.code}"
        case Decimal() if value.is_finite():
            return f"d{_number(value)};"
        case datetime():
            return f"t{_moment(instant(value))};"
        case time() if value.tzinfo is None:
            return f"h{_moment(value)};"
        case date():
            return f"y{value.year}-{value.month}-{value.day};"
        case tuple():
            return f"({''.join([_canonical(entry, depth + 1) for entry in value])})"
        case frozenset():
            return f"{{{''.join(sorted([_canonical(entry, depth + 1) for entry in value]))}}}"
        case type():
            return f"c{_name(value)}"
    kind: type = type(value)
    if attrs.has(kind):
        facts = [
            f"{item.name}={_canonical(getattr(value, item.name), depth + 1)}"
            for item in attrs.fields(kind)
            if item.eq
        ]
        return f"a{_name(kind)}({''.join(facts)})"
    raise InvalidValue("a plain or frozen value", value, "fingerprint")


def _text(text: str) -> str:
    return f"{len(text)}:{text}"


def _name(kind: type) -> str:
    return _text(f"{kind.__module__}.{kind.__qualname__}")


def _number(number: Decimal) -> str:
    """Return digits and exponent without the zeros at the end, which mean nothing."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits))
    plain = text.rstrip("0")
    return f"{'-' if sign else ''}{plain}e{int(exponent) + len(text) - len(plain)}" if plain else "0"


def _moment(at: datetime | time) -> str:
    """Return the fields of a moment as they are: a float of its seconds would lose the last of them."""
    day = f"{at.year}-{at.month}-{at.day}T" if isinstance(at, datetime) else ""
    return f"{day}{at.hour}:{at.minute}:{at.second}.{at.microsecond}"


def texts(value: object) -> Iterator[str]:
    """Return every text within a plain or frozen value: ids among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for each in value:
            yield from texts(each)
    elif attrs.has(kind := type(value)):
        for attribute in attrs.fields(kind):
            yield from texts(getattr(value, attribute.name))
