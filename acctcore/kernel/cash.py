"""What can be paid in coins: amounts rounded to the smallest coin, the difference an amount of its own.

Only the total of a cash payment is rounded; what is owed, taxed and booked stays exact, and the
difference is shown beside it. Which coins there are is a required choice: `presets.cash` has those of
some currencies, with their sources.
"""

from __future__ import annotations

from attrs import field, frozen

from acctcore.kernel import currencies
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.explain import Explanation
from acctcore.kernel.integers import Rounding, divide
from acctcore.kernel.money import Money, convert, in_minor
from acctcore.kernel.terms import CurrencyCode
from acctcore.kernel.validation import one_of, whole


def _known(_instance: object, _attribute: object, value: str) -> None:
    currencies.scale(value)


@frozen
class CashRounding:
    """The smallest step in which cash of a currency can be paid, and where what lies between goes.

    Units: `increment` in minor units; 5 for five Rappen, 100 for a krona.
    """

    currency: CurrencyCode = field(validator=_known)
    increment: int = field(validator=whole(minimum=1, maximum=10**12))
    rounding: Rounding = field(validator=one_of(Rounding))


@frozen
class CashAmount:
    """An amount as it is paid in cash: what is owed, and the rule that rounds it.

    `payable` is always `exact + difference`; documents show the difference as a line of its own,
    outside of prices and taxes.

    Raises: InvalidValue for an amount in another currency than the rule's.
    Source: docs/sources.md#cash-rounding
    """

    exact: Money = field(converter=convert)
    rule: CashRounding = field(validator=one_of(CashRounding))

    def __attrs_post_init__(self) -> None:
        if self.exact.code != self.rule.currency:
            raise InvalidValue(f"an amount in {self.rule.currency}", self.exact, "CashAmount.exact")

    @property
    def payable(self) -> Money:
        """What is paid: the nearest amount that coins make, by the rule."""
        steps = divide(self.exact.minor, self.rule.increment, self.rule.rounding)
        return in_minor(steps * self.rule.increment, self.exact.code)

    @property
    def difference(self) -> Money:
        """What rounding adds to the amount; below zero, what it takes off."""
        return self.payable - self.exact

    def explain(self) -> Explanation:
        """Return the amount, the smallest coin and the difference as steps."""
        step = in_minor(self.rule.increment, self.rule.currency)
        return Explanation(
            "payable in cash",
            str(self.payable),
            (
                Explanation("amount owed", str(self.exact)),
                Explanation(f"rounded to steps of {step}, {self.rule.rounding.value}"),
                Explanation("rounding difference", str(self.difference)),
            ),
        )
