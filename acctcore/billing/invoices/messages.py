"""What can be asked of a document, and what can happen to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen
from attrs.converters import optional as optionally

from acctcore.billing.invoices.model import Document
from acctcore.billing.invoices.policy import Destination
from acctcore.billing.invoices.terms import Terms
from acctcore.kernel import messages
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money, Price, convert, exact, positive
from acctcore.kernel.terms import CurrencyCode, DocumentId, LineId
from acctcore.kernel.validation import day, each, identifier, not_empty, one_of, optional, reference, whole

_MOST = 10**12


def _percent(value: object) -> Decimal | None:
    if value is None:
        return None
    numerator, denominator = exact(value, 1, "percent")
    if not 0 < numerator <= 100 * denominator:
        raise InvalidValue("a percentage above 0, at most 100", value, "percent")
    return value if isinstance(value, Decimal) else Decimal(str(value))


# Commands


@frozen(kw_only=True)
class Command(messages.Command):
    """Something asked of one document."""

    document_id: DocumentId = field(validator=reference)


@frozen(kw_only=True)
class OneOff:
    """A line that somebody writes by hand: quantity × unit price, under a tax class.

    A quantity below zero takes something off the document: a discount, a return.
    """

    key: str = field(validator=identifier)
    title: str = field(validator=identifier)
    price: Price = field(validator=one_of(Price))
    quantity: int = field(default=1, validator=whole(minimum=-_MOST, maximum=_MOST))
    tax_class: str = field(default="standard", validator=identifier)


@frozen(kw_only=True)
class Draft(Command):
    """Write an invoice by hand; nothing is owed before it is issued.

    `tax_date` is the day whose rates hold, where it is not the day of writing. `replaces` is an
    invoice that was voided or wholly credited, and in whose place this one comes.
    """

    currency: CurrencyCode = field(validator=identifier)
    lines: tuple[OneOff, ...] = field(validator=[not_empty, each(one_of(OneOff))])
    tax_date: date | None = field(default=None, validator=optional(day))
    replaces: DocumentId | None = field(default=None, validator=optional(reference))


@frozen(kw_only=True)
class Revise(Command):
    """Write the lines of a draft anew."""

    lines: tuple[OneOff, ...] = field(validator=[not_empty, each(one_of(OneOff))])
    tax_date: date | None = field(default=None, validator=optional(day))


@frozen(kw_only=True)
class Discard(Command):
    """Throw a draft away."""


@frozen(kw_only=True)
class Issue(Command):
    """Make a draft final: from here on it is owed and never edited.

    `terms` say when it is due, where they are not those of the policy.
    """

    terms: Terms | None = field(default=None, validator=optional(one_of(Terms)))


@frozen(kw_only=True)
class Void(Command):
    """Declare a document void: it keeps its number, and it is as if nothing of it had been said.

    `reported` says whether it was told to an authority, or its period is closed: what the books of
    the seller know. None is "nobody has said".
    """

    reported: bool | None = field(default=None, validator=optional(one_of(bool)))


@frozen(kw_only=True)
class Part:
    """What is taken back of a line: a net amount, a quantity or a percentage of it; else all that is left."""

    line: LineId = field(validator=reference)
    amount: Money | None = field(default=None, converter=optionally(convert))
    quantity: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=_MOST)))
    percent: Decimal | None = field(default=None, converter=_percent)

    def __attrs_post_init__(self) -> None:
        stated = [self.amount, self.quantity, self.percent]
        if sum(value is not None for value in stated) > 1:
            raise InvalidValue("an amount, a quantity or a percentage", stated, "Part")


@frozen(kw_only=True)
class Share:
    """So much of a credit note goes one way."""

    to: Destination = field(validator=one_of(Destination))
    amount: Money = field(converter=convert, validator=positive)


@frozen(kw_only=True)
class Credit(Command):
    """Take back some of an invoice: an amount with tax, a percentage, parts of lines, or all that is left.

    `to` says what becomes of the amount, `shares` where it goes several ways; without either, the
    policy says it. `reason` is the code that stands on the credit note.
    """

    amount: Money | None = field(default=None, converter=optionally(convert))
    percent: Decimal | None = field(default=None, converter=_percent)
    lines: tuple[Part, ...] = field(default=(), validator=each(one_of(Part)))
    reason: str = field(default="", validator=one_of(str))
    to: Destination | None = field(default=None, validator=optional(one_of(Destination)))
    shares: tuple[Share, ...] = field(default=(), validator=each(one_of(Share)))

    def __attrs_post_init__(self) -> None:
        if (self.amount is not None) + (self.percent is not None) + bool(self.lines) > 1:
            raise InvalidValue("an amount, a percentage or lines", self.lines, "Credit.lines")
        named = [part.line for part in self.lines]
        if len(set(named)) != len(named):
            raise InvalidValue("each line once", named, "Credit.lines")
        ways = [share.to for share in self.shares]
        if self.to is not None and ways:
            raise InvalidValue("one destination, or shares", ways, "Credit.shares")
        if len(set(ways)) != len(ways):
            raise InvalidValue("each destination once", [way.value for way in ways], "Credit.shares")


@frozen(kw_only=True)
class Raised:
    """By how much a line is raised, net."""

    line: LineId = field(validator=reference)
    amount: Money = field(converter=convert, validator=positive)


@frozen(kw_only=True)
class Debit(Command):
    """Ask for more than an issued invoice did, by a debit note that refers to it."""

    lines: tuple[Raised, ...] = field(validator=[not_empty, each(one_of(Raised))])
    reason: str = field(default="", validator=one_of(str))
    terms: Terms | None = field(default=None, validator=optional(one_of(Terms)))

    def __attrs_post_init__(self) -> None:
        named = [raised.line for raised in self.lines]
        if len(set(named)) != len(named):
            raise InvalidValue("each line once", named, "Debit.lines")


# Events


@frozen
class Drafted(messages.Event):
    """An invoice was written and is not owed yet."""

    document: Document


@frozen
class Revised(messages.Event):
    """A draft was written anew."""

    document: Document


@frozen
class Discarded(messages.Event):
    """A draft was thrown away."""

    document_id: DocumentId


@frozen
class Issued(messages.Event):
    """A document is final: an invoice or a debit note is owed, a credit note reduces what is owed."""

    document: Document


@frozen
class Voided(messages.Event):
    """A document is void."""

    document_id: DocumentId
