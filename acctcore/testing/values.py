"""Values of every public class, drawn by the types of their fields; Hypothesis finds them by type.

`of(kind)` draws from the types alone; where a class keeps a rule between its fields, `_special` says how
its values are made. Documents come from the library's own composing, so that they add up. Amounts,
dates, texts and currencies reach to the bounds of what is valid; `strategies` draws what goes together.
"""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import get_annotations
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pendulum import DateTime

from acctcore import flows, records
from acctcore.accounts import account, holds
from acctcore.billing import catalog, invoices, proration, subscriptions, tax
from acctcore.billing.proration.model import Basis
from acctcore.billing.proration.periods import Reach
from acctcore.billing.proration.policy import Divisor, RatioStyle, Reference
from acctcore.billing.proration.settlement import Cap, Settlement
from acctcore.billing.subscriptions.pending import Pending
from acctcore.billing.subscriptions.timeline import Agreed
from acctcore.flows import OwnPolicy, OwnRecord, Policies, takeover
from acctcore.flows.handle import FLOWS
from acctcore.kernel import business, calendar, deadlines, exchange, fiscal, measures, notices
from acctcore.kernel.calendar import (
    Every,
    Grid,
    NthWeekday,
    Span,
    Unit,
    Weekday,
    ZonedCycles,
    anchored,
    instant,
)
from acctcore.kernel.cash import CashAmount, CashRounding
from acctcore.kernel.decision import Decision, Outcome, Reason
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding
from acctcore.kernel.measures import Measure
from acctcore.kernel.messages import Event
from acctcore.kernel.money import Money, Price
from acctcore.kernel.policies import PolicyRef
from acctcore.kernel.terms import Actor, Source
from acctcore.kernel.totals import Totals
from acctcore.operations import approvals, audit
from acctcore.operations.approvals import office as approvals_office
from acctcore.presets import kill_bill
from acctcore.presets import tags as presets
from acctcore.presets.preset import Preset
from acctcore.receivables import authorisations, chargebacks, payments, refunds
from acctcore.testing import strategies

Values: TypeAlias = SearchStrategy[Any]  # type: ignore[explicit-any]

CODES = ("EUR", "USD", "JPY", "KWD", "BGN")
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Etc/GMT+5", "UTC")

ids = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
wholes = st.integers() | st.integers(-(10**60), 10**60)
smalls = st.integers(1, 20)
dates = st.dates(date(1970, 1, 1), date(2199, 12, 31))
instants = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(  # noqa: DTZ001
    lambda at: instant(at.replace(tzinfo=UTC))
)
codes = st.sampled_from(CODES)
zones = st.sampled_from(ZONES)
monies = st.builds(Money.of_minor, st.integers(-(10**12), 10**12), codes)
gains = st.builds(Money.of_minor, st.integers(1, 10**12), codes)
decimals = st.decimals(0, 1000, allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
    [
        Decimal(19),
        Decimal("19.00"),
        Decimal("1E+2"),
        Decimal("10E+1"),
        Decimal("0E+3"),
        Decimal("0.0000001"),
    ]
)
prices = st.builds(Price, decimals, codes)
percentages = st.decimals("0.01", 100, places=2) | st.none()
intervals = st.builds(Every, smalls, st.sampled_from(Unit))
monthly = st.builds(Every, smalls, st.sampled_from([Unit.MONTH, Unit.YEAR]))
cycles = (
    st.builds(anchored, dates, monthly, st.integers(1, 31) | st.none())
    | st.builds(anchored, dates, intervals)
    | st.builds(
        lambda start, every, weekday: anchored(start, every, weekday=weekday),
        dates,
        monthly,
        st.builds(NthWeekday, st.integers(1, 5), st.sampled_from(Weekday)),
    )
)

PLAIN: Mapping[object, Values] = {
    str: texts,
    int: wholes,
    bool: st.booleans(),
    Decimal: decimals,
    date: dates,
    DateTime: instants,
    time: st.times(),
    Money: monies,
    Price: prices,
    Every: intervals,
    calendar.Cycles: cycles,
}
NAMES = {"DateTime": DateTime, "Duty": Duty, "Source": Source}
AXES = (date, DateTime)
TABLE = records.TABLE.extended(presets.TAGS, families=presets.FAMILIES)
KINDS = tuple(TABLE.tags.values())
PROTOCOLS = (Basis, Reference, RatioStyle, Divisor, Reach, Settlement, Cap, Measure, Grid, payments.Order)
BASES: tuple[type, ...] = (
    *dict.fromkeys(
        base
        for kind in KINDS
        for base in kind.__mro__
        if base.__module__.startswith("acctcore.") and base not in KINDS
    ),
    *PROTOCOLS,
)
"""What several classes have in common: any of them is drawn."""

