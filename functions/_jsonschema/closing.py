"""Small changes to schemas and values that make calls clearer without changing what is meant."""

from typing import Any

from functions._jsonschema.check import Checker
from functions._jsonschema.keywords import BESIDE, IN_PLACE, INSIDE
from functions._jsonschema.rules import malformed
from functions._jsonschema.tree import applied, changed, reached, subschemas

OWN = {"properties", "allOf", "patternProperties", "additionalProperties", "required"}
MIXED = {
    *IN_PLACE,
    *("patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties"),
}
UNITED = frozenset(("$ref", "anyOf", "oneOf", "allOf"))


def close(root: dict[str, Any]) -> None:
    """Refuse unknown keys wherever a schema names keys, says nothing of others, and judges alone.

    In a mix of schemas none knows all the keys. An object inside that requires others than it names
    takes any.
    """
    beside = [
        one
        for node in subschemas(root)
        for one in applied(root, node, BESIDE if OWN.isdisjoint(node) else IN_PLACE)
    ]
    mixed = {id(one) for one in reached(root, *beside, at=IN_PLACE)}
    for node in subschemas(root):
        names = node.get("properties")
        known = names and names.keys() >= set(node.get("required", ())) and id(node) not in mixed
        if (known or node is root) and MIXED.isdisjoint(node):
            node["additionalProperties"] = False


def loosened(schema: Any) -> Any:
    """Return a schema without the keywords, also inside of it, that are not known or well formed.

    What holds schemas stays, to be refused: nobody would know any more what it was for.
    """
    if not isinstance(schema, dict):
        return schema
    idle = malformed(schema) - INSIDE
    return {word: changed(word, one, loosened) for word, one in schema.items() if word not in idle}


def without_nulls(value: Any, schemas: list[Any], checker: Checker) -> Any:
    """Drop nulls of keys that may be left out and do not take null: they mean "not given".

    The value is held to one of these schemas; which one it is may not be known.
    """
    nodes = list(reached(checker.root, *schemas, at=UNITED))
    if isinstance(value, list):
        items = [one for node in nodes for one in (*node.get("prefixItems", ()), node.get("items"))]
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


def filled(value: dict[str, Any], checker: Checker) -> dict[str, Any]:
    """Add the defaults of parameters that may be left out, where the schema itself takes them."""
    known, required = checker.root.get("properties", {}), checker.root.get("required", ())
    return value | {
        name: rule["default"]
        for name, rule in known.items()
        if name not in value and name not in required
        if isinstance(rule, dict) and "default" in rule and checker.accepts(rule["default"], rule)
    }
