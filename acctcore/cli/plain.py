"""A run as plain JSON data: the library's own records inside a thin frame."""

from __future__ import annotations

from collections.abc import Mapping

from acctcore.kernel.calendar import stamp
from acctcore.kernel.explain import Explanation
from acctcore.kernel.money import Money
from acctcore.records import Json, dump
from acctcore.simulation import Difference, Entry, Family, Printed, Result

RESULT, WHAT_IF, FAMILY = "simulation.result/1", "simulation.what_if/1", "simulation.family/1"


def result(run: Result) -> Mapping[str, Json]:
    """Return everything that came out of a run."""
    return {
        "type": RESULT,
        "title": run.scenario.title,
        "account_id": run.scenario.account_id,
        "zone": run.scenario.zone,
        "period": {"start": stamp(run.period.start), "end": stamp(run.period.end)},
        "entries": [_entry(entry) for entry in run.entries],
        "documents": [_printed(each) for each in run.documents],
        "statements": [dump(each) for each in run.statements],
        "duties": [dump(each) for each in run.duties],
        "pending": [dump(each) for each in run.pending],
        "file": None if run.file is None else dump(run.file),
        "checks": [{"text": check.text, "problems": list(check.problems)} for check in run.checks],
        "problems": list(run.problems),
    }


def family(found: Family) -> Mapping[str, Json]:
    """Return what became of a parent's accounts."""
    return {
        "type": FAMILY,
        "title": found.scenario.title,
        "account_id": found.scenario.account_id,
        "accounts": found.accounts,
        "sums": [
            {
                "currency": each.currency,
                "kind": each.kind,
                "count": each.count,
                "amount": dump(each.money, Money),
            }
            for each in found.sums
        ],
        "owed": [_money(money) for money in found.owed],
        "numbers": [{"first": first, "last": last} for first, last in found.numbers],
        "checks": [{"text": check.text, "problems": list(check.problems)} for check in found.checks],
        "problems": list(found.problems),
    }


def what_if(before: Result, after: Result, found: Difference) -> Mapping[str, Json]:
    """Return two runs and what differs between them."""
    return {
        "type": WHAT_IF,
        "documents": [
            {
                "document": change.document,
                "without": None if change.before is None else _printed(change.before),
                "with": None if change.after is None else _printed(change.after),
            }
            for change in found.documents
        ],
        "balances": [
            {
                "currency": change.after.code,
                "without": _money(change.before),
                "with": _money(change.after),
                "difference": _money(change.difference),
            }
            for change in found.balances
        ],
        "without": dict(result(before)),
        "with": dict(result(after)),
    }


def derivation(number: str, told: list[Explanation]) -> Mapping[str, Json]:
    """Return where the amounts of a document come from."""
    return {"type": "simulation.derivation/1", "number": number, "amounts": [dump(each) for each in told]}


def _entry(entry: Entry) -> Json:
    return {
        "at": stamp(entry.at),
        "step": entry.step,
        "command": dump(entry.command),
        "decision": None if entry.decision is None else dump(entry.decision),
        "problem": entry.problem,
        "numbers": list(entry.numbers),
        "duties_begun": [dump(duty) for duty in entry.began],
        "duties_discharged": [dump(duty) for duty in entry.discharged],
        "repeated": entry.repeated,
    }


def _printed(each: Printed) -> Json:
    return {
        "number": each.number,
        "issued_on": each.issued_on.isoformat(),
        "phase": each.phase.value,
        "open": _money(each.open_money),
        "document": dump(each.document),
    }


def _money(money: Money) -> Json:
    return {"amount": str(money.amount), "currency": money.code}