COMPUTED: tuple[type, ...] = (
    *(invoices.CreditLine, invoices.Standing, invoices.Left, invoices.Excess),
    *(proration.Booked, proration.Credit, proration.Prorated, proration.Period),
    *(subscriptions.Selling, subscriptions.Terms, subscriptions.BilledLine, subscriptions.Anchor, Pending),
    *(account.Standing, authorisations.Taken, authorisations.Resolution),
    *(payments.Facts, payments.Books, refunds.Facts, refunds.Held, refunds.Sources, chargebacks.Facts),
    *(approvals.Alone, approvals.Table, approvals_office.Line),
    *(flows.Asking, flows.CaughtUp, flows.InFlight, records.Limits),
)
"""Facts and answers that are no records: they are put together from some."""

THIRTIETHS = st.builds(measures.Thirty360, st.booleans()) | st.builds(
    measures.Thirty360, st.just(True), dates
)
DAY_COUNTS = st.recursive(
    st.just(measures.ActualDays()) | THIRTIETHS | st.builds(measures.Thirty360US, st.booleans()),
    lambda of: st.builds(measures.BothEnds, of) | st.builds(measures.UpToLast, of),
    max_leaves=3,
)
MEASURES = DAY_COUNTS | st.sampled_from([measures.Seconds(), measures.UpToLast(measures.Seconds())])


cash_amounts = strategies.cash_roundings().flatmap(
    lambda rule: st.builds(CashAmount, strategies.moneys(rule.currency), st.just(rule))
)
legs = st.builds(exchange.Leg, strategies.rates(), st.booleans())
paths = st.lists(legs, max_size=1) | legs.map(lambda leg: [leg, exchange.Leg(leg.rate, not leg.inverse)])
conversions = paths.flatmap(
    lambda path: st.builds(
        exchange.Conversion,
        strategies.moneys(path[0].base if path else None),
        st.just(tuple(path)),
        strategies.roundings(),
    )
)


def tuples(of: Values, least: int = 0) -> Values:
    """Return tuples of up to three."""
    return st.lists(of, min_size=least, max_size=3).map(tuple)


def sets(least: int = 0) -> Values:
    """Return sets of up to four texts."""
    return st.frozensets(ids, min_size=least, max_size=4)


def hints(kind: type) -> dict[str, object]:
    """Return the types of the fields that a class is given, resolved where each was written."""
    found = {}
    for item in attrs.fields(kind):
        owner = next(base for base in kind.__mro__ if item.name in get_annotations(base))
        names = {**NAMES, **vars(sys.modules[owner.__module__])}
        holder = types.SimpleNamespace(__annotations__={item.name: item.type})
        if item.init:
            found[item.name] = get_type_hints(holder, names)[item.name]
    return found


