"""The closing check: whether everything adds up, and whether it came out as the scenario expects."""

from __future__ import annotations

from collections.abc import Iterator

from acctcore import flows
from acctcore.billing import invoices
from acctcore.flows import File
from acctcore.flows.taking_over import BROUGHT_IN
from acctcore.kernel.money import in_minor
from acctcore.simulation.scenario import Step
from acctcore.simulation.timeline import Check, Entry, Result


def checks(result: Result, stopped: tuple[str, ...] = ()) -> tuple[Check, ...]:
    """Return everything that is checked at the end of a run, with the problems found."""
    found = [Check("every command could be asked", (*_not_asked(result), *stopped))]
    file = result.file
    if file is not None:
        found += [
            Check("documents, credit notes, payments and open items add up", flows.check(file)),
            Check("every statement closes on the balance", tuple(_unbalanced(result, file))),
            Check("document numbers have no gaps", tuple(_gaps(result))),
        ]
    answered = _answered(result)
    if any(step.outcome is not None or step.reasons for step, _ in answered):
        unlike = tuple(problem for step, entry in answered for problem in _unlike(step, entry))
        found.append(Check("every step was answered as the scenario expects", unlike))
    if _expects_an_end(result):
        found.append(Check("the end is as the scenario expects", tuple(_unexpected(result))))
    return tuple(found)


def _not_asked(result: Result) -> Iterator[str]:
    for entry in result.entries:
        if entry.problem:
            yield f"{entry.step or entry.command.id}: {entry.problem}"


def _unbalanced(result: Result, file: File) -> Iterator[str]:
    owed = flows.balances(file)
    for statement in result.statements:
        code = statement.currency
        balance = owed.get(code, in_minor(0, code))
        if statement.closing != balance.minor:
            yield f"the statement closes on {in_minor(statement.closing, code)}, the balance is {balance}"


def _gaps(result: Result) -> Iterator[str]:
    numbered = [
        invoices.Numbered(
            each.document.id, each.number, each.issued_on, each.document.kind, "", each.document.account_id
        )
        for each in result.documents
    ]
    filed = () if result.file is None else result.file.documents
    filed = tuple(each for each in filed if each.document.policy != BROUGHT_IN)  # numbered elsewhere
    for each in invoices.misnumbered(result.scenario.numbering, numbered, filed):
        yield each.text


# What the scenario expects


def _answered(result: Result) -> list[tuple[Step, Entry]]:
    steps = {step.id: step for step in result.scenario.steps}
    return [(steps[entry.step], entry) for entry in result.entries if entry.step is not None]


def _unlike(step: Step, entry: Entry) -> Iterator[str]:
    if entry.decision is None:
        return  # told already: it could not be asked
    outcome = entry.decision.outcome
    if step.outcome is not None and step.outcome is not outcome:
        told = "; ".join(reason.text for reason in entry.decision.reasons)
        yield f"{step.id}: expected {step.outcome.value}, was {outcome.value}{told and f' ({told})'}"
    codes = {reason.code for reason in entry.decision.reasons}
    if step.reasons and codes != set(step.reasons):
        yield (
            f"{step.id}: expected the reasons {', '.join(sorted(step.reasons))}, "
            f"found {', '.join(sorted(codes)) or 'none'}"
        )


def _expects_an_end(result: Result) -> bool:
    """Return whether there is something to expect: at another end than the scenario's, nothing is."""
    expect = result.scenario.expect
    stated = expect.documents or expect.balances or expect.account is not None
    return bool(stated) and result.period.end == result.scenario.ends_at


def _unexpected(result: Result) -> Iterator[str]:
    expect = result.scenario.expect
    totals = {each.number: each.document.total_money for each in result.documents}
    for number, wanted in expect.documents:
        if number not in totals:
            yield f"{number}: expected a total of {wanted}, there is no such document"
        elif totals[number] != wanted:
            yield f"{number}: expected a total of {wanted}, found {totals[number]}"
    if expect.documents:
        known = dict(expect.documents)
        yield from (
            f"{number}: not expected, found {totals[number]}" for number in totals if number not in known
        )
    owed = {} if result.file is None else flows.balances(result.file)
    for money in expect.balances:
        found = owed.get(money.code, in_minor(0, money.code))
        if found != money:
            yield f"balance: expected {money}, found {found}"
    phase = "nothing" if result.file is None else result.file.account.phase.value
    if expect.account is not None and expect.account != phase:
        yield f"account: expected {expect.account}, is {phase}"
