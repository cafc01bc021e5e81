"""Make a value that fits a schema, for forced calls and for `response_format`."""

from typing import Any

from playground.openai.standin.offers import Schema, resolve

TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00",
    "email": "ann@example.com",
    "uri": "https://example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
DEEPEST = 6


def example(schema: Schema, root: Schema, text: str = "example", depth: int = 0) -> Any:
    """Give a plausible value; `text` goes where any text fits."""
    schema = resolve(schema, root)
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    kind = schema.get("type", "string")
    if kind == "object":
        return example_object(schema, root, text, depth)
    if kind == "array":
        return example_array(schema, root, text, depth)
    return example_scalar(kind, schema, text)


def example_object(schema: Schema, root: Schema, text: str, depth: int) -> dict[str, Any]:
    """Give an object with its required properties."""
    if depth > DEEPEST:
        return {}
    listed = schema.get("properties") or {}
    wanted = schema.get("required") or ()
    return {
        name: example(inner, root, text, depth + 1)
        for name, inner in listed.items()
        if name in wanted
    }


def example_array(schema: Schema, root: Schema, text: str, depth: int) -> list[Any]:
    """Give as many items as are needed, one at least where that is allowed."""
    if depth > DEEPEST or schema.get("maxItems") == 0:
        return []
    count = schema.get("minItems", 1)
    item = schema.get("items") or {"type": "string"}
    return [example(item, root, text, depth + 1) for _ in range(count or 1)]


def example_scalar(kind: str, schema: Schema, text: str) -> Any:
    """Give a text, a number, a truth or nothing."""
    if kind in ("integer", "number"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        return min(low, schema.get("maximum", low))
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    found = TEXTS.get(schema.get("format", ""), text)
    return found[: schema.get("maxLength", len(found))].ljust(schema.get("minLength", 0), ".")