def of_hint(hint: object, axis: type, asked: bool = False) -> Values:
    """Return values of a type; `asked` where the field has a validator, mostly stricter than the type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return of_hint(Event if hint.__bound__ is None else axis, axis)
    if asked and hint in (str, int):
        return ids if hint is str else smalls
    if hint in PLAIN:
        return PLAIN[hint]
    if origin in (Union, types.UnionType):
        kinds = {get_origin(kind) or kind: kind for kind in arguments}.values()  # one Span, of the axis
        return st.one_of([of_hint(kind, axis, asked) for kind in kinds])
    if hint is type(None):
        return st.none()
    if origin is tuple and arguments[0] in (OwnRecord, OwnPolicy):
        return st.just(())  # acctcore has none; those of a host are in the host's table
    if origin is tuple and arguments[-1] is Ellipsis:
        return tuples(of_hint(arguments[0], axis, asked), least=asked)
    if origin is tuple:
        return st.tuples(*[of_hint(argument, axis, asked) for argument in arguments])
    if origin is frozenset and isinstance(arguments[0], type) and issubclass(arguments[0], Enum):
        return st.frozensets(st.sampled_from(arguments[0]), min_size=asked)
    if origin is frozenset:
        return sets(asked)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    kind = cast("type", origin or hint)
    return of(kind, DateTime if DateTime in arguments else axis)


@cache
def of(kind: type, axis: type = date) -> Values:
    """Return values of a class, a base class or a protocol."""
    special = _special(axis).get(kind)
    if special is not None:
        return special()
    if kind in PLAIN:
        return PLAIN[kind]
    if kind not in KINDS and kind not in COMPUTED:  # a base: any of its kinds
        kinds: list[type] = [each for each in KINDS if issubclass(each, kind)]
        return st.one_of([of(each, axis) for each in kinds])
    return st.deferred(lambda: built(kind, axis))


def built(kind: type, axis: type = date, /, **given: Values) -> Values:
    """Return values of a class by the types of its fields, some of which may be given."""
    fields = {}
    for item in attrs.fields(kind):
        if not item.init:
            continue
        hint = hints(kind)[item.name]
        if item.name in given:
            fields[item.name] = given[item.name]
        elif item.name == "currency" and hint in (str, str | None):
            fields[item.name] = codes
        elif item.name == "zone" and hint in (str, str | None):
            fields[item.name] = zones
        else:
            fields[item.name] = of_hint(hint, axis, item.validator is not None)
    return st.builds(kind, **fields)


def _special(axis: type) -> dict[type, Callable[[], Values]]:
    """How values are made whose class keeps a rule between its fields, or asks for a protocol."""
    points = PLAIN[axis]
    reductions = dict.fromkeys(("amount",), gains)
    return {
        Span: lambda: st.tuples(points, points).map(lambda ends: Span(min(ends), max(ends))),
        Grid: lambda: cycles if axis is date else zoned,
        ZonedCycles: lambda: zoned,
        NthWeekday: lambda: st.builds(NthWeekday, st.integers(1, 5), st.sampled_from(Weekday)),
        deadlines.BusinessDays: strategies.business_days,
        deadlines.Deadline: strategies.deadlines,
        fiscal.FiscalCalendar: strategies.fiscal_calendars,
        business.BusinessCalendar: lambda: business_calendars,
        business.Hours: lambda: strategies.hours().filter(bool).map(lambda day: day[0]),
        business.DayHours: lambda: st.builds(business.DayHours, dates, strategies.hours()),
        Measure: lambda: MEASURES,
        measures.BothEnds: lambda: st.builds(measures.BothEnds, DAY_COUNTS),
        measures.Thirty360: lambda: THIRTIETHS,
        measures.UpToLast: lambda: st.builds(measures.UpToLast, MEASURES),
        Basis: lambda: bases,
        proration.Share: lambda: shares,
        proration.Rest: lambda: rests,
        proration.OfAmount: lambda: of_amounts,
        proration.Capped: lambda: cappeds,
        invoices.SplitOf: lambda: splits,
        invoices.Terms: strategies.payment_terms,
        invoices.Part: line_parts,
        invoices.Share: lambda: built(invoices.Share, **reductions),
        invoices.Raised: lambda: built(invoices.Raised, **reductions),
        invoices.Credit: credits,
        invoices.Debit: lambda: built(
            invoices.Debit, lines=unique(of(invoices.Raised), lambda raised: raised.line)
        ),
        invoices.Scheme: lambda: schemes,
        invoices.Portion: lambda: portions,
        Reference: lambda: st.just(proration.CycleItself()),
        RatioStyle: lambda: ratio_styles,
        Divisor: lambda: st.builds(proration.FixedMonth, smalls),
        Reach: lambda: st.just(proration.ToTarget()),
        Settlement: lambda: settlements,
        Cap: lambda: caps,
        proration.Proration: prorations,
        Agreed: lambda: agreed(axis),
        account.Account: lambda: accounts,
        account.Standing: lambda: built(
            account.Standing, balances=unique(monies.filter(bool), lambda money: money.code, 0)
        ),
        subscriptions.Selling: lambda: fitting(subscriptions.Selling),
        subscriptions.Anchor: lambda: (
            st.builds(subscriptions.Anchor, day=st.none() | st.integers(1, 31))
            | st.builds(
                subscriptions.Anchor,
                weekday=st.sampled_from(Weekday),
                nth=st.integers(1, 5),
                month=st.none() | st.integers(1, 12),
            )
        ),
        flows.Asking: lambda: st.builds(
            flows.Asking, st.sampled_from(tuple(FLOWS)), st.none() | ids, tuples(ids)
        ),
        account.ProfileField: lambda: profile_fields,
        account.Apply: lambda: built(account.Apply, **MARKS),
        account.Open: lambda: built(account.Open, **MARKS),
        account.Amend: lambda: built(account.Amend, **MARKS),
        account.Verify: lambda: built(account.Verify, valid_until=st.none(), **MARKS),
        account.AccountPolicy: lambda: built(
            account.AccountPolicy, fields=unique(of(account.FieldRule), lambda rule: rule.key, 0)
        ),
        holds.Hold: lambda: held,
        holds.HoldKind: lambda: (
            built(holds.HoldKind, blocks=st.just(holds.EVERYTHING), secret=st.just(False))
            | built(holds.HoldKind, blocks=st.just(holds.EVERYTHING), public_reason=st.just(""))
        ),
        holds.HoldPolicy: lambda: hold_policies,
        holds.Place: lambda: later(holds.Place),
        holds.Extend: lambda: later(holds.Extend),
        holds.Review: lambda: (
            later(holds.Review, finding=st.just(holds.Finding.KEEP))
            | built(
                holds.Review,
                finding=st.just(holds.Finding.RELEASE),
                expires_at=st.none(),
                review_at=st.none(),
            )
        ),
        Actor: lambda: st.builds(Actor, ids, sets()),
        CashRounding: strategies.cash_roundings,
        CashAmount: lambda: cash_amounts,
        Totals: strategies.totals,
        exchange.Rate: strategies.rates,
        exchange.Rates: strategies.rate_tables,
        exchange.Conversion: lambda: conversions,
        exchange.NoRate: lambda: built(exchange.NoRate, base=codes, quote=codes),
        catalog.Charge: lambda: charges,
        catalog.Plan: lambda: plans,
        catalog.Catalog: lambda: built(catalog.Catalog, plans=unique(plans, lambda plan: plan.id)),
        tax.TaxKey: lambda: st.builds(tax.TaxKey, ids, decimals, texts),
        tax.DatedRate: lambda: rates,
        tax.Taxes: lambda: taxes,
        invoices.Line: lambda: lines("EUR", axis),
        invoices.Document: lambda: documents(axis),
        invoices.Filed: lambda: (
            st.builds(invoices.Filed, documents(axis), st.sampled_from(STANDING))
            | st.builds(invoices.Filed, documents(axis), st.just(invoices.Phase.VOIDED), instants)
        ),
        subscriptions.Start: lambda: st.one_of(
            [
                built(subscriptions.Start, starts=dates | instants | st.none(), **QUANTITIES, **anchor)
                for anchor in ANCHORS
            ]
        ),
        subscriptions.ChangePlan: lambda: built(subscriptions.ChangePlan, when=whens, **QUANTITIES),
        subscriptions.ChangeQuantity: lambda: built(subscriptions.ChangeQuantity, when=whens),
        subscriptions.ChangeItems: lambda: built(
            subscriptions.ChangeItems, when=whens, quantities=st.dictionaries(ids, smalls, min_size=1)
        ),
        subscriptions.Reanchor: lambda: st.one_of(
            [built(subscriptions.Reanchor, when=whens, **anchor) for anchor in ANCHORS]
        ),
        subscriptions.Cancel: lambda: built(subscriptions.Cancel, when=whens),
        subscriptions.Pause: lambda: built(
            subscriptions.Pause, when=whens, until=dates | instants | st.none()
        ),
        subscriptions.Resume: lambda: built(subscriptions.Resume, when=whens),
        subscriptions.Bill: lambda: built(subscriptions.Bill, on=dates | instants),
        subscriptions.Running: lambda: runnings(axis),
        takeover.OpenLine: lambda: open_lines,
        takeover.OpenTax: lambda: built(takeover.OpenTax, amount=amounts_in("EUR")),
        takeover.OpenInvoice: lambda: open_invoices,
        takeover.Settled: lambda: built(takeover.Settled, **reductions),
        takeover.OpenPayment: lambda: built(takeover.OpenPayment, **reductions),
        takeover.TakeOver: lambda: built(
            takeover.TakeOver,
            at=late,
            opened_at=early,
            subscriptions=unique(runnings(axis), lambda each: each.subscription_id),
            invoices=unique(open_invoices, lambda each: each.document_id),
            payments=unique(of(takeover.OpenPayment), lambda each: each.payment_id),
            balances=unique(monies, lambda each: each.code),
        ),
        approvals.Request: lambda: requests,
        approvals.Limit: lambda: limits,
        approvals.Delegation: lambda: delegations,
        approvals.Authority: lambda: authorities,
        approvals.Allowance: lambda: allowances,
        approvals.Quorum: lambda: quorums,
        approvals.Rolling: lambda: st.builds(approvals.Rolling, st.integers(1, 731)),
        approvals.Reject: lambda: built(approvals.Reject, note=ids),
        approvals.Override: lambda: built(approvals.Override, note=ids),
        approvals.Review: lambda: built(approvals.Review, note=ids),
        approvals.BreakGlass: lambda: st.builds(
            approvals.BreakGlass, sets(1), sets(1), st.integers(1, 366), st.none() | monies
        ),
        approvals.Absence: lambda: absences,
        audit.Link: lambda: st.builds(
            audit.Link, smalls, st.text("0123456789abcdef", min_size=64, max_size=64)
        ),
        notices.Notice: lambda: told,
        payments.Payment: lambda: built(payments.Payment, notices=tuples(payment_notices, 1)),
        payments.Allocation: lambda: allocations,
        payments.Order: lambda: orders,
        payments.ExactFirst: lambda: st.builds(payments.ExactFirst, orders, ids, ids),
        payments.Attempt: lambda: built(payments.Attempt, **reductions),
        payments.Receive: lambda: built(payments.Receive, processed=st.none() | gains, **reductions),
        payments.Capture: lambda: built(payments.Capture, processed=st.none() | gains, **reductions),
        payments.Fail: lambda: built(payments.Fail, **reductions),
        payments.Allocate: lambda: built(payments.Allocate, amount=st.none() | gains),
        payments.AllocationPolicy: lambda: built(payments.AllocationPolicy, order=orders),
        authorisations.Authorise: lambda: later(authorisations.Authorise, **reductions),
        authorisations.AuthorisationPolicy: lambda: built(
            authorisations.AuthorisationPolicy, most=unique(gains, lambda money: money.code, 0)
        ),
        refunds.Give: lambda: built(refunds.Give, **reductions),
        refunds.GiveBack: lambda: built(refunds.GiveBack, **reductions),
        refunds.Complete: lambda: built(refunds.Complete, processed=st.none() | gains),
        refunds.Way: lambda: st.sampled_from(WAYS),
        refunds.RefundPolicy: lambda: built(
            refunds.RefundPolicy, ways=unique(st.sampled_from(WAYS), lambda way: way.method, 0)
        ),
        chargebacks.ChargeBack: lambda: instants.flatmap(
            lambda at: built(
                chargebacks.ChargeBack,
                at=st.just(at),
                respond_by=st.sampled_from([None, at]),
                fee=st.none() | gains,
                **reductions,
            )
        ),
        chargebacks.Reverse: lambda: built(chargebacks.Reverse, amount=st.none() | gains),
        Decision: lambda: decisions,
        Policies: lambda: fitting(Policies),
        Preset: lambda: built(Preset, reach=st.builds(kill_bill.KillBillReach, st.booleans())),
    }


STANDING = [phase for phase in invoices.Phase if phase is not invoices.Phase.VOIDED]
QUANTITIES: dict[str, Values] = {"quantities": st.dictionaries(ids, smalls, max_size=3)}
whens = st.sampled_from(subscriptions.Timing) | dates | instants
_NO_ANCHOR = dict.fromkeys(("anchor_day", "anchor_weekday", "anchor_nth", "anchor_month"), st.none())
_OWN = {"align": st.just(subscriptions.Alignment.OWN)}
_SOMETIMES, _DATED = (
    {"until": st.none()},
    {"until": dates | instants, "term_cycles": st.none(), "renews": st.none()},
)
ANCHORS: tuple[dict[str, Values], ...] = (
    {**_NO_ANCHOR, **_SOMETIMES},
    {**_NO_ANCHOR, **_OWN, **_DATED, "anchor_day": st.integers(1, 31)},
    {
        **_NO_ANCHOR,
        **_OWN,
        **_SOMETIMES,
        "anchor_weekday": st.sampled_from(Weekday),
        "anchor_nth": st.integers(1, 5),
        "anchor_month": st.none() | st.integers(1, 12),
    },
)
business_calendars = st.builds(
    lambda calendar, known: attrs.evolve(calendar, known=known),
    strategies.business_calendars(zone=zones),
    st.none() | st.tuples(dates, dates).map(lambda ends: Span(min(ends), max(ends))),
)
zoned = st.builds(ZonedCycles, cycles, zones, st.times(), st.integers(0, 1))


@st.composite
def fitting(draw: st.DrawFn, kind: type) -> object:
    """Return values whose parts go together: what is sold can be valued."""
    try:
        return draw(built(kind))
    except InvalidValue:
        reject()


def unique(  # type: ignore[explicit-any]
    of: Values, key: Callable[[Any], object], least: int = 1
) -> Values:
    """Return tuples without two entries of one key."""
    return st.lists(of, min_size=least, max_size=3, unique_by=key).map(tuple)


# Amounts with what they came from

roundings = st.sampled_from(Rounding)
WAYS = (refunds.Way("card", 180, "bank_transfer"), refunds.Way("cash", 0, refunds.CREDIT), refunds.Way("x"))
amounts = st.integers(0, 10**9)
refs = st.builds(PolicyRef, ids, ids, ids, ids)
ratios = st.tuples(amounts, st.integers(1, 10**9))
shares = st.builds(
    lambda price, quantity, ends, unit, rounding, policy, ratio, arithmetic: proration.Share(
        price, quantity, ends[0], ends[1], ends[2], unit, rounding, policy, ratio, arithmetic
    ),
    prices,
    st.integers(0, 1000),
    st.lists(st.integers(1, 400), min_size=3, max_size=3).map(sorted),
    texts,
    roundings,
    refs,
    ratios | st.none(),
    st.sampled_from(proration.Arithmetic),
)
rests = st.builds(proration.Rest, amounts, tuples(shares), codes, refs)
of_amounts = st.builds(
    proration.OfAmount, amounts, ratios, ratios, texts, roundings, amounts | st.none(), codes, refs, st.none()
).flatmap(lambda piece: st.sampled_from([piece, attrs.evolve(piece, piece=piece)]))
cappeds = st.builds(
    proration.Capped, shares, amounts | st.none(), refs, amounts, st.integers(0, 100) | st.none()
)
splits = st.builds(
    lambda total, weights, index, code: invoices.SplitOf(total, weights, index % len(weights), code),
    amounts,
    tuples(st.integers(1, 10**6), 1),
    smalls,
    codes,
)
stated = st.builds(invoices.Stated, prices, st.integers(0, 1000))
portions = st.builds(
    lambda of, shares, code: invoices.Portion(of, sum(shares), shares[0], shares[1], code),
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(any),
    codes,
)
bases: Values = st.one_of([shares, rests, of_amounts, cappeds, splits, stated, portions])


def lines(code: str, axis: type) -> Values:
    """Return lines in one currency whose amount is what their basis comes to."""
    return st.builds(
        lambda id, words, period, price, basis, keys, credits: invoices.Line(
            id, words[0], words[1], period, Price(price.amount, code), 1, basis.amount(), keys, basis, credits
        ),
        ids,
        st.tuples(ids, texts),
        st.none() | of(Span, axis),
        prices,
        bases.filter(lambda basis: basis.amount() >= 0),
        unique(of(tax.TaxKey), lambda key: key, 0),
        ids | st.none(),
    )


def documents(axis: type) -> Values:
    """Return invoices and credit notes that add up."""

    def composed(code: str) -> Values:
        return st.builds(
            invoices.invoice,
            ids,
            ids,
            ids | st.none(),
            st.just(code),
            unique(lines(code, axis), lambda line: line.id),
            taxes,
            instants,
            dates,
            dates | st.none(),
            ids,
        ).flatmap(lambda invoice: st.just(invoice) | credited(invoice))

    return codes.flatmap(composed)


def credited(invoice: invoices.Document) -> Values:
    """Return an invoice's credit note over an amount with tax, where anything can be taken back."""
    if invoice.total <= 0:
        return st.just(invoice)
    return st.builds(
        lambda id, gross, at, on: invoices.credit_gross(id, invoice, (), gross, at, on, "c"),
        ids,
        st.integers(1, invoice.total),
        instants,
        dates,
    )


