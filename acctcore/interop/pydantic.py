"""acctcore's values as fields of pydantic's models: validated, written and described as records are.

class Request(BaseModel):
    command: Annotated[Command, AsRecord()]
    limit: Annotated[Money, AsRecord()]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from attrs import field, frozen
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from acctcore import records
from acctcore.interop.problems import Path, path, problems, told
from acctcore.kernel.errors import InvalidValue, UnknownRecord
from acctcore.records import Json, Table
from acctcore.records.shapes import EitherAxis, OneOf, Record

_SOURCE: Final = "acctcore_source"
_REFERENCE: Final = "#/$defs/"


@frozen
class AsRecord:
    """Says in an `Annotated` type that it is read and written as a record.

    Any type will do that a record's field may have: a record, a base or a protocol of some, Money, a
    tuple or a union of them. A model takes a value of it as it is, or plain data, which is checked as
    `records.load` checks it: nothing unknown, nothing missing, no float for a decimal number. Each
    mistake is an error of pydantic's with its own place.
    """

    table: Table = field(default=records.TABLE, repr=False)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic validates and writes values of a type."""

        def validated(value: object, info: core_schema.ValidationInfo) -> object:  # type: ignore[explicit-any]
            return value if info.mode == "python" and self._is(value, source) else self._read(value, source)

        def written(value: object) -> Json:
            return records.dump(value, source, table=self.table)

        return core_schema.with_info_plain_validator_function(
            validated,
            serialization=core_schema.plain_serializer_function_ser_schema(written, when_used="json"),
            metadata={_SOURCE: source},
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON Schema that records have, with its definitions among the model's."""
        source = cast("Mapping[str, object]", schema.get("metadata"))[_SOURCE]
        whole = records.schema(source, table=self.table)
        definitions = cast("dict[str, JsonSchemaValue]", whole["$defs"])
        top = {key: value for key, value in whole.items() if key not in ("$schema", "title", "$defs")}
        names = {f"{_REFERENCE}{name}": self._reference(name) for name in definitions}
        return handler(
            core_schema.definitions_schema(
                _stated(top, names),
                [
                    _stated(definition, names, self._reference(name))
                    for name, definition in definitions.items()
                ],
            )
        )

    def _reference(self, name: str) -> str:
        """Return what pydantic names a definition for; what follows the colon tells tables apart."""
        return f"{name.replace('.', '_')}:{id(self.table)}"

    def _is(self, value: object, source: object) -> bool:
        """Return whether a value is of a type already."""
        shape = self.table.shape(source)
        if isinstance(shape, Record | EitherAxis):
            return type(value) is shape.kind
        if isinstance(shape, OneOf):
            return type(value) in shape.kinds
        try:
            records.dump(value, source, table=self.table)
        except InvalidValue:
            return False
        return True

    def _read(self, data: object, source: object) -> object:
        try:
            return records.load(data, source, table=self.table)
        except (InvalidValue, UnknownRecord) as error:
            details = [_detail(problem, data) for problem in problems(error)]
        raise ValidationError.from_exception_data("record", details)


def _detail(problem: InvalidValue | UnknownRecord, data: object) -> InitErrorDetails:
    kind = "unknown_record" if isinstance(problem, UnknownRecord) else "invalid_value"
    return InitErrorDetails(
        type=PydanticCustomError(kind, "{told}", {"told": told(problem)}),
        loc=path(problem),
        input=_at(data, path(problem)),
    )


def _at(data: object, where: Path) -> object:
    """Return what stands at a place in data, or around it where nothing does."""
    for step in where:
        try:
            data = data[step]  # type: ignore[index]
        except (LookupError, TypeError):
            break
    return data


def _stated(schema: JsonSchemaValue, names: Mapping[str, str], reference: str | None = None) -> CoreSchema:
    """Return a schema of pydantic's that says nothing but this JSON Schema."""

    def json_schema(_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        def linked(part: object) -> object:
            if isinstance(part, list):
                return [linked(entry) for entry in part]
            if not isinstance(part, dict):
                return part
            return {
                key: handler(core_schema.definition_reference_schema(names[value]))["$ref"]
                if key == "$ref"
                else linked(value)
                for key, value in part.items()
            }

        return cast("JsonSchemaValue", linked(schema))

    return core_schema.any_schema(ref=reference, metadata={"pydantic_js_annotation_functions": [json_schema]})
