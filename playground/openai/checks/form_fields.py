"""Texts of a multipart form as the JSON values that they stand for.

Lists come as `name[]`, again and again; objects as `name[key]`, or as JSON.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from playground.openai.errors import bad_request
from playground.openai.multipart import Form

Kind = Literal["text", "int", "float", "bool", "list", "object"]
WORDS = {"true": True, "false": False}
INSIDE = re.compile(r"(\w+)\[(\w+)\]$")
NAMES = {"int": "an integer", "float": "a decimal", "bool": "a boolean"}


def form_values(form: Form, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Give the texts of a form under their names, typed; unknown names stay as they are."""
    values: dict[str, Any] = {}
    for name, texts in form.texts.items():
        plain = name.removesuffix("[]")
        inside = INSIDE.match(name)
        if kinds.get(plain) == "list":
            values.setdefault(plain, []).extend(texts)
        elif inside and kinds.get(inside[1]) == "object":
            values.setdefault(inside[1], {})[inside[2]] = read_value(texts[-1])
        else:
            values[name] = typed(texts[-1], kinds.get(name, "text"), name)
    return values


def read_value(text: str) -> Any:
    """Give the JSON value of a text; what is no JSON stays a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def typed(text: str, kind: Kind, name: str) -> Any:
    """Read one text as its kind wants it."""
    if kind == "object":
        return read_value(text)
    try:
        if kind == "bool":
            return WORDS[text.lower()]
        if kind == "int":
            return int(text)
        return float(text) if kind == "float" else text
    except (KeyError, ValueError) as error:
        raise bad_request(
            f"Invalid type for '{name}': expected {NAMES[kind]}, but got a string instead.",
            name,
            "invalid_type",
        ) from error
