"""Schemas in the words of programming languages and older drafts, put into those of JSON Schema.

Public collections of function definitions, and people, write `dict`, `float` or `List[str]` for a
type, `required` beside a parameter, the values of a list's items beside the list, the parameters
without anything around them, or the whole tool. What is meant is plain, so it is translated where
the schema is taken in, and shown to the admin as the model will see it.
"""

import json
from typing import Any

from functions._jsonschema.itself import LIMITS
from functions._jsonschema.tree import changed
from functions._jsonschema.values import TYPES, is_kind, token
from functions._jsonschema.values import kind as kind_of
from functions._jsonschema.words import is_optional, meaning, united

NULLABLE = ("default", "const")  # where null is a value
SAID = ("optional", "example_value", "name", "in", "propertyOrdering")  # nothing to a model
LISTED = ("values", "options", "choices", "allowed_values", "possible_values")
OTHERWISE = {
    **dict.fromkeys(LISTED, "enum"),
    **dict.fromkeys(("$dynamicRef", "$recursiveRef"), "$ref"),
    **{"default_value": "default", "type_": "type", "desc": "description"},
}
EMPTY = (*LISTED, "enum")  # which mean nothing when there is nothing in them
BESIDE = {"title", "description", "default", "examples", "writeOnly", "deprecated"}
MIXES = frozenset(("$ref", "allOf", "anyOf", "oneOf", "const"))


def parameters(schema: dict[str, Any]) -> Any:
    """Return a schema of parameters levelled, also if there is nothing around them, or a tool."""
    schema = _of_tool(schema)
    is_bare = all(map(_is_parameter, schema.values()))  # each by its name, with its type
    return levelled(_surrounded(schema) if is_bare else schema)


def _of_tool(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a tool that is given whole, as OpenAI, MCP or Anthropic write it."""
    match schema.get("function", schema):
        case (
            {"name": str(), "parameters": dict() as inner}
            | {"name": str(), "inputSchema": dict() as inner}
            | {"name": str(), "input_schema": dict() as inner}
        ):
            return inner
    return schema


def levelled(schema: Any) -> Any:
    """Return a schema with the words of JSON Schema, as a new value; what is unknown stays."""
    if isinstance(schema, str):
        means = meaning(schema)
        return schema if means is None else means
    if not isinstance(schema, dict):
        return schema
    made = {
        keyword: changed(keyword, value, levelled)
        for keyword, value in renewed(_renamed(schema)).items()
        if value is not None or keyword in NULLABLE
    }
    takes_null = made.pop("nullable", None) is True
    made = single(made)
    made |= {word: _as("number", made[word]) for word in LIMITS.keys() & made.keys()}
    _with_type(made)
    _with_items_of_enum(made)
    _with_values(made)
    _with_required(made, schema.get("properties"))
    return with_null(made) if takes_null else made


def renewed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema as written since draft 2020-12, leaving what is inside of it aside."""
    made = dict(schema)
    for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(word), bool) and made.pop(word) and limit in made:
            made[word] = made.pop(limit)
    rest = made.pop("additionalItems", {})
    if isinstance(first := made.get("items"), list) and "prefixItems" not in made:
        made |= {"items": rest} | ({"prefixItems": first} if first else {})
    if isinstance(made.get("dependencies"), dict):
        given = made.pop("dependencies")
        names = {name: one for name, one in given.items() if isinstance(one, list)}
        schemas = {name: one for name, one in given.items() if name not in names}
        made = {"dependentRequired": names, "dependentSchemas": schemas, **made}
    return made


