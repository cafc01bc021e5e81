"""What a value is by itself, whatever stands inside of it: its type, its size, its number."""

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from functions._faults import Path
from functions._jsonschema.forms import SHOWN, Fault, wrong_kind
from functions._jsonschema.values import is_kind, is_multiple, is_one_of, is_unique, kind

NUMBER = (int, float)


def _is_least(value: Any, size: float) -> bool:
    return len(value) >= size


def _is_most(value: Any, size: float) -> bool:
    return len(value) <= size


# keyword: the types that it speaks about, whether a value keeps it, what is said if not
Limit = tuple[tuple[type, ...], Callable[[Any, Any], bool], str]
LIMITS: Mapping[str, Limit] = {
    "minimum": (NUMBER, operator.ge, "should be at least {}"),
    "maximum": (NUMBER, operator.le, "should be at most {}"),
    "exclusiveMinimum": (NUMBER, operator.gt, "should be greater than {}"),
    "exclusiveMaximum": (NUMBER, operator.lt, "should be less than {}"),
    "multipleOf": (NUMBER, is_multiple, "should be a multiple of {}"),
    "minLength": ((str,), _is_least, "should have at least {:g} characters"),
    "maxLength": ((str,), _is_most, "should have at most {:g} characters"),
    "minItems": ((list,), _is_least, "should have at least {:g} items"),
    "maxItems": ((list,), _is_most, "should have at most {:g} items"),
    "uniqueItems": ((list,), is_unique, "should hold nothing twice"),
    "minProperties": ((dict,), _is_least, "should have at least {:g} keys"),
    "maxProperties": ((dict,), _is_most, "should have at most {:g} keys"),
}


def limit_faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """Say which limits a value does not keep."""
    found = []
    for keyword in schema:
        if keyword in LIMITS:
            kinds, holds, words = LIMITS[keyword]
            if type(value) in kinds and not holds(value, schema[keyword]):
                found.append(words.format(schema[keyword]))
    return found


def kind_fault(value: Any, schema: dict[str, Any], path: Path) -> Fault | None:
    """Say of which type, or which of a few values, a value should be."""
    named = schema.get("type", ())
    names = [named] if isinstance(named, str) else named
    wanted = names if names and not is_kind(value, names) else ()
    lists = [[schema["const"]]] if "const" in schema else []
    for allowed in [*lists, schema["enum"]] if "enum" in schema else lists:
        if not is_one_of(value, allowed):
            kinds = list(dict.fromkeys(map(kind, allowed)))
            wanted = wanted or (() if names or is_kind(value, kinds) else kinds)
            text = " or ".join(json.dumps(one, ensure_ascii=False) for one in allowed[:SHOWN])
            got = f" (got {kind(value)})" if wanted else ""
            return Fault(path, f"should be {text}{got}", tuple(wanted), len(allowed) <= SHOWN)
    return wrong_kind(value, wanted, path) if wanted else None


def is_marked(rule: Any) -> bool:
    """Say whether a schema names the values that may be given."""
    return isinstance(rule, dict) and ("const" in rule or "enum" in rule)
