"""Schemas in the words of programming languages, put into those of JSON Schema.

Public collections of function definitions, and people, write `dict`, `float` or `List[str]` for a
type, `required` beside a parameter, the values of a list's items beside the list, or the
parameters without anything around them. What is meant is plain, so it is translated where the
schema is taken in, and shown to the admin as the model will see it.
"""

import json
from typing import Any

from functions._jsonschema.tree import LISTS, MAPS, ONES
from functions._jsonschema.values import TYPES, is_kind, token
from functions._jsonschema.values import kind as kind_of
from functions._jsonschema.words import is_optional, meaning

NULLABLE = ("default", "const")  # where null is a value
SAID = ("optional", "example_value", "name", "in")  # what says nothing to a model
OTHERWISE = {
    **dict.fromkeys(("values", "options", "choices", "allowed_values"), ("enum", list)),
    "default_value": ("default", object),
    "desc": ("description", str),
}
NO_PARAMETER = frozenset(
    ("additionalProperties", "propertyNames", "unevaluatedProperties", "not", "if", "then", "else")
)


def levelled(schema: Any) -> Any:
    """Return a schema with the words of JSON Schema, as a new value; what is unknown stays."""
    if isinstance(schema, str) and (means := meaning(schema)) is not None:
        return means
    if not isinstance(schema, dict):
        return schema
    made = {
        keyword: _inner(keyword, value)
        for keyword, value in with_limits(_renamed(schema)).items()
        if value is not None or keyword in NULLABLE
    }
    _with_type(made)
    _with_items_of_enum(made)
    _with_values(made)
    _with_first_items(made)
    _with_required(made, schema.get("properties"))
    return made


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the keywords that say the same in JSON Schema, without idle ones."""
    made = {}
    for word, value in schema.items():
        keyword, kind = OTHERWISE.get(word, (word, object))
        renamed = keyword not in schema and isinstance(value, kind)
        if word not in SAID or isinstance(value, dict):
            made[keyword if renamed else word] = value
    return made


def parameters(schema: Any) -> Any:
    """Return a schema of parameters levelled, also if there is nothing around them."""
    return levelled(_surrounded(schema) if _is_bare(schema) else schema)


def _is_bare(schema: Any) -> bool:
    """Tell whether these are parameters by name, each with its type, and no schema."""
    if not isinstance(schema, dict) or not schema or schema.keys() <= NO_PARAMETER:
        return False
    return all(
        isinstance(one, dict) and isinstance(one.get("type"), str) for one in schema.values()
    )


def _surrounded(properties: dict[str, Any]) -> dict[str, Any]:
    required = [
        name
        for name, one in properties.items()
        if "default" not in one
        and one.get("required") is not False
        and one.get("optional") is not True
        and not is_optional(one["type"])
    ]
    return {"type": "object", "properties": properties, "required": required}


def _inner(keyword: str, value: Any) -> Any:
    if keyword in MAPS and isinstance(value, dict):
        return {name: levelled(one) for name, one in value.items()}
    if isinstance(value, list) and keyword in (*LISTS, "items"):
        return [levelled(one) for one in value]
    return levelled(value) if keyword in ONES else value


def _with_type(schema: dict[str, Any]) -> None:
    nullable = schema.pop("nullable", None) is True
    found = schema.pop("type", None)
    if found not in (None, "", []):
        means = _meant(found)
        schema |= {word: rule for word, rule in means.items() if word not in schema}
    if nullable and "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["type"] = [*kinds, "null"] if "null" not in kinds else schema["type"]
    if nullable and isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]


def _meant(kind: Any) -> dict[str, Any]:
    """Return what a type means, be it one or several; what nobody knows is left to be refused."""
    if isinstance(kind, str):
        means = meaning(kind)
        return {"type": kind} if means is None else means
    if not isinstance(kind, list) or not all(isinstance(one, str) for one in kind):
        return {"type": kind}
    members = [_meant(one) for one in kind]
    if {} in members:
        return {}
    if all(isinstance(one.get("type"), str) and len(one) == 1 for one in members):
        names = list(dict.fromkeys(one["type"] for one in members))
        return {"type": names if len(names) > 1 else names[0]}
    return {"anyOf": members}


def _with_items_of_enum(schema: dict[str, Any]) -> None:
    """Take values beside a list for those of its items: no list could be one of them."""
    values = schema.get("enum")
    if schema.get("type") != "array" or not isinstance(values, list) or not values:
        return
    items = schema.get("items", {})
    if isinstance(items, dict) and not any(isinstance(one, list) for one in values):
        del schema["enum"]
        schema["items"] = {"enum": values, **items}


def _with_first_items(schema: dict[str, Any]) -> None:
    """Write a list of schemas for the first items as since draft 2020-12."""
    first = schema.get("items")
    if isinstance(first, list) and "prefixItems" not in schema:
        rest = schema.pop("additionalItems", {})
        schema["items"] = rest
        if first:
            schema["prefixItems"] = first


def _with_values(schema: dict[str, Any]) -> None:
    """Write values and the default as their type has them, and take the default for a value.

    Where none of the values could be of their type, as `"1"` for an integer, each is written so;
    one that cannot be adds its own type. Values of another type than the rest or that stand there
    twice are left out, for OpenAI takes neither, and so is a default of another type.
    """
    named, values, default = schema.get("type"), schema.get("enum"), schema.get("default")
    kinds = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    plain = named if isinstance(named, str) and named in TYPES else ""
    if plain and isinstance(values, list) and not any(is_kind(one, plain) for one in values):
        values = [_as(plain, one) for one in values]
        kinds = [*kinds, *map(kind_of, values)]
    if plain and default is not None:
        default = schema["default"] = _as(plain, default)
        if isinstance(values, list) and not isinstance(default, dict | list):
            values, kinds = [*values, default], [*kinds, kind_of(default)]
        elif not is_kind(default, plain):
            del schema["default"]
    if isinstance(values, list):
        fitting = [one for one in values if not kinds or is_kind(one, kinds)]
        schema["enum"] = list({token(one): one for one in fitting}.values()) or values
    if plain:
        others = [
            kind for kind in kinds if kind != plain and (kind, plain) != ("integer", "number")
        ]
        schema["type"] = list(dict.fromkeys((plain, *others))) if others else plain


def _as(kind: str, value: Any) -> Any:
    """Return a value as a type has it, or as it is if it cannot be of that type."""
    if kind == "string":
        return json.dumps(value) if isinstance(value, bool | int | float) else value
    try:
        read = json.loads(value.lower()) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value
    is_plain = kind in ("integer", "number", "boolean")
    return read if is_plain and is_kind(read, kind) else value


def with_limits(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with limits as since draft 6: the exclusive one is a number itself."""
    made = dict(schema)
    for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(word), bool):
            exclusive = made.pop(word)
            if exclusive and limit in made:
                made[word] = made.pop(limit)
    return made


