"""Numbers without gaps: taken in the transaction that stores the documents, from a row that it locks."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, Row, insert, select, update

from acctcore.billing import invoices
from tests.embedding.crm.tables import documents, series, unless_there

SCHEME = invoices.Scheme(
    invoices="INV-{year}-{count}",
    credit_notes="CN-{year}-{count}",
    debit_notes="DN-{year}-{count}",
    width=6,
    reset=invoices.Reset.YEAR,
)


def number(
    connection: Connection, account_id: str, issued: Iterable[invoices.Document], on: date
) -> tuple[invoices.Numbered, ...]:
    """Store what was issued, each document under the next number of its series; return the numbers.

    The row of a series stays locked until the transaction ends: whoever comes next waits, and sees
    what was committed. A transaction that fails gives its numbers back with everything else.
    """
    wanted: dict[str, list[invoices.Document]] = {}
    for document in issued:
        wanted.setdefault(SCHEME.series(document.kind, on).prefix, []).append(document)
    given: list[invoices.Numbered] = []
    for name in sorted(wanted):  # always in this order, so that two writers cannot wait for each other
        row = locked(connection, name, on)
        issued_on = max(on, row.issued_on)  # a clock that is behind does not date it before the last one
        run = invoices.Series(name, row.following, SCHEME.width)
        numbered, after = invoices.number(run, wanted[name], issued_on)
        connection.execute(
            update(series)
            .where(series.c.prefix == name)
            .values(following=after.following, issued_on=issued_on)
        )
        connection.execute(insert(documents), [*rows(account_id, wanted[name], numbered)])
        given += numbered
    return tuple(given)


def locked(connection: Connection, name: str, on: date) -> Row[int, date]:
    """Return the row of a series, locked; its first document makes the row."""
    asked = select(series.c.following, series.c.issued_on).where(series.c.prefix == name).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None:
        first = {"prefix": name, "following": 1, "issued_on": on}
        connection.execute(unless_there(connection.dialect, series, first))
        row = connection.execute(asked).one()
    return row


def rows(
    account_id: str, issued: Iterable[invoices.Document], numbered: Iterable[invoices.Numbered]
) -> Iterable[dict[str, object]]:
    for document, each in zip(issued, numbered, strict=True):
        yield {
            "number": each.number,
            "account_id": account_id,
            "document_id": document.id,
            "issued_on": each.issued_on,
            "total_minor": document.total,
            "currency": document.currency,
        }
