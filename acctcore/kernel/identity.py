"""Ids that repeat, and fingerprints that change with what they stand for.

Ids come from the host or are derived from what they name, so that a repeated run produces the same
ids. A fingerprint is a digest of a value's whole content, the same on every machine.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Context, Decimal
from enum import Enum
from hashlib import sha256

import attrs

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money

_WIDE = Context(prec=100_000)


def derive(*parts: str) -> str:
    """Return the id of what is named by `parts`; different parts never give the same id.

    Parts are joined by "/"; a "/" or "%" inside a part is written as %2F or %25.
    """
    return "/".join(
        [
            part if "/" not in part and "%" not in part else part.replace("%", "%25").replace("/", "%2F")
            for part in parts
        ]
    )


def fingerprint(*values: object) -> str:
    """Return a digest of 32 hexadecimal digits over the whole content of plain and frozen values.

    Raises: InvalidValue for a float, a mapping or any other value without one exact content.
    """
    digest = sha256()
    for value in values:
        digest.update(canonical(value).encode())
        digest.update(b"\n")
    return digest.hexdigest()[:32]


def canonical(value: object) -> str:
    """Return the one text that stands for a value: kind and content, length-prefixed where needed."""
    match value:
        case None | bool():
            return str(value)
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case int():
            return f"i{value}"
        case str():
            return f"s{len(value)}:{value}"
        case Money():
            return f"m{value.minor}{value.code}"
        case Decimal():
            sign, digits, exponent = value.normalize(_WIDE).as_tuple()
            return f"d{sign}{''.join(map(str, digits))}e{exponent}"
        case datetime():
            return f"t{value.timestamp():.6f}"
        case date():
            return f"y{value.isoformat()}"
        case tuple():
            return f"({','.join(canonical(entry) for entry in value)})"
        case frozenset():
            return f"{{{','.join(sorted(canonical(entry) for entry in value))}}}"
        case type():
            return f"c{value.__module__}.{value.__qualname__}"
    kind: type = type(value)
    if attrs.has(kind):
        told = ",".join(
            f"{item.name}={canonical(getattr(value, item.name))}" for item in attrs.fields(kind) if item.eq
        )
        return f"{kind.__module__}.{kind.__qualname__}({told})"
    raise InvalidValue("a plain or frozen value", value, "fingerprint")
