"""The arguments of one operation: its parameters in path, query and headers, fields of a form."""

from dataclasses import dataclass, field
from typing import Any

from functions._held.headers import RESERVED
from functions._http.request import FORM, is_json
from functions._http.value import Place, Put, Style
from functions._jsonschema.tree import reached
from functions._openapi.document import CannotTake, Document
from functions._openapi.schemas import LETTERS, Schemas, short
from functions._rules import unique

Node = dict[str, Any]

OURS = {"accept", "authorization", "user-agent", *RESERVED}
PLAIN = ("string", "integer", "number", "boolean")
PUTS: dict[str, Put] = {"path": "path", "query": "query", "header": "header", "form": "form"}
SEPARATED: dict[str, Style] = {
    **{"form": "commas", "spaceDelimited": "spaces", "pipeDelimited": "pipes"},
    "tabDelimited": "tabs",  # of version 2 alone
}


@dataclass(slots=True)
class Inputs:
    """The arguments so far; `content_type` is that of the body, where it is not the usual one."""

    schemas: Schemas
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    content_type: str = ""

    @property
    def document(self) -> Document:
        """Return the document that they are of."""
        return self.schemas.document

    def add(self, schema: Any, put: Put, wire: str, *, required: bool, style: Style = "") -> None:
        """Add an argument of the server's name, which is made legal and its own."""
        wanted = LETTERS.sub("_", wire).strip("_")[:60] or put
        taken = wanted in self.properties
        name = unique(f"{wanted}_{put}", self.properties) if taken else wanted
        self.properties[name] = schema
        self.places.append(Place(argument=name, put=put, name=wire, style=style))
        if required:
            self.required.append(name)

    def schema(self) -> dict[str, Any]:
        """Return the schema of all arguments."""
        made: dict[str, Any] = {"type": "object", "properties": self.properties}
        made["required"] = self.required
        whole = {**made, "$defs": self.schemas.definitions}
        used = {str(one.get("$ref")).rpartition("/")[2] for one in reached(whole, made)}
        definitions = {name: one for name, one in whole["$defs"].items() if name in used}
        return {**made, "$defs": definitions} if definitions else made


def parameters_of(document: Document, item: Node, operation: Node) -> list[Node]:
    """Return the parameters of a path and of its operation, which go before."""
    merged: dict[tuple[str, str], Node] = {}
    for holder in (item, operation):
        for node in holder.get("parameters") or ():
            one = document.resolved(node)
            merged[str(one.get("name")), str(one.get("in"))] = one
    return list(merged.values())


def put(inputs: Inputs, one: Node) -> None:
    """Make an argument of a parameter, or of each key of one; leave out what cannot be written."""
    if one.get("in") == "querystring" and FORM in one["content"]:  # of version 3.2: all of it
        one = {**one, **one["content"][FORM], "in": "query", "content": None}
    name, where = str(one.get("name")), one.get("in")
    required = one.get("required") is True or where == "path"
    if where == "header" and name.lower() in OURS:
        return
    schema = _written(one)
    plain = inputs.document.resolved(schema) if isinstance(schema, dict) else {}
    if where == "query" and (keys := _keys(inputs.document, one, plain)):
        asked = plain.get("required", ()) if required else ()
        for key, inner in keys.items():
            wire = f"{name}[{key}]" if one.get("style") == "deepObject" else key
            part = {"name": wire, "in": where, "schema": inner, "required": key in asked}
            put(inputs, {**part, "description": one.get("description")})
        return
    try:
        style = _style(name, one, plain.get("type"))
    except CannotTake:
        if required:
            raise
        return
    made = _described(inputs.schemas.convert(schema), one)
    inputs.add(made, PUTS[str(where)], name, required=required, style=style)


def _written(one: Node) -> Any:
    """Return the schema of a parameter, as it stands."""
    content = one.get("content")
    return (next(iter(content.values())) if content else one).get("schema", {})


def _keys(document: Document, one: Node, schema: Node) -> Node:
    """Return the keys of an object that is written into the address key by key, if it is one."""
    exploded = not one.get("content") and one.get("explode", True) is True
    if not exploded or one.get("style", "form") not in ("form", "deepObject"):
        return {}
    keys = {} if schema.get("additionalProperties") else schema.get("properties") or {}
    is_plain = all(document.resolved(key).get("type") in PLAIN for key in keys.values())
    return keys if is_plain else {}


def _style(name: str, one: Node, kind: Any) -> Style:
    """Return how a value is written, or say why it cannot be."""
    where, content = one.get("in"), one.get("content")
    if where not in PUTS:
        raise CannotTake(f"its parameter {name} stands in {where}, where none can be put")
    is_pair = where in ("query", "form")
    style = one.get("style", "form" if is_pair else "simple")
    if isinstance(content, dict):
        return "json" if is_pair and any(map(is_json, content)) else ""
    if style == "deepObject" and is_pair:
        return "brackets"
    if style not in (SEPARATED if is_pair else ("simple", "form")):
        raise CannotTake(
            f"its parameter {name} is written in the style {style}, which is not known here"
        )
    if "object" in (kind if isinstance(kind, list) else [kind]):
        raise CannotTake(f"its parameter {name} is an object, which only a body can hold")
    return SEPARATED[style] if is_pair and one.get("explode", style == "form") is False else ""


def _described(schema: Any, one: dict[str, Any]) -> Any:
    """Return a schema with the description that stands beside it."""
    if isinstance(schema, dict) and one.get("description") and "description" not in schema:
        return {**schema, "description": short(one["description"])}
    return schema
