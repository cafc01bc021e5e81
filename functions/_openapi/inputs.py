"""What one operation takes: parameters and body, each argument with its schema and its place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from functions._http.request import FORM
from functions._http.value import Place, Put
from functions._openapi.document import CannotTake, Document
from functions._openapi.schemas import LETTERS, Schemas, short, unique

OWN_HEADERS = ("accept", "content-type", "authorization", "cookie", "host", "user-agent")
MIXED = ("anyOf", "oneOf", "allOf", "not", "if", "$ref", "patternProperties", "propertyNames")
PLAIN = ("string", "integer", "number", "boolean")
PUTS: dict[str, Put] = {"path": "path", "query": "query", "header": "header"}


@dataclass(slots=True)
class Inputs:
    """The arguments of a function in the making."""

    schemas: Schemas
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, wire: str, schema: Any, *, required: bool, put: Put, joined: bool) -> None:
        """Add an argument; its name is made legal and its own."""
        wanted = LETTERS.sub("_", wire).strip("_")[:60] or put
        name = (
            wanted if wanted not in self.properties else unique(f"{wanted}_{put}", self.properties)
        )
        self.properties[name] = schema
        self.places.append(Place(argument=name, put=put, name=wire, joined=joined))
        if required:
            self.required.append(name)

    def schema(self) -> dict[str, Any]:
        """Return the schema of all arguments."""
        made: dict[str, Any] = {"type": "object", "properties": self.properties}
        if self.required:
            made["required"] = self.required
        if self.schemas.definitions:
            made["$defs"] = self.schemas.definitions
        return made


def inputs_of(document: Document, item: dict[str, Any], operation: dict[str, Any]) -> Inputs:
    """Return what an operation takes, or raise `CannotTake`."""
    inputs = Inputs(Schemas(document))
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for holder in (item, operation):
        given = holder.get("parameters") or []
        for node in given if isinstance(given, list) else []:
            one = document.resolved(node)
            merged[str(one.get("name")), str(one.get("in"))] = one
    taken = operation.get("consumes")
    if isinstance(taken, list) and taken and FORM not in taken and _has_form(merged.values()):
        raise CannotTake(f"its body is {taken[0]}, and neither JSON nor a plain form")
    for one in merged.values():
        _parameter(document, inputs, one)
    if "requestBody" in operation:
        _body(document, inputs, document.resolved(operation["requestBody"]))
    return inputs


def _has_form(parameters: Iterable[dict[str, Any]]) -> bool:
    return any(one.get("in") == "formData" for one in parameters)


def _parameter(document: Document, inputs: Inputs, one: dict[str, Any]) -> None:
    name, where, required = str(one.get("name")), one.get("in"), one.get("required") is True
    if where == "body":  # of version 2
        _put_body(inputs, one.get("schema") or {}, required)
    elif where == "formData":  # of version 2
        _form_field(document, inputs, one, required=required)
    elif where in PUTS:
        if where == "header" and name.lower() in OWN_HEADERS:
            return
        if parts := _parts(document, one):
            _put_parts(document, inputs, one, parts)
            return
        _put_value(document, inputs, one, required=required or where == "path")
    elif required:
        raise CannotTake(f"its parameter {name} stands in {where}, where none can be put")


def _form_field(document: Document, inputs: Inputs, one: dict[str, Any], *, required: bool) -> None:
    if one.get("type") == "file":
        raise CannotTake("its body is a form with a file")
    if one.get("collectionFormat", "csv") not in ("csv", "multi"):
        raise CannotTake(f"its parameter {one.get('name')} is a list in an unknown format")
    schema = _described(inputs.schemas.convert(_schema_of(one)), one)
    joined = _is_joined(document, one)
    inputs.add(str(one.get("name")), schema, required=required, put="form", joined=joined)


def _put_value(document: Document, inputs: Inputs, one: dict[str, Any], *, required: bool) -> None:
    problem = _style_problem(document, one)
    if problem and required:
        raise CannotTake(f"its parameter {one.get('name')} {problem}")
    if not problem:
        schema = _described(inputs.schemas.convert(_schema_of(one)), one)
        joined = _is_joined(document, one)
        inputs.add(
            str(one.get("name")), schema, required=required, put=PUTS[one["in"]], joined=joined
        )


def _is_joined(document: Document, one: dict[str, Any]) -> bool:
    """Say whether a list is one text with commas; version 2 does that unless told otherwise."""
    if document.is_old:
        return bool(one.get("collectionFormat", "csv") == "csv" and one.get("type") == "array")
    return one.get("explode") is False


def _parts(document: Document, one: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of an object that is written into the address key by key, if it is one."""
    style = one.get("style", "form")
    if one["in"] != "query" or "content" in one or one.get("explode", True) is not True:
        return {}
    schema = document.resolved(_schema_of(one))
    parts = schema.get("properties") if style in ("form", "deepObject") else None
    if not isinstance(parts, dict) or schema.get("additionalProperties"):
        return {}
    kinds = [document.resolved(part).get("type") for part in parts.values()]
    plain = all(kind in PLAIN for kind in kinds)
    return parts if plain else {}


