"""How the local Slack says no: an error word, as Slack's methods answer it."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """End a method with `{"ok": false, "error": word}` and perhaps details for the developer."""

    def __init__(self, word: str, *details: str, **fields: Any) -> None:
        super().__init__(word, *details)
        self.word = word
        self.details = details
        self.fields = fields

    def body(self) -> Json:
        """Return the answer's body as Slack writes it."""
        body: Json = {"ok": False, "error": self.word, **self.fields}
        if self.details:
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.details]}
        return body