def line_parts() -> Values:
    """Return parts of a line, stated in each of the ways."""
    nothing = dict.fromkeys(("amount", "quantity", "percent"), st.none())
    stated: list[dict[str, Values]] = [{}, {"amount": monies}, {"quantity": smalls}, {"percent": percentages}]
    return st.one_of([built(invoices.Part, **{**nothing, **one}) for one in stated])


def credits() -> Values:
    """Return commands to credit, stated in each of the ways."""
    nothing = {
        "amount": st.none(),
        "percent": st.none(),
        "lines": st.just(()),
        "to": st.none(),
        "shares": st.just(()),
    }
    stated: list[dict[str, Values]] = [
        {"amount": monies, "to": st.sampled_from(invoices.Destination)},
        {"percent": percentages, "shares": unique(of(invoices.Share), lambda share: share.to)},
        {"lines": unique(line_parts(), lambda part: part.line)},
    ]
    return st.one_of([built(invoices.Credit, **{**nothing, **one}) for one in stated])


schemes = st.builds(
    invoices.Scheme,
    name=ids,
    version=ids,
    invoices=st.sampled_from(["INV-{year}-{month}-{count}", "{seller}/{yy}/{month}/{count}"]),
    credit_notes=st.just("{{{month}{year}{count}}}"),
    debit_notes=st.just("{count} {month} {year}"),
    start=smalls,
    width=smalls,
    reset=st.sampled_from(invoices.Reset),
    year_begins=st.integers(1, 12),
    zero=st.booleans(),
)

