"""Plan changes, billing runs, previews, replay."""

from datetime import date
from decimal import Decimal

from attrs import evolve as changed

from acctcore.billing import invoices
from acctcore.billing import subscriptions as subs
from acctcore.billing.catalog import Catalog
from acctcore.billing.proration import BY_DAY, BY_SECOND, Proration, prorate
from acctcore.flows import balances, due, evolve, handle
from acctcore.kernel.calendar import Span, months, years
from acctcore.kernel.measures import Thirty360
from acctcore.kernel.messages import Command
from acctcore.kernel.money import Price
from acctcore.receivables import payments
from acctcore.testing import laws
from tests.flows.stories import PLAIN, Story, at, charge, eur, plan
from tests.museum.exhibit import Shown, exhibit

CHANGES, RUNS = "Plan changes", "Billing runs, previews, replay"
CREDIT_NOTE = invoices.Kind.CREDIT_NOTE
JUNE = Span(date(2024, 6, 1), date(2024, 7, 1))


def euros(minor: int | Decimal) -> str:
    return f"{Decimal(minor) / 100:.2f}"


def in_june(*changes: tuple[str, str], plan: str = "small") -> Story:
    story = Story(PLAIN).start("2024-06-01 00:00", plan)
    for day, to in changes:
        story.do(subs.ChangePlan, f"2024-06-{day} 00:00", plan=to)
    return story


def share(amount: int, days: int) -> int:
    return amount * days // 30


@exhibit(
    CHANGES, "gumroad#6077", "restrictcontentpro/restrict-content-pro#1301", "getsentry/sentry#46598",
    wrong="33.00 a month, up to 96.00 on the 11th and down again on the 21st; each credit at the first price",
    rule="wanted minus booked: what is given back is what the lines still pay for",
    naive="75.00", ours="54.00",
)  # fmt: skip
def second_change() -> Shown:
    naive = 3300 + share(9600, 20) - share(3300, 20) + share(3300, 10) - share(3300, 10)
    return Shown(euros(naive), euros(in_june(("11", "large"), ("21", "small")).net()))


@exhibit(
    CHANGES, "restrictcontentpro/restrict-content-pro#442",
    wrong="96.00 a month, down to 33.00 on the 2nd after 90 % is given back: the credit that is left over",
    rule="a negative result stays as credit, and is told",
    naive="0.00", ours="-60.90",
)  # fmt: skip
def left_over() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "large").pay("2024-06-01 09:00", eur("96.00"))
    story.do(subs.ChangePlan, "2024-06-02 00:00", plan="small")
    naive = max(0, share(3300, 29) - share(9600, 29))
    return Shown(euros(naive), f"{balances(story.file)['EUR'].amount:.2f}")


