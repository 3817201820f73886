"""Draws a run for people: timeline, documents, statements, duties and the closing check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from acctcore.billing import invoices
from acctcore.billing.proration import Capped, OfAmount, Share
from acctcore.cli.words import Words, clock
from acctcore.kernel.calendar import local
from acctcore.kernel.decision import Outcome
from acctcore.kernel.explain import Explanation
from acctcore.kernel.money import Money, in_minor
from acctcore.operations import approvals
from acctcore.receivables.statements import Statement
from acctcore.simulation import BalanceChange, Check, Difference, Entry, Family, Printed, Result

WIDEST = 100
"""Tables grow up to this many columns, so that figures stay near their words."""

OUTCOMES = {
    Outcome.REFUSED: Text("refused", "bold red"),
    Outcome.UNKNOWN: Text("unknown", "bold yellow"),
    Outcome.NEEDS_APPROVAL: Text("needs approval", "bold yellow"),
}


def render(console: Console, parts: Iterable[RenderableType]) -> str:
    """Return what a console makes of the parts, without spaces at the ends of lines."""
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def run(result: Result) -> Iterator[RenderableType]:
    """Return a whole run."""
    words = Words(result)
    yield from header(result, words)
    yield section("Timeline")
    yield from timeline(result.entries, words)
    if result.documents:
        yield section("Documents")
        for printed in result.documents:
            yield document(printed, words)
    for each in result.statements:
        yield section(f"Statement {each.currency}")
        yield statement(each, words)
    if result.pending:
        yield section("Waiting for approval")
        for waiting in result.pending:
            yield _item("·", words.waiting(waiting))
        yield Text()
    if result.duties:
        yield section("Still to be done")
        for duty in result.duties:
            late = ", overdue" if duty.by < result.period.end else ""
            yield _item("·", f"{words.duty(duty)}{late}", "bold yellow" if late else "")
        yield Text()
    yield section("Check")
    yield from checked(result.checks, words)


def family(found: Family) -> Iterator[RenderableType]:
    """Return what became of a parent's accounts."""
    scenario = found.scenario
    yield Text(scenario.title or f"Account {scenario.account_id}", "bold")
    yield Text(f"{found.accounts:,} accounts of {scenario.account_id}, {scenario.zone} time", "dim")
    yield Text()
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for heading, side in (
        ("Currency", "left"),
        ("Movement", "left"),
        ("Count", "right"),
        ("Amount", "right"),
    ):
        table.add_column(heading, justify="right" if side == "right" else "left")
    for each in found.sums:
        kind = each.kind.replace("_", " ")
        table.add_row(each.currency, kind, f"{each.count:,}", f"{each.money.amount:,f}")
    for money in found.owed:
        table.add_row(money.code, "owed at the end", "", f"{money.amount:,f}", style="bold")
    yield table
    yield Text()
    for first, last in found.numbers:
        yield _item("·", f"numbers {first} to {last}")
    yield Text()
    yield section("Check")
    for check in found.checks:
        yield _item("✗" if check.problems else "✓", check.text, "bold red" if check.problems else "")
        for problem in check.problems[:MOST_PROBLEMS]:
            yield Padding(_item("·", problem), (0, 0, 0, 2))
        if len(check.problems) > MOST_PROBLEMS:
            more = f"and {len(check.problems) - MOST_PROBLEMS:,} more"
            yield Padding(_item("·", more), (0, 0, 0, 2))


MOST_PROBLEMS = 20
"""As many problems of one kind are shown of a parent's accounts."""


def header(result: Result, words: Words) -> Iterator[RenderableType]:
    """Return what the scenario is about."""
    scenario = result.scenario
    yield Text(scenario.title or f"Account {scenario.account_id}", "bold")
    first, last = words.day(result.period.start), words.deadline(result.period.end)
    yield Text(f"account {scenario.account_id}, {first} to {last}, {scenario.zone} time", "dim")
    yield Text()


