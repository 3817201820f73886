"""Zones, changes of clocks, and clocks that stand still."""

from datetime import UTC, date, datetime, timedelta

import pendulum

from acctcore.billing import subscriptions as subs
from acctcore.flows import due, evolve, handle
from acctcore.kernel import open_time
from acctcore.kernel.business import WORKDAYS, BusinessCalendar, hours
from acctcore.kernel.calendar import Span, add_days, at_local, local_date
from tests.flows.stories import PLAIN, ZONE, Story, at
from tests.museum.billing import euros
from tests.museum.exhibit import Shown, exhibit

ROOM = "Zones and clocks"
DESK = BusinessCalendar(zone=ZONE, weekly=dict.fromkeys(WORKDAYS, hours("09:00-17:00")))
FRIDAY, MONDAY = at("2024-06-07 16:00"), at("2024-06-10 10:00")
HOUR = timedelta(hours=1)


def shown(when: datetime) -> str:
    return f"{when.astimezone(FRIDAY.in_timezone(ZONE).tzinfo):%Y-%m-%d %H:%M}"


@exhibit(
    ROOM, "killbill#743", "killbill#1074", "killbill#139", "killbill#150", "killbill#674",
    wrong="the renewal of a plan begun on 1 April 2024 at half past midnight in Berlin, its day read in UTC",
    rule="a day is a day where the account is: the zone belongs to the account",
    naive="2024-04-30", ours="2024-05-01",
)  # fmt: skip
def day_in_utc() -> Shown:
    start = at("2024-04-01 00:30")
    story = Story(PLAIN).start("2024-04-01 00:30", "small")
    (subscription,) = story.file.subscriptions
    naive = pendulum.instance(start.astimezone(UTC)).date().add(months=1)
    return Shown(naive, subs.next_point(subscription))


@exhibit(
    ROOM, "lago-api#879", "lago#61", "lago#146", "lago-api#613", "lago-api#614", "lago-api#627",
    "lago-api#628",
    wrong="June billed at midnight in Berlin and again at midnight in UTC, keyed by the month in UTC",
    rule="periods are local dates, and what is covered is not billed again",
    naive="66.00", ours="33.00",
)  # fmt: skip
def east_of_utc() -> Shown:
    story = Story(PLAIN).start("2024-05-01 00:00", "small")
    runs = at("2024-06-01 00:00"), at("2024-06-01 02:00")
    naive = 3300 * len({run.astimezone(UTC).month for run in runs})
    file = story.file
    for run in runs:
        for command in due(file, run, PLAIN).commands:
            file = evolve(file, handle(file, command, PLAIN).events_or_raise())
    return Shown(euros(naive), euros(sum(each.document.net for each in file.documents[1:])))


@exhibit(
    ROOM, "killbill#1934", "lago-api#2244", "killbill#1966", "killbill#1981",
    wrong="the end of June for an account opened in Berlin in January, by the offset of that day",
    rule="dates inside, instants at the border, by what the zone says at that instant",
    naive="2024-07-01 01:00", ours="2024-07-01 00:00",
)  # fmt: skip
def fixed_offset() -> Shown:
    opened = at("2024-01-10 00:00")
    offset = opened.in_timezone(ZONE).replace(tzinfo=None) - opened.in_timezone("UTC").replace(tzinfo=None)
    naive = datetime(2024, 7, 1, tzinfo=UTC) - offset
    return Shown(shown(naive), shown(at_local(date(2024, 7, 1), ZONE)))


@exhibit(
    ROOM, "pendulum#817", "pendulum#838", "killbill#445",
    wrong="one day after noon of 30 March 2024 in Berlin, as 24 hours",
    rule="dates step as dates; only what is measured in hours is counted in them",
    naive="2024-03-31 13:00", ours="2024-03-31 12:00",
)  # fmt: skip
def day_of_23_hours() -> Shown:
    noon = at("2024-03-30 12:00")
    ours = at_local(add_days(local_date(noon, ZONE), 1), ZONE, noon.in_timezone(ZONE).time())
    return Shown(shown(noon.astimezone(UTC) + 24 * HOUR), shown(ours))


@exhibit(
    ROOM, "glpi#14937",
    wrong="waiting from Friday at 16:00 to Monday at 10:00, for a desk that is open from 9 to 17",
    rule="a clock of business time stands still while nobody works",
    naive="66:00", ours="2:00",
)  # fmt: skip
def closing_hours() -> Shown:
    return Shown(_hours(MONDAY - FRIDAY), _hours(open_time.between(DESK, FRIDAY, MONDAY)))


@exhibit(
    ROOM, "erpnext#49414", "erpnext#47884", "frappe/helpdesk#1554", "frappe/helpdesk#2449",
    wrong="eight business hours from Friday at 15:00, on hold from 16:00 to Monday at 10:00, all of it added",
    rule="a pause counts by the business time that it covers",
    naive="2024-06-13 09:00", ours="2024-06-10 17:00",
)  # fmt: skip
def on_hold_by_the_wall() -> Shown:
    start = at("2024-06-07 15:00")
    naive = open_time.add(DESK, start, 8 * HOUR) + (MONDAY - FRIDAY)
    return Shown(shown(naive), shown(open_time.add(DESK, start, 8 * HOUR, [Span(FRIDAY, MONDAY)])))


@exhibit(
    ROOM, "glpi#15605",
    wrong="the same hold, and the target made four hours afterwards: the pause forgotten",
    rule="a target is computed from all that happened, whatever it was before",
    naive="2024-06-10 11:00", ours="2024-06-10 13:00",
)  # fmt: skip
def pauses_forgotten() -> Shown:
    start = at("2024-06-07 15:00")
    naive, ours = (open_time.add(DESK, start, 4 * HOUR, pauses) for pauses in ([], [Span(FRIDAY, MONDAY)]))
    return Shown(shown(naive), shown(ours))


def _hours(duration: timedelta) -> str:
    minutes = int(duration.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02d}"
