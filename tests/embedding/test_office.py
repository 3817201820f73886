"""The CRM as its users meet it: timers, holds, retries, clocks that disagree, records that cannot be read."""

from datetime import date

import pytest
from sqlalchemy import delete, func, select, update

from acctcore import flows
from acctcore.accounts import account, holds
from acctcore.billing import subscriptions
from acctcore.billing.tax import DatedRate, Taxes, TaxKey
from acctcore.flows.takeover import OpenInvoice, OpenLine, OpenTax, TakeOver
from acctcore.kernel.decision import Outcome
from acctcore.kernel.errors import InvalidValue, VersionConflict
from acctcore.operations import audit
from tests.embedding.crm import tables
from tests.embedding.crm.office import verify
from tests.embedding.stage import (
    ANN,
    POLICIES,
    ZONE,
    Ask,
    Stage,
    Wake,
    Writer,
    at,
    changed,
    eur,
    opened,
    paid,
    started,
)

RUNNING = (
    Ask("A", opened("c-1", "2023-11-30 09:00", "A")),
    Ask("A", started("c-2", "2023-11-30 09:05")),
)


def numbers(stage: Stage) -> dict[str, date]:
    with stage.engine.begin() as connection:
        asked = select(tables.documents.c.number, tables.documents.c.issued_on).order_by("number")
        return {row.number: row.issued_on for row in connection.execute(asked)}


def timer(stage: Stage, account_id: str = "A") -> tuple[object, str | None]:
    with stage.engine.begin() as connection:
        asked = select(tables.files.c.next_at, tables.files.c.stuck)
        row = connection.execute(asked.where(tables.files.c.account_id == account_id)).one()
    return row.next_at, row.stuck


# One timer


def test_the_timer_is_the_schedules(stage: Stage) -> None:
    stage.tell(RUNNING[:1])
    assert timer(stage) == (None, None)
    stage.tell(RUNNING)
    assert timer(stage) == (at("2023-12-30 00:00"), None)
    assert stage.office.run_due(at("2023-12-29 23:59")) == 0
    assert stage.office.run_due(at("2023-12-30 00:00")) == 1
    assert timer(stage) == (at("2024-01-30 00:00"), None)
    assert stage.office.run_due(at("2023-12-30 00:00")) == 0


def test_a_worker_that_was_away_for_a_year_is_as_one_that_never_was(stage: Stage) -> None:
    """The files are the same; only the days of issue and the order of numbers are those of the late run."""
    stage.tell(RUNNING)
    before = stage.dump()
    for month in range(1, 13):
        Wake(at(f"2024-{month:02d}-28 03:00")).do(stage.office)
    punctual = stage.file("A").documents
    stage.restore(before)
    Wake(at("2024-12-28 03:00")).do(stage.office)
    assert stage.file("A").documents == punctual
    assert len(numbers(stage)) == 13
    stage.check()


def test_what_a_hold_stops_waits_for_it(stage: Stage) -> None:
    place = holds.Place(
        id="c-3",
        at=at("2023-12-20 10:00"),
        by=ANN,
        hold_id="H",
        reason="dispute",
        expires_at=at("2024-02-15 00:00"),
    )
    stage.tell((*RUNNING, Ask("A", place)))
    assert timer(stage) == (at("2024-02-15 00:00"), None)
    stage.tell([Wake(at("2024-02-20 03:00"))])
    assert len(numbers(stage)) == 3
    stage.check()


def test_what_is_refused_is_not_asked_over_and_over(stage: Stage) -> None:
    """This worker's policies know a rate from the new year on only: somebody has to look."""
    stage.tell(RUNNING)
    later = DatedRate("standard", date(2024, 1, 1), (TaxKey("S", "20"),))
    taxes = Taxes(rates=(later,))
    worker = stage.office_on(stage.engine, flows.Policies(catalog=POLICIES.catalog, taxes=taxes))
    assert worker.run_due(at("2024-01-01 03:00")) == 1
    next_at, stuck = timer(stage)
    assert next_at == at("2024-01-30 00:00")  # when there will be one thing more to ask
    assert stuck is not None
    assert "standard" in stuck
    assert worker.run_due(at("2024-01-01 03:00")) == 0
    stage.tell([Ask("A", paid("c-3", "2024-01-01 12:00", "1.00"))])  # whatever happens, it is asked again
    assert timer(stage) == (at("2024-01-01 12:00"), None)
    stage.tell([Wake(at("2024-01-01 13:00"))])
    assert timer(stage) == (at("2024-01-30 00:00"), None)


@pytest.mark.parametrize(
    "record", ['{"type":"flows.file/99"}', "{}", "", '{"type":"flows.file/1"}', "\x7fELF"], ids=repr
)
def test_one_file_that_cannot_be_read_does_not_stop_the_others(stage: Stage, record: str) -> None:
    stage.tell(
        (
            *RUNNING,
            Ask("B", opened("c-1", "2023-12-01 09:00", "B")),
            Ask("B", started("c-2", "2023-12-01 09:05")),
        )
    )
    right = stage.dump()["account_files"][0][2]
    put(stage, record)
    assert stage.office.run_due(at("2024-01-05 03:00")) == 2
    next_at, stuck = timer(stage)
    assert next_at == at("2024-01-05 04:00")
    assert stuck
    assert timer(stage, "B") == (at("2024-02-01 00:00"), None)
    put(stage, right)  # by a worker of the later release, say
    assert stage.office.run_due(at("2024-01-05 04:00")) == 1
    assert timer(stage) == (at("2024-01-30 00:00"), None)