# Policies

ratio_styles = st.sampled_from([proration.Exact(), proration.Binary64()]) | st.builds(
    proration.Places, smalls, roundings
)
caps = st.sampled_from(
    [
        proration.WhatIsLeft(),
        proration.BilledLessCredited(),
        proration.BilledThenLessCredited(),
        proration.NoCap(),
    ]
)
settlements = st.one_of(
    st.builds(proration.TargetMinusBooked),
    st.builds(proration.FromBooked, ratio_styles, ids),
    st.builds(proration.FromLine, ratio_styles, st.none() | st.builds(proration.FixedMonth, smalls), ids),
    st.builds(proration.FromPrice, caps, smalls | st.none(), ids),
    st.builds(proration.NothingBack),
)


def prorations() -> Values:
    """Return prorations of any measure; none of them telescopes."""
    return built(proration.Proration, telescopes=st.just(False))


charges = st.builds(
    lambda prices, **rest: catalog.Charge(prices=prices, **rest),
    prices=unique(
        st.builds(catalog.DatedPrice, dates, prices), lambda dated: (dated.since, dated.price.currency)
    ),
    key=ids,
    title=ids,
    per_unit=st.booleans(),
    billing=st.sampled_from(catalog.Billing),
    tax_class=ids,
)
plans = st.builds(
    catalog.Plan,
    id=ids,
    title=ids,
    every=intervals,
    charges=unique(charges, lambda charge: charge.key),
    trial_days=smalls,
)
tax_keys = tuples(st.builds(tax.TaxKey, ids, decimals, texts)).map(lambda keys: tuple(dict.fromkeys(keys)))
rates = st.builds(tax.DatedRate, ids, dates, tax_keys)
taxes = st.builds(
    tax.Taxes,
    name=ids,
    version=ids,
    rates=unique(rates, lambda rate: (rate.tax_class, rate.since)),
    round_at=st.sampled_from(tax.RoundAt),
    rounding=roundings,
)
hold_policies = st.builds(
    holds.HoldPolicy,
    ids,
    ids,
    unique(of(holds.HoldKind), lambda kind: kind.reason),
    st.sampled_from([holds.EVERYTHING, holds.EVERYTHING | {"teleport"}]),
)
limits = st.builds(
    lambda role, operation, amount, bare: approvals.Limit(
        role, operation, None if amount is None else amount.code, None if bare else amount
    ),
    ids,
    ids,
    st.none() | monies.map(abs),
    st.booleans(),
)


