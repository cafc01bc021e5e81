"""Small changes to schemas and values that make calls clearer without changing what is meant."""

from typing import Any

from functions._jsonschema.check import Checker

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


def without_nulls(value: dict[str, Any], checker: Checker) -> dict[str, Any]:
    """Drop nulls of keys that may be left out and do not take null: they mean "not given"."""
    slimmer: dict[str, Any] = _without(value, checker.root, checker)
    return slimmer


def _without(value: Any, schema: Any, checker: Checker) -> Any:
    if not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        return [_without(item, schema.get("items"), checker) for item in value]
    if not isinstance(value, dict):
        return value
    known, required = schema.get("properties", {}), schema.get("required", ())
    return {
        name: _without(item, known.get(name), checker)
        for name, item in value.items()
        if item is not None
        or name not in known
        or name in required
        or checker.accepts(None, known[name])
    }


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