def put(stage: Stage, record: str) -> None:
    with stage.engine.begin() as connection:
        connection.execute(update(tables.files).where(tables.files.c.account_id == "A").values(record=record))


# Retries


def test_a_retry_gets_the_first_answer_whenever_and_however_late(stage: Stage) -> None:
    stage.tell(RUNNING)
    upgrade = changed("c-3", "2023-12-10 11:00", "business")
    first = stage.office.ask("A", upgrade, upgrade.at)
    stage.tell([Ask("A", paid("c-4", "2023-12-11 11:00", "10.00")), Wake(at("2024-03-01 03:00"))])
    told = stage.dump()
    for now in ("2023-12-10 11:00", "2024-03-02 11:00", "2020-01-01 00:00"):
        assert stage.office.ask("A", upgrade, at(now)) == first
        stamped_anew = changed("c-3", now, "business")
        assert stage.office.ask("A", stamped_anew, at(now)) == first
    stage.office.seal("A", at("2024-02-20 00:00"), at("2024-03-02 12:00"))
    assert not [answer for answer in stage.file("A").answers if answer.command == "c-3"]
    assert stage.office.ask("A", upgrade, upgrade.at) == first
    assert stage.dump()["events"] == told["events"]


def test_another_command_under_a_known_id_is_refused(stage: Stage) -> None:
    stage.tell(RUNNING)
    for other in (paid("c-2", "2023-12-10 11:00", "1.00"), started("c-2", "2023-11-30 09:05", "business")):
        decision = stage.office.ask("A", other, other.at)
        assert [reason.code for reason in decision.reasons] == ["flows.id_reused"]


def test_what_was_refused_is_decided_anew(stage: Stage) -> None:
    stage.tell(RUNNING[:1])
    upgrade = changed("c-3", "2023-12-10 11:00", "business")
    assert stage.office.ask("A", upgrade, upgrade.at).outcome is Outcome.REFUSED
    stage.tell(RUNNING)
    assert stage.office.ask("A", upgrade, upgrade.at).allowed


def test_retries_out_of_order_end_in_the_same(stage: Stage) -> None:
    late = Ask("A", paid("c-3", "2023-12-04 12:00", "58.31"))
    steps = [*RUNNING, late, Ask("A", changed("c-4", "2023-12-10 11:00", "business"))]
    stage.tell(steps)
    told = stage.dump()
    stage.tell([*reversed(steps), *steps[2:], steps[1]])
    assert stage.dump() == told
    stage.clear()
    with pytest.raises(InvalidValue, match="open the account first"):
        late.do(stage.office)
    assert stage.dump()["events"] == []


def test_what_is_about_another_account_is_not_stored(stage: Stage) -> None:
    with pytest.raises(InvalidValue, match="what happens to the account B"):
        Ask("B", opened("c-1", "2023-11-30 09:00", "A")).do(stage.office)
    assert not any(stage.dump().values())


def test_a_preview_stores_nothing_and_is_what_is_then_billed(stage: Stage) -> None:
    stage.tell(RUNNING)
    told = stage.dump()
    upgrade = changed("c-3", "2023-12-10 11:00", "business")
    seen = stage.office.preview("A", upgrade)
    assert stage.dump() == told
    assert stage.office.ask("A", upgrade, upgrade.at) == seen


def test_who_is_always_too_late_is_told(postgres_stage: Stage) -> None:
    """Somebody else is faster every time: the writer gives up, and nothing of it is stored."""
    stage = postgres_stage
    stage.clear()
    stage.tell(RUNNING)

    def faster(number: int, name: str, connection: object) -> None:
        if name.startswith("SELECT answers"):
            with other.engine.begin() as theirs:
                revision = tables.files.c.revision
                theirs.execute(update(tables.files).values(revision=revision + 1))

    with Writer(stage) as writer, Writer(stage) as other, pytest.raises(VersionConflict):
        writer.do(Ask("A", paid("c-3", "2023-12-04 12:00", "58.31")), faster)
    assert stage.file("A").payments == ()


# Clocks that disagree


def test_writers_whose_clocks_disagree_leave_no_gap_and_no_day_out_of_order(stage: Stage) -> None:
    """One is four minutes ahead, one four behind, and the year turns between them."""
    clocks = [
        "2023-12-31 23:58",
        "2024-01-01 00:02",
        "2023-12-31 23:59",
        "2024-01-01 00:03",
        "2023-12-31 23:57",
    ]
    for count, clock in enumerate(clocks * 2):
        id = f"A-{count}"
        stage.tell(
            [
                Ask(id, opened("c-1", "2023-12-31 23:50", id)),
                Ask(id, started("c-2", "2023-12-31 23:55"), at(clock)),
            ]
        )
    stage.check()
    issued = numbers(stage)
    assert len(issued) == 10
    assert {number[:9]: day.year for number, day in issued.items()} == {"INV-2023-": 2023, "INV-2024-": 2024}


