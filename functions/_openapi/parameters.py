"""The parameters of one operation: in path, query and headers; in version 2 the body too."""

from typing import Any

from functions._held.definition import SecretHeader
from functions._held.headers import RESERVED
from functions._http.request import FORM, is_json
from functions._http.value import Place, Put, Style
from functions._openapi.bodies import put_body
from functions._openapi.document import CannotTake, Document
from functions._openapi.inputs import Inputs, described
from functions._openapi.security import is_credential

OURS = {"accept", "authorization", "user-agent", *RESERVED}
PLAIN = ("string", "integer", "number", "boolean")
PUTS: dict[str, Put] = {"path": "path", "query": "query", "header": "header", "formData": "form"}
SIMPLE: dict[str, Style] = {"simple": "commas", "form": "commas"}
SEPARATED: dict[str, Style] = {
    **{"form": "commas", "spaceDelimited": "spaces", "pipeDelimited": "pipes"},
    "tabDelimited": "tabs",  # of version 2 alone
}
COLLECTIONS = {
    **{"csv": "form", "multi": "form", "ssv": "spaceDelimited", "pipes": "pipeDelimited"},
    "tsv": "tabDelimited",
}
OWN = ("name", "in", "required", "description", "style", "explode", "collectionFormat")


def put_parameters(
    inputs: Inputs, item: dict[str, Any], operation: dict[str, Any], secret: SecretHeader | None
) -> None:
    """Make arguments of the parameters of a path and of its operation, which go before.

    One in which the secret goes is none.
    """
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for holder in (item, operation):
        given = holder.get("parameters") or []
        for node in given if isinstance(given, list) else []:
            one = inputs.document.resolved(node)
            merged[str(one.get("name")), str(one.get("in"))] = one
    kinds = _consumed(inputs.document, operation)
    if kinds and FORM not in kinds and any(where == "formData" for _, where in merged):
        raise CannotTake(f"its body is {kinds[0]}, and neither JSON nor a plain form")
    for one in merged.values():
        if one.get("in") == "body":  # of version 2
            schema = {"schema": one.get("schema") or {}}
            media = {kind: schema for kind in kinds or ["application/json"]}
            put_body(inputs, media, one.get("required") is True)
        elif secret is None or not is_credential(secret, one):
            _put(inputs, _renewed(one) if inputs.document.is_old else one)


def _consumed(document: Document, operation: dict[str, Any]) -> list[str]:
    """Return the types of bodies that an operation of version 2 takes."""
    kinds = operation.get("consumes", document.root.get("consumes"))
    return [str(kind) for kind in kinds] if document.is_old and isinstance(kinds, list) else []


def _renewed(one: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter of version 2 as version 3 writes it: a list has commas unless told."""
    if one.get("in") == "formData" and one.get("type") == "file":
        raise CannotTake("its body is a form with a file")
    how = str(one.get("collectionFormat", "csv"))
    return {
        **{word: one[word] for word in ("name", "in", "required", "description") if word in one},
        "schema": {word: value for word, value in one.items() if word not in OWN},
        "style": COLLECTIONS.get(how, how),
        "explode": how == "multi" or one.get("type") != "array",
    }


def _put(inputs: Inputs, one: dict[str, Any]) -> None:
    name, where, required = str(one.get("name")), one.get("in"), one.get("required") is True
    if where not in PUTS:
        if required:
            raise CannotTake(f"its parameter {name} stands in {where}, where none can be put")
    elif where == "header" and name.lower() in OURS:
        return
    elif parts := _parts(inputs.document, one):
        _put_parts(inputs, one, parts)
    else:
        _put_value(inputs, one, required=required or where == "path")


def _put_value(inputs: Inputs, one: dict[str, Any], *, required: bool) -> None:
    deep = one.get("style") == "deepObject" and one["in"] == "query"
    problem = "" if deep else _problem(inputs.document, one)
    if problem and required:
        raise CannotTake(f"its parameter {one.get('name')} {problem}")
    if not problem:
        schema = described(inputs.schemas.convert(_schema_of(one)), one)
        style = "brackets" if deep else _style(one)
        place = Place(
            argument="",
            put=PUTS[one["in"]],
            name=str(one.get("name")),
            joined=style == "commas",
            style="" if style == "commas" else style,
        )
        inputs.add(schema, place, required=required)


def _style(one: dict[str, Any]) -> Style:
    """Return how the value is written."""
    if isinstance(one.get("content"), dict):
        return "json" if any(map(is_json, one["content"])) and one["in"] == "query" else ""
    style = one.get("style", "form")
    if one.get("explode", style == "form") is not False:
        return ""
    return _styles(one).get(str(style), "commas")


def _styles(one: dict[str, Any]) -> dict[str, Style]:
    return SIMPLE if one["in"] in ("path", "header") else SEPARATED


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


def _put_parts(inputs: Inputs, one: dict[str, Any], parts: dict[str, Any]) -> None:
    """Make each key an argument: `created[gte]`, or plainly `gte` in the usual style."""
    deep = one.get("style") == "deepObject"
    schema = inputs.document.resolved(_schema_of(one))
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
    return one.get("schema", {})


def _problem(document: Document, one: dict[str, Any]) -> str:
    """Return why a value cannot be written as it should be; "" if it can."""
    style = one.get("style")
    if style is not None and style not in _styles(one):
        return f"is written in the style {style}, which is not known here"
    schema = _schema_of(one)
    if "content" not in one and isinstance(schema, dict):
        kind = document.resolved(schema).get("type")
        if kind == "object" or (isinstance(kind, list) and "object" in kind):
            return "is an object, which only a body can hold"
    return ""
