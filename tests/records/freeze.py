"""Write the corpus of a release: one example or more of every record, as this release writes it.

    python -m tests.records.freeze 0.1.0               write a corpus that is not there yet
    python -m tests.records.freeze 0.1.0 --overwrite   write it anew: only before the release is out

What a release wrote must load for ever, so a corpus is never changed once its release is out.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from acctcore import records
from acctcore.testing import values
from acctcore.testing.values import AXES, TABLE
from tests.scenarios import stories

CORPUS = Path(__file__).parent / "corpus"
EXAMPLES = 4
# What a search draws depends on hypothesis; the corpus is written once and read from then on.
SEARCH = settings(
    max_examples=40,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the corpus of a release.")
    parser.add_argument("release")
    parser.add_argument("--overwrite", action="store_true", help="replace a corpus that is there")
    parser.add_argument("--into", type=Path, default=CORPUS, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    folder: Path = asked.into / asked.release
    if folder.exists() and not asked.overwrite:
        print(f"{folder.name}: there already; --overwrite replaces it", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, found in {**by_room(), "stories": list(told())}.items():
        lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in found)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return 0


def by_room() -> dict[str, list[records.Json]]:
    rooms: dict[str, list[records.Json]] = {}
    for tag, kind in TABLE.tags.items():
        for axis in AXES if getattr(kind, "__parameters__", ()) else AXES[:1]:
            rooms.setdefault(tag.partition(".")[0], []).extend(examples(kind, axis))
    return rooms


def examples(kind: type, axis: type) -> list[records.Json]:
    """The largest of some examples that are not too large, and the smallest."""
    found: list[records.Json] = []

    @SEARCH
    @given(values.of(kind, axis))
    def collect(value: object) -> None:
        written = records.dump(value, table=TABLE)
        if written not in found:
            found.append(written)

    collect()
    found.sort(key=lambda written: len(json.dumps(written)))
    middle = [written for written in found if len(json.dumps(written)) < 4000] or found[:1]
    return [middle[0], *middle[1:][-(EXAMPLES - 1) :]]


def told() -> Iterator[records.Json]:
    for story in (stories.per_seat_europe, stories.per_second_usd, stories.holds_and_backdating):
        book = story()
        yield records.dump(book.policies)
        yield records.dump(book.file)
        if book.decision is not None:
            yield records.dump(book.decision)


if __name__ == "__main__":
    sys.exit(main())
