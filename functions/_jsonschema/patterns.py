"""Patterns that cannot hang: run by pydantic's engine, whose time grows only with the text.

JSON Schema writes patterns as JavaScript does. What reads otherwise here is rewritten. The engine
does not look around; what a pattern looks ahead for from its very beginning, as zod's for addresses
does, is asked by itself. Anything else that it lacks is refused when a schema is registered.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

LENGTH = 1000
STATES = 2000

ASCII = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "b": r"(?-u:\b)",
    "/": "/",
}
ESCAPE = r"\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[pP]\{[^}]*\}|\\."
TOKEN = re.compile(
    rf"(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<escape>{ESCAPE})|\{{(?P<least>\d+),?(?P<most>\d*)\}}"
    r"|(?P<open>\((?:\?(?:<\w+>|:))?)|(?P<close>\))|(?P<sign>[*+?|^$])|(?P<other>.)",
    re.DOTALL,
)
WHOLE = r"\\.|\[(?:\\.|[^\]\\])*+\]"  # an escape, or a set
GROUP = rf"\((?:{WHOLE}|[^()\\\[])*+\)"
AHEAD = re.compile(
    rf"\^\(\?([=!])((?:{WHOLE}|{GROUP}|[^()\\\[])*+)\)(?![*+?{{])((?:{WHOLE}|{GROUP}|[^|])*+)",
    re.DOTALL,
)
IN_SET = re.compile(rf"{ESCAPE}|[\[&~]", re.DOTALL)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Callable[[str], bool] | None:
    """Return what finds the pattern anywhere in a text, or None if it cannot be used."""
    if len(pattern) > LENGTH or _size(pattern) > STATES:
        return None
    if ahead := AHEAD.fullmatch(pattern):
        first, rest = compiled(f"^(?:{ahead[2]})"), compiled(f"^{ahead[3]}")
        wanted = ahead[1] == "="
        return first and rest and (lambda text: first(text) is wanted and rest(text))
    source = TOKEN.sub(_in_rust, pattern)
    schema = core_schema.str_schema(pattern=source, regex_engine="rust-regex", strict=True)
    try:
        return SchemaValidator(schema).isinstance_python
    except SchemaError:
        return None


def _size(pattern: str) -> int:
    """Return how many steps a pattern has when its repeats are written out."""
    sizes = [0]  # of the groups that are open
    last = 0  # the size of what a repeat would repeat
    for match in TOKEN.finditer(pattern):
        match match.lastgroup:
            case "most":
                more = last * max(int(match["most"] or match["least"]) - 1, 0)
                last += more
                sizes[-1] += more
            case "open":
                sizes.append(0)
            case "close" if len(sizes) > 1:
                last = sizes.pop()
                sizes[-1] += last
            case "set" | "escape" | "other":
                last = 1
                sizes[-1] += 1
    return sum(sizes)


def _in_rust(match: re.Match[str]) -> str:
    """Rewrite one token; in a set, brackets and doubled signs mean nothing special."""
    text = match[0]
    if match.lastgroup == "escape":
        return ASCII.get(text[1:], text)
    return f"[{IN_SET.sub(_in_set, text[1:-1])}]" if match.lastgroup == "set" else text


def _in_set(match: re.Match[str]) -> str:
    text = match[0]
    if not text.startswith("\\"):
        return f"\\{text}"
    return r"\x08" if text == r"\b" else ASCII.get(text[1:], text)
