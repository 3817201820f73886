"""JSON text to data, with the mistakes that only the text shows: keys twice, fractions, NaN, size, depth."""

from __future__ import annotations

import json
from typing import NoReturn

from attrs import field, frozen

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.validation import whole
from acctcore.records.plain import WHOLE_DIGITS
from acctcore.records.problems import Raw, path_text


@frozen
class Limits:
    """How large a document may be before it is refused unread.

    Units: `size` in bytes of text, `depth` in lists and objects inside one another, `entries` in
    values of any kind together.
    """

    size: int = field(default=64 * 2**20, validator=whole(minimum=1))
    depth: int = field(default=100, validator=whole(minimum=1, maximum=200))
    entries: int = field(default=5_000_000, validator=whole(minimum=1))


class Repeated(dict[str, object]):
    """An object that names a key twice."""

    key = ""


def parse(text: str | bytes, limits: Limits) -> object:
    """Return the data of JSON text; what no record holds stays visible as `Raw` or `Repeated`.

    Raises: InvalidValue for what is no JSON, or too large.
    """
    given: object = text
    if not isinstance(given, str | bytes):
        raise InvalidValue("JSON text", text, "$")
    size = len(text) if isinstance(text, bytes) or text.isascii() else len(text.encode(errors="replace"))
    if size > limits.size:
        raise InvalidValue(f"at most {limits.size} bytes", size, "$")
    try:
        if isinstance(text, bytes):
            text = text.decode()
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=Raw,
            parse_int=_whole,
            parse_constant=Raw,
        )
    except RecursionError:
        raise InvalidValue(
            f"at most {limits.depth} lists and objects inside one another", Raw("more"), "$"
        ) from None
    except json.JSONDecodeError as error:
        raise InvalidValue(f"JSON: {error.msg}", text[error.pos : error.pos + 20], _place(error)) from None
    except UnicodeDecodeError as error:
        raise InvalidValue(
            "text in UTF-8", error.object[error.start : error.end], f"byte {error.start}"
        ) from None


def _place(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    repeated = Repeated(found)
    for key, _ in pairs:
        if key in seen:
            repeated.key = key
        seen.add(key)
    return repeated


def _whole(digits: str) -> int | Raw:
    return int(digits) if len(digits) <= WHOLE_DIGITS else Raw(f"a number of {len(digits)} digits")


def survey(data: object, limits: Limits) -> None:
    """Walk all data once, before any of it is read: how deep and large it is, and whether keys are texts.

    Raises: InvalidValue at the first place that is beyond the limits, or a key twice.
    """
    seen = 0
    level: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    depth = 0
    while level:
        below: list[tuple[tuple[str | int, ...], object]] = []
        for path, value in level:
            inside: list[tuple[str | int, object]]
            if type(value) is list:
                inside = list(enumerate(value))
            elif isinstance(value, dict):
                inside = _keyed(value, path)
            else:
                continue
            if depth == limits.depth:
                _too_deep(path, value, limits)
            seen += len(inside)
            if seen > limits.entries:
                raise InvalidValue(f"at most {limits.entries} values", Raw("more"), path_text(path))
            below += [((*path, key), entry) for key, entry in inside if type(entry) in _CONTAINERS]
        level = below
        depth += 1


_CONTAINERS = (list, dict, Repeated)


def _keyed(value: dict[object, object], path: tuple[str | int, ...]) -> list[tuple[str | int, object]]:
    if isinstance(value, Repeated):
        raise InvalidValue("each key once", value.key, path_text(path))
    inside: list[tuple[str | int, object]] = []
    for key, entry in value.items():
        if type(key) is not str:
            raise InvalidValue("keys that are texts", key, path_text(path))
        inside.append((key, entry))
    return inside


def _too_deep(path: tuple[str | int, ...], value: object, limits: Limits) -> NoReturn:
    raise InvalidValue(f"at most {limits.depth} lists and objects inside one another", value, path_text(path))
