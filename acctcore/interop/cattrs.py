"""acctcore's values for a cattrs converter: structured and unstructured as records are.

converter = cattrs.preconf.json.make_converter()
configure(converter)
converter.loads(text, Request)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import UnionType
from typing import Generic, Protocol, TypeAlias, Union, get_args, get_origin

from cattrs import (
    AttributeValidationNote,
    BaseConverter,
    ClassValidationError,
    IterableValidationError,
    IterableValidationNote,
    v,
)
from pendulum import DateTime

from acctcore import records
from acctcore.interop.problems import Path, path, problems, told
from acctcore.kernel.errors import AcctcoreError, InvalidValue, UnknownRecord
from acctcore.kernel.money import Money
from acctcore.records import Json, Table

Placed: TypeAlias = tuple[Path, AcctcoreError]


def configure(converter: BaseConverter, table: Table = records.TABLE) -> None:
    """Teach a converter every record of a table, Money, and instants.

    Wherever a class of the host's asks for a record, a base or a protocol of some, or a union of
    records, it is read as `records.load` does: nothing unknown, nothing missing, no float for a
    decimal number. Mistakes are told as cattrs tells them: in groups with the place of each if the
    converter validates in detail, by one exception of acctcore's otherwise.
    """
    ours = _ours(table)

    def known(hint: object) -> bool:
        if get_origin(hint) in (Union, UnionType):
            return all(known(each) for each in get_args(hint))
        kind = get_origin(hint) or hint
        return isinstance(kind, type) and kind in ours

    def reads(hint: object) -> Callable[[object, object], object]:
        def structured(data: object, _hint: object) -> object:
            try:
                return records.load(data, hint, table=table)
            except (InvalidValue, UnknownRecord) as error:
                if not converter.detailed_validation:
                    raise
                found: list[Placed] = [(path(each), each) for each in problems(error)]
            raise _grouped(found, hint if isinstance(hint, type) else object)

        return structured

    def writes(hint: object) -> Callable[[object], Json]:
        return lambda value: records.dump(value, hint, table=table)

    converter.register_structure_hook_factory(known, reads)
    converter.register_unstructure_hook_factory(known, writes)
    for plain in (Money, DateTime):  # a hook of the host's for a parent of these would come first
        converter.register_structure_hook(plain, reads(plain))
        converter.register_unstructure_hook(plain, writes(plain))


def _ours(table: Table) -> frozenset[type]:
    """Return every class that a record is asked for by: its own, its bases, the protocols it stands for."""
    bases = {base for kind in table.by_kind for base in kind.__mro__}
    return frozenset({*bases, *table.families} - {object, Generic, Protocol})


def format_exception(exception: BaseException, kind: type | None) -> str:
    """Tell acctcore's mistakes in their own words, as `format_exception` of `cattrs.transform_error`."""
    if isinstance(exception, InvalidValue | UnknownRecord):
        return told(exception)
    return v.format_exception(exception, kind)


def _grouped(found: Sequence[Placed], kind: type) -> Exception:
    """Return mistakes as cattrs has them: one group a step, each entry with the note of its place."""
    by_step: dict[str | int, list[Placed]] = {}
    inside: list[Exception] = [each for where, each in found if not where]
    for where, each in found:
        if where:
            by_step.setdefault(where[0], []).append((where[1:], each))
    if not by_step and len(inside) == 1:
        return inside[0]
    for step, entries in by_step.items():
        child = _grouped(entries, kind)
        child.add_note(_note(step))
        inside.append(child)
    group = (
        IterableValidationError if any(isinstance(step, int) for step in by_step) else ClassValidationError
    )
    return group(f"While structuring {kind.__name__}", inside, kind)


def _note(step: str | int) -> str:
    if isinstance(step, int):
        return IterableValidationNote(f"at index {step}", step, None)
    return AttributeValidationNote(f"at {step}", step, None)
