"""What is given back of a booked stretch when only some of it is still wanted."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from attrs import Attribute, field, frozen

from acctcore.billing.proration.model import Basis, Booked, Capped, Credit, OfAmount, Ratio, Rest
from acctcore.billing.proration.policy import Divisor, Exact, Law, Proration, RatioStyle
from acctcore.billing.proration.prorate import share
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import split
from acctcore.kernel.policies import PolicyRef, ref_of
from acctcore.kernel.validation import identifier, optional, where, whole

P = TypeVar("P", bound=date)


class Settlement(Protocol):
    """The choice of what to give back, given what is wanted and what is booked."""

    @property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        ...

    @property
    def laws(self) -> frozenset[Law]:
        """The laws that this choice keeps under a telescoping proration."""
        ...

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return what is given back for `gone`, and what each kept stretch is then worth."""
        ...


def is_settlement(instance: object, attribute: Attribute[Settlement], value: Settlement) -> None:
    """Accept what can say what is given back; a validator for fields."""
    if isinstance(value, type) or not all(hasattr(value, name) for name in ("ref", "laws", "credit")):
        raise InvalidValue("a settlement", value, where(instance, attribute))


@frozen
class TargetMinusBooked:
    """Give back whatever the booked amount has above the worth of what is kept.

    Under a telescoping proration this is the worth of the part that goes, and any order of the
    same changes ends in the same total.
    """

    name: str = field(default="target-minus-booked", init=False)
    version: str = field(default="1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.ORDER_FREE, Law.CAPPED}), init=False)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        return ref_of(self)

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return booked minus kept."""
        shares = tuple(share(booked.price, booked.quantity, part, cycle, every, proration) for part in kept)
        worths = tuple(each.amount() for each in shares)
        part = share(booked.price, booked.quantity, gone, cycle, every, proration)
        worth = part.amount()
        if proration.telescopes and worth + sum(worths) == booked.amount:
            return Credit(worth, part, worths)
        rest = Rest(booked.amount, shares, booked.price.currency, self.ref)
        amount = rest.amount()
        return Credit(amount, rest, *_left(booked.amount - amount, worths))


@frozen
class FromBooked:
    """Give back the part's share, by length, of what the booked line still amounts to.

    Neither price nor cycle is asked again, so what was booked decides the last cent.
    """

    ratio: RatioStyle = field(factory=Exact)
    name: str = field(default="from-booked", validator=identifier)
    version: str = field(default="1", validator=identifier)
    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        return ref_of(self)

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return ratio × booked amount, at most the booked amount."""
        measure = proration.measure
        lengths = measure.length(gone.start, gone.end), measure.length(booked.span.start, booked.span.end)
        basis = _of_amount(booked.amount, booked.amount, lengths, booked, self.ratio, proration, self.ref)
        return _credit(booked, basis, kept, proration)


@frozen
class FromLine:
    """Give back the part's share, by length, of what the line was billed at, piece by piece.

    A line that was cut before is not worth what the earlier credit left of it: each piece is valued
    again as its own share of the whole line, rounded. So pieces and credits need not add up to the
    line, and the last cent depends on the history. `divisor` takes the place of the two lengths.
    """

    ratio: RatioStyle = field(factory=Exact)
    divisor: Divisor | None = None
    name: str = field(default="from-line", validator=identifier)
    version: str = field(default="1", validator=identifier)
    laws: frozenset[Law] = field(default=frozenset(), init=False)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        return ref_of(self)

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return ratio × the piece's amount, at most what was not adjusted of it."""
        line = booked.line or booked.span
        piece = None
        amount, cap = booked.billed, booked.billed - booked.credited
        if booked.span != line:
            lengths = self._lengths(booked.span, line, every, proration)
            piece = _of_amount(booked.billed, None, lengths, booked, self.ratio, proration, self.ref)
            amount = cap = piece.amount()
        lengths = self._lengths(gone, booked.span, every, proration)
        basis = _of_amount(amount, cap, lengths, booked, self.ratio, proration, self.ref, piece)
        return _credit(booked, basis, kept, proration)

    def _lengths(self, part: Span[P], whole: Span[P], every: Every, proration: Proration) -> Ratio:
        measure = proration.measure
        if self.divisor is not None:
            return self.divisor.lengths(part, whole, whole, every, measure)
        return measure.length(part.start, part.end), measure.length(whole.start, whole.end)


# What a share of the stored price may not exceed


class Cap(Protocol):
    """A limit to what is given back of a line."""

    @property
    def laws(self) -> frozenset[Law]:
        """The laws that a settlement with this cap keeps under a telescoping proration."""
        ...

    def limit(self, booked: Booked[date]) -> tuple[int | None, int]:
        """Return the most that a share may come to, and what is taken off after that."""
        ...


@frozen
class WhatIsLeft:
    """At most what is left of the line for the stretch."""

    laws: frozenset[Law] = field(default=frozenset({Law.ORDER_FREE, Law.CAPPED}), init=False)

    def limit(self, booked: Booked[date]) -> tuple[int | None, int]:
        """Return the amount left."""
        return booked.amount, 0


@frozen
class BilledLessCredited:
    """At most what was billed for the line less what was credited; no limit where nothing was billed."""

    laws: frozenset[Law] = field(default=frozenset({Law.ORDER_FREE}), init=False)

    def limit(self, booked: Booked[date]) -> tuple[int | None, int]:
        """Return billed less credited, if anything was billed."""
        return (booked.billed - booked.credited if booked.billed else None), 0


@frozen
class BilledThenLessCredited:
    """At most what was billed for the line, and what was credited before is taken off after that."""

    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

    def limit(self, booked: Booked[date]) -> tuple[int | None, int]:
        """Return billed, and credited to be taken off."""
        return booked.billed, booked.credited


@frozen
class NoCap:
    """No limit: the price says what is given back, whatever was billed."""

    laws: frozenset[Law] = field(default=frozenset({Law.ORDER_FREE}), init=False)

    def limit(self, booked: Booked[date]) -> tuple[int | None, int]:
        """Return no limit."""
        return None, 0


@frozen
class FromPrice:
    """Give back the part's share of the price stored on the line, within a cap.

    Units: `places` is the number of decimals of a minor unit that are kept before the rounding.
    """

    cap: Cap = field(factory=WhatIsLeft)
    places: int | None = field(default=None, validator=optional(whole(minimum=0, maximum=100)))
    name: str = field(default="from-price", validator=identifier)
    version: str = field(default="1", validator=identifier)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        return ref_of(self)

    @property
    def laws(self) -> frozenset[Law]:
        """The laws that the cap keeps."""
        return self.cap.laws

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return the share of the stored price within the cap."""
        part = share(booked.price, booked.quantity, gone, cycle, every, proration)
        cap, less = self.cap.limit(booked)
        basis = Capped(part, cap, self.ref, less, self.places)
        amount = basis.amount()
        worths = tuple(
            share(booked.price, booked.quantity, each, cycle, every, proration).amount() for each in kept
        )
        return Credit(amount, basis, *_left(booked.amount - amount, worths))


@frozen
class _NoShare:
    """Whatever the lengths, none of it."""

    def write(self, numerator: int, denominator: int) -> Ratio:
        return 0, 1


_NONE = _NoShare()


@frozen
class NothingBack:
    """Give nothing back: what was billed stays billed, and new terms are billed in full beside it."""

    name: str = field(default="nothing-back", init=False)
    version: str = field(default="1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

    @cached_property
    def ref(self) -> PolicyRef:
        """The policy as bases name it."""
        return ref_of(self)

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return nothing."""
        measure, span = proration.measure, booked.span
        lengths = measure.length(gone.start, gone.end), measure.length(span.start, span.end)
        basis = _of_amount(booked.amount, None, lengths, booked, _NONE, proration, self.ref)
        return _credit(booked, basis, kept, proration)


def _of_amount(
    amount: int,
    cap: int | None,
    lengths: Ratio,
    booked: Booked[P],
    ratio: RatioStyle,
    proration: Proration,
    ref: PolicyRef,
    piece: OfAmount | None = None,
) -> OfAmount:
    return OfAmount(
        amount,
        ratio.write(*lengths),
        lengths,
        proration.measure.unit,
        proration.rounding,
        cap,
        booked.price.currency,
        ref,
        piece,
    )


def _credit(booked: Booked[P], basis: Basis, kept: tuple[Span[P], ...], proration: Proration) -> Credit:
    """Return the credit, and what is left of the line over its kept stretches by their lengths."""
    amount = basis.amount()
    weights = tuple(proration.measure.length(each.start, each.end) for each in kept)
    return Credit(amount, basis, *_left(booked.amount - amount, weights))


def _left(amount: int, weights: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return what is left of a line over its kept stretches, and the remainder where none is kept."""
    if not weights:
        return (), amount
    return split(amount, weights if any(weights) else (1,) * len(weights)), 0


def settle(
    booked: Booked[P],
    gone: Span[P],
    cycle: Span[P],
    every: Every,
    proration: Proration,
    settlement: Settlement,
) -> Credit:
    """Return what is given back when a stretch of what is booked is no longer wanted.

    The credit is at least zero, and under a settlement that claims `Law.CAPPED` at most what is left
    of the line. What is left afterwards is shared over the stretches that stay, before and after the
    one that goes; credit, stretches and remainder add up to the booked amount, always.

    Units: minor units; spans half-open, `gone` inside the booked span, that inside the cycle.
    Raises: InvalidValue when `gone` is not inside the booked span.
    Source: docs/sources.md#settlement
    """
    if not gone.within(booked.span):
        raise InvalidValue(f"a stretch inside {booked.span}", str(gone), "settle")
    ends = ((booked.span.start, gone.start), (gone.end, booked.span.end))
    kept = tuple(Span(start, end) for start, end in ends if start < end)
    return settlement.credit(booked, gone, kept, cycle, every, proration)
