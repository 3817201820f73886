"""On which line of a TOML text a key stands, since the standard parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]")
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_PART = re.compile(_NAME)
_FENCE = re.compile(r'"""|\'\'\'')


def line_numbers(text: str) -> Mapping[str, int]:
    """Return the line of every table header and of every key that begins a line, by key path."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, fence = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if not fence:
            if header := _HEADER.match(line):
                table = _path(header[2], counts, array=header[1] == "[[")
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                for path in _prefixes(table, _parts(key[1])):
                    found.setdefault(path, number)
        for mark in _FENCE.findall(line):
            fence = "" if fence == mark else fence or mark
    return found


def line_of(where: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a key path, or of the nearest table around it."""
    while where:
        if where in lines:
            return lines[where]
        where = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", where)
    return None


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]


def _prefixes(table: str, parts: list[str]) -> list[str]:
    paths = []
    for part in parts:
        table = f"{table}.{part}" if table else part
        paths.append(table)
    return paths


def _path(name: str, counts: dict[str, int], *, array: bool) -> str:
    """Return the path of a header; a name that is an array means its latest table."""
    parts, path = _parts(name), ""
    for index, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if array and index == len(parts) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path
