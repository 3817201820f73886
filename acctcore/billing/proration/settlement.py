"""What is given back of a booked stretch when only some of it is still wanted."""

from __future__ import annotations

from datetime import date
from typing import Protocol, TypeVar

from attrs import field, frozen
from pendulum import DateTime

from acctcore.billing.proration.model import Booked, Capped, Credit, OfAmount, Rest
from acctcore.billing.proration.policy import Exact, Law, Proration, RatioStyle
from acctcore.billing.proration.prorate import share
from acctcore.kernel.calendar import Every, Span
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import split

P = TypeVar("P", date, DateTime)


class Settlement(Protocol):
    """The choice of what to give back, given what is wanted and what is booked."""

    @property
    def ref(self) -> str:
        """The policy as bases name it: name/version."""
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


@frozen
class TargetMinusBooked:
    """Give back whatever the booked amount has above the worth of what is kept.

    Under a telescoping proration this is the worth of the part that goes, and any order of the
    same changes ends in the same total.
    """

    ref: str = field(default="target-minus-booked/1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.ORDER_FREE, Law.CAPPED}), init=False)

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
        return Credit(amount, rest, _left(booked.amount - amount, worths))


@frozen
class FromBooked:
    """Give back the part's share, by length, of what the booked line still amounts to.

    Neither price nor cycle is asked again, so what was booked decides the last cent.
    """

    ratio: RatioStyle = field(factory=Exact)
    ref: str = field(default="from-booked/1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

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
        whole = measure.length(booked.span.start, booked.span.end)
        part = measure.length(gone.start, gone.end)
        basis = OfAmount(
            booked.amount,
            self.ratio.write(part, whole),
            (part, whole),
            measure.unit,
            proration.rounding,
            booked.amount,
            booked.price.currency,
            self.ref,
        )
        amount = basis.amount()
        weights = tuple(measure.length(each.start, each.end) for each in kept)
        return Credit(amount, basis, _left(booked.amount - amount, weights))


@frozen
class StoredPriceCapped:
    """Give back the part's share of the price stored on the line, at most what is left of the line."""

    ref: str = field(default="stored-price-capped/1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

    def credit(
        self,
        booked: Booked[P],
        gone: Span[P],
        kept: tuple[Span[P], ...],
        cycle: Span[P],
        every: Every,
        proration: Proration,
    ) -> Credit:
        """Return min(share of the stored price, what is left)."""
        part = share(booked.price, booked.quantity, gone, cycle, every, proration)
        basis = Capped(part, booked.amount, self.ref)
        amount = basis.amount()
        worths = tuple(
            share(booked.price, booked.quantity, each, cycle, every, proration).amount() for each in kept
        )
        return Credit(amount, basis, _left(booked.amount - amount, worths))


@frozen
class NothingBack:
    """Give nothing back: what was billed stays billed, and new terms are billed in full beside it."""

    ref: str = field(default="nothing-back/1", init=False)
    laws: frozenset[Law] = field(default=frozenset({Law.CAPPED}), init=False)

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
        basis = Rest(0, (), booked.price.currency, self.ref)
        weights = tuple(proration.measure.length(each.start, each.end) for each in kept)
        return Credit(0, basis, _left(booked.amount, weights))


def _left(amount: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is left of a line over its kept stretches, adding up to it."""
    if not weights:
        return ()
    return split(amount, weights if any(weights) else (1,) * len(weights))


def settle(
    booked: Booked[P],
    gone: Span[P],
    cycle: Span[P],
    every: Every,
    proration: Proration,
    settlement: Settlement,
) -> Credit:
    """Return what is given back when a stretch of what is booked is no longer wanted.

    The credit is at least zero and at most what is left of the line; what is left afterwards is
    shared over the stretches that stay, before and after the one that goes.

    Units: minor units; spans half-open, `gone` inside the booked span, that inside the cycle.
    Raises: InvalidValue when `gone` is not inside the booked span.
    Source: docs/sources.md#settlement
    """
    if not gone.within(booked.span):
        raise InvalidValue(f"a stretch inside {booked.span}", str(gone), "settle")
    ends = ((booked.span.start, gone.start), (gone.end, booked.span.end))
    kept = tuple(Span(start, end) for start, end in ends if start < end)
    return settlement.credit(booked, gone, kept, cycle, every, proration)
