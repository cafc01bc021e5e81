"""Say what is wrong with arguments: every fault by the path of its field, short, without echo.

What the model sent is never repeated, save the names of keys; what was expected is told instead.
"""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from functions._schema import Schema, known_keys

SIZE_LIMIT = 4000
LINE_LIMIT = 300
LOOKED_AT = 300
ECHO = 8
UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
MISSING = ("missing", "missing_argument", "missing_keyword_only_argument")
OWN_WORDS = ("value_error", "assertion_error")

Path = tuple[str | int, ...]
Faults = dict[str, list[str]]


def describe(name: str, error: ValidationError, arguments: Mapping[str, Any], root: Schema) -> str:
    """Return the text for the model: all faults, at most about 4 KB."""
    faults: Faults = {}
    for detail in error.errors(include_url=False, include_input=False)[:LOOKED_AT]:
        path, rest = place(arguments, detail["loc"])
        words = faults.setdefault(spell(path), [])
        text = _words(detail, path, rest, arguments, root)
        if text not in words:
            words.append(text)
    return tell(name, faults, max(error.error_count() - LOOKED_AT, 0))


def tell(name: str, faults: Faults, more: int = 0) -> str:
    """Put faults, by where they are, into the text for the model."""
    lines = (
        f"- {where or 'arguments'}: {'; or '.join(words)}"[:LINE_LIMIT]
        for where, words in faults.items()
    )
    return bounded(f"{name} was not run, its arguments are wrong:", list(lines), more)


def bounded(title: str, lines: Sequence[str], more: int) -> str:
    """Join lines while they fit, and say how many did not, with those left out before."""
    taken = [title]
    size = len(title.encode())
    for line in lines:
        size += len(line.encode()) + 1
        if size > SIZE_LIMIT - 40:
            break
        taken.append(line)
    rest = len(lines) - len(taken) + 1 + more
    return "\n".join([*taken, f"- and {rest:,} more"] if rest else taken)


def place(arguments: Mapping[str, Any], loc: Sequence[str | int]) -> tuple[Path, Path]:
    """Part pydantic's location into the path that exists in the arguments and what is left.

    pydantic mixes the names of union members into it. What is left is such names, or the key
    that is missing.
    """
    node: Any = arguments
    path: list[str | int] = []
    rest: list[str | int] = []
    for step in loc:
        if _has(node, step):
            node = node[step]
            path.append(step)
            rest.clear()
        else:
            rest.append(step)
    return tuple(path), tuple(rest)


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node)


def value_at(arguments: Any, path: Path) -> Any:
    """Return what stands at a path that `place` found."""
    for step in path:
        arguments = arguments[step]
    return arguments


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the known word that is most like this one, if any is."""
    by_case = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word[:64].casefold(), by_case, n=1)
    return by_case[found[0]] if found else None


def _words(
    detail: ErrorDetails, path: Path, rest: Path, arguments: Mapping[str, Any], root: Schema
) -> str:
    kind = detail["type"]
    if kind in UNKNOWN:
        return _unknown(path, root)
    if kind in MISSING:
        return f"{spell(rest[-1:])} is required"
    if kind == "union_tag_invalid":
        context = detail.get("ctx", {})
        return f"{context.get('discriminator')} should be one of {context.get('expected_tags')}"
    value = value_at(arguments, path)
    if kind in OWN_WORDS:
        return _without(value, detail["msg"].partition(", ")[2] or detail["msg"])
    got = _kind(value)
    text = _without(value, detail["msg"].removeprefix("Input "))
    return f"{text} (got {got})" if kind.endswith("_type") else text


def _without(value: Any, text: str) -> str:
    """Take what was sent out of a text that quotes it, or that has it in full length."""
    if not isinstance(value, str) or not value:
        return text
    text = text.replace(repr(value), "it").replace(f'"{value}"', "it")
    return text.replace(value, "it") if len(value) > ECHO else text


def _unknown(path: Path, root: Schema) -> str:
    known = known_keys(root, path[:-1])
    if path and path[-1] in known:
        return "does not go with the rest"
    return unknown(str(path[-1]) if path else "", known)


def unknown(name: str, known: Sequence[str]) -> str:
    """Say of a key that it is not known, with the one that was meant or with all that are."""
    if likely := nearest(name, known):
        return f"is unknown, did you mean {likely}?"
    return f"is unknown; known are {', '.join(known)}" if known else "is unknown, leave it out"


def spell(path: Path) -> str:
    """Write a path as a programmer would: items[2].name."""
    spelt = ""
    for step in path:
        if isinstance(step, int):
            spelt += f"[{step}]"
        else:
            plain = step.isidentifier() and len(step) <= 64
            spelt += ("." if spelt else "") + (step if plain else show(step))
    return spelt


def show(key: str, limit: int = 64) -> str:
    """Quote a name that a model made up, short and in visible characters."""
    return json.dumps(key if len(key) <= limit else key[:limit] + "…")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    if value is None:
        return "null"
    return kinds.get(type(value), "a number")
