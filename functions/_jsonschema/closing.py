"""Small changes to schemas and values that make calls clearer without changing what is meant."""

from typing import Any

from functions._jsonschema.check import Checker, item_schemas
from functions._jsonschema.tree import BESIDE, FORMS, children, in_place

OWN = frozenset(("properties", "allOf", "patternProperties", "additionalProperties", "required"))
MIXED = OWN - {"properties", "required"} | {
    *("anyOf", "oneOf", "not", "if", "$ref", "propertyNames", "unevaluatedProperties"),
    *("dependentSchemas", "dependencies"),
}
MEMBERS = ("anyOf", "oneOf", "allOf")


def close(root: dict[str, Any]) -> None:
    """Refuse unknown keys wherever a schema names keys, says nothing of others, and judges alone.

    In a mix of schemas none knows all the keys. An object inside that requires others than it names
    takes any.
    """
    nodes, beside = _judging(root)
    for node in nodes:
        names = node.get("properties")
        known = names and names.keys() >= set(node.get("required", ()))
        alone = known and id(node) not in beside
        if (alone or node is root) and MIXED.isdisjoint(node):
            node["additionalProperties"] = False


def _judging(root: dict[str, Any]) -> tuple[list[dict[str, Any]], set[int]]:
    """Return the schemas that judge a value alone, and the ids of those that also judge beside."""
    nodes, beside, seen = [], set(), set()
    waiting: list[tuple[Any, bool]] = [(root, True)]
    while waiting:
        node, alone = waiting.pop()
        if not isinstance(node, dict) or (id(node), alone) in seen:
            continue
        seen.add((id(node), alone))
        if alone:
            nodes.append(node)
        else:
            beside.add(id(node))
        same = [(one, alone and OWN.isdisjoint(node)) for one in in_place(root, node, FORMS)]
        same += [(one, False) for one in in_place(root, node, BESIDE)]
        known = {id(one) for one, _ in same}
        waiting += [*same, *((one, True) for one in children(node) if id(one) not in known)]
    return nodes, beside


def without_nulls(value: Any, schemas: list[Any], checker: Checker) -> Any:
    """Drop nulls of keys that may be left out and do not take null: they mean "not given".

    The value is held to one of these schemas; which one it is may not be known.
    """
    nodes = _forms(schemas, checker)
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


def _forms(schemas: list[Any], checker: Checker) -> list[dict[str, Any]]:
    """Return what schemas are made of, each once: where they refer to, members of their unions."""
    found: dict[int, dict[str, Any]] = {}
    waiting = list(schemas)
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and id(one) not in found:
            found[id(one)] = one
            waiting += [checker.targets[one["$ref"]]] if "$ref" in one else []
            waiting += [member for word in MEMBERS for member in one.get(word, ())]
    return list(found.values())


def filled(value: dict[str, Any], checker: Checker) -> dict[str, Any]:
    """Add the defaults of parameters that may be left out, where the schema itself takes them."""
    known, required = checker.root.get("properties", {}), checker.root.get("required", ())
    return value | {
        name: rule["default"]
        for name, rule in known.items()
        if name not in value and name not in required
        if isinstance(rule, dict) and "default" in rule and checker.accepts(rule["default"], rule)
    }