@st.composite
def _delegations(draw: st.DrawFn) -> approvals.Delegation:
    roles, ends = draw(sets(1)), draw(st.lists(instants, min_size=2, max_size=2, unique=True))
    lender, other = draw(st.lists(ids, min_size=2, max_size=2, unique=True))
    return approvals.Delegation(
        Actor(lender, roles),
        other,
        roles,
        draw(sets(1)),
        min(ends),
        max(ends),
        draw(st.none() | monies.map(abs)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.none() | st.just(f"{lender}{other}+")),
    )


delegations = _delegations()
absences = st.builds(
    lambda actor, ends: approvals.Absence(actor, min(ends), max(ends)),
    ids,
    st.lists(instants, min_size=2, max_size=2, unique=True),
)
windows = st.builds(approvals.Rolling, st.integers(1, 731)) | st.sampled_from(
    [approvals.PER_DAY, approvals.PER_WEEK, approvals.PER_MONTH, approvals.PER_YEAR]
)
allowances = st.builds(
    approvals.Allowance,
    name=ids,
    operations=sets(1),
    amount=monies.map(abs),
    window=windows,
    per=st.sampled_from(approvals.Per),
    zone=st.none() | zones,
    hard=st.booleans(),
    counts_approved=st.booleans(),
)
quorums = st.builds(
    approvals.Quorum,
    ids,
    tuples(of(approvals.Need), 1),
    st.none() | monies.map(abs),
    st.booleans(),
)
authorities = st.builds(
    approvals.Authority,
    ids,
    ids,
    unique(limits, lambda limit: (limit.role, limit.operation, limit.currency), 0),
    smalls,
    smalls | st.none(),
    unique(quorums, lambda quorum: (quorum.operation, quorum.above), 0),
    unique(allowances, lambda allowance: allowance.name, 0),
    tuples(of(approvals.BreakGlass)),
)


