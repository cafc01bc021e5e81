"""The keywords of JSON Schema, each with the schema of what it holds.

From that follows which schemas may be registered, and where schemas stand inside of each other.
Keywords of older drafts are not here: they are translated where a schema is taken in.
"""

from collections.abc import Mapping
from typing import Any

from functions._jsonschema.patterns import LENGTH, STATES, compiled
from functions._jsonschema.values import TYPES

ANYTHING: dict[str, Any] = {}
SCHEMA = {"$ref": "#/$defs/schema"}
BY_NAME = {"type": "object", "additionalProperties": SCHEMA}
SEVERAL = {"type": "array", "items": SCHEMA, "minItems": 1}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}
NAMES = {"type": "array", "items": TEXT}
PATTERN = {**TEXT, "format": "regex"}
FORMATS = {
    "regex": (
        compiled,
        "a regular expression, without references back, looking around nowhere but ahead at its "
        "beginning, as ^(?=...) or ^(?!...) before what has no | by itself, of at most "
        f"{LENGTH:,} characters and {STATES:,} repeats",
    )
}

NOTES = (
    *("title", "description", "default", "examples", "example", "deprecated", "readOnly"),
    *("writeOnly", "$schema", "$id", "$comment", "contentEncoding", "contentMediaType"),
    *("contentSchema", "discriminator", "$recursiveAnchor", "unit", "units", "hint", "label"),
    *("placeholder", "enumDescriptions", "enumNames", "errorMessage", "markdownDescription"),
)
KEYWORDS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys((*NOTES, "const"), ANYTHING),
    **dict.fromkeys(("properties", "dependentSchemas", "$defs", "definitions"), BY_NAME),
    "patternProperties": {**BY_NAME, "propertyNames": PATTERN},
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), SEVERAL),
    **dict.fromkeys(("additionalProperties", "propertyNames", "unevaluatedProperties"), SCHEMA),
    **dict.fromkeys(("items", "contains", "unevaluatedItems"), SCHEMA),
    **dict.fromkeys(("not", "if", "then", "else"), SCHEMA),
    **dict.fromkeys(("$ref", "$anchor", "$dynamicAnchor"), TEXT),
    "type": {
        "if": {"type": "array"},
        "then": {"items": {"enum": TYPES}, "minItems": 1},
        "else": {"enum": TYPES},
    },
    "enum": {"type": "array", "minItems": 1},
    "required": NAMES,
    "dependentRequired": {"type": "object", "additionalProperties": NAMES},
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), COUNT),
    **dict.fromkeys(("minProperties", "maxProperties", "minContains", "maxContains"), COUNT),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBER),
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "uniqueItems": {"type": "boolean"},
    "pattern": PATTERN,
    "format": TEXT,
}
SHAPE = {
    "type": ["object", "boolean"],
    "properties": KEYWORDS,
    "patternProperties": {"^x-": ANYTHING},
    "additionalProperties": False,
}

# how schemas stand in what a keyword holds: by name, in a list, or one alone
MAPS = frozenset(word for word, of in KEYWORDS.items() if of.get("additionalProperties") is SCHEMA)
LISTS = frozenset(word for word, of in KEYWORDS.items() if of.get("items") is SCHEMA)
ONES = frozenset(word for word, of in KEYWORDS.items() if of is SCHEMA)
INSIDE = MAPS | LISTS | ONES

# of which the one that fits may judge a value alone; and which judge it with others
FORMS = frozenset(("anyOf", "oneOf", "$ref"))
BESIDE = frozenset(("allOf", "not", "if", "then", "else", "dependentSchemas"))
IN_PLACE = FORMS | BESIDE
REST = frozenset(("unevaluatedProperties", "unevaluatedItems"))  # all that none of the others takes
