"""Say what is wrong with arguments: every fault by the path of its field, short, without echo.

What the model sent is never repeated, save the names of keys; what was expected is told instead.
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

SIZE_LIMIT = 3900
LINE_LIMIT = 300
LOOKED_AT = 300
NAMED = 20
WORD = 4  # characters that a text must have to be an echo as a word by itself
ECHO = 9  # and to be one wherever it stands
OWN_WORDS = ("value_error", "assertion_error")

Path = tuple[str | int, ...]
Faults = dict[Path, list[str]]


def add(faults: Faults, error: ValidationError, arguments: Mapping[str, Any]) -> None:
    """Add what pydantic finds beside faults that are known, deeper ones or at other places."""
    known = {path[:end] for path in faults for end in range(len(path) + 1)}
    for detail in error.errors(include_url=False, include_input=False)[:LOOKED_AT]:
        path, value = place(arguments, detail["loc"])
        text = _words(detail, value)
        if path not in known and text not in faults.setdefault(path, []):
            faults[path].append(text)


def tell(faults: Faults) -> str:
    """Put faults, by where they are, into the text for the model, at most about 4 KB.

    Where there are several of one value, that is because it may be of several forms.
    """
    text = "are wrong:"
    for told, (path, words) in enumerate(faults.items()):
        line = f"\n- {spell(path) or 'arguments'}: {'; or '.join(words)}"[:LINE_LIMIT]
        if len(text.encode()) + len(line.encode()) > SIZE_LIMIT - 20:
            return f"{text}\n- and {len(faults) - told:,} more"
        text += line
    return text


def place(arguments: Mapping[str, Any], loc: Sequence[str | int]) -> tuple[Path, Any]:
    """Return what of pydantic's location exists in the arguments, and the value there.

    pydantic mixes the names of union members into it, and ends it with a key that is missing.
    """
    node: Any = arguments
    path: list[str | int] = []
    for step in loc:
        if _has(node, step):
            node = node[step]
            path.append(step)
    return tuple(path), node


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the known word that is most like this one, if any is."""
    by_case = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word[:64].casefold(), by_case, n=1)
    return by_case[found[0]] if found else None


def _words(detail: ErrorDetails, value: Any) -> str:
    if detail["type"] == "missing":
        return f"{spell(detail['loc'][-1:])} is required"
    if detail["type"] == "extra_forbidden":
        return unknown("", ())
    if detail["type"] == "union_tag_invalid":  # its own words repeat the tag
        return f"{detail['ctx']['discriminator']} should be one of {detail['ctx']['expected_tags']}"
    text = detail["msg"].removeprefix("Input ")
    if detail["type"] in OWN_WORDS:
        text = text.partition(", ")[2] or text
    return _without(value, text)


def _without(value: Any, text: str) -> str:
    """Take what was sent out of a text that quotes it, or that has it in full length."""
    if not isinstance(value, str) or not value:
        return text
    text = text.replace(repr(value), "it").replace(f'"{value}"', "it")
    if len(value) >= ECHO:
        return text.replace(value, "it")
    return re.sub(rf"\b{re.escape(value)}\b", "it", text) if len(value) >= WORD else text


def lacking(names: Sequence[str]) -> str:
    """Say which keys are not there and must be."""
    *others, last = (spell((name,)) for name in names)
    return f"{', '.join(others)} and {last} are required" if others else f"{last} is required"


def unknown(name: str, known: Sequence[str]) -> str:
    """Say of a key that it is not known, with the one that was meant or with all that are."""
    if likely := nearest(name, known):
        return f"is unknown, did you mean {likely}?"
    is_short = 0 < len(known) <= NAMED
    return f"is unknown; known are {', '.join(known)}" if is_short else "is unknown, leave it out"


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
