"""The secrets that functions ask for by name: every FUNCTION_SECRET_NAME of the environment."""

from collections.abc import Mapping

from pydantic import SecretStr

PREFIX = "FUNCTION_SECRET_"
LENGTH = 6  # shorter ones could not be told from other text, to keep them out of answers


def collect(values: Mapping[str, str | None]) -> tuple[dict[str, SecretStr], list[str]]:
    """Return the secrets by name, in lower case, and what is wrong with them."""
    found = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in values.items()
        if name.startswith(PREFIX) and name != PREFIX and value and value.strip()
    }
    wrong = [
        f"{PREFIX}{name} is shorter than {LENGTH} characters: it could not be kept out of answers."
        for name, value in found.items()
        if len(value) < LENGTH
    ]
    return {name.lower(): SecretStr(value) for name, value in found.items()}, wrong
