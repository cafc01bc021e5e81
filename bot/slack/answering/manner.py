"""How the bot answers: plain values from the settings."""

from dataclasses import dataclass
from typing import Any

from bot.chat.turn import Limits


@dataclass(frozen=True, slots=True)
class Manner:
    """The bot's name, model and rules.

    `prompt` are the admins' own instructions; `force` is `auto`, `none`, or the function that each
    turn must call first; `fields` go into every request as they are; `timeout` is how many seconds
    a turn may take.
    """

    name: str
    model: str
    prompt: str
    limits: Limits
    force: str
    fields: dict[str, Any]
    timeout: float

    @property
    def forced(self) -> list[str]:
        """Return the name of the function that must be called, if there is one."""
        return [] if self.force in ("auto", "none") else [self.force]
