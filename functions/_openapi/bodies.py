"""The body of one operation: JSON, parted into arguments where that is the same, or a form."""

from typing import Any

from functions._http.request import FORM, essence, is_json
from functions._openapi.document import CannotTake
from functions._openapi.parameters import Inputs, put
from functions._openapi.schemas import followed

MIXED = ("anyOf", "oneOf", "allOf", "not", "if", "$ref", "patternProperties", "propertyNames")
OF_WHOLE = ("minProperties", "maxProperties", "dependentRequired", "dependentSchemas")
USUAL = "application/json"
ANY = ("*/*", "application/*")


def put_body(inputs: Inputs, body: dict[str, Any]) -> None:
    """Make arguments of a request's body."""
    given = body.get("content") or {}
    media = {kind: inputs.document.resolved(one or {}) for kind, one in given.items()}
    required = body.get("required") is True
    form = next((kind for kind in media if essence(kind) == FORM), None)
    if form and not any(map(_fits, media)):
        _put_form(inputs, media[form], required=required)
    elif media or required:
        _put_json(inputs, media, required=required)


def _put_json(inputs: Inputs, media: dict[str, Any], *, required: bool) -> None:
    """Make each key of a JSON body an argument where that is the same; else the body is one."""
    kind = _chosen(media)
    if kind not in (USUAL, *ANY):
        inputs.content_type = kind
    made = inputs.schemas.convert(media[kind].get("schema") or {})
    plain = followed(made, inputs.schemas.definitions)
    if not _can_be_parted(plain, required):
        inputs.add(made, "content", "body", required=required)
        return
    for name, inner in plain["properties"].items():
        inputs.add(inner, "body", name, required=name in plain.get("required", ()))


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
    """Make each field of a form an argument, written as one in the query would be."""
    schema = inputs.document.resolved(media.get("schema") or {})
    if any(word in schema for word in MIXED):
        raise CannotTake("its body is a form, and its fields are not listed plainly")
    needed = schema.get("required", ()) if required else ()
    for name, field in (schema.get("properties") or {}).items():
        if inputs.document.resolved(field).get("format") == "binary":
            raise CannotTake("its body is a form with a file")
        how = (media.get("encoding") or {}).get(name, {})
        content = {how["contentType"]: {"schema": field}} if "contentType" in how else None
        one = {**how, "name": name, "in": "form", "schema": field, "content": content}
        put(inputs, {**one, "required": name in needed})


def _can_be_parted(schema: Any, required: bool) -> bool:
    if not isinstance(schema, dict) or not schema.get("properties"):
        return False
    if "object" not in schema.get("type", "object"):
        return False
    if any(word in schema for word in (*MIXED, *OF_WHOLE)) or schema.get("additionalProperties"):
        return False
    return required or not schema.get("required")
