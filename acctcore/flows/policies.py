"""Every choice that the flows are decided under, as one value with one digest."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from attrs import evolve as changed
from attrs import field, frozen

from acctcore.accounts.account import AccountPolicy
from acctcore.accounts.holds import HoldPolicy
from acctcore.billing.catalog import Catalog
from acctcore.billing.invoices import DocumentPolicy, Terms, net
from acctcore.billing.proration import BY_DAY, Proration, Settlement, TargetMinusBooked, is_settlement
from acctcore.billing.subscriptions import Alignment, OnHold, Selling
from acctcore.billing.tax import Taxes, TaxPoint, untaxed
from acctcore.flows.own import OwnPolicy
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.identity import fingerprint
from acctcore.kernel.terms import Operation
from acctcore.kernel.validation import each, one_of, optional, whole
from acctcore.operations.approvals import Authority
from acctcore.receivables.authorisations import AuthorisationPolicy
from acctcore.receivables.payments import AllocationPolicy
from acctcore.receivables.refunds import RefundPolicy

P = TypeVar("P", bound=OwnPolicy)


def _nobody() -> Authority:
    return Authority("unlimited", "1", ())


def _no_holds() -> HoldPolicy:
    return HoldPolicy("no-holds", "1", ())


def _account() -> AccountPolicy:
    return AccountPolicy("account", "1", 30)


@frozen(kw_only=True)
class Policies:
    """What is sold, how it is valued, taxed and paid, what a hold does to it, and who may do how much.

    `own` are the policies of a host's own operations, which count in the digest like all others.

    Units: `net_days` from the date of an invoice to the date on which it is due, for those who need no
    other terms than that; without it, `documents.terms` say when.
    """

    catalog: Catalog = field(validator=one_of(Catalog))
    proration: Proration = field(default=BY_DAY, validator=one_of(Proration))
    settlement: Settlement = field(factory=TargetMinusBooked, validator=is_settlement)
    alignment: Alignment = field(default=Alignment.OWN, validator=one_of(Alignment))
    taxes: Taxes = field(factory=untaxed, validator=one_of(Taxes))
    tax_point: TaxPoint = field(default=TaxPoint.BILLING_DATE, validator=one_of(TaxPoint))
    net_days: int | None = field(default=None, validator=optional(whole(minimum=0, maximum=3660)))
    documents: DocumentPolicy = field(factory=DocumentPolicy, validator=one_of(DocumentPolicy))
    allocation: AllocationPolicy = field(factory=AllocationPolicy, validator=one_of(AllocationPolicy))
    authorisations: AuthorisationPolicy = field(
        factory=AuthorisationPolicy, validator=one_of(AuthorisationPolicy)
    )
    refunds: RefundPolicy = field(factory=RefundPolicy, validator=one_of(RefundPolicy))
    authority: Authority = field(factory=_nobody, validator=one_of(Authority))
    holds: HoldPolicy = field(factory=_no_holds, validator=one_of(HoldPolicy))
    on_hold: OnHold = field(factory=OnHold, validator=one_of(OnHold))
    account: AccountPolicy = field(factory=_account, validator=one_of(AccountPolicy))
    own: tuple[OwnPolicy, ...] = field(default=(), validator=each(one_of(OwnPolicy)))

    def __attrs_post_init__(self) -> None:
        """Check that what is sold can be valued, and that the host's own policies are one of each kind.

        Raises: InvalidValue where a plan's interval and the proration do not go together.
        """
        _ = self.selling
        kinds = [type(policy).__name__ for policy in self.own]
        if len({type(policy) for policy in self.own}) != len(kinds):
            raise InvalidValue("one policy of each kind", kinds, "Policies.own")
        for policy in self.own:
            _ = policy.ref  # what has no exact content could not be told apart from another

    def of(self, kind: type[P]) -> P:
        """Return the host's own policy of a kind.

        Raises: InvalidValue where there is none.
        """
        for policy in self.own:
            if type(policy) is kind:
                return policy
        raise InvalidValue(f"a policy of the kind {kind.__name__}", self.own, "Policies.own")

    @cached_property
    def selling(self) -> Selling:
        """The part that subscriptions are decided under."""
        return Selling(self.catalog, self.proration, self.settlement, self.alignment)

    @cached_property
    def verified_first(self) -> frozenset[Operation]:
        """The operations that wait until what is known of the customer is verified."""
        return frozenset(self.account.blocking)

    @cached_property
    def writing(self) -> DocumentPolicy:
        """The part that documents are decided under, with the terms that hold."""
        return self.documents if self.net_days is None else changed(self.documents, terms=net(self.net_days))

    @cached_property
    def terms(self) -> Terms:
        """When an invoice is due."""
        return self.writing.terms

    @cached_property
    def digest(self) -> str:
        """A fingerprint of every choice in it; approvals are bound to it."""
        return fingerprint(self)
