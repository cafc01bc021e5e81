"""Which keys and items of a value some schema has looked at, for the `unevaluated...` keywords."""

from collections.abc import Iterator
from typing import Any, Protocol

Schema = dict[str, Any] | bool


class Check(Protocol):
    """What is asked of the check that is going on."""

    def fits(self, value: Any, schema: Schema) -> bool:
        """Say whether nothing is wrong."""

    def find(self, pattern: str, text: str) -> bool:
        """Say whether a pattern occurs in a text."""

    def target(self, reference: str) -> Schema:
        """Return what a `$ref` means."""

    def count(self, steps: int = 1) -> None:
        """Take note of work done."""


def known_keys(
    check: Check, value: dict[str, Any], schema: dict[str, Any], *, inner: bool = False
) -> set[str]:
    """Return the keys of an object that this schema, or one applied with it, speaks about."""
    check.count()
    everything = {"additionalProperties"} | ({"unevaluatedProperties"} if inner else set())
    if everything & schema.keys():
        return set(value)
    patterns = schema.get("patternProperties", {})
    known = {key for key in value if key in schema.get("properties", {})}
    known |= {key for key in value for pattern in patterns if check.find(pattern, key)}
    for one in _applied(check, value, schema):
        known |= known_keys(check, value, one, inner=True)
    return known


def known_items(
    check: Check, value: list[Any], schema: dict[str, Any], *, inner: bool = False
) -> set[int]:
    """Return the places of a list that this schema, or one applied with it, speaks about."""
    check.count()
    everything = {"items"} | ({"unevaluatedItems"} if inner else set())
    if everything & schema.keys():
        return set(range(len(value)))
    known = set(range(min(len(schema.get("prefixItems", ())), len(value))))
    if "contains" in schema:
        known |= {at for at, item in enumerate(value) if check.fits(item, schema["contains"])}
    for one in _applied(check, value, schema):
        known |= known_items(check, value, one, inner=True)
    return known


def _applied(check: Check, value: Any, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas that apply to the same value and that it fits."""
    for one in _candidates(check, value, schema):
        if isinstance(one, dict) and check.fits(value, one):
            yield one


def _candidates(check: Check, value: Any, schema: dict[str, Any]) -> Iterator[Schema]:
    if "$ref" in schema:
        yield check.target(schema["$ref"])
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
    if "if" in schema:
        yield schema["if"]
        yield schema.get("then" if check.fits(value, schema["if"]) else "else", True)
    if isinstance(value, dict):
        dependent = schema.get("dependentSchemas", {})
        yield from (one for name, one in dependent.items() if name in value)
