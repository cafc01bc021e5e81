"""One question and the times of all that happened to it."""

import time
from dataclasses import dataclass, field

LAST_WORD = "fin"


@dataclass(slots=True)
class Question:
    """One message of a person; times are monotonic seconds, 0 where it has not happened."""

    number: int
    channel: str
    thread: str
    ts: str
    sent: float = 0.0
    acked: float = 0.0
    asked: float = 0.0
    request_bytes: int = 0
    first_token: float = 0.0
    last_token: float = 0.0
    first_text: float = 0.0
    final: float = 0.0
    text: str = ""
    calls: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Give the word by which the question is known again."""
        return f"#q{self.number}#"

    def see(self, text: str, *, replace: bool) -> None:
        """Note what a person now sees of the answer."""
        if not text:
            return
        now = time.monotonic()
        self.text = text if replace else self.text + text
        self.first_text = self.first_text or now
        if LAST_WORD in self.text and not self.final:
            self.final = now

    @property
    def is_answered(self) -> bool:
        """Say whether the whole answer was seen."""
        return self.final > 0
