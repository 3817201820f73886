"""pydantic's models: values kept as they are, JSON Schema for FastAPI and OpenAPI, a host's own tables."""

import asyncio
import json
from typing import Annotated, Any

import pendulum
import pytest
from attrs import frozen
from fastapi import Body, FastAPI
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter, ValidationError

from acctcore import flows, records
from acctcore.accounts import account
from acctcore.billing.catalog import Catalog
from acctcore.flows import File
from acctcore.interop.pydantic import AsRecord
from acctcore.kernel.decision import Decision, Outcome, Reason, refused
from acctcore.kernel.messages import Command, Event
from acctcore.kernel.money import Money
from acctcore.kernel.terms import Actor

NOON = pendulum.datetime(2024, 1, 31, 12, tz="Europe/Berlin")
ANN = Actor("ann", {"officer"})
OPEN = account.Open(id="c-1", at=NOON, by=ANN, account_id="A-1", zone="Europe/Berlin")
OPENED = flows.handle(None, OPEN, flows.Policies(catalog=Catalog(plans=())))
FILE = flows.evolve(None, OPENED.events)

Amount = Annotated[Money, AsRecord()]


class Line(BaseModel):
    title: str
    amount: Amount
    discount: Amount | None = None


class Order(BaseModel):
    lines: list[Line]
    by: Annotated[Actor, AsRecord()]
    history: Annotated[tuple[Event, ...], AsRecord()] = ()
    answer: Annotated[Decision[Event], AsRecord()] | None = None


ORDER = Order(
    lines=[Line(title="Seat", amount=Money("12.00", "EUR"))], by=ANN, history=OPENED.events, answer=OPENED
)


def test_values_are_kept_as_they_are() -> None:
    assert ORDER.by is ANN
    assert ORDER.history is OPENED.events
    assert ORDER.model_dump()["by"] is ANN
    assert Order.model_validate(ORDER.model_dump()) == ORDER


def test_a_model_goes_to_json_and_comes_back() -> None:
    assert Order.model_validate_json(ORDER.model_dump_json()) == ORDER
    assert Order.model_validate(ORDER.model_dump(mode="json")) == ORDER
    assert ORDER.model_dump(mode="json")["history"] == records.dump(OPENED.events)


