"""Parts of Slack's JSON: empty ones where it is silent, or sends something else. Pure."""

from collections.abc import Mapping
from typing import Any, Protocol


class Payload(Protocol):
    """An object of JSON, or an answer of Slack's that holds one."""

    def get(self, name: str, /) -> Any:
        """Return what stands under a name, or None."""


def part(payload: Payload, name: str) -> Mapping[str, Any]:
    """Return the object under a name."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(payload: Payload, name: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list under a name."""
    values = payload.get(name)
    listed = values if isinstance(values, list) else []
    return [value for value in listed if isinstance(value, Mapping)]


def text_in(payload: Payload, name: str) -> str:
    """Return the text under a name."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def number_in(payload: Payload, name: str) -> int:
    """Return the whole number under a name; 0 for none."""
    value = payload.get(name)
    return value if isinstance(value, int) else 0
