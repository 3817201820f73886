"""Whatever happens to a subscription, what it is billed in the end is what each of its days costs.

The oracle goes from day to day: on each, the entry of the timeline that was recorded last among the latest
ones says what is in force, and the day costs the step that the running total of its cycle takes on it.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from acctcore.billing import subscriptions
from acctcore.billing.proration import BY_SECOND
from acctcore.billing.subscriptions import Timing
from acctcore.flows import Policies
from acctcore.kernel.calendar import months, years
from tests.scenarios.drive import Book, arrears, catalog, charge, plan, seats, taxes
from tests.scenarios.paper import half_up, seconds

PRICES = {  # plan: flat in advance, each seat in advance, flat in arrears; in cents
    "small": (999, 333, 250),
    "middle": (2990, 700, 0),
    "large": (11990, 1505, 1333),
    "yearly": (99900, 12000, 8000),
}
POLICIES = Policies(
    catalog=catalog(
        *[
            plan(
                name,
                charge("flat", f"{flat / 100:.2f}"),
                seats(f"{seat / 100:.2f}"),
                arrears("use", f"{use / 100:.2f}"),
                every=years(1) if name == "yearly" else months(1),
            )
            for name, (flat, seat, use) in PRICES.items()
        ]
    ),
    taxes=taxes("S", "19"),
)
DAY = timedelta(days=1)


def boundary(anchor: date, count: int, day: int) -> date:
    index = anchor.year * 12 + anchor.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


@dataclass
class Oracle:
    """The timeline as it was recorded: (first day, plan or None, seats or None), in order of recording."""

    start: date
    anchor: date
    day: int
    entries: list[tuple[date, str | None, int | None]]
    ends: date | None = None

    def grid(self, on: date) -> tuple[date, int, int]:
        """The anchor, its day of the month and the months of the cycles in force on a day."""
        grid = (self.anchor, self.day, 1)
        unit = 1
        for since, name, _ in sorted(self.entries, key=lambda entry: entry[0]):
            if since > on:
                break
            wanted = 12 if name == "yearly" else 1
            if name is not None and wanted != unit:
                unit, grid = wanted, (since, since.day, wanted)
        return grid

    def cycle(self, on: date) -> tuple[date, date]:
        anchor, day, step = self.grid(on)
        number = 0
        while boundary(anchor, number * step, day) > on:
            number -= 1
        while boundary(anchor, (number + 1) * step, day) <= on:
            number += 1
        return boundary(anchor, number * step, day), boundary(anchor, (number + 1) * step, day)

    def terms(self, on: date) -> tuple[str, int]:
        name, count = "", 0
        for since, plan_, seats_ in sorted(self.entries, key=lambda entry: entry[0]):
            if since <= on:
                name, count = plan_ or name, count if seats_ is None else seats_
        return name, count

    def cost(self, on: date) -> tuple[int, int]:
        """What a day costs in advance and in arrears."""
        start, end = self.cycle(on)
        whole, position = (end - start).days, (on - start).days
        name, count = self.terms(on)
        flat, seat, use = PRICES[name]

        def step(price: int) -> int:
            before, upto = (half_up(Fraction(price * count, whole)) for count in (position, position + 1))
            return upto - before

        return step(flat) + step(seat * count), step(use)

    def total(self, now: date) -> int:
        """What is billed by the end of a day: in advance through its cycle, in arrears up to its cycle."""
        start, end = self.cycle(now)
        if self.ends is not None and self.ends <= now:
            start = end = self.ends
        known = Oracle(self.start, self.anchor, self.day, [e for e in self.entries if e[0] <= now], self.ends)
        total, on = 0, self.start
        while on < end:
            advance, later = known.cost(on)
            total += advance + (later if on < start else 0)
            on += DAY
        return total


WHEN = st.sampled_from(["now", "cycle_end", "earlier", "later"])
STEPS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["plan", "plan", "seats", "seats", "cancel", "uncancel"]),
        WHEN,
        st.integers(0, 45),
        st.sampled_from(["small", "middle", "large", "yearly"]),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=7,
)


# A year that became months was billed month by month up to the end of the year.
@example(61, 31, [(10, "plan", "now", 0, "yearly", 0), (30, "plan", "now", 0, "small", 0)], 0)
@given(st.integers(0, 400), st.sampled_from([None, 1, 15, 28, 29, 30, 31]), STEPS, st.integers(0, 90))
def test_what_is_billed_is_what_the_days_cost(
    first: int, anchor_day: int | None, steps: list[tuple[int, str, str, int, str, int]], rest: int
) -> None:
    start = date(2023, 12, 1) + timedelta(days=first)
    anchor, day = start, start.day
    if anchor_day is not None:
        day = anchor_day
        anchor = boundary(start, 0, day)
        if anchor > start:
            anchor = boundary(start, -1, day)
    book = Book(POLICIES, "Europe/Berlin", f"{start} 08:00")
    sub = {"subscription_id": "sub-1"}
    book.ask(
        subscriptions.Start,
        f"{start} 09:00",
        **sub,
        plan="small",
        currency="EUR",
        quantities={"seat": 3},
        anchor_day=anchor_day,
    )
    oracle = Oracle(start, anchor, day, [(start, "small", 3)])
    today = start
    for number, (gap, what, when, shift, name, count) in enumerate(steps):
        today += timedelta(days=gap)
        at = f"{today} {10 + number}:00"
        book.run(at)
        check(book, oracle, today)
        since = today
        timing: Timing | date = Timing.NOW
        match when:
            case "cycle_end":
                since, timing = oracle.cycle(today)[1], Timing.CYCLE_END
            case "earlier":
                since = timing = max(start, today - timedelta(days=shift))
            case "later":
                since = timing = today + timedelta(days=shift)
        match what:
            case "plan":
                answer = book.ask(subscriptions.ChangePlan, at, **sub, plan=name, when=timing)
                if answer.allowed:
                    oracle.entries.append((since, name, None))
            case "seats":
                answer = book.ask(
                    subscriptions.ChangeQuantity, at, **sub, item="seat", quantity=count, when=timing
                )
                if answer.allowed:
                    oracle.entries.append((since, None, count))
            case "cancel":
                answer = book.ask(subscriptions.Cancel, at, **sub, when=timing)
                if answer.allowed:
                    oracle.ends = since
            case _:
                answer = book.ask(subscriptions.Uncancel, at, **sub)
                if answer.allowed:
                    oracle.ends = None
        check(book, oracle, today)
    today += timedelta(days=rest)
    book.run(f"{today} 20:00")
    check(book, oracle, today)


def check(book: Book, oracle: Oracle, today: date) -> None:
    billed = sum(each.net if each.of is None else -each.net for each in book.documents())
    if oracle.ends is not None and oracle.ends > today:
        return  # a cycle that is billed before it is known that it ends early, and one after, both pass
    assert billed == oracle.total(today)


# By the second

BY_THE_SECOND = Policies(
    catalog=catalog(
        *[
            plan(name, charge("flat", f"{flat / 100:.2f}"), seats(f"{seat / 100:.2f}"))
            for name, (flat, seat, _) in PRICES.items()
            if name != "yearly"
        ]
    ),
    proration=BY_SECOND,
    taxes=taxes("S", "19"),
)
BERLIN = ZoneInfo("Europe/Berlin")


def on_the_clock(first: datetime, count: int) -> datetime:
    """The boundary so many months later, at the same time of day; a time inside a gap lies after it."""
    day = boundary(first.date(), count, first.day)
    return datetime.combine(day, first.time(), BERLIN).astimezone(UTC)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31)),  # noqa: DTZ001 (local times)
    st.lists(
        st.tuples(
            st.integers(1, 3_000_000),
            st.sampled_from(["small", "middle", "large"]),
            st.integers(0, 9),
            st.booleans(),
        ),
        max_size=5,
    ),
)
def test_what_is_billed_is_what_the_seconds_cost(
    first: datetime, steps: list[tuple[int, str, int, bool]]
) -> None:
    first = first.replace(microsecond=0)
    book = Book(BY_THE_SECOND, "Europe/Berlin", f"{first}")
    sub = {"subscription_id": "sub-1"}
    book.ask(subscriptions.Start, f"{first}", **sub, plan="small", currency="EUR", quantities={"seat": 3})
    now = on_the_clock(first, 0)
    entries = [(now, "small", 3)]
    for gap, name, count, of_plan in steps:
        now += timedelta(seconds=gap)
        at = f"{now.astimezone(BERLIN).replace(tzinfo=None)}"
        if now.astimezone(BERLIN).fold:
            continue  # local times that come twice are written as the first
        _, known, known_count = entries[-1]
        if of_plan:
            answer = book.ask(subscriptions.ChangePlan, at, **sub, plan=name)
            entry = (now, name, known_count)
        else:
            answer = book.ask(subscriptions.ChangeQuantity, at, **sub, item="seat", quantity=count)
            entry = (now, known, count)
        if answer.allowed:
            entries.append(entry)
    book.run(f"{now.astimezone(BERLIN).replace(tzinfo=None)}")
    expected, number = 0, 0
    while on_the_clock(first, number) <= now:
        start, end = on_the_clock(first, number), on_the_clock(first, number + 1)
        whole = seconds(start, end)
        for index, (since, name, count) in enumerate(entries):
            until = entries[index + 1][0] if index + 1 < len(entries) else end
            begin, stop = max(start, since), min(end, until)
            if begin < stop:
                flat, seat, _ = PRICES[name]
                for price in (flat, seat * count):
                    upto, before = (
                        half_up(Fraction(price * seconds(start, point), whole)) for point in (stop, begin)
                    )
                    expected += upto - before
        number += 1
    assert sum(each.net if each.of is None else -each.net for each in book.documents()) == expected
