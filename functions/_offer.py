"""Choose what is offered when there are more functions than a request may carry."""

import re
from collections.abc import Sequence

from functions._declared import Declared

LIMIT = 128
WORD = re.compile(r"[^\W_]{3,}")


def choose(functions: Sequence[Declared], text: str, limit: int = LIMIT) -> list[Declared]:
    """Return all functions, or the `limit` nearest to the text, in the order they have."""
    if len(functions) <= limit:
        return list(functions)
    said = _words(text)
    order = sorted(
        range(len(functions)), key=lambda place: (-nearness(functions[place], said, text), place)
    )
    return [functions[place] for place in sorted(order[:limit])]


def nearness(function: Declared, said: set[str], text: str) -> float:
    """Tell how much a function has to do with what was said."""
    if function.name in text:
        return 1000.0
    name = _words(f"{function.name} {function.rules.title}")
    about = _words(function.tool["function"]["description"])
    return 3 * len(said & name) + len(said & about)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text.replace("_", " "))}
