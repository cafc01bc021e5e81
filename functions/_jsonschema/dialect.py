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
PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
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
    _with_enum_of_type(made)
    _with_default(made)
    _with_possible_values(made)
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
    if not isinstance(kind, list):
        return {"type": kind}
    members = [_meant(one) for one in kind]
    if {} in members:
        return {}
    if all(isinstance(one.get("type"), str) and len(one) == 1 for one in members):
        names = list(dict.fromkeys(one["type"] for one in members))
        return {"type": names if len(names) > 1 else names[0]}
    return {"anyOf": members} if all(isinstance(one, str) for one in kind) else {"type": kind}


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


def _with_enum_of_type(schema: dict[str, Any]) -> None:
    """Write the values as their type has them, where none could be of it: `"1"` for an integer."""
    kinds, values = PLAIN.get(str(schema.get("type"))), schema.get("enum")
    if kinds and isinstance(values, list) and not any(type(one) in kinds for one in values):
        written = [(_as(kinds, one), one) for one in values]
        _with_enum(schema, [old if new is None else new for new, old in written])


def _with_default(schema: dict[str, Any]) -> None:
    """Take the default for one of the values, or leave it out where it is not of the type."""
    named, default = schema.get("type"), schema.get("default")
    if default is None or not isinstance(named, str) or named not in TYPES:
        return
    values = schema.get("enum")
    if not is_kind(default, named) and (written := _as(PLAIN.get(named, ()), default)) is not None:
        default = schema["default"] = written
    if isinstance(values, list) and not isinstance(default, dict | list):
        if token(default) not in {token(one) for one in values}:
            _with_enum(schema, [*values, default])
    elif not is_kind(default, named):
        del schema["default"]


def _with_possible_values(schema: dict[str, Any]) -> None:
    """Leave out values that are not of the type or stand there twice: OpenAI takes neither."""
    values, named = schema.get("enum"), schema.get("type")
    if isinstance(values, list):
        fitting = [one for one in values if not named or is_kind(one, named)]
        schema["enum"] = list({token(one): one for one in fitting}.values()) or values


def _with_enum(schema: dict[str, Any], values: list[Any]) -> None:
    """Give the values, and the types that they have beside the one that is named."""
    schema["enum"] = values
    others = [kind_of(one) for one in values if not is_kind(one, schema["type"])]
    if others:
        schema["type"] = list(dict.fromkeys((schema["type"], *others)))


def _as(kinds: tuple[type, ...], value: Any) -> Any:
    """Return a value as one of these types, or None if it cannot be."""
    if kinds == (str,):
        return json.dumps(value) if isinstance(value, bool | int | float) else None
    try:
        read = json.loads(value.lower()) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return read if type(read) in kinds else None


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
