"""What a value is by itself, and which of several forms it was meant to be."""

import json
from collections.abc import Iterator
from typing import Any

from functions._faults import Path
from functions._jsonschema.values import is_kind, kind, token

SHOWN = 20

Fault = tuple[Path, str]
Schema = dict[str, Any] | bool


def types(schema: dict[str, Any]) -> list[str]:
    """Return the names of the types that a schema takes."""
    names: str | list[str] = schema["type"]
    return names if isinstance(names, list) else [names]


def is_of_type(value: Any, schema: dict[str, Any]) -> bool:
    """Say whether a value is of a type that a schema takes."""
    return "type" not in schema or is_kind(value, schema["type"])


def allowed_in(schema: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield each list of values that it must be one of; there may be two."""
    if "const" in schema:
        yield [schema["const"]]
    if "enum" in schema:
        yield schema["enum"]


def is_one_of(value: Any, allowed: list[Any]) -> bool:
    """Say whether a value is one of these."""
    if isinstance(value, str):  # which nothing but the same text is equal to
        return value in allowed
    return token(value) in {token(one) for one in allowed}


def should_be(allowed: list[Any]) -> str:
    """Say which values there are."""
    words = (json.dumps(one, ensure_ascii=False) for one in allowed[:SHOWN])
    return f"should be {' or '.join(words)}"


def wrong_type(value: Any, names: list[str]) -> str:
    """Say of which types a value should be, and of which it is."""
    return f"should be a valid {' or '.join(names)} (got {kind(value)})"


def meant(
    value: Any,
    members: list[Schema],
    kinds: list[list[str]],
    faults: list[list[Fault]],
    path: Path,
) -> list[Fault]:
    """Return the faults of the form that was meant.

    If none stands out, those that all forms share, else those of the forms with the fewest.
    """
    names = list(dict.fromkeys(name for some in kinds for name in some))
    if not is_kind(value, names):
        return [(path, wrong_type(value, names))]
    own = [(one, found) for one, some, found in zip(members, kinds, faults, strict=True)
           if is_kind(value, some)]  # fmt: skip
    marked = [found for one, found in own if not wrong_marks(value, one, path)]
    told = marked or [found for _, found in own]
    shared = set.intersection(*({place for place, _ in found} for found in told)) - {path}
    common = [fault for found in told for fault in found
              if fault[0] in shared or all(fault in other for other in told)]  # fmt: skip
    fewest = min(map(len, told))
    return common or [fault for found in told if len(found) == fewest for fault in found]


def is_kin(value: Any, schema: Schema) -> bool:
    """Say whether a value is of the type of a form."""
    return isinstance(schema, dict) and is_of_type(value, schema)


def wrong_marks(value: Any, schema: Schema, path: Path) -> list[Fault]:
    """Return where an object has not the values by which a schema tells it from others.

    Where forms are told apart by such a mark, only the one that has it is looked into: forms may
    hold each other, and there is no end to trying all.
    """
    if not isinstance(schema, dict) or not isinstance(value, dict):
        return []
    rules = schema.get("properties", {})
    return [
        ((*path, name), should_be(allowed))
        for name in value
        if isinstance(rules.get(name), dict)
        for allowed in allowed_in(rules[name])
        if len(allowed) <= SHOWN and not is_one_of(value[name], allowed)
    ]
