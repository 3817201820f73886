"""The rulebook of an account office: what may be done, what it costs, what is owed, and why.

`import acctcore` loads the words that every host needs; the rooms load on first use:

    acctcore.flows          the account file: handle, evolve, due, may, duties
    acctcore.accounts       account, holds
    acctcore.billing        catalog, proration, subscriptions, tax, invoices
    acctcore.receivables    payments, authorisations, refunds, statements
    acctcore.operations     approvals, audit
    acctcore.presets        the arithmetic of known billing systems, by name
    acctcore.records        values to plain data and back, and their JSON Schema
    acctcore.interop        records in the models of pydantic, msgspec and cattrs (extras of these names)
    acctcore.simulation     a scenario on a virtual clock
    acctcore.text           money, dates and reasons in a reader's language (extra: text)
    acctcore.testing        strategies and laws for your own tests (extra: testing)
"""

from importlib import import_module
from types import ModuleType

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, Outcome, Reason
from acctcore.kernel.errors import (
    AcctcoreError,
    ImpossibleHistory,
    InvalidValue,
    Refused,
    Unhandled,
    UnknownRecord,
    VersionConflict,
)
from acctcore.kernel.explain import explain
from acctcore.kernel.money import Money, Price
from acctcore.kernel.terms import Actor

__all__ = [
    "AcctcoreError",
    "Actor",
    "Decision",
    "ImpossibleHistory",
    "InvalidValue",
    "Money",
    "Outcome",
    "Price",
    "Reason",
    "Refused",
    "Unhandled",
    "UnknownRecord",
    "VersionConflict",
    "explain",
    "instant",
]

_ROOMS = frozenset(
    {
        "accounts",
        "billing",
        "flows",
        "interop",
        "kernel",
        "operations",
        "presets",
        "receivables",
        "records",
        "simulation",
        "testing",
        "text",
    }
)


def __getattr__(name: str) -> ModuleType:
    """Return a wing or a part of the ring, loaded on first use (PEP 562)."""
    if name in _ROOMS:
        return import_module(f"acctcore.{name}")
    raise AttributeError(f"module 'acctcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