def section(title: str) -> RenderableType:
    """Return the heading of a part."""
    return Padding(Rule(Text(title, "bold"), align="left", style="dim"), (0, 0, 1, 0))


# Timeline


def timeline(entries: Iterable[Entry], words: Words) -> Iterator[RenderableType]:
    """Return what was asked and what came of it, by day."""
    day = None
    told_at = [(entry, local(entry.at, words.zone)) for entry in entries]
    width = max((len(clock(there)) for _, there in told_at), default=0) + 2
    for entry, there in told_at:
        if there.date() != day:
            if day is not None:
                yield Text()
            day = there.date()
            yield Text(f"{day:%Y-%m-%d %a}", "bold")
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(min_width=width, no_wrap=True)
        grid.add_column(ratio=1, overflow="fold")
        grid.add_column(justify="right", max_width=16, style="dim", overflow="fold")
        grid.add_row(Text(f"  {clock(there)}", "dim"), Group(*told(entry, words)), Text(entry.step or "due"))
        yield grid
    yield Text()


def told(entry: Entry, words: Words) -> Iterator[RenderableType]:
    """Return one entry: the command, its outcome, and everything that came of it."""
    name, facts = words.command(entry.command)
    yield Text.assemble((name, "bold"), f"  {facts}" if facts else "")
    if entry.problem:
        yield _item("✗", f"could not be asked: {words.text(entry.problem)}", "red")
    if entry.decision is None:
        return
    outcome = OUTCOMES.get(entry.decision.outcome)
    if outcome is not None:
        yield outcome
    for reason in entry.decision.reasons:
        yield _item("✗" if entry.decision.outcome is Outcome.REFUSED else "!", words.reason(reason))
    for reason in entry.decision.reasons:
        if isinstance(reason, approvals.Needed) and reason.people:
            yield _item("?", f"could be given by: {', '.join(reason.people)}")
    if entry.repeated:
        yield _item("=", "handled before: the first answer again, nothing new")
        return
    for event in entry.decision.events:
        yield _item("→", words.event(event))
    for duty in entry.began:
        yield _item("○", f"to do: {words.duty(duty)}", "cyan")
    for duty in entry.discharged:
        yield _item("●", f"done: {words.task(duty)}", "cyan")


def _item(mark: str, text: str, style: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), Text(text, style))
    return grid


# Documents


def document(printed: Printed, words: Words) -> RenderableType:
    """Return a document as it would be printed."""
    paper = printed.document
    kind = paper.kind.value.replace("_", " ").capitalize()
    title = Text.assemble((printed.number, "bold"), f"  {kind}{_corrected(paper, words)}")
    if paper.reason:
        title.append(f" ({paper.reason.replace('_', ' ')})", "dim")
    if printed.phase is not invoices.Phase.ISSUED:
        title.append(f", {printed.phase.value}", "bold yellow")
    title.append(f"\nissued {printed.issued_on}", "dim")
    if paper.tax_date != printed.issued_on:
        title.append(f", tax date {paper.tax_date}", "dim")
    if paper.due_on is not None:
        title.append(f", due {paper.due_on}", "dim")
    if paper.subscription_id is not None:
        title.append(f", subscription {paper.subscription_id}", "dim")
    for waiting in words.pending(paper.id):
        title.append(f"\n{waiting}", "bold yellow")
    return Padding(Group(title, _Wide(lines(printed, words)), _Wide(totals(printed))), (0, 0, 1, 0))


def _corrected(paper: invoices.Document, words: Words) -> str:
    """Return what a note corrects, or what an invoice replaces."""
    if paper.corrects is None:
        return ""
    joined = "in place of" if paper.kind is invoices.Kind.INVOICE else "to"
    return f" {joined} {words.numbers.get(paper.corrects, paper.corrects)}"


