"""A CRM that stores what acctcore answers: its files, events, numbers and timers are those of the library."""

from acctcore import flows
from acctcore.flows import File
from tests.embedding.stage import POLICIES, STORY, Ask, Seal, Stage, Wake


def by_hand() -> dict[str, File]:
    """The story without any database: what the library alone makes of it."""
    files: dict[str, File] = {}
    for step in STORY:
        match step:
            case Ask(account_id, command):
                before = files.get(account_id)
                decision = flows.handle(before, command, POLICIES)
                files[account_id] = flows.evolve(before, decision.events_or_raise())
            case Wake(now):
                files = {id: flows.catch_up(file, now, POLICIES).file for id, file in files.items()}
            case Seal(account_id, before_, _):
                files[account_id] = flows.seal(files[account_id], before_)[0]
    return files


def test_the_story_is_the_librarys(stage: Stage) -> None:
    stage.tell()
    stage.check()
    files = by_hand()
    assert {id: stage.file(id) for id in files} == files


def test_telling_it_again_changes_nothing(stage: Stage) -> None:
    stage.tell()
    told = stage.dump()
    stage.tell()
    assert stage.dump() == told