@pytest.mark.parametrize(
    "wrong",
    [OPEN, Money("1", "EUR"), "ann", None, 5, object(), OPENED.events[0]],
    ids=lambda value: type(value).__name__,
)
def test_no_other_value_is_taken(wrong: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Order.model_validate({"lines": [], "by": wrong})
    assert [each["loc"][0] for each in caught.value.errors()] == ["by"]


def test_a_tuple_with_something_else_in_it_is_refused() -> None:
    with pytest.raises(ValidationError):
        Order.model_validate({"lines": [], "by": ANN, "history": (*OPENED.events, OPEN)})


def test_a_wrong_value_is_not_written() -> None:
    loose = Order.model_construct(lines=[], by="ann")
    with pytest.raises(Exception, match=r"expected a terms.actor, got 'ann'"):
        loose.model_dump_json()


@pytest.mark.parametrize("hint", [File, Command, Event, Decision[Event], Money, tuple[Money, ...]], ids=str)
def test_the_schema_is_that_of_records(hint: Any) -> None:
    ours = records.schema(hint)
    theirs = TypeAdapter(Annotated[hint, AsRecord()]).json_schema()
    assert normal(theirs) == normal(ours)
    Draft202012Validator.check_schema(theirs)


def normal(schema: Any) -> Any:
    """A schema without its heading, its definitions named alike, and only those that it refers to."""
    definitions = {name.replace(".", "_"): linked(body) for name, body in schema.get("$defs", {}).items()}
    top = linked({key: value for key, value in schema.items() if key not in ("$schema", "title", "$defs")})
    while top.keys() == {"$ref"}:
        top = definitions[top["$ref"]]
    used: set[str] = set()
    left = references(top)
    while left:
        name = left.pop()
        left += [] if name in used else references(definitions[name])
        used.add(name)
    return top, {name: definitions[name] for name in used}


def linked(part: Any) -> Any:
    if isinstance(part, list):
        return [linked(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    return {
        key: value.removeprefix("#/$defs/").replace(".", "_") if key == "$ref" else linked(value)
        for key, value in part.items()
    }


def test_a_models_schema_tells_right_from_wrong() -> None:
    for mode in ("validation", "serialization"):
        schema = Order.model_json_schema(mode=mode)
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        data = ORDER.model_dump(mode="json")
        assert [*validator.iter_errors(data)] == []
        data["lines"][0]["amount"]["amount"] = 12.0
        assert [*validator.iter_errors(data)] != []


# A host's own records, beside those of acctcore


@frozen
class Asleep(Reason):
    """Nobody is at the desk at night."""

    code = "desk.asleep"
    template = "the desk opens at {opens}"
    opens: str


OWN = AsRecord(records.TABLE.extended({"desk.asleep/1": Asleep}))


class Both(BaseModel):
    mine: Annotated[Decision[Event], OWN]
    theirs: Annotated[Decision[Event], AsRecord()]


def test_two_tables_stand_side_by_side() -> None:
    answer = refused(Asleep("nine"))
    assert Both(mine=answer, theirs=OPENED).mine == answer
    text = Both(mine=answer, theirs=OPENED).model_dump_json()
    assert Both.model_validate_json(text).mine == answer
    with pytest.raises(ValidationError, match=r"desk\.asleep/1"):
        Both.model_validate_json(text.replace('"theirs":', '"mine":', 1).replace('"mine":', '"theirs":', 1))
    schema = Both.model_json_schema()
    assert "desk_asleep" in schema["$defs"]
    assert [*Draft202012Validator(schema).iter_errors(json.loads(text))] == []


# FastAPI

APP = FastAPI()


@APP.post("/accounts/{account_id}/commands")
def ask(
    account_id: str, command: Annotated[Command, AsRecord(), Body()]
) -> Annotated[Decision[Event], AsRecord()]:
    return flows.handle(None, command, flows.Policies(catalog=Catalog(plans=())))


@APP.get("/accounts/{account_id}")
def file(account_id: str) -> Annotated[File, AsRecord()]:
    return FILE


@APP.post("/orders")
def order(order: Order) -> Order:
    return order


def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Ask the application what a client would ask it over HTTP."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))  # type: ignore[arg-type]
    return sent[0]["status"], json.loads(b"".join(part.get("body", b"") for part in sent))


def test_a_service_takes_commands_and_gives_decisions() -> None:
    status, body = call("POST", "/accounts/A-1/commands", records.dump(OPEN))
    assert (status, body) == (200, records.dump(OPENED))
    status, body = call("GET", "/accounts/A-1")
    assert (status, records.load(body, File)) == (200, FILE)


def test_a_service_tells_every_mistake_with_its_place() -> None:
    data = records.dump(OPEN)
    assert isinstance(data, dict)
    status, body = call("POST", "/accounts/A-1/commands", {**data, "at": "2024-01-31", "zone": "Mars"})
    assert status == 422
    assert [(each["loc"], each["input"]) for each in body["detail"]] == [
        (["body", "at"], "2024-01-31"),
        (["body", "zone"], "Mars"),
    ]


def test_the_service_describes_itself_rightly() -> None:
    described = APP.openapi()
    known = described["components"]["schemas"]
    asked = described["paths"]["/accounts/{account_id}/commands"]["post"]
    command = asked["requestBody"]["content"]["application/json"]["schema"]
    assert {entry["$ref"] for entry in command["anyOf"]} >= {
        "#/components/schemas/account_open",
        "#/components/schemas/holds_place",
    }
    line = known.get("Line") or known["Line-Input"]  # whether it is told twice depends on the version
    assert line["properties"]["amount"]["$ref"] == "#/components/schemas/money"
    assert [reference for reference in references(described) if reference not in known] == []
    moved = json.loads(json.dumps(known).replace("#/components/schemas/", "#/$defs/"))
    validator = Draft202012Validator({"$ref": "#/$defs/Order-Input", "$defs": moved})
    assert [*validator.iter_errors(ORDER.model_dump(mode="json"))] == []


def test_a_service_can_have_one_schema_for_what_it_takes_and_gives() -> None:
    one = FastAPI(separate_input_output_schemas=False)
    one.include_router(APP.router)
    known = one.openapi()["components"]["schemas"]
    for hint in (File, Decision[Event], Command):
        ours: Any = records.schema(hint)["$defs"]
        assert known.keys() >= {name.replace(".", "_") for name in ours}


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [each for entry in part for each in references(entry)]
    if not isinstance(part, dict):
        return []
    here = [part["$ref"].removeprefix("#/components/schemas/")] if isinstance(part.get("$ref"), str) else []
    return here + [each for entry in part.values() for each in references(entry)]


def test_what_is_not_annotated_is_not_guessed() -> None:
    with pytest.raises(Exception, match="Unable to generate pydantic-core schema"):
        TypeAdapter(Money)
    assert OPENED.outcome is Outcome.ALLOWED
