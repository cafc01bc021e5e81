"""The functions that a request offers, and whether one must be called."""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """One function on offer."""

    name: str
    description: str
    schema: Schema

    @property
    def properties(self) -> dict[str, Schema]:
        """Give the parameters, references and unions with null resolved."""
        listed = self.schema.get("properties") or {}
        return {name: resolve(inner, self.schema) for name, inner in listed.items()}

    @property
    def required(self) -> frozenset[str]:
        """Give the names of parameters that cannot be left out."""
        return frozenset(self.schema.get("required") or ())


def resolve(schema: Schema | bool, root: Schema, been: tuple[str, ...] = ()) -> Schema:
    """Follow a reference, though in no circle; of a union take the first part but null."""
    if isinstance(schema, bool):
        return {}
    if "$ref" in schema:
        ref = schema["$ref"]
        found: Any = {} if ref in been else root
        for key in ref.removeprefix("#/").split("/"):
            found = found.get(key) if isinstance(found, dict) else None
        rest = {k: v for k, v in schema.items() if k != "$ref"}
        return resolve((found if isinstance(found, dict) else {}) | rest, root, (*been, ref))
    for key in ("anyOf", "oneOf", "allOf"):
        given = [part for part in schema.get(key) or () if isinstance(part, dict)]
        parts = [part for part in given if part.get("type") != "null"]
        if parts:
            rest = {k: v for k, v in schema.items() if k != key}
            return resolve(parts[0] | rest, root, been)
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        return schema | {"type": kinds[0] if kinds else "null"}
    return schema


def offers(request: dict[str, Any]) -> list[Offer]:
    """Give what may be called: nothing under `none`, one under a forced name."""
    choice = request.get("tool_choice") or request.get("function_call")
    if choice == "none":
        return []
    listed = request.get("functions") or [
        tool["function"] for tool in request.get("tools") or () if tool["type"] == "function"
    ]
    names = chosen(choice)
    return [
        Offer(entry["name"], entry.get("description") or "", entry.get("parameters") or {})
        for entry in listed
        if not names or entry["name"] in names
    ]


def chosen(choice: Any) -> frozenset[str]:
    """Give the names that a choice is restricted to; empty when it is not."""
    if not isinstance(choice, dict):
        return frozenset()
    if "allowed_tools" in choice:
        tools = choice["allowed_tools"].get("tools") or ()
        return frozenset(tool["function"]["name"] for tool in tools)
    return frozenset({choice.get("function", choice).get("name", "")})


def must_call(request: dict[str, Any]) -> bool:
    """Say whether the request wants a call whatever was said."""
    choice = request.get("tool_choice") or request.get("function_call")
    if isinstance(choice, dict):
        mode = choice.get("allowed_tools", {}).get("mode", "required")
        return bool(mode == "required")
    return choice == "required"
