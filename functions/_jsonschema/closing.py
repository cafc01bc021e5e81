"""Small changes to schemas and values that make calls clearer without changing what is meant."""

from collections.abc import Iterator
from typing import Any

from functions._jsonschema.check import Checker, item_schemas

MIXED = (
    *("anyOf", "oneOf", "allOf", "not", "if", "$ref", "patternProperties", "propertyNames"),
    *("unevaluatedProperties", "dependentSchemas", "dependencies", "additionalProperties"),
)


def close(schema: dict[str, Any]) -> dict[str, Any]:
    """Refuse unknown keys wherever a schema names keys and says nothing of others.

    Only down through plain properties and items: in a mix of schemas none knows all the keys. An
    object inside that names no keys, or requires others than it names, takes any.
    """
    if "properties" in schema and not any(word in schema for word in MIXED):
        schema["additionalProperties"] = False
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    for one in inner:
        if isinstance(one, dict):
            _close_inner(one)
    return schema


def _close_inner(schema: dict[str, Any]) -> None:
    known = schema.get("properties", {})
    open_ = not known or not known.keys() >= set(schema.get("required", ()))
    if open_ and "additionalProperties" not in schema:
        close(schema).pop("additionalProperties", None)
    else:
        close(schema)


def without_nulls(value: Any, schemas: list[Any], checker: Checker) -> Any:
    """Drop nulls of keys that may be left out and do not take null: they mean "not given".

    The value is held to one of these schemas; which one it is may not be known.
    """
    nodes = list(_forms(schemas, checker))
    if isinstance(value, list):
        items = [inner for node in nodes for inner in (*item_schemas(node)[0], node.get("items"))]
        return [without_nulls(item, items, checker) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, item in value.items():
        owners = [node for node in nodes if name in node.get("properties", {})]
        inner = [node["properties"][name] for node in owners]
        idle = any(name not in node.get("required", ()) for node in owners)
        if item is not None or not idle or any(checker.accepts(None, one) for one in inner):
            others = [node.get("additionalProperties") for node in nodes]
            found[name] = without_nulls(item, inner or others, checker)
    return found


def _forms(schemas: list[Any], checker: Checker) -> Iterator[dict[str, Any]]:
    """Yield what schemas are made of: where they refer to, and the members of their unions."""
    for one in schemas:
        if isinstance(one, dict):
            yield one
            further = [checker.targets[one["$ref"]]] if "$ref" in one else []
            for keyword in ("anyOf", "oneOf", "allOf"):
                further += one.get(keyword, ())
            yield from _forms(further, checker)


def filled(value: dict[str, Any], checker: Checker) -> dict[str, Any]:
    """Add the defaults of parameters that may be left out, where the schema itself takes them."""
    known, required = checker.root.get("properties", {}), checker.root.get("required", ())
    defaults = {
        name: rule["default"]
        for name, rule in known.items()
        if name not in value and name not in required
        if isinstance(rule, dict) and "default" in rule
    }
    return value | {
        name: item for name, item in defaults.items() if checker.accepts(item, known[name])
    }