def test_a_clock_that_is_behind_does_not_date_a_document_before_the_last(stage: Stage) -> None:
    for id, now in (("A", "2024-01-03 00:01"), ("B", "2024-01-02 23:59"), ("C", "2024-01-04 08:00")):
        stage.tell(
            [
                Ask(id, opened("c-1", "2024-01-02 23:50", id)),
                Ask(id, started("c-2", "2024-01-02 23:55"), at(now)),
            ]
        )
    assert [*numbers(stage).values()] == [date(2024, 1, 3), date(2024, 1, 3), date(2024, 1, 4)]


def test_a_worker_whose_clock_is_ahead_bills_what_the_others_then_find_billed(stage: Stage) -> None:
    stage.tell(RUNNING)
    assert stage.office.run_due(at("2023-12-30 00:05")) == 1
    told = stage.dump()
    assert stage.office.run_due(at("2023-12-30 00:01")) == 0
    assert stage.dump() == told


# Accounts that were kept elsewhere


def test_an_account_is_taken_over_once_and_its_invoices_keep_their_numbers(stage: Stage) -> None:
    running = subscriptions.Running(
        subscription_id="S",
        plan="team",
        currency="EUR",
        start=date(2022, 1, 31),
        billed_from=date(2023, 11, 30),
        billed_to=date(2023, 12, 31),
        anchor_day=31,
    )
    line = OpenLine(
        item="base", title="team", amount=eur("49.00"), taxes=(TaxKey("S", "19"),), subscription_id="S"
    )
    unpaid = OpenInvoice(
        document_id="R-2041",
        issued_at=at("2023-11-30 00:00"),
        lines=(line,),
        taxes=(OpenTax(key=TaxKey("S", "19"), amount=eur("9.31")),),
    )
    take = TakeOver(
        id="takeover/A",
        at=at("2023-12-05 00:00"),
        by=ANN,
        account_id="A",
        zone=ZONE,
        opened_at=at("2020-05-01 00:00"),
        source="billing 2.4",
        subscriptions=(running,),
        invoices=(unpaid,),
    )
    stage.tell([Ask("A", take)] * 3)
    assert numbers(stage) == {}
    assert timer(stage) == (at("2023-12-31 00:00"), None)
    stage.tell([Ask("A", changed("c-1", "2023-12-10 11:00", "business")), Wake(at("2024-01-02 03:00"))])
    assert sorted(numbers(stage)) == ["CN-2023-000001", "INV-2023-000001", "INV-2024-000001"]
    stage.check()


# What was done, shown


@pytest.mark.parametrize("tampering", ["an event changed", "an event left out", "the end cut off"])
def test_the_chain_tells_what_was_tampered_with(stage: Stage, tampering: str) -> None:
    stage.tell((*RUNNING, Ask("A", paid("c-3", "2023-12-04 12:00", "58.31"))))
    events, links = tables.events, tables.links
    with stage.engine.begin() as connection:
        last = connection.execute(select(links).order_by(links.c.place.desc()).limit(1)).one()
        head = audit.Link(last.place, last.digest)
        assert verify(connection, "A", head).ok
        match tampering:
            case "an event changed":
                record = func.replace(events.c.record, "team", "free")
                connection.execute(update(events).values(record=record))
            case "an event left out":
                connection.execute(delete(events).where(events.c.command_id == "c-2"))
            case "the end cut off":
                connection.execute(delete(events).where(events.c.command_id == "c-3"))
                connection.execute(delete(links).where(links.c.command_id == "c-3"))
                assert verify(connection, "A").ok  # nothing inside can tell; the head that was kept does
        assert not verify(connection, "A", head).ok


def test_what_is_owed_is_listed_across_accounts(stage: Stage) -> None:
    stage.tell(RUNNING)
    with stage.engine.begin() as connection:
        owed = connection.execute(select(tables.duties.c.kind, tables.duties.c.by)).all()
    assert [tuple(row) for row in owed] == [("invoices.pay", at("2023-12-15 00:00"))]
    stage.tell([Ask("A", paid("c-3", "2023-12-04 12:00", "58.31"))])
    with stage.engine.begin() as connection:
        assert connection.execute(select(tables.duties)).all() == []


def test_text_of_every_kind_is_kept(stage: Stage) -> None:
    """Letters of every script come back, and control characters too, which a column of text may not like."""
    party = "Ærøskøbing \u6771\u4eac \N{BANK} \x00 \x7f \u2028 ' \" \\ %s :name"
    opening = account.Open(
        id="c-1", at=at("2023-11-30 09:00"), by=ANN, account_id="A", zone=ZONE, party=party
    )
    stage.tell([Ask("A", opening)])
    assert stage.file("A").account.party == party
    stage.check()