def single(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in place of an `allOf` that holds it alone, with nothing of weight beside."""
    beside = {word: one for word, one in schema.items() if word != "allOf"}
    match schema.get("allOf"):
        case [dict() as alone] if beside.keys() <= BESIDE:
            return {**alone, **beside}
    return schema


def with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that takes null beside what it takes."""
    if not MIXES.isdisjoint(schema):
        return {"anyOf": [schema, {"type": "null"}]}
    kinds, values, made = schema.get("type"), schema.get("enum"), dict(schema)
    if kinds is not None:
        kinds = kinds if isinstance(kinds, list) else [kinds]
        made["type"] = kinds if "null" in kinds else [*kinds, "null"]
    if isinstance(values, list) and None not in values:
        made["enum"] = [*values, None]
    return made


def _is_parameter(one: Any) -> bool:
    said = (one.get("type"), one.get("description")) if isinstance(one, dict) else ()
    return any(isinstance(text, str) for text in said)


def _surrounded(properties: dict[str, Any]) -> dict[str, Any]:
    required = [
        name
        for name, one in properties.items()
        if "default" not in one
        and one.get("required") is not False
        and True not in (one.get("optional"), one.get("nullable"))
        and not is_optional(str(one.get("type")))
    ]
    return {"type": "object", "properties": properties, "required": required}


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the keywords that say the same in JSON Schema, without idle ones."""
    made = {}
    schema = {word: value for word, value in schema.items() if value != [] or word not in EMPTY}
    for word, value in schema.items():
        keyword = OTHERWISE.get(word, word)
        if word not in SAID or isinstance(value, dict):
            made[word if keyword in schema else keyword] = value
    return made


def _with_type(schema: dict[str, Any]) -> None:
    found = schema.pop("type", None)
    if found not in (None, "", []):
        means = _meant(found)
        schema |= {word: rule for word, rule in means.items() if word not in schema}


def _meant(kind: Any) -> dict[str, Any]:
    """Return what a type means, be it one or several; what nobody knows is left to be refused."""
    if isinstance(kind, list) and all(isinstance(one, str) for one in kind):
        return united([_meant(one) for one in kind])
    means = meaning(kind) if isinstance(kind, str) else None
    return {"type": kind} if means is None else means


def _with_items_of_enum(schema: dict[str, Any]) -> None:
    """Take values beside a list for those of its items: no list could be one of them."""
    values, items = schema.get("enum"), schema.get("items", {})
    may_be_of_items = isinstance(values, list) and not any(isinstance(one, list) for one in values)
    if schema.get("type") == "array" and may_be_of_items and isinstance(items, dict):
        schema["items"] = {"enum": schema.pop("enum"), **items}


def _with_values(schema: dict[str, Any]) -> None:
    """Write values and the default as their type has them; the default and null are values, too.

    Null is one where the type has it: OpenAI's own guide leaves it out of the values. Where none of
    them could be of their type, as `"1"` for an integer, each is written so; one that cannot be
    adds its own type. Values of another type than the rest or that stand there
    twice are left out, for OpenAI takes neither, and so is a default of another type.
    """
    named, values, default = schema.get("type"), schema.get("enum"), schema.get("default")
    plain = named if named in TYPES else ""
    kinds = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    if plain and isinstance(values, list) and not any(is_kind(one, plain) for one in values):
        values = [_as(plain, one) for one in values]
        kinds = [plain, *map(kind_of, values)]
    if plain and default is not None:
        default = schema["default"] = _as(plain, default)
        if isinstance(values, list) and not isinstance(default, dict | list):
            values, kinds = [*values, default], [*kinds, kind_of(default)]
        elif not is_kind(default, plain):
            del schema["default"]
    if isinstance(values, list):
        fitting = [one for one in values if not kinds or is_kind(one, kinds)]
        if "null" in kinds:
            fitting.append(None)
        schema["enum"] = list({token(one): one for one in fitting}.values())
    if plain:
        names = dict.fromkeys(one for one in kinds if (one, plain) != ("integer", "number"))
        schema["type"] = list(names) if len(names) > 1 else plain


def _as(kind: str, value: Any) -> Any:
    """Return a value as a type has it, or as it is if it cannot be of that type."""
    if kind == "string":
        return json.dumps(value) if isinstance(value, bool | int | float) else value
    try:
        read = json.loads(value.lower()) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value
    return read if is_kind(read, kind) else value


def _with_required(schema: dict[str, Any], properties: Any) -> None:
    """Gather what is marked as required beside each parameter, where its owner lists it."""
    known = properties if isinstance(properties, dict) else {}
    named = schema.get("required", [])
    if str(named).lower() in ("true", "false"):  # said of the schema itself, for its owner
        named = []
    listed = [named] if isinstance(named, str) and named in known else named
    if isinstance(listed, list):
        found = [*listed, *(name for name, one in known.items() if _is_marked(one))]
        listed = list({token(one): one for one in found}.values())
    if listed == []:
        schema.pop("required", None)
    else:
        schema["required"] = listed


def _is_marked(rule: Any) -> bool:
    return isinstance(rule, dict) and str(rule.get("required")).lower() == "true"
