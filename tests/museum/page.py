"""The museum as a page: `python -m tests.museum.page` writes it, a test holds it to the exhibits."""

# ruff: noqa: E501 (the page is as wide as the others)

import sys
from pathlib import Path

from tests.museum import billing, calendars, clocks, rounding, standing
from tests.museum.exhibit import EXHIBITS

PAGE = Path(__file__).parents[2] / "docs/explanation/defect-museum.md"
ROOMS = (calendars.ROOM, billing.CHANGES, rounding.ROOM, billing.RUNS, clocks.ROOM, standing.ROOM)
HEAD = """# The defect museum

For whoever wonders why a rule here is as it is. Billing systems fail in the same ways again and again, and many tell of
it in public. Each row is such a defect, told in a figure: what naive code comes to, and what acctcore does. Both are
worked out by a test; this page is written from it. Issues are named by repository, as they were read in November 2026
(killbill is killbill/killbill, lago-api getlago/lago-api, polar polarsource/polar, odoo odoo/odoo, erpnext frappe/erpnext,
openmeter openmeterio/openmeter, gumroad antiwork/gumroad, pendulum python-pendulum/pendulum, lago getlago/lago,
cashier laravel/cashier-stripe, glpi glpi-project/glpi, fineract apache/fineract, casbin apache/casbin, cedar and cedar-go of
cedar-policy, cerbos cerbos/cerbos). They may have been mended since.
"""
LEFT_OUT = """
## Not shown

Reports that ask for a feature rather than tell of a figure (policies to choose, grace and dunning as data, localised
texts, previews that are not there); that are about a system's own storage and performance (parked accounts, pruning,
caches, test clocks); about matching names and erasing personal data, which are no arithmetic; and about parts that
acctcore does not have yet: usage, discounts, dunning, electronic invoices.
"""


def text() -> str:
    """Return the page."""
    parts = [HEAD]
    for room in ROOMS:
        rows = [
            f"| {each.wrong} | {each.naive} | {each.ours} | {each.rule} | {', '.join(each.issues)} |"
            for each in EXHIBITS[room]
        ]
        parts.append(
            "\n".join(
                [
                    f"## {room}\n",
                    "| What | Naive | Here | The rule | Told in |",
                    "| --- | --- | --- | --- | --- |",
                    *rows,
                ]
            )
        )
    return "\n".join([*(f"{part.rstrip()}\n" for part in parts), LEFT_OUT.strip(), ""])


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