@exhibit(
    CHANGES, "lago-api#6194",
    wrong="30.00 a month for 20 days of June, divided by the days that are left",
    rule="the divisor is the whole cycle that contains the part",
    naive="30.00", ours="20.00",
)  # fmt: skip
def denominator() -> Shown:
    part = Span(date(2024, 6, 11), JUNE.end)
    ours = prorate(Price("30.00", "EUR"), 1, part, JUNE, months(1), BY_DAY).amount
    return Shown(euros(3000 * 20 // 20), euros(ours))


@exhibit(
    CHANGES, "lago-api#1776", "lago-api#1778",
    wrong="billed at 30.00 for March, the list at 60.00 since the 10th; cancelled on the 16th: given back",
    rule="the price is kept on the line, and no more is given back than it was billed at",
    naive="30.97", ours="15.48",
)  # fmt: skip
def todays_price() -> Shown:
    story = Story(PLAIN).start("2024-03-01 00:00", "dear", quantities={"seat": 0})
    story.do(subs.Cancel, "2024-03-16 00:00", when=subs.Timing.NOW)
    return Shown(f"{60 * 16 / 31:.2f}", euros(3000 - story.net()))


@exhibit(
    CHANGES, "killbill#2306",
    wrong="33.00 a month, to 96.00 and back three times on the 16th: each charged to the end of the month",
    rule="wanted minus covered, by day: there and back costs nothing",
    naive="226.50", ours="33.00",
)  # fmt: skip
def overlapping() -> Shown:
    there_and_back = [("16", "large"), ("16", "small")] * 3
    naive = 3300 + 3 * (share(9600, 15) + share(3300, 15))
    return Shown(euros(naive), euros(in_june(*there_and_back).net()))


@exhibit(
    CHANGES, "larzsubscription 0.1.0",
    wrong="from 31.00 to 33.00 a month on the 5th, inside a free trial: the difference, charged by days",
    rule="a trial is a phase: nothing is charged before it ends",
    naive="1.73", ours="0.00",
)  # fmt: skip
def inside_a_trial() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "trial")
    story.do(subs.ChangePlan, "2024-06-05 00:00", plan="small")
    naive = (33 - 31) * 26 / 30
    return Shown(f"{naive:.2f}", euros(story.net()))


@exhibit(
    RUNS, "storj/storj#6501", "lago-api#1988", "lago-api#662", "dimagi/commcare-hq#33509", "flexprice#1400",
    wrong="the billing run of June, run twice",
    rule="keys are derived from what is billed: the second run gets the first answer",
    naive="66.00", ours="33.00",
)  # fmt: skip
def run_twice() -> Shown:
    story = Story(PLAIN).start("2024-05-01 00:00", "small")
    commands = due(story.file, at("2024-06-01 00:00"), PLAIN).commands
    file = story.file
    for command in (*commands, *commands):
        file = evolve(file, handle(file, command, PLAIN).events_or_raise())
    june = [each.document.net for each in file.documents[1:]]
    return Shown(euros(2 * 3300), euros(sum(june)))


@exhibit(
    RUNS, "killbill#1042", "killbill#1503", "killbill#1506", "killbill#1920", "polar#9218", "polar#10093",
    "polar#12526", "lago-api#3056", "lago-api#3231", "lago-api#3342", "stripe/stripe-dotnet#1846",
    wrong="the preview of an upgrade on the 11th, computed by other code that divides by 31",
    rule="a preview is the answer that is then stored",
    naive="61.94", ours="64.00",
)  # fmt: skip
def preview() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    asked = story.command(subs.ChangePlan, "2024-06-11 00:00", plan="large")
    shown = handle(story.file, asked, PLAIN)
    file = evolve(story.file, handle(story.file, asked, PLAIN).events)
    assert evolve(story.file, shown.events) == file
    return Shown(
        f"{9600 * 20 / 31 / 100:.2f}",
        euros(file.documents[-1].document.net),
    )


@exhibit(
    RUNS, "brandhaug/b2b-saas-starter#283", "managoat/fountain#214", "YosemiteCrew/Yosemite-Crew#3085",
    "baronunread/rdyrct#83",
    wrong="a payment of 33.00 that is told twice: what is still owed",
    rule="a command asked again gets its first answer",
    naive="-33.00", ours="0.00",
)  # fmt: skip
def told_twice() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    paid = story.command(payments.Receive, "2024-06-02 09:00", payment_id="P1", amount=eur("33.00"))
    file = story.file
    for command in (paid, paid):
        file = evolve(file, handle(file, command, PLAIN).events_or_raise())
    return Shown(euros(3300 - 2 * 3300), euros(sum(item.open for item in file.items)))


@exhibit(
    RUNS, "killbill#783", "killbill#877", "killbill#1251",
    wrong="a free plan: invoices that a guard against double billing turns into an error",
    rule="zero is an ordinary amount",
    naive="error", ours="0.00",
)  # fmt: skip
def zero() -> Shown:
    def guard(amounts: list[int]) -> str:
        return "error" if len(amounts) != len(set(amounts)) else euros(sum(amounts))

    story = Story(PLAIN).start("2024-06-01 00:00", "free").run("2024-08-01 00:00")
    return Shown(guard([0, 0]), euros(story.net()))


@exhibit(
    RUNS, "sprintable#3316",
    wrong="a payment for June that came on the 20th: the next billing date",
    rule="periods come from the anchor only",
    naive="2024-07-20", ours="2024-07-01",
)  # fmt: skip
def late_success() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small").pay("2024-06-20 00:00", eur("33.00"))
    (subscription,) = story.file.subscriptions
    return Shown(date(2024, 6, 20).replace(month=7), subs.next_point(subscription))


@exhibit(
    CHANGES, "killbill#1661",
    wrong="March billed at 30.00 in advance, the list at 60.00 since the 10th: billed for March in all",
    rule="which price counts is a policy; a period that is billed keeps its price",
    naive="51.29", ours="30.00",
)  # fmt: skip
def new_price_list() -> Shown:
    story = Story(PLAIN).start("2024-03-01 00:00", "dear", quantities={"seat": 0})
    return Shown(euros(3000 + round(3000 * 22 / 31)), euros(story.run("2024-03-31 00:00").net()))


@exhibit(
    CHANGES, "killbill#1907",
    wrong="five uses at 1.00 in June, billed in arrears, and the plan ended as June ends: billed of them",
    rule="what ends at a boundary belongs to the stretch before it: spans are half-open",
    naive="0.00", ours="5.00",
)  # fmt: skip
def end_on_the_boundary() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "metered", quantities={"use": 5})
    story.do(subs.Cancel, "2024-06-20 00:00", when=date(2024, 7, 1))
    ends, billed_until = at("2024-07-01 00:00"), at("2024-07-01 00:00")
    naive = 500 if ends > billed_until else 0
    return Shown(euros(naive), euros(story.run("2024-08-01 00:00").net() - 3000))


