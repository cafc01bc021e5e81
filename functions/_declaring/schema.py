"""Make the JSON Schema that the model sees: exactly what validation accepts, and no noise.

Also says whether a schema can be sent in OpenAI's strict mode without losing anything.
"""

import json
import re
from typing import Any

from pydantic import BaseModel

from functions._declaring.generator import SIGNED, Generator
from functions._jsonschema.tree import children, pointed, reached, subschemas
from functions._jsonschema.values import kind

Schema = dict[str, Any]

STRICT_KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs"),
    *("title", "description", "enum", "const", "pattern", "format", "minItems", "maxItems"),
    *("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
STRICT_FORMATS = {
    *("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"),
}
STRICT_LENGTH = 15_000  # in which all of OpenAI's limits on names, values and texts are kept
LOOKAROUND = re.compile(r"\(\?(?!:)|\\[1-9]")


def generate(model: type[BaseModel]) -> Schema:
    """Return the schema; an object inside takes no keys but its own, unless it says so."""
    schema = model.model_json_schema(schema_generator=Generator)
    for node in subschemas(schema):
        if node is schema:
            continue
        if "properties" in node:
            node.setdefault("additionalProperties", False)
        if node.get("default") is not None and holds_secret(node, schema):
            del node["default"]
        spell_out(node)
    for name, node in schema.get("$defs", {}).items():
        if node.get("title") == name:
            del node["title"]
    schema.pop("title", None)
    schema.pop("description", None)
    schema.setdefault("properties", {})
    return schema


def spell_out(node: Schema) -> None:
    """Say of values what type they are of, and of a list what is in it.

    Both may go without saying in JSON Schema, but OpenAI refuses the whole request over a list
    that does not say it, and in strict mode over values that do not.
    """
    values = [node["const"]] if "const" in node else node.get("enum", [])
    if values and not node.keys() & {"type", "$ref"}:
        types = list(dict.fromkeys(kind(one) for one in values))
        node["type"] = types[0] if len(types) == 1 else types
    types = node.get("type", ())
    if "array" in ([types] if isinstance(types, str) else types) and "items" not in node:
        _say_items(node)


def _say_items(node: Schema) -> None:
    first = node.get("prefixItems", [])
    if first and all(one == first[0] for one in first) and node.get("maxItems") == len(first):
        node["items"] = node.pop("prefixItems")[0]
    node.setdefault("items", {})


def holds_secret(node: Any, root: Schema) -> bool:
    """Say whether a value may have something secret in it, as `SecretStr`: nobody is shown that."""
    parts = reached(root, node)
    return any(one.get("writeOnly") or one.get("format") == "password" for one in parts)


def takes_more(schema: Schema) -> bool:
    """Say whether an object somewhere in it takes further keys beside those that it names."""
    objects = (node for node in subschemas(schema) if "properties" in node)
    return any(node.get("additionalProperties", False) is not False for node in objects)


def takes_decimal(schema: Schema) -> bool:
    """Say whether a value somewhere in it may be a decimal number of any length."""
    return any(str(node.get("pattern")).startswith(SIGNED) for node in subschemas(schema))


def branching(root: Schema) -> int:
    """Count the most members of a union that lead back to it; 1 where trying them is no work.

    pydantic tries every member of a union without discriminator, at every level of the value.
    """
    most = 1
    for name, definition in root.get("$defs", {}).items():
        if not _leads_to(definition, name, root):
            continue
        for node in subschemas(definition):
            members = () if "discriminator" in node else node.get("anyOf", ())
            most = max(most, sum(_leads_to(member, name, root) for member in members))
    return most


def _leads_to(schema: Schema, name: str, root: Schema) -> bool:
    return any(one.get("$ref") == f"#/$defs/{name}" for one in reached(root, schema))


def strict_obstacle(schema: Schema) -> str | None:
    """Say what strict mode would lose or refuse, or None if it loses nothing."""
    everything = list(subschemas(schema))
    for node in everything:
        if obstacle := _node_obstacle(node):
            return obstacle
    limits = (
        (sum(len(node.get("enum", ())) for node in everything), 1_000, "enum values"),
        (len(json.dumps(schema)), STRICT_LENGTH, "characters"),
        (_depth(schema, schema, frozenset()), 10, "levels of objects"),
    )
    for found, most, noun in limits:
        if found > most:
            return f"there are more than {most:,} {noun}"
    return None


def _node_obstacle(node: Schema) -> str | None:
    unknown = sorted(node.keys() - STRICT_KEYWORDS)
    if unknown:
        return f"{unknown[0]} is not supported"
    if not str(node.get("$ref", "#/$defs/")).startswith("#/$defs/"):
        return "a reference leads to another place than $defs"
    if "$ref" in node and len(node) > 1:
        return "a referenced type has a text or rule of its own"
    inner = children({**node, "additionalProperties": {}})
    if not node.keys() & {"type", "$ref", "anyOf"} or any(isinstance(one, bool) for one in inner):
        return "a value may be of any type"
    if node.get("type") == "object":
        return _object_obstacle(node)
    if node.get("type") == "array" and not isinstance(node.get("items"), dict):
        return "a list may hold anything"
    if "format" in node and node["format"] not in STRICT_FORMATS:
        return f"the format {node['format']} is not supported"
    if LOOKAROUND.search(node.get("pattern", "")):
        return "a pattern looks around or back"
    return None


def _object_obstacle(node: Schema) -> str | None:
    if node.get("additionalProperties") is not False or "properties" not in node:
        return "an object may have any keys"
    optional = sorted(node["properties"].keys() - set(node.get("required", ())))
    return f"{optional[0]} may be left out" if optional else None


def _depth(node: Schema, root: Schema, path: frozenset[str]) -> int:
    reference = node.get("$ref")
    if reference in path:
        return 0
    if reference:
        return _depth(pointed(root, reference), root, path | {reference})
    inside = (child for child in children({**node, "$defs": {}}) if isinstance(child, dict))
    inner = [_depth(child, root, path) for child in inside]
    return max(inner, default=0) + ("properties" in node)
