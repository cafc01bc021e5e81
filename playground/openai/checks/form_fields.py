"""Texts of a multipart form as the JSON values that they stand for.

Lists come as `name[]`, again and again; objects as `name[key]`, or as JSON.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from playground.openai.checks.shape import Rule
from playground.openai.errors import ApiError
from playground.openai.multipart import Form

INSIDE = re.compile(r"(\w+)\[(\w+)\]$")


def form_values(form: Form, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Give the texts of a form under their names, as the rules want them."""
    values: dict[str, Any] = {}
    for name, texts in form.texts.items():
        plain = name.removesuffix("[]")
        if plain != name:
            values.setdefault(plain, []).extend(texts)
        elif inside := INSIDE.match(name):
            values.setdefault(inside[1], {})[inside[2]] = read_value(texts[-1])
        else:
            values[name] = wanted(texts[-1], rules.get(name), name)
    return values


def wanted(text: str, rule: Rule | None, name: str) -> Any:
    """Give a text as it is where the rule takes it, else the JSON value that it writes."""
    try:
        if rule:
            rule(text, name)
    except ApiError:
        return read_value(text)
    return text


def read_value(text: str) -> Any:
    """Give the JSON value of a text; what is no JSON stays a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