@exhibit(
    CHANGES, "calcom/cal.diy#27002",
    wrong="a seat of 3.00 a month, added on 16 June: charged for June",
    rule="a change of quantity is a change like any other: it costs its share",
    naive="3.00", ours="1.50",
)  # fmt: skip
def another_seat() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    before = story.net()
    story.do(subs.ChangeQuantity, "2024-06-16 00:00", item="seat", quantity=2)
    return Shown(euros(300), euros(story.net() - before))


@exhibit(
    CHANGES, "killbill#1535", "killbill#1533",
    wrong="half of a plan of 200.00 for two years, one of them a leap year, by its days",
    rule="how time is counted is a policy that the line names, here by months of thirty days",
    naive="99.86", ours="100.00",
)  # fmt: skip
def half_of_two_years() -> Shown:
    first, whole = (Span(date(2023, 1, 1), date(year, 1, 1)) for year in (2024, 2025))
    thirtieths = Proration("thirtieths", "1", Thirty360())
    naive = round(20000 * (first.end - first.start).days / (whole.end - whole.start).days)
    ours = prorate(Price("200.00", "EUR"), 1, first, whole, years(2), thirtieths).amount
    return Shown(euros(naive), euros(ours))


@exhibit(
    RUNS, "cashier#576", "mozilla/fxa#16251",
    wrong="2,592.00 a month by the second, a change quoted at noon, made seven seconds later: the difference",
    rule="the instant of the change is an argument: what is made is what was quoted",
    naive="0.01", ours="0.00",
)  # fmt: skip
def seven_seconds() -> Shown:
    dear = plan("dearest", charge("base", "2592.00"))
    by_second = changed(PLAIN, catalog=Catalog(plans=(*PLAIN.catalog.plans, dear)), proration=BY_SECOND)
    story = Story(by_second).start("2024-06-01 00:00", "dearest")
    quoted = story.command(subs.ChangePlan, "2024-06-16 12:00:00", plan="small")
    made = changed(quoted, recorded_at=at("2024-06-16 12:00:07"))
    late = changed(quoted, at=at("2024-06-16 12:00:07"))

    def credit(command: Command) -> int:
        (note, *_) = laws.documents_of(handle(story.file, command, by_second).events)
        return note.net

    return Shown(euros(credit(quoted) - credit(late)), euros(credit(quoted) - credit(made)))


@exhibit(
    RUNS, "killbill#1423",
    wrong="the invoice of June, voided, and the plan ended on the 16th: given back beside what is void",
    rule="nothing of a void document counts any more, for what comes after it as well",
    naive="16.50", ours="0.00",
)  # fmt: skip
def voided() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    (june,) = story.file.documents
    story.do(invoices.Void, "2024-06-02 09:00", document_id=june.document.id)
    story.do(subs.Cancel, "2024-06-16 00:00", when=subs.Timing.NOW)
    notes = [each.document.net for each in story.file.documents if each.document.kind is CREDIT_NOTE]
    return Shown(euros(share(june.document.net, 15)), euros(sum(notes)))
