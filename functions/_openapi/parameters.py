"""The parameters of one operation: in path, query and headers; in version 2 the body too."""

from collections.abc import Iterable
from typing import Any

from functions._definition import SecretHeader
from functions._http.request import FORM, RESERVED, is_json
from functions._http.value import Place, Put, Style
from functions._openapi.bodies import put_body
from functions._openapi.document import CannotTake, Document
from functions._openapi.inputs import Inputs, described
from functions._openapi.security import is_credential

OURS = {"accept", "authorization", "user-agent", *RESERVED}
PLAIN = ("string", "integer", "number", "boolean")
PUTS: dict[str, Put] = {"path": "path", "query": "query", "header": "header"}
STYLES: dict[str, dict[str, Style]] = {
    "path": {"simple": "commas"},
    "header": {"simple": "commas"},
    "query": {"form": "commas", "spaceDelimited": "spaces", "pipeDelimited": "pipes"},
}
COLLECTIONS: dict[str, Style] = {
    **{"csv": "commas", "multi": ""},
    **{"ssv": "spaces", "pipes": "pipes", "tsv": "tabs"},
}


def put_parameters(
    document: Document,
    inputs: Inputs,
    item: dict[str, Any],
    operation: dict[str, Any],
    secret: SecretHeader | None,
) -> None:
    """Make arguments of the parameters of a path and of its operation, which go before.

    One in which the secret goes is none.
    """
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for holder in (item, operation):
        given = holder.get("parameters") or []
        for node in given if isinstance(given, list) else []:
            one = document.resolved(node)
            merged[str(one.get("name")), str(one.get("in"))] = one
    if document.is_old:
        _check_consumed(document, operation, merged.values())
    for one in merged.values():
        if secret is None or not is_credential(secret, one):
            _put(document, inputs, one, operation)


def consumed(document: Document, operation: dict[str, Any]) -> list[str]:
    """Return the types of bodies that an operation of version 2 takes."""
    kinds = operation.get("consumes", document.root.get("consumes"))
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else []


def _check_consumed(
    document: Document, operation: dict[str, Any], parameters: Iterable[dict[str, Any]]
) -> None:
    kinds = consumed(document, operation)
    has_form = any(one.get("in") == "formData" for one in parameters)
    if has_form and kinds and FORM not in kinds:
        raise CannotTake(f"its body is {kinds[0]}, and neither JSON nor a plain form")


def _put(
    document: Document, inputs: Inputs, one: dict[str, Any], operation: dict[str, Any]
) -> None:
    name, where, required = str(one.get("name")), one.get("in"), one.get("required") is True
    if where == "body":  # of version 2
        kinds = consumed(document, operation) or ["application/json"]
        schema = {"schema": one.get("schema") or {}}
        put_body(inputs, {kind: schema for kind in kinds}, required)
    elif where == "formData":  # of version 2
        _put_field(document, inputs, one, required=required)
    elif where in PUTS:
        if where == "header" and name.lower() in OURS:
            return
        if parts := _parts(document, one):
            _put_parts(document, inputs, one, parts)
            return
        _put_value(document, inputs, one, required=required or where == "path")
    elif required:
        raise CannotTake(f"its parameter {name} stands in {where}, where none can be put")


def _put_field(document: Document, inputs: Inputs, one: dict[str, Any], *, required: bool) -> None:
    if one.get("type") == "file":
        raise CannotTake("its body is a form with a file")
    _put_value(document, inputs, {**one, "in": "form"}, required=required)


def _put_value(document: Document, inputs: Inputs, one: dict[str, Any], *, required: bool) -> None:
    deep = one.get("style") == "deepObject" and one["in"] == "query"
    problem = "" if deep else _problem(document, one)
    if problem and required:
        raise CannotTake(f"its parameter {one.get('name')} {problem}")
    if not problem:
        schema = described(inputs.schemas.convert(_schema_of(one)), one)
        put: Put = "form" if one["in"] == "form" else PUTS[one["in"]]
        style = "brackets" if deep else _style(document, one)
        place = Place(
            argument="",
            put=put,
            name=str(one.get("name")),
            joined=style == "commas",
            style="" if style == "commas" else style,
        )
        inputs.add(schema, place, required=required)


def _style(document: Document, one: dict[str, Any]) -> Style:
    """Return how the value is written; a list of version 2 has commas unless told otherwise."""
    if document.is_old:
        is_list = one.get("type") == "array"
        return COLLECTIONS[str(one.get("collectionFormat", "csv"))] if is_list else ""
    if isinstance(one.get("content"), dict):
        return "json" if any(map(is_json, one["content"])) and one["in"] == "query" else ""
    style = one.get("style", "form")
    if one.get("explode", style == "form") is not False:
        return ""
    return STYLES.get(one["in"], {}).get(str(style), "commas")


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
        made = described(inputs.schemas.convert(part), one)
        inputs.add(made, Place(argument="", put="query", name=wire), required=key in asked)


def _schema_of(one: dict[str, Any]) -> Any:
    content = one.get("content")
    if isinstance(content, dict) and content:
        first = next(iter(content.values()))
        return first.get("schema", {}) if isinstance(first, dict) else {}
    if "schema" in one:
        return one["schema"]
    own = ("name", "in", "required", "description", "style", "explode", "collectionFormat")
    return {keyword: value for keyword, value in one.items() if keyword not in own}


def _problem(document: Document, one: dict[str, Any]) -> str:
    """Say why a value cannot be written as it should be, or nothing."""
    known = STYLES.get(one["in"], {})
    style = one.get("style")
    if style is not None and known and style not in known:
        return f"is written in the style {style}, which is not known here"
    if one.get("collectionFormat", "csv") not in COLLECTIONS:
        return f"is a list in the format {one['collectionFormat']}, which is not known here"
    schema = _schema_of(one)
    if "content" not in one and isinstance(schema, dict):
        kind = document.resolved(schema).get("type")
        if kind == "object" or (isinstance(kind, list) and "object" in kind):
            return "is an object, which only a body can hold"
    return ""
