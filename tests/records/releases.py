"""A host's records through three of its releases: what each wrote, and how the next one reads it.

A contract holds a device and any number of options. The second release splits the holder, renames the
serial number, makes money of cents and gives up the remark; the third renames the options, gives each
a quantity and says since when the contract runs.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

import pendulum
from attrs import frozen

from acctcore.flows import OwnEvent, OwnPolicy, OwnRecord
from acctcore.kernel.decision import Reason
from acctcore.kernel.money import Money
from acctcore.records import TABLE

Data = dict[str, Any]
AT = pendulum.datetime(2024, 1, 31, 9, 30)


class First:
    """The classes of the first release."""

    @frozen
    class Option:
        name: str

    @frozen
    class Device:
        serial: str
        cents: int
        currency: str

    @frozen
    class Contract(OwnRecord):
        holder: str
        device: "First.Device"
        extras: "tuple[First.Option, ...]"
        remark: str

    @frozen
    class Signed(OwnEvent):
        contract: "First.Contract"

        def keeps(self) -> Iterable[OwnRecord]:
            return (self.contract,)

    @frozen
    class Gone(Reason):
        code: ClassVar[str] = "rental.gone"
        template: ClassVar[str] = "{device} is gone"
        device: "First.Device"

    @frozen
    class Policy(OwnPolicy):
        months: int


class Second:
    """Those of the second release: contract and device changed."""

    @frozen
    class Device:
        serial_number: str
        price: Money

    @frozen
    class Contract(OwnRecord):
        name: str
        city: str
        device: "Second.Device"
        extras: tuple[First.Option, ...]

    @frozen
    class Signed(OwnEvent):
        contract: "Second.Contract"

        def keeps(self) -> Iterable[OwnRecord]:
            return (self.contract,)

    @frozen
    class Gone(Reason):
        code: ClassVar[str] = "rental.gone"
        template: ClassVar[str] = "{device} is gone"
        device: "Second.Device"


class Third:
    """Those of the third release: contract, option and policy changed."""

    @frozen
    class Option:
        name: str
        quantity: int

    @frozen
    class Contract(OwnRecord):
        name: str
        city: str
        device: Second.Device
        options: "tuple[Third.Option, ...]"
        since: date | None

    @frozen
    class Signed(OwnEvent):
        contract: "Third.Contract"

        def keeps(self) -> Iterable[OwnRecord]:
            return (self.contract,)

    @frozen
    class Policy(OwnPolicy):
        days: int


def without(data: Data, *names: str) -> Data:
    return {name: value for name, value in data.items() if name not in names}


def holder_split(data: Data) -> Data:
    """Split the holder at the last comma; the remark goes."""
    name, _, city = data["holder"].rpartition(", ")
    return {
        **without(data, "holder", "remark"),
        "type": "rental.contract/2",
        "name": name or city,
        "city": city if name else "",
    }


def price_as_money(data: Data) -> Data:
    """Rename the serial number, and make money of cents."""
    price = {"amount": f"{data['cents'] // 100}.{data['cents'] % 100:02}", "currency": data["currency"]}
    kept = without(data, "serial", "cents", "currency")
    return {**kept, "type": "rental.device/2", "serial_number": data["serial"], "price": price}


def extras_as_options(data: Data) -> Data:
    """Rename the options; nobody noted since when it runs."""
    return {**without(data, "extras"), "type": "rental.contract/3", "options": data["extras"], "since": None}


def one_of_each(data: Data) -> Data:
    """Say how many: there was one."""
    return {**data, "type": "rental.option/2", "quantity": 1}


def months_as_days(data: Data) -> Data:
    """Count days instead of months of thirty."""
    return {**without(data, "months"), "type": "rental.policy/2", "days": data["months"] * 30}


FROM_FIRST = {"rental.contract/1": holder_split, "rental.device/1": price_as_money}
FROM_SECOND = {
    "rental.contract/2": extras_as_options,
    "rental.option/1": one_of_each,
    "rental.policy/1": months_as_days,
}
TABLES = {
    1: TABLE.extended(
        {
            "rental.contract/1": First.Contract,
            "rental.device/1": First.Device,
            "rental.option/1": First.Option,
            "rental.signed/1": First.Signed,
            "rental.gone/1": First.Gone,
            "rental.policy/1": First.Policy,
        }
    ),
    2: TABLE.extended(
        {
            "rental.contract/2": Second.Contract,
            "rental.device/2": Second.Device,
            "rental.option/1": First.Option,
            "rental.signed/1": Second.Signed,
            "rental.gone/1": Second.Gone,
            "rental.policy/1": First.Policy,
        },
        upcasters=FROM_FIRST,
    ),
    3: TABLE.extended(
        {
            "rental.contract/3": Third.Contract,
            "rental.device/2": Second.Device,
            "rental.option/2": Third.Option,
            "rental.signed/1": Third.Signed,
            "rental.gone/1": Second.Gone,
            "rental.policy/2": Third.Policy,
        },
        upcasters={**FROM_FIRST, **FROM_SECOND},
    ),
}

_FIRST = First.Contract(
    "C-1",
    "Nord GmbH, Kiel",
    First.Device("SN-7", 19_905, "EUR"),
    (First.Option("bag"), First.Option("stand")),
    "asked for a blue one",
)
_SECOND = Second.Contract(
    "C-1",
    "Nord GmbH",
    "Kiel",
    Second.Device("SN-7", Money("199.05", "EUR")),
    (First.Option("bag"), First.Option("stand")),
)
_THIRD = Third.Contract(
    "C-1",
    "Nord GmbH",
    "Kiel",
    Second.Device("SN-7", Money("199.05", "EUR")),
    (Third.Option("bag", 1), Third.Option("stand", 1)),
    None,
)
_GONE = Second.Gone(_SECOND.device)

WROTE: dict[int, tuple[object, ...]] = {
    1: (
        _FIRST,
        First.Signed(AT, "c-1", _FIRST),
        First.Gone(_FIRST.device),
        First.Policy("rental", "1", 2),
    ),
    2: (_SECOND, Second.Signed(AT, "c-1", _SECOND), _GONE, First.Policy("rental", "1", 2)),
    3: (_THIRD, Third.Signed(AT, "c-1", _THIRD), _GONE, Third.Policy("rental", "1", 60)),
}
"""One contract as each release has it: what happened, what was refused, and by which rule."""
