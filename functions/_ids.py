"""Options that take a word or a list of Slack ids, such as `who="admins"` or `who=["U0ANN"]`."""

import re
from collections.abc import Collection
from typing import Any

from functions._errors import DeclarationError


def word_or_ids(
    name: str, option: str, given: Any, words: Collection[str], kinds: str, allowed: str
) -> str | frozenset[str]:
    """Return the option as it is kept, or refuse one that means nothing.

    `kinds` are the letters with which such ids begin, `allowed` tells the author what may be given.
    """
    if isinstance(given, str) and given in words:
        return given
    several = isinstance(given, Collection) and not isinstance(given, str)
    ids = list(given) if several else []
    if not ids or not all(_is_id(one, kinds) for one in ids):
        raise DeclarationError(f"{name}: {option} is {given!r}; it must be {allowed}.")
    return frozenset(ids)


def _is_id(given: Any, kinds: str) -> bool:
    return isinstance(given, str) and re.fullmatch(f"[{kinds}][A-Z0-9]+", given) is not None
