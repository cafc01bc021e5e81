"""Ids that look like OpenAI's."""

import random
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, size: int = 24) -> str:
    """Make one."""
    return prefix + "".join(random.choices(ALPHABET, k=size))