# What others report, and what settles what

told = st.builds(
    notices.Notice,
    st.sampled_from(notices.Says),
    instants,
    texts,
    st.none() | monies,
    st.none() | monies,
    texts,
    texts,
)
payment_notices = told.filter(lambda notice: notice.says is not notices.Says.SENT)
orders: Values = st.deferred(
    lambda: (
        st.sampled_from([payments.OldestDue(), payments.ProRata(), payments.ByHand()])
        | st.builds(payments.ExactFirst, orders)
    )
)
allocations = st.builds(
    lambda source, target, code, amount, at, cause, by_hand, undoes: payments.Allocation(
        source, target, code, amount if undoes is None else -amount, at, cause, by_hand, undoes
    ),
    ids,
    ids,
    codes,
    st.integers(1, 10**9),
    instants,
    ids,
    st.booleans(),
    st.none() | ids,
)


# States


@st.composite
def _accounts(draw: st.DrawFn) -> account.Account:
    phase = draw(st.sampled_from(account.Phase))
    checked = phase is account.Phase.ONBOARDING and draw(st.booleans())
    begun = checked or phase in (account.Phase.ACTIVE, account.Phase.CLOSING, account.Phase.CLOSED)
    closing = phase is account.Phase.CLOSING or (phase is account.Phase.CLOSED and draw(st.booleans()))
    asked = phase in (account.Phase.APPLIED, account.Phase.ONBOARDING)
    profile = {each.key: each for each in draw(tuples(profile_fields))}
    return account.Account(
        draw(ids),
        draw(zones),
        phase,
        draw(instants),
        draw(texts),
        draw(instants) if begun else None,
        draw(instants) if closing else None,
        draw(instants) if closing else None,
        draw(instants) if phase is account.Phase.CLOSED or checked else None,
        draw(instants) if asked else None,
        draw(st.none() | instants) if asked else None,
        draw(st.none() | instants) if begun else None,
        tuple(profile[key] for key in sorted(profile)),
    )


profile_fields = st.builds(
    lambda key, mark, at, seen, ends: (
        account.ProfileField(key, mark, at)
        if seen is None
        else account.ProfileField(key, mark, at, seen, at, seen, ends)
    ),
    ids,
    ids,
    instants,
    st.none() | ids,
    st.none() | instants,
)
MARKS: dict[str, Values] = {"fields": st.dictionaries(ids, ids, min_size=1, max_size=3)}


@st.composite
def _held(draw: st.DrawFn) -> holds.Hold:
    first, then, last = sorted(draw(st.lists(instants, min_size=3, max_size=3, unique=True)))
    steps = draw(st.sampled_from([(), ("extended",), ("reviewed", "released"), ("released",)]))
    expires_at, review_at = draw(st.sampled_from([None, last])), draw(st.none() | instants)
    settled = [("placed", first), *[(step, then) for step in steps]]
    secret = draw(st.booleans())
    return holds.Hold(
        id=draw(ids),
        blocks=draw(sets(1)),
        reason=draw(ids),
        public_reason="" if secret else draw(texts),
        secret=secret,
        scope=draw(sets()),
        case=draw(st.none() | ids),
        releasable_by=draw(sets(1)),
        four_eyes=draw(st.booleans()),
        changes=tuple(
            holds.Change(holds.Step(step), at, at, draw(ids), expires_at, review_at, draw(texts))
            for step, at in settled
        ),
    )


