"""The body of one operation: JSON, parted into arguments where that is the same, or a form."""

from typing import Any

from functions._http.request import FORM, essence, is_json
from functions._http.value import Place
from functions._openapi.document import CannotTake, Document
from functions._openapi.inputs import Inputs

MIXED = ("anyOf", "oneOf", "allOf", "not", "if", "$ref", "patternProperties", "propertyNames")
USUAL = "application/json"
ANY = ("*/*", "application/*")
PLAIN = ("string", "integer", "number", "boolean", "null")


def put_request_body(inputs: Inputs, body: dict[str, Any]) -> None:
    """Make arguments of a request's body."""
    content = body.get("content")
    given = content.items() if isinstance(content, dict) else ()
    media = {str(kind): inputs.document.resolved(one or {}) for kind, one in given}
    required = body.get("required") is True
    form = next((kind for kind in media if essence(kind) == FORM), None)
    if form and not any(map(_fits, media)):
        _put_form(inputs, media[form], required=required)
    elif media or required:
        put_body(inputs, media, required)


def put_body(inputs: Inputs, media: dict[str, Any], required: bool) -> None:
    """Make each key of a JSON body an argument where that is the same; else the body is one."""
    kind = _chosen(media)
    if kind not in (USUAL, *ANY):
        inputs.content_type = kind
    made = inputs.schemas.convert(media[kind].get("schema") or {})
    plain = inputs.schemas.followed(made)
    if not _can_be_parted(plain, required):
        place = Place(argument="", put="content", name="body")
        inputs.add(made, place, required=required)
        return
    for name, inner in plain.get("properties", {}).items():
        needed = name in plain.get("required", ())
        inputs.add(inner, Place(argument="", put="body", name=name), required=needed)


def _fits(kind: str) -> bool:
    return is_json(kind) or essence(kind) in ANY


def _chosen(media: dict[str, Any]) -> str:
    """Return the type of body to send: plain JSON, or any of its kin."""
    fitting = [kind for kind in media if _fits(kind)]
    if not fitting:
        raise CannotTake(f"its body is {next(iter(media), 'not described')}, and not JSON")
    usual = [kind for kind in fitting if essence(kind) == USUAL]
    merging = [kind for kind in fitting if kind.startswith("application/merge-patch+json")]
    return (usual or merging or fitting)[0]


def _put_form(inputs: Inputs, media: dict[str, Any], *, required: bool) -> None:
    """Make each field of a form an argument."""
    schema = inputs.document.resolved(media.get("schema") or {})
    fields = schema.get("properties", {})
    if not isinstance(fields, dict) or any(word in schema for word in MIXED):
        raise CannotTake("its body is a form, and its fields are not listed plainly")
    encoding = media.get("encoding")
    needed = schema.get("required", ()) if required else ()
    for name, one in fields.items():
        how = encoding.get(name) if isinstance(encoding, dict) else None
        place = _field(inputs.document, name, one, how if isinstance(how, dict) else {})
        inputs.add(inputs.schemas.convert(one), place, required=name in needed)


def _field(document: Document, name: str, schema: Any, how: dict[str, Any]) -> Place:
    """Return how a field is written: plainly, with its keys in brackets, or as JSON."""
    style = how.get("style", "form")
    if how.get("contentType") and is_json(str(how["contentType"])):
        return Place(argument="", put="form", name=name, style="json")
    if style == "deepObject":
        return Place(argument="", put="form", name=name, style="brackets")
    if style != "form" or not _is_plain(document, schema):
        raise CannotTake(f"its body is a form, and how {name} is written in it is not known here")
    return Place(argument="", put="form", name=name, joined=how.get("explode") is False)


def _is_plain(document: Document, schema: Any) -> bool:
    """Tell whether a field holds one plain value, or a list of such."""
    node = document.resolved(schema) if isinstance(schema, dict) else {}
    forms = [one for word in ("anyOf", "oneOf") for one in node.get(word) or ()]
    if forms:
        return all(_is_plain(document, one) for one in forms)
    kinds = node.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "array" in kinds:
        return _is_plain(document, node.get("items"))
    return all(kind in PLAIN for kind in kinds) and node.get("format") != "binary"


def _can_be_parted(schema: Any, required: bool) -> bool:
    if not isinstance(schema, dict) or not schema.get("properties"):
        return False
    if any(word in schema for word in MIXED) or schema.get("additionalProperties"):
        return False
    return required or not schema.get("required")
