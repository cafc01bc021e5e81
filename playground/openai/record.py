"""What the server was asked, kept for tests and for the page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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

    @property
    def json(self) -> Any:
        """Give the body as JSON; None when there is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def said(self) -> list[dict[str, Any]]:
        """Give the messages that were sent along."""
        body = self.json
        return body.get("messages", []) if isinstance(body, dict) else []
