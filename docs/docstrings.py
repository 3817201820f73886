"""Shows the headings of acctcore's docstrings (Units, Shape, Raises, Source) as a list in the reference."""

import re
from typing import Any

import griffe

HEADING = re.compile(r"^(Units|Shape|Raises|Source): ", re.MULTILINE)
SOURCE = re.compile(r"docs/sources\.md#([\w-]+)")
SOURCES_PAGE = "[{0}](../sources.md#{0})"


class Headings(griffe.Extension):
    """Rewrites each docstring before it is rendered; the source itself stays plain text."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = as_list(obj.docstring.value)


def as_list(text: str) -> str:
    opened = HEADING.sub(r"- **\1:** ", text)
    spaced = opened.replace("\n- **", "\n\n- **", 1)
    return SOURCE.sub(lambda match: SOURCES_PAGE.format(match[1]), spaced)