class _Wide:
    """A table as wide as the console, up to WIDEST."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: object) -> Iterator[RenderableType]:
        self.table.width = min(console.width, WIDEST)
        yield self.table


def lines(printed: Printed, words: Words) -> Table:
    """Return the lines of a document."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("#", justify="right")
    table.add_column("Item", ratio=1, overflow="fold")
    table.add_column("Period")
    table.add_column("Qty", justify="right")
    table.add_column("Unit price", justify="right", no_wrap=True)
    table.add_column("Net", justify="right", no_wrap=True, min_width=_figures(printed))
    for number, line in enumerate(printed.document.lines, 1):
        table.add_row(
            str(number),
            Text.assemble(line.title, (_part(line), "dim")),
            words.period(line.period),
            f"{line.quantity:,}",
            f"{line.price.amount:,f}",
            figure(line.money),
        )
    return table


def _part(line: invoices.Line) -> str:
    """Return how much of its cycle a line is, where that is not all of it."""
    basis = line.basis
    share = basis.share if isinstance(basis, Capped) else basis
    if isinstance(share, Share | OfAmount):
        part, whole = share.exact() if isinstance(share, Share) else share.exact
        return "" if part == whole else f"\n{part:,} of {whole:,} {share.unit}"
    if isinstance(basis, invoices.Portion):
        common = gcd(basis.part, basis.whole)
        return f"\n{basis.part // common:,}/{basis.whole // common:,} of the line"
    return "\nprice reduction" if isinstance(basis, invoices.SplitOf) else ""


def totals(printed: Printed) -> Table:
    """Return net, tax by key, total and what is open of it."""
    paper = printed.document
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column(justify="right", ratio=1)
    table.add_column(justify="right", no_wrap=True, min_width=_figures(printed))
    table.add_row("Net", figure(paper.net_money))
    for entry in paper.taxes:
        base = figure(in_minor(entry.base, paper.currency))
        table.add_row(f"{entry.key} on {base}", figure(in_minor(entry.amount, paper.currency)))
    table.add_row(f"Total {paper.currency}", figure(paper.total_money), style="bold")
    for label, minor in _settled(printed):
        table.add_row(label, figure(-in_minor(minor, paper.currency)), style="dim")
    table.add_row("Amount due" if _is_owed(paper) else "Not used yet", figure(printed.open_money))
    return table


def _settled(printed: Printed) -> Iterator[tuple[str, int]]:
    """Return what became of a total: paid and credited are two things."""
    total = abs(printed.document.total)
    if printed.phase is invoices.Phase.VOIDED:
        yield "void", total
    elif not _is_owed(printed.document):
        if total != printed.open:
            yield "used", total - printed.open
    else:
        settled = printed.settled
        for label, minor in (("paid", settled.paid), ("credited", settled.credited)):
            if minor:
                yield label, minor


def _is_owed(paper: invoices.Document) -> bool:
    return paper.kind is not invoices.Kind.CREDIT_NOTE and paper.total >= 0


def figure(money: Money) -> str:
    """Return an amount without its currency."""
    return f"{money.amount:,}"


def _figures(printed: Printed) -> int:
    paper = printed.document
    return max(10, len(figure(-paper.total_money)), len(figure(-paper.net_money)))


# Statements, checks, differences


