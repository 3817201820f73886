"""What is sold: plans with their charges, each at dated prices in several currencies.

Owns the offer; what a customer actually agreed to is copied from it into a subscription, so a
later price list changes nothing behind anyone's back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

from attrs import field, frozen

from acctcore.kernel.calendar import Every
from acctcore.kernel.decision import Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.money import Price
from acctcore.kernel.terms import CurrencyCode, ItemKey, PlanId
from acctcore.kernel.validation import day, each, identifier, not_empty, one_of, optional, whole


class Billing(Enum):
    """When a charge is asked for: before its cycle begins, or after it has ended."""

    IN_ADVANCE = "in_advance"
    IN_ARREARS = "in_arrears"


class Repricing(Enum):
    """What a new price in the list does to those who already subscribe."""

    AT_RENEWAL = "at_renewal"  # it holds from the first cycle that starts on or after its date
    KEEP = "keep"  # they keep the price that they agreed to


@frozen
class DatedPrice:
    """A price and the first day on which it is in force."""

    since: date = field(validator=day)
    price: Price = field(validator=one_of(Price))


@frozen(kw_only=True)
class Charge:
    """One thing that a plan charges for in every cycle: flat, or for each unit."""

    key: ItemKey = field(validator=identifier)
    title: str = field(validator=identifier)
    prices: tuple[DatedPrice, ...] = field(validator=[not_empty, each(one_of(DatedPrice))])
    per_unit: bool = field(default=False, validator=one_of(bool))
    billing: Billing = field(default=Billing.IN_ADVANCE, validator=one_of(Billing))
    tax_class: str = field(default="standard", validator=identifier)

    def __attrs_post_init__(self) -> None:
        starts = [(dated.price.currency, dated.since) for dated in self.prices]
        if len(set(starts)) != len(starts):
            raise InvalidValue("one price for each currency and day", starts, f"Charge {self.key}.prices")

    def price(self, currency: CurrencyCode, on: date) -> Price | None:
        """Return the price in force on a day, or None where there is none in that currency yet."""
        best: DatedPrice | None = None
        for dated in self.prices:
            in_force = dated.since <= on and dated.price.currency == currency
            if in_force and (best is None or dated.since > best.since):
                best = dated
        return None if best is None else best.price


@frozen(kw_only=True)
class Plan:
    """Charges that are sold together, at one billing interval.

    `term_cycles` is for how many cycles it is agreed at a time; at the end of its term it `renews` for
    as many again, or ends. Without, it runs until it is cancelled.
    """

    id: PlanId = field(validator=identifier)
    title: str = field(validator=identifier)
    every: Every = field(validator=one_of(Every))
    charges: tuple[Charge, ...] = field(validator=[not_empty, each(one_of(Charge))])
    trial_days: int = field(default=0, validator=whole(minimum=0, maximum=3660))
    term_cycles: int | None = field(default=None, validator=optional(whole(minimum=1, maximum=1000)))
    renews: bool = field(default=True, validator=one_of(bool))

    def __attrs_post_init__(self) -> None:
        keys = [charge.key for charge in self.charges]
        if len(set(keys)) != len(keys):
            raise InvalidValue("charges with different keys", keys, f"Plan {self.id}.charges")

    @cached_property
    def dated(self) -> bool:
        """Whether a charge has more than one price in some currency, so that it may change."""
        return any(
            len({dated.price.currency for dated in charge.prices}) < len(charge.prices)
            for charge in self.charges
        )


@frozen
class Item:
    """One charge as it was agreed: its price and quantity are facts, not look-ups."""

    key: ItemKey
    title: str
    price: Price
    quantity: int
    billing: Billing
    tax_class: str
    per_unit: bool


@frozen
class UnknownPlan(Reason):
    """A plan that the catalog does not have."""

    code: ClassVar[str] = "catalog.unknown_plan"
    template: ClassVar[str] = "there is no plan {plan}"
    plan: PlanId


@frozen
class NotSold(Reason):
    """A charge without a price in the currency on that day."""

    code: ClassVar[str] = "catalog.not_sold"
    template: ClassVar[str] = "{plan}: {charge} has no price in {currency} on {on}"
    plan: PlanId
    charge: ItemKey
    currency: CurrencyCode
    on: date


@frozen
class UnknownCharge(Reason):
    """A quantity for something that the plan does not charge for by the unit."""

    code: ClassVar[str] = "catalog.unknown_charge"
    template: ClassVar[str] = "{plan} has no charge {charge} that is sold by the unit"
    plan: PlanId
    charge: ItemKey


@frozen(kw_only=True)
class Catalog:
    """Everything on sale, by plan; `repricing` says whom a new price reaches."""

    name: str = field(default="catalog", validator=identifier)
    version: str = field(default="1", validator=identifier)
    plans: tuple[Plan, ...] = field(validator=each(one_of(Plan)))
    repricing: Repricing = field(default=Repricing.AT_RENEWAL, validator=one_of(Repricing))

    def __attrs_post_init__(self) -> None:
        ids = [plan.id for plan in self.plans]
        if len(set(ids)) != len(ids):
            raise InvalidValue("plans with different ids", ids, "Catalog.plans")

    @cached_property
    def by_id(self) -> Mapping[PlanId, Plan]:
        """The plans by their id."""
        return MappingProxyType({plan.id: plan for plan in self.plans})

    @cached_property
    def reprices(self) -> bool:
        """Whether those who subscribe may ever get another price."""
        return self.repricing is Repricing.AT_RENEWAL and any(plan.dated for plan in self.plans)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of everything on sale."""
        return fingerprint(self)

    def plan(self, id: PlanId) -> Plan | None:
        """Return a plan, or None where there is none of that id."""
        return self.by_id.get(id)


def offer(
    catalog: Catalog, plan: PlanId, currency: CurrencyCode, on: date, quantities: Mapping[ItemKey, int]
) -> tuple[tuple[Item, ...], tuple[Reason, ...]]:
    """Return the items of a plan at the prices in force on a day, and every reason why it cannot be sold.

    Units without a stated quantity count one; flat charges always do.
    """
    found = catalog.plan(plan)
    if found is None:
        return (), (UnknownPlan(plan),)
    units = {charge.key for charge in found.charges if charge.per_unit}
    reasons: list[Reason] = [UnknownCharge(plan, key) for key in quantities if key not in units]
    items: list[Item] = []
    for charge in found.charges:
        price = charge.price(currency, on)
        if price is None:
            reasons.append(NotSold(plan, charge.key, currency, on))
            continue
        quantity = quantities.get(charge.key, 1) if charge.per_unit else 1
        items.append(
            Item(charge.key, charge.title, price, quantity, charge.billing, charge.tax_class, charge.per_unit)
        )
    return (tuple(items), ()) if not reasons else ((), tuple(reasons))
