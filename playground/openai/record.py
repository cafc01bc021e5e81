"""What the server was asked, kept for tests and for the page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playground.openai.multipart import Form, is_form, read_form

KEPT_WHOLE, KEPT_OF_LARGER = 8 * 1024 * 1024, 64 * 1024
Outcome = Literal["open", "answered", "refused", "broken", "left"]


@dataclass(slots=True)
class Recorded:
    """One request. `outcome` is `left` when the client hung up first, `broken` after a fault."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    outcome: Outcome = "open"
    status: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        self.size = len(self.body)

    def shorten(self) -> None:
        """Keep only the beginning of a large body, once it was answered; `size` stays true."""
        if self.size > KEPT_WHOLE:
            self.body = self.body[:KEPT_OF_LARGER]

    @property
    def json(self) -> Any:
        """Give the body as JSON; None when there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def form(self) -> Form:
        """Give the body as a multipart form; an empty one when it is none, or was too large."""
        kind = self.headers.get("Content-Type", "")
        whole = len(self.body) == self.size
        return read_form(kind, self.body) if is_form(kind) and whole else Form()

    @property
    def said(self) -> list[dict[str, Any]]:
        """Give the messages that were sent along."""
        body = self.json
        return body.get("messages", []) if isinstance(body, dict) else []
