"""Stretches of whole numbers, `[start, end)`: joined where they meet, and cut out of one another.

What is counted is the caller's: minutes of a day, dates by their ordinals, instants by microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Stretch: TypeAlias = tuple[int, int]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same numbers in order, each once: stretches that meet or share some are one."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def without(stretch: Stretch, cuts: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of a stretch, in order, once others are cut out; `cuts` are joined."""
    start, end = stretch
    left = []
    for cut_from, cut_to in cuts:
        if start < cut_to and cut_from < end:
            if start < cut_from:
                left.append((start, cut_from))
            start = cut_to
    if start < end:
        left.append((start, end))
    return left
