"""A rich history told byte by byte, for machines that are set up in different ways.

Run with words for what to change first: `decimal`, `clock`, `locale`.
"""

import decimal
import hashlib
import locale
import sys


def main(*changes: str) -> str:
    if "decimal" in changes:
        decimal.getcontext().prec = 3
        decimal.getcontext().rounding = decimal.ROUND_UP
        decimal.getcontext().traps[decimal.Inexact] = False
        decimal.getcontext().capitals = 0
    if "locale" in changes:
        locale.setlocale(locale.LC_ALL, "")
    if "clock" in changes:
        import pendulum

        pendulum.travel_to(pendulum.datetime(2031, 5, 5), freeze=True)
        pendulum.set_locale("de")
        pendulum.week_starts_at(pendulum.WeekDay.SUNDAY)
    from acctcore.flows import duties
    from acctcore.flows import may as asked
    from acctcore.kernel.identity import canonical
    from tests.flows.stories import at
    from tests.flows.test_file import rich

    story = rich().run("2024-06-02 10:00")
    now = at("2024-06-02 10:00")
    told = [
        canonical(story.file),
        story.policies.digest,
        *map(canonical, duties(story.file, now, story.policies)),
        *(
            f"{asking.command.__name__} {asking.subject} {canonical(answer)}"
            for asking, answer in asked(story.file, now, story.policies).items()
        ),
        *(
            reason.text
            for answer in asked(story.file, now, story.policies).values()
            for reason in answer.reasons
        ),
        *(repr(line.explain()) for filed in story.file.documents for line in filed.document.lines),
        repr(story.file),
    ]
    return "\n".join(told)


if __name__ == "__main__":
    sys.stdout.write(hashlib.sha256(main(*sys.argv[1:]).encode()).hexdigest())
