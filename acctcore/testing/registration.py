"""Tells Hypothesis how to draw acctcore's values; it calls `register` itself, by its entry point."""

from __future__ import annotations

from hypothesis import strategies as st

from acctcore.billing.catalog import Catalog, Charge, DatedPrice, Plan
from acctcore.billing.proration import Proration, Settlement
from acctcore.billing.tax import Taxes, TaxKey
from acctcore.flows import Policies
from acctcore.kernel.business import BusinessCalendar, Hours
from acctcore.kernel.calendar import Cycles, Every, NthWeekday, ZonedCycles
from acctcore.kernel.cash import CashRounding
from acctcore.kernel.deadlines import BusinessDays, Counting, Deadline
from acctcore.kernel.decision import Reason
from acctcore.kernel.exchange import Rate, Rates
from acctcore.kernel.fiscal import FiscalCalendar
from acctcore.kernel.measures import Measure
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor
from acctcore.kernel.totals import Totals
from acctcore.operations.approvals import Authority
from acctcore.testing import strategies as ours


def register() -> None:
    """Register a strategy for every value that a test is likely to ask for by its type."""
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
    st.register_type_strategy(Authority, ours.authorities())
    st.register_type_strategy(Policies, ours.policies())
    st.register_type_strategy(Actor, st.sampled_from([ours.OFFICER, ours.SUPERVISOR, Actor("somebody")]))