def statement(each: Statement, words: Words) -> RenderableType:
    """Return a statement: what was owed, what moved it, what is owed."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("Date", no_wrap=True)
    table.add_column("Movement", ratio=1, overflow="fold")
    table.add_column("Amount", justify="right", no_wrap=True, min_width=10)
    table.add_column("Balance", justify="right", no_wrap=True, min_width=10)
    table.add_row(
        str(words.day(each.period.start)),
        "Opening balance",
        "",
        figure(in_minor(each.opening, each.currency)),
    )
    for entry in each.entries:
        movement = entry.movement
        what = f"{movement.kind.replace('_', ' ').capitalize()} {words.text(movement.id)}"
        what = "\n".join((what, *(() if movement.id in words.numbers else words.pending(movement.id))))
        balance = figure(in_minor(entry.balance, each.currency))
        table.add_row(str(words.day(movement.at)), what, figure(movement.money), balance)
    closing = figure(in_minor(each.closing, each.currency))
    end = words.deadline(each.period.end).removeprefix("the end of ")
    table.add_row(end, "Closing balance", "", closing, style="bold")
    note = Text("Above zero, the customer owes; below, the customer is owed.", "dim")
    return Padding(Group(_Wide(table), note), (0, 0, 1, 0))


def checked(checks: Iterable[Check], words: Words) -> Iterator[RenderableType]:
    """Return what was checked, and every problem."""
    for check in checks:
        yield _item("✗" if check.problems else "✓", check.text, "bold red" if check.problems else "")
        for problem in check.problems:
            yield Padding(_item("·", words.text(problem)), (0, 0, 0, 2))


def explanation(told: Explanation, words: Words) -> Iterator[RenderableType]:
    """Return a derivation, each step further in than what it leads to."""
    left = [(told, 0)]
    while left:
        step, depth = left.pop()
        text = words.text(f"{step.text} = {step.result}" if step.result else step.text)
        yield Padding(Text(text, "" if depth else "bold"), (0, 0, 0, 2 * depth))
        left.extend((each, depth + 1) for each in reversed(step.steps))


def what_if(
    before: Result, after: Result, found: Difference, steps: frozenset[str]
) -> Iterator[RenderableType]:
    """Return what further steps bring about, and what that changes."""
    words = Words(after)
    yield from header(after, words)
    yield section("Further steps")
    yield from timeline([entry for entry in after.entries if entry.step in steps], words)
    yield section("Difference in documents")
    yield difference(found)
    yield section("Difference in balance")
    yield balances(found.balances)
    yield section("Check")
    if before.problems:
        yield Text("without the further steps", "dim")
        yield from checked(before.checks, Words(before))
        yield Text("with them", "dim")
    yield from checked(after.checks, words)


def difference(found: Difference) -> RenderableType:
    """Return the documents that come, go or differ."""
    if not found.documents:
        return Padding(Text("No document comes, goes or differs."), (0, 0, 1, 0))
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("Issued", no_wrap=True)
    table.add_column("Document", ratio=1, overflow="fold")
    for heading in ("Without", "With", "Difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for change in found.documents:
        table.add_row(*_changed(change.before, change.after))
    return Padding(_Wide(table), (0, 0, 1, 0))


def _changed(before: Printed | None, after: Printed | None) -> Iterator[str]:
    known = [each for each in (before, after) if each is not None]
    kind = known[-1].document.kind
    sums = [each.document.balance if each is not None else 0 for each in (before, after)]
    code = known[-1].document.currency
    yield str(known[-1].issued_on)
    numbers = " → ".join(dict.fromkeys(each.number for each in known))
    state = "new" if before is None else "gone" if after is None else "changed"
    yield f"{numbers}, {kind.value.replace('_', ' ')}, {state}"
    yield from (
        figure(in_minor(minor, code)) if each is not None else "–"
        for minor, each in zip(sums, (before, after), strict=True)
    )
    yield str(in_minor(sums[1] - sums[0], code))


def balances(changes: Iterable[BalanceChange]) -> RenderableType:
    """Return what is owed at the end, without and with the further steps."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("Balance", ratio=1)
    for heading in ("Without", "With", "Difference"):
        table.add_column(heading, justify="right", no_wrap=True, min_width=10)
    for change in changes:
        table.add_row(
            change.after.code,
            figure(change.before),
            figure(change.after),
            str(change.difference),
            style="bold",
        )
    return Padding(_Wide(table), (0, 0, 1, 0))


def derivation(printed: Printed, told: Iterable[Explanation], result: Result) -> Iterator[RenderableType]:
    """Return where the amounts of a document come from."""
    words = Words(result)
    paper = printed.document
    kind = paper.kind.value.replace("_", " ")
    told_of = f"{kind}{_corrected(paper, words)}, issued {printed.issued_on}"
    yield Text.assemble((printed.number, "bold"), f"  {told_of}")
    yield Text()
    for each in told:
        yield from explanation(each, words)
        yield Text()
