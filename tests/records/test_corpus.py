"""What a release wrote is read by every later one, and means the same."""

import json
from pathlib import Path

import pytest

from acctcore import records
from acctcore.flows import File, check
from acctcore.records import TABLE
from acctcore.testing import values
from tests.records import freeze
from tests.records.typed import wrong

RELEASES = sorted(
    (path for path in freeze.CORPUS.iterdir() if path.is_dir()),
    key=lambda path: [int(part) for part in path.name.split(".")],
)
FILES = [
    pytest.param(path, id=f"{path.parent.name}/{path.stem}")
    for release in RELEASES
    for path in sorted(release.glob("*.json"))
]


@pytest.mark.parametrize("path", FILES)
def test_what_a_release_wrote_is_read(path: Path) -> None:
    for written in json.loads(path.read_text(encoding="utf-8")):
        value = records.load(written, table=values.TABLE)
        assert not wrong(value)
        again = records.dump(value, table=values.TABLE)
        assert records.load(again, table=values.TABLE) == value
        if not TABLE.upcasters:  # no record has another version yet: to the letter
            assert again == written
        if isinstance(value, File) and path.stem == "stories":
            assert check(value) == ()


def test_the_corpus_has_every_record_of_this_release() -> None:
    newest = RELEASES[-1]
    tags = {
        record["type"]
        for path in newest.glob("*.json")
        for record in json.loads(path.read_text(encoding="utf-8"))
    }
    assert tags == values.TABLE.tags.keys()
    assert TABLE.tags.keys() < tags


def test_a_corpus_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "0.0.1").mkdir()
    kept = tmp_path / "0.0.1/kept.json"
    kept.write_text("[]")
    assert freeze.main(["0.0.1", "--into", str(tmp_path)]) == 1
    assert kept.exists()
