"""Choose what is offered when there are more functions than a request may carry.

Those nearest to what was said are offered, and one more that finds the others: what it names
stands in the conversation then, so it is offered in the next request.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from functions._context import Context
from functions._entry import Entry
from functions._function import Function, function

LIMIT = 128
FINDER = "find_functions"
FOUND = 10
WORD = re.compile(r"[^\W_]{3,}")


def choose(functions: Sequence[Entry], text: str, limit: int = LIMIT) -> list[Entry]:
    """Return all functions, or the `limit` nearest to the text, in the order they have."""
    if len(functions) <= limit:
        return list(functions)
    said = _words(text)
    order = sorted(
        range(len(functions)), key=lambda place: (-nearness(functions[place], said, text), place)
    )
    return [functions[place] for place in sorted(order[:limit])]


def finder(allowed: Callable[[Context], Sequence[Entry]]) -> Function[..., Any]:
    """Make the function with which the model finds functions that are not offered."""

    @function(name=FINDER, effect="read", who="everyone")
    async def find_functions(
        about: Annotated[str, Field(min_length=1, max_length=200, description="what it should do")],
        context: Context,
    ) -> dict[str, Any]:
        """Find further functions by what they do; those found can be called afterwards."""
        words = _words(about)
        near = {one.name: nearness(one, words, about) for one in allowed(context)}
        best = sorted(allowed(context), key=lambda one: -near[one.name])[:FOUND]
        return {one.name: one.tool["function"]["description"] for one in best if near[one.name] > 0}

    return find_functions


def nearness(function: Entry, said: set[str], text: str) -> float:
    """Tell how much a function has to do with what was said."""
    if function.name in text:
        return 1000.0
    name = _words(f"{function.name} {function.rules.title}")
    about = _words(function.tool["function"]["description"])
    return 3 * len(said & name) + len(said & about)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text.replace("_", " "))}