@st.composite
def _requests(draw: st.DrawFn) -> approvals.Request:
    first, then = sorted(draw(st.lists(instants, min_size=2, max_size=2, unique=True)))
    state = draw(st.sampled_from([each for each in approvals.Phase if each is not approvals.Phase.EXPIRED]))
    emergency = draw(st.none() | of(approvals.Emergency))
    return approvals.Request(
        draw(ids),
        draw(ids),
        draw(ids),
        draw(st.none() | monies),
        draw(ids),
        first,
        draw(st.sampled_from([None, then])),
        draw(tuples(of(approvals.Approval))),
        state,
        draw(ids) if state is approvals.Phase.USED else None,
        draw(st.none() | monies),
        draw(sets()),
        draw(texts),
        draw(texts),
        draw(of(approvals.Verdict)) if state is approvals.Phase.REJECTED else None,
        emergency,
        None if emergency is None else draw(st.none() | of(approvals.Verdict)),
    )


def later(kind: type, **given: Values) -> Values:
    """Return a command whose expiry and review come after it."""
    ends = st.tuples(instants, instants).map(sorted).filter(lambda pair: pair[0] < pair[1])
    return ends.flatmap(
        lambda pair: built(
            kind,
            at=st.just(pair[0]),
            expires_at=st.sampled_from([None, pair[1]]),
            review_at=st.sampled_from([None, *pair]),
            **given,
        )
    )


def agreed(axis: type) -> Values:
    """Return a timeline that begins with a plan and its cycles; other changes come later, in any order."""

    def after(changes: list[subscriptions.Change[date]]) -> Values:
        since = min([change.since for change in changes], default=None)
        first = built(
            subscriptions.Change,
            axis,
            since=PLAIN[axis] if since is None else st.just(since),
            plan=ids,
            cycles=cycles if axis is date else zoned,
            repriced=st.just(False),
        )
        return built(Agreed, axis, changes=first.map(lambda change: (change, *changes)))

    return st.lists(of(subscriptions.Change, axis), max_size=2).flatmap(after)


accounts, held, requests = _accounts(), _held(), _requests()
decisions = st.one_of(
    st.builds(
        Decision,
        st.just(Outcome.ALLOWED),
        tuples(of(Event)),
        st.just(()),
        tuples(of(Duty)),
        st.none() | instants,
    ),
    st.builds(
        Decision,
        st.sampled_from([each for each in Outcome if each is not Outcome.ALLOWED]),
        st.just(()),
        tuples(of(Reason), 1),
        st.just(()),
        st.none() | instants,
    ),
)


def anything() -> Values:
    """Return a value of any class of the table, on either axis of time."""
    return st.sampled_from(list(itertools.product(TABLE.tags.values(), AXES))).flatmap(lambda pair: of(*pair))


# Accounts that are taken over


def _instants(first: int, last: int) -> Values:
    bounds = datetime(first, 1, 1), datetime(last, 12, 31)  # noqa: DTZ001
    return st.datetimes(*bounds).map(lambda at: instant(at.replace(tzinfo=UTC)))


early, late = _instants(1970, 1999), _instants(2000, 2199)


def amounts_in(code: str) -> Values:
    """Return amounts of one currency, of nothing on."""
    return st.builds(Money.of_minor, st.integers(0, 10**12), st.just(code))


@st.composite
def runnings(draw: st.DrawFn, axis: type = date) -> subscriptions.Running:
    """Return subscriptions as another system has them."""
    start, trial_to, billed_from, billed_to = draw(st.lists(PLAIN[axis], min_size=4, max_size=4).map(sorted))
    billed = draw(st.booleans())
    ends = draw(st.none() | PLAIN[axis].filter(lambda end: not billed or end > billed_from))
    return subscriptions.Running(
        subscription_id=draw(ids),
        plan=draw(ids),
        currency=draw(codes),
        start=start,
        quantities=draw(st.dictionaries(ids, smalls, max_size=3)),
        prices=draw(st.dictionaries(ids, prices, max_size=2)),
        billed_from=billed_from if billed else None,
        billed_to=billed_to if billed else None,
        trial_to=draw(st.sampled_from([None, trial_to])),
        anchor_day=draw(st.integers(1, 31) | st.none()),
        ends=ends,
        fixed=ends is not None and draw(st.booleans()),
    )


open_lines = built(takeover.OpenLine, amount=amounts_in("EUR"), since=dates | instants | st.none())


@st.composite
def _open_invoices(draw: st.DrawFn) -> takeover.OpenInvoice:
    lines = draw(st.lists(open_lines, min_size=1, max_size=3))
    keys = dict.fromkeys(key for line in lines for key in line.taxes)
    taxes = [takeover.OpenTax(key=key, amount=draw(amounts_in("EUR"))) for key in keys]
    plain = built(takeover.OpenInvoice, lines=st.just(tuple(lines)), taxes=st.just(tuple(taxes)))
    invoice: takeover.OpenInvoice = draw(plain)
    return invoice


open_invoices = _open_invoices()
