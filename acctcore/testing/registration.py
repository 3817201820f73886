"""Tells Hypothesis how to draw acctcore's values; it calls `register` itself, by its entry point."""

from __future__ import annotations

from typing import cast, get_args, get_origin

from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts.account import AccountPolicy
from acctcore.accounts.holds import HoldPolicy
from acctcore.billing.catalog import Catalog, Charge, DatedPrice, Plan
from acctcore.billing.invoices import DocumentPolicy
from acctcore.billing.proration import Proration, Settlement
from acctcore.billing.subscriptions import OnHold
from acctcore.billing.tax import Taxes, TaxKey
from acctcore.flows import Policies
from acctcore.kernel.business import BusinessCalendar, Hours
from acctcore.kernel.calendar import Cycles, Every, NthWeekday, ZonedCycles
from acctcore.kernel.cash import CashRounding
from acctcore.kernel.deadlines import BusinessDays, Counting, Deadline
from acctcore.kernel.decision import Decision, Reason
from acctcore.kernel.exchange import Rate, Rates
from acctcore.kernel.fiscal import FiscalCalendar
from acctcore.kernel.measures import Measure
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.kernel.totals import Totals
from acctcore.operations.approvals import Authority
from acctcore.receivables.authorisations import AuthorisationPolicy
from acctcore.receivables.payments import AllocationPolicy, Order
from acctcore.testing import strategies as ours
from acctcore.testing import values


def register() -> None:
    """Register a strategy for every public value: by the types of its fields, or one that goes together."""
    for kind in (*values.KINDS, *values.BASES, *values.COMPUTED):
        st.register_type_strategy(kind, drawn)
    st.register_type_strategy(Money, ours.moneys())
    st.register_type_strategy(Price, ours.prices())
    st.register_type_strategy(Reason, ours.reasons())
    st.register_type_strategy(Totals, ours.totals())
    st.register_type_strategy(CashRounding, ours.cash_roundings())
    st.register_type_strategy(Rate, ours.rates())
    st.register_type_strategy(Rates, ours.rate_tables())
    st.register_type_strategy(Every, ours.intervals())
    st.register_type_strategy(NthWeekday, ours.nth_weekdays())
    st.register_type_strategy(Cycles, ours.grids())
    st.register_type_strategy(ZonedCycles, ours.zoned_grids())
    st.register_type_strategy(Hours, ours.hours().filter(bool).map(lambda day: day[0]))
    st.register_type_strategy(BusinessCalendar, ours.business_calendars())
    st.register_type_strategy(BusinessDays, ours.business_days())
    st.register_type_strategy(Counting, ours.countings())
    st.register_type_strategy(Deadline, ours.deadlines())
    st.register_type_strategy(FiscalCalendar, ours.fiscal_calendars())
    st.register_type_strategy(Measure, ours.measures())
    st.register_type_strategy(Proration, ours.prorations())
    st.register_type_strategy(Settlement, ours.settlements())
    st.register_type_strategy(TaxKey, ours.tax_keys())
    st.register_type_strategy(Taxes, ours.taxes())
    st.register_type_strategy(DatedPrice, st.builds(DatedPrice, ours.dates(), ours.prices()))
    st.register_type_strategy(Charge, ours.charges())
    st.register_type_strategy(Plan, ours.plans())
    st.register_type_strategy(Catalog, ours.catalogs())
    st.register_type_strategy(DocumentPolicy, ours.document_policies())
    st.register_type_strategy(Order, ours.orders())
    st.register_type_strategy(AllocationPolicy, ours.allocation_policies())
    st.register_type_strategy(AuthorisationPolicy, ours.authorisation_policies())
    st.register_type_strategy(AccountPolicy, ours.account_policies())
    st.register_type_strategy(HoldPolicy, ours.hold_policies())
    st.register_type_strategy(OnHold, ours.on_holds())
    st.register_type_strategy(Authority, ours.authorities())
    st.register_type_strategy(Policies, ours.policies())
    st.register_type_strategy(Actor, st.sampled_from([ours.OFFICER, ours.SUPERVISOR, Actor("somebody")]))


def drawn(thing: type[object]) -> st.SearchStrategy[object]:
    """Return values of a class; of a generic one, on the axis of time or of the events that it names."""
    kind, named = cast("type", get_origin(thing) or thing), get_args(thing)
    if kind is Decision and named:
        return ours.decisions(st.from_type(named[0]))
    if named or not getattr(kind, "__parameters__", ()):
        return values.of(kind, DateTime if DateTime in named else values.AXES[0])
    return st.one_of([values.of(kind, axis) for axis in values.AXES])