def _with_required(schema: dict[str, Any], properties: Any) -> None:
    """Gather what is marked as required beside each parameter, where its owner lists it."""
    named = schema.get("required")
    if isinstance(named, bool) or (isinstance(named, str) and named.lower() in ("true", "false")):
        del schema["required"]
    if not isinstance(properties, dict):
        return
    listed = [named] if isinstance(named, str) and named in properties else named
    marked = [name for name, one in properties.items() if _is_marked(one)]
    if isinstance(listed, list):
        found = [*listed, *marked]
        schema["required"] = [one for place, one in enumerate(found) if one not in found[:place]]
    elif marked:
        schema["required"] = marked


def _is_marked(rule: Any) -> bool:
    return isinstance(rule, dict) and str(rule.get("required")).lower() == "true"


def translations(schema: Any) -> dict[str, str]:
    """Return the types that are written in other words, each with what it is taken for."""
    found: dict[str, str] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict | list):
            continue
        waiting.extend(node.values() if isinstance(node, dict) else node)
        kinds = node.get("type") if isinstance(node, dict) else None
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and kind not in TYPES and (means := meaning(kind)) is not None:
                found[kind] = _told(means)
    return found


def _told(means: dict[str, Any]) -> str:
    plain = list(means) == ["type"] and isinstance(means["type"], str)
    return str(means["type"]) if plain else json.dumps(means) if means else "any value"