def _put_parts(
    document: Document, inputs: Inputs, one: dict[str, Any], parts: dict[str, Any]
) -> None:
    """Make each key an argument: `created[gte]`, or plainly `gte` in the usual style."""
    deep = one.get("style") == "deepObject"
    schema = document.resolved(_schema_of(one))
    asked = schema.get("required", ()) if one.get("required") is True else ()
    for key, part in parts.items():
        wire = f"{one.get('name')}[{key}]" if deep else key
        made = _described(inputs.schemas.convert(part), one)
        inputs.add(wire, made, required=key in asked, put="query", joined=False)


def _schema_of(one: dict[str, Any]) -> Any:
    content = one.get("content")
    if isinstance(content, dict) and content:
        first = next(iter(content.values()))
        return first.get("schema", {}) if isinstance(first, dict) else {}
    if "schema" in one:
        return one["schema"]
    own = ("name", "in", "required", "description", "style", "explode", "collectionFormat")
    return {keyword: value for keyword, value in one.items() if keyword not in own}


def _style_problem(document: Document, one: dict[str, Any]) -> str:
    usual = {"path": ("simple",), "query": ("form",), "header": ("simple",)}[one["in"]]
    style = one.get("style", usual[0])
    if style not in usual:
        return f"is written in the style {style}, which is not known here"
    if one.get("collectionFormat", "csv") not in ("csv", "multi"):
        return f"is a list in the format {one['collectionFormat']}, which is not known here"
    schema = _schema_of(one)
    if "content" not in one and isinstance(schema, dict):
        kind = document.resolved(schema).get("type")
        if kind == "object" or (isinstance(kind, list) and "object" in kind):
            return "is an object, which only a body can hold"
    return ""


def _described(schema: Any, one: dict[str, Any]) -> Any:
    if isinstance(schema, dict) and one.get("description") and "description" not in schema:
        return {**schema, "description": short(one["description"])}
    return schema


def _body(document: Document, inputs: Inputs, body: dict[str, Any]) -> None:
    content = body.get("content")
    kinds = list(content) if isinstance(content, dict) else []
    json_kinds = [kind for kind in kinds if _is_json(kind)]
    required = body.get("required") is True
    if not json_kinds and _put_form(document, inputs, content, required=required):
        return
    if not json_kinds:
        if required or kinds:
            raise CannotTake(f"its body is {kinds[0] if kinds else 'not described'}, and not JSON")
        return
    media = document.resolved(content[json_kinds[0]] or {}) if content else {}
    _put_body(inputs, media.get("schema") or {}, required)


def _put_form(document: Document, inputs: Inputs, content: Any, *, required: bool) -> bool:
    """Make each field of a form an argument, where every one is plain; say whether it is so."""
    media = content.get(FORM) if isinstance(content, dict) else None
    if not isinstance(media, dict) or media.get("encoding"):
        return False
    schema = document.resolved(media.get("schema") or {})
    fields = schema.get("properties")
    if not isinstance(fields, dict) or any(word in schema for word in MIXED):
        return False
    if not all(_is_plain(document, one) for one in fields.values()):
        return False
    needed = schema.get("required", ()) if required else ()
    for name, one in fields.items():
        made = inputs.schemas.convert(one)
        inputs.add(name, made, required=name in needed, put="form", joined=False)
    return True


def _is_plain(document: Document, schema: Any) -> bool:
    kind = document.resolved(schema) if isinstance(schema, dict) else {}
    if kind.get("type") == "array":
        items = kind.get("items")
        kind = document.resolved(items) if isinstance(items, dict) else {}
    return kind.get("type") in PLAIN and kind.get("format") != "binary"


def _is_json(kind: str) -> bool:
    word = kind.partition(";")[0].strip().lower()
    return word in ("application/json", "*/*", "application/*") or word.endswith("+json")


def _put_body(inputs: Inputs, schema: Any, required: bool) -> None:
    """Make each key of the body an argument where that is the same; else the body is one."""
    made = inputs.schemas.convert(schema)
    plain = made
    while isinstance(plain, dict) and plain.keys() <= {"$ref", "description"} and "$ref" in plain:
        plain = inputs.schemas.definitions[plain["$ref"].rpartition("/")[2]]
    if not _can_be_parted(plain, required):
        inputs.add("body", made, required=required, put="content", joined=False)
        return
    for name, inner in plain.get("properties", {}).items():
        needed = name in plain.get("required", ())
        inputs.add(name, inner, required=needed, put="body", joined=False)


def _can_be_parted(schema: Any, required: bool) -> bool:
    if not isinstance(schema, dict) or not schema.get("properties"):
        return False
    if any(word in schema for word in MIXED) or schema.get("additionalProperties"):
        return False
    return required or not schema.get("required")
